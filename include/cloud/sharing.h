/*
 * cloud/sharing.h - with which accounts an image or a snapshot is shared.
 *
 * Its owner may always use it; everybody may when it is public; and so may the accounts that stand
 * here, one by one (EC2's launchPermission and createVolumePermission).
 */
#ifndef CLOUD_SHARING_H
#define CLOUD_SHARING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/shape.h"

struct sharing {
    bool everybody;
    LIST(int64_t) accounts; /* in the order in which they were added, each once */
};

extern const struct shape sharing_shape;

bool sharing_has(const struct sharing *sharing, uint64_t account);
/* True when everybody may, or that account by its number. */
bool sharing_allows(const struct sharing *sharing, uint64_t account);
void sharing_add(struct sharing *sharing, uint64_t account);
/* Nothing happens when it is not there. */
void sharing_remove(struct sharing *sharing, uint64_t account);
/* Back to its owner alone. */
void sharing_reset(struct sharing *sharing);

#endif
