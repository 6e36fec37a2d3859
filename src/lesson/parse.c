/*
 * lesson/parse.c - a lesson's Markdown file becomes a struct lesson.
 *
 * Line by line: `# ` begins the lesson, `## ` a step, and a fence whose first word is a directive a
 * block.  Everything between is prose, which md4c reads later (lesson/prose); it is tried once here
 * so that nothing that is too deep comes further.
 */
#include "lesson/parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/pack.h"
#include "base/str.h"
#include "base/utf8.h"
#include "lesson/prose.h"

enum { PROSE_TRIAL_WIDTH = 80 };

struct reader {
    struct lesson *lesson;
    const char *at;  /* the line to read next */
    const char *end;
    const char *line; /* the present line, without its newline */
    size_t length;
    unsigned number;
    struct lesson_step *step; /* NULL before the first */
    struct str prose;         /* gathered and not yet put away */
    unsigned prose_line;
    struct str block; /* the text of a fenced block */
    bool has_header;
    bool has_world;
    uint32_t check_count;
    struct str *why;
};

static int refuse(struct reader *reader, unsigned line, const char *problem)
{
    if (reader->why->length == 0) {
        str_addf(reader->why, "%s:%u: ", reader->lesson->path, line);
        utf8_add_safe(reader->why, problem, strlen(problem), UTF8_KEEP_NOTHING);
    }
    return -1;
}

static int refuse_word(struct reader *reader, unsigned line, const char *problem, const char *word)
{
    struct str text = STR_INIT;
    int status;

    str_addf(&text, "%s: %.80s", problem, word);
    status = refuse(reader, line, str_text(&text));
    str_release(&text);
    return status;
}

static bool next_line(struct reader *reader)
{
    const char *stop;

    if (reader->at >= reader->end)
        return false;
    stop = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));
    reader->line = reader->at;
    reader->length = (size_t)((stop == NULL ? reader->end : stop) - reader->at);
    reader->at = stop == NULL ? reader->end : stop + 1;
    if (reader->length > 0 && reader->line[reader->length - 1] == '\r')
        reader->length--;
    reader->number++;
    return true;
}

static const char *trimmed(struct reader *reader, const char *text, size_t length)
{
    while (length > 0 && strchr(" \t\n", text[length - 1]) != NULL)
        length--;
    while (length > 0 && strchr(" \t\n", *text) != NULL) {
        text++;
        length--;
    }
    return arena_strndup(&reader->lesson->arena, text, length);
}

static bool is_id(const char *text)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-_");

    return length > 0 && length <= 64 && text[length] == '\0';
}

/* ---- prose ---- */

static int try_prose(struct reader *reader, unsigned line, const char *text)
{
    struct arena arena = ARENA_INIT;
    struct prose prose = {.arena = &arena};
    struct str problem = STR_INIT;
    int status = prose_add(&prose, text, PROSE_TRIAL_WIDTH, &problem);

    if (status != 0)
        status = refuse(reader, line,
                        problem.length > 0 ? str_text(&problem) : "this text cannot be laid out");
    str_release(&problem);
    arena_release(&arena);
    return status;
}

static struct lesson_block *add_block(struct reader *reader, enum lesson_kind kind,
                                      const char *text, unsigned line)
{
    struct lesson_block *block = LIST_PUSH_IN(&reader->lesson->arena, &reader->step->blocks);

    *block = (struct lesson_block){.kind = kind, .text = text, .detail = "", .line = line};
    return block;
}

/* Puts the gathered prose away: into the step, or before the first one. */
static int flush_prose(struct reader *reader)
{
    const char *text = trimmed(reader, str_text(&reader->prose), reader->prose.length);

    str_clear(&reader->prose);
    if (*text == '\0')
        return 0;
    if (try_prose(reader, reader->prose_line, text) != 0)
        return -1;
    if (reader->step != NULL)
        add_block(reader, LESSON_PROSE, text, reader->prose_line);
    else
        reader->lesson->intro =
            arena_printf(&reader->lesson->arena, "%s%s%s", reader->lesson->intro,
                         *reader->lesson->intro == '\0' ? "" : "\n\n", text);
    return 0;
}

static void gather_prose(struct reader *reader)
{
    if (reader->prose.length == 0)
        reader->prose_line = reader->number;
    str_addn(&reader->prose, reader->line, reader->length);
    str_addc(&reader->prose, '\n');
}

/* ---- the header ---- */

static int read_number(struct reader *reader, unsigned line, const char *value, uint64_t *number)
{
    char *end;

    *number = strtoull(value, &end, 10);
    if (*value < '0' || *value > '9' || *end != '\0' || strlen(value) > 18)
        return refuse_word(reader, line, "not a number", value);
    return 0;
}

static void read_words(struct reader *reader, const char *value, struct lesson_words *words)
{
    while (*value != '\0') {
        size_t length = strcspn(value, " \t,");

        if (length > 0)
            *LIST_PUSH_IN(&reader->lesson->arena, &words->list) =
                arena_strndup(&reader->lesson->arena, value, length);
        value += length;
        value += strspn(value, " \t,");
    }
}

static int read_key(struct reader *reader, unsigned line, const char *key, const char *value)
{
    struct lesson *lesson = reader->lesson;
    uint64_t number = 0;

    if (strcmp(key, "format") == 0)
        return strcmp(value, "1") == 0
                   ? 0
                   : refuse(reader, line, "this program reads lessons of `format: 1`");
    if (strcmp(key, "id") == 0) {
        lesson->id = value;
        return is_id(value) ? 0
                            : refuse(reader, line,
                                     "an id is small letters, digits, - and _, up to 64 of them");
    }
    if (strcmp(key, "seed") == 0)
        return read_number(reader, line, value, &lesson->seed);
    if (strcmp(key, "minutes") == 0 || strcmp(key, "order") == 0) {
        if (read_number(reader, line, value, &number) != 0 || number > 100000)
            return refuse_word(reader, line, "not a number that can be", value);
        *(key[0] == 'm' ? &lesson->minutes : &lesson->order) = (unsigned)number;
        return 0;
    }
    if (strcmp(key, "view") == 0)
        lesson->view = value;
    else if (strcmp(key, "needs") == 0)
        read_words(reader, value, &lesson->needs);
    else if (strcmp(key, "covers") == 0)
        read_words(reader, value, &lesson->covers);
    else if (strcmp(key, "names") == 0)
        read_words(reader, value, &lesson->names);
    else
        return refuse_word(reader, line,
                           "the header knows format, id, needs, minutes, covers, seed, names, "
                           "view, order; not",
                           key);
    return 0;
}

static int read_header(struct reader *reader, const char *text, unsigned line)
{
    bool has_format = false;

    if (reader->has_header)
        return refuse(reader, line, "a second header: `lesson` stands once");
    reader->has_header = true;
    for (; *text != '\0'; line++) {
        size_t length = strcspn(text, "\n");
        const char *colon = memchr(text, ':', length);
        const char *key;

        if (strspn(text, " \t") >= length) {
            text += length + (text[length] == '\n');
            continue;
        }
        if (colon == NULL)
            return refuse(reader, line, "a line of the header is `key: value`");
        key = trimmed(reader, text, (size_t)(colon - text));
        has_format = has_format || strcmp(key, "format") == 0;
        if (read_key(reader, line, key,
                     trimmed(reader, colon + 1, length - (size_t)(colon - text) - 1)) != 0)
            return -1;
        text += length + (text[length] == '\n');
    }
    if (!has_format || reader->lesson->id == NULL)
        return refuse(reader, line, "the header needs at least `format: 1` and `id:`");
    return 0;
}

/* ---- blocks ---- */

static int read_file(struct reader *reader, const char *name, const char *text, unsigned line)
{
    struct lesson *lesson = reader->lesson;
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "0123456789._-");

    if (reader->step != NULL)
        return refuse(reader, line, "`file` stands before the first step");
    if (length == 0 || length > 64 || name[length] != '\0' || name[0] == '.')
        return refuse_word(reader, line, "not a name for a file", name);
    if (lesson->files.count >= LESSON_FILES_MAX)
        return refuse(reader, line, "too many files");
    for (uint32_t i = 0; i < lesson->files.count; i++) {
        if (strcmp(lesson->files.items[i].name, name) == 0)
            return refuse_word(reader, line, "a second file of this name", name);
    }
    *LIST_PUSH_IN(&lesson->arena, &lesson->files) = (struct lesson_file){
        .name = name,
        .bytes = text,
        .size = strlen(text),
        .line = line,
    };
    return 0;
}

static int read_world(struct reader *reader, const char *text, unsigned line)
{
    if (reader->step != NULL || reader->has_world)
        return refuse(reader, line, "`world` stands once, before the first step");
    reader->has_world = true;
    reader->lesson->world = text;
    reader->lesson->world_line = line;
    return 0;
}

static int read_question(struct reader *reader, const char *text, unsigned line,
                         const struct lesson_question **out)
{
    struct arena *arena = &reader->lesson->arena;
    struct lesson_question *question = arena_alloc(arena, sizeof(*question));
    struct str prompt = STR_INIT;
    bool right = false;

    question->why = "";
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");

        if (length > 2 && (text[0] == '*' || text[0] == '-') && text[1] == ' ') {
            *LIST_PUSH_IN(arena, &question->options) = (struct lesson_option){
                .text = trimmed(reader, text + 2, length - 2),
                .right = text[0] == '*',
            };
            right = right || text[0] == '*';
        } else if (str_starts(text, "why:")) {
            question->why = trimmed(reader, text + 4, length - 4);
        } else {
            str_addn(&prompt, text, length);
            str_addc(&prompt, '\n');
        }
        text += length + (text[length] == '\n');
    }
    question->text = trimmed(reader, str_text(&prompt), prompt.length);
    str_release(&prompt);
    *out = question;
    if (question->options.count < 2 || question->options.count > 9 || !right)
        return refuse(reader, line,
                      "a question has two to nine options, `* right` and `- wrong`, one right at "
                      "least");
    return 0;
}

static bool check_known(const struct lesson *lesson, const char *id)
{
    for (uint32_t i = 0; i < lesson->steps.count; i++) {
        const struct lesson_step *step = &lesson->steps.items[i];

        for (uint32_t k = 0; k < step->checks.count; k++) {
            if (strcmp(step->checks.items[k].id, id) == 0)
                return true;
        }
    }
    return false;
}

static int add_check(struct reader *reader, const char *text, unsigned line)
{
    struct lesson *lesson = reader->lesson;
    struct str problem = STR_INIT;
    struct check check;
    int status;

    if (++reader->check_count > LESSON_CHECKS_MAX)
        return refuse(reader, line, "too many checks");
    if (check_parse(text, &lesson->arena, &check, &problem) != 0) {
        status = refuse(reader, line, str_text(&problem));
    } else if (check_known(lesson, check.id)) {
        status = refuse_word(reader, line, "a second check of this id", check.id);
        check_release(&check);
    } else if (check.after != NULL && !check_known(lesson, check.after)) {
        status = refuse_word(reader, line, "no check before this one is called", check.after);
        check_release(&check);
    } else {
        check.line = line;
        *LIST_PUSH_IN(&lesson->arena, &reader->step->checks) = check;
        status = 0;
    }
    str_release(&problem);
    return status;
}

/* One check a line; a line that begins with blanks goes on with the one before. */
static int read_checks(struct reader *reader, const char *text, unsigned line)
{
    struct str one = STR_INIT;
    unsigned first = line;
    int status = 0;

    for (; *text != '\0' && status == 0; line++) {
        size_t length = strcspn(text, "\n");
        bool blank = strspn(text, " \t") >= length;

        if (!blank && *text != ' ' && *text != '\t') {
            if (one.length > 0)
                status = add_check(reader, str_text(&one), first);
            str_clear(&one);
            first = line;
        }
        if (!blank) {
            str_addn(&one, text, length);
            str_addc(&one, ' ');
        }
        text += length + (text[length] == '\n');
    }
    if (status == 0 && one.length > 0)
        status = add_check(reader, str_text(&one), first);
    str_release(&one);
    return status;
}

static const struct directive {
    const char *name;
    const char *detail; /* NULL: any one word, or none when `bare` */
    enum lesson_kind kind;
    bool markdown;
} directives[] = {
    {"run", "", LESSON_RUN, false},
    {"run", "fails", LESSON_RUN, false},
    {"setup", "", LESSON_SETUP, false},
    {"view", "", LESSON_VIEW, false},
    {"predict", "", LESSON_PREDICT, false},
    {"quiz", "", LESSON_QUIZ, false},
    {"hint", "", LESSON_HINT, true},
    {"solution", "", LESSON_SOLUTION, false},
    {"solution", "alt", LESSON_SOLUTION_ALT, false},
    {"wrong", NULL, LESSON_WRONG, false},
    {"coffee", "", LESSON_COFFEE, true},
    {"instructor", "", LESSON_INSTRUCTOR, true},
};

static const struct directive *find_directive(const char *name, const char *detail)
{
    for (size_t i = 0; i < sizeof(directives) / sizeof(directives[0]); i++) {
        const struct directive *directive = &directives[i];

        if (strcmp(directive->name, name) == 0 &&
            (directive->detail == NULL || strcmp(directive->detail, detail) == 0))
            return directive;
    }
    return NULL;
}

static int read_step_block(struct reader *reader, const struct directive *directive,
                           const char *detail, const char *text, unsigned line)
{
    struct lesson_block *block;

    if (reader->step == NULL)
        return refuse_word(reader, line, "this block belongs into a step", directive->name);
    if (directive->markdown && try_prose(reader, line, text) != 0)
        return -1;
    block = add_block(reader, directive->kind, text, line);
    block->detail = detail;
    if (directive->kind == LESSON_VIEW)
        reader->step->view = trimmed(reader, text, strlen(text));
    if (directive->kind == LESSON_PREDICT || directive->kind == LESSON_QUIZ)
        return read_question(reader, text, line, &block->question);
    if (directive->kind == LESSON_WRONG) {
        if (!str_starts(detail, "expect=") || !is_id(detail + 7))
            return refuse(reader, line, "write `wrong expect=ID`, with a check of this step");
        block->detail = detail + 7;
    }
    return 0;
}

static int read_block(struct reader *reader, const char *name, const char *detail, unsigned line)
{
    const char *text = arena_strdup(&reader->lesson->arena, str_text(&reader->block));
    const struct directive *directive = find_directive(name, detail);

    if (text == NULL)
        text = "";
    if (strcmp(name, "lesson") == 0 && *detail == '\0')
        return read_header(reader, text, line);
    if (strcmp(name, "file") == 0)
        return read_file(reader, detail, text, line);
    if (strcmp(name, "world") == 0 && *detail == '\0')
        return read_world(reader, text, line);
    if (strcmp(name, "check") == 0 && *detail == '\0')
        return reader->step == NULL ? refuse(reader, line, "`check` belongs into a step")
                                    : read_checks(reader, text, line);
    if (directive == NULL)
        return refuse_word(reader, line - 1, "not a block that a lesson knows", name);
    return read_step_block(reader, directive, detail, text, line);
}

/* The length of the fence that the line begins with, or 0. */
static size_t fence_of(const struct reader *reader)
{
    size_t ticks = 0;

    while (ticks < reader->length && reader->line[ticks] == '`')
        ticks++;
    return ticks >= 3 ? ticks : 0;
}

static bool closes_fence(const struct reader *reader, size_t ticks)
{
    size_t length = reader->length;

    while (length > 0 && reader->line[length - 1] == ' ')
        length--;
    return fence_of(reader) == length && length >= ticks;
}

/* A fence that only shows something: it belongs to the prose. */
static bool only_shows(const char *name)
{
    static const char *const shown[] = {"", "text", "console", "bash", "json"};

    for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
        if (strcmp(shown[i], name) == 0)
            return true;
    }
    return false;
}

static int read_fence(struct reader *reader, size_t ticks)
{
    const char *info = trimmed(reader, reader->line + ticks, reader->length - ticks);
    size_t length = strcspn(info, " ");
    const char *name = arena_strndup(&reader->lesson->arena, info, length);
    const char *detail = trimmed(reader, info + length, strlen(info + length));
    bool shows = only_shows(name);
    unsigned line = reader->number + 1;

    str_clear(&reader->block);
    if (shows)
        gather_prose(reader);
    else if (flush_prose(reader) != 0)
        return -1;
    while (next_line(reader)) {
        bool closed = closes_fence(reader, ticks);

        if (shows)
            gather_prose(reader);
        if (closed)
            return shows ? 0 : read_block(reader, name, detail, line);
        str_addn(&reader->block, reader->line, reader->length);
        str_addc(&reader->block, '\n');
    }
    return refuse(reader, line - 1, "this block is never closed");
}

/* ---- headings ---- */

static int read_title(struct reader *reader)
{
    if (reader->lesson->title != NULL)
        return refuse(reader, reader->number, "a second title: `# ` stands once; a step is `## `");
    if (flush_prose(reader) != 0)
        return -1;
    reader->lesson->title = trimmed(reader, reader->line + 2, reader->length - 2);
    return 0;
}

static int read_step(struct reader *reader)
{
    static const char wanted[] =
        "a step is `## Title {#id}`, its id small letters, digits, - and _";
    char *text;
    char *mark;
    size_t length;
    struct lesson_step *step;

    if (flush_prose(reader) != 0)
        return -1;
    text = arena_strdup(&reader->lesson->arena,
                        trimmed(reader, reader->line + 3, reader->length - 3));
    mark = strstr(text, "{#");
    length = strlen(text);
    if (mark == NULL || text[length - 1] != '}')
        return refuse(reader, reader->number, wanted);
    text[length - 1] = '\0';
    *mark = '\0';
    if (!is_id(mark + 2))
        return refuse(reader, reader->number, wanted);
    for (uint32_t i = 0; i < reader->lesson->steps.count; i++) {
        if (strcmp(reader->lesson->steps.items[i].id, mark + 2) == 0)
            return refuse_word(reader, reader->number, "a second step of this id", mark + 2);
    }
    if (reader->lesson->steps.count >= LESSON_STEPS_MAX)
        return refuse(reader, reader->number, "too many steps");
    step = LIST_PUSH_IN(&reader->lesson->arena, &reader->lesson->steps);
    *step = (struct lesson_step){
        .title = trimmed(reader, text, strlen(text)),
        .id = mark + 2,
        .line = reader->number,
    };
    reader->step = step;
    return 0;
}

static int read_line(struct reader *reader)
{
    size_t ticks = fence_of(reader);

    if (ticks > 0)
        return read_fence(reader, ticks);
    if (reader->length > 2 && strncmp(reader->line, "# ", 2) == 0)
        return read_title(reader);
    if (reader->length > 3 && strncmp(reader->line, "## ", 3) == 0)
        return read_step(reader);
    gather_prose(reader);
    return 0;
}

/* ---- the whole ---- */

static bool step_has_check(const struct lesson_step *step, const char *id)
{
    for (uint32_t i = 0; i < step->checks.count; i++) {
        if (strcmp(step->checks.items[i].id, id) == 0)
            return true;
    }
    return false;
}

static int finish_step(struct reader *reader, const struct lesson_step *step)
{
    if (step->checks.count > 0 && lesson_block_find(step, LESSON_SOLUTION, 0) == NULL)
        return refuse_word(reader, step->line, "this step has checks and no solution", step->id);
    if (step->checks.count > 0 && lesson_block_find(step, LESSON_HINT, 0) == NULL)
        return refuse_word(reader, step->line, "this step has checks and no hint", step->id);
    for (uint32_t i = 0; i < step->blocks.count; i++) {
        const struct lesson_block *block = &step->blocks.items[i];

        if (block->kind == LESSON_WRONG && !step_has_check(step, block->detail))
            return refuse_word(reader, block->line, "this step has no check", block->detail);
    }
    return 0;
}

static int read_all(struct reader *reader)
{
    struct lesson *lesson = reader->lesson;
    const char *begin = reader->at;

    while (next_line(reader)) {
        if (read_line(reader) != 0)
            return -1;
        if (reader->step != NULL) {
            reader->step->bytes += (size_t)(reader->at - begin);
            if (reader->step->bytes > LESSON_STEP_BYTES_MAX)
                return refuse(reader, reader->step->line, "this step is longer than 64 KiB");
        }
        begin = reader->at;
    }
    if (flush_prose(reader) != 0)
        return -1;
    if (lesson->title == NULL || *lesson->title == '\0')
        return refuse(reader, 1, "a lesson begins with `# Title`");
    if (!reader->has_header)
        return refuse(reader, 1, "there is no block `lesson` with the header");
    if (lesson->steps.count == 0)
        return refuse(reader, reader->number, "a lesson has at least one step: `## Title {#id}`");
    for (uint32_t i = 0; i < lesson->steps.count; i++) {
        if (finish_step(reader, &lesson->steps.items[i]) != 0)
            return -1;
    }
    return 0;
}

static int check_bytes(struct reader *reader, const char *bytes, size_t size)
{
    const char *zero = memchr(bytes, '\0', size);

    if (size > LESSON_BYTES_MAX)
        return refuse(reader, 1, "longer than 4 MiB");
    if (zero != NULL || !utf8_valid(bytes, size))
        return refuse(reader, 1, "not UTF-8 text");
    return 0;
}

struct lesson *lesson_parse(const char *path, const char *bytes, size_t size, struct str *why)
{
    struct lesson *lesson = xcalloc(1, sizeof(*lesson));
    struct reader reader = {
        .lesson = lesson,
        .at = bytes,
        .end = bytes + size,
        .why = why,
    };
    int status;

    lesson->path = arena_strdup(&lesson->arena, path);
    lesson->intro = "";
    lesson->world = "";
    lesson->seed = 1;
    lesson->order = 100;
    lesson->source = "";
    status = check_bytes(&reader, bytes, size);
    if (status == 0) {
        lesson->source = arena_strndup(&lesson->arena, bytes, size);
        status = read_all(&reader);
    }
    str_release(&reader.prose);
    str_release(&reader.block);
    if (status == 0)
        return lesson;
    lesson_free(lesson);
    return NULL;
}

void lesson_free(struct lesson *lesson)
{
    if (lesson == NULL)
        return;
    for (uint32_t i = 0; i < lesson->steps.count; i++) {
        struct lesson_step *step = &lesson->steps.items[i];

        for (uint32_t k = 0; k < step->checks.count; k++)
            check_release(&step->checks.items[k]);
    }
    arena_release(&lesson->arena);
    free(lesson);
}

void lesson_mark(const struct lesson *lesson, char mark[LESSON_MARK_SIZE])
{
    unsigned char hash[PACK_HASH_SIZE];

    pack_hash(lesson->source, strlen(lesson->source), hash);
    for (size_t i = 0; i < LESSON_MARK_SIZE / 2; i++)
        snprintf(mark + 2 * i, 3, "%02x", hash[i]);
}

const struct lesson_block *lesson_block_find(const struct lesson_step *step, enum lesson_kind kind,
                                             uint32_t n)
{
    for (uint32_t i = 0; i < step->blocks.count; i++) {
        if (step->blocks.items[i].kind == kind && n-- == 0)
            return &step->blocks.items[i];
    }
    return NULL;
}
