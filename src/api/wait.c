/*
 * api/wait.c - `aws SERVICE wait NAME`: asking again and again, in simulated time, until it is so.
 *
 * Each attempt asks the operation; the acceptors are tried in their order, the first that matches
 * decides. Between attempts simulated time passes, visibly: nobody sits through 300 seconds of
 * draining.
 */
#include "api/wait.h"

#include <string.h>

#include "base/bug.h"
#include "base/jmespath.h"
#include "base/mem.h"
#include "api/names.h"
#include "cloud/world.h"
#include "sim/clock.h"

/* Python's == between a value and a waiter's expected word. */
static bool equals_word(const json_t *value, const char *expected)
{
    if (json_is_boolean(value))
        return strcmp(expected, json_is_true(value) ? "true" : "false") == 0;
    return json_is_string(value) && strcmp(json_string_value(value), expected) == 0;
}

static bool list_matches(const json_t *list, const struct acceptor *acceptor)
{
    bool any = acceptor->match == MATCH_PATH_ANY;

    if (!json_is_array(list) || json_array_size(list) == 0)
        return false;
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (equals_word(json_array_get(list, i), acceptor->expected) == any)
            return any;
    }
    return !any;
}

static bool path_matches(const struct acceptor *acceptor, json_t *answer)
{
    struct jmespath *path = jmespath_compile(acceptor->argument, NULL);
    json_t *found = path == NULL ? NULL : jmespath_search(path, answer, NULL);
    bool matches = false;

    if (path == NULL)
        BUG("a waiter's path: %s", acceptor->argument);
    if (found != NULL)
        matches = acceptor->match == MATCH_PATH ? equals_word(found, acceptor->expected)
                                                : list_matches(found, acceptor);
    json_decref(found);
    jmespath_free(path);
    return matches;
}

static bool accepts(const struct acceptor *acceptor, json_t *answer, const struct fault *fault)
{
    switch (acceptor->match) {
    case MATCH_ERROR:
        return fault->kind != NULL && strcmp(fault->kind->code, acceptor->expected) == 0;
    case MATCH_STATUS:
        return fault->kind == NULL;
    default:
        return answer != NULL && path_matches(acceptor, answer);
    }
}

static void explain_failure(const struct waiter *waiter, const struct acceptor *acceptor,
                            struct str *err)
{
    str_addf(err, "\naws: [ERROR]: Waiter %s failed: Waiter encountered a terminal failure state: ",
             waiter->name);
    switch (acceptor->match) {
    case MATCH_PATH_ALL:
        str_addf(err, "For expression \"%s\" all members matched expected path: \"%s\"\n",
                 acceptor->argument, acceptor->expected);
        break;
    case MATCH_PATH_ANY:
        str_addf(err, "For expression \"%s\" we matched expected path: \"%s\" at least once\n",
                 acceptor->argument, acceptor->expected);
        break;
    case MATCH_PATH:
        str_addf(err, "For expression \"%s\" we matched expected path: \"%s\"\n",
                 acceptor->argument, acceptor->expected);
        break;
    case MATCH_ERROR:
        str_addf(err, "Matched expected service error code: %s\n", acceptor->expected);
        break;
    case MATCH_STATUS:
        str_addf(err, "Matched expected HTTP status code: %s\n", acceptor->expected);
        break;
    }
}

enum answer_verdict { VERDICT_AGAIN, VERDICT_SUCCESS, VERDICT_FAILURE };

/* Asks once. */
static enum answer_verdict ask(struct commander *commander, const struct arguments *arguments,
                               const struct caller *caller, struct command_io *io)
{
    const struct waiter *waiter = arguments->waiter;
    enum answer_verdict verdict = VERDICT_AGAIN;
    struct call call;
    json_t *answer;
    bool decided = false;

    invoke_json(&call, caller, arguments->op, arguments->params, &answer);
    for (const struct acceptor *acceptor = waiter->acceptors; acceptor->state != NULL && !decided;
         acceptor++) {
        if (!accepts(acceptor, answer, &call.fault))
            continue;
        decided = true;
        if (strcmp(acceptor->state, "success") == 0)
            verdict = VERDICT_SUCCESS;
        if (strcmp(acceptor->state, "failure") == 0) {
            verdict = VERDICT_FAILURE;
            explain_failure(waiter, acceptor, io->err);
        }
    }
    if (!decided && call.fault.kind != NULL) {
        verdict = VERDICT_FAILURE;
        str_addf(io->err, "\naws: [ERROR]: Waiter %s failed: An error occurred (%s): %s\n",
                 waiter->name, call.fault.kind->code, call.fault.message);
        if (commander->refused != NULL)
            commander->refused(commander->context, call.fault.kind, call.fault.message);
    }
    json_decref(answer);
    call_release(&call);
    return verdict;
}

int wait_run(struct commander *commander, const struct arguments *arguments,
             const struct caller *caller, struct command_io *io)
{
    const struct waiter *waiter = arguments->waiter;
    struct arena arena = ARENA_INIT;
    const char *what =
        arena_printf(&arena, "%s %s", arguments->service->name, name_cli(&arena, waiter->name));
    int exit_code = -1;

    for (int attempt = 1; exit_code < 0; attempt++) {
        enum answer_verdict verdict = ask(commander, arguments, caller, io);

        if (verdict == VERDICT_SUCCESS) {
            exit_code = EXIT_FINE;
        } else if (verdict == VERDICT_FAILURE) {
            exit_code = EXIT_OTHER;
        } else if (attempt == waiter->attempts) {
            str_addf(io->err, "\naws: [ERROR]: Waiter %s failed: Max attempts exceeded\n",
                     waiter->name);
            exit_code = EXIT_OTHER;
        } else if (commander_advance(commander,
                                     caller->world->sim.now + waiter->delay_s * SECOND_NS,
                                     what) != 0) {
            exit_code = EXIT_INTERRUPTED;
        }
    }
    arena_release(&arena);
    return exit_code;
}
