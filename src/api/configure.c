/*
 * api/configure.c - aws configure: the profiles that there are.
 *
 * At AWS this is a command of the CLI, not a service: it reads and writes ~/.aws, which is never
 * touched here.  A profile is an account of this world (`lab create-account`), so they can be
 * listed; the commands that store keys and settings are refused by name.
 */
#include "api/configure.h"

#include "cloud/world.h"

struct profiles_out {
    LIST(const char *) profiles;
};

static const struct field profiles_out_fields[] = {
    F_STRINGS(struct profiles_out, profiles, "Profiles", "Their names."),
};

static const struct shape profiles_out_shape =
    SHAPE("ListProfilesResult", struct profiles_out, profiles_out_fields);

static int list_profiles(struct call *call, const void *in, void *out)
{
    const struct table *accounts = &call->world->accounts.table;
    struct profiles_out *answer = out;

    (void)in;
    for (uint32_t i = 0; i < table_count(accounts); i++) {
        const struct account *account = table_at(accounts, i);

        if (!account->is_provider)
            *LIST_PUSH_IN(&call->arena, &answer->profiles) = account->name;
    }
    return 0;
}

static const struct op op_list_profiles = {
    .name = "ListProfiles",
    .doc = "Lists the profiles, one on each line: what --profile and AWS_PROFILE may name.",
    .example = "aws configure list-profiles",
    .in = &shape_empty,
    .out = &profiles_out_shape,
    .flags = OP_LINES,
    .run = list_profiles,
};

static const struct op *const configure_ops[] = {
    &op_list_profiles,
    NULL,
};

const struct service service_configure = {
    .name = "configure",
    .doc = "The AWS CLI's own settings: which profiles there are.",
    .style = STYLE_QUERY,
    .ops = configure_ops,
    .alone = "aws configure asks for keys and keeps them in ~/.aws: it is not modelled here, where "
             "no keys are needed. `aws configure list-profiles` lists the profiles",
};
