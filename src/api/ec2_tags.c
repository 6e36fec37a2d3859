/*
 * api/ec2_tags.c - create-tags, delete-tags, describe-tags: for every kind of resource that has
 * tags.
 *
 * One table says which kinds there are and where their tags lie; a new kind is one more row.
 * True to the EC2 API reference: one bad id fails the whole call; deleting without a value deletes
 * whatever the value is.
 */
#include "api/ec2_network.h"

#include <stddef.h>
#include <string.h>

#include "base/bug.h"
#include "base/str.h"

/* ---- what can be tagged ---- */

struct taggable {
    const char *type; /* "security-group", as describe-tags names it */
    const struct id_words *words;
    const struct table *(*table)(const struct world *world);
    size_t tags;    /* where a row's struct tags lies */
    size_t account; /* where its uint64_t account lies */
    uint8_t (*region)(const void *row);
};

static const struct fault_kind fault_id = {
    .code = "InvalidID",
    .text = "The ID '{}' is not valid",
    .hint = "Tags hang on instances, images, volumes, snapshots, security groups, key pairs, VPCs "
            "and subnets.",
};

static const struct fault_kind fault_key_pair_malformed = {
    .code = "InvalidKeyPairID.Malformed",
    .text = "Invalid id: \"{}\" (expecting \"key-...\")",
    .hint = "`aws ec2 describe-key-pairs` shows the ids of key pairs.",
};

static void *find_key_pair(const struct call *call, uint64_t id)
{
    struct key_pair *key = table_find(&call->world->keys.table, id);

    return key != NULL && key->account == call->account && key->region == call->region ? key : NULL;
}

static const struct id_words key_pair_words = {
    .kind = &kind_key_pair,
    .malformed = &fault_key_pair_malformed,
    .missing = &fault_key_pair_not_found,
    .find = find_key_pair,
};

static void *find_template(const struct call *call, uint64_t id)
{
    struct launch_template *template = table_find(&call->world->templates.table, id);

    return template != NULL && template->account == call->account &&
                   template->region == call->region
               ? template
               : NULL;
}

static const struct id_words template_words = {
    .kind = &kind_launch_template,
    .malformed = &fault_launch_template_malformed,
    .missing = &fault_launch_template_missing,
    .find = find_template,
};

static const struct table *template_table(const struct world *world)
{
    return &world->templates.table;
}

static uint8_t template_region(const void *row)
{
    return ((const struct launch_template *)row)->region;
}

static void *find_placement_group(const struct call *call, uint64_t id)
{
    struct placement_group *group = table_find(&call->world->placement.table, id);

    return group != NULL && group->account == call->account && group->region == call->region
               ? group
               : NULL;
}

static const struct id_words placement_group_words = {
    .kind = &kind_placement_group,
    .malformed = &fault_placement_unknown,
    .missing = &fault_placement_unknown,
    .find = find_placement_group,
};

static const struct table *placement_group_table(const struct world *world)
{
    return &world->placement.table;
}

static uint8_t placement_group_region(const void *row)
{
    return ((const struct placement_group *)row)->region;
}

static const struct table *dedicated_table(const struct world *world)
{
    return &world->dedicated.table;
}

static uint8_t dedicated_region(const void *row)
{
    return ((const struct dedicated_host *)row)->region;
}

static const struct table *elastic_table(const struct world *world)
{
    return &world->network.elastics;
}

static uint8_t elastic_region(const void *row)
{
    return ((const struct elastic_ip *)row)->region;
}

static const struct table *gateway_table(const struct world *world)
{
    return &world->network.gateways;
}

static uint8_t gateway_region(const void *row)
{
    return ((const struct internet_gateway *)row)->region;
}

static const struct table *acl_table(const struct world *world)
{
    return &world->network.acls;
}

static uint8_t acl_region(const void *row)
{
    return ((const struct network_acl *)row)->region;
}

static const struct table *route_table(const struct world *world)
{
    return &world->network.route_tables;
}

static uint8_t route_region(const void *row)
{
    return ((const struct route_table *)row)->region;
}

static const struct table *image_table(const struct world *world)
{
    return &world->images.table;
}

static const struct table *instance_table(const struct world *world)
{
    return &world->instances.table;
}

static const struct table *key_pair_table(const struct world *world)
{
    return &world->keys.table;
}

static const struct table *group_table(const struct world *world)
{
    return &world->firewall.table;
}

static const struct table *snapshot_table(const struct world *world)
{
    return &world->snapshots.table;
}

static const struct table *subnet_table(const struct world *world)
{
    return &world->network.subnets;
}

static const struct table *volume_table(const struct world *world)
{
    return &world->volumes.table;
}

static const struct table *vpc_table(const struct world *world)
{
    return &world->network.vpcs;
}

static uint8_t image_region(const void *row)
{
    return ((const struct image *)row)->region;
}

static uint8_t instance_region(const void *row)
{
    return ZONE_REGION(((const struct instance *)row)->zone);
}

static uint8_t key_pair_region(const void *row)
{
    return ((const struct key_pair *)row)->region;
}

static uint8_t group_region(const void *row)
{
    return ((const struct security_group *)row)->region;
}

static uint8_t snapshot_region(const void *row)
{
    return ((const struct snapshot *)row)->region;
}

static uint8_t subnet_region(const void *row)
{
    return ZONE_REGION(((const struct subnet *)row)->zone);
}

static uint8_t disk_region(const void *row)
{
    return volume_region(row);
}

static uint8_t vpc_region(const void *row)
{
    return ((const struct vpc *)row)->region;
}

static const struct table *spot_table(const struct world *world)
{
    return &world->spots.table;
}

static uint8_t spot_region(const void *row)
{
    return ((const struct spot_request *)row)->region;
}

#define TAGGABLE(TYPE, WORDS, ROW, TABLE, REGION)                                                  \
    {                                                                                              \
        .type = (TYPE), .words = (WORDS), .table = (TABLE), .tags = offsetof(struct ROW, tags),    \
        .account = offsetof(struct ROW, account), .region = (REGION),                              \
    }

static const struct taggable taggables[] = {
    TAGGABLE("dedicated-host", &id_words_dedicated_host, dedicated_host, dedicated_table,
             dedicated_region),
    TAGGABLE("elastic-ip", &id_words_elastic_ip, elastic_ip, elastic_table, elastic_region),
    TAGGABLE("image", &id_words_image, image, image_table, image_region),
    TAGGABLE("instance", &id_words_instance, instance, instance_table, instance_region),
    TAGGABLE("internet-gateway", &id_words_gateway, internet_gateway, gateway_table,
             gateway_region),
    TAGGABLE("key-pair", &key_pair_words, key_pair, key_pair_table, key_pair_region),
    TAGGABLE("launch-template", &template_words, launch_template, template_table, template_region),
    TAGGABLE("network-acl", &id_words_acl, network_acl, acl_table, acl_region),
    TAGGABLE("placement-group", &placement_group_words, placement_group, placement_group_table,
             placement_group_region),
    TAGGABLE("route-table", &id_words_route_table, route_table, route_table, route_region),
    TAGGABLE("security-group", &id_words_security_group, security_group, group_table, group_region),
    TAGGABLE("snapshot", &id_words_snapshot, snapshot, snapshot_table, snapshot_region),
    TAGGABLE("spot-instances-request", &id_words_spot_request, spot_request, spot_table,
             spot_region),
    TAGGABLE("subnet", &id_words_subnet, subnet, subnet_table, subnet_region),
    TAGGABLE("volume", &id_words_volume, volume, volume_table, disk_region),
    TAGGABLE("vpc", &id_words_vpc, vpc, vpc_table, vpc_region),
};

enum { TAGGABLE_COUNT = sizeof(taggables) / sizeof(taggables[0]) };

static struct tags *row_tags(const struct taggable *kind, void *row)
{
    return (struct tags *)(void *)((char *)row + kind->tags);
}

static uint64_t row_account(const struct taggable *kind, const void *row)
{
    uint64_t account;

    memcpy(&account, (const char *)row + kind->account, sizeof(account));
    return account;
}

static uint64_t row_id(const void *row)
{
    uint64_t id;

    memcpy(&id, row, sizeof(id));
    return id;
}

/* The tags of what an id names, by its prefix; NULL after a fault. */
static struct tags *tags_of(struct call *call, const char *text)
{
    uint64_t id;

    for (size_t i = 0; i < TAGGABLE_COUNT; i++) {
        void *row;

        if (!id_parse(taggables[i].words->kind, text, &id))
            continue;
        row = id_find(call, taggables[i].words, text);
        return row == NULL ? NULL : row_tags(&taggables[i], row);
    }
    call_fault(call, &fault_id, text);
    return NULL;
}

/* The tags of all resources, in the order of the ids; NULL after a fault. */
static struct tags **tags_of_all(struct call *call, const struct strings *texts)
{
    struct tags **all = arena_alloc(&call->arena, (texts->count + 1) * sizeof(struct tags *));

    for (uint32_t i = 0; i < texts->count; i++) {
        all[i] = tags_of(call, texts->items[i]);
        if (all[i] == NULL)
            return NULL;
    }
    return all;
}

/* ---- CreateTags, DeleteTags ---- */

struct change_tags_in {
    bool dry_run;
    struct strings resources;
    struct tag_views tags;
};

static const struct fault_kind fault_no_resources = {
    .code = "MissingParameter",
    .text = "The request must contain the parameter resourceIdSet",
    .hint = "Name at least one resource: --resources ID.",
};

static const struct fault_kind fault_no_tags = {
    .code = "MissingParameter",
    .text = "The request must contain the parameter tagSet",
    .hint = "Name at least one tag: --tags Key=NAME,Value=TEXT.",
};

static const struct field create_tags_in_fields[] = {
    F_DRY_RUN(struct change_tags_in, dry_run),
    F_STRINGS(struct change_tags_in, resources, "Resources",
              "The ids of the resources; of several kinds, if you like.", .flags = FIELD_REQUIRED,
              .ref = &kind_instance),
    F_LIST(struct change_tags_in, tags, struct tag_view, &tag_view_shape, "Tags",
           "The tags to set; a key that is there gets the new value.", .flags = FIELD_REQUIRED),
};

static const struct shape create_tags_in_shape =
    SHAPE("CreateTagsRequest", struct change_tags_in, create_tags_in_fields);

static const struct field delete_tags_in_fields[] = {
    F_DRY_RUN(struct change_tags_in, dry_run),
    F_STRINGS(struct change_tags_in, resources, "Resources", "The ids of the resources.",
              .flags = FIELD_REQUIRED, .ref = &kind_instance),
    F_LIST(struct change_tags_in, tags, struct tag_view, &tag_view_shape, "Tags",
           "The tags to remove: a key alone, or only where it has that value; none named: all."),
};

static const struct shape delete_tags_in_shape =
    SHAPE("DeleteTagsRequest", struct change_tags_in, delete_tags_in_fields);

static int create_tags(struct call *call, const void *input, void *output)
{
    const struct change_tags_in *in = input;
    struct tags **all;

    (void)output;
    if (in->resources.count == 0)
        return call_fault(call, &fault_no_resources);
    if (in->tags.count == 0)
        return call_fault(call, &fault_no_tags);
    if (tag_views_check(call, &in->tags) != 0)
        return -1;
    all = tags_of_all(call, &in->resources);
    if (all == NULL)
        return -1;
    for (uint32_t i = 0; i < in->resources.count; i++) {
        if (tag_views_check_room(call, all[i], &in->tags) != 0)
            return -1;
    }
    for (uint32_t i = 0; i < in->resources.count; i++) {
        for (uint32_t k = 0; k < in->tags.count; k++) {
            const struct tag_view *tag = &in->tags.items[k];

            tags_set(all[i], tag->key, tag->value == NULL ? "" : tag->value);
        }
    }
    return 0;
}

static void remove_all(struct tags *tags)
{
    while (tags_count(tags) > 0)
        tags_remove(tags, tags_at(tags, tags_count(tags) - 1)->key, NULL);
}

static int delete_tags(struct call *call, const void *input, void *output)
{
    const struct change_tags_in *in = input;
    struct tags **all;

    (void)output;
    if (in->resources.count == 0)
        return call_fault(call, &fault_no_resources);
    if (tag_views_check(call, &in->tags) != 0)
        return -1;
    all = tags_of_all(call, &in->resources);
    if (all == NULL)
        return -1;
    for (uint32_t i = 0; i < in->resources.count; i++) {
        if (in->tags.count == 0)
            remove_all(all[i]);
        for (uint32_t k = 0; k < in->tags.count; k++)
            tags_remove(all[i], in->tags.items[k].key, in->tags.items[k].value);
    }
    return 0;
}

static const struct fault_kind *const change_tags_faults[] = {
    &fault_id,
    &fault_no_resources,
    &fault_no_tags,
    NULL,
};

const struct op op_create_tags = {
    .name = "CreateTags",
    .doc = "Hangs tags on resources, or changes the values of those that are there.",
    .example = "aws ec2 create-tags --resources $I --tags Key=Name,Value=webserver01",
    .needs = EC2_EXAMPLE_INSTANCE,
    .in = &create_tags_in_shape,
    .out = &shape_empty,
    .faults = change_tags_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = create_tags,
};

const struct op op_delete_tags = {
    .name = "DeleteTags",
    .doc = "Takes tags off resources.",
    .example = "aws ec2 delete-tags --resources $I --tags Key=Name",
    .needs = EC2_EXAMPLE_INSTANCE,
    .in = &delete_tags_in_shape,
    .out = &shape_empty,
    .faults = change_tags_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = delete_tags,
};

/* ---- DescribeTags ---- */

struct tag_description {
    const char *key;
    const char *resource;
    const char *type;
    const char *value;
};

struct describe_tags_in {
    bool dry_run;
    struct filters filters;
    struct opt_int max_results;
    const char *next_token;
};

struct describe_tags_out {
    const char *next_token;
    LIST(struct tag_description) tags;
};

static const struct field description_fields[] = {
    F_STRING(struct tag_description, key, "Key", "The name of the tag.", .flags = FIELD_COLUMN),
    F_STRING(struct tag_description, resource, "ResourceId", "What it hangs on.",
             .flags = FIELD_COLUMN),
    F_STRING(struct tag_description, type, "ResourceType", "The kind of what it hangs on.",
             .flags = FIELD_COLUMN),
    F_STRING(struct tag_description, value, "Value", "What it says.", .flags = FIELD_COLUMN),
};

static const struct shape description_shape =
    SHAPE("TagDescription", struct tag_description, description_fields);

static const struct field describe_tags_in_fields[] = {
    F_DRY_RUN(struct describe_tags_in, dry_run),
    F_FILTERS(struct describe_tags_in, filters),
    F_MAX_RESULTS(struct describe_tags_in, max_results, 0),
    F_NEXT_TOKEN(struct describe_tags_in, next_token),
};

static const struct shape describe_tags_in_shape =
    SHAPE("DescribeTagsRequest", struct describe_tags_in, describe_tags_in_fields);

static const struct field describe_tags_out_fields[] = {
    F_NEXT_TOKEN_OUT(struct describe_tags_out, next_token),
    F_LIST(struct describe_tags_out, tags, struct tag_description, &description_shape, "Tags",
           "The tags, resource by resource."),
};

static const struct shape describe_tags_out_shape =
    SHAPE("DescribeTagsResult", struct describe_tags_out, describe_tags_out_fields);

static const struct filter_name tag_filters[] = {
    {"key", "Key"},
    {"resource-id", "ResourceId"},
    {"resource-type", "ResourceType"},
    {"value", "Value"},
    {0},
};

/* tag:KEY means here: the tags of that key, with one of the values. */
static bool passes(const struct call *call, const struct filters *filters,
                   const struct tag_description *tag)
{
    for (uint32_t i = 0; i < filters->count; i++) {
        struct filter *filter = &filters->items[i];
        struct filter plain = *filter;
        struct filters one = {.items = &plain, .count = 1};

        if (str_starts(filter->name, "tag:")) {
            if (strcmp(filter->name + 4, tag->key) != 0)
                return false;
            plain.name = "value";
        }
        if (!filter_pass(call->op, &one, &description_shape, tag))
            return false;
    }
    return true;
}

static void describe_row(struct call *call, const struct taggable *kind, void *row,
                         const struct describe_tags_in *in, struct describe_tags_out *out)
{
    const struct tags *tags = row_tags(kind, row);
    const char *id = NULL;

    if (tags_count(tags) > 0)
        id = id_text(&call->arena, kind->words->kind, row_id(row));
    for (uint32_t i = 0; i < tags_count(tags); i++) {
        struct tag_description tag = {
            .key = tags_at(tags, i)->key,
            .resource = id,
            .type = kind->type,
            .value = tags_at(tags, i)->value,
        };

        if (passes(call, &in->filters, &tag))
            *LIST_PUSH_IN(&call->arena, &out->tags) = tag;
    }
}

static int describe_tags(struct call *call, const void *input, void *output)
{
    const struct describe_tags_in *in = input;
    struct describe_tags_out *out = output;
    struct page page;

    for (size_t i = 0; i < TAGGABLE_COUNT; i++) {
        const struct table *table = taggables[i].table(call->world);

        for (uint32_t k = 0; k < table_count(table); k++) {
            void *row = table_at(table, k);

            if (row_account(&taggables[i], row) == call->account &&
                taggables[i].region(row) == call->region && ec2_shows(call, row_id(row)))
                describe_row(call, &taggables[i], row, in, out);
        }
    }
    if (page_find(call, in->max_results, in->next_token, out->tags.count, &page) != 0)
        return -1;
    PAGE_CUT(&out->tags, page);
    out->next_token = page.next;
    return 0;
}

static const struct paging describe_tags_paging = EC2_PAGING("Tags");

const struct op op_describe_tags = {
    .name = "DescribeTags",
    .doc = "Lists the tags of all your resources in the Region.",
    .example = "aws ec2 describe-tags --filters Name=resource-type,Values=instance",
    .in = &describe_tags_in_shape,
    .out = &describe_tags_out_shape,
    .flags = OP_DRY_RUN,
    .paging = &describe_tags_paging,
    .filters = tag_filters,
    .run = describe_tags,
};
