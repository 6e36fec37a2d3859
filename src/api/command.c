/*
 * api/command.c - a whole `aws` or `lab` command: words in, the CLI's bytes and exit code out.
 */
#include "api/command.h"

#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/jmespath.h"
#include "api/arguments.h"
#include "api/configure.h"
#include "api/error_text.h"
#include "api/help.h"
#include "api/names.h"
#include "api/paging.h"
#include "api/skeleton.h"
#include "api/wait.h"
#include "cloud/world.h"

/* ---- settings of one line ---- */

/* AWS's name of a service in its addresses, where it is not that of the command line. */
static const char *endpoint_name(const struct service *service)
{
    static const char *const others[][2] = {
        {"elbv2", "elasticloadbalancing"},
        {"cloudwatch", "monitoring"},
    };

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (strcmp(service->name, others[i][0]) == 0)
            return others[i][1];
    }
    return service->name;
}

/* What the AWS CLI takes for the name of a Region: letters, digits and dashes, as in a host's. */
static bool is_region_name(const char *name)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
    size_t length = strlen(name);

    return length > 0 && length <= 63 && strspn(name, letters) == length && name[0] != '-' &&
           name[length - 1] != '-' && strspn(name, "0123456789") < length;
}

/* The AWS CLI's own sentence, and which Regions there are. */
static int refuse_region(const struct arguments *arguments, const struct caller *caller,
                         const char *name, struct str *err)
{
    const struct catalog *catalog = caller->world->catalog;
    const char *program = strcmp(arguments->service->name, "lab") == 0 ? "lab" : "aws";

    str_add(err, arguments_error_prefix(program));
    if (!is_region_name(name))
        str_addf(err, "Provided region_name '%s' doesn't match a supported format.", name);
    else if (strcmp(program, "lab") == 0)
        str_addf(err, "There is no Region %s", name);
    else
        str_addf(err, "Could not connect to the endpoint URL: \"https://%s.%s.amazonaws.com/\"",
                 endpoint_name(arguments->service), name);
    str_add(err, "\nThe Regions here are:");
    for (uint32_t i = 0; i < catalog->region_count; i++)
        str_addf(err, " %s", catalog->regions[i].name);
    str_addc(err, '\n');
    return EXIT_OTHER;
}

/*
 * The session's caller, with the line's --profile.  0, or the exit code.  The AWS CLI looks for the
 * profile before it reads what belongs to an operation.
 */
static int choose_profile(const struct commander *commander, const struct arguments *arguments,
                          const char *program, struct caller *caller, struct str *err)
{
    const char *profile = arguments->profile == NULL || arguments->profile[0] == '\0'
        ? commander->profile : arguments->profile;

    *caller = commander->caller;
    if (arguments->service == NULL || arguments->help || profile == NULL ||
        arguments->service == &service_configure || /* it lists those that there are */
        commander_profile(caller->world, profile, &caller->account))
        return 0;
    str_addf(err, "%sThe config profile (%s) could not be found\n",
             arguments_error_prefix(program), profile);
    return EXIT_OTHER;
}

/* The same for --region.  As in the AWS CLI, an empty value is none. */
static int choose_region(const struct commander *commander, const struct arguments *arguments,
                         struct caller *caller, struct str *err)
{
    const char *region = arguments->region == NULL || arguments->region[0] == '\0'
        ? commander->region : arguments->region;
    int found;

    if (region == NULL)
        return 0;
    found = catalog_region_find(caller->world->catalog, region);
    if (found < 0)
        return refuse_region(arguments, caller, region, err);
    caller->region = (uint8_t)found;
    return 0;
}

/* A Region that is lost: nobody answers there.  sts answers everywhere. */
static int check_reachable(const struct arguments *arguments, const struct caller *caller,
                           struct str *err)
{
    const struct service *service = arguments->service;

    if (service == NULL || service->style == STYLE_LAB || service == &service_configure ||
        strcmp(service->name, "sts") == 0 ||
        !injections_region_lost(&caller->world->injections, caller->region))
        return EXIT_FINE;
    str_addf(err, "%sCould not connect to the endpoint URL: \"https://%s.%s.amazonaws.com/\"\n",
             arguments_error_prefix("aws"), endpoint_name(service),
             caller->world->catalog->regions[caller->region].name);
    return EXIT_OTHER;
}

/* ---- printing ---- */

/*
 * What --cli-error-format says.  A line that broke before its service was known has not said it:
 * the AWS CLI reads its own options and the service's name together.
 */
static const char *error_format(const struct commander *commander,
                                const struct arguments *arguments)
{
    return arguments->service == NULL || arguments->error_format == NULL
        ? commander->error_format : arguments->error_format;
}

/*
 * The answer after --query, a new reference; NULL when the expression fails on this answer.  Only
 * what the expression looks at is made, but it may be as much work as all of the answer allows.
 */
static json_t *apply_query(const char *query, struct answer *answer, const char *program,
                           struct str *err)
{
    struct jmespath_error error = JMESPATH_ERROR_INIT;
    struct jmespath *path = jmespath_compile(query, &error);
    json_t *looked_at = path == NULL ? NULL : answer_json_for(answer, path);
    json_t *found = path == NULL ? NULL : jmespath_search(path, looked_at, &error);

    if (found == NULL && error.kind == JMESPATH_TOO_LARGE)
        found = jmespath_search(path, answer_json(answer), &error);
    if (found == NULL)
        str_addf(err, "%s%s\n", arguments_error_prefix(program), error.message);
    json_decref(looked_at);
    jmespath_free(path);
    jmespath_error_release(&error);
    return found;
}

/* What a command of the CLI itself prints: its list, a line each. */
static int print_lines(json_t *answer, struct str *out)
{
    json_t *list = json_object_iter_value(json_object_iter(answer));

    for (size_t i = 0; i < json_array_size(list); i++)
        str_addf(out, "%s\n", json_string_value(json_array_get(list, i)));
    return EXIT_FINE;
}

/* Who runs an operation, where it prints, and how it is refused. */
struct running {
    struct commander *commander;
    const struct arguments *arguments; /* NULL: a word of the prompt runs it */
    const struct caller *caller;
    const char *program;
    const char *error_format;
    struct command_io *io;
    bool pages; /* each page is printed by itself */
};

static enum output_format format_of(const struct running *running)
{
    return running->arguments->output < 0 ? running->commander->output
                                          : (enum output_format)running->arguments->output;
}

/* A sentence of the CLI's own. */
static int tell_other(const struct running *running, const struct str *sentence)
{
    if (sentence->length > 0)
        str_addf(running->io->err, "%s%s\n", arguments_error_prefix(running->program),
                 str_text(sentence));
    return EXIT_OTHER;
}

static int print_answer(const struct running *running, struct answer *answer)
{
    const struct arguments *arguments = running->arguments;
    struct str problem = STR_INIT;
    struct output_request request = {
        .title = arguments->op->name,
        .width = running->commander->width,
        .color = running->commander->color || arguments->color,
        .paged = running->pages,
        .format = format_of(running),
    };
    json_t *value;
    int exit_code = EXIT_FINE;

    if (answer->object != NULL && arguments->query == NULL && request.format == OUTPUT_JSON) {
        output_add_object(running->io->out, answer->shape, answer->object);
        return EXIT_FINE;
    }
    value = arguments->query == NULL
                ? json_incref(answer_json(answer))
                : apply_query(arguments->query, answer, running->program, running->io->err);
    if (value == NULL)
        return EXIT_OTHER;
    request.value = value;
    if (output_add(running->io->out, &request, &problem) != 0)
        exit_code = tell_other(running, &problem);
    str_release(&problem);
    json_decref(value);
    return exit_code;
}

/* The same of JSON; takes the reference. */
static int print_json(const struct running *running, json_t *json)
{
    struct answer answer;
    int exit_code;

    answer_take_json(&answer, json);
    exit_code = print_answer(running, &answer);
    answer_release(&answer);
    return exit_code;
}

/* struct pager's show. */
static int show_page(void *context, struct answer *page)
{
    return print_answer(context, page);
}

/* Where it stopped: in text a row of its own, to which --query is applied as to any page. */
static int show_resume(const struct running *running, json_t *token)
{
    if (token == NULL || format_of(running) != OUTPUT_TEXT)
        return EXIT_FINE;
    return print_json(running, json_pack("{s:{s:O}}", "NextToken", "NextToken", token));
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

static int tell_refusal(const struct running *running, const struct call *call)
{
    const struct fault *fault = &call->fault;

    error_text_add(running->io->err, &(struct error_text){
                                         .program = running->program,
                                         .format = running->error_format,
                                         .code = fault->kind->code,
                                         .op = call->op->name,
                                         .message = fault->message,
                                     });
    commander_refused(running->commander, fault->kind, fault->message);
    return EXIT_SERVICE;
}

/* Lets time pass until what was made has ended, and answers anew.  0, or the exit code. */
static int see_through(struct commander *commander, struct call *call, struct answer *answer)
{
    int64_t until;
    const void *again;

    if (call->op->goes_on == NULL || call->made == 0)
        return EXIT_FINE;
    while ((until = call->op->goes_on(call)) != 0) {
        if (commander_advance(commander, until, call->op->name) != 0)
            return EXIT_INTERRUPTED;
        call->world = commander->caller.world; /* another one, if it had to be put back */
    }
    again = invoke_again(call); /* its input lies with the first answer */
    answer_release(answer);
    answer_take(answer, call, again);
    return EXIT_FINE;
}

/* An operation whose answer is as of now, and that lets time pass then.  0, or the exit code. */
static int pass_time(struct commander *commander, const struct call *call, struct answer *answer)
{
    if ((call->op->flags & OP_LASTS) == 0)
        return EXIT_FINE;
    answer_settle(answer);
    return commander_advance(commander, call->until, call->op->name) == 0 ? EXIT_FINE
                                                                          : EXIT_INTERRUPTED;
}

/* Applies an operation and makes it durable.  0 with the answer, or the exit code. */
static int apply(const struct running *running, const struct caller *caller, const struct op *op,
                 const json_t *params, struct answer *answer)
{
    struct commander *commander = running->commander;
    struct caller asking = *caller;
    struct call call;
    struct command_record record = {
        .op = op,
        .account = caller->account,
        .region = caller->region,
        .params = params,
    };
    int exit_code;

    commander_advance(commander, caller->world->sim.now, "");
    asking.passer = (struct time_passer){.pass = commander->pass, .context = commander->context};
    record.refused = commander_invoke(commander, &call, &asking, op, params, answer) != 0;
    exit_code = keep(commander, running->program, &record, running->io);
    if (exit_code == EXIT_FINE && call.interrupted)
        exit_code = EXIT_INTERRUPTED;
    else if (exit_code == EXIT_FINE && record.refused)
        exit_code = tell_refusal(running, &call);
    if (exit_code == EXIT_FINE)
        exit_code = pass_time(commander, &call, answer);
    if (exit_code == EXIT_FINE)
        exit_code = see_through(commander, &call, answer);
    if (exit_code != EXIT_FINE)
        answer_release(answer);
    else if ((op->flags & OP_WRITE) != 0 && commander->answered != NULL)
        commander->answered(commander->context, op, answer);
    call_release(&call);
    return exit_code;
}

int command_invoke(struct commander *commander, const struct op *op, json_t *params,
                   json_t **answer, struct command_io *io)
{
    struct running running = {.commander = commander, .program = "lab", .io = io};
    struct answer given;
    int exit_code = apply(&running, &commander->caller, op, params, &given);

    *answer = json_incref(answer_json(&given));
    answer_release(&given);
    return exit_code;
}

/* struct pager's ask. */
static int ask_page(void *context, const json_t *params, struct answer *page)
{
    const struct running *running = context;

    return apply(running, running->caller, running->arguments->op, params, page);
}

/* Asks for page after page, and prints each, or all that came. */
static int run_paged(struct running *running)
{
    enum output_format format = format_of(running);
    struct pager pager = {.ask = ask_page, .context = running};
    struct str problem = STR_INIT;
    struct paged paged;
    int exit_code;

    running->pages = format == OUTPUT_TEXT || format == OUTPUT_YAML_STREAM;
    if (running->pages)
        pager.show = show_page;
    pager.lists = format == OUTPUT_TEXT;
    /* Where pages cannot be told apart, the sizes that the CLI adds by itself cost time only. */
    if (running->pages || running->arguments->page_size.set)
        pager.page_size = paging_size(running->arguments);
    exit_code = paging_walk(running->arguments, &pager, &paged, &problem);
    if (exit_code != EXIT_FINE)
        tell_other(running, &problem);
    else if (running->pages)
        exit_code = show_resume(running, paged.resume);
    else
        exit_code = print_answer(running, &paged.whole);
    str_release(&problem);
    answer_release(&paged.whole);
    json_decref(paged.resume);
    return exit_code;
}

static int run_once(struct running *running)
{
    const struct arguments *arguments = running->arguments;
    struct answer answer;
    int exit_code = apply(running, running->caller, arguments->op, arguments->params, &answer);

    if (exit_code == EXIT_FINE && (arguments->op->flags & OP_LINES) != 0)
        exit_code = print_lines(answer_json(&answer), running->io->out);
    else if (exit_code == EXIT_FINE)
        exit_code = print_answer(running, &answer);
    answer_release(&answer);
    return exit_code;
}

static int run_parsed(struct running *running)
{
    const struct arguments *arguments = running->arguments;
    struct commander *commander = running->commander;
    struct command_io *io = running->io;

    if (arguments->waiter != NULL)
        return wait_run(commander, arguments, running->caller, io);
    if (arguments->output < 0 && commander->output_wrong != NULL) {
        str_addf(io->err, "%sUnknown output type: %s\n",
                 arguments_error_prefix(running->program), commander->output_wrong);
        return EXIT_OTHER;
    }
    if (arguments->max_items.set && arguments->max_items.value <= 0)
        str_add(io->err, "warning: Non-positive values for --max-items may result in undefined "
                         "behavior.\n");
    return paging_wanted(arguments) ? run_paged(running) : run_once(running);
}

/* The line was refused before anything ran.  Gives its exit code. */
static int tell_line(const struct running *running)
{
    const struct arguments *arguments = running->arguments;

    error_text_add_line(running->io->err, &(struct error_text){
                                              .program = running->program,
                                              .format = running->error_format,
                                              .message = str_text(&arguments->error),
                                          });
    commander_refused(running->commander, NULL, str_text(&arguments->error));
    return arguments->exit_code;
}

static int print_skeleton(const struct running *running)
{
    const struct arguments *arguments = running->arguments;

    if (strcmp(arguments->skeleton, "output") == 0)
        return print_json(running, skeleton_answer(arguments));
    skeleton_add(running->io->out, arguments);
    return EXIT_FINE;
}

/* Help on the CLI, a service or an operation, to be read. */
static void give_help(struct commander *commander, const char *program,
                      const struct arguments *arguments, struct str *out)
{
    struct arena arena = ARENA_INIT;
    struct str text = STR_INIT;
    struct str title = STR_INIT;

    help_add(&text, program, arguments->service, arguments->op);
    str_add(&title, program);
    if (arguments->service != NULL && arguments->service->style != STYLE_LAB)
        str_addf(&title, " %s", arguments->service->name);
    if (arguments->op != NULL)
        str_addf(&title, " %s", name_cli(&arena, arguments->op->name));
    commander_page(commander, str_text(&title), &text, out);
    str_release(&text);
    str_release(&title);
    arena_release(&arena);
}

int command_run(struct commander *commander, const char *program, const char *const *words,
                size_t count, struct command_io *io)
{
    struct arguments arguments;
    struct caller caller;
    size_t before = io->err->length;
    int wrong = arguments_parse(&arguments, program, words, count, commander->files);
    int exit_code = choose_profile(commander, &arguments, program, &caller, io->err);
    struct running running = {
        .commander = commander,
        .arguments = &arguments,
        .caller = &caller,
        .program = program,
        .error_format = error_format(commander, &arguments),
        .io = io,
    };

    if (exit_code != EXIT_FINE) {
        ; /* told */
    } else if (wrong != EXIT_FINE) {
        exit_code = tell_line(&running);
    } else if (arguments.version) {
        str_add(io->out, "nephoscope, in the place of aws-cli/2\n");
    } else if (arguments.help) {
        give_help(commander, program, &arguments, io->out);
    } else if (arguments.skeleton != NULL) {
        exit_code = print_skeleton(&running);
    } else if (commander->invoke == NULL && arguments_check_modelled(&arguments) != EXIT_FINE) {
        exit_code = tell_line(&running);
    } else {
        exit_code = choose_region(commander, &arguments, &caller, io->err);
        if (exit_code == EXIT_FINE && commander->invoke == NULL)
            exit_code = check_reachable(&arguments, &caller, io->err);
        if (exit_code == EXIT_FINE)
            exit_code = run_parsed(&running);
    }
    /* A waiter tells by itself, and a service's refusal has another exit code. */
    if (exit_code == EXIT_OTHER && wrong == EXIT_FINE && arguments.waiter == NULL)
        commander_refused(commander, NULL, str_text(io->err) + before);
    arguments_release(&arguments);
    return exit_code;
}
