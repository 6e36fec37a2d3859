/*
 * tests/view/views_test.c - every view, as a scene and as a picture, from answers that were kept.
 *
 * The answers stand in highway.json (those of a race of instance types in race.json), by "SERVICE
 * Operation" (with the Region before it where it is another one); the pictures in
 * golden/VIEW-COLSxROWS.  BLESS=1 writes the pictures anew: look at `git diff tests/view/golden`
 * before you keep them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/mem.h"
#include "base/str.h"
#include "tui/answer.h"
#include "tui/balancing.h"
#include "tui/balancing_scene.h"
#include "tui/hosts.h"
#include "tui/html.h"
#include "tui/keys.h"
#include "tui/layout.h"
#include "tui/lesson_pane.h"
#include "tui/list_view.h"
#include "tui/map.h"
#include "tui/storage.h"
#include "tui/theme.h"
#include "tui/transcript.h"

#include "shots.h"

static const char *const shown[] = {"map",     "hosts", "storage", "balancing", "queues", "coffee",
                                    "compare", "cafes", "charts",  "cost",      "list",   "events"};
enum { SHOWN = sizeof(shown) / sizeof(shown[0]) };

/* Columns would lose their alignment, or numbers their place, at some size of the window. */
static void test_pictures(void **state)
{
    static const int sizes[][2] = {{80, 24}, {100, 30}, {200, 60}};

    (void)state;
    for (size_t i = 0; i < SHOWN; i++) {
        for (size_t k = 0; k < 3; k++)
            shots_golden(&(struct shot){
                .view = shown[i],
                .argument = strcmp(shown[i], "list") == 0 ? "instance" : NULL,
                .cols = sizes[k][0],
                .rows = sizes[k][1],
                .theme = "default",
            });
    }
}

/* A terminal without Unicode would show question marks, or bytes of half characters. */
static void test_ascii(void **state)
{
    (void)state;
    for (size_t i = 0; i < SHOWN; i++) {
        const struct shot shot = {.view = shown[i], .cols = 80, .rows = 24, .ascii = true,
                                  .theme = "mono"};
        struct str text = STR_INIT;

        shots_picture(&shot, &text);
        for (size_t at = 0; at < text.length; at++)
            assert_true(text.text[at] == '\n' || (text.text[at] >= ' ' && text.text[at] < 0x7f));
        str_release(&text);
        shots_golden(&shot);
    }
}

/* A race of instance types would show other lanes than their times, or only where there is colour.
 */
static void test_race(void **state)
{
    static const int sizes[][2] = {{80, 24}, {100, 30}, {200, 60}};
    json_t *race = json_load_file("tests/view/race.json", 0, NULL);
    struct str text = STR_INIT;

    (void)state;
    assert_non_null(race);
    shots_source.context = race;
    for (size_t i = 0; i < 3; i++)
        shots_golden(&(struct shot){.view = "compare", .name = "race", .cols = sizes[i][0],
                                     .rows = sizes[i][1], .theme = "default"});
    for (int cols = 80; cols < 130; cols++)
        shots_picture(&(struct shot){.view = "cafes", .cols = cols, .rows = 24, .theme = "mono"},
                      &text);
    shots_golden(&(struct shot){.view = "compare", .name = "race", .cols = 80, .rows = 24,
                                 .ascii = true, .theme = "mono"});
    str_release(&text);
    shots_source.context = shots_answers;
    json_decref(race);
}

/* Someone who asked for no colour would get some; the selected row would not be told otherwise. */
static void test_mono(void **state)
{
    (void)state;
    for (size_t i = 0; i < SHOWN; i++) {
        const struct shot shot = {.view = shown[i], .cols = 100, .rows = 30, .theme = "mono"};
        struct canvas canvas;
        bool reversed = false;

        shots_draw(&shot, &canvas);
        for (int at = 0; at < canvas.rows * canvas.cols; at++) {
            assert_int_equal(canvas.cells[at].style.fg, CANVAS_DEFAULT);
            assert_int_equal(canvas.cells[at].style.bg, CANVAS_DEFAULT);
            reversed = reversed || (canvas.cells[at].style.attributes & CANVAS_REVERSE) != 0;
        }
        assert_true(reversed);
        assert_true(canvas.cursor_shown);
        canvas_release(&canvas);
    }
}

/* A window of any size could crash the console. */
static void test_any_size(void **state)
{
    static const int cols[] = {80, 81, 99, 100, 132, 10000};
    static const int rows[] = {24, 25, 200};

    (void)state;
    for (size_t i = 0; i < SHOWN; i++) {
        for (size_t c = 0; c < 6; c++) {
            for (size_t r = 0; r < 3; r++) {
                struct str text = STR_INIT;

                shots_picture(&(struct shot){.view = shown[i], .cols = cols[c], .rows = rows[r],
                                       .theme = "default"},
                        &text);
                str_release(&text);
            }
        }
    }
}

/* The coffee shops would tell of another morning than AWS's words do. */
static void test_same_numbers(void **state)
{
    static const int sizes[][2] = {{80, 48}, {100, 60}, {200, 60}};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct shot shot = {.view = "compare", .cols = sizes[i][0], .rows = sizes[i][1],
                            .theme = "default"};
        struct str text = STR_INIT;
        struct str aws = STR_INIT;
        struct str shop = STR_INIT;

        shots_picture(&shot, &text);
        shots_numbers(str_text(&text), &aws);
        str_clear(&text);
        shot.view = "cafes";
        shots_picture(&shot, &text);
        shots_numbers(str_text(&text), &shop);
        assert_string_equal(str_text(&aws), str_text(&shop));
        assert_non_null(strstr(str_text(&aws), " 38 "));
        str_release(&text);
        str_release(&aws);
        str_release(&shop);
    }
}

/* The row of a picture that holds the text, as its numbers. */
static void row_numbers(const struct shot *shot, const char *held, struct str *out)
{
    struct str text = STR_INIT;
    char *row;

    shots_picture(shot, &text);
    row = strstr(str_text(&text), held);
    assert_non_null(row);
    row[strcspn(row, "\n")] = '\0';
    shots_numbers(row, out);
    str_release(&text);
}

/* A counter would have served others than its target answered. */
static void test_same_targets(void **state)
{
    static const char *const targets[] = {"webserver01", "webserver02"};
    struct balancing_scene *scene = view_balancing.open(NULL);

    (void)state;
    view_balancing.refresh(scene, &shots_source);
    for (size_t i = 0; i < 2; i++) {
        const struct balancing_target *target =
            &scene->balancers.items[0].listeners.items[0].groups.items[0].targets.items[i];
        char *requests = xasprintf(" %lld ", (long long)target->requests);
        char *rate = xasprintf(" %.0f ", target->rate);
        char *in_flight = xasprintf(" %lld", (long long)target->in_flight);
        static const char *const skins[] = {"balancing", "coffee"};

        assert_string_equal(target->name, targets[i]);
        for (size_t k = 0; k < 2; k++) {
            struct str numbers = STR_INIT;

            row_numbers(&(struct shot){.view = skins[k], .cols = 80, .rows = 24,
                                       .theme = "default"},
                        targets[i], &numbers);
            assert_non_null(strstr(str_text(&numbers), requests));
            assert_non_null(strstr(str_text(&numbers), rate));
            assert_non_null(strstr(str_text(&numbers), in_flight));
            str_release(&numbers);
        }
        free(requests);
        free(rate);
        free(in_flight);
    }
    view_balancing.close(scene);
}

/* Where nobody balances, one of the skins would show nothing of who is asked. */
static void test_straight(void **state)
{
    json_t *straight = json_pack(
        "{s:{s:[{s:s, s:s, s:b, s:i, s:i}]}, s:{s:[{s:s, s:i, s:i, s:s}]}}", "lab DescribeServers",
        "Servers", "InstanceId", "i-1", "Name", "webserver01", "Listens", 1, "Requests", 1036,
        "InFlight", 6, "lab ListRequests", "Requests", "TargetId", "i-1", "RequestId", 7, "Status",
        200, "Source", "198.18.0.17");
    const char *const skins[] = {"balancing", "coffee"};

    (void)state;
    shots_source.context = straight;
    for (size_t i = 0; i < 2; i++) {
        const struct shot shot = {.view = skins[i], .cols = 80, .rows = 24, .theme = "default"};
        struct str numbers = STR_INIT;
        struct str text = STR_INIT;

        row_numbers(&shot, "webserver01", &numbers);
        assert_string_equal(str_text(&numbers), " 01 1036 6");
        shots_picture(&shot, &text);
        assert_null(strstr(str_text(&text), "i-1"));
        str_release(&numbers);
        str_release(&text);
    }
    shots_source.context = shots_answers;
    json_decref(straight);
}

/* The door would have served those whom it sent away, or take a topic's POST for a customer. */
static void test_door(void **state)
{
    json_t *answers = json_pack(
        "{s:{s:[{s:s, s:s, s:i, s:{s:i, s:i}}]}, s:{s:[{s:i, s:s, s:s, s:i}, "
        "{s:i, s:s, s:s, s:i, s:i}]}}",
        "lab DescribeTraffic", "Streams", "StreamId", "stream-1", "State", "running", "Completed",
        26, "Codes", "200", 13, "503", 13, "lab ListRequests", "Requests", "RequestId", 8, "Kind",
        "service", "Source", "203.0.113.25", "TookMicroseconds", 5, "RequestId", 7, "Kind",
        "client", "Source", "198.18.0.17", "Status", 200, "TookMicroseconds", 5);
    struct shot shot = {.view = "coffee", .cols = 100, .rows = 24, .theme = "mono"};
    struct str text = STR_INIT;

    (void)state;
    shots_source.context = answers;
    shots_picture(&shot, &text);
    assert_non_null(strstr(str_text(&text), "served 13  walked out 0  sent away 13"));
    assert_non_null(strstr(str_text(&text), "the last customer  198.18.0.17"));
    str_clear(&text);
    shot.view = "balancing";
    shots_picture(&shot, &text);
    assert_non_null(strstr(str_text(&text), "completed 26 (5xx 13)  failed 0"));
    str_clear(&text);
    json_array_remove(json_object_get(json_object_get(answers, "lab ListRequests"), "Requests"), 1);
    shot.view = "coffee";
    shots_picture(&shot, &text);
    assert_null(strstr(str_text(&text), "the last customer"));
    shots_source.context = shots_answers;
    str_release(&text);
    json_decref(answers);
}

/* ---- scenes ---- */

/* The map would tell of servers that are not there, or in the wrong zone. */
static void test_map_scene(void **state)
{
    struct map_scene *scene = view_map.open(NULL);

    (void)state;
    view_map.refresh(scene, &shots_source);
    assert_int_equal(scene->regions.count, 3);
    assert_string_equal(scene->regions.items[0].name, "us-east-1");
    assert_true(scene->regions.items[0].here);
    assert_int_equal(scene->regions.items[0].running, 2);
    assert_int_equal(scene->regions.items[0].others, 1);
    assert_int_equal(scene->regions.items[0].balancers.count, 1);
    assert_string_equal(scene->regions.items[0].zones.items[2].instances.items[0].id,
                        "i-0123456789abcdef0");
    for (uint32_t i = 1; i < 3; i++) {
        const struct map_region *region = &scene->regions.items[i];

        if (strcmp(region->name, "us-west-2") == 0)
            assert_string_equal(region->zones.items[1].instances.items[0].id,
                                "i-0fedcba9876543210@us-west-2");
    }
    view_map.close(scene);
}

/* The map would show a zone, or a Region, that is down as if nothing were wrong with it. */
static void test_map_failed(void **state)
{
    static const struct shot shot = {.view = "map", .cols = 80, .rows = 24, .theme = "default"};
    json_t *straight = shots_answers;
    json_t *broken = json_deep_copy(shots_answers);
    json_t *regions = json_object_get(json_object_get(broken, "lab DescribeFleet"),
                                      "Regions");
    json_t *here = json_array_get(regions, 0);
    struct str text = STR_INIT;

    (void)state;
    json_object_set_new(json_array_get(json_object_get(here, "Zones"), 2), "Failed", json_true());
    json_object_set_new(json_array_get(regions, 1), "Failed", json_true());
    shots_source.context = broken;
    shots_picture(&shot, &text);
    shots_source.context = straight;
    assert_non_null(strstr(str_text(&text), "us-east-1c  \xe2\x9c\x97 failed: nothing"));
    assert_null(strstr(str_text(&text), "us-east-1a  \xe2\x9c\x97"));
    assert_non_null(strstr(str_text(&text), "3 zones   \xe2\x9c\x97 failed: nothing"));
    str_release(&text);
    json_decref(broken);
}

/* The balancing view would say another health, or another share, than the operations do. */
static void test_balancing_scene(void **state)
{
    struct balancing_scene *scene = view_balancing.open(NULL);
    const struct balancing_group *group;
    int64_t share = 0;

    (void)state;
    view_balancing.refresh(scene, &shots_source);
    assert_int_equal(scene->balancers.count, 1);
    assert_int_equal(scene->loose.count, 0);
    assert_string_equal(scene->balancers.items[0].state, "active");
    assert_int_equal(scene->balancers.items[0].listeners.items[0].port, 80);
    group = &scene->balancers.items[0].listeners.items[0].groups.items[0];
    assert_string_equal(group->name, "Highway-TargetGroup");
    assert_string_equal(group->algorithm, "round_robin");
    assert_int_equal(group->targets.count, 2);
    assert_string_equal(group->targets.items[0].state, "healthy");
    assert_string_equal(group->targets.items[1].reason, "Target.Timeout");
    for (uint32_t i = 0; i < group->targets.count; i++)
        share += group->targets.items[i].share_permille;
    assert_int_equal(share, 1000);
    assert_true(scene->requests.count >= 2);
    assert_int_equal(scene->requests.items[0].status, 200);
    view_balancing.close(scene);
}

/* A neighbour would be taken for one's own instance, or the free room be wrong. */
static void test_hosts_scene(void **state)
{
    struct hosts_scene *scene = view_hosts.open(NULL);
    uint32_t yours = 0;

    (void)state;
    view_hosts.refresh(scene, &shots_source);
    assert_int_equal(scene->hosts.count, 2);
    for (uint32_t i = 0; i < scene->hosts.count; i++) {
        const struct hosts_host *host = &scene->hosts.items[i];
        int64_t memory = 0;
        int64_t vcpus = 0;

        for (uint32_t k = 0; k < host->guests.count; k++) {
            const struct hosts_guest *guest = &host->guests.items[k];

            yours += guest->yours;
            assert_int_equal(guest->yours, guest->letter == 'A');
            assert_int_equal(guest->yours, guest->name[0] != '\0');
            memory += guest->memory_mib;
            vcpus += guest->vcpus;
        }
        assert_int_equal(memory, host->used_memory_mib);
        assert_int_equal(vcpus, host->used_vcpus);
    }
    assert_int_equal(yours, 2);
    view_hosts.close(scene);
}

/* Enter would not go nearer, or a host's own instances would be lost from afar. */
static void test_hosts_zoom(void **state)
{
    static const struct {
        const char *argument;
        enum hosts_zoom zoom;
        const char *id;
        const char *command;
    } steps[] = {
        {NULL, HOSTS_YOURS, "h-0709940580af0086f", "view hosts h-0709940580af0086f"},
        {"region", HOSTS_REGION, "us-east-1b", "view hosts us-east-1b"},
        {"us-east-1b", HOSTS_ZONE, "h-0edf3acd977ad2e91", "view hosts h-0edf3acd977ad2e91"},
        {"h-0709940580af0086f", HOSTS_ONE, "i-0363cef5332449449", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        struct hosts_scene *scene = view_hosts.open(steps[i].argument);
        struct str command = STR_INIT;

        view_hosts.refresh(scene, &shots_source);
        assert_int_equal(scene->zoom, steps[i].zoom);
        view_hosts.command(scene, steps[i].id, &command);
        assert_string_equal(str_text(&command), steps[i].command);
        if (steps[i].zoom == HOSTS_REGION) {
            assert_int_equal(scene->zones.count, 2);
            assert_int_equal(scene->zones.items[0].with_yours, 1);
            assert_int_equal(scene->zones.items[1].with_yours, 1);
        }
        str_release(&command);
        view_hosts.close(scene);
    }
}

/* From near or from afar hosts would lose their columns, or show what ASCII has no sign for. */
static void test_hosts_zoom_pictures(void **state)
{
    static const char *const zooms[][2] = {
        {"hosts-region", "region"},
        {"hosts-zone", "us-east-1b"},
        {"hosts-one", "h-0709940580af0086f"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(zooms) / sizeof(zooms[0]); i++) {
        struct shot shot = {.view = "hosts", .name = zooms[i][0], .argument = zooms[i][1],
                            .cols = 80, .rows = 24, .theme = "default"};

        shots_golden(&shot);
        shot.ascii = true;
        shot.theme = "mono";
        shots_golden(&shot);
        shot = (struct shot){.view = "hosts", .name = zooms[i][0], .argument = zooms[i][1],
                             .cols = 200, .rows = 60, .theme = "default"};
        shots_golden(&shot);
    }
}

/* Blocks would be shown as shared that are not, or a snapshot as done that is not. */
static void test_storage_scene(void **state)
{
    struct storage_scene *scene = view_storage.open(NULL);

    (void)state;
    view_storage.refresh(scene, &shots_source);
    assert_int_equal(scene->volumes.count, 2);
    assert_string_equal(scene->volumes.items[0].what, "webserver01 root");
    assert_int_equal(scene->snapshots.count, 2);
    assert_string_equal(scene->snapshots.items[0].what, "of image Highway");
    assert_int_equal(scene->snapshots.items[1].progress_permille, 620);
    assert_true(scene->disk_end > 0);
    view_storage.close(scene);
}

/* A list would lose its order, or show what the filter hides. */
static void test_list(void **state)
{
    struct view view;
    struct view_frame frame;

    (void)state;
    memset(&frame, 0, sizeof(frame));
    frame.cols = 200;
    view_open(&view, &view_list, "instance");
    view_refresh(&view, &shots_source);
    assert_int_equal(((struct list_scene *)view.scene)->rows.count, 3);
    list_view_sort_next(view.scene);
    view_refresh(&view, &shots_source);
    view_write(&view, &frame);
    assert_int_equal(view.sheet.used, 4);
    assert_true(sheet_contains(str_text(&view.sheet.rows.items[1].text), "batch"));
    str_add(&view.filter, "SERVER02");
    view_refresh(&view, &shots_source);
    view_write(&view, &frame);
    assert_int_equal(view.sheet.used, 2);
    view_close(&view);
}

/* ---- the parts ---- */

/* The selection would jump to another row when something above it appears. */
static void test_sheet_keeps_its_place(void **state)
{
    struct sheet sheet = SHEET_INIT;
    char id[16];

    (void)state;
    for (int round = 0; round < 3; round++) {
        sheet_begin(&sheet);
        sheet_line(&sheet, THEME_TITLE, "head");
        for (int i = round == 1 ? 0 : 5; i < 20; i++) {
            snprintf(id, sizeof(id), "row-%d", i);
            sheet_row(&sheet, id);
            sheet_add(&sheet, THEME_TEXT, id);
        }
        sheet_end(&sheet);
        if (round == 0) {
            assert_string_equal(sheet_selected(&sheet), "row-5");
            sheet_move(&sheet, SHEET_DOWN);
        }
        assert_string_equal(sheet_selected(&sheet), "row-6");
    }
    sheet_move(&sheet, SHEET_BOTTOM);
    assert_string_equal(sheet_selected(&sheet), "row-19");
    sheet_move(&sheet, SHEET_DOWN);
    assert_string_equal(sheet_selected(&sheet), "row-19");
    str_add(&sheet.search, "ROW-1");
    assert_true(sheet_find_next(&sheet, 1));
    assert_string_equal(sheet_selected(&sheet), "row-10");
    sheet_begin(&sheet);
    sheet_end(&sheet);
    assert_null(sheet_selected(&sheet));
    sheet_release(&sheet);
}

/* The rows below the last one that can be selected could never be seen: a legend, a queue's
 * consumers. */
static void test_sheet_shows_its_end(void **state)
{
    static const enum sheet_move downs[] = {SHEET_BOTTOM, SHEET_PAGE_DOWN, SHEET_DOWN};
    struct canvas canvas;
    struct canvas_area area;

    (void)state;
    canvas_init(&canvas, 6, 20);
    area = canvas_all(&canvas);
    for (int tail = 3; tail <= 9; tail += 6) {
        for (size_t i = 0; i < sizeof(downs) / sizeof(downs[0]); i++) {
            struct sheet sheet = SHEET_INIT;

            sheet_line(&sheet, THEME_TITLE, "head");
            sheet_row(&sheet, "first");
            for (int row = 0; row < 10; row++)
                sheet_row(&sheet, "last");
            for (int row = 0; row < tail; row++)
                sheet_line(&sheet, THEME_DIM, "legend");
            sheet_end(&sheet);
            sheet_draw(&sheet, &area, theme_find("default"), true);
            assert_int_equal(sheet.top, 0);
            for (int moves = 0; moves < 30; moves++) {
                sheet_move(&sheet, downs[i]);
                sheet_draw(&sheet, &area, theme_find("default"), true);
                if (downs[i] == SHEET_BOTTOM && tail == 3)
                    assert_int_equal(sheet_more(&sheet), 0); /* at once */
            }
            assert_int_equal(sheet_more(&sheet), 0);
            assert_string_equal(sheet_selected(&sheet), "last");
            for (int moves = 0; moves < 30; moves++) {
                sheet_move(&sheet, SHEET_UP);
                sheet_draw(&sheet, &area, theme_find("default"), true);
            }
            assert_int_equal(sheet.top, 0);
            assert_string_equal(sheet_selected(&sheet), "first");
            sheet_release(&sheet);
        }
    }
    canvas_release(&canvas);
}

/* The end of a long answer would be all that a person sees of it. */
static void test_transcript_stops_at_the_top(void **state)
{
    struct transcript transcript;
    struct canvas canvas;
    struct canvas_area area;
    struct str row = STR_INIT;

    (void)state;
    transcript_init(&transcript);
    canvas_init(&canvas, 5, 20);
    area = canvas_all(&canvas);
    transcript_begin_answer(&transcript);
    transcript_add(&transcript, THEME_COMMAND, "$ long");
    for (int i = 0; i < 50; i++)
        transcript_add(&transcript, THEME_TEXT, "a line that is too long for it");
    transcript_draw(&transcript, &area, theme_find("mono"));
    canvas_row_text(&canvas, 0, &row);
    assert_string_equal(str_text(&row), "$ long");
    assert_int_equal(transcript_more(&transcript), 96);
    transcript_move(&transcript, SHEET_BOTTOM);
    assert_int_equal(transcript_more(&transcript), 0);
    transcript_begin_answer(&transcript);
    transcript_add(&transcript, THEME_TEXT, "short");
    canvas_reset(&canvas, 5, 20);
    transcript_draw(&transcript, &area, theme_find("mono"));
    str_clear(&row);
    canvas_row_text(&canvas, 4, &row);
    assert_string_equal(str_text(&row), "short");
    for (int i = 0; i < TRANSCRIPT_LINES; i++)
        transcript_add(&transcript, THEME_TEXT, "more");
    transcript_draw(&transcript, &area, theme_find("mono"));
    assert_true(transcript.lines.count <= TRANSCRIPT_LINES);
    str_release(&row);
    canvas_release(&canvas);
    transcript_release(&transcript);
}

/* Places would overlap, or the prompt vanish, at some size. */
static void test_layout(void **state)
{
    struct layout layout;

    (void)state;
    layout_compute(&layout, &(struct layout_wish){.rows = 1, .cols = 1, .prompt_rows = 1});
    assert_true(layout.too_small);
    for (int rows = 24; rows < 120; rows++) {
        for (int cols = 80; cols < 240; cols += 7) {
            for (int prompt = 1; prompt < 60; prompt += 9) {
                const struct layout_wish wish = {.rows = rows, .cols = cols,
                                                 .prompt_rows = prompt};

                layout_compute(&layout, &wish);
                assert_int_equal(layout.foot.row, rows - 1);
                assert_true(layout.prompt.rows >= 1);
                assert_true(layout.transcript.rows + layout.prompt.rows >= rows / 3);
                assert_int_equal(layout.prompt.row + layout.prompt.rows, rows - 1);
                assert_int_equal(layout.transcript.row + layout.transcript.rows,
                                 layout.prompt.row);
                assert_true(layout.view.rows >= 6);
                assert_int_equal(layout.view.row + layout.view.rows, layout.transcript_head.row);
                assert_true(layout.view.col + layout.view.cols <= cols);
                assert_int_equal(layout.lesson.rows > 0, cols >= LAYOUT_COLS_WIDE);
            }
        }
    }
}

/* A key would do two things in one place, or be in the help and do nothing. */
static void test_keys(void **state)
{
    (void)state;
    for (const struct keys_key *key = keys; key->label != NULL; key++) {
        const struct term_key pressed = {.code = key->code, .character = key->character,
                                         .alt = key->alt};

        assert_true(key->doc[0] != '\0');
        for (unsigned where = KEYS_PROMPT; where <= KEYS_TRANSCRIPT; where *= 2) {
            if ((key->where & where) != 0 && keys_is_there(key, where))
                assert_ptr_equal(keys_find(where, &pressed), key);
            if ((key->where & where) != 0 && keys_is_there(key, where | KEYS_FILM))
                assert_ptr_equal(keys_find(where | KEYS_FILM, &pressed), key);
        }
        if (key->action == KEYS_SHOW)
            assert_non_null(view_find(key->argument));
    }
    for (const struct keys_command *entry = keys_commands; entry->prefix != NULL; entry++) {
        const struct term_key pressed = {.code = TERM_KEY_CHAR, .character = entry->character};

        assert_non_null(strstr(entry->command, "{}"));
        assert_true(entry->character == 0 || keys_find(KEYS_VIEW, &pressed) == NULL);
        assert_true(entry->character == 0 ||
                    keys_find(KEYS_VIEW | KEYS_FILM, &pressed) == NULL);
    }
}

/* A page would be unreadable as text, or its tags leak into it. */
static void test_html(void **state)
{
    struct str text = STR_INIT;
    struct str title = STR_INIT;

    (void)state;
    html_to_text("<!DOCTYPE html><html><head><title>A &amp; B</title><style>p{x}</style></head>"
                 "<body><h1>Big\n  head</h1><p>One &lt;two&gt;\n three<br>four</p><ul><li>a</li>"
                 "<li>b <a href=\"x>y\">link</a></li></ul><script>if (a<b) c()</script>"
                 "<pre>x  y\n z</pre>&#233;&#x1F600; 1 < 2 & 3",
                 &text, &title);
    assert_string_equal(str_text(&title), "A & B");
    assert_string_equal(str_text(&text),
                        "Big head\n========\n\nOne <two> three\nfour\n\n\xe2\x80\xa2 a\n"
                        "\xe2\x80\xa2 b link\n\nx  y\n z\n\n\xc3\xa9\xf0\x9f\x98\x80 1 < 2 & 3\n");
    str_clear(&text);
    html_to_text("", &text, NULL);
    html_to_text("<", &text, NULL);
    html_to_text("<a", &text, NULL);
    html_to_text("<!-- never ends", &text, NULL);
    html_to_text("<h1>", &text, NULL);
    str_release(&text);
    str_release(&title);
}

/* The learner would not see which checks hold, or lose words at the pane's edge. */
static void test_lesson_pane(void **state)
{
    struct lesson_pane pane = {0};
    struct sheet sheet = SHEET_INIT;

    (void)state;
    lesson_pane_begin(&pane, LESSON_PANE_TEXT);
    lesson_pane_add(&pane, LESSON_PANE_NORMAL, "You baked ", 10);
    lesson_pane_add(&pane, LESSON_PANE_STRONG, "Highway", 7);
    lesson_pane_add(&pane, LESSON_PANE_NORMAL, ", now launch it.", 16);
    lesson_pane_say(&pane, LESSON_PANE_DONE, "the image is available");
    lesson_pane_say(&pane, LESSON_PANE_OPEN, "an instance runs from that image");
    lesson_pane_say(&pane, LESSON_PANE_COMMAND, "averyveryverylongwordthatfitsnowhere");
    sheet_begin(&sheet);
    lesson_pane_rows(&pane, 24, &sheet);
    sheet_end(&sheet);
    assert_string_equal(str_text(&sheet.rows.items[0].text), "You baked Highway, now");
    assert_string_equal(str_text(&sheet.rows.items[1].text), "launch it.");
    assert_string_equal(str_text(&sheet.rows.items[3].text), "\xe2\x9c\x93 the image is available");
    assert_string_equal(str_text(&sheet.rows.items[4].text), "\xe2\x96\xb8 an instance runs from");
    for (uint32_t i = 0; i < sheet.used; i++)
        assert_true(sheet.rows.items[i].columns <= 24);
    sheet_release(&sheet);
    lesson_pane_clear(&pane);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pictures),
        cmocka_unit_test(test_ascii),
        cmocka_unit_test(test_race),
        cmocka_unit_test(test_mono),
        cmocka_unit_test(test_any_size),
        cmocka_unit_test(test_map_scene),
        cmocka_unit_test(test_map_failed),
        cmocka_unit_test(test_same_numbers),
        cmocka_unit_test(test_same_targets),
        cmocka_unit_test(test_straight),
        cmocka_unit_test(test_door),
        cmocka_unit_test(test_balancing_scene),
        cmocka_unit_test(test_hosts_scene),
        cmocka_unit_test(test_hosts_zoom),
        cmocka_unit_test(test_hosts_zoom_pictures),
        cmocka_unit_test(test_storage_scene),
        cmocka_unit_test(test_list),
        cmocka_unit_test(test_sheet_keeps_its_place),
        cmocka_unit_test(test_sheet_shows_its_end),
        cmocka_unit_test(test_transcript_stops_at_the_top),
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_html),
        cmocka_unit_test(test_lesson_pane),
    };

    return cmocka_run_group_tests(tests, shots_load, shots_drop);
}
