/*
 * tui/film.h - what a film tells the console, and the console a film; main joins them.
 *
 * In a film the clock is the film's: the console says how much of it passes.  What a person types
 * is run in a world that is put back afterwards.
 */
#ifndef TUI_FILM_H
#define TUI_FILM_H

#include <stdbool.h>
#include <stdint.h>

struct str;

/* What the console does with what a film tells; texts are borrowed until the call returns. */
struct console_film_sink {
    void *context;
    void (*chapter)(void *context, const char *title);
    void (*line)(void *context, const char *line);
    void (*answer)(void *context, const char *out, const char *err, int status);
    void (*remark)(void *context, const char *text);
};

struct console_film {
    void *context;
    void (*attach)(void *context, const struct console_film_sink *sink);
    void (*pass)(void *context, int64_t ns);
    void (*step)(void *context);
    /* To the next (1) or former (-1) chapter or line; false when there is none. */
    bool (*seek)(void *context, int direction, bool lines);
    bool (*has_ended)(void *context);
    void (*where)(void *context, struct str *out);
    void (*keep)(void *context); /* before what a person types */
    /* And after it.  True: the line led to another place of the film. */
    bool (*put_back)(void *context);
};

#endif
