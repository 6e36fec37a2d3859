/*
 * api/output_json.c - JSON text as Python's json module, and so the AWS CLI, writes it.
 *
 * jansson's own dumper differs in its numbers (3.1400000000000001) and spacing, hence this one.  A
 * listing of thousands is printed from the structs themselves: to build a tree of it and to free it
 * takes twice as long as all the rest.
 */
#include "api/output.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"
#include "api/value.h"

enum {
    REAL_DIGITS_SAFE = 15, /* any decimal of so many digits survives a double */
    REAL_DIGITS_MAX = 17,  /* so many always read back to the same double */
    REAL_TEXT_SIZE = 40,
    INTEGER_DIGITS_MAX = 20,
    REAL_FIXED_MIN = -4,   /* exponents from here ... */
    REAL_FIXED_END = 16,   /* ... to below here are written without one */
};

/* Digits without point or sign, and the exponent of the first one. */
struct real_digits {
    char digits[REAL_TEXT_SIZE];
    int exponent;
};

/* Reads "d.ddde-nn", whatever the locale has put in for the point. */
static void real_split(const char *text, struct real_digits *real)
{
    size_t count = 0;

    for (; *text != '\0' && *text != 'e'; text++) {
        if (*text >= '0' && *text <= '9')
            real->digits[count++] = *text;
    }
    while (count > 1 && real->digits[count - 1] == '0')
        count--;
    real->digits[count] = '\0';
    real->exponent = *text == 'e' ? (int)strtol(text + 1, NULL, 10) : 0;
}

static void real_shortest(double value, struct real_digits *real)
{
    char text[REAL_TEXT_SIZE];
    int digits = value < DBL_MIN ? 1 : REAL_DIGITS_SAFE;

    for (;; digits++) {
        snprintf(text, sizeof(text), "%.*e", digits - 1, value);
        if (digits >= REAL_DIGITS_MAX || strtod(text, NULL) == value)
            break;
    }
    real_split(text, real);
}

static void real_add_fixed(struct str *out, const struct real_digits *real)
{
    size_t count = strlen(real->digits);

    if (real->exponent < 0) {
        str_add(out, "0.");
        str_fill(out, '0', (size_t)(-real->exponent - 1));
        str_add(out, real->digits);
        return;
    }
    size_t whole = (size_t)real->exponent + 1;

    if (count <= whole) {
        str_add(out, real->digits);
        str_fill(out, '0', whole - count);
        str_add(out, ".0");
        return;
    }
    str_addn(out, real->digits, whole);
    str_addc(out, '.');
    str_add(out, real->digits + whole);
}

void output_add_real(struct str *out, double value)
{
    struct real_digits real;

    if (isnan(value)) {
        str_add(out, "NaN");
        return;
    }
    if (signbit(value)) {
        str_addc(out, '-');
        value = -value;
    }
    if (isinf(value)) {
        str_add(out, "Infinity");
        return;
    }
    real_shortest(value, &real);
    if (real.exponent >= REAL_FIXED_MIN && real.exponent < REAL_FIXED_END) {
        real_add_fixed(out, &real);
        return;
    }
    str_addc(out, real.digits[0]);
    if (real.digits[1] != '\0') {
        str_addc(out, '.');
        str_add(out, real.digits + 1);
    }
    str_addf(out, "e%c%02d", real.exponent < 0 ? '-' : '+', abs(real.exponent));
}

static void json_add_escape(struct str *out, unsigned char c)
{
    switch (c) {
    case '"':
        str_add(out, "\\\"");
        break;
    case '\\':
        str_add(out, "\\\\");
        break;
    case '\n':
        str_add(out, "\\n");
        break;
    case '\r':
        str_add(out, "\\r");
        break;
    case '\t':
        str_add(out, "\\t");
        break;
    case '\f':
        str_add(out, "\\f");
        break;
    case '\b':
        str_add(out, "\\b");
        break;
    default:
        str_addf(out, "\\u%04x", c);
        break;
    }
}

/* A character that a terminal must not get: as JSON spells it, so that what is printed stays
 * JSON. */
static void json_add_code(struct str *out, uint32_t code)
{
    if (code > 0xffff)
        str_addf(out, "\\u%04x\\u%04x", (unsigned)(0xd800 + ((code - 0x10000) >> 10)),
                 (unsigned)(0xdc00 + ((code - 0x10000) & 0x3ff)));
    else
        str_addf(out, "\\u%04x", (unsigned)code);
}

/* Adds the character at `text`, with its marks; returns the bytes read. */
static size_t json_add_cell(struct str *out, const char *text, size_t length)
{
    struct utf8_cell cell;
    uint32_t code;

    utf8_decode(text, length, &code);
    utf8_next_cell(text, length, UTF8_KEEP_NOTHING, &cell);
    if (cell.bytes == cell.escape && code != UTF8_INVALID)
        json_add_code(out, code);
    else
        str_addn(out, text, cell.source);
    return cell.source;
}

/* Do these eight bytes stand for themselves?  The highest bit of a byte is set where it is no
 * ASCII, and becomes set where it is a control character, a quote, a backslash, or 0x7f. */
static bool is_plain(const char *eight)
{
    const uint64_t each = UINT64_C(0x0101010101010101);
    uint64_t word;

    memcpy(&word, eight, sizeof(word));
    return ((word | (word - each * ' ') | ((word ^ each * '"') - each) |
             ((word ^ each * '\\') - each) | (word + each)) & each * 0x80) == 0;
}

/* How many bytes from `at` on stand for themselves: nearly all of most texts.  The last one before
 * a character that is no ASCII may have a mark on it. */
static size_t json_plain(const char *text, size_t length, size_t at)
{
    size_t start = at;

    while (at + sizeof(uint64_t) <= length && is_plain(text + at))
        at += sizeof(uint64_t);
    /* The rest together with some before it again, rather than byte by byte. */
    if (length - at < sizeof(uint64_t) && length - start >= sizeof(uint64_t) &&
        is_plain(text + length - sizeof(uint64_t)))
        return length - start;
    while (at < length && text[at] >= ' ' && text[at] < 0x7f && text[at] != '"' &&
           text[at] != '\\')
        at++;
    return at > start && at < length && (text[at] & 0x80) != 0 ? at - start - 1 : at - start;
}

void output_add_json_string(struct str *out, const char *text, size_t length)
{
    size_t at = json_plain(text, length, 0);
    char *quoted;

    if (at == length) {
        quoted = str_extend(out, length + 2);
        quoted[0] = quoted[length + 1] = '"';
        memcpy(quoted + 1, text, length);
        return;
    }
    str_addc(out, '"');
    str_addn(out, text, at);
    while (at < length) {
        unsigned char c = (unsigned char)text[at];
        size_t plain;

        if (c < 0x20 || c == '"' || c == '\\') {
            json_add_escape(out, c);
            at++;
        } else {
            at += json_add_cell(out, text + at, length - at);
        }
        plain = json_plain(text, length, at);
        str_addn(out, text + at, plain);
        at += plain;
    }
    str_addc(out, '"');
}

/* ---- layout ---- */

/* Text that is being written: how it is laid out, and where in it we are. */
struct json_text {
    struct str *out;
    unsigned indent;
    unsigned depth;
    bool first; /* nothing stands in the innermost bracket yet */
};

/* Room for a comma, a new line and `more` bytes behind them; gives where those begin. */
static char *text_line(struct json_text *text, bool comma, size_t more)
{
    bool one_line = text->indent == OUTPUT_JSON_ONE_LINE;
    size_t blanks = one_line ? comma : (size_t)text->indent * text->depth;
    size_t marks = (comma ? 1U : 0U) + (one_line ? 0U : 1U);
    char *at = str_extend(text->out, marks + blanks + more);

    if (comma)
        *at++ = ',';
    if (!one_line)
        *at++ = '\n';
    memset(at, ' ', blanks);
    return at + blanks;
}

/* All that stands before a value. */
static void text_name(struct json_text *text, const char *name, size_t length)
{
    bool comma = !text->first;
    char *at;

    text->first = false;
    if (name == NULL) {
        text_line(text, comma, 0);
    } else if (json_plain(name, length, 0) == length) {
        at = text_line(text, comma, length + 4);
        *at++ = '"';
        memcpy(at, name, length);
        memcpy(at + length, "\": ", 3);
    } else {
        text_line(text, comma, 0);
        output_add_json_string(text->out, name, length);
        str_addn(text->out, ": ", 2);
    }
}

static void text_open(struct json_text *text, char bracket)
{
    str_addc(text->out, bracket);
    text->depth++;
    text->first = true;
}

static void text_close(struct json_text *text, char bracket)
{
    text->depth--;
    if (!text->first)
        text_line(text, false, 0);
    str_addc(text->out, bracket);
    text->first = false;
}

/* ---- from a tree ---- */

static void text_integer(struct str *out, int64_t number)
{
    char digits[INTEGER_DIGITS_MAX];
    char *at = digits + sizeof(digits);
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;

    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0)
        *--at = '-';
    str_addn(out, at, (size_t)(digits + sizeof(digits) - at));
}

static void text_value(struct json_text *text, json_t *value)
{
    const char *key;
    size_t length;
    json_t *member;

    switch (json_typeof(value)) {
    case JSON_OBJECT:
        text_open(text, '{');
        json_object_keylen_foreach(value, key, length, member) {
            text_name(text, key, length);
            text_value(text, member);
        }
        text_close(text, '}');
        break;
    case JSON_ARRAY:
        text_open(text, '[');
        for (size_t i = 0; i < json_array_size(value); i++) {
            text_name(text, NULL, 0);
            text_value(text, json_array_get(value, i));
        }
        text_close(text, ']');
        break;
    case JSON_STRING:
        output_add_json_string(text->out, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        text_integer(text->out, json_integer_value(value));
        break;
    case JSON_REAL:
        output_add_real(text->out, json_real_value(value));
        break;
    case JSON_TRUE:
        str_add(text->out, "true");
        break;
    case JSON_FALSE:
        str_add(text->out, "false");
        break;
    case JSON_NULL:
        str_add(text->out, "null");
        break;
    }
}

void output_add_json(struct str *out, json_t *value, unsigned indent)
{
    struct json_text text = {.out = out, .indent = indent};

    text_value(&text, value == NULL ? json_null() : value);
}

/* ---- from an object: the context is the text, in and out of brackets ---- */

static struct json_text *sink_name(void *context, const char *name)
{
    struct json_text *text = context;

    text_name(text, name, name == NULL ? 0 : strlen(name));
    return text;
}

static void *sink_begin(void *context, const char *name, bool list)
{
    text_open(sink_name(context, name), list ? '[' : '{');
    return context;
}

static void sink_end(void *inner, bool list)
{
    text_close(inner, list ? ']' : '}');
}

static void sink_string(void *context, const char *name, const char *string, size_t length)
{
    output_add_json_string(sink_name(context, name)->out, string, length);
}

static void sink_integer(void *context, const char *name, int64_t number)
{
    text_integer(sink_name(context, name)->out, number);
}

static void sink_real(void *context, const char *name, double number)
{
    output_add_real(sink_name(context, name)->out, number);
}

static void sink_boolean(void *context, const char *name, bool flag)
{
    str_add(sink_name(context, name)->out, flag ? "true" : "false");
}

static void sink_null(void *context, const char *name)
{
    str_add(sink_name(context, name)->out, "null");
}

void output_add_object(struct str *out, const struct shape *shape, const void *object)
{
    static const struct value_sink sink = {
        .begin = sink_begin,
        .end = sink_end,
        .string = sink_string,
        .integer = sink_integer,
        .real = sink_real,
        .boolean = sink_boolean,
        .null = sink_null,
    };
    struct json_text text = {.out = out, .indent = OUTPUT_JSON_INDENT};
    size_t before = out->length;

    text_open(&text, '{');
    value_tell(shape, object, &sink, &text);
    if (text.first) { /* {} prints nothing */
        str_cut(out, before);
        return;
    }
    text_close(&text, '}');
    str_addc(out, '\n');
}
