/*
 * api/yaml_text.c - YAML as people write it for --cli-input-yaml.
 *
 * A reader of the indentation: a node begins at a column, and all that belongs to it stands further
 * right ("- " lists of a mapping may stand below its key).  Words become values as in YAML 1.2's
 * core: null, true, false, numbers; `yes` is text.
 */
#include "api/yaml_text.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct yaml {
    const char *text; /* ends in NUL */
    size_t length;
    size_t at;
    int depth;
    const char *problem;
    size_t place; /* where it was found */
};

static json_t *read_node(struct yaml *yaml, size_t least);

static json_t *fail(struct yaml *yaml, const char *problem)
{
    if (yaml->problem == NULL) {
        yaml->problem = problem;
        yaml->place = yaml->at;
    }
    return NULL;
}

static char peek(const struct yaml *yaml)
{
    return yaml->text[yaml->at];
}

static bool is_gap(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\0';
}

static size_t column(const struct yaml *yaml)
{
    size_t begin = yaml->at;

    while (begin > 0 && yaml->text[begin - 1] != '\n')
        begin--;
    return yaml->at - begin;
}

/* Blanks and a comment, up to the end of the line. */
static void skip_blanks(struct yaml *yaml)
{
    size_t begin = yaml->at;

    while (peek(yaml) == ' ' || peek(yaml) == '\t' || peek(yaml) == '\r')
        yaml->at++;
    if (peek(yaml) == '#' && (yaml->at == 0 || yaml->at > begin || is_gap(yaml->text[begin - 1])))
        yaml->at += strcspn(yaml->text + yaml->at, "\n");
}

/* To the next thing that counts, on this line or a later one. */
static void skip_lines(struct yaml *yaml)
{
    skip_blanks(yaml);
    while (peek(yaml) == '\n') {
        yaml->at++;
        skip_blanks(yaml);
    }
}

static bool at_end(const struct yaml *yaml)
{
    return yaml->at >= yaml->length;
}

/* ---- scalars ---- */

static json_t *word_value(struct yaml *yaml, const struct str *word)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
    static const char *const flags[] = {"true", "True", "TRUE", "false", "False", "FALSE"};
    const char *text = str_text(word);
    char *end;
    long long number;
    double real;
    json_t *value;

    for (size_t i = 0; i < sizeof(nulls) / sizeof(nulls[0]); i++) {
        if (strcmp(text, nulls[i]) == 0)
            return json_null();
    }
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        if (strcmp(text, flags[i]) == 0)
            return json_boolean(i < 3);
    }
    if (strspn(text, "+-.0123456789eE") == word->length && strpbrk(text, "0123456789") != NULL) {
        errno = 0;
        number = strtoll(text, &end, 10);
        if (*end == '\0' && errno == 0)
            return json_integer(number);
        real = strtod(text, &end);
        value = *end == '\0' ? json_real(real) : NULL;
        if (value != NULL)
            return value;
    }
    value = json_stringn(text, word->length);
    return value == NULL ? fail(yaml, "this is not UTF-8") : value;
}

/* A line break within quotes is a blank; each empty line after it is a line break. */
static void fold(struct yaml *yaml, struct str *out)
{
    size_t breaks = 0;

    while (out->length > 0 && (out->text[out->length - 1] == ' '))
        str_cut(out, out->length - 1);
    for (; peek(yaml) != '\0' && is_gap(peek(yaml)); yaml->at++)
        breaks += peek(yaml) == '\n';
    if (breaks == 1)
        str_addc(out, ' ');
    else
        str_fill(out, '\n', breaks - 1);
}

static void add_character(struct str *out, unsigned long code)
{
    if (code < 0x80) {
        str_addc(out, (char)code);
    } else if (code < 0x800) {
        str_addc(out, (char)(0xc0 | code >> 6));
        str_addc(out, (char)(0x80 | (code & 0x3f)));
    } else if (code < 0x10000) {
        str_addc(out, (char)(0xe0 | code >> 12));
        str_addc(out, (char)(0x80 | (code >> 6 & 0x3f)));
        str_addc(out, (char)(0x80 | (code & 0x3f)));
    } else {
        str_addc(out, (char)(0xf0 | code >> 18));
        str_addc(out, (char)(0x80 | (code >> 12 & 0x3f)));
        str_addc(out, (char)(0x80 | (code >> 6 & 0x3f)));
        str_addc(out, (char)(0x80 | (code & 0x3f)));
    }
}

/* After a backslash. */
static bool read_escape(struct yaml *yaml, struct str *out)
{
    static const char names[] = "0abtnvfre \"/\\";
    static const char values[] = "\0\a\b\t\n\v\f\r\033 \"/\\";
    char c = peek(yaml);
    const char *known = strchr(names, c);
    int digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    char hex[9] = "";
    unsigned long code;

    if (c == '\0')
        return false; /* the text ends here */
    yaml->at++;
    if (known != NULL) {
        str_addc(out, values[known - names]);
        return true;
    }
    for (int i = 0; i < digits; i++, yaml->at++) {
        if (!isxdigit((unsigned char)peek(yaml)))
            return false;
        hex[i] = peek(yaml);
    }
    code = strtoul(hex, NULL, 16);
    if (digits == 0 || code > 0x10ffff)
        return false;
    add_character(out, code);
    return true;
}

static bool read_quoted(struct yaml *yaml, struct str *out)
{
    char quote = peek(yaml);

    for (yaml->at++; !at_end(yaml);) {
        char c = peek(yaml);

        if (c == '\n') {
            fold(yaml, out);
            continue;
        }
        yaml->at++;
        if (c == '\\' && quote == '"') {
            if (!read_escape(yaml, out))
                return fail(yaml, "an escape that is none") != NULL;
        } else if (c == quote && (quote == '"' || peek(yaml) != '\'')) {
            return true;
        } else {
            yaml->at += c == quote;
            str_addc(out, c);
        }
    }
    return fail(yaml, "a quote that is not closed") != NULL;
}

/* A word without quotes, up to what ends it; within [] and {} also their marks. */
static void read_word(struct yaml *yaml, bool flow, struct str *out)
{
    for (; !at_end(yaml) && peek(yaml) != '\n'; yaml->at++) {
        char c = peek(yaml);

        if (c == ':' &&
            (is_gap(yaml->text[yaml->at + 1]) ||
             (flow && strchr(",[]{}", yaml->text[yaml->at + 1]) != NULL)))
            break;
        if (c == '#' && out->length > 0 && is_gap(yaml->text[yaml->at - 1]))
            break;
        if (flow && strchr(",[]{}", c) != NULL)
            break;
        str_addc(out, c);
    }
    while (out->length > 0 && is_gap(out->text[out->length - 1]))
        str_cut(out, out->length - 1);
}

static bool begins_otherwise(char c)
{
    return c != '\0' && strchr("&*!%@`|>", c) != NULL;
}

static json_t *read_scalar(struct yaml *yaml, bool flow)
{
    struct str text = STR_INIT;
    json_t *value = NULL;

    if (peek(yaml) == '"' || peek(yaml) == '\'') {
        if (read_quoted(yaml, &text)) {
            value = json_stringn(str_text(&text), text.length);
            if (value == NULL)
                fail(yaml, "this is not UTF-8");
        }
    } else if (begins_otherwise(peek(yaml))) {
        fail(yaml, "anchors, tags and directives are not read here");
    } else {
        read_word(yaml, flow, &text);
        value = word_value(yaml, &text);
    }
    str_release(&text);
    return value;
}

/* ---- | and > ---- */

static void trim_end(struct str *out, char chomp)
{
    size_t length = out->length;

    while (length > 0 && out->text[length - 1] == '\n')
        length--;
    if (chomp != '+' && length < out->length)
        str_cut(out, chomp == '-' || length == 0 ? length : length + 1);
}

/* `outer` is the column of what the text belongs to. */
static json_t *read_literal(struct yaml *yaml, size_t outer)
{
    bool folded = peek(yaml) == '>';
    char chomp = yaml->text[yaml->at + 1];
    struct str out = STR_INIT;
    size_t indent = 0;
    json_t *value;

    yaml->at += strcspn(yaml->text + yaml->at, "\n");
    while (peek(yaml) == '\n') {
        const char *line = yaml->text + yaml->at + 1;
        size_t blanks = strspn(line, " ");
        size_t length = strcspn(line, "\n");

        if (length > blanks && indent == 0)
            indent = blanks;
        if (length > blanks && (blanks <= outer || blanks < indent))
            break;
        if (length <= blanks && line[length] == '\0')
            break;
        if (folded && out.length > 1 && length > blanks && out.text[out.length - 1] == '\n' &&
            out.text[out.length - 2] != '\n')
            out.text[out.length - 1] = ' ';
        if (length > blanks)
            str_addn(&out, line + indent, length - indent);
        str_addc(&out, '\n');
        yaml->at += 1 + length;
    }
    trim_end(&out, chomp);
    value = json_stringn(str_text(&out), out.length);
    str_release(&out);
    return value == NULL ? fail(yaml, "this is not UTF-8") : value;
}

/* ---- [] and {} ---- */

static json_t *read_flow(struct yaml *yaml);

static json_t *flow_value(struct yaml *yaml)
{
    skip_lines(yaml);
    if (peek(yaml) == '[' || peek(yaml) == '{')
        return read_flow(yaml);
    return read_scalar(yaml, true);
}

static bool put_member(struct yaml *yaml, json_t *map, const char *key, json_t *value)
{
    if (value == NULL)
        return false;
    if (json_object_get(map, key) != NULL) {
        json_decref(value);
        return fail(yaml, "a key that is there twice") != NULL;
    }
    if (json_object_set_new(map, key, value) != 0)
        return fail(yaml, "this is not UTF-8") != NULL;
    return true;
}

static bool read_key(struct yaml *yaml, bool flow, struct str *key)
{
    if (peek(yaml) == '"' || peek(yaml) == '\'') {
        if (!read_quoted(yaml, key))
            return false;
    } else if (begins_otherwise(peek(yaml))) {
        return fail(yaml, "anchors, tags and directives are not read here") != NULL;
    } else {
        read_word(yaml, flow, key);
    }
    skip_blanks(yaml);
    if (peek(yaml) != ':')
        return fail(yaml, "a key without a colon") != NULL;
    yaml->at++;
    return true;
}

static bool flow_member(struct yaml *yaml, json_t *map)
{
    struct str key = STR_INIT;
    bool good = read_key(yaml, true, &key);

    good = good && put_member(yaml, map, str_text(&key), flow_value(yaml));
    str_release(&key);
    return good;
}

static bool flow_items(struct yaml *yaml, json_t *value, char close)
{
    for (;;) {
        skip_lines(yaml);
        if (peek(yaml) == close)
            break;
        if (at_end(yaml))
            return fail(yaml, "a bracket that is not closed") != NULL;
        if (close == '}' ? !flow_member(yaml, value)
                         : json_array_append_new(value, flow_value(yaml)) != 0)
            return false;
        skip_lines(yaml);
        if (peek(yaml) == ',')
            yaml->at++;
        else if (peek(yaml) != close && !at_end(yaml))
            return fail(yaml, "a comma is missing") != NULL;
    }
    yaml->at++;
    return true;
}

static json_t *read_flow(struct yaml *yaml)
{
    bool map = peek(yaml) == '{';
    json_t *value = map ? json_object() : json_array();

    yaml->at++;
    if (++yaml->depth > YAML_TEXT_DEPTH)
        fail(yaml, "too deep");
    if (yaml->problem != NULL || !flow_items(yaml, value, map ? '}' : ']')) {
        json_decref(value);
        return fail(yaml, "a value is missing");
    }
    yaml->depth--;
    return value;
}

/* ---- blocks ---- */

static bool is_item(const struct yaml *yaml)
{
    return peek(yaml) == '-' && is_gap(yaml->text[yaml->at + 1]);
}

/* Does a mapping begin here: is there a key with its colon on this line? */
static bool is_mapping(const struct yaml *yaml)
{
    struct yaml ahead = *yaml;
    struct str key = STR_INIT;
    bool mapping = !begins_otherwise(peek(yaml)) && peek(yaml) != '[' && peek(yaml) != '{' &&
                   read_key(&ahead, false, &key) && is_gap(peek(&ahead));

    str_release(&key);
    return mapping;
}

/* What follows a key or a dash at `outer`: on the same line, or below and further right. */
static json_t *read_value(struct yaml *yaml, size_t outer, bool of_key)
{
    skip_blanks(yaml);
    if (peek(yaml) != '\n' && !at_end(yaml)) {
        if (peek(yaml) == '|' || peek(yaml) == '>')
            return read_literal(yaml, outer);
        if (of_key && (is_item(yaml) || is_mapping(yaml)))
            return fail(yaml, "two keys on one line");
        return read_node(yaml, outer + 1);
    }
    skip_lines(yaml);
    if (at_end(yaml) || column(yaml) < outer ||
        (column(yaml) == outer && !(of_key && is_item(yaml))))
        return json_null();
    return read_node(yaml, column(yaml));
}

/* Is there nothing but blanks before it on its line? */
static bool is_first(const struct yaml *yaml)
{
    size_t at = yaml->at;

    while (at > 0 && (yaml->text[at - 1] == ' ' || yaml->text[at - 1] == '\t'))
        at--;
    return at == 0 || yaml->text[at - 1] == '\n';
}

static bool block_goes_on(struct yaml *yaml, size_t begun)
{
    skip_blanks(yaml);
    if (!at_end(yaml) && peek(yaml) != '\n' && !is_first(yaml))
        return fail(yaml, "something stands after a value") != NULL;
    skip_lines(yaml);
    if (at_end(yaml) || column(yaml) < begun)
        return false;
    if (column(yaml) > begun)
        return fail(yaml, "it stands too far to the right") != NULL;
    return true;
}

static json_t *read_list(struct yaml *yaml, size_t begun)
{
    json_t *list = json_array();

    do {
        yaml->at++;
        if (json_array_append_new(list, read_value(yaml, begun, false)) != 0)
            break;
    } while (block_goes_on(yaml, begun) && is_item(yaml));
    return list;
}

static json_t *read_mapping(struct yaml *yaml, size_t begun)
{
    json_t *map = json_object();
    bool good;

    do {
        struct str key = STR_INIT;

        good = read_key(yaml, false, &key);
        good = good && put_member(yaml, map, str_text(&key), read_value(yaml, begun, true));
        str_release(&key);
    } while (good && block_goes_on(yaml, begun) && !is_item(yaml));
    return map;
}

static json_t *read_node(struct yaml *yaml, size_t least)
{
    json_t *value;

    skip_lines(yaml);
    if (at_end(yaml) || column(yaml) < least)
        return json_null();
    if (++yaml->depth > YAML_TEXT_DEPTH)
        return fail(yaml, "too deep");
    if (is_item(yaml))
        value = read_list(yaml, column(yaml));
    else if (peek(yaml) == '[' || peek(yaml) == '{')
        value = read_flow(yaml);
    else if (is_mapping(yaml))
        value = read_mapping(yaml, column(yaml));
    else
        value = read_scalar(yaml, false);
    yaml->depth--;
    return value;
}

json_t *yaml_text_load(const char *text, size_t length, struct str *problem)
{
    struct yaml yaml = {.text = text, .length = length};
    json_t *value;
    size_t line = 1;

    if (strlen(text) != length)
        fail(&yaml, "a zero byte");
    skip_lines(&yaml);
    if (strncmp(text + yaml.at, "---", 3) == 0 && is_gap(text[yaml.at + 3]))
        yaml.at += 3;
    value = yaml.problem == NULL ? read_node(&yaml, 0) : NULL;
    skip_lines(&yaml);
    if (yaml.problem == NULL && !at_end(&yaml))
        fail(&yaml, "something stands after the value");
    if (yaml.problem == NULL && value != NULL)
        return value;
    json_decref(value);
    fail(&yaml, "there is no value");
    for (size_t i = 0; i < yaml.place && i < length; i++)
        line += text[i] == '\n';
    str_addf(problem, "%s: line %zu", yaml.problem, line);
    return NULL;
}
