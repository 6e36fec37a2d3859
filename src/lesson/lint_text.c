/*
 * lesson/lint_text.c - the part of the proof that only reads: names, links, commands.
 */
#include "lesson/lint_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/expand.h"
#include "base/str.h"
#include "api/api_words.h"
#include "api/arguments.h"
#include "store/sql.h"
#include "shell/run.h"
#include "lesson/prose.h"
#include "lesson/script.h"
#include "lesson/words.h"

static void say_word(struct lint_run *run, unsigned line, const char *problem, const char *word)
{
    struct str text = STR_INIT;

    str_addf(&text, "%s: %s", problem, word);
    lint_say(run, line, str_text(&text));
    str_release(&text);
}

/* ---- commands ---- */

struct line_reader {
    struct lint_run *run;
    unsigned line;
    struct arena *arena;
};

static char *read_lesson_file(void *context, const char *path, size_t *size, struct str *reason)
{
    const struct line_reader *reader = context;
    const struct lesson *lesson = reader->run->lesson;

    for (uint32_t i = 0; i < lesson->files.count; i++) {
        const struct lesson_file *file = &lesson->files.items[i];

        if (strcmp(file->name, path) == 0) {
            *size = file->size;
            return xstrdup(file->bytes);
        }
    }
    str_addf(reason, "the lesson has no file %s", path);
    return NULL;
}

static bool word_known(const struct word *words, const char *name)
{
    for (; words != NULL && words->name != NULL; words++) {
        if (strcmp(words->name, name) == 0)
            return true;
    }
    return false;
}

static void read_argv(struct line_reader *reader, const struct expand_argv *argv)
{
    const char *const *words = (const char *const *)argv->items.items;
    struct file_source files = {.context = reader, .read = read_lesson_file};
    struct arguments arguments;

    if (strcmp(words[0], "aws") != 0 && strcmp(words[0], "lab") != 0) {
        if (!word_known(shell_words, words[0]) && !word_known(api_words, words[0]) &&
            !word_known(sql_words, words[0]) && !word_known(lesson_words, words[0]) &&
            !word_known(reader->run->lint->screen_words, words[0]))
            say_word(reader->run, reader->line, "no such word", words[0]);
        return;
    }
    if (arguments_parse(&arguments, words[0], words + 1, argv->items.count - 1, &files) != 0 ||
        (arguments.op != NULL && arguments_check_modelled(&arguments) != 0))
        say_word(reader->run, reader->line, "this command is refused",
                 str_text(&arguments.error));
    arguments_release(&arguments);
}

/* A number, and as long as an ARN must be at least. */
static const char stand_in[] = "00000000000000000001";

static const char *any_value(void *context, const char *name)
{
    (void)context;
    (void)name;
    return stand_in;
}

static void read_commands(struct line_reader *reader, const struct words_list *list);

static int any_output(void *context, const struct words_list *commands, struct str *output)
{
    read_commands(context, commands);
    str_add(output, stand_in);
    return 0;
}

static void read_commands(struct line_reader *reader, const struct words_list *list)
{
    struct expand_host host = {.context = reader, .variable = any_value, .run = any_output};
    struct str value = STR_INIT;

    for (uint32_t i = 0; i < list->commands.count; i++) {
        const struct words_command *command = &list->commands.items[i];
        struct expand_argv argv = {.arena = reader->arena};

        for (uint32_t k = 0; k < command->assigns.count; k++)
            expand_one(&host, &command->assigns.items[k].value, &value);
        for (uint32_t k = 0; k < command->words.count; k++)
            expand_word(&host, &command->words.items[k], &argv);
        if (argv.items.count > 0)
            read_argv(reader, &argv);
    }
    str_release(&value);
}

static void read_line(struct lint_run *run, const char *text, unsigned line)
{
    struct words_source source = {.text = text, .length = strlen(text)};
    struct arena arena = ARENA_INIT;
    struct line_reader reader = {.run = run, .line = line, .arena = &arena};
    struct words_refusal refusal;
    struct words_list list;

    if (words_parse(&source, &arena, &list, &refusal) != WORDS_OK)
        say_word(run, line, "this line cannot be read", refusal.message);
    else
        read_commands(&reader, &list);
    arena_release(&arena);
}

static void read_script(struct lint_run *run, const char *text, unsigned line)
{
    struct str command = STR_INIT;
    const char *at = text;

    while (script_next(&at, &command))
        read_line(run, str_text(&command), line);
    str_release(&command);
}

/* An instructor's notes: the lines that begin as a command does. */
static void read_notes(struct lint_run *run, const char *text, unsigned line)
{
    for (; *text != '\0'; line++) {
        size_t length = strcspn(text, "\n");
        char *one = xstrndup(text, length);

        if (str_starts(one, "aws ") || str_starts(one, "lab "))
            read_line(run, one, line);
        free(one);
        text += length + (text[length] == '\n');
    }
}

/* ---- names, links, references ---- */

/* A check that holds a name which the learner may choose differently refuses right answers. */
static void look_for_names(struct lint_run *run, const struct check *check)
{
    const struct lesson *lesson = run->lesson;

    for (uint32_t i = 0; i < lesson->names.list.count; i++) {
        const char *name = lesson->names.list.items[i];
        const json_t *wanted = check->condition.value;
        char *value = wanted == NULL ? NULL : json_dumps(wanted, JSON_ENCODE_ANY);

        if (strstr(check->condition.command, name) != NULL ||
            (value != NULL && strstr(value, name) != NULL))
            say_word(run, check->line, "this check holds a name that learners may choose", name);
        free(value);
    }
}

static void visit_link(void *context, const char *target)
{
    struct lint_run *run = context;
    const char *name = strrchr(target, '/');

    if (str_starts(target, "https://") || str_starts(target, "http://"))
        return;
    name = name == NULL ? target : name + 1;
    for (uint32_t i = 0; i < run->lint->lessons->items.count; i++) {
        if (str_ends(run->lint->lessons->items.items[i]->path, name) && str_ends(name, ".md"))
            return;
    }
    if (strcmp(name, "README.md") != 0)
        say_word(run, 1, "this link goes nowhere", target);
}

static bool coverage_knows(const char *coverage, const char *item)
{
    size_t length = strlen(item);

    for (const char *at = coverage; *at != '\0';) {
        if (strncmp(at, item, length) == 0 && at[length] == ' ')
            return true;
        at += strcspn(at, "\n");
        at += *at == '\n';
    }
    return false;
}

static void lint_header(struct lint_run *run)
{
    const struct lesson *lesson = run->lesson;

    for (uint32_t i = 0; i < lesson->needs.list.count; i++) {
        if (lesson_list_find(run->lint->lessons, lesson->needs.list.items[i]) == NULL)
            say_word(run, 1, "`needs` names no lesson", lesson->needs.list.items[i]);
    }
    for (uint32_t i = 0; run->lint->coverage != NULL && i < lesson->covers.list.count; i++) {
        if (!coverage_knows(run->lint->coverage, lesson->covers.list.items[i]))
            say_word(run, 1, "`covers` names no row of coverage.txt",
                     lesson->covers.list.items[i]);
    }
}

/* Some near miss must break it, else nobody knows that it can be. */
static void look_for_break(struct lint_run *run, const struct lesson_step *step,
                           const struct check *check)
{
    if (check->mode != CHECK_NEVER && check->mode != CHECK_HOLD)
        return;
    for (uint32_t i = 0;; i++) {
        const struct lesson_block *wrong = lesson_block_find(step, LESSON_WRONG, i);

        if (wrong == NULL)
            break;
        if (strcmp(wrong->detail, check->id) == 0)
            return;
    }
    say_word(run, check->line, "no `wrong` of this step breaks the check", check->id);
}

static void lint_block(struct lint_run *run, const struct lesson_block *block)
{
    bool fails = strcmp(block->detail, "fails") == 0;

    switch (block->kind) {
    case LESSON_RUN:
    case LESSON_SETUP:
    case LESSON_SOLUTION:
    case LESSON_SOLUTION_ALT:
    case LESSON_WRONG:
        if (!fails)
            read_script(run, block->text, block->line);
        break;
    case LESSON_INSTRUCTOR:
        read_notes(run, block->text, block->line);
        break;
    case LESSON_PROSE:
    case LESSON_HINT:
    case LESSON_COFFEE:
        prose_each_link(block->text, visit_link, run);
        break;
    default:
        break;
    }
}

void lint_text(struct lint_run *run)
{
    const struct lesson *lesson = run->lesson;

    lint_header(run);
    prose_each_link(lesson->intro, visit_link, run);
    read_script(run, lesson->world, lesson->world_line);
    for (uint32_t i = 0; i < lesson->steps.count; i++) {
        const struct lesson_step *step = &lesson->steps.items[i];

        for (uint32_t k = 0; k < step->blocks.count; k++)
            lint_block(run, &step->blocks.items[k]);
        for (uint32_t k = 0; k < step->checks.count; k++) {
            look_for_names(run, &step->checks.items[k]);
            look_for_break(run, step, &step->checks.items[k]);
        }
    }
}
