/*
 * shell/complete.c - what could stand at the cursor: Tab.
 *
 * The text before the cursor is cut into words (shell/complete_words.c).  What they mean is asked
 * of the same tables that run the line.
 */
#include "shell/complete.h"

#include <string.h>

#include "base/expand.h"
#include "base/mem.h"
#include "base/str.h"
#include "api/arguments.h"
#include "api/names.h"
#include "cloud/world.h"
#include "shell/complete_words.h"

enum { COMPLETE_IDS_MAX = 500 };

/* One completion. */
struct completing {
    struct shell *shell;
    struct line_candidates *candidates;
    struct arena arena;
    const char *text;
    struct complete_words cut;
    const char *word; /* the cursor's word so far, or what of it is completed */
    size_t start;     /* where that begins in the text */
};

/* ---- offering ---- */

/* Offers a word that begins as the cursor's does. */
static void offer(struct completing *completing, const char *text, const char *doc, char suffix)
{
    struct str quoted = STR_INIT;

    if (!str_starts(text, completing->word))
        return;
    expand_quote(&quoted, text);
    line_candidates_add(completing->candidates, str_text(&quoted), doc, suffix);
    str_release(&quoted);
}

static void offer_words(struct completing *completing, const char *const *words, const char *doc)
{
    for (size_t i = 0; words != NULL && words[i] != NULL; i++)
        offer(completing, words[i], doc, ' ');
}

static void offer_commands(struct completing *completing)
{
    const struct shell *shell = completing->shell;

    offer(completing, "aws", "the AWS command line", ' ');
    offer(completing, "lab", "what this console adds to AWS", ' ');
    for (size_t i = 0; i < shell->table_count; i++) {
        for (const struct word *word = shell->tables[i].words; word->name != NULL; word++)
            offer(completing, word->name, word->doc, ' ');
    }
}

static void offer_services(struct completing *completing)
{
    for (size_t i = 0; services[i] != NULL; i++) {
        if (services[i]->style != STYLE_LAB)
            offer(completing, services[i]->name, services[i]->doc, ' ');
    }
    offer(completing, "help", "lists the services", ' ');
}

static void offer_operations(struct completing *completing, const struct service *service)
{
    for (size_t i = 0; service->ops[i] != NULL; i++)
        offer(completing, name_cli(&completing->arena, service->ops[i]->name), service->ops[i]->doc,
              ' ');
    if (service->waiters != NULL)
        offer(completing, "wait", "waits until something is so", ' ');
    offer(completing, "help", "lists the operations", ' ');
}

static void offer_waiters(struct completing *completing, const struct service *service)
{
    for (const struct waiter *waiter = service->waiters; waiter != NULL && waiter->name != NULL;
         waiter++)
        offer(completing, name_cli(&completing->arena, waiter->name), waiter->op, ' ');
}

static void offer_variables(struct completing *completing)
{
    const struct table *variables = &completing->shell->session->variables.variables;

    for (uint32_t i = 0; i < table_count(variables); i++) {
        const struct variable *variable = table_at(variables, i);
        const char *text = arena_printf(&completing->arena, "$%s", variable->name);

        if (str_starts(text, completing->word))
            line_candidates_add(completing->candidates, text, variable->value, ' ');
    }
}

static void offer_files(struct completing *completing)
{
    const struct table *files = &completing->shell->session->variables.files;

    for (uint32_t i = 0; i < table_count(files); i++) {
        const struct branch_file *file = table_at(files, i);

        offer(completing, arena_printf(&completing->arena, "file://%s", file->name),
              "a file of this branch", ' ');
    }
}

/* ---- live ids ---- */

static const struct resource *resource_find(const struct kind *kind)
{
    for (const struct resource *resource = resources; resource->kind != NULL; resource++) {
        if (resource->kind == kind)
            return resource;
    }
    return NULL;
}

/* struct completing as a visitor. */
static void offer_resource(void *context, const char *id, const char *name)
{
    struct completing *completing = context;

    if (completing->candidates->items.count < COMPLETE_IDS_MAX)
        offer(completing, id, name, ' ');
}

/* The live ones of a kind; by id, each with the name that people know it by. */
static void offer_resources(struct completing *completing, const struct kind *kind)
{
    const struct resource *resource = resource_find(kind);
    const struct caller *caller = &completing->shell->session->commander.caller;
    struct call call = {
        .world = caller->world,
        .account = caller->account,
        .region = caller->region,
    };

    if (resource != NULL)
        resource->each(&call, offer_resource, completing);
    call_release(&call);
}

/* ---- options and their values ---- */

static const struct field *field_of_option(struct completing *completing, const struct shape *shape,
                                           const char *option)
{
    for (size_t i = 0; i < shape->count; i++) {
        if (strcmp(name_option(&completing->arena, &shape->fields[i]), option) == 0)
            return &shape->fields[i];
    }
    return NULL;
}

static const struct field *field_find(struct completing *completing, const struct op *op,
                                      const char *option)
{
    const struct field *field = field_of_option(completing, op->in, option);

    if (field == NULL && op->extra != NULL)
        field = field_of_option(completing, op->extra->options, option);
    return field;
}

static bool is_given(const struct completing *completing, const char *option)
{
    for (uint32_t i = 0; i < completing->cut.words.count; i++) {
        if (strcmp(completing->cut.words.items[i], option) == 0)
            return true;
    }
    return false;
}

/* Members of the API that extra options stand for (FIELD_CLI_ONLY) have no option of their own. */
static void offer_options_of(struct completing *completing, const struct shape *shape, bool extra)
{
    for (size_t i = 0; i < shape->count; i++) {
        const struct field *field = &shape->fields[i];
        const char *option =
            arena_printf(&completing->arena, "--%s", name_option(&completing->arena, field));

        if (!extra && (field->flags & FIELD_CLI_ONLY) != 0)
            continue;
        if ((field->flags & (FIELD_UNMODELLED | FIELD_HIDDEN)) == 0 &&
            !is_given(completing, option))
            offer(completing, option, field->doc, ' ');
    }
}

static const struct {
    const char *name;
    const char *doc;
} cli_options[] = {
    {"--query", "what of the answer is wanted, as JMESPath"},
    {"--output", "json, text, table, yaml, yaml-stream or off"},
    {"--region", "another Region than the session's"},
    {"--profile", "another account than the session's"},
    {"--cli-input-json", "all parameters at once, as JSON"},
    {"--generate-cli-skeleton", "an empty input to fill in"},
};

static void offer_options(struct completing *completing, const struct op *op)
{
    offer_options_of(completing, op->in, false);
    if (op->extra != NULL)
        offer_options_of(completing, op->extra->options, true);
    for (size_t i = 0; i < sizeof(cli_options) / sizeof(cli_options[0]); i++) {
        if (!is_given(completing, cli_options[i].name))
            offer(completing, cli_options[i].name, cli_options[i].doc, ' ');
    }
}

/* Inside a structure's shorthand: "ResourceType=" and its words, the key after the last comma. */
static void offer_shorthand(struct completing *completing, const struct field *field)
{
    const char *comma = strrchr(completing->word, ',');
    const char *key = comma == NULL ? completing->word : comma + 1;
    size_t head = (size_t)(key - completing->word);

    for (size_t i = 0; i < field->of->count; i++) {
        const struct field *member = &field->of->fields[i];
        const char *text =
            arena_printf(&completing->arena, "%.*s%s=", (int)head, completing->word, member->name);

        if ((member->flags & FIELD_UNMODELLED) != 0)
            continue;
        if (strchr(key, '=') == NULL)
            offer(completing, text, member->doc, '\0');
        else if (member->words != NULL &&
                 str_starts(key, arena_printf(&completing->arena, "%s=", member->name))) {
            for (size_t k = 0; member->words[k] != NULL; k++)
                offer(completing, arena_printf(&completing->arena, "%s%s", text, member->words[k]),
                      member->doc, '\0');
        }
    }
}

static void offer_filters(struct completing *completing, const struct op *op)
{
    for (const struct filter_name *filter = op->filters; filter != NULL && filter->name != NULL;
         filter++)
        offer(completing, arena_printf(&completing->arena, "Name=%s,Values=", filter->name),
              filter->path, '\0');
    offer(completing, "Name=tag:Name,Values=", "the Name tag", '\0');
}

static bool offer_cli_value(struct completing *completing, const char *option)
{
    static const char *const outputs[] = {"json",        "text", "table", "yaml",
                                          "yaml-stream", "off",  NULL};
    static const char *const skeletons[] = {"input", "yaml-input", "output", NULL};

    if (strcmp(option, "region") == 0)
        offer_resources(completing, &kind_region);
    else if (strcmp(option, "output") == 0)
        offer_words(completing, outputs, "");
    else if (strcmp(option, "generate-cli-skeleton") == 0)
        offer_words(completing, skeletons, "");
    else if (strcmp(option, "profile") == 0)
        offer(completing, "default", "your account", ' ');
    else
        return strcmp(option, "query") == 0;
    return true;
}

static void offer_value(struct completing *completing, const struct op *op, const char *option)
{
    const struct field *field = field_find(completing, op, option);

    if (offer_cli_value(completing, option) || field == NULL)
        return;
    offer_words(completing, field->words, field->doc);
    if (field->ref != NULL)
        offer_resources(completing, field->ref);
    if (strcmp(option, "filters") == 0)
        offer_filters(completing, op);
    else if (field->of != NULL && field->type != FIELD_MAP)
        offer_shorthand(completing, field);
    if (field->type == FIELD_STRING || field->type == FIELD_BLOB || field->of != NULL)
        offer_files(completing);
}

/* The option whose values the cursor's word may be one of: the last one before it, if it takes
 * values. */
static const char *open_option(struct completing *completing, const struct op *op)
{
    for (uint32_t i = completing->cut.words.count; i > 0; i--) {
        const char *word = completing->cut.words.items[i - 1];
        const struct field *field;
        bool last = i == completing->cut.words.count;

        if (!str_starts(word, "--"))
            continue;
        field = field_find(completing, op, word + 2);
        if (field != NULL && (field->type == FIELD_BOOL || field->type == FIELD_OPT_BOOL))
            return NULL;
        return last || (field != NULL && field->type == FIELD_LIST) ? word + 2 : NULL;
    }
    return NULL;
}

static const struct op *op_of_word(struct completing *completing, const struct service *service,
                                   const char *word)
{
    for (size_t i = 0; service->ops[i] != NULL; i++) {
        if (strcmp(name_cli(&completing->arena, service->ops[i]->name), word) == 0)
            return service->ops[i];
    }
    return NULL;
}

static const struct op *op_of_waiter(struct completing *completing, const struct service *service,
                                     const char *word)
{
    for (const struct waiter *waiter = service->waiters; waiter != NULL && waiter->name != NULL;
         waiter++) {
        if (strcmp(name_cli(&completing->arena, waiter->name), word) == 0)
            return service_op_find(service, waiter->op);
    }
    return NULL;
}

/* --OPTION=VALUE: the value is what is completed. */
static bool complete_joined(struct completing *completing, const struct op *op)
{
    const char *equals = strchr(completing->word, '=');
    size_t length = equals == NULL ? 0 : (size_t)(equals + 1 - completing->word);
    const char *option;

    if (equals == NULL || !str_starts(completing->word, "--") ||
        strncmp(completing->text + completing->start, completing->word, length) != 0)
        return false;
    option = arena_strndup(&completing->arena, completing->word + 2, length - 3);
    completing->word += length;
    completing->start += length;
    offer_value(completing, op, option);
    return true;
}

static void complete_operation(struct completing *completing, const struct op *op)
{
    const char *option = open_option(completing, op);

    if (complete_joined(completing, op))
        return;
    if (str_starts(completing->word, "-"))
        offer_options(completing, op);
    else if (option != NULL)
        offer_value(completing, op, option);
    else
        offer_options(completing, op);
}

/* Does an option of the CLI itself take the next word? */
static bool takes_next(const char *word)
{
    static const char *const names[] = {
        "--output",           "--query",               "--profile",
        "--region",           "--color",               "--endpoint-url",
        "--ca-bundle",        "--cli-read-timeout",    "--cli-connect-timeout",
        "--cli-error-format", "--cli-binary-format",
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(word, names[i]) == 0)
            return true;
    }
    return false;
}

/* What the words of a command say before its own options. */
struct command_words {
    const char *items[4]; /* aws, SERVICE, OPERATION or wait, WAITER */
    uint32_t count;
};

/* The options of the CLI itself may stand anywhere; they are passed over. */
static struct command_words command_words_of(const struct completing *completing)
{
    struct command_words found = {0};

    for (uint32_t i = 0; i < completing->cut.words.count && found.count < 4; i++) {
        const char *word = completing->cut.words.items[i];

        if (takes_next(word))
            i++;
        else if (word[0] != '-')
            found.items[found.count++] = word;
    }
    return found;
}

/* `aws ...` (at = 1) and `lab ...`: what the words so far leave open. */
static void complete_command(struct completing *completing)
{
    struct command_words words = command_words_of(completing);
    const char *last = completing->cut.words.items[completing->cut.words.count - 1];
    bool lab = strcmp(words.items[0], "lab") == 0;
    uint32_t at = lab ? 1 : 2;
    const struct service *service = lab               ? service_find("lab")
                                    : words.count < 2 ? NULL
                                                      : service_find(words.items[1]);
    bool wait = words.count > at && strcmp(words.items[at], "wait") == 0;
    const struct op *op = NULL;

    if (takes_next(last)) {
        offer_cli_value(completing, last + 2);
    } else if (service == NULL) {
        if (words.count < 2)
            offer_services(completing);
    } else if (words.count <= at) {
        offer_operations(completing, service);
    } else if (wait && words.count == at + 1) {
        offer_waiters(completing, service);
    } else {
        op = wait ? op_of_waiter(completing, service, words.items[at + 1])
                  : op_of_word(completing, service, words.items[at]);
    }
    if (op != NULL)
        complete_operation(completing, op);
}

static void offer_file_names(struct completing *completing)
{
    const struct table *files = &completing->shell->session->variables.files;

    for (uint32_t i = 0; i < table_count(files); i++)
        offer(completing, ((const struct branch_file *)table_at(files, i))->name,
              "a file of this branch", ' ');
}

static void complete_word(struct completing *completing)
{
    const char *first = completing->cut.words.count == 0 ? NULL : completing->cut.words.items[0];

    if (completing->word[0] == '$')
        offer_variables(completing);
    else if (completing->cut.is_file)
        offer_file_names(completing);
    else if (first == NULL)
        offer_commands(completing);
    else if (strcmp(first, "aws") == 0 || strcmp(first, "lab") == 0)
        complete_command(completing);
    else if (strcmp(first, "help") == 0)
        offer_commands(completing);
    else if (strcmp(first, "cat") == 0 || strcmp(first, "save") == 0 ||
             strcmp(first, "edit") == 0)
        offer_file_names(completing);
}

void complete_line(struct shell *shell, const char *text, size_t cursor,
                   struct line_candidates *candidates)
{
    struct completing completing = {
        .shell = shell,
        .candidates = candidates,
        .arena = ARENA_INIT,
        .text = text,
    };

    complete_words_cut(&completing.arena, text, cursor, &completing.cut);
    completing.word = completing.cut.word;
    completing.start = completing.cut.start;
    complete_word(&completing);
    candidates->start = completing.start;
    arena_release(&completing.arena);
}
