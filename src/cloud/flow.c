/*
 * cloud/flow.c - flows through network balancers: which packets belong together, and where they go.
 *
 * Owns    nothing: the rows are cloud/target_group's.
 * True to SEMANTICS c3.  Left out: the client's port as a number; its socket stands for it.
 */
#include "cloud/flow.h"

#include <string.h>

/* Spread evenly over all values. */
static uint64_t mix(uint64_t value)
{
    value ^= value >> 30;
    value *= UINT64_C(0xbf58476d1ce4e5b9);
    value ^= value >> 27;
    value *= UINT64_C(0x94d049bb133111eb);
    return value ^ value >> 31;
}

uint64_t flow_key(const struct request *request)
{
    uint64_t ends = (uint64_t)request->from.address << 32 | request->address;
    uint64_t socket = request->origin_id << 3 | request->origin;
    uint64_t key = mix(ends ^ mix(socket ^ mix((uint64_t)request->protocol << 16 | request->port)));

    return key == 0 ? 1 : key;
}

static bool is_over(const struct flow_entry *flow, int64_t now)
{
    return now - flow->used >= flow->idle;
}

struct flow_entry *flow_find(const struct table *flows, uint64_t key, int64_t now)
{
    struct flow_entry *flow = table_find(flows, key);

    return flow == NULL || is_over(flow, now) ? NULL : flow;
}

struct flow_entry *flow_begin(struct table *flows, uint64_t key)
{
    struct flow_entry *flow = table_find(flows, key);

    if (flow == NULL)
        return table_add(flows, key);
    *flow = (struct flow_entry){.id = key};
    return flow;
}

void flows_cut(struct table *flows, uint64_t target)
{
    for (uint32_t i = 0; i < table_count(flows); i++) {
        struct flow_entry *flow = table_at(flows, i);

        if (flow->target == target)
            flow->idle = 0;
    }
}

void flows_count(const struct table *flows, uint64_t balancer, uint8_t node_zone, int64_t now,
                 int64_t counts[FLOW_UDP + 1])
{
    memset(counts, 0, (FLOW_UDP + 1) * sizeof(counts[0]));
    for (uint32_t i = 0; i < table_count(flows); i++) {
        const struct flow_entry *flow = table_at(flows, i);

        if (flow->balancer == balancer && flow->node_zone == node_zone && !is_over(flow, now))
            counts[flow->protocol]++;
    }
}

/* The living move to a new table: to remove them one by one would take the square of the time. */
void flows_sweep(struct table *flows, int64_t now)
{
    struct table living;
    uint32_t over = 0;

    for (uint32_t i = 0; i < table_count(flows); i++)
        over += is_over(table_at(flows, i), now);
    if (over == 0)
        return;
    table_init(&living, flows->shape);
    for (uint32_t i = 0; i < table_count(flows); i++) {
        const struct flow_entry *flow = table_at(flows, i);

        if (!is_over(flow, now))
            *(struct flow_entry *)table_add(&living, flow->id) = *flow;
    }
    table_release(flows);
    *flows = living;
}

bool flows_restore(const struct table *flows, int64_t now)
{
    for (uint32_t i = 0; i < table_count(flows); i++) {
        const struct flow_entry *flow = table_at(flows, i);

        if (flow->protocol < FLOW_TCP || flow->protocol > FLOW_UDP || flow->used > now ||
            flow->idle < 0)
            return false;
    }
    return true;
}

static const struct field flow_fields[] = {
    F_INT(struct flow_entry, id, "Id", "The flow."),
    F_INT(struct flow_entry, balancer, "Balancer", "The load balancer that it goes through."),
    F_INT(struct flow_entry, target, "Target", "Its target."),
    F_INT(struct flow_entry, instance, "Instance", "The target's instance."),
    F_TIME(struct flow_entry, used, "Used", "When its last packet came."),
    F_INT(struct flow_entry, idle, "Idle", "Nanoseconds without a packet until it is over."),
    F_INT(struct flow_entry, address, "Address", "The target's address."),
    F_INT(struct flow_entry, port, "Port", "The target's port."),
    F_INT(struct flow_entry, zone, "Zone", "The target's Availability Zone."),
    F_INT(struct flow_entry, node_zone, "NodeZone", "The node's."),
    F_INT(struct flow_entry, protocol, "Protocol", "What it speaks."),
};
const struct shape flow_shape = SHAPE("Flow", struct flow_entry, flow_fields);
