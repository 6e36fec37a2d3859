/*
 * tui/wall_look.c - a copy of a learner's world, opened from the wall.
 *
 * The learner's files are read from outside, and nobody waits: the copy is one moment of them
 * (store/foreign).  It is a session in memory, so that whatever is typed there changes the copy and
 * nothing else.
 */
#include "tui/wall_parts.h"

#include <stdlib.h>

#include "base/mem.h"
#include "sim/clock.h"
#include "cloud/catalog.h"
#include "api/api_words.h"
#include "store/branch.h"
#include "store/foreign.h"
#include "store/session_file.h"
#include "store/sql.h"
#include "shell/again.h"
#include "shell/logbook.h"
#include "shell/run.h"
#include "lesson/answers.h"
#include "lesson/runner.h"
#include "tui/console.h"
#include "tui/lesson_source.h"

/* The learner's checks are as they were noted: nobody looks at them here. */
static void look_at_nothing(void *context)
{
    (void)context;
}

static bool no_news(void *context, struct str *out)
{
    (void)context;
    (void)out;
    return false;
}

/* What a line of the learner's answered. */
struct told {
    const struct catalog *catalog;
    struct store *store;
};

static bool find_answer(void *context, const struct logbook_entry *line, struct command_io *io)
{
    const struct told *told = context;

    return answers_find(told->catalog, told->store, line, io);
}

/* The console over a session that is a copy, with the lesson and the lines that its file has. */
static int run_copy(struct wall *wall, struct session *session, struct store *store,
                    const struct wall_watch *watch, struct str *why)
{
    struct lesson_list lessons = {0};
    struct runner runner;
    struct lesson_source source = {.runner = &runner};
    struct console_lesson lesson = lesson_source_of(&source);
    struct logbook earlier;
    struct told told = {session->catalog, store};
    const struct console_answers answers = {&told, find_answer};
    char moment[CLOCK_TEXT_SIZE];
    struct str note = STR_INIT;
    struct str notice = STR_INIT;
    struct shell shell;
    struct console_options options = {
        .shell = &shell,
        .now = wall->options->now,
        .theme = wall->options->theme,
        .ascii = wall->options->ascii,
        .no_color = wall->options->no_color,
        .earlier = &earlier,
        .answers = &answers,
        .tick = watch->still,
        .tick_context = watch->context,
    };
    int status;

    clock_format(wall->options->clock() / SECOND_NS * SECOND_NS, CLOCK_TIME, moment);
    str_addf(&note, "a copy of %s's world, %s UTC", watch->name, moment);
    str_addf(&notice,
             "This is a copy of %s's world, as of %s UTC. Time stands still in it (F7 lets it "
             "run), what you type changes only the copy, and F10 leads back to the wall.\n",
             watch->name, moment);
    options.note = str_text(&note);
    options.notice = str_text(&notice);
    shell_init(&shell, session);
    shell_add_words(&shell, shell_words, &shell);
    shell_add_words(&shell, api_words, NULL);
    shell_add_words(&shell, sql_words, NULL);
    lesson_list_offer_built_in(&lessons);
    runner_init(&runner, &shell, &lessons);
    runner_show_kept(&runner, store);
    lesson.second = look_at_nothing;
    lesson.news = no_news;
    if (runner.lesson != NULL)
        options.lesson = &lesson;
    logbook_read(&earlier, store); /* a damaged one as far as it goes */
    session->person = false; /* what lies in another's session reaches no file of ours */
    status = console_run(&options, why);
    logbook_release(&earlier);
    runner_release(&runner);
    lesson_source_release(&source);
    lesson_list_release(&lessons);
    str_release(&note);
    str_release(&notice);
    return status;
}

int wall_look(struct wall *wall, const struct wall_watch *watch, struct str *why)
{
    char *path = class_session_path(wall->options->folder, watch->name);
    struct catalog *catalog = catalog_new();
    struct store_foreign found = {0};
    struct session *session = NULL;
    struct store *store = NULL;
    struct str end = STR_INIT;
    const struct store_branch *branch;
    int status = -1;

    if (store_foreign_open(path, &store, &found, why) == STORE_OK) {
        branch = store_branch_current(store);
        if (branch == NULL)
            str_addf(why, "%s has no world yet", watch->name);
        else if (again_session(catalog, store, branch->id, -1, &session, why) == 0)
            status = run_copy(wall, session, store, watch, why);
    }
    if (session != NULL)
        session_close(session, &end);
    store_close(store);
    catalog_free(catalog);
    str_release(&end);
    free(path);
    return status;
}
