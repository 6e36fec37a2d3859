/*
 * api/json_text.c - JSON as people type it, and what is wrong with it in the AWS CLI's words.
 *
 * jansson reads the value; only when it refuses does a scanner of our own walk the text as Python's
 * json module does, to find the same place and the same sentence.  The scanner keeps a stack of
 * what is open, no recursion.
 */
#include "api/json_text.h"

#include <stdbool.h>
#include <string.h>

struct scan {
    const char *text;
    size_t length;
    size_t at;
    const char *problem; /* the sentence, once found */
    size_t place;        /* where it points */
};

static char peek(const struct scan *scan)
{
    return scan->at < scan->length ? scan->text[scan->at] : '\0';
}

static void skip_blanks(struct scan *scan)
{
    while (scan->at < scan->length && strchr(" \t\n\r", scan->text[scan->at]) != NULL)
        scan->at++;
}

static bool fail(struct scan *scan, const char *problem, size_t place)
{
    scan->problem = problem;
    scan->place = place;
    return false;
}

static bool scan_string(struct scan *scan)
{
    size_t start = scan->at++;

    for (; scan->at < scan->length; scan->at++) {
        unsigned char c = (unsigned char)scan->text[scan->at];

        if (c == '"') {
            scan->at++;
            return true;
        }
        if (c < 0x20)
            return fail(scan, "Invalid control character at", scan->at);
        if (c != '\\')
            continue;
        scan->at++;
        if (peek(scan) == 'u') {
            if (scan->at + 4 >= scan->length ||
                strspn(scan->text + scan->at + 1, "0123456789abcdefABCDEF") < 4)
                return fail(scan, "Invalid \\uXXXX escape", scan->at);
        } else if (peek(scan) == '\0' || strchr("\"\\/bfnrt", peek(scan)) == NULL) {
            return fail(scan, "Invalid \\escape", scan->at - 1);
        }
    }
    return fail(scan, "Unterminated string starting at", start);
}

/* A number or a word, or nothing that Python knows. */
static bool scan_plain(struct scan *scan)
{
    static const char *const words[] = {"true", "false", "null", "NaN", "Infinity", "-Infinity"};
    size_t start = scan->at;

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        size_t length = strlen(words[i]);

        if (strncmp(scan->text + scan->at, words[i], length) == 0) {
            scan->at += length;
            return true;
        }
    }
    if (peek(scan) == '-')
        scan->at++;
    if (peek(scan) == '0')
        scan->at++;
    else
        scan->at += strspn(scan->text + scan->at, "0123456789");
    if (scan->at == start || scan->text[scan->at - 1] == '-')
        return fail(scan, "Expecting value", start);
    if (peek(scan) == '.' && strspn(scan->text + scan->at + 1, "0123456789") > 0)
        scan->at += 1 + strspn(scan->text + scan->at + 1, "0123456789");
    if (peek(scan) == 'e' || peek(scan) == 'E') {
        size_t sign = strspn(scan->text + scan->at + 1, "+-") > 0;
        size_t digits = strspn(scan->text + scan->at + 1 + sign, "0123456789");

        scan->at += digits > 0 ? 1 + sign + digits : 0;
    }
    return true;
}

/* After '{' or after a comma in an object: a name and its colon. */
static bool scan_name(struct scan *scan)
{
    skip_blanks(scan);
    if (peek(scan) != '"')
        return fail(scan, "Expecting property name enclosed in double quotes", scan->at);
    if (!scan_string(scan))
        return false;
    skip_blanks(scan);
    if (peek(scan) != ':')
        return fail(scan, "Expecting ':' delimiter", scan->at);
    scan->at++;
    return true;
}

/* What closes or goes on after a value; pops *depth as levels close.  False on a problem. */
static bool scan_after(struct scan *scan, const char *open, int *depth)
{
    while (*depth > 0) {
        bool object = open[*depth - 1] == '{';

        skip_blanks(scan);
        if (peek(scan) == ',') {
            scan->at++;
            return object ? scan_name(scan) : true;
        }
        if (peek(scan) != (object ? '}' : ']'))
            return fail(scan, "Expecting ',' delimiter", scan->at);
        scan->at++;
        --*depth;
    }
    return true;
}

static bool scan_text(struct scan *scan)
{
    char open[JSON_TEXT_DEPTH];
    int depth = 0;

    do {
        skip_blanks(scan);
        if (peek(scan) == '{' || peek(scan) == '[') {
            bool object = peek(scan) == '{';

            if (depth == JSON_TEXT_DEPTH)
                return fail(scan, "Too deeply nested", scan->at);
            open[depth++] = peek(scan);
            scan->at++;
            skip_blanks(scan);
            if (peek(scan) != (object ? '}' : ']')) {
                if (object && !scan_name(scan))
                    return false;
                continue;
            }
            scan->at++;
            depth--;
        } else if (peek(scan) == '"' ? !scan_string(scan) : !scan_plain(scan)) {
            return false;
        }
        if (!scan_after(scan, open, &depth))
            return false;
    } while (depth > 0);
    skip_blanks(scan);
    return scan->at == scan->length ? true : fail(scan, "Extra data", scan->at);
}

static void describe(const struct scan *scan, struct str *problem)
{
    size_t line = 1;
    size_t column = 1;
    size_t character = 0;

    for (size_t i = 0; i < scan->place; i++) {
        if (((unsigned char)scan->text[i] & 0xc0) == 0x80)
            continue; /* Python counts characters */
        character++;
        column++;
        if (scan->text[i] == '\n') {
            line++;
            column = 1;
        }
    }
    str_addf(problem, "%s: line %zu column %zu (char %zu)", scan->problem, line, column, character);
}

json_t *json_text_load(const char *text, size_t length, struct str *problem)
{
    struct scan scan = {.text = text, .length = length};
    json_error_t error;
    json_t *value;

    if (!scan_text(&scan)) {
        describe(&scan, problem);
        return NULL;
    }
    value = json_loadb(text, length, JSON_DECODE_ANY, &error);
    if (value == NULL)
        str_add(problem, error.text); /* bad UTF-8, an integer past 64 bits */
    return value;
}
