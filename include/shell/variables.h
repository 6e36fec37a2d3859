/*
 * shell/variables.h - the variables of the prompt and the files of a branch.
 *
 * Both belong to the branch: they are journalled, saved in checkpoints, and go back with rewind.
 */
#ifndef SHELL_VARIABLES_H
#define SHELL_VARIABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/shape.h"
#include "base/table.h"

struct variable {
    uint64_t key; /* a number of its own, from 1 */
    char *name;
    char *value;
};

struct branch_file {
    uint64_t key;
    char *name;
    struct blob bytes;
};

struct variables {
    struct table variables; /* of struct variable */
    struct table files;     /* of struct branch_file */
};

enum { BRANCH_FILE_MAX = 1 << 20 };

void variables_init(struct variables *variables);
void variables_release(struct variables *variables);

/* Sets (value copied) or, with NULL, removes. */
void variables_set(struct variables *variables, const char *name, const char *value);
/* The value, or NULL.  Borrowed until the next set. */
const char *variables_find(const struct variables *variables, const char *name);

/* Writes a file of the branch, replacing an older one of that name; NULL bytes remove it. */
void variables_file_set(struct variables *variables, const char *name, const char *bytes,
                        size_t size);
const struct branch_file *variables_file_find(const struct variables *variables, const char *name);

#endif
