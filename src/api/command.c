/*
 * api/command.c - a whole `aws` or `lab` command: words in, the CLI's bytes and exit code out.
 */
#include "api/command.h"

#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/jmespath.h"
#include "api/arguments.h"
#include "api/help.h"
#include "api/paging.h"
#include "api/skeleton.h"
#include "api/wait.h"
#include "cloud/world.h"

/* ---- settings of one line ---- */

static int refuse_region(const struct arguments *arguments, const struct caller *caller,
                         const char *name, struct str *err)
{
    const struct catalog *catalog = caller->world->catalog;

    str_addf(err,
             "\naws: [ERROR]: Could not connect to the endpoint URL: "
             "\"https://%s.%s.amazonaws.com/\": the Regions here are",
             arguments->service->name, name);
    for (uint32_t i = 0; i < catalog->region_count; i++)
        str_addf(err, " %s", catalog->regions[i].name);
    str_addc(err, '\n');
    return EXIT_OTHER;
}

/* The session's caller, with --region and --profile of this line. 0, or the exit code. */
static int choose_caller(const struct commander *commander, const struct arguments *arguments,
                         struct caller *caller, struct command_io *io)
{
    const char *profile = arguments->profile == NULL ? commander->profile : arguments->profile;
    const char *region = arguments->region == NULL ? commander->region : arguments->region;
    int found;

    *caller = commander->caller;
    if (profile != NULL && !commander_profile(caller->world, profile, &caller->account)) {
        str_addf(io->err, "\naws: [ERROR]: The config profile (%s) could not be found\n", profile);
        return EXIT_OTHER;
    }
    if (region == NULL)
        return 0;
    found = catalog_region_find(caller->world->catalog, region);
    if (found < 0)
        return refuse_region(arguments, caller, region, io->err);
    caller->region = (uint8_t)found;
    return 0;
}

/* ---- printing ---- */

static void print_fault(const char *program, const struct call *call, struct str *err)
{
    str_addf(err, "%sAn error occurred (%s) when calling the %s operation: %s\n",
             arguments_error_prefix(program), call->fault.kind->code, call->op->name,
             call->fault.message);
}

/* The answer after --query, a new reference; NULL when the expression fails on this answer. */
static json_t *apply_query(const char *query, json_t *answer, const char *program, struct str *err)
{
    struct jmespath_error error = JMESPATH_ERROR_INIT;
    struct jmespath *path = jmespath_compile(query, &error);
    json_t *found = path == NULL ? NULL : jmespath_search(path, answer, &error);

    if (found == NULL)
        str_addf(err, "%s%s\n", arguments_error_prefix(program), error.message);
    jmespath_free(path);
    jmespath_error_release(&error);
    return found;
}

static int print_answer(const struct commander *commander, const char *program,
                        const struct arguments *arguments, json_t *answer, struct command_io *io)
{
    struct str problem = STR_INIT;
    struct output_request request = {
        .title = arguments->op->name,
        .width = commander->width,
        .color = commander->color || arguments->color,
        .format = arguments->output < 0 ? commander->output : (enum output_format)arguments->output,
    };
    json_t *value = arguments->query == NULL
                        ? json_incref(answer)
                        : apply_query(arguments->query, answer, program, io->err);
    int exit_code = EXIT_FINE;

    if (value == NULL)
        return EXIT_OTHER;
    request.value = value;
    if (output_add(io->out, &request, &problem) != 0) {
        str_addf(io->err, "%s%s\n", arguments_error_prefix(program), str_text(&problem));
        exit_code = EXIT_OTHER;
    }
    str_release(&problem);
    json_decref(value);
    return exit_code;
}

/* ---- running ---- */

/* Makes a call durable that changed the cloud, or may have.  0, or an exit code. */
static int keep(struct commander *commander, const char *program,
                const struct command_record *record, struct command_io *io)
{
    unsigned wanted = record->refused ? OP_WRITE | OP_PARTIAL : OP_WRITE;
    struct str why = STR_INIT;
    int exit_code = EXIT_FINE;

    if ((record->op->flags & wanted) != wanted || commander->commit == NULL)
        return EXIT_FINE;
    if (commander->commit(commander->context, record, &why) != 0) {
        str_addf(io->err, "%s%s\n", arguments_error_prefix(program), str_text(&why));
        exit_code = EXIT_OTHER;
    }
    str_release(&why);
    return exit_code;
}

static int tell_refusal(struct commander *commander, const char *program, const struct call *call,
                        struct command_io *io)
{
    print_fault(program, call, io->err);
    commander_refused(commander, call->fault.kind, call->fault.message);
    return EXIT_SERVICE;
}

/* Applies an operation and makes it durable.  0 with the answer, or the exit code. */
static int apply(struct commander *commander, const char *program, const struct caller *caller,
                 const struct op *op, const json_t *params, json_t **answer, struct command_io *io)
{
    struct call call;
    struct command_record record = {
        .op = op,
        .account = caller->account,
        .region = caller->region,
        .params = params,
    };
    int exit_code;

    commander_advance(commander, caller->world->sim.now, "");
    record.refused = commander_invoke(commander, &call, caller, op, params, answer) != 0;
    exit_code = keep(commander, program, &record, io);
    if (exit_code == EXIT_FINE && record.refused)
        exit_code = tell_refusal(commander, program, &call, io);
    if (exit_code == EXIT_FINE && (op->flags & OP_LASTS) != 0 &&
        commander_advance(commander, call.until, op->name) != 0)
        exit_code = EXIT_INTERRUPTED;
    if (exit_code != EXIT_FINE) {
        json_decref(*answer);
        *answer = NULL;
    }
    call_release(&call);
    return exit_code;
}

int command_invoke(struct commander *commander, const struct op *op, json_t *params,
                   json_t **answer, struct command_io *io)
{
    return apply(commander, "lab", &commander->caller, op, params, answer, io);
}

static int run_parsed(struct commander *commander, const char *program,
                      const struct arguments *arguments, struct command_io *io)
{
    struct caller caller;
    struct str problem = STR_INIT;
    json_t *answer;
    size_t before = io->err->length;
    int exit_code = choose_caller(commander, arguments, &caller, io);

    if (exit_code != EXIT_FINE) {
        commander_refused(commander, NULL, str_text(io->err) + before);
        return exit_code;
    }
    if (arguments->waiter != NULL)
        return wait_run(commander, arguments, &caller, io);
    if (arguments->output < 0 && commander->output_wrong != NULL) {
        str_addf(io->err, "%sUnknown output type: %s\n", arguments_error_prefix(program),
                 commander->output_wrong);
        return EXIT_OTHER;
    }
    exit_code = apply(commander, program, &caller, arguments->op, arguments->params, &answer, io);
    if (exit_code == EXIT_FINE && paging_cut(arguments, answer, &problem) != 0) {
        str_addf(io->err, "%s%s\n", arguments_error_prefix(program), str_text(&problem));
        exit_code = EXIT_OTHER;
    }
    if (exit_code == EXIT_FINE)
        exit_code = print_answer(commander, program, arguments, answer, io);
    str_release(&problem);
    json_decref(answer);
    return exit_code;
}

int command_run(struct commander *commander, const char *program, const char *const *words,
                size_t count, struct command_io *io)
{
    struct arguments arguments;
    size_t before = io->err->length;
    int exit_code = arguments_parse(&arguments, program, words, count, commander->files);

    if (exit_code != EXIT_FINE) {
        str_addf(io->err, "%s%s\n", arguments_error_prefix(program), str_text(&arguments.error));
        commander_refused(commander, NULL, str_text(&arguments.error));
    } else if (arguments.version)
        str_add(io->out, "nephoscope, in the place of aws-cli/2\n");
    else if (arguments.help)
        help_add(io->out, program, arguments.service, arguments.op);
    else if (arguments.skeleton != NULL)
        skeleton_add(io->out, &arguments);
    else
        exit_code = run_parsed(commander, program, &arguments, io);
    /* A waiter tells by itself, and a service's refusal has another exit code. */
    if (exit_code == EXIT_OTHER && arguments.waiter == NULL)
        commander_refused(commander, NULL, str_text(io->err) + before);
    arguments_release(&arguments);
    return exit_code;
}
