/*
 * lesson/film_parts.h - what the files of the room `film` share.
 */
#ifndef LESSON_FILM_PARTS_H
#define LESSON_FILM_PARTS_H

#include "base/list.h"
#include "lesson/list.h"
#include "shell/logbook.h"

struct store;
struct str;

struct film_scene {
    char *line; /* owned */
    bool typed; /* else it was made of a row of the journal */
    bool instructed; /* an instructor sent it */
    uint32_t entry; /* of the logbook */
    int status;
    struct logbook_place before;
    struct logbook_place after;
    int64_t wait_ms; /* on the wall, since the line before; 0: not known */
    char *chapter;   /* what begins here; owned; NULL: nothing does */
};

struct film_script {
    LIST(struct film_scene) scenes;
    LIST(uint32_t) scene_of; /* of each entry of the logbook that is a note: when it was noted;
                                UINT32_MAX of the others */
    LIST(bool) told;         /* of each entry: the runner knows it */
};

/* Makes the scenes and their chapters out of the logbook or, where it has no lines, the journal. */
void film_script_make(struct film_script *script, struct store *store,
                      const struct logbook *logbook, struct lesson_list *lessons);
void film_script_release(struct film_script *script);

/* ---- film_time.c ---- */

/* Where a film stands. */
struct film_now {
    uint32_t scene; /* the number of scenes: at the end */
    int64_t time;   /* simulated, ns */
};

/* From where the wait before a line was: the end of the line before, or the line's own beginning
 * when nothing joins the two. */
const struct logbook_place *film_wait_begin(const struct film_script *script, uint32_t scene);
/* The scene that holds a time: the next one from here on, or the last one before when the time is
 * earlier than now.  False: none does. */
bool film_find_time(const struct film_script *script, const struct film_now *now, int64_t time,
                    uint32_t *scene);
/* Reads "12:30", "12:30:15" (of the day that the film shows, else of the nearest that has it), or
 * ISO 8601.  False with a sentence when it is no time, or none of the film. */
bool film_read_time(const struct film_script *script, const struct film_now *now, const char *text,
                    int64_t *time, struct str *why);

/* "aws ec2 run-instances --cli-input-json '{...}'": what a row says, as the CLI would take it, for
 * the caller to free; NULL when it is no call of an operation. */
struct store_entry;
char *film_row_line(const struct store_entry *entry);
/* What the learner was told by a row that an instructor sent, for the caller to free; NULL when it
 * is none. */
char *film_row_arrival(const struct store_entry *entry);

#endif
