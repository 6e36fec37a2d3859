/*
 * cloud/guest_shell.c - how a guest's shell runs lists, pipelines and commands.
 *
 * Uses    base/words and base/expand for the grammar; guest_variables and guest_programs beside it.
 *
 * Whatever a command does is an effect, done once and told again when its step runs again (see
 * guest_shell.h); everything else, variables and control, is done anew.
 * True to bash for lists, pipelines, subshells, redirections, `set -e -u -x` and pipefail.  Left
 * out: what the grammar of base/words refuses; a pipeline's commands run one after another.
 */
#include "cloud/guest_shell.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

enum { COMMANDS_MAX = 5000, EFFECT_BYTES_MAX = 32 << 20 };

/* ---- effects ---- */

bool effect_again(struct shell *shell, struct guest_effect *effect, struct str *out,
                  struct str *err)
{
    if (shell->effect >= shell->job->effects.count)
        return false;
    *effect = shell->job->effects.items[shell->effect++];
    str_add(out, effect->out == NULL ? "" : effect->out);
    str_add(err, effect->err == NULL ? "" : effect->err);
    if (effect->folder != NULL) {
        free(shell->job->folder);
        shell->job->folder = xstrdup(effect->folder);
    }
    return true;
}

static char *text_kept(const struct str *text)
{
    return text == NULL || text->length == 0 ? NULL : xstrdup(str_text(text));
}

void effect_done(struct shell *shell, int status, const struct str *out, const struct str *err)
{
    *LIST_PUSH(&shell->job->effects) = (struct guest_effect){
        .out = text_kept(out),
        .err = text_kept(err),
        .folder = xstrdup(shell->job->folder),
        .status = status,
    };
    shell->effect = shell->job->effects.count;
    shell->kept += (out == NULL ? 0 : out->length) + (err == NULL ? 0 : err->length);
    if (shell->kept > EFFECT_BYTES_MAX)
        shell->exiting = true;
}

void shell_tell(struct shell *shell)
{
    str_addn(shell->both, str_text(shell->out) + shell->told_out,
             shell->out->length - shell->told_out);
    str_addn(shell->both, str_text(shell->err) + shell->told_err,
             shell->err->length - shell->told_err);
    shell->told_out = shell->out->length;
    shell->told_err = shell->err->length;
}

/* ---- $(...) ---- */

static int shell_substitute(void *context, const struct words_list *commands, struct str *output)
{
    struct shell *shell = context;
    struct shell_state state;
    bool script = shell->script;
    int status;

    if (shell->depth >= SHELL_DEPTH_MAX) {
        str_add(shell->trace, "bash: $(...) is nested too deeply\n");
        return 1;
    }
    state = shell_state_keep(shell->job);
    variable_set(shell->job, "-e", ""); /* as bash does, unless told otherwise */
    shell->depth++;
    shell->substituting++;
    shell->script = true;
    status = shell_list(shell, commands, output, shell->trace);
    shell->script = script;
    shell->substituting--;
    shell->depth--;
    shell->exiting = false;
    shell_state_return(shell->job, &state);
    shell->job->status = status;
    shell->substituted = status;
    while (output->length > 0 && output->text[output->length - 1] == '\n')
        str_cut(output, output->length - 1);
    return shell->suspended;
}

/* ---- redirections ---- */

/* Where one command's output goes: its redirections in order. */
struct shell_outputs {
    struct str *out; /* where 1 goes now */
    struct str *err;
    struct str file[2]; /* what is to be written */
    const char *path[2];
    bool append[2];
    unsigned files;
};

static int redirect_one(struct shell *shell, const struct expand_host *host,
                        const struct words_redirect *redirect, struct shell_outputs *outputs)
{
    struct guest_command at = {.job = shell->job, .arena = shell->arena, .user = shell->job->user};
    struct str target = STR_INIT;
    struct str *to;

    if (redirect->to != 0) {
        to = redirect->to == 1 ? outputs->out : outputs->err;
    } else {
        if (outputs->files == 2 || expand_one(host, &redirect->target, &target) != 0) {
            str_release(&target);
            return -1;
        }
        outputs->path[outputs->files] = command_path(&at, str_text(&target));
        outputs->append[outputs->files] = redirect->append;
        to = &outputs->file[outputs->files++];
    }
    if (redirect->from != 2)
        outputs->out = to;
    if (redirect->from != 1)
        outputs->err = to;
    str_release(&target);
    return 0;
}

/* Files are opened by the shell's own user, whatever sudo says: a classic.  Returns 0, or 1 and
 * says why. */
static int outputs_open(struct shell *shell, struct shell_outputs *outputs, bool write,
                        struct str *err)
{
    for (unsigned i = 0; i < outputs->files; i++) {
        struct blob content = {.bytes = outputs->file[i].text, .size = outputs->file[i].length};
        struct files files;
        enum files_error error;

        if (strcmp(outputs->path[i], "/dev/null") == 0)
            continue;
        if (!guest_mount(shell->guests, shell->guest, user_number(shell->job->user), &files))
            return 1;
        error = files_write(&files, outputs->path[i], content, write || outputs->append[i]);
        guest_dirty(shell->guests, shell->guest);
        if (error != FILES_OK) {
            str_addf(err, "bash: %s: %s\n", outputs->path[i], files_error_text(error));
            return 1;
        }
    }
    return 0;
}

/* The same as an effect. */
static int outputs_effect(struct shell *shell, struct shell_outputs *outputs, bool write,
                          struct str *err)
{
    struct guest_effect effect = {0};
    struct str none = STR_INIT;
    struct str why = STR_INIT;

    if (outputs->files == 0 || shell->suspended)
        return 0;
    if (!effect_again(shell, &effect, &none, err)) {
        effect.status = outputs_open(shell, outputs, write, &why);
        effect_done(shell, effect.status, NULL, &why);
        str_addn(err, str_text(&why), why.length);
        str_release(&why);
    }
    str_release(&none);
    return effect.status;
}

/* ---- one command ---- */

static void trace_begin(struct shell *shell)
{
    str_fill(shell->trace, '+', (size_t)shell->substituting + 1);
}

static void trace_words(struct shell *shell, const struct expand_argv *argv)
{
    const char *equals;

    trace_begin(shell);
    for (uint32_t i = 0; i < argv->items.count; i++) {
        str_addc(shell->trace, ' ');
        expand_quote(shell->trace, argv->items.items[i]);
    }
    str_addc(shell->trace, '\n');
    shell_tell(shell);
    for (uint32_t i = 1; i < argv->items.count; i++) {
        equals = strchr(argv->items.items[i], '=');
        if (equals == NULL || strcmp(argv->items.items[0], "export") != 0)
            continue;
        trace_begin(shell);
        str_addf(shell->trace, " %s\n", argv->items.items[i]);
    }
}

static int assign_all(struct shell *shell, const struct expand_host *host,
                      const struct words_command *parsed)
{
    for (uint32_t i = 0; i < parsed->assigns.count; i++) {
        const char *name = parsed->assigns.items[i].name;
        struct str value = STR_INIT;
        int result = expand_one(host, &parsed->assigns.items[i].value, &value);

        if (result == 0 && !shell->unbound) {
            variable_set(shell->job, name, str_text(&value));
            if (parsed->words.count > 0)
                variable_set(shell->job, arena_printf(shell->arena, "!%s", name), "1");
            if (option_set(shell->job, "-x")) {
                trace_begin(shell);
                str_addf(shell->trace, " %s=", name);
                if (value.length > 0)
                    expand_quote(shell->trace, str_text(&value));
                str_addc(shell->trace, '\n');
            }
        }
        str_release(&value);
        if (result != 0 || shell->unbound)
            return 1;
    }
    return 0;
}

static int expand_all(const struct expand_host *host, const struct words_command *parsed,
                      struct expand_argv *argv)
{
    for (uint32_t i = 0; i < parsed->words.count; i++) {
        if (expand_word(host, &parsed->words.items[i], argv) != 0)
            return -1;
    }
    *LIST_PUSH_IN(argv->arena, &argv->items) = NULL;
    argv->items.count--;
    return 0;
}

/* The words that change the shell itself; -1 when it is none of them. */
static int run_builtin(struct shell *shell, const struct expand_argv *argv,
                       const struct shell_outputs *outputs)
{
    const char *name = argv->items.items[0];

    if (shell->job->powershell)
        return -1;
    if (strcmp(name, "set") == 0)
        return shell_set(shell, argv, outputs->out, outputs->err);
    if (strcmp(name, "export") == 0)
        return shell_export(shell, argv, outputs->out);
    if (strcmp(name, "exit") != 0)
        return -1;
    shell->exiting = true;
    return argv->items.count > 1 ? (int)(strtoul(argv->items.items[1], NULL, 10) & 255)
                                 : shell->job->status;
}

/* The words are known: runs what they name. */
static int words_run(struct shell *shell, const struct expand_argv *argv, const char *input,
                     struct shell_outputs *outputs)
{
    struct guest_command command = {
        .guests = shell->guests,
        .guest = shell->guest,
        .job = shell->job,
        .arena = shell->arena,
        .words = argv->items.items,
        .count = argv->items.count,
        .user = shell->job->user,
        .input = input,
        .out = outputs->out,
        .err = outputs->err,
    };
    int status = run_builtin(shell, argv, outputs);

    return status >= 0 ? status : shell_program(shell, &command);
}

/* Ends the shell as `set -u` does. */
static int end_unbound(struct shell *shell)
{
    shell->unbound = false;
    shell->exiting = true;
    return shell->script ? 1 : SHELL_UNKNOWN;
}

/* Expands, assigns and redirects; 0, or the status that the command ends with at once. */
static int simple_prepare(struct shell *shell, const struct words_command *parsed,
                          struct expand_argv *argv, struct shell_outputs *outputs)
{
    const struct expand_host host = {
        .context = shell, .variable = shell_variable, .run = shell_substitute};
    struct str *real_err = outputs->err;
    bool failed = expand_all(&host, parsed, argv) != 0;

    shell->substituted = argv->items.count > 0 ? 0 : shell->substituted;
    failed = failed || shell->unbound || assign_all(shell, &host, parsed) != 0;
    for (uint32_t i = 0; i < parsed->redirects.count && !failed; i++)
        failed = redirect_one(shell, &host, &parsed->redirects.items[i], outputs) != 0;
    if (shell->unbound)
        return end_unbound(shell);
    if (failed)
        return 1;
    if (argv->items.count > 0 && option_set(shell->job, "-x"))
        trace_words(shell, argv);
    return outputs_effect(shell, outputs, false, real_err);
}

static int simple_run(struct shell *shell, const struct words_command *parsed, const char *input,
                      struct shell_outputs *outputs)
{
    struct expand_argv argv = {.arena = shell->arena};
    struct str *real_err = outputs->err;
    bool borrowed = parsed->assigns.count > 0 && parsed->words.count > 0;
    struct shell_state before = {0};
    bool ready;
    int status;

    if (++shell->commands > COMMANDS_MAX) {
        str_addf(outputs->err, "bash: stopped after %d commands at one moment\n", COMMANDS_MAX);
        shell->exiting = true;
        return SHELL_SYNTAX;
    }
    if (borrowed)
        before = shell_state_keep(shell->job);
    shell->substituted = 0;
    status = simple_prepare(shell, parsed, &argv, outputs);
    ready = status == 0 && !shell->suspended;
    if (ready && argv.items.count == 0)
        status = shell->substituted;
    else if (ready)
        status = words_run(shell, &argv, input, outputs);
    if (borrowed) {
        free(before.folder); /* cd lasts, the variables do not */
        before.folder = xstrdup(shell->job->folder);
        shell_state_return(shell->job, &before);
    }
    shell_tell(shell);
    if (ready && outputs_effect(shell, outputs, true, real_err) != 0)
        return 1;
    guest_dirty(shell->guests, shell->guest);
    return status;
}

/* ---- pipelines and lists ---- */

uint32_t shell_pipeline_end(const struct words_list *list, uint32_t at)
{
    do {
        at++;
    } while (at < list->commands.count && list->commands.items[at].join == WORDS_PIPE);
    return at;
}

/* Each command of a longer pipeline is a subshell. */
static int element_run(struct shell *shell, const struct words_command *parsed, const char *input,
                       struct shell_outputs *outputs)
{
    struct shell_state state = shell_state_keep(shell->job);
    bool script = shell->script;
    int status;

    shell->script = true;
    status = simple_run(shell, parsed, input, outputs);
    shell->script = script;
    shell->exiting = false;
    shell_state_return(shell->job, &state);
    return status;
}

static int pipeline_run(struct shell *shell, const struct words_list *list, uint32_t at,
                        const struct shell_outputs *to)
{
    uint32_t end = shell_pipeline_end(list, at);
    bool alone = end == at + 1 || shell->job->powershell;
    struct str input = STR_INIT;
    int failed = 0; /* the last that failed, for pipefail */
    int status = 0;

    for (uint32_t i = at; i < end && !shell->suspended; i++) {
        struct str output = STR_INIT;
        struct shell_outputs outputs = {.out = i + 1 < end ? &output : to->out, .err = to->err};

        status = (alone ? simple_run : element_run)(
            shell, &list->commands.items[i], i == at ? NULL : str_text(&input), &outputs);
        failed = status != 0 ? status : failed;
        str_release(&outputs.file[0]);
        str_release(&outputs.file[1]);
        str_release(&input);
        input = output;
        if (status == SHELL_UNKNOWN && shell->job->powershell)
            break;
    }
    str_release(&input);
    return option_set(shell->job, "-p") ? failed : status;
}

int shell_pipeline(struct shell *shell, const struct words_list *list, uint32_t at)
{
    uint32_t end = shell_pipeline_end(list, at);
    bool guarded = end < list->commands.count && list->commands.items[end].join != WORDS_THEN;
    struct shell_outputs to = {.out = shell->out, .err = shell->err};
    int status;

    shell->guarded += guarded;
    status = pipeline_run(shell, list, at, &to);
    shell->guarded -= guarded;
    return status;
}

bool shell_must_end(const struct shell *shell, const struct words_list *list, uint32_t end,
                    int status)
{
    return status != 0 && shell->guarded == 0 && option_set(shell->job, "-e") &&
           (end == list->commands.count || list->commands.items[end].join == WORDS_THEN);
}

int shell_list(struct shell *shell, const struct words_list *list, struct str *out, struct str *err)
{
    struct shell_outputs to = {.out = out, .err = err};
    int status = 0;

    for (uint32_t i = 0; i < list->commands.count;) {
        uint32_t end = shell_pipeline_end(list, i);
        bool guarded = end < list->commands.count && list->commands.items[end].join != WORDS_THEN;

        if (words_should_run(list->commands.items[i].join, status)) {
            shell->guarded += guarded;
            status = pipeline_run(shell, list, i, &to);
            shell->guarded -= guarded;
            shell->job->status = status;
            shell->exiting = shell->exiting || shell_must_end(shell, list, end, status);
        }
        if (shell->suspended || shell->exiting || shell->job->done ||
            (shell->guest->state != GUEST_UP && shell->guest->state != GUEST_BOOTING))
            break;
        i = end;
    }
    return status;
}
