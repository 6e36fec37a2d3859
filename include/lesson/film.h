/*
 * lesson/film.h - a learner's run, played like a film: the lines as they were typed, their
 * answers, and the world as it was.
 *
 * A scene is one line.  Before it the wait that the learner had, shortened to a few seconds; then
 * the line; then the time that it took, shortened too, and its answer.  The world follows the
 * journal row by row, so what is seen is what was.  An answer is given anew by running the line in
 * that world, which is then put back; a line that asked something outside of it (a file, a program)
 * has none.  Nothing outside is ever touched: the lines are a stranger's.
 *
 * Without a logbook (an older file) the scenes are the changes, as the CLI would take them.
 */
#ifndef LESSON_FILM_H
#define LESSON_FILM_H

#include <stdbool.h>
#include <stdint.h>

#include "lesson/list.h"
#include "shell/run.h"

struct catalog;
struct runner;
struct store;
struct str;

struct film;

/* What a film tells while it runs; texts are a learner's, and borrowed until the call returns. */
struct film_sink {
    void *context;
    void (*chapter)(void *context, const char *title);
    void (*line)(void *context, const char *line);
    /* What the line printed, and its exit code. */
    void (*answer)(void *context, const char *out, const char *err, int status);
    void (*remark)(void *context, const char *text);
};

/* The store and the lessons outlive the film.  NULL with a sentence. */
struct film *film_new(const struct catalog *catalog, struct store *store,
                      struct lesson_list *lessons, struct str *why);
void film_free(struct film *film);
void film_set_sink(struct film *film, const struct film_sink *sink);

/* The session that shows the world: in memory; whatever is done in it, film_return() undoes. */
struct session *film_session(const struct film *film);
/* The lesson as it stood, for the pane; it looks at nothing by itself. */
struct runner *film_runner(const struct film *film);
/* Around what a person who watches types. */
void film_keep(struct film *film);
void film_return(struct film *film);

/* Lets so much of the film pass (ns of its own time, at speed 1).  It may stop earlier when the
 * session's `waiting` says so, and goes on at the next call. */
void film_pass(struct film *film, int64_t ns);
/* Shows the rest of this scene at once. */
void film_step(struct film *film);
bool film_has_ended(const struct film *film);

/* Goes to the next (1) or the former (-1) chapter or, with `scenes`, line.  False: none there. */
bool film_seek(struct film *film, int direction, bool scenes);
/* Reads a time of the film: "12:30", "12:30:15" or ISO 8601.  False with a sentence: it is none. */
bool film_read(const struct film *film, const char *text, int64_t *time, struct str *why);
/* Goes to such a time: on, or back when it is earlier than now. */
void film_go(struct film *film, int64_t time);
/* The same when the film goes on next, for who shall see it go there. */
void film_begin_at(struct film *film, int64_t time);
/* "film: line 12 of 57": where it is. */
void film_where(const struct film *film, struct str *out);

#endif
