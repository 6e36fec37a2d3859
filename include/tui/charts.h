/*
 * tui/charts.h - charts over simulated time: what CloudWatch shows of the last hour, and alarms.
 */
#ifndef TUI_CHARTS_H
#define TUI_CHARTS_H

#include "base/list.h"
#include "base/mem.h"
#include "tui/view.h"

enum { CHARTS_MINUTES = 65 };

enum charts_unit { CHARTS_COUNT, CHARTS_SECONDS, CHARTS_PERCENT };

/* One metric: a value for each minute, not a number where there is none. */
struct charts_line {
    const char *label;
    uint8_t unit;  /* enum charts_unit */
    bool is_bad;   /* errors: any is worth a look */
    double values[CHARTS_MINUTES]; /* the oldest first */
};

/* What belongs to one balancer, to all groups, or to all instances. */
struct charts_block {
    const char *title;
    const char *id; /* of the row: "balancer:app/web/..", or NULL */
    bool last;      /* below the alarms */
    LIST(struct charts_line) lines;
};

struct charts_alarm {
    const char *name;
    const char *label; /* the name, or what of it can be told apart in a few columns */
    const char *state;
    const char *reason;
    char marks[CHARTS_MINUTES + 1]; /* '!' it alarms from here on, 'o' it is OK, '?', ' ' */
};

struct charts_scene {
    struct arena arena;
    int64_t start; /* of the first minute */
    int64_t now;
    LIST(struct charts_block) blocks;
    LIST(struct charts_alarm) alarms;
};

extern const struct view_ops view_charts;

#endif
