/*
 * tui/aside.c - hand and hint, while a command waits for time that an instructor has stopped.
 */
#include "tui/aside.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"

enum { LINE_BYTES = 4096, LINES_MAX = 100 };

/* Nothing of the line is run but its first word: what a shell would do more is in quotes. */
static bool is_plain(const char *line)
{
    char quote = '\0';

    for (; *line != '\0'; line++) {
        if (quote == '\0' ? strchr("$`;|&<>()\n\\", *line) != NULL
                          : quote == '"' && strchr("$`\\", *line) != NULL)
            return false;
        if (quote == '\0' && (*line == '\'' || *line == '"'))
            quote = *line;
        else if (*line == quote)
            quote = '\0';
    }
    return quote == '\0';
}

bool aside_is(const struct shell *shell, const char *line)
{
    bool word = strncmp(line, "hand", 4) == 0 || strncmp(line, "hint", 4) == 0;

    return word && (line[4] == '\0' || line[4] == ' ') && shell->guest.instance == 0 &&
           is_plain(line);
}

int aside_run(struct shell *shell, const char *line, struct command_io *io)
{
    void (*printed)(void *context, struct command_io *of) = shell->printed;
    int status;

    shell->printed = NULL;
    status = shell_run(shell, line, false, io);
    shell->printed = printed;
    return status;
}

static void keep(struct aside_later *later, const char *line, struct command_io *io)
{
    if (later->lines.count >= LINES_MAX) {
        str_add(io->out, "too many lines wait already; this one was left out\n");
        return;
    }
    *LIST_PUSH(&later->lines) = xstrdup(line);
    str_add(io->out, "-- that comes after the command that waits; hand and hint come at once --\n");
}

bool aside_listen(struct aside_later *later, int terminal, struct shell *shell,
                  struct command_io *io)
{
    struct pollfd input = {.fd = terminal, .events = POLLIN};
    char bytes[LINE_BYTES];
    struct str line = STR_INIT;
    ssize_t length;

    if (poll(&input, 1, 0) <= 0)
        return true;
    length = read(terminal, bytes, sizeof(bytes));
    if (length <= 0)
        return length == 0 && (input.revents & POLLHUP) == 0; /* Ctrl-D is no line */
    if (memchr(bytes, '\x1b', (size_t)length) != NULL) {
        str_add(io->out, "-- left out: only what is typed is taken while this waits --\n");
        return true;
    }
    utf8_add_safe(&line, bytes, (size_t)length - (bytes[length - 1] == '\n'), UTF8_KEEP_NOTHING);
    if (aside_is(shell, str_text(&line)))
        aside_run(shell, str_text(&line), io);
    else if (line.length > 0)
        keep(later, str_text(&line), io);
    str_release(&line);
    return true;
}

char *aside_next(struct aside_later *later)
{
    char *line = NULL;

    if (later->lines.count > 0) {
        line = later->lines.items[0];
        LIST_REMOVE(&later->lines, 0);
    }
    return line;
}

void aside_release(struct aside_later *later)
{
    for (uint32_t i = 0; i < later->lines.count; i++)
        free(later->lines.items[i]);
    LIST_RELEASE(&later->lines);
}
