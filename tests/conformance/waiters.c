/*
 * tests/conformance/waiters.c - `aws ... wait` with recorded answers: the text, the exit code, and
 * how often was asked.
 *
 * If this fails, a script that waits goes on too early here, or never.
 *
 * Usage: waiters [-v] FOLDER.  Reads FOLDER/cli/waiters.json; -v shows each failure.
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

/* One waiter and the answer it gets each time. */
struct asked {
    json_t *response;
    long long calls;
};

static int answer_recorded(void *context, struct call *call, const struct op *op,
                           const json_t *params, json_t **answer)
{
    struct asked *asked = context;
    json_t *error = json_object_get(asked->response, "Error");
    struct fault_kind *kind;

    (void)op;
    (void)params;
    asked->calls++;
    *answer = NULL;
    if (error == NULL) {
        *answer = json_incref(asked->response);
        return 0;
    }
    kind = arena_alloc(&call->arena, sizeof(*kind));
    *kind = (struct fault_kind){
        .code = json_string_value(json_object_get(error, "Code")),
        .text = "{}",
        .hint = "",
    };
    return call_fault(call, kind, json_string_value(json_object_get(error, "Message")));
}

/* Nothing happens in this world: time need not pass. */
static int stand_still(void *context, int64_t until, const char *what)
{
    (void)context;
    (void)until;
    (void)what;
    return 0;
}

static bool run_case(struct world *world, json_t *one, bool verbose)
{
    size_t count;
    const char **words = cases_words(json_object_get(one, "argv"), &count);
    struct asked asked = {.response = json_object_get(one, "response")};
    struct str out = STR_INIT;
    struct str err = STR_INIT;
    struct command_io io = {.out = &out, .err = &err};
    struct commander commander = {
        .caller = {.world = world, .account = ACCOUNT_LEARNER},
        .context = &asked,
        .invoke = answer_recorded,
        .advance = stand_still,
    };
    int exit_code = command_run(&commander, "aws", words, count, &io);
    bool good = exit_code == json_integer_value(json_object_get(one, "rc")) &&
                asked.calls == json_integer_value(json_object_get(one, "call_count")) &&
                strcmp(str_text(&err), cases_text(one, "stderr")) == 0 && out.length == 0;

    if (!good && verbose)
        printf("# waiter %s\n# expected: %s# got %d after %lld calls: %s\n", cases_text(one, "id"),
               cases_text(one, "stderr"), exit_code, asked.calls, str_text(&err));
    str_release(&out);
    str_release(&err);
    free(words);
    return good;
}

static bool is_modelled(json_t *one)
{
    size_t count;
    const char **words = cases_words(json_object_get(one, "argv"), &count);
    bool modelled = cases_modelled(words, count);

    free(words);
    return modelled;
}

int main(int count, char **words)
{
    bool verbose = count > 2 && strcmp(words[1], "-v") == 0;
    const char *folder = count > 1 ? words[count - 1] : "../shared/data";
    struct catalog *catalog = catalog_new();
    struct world *world = world_new(catalog, 1, 0);
    json_t *cases = cases_load(folder, "waiters");
    size_t total = 0;
    size_t passed = 0;

    for (size_t i = 0; i < json_array_size(cases); i++) {
        json_t *one = json_array_get(cases, i);

        if (!is_modelled(one))
            continue;
        total++;
        passed += run_case(world, one, verbose);
    }
    printf("%sok waiters  %zu of %zu modelled (%zu not modelled)\n",
           total > 0 && passed == total ? "" : "not ", passed, total,
           json_array_size(cases) - total);
    json_decref(cases);
    world_free(world);
    catalog_free(catalog);
    return total == 0 || passed != total;
}
