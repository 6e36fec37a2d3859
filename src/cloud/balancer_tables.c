/*
 * cloud/balancer_tables.c - what a load balancer, a listener and a rule are made of, and the
 * attributes that a balancer and a listener have.
 *
 * True to LoadBalancerAttribute and ListenerAttribute of the Elastic Load Balancing API for keys
 * and defaults.
 */
#include "cloud/balancer.h"

#include "base/str.h"

static const char *const xff_modes[] = {"append", "preserve", "remove", NULL};
static const char *const desync_modes[] = {"defensive", "strictest", "monitor", NULL};
static const char *const true_word[] = {"true", NULL};

static const struct attribute_kind attribute_kinds[] = {
    {"access_logs.s3.enabled", "false", ATTRIBUTE_BOOL, false, 0, 0, NULL, false},
    {"access_logs.s3.bucket", "", ATTRIBUTE_TEXT, false, 0, 255, NULL, false},
    {"access_logs.s3.prefix", "", ATTRIBUTE_TEXT, false, 0, 255, NULL, false},
    {"idle_timeout.timeout_seconds", "60", ATTRIBUTE_INT, false, 1, 4000, NULL, true},
    {"deletion_protection.enabled", "false", ATTRIBUTE_BOOL, false, 0, 0, NULL, true},
    {"routing.http2.enabled", "true", ATTRIBUTE_BOOL, false, 0, 0, NULL, false},
    {"routing.http.drop_invalid_header_fields.enabled", "false", ATTRIBUTE_BOOL, false, 0, 0, NULL,
     false},
    {"routing.http.xff_client_port.enabled", "false", ATTRIBUTE_BOOL, false, 0, 0, NULL, false},
    {"routing.http.preserve_host_header.enabled", "false", ATTRIBUTE_BOOL, false, 0, 0, NULL,
     false},
    {"routing.http.xff_header_processing.mode", "append", ATTRIBUTE_WORD, false, 0, 0, xff_modes,
     false},
    {"load_balancing.cross_zone.enabled", "true", ATTRIBUTE_WORD, false, 0, 0, true_word, true},
    {"routing.http.desync_mitigation_mode", "defensive", ATTRIBUTE_WORD, false, 0, 0, desync_modes,
     false},
    {"client_keep_alive.seconds", "3600", ATTRIBUTE_INT, false, 60, 604800, NULL, false},
    {"waf.fail_open.enabled", "false", ATTRIBUTE_BOOL, false, 0, 0, NULL, false},
    {"routing.http.x_amzn_tls_version_and_cipher_suite.enabled", "false", ATTRIBUTE_BOOL, false, 0,
     0, NULL, false},
    {"zonal_shift.config.enabled", "false", ATTRIBUTE_BOOL, false, 0, 0, NULL, false},
    {"connection_logs.s3.enabled", "false", ATTRIBUTE_BOOL, false, 0, 0, NULL, false},
    {"connection_logs.s3.bucket", "", ATTRIBUTE_TEXT, false, 0, 255, NULL, false},
    {"connection_logs.s3.prefix", "", ATTRIBUTE_TEXT, false, 0, 255, NULL, false},
};
static const struct attribute_table application_attributes = {
    .noun = "Load balancer",
    .kinds = attribute_kinds,
    .count = sizeof(attribute_kinds) / sizeof(attribute_kinds[0]),
};

static const char *const client_routing[] = {"any_availability_zone",
                                             "partial_availability_zone_affinity",
                                             "availability_zone_affinity", NULL};

static const struct attribute_kind network_kinds[] = {
    {"access_logs.s3.enabled", "false", ATTRIBUTE_BOOL, false, 0, 0, NULL, false},
    {"access_logs.s3.bucket", "", ATTRIBUTE_TEXT, false, 0, 255, NULL, false},
    {"access_logs.s3.prefix", "", ATTRIBUTE_TEXT, false, 0, 255, NULL, false},
    {"deletion_protection.enabled", "false", ATTRIBUTE_BOOL, false, 0, 0, NULL, true},
    {"load_balancing.cross_zone.enabled", "false", ATTRIBUTE_BOOL, false, 0, 0, NULL, true},
    {"dns_record.client_routing_policy", "any_availability_zone", ATTRIBUTE_WORD, false, 0, 0,
     client_routing, false},
    {"zonal_shift.config.enabled", "false", ATTRIBUTE_BOOL, false, 0, 0, NULL, false},
};
static const struct attribute_table network_attributes = {
    .noun = "Load balancer",
    .kinds = network_kinds,
    .count = sizeof(network_kinds) / sizeof(network_kinds[0]),
};

const struct attribute_table *balancer_attribute_table(const struct balancer *balancer)
{
    return balancer_is_network(balancer) ? &network_attributes : &application_attributes;
}

#define HEADER_KIND(NAME)                                                                          \
    {                                                                                              \
        "routing.http.response." NAME ".header_value", "", ATTRIBUTE_TEXT, false, 0, 1024, NULL,   \
            false                                                                                  \
    }
#define RENAMED_KIND(NAME, PRESET)                                                                 \
    {                                                                                              \
        "routing.http.request." NAME ".header_name", PRESET, ATTRIBUTE_TEXT, false, 0, 40, NULL,   \
            false                                                                                  \
    }

static const struct attribute_kind http_kinds[] = {
    {"routing.http.response.server.enabled", "true", ATTRIBUTE_BOOL, false, 0, 0, NULL, false},
    HEADER_KIND("strict_transport_security"),
    HEADER_KIND("access_control_allow_origin"),
    HEADER_KIND("access_control_allow_methods"),
    HEADER_KIND("access_control_allow_headers"),
    HEADER_KIND("access_control_allow_credentials"),
    HEADER_KIND("access_control_expose_headers"),
    HEADER_KIND("access_control_max_age"),
    HEADER_KIND("content_security_policy"),
    HEADER_KIND("x_content_type_options"),
    HEADER_KIND("x_frame_options"),
    /* Of HTTPS only; those of HTTP end here. */
    RENAMED_KIND("x_amzn_mtls_clientcert_serial_number", "X-Amzn-Mtls-Clientcert-Serial-Number"),
    RENAMED_KIND("x_amzn_mtls_clientcert_issuer", "X-Amzn-Mtls-Clientcert-Issuer"),
    RENAMED_KIND("x_amzn_mtls_clientcert_subject", "X-Amzn-Mtls-Clientcert-Subject"),
    RENAMED_KIND("x_amzn_mtls_clientcert_validity", "X-Amzn-Mtls-Clientcert-Validity"),
    RENAMED_KIND("x_amzn_mtls_clientcert_leaf", "X-Amzn-Mtls-Clientcert-Leaf"),
    RENAMED_KIND("x_amzn_mtls_clientcert", "X-Amzn-Mtls-Clientcert"),
    RENAMED_KIND("x_amzn_tls_version", "X-Amzn-Tls-Version"),
    RENAMED_KIND("x_amzn_tls_cipher_suite", "X-Amzn-Tls-Cipher-Suite"),
};
enum { HTTP_KINDS = 11 };
static const struct attribute_kind tcp_kinds[] = {
    {"tcp.idle_timeout.seconds", "350", ATTRIBUTE_INT, false, 60, 6000, NULL, true},
};
static const struct attribute_table http_attributes = {
    .noun = "Listener",
    .kinds = http_kinds,
    .count = HTTP_KINDS,
};
static const struct attribute_table https_attributes = {
    .noun = "Listener",
    .kinds = http_kinds,
    .count = sizeof(http_kinds) / sizeof(http_kinds[0]),
};
static const struct attribute_table tcp_attributes = {
    .noun = "Listener",
    .kinds = tcp_kinds,
    .count = 1,
};
static const struct attribute_table no_attributes = {.noun = "Listener"};

const struct attribute_table *listener_attribute_table(const struct listener *listener)
{
    if (str_starts(listener->protocol, "TCP"))
        return &tcp_attributes;
    if (str_equal(listener->protocol, "HTTP"))
        return &http_attributes;
    return str_equal(listener->protocol, "HTTPS") ? &https_attributes : &no_attributes;
}

static const struct field node_fields[] = {
    F_INT(struct balancer_node, interface, "Interface", "Its network interface."),
    F_INT(struct balancer_node, subnet, "Subnet", "Its subnet."),
    F_INT(struct balancer_node, requests, "Requests", "Requests that arrived at it."),
    F_INT(struct balancer_node, address, "Address", "Its private address."),
    F_INT(struct balancer_node, public_address, "PublicAddress", "Its public address."),
    F_INT(struct balancer_node, zone, "Zone", "Its Availability Zone."),
    F_EMBED(struct balancer_node, meter, struct node_meter, &node_meter_shape, "Meter",
            "What it counted since CloudWatch looked."),
    F_EMBED(struct balancer_node, capacity, struct node_capacity, &node_capacity_shape, "Capacity",
            "How much it takes."),
};
static const struct shape node_shape = SHAPE("Node", struct balancer_node, node_fields);

static const struct field balancer_fields[] = {
    F_INT(struct balancer, id, "Id", "The load balancer."),
    F_INT(struct balancer, account, "Account", "Whose it is."),
    F_INT(struct balancer, vpc, "Vpc", "Its VPC."),
    F_TIME(struct balancer, created, "Created", "When it was made."),
    F_INT(struct balancer, number, "Number", "The number in its DNS name."),
    F_INT(struct balancer, in_flight, "InFlight", "Requests that are under way through it."),
    F_INT(struct balancer, lookups, "Lookups", "How often its name was asked for."),
    F_EMBED(struct balancer, luck, struct chance, &chance_shape, "Luck", "Its stream of chance."),
    F_STRING(struct balancer, name, "Name", "Its name."),
    F_STRING(struct balancer, type, "Type", "Its type."),
    F_STRING(struct balancer, scheme, "Scheme", "Whether it faces the internet."),
    F_LIST(struct balancer, nodes, struct balancer_node, &node_shape, "Nodes", "Its nodes."),
    F_INTS(struct balancer, groups, "Groups", "Its security groups."),
    F_EMBED(struct balancer, attributes, struct attributes, &attributes_shape, "Attributes",
            "What was set."),
    F_EMBED(struct balancer, tags, struct tags, &tags_shape, "Tags", "Its tags."),
    F_INT(struct balancer, idle_timeout_s, "IdleTimeout", "Seconds that it waits for an answer."),
    F_INT(struct balancer, region, "Region", "Its Region."),
    F_INT(struct balancer, state, "State", "Its state."),
    F_BOOL(struct balancer, protected, "Protected", "It cannot be deleted."),
    F_BOOL(struct balancer, crosses, "Crosses", "Its nodes send to all zones."),
    F_INT(struct balancer, web_acl, "WebAcl", "The web ACL that filters its requests."),
};
const struct shape balancer_shape = SHAPE("LoadBalancer", struct balancer, balancer_fields);

static const struct field action_group_fields[] = {
    F_INT(struct action_group, group, "Group", "The target group."),
    F_INT(struct action_group, weight, "Weight", "Its share of the requests."),
};
static const struct shape action_group_shape =
    SHAPE("TargetGroupTuple", struct action_group, action_group_fields);

static const struct field action_fields[] = {
    F_INT(struct listener_action, type, "Type", "What it does."),
    F_INT(struct listener_action, status, "Status", "The status that it answers."),
    F_LIST(struct listener_action, groups, struct action_group, &action_group_shape, "Groups",
           "Where it forwards."),
    F_STRING(struct listener_action, content_type, "ContentType", "Of a fixed response."),
    F_STRING(struct listener_action, body, "Body", "Of a fixed response."),
    F_STRING(struct listener_action, protocol, "Protocol", "Of a redirect."),
    F_STRING(struct listener_action, port, "Port", "Of a redirect."),
    F_STRING(struct listener_action, host, "Host", "Of a redirect."),
    F_STRING(struct listener_action, path, "Path", "Of a redirect."),
    F_STRING(struct listener_action, query, "Query", "Of a redirect."),
    F_OPT_BOOL(struct listener_action, stickiness, "Stickiness", "A client keeps its group."),
    F_OPT_INT(struct listener_action, stickiness_s, "StickinessSeconds", "For how long."),
};
const struct shape listener_action_shape = SHAPE("Action", struct listener_action, action_fields);

static const struct field counts_fields[] = {
    F_INT(struct listener_counts, arrived, "Arrived", "Requests that arrived."),
    F_INT(struct listener_counts, in_flight, "InFlight", "Requests under way."),
    F_INT(struct listener_counts, aborted, "Aborted", "Clients that went away."),
    F_INT(struct listener_counts, target_2xx, "Target2XX", "Answers of targets."),
    F_INT(struct listener_counts, target_3xx, "Target3XX", "Answers of targets."),
    F_INT(struct listener_counts, target_4xx, "Target4XX", "Answers of targets."),
    F_INT(struct listener_counts, target_5xx, "Target5XX", "Answers of targets."),
    F_INT(struct listener_counts, elb_2xx, "ELB2XX", "Answers of the load balancer."),
    F_INT(struct listener_counts, elb_3xx, "ELB3XX", "Answers of the load balancer."),
    F_INT(struct listener_counts, elb_4xx, "ELB4XX", "Answers of the load balancer."),
    F_INT(struct listener_counts, elb_500, "ELB500", "Other errors of the load balancer."),
    F_INT(struct listener_counts, elb_502, "ELB502", "Answers of the load balancer."),
    F_INT(struct listener_counts, elb_503, "ELB503", "Answers of the load balancer."),
    F_INT(struct listener_counts, elb_504, "ELB504", "Answers of the load balancer."),
};
static const struct shape counts_shape = SHAPE("Counts", struct listener_counts, counts_fields);

static const struct field listener_fields[] = {
    F_INT(struct listener, id, "Id", "The listener."),
    F_INT(struct listener, balancer, "Balancer", "Its load balancer."),
    F_TIME(struct listener, created, "Created", "When it was made."),
    F_STRING(struct listener, protocol, "Protocol", "Its protocol."),
    F_STRING(struct listener, certificate, "Certificate", "Its certificate."),
    F_STRING(struct listener, policy, "Policy", "Which TLS it speaks."),
    F_INT(struct listener, port, "Port", "Its port."),
    F_EMBED(struct listener, action, struct listener_action, &listener_action_shape, "Action",
            "What it does by default."),
    F_EMBED(struct listener, counts, struct listener_counts, &counts_shape, "Counts",
            "What became of its requests."),
    F_EMBED(struct listener, tags, struct tags, &tags_shape, "Tags", "Its tags."),
    F_EMBED(struct listener, attributes, struct attributes, &attributes_shape, "Attributes",
            "What was set."),
    F_INT(struct listener, idle_timeout_s, "IdleTimeout", "Seconds of silence, when it was set."),
};
const struct shape listener_shape = SHAPE("Listener", struct listener, listener_fields);

static const struct field condition_fields[] = {
    F_INT(struct rule_condition, field, "Field", "What it looks at."),
    F_STRING(struct rule_condition, header, "Header", "The header's name."),
    F_MAP(struct rule_condition, values, "Values", "Of which one must hold."),
};
static const struct shape condition_shape =
    SHAPE("RuleCondition", struct rule_condition, condition_fields);

static const struct field rule_fields[] = {
    F_INT(struct rule, id, "Id", "The rule."),
    F_INT(struct rule, listener, "Listener", "Its listener."),
    F_TIME(struct rule, created, "Created", "When it was made."),
    F_INT(struct rule, taken, "Taken", "Requests that it took."),
    F_INT(struct rule, priority, "Priority", "When it is asked: the lowest number first."),
    F_LIST(struct rule, conditions, struct rule_condition, &condition_shape, "Conditions",
           "What must hold."),
    F_EMBED(struct rule, action, struct listener_action, &listener_action_shape, "Action",
            "What it does."),
    F_EMBED(struct rule, tags, struct tags, &tags_shape, "Tags", "Its tags."),
};
const struct shape listener_rule_shape = SHAPE("Rule", struct rule, rule_fields);
