/*
 * cloud/target_policy.c - the attributes of target groups, and what follows from them in numbers.
 *
 * True to TargetGroupAttribute of the Elastic Load Balancing API for keys and defaults, and to
 * SEMANTICS c2 for what goes together.  What contradicts the method that was chosen does nothing:
 * slow start works with round robin, mitigation with weighted random.
 */
#include "cloud/target_group.h"

#include <stdlib.h>

#include "base/str.h"

static const struct fault_kind slow_start_conflict, mitigation_conflict, sticky_zones, sticky_type,
    source_needed, threshold_order, interval_conflict;
static const struct attribute_table application_attributes, network_attributes;

static uint8_t algorithm_of(const char *word)
{
    if (str_equal(word, "least_outstanding_requests"))
        return ALGORITHM_LEAST_OUTSTANDING;
    return str_equal(word, "weighted_random") ? ALGORITHM_WEIGHTED_RANDOM : ALGORITHM_ROUND_ROBIN;
}

static bool is_true(const char *value)
{
    return str_equal(value, "true");
}

/* "" when groups of its protocol have no such key. */
static const char *text_of(const struct target_group *group, const char *key)
{
    const struct attribute_table *table = target_group_attribute_table(group);

    for (uint32_t i = 0; i < table->count; i++)
        if (str_equal(table->kinds[i].key, key))
            return attributes_get(table, &group->attributes, key);
    return "";
}

bool target_group_is_network(const struct target_group *group)
{
    return !str_equal(group->protocol, "HTTP") && !str_equal(group->protocol, "HTTPS");
}

bool target_group_takes_datagrams(const struct target_group *group)
{
    return str_equal(group->protocol, "UDP") || str_equal(group->protocol, "TCP_UDP");
}

/* What `key` would be with the wishes; "" when there is no such key. */
static const char *value_with(const struct target_group *group, const struct pair *wishes,
                              uint32_t count, const char *key)
{
    const char *value = text_of(group, key);

    for (uint32_t i = 0; i < count; i++)
        if (str_equal(wishes[i].key, key))
            value = wishes[i].value;
    return value == NULL ? "" : value;
}

static int64_t number_of(const struct target_group *group, const char *key)
{
    return strtoll(text_of(group, key), NULL, 10); /* "off" is 0 */
}

static const char ends_key[] = "target_health_state.unhealthy.connection_termination.enabled";
static const char interval_key[] = "target_health_state.unhealthy.draining_interval_seconds";

static uint8_t stickiness_of(const struct target_group *group)
{
    const char *type = text_of(group, "stickiness.type");

    if (!is_true(text_of(group, "stickiness.enabled")))
        return STICKY_NONE;
    if (str_equal(type, "source_ip"))
        return STICKY_SOURCE_IP;
    return str_equal(type, "app_cookie") ? STICKY_APP_COOKIE : STICKY_LB_COOKIE;
}

#define MINIMUM(GROUP, KIND)                                                                       \
    ((struct health_minimum){                                                                      \
        .count = (uint32_t)number_of(                                                              \
            (GROUP), "target_group_health." KIND ".minimum_healthy_targets.count"),                \
        .percentage = (uint32_t)number_of(                                                         \
            (GROUP), "target_group_health." KIND ".minimum_healthy_targets.percentage"),           \
    })

void target_policy_derive(struct target_group *group)
{
    const char *cross = text_of(group, "load_balancing.cross_zone.enabled");
    uint8_t stickiness = stickiness_of(group);

    group->policy = (struct target_policy){
        .stickiness = stickiness,
        .cross_zone = str_equal(cross, "true")    ? CROSS_ZONE_ON
                      : str_equal(cross, "false") ? CROSS_ZONE_OFF
                                                  : CROSS_ZONE_AS_BALANCER,
        .mitigates =
            group->algorithm == ALGORITHM_WEIGHTED_RANDOM &&
            str_equal(text_of(group, "load_balancing.algorithm.anomaly_mitigation"), "on"),
        .sticky_s = (uint32_t)number_of(group, stickiness == STICKY_APP_COOKIE
                                                   ? "stickiness.app_cookie.duration_seconds"
                                                   : "stickiness.lb_cookie.duration_seconds"),
        .slow_start_s = group->algorithm == ALGORITHM_ROUND_ROBIN
                            ? (uint32_t)number_of(group, "slow_start.duration_seconds")
                            : 0,
        .app_cookie = text_of(group, "stickiness.app_cookie.cookie_name"),
        .keeps_source = is_true(text_of(group, "preserve_client_ip.enabled")),
        .cuts = !target_group_is_network(group) ||
                is_true(text_of(group, "deregistration_delay.connection_termination.enabled")),
        .ends_unhealthy = target_group_is_network(group) && is_true(text_of(group, ends_key)),
        .unhealthy_s = target_group_is_network(group) && !is_true(text_of(group, ends_key))
                           ? (uint32_t)number_of(group, interval_key)
                           : 0,
        .routing = MINIMUM(group, "unhealthy_state_routing"),
        .dns = MINIMUM(group, "dns_failover"),
    };
}

void target_policy_preset(struct target_group *group)
{
    struct pair hidden = {"preserve_client_ip.enabled", "false"};
    struct pair cuts = {"deregistration_delay.connection_termination.enabled", "true"};
    struct fault fault = FAULT_INIT;

    /* The client's address is kept for instances, and for addresses only with datagrams; flows of
     * datagrams are cut when draining ends (SEMANTICS c2). */
    if (target_group_takes_datagrams(group))
        attributes_set(&network_attributes, &group->attributes, &cuts, 1, &fault);
    else if (target_group_is_network(group) && str_equal(group->type, "ip"))
        attributes_set(&network_attributes, &group->attributes, &hidden, 1, &fault);
    target_policy_derive(group);
}

/* Names of cookies that the balancer itself uses. */
static int cookie_check(const char *name, struct fault *fault)
{
    if (*name == '\0')
        return elb_refusef(fault, "You must specify an application cookie name for app_cookie "
                                  "stickiness");
    if (str_starts(name, "AWSALB") || str_starts(name, "AWSALBAPP") || str_starts(name, "AWSALBTG"))
        return elb_refusef(fault, "The cookie name '%.80s' uses a reserved prefix", name);
    return 0;
}

/* A zone leaves DNS before, or when, its requests go to unhealthy targets too: the threshold for
 * DNS is not the lower one (SEMANTICS c2).  One that is off compares with nothing. */
static int thresholds_check(const struct target_group *group, const struct pair *wishes,
                            uint32_t count, struct fault *fault)
{
    static const char *const keys[][2] = {
        {"target_group_health.dns_failover.minimum_healthy_targets.count",
         "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count"},
        {"target_group_health.dns_failover.minimum_healthy_targets.percentage",
         "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage"},
    };

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        const char *dns = value_with(group, wishes, count, keys[i][0]);
        const char *routing = value_with(group, wishes, count, keys[i][1]);
        int64_t least = strtoll(dns, NULL, 10); /* "off" is 0 */
        bool asked = false;

        for (uint32_t k = 0; k < count; k++)
            asked = asked || str_equal(wishes[k].key, keys[i][0]) ||
                    str_equal(wishes[k].key, keys[i][1]);
        if (asked && least > 0 && least < strtoll(routing, NULL, 10))
            return fault_set(fault, &threshold_order, keys[i][0], dns, keys[i][1], routing);
    }
    return 0;
}

static int together_check(const struct target_group *group, const struct pair *wishes,
                          uint32_t count, struct fault *fault)
{
    const char *algorithm = value_with(group, wishes, count, "load_balancing.algorithm.type");
    const char *slow = value_with(group, wishes, count, "slow_start.duration_seconds");
    bool sticky = is_true(value_with(group, wishes, count, "stickiness.enabled"));
    const char *type = value_with(group, wishes, count, "stickiness.type");
    const char *cross = value_with(group, wishes, count, "load_balancing.cross_zone.enabled");
    const char *mitigation =
        value_with(group, wishes, count, "load_balancing.algorithm.anomaly_mitigation");

    if (sticky && target_group_is_network(group) != str_equal(type, "source_ip"))
        return fault_set(fault, &sticky_type, type, group->protocol);
    if (target_group_takes_datagrams(group) &&
        !is_true(value_with(group, wishes, count, "preserve_client_ip.enabled")))
        return fault_set(fault, &source_needed, group->protocol);
    if (thresholds_check(group, wishes, count, fault) != 0)
        return -1;
    if (target_group_is_network(group))
        return is_true(value_with(group, wishes, count, ends_key)) &&
                       !str_equal(value_with(group, wishes, count, interval_key), "0")
                   ? fault_set(fault, &interval_conflict)
                   : 0;
    if (!str_equal(slow, "0") && !str_equal(algorithm, "round_robin"))
        return fault_set(fault, &slow_start_conflict, algorithm);
    if (str_equal(mitigation, "on") && !str_equal(algorithm, "weighted_random"))
        return fault_set(fault, &mitigation_conflict, algorithm);
    if (sticky && !str_equal(type, "source_ip") && str_equal(cross, "false"))
        return fault_set(fault, &sticky_zones);
    if (sticky && str_equal(type, "app_cookie"))
        return cookie_check(
            value_with(group, wishes, count, "stickiness.app_cookie.cookie_name"), fault);
    return 0;
}

/* Targets that are healthy when slow start is switched on do not ramp (SEMANTICS c2); when it is
 * switched off, nobody does. */
static void forget_ramps(const struct target_groups *groups, const struct target_group *group)
{
    for (uint32_t i = 0; i < group->targets.count; i++) {
        struct target *target = table_get(&groups->targets, (uint64_t)group->targets.items[i]);

        target->warm = 0;
        target->turn_ppm = 0;
    }
}

int target_group_set_attributes(struct target_groups *groups, struct target_group *group,
                                const struct pair *attributes, uint32_t count, struct fault *fault)
{
    const struct attribute_table *table = target_group_attribute_table(group);
    bool method = false;

    if (together_check(group, attributes, count, fault) != 0 ||
        attributes_set(table, &group->attributes, attributes, count, fault) != 0)
        return -1;
    for (uint32_t i = 0; i < count; i++)
        method = method || str_equal(attributes[i].key, "load_balancing.algorithm.type");
    if (method)
        group->algorithm = algorithm_of(
            attributes_get(table, &group->attributes, "load_balancing.algorithm.type"));
    group->delay_s = (uint32_t)number_of(group, "deregistration_delay.timeout_seconds");
    target_policy_derive(group);
    if (group->policy.slow_start_s == 0)
        forget_ramps(groups, group);
    return 0;
}

const struct routing_method routing_methods[] = {
    {"round-robin", "round_robin", ALGORITHM_ROUND_ROBIN},
    {"least-connections", "least_outstanding_requests", ALGORITHM_LEAST_OUTSTANDING},
    {"ip-hash", NULL, ALGORITHM_IP_HASH},
    {"least-response-time", NULL, ALGORITHM_LEAST_RESPONSE_TIME},
    {NULL, NULL, 0},
};

void target_group_set_method(struct target_groups *groups, struct target_group *group,
                             const struct routing_method *method)
{
    struct pair wish = {"load_balancing.algorithm.type", method->attribute};
    struct fault fault = FAULT_INIT;

    if (method->attribute == NULL)
        wish.value = "round_robin";
    if (!target_group_is_network(group))
        attributes_set(&application_attributes, &group->attributes, &wish, 1, &fault);
    group->algorithm = method->algorithm;
    target_policy_derive(group);
    if (group->policy.slow_start_s == 0)
        forget_ramps(groups, group);
}

const char *target_group_method(const struct target_group *group)
{
    const struct routing_method *method = routing_methods;

    if (target_group_is_network(group))
        return "flow hash";
    if (group->algorithm == ALGORITHM_WEIGHTED_RANDOM)
        return "weighted_random";
    while (method->name != NULL && method->algorithm != group->algorithm)
        method++;
    return method->attribute == NULL ? method->name : method->attribute;
}

const char *target_group_stickiness(const struct target_group *group)
{
    static const char *const words[] = {
        [STICKY_NONE] = NULL,
        [STICKY_LB_COOKIE] = "lb_cookie",
        [STICKY_APP_COOKIE] = "app_cookie",
        [STICKY_SOURCE_IP] = "source_ip",
    };

    return words[group->policy.stickiness];
}

/* ---- tables ---- */

static const char *const off_word[] = {"off", NULL};
static const char *const on_off[] = {"on", "off", NULL};
static const char *const algorithms[] = {"round_robin", "least_outstanding_requests",
                                         "weighted_random", NULL};
static const char *const sticky_types[] = {"lb_cookie", "app_cookie", "source_ip", NULL};
static const char *const cross_zone_words[] = {"true", "false", "use_load_balancer_configuration",
                                               NULL};

static const struct attribute_kind attribute_kinds[] = {
    {"target_group_health.unhealthy_state_routing.minimum_healthy_targets.count", "1",
     ATTRIBUTE_INT, false, 1, 1000, NULL, true},
    {"deregistration_delay.timeout_seconds", "300", ATTRIBUTE_INT, false, 0, 3600, NULL, true},
    {"stickiness.app_cookie.duration_seconds", "86400", ATTRIBUTE_INT, false, 1, 604800, NULL,
     true},
    {"stickiness.app_cookie.cookie_name", "", ATTRIBUTE_TEXT, false, 0, 512, NULL, true},
    {"stickiness.type", "lb_cookie", ATTRIBUTE_WORD, false, 0, 0, sticky_types, true},
    {"stickiness.lb_cookie.duration_seconds", "86400", ATTRIBUTE_INT, false, 1, 604800, NULL,
     true},
    {"slow_start.duration_seconds", "0", ATTRIBUTE_INT, true, 30, 900, NULL, true},
    {"stickiness.enabled", "false", ATTRIBUTE_BOOL, false, 0, 0, NULL, true},
    {"target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage", "off",
     ATTRIBUTE_INT, false, 1, 100, off_word, true},
    {"load_balancing.algorithm.type", "round_robin", ATTRIBUTE_WORD, false, 0, 0, algorithms, true},
    {"load_balancing.algorithm.anomaly_mitigation", "off", ATTRIBUTE_WORD, false, 0, 0, on_off,
     true},
    {"load_balancing.cross_zone.enabled", "use_load_balancer_configuration", ATTRIBUTE_WORD, false,
     0, 0, cross_zone_words, true},
    {"target_group_health.dns_failover.minimum_healthy_targets.count", "1", ATTRIBUTE_INT, false, 1,
     1000, off_word, true},
    {"target_group_health.dns_failover.minimum_healthy_targets.percentage", "off", ATTRIBUTE_INT,
     false, 1, 100, off_word, true},
};
static const struct attribute_table application_attributes = {
    .noun = "Target group",
    .kinds = attribute_kinds,
    .count = sizeof(attribute_kinds) / sizeof(attribute_kinds[0]),
};

static const char *const source_type[] = {"source_ip", NULL};

static const struct attribute_kind network_kinds[] = {
    {"proxy_protocol_v2.enabled", "false", ATTRIBUTE_BOOL, false, 0, 0, NULL, false},
    {"target_group_health.unhealthy_state_routing.minimum_healthy_targets.count", "1",
     ATTRIBUTE_INT, false, 1, 1000, NULL, true},
    {"preserve_client_ip.enabled", "true", ATTRIBUTE_BOOL, false, 0, 0, NULL, true},
    {"stickiness.enabled", "false", ATTRIBUTE_BOOL, false, 0, 0, NULL, true},
    {"target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage", "off",
     ATTRIBUTE_INT, false, 1, 100, off_word, true},
    {"deregistration_delay.timeout_seconds", "300", ATTRIBUTE_INT, false, 0, 3600, NULL, true},
    {"target_group_health.dns_failover.minimum_healthy_targets.count", "1", ATTRIBUTE_INT, false, 1,
     1000, off_word, true},
    {"stickiness.type", "source_ip", ATTRIBUTE_WORD, false, 0, 0, source_type, true},
    {"deregistration_delay.connection_termination.enabled", "false", ATTRIBUTE_BOOL, false, 0, 0,
     NULL, true},
    {"load_balancing.cross_zone.enabled", "use_load_balancer_configuration", ATTRIBUTE_WORD, false,
     0, 0, cross_zone_words, true},
    {"target_group_health.dns_failover.minimum_healthy_targets.percentage", "off", ATTRIBUTE_INT,
     false, 1, 100, off_word, true},
    {ends_key, "true", ATTRIBUTE_BOOL, false, 0, 0, NULL, true},
    {interval_key, "0", ATTRIBUTE_INT, true, 1, 360000, NULL, true},
};
static const struct attribute_table network_attributes = {
    .noun = "Target group",
    .kinds = network_kinds,
    .count = sizeof(network_kinds) / sizeof(network_kinds[0]),
};

const struct attribute_table *target_group_attribute_table(const struct target_group *group)
{
    return target_group_is_network(group) ? &network_attributes : &application_attributes;
}


static const struct fault_kind slow_start_conflict = {
    .code = "InvalidConfigurationRequest",
    .text = "Slow start cannot be enabled when the load balancing algorithm is '{}'",
    .hint = "Slow start works with round_robin.",
};
static const struct fault_kind mitigation_conflict = {
    .code = "InvalidConfigurationRequest",
    .text = "Anomaly mitigation cannot be enabled when the load balancing algorithm is '{}'",
    .hint = "Anomaly mitigation works with weighted_random.",
};
static const struct fault_kind sticky_zones = {
    .code = "InvalidConfigurationRequest",
    .text = "Stickiness cannot be enabled when cross-zone load balancing is off",
    .hint = "A client's target may be in another zone than the node that it asks.",
};
static const struct fault_kind sticky_type = {
    .code = "InvalidConfigurationRequest",
    .text = "Stickiness type '{}' is not supported for target groups with the {} protocol",
    .hint = "Cookies need HTTP (lb_cookie, app_cookie); connections stay by source_ip.",
};
static const struct fault_kind source_needed = {
    .code = "InvalidConfigurationRequest",
    .text = "Client IP preservation cannot be disabled for target groups with the {} protocol",
    .hint = "A datagram bears its client's address; only groups of TCP and TLS may hide it.",
};
static const struct fault_kind interval_conflict = {
    .code = "InvalidConfigurationRequest",
    .text = "The unhealthy draining interval cannot be set while connection termination for "
            "unhealthy targets is enabled",
    .hint = "Set target_health_state.unhealthy.connection_termination.enabled to false as well.",
};
static const struct fault_kind threshold_order = {
    .code = "InvalidConfigurationRequest",
    .text = "'{}' value '{}' cannot be lower than '{}' value '{}'",
    .hint = "A zone leaves DNS before, or when, its requests go to unhealthy targets too.",
};
