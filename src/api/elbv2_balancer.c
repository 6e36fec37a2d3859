/*
 * api/elbv2_balancer.c - elbv2: load balancers.
 */
#include "api/elbv2_parts.h"

#include <string.h>

struct state_view {
    const char *code;
    const char *reason;
};

struct balancer_view {
    const char *arn;
    const char *dns_name;
    const char *hosted_zone;
    int64_t created;
    const char *name;
    const char *scheme;
    const char *vpc;
    struct state_view state;
    const char *type;
    struct zone_views zones;
    LIST(const char *) groups;
    const char *address_type;
};

struct balancers_out {
    LIST(struct balancer_view) balancers;
};

static const char *const scheme_words[] = {"internet-facing", "internal", NULL};
static const char *const type_words[] = {"application", "network", "gateway", NULL};
static const char *const state_words[] = {"active", "provisioning", "active_impaired", "failed",
                                          NULL};

static const struct field address_fields[] = {
    F_STRING(struct address_view, address, "IpAddress", "The address."),
};

static const struct shape address_shape =
    SHAPE("LoadBalancerAddress", struct address_view, address_fields);

static const struct field zone_fields[] = {
    F_STRING(struct zone_view, zone, "ZoneName", "The zone.", .ref = &kind_zone),
    F_STRING(struct zone_view, subnet, "SubnetId", "The subnet in it.", .ref = &kind_subnet),
    F_LIST(struct zone_view, addresses, struct address_view, &address_shape,
           "LoadBalancerAddresses", "Fixed addresses; an Application Load Balancer has none."),
};

const struct shape elbv2_zone_shape = SHAPE("AvailabilityZone", struct zone_view, zone_fields);

static const struct field state_fields[] = {
    F_STRING(struct state_view, code, "Code", "Its state.", .words = state_words),
    F_STRING(struct state_view, reason, "Reason", "Why, when it failed."),
};

static const struct shape state_shape = SHAPE("LoadBalancerState", struct state_view, state_fields);

static const struct field balancer_fields[] = {
    F_STRING(struct balancer_view, arn, "LoadBalancerArn", "Its ARN.", .ref = &kind_balancer),
    F_STRING(struct balancer_view, dns_name, "DNSName", "The name under which clients reach it.",
             .flags = FIELD_COLUMN),
    F_STRING(struct balancer_view, hosted_zone, "CanonicalHostedZoneId",
             "The hosted zone of that name."),
    F_TIME(struct balancer_view, created, "CreatedTime", "When it was made."),
    F_STRING(struct balancer_view, name, "LoadBalancerName", "Its name.", .flags = FIELD_COLUMN),
    F_STRING(struct balancer_view, scheme, "Scheme",
             "Reached from the internet, or from inside only.", .words = scheme_words),
    F_STRING(struct balancer_view, vpc, "VpcId", "Its VPC.", .ref = &kind_vpc),
    F_EMBED(struct balancer_view, state, struct state_view, &state_shape, "State", "Its state.",
            .flags = FIELD_COLUMN),
    F_STRING(struct balancer_view, type, "Type", "What kind of balancer it is.",
             .words = type_words, .flags = FIELD_COLUMN),
    F_LIST(struct balancer_view, zones, struct zone_view, &elbv2_zone_shape, "AvailabilityZones",
           "Where its nodes are."),
    F_STRINGS(struct balancer_view, groups, "SecurityGroups",
              "Its security groups; a network balancer may have none.", .flags = FIELD_OMIT_EMPTY,
              .ref = &kind_security_group),
    F_STRING(struct balancer_view, address_type, "IpAddressType",
             "The kind of address that it has."),
};

static const struct shape balancer_view_shape =
    SHAPE("LoadBalancer", struct balancer_view, balancer_fields);

static const struct field balancers_out_fields[] = {
    F_LIST(struct balancers_out, balancers, struct balancer_view, &balancer_view_shape,
           "LoadBalancers", "The load balancers."),
};

static const struct shape balancers_out_shape =
    SHAPE("CreateLoadBalancerOutput", struct balancers_out, balancers_out_fields);

void elbv2_view_zones(struct call *call, const struct balancer *balancer, struct zone_views *out)
{
    for (uint32_t i = 0; i < balancer->nodes.count; i++) {
        const struct balancer_node *node = &balancer->nodes.items[i];

        *LIST_PUSH_IN(&call->arena, out) = (struct zone_view){
            .zone = catalog_zone_name(call->world->catalog, node->zone),
            .subnet = id_text(&call->arena, &kind_subnet, node->subnet),
        };
    }
}

static void view_balancer(struct call *call, const struct balancer *balancer,
                          struct balancer_view *view)
{
    const struct balancers *balancers = &call->world->balancers;
    struct arena *arena = &call->arena;

    *view = (struct balancer_view){
        .arn = balancer_arn(balancers, arena, balancer),
        .dns_name = balancer_dns_name(balancers, arena, balancer),
        .hosted_zone = balancer_hosted_zone(balancers, balancer),
        .created = balancer->created,
        .name = balancer->name,
        .scheme = balancer->scheme,
        .vpc = id_text(arena, &kind_vpc, balancer->vpc),
        .state.code = balancer_state_name(balancer->state),
        .type = balancer->type,
        .address_type = "ipv4",
    };
    elbv2_view_zones(call, balancer, &view->zones);
    for (uint32_t i = 0; i < balancer->groups.count; i++)
        *LIST_PUSH_IN(arena, &view->groups) =
            id_text(arena, &kind_security_group, (uint64_t)balancer->groups.items[i]);
}

/* ---- create ---- */

struct create_in {
    const char *name;
    struct strings subnets;
    struct strings groups;
    const char *scheme;
    struct tag_views tags;
    const char *type;
};

static const struct field create_in_fields[] = {
    F_STRING(struct create_in, name, "Name", "Its name: up to 32 letters, digits and hyphens.",
             .flags = FIELD_REQUIRED),
    F_STRINGS(struct create_in, subnets, "Subnets",
              "Where its nodes are to be: at least two zones.", .ref = &kind_subnet),
    F_STRINGS(struct create_in, groups, "SecurityGroups",
              "What may reach it; the VPC's default group unless told.",
              .ref = &kind_security_group),
    F_STRING(struct create_in, scheme, "Scheme",
             "Reached from the internet (unless told otherwise), or from inside only.",
             .words = scheme_words),
    F_ELBV2_TAGS(struct create_in, tags),
    F_STRING(struct create_in, type, "Type", "What kind: application unless told; network.",
             .words = type_words),
};

static const struct shape create_in_shape =
    SHAPE("CreateLoadBalancerInput", struct create_in, create_in_fields);

static const struct fault_kind fault_type_not_modelled = {
    .code = "OperationNotPermitted",
    .text = "A {} load balancer is real at AWS, but not modelled here",
    .hint = "Leave --type away, or say application or network.",
};

static const struct fault_kind fault_no_subnets = {
    .code = "ValidationError",
    .text = "At least two subnets in two different Availability Zones must be specified",
    .hint =
        "aws ec2 describe-subnets shows the subnets; give two of different zones with --subnets.",
};

const struct fault_kind fault_no_subnet = {
    .code = "SubnetNotFound",
    .text = "The subnet ID '{}' does not exist",
    .hint = "aws ec2 describe-subnets lists the subnets of this Region.",
};

const struct fault_kind fault_no_group = {
    .code = "InvalidSecurityGroup",
    .text = "The security group ID '{}' does not exist",
    .hint = "aws ec2 describe-security-groups lists them; the id begins with sg-.",
};

static const struct fault_kind *const create_faults[] = {
    &fault_type_not_modelled, &fault_no_subnets,     &fault_no_subnet,
    &fault_no_group,          &fault_elb_validation, NULL,
};

uint64_t *elbv2_find_subnets(struct call *call, const struct strings *texts)
{
    uint64_t *ids = arena_alloc(&call->arena, (texts->count + 1) * sizeof(*ids));

    for (uint32_t i = 0; i < texts->count; i++) {
        if (!id_parse(&kind_subnet, texts->items[i], &ids[i]) ||
            subnet_find(&call->world->network, call->account, call->region, ids[i]) == NULL) {
            call_fault(call, &fault_no_subnet, texts->items[i]);
            return NULL;
        }
    }
    return ids;
}

uint64_t *elbv2_find_groups(struct call *call, const struct strings *texts)
{
    uint64_t *ids = arena_alloc(&call->arena, (texts->count + 1) * sizeof(*ids));

    for (uint32_t i = 0; i < texts->count; i++) {
        if (!id_parse(&kind_security_group, texts->items[i], &ids[i]) ||
            security_group_find(&call->world->firewall, call->account, call->region, ids[i]) ==
                NULL) {
            call_fault(call, &fault_no_group, texts->items[i]);
            return NULL;
        }
    }
    return ids;
}

static int create_load_balancer(struct call *call, const void *in, void *out)
{
    const struct create_in *wish = in;
    struct balancer_new wanted = {
        .account = call->account,
        .name = wish->name,
        .type = wish->type,
        .scheme = wish->scheme,
        .subnet_count = wish->subnets.count,
        .group_count = wish->groups.count,
        .region = call->region,
    };
    struct balancers_out *answer = out;
    struct balancer *balancer;

    if (wish->type != NULL && strcmp(wish->type, "gateway") == 0)
        return call_fault(call, &fault_type_not_modelled, wish->type);
    if (wish->subnets.count == 0)
        return call_fault(call, &fault_no_subnets);
    if (elbv2_tags_check(call, NULL, &wish->tags) != 0)
        return -1;
    wanted.subnets = elbv2_find_subnets(call, &wish->subnets);
    wanted.groups = wanted.subnets == NULL ? NULL : elbv2_find_groups(call, &wish->groups);
    balancer =
        wanted.groups == NULL ? NULL : balancer_add(&call->world->balancers, &wanted, &call->fault);
    if (balancer == NULL)
        return -1;
    for (uint32_t i = 0; i < wish->tags.count; i++)
        tags_set(&balancer->tags, wish->tags.items[i].key, wish->tags.items[i].value);
    view_balancer(call, balancer, LIST_PUSH_IN(&call->arena, &answer->balancers));
    return 0;
}

const struct op op_create_load_balancer = {
    .name = "CreateLoadBalancer",
    .doc = "Makes an Application or a Network Load Balancer; it needs a few minutes until it is "
           "active.",
    .example =
        "aws elbv2 create-load-balancer --name web --subnets $(aws ec2 describe-subnets --query "
        "'Subnets[].SubnetId' --output text)",
    .in = &create_in_shape,
    .out = &balancers_out_shape,
    .faults = create_faults,
    .flags = OP_WRITE,
    .run = create_load_balancer,
};

/* ---- describe, delete ---- */

struct describe_in {
    struct strings arns;
    struct strings names;
    const char *marker;
    struct opt_int page_size;
};

struct describe_out {
    struct balancers_out found;
    const char *next;
};

static const struct field describe_in_fields[] = {
    F_STRINGS(struct describe_in, arns, "LoadBalancerArns", "Only these.", .ref = &kind_balancer),
    F_STRINGS(struct describe_in, names, "Names", "Only those of these names."),
    F_MARKER(struct describe_in, marker),
    F_PAGE_SIZE(struct describe_in, page_size),
};

static const struct shape describe_in_shape =
    SHAPE("DescribeLoadBalancersInput", struct describe_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_LIST(struct describe_out, found.balancers, struct balancer_view, &balancer_view_shape,
           "LoadBalancers", "The load balancers."),
    F_NEXT_MARKER(struct describe_out, next),
};

static const struct shape describe_out_shape =
    SHAPE("DescribeLoadBalancersOutput", struct describe_out, describe_out_fields);

static const struct paging paging = ELBV2_PAGING("LoadBalancers");

static const struct fault_kind *const balancer_faults[] = {&fault_balancer_not_found,
                                                           &fault_elb_validation, NULL};

static int describe_named(struct call *call, const struct describe_in *wish,
                          struct balancers_out *answer)
{
    for (uint32_t i = 0; i < wish->arns.count; i++) {
        const struct balancer *balancer =
            balancer_find_arn(&call->world->balancers, call->account, call->region,
                              wish->arns.items[i], &call->fault);

        if (balancer == NULL)
            return -1;
        view_balancer(call, balancer, LIST_PUSH_IN(&call->arena, &answer->balancers));
    }
    for (uint32_t i = 0; i < wish->names.count; i++) {
        const struct balancer *balancer = balancer_find_name(&call->world->balancers, call->account,
                                                             call->region, wish->names.items[i]);

        if (balancer == NULL)
            return call_fault(call, &fault_balancer_missing, wish->names.items[i]);
        view_balancer(call, balancer, LIST_PUSH_IN(&call->arena, &answer->balancers));
    }
    return 0;
}

static void describe_all(struct call *call, struct balancers_out *answer)
{
    const struct table *balancers = &call->world->balancers.balancers;

    for (uint32_t i = 0; i < table_count(balancers); i++) {
        const struct balancer *balancer = table_at(balancers, i);

        if (balancer->account == call->account && balancer->region == call->region)
            view_balancer(call, balancer, LIST_PUSH_IN(&call->arena, &answer->balancers));
    }
}

static int describe_load_balancers(struct call *call, const void *in, void *out)
{
    const struct describe_in *wish = in;
    struct describe_out *answer = out;
    struct page page;

    if (wish->arns.count == 0 && wish->names.count == 0)
        describe_all(call, &answer->found);
    else if (describe_named(call, wish, &answer->found) != 0)
        return -1;
    if (page_find(call, wish->page_size, wish->marker, answer->found.balancers.count, &page) != 0)
        return -1;
    PAGE_CUT(&answer->found.balancers, page);
    answer->next = page.next;
    return 0;
}

const struct op op_describe_load_balancers = {
    .name = "DescribeLoadBalancers",
    .doc = "Lists load balancers: their state, DNS name and zones.",
    .example = "aws elbv2 describe-load-balancers",
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = balancer_faults,
    .paging = &paging,
    .run = describe_load_balancers,
};

struct delete_in {
    const char *arn;
};

static const struct field delete_in_fields[] = {
    F_STRING(struct delete_in, arn, "LoadBalancerArn", "The load balancer.",
             .flags = FIELD_REQUIRED, .ref = &kind_balancer),
};

static const struct shape delete_in_shape =
    SHAPE("DeleteLoadBalancerInput", struct delete_in, delete_in_fields);

/* One that does not exist is deleted already, as at AWS. */
static int delete_load_balancer(struct call *call, const void *in, void *out)
{
    const struct delete_in *wish = in;
    struct balancers *balancers = &call->world->balancers;
    struct balancer *balancer =
        balancer_find_arn(balancers, call->account, call->region, wish->arn, &call->fault);

    (void)out;
    if (balancer != NULL)
        return balancer_remove(balancers, balancer, &call->fault);
    if (call->fault.kind != &fault_balancer_not_found)
        return -1;
    fault_release(&call->fault);
    return 0;
}

const struct op op_delete_load_balancer = {
    .name = "DeleteLoadBalancer",
    .doc = "Deletes a load balancer and its listeners; target groups and targets stay.",
    .example = "aws elbv2 delete-load-balancer --load-balancer-arn $LB",
    .needs = NEEDS_BALANCER,
    .in = &delete_in_shape,
    .out = &shape_empty,
    .faults = balancer_faults,
    .flags = OP_WRITE,
    .run = delete_load_balancer,
};
