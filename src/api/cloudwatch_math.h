/*
 * api/cloudwatch_math.h - metric math: small expressions over metrics.
 *
 *   (m1 + m2) / 300      SUM([m1, m2])      AVG(METRICS())      FILL(m1, 0)
 *
 * + - * / and parentheses over metrics and numbers; SUM, AVG, MIN and MAX, of one metric a number,
 * of several a metric; ABS, CEIL, FLOOR, PERIOD, FILL with a number.  Others are refused by name.
 */
#ifndef API_CLOUDWATCH_MATH_H
#define API_CLOUDWATCH_MATH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/mem.h"

/* Points by time, the oldest first; or one number for all times. */
struct math_series {
    LIST(int64_t) times;
    LIST(double) values;
    double number;
    int64_t period_s; /* 0: unknown */
    bool is_number;
};

struct math_query {
    const char *id;
    struct math_series series;
    bool is_metric; /* METRICS() takes it */
};

struct math_book {
    struct arena *arena;
    const struct math_query *queries; /* those that are known already */
    uint32_t count;
};

/* What an expression comes to.  False, and why in *problem. */
bool math_evaluate(const struct math_book *book, const char *expression,
                   struct math_series *series, const char **problem);

#endif
