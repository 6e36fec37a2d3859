/*
 * cloud/topic_retry.c - SNS: how often and how far apart a delivery over HTTP is tried again.
 *
 *   first try | no delay | the least delay | from the least to the most | the most
 *             | numNoDelayRetries          | all the others             | numMaxDelayRetries
 *                        | numMinDelayRetries
 *
 * A policy of the subscription goes before the topic's, unless the topic's says
 * disableSubscriptionOverrides; what neither says is SNS's own: 3 retries, 20 s apart.
 *
 * True to the developer guide, "Creating an HTTP/S delivery policy".  How the four functions rise
 * is drawn there and not written: linear rises by equal steps, arithmetic by steps that grow
 * equally, geometric by equal factors, exponential doubles until it has reached the most.
 */
#include "cloud/topic_parts.h"

#include <string.h>

#include "base/str.h"

const char *const topic_backoff_words[] = {"linear", "arithmetic", "geometric", "exponential"};

struct number {
    const char *name;
    size_t at;
    int64_t least;
    int64_t most;
};

#define NUMBER(name_, member, least_, most_)                                                       \
    {                                                                                              \
        name_, offsetof(struct topic_retry, member), least_, most_                                 \
    }

static const struct number numbers[] = {
    NUMBER("minDelayTarget", least_s, 1, TOPIC_RETRY_S),
    NUMBER("maxDelayTarget", most_s, 1, TOPIC_RETRY_S),
    NUMBER("numRetries", retries, 0, 100),
    NUMBER("numMaxDelayRetries", at_most, 0, 100),
    NUMBER("numNoDelayRetries", at_once, 0, 100),
    NUMBER("numMinDelayRetries", at_least, 0, 100),
};

enum { NUMBERS = sizeof(numbers) / sizeof(numbers[0]), BACKOFFS = 4 };

static int64_t *number_in(struct topic_retry *retry, const struct number *number)
{
    return (int64_t *)(void *)((char *)retry + number->at);
}

const struct topic_retry topic_retry_default = {
    .least_s = 20,
    .most_s = 20,
    .retries = 3,
    .backoff = TOPIC_LINEAR,
};

/* ---- waiting ---- */

/* base * (most / least) ^ (step / steps), in whole seconds, by the middle of its logarithm. */
static int64_t between_ms(int64_t least, int64_t most, int64_t step, int64_t steps)
{
    /* factor^steps = most / least: the factor, in millionths, by halving. */
    int64_t low = 1000000;
    int64_t high = 1000000 * (most / least + 1);
    int64_t value = least * 1000;

    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        int64_t reached = least * 1000;

        for (int64_t i = 0; i < steps && reached <= most * 1000; i++)
            reached = reached * middle / 1000000;
        if (reached <= most * 1000)
            low = middle;
        else
            high = middle;
    }
    for (int64_t i = 0; i < step; i++)
        value = value * low / 1000000;
    return value > most * 1000 ? most * 1000 : value;
}

static int64_t doubled_ms(int64_t least, int64_t most, int64_t step)
{
    int64_t value = least;

    for (int64_t i = 0; i < step && value < most; i++)
        value *= 2;
    return (value > most ? most : value) * 1000;
}

int64_t topic_retry_ms(const struct topic_retry *retry, int64_t number)
{
    int64_t rising = retry->retries - retry->at_once - retry->at_least - retry->at_most;
    int64_t step = number - 1 - retry->at_once - retry->at_least; /* of the rising ones, from 0 */
    int64_t span_ms = (retry->most_s - retry->least_s) * 1000;

    if (number <= retry->at_once)
        return 0;
    if (step < 0)
        return retry->least_s * 1000;
    if (step >= rising)
        return retry->most_s * 1000;
    if (rising == 1 || span_ms == 0)
        return retry->least_s * 1000;
    switch (retry->backoff) {
    case TOPIC_ARITHMETIC:
        return retry->least_s * 1000 + span_ms * step * (step + 1) / (rising * (rising - 1));
    case TOPIC_GEOMETRIC:
        return between_ms(retry->least_s, retry->most_s, step, rising - 1);
    case TOPIC_EXPONENTIAL:
        return doubled_ms(retry->least_s, retry->most_s, step);
    default:
        return retry->least_s * 1000 + span_ms * step / (rising - 1);
    }
}

/* ---- reading ---- */

static int backoff_of(const char *word)
{
    for (int i = 0; i < BACKOFFS; i++)
        if (str_equal(word, topic_backoff_words[i]))
            return i;
    return -1;
}

/* What the JSON says goes over what is there; nonsense was refused when it was given. */
static void read_over(const json_t *json, struct topic_retry *retry)
{
    int backoff = backoff_of(json_string_value(json_object_get(json, "backoffFunction")));

    for (size_t i = 0; i < NUMBERS; i++) {
        const json_t *value = json_object_get(json, numbers[i].name);

        if (json_is_integer(value))
            *number_in(retry, &numbers[i]) = json_integer_value(value);
    }
    if (backoff >= 0)
        retry->backoff = (uint8_t)backoff;
}

void topic_retry_read(const char *topic_policy, const char *own_policy, struct topic_retry *retry)
{
    json_t *all = topic_policy == NULL ? NULL : json_loads(topic_policy, 0, NULL);
    json_t *own = own_policy == NULL ? NULL : json_loads(own_policy, 0, NULL);
    const json_t *http = json_object_get(all, "http");

    *retry = topic_retry_default;
    read_over(json_object_get(http, "defaultHealthyRetryPolicy"), retry);
    if (!json_is_true(json_object_get(http, "disableSubscriptionOverrides")))
        read_over(json_object_get(own, "healthyRetryPolicy"), retry);
    json_decref(all);
    json_decref(own);
}

/* ---- checking ---- */

static int refuse_range(const struct number *number, int64_t value, const char *where,
                        struct str *why)
{
    if (value < number->least)
        str_addf(why, "DeliveryPolicy: %s.%s must be greater than or equal to %lld", where,
                 number->name, (long long)number->least);
    else if (value > number->most)
        str_addf(why, "DeliveryPolicy: %s.%s must be less than or equal to %lld", where,
                 number->name, (long long)number->most);
    return str_text(why)[0] == '\0' ? 0 : -1;
}

static int check_numbers(const json_t *json, const char *where, struct str *why)
{
    for (size_t i = 0; i < NUMBERS; i++) {
        const json_t *value = json_object_get(json, numbers[i].name);

        if (value == NULL)
            continue;
        if (!json_is_integer(value)) {
            str_addf(why, "DeliveryPolicy: %s.%s must be an integer", where, numbers[i].name);
            return -1;
        }
        if (refuse_range(&numbers[i], json_integer_value(value), where, why) != 0)
            return -1;
    }
    return 0;
}

static int check_whole(const struct topic_retry *retry, const char *where, struct str *why)
{
    int64_t total_ms = 0;

    if (retry->most_s < retry->least_s)
        str_addf(why,
                 "DeliveryPolicy: %s.maxDelayTarget must be greater than or equal to "
                 "minDelayTarget",
                 where);
    else if (retry->at_once + retry->at_least + retry->at_most > retry->retries)
        str_addf(why,
                 "DeliveryPolicy: %s.numRetries must be greater than or equal to total of "
                 "numMinDelayRetries, numNoDelayRetries and numMaxDelayRetries",
                 where);
    for (int64_t i = 1; i <= retry->retries && str_text(why)[0] == '\0'; i++)
        total_ms += topic_retry_ms(retry, i);
    if (total_ms > TOPIC_RETRY_S * 1000)
        str_addf(why,
                 "DeliveryPolicy: %s: the total of all delays must be less than or equal to "
                 "%d",
                 where, TOPIC_RETRY_S);
    return str_text(why)[0] == '\0' ? 0 : -1;
}

int topic_retry_check(const json_t *json, const char *where, struct str *why)
{
    struct topic_retry retry = topic_retry_default;
    const json_t *backoff = json_object_get(json, "backoffFunction");
    const char *name;
    json_t *value;

    if (!json_is_object(json)) {
        str_addf(why, "DeliveryPolicy: %s must be a JSON map", where);
        return -1;
    }
    json_object_foreach ((json_t *)(uintptr_t)json, name, value) {
        bool known = strcmp(name, "backoffFunction") == 0;

        for (size_t i = 0; i < NUMBERS && !known; i++)
            known = strcmp(name, numbers[i].name) == 0;
        if (known)
            continue;
        str_addf(why, "DeliveryPolicy: Unexpected JSON member: %s.%s", where, name);
        return -1;
    }
    if (backoff != NULL && backoff_of(json_string_value(backoff)) < 0) {
        str_addf(why,
                 "DeliveryPolicy: %s.backoffFunction must be one of linear, arithmetic, "
                 "geometric or exponential",
                 where);
        return -1;
    }
    if (check_numbers(json, where, why) != 0)
        return -1;
    read_over(json, &retry);
    return check_whole(&retry, where, why);
}

json_t *topic_retry_json(const struct topic_retry *retry)
{
    return json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:s}", "minDelayTarget", (json_int_t)retry->least_s,
                     "maxDelayTarget", (json_int_t)retry->most_s, "numRetries",
                     (json_int_t)retry->retries, "numMaxDelayRetries", (json_int_t)retry->at_most,
                     "numNoDelayRetries", (json_int_t)retry->at_once, "numMinDelayRetries",
                     (json_int_t)retry->at_least, "backoffFunction",
                     topic_backoff_words[retry->backoff]);
}
