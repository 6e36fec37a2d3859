/*
 * api/cloudwatch_metric_options.c - the options that the AWS CLI adds to put-metric-data.
 *
 * One simple value needs no --metric-data: --metric-name, --timestamp, --unit, --value,
 * --dimensions NAME=VALUE,…, --statistic-values NAME=NUMBER,… and --storage-resolution become a
 * MetricData of one item.  True to aws-cli's behaviour as measured.
 */
#include "api/cloudwatch_metric_options.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "base/str.h"
#include "api/option_value.h"

/* No struct lies behind it: the values are read as JSON. */
struct metric_words {
    const char *name;
    const char *timestamp;
    const char *unit;
    const char *value;
    const char *dimensions;
    const char *statistics;
    const char *resolution;
};

static const struct field option_fields[] = {
    F_STRING(struct metric_words, name, "MetricName", "The name of the metric.",
             .flags = FIELD_CLI_ONLY),
    F_STRING(struct metric_words, timestamp, "Timestamp", "When it was so; else now.",
             .flags = FIELD_CLI_ONLY),
    F_STRING(struct metric_words, unit, "Unit", "In which unit: Bytes, Count, Seconds.",
             .flags = FIELD_CLI_ONLY),
    F_STRING(struct metric_words, value, "Value", "The number.", .flags = FIELD_CLI_ONLY),
    F_STRING(struct metric_words, dimensions, "Dimensions",
             "Of what it is: NAME=VALUE, several with commas between.", .flags = FIELD_CLI_ONLY),
    F_STRING(struct metric_words, statistics, "StatisticValues",
             "Several values in four numbers: Sum=,Minimum=,Maximum=,SampleCount=.",
             .flags = FIELD_CLI_ONLY),
    F_STRING(struct metric_words, resolution, "StorageResolution",
             "How finely it is kept, in seconds: 1 or 60.", .flags = FIELD_CLI_ONLY),
};

static const struct shape option_shape =
    SHAPE("PutMetricDataOptions", struct metric_words, option_fields);

/* As the options' names stand in the refusal: with an underscore. */
static const char *const exclusive[][2] = {
    {"MetricName", "metric_name"}, {"Timestamp", "timestamp"},
    {"Unit", "unit"},              {"Value", "value"},
    {"Dimensions", "dimensions"},  {"StatisticValues", "statistic_values"},
};

static int refuse_mixture(const json_t *given, struct str *message)
{
    if (json_object_get(given, "MetricData") == NULL)
        return 0;
    for (size_t i = 0; i < sizeof(exclusive) / sizeof(exclusive[0]); i++) {
        if (json_object_get(given, exclusive[i][0]) == NULL)
            continue;
        str_addf(message,
                 "The key \"%s\" cannot be specified when one of the following keys are also "
                 "specified: metric_data",
                 exclusive[i][1]);
        return -1;
    }
    return 0;
}

static json_t *first_item(json_t *params)
{
    json_t *list = json_object_get(params, "MetricData");

    if (list == NULL) {
        list = json_pack("[{}]");
        json_object_set_new(params, "MetricData", list);
    }
    return json_array_get(list, 0);
}

static bool read_number(const char *text, double *number)
{
    char *end;

    *number = strtod(text, &end);
    return end != text && *end == '\0';
}

static int refuse_number(const char *text, struct str *message)
{
    str_addf(message, "'%s' is not a number", text);
    return -1;
}

static int put_number(json_t *object, const char *name, const char *text, struct str *message)
{
    double number;

    if (!read_number(text, &number))
        return refuse_number(text, message);
    json_object_set_new(object, name, json_real(number));
    return 0;
}

/* What is done with one NAME=VALUE of a list. */
typedef int pair_put(json_t *list, const char *name, const char *value, struct str *message);

static int put_dimension(json_t *list, const char *name, const char *value, struct str *message)
{
    (void)message;
    json_array_append_new(list, json_pack("{s:s, s:s}", "Name", name, "Value", value));
    return 0;
}

static int put_pairs(json_t *list, const char *text, pair_put *put, struct str *message)
{
    char *copy = xstrdup(text);
    int status = 0;

    for (char *at = copy, *next; at != NULL && status == 0; at = next) {
        char *comma = strchr(at, ',');
        char *equals;

        next = comma == NULL ? NULL : comma + 1;
        if (comma != NULL)
            *comma = '\0';
        equals = strchr(at, '=');
        if (equals == NULL || strchr(equals + 1, '=') != NULL) {
            str_addf(message, "Expected NAME=VALUE, received: '%s'", at);
            status = -1;
        } else {
            *equals = '\0';
            status = put(list, at, equals + 1, message);
        }
    }
    free(copy);
    return status;
}

static int put_resolution(json_t *item, const char *text, struct str *message)
{
    int64_t seconds;

    if (!option_value_integer(text, &seconds))
        return refuse_number(text, message);
    json_object_set_new(item, "StorageResolution", json_integer(seconds));
    return 0;
}

static int put_option(json_t *item, const char *name, const char *text, struct str *message)
{
    json_t *list;

    if (strcmp(name, "Value") == 0)
        return put_number(item, name, text, message);
    if (strcmp(name, "StorageResolution") == 0)
        return put_resolution(item, text, message);
    if (strcmp(name, "Dimensions") == 0) {
        list = json_array();
        json_object_set_new(item, name, list);
        return put_pairs(list, text, put_dimension, message);
    }
    if (strcmp(name, "StatisticValues") == 0) {
        list = json_object();
        json_object_set_new(item, name, list);
        return put_pairs(list, text, put_number, message);
    }
    json_object_set_new(item, name, json_string(text));
    return 0;
}

static int apply_options(const json_t *given, json_t *params, struct str *message)
{
    for (size_t i = 0; i < option_shape.count; i++) {
        const char *name = option_fields[i].name;
        const char *text = json_string_value(json_object_get(given, name));

        if (text != NULL && put_option(first_item(params), name, text, message) != 0)
            return -1;
    }
    return 0;
}

const struct cli_extra metric_options = {
    .options = &option_shape,
    .check = refuse_mixture,
    .apply = apply_options,
};
