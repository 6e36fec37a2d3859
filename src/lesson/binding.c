/*
 * lesson/binding.c - the variable of a line NAME=$(...), when the learner ran the command without
 * it.
 *
 * The lesson's line is run with the last answer in the world's place: its --query finds the value
 * as it would have found it, and nothing is done twice.
 */
#include "lesson/binding.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "base/str.h"
#include "shell/run.h"
#include "shell/session.h"

bool binding_name(const char *line, struct str *name)
{
    size_t length;

    str_clear(name);
    line += strspn(line, " ");
    length = strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
    if (length == 0 || !str_starts(line + length, "=$("))
        return false;
    str_addn(name, line, length);
    return true;
}

bool binding_is_missing(const struct shell *shell, const char *name)
{
    const char *value = session_variable(shell->session, name);

    return value == NULL || *value == '\0' || strcmp(value, "None") == 0;
}

/* Puts a value back; the session's own failure is told when its next row fails. */
static void set(struct shell *shell, const char *name, const char *value)
{
    struct str why = STR_INIT;

    session_set_variable(shell->session, name, value, &why);
    str_release(&why);
}

int binding_run(struct shell *shell, const char *line, struct command_io *io)
{
    struct str name = STR_INIT;
    char *before = NULL;
    int status;

    if (binding_name(line, &name) && session_variable(shell->session, str_text(&name)) != NULL)
        before = xstrdup(session_variable(shell->session, str_text(&name)));
    status = shell_run(shell, line, false, io);
    if (name.length > 0 && status != 0)
        set(shell, str_text(&name), before);
    free(before);
    str_release(&name);
    return status;
}

/* struct commander's invoke: the last answer again; what would change something else is left. */
static int answer_again(void *context, struct call *call, const struct op *op,
                        const json_t *params, json_t **answer)
{
    struct session *session = context;
    struct caller caller = session->commander.caller;

    if (op == session->last_write) {
        *answer = json_incref(session->last_answer);
        return 0;
    }
    if ((op->flags & OP_WRITE) != 0) {
        call->interrupted = true;
        *answer = json_object();
        return 0;
    }
    return invoke_json(call, &caller, op, params, answer);
}

/* Runs the shown line on the last answer. */
static void run_again(struct shell *shell, const char *shown)
{
    struct session *session = shell->session;
    struct commander before = session->commander;
    void (*printed)(void *, struct command_io *) = shell->printed;
    int status = shell->status;
    struct str out = STR_INIT;
    struct command_io io = {.out = &out, .err = &out};

    session->commander.invoke = answer_again;
    session->commander.commit = NULL;
    session->commander.answered = NULL;
    session->commander.refused = NULL;
    shell->printed = NULL;
    binding_run(shell, shown, &io);
    shell->printed = printed;
    shell->status = status;
    session->commander.invoke = before.invoke;
    session->commander.commit = before.commit;
    session->commander.answered = before.answered;
    session->commander.refused = before.refused;
    str_release(&out);
}

bool binding_make(struct shell *shell, const char *shown, const char *typed)
{
    struct str name = STR_INIT;
    struct str other = STR_INIT;
    bool made = false;

    if (binding_name(shown, &name) && binding_is_missing(shell, str_text(&name))) {
        if (binding_name(typed, &other) && strcmp(str_text(&other), str_text(&name)) != 0) {
            if (!binding_is_missing(shell, str_text(&other)))
                set(shell, str_text(&name), session_variable(shell->session, str_text(&other)));
        } else {
            run_again(shell, shown);
        }
        made = !binding_is_missing(shell, str_text(&name));
    }
    str_release(&name);
    str_release(&other);
    return made;
}
