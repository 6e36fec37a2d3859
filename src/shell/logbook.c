/*
 * shell/logbook.c - what a person did, in the order in which it was done: lines, and how lessons
 * went.
 *
 * A line   {"l": text, "x": exit code, "w": wall clock, "a": [branch, row, time], "z": the same};
 *          "i": true when an instructor sent it
 * A note   {"n": [lesson, step, key, value or null], "a": [branch, row]}
 */
#include "shell/logbook.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "store/session_file.h"

static void write_json(struct str *out, json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT);

    str_add(out, text);
    free(text);
    json_decref(json);
}

/* Text as JSON, whatever bytes it has. */
static json_t *json_of(const char *text, size_t length)
{
    struct str safe = STR_INIT;
    json_t *json = json_stringn(text, length);

    if (json == NULL) { /* it is no UTF-8 */
        utf8_add_safe(&safe, text, length, UTF8_KEEP_LINES);
        json = json_stringn(str_text(&safe), safe.length);
        str_release(&safe);
    }
    return json == NULL ? json_string("") : json;
}

static json_t *json_of_place(const struct logbook_place *place)
{
    return json_pack("[I, I, I]", (json_int_t)place->branch, (json_int_t)place->seq,
                     (json_int_t)place->time);
}

void logbook_write_line(struct str *out, const struct logbook_entry *entry)
{
    size_t length = strlen(entry->line);
    json_t *json = json_object();

    if (length > LOGBOOK_LINE_MAX)
        length = utf8_fit(entry->line, LOGBOOK_LINE_MAX, LOGBOOK_LINE_MAX);
    json_object_set_new(json, "l", json_of(entry->line, length));
    json_object_set_new(json, "x", json_integer(entry->status));
    json_object_set_new(json, "w", json_integer(entry->wall_ms));
    json_object_set_new(json, "a", json_of_place(&entry->before));
    json_object_set_new(json, "z", json_of_place(&entry->after));
    if (entry->instructed)
        json_object_set_new(json, "i", json_true());
    write_json(out, json);
}

void logbook_write_note(struct str *out, const struct logbook_entry *entry)
{
    json_t *json = json_object();

    json_object_set_new(json, "n", json_pack("[s, s, s, s?]", entry->lesson, entry->step,
                                             entry->key, entry->value));
    json_object_set_new(json, "a", json_of_place(&entry->before));
    write_json(out, json);
}

/* ---- reading ---- */

static bool read_place(const json_t *json, struct logbook_place *place)
{
    if (json_array_size(json) != 3)
        return false;
    place->branch = json_integer_value(json_array_get(json, 0));
    place->seq = json_integer_value(json_array_get(json, 1));
    place->time = json_integer_value(json_array_get(json, 2));
    return place->branch > 0 && place->seq >= 0 && place->time >= 0;
}

static char *copy_of(const json_t *json)
{
    const char *text = json_string_value(json);

    return text == NULL ? NULL : xstrdup(text);
}

static void release_entry(struct logbook_entry *entry)
{
    free(entry->line);
    free(entry->lesson);
    free(entry->step);
    free(entry->key);
    free(entry->value);
}

/* False when it is neither a line nor a note. */
static bool read_entry(const json_t *json, struct logbook_entry *entry)
{
    const json_t *note = json_object_get(json, "n");

    if (!read_place(json_object_get(json, "a"), &entry->before))
        return false;
    entry->line = copy_of(json_object_get(json, "l"));
    if (entry->line != NULL) {
        entry->status = (int)json_integer_value(json_object_get(json, "x"));
        entry->wall_ms = json_integer_value(json_object_get(json, "w"));
        entry->instructed = json_is_true(json_object_get(json, "i"));
        return read_place(json_object_get(json, "z"), &entry->after);
    }
    entry->lesson = copy_of(json_array_get(note, 0));
    entry->step = copy_of(json_array_get(note, 1));
    entry->key = copy_of(json_array_get(note, 2));
    entry->value = copy_of(json_array_get(note, 3));
    return entry->lesson != NULL && entry->step != NULL && entry->key != NULL;
}

static void see(void *context, const char *line, size_t length)
{
    struct logbook *logbook = context;
    struct logbook_entry entry = {0};
    json_t *json = json_loadb(line, length, 0, NULL);

    if (json != NULL && read_entry(json, &entry))
        *LIST_PUSH(&logbook->entries) = entry;
    else
        release_entry(&entry);
    json_decref(json);
}

bool logbook_read(struct logbook *logbook, struct store *store)
{
    *logbook = (struct logbook){0};
    return store_history_each(store, INT64_MAX, see, logbook) == STORE_OK;
}

void logbook_release(struct logbook *logbook)
{
    for (uint32_t i = 0; i < logbook->entries.count; i++)
        release_entry(&logbook->entries.items[i]);
    LIST_RELEASE(&logbook->entries);
}
