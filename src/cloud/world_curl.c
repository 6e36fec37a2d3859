/*
 * cloud/world_curl.c - `curl` typed inside a guest.
 *
 * A guest's script cannot wait for a request that takes simulated time, so what is asked from
 * inside is answered at once: the instance itself, another instance that its security groups let it
 * reach, and the metadata service. NEEDSWORK: load balancers and the rest of the internet are not
 * reached from inside a guest.
 */
#include <string.h>

#include "base/str.h"
#include "cloud/world_parts.h"

enum { CURL_MALFORMED = 3, CURL_NO_NAME = 6, CURL_REFUSED = 7, CURL_HTTP = 22, CURL_TIMEOUT = 28 };

#define METADATA_ADDRESS UINT32_C(0xa9fea9fe) /* 169.254.169.254 */
#define LOOPBACK_ADDRESS UINT32_C(0x7f000001)

/* What the words say. */
struct curl_call {
    const char *url;
    const char *method;
    bool silent;
    bool show_error;
    bool with_headers; /* -i */
    bool only_headers; /* -I */
    bool fail;         /* -f */
    const char *unknown;
};

static bool takes_value(char option)
{
    return strchr("XHmowd", option) != NULL && option != '\0';
}

/* "-sSf", "-X PUT", "-XPUT": letters in one word; the last may take a value. */
static uint32_t letters_read(struct curl_call *call, const struct guest_curl *curl, uint32_t at)
{
    const char *word = curl->arguments[at];

    for (const char *c = word + 1; *c != '\0'; c++) {
        if (takes_value(*c)) {
            const char *value = c[1] != '\0' ? c + 1 : NULL;

            if (value == NULL && at + 1 < curl->count)
                value = curl->arguments[++at];
            if (*c == 'X')
                call->method = value;
            return at;
        }
        call->silent = call->silent || *c == 's';
        call->show_error = call->show_error || *c == 'S';
        call->with_headers = call->with_headers || *c == 'i';
        call->only_headers = call->only_headers || *c == 'I';
        call->fail = call->fail || *c == 'f';
        if (strchr("sSiIfLkv", *c) == NULL)
            call->unknown = word;
    }
    return at;
}

static struct curl_call curl_read(const struct guest_curl *curl)
{
    struct curl_call call = {0};

    for (uint32_t i = 1; i < curl->count; i++) {
        const char *word = curl->arguments[i];

        if (str_equal(word, "--silent"))
            call.silent = true;
        else if (str_equal(word, "--fail"))
            call.fail = true;
        else if (str_equal(word, "--include"))
            call.with_headers = true;
        else if (str_equal(word, "--request") && i + 1 < curl->count)
            call.method = curl->arguments[++i];
        else if (str_equal(word, "--header") || str_equal(word, "--max-time") ||
                 str_equal(word, "--connect-timeout"))
            i++;
        else if (str_starts(word, "--"))
            call.unknown = word;
        else if (word[0] == '-' && word[1] != '\0')
            i = letters_read(&call, curl, i);
        else
            call.url = word;
    }
    return call;
}

/* ---- the metadata service ---- */

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
        return "ami-id\nami-launch-index\nhostname\ninstance-id\ninstance-type\nlocal-hostname\n"
               "local-ipv4\nplacement/\npublic-hostname\npublic-ipv4\nreservation-id";
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

static void metadata_serve(const struct world *world, const struct instance *instance,
                           const char *path, struct arena *arena, struct guest_answer *answer)
{
    const char *text = NULL;
    struct blob data = {0};

    if (str_equal(path, "/latest/api/token"))
        text = arena_printf(arena, "AQAEA%s%s==", id_digits(arena, instance->id),
                            id_digits(arena, instance->reservation));
    else if (str_starts(path, "/latest/meta-data/"))
        text = metadata(world, instance, path + strlen("/latest/meta-data/"), arena);
    else if (str_equal(path, "/latest/user-data"))
        data = instance_user_data(&world->instances, instance);
    if (text != NULL)
        data = (struct blob){ (char *)(uintptr_t)text, strlen(text) };
    answer->status = data.size > 0 ? 200 : 404;
    answer->reason = data.size > 0 ? "OK" : "Not Found";
    answer->body = data;
}

/* ---- asking ---- */

/* The instance that an address means, if the packet may pass; else 0 and curl's exit. */
static uint64_t target_find_inside(const struct world *world, const struct instance *instance,
                                   uint32_t address, uint16_t port, int *exit_code)
{
    const struct interface *from = instance_interface(&world->instances, instance);
    const struct interface *to = network_public_holder(&world->network, address);
    const struct subnet *subnet = table_get(&world->network.subnets, instance->subnet);
    struct flow flow;

    if (address == LOOPBACK_ADDRESS)
        return instance->id;
    *exit_code = CURL_TIMEOUT;
    if (to == NULL)
        to = network_private_holder(&world->network, subnet->vpc, address);
    if (from == NULL || to == NULL || to->owner_kind != OWNER_INSTANCE ||
        !guest_is_reachable(&world->guests, to->owner))
        return 0;
    flow = (struct flow){
        .from = from,
        .to = to,
        .from_address = from->address,
        .to_address = to->address,
        .protocol = PROTOCOL_TCP,
        .port = port,
    };
    return to == from || firewall_allows(&world->firewall, &flow).allowed ? to->owner : 0;
}

static void answer_print(const struct curl_call *call, const struct guest_answer *answer,
                         struct str *out)
{
    if (call->with_headers || call->only_headers) {
        str_addf(out, "HTTP/1.1 %d %s\r\n", answer->status,
                 answer->reason == NULL ? "" : answer->reason);
        for (uint32_t i = 0; i < answer->headers.count; i++)
            str_addf(out, "%s: %s\r\n", answer->headers.items[i].key,
                     answer->headers.items[i].value);
        str_add(out, "\r\n");
    }
    if (!call->only_headers && answer->body.size > 0)
        str_addn(out, answer->body.bytes, answer->body.size);
}

/* Asks whoever has the address. 0, or curl's exit. */
static int ask(struct world *world, const struct instance *instance, const struct curl_call *call,
               const struct url *url, struct arena *arena, struct guest_answer *answer)
{
    int exit_code = CURL_REFUSED;
    uint32_t address = str_equal(url->host, "localhost")
                           ? LOOPBACK_ADDRESS
                           : traffic_resolve(&world->traffic, url->host, instance->id);
    struct guest_request request = {
        .port = url->port,
        .method = call->method != NULL ? call->method : call->only_headers ? "HEAD" : "GET",
        .path = url->path,
        .host = url->host,
    };

    if (address == 0)
        return CURL_NO_NAME;
    if (address == METADATA_ADDRESS) {
        metadata_serve(world, instance, url->path, arena, answer);
        return 0;
    }
    request.instance = target_find_inside(world, instance, address, url->port, &exit_code);
    if (request.instance == 0)
        return exit_code;
    guest_serve(&world->guests, &request, arena, answer);
    return answer->refused ? CURL_REFUSED : 0;
}

static void error_print(const struct guest_curl *curl, const struct url *url, int exit_code)
{
    if (exit_code == CURL_NO_NAME)
        str_addf(curl->error, "curl: (6) Could not resolve host: %s\n", url->host);
    else if (exit_code == CURL_REFUSED)
        str_addf(curl->error, "curl: (7) Failed to connect to %s port %u: Connection refused\n",
                 url->host, url->port);
    else if (exit_code == CURL_TIMEOUT)
        str_addf(curl->error, "curl: (28) Failed to connect to %s port %u: Connection timed out\n",
                 url->host, url->port);
}

int world_guest_curl(void *context, const struct guest_curl *curl)
{
    struct world *world = context;
    const struct instance *instance = instance_any(&world->instances, curl->instance);
    struct curl_call call = curl_read(curl);
    struct arena arena = ARENA_INIT;
    struct guest_answer answer = {0};
    struct url url;
    int result = 0;

    if (call.unknown != NULL) {
        str_addf(curl->error, "curl: option %s: is unknown\n", call.unknown);
        return 2;
    }
    if (call.url == NULL) {
        str_add(curl->error, "curl: (2) no URL specified\n");
        return 2;
    }
    if (instance == NULL || !url_parse(&arena, call.url, &url)) {
        str_add(curl->error, "curl: (3) URL using bad/illegal format or missing URL\n");
        arena_release(&arena);
        return CURL_MALFORMED;
    }
    result = ask(world, instance, &call, &url, &arena, &answer);
    if (result == 0 && call.fail && answer.status >= 400) {
        result = CURL_HTTP;
        if (!call.silent || call.show_error)
            str_addf(curl->error, "curl: (22) The requested URL returned error: %d\n",
                     answer.status);
    } else if (result == 0) {
        answer_print(&call, &answer, curl->output);
    } else if (!call.silent || call.show_error) {
        error_print(curl, &url, result);
    }
    arena_release(&arena);
    return result;
}
