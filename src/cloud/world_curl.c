/*
 * cloud/world_curl.c - what is asked from inside a guest: a request on the network, or the metadata
 * service.
 *
 * The metadata service answers at once: it is reached on the instance's own host, and no security
 * group stands before it.
 * True to the EC2 user guide for IMDSv1 and v2.  A token is not kept: its text says whose it is.
 * Left out: a token's end, the hop limit, paths below those that are listed.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "sim/clock.h"
#include "cloud/world_parts.h"

#define METADATA_ADDRESS UINT32_C(0xa9fea9fe) /* 169.254.169.254 */

/* ---- the metadata service ---- */

/* "2026-01-05T08:22:00Z" */
static const char *moment(struct arena *arena, int64_t at)
{
    struct civil civil = clock_to_civil(at);

    return arena_printf(arena, "%04d-%02d-%02dT%02d:%02d:%02dZ", civil.year, civil.month, civil.day,
                        civil.hour, civil.minute, civil.second);
}

/* What a spot instance is told of its end; NULL: nothing. */
static const char *spot_metadata(const struct world *world, const struct instance *instance,
                                 const char *path, struct arena *arena)
{
    const struct spot_request *request = spot_request_of(&world->spots, instance);

    if (request == NULL || request->instance != instance->id)
        return NULL;
    if (request->warned != 0 && str_equal(path, "events/recommendations/rebalance"))
        return arena_printf(arena, "{\"noticeTime\": \"%s\"}", moment(arena, request->warned));
    if (request->ends == 0)
        return NULL;
    if (str_equal(path, "spot/instance-action"))
        return arena_printf(arena, "{\"action\": \"%s\", \"time\": \"%s\"}",
                            request->stops ? "stop" : "terminate", moment(arena, request->ends));
    if (str_equal(path, "spot/termination-time") && !request->stops)
        return moment(arena, request->ends);
    if (str_equal(path, "spot/"))
        return request->stops ? "instance-action" : "instance-action\ntermination-time";
    return NULL;
}

/* What is there below /latest/meta-data/; NULL: nothing. */
static const char *metadata(const struct world *world, const struct instance *instance,
                            const char *path, struct arena *arena)
{
    const struct interface *interface = instance_interface(&world->instances, instance);
    const struct reservation *reservation = instance_reservation(&world->instances, instance);
    uint8_t region = ZONE_REGION(instance->zone);
    char text[ADDRESS_TEXT_SIZE];

    if (interface == NULL)
        return NULL;
    if (str_equal(path, ""))
        return "ami-id\nami-launch-index\nhostname\ninstance-id\ninstance-life-cycle\n"
               "instance-type\nlocal-hostname\nlocal-ipv4\nplacement/\npublic-hostname\n"
               "public-ipv4\nreservation-id";
    if (str_equal(path, "instance-life-cycle"))
        return instance_rare(instance)->spot != 0 ? "spot" : "on-demand";
    if (str_starts(path, "spot/") || str_starts(path, "events/"))
        return spot_metadata(world, instance, path, arena);
    if (str_equal(path, "instance-id"))
        return id_text(arena, &kind_instance, instance->id);
    if (str_equal(path, "ami-id"))
        return id_text(arena, &kind_image, reservation->image);
    if (str_equal(path, "ami-launch-index"))
        return arena_printf(arena, "%u", instance->launch_index);
    if (str_equal(path, "reservation-id"))
        return id_text(arena, &kind_reservation, reservation->id);
    if (str_equal(path, "instance-type"))
        return world->catalog->types[instance->type].name;
    if (str_equal(path, "placement/"))
        return "availability-zone\navailability-zone-id\nregion";
    if (str_equal(path, "placement/availability-zone"))
        return catalog_zone(world->catalog, instance->zone)->name;
    if (str_equal(path, "placement/availability-zone-id"))
        return catalog_zone(world->catalog, instance->zone)->id;
    if (str_equal(path, "placement/region"))
        return world->catalog->regions[region].name;
    if (str_equal(path, "local-ipv4"))
        return arena_strdup(arena, address_text(interface->address, text));
    if (str_equal(path, "hostname") || str_equal(path, "local-hostname"))
        return address_private_name(&world->network, arena, region, interface->address);
    if (interface->public_address == 0)
        return NULL;
    if (str_equal(path, "public-ipv4"))
        return arena_strdup(arena, address_text(interface->public_address, text));
    if (str_equal(path, "public-hostname"))
        return address_public_name(&world->network, arena, region, interface->public_address);
    return NULL;
}

/* The value of a header among lines that end in \r\n; in the arena, NULL when it is not there. */
static const char *header_value(struct arena *arena, const char *lines, const char *name)
{
    size_t length = strlen(name);

    while (lines != NULL && *lines != '\0') {
        if (strncasecmp(lines, name, length) == 0 && lines[length] == ':') {
            lines += length + 1;
            lines += strspn(lines, " \t");
            return arena_strndup(arena, lines, strcspn(lines, "\r\n"));
        }
        lines = strchr(lines, '\n');
        lines = lines == NULL ? NULL : lines + 1;
    }
    return NULL;
}

static bool is_ttl(const char *text)
{
    return text != NULL && strlen(text) <= 5 && strspn(text, "0123456789") == strlen(text) &&
           strtol(text, NULL, 10) >= 1 && strtol(text, NULL, 10) <= 21600;
}

static int metadata_status(const struct guest_ask *ask, const char *path, const char *token,
                           struct arena *arena)
{
    const char *given = header_value(arena, ask->headers, "X-aws-ec2-metadata-token");

    if (str_equal(path, "/latest/api/token")) {
        if (!str_equal(ask->method, "PUT"))
            return 405;
        return is_ttl(header_value(arena, ask->headers, "X-aws-ec2-metadata-token-ttl-seconds"))
                   ? 200
                   : 400;
    }
    if (given != NULL && !str_equal(given, token))
        return 401;
    return str_equal(ask->method, "GET") || str_equal(ask->method, "HEAD") ? 200 : 405;
}

static const char *status_reason(int status)
{
    return status == 200   ? "OK"
           : status == 400 ? "Bad Request"
           : status == 401 ? "Unauthorized"
           : status == 405 ? "Method Not Allowed"
                           : "Not Found";
}

/* What the metadata service answers. */
static void metadata_serve(const struct world *world, const struct guest_ask *ask, const char *path,
                           struct arena *arena, struct guest_reply *reply)
{
    const struct instance *instance = instance_any(&world->instances, ask->instance);
    const char *token = arena_printf(arena, "AQAEA%s%s==", id_digits(arena, instance->id),
                                     id_digits(arena, instance->reservation));
    int status = metadata_status(ask, path, token, arena);
    struct blob data = {0};
    const char *text = NULL;

    if (status == 200 && str_equal(path, "/latest/api/token"))
        text = token;
    else if (status == 200 && str_starts(path, "/latest/meta-data"))
        text = metadata(world, instance, path + strlen("/latest/meta-data") + (path[17] == '/'),
                        arena);
    else if (status == 200 && str_equal(path, "/latest/user-data"))
        data = instance_user_data(&world->instances, instance);
    if (text != NULL)
        data = (struct blob){(char *)(uintptr_t)text, strlen(text)};
    if (status == 200 && data.size == 0)
        status = 404;
    if (status != 200) {
        text = arena_printf(arena,
                            "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n<html>\n <head>\n"
                            "  <title>%d - %s</title>\n </head>\n <body>\n  <h1>%d - %s</h1>\n"
                            " </body>\n</html>\n",
                            status, status_reason(status), status, status_reason(status));
        data = (struct blob){(char *)(uintptr_t)text, strlen(text)};
    }
    reply->status = status;
    reply->body = data;
    reply->headers = arena_printf(arena,
                                  "HTTP/1.1 %d %s\r\nContent-Type: %s\r\n"
                                  "Content-Length: %zu\r\nServer: EC2ws\r\n\r\n",
                                  status, status_reason(status),
                                  status == 200 ? "text/plain" : "text/html", data.size);
}

/* ---- the network ---- */

uint64_t world_guest_ask(void *context, const struct guest_ask *ask, struct arena *arena,
                         struct guest_reply *reply)
{
    struct world *world = context;
    const struct instance *instance = instance_any(&world->instances, ask->instance);
    const struct exchange *exchange;
    struct url url;
    uint32_t address;
    uint64_t id;

    *reply = (struct guest_reply){.url = ask->url};
    if (instance == NULL || !url_parse(arena, ask->url, &url)) {
        reply->exit = 3;
        reply->error = "curl: (3) URL using bad/illegal format or missing URL";
        return 0;
    }
    if (!str_equal(url.scheme, "http") && !str_equal(url.scheme, "https")) {
        reply->exit = 1;
        reply->error =
            arena_printf(arena, "curl: (1) Protocol \"%s\" is not modelled here", url.scheme);
        return 0;
    }
    if (address_parse(url.host, &address) && address == METADATA_ADDRESS) {
        metadata_serve(world, ask, url.path, arena, reply);
        reply->address = "169.254.169.254";
        reply->port = url.port;
        return 0;
    }
    id = traffic_start(&world->traffic, &(struct traffic_ask){
                                            .method = ask->method,
                                            .host = url.host,
                                            .path = url.path,
                                            .headers = ask->headers,
                                            .body = ask->body,
                                            .instance = ask->instance,
                                            .connect_limit_ns = ask->connect_limit_ns,
                                            .limit_ns = ask->limit_ns,
                                            .port = url.port,
                                            .tls = str_equal(url.scheme, "https"),
                                            .insecure = ask->insecure,
                                            .region = ZONE_REGION(instance->zone),
                                        });
    exchange = exchange_find(&world->traffic, id);
    if (exchange->ended == 0)
        return id;
    world_guest_reply(context, id, arena, reply);
    return 0;
}

void world_guest_reply(void *context, uint64_t id, struct arena *arena, struct guest_reply *reply)
{
    struct world *world = context;
    const struct exchange *exchange = exchange_find(&world->traffic, id);
    char text[ADDRESS_TEXT_SIZE];

    *reply = (struct guest_reply){.exit = EXIT_ABORTED, .error = "", .url = ""};
    if (exchange == NULL)
        return;
    reply->exit = exchange->exit;
    reply->error = exchange_error(exchange, arena);
    reply->status = exchange->status;
    reply->headers =
        exchange->answer_headers == NULL ? "" : arena_strdup(arena, exchange->answer_headers);
    if (exchange->answer_body.size > 0) { /* which may hold any bytes */
        reply->body = (struct blob){arena_alloc(arena, exchange->answer_body.size),
                                    exchange->answer_body.size};
        memcpy(reply->body.bytes, exchange->answer_body.bytes, exchange->answer_body.size);
    }
    reply->took_ns = exchange->ended - exchange->started;
    reply->address =
        exchange->address == 0 ? "" : arena_strdup(arena, address_text(exchange->address, text));
    reply->port = exchange->port;
    reply->url = exchange->port == 80
                     ? arena_printf(arena, "http://%s%s", exchange->host, exchange->path)
                     : arena_printf(arena, "http://%s:%u%s", exchange->host,
                                    (unsigned)exchange->port, exchange->path);
    exchange_drop(&world->traffic, id);
}

void world_guest_drop(void *context, uint64_t exchange)
{
    struct world *world = context;

    exchange_drop(&world->traffic, exchange);
}
