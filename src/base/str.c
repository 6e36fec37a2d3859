/*
 * base/str.c - a string that grows.
 */
#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/mem.h"

static void str_grow(struct str *str, size_t need)
{
    size_t size = str->size < 64 ? 64 : str->size;

    while (size < need)
        size *= 2;
    str->text = xrealloc(str->text, size);
    str->size = size;
}

static inline void str_reserve(struct str *str, size_t more)
{
    if (str->length + more + 1 > str->size)
        str_grow(str, str->length + more + 1);
}

char *str_extend(struct str *str, size_t length)
{
    char *at;

    str_reserve(str, length);
    at = str->text + str->length;
    at[length] = '\0';
    str->length += length;
    return at;
}

void str_addn(struct str *str, const char *bytes, size_t length)
{
    char *at = str_extend(str, length);

    if (length > 0)
        memcpy(at, bytes, length);
}

void str_add(struct str *str, const char *text)
{
    str_addn(str, text, strlen(text));
}

void str_addc(struct str *str, char c)
{
    *str_extend(str, 1) = c;
}

void str_fill(struct str *str, char c, size_t count)
{
    memset(str_extend(str, count), c, count);
}

void str_move(struct str *str, struct str *from)
{
    if (str->length == 0) {
        struct str empty = *str;

        *str = *from;
        *from = empty;
    } else {
        str_addn(str, str_text(from), from->length);
    }
    str_clear(from);
}

void str_addf(struct str *str, const char *format, ...)
{
    va_list args;
    int length;

    va_start(args, format);
    length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0)
        BUG("bad format: %s", format);
    str_reserve(str, (size_t)length);
    va_start(args, format);
    vsnprintf(str->text + str->length, (size_t)length + 1, format, args);
    va_end(args);
    str->length += (size_t)length;
}

const char *str_text(const struct str *str)
{
    return str->text == NULL ? "" : str->text;
}

void str_cut(struct str *str, size_t length)
{
    if (length > str->length)
        BUG("str_cut to %zu of %zu", length, str->length);
    str->length = length;
    if (str->text != NULL)
        str->text[length] = '\0';
}

void str_clear(struct str *str)
{
    str_cut(str, 0);
}

char *str_take(struct str *str)
{
    char *text;

    str_reserve(str, 0);
    text = str->text;
    text[str->length] = '\0';
    *str = STR_INIT;
    return text;
}

void str_release(struct str *str)
{
    free(str->text);
    *str = STR_INIT;
}

bool str_equal(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return a[0] == b[0] && strcmp(a, b) == 0; /* most differ at once */
}

bool str_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *text, const char *suffix)
{
    size_t length = strlen(text);
    size_t tail = strlen(suffix);

    return length >= tail && strcmp(text + length - tail, suffix) == 0;
}

/* Backtracks to the last star only: linear in practice, never exponential. */
bool str_matches(const char *pattern, const char *text)
{
    const char *star = NULL;
    const char *resume = NULL;

    while (*text != '\0') {
        if (*pattern == '*') {
            star = pattern++;
            resume = text;
            continue;
        }
        if (*pattern == '?') {
            pattern++;
            text++;
            continue;
        }
        const char *literal = *pattern == '\\' && pattern[1] != '\0' ? pattern + 1 : pattern;

        if (*literal == *text) {
            pattern = literal + 1;
            text++;
        } else if (star != NULL) {
            pattern = star + 1;
            text = ++resume;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}
