/*
 * cloud/target_recent.c - what a target did in the last minute, in spans of 5 s: for those who
 * watch.
 *
 * A ring: a span takes the place of the one thirteen before it when the first thing happens in it.
 */
#include "cloud/target.h"

#include "sim/clock.h"

static struct target_span *span_begin(struct target *target, int64_t now)
{
    int64_t number = now / TARGET_SPAN_NS;

    while (target->spans.count < TARGET_SPANS)
        *LIST_PUSH(&target->spans) = (struct target_span){0};
    target->span = (uint32_t)(number % TARGET_SPANS);
    target->span_ends = (number + 1) * TARGET_SPAN_NS;
    if (target->spans.items[target->span].number != number)
        target->spans.items[target->span] = (struct target_span){.number = number};
    return &target->spans.items[target->span];
}

static inline struct target_span *span_now(const struct target_groups *groups,
                                           struct target *target)
{
    int64_t now = groups->sim->now;

    return now < target->span_ends ? &target->spans.items[target->span] : span_begin(target, now);
}

void target_note_sent(const struct target_groups *groups, struct target *target)
{
    span_now(groups, target)->sent++;
}

void target_note_answer(const struct target_groups *groups, struct target *target, int64_t took)
{
    struct target_span *span = span_now(groups, target);

    span->answered++;
    span->took += took;
}

const struct target_span *target_span_find(const struct target *target, int64_t number)
{
    const struct target_span *span = number % TARGET_SPANS < target->spans.count
                                         ? &target->spans.items[number % TARGET_SPANS]
                                         : NULL;

    return span == NULL || span->number != number ? NULL : span;
}
