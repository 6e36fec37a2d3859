/*
 * cloud/guest_jobs.c - jobs: scripts and command lines that run inside a guest.
 *
 * Owns    struct guest_job.
 *
 * A job is its text and how far it is (the number of the pipeline to run next, and the effects of
 * that pipeline so far), so it can be saved whenever it waits; the text is parsed again for each
 * step.
 */
#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/mem.h"
#include "base/str.h"
#include "cloud/event_kinds.h"
#include "cloud/guest_shell.h"

enum { JOB_OUTPUT_MAX = 256 * 1024, STATUS_INTERRUPTED = 130, STATUS_CLOSED = 255 };

static const struct field guest_effect_fields[] = {
    F_STRING(struct guest_effect, out, "Out", "What it printed to standard output."),
    F_STRING(struct guest_effect, err, "Err", "What it printed to standard error."),
    F_STRING(struct guest_effect, folder, "Folder", "The working directory afterwards."),
    F_INT(struct guest_effect, status, "Status", "Its exit status."),
};

static const struct shape guest_effect_shape =
    SHAPE("GuestEffect", struct guest_effect, guest_effect_fields);

static const struct field guest_job_fields[] = {
    F_INT(struct guest_job, key, "Job", "The job."),
    F_INT(struct guest_job, instance, "Instance", "Where it runs."),
    F_INT(struct guest_job, run, "Run", "The power-on it belongs to."),
    F_STRING(struct guest_job, user, "User", "Who runs it."),
    F_STRING(struct guest_job, script, "Script", "What it runs."),
    F_STRING(struct guest_job, folder, "Folder", "Its working directory."),
    F_STRING(struct guest_job, output, "Output", "What it printed."),
    F_STRING(struct guest_job, printed, "Printed", "What it printed to standard output."),
    F_STRING(struct guest_job, error, "Error", "What it printed to standard error."),
    F_MAP(struct guest_job, variables, "Variables", "Its variables."),
    F_INT(struct guest_job, part, "Part", "The command to run next."),
    F_INT(struct guest_job, status, "Status", "Exit status of the last command."),
    F_LIST(struct guest_job, effects, struct guest_effect, &guest_effect_shape, "Effects",
           "What the command has done so far."),
    F_INT(struct guest_job, exchange, "Exchange", "The request that it waits for."),
    F_INT(struct guest_job, told, "Told", "How much of the command's output is in Output."),
    F_INT(struct guest_job, told_out, "ToldOut", "And in Printed."),
    F_INT(struct guest_job, told_err, "ToldErr", "And in Error."),
    F_INT(struct guest_job, waited_ns, "Waited", "How long its present command takes."),
    F_INT(struct guest_job, phase, "Phase", "Whether it waits for the clock."),
    F_BOOL(struct guest_job, powershell, "PowerShell", "Whether it is a PowerShell script."),
    F_BOOL(struct guest_job, done, "Done", "Whether it has ended."),
};

const struct shape guest_job_shape = SHAPE("GuestJob", struct guest_job, guest_job_fields);

/* ---- what was printed ---- */

/* Adds what lies behind *told. */
static void text_append(char **text, const struct str *more, uint32_t *told)
{
    size_t old = *text == NULL ? 0 : strlen(*text);
    size_t length = more->length > *told ? more->length - *told : 0;
    const char *from = str_text(more) + (length == 0 ? 0 : *told);

    *told = (uint32_t)more->length;
    if (length == 0 || old >= JOB_OUTPUT_MAX)
        return;
    length = strnlen(from, length < JOB_OUTPUT_MAX - old ? length : JOB_OUTPUT_MAX - old);
    *text = xrealloc(*text, old + length + 1);
    memcpy(*text + old, from, length);
    (*text)[old + length] = '\0';
}

/* Adds what is new; cloud-init's goes to the console too. */
static void job_print(struct shell *shell)
{
    struct guest_job *job = shell->job;
    uint32_t told = job->told;

    shell_tell(shell);
    text_append(&job->output, shell->both, &job->told);
    text_append(&job->printed, shell->out, &job->told_out);
    text_append(&job->error, shell->err, &job->told_err);
    if (guest_rare(shell->guest)->job == job->key && job->told > told)
        guest_print(shell->guests, shell->guest, guest_agent(shell->job),
                    str_text(shell->both) + told);
}

/* ---- steps ---- */

static void effects_release(struct guest_job *job)
{
    for (uint32_t i = 0; i < job->effects.count; i++) {
        free(job->effects.items[i].out);
        free(job->effects.items[i].err);
        free(job->effects.items[i].folder);
    }
    LIST_RELEASE(&job->effects);
}

/* The pipeline has run: the next one begins with nothing done. */
static void step_end(struct shell *shell)
{
    effects_release(shell->job);
    shell->job->told = shell->job->told_out = shell->job->told_err = 0;
    shell->told_out = shell->told_err = 0;
    shell->effect = 0;
    str_clear(shell->out);
    str_clear(shell->err);
    str_clear(shell->both);
}

static void job_end(struct guests *guests, struct guest *guest, struct guest_job *job, int status)
{
    job->status = status;
    job->done = true;
    job->phase = PHASE_NEXT;
    effects_release(job);
    if (job->exchange != 0 && guests->calls.drop != NULL)
        guests->calls.drop(guests->calls.context, job->exchange);
    job->exchange = 0;
    if (guest_rare(guest)->job == job->key)
        guest_script_done(guests, guest, job);
}

/* Runs pipelines until one waits (true) or all have run. */
static bool job_steps(struct shell *shell, const struct words_list *list)
{
    struct guest_job *job = shell->job;

    while (job->part < list->commands.count) {
        uint32_t at = job->part;
        uint32_t end = shell_pipeline_end(list, at);
        struct shell_state before;
        int status;

        if (!words_should_run(list->commands.items[at].join, job->status)) {
            job->part = end;
            continue;
        }
        before = shell_state_keep(job);
        status = shell_pipeline(shell, list, at);
        job_print(shell);
        if (shell->suspended) {
            shell_state_return(job, &before);
            return true;
        }
        shell_state_release(&before);
        step_end(shell);
        job->status = status;
        job->part = end;
        if (job->done || shell->exiting || shell->guest->run != job->run ||
            shell->guest->state == GUEST_STOPPING || shell_must_end(shell, list, end, status))
            break;
    }
    return false;
}

/* In PowerShell a backslash is a letter like any other. */
static const char *double_backslashes(struct arena *arena, const char *script)
{
    char *out = arena_alloc(arena, 2 * strlen(script) + 1);
    char *to = out;

    for (; *script != '\0'; script++) {
        *to++ = *script;
        if (*script == '\\')
            *to++ = '\\';
    }
    return out;
}

void job_run(struct guests *guests, struct guest_job *job)
{
    struct guest *guest = table_get(&guests->table, job->instance);
    struct arena arena = ARENA_INIT;
    struct str out = STR_INIT;
    struct str err = STR_INIT;
    struct str both = STR_INIT;
    struct shell shell = {
        .guests = guests,
        .guest = guest,
        .job = job,
        .arena = &arena,
        .out = &out,
        .err = &err,
        .both = &both,
        .trace = &err,
        .script = guest_rare(guest)->job == job->key,
    };
    const char *text = job->powershell ? double_backslashes(&arena, job->script) : job->script;
    struct words_source source = {.text = text, .length = strlen(text)};
    struct words_list list = {0};
    struct words_refusal why = {0};

    if (words_parse(&source, &arena, &list, &why) != WORDS_OK) {
        str_addf(&err, "bash: %s\n", why.message == NULL ? "syntax error" : why.message);
        job_print(&shell);
        job_end(guests, guest, job, SHELL_SYNTAX);
    } else if (!job_steps(&shell, &list) && !job->done) {
        job_end(guests, guest, job, job->status);
    }
    str_release(&out);
    str_release(&err);
    str_release(&both);
    arena_release(&arena);
}

static void run_job(void *context, const struct event *event)
{
    struct guests *guests = context;
    struct guest_job *job = table_find(&guests->jobs, event->subject);
    const struct guest *guest = job == NULL ? NULL : table_find(&guests->table, job->instance);

    if (guest == NULL || job->done || job->run != event->detail || guest->run != job->run ||
        job->phase == PHASE_NEXT)
        return;
    job_run(guests, job);
}

const struct event_kind guest_job_event = {.name = "guest-job", .run = run_job};

struct guest_job *job_make(struct guests *guests, const struct guest_job_new *wanted)
{
    struct guest *guest = table_get(&guests->table, wanted->instance);
    uint64_t key = wanted->instance +
                   ++guest_rare_make(guest)->next_job * UINT64_C(0x9e3779b97f4a7c15);
    struct guest_job *job;
    bool root = user_number(wanted->user) == 0;

    job = table_add(&guests->jobs, key);
    job->instance = guest->key;
    job->run = guest->run;
    job->user = xstrdup(wanted->user);
    job->script = xstrdup(wanted->script);
    job->folder = root ? xstrdup(wanted->powershell ? "/Users/Administrator" : "/root")
                       : xasprintf("/home/%s", wanted->user);
    job->powershell = wanted->powershell;
    if (!wanted->powershell)
        shell_shebang(job, job->script);
    return job;
}

uint64_t guest_job_start(struct guests *guests, uint64_t instance, const char *user,
                         const char *line, uint64_t after)
{
    struct guest *guest = table_find(&guests->table, instance);
    const struct guest_job *before = after == 0 ? NULL : table_find(&guests->jobs, after);
    const char *login = guest == NULL ? NULL : guest_user(guests, instance);
    struct guest_job *job;
    uint64_t key;

    if (guest == NULL || guest->state != GUEST_UP || login == NULL)
        return 0;
    job = job_make(guests, &(struct guest_job_new){
                               .instance = instance,
                               .user = user,
                               .script = line,
                               .powershell = str_equal(login, "Administrator"),
                           });
    if (before != NULL) {
        free(job->folder);
        job->folder = xstrdup(before->folder);
        job->status = before->status;
        for (uint32_t i = 0; i < before->variables.count; i++)
            variable_set(job, before->variables.items[i].key, before->variables.items[i].value);
    }
    key = job->key;
    job_run(guests, job);
    return key;
}

const struct guest_job *guest_job_find(const struct guests *guests, uint64_t job)
{
    return job == 0 ? NULL : table_find(&guests->jobs, job);
}

int64_t guest_job_number(uint64_t job)
{
    return (int64_t)(job & INT64_MAX);
}

const struct guest_job *guest_job_numbered(const struct guests *guests, int64_t number)
{
    uint64_t key = (uint64_t)number & INT64_MAX;
    const struct guest_job *job = guest_job_find(guests, key);

    return job != NULL ? job : guest_job_find(guests, key | (uint64_t)1 << 63);
}

void guest_job_forget(struct guests *guests, uint64_t job)
{
    if (job != 0 && table_find(&guests->jobs, job) != NULL)
        table_remove(&guests->jobs, job);
}

void guest_exchange_ended(struct guests *guests, uint64_t instance, uint64_t exchange)
{
    for (uint32_t i = 0; i < table_count(&guests->jobs); i++) {
        struct guest_job *job = table_at(&guests->jobs, i);

        if (job->instance == instance && job->exchange == exchange && !job->done)
            sim_schedule(guests->sim, 0, EVENT_GUEST_JOB, job->key, job->run);
    }
}

void guest_job_interrupt(struct guests *guests, uint64_t key)
{
    struct guest_job *job = key == 0 ? NULL : table_find(&guests->jobs, key);

    if (job == NULL || job->done)
        return;
    job_end(guests, table_get(&guests->table, job->instance), job, STATUS_INTERRUPTED);
}

/* Cut off, whatever it did; nobody is told. */
static void job_stop(struct guests *guests, struct guest_job *job)
{
    uint64_t exchange = job->exchange;

    job->done = true;
    job->status = STATUS_CLOSED;
    job->exchange = 0;
    if (exchange != 0 && guests->calls.drop != NULL)
        guests->calls.drop(guests->calls.context, exchange);
}

void jobs_stop(struct guests *guests, uint64_t instance)
{
    for (uint32_t i = 0; i < table_count(&guests->jobs); i++) {
        struct guest_job *job = table_at(&guests->jobs, i);

        if (job->instance == instance && !job->done)
            job_stop(guests, job);
    }
}

void jobs_drop(struct guests *guests, uint64_t instance)
{
    for (uint32_t i = table_count(&guests->jobs); i-- > 0;) {
        struct guest_job *job = table_at(&guests->jobs, i);

        if (job->instance != instance)
            continue;
        job_stop(guests, job);
        table_remove(&guests->jobs, job->key);
    }
}
