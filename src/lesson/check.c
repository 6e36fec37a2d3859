/*
 * lesson/check.c - one condition of a lesson's step, and whether it holds.
 */
#include "lesson/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "sim/clock.h"
#include "shell/session.h"

static const char *variable_of(void *context, const char *name)
{
    return session_variable(context, name);
}

struct condition_moment check_moment(const struct session *session)
{
    return (struct condition_moment){
        .caller = session->commander.caller,
        .variable = variable_of,
        .context = (struct session *)(uintptr_t)session,
    };
}

/* ---- reading ---- */

int64_t check_duration(const char *text)
{
    char *end;
    long number = strtol(text, &end, 10);
    int64_t unit = *end == 's' ? 1 : *end == 'm' ? 60 : *end == 'h' ? 3600 : 0;

    if (text[0] < '0' || text[0] > '9' || unit == 0 || end[1] != '\0' || number < 1 ||
        number > 86400)
        return -1;
    return number * unit * SECOND_NS;
}

static bool is_id(const char *text)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-_");

    return length > 0 && length <= 64 && text[length] == '\0';
}

static int wrong(struct str *why, const char *problem)
{
    if (why->length == 0)
        str_add(why, problem);
    return -1;
}

/* The words before the colon. */
static int read_head(char **words, size_t count, struct check *check, struct str *why)
{
    size_t at = 2;

    if (count == 0 || !is_id(words[0]))
        return wrong(why, "a check begins with its id: small letters, digits, - and _");
    check->id = words[0];
    if (count == 1 || strcmp(words[1], "ever") == 0) {
        check->mode = CHECK_EVER;
    } else if (strcmp(words[1], "now") == 0) {
        check->mode = CHECK_NOW;
    } else if (strcmp(words[1], "never") == 0) {
        check->mode = CHECK_NEVER;
    } else if (strcmp(words[1], "hold") == 0 || strcmp(words[1], "within") == 0) {
        check->mode = words[1][0] == 'h' ? CHECK_HOLD : CHECK_WITHIN;
        check->duration = count < 3 ? -1 : check_duration(words[2]);
        if (check->duration < 0)
            return wrong(why, "`hold` and `within` take a time: 30s, 2m or 1h");
        at = 3;
    } else {
        return wrong(why, "after a check's id comes ever, now, hold, never or within");
    }
    if (check->mode == CHECK_WITHIN && at + 2 == count && strcmp(words[at], "after") == 0) {
        check->after = words[at + 1];
        at += 2;
    }
    return at < count ? wrong(why, "there is a word too many before the colon") : 0;
}

static int split_head(char *text, struct check *check, struct str *why)
{
    char *words[6];
    size_t count = 0;

    while (*text != '\0') {
        size_t length;

        text += strspn(text, " \t\n");
        length = strcspn(text, " \t\n");
        if (length == 0)
            break;
        if (count == 6)
            return wrong(why, "there is a word too many before the colon");
        words[count++] = text;
        text += length;
        if (*text != '\0')
            *text++ = '\0';
    }
    return read_head(words, count, check, why);
}

/* Takes `else "TEXT"` from the end. */
static int split_else(char *text, struct arena *arena, struct check *check, struct str *why)
{
    static const char missing[] = "a check ends with else \"why, and where to look\"";
    char *last = NULL;
    struct str clean = STR_INIT;
    size_t length;

    for (char *at = strstr(text, "else \""); at != NULL; at = strstr(at + 1, "else \"")) {
        if (at > text && strchr(" \t\n", at[-1]) != NULL)
            last = at;
    }
    if (last == NULL)
        return wrong(why, missing);
    length = strlen(last);
    while (length > 0 && strchr(" \t\n", last[length - 1]) != NULL)
        length--;
    if (length < 8 || last[length - 1] != '"')
        return wrong(why, missing);
    for (const char *at = last + 6; at < last + length - 1; at++) {
        if (*at == '\\' && at[1] == '"')
            continue;
        str_addc(&clean, *at == '\n' ? ' ' : *at);
    }
    check->otherwise = arena_strdup(arena, str_text(&clean));
    str_release(&clean);
    *last = '\0';
    return 0;
}

int check_parse(const char *text, struct arena *arena, struct check *check, struct str *why)
{
    char *copy = arena_strdup(arena, text);
    char *colon = strstr(copy, " : ");
    char *rest;

    *check = (struct check){0};
    if (colon == NULL)
        return wrong(why, "a check has ` : ` between its id and its command");
    *colon = '\0';
    rest = colon + 3;
    if (split_head(copy, check, why) != 0 || split_else(rest, arena, check, why) != 0)
        return -1;
    return condition_parse(rest, arena, &check->condition, why);
}

void check_release(struct check *check)
{
    condition_release(&check->condition);
}
