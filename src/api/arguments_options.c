/*
 * api/arguments_options.c - the options of one operation: argparse's pass over the words, then the
 * values.
 *
 * First the words are dealt out to the options, and argparse's own refusals come (ambiguous,
 * missing, unknown) before any value is looked at.  Then the values are read in the order of the
 * shape, by type (api/option_value.c); the operation's extra options and --cli-input-json are
 * worked in, and all is checked by shape (api/value_check.c).
 */
#include "api/arguments_parts.h"

#include <string.h>

#include "api/names.h"
#include "api/value.h"

/* What each option of a line can mean.  Exactly one of field and special is set. */
struct option {
    const char *name; /* without dashes */
    const struct field *field;
    bool extra;   /* the field belongs to op->extra */
    bool negates; /* --no-NAME of a boolean */
    bool lifted;  /* a structure of one boolean, Value: --NAME, --NAME Value=true, --no-NAME */
    enum special {
        SPECIAL_NONE,
        SPECIAL_INPUT_JSON,
        SPECIAL_INPUT_YAML,
        SPECIAL_SKELETON,
        SPECIAL_MAX_ITEMS,
        SPECIAL_PAGE_SIZE,
        SPECIAL_STARTING_TOKEN,
    } special;
    /* what the line gives it; the last one wins */
    bool given;
    const char *const *values;
    size_t count;
};

struct options {
    LIST(struct option) list; /* in the arena */
};

static bool is_bool(const struct field *field)
{
    return field != NULL && (field->type == FIELD_BOOL || field->type == FIELD_OPT_BOOL);
}

/* The AWS CLI lifts the boolean out of EC2's {"Value": true}. */
static bool is_lifted(const struct service *service, const struct field *field)
{
    return service->style == STYLE_EC2 && field->type == FIELD_STRUCT && field->of->count == 1 &&
           strcmp(field->of->fields[0].name, "Value") == 0 && is_bool(&field->of->fields[0]);
}

static void options_add_shape(struct options *options, const struct arguments *arguments,
                              struct arena *arena, const struct shape *shape, bool extra)
{
    for (size_t i = 0; i < shape->count; i++) {
        const struct field *field = &shape->fields[i];
        const char *name = name_option(arena, field);
        bool lifted = is_lifted(arguments->service, field);

        if (extra ? false : (field->flags & FIELD_CLI_ONLY) != 0)
            continue;
        *LIST_PUSH_IN(arena, &options->list) =
            (struct option){.name = name, .field = field, .extra = extra, .lifted = lifted};
        if (is_bool(field) || lifted) {
            *LIST_PUSH_IN(arena, &options->list) = (struct option){
                .name = field->cli_not != NULL ? field->cli_not
                                               : arena_printf(arena, "no-%s", name),
                .field = field,
                .extra = extra,
                .negates = true,
                .lifted = lifted,
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

    options_add_shape(&options, arguments, arena, arguments->in, false);
    if (op->extra != NULL)
        options_add_shape(&options, arguments, arena, op->extra->options, true);
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

/* One pass over an operation's options. */
struct pass {
    struct arguments *arguments;
    const char *program;
    const struct file_source *files;
    const struct words *words;
    struct options options;
    struct words unknown;
    const char *stray; /* the first word that belongs to no option */
    json_t *extra;     /* values of op->extra's options */
    const char *input_json;
    const char *input_yaml;
};

/* ---- dealing out the words ---- */

/*
 * The option of a word: exact, or the only one that begins so.  NULL, with *several set when it is
 * ambiguous.
 */
static struct option *option_find(const struct options *options, const char *word, bool *several)
{
    size_t length = words_option_length(word);
    struct option *found = NULL;

    *several = false;
    if (!str_starts(word, "--") || length < 3)
        return NULL;
    for (uint32_t i = 0; i < options->list.count; i++) {
        struct option *option = &options->list.items[i];

        if (strncmp(option->name, word + 2, length - 2) != 0)
            continue;
        if (strlen(option->name) == length - 2) {
            *several = false;
            return option;
        }
        *several = *several || found != NULL;
        found = option;
    }
    return *several ? NULL : found;
}

/* Is it a value, or does it end the values before it? */
static bool is_value(const struct pass *pass, const char *word)
{
    bool several;

    return option_find(&pass->options, word, &several) == NULL && !several &&
           !words_is_option(word);
}

static int refuse_ambiguous(struct pass *pass, const char *word)
{
    size_t length = words_option_length(word);
    struct arguments *arguments = pass->arguments;
    const char *gap = "";

    arguments_error_begin(arguments);
    str_addf(&arguments->error, "ambiguous option: %s could match ", word);
    for (uint32_t i = 0; i < pass->options.list.count; i++) {
        const struct option *option = &pass->options.list.items[i];

        if (strncmp(option->name, word + 2, length - 2) != 0)
            continue;
        str_addf(&arguments->error, "%s--%s", gap, option->name);
        gap = ", ";
    }
    return arguments_refuse_usage(arguments, pass->program);
}

static bool takes_many(const struct field *field)
{
    return field != NULL && field->type == FIELD_LIST;
}

static int give(struct option *option, const char *const *values, size_t count)
{
    option->given = true;
    option->values = values;
    option->count = count;
    return (int)count;
}

/* --NAME or --no-NAME: whichever comes last holds. */
static int give_bool(struct pass *pass, struct option *option, const char *equals)
{
    if (equals != NULL) {
        arguments_error_begin(pass->arguments);
        str_addf(&pass->arguments->error, "argument --%s: ignored explicit argument '%s'",
                 option->name, equals + 1);
        return arguments_refuse_usage(pass->arguments, pass->program);
    }
    for (uint32_t i = 0; i < pass->options.list.count; i++) {
        if (pass->options.list.items[i].field == option->field && !option->lifted)
            pass->options.list.items[i].given = false;
    }
    return give(option, NULL, 0);
}

static int check_skeleton(struct pass *pass, const char *value)
{
    static const char *const choices[] = {"input", "yaml-input", "output", NULL};

    for (const char *const *choice = choices; *choice != NULL; choice++) {
        if (strcmp(value, *choice) == 0)
            return 0;
    }
    return arguments_refuse_choice(pass->arguments, "--generate-cli-skeleton", value, choices,
                                   pass->program);
}

/* Gives the option at words[at] its values; returns how many words after it they were, or -1. */
static int take_option(struct pass *pass, struct option *option, size_t at)
{
    static const char *const input = "input";
    const struct words *words = pass->words;
    const char *equals = strchr(words->items[at], '=');
    const char **value = arena_alloc(&pass->arguments->arena, sizeof(*value));
    bool many = takes_many(option->field);
    size_t count = 0;

    if (is_bool(option->field) || (option->lifted && option->negates))
        return give_bool(pass, option, equals);
    if (equals != NULL) {
        *value = equals + 1;
        give(option, value, 1);
    } else {
        while ((many || count == 0) && at + 1 + count < words->count &&
               is_value(pass, words->items[at + 1 + count]))
            count++;
        if (count > 0 || many || option->lifted)
            give(option, &words->items[at + 1], count);
        else if (option->special == SPECIAL_SKELETON)
            give(option, &input, 1);
        else
            return arguments_refuse_no_value(pass->arguments, option->name, pass->program);
    }
    if (option->special == SPECIAL_SKELETON && check_skeleton(pass, option->values[0]) != 0)
        return -1;
    return (int)count;
}

static int deal_out(struct pass *pass)
{
    for (size_t i = 0; i < pass->words->count; i++) {
        const char *word = pass->words->items[i];
        bool several = false;
        struct option *option = option_find(&pass->options, word, &several);
        int used;

        if (several)
            return refuse_ambiguous(pass, word);
        if (option == NULL && pass->stray == NULL && !words_is_option(word)) {
            pass->stray = word;
            continue;
        }
        if (option == NULL) {
            pass->unknown.items[pass->unknown.count++] = word;
            continue;
        }
        used = take_option(pass, option, i);
        if (used < 0)
            return -1;
        i += (size_t)used;
    }
    return 0;
}

/* ---- what is refused before the values are read ---- */

static const struct option *option_given(const struct pass *pass, const struct field *field)
{
    for (uint32_t i = 0; i < pass->options.list.count; i++) {
        const struct option *option = &pass->options.list.items[i];

        if (option->field == field && option->given)
            return option;
    }
    return NULL;
}

static bool special_given(const struct pass *pass, enum special special)
{
    for (uint32_t i = 0; i < pass->options.list.count; i++) {
        if (pass->options.list.items[i].special == special && pass->options.list.items[i].given)
            return true;
    }
    return false;
}

/* An empty input is asked for; --generate-cli-skeleton output checks the line as any other. */
static bool asks_skeleton(const struct pass *pass)
{
    for (uint32_t i = 0; i < pass->options.list.count; i++) {
        const struct option *option = &pass->options.list.items[i];

        if (option->special == SPECIAL_SKELETON && option->given)
            return strcmp(option->values[0], "output") != 0;
    }
    return false;
}

static int check_required(struct pass *pass)
{
    struct arguments *arguments = pass->arguments;
    const struct shape *in = arguments->in;
    bool missing = false;

    if (special_given(pass, SPECIAL_INPUT_JSON) || special_given(pass, SPECIAL_INPUT_YAML) ||
        asks_skeleton(pass))
        return 0;
    arguments_error_begin(arguments);
    str_add(&arguments->error, "the following arguments are required: ");
    for (size_t i = 0; i < in->count; i++) {
        const struct field *field = &in->fields[i];

        if ((field->flags & FIELD_REQUIRED) == 0 || option_given(pass, field) != NULL)
            continue;
        if (arguments->op->extra != NULL && (field->flags & FIELD_CLI_ONLY) != 0)
            continue;
        str_addf(&arguments->error, "%s--%s", missing ? ", " : "",
                 name_option(&arguments->arena, field));
        missing = true;
    }
    if (missing)
        return arguments_refuse_usage(arguments, pass->program);
    str_clear(&arguments->error);
    return 0;
}

/* argparse takes the first stray word for the operation's `help`, and the CLI puts it back last. */
static int check_unknown(struct pass *pass)
{
    struct arguments *arguments = pass->arguments;

    if (pass->stray != NULL)
        pass->unknown.items[pass->unknown.count++] = pass->stray;
    if (pass->unknown.count == 0)
        return 0;
    arguments_error_begin(arguments);
    str_add(&arguments->error, "Unknown options: ");
    for (size_t i = 0; i < pass->unknown.count; i++)
        str_addf(&arguments->error, "%s%s", i == 0 ? "" : ", ", pass->unknown.items[i]);
    return arguments_refuse_usage(arguments, pass->program);
}

/* The operation's own token or limit means --no-paginate: the person walks the pages. */
static bool names_native_page(const struct pass *pass)
{
    const struct paging *paging = pass->arguments->op->paging;

    for (uint32_t i = 0; paging != NULL && i < pass->options.list.count; i++) {
        const struct option *option = &pass->options.list.items[i];

        if (option->given && option->field != NULL && !option->extra &&
            (str_equal(option->field->name, paging->in_token) ||
             str_equal(option->field->name, paging->limit)))
            return true;
    }
    return false;
}

static int check_paging(struct pass *pass)
{
    static const struct {
        enum special special;
        const char *name;
    } limits[] = {
        {SPECIAL_STARTING_TOKEN, "--starting-token"},
        {SPECIAL_PAGE_SIZE, "--page-size"},
        {SPECIAL_MAX_ITEMS, "--max-items"},
    };
    struct arguments *arguments = pass->arguments;
    const char *gap = "";

    if (!arguments->no_paginate && !names_native_page(pass))
        return 0;
    arguments_error_begin(arguments);
    str_add(&arguments->error, "Cannot specify --no-paginate along with pagination arguments: ");
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        if (!special_given(pass, limits[i].special))
            continue;
        str_addf(&arguments->error, "%s%s", gap, limits[i].name);
        gap = ", ";
    }
    if (gap[0] != '\0')
        return arguments_refuse(arguments, EXIT_USAGE);
    str_clear(&arguments->error);
    return 0;
}

/* --NAME and --no-NAME of a boolean that was lifted out of a structure: one of them only. */
static int check_lifted(struct pass *pass)
{
    struct arguments *arguments = pass->arguments;

    for (uint32_t i = 0; i < pass->options.list.count; i++) {
        const struct option *option = &pass->options.list.items[i];
        const struct option *other = option + 1; /* --no-NAME stands behind --NAME */

        if (!option->lifted || option->negates || !option->given || !other->given)
            continue;
        arguments_error_begin(arguments);
        str_addf(&arguments->error,
                 "Cannot specify both the \"--%s\" option and the \"--%s\" option.", option->name,
                 other->name);
        return arguments_refuse(arguments, EXIT_USAGE);
    }
    return 0;
}

/* Asks the operation's extra options whether the given ones go together. */
static int check_extra(struct pass *pass)
{
    struct arguments *arguments = pass->arguments;
    const struct cli_extra *extra = arguments->op->extra;
    json_t *given;
    int status;

    if (extra == NULL || extra->check == NULL)
        return 0;
    given = json_object();
    for (uint32_t i = 0; i < pass->options.list.count; i++) {
        const struct option *option = &pass->options.list.items[i];

        if (option->field != NULL && option->given)
            json_object_set_new(given, option->field->name,
                                option->count == 0 ? json_true() : json_string(option->values[0]));
    }
    arguments_error_begin(arguments);
    status = extra->check(given, &arguments->error);
    json_decref(given);
    if (status != 0)
        return arguments_refuse(arguments, EXIT_USAGE);
    str_clear(&arguments->error);
    return 0;
}

/* ---- the values ---- */

/* An integer that argparse itself reads, as it does for the options of paging. */
static int read_integer(struct pass *pass, const struct option *option, struct opt_int *out)
{
    const char *text = option->values[0];
    int64_t value;

    if (!option_value_integer(text, &value)) {
        arguments_error_begin(pass->arguments);
        str_addf(&pass->arguments->error, "argument --%s: invalid int value: '%s'", option->name,
                 text);
        return arguments_refuse_usage(pass->arguments, pass->program);
    }
    *out = OPT_INT(value);
    return 0;
}

static int take_special(struct pass *pass, const struct option *option)
{
    struct arguments *arguments = pass->arguments;
    const char *value = option->values[0];

    switch (option->special) {
    case SPECIAL_INPUT_JSON:
        pass->input_json = value;
        return 0;
    case SPECIAL_INPUT_YAML:
        pass->input_yaml = value;
        return 0;
    case SPECIAL_SKELETON:
        arguments->skeleton = arena_strdup(&arguments->arena, value);
        return 0;
    case SPECIAL_MAX_ITEMS:
        return read_integer(pass, option, &arguments->max_items);
    case SPECIAL_PAGE_SIZE:
        return read_integer(pass, option, &arguments->page_size);
    case SPECIAL_STARTING_TOKEN:
        arguments->starting_token = arena_strdup(&arguments->arena, value);
        return 0;
    case SPECIAL_NONE:
        break;
    }
    return 0;
}

/* Reads the values of one option into the parameters. */
static int take_values(struct pass *pass, const struct option *option)
{
    struct arguments *arguments = pass->arguments;
    json_t *place = option->extra ? pass->extra : arguments->params;
    struct option_reading how = {
        .field = option->field,
        .name = option->name,
        .files = pass->files,
        .error = &arguments->error,
    };
    json_t *json;

    if (is_bool(option->field)) {
        json_object_set_new(place, option->field->name, json_boolean(!option->negates));
        return 0;
    }
    if (option->lifted && option->count == 0) {
        json_object_set_new(place, option->field->name,
                            json_pack("{s:b}", "Value", !option->negates));
        return 0;
    }
    str_clear(&arguments->error);
    json = option_value_read(&how, option->values, option->count);
    if (json == NULL)
        return arguments_refuse(arguments, how.exit_code);
    json_object_set_new(place, option->field->name, json);
    return 0;
}

static int read_values(struct pass *pass)
{
    for (uint32_t i = 0; i < pass->options.list.count; i++) {
        const struct option *option = &pass->options.list.items[i];

        if (!option->given)
            continue;
        if ((option->field == NULL ? take_special(pass, option) : take_values(pass, option)) != 0)
            return -1;
    }
    return 0;
}

/* ---- after the values ---- */

/* --cli-input-json and its twin: what the line says itself wins. */
static int merge_input(struct pass *pass)
{
    struct arguments *arguments = pass->arguments;
    json_t *given;
    const char *key;
    json_t *value;

    if (pass->input_json != NULL && pass->input_yaml != NULL) {
        arguments_error_begin(arguments);
        str_add(&arguments->error, "Only one --cli-input- parameter may be specified.");
        return arguments_refuse(arguments, EXIT_USAGE);
    }
    if (pass->input_json == NULL && pass->input_yaml == NULL)
        return 0;
    given = pass->input_json != NULL
                ? option_value_object(pass->input_json, "cli-input-json", pass->files,
                                      &arguments->error)
                : option_value_object(pass->input_yaml, "cli-input-yaml", pass->files,
                                      &arguments->error);
    if (given == NULL)
        return arguments_refuse(arguments, EXIT_USAGE);
    json_object_foreach(given, key, value)
    {
        if (json_object_get(arguments->params, key) == NULL)
            json_object_set(arguments->params, key, value);
    }
    json_decref(given);
    return 0;
}

static int apply_extra(struct pass *pass)
{
    struct arguments *arguments = pass->arguments;

    if (arguments->op->extra == NULL || asks_skeleton(pass))
        return 0;
    arguments_error_begin(arguments);
    if (arguments->op->extra->apply(pass->extra, arguments->params, &arguments->error) != 0)
        return arguments_refuse(arguments, EXIT_USAGE);
    str_clear(&arguments->error);
    return 0;
}

static int check_params(struct pass *pass)
{
    struct arguments *arguments = pass->arguments;

    if (asks_skeleton(pass))
        return 0;
    arguments_error_begin(arguments);
    str_add(&arguments->error, "Parameter validation failed:\n");
    if (value_check(arguments->in, arguments->params, &arguments->error) > 0)
        return arguments_refuse(arguments, EXIT_USAGE);
    str_clear(&arguments->error);
    return 0;
}

int arguments_read_options(struct arguments_reading *reading)
{
    struct arena *arena = &reading->arguments->arena;
    struct pass pass = {
        .arguments = reading->arguments,
        .program = reading->program,
        .files = reading->files,
        .words = &reading->words,
        .options = options_of(reading->arguments, arena),
        .unknown = {.items = arena_alloc(arena, (reading->words.count + 1) * sizeof(char *))},
        .extra = json_object(),
    };
    int status = -1;

    if (deal_out(&pass) == 0 && check_required(&pass) == 0 && check_unknown(&pass) == 0 &&
        check_paging(&pass) == 0 && check_lifted(&pass) == 0 && check_extra(&pass) == 0 &&
        read_values(&pass) == 0 && merge_input(&pass) == 0 && apply_extra(&pass) == 0)
        status = check_params(&pass);
    json_decref(pass.extra);
    return status;
}
