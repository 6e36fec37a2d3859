/*
 * cloud/target_anomaly.c - what the answers of targets say about them: anomalies, and how fast they
 * are.
 *
 * AWS says that it compares the errors of targets and, when asked, sends those that fail more than
 * the others fewer requests until they recover; how, it does not say.  Ours: windows of 10 s; an
 * anomalous target had 5 errors and a share of errors three times that of all; its weight is halved
 * in each such window, down to a tenth, and doubled in each good one.  At least three healthy
 * targets, or nobody is compared (SEMANTICS c2).
 */
#include "cloud/target.h"
#include "cloud/target_parts.h"
#include "sim/clock.h"

enum { HEALTHY_MIN = 3, ERRORS_MIN = 5, TIMES = 3, WHOLE = 1000000, TAKEN_MAX = 900000 };

static const int64_t window_length = 10 * SECOND_NS;

static bool stands_out(const struct target *target, uint64_t seen, uint64_t failed)
{
    uint64_t others_seen = seen - target->seen;
    uint64_t others_failed = failed - target->failed_seen;

    /* failed/seen > TIMES * others' */
    return target->failed_seen >= ERRORS_MIN && others_seen > 0 &&
           target->failed_seen * others_seen > TIMES * others_failed * target->seen;
}

static void weigh(struct target *target)
{
    uint32_t left = WHOLE - target->weight_ppm;

    left = target->anomalous ? left / 2 : left * 2;
    target->weight_ppm = left >= WHOLE ? 0 : WHOLE - left;
    if (target->weight_ppm > TAKEN_MAX)
        target->weight_ppm = TAKEN_MAX;
}

static void window_close(struct target_groups *groups, const struct target_group *group)
{
    struct target_census census = target_group_census(groups, group, ZONE_ANY);
    uint64_t seen = 0;
    uint64_t failed = 0;

    for (uint32_t i = 0; i < group->targets.count; i++) {
        const struct target *target = target_get(groups, (uint64_t)group->targets.items[i]);

        seen += target->seen;
        failed += target->failed_seen;
    }
    for (uint32_t i = 0; i < group->targets.count; i++) {
        struct target *target = target_get(groups, (uint64_t)group->targets.items[i]);

        target->anomalous = census.healthy >= HEALTHY_MIN && stands_out(target, seen, failed);
        weigh(target);
        target->seen = target->failed_seen = 0;
    }
}

void target_answered(struct target_groups *groups, struct target *target,
                     const struct request *request)
{
    struct target_group *group = target_group_of(groups, target);
    int64_t now = groups->sim->now;
    bool answered = request->exit == EXIT_ANSWERED && request->answered_by == PLACE_INSTANCE;

    if (now >= group->window) {
        window_close(groups, group);
        group->window = now + window_length;
    }
    target->seen++;
    target->failed_seen += request->exit == EXIT_ANSWERED && request->status >= 500;
    if (answered && request->arrived != 0) {
        int64_t took = (request->answered != 0 ? request->answered : now) - request->arrived;

        target->response += target->response == 0 ? took : (took - target->response) / 8;
    }
}
