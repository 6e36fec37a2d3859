/*
 * cloud/guest_programs.c - what a word of a guest's shell means: a program that is modelled, or a
 * script.
 *
 * Programs are in guest_commands, guest_text, guest_system, guest_packages and guest_services.  A
 * word that no table has is `command not found`, with bash's exit status 127.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/event_kinds.h"
#include "cloud/guest_shell.h"

/* What a script that is to run was found to be, in the status of an effect. */
enum { GOES_ON = -1, NESTED_NONE = -2, NESTED_TEXT = -3, NESTED_FILE = -4, NESTED_SOURCED = -5 };

static int run_which(struct guest_command *command);

static const struct guest_word program_words[] = {{.name = "which", .run = run_which}, {0}};

static const struct guest_word *const word_tables[] = {
    guest_file_words,    guest_text_words,    guest_disk_words,    guest_system_words,
    guest_package_words, guest_service_words, guest_curl_words,    program_words,
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

/* ---- which program ---- */

uint16_t user_number(const char *user)
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
        command->clean = true;
        while (command->count > 1 &&
               (strcmp(command->words[0], "-E") == 0 || strcmp(command->words[0], "-n") == 0 ||
                strcmp(command->words[0], "-H") == 0)) {
            command->clean = command->clean && strcmp(command->words[0], "-E") != 0;
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
static bool word_offered(const struct guest_job *job, const char *name)
{
    static const char *const aliases[] = {"cat",      "cd", "cp",    "curl",  "echo",
                                          "hostname", "ls", "mkdir", "mv",    "ps",
                                          "pwd",      "rm", "rmdir", "sleep", "whoami"};

    if (strchr(name, '-') != NULL || !job->powershell)
        return (strchr(name, '-') != NULL && strcmp(name, "apt-get") != 0) ==
               job->powershell;
    for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
        if (strcmp(aliases[i], name) == 0)
            return true;
    }
    return false;
}

static int run_which(struct guest_command *command)
{
    static const char *const folders[] = {"/usr/bin", "/usr/sbin"};
    int status = command->count > 1 ? 0 : 1;

    for (uint32_t at = 1; at < command->count; at++) {
        const char *name = command->words[at];
        const struct guest_word *word = word_find(name);
        bool offered = word != NULL && word_offered(command->job, name);
        bool found = false;

        for (size_t i = 0; i < 2 && !found; i++) {
            const char *path = arena_printf(command->arena, "%s/%s", folders[i], name);

            found = offered || files_find(&command->files, path, NULL) != NULL;
            if (found)
                str_addf(command->out, "%s\n", path);
        }
        status = found ? status : 1;
    }
    return status;
}

/* ---- scripts ---- */

static bool is_option(const char *word)
{
    return word[0] == '-' && word[1] != '\0';
}

/* `bash -ex -c TEXT`, `bash -e FILE`: the place of FILE or TEXT among the words, 0 when there is
 * none; sets the options.  A refused option is told, with the status in *status. */
static uint32_t bash_operand(struct guest_command *command, bool *text, int *status)
{
    uint32_t at = 1;

    for (; at < command->count && is_option(command->words[at]); at++) {
        for (const char *letter = command->words[at] + 1; *letter != '\0'; letter++) {
            *text = *text || *letter == 'c';
            if (strchr("ceuxl", *letter) != NULL)
                continue;
            str_addf(command->err, "bash: %s: not modelled here; there are -c -e -u -x\n",
                     command->words[at]);
            *status = SHELL_SYNTAX;
            return 0;
        }
    }
    return at < command->count ? at : 0;
}

static void bash_options(struct guest_job *job, const struct guest_command *command)
{
    for (uint32_t at = 1; at < command->count && is_option(command->words[at]); at++) {
        for (const char *letter = command->words[at] + 1; *letter != '\0'; letter++) {
            if (strchr("eux", *letter) != NULL)
                variable_set(job, (char[]){'-', *letter, '\0'}, "1");
        }
    }
}

/* A script's text, or NULL after a complaint with its status in *status. */
static const char *script_read(struct guest_command *command, const char *file, bool program,
                               int *status)
{
    const struct file_node *node =
        *file == '\0' ? NULL : files_find(&command->files, command_path(command, file), NULL);
    struct blob text;

    *status = 126;
    if (node == NULL || node->kind == FILE_FOLDER) {
        str_addf(command->err, "bash: %s: %s\n", file,
                 files_error_text(node == NULL ? FILES_ABSENT : FILES_FOLDER));
        *status = SHELL_UNKNOWN;
        return NULL;
    }
    if (!files_may(&command->files, node, program ? 5 : 4) ||
        (program && (node->mode & 0111) == 0)) {
        str_addf(command->err, "bash: %s: Permission denied\n", file);
        return NULL;
    }
    if (node->kind == FILE_FILLER) {
        str_addf(command->err, "bash: %s: what this program does is not modelled here\n", file);
        return NULL;
    }
    text = files_read(&command->files, node, command->arena);
    return arena_strndup(command->arena, text.bytes, text.size);
}

/* What `bash -c TEXT`, `bash FILE`, `. FILE` or `./FILE` runs: a NESTED_ kind with its text, or the
 * status after a complaint. */
static int nested_find(struct guest_command *command, const char **text)
{
    const char *name = word_base(command->words[0]);
    bool sourced = strcmp(name, "source") == 0 || strcmp(name, ".") == 0;
    bool inline_text = false;
    int status = SHELL_UNKNOWN;
    uint32_t at;

    if (command->job->powershell || (sourced && command->clean))
        return NESTED_NONE;
    if (strchr(name, '/') != NULL) {
        *text = script_read(command, name, true, &status);
        return *text == NULL ? status : NESTED_FILE;
    }
    if (sourced) {
        *text = script_read(command, command->count > 1 ? command->words[1] : "", false, &status);
        return *text == NULL ? 1 : NESTED_SOURCED;
    }
    if (strcmp(name, "bash") != 0 && strcmp(name, "sh") != 0)
        return NESTED_NONE;
    at = bash_operand(command, &inline_text, &status);
    if (at == 0) {
        if (status != SHELL_SYNTAX)
            str_addf(command->err, "bash: %s\n",
                     inline_text ? "-c: option requires an argument"
                                 : "a shell that reads its commands from a pipe is not modelled");
        return SHELL_SYNTAX;
    }
    *text = inline_text ? command->words[at] : NULL;
    if (*text == NULL)
        *text = script_read(command, command->words[at], false, &status);
    return *text == NULL ? status : inline_text ? NESTED_TEXT : NESTED_FILE;
}

/* A program of its own: it gets what is exported, and changes nothing of the shell that calls. */
static int nested_program(struct shell *shell, struct guest_command *command, int kind,
                          const char *text, const struct words_list *list)
{
    struct shell_state state = shell_state_keep(shell->job);
    struct shell before = *shell;
    char *user = shell->job->user;
    int status;

    shell_state_program(shell->job, !command->clean);
    shell->job->user = xstrdup(command->user);
    shell->guarded = 0;
    shell->substituting = 0;
    shell->script = kind == NESTED_FILE;
    bash_options(shell->job, command);
    if (strchr(word_base(command->words[0]), '/') != NULL && !shell_shebang(shell->job, text)) {
        str_addf(command->err, "bash: %s: scripts of this interpreter are not modelled\n",
                 command->words[0]);
        status = 126;
    } else {
        status = shell_list(shell, list, command->out, command->err);
    }
    shell->guarded = before.guarded;
    shell->substituting = before.substituting;
    shell->script = before.script;
    shell->exiting = false;
    free(shell->job->user);
    shell->job->user = user;
    shell_state_return(shell->job, &state);
    return status;
}

/* Runs a script inside the script, as the user who acts. */
static int nested_run(struct shell *shell, struct guest_command *command, int kind,
                      const char *text)
{
    struct words_source source = {.text = text, .length = strlen(text)};
    struct words_list list = {0};
    struct words_refusal why = {0};
    struct str *trace = shell->trace;
    int status;

    if (shell->depth >= SHELL_DEPTH_MAX ||
        words_parse(&source, shell->arena, &list, &why) != WORDS_OK) {
        str_addf(command->err, "bash: %s\n",
                 why.message == NULL ? "scripts that run scripts are nested too deeply"
                                     : why.message);
        return SHELL_SYNTAX;
    }
    shell->depth++;
    shell->trace = command->err;
    status = kind == NESTED_SOURCED ? shell_list(shell, &list, command->out, command->err)
                                    : nested_program(shell, command, kind, text, &list);
    shell->trace = trace;
    shell->depth--;
    return status;
}

/* ---- running ---- */

/* Begins what lasts; false: nothing does. */
static bool program_waits(struct shell *shell, const struct guest_word *word,
                          struct guest_command *command)
{
    struct guest_job *job = shell->job;
    int64_t time = word->time_ns == NULL ? 0 : word->time_ns(command);

    job->waited_ns = time;
    if (time > 0) {
        job->phase = PHASE_WAITING;
        sim_schedule(shell->guests->sim, time, EVENT_GUEST_JOB, job->key, job->run);
        return true;
    }
    job->exchange = word->ask == NULL ? 0 : word->ask(command);
    if (job->exchange != 0)
        job->phase = PHASE_ASKING;
    return job->exchange != 0;
}

/* Runs a program that is modelled; or, again, tells what it printed the first time. */
static int program_run(struct shell *shell, const struct guest_word *word,
                       struct guest_command *command)
{
    struct guest_job *job = shell->job;
    struct guest_command inside = *command;
    struct guest_effect effect = {0};
    struct str out = STR_INIT;
    struct str err = STR_INIT;

    while (effect_again(shell, &effect, command->out, command->err)) {
        if (effect.status != GOES_ON)
            return effect.status;
        inside.turn++;
    }
    if (job->phase == PHASE_NEXT && program_waits(shell, word, &inside)) {
        shell->suspended = true;
        return 0;
    }
    job->phase = PHASE_NEXT;
    inside.exchange = job->exchange;
    job->exchange = 0;
    inside.out = &out;
    inside.err = &err;
    effect.status = word->run(&inside);
    if (inside.exchange != 0) {
        job->exchange = inside.exchange;
        job->phase = PHASE_ASKING;
        shell->suspended = true;
        effect.status = GOES_ON;
    }
    effect_done(shell, effect.status, &out, &err);
    str_addn(command->out, str_text(&out), out.length);
    str_addn(command->err, str_text(&err), err.length);
    str_release(&out);
    str_release(&err);
    return effect.status;
}

int shell_program(struct shell *shell, struct guest_command *command)
{
    const struct guest_word *word;
    struct guest_effect effect = {0};
    struct str text = STR_INIT;
    struct str err = STR_INIT;
    const char *found = NULL;
    struct guest_command inside;

    skip_sudo(command);
    if (!guest_mount(shell->guests, shell->guest, user_number(command->user), &command->files)) {
        str_addf(command->err, "bash: %s: Input/output error\n", command->words[0]);
        return 126;
    }
    word = word_find(word_base(command->words[0]));
    if (word != NULL && word_offered(shell->job, word->name))
        return program_run(shell, word, command);
    inside = *command;
    inside.err = &err;
    if (!effect_again(shell, &effect, &text, &err)) {
        effect.status = nested_find(&inside, &found);
        str_add(&text, found == NULL ? "" : found);
        effect_done(shell, effect.status, &text, &err);
    }
    str_addn(command->err, str_text(&err), err.length);
    found = arena_strdup(shell->arena, str_text(&text));
    str_release(&text);
    str_release(&err);
    if (effect.status <= NESTED_TEXT)
        return nested_run(shell, command, effect.status, found);
    if (effect.status != NESTED_NONE)
        return effect.status;
    unknown_word(shell, command->words[0], command->err);
    return SHELL_UNKNOWN;
}
