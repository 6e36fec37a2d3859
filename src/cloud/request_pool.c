/*
 * cloud/request_pool.c - the requests that are under way.
 *
 * Owns    struct request, in pages; the index, at most half full, with backward-shift deletion.
 * Numbers are given out in order, so their low bits spread them over the index perfectly.
 */
#include "cloud/request_pool.h"

#include <stdlib.h>

#include "base/mem.h"

enum { POOL_PAGE = 256 };

static struct request *row_at(const struct request_pool *pool, uint32_t row)
{
    return &pool->pages[row / POOL_PAGE][row % POOL_PAGE];
}

/* The slot that holds the id, or the empty one where it would go. */
static uint32_t slot_of(const struct request_pool *pool, uint64_t id)
{
    uint32_t mask = pool->slot_count - 1;
    uint32_t slot = (uint32_t)id & mask;

    while (pool->slots[slot] != 0 && row_at(pool, pool->slots[slot] - 1)->id != id)
        slot = (slot + 1) & mask;
    return slot;
}

struct request *request_pool_find(const struct request_pool *pool, uint64_t id)
{
    uint32_t row;

    if (pool->slot_count == 0 || id == 0)
        return NULL;
    row = pool->slots[slot_of(pool, id)];
    return row == 0 ? NULL : row_at(pool, row - 1);
}

static void pool_grow(struct request_pool *pool)
{
    uint32_t first = pool->page_count * POOL_PAGE;
    uint32_t rows = first + POOL_PAGE;

    pool->pages = xrealloc(pool->pages, (pool->page_count + 1) * sizeof(*pool->pages));
    pool->pages[pool->page_count++] = xcalloc(POOL_PAGE, sizeof(struct request));
    for (uint32_t i = rows; i-- > first;) {
        row_at(pool, i)->step = pool->free;
        pool->free = i + 1;
    }
    if (rows * 2 <= pool->slot_count)
        return;
    pool->slot_count = pool->slot_count == 0 ? POOL_PAGE * 2 : pool->slot_count * 2;
    free(pool->slots);
    pool->slots = xcalloc(pool->slot_count, sizeof(*pool->slots));
    for (uint32_t i = 0; i < first; i++) {
        const struct request *request = row_at(pool, i);

        if (request->id != 0)
            pool->slots[slot_of(pool, request->id)] = i + 1;
    }
}

struct request *request_pool_add(struct request_pool *pool, uint64_t id)
{
    struct request *request;
    uint32_t row;

    if (pool->free == 0)
        pool_grow(pool);
    row = pool->free - 1;
    request = row_at(pool, row);
    pool->free = (uint32_t)request->step;
    *request = (struct request){
        .id = id,
    };
    pool->slots[slot_of(pool, id)] = row + 1;
    pool->count++;
    return request;
}

void request_pool_remove(struct request_pool *pool, struct request *request)
{
    uint32_t mask = pool->slot_count - 1;
    uint32_t hole = slot_of(pool, request->id);
    uint32_t row = pool->slots[hole];

    for (uint32_t next = (hole + 1) & mask; pool->slots[next] != 0; next = (next + 1) & mask) {
        uint32_t wanted = (uint32_t)row_at(pool, pool->slots[next] - 1)->id & mask;

        if (((next - wanted) & mask) >= ((next - hole) & mask)) {
            pool->slots[hole] = pool->slots[next];
            hole = next;
        }
    }
    pool->slots[hole] = 0;
    request->id = 0;
    request->step = pool->free;
    pool->free = row;
    pool->count--;
}

static int compare_ids(const void *a, const void *b)
{
    uint64_t first = *(const uint64_t *)a;
    uint64_t second = *(const uint64_t *)b;

    return first < second ? -1 : first > second;
}

uint64_t *request_pool_ids(const struct request_pool *pool)
{
    uint64_t *ids = xcalloc(pool->count + 1, sizeof(*ids));
    uint32_t count = 0;

    for (uint32_t i = 0; i < pool->page_count * POOL_PAGE; i++)
        if (row_at(pool, i)->id != 0)
            ids[count++] = row_at(pool, i)->id;
    qsort(ids, count, sizeof(*ids), compare_ids);
    return ids;
}

void request_pool_save(const struct request_pool *pool, struct table *table)
{
    uint64_t *ids = request_pool_ids(pool);

    for (uint32_t i = 0; i < pool->count; i++) {
        struct request *row = table_add(table, ids[i]);

        *row = *request_pool_find(pool, ids[i]);
    }
    free(ids);
}

void request_pool_load(struct request_pool *pool, const struct table *table)
{
    for (uint32_t i = 0; i < table_count(table); i++) {
        const struct request *row = table_at(table, i);

        struct request *request = request_pool_add(pool, row->id);

        *request = *row;
        request->idle_before = request->idle_after = NULL;
    }
}

void request_pool_release(struct request_pool *pool)
{
    for (uint32_t i = 0; i < pool->page_count; i++)
        free(pool->pages[i]);
    free(pool->pages);
    free(pool->slots);
    *pool = (struct request_pool){0};
}

static const struct field place_fields[] = {
    F_INT(struct place, id, "Id", "Instance or load balancer."),
    F_INT(struct place, address, "Address", "Its IPv4 address."),
    F_INT(struct place, kind, "Kind", "What it is."),
    F_INT(struct place, zone, "Zone", "Where it is."),
    F_BOOL(struct place, by_public, "ByPublic", "It was asked for by its public address."),
};
static const struct shape place_shape = SHAPE("Place", struct place, place_fields);

static const struct field request_fields[] = {
    F_INT(struct request, id, "Id", "Number of the request."),
    F_INT(struct request, origin_id, "OriginId", "Who asked."),
    F_EMBED(struct request, from, struct place, &place_shape, "From", "Where it comes from."),
    F_EMBED(struct request, to, struct place, &place_shape, "To", "What its address belongs to."),
    F_EMBED(struct request, luck, struct chance, &chance_shape, "Luck", "Its stream of chance."),
    F_TIME(struct request, started, "Started", "When it began."),
    F_TIME(struct request, began, "Began", "When its first attempt began."),
    F_TIME(struct request, came, "Came", "When it was counted first."),
    F_TIME(struct request, arrived, "Arrived", "When it reached its server."),
    F_TIME(struct request, answered, "Answered", "When its server had the answer."),
    F_INT(struct request, work, "Work", "CPU that it needs, in nanoseconds of 2.5 GHz."),
    F_INT(struct request, service, "Service", "CPU that it needs there, in nanoseconds."),
    F_INT(struct request, latency, "Latency",
          "One way between client and address, in nanoseconds."),
    F_INT(struct request, target_latency, "TargetLatency",
          "One way between node and target, in nanoseconds."),
    F_EMBED(struct request, node, struct place, &place_shape, "Node",
            "The node, as the target sees it."),
    F_INT(struct request, connect_limit, "ConnectLimit", "When the client gives up connecting."),
    F_INT(struct request, limit, "Limit", "When the client gives up."),
    F_INT(struct request, step, "Step", "The pending step."),
    F_INT(struct request, timer, "Timer", "The client's pending limit."),
    F_INT(struct request, node_timer, "NodeTimer", "The node's pending limit."),
    F_INT(struct request, server, "Server", "The instance whose queue holds it."),
    F_INT(struct request, balancer, "Balancer", "The load balancer that it goes through."),
    F_INT(struct request, listener, "Listener", "The listener that took it."),
    F_INT(struct request, rule, "Rule", "The listener's rule that took it."),
    F_INT(struct request, target, "Target", "The target that was chosen."),
    F_INT(struct request, stuck_group, "StuckGroup", "The group that its client stays with."),
    F_INT(struct request, stuck_target, "StuckTarget", "The target that its client stays with."),
    F_INT(struct request, target_instance, "TargetInstance", "The target's instance."),
    F_INT(struct request, bytes, "Bytes", "Length of the answer's body."),
    F_INT(struct request, idle, "Idle", "How long the node waits for the answer, in nanoseconds."),
    F_INT(struct request, idle_due, "IdleDue", "When that is over, while it waits."),
    F_INT(struct request, address, "Address", "Where it goes."),
    F_INT(struct request, target_address, "TargetAddress", "The target's address."),
    F_INT(struct request, port, "Port", "The port it goes to."),
    F_INT(struct request, target_port, "TargetPort", "The target's port."),
    F_INT(struct request, status, "Status", "The answer's status."),
    F_INT(struct request, origin, "Origin", "What kind of client asked."),
    F_INT(struct request, protocol, "Protocol", "HTTP, or a connection only."),
    F_INT(struct request, state, "State", "What it has reached."),
    F_INT(struct request, syns, "Syns", "SYNs that the client sent."),
    F_INT(struct request, node_syns, "NodeSyns", "SYNs that the node sent."),
    F_INT(struct request, exit, "Exit", "What it will end with, as curl numbers it."),
    F_INT(struct request, answered_by, "AnsweredBy", "Who answered."),
    F_INT(struct request, attempt, "Attempt", "Which retry it is; 0: none."),
    F_BOOL(struct request, kept, "Kept", "Over a connection that was open already."),
    F_BOOL(struct request, counted, "Counted", "A listener counts it as in flight."),
    F_BOOL(struct request, wants_text, "WantsText", "Somebody will read the body."),
    F_BOOL(struct request, flow, "Flow", "The connection goes through the node."),
    F_BOOL(struct request, keeps_source, "KeepsSource", "The target sees the client's address."),
    F_BOOL(struct request, tls, "Tls", "The client speaks TLS first."),
    F_BOOL(struct request, insecure, "Insecure", "The client takes any certificate."),
};
const struct shape request_shape = SHAPE("Request", struct request, request_fields);
