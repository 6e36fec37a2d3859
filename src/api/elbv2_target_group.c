/*
 * api/elbv2_target_group.c - elbv2: target groups, and their health checks.
 */
#include "api/elbv2_parts.h"

/* ---- what a group looks like ---- */

struct matcher_view {
    const char *http_code;
};

struct group_view {
    const char *arn;
    const char *name;
    const char *protocol;
    struct opt_int port;
    const char *vpc;
    const char *check_protocol;
    const char *check_port;
    bool check_enabled;
    int64_t check_interval_s;
    int64_t check_timeout_s;
    int64_t healthy_threshold;
    int64_t unhealthy_threshold;
    const char *check_path;
    struct matcher_view *matcher;
    LIST(const char *) balancers;
    const char *type;
    const char *protocol_version;
    const char *address_type;
};

struct groups_out {
    LIST(struct group_view) groups;
};

static const char *const protocol_words[] = {"HTTP",    "HTTPS",  "TCP",  "TLS",      "UDP",
                                             "TCP_UDP", "GENEVE", "QUIC", "TCP_QUIC", NULL};
static const char *const type_words[] = {"instance", "ip", "lambda", "alb", NULL};

static const struct field matcher_fields[] = {
    F_STRING(struct matcher_view, http_code, "HttpCode",
             "The answers that count as healthy: 200, 200,202 or 200-299."),
};

static const struct shape matcher_shape = SHAPE("Matcher", struct matcher_view, matcher_fields);

static const struct field group_fields[] = {
    F_STRING(struct group_view, arn, "TargetGroupArn", "Its ARN.", .ref = &kind_target_group),
    F_STRING(struct group_view, name, "TargetGroupName", "Its name.", .flags = FIELD_COLUMN),
    F_STRING(struct group_view, protocol, "Protocol", "How its targets are asked.",
             .words = protocol_words, .flags = FIELD_COLUMN),
    F_OPT_INT(struct group_view, port, "Port",
              "The port of its targets, unless one says otherwise.", .flags = FIELD_COLUMN),
    F_STRING(struct group_view, vpc, "VpcId", "The VPC of its targets.", .ref = &kind_vpc),
    F_STRING(struct group_view, check_protocol, "HealthCheckProtocol", "How health is checked.",
             .words = protocol_words),
    F_STRING(struct group_view, check_port, "HealthCheckPort", "Where: traffic-port, or a port."),
    F_BOOL(struct group_view, check_enabled, "HealthCheckEnabled",
           "Whether health is checked; always, for instances."),
    F_INT(struct group_view, check_interval_s, "HealthCheckIntervalSeconds",
          "Seconds between two checks."),
    F_INT(struct group_view, check_timeout_s, "HealthCheckTimeoutSeconds",
          "Seconds until a check without an answer has failed."),
    F_INT(struct group_view, healthy_threshold, "HealthyThresholdCount",
          "Checks in a row that make an unhealthy target healthy."),
    F_INT(struct group_view, unhealthy_threshold, "UnhealthyThresholdCount",
          "Checks in a row that make a target unhealthy."),
    F_STRING(struct group_view, check_path, "HealthCheckPath", "What a check asks for."),
    F_STRUCT(struct group_view, matcher, struct matcher_view, &matcher_shape, "Matcher",
             "The answers that count as healthy."),
    F_STRINGS(struct group_view, balancers, "LoadBalancerArns", "The balancers that use it.",
              .ref = &kind_balancer),
    F_STRING(struct group_view, type, "TargetType", "What its targets are.", .words = type_words,
             .flags = FIELD_COLUMN),
    F_STRING(struct group_view, protocol_version, "ProtocolVersion", "HTTP1, for now."),
    F_STRING(struct group_view, address_type, "IpAddressType",
             "The kind of address that it sends to."),
};

static const struct shape group_shape = SHAPE("TargetGroup", struct group_view, group_fields);

static const struct field groups_out_fields[] = {
    F_LIST(struct groups_out, groups, struct group_view, &group_shape, "TargetGroups",
           "The target groups."),
};

static const struct shape groups_out_shape =
    SHAPE("CreateTargetGroupOutput", struct groups_out, groups_out_fields);

static void view_group(struct call *call, const struct target_group *group, struct group_view *view)
{
    const struct balancer *balancer =
        group->balancer == 0 ? NULL
                             : table_find(&call->world->balancers.balancers, group->balancer);
    struct matcher_view *matcher = arena_alloc(&call->arena, sizeof(*matcher));

    matcher->http_code = group->matcher;
    *view = (struct group_view){
        .arn = target_group_arn(&call->world->targets, &call->arena, group),
        .name = group->name,
        .protocol = group->protocol,
        .port = OPT_INT(group->port),
        .vpc = id_text(&call->arena, &kind_vpc, group->vpc),
        .check_protocol = group->check_protocol,
        .check_port = group->check_port,
        .check_enabled = true,
        .check_interval_s = group->check_interval_s,
        .check_timeout_s = group->check_timeout_s,
        .healthy_threshold = group->healthy_threshold,
        .unhealthy_threshold = group->unhealthy_threshold,
        .check_path = group->check_path[0] == '\0' ? NULL : group->check_path,
        .matcher = group->matcher[0] == '\0' ? NULL : matcher,
        .type = group->type,
        .protocol_version = group->protocol_version[0] == '\0' ? NULL : group->protocol_version,
        .address_type = "ipv4",
    };
    if (balancer != NULL)
        *LIST_PUSH_IN(&call->arena, &view->balancers) =
            balancer_arn(&call->world->balancers, &call->arena, balancer);
}

static struct target_group *find_group(struct call *call, const char *arn)
{
    return target_group_find_arn(&call->world->targets, call->account, call->region, arn,
                                 &call->fault);
}

/* ---- create, modify ---- */

struct checks_in {
    const char *protocol;
    const char *port;
    struct opt_bool enabled;
    const char *path;
    struct opt_int interval_s;
    struct opt_int timeout_s;
    struct opt_int healthy_threshold;
    struct opt_int unhealthy_threshold;
    struct matcher_view *matcher;
};

struct create_group_in {
    const char *name;
    const char *protocol;
    const char *protocol_version;
    struct opt_int port;
    const char *vpc;
    struct checks_in checks;
    const char *type;
    struct tag_views tags;
};

struct modify_group_in {
    const char *arn;
    struct checks_in checks;
};

#define F_CHECKS(T)                                                                                \
    F_STRING(T, checks.protocol, "HealthCheckProtocol", "How health is checked.",                  \
             .words = protocol_words),                                                             \
        F_STRING(T, checks.port, "HealthCheckPort",                                                \
                 "Where: traffic-port, the port of the traffic, or another."),                     \
        F_OPT_BOOL(T, checks.enabled, "HealthCheckEnabled",                                        \
                   "Whether health is checked; it cannot be off for instances."),                  \
        F_STRING(T, checks.path, "HealthCheckPath", "What a check asks for; / unless told.",       \
                 .min = 1, .max = 1024),                                                           \
        F_OPT_INT(T, checks.interval_s, "HealthCheckIntervalSeconds",                              \
                  "Seconds between two checks; 30 unless told.", .min = 5, .max = 300),            \
        F_OPT_INT(T, checks.timeout_s, "HealthCheckTimeoutSeconds",                                \
                  "Seconds until a check has failed; 5 unless told.", .min = 2, .max = 120),       \
        F_OPT_INT(T, checks.healthy_threshold, "HealthyThresholdCount",                            \
                  "Checks in a row that make an unhealthy target healthy; 5 unless told.",         \
                  .min = 2, .max = 10),                                                            \
        F_OPT_INT(T, checks.unhealthy_threshold, "UnhealthyThresholdCount",                        \
                  "Checks in a row that make a target unhealthy; 2 unless told.", .min = 2,        \
                  .max = 10),                                                                      \
        F_STRUCT(T, checks.matcher, struct matcher_view, &matcher_shape, "Matcher",                \
                 "The answers that count as healthy: HttpCode=200 unless told.")

static const struct field create_group_in_fields[] = {
    F_STRING(struct create_group_in, name, "Name",
             "Its name: up to 32 letters, digits and hyphens.", .flags = FIELD_REQUIRED),
    F_STRING(struct create_group_in, protocol, "Protocol",
             "How its targets are asked: HTTP or HTTPS; TCP or TLS behind a network balancer.",
             .words = protocol_words),
    F_STRING(struct create_group_in, protocol_version, "ProtocolVersion",
             "HTTP1, which is what is modelled."),
    F_OPT_INT(struct create_group_in, port, "Port", "The port of its targets.", .min = 1,
              .max = 65535),
    F_STRING(struct create_group_in, vpc, "VpcId", "The VPC that its targets are in.",
             .ref = &kind_vpc),
    F_CHECKS(struct create_group_in),
    F_STRING(struct create_group_in, type, "TargetType",
             "What its targets are: instance or ip here.", .words = type_words),
    F_ELBV2_TAGS(struct create_group_in, tags),
};

static const struct field modify_group_in_fields[] = {
    F_STRING(struct modify_group_in, arn, "TargetGroupArn", "The target group.",
             .flags = FIELD_REQUIRED, .ref = &kind_target_group),
    F_CHECKS(struct modify_group_in),
};

static const struct shape create_group_in_shape =
    SHAPE("CreateTargetGroupInput", struct create_group_in, create_group_in_fields);
static const struct shape modify_group_in_shape =
    SHAPE("ModifyTargetGroupInput", struct modify_group_in, modify_group_in_fields);

static const struct fault_kind fault_vpc_missing = {
    .code = "ValidationError",
    .text = "A VPC ID must be specified",
    .hint = "aws ec2 describe-vpcs shows the VPC's id for --vpc-id.",
};

static const struct fault_kind fault_vpc_unknown = {
    .code = "ValidationError",
    .text = "The VPC ID '{}' is not found",
    .hint = "aws ec2 describe-vpcs lists the VPCs of this Region.",
};

static const struct fault_kind *const create_group_faults[] = {
    &fault_vpc_missing, &fault_vpc_unknown, &fault_elb_validation, NULL};

static struct target_group_checks checks_of(const struct checks_in *checks)
{
    return (struct target_group_checks){
        .protocol = checks->protocol,
        .port = checks->port,
        .path = checks->path,
        .matcher = checks->matcher == NULL ? NULL : checks->matcher->http_code,
        .enabled = checks->enabled,
        .interval_s = checks->interval_s,
        .timeout_s = checks->timeout_s,
        .healthy_threshold = checks->healthy_threshold,
        .unhealthy_threshold = checks->unhealthy_threshold,
    };
}

static int create_target_group(struct call *call, const void *in, void *out)
{
    const struct create_group_in *wish = in;
    struct target_group_new wanted = {
        .account = call->account,
        .name = wish->name,
        .protocol = wish->protocol,
        .protocol_version = wish->protocol_version,
        .type = wish->type,
        .port = wish->port,
        .checks = checks_of(&wish->checks),
        .region = call->region,
    };
    struct groups_out *answer = out;
    struct target_group *group;

    if (wish->vpc == NULL)
        return call_fault(call, &fault_vpc_missing);
    if (!id_parse(&kind_vpc, wish->vpc, &wanted.vpc) ||
        vpc_find(&call->world->network, call->account, call->region, wanted.vpc) == NULL)
        return call_fault(call, &fault_vpc_unknown, wish->vpc);
    if (elbv2_tags_check(call, NULL, &wish->tags) != 0)
        return -1;
    group = target_group_add(&call->world->targets, &wanted, &call->fault);
    if (group == NULL)
        return -1;
    for (uint32_t i = 0; i < wish->tags.count; i++)
        tags_set(&group->tags, wish->tags.items[i].key, wish->tags.items[i].value);
    view_group(call, group, LIST_PUSH_IN(&call->arena, &answer->groups));
    return 0;
}

const struct op op_create_target_group = {
    .name = "CreateTargetGroup",
    .doc = "Makes a target group: the instances that a balancer sends requests to, and how their "
           "health is checked.",
    .example = "aws elbv2 create-target-group --name web --protocol HTTP --port 80 --vpc-id $VPC",
    .needs = "VPC=$(aws ec2 describe-vpcs --query 'Vpcs[0].VpcId' --output text)",
    .in = &create_group_in_shape,
    .out = &groups_out_shape,
    .faults = create_group_faults,
    .flags = OP_WRITE,
    .run = create_target_group,
};

static const struct fault_kind *const group_faults[] = {&fault_target_group_not_found,
                                                        &fault_elb_validation, NULL};

static int modify_target_group(struct call *call, const void *in, void *out)
{
    const struct modify_group_in *wish = in;
    struct target_group_checks checks = checks_of(&wish->checks);
    struct target_group *group = find_group(call, wish->arn);
    struct groups_out *answer = out;

    if (group == NULL ||
        target_group_change(&call->world->targets, group, &checks, &call->fault) != 0)
        return -1;
    view_group(call, group, LIST_PUSH_IN(&call->arena, &answer->groups));
    return 0;
}

const struct op op_modify_target_group = {
    .name = "ModifyTargetGroup",
    .doc = "Changes how the health of a target group's targets is checked.",
    .example =
        "aws elbv2 modify-target-group --target-group-arn $TG --health-check-interval-seconds 10",
    .needs = NEEDS_TARGET_GROUP,
    .in = &modify_group_in_shape,
    .out = &groups_out_shape,
    .faults = group_faults,
    .flags = OP_WRITE,
    .run = modify_target_group,
};

/* ---- describe, delete ---- */

struct describe_groups_in {
    const char *balancer;
    struct strings arns;
    struct strings names;
    const char *marker;
    struct opt_int page_size;
};

struct describe_groups_out {
    struct groups_out found;
    const char *next;
};

static const struct field describe_groups_in_fields[] = {
    F_STRING(struct describe_groups_in, balancer, "LoadBalancerArn",
             "Only those that this balancer uses.", .ref = &kind_balancer),
    F_STRINGS(struct describe_groups_in, arns, "TargetGroupArns", "Only these.",
              .ref = &kind_target_group),
    F_STRINGS(struct describe_groups_in, names, "Names", "Only those of these names."),
    F_MARKER(struct describe_groups_in, marker),
    F_PAGE_SIZE(struct describe_groups_in, page_size),
};

static const struct shape describe_groups_in_shape =
    SHAPE("DescribeTargetGroupsInput", struct describe_groups_in, describe_groups_in_fields);

static const struct field describe_groups_out_fields[] = {
    F_LIST(struct describe_groups_out, found.groups, struct group_view, &group_shape,
           "TargetGroups", "The target groups."),
    F_NEXT_MARKER(struct describe_groups_out, next),
};

static const struct shape describe_groups_out_shape =
    SHAPE("DescribeTargetGroupsOutput", struct describe_groups_out, describe_groups_out_fields);

static const struct paging paging = ELBV2_PAGING("TargetGroups");

static int describe_by_arn(struct call *call, const struct strings *arns, struct groups_out *answer)
{
    for (uint32_t i = 0; i < arns->count; i++) {
        const struct target_group *group = find_group(call, arns->items[i]);

        if (group == NULL)
            return -1;
        view_group(call, group, LIST_PUSH_IN(&call->arena, &answer->groups));
    }
    return 0;
}

static int describe_by_name(struct call *call, const struct strings *names,
                            struct groups_out *answer)
{
    for (uint32_t i = 0; i < names->count; i++) {
        const struct target_group *group = target_group_find_name(
            &call->world->targets, call->account, call->region, names->items[i]);

        if (group == NULL)
            return call_fault(call, &fault_target_group_missing, names->items[i]);
        view_group(call, group, LIST_PUSH_IN(&call->arena, &answer->groups));
    }
    return 0;
}

static int describe_wished(struct call *call, const struct describe_groups_in *wish,
                           struct groups_out *answer)
{
    const struct table *groups = &call->world->targets.groups;
    uint64_t balancer = 0;

    if (wish->arns.count > 0)
        return describe_by_arn(call, &wish->arns, answer);
    if (wish->names.count > 0)
        return describe_by_name(call, &wish->names, answer);
    if (wish->balancer != NULL) {
        const struct balancer *found = balancer_find_arn(
            &call->world->balancers, call->account, call->region, wish->balancer, &call->fault);

        if (found == NULL)
            return -1;
        balancer = found->id;
    }
    for (uint32_t i = 0; i < table_count(groups); i++) {
        const struct target_group *group = table_at(groups, i);

        if (group->account == call->account && group->region == call->region &&
            (balancer == 0 || group->balancer == balancer))
            view_group(call, group, LIST_PUSH_IN(&call->arena, &answer->groups));
    }
    return 0;
}

static int describe_target_groups(struct call *call, const void *in, void *out)
{
    const struct describe_groups_in *wish = in;
    struct describe_groups_out *answer = out;
    struct page page;

    if (describe_wished(call, wish, &answer->found) != 0 ||
        page_find(call, wish->page_size, wish->marker, answer->found.groups.count, &page) != 0)
        return -1;
    PAGE_CUT(&answer->found.groups, page);
    answer->next = page.next;
    return 0;
}

const struct op op_describe_target_groups = {
    .name = "DescribeTargetGroups",
    .doc = "Lists target groups and how they check health.",
    .example = "aws elbv2 describe-target-groups",
    .in = &describe_groups_in_shape,
    .out = &describe_groups_out_shape,
    .faults = group_faults,
    .paging = &paging,
    .run = describe_target_groups,
};

struct group_in {
    const char *arn;
};

static const struct field group_in_fields[] = {
    F_STRING(struct group_in, arn, "TargetGroupArn", "The target group.", .flags = FIELD_REQUIRED,
             .ref = &kind_target_group),
};

static const struct shape group_in_shape =
    SHAPE("TargetGroupInput", struct group_in, group_in_fields);

static int delete_target_group(struct call *call, const void *in, void *out)
{
    struct target_group *group = find_group(call, ((const struct group_in *)in)->arn);

    (void)out;
    return group == NULL ? -1 : target_group_remove(&call->world->targets, group, &call->fault);
}

const struct op op_delete_target_group = {
    .name = "DeleteTargetGroup",
    .doc = "Deletes a target group that no listener uses.",
    .example = "aws elbv2 delete-target-group --target-group-arn $TG",
    .needs = NEEDS_TARGET_GROUP,
    .in = &group_in_shape,
    .out = &shape_empty,
    .faults = group_faults,
    .flags = OP_WRITE,
    .run = delete_target_group,
};
