/*
 * api/elbv2_attribute.c - elbv2: the attributes of load balancers, listeners and target groups.
 *
 * All three are found by an ARN, and their attributes are shown and changed alike.
 */
#include "api/elbv2_parts.h"
#include "cloud/listener.h"

#include "base/str.h"

static const struct fault_kind fault_attribute_not_modelled = {
    .code = "InvalidConfigurationRequest",
    .text = "The attribute '{}' is real at AWS, but nothing follows from it here",
    .hint = "The describe-…-attributes operation shows what there is; what acts is in the manual.",
};

struct attribute_view {
    const char *key;
    const char *value;
};

struct attributes_in {
    const char *arn;
    LIST(struct attribute_view) attributes;
};

struct attributes_out {
    LIST(struct attribute_view) attributes;
};

static const struct field attribute_fields[] = {
    F_STRING(struct attribute_view, key, "Key", "Its name, as idle_timeout.timeout_seconds.",
             .max = 256),
    F_STRING(struct attribute_view, value, "Value", "Its value."),
};

#define F_WHOSE(NAME, KIND, DOC)                                                                   \
    F_STRING(struct attributes_in, arn, NAME, DOC, .flags = FIELD_REQUIRED, .ref = &(KIND))
#define F_WISHES(OF, ...)                                                                          \
    F_LIST(struct attributes_in, attributes, struct attribute_view, OF, "Attributes",              \
           "What to set: Key=KEY,Value=VALUE.", __VA_ARGS__)
#define F_ALL(OF)                                                                                  \
    F_LIST(struct attributes_out, attributes, struct attribute_view, OF, "Attributes",             \
           "All attributes, as they are now.")

static int show(struct call *call, const struct attribute_table *table,
                const struct attributes *attributes, struct attributes_out *answer)
{
    struct attribute_list list = {0};

    attributes_all(table, attributes, &call->arena, &list);
    for (uint32_t i = 0; i < list.items.count; i++) {
        *LIST_PUSH_IN(&call->arena, &answer->attributes) = (struct attribute_view){
            .key = list.items.items[i].key,
            .value = list.items.items[i].value,
        };
    }
    return 0;
}

/* What would be stored and then ignored. */
static bool is_idle_wish(const struct attribute_table *table, const struct attribute_view *wish)
{
    for (uint32_t i = 0; i < table->count; i++) {
        const struct attribute_kind *kind = &table->kinds[i];

        if (str_equal(kind->key, wish->key))
            return !kind->acts && !str_equal(kind->preset, wish->value);
    }
    return false;
}

/* The wishes as pairs, as many; NULL after a fault: nothing would follow from one here, unless it
 * says what is so anyway. */
static const struct pair *read_wishes(struct call *call, const struct attribute_table *table,
                                      const struct attributes_in *in)
{
    struct pair *pairs = arena_alloc(&call->arena, (in->attributes.count + 1) * sizeof(*pairs));

    for (uint32_t i = 0; i < in->attributes.count; i++) {
        const struct attribute_view *wish = &in->attributes.items[i];

        if (is_idle_wish(table, wish)) {
            call_fault(call, &fault_attribute_not_modelled, wish->key);
            return NULL;
        }
        pairs[i] = (struct pair){.key = wish->key, .value = wish->value};
    }
    return pairs;
}

/* ---- of load balancers ---- */

static const struct shape balancer_attribute_shape =
    SHAPE("LoadBalancerAttribute", struct attribute_view, attribute_fields);
static const struct field describe_balancer_fields[] = {
    F_WHOSE("LoadBalancerArn", kind_balancer, "The load balancer."),
};
static const struct field modify_balancer_fields[] = {
    F_WHOSE("LoadBalancerArn", kind_balancer, "The load balancer."),
    F_WISHES(&balancer_attribute_shape, .flags = FIELD_REQUIRED, .max = 20),
};
static const struct field balancer_out_fields[] = {F_ALL(&balancer_attribute_shape)};
static const struct shape describe_balancer_in =
    SHAPE("DescribeLoadBalancerAttributesInput", struct attributes_in, describe_balancer_fields);
static const struct shape modify_balancer_in =
    SHAPE("ModifyLoadBalancerAttributesInput", struct attributes_in, modify_balancer_fields);
static const struct shape balancer_out =
    SHAPE("LoadBalancerAttributesOutput", struct attributes_out, balancer_out_fields);

static const struct fault_kind *const balancer_faults[] = {
    &fault_balancer_not_found,
    &fault_attribute_not_modelled,
    &fault_elb_validation,
    NULL,
};

static struct balancer *find_balancer(struct call *call, const struct attributes_in *in)
{
    return balancer_find_arn(&call->world->balancers, call->account, call->region, in->arn,
                             &call->fault);
}

static int describe_balancer(struct call *call, const void *in, void *out)
{
    const struct balancer *balancer = find_balancer(call, in);

    return balancer == NULL
               ? -1
               : show(call, balancer_attribute_table(balancer), &balancer->attributes, out);
}

static int modify_balancer(struct call *call, const void *in, void *out)
{
    const struct attributes_in *wish = in;
    struct balancer *balancer = find_balancer(call, wish);
    const struct pair *pairs =
        balancer == NULL ? NULL : read_wishes(call, balancer_attribute_table(balancer), wish);

    if (pairs == NULL || balancer_set_attributes(&call->world->balancers, balancer, pairs,
                                                 wish->attributes.count, &call->fault) != 0)
        return -1;
    return describe_balancer(call, in, out);
}

const struct op op_describe_balancer_attributes = {
    .name = "DescribeLoadBalancerAttributes",
    .doc = "Shows how a load balancer waits, is protected, and crosses zones.",
    .example = "aws elbv2 describe-load-balancer-attributes --load-balancer-arn $LB",
    .needs = NEEDS_BALANCER,
    .in = &describe_balancer_in,
    .out = &balancer_out,
    .faults = balancer_faults,
    .run = describe_balancer,
};

const struct op op_modify_balancer_attributes = {
    .name = "ModifyLoadBalancerAttributes",
    .doc = "Changes how a load balancer waits, is protected, and crosses zones.",
    .example = "aws elbv2 modify-load-balancer-attributes --load-balancer-arn $LB --attributes "
               "Key=idle_timeout.timeout_seconds,Value=30",
    .needs = NEEDS_BALANCER,
    .in = &modify_balancer_in,
    .out = &balancer_out,
    .faults = balancer_faults,
    .flags = OP_WRITE,
    .run = modify_balancer,
};

/* ---- of listeners ---- */

static const struct shape listener_attribute_shape =
    SHAPE("ListenerAttribute", struct attribute_view, attribute_fields);
static const struct field describe_listener_fields[] = {
    F_WHOSE("ListenerArn", kind_listener, "The listener."),
};
static const struct field modify_listener_fields[] = {
    F_WHOSE("ListenerArn", kind_listener, "The listener."),
    F_WISHES(&listener_attribute_shape, .flags = FIELD_REQUIRED),
};
static const struct field listener_out_fields[] = {F_ALL(&listener_attribute_shape)};
static const struct shape describe_listener_in =
    SHAPE("DescribeListenerAttributesInput", struct attributes_in, describe_listener_fields);
static const struct shape modify_listener_in =
    SHAPE("ModifyListenerAttributesInput", struct attributes_in, modify_listener_fields);
static const struct shape listener_out =
    SHAPE("ListenerAttributesOutput", struct attributes_out, listener_out_fields);

static const struct fault_kind *const listener_gone[] = {&fault_listener_not_found, NULL};

static const struct fault_kind *const listener_faults[] = {
    &fault_listener_not_found,
    &fault_attribute_not_modelled,
    &fault_elb_validation,
    NULL,
};

static struct listener *find_listener(struct call *call, const struct attributes_in *in)
{
    return listener_find_arn(&call->world->balancers, call->account, call->region, in->arn,
                             &call->fault);
}

static int describe_listener(struct call *call, const void *in, void *out)
{
    const struct listener *listener = find_listener(call, in);

    return listener == NULL
               ? -1
               : show(call, listener_attribute_table(listener), &listener->attributes, out);
}

static int modify_listener(struct call *call, const void *in, void *out)
{
    const struct attributes_in *wish = in;
    struct listener *listener = find_listener(call, wish);
    const struct pair *pairs =
        listener == NULL ? NULL : read_wishes(call, listener_attribute_table(listener), wish);

    if (pairs == NULL || listener_set_attributes(&call->world->balancers, listener, pairs,
                                                 wish->attributes.count, &call->fault) != 0)
        return -1;
    return describe_listener(call, in, out);
}

const struct op op_describe_listener_attributes = {
    .name = "DescribeListenerAttributes",
    .doc = "Shows when a listener of TCP ends a silent flow, or which headers one of HTTP adds.",
    .example = "aws elbv2 describe-listener-attributes --listener-arn $L",
    .needs = NEEDS_LISTENER,
    .in = &describe_listener_in,
    .out = &listener_out,
    .faults = listener_gone,
    .run = describe_listener,
};

const struct op op_modify_listener_attributes = {
    .name = "ModifyListenerAttributes",
    .doc = "Changes when a listener of TCP ends a silent flow (60 to 6000 s).",
    .example = "aws elbv2 modify-listener-attributes --listener-arn $L --attributes "
               "Key=routing.http.response.server.enabled,Value=true",
    .needs = NEEDS_LISTENER,
    .in = &modify_listener_in,
    .out = &listener_out,
    .faults = listener_faults,
    .flags = OP_WRITE,
    .run = modify_listener,
};

/* ---- of target groups ---- */

static const struct shape group_attribute_shape =
    SHAPE("TargetGroupAttribute", struct attribute_view, attribute_fields);
static const struct field describe_group_fields[] = {
    F_WHOSE("TargetGroupArn", kind_target_group, "The target group."),
};
static const struct field modify_group_fields[] = {
    F_WHOSE("TargetGroupArn", kind_target_group, "The target group."),
    F_WISHES(&group_attribute_shape, .flags = FIELD_REQUIRED),
};
static const struct field group_out_fields[] = {F_ALL(&group_attribute_shape)};
static const struct shape describe_group_in =
    SHAPE("DescribeTargetGroupAttributesInput", struct attributes_in, describe_group_fields);
static const struct shape modify_group_in =
    SHAPE("ModifyTargetGroupAttributesInput", struct attributes_in, modify_group_fields);
static const struct shape group_out =
    SHAPE("TargetGroupAttributesOutput", struct attributes_out, group_out_fields);

static const struct fault_kind *const group_gone[] = {&fault_target_group_not_found,
                                                      &fault_elb_validation, NULL};
static const struct fault_kind *const group_faults[] = {
    &fault_target_group_not_found,
    &fault_attribute_not_modelled,
    &fault_elb_validation,
    NULL,
};

static struct target_group *find_group(struct call *call, const struct attributes_in *in)
{
    return target_group_find_arn(&call->world->targets, call->account, call->region, in->arn,
                                 &call->fault);
}

static int describe_group(struct call *call, const void *in, void *out)
{
    const struct target_group *group = find_group(call, in);

    return group == NULL ? -1
                         : show(call, target_group_attribute_table(group), &group->attributes, out);
}

static int modify_group(struct call *call, const void *in, void *out)
{
    const struct attributes_in *wish = in;
    struct target_group *group = find_group(call, wish);
    const struct pair *pairs =
        group == NULL ? NULL : read_wishes(call, target_group_attribute_table(group), wish);

    if (pairs == NULL || target_group_set_attributes(&call->world->targets, group, pairs,
                                                     wish->attributes.count, &call->fault) != 0)
        return -1;
    return describe_group(call, in, out);
}

const struct op op_describe_target_group_attributes = {
    .name = "DescribeTargetGroupAttributes",
    .doc = "Shows how a target group drains, balances and sticks.",
    .example = "aws elbv2 describe-target-group-attributes --target-group-arn $TG",
    .needs = NEEDS_TARGET_GROUP,
    .in = &describe_group_in,
    .out = &group_out,
    .faults = group_gone,
    .run = describe_group,
};

const struct op op_modify_target_group_attributes = {
    .name = "ModifyTargetGroupAttributes",
    .doc = "Changes how a target group drains, balances and sticks.",
    .example = "aws elbv2 modify-target-group-attributes --target-group-arn $TG --attributes "
               "Key=deregistration_delay.timeout_seconds,Value=30",
    .needs = NEEDS_TARGET_GROUP,
    .in = &modify_group_in,
    .out = &group_out,
    .faults = group_faults,
    .flags = OP_WRITE,
    .run = modify_group,
};
