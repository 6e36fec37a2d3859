/*
 * tui/sheet.c - rows of styled text that a person can walk through: what every view is made of.
 *
 * A sheet in which no row can be selected scrolls instead: the walking keys then move `top`.
 */
#include "tui/sheet.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bug.h"
#include "base/mem.h"
#include "base/utf8.h"

void sheet_release(struct sheet *sheet)
{
    for (uint32_t i = 0; i < sheet->rows.count; i++) {
        str_release(&sheet->rows.items[i].text);
        LIST_RELEASE(&sheet->rows.items[i].spans);
        free(sheet->rows.items[i].id);
    }
    LIST_RELEASE(&sheet->rows);
    free(sheet->selected_id);
    free(sheet->marked_id);
    str_release(&sheet->search);
    *sheet = (struct sheet)SHEET_INIT;
}

void sheet_begin(struct sheet *sheet)
{
    sheet->used = 0;
}

/* The nearest row that can be selected, looking down first; false when there is none. */
static bool nearest(const struct sheet *sheet, uint32_t from, uint32_t *found)
{
    for (uint32_t i = from; i < sheet->used; i++) {
        if (sheet->rows.items[i].id != NULL)
            return *found = i, true;
    }
    for (uint32_t i = from < sheet->used ? from : sheet->used; i-- > 0;) {
        if (sheet->rows.items[i].id != NULL)
            return *found = i, true;
    }
    return false;
}

static void select_row(struct sheet *sheet, uint32_t row)
{
    sheet->selected = row;
    if (str_equal(sheet->selected_id, sheet->rows.items[row].id))
        return;
    sheet->past = false;
    free(sheet->selected_id);
    sheet->selected_id = xstrdup(sheet->rows.items[row].id);
}

void sheet_end(struct sheet *sheet)
{
    uint32_t row = sheet->chosen ? sheet->selected : 0;

    for (uint32_t i = 0; i < sheet->used && sheet->chosen && sheet->selected_id != NULL; i++) {
        if (!str_equal(sheet->rows.items[i].id, sheet->selected_id))
            continue;
        row = i;
        if (i == sheet->selected)
            break;
    }
    if (nearest(sheet, row, &row)) {
        select_row(sheet, row);
    } else {
        free(sheet->selected_id);
        sheet->selected_id = NULL;
        sheet->selected = 0;
    }
}

/* ---- writing ---- */

void sheet_row(struct sheet *sheet, const char *id)
{
    struct sheet_row *row;

    if (sheet->used == sheet->rows.count)
        *LIST_PUSH(&sheet->rows) = (struct sheet_row){0};
    row = &sheet->rows.items[sheet->used++];
    str_clear(&row->text);
    row->spans.count = 0;
    row->columns = 0;
    if (!str_equal(row->id, id)) {
        free(row->id);
        row->id = id == NULL ? NULL : xstrdup(id);
    }
}

static struct sheet_row *last_row(struct sheet *sheet)
{
    if (sheet->used == 0)
        BUG("a sheet without a row");
    return &sheet->rows.items[sheet->used - 1];
}

static void begin_span(struct sheet_row *row, enum theme_role role)
{
    if (row->spans.count > 0 && row->spans.items[row->spans.count - 1].role == role)
        return;
    *LIST_PUSH(&row->spans) = (struct sheet_span){
        .start = (uint32_t)row->text.length,
        .role = (uint8_t)role,
    };
}

static void add_bytes(struct sheet *sheet, enum theme_role role, const char *text, size_t length)
{
    struct sheet_row *row = last_row(sheet);

    begin_span(row, role);
    str_addn(&row->text, text, length);
    row->columns += (uint32_t)utf8_columns(text, length);
}

static void add_blanks(struct sheet *sheet, uint32_t count)
{
    struct sheet_row *row = last_row(sheet);

    begin_span(row, THEME_TEXT);
    str_fill(&row->text, ' ', count);
    row->columns += count;
}

void sheet_add(struct sheet *sheet, enum theme_role role, const char *text)
{
    add_bytes(sheet, role, text, strlen(text));
}

void sheet_addf(struct sheet *sheet, enum theme_role role, const char *format, ...)
{
    va_list arguments;
    char text[1024];

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    sheet_add(sheet, role, text);
}

void sheet_cell(struct sheet *sheet, enum theme_role role, int columns, const char *text)
{
    size_t width = (size_t)(columns < 0 ? -columns : columns);
    size_t length = strlen(text);
    size_t used = utf8_columns(text, length);

    if (used > width) {
        length = width == 0 ? 0 : utf8_fit(text, length, width - 1);
        used = utf8_columns(text, length) + (width > 0);
        add_bytes(sheet, role, text, length);
        sheet_add(sheet, role, width > 0 ? "\xe2\x80\xa6" : "");
        add_blanks(sheet, (uint32_t)(width - used));
        return;
    }
    if (columns < 0)
        add_blanks(sheet, (uint32_t)(width - used));
    add_bytes(sheet, role, text, length);
    if (columns > 0)
        add_blanks(sheet, (uint32_t)(width - used));
}

void sheet_to(struct sheet *sheet, uint32_t column)
{
    uint32_t columns = last_row(sheet)->columns;

    add_blanks(sheet, columns < column ? column - columns : 1);
}

void sheet_bar(struct sheet *sheet, enum theme_role role, int columns, int64_t permille)
{
    int64_t bounded = permille < 0 ? 0 : permille > 1000 ? 1000 : permille;
    int filled = (int)((bounded * columns + 500) / 1000);

    if (filled == 0 && bounded > 0)
        filled = 1;
    if (filled == columns && bounded < 1000 && columns > 1)
        filled--;
    for (int i = 0; i < columns; i++)
        sheet_add(sheet, i < filled ? role : THEME_DIM,
                  i < filled ? "\xe2\x96\x88" : "\xe2\x96\x91");
}

void sheet_curve(struct sheet *sheet, enum theme_role role, const struct sheet_level *level)
{
    static const char *const steps[] = {
        "\xe2\x96\x81", "\xe2\x96\x82", "\xe2\x96\x83",
        "\xe2\x96\x85", "\xe2\x96\x86", "\xe2\x96\x88",
    };
    enum { STEPS = sizeof(steps) / sizeof(steps[0]) };
    double part = level->most > 0 ? level->value / level->most : 0;
    int step;

    if (isnan(level->value)) {
        sheet_add(sheet, role, " ");
        return;
    }
    step = (int)lround(part * (STEPS * level->height - 1)) - level->row * STEPS;
    sheet_add(sheet, role, step < 0 ? " " : steps[step >= STEPS ? STEPS - 1 : step]);
}

void sheet_paste(struct sheet *sheet, const struct sheet *from, uint32_t row, int columns)
{
    const struct sheet_row *source = row < from->used ? &from->rows.items[row] : NULL;
    uint32_t left = (uint32_t)columns;

    for (uint32_t i = 0; source != NULL && i < source->spans.count && left > 0; i++) {
        size_t begin = source->spans.items[i].start;
        size_t end = i + 1 < source->spans.count ? source->spans.items[i + 1].start
                                                 : source->text.length;
        size_t fits = utf8_fit(source->text.text + begin, end - begin, left);

        add_bytes(sheet, source->spans.items[i].role, source->text.text + begin, fits);
        left -= (uint32_t)utf8_columns(source->text.text + begin, fits);
        if (fits < end - begin)
            break;
    }
    add_blanks(sheet, left);
}

void sheet_line(struct sheet *sheet, enum theme_role role, const char *text)
{
    sheet_row(sheet, NULL);
    sheet_add(sheet, role, text);
}

void sheet_wrap_on(struct sheet *sheet, struct sheet_wrap how, const char *text)
{
    uint32_t limit = (uint32_t)(how.columns < 8 ? 8 : how.columns);

    while (*text != '\0') {
        size_t blanks = strspn(text, " \n");
        size_t length = strcspn(text + blanks, " \n");
        uint32_t columns = (uint32_t)utf8_columns(text + blanks, length);
        struct sheet_row *row = last_row(sheet);

        text += blanks;
        if (length == 0)
            return;
        if (row->columns > (uint32_t)how.indent && row->columns + 1 + columns > limit) {
            sheet_row(sheet, NULL);
            add_blanks(sheet, (uint32_t)how.indent);
        } else if (row->columns > 0 && row->text.text[row->text.length - 1] != ' ') {
            sheet_add(sheet, how.role, " ");
        }
        row = last_row(sheet);
        if (row->columns + columns > limit) {
            size_t fits = utf8_fit(text, length, limit - row->columns);

            length = fits > 0 ? fits : length;
        }
        add_bytes(sheet, how.role, text, length);
        text += length;
    }
}

void sheet_wrap(struct sheet *sheet, struct sheet_wrap how, const char *text)
{
    sheet_row(sheet, NULL);
    if (*text == ' ') /* the first row is as far in as the text says */
        add_blanks(sheet, (uint32_t)strspn(text, " "));
    sheet_wrap_on(sheet, how, text);
}

/* Where to break a line of which `fits` bytes fit: at a blank, if there is one not far before. */
static size_t break_at_blank(const char *text, size_t length, size_t fits)
{
    size_t at = fits;

    if (fits >= length || text[fits] == ' ')
        return fits;
    while (at > fits / 2 && text[at - 1] != ' ')
        at--;
    return at > fits / 2 ? at : fits;
}

void sheet_text(struct sheet *sheet, enum theme_role role, int columns, const char *text)
{
    size_t width = (size_t)(columns < 1 ? 1 : columns);

    while (*text != '\0') {
        size_t line = strcspn(text, "\n");
        size_t done = 0;

        do {
            size_t fits = utf8_fit(text + done, line - done, width);

            if (fits == 0)
                fits = line - done;
            fits = break_at_blank(text + done, line - done, fits);
            sheet_row(sheet, NULL);
            add_bytes(sheet, role, text + done, fits);
            done += fits;
            done += done < line && text[done] == ' ';
        } while (done < line);
        text += line + (text[line] == '\n');
    }
}

/* ---- drawing ---- */

static void draw_row(const struct sheet_row *row, const struct canvas_area *area, int at,
                     const struct theme *theme)
{
    int col = 0;

    for (uint32_t i = 0; i < row->spans.count; i++) {
        uint32_t start = row->spans.items[i].start;
        size_t end = i + 1 < row->spans.count ? row->spans.items[i + 1].start : row->text.length;
        char *piece;

        if (end == start)
            continue;
        piece = xstrndup(row->text.text + start, end - start);
        col += canvas_text(area, (struct canvas_at){.row = at, .col = col},
                           theme_style(theme, row->spans.items[i].role), piece);
        free(piece);
        if (col >= area->cols)
            break;
    }
    if (row->columns > (uint32_t)area->cols && area->cols > 0)
        canvas_text(area, (struct canvas_at){.row = at, .col = area->cols - 1},
                    theme_style(theme, THEME_DIM), "\xe2\x80\xa6");
}

/* The window's first row where it shows the last one. */
static uint32_t last_top(const struct sheet *sheet)
{
    return sheet->used > sheet->height ? sheet->used - sheet->height : 0;
}

/* Moves the window so that the selected row is in it, unless the keys went on beyond. */
static void follow_selection(struct sheet *sheet)
{
    uint32_t height = sheet->height;

    if (sheet->selected_id != NULL) {
        if (sheet->selected < sheet->top && !sheet->past)
            sheet->top = sheet->selected;
        if (height > 0 && sheet->selected >= sheet->top + height)
            sheet->top = sheet->selected - height + 1;
        /* The head above the first row that can be selected comes into sight with it. */
        for (uint32_t row = sheet->top; row > 0 && sheet->selected < height && !sheet->past;
             row--) {
            if (sheet->rows.items[row - 1].id != NULL)
                break;
            sheet->top = row - 1;
        }
    }
    if (sheet->top > last_top(sheet))
        sheet->top = last_top(sheet);
}

static void mark_search(const struct sheet *sheet, const struct canvas_area *area, uint32_t row,
                        const struct theme *theme)
{
    const struct sheet_row *line = &sheet->rows.items[row];
    const char *text = str_text(&line->text);
    size_t length = sheet->search.length;

    for (const char *at = text; length > 0 && *at != '\0'; at++) {
        if (strncasecmp(at, sheet->search.text, length) != 0)
            continue;
        canvas_restyle(area,
                       (struct canvas_at){
                           .row = (int)((row - sheet->top) * (1 + sheet->gap)),
                           .col = (int)utf8_columns(text, (size_t)(at - text)),
                           .cols = (int)utf8_columns(at, length),
                       },
                       theme_style(theme, THEME_MATCH));
    }
}

/* It stands behind the row's text, or at the edge where that leaves no room. */
static void draw_mark(const struct sheet_row *row, const struct canvas_area *area, int at,
                      const struct theme *theme)
{
    static const char sign[] = " \xe2\x97\x80\xe2\x95\x90\xe2\x95\x90\xe2\x95\x90";
    enum { SIGN_COLUMNS = 5 };
    int col = (int)row->columns;

    if (col + SIGN_COLUMNS > area->cols)
        col = area->cols - SIGN_COLUMNS;
    canvas_text(area, (struct canvas_at){.row = at, .col = col < 0 ? 0 : col},
                theme_style(theme, THEME_FOCUS), sign);
}

static bool is_marked(const struct sheet *sheet, const struct sheet_row *row)
{
    return sheet->marked_id != NULL && row->id != NULL && strcmp(row->id, sheet->marked_id) == 0;
}

bool sheet_mark(struct sheet *sheet)
{
    bool was = sheet->selected_id != NULL && str_equal(sheet->marked_id, sheet->selected_id);

    free(sheet->marked_id);
    sheet->marked_id =
        was || sheet->selected_id == NULL ? NULL : xstrdup(sheet->selected_id);
    return sheet->marked_id != NULL;
}

const char *sheet_marked(const struct sheet *sheet)
{
    for (uint32_t i = 0; i < sheet->used; i++) {
        if (is_marked(sheet, &sheet->rows.items[i]))
            return str_text(&sheet->rows.items[i].text);
    }
    return NULL;
}

void sheet_restart(struct sheet *sheet)
{
    sheet->chosen = false;
    sheet->past = false;
    sheet->top = 0;
}

void sheet_draw(struct sheet *sheet, const struct canvas_area *area, const struct theme *theme,
                bool focused)
{
    sheet->height =
        ((uint32_t)(area->rows < 0 ? 0 : area->rows) + sheet->gap) / (1 + sheet->gap);
    sheet->chosen = sheet->chosen || focused; /* what the cursor stands on, keys act on */
    follow_selection(sheet);
    for (uint32_t i = sheet->top; i < sheet->used && i < sheet->top + sheet->height; i++) {
        struct canvas_at at = {.row = (int)((i - sheet->top) * (1 + sheet->gap))};

        draw_row(&sheet->rows.items[i], area, at.row, theme);
        mark_search(sheet, area, i, theme);
        if (is_marked(sheet, &sheet->rows.items[i]))
            draw_mark(&sheet->rows.items[i], area, at.row, theme);
        if (!focused || sheet->selected_id == NULL || i != sheet->selected)
            continue;
        canvas_restyle(area, at, theme_style(theme, THEME_SELECTED));
        canvas_cursor(area, at);
    }
    if (focused && sheet->selected_id == NULL)
        canvas_cursor(area, (struct canvas_at){0});
}

/* ---- walking ---- */

static void scroll(struct sheet *sheet, enum sheet_move move)
{
    uint32_t page = sheet->height > 1 ? sheet->height - 1 : 1;
    uint32_t last = last_top(sheet);
    uint32_t step = move == SHEET_UP || move == SHEET_DOWN ? 1 : page;

    if (move == SHEET_TOP)
        sheet->top = 0;
    else if (move == SHEET_BOTTOM)
        sheet->top = last;
    else if (move == SHEET_UP || move == SHEET_PAGE_UP)
        sheet->top -= sheet->top < step ? sheet->top : step;
    else
        sheet->top = sheet->top + step > last ? last : sheet->top + step;
}

/* The next row that can be selected in a direction, or the same. */
static uint32_t step_from(const struct sheet *sheet, uint32_t row, int direction)
{
    for (int64_t i = (int64_t)row + direction; i >= 0 && i < (int64_t)sheet->used; i += direction) {
        if (sheet->rows.items[i].id != NULL)
            return (uint32_t)i;
    }
    return row;
}

/* Rows that cannot be selected follow the last one that can: the window goes on alone, and comes
 * back before the selection moves again.  False: the selection is to move. */
static bool scroll_past(struct sheet *sheet, enum sheet_move move)
{
    bool up = move == SHEET_UP || move == SHEET_PAGE_UP;
    bool down = move == SHEET_DOWN || move == SHEET_PAGE_DOWN || move == SHEET_BOTTOM;

    if (down && step_from(sheet, sheet->selected, 1) == sheet->selected)
        sheet->past = true;
    else if (!up || !sheet->past || sheet->top <= sheet->selected)
        return sheet->past = false;
    scroll(sheet, move);
    return true;
}

void sheet_move(struct sheet *sheet, enum sheet_move move)
{
    uint32_t page = sheet->height > 1 ? sheet->height - 1 : 1;
    uint32_t row = sheet->selected;

    if (sheet->selected_id == NULL) {
        scroll(sheet, move);
        return;
    }
    sheet->chosen = true;
    if (scroll_past(sheet, move))
        return;
    if (move == SHEET_TOP) {
        row = step_from(sheet, 0, 1);
        row = sheet->rows.items[0].id != NULL ? 0 : row;
        sheet->top = 0;
    } else if (move == SHEET_BOTTOM) {
        nearest(sheet, sheet->used - 1, &row);
    } else if (move == SHEET_UP || move == SHEET_DOWN) {
        row = step_from(sheet, row, move == SHEET_UP ? -1 : 1);
    } else if (move == SHEET_PAGE_UP) {
        nearest(sheet, row > page ? row - page : 0, &row);
    } else {
        nearest(sheet, row + page < sheet->used ? row + page : sheet->used - 1, &row);
    }
    select_row(sheet, row);
    if (move == SHEET_BOTTOM) { /* the end, as far as the selection stays in sight */
        sheet->top = row < last_top(sheet) ? row : last_top(sheet);
        sheet->past = true;
    }
}

bool sheet_contains(const char *text, const char *part)
{
    size_t length = strlen(part);

    for (; *text != '\0'; text++) {
        if (strncasecmp(text, part, length) == 0)
            return true;
    }
    return length == 0;
}

bool sheet_find_next(struct sheet *sheet, int direction)
{
    bool selects = sheet->selected_id != NULL;
    int64_t count = sheet->used;
    int64_t at = selects ? sheet->selected : sheet->top;

    if (sheet->search.length == 0 || count == 0)
        return false;
    for (int64_t i = 1; i <= count; i++) {
        int64_t row = ((at + direction * i) % count + count) % count;
        const struct sheet_row *candidate = &sheet->rows.items[row];

        if ((selects && candidate->id == NULL) ||
            !sheet_contains(str_text(&candidate->text), sheet->search.text))
            continue;
        sheet->chosen = sheet->chosen || selects;
        sheet->past = false;
        if (selects)
            select_row(sheet, (uint32_t)row);
        else
            sheet->top = (uint32_t)row;
        return true;
    }
    return false;
}

const char *sheet_selected(const struct sheet *sheet)
{
    return sheet->selected_id;
}

bool sheet_click(struct sheet *sheet, int row)
{
    uint32_t at = sheet->top + (uint32_t)(row < 0 ? 0 : row);

    if (at >= sheet->used || sheet->rows.items[at].id == NULL)
        return false;
    sheet->chosen = true;
    select_row(sheet, at);
    return true;
}

uint32_t sheet_more(const struct sheet *sheet)
{
    uint32_t shown = sheet->top + sheet->height;

    return sheet->used > shown ? sheet->used - shown : 0;
}
