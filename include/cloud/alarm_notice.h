/*
 * cloud/alarm_notice.h - what an alarm tells a topic when its state has changed.
 */
#ifndef CLOUD_ALARM_NOTICE_H
#define CLOUD_ALARM_NOTICE_H

#include "base/mem.h"
#include "cloud/alarm.h"

/* A change of state: of whom, from which, and where. */
struct alarm_notice {
    const struct alarm *alarm;
    const char *arn;
    const char *place; /* "US East (N. Virginia)" */
    uint8_t before;    /* enum alarm_state */
};

/* All in the arena.  `ALARM: "busy" in US East (N. Virginia)`, cut to what a subject may be. */
const char *alarm_notice_subject(const struct alarm_notice *notice, struct arena *arena);
/* The JSON that topics publish. */
const char *alarm_notice_json(const struct alarm_notice *notice, struct arena *arena);
/* What a mailbox gets in its place. */
const char *alarm_notice_mail(const struct alarm_notice *notice, struct arena *arena);

#endif
