/*
 * api/output_text.c - the text format: lines of cells with a tab between, for cut, awk and while
 * read.
 *
 * An object is one line of its scalars, ordered by key, then its lists and objects, each on lines
 * of their own that begin with their key in capitals.  In a list of objects every line has the same
 * columns: the scalar keys of all of them, empty where an object lacks one.  A key that is a scalar
 * in one object and a list in another counts as a column, and the list is then shown as Python
 * writes it.
 *
 * True to awscli/text.py, measured.
 */
#include "api/output_parts.h"

#include "base/str.h"

struct text_state {
    struct str *out;
    struct str *error;
    struct arena arena;
};

/* The columns that a list gives to its objects. */
struct text_columns {
    json_t *set;                  /* an object with the keys as members; owned by text_add_list */
    struct output_members sorted; /* the same, in order */
};

static int text_add(struct text_state *state, json_t *value, const char *key,
                    const struct text_columns *columns);

/* The heading, in front of the first cell.  Returns what comes before the next one. */
static const char *text_add_heading(struct text_state *state, const char *key)
{
    if (key == NULL)
        return "";
    output_add_upper(state->out, key);
    return "\t";
}

static void text_add_cell(struct text_state *state, const char *separator, json_t *value)
{
    str_add(state->out, separator);
    output_add_python(state->out, value);
}

/* The line of an object's own scalar members. */
static void text_add_own_line(struct text_state *state, const struct output_members *members,
                              const char *key)
{
    const char *separator = NULL;

    for (size_t i = 0; i < members->count; i++) {
        if (!output_is_scalar(members->items[i].value))
            continue;
        if (separator == NULL)
            separator = text_add_heading(state, key);
        text_add_cell(state, separator, members->items[i].value);
        separator = "\t";
    }
    if (separator != NULL)
        str_addc(state->out, '\n');
}

/* The line of an object among others. */
static void text_add_column_line(struct text_state *state, json_t *object, const char *key,
                                 const struct text_columns *columns)
{
    const char *separator = NULL;

    for (size_t i = 0; i < columns->sorted.count; i++) {
        json_t *value = json_object_get(object, columns->sorted.items[i].key);

        if (separator == NULL)
            separator = text_add_heading(state, key);
        if (value != NULL)
            text_add_cell(state, separator, value);
        else
            str_add(state->out, separator);
        separator = "\t";
    }
    if (separator != NULL)
        str_addc(state->out, '\n');
}

static int text_add_object(struct text_state *state, json_t *object, const char *key,
                           const struct text_columns *columns)
{
    struct output_members members = output_sort_members(&state->arena, object);

    if (columns == NULL)
        text_add_own_line(state, &members, key);
    else
        text_add_column_line(state, object, key, columns);
    for (size_t i = 0; i < members.count; i++) {
        const struct output_member *member = &members.items[i];

        if (columns == NULL ? output_is_scalar(member->value)
                            : json_object_get(columns->set, member->key) != NULL)
            continue;
        if (text_add(state, member->value, member->key, NULL) != 0)
            return -1;
    }
    return 0;
}

/* The keys that are a scalar in any object of the list; NULL when the list has something else too.
 * */
static json_t *text_find_columns(struct text_state *state, json_t *list)
{
    json_t *set = json_object();

    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *object = json_array_get(list, i);
        const char *key;
        json_t *value;

        if (!json_is_object(object)) {
            str_addf(state->error, "'%s' object has no attribute 'items'",
                     output_type_name(object));
            json_decref(set);
            return NULL;
        }
        json_object_foreach(object, key, value) {
            if (output_is_scalar(value))
                json_object_set_new(set, key, json_null());
        }
    }
    return set;
}

static int text_add_objects(struct text_state *state, json_t *list, const char *key)
{
    struct text_columns columns = {.set = text_find_columns(state, list)};
    int status = 0;

    if (columns.set == NULL)
        return -1;
    columns.sorted = output_sort_members(&state->arena, columns.set);
    for (size_t i = 0; i < json_array_size(list) && status == 0; i++)
        status = text_add(state, json_array_get(list, i), key, &columns);
    json_decref(columns.set);
    return status;
}

/* The scalars of a list: each on a line under its key, or all in one line when there is no key. */
static void text_add_scalars(struct text_state *state, json_t *list, const char *key)
{
    bool any = false;

    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *value = json_array_get(list, i);

        if (!output_is_scalar(value))
            continue;
        if (key == NULL) {
            text_add_cell(state, any ? "\t" : "", value);
        } else {
            text_add_cell(state, text_add_heading(state, key), value);
            str_addc(state->out, '\n');
        }
        any = true;
    }
    if (any && key == NULL)
        str_addc(state->out, '\n');
}

static int text_add_list(struct text_state *state, json_t *list, const char *key)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (json_is_object(json_array_get(list, i)))
            return text_add_objects(state, list, key);
    }
    text_add_scalars(state, list, key);
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *value = json_array_get(list, i);

        if (json_is_array(value) && text_add_list(state, value, key) != 0)
            return -1;
    }
    return 0;
}

static int text_add(struct text_state *state, json_t *value, const char *key,
                    const struct text_columns *columns)
{
    if (json_is_object(value))
        return text_add_object(state, value, key, columns);
    if (json_is_array(value))
        return text_add_list(state, value, key);
    text_add_cell(state, "", value);
    str_addc(state->out, '\n');
    return 0;
}

int output_add_text(struct str *out, json_t *value, struct str *error)
{
    struct text_state state = {.out = out, .error = error};
    int status = text_add(&state, value, NULL, NULL);

    arena_release(&state.arena);
    return status;
}
