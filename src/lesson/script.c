/*
 * lesson/script.c - the lines of a block that acts: one command after another.
 */
#include "lesson/script.h"

#include <string.h>

#include "base/str.h"
#include "sim/clock.h"
#include "shell/run.h"

static bool starts_nothing(const char *line, size_t length)
{
    size_t blanks = strspn(line, " \t");

    return blanks >= length || line[blanks] == '#';
}

bool script_next(const char **text, struct str *line)
{
    str_clear(line);
    while (**text != '\0') {
        size_t length = strcspn(*text, "\n");
        bool more = (*text)[length] == '\n';

        if (line->length > 0 || !starts_nothing(*text, length)) {
            if (line->length > 0)
                str_addc(line, '\n');
            str_addn(line, *text, length);
        }
        *text += length + more;
        if (line->length > 0 && shell_form(str_text(line)) != SHELL_MORE)
            return true;
    }
    return line->length > 0;
}

uint32_t script_count(const char *text)
{
    struct str line = STR_INIT;
    uint32_t count = 0;

    while (script_next(&text, &line))
        count++;
    str_release(&line);
    return count;
}

static void report(const char *line, const struct str *err, int status, struct str *why)
{
    const char *said = str_text(err);
    size_t length;

    said += strspn(said, "\n");
    length = strcspn(said, "\n");
    str_addf(why, "`%.*s`", (int)strcspn(line, "\n"), line);
    if (length > 0)
        str_addf(why, " said: %.*s", (int)length, said);
    else
        str_addf(why, " ended with status %d", status);
}

/* The session's hooks while a block runs: they do what they did, and watch the time. */
struct watch {
    struct session_hooks hooks; /* the others */
    const struct session *session;
    int64_t until;
};

static int watch_waiting(void *context, const char *what, int64_t until)
{
    const struct watch *watch = context;

    if (watch->session->world->sim.now > watch->until)
        return 1;
    return watch->hooks.waiting == NULL ? 0
                                        : watch->hooks.waiting(watch->hooks.context, what, until);
}

static void watch_second(void *context)
{
    const struct watch *watch = context;

    if (watch->hooks.second != NULL)
        watch->hooks.second(watch->hooks.context);
}

static int run_lines(struct shell *shell, const char *text, struct str *why)
{
    struct str line = STR_INIT;
    struct str out = STR_INIT;
    struct str err = STR_INIT;
    struct command_io io = {.out = &out, .err = &err};
    int status = 0;

    while (status == 0 && script_next(&text, &line)) {
        str_clear(&out);
        str_clear(&err);
        status = shell_run(shell, str_text(&line), true, &io);
        if (status != 0)
            report(str_text(&line), &err, status, why);
    }
    str_release(&line);
    str_release(&out);
    str_release(&err);
    return status;
}

int script_run(struct shell *shell, const char *text, struct str *why)
{
    void (*printed)(void *, struct command_io *) = shell->printed;
    struct session *session = shell->session;
    struct watch watch = {
        .hooks = session->hooks,
        .session = session,
        .until = session->world->sim.now + SCRIPT_SECONDS_MAX * SECOND_NS,
    };
    int status;

    shell->printed = NULL;
    session->brought++;
    session->hooks = (struct session_hooks){
        .context = &watch,
        .waiting = watch_waiting,
        .second = watch_second,
    };
    status = run_lines(shell, text, why);
    session->hooks = watch.hooks;
    session->brought--;
    shell->printed = printed;
    return status == 0 ? 0 : -1;
}
