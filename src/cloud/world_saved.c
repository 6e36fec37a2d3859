/*
 * cloud/world_saved.c - a world as bytes, and back.
 *
 * A saved world is a row of what the world itself holds (the clock, counters), the pending events,
 * the trail, and the tables of all rooms; what is derived from them is built again.  Reading trusts
 * nothing: every table is checked by its room before the world is given out.
 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cloud/event_archive.h"
#include "cloud/injection_plan.h"
#include "cloud/world_parts.h"

/* The world's own numbers: one row, key 1. */
struct world_row {
    uint64_t key;
    uint64_t seed;
    int64_t now;
    uint64_t next_sequence; /* of events */
    uint64_t ids;           /* drawn so far */
    uint64_t next_entry;    /* of the trail */
    uint64_t next_request;
    uint64_t next_exchange;
    int64_t replica_lag_s;
    uint8_t region;
    uint8_t placement_policy;
};

struct event_row {
    uint64_t sequence;
    int64_t time;
    uint64_t subject;
    uint64_t detail;
    uint16_t kind;
};

/* A room's table: its name in the pack, and where it lies in the world. */
struct saved_table {
    const char *name;
    size_t offset;
};

static const struct shape world_row_shape, event_row_shape;

/* The names are saved: never change one. */
static const struct saved_table saved_tables[] = {
    { "accounts", offsetof(struct world, accounts.table) },
    { "quotas", offsetof(struct world, accounts.quotas) },
    { "vpcs", offsetof(struct world, network.vpcs) },
    { "subnets", offsetof(struct world, network.subnets) },
    { "interfaces", offsetof(struct world, network.interfaces) },
    { "security-groups", offsetof(struct world, firewall.table) },
    { "key-pairs", offsetof(struct world, keys.table) },
    { "host-guests", offsetof(struct world, hosts.guests) },
    { "host-failures", offsetof(struct world, hosts.failures) },
    { "reservations", offsetof(struct world, instances.reservations) },
    { "instances", offsetof(struct world, instances.table) },
    { "injections", offsetof(struct world, injections.table) },
    { "block-maps", offsetof(struct world, blocks.maps) },
    { "block-leaves", offsetof(struct world, blocks.leaves) },
    { "block-data", offsetof(struct world, blocks.data) },
    { "block-counters", offsetof(struct world, blocks.counters) },
    { "volumes", offsetof(struct world, volumes.table) },
    { "volume-modifications", offsetof(struct world, volumes.modifications) },
    { "volume-queues", offsetof(struct world, volumes.queues) },
    { "snapshots", offsetof(struct world, snapshots.table) },
    { "fast-restores", offsetof(struct world, snapshots.fast) },
    { "images", offsetof(struct world, images.table) },
    { "guests", offsetof(struct world, guests.table) },
    { "guest-jobs", offsetof(struct world, guests.jobs) },
    { "servers", offsetof(struct world, requests.servers.table) },
    { "target-groups", offsetof(struct world, targets.groups) },
    { "targets", offsetof(struct world, targets.targets) },
    { "load-balancers", offsetof(struct world, balancers.balancers) },
    { "listeners", offsetof(struct world, balancers.listeners) },
    { "listener-rules", offsetof(struct world, balancers.rules) },
    { "exchanges", offsetof(struct world, traffic.exchanges) },
    { "client-tokens", offsetof(struct world, tokens.table) },
    { "request-idles", offsetof(struct world, requests.idles) },
    { "streams", offsetof(struct world, streams.table) },
    { "replica-unheard", offsetof(struct world, replica.unheard) },
    { "launch-templates", offsetof(struct world, templates.table) },
    { "launch-template-versions", offsetof(struct world, templates.versions) },
    { "metrics", offsetof(struct world, metrics.table) },
    { "bill-items", offsetof(struct world, bill.items) },
    { "bill-books", offsetof(struct world, bill.books) },
    { "bill-points", offsetof(struct world, bill.points) },
    { "instance-meters", offsetof(struct world, metering.instances) },
    { "elastic-ips", offsetof(struct world, network.elastics) },
    { "scaling-groups", offsetof(struct world, scaling.groups) },
    { "scaling-members", offsetof(struct world, scaling.members) },
    { "lifecycle-hooks", offsetof(struct world, scaling.hooks) },
    { "scaling-activities", offsetof(struct world, scaling.activities) },
    { "alarms", offsetof(struct world, alarms.table) },
    { "alarm-history", offsetof(struct world, alarms.history) },
    { "scaling-policies", offsetof(struct world, scaling.policies) },
    { "scaling-schedules", offsetof(struct world, scaling.schedules) },
    { "balancer-flows", offsetof(struct world, targets.flows) },
    { "cpu-guests", offsetof(struct world, hypervisor.guests) },
    { "cpu-hosts", offsetof(struct world, hypervisor.hosts) },
    { "credit-launches", offsetof(struct world, hypervisor.launches) },
    { "web-acls", offsetof(struct world, acls.acls) },
    { "ip-sets", offsetof(struct world, acls.ip_sets) },
    { "web-rates", offsetof(struct world, acls.rates) },
    { "placement-groups", offsetof(struct world, placement.table) },
    { "route-tables", offsetof(struct world, network.route_tables) },
    { "internet-gateways", offsetof(struct world, network.gateways) },
    { "network-acls", offsetof(struct world, network.acls) },
    { "workloads", offsetof(struct world, workloads.table) },
    { "dedicated-hosts", offsetof(struct world, dedicated.table) },
    { "spot-requests", offsetof(struct world, spots.table) },
    { "event-buses", offsetof(struct world, buses.table) },
    { "event-rules", offsetof(struct world, buses.rules) },
    { "event-deliveries", offsetof(struct world, buses.deliveries) },
    { "event-counter", offsetof(struct world, buses.counter) },
    { "queues", offsetof(struct world, queues.table) },
    { "queue-graves", offsetof(struct world, queues.graves) },
    { "queue-polls", offsetof(struct world, queues.polls) },
    { "queue-attempts", offsetof(struct world, queues.attempts) },
    { "queue-moves", offsetof(struct world, queues.moves) },
    { "event-archives", offsetof(struct world, buses.archives) },
    { "archived-events", offsetof(struct world, buses.archived) },
    { "event-replays", offsetof(struct world, buses.replays) },
    { "topics", offsetof(struct world, topics.table) },
    { "topic-subscriptions", offsetof(struct world, topics.subscriptions) },
    { "topic-mails", offsetof(struct world, topics.mails) },
    { "injection-plans", offsetof(struct world, injections.plans) },
    { "shops", offsetof(struct world, shops.table) },
    { "shop-cashiers", offsetof(struct world, shops.cashiers) },
    { "shop-baristas", offsetof(struct world, shops.baristas) },
    { "shop-drinks", offsetof(struct world, shops.drinks) },
    { "shop-orders", offsetof(struct world, shops.orders) },
    { "shop-asks", offsetof(struct world, shops.asks) },
};
static const size_t saved_table_count = sizeof(saved_tables) / sizeof(saved_tables[0]);

static struct table *table_of(const struct world *world, const struct saved_table *saved)
{
    return (struct table *)((char *)(uintptr_t)world + saved->offset);
}

/* ---- writing ---- */

static void world_row_pack(const struct world *world, struct str *out)
{
    struct table table;
    struct world_row *row;

    table_init(&table, &world_row_shape);
    row = table_add(&table, 1);
    row->seed = world->seed;
    row->now = world->sim.now;
    row->next_sequence = world->sim.next_sequence;
    row->ids = world->ids.stream.counter;
    row->next_entry = trail_next(&world->trail);
    row->next_request = world->requests.ways.next;
    row->next_exchange = world->traffic.next;
    row->replica_lag_s = world->replica.lag_s;
    row->region = world->region;
    row->placement_policy = world->hosts.policy;
    pack_table(out, "world", &table);
    table_release(&table);
}

static void events_pack(const struct world *world, struct str *out)
{
    size_t count;
    struct event *events = sim_pending_events(&world->sim, &count);
    struct table table;

    table_init(&table, &event_row_shape);
    for (size_t i = 0; i < count; i++) {
        struct event_row *row = table_add(&table, events[i].sequence);

        row->time = events[i].time;
        row->subject = events[i].subject;
        row->detail = events[i].detail;
        row->kind = events[i].kind;
    }
    pack_table(out, "events", &table);
    table_release(&table);
    free(events);
}

static void requests_pack(const struct world *world, struct str *out)
{
    struct table rows;
    struct table ways;

    table_init(&rows, &request_shape);
    table_init(&ways, &request_way_shape);
    requests_save(&world->requests, &rows, &ways);
    pack_table(out, "requests", &rows);
    pack_table(out, "request-ways", &ways);
    table_release(&rows);
    table_release(&ways);
}

void world_pack(const struct world *world, struct str *out)
{
    world_row_pack(world, out);
    events_pack(world, out);
    trail_pack(&world->trail, out, "trail");
    requests_pack(world, out);
    pool_pack(&world->queues.messages, out, "queue-messages");
    pool_pack(&world->queues.dedups, out, "queue-dedups");
    message_log_pack(&world->messages, out, "message-log");
    pool_pack(&world->topics.deliveries, out, "topic-deliveries");
    pool_pack(&world->topics.dedups, out, "topic-dedups");
    for (size_t i = 0; i < saved_table_count; i++)
        pack_table(out, saved_tables[i].name, table_of(world, &saved_tables[i]));
}

void world_hash(const struct world *world, unsigned char hash[PACK_HASH_SIZE])
{
    struct str out = STR_INIT;

    world_pack(world, &out);
    pack_hash(str_text(&out), out.length, hash);
    str_release(&out);
}

/* ---- reading ---- */

static bool name_is(const char *name, size_t length, const char *wanted)
{
    return strlen(wanted) == length && memcmp(name, wanted, length) == 0;
}

/* The first table: what the world must be made with. */
static bool world_row_read(struct pack_reader *reader, struct world_row *row)
{
    size_t length;
    const char *name = pack_next(reader, &length);
    struct table table;
    bool good;

    if (name == NULL || !name_is(name, length, "world"))
        return false;
    table_init(&table, &world_row_shape);
    good = pack_read_table(reader, &table) == 0 && table_count(&table) == 1;
    if (good)
        *row = *(struct world_row *)table_at(&table, 0);
    table_release(&table);
    return good;
}

static bool events_read(struct world *world, struct pack_reader *reader)
{
    struct table table;
    bool good;

    table_init(&table, &event_row_shape);
    good = pack_read_table(reader, &table) == 0;
    for (uint32_t i = 0; good && i < table_count(&table); i++) {
        const struct event_row *row = table_at(&table, i);

        good = sim_restore_event(&world->sim, &(struct event){
                                                  .time = row->time,
                                                  .sequence = row->sequence,
                                                  .subject = row->subject,
                                                  .detail = row->detail,
                                                  .kind = row->kind,
                                              });
    }
    table_release(&table);
    return good;
}

static bool trail_read(struct world *world, struct pack_reader *reader, uint64_t next)
{
    struct table table;
    bool good;

    table_init(&table, &trail_entry_shape);
    good = pack_read_table(reader, &table) == 0;
    for (uint32_t i = 0; good && i < table_count(&table); i++) {
        const struct trail_entry *row = table_at(&table, i);

        good = row->sequence < next && row->sequence + TRAIL_KEPT >= next;
    }
    if (good)
        trail_load(&world->trail, &table);
    world->trail.next = next;
    table_release(&table);
    return good;
}

/* The requests under way, and the ways of all that are kept: two tables, one after the other. */
static bool requests_read(struct world *world, struct pack_reader *reader, uint64_t next)
{
    struct table rows;
    struct table ways;
    const char *name;
    size_t length;
    bool good;

    table_init(&rows, &request_shape);
    table_init(&ways, &request_way_shape);
    good = pack_read_table(reader, &rows) == 0;
    name = good ? pack_next(reader, &length) : NULL;
    good = name != NULL && name_is(name, length, "request-ways") &&
           pack_read_table(reader, &ways) == 0;
    if (good)
        requests_load(&world->requests, &rows, &ways, next);
    table_release(&rows);
    table_release(&ways);
    return good;
}

/* Rows that lie in a pool. */
static bool pool_read(struct pack_reader *reader, struct pool *pool)
{
    struct table table;
    bool good;

    table_init(&table, pool->shape);
    good = pool->count == 0 && pack_read_table(reader, &table) == 0;
    if (good)
        pool_load(pool, &table);
    table_release(&table);
    return good;
}

static bool log_read(struct message_log *log, struct pack_reader *reader)
{
    struct table table;
    bool good;

    table_init(&table, &message_note_shape);
    good = pack_read_table(reader, &table) == 0 && message_log_load(log, &table);
    table_release(&table);
    return good;
}

/* One table of a room, or one that this program does not know. */
static bool table_read(struct world *world, struct pack_reader *reader, const char *name,
                       size_t length)
{
    for (size_t i = 0; i < saved_table_count; i++) {
        if (name_is(name, length, saved_tables[i].name)) {
            struct table *table = table_of(world, &saved_tables[i]);

            return table_count(table) == 0 && pack_read_table(reader, table) == 0;
        }
    }
    return pack_skip_table(reader) == 0;
}

/* Empties what every new world has. */
static void tables_clear(struct world *world)
{
    for (size_t i = 0; i < saved_table_count; i++) {
        struct table *table = table_of(world, &saved_tables[i]);
        const struct shape *shape = table->shape;

        table_release(table);
        table_init(table, shape);
    }
}

static bool tables_read(struct world *world, struct pack_reader *reader,
                        const struct world_row *row)
{
    const char *name;
    size_t length;

    while ((name = pack_next(reader, &length)) != NULL) {
        bool good;

        if (name_is(name, length, "events"))
            good = events_read(world, reader);
        else if (name_is(name, length, "trail"))
            good = trail_read(world, reader, row->next_entry);
        else if (name_is(name, length, "requests"))
            good = requests_read(world, reader, row->next_request);
        else if (name_is(name, length, "queue-messages"))
            good = pool_read(reader, &world->queues.messages);
        else if (name_is(name, length, "queue-dedups"))
            good = pool_read(reader, &world->queues.dedups);
        else if (name_is(name, length, "topic-deliveries"))
            good = pool_read(reader, &world->topics.deliveries);
        else if (name_is(name, length, "topic-dedups"))
            good = pool_read(reader, &world->topics.dedups);
        else if (name_is(name, length, "message-log"))
            good = log_read(&world->messages, reader);
        else
            good = table_read(world, reader, name, length);
        if (!good)
            return false;
    }
    return reader->error == NULL;
}

/* Nobody waits for a request that is not there. */
static bool waits_sound(const struct world *world)
{
    for (uint32_t i = 0; i < table_count(&world->guests.jobs); i++) {
        const struct guest_job *job = table_at(&world->guests.jobs, i);

        if (job->exchange != 0 && exchange_find(&world->traffic, job->exchange) == NULL)
            return false;
    }
    return true;
}

/* Sessions of before there were tokens for all operations kept those of launches there. */
static bool tokens_restore(struct world *world)
{
    const struct table *reservations = &world->instances.reservations;

    for (uint32_t i = 0; i < table_count(reservations); i++) {
        const struct reservation *row = table_at(reservations, i);

        if (row->client_token != NULL && row->token_hash.size > 0 &&
            table_find(&world->tokens.table, row->id) == NULL)
            token_keep(&world->tokens, &(struct token){
                                           .account = row->account,
                                           .made = row->id,
                                           .since = INT64_MAX,
                                           .text = row->client_token,
                                           .hash = row->token_hash,
                                           .region = row->region,
                                           .zone = TOKEN_NO_ZONE,
                                       });
    }
    return true;
}

/* Sessions of before there was a hypervisor: instances begin to share their hosts now. */
static bool cpu_restore(struct world *world)
{
    if (!hypervisor_restore(&world->hypervisor))
        return false;
    for (uint32_t i = 0; i < table_count(&world->instances.table); i++) {
        const struct instance *instance = table_at(&world->instances.table, i);

        if (instance->state == INSTANCE_TERMINATED ||
            hypervisor_guest(&world->hypervisor, instance->id) != NULL)
            continue;
        hypervisor_add(&world->hypervisor, instance->id, instance->type, CREDIT_NONE);
        if (instance->powered && instance->state == INSTANCE_RUNNING)
            hypervisor_power_on(&world->hypervisor, instance->id, instance->type, 0);
    }
    return true;
}

/* Builds what is derived; false when the tables contradict each other. */
static bool rooms_restore(struct world *world)
{
    return injections_restore(&world->injections) &&
           injection_plans_restore(&world->injections) && volumes_restore(&world->volumes) &&
           snapshots_restore(&world->snapshots) &&
           images_restore(&world->images) && guests_restore(&world->guests) &&
           network_restore(&world->network) && vpcs_restore(&world->network) &&
           dedicated_hosts_restore(&world->dedicated) && hosts_restore(&world->hosts) &&
           instances_restore(&world->instances) && requests_restore(&world->requests) &&
           cpu_restore(world) && workloads_restore(&world->workloads) &&
           placement_groups_restore(&world->placement) &&
           target_groups_restore(&world->targets) &&
           web_acls_restore(&world->acls) && balancers_restore(&world->balancers) &&
           streams_restore(&world->streams) && waits_sound(world) && tokens_restore(world) &&
           launch_templates_restore(&world->templates) &&
           spot_requests_restore(&world->spots) && scaling_restore(&world->scaling) &&
           metrics_restore(&world->metrics) && metering_restore(&world->metering) &&
           alarms_restore(&world->alarms) && event_buses_restore(&world->buses) &&
           queues_restore(&world->queues) && topics_restore(&world->topics) &&
           event_archives_restore(&world->buses) && shops_restore(&world->shops) &&
           world_bill_restore(world);
}

struct world *world_unpack(const struct catalog *catalog, const void *bytes, size_t size,
                           const char **error)
{
    struct pack_reader reader = { .bytes = bytes, .size = size };
    struct world_row row = {0};
    struct world *world;

    *error = NULL;
    if (!world_row_read(&reader, &row) || row.region >= catalog->region_count) {
        *error = reader.error != NULL ? reader.error : "this is no saved world";
        return NULL;
    }
    world = world_make(catalog, row.seed, row.region);
    tables_clear(world);
    world->ids.stream.counter = row.ids;
    world->traffic.next = row.next_exchange;
    world->replica.lag_s = row.replica_lag_s;
    world->hosts.policy =
        row.placement_policy > HOST_POLICY_FIRST_FIT ? HOST_POLICY_SPREAD : row.placement_policy;
    if (!sim_restore(&world->sim, row.now, row.next_sequence) ||
        !tables_read(world, &reader, &row) || !rooms_restore(world)) {
        *error = reader.error != NULL ? reader.error : "the saved world contradicts itself";
        world_free(world);
        return NULL;
    }
    world_faults_changed(world, 0);
    return world;
}

/* ---- tables ---- */

static const struct field world_row_fields[] = {
    F_INT(struct world_row, key, "Key", "1."),
    F_INT(struct world_row, seed, "Seed", "What all chance comes from."),
    F_TIME(struct world_row, now, "Now", "The clock."),
    F_INT(struct world_row, next_sequence, "NextSequence", "Number of the next event."),
    F_INT(struct world_row, ids, "Ids", "How many ids were drawn."),
    F_INT(struct world_row, next_entry, "NextEntry", "Number of the trail's next entry."),
    F_INT(struct world_row, next_request, "NextRequest", "Number of the next request."),
    F_INT(struct world_row, next_exchange, "NextExchange", "Number of the next exchange."),
    F_INT(struct world_row, replica_lag_s, "ReplicaLag", "How far reads may lag, in seconds."),
    F_INT(struct world_row, region, "Region", "Where the session began."),
    F_INT(struct world_row, placement_policy, "PlacementPolicy", "How hosts are chosen."),
};

static const struct field event_row_fields[] = {
    F_INT(struct event_row, sequence, "Sequence", "Its number."),
    F_TIME(struct event_row, time, "Time", "When it is due."),
    F_INT(struct event_row, subject, "Subject", "Whose it is."),
    F_INT(struct event_row, detail, "Detail", "What its kind needs."),
    F_INT(struct event_row, kind, "Kind", "What it does."),
};

static const struct shape world_row_shape = SHAPE("World", struct world_row, world_row_fields);
static const struct shape event_row_shape = SHAPE("Event", struct event_row, event_row_fields);
