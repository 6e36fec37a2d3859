/*
 * cloud/guest_text.c - the words of a guest that print, filter and compare.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/guest_inside.h"
#include "sim/clock.h"

enum { INPUT_MAX = 8 << 20, LINES_MAX = 1000000000 }; /* that one command reads */

/* A file that may be read; NULL after a complaint. */
static const struct file_node *readable(struct guest_command *command, const char *word,
                                        bool folder_too)
{
    enum files_error error;
    const struct file_node *node = files_find(&command->files, command_path(command, word), &error);

    if (node != NULL && node->kind == FILE_FOLDER && !folder_too)
        error = FILES_FOLDER;
    else if (node != NULL && !files_may(&command->files, node, 4))
        error = FILES_DENIED;
    if (error == FILES_OK)
        return node;
    command_complain(command, word, files_error_text(error));
    return NULL;
}

static struct blob text_blob(const char *text)
{
    return (struct blob){.bytes = (char *)(uintptr_t)text, .size = strlen(text)};
}

/* What a filter reads: the piped text, or the files one after the other.  False when one could not
 * be read. */
static bool read_input(struct guest_command *command, const struct operands *operands,
                       uint32_t from, struct str *text)
{
    bool all = true;

    if (operands->items.count <= from && command->input != NULL)
        str_add(text, command->input);
    for (uint32_t i = from; i < operands->items.count; i++) {
        const struct file_node *node = readable(command, operands->items.items[i], false);

        if (node != NULL && text->length > INPUT_MAX) {
            command_complain(command, operands->items.items[i], "File too large");
            return false;
        }
        if (node != NULL) {
            struct blob content = files_read(&command->files, node, command->arena);

            if (node->kind == FILE_FILLER)
                str_addf(text, "(%" PRIu64 " bytes that are no text)\n", node->size);
            else
                str_addn(text, content.bytes, content.size);
        }
        all = all && node != NULL;
    }
    return all;
}

/* ---- printing ---- */

static int run_cat(struct guest_command *command)
{
    struct operands operands = {0};

    if (!command_operands(command, "nAbes", &operands))
        return 1;
    return read_input(command, &operands, 0, command->out) ? 0 : 1;
}

static void add_escaped(struct str *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (text[0] == '\\' && text[1] != '\0') {
            text++;
            str_addc(out, *text == 'n' ? '\n' : *text == 't' ? '\t' : *text);
        } else {
            str_addc(out, *text);
        }
    }
}

static int run_echo(struct guest_command *command)
{
    bool newline = true;
    bool escapes = false;
    uint32_t i = 1;

    for (; i < command->count &&
           (strcmp(command->words[i], "-n") == 0 || strcmp(command->words[i], "-e") == 0);
         i++) {
        newline = newline && command->words[i][1] != 'n';
        escapes = escapes || command->words[i][1] == 'e';
    }
    for (uint32_t first = i; i < command->count; i++) {
        str_add(command->out, i > first ? " " : "");
        if (escapes)
            add_escaped(command->out, command->words[i]);
        else
            str_add(command->out, command->words[i]);
    }
    str_add(command->out, newline ? "\n" : "");
    return 0;
}

static int run_printf(struct guest_command *command)
{
    uint32_t next = 2;

    if (command->count < 2)
        return command_missing(command);
    for (const char *at = command->words[1]; *at != '\0'; at++) {
        if (*at == '%' && (at[1] == 's' || at[1] == 'd')) {
            str_add(command->out, next < command->count ? command->words[next] : "");
            next++;
            at++;
        } else if (*at == '\\' && at[1] != '\0') {
            add_escaped(command->out, (char[]){at[0], at[1], '\0'});
            at++;
        } else {
            str_addc(command->out, *at);
        }
    }
    return 0;
}

static int run_tee(struct guest_command *command)
{
    struct operands operands = {0};
    const char *text = command->input == NULL ? "" : command->input;
    int status = 0;

    if (!command_operands(command, "a", &operands))
        return 1;
    str_add(command->out, text);
    for (uint32_t i = 0; i < operands.items.count; i++) {
        const char *path = command_path(command, operands.items.items[i]);
        enum files_error error =
            strcmp(path, "/dev/null") == 0
                ? FILES_OK
                : files_write(&command->files, path, text_blob(text), command_has(&operands, 'a'));

        if (error != FILES_OK)
            status = command_complain(command, operands.items.items[i], files_error_text(error));
    }
    return status;
}

/* -n 3, -n3, -3 */
static bool line_count(struct guest_command *command, uint64_t *lines, struct operands *operands)
{
    *lines = 10;
    for (uint32_t i = 1; i < command->count; i++) {
        const char *word = command->words[i];
        const char *digits = word;

        if (*word != '-') {
            command_matches(command, word, operands);
            continue;
        }
        if (strcmp(word, "-n") == 0 && i + 1 < command->count)
            digits = command->words[++i];
        else
            digits += str_starts(word, "-n") ? 2 : 1;
        if (*digits == '\0' || strspn(digits, "0123456789") != strlen(digits)) {
            command_option(command, word);
            return false;
        }
        *lines = strtoull(digits, NULL, 10);
        *lines = *lines > LINES_MAX ? LINES_MAX : *lines;
    }
    return true;
}

static uint64_t count_lines(const char *text)
{
    uint64_t lines = 0;

    for (; *text != '\0'; text++)
        lines += *text == '\n' || text[1] == '\0';
    return lines;
}

static int run_head_tail(struct guest_command *command, bool tail)
{
    struct operands operands = {0};
    struct str text = STR_INIT;
    uint64_t wanted;
    uint64_t total;
    uint64_t line = 0;
    bool all;

    if (!line_count(command, &wanted, &operands))
        return 1;
    all = read_input(command, &operands, 0, &text);
    total = count_lines(str_text(&text));
    for (const char *at = str_text(&text); *at != '\0'; at++) {
        if (tail ? line + wanted >= total : line < wanted)
            str_addc(command->out, *at);
        line += *at == '\n';
    }
    str_release(&text);
    return all ? 0 : 1;
}

static int run_head(struct guest_command *command)
{
    return run_head_tail(command, false);
}

static int run_tail(struct guest_command *command)
{
    return run_head_tail(command, true);
}

static int run_wc(struct guest_command *command)
{
    struct operands operands = {0};
    struct str text = STR_INIT;
    uint64_t lines = 0;
    uint64_t words = 0;
    bool inside = false;
    bool all;

    if (!command_operands(command, "lwc", &operands))
        return 1;
    all = read_input(command, &operands, 0, &text);
    for (const char *at = str_text(&text); *at != '\0'; at++) {
        bool blank = strchr(" \t\n", *at) != NULL;

        lines += *at == '\n';
        words += inside && blank;
        inside = !blank;
    }
    words += inside;
    if (operands.options[0] == '\0' || command_has(&operands, 'l'))
        str_addf(command->out, "%" PRIu64 " ", lines);
    if (operands.options[0] == '\0' || command_has(&operands, 'w'))
        str_addf(command->out, "%" PRIu64 " ", words);
    if (operands.options[0] == '\0' || command_has(&operands, 'c'))
        str_addf(command->out, "%zu ", text.length);
    str_cut(command->out, command->out->length - 1);
    if (operands.items.count == 1)
        str_addf(command->out, " %s", operands.items.items[0]);
    str_addc(command->out, '\n');
    str_release(&text);
    return all ? 0 : 1;
}

static bool line_matches(const char *line, const char *pattern, const struct operands *operands)
{
    bool matches = command_has(operands, 'i') ? strcasestr(line, pattern) != NULL
                                              : strstr(line, pattern) != NULL;

    return matches != command_has(operands, 'v');
}

/* A pattern is plain text here; one that is more is refused. */
static int run_grep(struct guest_command *command)
{
    struct operands operands = {0};
    struct str text = STR_INIT;
    uint64_t found = 0;
    const char *rest;
    const char *pattern;

    if (!command_operands(command, "ivcqnFEw", &operands))
        return 2;
    if (operands.items.count == 0) {
        str_add(command->err, "Usage: grep [OPTION]... PATTERNS [FILE]...\n");
        return 2;
    }
    pattern = operands.items.items[0];
    if (!command_has(&operands, 'F') && strpbrk(pattern, "*[]^$|+(){}") != NULL) {
        str_addf(command->err, "grep: %s: only plain text is modelled as a pattern\n", pattern);
        return 2;
    }
    if (!read_input(command, &operands, 1, &text)) {
        str_release(&text);
        return 2;
    }
    for (rest = str_text(&text); *rest != '\0';) {
        const char *line = arena_strndup(command->arena, rest, strcspn(rest, "\n"));

        if (line_matches(line, pattern, &operands)) {
            found++;
            if (!command_has(&operands, 'q') && !command_has(&operands, 'c'))
                str_addf(command->out, "%s\n", line);
        }
        rest += strlen(line);
        rest += *rest == '\n';
    }
    if (command_has(&operands, 'c'))
        str_addf(command->out, "%" PRIu64 "\n", found);
    str_release(&text);
    return found > 0 ? 0 : 1;
}

/* ---- test ---- */

static bool number_test(const char *a, const char *operator, const char * b)
{
    long long x = strtoll(a, NULL, 10);
    long long y = strtoll(b, NULL, 10);

    return strcmp(operator, "-eq") == 0   ? x == y
           : strcmp(operator, "-ne") == 0 ? x != y
           : strcmp(operator, "-lt") == 0 ? x < y
           : strcmp(operator, "-le") == 0 ? x <= y
           : strcmp(operator, "-gt") == 0 ? x > y
                                          : x >= y;
}

static int file_test(struct guest_command *command, char test, const char *word)
{
    const struct file_node *node = files_find(&command->files, command_path(command, word), NULL);

    switch (test) {
    case 'e':
        return node == NULL;
    case 'f':
        return node == NULL || node->kind == FILE_FOLDER;
    case 'd':
        return node == NULL || node->kind != FILE_FOLDER;
    case 's':
        return node == NULL || node->size == 0;
    case 'r':
        return node == NULL || !files_may(&command->files, node, 4);
    case 'w':
        return node == NULL || !files_may(&command->files, node, 2);
    case 'x':
        return node == NULL || !files_may(&command->files, node, 1);
    case 'z':
        return *word != '\0';
    case 'n':
        return *word == '\0';
    default:
        return 2;
    }
}

static int run_test(struct guest_command *command)
{
    const char *const *words = command->words + 1;
    uint32_t count = command->count - 1;
    bool negate = false;
    int status = 2;

    if (strcmp(command->words[0], "[") == 0) {
        if (count == 0 || strcmp(words[count - 1], "]") != 0) {
            str_add(command->err, "bash: [: missing `]'\n");
            return 2;
        }
        count--;
    }
    if (count > 1 && strcmp(words[0], "!") == 0) {
        negate = true;
        words++;
        count--;
    }
    if (count <= 1)
        status = count == 0 || words[0][0] == '\0';
    else if (count == 2 && words[0][0] == '-' && words[0][1] != '\0' && words[0][2] == '\0')
        status = file_test(command, words[0][1], words[1]);
    else if (count == 3 && (strcmp(words[1], "=") == 0 || strcmp(words[1], "==") == 0))
        status = strcmp(words[0], words[2]) != 0;
    else if (count == 3 && strcmp(words[1], "!=") == 0)
        status = strcmp(words[0], words[2]) == 0;
    else if (count == 3 && words[1][0] == '-')
        status = !number_test(words[0], words[1], words[2]);
    if (status == 2)
        str_add(command->err, "bash: [: unary operator expected\n");
    return status == 2 || !negate ? status : !status;
}

const struct guest_word guest_text_words[] = {
    {.name = "cat", .run = run_cat},
    {.name = "echo", .run = run_echo},
    {.name = "printf", .run = run_printf},
    {.name = "tee", .run = run_tee},
    {.name = "head", .run = run_head},
    {.name = "tail", .run = run_tail},
    {.name = "wc", .run = run_wc},
    {.name = "grep", .run = run_grep},
    {.name = "test", .run = run_test},
    {.name = "[", .run = run_test},
    {.name = NULL},
};
