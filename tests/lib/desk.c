/*
 * tests/lib/desk.c - a session and a prompt for tests: lines in, what they printed out.
 */
#include "desk.h"

#include <stdio.h>
#include <stdlib.h>

#include "api/api_words.h"
#include "shell/journal.h"

static void must(bool good, const struct str *why)
{
    if (good)
        return;
    fprintf(stderr, "the session: %s\n", str_text(why));
    abort();
}

void desk_open(struct desk *desk, const char *path)
{
    desk_open_seed(desk, path, 0);
}

void desk_open_seed(struct desk *desk, const char *path, uint64_t seed)
{
    struct session_options options = {.path = path, .seed_given = seed != 0, .seed = seed};
    struct str notice = STR_INIT;
    struct str why = STR_INIT;

    *desk = (struct desk){.catalog = catalog_new()};
    must(session_open(desk->catalog, &options, &desk->session, &notice, &why) == 0, &why);
    shell_init(&desk->shell, desk->session);
    shell_add_words(&desk->shell, shell_words, &desk->shell);
    shell_add_words(&desk->shell, api_words, NULL);
    str_release(&notice);
    str_release(&why);
}

void desk_close(struct desk *desk)
{
    struct str why = STR_INIT;

    must(session_close(desk->session, &why) == 0, &why);
    catalog_free(desk->catalog);
    str_release(&desk->out);
    str_release(&desk->err);
    str_release(&why);
}

int desk_run(struct desk *desk, const char *text)
{
    struct command_io io = {.out = &desk->out, .err = &desk->err};

    str_clear(&desk->out);
    str_clear(&desk->err);
    return shell_run(&desk->shell, text, false, &io);
}

void desk_hash(const struct desk *desk, unsigned char hash[PACK_HASH_SIZE])
{
    struct journal_state state = {
        .world = desk->session->world,
        .variables = desk->session->variables,
    };
    struct str bytes = STR_INIT;

    journal_pack(&state, &bytes);
    pack_hash(str_text(&bytes), bytes.length, hash);
    str_release(&bytes);
}
