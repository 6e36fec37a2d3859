/*
 * cloud/attribute.c - attributes of load balancers and target groups.
 */
#include "cloud/attribute.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/str.h"

static const struct fault_kind unknown_key, bad_range, bad_word, bad_text, given_twice;

static const struct attribute_kind *kind_find(const struct attribute_table *table, const char *key)
{
    for (uint32_t i = 0; i < table->count; i++)
        if (str_equal(table->kinds[i].key, key))
            return &table->kinds[i];
    return NULL;
}

static bool is_word(const char *const *words, const char *value)
{
    for (; words != NULL && *words != NULL; words++)
        if (str_equal(*words, value))
            return true;
    return false;
}

/* A number without sign, blanks or more digits than any limit has. */
static bool number_parse(const char *text, int64_t *number)
{
    size_t length = strlen(text);

    if (length == 0 || length > 9 || strspn(text, "0123456789") != length)
        return false;
    *number = strtoll(text, NULL, 10);
    return true;
}

static int refuse_words(const struct attribute_kind *kind, const char *value, struct fault *fault)
{
    static const char *const booleans[] = {"true", "false", NULL};
    const char *const *words = kind->type == ATTRIBUTE_BOOL ? booleans : kind->words;
    struct str list = STR_INIT;

    for (uint32_t i = 0; words[i] != NULL; i++)
        str_addf(&list, "%s%s", i == 0 ? "" : ", ", words[i]);
    fault_set(fault, &bad_word, kind->key, value, str_text(&list));
    str_release(&list);
    return -1;
}

static int value_check(const struct attribute_kind *kind, const char *value, struct fault *fault)
{
    char range[64];
    int64_t number;

    switch (kind->type) {
    case ATTRIBUTE_BOOL:
        return str_equal(value, "true") || str_equal(value, "false")
                   ? 0
                   : refuse_words(kind, value, fault);
    case ATTRIBUTE_WORD:
        return is_word(kind->words, value) ? 0 : refuse_words(kind, value, fault);
    case ATTRIBUTE_TEXT:
        if (strlen(value) <= (size_t)kind->max)
            return 0;
        snprintf(range, sizeof(range), "%lld", (long long)kind->max);
        return fault_set(fault, &bad_text, kind->key, range);
    case ATTRIBUTE_INT:
        if (is_word(kind->words, value))
            return 0;
        if (number_parse(value, &number) &&
            ((number >= kind->min && number <= kind->max) || (kind->zero_too && number == 0)))
            return 0;
        snprintf(range, sizeof(range), "%lld-%lld", (long long)kind->min, (long long)kind->max);
        return fault_set(fault, &bad_range, kind->key, value, range);
    }
    BUG("attribute %s has no type", kind->key);
}

static const char *set_value(const struct attributes *attributes, const char *key)
{
    for (uint32_t i = 0; i < attributes->items.count; i++)
        if (str_equal(attributes->items.items[i].key, key))
            return attributes->items.items[i].value;
    return NULL;
}

static void set_one(struct attributes *attributes, const struct pair *wish)
{
    for (uint32_t i = 0; i < attributes->items.count; i++) {
        struct pair *old = &attributes->items.items[i];

        if (!str_equal(old->key, wish->key))
            continue;
        free((char *)(uintptr_t)old->value);
        old->value = xstrdup(wish->value);
        return;
    }
    *LIST_PUSH(&attributes->items) = (struct pair){
        .key = xstrdup(wish->key),
        .value = xstrdup(wish->value),
    };
}

int attributes_set(const struct attribute_table *table, struct attributes *attributes,
                   const struct pair *wishes, uint32_t count, struct fault *fault)
{
    for (uint32_t i = 0; i < count; i++) {
        const char *key = wishes[i].key == NULL ? "" : wishes[i].key;
        const struct attribute_kind *kind = kind_find(table, key);

        if (kind == NULL)
            return fault_set(fault, &unknown_key, table->noun, key);
        for (uint32_t j = 0; j < i; j++)
            if (str_equal(wishes[j].key, key))
                return fault_set(fault, &given_twice, key);
        if (value_check(kind, wishes[i].value == NULL ? "" : wishes[i].value, fault) != 0)
            return -1;
    }
    for (uint32_t i = 0; i < count; i++)
        set_one(attributes, &(struct pair){
                                .key = wishes[i].key,
                                .value = wishes[i].value == NULL ? "" : wishes[i].value,
                            });
    return 0;
}

const char *attributes_get(const struct attribute_table *table, const struct attributes *attributes,
                           const char *key)
{
    const struct attribute_kind *kind = kind_find(table, key);
    const char *value = set_value(attributes, key);

    if (kind == NULL)
        BUG("no attribute %s", key);
    return value != NULL ? value : kind->preset;
}

bool attributes_is_true(const struct attribute_table *table, const struct attributes *attributes,
                        const char *key)
{
    return str_equal(attributes_get(table, attributes, key), "true");
}

int64_t attributes_int(const struct attribute_table *table, const struct attributes *attributes,
                       const char *key)
{
    int64_t number = 0;

    return number_parse(attributes_get(table, attributes, key), &number) ? number : 0;
}

void attributes_all(const struct attribute_table *table, const struct attributes *attributes,
                    struct arena *arena, struct attribute_list *out)
{
    for (uint32_t i = 0; i < table->count; i++)
        *LIST_PUSH_IN(arena, &out->items) = (struct pair){
            .key = table->kinds[i].key,
            .value = attributes_get(table, attributes, table->kinds[i].key),
        };
}

static const struct field attributes_fields[] = {
    F_MAP(struct attributes, items, "Items", "Keys and values that were set."),
};
const struct shape attributes_shape = SHAPE("Attributes", struct attributes, attributes_fields);

static const struct fault_kind unknown_key = {
    .code = "ValidationError",
    .text = "{} attribute key '{}' is not recognized",
    .hint = "The describe-…-attributes operation lists the keys that there are.",
};
static const struct fault_kind bad_range = {
    .code = "ValidationError",
    .text = "'{}' value '{}' must be between '{}' inclusive",
    .hint = "Give a whole number in that range.",
};
static const struct fault_kind bad_word = {
    .code = "ValidationError",
    .text = "'{}' value '{}' must be one of [{}]",
    .hint = "Give one of the words in brackets.",
};
static const struct fault_kind bad_text = {
    .code = "ValidationError",
    .text = "'{}' value cannot be longer than '{}' characters",
    .hint = "Give a shorter value.",
};
static const struct fault_kind given_twice = {
    .code = "ValidationError",
    .text = "Attribute key '{}' was specified more than once",
    .hint = "Give each key once.",
};
