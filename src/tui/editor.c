/*
 * tui/editor.c - a text in the person's own editor: $VISUAL, $EDITOR, or vi.
 *
 * The editor has the terminal and our process group, so that Ctrl-Z stops both.  The text lies in a
 * file that only the person can read, and that is gone afterwards.
 */
#include "tui/editor.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/list.h"
#include "base/mem.h"
#include "base/str.h"
#include "shell/outside.h"
#include "lesson/script.h"

enum { COMPARED_MAX = 2000 }; /* commands of a side that are compared one by one */

/* ---- the editor ---- */

/* The exit code of the editor; -1 with errno when there is no shell to start it. */
static int run_editor(const char *path)
{
    /* The variable may hold options and quotes: it is read as a command, as others do. */
    const char *const argv[] = {
        "sh", "-c", "eval \"${VISUAL:-${EDITOR:-vi}} \\\"\\$1\\\"\"", "sh", path, NULL,
    };
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigset_t all;
    int status = -1;
    pid_t pid;

    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    errno = posix_spawn(&pid, "/bin/sh", &actions, &attributes, (char *const *)(uintptr_t)argv,
                        environ);
    if (errno == 0) {
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            continue;
        status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return status;
}

/* Writes the text into a file of its own; its path, owned, or NULL with a sentence. */
static char *write_out(const char *suffix, const struct str *text, struct str *why)
{
    const char *folder = getenv("TMPDIR");
    char *path = xasprintf("%s/nephoscope-XXXXXX%s",
                           folder == NULL || folder[0] != '/' ? "/tmp" : folder, suffix);
    int fd = mkstemps(path, (int)strlen(suffix));

    if (fd < 0) {
        str_addf(why, "%s: %s", path, strerror(errno));
    } else if (outside_write(fd, path, str_text(text), text->length, why) == 0) {
        return path;
    } else {
        unlink(path);
    }
    free(path);
    return NULL;
}

int editor_edit(const struct editor_terminal *terminal, const char *suffix, struct str *text,
                struct str *why)
{
    char *path = write_out(suffix, text, why);
    char *edited = NULL;
    int status;

    if (path == NULL)
        return -1;
    if (terminal->leave != NULL)
        terminal->leave(terminal->context);
    status = run_editor(path);
    if (status < 0)
        str_addf(why, "/bin/sh: %s", strerror(errno));
    if (terminal->back != NULL)
        terminal->back(terminal->context);
    if (status > 0)
        str_addf(why, "the editor ended with %d: what it left is not looked at%s", status,
                 status == EXIT_NOT_EXECUTABLE || status == 127
                     ? "; $VISUAL or $EDITOR names one that is there"
                     : "");
    else if (status == 0)
        edited = outside_script(path, false, why);
    unlink(path);
    free(path);
    if (edited == NULL)
        return -1;
    str_clear(text);
    str_add(text, edited);
    free(edited);
    return 0;
}

/* ---- what was changed ---- */

struct commands {
    LIST(char *) items; /* owned */
};

static void split(const char *text, struct commands *commands)
{
    struct str line = STR_INIT;

    while (script_next(&text, &line))
        *LIST_PUSH(&commands->items) = xstrdup(str_text(&line));
    str_release(&line);
}

static void release(struct commands *commands)
{
    for (uint32_t i = 0; i < commands->items.count; i++)
        free(commands->items.items[i]);
    LIST_RELEASE(&commands->items);
}

/* Two stretches of commands. */
struct stretches {
    char *const *before;
    uint32_t before_count;
    char *const *after;
    uint32_t after_count;
};

/* Adds what is in no longest common subsequence: common[i][k] is its length from there on. */
static void add_differing(const struct stretches *both, struct str *changed)
{
    size_t row = (size_t)both->after_count + 1;
    uint16_t *common = xcalloc(((size_t)both->before_count + 1) * row, sizeof(*common));
    uint32_t i = both->before_count;
    uint32_t k;

    while (i-- > 0) {
        for (k = both->after_count; k-- > 0;) {
            uint16_t down = common[(i + 1) * row + k];
            uint16_t right = common[i * row + k + 1];

            common[i * row + k] = strcmp(both->before[i], both->after[k]) == 0
                                      ? (uint16_t)(common[(i + 1) * row + k + 1] + 1)
                                  : down > right ? down
                                                 : right;
        }
    }
    i = k = 0;
    while (k < both->after_count) {
        if (i < both->before_count && strcmp(both->before[i], both->after[k]) == 0) {
            i++;
            k++;
        } else if (i < both->before_count &&
                   common[(i + 1) * row + k] >= common[i * row + k + 1]) {
            i++;
        } else {
            str_addf(changed, "%s\n", both->after[k++]);
        }
    }
    free(common);
}

void editor_changed(const char *before, const char *after, struct str *changed)
{
    struct commands old = {0};
    struct commands now = {0};
    struct stretches both;

    split(before, &old);
    split(after, &now);
    both = (struct stretches){old.items.items, old.items.count, now.items.items, now.items.count};
    while (both.before_count > 0 && both.after_count > 0 &&
           strcmp(both.before[0], both.after[0]) == 0) {
        both.before++;
        both.after++;
        both.before_count--;
        both.after_count--;
    }
    while (both.before_count > 0 && both.after_count > 0 &&
           strcmp(both.before[both.before_count - 1], both.after[both.after_count - 1]) == 0) {
        both.before_count--;
        both.after_count--;
    }
    if (both.before_count > COMPARED_MAX || both.after_count > COMPARED_MAX)
        both.before_count = 0; /* all that lies between is new */
    for (uint32_t i = 0; i < both.after_count && both.before_count == 0; i++)
        str_addf(changed, "%s\n", both.after[i]);
    if (both.before_count > 0)
        add_differing(&both, changed);
    release(&old);
    release(&now);
}
