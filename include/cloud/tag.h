/*
 * cloud/tag.h - tags: keys and values that people hang on resources.
 *
 * Every taggable resource's state has a `struct tags tags`.  Keys are unique, kept in the order of
 * their setting. Limits are EC2's: 50 a resource, keys to 128 and values to 256 characters, "aws:"
 * reserved (checked upstairs).
 */
#ifndef CLOUD_TAG_H
#define CLOUD_TAG_H

#include <stdbool.h>

#include "base/list.h"
#include "base/mem.h"
#include "base/shape.h"

struct tag_list {
    LIST(struct pair) items;
};

struct tags {
    /* keys and values in heap memory; freed by shape_release through tags_shape; NULL: none */
    struct tag_list *list;
};

/* For F_EMBED(struct x, tags, struct tags, &tags_shape, "Tags", ...). */
extern const struct shape tags_shape;

uint32_t tags_count(const struct tags *tags);
/* The n-th, from 0; BUG when there are not so many. */
const struct pair *tags_at(const struct tags *tags, uint32_t n);
/* One more, in the arena; for tags that are never released. */
void tags_push_in(struct arena *arena, struct tags *tags, struct pair pair);
/* Sets or replaces; both strings are copied. */
void tags_set(struct tags *tags, const char *key, const char *value);
/* Sets all of `from`, which may be NULL. */
void tags_copy(struct tags *tags, const struct tags *from);
/* Removes the key if it is there and, when value is not NULL, has that value. True when removed. */
bool tags_remove(struct tags *tags, const char *key, const char *value);
/* The value, or NULL. */
const char *tags_find(const struct tags *tags, const char *key);
/* The Name tag, or "". */
const char *tags_name(const struct tags *tags);

/* ---- as requests and answers write them ---- */

struct tag_view {
    const char *key;
    const char *value;
};

struct tag_views {
    struct tag_view *items;
    uint32_t count;
    uint32_t size;
};

struct tag_specification {
    const char *resource_type;
    struct tag_views tags;
};

struct tag_specifications {
    struct tag_specification *items;
    uint32_t count;
    uint32_t size;
};

extern const struct shape tag_view_shape, tag_specification_shape;

/* The tags that they want for one kind, to be copied with tags_copy(); in the arena; NULL: none. */
const struct tags *tag_specifications_of(struct arena *arena,
                                         const struct tag_specifications *specifications,
                                         const char *kind);

#endif
