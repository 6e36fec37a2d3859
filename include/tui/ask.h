/*
 * tui/ask.h - views' questions, answered by the operations; each once for each state of the world.
 */
#ifndef TUI_ASK_H
#define TUI_ASK_H

#include "shell/session.h"
#include "tui/view.h"

/* What the world looked like: different stamps may mean different answers. */
struct ask_stamp {
    uint64_t trail;
    int64_t seconds;
    int64_t row;
    uint64_t tray;  /* what lies on the session's tray */
    uint64_t asked; /* changes by ask_forget() */
};

struct ask_kept {
    char *question; /* owned */
    json_t *answer; /* owned; NULL: refused */
};

struct ask {
    struct session *session; /* borrowed */
    struct view_source source;
    LIST(struct ask_kept) kept;
    struct ask_stamp stamp; /* of what is kept */
    uint64_t asked;
};

void ask_init(struct ask *ask, struct session *session);
void ask_release(struct ask *ask);
/* The source for views; its Region is the session's now. */
const struct view_source *ask_source(struct ask *ask);
struct ask_stamp ask_stamp(const struct ask *ask);
/* Something has changed that no stamp shows. */
void ask_forget(struct ask *ask);

#endif
