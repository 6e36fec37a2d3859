/*
 * tui/answer.c - reading answers of operations: members by their paths, states and their glyphs.
 */
#include "tui/answer.h"

#include <string.h>

#define GLYPH_FULL "\xe2\x97\x8f"  /* ● it is well */
#define GLYPH_HALF "\xe2\x97\x90"  /* ◐ it is on its way */
#define GLYPH_EMPTY "\xe2\x97\x8b" /* ○ it rests, or is not used */
#define GLYPH_CROSS "\xe2\x9c\x97" /* ✗ it is broken */
#define GLYPH_DOT "\xc2\xb7"       /* · it is gone */

struct state_word {
    const char *word;
    const char *glyph;
    enum theme_role role;
};
enum { STATE_WORDS = 33 };
static const struct state_word state_words[STATE_WORDS];

json_t *answer_at(json_t *answer, const char *path)
{
    while (answer != NULL && *path != '\0') {
        size_t length = strcspn(path, ".");

        answer = json_object_getn(answer, path, length);
        path += length + (path[length] == '.');
    }
    return answer;
}

const char *answer_text(json_t *answer, const char *path)
{
    const char *text = json_string_value(answer_at(answer, path));

    return text == NULL ? "" : text;
}

int64_t answer_int(json_t *answer, const char *path)
{
    json_t *value = answer_at(answer, path);

    return json_is_real(value) ? (int64_t)json_real_value(value) : json_integer_value(value);
}

bool answer_bool(json_t *answer, const char *path)
{
    return json_is_true(answer_at(answer, path));
}

json_t *answer_list(json_t *answer, const char *path)
{
    json_t *list = answer_at(answer, path);

    return json_is_array(list) ? list : NULL;
}

const char *answer_tag(json_t *answer, const char *key)
{
    json_t *tags = answer_list(answer, "Tags");
    json_t *tag;
    size_t i;

    json_array_foreach(tags, i, tag) {
        if (strcmp(answer_text(tag, "Key"), key) == 0)
            return answer_text(tag, "Value");
    }
    return "";
}

const char *answer_name(json_t *answer, const char *id)
{
    const char *name = answer_tag(answer, "Name");

    return name[0] != '\0' ? name : answer_text(answer, id);
}

struct answer_state answer_state(const char *word)
{
    for (size_t i = 0; i < STATE_WORDS; i++) {
        if (strcmp(state_words[i].word, word) == 0)
            return (struct answer_state){state_words[i].glyph, state_words[i].role};
    }
    return (struct answer_state){GLYPH_DOT, THEME_DIM};
}

static const struct state_word state_words[STATE_WORDS] = {
    {"running", GLYPH_FULL, THEME_GOOD},
    {"healthy", GLYPH_FULL, THEME_GOOD},
    {"available", GLYPH_FULL, THEME_GOOD},
    {"completed", GLYPH_FULL, THEME_GOOD},
    {"active", GLYPH_FULL, THEME_GOOD},
    {"in-use", GLYPH_FULL, THEME_GOOD},
    {"attached", GLYPH_FULL, THEME_GOOD},
    {"ok", GLYPH_FULL, THEME_GOOD},
    {"passed", GLYPH_FULL, THEME_GOOD},
    {"pending", GLYPH_HALF, THEME_WARN},
    {"initial", GLYPH_HALF, THEME_WARN},
    {"initializing", GLYPH_HALF, THEME_WARN},
    {"provisioning", GLYPH_HALF, THEME_WARN},
    {"creating", GLYPH_HALF, THEME_WARN},
    {"attaching", GLYPH_HALF, THEME_WARN},
    {"detaching", GLYPH_HALF, THEME_WARN},
    {"deleting", GLYPH_HALF, THEME_WARN},
    {"stopping", GLYPH_HALF, THEME_WARN},
    {"shutting-down", GLYPH_HALF, THEME_WARN},
    {"draining", GLYPH_HALF, THEME_WARN},
    {"retiring", GLYPH_HALF, THEME_WARN},
    {"stopped", GLYPH_EMPTY, THEME_DIM},
    {"released", GLYPH_EMPTY, THEME_DIM},
    {"unused", GLYPH_EMPTY, THEME_DIM},
    {"unhealthy", GLYPH_CROSS, THEME_BAD},
    {"unhealthy.draining", GLYPH_CROSS, THEME_BAD},
    {"impaired", GLYPH_CROSS, THEME_BAD},
    {"failed", GLYPH_CROSS, THEME_BAD},
    {"under-assessment", GLYPH_CROSS, THEME_BAD},
    {"permanent-failure", GLYPH_CROSS, THEME_BAD},
    {"error", GLYPH_CROSS, THEME_BAD},
    {"active_impaired", GLYPH_CROSS, THEME_BAD},
    {"terminated", GLYPH_DOT, THEME_DIM},
};
