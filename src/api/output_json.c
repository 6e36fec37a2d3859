/*
 * api/output_json.c - JSON text as Python's json module, and so the AWS CLI, writes it.
 *
 * jansson's own dumper differs in its numbers (3.1400000000000001) and spacing, hence this one.
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

enum {
    REAL_DIGITS_SAFE = 15, /* any decimal of so many digits survives a double */
    REAL_DIGITS_MAX = 17,  /* so many always read back to the same double */
    REAL_TEXT_SIZE = 40,
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

void output_add_json_string(struct str *out, const char *text, size_t length)
{
    size_t start = 0;
    size_t i = 0;

    str_addc(out, '"');
    while (i < length) {
        unsigned char c = (unsigned char)text[i];
        bool special = c < 0x20 || c == '"' || c == '\\';
        bool plain = !special && c < 0x7f && (i + 1 == length || (text[i + 1] & 0x80) == 0);

        if (plain) {
            i++;
            continue;
        }
        str_addn(out, text + start, i - start);
        if (special) {
            json_add_escape(out, c);
            i++;
        } else {
            i += json_add_cell(out, text + i, length - i);
        }
        start = i;
    }
    str_addn(out, text + start, length - start);
    str_addc(out, '"');
}

static void json_add_value(struct str *out, json_t *value, unsigned indent, unsigned depth);

/* Before each member, and before the closing bracket. */
static void json_add_line(struct str *out, unsigned indent, unsigned depth)
{
    if (indent == OUTPUT_JSON_ONE_LINE)
        return;
    str_addc(out, '\n');
    str_fill(out, ' ', (size_t)indent * depth);
}

static void json_add_object(struct str *out, json_t *object, unsigned indent, unsigned depth)
{
    const char *separator = indent == OUTPUT_JSON_ONE_LINE ? ", " : ",";
    bool first = true;
    const char *key;
    size_t length;
    json_t *value;

    str_addc(out, '{');
    json_object_keylen_foreach(object, key, length, value) {
        if (!first)
            str_add(out, separator);
        first = false;
        json_add_line(out, indent, depth + 1);
        output_add_json_string(out, key, length);
        str_add(out, ": ");
        json_add_value(out, value, indent, depth + 1);
    }
    if (!first)
        json_add_line(out, indent, depth);
    str_addc(out, '}');
}

static void json_add_array(struct str *out, json_t *array, unsigned indent, unsigned depth)
{
    const char *separator = indent == OUTPUT_JSON_ONE_LINE ? ", " : ",";
    size_t count = json_array_size(array);

    str_addc(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            str_add(out, separator);
        json_add_line(out, indent, depth + 1);
        json_add_value(out, json_array_get(array, i), indent, depth + 1);
    }
    if (count > 0)
        json_add_line(out, indent, depth);
    str_addc(out, ']');
}

static void json_add_value(struct str *out, json_t *value, unsigned indent, unsigned depth)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        json_add_object(out, value, indent, depth);
        break;
    case JSON_ARRAY:
        json_add_array(out, value, indent, depth);
        break;
    case JSON_STRING:
        output_add_json_string(out, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        str_addf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        break;
    case JSON_REAL:
        output_add_real(out, json_real_value(value));
        break;
    case JSON_TRUE:
        str_add(out, "true");
        break;
    case JSON_FALSE:
        str_add(out, "false");
        break;
    case JSON_NULL:
        str_add(out, "null");
        break;
    }
}

void output_add_json(struct str *out, json_t *value, unsigned indent)
{
    if (value == NULL)
        value = json_null();
    json_add_value(out, value, indent, 0);
}
