/*
 * cloud/metering.c - what AWS's services tell CloudWatch by themselves.
 *
 * Owns    struct instance_meter, a row for each instance that runs.
 * True to the user guides of EC2 ("CloudWatch metrics that are available for your instances") and
 *         of Elastic Load Balancing ("CloudWatch metrics for your Application Load Balancer", "...
 *         Network Load Balancer"): names, units, dimensions, when a metric is reported at all.
 *         CPUUtilization is the vCPU time that an instance was given; TargetResponseTime is
 *         measured at the target, so it is TargetMs of `lab describe-traffic`.  And to "AWS WAF
 *         metrics and dimensions": AllowedRequests, BlockedRequests, CountedRequests.
 *         Metrics of Auto Scaling groups are reported at AWS only when somebody asks for it, which
 *       is not modelled.  Left out, since nothing here has it: NetworkIn and NetworkOut, Disk* and
 *       EBS* (requests and disks have no traffic in bytes), ActiveConnectionCount (clients that
 *       stay connected and are silent), RejectedConnectionCount (nodes refuse nobody),
 *       ProcessedBytes, ConsumedLCUs.
 */
#include "cloud/metering.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cloud/event_kinds.h"
#include "cloud/web_acl.h"

enum {
    SPAN_S = 60,
    BASIC_SPAN_S = 300, /* of instances without detailed monitoring */
    OLD_EVERY_S = 3600,
};

/* Parts of a per cent, and of a request for each target. */
static const int64_t fine_scale = 1000000;

/* Whose metrics are told, and for which span. */
struct teller {
    struct metering *metering;
    struct metric_name name;
    struct metric_dimension dimensions[4];
    int64_t time;
    uint32_t span_s;
};

static void dimension_add(struct teller *teller, const char *name, const char *value)
{
    teller->dimensions[teller->name.dimensions.count++] = (struct metric_dimension){
        .name = name,
        .value = value,
    };
}

static struct teller teller_of(const struct teller *like)
{
    struct teller teller = *like;

    teller.name.dimensions.items = NULL;
    return teller;
}

static void tell(struct teller *teller, const char *name, uint8_t unit, int64_t scale,
                 const struct metric_sample *sample)
{
    struct metric *metric;
    struct metric_sample timed = *sample;

    teller->name.name = name;
    teller->name.dimensions.items = teller->dimensions;
    metric = metric_open(teller->metering->metrics, &teller->name, unit, scale);
    timed.time = teller->time;
    timed.span_s = teller->span_s;
    if (metric != NULL)
        metric_add(metric, &timed);
}

/* One value. */
static void tell_value(struct teller *teller, const char *name, uint8_t unit, int64_t scale,
                       int64_t value)
{
    tell(teller, name, unit, scale,
         &(struct metric_sample){.set = {.count = 1, .sum = value, .min = value, .max = value}});
}

/* So many times one; 0 is told only when `always`. */
static void tell_count(struct teller *teller, const char *name, int64_t count, bool always)
{
    if (count > 0)
        tell(teller, name, UNIT_COUNT, 1,
             &(struct metric_sample){.set = {.count = count, .sum = count, .min = 1, .max = 1}});
    else if (always)
        tell_value(teller, name, UNIT_COUNT, 1, 0);
}

static struct metric_set set_of(const struct tally *tally)
{
    return (struct metric_set){
        .count = tally->count,
        .sum = tally->sum_high * 1000000000 + tally->sum_low,
        .min = tally->min,
        .max = tally->max,
    };
}

static void tell_times(struct teller *teller, const char *name, const struct histogram *times)
{
    if (times->tally.count > 0)
        tell(teller, name, UNIT_SECONDS, SECOND_NS,
             &(struct metric_sample){.set = set_of(&times->tally), .spread = times});
}

/* ---- instances ---- */

/* Tells the same with each of the dimensions that EC2 has for it. */
typedef void tell_all(struct teller *teller, const void *what);

static void tell_instance(struct metering *metering, const struct instance *instance,
                          const struct teller *like, tell_all *all, const void *what)
{
    const char *group =
        metering->group_of == NULL ? NULL : metering->group_of(metering->context, instance->id);
    struct arena arena = ARENA_INIT;
    struct teller teller = teller_of(like);

    dimension_add(&teller, "InstanceId", id_text(&arena, &kind_instance, instance->id));
    all(&teller, what);
    if (group != NULL) {
        teller = teller_of(like);
        dimension_add(&teller, "AutoScalingGroupName", group);
        all(&teller, what);
    }
    if (instance->monitored) {
        uint64_t image = instance_reservation(metering->all, instance)->image;

        teller = teller_of(like);
        dimension_add(&teller, "ImageId", id_text(&arena, &kind_image, image));
        all(&teller, what);
        teller = teller_of(like);
        dimension_add(&teller, "InstanceType", metering->catalog->types[instance->type].name);
        all(&teller, what);
        teller = teller_of(like);
        all(&teller, what);
    }
    arena_release(&arena);
}

static void tell_checks(struct teller *teller, const void *what)
{
    const struct instance *instance = what;
    bool host = instance->system_status == CHECK_IMPAIRED;
    bool guest = instance->instance_status == CHECK_IMPAIRED;

    tell_value(teller, "StatusCheckFailed", UNIT_COUNT, 1, host || guest);
    tell_value(teller, "StatusCheckFailed_Instance", UNIT_COUNT, 1, guest);
    tell_value(teller, "StatusCheckFailed_System", UNIT_COUNT, 1, host);
}

static void tell_cpu(struct teller *teller, const void *what)
{
    const struct histogram *samples = what;

    tell(teller, "CPUUtilization", UNIT_PERCENT, fine_scale,
         &(struct metric_sample){.set = set_of(&samples->tally), .spread = samples});
}

static struct instance_meter *meter_of(struct metering *metering, uint64_t instance)
{
    struct instance_meter *meter = table_find(&metering->instances, instance);

    if (meter == NULL) {
        meter = table_add(&metering->instances, instance);
        meter->credits_charged = hypervisor_now(metering->hypervisor, instance).credits.charged.ns;
    }
    return meter;
}

/* Parts of a per cent of all its vCPUs, over the part of the minute in which it ran. */
static int64_t cpu_of(struct metering *metering, struct instance_meter *meter,
                      const struct instance *instance)
{
    int64_t now = metering->sim->now;
    int64_t busy = hypervisor_now(metering->hypervisor, instance->id).ran.ns;
    int64_t used = busy >= meter->busy ? busy - meter->busy : busy;
    int64_t ran = now - instance->state_since < SPAN_S * SECOND_NS ? now - instance->state_since
                                                                   : SPAN_S * SECOND_NS;
    int64_t vcpus = metering->catalog->types[instance->type].vcpus;
    int64_t percent;

    meter->busy = busy;
    if (ran <= 0 || vcpus == 0)
        return 0;
    /* In microseconds, so that nothing overflows. */
    percent = used / MICROSECOND_NS * 100 * fine_scale / (ran / MICROSECOND_NS * vcpus);
    return percent > 100 * fine_scale ? 100 * fine_scale : percent;
}

/* What was sampled is told at the end of its span. */
static void samples_tell(struct metering *metering, struct instance_meter *meter,
                         const struct instance *instance, struct teller *like)
{
    struct histogram samples = {0};

    for (uint32_t i = 0; i < meter->samples.count; i++)
        histogram_add(&samples, meter->samples.items[i]);
    meter->samples.count = 0;
    if (samples.tally.count > 0)
        tell_instance(metering, instance, like, tell_cpu, &samples);
    histogram_release(&samples);
}

/* CPU credits, told each five minutes whatever the monitoring; in parts of a credit. */
struct credit_report {
    int64_t used;
    int64_t balance;
    int64_t surplus;
    int64_t charged;
};

static void tell_credits(struct teller *teller, const void *what)
{
    const struct credit_report *report = what;

    tell_value(teller, "CPUCreditUsage", UNIT_COUNT, fine_scale, report->used);
    tell_value(teller, "CPUCreditBalance", UNIT_COUNT, fine_scale, report->balance);
    tell_value(teller, "CPUSurplusCreditBalance", UNIT_COUNT, fine_scale, report->surplus);
    tell_value(teller, "CPUSurplusCreditsCharged", UNIT_COUNT, fine_scale, report->charged);
}

static void credits_look(struct metering *metering, struct instance_meter *meter,
                         const struct instance *instance, const struct teller *like)
{
    const struct cpu_guest guest = hypervisor_now(metering->hypervisor, instance->id);
    const int64_t part_ns = CREDIT_NS / fine_scale;
    int64_t used = guest.credits.used.ns;
    int64_t charged = guest.credits.charged.ns;
    struct credit_report report = {
        .used = (used - meter->credits_used) / part_ns,
        .balance = credits_balance_milli(&guest.credits) * (fine_scale / 1000),
        .surplus = credits_surplus_milli(&guest.credits) * (fine_scale / 1000),
        .charged = (charged - meter->credits_charged) / part_ns,
    };
    struct teller teller = *like;

    if (guest.credits.mode == CREDIT_NONE)
        return;
    meter->credits_used = used;
    meter->credits_charged = charged;
    teller.time += (SPAN_S - BASIC_SPAN_S) * SECOND_NS;
    teller.span_s = BASIC_SPAN_S;
    tell_instance(metering, instance, &teller, tell_credits, &report);
}

static void instance_look(struct metering *metering, const struct instance *instance,
                          int64_t minute)
{
    struct instance_meter *meter = meter_of(metering, instance->id);
    struct teller like = {
        .metering = metering,
        .name = {.account = instance->account,
                 .region = ZONE_REGION(instance->zone),
                 .space = "AWS/EC2"},
        .time = minute,
        .span_s = SPAN_S,
    };
    int64_t end = minute + SPAN_S * SECOND_NS;

    if (instance->system_status == CHECK_OK || instance->system_status == CHECK_IMPAIRED)
        tell_instance(metering, instance, &like, tell_checks, instance);
    if (instance->powered)
        *LIST_PUSH(&meter->samples) = cpu_of(metering, meter, instance);
    if (end % (BASIC_SPAN_S * SECOND_NS) == 0)
        credits_look(metering, meter, instance, &like);
    if (!instance->monitored) {
        if (end % (BASIC_SPAN_S * SECOND_NS) != 0)
            return;
        like.span_s = BASIC_SPAN_S;
    }
    samples_tell(metering, meter, instance, &like);
}

static void instances_look(struct metering *metering, int64_t minute)
{
    for (uint32_t i = 0; i < table_count(&metering->all->table); i++) {
        const struct instance *instance = table_at(&metering->all->table, i);

        if (instance->state == INSTANCE_RUNNING)
            instance_look(metering, instance, minute);
        else if (table_find(&metering->instances, instance->id) != NULL)
            table_remove(&metering->instances, instance->id);
    }
}

/* ---- load balancers ---- */

const char *metering_balancer_name(const char *arn)
{
    const char *at = strstr(arn, ":loadbalancer/");

    return at == NULL ? arn : at + strlen(":loadbalancer/");
}

const char *metering_group_name(const char *arn)
{
    const char *at = strstr(arn, ":targetgroup/");

    return at == NULL ? arn : at + 1;
}

static void node_add(struct node_meter *into, const struct node_meter *from)
{
    into->connections += from->connections;
    into->forwarded += from->forwarded;
    into->fixed += from->fixed;
    into->redirects += from->redirects;
    into->elb_3xx += from->elb_3xx;
    into->elb_4xx += from->elb_4xx;
    into->elb_5xx += from->elb_5xx;
    into->elb_500 += from->elb_500;
    into->elb_502 += from->elb_502;
    into->elb_503 += from->elb_503;
    into->elb_504 += from->elb_504;
}

static void zone_add(struct zone_meter *into, const struct zone_meter *from)
{
    into->requests += from->requests;
    into->code_2xx += from->code_2xx;
    into->code_3xx += from->code_3xx;
    into->code_4xx += from->code_4xx;
    into->code_5xx += from->code_5xx;
    histogram_merge(&into->response, &from->response);
}

static void tell_node(struct teller *teller, const struct node_meter *meter)
{
    tell_count(teller, "RequestCount", meter->forwarded, true);
    tell_count(teller, "NewConnectionCount", meter->connections, false);
    tell_count(teller, "HTTP_Fixed_Response_Count", meter->fixed, false);
    tell_count(teller, "HTTP_Redirect_Count", meter->redirects, false);
    tell_count(teller, "HTTPCode_ELB_3XX_Count", meter->elb_3xx, false);
    tell_count(teller, "HTTPCode_ELB_4XX_Count", meter->elb_4xx, false);
    tell_count(teller, "HTTPCode_ELB_5XX_Count", meter->elb_5xx, false);
    tell_count(teller, "HTTPCode_ELB_500_Count", meter->elb_500, false);
    tell_count(teller, "HTTPCode_ELB_502_Count", meter->elb_502, false);
    tell_count(teller, "HTTPCode_ELB_503_Count", meter->elb_503, false);
    tell_count(teller, "HTTPCode_ELB_504_Count", meter->elb_504, false);
}

static void tell_targets(struct teller *teller, const struct zone_meter *meter)
{
    tell_count(teller, "HTTPCode_Target_2XX_Count", meter->code_2xx, false);
    tell_count(teller, "HTTPCode_Target_3XX_Count", meter->code_3xx, false);
    tell_count(teller, "HTTPCode_Target_4XX_Count", meter->code_4xx, false);
    tell_count(teller, "HTTPCode_Target_5XX_Count", meter->code_5xx, false);
    tell_times(teller, "TargetResponseTime", &meter->response);
}

/* Targets of the group in a zone, -1: in any. */
struct host_count {
    int64_t registered;
    int64_t healthy;
    int64_t unhealthy;
};

static struct host_count hosts_count(const struct target_groups *groups,
                                     const struct target_group *group, int zone)
{
    struct host_count count = {0};

    for (uint32_t i = 0; i < group->targets.count; i++) {
        const struct target *target =
            table_get(&groups->targets, (uint64_t)group->targets.items[i]);

        if (zone >= 0 && target->zone != zone)
            continue;
        count.registered += target->state != TARGET_DRAINING;
        count.healthy += target->state == TARGET_HEALTHY;
        count.unhealthy += target->state == TARGET_UNHEALTHY;
    }
    return count;
}

static void tell_hosts(struct teller *teller, const struct host_count *count)
{
    if (count->registered == 0)
        return;
    tell_value(teller, "HealthyHostCount", UNIT_COUNT, 1, count->healthy);
    tell_value(teller, "UnHealthyHostCount", UNIT_COUNT, 1, count->unhealthy);
}

/* Where the names of what is told come from. */
struct balancer_look {
    struct teller like;
    const struct balancer *balancer;
    const char *name;
    bool http;
};

static struct teller balancer_teller(const struct balancer_look *look, const char *group, int zone)
{
    struct teller teller = teller_of(&look->like);

    if (zone >= 0)
        dimension_add(&teller, "AvailabilityZone",
                      catalog_zone_name(look->like.metering->catalog, (uint8_t)zone));
    dimension_add(&teller, "LoadBalancer", look->name);
    if (group != NULL)
        dimension_add(&teller, "TargetGroup", group);
    return teller;
}

static void group_tell(const struct balancer_look *look, const struct target_group *group,
                       const char *name, int zone, const struct zone_meter *meter)
{
    struct host_count count = hosts_count(look->like.metering->groups, group, zone);
    struct teller teller = balancer_teller(look, name, zone);

    tell_hosts(&teller, &count);
    if (!look->http)
        return;
    tell_count(&teller, "RequestCount", meter->requests, count.registered > 0);
    tell_targets(&teller, meter);
}

/* The share of each target. */
static void tell_per_target(const struct balancer_look *look, const struct target_group *group,
                            const char *name, int64_t requests)
{
    struct host_count count = hosts_count(look->like.metering->groups, group, -1);
    int64_t targets = count.healthy > 0 ? count.healthy : count.registered;
    struct teller teller = balancer_teller(look, name, -1);

    if (targets == 0)
        return;
    tell_value(&teller, "RequestCountPerTarget", UNIT_COUNT, fine_scale,
               requests * fine_scale / targets);
    teller = teller_of(&look->like);
    dimension_add(&teller, "TargetGroup", name);
    tell_value(&teller, "RequestCountPerTarget", UNIT_COUNT, fine_scale,
               requests * fine_scale / targets);
}

/* By the zones of its targets; adds them to those of the balancer. */
static void group_look(const struct balancer_look *look, struct target_group *group,
                       struct zone_meters *zones, struct arena *arena)
{
    struct metering *metering = look->like.metering;
    const char *name = metering_group_name(target_group_arn(metering->groups, arena, group));
    struct zone_meter all = {0};

    for (uint32_t i = 0; i < look->balancer->nodes.count; i++)
        zone_meter_of(&group->meters, look->balancer->nodes.items[i].zone);
    for (uint32_t i = 0; i < group->meters.count; i++) {
        struct zone_meter *meter = &group->meters.items[i];

        group_tell(look, group, name, meter->zone, meter);
        zone_add(&all, meter);
        zone_add(zone_meter_of(zones, meter->zone), meter);
        zone_meter_clear(meter);
    }
    group_tell(look, group, name, -1, &all);
    if (look->http)
        tell_per_target(look, group, name, all.requests);
    histogram_release(&all.response);
}

/* The answers of all its targets. */
static void balancer_targets_tell(const struct balancer_look *look, struct zone_meters *zones)
{
    struct zone_meter all = {0};
    struct teller teller;

    for (uint32_t i = 0; i < zones->count; i++) {
        teller = balancer_teller(look, NULL, zones->items[i].zone);
        tell_targets(&teller, &zones->items[i]);
        zone_add(&all, &zones->items[i]);
    }
    teller = balancer_teller(look, NULL, -1);
    tell_targets(&teller, &all);
    histogram_release(&all.response);
}

static void tell_flows(struct teller *teller, const struct node_meter *meter)
{
    tell_count(teller, "NewFlowCount", meter->connections, true);
}

static void nodes_look(const struct balancer_look *look, struct balancer *balancer)
{
    struct node_meter all = {0};
    struct teller teller;

    for (uint32_t i = 0; i < balancer->nodes.count; i++) {
        struct balancer_node *node = &balancer->nodes.items[i];

        teller = balancer_teller(look, NULL, node->zone);
        (look->http ? tell_node : tell_flows)(&teller, &node->meter);
        node_add(&all, &node->meter);
        node_meter_clear(&node->meter);
    }
    teller = balancer_teller(look, NULL, -1);
    (look->http ? tell_node : tell_flows)(&teller, &all);
}

static void balancer_look(struct metering *metering, struct balancer *balancer, int64_t minute)
{
    struct arena arena = ARENA_INIT;
    struct zone_meters zones = {0};
    bool http = str_equal(balancer->type, "application");
    struct balancer_look look = {
        .like = {.metering = metering,
                 .name = {.account = balancer->account,
                          .region = balancer->region,
                          .space = http ? "AWS/ApplicationELB" : "AWS/NetworkELB"},
                 .time = minute,
                 .span_s = SPAN_S},
        .balancer = balancer,
        .name = metering_balancer_name(balancer_arn(metering->balancers, &arena, balancer)),
        .http = http,
    };

    nodes_look(&look, balancer);
    for (uint32_t i = 0; i < table_count(&metering->groups->groups); i++) {
        struct target_group *group = table_at(&metering->groups->groups, i);

        if (group->balancer == balancer->id)
            group_look(&look, group, &zones, &arena);
    }
    if (http)
        balancer_targets_tell(&look, &zones);
    for (uint32_t i = 0; i < zones.count; i++)
        histogram_release(&zones.items[i].response);
    LIST_RELEASE(&zones);
    arena_release(&arena);
}

static void balancers_look(struct metering *metering, int64_t minute)
{
    for (uint32_t i = 0; i < table_count(&metering->balancers->balancers); i++) {
        struct balancer *balancer = table_at(&metering->balancers->balancers, i);

        if (balancer->state == BALANCER_ACTIVE)
            balancer_look(metering, balancer, minute);
    }
}

/* ---- web ACLs ---- */

/* Whose counts are told: the web ACL's name, and the rule's. */
struct web_look {
    struct teller like;
    const char *region;
    const char *acl;
};

static void sight_look(const struct web_look *look, const char *rule, struct web_sight *sight)
{
    struct teller teller = teller_of(&look->like);

    dimension_add(&teller, "Region", look->region);
    dimension_add(&teller, "Rule", rule);
    dimension_add(&teller, "WebACL", look->acl);
    if (sight->metered) {
        tell_count(&teller, "AllowedRequests", sight->allowed, false);
        tell_count(&teller, "BlockedRequests", sight->blocked, false);
        tell_count(&teller, "CountedRequests", sight->counted, false);
    }
    sight->allowed = sight->blocked = sight->counted = 0;
}

static void web_acls_look(struct metering *metering, int64_t minute)
{
    for (uint32_t i = 0; metering->acls != NULL && i < table_count(&metering->acls->acls); i++) {
        struct web_acl *acl = table_at(&metering->acls->acls, i);
        struct web_look look = {
            .like = {.metering = metering,
                     .name = {.account = acl->account,
                              .region = acl->region,
                              .space = "AWS/WAFV2"},
                     .time = minute,
                     .span_s = SPAN_S},
            .region = metering->catalog->regions[acl->region].name,
            .acl = acl->sight.metric,
        };

        sight_look(&look, "ALL", &acl->all);
        sight_look(&look, "Default_Action", &acl->sight);
        for (uint32_t k = 0; k < acl->rules.count; k++)
            sight_look(&look, acl->rules.items[k].sight.metric, &acl->rules.items[k].sight);
    }
}

/* ---- the room ---- */

static void look_plan(struct metering *metering)
{
    int64_t span = SPAN_S * SECOND_NS;

    sim_schedule(metering->sim, span - metering->sim->now % span, EVENT_METERING_LOOK, 0, 0);
}

static void run_look(void *context, const struct event *event)
{
    struct metering *metering = context;
    int64_t minute = event->time - SPAN_S * SECOND_NS;

    hypervisor_minute(metering->hypervisor);
    instances_look(metering, minute);
    balancers_look(metering, minute);
    web_acls_look(metering, minute);
    if (event->time % (OLD_EVERY_S * SECOND_NS) == 0)
        metrics_grow_old(metering->metrics, event->time);
    look_plan(metering);
}

static const struct event_kind look_kind = {
    .name = "metering-look",
    .run = run_look,
    .quiet = true,
};

void metering_init(struct metering *metering)
{
    table_init(&metering->instances, &instance_meter_shape);
    sim_handle(metering->sim, EVENT_METERING_LOOK, &look_kind, metering);
    look_plan(metering);
}

void metering_release(struct metering *metering)
{
    table_release(&metering->instances);
}

static bool look_is_planned(const struct metering *metering)
{
    size_t count;
    struct event *events = sim_pending_events(metering->sim, &count);
    bool planned = false;

    for (size_t i = 0; i < count && !planned; i++)
        planned = events[i].kind == EVENT_METERING_LOOK;
    free(events);
    return planned;
}

bool metering_restore(struct metering *metering)
{
    for (uint32_t i = 0; i < table_count(&metering->instances); i++) {
        const struct instance_meter *meter = table_at(&metering->instances, i);

        for (uint32_t k = 0; k < meter->samples.count; k++) {
            if (meter->samples.items[k] < 0)
                return false;
        }
    }
    if (!look_is_planned(metering))
        look_plan(metering);
    return true;
}

/* ---- tables ---- */

static const struct field meter_fields[] = {
    F_INT(struct instance_meter, instance, "Instance", "The instance."),
    F_INT(struct instance_meter, busy, "Busy", "vCPU time at the last look."),
    F_INTS(struct instance_meter, samples, "Samples", "CPUUtilization, not yet told."),
    F_INT(struct instance_meter, credits_used, "CreditsUsed", "CPU time paid by credits."),
    F_INT(struct instance_meter, credits_charged, "CreditsCharged", "Surplus that was charged."),
};
const struct shape instance_meter_shape =
    SHAPE("InstanceMeter", struct instance_meter, meter_fields);
