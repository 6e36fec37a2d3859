/*
 * lesson/class_wall.h - the wall of a class: every learner with a file in the folder, and who needs
 * help first.
 *
 * A learner's console writes its status only when something has changed, so whether it is there at
 * all is asked of the lock on the session file.  Whatever else lies in the folder is shown as what
 * it is, and harms nothing.
 */
#ifndef LESSON_CLASS_WALL_H
#define LESSON_CLASS_WALL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/str.h"
#include "lesson/class_post.h"
#include "lesson/class_status.h"
#include "store/class_folder.h"

enum {
    WALL_ROWS_MAX = 500,
    WALL_SESSIONS_MAX = 60, /* of one user who is not the folder's owner; */
    WALL_WRONG_MAX = 20,    /* and of anybody's files that are no sessions */
    WALL_LOOKED_MAX = 1000, /* of one user's files that are opened in one look */
    WALL_STUCK_S = 300, /* without progress: stuck */
};

/* In the order in which they need help. */
enum wall_state {
    WALL_HAND,  /* raised */
    WALL_STUCK, /* in a step, and nothing was achieved for a while */
    WALL_GONE,  /* the console stopped without an end: killed, a power cut */
    WALL_WRONG, /* the files are not what they should be */
    WALL_WORKS,
    WALL_DONE,  /* with the lesson */
    WALL_LEFT,
};

struct wall_row {
    char *name; /* owned; a good one */
    enum wall_state state;
    int64_t since;     /* seconds since 1970 at which that began; 0: not known */
    bool has_status;
    struct class_status status; /* owned */
    struct str problem; /* WALL_WRONG: a sentence */
    struct class_file session; /* as last looked at */
    struct class_file status_file;
    bool session_fits;
    uint32_t owner; /* of the session, else of the status */
    bool there; /* the console runs */
};

/* A user with files in the folder, in one look. */
struct wall_owner {
    uint32_t number;
    uint32_t sessions; /* rows */
    uint32_t wrong;    /* rows that are none */
    uint32_t looked;
    uint32_t left_out;
};

struct class_wall {
    struct class_folder folder;
    int64_t (*clock)(void); /* ns since 1970 */
    LIST(struct wall_row) rows; /* those that need help first */
    struct class_post post;
    bool gone;      /* the folder is not there */
    bool mute;      /* .class is not to be believed: nobody hears what is sent */
    bool frozen;    /* everybody's time */
    int64_t box;    /* everybody's time box: when it ends; 0: none */
    LIST(struct wall_owner) owners;
    uint32_t nobodys;  /* files named as no learner may be */
    uint32_t left_out; /* for which there is no room: nobody hides others behind many files */
    struct str picture; /* what was shown after the last look */
    int64_t now;    /* of the last look, in s */
};

/* 0 with a wall to be closed, or -1 with a sentence. */
int class_wall_open(struct class_wall *wall, const char *folder, int64_t (*clock)(void),
                    struct str *why);
void class_wall_close(struct class_wall *wall);
/* Looks at the folder.  True when somebody's row, or the order, is another one than before. */
bool class_wall_look(struct class_wall *wall);
/* NULL when there is none of that name. */
const struct wall_row *class_wall_find(const struct class_wall *wall, const char *name);
/* "hand up 2 min: QUESTION", "stuck 9 min: CODE", "at work": appended, as it is. */
void class_wall_state(const struct class_wall *wall, const struct wall_row *row, struct str *out);
/* "30 learners, 2 hands up, 3 stuck; time stands still; 12 min left": appended. */
void class_wall_summary(const struct class_wall *wall, struct str *out);

#endif
