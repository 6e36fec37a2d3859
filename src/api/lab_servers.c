/*
 * api/lab_servers.c - lab: what the web servers in your instances would answer, seen from inside.
 *
 * Nothing is sent: no packet, no security group, no queue.  So it tells what a disk and a service
 * hold, apart from whether anybody may reach them.
 */
#include "api/lab_parts.h"

#include <string.h>

#include "base/utf8.h"
#include "cloud/world.h"

enum { SERVERS_PORT = 80, TITLE_MAX = 200 };

struct server_view {
    const char *instance;
    const char *name;
    const char *image;
    const char *address;
    int64_t port;
    bool listens;
    int64_t status;
    int64_t requests;
    int64_t in_flight;
    int64_t waiting;
    int64_t half_open;
    const char *title;
};

struct servers_out {
    LIST(struct server_view) servers;
};

static const struct field server_fields[] = {
    F_STRING(struct server_view, instance, "InstanceId", "Your running instance.",
             .ref = &kind_instance, .flags = FIELD_COLUMN),
    F_STRING(struct server_view, name, "Name", "Its Name tag.", .flags = FIELD_COLUMN),
    F_STRING(struct server_view, image, "ImageId", "The image it was launched from.",
             .ref = &kind_image),
    F_STRING(struct server_view, address, "PublicIpAddress", "Its public address."),
    F_INT(struct server_view, port, "Port", "The port that was looked at."),
    F_BOOL(struct server_view, listens, "Listens", "Whether a web server runs there.",
           .flags = FIELD_COLUMN),
    F_INT(struct server_view, status, "Status", "The HTTP status of its page /; 0: no server.",
          .flags = FIELD_COLUMN),
    F_INT(struct server_view, requests, "Requests",
          "Answers given to anybody since it last started, health checks included.",
          .flags = FIELD_COLUMN),
    F_INT(struct server_view, in_flight, "InFlight",
          "Requests that are at it now: worked on, hanging or waiting.", .flags = FIELD_COLUMN),
    F_INT(struct server_view, waiting, "Waiting", "Of these, without a worker yet."),
    F_INT(struct server_view, half_open, "HalfOpen",
          "Handshakes that somebody began and did not go on with; with those who wait they share "
          "511 places."),
    F_STRING(struct server_view, title, "Title", "The title of that page.", .flags = FIELD_COLUMN),
};

static const struct shape server_view_shape = SHAPE("WebServer", struct server_view, server_fields);

static const struct field servers_out_fields[] = {
    F_LIST(struct servers_out, servers, struct server_view, &server_view_shape, "Servers",
           "One for each of your running instances."),
};

static const struct shape servers_out_shape =
    SHAPE("DescribeServersResult", struct servers_out, servers_out_fields);

/* What stands between <title> and </title>; "" when nothing does. */
static const char *page_title(struct call *call, const struct blob *body)
{
    static const char open[] = "<title>";
    const char *start = memmem(body->bytes, body->size, open, strlen(open));
    const char *end;

    if (start == NULL)
        return "";
    start += strlen(open);
    end = memchr(start, '<', body->size - (size_t)(start - body->bytes));
    if (end == NULL || end - start > TITLE_MAX || !utf8_valid(start, (size_t)(end - start)))
        return "";
    return arena_strndup(&call->arena, start, (size_t)(end - start));
}

static void view_server(struct call *call, const struct instance *instance,
                        struct server_view *view)
{
    const struct interface *card = instance_interface(&call->world->instances, instance);
    const struct guest_request request = {
        .instance = instance->id,
        .port = SERVERS_PORT,
        .method = "GET",
        .path = "/",
    };
    const struct server *served = server_find(&call->world->requests.servers, instance->id);
    struct guest_answer answer;
    char text[ADDRESS_TEXT_SIZE];

    *view = (struct server_view){
        .instance = id_text(&call->arena, &kind_instance, instance->id),
        .name = arena_strdup(&call->arena, tags_name(&instance->tags)),
        .image = id_text(&call->arena, &kind_image,
                         instance_reservation(&call->world->instances, instance)->image),
        .port = SERVERS_PORT,
        .title = "",
    };
    if (card != NULL && card->public_address != 0)
        view->address = arena_strdup(&call->arena, address_text(card->public_address, text));
    if (served != NULL) {
        view->requests = (int64_t)served->served;
        view->in_flight = server_count(served);
        view->waiting = server_waiting(served);
        view->half_open = server_half_open_count(served, call->world->sim.now);
    }
    guest_serve(&call->world->guests, &request, &call->arena, &answer);
    /* a program that is no web server is not asked */
    view->listens =
        !answer.refused || guest_listens(&call->world->guests, instance->id, SERVERS_PORT);
    view->status = answer.status;
    if (answer.body.bytes != NULL)
        view->title = page_title(call, &answer.body);
}

static int describe_servers(struct call *call, const void *in, void *out)
{
    const struct instances *instances = &call->world->instances;
    struct servers_out *answer = out;

    (void)in;
    for (uint32_t i = 0; i < table_count(&instances->table); i++) {
        const struct instance *instance = table_at(&instances->table, i);

        if (instance->state == INSTANCE_RUNNING &&
            instance_find(instances, call->account, call->region, instance->id) == instance)
            view_server(call, instance, LIST_PUSH_IN(&call->arena, &answer->servers));
    }
    return 0;
}

const struct op op_lab_describe_servers = {
    .name = "DescribeServers",
    .doc = "Shows what the web server of each running instance would answer, seen from inside.",
    .example = "lab describe-servers",
    .in = &shape_empty,
    .out = &servers_out_shape,
    .run = describe_servers,
};
