/*
 * tui/race.h - the same workload on several instance types, as a chart: a lane for each.
 */
#ifndef TUI_RACE_H
#define TUI_RACE_H

#include "tui/sheet.h"
#include "tui/view.h"

struct race_part {
    char letter; /* 'c' */
    double seconds;
};

struct race_lane {
    const char *type;  /* "m7i.xlarge" */
    const char *state; /* "running" */
    const char *bottleneck;
    const char *why; /* what that waited for, or why it did not complete */
    double seconds;
    int64_t cost; /* millionths of a dollar */
    LIST(struct race_part) parts;
};

struct race {
    const char *workload; /* "compute"; NULL: there is none */
    const char *state;
    const char *fastest; /* "" while nobody has completed */
    const char *cheapest;
    double longest;      /* seconds */
    char letters[16];    /* of the parts that there are, in their order */
    LIST(struct race_lane) lanes;
};

/* Reads the race of an answer of lab DescribeComparison into the arena; none when it has none. */
void race_read(struct race *race, struct arena *arena, json_t *answer);
/* Rows for it: the ids are "racer:TYPE". */
void race_write(const struct race *race, const struct view_frame *frame, struct sheet *sheet);

#endif
