/*
 * api/ec2_placement_group.c - create-placement-group, describe-placement-groups,
 * delete-placement-group.
 *
 * True to the EC2 API reference.  Left out: linked groups, spread over hosts (Outposts only),
 * precision time.
 */
#include "api/ec2_instance_view.h"

#include "base/str.h"
#include "cloud/placement_group.h"

static const char *const tagged_kinds[] = {"placement-group", NULL};
static const char *const strategy_words[] = {"cluster", "spread", "partition", NULL};
static const char *const level_words[] = {"host", "rack", NULL};

struct group_view {
    const char *name;
    const char *state;
    const char *strategy;
    struct opt_int partitions;
    const char *id;
    struct tag_views tags;
    const char *arn;
    const char *level;
};

struct create_group_in {
    struct opt_int partitions;
    struct tag_specifications tags;
    const char *level;
    bool dry_run;
    const char *name;
    const char *strategy;
};

struct create_group_out {
    struct group_view *group;
};

struct describe_groups_in {
    struct strings ids;
    bool dry_run;
    struct strings names;
    struct filters filters;
};

struct describe_groups_out {
    LIST(struct group_view) groups;
};

struct delete_group_in {
    bool dry_run;
    const char *name;
};

/* ---- shapes ---- */

static const struct field view_fields[] = {
    F_STRING(struct group_view, name, "GroupName", "Its name.", .flags = FIELD_COLUMN),
    F_STRING(struct group_view, state, "State", "available: it can be used.",
             .flags = FIELD_COLUMN),
    F_STRING(struct group_view, strategy, "Strategy", "How its instances stand.",
             .flags = FIELD_COLUMN, .words = strategy_words),
    F_OPT_INT(struct group_view, partitions, "PartitionCount", "How many partitions a zone has."),
    F_STRING(struct group_view, id, "GroupId", "The id that AWS gave it.",
             .ref = &kind_placement_group, .flags = FIELD_COLUMN),
    F_TAGS(struct group_view, tags),
    F_STRING(struct group_view, arn, "GroupArn", "Its ARN."),
    F_STRING(struct group_view, level, "SpreadLevel", "What each of a spread group has for itself.",
             .words = level_words),
};
static const struct shape view_shape = SHAPE("PlacementGroup", struct group_view, view_fields);

static const struct field create_in_fields[] = {
    F_OPT_INT(struct create_group_in, partitions, "PartitionCount",
              "How many partitions a zone has, 1 to 7; only with the strategy partition."),
    F_TAG_SPECIFICATIONS(struct create_group_in, tags),
    F_STRING(struct create_group_in, level, "SpreadLevel",
             "What each of a spread group has for itself: rack; host is of Outposts only.",
             .words = level_words),
    F_DRY_RUN(struct create_group_in, dry_run),
    F_STRING(struct create_group_in, name, "GroupName", "Its name, unique in the Region."),
    F_STRING(struct create_group_in, strategy, "Strategy",
             "cluster (close together), spread (each for itself) or partition.",
             .words = strategy_words),
};
static const struct shape create_in_shape =
    SHAPE("CreatePlacementGroupRequest", struct create_group_in, create_in_fields);

static const struct field create_out_fields[] = {
    F_STRUCT(struct create_group_out, group, struct group_view, &view_shape, "PlacementGroup",
             "The placement group."),
};
static const struct shape create_out_shape =
    SHAPE("CreatePlacementGroupResult", struct create_group_out, create_out_fields);

static const struct field describe_in_fields[] = {
    F_STRINGS(struct describe_groups_in, ids, "GroupIds", "Only those of these ids.",
              .ref = &kind_placement_group),
    F_DRY_RUN(struct describe_groups_in, dry_run),
    F_STRINGS(struct describe_groups_in, names, "GroupNames", "Only those of these names."),
    F_FILTERS(struct describe_groups_in, filters),
};
static const struct shape describe_in_shape =
    SHAPE("DescribePlacementGroupsRequest", struct describe_groups_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_LIST(struct describe_groups_out, groups, struct group_view, &view_shape, "PlacementGroups",
           "The placement groups."),
};
static const struct shape describe_out_shape =
    SHAPE("DescribePlacementGroupsResult", struct describe_groups_out, describe_out_fields);

static const struct field delete_in_fields[] = {
    F_DRY_RUN(struct delete_group_in, dry_run),
    F_STRING(struct delete_group_in, name, "GroupName", "The placement group.",
             .flags = FIELD_REQUIRED),
};
static const struct shape delete_in_shape =
    SHAPE("DeletePlacementGroupRequest", struct delete_group_in, delete_in_fields);

/* ---- faults ---- */

static const struct fault_kind fault_partitions = {
    .code = "InvalidParameterValue",
    .text = "Value ({}) for parameter partitionCount is invalid. Expecting a value from 1 to 7.",
    .hint = "A zone has at most seven partitions of a group.",
};
static const struct fault_kind fault_partitions_of = {
    .code = "InvalidParameterCombination",
    .text = "The parameter PartitionCount may only be used with the strategy 'partition'.",
    .hint = "Leave one of the two away, or say --strategy partition.",
};
static const struct fault_kind fault_in_use = {
    .code = "InvalidPlacementGroup.InUse",
    .text = "The placement group '{}' is in use and may not be deleted.",
    .hint = "Terminate its instances, or move them out with modify-instance-placement.",
};
static const struct fault_kind fault_group_id = {
    .code = "InvalidPlacementGroupId.Malformed",
    .text = "Invalid id: \"{}\" (expecting \"pg-...\")",
    .hint = "`aws ec2 describe-placement-groups` shows the ids.",
};

/* ---- seeing ---- */

static void group_see(struct call *call, const struct placement_group *group,
                      struct group_view *view)
{
    *view = (struct group_view){
        .name = group->name,
        .state = "available",
        .strategy = placement_strategy_name(group->strategy),
        .id = id_text(&call->arena, &kind_placement_group, group->id),
        .arn = ec2_arn(call, "placement-group", group->name),
    };
    if (group->strategy == HOST_GROUP_PARTITION)
        view->partitions = OPT_INT(group->partitions);
    if (group->strategy == HOST_GROUP_SPREAD)
        view->level = "rack";
    tag_views_fill(call, &view->tags, &group->tags);
}

/* ---- CreatePlacementGroup ---- */

static int create_check(struct call *call, const struct create_group_in *in, uint8_t strategy)
{
    if (in->name == NULL || in->name[0] == '\0')
        return call_fault(call, &fault_missing_parameter, "GroupName");
    if (str_equal(in->level, "host"))
        return call_fault(call, &fault_not_modelled_value);
    if (in->partitions.set && strategy != HOST_GROUP_PARTITION)
        return call_fault(call, &fault_partitions_of);
    if (in->partitions.set &&
        (in->partitions.value < 1 || in->partitions.value > HOST_PARTITIONS_MOST))
        return call_fault(call, &fault_partitions, ec2_number(call, in->partitions.value));
    return tag_specifications_check(call, &in->tags, tagged_kinds);
}

static int create_group(struct call *call, const void *input, void *output)
{
    const struct create_group_in *in = input;
    struct create_group_out *out = output;
    uint8_t strategy = in->strategy == NULL ? (in->partitions.set ? HOST_GROUP_PARTITION
                                                                  : HOST_GROUP_CLUSTER)
                                            : (uint8_t)placement_strategy_find(in->strategy);
    struct placement_group_new wish = {
        .account = call->account,
        .region = call->region,
        .strategy = strategy,
        .partitions = (uint8_t)in->partitions.value,
        .name = in->name,
    };
    struct placement_group *group;

    if (create_check(call, in, strategy) != 0)
        return -1;
    group = placement_group_add(&call->world->placement, &wish, &call->fault);
    if (group == NULL)
        return -1;
    tags_copy(&group->tags, tag_specifications_of(&call->arena, &in->tags, "placement-group"));
    out->group = arena_alloc(&call->arena, sizeof(*out->group));
    group_see(call, group, out->group);
    return 0;
}

static const struct fault_kind *const create_faults[] = {
    &fault_missing_parameter, &fault_not_modelled_value, &fault_partitions_of,
    &fault_partitions,        &fault_placement_duplicate, &fault_placement_limit,
    NULL,
};

const struct op op_create_placement_group = {
    .name = "CreatePlacementGroup",
    .doc = "Makes a placement group: instances close together, or apart.",
    .example = "aws ec2 create-placement-group --group-name apart --strategy spread",
    .in = &create_in_shape,
    .out = &create_out_shape,
    .faults = create_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = create_group,
};

/* ---- DescribePlacementGroups ---- */

static const struct filter_name group_filters[] = {
    {"group-name", "GroupName"},
    {"group-arn", "GroupArn"},
    {"spread-level", "SpreadLevel"},
    {"state", "State"},
    {"strategy", "Strategy"},
    {0},
};

static bool is_named(const struct strings *names, const char *name)
{
    for (uint32_t i = 0; i < names->count; i++) {
        if (str_equal(names->items[i], name))
            return true;
    }
    return names->count == 0;
}

static int names_check(struct call *call, const struct describe_groups_in *in)
{
    for (uint32_t i = 0; i < in->names.count; i++) {
        if (placement_group_find(&call->world->placement, call->account, call->region,
                                 in->names.items[i]) == NULL)
            return call_fault(call, &fault_placement_unknown, in->names.items[i]);
    }
    for (uint32_t i = 0; i < in->ids.count; i++) {
        const struct placement_group *group;
        uint64_t id = 0;

        if (!id_parse(&kind_placement_group, in->ids.items[i], &id))
            return call_fault(call, &fault_group_id, in->ids.items[i]);
        group = table_find(&call->world->placement.table, id);
        if (group == NULL || group->account != call->account || group->region != call->region)
            return call_fault(call, &fault_placement_unknown, in->ids.items[i]);
    }
    return 0;
}

static int describe_groups(struct call *call, const void *input, void *output)
{
    const struct describe_groups_in *in = input;
    struct describe_groups_out *out = output;
    const struct table *table = &call->world->placement.table;

    if (names_check(call, in) != 0)
        return -1;
    for (uint32_t i = 0; i < table_count(table); i++) {
        const struct placement_group *group = table_at(table, i);
        struct group_view view;

        if (group->account != call->account || group->region != call->region)
            continue;
        group_see(call, group, &view);
        if (is_named(&in->names, view.name) && is_named(&in->ids, view.id) &&
            filter_pass(call->op, &in->filters, &view_shape, &view))
            *LIST_PUSH_IN(&call->arena, &out->groups) = view;
    }
    return 0;
}

static const struct fault_kind *const describe_faults[] = {
    &fault_placement_unknown,
    &fault_group_id,
    NULL,
};

const struct op op_describe_placement_groups = {
    .name = "DescribePlacementGroups",
    .doc = "Lists your placement groups.",
    .example = "aws ec2 describe-placement-groups",
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = describe_faults,
    .flags = OP_DRY_RUN,
    .filters = group_filters,
    .run = describe_groups,
};

/* ---- DeletePlacementGroup ---- */

static bool is_used(const struct call *call, uint64_t group)
{
    const struct table *table = &call->world->instances.table;

    for (uint32_t i = 0; i < table_count(table); i++) {
        const struct instance *instance = table_at(table, i);

        if (instance_rare(instance)->group == group && instance->state != INSTANCE_TERMINATED)
            return true;
    }
    return false;
}

static int delete_group(struct call *call, const void *input, void *output)
{
    const struct delete_group_in *in = input;
    const struct placement_group *group =
        placement_group_find(&call->world->placement, call->account, call->region, in->name);

    (void)output;
    if (group == NULL)
        return call_fault(call, &fault_placement_unknown, in->name);
    if (is_used(call, group->id))
        return call_fault(call, &fault_in_use, in->name);
    placement_group_remove(&call->world->placement, group->id);
    return 0;
}

static const struct fault_kind *const delete_faults[] = {
    &fault_placement_unknown,
    &fault_in_use,
    NULL,
};

const struct op op_delete_placement_group = {
    .name = "DeletePlacementGroup",
    .doc = "Deletes a placement group in which no instances are.",
    .example = "aws ec2 delete-placement-group --group-name apart",
    .needs = "aws ec2 create-placement-group --group-name apart --strategy spread",
    .in = &delete_in_shape,
    .out = &shape_empty,
    .faults = delete_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = delete_group,
};
