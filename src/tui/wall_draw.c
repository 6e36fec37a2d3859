/*
 * tui/wall_draw.c - the wall of a class as a picture, and as lines of text.
 */
#include "tui/wall_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "shell/line.h"
#include "lesson/class_words.h"
#include "tui/keys.h"
#include "tui/layout.h"
#include "tui/term.h"

enum {
    COLS_WIDE = 140, /* from here on the step's title is there too */
    PLAIN_COLS = 120,
    TITLE_COLS = 36,
};

/* ---- rows ---- */

static const struct look {
    const char *mark;
    enum theme_role role;
} looks[] = {
    [WALL_HAND] = {"!", THEME_WARN},
    [WALL_STUCK] = {"\xe2\x96\xb2", THEME_BAD},
    [WALL_GONE] = {"\xc3\x97", THEME_BAD},
    [WALL_WRONG] = {"?", THEME_BAD},
    [WALL_WORKS] = {"\xe2\x97\x8f", THEME_GOOD},
    [WALL_DONE] = {"\xe2\x9c\x93", THEME_GOOD},
    [WALL_LEFT] = {"\xc2\xb7", THEME_DIM},
};

/* "3/7"; "" where there is nothing to count. */
static void add_part(struct sheet *sheet, int columns, uint32_t part, uint32_t whole)
{
    char text[32] = "";

    if (whole > 0)
        snprintf(text, sizeof(text), "%u/%u", part, whole);
    sheet_cell(sheet, THEME_TEXT, columns, text);
}

static void add_number(struct sheet *sheet, int columns, bool some, uint32_t number)
{
    char text[16] = "";

    if (some)
        snprintf(text, sizeof(text), "%u", number);
    sheet_cell(sheet, THEME_TEXT, -columns, text);
    sheet_add(sheet, THEME_TEXT, "  ");
}

/* Of a name, without the blank behind it; the frame takes two columns of the screen. */
static int name_cols(int cols)
{
    return cols + 2 < LAYOUT_COLS_WIDE ? 14 : 20;
}

static void write_row(const struct class_wall *class, const struct wall_row *row, int cols,
                      struct sheet *sheet)
{
    const struct class_status *status = &row->status;
    const struct look *look = &looks[row->state];
    bool some = row->has_status && status->step > 0;
    int name = name_cols(cols);
    struct str state = STR_INIT;

    class_wall_state(class, row, &state);
    sheet_row(sheet, row->name);
    sheet_cell(sheet, look->role, 2, look->mark);
    sheet_cell(sheet, THEME_STRONG, name, row->name);
    sheet_add(sheet, THEME_TEXT, " ");
    sheet_cell(sheet, THEME_TEXT, name, row->has_status ? status->lesson : "");
    sheet_add(sheet, THEME_TEXT, " ");
    add_part(sheet, 6, some ? status->step : 0, some ? status->steps : 0);
    add_part(sheet, 6, some ? status->checks : 0, some ? status->checks_all : 0);
    add_number(sheet, 4, some, status->minutes);
    add_number(sheet, 4, some, status->hints);
    if (cols + 2 >= COLS_WIDE)
        sheet_cell(sheet, THEME_DIM, TITLE_COLS, some ? status->title : "");
    sheet_cell(sheet, look->role, cols - (int)sheet->rows.items[sheet->used - 1].columns,
               str_text(&state));
    str_release(&state);
}

static void write_heads(struct sheet *sheet, int cols)
{
    int name = name_cols(cols);

    sheet_row(sheet, NULL);
    sheet_cell(sheet, THEME_TITLE, 2, "");
    sheet_cell(sheet, THEME_TITLE, name + 1, "learner");
    sheet_cell(sheet, THEME_TITLE, name + 1, "lesson");
    sheet_cell(sheet, THEME_TITLE, 6, "step");
    sheet_cell(sheet, THEME_TITLE, 6, "done");
    sheet_cell(sheet, THEME_TITLE, -4, "min");
    sheet_cell(sheet, THEME_TITLE, 2, "");
    sheet_cell(sheet, THEME_TITLE, -4, "hint");
    sheet_cell(sheet, THEME_TITLE, 2, "");
    if (cols + 2 >= COLS_WIDE)
        sheet_cell(sheet, THEME_TITLE, TITLE_COLS, "the step");
    sheet_add(sheet, THEME_TITLE, "state");
}

void wall_rows(const struct class_wall *class, int cols, struct sheet *sheet)
{
    sheet_begin(sheet);
    for (uint32_t i = 0; i < class->rows.count; i++)
        write_row(class, &class->rows.items[i], cols, sheet);
    if (class->gone) {
        sheet_line(sheet, THEME_DIM, "The folder is not there now. When it is back, so are they.");
    } else if (class->rows.count == 0) {
        sheet_line(sheet, THEME_DIM, "Nobody is here yet. A learner comes with");
        sheet_row(sheet, NULL);
        sheet_addf(sheet, THEME_COMMAND, "  nephoscope --class %s --name NAME [LESSON]",
                   class->folder.path);
    }
    sheet_end(sheet);
}

/* ---- lines of text ---- */

/* Through a canvas, so that texts are clean and ASCII is ASCII. */
static void print_sheet(const struct wall *wall, struct sheet *sheet, struct str *out)
{
    struct canvas canvas;
    struct canvas_area area;

    canvas_init(&canvas, (int)sheet->used, PLAIN_COLS);
    canvas.ascii = wall->options->ascii;
    area = canvas_all(&canvas);
    sheet_draw(sheet, &area, wall->theme, false);
    for (int i = 0; i < (int)sheet->used; i++) {
        canvas_row_text(&canvas, i, out);
        str_addc(out, '\n');
    }
    canvas_release(&canvas);
}

void wall_print(const struct wall *wall, struct str *out)
{
    struct sheet sheet = SHEET_INIT;

    class_wall_summary(&wall->class, out);
    str_addc(out, '\n');
    sheet_begin(&sheet);
    write_heads(&sheet, PLAIN_COLS);
    sheet_end(&sheet);
    if (wall->class.rows.count > 0)
        print_sheet(wall, &sheet, out);
    wall_rows(&wall->class, PLAIN_COLS, &sheet);
    print_sheet(wall, &sheet, out);
    sheet_release(&sheet);
}

void wall_print_row(const struct wall *wall, const struct wall_row *row, struct str *out)
{
    struct sheet sheet = SHEET_INIT;

    sheet_begin(&sheet);
    write_row(&wall->class, row, PLAIN_COLS, &sheet);
    sheet_end(&sheet);
    print_sheet(wall, &sheet, out);
    sheet_release(&sheet);
}

/* ---- the picture ---- */

static struct canvas_style style(const struct wall *wall, enum theme_role role)
{
    return theme_style(wall->theme, role);
}

static void draw_status(struct wall *wall, const struct canvas_area *area)
{
    struct str text = STR_INIT;

    canvas_fill(area, style(wall, THEME_STATUS));
    if (area->cols >= LAYOUT_COLS_WIDE)
        str_addf(&text, " class %s   ", wall->options->folder);
    else
        str_add(&text, " class: ");
    class_wall_summary(&wall->class, &text);
    canvas_label(area, (struct canvas_at){0}, style(wall, THEME_STATUS), str_text(&text));
    str_release(&text);
}

static void draw_prompt(struct wall *wall, const struct canvas_area *area)
{
    struct line_state state;
    int col;
    size_t skip;

    line_state(&state);
    col = canvas_text(area, (struct canvas_at){0},
                      style(wall, wall->typing ? THEME_PROMPT : THEME_DIM), state.prompt);
    /* A line that is too long shows its end. */
    for (skip = 0; (int)utf8_columns(state.text + skip, state.cursor - skip) > area->cols - col - 2;
         skip++)
        continue;
    while (((unsigned char)state.text[skip] & 0xc0) == 0x80)
        skip++;
    canvas_text(area, (struct canvas_at){.col = col},
                style(wall, wall->typing ? THEME_TEXT : THEME_DIM), state.text + skip);
    if (wall->typing)
        canvas_cursor(area,
                      (struct canvas_at){
                          .col = col + (int)utf8_columns(state.text + skip, state.cursor - skip)});
}

static bool is_in_foot(const struct keys_key *key, bool own)
{
    return key->foot != NULL && (key->where & KEYS_WALL) != 0 && (key->where == KEYS_WALL) == own;
}

static int foot_cols(const struct keys_key *key)
{
    return (int)(strlen(key->label) + 1 + strlen(key->foot));
}

/* The columns of the keys that the wall shares with the console. */
static int shared_cols(void)
{
    int cols = 0;

    for (const struct keys_key *key = keys; key->label != NULL; key++) {
        if (is_in_foot(key, false))
            cols += foot_cols(key) + 2;
    }
    return cols;
}

/* Adds the keys of some places that fit before the column `cols`, and returns the column behind
 * them. */
static int foot_keys(struct wall *wall, const struct canvas_area *area, struct canvas_at place,
                     bool own)
{
    int col = place.col;

    for (const struct keys_key *key = keys; key->label != NULL; key++) {
        if (!is_in_foot(key, own) || col + foot_cols(key) > place.cols)
            continue;
        col += canvas_text(area, (struct canvas_at){.col = col}, style(wall, THEME_KEY),
                           key->label) + 1;
        col += canvas_text(area, (struct canvas_at){.col = col}, style(wall, THEME_KEYS),
                           key->foot) + 2;
    }
    return col;
}

static void draw_foot(struct wall *wall, const struct canvas_area *area)
{
    struct canvas_at place = {.col = 1, .cols = area->cols - shared_cols()};

    if (wall->typing) {
        canvas_text(area, (struct canvas_at){.col = 1}, style(wall, THEME_KEYS),
                    "Enter sends   Tab completes   Esc back to the learners   F1 help");
        return;
    }
    place.col = foot_keys(wall, area, place, true);
    place.cols = area->cols;
    foot_keys(wall, area, place, false);
}

/* What the last word came to; else the whole of what the selected learner's row has no room for. */
static void draw_message(struct wall *wall, const struct canvas_area *area)
{
    const char *name = sheet_selected(&wall->sheet);
    const struct wall_row *row = name == NULL ? NULL : class_wall_find(&wall->class, name);
    struct str text = STR_INIT;
    enum theme_role role = wall->refused ? THEME_BAD : THEME_GOOD;

    canvas_hline(area, (struct canvas_at){.cols = area->cols}, style(wall, THEME_FRAME));
    if (wall->message.length > 0) {
        str_addf(&text, " %s ", str_text(&wall->message));
    } else if (wall->helping) {
        role = THEME_TITLE;
        if (sheet_more(&wall->help) > 0)
            str_addf(&text, " %u more: Page Down ", sheet_more(&wall->help));
    } else if (row != NULL) {
        role = THEME_TITLE;
        str_addf(&text, " %s: ", row->name);
        class_wall_state(&wall->class, row, &text);
        if (row->has_status && row->status.title[0] != '\0')
            str_addf(&text, "; in \"%s\"", row->status.title);
        str_addc(&text, ' ');
    }
    canvas_label(area, (struct canvas_at){.col = 1, .cols = area->cols - 2}, style(wall, role),
                 str_text(&text));
    str_release(&text);
}

static void write_keys(struct sheet *sheet, int cols, bool own)
{
    for (const struct keys_key *key = keys; key->label != NULL; key++) {
        if ((key->where & KEYS_WALL) == 0 || (key->where == KEYS_WALL) != own)
            continue;
        sheet_row(sheet, NULL);
        sheet_add(sheet, THEME_TEXT, "  ");
        sheet_cell(sheet, THEME_KEY, 12, key->label);
        sheet_wrap_on(sheet, (struct sheet_wrap){THEME_TEXT, cols, 14}, key->doc);
    }
}

static void write_help(struct wall *wall, int cols)
{
    struct sheet *sheet = &wall->help;

    sheet_begin(sheet);
    sheet_line(sheet, THEME_TITLE, "Keys");
    write_keys(sheet, cols, true);
    sheet_line(sheet, THEME_TEXT, "");
    sheet_line(sheet, THEME_TITLE, "Words, behind `:`");
    for (const struct class_word *word = class_words; word->name != NULL; word++) {
        sheet_row(sheet, NULL);
        sheet_add(sheet, THEME_TEXT, "  ");
        sheet_cell(sheet, THEME_COMMAND, 20, word->synopsis);
        sheet_wrap_on(sheet, (struct sheet_wrap){THEME_TEXT, cols, 22}, word->doc);
    }
    sheet_line(sheet, THEME_TEXT, "");
    sheet_line(sheet, THEME_TITLE, "Also");
    write_keys(sheet, cols, false);
    sheet_end(sheet);
}

static void draw_body(struct wall *wall, const struct canvas_area *all)
{
    struct canvas_area place = {.row = 1, .col = 1, .rows = 1, .cols = all->cols - 2};
    struct canvas_area heads = canvas_part(all, place);
    struct canvas_area body;
    struct sheet sheet = SHEET_INIT;

    place.row = 2;
    place.rows = all->rows - 5;
    body = canvas_part(all, place);
    if (wall->helping) {
        write_help(wall, body.cols);
        sheet_draw(&wall->help, &body, wall->theme, false);
        return;
    }
    sheet_begin(&sheet);
    write_heads(&sheet, heads.cols);
    sheet_end(&sheet);
    sheet_draw(&sheet, &heads, wall->theme, false);
    sheet_release(&sheet);
    wall_rows(&wall->class, body.cols, &wall->sheet);
    sheet_draw(&wall->sheet, &body, wall->theme, !wall->typing);
}

/* A row of its own at the foot of the screen. */
static struct canvas_area row_of(const struct canvas_area *all, int from_below)
{
    return canvas_part(all, (struct canvas_area){
                                .row = all->rows - from_below,
                                .col = 0,
                                .rows = 1,
                                .cols = all->cols,
                            });
}

void wall_draw(struct wall *wall)
{
    struct canvas_area all;
    struct canvas_area part;
    int rows;
    int cols;

    term_size(&rows, &cols);
    canvas_reset(&wall->canvas, rows, cols);
    wall->canvas.ascii = term_is_ascii();
    all = canvas_all(&wall->canvas);
    if (rows < LAYOUT_ROWS_MIN || cols < LAYOUT_COLS_MIN) {
        wall->typing = false; /* what cannot be seen is not typed */
        layout_draw_too_small(&wall->canvas, wall->theme);
    } else {
        part = canvas_part(&all, (struct canvas_area){.rows = 1, .cols = cols});
        draw_status(wall, &part);
        draw_body(wall, &all);
        part = row_of(&all, 3);
        draw_message(wall, &part);
        part = row_of(&all, 2);
        part.col++;
        part.cols -= 2;
        draw_prompt(wall, &part);
        part = row_of(&all, 1);
        draw_foot(wall, &part);
    }
    term_paint(&wall->canvas);
    wall->dirty = false;
}
