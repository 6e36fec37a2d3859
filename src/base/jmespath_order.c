/*
 * base/jmespath_order.c - the functions of JMESPath that compare: max, min, sort, and with _by.
 *
 * Of equal items max and min take the first, and sort keeps them as they were.
 */
#include "base/jmespath_parts.h"

#include <stdlib.h>
#include <string.h>

/* Whether `key` goes before (sign -1) or after (sign 1) the best so far; -1 after an error. */
static int beats(struct jmespath_run *run, const json_t *key, const json_t *best, int sign)
{
    int order;

    if (json_is_string(key) != json_is_string(best)) {
        jmespath_refuse(run->error, JMESPATH_INVALID_TYPE,
                        "'%c' not supported between instances of '%s' and '%s'",
                        sign < 0 ? '<' : '>', jmespath_python_type(key),
                        jmespath_python_type(best));
        return -1;
    }
    order = jmespath_order(key, best);
    return sign < 0 ? order < 0 : order > 0;
}

/* The first of the least (sign -1) or greatest (sign 1) items; the items are of one type. */
static json_t *extreme(const json_t *array, int sign)
{
    json_t *best = json_array_get(array, 0);

    for (size_t i = 1; i < json_array_size(array); i++) {
        json_t *item = json_array_get(array, i);
        int order = jmespath_order(item, best);

        if (sign < 0 ? order < 0 : order > 0)
            best = item;
    }
    return best == NULL ? json_null() : json_incref(best);
}

json_t *jmespath_call_max(struct jmespath_run *run, const struct jmespath_call *call)
{
    (void)run;
    return extreme(call->arguments[0].value, 1);
}

json_t *jmespath_call_min(struct jmespath_run *run, const struct jmespath_call *call)
{
    (void)run;
    return extreme(call->arguments[0].value, -1);
}

/* What the expression makes of an item, which must be of one of the types; NULL after an error. */
static json_t *key_of(struct jmespath_run *run, const struct jmespath_call *call, json_t *item,
                      const struct jmespath_parameter *allowed)
{
    json_t *key = jmespath_eval(run, call->arguments[1].expression, item);

    if (key == NULL || (jmespath_type_bit(key) & allowed->types) != 0)
        return key;
    jmespath_refuse_type(run, call->function->name, key, allowed->words, jmespath_type(key));
    json_decref(key);
    return NULL;
}

static json_t *extreme_by(struct jmespath_run *run, const struct jmespath_call *call, int sign)
{
    static const struct jmespath_parameter allowed = {TYPE_NUMBER | TYPE_STRING, 0,
                                                      "['number', 'string']"};
    json_t *array = call->arguments[0].value;
    json_t *best = NULL;
    json_t *best_key = NULL;

    for (size_t i = 0; i < json_array_size(array); i++) {
        json_t *item = json_array_get(array, i);
        json_t *key = key_of(run, call, item, &allowed);
        int better = key == NULL ? -1 : best == NULL ? 1 : beats(run, key, best_key, sign);

        if (better == 1) {
            json_decref(best_key);
            best_key = json_incref(key);
            best = item;
        }
        json_decref(key);
        if (better < 0) {
            json_decref(best_key);
            return NULL;
        }
    }
    json_decref(best_key);
    return best == NULL ? json_null() : json_incref(best);
}

json_t *jmespath_call_max_by(struct jmespath_run *run, const struct jmespath_call *call)
{
    return extreme_by(run, call, 1);
}

json_t *jmespath_call_min_by(struct jmespath_run *run, const struct jmespath_call *call)
{
    return extreme_by(run, call, -1);
}

struct sortable {
    json_t *key;
    json_t *item;
};

/* A merge sort: it keeps the order of equal keys, which qsort() does not promise. */
static void sort_stable(struct sortable *items, struct sortable *spare, size_t count)
{
    size_t half = count / 2;
    size_t left = 0;
    size_t right = half;

    if (count < 2)
        return;
    sort_stable(items, spare, half);
    sort_stable(items + half, spare, count - half);
    for (size_t i = 0; i < count; i++) {
        bool take_right = left == half ||
                          (right < count && jmespath_order(items[right].key, items[left].key) < 0);

        spare[i] = take_right ? items[right++] : items[left++];
    }
    memcpy(items, spare, count * sizeof(*items));
}

/* Sorts, lets go of the keys and the memory, and gives the array. */
static json_t *sorted_array(struct sortable *items, size_t count)
{
    struct sortable *spare = xcalloc(count + 1, sizeof(*spare));
    json_t *answer = json_array();

    sort_stable(items, spare, count);
    for (size_t i = 0; i < count; i++) {
        json_array_append(answer, items[i].item);
        json_decref(items[i].key);
    }
    free(spare);
    free(items);
    return answer;
}

json_t *jmespath_call_sort(struct jmespath_run *run, const struct jmespath_call *call)
{
    json_t *array = call->arguments[0].value;
    size_t count = json_array_size(array);
    struct sortable *items = xcalloc(count + 1, sizeof(*items));

    (void)run;
    for (size_t i = 0; i < count; i++) {
        items[i].item = json_array_get(array, i);
        items[i].key = json_incref(items[i].item);
    }
    return sorted_array(items, count);
}

json_t *jmespath_call_sort_by(struct jmespath_run *run, const struct jmespath_call *call)
{
    static const struct jmespath_parameter number = {TYPE_NUMBER, 0, "['number']"};
    static const struct jmespath_parameter string = {TYPE_STRING, 0, "['string']"};
    json_t *array = call->arguments[0].value;
    size_t count = json_array_size(array);
    struct sortable *items = xcalloc(count + 1, sizeof(*items));
    const struct jmespath_parameter *allowed = NULL;
    size_t done = 0;

    while (done < count) {
        json_t *item = json_array_get(array, done);
        json_t *key = allowed == NULL ? jmespath_eval(run, call->arguments[1].expression, item)
                                      : key_of(run, call, item, allowed);

        if (key != NULL && allowed == NULL &&
            (jmespath_type_bit(key) & (TYPE_NUMBER | TYPE_STRING)) == 0) {
            /* The AWS CLI quotes the item here, not its key. */
            jmespath_refuse_type(run, "sort_by", item, "['string', 'number']", jmespath_type(key));
            json_decref(key);
            key = NULL;
        }
        if (key == NULL)
            break;
        allowed = json_is_string(key) ? &string : &number;
        items[done++] = (struct sortable){key, item};
    }
    if (done == count)
        return sorted_array(items, count);
    while (done-- > 0)
        json_decref(items[done].key);
    free(items);
    return NULL;
}
