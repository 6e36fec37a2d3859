/*
 * api/lab_quotas.c - lab: how much an account may have.
 */
#include "api/lab_parts.h"

#include "cloud/world.h"

struct quota_in {
    const char *quota;
    int64_t value;
};

struct quota_view {
    const char *name;
    const char *doc;
    int64_t value;
    int64_t standard;
};

struct quotas_out {
    LIST(struct quota_view) quotas;
};

static const struct fault_kind fault_no_quota = {
    .code = "InvalidQuota",
    .text = "There is no quota '{}'",
    .hint = "lab describe-quotas lists them.",
};

static const struct fault_kind *const set_quota_faults[] = {&fault_no_quota, NULL};

static const struct field quota_in_fields[] = {
    F_STRING(struct quota_in, quota, "Quota", "Its name, from describe-quotas.",
             .flags = FIELD_REQUIRED),
    F_INT(struct quota_in, value, "Value", "How many there may be.", .flags = FIELD_REQUIRED,
          .min = 0, .max = INT32_MAX),
};

static const struct field quota_fields[] = {
    F_STRING(struct quota_view, name, "Quota", "Its name here.", .flags = FIELD_COLUMN),
    F_INT(struct quota_view, value, "Value", "How many there may be.", .flags = FIELD_COLUMN),
    F_INT(struct quota_view, standard, "Default", "How many there may be in a new world.",
          .flags = FIELD_COLUMN),
    F_STRING(struct quota_view, doc, "Description", "What it counts, in AWS's words.",
             .flags = FIELD_COLUMN),
};

static const struct shape quota_in_shape =
    SHAPE("SetQuotaRequest", struct quota_in, quota_in_fields);
static const struct shape quota_shape = SHAPE("Quota", struct quota_view, quota_fields);

static const struct field quotas_out_fields[] = {
    F_LIST(struct quotas_out, quotas, struct quota_view, &quota_shape, "Quotas", "The quotas."),
};

static const struct shape quotas_out_shape =
    SHAPE("DescribeQuotasResult", struct quotas_out, quotas_out_fields);

static struct quota_view view_quota(const struct call *call, int quota)
{
    return (struct quota_view){
        .name = quota_name(quota),
        .doc = quota_doc(quota),
        .value = account_quota(&call->world->accounts, call->account, quota),
        .standard = quota_default(quota),
    };
}

static int set_quota(struct call *call, const void *in, void *out)
{
    const struct quota_in *wish = in;
    int quota = quota_find(wish->quota);

    if (quota < 0)
        return call_fault(call, &fault_no_quota, wish->quota);
    account_set_quota(&call->world->accounts, call->account, quota, wish->value);
    *(struct quota_view *)out = view_quota(call, quota);
    return 0;
}

static int describe_quotas(struct call *call, const void *in, void *out)
{
    struct quotas_out *answer = out;

    (void)in;
    for (int quota = 1; quota < QUOTA_COUNT_; quota++)
        *LIST_PUSH_IN(&call->arena, &answer->quotas) = view_quota(call, quota);
    return 0;
}

const struct op op_lab_set_quota = {
    .name = "SetQuota",
    .doc = "Sets how much your account may have of something.",
    .example = "lab set-quota --quota instances --value 3",
    .in = &quota_in_shape,
    .out = &quota_shape,
    .faults = set_quota_faults,
    .flags = OP_WRITE,
    .run = set_quota,
};

const struct op op_lab_describe_quotas = {
    .name = "DescribeQuotas",
    .doc = "Lists how much your account may have of each thing.",
    .example = "lab describe-quotas",
    .in = &shape_empty,
    .out = &quotas_out_shape,
    .run = describe_quotas,
};
