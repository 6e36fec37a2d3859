/*
 * lesson/seat.h - a learner's place in a class: what their console tells the wall, and what comes
 * from the instructor.
 *
 * The floor above calls seat_look() often (it looks at the clock first, and does its work a few
 * times a second), seat_take() between two commands, and shows what seat_take_news() and
 * seat_note() give.  Nothing here waits for the disk, and nothing that goes wrong with the folder
 * stops the learner: it is said once.
 */
#ifndef LESSON_SEAT_H
#define LESSON_SEAT_H

#include <stdbool.h>
#include <stdint.h>

#include "api/word.h"
#include "base/str.h"
#include "lesson/class_post.h"
#include "lesson/class_status.h"
#include "store/class_folder.h"

struct runner;
struct shell;

struct seat_options {
    const char *folder;     /* of the class */
    const char *name;       /* the learner's: class_name_check() found it good */
    int64_t (*clock)(void); /* the clock of the wall, ns since 1970 */
};

struct seat {
    struct shell *shell;   /* borrowed, as is the next */
    struct runner *runner;
    struct class_folder folder;
    char *name; /* owned */
    int64_t (*clock)(void);
    struct class_status status;
    struct str written;    /* the status file as it was written last */
    int64_t written_ns;    /* and when; */
    int64_t looked_ns;     /* when the folder was last looked at */
    struct class_post post;
    struct class_messages arrived; /* that were not taken yet */
    int64_t retry_ns;      /* a message could not be journalled: not before this */
    int64_t lesson_since;  /* the present lesson's minutes are counted from here, in s */
    uint32_t minutes;      /* and to these */
    uint64_t done;         /* how far the learner is, as a number that grows */
    bool box_over;         /* the end of the box is journalled */
    bool began;            /* what a kill interrupted was done again */
    bool busy;             /* a message is being done */
    bool waits;            /* it was said that the present command waits */
    bool watched;          /* the instructor looks at a copy now */
    bool broken;           /* the folder takes nothing; it was said */
    struct str news;
    struct str note;
};

/* 0, or -1 with a sentence (there is no such folder). */
int seat_init(struct seat *seat, const struct seat_options *options, struct shell *shell,
              struct runner *runner, struct str *why);
/* Writes that the learner has left. */
void seat_release(struct seat *seat);

/* Appends why a session cannot be opened, if the class knows: whose the name is; that there is no
 * class. */
void seat_add_reason(const struct seat_options *options, struct str *why);

/* Looks at the folder and tells the wall, if it is time to. */
void seat_look(struct seat *seat);
/* Between two commands: takes what has arrived, each message journalled first.  True when the world
 * may have changed. */
bool seat_take(struct seat *seat);
/* Within a command: shows what has arrived and needs no world; seat_take() journals it later. */
void seat_hear(struct seat *seat);
/* The present command waits for time that the instructor has stopped: says so, once. */
void seat_wait(struct seat *seat);
/* A reset has arrived for a learner whose command waits for time that stands still: the command is
 * to be given up. */
bool seat_calls_away(const struct seat *seat);
/* Appends what there is to say, a line each; false when there is nothing. */
bool seat_take_news(struct seat *seat, struct str *out);
/* A few words for the status line, the most important first; "" for none.  Borrowed. */
const char *seat_note(struct seat *seat);
/* The instructor has stopped time: nothing may pass. */
bool seat_is_frozen(const struct seat *seat);

/* hand.  Their owner is a struct seat. */
extern const struct word seat_words[];

#endif
