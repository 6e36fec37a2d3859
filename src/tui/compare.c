/*
 * tui/compare.c - the last comparison: up to four worlds side by side, in AWS's words and as coffee
 * shops; or a workload on several instance types (tui/race).
 *
 * Each world is written to a sheet of its own; then the sheets are joined, as many in a line as
 * fit:
 *
 *     GET http://...   second 30 of 60             what is asked, and which moment this is
 *     - in-turn ----------  - shortest-line ---    a pane for each world: its name,
 *      round_robin           least_outstand...     how it chooses,
 *      44/s  in flight 12    44/s  in flight 4     its numbers of this moment,
 *      ..::::||||||          ........::..          the requests in flight over time, on one scale,
 *      0 s     ^ 30 s        0 s     ^ 30 s        this moment in it,
 *      webserver01  * 5      webserver01  * 2      and its targets
 *     result        sent  answered  p50 ...        what became of all requests
 */
#include "tui/compare.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "tui/answer.h"
#include "tui/coffee.h"
#include "tui/compare_scene.h"

enum {
    PANE_COLS = 30,  /* no narrower, while there is room for one */
    PANE_WIDE = 42,  /* from here on more is said, */
    PANE_WIDER = 56, /* and in one row */
    WORLDS = 4,
    PANE_ROWS = 5,   /* of a pane without its curve and its targets */
    CURVE_ROWS = 8,
    NAME_COLS = 14,
};

/* What the two skins call things. */
struct skin {
    bool shop;
    const char *straight; /* no balancer */
    const char *columns[7];
    const char *many;
};

static const struct skin aws_skin = {
    .straight = "no load balancer: straight to the server",
    .columns = {"answered", "5xx", "failed", "p50", "p90", "p99", "max"},
    .many = "requests in flight",
};

static const struct skin shop_skin = {
    .shop = true,
    .straight = "one counter, and no host at the door",
    .columns = {"served", "away", "walked", "half", "9 in 10", "99/100", "longest"},
    .many = "customers in the shop",
};

/* How the panes stand. */
struct panes {
    const struct compare_scene *scene;
    const struct skin *skin;
    int cols;  /* of a pane */
    int lined; /* panes in a line */
    int curve; /* rows of a curve */
};

/* ---- one world ---- */

static uint32_t targets_of(const struct compare_world *world)
{
    uint32_t count = world->moment.servers.count;

    for (uint32_t i = 0; i < world->moment.balancers.count; i++) {
        const struct balancing_balancer *balancer = &world->moment.balancers.items[i];

        for (uint32_t k = 0; k < balancer->listeners.items[0].groups.count; k++)
            count += balancer->listeners.items[0].groups.items[k].targets.count;
    }
    return count;
}

static void write_name(struct sheet *sheet, const struct panes *panes, const char *name)
{
    sheet_row(sheet, NULL);
    sheet_add(sheet, THEME_FRAME, panes->cols > 20 ? "\xe2\x94\x80 " : "");
    sheet_add(sheet, THEME_TITLE, name);
    sheet_add(sheet, THEME_FRAME, " ");
    while (sheet->rows.items[sheet->used - 1].columns < (uint32_t)panes->cols - 1)
        sheet_add(sheet, THEME_FRAME, "\xe2\x94\x80");
}

static void write_how(struct sheet *sheet, const struct panes *panes,
                      const struct balancing_group *group)
{
    uint32_t healthy = 0;

    for (uint32_t i = 0; i < group->targets.count; i++)
        healthy += strcmp(group->targets.items[i].state, "healthy") == 0;
    sheet_row(sheet, NULL);
    if (healthy < group->targets.count || panes->cols >= PANE_WIDE)
        sheet_addf(sheet, healthy < group->targets.count ? THEME_WARN : THEME_DIM,
                   panes->skin->shop ? " %u of %u serve" : " %u of %u healthy", healthy,
                   group->targets.count);
    sheet_addf(sheet, THEME_TEXT, " %s",
               panes->skin->shop ? coffee_manner(group->algorithm) : group->algorithm);
    if (group->stickiness[0] != '\0')
        sheet_addf(sheet, THEME_DIM, panes->skin->shop ? "; regulars stay" : "  sticky: %s",
                   group->stickiness);
}

static void write_numbers(struct sheet *sheet, const struct panes *panes,
                          const struct balancing_stream *stream)
{
    bool shop = panes->skin->shop;
    bool wide = panes->cols >= PANE_WIDE;

    sheet_row(sheet, NULL);
    if (stream->rate >= 0)
        sheet_addf(sheet, THEME_TEXT, shop && wide ? " %.0f a second " : " %.0f/s ", stream->rate);
    sheet_addf(sheet, THEME_STRONG, shop ? " in the shop %lld" : " in flight %lld",
               (long long)stream->in_flight);
    if (stream->failed > 0 || wide)
        sheet_addf(sheet, stream->failed > 0 ? THEME_BAD : THEME_DIM,
                   shop ? "  walked out %lld" : "  failed %lld", (long long)stream->failed);
    if (stream->errors > 0)
        sheet_addf(sheet, THEME_BAD, shop ? "  sent away %lld" : "  5xx %lld",
                   (long long)stream->errors);
    sheet_row(sheet, NULL);
    if (stream->p99_ms > 0)
        sheet_addf(sheet, THEME_DIM,
                   !shop  ? " p50 %.0f ms  p99 %.0f ms"
                   : wide ? " wait: half %.0f ms, 99 in 100 %.0f ms"
                          : " half %.0f, 99 in 100 %.0f ms",
                   stream->p50_ms, stream->p99_ms);
    else
        sheet_add(sheet, THEME_DIM, shop ? " nobody was served just now" : " no answer just now");
}

/* The most of the moments that share a cell of a curve. */
static double curve_value(const struct compare_world *world, int cell, int cells)
{
    uint32_t total = 61; /* where nothing is yet, it stays blank */
    uint32_t from;
    uint32_t until;
    double most = NAN;

    total = world->in_flight.count > total ? world->in_flight.count : total;
    from = (uint32_t)((int64_t)cell * total / cells);
    until = (uint32_t)(((int64_t)cell + 1) * total / cells);
    until = until > from ? until : from + 1;
    for (uint32_t i = from; i < until && i < world->in_flight.count; i++) {
        double value = (double)world->in_flight.items[i];

        most = isnan(most) || value > most ? value : most;
    }
    return most;
}

/* The requests in flight over time, and where this moment is in it. */
static void write_curve(struct sheet *sheet, const struct panes *panes,
                        const struct compare_world *world)
{
    const struct compare_scene *scene = panes->scene;
    int cells = panes->cols - 2 > 61 ? 61 : panes->cols - 2;
    int mark = (int)((int64_t)scene->moment * cells / 61);
    char text[40];

    for (int row = panes->curve - 1; row >= 0; row--) {
        sheet_row(sheet, NULL);
        sheet_add(sheet, THEME_TEXT, " ");
        for (int i = 0; i < cells; i++)
            sheet_curve(sheet, i == mark ? THEME_STRONG : THEME_GOOD,
                        &(struct sheet_level){
                            .value = curve_value(world, i, cells),
                            .most = (double)scene->most,
                            .row = row,
                            .height = panes->curve,
                        });
    }
    snprintf(text, sizeof(text), "%.4g s", scene->second);
    sheet_row(sheet, NULL);
    if (mark > cells / 2) {
        sheet_cell(sheet, THEME_DIM, -(mark + 1), text);
        sheet_add(sheet, THEME_STRONG, "\xe2\x96\xb2");
    } else {
        sheet_cell(sheet, THEME_DIM, mark + 1, "");
        sheet_addf(sheet, THEME_STRONG, "\xe2\x96\xb2%s", text);
    }
}

/* What makes a target other than the rest, in few words; "" for nothing. */
static void add_special(const struct balancing_target *target, bool shop, char *text, size_t size)
{
    text[0] = '\0';
    if (target->slow_start >= 0)
        snprintf(text, size, shop ? "in training %lld %%" : "slow start %lld %%",
                 (long long)target->slow_start);
    else if (target->draining_s >= 0)
        snprintf(text, size, shop ? "last customers %lld s" : "draining %lld s",
                 (long long)target->draining_s);
    else if (strcmp(target->state, "healthy") != 0)
        snprintf(text, size, "%s", shop ? coffee_state(target->state) : target->state);
}

static void write_target(struct sheet *sheet, const struct panes *panes,
                         const struct balancing_target *target)
{
    struct answer_state state = answer_state(target->state);
    int room = panes->cols - NAME_COLS - 15; /* for what it is, and its line */
    enum theme_role role = target->slow_start >= 0 ? THEME_WARN : state.role;
    char special[48];

    add_special(target, panes->skin->shop, special, sizeof(special));
    sheet_row(sheet, NULL);
    sheet_add(sheet, THEME_TEXT, " ");
    sheet_cell(sheet, THEME_TEXT, NAME_COLS, target->name);
    sheet_addf(sheet, state.role, "%s", state.glyph);
    if (target->rate >= 0)
        sheet_addf(sheet, THEME_TEXT, "%5.0f/s", target->rate);
    else
        sheet_cell(sheet, THEME_TEXT, 7, "");
    sheet_addf(sheet, THEME_STRONG, "%4lld ", (long long)target->in_flight);
    if (special[0] != '\0' && panes->cols >= PANE_WIDER) {
        sheet_addf(sheet, role, "%s ", special);
        room -= (int)strlen(special) + 1;
    }
    if (panes->skin->shop)
        coffee_line(sheet, target->in_flight, room);
    else
        for (int64_t i = 0; i < target->in_flight && i < room; i++)
            sheet_add(sheet, THEME_TEXT, "\xe2\x80\xa2");
    if (special[0] != '\0' && panes->cols < PANE_WIDER) {
        sheet_row(sheet, NULL);
        sheet_addf(sheet, role, "   %s", special);
    }
}

static void write_server(struct sheet *sheet, const struct panes *panes,
                         const struct balancing_server *server)
{
    sheet_row(sheet, NULL);
    sheet_addf(sheet, THEME_DIM, " %s", panes->skin->straight);
    sheet_row(sheet, NULL);
    sheet_addf(sheet, THEME_STRONG, " %lld ", (long long)server->in_flight);
    coffee_line(sheet, panes->skin->shop ? server->in_flight : 0, panes->cols - 8);
}

static void write_world(struct sheet *sheet, const struct panes *panes,
                        const struct compare_world *world)
{
    const struct balancing_scene *moment = &world->moment;
    const struct balancing_listener *listener =
        moment->balancers.count == 0 ? NULL : &moment->balancers.items[0].listeners.items[0];

    write_name(sheet, panes, world->name);
    for (uint32_t i = 0; i < moment->streams.count; i++)
        write_numbers(sheet, panes, &moment->streams.items[i]);
    write_curve(sheet, panes, world);
    for (uint32_t i = 0; listener != NULL && i < listener->groups.count; i++) {
        const struct balancing_group *group = &listener->groups.items[i];

        write_how(sheet, panes, group);
        for (uint32_t k = 0; k < group->targets.count; k++)
            write_target(sheet, panes, &group->targets.items[k]);
    }
    for (uint32_t i = 0; i < moment->servers.count; i++)
        write_server(sheet, panes, &moment->servers.items[i]);
}

/* ---- all of them ---- */

/* The panes from `first` on, one beside the other. */
static void write_line(struct sheet *sheet, const struct panes *panes, uint32_t first)
{
    struct sheet worlds[WORLDS] = {0};
    uint32_t rows = 0;
    uint32_t end = first + (uint32_t)panes->lined;

    end = end > panes->scene->worlds.count ? panes->scene->worlds.count : end;
    for (uint32_t i = first; i < end; i++) {
        write_world(&worlds[i - first], panes, &panes->scene->worlds.items[i]);
        rows = worlds[i - first].used > rows ? worlds[i - first].used : rows;
    }
    for (uint32_t row = 0; row < rows; row++) {
        sheet_row(sheet, NULL);
        for (uint32_t i = first; i < end; i++)
            sheet_paste(sheet, &worlds[i - first], row, panes->cols);
    }
    for (uint32_t i = 0; i < WORLDS; i++)
        sheet_release(&worlds[i]);
}

static void write_head(struct sheet *sheet, const struct panes *panes,
                       const struct view_frame *frame)
{
    const struct compare_scene *scene = panes->scene;
    bool running = strcmp(scene->state, "running") == 0;

    sheet_row(sheet, "moment");
    sheet_addf(sheet, THEME_STRONG, "second %.4g of %.4g", scene->second, scene->duration_s);
    if (running)
        sheet_add(sheet, THEME_WARN, "  running, Ctrl-C stops it");
    else if (strcmp(scene->state, "interrupted") == 0)
        sheet_add(sheet, THEME_WARN, "  stopped before its end");
    sheet_addf(sheet, THEME_TEXT, "  %g %s a second", scene->rate,
               panes->skin->shop ? "customers" : "requests");
    if (frame->cols >= 60)
        sheet_addf(sheet, THEME_DIM, "  (%s: other moments)",
                   frame->plain ? "view compare SECOND" : "Left, Right");
    sheet_row(sheet, NULL);
    sheet_addf(sheet, THEME_DIM, "curves: %s, 0 to %lld", panes->skin->many,
               (long long)scene->most);
    if (frame->cols >= 80)
        sheet_addf(sheet, THEME_DIM, "  %s", scene->url);
}

/* The value of a world in one of the columns. */
static double result_of(const struct compare_result *result, int column)
{
    switch (column) {
    case 0:
        return (double)result->completed;
    case 1:
        return (double)result->errors;
    case 2:
        return (double)result->failed;
    case 3:
        return result->p50;
    case 4:
        return result->p90;
    case 5:
        return result->p99;
    default:
        return result->max;
    }
}

enum { RESULT_TIMES = 3 }; /* the first column of times */

/* The least of a column of times, where one world alone has it. */
static bool is_best(const struct compare_scene *scene, uint32_t world, int column)
{
    double value = result_of(&scene->worlds.items[world].result, column);

    for (uint32_t i = 0; i < scene->worlds.count; i++) {
        double other = result_of(&scene->worlds.items[i].result, column);

        if (i != world && !(value < other))
            return false;
    }
    return column >= RESULT_TIMES && scene->worlds.count > 1;
}

/* Is there room for that column of the result table? */
static bool has_column(int column, int cols)
{
    return cols >= 78 || (column != 0 && column != 4);
}

/* Columns of the screen: of the names, and of each value. */
static int name_cols(int cols)
{
    return cols >= 120 ? 24 : cols < 78 ? 12 : cols - 64 > 24 ? 24 : cols - 64;
}

static int value_cols(int cols)
{
    return cols >= 120 ? 10 : 8;
}

static void write_result(struct sheet *sheet, const struct panes *panes, uint32_t at, int cols)
{
    const struct compare_world *world = &panes->scene->worlds.items[at];
    char id[80];
    char text[40];

    snprintf(id, sizeof(id), "world:%s", world->name);
    sheet_row(sheet, id);
    sheet_add(sheet, THEME_TEXT, " ");
    sheet_cell(sheet, THEME_TEXT, name_cols(cols), world->name);
    for (int i = 0; i < 7; i++) {
        double value = result_of(&world->result, i);
        bool best = is_best(panes->scene, at, i);
        bool bad = (i == 1 || i == 2) && value > 0;

        if (!has_column(i, cols))
            continue;
        if (isnan(value))
            snprintf(text, sizeof(text), "-");
        else
            snprintf(text, sizeof(text), i >= RESULT_TIMES ? "%.0f ms" : "%.0f", value);
        sheet_cell(sheet, best ? THEME_GOOD : bad ? THEME_BAD : THEME_TEXT,
                   -value_cols(cols), text);
        sheet_add(sheet, THEME_GOOD, best ? "*" : " ");
    }
    if (cols >= 120 && !isnan(world->result.spread))
        sheet_addf(sheet, THEME_TEXT, "%7.1f %%", world->result.spread * 100);
    if (cols >= 140)
        sheet_addf(sheet, THEME_DIM, "  %s", world->result.codes);
}

static void write_results(struct sheet *sheet, const struct panes *panes, int cols)
{
    sheet_row(sheet, NULL);
    sheet_add(sheet, THEME_TEXT, " ");
    sheet_cell(sheet, THEME_TITLE, name_cols(cols), "result");
    for (int i = 0; i < 7; i++) {
        if (!has_column(i, cols))
            continue;
        sheet_cell(sheet, THEME_DIM, -value_cols(cols), panes->skin->columns[i]);
        sheet_add(sheet, THEME_DIM, " ");
    }
    if (cols >= 120)
        sheet_add(sheet, THEME_DIM, "   spread");
    if (cols >= 140)
        sheet_add(sheet, THEME_DIM, "  answers by status");
    for (uint32_t i = 0; i < panes->scene->worlds.count; i++)
        write_result(sheet, panes, i, cols);
    sheet_line(sheet, THEME_DIM, " * the least of all");
    if (cols >= 120)
        sheet_add(sheet, THEME_DIM,
                  panes->skin->shop ? "  spread: the busiest counter's share less the idlest's"
                                    : "  spread: the largest share of a target less the smallest");
}

static void write_nothing(struct sheet *sheet, int cols)
{
    sheet_wrap(sheet, (struct sheet_wrap){THEME_DIM, cols, 0},
               "Nothing was compared since this program was started. compare sends the same "
               "traffic into up to four copies of your cloud that differ in what you say; compare "
               "--workload compute races five families of instance types:");
    sheet_line(sheet, THEME_TEXT, "");
    sheet_wrap(sheet, (struct sheet_wrap){THEME_COMMAND, cols, 4},
               "  compare --url http://$DNS/ --rate 40 --variants Name=as-it-is "
               "\"Name=without-one,Commands=['aws ec2 stop-instances --instance-ids $I1']\"");
}

static void write_all(const struct compare_scene *scene, const struct skin *skin,
                      const struct view_frame *frame, struct sheet *sheet)
{
    struct panes panes = {.scene = scene, .skin = skin};
    int count = (int)scene->worlds.count;
    uint32_t targets = 0;
    int lines;
    int spare;

    if (scene->race.lanes.count > 0) {
        race_write(&scene->race, frame, sheet);
        return;
    }
    if (count == 0) {
        write_nothing(sheet, frame->cols);
        return;
    }
    panes.lined = frame->plain ? 1 : frame->cols / PANE_COLS;
    panes.lined = panes.lined < 1 ? 1 : panes.lined > count ? count : panes.lined;
    panes.lined = panes.lined == 3 && count == 4 ? 2 : panes.lined;
    panes.cols = frame->cols / panes.lined;
    lines = (count + panes.lined - 1) / panes.lined;
    for (uint32_t i = 0; i < scene->worlds.count; i++) {
        uint32_t own = targets_of(&scene->worlds.items[i]);

        targets = own > targets ? own : targets;
    }
    spare = (frame->rows - 5 - count) / lines - PANE_ROWS - (int)targets;
    panes.curve = frame->plain || spare < 1 ? 1 : spare > CURVE_ROWS ? CURVE_ROWS : spare;
    write_head(sheet, &panes, frame);
    for (uint32_t i = 0; i < scene->worlds.count; i += (uint32_t)panes.lined)
        write_line(sheet, &panes, i);
    write_results(sheet, &panes, frame->cols);
}

static void compare_rows(const void *scene, const struct view_frame *frame, struct sheet *sheet)
{
    write_all(scene, &aws_skin, frame, sheet);
}

static void cafes_rows(const void *scene, const struct view_frame *frame, struct sheet *sheet)
{
    write_all(scene, &shop_skin, frame, sheet);
}

const struct view_ops view_compare = {
    .name = "compare",
    .title = "compare (Alt-W: as coffee shops)",
    .doc = "The last comparison: up to four worlds side by side, moment by moment; or a race of "
           "instance types.",
    .open = compare_open,
    .refresh = compare_refresh,
    .rows = compare_rows,
    .command = compare_command,
    .step = compare_step,
    .close = compare_close,
};

const struct view_ops view_cafes = {
    .name = "cafes",
    .title = "the same rush in each shop (Alt-W: in AWS's words)",
    .doc = "The last comparison as coffee shops: the same customers, the same numbers.",
    .open = compare_open,
    .refresh = compare_refresh,
    .rows = cafes_rows,
    .command = compare_command,
    .step = compare_step,
    .close = compare_close,
};
