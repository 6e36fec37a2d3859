/*
 * base/jmespath_text.c - values as text, and text as numbers.
 *
 * Two forms: compact JSON in ASCII, which to_string() answers, and the form in which a Python
 * program prints a value, which the AWS CLI's error messages quote: None, True, 'text', {'a': 1}.
 * Nothing here depends on the locale's decimal point.
 */
#include "base/jmespath_parts.h"

#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "base/utf8.h"

enum {
    REAL_FIXED_MIN = -4, /* powers of ten from which and up to which Python writes no exponent */
    REAL_FIXED_MAX = 15,
    BYTES_PER_WORK = 8,
};

/* --- numbers --- */

/* The significant digits of a real, `digits[0]` standing for tens to the power that is returned. */
static int shortest_digits(double value, char *digits)
{
    char text[48];
    int precision = 0;
    const char *at = text;

    do
        snprintf(text, sizeof(text), "%.*e", precision, value);
    while (strtod(text, NULL) != value && ++precision < DBL_DECIMAL_DIG);
    for (; *at != 'e'; at++)
        if (*at >= '0' && *at <= '9')
            *digits++ = *at;
    *digits = '\0';
    return (int)strtol(at + 1, NULL, 10);
}

void jmespath_add_real(struct str *out, double value)
{
    char digits[48];
    int power = shortest_digits(fabs(value), digits);
    int count = (int)strlen(digits);

    if (signbit(value))
        str_addc(out, '-');
    if (power < REAL_FIXED_MIN || power > REAL_FIXED_MAX) {
        str_addc(out, digits[0]);
        if (count > 1)
            str_addf(out, ".%s", digits + 1);
        str_addf(out, "e%c%02d", power < 0 ? '-' : '+', abs(power));
    } else if (power < 0) {
        str_add(out, "0.");
        str_fill(out, '0', (size_t)(-power - 1));
        str_add(out, digits);
    } else if (power + 1 >= count) {
        str_add(out, digits);
        str_fill(out, '0', (size_t)(power + 1 - count));
        str_add(out, ".0");
    } else {
        str_addf(out, "%.*s.%s", power + 1, digits, digits + power + 1);
    }
}

static void add_number(struct str *out, const json_t *value)
{
    if (json_is_integer(value))
        str_addf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else
        jmespath_add_real(out, json_real_value(value));
}

/* Copies digits, which may have single underscores between them; where they end. */
static const char *take_digits(const char *at, struct str *out)
{
    while (*at >= '0' && *at <= '9') {
        str_addc(out, *at++);
        if (*at == '_' && at[1] >= '0' && at[1] <= '9')
            at++;
    }
    return at;
}

/* The parts of a spelled number, without underscores. */
struct spelling {
    bool negative;
    bool is_real;
    struct str whole;
    struct str fraction;
    struct str power; /* with its sign */
};

static bool spelling_read(struct spelling *spelling, const char *at)
{
    size_t before;

    spelling->negative = *at == '-';
    at += *at == '-' || *at == '+';
    at = take_digits(at, &spelling->whole);
    if (*at == '.') {
        spelling->is_real = true;
        at = take_digits(at + 1, &spelling->fraction);
    }
    if (spelling->whole.length + spelling->fraction.length == 0)
        return false;
    if (*at == 'e' || *at == 'E') {
        spelling->is_real = true;
        at++;
        if (*at == '-' || *at == '+')
            str_addc(&spelling->power, *at++);
        before = spelling->power.length;
        at = take_digits(at, &spelling->power);
        if (spelling->power.length == before)
            return false;
    }
    at += strspn(at, " \t\n\r\v\f");
    return *at == '\0';
}

/* As a JSON number, which jansson reads in any locale; NULL when it is too large for a double. */
static json_t *spelling_real(const struct spelling *spelling)
{
    const char *whole = str_text(&spelling->whole);
    struct str text = STR_INIT;
    json_t *number;

    whole += strspn(whole, "0");
    str_addf(&text, "%s%s.%s", spelling->negative ? "-" : "", *whole == '\0' ? "0" : whole,
             spelling->fraction.length == 0 ? "0" : str_text(&spelling->fraction));
    if (spelling->power.length > 0)
        str_addf(&text, "e%s", str_text(&spelling->power));
    number = json_loads(text.text, JSON_DECODE_ANY, NULL);
    str_release(&text);
    return number;
}

static json_t *spelling_integer(const struct spelling *spelling)
{
    char *text = xasprintf("%s%s", spelling->negative ? "-" : "", str_text(&spelling->whole));
    long long integer;
    bool fits;

    errno = 0;
    integer = strtoll(text, NULL, 10);
    fits = errno == 0;
    free(text);
    return fits ? json_integer(integer) : spelling_real(spelling);
}

json_t *jmespath_number_of(const char *text, size_t length)
{
    struct spelling spelling = {0};
    json_t *number = NULL;

    text += strspn(text, " \t\n\r\v\f");
    if (strlen(text) <= length && spelling_read(&spelling, text))
        number = spelling.is_real ? spelling_real(&spelling) : spelling_integer(&spelling);
    str_release(&spelling.whole);
    str_release(&spelling.fraction);
    str_release(&spelling.power);
    return number == NULL ? json_null() : number;
}

/* --- JSON --- */

static int32_t next_character(const char **at, const char *end)
{
    uint32_t code;

    *at += utf8_decode(*at, (size_t)(end - *at), &code);
    return (int32_t)code;
}

static void add_json_string(struct str *out, const char *text, size_t length)
{
    static const char short_escapes[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    const char *end = text + length;

    str_addc(out, '"');
    while (text < end) {
        int32_t c = next_character(&text, end);
        const char *escape = c > 0 && c < 0x80 ? strchr(short_escapes, c) : NULL;

        /* The letters b f n r t are in the table too, as the second of each pair. */
        if (escape != NULL && (escape - short_escapes) % 2 == 0) {
            str_addc(out, '\\');
            str_addc(out, escape[1]);
        } else if (c >= 0x20 && c < 0x7f) {
            str_addc(out, (char)c);
        } else if (c < 0x10000) {
            str_addf(out, "\\u%04" PRIx32, (uint32_t)c);
        } else {
            str_addf(out, "\\u%04" PRIx32 "\\u%04" PRIx32, 0xd800 + (uint32_t)((c - 0x10000) >> 10),
                     0xdc00 + (uint32_t)(c & 0x3ff));
        }
    }
    str_addc(out, '"');
}

static bool add_json_array(struct jmespath_run *run, struct str *out, json_t *value)
{
    bool fine = true;

    str_addc(out, '[');
    for (size_t i = 0; fine && i < json_array_size(value); i++) {
        if (i > 0)
            str_addc(out, ',');
        fine = jmespath_add_json(run, out, json_array_get(value, i));
    }
    str_addc(out, ']');
    return fine;
}

static bool add_json_object(struct jmespath_run *run, struct str *out, json_t *value)
{
    void *first = json_object_iter(value);
    bool fine = true;

    str_addc(out, '{');
    for (void *at = first; fine && at != NULL; at = json_object_iter_next(value, at)) {
        const char *key = json_object_iter_key(at);

        if (at != first)
            str_addc(out, ',');
        add_json_string(out, key, strlen(key));
        str_addc(out, ':');
        fine = jmespath_add_json(run, out, json_object_iter_value(at));
    }
    str_addc(out, '}');
    return fine;
}

bool jmespath_add_json(struct jmespath_run *run, struct str *out, json_t *value)
{
    if (!jmespath_pay(run, 1 + json_string_length(value) / BYTES_PER_WORK))
        return false;
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return add_json_object(run, out, value);
    case JSON_ARRAY:
        return add_json_array(run, out, value);
    case JSON_STRING:
        add_json_string(out, json_string_value(value), json_string_length(value));
        return true;
    case JSON_INTEGER:
    case JSON_REAL:
        add_number(out, value);
        return true;
    case JSON_TRUE:
        str_add(out, "true");
        return true;
    case JSON_FALSE:
        str_add(out, "false");
        return true;
    case JSON_NULL:
        break;
    }
    str_add(out, "null");
    return true;
}

/* --- as Python prints --- */

static bool is_printable(int32_t c)
{
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return false;
    case UTF8PROC_CATEGORY_ZS:
        return c == ' ';
    default:
        return true;
    }
}

static void quote_character(struct str *out, int32_t c, const char *bytes, size_t length)
{
    if (c == '\n')
        str_add(out, "\\n");
    else if (c == '\r')
        str_add(out, "\\r");
    else if (c == '\t')
        str_add(out, "\\t");
    else if (is_printable(c))
        str_addn(out, bytes, length);
    else if (c < 0x100)
        str_addf(out, "\\x%02" PRIx32, (uint32_t)c);
    else
        str_addf(out, c < 0x10000 ? "\\u%04" PRIx32 : "\\U%08" PRIx32, (uint32_t)c);
}

static void quote_string(struct str *out, const char *text, size_t length)
{
    bool has_single = memchr(text, '\'', length) != NULL;
    char mark = has_single && memchr(text, '"', length) == NULL ? '"' : '\'';
    const char *end = text + length;

    str_addc(out, mark);
    while (text < end) {
        const char *from = text;
        int32_t c = next_character(&text, end);

        if (c == mark || c == '\\')
            str_addc(out, '\\');
        quote_character(out, c, from, (size_t)(text - from));
    }
    str_addc(out, mark);
}

/* Stops adding once `out` is longer than `most`. */
static void quote_value(struct str *out, json_t *value, size_t most)
{
    if (out->length > most)
        return;
    if (json_is_string(value)) {
        quote_string(out, json_string_value(value), json_string_length(value));
    } else if (json_is_array(value)) {
        str_addc(out, '[');
        for (size_t i = 0; i < json_array_size(value) && out->length <= most; i++) {
            str_add(out, i > 0 ? ", " : "");
            quote_value(out, json_array_get(value, i), most);
        }
        str_addc(out, ']');
    } else if (json_is_object(value)) {
        void *first = json_object_iter(value);

        str_addc(out, '{');
        for (void *at = first; at != NULL && out->length <= most;
             at = json_object_iter_next(value, at)) {
            const char *key = json_object_iter_key(at);

            str_add(out, at != first ? ", " : "");
            quote_string(out, key, strlen(key));
            str_add(out, ": ");
            quote_value(out, json_object_iter_value(at), most);
        }
        str_addc(out, '}');
    } else if (json_is_number(value)) {
        add_number(out, value);
    } else {
        str_add(out, json_is_null(value) ? "None" : json_is_true(value) ? "True" : "False");
    }
}

void jmespath_add_quoted(struct str *out, json_t *value)
{
    size_t most = out->length + JMESPATH_QUOTE_MAX;

    quote_value(out, value, most);
    if (out->length <= most)
        return;
    /* Cut between characters. */
    while (((unsigned char)out->text[most] & 0xc0) == 0x80)
        most--;
    str_cut(out, most);
    str_add(out, "...");
}

const char *jmespath_type(const json_t *value)
{
    static const char *const names[] = {
        [JSON_OBJECT] = "object",  [JSON_ARRAY] = "array", [JSON_STRING] = "string",
        [JSON_INTEGER] = "number", [JSON_REAL] = "number", [JSON_TRUE] = "boolean",
        [JSON_FALSE] = "boolean",  [JSON_NULL] = "null",
    };

    return names[json_typeof(value)];
}

const char *jmespath_python_type(const json_t *value)
{
    static const char *const names[] = {
        [JSON_OBJECT] = "dict", [JSON_ARRAY] = "list",    [JSON_STRING] = "str",
        [JSON_INTEGER] = "int", [JSON_REAL] = "float",    [JSON_TRUE] = "bool",
        [JSON_FALSE] = "bool",  [JSON_NULL] = "NoneType",
    };

    return names[json_typeof(value)];
}
