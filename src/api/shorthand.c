/*
 * api/shorthand.c - reads AWS shorthand into JSON.
 *
 * A descent over the text with one place to go back to: the last comma.  `a=b,c=d` is read as if a
 * had the values b and c, until the = shows that c is a key; then the parser returns to the comma.
 * The comma it returns to is simply the one before, even one that was escaped: the CLI does that.
 *
 * Which characters a bare value may hold depends on where it stands: the first of a list stops at
 * a bracket or brace but takes an =, the later ones stop at an = but take brackets.  None takes a
 * character beyond U+FFFF, which therefore must be quoted.
 *
 * True to awscli/shorthand.py, measured.
 */
#include "api/shorthand.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"

/* What was wrong, kept until it is sure that there is no way back: a text with many keys fails and
 * goes back once for each of them, and the message holds the whole text. */
struct failure {
    const char *expected; /* NULL: the message is written already */
    size_t at;
    bool show_actual;
};

struct parser {
    const char *text;
    size_t length;
    size_t at;
    const struct shorthand_files *files;
    struct str *error;
    struct failure failure;
    unsigned depth;
    bool resolve; /* the last key ended in @: values may name files */
};

/* Messages ------------------------------------------------------------------------ */

/* Characters between two places. */
static size_t count_characters(const char *text, size_t from, size_t to)
{
    size_t count = 0;

    while (from < to) {
        uint32_t code;

        from += utf8_decode(text + from, to - from, &code);
        count++;
    }
    return count;
}

/* The text with a caret under the character at `at`: after the line that holds it. */
static void add_location(const struct parser *parser, size_t at)
{
    const char *text = parser->text;
    size_t line = at;
    size_t end = at;

    while (line > 0 && text[line - 1] != '\n')
        line--;
    while (end < parser->length && text[end] != '\n')
        end++;
    str_addn(parser->error, text, end);
    str_addc(parser->error, '\n');
    str_fill(parser->error, ' ', count_characters(text, line, at));
    str_addc(parser->error, '^');
    str_addn(parser->error, text + end, parser->length - end);
}

/* Notes what should have stood at the current place.  Always returns -1. */
static int refuse(struct parser *parser, const char *expected, bool show_actual)
{
    parser->failure = (struct failure){
        .expected = expected,
        .at = parser->at,
        .show_actual = show_actual,
    };
    return -1;
}

/* Writes the message of the last refuse(). */
static void add_failure(const struct parser *parser)
{
    const struct failure *failure = &parser->failure;
    const char *actual = parser->text + failure->at;

    str_addf(parser->error, "Expected: '%s', received: '", failure->expected);
    if (!failure->show_actual) {
        str_add(parser->error, "<none>");
    } else if (failure->at >= parser->length) {
        str_add(parser->error, "EOF");
    } else {
        uint32_t code;

        str_addn(parser->error, actual, utf8_decode(actual, parser->length - failure->at, &code));
    }
    str_add(parser->error, "' for input:\n ");
    add_location(parser, failure->at);
}

static int refuse_second_key(struct parser *parser, const char *key, size_t at)
{
    parser->failure.expected = NULL;
    str_addf(parser->error, "Second instance of key \"%s\" encountered for input:\n", key);
    add_location(parser, at);
    str_add(parser->error,
            "\nThis is often because there is a preceding \",\" instead of a space.");
    return -1;
}

static int refuse_depth(struct parser *parser)
{
    parser->failure.expected = NULL;
    str_addf(parser->error, "More than %d lists and objects in each other, at character %zu",
             SHORTHAND_DEPTH_MAX, count_characters(parser->text, 0, parser->at) + 1);
    return -1;
}

/* Small steps --------------------------------------------------------------------- */

static bool at_end(const struct parser *parser)
{
    return parser->at >= parser->length;
}

/* The byte at the current place; NUL at the end. */
static char here(const struct parser *parser)
{
    return at_end(parser) ? '\0' : parser->text[parser->at];
}

static void skip_blanks(struct parser *parser)
{
    while (!at_end(parser) && strchr(" \t\n\r\v\f", here(parser)) != NULL)
        parser->at++;
}

/* True, and past it, when that character comes next. */
static bool accept(struct parser *parser, char c)
{
    if (here(parser) != c)
        return false;
    parser->at++;
    return true;
}

static int expect(struct parser *parser, const char *expected)
{
    return accept(parser, expected[0]) ? 0 : refuse(parser, expected, true);
}

/* The same with blanks before and after. */
static int expect_spaced(struct parser *parser, const char *expected)
{
    skip_blanks(parser);
    if (expect(parser, expected) != 0)
        return -1;
    skip_blanks(parser);
    return 0;
}

/* Values -------------------------------------------------------------------------- */

/* Any character that a bare value may begin with. */
static bool is_start(uint32_t code)
{
    return code == '!' || (code >= '#' && code <= '+' && code != '\'') ||
           (code >= '-' && code <= '<') || (code >= '>' && code <= 'Z') ||
           (code >= '\\' && code <= 'z') || (code >= '|' && code <= 0xffff);
}

/* Blanks, as Python's expressions and strip() know them, below the characters that are allowed
 * anyway. */
static bool is_low_blank(uint32_t code)
{
    return (code >= '\t' && code <= '\r') || (code >= 0x1c && code <= ' ');
}

/* Any character that the first value of a list may go on with. */
static bool is_first_follow(uint32_t code)
{
    return is_low_blank(code) || code == '!' || (code >= '#' && code <= '+' && code != '\'') ||
           (code >= '-' && code <= '\\') || (code >= '^' && code <= '|') ||
           (code >= '~' && code <= 0xffff);
}

/* Any character that the later values of a list may go on with. */
static bool is_second_follow(uint32_t code)
{
    return is_low_blank(code) || code == '!' || (code >= '#' && code <= '+' && code != '\'') ||
           (code >= '-' && code <= '<') || (code >= '>' && code <= 0xffff);
}

/* Where the bare value that begins here ends; here, when there is none. */
static size_t find_bare_end(const struct parser *parser, bool (*follows)(uint32_t))
{
    size_t at = parser->at;

    while (at < parser->length) {
        uint32_t code;
        size_t size = utf8_decode(parser->text + at, parser->length - at, &code);
        bool escaped = code == '\\' && parser->text[at + 1] == ',';

        if (escaped)
            size = 2;
        else if (!(at == parser->at ? is_start(code) : follows(code)))
            break;
        at += size;
    }
    return at;
}

static bool is_blank(uint32_t code)
{
    return is_low_blank(code) || code == 0x85 || code == 0xa0 || code == 0x1680 ||
           (code >= 0x2000 && code <= 0x200a) || code == 0x2028 || code == 0x2029 ||
           code == 0x202f || code == 0x205f || code == 0x3000;
}

static void strip_right(struct str *value)
{
    while (value->length > 0) {
        size_t at = value->length - 1;
        uint32_t code;

        while (at > 0 && ((unsigned char)value->text[at] & 0xc0) == 0x80)
            at--;
        utf8_decode(value->text + at, value->length - at, &code);
        if (!is_blank(code))
            return;
        str_cut(value, at);
    }
}

/* The JSON of a value that was read: its text, or what is in the file it names. */
static json_t *make_value(struct parser *parser, struct str *value)
{
    const char *text = str_text(value);
    json_t *json;

    if (parser->resolve && parser->files != NULL && parser->files->read != NULL &&
        (str_starts(text, "file://") || str_starts(text, "fileb://"))) {
        parser->failure.expected = NULL;
        json = parser->files->read(parser->files->context, text, parser->error);
    } else {
        json = json_stringn(text, value->length);
    }
    str_release(value);
    return json;
}

static json_t *parse_bare(struct parser *parser, bool (*follows)(uint32_t))
{
    size_t end = find_bare_end(parser, follows);
    struct str value = STR_INIT;

    for (size_t i = parser->at; i < end; i++) {
        if (parser->text[i] == '\\' && i + 1 < end && parser->text[i + 1] == ',')
            continue;
        str_addc(&value, parser->text[i]);
    }
    strip_right(&value);
    parser->at = end;
    return make_value(parser, &value);
}

/* Adds the text with \ and the quote made the quote, then two backslashes made one: in this order,
 * each over the whole text, as the CLI does it. */
static void add_unquoted(struct str *value, const char *text, size_t length, char quote)
{
    struct str once = STR_INIT;

    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\\' && i + 1 < length && text[i + 1] == quote)
            i++;
        str_addc(&once, text[i]);
    }
    for (size_t i = 0; i < once.length; i++) {
        if (once.text[i] == '\\' && i + 1 < once.length && once.text[i + 1] == '\\')
            i++;
        str_addc(value, once.text[i]);
    }
    str_release(&once);
}

/* Ends at the first quote without a backslash before it.  If there is none, the last one with a
 * backslash ends the value after all. */
static json_t *parse_quoted(struct parser *parser, char quote)
{
    size_t begin = parser->at + 1;
    size_t end = begin;
    size_t last_escaped = 0;
    struct str value = STR_INIT;

    while (end < parser->length && parser->text[end] != quote) {
        if (parser->text[end] == '\\' && parser->text[end + 1] == quote)
            last_escaped = ++end;
        end++;
    }
    if (end >= parser->length) {
        if (last_escaped == 0) {
            refuse(parser, quote == '\'' ? "<singled quoted>" : "<double quoted>", false);
            return NULL;
        }
        end = last_escaped;
    }
    add_unquoted(&value, parser->text + begin, end - begin, quote);
    parser->at = end + 1;
    return make_value(parser, &value);
}

/* A value that may be absent: then it is the empty string. */
static json_t *parse_first_value(struct parser *parser)
{
    char c = here(parser);

    return c == '\'' || c == '"' ? parse_quoted(parser, c) : parse_bare(parser, is_first_follow);
}

/* A later value of a list, which must be there. */
static json_t *parse_second_value(struct parser *parser)
{
    char c = here(parser);

    if (c == '\'' || c == '"')
        return parse_quoted(parser, c);
    if (find_bare_end(parser, is_second_follow) == parser->at) {
        refuse(parser, "<second>", false);
        return NULL;
    }
    return parse_bare(parser, is_second_follow);
}

/* One more value and what follows it.  Returns 1 when the list goes on, 0 at the end of the text,
 * -1 when this was no value of the list. */
static int parse_next_value(struct parser *parser, json_t *list)
{
    json_t *value = parse_second_value(parser);

    if (value == NULL)
        return -1;
    skip_blanks(parser);
    if (at_end(parser)) {
        json_array_append_new(list, value);
        return 0;
    }
    if (expect_spaced(parser, ",") != 0) {
        json_decref(value);
        return -1;
    }
    json_array_append_new(list, value);
    return 1;
}

/* value, or value,value,... up to the last comma before the next key. */
static json_t *parse_csv(struct parser *parser)
{
    json_t *first = parse_first_value(parser);
    json_t *list;
    int more = 1;

    if (first == NULL)
        return NULL;
    skip_blanks(parser);
    if (here(parser) != ',')
        return first;
    expect_spaced(parser, ",");
    list = json_array();
    json_array_append_new(list, first);
    while (more > 0)
        more = parse_next_value(parser, list);
    if (more < 0) {
        if (parser->failure.expected == NULL || at_end(parser)) {
            json_decref(list);
            return NULL;
        }
        while (parser->text[parser->at] != ',')
            parser->at--;
    }
    if (json_array_size(list) > 1)
        return list;
    first = json_incref(json_array_get(list, 0));
    json_decref(list);
    return first;
}

/* Lists and objects --------------------------------------------------------------- */

static json_t *parse_list(struct parser *parser);
static json_t *parse_object(struct parser *parser);

/* A value inside brackets or braces. */
static json_t *parse_inner(struct parser *parser)
{
    json_t *value;

    if (here(parser) != '[' && here(parser) != '{')
        return parse_first_value(parser);
    if (parser->depth >= SHORTHAND_DEPTH_MAX) {
        refuse_depth(parser);
        return NULL;
    }
    parser->depth++;
    value = here(parser) == '[' ? parse_list(parser) : parse_object(parser);
    parser->depth--;
    return value;
}

/* A comma, unless the closing bracket comes. */
static int expect_more(struct parser *parser, char close)
{
    skip_blanks(parser);
    if (here(parser) == close)
        return 0;
    if (expect(parser, ",") != 0)
        return -1;
    skip_blanks(parser);
    return 0;
}

static json_t *parse_list(struct parser *parser)
{
    json_t *list = json_array();

    expect_spaced(parser, "[");
    while (!accept(parser, ']')) {
        json_t *value = parse_inner(parser);

        if (value == NULL || json_array_append_new(list, value) != 0 ||
            expect_more(parser, ']') != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

/* A key and its =, or @=.  Returns 0 with the key, which the caller frees. */
static int parse_key(struct parser *parser, char **key)
{
    size_t begin = parser->at;

    while (!at_end(parser) &&
           strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.#/:",
                  here(parser)) != NULL)
        parser->at++;
    *key = xstrndup(parser->text + begin, parser->at - begin);
    skip_blanks(parser);
    parser->resolve = accept(parser, '@');
    if (expect_spaced(parser, "=") == 0)
        return 0;
    free(*key);
    return -1;
}

static json_t *parse_object(struct parser *parser)
{
    json_t *object = json_object();

    expect_spaced(parser, "{");
    while (!accept(parser, '}')) {
        char *key;
        json_t *value = NULL;

        if (parse_key(parser, &key) == 0) {
            value = parse_inner(parser);
            if (value != NULL)
                json_object_set_new(object, key, value);
            free(key);
        }
        if (value == NULL || expect_more(parser, '}') != 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

static json_t *parse_values(struct parser *parser)
{
    if (here(parser) == '[' || here(parser) == '{')
        return parse_inner(parser);
    return parse_csv(parser);
}

/* key=values into the object.  `before` is where the text before this key ended. */
static int parse_keyval(struct parser *parser, json_t *object, size_t before)
{
    char *key;
    json_t *value;
    int status = -1;

    if (parse_key(parser, &key) != 0)
        return -1;
    value = parse_values(parser);
    if (value != NULL && json_object_get(object, key) != NULL) {
        refuse_second_key(parser, key, before + 1);
        json_decref(value);
    } else if (value != NULL) {
        status = json_object_set_new(object, key, value);
    }
    free(key);
    return status;
}

json_t *shorthand_parse(const char *text, const struct shorthand_files *files, struct str *error)
{
    struct parser parser = {
        .text = text,
        .length = strlen(text),
        .files = files,
        .error = error,
    };
    json_t *object = json_object();
    int status;

    if (utf8_valid(text, parser.length)) {
        status = parse_keyval(&parser, object, 0);
    } else {
        str_add(error, "The value is not valid UTF-8");
        status = -1;
    }
    while (status == 0 && !at_end(&parser)) {
        size_t before = parser.at;

        status = expect_spaced(&parser, ",");
        if (status == 0)
            status = parse_keyval(&parser, object, before);
    }
    if (status != 0) {
        if (parser.failure.expected != NULL)
            add_failure(&parser);
        json_decref(object);
        return NULL;
    }
    return object;
}
