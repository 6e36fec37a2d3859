/*
 * lesson/program.c - `nephoscope lesson`: lessons without a screen.
 */
#include "lesson/program.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/asset.h"
#include "base/mem.h"
#include "base/str.h"
#include "sim/clock.h"
#include "cloud/catalog.h"
#include "api/api_words.h"
#include "store/sql.h"
#include "shell/exec.h"
#include "shell/run.h"
#include "shell/session.h"
#include "lesson/lint.h"
#include "lesson/pane.h"
#include "lesson/runner.h"
#include "lesson/script.h"
#include "lesson/words.h"

enum { PRINT_WIDTH = 80 };

static const char usage[] =
    "usage: nephoscope lesson list\n"
    "       nephoscope lesson show ID | FILE     the whole lesson, to read\n"
    "       nephoscope lesson lint [--seeds N] [PATH...]\n"
    "                                            proves lessons; the built-in ones unless told\n"
    "       nephoscope lesson play ID | FILE     does the lesson by its solutions, and shows it\n"
    "       nephoscope lesson report FILE...     who achieved what, by replaying session files\n";

static void print(int fd, struct str *text)
{
    exec_print(fd, str_text(text), text->length);
    str_clear(text);
}

static int refuse(const char *problem)
{
    struct str text = STR_INIT;

    str_addf(&text, "nephoscope: %s\n", problem);
    print(STDERR_FILENO, &text);
    str_release(&text);
    return EXIT_USAGE;
}

/* ---- show ---- */

static void add_markdown(struct str *out, const char *indent, const char *prefix,
                         const char *markdown)
{
    struct arena arena = ARENA_INIT;
    struct prose prose = {.arena = &arena};
    struct str why = STR_INIT;

    if (*prefix == '\0')
        prose_add(&prose, markdown, PRINT_WIDTH, &why);
    else
        prose_add_item(&prose, prefix, markdown, PRINT_WIDTH - 4, &why);
    prose_print(&prose, indent, out);
    str_release(&why);
    arena_release(&arena);
}

static void add_lines(struct str *out, const char *text)
{
    struct str line = STR_INIT;

    while (script_next(&text, &line))
        str_addf(out, "    $ %s\n", str_text(&line));
    str_release(&line);
}

static void show_block(const struct lesson_block *block, struct str *out)
{
    switch (block->kind) {
    case LESSON_PROSE:
        add_markdown(out, "", "", block->text);
        break;
    case LESSON_RUN:
        add_lines(out, block->text);
        break;
    case LESSON_PREDICT:
    case LESSON_QUIZ:
        add_markdown(out, "    ", "? ", block->question->text);
        for (uint32_t i = 0; i < block->question->options.count; i++)
            add_markdown(out, "    ", "  o ", block->question->options.items[i].text);
        break;
    case LESSON_COFFEE:
        add_markdown(out, "    ", "~ ", block->text);
        break;
    default:
        return;
    }
    str_addc(out, '\n');
}

static int show(const struct lesson *lesson)
{
    struct str out = STR_INIT;

    str_addf(&out, "%s\n\n", lesson->title);
    add_markdown(&out, "", "", lesson->intro);
    for (uint32_t i = 0; i < lesson->steps.count; i++) {
        const struct lesson_step *step = &lesson->steps.items[i];

        str_addf(&out, "\nStep %u of %u: %s\n\n", i + 1, lesson->steps.count, step->title);
        for (uint32_t k = 0; k < step->blocks.count; k++)
            show_block(&step->blocks.items[k], &out);
    }
    print(STDOUT_FILENO, &out);
    str_release(&out);
    return EXIT_FINE;
}

/* ---- lint ---- */

/* Takes `--seeds N` off the words; false when N is none. */
static bool take_seeds(const char *const **words, size_t *count, unsigned *seeds)
{
    char *end = NULL;
    unsigned long wish;

    if (*count == 0 || strcmp(**words, "--seeds") != 0)
        return true;
    if (*count == 1)
        return false;
    wish = strtoul((*words)[1], &end, 10);
    if ((*words)[1][0] < '0' || (*words)[1][0] > '9' || *end != '\0' || wish > LINT_SEEDS_MAX)
        return false;
    *seeds = (unsigned)wish;
    *words += 2;
    *count -= 2;
    return true;
}

static int lint(const struct word *screen_words, const char *const *paths, size_t count)
{
    struct lesson_list all = {0};
    struct lesson_list given = {0};
    struct str report = STR_INIT;
    struct str again = STR_INIT; /* the same refusals once more */
    const struct asset *coverage = asset_find("lessons/coverage.txt");
    struct lint how = {
        .lessons = &all,
        .screen_words = screen_words,
        .coverage = coverage == NULL ? NULL : asset_text(coverage),
        .seeds = LINT_SEEDS,
    };
    struct catalog *catalog;
    const struct lesson_list *list;
    unsigned problems;

    if (!take_seeds(&paths, &count, &how.seeds))
        return refuse("--seeds wants how many other seeds to try: 0 to 1000");
    how.catalog = catalog = catalog_new();
    list = count == 0 ? &all : &given;
    problems = lesson_list_add_built_in(&all, &report);
    for (size_t i = 0; i < count; i++) {
        problems += lesson_list_add_path(&given, paths[i], &report);
        lesson_list_add_path(&all, paths[i], &again);
    }
    str_release(&again);
    print(STDERR_FILENO, &report);
    for (uint32_t i = 0; i < list->items.count; i++) {
        const struct lesson *lesson = list->items.items[i];
        unsigned found = lint_lesson(&how, lesson, &report);

        print(STDERR_FILENO, &report);
        if (found == 0)
            str_addf(&report, "%s: right, with %u seeds\n", lesson->path, how.seeds + 1);
        print(STDOUT_FILENO, &report);
        problems += found;
    }
    if (count == 0)
        lint_coverage(&how, &report);
    print(STDOUT_FILENO, &report);
    lesson_list_release(&given);
    lesson_list_release(&all);
    catalog_free(catalog);
    str_release(&report);
    return problems == 0 ? EXIT_FINE : EXIT_OTHER;
}

/* ---- play ---- */

struct player {
    struct session *session;
    struct shell shell;
    struct runner runner;
    struct str out;
    struct str err;
};

static void on_second(void *context)
{
    runner_look(&((struct player *)context)->runner);
}

static void show_step(struct player *player)
{
    struct pane pane;

    str_addc(&player->out, '\n');
    pane_build(&pane, &player->runner, PRINT_WIDTH, PANE_WHOLE);
    pane_print(&pane, &player->out);
    pane_release(&pane);
    str_addc(&player->out, '\n');
    print(STDOUT_FILENO, &player->out);
}

static int play_step(struct player *player)
{
    const struct lesson_block *solution =
        lesson_block_find(runner_step(&player->runner), LESSON_SOLUTION, 0);
    struct command_io io = {.out = &player->out, .err = &player->err};
    const char *at = solution == NULL ? "" : solution->text;
    struct str line = STR_INIT;
    int status = 0;

    while (status == 0 && script_next(&at, &line)) {
        str_addf(&player->out, "$ %s\n", str_text(&line));
        status = shell_run(&player->shell, str_text(&line), true, &io);
        print(STDOUT_FILENO, &player->out);
        print(STDERR_FILENO, &player->err);
    }
    for (unsigned i = 0; i < LINT_SETTLE_S && !runner_step_complete(&player->runner); i++)
        session_advance(player->session, player->session->world->sim.now + SECOND_NS, "");
    runner_take_news(&player->runner, &player->out);
    print(STDOUT_FILENO, &player->out);
    str_release(&line);
    return status;
}

static int play_steps(struct player *player, struct str *why)
{
    int status = 0;

    while (status == 0 && !player->runner.finished) {
        show_step(player);
        status = play_step(player);
        if (status == 0 && runner_next(&player->runner, why) != 0)
            status = EXIT_OTHER;
    }
    return status;
}

static int play(struct lesson_list *lessons, const struct lesson *lesson)
{
    struct catalog *catalog = catalog_new();
    struct session_options options = {0};
    struct player player = {.out = STR_INIT, .err = STR_INIT};
    struct str why = STR_INIT;
    struct str notice = STR_INIT;
    int status = session_open(catalog, &options, &player.session, &notice, &why);

    if (status == 0) {
        shell_init(&player.shell, player.session);
        shell_add_words(&player.shell, shell_words, &player.shell);
        shell_add_words(&player.shell, api_words, NULL);
        shell_add_words(&player.shell, sql_words, NULL);
        shell_add_words(&player.shell, lesson_words, &player.runner);
        runner_init(&player.runner, &player.shell, lessons);
        player.session->hooks.context = &player;
        player.session->hooks.second = on_second;
        status = runner_begin(&player.runner, lesson->id, true, &why) != 0
                     ? EXIT_OTHER
                     : play_steps(&player, &why);
        runner_release(&player.runner);
        session_close(player.session, &notice);
    }
    if (why.length > 0)
        refuse(str_text(&why));
    str_release(&why);
    str_release(&notice);
    str_release(&player.out);
    str_release(&player.err);
    catalog_free(catalog);
    return status;
}

/* ---- the door ---- */

static int with_list(const char *verb, const char *const *words, size_t count)
{
    struct lesson_list list = {0};
    struct str text = STR_INIT;
    const struct lesson *lesson;
    int status = EXIT_FINE;

    lesson_list_add_built_in(&list, &text);
    print(STDERR_FILENO, &text);
    if (strcmp(verb, "list") == 0 && count == 0) {
        lesson_list_print(&list, &text);
        print(STDOUT_FILENO, &text);
    } else if (count == 1 && (strcmp(verb, "show") == 0 || strcmp(verb, "play") == 0)) {
        lesson = lesson_list_want(&list, words[0], &text);
        print(STDERR_FILENO, &text);
        status = lesson == NULL ? EXIT_USAGE
                 : *verb == 's' ? show(lesson)
                                : play(&list, lesson);
    } else {
        str_add(&text, usage);
        print(STDERR_FILENO, &text);
        status = EXIT_USAGE;
    }
    lesson_list_release(&list);
    str_release(&text);
    return status;
}

static int report(const struct lesson_host *host, const char *const *words, size_t count)
{
    struct lesson_list list = {0};
    int status;

    lesson_list_offer_built_in(&list);
    lesson_list_read(&list);
    status = report_program(&list, words, count, &host->report);
    lesson_list_release(&list);
    return status;
}

int lesson_program(const struct lesson_host *host, const char *const *words, size_t count)
{
    if (count > 0 && strcmp(words[0], "lint") == 0)
        return lint(host->screen_words, words + 1, count - 1);
    if (count > 0 && strcmp(words[0], "report") == 0)
        return report(host, words + 1, count - 1);
    return with_list(count == 0 ? "" : words[0], words + (count > 0), count > 0 ? count - 1 : 0);
}
