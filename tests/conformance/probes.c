/*
 * tests/conformance/probes.c - whole command lines against what the AWS CLI printed: standard
 * output, standard error and exit code, byte by byte.
 *
 * If this fails, a script that looks at an answer, a message or an exit code works there and not
 * here, or the other way round.
 *
 * Usage: probes [-v] FOLDER.  Reads FOLDER/cli/probes.json; -v shows each failure.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/str.h"
#include "api/command.h"
#include "cloud/catalog.h"
#include "cloud/world.h"

#include "cases.h"

struct probes {
    bool verbose;
    struct world *world;
    size_t passed;
    size_t total;
    size_t others;
    size_t first_line; /* of the failures: exit code and first line are right all the same */
};

/* struct commander's invoke: the recorded answer; context is the case. */
static int answer_recorded(void *context, struct call *call, const struct op *op,
                           const json_t *params, json_t **answer)
{
    json_t *response = json_object_get(context, "response");
    json_t *error = json_object_get(response, "Error");
    struct fault_kind *kind;

    (void)op;
    (void)params;
    *answer = NULL;
    if (error != NULL) {
        kind = arena_alloc(&call->arena, sizeof(*kind));
        *kind = (struct fault_kind){
            .code = json_string_value(json_object_get(error, "Code")),
            .text = "{}",
            .hint = "",
        };
        return call_fault(call, kind, json_string_value(json_object_get(error, "Message")));
    }
    *answer = response == NULL ? json_object() : json_deep_copy(response);
    return 0;
}

static size_t line_length(const char *text)
{
    text += *text == '\n';
    return strcspn(text, "\n") + 1;
}

static void judge(struct probes *probes, json_t *one, int exit_code, struct command_io *io)
{
    const char *out = cases_text(one, "stdout");
    const char *err = cases_text(one, "stderr");
    bool code = exit_code == json_integer_value(json_object_get(one, "rc"));
    bool good = code && strcmp(out, str_text(io->out)) == 0 && strcmp(err, str_text(io->err)) == 0;

    probes->total++;
    probes->passed += good;
    if (!good && code)
        probes->first_line += strncmp(out, str_text(io->out), line_length(out)) == 0 &&
                              strncmp(err, str_text(io->err), line_length(err)) == 0;
    if (!good && probes->verbose)
        printf("# probe %s\n# expected %lld:\n%s%s# got %d:\n%s%s", cases_text(one, "id"),
               (long long)json_integer_value(json_object_get(one, "rc")), out, err, exit_code,
               str_text(io->out), str_text(io->err));
}

static void run_case(struct probes *probes, json_t *one)
{
    size_t count;
    const char **words = cases_words(json_object_get(one, "argv"), &count);
    struct str out = STR_INIT;
    struct str err = STR_INIT;
    struct command_io io = {.out = &out, .err = &err};
    struct commander commander = {
        .caller = {.world = probes->world, .account = ACCOUNT_LEARNER},
        .width = OUTPUT_WIDTH_DEFAULT,
        .context = one,
        .invoke = answer_recorded,
    };

    if (!cases_modelled(words, count) || strcmp(cases_text(one, "id"), "version") == 0) {
        probes->others++;
    } else {
        int exit_code = command_run(&commander, "aws", words, count, &io);

        judge(probes, one, exit_code, &io);
    }
    str_release(&out);
    str_release(&err);
    free(words);
}

int main(int count, char **words)
{
    const char *folder = count > 1 ? words[count - 1] : "../shared/data";
    struct catalog *catalog = catalog_new();
    struct probes probes = {
        .verbose = count > 2 && strcmp(words[1], "-v") == 0,
        .world = world_new(catalog, 1, 0),
    };
    json_t *cases = cases_load(folder, "probes");
    bool good;

    for (size_t i = 0; i < json_array_size(cases); i++)
        run_case(&probes, json_array_get(cases, i));
    good = probes.total > 0 && 100 * probes.passed >= 95 * probes.total &&
           probes.passed + probes.first_line == probes.total;
    printf("%sok probes  %zu of %zu modelled (%zu not modelled; %zu more are right in exit code "
           "and first line)\n",
           good ? "" : "not ", probes.passed, probes.total, probes.others, probes.first_line);
    json_decref(cases);
    world_free(probes.world);
    catalog_free(catalog);
    return !good;
}
