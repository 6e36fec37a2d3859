/*
 * tests/conformance/jmespath.c - the JMESPath compliance suite.
 *
 *   jmespath [-v] FOLDER    the .json files of FOLDER/jmespath; of FOLDER if there is no such
 *
 * Prints how many of the cases passed, with -v each that did not; exits with 0 when all did.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/jmespath.h"
#include "base/mem.h"
#include "base/str.h"

#include "cases.h"

struct score {
    bool verbose;
    unsigned passed;
    unsigned count;
};

static void show(const char *label, const json_t *value)
{
    char *text = value == NULL ? NULL : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);

    printf("    %s %s\n", label, text == NULL ? "nothing" : text);
    free(text);
}

static void run_case(struct score *score, const json_t *test, json_t *given)
{
    const char *expression = json_string_value(json_object_get(test, "expression"));
    const char *error_word = json_string_value(json_object_get(test, "error"));
    json_t *expected = json_object_get(test, "result");
    struct jmespath_error error = JMESPATH_ERROR_INIT;
    struct jmespath *path = jmespath_compile(expression, &error);
    json_t *answer = path == NULL ? NULL : jmespath_search(path, given, &error);
    bool passed;

    if (error_word != NULL)
        passed = answer == NULL && str_equal(jmespath_error_word(error.kind), error_word);
    else
        passed = answer != NULL && (expected == NULL || cases_same(answer, expected));
    score->count++;
    score->passed += passed;
    if (!passed && score->verbose) {
        printf("  %s\n", expression);
        if (error_word != NULL)
            printf("    expected the error %s\n", error_word);
        else
            show("expected", expected);
        show("found", answer);
        if (error.message != NULL)
            printf("    error %s: %s\n", jmespath_error_word(error.kind), error.message);
    }
    json_decref(answer);
    jmespath_free(path);
    jmespath_error_release(&error);
}

static void run_file(struct score *score, const char *name)
{
    json_error_t why;
    json_t *suites = json_load_file(name, 0, &why);
    json_t *suite;
    json_t *test;
    size_t i;
    size_t j;

    if (suites == NULL) {
        fprintf(stderr, "%s: %s\n", name, why.text);
        exit(2);
    }
    json_array_foreach(suites, i, suite)
    {
        json_array_foreach(json_object_get(suite, "cases"), j, test)
        {
            if (json_object_get(test, "bench") == NULL)
                run_case(score, test, json_object_get(suite, "given"));
        }
    }
    json_decref(suites);
}

static int is_json(const struct dirent *entry)
{
    return str_ends(entry->d_name, ".json");
}

/* Runs the files in the order of their names; false when there is no such folder. */
static bool run_folder(struct score *score, const char *folder)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, is_json, alphasort);

    for (int i = 0; i < count; i++) {
        char *name = xasprintf("%s/%s", folder, entries[i]->d_name);

        run_file(score, name);
        free(name);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return count >= 0;
}

int main(int argc, char **argv)
{
    struct score score = {0};
    const char *folder = argc > 1 ? argv[argc - 1] : ".";
    char *inner = xasprintf("%s/jmespath", folder);
    bool found;

    score.verbose = argc > 2 && str_equal(argv[1], "-v");
    found = run_folder(&score, inner) || run_folder(&score, folder);
    free(inner);
    if (!found) {
        fprintf(stderr, "no folder %s\n", folder);
        return 2;
    }
    printf("jmespath  %u of %u\n", score.passed, score.count);
    return score.passed == score.count ? 0 : 1;
}
