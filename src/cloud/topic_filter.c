/*
 * cloud/topic_filter.c - SNS: filter policies: which messages does a subscription want?
 *
 * The language is that of event patterns (base/event_pattern), with fewer operators and limits of
 * its own.  A message's attributes are asked as if they were one flat object, {"NAME": VALUE}: a
 * String.Array is a list, a Binary is not there at all.
 *
 * True to the developer guide, "Filter policy constraints", and to recorded answers.
 */
#include "cloud/topic_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

/* ---- can it stand? ---- */

struct checking {
    const char *text;
    struct str *why;
    bool by_body;
    uint64_t values;
};

static bool is_one_of(const char *word, const char *const *words)
{
    for (; *words != NULL; words++)
        if (strcmp(*words, word) == 0)
            return true;
    return false;
}

/* " at [Source: ...]": behind the value of that name, as AWS's reader stands there. */
static void add_place(struct checking *checking, const char *name)
{
    char *quoted = xasprintf("\"%s\"", name);
    const char *at = strstr(checking->text, quoted);
    size_t column = 1;

    if (at != NULL) {
        at += strlen(quoted);
        at += strspn(at, " \t\r\n:");
        column = (size_t)(at - checking->text) + 1 +
                 (strchr("\"[{", *at) != NULL ? 1 : strcspn(at, ",]} \t\r\n"));
    }
    str_addf(checking->why, "\n at [Source: (String)\"%s\"; line: 1, column: %zu]", checking->text,
             column);
    free(quoted);
}

/* Operators of event patterns that SNS does not have. */
static bool check_test(struct checking *checking, const json_t *test)
{
    static const char *const known[] = {"prefix", "suffix", "equals-ignore-case", "anything-but",
                                        "cidr", "exists", "numeric", NULL};
    const char *name;
    json_t *value;

    json_object_foreach ((json_t *)(uintptr_t)test, name, value) {
        const char *inner = json_object_iter_key(json_object_iter(value));

        if (!is_one_of(name, known)) {
            str_addf(checking->why, "FilterPolicy: Unrecognized match type %s", name);
            add_place(checking, name);
            return false;
        }
        if (strcmp(name, "anything-but") == 0 && inner != NULL && strcmp(inner, "prefix") != 0) {
            str_addf(checking->why, "FilterPolicy: Unsupported anything-but pattern: %s", inner);
            add_place(checking, inner);
            return false;
        }
    }
    return true;
}

static bool check_object(struct checking *checking, const json_t *object, unsigned depth);

/* Each of several objects: they are added up, where names are multiplied. */
static bool check_or(struct checking *checking, const json_t *choices, unsigned depth)
{
    uint64_t before = checking->values;
    uint64_t sum = 0;
    size_t i;
    json_t *choice;

    json_array_foreach (choices, i, choice) {
        checking->values = before;
        if (!check_object(checking, choice, depth))
            return false;
        sum += checking->values;
    }
    checking->values = sum < UINT32_MAX ? sum : UINT32_MAX; /* far too many already */
    return true;
}

static bool check_object(struct checking *checking, const json_t *object, unsigned depth)
{
    const char *name;
    json_t *value;

    json_object_foreach ((json_t *)(uintptr_t)object, name, value) {
        size_t i;
        json_t *test;

        if (strcmp(name, "$or") == 0 && json_is_object(json_array_get(value, 0))) {
            if (!check_or(checking, value, depth))
                return false;
            continue;
        }
        if (json_is_object(value) && !checking->by_body) {
            str_add(checking->why, "Filter policy scope MessageAttributes does not support nested "
                                   "filter policy");
            return false;
        }
        if (json_is_object(value) && !check_object(checking, value, depth + 1))
            return false;
        json_array_foreach (value, i, test) {
            if (!check_test(checking, test))
                return false;
        }
        if (json_is_array(value))
            checking->values *= json_array_size(value) * (checking->by_body ? depth : 1);
        if (checking->values > UINT32_MAX)
            checking->values = UINT32_MAX;
    }
    return true;
}

/* A key that is nested is counted by its parent alone; so many values as can be combined. */
static bool check_size(struct checking *checking, const json_t *policy)
{
    if (json_object_size(policy) > TOPIC_FILTER_KEYS) {
        str_add(checking->why, "FilterPolicy: Filter policy can not have more than 5 keys");
        return false;
    }
    if (checking->values > TOPIC_FILTER_VALUES) {
        str_add(checking->why, "FilterPolicy: Filter policy is too complex");
        return false;
    }
    return true;
}

/* The engine of patterns reads JSON as AWS does, and stops at the same character. */
void topic_json_why(const char *text, struct str *why)
{
    static const char source[] = "\n at [Source: ";
    struct str reason = STR_INIT;
    const char *place;

    event_pattern_free(event_pattern_compile(text, strlen(text), &reason));
    place = strstr(str_text(&reason), source);
    str_add(why, "failed to parse JSON. ");
    str_addn(why, str_text(&reason),
             place == NULL ? reason.length : (size_t)(place - str_text(&reason)));
    while (place != NULL && strstr(place + 1, "; line: ") != NULL)
        place = strstr(place + 1, "; line: ");
    if (place != NULL)
        str_addf(why, "%sREDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled)%s",
                 source, place);
    str_release(&reason);
}

int topic_filter_check(const char *text, bool by_body, struct str *why)
{
    struct checking checking = {.text = text, .why = why, .by_body = by_body, .values = 1};
    json_t *policy = json_loads(text, JSON_DECODE_ANY, NULL);
    struct event_pattern *pattern = NULL;
    struct str reason = STR_INIT;
    bool good = false;

    if (strlen(text) > TOPIC_SIZE_MAX) {
        str_add(why, "FilterPolicy: Filter policy is too complex");
    } else if (policy == NULL) {
        str_add(why, "FilterPolicy: ");
        topic_json_why(text, why);
    } else if (json_object_size(policy) == 0) {
        good = json_is_object(policy);
        str_add(why, good ? "" : "FilterPolicy: Filter is not an object");
    } else if (check_object(&checking, policy, 1) && check_size(&checking, policy)) {
        pattern = event_pattern_compile(text, strlen(text), &reason);
        good = pattern != NULL;
        if (!good)
            str_addf(why, "FilterPolicy: %s", str_text(&reason));
    }
    event_pattern_free(pattern);
    str_release(&reason);
    json_decref(policy);
    return good ? 0 : -1;
}

uint32_t topic_filter_count(const struct topic *topic)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < topic->heard.count; i++)
        count += topic->heard.items[i]->filter != NULL;
    return count;
}

/* ---- does a message pass? ---- */

static json_t *value_json(const struct queue_value *value)
{
    json_t *json = NULL;

    if (str_starts(value->type, "Binary"))
        return NULL;
    if (!str_starts(value->type, "String") || strcmp(value->type, "String.Array") == 0)
        json = json_loads(value->text, JSON_DECODE_ANY, NULL);
    return json != NULL ? json : json_string(value->text);
}

static bool read_values(struct topic_sieve *sieve)
{
    json_t *object = json_object();
    char *text;
    bool good;

    for (uint32_t i = 0; i < sieve->message->value_count; i++) {
        json_t *value = value_json(&sieve->message->values[i]);

        if (value != NULL)
            json_object_set_new(object, sieve->message->values[i].name, value);
    }
    text = json_dumps(object, JSON_COMPACT);
    good = event_fields_read(sieve->topics->fields, text, strlen(text), NULL);
    free(text);
    json_decref(object);
    return good;
}

enum topic_verdict topic_filter(struct topic_sieve *sieve,
                                const struct topic_subscription *subscription)
{
    const struct topic_message *message = sieve->message;
    bool by_body = subscription->by_body_held;

    if (subscription->pattern == NULL)
        return TOPIC_PASSES;
    if (by_body && sieve->have != 2) {
        sieve->bad_body = !event_fields_read(sieve->topics->fields, message->body,
                                             strlen(message->body), NULL);
        sieve->have = 2;
    } else if (!by_body && sieve->have != 1) {
        if (!read_values(sieve))
            return TOPIC_FILTERED;
        sieve->have = 1;
    }
    if (by_body && sieve->bad_body)
        return TOPIC_FILTERED_BODY;
    if (event_pattern_matches(subscription->pattern, sieve->topics->fields))
        return TOPIC_PASSES;
    return !by_body && message->value_count == 0 ? TOPIC_FILTERED_EMPTY : TOPIC_FILTERED;
}
