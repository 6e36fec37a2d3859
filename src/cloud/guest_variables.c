/*
 * cloud/guest_variables.c - variables and options of a guest's shell.
 *
 * True to bash for `set -e -u -x`, `set -o pipefail` and `export`: subshells inherit, programs get
 * what is exported.  Every other option is refused by name.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/guest_shell.h"

const char *variable_find(const struct guest_job *job, const char *name)
{
    for (uint32_t i = 0; i < job->variables.count; i++) {
        if (strcmp(job->variables.items[i].key, name) == 0)
            return job->variables.items[i].value;
    }
    return NULL;
}

void variable_set(struct guest_job *job, const char *name, const char *value)
{
    for (uint32_t i = 0; i < job->variables.count; i++) {
        struct pair *pair = &job->variables.items[i];

        if (strcmp(pair->key, name) == 0) {
            char *fresh = xstrdup(value);

            free((void *)(uintptr_t)pair->value);
            pair->value = fresh;
            return;
        }
    }
    *LIST_PUSH(&job->variables) = (struct pair){.key = xstrdup(name), .value = xstrdup(value)};
}

bool option_set(const struct guest_job *job, const char *option)
{
    const char *value = variable_find(job, option);

    return value != NULL && *value != '\0';
}

const char *shell_variable(void *context, const char *name)
{
    struct shell *shell = context;
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
    if (option_set(shell->job, "-u") && !shell->unbound) {
        shell->unbound = true;
        str_addf(shell->trace, "bash: %s: unbound variable\n", name);
    }
    return NULL;
}

/* ---- set and export ---- */

/* "-e" for errexit; NULL for an option that is not modelled. */
static const char *option_named(const char *name)
{
    static const char *const names[][2] = {
        {"errexit", "-e"}, {"nounset", "-u"}, {"xtrace", "-x"}, {"pipefail", "-p"}};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(names[i][0], name) == 0)
            return names[i][1];
    }
    return NULL;
}

/* Variables as `set` shows them, in the order of their names. */
static void variables_list(const struct guest_job *job, struct str *out)
{
    const char *last = "";

    for (;;) {
        const struct pair *next = NULL;

        for (uint32_t i = 0; i < job->variables.count; i++) {
            const struct pair *pair = &job->variables.items[i];

            if (pair->key[0] != '-' && pair->key[0] != '!' && strcmp(pair->key, last) > 0 &&
                (next == NULL || strcmp(pair->key, next->key) < 0))
                next = pair;
        }
        if (next == NULL)
            return;
        str_addf(out, "%s=", next->key);
        if (*next->value != '\0')
            expand_quote(out, next->value);
        str_addc(out, '\n');
        last = next->key;
    }
}

/* The letters of one word; *at moves on when an `o` takes the next word.  False: refused. */
static bool set_letters(struct guest_job *job, const struct expand_argv *argv, uint32_t *at)
{
    const char *word = argv->items.items[*at];
    const char *value = *word == '-' ? "1" : "";

    if ((*word != '-' && *word != '+') || word[1] == '\0')
        return false;
    for (const char *letter = word + 1; *letter != '\0'; letter++) {
        if (*letter == 'o') {
            const char *option = *at + 1 < argv->items.count
                                     ? option_named(argv->items.items[++*at])
                                     : NULL;

            if (option == NULL)
                return false;
            variable_set(job, option, value);
        } else if (strchr("eux", *letter) != NULL) {
            variable_set(job, (char[]){'-', *letter, '\0'}, value);
        } else {
            return false;
        }
    }
    return true;
}

int shell_set(struct shell *shell, const struct expand_argv *argv, struct str *out, struct str *err)
{
    if (argv->items.count == 1)
        variables_list(shell->job, out);
    for (uint32_t i = 1; i < argv->items.count; i++) {
        if (!set_letters(shell->job, argv, &i)) {
            str_addf(err,
                     "bash: set: %s: not modelled here; there are -e -u -x and -o pipefail\n",
                     i < argv->items.count ? argv->items.items[i] : "-o");
            return SHELL_SYNTAX;
        }
    }
    return 0;
}

int shell_export(struct shell *shell, const struct expand_argv *argv, struct str *out)
{
    struct guest_job *job = shell->job;

    for (uint32_t i = 1; i < argv->items.count; i++) {
        const char *word = argv->items.items[i];
        const char *equals = strchr(word, '=');
        const char *name = equals == NULL
                               ? word
                               : arena_strndup(shell->arena, word, (size_t)(equals - word));

        if (equals != NULL)
            variable_set(job, name, equals + 1);
        variable_set(job, arena_printf(shell->arena, "!%s", name), "1");
    }
    for (uint32_t i = 0; i < job->variables.count && argv->items.count == 1; i++) {
        const struct pair *pair = &job->variables.items[i];
        const char *value = *pair->key == '!' ? variable_find(job, pair->key + 1) : NULL;

        if (value != NULL)
            str_addf(out, "declare -x %s=\"%s\"\n", pair->key + 1, value);
    }
    return 0;
}

bool shell_shebang(struct guest_job *job, const char *script)
{
    char *line;
    const char *options;

    if (!str_starts(script, "#!"))
        return true;
    line = xstrndup(script, strcspn(script, "\r\n"));
    options = strstr(line, "sh");
    while (options != NULL && options[2] != '\0' && options[2] != ' ')
        options = strstr(options + 1, "sh");
    for (const char *at = options == NULL ? "" : options + 2; *at != '\0'; at++) {
        if (strchr("eux", *at) != NULL)
            variable_set(job, (char[]){'-', *at, '\0'}, "1");
    }
    free(line);
    return options != NULL;
}

/* ---- subshells ---- */

static void variables_release(struct guest_job *job)
{
    for (uint32_t i = 0; i < job->variables.count; i++) {
        free((void *)(uintptr_t)job->variables.items[i].key);
        free((void *)(uintptr_t)job->variables.items[i].value);
    }
    LIST_RELEASE(&job->variables);
}

struct shell_state shell_state_keep(const struct guest_job *job)
{
    struct shell_state state = {.folder = xstrdup(job->folder), .status = job->status};

    for (uint32_t i = 0; i < job->variables.count; i++)
        *LIST_PUSH(&state.variables) = (struct pair){
            .key = xstrdup(job->variables.items[i].key),
            .value = xstrdup(job->variables.items[i].value),
        };
    return state;
}

void shell_state_return(struct guest_job *job, struct shell_state *state)
{
    variables_release(job);
    free(job->folder);
    job->folder = state->folder;
    job->status = state->status;
    for (uint32_t i = 0; i < state->variables.count; i++)
        *LIST_PUSH(&job->variables) = state->variables.items[i];
    LIST_RELEASE(&state->variables);
}

void shell_state_release(struct shell_state *state)
{
    for (uint32_t i = 0; i < state->variables.count; i++) {
        free((void *)(uintptr_t)state->variables.items[i].key);
        free((void *)(uintptr_t)state->variables.items[i].value);
    }
    LIST_RELEASE(&state->variables);
    free(state->folder);
}

void shell_state_program(struct guest_job *job, bool exported)
{
    struct shell_state state = shell_state_keep(job);

    variables_release(job);
    for (uint32_t i = 0; i < state.variables.count && exported; i++) {
        const struct pair *pair = &state.variables.items[i];
        bool marked = false;

        for (uint32_t j = 0; j < state.variables.count && !marked; j++)
            marked = state.variables.items[j].key[0] == '!' &&
                     strcmp(state.variables.items[j].key + 1,
                            pair->key + (*pair->key == '!')) == 0;
        if (marked)
            variable_set(job, pair->key, pair->value);
    }
    job->status = 0;
    shell_state_release(&state);
}
