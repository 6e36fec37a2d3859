/*
 * api/ec2_sharing.c - launchPermission and createVolumePermission: with whom an image or a snapshot
 * is shared.
 */
#include "api/ec2_sharing.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cloud/account.h"

const struct fault_kind fault_sharing_image_item = {
    .code = "InvalidAMIAttributeItemValue",
    .text = "Invalid attribute item value \"{}\" for {} item type.",
    .hint = "Give an account's twelve digits (`lab describe-accounts` lists those that there are), "
            "or the group all.",
};

const struct fault_kind fault_sharing_item = {
    .code = "InvalidParameterValue",
    .text = "Value ({}) for parameter {} is invalid.",
    .hint = "Give an account's twelve digits (`lab describe-accounts` lists those that there are), "
            "or the group all.",
};

const struct fault_kind fault_sharing_no_operation = {
    .code = "MissingParameter",
    .text = "The request must contain the parameter operationType",
    .hint = "Say --operation-type add or remove.",
};

const char *const sharing_operation_words[] = {"add", "remove", NULL};

static const char *const group_words[] = {"all", NULL};

static const struct field permission_fields[] = {
    F_STRING(struct permission_view, user, "UserId", "An account's twelve digits.",
             .ref = &kind_account),
    F_STRING(struct permission_view, group, "Group", "all: everybody.", .words = group_words),
};

const struct shape launch_permission_shape =
    SHAPE("LaunchPermission", struct permission_view, permission_fields);
const struct shape volume_permission_shape =
    SHAPE("CreateVolumePermission", struct permission_view, permission_fields);

static const struct field launch_change_fields[] = {
    F_LIST(struct permission_changes, add, struct permission_view, &launch_permission_shape, "Add",
           "Who may launch it from now on."),
    F_LIST(struct permission_changes, remove, struct permission_view, &launch_permission_shape,
           "Remove", "Who may no more."),
};

static const struct field volume_change_fields[] = {
    F_LIST(struct permission_changes, add, struct permission_view, &volume_permission_shape, "Add",
           "Who may make volumes of it from now on."),
    F_LIST(struct permission_changes, remove, struct permission_view, &volume_permission_shape,
           "Remove", "Who may no more."),
};

const struct shape launch_permission_changes_shape =
    SHAPE("LaunchPermissionModifications", struct permission_changes, launch_change_fields);
const struct shape volume_permission_changes_shape =
    SHAPE("CreateVolumePermissionModifications", struct permission_changes, volume_change_fields);

bool sharing_wish_says(const struct sharing_wish *wish)
{
    return (wish->changes != NULL && wish->changes->add.count + wish->changes->remove.count > 0) ||
           wish->users->count + wish->groups->count > 0 || wish->operation != NULL;
}

static int check_item(struct call *call, bool image, const char *text, const char *type)
{
    return call_fault(call, image ? &fault_sharing_image_item : &fault_sharing_item, text, type);
}

/* The number of an account that there is; 0 after a fault. */
static uint64_t account_named(struct call *call, const char *text, bool image)
{
    uint64_t id = strlen(text) == 12 ? strtoull(text, NULL, 10) : 0;

    if (strspn(text, "0123456789") != strlen(text) ||
        account_find(&call->world->accounts, id) == NULL) {
        check_item(call, image, text, "userId");
        return 0;
    }
    return id;
}

static int check_permissions(struct call *call, const struct permission_views *views, bool image)
{
    for (uint32_t i = 0; i < views->count; i++) {
        const struct permission_view *view = &views->items[i];

        if (view->user != NULL && account_named(call, view->user, image) == 0)
            return -1;
        if (view->group != NULL && strcmp(view->group, "all") != 0)
            return check_item(call, image, view->group, image ? "UserGroup" : "group");
        if (view->user == NULL && view->group == NULL)
            return check_item(call, image, "", "userId");
    }
    return 0;
}

static void apply(const struct permission_views *views, bool add, struct sharing *sharing)
{
    for (uint32_t i = 0; i < views->count; i++) {
        const struct permission_view *view = &views->items[i];

        if (view->group != NULL)
            sharing->everybody = add;
        if (view->user == NULL)
            continue;
        if (add)
            sharing_add(sharing, strtoull(view->user, NULL, 10));
        else
            sharing_remove(sharing, strtoull(view->user, NULL, 10));
    }
}

/* The older form, as the structure says it. */
static int listed(struct call *call, const struct sharing_wish *wish,
                  struct permission_changes *changes)
{
    bool add = wish->operation != NULL && strcmp(wish->operation, "add") == 0;
    struct permission_views *views = add ? &changes->add : &changes->remove;

    if (wish->users->count + wish->groups->count > 0 && wish->operation == NULL)
        return call_fault(call, &fault_sharing_no_operation);
    for (uint32_t i = 0; i < wish->users->count; i++)
        *LIST_PUSH_IN(&call->arena, views) =
            (struct permission_view){.user = wish->users->items[i]};
    for (uint32_t i = 0; i < wish->groups->count; i++)
        *LIST_PUSH_IN(&call->arena, views) =
            (struct permission_view){.group = wish->groups->items[i]};
    return 0;
}

int sharing_change(struct call *call, const struct sharing_wish *wish, bool image,
                   struct sharing *sharing)
{
    struct permission_changes changes = {0};

    if (wish->changes != NULL)
        changes = *wish->changes;
    if (listed(call, wish, &changes) != 0 || check_permissions(call, &changes.add, image) != 0 ||
        check_permissions(call, &changes.remove, image) != 0)
        return -1;
    apply(&changes.add, true, sharing);
    apply(&changes.remove, false, sharing);
    return 0;
}

void sharing_fill(struct call *call, const struct sharing *sharing, struct permission_views *views)
{
    if (sharing->everybody)
        *LIST_PUSH_IN(&call->arena, views) = (struct permission_view){.group = "all"};
    for (uint32_t i = 0; i < sharing->accounts.count; i++)
        *LIST_PUSH_IN(&call->arena, views) = (struct permission_view){
            .user = account_text(&call->arena, (uint64_t)sharing->accounts.items[i])};
}
