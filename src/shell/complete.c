/*
 * shell/complete.c - what could stand at the cursor: Tab.
 *
 * The text before the cursor is cut into words (shell/complete_words.c).  What they mean is asked
 * of the same tables that run the line.  When nothing begins as typed, the same question is asked
 * once more, and names are found by their letters in order.
 */
#include "shell/complete.h"

#include <stdlib.h>
#include <string.h>

#include "base/expand.h"
#include "base/mem.h"
#include "base/str.h"
#include "api/explain.h"
#include "api/names.h"
#include "cloud/world.h"
#include "shell/complete_parts.h"
#include "shell/typed.h"

enum { NEAR_MAX = 20 };

/* ---- offering ---- */

void complete_offer(struct completing *completing, const char *text, const char *doc, char suffix)
{
    struct str quoted = STR_INIT;

    if (!str_starts(text, completing->word))
        return;
    if (!completing->inside) {
        expand_quote(&quoted, text);
        line_candidates_add(completing->candidates, str_text(&quoted), doc, suffix);
        str_release(&quoted);
    } else if (strpbrk(text, "'\"\\$`") == NULL) {
        line_candidates_add(completing->candidates, text, doc, '\0');
    }
}

void complete_offer_name(struct completing *completing, const char *text, const char *doc,
                         char suffix)
{
    int score;

    if (!completing->loose) {
        complete_offer(completing, text, doc, suffix);
        return;
    }
    score = complete_score(completing->word, text);
    if (score >= 0)
        *LIST_PUSH_IN(&completing->arena, &completing->near) = (struct complete_near){
            .text = text,
            .doc = doc,
            .suffix = suffix,
            .score = score,
        };
}

bool complete_narrow(struct completing *completing, size_t length)
{
    size_t whole = strlen(completing->word);
    const char *word = completing->word + (whole - length);
    size_t start = completing->cursor - length;

    if (length > completing->cursor - completing->start ||
        memcmp(completing->text + start, word, length) != 0)
        return false;
    completing->inside = completing->start < completing->cursor &&
                         strchr("'\"", completing->text[completing->start]) != NULL;
    completing->word = word;
    completing->start = start;
    return true;
}

static void offer_aliases(struct completing *completing)
{
    const struct typed *typed = completing->shell->typed;

    for (uint32_t i = 0; typed != NULL && i < typed->aliases.count; i++)
        complete_offer(completing, typed->aliases.items[i].name, typed->aliases.items[i].words,
                       ' ');
}

static void offer_commands(struct completing *completing)
{
    const struct shell *shell = completing->shell;

    complete_offer(completing, "aws", "the AWS command line", ' ');
    complete_offer(completing, "lab", "what this console adds to AWS", ' ');
    for (size_t i = 0; services[i] != NULL; i++) {
        if (service_is_modelled(services[i]) &&
            shell_short_service(shell, services[i]->name) != NULL &&
            completing->start == strspn(completing->text, " \t"))
            complete_offer(completing, services[i]->name, services[i]->doc, ' ');
    }
    for (size_t i = 0; i < shell->table_count; i++) {
        for (const struct word *word = shell->tables[i].words; word->name != NULL; word++)
            complete_offer(completing, word->name, word->doc, ' ');
    }
    offer_aliases(completing);
}

static void offer_services(struct completing *completing)
{
    for (size_t i = 0; services[i] != NULL; i++) {
        if (services[i]->style != STYLE_LAB && service_is_modelled(services[i]))
            complete_offer_name(completing, services[i]->name, services[i]->doc, ' ');
    }
    complete_offer_name(completing, "help", "lists the services", ' ');
}

static void offer_operations(struct completing *completing, const struct service *service)
{
    for (size_t i = 0; service->ops[i] != NULL; i++)
        complete_offer_name(completing, name_cli(&completing->arena, service->ops[i]->name),
                            service->ops[i]->doc, ' ');
    if (service->waiters != NULL)
        complete_offer_name(completing, "wait", "waits until something is so", ' ');
    complete_offer_name(completing, "help", "lists the operations", ' ');
}

static void offer_waiters(struct completing *completing, const struct service *service)
{
    for (const struct waiter *waiter = service->waiters; waiter != NULL && waiter->name != NULL;
         waiter++)
        complete_offer_name(completing, name_cli(&completing->arena, waiter->name), waiter->op,
                            ' ');
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

/* ---- options and their values ---- */

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
        if ((field->flags & FIELD_HIDDEN) == 0 && !is_given(completing, option))
            complete_offer_name(completing, option, field->doc, ' ');
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
            complete_offer_name(completing, cli_options[i].name, cli_options[i].doc, ' ');
    }
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
        field = complete_field(completing, op, word + 2);
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
    complete_value(completing, op, option);
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
        complete_value(completing, op, option);
    else
        offer_options(completing, op);
}

/* Does an option of the CLI itself take the next word? */
static bool takes_next(const char *word)
{
    static const char *const names[] = {
        "--output",
        "--query",
        "--profile",
        "--region",
        "--color",
        "--endpoint-url",
        "--ca-bundle",
        "--cli-read-timeout",
        "--cli-connect-timeout",
        "--cli-error-format",
        "--cli-binary-format",
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
    bool wait = service != NULL && words.count > at && strcmp(words.items[at], "wait") == 0;
    const struct op *op = NULL;

    if (service != NULL && words.count > at)
        op = wait && words.count > at + 1 ? op_of_waiter(completing, service, words.items[at + 1])
                                          : op_of_word(completing, service, words.items[at]);
    if (takes_next(last))
        complete_cli_value(completing, op, last + 2);
    else if (op != NULL)
        complete_operation(completing, op);
    else if (service == NULL && words.count < 2)
        offer_services(completing);
    else if (service != NULL && words.count <= at)
        offer_operations(completing, service);
    else if (wait && words.count == at + 1)
        offer_waiters(completing, service);
}

static void offer_file_names(struct completing *completing)
{
    const struct table *files = &completing->shell->session->variables.files;

    for (uint32_t i = 0; i < table_count(files); i++)
        complete_offer(completing, ((const struct branch_file *)table_at(files, i))->name,
                       "a file of this branch", ' ');
}

static void offer_codes(struct completing *completing)
{
    const struct explanation *row;

    for (size_t i = 0; (row = explain_at(i)) != NULL; i++)
        complete_offer_name(completing, row->code, row->what, ' ');
}

/* `ec2 ...` is completed as `aws ec2 ...` where it is run so. */
static void add_left_out(struct completing *completing)
{
    if (completing->cut.words.count == 0 ||
        shell_short_service(completing->shell, completing->text) == NULL ||
        !str_starts(completing->text + strspn(completing->text, " \t"),
                    completing->cut.words.items[0]) ||
        shell_short_service(completing->shell, completing->cut.words.items[0]) == NULL)
        return;
    LIST_PUSH_IN(&completing->arena, &completing->cut.words);
    memmove(completing->cut.words.items + 1, completing->cut.words.items,
            (completing->cut.words.count - 1) * sizeof(completing->cut.words.items[0]));
    completing->cut.words.items[0] = "aws";
}

/* The shell's words that take files of the branch. */
static bool takes_files(const char *word)
{
    static const char *const words[] = {"cat", "save", "edit", "source"};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(words[i], word) == 0)
            return true;
    }
    return false;
}

static void complete_word(struct completing *completing)
{
    const char *first = completing->cut.words.count == 0 ? NULL : completing->cut.words.items[0];

    completing->word = completing->cut.word;
    completing->start = completing->cut.start;
    completing->inside = false;
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
    else if (strcmp(first, "explain") == 0 && completing->cut.words.count == 1)
        offer_codes(completing);
    else if (strcmp(first, "alias") == 0 || strcmp(first, "unalias") == 0)
        offer_aliases(completing);
    else if (takes_files(first))
        offer_file_names(completing);
}

/* The best first; names as good as each other in the order of their tables. */
static void add_near(struct completing *completing)
{
    const char *word = completing->word;

    completing->word = "";
    for (uint32_t added = 0; added < completing->near.count && added < NEAR_MAX; added++) {
        struct complete_near *best = &completing->near.items[0];

        for (uint32_t i = 1; i < completing->near.count; i++) {
            if (completing->near.items[i].score > best->score)
                best = &completing->near.items[i];
        }
        complete_offer(completing, best->text, best->doc, best->suffix);
        best->score = -1;
    }
    completing->word = word;
}

static void complete_plain(struct shell *shell, const char *text, size_t cursor,
                           struct line_candidates *candidates)
{
    struct completing completing = {
        .shell = shell,
        .candidates = candidates,
        .arena = ARENA_INIT,
        .text = text,
        .cursor = cursor,
    };

    complete_words_cut(&completing.arena, text, cursor, &completing.cut);
    add_left_out(&completing);
    complete_word(&completing);
    if (candidates->items.count == 0 && completing.cut.word[0] != '\0') {
        completing.loose = true;
        complete_word(&completing);
        add_near(&completing);
    }
    candidates->start = completing.start;
    arena_release(&completing.arena);
}

void complete_line(struct shell *shell, const char *text, size_t cursor,
                   struct line_candidates *candidates)
{
    size_t start = strspn(text, " \t");
    size_t end = start + strcspn(text + start, " \t\n");
    char *name = xstrndup(text + start, end - start);
    const char *words = shell->typed == NULL || cursor <= end ? NULL
                                                              : typed_find(shell->typed, name);

    free(name);
    if (words == NULL) {
        complete_plain(shell, text, cursor, candidates);
    } else { /* behind an alias stands what could stand behind its words */
        char *whole = xasprintf("%.*s%s%s", (int)start, text, words, text + end);
        size_t longer = strlen(words) + start;

        complete_plain(shell, whole, cursor - end + longer, candidates);
        if (candidates->start < longer)
            line_candidates_release(candidates); /* they would stand in the alias's own words */
        else
            candidates->start = candidates->start - longer + end;
        free(whole);
    }
}
