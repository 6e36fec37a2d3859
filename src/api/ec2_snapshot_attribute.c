/*
 * api/ec2_snapshot_attribute.c - modify-, describe-, reset-snapshot-attribute.
 *
 * True to the EC2 API reference: who may make volumes of a snapshot is its attribute
 * createVolumePermission.  Left out: product codes, which belong to the Marketplace.
 */
#include "api/ec2_owners.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cloud/account.h"
#include "cloud/snapshot.h"

#define PERMISSION "createVolumePermission"

static const char *const attribute_words[] = {"productCodes", PERMISSION, NULL};
static const char *const operation_words[] = {"add", "remove", NULL};
static const char *const group_words[] = {"all", NULL};

struct permission_view {
    const char *user;
    const char *group;
};

struct permission_views {
    struct permission_view *items;
    uint32_t count;
    uint32_t size;
};

static const struct field permission_fields[] = {
    F_STRING(struct permission_view, user, "UserId", "An account, in twelve digits.",
             .ref = &kind_account),
    F_STRING(struct permission_view, group, "Group", "all: everybody.", .words = group_words),
};

static const struct shape permission_shape =
    SHAPE("CreateVolumePermission", struct permission_view, permission_fields);

static const struct fault_kind fault_group = {
    .code = "InvalidParameterValue",
    .text = "Value ({}) for parameter group is invalid. Only the group 'all' is supported.",
    .hint = "A snapshot is shared with single accounts (--user-ids) or with all.",
};

/* The account's own snapshot; NULL after a fault. */
static struct snapshot *own_snapshot(struct call *call, const char *id)
{
    struct snapshot *snapshot = id_find(call, &id_words_snapshot, id);

    if (snapshot != NULL && snapshot->account != call->account) {
        call_fault(call, &fault_snapshot_foreign, id);
        return NULL;
    }
    return snapshot;
}

static int check_attribute(struct call *call, const char *attribute)
{
    if (attribute != NULL && !str_equal(attribute, PERMISSION))
        return call_fault(call, &fault_not_modelled_value);
    return 0;
}

/* ---- ModifySnapshotAttribute ---- */

struct modifications {
    struct permission_views add;
    struct permission_views remove;
};

struct modify_in {
    const char *attribute;
    struct modifications *permissions;
    struct strings groups;
    const char *operation;
    const char *id;
    struct strings users;
    bool dry_run;
};

static const struct field modifications_fields[] = {
    F_LIST(struct modifications, add, struct permission_view, &permission_shape, "Add",
           "Who may use it from now on."),
    F_LIST(struct modifications, remove, struct permission_view, &permission_shape, "Remove",
           "Who may no longer."),
};

static const struct shape modifications_shape =
    SHAPE("CreateVolumePermissionModifications", struct modifications, modifications_fields);

static const struct field modify_in_fields[] = {
    F_STRING(struct modify_in, attribute, "Attribute",
             "What is to change: " PERMISSION ", which is all that can be.",
             .words = attribute_words),
    F_STRUCT(struct modify_in, permissions, struct modifications, &modifications_shape,
             "CreateVolumePermission",
             "Whom to add and to remove: Add=[{UserId=111122223333}],Remove=[{Group=all}]."),
    F_STRINGS(struct modify_in, groups, "GroupNames", "all, for --operation-type."),
    F_STRING(struct modify_in, operation, "OperationType", "Whether to add or to remove.",
             .words = operation_words),
    F_STRING(struct modify_in, id, "SnapshotId", "The snapshot; your own.",
             .flags = FIELD_REQUIRED, .ref = &kind_snapshot),
    F_STRINGS(struct modify_in, users, "UserIds", "The accounts, for --operation-type.",
              .ref = &kind_account),
    F_DRY_RUN(struct modify_in, dry_run),
};

static const struct shape modify_in_shape =
    SHAPE("ModifySnapshotAttributeRequest", struct modify_in, modify_in_fields);

static int check_user(struct call *call, const char *user)
{
    if (user != NULL && (strlen(user) != 12 || strspn(user, "0123456789") != 12))
        return call_fault(call, &fault_owner_malformed, user);
    return 0;
}

static int check_group(struct call *call, const char *group)
{
    if (group != NULL && !str_equal(group, "all"))
        return call_fault(call, &fault_group, group);
    return 0;
}

/* All that is asked, in one list: first what to add, then what to remove. */
static int gather(struct call *call, const struct modify_in *in, struct modifications *all)
{
    struct permission_views *named = str_equal(in->operation, "remove") ? &all->remove : &all->add;

    if (in->permissions != NULL)
        *all = *in->permissions;
    if (in->users.count + in->groups.count > 0 && in->operation == NULL)
        return call_fault(call, &fault_missing_parameter, "operationType");
    for (uint32_t i = 0; i < in->users.count; i++)
        *LIST_PUSH_IN(&call->arena, named) = (struct permission_view){.user = in->users.items[i]};
    for (uint32_t i = 0; i < in->groups.count; i++)
        *LIST_PUSH_IN(&call->arena, named) =
            (struct permission_view){.group = in->groups.items[i]};
    if (all->add.count + all->remove.count == 0)
        return call_fault(call, &fault_missing_parameter, "createVolumePermission");
    return 0;
}

static int check_all(struct call *call, const struct snapshot *snapshot,
                     const struct permission_views *views, bool shares)
{
    for (uint32_t i = 0; i < views->count; i++) {
        if (check_user(call, views->items[i].user) != 0 ||
            check_group(call, views->items[i].group) != 0)
            return -1;
    }
    if (shares && views->count > 0 && snapshot->encrypted)
        return call_fault(call, &fault_snapshot_default_key);
    return 0;
}

static void apply_all(struct call *call, struct snapshot *snapshot,
                      const struct permission_views *views, bool shares)
{
    for (uint32_t i = 0; i < views->count; i++) {
        const struct permission_view *view = &views->items[i];
        uint64_t account = view->user == NULL ? 0 : strtoull(view->user, NULL, 10);

        if (view->user != NULL || view->group != NULL)
            (void)snapshot_share(snapshot, account, shares, &call->fault);
    }
}

static int modify_attribute(struct call *call, const void *input, void *output)
{
    const struct modify_in *in = input;
    struct snapshot *snapshot = own_snapshot(call, in->id);
    struct modifications all = {0};

    (void)output;
    if (snapshot == NULL || check_attribute(call, in->attribute) != 0 ||
        gather(call, in, &all) != 0 || check_all(call, snapshot, &all.add, true) != 0 ||
        check_all(call, snapshot, &all.remove, false) != 0)
        return -1;
    apply_all(call, snapshot, &all.add, true);
    apply_all(call, snapshot, &all.remove, false);
    return 0;
}

static const struct fault_kind *const modify_faults[] = {
    &fault_snapshot_malformed,
    &fault_snapshot_not_found,
    &fault_snapshot_foreign,
    &fault_not_modelled_value,
    &fault_missing_parameter,
    &fault_owner_malformed,
    &fault_group,
    &fault_snapshot_default_key,
    NULL,
};

#define NEEDS_SNAPSHOT \
    EC2_EXAMPLE_VOLUME \
    "\nSNAP=$(aws ec2 create-snapshot --volume-id $VOL --query SnapshotId --output text)"

const struct op op_modify_snapshot_attribute = {
    .name = "ModifySnapshotAttribute",
    .doc = "Shares a snapshot with other accounts, or no longer.",
    .example = "aws ec2 modify-snapshot-attribute --snapshot-id $SNAP --attribute "
               "createVolumePermission --operation-type add --user-ids 444455556666",
    .needs = NEEDS_SNAPSHOT,
    .in = &modify_in_shape,
    .out = &shape_empty,
    .faults = modify_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = modify_attribute,
};

/* ---- DescribeSnapshotAttribute ---- */

struct describe_in {
    const char *attribute;
    const char *id;
    bool dry_run;
};

struct describe_out {
    const char *id;
    struct permission_views permissions;
};

static const struct field describe_in_fields[] = {
    F_STRING(struct describe_in, attribute, "Attribute", "What to show: " PERMISSION ".",
             .flags = FIELD_REQUIRED, .words = attribute_words),
    F_STRING(struct describe_in, id, "SnapshotId", "The snapshot; your own.",
             .flags = FIELD_REQUIRED, .ref = &kind_snapshot),
    F_DRY_RUN(struct describe_in, dry_run),
};

static const struct shape describe_in_shape =
    SHAPE("DescribeSnapshotAttributeRequest", struct describe_in, describe_in_fields);
static const struct shape reset_in_shape =
    SHAPE("ResetSnapshotAttributeRequest", struct describe_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_STRING(struct describe_out, id, "SnapshotId", "The snapshot.", .ref = &kind_snapshot),
    F_LIST(struct describe_out, permissions, struct permission_view, &permission_shape,
           "CreateVolumePermissions", "Who may make volumes of it, besides its owner."),
};

static const struct shape describe_out_shape =
    SHAPE("DescribeSnapshotAttributeResult", struct describe_out, describe_out_fields);

static int describe_attribute(struct call *call, const void *input, void *output)
{
    const struct describe_in *in = input;
    struct describe_out *out = output;
    const struct snapshot *snapshot = own_snapshot(call, in->id);

    if (snapshot == NULL || check_attribute(call, in->attribute) != 0)
        return -1;
    out->id = id_text(&call->arena, &kind_snapshot, snapshot->key);
    for (uint32_t i = 0; i < snapshot->shared_with.count; i++)
        *LIST_PUSH_IN(&call->arena, &out->permissions) = (struct permission_view){
            .user = account_text(&call->arena, (uint64_t)snapshot->shared_with.items[i])};
    if (snapshot->is_public)
        *LIST_PUSH_IN(&call->arena, &out->permissions) = (struct permission_view){.group = "all"};
    return 0;
}

static const struct fault_kind *const describe_faults[] = {
    &fault_snapshot_malformed,
    &fault_snapshot_not_found,
    &fault_snapshot_foreign,
    &fault_not_modelled_value,
    NULL,
};

const struct op op_describe_snapshot_attribute = {
    .name = "DescribeSnapshotAttribute",
    .doc = "Says with whom a snapshot is shared.",
    .example = "aws ec2 describe-snapshot-attribute --snapshot-id $SNAP --attribute "
               "createVolumePermission",
    .needs = NEEDS_SNAPSHOT,
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = describe_faults,
    .flags = OP_DRY_RUN,
    .run = describe_attribute,
};

/* ---- ResetSnapshotAttribute ---- */

static int reset_attribute(struct call *call, const void *input, void *output)
{
    const struct describe_in *in = input;
    struct snapshot *snapshot = own_snapshot(call, in->id);

    (void)output;
    if (snapshot == NULL || check_attribute(call, in->attribute) != 0)
        return -1;
    snapshot_unshare(snapshot);
    return 0;
}

const struct op op_reset_snapshot_attribute = {
    .name = "ResetSnapshotAttribute",
    .doc = "Makes a snapshot its owner's alone again.",
    .example = "aws ec2 reset-snapshot-attribute --snapshot-id $SNAP --attribute "
               "createVolumePermission",
    .needs = NEEDS_SNAPSHOT,
    .in = &reset_in_shape,
    .out = &shape_empty,
    .faults = describe_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = reset_attribute,
};
