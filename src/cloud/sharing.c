/*
 * cloud/sharing.c - with which accounts an image or a snapshot is shared.
 */
#include "cloud/sharing.h"

bool sharing_has(const struct sharing *sharing, uint64_t account)
{
    for (uint32_t i = 0; i < sharing->accounts.count; i++) {
        if ((uint64_t)sharing->accounts.items[i] == account)
            return true;
    }
    return false;
}

bool sharing_allows(const struct sharing *sharing, uint64_t account)
{
    return sharing->everybody || sharing_has(sharing, account);
}

void sharing_add(struct sharing *sharing, uint64_t account)
{
    if (!sharing_has(sharing, account))
        *LIST_PUSH(&sharing->accounts) = (int64_t)account;
}

void sharing_remove(struct sharing *sharing, uint64_t account)
{
    for (uint32_t i = sharing->accounts.count; i-- > 0;) {
        if ((uint64_t)sharing->accounts.items[i] == account)
            LIST_REMOVE(&sharing->accounts, i);
    }
}

void sharing_reset(struct sharing *sharing)
{
    sharing->everybody = false;
    LIST_RELEASE(&sharing->accounts);
}

static const struct field sharing_fields[] = {
    F_BOOL(struct sharing, everybody, "Everybody", "Whether all accounts may use it."),
    F_INTS(struct sharing, accounts, "Accounts", "Those that may, one by one."),
};

const struct shape sharing_shape = SHAPE("Sharing", struct sharing, sharing_fields);
