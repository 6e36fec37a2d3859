/*
 * api/autoscaling_tag.c - create-or-update-tags, delete-tags, describe-tags of Auto Scaling groups.
 */
#include "api/autoscaling_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

enum { TAGS_MOST = 50 };

static const struct field tag_fields[] = {
    F_STRING(struct group_tag, resource, "ResourceId", "The name of the group."),
    F_STRING(struct group_tag, type, "ResourceType", "auto-scaling-group."),
    F_STRING(struct group_tag, key, "Key", "The name of the tag, up to 128 characters.",
             .flags = FIELD_REQUIRED, .min = 1, .max = 128),
    F_STRING(struct group_tag, value, "Value", "What it says, up to 256 characters.", .max = 256),
    F_OPT_BOOL(struct group_tag, propagate, "PropagateAtLaunch",
               "Whether instances that are launched from now on get it too."),
};
const struct shape group_tag_shape = SHAPE("Tag", struct group_tag, tag_fields);

static const struct field view_fields[] = {
    F_STRING(struct group_tag, resource, "ResourceId", "The name of the group.",
             .flags = FIELD_COLUMN),
    F_STRING(struct group_tag, type, "ResourceType", "auto-scaling-group."),
    F_STRING(struct group_tag, key, "Key", "The name of the tag.", .flags = FIELD_COLUMN),
    F_STRING(struct group_tag, value, "Value", "What it says.", .flags = FIELD_COLUMN),
    F_OPT_BOOL(struct group_tag, propagate, "PropagateAtLaunch",
               "Whether instances get it at their launch."),
};
const struct shape group_tag_view_shape = SHAPE("TagDescription", struct group_tag, view_fields);

int group_tags_check(struct call *call, const struct group_tags *tags)
{
    for (uint32_t i = 0; i < tags->count; i++) {
        if (str_starts(tags->items[i].key, "aws:"))
            return scaling_refusef(&call->fault,
                                   "Tag keys starting with 'aws:' are reserved for internal use");
        for (uint32_t k = 0; k < i; k++) {
            if (str_equal(tags->items[k].key, tags->items[i].key) &&
                str_equal(tags->items[k].resource, tags->items[i].resource))
                return scaling_refusef(&call->fault, "Duplicate tag key '%s' specified.",
                                       tags->items[i].key);
        }
    }
    if (tags->count > TAGS_MOST)
        return call_fault(call, &fault_scaling_limit, "tags of an AutoScalingGroup");
    return 0;
}

static struct scaling_tag *tag_find(struct scaling_group *group, const char *key)
{
    for (uint32_t i = 0; i < group->tags.count; i++) {
        if (strcmp(group->tags.items[i].key, key) == 0)
            return &group->tags.items[i];
    }
    return NULL;
}

void group_tags_set(struct scaling_group *group, const struct group_tag *tag)
{
    struct scaling_tag *have = tag_find(group, tag->key);

    if (have == NULL) {
        have = LIST_PUSH(&group->tags);
        have->key = xstrdup(tag->key);
    }
    free(have->value);
    have->value = xstrdup(tag->value == NULL ? "" : tag->value);
    have->propagate = tag->propagate.value;
}

void group_tags_see(struct call *call, const struct scaling_group *group, struct group_tags *out)
{
    for (uint32_t i = 0; i < group->tags.count; i++) {
        const struct scaling_tag *tag = &group->tags.items[i];

        *LIST_PUSH_IN(&call->arena, out) = (struct group_tag){
            .resource = group->name,
            .type = "auto-scaling-group",
            .key = tag->key,
            .value = tag->value,
            .propagate = OPT_BOOL(tag->propagate),
        };
    }
}

/* ---- CreateOrUpdateTags, DeleteTags ---- */

struct tags_in {
    struct group_tags tags;
};

static const struct field tags_in_fields[] = {
    {.name = "Tags",
     .doc = "The tags: ResourceId=GROUP,ResourceType=auto-scaling-group,Key=NAME,Value=TEXT,"
            "PropagateAtLaunch=true.",
     .type = FIELD_LIST,
     .offset = offsetof(struct tags_in, tags),
     .of = &group_tag_shape,
     .flags = FIELD_REQUIRED},
};
static const struct shape tags_in_shape =
    SHAPE("CreateOrUpdateTagsType", struct tags_in, tags_in_fields);

static const struct fault_kind *const faults[] = {
    &fault_scaling_limit,
    &fault_scaling_validation,
    NULL,
};

static int resources_check(struct call *call, const struct group_tags *tags)
{
    for (uint32_t i = 0; i < tags->count; i++) {
        const struct group_tag *tag = &tags->items[i];

        if (tag->resource == NULL || !str_equal(tag->type, "auto-scaling-group"))
            return scaling_refusef(&call->fault, "Resource type and resource id are required for "
                                                 "each tag: ResourceType=auto-scaling-group");
        if (group_named(call, tag->resource) == NULL)
            return -1;
    }
    return group_tags_check(call, tags);
}

static int create_tags(struct call *call, const void *input, void *output)
{
    const struct tags_in *in = input;

    (void)output;
    if (resources_check(call, &in->tags) != 0)
        return -1;
    for (uint32_t i = 0; i < in->tags.count; i++) {
        struct scaling_group *group = group_named(call, in->tags.items[i].resource);
        uint32_t count = group->tags.count;

        for (uint32_t k = 0; k < in->tags.count; k++)
            count += str_equal(in->tags.items[k].resource, group->name) &&
                     tag_find(group, in->tags.items[k].key) == NULL;
        if (count > TAGS_MOST)
            return call_fault(call, &fault_scaling_limit, "tags of an AutoScalingGroup");
    }
    for (uint32_t i = 0; i < in->tags.count; i++)
        group_tags_set(group_named(call, in->tags.items[i].resource), &in->tags.items[i]);
    return 0;
}

const struct op op_autoscaling_create_or_update_tags = {
    .name = "CreateOrUpdateTags",
    .doc = "Hangs tags on groups, or changes them.",
    .example = "aws autoscaling create-or-update-tags --tags ResourceId=web,"
               "ResourceType=auto-scaling-group,Key=Role,Value=web,PropagateAtLaunch=true",
    .needs = NEEDS_SCALING_GROUP,
    .in = &tags_in_shape,
    .out = &shape_empty,
    .faults = faults,
    .flags = OP_WRITE,
    .run = create_tags,
};

static int delete_tags(struct call *call, const void *input, void *output)
{
    const struct tags_in *in = input;

    (void)output;
    if (resources_check(call, &in->tags) != 0)
        return -1;
    for (uint32_t i = 0; i < in->tags.count; i++) {
        struct scaling_group *group = group_named(call, in->tags.items[i].resource);
        struct scaling_tag *tag = tag_find(group, in->tags.items[i].key);

        if (tag == NULL)
            continue;
        free(tag->key);
        free(tag->value);
        LIST_REMOVE(&group->tags, (uint32_t)(tag - group->tags.items));
    }
    return 0;
}

const struct op op_autoscaling_delete_tags = {
    .name = "DeleteTags",
    .doc = "Takes tags off groups.",
    .example = "aws autoscaling delete-tags --tags ResourceId=web,"
               "ResourceType=auto-scaling-group,Key=Role",
    .needs = NEEDS_SCALING_GROUP,
    .in = &tags_in_shape,
    .out = &shape_empty,
    .faults = faults,
    .flags = OP_WRITE,
    .run = delete_tags,
};

/* ---- DescribeTags ---- */

struct describe_in {
    struct filters filters;
    const char *next;
    struct opt_int most;
};

struct describe_out {
    struct group_tags tags;
    const char *next;
};

static const struct field describe_in_fields[] = {
    F_FILTERS(struct describe_in, filters),
    F_NEXT_TOKEN(struct describe_in, next),
    F_MAX_RECORDS(struct describe_in, most),
};
static const struct shape describe_in_shape =
    SHAPE("DescribeTagsType", struct describe_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    {.name = "Tags",
     .doc = "The tags of all groups.",
     .type = FIELD_LIST,
     .offset = offsetof(struct describe_out, tags),
     .of = &group_tag_view_shape},
    F_NEXT_TOKEN_OUT(struct describe_out, next),
};
static const struct shape describe_out_shape =
    SHAPE("TagsType", struct describe_out, describe_out_fields);

static const struct filter_name tag_filters[] = {
    {"auto-scaling-group", "ResourceId"},
    {"key", "Key"},
    {"propagate-at-launch", "PropagateAtLaunch"},
    {"value", "Value"},
    {0},
};

static int describe_tags(struct call *call, const void *input, void *output)
{
    const struct describe_in *in = input;
    struct describe_out *out = output;
    const struct table *groups = &call->world->scaling.groups;
    struct page page;

    for (uint32_t i = 0; i < table_count(groups); i++) {
        const struct scaling_group *group = table_at(groups, i);
        struct group_tags all = {0};

        if (group->account != call->account || group->region != call->region)
            continue;
        group_tags_see(call, group, &all);
        for (uint32_t k = 0; k < all.count; k++) {
            if (filter_pass(call->op, &in->filters, &group_tag_view_shape, &all.items[k]))
                *LIST_PUSH_IN(&call->arena, &out->tags) = all.items[k];
        }
    }
    if (page_find(call, in->most, in->next, out->tags.count, &page) != 0)
        return -1;
    PAGE_CUT(&out->tags, page);
    out->next = page.next;
    return 0;
}

static const struct paging paging = AUTOSCALING_PAGING("Tags");

const struct op op_autoscaling_describe_tags = {
    .name = "DescribeTags",
    .doc = "Lists the tags of your groups.",
    .example = "aws autoscaling describe-tags --filters Name=auto-scaling-group,Values=web",
    .needs = NEEDS_SCALING_GROUP,
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .paging = &paging,
    .filters = tag_filters,
    .run = describe_tags,
};
