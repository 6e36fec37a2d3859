/*
 * tests/conformance/argv.c - command lines against the parameters that the AWS CLI made of them.
 *
 * If this fails, a line from AWS's own documentation means something else here.
 *
 * Usage: argv [-v] FOLDER.  Reads FOLDER/cli/argv-examples.json and argv-functional.json.  Lines of
 * operations that are not modelled are counted apart, and so are lines with an option that is
 * refused as not modelled; -v shows each failure and each such option.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/str.h"
#include "api/arguments.h"
#include "api/sent.h"
#include "api/error_text.h"

#include "cases.h"

struct score {
    const char *name;
    double goal; /* share of the modelled that must agree */
    bool verbose;
    size_t passed;
    size_t modelled;
    size_t others;  /* operations that are not here */
    size_t options; /* options that are not here */
};

static void show(const char *label, const json_t *value)
{
    char *text = value == NULL ? NULL : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);

    printf("#   %s %s\n", label, text == NULL ? "nothing" : text);
    free(text);
}

/* "abcd1234-a123-456a-a12b-a123b4cd56ef": the recorder wrote every one of them as <UUID4>. */
static bool is_uuid(const char *text)
{
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

    for (size_t i = 0; form[i] != '\0'; i++) {
        if (form[i] == 'x' ? !isxdigit((unsigned char)text[i]) : text[i] != form[i])
            return false;
    }
    return true;
}

static bool same_text(const char *recorded, const char *sent)
{
    while (*recorded != '\0' || *sent != '\0') {
        if (str_starts(recorded, "<UUID4>") && is_uuid(sent)) {
            recorded += strlen("<UUID4>");
            sent += strlen("xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
        } else if (*recorded++ != *sent++) {
            return false;
        }
    }
    return true;
}

/* The recorder wrote Python's Decimals as strings. */
static bool same_decimal(const json_t *recorded, const json_t *sent)
{
    char *end;
    double value = strtod(json_string_value(recorded), &end);

    return *end == '\0' && !(value < json_number_value(sent)) && !(value > json_number_value(sent));
}

/* Numbers by value, so that 1 is 1.0; a map's order does not count. */
static bool same(const json_t *a, const json_t *b)
{
    const char *key;
    json_t *value;

    if (json_is_string(a) && json_is_string(b))
        return same_text(json_string_value(a), json_string_value(b));
    if (json_is_string(a) && json_is_real(b))
        return same_decimal(a, b);

    if (json_is_number(a) && json_is_number(b))
        return !(json_number_value(a) < json_number_value(b)) &&
               !(json_number_value(a) > json_number_value(b));
    if (json_is_array(a) && json_is_array(b)) {
        for (size_t i = 0; i < json_array_size(a); i++) {
            if (!same(json_array_get(a, i), json_array_get(b, i)))
                return false;
        }
        return json_array_size(a) == json_array_size(b);
    }
    if (!json_is_object(a) || !json_is_object(b))
        return a != NULL && b != NULL && json_equal(a, b) == 1;
    json_object_foreach((json_t *)(uintptr_t)a, key, value)
    {
        if (!same(value, json_object_get(b, key)))
            return false;
    }
    return json_object_size(a) == json_object_size(b);
}

/* What comes after the parameters were read (canned answers, waiters) is not this suite's. */
static bool refused_while_reading(json_t *one)
{
    return json_integer_value(json_object_get(one, "rc")) == EXIT_USAGE ||
           json_array_size(json_object_get(one, "calls")) == 0;
}

static bool agrees(json_t *one, const struct arguments *arguments, json_t *sent)
{
    const json_t *call = json_array_get(json_object_get(one, "calls"), 0);
    struct str text = STR_INIT;
    bool good;

    if (refused_while_reading(one)) {
        error_text_add_line(&text, &(struct error_text){
                                       .program = "aws",
                                       .format = arguments->error_format,
                                       .message = str_text(&arguments->error),
                                   });
        good = arguments->exit_code == json_integer_value(json_object_get(one, "rc")) &&
               strcmp(str_text(&text), cases_text(one, "stderr")) == 0;
        str_release(&text);
        return good;
    }
    return arguments->exit_code == 0 && arguments->op != NULL &&
           strcmp(arguments->op->name,
                  json_string_value(json_object_get(call, "operation"))) == 0 &&
           same(json_object_get(call, "params"), sent);
}

static void tell(const struct score *score, json_t *one, const struct arguments *arguments,
                 const json_t *sent)
{
    printf("# %s %s\n", score->name, cases_text(one, "id"));
    show("argv:    ", json_object_get(one, "argv"));
    show("expected:", json_object_get(json_array_get(json_object_get(one, "calls"), 0), "params"));
    printf("#   expected: %s", cases_text(one, "stderr")[0] ? cases_text(one, "stderr") : "\n");
    show("got:     ", sent);
    printf("#   got: %d %s\n", arguments->exit_code, str_text(&arguments->error));
}

static void run_case(struct score *score, json_t *one)
{
    size_t count;
    const char **words = cases_words(json_object_get(one, "argv"), &count);
    struct file_source files = cases_files;
    struct arguments arguments;
    json_t *sent = NULL;

    if (!cases_modelled(words, count)) {
        score->others++;
        free(words);
        return;
    }
    files.context = json_object_get(one, "files");
    arguments_parse(&arguments, "aws", words, count, &files);
    if (arguments.op != NULL && arguments.exit_code == 0)
        sent = sent_params(&arguments);
    if (strstr(str_text(&arguments.error), "is not modelled here") != NULL) {
        score->options++;
        if (score->verbose)
            printf("# %s: %s\n", cases_text(one, "id"), str_text(&arguments.error));
    } else {
        bool good = agrees(one, &arguments, sent);

        score->modelled++;
        score->passed += good;
        if (!good && score->verbose)
            tell(score, one, &arguments, sent);
    }
    json_decref(sent);
    arguments_release(&arguments);
    free(words);
}

static int run_suite(const char *folder, struct score score)
{
    json_t *cases = cases_load(folder, score.name);
    bool good;

    for (size_t i = 0; i < json_array_size(cases); i++)
        run_case(&score, json_array_get(cases, i));
    good = score.modelled > 0 && (double)score.passed >= score.goal * (double)score.modelled;
    printf("%sok %s  %zu of %zu modelled (%zu not modelled, %zu with an option not modelled)\n",
           good ? "" : "not ", score.name, score.passed, score.modelled, score.others,
           score.options);
    json_decref(cases);
    return good ? 0 : 1;
}

int main(int count, char **words)
{
    bool verbose = count > 2 && strcmp(words[1], "-v") == 0;
    const char *folder = count > 1 ? words[count - 1] : "../shared/data";
    int failed =
        run_suite(folder, (struct score){.name = "argv-examples", .goal = .99, .verbose = verbose});

    failed += run_suite(
        folder, (struct score){.name = "argv-functional", .goal = .97, .verbose = verbose});
    return failed > 0;
}
