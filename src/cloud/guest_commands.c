/*
 * cloud/guest_commands.c - the words of a guest that deal with files and text.
 *
 * Each is as much of the real one as people use in such labs; an option it does not know is refused
 * by name, in the tool's own way.
 */
#include <fnmatch.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/guest_inside.h"
#include "sim/clock.h"

/* ---- options and operands ---- */

/* The operands, unquoted * and ? matched against the files; options are collected as letters. */
struct operands {
    LIST(const char *) items;
    char options[16];
};

static bool has_option(const struct operands *operands, char option)
{
    return strchr(operands->options, option) != NULL;
}

/* Adds what a pattern in the last part of a path matches; the word itself when nothing does. */
static void add_matches(struct guest_command *command, const char *word, struct operands *operands)
{
    const char *slash = strrchr(word, '/');
    const char *pattern = slash == NULL ? word : slash + 1;
    const char *before = arena_strndup(command->arena, word, (size_t)(pattern - word));
    const char *folder = command_path(command, *before == '\0' ? "." : before);
    const struct file_node *node =
        strpbrk(pattern, "*?") == NULL ? NULL : files_find(&command->files, folder, NULL);
    struct file_entries entries = {0};
    uint32_t found = 0;

    if (node != NULL && node->kind == FILE_FOLDER)
        files_list(&command->files, node, command->arena, &entries);
    for (uint32_t i = 0; i < entries.items.count; i++) {
        const char *name = entries.items.items[i]->name;

        if (fnmatch(pattern, name, FNM_PERIOD) != 0)
            continue;
        found++;
        *LIST_PUSH_IN(command->arena, &operands->items) =
            arena_printf(command->arena, "%s%s", before, name);
    }
    if (found == 0)
        *LIST_PUSH_IN(command->arena, &operands->items) = word;
}

/* Reads the words; `allowed` are the letters that may follow a dash.  False after a complaint. */
static bool read_operands(struct guest_command *command, const char *allowed,
                          struct operands *operands)
{
    bool only_operands = false;

    for (uint32_t i = 1; i < command->count; i++) {
        const char *word = command->words[i];

        if (!only_operands && strcmp(word, "--") == 0) {
            only_operands = true;
        } else if (!only_operands && word[0] == '-' && word[1] != '\0') {
            for (const char *at = word + 1; *at != '\0'; at++) {
                if (*at == '-' || strchr(allowed, *at) == NULL) {
                    command_option(command, *at == '-' ? word : (char[]){'-', *at, '\0'});
                    return false;
                }
                if (strlen(operands->options) < sizeof(operands->options) - 1)
                    operands->options[strlen(operands->options)] = *at;
            }
        } else {
            add_matches(command, word, operands);
        }
    }
    return true;
}

static int missing_operand(struct guest_command *command)
{
    str_addf(command->err, "%s: missing operand\n", command->words[0]);
    return 1;
}

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

    if (!read_operands(command, "nAbes", &operands))
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
        return missing_operand(command);
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

    if (!read_operands(command, "a", &operands))
        return 1;
    str_add(command->out, text);
    for (uint32_t i = 0; i < operands.items.count; i++) {
        const char *path = command_path(command, operands.items.items[i]);
        enum files_error error =
            strcmp(path, "/dev/null") == 0
                ? FILES_OK
                : files_write(&command->files, path, text_blob(text), has_option(&operands, 'a'));

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
            add_matches(command, word, operands);
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

    if (!read_operands(command, "lwc", &operands))
        return 1;
    all = read_input(command, &operands, 0, &text);
    for (const char *at = str_text(&text); *at != '\0'; at++) {
        bool blank = strchr(" \t\n", *at) != NULL;

        lines += *at == '\n';
        words += inside && blank;
        inside = !blank;
    }
    words += inside;
    if (operands.options[0] == '\0' || has_option(&operands, 'l'))
        str_addf(command->out, "%" PRIu64 " ", lines);
    if (operands.options[0] == '\0' || has_option(&operands, 'w'))
        str_addf(command->out, "%" PRIu64 " ", words);
    if (operands.options[0] == '\0' || has_option(&operands, 'c'))
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
    bool matches = has_option(operands, 'i') ? strcasestr(line, pattern) != NULL
                                             : strstr(line, pattern) != NULL;

    return matches != has_option(operands, 'v');
}

/* A pattern is plain text here; one that is more is refused. */
static int run_grep(struct guest_command *command)
{
    struct operands operands = {0};
    struct str text = STR_INIT;
    uint64_t found = 0;
    const char *rest;
    const char *pattern;

    if (!read_operands(command, "ivcqnFEw", &operands))
        return 2;
    if (operands.items.count == 0) {
        str_add(command->err, "Usage: grep [OPTION]... PATTERNS [FILE]...\n");
        return 2;
    }
    pattern = operands.items.items[0];
    if (!has_option(&operands, 'F') && strpbrk(pattern, "*[]^$|+(){}") != NULL) {
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
            if (!has_option(&operands, 'q') && !has_option(&operands, 'c'))
                str_addf(command->out, "%s\n", line);
        }
        rest += strlen(line);
        rest += *rest == '\n';
    }
    if (has_option(&operands, 'c'))
        str_addf(command->out, "%" PRIu64 "\n", found);
    str_release(&text);
    return found > 0 ? 0 : 1;
}

/* ---- ls ---- */

static const char *owner_name(struct guest_command *command, uint16_t owner)
{
    const char *user = guest_user(command->guests, command->guest->key);

    return owner == 0                      ? "root"
           : owner == 1000 && user != NULL ? user
                                           : arena_printf(command->arena, "%u", owner);
}

static void list_long(struct guest_command *command, const struct file_node *node)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const char *owner = owner_name(command, node->owner);
    struct civil civil = clock_to_civil(node->time);
    char mode[] = "-rwxrwxrwx";

    for (int i = 0; i < 9; i++) {
        if ((node->mode >> (8 - i) & 1) == 0)
            mode[i + 1] = '-';
    }
    mode[0] = node->kind == FILE_FOLDER ? 'd' : node->kind == FILE_LINK ? 'l' : '-';
    str_addf(command->out, "%s. 1 %-8s %-8s %10" PRIu64 " %.3s %2d %02d:%02d %s", mode, owner,
             owner, node->kind == FILE_FOLDER ? 4096 : node->size, months + (civil.month - 1) * 3,
             civil.day, civil.hour, civil.minute, node->name);
    if (node->kind == FILE_LINK) {
        struct blob target = files_read(&command->files, node, command->arena);

        str_addf(command->out, " -> %.*s", (int)target.size, target.bytes);
    }
    str_addc(command->out, '\n');
}

static int list_one(struct guest_command *command, const char *word,
                    const struct operands *operands)
{
    const struct file_node *node;
    struct file_entries entries = {0};
    enum files_error error;

    node = files_find(&command->files, command_path(command, word), &error);
    if (node == NULL || (node->kind == FILE_FOLDER && !has_option(operands, 'd') &&
                         !files_may(&command->files, node, 4))) {
        str_addf(command->err,
                 node == NULL ? "ls: cannot access '%s': %s\n"
                              : "ls: cannot open directory '%s': %s\n",
                 word, files_error_text(node == NULL ? error : FILES_DENIED));
        return 2;
    }
    if (node->kind != FILE_FOLDER || has_option(operands, 'd')) {
        if (has_option(operands, 'l'))
            list_long(command, node);
        else
            str_addf(command->out, "%s\n", word);
        return 0;
    }
    if (operands->items.count > 1)
        str_addf(command->out, "%s:\n", word);
    files_list(&command->files, node, command->arena, &entries);
    if (has_option(operands, 'l'))
        str_addf(command->out, "total %" PRIu32 "\n", entries.items.count * 4);
    for (uint32_t i = 0; i < entries.items.count; i++) {
        const struct file_node *entry = entries.items.items[i];

        if (entry->name[0] == '.' && !has_option(operands, 'a') && !has_option(operands, 'A'))
            continue;
        if (has_option(operands, 'l'))
            list_long(command, entry);
        else
            str_addf(command->out, "%s\n", entry->name);
    }
    return 0;
}

static int run_ls(struct guest_command *command)
{
    struct operands operands = {0};
    int status = 0;

    if (!read_operands(command, "laAd1htrF", &operands))
        return 2;
    if (operands.items.count == 0)
        *LIST_PUSH_IN(command->arena, &operands.items) = ".";
    for (uint32_t i = 0; i < operands.items.count; i++) {
        int one = list_one(command, operands.items.items[i], &operands);

        status = one != 0 ? one : status;
    }
    return status;
}

/* ---- copying and moving ---- */

static const char *base_name(struct guest_command *command, const char *path)
{
    const char *whole = files_path(command->arena, "/", path);

    return strrchr(whole, '/') + 1;
}

static enum files_error copy_tree(struct guest_command *command, const char *from, const char *to)
{
    enum files_error error;
    const struct file_node *node = files_find(&command->files, from, &error);
    struct file_entries entries = {0};
    uint16_t mode;

    if (node == NULL)
        return error;
    if (!files_may(&command->files, node, 4))
        return FILES_DENIED;
    mode = node->mode;
    if (node->kind == FILE_FILLER) {
        error = files_fill(&command->files, to, node->size);
    } else if (node->kind != FILE_FOLDER) {
        error = files_write(&command->files, to, files_read(&command->files, node, command->arena),
                            false);
    } else {
        files_list(&command->files, node, command->arena, &entries);
        for (uint32_t i = 0; i < entries.items.count;
             i++) /* names, as nodes move when files change */
            entries.items.items[i] =
                (const void *)arena_strdup(command->arena, entries.items.items[i]->name);
        error = files_make_folder(&command->files, to, true);
    }
    for (uint32_t i = 0; error == FILES_OK && i < entries.items.count; i++) {
        const char *name = (const char *)(const void *)entries.items.items[i];

        error = copy_tree(command, arena_printf(command->arena, "%s/%s", from, name),
                          arena_printf(command->arena, "%s/%s", to, name));
    }
    if (error == FILES_OK && mode != 0644)
        files_set_mode(&command->files, to, mode);
    return error;
}

static int copy_one(struct guest_command *command, const char *word, const char *target,
                    bool recursive)
{
    const char *from = command_path(command, word);
    const char *to = command_path(command, target);
    const struct file_node *there = files_find(&command->files, to, NULL);
    const struct file_node *node;
    enum files_error error;

    node = files_find(&command->files, from, &error);
    if (node == NULL) {
        str_addf(command->err, "cp: cannot stat '%s': %s\n", word, files_error_text(error));
        return 1;
    }
    if (node->kind == FILE_FOLDER && !recursive) {
        str_addf(command->err, "cp: -r not specified; omitting directory '%s'\n", word);
        return 1;
    }
    if (there != NULL && there->kind == FILE_FOLDER && !str_ends(word, "/.") &&
        strcmp(word, ".") != 0)
        to = arena_printf(command->arena, "%s/%s", to, base_name(command, from));
    if (node->kind == FILE_FOLDER &&
        (str_equal(from, to) || str_starts(to, arena_printf(command->arena, "%s/", from)))) {
        str_addf(command->err, "cp: cannot copy a directory, '%s', into itself, '%s'\n", word,
                 target);
        return 1;
    }
    error = copy_tree(command, from, to);
    if (error == FILES_OK)
        return 0;
    str_addf(command->err,
             error == FILES_DENIED ? "cp: cannot create regular file '%s': %s\n"
                                   : "cp: error writing '%s': %s\n",
             files_path(command->arena, "/", to), files_error_text(error));
    return 1;
}

/* Common to cp and mv: at least two operands, and a folder when more than two. */
static bool check_target(struct guest_command *command, const struct operands *operands)
{
    const struct file_node *node;
    const char *target;

    if (operands->items.count < 2) {
        if (operands->items.count == 0)
            str_addf(command->err, "%s: missing file operand\n", command->words[0]);
        else
            str_addf(command->err, "%s: missing destination file operand after '%s'\n",
                     command->words[0], operands->items.items[0]);
        return false;
    }
    target = operands->items.items[operands->items.count - 1];
    node = files_find(&command->files, command_path(command, target), NULL);
    if (operands->items.count > 2 && (node == NULL || node->kind != FILE_FOLDER)) {
        str_addf(command->err, "%s: target '%s' is not a directory\n", command->words[0], target);
        return false;
    }
    return true;
}

static int run_cp(struct guest_command *command)
{
    struct operands operands = {0};
    bool recursive;
    int status = 0;

    if (!read_operands(command, "rRafpvu", &operands) || !check_target(command, &operands))
        return 1;
    recursive =
        has_option(&operands, 'r') || has_option(&operands, 'R') || has_option(&operands, 'a');
    for (uint32_t i = 0; i + 1 < operands.items.count; i++)
        status |= copy_one(command, operands.items.items[i],
                           operands.items.items[operands.items.count - 1], recursive);
    return status;
}

static int run_mv(struct guest_command *command)
{
    struct operands operands = {0};
    int status = 0;

    if (!read_operands(command, "fv", &operands) || !check_target(command, &operands))
        return 1;
    for (uint32_t i = 0; i + 1 < operands.items.count; i++) {
        const char *word = operands.items.items[i];
        const char *target = operands.items.items[operands.items.count - 1];
        enum files_error error =
            files_move(&command->files, command_path(command, word), command_path(command, target));

        if (error != FILES_OK) {
            str_addf(command->err, "mv: cannot move '%s' to '%s': %s\n", word, target,
                     files_error_text(error));
            status = 1;
        }
    }
    return status;
}

static int run_rm(struct guest_command *command)
{
    struct operands operands = {0};
    bool recursive;
    int status = 0;

    if (!read_operands(command, "rRfv", &operands))
        return 1;
    recursive = has_option(&operands, 'r') || has_option(&operands, 'R');
    if (operands.items.count == 0)
        return has_option(&operands, 'f') ? 0 : missing_operand(command);
    for (uint32_t i = 0; i < operands.items.count; i++) {
        const char *word = operands.items.items[i];
        const char *path = command_path(command, word);
        enum files_error error;
        const struct file_node *node = files_find_link(&command->files, path, &error);

        if (node != NULL)
            error = node->kind == FILE_FOLDER && !recursive
                        ? FILES_FOLDER
                        : files_remove(&command->files, path, recursive);
        if (error == FILES_OK || (error == FILES_ABSENT && has_option(&operands, 'f')))
            continue;
        str_addf(command->err, "rm: cannot remove '%s': %s\n", word, files_error_text(error));
        status = 1;
    }
    return status;
}

static int run_mkdir(struct guest_command *command)
{
    struct operands operands = {0};
    int status = 0;

    if (!read_operands(command, "pv", &operands))
        return 1;
    if (operands.items.count == 0)
        return missing_operand(command);
    for (uint32_t i = 0; i < operands.items.count; i++) {
        enum files_error error =
            files_make_folder(&command->files, command_path(command, operands.items.items[i]),
                              has_option(&operands, 'p'));

        if (error != FILES_OK) {
            str_addf(command->err, "mkdir: cannot create directory '%s': %s\n",
                     operands.items.items[i], files_error_text(error));
            status = 1;
        }
    }
    return status;
}

static int run_rmdir(struct guest_command *command)
{
    int status = 0;

    if (command->count < 2)
        return missing_operand(command);
    for (uint32_t i = 1; i < command->count; i++) {
        const char *path = command_path(command, command->words[i]);
        const struct file_node *node = files_find(&command->files, path, NULL);
        enum files_error error = node == NULL ? FILES_ABSENT
                                 : node->kind != FILE_FOLDER
                                     ? FILES_NOT_FOLDER
                                     : files_remove(&command->files, path, false);

        if (error != FILES_OK) {
            str_addf(command->err, "rmdir: failed to remove '%s': %s\n", command->words[i],
                     files_error_text(error));
            status = 1;
        }
    }
    return status;
}

static int run_touch(struct guest_command *command)
{
    struct operands operands = {0};
    int status = 0;

    if (!read_operands(command, "", &operands))
        return 1;
    for (uint32_t i = 0; i < operands.items.count; i++) {
        const char *path = command_path(command, operands.items.items[i]);
        enum files_error error = files_write(&command->files, path, (struct blob){0}, true);

        if (error != FILES_OK && error != FILES_FOLDER) {
            str_addf(command->err, "touch: cannot touch '%s': %s\n", operands.items.items[i],
                     files_error_text(error));
            status = 1;
        }
    }
    return operands.items.count == 0 ? missing_operand(command) : status;
}

static int run_ln(struct guest_command *command)
{
    struct operands operands = {0};
    enum files_error error;

    if (!read_operands(command, "sf", &operands))
        return 1;
    if (!has_option(&operands, 's')) {
        str_add(command->err, "ln: only symbolic links are modelled: ln -s TARGET NAME\n");
        return 1;
    }
    if (operands.items.count != 2)
        return missing_operand(command);
    if (has_option(&operands, 'f'))
        files_remove(&command->files, command_path(command, operands.items.items[1]), false);
    error = files_make_link(&command->files, command_path(command, operands.items.items[1]),
                            operands.items.items[0]);
    if (error == FILES_OK)
        return 0;
    str_addf(command->err, "ln: failed to create symbolic link '%s': %s\n", operands.items.items[1],
             files_error_text(error));
    return 1;
}

/* ---- modes and owners ---- */

/* "644", "+x", "u+x", "go-w", "a+r"; false for anything else. */
static bool mode_change(const char *text, uint16_t *mode)
{
    unsigned who = 0;
    unsigned bits = 0;
    char sign;

    if (*text != '\0' && strspn(text, "01234567") == strlen(text) && strlen(text) <= 4) {
        *mode = (uint16_t)strtoul(text, NULL, 8);
        return true;
    }
    for (; *text != '\0' && strchr("ugoa", *text) != NULL; text++)
        who |= *text == 'u' ? 0700u : *text == 'g' ? 070u : *text == 'o' ? 07u : 0777u;
    sign = *text;
    if (sign != '+' && sign != '-')
        return false;
    for (text++; *text != '\0'; text++) {
        if (strchr("rwxX", *text) == NULL)
            return false;
        bits |= *text == 'r' ? 0444u : *text == 'w' ? 0222u : 0111u;
    }
    bits &= who == 0 ? 0777u : who;
    *mode = (uint16_t)(sign == '+' ? *mode | bits : *mode & ~bits);
    return true;
}

/* Calls `one` for the path and, with -R, for everything below it. */
static enum files_error change_tree(struct guest_command *command, const char *path, bool all,
                                    const char *how)
{
    enum files_error error;
    const struct file_node *node = files_find(&command->files, path, &error);
    struct file_entries entries = {0};
    bool owner = strcmp(command->words[0], "chown") == 0;
    uint16_t mode;

    if (node == NULL)
        return error;
    mode = node->mode;
    if (all && node->kind == FILE_FOLDER)
        files_list(&command->files, node, command->arena, &entries);
    for (uint32_t i = 0; i < entries.items.count; i++)
        entries.items.items[i] =
            (const void *)arena_strdup(command->arena, entries.items.items[i]->name);
    if (owner)
        error = files_set_owner(&command->files, path,
                                str_starts(how, "root") ? 0
                                : str_starts(how, "apache") || str_starts(how, "www-data") ||
                                        str_starts(how, "nginx")
                                    ? 48
                                    : 1000);
    else
        error = mode_change(how, &mode) ? files_set_mode(&command->files, path, mode) : FILES_OK;
    for (uint32_t i = 0; error == FILES_OK && i < entries.items.count; i++)
        error = change_tree(command,
                            arena_printf(command->arena, "%s/%s", path,
                                         (const char *)(const void *)entries.items.items[i]),
                            all, how);
    return error;
}

static int run_change(struct guest_command *command)
{
    struct operands operands = {0};
    bool owner = strcmp(command->words[0], "chown") == 0;
    uint16_t probe = 0;
    bool all = false;
    int status = 0;

    for (uint32_t i = 1; i < command->count; i++) {
        if (strcmp(command->words[i], "-R") == 0)
            all = true;
        else
            add_matches(command, command->words[i], &operands);
    }
    if (operands.items.count < 2)
        return missing_operand(command);
    if (!owner && !mode_change(operands.items.items[0], &probe)) {
        str_addf(command->err, "chmod: invalid mode: '%s'\n", operands.items.items[0]);
        return 1;
    }
    for (uint32_t i = 1; i < operands.items.count; i++) {
        const char *word = operands.items.items[i];
        enum files_error error =
            change_tree(command, command_path(command, word), all, operands.items.items[0]);

        if (error == FILES_DENIED)
            str_addf(command->err, "%s: changing %s of '%s': Operation not permitted\n",
                     command->words[0], owner ? "ownership" : "permissions", word);
        else if (error != FILES_OK)
            str_addf(command->err, "%s: cannot access '%s': %s\n", command->words[0], word,
                     files_error_text(error));
        status = error != FILES_OK ? 1 : status;
    }
    return status;
}

/* ---- dd ---- */

/* "4k", "1M", "512": bytes; 0 when it is no such number. */
static uint64_t size_of(const char *text)
{
    char *end;
    uint64_t value = strtoull(text, &end, 10);
    uint64_t unit = *end == '\0'         ? 1
                    : (*end | 32) == 'k' ? 1 << 10
                    : (*end | 32) == 'm' ? 1 << 20
                    : (*end | 32) == 'g' ? 1 << 30
                                         : 0;

    if (*text < '0' || *text > '9' || (*end != '\0' && end[1] != '\0' && strcmp(end + 1, "B") != 0))
        return 0;
    return unit == 0 || value > (UINT64_C(1) << 46) / unit ? 0 : value * unit;
}

struct dd {
    const char *from;
    const char *to;
    uint64_t block;
    uint64_t count;
};

static bool dd_read(const struct guest_command *command, struct dd *dd)
{
    *dd = (struct dd){.block = 512, .count = 1};
    for (uint32_t i = 1; i < command->count; i++) {
        const char *word = command->words[i];

        if (str_starts(word, "if="))
            dd->from = word + 3;
        else if (str_starts(word, "of="))
            dd->to = word + 3;
        else if (str_starts(word, "bs="))
            dd->block = size_of(word + 3);
        else if (str_starts(word, "count="))
            dd->count = size_of(word + 6);
        else if (!str_starts(word, "status=") && !str_starts(word, "conv=") &&
                 !str_starts(word, "oflag="))
            return false;
    }
    return dd->from != NULL && dd->to != NULL && dd->block != 0 &&
           dd->count < (UINT64_C(1) << 46) / dd->block;
}

static int run_dd(struct guest_command *command)
{
    struct dd dd;
    enum files_error error;
    uint64_t size;

    if (!dd_read(command, &dd)) {
        str_add(command->err, "dd: usage modelled here: dd if=/dev/zero of=FILE bs=SIZE count=N\n");
        return 1;
    }
    size = dd.block * dd.count;
    if (strcmp(dd.from, "/dev/zero") != 0 && strcmp(dd.from, "/dev/urandom") != 0 &&
        strcmp(dd.from, "/dev/random") != 0) {
        const struct file_node *node =
            files_find(&command->files, command_path(command, dd.from), &error);

        if (node == NULL) {
            str_addf(command->err, "dd: failed to open '%s': %s\n", dd.from,
                     files_error_text(error));
            return 1;
        }
        size = node->size;
    }
    error = strcmp(dd.to, "/dev/null") == 0
                ? FILES_OK
                : files_fill(&command->files, command_path(command, dd.to), size);
    if (error != FILES_OK) {
        str_addf(command->err,
                 error == FILES_FULL ? "dd: error writing '%s': %s\n"
                                     : "dd: failed to open '%s': %s\n",
                 dd.to, files_error_text(error));
        return 1;
    }
    str_addf(command->err,
             "%" PRIu64 "+0 records in\n%" PRIu64 "+0 records out\n%" PRIu64 " bytes copied\n",
             size / dd.block, size / dd.block, size);
    return 0;
}

/* As fast as a gp3 volume writes: 125 MiB a second. */
static int64_t dd_time(const struct guest_command *command)
{
    struct dd dd;

    if (!dd_read(command, &dd))
        return 0;
    return (int64_t)(dd.block * dd.count / 131072) * MILLISECOND_NS;
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

const struct guest_word guest_file_words[] = {
    {.name = "cat", .run = run_cat},
    {.name = "echo", .run = run_echo},
    {.name = "printf", .run = run_printf},
    {.name = "tee", .run = run_tee},
    {.name = "head", .run = run_head},
    {.name = "tail", .run = run_tail},
    {.name = "wc", .run = run_wc},
    {.name = "grep", .run = run_grep},
    {.name = "ls", .run = run_ls},
    {.name = "cp", .run = run_cp},
    {.name = "mv", .run = run_mv},
    {.name = "rm", .run = run_rm},
    {.name = "mkdir", .run = run_mkdir},
    {.name = "rmdir", .run = run_rmdir},
    {.name = "touch", .run = run_touch},
    {.name = "ln", .run = run_ln},
    {.name = "chmod", .run = run_change},
    {.name = "chown", .run = run_change},
    {.name = "dd", .run = run_dd, .time_ns = dd_time},
    {.name = "test", .run = run_test},
    {.name = "[", .run = run_test},
    {.name = NULL},
};
