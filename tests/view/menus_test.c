/*
 * tests/view/menus_test.c - menus over a view, the sign that points at a row, and large letters.
 *
 * The answers are recorded (tests/view/highway.json); the pictures lie in tests/view/golden.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "tui/breaking.h"
#include "tui/hosts.h"
#include "tui/lettering.h"
#include "tui/menu.h"
#include "tui/theme.h"

/* ---- the answers ---- */

static json_t *kept_answer(void *context, const struct view_question *question)
{
    char *key = xasprintf("%s %s", question->service, question->op);
    json_t *answer = json_object_get(context, key);

    free(key);
    return json_incref(answer);
}

static json_t *answers;
static struct view_source source = {.ask = kept_answer, .region = "us-east-1"};

static int load_answers(void **state)
{
    (void)state;
    answers = json_load_file("tests/view/highway.json", 0, NULL);
    source.context = answers;
    return answers == NULL;
}

static int drop_answers(void **state)
{
    (void)state;
    json_decref(answers);
    return 0;
}

static const char *first_instance(void)
{
    json_t *all =
        json_object_get(json_object_get(answers, "ec2 DescribeInstances"), "Reservations");
    json_t *first = json_object_get(json_array_get(all, 0), "Instances");

    return json_string_value(json_object_get(json_array_get(first, 0), "InstanceId"));
}

/* ---- pictures ---- */

struct shot {
    const struct view_ops *ops;
    const char *name; /* of its picture */
    const char *argument;
    int cols;
    int rows;
    bool ascii;
    const char *theme;
    const char *chosen; /* a row that Enter was pressed on */
};

static void picture(const struct shot *shot, struct str *out)
{
    struct canvas canvas;
    struct canvas_area area;
    struct view_frame frame;
    struct view view;

    canvas_init(&canvas, shot->rows, shot->cols);
    canvas.ascii = shot->ascii;
    area = canvas_all(&canvas);
    memset(&frame, 0, sizeof(frame));
    frame.cols = area.cols;
    frame.rows = area.rows;
    frame.filter = "";
    view_open(&view, shot->ops, shot->argument);
    view_refresh(&view, &source);
    if (shot->chosen != NULL)
        assert_int_equal(view.ops->choose(view.scene, shot->chosen), VIEW_TURNED);
    view_write(&view, &frame);
    sheet_draw(&view.sheet, &area, theme_find(shot->theme), true);
    view_close(&view);
    for (int row = 0; row < canvas.rows; row++) {
        canvas_row_text(&canvas, row, out);
        str_addc(out, '\n');
    }
    canvas_release(&canvas);
}

static void assert_golden(const struct shot *shot)
{
    struct str drawn = STR_INIT;
    char *path = xasprintf("tests/view/golden/%s-%dx%d%s", shot->name, shot->cols, shot->rows,
                           shot->ascii ? "-ascii" : "");
    char golden[64 << 10] = "";
    FILE *file;

    picture(shot, &drawn);
    file = fopen(path, getenv("BLESS") != NULL ? "w+" : "r");
    assert_non_null(file);
    if (getenv("BLESS") != NULL) {
        fputs(str_text(&drawn), file);
        rewind(file);
    }
    golden[fread(golden, 1, sizeof(golden) - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(str_text(&drawn), golden);
    free(path);
    str_release(&drawn);
}

/* What cannot break there would be offered, or what can would not; or a command would be typed that
 * is refused. */
static void test_breaking(void **state)
{
    static const char *const about[][2] = {
        {"breaking-zone", "us-east-1b"},
        {"breaking-links", "us-east-1b/links"},
        {"breaking-queue", "https://sqs.us-east-1.amazonaws.com/111122223333/orders"},
        {"breaking-host", "h-0709940580af0086f"},
        {"breaking-instance", NULL},
    };
    static const int sizes[][2] = {{80, 24}, {100, 30}, {200, 60}};
    const char *first = first_instance();

    (void)state;
    for (size_t i = 0; i < sizeof(about) / sizeof(about[0]); i++) {
        for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
            struct shot shot = {.ops = &view_breaking, .name = about[i][0],
                                .argument = about[i][1] != NULL ? about[i][1] : first,
                                .cols = sizes[k][0], .rows = sizes[k][1], .theme = "default"};

            assert_golden(&shot);
        }
    }
    assert_golden(&(struct shot){.ops = &view_breaking, .name = "breaking-form",
                                 .argument = first,
                                 .chosen = "kind slow-server", .cols = 80, .rows = 24,
                                 .ascii = true, .theme = "mono"});
    assert_true(breaking_applies("i-0abc@eu-west-1"));
    assert_true(breaking_applies("us-east-1"));
    assert_false(breaking_applies("vol-0abc"));
    assert_false(breaking_applies("https://sqs.us-east-1.amazonaws.com/111122223333/o.fifo"));
    assert_false(breaking_applies("arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/a/b"));
    assert_false(breaking_applies("region"));
    assert_false(breaking_applies(""));
}

/* Of a barista that reads a queue. */
static json_t *shop_answer(void *context, const struct view_question *question)
{
    if (strcmp(question->op, "DescribeShops") == 0)
        return json_pack("{s:[{s:s, s:[{s:s}]}]}", "Shops", "Coupling", context, "Baristas",
                         "InstanceId", "i-0abc");
    return NULL;
}

static bool is_offered(const char *coupling, const char *id, struct str *command)
{
    char *name = xstrdup(coupling);
    struct view_source shop = {.ask = shop_answer, .region = "us-east-1", .context = name};
    struct view_frame frame = {.cols = 80, .rows = 24, .filter = ""};
    struct view view;
    bool offered = false;

    view_open(&view, &view_breaking, "i-0abc");
    view_refresh(&view, &shop);
    view_write(&view, &frame);
    sheet_move(&view.sheet, SHEET_TOP);
    for (int i = 0; i < 30 && !offered; i++) {
        offered = sheet_selected(&view.sheet) != NULL &&
                  strcmp(sheet_selected(&view.sheet), id) == 0;
        sheet_move(&view.sheet, SHEET_DOWN);
    }
    view.ops->command(view.scene, id, command);
    view_close(&view);
    free(name);
    return offered;
}

/* A fault of answers would be offered for a barista who gives none, and his break would not. */
static void test_breaking_barista(void **state)
{
    struct str command = STR_INIT;

    (void)state;
    assert_false(is_offered("queue", "kind hanging-server", &command));
    assert_false(is_offered("bus", "kind failing-pages", &command));
    assert_false(is_offered("queue", "kind wrong-port", &command));
    assert_false(is_offered("direct", "kind stop-web-server", &command));
    assert_true(is_offered("direct", "kind hanging-server", &command));
    assert_true(is_offered("queue", "kind slow-server", &command));
    assert_true(is_offered("queue", "barista", &command));
    assert_string_equal(str_text(&command), "lab run-command --instance-id i-0abc --command "
                                            "'sudo systemctl stop barista'");
    str_release(&command);
}

/* A fault could not be set for a moment of the lesson, but only so many seconds from now. */
static void test_breaking_at(void **state)
{
    struct view view;
    struct str command = STR_INIT;

    (void)state;
    view_open(&view, &view_breaking, "us-east-1b");
    view_refresh(&view, &source);
    view.ops->choose(view.scene, "kind fail-zone");
    for (int i = 0; i < 5; i++)
        view.ops->choose(view.scene, "begins");
    view.ops->choose(view.scene, "lasts");
    view.ops->command(view.scene, "type", &command);
    assert_string_equal(str_text(&command), "lab inject-fault --kind fail-zone --availability-zone "
                                            "us-east-1b --duration 30 --at ");
    view_close(&view);
    str_clear(&command);
    view_open(&view, &view_breaking, "us-east-1b" HOSTS_LINKS);
    view_refresh(&view, &source);
    view.ops->choose(view.scene, "cut");
    view.ops->command(view.scene, "type", &command);
    assert_string_equal(str_text(&command), "lab inject-fault --kind packet-loss "
                                            "--availability-zone us-east-1b --percent 100");
    view_close(&view);
    str_release(&command);
}

/* Links would look well while they are broken, or have no row to be chosen. */
static void test_links(void **state)
{
    struct view_frame frame = {.cols = 80, .rows = 40, .filter = ""};
    struct str text = STR_INIT;
    struct canvas canvas;
    struct canvas_area area;
    struct view view;

    (void)state;
    json_object_set_new(
        answers, "lab DescribeFaults",
        json_pack("{s:[{s:s,s:s,s:s,s:i},{s:s,s:s,s:s,s:i},{s:s,s:s,s:s,s:i}]}", "Faults", "Kind",
                  "zone-latency", "Subject", "us-east-1a", "State", "active", "Amount", 80, "Kind",
                  "packet-loss", "Subject", "us-east-1a", "State", "active", "Amount", 10, "Kind",
                  "packet-loss", "Subject", "us-east-1b", "State", "pending", "Amount", 100));
    view_open(&view, &view_hosts, "region");
    view_refresh(&view, &source);
    json_object_del(answers, "lab DescribeFaults");
    view_write(&view, &frame);
    canvas_init(&canvas, 40, 80);
    area = canvas_all(&canvas);
    sheet_draw(&view.sheet, &area, theme_find("default"), true);
    for (int row = 0; row < canvas.rows; row++)
        canvas_row_text(&canvas, row, &text);
    assert_non_null(strstr(str_text(&text),
                           "links       10 % of the packets are lost  80 ms more, each way"));
    assert_non_null(strstr(str_text(&text), "links       well"));
    sheet_move(&view.sheet, SHEET_TOP);
    sheet_move(&view.sheet, SHEET_DOWN);
    assert_string_equal(sheet_selected(&view.sheet), "us-east-1a" HOSTS_LINKS);
    assert_true(breaking_applies(sheet_selected(&view.sheet)));
    assert_false(breaking_applies("webserver01" HOSTS_LINKS));
    view_close(&view);
    canvas_release(&canvas);
    str_release(&text);
}

/* An instructor would point at another row than the class sees, or a choice type something else. */
static void test_menu_and_pointer(void **state)
{
    struct canvas canvas;
    struct canvas_area area;
    struct str row = STR_INIT;
    struct str command = STR_INIT;
    struct sheet sheet = SHEET_INIT;

    (void)state;
    assert_golden(&(struct shot){.ops = &view_menu, .name = "menu", .cols = 80, .rows = 24,
                                 .theme = "default",
                                 .argument = "from your notes\nlab describe-hosts\t\nthis step\n"
                                             "vote \tthe hands for each answer\njump 2\tTwo\n"});
    view_menu.command(NULL, "jump 2", &command);
    assert_string_equal(str_text(&command), "jump 2");
    for (int round = 0; round < 2; round++) {
        sheet_begin(&sheet);
        for (int i = 0; i < 3; i++) {
            char id[16];

            snprintf(id, sizeof(id), "row-%d", round == 0 ? i : 2 - i);
            sheet_row(&sheet, id);
            sheet_addf(&sheet, THEME_TEXT, "%s is here", id);
        }
        sheet_end(&sheet);
        if (round == 0) {
            sheet_move(&sheet, SHEET_TOP);
            assert_true(sheet_mark(&sheet));
        }
    }
    assert_string_equal(sheet_marked(&sheet), "row-0 is here");
    canvas_init(&canvas, 5, 20);
    canvas.ascii = true;
    area = canvas_all(&canvas);
    sheet.gap = 1;
    sheet_draw(&sheet, &area, theme_find("mono"), true);
    canvas_row_text(&canvas, 4, &row); /* the third row, with one between each */
    assert_string_equal(str_text(&row), "row-0 is here <===");
    assert_false(sheet_mark(&sheet)); /* the same once more: no sign */
    assert_null(sheet_marked(&sheet));
    canvas_release(&canvas);
    sheet_release(&sheet);
    str_release(&row);
    str_release(&command);
}

/* A title would not be readable from afar, or be drawn over the edge. */
static void test_lettering(void **state)
{
    static const char *const rows[] = {
        "\xe2\x96\x88  \xe2\x96\x88 \xe2\x96\x80\xe2\x96\x88\xe2\x96\x80",
        "\xe2\x96\x88\xe2\x96\x80\xe2\x96\x80\xe2\x96\x88  \xe2\x96\x88",
        "\xe2\x96\x80  \xe2\x96\x80 \xe2\x96\x80\xe2\x96\x80\xe2\x96\x80",
    };
    struct canvas canvas;
    struct canvas_area area;

    (void)state;
    assert_int_equal(lettering_columns("hi"), 9);
    assert_int_equal(lettering_columns("caf\xc3\xa9"), 0);
    canvas_init(&canvas, 3, 10);
    area = canvas_all(&canvas);
    lettering_draw(&area, (struct canvas_at){0}, theme_style(theme_find("mono"), THEME_TITLE),
                   "Hi");
    for (int i = 0; i < 3; i++) {
        struct str row = STR_INIT;

        canvas_row_text(&canvas, i, &row);
        assert_string_equal(str_text(&row), rows[i]);
        str_release(&row);
    }
    canvas_release(&canvas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_breaking),
        cmocka_unit_test(test_breaking_barista),
        cmocka_unit_test(test_breaking_at),
        cmocka_unit_test(test_links),
        cmocka_unit_test(test_menu_and_pointer),
        cmocka_unit_test(test_lettering),
    };

    return cmocka_run_group_tests(tests, load_answers, drop_answers);
}
