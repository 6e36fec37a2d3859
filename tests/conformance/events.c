/*
 * tests/conformance/events.c - event patterns and schedule expressions, as AWS judged them.
 *
 *   events [-v] FOLDER    FOLDER/events: patterns-aws-validated, patterns-ruler,
 * schedule-expressions
 *
 * Prints how many of the cases passed, with -v each that did not; exits with 0 when all did.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/event_pattern.h"
#include "base/mem.h"
#include "base/str.h"
#include "sim/schedule.h"

#include "cases.h"

struct score {
    bool verbose;
    unsigned passed;
    unsigned count;
};

/* A member that is text, or JSON to be written as Python writes it. */
static char *text_of(json_t *test, const char *text_name, const char *name)
{
    const char *text = json_string_value(json_object_get(test, text_name));

    return text != NULL ? xstrdup(text)
                        : json_dumps(json_object_get(test, name), JSON_ENSURE_ASCII);
}

/* What was expected to be said; NULL: the verdict alone counts. */
static const char *wanted_words(json_t *test, bool *first_line)
{
    json_t *error = json_object_get(test, "error");

    /* Some were recorded with names in the place of a Region. */
    *first_line = error == NULL || strstr(json_string_value(json_object_get(error, "MessageRaw")),
                                          "<partition>") != NULL;
    if (error == NULL)
        return json_string_value(json_object_get(test, "message"));
    return strlen("Event pattern is not valid. Reason: ") +
           json_string_value(json_object_get(error, "MessageRaw"));
}

static bool run_pattern(json_t *test, struct str *said)
{
    char *pattern_text = text_of(test, "pattern_text", "pattern");
    char *event = text_of(test, "event_text", "event");
    const char *expect = cases_text(test, "expect");
    struct event_pattern *pattern = event_pattern_compile(pattern_text, strlen(pattern_text), said);
    struct event_fields *fields = event_fields_new();
    bool first_line;
    const char *wanted = wanted_words(test, &first_line);
    bool passed;

    if (pattern == NULL) {
        const char *line = strchr(str_text(said), '\n');

        passed = (str_equal(expect, "invalid") || str_equal(expect, "exception")) &&
                 (wanted == NULL ||
                  (first_line && line != NULL
                       ? strncmp(wanted, str_text(said), (size_t)(line - str_text(said))) == 0
                       : str_equal(wanted, str_text(said))));
    } else {
        bool match = event_fields_read(fields, event, strlen(event), said) &&
                     event_pattern_matches(pattern, fields);

        str_add(said, match ? "match" : "nomatch");
        passed = str_equal(str_text(said), expect);
    }
    event_pattern_free(pattern);
    event_fields_free(fields);
    free(pattern_text);
    free(event);
    return passed;
}

static bool run_schedule(json_t *test, struct str *said)
{
    struct schedule schedule;
    bool valid = schedule_parse(cases_text(test, "expression"), &schedule);

    str_add(said, valid ? "valid" : "not valid");
    return valid == json_is_true(json_object_get(test, "valid"));
}

static void run_file(struct score *score, const char *folder, const char *file,
                     bool (*run)(json_t *test, struct str *said))
{
    char *path = xasprintf("%s/events/%s.json", folder, file);
    json_error_t why;
    json_t *tests = json_load_file(path, 0, &why);
    unsigned passed = 0;
    json_t *test;
    size_t i;

    if (tests == NULL) {
        fprintf(stderr, "%s: %s\n", path, why.text);
        exit(2);
    }
    json_array_foreach (tests, i, test) {
        struct str said = STR_INIT;
        bool right = run(test, &said);

        passed += right;
        if (!right && score->verbose) {
            char *text = json_dumps(test, 0);

            printf("  %s\n    found: %s\n", text, str_text(&said));
            free(text);
        }
        str_release(&said);
    }
    printf("%s  %u of %zu\n", file, passed, json_array_size(tests));
    score->passed += passed;
    score->count += (unsigned)json_array_size(tests);
    json_decref(tests);
    free(path);
}

int main(int argc, char **argv)
{
    struct score score = {0};
    const char *folder = argc > 1 ? argv[argc - 1] : ".";

    score.verbose = argc > 2 && str_equal(argv[1], "-v");
    run_file(&score, folder, "patterns-aws-validated", run_pattern);
    run_file(&score, folder, "patterns-ruler", run_pattern);
    run_file(&score, folder, "schedule-expressions", run_schedule);
    printf("events  %u of %u\n", score.passed, score.count);
    return score.passed == score.count ? 0 : 1;
}
