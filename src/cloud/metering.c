/*
 * cloud/metering.c - what AWS's services tell CloudWatch by themselves.
 *
 * Owns    struct instance_meter, a row for each instance that runs.
 * True to the user guides of EC2 ("CloudWatch metrics that are available for your instances") and
 *         of Elastic Load Balancing ("CloudWatch metrics for your Application Load Balancer", "...
 *         Network Load Balancer"): names, units, dimensions, when a metric is reported at all.
 *         CPUUtilization is the vCPU time that an instance was given; TargetResponseTime is
 *         measured at the target, so it is TargetMs of `lab describe-traffic`.
 *         Network* counts what requests are: one packet or more each way, heads of a usual length
 *         (cloud/meter); what guests fetch by themselves (packages) is not counted.
 *         Left out, since nothing here has it: Disk* and EBS*,
 *         ActiveConnectionCount (clients that stay connected to an Application Load Balancer and
 *         are silent), ConsumedLCUs.
 */
#include "cloud/metering_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/event_kinds.h"

enum {
    BASIC_SPAN_S = 300, /* of instances without detailed monitoring */
    OLD_EVERY_S = 3600,
};

/* ---- telling ---- */

void teller_dimension(struct teller *teller, const char *name, const char *value)
{
    teller->dimensions[teller->name.dimensions.count++] = (struct metric_dimension){
        .name = name,
        .value = value,
    };
}

struct teller teller_of(const struct teller *like)
{
    struct teller teller = *like;

    teller.name.dimensions.items = NULL;
    return teller;
}

void teller_tell(struct teller *teller, const char *name, uint8_t unit, int64_t scale,
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

void teller_value(struct teller *teller, const char *name, uint8_t unit, int64_t scale,
                       int64_t value)
{
    teller_tell(teller, name, unit, scale,
         &(struct metric_sample){.set = {.count = 1, .sum = value, .min = value, .max = value}});
}

void teller_count(struct teller *teller, const char *name, int64_t count, bool always)
{
    if (count > 0)
        teller_tell(teller, name, UNIT_COUNT, 1,
             &(struct metric_sample){.set = {.count = count, .sum = count, .min = 1, .max = 1}});
    else if (always)
        teller_value(teller, name, UNIT_COUNT, 1, 0);
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

void teller_times(struct teller *teller, const char *name, const struct histogram *times)
{
    if (times->tally.count > 0)
        teller_tell(teller, name, UNIT_SECONDS, SECOND_NS,
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

    teller_dimension(&teller, "InstanceId", id_text(&arena, &kind_instance, instance->id));
    all(&teller, what);
    if (group != NULL) {
        teller = teller_of(like);
        teller_dimension(&teller, "AutoScalingGroupName", group);
        all(&teller, what);
    }
    if (instance->monitored) {
        uint64_t image = instance_reservation(metering->all, instance)->image;

        teller = teller_of(like);
        teller_dimension(&teller, "ImageId", id_text(&arena, &kind_image, image));
        all(&teller, what);
        teller = teller_of(like);
        teller_dimension(&teller, "InstanceType", metering->catalog->types[instance->type].name);
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

    teller_value(teller, "StatusCheckFailed", UNIT_COUNT, 1, host || guest);
    teller_value(teller, "StatusCheckFailed_Instance", UNIT_COUNT, 1, guest);
    teller_value(teller, "StatusCheckFailed_System", UNIT_COUNT, 1, host);
}

static void tell_cpu(struct teller *teller, const void *what)
{
    const struct histogram *samples = what;

    teller_tell(teller, "CPUUtilization", UNIT_PERCENT, METERING_FINE,
         &(struct metric_sample){.set = set_of(&samples->tally), .spread = samples});
}

static struct instance_seen seen_of(const struct instance_meter *meter)
{
    return meter->seen == NULL ? (struct instance_seen){0} : *meter->seen;
}

/* There is no more of it than what is not zero. */
static void seen_keep(struct instance_meter *meter, const struct instance_seen *seen)
{
    static const struct instance_seen nothing;

    if (meter->seen == NULL && memcmp(seen, &nothing, sizeof(nothing)) == 0)
        return;
    if (meter->seen == NULL)
        meter->seen = xcalloc(1, sizeof(*meter->seen));
    *meter->seen = *seen;
}

static struct instance_meter *meter_of(struct metering *metering, uint64_t instance)
{
    struct instance_meter *meter = table_find(&metering->instances, instance);

    if (meter == NULL) {
        meter = table_add(&metering->instances, instance);
        seen_keep(meter, &(struct instance_seen){
                             .credits_charged =
                                 hypervisor_now(metering->hypervisor, instance).credits.charged.ns,
                         });
    }
    return meter;
}

/* Parts of a per cent of all its vCPUs, over the part of the minute in which it ran. */
static int64_t cpu_of(struct metering *metering, struct instance_seen *seen,
                      const struct instance *instance)
{
    int64_t now = metering->sim->now;
    int64_t busy = hypervisor_now(metering->hypervisor, instance->id).work.ran.ns;
    int64_t used = busy >= seen->busy ? busy - seen->busy : busy;
    int64_t span = METERING_SPAN_S * SECOND_NS;
    int64_t ran = now - instance->state_since < span ? now - instance->state_since : span;
    int64_t vcpus = metering->catalog->types[instance->type].vcpus;
    int64_t percent;

    seen->busy = busy;
    if (ran <= 0 || vcpus == 0)
        return 0;
    /* In microseconds, so that nothing overflows. */
    percent = used / MICROSECOND_NS * 100 * METERING_FINE / (ran / MICROSECOND_NS * vcpus);
    return percent > 100 * METERING_FINE ? 100 * METERING_FINE : percent;
}

/* Bytes and packets of the minute, on top of those of its span that are not told yet. */
static void network_count(const struct metering *metering, struct instance_seen *seen,
                          const struct instance *instance)
{
    const struct server *server = server_find(metering->servers, instance->id);
    struct meter_traffic total = {0};

    if (server != NULL)
        total = server->traffic;
    if (total.packets_in < seen->total.packets_in) /* the server is another one */
        seen->total = (struct meter_traffic){0};
    seen->traffic.bytes_in += total.bytes_in - seen->total.bytes_in;
    seen->traffic.bytes_out += total.bytes_out - seen->total.bytes_out;
    seen->traffic.packets_in += total.packets_in - seen->total.packets_in;
    seen->traffic.packets_out += total.packets_out - seen->total.packets_out;
    if (metering->charges.instance != NULL && total.internet_out > seen->total.internet_out)
        metering->charges.instance(metering->charges.context, instance,
                                   total.internet_out - seen->total.internet_out);
    seen->total = total;
}

void metering_instance_ends(struct metering *metering, const struct instance *instance)
{
    struct instance_meter *meter = table_find(&metering->instances, instance->id);

    const struct server *server = server_find(metering->servers, instance->id);

    if (meter != NULL) {
        struct instance_seen seen = seen_of(meter);

        network_count(metering, &seen, instance);
        seen_keep(meter, &seen);
    } else if (server != NULL && metering->charges.instance != NULL)
        metering->charges.instance(metering->charges.context, instance,
                                   server->traffic.internet_out);
}

static void tell_network(struct teller *teller, const void *what)
{
    const struct meter_traffic *traffic = what;

    teller_value(teller, "NetworkIn", UNIT_BYTES, 1, traffic->bytes_in);
    teller_value(teller, "NetworkOut", UNIT_BYTES, 1, traffic->bytes_out);
    teller_value(teller, "NetworkPacketsIn", UNIT_COUNT, 1, traffic->packets_in);
    teller_value(teller, "NetworkPacketsOut", UNIT_COUNT, 1, traffic->packets_out);
}

/* What was sampled is told at the end of its span. */
static void samples_tell(struct metering *metering, struct instance_meter *meter,
                         struct instance_seen *seen, struct teller *like)
{
    const struct instance *instance = instance_any(metering->all, meter->instance);
    struct histogram samples = {0};

    for (uint8_t i = 0; i < meter->idle; i++)
        histogram_add(&samples, 0);
    for (uint32_t i = 0; i < seen->samples.count; i++)
        histogram_add(&samples, seen->samples.items[i]);
    meter->idle = 0;
    LIST_RELEASE(&seen->samples);
    if (samples.tally.count > 0) {
        tell_instance(metering, instance, like, tell_cpu, &samples);
        tell_instance(metering, instance, like, tell_network, &seen->traffic);
    }
    seen->traffic = (struct meter_traffic){0};
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

    teller_value(teller, "CPUCreditUsage", UNIT_COUNT, METERING_FINE, report->used);
    teller_value(teller, "CPUCreditBalance", UNIT_COUNT, METERING_FINE, report->balance);
    teller_value(teller, "CPUSurplusCreditBalance", UNIT_COUNT, METERING_FINE, report->surplus);
    teller_value(teller, "CPUSurplusCreditsCharged", UNIT_COUNT, METERING_FINE, report->charged);
}

static void credits_look(struct metering *metering, struct instance_seen *seen,
                         const struct instance *instance, const struct teller *like)
{
    const struct cpu_now guest = hypervisor_now(metering->hypervisor, instance->id);
    const int64_t part_ns = CREDIT_NS / METERING_FINE;
    int64_t used = guest.credits.used.ns;
    int64_t charged = guest.credits.charged.ns;
    struct credit_report report = {
        .used = (used - seen->credits_used) / part_ns,
        .balance = credits_balance_milli(&guest.credits) * (METERING_FINE / 1000),
        .surplus = credits_surplus_milli(&guest.credits) * (METERING_FINE / 1000),
        .charged = (charged - seen->credits_charged) / part_ns,
    };
    struct teller teller = *like;

    if (guest.credits.mode == CREDIT_NONE)
        return;
    seen->credits_used = used;
    seen->credits_charged = charged;
    teller.time += (METERING_SPAN_S - BASIC_SPAN_S) * SECOND_NS;
    teller.span_s = BASIC_SPAN_S;
    tell_instance(metering, instance, &teller, tell_credits, &report);
}

static void sample_add(struct instance_meter *meter, struct instance_seen *seen, int64_t sample)
{
    if (sample == 0 && meter->idle < UINT8_MAX)
        meter->idle++;
    else
        *LIST_PUSH(&seen->samples) = sample;
}

static void instance_look(struct metering *metering, const struct instance *instance,
                          int64_t minute)
{
    struct instance_meter *meter = meter_of(metering, instance->id);
    struct instance_seen seen = seen_of(meter);
    struct teller like = {
        .metering = metering,
        .name = {.account = instance->account,
                 .region = ZONE_REGION(instance->zone),
                 .space = "AWS/EC2"},
        .time = minute,
        .span_s = METERING_SPAN_S,
    };
    int64_t end = minute + METERING_SPAN_S * SECOND_NS;

    if (instance->system_status == CHECK_OK || instance->system_status == CHECK_IMPAIRED)
        tell_instance(metering, instance, &like, tell_checks, instance);
    network_count(metering, &seen, instance);
    if (instance->powered)
        sample_add(meter, &seen, cpu_of(metering, &seen, instance));
    if (end % (BASIC_SPAN_S * SECOND_NS) == 0)
        credits_look(metering, &seen, instance, &like);
    if (!instance->monitored)
        like.span_s = BASIC_SPAN_S;
    if (end % (like.span_s * SECOND_NS) == 0)
        samples_tell(metering, meter, &seen, &like);
    seen_keep(meter, &seen);
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

/* ---- the room ---- */

static void look_plan(struct metering *metering)
{
    int64_t span = METERING_SPAN_S * SECOND_NS;

    sim_schedule(metering->sim, span - metering->sim->now % span, EVENT_METERING_LOOK, 0, 0);
}

static void run_look(void *context, const struct event *event)
{
    struct metering *metering = context;
    int64_t minute = event->time - METERING_SPAN_S * SECOND_NS;

    hypervisor_minute(metering->hypervisor);
    instances_look(metering, minute);
    metering_balancers(metering, minute);
    metering_scaling(metering, minute);
    metering_web_acls(metering, minute);
    metering_events(metering, minute);
    metering_queues(metering, minute);
    metering_topics(metering, minute);
    if (event->time % HOUR_NS == 0 && metering->charges.hour != NULL)
        metering->charges.hour(metering->charges.context);
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

        for (uint32_t k = 0; meter->seen != NULL && k < meter->seen->samples.count; k++) {
            if (meter->seen->samples.items[k] < 0)
                return false;
        }
    }
    if (!look_is_planned(metering))
        look_plan(metering);
    return true;
}

/* ---- tables ---- */

#define RARE .flags = FIELD_RARE
#define F_TRAFFIC(T, m, NAME, ...) \
    F_EMBED(T, m, struct meter_traffic, &meter_traffic_shape, NAME, __VA_ARGS__)

static const struct field meter_fields[] = {
    F_INT(struct instance_meter, instance, "Instance", "The instance."),
    F_INT(struct instance_seen, busy, "Busy", "vCPU time at the last look.", RARE),
    F_TRAFFIC(struct instance_seen, total, "Total",
              "What had been counted of its traffic at the last look.", RARE),
    F_TRAFFIC(struct instance_seen, traffic, "Traffic", "Traffic that is not told yet.", RARE),
    F_INTS(struct instance_seen, samples, "Samples", "CPUUtilization, not yet told.", RARE),
    F_INT(struct instance_seen, credits_used, "CreditsUsed", "CPU time paid by credits.", RARE),
    F_INT(struct instance_seen, credits_charged, "CreditsCharged", "Surplus that was charged.",
          RARE),
    F_INT(struct instance_meter, idle, "Idle", "How many samples more, all 0."),
};
const struct shape instance_meter_shape =
    SHAPE_WITH_RARE("InstanceMeter", struct instance_meter, seen, meter_fields);
