/*
 * lesson/report_print.c - the report as a table, JSON, CSV or lines.
 *
 * CSV and lines have a row for each check, each step, each lesson and each file that could not be
 * read; points and what they are out of stand in each, so that any sum gives partial credit.
 */
#include "lesson/report_parts.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/csv.h"
#include "base/utf8.h"
#include "sim/clock.h"
#include "api/grid.h"
#include "api/output.h"

enum { TABLE_WIDTH = 100, MINUTE_MS = 60000 };

/* ---- what stands in a row ---- */

/* The points of a step. */
static uint32_t points_of(const struct reckon_step *step)
{
    uint32_t points = 0;

    for (uint32_t i = 0; i < step->checks.count; i++)
        points += step->checks.items[i].achieved && !step->checks.items[i].late;
    return points;
}

/* Of a lesson's points, those of steps that were done for the learner. */
static uint32_t given_points(const struct reckoning *lesson)
{
    uint32_t points = 0;

    for (uint32_t i = 0; i < lesson->steps.count; i++)
        points += lesson->steps.items[i].given ? points_of(&lesson->steps.items[i]) : 0;
    return points;
}

struct sums {
    int64_t took_ns;
    int64_t took_ms;
    uint32_t hints;
    uint32_t commands;
    uint32_t failed;
    uint32_t given;
};

static struct sums sums_of(const struct reckoning *lesson)
{
    struct sums sums = {0};

    for (uint32_t i = 0; i < lesson->steps.count; i++) {
        const struct reckon_step *step = &lesson->steps.items[i];

        sums.took_ns += step->took_ns;
        sums.took_ms += step->took_ms;
        sums.hints += step->hints;
        sums.commands += step->commands;
        sums.failed += step->failed;
        sums.given += step->given;
    }
    return sums;
}

static const char *verdict_of(const struct reckoning *lesson)
{
    return lesson->refuted.count > 0 ? "refuted" : "as replayed";
}

/* All sentences about a lesson, in one cell. */
static char *sentences_of(const struct reckoning *lesson)
{
    struct str text = STR_INIT;

    str_add(&text, verdict_of(lesson));
    for (uint32_t i = 0; i < lesson->refuted.count; i++)
        str_addf(&text, "%s%s", i == 0 ? ": " : "; ", lesson->refuted.items[i]);
    for (uint32_t i = 0; i < lesson->remarks.count; i++)
        str_addf(&text, "; %s", lesson->remarks.items[i]);
    if (lesson->same_as != NULL)
        str_addf(&text, "; the same run as %s", lesson->same_as);
    return str_take(&text);
}

/* "2:05" of minutes and seconds, "1:02:05" of hours. */
static void add_time(struct str *out, int64_t seconds)
{
    if (seconds >= 3600)
        str_addf(out, "%lld:%02lld:%02lld", (long long)(seconds / 3600),
                 (long long)(seconds / 60 % 60), (long long)(seconds % 60));
    else
        str_addf(out, "%lld:%02lld", (long long)(seconds / 60), (long long)(seconds % 60));
}

/* ---- table ---- */

static struct grid_cell cell_of(struct grid *grid, const char *text)
{
    struct str safe = STR_INIT;
    struct grid_cell cell;

    utf8_add_safe(&safe, text, strlen(text), UTF8_KEEP_NOTHING);
    cell = grid_cell(grid, str_text(&safe), safe.length);
    str_release(&safe);
    return cell;
}

static struct grid_cell cell_number(struct grid *grid, uint32_t number)
{
    struct str text = STR_INIT;
    struct grid_cell cell;

    str_addf(&text, "%u", number);
    cell = cell_of(grid, str_text(&text));
    str_release(&text);
    return cell;
}

/* "2/2 1/3 -": the points of each step; a step that asks for nothing is left out, one that was not
 * begun is a dash, one that was done for the learner has a star. */
static void add_steps(struct str *out, const struct reckoning *lesson)
{
    for (uint32_t i = 0; i < lesson->steps.count; i++) {
        const struct reckon_step *step = &lesson->steps.items[i];

        if (step->checks.count == 0)
            continue;
        str_add(out, out->length > 0 ? " " : "");
        if (step->begun)
            str_addf(out, "%u/%u%s", points_of(step), (unsigned)step->checks.count,
                     step->given ? "*" : "");
        else
            str_addc(out, '-');
    }
}

static const char *const table_heads[] = {"Learner",   "File",     "Lesson", "Checks", "Steps",
                                          "Simulated", "Real min", "Hints",  "Lines",  "Failed",
                                          "Verdict"};

enum { TABLE_COLUMNS = sizeof(table_heads) / sizeof(table_heads[0]) };

static void table_row(struct grid *grid, const struct report_file *file,
                      const struct reckoning *lesson)
{
    struct sums sums = sums_of(lesson);
    struct grid_row row = grid_new_row(grid, TABLE_COLUMNS);
    struct str text = STR_INIT;
    size_t at = 0;

    row.cells[at++] = cell_of(grid, file->learner);
    row.cells[at++] = cell_of(grid, file->name);
    row.cells[at++] = cell_of(grid, lesson->lesson->id);
    str_addf(&text, "%u/%u", lesson->achieved - given_points(lesson), lesson->checks);
    if (given_points(lesson) > 0)
        str_addf(&text, ", %u given", given_points(lesson));
    row.cells[at++] = cell_of(grid, str_text(&text));
    str_clear(&text);
    add_steps(&text, lesson);
    row.cells[at++] = cell_of(grid, str_text(&text));
    str_clear(&text);
    add_time(&text, sums.took_ns / SECOND_NS);
    row.cells[at++] = cell_of(grid, str_text(&text));
    str_clear(&text);
    if (sums.took_ms > 0)
        str_addf(&text, "%lld", (long long)((sums.took_ms + MINUTE_MS / 2) / MINUTE_MS));
    row.cells[at++] = cell_of(grid, str_text(&text));
    row.cells[at++] = cell_number(grid, sums.hints);
    row.cells[at++] = cell_number(grid, sums.commands);
    row.cells[at++] = cell_number(grid, sums.failed);
    row.cells[at++] = cell_of(grid, verdict_of(lesson));
    grid_add_row(grid, row);
    str_release(&text);
}

/* A file without lessons: its name, and why there is no more. */
static void table_row_of_file(struct grid *grid, const struct report_file *file)
{
    struct grid_row row = grid_new_row(grid, TABLE_COLUMNS);

    row.cells[0] = cell_of(grid, file->learner);
    row.cells[1] = cell_of(grid, file->name);
    for (size_t i = 2; i + 1 < TABLE_COLUMNS; i++)
        row.cells[i] = cell_of(grid, "");
    row.cells[TABLE_COLUMNS - 1] = cell_of(grid, file->verdict);
    grid_add_row(grid, row);
}

static void add_sentence(struct str *out, const struct report_file *file, const char *lesson,
                         const char *sentence)
{
    utf8_add_safe(out, file->path, strlen(file->path), UTF8_KEEP_NOTHING);
    str_addf(out, ": %s%s", lesson, *lesson == '\0' ? "" : ": ");
    utf8_add_safe(out, sentence, strlen(sentence), UTF8_KEEP_NOTHING);
    str_addc(out, '\n');
}

static void add_sentences(struct str *out, const struct report_file *file)
{
    struct str text = STR_INIT;

    if (file->problem != NULL)
        add_sentence(out, file, "", file->problem);
    if (file->holder != 0) {
        str_addf(&text, "process %lld has it open; this is how it was now",
                 (long long)file->holder);
        add_sentence(out, file, "", str_text(&text));
    }
    for (uint32_t i = 0; i < file->lessons.count; i++) {
        const struct reckoning *lesson = &file->lessons.items[i];

        for (uint32_t k = 0; k < lesson->refuted.count; k++) {
            str_clear(&text);
            str_addf(&text, "REFUTED: %s", lesson->refuted.items[k]);
            add_sentence(out, file, lesson->lesson->id, str_text(&text));
        }
        for (uint32_t k = 0; k < lesson->remarks.count; k++)
            add_sentence(out, file, lesson->lesson->id, lesson->remarks.items[k]);
        if (!lesson->logged)
            add_sentence(out, file, lesson->lesson->id,
                         "an older program kept it: changes are counted, not lines");
    }
    str_release(&text);
}

static void print_table(const struct report *report, struct str *out)
{
    struct str error = STR_INIT;
    struct grid grid = {.error = &error};
    struct str drawn = STR_INIT;
    struct grid_row heads;
    bool some = false;

    grid_open_section(&grid, NULL, 0);
    heads = grid_new_row(&grid, TABLE_COLUMNS);
    for (size_t i = 0; i < TABLE_COLUMNS; i++)
        heads.cells[i] = cell_of(&grid, table_heads[i]);
    grid_set_heads(&grid, heads);
    for (uint32_t i = 0; i < report->files.count; i++) {
        const struct report_file *file = &report->files.items[i];

        for (uint32_t k = 0; k < file->lessons.count; k++) {
            table_row(&grid, file, &file->lessons.items[k]);
            some = true;
        }
        if (file->lessons.count == 0)
            table_row_of_file(&grid, file);
    }
    if (report->files.count > 0) {
        grid_draw(&grid, &drawn, TABLE_WIDTH, false);
        str_add(out, str_text(&drawn) + strcspn(str_text(&drawn), "\n") + 1); /* no top rule */
    }
    if (some)
        str_add(out, "Checks: done by oneself, of all.  Steps: * done by `solve` or a jump, "
                     "- not begun.\n");
    for (uint32_t i = 0; i < report->files.count; i++)
        add_sentences(out, &report->files.items[i]);
    grid_release(&grid);
    str_release(&drawn);
    str_release(&error);
}

/* ---- CSV and lines ---- */

static const char *const column_heads[] = {"What",     "File",     "Learner", "Lesson", "Step",
                                    "Check",    "Points",   "Of",      "Seconds", "Minutes",
                                    "Hints",    "Commands", "Failed",  "Given",  "Verdict"};

enum { COLUMNS = sizeof(column_heads) / sizeof(column_heads[0]) };

/* One row that is being written. */
struct rows {
    struct str *out;
    bool csv;
    unsigned column;
};

static void add_cell(struct rows *rows, const char *text, bool is_text)
{
    struct str safe = STR_INIT;

    utf8_add_safe(&safe, text, strlen(text), UTF8_KEEP_NOTHING);
    if (rows->column > 0)
        str_addc(rows->out, rows->csv ? ',' : '\t');
    if (rows->csv)
        csv_add(rows->out, str_text(&safe), safe.length, is_text);
    else
        str_addn(rows->out, str_text(&safe), safe.length);
    str_release(&safe);
    rows->column++;
    if (rows->column == COLUMNS) {
        str_addc(rows->out, '\n');
        rows->column = 0;
    }
}

static void add_number(struct rows *rows, int64_t number)
{
    struct str text = STR_INIT;

    str_addf(&text, "%lld", (long long)number);
    add_cell(rows, str_text(&text), false);
    str_release(&text);
}

static void add_minutes(struct rows *rows, int64_t ms)
{
    struct str text = STR_INIT;

    if (ms > 0)
        str_addf(&text, "%lld.%lld", (long long)(ms / MINUTE_MS),
                 (long long)(ms % MINUTE_MS / (MINUTE_MS / 10)));
    add_cell(rows, str_text(&text), false);
    str_release(&text);
}

static void add_head(struct rows *rows, const char *what, const struct report_file *file,
                     const struct reckoning *lesson)
{
    add_cell(rows, what, true);
    add_cell(rows, file->path, true);
    add_cell(rows, file->learner, true);
    add_cell(rows, lesson == NULL ? "" : lesson->lesson->id, true);
}

static void add_check(struct rows *rows, const struct reckon_step *step,
                      const struct reckon_check *check)
{
    add_cell(rows, step->step->id, true);
    add_cell(rows, check->check->id, true);
    add_number(rows, check->achieved && !check->late);
    add_number(rows, 1);
    if (check->achieved)
        add_number(rows, check->after_ns / SECOND_NS);
    else
        add_cell(rows, "", false);
    while (rows->column < COLUMNS - 2)
        add_cell(rows, "", false);
    add_number(rows, step->given && check->achieved);
    add_cell(rows,
             check->refuted ? "refuted"
             : check->late  ? "after the time box"
                            : "as replayed",
             true);
}

static void add_step(struct rows *rows, const struct reckon_step *step)
{
    add_cell(rows, step->step->id, true);
    add_cell(rows, "", true);
    add_number(rows, points_of(step));
    add_number(rows, step->checks.count);
    add_number(rows, step->took_ns / SECOND_NS);
    add_minutes(rows, step->took_ms);
    add_number(rows, step->hints);
    add_number(rows, step->commands);
    add_number(rows, step->failed);
    add_number(rows, step->given);
    add_cell(rows, step->done ? "done" : step->begun ? "begun" : "not begun", true);
}

static void add_lesson(struct rows *rows, const struct reckoning *lesson)
{
    struct sums sums = sums_of(lesson);
    char *verdict = sentences_of(lesson);

    add_cell(rows, "", true);
    add_cell(rows, "", true);
    add_number(rows, lesson->achieved);
    add_number(rows, lesson->checks);
    add_number(rows, sums.took_ns / SECOND_NS);
    add_minutes(rows, sums.took_ms);
    add_number(rows, sums.hints);
    add_number(rows, sums.commands);
    add_number(rows, sums.failed);
    add_number(rows, sums.given);
    add_cell(rows, verdict, true);
    free(verdict);
}

static void print_lesson(struct rows *rows, const struct report_file *file,
                         const struct reckoning *lesson)
{
    for (uint32_t i = 0; i < lesson->steps.count; i++) {
        const struct reckon_step *step = &lesson->steps.items[i];

        for (uint32_t k = 0; k < step->checks.count; k++) {
            add_head(rows, "check", file, lesson);
            add_check(rows, step, &step->checks.items[k]);
        }
        add_head(rows, "step", file, lesson);
        add_step(rows, step);
    }
    add_head(rows, "lesson", file, lesson);
    add_lesson(rows, lesson);
}

static void print_rows(const struct report *report, bool csv, struct str *out)
{
    struct rows rows = {.out = out, .csv = csv};

    for (size_t i = 0; csv && i < COLUMNS; i++)
        add_cell(&rows, column_heads[i], true);
    for (uint32_t i = 0; i < report->files.count; i++) {
        const struct report_file *file = &report->files.items[i];

        for (uint32_t k = 0; k < file->lessons.count; k++)
            print_lesson(&rows, file, &file->lessons.items[k]);
        if (file->problem == NULL)
            continue;
        add_head(&rows, "file", file, NULL);
        while (rows.column < COLUMNS - 1)
            add_cell(&rows, "", false);
        add_cell(&rows, file->problem, true);
    }
}

/* ---- JSON ---- */

static json_t *json_of(const char *text)
{
    struct str safe = STR_INIT;
    json_t *json;

    utf8_add_safe(&safe, text, strlen(text), UTF8_KEEP_NOTHING);
    json = json_stringn(str_text(&safe), safe.length);
    str_release(&safe);
    return json;
}

static void set_number(json_t *object, const char *name, int64_t number)
{
    json_object_set_new(object, name, json_integer((json_int_t)number));
}

static json_t *json_of_texts(char *const *texts, uint32_t count)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < count; i++)
        json_array_append_new(list, json_of(texts[i]));
    return list;
}

static json_t *json_of_step(const struct reckon_step *step)
{
    json_t *object = json_object();
    json_t *checks = json_array();

    json_object_set_new(object, "Step", json_of(step->step->id));
    json_object_set_new(object, "Begun", json_boolean(step->begun));
    json_object_set_new(object, "Done", json_boolean(step->done));
    json_object_set_new(object, "Given", json_boolean(step->given));
    set_number(object, "Points", points_of(step));
    set_number(object, "Of", step->checks.count);
    set_number(object, "Seconds", step->took_ns / SECOND_NS);
    set_number(object, "WallSeconds", step->took_ms / 1000);
    set_number(object, "Hints", step->hints);
    set_number(object, "Commands", step->commands);
    set_number(object, "Failed", step->failed);
    for (uint32_t i = 0; i < step->checks.count; i++) {
        const struct reckon_check *check = &step->checks.items[i];
        json_t *item = json_object();

        json_object_set_new(item, "Check", json_of(check->check->id));
        json_object_set_new(item, "Achieved", json_boolean(check->achieved));
        json_object_set_new(item, "AfterTimeBox", json_boolean(check->late));
        json_object_set_new(item, "Claimed", json_boolean(check->claimed));
        json_object_set_new(item, "Refuted", json_boolean(check->refuted));
        if (check->achieved)
            set_number(item, "AfterSeconds", check->after_ns / SECOND_NS);
        json_array_append_new(checks, item);
    }
    json_object_set_new(object, "Checks", checks);
    return object;
}

static json_t *json_of_lesson(const struct reckoning *lesson)
{
    struct sums sums = sums_of(lesson);
    json_t *object = json_object();
    json_t *steps = json_array();

    json_object_set_new(object, "Lesson", json_of(lesson->lesson->id));
    set_number(object, "Points", lesson->achieved);
    set_number(object, "Of", lesson->checks);
    set_number(object, "Seconds", sums.took_ns / SECOND_NS);
    set_number(object, "WallSeconds", sums.took_ms / 1000);
    set_number(object, "Hints", sums.hints);
    set_number(object, "Commands", sums.commands);
    set_number(object, "Failed", sums.failed);
    json_object_set_new(object, "Logged", json_boolean(lesson->logged));
    json_object_set_new(object, "Refuted",
                        json_of_texts(lesson->refuted.items, lesson->refuted.count));
    json_object_set_new(object, "Remarks",
                        json_of_texts(lesson->remarks.items, lesson->remarks.count));
    if (lesson->same_as != NULL)
        json_object_set_new(object, "SameRunAs", json_of(lesson->same_as));
    for (uint32_t i = 0; i < lesson->steps.count; i++)
        json_array_append_new(steps, json_of_step(&lesson->steps.items[i]));
    json_object_set_new(object, "Steps", steps);
    return object;
}

static void print_json(const struct report *report, struct str *out)
{
    json_t *all = json_object();
    json_t *files = json_array();

    for (uint32_t i = 0; i < report->files.count; i++) {
        const struct report_file *file = &report->files.items[i];
        json_t *object = json_object();
        json_t *lessons = json_array();

        json_object_set_new(object, "File", json_of(file->path));
        json_object_set_new(object, "Learner", json_of(file->learner));
        if (file->problem != NULL)
            json_object_set_new(object, "Problem", json_of(file->problem));
        if (file->holder != 0)
            set_number(object, "OpenInProcess", file->holder);
        for (uint32_t k = 0; k < file->lessons.count; k++)
            json_array_append_new(lessons, json_of_lesson(&file->lessons.items[k]));
        json_object_set_new(object, "Lessons", lessons);
        json_array_append_new(files, object);
    }
    json_object_set_new(all, "Files", files);
    output_add_json(out, all, OUTPUT_JSON_INDENT);
    str_addc(out, '\n');
    json_decref(all);
}

void report_print(const struct report *report, enum sql_form form, struct str *out)
{
    switch (form) {
    case SQL_TABLE:
        print_table(report, out);
        break;
    case SQL_JSON:
        print_json(report, out);
        break;
    case SQL_CSV:
        print_rows(report, true, out);
        break;
    case SQL_LINES:
        print_rows(report, false, out);
        break;
    }
}
