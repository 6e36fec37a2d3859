/*
 * api/condition.c - a condition: what a read command answers, compared with a value.
 */
#include "api/condition.h"

#include <stdlib.h>
#include <string.h>

#include "base/expand.h"
#include "base/jmespath.h"
#include "base/mem.h"
#include "base/str.h"
#include "api/arguments.h"
#include "api/commander.h"
#include "cloud/world.h"

static const char *const test_words[] = {"==", "!=", "<", "<=", ">", ">=", "in", "~", "has",
                                         "exists"};

enum { TESTS = sizeof(test_words) / sizeof(test_words[0]) };

/* ---- asking ---- */

/* One look at a condition, or the proof when it is read that it could be looked at. */
struct asking {
    struct condition_moment *moment; /* NULL: only the proof */
    const char *any; /* the proof's value of every variable and $( ) */
    struct str *why;               /* the proof's sentence; NULL: nobody wants to know */
    unsigned depth;
};

static int refuse(const struct asking *asking, const char *problem)
{
    if (asking->why != NULL && asking->why->length == 0)
        str_add(asking->why, problem);
    return -1;
}

/* Fills in `arguments` from the words of one command, and sees that it only reads. */
static int read_command(const struct asking *asking, const char *const *words, size_t count,
                        struct arguments *arguments)
{
    *arguments = (struct arguments){0};
    if (count == 0 || (strcmp(words[0], "aws") != 0 && strcmp(words[0], "lab") != 0))
        return refuse(asking, "a condition asks with an `aws` or a `lab` command");
    if (arguments_parse(arguments, words[0], words + 1, count - 1, NULL) != 0)
        return refuse(asking, str_text(&arguments->error));
    if (arguments->op == NULL || arguments->help || arguments->version ||
        arguments->skeleton != NULL)
        return refuse(asking, "a condition asks an operation");
    if (arguments_check_modelled(arguments) != 0)
        return refuse(asking, str_text(&arguments->error));
    if (arguments->waiter != NULL || (arguments->op->flags & (OP_WRITE | OP_LASTS)) != 0)
        return refuse(asking,
                      "a condition may only look: this command changes something, or waits");
    return 0;
}

static bool find_caller(const struct caller *asker, const struct arguments *arguments,
                        struct caller *caller)
{
    int region;

    *caller = *asker;
    if (arguments->profile != NULL &&
        !commander_profile(caller->world, arguments->profile, &caller->account))
        return false;
    if (arguments->region != NULL) {
        region = catalog_region_find(caller->world->catalog, arguments->region);
        if (region < 0)
            return false;
        caller->region = (uint8_t)region;
    }
    return true;
}

/* The operation's answer, borrowed from the moment; NULL when it was refused. */
static json_t *answer_of(struct condition_moment *moment, const struct caller *caller,
                         const struct arguments *arguments)
{
    struct condition_answer *known;
    struct call call;

    for (uint32_t i = 0; i < moment->answers.count; i++) {
        known = &moment->answers.items[i];
        if (known->op == arguments->op && known->account == caller->account &&
            known->region == caller->region && json_equal(known->params, arguments->params) != 0)
            return known->answer;
    }
    known = LIST_PUSH(&moment->answers);
    *known = (struct condition_answer){
        .op = arguments->op,
        .params = json_incref(arguments->params),
        .account = caller->account,
        .region = caller->region,
    };
    if (invoke_json(&call, caller, arguments->op, arguments->params, &known->answer) != 0)
        known->answer = NULL;
    call_release(&call);
    return known->answer;
}

void condition_moment_release(struct condition_moment *moment)
{
    for (uint32_t i = 0; i < moment->answers.count; i++) {
        json_decref(moment->answers.items[i].params);
        json_decref(moment->answers.items[i].answer);
    }
    LIST_RELEASE(&moment->answers);
}

/* What a command answers, after its --query (`path`; NULL: none); NULL when it was refused. */
static json_t *ask(struct condition_moment *moment, const struct arguments *arguments,
                   const struct jmespath *path)
{
    struct caller caller;
    json_t *answer;

    if (!find_caller(&moment->caller, arguments, &caller))
        return NULL;
    answer = answer_of(moment, &caller, arguments);
    if (answer == NULL || path == NULL)
        return json_incref(answer);
    return jmespath_search(path, answer, NULL);
}

static int expand_command(struct asking *asking, const struct words_command *command,
                          struct expand_argv *argv);

/* struct expand_host's run: $( ) in a condition's command. */
static int ask_within(void *context, const struct words_list *commands, struct str *output)
{
    struct asking *asking = context;
    struct arena arena = ARENA_INIT;
    struct expand_argv argv = {.arena = &arena};
    struct arguments arguments = {0};
    struct str problem = STR_INIT;
    int status = -1;

    if (commands->commands.count != 1 || asking->depth >= CONDITION_DEPTH_MAX)
        return refuse(asking, "$( ) in a condition holds one command") != 0;
    asking->depth++;
    if (expand_command(asking, &commands->commands.items[0], &argv) == 0)
        status = read_command(asking, (const char *const *)argv.items.items, argv.items.count,
                              &arguments);
    asking->depth--;
    if (status == 0 && asking->moment == NULL) {
        str_add(output, asking->any);
    } else if (status == 0) {
        struct jmespath *path =
            arguments.query == NULL ? NULL : jmespath_compile(arguments.query, NULL);
        json_t *answer = ask(asking->moment, &arguments, path);
        struct output_request request = {
            .value = answer,
            .title = arguments.op->name,
            .format = arguments.output < 0 ? OUTPUT_JSON : (enum output_format)arguments.output,
        };

        status = answer == NULL ? -1 : output_add(output, &request, &problem);
        jmespath_free(path);
        json_decref(answer);
    }
    while (output->length > 0 && output->text[output->length - 1] == '\n')
        str_cut(output, output->length - 1);
    str_release(&problem);
    arguments_release(&arguments);
    arena_release(&arena);
    return status != 0;
}

static const char *value_of_variable(const struct condition_moment *moment, const char *name)
{
    return moment->variable == NULL ? NULL : moment->variable(moment->context, name);
}

static const char *ask_variable(void *context, const char *name)
{
    const struct asking *asking = context;

    return asking->moment == NULL ? asking->any : value_of_variable(asking->moment, name);
}

static int expand_command(struct asking *asking, const struct words_command *command,
                          struct expand_argv *argv)
{
    struct expand_host host = {.context = asking, .variable = ask_variable, .run = ask_within};

    if (command->redirects.count > 0 || command->assigns.count > 0)
        return refuse(asking, "a condition's command has no redirection and sets no variable");
    for (uint32_t i = 0; i < command->words.count; i++) {
        if (expand_word(&host, &command->words.items[i], argv) != 0)
            return refuse(asking, "a condition's command becomes too long");
    }
    return 0;
}

/* ---- comparing ---- */

/* Whether a text matches a pattern with * (anything) and ? (one byte); in time length times stars.
 */
static bool matches(const char *text, const char *pattern)
{
    const char *star = NULL;
    const char *again = NULL;

    while (*text != '\0') {
        if (*pattern == '*') {
            star = ++pattern;
            again = text;
        } else if (*pattern == '?' || *pattern == *text) {
            pattern++;
            text++;
        } else if (star != NULL) {
            pattern = star;
            text = ++again;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

static bool equal(const json_t *a, const json_t *b)
{
    if (json_is_number(a) && json_is_number(b))
        return json_number_value(a) == json_number_value(b);
    return json_equal(a, b) != 0;
}

/* Numbers by size, texts byte by byte; anything else cannot be compared. */
static bool order(const json_t *a, const json_t *b, int *sign)
{
    if (json_is_number(a) && json_is_number(b)) {
        double x = json_number_value(a);
        double y = json_number_value(b);

        *sign = x < y ? -1 : x > y;
        return true;
    }
    if (!json_is_string(a) || !json_is_string(b))
        return false;
    *sign = strcmp(json_string_value(a), json_string_value(b));
    return true;
}

static bool list_has(const json_t *list, const json_t *item)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (equal(json_array_get(list, i), item))
            return true;
    }
    return false;
}

static bool exists(const json_t *found)
{
    return !json_is_null(found) && !json_is_false(found) &&
           !(json_is_array(found) && json_array_size(found) == 0) &&
           !(json_is_object(found) && json_object_size(found) == 0) &&
           !(json_is_string(found) && json_string_length(found) == 0);
}

static bool has(const json_t *found, const json_t *value)
{
    if (json_is_string(found) && json_is_string(value))
        return strstr(json_string_value(found), json_string_value(value)) != NULL;
    return list_has(found, value);
}

static bool compare(const json_t *found, enum condition_test test, const json_t *value)
{
    int sign = 0;
    bool ordered = order(found, value, &sign);

    switch (test) {
    case CONDITION_EQUAL:
        return equal(found, value);
    case CONDITION_UNEQUAL:
        return !equal(found, value);
    case CONDITION_LESS:
        return ordered && sign < 0;
    case CONDITION_AT_MOST:
        return ordered && sign <= 0;
    case CONDITION_GREATER:
        return ordered && sign > 0;
    case CONDITION_AT_LEAST:
        return ordered && sign >= 0;
    case CONDITION_IN:
        return list_has(value, found);
    case CONDITION_MATCHES:
        return json_is_string(found) && json_is_string(value) &&
               matches(json_string_value(found), json_string_value(value));
    case CONDITION_HAS:
        return has(found, value);
    case CONDITION_EXISTS:
        return exists(found);
    }
    return false;
}

/* A word of the lesson, or what a variable holds, as JSON: numbers and such mean themselves, any
 * other text is a text. */
static json_t *value_of(const char *text)
{
    json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);

    return value != NULL ? value : json_string(text);
}

/* Account numbers and such are texts, whatever they look like.  Takes the value. */
static json_t *number_as_text(json_t *value)
{
    char *digits = json_dumps(value, JSON_ENCODE_ANY);
    json_t *text = json_string(digits);

    free(digits);
    json_decref(value);
    return text;
}

/* ---- watching ---- */

struct condition_watch {
    const struct condition *condition; /* borrowed */
    struct arena arena;        /* owns the words below */
    const char **words;        /* of which the arguments were made; NULL: none yet */
    size_t count;
    struct arguments arguments;
    struct jmespath *path; /* owned; NULL: the command has no --query */
    bool usable;           /* the words are a read operation */
};

struct condition_watch *condition_watch_new(const struct condition *condition)
{
    struct condition_watch *watch = xcalloc(1, sizeof(*watch));

    watch->condition = condition;
    return watch;
}

static void watch_clear(struct condition_watch *watch)
{
    if (watch->words != NULL)
        arguments_release(&watch->arguments);
    jmespath_free(watch->path);
    arena_release(&watch->arena);
    watch->path = NULL;
    watch->words = NULL;
}

void condition_watch_free(struct condition_watch *watch)
{
    if (watch == NULL)
        return;
    watch_clear(watch);
    free(watch);
}

static bool same_words(const struct condition_watch *watch, const struct expand_argv *argv)
{
    if (watch->words == NULL || watch->count != argv->items.count)
        return false;
    for (size_t i = 0; i < watch->count; i++) {
        if (strcmp(watch->words[i], argv->items.items[i]) != 0)
            return false;
    }
    return true;
}

static void watch_words(struct condition_watch *watch, const struct asking *asking,
                        const struct expand_argv *argv)
{
    watch_clear(watch);
    watch->count = argv->items.count;
    watch->words = arena_alloc(&watch->arena, (watch->count + 1) * sizeof(*watch->words));
    for (size_t i = 0; i < watch->count; i++)
        watch->words[i] = arena_strdup(&watch->arena, argv->items.items[i]);
    watch->usable = read_command(asking, watch->words, watch->count, &watch->arguments) == 0;
    if (watch->usable && watch->arguments.query != NULL)
        watch->path = jmespath_compile(watch->arguments.query, NULL);
}

static bool answer_holds(const struct condition *condition, const struct condition_moment *moment,
                         const json_t *found)
{
    const char *text =
        condition->variable == NULL ? NULL : value_of_variable(moment, condition->variable);
    json_t *value = condition->variable == NULL ? json_incref(condition->value)
                                            : value_of(text == NULL ? "" : text);
    bool holds;

    if (json_is_string(found) && json_is_number(value))
        value = number_as_text(value);
    holds = json_array_size(found) <= CONDITION_ROWS_MAX && compare(found, condition->test, value);

    json_decref(value);
    return holds;
}

bool condition_holds(struct condition_watch *watch, struct condition_moment *moment)
{
    struct asking asking = {.moment = moment};
    struct arena arena = ARENA_INIT;
    struct expand_argv argv = {.arena = &arena};
    json_t *found = NULL;
    bool holds = false;

    if (expand_command(&asking, &watch->condition->parsed.commands.items[0], &argv) == 0) {
        if (!same_words(watch, &argv))
            watch_words(watch, &asking, &argv);
        if (watch->usable)
            found = ask(moment, &watch->arguments, watch->path);
    }
    if (found != NULL)
        holds = answer_holds(watch->condition, moment, found);
    json_decref(found);
    arena_release(&arena);
    return holds;
}

/* ---- reading ---- */

static int wrong(struct str *why, const char *problem)
{
    if (why->length == 0)
        str_add(why, problem);
    return -1;
}

/* Past a quoted part or a $( ) that begins at `at`, else past one character. */
static size_t skip_piece(const char *text, size_t at)
{
    char quote = text[at];
    unsigned depth = 0;

    if (text[at] == '\\' && text[at + 1] != '\0')
        return at + 2;
    if (quote == '\'') {
        const char *end = strchr(text + at + 1, '\'');

        return end == NULL ? strlen(text) : (size_t)(end - text) + 1;
    }
    if (quote == '"') {
        for (at++; text[at] != '\0' && text[at] != '"'; at++)
            at += text[at] == '\\' && text[at + 1] != '\0';
        return text[at] == '\0' ? at : at + 1;
    }
    if (strncmp(text + at, "$(", 2) != 0)
        return at + 1;
    for (at++; text[at] != '\0'; at++) {
        depth += text[at] == '(';
        if (text[at] == ')' && --depth == 0)
            return at + 1;
    }
    return at;
}

/* The last word of the text, outside of quotes, that is a comparison: where it begins. */
static bool find_test(const char *text, size_t *start, enum condition_test *test)
{
    bool found = false;
    size_t at = 0;

    while (text[at] != '\0') {
        size_t begin = at += strspn(text + at, " \t\n");

        while (text[at] != '\0' && strchr(" \t\n", text[at]) == NULL)
            at = skip_piece(text, at);
        for (size_t i = 0; i < TESTS; i++) {
            if (at - begin == strlen(test_words[i]) &&
                strncmp(text + begin, test_words[i], at - begin) == 0) {
                *start = begin;
                *test = (enum condition_test)i;
                found = true;
            }
        }
    }
    return found;
}

static char *trim(char *text)
{
    size_t length;

    text += strspn(text, " \t\n");
    length = strlen(text);
    while (length > 0 && strchr(" \t\n", text[length - 1]) != NULL)
        text[--length] = '\0';
    return text;
}

static int read_value(char *text, struct condition *condition, struct str *why)
{
    size_t length;

    text = trim(text);
    length = strlen(text);
    if (condition->test == CONDITION_EXISTS)
        return length > 0 ? wrong(why, "`exists` takes no value") : 0;
    if (length == 0)
        return wrong(why, "the comparison has no value");
    if (text[0] == '$') {
        condition->variable = text + 1;
        return 0;
    }
    if (length > 1 && text[0] == '\'' && text[length - 1] == '\'') {
        text[length - 1] = '\0';
        condition->value = json_string(text + 1);
    } else {
        condition->value = value_of(text);
    }
    if (condition->value == NULL)
        return wrong(why, "the value cannot be read");
    if (condition->test == CONDITION_IN && !json_is_array(condition->value))
        return wrong(why, "`in` takes a list: [\"a\", \"b\"]");
    return 0;
}

/* Proves that the command reads, with some value for every variable. */
static int prove(struct arena *arena, const struct condition *condition, const char *any,
                 struct str *why)
{
    struct asking asking = {.any = any, .why = why};
    struct expand_argv argv = {.arena = arena};
    struct arguments arguments;
    int status;

    if (expand_command(&asking, &condition->parsed.commands.items[0], &argv) != 0)
        return -1;
    status = read_command(&asking, (const char *const *)argv.items.items, argv.items.count,
                          &arguments);
    arguments_release(&arguments);
    return status;
}

/* A variable may stand for a number, for a name or for an ARN: one of them has to fit. */
static int read_command_text(struct arena *arena, struct condition *condition, struct str *why)
{
    struct words_source source = {.text = condition->command, .length = strlen(condition->command)};
    struct words_refusal refusal;
    struct str other = STR_INIT;
    int status;

    if (words_parse(&source, arena, &condition->parsed, &refusal) != WORDS_OK)
        return wrong(why, refusal.message);
    if (condition->parsed.commands.count != 1)
        return wrong(why, "a condition asks one command");
    if (prove(arena, condition, "1", why) == 0)
        return 0;
    status = prove(arena, condition, "x", &other);
    if (status != 0)
        status = prove(arena, condition, "arn:aws:elasticloadbalancing:x", &other);
    if (status == 0)
        str_clear(why);
    str_release(&other);
    return status;
}

int condition_parse(char *text, struct arena *arena, struct condition *condition, struct str *why)
{
    size_t at;

    *condition = (struct condition){0};
    if (!find_test(text, &at, &condition->test))
        return wrong(why, "there is no comparison: == != < <= > >= in ~ has exists");
    if (read_value(text + at + strlen(test_words[condition->test]), condition, why) != 0) {
        condition_release(condition);
        return -1;
    }
    text[at] = '\0';
    condition->command = trim(text);
    if (read_command_text(arena, condition, why) != 0) {
        condition_release(condition);
        return -1;
    }
    return 0;
}

void condition_release(struct condition *condition)
{
    json_decref(condition->value);
    condition->value = NULL;
}
