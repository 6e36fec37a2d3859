/*
 * base/jmespath_function.c - the built-in functions of JMESPath.
 *
 * A function is an entry in functions[]: its name, what its arguments may be, and the C function.
 * The arguments are checked against the entry before the C function runs, so that it may trust
 * them.
 *
 * Uses    jmespath_eval for the expressions after an &; jmespath_order for what sorts.
 */
#include "base/jmespath_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct jmespath_function functions[26];

static json_t *argument(const struct jmespath_call *call, uint32_t at)
{
    return call->arguments[at].value;
}

static size_t string_bytes(const json_t *value)
{
    return json_string_length(value);
}

/* --- checking --- */

unsigned jmespath_type_bit(const json_t *value)
{
    static const unsigned types[] = {
        [JSON_OBJECT] = TYPE_OBJECT,  [JSON_ARRAY] = TYPE_ARRAY, [JSON_STRING] = TYPE_STRING,
        [JSON_INTEGER] = TYPE_NUMBER, [JSON_REAL] = TYPE_NUMBER, [JSON_TRUE] = TYPE_BOOLEAN,
        [JSON_FALSE] = TYPE_BOOLEAN,  [JSON_NULL] = TYPE_NULL,
    };

    return types[json_typeof(value)];
}

void jmespath_refuse_type(struct jmespath_run *run, const char *function, json_t *value,
                          const char *words, const char *received)
{
    struct str quoted = STR_INIT;

    if (value == NULL)
        str_add(&quoted, "<jmespath.visitor._Expression object>");
    else if (json_is_string(value))
        str_addn(&quoted, json_string_value(value), json_string_length(value));
    else
        jmespath_add_quoted(&quoted, value);
    jmespath_refuse(
        run->error, JMESPATH_INVALID_TYPE,
        "In function %s(), invalid type for value: %s, expected one of: %s, received: \"%s\"",
        function, str_text(&quoted), words, received);
    str_release(&quoted);
}

static bool check_items(struct jmespath_run *run, const char *function,
                        const struct jmespath_parameter *parameter, json_t *array)
{
    unsigned allowed = parameter->items;

    for (size_t i = 0; i < json_array_size(array); i++) {
        json_t *item = json_array_get(array, i);

        if ((jmespath_type_bit(item) & allowed) == 0) {
            jmespath_refuse_type(run, function, item, parameter->words, jmespath_python_type(item));
            return false;
        }
        allowed = jmespath_type_bit(item);
    }
    return jmespath_pay(run, json_array_size(array));
}

static bool check_argument(struct jmespath_run *run, const char *function,
                           const struct jmespath_parameter *parameter,
                           const struct jmespath_argument *given)
{
    if (given->expression != NULL) {
        if ((parameter->types & TYPE_EXPRESSION) != 0)
            return true;
        jmespath_refuse_type(run, function, NULL, parameter->words, "expref");
        return false;
    }
    if ((jmespath_type_bit(given->value) & parameter->types) == 0) {
        jmespath_refuse_type(run, function, given->value, parameter->words,
                             jmespath_type(given->value));
        return false;
    }
    if (parameter->items == 0 || !json_is_array(given->value))
        return true;
    return check_items(run, function, parameter, given->value);
}

/* The repeated arguments of merge(): the AWS CLI has words of its own for what holds nothing. */
static bool check_repeated(struct jmespath_run *run, const char *function,
                           const struct jmespath_parameter *parameter,
                           const struct jmespath_argument *given)
{
    const unsigned plain = TYPE_NULL | TYPE_BOOLEAN | TYPE_NUMBER;

    if (given->expression != NULL || (parameter->types & plain) != 0 ||
        (jmespath_type_bit(given->value) & plain) == 0) {
        return check_argument(run, function, parameter, given);
    }
    jmespath_refuse(run->error, JMESPATH_INVALID_TYPE, "'%s' object is not iterable",
                    jmespath_python_type(given->value));
    return false;
}

json_t *jmespath_function_call(struct jmespath_run *run, const struct jmespath_call *call)
{
    const struct jmespath_function *function = call->function;
    uint32_t expected = function->parameters[1].types != 0 ? 2 : 1;

    if (call->count < expected || (call->count > expected && !function->variadic)) {
        jmespath_refuse(run->error, JMESPATH_INVALID_ARITY,
                        "Expected %s%u argument%s for function %s(), received %u",
                        function->variadic ? "at least " : "", expected, expected == 1 ? "" : "s",
                        function->name, call->count);
        return NULL;
    }
    for (uint32_t i = 0; i < expected; i++)
        if (!check_argument(run, function->name, &function->parameters[i], &call->arguments[i]))
            return NULL;
    for (uint32_t i = expected; i < call->count; i++) {
        if (!check_repeated(run, function->name, &function->parameters[expected - 1],
                            &call->arguments[i])) {
            return NULL;
        }
    }
    return function->call(run, call);
}

const struct jmespath_function *jmespath_function_find(const char *name)
{
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
        if (str_equal(functions[i].name, name))
            return &functions[i];
    return NULL;
}

/* --- numbers --- */

static json_t *call_abs(struct jmespath_run *run, const struct jmespath_call *call)
{
    json_t *value = argument(call, 0);

    (void)run;
    if (json_is_real(value))
        return json_real(fabs(json_real_value(value)));
    if (json_integer_value(value) >= 0)
        return json_incref(value);
    if (json_integer_value(value) == INT64_MIN)
        return json_real(-(double)INT64_MIN);
    return json_integer(-json_integer_value(value));
}

/* The integer, where there is one of that size. */
static json_t *whole_number(double value)
{
    if (value >= -9223372036854775808.0 && value < 9223372036854775808.0)
        return json_integer((json_int_t)value);
    return json_real(value);
}

static json_t *call_ceil(struct jmespath_run *run, const struct jmespath_call *call)
{
    json_t *value = argument(call, 0);

    (void)run;
    return json_is_integer(value) ? json_incref(value) : whole_number(ceil(json_real_value(value)));
}

static json_t *call_floor(struct jmespath_run *run, const struct jmespath_call *call)
{
    json_t *value = argument(call, 0);

    (void)run;
    return json_is_integer(value) ? json_incref(value)
                                  : whole_number(floor(json_real_value(value)));
}

/* Exact while everything is an integer that fits; from then on a real. */
static json_t *sum_of(const json_t *array)
{
    json_int_t whole = 0;
    double real = 0;
    bool is_real = false;

    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *item = json_array_get(array, i);

        if (!is_real && json_is_integer(item) &&
            !__builtin_add_overflow(whole, json_integer_value(item), &whole)) {
            continue;
        }
        if (!is_real) {
            /* On overflow the builtin has wrapped the sum: take the item off again. */
            if (json_is_integer(item))
                whole = (json_int_t)((uint64_t)whole - (uint64_t)json_integer_value(item));
            real = (double)whole;
            is_real = true;
        }
        real += json_number_value(item);
    }
    return is_real ? json_real(real) : json_integer(whole);
}

/* A sum beyond the range of a double has no JSON. */
static json_t *number_or_null(json_t *number)
{
    return number == NULL ? json_null() : number;
}

static json_t *call_sum(struct jmespath_run *run, const struct jmespath_call *call)
{
    (void)run;
    return number_or_null(sum_of(argument(call, 0)));
}

static json_t *call_avg(struct jmespath_run *run, const struct jmespath_call *call)
{
    size_t count = json_array_size(argument(call, 0));
    json_t *sum;
    json_t *average;

    (void)run;
    if (count == 0)
        return json_null();
    sum = number_or_null(sum_of(argument(call, 0)));
    average = json_is_null(sum) ? NULL : json_real(json_number_value(sum) / (double)count);
    json_decref(sum);
    return number_or_null(average);
}

static json_t *call_to_number(struct jmespath_run *run, const struct jmespath_call *call)
{
    json_t *value = argument(call, 0);

    (void)run;
    if (json_is_number(value))
        return json_incref(value);
    if (!json_is_string(value))
        return json_null();
    return jmespath_number_of(json_string_value(value), json_string_length(value));
}

/* --- strings --- */

static json_t *new_string(struct jmespath_run *run, struct str *text)
{
    json_t *string = NULL;

    if (jmespath_pay(run, text->length / 8))
        string = json_stringn_nocheck(str_text(text), text->length);
    str_release(text);
    return string;
}

static json_t *call_starts_with(struct jmespath_run *run, const struct jmespath_call *call)
{
    json_t *text = argument(call, 0);
    json_t *part = argument(call, 1);

    (void)run;
    return json_boolean(
        string_bytes(part) <= string_bytes(text) &&
        memcmp(json_string_value(text), json_string_value(part), string_bytes(part)) == 0);
}

static json_t *call_ends_with(struct jmespath_run *run, const struct jmespath_call *call)
{
    json_t *text = argument(call, 0);
    json_t *part = argument(call, 1);

    (void)run;
    return json_boolean(string_bytes(part) <= string_bytes(text) &&
                        memcmp(json_string_value(text) + string_bytes(text) - string_bytes(part),
                               json_string_value(part), string_bytes(part)) == 0);
}

static json_t *call_join(struct jmespath_run *run, const struct jmespath_call *call)
{
    json_t *glue = argument(call, 0);
    json_t *array = argument(call, 1);
    struct str text = STR_INIT;

    for (size_t i = 0; i < json_array_size(array); i++) {
        json_t *item = json_array_get(array, i);

        /* Paid as it grows: the whole might not fit in memory. */
        if (!jmespath_pay(run, (string_bytes(glue) + string_bytes(item)) / 8)) {
            str_release(&text);
            return NULL;
        }
        if (i > 0)
            str_addn(&text, json_string_value(glue), string_bytes(glue));
        str_addn(&text, json_string_value(item), string_bytes(item));
    }
    return new_string(run, &text);
}

static json_t *call_to_string(struct jmespath_run *run, const struct jmespath_call *call)
{
    json_t *value = argument(call, 0);
    struct str text = STR_INIT;

    if (json_is_string(value))
        return json_incref(value);
    if (jmespath_add_json(run, &text, value))
        return new_string(run, &text);
    str_release(&text);
    return NULL;
}

/* --- strings, arrays and objects --- */

static json_t *call_contains(struct jmespath_run *run, const struct jmespath_call *call)
{
    json_t *subject = argument(call, 0);
    json_t *wanted = argument(call, 1);

    if (json_is_string(subject) && !json_is_string(wanted)) {
        jmespath_refuse(run->error, JMESPATH_INVALID_TYPE,
                        "'in <string>' requires string as left operand, not %s",
                        jmespath_python_type(wanted));
        return NULL;
    }
    if (json_is_string(subject)) {
        return json_boolean(memmem(json_string_value(subject), string_bytes(subject),
                                   json_string_value(wanted), string_bytes(wanted)) != NULL);
    }
    for (size_t i = 0; i < json_array_size(subject); i++) {
        int equal = jmespath_equal(run, json_array_get(subject, i), wanted);

        if (equal != 0)
            return equal < 0 ? NULL : json_true();
    }
    return json_false();
}

static json_t *call_length(struct jmespath_run *run, const struct jmespath_call *call)
{
    json_t *value = argument(call, 0);
    size_t length = json_is_array(value) ? json_array_size(value) : json_object_size(value);

    (void)run;
    if (json_is_string(value)) /* in characters */
        length = jmespath_column(json_string_value(value), string_bytes(value));
    return json_integer((json_int_t)length);
}

static json_t *reverse_string(struct jmespath_run *run, const json_t *value)
{
    const char *text = json_string_value(value);
    size_t end = string_bytes(value);
    struct str reversed = STR_INIT;

    for (size_t at = end; at-- > 0;) {
        if (((unsigned char)text[at] & 0xc0) == 0x80)
            continue;
        str_addn(&reversed, text + at, end - at);
        end = at;
    }
    return new_string(run, &reversed);
}

static json_t *call_reverse(struct jmespath_run *run, const struct jmespath_call *call)
{
    json_t *value = argument(call, 0);
    json_t *answer;

    if (json_is_string(value))
        return reverse_string(run, value);
    if (!jmespath_pay(run, json_array_size(value)))
        return NULL;
    answer = json_array();
    for (size_t i = json_array_size(value); i-- > 0;)
        json_array_append(answer, json_array_get(value, i));
    return answer;
}

static json_t *call_keys(struct jmespath_run *run, const struct jmespath_call *call)
{
    json_t *object = argument(call, 0);
    json_t *answer;

    if (!jmespath_pay(run, json_object_size(object)))
        return NULL;
    answer = json_array();
    for (void *at = json_object_iter(object); at != NULL; at = json_object_iter_next(object, at))
        json_array_append_new(answer, json_string_nocheck(json_object_iter_key(at)));
    return answer;
}

static json_t *call_values(struct jmespath_run *run, const struct jmespath_call *call)
{
    json_t *object = argument(call, 0);
    json_t *answer;

    if (!jmespath_pay(run, json_object_size(object)))
        return NULL;
    answer = json_array();
    for (void *at = json_object_iter(object); at != NULL; at = json_object_iter_next(object, at))
        json_array_append(answer, json_object_iter_value(at));
    return answer;
}

static json_t *call_merge(struct jmespath_run *run, const struct jmespath_call *call)
{
    json_t *answer = json_object();

    for (uint32_t i = 0; i < call->count; i++) {
        json_object_update(answer, argument(call, i));
        if (!jmespath_pay(run, json_object_size(argument(call, i)))) {
            json_decref(answer);
            return NULL;
        }
    }
    return answer;
}

/* --- anything --- */

static json_t *call_not_null(struct jmespath_run *run, const struct jmespath_call *call)
{
    (void)run;
    for (uint32_t i = 0; i < call->count; i++)
        if (!json_is_null(argument(call, i)))
            return json_incref(argument(call, i));
    return json_null();
}

static json_t *call_to_array(struct jmespath_run *run, const struct jmespath_call *call)
{
    json_t *value = argument(call, 0);
    json_t *answer;

    (void)run;
    if (json_is_array(value))
        return json_incref(value);
    answer = json_array();
    json_array_append(answer, value);
    return answer;
}

static json_t *call_type(struct jmespath_run *run, const struct jmespath_call *call)
{
    (void)run;
    return json_string_nocheck(jmespath_type(argument(call, 0)));
}

static json_t *call_map(struct jmespath_run *run, const struct jmespath_call *call)
{
    json_t *array = argument(call, 1);
    json_t *answer = json_array();

    for (size_t i = 0; i < json_array_size(array); i++) {
        json_t *item = jmespath_eval(run, call->arguments[0].expression, json_array_get(array, i));

        if (item == NULL) {
            json_decref(answer);
            return NULL;
        }
        json_array_append_new(answer, item);
    }
    return answer;
}

#define ONE_NUMBER                                                                                 \
    {                                                                                              \
        TYPE_NUMBER, 0, "['number']"                                                               \
    }
#define ONE_STRING                                                                                 \
    {                                                                                              \
        TYPE_STRING, 0, "['string']"                                                               \
    }
#define ONE_OBJECT                                                                                 \
    {                                                                                              \
        TYPE_OBJECT, 0, "['object']"                                                               \
    }
#define ONE_ARRAY                                                                                  \
    {                                                                                              \
        TYPE_ARRAY, 0, "['array']"                                                                 \
    }
#define ONE_EXPRESSION                                                                             \
    {                                                                                              \
        TYPE_EXPRESSION, 0, "['expref']"                                                           \
    }
#define ANYTHING                                                                                   \
    {                                                                                              \
        TYPE_ANY, 0, "['any']"                                                                     \
    }
#define NUMBERS                                                                                    \
    {                                                                                              \
        TYPE_ARRAY, TYPE_NUMBER, "['array-number']"                                                \
    }
#define STRINGS                                                                                    \
    {                                                                                              \
        TYPE_ARRAY, TYPE_STRING, "['array-string']"                                                \
    }
#define NUMBERS_OR_STRINGS                                                                         \
    {                                                                                              \
        TYPE_ARRAY, TYPE_NUMBER | TYPE_STRING, "['array-number', 'array-string']"                  \
    }
#define STRINGS_OR_NUMBERS                                                                         \
    {                                                                                              \
        TYPE_ARRAY, TYPE_NUMBER | TYPE_STRING, "['array-string', 'array-number']"                  \
    }
#define ARRAY_OR_STRING                                                                            \
    {                                                                                              \
        TYPE_ARRAY | TYPE_STRING, 0, "['array', 'string']"                                         \
    }
#define COUNTABLE                                                                                  \
    {                                                                                              \
        TYPE_STRING | TYPE_ARRAY | TYPE_OBJECT, 0, "['string', 'array', 'object']"                 \
    }

static const struct jmespath_function functions[26] = {
    {"abs", call_abs, {ONE_NUMBER}, false},
    {"avg", call_avg, {NUMBERS}, false},
    {"ceil", call_ceil, {ONE_NUMBER}, false},
    {"contains", call_contains, {ARRAY_OR_STRING, ANYTHING}, false},
    {"ends_with", call_ends_with, {ONE_STRING, ONE_STRING}, false},
    {"floor", call_floor, {ONE_NUMBER}, false},
    {"join", call_join, {ONE_STRING, STRINGS}, false},
    {"keys", call_keys, {ONE_OBJECT}, false},
    {"length", call_length, {COUNTABLE}, false},
    {"map", call_map, {ONE_EXPRESSION, ONE_ARRAY}, false},
    {"max", jmespath_call_max, {NUMBERS_OR_STRINGS}, false},
    {"max_by", jmespath_call_max_by, {ONE_ARRAY, ONE_EXPRESSION}, false},
    {"merge", call_merge, {ONE_OBJECT}, true},
    {"min", jmespath_call_min, {NUMBERS_OR_STRINGS}, false},
    {"min_by", jmespath_call_min_by, {ONE_ARRAY, ONE_EXPRESSION}, false},
    {"not_null", call_not_null, {ANYTHING}, true},
    {"reverse", call_reverse, {ARRAY_OR_STRING}, false},
    {"sort", jmespath_call_sort, {STRINGS_OR_NUMBERS}, false},
    {"sort_by", jmespath_call_sort_by, {ONE_ARRAY, ONE_EXPRESSION}, false},
    {"starts_with", call_starts_with, {ONE_STRING, ONE_STRING}, false},
    {"sum", call_sum, {NUMBERS}, false},
    {"to_array", call_to_array, {ANYTHING}, false},
    {"to_number", call_to_number, {ANYTHING}, false},
    {"to_string", call_to_string, {ANYTHING}, false},
    {"type", call_type, {ANYTHING}, false},
    {"values", call_values, {ONE_OBJECT}, false},
};
