/*
 * api/lab_accounts.c - lab: the accounts that a person may act as, each under a profile.
 *
 * AWS makes an account in a quarter of an hour and by mail; here it is there at once, with its
 * default VPCs, and `--profile` or AWS_PROFILE acts in it.  It shares the hosts with the others and
 * sees nothing of theirs.
 */
#include "api/lab_parts.h"

#include <string.h>

#include "cloud/world.h"

enum { PROFILE_MAX = 64 };

struct account_in {
    const char *name;
};

struct account_view {
    const char *id;
    const char *profile;
    int64_t instances;
};

struct accounts_out {
    LIST(struct account_view) accounts;
};

static const struct fault_kind fault_profile_name = {
    .code = "InvalidProfile",
    .text = "'{}' cannot be the name of a profile",
    .hint = "Letters, digits, dots, dashes and underscores, at most 64.",
};

static const struct fault_kind *const create_account_faults[] = {
    &fault_profile_name,
    &fault_profile_taken,
    &fault_too_many_accounts,
    NULL,
};

static const struct field account_in_fields[] = {
    F_STRING(struct account_in, name, "Name", "The name of the profile that stands for it.",
             .flags = FIELD_REQUIRED),
};

static const struct field account_view_fields[] = {
    F_STRING(struct account_view, id, "AccountId", "Twelve digits.", .flags = FIELD_COLUMN),
    F_STRING(struct account_view, profile, "Profile", "What --profile and AWS_PROFILE call it.",
             .flags = FIELD_COLUMN),
    F_INT(struct account_view, instances, "Instances", "How many instances it has, in all Regions.",
          .flags = FIELD_COLUMN),
};

static const struct shape account_in_shape =
    SHAPE("CreateAccountRequest", struct account_in, account_in_fields);
static const struct shape account_view_shape =
    SHAPE("Account", struct account_view, account_view_fields);

static const struct field accounts_out_fields[] = {
    F_LIST(struct accounts_out, accounts, struct account_view, &account_view_shape, "Accounts",
           "The accounts, oldest first."),
};

static const struct shape accounts_out_shape =
    SHAPE("DescribeAccountsResult", struct accounts_out, accounts_out_fields);

static struct account_view view_account(struct call *call, const struct account *account)
{
    const struct table *instances = &call->world->instances.table;
    struct account_view view = {
        .id = account_text(&call->arena, account->id),
        .profile = account->name,
    };

    for (uint32_t i = 0; i < table_count(instances); i++) {
        const struct instance *instance = table_at(instances, i);

        view.instances += instance->account == account->id;
    }
    return view;
}

static bool is_profile_name(const char *name)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    size_t length = strlen(name);

    return length > 0 && length <= PROFILE_MAX && strspn(name, letters) == length && name[0] != '-';
}

static int create_account(struct call *call, const void *in, void *out)
{
    const struct account_in *wish = in;
    const struct account *account;

    if (!is_profile_name(wish->name))
        return call_fault(call, &fault_profile_name, wish->name);
    account = world_add_account(call->world, wish->name, &call->fault);
    if (account == NULL)
        return -1;
    *(struct account_view *)out = view_account(call, account);
    return 0;
}

static int describe_accounts(struct call *call, const void *in, void *out)
{
    const struct table *accounts = &call->world->accounts.table;
    struct accounts_out *answer = out;

    (void)in;
    for (uint32_t i = 0; i < table_count(accounts); i++) {
        const struct account *account = table_at(accounts, i);

        if (!account->is_provider)
            *LIST_PUSH_IN(&call->arena, &answer->accounts) = view_account(call, account);
    }
    return 0;
}

const struct op op_lab_create_account = {
    .name = "CreateAccount",
    .doc = "Makes an account of its own, with default VPCs, under a profile's name.",
    .example = "lab create-account --name bob; aws sts get-caller-identity --profile bob",
    .in = &account_in_shape,
    .out = &account_view_shape,
    .faults = create_account_faults,
    .flags = OP_WRITE,
    .run = create_account,
};

const struct op op_lab_describe_accounts = {
    .name = "DescribeAccounts",
    .doc = "Lists the accounts that you may act as, each with its profile.",
    .example = "lab describe-accounts",
    .in = &shape_empty,
    .out = &accounts_out_shape,
    .run = describe_accounts,
};
