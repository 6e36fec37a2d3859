/*
 * api/autoscaling_metrics.c - enable- and disable-metrics-collection,
 * describe-metric-collection-types.
 */
#include "api/autoscaling_parts.h"

#include "base/str.h"

#define GRANULARITY "1Minute"

/* ---- EnableMetricsCollection, DisableMetricsCollection ---- */

struct metrics_in {
    const char *group;
    struct strings metrics;
    const char *granularity; /* EnableMetricsCollection only */
};

#define F_METRICS                                                                                  \
    F_STRINGS(struct metrics_in, metrics, "Metrics",                                               \
              "Which: GroupDesiredCapacity, GroupInServiceInstances and so on; all unless you "    \
              "say so.")

static const struct field enable_fields[] = {
    F_GROUP_NAME(struct metrics_in, group),
    F_METRICS,
    F_STRING(struct metrics_in, granularity, "Granularity",
             "How often a point is told: " GRANULARITY ", there is nothing else.",
             .flags = FIELD_REQUIRED),
};
static const struct shape enable_shape =
    SHAPE("EnableMetricsCollectionQuery", struct metrics_in, enable_fields);

static const struct field disable_fields[] = {
    F_GROUP_NAME(struct metrics_in, group),
    F_METRICS,
};
static const struct shape disable_shape =
    SHAPE("DisableMetricsCollectionQuery", struct metrics_in, disable_fields);

static const struct fault_kind *const faults[] = {
    &fault_scaling_validation,
    NULL,
};

/* The metrics as bits; none: all.  0, or -1 after a fault. */
static int metrics_read(struct call *call, const struct strings *words, uint32_t *bits)
{
    *bits = words->count == 0 ? UINT32_MAX : 0;
    for (uint32_t i = 0; i < words->count; i++) {
        const char *word = words->items[i];
        uint8_t metric = scaling_word(scaling_metric_words, word);

        if (metric == 0 && (str_starts(word, "WarmPool") || str_starts(word, "GroupAndWarmPool")))
            return scaling_refusef(&call->fault,
                                   "The metric %s is real at AWS, but warm pools are not modelled",
                                   word);
        if (metric == 0)
            return scaling_refusef(&call->fault, "%s is not a valid metric type", word);
        *bits |= UINT32_C(1) << metric;
    }
    return 0;
}

static int enable(struct call *call, const void *input, void *output)
{
    const struct metrics_in *in = input;
    struct scaling_group *group = group_named(call, in->group);
    uint32_t bits;

    (void)output;
    if (group == NULL || metrics_read(call, &in->metrics, &bits) != 0)
        return -1;
    if (!str_equal(in->granularity, GRANULARITY))
        return scaling_refusef(&call->fault, "%s is not a valid granularity; it is " GRANULARITY,
                               in->granularity);
    group->metrics |= bits;
    return 0;
}

const struct op op_enable_metrics_collection = {
    .name = "EnableMetricsCollection",
    .doc = "Makes a group tell CloudWatch each minute how many instances it has and wants.",
    .example = "aws autoscaling enable-metrics-collection --auto-scaling-group-name web "
               "--granularity 1Minute",
    .needs = NEEDS_SCALING_GROUP,
    .in = &enable_shape,
    .out = &shape_empty,
    .faults = faults,
    .flags = OP_WRITE,
    .run = enable,
};

static int disable(struct call *call, const void *input, void *output)
{
    const struct metrics_in *in = input;
    struct scaling_group *group = group_named(call, in->group);
    uint32_t bits;

    (void)output;
    if (group == NULL || metrics_read(call, &in->metrics, &bits) != 0)
        return -1;
    group->metrics &= ~bits;
    return 0;
}

const struct op op_disable_metrics_collection = {
    .name = "DisableMetricsCollection",
    .doc = "Makes a group tell CloudWatch nothing of its size any more, or not all.",
    .example = "aws autoscaling disable-metrics-collection --auto-scaling-group-name web "
               "--metrics GroupTotalCapacity",
    .needs = NEEDS_SCALING_GROUP,
    .in = &disable_shape,
    .out = &shape_empty,
    .faults = faults,
    .flags = OP_WRITE,
    .run = disable,
};

/* ---- DescribeMetricCollectionTypes ---- */

struct word_view {
    const char *word;
};

struct types_out {
    LIST(struct word_view) metrics;
    LIST(struct word_view) granularities;
};

static const struct field metric_fields[] = {
    F_STRING(struct word_view, word, "Metric", "The name of the metric."),
};
static const struct shape metric_type_shape =
    SHAPE("MetricCollectionType", struct word_view, metric_fields);

static const struct field granularity_fields[] = {
    F_STRING(struct word_view, word, "Granularity", "How often a point is told."),
};
static const struct shape granularity_shape =
    SHAPE("MetricGranularityType", struct word_view, granularity_fields);

static const struct field types_fields[] = {
    F_LIST(struct types_out, metrics, struct word_view, &metric_type_shape, "Metrics",
           "What groups can tell CloudWatch."),
    F_LIST(struct types_out, granularities, struct word_view, &granularity_shape, "Granularities",
           "How often."),
};
static const struct shape types_shape =
    SHAPE("DescribeMetricCollectionTypesAnswer", struct types_out, types_fields);

static int describe_types(struct call *call, const void *input, void *output)
{
    struct types_out *out = output;

    (void)input;
    for (uint32_t i = 1; scaling_metric_words[i] != NULL; i++)
        LIST_PUSH_IN(&call->arena, &out->metrics)->word = scaling_metric_words[i];
    LIST_PUSH_IN(&call->arena, &out->granularities)->word = GRANULARITY;
    return 0;
}

const struct op op_describe_metric_collection_types = {
    .name = "DescribeMetricCollectionTypes",
    .doc = "Lists what groups can tell CloudWatch.",
    .example = "aws autoscaling describe-metric-collection-types",
    .in = &shape_empty,
    .out = &types_shape,
    .run = describe_types,
};
