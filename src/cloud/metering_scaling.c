/*
 * cloud/metering_scaling.c - what Auto Scaling groups tell CloudWatch: AWS/AutoScaling.
 *
 * True to the user guide of Auto Scaling ("Auto Scaling group metrics"): told for groups that were
 * asked to (EnableMetricsCollection), each minute, zeros too.  A unit of capacity is an instance
 * here, since there are no weights.
 */
#include "cloud/metering_parts.h"

/* Members of the group in one of the states, 0 bits: none. */
static int64_t members_in(const struct scaling *scaling, const struct scaling_group *group,
                          uint32_t states)
{
    int64_t count = 0;

    for (uint32_t i = 0; i < table_count(&scaling->members); i++) {
        const struct scaling_member *member = table_at(&scaling->members, i);

        count += member->group == group->id && (states >> member->state & 1) != 0;
    }
    return count;
}

#define STATE(S) (UINT32_C(1) << (S))

static const uint32_t in_service = STATE(MEMBER_IN_SERVICE);
static const uint32_t pending =
    STATE(MEMBER_PENDING) | STATE(MEMBER_PENDING_WAIT) | STATE(MEMBER_PENDING_PROCEED);
static const uint32_t standby = STATE(MEMBER_STANDBY) | STATE(MEMBER_ENTERING_STANDBY);
static const uint32_t terminating = STATE(MEMBER_TERMINATING) | STATE(MEMBER_TERMINATING_WAIT) |
                                    STATE(MEMBER_TERMINATING_PROCEED);

static int64_t value_of(const struct scaling *scaling, const struct scaling_group *group,
                        enum scaling_metric metric)
{
    switch (metric) {
    case METRIC_GROUP_MIN:
        return group->least;
    case METRIC_GROUP_MAX:
        return group->most;
    case METRIC_GROUP_DESIRED:
        return group->desired;
    case METRIC_GROUP_IN_SERVICE:
    case METRIC_GROUP_IN_SERVICE_CAPACITY:
        return members_in(scaling, group, in_service);
    case METRIC_GROUP_PENDING:
    case METRIC_GROUP_PENDING_CAPACITY:
        return members_in(scaling, group, pending);
    case METRIC_GROUP_STANDBY:
    case METRIC_GROUP_STANDBY_CAPACITY:
        return members_in(scaling, group, standby);
    case METRIC_GROUP_TERMINATING:
    case METRIC_GROUP_TERMINATING_CAPACITY:
        return members_in(scaling, group, terminating);
    default:
        return members_in(scaling, group, in_service | pending | standby | terminating);
    }
}

void metering_scaling(struct metering *metering, int64_t minute)
{
    const struct scaling *scaling = metering->scaling;

    for (uint32_t i = 0; scaling != NULL && i < table_count(&scaling->groups); i++) {
        const struct scaling_group *group = table_at(&scaling->groups, i);
        struct teller teller = {
            .metering = metering,
            .name = {.account = group->account, .region = group->region,
                     .space = "AWS/AutoScaling"},
            .time = minute,
            .span_s = METERING_SPAN_S,
        };

        teller_dimension(&teller, "AutoScalingGroupName", group->name);
        for (uint8_t metric = 1; scaling_metric_words[metric] != NULL; metric++)
            if ((group->metrics >> metric & 1) != 0)
                teller_value(&teller, scaling_metric_words[metric], UNIT_NONE, 1,
                             value_of(scaling, group, metric));
    }
}
