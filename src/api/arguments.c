/*
 * api/arguments.c - the words of an `aws` or `lab` command, as the AWS CLI understands them.
 *
 * Three passes, as in the CLI: (1) the options of the CLI itself are taken out wherever they stand
 * (api/globals.c); (2) the first two words that are left name the service and the operation; (3)
 * the rest are the operation's options (api/arguments_options.c).
 */
#include "api/arguments.h"

#include <stdlib.h>
#include <string.h>

#include <nettle/base64.h>

#include "api/arguments_parts.h"
#include "api/declared.h"
#include "api/names.h"
#include "api/not_modelled.h"
#include "api/value.h"

/* ---- service and operation ---- */

/* The words that might have stood there. */
struct choices {
    struct arena *arena;
    LIST(const char *) words;
};

static void near_add(void *context, const char *word)
{
    struct choices *all = context;

    for (uint32_t i = 0; i < all->words.count; i++) {
        if (strcmp(all->words.items[i], word) == 0)
            return;
    }
    *LIST_PUSH_IN(all->arena, &all->words) = arena_strdup(all->arena, word);
}

static int refuse_choice(struct arguments *arguments, const char *what, const char *word,
                         struct choices *choices, const char *program)
{
    *LIST_PUSH_IN(choices->arena, &choices->words) = NULL;
    return arguments_refuse_choice(arguments, what, word, choices->words.items, program);
}

static int refuse_service(struct arguments *arguments, const char *word, const char *program)
{
    struct choices all = {.arena = &arguments->arena};

    if (not_modelled_service(word)) {
        str_clear(&arguments->error);
        not_modelled_explain_service(word, &arguments->error);
        return arguments_refuse(arguments, EXIT_USAGE);
    }
    for (size_t i = 0; services[i] != NULL; i++)
        near_add(&all, services[i]->name);
    not_modelled_each_service(near_add, &all);
    near_add(&all, "help");
    return refuse_choice(arguments, "command", word, &all, program);
}

/* Modelled here, or only declared; NULL when it is neither. */
static const struct op *op_by_word(const struct service *service, const char *word,
                                   struct arena *arena)
{
    for (size_t i = 0; service->ops[i] != NULL; i++) {
        if (strcmp(name_cli(arena, service->ops[i]->name), word) == 0)
            return service->ops[i];
    }
    return declared_op_by_word(arena, service, word);
}

static int refuse_operation(struct arguments *arguments, const char *word, const char *program)
{
    const struct service *service = arguments->service;
    struct choices all = {.arena = &arguments->arena};

    if (not_modelled_operation(service->name, word)) {
        str_clear(&arguments->error);
        not_modelled_explain_operation(service, word, &arguments->error);
        return arguments_refuse(arguments, EXIT_USAGE);
    }
    for (size_t i = 0; service->ops[i] != NULL; i++)
        near_add(&all, name_cli(&arguments->arena, service->ops[i]->name));
    not_modelled_each_operation(service->name, near_add, &all);
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

/* A service that is a command by itself at AWS. */
static int refuse_alone(struct arguments *arguments)
{
    str_clear(&arguments->error);
    str_add(&arguments->error, arguments->service->alone);
    return arguments_refuse(arguments, EXIT_USAGE);
}

static int find_waiter(struct arguments *arguments, const char *word, const char *program)
{
    const struct service *service = arguments->service;
    struct choices all = {.arena = &arguments->arena};

    for (const struct waiter *waiter = service->waiters; waiter->name != NULL; waiter++) {
        const char *name = name_cli(&arguments->arena, waiter->name);

        near_add(&all, name);
        if (strcmp(name, word) == 0) {
            arguments->waiter = waiter;
            arguments->op = service_op_find(service, waiter->op);
            if (arguments->op == NULL)
                arguments->op = declared_op(&arguments->arena, service, waiter->op);
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
    if (arguments_check_query(arguments) != 0)
        return -1;
    word = take_word(words);
    if (word == NULL && arguments->service->alone != NULL)
        return refuse_alone(arguments);
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
    arguments->in = declared_input(&arguments->arena, arguments->service, arguments->op);
    if (words->count == 1 && strcmp(words->items[0], "help") == 0) {
        arguments->help = true;
        return 1;
    }
    return 0;
}

int arguments_parse(struct arguments *arguments, const char *program, const char *const *words,
                    size_t count, const struct file_source *files)
{
    struct arguments_reading reading = {
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
    arguments_read_options(&reading);
    return arguments->exit_code;
}

/* ---- bytes ---- */

/* Text that was given as it is, where operations want base64. */
static json_t *in_base64(const json_t *given)
{
    size_t size = json_string_length(given);
    char *text = xmalloc(BASE64_ENCODE_RAW_LENGTH(size) + 1);
    json_t *encoded;

    base64_encode_raw(text, size, (const uint8_t *)json_string_value(given));
    encoded = json_stringn(text, BASE64_ENCODE_RAW_LENGTH(size));
    free(text);
    return encoded;
}

static void encode_blobs(const struct shape *shape, json_t *object)
{
    for (size_t i = 0; i < shape->count; i++) {
        const struct field *field = &shape->fields[i];
        json_t *member = json_object_get(object, field->name);

        if (field->type == FIELD_BLOB && json_is_string(member))
            json_object_set_new(object, field->name, in_base64(member));
        if (field->of == NULL || member == NULL)
            continue;
        if (json_is_object(member))
            encode_blobs(field->of, member);
        for (size_t k = 0; k < json_array_size(member); k++)
            encode_blobs(field->of, json_array_get(member, k));
    }
}

int arguments_check_modelled(struct arguments *arguments)
{
    struct arena *arena = &arguments->arena;
    const char *service = arguments->service->name;
    const char *op = name_cli(arena, arguments->op->name);
    struct str path = STR_INIT;

    str_clear(&arguments->error);
    if (arguments->op->run == NULL && arguments->waiter != NULL) {
        str_addf(&arguments->error,
                 "aws %s wait %s is a real AWS waiter that is not modelled here: it asks %s, "
                 "which is not here yet",
                 service, name_cli(arena, arguments->waiter->name), arguments->waiter->op);
        arguments->exit_code = EXIT_USAGE;
    } else if (arguments->op->run == NULL) {
        not_modelled_explain_operation(arguments->service, op, &arguments->error);
        arguments->exit_code = EXIT_USAGE;
    } else if (value_unmodelled(arguments->in, arguments->params, &path)) {
        const struct field *option = shape_field_find(arguments->in, str_text(&path));

        str_addf(&arguments->error,
                 "%s%s of %s %s exists at AWS but is not modelled here, so it is refused rather "
                 "than ignored",
                 option == NULL ? "" : "--",
                 option == NULL ? str_text(&path) : name_option(arena, option), service, op);
        arguments->exit_code = EXIT_USAGE;
    } else if (arguments->raw_binary) {
        encode_blobs(arguments->in, arguments->params);
    }
    str_release(&path);
    return arguments->exit_code;
}

void arguments_release(struct arguments *arguments)
{
    json_decref(arguments->params);
    str_release(&arguments->error);
    arena_release(&arguments->arena);
    *arguments = (struct arguments){0};
}

const char *arguments_error_prefix(const char *program)
{
    return strcmp(program, "lab") == 0 ? "\nlab: [ERROR]: " : "\naws: [ERROR]: ";
}
