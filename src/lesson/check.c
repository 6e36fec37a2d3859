/*
 * lesson/check.c - one condition of a lesson's step, and whether it holds.
 */
#include "lesson/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/expand.h"
#include "base/jmespath.h"
#include "base/mem.h"
#include "base/str.h"
#include "sim/clock.h"
#include "api/arguments.h"
#include "api/invoke.h"
#include "shell/session.h"

static const char *const test_words[] = {"==", "!=", "<", "<=", ">", ">=", "in", "~", "has",
                                         "exists"};

enum { TESTS = sizeof(test_words) / sizeof(test_words[0]) };

/* ---- asking ---- */

/* One look at a check, or the proof when it is read that it could be looked at. */
struct asking {
    struct check_moment *moment; /* NULL: only the proof */
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
        return refuse(asking, "a check asks with an `aws` or a `lab` command");
    if (arguments_parse(arguments, words[0], words + 1, count - 1, NULL) != 0)
        return refuse(asking, str_text(&arguments->error));
    if (arguments->op == NULL || arguments->help || arguments->version ||
        arguments->skeleton != NULL)
        return refuse(asking, "a check asks an operation");
    if (arguments_check_modelled(arguments) != 0)
        return refuse(asking, str_text(&arguments->error));
    if (arguments->waiter != NULL || (arguments->op->flags & (OP_WRITE | OP_LASTS)) != 0)
        return refuse(asking, "a check may only look: this command changes something, or waits");
    return 0;
}

static bool find_caller(const struct session *session, const struct arguments *arguments,
                        struct caller *caller)
{
    int region;

    *caller = session->commander.caller;
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
static json_t *answer_of(struct check_moment *moment, const struct caller *caller,
                         const struct arguments *arguments)
{
    struct check_answer *known;
    struct call call;

    for (uint32_t i = 0; i < moment->answers.count; i++) {
        known = &moment->answers.items[i];
        if (known->op == arguments->op && known->account == caller->account &&
            known->region == caller->region && json_equal(known->params, arguments->params) != 0)
            return known->answer;
    }
    known = LIST_PUSH(&moment->answers);
    *known = (struct check_answer){
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

void check_moment_release(struct check_moment *moment)
{
    for (uint32_t i = 0; i < moment->answers.count; i++) {
        json_decref(moment->answers.items[i].params);
        json_decref(moment->answers.items[i].answer);
    }
    LIST_RELEASE(&moment->answers);
}

/* What a command answers, after its --query (`path`; NULL: none); NULL when it was refused. */
static json_t *ask(struct check_moment *moment, const struct arguments *arguments,
                   const struct jmespath *path)
{
    struct caller caller;
    json_t *answer;

    if (!find_caller(moment->session, arguments, &caller))
        return NULL;
    answer = answer_of(moment, &caller, arguments);
    if (answer == NULL || path == NULL)
        return json_incref(answer);
    return jmespath_search(path, answer, NULL);
}

static int expand_command(struct asking *asking, const struct words_command *command,
                          struct expand_argv *argv);

/* struct expand_host's run: $( ) in a check's command. */
static int ask_within(void *context, const struct words_list *commands, struct str *output)
{
    struct asking *asking = context;
    struct arena arena = ARENA_INIT;
    struct expand_argv argv = {.arena = &arena};
    struct arguments arguments = {0};
    struct str problem = STR_INIT;
    int status = -1;

    if (commands->commands.count != 1 || asking->depth >= CHECK_DEPTH_MAX)
        return refuse(asking, "$( ) in a check holds one command") != 0;
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

static const char *ask_variable(void *context, const char *name)
{
    const struct asking *asking = context;

    return asking->moment == NULL ? asking->any
                                  : session_variable(asking->moment->session, name);
}

static int expand_command(struct asking *asking, const struct words_command *command,
                          struct expand_argv *argv)
{
    struct expand_host host = {.context = asking, .variable = ask_variable, .run = ask_within};

    if (command->redirects.count > 0 || command->assigns.count > 0)
        return refuse(asking, "a check's command has no redirection and sets no variable");
    for (uint32_t i = 0; i < command->words.count; i++) {
        if (expand_word(&host, &command->words.items[i], argv) != 0)
            return refuse(asking, "a check's command becomes too long");
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

static bool compare(const json_t *found, enum check_test test, const json_t *value)
{
    int sign = 0;
    bool ordered = order(found, value, &sign);

    switch (test) {
    case CHECK_EQUAL:
        return equal(found, value);
    case CHECK_UNEQUAL:
        return !equal(found, value);
    case CHECK_LESS:
        return ordered && sign < 0;
    case CHECK_AT_MOST:
        return ordered && sign <= 0;
    case CHECK_GREATER:
        return ordered && sign > 0;
    case CHECK_AT_LEAST:
        return ordered && sign >= 0;
    case CHECK_IN:
        return list_has(value, found);
    case CHECK_MATCHES:
        return json_is_string(found) && json_is_string(value) &&
               matches(json_string_value(found), json_string_value(value));
    case CHECK_HAS:
        return has(found, value);
    case CHECK_EXISTS:
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

struct check_watch {
    const struct check *check; /* borrowed */
    struct arena arena;        /* owns the words below */
    const char **words;        /* of which the arguments were made; NULL: none yet */
    size_t count;
    struct arguments arguments;
    struct jmespath *path; /* owned; NULL: the command has no --query */
    bool usable;           /* the words are a read operation */
};

struct check_watch *check_watch_new(const struct check *check)
{
    struct check_watch *watch = xcalloc(1, sizeof(*watch));

    watch->check = check;
    return watch;
}

static void watch_clear(struct check_watch *watch)
{
    if (watch->words != NULL)
        arguments_release(&watch->arguments);
    jmespath_free(watch->path);
    arena_release(&watch->arena);
    watch->path = NULL;
    watch->words = NULL;
}

void check_watch_free(struct check_watch *watch)
{
    if (watch == NULL)
        return;
    watch_clear(watch);
    free(watch);
}

static bool same_words(const struct check_watch *watch, const struct expand_argv *argv)
{
    if (watch->words == NULL || watch->count != argv->items.count)
        return false;
    for (size_t i = 0; i < watch->count; i++) {
        if (strcmp(watch->words[i], argv->items.items[i]) != 0)
            return false;
    }
    return true;
}

static void watch_words(struct check_watch *watch, const struct asking *asking,
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

static bool answer_holds(const struct check *check, const struct session *session,
                         const json_t *found)
{
    const char *text = check->variable == NULL ? NULL : session_variable(session, check->variable);
    json_t *value = check->variable == NULL ? json_incref(check->value)
                                            : value_of(text == NULL ? "" : text);
    bool holds;

    if (json_is_string(found) && json_is_number(value))
        value = number_as_text(value);
    holds = json_array_size(found) <= CHECK_ROWS_MAX && compare(found, check->test, value);

    json_decref(value);
    return holds;
}

bool check_holds(struct check_watch *watch, struct check_moment *moment)
{
    struct asking asking = {.moment = moment};
    struct arena arena = ARENA_INIT;
    struct expand_argv argv = {.arena = &arena};
    json_t *found = NULL;
    bool holds = false;

    if (expand_command(&asking, &watch->check->parsed.commands.items[0], &argv) == 0) {
        if (!same_words(watch, &argv))
            watch_words(watch, &asking, &argv);
        if (watch->usable)
            found = ask(moment, &watch->arguments, watch->path);
    }
    if (found != NULL)
        holds = answer_holds(watch->check, moment->session, found);
    json_decref(found);
    arena_release(&arena);
    return holds;
}

/* ---- reading ---- */

int64_t check_duration(const char *text)
{
    char *end;
    long number = strtol(text, &end, 10);
    int64_t unit = *end == 's' ? 1 : *end == 'm' ? 60 : *end == 'h' ? 3600 : 0;

    if (text[0] < '0' || text[0] > '9' || unit == 0 || end[1] != '\0' || number < 1 ||
        number > 86400)
        return -1;
    return number * unit * SECOND_NS;
}

static bool is_id(const char *text)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-_");

    return length > 0 && length <= 64 && text[length] == '\0';
}

static int wrong(struct str *why, const char *problem)
{
    if (why->length == 0)
        str_add(why, problem);
    return -1;
}

/* The words before the colon. */
static int read_head(char **words, size_t count, struct check *check, struct str *why)
{
    size_t at = 2;

    if (count == 0 || !is_id(words[0]))
        return wrong(why, "a check begins with its id: small letters, digits, - and _");
    check->id = words[0];
    if (count == 1 || strcmp(words[1], "ever") == 0) {
        check->mode = CHECK_EVER;
    } else if (strcmp(words[1], "now") == 0) {
        check->mode = CHECK_NOW;
    } else if (strcmp(words[1], "never") == 0) {
        check->mode = CHECK_NEVER;
    } else if (strcmp(words[1], "hold") == 0 || strcmp(words[1], "within") == 0) {
        check->mode = words[1][0] == 'h' ? CHECK_HOLD : CHECK_WITHIN;
        check->duration = count < 3 ? -1 : check_duration(words[2]);
        if (check->duration < 0)
            return wrong(why, "`hold` and `within` take a time: 30s, 2m or 1h");
        at = 3;
    } else {
        return wrong(why, "after a check's id comes ever, now, hold, never or within");
    }
    if (check->mode == CHECK_WITHIN && at + 2 == count && strcmp(words[at], "after") == 0) {
        check->after = words[at + 1];
        at += 2;
    }
    return at < count ? wrong(why, "there is a word too many before the colon") : 0;
}

static int split_head(char *text, struct check *check, struct str *why)
{
    char *words[6];
    size_t count = 0;

    while (*text != '\0') {
        size_t length;

        text += strspn(text, " \t\n");
        length = strcspn(text, " \t\n");
        if (length == 0)
            break;
        if (count == 6)
            return wrong(why, "there is a word too many before the colon");
        words[count++] = text;
        text += length;
        if (*text != '\0')
            *text++ = '\0';
    }
    return read_head(words, count, check, why);
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
static bool find_test(const char *text, size_t *start, enum check_test *test)
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
                *test = (enum check_test)i;
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

static int read_value(char *text, struct check *check, struct str *why)
{
    size_t length;

    text = trim(text);
    length = strlen(text);
    if (check->test == CHECK_EXISTS)
        return length > 0 ? wrong(why, "`exists` takes no value") : 0;
    if (length == 0)
        return wrong(why, "the comparison has no value");
    if (text[0] == '$') {
        check->variable = text + 1;
        return 0;
    }
    if (length > 1 && text[0] == '\'' && text[length - 1] == '\'') {
        text[length - 1] = '\0';
        check->value = json_string(text + 1);
    } else {
        check->value = value_of(text);
    }
    if (check->value == NULL)
        return wrong(why, "the value cannot be read");
    if (check->test == CHECK_IN && !json_is_array(check->value))
        return wrong(why, "`in` takes a list: [\"a\", \"b\"]");
    return 0;
}

/* Takes `else "TEXT"` from the end. */
static int split_else(char *text, struct arena *arena, struct check *check, struct str *why)
{
    static const char missing[] = "a check ends with else \"why, and where to look\"";
    char *last = NULL;
    struct str clean = STR_INIT;
    size_t length;

    for (char *at = strstr(text, "else \""); at != NULL; at = strstr(at + 1, "else \"")) {
        if (at > text && strchr(" \t\n", at[-1]) != NULL)
            last = at;
    }
    if (last == NULL)
        return wrong(why, missing);
    length = strlen(last);
    if (length < 8 || last[length - 1] != '"')
        return wrong(why, missing);
    for (const char *at = last + 6; at < last + length - 1; at++) {
        if (*at == '\\' && at[1] == '"')
            continue;
        str_addc(&clean, *at == '\n' ? ' ' : *at);
    }
    check->otherwise = arena_strdup(arena, str_text(&clean));
    str_release(&clean);
    *last = '\0';
    return 0;
}

/* Proves that the command reads, with some value for every variable. */
static int prove(struct arena *arena, const struct check *check, const char *any, struct str *why)
{
    struct asking asking = {.any = any, .why = why};
    struct expand_argv argv = {.arena = arena};
    struct arguments arguments;
    int status;

    if (expand_command(&asking, &check->parsed.commands.items[0], &argv) != 0)
        return -1;
    status = read_command(&asking, (const char *const *)argv.items.items, argv.items.count,
                          &arguments);
    arguments_release(&arguments);
    return status;
}

/* A variable may stand for a number, for a name or for an ARN: one of them has to fit. */
static int read_command_text(struct arena *arena, struct check *check, struct str *why)
{
    struct words_source source = {.text = check->command, .length = strlen(check->command)};
    struct words_refusal refusal;
    struct str other = STR_INIT;
    int status;

    if (words_parse(&source, arena, &check->parsed, &refusal) != WORDS_OK)
        return wrong(why, refusal.message);
    if (check->parsed.commands.count != 1)
        return wrong(why, "a check asks one command");
    if (prove(arena, check, "1", why) == 0)
        return 0;
    status = prove(arena, check, "x", &other);
    if (status != 0)
        status = prove(arena, check, "arn:aws:elasticloadbalancing:x", &other);
    if (status == 0)
        str_clear(why);
    str_release(&other);
    return status;
}

int check_parse(const char *text, struct arena *arena, struct check *check, struct str *why)
{
    char *copy = trim(arena_strdup(arena, text));
    char *colon = strstr(copy, " : ");
    char *rest;
    size_t at;

    *check = (struct check){0};
    if (colon == NULL)
        return wrong(why, "a check has ` : ` between its id and its command");
    *colon = '\0';
    rest = trim(colon + 3);
    if (split_head(copy, check, why) != 0 || split_else(rest, arena, check, why) != 0)
        return -1;
    if (!find_test(rest, &at, &check->test))
        return wrong(why, "there is no comparison: == != < <= > >= in ~ has exists");
    if (read_value(rest + at + strlen(test_words[check->test]), check, why) != 0) {
        check_release(check);
        return -1;
    }
    rest[at] = '\0';
    check->command = trim(rest);
    if (read_command_text(arena, check, why) != 0) {
        check_release(check);
        return -1;
    }
    return 0;
}

void check_release(struct check *check)
{
    json_decref(check->value);
    check->value = NULL;
}
