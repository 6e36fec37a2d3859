/*
 * lesson/runner.c - a lesson at work: its branch, its steps, its checks as time passes.
 *
 * Moves   sandbox -> (begin: branch, variables, files, world) -> step 1 -> ... -> finished.
 *
 * Notes   "", "+lesson"      which text of the lesson was begun
 *         "", "+step"        the id of the present step; "", "+finished" when the last was left
 *         "", "+prepared"    the last row of what the lesson itself did
 *         step, "+lines"     how many run lines were taken
 *         step, "+hints"     how many hints were shown
 *         step, "+answer-N"  the options chosen, in their order
 *         step, "+given"     it was done by its solution, on the way of a jump
 */
#include "lesson/runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/clock.h"
#include "shell/run.h"
#include "lesson/binding.h"
#include "lesson/runner_parts.h"
#include "lesson/script.h"

static const char key_step[] = "+step";
static const char key_finished[] = "+finished";
static const char key_prepared[] = "+prepared";
static const char key_lines[] = "+lines";

/* What every lesson finds set. */
static const char predefined[] =
    "VPC=$(aws ec2 describe-vpcs --filters Name=is-default,Values=true "
    "--query 'Vpcs[0].VpcId' --output text)\n"
    "SUBNETS=$(aws ec2 describe-subnets --filters Name=default-for-az,Values=true "
    "--query 'Subnets[].SubnetId' --output text)\n"
    "AMI=$(aws ec2 describe-images --owners amazon "
    "--filters 'Name=name,Values=al2023-ami-2023*-x86_64' "
    "--query 'sort_by(Images,&CreationDate)[-1].ImageId' --output text)\n";

/* An image of a server that serves; only for lessons that name $AMI_WEB, because it takes time. */
static const char web_file[] = "ami-web.sh";
static const char web_script[] =
    "#!/bin/bash\ndnf install -y httpd\ncp -r /opt/sites/coffee/. /var/www/html/\n"
    "systemctl enable --now httpd\n";
static const char web_image[] =
    "AMI_WEB=$(aws ec2 run-instances --image-id $AMI --instance-type t3.micro "
    "--user-data file://ami-web.sh --query 'Instances[0].InstanceId' --output text)\n"
    "aws ec2 wait instance-status-ok --instance-ids $AMI_WEB\n"
    "LESSON_WEB=$(aws ec2 create-image --instance-id $AMI_WEB --name web --query ImageId "
    "--output text)\n"
    "aws ec2 wait image-available --image-ids $LESSON_WEB\n"
    "aws ec2 terminate-instances --instance-ids $AMI_WEB\n"
    "aws ec2 wait instance-terminated --instance-ids $AMI_WEB\n"
    "AMI_WEB=$LESSON_WEB\n"
    "unset LESSON_WEB\n";

static struct session *session_of(const struct runner *runner)
{
    return runner->shell->session;
}

static int64_t now_of(const struct runner *runner)
{
    return session_of(runner)->world->sim.now;
}

/* ---- notes ---- */

static uint32_t number_note_of(const struct runner *runner, const struct lesson_step *step,
                               const char *key)
{
    const char *text = step == NULL ? NULL : progress_note(&runner->progress, step->id, key);

    return text == NULL ? 0 : (uint32_t)strtoul(text, NULL, 10);
}

static uint32_t number_note(const struct runner *runner, const char *key)
{
    return number_note_of(runner, runner_step(runner), key);
}

static void set_number_note(struct runner *runner, const char *key, uint32_t number)
{
    char text[16];

    snprintf(text, sizeof(text), "%u", number);
    progress_set_note(&runner->progress, runner_step(runner)->id, key, text);
}

/* ---- where the runner stands ---- */

const struct lesson_step *runner_step(const struct runner *runner)
{
    return runner->lesson == NULL ? NULL : &runner->lesson->steps.items[runner->step];
}

bool runner_step_complete(const struct runner *runner)
{
    return runner->lesson != NULL && runner->progress.complete;
}

void runner_close_lesson(struct runner *runner)
{
    if (runner->lesson != NULL)
        progress_close(&runner->progress);
    runner->lesson = NULL;
    runner->step = 0;
    runner->finished = false;
    runner->coffee = false;
    session_of(runner)->person = true;
    session_of(runner)->watched = false;
    session_of(runner)->prepared = 0;
}

void runner_open_lesson(struct runner *runner, const struct lesson *lesson)
{
    runner_close_lesson(runner);
    runner->lesson = lesson;
    session_of(runner)->person = false;
    session_of(runner)->watched = true;
    progress_open(&runner->progress, session_of(runner)->store, lesson);
    runner->progress.session = session_of(runner);
}

static const struct store_branch *current_branch(const struct runner *runner)
{
    const struct store *store = session_of(runner)->store;

    return store == NULL ? NULL : store_branch_current(store);
}

static void remember_branch(struct runner *runner)
{
    const struct store_branch *branch = current_branch(runner);

    runner->branch = branch == NULL ? 0 : branch->id;
}

/* What the lesson has done so far is not the learner's: `undo` ends there. */
void runner_remember_prepared(struct runner *runner)
{
    struct session *session = session_of(runner);
    char text[24];

    session->prepared = session_seq(session);
    snprintf(text, sizeof(text), "%lld", (long long)session->prepared);
    progress_set_note(&runner->progress, "", key_prepared, text);
}

/* A branch that was taken further back has less of it. */
static void find_prepared(struct runner *runner)
{
    const char *text = progress_note(&runner->progress, "", key_prepared);
    struct session *session = session_of(runner);
    int64_t seq = session_seq(session);

    session->prepared = text == NULL ? 0 : strtoll(text, NULL, 10);
    if (session->prepared > seq)
        session->prepared = seq;
}

/* The step that the notes name, the first unless there is one. */
static void find_step(struct runner *runner)
{
    const char *id = progress_note(&runner->progress, "", key_step);

    runner->step = 0;
    for (uint32_t i = 0; id != NULL && i < runner->lesson->steps.count; i++) {
        if (strcmp(runner->lesson->steps.items[i].id, id) == 0)
            runner->step = i;
    }
}

void runner_go_on(struct runner *runner)
{
    find_step(runner);
    runner->finished = progress_note(&runner->progress, "", key_finished) != NULL;
    find_prepared(runner);
    progress_enter(&runner->progress, runner_step(runner), now_of(runner));
}

/* Brings the runner in line with the store's current branch. */
void runner_follow_branch(struct runner *runner)
{
    const struct store_branch *branch = current_branch(runner);
    const struct lesson *lesson;
    bool person;

    remember_branch(runner);
    if (branch == NULL)
        return;
    person = branch->lesson[0] == '\0';
    lesson = person ? NULL : lesson_list_find(runner->lessons, branch->lesson);
    if (lesson == runner->lesson) {
        session_of(runner)->person = person;
        if (lesson != NULL)
            find_prepared(runner);
        return;
    }
    runner_close_lesson(runner);
    if (lesson != NULL) {
        runner_open_lesson(runner, lesson);
        if (!runner_is_built(runner)) {
            runner_leave_unbuilt(runner);
            return;
        }
        find_step(runner);
        runner_setup_take_back(runner);
        runner_go_on(runner);
    }
    session_of(runner)->person = person;
}

void runner_init(struct runner *runner, struct shell *shell, struct lesson_list *lessons)
{
    *runner = (struct runner){.shell = shell, .lessons = lessons};
    runner_follow_branch(runner);
}

void runner_release(struct runner *runner)
{
    if (runner->lesson != NULL)
        progress_close(&runner->progress);
    str_release(&runner->news);
    *runner = (struct runner){0};
}

/* ---- beginning ---- */

static int write_files(struct runner *runner, struct str *why)
{
    const struct lesson *lesson = runner->lesson;

    for (uint32_t i = 0; i < lesson->files.count; i++) {
        const struct lesson_file *file = &lesson->files.items[i];

        if (session_set_file(session_of(runner), file->name, file->bytes, file->size, why) != 0)
            return -1;
    }
    return 0;
}

static bool block_names(const struct lesson *lesson, const char *word)
{
    if (strstr(lesson->world, word) != NULL)
        return true;
    for (uint32_t i = 0; i < lesson->steps.count; i++) {
        const struct lesson_step *step = &lesson->steps.items[i];

        for (uint32_t k = 0; k < step->blocks.count; k++) {
            if (strstr(step->blocks.items[k].text, word) != NULL)
                return true;
        }
    }
    return false;
}

static int make_web_image(struct runner *runner, struct str *why)
{
    struct session *session = session_of(runner);

    if (session_set_file(session, web_file, web_script, strlen(web_script), why) != 0 ||
        script_run(runner->shell, web_image, why) != 0)
        return -1;
    return session_set_file(session, web_file, NULL, 0, why);
}

static int run_setup(struct runner *runner, struct str *why)
{
    const struct lesson_step *step = runner_step(runner);
    const struct lesson_block *block;
    int status = 0;

    runner->busy = true;
    for (uint32_t i = 0; status == 0; i++) {
        block = lesson_block_find(step, LESSON_SETUP, i);
        if (block == NULL)
            break;
        status = script_run(runner->shell, block->text, why);
    }
    runner->busy = false;
    return status;
}

/* A step that is not to be entered leaves all as it was. */
static int set_up(struct runner *runner, uint32_t number, struct str *why)
{
    uint32_t before = runner->step;
    int status = runner_setup_begin(runner, &runner->lesson->steps.items[number], why);

    runner->step = number;
    if (status == 0)
        status = run_setup(runner, why);
    if (status != 0) {
        runner->step = before;
        runner_setup_take_back(runner);
    }
    return status;
}

static int enter_step(struct runner *runner, uint32_t number, struct str *why)
{
    const struct lesson_step *step = &runner->lesson->steps.items[number];
    bool sets_up = lesson_block_find(step, LESSON_SETUP, 0) != NULL;

    if (sets_up && set_up(runner, number, why) != 0)
        return -1;
    runner->step = number;
    runner->coffee = false;
    progress_set_note(&runner->progress, "", key_step, step->id);
    if (sets_up)
        runner_setup_end(runner);
    if (number == 0 || sets_up)
        runner_remember_prepared(runner);
    if (number == 0)
        runner_note_built(runner);
    progress_enter(&runner->progress, runner_step(runner), now_of(runner));
    runner_look(runner);
    return 0;
}

static int build_world(struct runner *runner, struct str *why)
{
    int status;

    runner->busy = true;
    status = write_files(runner, why);
    if (status == 0)
        status = script_run(runner->shell, predefined, why);
    if (status == 0 && block_names(runner->lesson, "AMI_WEB"))
        status = make_web_image(runner, why);
    if (status == 0)
        status = script_run(runner->shell, runner->lesson->world, why);
    runner->busy = false;
    return status;
}

int runner_begin_as(struct runner *runner, const struct lesson *lesson, uint64_t seed,
                    struct str *why)
{
    struct session *session = session_of(runner);
    struct store_begin begin = {
        .name = lesson->id,
        .lesson = lesson->id,
        .region = session->catalog->regions[0].name,
        .seed = seed,
        .created = SIM_BEGIN_NS,
    };
    char mark[LESSON_MARK_SIZE];

    if (session_begin(session, &begin, why) != 0)
        return -1;
    remember_branch(runner);
    runner_open_lesson(runner, lesson);
    progress_forget(&runner->progress);
    lesson_mark(lesson, mark);
    progress_set_note(&runner->progress, "", progress_key_lesson, mark);
    if (build_world(runner, why) != 0)
        return -1;
    return enter_step(runner, 0, why);
}

int runner_begin_new(struct runner *runner, const struct lesson *lesson, struct str *why)
{
    return runner_begin_as(runner, lesson, lesson_seed_of(lesson, session_of(runner)->learner),
                           why);
}

/* The newest branch of a lesson; 0 when it was never begun. */
static int64_t branch_of(const struct runner *runner, const char *id)
{
    const struct store *store = session_of(runner)->store;
    int64_t found = 0;

    for (size_t i = 0; store != NULL && i < store_branch_count(store); i++) {
        const struct store_branch *branch = store_branch_at(store, i);

        if (strcmp(branch->lesson, id) == 0 && branch->id > found)
            found = branch->id;
    }
    return found;
}

/* Begins a lesson, or stays where it was. */
static int begin_whole(struct runner *runner, const struct lesson *lesson, struct str *why)
{
    int64_t before = runner->branch;
    struct str ignored = STR_INIT;

    if (runner_begin_new(runner, lesson, why) == 0)
        return 0;
    if (before != 0 && session_switch(session_of(runner), before, &ignored) == 0) {
        runner_close_lesson(runner);
        runner_follow_branch(runner);
    }
    str_release(&ignored);
    return -1;
}

int runner_begin(struct runner *runner, const char *id, bool again, struct str *why)
{
    const struct lesson *lesson = lesson_list_find(runner->lessons, id);
    int64_t branch = again ? 0 : branch_of(runner, id);

    if (lesson == NULL) {
        str_addf(why, "there is no lesson %s; `lesson list` shows them", id);
        return -1;
    }
    if (!again && lesson == runner->lesson)
        return 0;
    if (branch == 0)
        return begin_whole(runner, lesson, why);
    if (session_switch(session_of(runner), branch, why) != 0)
        return -1;
    runner_follow_branch(runner);
    if (runner->lesson == lesson)
        return 0;
    str_clear(&runner->news); /* that it was not ready: it will be now */
    return begin_whole(runner, lesson, why);
}

int runner_leave(struct runner *runner, struct str *why)
{
    int64_t sandbox = branch_of(runner, "");

    if (sandbox > 0 && session_switch(session_of(runner), sandbox, why) != 0)
        return -1;
    if (sandbox > 0)
        runner_follow_branch(runner);
    else
        runner_close_lesson(runner);
    return 0;
}

/* ---- the lines of a step ---- */

/* The run line of that number, from 0, and its block; NULL when there is none. */
static const struct lesson_block *line_at(const struct runner *runner, uint32_t number,
                                          struct str *line)
{
    const struct lesson_step *step = runner_step(runner);

    for (uint32_t i = 0; step != NULL; i++) {
        const struct lesson_block *block = lesson_block_find(step, LESSON_RUN, i);
        const char *at;

        if (block == NULL)
            break;
        at = block->text;
        while (script_next(&at, line)) {
            if (number-- == 0)
                return block;
        }
    }
    str_clear(line);
    return NULL;
}

uint32_t runner_lines_taken(const struct runner *runner)
{
    return number_note(runner, key_lines);
}

bool runner_line(const struct runner *runner, struct str *line)
{
    str_clear(line);
    if (runner->lesson == NULL || runner->finished)
        return false;
    if (line_at(runner, runner_lines_taken(runner), line) != NULL)
        return true;
    if (!runner->progress.complete)
        return false;
    str_add(line, "next");
    return true;
}

/* What a line does, whatever its options: "ec2 run-instances", "lab advance", "curl".  A short line
 * is one of AWS without `aws`. */
static size_t gist_of(const char **line, bool is_short)
{
    const char *at = *line + strspn(*line, " ");
    size_t name = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
    unsigned words;
    size_t length = 0;

    if (at[name] == '=')
        at += name + 1;
    at += strspn(at, "\"$(");
    words = is_short || str_starts(at, "aws ") || str_starts(at, "lab ") ? 2 : 1;
    if (str_starts(at, "aws "))
        at += strlen("aws ") + strspn(at + strlen("aws "), " ");
    for (; words > 0; words--) {
        length += strspn(at + length, " ");
        length += strcspn(at + length, " \n)");
    }
    *line = at;
    return length;
}

/* Does what was typed do what a line of the lesson does? */
static bool is_typed(const struct shell *shell, const char *shown)
{
    const char *typed = shell->line;
    size_t length = gist_of(&shown, false);

    return length == gist_of(&typed, shell_is_short(shell, typed)) &&
           strncmp(shown, typed, length) == 0;
}

static void tell_bound(struct runner *runner, const char *name)
{
    str_addf(&runner->news, "lesson: $%s holds it now: later lines use that name.\n", name);
}

/* Sees each line of the step, solutions too, until one is enough. */
static bool each_line(struct runner *runner, bool (*see)(struct runner *, const char *line))
{
    const struct lesson_step *step = runner_step(runner);
    struct str line = STR_INIT;
    bool is_enough = false;

    for (uint32_t i = 0; i < step->blocks.count && !is_enough; i++) {
        const char *at = step->blocks.items[i].text;
        enum lesson_kind kind = step->blocks.items[i].kind;

        if (kind != LESSON_RUN && kind != LESSON_SOLUTION)
            continue;
        while (!is_enough && script_next(&at, &line))
            is_enough = see(runner, str_text(&line));
    }
    str_release(&line);
    return is_enough;
}

/* Is it what was typed, under the name that was typed? */
static bool is_named_so(struct runner *runner, const char *line)
{
    struct str name = STR_INIT;
    struct str typed = STR_INIT;
    bool is_so = is_typed(runner->shell, line) && binding_name(line, &name) &&
                 binding_name(runner->shell->line, &typed) &&
                 strcmp(str_text(&name), str_text(&typed)) == 0;

    str_release(&name);
    str_release(&typed);
    return is_so;
}

/* What was typed stands for one variable of the lesson, the first that is missing. */
static bool bind_line(struct runner *runner, const char *line)
{
    struct shell *shell = runner->shell;
    struct str name = STR_INIT;
    bool is_bound = is_typed(shell, line) && binding_make(shell, line, shell->line) &&
                    binding_name(line, &name);

    if (is_bound)
        tell_bound(runner, str_text(&name));
    str_release(&name);
    return is_bound;
}

/* Gives the learner the variable of a line that does what was typed.  Lines of any part of the step
 * are looked at: nobody has to keep their order. */
static void bind_variable(struct runner *runner)
{
    runner->busy = true;
    if (!each_line(runner, is_named_so))
        each_line(runner, bind_line);
    runner->busy = false;
    runner->answered = runner->shell->answered;
}

/* After a command: was it the line that the step shows next?  One that fails does not count, unless
 * it was shown because it fails. */
static void count_line(struct runner *runner)
{
    const struct shell *shell = runner->shell;
    const struct lesson_block *block;
    struct str line = STR_INIT;
    uint32_t taken;

    if (shell->answered == runner->answered)
        return;
    runner->answered = shell->answered;
    if (runner->lesson == NULL || shell->line == NULL)
        return;
    if (shell->status == 0)
        bind_variable(runner);
    taken = runner_lines_taken(runner);
    block = line_at(runner, taken, &line);
    if (block != NULL && is_typed(shell, str_text(&line)) &&
        (shell->status == 0) == (strcmp(block->detail, "fails") != 0))
        set_number_note(runner, key_lines, taken + 1);
    str_release(&line);
}

/* ---- looking ---- */

/* Ids are chosen to be read: "the-site-is-there". */
static void tell_check(struct runner *runner, const char *mark, const char *id)
{
    str_addf(&runner->news, "lesson: %s ", mark);
    for (; *id != '\0'; id++)
        str_addc(&runner->news, *id == '-' || *id == '_' ? ' ' : *id);
    str_addc(&runner->news, '\n');
}

/* What must never be so was so: the learner would go on in vain. */
static void tell_broken(struct runner *runner, const bool *before)
{
    for (uint32_t i = 0; i < runner->progress.checks.count; i++) {
        const struct progress_check *state = &runner->progress.checks.items[i];

        if (!state->broken || before[i])
            continue;
        tell_check(runner, "[!] broken:", state->check->id);
        str_addf(&runner->news, "lesson: %s\n", state->check->otherwise);
    }
}

static void tell_achieved(struct runner *runner, const bool *before)
{
    const struct progress *progress = &runner->progress;

    for (uint32_t i = 0; i < progress->checks.count; i++) {
        const struct progress_check *state = &progress->checks.items[i];

        if (state->achieved && !before[i] &&
            (state->check->mode == CHECK_EVER || state->check->mode == CHECK_WITHIN))
            tell_check(runner, "[x]", state->check->id);
    }
}

static void tell_complete(struct runner *runner)
{
    unsigned step = runner->step + 1;
    unsigned steps = runner->lesson->steps.count;

    if (step < steps)
        str_addf(&runner->news, "lesson: step %u of %u is done. `next` goes on.\n", step, steps);
    else
        str_addf(&runner->news,
                 "lesson: that was the last step of %u. Well done! `next` ends the lesson.\n",
                 steps);
}

void runner_look(struct runner *runner)
{
    bool before[LESSON_CHECKS_MAX] = {false};
    bool broken[LESSON_CHECKS_MAX] = {false};
    unsigned achieved;
    const struct store_branch *branch = current_branch(runner);
    bool was_complete;

    if (runner->busy)
        return;
    if (branch != NULL && branch->id != runner->branch)
        runner_follow_branch(runner);
    count_line(runner);
    if (runner->lesson == NULL || runner->progress.step == NULL)
        return;
    for (uint32_t i = 0; i < runner->progress.checks.count; i++) {
        before[i] = runner->progress.checks.items[i].achieved;
        broken[i] = runner->progress.checks.items[i].broken;
    }
    was_complete = runner->progress.complete;
    achieved = progress_look(&runner->progress, session_of(runner));
    tell_broken(runner, broken);
    if (achieved == 0)
        return;
    tell_achieved(runner, before);
    if (runner->progress.complete && !was_complete && runner_step(runner)->checks.count > 0)
        tell_complete(runner);
}

bool runner_take_news(struct runner *runner, struct str *out)
{
    bool some = runner->news.length > 0;

    str_addn(out, str_text(&runner->news), runner->news.length);
    str_clear(&runner->news);
    return some;
}

int runner_next(struct runner *runner, struct str *why)
{
    const struct progress_check *missing;

    if (runner->lesson == NULL) {
        str_add(why, "no lesson runs; `lesson list` shows what there is");
        return -1;
    }
    runner_look(runner);
    missing = progress_missing(&runner->progress);
    if (missing != NULL) {
        str_addf(why, "not yet: %s (`hint` helps, `solve` does it for you)",
                 missing->check->otherwise);
        return -1;
    }
    if (runner->step + 1 < runner->lesson->steps.count)
        return enter_step(runner, runner->step + 1, why);
    runner->finished = true;
    progress_set_note(&runner->progress, "", key_finished, "1");
    return 0;
}

/* ---- hints and questions ---- */

uint32_t runner_hints_all(const struct runner *runner)
{
    uint32_t hints = 0;

    for (uint32_t i = 0; runner->lesson != NULL && i < runner->lesson->steps.count; i++)
        hints += number_note_of(runner, &runner->lesson->steps.items[i], progress_key_hints);
    return hints;
}

uint32_t runner_hints(const struct runner *runner)
{
    return number_note(runner, progress_key_hints);
}

const struct lesson_block *runner_hint(struct runner *runner)
{
    const struct lesson_step *step = runner_step(runner);
    uint32_t shown = runner_hints(runner);
    const struct lesson_block *block =
        step == NULL ? NULL : lesson_block_find(step, LESSON_HINT, shown);

    if (block != NULL)
        set_number_note(runner, progress_key_hints, shown + 1);
    return block;
}

static bool is_question(const struct lesson_block *block)
{
    return block->kind == LESSON_PREDICT || block->kind == LESSON_QUIZ;
}

static void answer_key(uint32_t question, char key[32])
{
    snprintf(key, 32, "+answer-%u", question);
}

bool runner_answered(const struct runner *runner, uint32_t question, uint32_t option)
{
    const struct lesson_step *step = runner_step(runner);
    const char *text = NULL;
    char key[32];

    answer_key(question, key);
    if (step != NULL)
        text = progress_note(&runner->progress, step->id, key);
    while (text != NULL && *text != '\0') {
        if (strtoul(text, NULL, 10) == option)
            return true;
        text += strcspn(text, " ");
        text += strspn(text, " ");
    }
    return false;
}

void runner_add_answer(struct runner *runner, uint32_t question, uint32_t option)
{
    const char *step = runner_step(runner)->id;
    struct str answers = STR_INIT;
    const char *before;
    char key[32];

    answer_key(question, key);
    before = progress_note(&runner->progress, step, key);
    str_addf(&answers, "%s%s%u", before == NULL ? "" : before, before == NULL ? "" : " ", option);
    if (!runner_answered(runner, question, option))
        progress_set_note(&runner->progress, step, key, str_text(&answers));
    str_release(&answers);
}

static bool is_answered(const struct runner *runner, uint32_t number,
                        const struct lesson_question *question)
{
    for (uint32_t i = 0; i < question->options.count; i++) {
        if (question->options.items[i].right && runner_answered(runner, number, i + 1))
            return true;
    }
    return false;
}

/* The one that the learner sees goes first, then those passed by, then those to come. */
const struct lesson_block *runner_question(const struct runner *runner, uint32_t *number)
{
    enum place { SEEN, PASSED, TO_COME, PLACES };
    const struct lesson_step *step = runner_step(runner);
    const struct lesson_block *found[PLACES] = {NULL};
    uint32_t numbers[PLACES] = {0};
    uint32_t taken = runner_lines_taken(runner);
    uint32_t question = 0;
    uint32_t lines = 0;
    enum place place = SEEN;

    for (uint32_t i = 0; step != NULL && i < step->blocks.count; i++) {
        const struct lesson_block *block = &step->blocks.items[i];

        if (block->kind == LESSON_RUN && place == SEEN) {
            lines += script_count(block->text);
            if (lines > taken) {
                place = TO_COME;
            } else if (found[SEEN] != NULL) { /* a part ends here, and the learner is further */
                if (found[PASSED] == NULL) {
                    found[PASSED] = found[SEEN];
                    numbers[PASSED] = numbers[SEEN];
                }
                found[SEEN] = NULL;
            }
        }
        if (!is_question(block))
            continue;
        if (found[place] == NULL && !is_answered(runner, question, block->question)) {
            found[place] = block;
            numbers[place] = question;
        }
        question++;
    }
    place = found[SEEN] != NULL ? SEEN : found[PASSED] != NULL ? PASSED : TO_COME;
    *number = numbers[place];
    return found[place];
}
