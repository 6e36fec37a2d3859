/*
 * shell/fault_plan.c - fault plans: what is to break, and when, as lines of text that can be kept,
 * sent to others and done again.
 *
 * A plan is looked at as a whole before any of it runs: every command, with some value for each
 * variable and each $( ).
 */
#include "shell/fault_plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/expand.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "sim/clock.h"
#include "cloud/injection_plan.h"
#include "api/arguments.h"
#include "api/condition.h"
#include "api/fault_form.h"
#include "shell/outside.h"
#include "shell/run.h"

/* ---- looking at a plan ---- */

/* A number, and as long as an ARN must be at least. */
static const char stand_in[] = "00000000000000000001";

struct plan_look {
    struct arena arena;
    struct str *why;
    const char *text;
    size_t at; /* of the command that is looked at */
};

static int refuse(struct plan_look *look, const char *problem)
{
    unsigned line = 1;

    for (size_t i = 0; i < look->at; i++)
        line += look->text[i] == '\n';
    if (look->why->length == 0) {
        str_addf(look->why, "line %u: ", line);
        utf8_add_safe(look->why, problem, strlen(problem), UTF8_KEEP_NOTHING);
    }
    return -1;
}

static const char *any_value(void *context, const char *name)
{
    (void)context;
    (void)name;
    return stand_in;
}

static int read_inner(void *context, const struct words_list *commands, struct str *output);

/* The arguments of one command, some value for all that is not said; 0, or -1 refused. */
static int read_words(struct plan_look *look, const struct words_command *command,
                      struct expand_argv *argv)
{
    struct expand_host host = {.context = look, .variable = any_value, .run = read_inner};

    if (command->join != WORDS_THEN || command->assigns.count > 0 || command->redirects.count > 0)
        return refuse(look, "no pipes, redirections, variables, && or || in a fault plan");
    for (uint32_t i = 0; i < command->words.count; i++) {
        if (expand_word(&host, &command->words.items[i], argv) != 0)
            return refuse(look, "this command becomes too long");
    }
    return 0;
}

static bool is_plain(const struct words_command *command, uint32_t number, const char *word)
{
    return command->words.count > number && command->words.items[number].count == 1 &&
           command->words.items[number].parts[0].kind == WORDS_LITERAL &&
           strcmp(command->words.items[number].parts[0].text, word) == 0;
}

/* As the program that the words name; -1 refused. */
static int read_arguments(struct plan_look *look, const struct expand_argv *argv,
                          struct arguments *arguments)
{
    const char *const *words = (const char *const *)argv->items.items;

    if (arguments_parse(arguments, words[0], words + 1, argv->items.count - 1, NULL) != 0)
        return refuse(look, str_text(&arguments->error));
    if (arguments->op == NULL || arguments->help || arguments->skeleton != NULL)
        return refuse(look, "a fault plan has operations only");
    return 0;
}

/* struct expand_host's run: $( ) may look, and nothing else. */
static int read_inner(void *context, const struct words_list *commands, struct str *output)
{
    struct plan_look *look = context;
    struct expand_argv argv = {.arena = &look->arena};
    const struct words_command *command = &commands->commands.items[0];
    struct arguments arguments = {0};
    int status = 0;

    if (commands->commands.count != 1 ||
        (!is_plain(command, 0, "aws") && !is_plain(command, 0, "lab")))
        return refuse(look, "$( ) in a fault plan holds one `aws` or `lab` command") != 0;
    status = read_words(look, command, &argv);
    if (status == 0)
        status = read_arguments(look, &argv, &arguments);
    if (status == 0 && (arguments.waiter != NULL ||
                        (arguments.op->flags & (OP_WRITE | OP_LASTS)) != 0))
        status = refuse(look, "$( ) in a fault plan may only look");
    arguments_release(&arguments);
    str_add(output, stand_in);
    return status != 0;
}

static int look_at_command(struct plan_look *look, const struct words_command *command)
{
    struct expand_argv argv = {.arena = &look->arena};
    struct arguments arguments = {0};
    struct str problem = STR_INIT;
    const char *when;
    const char *kind;
    int status;

    look->at = command->start;
    if (!is_plain(command, 0, "lab") ||
        (!is_plain(command, 1, "inject-fault") && !is_plain(command, 1, "clear-fault")))
        return refuse(look, "a fault plan holds `lab inject-fault` and `lab clear-fault` only");
    status = read_words(look, command, &argv);
    if (status == 0)
        status = read_arguments(look, &argv, &arguments);
    kind = status == 0 ? json_string_value(json_object_get(arguments.params, "Kind")) : NULL;
    if (kind != NULL && injection_kind_find(kind) < 0)
        status = refuse(look, "there is no such kind of fault; `lab inject-fault help` lists them");
    when = status == 0 ? json_string_value(json_object_get(arguments.params, "When")) : NULL;
    if (when != NULL && condition_check(when, &problem) != 0)
        status = refuse(look, str_text(&problem));
    str_release(&problem);
    arguments_release(&arguments);
    return status;
}

/* The commands of a text, if it is a plan; -1 refused. */
static int look_at_all(struct plan_look *look, size_t size, struct words_list *list)
{
    struct words_source source = {.text = look->text, .length = size};
    struct words_refusal refusal;

    if (size > FAULT_PLAN_BYTES_MAX)
        return refuse(look, "a fault plan is 64 KiB long at most");
    if (memchr(look->text, '\0', size) != NULL || !utf8_valid(look->text, size))
        return refuse(look, "not UTF-8 text");
    if (words_parse(&source, &look->arena, list, &refusal) != WORDS_OK) {
        str_add(look->why, refusal.message); /* says its line */
        return -1;
    }
    if (list->commands.count > FAULT_PLAN_COMMANDS_MAX)
        return refuse(look, "a fault plan has 200 commands at most");
    for (uint32_t i = 0; i < list->commands.count; i++) {
        if (look_at_command(look, &list->commands.items[i]) != 0)
            return -1;
    }
    return 0;
}

int fault_plan_check(const char *text, size_t size, struct str *why)
{
    struct plan_look look = {.why = why, .text = text};
    struct words_list list;
    int count = look_at_all(&look, size, &list) == 0 ? (int)list.commands.count : -1;

    arena_release(&look.arena);
    return count;
}

/* ---- running it ---- */

int fault_plan_run(struct shell *shell, const char *text, struct command_io *io)
{
    struct str why = STR_INIT;
    struct plan_look look = {.why = &why, .text = text};
    void (*printed)(void *, struct command_io *) = shell->printed;
    struct words_list list;
    int refused = 0;

    if (look_at_all(&look, strlen(text), &list) != 0) {
        str_addf(io->err, "fault-plan: %s\n", str_text(&why));
        refused = 1;
        list.commands.count = 0;
    }
    shell->printed = NULL; /* what breaks is no surprise when its answer is shown */
    shell->session->brought++;
    for (uint32_t i = 0; i < list.commands.count; i++) {
        const struct words_command *command = &list.commands.items[i];
        char *line = xstrndup(text + command->start, command->end - command->start);
        struct str answer = STR_INIT;
        struct command_io quiet = {.out = &answer, .err = io->err};
        int status = shell_run(shell, line, true, &quiet);

        free(line);
        str_release(&answer);
        refused += status != 0;
        if (status == EXIT_INTERRUPTED)
            break;
    }
    shell->session->brought--;
    shell->printed = printed;
    str_release(&why);
    arena_release(&look.arena);
    return refused;
}

/* ---- writing one ---- */

/* The answer to a read operation without a fault, as the session's person; or NULL. */
static json_t *ask(struct shell *shell, const char *service, const char *op, json_t *params)
{
    struct caller caller = shell->session->commander.caller;
    json_t *answer = NULL;
    struct call call;

    invoke_json(&call, &caller, service_op_find(service_find(service), op), params, &answer);
    call_release(&call);
    json_decref(params);
    return answer;
}

/* The variable that holds exactly this; NULL: none does. */
static const char *variable_of(const struct shell *shell, const char *value, size_t length)
{
    const struct table *variables = &shell->session->variables.variables;

    for (uint32_t i = 0; i < table_count(variables); i++) {
        const struct variable *variable = table_at(variables, i);

        if (strlen(variable->value) == length && strncmp(variable->value, value, length) == 0)
            return variable->name;
    }
    return NULL;
}

/* By its Name, for worlds where it has another id. */
static bool add_by_name(struct shell *shell, const char *id, struct str *out)
{
    json_t *answer =
        ask(shell, "ec2", "DescribeTags",
            json_pack("{s:[{s:s, s:[s]}, {s:s, s:[s]}]}", "Filters", "Name", "resource-id",
                      "Values", id, "Name", "key", "Values", "Name"));
    const char *name = json_string_value(
        json_object_get(json_array_get(json_object_get(answer, "Tags"), 0), "Value"));

    if (name != NULL && strcspn(name, ",*?'\"\\$` \n") == strlen(name))
        str_addf(out,
                 "$(aws ec2 describe-instances --filters Name=tag:Name,Values=%s "
                 "Name=instance-state-name,Values=running "
                 "--query 'Reservations[0].Instances[0].InstanceId' --output text)",
                 name);
    else
        name = NULL;
    json_decref(answer);
    return name != NULL;
}

static void add_subject(struct shell *shell, const char *subject, struct str *out)
{
    const char *variable = variable_of(shell, subject, strlen(subject));

    if (variable != NULL)
        str_addf(out, "$%s", variable);
    else if (!str_starts(subject, "i-") || !add_by_name(shell, subject, out))
        expand_quote(out, subject);
}

/* In double quotes, ids as the variables that hold them. */
static void add_condition(const struct shell *shell, const char *text, struct str *out)
{
    str_addc(out, '"');
    while (*text != '\0') {
        size_t length = strcspn(text, " \t\n'\"`()[],");
        const char *variable = length > 8 ? variable_of(shell, text, length) : NULL;

        if (variable != NULL)
            str_addf(out, "$%s", variable);
        else
            str_addn(out, text, length);
        text += length;
        if (*text == '"' || *text == '`')
            str_addc(out, '\\');
        if (*text != '\0')
            str_addc(out, *text++);
    }
    str_addc(out, '"');
}

/* The option that names such a subject. */
static const char *subject_option(const struct fault_form *form, const char *subject)
{
    return form->other != NULL && str_starts(subject, "h-") ? form->other : form->subject;
}

static int64_t time_of(const json_t *fault, const char *member)
{
    const char *text = json_string_value(json_object_get(fault, member));
    int64_t time = 0;

    return text != NULL && clock_parse(text, &time) ? time : 0;
}

/* What is broken counts from then, what waits from the time for which it is planned. */
static int64_t beginning_of(const json_t *fault)
{
    bool pending = strcmp(json_string_value(json_object_get(fault, "State")), "pending") == 0;

    return time_of(fault, pending ? "At" : "Since");
}

static void add_fault(struct shell *shell, const json_t *fault, int64_t base, struct str *out)
{
    const char *kind = json_string_value(json_object_get(fault, "Kind"));
    const char *subject = json_string_value(json_object_get(fault, "Subject"));
    const char *name = json_string_value(json_object_get(fault, "FaultName"));
    const char *when = json_string_value(json_object_get(fault, "When"));
    const struct fault_form *form = fault_form_of(injection_kind_find(kind));
    int64_t begins = beginning_of(fault);
    int64_t lasts = json_integer_value(json_object_get(fault, "Duration"));

    if (injection_is_of_pool(form->kind) && !str_starts(subject, "i-")) {
        str_addf(out, "# %s of %s: name an instance of that kind\n", kind, subject);
        return;
    }
    str_addf(out, "lab inject-fault --kind %s %s ", kind, subject_option(form, subject));
    add_subject(shell, subject, out);
    if (form->amount != NULL)
        str_addf(out, " %s %lld", form->amount,
                 (long long)json_integer_value(json_object_get(fault, "Amount")));
    if (when != NULL) {
        str_add(out, " --when ");
        add_condition(shell, when, out);
    } else if (begins > base) {
        str_addf(out, " --after %lld", (long long)((begins - base) / SECOND_NS));
    }
    if (time_of(fault, "Until") != 0)
        lasts = (time_of(fault, "Until") - begins) / SECOND_NS;
    if (lasts > 0)
        str_addf(out, " --duration %lld", (long long)lasts);
    if (!str_starts(name, kind))
        str_addf(out, " --fault-name %s", name);
    str_addc(out, '\n');
}

void fault_plan_write(struct shell *shell, struct str *out)
{
    json_t *answer = ask(shell, "lab", "DescribeFaults", json_object());
    json_t *faults = json_object_get(answer, "Faults");
    int64_t base = shell->session->world->sim.now;
    json_t *fault;
    size_t i;

    json_array_foreach(faults, i, fault) {
        int64_t begins = beginning_of(fault);

        base = begins != 0 && begins < base ? begins : base;
    }
    json_array_foreach(faults, i, fault)
        add_fault(shell, fault, base, out);
    json_decref(answer);
}

/* ---- the word ---- */

static int usage(const struct word_call *call)
{
    str_add(call->io.err, "usage: fault-plan [save FILE | run FILE | check FILE]\n");
    return EXIT_USAGE;
}

static int say(const struct word_call *call, const struct str *why)
{
    str_addf(call->io.err, "fault-plan: %s\n", str_text(why));
    return EXIT_OTHER;
}

/* A file of the branch, else one of the folder: what it can do is known before it runs, so that it
 * may be read in a lesson too, unless a lesson's own lines ask. */
static char *read_plan(const struct session *session, const char *name, struct str *why)
{
    const struct branch_file *file = variables_file_find(&session->variables, name);

    if (file != NULL)
        return xstrndup(file->bytes.bytes, file->bytes.size);
    if (session->brought == 0)
        return outside_script(name, false, why);
    str_addf(why, "%s: No such file in this branch (`ls` lists them)", name);
    return NULL;
}

static int run_file(struct word_call *call, bool only_look)
{
    struct shell *shell = call->owner;
    struct str why = STR_INIT;
    char *text = read_plan(shell->session, call->words[2], &why);
    int count = text == NULL ? -1 : fault_plan_check(text, strlen(text), &why);
    int status = 0;
    int refused;

    if (count < 0) {
        status = say(call, &why);
    } else if (only_look) {
        str_addf(call->io.out, "%s: a fault plan, %d command%s\n", call->words[2], count,
                 count == 1 ? "" : "s");
    } else {
        refused = fault_plan_run(shell, text, &call->io);
        str_addf(call->io.out, "%s: %d of %d command%s done\n", call->words[2], count - refused,
                 count, count == 1 ? "" : "s");
        status = refused > 0;
    }
    free(text);
    str_release(&why);
    return status;
}

static int save(struct word_call *call)
{
    struct shell *shell = call->owner;
    struct str text = STR_INIT;
    struct str why = STR_INIT;
    int status = 0;

    fault_plan_write(shell, &text);
    if (session_set_file(shell->session, call->words[2], str_text(&text), text.length, &why) != 0)
        status = say(call, &why);
    else
        str_addf(call->io.out,
                 "%s is a file of this branch now; `save %s` writes it into the folder.\n",
                 call->words[2], call->words[2]);
    str_release(&text);
    str_release(&why);
    return status;
}

int fault_plan_word(struct word_call *call)
{
    if (call->count == 1) {
        fault_plan_write(call->owner, call->io.out);
        return 0;
    }
    if (call->count != 3)
        return usage(call);
    if (strcmp(call->words[1], "save") == 0)
        return save(call);
    if (strcmp(call->words[1], "run") == 0)
        return run_file(call, false);
    return strcmp(call->words[1], "check") == 0 ? run_file(call, true) : usage(call);
}
