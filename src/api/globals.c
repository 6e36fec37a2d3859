/*
 * api/globals.c - the options of the CLI itself: --output, --query, --region...
 *
 * They may stand anywhere in a line.  Those that say how to reach AWS are taken and mean nothing
 * here, unless a person would expect an effect: then they are refused with the reason.
 */
#include "api/arguments_parts.h"

#include <string.h>

#include "base/jmespath.h"

enum global_id {
    GLOBAL_DEBUG,
    GLOBAL_ENDPOINT_URL,
    GLOBAL_NO_VERIFY_SSL,
    GLOBAL_NO_PAGINATE,
    GLOBAL_OUTPUT,
    GLOBAL_QUERY,
    GLOBAL_PROFILE,
    GLOBAL_REGION,
    GLOBAL_VERSION,
    GLOBAL_COLOR,
    GLOBAL_NO_SIGN_REQUEST,
    GLOBAL_CA_BUNDLE,
    GLOBAL_CLI_READ_TIMEOUT,
    GLOBAL_CLI_CONNECT_TIMEOUT,
    GLOBAL_CLI_BINARY_FORMAT,
    GLOBAL_NO_CLI_PAGER,
    GLOBAL_CLI_AUTO_PROMPT,
    GLOBAL_NO_CLI_AUTO_PROMPT,
    GLOBAL_CLI_ERROR_FORMAT,
    GLOBALS,
};

static const char *const words_output[] = {"json", "text", "table", "yaml", "yaml-stream", "off",
                                           NULL};
static const char *const words_color[] = {"on", "off", "auto", NULL};
static const char *const words_binary[] = {"base64", "raw-in-base64-out", NULL};
static const char *const words_errors[] = {"legacy", "json", "yaml", "text", "table", "enhanced",
                                           NULL};

static const struct global {
    const char *name;
    bool takes_value;
    const char *const *words;
    const char *refused; /* why we do not have it; NULL: we do */
} globals[GLOBALS] = {
    [GLOBAL_DEBUG] = {.name = "debug",
                      .refused = "there is no wire to look at: see `lab explain-request`"},
    [GLOBAL_ENDPOINT_URL] = {.name = "endpoint-url", .takes_value = true,
                             .refused = "the cloud is in this program, not at an address"},
    [GLOBAL_NO_VERIFY_SSL] = {.name = "no-verify-ssl"},
    [GLOBAL_NO_PAGINATE] = {.name = "no-paginate"},
    [GLOBAL_OUTPUT] = {.name = "output", .takes_value = true, .words = words_output},
    [GLOBAL_QUERY] = {.name = "query", .takes_value = true},
    [GLOBAL_PROFILE] = {.name = "profile", .takes_value = true},
    [GLOBAL_REGION] = {.name = "region", .takes_value = true},
    [GLOBAL_VERSION] = {.name = "version"},
    [GLOBAL_COLOR] = {.name = "color", .takes_value = true, .words = words_color},
    [GLOBAL_NO_SIGN_REQUEST] = {.name = "no-sign-request"},
    [GLOBAL_CA_BUNDLE] = {.name = "ca-bundle", .takes_value = true},
    [GLOBAL_CLI_READ_TIMEOUT] = {.name = "cli-read-timeout", .takes_value = true},
    [GLOBAL_CLI_CONNECT_TIMEOUT] = {.name = "cli-connect-timeout", .takes_value = true},
    [GLOBAL_CLI_BINARY_FORMAT] = {.name = "cli-binary-format", .takes_value = true,
                                  .words = words_binary},
    [GLOBAL_NO_CLI_PAGER] = {.name = "no-cli-pager"},
    [GLOBAL_CLI_AUTO_PROMPT] = {.name = "cli-auto-prompt",
                                .refused = "this prompt completes with Tab"},
    [GLOBAL_NO_CLI_AUTO_PROMPT] = {.name = "no-cli-auto-prompt"},
    [GLOBAL_CLI_ERROR_FORMAT] = {.name = "cli-error-format", .takes_value = true,
                                 .words = words_errors},
};

const char *const *arguments_global_words(const char *name)
{
    for (int i = 0; i < GLOBALS; i++) {
        if (strcmp(globals[i].name, name) == 0)
            return globals[i].words;
    }
    return NULL;
}

/*
 * The CLI option that a word means: exactly, or as the only one that begins so.  -1: none.  -2:
 * several.
 */
static int global_find(const char *word)
{
    size_t length = words_option_length(word);
    int found = -1;

    if (!str_starts(word, "--") || length < 3)
        return -1;
    for (int i = 0; i < GLOBALS; i++) {
        if (strncmp(globals[i].name, word + 2, length - 2) != 0)
            continue;
        if (strlen(globals[i].name) == length - 2)
            return i;
        found = found == -1 ? i : -2;
    }
    return found;
}

static int global_ambiguous(struct arguments *arguments, const char *word, const char *program)
{
    size_t length = words_option_length(word);
    const char *gap = "";

    arguments_error_begin(arguments);
    str_addf(&arguments->error, "ambiguous option: %s could match ", word);
    for (int i = 0; i < GLOBALS; i++) {
        if (strncmp(globals[i].name, word + 2, length - 2) != 0)
            continue;
        str_addf(&arguments->error, "%s--%s", gap, globals[i].name);
        gap = ", ";
    }
    return arguments_refuse_usage(arguments, program);
}

int arguments_check_query(struct arguments *arguments)
{
    struct jmespath_error error = JMESPATH_ERROR_INIT;
    struct jmespath *path =
        arguments->query == NULL ? NULL : jmespath_compile(arguments->query, &error);

    if (path == NULL && arguments->query != NULL) {
        arguments_error_begin(arguments);
        str_addf(&arguments->error, "Bad value for --query %s: %s", arguments->query,
                 error.message);
        jmespath_error_release(&error);
        return arguments_refuse(arguments, EXIT_USAGE);
    }
    jmespath_free(path);
    return 0;
}

/* The options of which there is none here: each has a reason. */
static int refuse_global(struct arguments *arguments, const struct global *global)
{
    arguments_error_begin(arguments);
    str_addf(&arguments->error, "--%s is an option of the AWS CLI that is not modelled here: %s",
             global->name, global->refused);
    return arguments_refuse(arguments, EXIT_USAGE);
}

static int check_prompts(struct arguments *arguments, const bool *seen)
{
    if (seen[GLOBAL_CLI_AUTO_PROMPT] && seen[GLOBAL_NO_CLI_AUTO_PROMPT]) {
        arguments_error_begin(arguments);
        str_add(&arguments->error, "Both --cli-auto-prompt and --no-cli-auto-prompt cannot be "
                                   "specified at the same time.");
        return arguments_refuse(arguments, EXIT_USAGE);
    }
    for (int i = 0; i < GLOBALS; i++) {
        if (seen[i] && globals[i].refused != NULL)
            return refuse_global(arguments, &globals[i]);
    }
    return 0;
}

static int global_take(struct arguments *arguments, enum global_id id, const char *value,
                       const char *program)
{
    const struct global *global = &globals[id];

    if (global->words != NULL) {
        bool known = false;

        for (const char *const *word = global->words; *word != NULL; word++)
            known = known || strcmp(*word, value) == 0;
        if (!known)
            return arguments_refuse_choice(
                arguments, arena_printf(&arguments->arena, "--%s", global->name), value,
                global->words, program);
    }
    switch (id) {
    case GLOBAL_NO_PAGINATE:
        arguments->no_paginate = true;
        return 0;
    case GLOBAL_OUTPUT: {
        enum output_format format;

        output_parse_name(value, &format);
        arguments->output = (int)format;
        return 0;
    }
    case GLOBAL_QUERY:
        arguments->query = arena_strdup(&arguments->arena, value);
        return 0;
    case GLOBAL_PROFILE:
        arguments->profile = arena_strdup(&arguments->arena, value);
        return 0;
    case GLOBAL_REGION:
        arguments->region = arena_strdup(&arguments->arena, value);
        return 0;
    case GLOBAL_VERSION:
        arguments->version = true;
        return 0;
    case GLOBAL_CLI_BINARY_FORMAT:
        arguments->raw_binary = strcmp(value, "base64") != 0;
        return 0;
    case GLOBAL_COLOR:
        arguments->color = strcmp(value, "on") == 0;
        return 0;
    case GLOBAL_CLI_ERROR_FORMAT:
        arguments->error_format = arena_strdup(&arguments->arena, value);
        return 0;
    default:
        return 0; /* connections and pagers: nothing here to set */
    }
}

/* The value of the option at words[at]: after its '=', or the next word, then counted in *used. */
static const char *global_argument(const struct words *words, size_t at, size_t *used)
{
    const char *equals = strchr(words->items[at], '=');
    const char *next = at + 1 < words->count ? words->items[at + 1] : NULL;

    if (equals != NULL)
        return equals + 1;
    if (next == NULL || words_is_option(next) || global_find(next) != -1)
        return NULL;
    ++*used;
    return next;
}

static int global_no_value_wanted(struct arguments *arguments, const char *word, int id,
                                  const char *program)
{
    arguments_error_begin(arguments);
    str_addf(&arguments->error, "argument --%s: ignored explicit argument '%s'", globals[id].name,
             strchr(word, '=') + 1);
    return arguments_refuse_usage(arguments, program);
}

int arguments_take_globals(struct arguments *arguments, struct words *words, const char *program)
{
    bool seen[GLOBALS] = {false};
    size_t kept = 0;

    for (size_t i = 0; i < words->count; i++) {
        int id = global_find(words->items[i]);
        const char *value = "";
        size_t used = 0;

        if (id == -2)
            return global_ambiguous(arguments, words->items[i], program);
        if (id < 0) {
            words->items[kept++] = words->items[i];
            continue;
        }
        seen[id] = true;
        if (!globals[id].takes_value && strchr(words->items[i], '=') != NULL)
            return global_no_value_wanted(arguments, words->items[i], id, program);
        if (globals[id].takes_value) {
            value = global_argument(words, i, &used);
            if (value == NULL)
                return arguments_refuse_no_value(arguments, globals[id].name, program);
        }
        if (global_take(arguments, (enum global_id)id, value, program) != 0)
            return -1;
        i += used;
    }
    words->count = kept;
    return check_prompts(arguments, seen);
}
