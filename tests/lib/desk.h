/*
 * tests/lib/desk.h - a session and a prompt for tests: lines in, what they printed out.
 */
#ifndef TESTS_DESK_H
#define TESTS_DESK_H

#include "base/pack.h"
#include "base/str.h"
#include "cloud/catalog.h"
#include "shell/run.h"
#include "shell/session.h"

struct desk {
    struct catalog *catalog;
    struct session *session;
    struct shell shell;
    struct str out; /* of the last line */
    struct str err;
};

/* In memory when path is NULL.  Ends the program when it cannot be opened. */
void desk_open(struct desk *desk, const char *path);
/* The same with a world of that seed; 0: as it comes. */
void desk_open_seed(struct desk *desk, const char *path, uint64_t seed);
void desk_close(struct desk *desk);
/* Runs a text; its exit code.  What it printed is in out and err until the next. */
int desk_run(struct desk *desk, const char *text);
/* The hash of the whole branch: world, variables, files. */
void desk_hash(const struct desk *desk, unsigned char hash[PACK_HASH_SIZE]);

#endif
