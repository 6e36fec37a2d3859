/*
 * lesson/teaching.c - what an instructor does in a lesson: hands are counted, answers stay hidden
 * until they are shown, and the step's notes have commands to choose from.
 */
#include "lesson/teaching.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"
#include "shell/run.h"
#include "lesson/binding.h"
#include "lesson/runner.h"

static const char key_shown[] = "+shown";

static const char *note(const struct runner *runner, const char *key)
{
    const struct lesson_step *step = runner_step(runner);

    return step == NULL ? NULL : progress_note(&runner->progress, step->id, key);
}

/* ---- votes and answers ---- */

static void votes_key(uint32_t question, char key[32])
{
    snprintf(key, 32, "+votes-%u", question);
}

bool teaching_votes(const struct runner *runner, uint32_t question,
                    uint32_t votes[TEACHING_OPTIONS_MAX])
{
    const char *text;
    char key[32];

    votes_key(question, key);
    text = note(runner, key);
    for (uint32_t i = 0; i < TEACHING_OPTIONS_MAX; i++) {
        votes[i] = text == NULL ? 0 : (uint32_t)strtoul(text, NULL, 10);
        if (text != NULL) {
            text += strcspn(text, " ");
            text += strspn(text, " ");
        }
    }
    return note(runner, key) != NULL;
}

bool teaching_solution_shown(const struct runner *runner)
{
    return note(runner, key_shown) != NULL;
}

/* ---- the notes ---- */

static bool is_command(const char *line)
{
    return str_starts(line, "aws ") || str_starts(line, "lab ");
}

/* Visits the lines of the step's notes; one that ends in a backslash goes on in the next. */
static void each_line(const struct runner *runner, void (*visit)(void *context, const char *line),
                      void *context)
{
    const struct lesson_step *step = runner_step(runner);
    const struct lesson_block *block;
    struct str line = STR_INIT;

    for (uint32_t i = 0; step != NULL; i++) {
        block = lesson_block_find(step, LESSON_INSTRUCTOR, i);
        if (block == NULL)
            break;
        for (const char *at = block->text; *at != '\0';) {
            size_t length = strcspn(at, "\n");

            str_clear(&line);
            str_addn(&line, at, length);
            visit(context, str_text(&line));
            at += length + (at[length] == '\n');
        }
    }
    str_release(&line);
}

struct finding {
    uint32_t left; /* commands to pass by before the one that is wanted */
    bool found;
    struct str *out;
};

static void visit_command(void *context, const char *line)
{
    struct finding *finding = context;

    if (finding->found || !is_command(line))
        return;
    finding->found = finding->left == 0;
    finding->left -= finding->left > 0;
    if (finding->found)
        str_add(finding->out, line);
}

bool teaching_command(const struct runner *runner, uint32_t n, struct str *line)
{
    struct finding finding = {.left = n, .out = line};

    str_clear(line);
    each_line(runner, visit_command, &finding);
    return finding.found;
}

static void visit_words(void *context, const char *line)
{
    if (!is_command(line))
        str_addf(context, "%s\n", line);
}

void teaching_notes(const struct runner *runner, struct str *markdown)
{
    each_line(runner, visit_words, markdown);
}

/* ---- the menu ---- */

static void add_item(struct str *out, const char *command, const char *what)
{
    str_addf(out, "%s\t", command);
    utf8_add_safe(out, what, strlen(what), UTF8_KEEP_NOTHING);
    str_addc(out, '\n');
}

static void add_steps(const struct runner *runner, struct str *out)
{
    const struct lesson *lesson = runner->lesson;

    str_add(out, "go to a step; those before it are done for you\n");
    for (uint32_t i = 0; i < lesson->steps.count; i++) {
        str_addf(out, "jump %u\t%s", i + 1, i == runner->step ? "(here) " : "");
        utf8_add_safe(out, lesson->steps.items[i].title, strlen(lesson->steps.items[i].title),
                      UTF8_KEEP_NOTHING);
        str_addc(out, '\n');
    }
}

void teaching_menu(const struct runner *runner, struct str *out)
{
    struct str line = STR_INIT;
    uint32_t number;

    if (runner->lesson == NULL) {
        str_release(&line);
        return;
    }
    if (teaching_command(runner, 0, &line))
        str_add(out, "from your notes\n");
    for (uint32_t i = 0; teaching_command(runner, i, &line); i++)
        add_item(out, str_text(&line), "");
    str_add(out, "this step\n");
    if (runner_question(runner, &number) != NULL) {
        add_item(out, "vote ", "the hands for each answer: vote 12 3 5");
        add_item(out, "reveal", "the right answer, beside the hands");
    }
    if (runner_line(runner, &line))
        add_item(out, str_text(&line), "what the learner sees next");
    if (lesson_block_find(runner_step(runner), LESSON_SOLUTION, 0) != NULL) {
        if (!teaching_solution_shown(runner))
            add_item(out, "reveal solution", "the step's commands, to be seen");
        add_item(out, "solve", "does them");
    }
    add_steps(runner, out);
    str_release(&line);
}

/* ---- the words ---- */

static int say(const struct word_call *call, const char *problem)
{
    str_addf(call->io.err, "%s: %s\n", call->words[0], problem);
    return 1;
}

static int no_question(const struct word_call *call)
{
    const struct lesson_step *step = runner_step(call->owner);

    if (step != NULL && (lesson_block_find(step, LESSON_PREDICT, 0) != NULL ||
                         lesson_block_find(step, LESSON_QUIZ, 0) != NULL))
        return say(call, "this step's question was answered or revealed already");
    return say(call, "no question is open in this step");
}

static void say_question(const struct word_call *call, const struct lesson_question *question)
{
    str_addf(call->io.err, "usage: vote HANDS...   (%u numbers, one for each answer)\n",
             question->options.count);
}

static int word_vote(struct word_call *call)
{
    struct runner *runner = call->owner;
    const struct lesson_block *block;
    struct str votes = STR_INIT;
    uint32_t number = 0;
    uint64_t hands = 0;
    char key[32];

    block = runner->lesson == NULL ? NULL : runner_question(runner, &number);
    if (block == NULL)
        return no_question(call);
    for (size_t i = 1; i < call->count; i++) {
        char *end = NULL;
        unsigned long count = strtoul(call->words[i], &end, 10);

        if (call->words[i][0] < '0' || call->words[i][0] > '9' || *end != '\0' ||
            count > TEACHING_HANDS_MAX || call->count != block->question->options.count + 1) {
            say_question(call, block->question);
            str_release(&votes);
            return EXIT_USAGE;
        }
        str_addf(&votes, "%s%lu", i == 1 ? "" : " ", count);
        hands += count;
    }
    if (call->count == 1) {
        say_question(call, block->question);
        return EXIT_USAGE;
    }
    votes_key(number, key);
    progress_set_note(&runner->progress, runner_step(runner)->id, key, str_text(&votes));
    /* It may be one that the step asks later. */
    str_addf(call->io.out, "%llu hand%s: %s\nLet it happen, then `reveal`.\n",
             (unsigned long long)hands, hands == 1 ? "" : "s", block->question->text);
    str_release(&votes);
    return 0;
}

/* "Right: 3) the line grows (9 of 16 hands)" */
static void tell_right(const struct word_call *call, const struct lesson_option *option,
                       uint32_t question, uint32_t number)
{
    uint32_t votes[TEACHING_OPTIONS_MAX];
    bool voted = teaching_votes(call->owner, question, votes);
    uint64_t hands = 0;

    for (uint32_t i = 0; i < TEACHING_OPTIONS_MAX; i++)
        hands += votes[i];
    str_addf(call->io.out, "Right: %u) ", number + 1);
    utf8_add_safe(call->io.out, option->text, strlen(option->text), UTF8_KEEP_NOTHING);
    if (voted)
        str_addf(call->io.out, "  (%u of %llu hand%s)", votes[number], (unsigned long long)hands,
                 hands == 1 ? "" : "s");
    str_addc(call->io.out, '\n');
}

/* Below the step, where the pane shows it too, it may lie outside of a small screen. */
static int reveal_solution(const struct word_call *call)
{
    struct runner *runner = call->owner;
    const struct lesson_block *block =
        lesson_block_find(runner_step(runner), LESSON_SOLUTION, 0);

    if (block == NULL)
        return say(call, "this step asks for nothing");
    progress_set_note(&runner->progress, runner_step(runner)->id, key_shown, "1");
    utf8_add_safe(call->io.out, block->text, strlen(block->text), UTF8_KEEP_NEWLINE);
    return 0;
}

static int word_reveal(struct word_call *call)
{
    struct runner *runner = call->owner;
    const struct lesson_block *block;
    uint32_t number = 0;

    if (runner->lesson == NULL)
        return say(call, "no lesson runs; `lesson list` shows what there is");
    if (call->count == 2 && strcmp(call->words[1], "solution") == 0)
        return reveal_solution(call);
    if (call->count > 1) {
        str_add(call->io.err, "usage: reveal [solution]\n");
        return EXIT_USAGE;
    }
    block = runner_question(runner, &number);
    if (block == NULL)
        return no_question(call);
    for (uint32_t i = 0; i < block->question->options.count; i++) {
        if (!block->question->options.items[i].right)
            continue;
        tell_right(call, &block->question->options.items[i], number, i);
        runner_add_answer(runner, number, i + 1);
    }
    return 0;
}

static int word_note(struct word_call *call)
{
    struct runner *runner = call->owner;
    struct str line = STR_INIT;
    char *end = NULL;
    unsigned long number = call->count == 2 ? strtoul(call->words[1], &end, 10) : 0;
    int status = 0;

    if (runner->lesson == NULL)
        return say(call, "no lesson runs; `lesson list` shows what there is");
    if (call->count == 1) {
        teaching_notes(runner, &line);
        utf8_add_safe(call->io.out, str_text(&line), line.length, UTF8_KEEP_NEWLINE);
        for (uint32_t i = 0; teaching_command(runner, i, &line); i++)
            str_addf(call->io.out, "%u  %s\n", i + 1, str_text(&line));
    } else if (call->count > 2 || end == call->words[1] || *end != '\0' || number < 1 ||
               number > UINT32_MAX ||
               !teaching_command(runner, (uint32_t)number - 1, &line)) {
        status = say(call, "the notes of this step have no such command; `note` shows them");
    } else {
        str_addf(call->io.out, "$ %s\n", str_text(&line));
        status = binding_run(runner->shell, str_text(&line), &call->io);
    }
    str_release(&line);
    return status;
}

const struct word teaching_words[] = {
    {"vote", "vote HANDS...", "Counts the hands for each answer of the lesson's question.",
     word_vote},
    {"reveal", "reveal [solution]",
     "Shows which answer is right, beside the hands; or the step's commands.", word_reveal},
    {"note", "note [NUMBER]",
     "Shows the instructor's notes of this step, or runs a command of them.", word_note},
    {NULL, NULL, NULL, NULL},
};
