/*
 * lesson/reckon_begin.c - does a run begin as its lesson begins?
 *
 * The lesson's world is built anew, by the lesson: its files, its `world` block, the set-up of its
 * first step, in a world with the learner's seed.  What the journal's rows made up to that step
 * must be the same, byte by byte: a world with the answer in it is none of the lesson's.
 */
#include <string.h>

#include "base/str.h"
#include "api/api_words.h"
#include "lesson/reckon_parts.h"
#include "lesson/runner_parts.h"
#include "shell/run.h"
#include "store/branch.h"
#include "store/sql.h"

/* The lesson's own beginning, as a state: appended.  0, or -1 with a sentence. */
static int build(const struct reckon_task *task, uint64_t seed, const struct session_hooks *hooks,
                 struct str *state, struct str *why)
{
    struct session_options options = {0};
    struct lesson_list none = {0};
    struct session *session;
    struct shell shell;
    struct runner runner;
    struct str notice = STR_INIT;
    int status;

    if (session_open(task->catalog, &options, &session, &notice, why) != 0)
        return -1;
    session->hooks.context = hooks->context;
    session->hooks.waiting = hooks->waiting;
    shell_init(&shell, session);
    shell_add_words(&shell, shell_words, &shell);
    shell_add_words(&shell, api_words, NULL);
    shell_add_words(&shell, sql_words, NULL);
    runner_init(&runner, &shell, &none);
    status = runner_begin_as(&runner, task->lesson, seed, why);
    if (status == 0)
        session_keep(session, state);
    runner_release(&runner);
    session->hooks = (struct session_hooks){0};
    session_close(session, &notice);
    str_release(&notice);
    return status;
}

bool reckon_begins_so(const struct reckon_task *task, int64_t root, const struct session *session,
                      struct str *wanted)
{
    struct str made = STR_INIT;
    struct str why = STR_INIT;
    bool same = wanted->length > 0 || build(task, store_branch_find(task->store, root)->seed,
                                            &session->hooks, wanted, &why) == 0;

    session_keep(session, &made);
    same = same && made.length == wanted->length &&
           memcmp(str_text(&made), str_text(wanted), made.length) == 0;
    str_release(&made);
    str_release(&why);
    return same;
}
