/*
 * tui/view.h - what a view is: a table entry that turns answers of operations into a scene, and a
 * scene into rows.
 *
 * Things to do to add a view:
 *   1. a room tui/view_NAME.c that exports one const struct view_ops: the scene (what is there,
 *      named) is built by refresh() from answers only, and written as rows by rows();
 *   2. its line in tui/views.c; a key in tui/keys.c, if it has one;
 *   3. a golden picture per size: tests/view/views_test.c lists the views.
 *
 * A view never walks the world: it asks operations, as the learner would, so that every number on
 * the screen is one that a command answers too.
 */
#ifndef TUI_VIEW_H
#define TUI_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/mem.h"
#include "tui/sheet.h"

/* A read operation to be asked. */
struct view_question {
    const char *service;
    const char *op;     /* "DescribeInstances" */
    const char *region; /* NULL: the session's */
    json_t *params;     /* borrowed; NULL: none */
};

/* Where views get what they show. */
struct view_source {
    void *context;
    /* The answer, as a new reference that is not to be changed; NULL when it is refused or not
     * offered. */
    json_t *(*ask)(void *context, const struct view_question *question);
    const char *region; /* the session's; borrowed */
};

/* How much room the rows have, and what the person asked to see. */
struct view_frame {
    int cols;
    int rows;
    bool plain;         /* read line by line: nothing stands side by side */
    bool mono;          /* colours cannot be told apart */
    const char *filter; /* rows of lists that hold this only; "" for all */
};

/* What a menu says of a row that was chosen: the console is to type its command; it was taken; it
 * was taken, and other rows stand there now. */
enum view_choice { VIEW_NOT_MINE, VIEW_TAKEN, VIEW_TURNED };

struct view_ops {
    const char *name;  /* as the word `view` takes it: "hosts" */
    const char *title; /* in the frame */
    const char *doc;   /* one sentence */
    /* A scene; freed by close().  `argument`: what is to be shown, or NULL. */
    void *(*open)(const char *argument);
    /* Builds the scene anew from answers. */
    void (*refresh)(void *scene, const struct view_source *source);
    /* Writes the rows, between sheet_begin() and sheet_end(). */
    void (*rows)(const void *scene, const struct view_frame *frame, struct sheet *sheet);
    /* Adds the command that Enter on the row types; NULL, or nothing added: that of tui/keys. */
    void (*command)(const void *scene, const char *id, struct str *command);
    /* Enter on a row of a menu; refreshed after, unless it is VIEW_NOT_MINE. */
    enum view_choice (*choose)(void *scene, const char *id);
    /* So many moments later, or earlier: of what is no longer, as it went by; NULL: it shows now.
     * Refreshed after. */
    void (*step)(void *scene, int moments);
    void (*close)(void *scene);
    bool lists; /* the filter (/) hides rows instead of searching them */
    bool waits; /* what command() adds waits in the prompt for the person's Enter */
};

/* An open view. */
struct view {
    const struct view_ops *ops;
    void *scene;        /* owned by ops */
    struct sheet sheet; /* owned */
    struct str filter;
    struct str argument;
    struct view_frame written; /* what the rows were written for */
};

void view_open(struct view *view, const struct view_ops *ops, const char *argument);
/* Harmless when not open. */
void view_close(struct view *view);
void view_refresh(struct view *view, const struct view_source *source);
/* Writes the rows for this frame. */
void view_write(struct view *view, const struct view_frame *frame);

/* Every view, in the order of help; ended by a NULL name. */
extern const struct view_ops *const views[];
const struct view_ops *view_find(const char *name);

/* Asks without parameters in a Region (NULL: the session's); NULL as in struct view_source. */
json_t *view_ask(const struct view_source *source, const char *service, const char *op,
                 const char *region);
/* "1 instance", "3 instances". */
void view_count(struct sheet *sheet, enum theme_role role, size_t count, const char *noun);
/* Copies borrowed text into a scene's arena. */
const char *view_keep(struct arena *arena, const char *text);

#endif
