/*
 * shell/history_file.c - the file that keeps what was typed, across sessions.
 */
#include "shell/history_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/list.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"

enum { BYTES_MAX = 64 << 20 };

struct commands {
    LIST(char *) items; /* owned, each */
};

static void read_commands(FILE *file, struct commands *commands)
{
    struct str command = STR_INIT;
    char *line = NULL;
    size_t size = 0;
    ssize_t length;

    while ((length = getline(&line, &size, file)) > 0) {
        while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
            length--;
        utf8_add_typed(&command, line, (size_t)length);
        if (command.length > 0 && command.text[command.length - 1] == '\\') {
            command.text[command.length - 1] = '\n';
            continue;
        }
        if (command.length > 0)
            *LIST_PUSH(&commands->items) = xstrdup(str_text(&command));
        str_clear(&command);
    }
    free(line);
    str_release(&command);
}

static void encode(struct str *out, const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '\n')
            str_addc(out, '\\');
        str_addc(out, *c);
    }
    while (out->length > 0 && out->text[out->length - 1] == '\\')
        str_cut(out, out->length - 1); /* would join the next command to this one */
    str_addc(out, '\n');
}

/* Replaces the file by its newest commands, wholly or not at all. */
static void shorten(const char *path, const struct commands *commands, uint32_t first)
{
    char *beside = xasprintf("%s.new", path);
    FILE *file = NULL;
    int descriptor;
    bool written;

    unlink(beside);
    descriptor = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (descriptor >= 0)
        file = fdopen(descriptor, "w");
    for (uint32_t i = first; i < commands->items.count && file != NULL; i++) {
        struct str line = STR_INIT;

        encode(&line, commands->items.items[i]);
        fputs(str_text(&line), file);
        str_release(&line);
    }
    written = file != NULL && ferror(file) == 0;
    if (file != NULL && fclose(file) == 0 && written)
        rename(beside, path);
    else
        unlink(beside);
    free(beside);
}

bool history_file_load(const char *path, void (*add)(const char *text), struct str *problem)
{
    const int flags = O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    int descriptor = open(path, flags, 0600);
    struct commands commands = {0};
    struct stat status;
    uint32_t first = 0;
    FILE *file;

    if (descriptor < 0) {
        str_addf(problem, "history is not kept: %s: %s", path, strerror(errno));
        return false;
    }
    if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size > BYTES_MAX) {
        str_addf(problem, "history is not kept: %s is too large or no plain file", path);
        close(descriptor);
        return false;
    }
    file = fdopen(descriptor, "r");
    if (file != NULL) {
        read_commands(file, &commands);
        fclose(file);
    }
    if (commands.items.count > HISTORY_FILE_COMMANDS)
        first = commands.items.count - HISTORY_FILE_COMMANDS;
    if (first > HISTORY_FILE_COMMANDS)
        shorten(path, &commands, first);
    for (uint32_t i = 0; i < commands.items.count; i++) {
        if (i >= first)
            add(commands.items.items[i]);
        free(commands.items.items[i]);
    }
    LIST_RELEASE(&commands.items);
    return true;
}

void history_file_append(const char *path, const char *text)
{
    int descriptor = open(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
    struct str line = STR_INIT;

    if (descriptor < 0)
        return;
    encode(&line, text);
    if (write(descriptor, line.text, line.length) < 0)
        errno = 0; /* see the door */
    close(descriptor);
    str_release(&line);
}
