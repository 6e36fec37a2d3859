/*
 * tests/conformance/shorthand.c - the shorthand parser against the AWS CLI's own.
 *
 * If this fails, a line copied from a guide means something else here than it does at AWS.
 *
 * Usage: shorthand [-v] FOLDER.  Reads FOLDER/cli/shorthand.json; -v shows each failure.
 */
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "api/output.h"
#include "api/shorthand.h"

#include "base/str.h"

/* The order of members counts: it is the order in which the CLI would send them. */
static bool same_result(json_t *expected, json_t *got)
{
    struct str a = STR_INIT;
    struct str b = STR_INIT;
    bool same;

    output_add_json(&a, expected, OUTPUT_JSON_ONE_LINE);
    output_add_json(&b, got, OUTPUT_JSON_ONE_LINE);
    same = str_equal(str_text(&a), str_text(&b));
    str_release(&a);
    str_release(&b);
    return same;
}

static bool run_case(json_t *one, bool verbose)
{
    const char *input = json_string_value(json_object_get(one, "input"));
    json_t *expected = json_object_get(one, "result");
    const char *expected_error = json_string_value(json_object_get(one, "error"));
    struct str error = STR_INIT;
    json_t *got = shorthand_parse(input, NULL, &error);
    bool same;

    if (got == NULL)
        same = str_equal(expected_error, str_text(&error));
    else
        same = expected != NULL && same_result(expected, got);
    if (!same && verbose) {
        struct str text = STR_INIT;

        output_add_json(&text, got, OUTPUT_JSON_ONE_LINE);
        printf("# input: %s\n# got: %s %s\n", input, str_text(&text), str_text(&error));
        str_clear(&text);
        output_add_json(&text, expected, OUTPUT_JSON_ONE_LINE);
        printf("# expected: %s %s\n", str_text(&text), expected_error ? expected_error : "");
        str_release(&text);
    }
    json_decref(got);
    str_release(&error);
    return same;
}

int main(int count, char **words)
{
    bool verbose = count > 2 && strcmp(words[1], "-v") == 0;
    const char *folder = count > 1 ? words[count - 1] : "../shared/data";
    struct str path = STR_INIT;
    json_error_t problem;
    json_t *cases;
    size_t passed = 0;
    size_t total;

    str_addf(&path, "%s/cli/shorthand.json", folder);
    cases = json_load_file(str_text(&path), JSON_ALLOW_NUL, &problem);
    total = json_array_size(cases);
    for (size_t i = 0; i < total; i++)
        passed += run_case(json_array_get(cases, i), verbose);
    if (cases == NULL)
        printf("# %s: %s\n", str_text(&path), problem.text);
    printf("%sok shorthand  %zu of %zu\n", total > 0 && passed == total ? "" : "not ", passed,
           total);
    str_release(&path);
    json_decref(cases);
    return total == 0 || passed != total;
}
