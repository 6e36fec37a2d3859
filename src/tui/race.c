/*
 * tui/race.c - the same workload on several instance types, as a chart: a lane for each.
 *
 *     compute on 5 types  completed             which job, and how far it is
 *     c cpu  m memory  n network                what the letters stand for
 *     m7i.xlarge  CCCCCCCCCCCCCCCCm  122.2 s    a lane as long as its time, on one scale; capitals
 *     c7a.xlarge  CCCCCCCCCCCCCC     105.1 s*   are the part that took longest
 *     result      time  cost  most of it        what became of all
 *
 * Letters and not colours tell the parts apart, so that every terminal shows the same.
 */
#include "tui/race.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "tui/answer.h"

enum { TYPE_COLS = 14, TIME_COLS = 11, COST_COLS = 12, LANE_LEAST = 8 };

/* Letters of the parts; each has one of its own. */
static const struct {
    const char *part;
    char letter;
    enum theme_role role;
} parts[] = {
    {"input", 'i', THEME_DIM},     {"cpu", 'c', THEME_GOOD},   {"memory", 'm', THEME_STRONG},
    {"paging", 'p', THEME_BAD},    {"disk", 'd', THEME_WARN},  {"network", 'n', THEME_TEXT},
    {"accelerator", 'a', THEME_TITLE},
};
enum { PARTS = sizeof(parts) / sizeof(parts[0]) };

static size_t part_of(const char *name)
{
    for (size_t i = 0; i < PARTS; i++) {
        if (strcmp(parts[i].part, name) == 0)
            return i;
    }
    return 0;
}

/* ---- reading ---- */

static double number_at(json_t *answer, const char *path)
{
    json_t *number = answer_at(answer, path);

    return json_is_number(number) ? json_number_value(number) : 0;
}

static void read_parts(struct race_lane *lane, struct arena *arena, json_t *racer)
{
    json_t *part;
    size_t i;

    json_array_foreach(answer_list(racer, "Parts"), i, part)
        *LIST_PUSH_IN(arena, &lane->parts) = (struct race_part){
            .letter = parts[part_of(answer_text(part, "Part"))].letter,
            .seconds = number_at(part, "Seconds"),
        };
}

static void read_lane(struct race *race, struct arena *arena, json_t *racer)
{
    struct race_lane *lane = LIST_PUSH_IN(arena, &race->lanes);
    const char *reason = answer_text(racer, "Reason");

    *lane = (struct race_lane){
        .type = view_keep(arena, answer_text(racer, "InstanceType")),
        .state = view_keep(arena, answer_text(racer, "State")),
        .bottleneck = view_keep(arena, answer_text(racer, "Bottleneck")),
        .why = view_keep(arena, reason[0] != '\0' ? reason : answer_text(racer, "Why")),
        .seconds = number_at(racer, "Seconds"),
        .cost = answer_int(racer, "CostMicroUsd"),
    };
    read_parts(lane, arena, racer);
    race->longest = lane->seconds > race->longest ? lane->seconds : race->longest;
}

/* Which parts anybody has. */
static void read_letters(struct race *race)
{
    size_t used = 0;

    for (size_t i = 0; i < PARTS; i++) {
        bool there = false;

        for (uint32_t k = 0; k < race->lanes.count; k++) {
            const struct race_lane *lane = &race->lanes.items[k];

            for (uint32_t p = 0; p < lane->parts.count; p++)
                there = there || lane->parts.items[p].letter == parts[i].letter;
        }
        if (there)
            race->letters[used++] = parts[i].letter;
    }
    race->letters[used] = '\0';
}

void race_read(struct race *race, struct arena *arena, json_t *answer)
{
    json_t *racer;
    size_t i;

    *race = (struct race){0};
    if (json_array_size(answer_list(answer, "Racers")) == 0)
        return;
    race->workload = view_keep(arena, answer_text(answer, "Workload"));
    race->state = view_keep(arena, answer_text(answer, "State"));
    race->fastest = view_keep(arena, answer_text(answer, "Fastest"));
    race->cheapest = view_keep(arena, answer_text(answer, "Cheapest"));
    json_array_foreach(answer_list(answer, "Racers"), i, racer)
        read_lane(race, arena, racer);
    read_letters(race);
}

/* ---- writing ---- */

static void write_head(const struct race *race, const struct view_frame *frame,
                       struct sheet *sheet)
{
    sheet_row(sheet, NULL);
    sheet_addf(sheet, THEME_STRONG, "%s on %u instance types", race->workload,
               race->lanes.count);
    if (strcmp(race->state, "running") == 0)
        sheet_add(sheet, THEME_WARN, "  running, Ctrl-C stops it");
    else if (strcmp(race->state, "interrupted") == 0)
        sheet_add(sheet, THEME_WARN, "  stopped before its end");
    if (frame->cols >= 70)
        sheet_addf(sheet, THEME_DIM, "  the longest lane: %.1f s", race->longest);
    sheet_row(sheet, NULL);
    for (size_t i = 0; i < PARTS; i++) {
        if (strchr(race->letters, parts[i].letter) == NULL)
            continue;
        sheet_addf(sheet, parts[i].role, "%c", parts[i].letter);
        sheet_addf(sheet, THEME_DIM, " %s  ", parts[i].part);
    }
}

/* The part of a lane at so many seconds; the last one behind its end. */
static char letter_at(const struct race_lane *lane, double second)
{
    double until = 0;
    char letter = ' ';

    for (uint32_t i = 0; i < lane->parts.count && second >= until; i++) {
        if (lane->parts.items[i].seconds <= 0)
            continue;
        letter = lane->parts.items[i].letter;
        until += lane->parts.items[i].seconds;
    }
    return letter;
}

/* Its time as a row of letters, the longest lane as long as there is room. */
static void write_lane(const struct race *race, const struct race_lane *lane, int cols,
                       struct sheet *sheet)
{
    int length = race->longest <= 0 ? 0 : (int)(lane->seconds / race->longest * cols + 0.5);
    const size_t most = part_of(lane->bottleneck);

    length = length < 1 && lane->seconds > 0 ? 1 : length > cols ? cols : length;
    for (int i = 0; i < length; i++) {
        double second = (i + 0.5) * race->longest / cols;
        char letter = length == 1 ? parts[most].letter : letter_at(lane, second);
        size_t at = 0;

        while (at + 1 < PARTS && parts[at].letter != letter)
            at++;
        sheet_addf(sheet, parts[at].role, "%c",
                   letter == parts[most].letter ? toupper((unsigned char)letter) : letter);
    }
    for (int i = length; i < cols; i++)
        sheet_add(sheet, THEME_TEXT, " ");
}

static void write_lanes(const struct race *race, const struct view_frame *frame,
                        struct sheet *sheet)
{
    int cols = frame->cols - TYPE_COLS - TIME_COLS - COST_COLS - 4;

    cols = cols < LANE_LEAST ? LANE_LEAST : cols;
    for (uint32_t i = 0; i < race->lanes.count; i++) {
        const struct race_lane *lane = &race->lanes.items[i];
        bool done = strcmp(lane->state, "completed") == 0;
        bool fastest = strcmp(lane->type, race->fastest) == 0;
        bool cheapest = strcmp(lane->type, race->cheapest) == 0;
        char text[64];

        snprintf(text, sizeof(text), "racer:%.48s", lane->type);
        sheet_row(sheet, text);
        sheet_add(sheet, THEME_TEXT, " ");
        sheet_cell(sheet, THEME_TEXT, TYPE_COLS, lane->type);
        write_lane(race, lane, cols, sheet);
        if (done || strcmp(lane->state, "running") == 0)
            snprintf(text, sizeof(text), "%.1f s", lane->seconds);
        else
            snprintf(text, sizeof(text), "%s", lane->state);
        sheet_cell(sheet,
                   fastest ? THEME_GOOD
                   : done  ? THEME_TEXT
                           : THEME_WARN,
                   -TIME_COLS, text);
        sheet_add(sheet, THEME_GOOD, fastest ? "*" : " ");
        snprintf(text, sizeof(text), "$%.6f", (double)lane->cost / 1e6);
        sheet_cell(sheet, cheapest ? THEME_GOOD : THEME_TEXT, -COST_COLS, text);
        sheet_add(sheet, THEME_GOOD, cheapest ? "*" : " ");
    }
}

static void write_reasons(const struct race *race, const struct view_frame *frame,
                          struct sheet *sheet)
{
    sheet_line(sheet, THEME_DIM, " capitals: most of its time   * least time, least cost");
    for (uint32_t i = 0; i < race->lanes.count; i++) {
        const struct race_lane *lane = &race->lanes.items[i];

        sheet_row(sheet, NULL);
        sheet_add(sheet, THEME_TEXT, " ");
        sheet_cell(sheet, THEME_TEXT, TYPE_COLS, lane->type);
        sheet_addf(sheet, THEME_STRONG, "%s: ", lane->bottleneck);
        sheet_wrap_on(sheet, (struct sheet_wrap){THEME_DIM, frame->cols, TYPE_COLS + 1},
                      lane->why);
    }
}

void race_write(const struct race *race, const struct view_frame *frame, struct sheet *sheet)
{
    write_head(race, frame, sheet);
    write_lanes(race, frame, sheet);
    write_reasons(race, frame, sheet);
}
