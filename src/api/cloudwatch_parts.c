/*
 * api/cloudwatch_parts.c - what the rooms of the service cloudwatch share: dimensions, numbers,
 * windows of time.
 */
#include "api/cloudwatch_parts.h"

#include <math.h>
#include <string.h>

#include "base/str.h"

const char *const cloudwatch_order_words[] = {"TimestampDescending", "TimestampAscending", NULL};

static const struct field dimension_fields[] = {
    F_STRING(struct dimension_view, name, "Name", "Of what: InstanceId.", .flags = FIELD_REQUIRED),
    F_STRING(struct dimension_view, value, "Value", "Which one.", .flags = FIELD_REQUIRED),
};

const struct shape dimension_view_shape =
    SHAPE("Dimension", struct dimension_view, dimension_fields);

struct metric_name cloudwatch_metric_name(struct call *call, const char *space, const char *name,
                                          const struct dimension_views *dimensions)
{
    struct metric_name full = {
        .account = call->account,
        .region = call->region,
        .space = space,
        .name = name,
    };

    for (uint32_t i = 0; i < dimensions->count; i++)
        *LIST_PUSH_IN(&call->arena, &full.dimensions) = (struct metric_dimension){
            .name = dimensions->items[i].name,
            .value = dimensions->items[i].value,
        };
    return full;
}

void cloudwatch_view_dimensions(struct call *call, const struct metric_dimension *dimensions,
                                uint32_t count, struct dimension_views *views)
{
    for (uint32_t i = 0; i < count; i++)
        *LIST_PUSH_IN(&call->arena, views) =
            (struct dimension_view){dimensions[i].name, dimensions[i].value};
}

static bool has_dimension(const struct metric_name *name, const struct metric_dimension *wanted)
{
    for (uint32_t i = 0; i < name->dimensions.count; i++) {
        if (str_equal(name->dimensions.items[i].name, wanted->name) &&
            str_equal(name->dimensions.items[i].value, wanted->value))
            return true;
    }
    return false;
}

bool cloudwatch_same_dimensions(const struct metric *metric, const struct metric_name *name)
{
    bool same = metric->dimensions.count == name->dimensions.count;

    for (uint32_t i = 0; i < metric->dimensions.count && same; i++)
        same = has_dimension(name, &metric->dimensions.items[i]);
    return same;
}

int64_t cloudwatch_time(int64_t time)
{
    return time - time % MILLISECOND_NS;
}

bool cloudwatch_fixed(double real, int64_t *fixed)
{
    double scaled = real * (double)CLOUDWATCH_SCALE;

    if (!(fabs(scaled) < 9e18))
        return false;
    *fixed = llround(scaled);
    return (double)*fixed / (double)CLOUDWATCH_SCALE == real;
}

int64_t cloudwatch_window_start(const struct call *call, int64_t start, int64_t period_s)
{
    int64_t age = call->world->sim.now - start;
    int64_t grain_s = age > 63 * DAY_NS   ? 3600
                      : age > 15 * DAY_NS ? 300
                      : period_s < 60     ? period_s
                                          : 60;

    return start - start % (grain_s * SECOND_NS);
}

const struct fault_kind fault_cloudwatch_value = {
    .code = "InvalidParameterValue",
    .text = "{}",
    .hint = "The message names the parameter and what it may be.",
};
const struct fault_kind fault_cloudwatch_combination = {
    .code = "InvalidParameterCombination",
    .text = "{}",
    .hint = "The message names the parameters that do not go together.",
};
const struct fault_kind fault_cloudwatch_missing = {
    .code = "MissingParameter",
    .text = "{}",
    .hint = "The message names the parameter that is needed.",
};
