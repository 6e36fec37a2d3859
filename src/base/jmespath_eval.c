/*
 * base/jmespath_eval.c - what a JMESPath tree finds in a JSON value.
 *
 * Values are shared, never copied: an answer holds references to parts of the input.  That makes it
 * cheap to double a value again and again ([@,@]|[@,@]|...) into something that nobody could print,
 * so every value looked at or made is paid for, and an answer that may hold many copies of its
 * input is measured.
 */
#include "base/jmespath_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/bug.h"

/* --- limits --- */

/* About the bytes of the value as compact JSON; counting stops soon after `most`. */
static uint64_t json_bytes(const json_t *value, uint64_t most)
{
    uint64_t bytes = 2;

    if (json_is_string(value))
        return bytes + json_string_length(value);
    if (json_is_array(value)) {
        for (size_t i = 0; i < json_array_size(value) && bytes <= most; i++)
            bytes += 1 + json_bytes(json_array_get(value, i), most - bytes);
    } else if (json_is_object(value)) {
        json_t *object = (json_t *)(uintptr_t)value;
        void *at = json_object_iter(object);

        for (; at != NULL && bytes <= most; at = json_object_iter_next(object, at)) {
            bytes += 4 + strlen(json_object_iter_key(at));
            if (bytes <= most)
                bytes += json_bytes(json_object_iter_value(at), most - bytes);
        }
    }
    return bytes;
}

static uint64_t more_for_input(const struct jmespath_run *run)
{
    return JMESPATH_PER_INPUT_BYTE * json_bytes(run->input, UINT32_MAX);
}

bool jmespath_pay(struct jmespath_run *run, uint64_t work)
{
    run->work += work;
    if (run->work <= run->work_max)
        return true;
    if (!run->work_max_final) {
        run->work_max += more_for_input(run);
        run->work_max_final = true;
        if (run->work <= run->work_max)
            return true;
    }
    jmespath_refuse(run->error, JMESPATH_TOO_LARGE,
                    "The expression takes too much work for its input");
    return false;
}

bool jmespath_fits(struct jmespath_run *run, json_t *answer)
{
    uint64_t most = JMESPATH_ANSWER_MAX;

    if (json_bytes(answer, most) <= most)
        return true;
    most += more_for_input(run);
    if (json_bytes(answer, most) <= most)
        return true;
    jmespath_refuse(run->error, JMESPATH_TOO_LARGE, "The answer of the expression is too large");
    return false;
}

/* --- comparing --- */

bool jmespath_is_false(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_NULL:
    case JSON_FALSE:
        return true;
    case JSON_STRING:
        return json_string_length(value) == 0;
    case JSON_ARRAY:
        return json_array_size(value) == 0;
    case JSON_OBJECT:
        return json_object_size(value) == 0;
    default:
        return false;
    }
}

/* Exact where a cast would round: 2^53 + 1 is above 2^53. */
static int order_integer_real(json_int_t a, double b)
{
    json_int_t whole;

    if (b >= 9223372036854775808.0)
        return -1;
    if (b < -9223372036854775808.0)
        return 1;
    whole = (json_int_t)b;
    if (a != whole)
        return a < whole ? -1 : 1;
    return ((double)whole < b) ? -1 : ((double)whole > b);
}

int jmespath_order(const json_t *a, const json_t *b)
{
    if (json_is_string(a)) {
        size_t a_length = json_string_length(a);
        size_t b_length = json_string_length(b);
        size_t shared = a_length < b_length ? a_length : b_length;
        int order = memcmp(json_string_value(a), json_string_value(b), shared);

        return order != 0 ? order : (a_length > b_length) - (a_length < b_length);
    }
    if (json_is_integer(a) && json_is_integer(b)) {
        return (json_integer_value(a) > json_integer_value(b)) -
               (json_integer_value(a) < json_integer_value(b));
    }
    if (json_is_integer(a))
        return order_integer_real(json_integer_value(a), json_real_value(b));
    if (json_is_integer(b))
        return -order_integer_real(json_integer_value(b), json_real_value(a));
    return (json_real_value(a) > json_real_value(b)) - (json_real_value(a) < json_real_value(b));
}

static int equal_arrays(struct jmespath_run *run, json_t *a, json_t *b)
{
    int equal = json_array_size(a) == json_array_size(b);

    for (size_t i = 0; equal == 1 && i < json_array_size(a); i++)
        equal = jmespath_equal(run, json_array_get(a, i), json_array_get(b, i));
    return equal;
}

static int equal_objects(struct jmespath_run *run, json_t *a, json_t *b)
{
    int equal = json_object_size(a) == json_object_size(b);

    for (void *at = json_object_iter(a); equal == 1 && at != NULL;
         at = json_object_iter_next(a, at)) {
        json_t *other = json_object_get(b, json_object_iter_key(at));

        equal = other == NULL ? 0 : jmespath_equal(run, json_object_iter_value(at), other);
    }
    return equal;
}

int jmespath_equal(struct jmespath_run *run, json_t *a, json_t *b)
{
    if (a == b)
        return 1;
    if (!jmespath_pay(run, 1))
        return -1;
    if (json_is_number(a) && json_is_number(b))
        return jmespath_order(a, b) == 0;
    if (json_typeof(a) != json_typeof(b))
        return 0;
    switch (json_typeof(a)) {
    case JSON_STRING:
        return json_string_length(a) == json_string_length(b) && jmespath_order(a, b) == 0;
    case JSON_ARRAY:
        return equal_arrays(run, a, b);
    case JSON_OBJECT:
        return equal_objects(run, a, b);
    default:
        return 1;
    }
}

static bool is_comparable(const json_t *value)
{
    return json_is_number(value) || json_is_string(value);
}

/* Null for what has no order; an error for a string against a number, where the AWS CLI stops too.
 */
static json_t *compare_order(struct jmespath_run *run, enum jmespath_token_kind kind,
                             const json_t *a, const json_t *b)
{
    static const char *const words[TOKEN_KINDS] = {
        [TOKEN_LT] = "<",
        [TOKEN_LTE] = "<=",
        [TOKEN_GT] = ">",
        [TOKEN_GTE] = ">=",
    };
    int order;

    if (!is_comparable(a) || !is_comparable(b))
        return json_null();
    if (json_is_string(a) != json_is_string(b)) {
        jmespath_refuse(run->error, JMESPATH_INVALID_TYPE,
                        "'%s' not supported between instances of '%s' and '%s'", words[kind],
                        jmespath_python_type(a), jmespath_python_type(b));
        return NULL;
    }
    order = jmespath_order(a, b);
    switch (kind) {
    case TOKEN_LT:
        return json_boolean(order < 0);
    case TOKEN_LTE:
        return json_boolean(order <= 0);
    case TOKEN_GT:
        return json_boolean(order > 0);
    default:
        return json_boolean(order >= 0);
    }
}

static json_t *eval_compare(struct jmespath_run *run, const struct jmespath_node *node,
                            json_t *value)
{
    json_t *a = jmespath_eval(run, node->children.items[0].node, value);
    json_t *b = a == NULL ? NULL : jmespath_eval(run, node->children.items[1].node, value);
    json_t *answer = NULL;

    if (b != NULL && (node->compare == TOKEN_EQ || node->compare == TOKEN_NE)) {
        int equal = jmespath_equal(run, a, b);

        if (equal >= 0)
            answer = json_boolean((equal == 1) == (node->compare == TOKEN_EQ));
    } else if (b != NULL) {
        answer = compare_order(run, node->compare, a, b);
    }
    json_decref(a);
    json_decref(b);
    return answer;
}

/* --- looking up --- */

static json_t *found_or_null(json_t *found)
{
    return found == NULL ? json_null() : json_incref(found);
}

static json_t *eval_index(const struct jmespath_node *node, json_t *value)
{
    int64_t at = node->numbers[0];

    if (at < 0)
        at += (int64_t)json_array_size(value); /* 0 for what is no array */
    return found_or_null(at < 0 ? NULL : json_array_get(value, (size_t)at));
}

/* Where a slice starts or stops, brought into lower..upper; negative numbers count from the end. */
static int64_t slice_edge(int64_t edge, int64_t count, int64_t lower, int64_t upper)
{
    if (edge < 0)
        edge += count;
    if (edge < lower)
        return lower;
    return edge > upper ? upper : edge;
}

static json_t *eval_slice(struct jmespath_run *run, const struct jmespath_node *node, json_t *value)
{
    int64_t count = (int64_t)json_array_size(value);
    int64_t step = node->given[2] ? node->numbers[2] : 1;
    int64_t lower = step < 0 ? -1 : 0;
    int64_t upper = step < 0 ? count - 1 : count;
    int64_t start = step < 0 ? upper : lower;
    int64_t stop = step < 0 ? lower : upper;
    json_t *answer;

    if (!json_is_array(value))
        return json_null();
    if (step == 0) {
        jmespath_refuse(run->error, JMESPATH_INVALID_VALUE, "slice step cannot be zero");
        return NULL;
    }
    /* A longer step than the list selects the same, and cannot overflow below. */
    step = slice_edge(step, 0, -count - 1, count + 1);
    if (node->given[0])
        start = slice_edge(node->numbers[0], count, lower, upper);
    if (node->given[1])
        stop = slice_edge(node->numbers[1], count, lower, upper);
    answer = json_array();
    for (int64_t i = start; step < 0 ? i > stop : i < stop; i += step)
        json_array_append(answer, json_array_get(value, (size_t)i));
    if (jmespath_pay(run, json_array_size(answer)))
        return answer;
    json_decref(answer);
    return NULL;
}

/* --- putting together --- */

static json_t *eval_list(struct jmespath_run *run, const struct jmespath_node *node, json_t *value)
{
    json_t *answer;

    if (json_is_null(value))
        return json_null();
    answer = json_array();
    for (uint32_t i = 0; i < node->children.count; i++) {
        json_t *item = jmespath_eval(run, node->children.items[i].node, value);

        if (item == NULL) {
            json_decref(answer);
            return NULL;
        }
        json_array_append_new(answer, item);
    }
    return answer;
}

static json_t *eval_hash(struct jmespath_run *run, const struct jmespath_node *node, json_t *value)
{
    json_t *answer;

    if (json_is_null(value))
        return json_null();
    answer = json_object();
    for (uint32_t i = 0; i < node->children.count; i++) {
        json_t *item = jmespath_eval(run, node->children.items[i].node, value);

        if (item == NULL) {
            json_decref(answer);
            return NULL;
        }
        json_object_set_new_nocheck(answer, node->children.items[i].key, item);
    }
    return answer;
}

static json_t *eval_flatten(struct jmespath_run *run, const struct jmespath_node *node,
                            json_t *value)
{
    json_t *base = jmespath_eval(run, node->children.items[0].node, value);
    json_t *answer;

    if (base == NULL || !json_is_array(base)) {
        json_decref(base);
        return base == NULL ? NULL : json_null();
    }
    answer = json_array();
    for (size_t i = 0; i < json_array_size(base); i++) {
        json_t *item = json_array_get(base, i);

        if (!jmespath_pay(run, 1 + json_array_size(item))) {
            json_decref(base);
            json_decref(answer);
            return NULL;
        }
        if (json_is_array(item))
            json_array_extend(answer, item);
        else
            json_array_append(answer, item);
    }
    json_decref(base);
    return answer;
}

/* Adds what the projection makes of one item; false after an error. */
static bool project(struct jmespath_run *run, const struct jmespath_node *node, json_t *item,
                    json_t *answer)
{
    if (node->kind == NODE_FILTER_PROJECTION) {
        json_t *condition = jmespath_eval(run, node->children.items[2].node, item);
        bool skipped = condition != NULL && jmespath_is_false(condition);

        json_decref(condition);
        if (condition == NULL || skipped)
            return condition != NULL;
    }
    item = jmespath_eval(run, node->children.items[1].node, item);
    if (item == NULL)
        return false;
    if (!json_is_null(item))
        json_array_append_new(answer, item);
    return true;
}

static json_t *eval_projection(struct jmespath_run *run, const struct jmespath_node *node,
                               json_t *value)
{
    json_t *base = jmespath_eval(run, node->children.items[0].node, value);
    bool right_type =
        node->kind == NODE_VALUE_PROJECTION ? json_is_object(base) : json_is_array(base);
    json_t *answer;
    bool fine = true;

    if (base == NULL)
        return NULL;
    if (!right_type) {
        json_decref(base);
        return json_null();
    }
    answer = json_array();
    for (size_t i = 0; fine && i < json_array_size(base); i++)
        fine = project(run, node, json_array_get(base, i), answer);
    for (void *at = json_object_iter(base); fine && at != NULL;
         at = json_object_iter_next(base, at))
        fine = project(run, node, json_object_iter_value(at), answer);
    json_decref(base);
    if (fine)
        return answer;
    json_decref(answer);
    return NULL;
}

/* --- chains --- */

static json_t *eval_sequence(struct jmespath_run *run, const struct jmespath_node *node,
                             json_t *value)
{
    json_t *now = json_incref(value);

    for (uint32_t i = 0; now != NULL && i < node->children.count; i++) {
        json_t *next = jmespath_eval(run, node->children.items[i].node, now);

        json_decref(now);
        now = next;
    }
    return now;
}

/* The first child that settles it: for || one that is true, for && one that is false; else the
 * last. */
static json_t *eval_choice(struct jmespath_run *run, const struct jmespath_node *node,
                           json_t *value)
{
    for (uint32_t i = 0;; i++) {
        json_t *answer = jmespath_eval(run, node->children.items[i].node, value);

        if (answer == NULL || i + 1 == node->children.count)
            return answer;
        if (jmespath_is_false(answer) == (node->kind == NODE_AND))
            return answer;
        json_decref(answer);
    }
}

static json_t *eval_not(struct jmespath_run *run, const struct jmespath_node *node, json_t *value)
{
    json_t *operand = jmespath_eval(run, node->children.items[0].node, value);
    bool is_false = operand != NULL && jmespath_is_false(operand);

    json_decref(operand);
    return operand == NULL ? NULL : json_boolean(is_false);
}

/* --- functions --- */

static json_t *eval_call(struct jmespath_run *run, const struct jmespath_node *node, json_t *value)
{
    struct jmespath_argument few[4] = {0};
    struct jmespath_call call = {
        .function = node->function,
        .arguments = few,
        .count = node->children.count,
    };
    json_t *answer = NULL;
    bool fine = true;

    if (call.count > sizeof(few) / sizeof(few[0]))
        call.arguments = xcalloc(call.count, sizeof(*call.arguments));
    for (uint32_t i = 0; fine && i < call.count; i++) {
        const struct jmespath_node *child = node->children.items[i].node;

        if (child->kind == NODE_EXPREF)
            call.arguments[i].expression = child->children.items[0].node;
        else
            fine = (call.arguments[i].value = jmespath_eval(run, child, value)) != NULL;
    }
    if (fine && call.function == NULL)
        jmespath_refuse(run->error, JMESPATH_UNKNOWN_FUNCTION, "Unknown function: %s()",
                        node->name);
    else if (fine)
        answer = jmespath_function_call(run, &call);
    for (uint32_t i = 0; i < call.count; i++)
        json_decref(call.arguments[i].value);
    if (call.arguments != few)
        free(call.arguments);
    return answer;
}

json_t *jmespath_eval(struct jmespath_run *run, const struct jmespath_node *node, json_t *value)
{
    if (!jmespath_pay(run, 1))
        return NULL;
    switch (node->kind) {
    case NODE_CURRENT:
        return json_incref(value);
    case NODE_FIELD:
        return found_or_null(json_object_get(value, node->name));
    case NODE_INDEX:
        return eval_index(node, value);
    case NODE_SLICE:
        return eval_slice(run, node, value);
    case NODE_LITERAL:
        return json_incref(node->literal);
    case NODE_SEQUENCE:
        return eval_sequence(run, node, value);
    case NODE_OR:
    case NODE_AND:
        return eval_choice(run, node, value);
    case NODE_NOT:
        return eval_not(run, node, value);
    case NODE_COMPARE:
        return eval_compare(run, node, value);
    case NODE_FLATTEN:
        return eval_flatten(run, node, value);
    case NODE_PROJECTION:
    case NODE_VALUE_PROJECTION:
    case NODE_FILTER_PROJECTION:
        return eval_projection(run, node, value);
    case NODE_LIST:
        return eval_list(run, node, value);
    case NODE_HASH:
        return eval_hash(run, node, value);
    case NODE_CALL:
        return eval_call(run, node, value);
    case NODE_EXPREF:
        jmespath_refuse(run->error, JMESPATH_INVALID_TYPE,
                        "An expression after & is only an argument of a function");
        return NULL;
    }
    BUG("a node of kind %d", (int)node->kind);
}
