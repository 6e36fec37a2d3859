/*
 * api/ec2_credit.c - describe-instance-credit-specifications, modify-instance-credit-specification.
 *
 * True to the EC2 API reference: a modification is done for each instance that allows it, and those
 * that do not are told in the answer, not by a failure.
 */
#include "api/ec2_instance_view.h"

#include "base/str.h"

struct credit_view {
    const char *id;
    const char *credits;
};

struct describe_credits_in {
    bool dry_run;
    struct filters filters;
    struct strings ids;
    struct opt_int max_results;
    const char *next_token;
};

struct describe_credits_out {
    LIST(struct credit_view) specifications;
    const char *next_token;
};

struct modify_credits_in {
    bool dry_run;
    LIST(struct credit_view) specifications;
};

struct credit_done {
    const char *id;
};

struct credit_error {
    const char *code;
    const char *message;
};

struct credit_refused {
    const char *id;
    struct credit_error error;
};

struct modify_credits_out {
    LIST(struct credit_done) done;
    LIST(struct credit_refused) refused;
};

/* ---- shapes ---- */

static const struct field credit_fields[] = {
    F_STRING(struct credit_view, id, "InstanceId", "The instance.", .ref = &kind_instance,
             .flags = FIELD_COLUMN),
    F_STRING(struct credit_view, credits, "CpuCredits", "standard or unlimited.",
             .flags = FIELD_COLUMN),
};
static const struct shape credit_shape =
    SHAPE("InstanceCreditSpecification", struct credit_view, credit_fields);

static const struct field credit_in_fields[] = {
    F_STRING(struct credit_view, id, "InstanceId", "The instance.", .ref = &kind_instance,
             .flags = FIELD_REQUIRED),
    F_STRING(struct credit_view, credits, "CpuCredits", "standard or unlimited."),
};
static const struct shape credit_in_shape =
    SHAPE("InstanceCreditSpecificationRequest", struct credit_view, credit_in_fields);

static const struct field describe_in_fields[] = {
    F_DRY_RUN(struct describe_credits_in, dry_run),
    F_FILTERS(struct describe_credits_in, filters),
    F_STRINGS(struct describe_credits_in, ids, "InstanceIds", "Only the instances of these ids.",
              .ref = &kind_instance),
    F_MAX_RESULTS(struct describe_credits_in, max_results, 5),
    F_NEXT_TOKEN(struct describe_credits_in, next_token),
};
static const struct shape describe_in_shape = SHAPE("DescribeInstanceCreditSpecificationsRequest",
                                                    struct describe_credits_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_LIST(struct describe_credits_out, specifications, struct credit_view, &credit_shape,
           "InstanceCreditSpecifications", "How each burstable instance uses credits."),
    F_NEXT_TOKEN_OUT(struct describe_credits_out, next_token),
};
static const struct shape describe_out_shape =
    SHAPE("DescribeInstanceCreditSpecificationsResult", struct describe_credits_out,
          describe_out_fields);

static const struct field modify_in_fields[] = {
    F_DRY_RUN(struct modify_credits_in, dry_run),
    F_LIST(struct modify_credits_in, specifications, struct credit_view, &credit_in_shape,
           "InstanceCreditSpecifications", "Which instances, and how they are to use credits.",
           .flags = FIELD_REQUIRED),
};
static const struct shape modify_in_shape = SHAPE("ModifyInstanceCreditSpecificationRequest",
                                                  struct modify_credits_in, modify_in_fields);

static const struct field done_fields[] = {
    F_STRING(struct credit_done, id, "InstanceId", "The instance.", .ref = &kind_instance),
};
static const struct shape done_shape =
    SHAPE("SuccessfulInstanceCreditSpecificationItem", struct credit_done, done_fields);

static const struct field error_fields[] = {
    F_STRING(struct credit_error, code, "Code", "What is wrong."),
    F_STRING(struct credit_error, message, "Message", "The same in a sentence."),
};
static const struct shape error_shape =
    SHAPE("UnsuccessfulInstanceCreditSpecificationItemError", struct credit_error, error_fields);

static const struct field refused_fields[] = {
    F_STRING(struct credit_refused, id, "InstanceId", "The instance."),
    F_EMBED(struct credit_refused, error, struct credit_error, &error_shape, "Error",
            "Why it was not modified."),
};
static const struct shape refused_shape =
    SHAPE("UnsuccessfulInstanceCreditSpecificationItem", struct credit_refused, refused_fields);

static const struct field modify_out_fields[] = {
    F_LIST(struct modify_credits_out, done, struct credit_done, &done_shape,
           "SuccessfulInstanceCreditSpecifications", "Those that are modified."),
    F_LIST(struct modify_credits_out, refused, struct credit_refused, &refused_shape,
           "UnsuccessfulInstanceCreditSpecifications", "Those that are not."),
};
static const struct shape modify_out_shape = SHAPE("ModifyInstanceCreditSpecificationResult",
                                                   struct modify_credits_out, modify_out_fields);

/* ---- DescribeInstanceCreditSpecifications ---- */

static const struct filter_name credit_filters[] = {
    {"instance-id", "InstanceId"},
    {0},
};

static void credits_list(struct call *call, const struct describe_credits_in *in,
                         const struct instance *instance, struct describe_credits_out *out)
{
    const struct cpu_guest *guest = hypervisor_guest(&call->world->hypervisor, instance->id);
    struct credit_view view = {.id = id_text(&call->arena, &kind_instance, instance->id)};

    if (guest == NULL || guest->credits.mode == CREDIT_NONE)
        return;
    view.credits = credit_mode_name(guest->credits.mode);
    if (filter_pass(call->op, &in->filters, &credit_shape, &view))
        *LIST_PUSH_IN(&call->arena, &out->specifications) = view;
}

static int describe_credits(struct call *call, const void *input, void *output)
{
    const struct describe_credits_in *in = input;
    struct describe_credits_out *out = output;
    const struct table *table = &call->world->instances.table;
    struct found found;
    struct page page;

    if (in->ids.count > 0 && in->max_results.set)
        return call_fault(call, &fault_ids_and_limit, "instancesSet");
    if (ids_find(call, &id_words_instance, &in->ids, &found) != 0)
        return -1;
    for (uint32_t i = 0; i < found.count; i++)
        credits_list(call, in, found.items[i], out);
    for (uint32_t i = 0; i < table_count(table) && in->ids.count == 0; i++) {
        const struct instance *instance = table_at(table, i);

        if (instance->account == call->account && ZONE_REGION(instance->zone) == call->region &&
            ec2_shows(call, instance->id))
            credits_list(call, in, instance, out);
    }
    if (page_find(call, in->max_results, in->next_token, out->specifications.count, &page) != 0)
        return -1;
    PAGE_CUT(&out->specifications, page);
    out->next_token = page.next;
    return 0;
}

static const struct paging describe_paging = EC2_PAGING("InstanceCreditSpecifications");

static const struct fault_kind *const describe_faults[] = {
    &fault_instance_malformed,
    &fault_instance_not_found,
    &fault_ids_and_limit,
    NULL,
};

const struct op op_describe_instance_credit_specifications = {
    .name = "DescribeInstanceCreditSpecifications",
    .doc = "Shows whether burstable instances are standard or unlimited.",
    .example = "aws ec2 describe-instance-credit-specifications",
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = describe_faults,
    .flags = OP_DRY_RUN,
    .paging = &describe_paging,
    .filters = credit_filters,
    .run = describe_credits,
};

/* ---- ModifyInstanceCreditSpecification ---- */

/* Why it cannot be modified; code NULL: it can. */
static struct credit_error modify_check(struct call *call, const struct credit_view *wish,
                                        const struct instance **instance)
{
    uint64_t id = 0;
    const struct cpu_guest *guest;

    if (!id_parse(&kind_instance, wish->id, &id))
        return (struct credit_error){
            "InvalidInstanceID.Malformed",
            arena_printf(&call->arena, "Invalid id: \"%s\"", wish->id)};
    *instance = instance_find(&call->world->instances, call->account, call->region, id);
    if (*instance == NULL)
        return (struct credit_error){
            "InvalidInstanceID.NotFound",
            arena_printf(&call->arena, "The instance ID '%s' does not exist", wish->id)};
    guest = hypervisor_guest(&call->world->hypervisor, id);
    if ((*instance)->state != INSTANCE_RUNNING && (*instance)->state != INSTANCE_STOPPED)
        return (struct credit_error){
            "IncorrectInstanceState",
            arena_printf(&call->arena,
                         "The instance '%s' must be in the 'running' or 'stopped' state",
                         wish->id)};
    if (guest == NULL || guest->credits.mode == CREDIT_NONE)
        return (struct credit_error){
            "InstanceCreditSpecification.NotSupported",
            arena_printf(&call->arena,
                         "The instance '%s' is not a burstable performance instance", wish->id)};
    if ((*instance)->tenancy == HOST_TENANCY_HOST && str_equal(wish->credits, "unlimited"))
        return (struct credit_error){
            "InstanceCreditSpecification.NotSupported",
            arena_printf(&call->arena,
                         "The instance '%s' is on a Dedicated Host, where unlimited is not "
                         "supported",
                         wish->id)};
    return (struct credit_error){0};
}

static int modify_credits(struct call *call, const void *input, void *output)
{
    const struct modify_credits_in *in = input;
    struct modify_credits_out *out = output;

    for (uint32_t i = 0; i < in->specifications.count; i++) {
        const struct credit_view *wish = &in->specifications.items[i];

        if (wish->credits == NULL)
            return call_fault(call, &fault_missing_parameter, "CpuCredits");
        if (credit_mode_find(wish->credits) < 0)
            return call_fault(call, &fault_credit_mode, wish->credits);
    }
    for (uint32_t i = 0; i < in->specifications.count; i++) {
        const struct credit_view *wish = &in->specifications.items[i];
        const struct instance *instance = NULL;
        struct credit_error error = modify_check(call, wish, &instance);

        if (error.code != NULL) {
            *LIST_PUSH_IN(&call->arena, &out->refused) =
                (struct credit_refused){.id = wish->id, .error = error};
            continue;
        }
        hypervisor_set_mode(&call->world->hypervisor, instance->id,
                            (uint8_t)credit_mode_find(wish->credits));
        *LIST_PUSH_IN(&call->arena, &out->done) = (struct credit_done){wish->id};
    }
    return 0;
}

static const struct fault_kind *const modify_faults[] = {
    &fault_missing_parameter,
    &fault_credit_mode,
    NULL,
};

const struct op op_modify_instance_credit_specification = {
    .name = "ModifyInstanceCreditSpecification",
    .doc = "Makes burstable instances standard or unlimited.",
    .example = "aws ec2 modify-instance-credit-specification --instance-credit-specifications "
               "InstanceId=$I,CpuCredits=standard",
    .needs = EC2_EXAMPLE_INSTANCE "\n"
             "aws ec2 wait instance-running --instance-ids $I",
    .in = &modify_in_shape,
    .out = &modify_out_shape,
    .faults = modify_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = modify_credits,
};
