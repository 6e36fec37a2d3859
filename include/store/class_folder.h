/*
 * store/class_folder.h - the folder of a class: its learners' names, and small files in it that are
 * written at once and read without trust.
 *
 *   DIR/anna.nephoscope    anna's session, which her console alone writes
 *   DIR/anna.status        how far she is, a few lines for the wall
 *   DIR/.class/            what the instructor sends: files that only the folder's owner can write
 *
 * Learners write into DIR, so whatever lies there may be hostile: nothing here follows a link,
 * waits for a pipe, or reads more than it was told to.  Nothing is synced: these files are for
 * looking at, and no prompt waits for them.
 */
#ifndef STORE_CLASS_FOLDER_H
#define STORE_CLASS_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/str.h"

enum {
    CLASS_NAME_MAX = 40,      /* bytes of a learner's name */
    CLASS_FILE_MAX = 64 << 10, /* bytes of a small file */
    CLASS_ENTRIES_MAX = 65536, /* of a folder that are looked at */
};

extern const char class_session_suffix[]; /* ".nephoscope" */
extern const char class_status_suffix[];  /* ".status" */

/* May a learner be called so?  Letters and digits of any script, and . _ - inside; "all" is taken.
 * False with a sentence in `why`, which may be NULL. */
bool class_name_check(const char *name, struct str *why);
/* The seed of a learner's world, from the lesson's (the sandbox: 1): theirs alone, and always the
 * same. */
uint64_t class_seed(uint64_t seed, const char *name);

struct class_folder {
    char *path;     /* owned */
    int dir;        /* a descriptor; -1: the folder is gone */
    uint32_t owner; /* a user's number */
};

/* 0 with a folder to be closed, or -1 with a sentence. */
int class_folder_open(struct class_folder *folder, const char *path, struct str *why);
/* Looks whether the folder is still the one that was opened, and opens what has taken its place.
 * False while there is none. */
bool class_folder_find(struct class_folder *folder);
void class_folder_close(struct class_folder *folder);
/* The folder of what the instructor sends: a descriptor to be closed; -1 when there is none, or
 * one that is not to be believed (then `why` gets a sentence).  With `make` it is made. */
int class_folder_sent(const struct class_folder *folder, bool make, struct str *why);

/* DIR/NAME.nephoscope, and NAME.status, for the caller to free. */
char *class_status_name(const char *name);
char *class_session_path(const char *folder, const char *name);

struct class_file {
    uint64_t device;
    uint64_t inode;
    int64_t size;
    int64_t changed_ns; /* of its contents, on the clock of the wall */
    uint32_t owner;
};

enum class_found {
    CLASS_ABSENT,
    CLASS_READ,
    CLASS_UNFIT, /* the sentence says why: a link, a folder, too large... */
};

/* Looks at an entry of a folder (a descriptor) without opening it: CLASS_READ is a regular file
 * with one name. */
enum class_found class_file_look(int dir, const char *name, struct class_file *seen,
                                 struct str *why);
/* Reads a small file whole; its bytes replace `bytes`. */
enum class_found class_file_read(int dir, const char *name, struct class_file *seen,
                                 struct str *bytes, struct str *why);

enum class_write {
    CLASS_REPLACE, /* whatever has that name */
    CLASS_NEW,     /* only when nothing has it: else -1 with EEXIST in errno */
};
/* Writes a small file under another name and then gives it this one: nobody ever reads half of
 * it.  0, or -1 with a sentence. */
int class_file_write(int dir, const char *name, const struct str *bytes, enum class_write how,
                     struct str *why);

/* Visits the names of a folder's entries, in no order, until the visit says false. */
void class_each_entry(int dir, bool (*visit)(void *context, const char *name), void *context);

/* Is the entry NAME.nephoscope a session, as far as its head tells?  As class_file_look(). */
enum class_found class_session_look(const struct class_folder *folder, const char *name,
                                    struct class_file *seen, struct str *why);
/* Nothing has changed in between. */
bool class_file_same(const struct class_file *a, const struct class_file *b);
/* When something was last saved in it, ns since 1970; 0: never, or it cannot be told. */
int64_t class_session_saved(const struct class_folder *folder, const char *name);
/* The process that has the session file open; 0: none, or it cannot be told. */
pid_t class_holder(const struct class_folder *folder, const char *name);
/* A user's name on this machine, or the number as text; for the caller to free. */
char *class_user(uint32_t number);

#endif
