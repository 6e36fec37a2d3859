/*
 * cloud/guest_shell.c - jobs: scripts and command lines that run inside a guest.
 *
 * Owns    struct guest_job.
 * Uses    base/words and base/expand for the grammar; the words themselves are in guest_commands,
 * guest_system, guest_packages and guest_services.
 *
 * A job is its text and how far it is (the number of the command to run next), so it can be saved
 * between any two commands; the text is parsed again for each step.  A command that takes time
 * first waits for that long, then acts at once.  A word that no table has is `command not found`,
 * with bash's exit status 127.
 */
#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/expand.h"
#include "base/mem.h"
#include "base/str.h"
#include "cloud/event_kinds.h"
#include "cloud/guest_inside.h"

enum {
    COMMANDS_MAX = 5000,
    JOB_OUTPUT_MAX = 256 * 1024,
    STATUS_UNKNOWN = 127,
    STATUS_SYNTAX = 2,
    STATUS_INTERRUPTED = 130,
    STATUS_CLOSED = 255
};

enum job_phase { PHASE_NEXT = 0, PHASE_WAITING };

static const struct field guest_job_fields[] = {
    F_INT(struct guest_job, key, "Job", "The job."),
    F_INT(struct guest_job, instance, "Instance", "Where it runs."),
    F_INT(struct guest_job, run, "Run", "The power-on it belongs to."),
    F_STRING(struct guest_job, user, "User", "Who runs it."),
    F_STRING(struct guest_job, script, "Script", "What it runs."),
    F_STRING(struct guest_job, folder, "Folder", "Its working directory."),
    F_STRING(struct guest_job, output, "Output", "What it printed."),
    F_STRING(struct guest_job, printed, "Printed", "What it printed to standard output."),
    F_STRING(struct guest_job, error, "Error", "What it printed to standard error."),
    F_MAP(struct guest_job, variables, "Variables", "Its variables."),
    F_INT(struct guest_job, part, "Part", "The command to run next."),
    F_INT(struct guest_job, status, "Status", "Exit status of the last command."),
    F_INT(struct guest_job, phase, "Phase", "Whether it waits for the clock."),
    F_BOOL(struct guest_job, powershell, "PowerShell", "Whether it is a PowerShell script."),
    F_BOOL(struct guest_job, done, "Done", "Whether it has ended."),
};

const struct shape guest_job_shape = SHAPE("GuestJob", struct guest_job, guest_job_fields);

static const struct guest_word *const word_tables[] = {
    guest_file_words,    guest_text_words,    guest_system_words,
    guest_package_words, guest_service_words,
};

static const struct guest_word *word_find(const char *name)
{
    for (size_t i = 0; i < sizeof(word_tables) / sizeof(word_tables[0]); i++) {
        for (const struct guest_word *word = word_tables[i]; word->name != NULL; word++) {
            if (strcmp(word->name, name) == 0)
                return word;
        }
    }
    return NULL;
}

/* ---- helpers for the words ---- */

const char *command_path(const struct guest_command *command, const char *word)
{
    const char *home = str_equal(command->user, "root")
                           ? "/root"
                           : arena_printf(command->arena, "/home/%s", command->user);

    if (command->job->powershell && word[0] != '\0' && word[1] == ':')
        word += 2;
    if (word[0] == '~' && (word[1] == '\0' || word[1] == '/'))
        word = arena_printf(command->arena, "%s%s", home, word + 1);
    if (command->job->powershell) {
        char *slashed = arena_strdup(command->arena, word);

        for (char *at = slashed; *at != '\0'; at++)
            *at = *at == '\\' ? '/' : *at;
        word = slashed;
    }
    return files_path(command->arena, command->job->folder, word);
}

int command_complain(struct guest_command *command, const char *what, const char *why)
{
    str_addf(command->err, "%s: %s%s%s\n", command->words[0], what, why[0] == '\0' ? "" : ": ",
             why);
    return 1;
}

int command_option(struct guest_command *command, const char *option)
{
    if (option[1] == '-')
        str_addf(command->err, "%s: unrecognized option '%s'\n", command->words[0], option);
    else
        str_addf(command->err, "%s: invalid option -- '%c'\n", command->words[0], option[1]);
    return 1;
}

/* ---- variables ---- */

static const char *variable_find(const struct guest_job *job, const char *name)
{
    for (uint32_t i = 0; i < job->variables.count; i++) {
        if (strcmp(job->variables.items[i].key, name) == 0)
            return job->variables.items[i].value;
    }
    return NULL;
}

static void variable_set(struct guest_job *job, const char *name, const char *value)
{
    for (uint32_t i = 0; i < job->variables.count; i++) {
        struct pair *pair = &job->variables.items[i];

        if (strcmp(pair->key, name) == 0) {
            free((void *)(uintptr_t)pair->value);
            pair->value = xstrdup(value);
            return;
        }
    }
    *LIST_PUSH(&job->variables) = (struct pair){.key = xstrdup(name), .value = xstrdup(value)};
}

/* One step of a job while it runs. */
struct shell {
    struct guests *guests;
    struct guest *guest;
    struct guest_job *job;
    struct arena *arena;
    int depth;         /* of $( and of scripts that run scripts */
    bool exiting;      /* `exit` was said */
    unsigned commands; /* run in this step, which takes no time */
};

static const char *shell_variable(void *context, const char *name)
{
    const struct shell *shell = context;
    const char *value = variable_find(shell->job, name);

    if (strcmp(name, "?") == 0)
        return arena_printf(shell->arena, "%d", (int)shell->job->status);
    if (value != NULL)
        return value;
    if (strcmp(name, "USER") == 0)
        return shell->job->user;
    if (strcmp(name, "PWD") == 0)
        return shell->job->folder;
    if (strcmp(name, "HOME") == 0)
        return str_equal(shell->job->user, "root")
                   ? "/root"
                   : arena_printf(shell->arena, "/home/%s", shell->job->user);
    if (strcmp(name, "HOSTNAME") == 0)
        return guest_hostname(shell->guests, shell->guest, shell->arena);
    return NULL;
}

static int shell_list(struct shell *shell, const struct words_list *list, struct str *out,
                      struct str *err);

static int shell_substitute(void *context, const struct words_list *commands, struct str *output)
{
    struct shell *shell = context;
    struct str err = STR_INIT;

    if (shell->depth >= 8)
        return 1;
    shell->depth++;
    shell->job->status = shell_list(shell, commands, output, &err);
    shell->depth--;
    shell->exiting = false;
    while (output->length > 0 && output->text[output->length - 1] == '\n')
        str_cut(output, output->length - 1);
    str_release(&err);
    return 0;
}

/* ---- one command ---- */

static uint16_t user_number(const char *user)
{
    return str_equal(user, "root") || str_equal(user, "Administrator") ? 0 : 1000;
}

static void unknown_word(const struct shell *shell, const char *name, struct str *err)
{
    if (shell->job->powershell)
        str_addf(err,
                 "%s : The term '%s' is not recognized as the name of a cmdlet, function, script "
                 "file, or "
                 "operable program.\n",
                 name, name);
    else if (strchr(name, '/') != NULL)
        str_addf(err, "bash: %s: No such file or directory\n", name);
    else
        str_addf(err, "bash: %s: command not found\n", name);
}

static void skip_sudo(struct guest_command *command)
{
    while (command->count > 1 && strcmp(command->words[0], "sudo") == 0) {
        command->words++;
        command->count--;
        command->user = "root";
        while (command->count > 1 &&
               (strcmp(command->words[0], "-E") == 0 || strcmp(command->words[0], "-n") == 0 ||
                strcmp(command->words[0], "-H") == 0)) {
            command->words++;
            command->count--;
        }
    }
}

/* "/usr/bin/systemctl" means systemctl. */
static const char *word_base(const char *name)
{
    static const char *const folders[] = {"/usr/bin/", "/bin/", "/usr/sbin/", "/sbin/"};

    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        if (str_starts(name, folders[i]) && word_find(name + strlen(folders[i])) != NULL)
            return name + strlen(folders[i]);
    }
    return name;
}

/* PowerShell knows a few of the words by the same names, and none of the others. */
static bool word_offered(const struct shell *shell, const char *name)
{
    static const char *const aliases[] = {"cat",      "cd", "cp",    "curl",  "echo",
                                          "hostname", "ls", "mkdir", "mv",    "ps",
                                          "pwd",      "rm", "rmdir", "sleep", "whoami"};

    if (strchr(name, '-') != NULL || !shell->job->powershell)
        return (strchr(name, '-') != NULL && strcmp(name, "apt-get") != 0) ==
               shell->job->powershell;
    for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
        if (strcmp(aliases[i], name) == 0)
            return true;
    }
    return false;
}

/* The text that `bash -c TEXT`, `bash FILE`, `. FILE` or `./FILE` runs; NULL when the words are
 * none of these, and after a complaint, with its status in *status. */
static const char *nested_text(struct guest_command *command, int *status)
{
    const char *name = word_base(command->words[0]);
    bool path = strchr(name, '/') != NULL;
    const struct file_node *node;
    const char *file;
    struct blob text;

    if (command->job->powershell ||
        (!path && strcmp(name, "bash") != 0 && strcmp(name, "sh") != 0 &&
         strcmp(name, "source") != 0 && strcmp(name, ".") != 0))
        return NULL;
    if (!path && command->count == 3 && strcmp(command->words[1], "-c") == 0)
        return command->words[2];
    file = path ? name : command->count > 1 ? command->words[1] : "";
    node = *file == '\0' ? NULL : files_find(&command->files, command_path(command, file), NULL);
    if (node == NULL || node->kind == FILE_FOLDER) {
        str_addf(command->err, "bash: %s: %s\n", file,
                 files_error_text(node == NULL ? FILES_ABSENT : FILES_FOLDER));
        *status = STATUS_UNKNOWN;
        return NULL;
    }
    if (!files_may(&command->files, node, path ? 5 : 4) || (path && (node->mode & 0111) == 0)) {
        str_addf(command->err, "bash: %s: Permission denied\n", file);
        *status = 126;
        return NULL;
    }
    if (node->kind == FILE_FILLER) {
        str_addf(command->err, "bash: %s: what this program does is not modelled here\n", file);
        *status = 126;
        return NULL;
    }
    text = files_read(&command->files, node, command->arena);
    return arena_strndup(command->arena, text.bytes, text.size);
}

/* Runs a script inside the script, as the user who acts; what takes time elsewhere takes none here.
 */
static int nested_run(struct shell *shell, struct guest_command *command, const char *text)
{
    struct words_source source = {.text = text, .length = strlen(text)};
    struct words_list list = {0};
    struct words_refusal why = {0};
    char *user = shell->job->user;
    int status;

    if (shell->depth >= 8 || words_parse(&source, shell->arena, &list, &why) != WORDS_OK) {
        str_addf(command->err, "bash: %s\n", why.message == NULL ? "too deep" : why.message);
        return STATUS_SYNTAX;
    }
    shell->job->user = xstrdup(command->user);
    shell->depth++;
    status = shell_list(shell, &list, command->out, command->err);
    shell->depth--;
    shell->exiting = false;
    free(shell->job->user);
    shell->job->user = user;
    return status;
}

static int command_run(struct shell *shell, struct guest_command *command)
{
    const struct guest_word *word;
    const char *nested;
    int status = -1;

    skip_sudo(command);
    if (!guest_mount(shell->guests, shell->guest, user_number(command->user), &command->files)) {
        str_addf(command->err, "bash: %s: Input/output error\n", command->words[0]);
        return 126;
    }
    word = word_find(word_base(command->words[0]));
    if (word != NULL && word_offered(shell, word->name))
        return word->run(command);
    nested = nested_text(command, &status);
    if (nested != NULL)
        return nested_run(shell, command, nested);
    if (status < 0) {
        unknown_word(shell, command->words[0], command->err);
        status = STATUS_UNKNOWN;
    }
    return status;
}

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

static int assign_all(struct shell *shell, const struct expand_host *host,
                      const struct words_command *parsed)
{
    for (uint32_t i = 0; i < parsed->assigns.count; i++) {
        struct str value = STR_INIT;
        int result = expand_one(host, &parsed->assigns.items[i].value, &value);

        if (result == 0)
            variable_set(shell->job, parsed->assigns.items[i].name, str_text(&value));
        str_release(&value);
        if (result != 0)
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

/* set -e -x, as `variables` -e and -x. */
static int set_options(struct shell *shell, const struct expand_argv *argv, struct str *err)
{
    for (uint32_t i = 1; i < argv->items.count; i++) {
        const char *word = argv->items.items[i];

        if (strcmp(word, "pipefail") == 0)
            continue;
        for (const char *at = word + 1; *at != '\0'; at++) {
            if ((*word != '-' && *word != '+') || strchr("euxo", *at) == NULL) {
                str_addf(err, "bash: set: %s: not modelled here\n", word);
                return STATUS_SYNTAX;
            }
            if (*at != 'o')
                variable_set(shell->job, (char[]){'-', *at, '\0'}, *word == '-' ? "1" : "");
        }
    }
    return 0;
}

static bool option_set(const struct guest_job *job, const char *option)
{
    const char *value = variable_find(job, option);

    return value != NULL && *value != '\0';
}

static int run_which(struct shell *shell, const char *name, struct str *out)
{
    static const char *const folders[] = {"/usr/bin", "/usr/sbin"};
    const struct guest_word *word = word_find(name);
    struct files files;

    for (size_t i = 0; i < 2 && guest_mount(shell->guests, shell->guest, 0, &files); i++) {
        const char *path = arena_printf(shell->arena, "%s/%s", folders[i], name);

        if (files_find(&files, path, NULL) != NULL || (word != NULL && word_offered(shell, name))) {
            str_addf(out, "%s\n", path);
            return 0;
        }
    }
    return 1;
}

/* The words that change the shell itself; -1 when it is none of them. */
static int run_builtin(struct shell *shell, const struct expand_argv *argv, struct str *out,
                       struct str *err)
{
    const char *name = argv->items.items[0];

    if (strcmp(name, "set") == 0)
        return set_options(shell, argv, err);
    if (strcmp(name, "exit") == 0) {
        shell->exiting = true;
        return argv->items.count > 1 ? (int)(strtoul(argv->items.items[1], NULL, 10) & 255)
                                     : shell->job->status;
    }
    if (strcmp(name, "which") == 0 && argv->items.count > 1)
        return run_which(shell, argv->items.items[1], out);
    if (strcmp(name, "export") == 0) {
        for (uint32_t i = 1; i < argv->items.count; i++) {
            const char *equals = strchr(argv->items.items[i], '=');

            if (equals != NULL)
                variable_set(shell->job,
                             arena_strndup(shell->arena, argv->items.items[i],
                                           (size_t)(equals - argv->items.items[i])),
                             equals + 1);
        }
        return 0;
    }
    return -1;
}

static int simple_run(struct shell *shell, const struct words_command *parsed, const char *input,
                      struct shell_outputs *outputs)
{
    const struct expand_host host = {
        .context = shell, .variable = shell_variable, .run = shell_substitute};
    struct expand_argv argv = {.arena = shell->arena};
    struct str *real_err = outputs->err;
    struct guest_command command;
    int status;

    if (++shell->commands > COMMANDS_MAX) {
        str_addf(outputs->err, "bash: stopped after %d commands at one moment\n", COMMANDS_MAX);
        shell->exiting = true;
        return STATUS_SYNTAX;
    }
    if (expand_all(&host, parsed, &argv) != 0 || assign_all(shell, &host, parsed) != 0)
        return 1;
    for (uint32_t i = 0; i < parsed->redirects.count; i++) {
        if (redirect_one(shell, &host, &parsed->redirects.items[i], outputs) != 0)
            return 1;
    }
    if (outputs_open(shell, outputs, false, real_err) != 0)
        return 1;
    if (argv.items.count == 0)
        return shell->job->status * (parsed->assigns.count > 0);
    if (option_set(shell->job, "-x")) {
        str_add(real_err, "+");
        for (uint32_t i = 0; i < argv.items.count; i++)
            str_addf(real_err, " %s", argv.items.items[i]);
        str_addc(real_err, '\n');
    }
    status = run_builtin(shell, &argv, outputs->out, outputs->err);
    if (status < 0) {
        command = (struct guest_command){
            .guests = shell->guests,
            .guest = shell->guest,
            .job = shell->job,
            .arena = shell->arena,
            .words = argv.items.items,
            .count = argv.items.count,
            .user = shell->job->user,
            .input = input,
            .out = outputs->out,
            .err = outputs->err,
        };
        status = command_run(shell, &command);
    }
    if (outputs_open(shell, outputs, true, real_err) != 0)
        return 1;
    guest_dirty(shell->guests, shell->guest);
    return status;
}

/* ---- pipelines and lists ---- */

static uint32_t pipeline_end(const struct words_list *list, uint32_t at)
{
    do {
        at++;
    } while (at < list->commands.count && list->commands.items[at].join == WORDS_PIPE);
    return at;
}

static int pipeline_run(struct shell *shell, const struct words_list *list, uint32_t at,
                        struct shell_outputs *to)
{
    uint32_t end = pipeline_end(list, at);
    struct str input = STR_INIT;
    int status = 0;

    for (uint32_t i = at; i < end; i++) {
        struct str output = STR_INIT;
        struct shell_outputs outputs = {.out = i + 1 < end ? &output : to->out, .err = to->err};

        status = simple_run(shell, &list->commands.items[i], i == at ? NULL : str_text(&input),
                            &outputs);
        str_release(&outputs.file[0]);
        str_release(&outputs.file[1]);
        str_release(&input);
        input = output;
        if (status == STATUS_UNKNOWN && shell->job->powershell)
            break;
    }
    str_release(&input);
    return status;
}

/* A whole list at once, taking no time: $(...). */
static int shell_list(struct shell *shell, const struct words_list *list, struct str *out,
                      struct str *err)
{
    struct shell_outputs to = {.out = out, .err = err};
    int status = 0;

    for (uint32_t i = 0; i < list->commands.count; i = pipeline_end(list, i)) {
        if (words_should_run(list->commands.items[i].join, status))
            status = pipeline_run(shell, list, i, &to);
        if (shell->exiting ||
            (shell->guest->state != GUEST_UP && shell->guest->state != GUEST_BOOTING))
            break;
    }
    return status;
}

/* ---- time ---- */

/* The text of a word that needs no expansion, or NULL. */
static const char *word_literal(const struct words_word *word)
{
    return word->count == 1 && word->parts[0].kind == WORDS_LITERAL ? word->parts[0].text : NULL;
}

static int64_t command_time(struct shell *shell, const struct words_command *parsed)
{
    const struct expand_host host = {
        .context = shell, .variable = shell_variable, .run = shell_substitute};
    struct expand_argv argv = {.arena = shell->arena};
    struct guest_command command = {
        .guests = shell->guests,
        .guest = shell->guest,
        .job = shell->job,
        .arena = shell->arena,
        .user = shell->job->user,
    };
    const struct guest_word *word = NULL;

    for (uint32_t i = 0; i < parsed->words.count && word == NULL; i++) {
        const char *text = word_literal(&parsed->words.items[i]);

        word = text == NULL ? NULL : word_find(word_base(text));
        if (text == NULL || (strcmp(text, "sudo") != 0 && *text != '-'))
            break;
        word = NULL;
    }
    if (word == NULL || word->time_ns == NULL || expand_all(&host, parsed, &argv) != 0)
        return 0;
    command.words = argv.items.items;
    command.count = argv.items.count;
    skip_sudo(&command);
    if (!guest_mount(shell->guests, shell->guest, user_number(command.user), &command.files))
        return 0;
    return word->time_ns(&command);
}

static int64_t pipeline_time(struct shell *shell, const struct words_list *list, uint32_t at)
{
    int64_t time = 0;

    for (uint32_t i = at; i < pipeline_end(list, at); i++)
        time += command_time(shell, &list->commands.items[i]);
    return time;
}

/* ---- jobs ---- */

static void text_append(char **text, const struct str *more)
{
    size_t old = *text == NULL ? 0 : strlen(*text);
    size_t length = more->length;

    if (length == 0 || old >= JOB_OUTPUT_MAX)
        return;
    length = strnlen(more->text, length < JOB_OUTPUT_MAX - old ? length : JOB_OUTPUT_MAX - old);
    *text = xrealloc(*text, old + length + 1);
    memcpy(*text + old, more->text, length);
    (*text)[old + length] = '\0';
}

static void job_end(struct guests *guests, struct guest *guest, struct guest_job *job, int status)
{
    job->status = status;
    job->done = true;
    job->phase = PHASE_NEXT;
    if (guest->job == job->key)
        guest_script_done(guests, guest, job);
}

/* Adds what was printed; cloud-init's goes to the console too. */
static void job_print(struct guests *guests, struct guest *guest, struct guest_job *job,
                      struct str *out, struct str *err)
{
    struct str both = STR_INIT;

    str_addn(&both, str_text(out), out->length);
    str_addn(&both, str_text(err), err->length);
    text_append(&job->output, &both);
    text_append(&job->printed, out);
    text_append(&job->error, err);
    if (guest->job == job->key && both.length > 0)
        guest_print(guests, guest, "cloud-init[1637]: ", str_text(&both));
    str_release(&both);
    str_clear(out);
    str_clear(err);
}

/* Runs pipelines until one waits (true) or all have run. */
static bool job_steps(struct shell *shell, const struct words_list *list, struct str *out,
                      struct str *err)
{
    struct guest_job *job = shell->job;
    struct shell_outputs to = {.out = out, .err = err};

    while (job->part < list->commands.count) {
        uint32_t at = job->part;
        int64_t time;

        if (!words_should_run(list->commands.items[at].join, job->status)) {
            job->part = pipeline_end(list, at);
            continue;
        }
        time = job->phase == PHASE_WAITING ? 0 : pipeline_time(shell, list, at);
        if (time > 0) {
            job->phase = PHASE_WAITING;
            sim_schedule(shell->guests->sim, time, EVENT_GUEST_JOB, job->key, job->run);
            return true;
        }
        job->phase = PHASE_NEXT;
        job->status = pipeline_run(shell, list, at, &to);
        job->part = pipeline_end(list, at);
        job_print(shell->guests, shell->guest, job, out, err);
        if (job->done || shell->exiting || shell->guest->run != job->run ||
            shell->guest->state == GUEST_STOPPING)
            break;
        if (job->status != 0 && option_set(job, "-e") &&
            (job->part == list->commands.count ||
             list->commands.items[job->part].join == WORDS_THEN))
            break;
    }
    return false;
}

/* In PowerShell a backslash is a letter like any other. */
static const char *double_backslashes(struct arena *arena, const char *script)
{
    char *out = arena_alloc(arena, 2 * strlen(script) + 1);
    char *to = out;

    for (; *script != '\0'; script++) {
        *to++ = *script;
        if (*script == '\\')
            *to++ = '\\';
    }
    return out;
}

void job_run(struct guests *guests, struct guest_job *job)
{
    struct guest *guest = table_get(&guests->table, job->instance);
    struct arena arena = ARENA_INIT;
    struct shell shell = {.guests = guests, .guest = guest, .job = job, .arena = &arena};
    const char *text = job->powershell ? double_backslashes(&arena, job->script) : job->script;
    struct words_source source = {.text = text, .length = strlen(text)};
    struct words_list list = {0};
    struct words_refusal why = {0};
    struct str out = STR_INIT;
    struct str err = STR_INIT;

    if (words_parse(&source, &arena, &list, &why) != WORDS_OK) {
        str_addf(&err, "bash: %s\n", why.message == NULL ? "syntax error" : why.message);
        job_print(guests, guest, job, &out, &err);
        job_end(guests, guest, job, STATUS_SYNTAX);
    } else if (!job_steps(&shell, &list, &out, &err) && !job->done) {
        job_end(guests, guest, job, job->status);
    }
    str_release(&out);
    str_release(&err);
    arena_release(&arena);
}

static void run_job(void *context, const struct event *event)
{
    struct guests *guests = context;
    struct guest_job *job = table_find(&guests->jobs, event->subject);
    const struct guest *guest = job == NULL ? NULL : table_find(&guests->table, job->instance);

    if (guest == NULL || job->done || job->run != event->detail || guest->run != job->run ||
        job->phase != PHASE_WAITING)
        return;
    job_run(guests, job);
}

const struct event_kind guest_job_event = {.name = "guest-job", .run = run_job};

struct guest_job *job_make(struct guests *guests, const struct guest_job_new *wanted)
{
    struct guest *guest = table_get(&guests->table, wanted->instance);
    uint64_t key = wanted->instance + ++guest->next_job * UINT64_C(0x9e3779b97f4a7c15);
    struct guest_job *job;
    bool root = user_number(wanted->user) == 0;

    job = table_add(&guests->jobs, key);
    job->instance = guest->key;
    job->run = guest->run;
    job->user = xstrdup(wanted->user);
    job->script = xstrdup(wanted->script);
    job->folder = root ? xstrdup(wanted->powershell ? "/Users/Administrator" : "/root")
                       : xasprintf("/home/%s", wanted->user);
    job->powershell = wanted->powershell;
    return job;
}

uint64_t guest_job_start(struct guests *guests, uint64_t instance, const char *user,
                         const char *line, uint64_t after)
{
    struct guest *guest = table_find(&guests->table, instance);
    const struct guest_job *before = after == 0 ? NULL : table_find(&guests->jobs, after);
    const char *login = guest == NULL ? NULL : guest_user(guests, instance);
    struct guest_job *job;
    uint64_t key;

    if (guest == NULL || guest->state != GUEST_UP || login == NULL)
        return 0;
    job = job_make(guests, &(struct guest_job_new){
                               .instance = instance,
                               .user = user,
                               .script = line,
                               .powershell = str_equal(login, "Administrator"),
                           });
    if (before != NULL) {
        free(job->folder);
        job->folder = xstrdup(before->folder);
        job->status = before->status;
        for (uint32_t i = 0; i < before->variables.count; i++)
            variable_set(job, before->variables.items[i].key, before->variables.items[i].value);
    }
    key = job->key;
    job_run(guests, job);
    return key;
}

const struct guest_job *guest_job_find(const struct guests *guests, uint64_t job)
{
    return job == 0 ? NULL : table_find(&guests->jobs, job);
}

void guest_job_forget(struct guests *guests, uint64_t job)
{
    if (job != 0 && table_find(&guests->jobs, job) != NULL)
        table_remove(&guests->jobs, job);
}

void guest_job_interrupt(struct guests *guests, uint64_t key)
{
    struct guest_job *job = key == 0 ? NULL : table_find(&guests->jobs, key);

    if (job == NULL || job->done)
        return;
    job_end(guests, table_get(&guests->table, job->instance), job, STATUS_INTERRUPTED);
}

void jobs_stop(struct guests *guests, uint64_t instance)
{
    for (uint32_t i = 0; i < table_count(&guests->jobs); i++) {
        struct guest_job *job = table_at(&guests->jobs, i);

        if (job->instance == instance && !job->done) {
            job->done = true;
            job->status = STATUS_CLOSED;
        }
    }
}

void jobs_drop(struct guests *guests, uint64_t instance)
{
    for (uint32_t i = table_count(&guests->jobs); i-- > 0;) {
        const struct guest_job *job = table_at(&guests->jobs, i);

        if (job->instance == instance)
            table_remove(&guests->jobs, job->key);
    }
}
