/*
 * lesson/class_status.c - how far a learner of a class is, as JSON and back.
 */
#include "lesson/class_status.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "base/utf8.h"

enum member_kind { MEMBER_TEXT, MEMBER_NUMBER, MEMBER_MOMENT, MEMBER_FLAG };

/* One table for both directions. */
static const struct member {
    const char *name;
    enum member_kind kind;
    size_t at;
} members[] = {
    {"pid", MEMBER_MOMENT, offsetof(struct class_status, pid)},
    {"began", MEMBER_MOMENT, offsetof(struct class_status, began)},
    {"left", MEMBER_MOMENT, offsetof(struct class_status, left)},
    {"lesson", MEMBER_TEXT, offsetof(struct class_status, lesson)},
    {"title", MEMBER_TEXT, offsetof(struct class_status, title)},
    {"step", MEMBER_NUMBER, offsetof(struct class_status, step)},
    {"steps", MEMBER_NUMBER, offsetof(struct class_status, steps)},
    {"checks", MEMBER_NUMBER, offsetof(struct class_status, checks)},
    {"checks_all", MEMBER_NUMBER, offsetof(struct class_status, checks_all)},
    {"complete", MEMBER_FLAG, offsetof(struct class_status, complete)},
    {"finished", MEMBER_FLAG, offsetof(struct class_status, finished)},
    {"minutes", MEMBER_NUMBER, offsetof(struct class_status, minutes)},
    {"hints", MEMBER_NUMBER, offsetof(struct class_status, hints)},
    {"progress", MEMBER_MOMENT, offsetof(struct class_status, progress)},
    {"hand", MEMBER_MOMENT, offsetof(struct class_status, hand)},
    {"question", MEMBER_TEXT, offsetof(struct class_status, question)},
    {"error", MEMBER_TEXT, offsetof(struct class_status, error)},
    {"refusals", MEMBER_NUMBER, offsetof(struct class_status, refusals)},
    {"taken", MEMBER_MOMENT, offsetof(struct class_status, taken)},
    {"frozen", MEMBER_FLAG, offsetof(struct class_status, frozen)},
    {"box", MEMBER_MOMENT, offsetof(struct class_status, box)},
    {"box_step", MEMBER_NUMBER, offsetof(struct class_status, box_step)},
    {"box_checks", MEMBER_NUMBER, offsetof(struct class_status, box_checks)},
    {"engine", MEMBER_TEXT, offsetof(struct class_status, engine)},
    {"name", MEMBER_TEXT, offsetof(struct class_status, name)},
    {"late", MEMBER_NUMBER, offsetof(struct class_status, late)},
};

enum {
    MEMBERS = sizeof(members) / sizeof(members[0]),
    NUMBER_MAX = 99999,
};
static const int64_t moment_max = 99999999999;

static char **text_at(struct class_status *status, const struct member *member)
{
    return (char **)(void *)((char *)status + member->at);
}

void class_status_release(struct class_status *status)
{
    for (size_t i = 0; i < MEMBERS; i++) {
        if (members[i].kind == MEMBER_TEXT)
            free(*text_at(status, &members[i]));
    }
    *status = (struct class_status){0};
}

/* As much of a text as is kept; never a part of a character. */
static size_t cut(const char *text)
{
    size_t length = strlen(text);

    if (length <= CLASS_TEXT_MAX)
        return length;
    length = CLASS_TEXT_MAX;
    while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
        length--;
    return length;
}

static json_t *member_write(const struct class_status *status, const struct member *member)
{
    const char *at = (const char *)status + member->at;
    const char *text;

    switch (member->kind) {
    case MEMBER_TEXT:
        text = *(const char *const *)(const void *)at;
        text = text == NULL ? "" : text;
        return utf8_valid(text, cut(text)) ? json_stringn(text, cut(text)) : json_string("?");
    case MEMBER_NUMBER:
        return json_integer((json_int_t) * (const uint32_t *)(const void *)at);
    case MEMBER_MOMENT:
        return json_integer((json_int_t) * (const int64_t *)(const void *)at);
    case MEMBER_FLAG:
        break;
    }
    return json_boolean(*(const bool *)(const void *)at);
}

void class_status_write(const struct class_status *status, struct str *out)
{
    json_t *object = json_object();
    char *text;

    for (size_t i = 0; i < MEMBERS; i++)
        json_object_set_new(object, members[i].name, member_write(status, &members[i]));
    text = json_dumps(object, JSON_COMPACT);
    str_add(out, text);
    str_addc(out, '\n');
    free(text);
    json_decref(object);
}

/* A member that is absent or of another type is as zero: an older program did not write it. */
static void member_read(struct class_status *status, const struct member *member,
                        const json_t *value)
{
    char *at = (char *)status + member->at;
    json_int_t number = json_integer_value(value);
    const char *text = json_string_value(value);

    number = number < 0 ? 0 : number > moment_max ? moment_max : number;
    switch (member->kind) {
    case MEMBER_TEXT:
        *text_at(status, member) = text == NULL ? xstrdup("") : xstrndup(text, cut(text));
        break;
    case MEMBER_NUMBER:
        *(uint32_t *)(void *)at = number > NUMBER_MAX ? NUMBER_MAX : (uint32_t)number;
        break;
    case MEMBER_MOMENT:
        *(int64_t *)(void *)at = number;
        break;
    case MEMBER_FLAG:
        *(bool *)(void *)at = json_is_true(value);
        break;
    }
}

int class_status_read(const struct str *bytes, struct class_status *status, struct str *why)
{
    json_t *object = json_loadb(str_text(bytes), bytes->length, 0, NULL);

    if (!json_is_object(object)) {
        str_add(why, bytes->length == 0 ? "its status is empty" : "its status is no status");
        json_decref(object);
        return -1;
    }
    *status = (struct class_status){0};
    for (size_t i = 0; i < MEMBERS; i++)
        member_read(status, &members[i], json_object_get(object, members[i].name));
    json_decref(object);
    return 0;
}
