/*
 * cloud/world_traffic.c - requests joined with the guests that serve them, and targets with
 * instances.
 */
#include <string.h>

#include "base/str.h"
#include "cloud/world_parts.h"

enum { SPEED_ONE_MHZ = 2500 /* the clock of a vCPU of speed SERVER_SPEED_ONE */ };

/* ---- instances, as requests and target groups see them ---- */

static bool instance_of(void *context, uint64_t id, struct traffic_instance *out)
{
    const struct world *world = context;
    const struct instance *instance = instance_any(&world->instances, id);

    if (instance == NULL || instance->interface == 0)
        return false;
    *out = (struct traffic_instance){
        .interface = instance->interface,
        .answers = instance->powered && guest_is_reachable(&world->guests, id),
    };
    return true;
}

static bool subject_of(void *context, uint64_t id, struct target_subject *subject)
{
    const struct world *world = context;
    const struct instance *instance = instance_any(&world->instances, id);
    const struct interface *interface;
    const struct subnet *subnet;

    if (instance == NULL || instance->interface == 0)
        return false;
    interface = instance_interface(&world->instances, instance);
    subnet = table_get(&world->network.subnets, interface->subnet);
    *subject = (struct target_subject){
        .instance = id,
        .account = instance->account,
        .vpc = subnet->vpc,
        .address = interface->address,
        .region = ZONE_REGION(instance->zone),
        .zone = instance->zone,
        .running = instance->state == INSTANCE_RUNNING,
        .state = instance_state_name(instance->state),
    };
    return true;
}

/* Whose is a private address of a VPC: the subnet that it lies in, and the instance that has it, if
 * any. */
static bool subject_at(void *context, uint64_t vpc, uint32_t address,
                       struct target_subject *subject)
{
    const struct world *world = context;
    const struct interface *holder = network_private_holder(&world->network, vpc, address);
    const struct subnet *subnet;

    if (holder != NULL && holder->owner_kind == OWNER_INSTANCE)
        return subject_of(context, holder->owner, subject);
    subnet = network_subnet_at(&world->network, vpc, address);
    if (subnet == NULL)
        return false;
    *subject = (struct target_subject){
        .account = subnet->account,
        .vpc = vpc,
        .address = address,
        .region = ZONE_REGION(subnet->zone),
        .zone = subnet->zone,
        .reserved = holder != NULL && holder->owner_kind == OWNER_BALANCER,
        .state = "",
    };
    return true;
}

static const char *instance_name(void *context, struct arena *arena, uint64_t id)
{
    const struct world *world = context;
    const struct instance *instance = instance_any(&world->instances, id);
    const char *text = id_text(arena, &kind_instance, id);

    if (instance == NULL || tags_name(&instance->tags)[0] == '\0')
        return text;
    return arena_printf(arena, "%s (%s)", text, tags_name(&instance->tags));
}

/* ---- serving ---- */

enum { HTTP_PORT = 80 };

uint16_t world_port_inside(const struct world *world, uint64_t id, uint16_t port)
{
    int64_t moved = injection_amount(&world->injections, id, INJECT_PORT);

    if (moved == 0)
        return port;
    return port == moved ? HTTP_PORT : port == HTTP_PORT ? 0 : port;
}

struct server_power world_power_of(const struct world *world, const struct instance *instance)
{
    const struct catalog_type *type = &world->catalog->types[instance->type];
    int64_t slow = injection_amount(&world->injections, instance->id, INJECT_SLOW);
    uint32_t speed = type->clock_mhz * (SERVER_SPEED_ONE / SPEED_ONE_MHZ);

    return (struct server_power){
        .vcpus = type->vcpus,
        .speed_ppm = slow == 0 ? speed : speed / (uint32_t)slow,
    };
}

static struct server_power listens(void *context, uint64_t id, struct request_port port)
{
    struct world *world = context;
    const struct instance *instance = instance_any(&world->instances, id);

    if (!port.datagrams)
        port.number = world_port_inside(world, id, port.number);
    if (instance == NULL || !instance->powered || port.number == 0 ||
        !(port.datagrams ? guest_hears(&world->guests, id, port.number)
                         : guest_listens(&world->guests, id, port.number) &&
                               !shop_is_closed(&world->shops, id, port.number)))
        return (struct server_power){0};
    return world_power_of(world, instance);
}

static struct request_mood mood(void *context, uint64_t id)
{
    const struct world *world = context;
    const uint32_t percent = 10000; /* in a million */

    return (struct request_mood){
        .fails_ppm =
            (uint32_t)injection_amount(&world->injections, id, INJECT_PAGES) * percent,
        .hangs_ppm = (uint32_t)injection_amount(&world->injections, id, INJECT_HANG) * percent,
    };
}

/* What is broken on purpose, told to those who serve and carry requests. */
static void settle_faults(struct world *world)
{
    const struct table *faults = &world->injections.table;
    struct request_rough rough[REQUEST_ZONES] = {{0}};

    world->requests.spoiled = false;
    for (uint32_t i = 0; i < table_count(faults); i++) {
        const struct injection *fault = table_at(faults, i);

        if (fault->kind == INJECT_LATENCY)
            rough[fault->zone].late_ns += fault->amount * MILLISECOND_NS;
        else if (fault->kind == INJECT_LOSS)
            rough[fault->zone].lost_ppm += (uint32_t)fault->amount * 10000;
        else if (fault->kind == INJECT_PAGES || fault->kind == INJECT_HANG)
            world->requests.spoiled = true;
    }
    for (uint8_t zone = 0; zone < REQUEST_ZONES; zone++)
        request_set_rough(&world->requests, zone, rough[zone]);
}

void world_faults_changed(void *context, uint64_t id)
{
    struct world *world = context;
    const struct instance *instance = id == 0 ? NULL : instance_any(&world->instances, id);

    settle_faults(world);
    if (instance != NULL && instance->powered)
        request_set_power(&world->requests, id, world_power_of(world, instance));
}

/* The name in a header's value must stay on its line. */
static void header_add(struct str *out, const char *name, const char *value)
{
    str_addf(out, "%s: ", name);
    for (; *value != '\0'; value++)
        str_addc(out, (unsigned char)*value < ' ' || *value == 0x7f ? ' ' : *value);
    str_add(out, "\r\n");
}

static bool is_cookie(const struct pair *header, const char *name)
{
    size_t length = strlen(name);

    return str_equal(header->key, "Set-Cookie") && strncmp(header->value, name, length) == 0 &&
           header->value[length] == '=';
}

/* A datagram is answered by one, of which nobody reads more than that it came. */
static void serve_datagram(struct world *world, const struct traffic_guest_ask *ask,
                           struct request_answer *answer)
{
    *answer = (struct request_answer){.how = REQUEST_SERVE_CLOSE};
    if (guest_hears(&world->guests, ask->instance, ask->port))
        *answer = (struct request_answer){
            .service_ns = GUEST_DATAGRAM_WORK_NS,
            .bytes = GUEST_DATAGRAM_BYTES,
        };
}

/* Here, and of programs, the port of `ask` is the guest's own. */
static void serve_guest(struct world *world, const struct traffic_guest_ask *ask,
                        struct request_answer *answer)
{
    struct guest_request request = {
        .instance = ask->instance,
        .port = ask->port,
        .method = ask->method,
        .path = ask->path,
        .host = ask->host,
        .headers = ask->headers,
        .body = ask->body,
        .client = ask->client,
    };
    struct guest_answer got = {0};
    struct arena arena = ARENA_INIT;

    guest_serve(&world->guests, &request, &arena, &got);
    *answer = (struct request_answer){
        .service_ns = got.work_ns,
        .bytes = got.body.size,
        .status = (uint16_t)got.status,
        .how = got.refused ? REQUEST_SERVE_CLOSE : REQUEST_SERVE_ANSWER,
    };
    for (uint32_t i = 0; ask->cookie != NULL && i < got.headers.count; i++)
        answer->sets_cookie |= is_cookie(&got.headers.items[i], ask->cookie);
    if (ask->wants_text && !got.refused) {
        struct str headers = STR_INIT;

        str_addf(&headers, "HTTP/1.1 %d %s\r\n", got.status,
                 got.reason == NULL ? "" : got.reason);
        for (uint32_t i = 0; i < got.headers.count; i++)
            header_add(&headers, got.headers.items[i].key, got.headers.items[i].value);
        answer->headers = str_take(&headers);
        answer->body.size = got.body.size;
        if (got.body.size > 0) {
            answer->body.bytes = xmalloc(got.body.size);
            memcpy(answer->body.bytes, got.body.bytes, got.body.size);
        }
    }
    arena_release(&arena);
}

static void serve_shop(struct world *world, const struct traffic_guest_ask *ask,
                       struct request_answer *answer)
{
    shop_serve(&world->shops, ask, answer);
}

/* The units that are programs: a request may change them or be held, so each is asked anew. */
static const struct program {
    const char *unit;
    void (*serve)(struct world *world, const struct traffic_guest_ask *ask,
                  struct request_answer *answer);
} programs[] = {
    {GUEST_ENDPOINT_UNIT, serve_guest},
    {SHOP_CASHIER_UNIT, serve_shop},
    {SHOP_BARISTA_UNIT, serve_shop},
};

/* The program that listens there, or NULL. */
static const struct program *program_at(struct world *world, uint64_t instance, uint16_t port)
{
    const char *unit = guest_unit_at(&world->guests, instance, port);

    for (size_t i = 0; unit != NULL && i < sizeof(programs) / sizeof(programs[0]); i++)
        if (strcmp(programs[i].unit, unit) == 0)
            return &programs[i];
    return NULL;
}

static struct traffic_guest_ask ask_inside(const struct world *world,
                                           const struct traffic_guest_ask *ask)
{
    struct traffic_guest_ask inside = *ask;

    inside.port = world_port_inside(world, ask->instance, ask->port);
    return inside;
}

static void serve(void *context, const struct traffic_guest_ask *ask,
                  struct request_answer *answer)
{
    struct world *world = context;
    const struct traffic_guest_ask inside = ask_inside(world, ask);

    if (ask->datagram)
        serve_datagram(world, ask, answer);
    else if (program_at(world, inside.instance, inside.port) != NULL)
        *answer = (struct request_answer){.how = REQUEST_SERVE_PROGRAM};
    else
        serve_guest(world, &inside, answer);
}

static void program(void *context, const struct traffic_guest_ask *ask,
                    struct request_answer *answer)
{
    struct world *world = context;
    const struct traffic_guest_ask inside = ask_inside(world, ask);
    const struct program *there = program_at(world, inside.instance, inside.port);

    if (there == NULL)
        *answer = (struct request_answer){.how = REQUEST_SERVE_CLOSE};
    else
        there->serve(world, &inside, answer);
}

/* The topic that posted it, or whoever waits inside the instance that asked. */
static void asked(void *context, const struct exchange *exchange)
{
    struct world *world = context;

    if (exchange->delivery != 0) {
        const struct topic_posted posted = {
            .delivery = exchange->delivery,
            .status = exchange->status,
            .exit = exchange->exit,
            .connected = exchange->connected,
        };

        exchange_drop(&world->traffic, exchange->id);
        topic_posted(&world->topics, &posted);
        return;
    }
    if (exchange->instance != 0 && !shop_exchange_ended(&world->shops, exchange))
        guest_exchange_ended(&world->guests, exchange->instance, exchange->id);
}

/* ---- the CPU ---- */

static void cpu_changed(void *context, uint64_t instance)
{
    struct world *world = context;

    hypervisor_server_changed(&world->hypervisor, instance);
}

static void cpu_closing(void *context, uint64_t instance)
{
    struct world *world = context;

    hypervisor_server_closing(&world->hypervisor, instance);
}

static void cpu_share(void *context, uint64_t instance, int64_t share_ppm, bool watched)
{
    struct world *world = context;

    request_set_share(&world->requests, instance, share_ppm, watched);
}

static bool zone_failed(void *context, uint8_t zone)
{
    const struct world *world = context;

    return hosts_zone_failed(&world->hosts, zone);
}

static void target_changed(void *context, uint64_t instance)
{
    struct world *world = context;

    scaling_health_changed(&world->scaling, instance);
}

static void worked(void *context, uint64_t instance)
{
    struct world *world = context;

    workloads_rate_changed(&world->workloads, instance);
}

void world_wire_traffic(struct world *world)
{
    world->traffic.world = (struct traffic_world){
        .context = world,
        .instance = instance_of,
        .listens = listens,
        .serve = serve,
        .program = program,
        .mood = mood,
        .done = asked,
        .service = world_service,
        .instance_name = instance_name,
    };
    world->requests.cpu = (struct request_cpu){
        .context = world,
        .changed = cpu_changed,
        .closing = cpu_closing,
    };
    world->hypervisor.share = cpu_share;
    world->hypervisor.worked = worked;
    world->hypervisor.context = world;
    world->balancers.zone_failed = zone_failed;
    world->balancers.zone_context = world;
    world->targets.world.context = world;
    world->targets.world.instance = subject_of;
    world->targets.world.address = subject_at;
    world->targets.world.changed = target_changed;
}
