/*
 * cloud/world_events.c - what happens in the cloud is told to the event buses, and what rules set
 * off.
 *
 * True to the events in the EC2, Auto Scaling and CloudWatch user guides: their names, members and
 *         order.  Told are those things for which the model has a cause (disks, images, spot
 *         instances, hooks and hosts: world_happenings.c).
 */
#include <string.h>

#include <jansson.h>

#include "base/str.h"
#include "cloud/event_archive.h"
#include "cloud/world_parts.h"
#include "sim/clock.h"

void world_tell(struct world *world, const struct happening *happening)
{
    char *detail = json_dumps(happening->detail, JSON_COMPACT);

    event_tell(&world->buses, &(struct event_entry){
                                  .account = happening->account,
                                  .region = happening->region,
                                  .source = happening->source,
                                  .type = happening->type,
                                  .detail = detail,
                                  .resources = happening->resources,
                              });
    free(detail);
    json_decref(happening->detail);
}

static const char *region_name(const struct world *world, uint8_t region)
{
    return world->catalog->regions[region].name;
}

const char *world_instance_arn(const struct world *world, struct arena *arena, uint64_t account,
                               uint8_t region, uint64_t instance)
{
    return arena_printf(arena, "arn:aws:ec2:%s:%s:instance/%s", region_name(world, region),
                        account_text(arena, account), id_text(arena, &kind_instance, instance));
}

/* ---- instances ---- */

void world_tell_instance(struct world *world, const struct instance *instance)
{
    struct arena arena = ARENA_INIT;
    uint8_t region = ZONE_REGION(instance->zone);
    struct happening happening = {
        .account = instance->account,
        .region = region,
        .source = "aws.ec2",
        .type = "EC2 Instance State-change Notification",
    };

    if (event_is_heard(&world->buses, instance->account, region)) {
        *LIST_PUSH_IN(&arena, &happening.resources) =
            world_instance_arn(world, &arena, instance->account, region, instance->id);
        happening.detail =
            json_pack("{s:s, s:s}", "instance-id", id_text(&arena, &kind_instance, instance->id),
                      "state", instance_state_name(instance->state));
        world_tell(world, &happening);
    }
    arena_release(&arena);
}

/* ---- Auto Scaling ---- */

/* Of which event an activity is the end; NULL: of none. */
static const char *activity_type(const struct scaling_activity *activity)
{
    bool good = activity->status == ACTIVITY_SUCCESSFUL;

    if (activity->status != ACTIVITY_SUCCESSFUL && activity->status != ACTIVITY_FAILED)
        return NULL;
    if (str_starts(activity->description, "Launching a new EC2 instance"))
        return good ? "EC2 Instance Launch Successful" : "EC2 Instance Launch Unsuccessful";
    if (str_starts(activity->description, "Terminating EC2 instance"))
        return good ? "EC2 Instance Terminate Successful" : "EC2 Instance Terminate Unsuccessful";
    return NULL;
}

static json_t *activity_detail(const struct world *world, struct arena *arena,
                               const struct scaling_activity *activity)
{
    bool good = activity->status == ACTIVITY_SUCCESSFUL;
    char start[CLOCK_TEXT_SIZE];
    char end[CLOCK_TEXT_SIZE];
    json_t *where =
        json_pack("{s:s}", "Availability Zone", catalog_zone_name(world->catalog, activity->zone));

    if (activity->subnet != 0)
        json_object_set_new(where, "Subnet ID",
                            json_string(id_text(arena, &kind_subnet, activity->subnet)));
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:o, s:s, s:s, s:s, s:s, s:s, s:s}", "StatusCode",
        good ? "InProgress" : "Failed", "Description", activity->description,
        "AutoScalingGroupName", activity->group_name, "ActivityId",
        scaling_uuid(&world->scaling, arena, activity->id), "Details", where, "RequestId",
        scaling_uuid(&world->scaling, arena, activity->id), "StatusMessage",
        activity->message == NULL ? "" : activity->message, "EndTime",
        clock_format(activity->end, CLOCK_MILLI_Z, end), "EC2InstanceId",
        activity->instance == 0 ? "" : id_text(arena, &kind_instance, activity->instance),
        "StartTime", clock_format(activity->begin, CLOCK_MILLI_Z, start), "Cause", activity->cause);
}

static void activity_ended(void *context, const struct scaling_activity *activity)
{
    struct world *world = context;
    const struct scaling_group *group = table_find(&world->scaling.groups, activity->group);
    struct arena arena = ARENA_INIT;
    struct happening happening = {
        .account = activity->account,
        .region = activity->region,
        .source = "aws.autoscaling",
        .type = activity_type(activity),
    };

    if (happening.type != NULL &&
        event_is_heard(&world->buses, activity->account, activity->region)) {
        if (group != NULL)
            *LIST_PUSH_IN(&arena, &happening.resources) =
                scaling_group_arn(&world->scaling, &arena, group);
        if (activity->instance != 0)
            *LIST_PUSH_IN(&arena, &happening.resources) = world_instance_arn(
                world, &arena, activity->account, activity->region, activity->instance);
        happening.detail = activity_detail(world, &arena, activity);
        world_tell(world, &happening);
    }
    arena_release(&arena);
}

/* ---- alarms ---- */

/* "2026-01-05T08:01:00.000+0000" */
static const char *alarm_time(struct arena *arena, int64_t time)
{
    char text[CLOCK_TEXT_SIZE];
    size_t length = strlen(clock_format(time, CLOCK_MILLI_Z, text));

    return arena_printf(arena, "%.*s+0000", (int)length - 1, text);
}

static json_t *alarm_configuration(struct arena *arena, const struct alarm *alarm)
{
    json_t *dimensions = json_object();

    for (uint32_t i = 0; i < alarm->dimensions.count; i++)
        json_object_set_new(dimensions, alarm->dimensions.items[i].name,
                            json_string(alarm->dimensions.items[i].value));
    (void)arena;
    return json_pack("{s:s, s:[{s:s, s:{s:{s:s, s:s, s:o}, s:i, s:s}, s:b}]}", "description",
                     alarm->description == NULL ? "" : alarm->description, "metrics", "id", "m1",
                     "metricStat", "metric", "namespace", alarm->space, "name", alarm->metric,
                     "dimensions", dimensions, "period", (int)alarm->period_s, "stat",
                     alarm->statistic, "returnData", 1);
}

static void alarm_moved(void *context, const struct alarm *alarm, uint8_t before)
{
    struct world *world = context;
    struct arena arena = ARENA_INIT;
    struct happening happening = {
        .account = alarm->account,
        .region = alarm->region,
        .source = "aws.cloudwatch",
        .type = "CloudWatch Alarm State Change",
    };
    json_t *state;

    if (event_is_heard(&world->buses, alarm->account, alarm->region)) {
        *LIST_PUSH_IN(&arena, &happening.resources) = alarm_arn(&world->alarms, &arena, alarm);
        state = json_pack("{s:s, s:s}", "value", alarm_state_words[alarm->state - 1], "reason",
                          alarm->reason == NULL ? "" : alarm->reason);
        if (alarm->reason_data != NULL)
            json_object_set_new(state, "reasonData", json_string(alarm->reason_data));
        json_object_set_new(state, "timestamp", json_string(alarm_time(&arena, alarm->updated)));
        happening.detail = json_pack("{s:s, s:o, s:{s:s}, s:o}", "alarmName", alarm->name, "state",
                                     state, "previousState", "value", alarm_state_words[before - 1],
                                     "configuration", alarm_configuration(&arena, alarm));
        world_tell(world, &happening);
    }
    arena_release(&arena);
}

/* ---- what rules set off ---- */

/* The target's text, without the quotes of a JSON string. */
static const char *plain(struct arena *arena, const char *payload)
{
    json_t *value = json_loads(payload, JSON_DECODE_ANY, NULL);
    const char *text = json_is_string(value) ? arena_strdup(arena, json_string_value(value))
                                             : arena_strdup(arena, payload);

    json_decref(value);
    return text;
}

static enum event_outcome fail(struct event_attempt *attempt, enum event_error error,
                               const char *why)
{
    attempt->error = error;
    attempt->why = arena_strdup(attempt->arena, why);
    return EVENT_FAILED;
}

static int do_action(struct world *world, const char *what, struct instance *instance,
                     struct fault *fault)
{
    struct instance_set set = {.items = &instance, .count = 1};

    if (str_equal(what, "stop-instance"))
        return instances_stop(&world->instances, set, false, fault);
    if (str_equal(what, "terminate-instance"))
        return instances_terminate(&world->instances, set, fault);
    return instances_reboot(&world->instances, set, fault);
}

static enum event_outcome snapshot_action(struct world *world, struct event_attempt *attempt,
                                          const char *volume_text)
{
    struct fault fault = FAULT_INIT;
    struct volume *volume;
    uint64_t id = 0;
    enum event_outcome outcome = EVENT_DELIVERED;

    if (strrchr(volume_text, '/') != NULL) /* an ARN */
        volume_text = strrchr(volume_text, '/') + 1;
    id_parse(&kind_volume, volume_text, &id);
    volume = volume_find(&world->volumes, attempt->rule->account, attempt->rule->region, id);
    if (volume == NULL)
        return fail(attempt, EVENT_ERROR_RESOURCE, "there is no such volume");
    if (snapshot_create(
            &world->snapshots,
            (struct snapshot_new){.account = attempt->rule->account, .volume = volume->key},
            &fault) == NULL)
        outcome = fail(attempt, EVENT_ERROR_CLIENT, fault.message);
    fault_release(&fault);
    return outcome;
}

/* "target/stop-instance" and the like: the input says which instance or volume. */
static enum event_outcome act(void *context, struct event_attempt *attempt)
{
    struct world *world = context;
    const char *what = strrchr(attempt->target->arn, '/') + 1;
    const char *subject = plain(attempt->arena, attempt->payload);
    struct fault fault = FAULT_INIT;
    struct instance *instance;
    uint64_t id = 0;
    enum event_outcome outcome = EVENT_DELIVERED;

    if (str_equal(what, "create-snapshot"))
        return snapshot_action(world, attempt, subject);
    if (!str_equal(what, "stop-instance") && !str_equal(what, "terminate-instance") &&
        !str_equal(what, "reboot-instance"))
        return fail(attempt, EVENT_ERROR_RESOURCE, "there is no such action");
    id_parse(&kind_instance, subject, &id);
    instance = instance_find(&world->instances, attempt->rule->account, attempt->rule->region, id);
    if (instance == NULL)
        return fail(attempt, EVENT_ERROR_RESOURCE, "there is no such instance");
    if (do_action(world, what, instance, &fault) != 0)
        outcome = fail(attempt, EVENT_ERROR_CLIENT, fault.message);
    fault_release(&fault);
    return outcome;
}

/* Why a queue did not take it, in the words of a dead letter. */
static enum event_error refusal_error(enum queue_refusal refusal)
{
    switch (refusal) {
    case QUEUE_NOT_THERE:
        return EVENT_ERROR_RESOURCE;
    case QUEUE_NOT_ALLOWED:
        return EVENT_ERROR_PERMISSIONS;
    case QUEUE_BUSY:
        return EVENT_ERROR_TIMEOUT;
    default:
        return EVENT_ERROR_CLIENT;
    }
}

/* A message for a queue, of a rule's target or for its dead-letter queue. */
static enum event_outcome give_queue(void *context, struct event_attempt *attempt,
                                     const struct event_message *message)
{
    struct world *world = context;
    struct queue_value *values =
        arena_alloc(attempt->arena, (message->attribute_count + 1) * sizeof(*values));
    struct queue_delivery delivery = {
        .arn = message->queue,
        .service = "events.amazonaws.com",
        .source_arn = attempt->rule_arn,
        .source_account = attempt->rule->account,
        .send = {.body = message->body, .group = message->group, .values = values},
    };
    struct queue_sent sent;
    const char *why = "";
    enum queue_refusal refusal;

    for (uint32_t i = 0; i < message->attribute_count; i++) {
        if (message->attributes[i].value == NULL || message->attributes[i].value[0] == '\0')
            continue; /* an attribute has a value */
        values[delivery.send.value_count++] = (struct queue_value){
            .name = (char *)(uintptr_t)message->attributes[i].key,
            .type = (char *)(uintptr_t) "String",
            .text = (char *)(uintptr_t)message->attributes[i].value,
        };
    }
    refusal = queue_deliver(&world->queues, &delivery, &sent, attempt->arena, &why);
    if (refusal == QUEUE_TOOK)
        return EVENT_DELIVERED;
    attempt->error = refusal_error(refusal);
    attempt->why = why;
    return refusal == QUEUE_BUSY ? EVENT_AGAIN : EVENT_FAILED;
}

static enum event_error topic_refusal_error(enum topic_refusal refusal)
{
    static const enum event_error errors[] = {
        [TOPIC_NOT_THERE] = EVENT_ERROR_RESOURCE,
        [TOPIC_NOT_ALLOWED] = EVENT_ERROR_PERMISSIONS,
        [TOPIC_NOT_TAKEN] = EVENT_ERROR_CLIENT,
        [TOPIC_BUSY] = EVENT_ERROR_TIMEOUT,
    };

    return errors[refusal];
}

/* What a rule says on a topic. */
static enum event_outcome give_topic(void *context, struct event_attempt *attempt)
{
    struct world *world = context;
    struct topic_deliver_wish wish = {
        .arn = attempt->target->arn,
        .service = "events.amazonaws.com",
        .source_arn = attempt->rule_arn,
        .source_account = attempt->rule->account,
        .message = {.body = attempt->payload},
    };
    struct topic_published published;
    const char *why = "";
    enum topic_refusal refusal =
        topic_deliver(&world->topics, &wish, &published, attempt->arena, &why);

    if (refusal == TOPIC_TOOK)
        return EVENT_DELIVERED;
    attempt->error = topic_refusal_error(refusal);
    attempt->why = why;
    return refusal == TOPIC_BUSY ? EVENT_AGAIN : EVENT_FAILED;
}

static bool region_lost(void *context, uint8_t region)
{
    return injections_region_lost(&((const struct world *)context)->injections, region);
}

void world_wire_events(struct world *world)
{
    world->buses.sim = &world->sim;
    world->buses.catalog = world->catalog;
    world->buses.ids = &world->ids;
    world->buses.trail = &world->trail;
    world->buses.seed = world->seed;
    world->buses.log = &world->messages;
    event_buses_init(&world->buses);
    event_archives_init(&world->buses);
    world->buses.hooks = (struct event_hooks){
        .context = world,
        .queue = give_queue,
        .topic = give_topic,
        .action = act,
        .region_lost = region_lost,
    };
    world->scaling.activity_ended = activity_ended;
    world->scaling.activity_context = world;
    world->alarms.hooks.moved = alarm_moved;
    world_wire_happenings(world);
}
