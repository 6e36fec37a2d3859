/*
 * lesson/report.c - `nephoscope lesson report`: session files in, learners and their checks out.
 *
 * How the report looks is lesson/report_print.c's.
 */
#include "lesson/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "sim/clock.h"
#include "cloud/catalog.h"
#include "lesson/report_parts.h"
#include "shell/exec.h"
#include "shell/logbook.h"
#include "shell/tools.h"
#include "store/branch.h"
#include "store/foreign.h"
#include "store/session_file.h"

static const char usage[] =
    "usage: nephoscope lesson report [--output table|json|csv|text] [--lesson FILE] FILE...\n"
    "       what the learners of these session files achieved, reckoned anew from their journals\n";

enum {
    LOOK_ROWS = 64, /* rows between two lines of progress */
    SAME_MIN = 2,   /* changes that two files must share to be told of */
};

/* What one run reads. */
struct reading {
    const struct catalog *catalog;
    struct lesson_list *lessons;
    const struct report_host *host;
    int64_t began; /* ns */
    struct report *report;
    size_t number; /* of the file, from 1 */
    size_t count;
    const char *learner; /* of a class, whose file it says to be; NULL: nobody's */
    bool shows; /* how far it is, on the terminal */
    int64_t shown; /* rows */
};

/* Who waits no longer than this needs no word. */
static bool is_long(const struct reading *reading)
{
    return reading->shows && reading->host->clock() - reading->began >= SECOND_NS;
}

static int show_progress(void *context, int64_t done, int64_t all)
{
    struct reading *reading = context;
    struct str text = STR_INIT;

    if (is_long(reading) && (done < reading->shown || done - reading->shown >= LOOK_ROWS)) {
        str_addf(&text, "\rfile %zu of %zu: row %lld of %lld  ", reading->number, reading->count,
                 (long long)done, (long long)all);
        if (write(STDERR_FILENO, str_text(&text), text.length) < 0)
            reading->shows = false;
        reading->shown = done;
    }
    str_release(&text);
    return reading->host->stopped != NULL && reading->host->stopped();
}

static void clear_progress(const struct reading *reading)
{
    static const char blank[] = "\r                                                  \r";

    if (reading->shows && reading->shown > 0 && write(STDERR_FILENO, blank, sizeof(blank) - 1) < 0)
        return;
}

/* "anna" of "/class/anna.nephoscope". */
static char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    const char *dot = strrchr(name, '.');

    return dot == NULL || dot == name ? xstrdup(name) : xstrndup(name, (size_t)(dot - name));
}

static void add_problem(struct report_file *file, const char *text)
{
    if (file->problem == NULL)
        file->problem = xstrdup(text);
}

/* False when it was stopped. */
static bool reckon_lesson(struct reading *reading, struct report_file *file,
                          struct reckon_task *task, const char *id)
{
    struct reckoning *reckoning;
    struct str text = STR_INIT;

    task->lesson = lesson_list_find(reading->lessons, id);
    if (task->lesson == NULL) {
        str_addf(&text, "there is no lesson %s in this program; --lesson FILE names its file", id);
        add_problem(file, str_text(&text));
        str_release(&text);
        return true;
    }
    task->seed = lesson_seed_of(task->lesson, reading->learner);
    reckoning = LIST_PUSH(&file->lessons);
    if (reckon_run(task, reckoning) == 0)
        return true;
    reckon_release(reckoning);
    file->lessons.count--;
    return false;
}

/* A learner's file has the learner's name; under another it is a copy that somebody hands in. */
static void refute_name(struct report_file *file)
{
    struct str text = STR_INIT;

    if (!file->named || strcmp(file->name, file->learner) == 0)
        return;
    str_addf(&text, "the file is called %s, and is %s's", file->name, file->learner);
    for (uint32_t i = 0; i < file->lessons.count; i++)
        *LIST_PUSH(&file->lessons.items[i].refuted) = xstrdup(str_text(&text));
    if (file->lessons.count == 0)
        add_problem(file, str_text(&text));
    str_release(&text);
}

static bool reckon_file(struct reading *reading, struct report_file *file, struct store *store)
{
    struct strings ids = reckon_lessons(store);
    struct logbook logbook;
    struct str learner = STR_INIT;
    struct reckon_task task = {
        .catalog = reading->catalog,
        .store = store,
        .logbook = &logbook,
        .progress = show_progress,
        .context = reading,
    };
    bool goes_on = true;

    if (!logbook_read(&logbook, store))
        add_problem(file, "its logbook is damaged");
    reading->learner = NULL;
    if (store_setting_find(store, "class.name", &learner)) {
        free(file->learner);
        file->learner = xstrdup(str_text(&learner));
        reading->learner = file->learner;
        file->named = true;
    }
    file->verdict = ids.count == 0 ? "no lesson begun" : "not read";
    if (ids.count == 0)
        add_problem(file, "no lesson was begun in it");
    for (uint32_t i = 0; i < ids.count && goes_on; i++)
        goes_on = reckon_lesson(reading, file, &task, ids.items[i]);
    refute_name(file);
    list_free(ids.items);
    logbook_release(&logbook);
    str_release(&learner);
    return goes_on;
}

static bool read_file(struct reading *reading, const char *path)
{
    struct report_file *file = LIST_PUSH(&reading->report->files);
    struct store_foreign found;
    struct str why = STR_INIT;
    enum store_status status;
    struct store *store;
    bool goes_on = true;

    file->path = path;
    file->name = name_of(path);
    file->learner = xstrdup(file->name);
    reading->shown = 0;
    status = store_foreign_open(path, &store, &found, &why);
    file->verdict = status == STORE_DAMAGED  ? "refuted: edited or damaged"
                    : status == STORE_ABSENT ? "not there"
                                             : "not read";
    if (status == STORE_OK) {
        file->holder = found.holder;
        goes_on = reckon_file(reading, file, store);
        store_close(store);
    } else {
        add_problem(file, str_text(&why));
    }
    clear_progress(reading);
    str_release(&why);
    return goes_on;
}

/* ---- the same run twice ---- */

static bool is_same_run(const struct reckoning *a, const struct reckoning *b)
{
    return a->lesson == b->lesson && a->rows.count >= SAME_MIN && a->rows.count == b->rows.count &&
           reckon_same_rows(a, b) == a->rows.count;
}

/* What is looked for among the files. */
struct search {
    struct report *report;
    uint32_t file;    /* whose number this is */
    struct reckoning *run;
};

/* The first file before this one with the same run. */
static void find_first(struct search *search)
{
    for (uint32_t i = 0; i < search->file && search->run->same_as == NULL; i++) {
        const struct report_file *other = &search->report->files.items[i];

        for (uint32_t k = 0; k < other->lessons.count; k++) {
            if (is_same_run(search->run, &other->lessons.items[k]))
                search->run->same_as = other->path;
        }
    }
}

/* One sentence for all that are the same, at the first of them. */
static void tell_same(struct search *search)
{
    const struct report_file *file = &search->report->files.items[search->file];
    struct str text = STR_INIT;

    for (uint32_t i = search->file + 1; i < search->report->files.count; i++) {
        const struct report_file *other = &search->report->files.items[i];

        for (uint32_t k = 0; k < other->lessons.count; k++) {
            if (other->lessons.items[k].lesson == search->run->lesson &&
                other->lessons.items[k].same_as == file->path)
                str_addf(&text, "%s%s", text.length == 0 ? "the same run as " : ", ", other->path);
        }
    }
    if (text.length > 0) {
        str_addf(&text, ": all %u changes, to the same nanosecond",
                 (unsigned)search->run->rows.count);
        *LIST_PUSH(&search->run->remarks) = str_take(&text);
    }
    str_release(&text);
}

/* A run that goes on differently is told at the later file, with the one that is most like it. */
static void tell_alike(struct search *search)
{
    struct str text = STR_INIT;
    const char *nearest = NULL;
    uint32_t most = SAME_MIN - 1;

    for (uint32_t i = 0; i < search->file; i++) {
        const struct report_file *other = &search->report->files.items[i];

        for (uint32_t k = 0; k < other->lessons.count; k++) {
            const struct reckoning *run = &other->lessons.items[k];
            uint32_t same = run->lesson == search->run->lesson && run->same_as == NULL
                                ? reckon_same_rows(search->run, run)
                                : 0;

            nearest = same > most ? other->path : nearest;
            most = same > most ? same : most;
        }
    }
    if (nearest != NULL) {
        str_addf(&text, "the first %u of %u changes are those of %s, to the same nanosecond", most,
                 (unsigned)search->run->rows.count, nearest);
        *LIST_PUSH(&search->run->remarks) = str_take(&text);
    }
    str_release(&text);
}

static bool is_of_same(const struct report_file *a, const struct report_file *b)
{
    return a->named && b->named && strcmp(a->learner, b->learner) == 0;
}

/* Several files of one learner: one sentence, at the first of them. */
static void tell_of_same(struct report *report, uint32_t first)
{
    struct report_file *file = &report->files.items[first];
    struct str text = STR_INIT;

    for (uint32_t i = 0; i < report->files.count; i++) {
        const struct report_file *other = &report->files.items[i];

        if (i == first || !is_of_same(file, other))
            continue;
        if (i < first)
            break;
        str_addf(&text, "%s%s", text.length == 0 ? "" : ", ", other->path);
    }
    if (text.length > 0 && file->lessons.count > 0) {
        char *names = str_take(&text);

        str_addf(&text, "%s's, as these say that they are, too: %s", file->learner, names);
        *LIST_PUSH(&file->lessons.items[0].remarks) = str_take(&text);
        free(names);
    }
    str_release(&text);
}

static void each_run(struct report *report, void (*see)(struct search *search))
{
    for (uint32_t i = 0; i < report->files.count; i++) {
        struct report_file *file = &report->files.items[i];

        for (uint32_t k = 0; k < file->lessons.count; k++) {
            struct search search = {report, i, &file->lessons.items[k]};

            if (search.run->same_as == NULL)
                see(&search);
        }
    }
}

static void compare_files(struct report *report)
{
    for (uint32_t i = 0; i < report->files.count; i++)
        tell_of_same(report, i);
    each_run(report, find_first);
    each_run(report, tell_same);
    each_run(report, tell_alike);
}

/* ---- the door ---- */

static void report_release(struct report *report)
{
    for (uint32_t i = 0; i < report->files.count; i++) {
        struct report_file *file = &report->files.items[i];

        for (uint32_t k = 0; k < file->lessons.count; k++)
            reckon_release(&file->lessons.items[k]);
        LIST_RELEASE(&file->lessons);
        free(file->learner);
        free(file->name);
        free(file->problem);
    }
    LIST_RELEASE(&report->files);
}

static bool is_fine(const struct report *report)
{
    for (uint32_t i = 0; i < report->files.count; i++) {
        const struct report_file *file = &report->files.items[i];

        if (file->problem != NULL)
            return false;
        for (uint32_t k = 0; k < file->lessons.count; k++) {
            if (file->lessons.items[k].refuted.count > 0)
                return false;
        }
    }
    return true;
}

static int say(const char *text, int status)
{
    exec_print(STDERR_FILENO, text, strlen(text));
    return status;
}

/* 0, or an exit code. */
static int read_options(struct reading *reading, const char *const *words, size_t count,
                        enum sql_form *form, struct strings *paths)
{
    struct str problems = STR_INIT;
    bool only_files = false;
    const char *value;
    int status = 0;

    for (size_t i = 0; i < count && status == 0; i++) {
        if (only_files || words[i][0] != '-') {
            *LIST_PUSH(paths) = words[i];
        } else if (strcmp(words[i], "--") == 0) {
            only_files = true;
        } else if ((value = tools_option(words, count, &i, "--output")) != NULL) {
            status = sql_form_parse(value, form) ? 0 : EXIT_USAGE;
        } else if ((value = tools_option(words, count, &i, "--lesson")) != NULL) {
            if (lesson_list_add_path(reading->lessons, value, &problems) > 0)
                status = say(str_text(&problems), EXIT_USAGE);
        } else {
            status = EXIT_USAGE;
        }
    }
    if (paths->count == 0)
        status = EXIT_USAGE;
    if (status != 0 && problems.length == 0)
        say(usage, 0);
    str_release(&problems);
    return status;
}

int report_program(struct lesson_list *lessons, const char *const *words, size_t count,
                   const struct report_host *host)
{
    struct report report = {0};
    struct reading reading = {
        .lessons = lessons,
        .host = host,
        .began = host->clock == NULL ? 0 : host->clock(),
        .report = &report,
        .shows = host->clock != NULL && isatty(STDERR_FILENO) != 0,
    };
    enum sql_form form = SQL_TABLE;
    struct strings paths = {0};
    struct str out = STR_INIT;
    struct catalog *catalog;
    bool goes_on = true;
    int status = read_options(&reading, words, count, &form, &paths);

    if (status == 0) {
        reading.catalog = catalog = catalog_new();
        reading.count = paths.count;
        for (uint32_t i = 0; i < paths.count && goes_on; i++) {
            reading.number = i + 1;
            goes_on = read_file(&reading, paths.items[i]);
        }
        compare_files(&report);
        report_print(&report, form, &out);
        status = is_fine(&report) ? EXIT_FINE : REPORT_NOT_FINE;
        if (!exec_print(STDOUT_FILENO, str_text(&out), out.length))
            status = EXIT_OTHER;
        if (!goes_on)
            status = say("nephoscope: stopped; what is above is not all\n", EXIT_INTERRUPTED);
        catalog_free(catalog);
    }
    report_release(&report);
    list_free(paths.items);
    str_release(&out);
    return status;
}
