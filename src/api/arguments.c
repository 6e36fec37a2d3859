/*
 * api/arguments.c - the words of an `aws` or `lab` command, as the AWS CLI understands them.
 *
 * Three passes, as in the CLI: (1) the options of the CLI itself are taken out wherever they stand
 * (api/globals.c); (2) the first two words that are left name the service and the operation; (3)
 * the rest are the operation's options.  The values are then read by type (api/option_value.c) and
 * checked by shape (api/value_check.c).
 */
#include "api/arguments.h"

#include <string.h>

#include "base/close_match.h"
#include "api/arguments_parts.h"
#include "api/names.h"
#include "api/not_modelled.h"
#include "api/option_value.h"
#include "api/value.h"

/* ---- service and operation ---- */

/* The words that might have stood there. */
struct choices {
    const char **items;
    size_t count;
};

static int refuse_choice(struct arguments *arguments, const char *what, const char *word,
                         const struct choices *choices, const char *program)
{
    const char *near[CLOSE_MATCH_MAX];
    size_t count = close_match_find(word, choices->items, choices->count, near);

    arguments_error_begin(arguments);
    str_addf(&arguments->error, "argument %s: Found invalid choice '%s'\n", what, word);
    if (count > 0)
        str_add(&arguments->error, "\nMaybe you meant:\n\n");
    for (size_t i = 0; i < count; i++)
        str_addf(&arguments->error, "  * %s\n", near[i]);
    if (count > 0)
        str_cut(&arguments->error, arguments->error.length - 1);
    return arguments_refuse_usage(arguments, program);
}

static void near_add(struct choices *all, const char *word)
{
    all->items[all->count++] = word;
}

static int refuse_service(struct arguments *arguments, const char *word, const char *program)
{
    const char *list[64];
    struct choices all = {.items = list};

    if (not_modelled_service(word)) {
        str_clear(&arguments->error);
        not_modelled_explain_service(word, &arguments->error);
        return arguments_refuse(arguments, EXIT_USAGE);
    }
    for (size_t i = 0; services[i] != NULL; i++)
        near_add(&all, services[i]->name);
    near_add(&all, "help");
    return refuse_choice(arguments, "command", word, &all, program);
}

static const struct op *op_by_word(const struct service *service, const char *word,
                                   struct arena *arena)
{
    for (size_t i = 0; service->ops[i] != NULL; i++) {
        if (strcmp(name_cli(arena, service->ops[i]->name), word) == 0)
            return service->ops[i];
    }
    return NULL;
}

static int refuse_operation(struct arguments *arguments, const char *word, const char *program)
{
    const struct service *service = arguments->service;
    struct choices all = {0};
    size_t count = 0;

    if (not_modelled_operation(service->name, word)) {
        str_clear(&arguments->error);
        not_modelled_explain_operation(service, word, &arguments->error);
        return arguments_refuse(arguments, EXIT_USAGE);
    }
    while (service->ops[count] != NULL)
        count++;
    all.items = arena_alloc(&arguments->arena, (count + 2) * sizeof(*all.items));
    for (size_t i = 0; i < count; i++)
        near_add(&all, name_cli(&arguments->arena, service->ops[i]->name));
    near_add(&all, "help");
    if (service->waiters != NULL)
        near_add(&all, "wait");
    return refuse_choice(arguments, "operation", word, &all, program);
}

static int refuse_missing_word(struct arguments *arguments, const char *what, const char *program)
{
    arguments_error_begin(arguments);
    str_addf(&arguments->error, "the following arguments are required: %s", what);
    return arguments_refuse_usage(arguments, program);
}

static int find_waiter(struct arguments *arguments, const char *word, const char *program)
{
    const struct service *service = arguments->service;
    const char *list[64];
    struct choices all = {.items = list};

    for (const struct waiter *waiter = service->waiters; waiter->name != NULL; waiter++) {
        const char *name = name_cli(&arguments->arena, waiter->name);

        near_add(&all, name);
        if (strcmp(name, word) == 0) {
            arguments->waiter = waiter;
            arguments->op = service_op_find(service, waiter->op);
            return 0;
        }
    }
    return refuse_choice(arguments, "subcommand", word, &all, program);
}

/* Takes the first word that is no option out of the words; NULL when there is none. */
static const char *take_word(struct words *words)
{
    for (size_t i = 0; i < words->count; i++) {
        const char *word = words->items[i];

        if (words_is_option(word))
            continue;
        memmove(&words->items[i], &words->items[i + 1],
                (words->count - i - 1) * sizeof(*words->items));
        words->count--;
        return word;
    }
    return NULL;
}

/* Pass 2. 1 means that the line is complete: help or version. */
static int find_operation(struct arguments *arguments, struct words *words, const char *program)
{
    const char *word;

    if (arguments->version)
        return 1;
    if (strcmp(program, "lab") == 0) {
        arguments->service = service_find("lab");
    } else {
        word = take_word(words);
        if (word == NULL)
            return refuse_missing_word(arguments, "command", program);
        if (strcmp(word, "help") == 0) {
            arguments->help = true;
            return 1;
        }
        arguments->service = strcmp(word, "lab") == 0 ? NULL : service_find(word);
        if (arguments->service == NULL)
            return refuse_service(arguments, word, program);
    }
    word = take_word(words);
    if (word == NULL)
        return refuse_missing_word(arguments, "operation", program);
    if (strcmp(word, "help") == 0) {
        arguments->help = true;
        return 1;
    }
    if (strcmp(word, "wait") == 0 && arguments->service->waiters != NULL) {
        word = take_word(words);
        if (word == NULL)
            return refuse_missing_word(arguments, "subcommand", program);
        if (find_waiter(arguments, word, program) != 0)
            return -1;
    } else {
        arguments->op = op_by_word(arguments->service, word, &arguments->arena);
    }
    if (arguments->op == NULL)
        return refuse_operation(arguments, word, program);
    if (words->count > 0 && strcmp(words->items[0], "help") == 0) {
        arguments->help = true;
        return 1;
    }
    return 0;
}

/* ---- the operation's options ---- */

/* What each option of a line can mean.  Exactly one of field and special is set. */
struct option {
    const char *name; /* without dashes */
    const struct field *field;
    bool extra;   /* the field belongs to op->extra */
    bool negates; /* --no-NAME of a boolean */
    enum special {
        SPECIAL_NONE,
        SPECIAL_INPUT_JSON,
        SPECIAL_INPUT_YAML,
        SPECIAL_SKELETON,
        SPECIAL_MAX_ITEMS,
        SPECIAL_PAGE_SIZE,
        SPECIAL_STARTING_TOKEN,
    } special;
};

struct options {
    LIST(struct option) list; /* in the arena */
};

static void options_add_shape(struct options *options, struct arena *arena,
                              const struct shape *shape, bool extra)
{
    for (size_t i = 0; i < shape->count; i++) {
        const struct field *field = &shape->fields[i];
        const char *name = name_option(arena, field);

        if (extra ? false : (field->flags & FIELD_CLI_ONLY) != 0)
            continue;
        *LIST_PUSH_IN(arena, &options->list) =
            (struct option){.name = name, .field = field, .extra = extra};
        if (field->type == FIELD_BOOL || field->type == FIELD_OPT_BOOL) {
            *LIST_PUSH_IN(arena, &options->list) = (struct option){
                .name = arena_printf(arena, "no-%s", name),
                .field = field,
                .extra = extra,
                .negates = true,
            };
        }
    }
}

static void options_add_special(struct options *options, struct arena *arena, const char *name,
                                enum special special)
{
    *LIST_PUSH_IN(arena, &options->list) = (struct option){.name = name, .special = special};
}

static struct options options_of(const struct arguments *arguments, struct arena *arena)
{
    const struct op *op = arguments->op;
    struct options options = {0};

    options_add_shape(&options, arena, op->in, false);
    if (op->extra != NULL)
        options_add_shape(&options, arena, op->extra->options, true);
    options_add_special(&options, arena, "cli-input-json", SPECIAL_INPUT_JSON);
    options_add_special(&options, arena, "cli-input-yaml", SPECIAL_INPUT_YAML);
    if (op->paging != NULL && arguments->waiter == NULL) {
        options_add_special(&options, arena, "starting-token", SPECIAL_STARTING_TOKEN);
        if (op->paging->limit != NULL)
            options_add_special(&options, arena, "page-size", SPECIAL_PAGE_SIZE);
        options_add_special(&options, arena, "max-items", SPECIAL_MAX_ITEMS);
    }
    options_add_special(&options, arena, "generate-cli-skeleton", SPECIAL_SKELETON);
    return options;
}

static bool option_hidden(const struct option *option)
{
    return option->field != NULL && (option->field->flags & FIELD_HIDDEN) != 0;
}

/*
 * The option of a word: exact, or the only one that begins so.  NULL, with *several set when it is
 * ambiguous.
 */
static const struct option *option_find(const struct options *options, const char *word,
                                        bool *several)
{
    size_t length = words_option_length(word);
    const struct option *found = NULL;

    *several = false;
    if (!str_starts(word, "--") || length < 3)
        return NULL;
    for (uint32_t i = 0; i < options->list.count; i++) {
        const struct option *option = &options->list.items[i];

        if (strncmp(option->name, word + 2, length - 2) != 0)
            continue;
        if (strlen(option->name) == length - 2)
            return option;
        if (option_hidden(option))
            continue;
        *several = found != NULL;
        if (*several)
            return NULL;
        found = option;
    }
    return found;
}

static int refuse_ambiguous(struct arguments *arguments, const struct options *options,
                            const char *word, const char *program)
{
    size_t length = words_option_length(word);
    bool first = true;

    arguments_error_begin(arguments);
    str_addf(&arguments->error, "ambiguous option: %s could match ", word);
    for (uint32_t i = 0; i < options->list.count; i++) {
        const struct option *option = &options->list.items[i];

        if (option_hidden(option) || strncmp(option->name, word + 2, length - 2) != 0)
            continue;
        str_addf(&arguments->error, "%s--%s", first ? "" : ", ", option->name);
        first = false;
    }
    return arguments_refuse_usage(arguments, program);
}

/* One pass over an operation's options. */
struct reading {
    struct arguments *arguments;
    const char *program;
    const struct file_source *files;
    struct options options;
    struct words words;
    struct words unknown;
    json_t *extra; /* values of op->extra's options */
    const char *input_json;
};

static int refuse_unmodelled(struct reading *reading, const struct option *option)
{
    struct arguments *arguments = reading->arguments;

    str_clear(&arguments->error);
    str_addf(&arguments->error,
             "--%s of %s %s exists at AWS but is not modelled here, "
             "so it is refused rather than ignored",
             option->name, arguments->service->name,
             name_cli(&arguments->arena, arguments->op->name));
    return arguments_refuse(arguments, EXIT_USAGE);
}

static int read_integer(struct reading *reading, const char *text, struct opt_int *out)
{
    int64_t value;

    if (!option_value_integer(text, &value)) {
        str_clear(&reading->arguments->error);
        str_addf(&reading->arguments->error, "invalid literal for int() with base 10: '%s'", text);
        return arguments_refuse(reading->arguments, EXIT_OTHER);
    }
    *out = OPT_INT(value);
    return 0;
}

static int take_special(struct reading *reading, const struct option *option, const char *value)
{
    struct arguments *arguments = reading->arguments;

    switch (option->special) {
    case SPECIAL_INPUT_JSON:
        reading->input_json = value;
        return 0;
    case SPECIAL_SKELETON:
        if (strcmp(value, "input") != 0 && strcmp(value, "yaml-input") != 0 &&
            strcmp(value, "output") != 0) {
            arguments_error_begin(arguments);
            str_addf(&arguments->error,
                     "argument --generate-cli-skeleton: Found invalid choice '%s'\n", value);
            return arguments_refuse_usage(arguments, reading->program);
        }
        arguments->skeleton = arena_strdup(&arguments->arena, value);
        return 0;
    case SPECIAL_MAX_ITEMS:
        return read_integer(reading, value, &arguments->max_items);
    case SPECIAL_PAGE_SIZE:
        return read_integer(reading, value, &arguments->page_size);
    case SPECIAL_STARTING_TOKEN:
        arguments->starting_token = arena_strdup(&arguments->arena, value);
        return 0;
    case SPECIAL_INPUT_YAML:
    case SPECIAL_NONE:
        break;
    }
    str_clear(&arguments->error);
    str_addf(&arguments->error, "--%s is not modelled here; use --cli-input-json", option->name);
    return arguments_refuse(arguments, EXIT_USAGE);
}

static json_t **place_of(struct reading *reading, const struct option *option)
{
    return option->extra ? &reading->extra : &reading->arguments->params;
}

/* Reads the values of one option into the parameters. */
static int take_values(struct reading *reading, const struct option *option,
                       const char *const *values, size_t count)
{
    struct arguments *arguments = reading->arguments;
    struct option_reading how = {
        .field = option->field,
        .name = option->name,
        .files = reading->files,
        .error = &arguments->error,
    };
    json_t *json;

    str_clear(&arguments->error);
    json = option_value_read(&how, values, count);
    if (json == NULL)
        return arguments_refuse(arguments, how.exit_code);
    json_object_set_new(*place_of(reading, option), option->field->name, json);
    return 0;
}

/* Takes the option at words[at]; returns how many words after it were its values, or -1. */
static int take_option(struct reading *reading, const struct option *option, size_t at)
{
    const struct field *field = option->field;
    const char *equals = strchr(reading->words.items[at], '=');
    size_t used = 0;

    if (field != NULL && (field->flags & FIELD_UNMODELLED) != 0)
        return refuse_unmodelled(reading, option);
    if (field != NULL && (field->type == FIELD_BOOL || field->type == FIELD_OPT_BOOL)) {
        if (equals != NULL) {
            arguments_error_begin(reading->arguments);
            str_addf(&reading->arguments->error, "argument --%s: ignored explicit argument '%s'",
                     option->name, equals + 1);
            return arguments_refuse_usage(reading->arguments, reading->program);
        }
        json_object_set_new(*place_of(reading, option), field->name,
                            json_boolean(!option->negates));
        return 0;
    }
    if (field != NULL && field->type == FIELD_LIST && equals == NULL) {
        while (at + 1 + used < reading->words.count &&
               !words_is_option(reading->words.items[at + 1 + used]))
            used++;
        return take_values(reading, option, &reading->words.items[at + 1], used) == 0 ? (int)used
                                                                                      : -1;
    }
    const char *value = words_option_argument(&reading->words, at, &used);

    if (value == NULL && option->special == SPECIAL_SKELETON)
        value = "input";
    if (value == NULL)
        return arguments_refuse_no_value(reading->arguments, option->name, reading->program);
    if (field == NULL ? take_special(reading, option, value)
                      : take_values(reading, option, &value, 1))
        return -1;
    return (int)used;
}

static int take_options(struct reading *reading)
{
    for (size_t i = 0; i < reading->words.count; i++) {
        const char *word = reading->words.items[i];
        bool several = false;
        const struct option *option =
            words_is_option(word) ? option_find(&reading->options, word, &several) : NULL;
        int used;

        if (several)
            return refuse_ambiguous(reading->arguments, &reading->options, word, reading->program);
        if (option == NULL) {
            reading->unknown.items[reading->unknown.count++] = word;
            continue;
        }
        used = take_option(reading, option, i);
        if (used < 0)
            return -1;
        i += (size_t)used;
    }
    return 0;
}

/* ---- after the options ---- */

static int check_required(struct reading *reading)
{
    struct arguments *arguments = reading->arguments;
    const struct shape *in = arguments->op->in;
    bool missing = false;

    if (reading->input_json != NULL || arguments->skeleton != NULL)
        return 0;
    arguments_error_begin(arguments);
    str_add(&arguments->error, "the following arguments are required: ");
    for (size_t i = 0; i < in->count; i++) {
        const struct field *field = &in->fields[i];

        if ((field->flags & FIELD_REQUIRED) == 0 ||
            json_object_get(arguments->params, field->name) != NULL)
            continue;
        if (arguments->op->extra != NULL && (field->flags & FIELD_CLI_ONLY) != 0)
            continue;
        str_addf(&arguments->error, "%s--%s", missing ? ", " : "",
                 name_option(&arguments->arena, field));
        missing = true;
    }
    if (missing)
        return arguments_refuse_usage(arguments, reading->program);
    str_clear(&arguments->error);
    return 0;
}

static int check_unknown(struct reading *reading)
{
    struct arguments *arguments = reading->arguments;

    if (reading->unknown.count == 0)
        return 0;
    arguments_error_begin(arguments);
    str_add(&arguments->error, "Unknown options: ");
    for (size_t i = 0; i < reading->unknown.count; i++)
        str_addf(&arguments->error, "%s%s", i == 0 ? "" : ", ", reading->unknown.items[i]);
    return arguments_refuse_usage(arguments, reading->program);
}

/* --cli-input-json: what the line says itself wins. */
static int merge_input(struct reading *reading)
{
    struct arguments *arguments = reading->arguments;
    json_t *given;
    const char *key;
    json_t *value;

    if (reading->input_json == NULL)
        return 0;
    given =
        option_value_json(reading->input_json, "cli-input-json", reading->files, &arguments->error);
    if (given == NULL || !json_is_object(given)) {
        if (given != NULL) {
            arguments_error_begin(arguments);
            str_add(&arguments->error,
                    "Invalid type: expecting map for the value of --cli-input-json");
            json_decref(given);
        }
        return arguments_refuse(arguments, EXIT_USAGE);
    }
    json_object_foreach(given, key, value)
    {
        if (json_object_get(arguments->params, key) == NULL)
            json_object_set(arguments->params, key, value);
    }
    json_decref(given);
    return 0;
}

static int apply_extra(struct reading *reading)
{
    struct arguments *arguments = reading->arguments;

    if (arguments->op->extra == NULL || arguments->skeleton != NULL)
        return 0;
    arguments_error_begin(arguments);
    if (arguments->op->extra->apply(reading->extra, arguments->params, &arguments->error) != 0)
        return arguments_refuse(arguments, EXIT_USAGE);
    str_clear(&arguments->error);
    return 0;
}

static int check_paging(struct reading *reading)
{
    struct arguments *arguments = reading->arguments;
    const char *gap = "";

    if (!arguments->no_paginate || (!arguments->max_items.set && !arguments->page_size.set &&
                                    arguments->starting_token == NULL))
        return 0;
    arguments_error_begin(arguments);
    str_add(&arguments->error, "Cannot specify --no-paginate along with pagination arguments: ");
    if (arguments->max_items.set) {
        str_add(&arguments->error, "--max-items");
        gap = ", ";
    }
    if (arguments->page_size.set) {
        str_addf(&arguments->error, "%s--page-size", gap);
        gap = ", ";
    }
    if (arguments->starting_token != NULL)
        str_addf(&arguments->error, "%s--starting-token", gap);
    return arguments_refuse(arguments, EXIT_USAGE);
}

static int check_params(struct reading *reading)
{
    struct arguments *arguments = reading->arguments;

    if (arguments->skeleton != NULL)
        return 0;
    arguments_error_begin(arguments);
    str_add(&arguments->error, "Parameter validation failed:\n");
    if (value_check(arguments->op->in, arguments->params, &arguments->error) > 0)
        return arguments_refuse(arguments, EXIT_USAGE);
    str_clear(&arguments->error);
    return 0;
}

/* Pass 3. */
static int read_options(struct reading *reading)
{
    struct arguments *arguments = reading->arguments;

    reading->options = options_of(arguments, &arguments->arena);
    reading->unknown.items =
        arena_alloc(&arguments->arena, (reading->words.count + 1) * sizeof(char *));
    if (take_options(reading) != 0 || check_required(reading) != 0 || check_unknown(reading) != 0 ||
        check_paging(reading) != 0 || merge_input(reading) != 0 || apply_extra(reading) != 0)
        return -1;
    return check_params(reading);
}

int arguments_parse(struct arguments *arguments, const char *program, const char *const *words,
                    size_t count, const struct file_source *files)
{
    struct reading reading = {
        .arguments = arguments,
        .program = program,
        .files = files,
    };
    int complete;

    *arguments = (struct arguments){
        .output = -1,
    };
    arguments->params = json_object();
    reading.words.items = arena_alloc(&arguments->arena, (count + 1) * sizeof(char *));
    reading.words.count = count;
    for (size_t i = 0; i < count; i++)
        reading.words.items[i] = arena_strdup(&arguments->arena, words[i]);
    if (arguments_take_globals(arguments, &reading.words, program) != 0)
        return arguments->exit_code;
    complete = find_operation(arguments, &reading.words, program);
    if (complete != 0)
        return arguments->exit_code;
    reading.extra = json_object();
    read_options(&reading);
    json_decref(reading.extra);
    return arguments->exit_code;
}

void arguments_release(struct arguments *arguments)
{
    json_decref(arguments->params);
    str_release(&arguments->error);
    arena_release(&arguments->arena);
    *arguments = (struct arguments){0};
}

json_t *arguments_sent(const struct arguments *arguments)
{
    const struct op *op = arguments->op;
    json_t *sent = json_copy(arguments->params);

    if (op->paging != NULL && op->paging->limit != NULL && arguments->page_size.set)
        json_object_set_new(sent, op->paging->limit, json_integer(arguments->page_size.value));
    for (size_t i = 0; i < op->in->count; i++) {
        const struct field *field = &op->in->fields[i];

        if ((field->flags & FIELD_TOKEN) != 0 && json_object_get(sent, field->name) == NULL)
            json_object_set_new(sent, field->name, json_string("<UUID4>"));
    }
    return sent;
}

const char *arguments_error_prefix(const char *program)
{
    return strcmp(program, "lab") == 0 ? "\nlab: [ERROR]: " : "\naws: [ERROR]: ";
}
