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
#include <strings.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/guest_inside.h"
#include "sim/clock.h"

/* ---- options and operands ---- */

bool command_has(const struct operands *operands, char option)
{
    return strchr(operands->options, option) != NULL;
}

/* Adds what a pattern in the last part of a path matches; the word itself when nothing does. */
void command_matches(struct guest_command *command, const char *word, struct operands *operands)
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
bool command_operands(struct guest_command *command, const char *allowed, struct operands *operands)
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
            command_matches(command, word, operands);
        }
    }
    return true;
}

int command_missing(struct guest_command *command)
{
    str_addf(command->err, "%s: missing operand\n", command->words[0]);
    return 1;
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
    if (node == NULL || (node->kind == FILE_FOLDER && !command_has(operands, 'd') &&
                         !files_may(&command->files, node, 4))) {
        str_addf(command->err,
                 node == NULL ? "ls: cannot access '%s': %s\n"
                              : "ls: cannot open directory '%s': %s\n",
                 word, files_error_text(node == NULL ? error : FILES_DENIED));
        return 2;
    }
    if (node->kind != FILE_FOLDER || command_has(operands, 'd')) {
        if (command_has(operands, 'l'))
            list_long(command, node);
        else
            str_addf(command->out, "%s\n", word);
        return 0;
    }
    if (operands->items.count > 1)
        str_addf(command->out, "%s:\n", word);
    files_list(&command->files, node, command->arena, &entries);
    if (command_has(operands, 'l'))
        str_addf(command->out, "total %" PRIu32 "\n", entries.items.count * 4);
    for (uint32_t i = 0; i < entries.items.count; i++) {
        const struct file_node *entry = entries.items.items[i];

        if (entry->name[0] == '.' && !command_has(operands, 'a') && !command_has(operands, 'A'))
            continue;
        if (command_has(operands, 'l'))
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

    if (!command_operands(command, "laAd1htrF", &operands))
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

    if (!command_operands(command, "rRafpvu", &operands) || !check_target(command, &operands))
        return 1;
    recursive =
        command_has(&operands, 'r') || command_has(&operands, 'R') || command_has(&operands, 'a');
    for (uint32_t i = 0; i + 1 < operands.items.count; i++)
        status |= copy_one(command, operands.items.items[i],
                           operands.items.items[operands.items.count - 1], recursive);
    return status;
}

/* Copy-Item -Path A -Destination B -Recurse: the same thing in PowerShell. */
static int run_copy_item(struct guest_command *command)
{
    LIST(const char *) words = {0};
    struct guest_command copy = *command;

    *LIST_PUSH_IN(command->arena, &words) = "cp";
    for (uint32_t i = 1; i < command->count; i++) {
        const char *word = command->words[i];

        if (strcasecmp(word, "-Recurse") == 0)
            *LIST_PUSH_IN(command->arena, &words) = "-r";
        else if (*word != '-')
            *LIST_PUSH_IN(command->arena, &words) = command_path(command, word);
        else if (strcasecmp(word, "-Path") != 0 && strcasecmp(word, "-Destination") != 0 &&
                 strcasecmp(word, "-Force") != 0)
            return command_complain(
                command, "A parameter cannot be found that matches parameter name", word);
    }
    copy.words = words.items;
    copy.count = words.count;
    return run_cp(&copy);
}

static int run_mv(struct guest_command *command)
{
    struct operands operands = {0};
    int status = 0;

    if (!command_operands(command, "fv", &operands) || !check_target(command, &operands))
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

    if (!command_operands(command, "rRfv", &operands))
        return 1;
    recursive = command_has(&operands, 'r') || command_has(&operands, 'R');
    if (operands.items.count == 0)
        return command_has(&operands, 'f') ? 0 : command_missing(command);
    for (uint32_t i = 0; i < operands.items.count; i++) {
        const char *word = operands.items.items[i];
        const char *path = command_path(command, word);
        enum files_error error;
        const struct file_node *node = files_find_link(&command->files, path, &error);

        if (node != NULL)
            error = node->kind == FILE_FOLDER && !recursive
                        ? FILES_FOLDER
                        : files_remove(&command->files, path, recursive);
        if (error == FILES_OK || (error == FILES_ABSENT && command_has(&operands, 'f')))
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

    if (!command_operands(command, "pv", &operands))
        return 1;
    if (operands.items.count == 0)
        return command_missing(command);
    for (uint32_t i = 0; i < operands.items.count; i++) {
        enum files_error error =
            files_make_folder(&command->files, command_path(command, operands.items.items[i]),
                              command_has(&operands, 'p'));

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
        return command_missing(command);
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

    if (!command_operands(command, "", &operands))
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
    return operands.items.count == 0 ? command_missing(command) : status;
}

static int run_ln(struct guest_command *command)
{
    struct operands operands = {0};
    enum files_error error;

    if (!command_operands(command, "sf", &operands))
        return 1;
    if (!command_has(&operands, 's')) {
        str_add(command->err, "ln: only symbolic links are modelled: ln -s TARGET NAME\n");
        return 1;
    }
    if (operands.items.count != 2)
        return command_missing(command);
    if (command_has(&operands, 'f'))
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
            command_matches(command, command->words[i], &operands);
    }
    if (operands.items.count < 2)
        return command_missing(command);
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

const struct guest_word guest_file_words[] = {
    {.name = "ls", .run = run_ls},
    {.name = "cp", .run = run_cp},
    {.name = "Copy-Item", .run = run_copy_item},
    {.name = "mv", .run = run_mv},
    {.name = "rm", .run = run_rm},
    {.name = "mkdir", .run = run_mkdir},
    {.name = "rmdir", .run = run_rmdir},
    {.name = "touch", .run = run_touch},
    {.name = "ln", .run = run_ln},
    {.name = "chmod", .run = run_change},
    {.name = "chown", .run = run_change},
    {.name = NULL},
};
