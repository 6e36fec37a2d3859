/*
 * api/ec2_account_attribute.c - describe-account-attributes: what is so for the whole account.
 *
 * True to the EC2 API reference.  AWS says the limits here that it had before Service Quotas; ours
 * are those of `lab describe-quotas`.
 */
#include "api/ec2_parts.h"

#include <string.h>

struct value_view {
    const char *value;
};

struct attribute_view {
    const char *name;
    LIST(struct value_view) values;
};

struct describe_in {
    bool dry_run;
    struct strings names;
};

struct describe_out {
    LIST(struct attribute_view) attributes;
};

static const struct field value_fields[] = {
    F_STRING(struct value_view, value, "AttributeValue", "The value."),
};
static const struct shape value_shape =
    SHAPE("AccountAttributeValue", struct value_view, value_fields);

static const struct field attribute_fields[] = {
    F_STRING(struct attribute_view, name, "AttributeName", "Its name.", .flags = FIELD_COLUMN),
    F_LIST(struct attribute_view, values, struct value_view, &value_shape, "AttributeValues",
           "Its values."),
};
static const struct shape attribute_shape =
    SHAPE("AccountAttribute", struct attribute_view, attribute_fields);

static const struct field describe_in_fields[] = {
    F_DRY_RUN(struct describe_in, dry_run),
    F_STRINGS(struct describe_in, names, "AttributeNames",
              "Only these: supported-platforms, default-vpc."),
};
static const struct shape describe_in_shape =
    SHAPE("DescribeAccountAttributesRequest", struct describe_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_LIST(struct describe_out, attributes, struct attribute_view, &attribute_shape,
           "AccountAttributes", "The attributes."),
};
static const struct shape describe_out_shape =
    SHAPE("DescribeAccountAttributesResult", struct describe_out, describe_out_fields);

static const struct fault_kind fault_name = {
    .code = "InvalidParameterValue",
    .text = "Value ({}) for parameter attributeName is invalid. Unknown attribute.",
    .hint = "Ask for supported-platforms or default-vpc, or name none and see all.",
};

static const struct {
    const char *name;
    int quota; /* 0: said below */
} attributes[] = {
    {"supported-platforms", 0},
    {"default-vpc", 0},
    {"max-instances", QUOTA_INSTANCES},
    {"vpc-max-security-groups-per-interface", QUOTA_GROUPS_PER_INTERFACE},
    {"max-elastic-ips", QUOTA_ELASTIC_IPS},
    {"vpc-max-elastic-ips", QUOTA_ELASTIC_IPS},
};

enum { ATTRIBUTES = sizeof(attributes) / sizeof(attributes[0]) };

static const char *value_of(struct call *call, size_t at)
{
    const struct vpc *vpc;

    if (attributes[at].quota != 0)
        return ec2_number(call, account_quota(&call->world->accounts, call->account,
                                              attributes[at].quota));
    if (at == 0)
        return "VPC";
    vpc = vpc_default(&call->world->network, call->account, call->region);
    return vpc == NULL ? "none" : id_text(&call->arena, &kind_vpc, vpc->id);
}

/* Is it asked for? */
static bool is_wanted(const struct strings *names, const char *name)
{
    for (uint32_t i = 0; i < names->count; i++) {
        if (strcmp(names->items[i], name) == 0)
            return true;
    }
    return names->count == 0;
}

static bool is_known(const char *name)
{
    for (size_t i = 0; i < ATTRIBUTES; i++) {
        if (strcmp(attributes[i].name, name) == 0)
            return true;
    }
    return false;
}

static int describe_attributes(struct call *call, const void *input, void *output)
{
    const struct describe_in *in = input;
    struct describe_out *out = output;

    for (uint32_t i = 0; i < in->names.count; i++) {
        if (!is_known(in->names.items[i]))
            return call_fault(call, &fault_name, in->names.items[i]);
    }
    for (size_t i = 0; i < ATTRIBUTES; i++) {
        struct attribute_view *view;

        if (!is_wanted(&in->names, attributes[i].name))
            continue;
        view = LIST_PUSH_IN(&call->arena, &out->attributes);
        view->name = attributes[i].name;
        LIST_PUSH_IN(&call->arena, &view->values)->value = value_of(call, i);
    }
    return 0;
}

static const struct fault_kind *const describe_faults[] = {&fault_name, NULL};

const struct op op_describe_account_attributes = {
    .name = "DescribeAccountAttributes",
    .doc = "Shows what is so for the whole account: its default VPC, and some limits.",
    .example = "aws ec2 describe-account-attributes --attribute-names default-vpc",
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = describe_faults,
    .flags = OP_DRY_RUN,
    .run = describe_attributes,
};
