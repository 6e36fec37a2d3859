/*
 * api/cloudwatch_math.c - metric math: small expressions over metrics.
 *
 * A parser by descent that computes while it reads.  Values are of struct math_value: one series or
 * number, or a list of them ([m1, m2], METRICS()).
 * True to the CloudWatch user guide, "Metric math syntax and functions", as far as it goes.
 */
#include "api/cloudwatch_math.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

enum { DEPTH_MAX = 50 };

struct math_value {
    LIST(struct math_series) items;
    bool is_list;
};

struct math_reader {
    const struct math_book *book;
    const char *at;
    const char *problem; /* NULL: none so far */
    int depth;
};

static struct math_value read_sum(struct math_reader *reader);

static void fail(struct math_reader *reader, const char *problem)
{
    if (reader->problem == NULL)
        reader->problem = problem;
}

static bool skip(struct math_reader *reader, char c)
{
    while (isspace((unsigned char)*reader->at))
        reader->at++;
    if (*reader->at != c)
        return false;
    reader->at++;
    return true;
}

static struct math_value value_of(struct math_reader *reader, struct math_series series)
{
    struct math_value value = {0};

    *LIST_PUSH_IN(reader->book->arena, &value.items) = series;
    return value;
}

static struct math_value number_value(struct math_reader *reader, double number)
{
    return value_of(reader, (struct math_series){.number = number, .is_number = true});
}

static void point_push(struct math_reader *reader, struct math_series *series, int64_t time,
                       double value)
{
    if (!isfinite(value))
        return;
    *LIST_PUSH_IN(reader->book->arena, &series->times) = time;
    *LIST_PUSH_IN(reader->book->arena, &series->values) = value;
}

/* ---- arithmetic ---- */

static double apply(char operator, double a, double b)
{
    return operator == '+' ? a + b : operator == '-' ? a - b : operator == '*' ? a * b : a / b;
}

/* Points that only one of them has are left out. */
static struct math_series combine(struct math_reader *reader, char operator,
                                  const struct math_series *a, const struct math_series *b)
{
    struct math_series out = {.period_s = a->period_s > b->period_s ? a->period_s : b->period_s};
    const struct math_series *guide = a->is_number ? b : a;
    uint32_t k = 0;

    if (a->is_number && b->is_number)
        return (struct math_series){.number = apply(operator, a->number, b->number),
                                    .is_number = true};
    for (uint32_t i = 0; i < guide->times.count; i++) {
        int64_t time = guide->times.items[i];
        double left = a->is_number ? a->number : a->values.items[i];
        double right = b->number;

        if (a->is_number) {
            right = b->values.items[i];
        } else if (!b->is_number) {
            while (k < b->times.count && b->times.items[k] < time)
                k++;
            if (k == b->times.count || b->times.items[k] != time)
                continue;
            right = b->values.items[k];
        }
        point_push(reader, &out, time, apply(operator, left, right));
    }
    return out;
}

/* Each of a list with the other; two lists only where one is no list. */
static struct math_value combine_values(struct math_reader *reader, char operator,
                                        const struct math_value *a, const struct math_value *b)
{
    struct math_value out = {.is_list = a->is_list || b->is_list};
    uint32_t count = a->is_list ? a->items.count : b->items.count;

    if (a->is_list && b->is_list)
        fail(reader, "Arithmetic with two lists of metrics is not modelled here");
    for (uint32_t i = 0; i < count && reader->problem == NULL; i++)
        *LIST_PUSH_IN(reader->book->arena, &out.items) =
            combine(reader, operator, &a->items.items[a->is_list ? i : 0],
                    &b->items.items[b->is_list ? i : 0]);
    return out;
}

/* ---- functions ---- */

static double fold(const char *name, const double *values, uint32_t count)
{
    double result = values[0];

    for (uint32_t i = 1; i < count; i++) {
        if (strcmp(name, "MIN") == 0)
            result = fmin(result, values[i]);
        else if (strcmp(name, "MAX") == 0)
            result = fmax(result, values[i]);
        else
            result += values[i];
    }
    return strcmp(name, "AVG") == 0 ? result / count : result;
}

static int compare_times(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

/* At each time that any of them has, over those that have it. */
static struct math_series fold_list(struct math_reader *reader, const char *name,
                                    const struct math_value *list)
{
    struct math_series out = {0};
    LIST(int64_t) times = {0};
    LIST(double) values = {0};

    for (uint32_t i = 0; i < list->items.count; i++) {
        const struct math_series *series = &list->items.items[i];

        if (series->period_s > out.period_s)
            out.period_s = series->period_s;
        for (uint32_t k = 0; k < series->times.count; k++)
            *LIST_PUSH_IN(reader->book->arena, &times) = series->times.items[k];
    }
    if (times.count > 0)
        qsort(times.items, times.count, sizeof(*times.items), compare_times);
    for (uint32_t t = 0; t < times.count; t++) {
        if (t > 0 && times.items[t] == times.items[t - 1])
            continue;
        values.count = 0;
        for (uint32_t i = 0; i < list->items.count; i++) {
            const struct math_series *series = &list->items.items[i];
            const int64_t *found =
                series->times.count == 0
                    ? NULL : bsearch(&times.items[t], series->times.items, series->times.count,
                                     sizeof(int64_t), compare_times);

            if (found != NULL)
                *LIST_PUSH_IN(reader->book->arena, &values) =
                    series->values.items[found - series->times.items];
        }
        point_push(reader, &out, times.items[t], fold(name, values.items, values.count));
    }
    return out;
}

static struct math_series fold_one(const char *name, const struct math_series *series)
{
    struct math_series out = {.is_number = true, .number = series->number};

    if (!series->is_number)
        out.number = series->values.count == 0
                         ? NAN : fold(name, series->values.items, series->values.count);
    return out;
}

static double shape_one(const char *name, double value)
{
    return strcmp(name, "ABS") == 0 ? fabs(value) : strcmp(name, "CEIL") == 0 ? ceil(value)
                                                                           : floor(value);
}

static struct math_series shape(struct math_reader *reader, const char *name,
                                const struct math_series *series)
{
    struct math_series out = {.is_number = series->is_number,
                              .number = shape_one(name, series->number),
                              .period_s = series->period_s};

    for (uint32_t i = 0; i < series->times.count; i++)
        point_push(reader, &out, series->times.items[i],
                   shape_one(name, series->values.items[i]));
    return out;
}

/* Between its first and its last point: beyond them nobody knows what was asked. */
static struct math_series fill(struct math_reader *reader, const struct math_series *series,
                               double with)
{
    struct math_series out = {.period_s = series->period_s};
    int64_t span = series->period_s * 1000000000;

    for (uint32_t i = 0; i < series->times.count; i++) {
        for (int64_t time = i == 0 ? series->times.items[0] : series->times.items[i - 1] + span;
             span > 0 && time < series->times.items[i]; time += span)
            point_push(reader, &out, time, with);
        point_push(reader, &out, series->times.items[i], series->values.items[i]);
    }
    return out;
}

static struct math_value all_metrics(struct math_reader *reader)
{
    struct math_value value = {.is_list = true};

    for (uint32_t i = 0; i < reader->book->count; i++) {
        if (reader->book->queries[i].is_metric)
            *LIST_PUSH_IN(reader->book->arena, &value.items) = reader->book->queries[i].series;
    }
    return value;
}

static bool is_one_of(const char *name, const char *const *names)
{
    while (*names != NULL && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

static struct math_value call_function(struct math_reader *reader, const char *name)
{
    static const char *const folds[] = {"SUM", "AVG", "MIN", "MAX", NULL};
    static const char *const shapes[] = {"ABS", "CEIL", "FLOOR", NULL};
    struct math_value value;
    struct math_value second;

    if (strcmp(name, "METRICS") == 0) {
        if (!skip(reader, ')'))
            fail(reader, "METRICS with a filter is not modelled here");
        return all_metrics(reader);
    }
    value = read_sum(reader);
    second = skip(reader, ',') ? read_sum(reader) : (struct math_value){0};
    if (!skip(reader, ')'))
        fail(reader, "A parenthesis is not closed, or a function has too many arguments");
    if (reader->problem != NULL || value.items.count == 0)
        return number_value(reader, 0);
    if (is_one_of(name, folds) && second.items.count == 0)
        return value_of(reader, value.is_list ? fold_list(reader, name, &value)
                                              : fold_one(name, &value.items.items[0]));
    if (is_one_of(name, shapes) && second.items.count == 0 && !value.is_list)
        return value_of(reader, shape(reader, name, &value.items.items[0]));
    if (strcmp(name, "PERIOD") == 0 && second.items.count == 0 && !value.is_list)
        return number_value(reader, (double)value.items.items[0].period_s);
    if (strcmp(name, "FILL") == 0 && !value.is_list && second.items.count == 1 &&
        second.items.items[0].is_number)
        return value_of(reader, fill(reader, &value.items.items[0],
                                     second.items.items[0].number));
    fail(reader, arena_printf(reader->book->arena,
                              "The function %s, so used, is not modelled here", name));
    return number_value(reader, 0);
}

/* ---- reading ---- */

static struct math_value read_name(struct math_reader *reader)
{
    size_t length = 0;
    const char *name;

    while (isalnum((unsigned char)reader->at[length]) || reader->at[length] == '_')
        length++;
    name = arena_strndup(reader->book->arena, reader->at, length);
    reader->at += length;
    if (skip(reader, '('))
        return call_function(reader, name);
    for (uint32_t i = 0; i < reader->book->count; i++) {
        if (strcmp(reader->book->queries[i].id, name) == 0)
            return value_of(reader, reader->book->queries[i].series);
    }
    fail(reader, arena_printf(reader->book->arena,
                              "%s is no Id of a query before, and no function", name));
    return number_value(reader, 0);
}

static struct math_value read_list(struct math_reader *reader)
{
    struct math_value list = {.is_list = true};

    do {
        struct math_value value = read_sum(reader);

        for (uint32_t i = 0; i < value.items.count; i++)
            *LIST_PUSH_IN(reader->book->arena, &list.items) = value.items.items[i];
    } while (reader->problem == NULL && skip(reader, ','));
    if (!skip(reader, ']'))
        fail(reader, "A list is not closed");
    return list;
}

static struct math_value read_factor(struct math_reader *reader)
{
    struct math_value value;
    char *end;

    if (reader->depth >= DEPTH_MAX)
        fail(reader, "The expression is nested too deeply");
    if (reader->problem != NULL)
        return number_value(reader, 0);
    reader->depth++;
    if (skip(reader, '-')) {
        struct math_value minus = number_value(reader, -1);
        struct math_value of = read_factor(reader);

        value = combine_values(reader, '*', &minus, &of);
    } else if (skip(reader, '(')) {
        value = read_sum(reader);
        if (!skip(reader, ')'))
            fail(reader, "A parenthesis is not closed");
    } else if (skip(reader, '[')) {
        value = read_list(reader);
    } else if (isalpha((unsigned char)*reader->at)) {
        value = read_name(reader);
    } else {
        value = number_value(reader, strtod(reader->at, &end));
        if (end == reader->at || !isdigit((unsigned char)end[-1]))
            fail(reader, "A metric, a number or a function is missing");
        reader->at = end;
    }
    reader->depth--;
    return value;
}

static struct math_value read_product(struct math_reader *reader)
{
    struct math_value value = read_factor(reader);
    char operator;

    while (reader->problem == NULL &&
           (operator = skip(reader, '*') ? '*' : skip(reader, '/') ? '/' : '\0') != '\0') {
        struct math_value next = read_factor(reader);

        value = combine_values(reader, operator, &value, &next);
    }
    return value;
}

static struct math_value read_sum(struct math_reader *reader)
{
    struct math_value value = read_product(reader);
    char operator;

    while (reader->problem == NULL &&
           (operator = skip(reader, '+') ? '+' : skip(reader, '-') ? '-' : '\0') != '\0') {
        struct math_value next = read_product(reader);

        value = combine_values(reader, operator, &value, &next);
    }
    return value;
}

bool math_evaluate(const struct math_book *book, const char *expression,
                   struct math_series *series, const char **problem)
{
    struct math_reader reader = {.book = book, .at = expression};
    struct math_value value = read_sum(&reader);

    while (isspace((unsigned char)*reader.at))
        reader.at++;
    if (*reader.at != '\0')
        fail(&reader, arena_printf(book->arena, "'%s' cannot be read", reader.at));
    if (reader.problem == NULL && (value.is_list || value.items.count != 1))
        fail(&reader, "An expression that gives several time series is not modelled here");
    *problem = reader.problem;
    if (reader.problem != NULL)
        return false;
    *series = value.items.items[0];
    return true;
}
