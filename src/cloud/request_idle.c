/*
 * cloud/request_idle.c - nodes that wait for answers: whose time is over next.
 *
 * Owns    struct request_idle, a row for each length of time that a node was ever told to wait.
 *
 * Nearly every answer comes in time, so a wait must cost nothing but two links: all waits of one
 * length end in the order of their beginning, and only the first of them has an event, which
 * stays where it is when that one is answered: it will find the next.
 */
#include "cloud/request_parts.h"

#include <stdlib.h>

#include "base/mem.h"
#include "cloud/event_kinds.h"

static bool is_later(const struct request *a, const struct request *b)
{
    return a->idle_due != b->idle_due ? a->idle_due > b->idle_due : a->id > b->id;
}

static void link_in(struct request_idle *idle, struct request *request)
{
    struct request *before = idle->last;

    while (before != NULL && is_later(before, request))
        before = before->idle_before;
    request->idle_before = before;
    request->idle_after = before == NULL ? idle->first : before->idle_after;
    if (request->idle_after != NULL)
        request->idle_after->idle_before = request;
    else
        idle->last = request;
    if (before != NULL)
        before->idle_after = request;
    else
        idle->first = request;
}

static void plan(struct requests *requests, struct request_idle *idle)
{
    if (idle->step == 0 && idle->first != NULL)
        idle->step = sim_schedule(requests->sim, idle->first->idle_due - requests->sim->now,
                                  EVENT_IDLE_STEP, idle->length, 0);
}

void request_idle_enter(struct requests *requests, struct request *request)
{
    struct request_idle *idle = table_find(&requests->idles, (uint64_t)request->idle);

    if (idle == NULL)
        idle = table_add(&requests->idles, (uint64_t)request->idle);
    request->idle_due = requests->sim->now + request->idle;
    link_in(idle, request);
    plan(requests, idle);
}

void request_idle_leave(struct requests *requests, struct request *request)
{
    struct request_idle *idle;

    if (request->idle_due == 0)
        return;
    request->idle_due = 0;
    if (request->idle_before != NULL && request->idle_after != NULL) {
        request->idle_before->idle_after = request->idle_after;
        request->idle_after->idle_before = request->idle_before;
        return;
    }
    idle = table_get(&requests->idles, (uint64_t)request->idle);
    if (request->idle_before != NULL)
        request->idle_before->idle_after = request->idle_after;
    else
        idle->first = request->idle_after;
    if (request->idle_after != NULL)
        request->idle_after->idle_before = request->idle_before;
    else
        idle->last = request->idle_before;
}

static void run_idle(void *context, const struct event *event)
{
    struct requests *requests = context;
    struct request_idle *idle = table_find(&requests->idles, event->subject);

    if (idle == NULL || idle->step != event->sequence)
        return;
    idle->step = 0;
    while (idle->first != NULL && idle->first->idle_due <= requests->sim->now)
        request_idle_over(requests, idle->first);
    plan(requests, idle);
}

static int compare(const void *left, const void *right)
{
    const struct request *a = *(const struct request *const *)left;
    const struct request *b = *(const struct request *const *)right;

    return is_later(a, b) - is_later(b, a);
}

bool request_idles_restore(struct requests *requests)
{
    uint32_t count = requests->pool.count;
    uint64_t *ids = request_pool_ids(&requests->pool);
    struct request **waiting = xcalloc(count + 1, sizeof(*waiting));
    uint32_t found = 0;
    bool sound = true;

    for (uint32_t i = 0; sound && i < count; i++) {
        struct request *request = request_pool_find(&requests->pool, ids[i]);

        if (request->idle_due == 0)
            continue;
        sound = request->idle_due >= requests->sim->now && request->idle > 0 &&
                table_find(&requests->idles, (uint64_t)request->idle) != NULL;
        waiting[found++] = request;
    }
    if (sound)
        qsort(waiting, found, sizeof(struct request *), compare);
    for (uint32_t i = 0; sound && i < found; i++)
        link_in(table_get(&requests->idles, (uint64_t)waiting[i]->idle), waiting[i]);
    free(waiting);
    free(ids);
    return sound;
}

static const struct event_kind idle_step_kind = {
    .name = "idle-step",
    .run = run_idle,
    .quiet = true,
};

void request_idles_init(struct requests *requests)
{
    table_init(&requests->idles, &request_idle_shape);
    sim_handle(requests->sim, EVENT_IDLE_STEP, &idle_step_kind, requests);
}

static const struct field idle_fields[] = {
    F_INT(struct request_idle, length, "Length", "How long nodes wait, in nanoseconds."),
    F_INT(struct request_idle, step, "Step", "The pending look at those who wait."),
};
const struct shape request_idle_shape = SHAPE("RequestIdle", struct request_idle, idle_fields);
