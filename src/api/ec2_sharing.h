/*
 * api/ec2_sharing.h - launchPermission and createVolumePermission: with whom an image or a snapshot
 * is shared.
 *
 * True to the EC2 API reference: permissions are added and removed one by one, in a structure or by
 * --operation-type with lists of accounts and groups; the one group there is is `all`.
 */
#ifndef API_EC2_SHARING_H
#define API_EC2_SHARING_H

#include "api/ec2_parts.h"
#include "cloud/sharing.h"

struct permission_view {
    const char *user;
    const char *group;
};

struct permission_views {
    struct permission_view *items;
    uint32_t count;
    uint32_t size;
};

struct permission_changes {
    struct permission_views add;
    struct permission_views remove;
};

/* What a modify operation was given. */
struct sharing_wish {
    const struct permission_changes *changes; /* NULL: none */
    const char *operation;                    /* "add" "remove"; NULL: not given */
    const struct strings *users;
    const struct strings *groups;
};

extern const struct shape launch_permission_shape, launch_permission_changes_shape;
extern const struct shape volume_permission_shape, volume_permission_changes_shape;
extern const char *const sharing_operation_words[];

/* Is there anything to change in it? */
bool sharing_wish_says(const struct sharing_wish *wish);
/*
 * Checks all of it, then changes the sharing.  0, or -1 after a fault and with nothing changed:
 * InvalidAMIAttributeItemValue where `image`, else InvalidParameterValue; MissingParameter.
 */
int sharing_change(struct call *call, const struct sharing_wish *wish, bool image,
                   struct sharing *sharing);
void sharing_fill(struct call *call, const struct sharing *sharing, struct permission_views *views);

extern const struct fault_kind fault_sharing_image_item, fault_sharing_item,
    fault_sharing_no_operation;

#endif
