/*
 * cloud/scaling_activity.c - what Auto Scaling did, and why.
 *
 * True to the texts that DescribeScalingActivities gives at AWS.  AWS keeps six weeks of them; here
 * they are kept for six weeks too, and the newest ACTIVITIES_KEPT of all groups at most.
 */
#include "cloud/scaling_activity.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "sim/clock.h"

enum { ACTIVITIES_KEPT = 10000, CAUSE_MOST = 1023 };

static const int64_t kept_ns = 42 * 24 * HOUR_NS;

/* ---- causes ---- */

const char *scaling_sentence(const struct scaling *scaling, struct arena *arena, const char *format,
                             ...)
{
    char time[CLOCK_TEXT_SIZE];
    char text[768];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    return arena_printf(arena, "At %s %s", clock_format(scaling->sim->now, CLOCK_Z, time), text);
}

void scaling_why_add(struct scaling_group *group, const char *sentence)
{
    char *why = group->why == NULL ? xstrdup(sentence) : xasprintf("%s  %s", group->why, sentence);

    free(group->why);
    group->why = why;
}

const char *scaling_why(const struct scaling_group *group, struct arena *arena,
                        const char *sentence)
{
    if (group->why == NULL)
        return sentence;
    return arena_printf(arena, "%s  %s", group->why, sentence);
}

/* ---- activities ---- */

static void tell(struct scaling *scaling, const struct scaling_activity *activity)
{
    struct arena arena = ARENA_INIT;

    trail_add(scaling->trail,
              (struct trail_entry){
                  .account = activity->account,
                  .region = activity->region,
                  .subject = activity->instance != 0 ? activity->instance : activity->id,
                  .other = activity->group,
                  .topic = TRAIL_SCALING,
                  .text = arena_printf(
                      &arena, "%s: %s: %s%s%s", activity->group_name, activity->description,
                      activity_status_name(activity->status), activity->message == NULL ? "" : ": ",
                      activity->message == NULL ? "" : activity->message),
              });
    arena_release(&arena);
}

/* Those under way are never forgotten: their members hold them. */
static void forget_old(struct scaling *scaling)
{
    while (table_count(&scaling->activities) > 0) {
        const struct scaling_activity *first = table_at(&scaling->activities, 0);

        if (first->end == 0 || (scaling->sim->now - first->end < kept_ns &&
                                table_count(&scaling->activities) < ACTIVITIES_KEPT))
            return;
        table_remove(&scaling->activities, first->id);
    }
}

static char *description_of(enum activity_kind kind, uint64_t instance)
{
    static const char *const texts[] = {
        [ACTIVITY_OF_LAUNCH] = "Launching a new EC2 instance",
        [ACTIVITY_OF_END] = "Terminating EC2 instance",
        [ACTIVITY_OF_DETACHING] = "Detaching EC2 instance",
        [ACTIVITY_OF_ATTACHING] = "Attaching an existing EC2 instance",
        [ACTIVITY_OF_STANDBY] = "Moving EC2 instance to Standby",
        [ACTIVITY_OF_RETURN] = "Moving EC2 instance out of Standby",
    };
    struct arena arena = ARENA_INIT;
    char *text;

    if (instance == 0)
        return xstrdup(texts[kind]);
    text = xasprintf("%s: %s", texts[kind], id_text(&arena, &kind_instance, instance));
    arena_release(&arena);
    return text;
}

struct scaling_activity *activity_begin(struct scaling *scaling, const struct scaling_group *group,
                                        enum activity_kind kind, uint64_t id, const char *cause)
{
    bool comes =
        kind == ACTIVITY_OF_LAUNCH || kind == ACTIVITY_OF_RETURN || kind == ACTIVITY_OF_ATTACHING;
    const struct instance *instance = instance_any(scaling->instances, id);
    struct scaling_activity *activity;

    forget_old(scaling);
    activity = table_add(&scaling->activities, ids_new(scaling->ids));
    activity->group = group->id;
    activity->account = group->account;
    activity->region = group->region;
    activity->group_name = xstrdup(group->name);
    activity->begin = scaling->sim->now;
    activity->status = comes ? ACTIVITY_PRE_IN_SERVICE : ACTIVITY_IN_PROGRESS;
    activity->progress = comes ? 30 : 50;
    activity->description = description_of(kind, id);
    activity->cause = xstrndup(cause, CAUSE_MOST);
    activity->instance = id;
    if (instance != NULL) { /* not after it was forgotten */
        activity->subnet = instance->subnet;
        activity->zone = instance->zone;
    }
    tell(scaling, activity);
    return activity;
}

void activity_move(struct scaling *scaling, uint64_t id, enum activity_status status,
                   int64_t progress)
{
    struct scaling_activity *activity = table_find(&scaling->activities, id);

    if (activity == NULL || activity->end != 0)
        return;
    activity->status = (uint8_t)status;
    activity->progress = progress;
    tell(scaling, activity);
}

void activity_end(struct scaling *scaling, uint64_t id, enum activity_status status,
                  const char *message)
{
    struct scaling_activity *activity = table_find(&scaling->activities, id);

    if (activity == NULL || activity->end != 0)
        return;
    activity->status = (uint8_t)status;
    activity->end = scaling->sim->now;
    activity->progress = 100;
    if (message != NULL) {
        char *longer = xasprintf("%s%s  Status Reason: %s", activity->description,
                                 activity->instance == 0 ? "." : "", message);

        free(activity->description);
        activity->description = longer;
        activity->message = xstrdup(message);
    }
    tell(scaling, activity);
    if (scaling->activity_ended != NULL)
        scaling->activity_ended(scaling->activity_context, activity);
}

const struct scaling_activity *activity_under_way(const struct scaling *scaling,
                                                  const struct scaling_group *group)
{
    for (uint32_t i = 0; i < table_count(&scaling->activities); i++) {
        const struct scaling_activity *activity = table_at(&scaling->activities, i);

        if (activity->group == group->id && activity->end == 0)
            return activity;
    }
    return NULL;
}

void activities_orphan(struct scaling *scaling, uint64_t group)
{
    for (uint32_t i = 0; i < table_count(&scaling->activities); i++) {
        struct scaling_activity *activity = table_at(&scaling->activities, i);

        if (activity->group == group)
            activity->orphan = true;
    }
}
