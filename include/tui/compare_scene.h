/*
 * tui/compare_scene.h - the worlds of the last comparison at one moment: one scene for the view in
 * AWS's words and the one of the coffee shops.
 *
 * Each world's own part is the scene of the balancing view (tui/balancing_scene), so that its
 * numbers are the same in both skins.
 */
#ifndef TUI_COMPARE_SCENE_H
#define TUI_COMPARE_SCENE_H

#include "tui/balancing_scene.h"
#include "tui/race.h"

/* What became of all requests of one world, of the result table; a time is in ms. */
struct compare_result {
    int64_t completed;
    int64_t errors; /* of these, with a status of 500 or more */
    int64_t failed;
    double p50;
    double p90;
    double p99;
    double max;
    double spread;     /* of the shares, 0 to 1; < 0: none */
    const char *codes; /* "200 \xc3\x97 2341  503 \xc3\x97 12" */
};

struct compare_world {
    const char *name;
    struct balancing_scene moment; /* of the moment that is shown; owned */
    LIST(int64_t) in_flight;       /* at each moment; in the arena */
    struct compare_result result;
};

struct compare_scene {
    struct arena arena;
    const char *url;   /* "": nothing was compared */
    const char *state; /* "running" */
    double rate;       /* requests a second */
    double duration_s;
    uint32_t count;       /* of moments so far */
    uint32_t moment;      /* that is shown */
    double second;        /* when that is */
    int64_t most;         /* in flight, in any world at any moment */
    bool follows;         /* the newest is shown */
    double wish;          /* the second that was asked for; < 0: none */
    LIST(struct compare_world) worlds;
    struct race race;     /* instead of worlds: of a workload */
};

/* The functions of struct view_ops that both views share.  The argument: a second, "30". */
void *compare_open(const char *argument);
void compare_refresh(void *scene, const struct view_source *source);
void compare_step(void *scene, int moments);
void compare_command(const void *scene, const char *id, struct str *command);
void compare_close(void *scene);

#endif
