/*
 * api/autoscaling_schedule.c - put-scheduled-update-group-action, describe-scheduled-actions.
 */
#include "api/autoscaling_parts.h"
#include "cloud/scaling_policy.h"

#include <string.h>

/* ---- PutScheduledUpdateGroupAction ---- */

struct put_in {
    const char *group;
    const char *name;
    int64_t time;
    int64_t begin;
    int64_t end;
    const char *recurrence;
    struct opt_int least;
    struct opt_int most;
    struct opt_int desired;
};

static const struct field put_in_fields[] = {
    F_GROUP_NAME(struct put_in, group),
    F_STRING(struct put_in, name, "ScheduledActionName", "The name of the action.",
             .flags = FIELD_REQUIRED, .min = 1, .max = 255),
    F_TIME(struct put_in, time, "Time", "The same as --start-time, in an older form."),
    F_TIME(struct put_in, begin, "StartTime", "When it begins: 2026-01-06T08:00:00Z."),
    F_TIME(struct put_in, end, "EndTime", "When it recurs no more."),
    F_STRING(struct put_in, recurrence, "Recurrence",
             "How it recurs, as cron: '0 8 * * MON-FRI', in UTC.", .min = 1, .max = 255),
    F_OPT_INT(struct put_in, least, "MinSize", "The fewest instances from then on."),
    F_OPT_INT(struct put_in, most, "MaxSize", "The most instances from then on."),
    F_OPT_INT(struct put_in, desired, "DesiredCapacity", "How many the group keeps from then on."),
};
static const struct shape put_in_shape =
    SHAPE("PutScheduledUpdateGroupActionType", struct put_in, put_in_fields);

static int size_read(struct call *call, struct opt_int size, int64_t *out)
{
    *out = size.set ? size.value : -1;
    if (size.set && (size.value < 0 || size.value > 100000))
        return scaling_refusef(&call->fault, "Sizes must be between 0 and 100000");
    return 0;
}

static int put_schedule(struct call *call, const void *input, void *output)
{
    const struct put_in *in = input;
    const struct scaling_group *group = group_named(call, in->group);
    struct scaling_schedule wish = {
        .name = (char *)(uintptr_t)in->name,
        .begin = in->begin != 0 ? in->begin : in->time,
        .end = in->end,
        .recurrence = (char *)(uintptr_t)in->recurrence,
    };

    (void)output;
    if (group == NULL || size_read(call, in->least, &wish.least) != 0 ||
        size_read(call, in->most, &wish.most) != 0 ||
        size_read(call, in->desired, &wish.desired) != 0)
        return -1;
    wish.group = group->id;
    return scaling_schedule_put(&call->world->scaling, &wish, &call->fault);
}

static const struct fault_kind *const put_faults[] = {
    &fault_scaling_limit,
    &fault_scaling_validation,
    NULL,
};

#define PUT_SCHEDULE                                                                               \
    "aws autoscaling put-scheduled-update-group-action --auto-scaling-group-name web "             \
    "--scheduled-action-name morning --recurrence '0 9 * * MON-FRI' --desired-capacity 3"

const struct op op_put_scheduled_update_group_action = {
    .name = "PutScheduledUpdateGroupAction",
    .doc = "Changes the sizes of a group at a time, once or again and again.",
    .example = PUT_SCHEDULE,
    .needs = NEEDS_SCALING_GROUP,
    .in = &put_in_shape,
    .out = &shape_empty,
    .faults = put_faults,
    .flags = OP_WRITE,
    .run = put_schedule,
};

/* ---- DescribeScheduledActions ---- */

struct schedule_view {
    const char *group;
    const char *name;
    const char *arn;
    int64_t time;
    int64_t begin;
    int64_t end;
    const char *recurrence;
    struct opt_int least;
    struct opt_int most;
    struct opt_int desired;
};

struct describe_in {
    const char *group;
    struct strings names;
    int64_t begin;
    int64_t end;
    const char *next;
    struct opt_int most;
};

struct describe_out {
    LIST(struct schedule_view) schedules;
    const char *next;
};

static const struct field view_fields[] = {
    F_STRING(struct schedule_view, group, "AutoScalingGroupName", "Its group."),
    F_STRING(struct schedule_view, name, "ScheduledActionName", "The name of the action.",
             .flags = FIELD_COLUMN),
    F_STRING(struct schedule_view, arn, "ScheduledActionARN", "The ARN of the action."),
    F_TIME(struct schedule_view, time, "Time", "When it is due next.", .flags = FIELD_COLUMN),
    F_TIME(struct schedule_view, begin, "StartTime", "When it is due next."),
    F_TIME(struct schedule_view, end, "EndTime", "When it recurs no more."),
    F_STRING(struct schedule_view, recurrence, "Recurrence", "How it recurs."),
    F_OPT_INT(struct schedule_view, least, "MinSize", "The fewest instances from then on."),
    F_OPT_INT(struct schedule_view, most, "MaxSize", "The most instances from then on."),
    F_OPT_INT(struct schedule_view, desired, "DesiredCapacity",
              "How many the group keeps from then on."),
};
static const struct shape view_shape =
    SHAPE("ScheduledUpdateGroupAction", struct schedule_view, view_fields);

static const struct field describe_in_fields[] = {
    F_STRING(struct describe_in, group, "AutoScalingGroupName", "Only those of this group.",
             .ref = &kind_scaling_group, .min = 1, .max = 255),
    F_STRINGS(struct describe_in, names, "ScheduledActionNames", "Only those of these names."),
    F_TIME(struct describe_in, begin, "StartTime", "Only those that are due from here on."),
    F_TIME(struct describe_in, end, "EndTime", "Only those that are due until here."),
    F_NEXT_TOKEN(struct describe_in, next),
    F_MAX_RECORDS(struct describe_in, most),
};
static const struct shape describe_in_shape =
    SHAPE("DescribeScheduledActionsType", struct describe_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_LIST(struct describe_out, schedules, struct schedule_view, &view_shape,
           "ScheduledUpdateGroupActions", "The actions."),
    F_NEXT_TOKEN_OUT(struct describe_out, next),
};
static const struct shape describe_out_shape =
    SHAPE("ScheduledActionsType", struct describe_out, describe_out_fields);

static bool is_wanted(const struct describe_in *in, const struct scaling_group *group,
                      const struct scaling_schedule *schedule)
{
    if ((in->group != NULL && strcmp(in->group, group->name) != 0) ||
        (in->begin != 0 && schedule->next < in->begin) ||
        (in->end != 0 && schedule->next > in->end))
        return false;
    for (uint32_t i = 0; i < in->names.count; i++) {
        if (strcmp(in->names.items[i], schedule->name) == 0)
            return true;
    }
    return in->names.count == 0;
}

static struct opt_int size_see(int64_t size)
{
    return size < 0 ? (struct opt_int){0} : OPT_INT(size);
}

static int describe_schedules(struct call *call, const void *input, void *output)
{
    const struct describe_in *in = input;
    struct describe_out *out = output;
    const struct scaling *scaling = &call->world->scaling;
    struct page page;

    if (in->group != NULL && group_named(call, in->group) == NULL)
        return -1;
    for (uint32_t i = 0; i < table_count(&scaling->schedules); i++) {
        const struct scaling_schedule *schedule = table_at(&scaling->schedules, i);
        const struct scaling_group *group = table_get(&scaling->groups, schedule->group);

        if (group->account != call->account || group->region != call->region ||
            !is_wanted(in, group, schedule))
            continue;
        *LIST_PUSH_IN(&call->arena, &out->schedules) = (struct schedule_view){
            .group = group->name,
            .name = schedule->name,
            .arn = scaling_schedule_arn(scaling, &call->arena, schedule),
            .time = schedule->next,
            .begin = schedule->next,
            .end = schedule->end,
            .recurrence = schedule->recurrence,
            .least = size_see(schedule->least),
            .most = size_see(schedule->most),
            .desired = size_see(schedule->desired),
        };
    }
    if (page_find(call, in->most, in->next, out->schedules.count, &page) != 0)
        return -1;
    PAGE_CUT(&out->schedules, page);
    out->next = page.next;
    return 0;
}

static const struct fault_kind *const faults[] = {
    &fault_scaling_validation,
    NULL,
};

static const struct paging paging = AUTOSCALING_PAGING("ScheduledUpdateGroupActions");

const struct op op_describe_scheduled_actions = {
    .name = "DescribeScheduledActions",
    .doc = "Lists scheduled actions that are still to come.",
    .example = "aws autoscaling describe-scheduled-actions --auto-scaling-group-name web",
    .needs = NEEDS_SCALING_GROUP "\n" PUT_SCHEDULE,
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = faults,
    .paging = &paging,
    .run = describe_schedules,
};
