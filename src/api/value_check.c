/*
 * api/value_check.c - is this JSON what the shape asks for?  All problems at once, in botocore's
 * words.
 *
 * The path of a problem is built as the walk goes down: "BlockDeviceMappings[0].Ebs.VolumeSize".
 * JSON that came from a person is at most JSON_DEPTH deep (jansson's own limit is 2048, ours is
 * checked when parsing).
 *
 * True to botocore's ParamValidator: the texts name Python's types, because the AWS CLI prints them
 *         so.
 */
#include "api/value.h"

#include <stdint.h>
#include <string.h>

#include "base/str.h"

struct check {
    struct str *report;
    struct str path;
    int problems;
};

static void check_shape(struct check *check, const struct shape *shape, const json_t *json);

static const char *where(const struct check *check)
{
    return check->path.length == 0 ? "input" : str_text(&check->path);
}

static void problem_begin(struct check *check)
{
    if (check->problems++ > 0)
        str_addc(check->report, '\n');
}

const char *value_python_type(const json_t *json)
{
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        return "<class 'dict'>";
    case JSON_ARRAY:
        return "<class 'list'>";
    case JSON_STRING:
        return "<class 'str'>";
    case JSON_INTEGER:
        return "<class 'int'>";
    case JSON_REAL:
        return "<class 'float'>";
    case JSON_TRUE:
    case JSON_FALSE:
        return "<class 'bool'>";
    default:
        return "<class 'NoneType'>";
    }
}

/* A value as Python prints it within a list or dict (quoted), or on its own (not). */
static void python_value(struct str *out, const json_t *json, bool quoted)
{
    const char *key;
    json_t *item;
    size_t i;

    switch (json_typeof(json)) {
    case JSON_OBJECT:
        str_addc(out, '{');
        json_object_foreach((json_t *)(uintptr_t)json, key, item) {
            if (out->text[out->length - 1] != '{')
                str_add(out, ", ");
            str_addf(out, "'%s': ", key);
            python_value(out, item, true);
        }
        str_addc(out, '}');
        break;
    case JSON_ARRAY:
        str_addc(out, '[');
        json_array_foreach((json_t *)(uintptr_t)json, i, item) {
            if (i > 0)
                str_add(out, ", ");
            python_value(out, item, true);
        }
        str_addc(out, ']');
        break;
    case JSON_STRING:
        str_addf(out, quoted ? "'%s'" : "%s", json_string_value(json));
        break;
    case JSON_INTEGER:
        str_addf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(json));
        break;
    case JSON_REAL:
        str_addf(out, "%.17g", json_real_value(json));
        break;
    case JSON_TRUE:
        str_add(out, "True");
        break;
    case JSON_FALSE:
        str_add(out, "False");
        break;
    case JSON_NULL:
        str_add(out, "None");
        break;
    }
}

static void problem_type(struct check *check, const json_t *json, const char *valid)
{
    problem_begin(check);
    str_addf(check->report, "Invalid type for parameter %s, value: ", where(check));
    python_value(check->report, json, false);
    str_addf(check->report, ", type: %s, valid types: %s", value_python_type(json), valid);
}

/* botocore looks at the lower bound only; the service refuses the upper one.  `what` is "value" or
 * "length". */
static void check_least(struct check *check, const struct field *field, int64_t value,
                        const char *what)
{
    if ((field->min == 0 && field->max == 0) || value >= field->min)
        return;
    problem_begin(check);
    str_addf(check->report, "Invalid %s for parameter %s, value: %lld, valid min %s: %lld", what,
             where(check), (long long)value, what, (long long)field->min);
}

/* Characters of a string, as Python counts them. */
static int64_t characters(const char *text)
{
    int64_t count = 0;

    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

static void check_member(struct check *check, const struct field *field, const json_t *json);

static void check_list(struct check *check, const struct field *field, const json_t *json)
{
    const struct field item = field_item(field);
    size_t keep = check->path.length;

    if (!json_is_array(json)) {
        problem_type(check, json, "<class 'list'>, <class 'tuple'>");
        return;
    }
    check_least(check, field, (int64_t)json_array_size(json), "length");
    for (size_t i = 0; i < json_array_size(json); i++) {
        str_addf(&check->path, "[%zu]", i);
        check_member(check, &item, json_array_get(json, i));
        str_cut(&check->path, keep);
    }
}

static void check_map(struct check *check, const struct field *field, const json_t *json)
{
    const struct field item = field_item(field);
    size_t keep = check->path.length;
    const char *key;
    json_t *value;

    if (!json_is_object(json)) {
        problem_type(check, json, "<class 'dict'>");
        return;
    }
    json_object_foreach((json_t *)(uintptr_t)json, key, value) {
        str_addf(&check->path, ".%s", key);
        check_member(check, &item, value);
        str_cut(&check->path, keep);
    }
}

static void check_member(struct check *check, const struct field *field, const json_t *json)
{
    switch (field->type) {
    case FIELD_STRING:
        if (!json_is_string(json))
            problem_type(check, json, "<class 'str'>");
        else
            check_least(check, field, characters(json_string_value(json)), "length");
        break;
    case FIELD_INT:
    case FIELD_OPT_INT:
        if (!json_is_integer(json))
            problem_type(check, json, "<class 'int'>");
        else
            check_least(check, field, json_integer_value(json), "value");
        break;
    case FIELD_BOOL:
    case FIELD_OPT_BOOL:
        if (!json_is_boolean(json))
            problem_type(check, json, "<class 'bool'>");
        break;
    case FIELD_REAL:
        if (!json_is_number(json))
            problem_type(check, json, "<class 'float'>, <class 'decimal.Decimal'>, <class 'int'>");
        break;
    case FIELD_BLOB:
        if (!json_is_string(json))
            problem_type(check, json, "<class 'bytes'>, <class 'bytearray'>, file-like object");
        break;
    case FIELD_TIME:
        if (!json_is_string(json) && !json_is_number(json))
            problem_type(check, json, "<class 'datetime.datetime'>, timestamp-string");
        break;
    case FIELD_STRUCT:
    case FIELD_EMBED:
        check_shape(check, field->of, json);
        break;
    case FIELD_LIST:
        check_list(check, field, json);
        break;
    case FIELD_MAP:
        check_map(check, field, json);
        break;
    }
}

static void check_unknown(struct check *check, const struct shape *shape, const char *key)
{
    problem_begin(check);
    str_addf(check->report, "Unknown parameter in %s: \"%s\", must be one of: ", where(check), key);
    for (size_t i = 0; i < shape->count; i++)
        str_addf(check->report, "%s%s", i == 0 ? "" : ", ", shape->fields[i].name);
}

static void check_shape(struct check *check, const struct shape *shape, const json_t *json)
{
    size_t keep = check->path.length;
    const char *key;
    json_t *value;

    if (!json_is_object(json)) {
        problem_type(check, json, "<class 'dict'>");
        return;
    }
    for (size_t i = 0; i < shape->count; i++) {
        const struct field *field = &shape->fields[i];

        if ((field->flags & FIELD_REQUIRED) == 0 || json_object_get(json, field->name) != NULL)
            continue;
        problem_begin(check);
        str_addf(check->report, "Missing required parameter in %s: \"%s\"", where(check),
                 field->name);
    }
    json_object_foreach((json_t *)(uintptr_t)json, key, value) {
        const struct field *field = shape_field_find(shape, key);

        if (field == NULL) {
            check_unknown(check, shape, key);
            continue;
        }
        str_addf(&check->path, "%s%s", keep > 0 ? "." : "", key);
        check_member(check, field, value);
        str_cut(&check->path, keep);
    }
}

int value_check(const struct shape *shape, const json_t *json, struct str *report)
{
    struct check check = {
        .report = report,
    };

    check_shape(&check, shape, json);
    str_release(&check.path);
    return check.problems;
}

/* ---- what is not modelled ---- */

/* A member that is not modelled, wherever it stands in the value; its path is left in `path`. */
static bool find_unmodelled(const struct field *field, const json_t *json, struct str *path);

static bool find_in_object(const struct shape *shape, const json_t *json, struct str *path)
{
    size_t keep = path->length;
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)json, key, value) {
        const struct field *field = shape_field_find(shape, key);

        if (field == NULL)
            continue;
        str_addf(path, "%s%s", keep > 0 ? "." : "", key);
        if ((field->flags & FIELD_UNMODELLED) != 0 || find_unmodelled(field, value, path))
            return true;
        str_cut(path, keep);
    }
    return false;
}

/* In the values of a map. */
static bool find_in_map(const struct field *field, const json_t *json, struct str *path)
{
    size_t keep = path->length;
    const char *key;
    json_t *value;

    json_object_foreach ((json_t *)(uintptr_t)json, key, value) {
        str_addf(path, ".%s", key);
        if (find_in_object(field->of, value, path))
            return true;
        str_cut(path, keep);
    }
    return false;
}

static bool find_unmodelled(const struct field *field, const json_t *json, struct str *path)
{
    size_t keep = path->length;

    if (field->of == NULL)
        return false;
    if (field->type == FIELD_MAP)
        return find_in_map(field, json, path);
    if (field->type != FIELD_LIST)
        return find_in_object(field->of, json, path);
    for (size_t i = 0; i < json_array_size(json); i++) {
        str_addf(path, "[%zu]", i);
        if (find_in_object(field->of, json_array_get(json, i), path))
            return true;
        str_cut(path, keep);
    }
    return false;
}

bool value_unmodelled(const struct shape *shape, const json_t *json, struct str *path)
{
    str_add(path, "");
    return find_in_object(shape, json, path);
}
