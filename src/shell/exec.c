/*
 * shell/exec.c - commands without a screen: `nephoscope exec`.
 *
 * Standard output holds what the AWS CLI would print and nothing else.  A command is acknowledged
 * when its answer has been written, which is after it was made durable (api/command.c).
 */
#include "shell/exec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/expand.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "shell/outside.h"

static bool write_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t wrote = write(fd, bytes, size);

        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return false;
        bytes += wrote;
        size -= (size_t)wrote;
    }
    return true;
}

bool exec_print(int fd, const char *text, size_t length)
{
    size_t plain = utf8_plain(text, length, UTF8_KEEP_LINES); /* nearly always all of it */
    struct str clean = STR_INIT;
    bool written;

    utf8_add_safe(&clean, text + plain, length - plain, UTF8_KEEP_LINES);
    written = write_all(fd, text, plain) && write_all(fd, str_text(&clean), clean.length);
    str_release(&clean);
    return written;
}

/* Was Ctrl-C pressed? */
static bool interrupted(const struct session *session)
{
    const struct session_hooks *hooks = &session->hooks;

    return hooks->waiting != NULL && hooks->waiting(hooks->context, "", session->world->sim.now);
}

/* One run of exec. */
struct exec {
    struct shell *shell;
    const struct exec_options *options;
    bool failed; /* an answer could not be given, whatever its command came to */
};

/* An answer that cannot be given ends the run. */
static void give_up(struct exec *exec)
{
    exec->failed = true;
    exec->shell->quit = true;
}

/* struct shell's printed: the answer goes out, and only then is it acknowledged. */
static void print_answer(void *context, struct command_io *io)
{
    struct exec *exec = context;
    struct shell *shell = exec->shell;
    struct str why = STR_INIT;

    if (session_save_time(shell->session, &why) != 0) {
        str_clear(io->out); /* it tells of a time that was taken back */
        str_addf(io->err, "nephoscope: %s\n", str_text(&why));
        give_up(exec);
    }
    str_release(&why);
    if (!exec_print(STDOUT_FILENO, str_text(io->out), io->out->length)) {
        if (errno != EPIPE) /* a reader that has seen enough is no news */
            str_addf(io->err, "nephoscope: the answer cannot be written: %s\n", strerror(errno));
        give_up(exec);
    }
    exec_print(STDERR_FILENO, str_text(io->err), io->err->length);
    str_clear(io->out);
    str_clear(io->err);
    if (!exec->failed)
        session_acknowledge(shell->session);
    while (session_idle(shell->session))
        continue;
    if (exec->options->answered != NULL)
        exec->options->answered(exec->options->context);
    if (interrupted(shell->session))
        shell->quit = true;
}

/* The line that the options name. */
static char *find_text(const struct exec_options *options, struct str *why)
{
    struct str line = STR_INIT;

    if (options->script != NULL)
        return outside_script(options->script, true, why);
    if (options->word_count == 1)
        return xstrdup(options->words[0]);
    for (size_t i = 0; i < options->word_count; i++) {
        if (i > 0)
            str_addc(&line, ' ');
        expand_quote(&line, options->words[i]);
    }
    return str_take(&line);
}

int exec_run(struct shell *shell, const struct exec_options *options)
{
    struct str out = STR_INIT;
    struct str err = STR_INIT;
    struct command_io io = {.out = &out, .err = &err};
    struct exec exec = {.shell = shell, .options = options};
    char *text = find_text(options, &err);
    int exit_code = EXIT_OTHER;

    shell->printed = print_answer;
    shell->context = &exec;
    if (text == NULL)
        str_addc(&err, '\n');
    else
        exit_code = shell_run(shell, text, options->script != NULL && !options->keep_going, &io);
    print_answer(&exec, &io);
    if (exec.failed)
        exit_code = EXIT_OTHER;
    if (interrupted(shell->session))
        exit_code = EXIT_INTERRUPTED;
    free(text);
    str_release(&out);
    str_release(&err);
    return exit_code;
}
