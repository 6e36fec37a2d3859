/*
 * cloud/world_charges.c - what is charged by what was counted: capacity units of balancers, data
 * that leaves a Region, requests to web ACLs; and what else goes with the hours.
 *
 * True to the pricing pages of Elastic Load Balancing, EC2 (data transfer), CloudWatch, EBS and
 *         WAF, SQS, SNS and EventBridge.  An LCU is a minute's highest of: 25 new connections a
 *         second, 1 GiB an hour; of a network balancer for each of TCP, UDP and TLS: 800, 400, 50
 *         new flows a second, 100,000, 50,000, 3,000 active ones, 1 GiB an hour.  AWS takes the
 *         mean of an hour of each.  Left out: active connections of application balancers,
 *         evaluated rules, free tiers, requests to queues that only read; of FIFO topics what
 *         their bytes and deliveries cost.
 */
#include "cloud/world_parts.h"

#include "cloud/event_archive.h"
#include "cloud/web_acl.h"

#define MICRO INT64_C(1000000)
#define GIB INT64_C(0x40000000)

enum { MINUTES_OF_HOUR = 60, SECONDS_OF_MINUTE = 60, DETAILED_METRICS = 7 };

static void charge(struct world *world, const struct bill_subject *subject, struct bill_use use,
                   int64_t quantity)
{
    use.rate = bill_rate(&world->bill, use, subject->region);
    bill_adds(&world->bill, subject, &use, quantity);
}

/* In fours of bytes. */
static int64_t units_of(int64_t bytes)
{
    return (bytes + BILL_UNIT_BYTES - 1) / BILL_UNIT_BYTES;
}

static int64_t most_of(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Millionths of an LCU by bytes and by new connections: `a_second` are one. */
static int64_t lcu_of(int64_t bytes, int64_t fresh, int64_t a_second)
{
    return most_of(bytes * MINUTES_OF_HOUR * MICRO / GIB,
                   fresh * MICRO / (a_second * SECONDS_OF_MINUTE));
}

static int64_t network_lcu(const struct node_meter *meter, const int64_t active[FLOW_UDP + 1])
{
    return most_of(lcu_of(meter->bytes_tcp, meter->new_tcp, 800),
                   active[FLOW_TCP] * MICRO / 100000) +
           most_of(lcu_of(meter->bytes_tls, meter->new_tls, 50), active[FLOW_TLS] * MICRO / 3000) +
           most_of(lcu_of(meter->bytes_udp, meter->new_udp, 400), active[FLOW_UDP] * MICRO / 50000);
}

void world_charge_balancer(void *context, const struct balancer *balancer,
                           const struct node_meter *meter, const int64_t active[FLOW_UDP + 1])
{
    struct world *world = context;
    struct arena arena = ARENA_INIT;
    bool network = balancer_is_network(balancer);
    int64_t lcu = network ? network_lcu(meter, active)
                          : lcu_of(meter->bytes, meter->connections, 25);
    struct bill_subject subject = {
        .id = balancer->id,
        .account = balancer->account,
        .kind = BILL_LOAD_BALANCER,
        .region = balancer->region,
        .name = balancer_arn(&world->balancers, &arena, balancer),
    };

    charge(world, &subject, (struct bill_use){ .usage = BILL_CAPACITY, .variant = network },
           lcu * (MINUTE_NS / MICRO));
    charge(world, &subject, (struct bill_use){ .usage = BILL_TRANSFER_OUT },
           units_of(meter->internet_out));
    arena_release(&arena);
}

static void charge_instance(void *context, const struct instance *instance, int64_t bytes)
{
    charge(context,
           &(struct bill_subject){ .id = instance->id, .account = instance->account,
                                   .kind = BILL_INSTANCE,
                                   .region = ZONE_REGION(instance->zone) },
           (struct bill_use){ .usage = BILL_TRANSFER_OUT }, units_of(bytes));
}

static struct bill_subject wall_subject(const struct web_acl *acl)
{
    return (struct bill_subject){ .id = acl->id, .account = acl->account, .kind = BILL_WALL,
                                  .region = acl->region, .name = acl->name };
}

static void charge_web_acl(void *context, const struct web_acl *acl, int64_t requests)
{
    struct bill_subject subject = wall_subject(acl);

    charge(context, &subject, (struct bill_use){ .usage = BILL_WEB_REQUEST }, requests);
}

static void charge_queue(void *context, const struct queue *queue, int64_t requests)
{
    charge(context,
           &(struct bill_subject){ .id = queue->id, .account = queue->account, .kind = BILL_LINE,
                                   .region = queue->region, .name = queue->name },
           (struct bill_use){ .usage = queue->fifo ? BILL_FIFO_REQUEST : BILL_QUEUE_REQUEST },
           requests);
}

static void charge_topic(void *context, const struct topic *topic, int64_t publishes,
                         enum topic_delivered delivered)
{
    const struct bill_subject subject = { .id = topic->id, .account = topic->account,
                                          .kind = BILL_SHOUT, .region = topic->region,
                                          .name = topic->name };

    if (publishes > 0)
        charge(context, &subject,
               (struct bill_use){ .usage = topic->fifo ? BILL_FIFO_PUBLISH : BILL_PUBLISH },
               publishes);
    if (delivered != TOPIC_NOTHING)
        charge(context, &subject,
               (struct bill_use){ .usage = delivered == TOPIC_MAILED ? BILL_MAIL : BILL_POST }, 1);
}

/* A bus has a row only when it needs one: its name is hashed with whose it is, and marked as no id
 * of a row. */
static uint64_t bus_key(uint64_t account, uint8_t region, const char *name)
{
    uint64_t hash = account * CATALOG_REGIONS_MAX + region;

    for (; *name != '\0'; name++)
        hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
    return hash | UINT64_C(1) << 63;
}

static struct bill_subject shelf_subject(const struct event_archive *archive)
{
    return (struct bill_subject){.id = archive->id,
                                 .account = archive->account,
                                 .kind = BILL_SHELF,
                                 .region = archive->region,
                                 .name = archive->name};
}

static void charge_events(void *context, const struct event_charge *what)
{
    struct bill_subject subject = {
        .id = bus_key(what->account, what->region, what->bus),
        .account = what->account,
        .kind = BILL_BUS,
        .region = what->region,
        .name = what->bus,
    };

    if (what->archive != NULL)
        subject = shelf_subject(what->archive);
    charge(context, &subject,
           (struct bill_use){.usage = what->archive == NULL ? BILL_EVENT : BILL_ARCHIVED},
           what->archive == NULL ? what->amount : units_of(what->amount));
}

/* An hour of what archives keep. */
static void charge_archives(struct world *world)
{
    for (uint32_t i = 0; i < table_count(&world->buses.archives); i++) {
        const struct event_archive *archive = table_at(&world->buses.archives, i);
        struct bill_subject subject = shelf_subject(archive);

        charge(world, &subject, (struct bill_use){.usage = BILL_ARCHIVE_KEPT},
               (event_archive_size(&world->buses, archive).bytes + BILL_KEPT_BYTES - 1) /
                   BILL_KEPT_BYTES);
    }
}

/* ---- by the hour ---- */

static void uses_begin(struct world *world, struct bill_subject subject, struct bill_use *uses,
                       uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        uses[i].rate = bill_rate(&world->bill, uses[i], subject.region);
    subject.went_on = world->bill_opens;
    bill_uses(&world->bill, &subject, uses, count);
}

static void bill_web_acl(void *context, const struct web_acl *acl, bool there)
{
    struct bill_use uses[] = {
        { .usage = BILL_WEB_ACL, .units = there },
        { .usage = BILL_WEB_RULE, .units = there ? acl->rules.count : 0 },
    };

    if (!there)
        charge_web_acl(context, acl, acl->all.allowed + acl->all.blocked);
    uses_begin(context, wall_subject(acl), uses, 2);
}

static void bill_fast_restore(void *context, const struct fast_restore *restore, bool works)
{
    struct world *world = context;
    struct arena arena = ARENA_INIT;
    struct bill_use use = { .usage = BILL_FAST_RESTORE, .units = works };

    uses_begin(world,
               (struct bill_subject){
                   .id = restore->key,
                   .account = restore->account,
                   .kind = BILL_FAST,
                   .region = ZONE_REGION(restore->zone),
                   .name = id_text(&arena, &kind_snapshot, restore->snapshot),
               },
               &use, 1);
    arena_release(&arena);
}

/* Blocks of a copy that go into another Region. */
static void charge_copy(void *context, const struct snapshot *source, uint32_t blocks)
{
    charge(context,
           &(struct bill_subject){ .id = source->key, .account = source->account,
                                   .kind = BILL_COPY, .region = source->region },
           (struct bill_use){ .usage = BILL_TRANSFER_REGION },
           units_of((int64_t)blocks * BLOCK_BYTES));
}

struct bill_use world_monitoring_use(const struct world *world, const struct instance *instance)
{
    struct bill_use use = { .usage = BILL_MONITORING, .units = DETAILED_METRICS };

    use.rate = bill_rate(&world->bill, use, ZONE_REGION(instance->zone));
    return use;
}

/* ---- the room ---- */

static bool is_there(void *context, const struct bill_item *item)
{
    const struct world *world = context;

    switch (item->kind) {
    case BILL_INSTANCE:
        return instance_any(&world->instances, item->key) != NULL;
    case BILL_DISK:
        return table_find(&world->volumes.table, item->key) != NULL;
    case BILL_COPY:
        return table_find(&world->snapshots.table, item->key) != NULL;
    case BILL_INTERFACE:
        return interface_find(&world->network, item->key) != NULL;
    case BILL_ELASTIC:
        return table_find(&world->network.elastics, item->key) != NULL;
    case BILL_LOAD_BALANCER:
        return table_find(&world->balancers.balancers, item->key) != NULL;
    case BILL_MACHINE:
        return table_find(&world->dedicated.table, item->key) != NULL;
    case BILL_WALL:
        return table_find(&world->acls.acls, item->key) != NULL;
    case BILL_LINE:
        return queue_find(&world->queues, item->key) != NULL;
    case BILL_SHOUT:
        return topic_find(&world->topics, item->key) != NULL;
    case BILL_SHELF:
        return table_find(&world->buses.archives, item->key) != NULL;
    case BILL_FAST:
        return table_find(&world->snapshots.fast, item->key) != NULL;
    default:
        return true;
    }
}

static void hour(void *context)
{
    struct world *world = context;

    charge_archives(world);
    bill_hour(&world->bill);
}

void world_wire_charges(struct world *world)
{
    world->bill.there = is_there;
    world->metering.charges = (struct metering_charges){
        .context = world,
        .balancer = world_charge_balancer,
        .instance = charge_instance,
        .web_acl = charge_web_acl,
        .hour = hour,
    };
    world->queues.charge = charge_queue;
    world->topics.charge = charge_topic;
    world->buses.charge = charge_events;
    world->buses.charge_context = world;
    world->acls.changed = bill_web_acl;
    world->acls.changed_context = world;
    world->snapshots.fast_changed = bill_fast_restore;
    world->snapshots.carried = charge_copy;
}

void world_charges_restore(struct world *world)
{
    for (uint32_t i = 0; i < table_count(&world->acls.acls); i++)
        bill_web_acl(world, table_at(&world->acls.acls, i), true);
    for (uint32_t i = 0; i < table_count(&world->snapshots.fast); i++) {
        const struct fast_restore *restore = table_at(&world->snapshots.fast, i);

        bill_fast_restore(world, restore, restore->state == FAST_RESTORE_ENABLED);
    }
}
