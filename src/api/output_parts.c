/*
 * api/output_parts.c - what the formats share: sorted members, Python's str() and repr().
 */
#include "api/output_parts.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "api/output.h"

#include "base/str.h"
#include "base/utf8.h"

static int member_compare(const void *a, const void *b)
{
    const struct output_member *left = a;
    const struct output_member *right = b;

    return strcmp(left->key, right->key);
}

struct output_members output_sort_members(struct arena *arena, json_t *object)
{
    struct output_members members = {
        .items = arena_alloc(arena, (json_object_size(object) + 1) * sizeof(struct output_member)),
    };
    const char *key;
    json_t *value;

    json_object_foreach(object, key, value)
        members.items[members.count++] = (struct output_member){.key = key, .value = value};
    if (members.count > 1)
        qsort(members.items, members.count, sizeof(*members.items), member_compare);
    return members;
}

bool output_is_scalar(const json_t *value)
{
    return !json_is_object(value) && !json_is_array(value);
}

bool output_is_empty(const json_t *value)
{
    if (value == NULL)
        return true;
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return json_object_size(value) == 0;
    case JSON_ARRAY:
        return json_array_size(value) == 0;
    case JSON_STRING:
        return json_string_length(value) == 0;
    case JSON_INTEGER:
        return json_integer_value(value) == 0;
    case JSON_REAL:
        return !(json_real_value(value) < 0.0 || json_real_value(value) > 0.0);
    case JSON_TRUE:
        return false;
    case JSON_FALSE:
    case JSON_NULL:
        return true;
    }
    return true;
}

bool output_is_empty_object(const json_t *value)
{
    return json_is_object(value) && json_object_size(value) == 0;
}

const char *output_type_name(const json_t *value)
{
    if (value == NULL)
        return "NoneType";
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "dict";
    case JSON_ARRAY:
        return "list";
    case JSON_STRING:
        return "str";
    case JSON_INTEGER:
        return "int";
    case JSON_REAL:
        return "float";
    case JSON_TRUE:
    case JSON_FALSE:
        return "bool";
    case JSON_NULL:
        return "NoneType";
    }
    return "object";
}

/* What Python's repr() shows as it is. */
static bool is_printable(uint32_t code)
{
    if (code < 0x7f)
        return code >= 0x20;
    switch (utf8proc_category((utf8proc_int32_t)code)) {
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return false;
    default:
        return true;
    }
}

static void add_repr_escape(struct str *out, uint32_t code)
{
    if (code == '\n')
        str_add(out, "\\n");
    else if (code == '\r')
        str_add(out, "\\r");
    else if (code == '\t')
        str_add(out, "\\t");
    else if (code <= 0xff)
        str_addf(out, "\\x%02x", code);
    else if (code <= 0xffff)
        str_addf(out, "\\u%04x", code);
    else
        str_addf(out, "\\U%08x", code);
}

static void add_repr_string(struct str *out, const char *text, size_t length)
{
    bool apostrophe = memchr(text, '\'', length) != NULL;
    bool quote = memchr(text, '"', length) != NULL;
    char edge = apostrophe && !quote ? '"' : '\'';
    size_t at = 0;

    str_addc(out, edge);
    while (at < length) {
        uint32_t code;
        size_t size = utf8_decode(text + at, length - at, &code);

        if (code == (unsigned char)edge || code == '\\') {
            str_addc(out, '\\');
            str_addc(out, (char)code);
        } else if (is_printable(code)) {
            str_addn(out, text + at, size);
        } else {
            add_repr_escape(out, code);
        }
        at += size;
    }
    str_addc(out, edge);
}

static void add_repr(struct str *out, json_t *value);

static void add_repr_object(struct str *out, json_t *object)
{
    const char *separator = "";
    const char *key;
    json_t *value;

    str_addc(out, '{');
    json_object_foreach(object, key, value) {
        str_add(out, separator);
        separator = ", ";
        add_repr_string(out, key, strlen(key));
        str_add(out, ": ");
        add_repr(out, value);
    }
    str_addc(out, '}');
}

static void add_repr(struct str *out, json_t *value)
{
    if (json_is_string(value)) {
        add_repr_string(out, json_string_value(value), json_string_length(value));
    } else if (json_is_object(value)) {
        add_repr_object(out, value);
    } else if (json_is_array(value)) {
        str_addc(out, '[');
        for (size_t i = 0; i < json_array_size(value); i++) {
            if (i > 0)
                str_add(out, ", ");
            add_repr(out, json_array_get(value, i));
        }
        str_addc(out, ']');
    } else if (json_is_integer(value)) {
        str_addf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    } else if (json_is_real(value)) {
        output_add_real(out, json_real_value(value));
    } else if (json_is_boolean(value)) {
        str_add(out, json_is_true(value) ? "True" : "False");
    } else {
        str_add(out, "None");
    }
}

void output_add_python(struct str *out, json_t *value)
{
    if (json_is_string(value))
        str_addn(out, json_string_value(value), json_string_length(value));
    else
        add_repr(out, value);
}

void output_add_upper(struct str *out, const char *text)
{
    size_t length = strlen(text);
    size_t at = 0;

    while (at < length) {
        uint32_t code;
        size_t size;
        char upper[UTF8_CASE_MAX];

        if ((unsigned char)text[at] < 0x80) {
            char c = text[at++];

            str_addc(out, c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
            continue;
        }
        size = utf8_decode(text + at, length - at, &code);
        if (code == UTF8_INVALID)
            str_addn(out, text + at, size);
        else
            str_addn(out, upper, utf8_upper(code, upper));
        at += size;
    }
}
