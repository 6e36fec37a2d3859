/*
 * api/filter.c - --filters: which of the items that an operation lists are wanted.
 *
 * A filter's path is walked through the shapes: at a list every item is tried.  Values are compared
 * as text, as EC2 does: numbers in decimal, booleans as true and false, times as their ISO 8601
 * text.
 */
#include "api/filter.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "sim/clock.h"
#include "api/output.h"

enum { VALUE_TEXT_SIZE = CLOCK_TEXT_SIZE };

static const struct fault_kind filter_invalid = {
    .code = "InvalidParameterValue",
    .text = "The filter '{}' is invalid",
    .hint = "The operation's help lists the filters that it takes; "
            "tag:KEY and tag-key work for all that has tags.",
};

static const struct fault_kind filter_no_values = {
    .code = "InvalidParameterValue",
    .text = "The filter '{}' has no values",
    .hint = "Write Name=NAME,Values=VALUE, with at least one value.",
};

static const struct fault_kind filter_not_modelled = {
    .code = "NotModelled",
    .text = "The filter '{}' exists at AWS but is not modelled here, so it is refused rather than "
            "ignored",
    .hint = "The operation's help lists the filters that it takes.",
};

static const struct fault_kind filter_many_values = {
    .code = "FilterLimitExceeded",
    .text = "The maximum number of filter values specified on a single call is 200",
    .hint = "Ask several times, for some of the values each.",
};

static const struct fault_kind filter_long_value = {
    .code = "FilterLimitExceeded",
    .text = "The maximum length for a filter value is 255 characters",
    .hint = "Use a wildcard: the beginning of the value and a *.",
};

enum { FILTER_VALUES_MAX = 200, FILTER_VALUE_MAX = 255 };

static const struct field filter_fields[] = {
    F_STRING(struct filter, name, "Name", "What to look at: a filter's name, tag:KEY or tag-key."),
    F_STRINGS(struct filter, values, "Values", "What it may be; * and ? are wildcards."),
};

const struct shape filter_shape = SHAPE("Filter", struct filter, filter_fields);

static bool matches_any(const struct filter *filter, const char *text)
{
    for (uint32_t i = 0; i < filter->values.count; i++) {
        if (str_matches(filter->values.items[i], text))
            return true;
    }
    return false;
}

static const char *real_text(const struct opt_real *real, char buffer[VALUE_TEXT_SIZE])
{
    struct str text = STR_INIT;

    if (!real->set)
        return NULL;
    output_add_real(&text, real->value);
    snprintf(buffer, VALUE_TEXT_SIZE, "%s", str_text(&text));
    str_release(&text);
    return buffer;
}

/* A scalar member as text; NULL when it is absent. */
static const char *member_text(const struct field *field, const void *object,
                               char buffer[VALUE_TEXT_SIZE])
{
    const void *at = (const char *)object + field->offset;

    switch (field->type) {
    case FIELD_STRING:
        return field_pointer_read(field, object);
    case FIELD_INT:
        snprintf(buffer, VALUE_TEXT_SIZE, "%lld", (long long)field_int_read(field, object));
        return buffer;
    case FIELD_OPT_INT:
        if (!((const struct opt_int *)at)->set)
            return NULL;
        snprintf(buffer, VALUE_TEXT_SIZE, "%lld", (long long)((const struct opt_int *)at)->value);
        return buffer;
    case FIELD_BOOL:
        return *(const bool *)at ? "true" : "false";
    case FIELD_OPT_BOOL:
        if (!((const struct opt_bool *)at)->set)
            return NULL;
        return ((const struct opt_bool *)at)->value ? "true" : "false";
    case FIELD_TIME:
        return *(const int64_t *)at == 0 ? NULL
            : clock_format(*(const int64_t *)at, CLOCK_MILLI_Z, buffer);
    case FIELD_REAL:
        return real_text(at, buffer);
    default:
        return NULL;
    }
}

static bool path_matches(const struct filter *filter, const char *path, const struct shape *shape,
                         const void *object);

static bool list_matches(const struct filter *filter, const char *rest, const struct field *field,
                         const void *object)
{
    struct list_any list = field_list_read(field, object);
    size_t size = field_item_size(field);

    for (uint32_t i = 0; i < list.count; i++) {
        const char *item = (const char *)list.items + i * size;

        if (field->of != NULL) {
            if (path_matches(filter, rest, field->of, item))
                return true;
        } else if (field->item == FIELD_STRING) {
            const char *text;

            memcpy(&text, item, sizeof(text));
            if (matches_any(filter, text))
                return true;
        }
    }
    return false;
}

static bool path_matches(const struct filter *filter, const char *path, const struct shape *shape,
                         const void *object)
{
    size_t length = strcspn(path, ".");
    const char *rest = path[length] == '.' ? path + length + 1 : path + length;
    const struct field *field = NULL;
    char buffer[VALUE_TEXT_SIZE];
    const char *text;

    for (size_t i = 0; i < shape->count && field == NULL; i++) {
        if (strlen(shape->fields[i].name) == length &&
            strncmp(shape->fields[i].name, path, length) == 0)
            field = &shape->fields[i];
    }
    if (field == NULL)
        return false;
    if (field->type == FIELD_LIST)
        return list_matches(filter, rest, field, object);
    if (field->type == FIELD_STRUCT || field->type == FIELD_EMBED) {
        const void *inner = field->type == FIELD_STRUCT ? field_pointer_read(field, object)
                                                        : (const char *)object + field->offset;

        return inner != NULL && path_matches(filter, rest, field->of, inner);
    }
    text = member_text(field, object, buffer);
    return text != NULL && matches_any(filter, text);
}

/* tag:KEY wants the key of exactly that name to have one of the values. */
static bool tag_matches(const struct filter *filter, const struct shape *shape, const void *item)
{
    const struct field *tags = shape_field_find(shape, "Tags");
    const struct field *key_field;
    struct list_any list;

    if (tags == NULL || tags->of == NULL)
        return false;
    key_field = shape_field_find(tags->of, "Key");
    list = field_list_read(tags, item);
    for (uint32_t i = 0; i < list.count && key_field != NULL; i++) {
        const void *tag = (const char *)list.items + i * tags->of->size;

        if (str_equal(field_pointer_read(key_field, tag), filter->name + 4) &&
            path_matches(filter, "Value", tags->of, tag))
            return true;
    }
    return false;
}

static const struct filter_name *name_find(const struct op *op, const char *name)
{
    for (const struct filter_name *known = op->filters; known != NULL && known->name != NULL;
         known++) {
        if (strcmp(known->name, name) == 0)
            return known;
    }
    return NULL;
}

static bool one_passes(const struct op *op, const struct filter *filter, const struct shape *shape,
                       const void *item)
{
    const struct filter_name *known;

    if (str_starts(filter->name, "tag:"))
        return tag_matches(filter, shape, item);
    known = name_find(op, filter->name);
    if (known == NULL)
        return path_matches(filter, "Tags.Key", shape, item); /* tag-key */
    return known->path[0] == FILTER_CONSTANT ? matches_any(filter, known->path + 1)
                                             : path_matches(filter, known->path, shape, item);
}

bool filter_pass(const struct op *op, const struct filters *filters, const struct shape *shape,
                 const void *item)
{
    for (uint32_t i = 0; i < filters->count; i++) {
        if (!one_passes(op, &filters->items[i], shape, item))
            return false;
    }
    return true;
}

/* Do the items that an operation lists have tags?  Then their shape has a member Tags. */
static bool lists_tags(const struct shape *shape, int depth)
{
    for (size_t i = 0; i < shape->count; i++) {
        const struct field *field = &shape->fields[i];

        if (strcmp(field->name, "Tags") == 0)
            return true;
        if (field->of != NULL && depth > 0 && lists_tags(field->of, depth - 1))
            return true;
    }
    return false;
}

/* DescribeTags lists tags and no tagged things: there is no tag-key, since there is "key". */
static bool is_tag_name(const struct op *op, const char *name)
{
    if (str_starts(name, "tag:"))
        return name[4] != '\0' && lists_tags(op->out, 2);
    return strcmp(name, "tag-key") == 0 && shape_field_find(op->out, "Tags") == NULL &&
           lists_tags(op->out, 2);
}

static size_t characters(const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80; /* the first byte of each */
    return count;
}

static int check_name(struct call *call, const char *name)
{
    const struct filter_name *known = name_find(call->op, name);

    if (known == NULL && !is_tag_name(call->op, name))
        return call_fault(call, &filter_invalid, name);
    if (known != NULL && known->path[0] == FILTER_REFUSED)
        return call_fault(call, &filter_not_modelled, name);
    return 0;
}

int filter_check(struct call *call, const struct filters *filters)
{
    size_t count = 0;

    for (uint32_t i = 0; i < filters->count; i++) {
        const struct filter *filter = &filters->items[i];
        const char *name = filter->name == NULL ? "null" : filter->name;

        if (check_name(call, name) != 0)
            return -1;
        if (filter->values.count == 0)
            return call_fault(call, &filter_no_values, name);
        count += filter->values.count;
        for (uint32_t k = 0; k < filter->values.count; k++) {
            if (characters(filter->values.items[k]) > FILTER_VALUE_MAX)
                return call_fault(call, &filter_long_value);
        }
    }
    return count > FILTER_VALUES_MAX ? call_fault(call, &filter_many_values) : 0;
}
