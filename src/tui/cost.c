/*
 * tui/cost.c - what everything has cost so far, and what it costs if nothing changes.
 *
 * Asks lab DescribeBill, by service and line by line, and DescribeBillHistory for the curves.
 */
#include "tui/cost.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "sim/clock.h"
#include "tui/answer.h"

enum { MONEY_COLS = 14, SERVICE_COLS = 30, LINES_MOST = 300, QUANTITY_COLS = 18, BAR_MOST = 40,
       HEAD_COLS = 90, TALL_ROWS = 28, TALLEST = 4 };

/* ---- the scene ---- */

static json_t *bill_ask(const struct view_source *source, const char *by)
{
    json_t *params = json_pack("{s:s}", "By", by);
    json_t *answer = source->ask(source->context, &(struct view_question){
                                                      .service = "lab",
                                                      .op = "DescribeBill",
                                                      .params = params,
                                                  });

    json_decref(params);
    return answer;
}

static struct cost_line line_read(struct arena *arena, json_t *line, const char *name)
{
    json_t *quantity = answer_at(line, "Quantity");
    const char *unit = answer_text(line, "Unit");

    return (struct cost_line){
        .resource = view_keep(arena, answer_text(line, "ResourceId")),
        .name = view_keep(arena, answer_text(line, name)),
        .quantity = quantity == NULL
                        ? ""
                        : arena_printf(arena, "%.4f %s", json_number_value(quantity), unit),
        .micro = answer_int(line, "MicroUsd"),
        .hourly = answer_int(line, "HourlyMicroUsd"),
    };
}

/* ---- curves ---- */

static int64_t time_of(json_t *point)
{
    int64_t time = 0;

    return clock_parse(answer_text(point, "Time"), &time) ? time : 0;
}

/* What the service had cost at a point of the history, in dollars. */
static double cost_at(json_t *point, const char *service)
{
    json_t *part;
    size_t i;

    json_array_foreach(answer_list(point, "Services"), i, part) {
        if (strcmp(answer_text(part, "Service"), service) == 0)
            return (double)answer_int(part, "MicroUsd") / 1e6;
    }
    return 0;
}

/* Straight lines from hour to hour. */
static void curve_read(json_t *points, struct cost_line *line)
{
    size_t count = json_array_size(points);
    int64_t from = time_of(json_array_get(points, 0));
    int64_t span = time_of(json_array_get(points, count - 1)) - from;
    size_t at = 0;

    for (int i = 0; i < COST_MOMENTS; i++) {
        int64_t time = from + span / (COST_MOMENTS - 1) * i;
        json_t *before;
        json_t *after;
        double low;
        double part;

        while (at + 2 < count && time_of(json_array_get(points, at + 1)) <= time)
            at++;
        before = json_array_get(points, at);
        after = json_array_get(points, at + 1);
        low = cost_at(before, line->name);
        part = (double)(time - time_of(before)) /
               (double)(time_of(after) - time_of(before));
        line->curve[i] = low + (cost_at(after, line->name) - low) * (part > 1 ? 1 : part);
    }
}

static void curves_read(struct cost_scene *scene, json_t *history)
{
    json_t *points = answer_list(history, "Points");

    scene->from = "";
    if (json_array_size(points) < 2)
        return;
    scene->from =
        view_keep(&scene->arena, answer_text(json_array_get(points, 0), "Time"));
    for (uint32_t i = 0; i < scene->services.count; i++) {
        struct cost_line *line = &scene->services.items[i];

        line->curve = arena_alloc(&scene->arena, COST_MOMENTS * sizeof(*line->curve));
        curve_read(points, line);
    }
}

static int by_rate(const void *a, const void *b)
{
    const struct cost_line *one = a;
    const struct cost_line *other = b;

    if (one->hourly != other->hourly)
        return one->hourly > other->hourly ? -1 : 1;
    if (one->micro != other->micro)
        return one->micro > other->micro ? -1 : 1;
    if (strcmp(one->resource, other->resource) != 0)
        return strcmp(one->resource, other->resource);
    return strcmp(one->name, other->name);
}

static void cost_refresh(void *at, const struct view_source *source)
{
    struct cost_scene *scene = at;
    json_t *services = bill_ask(source, "service");
    json_t *lines = bill_ask(source, "line");
    json_t *history = source->ask(source->context, &(struct view_question){
                                                       .service = "lab",
                                                       .op = "DescribeBillHistory",
                                                   });
    json_t *line;
    size_t i;

    arena_release(&scene->arena);
    *scene = (struct cost_scene){
        .total = answer_int(services, "TotalMicroUsd"),
        .hourly = answer_int(services, "HourlyMicroUsd"),
        .month = answer_int(services, "MonthlyMicroUsd"),
    };
    scene->since = view_keep(&scene->arena, answer_text(services, "Since"));
    json_array_foreach(answer_list(services, "Lines"), i, line)
        *LIST_PUSH_IN(&scene->arena, &scene->services) = line_read(&scene->arena, line, "Service");
    json_array_foreach(answer_list(lines, "Lines"), i, line)
        *LIST_PUSH_IN(&scene->arena, &scene->lines) = line_read(&scene->arena, line, "UsageType");
    if (scene->services.count > 1)
        qsort(scene->services.items, scene->services.count, sizeof(struct cost_line), by_rate);
    if (scene->lines.count > 1)
        qsort(scene->lines.items, scene->lines.count, sizeof(struct cost_line), by_rate);
    curves_read(scene, history);
    json_decref(services);
    json_decref(lines);
    json_decref(history);
}

/* ---- rows ---- */

static const char *money(int64_t micro, char text[32])
{
    snprintf(text, 32, "$%lld.%06lld", (long long)(micro / 1000000), (long long)(micro % 1000000));
    return text;
}

static void write_money(struct sheet *sheet, enum theme_role role, int64_t micro)
{
    char text[32];

    sheet_cell(sheet, role, -MONEY_COLS, money(micro, text));
}

static void write_heads(struct sheet *sheet, int cols, const char *first, const char *second)
{
    sheet_row(sheet, NULL);
    sheet_cell(sheet, THEME_TITLE, cols, first);
    sheet_cell(sheet, THEME_TITLE, -MONEY_COLS, "so far");
    sheet_cell(sheet, THEME_TITLE, -MONEY_COLS, "an hour now");
    sheet_add(sheet, THEME_TITLE, second);
}

static void write_head(struct sheet *sheet, const struct cost_scene *scene, int cols)
{
    char text[32];

    sheet_row(sheet, NULL);
    sheet_addf(sheet, THEME_STRONG, "%s so far", money(scene->total, text));
    sheet_addf(sheet, THEME_TEXT, "   %s an hour now", money(scene->hourly, text));
    sheet_row(sheet, NULL);
    sheet_addf(sheet, THEME_TEXT, "%s in 30 days if nothing changes   ", money(scene->month, text));
    if (cols < HEAD_COLS)
        sheet_row(sheet, NULL);
    sheet_addf(sheet, THEME_DIM, "list prices, since %.10s %.8s UTC", scene->since,
               strlen(scene->since) > 11 ? scene->since + 11 : "");
    sheet_line(sheet, THEME_TEXT, "");
}

/* One row of a curve, `columns` wide and `height` rows high; row 0 is the lowest. */
static void write_curve(struct sheet *sheet, const struct cost_line *line, int columns,
                        const struct sheet_level *like)
{
    for (int i = 0; i < columns; i++)
        sheet_curve(sheet, THEME_GOOD,
                    &(struct sheet_level){
                        .value = line->curve[columns < 2 ? 0 : i * (COST_MOMENTS - 1) /
                                                                   (columns - 1)],
                        .most = line->curve[COST_MOMENTS - 1],
                        .row = like->row,
                        .height = like->height,
                    });
}

/* "2026-01-05 08:00" */
static const char *moment(const char *time, char text[20])
{
    snprintf(text, 20, "%.10s %.5s", time, strlen(time) > 11 ? time + 11 : "");
    return text;
}

/* Where there is room: each service over time, each to its own height. */
static void write_chart(struct sheet *sheet, const struct cost_scene *scene,
                        const struct view_frame *frame)
{
    int columns = frame->cols - SERVICE_COLS - MONEY_COLS - 2;
    int height = (frame->rows - TALL_ROWS) / (int)(scene->services.count + 1) + 2;
    char text[20];

    columns = columns > COST_MOMENTS ? COST_MOMENTS : columns;
    height = height > TALLEST ? TALLEST : height;
    sheet_row(sheet, NULL);
    sheet_cell(sheet, THEME_TITLE, SERVICE_COLS + MONEY_COLS + 2, "over time, each to its height");
    sheet_cell(sheet, THEME_DIM, columns - 3, moment(scene->from, text));
    sheet_add(sheet, THEME_DIM, "now");
    for (uint32_t i = 0; i < scene->services.count; i++) {
        const struct cost_line *service = &scene->services.items[i];

        for (int row = height - 1; row >= 0; row--) {
            sheet_row(sheet, NULL);
            sheet_cell(sheet, THEME_TEXT, SERVICE_COLS, row == 0 ? service->name : "");
            if (row == 0)
                write_money(sheet, THEME_STRONG, service->micro);
            else
                sheet_cell(sheet, THEME_TEXT, MONEY_COLS, "");
            sheet_add(sheet, THEME_TEXT, "  ");
            write_curve(sheet, service, columns,
                        &(struct sheet_level){.row = row, .height = height});
        }
    }
    sheet_line(sheet, THEME_TEXT, "");
}

static void write_services(struct sheet *sheet, const struct cost_scene *scene, int cols)
{
    int room = cols - SERVICE_COLS - 2 * MONEY_COLS - 3;
    int bar = room > BAR_MOST ? BAR_MOST : room;

    bool curves = scene->from[0] != '\0';
    char text[20];

    write_heads(sheet, SERVICE_COLS, "service", bar <= 0 ? "" : curves ? "" : "  of it");
    if (bar > 0 && curves)
        sheet_addf(sheet, THEME_TITLE, "  from %.*s", bar > 16 ? 11 : 5,
                   moment(scene->from, text) + 5);
    for (uint32_t i = 0; i < scene->services.count; i++) {
        const struct cost_line *service = &scene->services.items[i];

        sheet_row(sheet, NULL);
        sheet_cell(sheet, THEME_TEXT, SERVICE_COLS, service->name);
        write_money(sheet, THEME_STRONG, service->micro);
        write_money(sheet, THEME_TEXT, service->hourly);
        if (bar <= 0 || scene->total == 0)
            continue;
        sheet_add(sheet, THEME_TEXT, "  ");
        if (curves)
            write_curve(sheet, service, bar, &(struct sheet_level){.height = 1});
        else
            sheet_bar(sheet, THEME_GOOD, bar, service->micro * 1000 / scene->total);
    }
    sheet_line(sheet, THEME_TEXT, "");
}

/* What is at the end of an ARN says which one it is. */
static const char *short_name(const char *resource)
{
    const char *name = strstr(resource, ":loadbalancer/");

    return name == NULL ? resource : name + strlen(":loadbalancer/");
}

/* A thing can be selected once, whatever number of lines it has. */
static const char *row_id(const struct cost_scene *scene, uint32_t at)
{
    const char *resource = scene->lines.items[at].resource;

    for (uint32_t i = 0; i < at; i++) {
        if (strcmp(scene->lines.items[i].resource, resource) == 0)
            return NULL;
    }
    return resource;
}

static void write_line(struct sheet *sheet, const struct cost_line *line, const char *id, int cols)
{
    bool over = line->hourly == 0;
    bool wide = cols >= 23 + 28 + QUANTITY_COLS + 2 * MONEY_COLS;
    int room = cols - 2 * MONEY_COLS - (wide ? QUANTITY_COLS : 0);
    int first = room > 60 ? 36 : room / 2;

    sheet_row(sheet, id);
    sheet_cell(sheet, over ? THEME_DIM : THEME_TEXT, first - 1, short_name(line->resource));
    sheet_add(sheet, THEME_TEXT, " ");
    sheet_cell(sheet, over ? THEME_DIM : THEME_COMMAND, room - first, line->name);
    if (wide)
        sheet_cell(sheet, THEME_DIM, -QUANTITY_COLS, line->quantity);
    write_money(sheet, over ? THEME_DIM : THEME_STRONG, line->micro);
    write_money(sheet, over ? THEME_DIM : THEME_TEXT, line->hourly);
}

static void cost_rows(const void *at, const struct view_frame *frame, struct sheet *sheet)
{
    const struct cost_scene *scene = at;
    uint32_t shown = 0;
    uint32_t more = 0;

    write_head(sheet, scene, frame->cols);
    if (scene->lines.count == 0) {
        sheet_line(sheet, THEME_DIM, "Nothing has cost anything yet.");
        return;
    }
    write_services(sheet, scene, frame->cols);
    if (scene->from[0] != '\0' && frame->rows >= TALL_ROWS)
        write_chart(sheet, scene, frame);
    write_heads(sheet, frame->cols - 2 * MONEY_COLS, "what for", "");
    for (uint32_t i = 0; i < scene->lines.count; i++) {
        const struct cost_line *line = &scene->lines.items[i];

        if (!sheet_contains(line->resource, frame->filter) &&
            !sheet_contains(line->name, frame->filter))
            continue;
        if (shown == LINES_MOST) {
            more++;
            continue;
        }
        shown++;
        write_line(sheet, line, row_id(scene, i), frame->cols);
    }
    if (shown == 0)
        sheet_line(sheet, THEME_DIM, "none that match");
    if (more > 0) {
        sheet_row(sheet, NULL);
        sheet_addf(sheet, THEME_DIM, "%u more: lab describe-bill", more);
    }
}

static void *cost_open(const char *argument)
{
    (void)argument;
    return xcalloc(1, sizeof(struct cost_scene));
}

static void cost_close(void *at)
{
    arena_release(&((struct cost_scene *)at)->arena);
    free(at);
}

const struct view_ops view_cost = {
    .name = "cost",
    .title = "cost",
    .doc = "What everything has cost so far, and what it costs if nothing changes.",
    .open = cost_open,
    .refresh = cost_refresh,
    .rows = cost_rows,
    .close = cost_close,
    .lists = true,
};
