/*
 * sim/event.h - the simulated clock and what is still to happen.
 *
 * Time is int64_t nanoseconds since 1970-01-01T00:00:00Z (see sim/clock.h).  Events are data, so
 * that they can be saved, replayed, counted and shown; what an event does is the business of its
 * kind.  Events run in the order of (time, sequence): of two at the same time, the one scheduled
 * first.  Going to a and then to b is the same as going to b at once, whatever the slices.
 *
 * The clock belongs to whoever owns the struct sim; handlers are given their own context and find
 * the sim there.
 */
#ifndef SIM_EVENT_H
#define SIM_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/pending.h"

#define SIM_BEGIN_NS INT64_C(1767600000000000000) /* 2026-01-05T08:00:00Z */
#define SIM_NEVER INT64_MAX
#define SIM_UNLIMITED UINT64_MAX
#define SIM_EVENT_COST 10 /* quiet events that take about as long as another one */

struct event_kind {
    const char *name; /* "instance-boot": for saving and showing */
    void (*run)(void *context, const struct event *event);
    bool quiet; /* it leaves `epoch` alone, unless it calls sim_disturb() */
};

struct sim {
    int64_t now;
    uint64_t next_sequence;
    uint64_t events_run; /* since the program began; not part of the saved state */
    /* Rises whenever anything but quiet events may have happened; not part of the saved state.
     * While it is the same, what was looked up may be remembered instead of looked up again. */
    uint64_t epoch;
    struct pending pending;
    struct sim_handler *handlers; /* by kind; owned */
    size_t handler_count;
    bool stopping;
};

/* Begins at `now` with nothing pending. */
void sim_init(struct sim *sim, int64_t now);
void sim_release(struct sim *sim);

/* Says who runs the events of a kind.  Both pointers are borrowed for the life of the sim.  BUG
 * when the kind is taken already. */
void sim_handle(struct sim *sim, uint16_t kind, const struct event_kind *what, void *context);
/* The name of a kind; NULL when nobody handles it. */
const char *sim_kind_name(const struct sim *sim, uint16_t kind);

/* Plans an event in delay_ns >= 0 from now; returns its sequence number, which is never 0 and never
 * used again. A delay that reaches past the end of time means never. */
uint64_t sim_schedule(struct sim *sim, int64_t delay_ns, uint16_t kind, uint64_t subject,
                      uint64_t detail);
/* Takes a pending event back; false when it has run, was cancelled, or never was (0 is never
 * pending). */
bool sim_cancel(struct sim *sim, uint64_t sequence);
bool sim_is_pending(const struct sim *sim, uint64_t sequence);

/* Runs what is due up to and including `until`, but at most max_events (at least one when it is not
 * 0; one that is not quiet counts for SIM_EVENT_COST), and returns the time reached: `until`, or
 * the time of the last event run when the limit came first or sim_stop() was called.  Going
 * backwards is a BUG.  All is done when sim_is_due(sim, until) is false. */
int64_t sim_advance(struct sim *sim, int64_t until, uint64_t max_events);
/* The same for one who goes on after an advance that ended early, and has only looked since. */
int64_t sim_resume(struct sim *sim, int64_t until, uint64_t max_events);
/* True when the clock is short of `until` or something due by then has not run. */
bool sim_is_due(const struct sim *sim, int64_t until);
/* For handlers: ends the running sim_advance() after this event.  Has no effect outside one. */
void sim_stop(struct sim *sim);

/* Something has been changed: for handlers of quiet kinds, and for commands. */
void sim_disturb(struct sim *sim);

/* When the next event is due; SIM_NEVER when nothing is pending. */
int64_t sim_next_time(const struct sim *sim);
size_t sim_pending_count(const struct sim *sim);

/* Saving: all pending events by (time, sequence) in fresh memory; the caller frees it.  NULL when
 * none. */
struct event *sim_pending_events(const struct sim *sim, size_t *count);
/* Restoring: empties the sim and sets the clock, keeping the handlers; false when the numbers are
 * impossible. */
bool sim_restore(struct sim *sim, int64_t now, uint64_t next_sequence);
/* Puts back one saved event; false when it cannot have been saved by us: its time is past, its
 * sequence is not below the next one or is taken, or nobody handles its kind. */
bool sim_restore_event(struct sim *sim, const struct event *event);

#endif
