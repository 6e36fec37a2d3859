/*
 * api/autoscaling_activity.c - describe-scaling-activities.
 *
 * True to AWS: the newest first, with causes; those of deleted groups only when asked for.
 */
#include "api/autoscaling_parts.h"

#include <string.h>

#include "base/str.h"

static const struct field view_fields[] = {
    F_STRING(struct activity_view, id, "ActivityId", "The id of the activity."),
    F_STRING(struct activity_view, group, "AutoScalingGroupName", "The name of its group."),
    F_STRING(struct activity_view, description, "Description", "What is done.",
             .flags = FIELD_COLUMN),
    F_STRING(struct activity_view, cause, "Cause", "Why it is done."),
    F_TIME(struct activity_view, begin, "StartTime", "When it began."),
    F_TIME(struct activity_view, end, "EndTime", "When it ended."),
    F_STRING(struct activity_view, status, "StatusCode", "How it stands.", .flags = FIELD_COLUMN),
    F_STRING(struct activity_view, message, "StatusMessage", "What went wrong."),
    F_INT(struct activity_view, progress, "Progress", "How far it is, in percent."),
    F_STRING(struct activity_view, details, "Details", "Where, as JSON."),
    F_STRING(struct activity_view, state, "AutoScalingGroupState",
             "Deleted, when the group is gone."),
    F_STRING(struct activity_view, arn, "AutoScalingGroupARN", "The ARN of its group."),
};

const struct shape activity_view_shape = SHAPE("Activity", struct activity_view, view_fields);

void activity_see(struct call *call, const struct scaling_activity *activity,
                  struct activity_view *view)
{
    const struct scaling *scaling = &call->world->scaling;
    const struct scaling_group *group = table_find(&scaling->groups, activity->group);

    *view = (struct activity_view){
        .id = scaling_uuid(scaling, &call->arena, activity->id),
        .group = activity->group_name,
        .description = activity->description,
        .cause = activity->cause,
        .begin = WHOLE_MILLISECOND(activity->begin),
        .end = WHOLE_SECOND(activity->end),
        .status = activity_status_name(activity->status),
        .message = activity->message,
        .progress = activity->progress,
        .details = "{}",
        .state = activity->orphan ? "Deleted" : NULL,
        .arn = group == NULL ? NULL : scaling_group_arn(scaling, &call->arena, group),
    };
    if (activity->subnet != 0)
        view->details =
            arena_printf(&call->arena, "{\"Subnet ID\":\"%s\",\"Availability Zone\":\"%s\"}",
                         id_text(&call->arena, &kind_subnet, activity->subnet),
                         catalog_zone_name(call->world->catalog, activity->zone));
}

void activities_see(struct call *call, const uint64_t *ids, uint32_t count,
                    struct activity_views *views)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct scaling_activity *activity =
            table_find(&call->world->scaling.activities, ids[i]);

        if (activity != NULL)
            activity_see(call, activity, LIST_PUSH_IN(&call->arena, views));
    }
}

struct describe_in {
    struct strings ids;
    const char *group;
    bool deleted;
    struct opt_int most;
    const char *next;
};

struct describe_out {
    struct activity_views activities;
    const char *next;
};

static const struct field describe_in_fields[] = {
    F_STRINGS(struct describe_in, ids, "ActivityIds", "Only these activities."),
    F_STRING(struct describe_in, group, "AutoScalingGroupName", "Only those of this group.",
             .ref = &kind_scaling_group, .min = 1, .max = 255),
    F_BOOL(struct describe_in, deleted, "IncludeDeletedGroups",
           "Whether those of groups that are gone are told too."),
    F_MAX_RECORDS(struct describe_in, most),
    F_NEXT_TOKEN(struct describe_in, next),
};

static const struct shape describe_in_shape =
    SHAPE("DescribeScalingActivitiesType", struct describe_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    {.name = "Activities",
     .doc = "The activities, the newest first.",
     .type = FIELD_LIST,
     .offset = offsetof(struct describe_out, activities),
     .of = &activity_view_shape},
    F_NEXT_TOKEN_OUT(struct describe_out, next),
};

static const struct shape describe_out_shape =
    SHAPE("ActivitiesType", struct describe_out, describe_out_fields);

static bool is_wanted(const struct describe_in *in, const struct activity_view *view)
{
    if (in->group != NULL && strcmp(in->group, view->group) != 0)
        return false;
    for (uint32_t i = 0; i < in->ids.count; i++) {
        if (strcmp(in->ids.items[i], view->id) == 0)
            return true;
    }
    return in->ids.count == 0;
}

static int describe_activities(struct call *call, const void *input, void *output)
{
    const struct describe_in *in = input;
    struct describe_out *out = output;
    const struct table *activities = &call->world->scaling.activities;
    struct page page;

    if (in->group != NULL && !in->deleted && group_named(call, in->group) == NULL)
        return -1;
    for (uint32_t i = table_count(activities); i-- > 0;) {
        const struct scaling_activity *activity = table_at(activities, i);
        struct activity_view view;

        if (activity->account != call->account || activity->region != call->region ||
            (activity->orphan && !in->deleted))
            continue;
        activity_see(call, activity, &view);
        if (is_wanted(in, &view))
            *LIST_PUSH_IN(&call->arena, &out->activities) = view;
    }
    if (page_find(call, in->most, in->next, out->activities.count, &page) != 0)
        return -1;
    PAGE_CUT(&out->activities, page);
    out->next = page.next;
    return 0;
}

static const struct fault_kind *const faults[] = {
    &fault_scaling_validation,
    NULL,
};

static const struct paging paging = AUTOSCALING_PAGING("Activities");

const struct op op_describe_scaling_activities = {
    .name = "DescribeScalingActivities",
    .doc = "Tells what groups launched and ended, and why.",
    .example = "aws autoscaling describe-scaling-activities --auto-scaling-group-name web",
    .needs = NEEDS_SCALING_GROUP,
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = faults,
    .paging = &paging,
    .run = describe_activities,
};
