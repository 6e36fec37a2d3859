/*
 * tests/shots/shots.c - plays a script on the real program, and saves pictures of its screen.
 *
 *   shots PROGRAM FOLDER SCRIPT...    (`make shots`)
 *
 * A script is lines; `#` begins a comment:
 *
 *   screen 100 30            columns and rows of the terminal
 *   start --seed 1 highway   starts the program with these words
 *   type LINE                types the line and Enter, and waits until the screen is quiet
 *   keys F4 Esc j            presses keys
 *   wait TEXT                waits until some row shows the text
 *   save NAME WORDS          writes FOLDER/NAME.svg; the words tell what it shows
 *
 * Pictures are the same on every run if the simulated clock does not follow the one on the wall:
 * start the program with `--speed 0`.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pty.h"
#include "svg.h"

#include "base/mem.h"
#include "base/str.h"

enum { WORDS_MAX = 30, QUIET_MS = 250, PATIENCE_MS = 20000 };

struct player {
    const char *program;
    const char *folder; /* where pictures go */
    char *home;         /* an empty folder, where the program keeps its files; owned */
    int rows;
    int cols;
    struct pty *pty; /* owned; NULL before `start` */
};

/* Cuts the text at blanks.  Returns how many words there are. */
static size_t cut(char *text, const char **words)
{
    size_t count = 0;

    while (count < WORDS_MAX && *(text += strspn(text, " ")) != '\0') {
        words[count++] = text;
        text += strcspn(text, " ");
        if (*text != '\0')
            *text++ = '\0';
    }
    words[count] = NULL;
    return count;
}

static void start(struct player *player, char *text)
{
    const char *argv[WORDS_MAX + 2] = {player->program};
    char *home = xasprintf("HOME=%s", player->home);
    char *state = xasprintf("XDG_STATE_HOME=%s", player->home);
    const char *env[] = {home, state, "XDG_CONFIG_HOME", NULL};

    cut(text, argv + 1);
    if (player->pty != NULL)
        pty_free(player->pty);
    player->pty = pty_start(
        argv, (struct pty_options){.rows = player->rows, .cols = player->cols, .env = env});
    pty_settle(player->pty, 2 * QUIET_MS);
    free(home);
    free(state);
}

static bool press(struct player *player, char *text)
{
    static const struct {
        const char *name;
        const char *bytes;
    } keys[] = {
        {"Enter", "\r"},       {"Esc", "\x1b"},         {"Tab", "\t"},      {"Up", PTY_UP},
        {"Down", PTY_DOWN},    {"F1", PTY_F1},          {"F2", PTY_F2},     {"F3", "\x1bOR"},
        {"F4", "\x1bOS"},      {"F5", "\x1b[15~"},      {"F6", "\x1b[17~"}, {"F7", "\x1b[18~"},
        {"F8", "\x1b[19~"},    {"F9", "\x1b[20~"},      {"F10", PTY_F10},   {"F12", "\x1b[24~"},
        {"PageUp", "\x1b[5~"}, {"PageDown", "\x1b[6~"},
    };
    const char *names[WORDS_MAX + 1];
    size_t count = cut(text, names);

    for (size_t i = 0; i < count; i++) {
        const char *bytes = strlen(names[i]) == 1 ? names[i] : NULL;

        for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
            if (strcmp(keys[k].name, names[i]) == 0)
                bytes = keys[k].bytes;
        }
        if (bytes == NULL)
            return false;
        pty_send(player->pty, bytes);
        pty_settle(player->pty, QUIET_MS);
    }
    return true;
}

static bool save(const struct player *player, char *text)
{
    struct svg_picture picture = {.rows = player->rows, .cols = player->cols};
    struct str out = STR_INIT;
    char *path;
    FILE *file;
    bool saved;

    picture.title = text + strcspn(text, " ");
    picture.title += strspn(picture.title, " ");
    path = xasprintf("%s/%.*s.svg", player->folder, (int)strcspn(text, " "), text);
    svg_add(&out, player->pty, &picture);
    file = fopen(path, "w");
    saved = file != NULL && fwrite(str_text(&out), 1, out.length, file) == out.length;
    if (file != NULL && fclose(file) != 0)
        saved = false;
    if (saved)
        printf("  SHOT    %s\n", path);
    else
        perror(path);
    str_release(&out);
    free(path);
    return saved;
}

/* One line of a script, without its end. */
static bool play(struct player *player, char *line)
{
    char *rest = line + strcspn(line, " ");

    if (line[0] == '\0' || line[0] == '#')
        return true;
    if (*rest != '\0')
        *rest++ = '\0';
    if (strcmp(line, "screen") == 0)
        return sscanf(rest, "%3d %3d", &player->cols, &player->rows) == 2;
    if (strcmp(line, "start") == 0)
        return start(player, rest), true;
    if (player->pty == NULL)
        return false;
    if (strcmp(line, "type") == 0) {
        pty_send(player->pty, rest);
        pty_send(player->pty, "\r");
        return pty_settle(player->pty, QUIET_MS), true;
    }
    if (strcmp(line, "keys") == 0)
        return press(player, rest);
    if (strcmp(line, "wait") == 0)
        return pty_wait_text(player->pty, rest, PATIENCE_MS);
    if (strcmp(line, "save") == 0)
        return save(player, rest);
    return false;
}

/* The program works in its own folder, so that nothing it writes stays behind. */
static bool play_script(struct player *player, const char *path)
{
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t size = 0;
    int number = 0;
    bool well = file != NULL && chdir(player->home) == 0;

    if (!well)
        perror(path);
    while (well && getline(&line, &size, file) > 0) {
        number++;
        line[strcspn(line, "\n")] = '\0';
        well = play(player, line);
        if (!well)
            fprintf(stderr, "%s:%d: this did not work\n", path, number);
    }
    free(line);
    if (file != NULL)
        fclose(file);
    return well;
}

int main(int argc, char **argv)
{
    char home[] = "/tmp/nephoscope-shots-XXXXXX";
    bool well = true;

    if (argc < 4) {
        fputs("usage: shots PROGRAM FOLDER SCRIPT...\n", stderr);
        return 2;
    }
    for (int i = 1; i < argc; i++) {
        char *whole = realpath(argv[i], NULL); /* lives as long as the program */

        if (whole != NULL)
            argv[i] = whole;
    }
    for (int i = 3; well && i < argc; i++) {
        struct player player = {.program = argv[1], .folder = argv[2], .rows = 30, .cols = 100};
        char *remove;

        memcpy(home + sizeof(home) - 7, "XXXXXX", 6);
        player.home = mkdtemp(home);
        if (player.home == NULL) {
            perror(home);
            return 1;
        }
        well = play_script(&player, argv[i]);
        if (player.pty != NULL)
            pty_free(player.pty);
        remove = xasprintf("rm -rf '%s'", home);
        well = system(remove) == 0 && well;
        free(remove);
    }
    return !well;
}
