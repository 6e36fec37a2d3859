/*
 * cloud/world_alarms.c - what alarms set off, and whose instances are measured together.
 */
#include <string.h>

#include "base/str.h"
#include "cloud/alarm_notice.h"
#include "cloud/world_parts.h"

static const char *instance_of(const struct alarm *alarm)
{
    for (uint32_t i = 0; i < alarm->dimensions.count; i++) {
        if (str_equal(alarm->dimensions.items[i].name, "InstanceId"))
            return alarm->dimensions.items[i].value;
    }
    return "";
}

/* "arn:aws:automate:us-east-1:ec2:stop" */
static bool act_on_instance(struct world *world, const struct alarm *alarm, const char *action,
                            struct str *told)
{
    const char *what = strrchr(action, ':') + 1;
    struct fault fault = FAULT_INIT;
    struct instance_set set = {.count = 1};
    struct instance *instance;
    uint64_t id = 0;
    int status = -1;

    id_parse(&kind_instance, instance_of(alarm), &id);
    instance = instance_find(&world->instances, alarm->account, alarm->region, id);
    if (instance == NULL) {
        str_addf(told, "The instance ID '%s' does not exist", instance_of(alarm));
        return false;
    }
    set.items = &instance;
    if (str_equal(what, "stop"))
        status = instances_stop(&world->instances, set, false, &fault);
    else if (str_equal(what, "terminate"))
        status = instances_terminate(&world->instances, set, &fault);
    else if (str_equal(what, "reboot"))
        status = instances_reboot(&world->instances, set, &fault);
    else if (str_equal(what, "recover"))
        status = instances_recover(&world->instances, instance, &fault);
    if (status != 0)
        str_add(told, fault.message == NULL ? "no such action" : fault.message);
    fault_release(&fault);
    return status == 0;
}

/* ---- Auto Scaling ---- */

/* Is it the low one of a tracking policy's two alarms? */
static bool is_low(const struct world *world, const struct scaling_policy *policy,
                   const struct alarm *alarm)
{
    struct arena arena = ARENA_INIT;
    struct scaling_alarm wanted;
    bool low = scaling_policy_alarm(&world->scaling, policy, true, &arena, &wanted) &&
               str_equal(wanted.name, alarm->name);

    arena_release(&arena);
    return low;
}

static bool act_on_group(struct world *world, const struct alarm *alarm, const char *action,
                         struct str *told)
{
    struct scaling_policy *policy = scaling_policy_find_arn(&world->scaling, action);
    struct fault fault = FAULT_INIT;
    int status;

    if (policy == NULL) {
        str_add(told, "The scaling policy does not exist");
        return false;
    }
    status = scaling_policy_execute(&world->scaling, policy,
                                    &(struct scaling_trigger){
                                        .alarm = alarm->name,
                                        .heed_cooldown = true,
                                        .has_metric = alarm->latest.set,
                                        .metric = alarm->latest.value,
                                        .threshold = alarm->threshold,
                                        .is_low = is_low(world, policy, alarm),
                                    },
                                    &fault);
    if (status != 0)
        str_add(told, fault.message);
    fault_release(&fault);
    return status == 0;
}

/* Fewer would no longer do. */
static void changed(void *context, const struct alarm *alarm)
{
    struct world *world = context;

    for (uint32_t i = 0; i < alarm->alarm_actions.count; i++) {
        struct scaling_policy *policy =
            scaling_policy_find_arn(&world->scaling, alarm->alarm_actions.items[i]);

        if (policy != NULL && alarm->state != ALARM_STATE_ALARM && is_low(world, policy, alarm))
            scaling_policy_calm(policy);
    }
}

static const char tracking_prefix[] = "TargetTracking-";

/* Does a policy want an alarm of that name? */
static bool is_wanted(const struct world *world, const struct alarm *alarm)
{
    struct arena arena = ARENA_INIT;
    bool wanted = false;

    for (uint32_t i = 0; i < 2 * table_count(&world->scaling.policies) && !wanted; i++) {
        struct scaling_alarm wish;

        wanted = scaling_policy_alarm(&world->scaling, table_at(&world->scaling.policies, i / 2),
                                      i % 2 == 1, &arena, &wish) &&
                 str_equal(wish.name, alarm->name);
    }
    arena_release(&arena);
    return wanted;
}

static void alarm_of_policy(struct world *world, const struct scaling_policy *policy, bool low)
{
    const struct scaling_group *group = table_get(&world->scaling.groups, policy->group);
    struct arena arena = ARENA_INIT;
    struct fault fault = FAULT_INIT;
    const char *action = scaling_policy_arn(&world->scaling, &arena, policy);
    struct scaling_alarm wish;
    struct alarm_wish alarm;

    if (scaling_policy_alarm(&world->scaling, policy, low, &arena, &wish) &&
        alarm_find_name(&world->alarms, group->account, group->region, wish.name) == NULL) {
        alarm = (struct alarm_wish){
            .account = group->account,
            .region = group->region,
            .name = wish.name,
            .description = arena_printf(
                &arena, "DO NOT EDIT OR DELETE. For TargetTrackingScaling policy %s.", action),
            .metric = {.account = group->account,
                       .region = group->region,
                       .space = wish.space,
                       .name = wish.metric},
            .statistic = wish.statistic,
            .unit = wish.unit == NULL ? 0 : metric_unit_find(wish.unit),
            .comparison = wish.greater ? COMPARE_GREATER : COMPARE_LESS,
            .period_s = wish.period_s,
            .periods = wish.periods,
            .threshold = wish.threshold,
            .alarm_actions = &action,
            .alarm_count = 1,
        };
        for (uint32_t i = 0; i < wish.dimensions.count; i++)
            *LIST_PUSH_IN(&arena, &alarm.metric.dimensions) = (struct metric_dimension){
                wish.dimensions.items[i].key, wish.dimensions.items[i].value};
        alarm_put(&world->alarms, &alarm, &fault);
    }
    fault_release(&fault);
    arena_release(&arena);
}

/* A tracking policy came, changed or went: its two alarms follow. */
static void policies_changed(void *context)
{
    struct world *world = context;

    for (uint32_t i = table_count(&world->alarms.table); i > 0; i--) {
        struct alarm *alarm = table_at(&world->alarms.table, i - 1);

        if (str_starts(alarm->name, tracking_prefix) && alarm->alarm_actions.count == 1 &&
            str_starts(alarm->alarm_actions.items[0], "arn:aws:autoscaling:") &&
            !is_wanted(world, alarm))
            alarm_remove(&world->alarms, alarm);
    }
    for (uint32_t i = 0; i < table_count(&world->scaling.policies); i++) {
        const struct scaling_policy *policy = table_at(&world->scaling.policies, i);

        alarm_of_policy(world, policy, false);
        alarm_of_policy(world, policy, true);
    }
}

/* ---- topics ---- */

/* CloudWatch publishes where the topic lets it, or lets the alarm's account. */
static bool act_on_topic(struct world *world, const struct alarm_notice *notice,
                         const char *action, struct str *told)
{
    const struct alarm *alarm = notice->alarm;
    struct arena arena = ARENA_INIT;
    const char *body = alarm_notice_json(notice, &arena);
    json_t *bodies = json_pack("{s:s,s:s}", "default", body, "email",
                               alarm_notice_mail(notice, &arena));
    const struct topic_deliver_wish wish = {
        .arn = action,
        .service = "cloudwatch.amazonaws.com",
        .source_arn = notice->arn,
        .source_account = alarm->account,
        .for_account = true,
        .message = {.body = body,
                    .subject = alarm_notice_subject(notice, &arena),
                    .structure = bodies},
    };
    struct topic_published published;
    const char *why = "";
    enum topic_refusal refusal = topic_deliver(&world->topics, &wish, &published, &arena, &why);

    if (refusal == TOPIC_NOT_ALLOWED)
        str_addf(told,
                 "Resource: %s is not authorized to perform: SNS:Publish on resource: %s because "
                 "no resource-based policy allows the SNS:Publish action",
                 notice->arn, action);
    else if (refusal == TOPIC_NOT_THERE)
        str_add(told, "Topic does not exist");
    else if (refusal != TOPIC_TOOK)
        str_add(told, why);
    json_decref(bodies);
    arena_release(&arena);
    return refusal == TOPIC_TOOK;
}

static bool act(void *context, const struct alarm *alarm, uint8_t before, const char *action,
                struct str *told)
{
    struct world *world = context;
    struct arena arena = ARENA_INIT;
    bool done;

    if (str_starts(action, "arn:aws:automate:"))
        return act_on_instance(world, alarm, action, told);
    if (str_starts(action, "arn:aws:autoscaling:"))
        return act_on_group(world, alarm, action, told);
    done = act_on_topic(world,
                        &(struct alarm_notice){
                            .alarm = alarm,
                            .arn = alarm_arn(&world->alarms, &arena, alarm),
                            .place = world->catalog->regions[alarm->region].place,
                            .before = before,
                        },
                        action, told);
    arena_release(&arena);
    return done;
}

/* For the dimension AutoScalingGroupName. */
static const char *group_of(void *context, uint64_t instance)
{
    const struct world *world = context;
    const struct scaling_member *member = scaling_member_find(&world->scaling, instance);
    const struct scaling_group *group =
        member == NULL ? NULL : table_find(&world->scaling.groups, member->group);

    return group == NULL ? NULL : group->name;
}

void world_wire_alarms(struct world *world)
{
    world->metering.group_of = group_of;
    world->metering.context = world;
    world->alarms.hooks = (struct alarm_hooks){.context = world, .act = act, .changed = changed};
    world->scaling.alarms_kept = true;
    world->scaling.policies_changed = policies_changed;
    world->scaling.alarms_context = world;
}
