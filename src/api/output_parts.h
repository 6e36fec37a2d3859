/*
 * api/output_parts.h - what the formats share; everyone else uses api/output.h.
 *
 * "Python text" is what str() gives in Python: True, None, 1e+20, and for a list or an object its
 * repr.  The CLI's text and table formats show it.
 */
#ifndef API_OUTPUT_PARTS_H
#define API_OUTPUT_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "base/mem.h"

struct output_request;
struct str;

/* One member of an object. */
struct output_member {
    const char *key; /* borrowed from the object */
    json_t *value;   /* borrowed from the object */
};

struct output_members {
    struct output_member *items; /* in the arena */
    size_t count;
};

/* The members of an object, by key in the order of code points. */
struct output_members output_sort_members(struct arena *arena, json_t *object);
/* Neither list nor object; NULL counts as null. */
bool output_is_scalar(const json_t *value);
/* What Python calls false: null, false, 0, "", [] and {}. */
bool output_is_empty(const json_t *value);
bool output_is_empty_object(const json_t *value);
/* The name of the Python type: "NoneType", "str", "list" ... */
const char *output_type_name(const json_t *value);

void output_add_python(struct str *out, json_t *value);
/* Adds the text in upper case, by Unicode's rules. */
void output_add_upper(struct str *out, const char *text);

/* Which lists and objects occur more than once (api/output_anchors.c). */
struct output_anchors;
/* NULL when none does.  The value must not change until output_anchors_free(). */
struct output_anchors *output_anchors_find(json_t *value);
/* The id of a value that is being written, and whether it is for the first time; 0 for one that
 * occurs once.  `anchors` may be NULL. */
unsigned output_anchors_take(struct output_anchors *anchors, const json_t *value, bool *first);
void output_anchors_free(struct output_anchors *anchors);

/* The formats.  Those that can fail return -1 with a message. */
int output_add_text(struct str *out, json_t *value, struct str *error);
int output_add_table(struct str *out, const struct output_request *request, struct str *error);
void output_add_yaml(struct str *out, json_t *value);

#endif
