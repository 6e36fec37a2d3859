/*
 * cloud/event_input.c - what a target gets: the event, a part of it, a fixed text, or a template
 * with parts of it.
 *
 * In a template <name> stands for a part of the event.  Outside of quotes the part is put in as
 * JSON; inside of them as text, where what is no text loses its own quotes, as at AWS.
 */
#include "cloud/event_bus.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/str.h"
#include "sim/clock.h"

/* ---- parts of an event ---- */

/* One step of a path: .name, ['name'] or [0]; NULL when there is no such part. */
static json_t *step_into(json_t *at, const char **path)
{
    const char *text = *path;
    size_t length;
    char *name;

    if (*text == '.') {
        length = strcspn(++text, ".[");
        *path = text + length;
    } else if (text[1] == '\'' || text[1] == '"') {
        const char *end = strchr(text + 2, text[1]);

        if (end == NULL || end[1] != ']')
            return NULL;
        text += 2;
        length = (size_t)(end - text);
        *path = end + 2;
    } else {
        char *end;
        unsigned long index = strtoul(text + 1, &end, 10);

        if (end == text + 1 || *end != ']')
            return NULL;
        *path = end + 1;
        return json_array_get(at, index);
    }
    name = xstrndup(text, length);
    at = json_object_get(at, name);
    free(name);
    return at;
}

/* "$.detail.items[0]"; borrowed, NULL when the event has no such part. */
static json_t *part_of(json_t *event, const char *path)
{
    json_t *at = event;

    if (*path++ != '$')
        return NULL;
    while (at != NULL && (*path == '.' || *path == '['))
        at = step_into(at, &path);
    return *path == '\0' ? at : NULL;
}

/* ---- templates ---- */

struct filling {
    const struct event_target *target;
    json_t *event;
    const char *rule_arn;
    const char *rule_name;
    int64_t now;
};

static const char *const own_names[] = {
    "aws.events.rule-arn", "aws.events.rule-name",  "aws.events.event.ingestion-time",
    "aws.events.event",    "aws.events.event.json",
};

static const char *path_named(const struct event_target *target, const char *name)
{
    for (uint32_t i = 0; i < target->paths.count; i++) {
        if (str_equal(target->paths.items[i].key, name))
            return target->paths.items[i].value;
    }
    return NULL;
}

/* What <name> stands for: a new reference; NULL: nothing. */
static json_t *value_named(const struct filling *filling, const char *name)
{
    const char *path = path_named(filling->target, name);
    char text[CLOCK_TEXT_SIZE];
    json_t *event;

    if (path != NULL)
        return json_incref(part_of(filling->event, path));
    if (str_equal(name, own_names[0]))
        return json_string(filling->rule_arn);
    if (str_equal(name, own_names[1]))
        return json_string(filling->rule_name);
    if (str_equal(name, own_names[2]))
        return json_string(clock_format(filling->now, CLOCK_Z, text));
    if (str_equal(name, own_names[4]))
        return json_incref(filling->event);
    if (!str_equal(name, own_names[3]))
        return NULL;
    event = json_copy(filling->event); /* without the detail */
    json_object_del(event, "detail");
    return event;
}

/* The name in angle brackets that begins here, in fresh memory; NULL when there is none. */
static char *name_at(const char *at)
{
    size_t length = strspn(at + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                   "._-");

    return length == 0 || at[length + 1] != '>' ? NULL : xstrndup(at + 1, length);
}

/* As text inside of quotes.  A list and an object lose their own quotes in a plain text; in an
 * object they keep them, and spoil it. */
static void add_text(struct str *out, const json_t *value, bool in_object)
{
    char *text;

    if (value == NULL)
        return;
    text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    if (json_is_string(value)) {
        str_addn(out, text + 1, strlen(text) - 2);
    } else if (in_object) {
        str_add(out, text);
    } else {
        for (const char *at = text; *at != '\0'; at++) {
            if (*at != '"')
                str_addc(out, *at);
        }
    }
    free(text);
}

static void add_json(struct str *out, const json_t *value)
{
    char *text = value == NULL ? NULL : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);

    str_add(out, text == NULL ? "\"\"" : text);
    free(text);
}

static bool is_object(const char *template)
{
    return template[strspn(template, " \t\r\n")] == '{';
}

static char *fill(const struct filling *filling)
{
    struct str out = STR_INIT;
    bool quoted = false;
    bool in_object = is_object(filling->target->template);

    for (const char *at = filling->target->template; *at != '\0'; at++) {
        char *name = *at == '<' ? name_at(at) : NULL;

        if (name != NULL) {
            json_t *value = value_named(filling, name);

            if (quoted)
                add_text(&out, value, in_object);
            else
                add_json(&out, value);
            json_decref(value);
            at += strlen(name) + 1;
            free(name);
            continue;
        }
        if (*at == '\\' && at[1] != '\0')
            str_addc(&out, *at++);
        else if (*at == '"')
            quoted = !quoted;
        str_addc(&out, *at);
    }
    return out.text == NULL ? xstrdup("") : str_take(&out);
}

/* A template that begins as an object must give one; AWS drops the event otherwise. */
static bool is_fine(const char *template, const char *filled)
{
    json_t *value;

    if (!is_object(template))
        return template[strspn(template, " \t\r\n")] == '"';
    value = json_loads(filled, 0, NULL);
    json_decref(value);
    return value != NULL;
}

static char *filled_template(const struct filling *filling)
{
    char *text = fill(filling);
    json_t *value;

    if (!is_fine(filling->target->template, text)) {
        free(text);
        return NULL;
    }
    value = json_loads(text, 0, NULL);
    if (value != NULL) { /* objects are written as AWS writes them */
        free(text);
        text = json_dumps(value, JSON_COMPACT);
        json_decref(value);
    }
    return text;
}

char *event_input(const struct event_target *target, const char *event, const char *rule_arn,
                  const char *rule_name, int64_t now)
{
    json_t *value;
    char *text;

    if (target->input != NULL)
        return xstrdup(target->input);
    if (target->input_path == NULL && target->template == NULL)
        return xstrdup(event);
    value = json_loads(event, 0, NULL);
    if (target->template != NULL) {
        text = filled_template(&(struct filling){target, value, rule_arn, rule_name, now});
    } else {
        json_t *part = part_of(value, target->input_path);

        text = part == NULL ? xstrdup("{}") : json_dumps(part, JSON_ENCODE_ANY | JSON_COMPACT);
    }
    json_decref(value);
    return text;
}

const char *event_template_check(struct arena *arena, const struct event_target *target)
{
    for (const char *at = target->template; at != NULL && (at = strchr(at, '<')) != NULL; at++) {
        char *name = name_at(at);
        bool known = name == NULL || path_named(target, name) != NULL;
        const char *kept;

        for (size_t i = 0; !known && i < sizeof(own_names) / sizeof(own_names[0]); i++)
            known = str_equal(name, own_names[i]);
        kept = known ? NULL : arena_strdup(arena, name);
        free(name);
        if (kept != NULL)
            return kept;
    }
    return NULL;
}
