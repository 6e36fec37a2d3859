/*
 * lesson/reckon_step.c - one step of a reckoning, and the better of two ways through it.
 */
#include "lesson/reckon_parts.h"

void reckon_step_init(struct reckon_step *known, const struct lesson_step *step)
{
    *known = (struct reckon_step){.step = step};
    for (uint32_t i = 0; i < step->checks.count; i++)
        LIST_PUSH(&known->checks)->check = &step->checks.items[i];
}

void reckon_step_clear(struct reckon_step *known)
{
    const struct lesson_step *step = known->step;

    LIST_RELEASE(&known->checks);
    reckon_step_init(known, step);
}

static bool counts(const struct reckon_check *check)
{
    return check->achieved && !check->late;
}

/* 0 not done, 1 given, 2 by oneself. */
static int worth_of(const struct reckon_step *step)
{
    return !step->done ? 0 : step->given ? 1 : 2;
}

/* The check was achieved on the other way. */
static void take_check(struct reckon_check *check, const struct reckon_check *other)
{
    check->achieved = other->achieved;
    check->late = other->late;
    check->after_ns = other->after_ns;
}

void reckon_better(struct reckon_step *step, const struct reckon_step *other)
{
    bool takes = worth_of(other) > worth_of(step);
    bool given = step->given;

    for (uint32_t i = 0; i < step->checks.count; i++) {
        const struct reckon_check *theirs = &other->checks.items[i];

        if (theirs->achieved && (takes || !step->checks.items[i].achieved ||
                                 (counts(theirs) && !counts(&step->checks.items[i])))) {
            take_check(&step->checks.items[i], theirs);
            given |= other->given;
        }
    }
    step->given = takes ? other->given : given;
    if (takes || (!step->begun && other->begun)) {
        step->took_ns = other->took_ns;
        step->took_ms = other->took_ms;
        step->began_at = other->began_at;
    } else if (!other->done) {
        step->took_ns += other->took_ns; /* it was tried twice */
    }
    step->begun |= other->begun;
    step->done |= other->done;
    step->hints += other->hints;
    step->commands += other->commands;
    step->failed += other->failed;
}
