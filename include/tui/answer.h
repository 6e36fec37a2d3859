/*
 * tui/answer.h - reading answers of operations: members by their paths, states and their glyphs.
 *
 * Views ask operations and get JSON; these functions read it and never fail: what is not there is
 * "", 0 or an empty list, so that a view shows less instead of breaking.
 */
#ifndef TUI_ANSWER_H
#define TUI_ANSWER_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "tui/theme.h"

struct view_source;

/* The member at a path such as "State.Name"; NULL when it is not there.  Borrowed. */
json_t *answer_at(json_t *answer, const char *path);
/* Borrowed text of a string member; "" for anything else. */
const char *answer_text(json_t *answer, const char *path);
int64_t answer_int(json_t *answer, const char *path);
bool answer_bool(json_t *answer, const char *path); /* false for anything but true */
/* A list member, or NULL (which json_array_size() and json_array_foreach take). */
json_t *answer_list(json_t *answer, const char *path);
/* The value of a tag ("Name") among the member Tags; "" when there is none. */
const char *answer_tag(json_t *answer, const char *key);
/* The name tag, or the member at `id` when there is none. */
const char *answer_name(json_t *answer, const char *id);

/* A state as it is shown: a glyph, and a role; the word itself is always shown beside them. */
struct answer_state {
    const char *glyph;
    enum theme_role role;
};
/* Any state word of AWS: running, pending, healthy, available, completed... */
struct answer_state answer_state(const char *word);

#endif
