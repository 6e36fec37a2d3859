/*
 * tests/conformance/formats.c - `--output` against the AWS CLI's own output.
 *
 * If this fails, what a learner sees here is not what AWS would print, and the cut, awk and jq that
 * he learns here will not work there.
 *
 * Usage: formats [-v] FOLDER.  Reads FOLDER/cli/formats.json, format-documents.json and
 * probes.json, and the paginators of FOLDER/botocore-models; -v shows each failure.
 */
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "base/str.h"
#if __has_include("base/jmespath.h")
#include "base/jmespath.h"
#define HAVE_JMESPATH 1
#else
#define HAVE_JMESPATH 0
#endif

#include "api/output.h"

/* One suite: cases of one format in one file. */
struct suite {
    const char *name;
    double goal; /* share of the cases that must agree */
    int passed;
    int total;
};

struct run {
    struct suite suites[8];
    int count;
    json_t *models;    /* by service */
    int skipped_query; /* no JMESPath yet */
    int skipped_model; /* the CLI's model changes the response before it is formatted */
    bool verbose;
};

static struct suite *suite_get(struct run *run, const char *name, double goal)
{
    for (int i = 0; i < run->count; i++) {
        if (strcmp(run->suites[i].name, name) == 0)
            return &run->suites[i];
    }
    run->suites[run->count] = (struct suite){.name = name, .goal = goal};
    return &run->suites[run->count++];
}

static void judge(struct run *run, struct suite *suite, const char *id, const char *expected,
                  const struct str *got)
{
    bool same = strcmp(expected, str_text(got)) == 0;

    suite->total++;
    suite->passed += same;
    if (!same && run->verbose)
        printf("# %s: %s\n# expected:\n%s# got:\n%s", suite->name, id, expected, str_text(got));
}

/* Documents: {doc, json, text, table, yaml}, or FORMAT_exc where the CLI fails with "Type:
 * message". */
static void run_document(struct run *run, json_t *one, const char *format, const char *id)
{
    char failure[32];
    struct suite *suite = suite_get(run, format, strcmp(format, "table") == 0 ? 0.995 : 1.0);
    json_t *expected = json_object_get(one, format);
    struct output_request request = {
        .value = json_object_get(one, "doc"),
        .title = "DescribeThings",
    };
    struct str out = STR_INIT;
    struct str error = STR_INIT;

    if (output_parse_name(format, &request.format) != 0)
        return;
    if (output_add(&out, &request, &error) != 0) {
        const char *message;

        snprintf(failure, sizeof(failure), "%s_exc", format);
        expected = json_object_get(one, failure);
        message = json_is_string(expected) ? strstr(json_string_value(expected), ": ") : NULL;
        judge(run, suite, id, message != NULL ? message + 2 : "(no failure)", &error);
    } else {
        judge(run, suite, id, json_is_string(expected) ? json_string_value(expected) : "(failure)",
              &out);
    }
    str_release(&out);
    str_release(&error);
}

static void run_documents(struct run *run, json_t *cases)
{
    static const char *const formats[] = {"json", "text", "table", "yaml"};

    for (size_t i = 0; i < json_array_size(cases); i++) {
        char id[32];

        snprintf(id, sizeof(id), "document %zu", i);
        for (size_t f = 0; f < 4; f++)
            run_document(run, json_array_get(cases, i), formats[f], id);
    }
}

static const char *option_value(json_t *argv, const char *option)
{
    for (size_t i = 0; i + 1 < json_array_size(argv); i++) {
        if (str_equal(json_string_value(json_array_get(argv, i)), option))
            return json_string_value(json_array_get(argv, i + 1));
    }
    return NULL;
}

/* The response after --query, as a new reference; NULL when it cannot be told yet. */
static json_t *query(json_t *response, const char *expression)
{
    json_t *answer = NULL;

    if (expression == NULL)
        return json_incref(response);
#if HAVE_JMESPATH
    struct jmespath_error error = JMESPATH_ERROR_INIT;
    struct jmespath *path = jmespath_compile(expression, &error);

    if (path != NULL)
        answer = jmespath_search(path, response, &error);
    jmespath_free(path);
    jmespath_error_release(&error);
#endif
    return answer;
}

/* Documented responses that do not fit the model of their operation: the CLI's parser drops or
 * decodes parts of them, which is the business of a later floor. */
static bool needs_model(const char *id)
{
    return str_starts(id, "ec2/describe-volumes-modifications.rst#270") ||
           str_starts(id, "ec2/get-console-output.rst#282");
}

/* The CLI's text output of a page has each list that the operation's pages are made of, None where
 * it is absent. */
static void fill_page(json_t *pages, json_t *response)
{
    json_t *keys = json_object_get(pages, "result_key");

    for (size_t i = 0; i < json_array_size(keys); i++) {
        const char *key = json_string_value(json_array_get(keys, i));

        if (json_object_get(response, key) == NULL)
            json_object_set_new(response, key, json_null());
    }
}

/* How the operation of a case has pages; NULL when it has none. */
static json_t *case_pages(struct run *run, json_t *one, const char *operation)
{
    const char *service = json_string_value(json_array_get(json_object_get(one, "argv"), 0));
    json_t *model = json_object_get(run->models, service);

    return json_object_get(json_object_get(model, "pagination"), operation);
}

static const char *case_operation(json_t *one)
{
    json_t *call = json_array_get(json_object_get(one, "calls"), 0);
    const char *operation = json_string_value(json_object_get(one, "operation"));

    return operation != NULL ? operation : json_string_value(json_object_get(call, "operation"));
}

/* A command line with its response and standard output: of formats.json or probes.json. */
static void run_response(struct run *run, json_t *one)
{
    const char *id = json_string_value(json_object_get(one, "id"));
    json_t *argv = json_object_get(one, "argv");
    const char *name = option_value(argv, "--output");
    const char *expected = json_string_value(json_object_get(one, "stdout"));
    struct output_request request = {.title = case_operation(one)};
    struct str out = STR_INIT;
    struct str error = STR_INIT;
    json_t *response = json_deep_copy(json_object_get(one, "response"));
    json_t *pages = case_pages(run, one, request.title);

    if (name == NULL || response == NULL || output_parse_name(name, &request.format) != 0) {
        /* Not about formats. */
    } else if (needs_model(id)) {
        run->skipped_model++;
    } else {
        json_object_del(response, "ResponseMetadata");
        if (request.format == OUTPUT_TEXT)
            fill_page(pages, response);
        request.paged = pages != NULL;
        request.value = query(response, option_value(argv, "--query"));
        if (request.value == NULL) {
            run->skipped_query++;
        } else {
            struct suite *suite = suite_get(run, output_name(request.format),
                                            request.format == OUTPUT_TABLE ? 0.995 : 1.0);

            output_add(&out, &request, &error);
            judge(run, suite, id, expected, &out);
        }
        json_decref(request.value);
    }
    json_decref(response);
    str_release(&out);
    str_release(&error);
}

static json_t *load(const char *folder, const char *file)
{
    struct str path = STR_INIT;
    json_error_t error;
    json_t *cases;

    str_addf(&path, "%s/%s", folder, file);
    cases = json_load_file(str_text(&path), JSON_ALLOW_NUL, &error);
    if (cases == NULL)
        printf("# %s: %s\n", str_text(&path), error.text);
    str_release(&path);
    return cases;
}

static json_t *load_models(const char *folder)
{
    static const char *const services[] = {
        "autoscaling", "cloudwatch", "ec2", "elbv2", "events", "sns", "sqs", "sts",
    };
    json_t *models = json_object();

    for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
        struct str file = STR_INIT;
        json_t *model;

        str_addf(&file, "botocore-models/%s.min.json", services[i]);
        model = load(folder, str_text(&file));
        if (model != NULL)
            json_object_set_new(models, services[i], model);
        str_release(&file);
    }
    return models;
}

static int report(const struct run *run)
{
    int failed = 0;

    for (int i = 0; i < run->count; i++) {
        const struct suite *suite = &run->suites[i];
        bool good = suite->passed >= suite->goal * suite->total;

        printf("%sok formats %s  %d of %d\n", good ? "" : "not ", suite->name, suite->passed,
               suite->total);
        failed += !good;
    }
    printf("# formats: %d skipped for --query, %d for the model\n", run->skipped_query,
           run->skipped_model);
    return failed;
}

int main(int count, char **words)
{
    static const char *const files[] = {"cli/formats.json", "cli/probes.json"};
    struct run run = {.verbose = count > 2 && strcmp(words[1], "-v") == 0};
    const char *folder = count > 1 ? words[count - 1] : "../shared/data";
    json_t *documents = load(folder, "cli/format-documents.json");
    int failed;

    run.models = load_models(folder);
    run_documents(&run, documents);
    for (size_t f = 0; f < 2; f++) {
        json_t *cases = load(folder, files[f]);

        for (size_t i = 0; i < json_array_size(cases); i++)
            run_response(&run, json_array_get(cases, i));
        json_decref(cases);
    }
    failed = report(&run);
    if (run.count == 0)
        printf("not ok formats  there are no cases in %s\n", folder);
    json_decref(documents);
    json_decref(run.models);
    return failed > 0 || run.count == 0;
}
