/*
 * tests/lib/shots.h - pictures of views, from answers that were kept (tests/view/highway.json),
 * held against those in tests/view/golden.
 */
#ifndef TESTS_SHOTS_H
#define TESTS_SHOTS_H

#include <jansson.h>

#include "base/str.h"
#include "tui/canvas.h"
#include "tui/view.h"

struct shot {
    const char *view;
    const char *name; /* of its picture; NULL: the view's */
    const char *argument;
    int cols; /* of the screen */
    int rows;
    bool ascii;
    const char *theme;
};

extern json_t *shots_answers;
/* Its context are the answers that it gives: shots_answers, unless a test says otherwise. */
extern struct view_source shots_source;

/* Setup and teardown of a group: the answers. */
int shots_load(void **state);
int shots_drop(void **state);

void shots_draw(const struct shot *shot, struct canvas *canvas);
/* Adds the picture's rows. */
void shots_picture(const struct shot *shot, struct str *out);
/* The picture is the one in golden/NAME-COLSxROWS; with BLESS=1 it becomes it. */
void shots_golden(const struct shot *shot);
void shots_file(const char *path, struct str *out);
/* The numbers of a text, row by row; without those that are only the name of a percentile. */
void shots_numbers(const char *picture, struct str *out);

#endif
