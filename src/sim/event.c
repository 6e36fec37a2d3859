/*
 * sim/event.c - the simulated clock and what is still to happen.
 *
 * Owns    the clock, the pending events, the table of handlers.
 * Uses    sim/pending for the order of events.
 */
#include "sim/event.h"

#include <stdlib.h>

#include "base/bug.h"
#include "base/mem.h"

struct sim_handler {
    const struct event_kind *what; /* borrowed; NULL: nobody handles this kind */
    void *context;                 /* borrowed from the one who handles */
};

void sim_init(struct sim *sim, int64_t now)
{
    if (now < 0)
        BUG("a world that begins at %lld", (long long)now);
    *sim = (struct sim){
        .now = now,
        .next_sequence = 1,
    };
    pending_init(&sim->pending);
}

void sim_release(struct sim *sim)
{
    pending_release(&sim->pending);
    free(sim->handlers);
    *sim = (struct sim){0};
}

void sim_handle(struct sim *sim, uint16_t kind, const struct event_kind *what, void *context)
{
    if (kind >= sim->handler_count) {
        size_t count = (size_t)kind + 1;

        sim->handlers = xrealloc(sim->handlers, count * sizeof(struct sim_handler));
        for (size_t i = sim->handler_count; i < count; i++)
            sim->handlers[i] = (struct sim_handler){0};
        sim->handler_count = count;
    }
    if (sim->handlers[kind].what != NULL)
        BUG("events of kind %u are handled by %s already", kind, sim->handlers[kind].what->name);
    sim->handlers[kind] = (struct sim_handler){ what, context };
}

static const struct sim_handler *handler_find(const struct sim *sim, uint16_t kind)
{
    if (kind >= sim->handler_count || sim->handlers[kind].what == NULL)
        return NULL;
    return &sim->handlers[kind];
}

const char *sim_kind_name(const struct sim *sim, uint16_t kind)
{
    const struct sim_handler *handler = handler_find(sim, kind);

    return handler == NULL ? NULL : handler->what->name;
}

uint64_t sim_schedule(struct sim *sim, int64_t delay_ns, uint16_t kind, uint64_t subject,
                      uint64_t detail)
{
    uint64_t sequence = sim->next_sequence++;

    if (delay_ns < 0)
        BUG("an event of kind %u planned %lld ns ago", kind, (long long)-delay_ns);
    if (handler_find(sim, kind) == NULL)
        BUG("an event of kind %u, which nobody handles", kind);
    pending_push(&sim->pending, delay_ns > SIM_NEVER - sim->now ? SIM_NEVER : sim->now + delay_ns,
                 sequence, kind, subject, detail);
    return sequence;
}

bool sim_cancel(struct sim *sim, uint64_t sequence)
{
    return pending_cancel(&sim->pending, sequence);
}

bool sim_is_pending(const struct sim *sim, uint64_t sequence)
{
    return pending_has(&sim->pending, sequence);
}

int64_t sim_advance(struct sim *sim, int64_t until, uint64_t max_events)
{
    sim->epoch++;
    return sim_resume(sim, until, max_events);
}

int64_t sim_resume(struct sim *sim, int64_t until, uint64_t max_events)
{
    struct event event;

    if (until < sim->now || until == SIM_NEVER)
        BUG("advance from %lld to %lld", (long long)sim->now, (long long)until);
    sim->stopping = false;
    while (max_events > 0 && !sim->stopping && pending_pop(&sim->pending, until, &event)) {
        const struct sim_handler *handler = &sim->handlers[event.kind];
        uint64_t cost = handler->what->quiet ? 1 : SIM_EVENT_COST;

        max_events -= cost < max_events ? cost : max_events;
        sim->now = event.time;
        sim->events_run++;
        sim->epoch += !handler->what->quiet;
        handler->what->run(handler->context, &event);
        sim->epoch += !handler->what->quiet;
    }
    pending_settle(&sim->pending);
    if (!sim->stopping && pending_first_time(&sim->pending) > until)
        sim->now = until;
    return sim->now;
}

bool sim_is_due(const struct sim *sim, int64_t until)
{
    return sim->now < until || pending_first_time(&sim->pending) <= until;
}

void sim_disturb(struct sim *sim)
{
    sim->epoch++;
}

void sim_stop(struct sim *sim)
{
    sim->stopping = true;
}

int64_t sim_next_time(const struct sim *sim)
{
    return pending_first_time(&sim->pending);
}

size_t sim_pending_count(const struct sim *sim)
{
    return pending_count(&sim->pending);
}

static int event_compare(const void *left, const void *right)
{
    const struct event *a = left;
    const struct event *b = right;

    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    return (a->sequence > b->sequence) - (a->sequence < b->sequence);
}

struct event *sim_pending_events(const struct sim *sim, size_t *count)
{
    struct event *events;

    *count = pending_count(&sim->pending);
    if (*count == 0)
        return NULL;
    events = xcalloc(*count, sizeof(*events));
    pending_list(&sim->pending, events);
    qsort(events, *count, sizeof(*events), event_compare);
    return events;
}

bool sim_restore(struct sim *sim, int64_t now, uint64_t next_sequence)
{
    if (now < 0 || now == SIM_NEVER || next_sequence == 0 || next_sequence > PENDING_SEQUENCE_MAX)
        return false;
    pending_clear(&sim->pending);
    sim->now = now;
    sim->next_sequence = next_sequence;
    return true;
}

bool sim_restore_event(struct sim *sim, const struct event *event)
{
    if (event->time < sim->now || event->sequence == 0 || event->sequence >= sim->next_sequence)
        return false;
    if (handler_find(sim, event->kind) == NULL || pending_has(&sim->pending, event->sequence))
        return false;
    pending_push(&sim->pending, event->time, event->sequence, event->kind, event->subject,
                 event->detail);
    return true;
}
