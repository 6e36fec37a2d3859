/*
 * shell/complete_query.c - members of the answer inside --query, along the path typed so far.
 *
 * The expression before the cursor is read once from the left.  A list is as good as its items, so
 * that [], [*], [0] and [?...] all lead to the members of one item; each bracket keeps what stood
 * before it, which is what the names inside it are members of.
 */
#include "shell/complete_parts.h"

#include <ctype.h>
#include <string.h>

#include "base/str.h"

enum { DEPTH_MAX = 32 };

/* One bracket that is open. */
struct frame {
    char open;                 /* '[' '{' '(', or 0 for the whole */
    const struct shape *base;  /* what names at its beginning are members of */
    const struct shape *first; /* of '(': the first argument, once it is read */
    const struct shape *after; /* what the bracket gives; NULL when it makes something new */
    bool in_key;               /* of '{': a name of one's own stands here */
    bool keeps;                /* of '(': the function gives items of its argument */
};

struct reader {
    const char *begin;
    const char *at;
    struct frame frames[DEPTH_MAX];
    size_t depth;
    const struct shape *current; /* what a name here is a member of; NULL: nothing known */
    const char *name;            /* the unfinished name at the end; NULL in a key */
    bool in_text;                /* it ends within quotes */
};

static bool is_name(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static const struct shape *member_shape(const struct shape *shape, const char *name, size_t length)
{
    for (size_t i = 0; shape != NULL && i < shape->count; i++) {
        const struct field *field = &shape->fields[i];

        if (strlen(field->name) == length && strncmp(field->name, name, length) == 0)
            return field->type == FIELD_MAP ? NULL : field->of;
    }
    return NULL;
}

/* Functions that give their argument, in another order or one item of it. */
static bool keeps_items(const char *name, size_t length)
{
    static const char *const names[] = {"sort_by", "reverse",  "max_by",  "min_by",
                                        "sort",    "not_null", "to_array"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strlen(names[i]) == length && strncmp(names[i], name, length) == 0)
            return true;
    }
    return false;
}

static struct frame *innermost(struct reader *reader)
{
    return &reader->frames[reader->depth - 1];
}

static bool open_frame(struct reader *reader, struct frame frame)
{
    if (reader->depth == DEPTH_MAX)
        return false;
    reader->frames[reader->depth++] = frame;
    reader->current = frame.base;
    return true;
}

static bool read_name(struct reader *reader)
{
    const char *begin = reader->at;
    size_t length;

    while (is_name(*reader->at))
        reader->at++;
    length = (size_t)(reader->at - begin);
    if (*reader->at == '\0') {
        reader->name = innermost(reader)->in_key ? NULL : begin;
        return false;
    }
    if (*reader->at == '(') {
        reader->at++;
        return open_frame(reader, (struct frame){
                                      .open = '(',
                                      .base = innermost(reader)->base,
                                      .keeps = keeps_items(begin, length),
                                  });
    }
    if (!innermost(reader)->in_key)
        reader->current = member_shape(reader->current, begin, length);
    return true;
}

/* '...', `...` or "..."; false when it is open at the end. */
static bool read_text(struct reader *reader)
{
    char quote = *reader->at++;
    const char *begin = reader->at;

    while (*reader->at != '\0' && *reader->at != quote)
        reader->at += *reader->at == '\\' && reader->at[1] != '\0' ? 2 : 1;
    if (*reader->at == '\0') {
        reader->in_text = true;
        return false;
    }
    if (quote != '"')
        reader->current = NULL;
    else if (!innermost(reader)->in_key)
        reader->current = member_shape(reader->current, begin, (size_t)(reader->at - begin));
    reader->at++;
    return true;
}

/* [0], [*], [] and [1:3] are passed over; [? and [a, b] are opened. */
static bool read_bracket(struct reader *reader)
{
    const char *end = reader->at + 1 + strspn(reader->at + 1, "0123456789-:* ");
    bool follows; /* directly after a name no list can begin */

    if (*end == ']') {
        reader->at = end + 1;
        return true;
    }
    if (reader->at[1] == '?') {
        reader->at += 2;
        return open_frame(reader, (struct frame){
                                      .open = '[',
                                      .base = reader->current,
                                      .after = reader->current,
                                  });
    }
    follows = reader->at > reader->begin && (is_name(reader->at[-1]) || reader->at[-1] == ']');
    reader->at++;
    return open_frame(reader, (struct frame){
                                  .open = '[',
                                  .base = follows ? NULL : reader->current,
                              });
}

static bool close_frame(struct reader *reader)
{
    struct frame *frame = innermost(reader);

    if (reader->depth == 1)
        return false;
    if (frame->keeps)
        frame->after = frame->first != NULL ? frame->first : reader->current;
    reader->current = frame->after;
    reader->depth--;
    reader->at++;
    return true;
}

/* What stands between the parts of an expression: a new one begins after it. */
static void read_operator(struct reader *reader)
{
    struct frame *frame = innermost(reader);
    char c = *reader->at++;

    if (c == '|' && *reader->at == '|') {
        reader->at++;
    } else if (c == '|') {
        frame->base = reader->current;
    } else if (c == '&' && *reader->at == '&') {
        reader->at++;
    } else if (c == '&') { /* an expression over the items of the argument before it */
        reader->current = frame->first;
        return;
    } else if (c == ',' && frame->open == '(' && frame->first == NULL) {
        frame->first = reader->current;
    }
    frame->in_key = frame->open == '{' && c == ',';
    reader->current = frame->base;
}

/* One part of the expression; false at the end, or where nothing can be said. */
static bool read_part(struct reader *reader)
{
    char c = *reader->at;

    if (c == '\0')
        return false;
    if (is_name(c))
        return read_name(reader);
    if (strchr("'`\"", c) != NULL)
        return read_text(reader);
    if (c == '[')
        return read_bracket(reader);
    if (strchr("])}", c) != NULL)
        return close_frame(reader);
    if (c == '{' || c == '(') {
        reader->at++;
        return open_frame(reader, (struct frame){
                                      .open = c,
                                      .base = c == '{' ? reader->current : innermost(reader)->base,
                                      .keeps = c == '(',
                                      .in_key = c == '{',
                                  });
    }
    if (strchr(" \t\n.@*", c) != NULL)
        reader->at++;
    else
        read_operator(reader);
    return true;
}

void complete_query(struct completing *completing, const struct shape *answer)
{
    struct reader reader = {
        .begin = completing->word,
        .at = completing->word,
        .frames = {{.base = answer}},
        .depth = 1,
        .current = answer,
    };
    const char *end = completing->word + strlen(completing->word);

    while (read_part(&reader))
        continue;
    if (*reader.at == '\0' && reader.name == NULL && !reader.in_text &&
        !innermost(&reader)->in_key &&
        (end == completing->word || strchr(".[{(,:|&?!<>= \n", end[-1]) != NULL))
        reader.name = end;
    if (reader.name == NULL || reader.current == NULL ||
        !complete_narrow(completing, strlen(reader.name)))
        return;
    for (size_t i = 0; i < reader.current->count; i++) {
        const struct field *field = &reader.current->fields[i];

        if ((field->flags & FIELD_HIDDEN) == 0)
            complete_offer_name(completing, field->name, field->doc, '\0');
    }
}
