/*
 * cloud/placement_group.c - placement groups: instances that are to stand close together, or
 * apart.
 *
 * Owns    struct placement_group.
 * True to the EC2 user guide, "Placement groups" and "Placement strategies".
 */
#include "cloud/placement_group.h"

#include "base/mem.h"
#include "base/str.h"

static const char *const strategy_names[] = {
    [HOST_GROUP_CLUSTER] = "cluster",
    [HOST_GROUP_SPREAD] = "spread",
    [HOST_GROUP_PARTITION] = "partition",
};

enum { PARTITIONS_USUAL = 2 };

const char *placement_strategy_name(uint8_t strategy)
{
    return strategy >= HOST_GROUP_CLUSTER && strategy <= HOST_GROUP_PARTITION
               ? strategy_names[strategy]
               : "";
}

int placement_strategy_find(const char *name)
{
    for (int i = HOST_GROUP_CLUSTER; i <= HOST_GROUP_PARTITION; i++) {
        if (str_equal(strategy_names[i], name))
            return i;
    }
    return -1;
}

void placement_groups_init(struct placement_groups *groups, struct ids *ids,
                           const struct accounts *accounts)
{
    table_init(&groups->table, &placement_group_shape);
    groups->ids = ids;
    groups->accounts = accounts;
}

void placement_groups_release(struct placement_groups *groups)
{
    table_release(&groups->table);
}

bool placement_groups_restore(const struct placement_groups *groups)
{
    for (uint32_t i = 0; i < table_count(&groups->table); i++) {
        const struct placement_group *group = table_at(&groups->table, i);

        if (placement_strategy_name(group->strategy)[0] == '\0' || group->name == NULL ||
            group->partitions > HOST_PARTITIONS_MOST ||
            (group->strategy == HOST_GROUP_PARTITION && group->partitions == 0))
            return false;
    }
    return true;
}

struct placement_group *placement_group_find(const struct placement_groups *groups,
                                             uint64_t account, uint8_t region, const char *name)
{
    for (uint32_t i = 0; i < table_count(&groups->table); i++) {
        struct placement_group *group = table_at(&groups->table, i);

        if (group->account == account && group->region == region && str_equal(group->name, name))
            return group;
    }
    return NULL;
}

struct host_group placement_group_terms(const struct placement_groups *groups, uint64_t group,
                                        uint8_t partition)
{
    const struct placement_group *row =
        groups == NULL || group == 0 ? NULL : table_find(&groups->table, group);

    if (row == NULL)
        return (struct host_group){0};
    return (struct host_group){
        .id = row->id,
        .strategy = row->strategy,
        .partitions = row->partitions,
        .partition = partition,
    };
}

struct placement_group *placement_group_add(struct placement_groups *groups,
                                            const struct placement_group_new *wish,
                                            struct fault *fault)
{
    struct placement_group *group;
    uint32_t count = 0;

    for (uint32_t i = 0; i < table_count(&groups->table); i++) {
        const struct placement_group *other = table_at(&groups->table, i);

        count += other->account == wish->account && other->region == wish->region;
    }
    if (placement_group_find(groups, wish->account, wish->region, wish->name) != NULL) {
        fault_set(fault, &fault_placement_duplicate, wish->name);
        return NULL;
    }
    if (count >= account_quota(groups->accounts, wish->account, QUOTA_PLACEMENT_GROUPS)) {
        fault_set(fault, &fault_placement_limit);
        return NULL;
    }
    group = table_add(&groups->table, ids_new(groups->ids));
    group->account = wish->account;
    group->region = wish->region;
    group->strategy = wish->strategy;
    group->name = xstrdup(wish->name);
    if (wish->strategy == HOST_GROUP_PARTITION)
        group->partitions = wish->partitions == 0 ? PARTITIONS_USUAL : wish->partitions;
    return group;
}

void placement_group_remove(struct placement_groups *groups, uint64_t id)
{
    table_remove(&groups->table, id);
}

const struct fault_kind fault_placement_unknown = {
    "InvalidPlacementGroup.Unknown",
    "The placement group '{}' is unknown.",
    "`aws ec2 describe-placement-groups` lists yours of this Region.",
};
const struct fault_kind fault_placement_duplicate = {
    "InvalidPlacementGroup.Duplicate",
    "The placement group '{}' already exists.",
    "Names are unique in an account and Region: choose another one.",
};
const struct fault_kind fault_placement_limit = {
    "PlacementGroupLimitExceeded",
    "You have reached the limit of placement groups.",
    "`aws ec2 delete-placement-group` those that are not used, or `lab set-quota`.",
};

static const struct field group_fields[] = {
    F_INT(struct placement_group, id, "GroupId", "The id that AWS gave it."),
    F_INT(struct placement_group, account, "OwnerId", "Whose."),
    F_INT(struct placement_group, region, "Region", "Where."),
    F_INT(struct placement_group, strategy, "Strategy", "How its instances stand."),
    F_INT(struct placement_group, partitions, "Partitions", "How many partitions a zone has."),
    F_STRING(struct placement_group, name, "Name", "Its name."),
    F_EMBED(struct placement_group, tags, struct tags, &tags_shape, "Tags", "Its tags."),
};
const struct shape placement_group_shape =
    SHAPE("PlacementGroup", struct placement_group, group_fields);
