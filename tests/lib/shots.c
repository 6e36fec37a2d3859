/*
 * tests/lib/shots.c - pictures of views from answers that were kept.
 *
 * The answers stand by "SERVICE Operation", with the Region before it where it is another one.
 */
#include "shots.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "tui/layout.h"
#include "tui/theme.h"

/* ---- the answers ---- */

static json_t *kept_answer(void *context, const struct view_question *question)
{
    char *key = question->region == NULL || strcmp(question->region, "us-east-1") == 0
                    ? xasprintf("%s %s", question->service, question->op)
                    : xasprintf("%s %s %s", question->region, question->service, question->op);
    json_t *answer;
    const char *by = json_string_value(json_object_get(question->params, "By"));

    if (by != NULL) {
        char *longer = xasprintf("%s %s", key, by);

        free(key);
        key = longer;
    }
    answer = json_object_get(context, key);
    free(key);
    return json_incref(answer);
}

json_t *shots_answers;
struct view_source shots_source = {.ask = kept_answer, .region = "us-east-1"};

int shots_load(void **state)
{
    (void)state;
    shots_answers = json_load_file("tests/view/highway.json", 0, NULL);
    shots_source.context = shots_answers;
    return shots_answers == NULL;
}

int shots_drop(void **state)
{
    (void)state;
    json_decref(shots_answers);
    return 0;
}

/* ---- pictures ---- */

void shots_draw(const struct shot *shot, struct canvas *canvas)
{
    struct layout_wish wish = {.rows = shot->rows, .cols = shot->cols, .prompt_rows = 1};
    struct layout layout;
    struct canvas_area area;
    struct view_frame frame;
    struct view view;

    layout_compute(&layout, &wish);
    canvas_init(canvas, layout.view.rows, layout.view.cols);
    canvas->ascii = shot->ascii;
    area = canvas_all(canvas);
    memset(&frame, 0, sizeof(frame));
    frame.cols = area.cols;
    frame.rows = area.rows;
    frame.filter = "";
    view_open(&view, view_find(shot->view), shot->argument);
    view_refresh(&view, &shots_source);
    view_write(&view, &frame);
    sheet_draw(&view.sheet, &area, theme_find(shot->theme), true);
    view_close(&view);
}

void shots_picture(const struct shot *shot, struct str *out)
{
    struct canvas canvas;

    shots_draw(shot, &canvas);
    for (int row = 0; row < canvas.rows; row++) {
        canvas_row_text(&canvas, row, out);
        str_addc(out, '\n');
    }
    canvas_release(&canvas);
}

void shots_file(const char *path, struct str *out)
{
    FILE *file = fopen(path, "r");
    int c;

    while (file != NULL && (c = fgetc(file)) != EOF)
        str_addc(out, (char)c);
    if (file != NULL)
        fclose(file);
}

void shots_golden(const struct shot *shot)
{
    struct str drawn = STR_INIT;
    struct str golden = STR_INIT;
    char *path = xasprintf("tests/view/golden/%s-%dx%d%s",
                           shot->name == NULL ? shot->view : shot->name, shot->cols, shot->rows,
                           shot->ascii ? "-ascii" : "");

    shots_picture(shot, &drawn);
    if (getenv("BLESS") != NULL) {
        FILE *file = fopen(path, "w");

        assert_non_null(file);
        fputs(str_text(&drawn), file);
        fclose(file);
    }
    shots_file(path, &golden);
    assert_string_equal(str_text(&drawn), str_text(&golden));
    free(path);
    str_release(&drawn);
    str_release(&golden);
}

/* The numbers of a picture, row by row; without those that are only the name of a percentile. */
void shots_numbers(const char *picture, struct str *out)
{
    static const char *const names[] = {"p50", "p90", "p99", "99 in 100", "9 in 10", "99/100",
                                        "5xx"};
    bool apart = true;

    while (*picture != '\0') {
        size_t name = 0;

        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && name == 0; i++)
            name = strncmp(picture, names[i], strlen(names[i])) == 0 ? strlen(names[i]) : 0;
        if (name > 0) {
            picture += name;
            continue;
        }
        if (*picture >= '0' && *picture <= '9') {
            if (apart)
                str_addc(out, ' ');
            str_addc(out, *picture);
        } else if (*picture == '\n') {
            str_addc(out, '\n');
        }
        apart = *picture < '0' || *picture > '9';
        picture++;
    }
}
