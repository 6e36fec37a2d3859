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

/* One waiter at work. */
struct waiting {
    struct commander *commander;
    const struct arguments *arguments;
    const struct caller *caller;
    struct str *err;
    const struct acceptor *matched; /* the last acceptor that matched, NULL: none did yet */
};

enum answer_verdict { VERDICT_AGAIN, VERDICT_SUCCESS, VERDICT_FAILURE };

/* 1, 0, or -1 when the expression fails on this answer: then its sentence is in err. */
static int path_matches(const struct acceptor *acceptor, json_t *answer, struct str *err)
{
    struct jmespath_error error = JMESPATH_ERROR_INIT;
    struct jmespath *path = jmespath_compile(acceptor->argument, &error);
    json_t *found = path == NULL ? NULL : jmespath_search(path, answer, &error);
    int matches = -1;

    if (path == NULL)
        BUG("a waiter's path: %s", acceptor->argument);
    if (found == NULL)
        str_addf(err, "\naws: [ERROR]: %s\n", error.message);
    else
        matches = acceptor->match == MATCH_PATH ? equals_word(found, acceptor->expected)
                                                : list_matches(found, acceptor);
    json_decref(found);
    jmespath_free(path);
    jmespath_error_release(&error);
    return matches;
}

static int accepts(const struct acceptor *acceptor, json_t *answer, const struct fault *fault,
                   struct str *err)
{
    switch (acceptor->match) {
    case MATCH_ERROR:
        return fault->kind != NULL && strcmp(fault->kind->code, acceptor->expected) == 0;
    case MATCH_STATUS:
        return fault->kind == NULL;
    default:
        return answer == NULL ? 0 : path_matches(acceptor, answer, err);
    }
}

/* True as botocore words it, its "excepted" included. */
static void explain_acceptor(const struct acceptor *acceptor, struct str *err)
{
    const char *expected = acceptor->expected;

    if (strcmp(expected, "true") == 0)
        expected = "True"; /* Python's */
    switch (acceptor->match) {
    case MATCH_PATH_ALL:
        str_addf(err, "For expression \"%s\" all members matched excepted path: \"%s\"\n",
                 acceptor->argument, expected);
        break;
    case MATCH_PATH_ANY:
        str_addf(err, "For expression \"%s\" we matched expected path: \"%s\" at least once\n",
                 acceptor->argument, expected);
        break;
    case MATCH_PATH:
        str_addf(err, "For expression \"%s\" we matched expected path: \"%s\"\n",
                 acceptor->argument, expected);
        break;
    case MATCH_ERROR:
        str_addf(err, "Matched expected service error code: %s\n", expected);
        break;
    case MATCH_STATUS:
        str_addf(err, "Matched expected HTTP status code: %s\n", expected);
        break;
    }
}

static void fail_begin(const struct waiting *waiting)
{
    str_addf(waiting->err, "\naws: [ERROR]: Waiter %s failed: ", waiting->arguments->waiter->name);
}

static enum answer_verdict verdict_of(const struct waiting *waiting,
                                      const struct acceptor *acceptor)
{
    if (strcmp(acceptor->state, "success") == 0)
        return VERDICT_SUCCESS;
    if (strcmp(acceptor->state, "failure") != 0)
        return VERDICT_AGAIN;
    fail_begin(waiting);
    str_add(waiting->err, "Waiter encountered a terminal failure state: ");
    explain_acceptor(acceptor, waiting->err);
    return VERDICT_FAILURE;
}

/* What the acceptors say of an answer, or of a refusal. */
static enum answer_verdict judge(struct waiting *waiting, json_t *answer, const struct fault *fault)
{
    for (const struct acceptor *acceptor = waiting->arguments->waiter->acceptors;
         acceptor->state != NULL; acceptor++) {
        int matches = accepts(acceptor, answer, fault, waiting->err);

        if (matches < 0)
            return VERDICT_FAILURE;
        if (matches == 0)
            continue;
        waiting->matched = acceptor;
        return verdict_of(waiting, acceptor);
    }
    if (fault->kind == NULL)
        return VERDICT_AGAIN;
    fail_begin(waiting);
    str_addf(waiting->err, "An error occurred (%s): %s\n", fault->kind->code, fault->message);
    return VERDICT_FAILURE;
}

/* Asks once. */
static enum answer_verdict ask(struct waiting *waiting)
{
    struct commander *commander = waiting->commander;
    const struct arguments *arguments = waiting->arguments;
    size_t before = waiting->err->length;
    enum answer_verdict verdict;
    struct answer answer;
    struct call call;

    commander_invoke(commander, &call, waiting->caller, arguments->op, arguments->params, &answer);
    verdict = judge(waiting, answer_json(&answer), &call.fault);
    if (verdict == VERDICT_FAILURE && call.fault.kind != NULL)
        commander_refused(commander, call.fault.kind, call.fault.message);
    else if (verdict == VERDICT_FAILURE)
        commander_refused(commander, NULL, str_text(waiting->err) + before);
    answer_release(&answer);
    call_release(&call);
    return verdict;
}

static void say_exceeded(const struct waiting *waiting)
{
    size_t before = waiting->err->length;

    fail_begin(waiting);
    str_add(waiting->err, "Max attempts exceeded");
    if (waiting->matched != NULL) {
        str_add(waiting->err, ". Previously accepted state: ");
        explain_acceptor(waiting->matched, waiting->err);
    } else {
        str_addc(waiting->err, '\n');
    }
    commander_refused(waiting->commander, NULL, str_text(waiting->err) + before);
}

int wait_run(struct commander *commander, const struct arguments *arguments,
             const struct caller *caller, struct command_io *io)
{
    const struct waiter *waiter = arguments->waiter;
    struct waiting waiting = {
        .commander = commander,
        .arguments = arguments,
        .caller = caller,
        .err = io->err,
    };
    struct arena arena = ARENA_INIT;
    const char *what =
        arena_printf(&arena, "%s %s", arguments->service->name, name_cli(&arena, waiter->name));
    int exit_code = -1;

    for (int attempt = 1; exit_code < 0; attempt++) {
        enum answer_verdict verdict = ask(&waiting);

        if (verdict == VERDICT_SUCCESS) {
            exit_code = EXIT_FINE;
        } else if (verdict == VERDICT_FAILURE) {
            exit_code = EXIT_OTHER;
        } else if (attempt >= waiter->attempts) {
            say_exceeded(&waiting);
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
