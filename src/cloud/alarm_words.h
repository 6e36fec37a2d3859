/*
 * cloud/alarm_words.h - what an alarm says about its state, in AWS's words.
 */
#ifndef CLOUD_ALARM_WORDS_H
#define CLOUD_ALARM_WORDS_H

#include "cloud/alarm.h"

/* One period that was looked at. */
struct alarm_point {
    int64_t time; /* when it begins */
    struct metric_amount amount;
    int64_t samples;
    uint8_t kind; /* enum alarm_point_kind */
};

/* An evaluation: points[0] is the newest. */
struct alarm_finding {
    const struct alarm *alarm;
    const struct alarm_point *points;
    uint32_t range;
    struct alarm_verdict verdict;
    int64_t now;
};

/* "Threshold Crossed: 1 datapoint [21.5 (05/01/26 08:01:00)] was greater than the threshold..." */
void alarm_say_reason(const struct alarm_finding *finding, struct str *out);
/* StateReasonData, as JSON. */
void alarm_say_data(const struct alarm_finding *finding, struct str *out);
/* What the history says of a change of state; the data of either may be NULL. */
struct alarm_said {
    uint8_t state;
    const char *reason;
    const char *data;
};
void alarm_say_change(const struct alarm_said *before, const struct alarm_said *after,
                      struct str *out);
/* What the history says of the settings. */
void alarm_say_settings(const struct alarm *alarm, const char *arn, bool created, struct str *out);
/* Text in quotes, as JSON has it. */
void alarm_say_text(struct str *out, const char *text);
/* "21.5", "1.0E-4": as Java prints a double. */
void alarm_say_real(struct str *out, double value);
/* "2026-01-05T08:01:00.000+0000" */
void alarm_say_time(struct str *out, int64_t time);

#endif
