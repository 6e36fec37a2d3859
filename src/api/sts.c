/*
 * api/sts.c - the service sts: who am I?
 *
 * True to the STS API reference, GetCallerIdentity. Left out: all that gives credentials, for there
 *         are none here.
 */
#include "api/sts.h"

#include <string.h>

#include "cloud/account.h"
#include "cloud/world.h"

struct caller_identity {
    const char *user_id;
    const char *account;
    const char *arn;
};

static const struct field caller_identity_fields[] = {
    F_STRING(struct caller_identity, user_id, "UserId", "The unique name of who asks.",
             .flags = FIELD_COLUMN),
    F_STRING(struct caller_identity, account, "Account", "The account that who asks belongs to.",
             .flags = FIELD_COLUMN, .ref = &kind_account),
    F_STRING(struct caller_identity, arn, "Arn", "The ARN of who asks.", .flags = FIELD_COLUMN),
};

static const struct shape caller_identity_shape =
    SHAPE("GetCallerIdentityResponse", struct caller_identity, caller_identity_fields);

/* "AIDA" and 17 letters or digits, as AWS makes them. */
static const char *user_id(struct call *call)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    uint64_t left = (uint64_t)call->account * 0x9e3779b97f4a7c15u;
    char *id = arena_strdup(&call->arena, "AIDA.................");

    for (size_t i = strlen("AIDA"); id[i] != '\0'; i++) {
        id[i] = letters[left >> 59];
        left = left * 0x5851f42d4c957f2du + 1;
    }
    return id;
}

static int get_caller_identity(struct call *call, const void *in, void *out)
{
    struct caller_identity *identity = out;

    (void)in;
    identity->account = arena_printf(&call->arena, "%012llu", (unsigned long long)call->account);
    identity->user_id = user_id(call);
    identity->arn = arena_printf(&call->arena, "arn:aws:iam::%s:user/learner", identity->account);
    return 0;
}

static const struct op op_get_caller_identity = {
    .name = "GetCallerIdentity",
    .doc = "Tells which account and user your commands run as.",
    .example = "aws sts get-caller-identity",
    .in = &shape_empty,
    .out = &caller_identity_shape,
    .run = get_caller_identity,
};

static const struct op *const sts_ops[] = {
    &op_get_caller_identity,
    NULL,
};

const struct service service_sts = {
    .name = "sts",
    .doc = "Security Token Service: who you are.",
    .style = STYLE_QUERY,
    .ops = sts_ops,
};
