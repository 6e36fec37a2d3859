/*
 * api/ec2_owners.c - --owners and --owner-ids: self, amazon, or an account's number.
 */
#include "api/ec2_owners.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

enum { ACCOUNT_DIGITS = 12 };

const struct fault_kind fault_owner_malformed = {
    .code = "InvalidUserID.Malformed",
    .text = "Invalid user id: \"{}\"",
    .hint = "Say self for your own, amazon for AWS's, or an account's twelve digits.",
};

static const char *const owner_words[] = {"self", "amazon", "aws-marketplace",
                                          "aws-backup-vault", NULL};

static bool is_account(const char *text)
{
    return strlen(text) == ACCOUNT_DIGITS && strspn(text, "0123456789") == ACCOUNT_DIGITS;
}

static bool is_word(const char *text)
{
    for (size_t i = 0; owner_words[i] != NULL; i++) {
        if (strcmp(owner_words[i], text) == 0)
            return true;
    }
    return false;
}

int ec2_owners_check(struct call *call, const struct strings *owners)
{
    for (uint32_t i = 0; i < owners->count; i++) {
        if (!is_word(owners->items[i]) && !is_account(owners->items[i]))
            return call_fault(call, &fault_owner_malformed, owners->items[i]);
    }
    return 0;
}

bool ec2_owner_wanted(const struct call *call, const struct strings *owners, uint64_t account,
                      const char *alias)
{
    for (uint32_t i = 0; i < owners->count; i++) {
        const char *owner = owners->items[i];

        if ((strcmp(owner, "self") == 0 && account == call->account) ||
            (alias != NULL && strcmp(owner, alias) == 0) ||
            (is_account(owner) && strtoull(owner, NULL, 10) == account))
            return true;
    }
    return owners->count == 0;
}
