/*
 * cloud/traffic.c - clients: names, URLs, and the asking side of a request.
 *
 * Owns    struct exchange.
 * Uses    cloud/network and cloud/firewall: whose is an address, who may enter; cloud/balancer for
 * names. True to curl's exits and sentences; DNS as AWS has it: a balancer's name is there once it
 * is active, a public name means the private address inside its VPC, a private name is known inside
 * only.
 */
#include "cloud/traffic.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bug.h"
#include "base/str.h"
#include "cloud/acl.h"
#include "cloud/firewall.h"
#include "cloud/header.h"
#include "cloud/listener.h"
#include "cloud/network.h"
#include "cloud/route.h"
#include "cloud/rule.h"
#include "cloud/web_acl.h"
#include "cloud/sticky.h"
#include "cloud/target.h"
#include "cloud/target_group.h"
#include "sim/clock.h"

/* curl's own limit for connecting. */
static const int64_t connect_limit = 130 * SECOND_NS;

/* ---- whose is an address ---- */

static struct interface *interface_of_instance(const struct traffic *traffic, uint64_t instance)
{
    struct traffic_instance facts = {0};

    if (!traffic->world.instance(traffic->world.context, instance, &facts))
        return NULL;
    return interface_find(traffic->network, facts.interface);
}

static struct interface *interface_of(const struct traffic *traffic, const struct place *place)
{
    const struct balancer *balancer;
    const struct balancer_node *node;

    if (place->kind == PLACE_INSTANCE)
        return interface_of_instance(traffic, place->id);
    if (place->kind != PLACE_NODE)
        return NULL;
    balancer = table_find(&traffic->balancers->balancers, place->id);
    node = balancer == NULL ? NULL : balancer_node_find(balancer, place->address);
    return node == NULL ? NULL : interface_find(traffic->network, node->interface);
}

static uint64_t vpc_of(const struct traffic *traffic, const struct interface *interface)
{
    const struct subnet *subnet = table_get(&traffic->network->subnets, interface->subnet);

    return subnet->vpc;
}

static struct interface *holder_of(const struct traffic *traffic, const struct place *from,
                                   uint32_t address)
{
    const struct interface *source = interface_of(traffic, from);
    struct interface *holder = NULL;

    if (source != NULL)
        holder = network_private_holder(traffic->network, vpc_of(traffic, source), address);
    return holder != NULL ? holder : network_public_holder(traffic->network, address);
}

static struct place locate(void *context, const struct place *from, uint32_t address)
{
    const struct traffic *traffic = context;
    const struct interface *holder = holder_of(traffic, from, address);
    struct traffic_instance facts = {0};
    const struct balancer *balancer;
    struct place place = {0};

    if (holder == NULL)
        return place;
    if (holder->owner_kind == OWNER_INSTANCE) {
        if (!traffic->world.instance(traffic->world.context, holder->owner, &facts) ||
            !facts.answers)
            return place;
        place.kind = PLACE_INSTANCE;
    } else if (holder->owner_kind == OWNER_BALANCER) {
        balancer = table_find(&traffic->balancers->balancers, holder->owner);
        if (balancer == NULL || balancer->state != BALANCER_ACTIVE ||
            balancer_node_failed(traffic->balancers, holder->zone))
            return place;
        place.kind = PLACE_NODE;
    } else {
        return place;
    }
    place.id = holder->owner;
    place.zone = holder->zone;
    place.address = holder->address;
    place.by_public = address == holder->public_address;
    return place;
}

void traffic_path(const struct traffic *traffic, const struct request_knock *knock,
                  int16_t protocol, struct path *path)
{
    const struct interface *from = interface_of(traffic, knock->from);
    const struct interface *to = holder_of(traffic, knock->from, knock->address);
    struct path_ask ask = {
        .from = from,
        .to = to,
        .from_address = knock->from->address,
        .to_address = knock->address,
        .protocol = protocol,
        .port = protocol == PROTOCOL_ICMP ? ICMP_ECHO : knock->port.number,
    };

    *path = (struct path){.through = from != NULL && from == to};
    if (path->through) /* to itself, by its private address or its public one */
        return;
    if (from == NULL && to != NULL && knock->address != to->public_address)
        ask.to = NULL; /* a private address means nothing on the internet */
    if (knock->seen != NULL) {
        ask.comes_as = true;
        ask.sender = interface_of(traffic, knock->seen);
        ask.sender_address = knock->seen->address;
    }
    path_walk(traffic->firewall, &ask, path);
}

/* What a request tells of the way: who let it in, or who stopped it. */
static struct request_door admits(void *context, const struct request_knock *knock)
{
    struct request_door door = {.why = WHY_ADMITTED, .number = knock->port.number};
    struct path path;

    traffic_path(context, knock, knock->port.datagrams ? PROTOCOL_UDP : PROTOCOL_TCP, &path);
    door.admitted = path.through;
    for (uint32_t i = 0; i < path.count; i++) {
        const struct hop *hop = &path.hops[i];

        if (hop->why != WHY_ADMITTED && (path.through || i + 1 < path.count))
            continue;
        door.why = hop->why;
        door.place = hop->place;
        door.other = hop->other;
        door.number = hop->number;
    }
    return door;
}

static struct server_power listens(void *context, uint64_t instance, struct request_port port)
{
    const struct traffic *traffic = context;

    return traffic->world.listens(traffic->world.context, instance, port);
}

static struct request_mood mood(void *context, uint64_t instance)
{
    const struct traffic *traffic = context;

    return traffic->world.mood == NULL ? (struct request_mood){0}
                                       : traffic->world.mood(traffic->world.context, instance);
}

/* The CPU of a TLS handshake on a target, of the order that people measure for RSA-2048. */
static const int64_t tls_work = 1500 * MICROSECOND_NS;

/* NULL: it goes to no target. */
static const struct target_group *group_of(const struct traffic *traffic,
                                           const struct request *request)
{
    const struct target *target =
        request->target == 0 ? NULL : target_find(traffic->balancers->groups, request->target);

    return target == NULL ? NULL : table_find(&traffic->balancers->groups->groups, target->group);
}

/* Does the node speak TLS to the target too?  Then the target does the work of it. */
static bool speaks_tls(const struct target_group *group)
{
    return group != NULL &&
           (str_equal(group->protocol, "HTTPS") || str_equal(group->protocol, "TLS"));
}

/* What the guest sees of a request. */
static struct traffic_guest_ask guest_ask_of(const struct traffic *traffic,
                                             const struct request *request)
{
    struct request_words words = request_words(traffic->requests, request);
    const struct target_group *group = group_of(traffic, request);
    bool proxied = request->target != 0;

    return (struct traffic_guest_ask){
        .instance = request->server,
        .method = words.method,
        .host = words.host,
        .path = words.path,
        .headers = words.headers,
        .body = words.body,
        .client = proxied && !request->keeps_source ? request->node.address
                                                    : request->from.address,
        .forwarded = proxied && !request->flow ? request->from.address : 0,
        .port = proxied ? request->target_port : request->port,
        .cookie = group != NULL && group->policy.stickiness == STICKY_APP_COOKIE
                      ? group->policy.app_cookie
                      : NULL,
        .request = request->id,
        .datagram = request->protocol == REQUEST_DATAGRAM,
        .wants_text = request->wants_text,
    };
}

/* What the handshake costs who answers, whatever the answer. */
static void add_handshake(const struct traffic *traffic, const struct request *request,
                          struct request_answer *answer)
{
    if (speaks_tls(group_of(traffic, request)))
        answer->extra_ns = tls_work;
}

static void serve(void *context, const struct request *request, struct request_answer *answer)
{
    const struct traffic *traffic = context;
    const struct traffic_guest_ask ask = guest_ask_of(traffic, request);

    traffic->world.serve(traffic->world.context, &ask, answer);
    add_handshake(traffic, request, answer);
}

static void program(void *context, const struct request *request, struct request_answer *answer)
{
    const struct traffic *traffic = context;
    const struct traffic_guest_ask ask = guest_ask_of(traffic, request);

    traffic->world.program(traffic->world.context, &ask, answer);
    add_handshake(traffic, request, answer);
}

static void worked(void *context, uint64_t instance, uint64_t job)
{
    const struct traffic *traffic = context;

    traffic->world.worked(traffic->world.context, instance, job);
}

/* ---- names ---- */

uint32_t traffic_resolve(struct traffic *traffic, const char *host, uint64_t instance)
{
    const struct interface *asker = instance == 0 ? NULL : interface_of_instance(traffic, instance);
    const struct interface *holder;
    struct balancer *balancer;
    bool is_public;
    uint32_t address;

    if (address_parse(host, &address))
        return asker != NULL && address >> 24 == 127 ? asker->address : address;
    if (asker != NULL && strcasecmp(host, "localhost") == 0)
        return asker->address;
    balancer = balancer_of_name(traffic->balancers, host);
    if (balancer != NULL)
        return balancer_resolve(traffic->balancers, balancer, asker == NULL);
    address = balancer_zonal_address(traffic->balancers, host);
    if (address != 0)
        return address;
    if (!address_of_name(host, &is_public, &address))
        return 0;
    if (!is_public) {
        if (asker == NULL ||
            network_private_holder(traffic->network, vpc_of(traffic, asker), address) == NULL)
            return 0;
        return address;
    }
    holder = network_public_holder(traffic->network, address);
    if (holder == NULL)
        return 0;
    if (asker != NULL && vpc_of(traffic, asker) == vpc_of(traffic, holder))
        return holder->address;
    return address;
}

/* Reads digits up to the end; false when there are none, other characters, or more than 65535. */
static bool port_parse(const char *text, uint16_t *port)
{
    size_t length = strlen(text);
    long value;

    if (length == 0 || length > 5 || strspn(text, "0123456789") != length)
        return false;
    value = strtol(text, NULL, 10);
    *port = (uint16_t)value;
    return value > 0 && value <= 65535;
}

bool url_parse(struct arena *arena, const char *text, struct url *url)
{
    static const struct {
        const char *scheme;
        uint16_t port;
    } known[] = {{"http", 80}, {"https", 443}, {"telnet", 23}, {"ssh", 22}, {"ftp", 21}};
    const char *colon = strstr(text, "://");
    const char *authority = colon == NULL ? text : colon + 3;
    size_t length = strcspn(authority, "/?#");
    char *host = arena_strndup(arena, authority, length);
    const char *rest = authority + length;
    char *at;

    for (const char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c <= ' ' || *c == 0x7f)
            return false;
    *url = (struct url){
        .scheme = colon == NULL ? "http" : arena_strndup(arena, text, (size_t)(colon - text)),
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcasecmp(known[i].scheme, url->scheme) != 0)
            continue;
        url->scheme = known[i].scheme;
        url->port = known[i].port;
    }
    at = strrchr(host, '@');
    url->host = at == NULL ? host : at + 1;
    at = strchr(url->host, ':');
    if (at != NULL) {
        if (!port_parse(at + 1, &url->port))
            return false;
        *at = '\0';
    }
    length = strcspn(rest, "#");
    url->path = arena_printf(arena, "%s%.*s", *rest == '/' ? "" : "/", (int)length, rest);
    return *url->host != '\0' && *url->scheme != '\0';
}

/* "rtb-0... (private)": the id, and the Name tag where there is one. */
static const char *network_name(const struct network *network, struct arena *arena,
                                enum name_kind kind, uint64_t id)
{
    const struct {
        const struct kind *kind;
        const struct table *table;
        size_t tags;
    } kinds[] = {
        [NAME_SUBNET] = {&kind_subnet, &network->subnets, offsetof(struct subnet, tags)},
        [NAME_VPC] = {&kind_vpc, &network->vpcs, offsetof(struct vpc, tags)},
        [NAME_ACL] = {&kind_network_acl, &network->acls, offsetof(struct network_acl, tags)},
        [NAME_ROUTE_TABLE] = {&kind_route_table, &network->route_tables,
                              offsetof(struct route_table, tags)},
        [NAME_GATEWAY] = {&kind_internet_gateway, &network->gateways,
                          offsetof(struct internet_gateway, tags)},
    };
    const char *text = id_text(arena, kinds[kind].kind, id);
    const char *row = table_find(kinds[kind].table, id);
    const struct tags *tags =
        row == NULL ? NULL : (const struct tags *)(const void *)(row + kinds[kind].tags);

    if (tags == NULL || tags_name(tags)[0] == '\0')
        return text;
    return arena_printf(arena, "%s (%s)", text, tags_name(tags));
}

static const char *place_name(void *context, struct arena *arena, enum name_kind kind, uint64_t id)
{
    const struct traffic *traffic = context;
    const struct balancer *balancer;
    const struct listener *listener;
    const struct target_group *group;
    const struct rule *rule;
    const struct web_rule *web_rule;
    const struct web_acl *acl;

    switch (kind) {
    case NAME_SECURITY_GROUP:
        return id_text(arena, &kind_security_group, id);
    case NAME_SUBNET:
    case NAME_VPC:
    case NAME_ACL:
    case NAME_ROUTE_TABLE:
    case NAME_GATEWAY:
        return network_name(traffic->network, arena, kind, id);
    case NAME_BALANCER:
    case NAME_ANY:
        balancer = table_find(&traffic->balancers->balancers, id);
        if (balancer != NULL)
            return arena_strdup(arena, balancer->name);
        if (kind == NAME_BALANCER)
            return "the load balancer";
        break;
    case NAME_LISTENER:
        listener = listener_find(traffic->balancers, id);
        return listener == NULL
                   ? "the listener"
                   : arena_printf(arena, "%s:%u", listener->protocol, (unsigned)listener->port);
    case NAME_RULE:
        rule = table_find(&traffic->balancers->rules, id);
        return rule == NULL ? "the rule" : rule_text(arena, rule);
    case NAME_WEB_ACL:
        acl = table_find(&traffic->balancers->acls->acls, id);
        return acl == NULL ? "(deleted)" : arena_strdup(arena, acl->name);
    case NAME_WEB_RULE:
        web_rule = web_rule_find(traffic->balancers->acls, id);
        return web_rule == NULL ? "(deleted)" : arena_strdup(arena, web_rule->name);
    case NAME_TARGET_GROUP:
        group = table_find(&traffic->balancers->groups->groups, id);
        return group == NULL ? "the target group" : arena_strdup(arena, group->name);
    default:
        break;
    }
    return traffic->world.instance_name(traffic->world.context, arena, id);
}

struct request_names traffic_names(struct traffic *traffic)
{
    return (struct request_names){
        .context = traffic,
        .name = place_name,
    };
}

/* ---- exchanges ---- */

static struct exchange *exchange_of(const struct traffic *traffic, const struct request *request)
{
    return table_find(&traffic->exchanges, request->origin_id);
}

static void exchange_words(void *context, const struct request *request,
                           struct request_words *words)
{
    const struct exchange *exchange = exchange_of(context, request);

    if (exchange == NULL)
        return;
    words->method = exchange->method;
    words->host = exchange->host_header == NULL ? exchange->host : exchange->host_header;
    words->path = exchange->path;
    words->headers = exchange->headers;
    words->body = exchange->body;
}

static uint32_t exchange_resolve(void *context, const struct request *request)
{
    struct traffic *traffic = context;
    struct exchange *exchange = exchange_of(traffic, request);

    if (exchange == NULL)
        return 0;
    exchange->address = traffic_resolve(traffic, exchange->host, exchange->instance);
    exchange->resolved = exchange->address == 0 ? 0 : traffic->sim->now;
    return exchange->address;
}

static void texts_drop(struct exchange *exchange)
{
    free(exchange->answer_headers);
    free(exchange->answer_body.bytes);
    exchange->answer_headers = NULL;
    exchange->answer_body = (struct blob){0};
}

/* The header X-Served-By is this console's own: which target answered. */
static void exchange_text(void *context, const struct request *request,
                          struct request_answer *answer)
{
    struct traffic *traffic = context;
    struct exchange *exchange = exchange_of(traffic, request);
    struct arena arena = ARENA_INIT;
    struct str headers = STR_INIT;

    if (exchange == NULL) {
        free(answer->headers);
        free(answer->body.bytes);
        return;
    }
    texts_drop(exchange);
    str_add(&headers, answer->headers == NULL ? "" : answer->headers);
    if (request->target != 0 && request->answered_by != PLACE_NODE) {
        sticky_answer(traffic->balancers, request, answer->headers, &headers);
        str_addf(
            &headers, "X-Served-By: %s\r\n",
            traffic->world.instance_name(traffic->world.context, &arena, request->target_instance));
    }
    str_add(&headers, "\r\n");
    exchange->answer_headers = str_take(&headers);
    exchange->answer_body = answer->body;
    free(answer->headers);
    arena_release(&arena);
}

static void exchange_done(void *context, const struct request *request)
{
    struct traffic *traffic = context;
    struct exchange *exchange = exchange_of(traffic, request);

    if (exchange == NULL)
        return;
    exchange->ended = traffic->sim->now;
    exchange->exit = request->exit;
    exchange->connected = request->state >= REQUEST_SENDING && request->exit != EXIT_REFUSED;
    exchange->status = request->exit == EXIT_ANSWERED ? request->status : 0;
    exchange->bytes = request->exit == EXIT_ANSWERED ? request->bytes : 0;
    if (request->exit != EXIT_ANSWERED)
        texts_drop(exchange);
    if (traffic->world.done != NULL)
        traffic->world.done(traffic->world.context, exchange);
}

/* Without its port. */
static void host_header_set(struct exchange *exchange)
{
    struct header_value host = header_first(exchange->headers, "Host");
    const char *colon = host.text == NULL ? NULL : memchr(host.text, ':', host.length);

    if (host.text != NULL)
        exchange->host_header =
            xstrndup(host.text, colon == NULL ? host.length : (size_t)(colon - host.text));
}

/* What curl says when it is not told otherwise comes first. */
static void head_set(struct exchange *exchange, const char *headers)
{
    struct str head = STR_INIT;

    if (header_first(headers, "User-Agent").text == NULL)
        str_add(&head, "User-Agent: " TRAFFIC_USER_AGENT "\r\n");
    if (header_first(headers, "Accept").text == NULL)
        str_add(&head, "Accept: */*\r\n");
    str_add(&head, headers == NULL ? "" : headers);
    exchange->headers = str_take(&head);
    host_header_set(exchange);
}

/* ---- endpoints of AWS's services ---- */

/* Does a packet get there from the asker, and one back? */
static bool service_is_near(const struct traffic *traffic, const struct place *from, uint16_t port)
{
    struct path path;

    traffic_path(traffic,
                 &(struct request_knock){
                     .from = from,
                     .address = TRAFFIC_SERVICE_ADDRESS,
                     .port.number = port,
                 },
                 PROTOCOL_TCP, &path);
    return path.through;
}

/* A service answers at once.  True when it did; where the network does not lead there, the request
 * goes its way, and is lost on it. */
static bool service_answers(struct traffic *traffic, struct exchange *exchange,
                            const struct place *from)
{
    struct request_answer answer = {0};
    void *context = traffic->world.context;

    if (traffic->world.service == NULL || !traffic->world.service(context, exchange, NULL))
        return false;
    exchange->address = TRAFFIC_SERVICE_ADDRESS;
    exchange->resolved = exchange->started;
    if (!service_is_near(traffic, from, exchange->port))
        return false;
    traffic->world.service(context, exchange, &answer);
    exchange->answer_headers = answer.headers;
    exchange->answer_body = answer.body;
    exchange->status = answer.status;
    exchange->bytes = answer.body.size;
    exchange->connected = true;
    exchange->ended = traffic->sim->now;
    return true;
}

uint64_t traffic_start(struct traffic *traffic, const struct traffic_ask *ask)
{
    uint64_t id = traffic->next++;
    struct exchange *exchange = table_add(&traffic->exchanges, id);
    const struct interface *asker = NULL;
    struct place from = {
        .kind = PLACE_INTERNET,
        .address = ask->service ? TRAFFIC_SERVICE_ADDRESS : TRAFFIC_CLIENT_ADDRESS,
    };

    if (ask->instance != 0)
        asker = interface_of_instance(traffic, ask->instance);
    if (asker != NULL)
        from = (struct place){
            .kind = PLACE_INSTANCE,
            .id = ask->instance,
            .address = asker->address,
            .zone = asker->zone,
        };
    exchange->instance = ask->instance;
    exchange->started = traffic->sim->now;
    exchange->method = xstrdup(ask->method == NULL ? "GET" : ask->method);
    exchange->host = xstrdup(ask->host);
    exchange->path = xstrdup(ask->path == NULL ? "/" : ask->path);
    head_set(exchange, ask->headers);
    exchange->port = ask->port;
    exchange->region = ask->region;
    exchange->body = ask->body == NULL ? NULL : xstrdup(ask->body);
    exchange->delivery = ask->delivery;
    if (!ask->datagram && !ask->connect_only && !ask->service &&
        service_answers(traffic, exchange, &from))
        return id;
    if (address_parse(ask->host, &exchange->address)) {
        exchange->address = traffic_resolve(traffic, ask->host, ask->instance);
        exchange->resolved = exchange->started;
    }
    exchange->request = request_start(
        traffic->requests,
        &(struct request_ask){
            .origin = ask->service ? REQUEST_SERVICE : REQUEST_CLIENT,
            .origin_id = id,
            .from = from,
            .address = exchange->address,
            .port = ask->port,
            .protocol = ask->datagram       ? REQUEST_DATAGRAM
                        : ask->connect_only ? REQUEST_CONNECT
                                            : REQUEST_HTTP,
            .wants_text = !ask->connect_only && !ask->datagram,
            .tls = ask->tls,
            .insecure = ask->insecure,
            .connect_limit_ns = ask->connect_limit_ns > 0 ? ask->connect_limit_ns : connect_limit,
            .limit_ns = ask->limit_ns > 0 ? ask->limit_ns
                        : ask->datagram   ? TRAFFIC_DATAGRAM_LIMIT_NS
                                          : SIM_NEVER,
        });
    return id;
}

const struct exchange *exchange_find(const struct traffic *traffic, uint64_t id)
{
    return table_find(&traffic->exchanges, id);
}

void exchange_drop(struct traffic *traffic, uint64_t id)
{
    const struct exchange *exchange = table_find(&traffic->exchanges, id);

    if (exchange == NULL)
        return;
    if (exchange->ended == 0)
        request_abort(traffic->requests, exchange->request, EXIT_ABORTED);
    /* Whoever waited may have dropped it meanwhile. */
    if (table_find(&traffic->exchanges, id) != NULL)
        table_remove(&traffic->exchanges, id);
}

const char *exchange_error(const struct exchange *exchange, struct arena *arena)
{
    long long waited = (long long)((exchange->ended - exchange->started) / MILLISECOND_NS);

    switch (exchange->exit) {
    case EXIT_NO_NAME:
        return arena_printf(arena, "curl: (6) Could not resolve host: %s", exchange->host);
    case EXIT_REFUSED:
        return arena_printf(arena,
                            "curl: (7) Failed to connect to %s port %u after %lld ms: Couldn't "
                            "connect to server",
                            exchange->host, (unsigned)exchange->port, waited);
    case EXIT_TIMEOUT:
        if (exchange->connected)
            return arena_printf(arena,
                                "curl: (28) Operation timed out after %lld milliseconds with 0 "
                                "bytes received",
                                waited);
        if (waited < connect_limit / MILLISECOND_NS)
            return arena_printf(arena, "curl: (28) Connection timed out after %lld milliseconds",
                                waited);
        return arena_printf(arena,
                            "curl: (28) Failed to connect to %s port %u after %lld ms: Couldn't "
                            "connect to server",
                            exchange->host, (unsigned)exchange->port, waited);
    case EXIT_TLS:
        return "curl: (35) error:0A00010B:SSL routines::wrong version number";
    case EXIT_CERTIFICATE:
        return arena_printf(arena,
                            "curl: (60) SSL: no alternative certificate subject name matches "
                            "target host name '%s'",
                            exchange->host);
    case EXIT_EMPTY:
        return "curl: (52) Empty reply from server";
    case EXIT_RESET:
        return "curl: (56) Recv failure: Connection reset by peer";
    default:
        return "";
    }
}

/* ---- the room ---- */

static const struct request_origin client_origin = {
    .words = exchange_words,
    .resolve = exchange_resolve,
    .text = exchange_text,
    .done = exchange_done,
};

void traffic_init(struct traffic *traffic)
{
    table_init(&traffic->exchanges, &exchange_shape);
    traffic->next = 1;
    traffic->requests->world = (struct request_world){
        .context = traffic,
        .locate = locate,
        .admits = admits,
        .listens = listens,
        .serve = serve,
        .program = program,
        .worked = worked,
        .mood = mood,
    };
    requests_set_origin(traffic->requests, REQUEST_CLIENT, &client_origin, traffic);
    requests_set_origin(traffic->requests, REQUEST_SERVICE, &client_origin, traffic);
}

void traffic_release(struct traffic *traffic)
{
    table_release(&traffic->exchanges);
}

static const struct field exchange_fields[] = {
    F_INT(struct exchange, id, "Id", "The exchange."),
    F_INT(struct exchange, request, "Request", "Its request."),
    F_INT(struct exchange, instance, "Instance", "The instance that asks."),
    F_TIME(struct exchange, started, "Started", "When it began."),
    F_TIME(struct exchange, resolved, "Resolved", "When the name was known."),
    F_TIME(struct exchange, ended, "Ended", "When it ended."),
    F_STRING(struct exchange, method, "Method", "What is asked."),
    F_STRING(struct exchange, host, "Host", "Of whom."),
    F_STRING(struct exchange, host_header, "HostHeader", "The header Host, when it is another."),
    F_STRING(struct exchange, path, "Path", "For what."),
    F_STRING(struct exchange, headers, "Headers", "Headers of the request."),
    F_STRING(struct exchange, answer_headers, "AnswerHeaders", "Headers of the answer."),
    F_BLOB(struct exchange, answer_body, "AnswerBody", "Body of the answer."),
    F_INT(struct exchange, bytes, "Bytes", "Length of the body."),
    F_INT(struct exchange, address, "Address", "What the name stood for."),
    F_INT(struct exchange, port, "Port", "The port."),
    F_INT(struct exchange, status, "Status", "Status of the answer."),
    F_BOOL(struct exchange, connected, "Connected", "A connection was made."),
    F_INT(struct exchange, exit, "Exit", "How it ended, as curl numbers it."),
    F_INT(struct exchange, region, "Region", "The client's Region."),
    F_STRING(struct exchange, body, "Body", "Body of the request."),
    F_INT(struct exchange, delivery, "Delivery", "What a service knows it by."),
};
const struct shape exchange_shape = SHAPE("Exchange", struct exchange, exchange_fields);
