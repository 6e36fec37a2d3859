/*
 * cloud/tag.c - tags: keys and values that people hang on resources.
 */
#include "cloud/tag.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

static struct pair *pair_find(const struct tags *tags, const char *key)
{
    for (uint32_t i = 0; i < tags->items.count; i++) {
        if (str_equal(tags->items.items[i].key, key))
            return &tags->items.items[i];
    }
    return NULL;
}

void tags_set(struct tags *tags, const char *key, const char *value)
{
    struct pair *pair = pair_find(tags, key);
    char *copy = xstrdup(value);

    if (pair == NULL) {
        pair = LIST_PUSH(&tags->items);
        pair->key = xstrdup(key);
    } else {
        free((char *)(uintptr_t)pair->value);
    }
    pair->value = copy;
}

bool tags_remove(struct tags *tags, const char *key, const char *value)
{
    struct pair *pair = pair_find(tags, key);

    if (pair == NULL || (value != NULL && !str_equal(pair->value, value)))
        return false;
    free((char *)(uintptr_t)pair->key);
    free((char *)(uintptr_t)pair->value);
    LIST_REMOVE(&tags->items, (uint32_t)(pair - tags->items.items));
    return true;
}

void tags_copy(struct tags *tags, const struct tags *from)
{
    if (from == NULL)
        return;
    for (uint32_t i = 0; i < from->items.count; i++)
        tags_set(tags, from->items.items[i].key, from->items.items[i].value);
}

const char *tags_find(const struct tags *tags, const char *key)
{
    const struct pair *pair = pair_find(tags, key);

    return pair == NULL ? NULL : pair->value;
}

const char *tags_name(const struct tags *tags)
{
    const char *name = tags_find(tags, "Name");

    return name == NULL ? "" : name;
}

static const struct field tags_fields[] = {
    F_MAP(struct tags, items, "Items", "The keys and values."),
};

const struct shape tags_shape = SHAPE("Tags", struct tags, tags_fields);

/* ---- as requests write them ---- */

const struct tags *tag_specifications_of(struct arena *arena,
                                         const struct tag_specifications *specifications,
                                         const char *kind)
{
    struct tags *tags = NULL;

    for (uint32_t i = 0; i < specifications->count; i++) {
        const struct tag_specification *specification = &specifications->items[i];

        if (strcmp(specification->resource_type, kind) != 0)
            continue;
        if (tags == NULL)
            tags = arena_alloc(arena, sizeof(*tags));
        for (uint32_t k = 0; k < specification->tags.count; k++) {
            const struct tag_view *tag = &specification->tags.items[k];

            *LIST_PUSH_IN(arena, &tags->items) = (struct pair){
                .key = tag->key,
                .value = tag->value == NULL ? "" : tag->value,
            };
        }
    }
    return tags;
}

static const struct field tag_fields[] = {
    F_STRING(struct tag_view, key, "Key", "The name of the tag, up to 128 characters."),
    F_STRING(struct tag_view, value, "Value", "What it says, up to 256 characters; may be empty."),
};

const struct shape tag_view_shape = SHAPE("Tag", struct tag_view, tag_fields);

static const char *const taggable_words[] = {
    "image",
    "instance",
    "key-pair",
    "launch-template",
    "network-interface",
    "security-group",
    "security-group-rule",
    "snapshot",
    "subnet",
    "volume",
    "vpc",
    "elastic-ip",
    "placement-group",
    "internet-gateway",
    "network-acl",
    "route-table",
    "dedicated-host",
    "spot-instances-request",
    NULL,
};

static const struct field tag_specification_fields[] = {
    F_STRING(struct tag_specification, resource_type, "ResourceType",
             "The kind of resource that takes the tags.", .words = taggable_words),
    F_LIST(struct tag_specification, tags, struct tag_view, &tag_view_shape, "Tags",
           "The tags for it."),
};

const struct shape tag_specification_shape =
    SHAPE("TagSpecification", struct tag_specification, tag_specification_fields);
