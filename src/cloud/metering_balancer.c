/*
 * cloud/metering_balancer.c - what load balancers tell CloudWatch: AWS/ApplicationELB and
 * AWS/NetworkELB.
 */
#include "cloud/metering_parts.h"

#include <string.h>

#include "base/str.h"

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
    into->rejected += from->rejected;
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
    into->new_tcp += from->new_tcp;
    into->new_tls += from->new_tls;
    into->new_udp += from->new_udp;
    into->bytes_tcp += from->bytes_tcp;
    into->bytes_tls += from->bytes_tls;
    into->bytes_udp += from->bytes_udp;
    into->packets += from->packets;
    into->resets_client += from->resets_client;
    into->resets_target += from->resets_target;
    into->resets_elb += from->resets_elb;
    into->bytes += from->bytes;
    into->internet_out += from->internet_out;
}

static void charge(const struct metering *metering, const struct balancer *balancer,
                   const struct node_meter *meter, const int64_t active[FLOW_UDP + 1])
{
    if (metering->charges.balancer != NULL)
        metering->charges.balancer(metering->charges.context, balancer, meter, active);
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
    teller_count(teller, "RequestCount", meter->forwarded, true);
    teller_count(teller, "NewConnectionCount", meter->connections, false);
    teller_count(teller, "RejectedConnectionCount", meter->rejected, false);
    if (meter->bytes > 0)
        teller_value(teller, "ProcessedBytes", UNIT_BYTES, 1, meter->bytes);
    teller_count(teller, "HTTP_Fixed_Response_Count", meter->fixed, false);
    teller_count(teller, "HTTP_Redirect_Count", meter->redirects, false);
    teller_count(teller, "HTTPCode_ELB_3XX_Count", meter->elb_3xx, false);
    teller_count(teller, "HTTPCode_ELB_4XX_Count", meter->elb_4xx, false);
    teller_count(teller, "HTTPCode_ELB_5XX_Count", meter->elb_5xx, false);
    teller_count(teller, "HTTPCode_ELB_500_Count", meter->elb_500, false);
    teller_count(teller, "HTTPCode_ELB_502_Count", meter->elb_502, false);
    teller_count(teller, "HTTPCode_ELB_503_Count", meter->elb_503, false);
    teller_count(teller, "HTTPCode_ELB_504_Count", meter->elb_504, false);
}

static void tell_targets(struct teller *teller, const struct zone_meter *meter)
{
    teller_count(teller, "HTTPCode_Target_2XX_Count", meter->code_2xx, false);
    teller_count(teller, "HTTPCode_Target_3XX_Count", meter->code_3xx, false);
    teller_count(teller, "HTTPCode_Target_4XX_Count", meter->code_4xx, false);
    teller_count(teller, "HTTPCode_Target_5XX_Count", meter->code_5xx, false);
    teller_times(teller, "TargetResponseTime", &meter->response);
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
        count.unhealthy += target_is_unhealthy(target);
    }
    return count;
}

static void tell_hosts(struct teller *teller, const struct host_count *count)
{
    if (count->registered == 0)
        return;
    teller_value(teller, "HealthyHostCount", UNIT_COUNT, 1, count->healthy);
    teller_value(teller, "UnHealthyHostCount", UNIT_COUNT, 1, count->unhealthy);
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
        teller_dimension(&teller, "AvailabilityZone",
                      catalog_zone_name(look->like.metering->catalog, (uint8_t)zone));
    teller_dimension(&teller, "LoadBalancer", look->name);
    if (group != NULL)
        teller_dimension(&teller, "TargetGroup", group);
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
    teller_count(&teller, "RequestCount", meter->requests, count.registered > 0);
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
    teller_value(&teller, "RequestCountPerTarget", UNIT_COUNT, METERING_FINE,
               requests * METERING_FINE / targets);
    teller = teller_of(&look->like);
    teller_dimension(&teller, "TargetGroup", name);
    teller_value(&teller, "RequestCountPerTarget", UNIT_COUNT, METERING_FINE,
               requests * METERING_FINE / targets);
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

/* The sum, then each protocol that has any. */
struct by_protocol {
    const char *names[FLOW_UDP + 1];
    int64_t values[FLOW_UDP + 1]; /* of them, 0 is the sum */
    uint8_t unit;
};

static void tell_protocols(struct teller *teller, const struct by_protocol *by)
{
    int64_t sum = 0;

    for (int i = FLOW_TCP; i <= FLOW_UDP; i++)
        sum += by->values[i];
    teller_value(teller, by->names[0], by->unit, 1, sum);
    for (int i = FLOW_TCP; i <= FLOW_UDP; i++)
        if (by->values[i] > 0)
            teller_value(teller, by->names[i], by->unit, 1, by->values[i]);
}

/* Flows, of which `active` are known at the end of the minute. */
static void tell_flows(struct teller *teller, const struct node_meter *meter,
                       const int64_t active[FLOW_UDP + 1])
{
    tell_protocols(teller,
                   &(struct by_protocol){
                       .names = {"ActiveFlowCount", "ActiveFlowCount_TCP", "ActiveFlowCount_TLS",
                                 "ActiveFlowCount_UDP"},
                       .values = {0, active[FLOW_TCP], active[FLOW_TLS], active[FLOW_UDP]},
                       .unit = UNIT_COUNT,
                   });
    tell_protocols(teller, &(struct by_protocol){
                               .names = {"NewFlowCount", "NewFlowCount_TCP", "NewFlowCount_TLS",
                                         "NewFlowCount_UDP"},
                               .values = {0, meter->new_tcp, meter->new_tls, meter->new_udp},
                               .unit = UNIT_COUNT,
                           });
    tell_protocols(teller,
                   &(struct by_protocol){
                       .names = {"ProcessedBytes", "ProcessedBytes_TCP", "ProcessedBytes_TLS",
                                 "ProcessedBytes_UDP"},
                       .values = {0, meter->bytes_tcp, meter->bytes_tls, meter->bytes_udp},
                       .unit = UNIT_BYTES,
                   });
    teller_value(teller, "ProcessedPackets", UNIT_COUNT, 1, meter->packets);
    teller_value(teller, "TCP_Client_Reset_Count", UNIT_COUNT, 1, meter->resets_client);
    teller_value(teller, "TCP_Target_Reset_Count", UNIT_COUNT, 1, meter->resets_target);
    teller_value(teller, "TCP_ELB_Reset_Count", UNIT_COUNT, 1, meter->resets_elb);
}

static void flows_look(const struct balancer_look *look, struct balancer *balancer)
{
    struct metering *metering = look->like.metering;
    int64_t sum[FLOW_UDP + 1] = {0};
    struct node_meter all = {0};
    struct teller teller;

    for (uint32_t i = 0; i < balancer->nodes.count; i++) {
        struct balancer_node *node = &balancer->nodes.items[i];
        int64_t active[FLOW_UDP + 1];

        flows_count(&metering->groups->flows, balancer->id, node->zone, metering->sim->now,
                    active);
        for (int k = FLOW_TCP; k <= FLOW_UDP; k++)
            sum[k] += active[k];
        teller = balancer_teller(look, NULL, node->zone);
        tell_flows(&teller, &node->meter, active);
        node_add(&all, &node->meter);
        node_meter_clear(&node->meter);
    }
    teller = balancer_teller(look, NULL, -1);
    tell_flows(&teller, &all, sum);
    charge(metering, balancer, &all, sum);
}

static void nodes_look(const struct balancer_look *look, struct balancer *balancer)
{
    struct node_meter all = {0};
    struct teller teller;

    for (uint32_t i = 0; i < balancer->nodes.count; i++) {
        struct balancer_node *node = &balancer->nodes.items[i];

        teller = balancer_teller(look, NULL, node->zone);
        tell_node(&teller, &node->meter);
        node_add(&all, &node->meter);
        node_meter_clear(&node->meter);
    }
    teller = balancer_teller(look, NULL, -1);
    tell_node(&teller, &all);
    charge(look->like.metering, balancer, &all, (const int64_t[FLOW_UDP + 1]){0});
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
                 .span_s = METERING_SPAN_S},
        .balancer = balancer,
        .name = metering_balancer_name(balancer_arn(metering->balancers, &arena, balancer)),
        .http = http,
    };

    if (http)
        nodes_look(&look, balancer);
    else
        flows_look(&look, balancer);
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

void metering_balancers(struct metering *metering, int64_t minute)
{
    flows_sweep(&metering->groups->flows, metering->sim->now);
    for (uint32_t i = 0; i < table_count(&metering->balancers->balancers); i++) {
        struct balancer *balancer = table_at(&metering->balancers->balancers, i);

        if (balancer->state == BALANCER_ACTIVE)
            balancer_look(metering, balancer, minute);
    }
}
