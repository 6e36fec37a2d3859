/*
 * cloud/tag.c - tags: keys and values that people hang on resources.
 */
#include "cloud/tag.h"

#include <stdlib.h>

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
