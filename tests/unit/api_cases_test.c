/*
 * tests/unit/api_cases_test.c - tests/cases: our own table of what the AWS command line means.
 *
 * If this fails, a line means something else here than at AWS, or is refused in other words, or an
 * answer is printed otherwise.
 *
 * A file of cases is blocks with an empty line between: what is given, in one line, and what must
 * come of it.  In what must come, {usage} is the CLI's blurb about its usage, and a line with a
 * lone ~ is an empty one.  Lines before a block that begin with # are remarks.  Prints the cases
 * that failed, and for each file how many are right; with -v, what came of each.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/expand.h"
#include "base/jmespath.h"
#include "base/mem.h"
#include "base/str.h"
#include "api/arguments.h"
#include "api/output.h"
#include "api/sent.h"
#include "api/shorthand.h"

#include "cases.h"

static const char usage[] =
    "usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]\n"
    "To see help text, you can run:\n\n  aws help\n  aws <command> help\n"
    "  aws <command> <subcommand> help";

/* What a case came to: words, and perhaps JSON after them. */
struct came {
    struct str text;
    json_t *value; /* owned; NULL: none */
};

struct suite {
    const char *name; /* its file in tests/cases */
    void (*run)(struct suite *suite, const char *given, struct came *came);
    json_t *given; /* of jmespath: what the expressions look at; owned */
    size_t passed;
    size_t count;
    bool verbose;
};

/* ---- the four kinds of cases ---- */

/* Files that the lines name. */
static char *read_file(void *context, const char *path, size_t *size, struct str *reason)
{
    static const char *const files[][2] = {
        {"tags.json", "[{\"Key\": \"a\", \"Value\": \"b\"}]\n"},
        {"ids.txt", "i-1\n"},
        {"init.sh", "#!/bin/sh\necho hello\n"},
        {"input.json", "{\"InstanceIds\": [\"i-1\"], \"DryRun\": true}"},
        {"input.yaml", "InstanceIds:\n- i-1\nDryRun: true\n"},
    };

    (void)context;
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        if (strcmp(path, files[i][0]) == 0) {
            *size = strlen(files[i][1]);
            return xstrdup(files[i][1]);
        }
    }
    str_addf(reason, "[Errno 2] No such file or directory: '%s'", path);
    return NULL;
}

/* The words of a line, as a shell cuts them. */
static void cut(const char *line, struct expand_argv *argv)
{
    struct words_source source = {.text = line, .length = strlen(line)};
    const struct expand_host host = {0};
    struct words_list list = {0};
    struct words_refusal why = {0};

    if (words_parse(&source, argv->arena, &list, &why) != WORDS_OK || list.commands.count != 1) {
        printf("# no line: %s\n", line);
        abort();
    }
    for (uint32_t i = 0; i < list.commands.items[0].words.count; i++)
        expand_word(&host, &list.commands.items[0].words.items[i], argv);
}

/* `ec2 describe-vpcs ...`: the operation and its parameters, or the exit code and the refusal. */
static void run_line(struct suite *suite, const char *given, struct came *came)
{
    static const struct file_source files = {.read = read_file};
    struct arena arena = ARENA_INIT;
    struct expand_argv argv = {.arena = &arena};
    struct arguments arguments;
    const char *blurb;

    (void)suite;
    cut(given, &argv);
    arguments_parse(&arguments, "aws", argv.items.items, argv.items.count, &files);
    if (arguments.exit_code == 0 && arguments.op != NULL) {
        str_add(&came->text, arguments.op->name);
        came->value = sent_params(&arguments);
    } else {
        blurb = strstr(str_text(&arguments.error), usage);
        str_addf(&came->text, "%d ", arguments.exit_code);
        str_addn(&came->text, str_text(&arguments.error),
                 blurb == NULL ? arguments.error.length
                               : (size_t)(blurb - str_text(&arguments.error)));
        str_add(&came->text, blurb == NULL ? "" : "{usage}");
    }
    arguments_release(&arguments);
    arena_release(&arena);
}

/* A value in shorthand: JSON, or the error. */
static void run_shorthand(struct suite *suite, const char *given, struct came *came)
{
    (void)suite;
    came->value = shorthand_parse(given, NULL, &came->text);
}

/* `given JSON`, and then expressions: what they find, or `error KIND`. */
static void run_jmespath(struct suite *suite, const char *given, struct came *came)
{
    struct jmespath_error error = JMESPATH_ERROR_INIT;
    struct jmespath *path = jmespath_compile(given, &error);

    came->value = path == NULL ? NULL : jmespath_search(path, suite->given, &error);
    if (came->value == NULL)
        str_addf(&came->text, "error %s", jmespath_error_word(error.kind));
    jmespath_free(path);
    jmespath_error_release(&error);
}

/* `FORMAT JSON`: the bytes that the CLI prints. */
static void run_output(struct suite *suite, const char *given, struct came *came)
{
    struct output_request request = {.title = "DescribeThings"};
    char *name = xstrndup(given, strcspn(given, " "));
    json_t *value = json_loads(given + strlen(name), JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);

    (void)suite;
    if (value == NULL || output_parse_name(name, &request.format) != 0)
        abort();
    request.value = value;
    output_add(&came->text, &request, &came->text);
    if (str_ends(str_text(&came->text), "\n"))
        str_cut(&came->text, came->text.length - 1);
    json_decref(value);
    free(name);
}

/* ---- reading and judging ---- */

/* Words alike, and what stands after them the same JSON. */
static bool agrees(const struct came *came, const char *wanted)
{
    size_t words = came->text.length;
    json_t *value;
    bool same;

    if (came->value == NULL)
        return strcmp(str_text(&came->text), wanted) == 0;
    if (strncmp(str_text(&came->text), wanted, words) != 0)
        return false;
    value = json_loads(wanted + words, JSON_DECODE_ANY, NULL);
    same = cases_same(value, came->value);
    json_decref(value);
    return same;
}

static void run_block(struct suite *suite, size_t line, const char *given, const char *wanted)
{
    struct came came = {.text = STR_INIT};
    bool good;

    if (str_starts(given, "given ")) {
        json_decref(suite->given);
        suite->given = json_loads(given + strlen("given "), JSON_DECODE_ANY, NULL);
        return;
    }
    suite->run(suite, given, &came);
    good = agrees(&came, wanted);
    suite->count++;
    suite->passed += good;
    if (!good || suite->verbose) {
        char *value =
            came.value == NULL ? NULL : json_dumps(came.value, JSON_ENCODE_ANY | JSON_COMPACT);

        printf("# tests/cases/%s:%zu: %s\n%s %s\n", suite->name, line, given, str_text(&came.text),
               value == NULL ? "" : value);
        if (!good)
            printf("# wanted\n%s\n", wanted);
        free(value);
    }
    json_decref(came.value);
    str_release(&came.text);
}

static void run_suite(struct suite *suite)
{
    char *path = xasprintf("tests/cases/%s", suite->name);
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    size_t number = 0;
    char *given = NULL;
    struct str wanted = STR_INIT;
    ssize_t length = 0;

    while (file != NULL && length >= 0) {
        length = getline(&line, &room, file);
        number++;
        if (length > 0 && line[length - 1] == '\n')
            line[length - 1] = '\0';
        if (length < 0 || line[0] == '\0') {
            if (given != NULL)
                run_block(suite, number - 1, given, str_text(&wanted));
            free(given);
            given = NULL;
            str_clear(&wanted);
        } else if (given != NULL) {
            str_addf(&wanted, "%s%s", wanted.length > 0 ? "\n" : "",
                     strcmp(line, "~") == 0 ? "" : line);
        } else if (line[0] != '#') {
            given = xstrdup(line);
        }
    }
    printf("%s %zu of %zu\n", suite->name, suite->passed, suite->count);
    if (file != NULL)
        fclose(file);
    json_decref(suite->given);
    str_release(&wanted);
    free(line);
    free(path);
}

int main(int count, char **words)
{
    struct suite suites[] = {
        {.name = "lines", .run = run_line},
        {.name = "shorthand", .run = run_shorthand},
        {.name = "jmespath", .run = run_jmespath},
        {.name = "output", .run = run_output},
    };
    bool good = true;

    for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++) {
        suites[i].verbose = count > 1 && strcmp(words[1], "-v") == 0;
        run_suite(&suites[i]);
        good = good && suites[i].count > 0 && suites[i].passed == suites[i].count;
    }
    return good ? 0 : 1;
}
