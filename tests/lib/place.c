/*
 * tests/lib/place.c - the program on a terminal, in a folder of its own.
 */
#include "place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "program.h"

enum { WORDS_MAX = 10, END_MS = 8000 };

void place_make(struct place *place)
{
    *place = (struct place){.more = NULL};
    snprintf(place->folder, sizeof(place->folder), "/tmp/nephoscope-tty-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    snprintf(place->session, sizeof(place->session), "%s/session", place->folder);
    snprintf(place->state, sizeof(place->state), "XDG_STATE_HOME=%s/own", place->folder);
    snprintf(place->config, sizeof(place->config), "XDG_CONFIG_HOME=%s/own", place->folder);
    snprintf(place->inputrc, sizeof(place->inputrc), "INPUTRC=%s/inputrc", place->folder);
}

void place_drop(struct place *place)
{
    char *command = xasprintf("rm -rf '%s'", place->folder);

    assert_int_equal(system(command), 0);
    free(command);
}

struct pty *place_start(const struct place *place, const char *const *words, int rows, int cols)
{
    const char *argv[WORDS_MAX + 2] = {program_path()};
    const char *env[] = {place->state, place->config, place->inputrc, place->more, NULL};

    for (size_t i = 0; words[i] != NULL; i++) {
        assert_true(i < WORDS_MAX);
        argv[i + 1] = words[i];
    }
    return pty_start(argv, (struct pty_options){.rows = rows, .cols = cols, .env = env});
}

void place_leave(struct pty *pty)
{
    pty_send(pty, PTY_F10);
    assert_int_equal(pty_wait_exit(pty, END_MS), 0);
    pty_free(pty);
}
