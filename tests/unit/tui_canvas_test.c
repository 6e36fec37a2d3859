/*
 * tests/unit/tui_canvas_test.c - what views draw, cell by cell.
 */
#include "tui/canvas.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "tui/theme.h"

static const struct canvas_style plain;

static void assert_row(const struct canvas *canvas, int row, const char *expected)
{
    struct str out = STR_INIT;

    canvas_row_text(canvas, row, &out);
    assert_string_equal(str_text(&out), expected);
    str_release(&out);
}

/* A view would draw over its neighbour, or show half a character. */
static void test_clipping(void **state)
{
    struct canvas canvas;
    struct canvas_area all;
    struct canvas_area part;

    (void)state;
    canvas_init(&canvas, 3, 8);
    all = canvas_all(&canvas);
    part = canvas_part(&all, (struct canvas_area){.row = 1, .col = 2, .rows = 5, .cols = 4});
    assert_int_equal(part.rows, 2);
    assert_int_equal(canvas_text(&part, (struct canvas_at){0}, plain, "abcdefgh"), 4);
    assert_int_equal(canvas_text(&part, (struct canvas_at){.row = 1}, plain, "abc\xe6\x97\xa5"), 3);
    canvas_text(&part, (struct canvas_at){.row = 9}, plain, "x");
    canvas_text(&part, (struct canvas_at){.row = -1}, plain, "x");
    canvas_text(&part, (struct canvas_at){.col = 9}, plain, "x");
    assert_row(&canvas, 0, "");
    assert_row(&canvas, 1, "  abcd");
    assert_row(&canvas, 2, "  abc");
    canvas_label(&all, (struct canvas_at){.cols = 4}, plain, "abcdef");
    assert_row(&canvas, 0, "abc\xe2\x80\xa6");
    canvas_release(&canvas);
}

/* Half of a wide character would stay behind, and shift the rest of its row on the screen. */
static void test_wide(void **state)
{
    struct canvas canvas;
    struct canvas_area all;

    (void)state;
    canvas_init(&canvas, 1, 6);
    all = canvas_all(&canvas);
    canvas_text(&all, (struct canvas_at){0}, plain,
                "\xe6\x97\xa5\xe6\x9c\xac"
                "e\xcc\x81");
    assert_row(&canvas, 0,
               "\xe6\x97\xa5\xe6\x9c\xac"
               "e\xcc\x81");
    assert_int_equal(canvas.cells[1].columns, 0);
    canvas_text(&all, (struct canvas_at){.col = 1}, plain, "xy");
    assert_row(&canvas, 0, " xy e\xcc\x81");
    canvas_release(&canvas);
}

/* A tag with an escape sequence in it would act on the learner's terminal. */
static void test_sanitised(void **state)
{
    struct canvas canvas;
    struct canvas_area all;

    (void)state;
    canvas_init(&canvas, 1, 20);
    all = canvas_all(&canvas);
    assert_int_equal(canvas_text(&all, (struct canvas_at){0}, plain, "a\x1b[2J\xe2\x80\xae"), 16);
    assert_row(&canvas, 0, "a\\x1b[2J\\u{202e}");
    canvas_release(&canvas);
}

/* On a terminal without Unicode the screen would be full of question marks, or out of line. */
static void test_twins(void **state)
{
    struct canvas canvas;
    struct canvas_area all;
    const int64_t values[] = {0, 1, 40, 60, 80, 100};

    (void)state;
    canvas_init(&canvas, 4, 12);
    all = canvas_all(&canvas);
    for (int ascii = 0; ascii < 2; ascii++) {
        canvas_reset(&canvas, 4, 12);
        canvas.ascii = ascii == 1;
        canvas_box(&all, plain, "caf\xc3\xa9");
        canvas_spark(&all, (struct canvas_at){.row = 1, .col = 1, .cols = 7}, plain,
                     &(struct canvas_series){.values = values, .count = 6, .max = 100});
        canvas_bar(&all, (struct canvas_at){.row = 2, .col = 1, .cols = 10}, plain, 300);
        if (canvas.ascii) {
            assert_row(&canvas, 0, "+ caf? ----+");
            assert_row(&canvas, 1, "|  _.-=#   |");
            assert_row(&canvas, 2, "|###.......|");
            assert_row(&canvas, 3, "+----------+");
        } else {
            assert_row(&canvas, 0, "┌ café ────┐");
            assert_row(&canvas, 1, "│  ▁▂▃▅▇   │");
            assert_row(&canvas, 2, "│███░░░░░░░│");
            assert_row(&canvas, 3, "└──────────┘");
        }
    }
    canvas_release(&canvas);
}

/* A long command would run out of the screen, or the cursor stand where nothing is typed. */
static void test_flow(void **state)
{
    static const struct {
        const char *text;
        size_t cursor;
        int rows;
        int row;
        int col;
    } cases[] = {
        {"", 0, 1, 0, 0},
        {"abc", 3, 1, 0, 3},
        {"abcd", 4, 2, 1, 0},
        {"abcd", 0, 1, 0, 0},
        {"abcdefgh", 5, 2, 1, 1},
        {"a\nb", 3, 2, 1, 1},
        {"a\n", 2, 2, 1, 0},
        {"abc\xe6\x97\xa5", 3, 2, 1, 0},
        {"abc\xe6\x97\xa5", 6, 2, 1, 2},
        {"\x1b"
         "abc",
         1, 2, 1, 0},
    };
    struct canvas canvas;
    struct canvas_area all;

    (void)state;
    canvas_init(&canvas, 3, 4);
    all = canvas_all(&canvas);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct canvas_flow flow = {.cursor = cases[i].cursor};

        canvas_flow(&all, plain, cases[i].text, &flow);
        assert_int_equal(flow.rows, cases[i].rows);
        assert_int_equal(flow.cursor_row, cases[i].row);
        assert_int_equal(flow.cursor_col, cases[i].col);
    }
    canvas_reset(&canvas, 3, 4);
    canvas_flow(&all, plain, "abcdefghij\nk", &(struct canvas_flow){.first = 1});
    assert_row(&canvas, 0, "efgh");
    assert_row(&canvas, 1, "ij");
    assert_row(&canvas, 2, "k");
    canvas_release(&canvas);
}

static void note(void *context, int row, int col, int cols)
{
    str_addf(context, "%d:%d+%d ", row, col, cols);
}

/* The terminal would be sent a whole screen for one changed digit; or a change would be lost. */
static void test_diff(void **state)
{
    struct canvas old = {0};
    struct canvas new;
    struct canvas_area all;
    struct str runs = STR_INIT;

    (void)state;
    canvas_init(&new, 2, 10);
    all = canvas_all(&new);
    canvas_diff(&old, &new, note, &runs);
    assert_string_equal(str_text(&runs), "0:0+10 1:0+10 ");
    canvas_copy(&old, &new);
    str_clear(&runs);
    canvas_diff(&old, &new, note, &runs);
    assert_string_equal(str_text(&runs), "");
    canvas_text(&all, (struct canvas_at){.row = 1, .col = 3}, plain, "ab d");
    canvas_restyle(&all, (struct canvas_at){.col = 8},
                   (struct canvas_style){.attributes = CANVAS_BOLD});
    canvas_diff(&old, &new, note, &runs);
    assert_string_equal(str_text(&runs), "0:8+2 1:3+2 1:6+1 ");
    canvas_release(&old);
    canvas_release(&new);
    str_release(&runs);
}

/* A theme asked for by name would not be there, or use colour where none is wanted. */
static void test_themes(void **state)
{
    const struct theme *mono = theme_find("mono");

    (void)state;
    assert_non_null(theme_find("default"));
    assert_non_null(theme_find("high-contrast"));
    assert_null(theme_find("nothing"));
    for (int role = 0; role < THEME_ROLES; role++) {
        assert_int_equal(theme_style(mono, (enum theme_role)role).fg, CANVAS_DEFAULT);
        assert_int_equal(theme_style(mono, (enum theme_role)role).bg, CANVAS_DEFAULT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clipping),  cmocka_unit_test(test_wide),
        cmocka_unit_test(test_sanitised), cmocka_unit_test(test_twins),
        cmocka_unit_test(test_diff),      cmocka_unit_test(test_flow),
        cmocka_unit_test(test_themes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
