/*
 * cloud/tag.c - tags: keys and values that people hang on resources.
 */
#include "cloud/tag.h"

#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/mem.h"
#include "base/str.h"

uint32_t tags_count(const struct tags *tags)
{
    return tags->list == NULL ? 0 : tags->list->items.count;
}

static struct pair *pair_at(const struct tags *tags, uint32_t n)
{
    if (n >= tags_count(tags))
        BUG("tag %u of %u", n, tags_count(tags));
    return &tags->list->items.items[n];
}

const struct pair *tags_at(const struct tags *tags, uint32_t n)
{
    return pair_at(tags, n);
}

void tags_push_in(struct arena *arena, struct tags *tags, struct pair pair)
{
    if (tags->list == NULL)
        tags->list = arena_alloc(arena, sizeof(*tags->list));
    *LIST_PUSH_IN(arena, &tags->list->items) = pair;
}

static struct pair *pair_find(const struct tags *tags, const char *key)
{
    for (uint32_t i = 0; i < tags_count(tags); i++) {
        if (str_equal(tags_at(tags, i)->key, key))
            return pair_at(tags, i);
    }
    return NULL;
}

void tags_set(struct tags *tags, const char *key, const char *value)
{
    struct pair *pair = pair_find(tags, key);
    char *copy = xstrdup(value);

    if (pair == NULL) {
        if (tags->list == NULL)
            tags->list = xcalloc(1, sizeof(*tags->list));
        pair = LIST_PUSH(&tags->list->items);
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
    LIST_REMOVE(&tags->list->items, (uint32_t)(pair - tags->list->items.items));
    return true;
}

void tags_copy(struct tags *tags, const struct tags *from)
{
    if (from == NULL)
        return;
    for (uint32_t i = 0; i < tags_count(from); i++)
        tags_set(tags, tags_at(from, i)->key, tags_at(from, i)->value);
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
    F_MAP(struct tag_list, items, "Items", "The keys and values.", .flags = FIELD_RARE),
};

const struct shape tags_shape = SHAPE_WITH_RARE("Tags", struct tags, list, tags_fields);

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

            tags_push_in(arena, tags, (struct pair){
                                          .key = tag->key,
                                          .value = tag->value == NULL ? "" : tag->value,
                                      });
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
