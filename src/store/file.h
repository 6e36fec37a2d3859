/*
 * store/file.h - what kind of file lies at a path, before and while it is a session.
 */
#ifndef STORE_FILE_H
#define STORE_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/str.h"

struct file_seen {
    uint64_t device;
    uint64_t inode;
    int64_t size;
};

enum file_nature {
    FILE_ABSENT = 1,
    FILE_PLAIN,   /* a regular file with one name on a local disk */
    FILE_UNFIT,   /* anything else: the message says what */
};

/* The path with its folder's links resolved and its own name kept; the caller frees it.  NULL with
 * a message when the folder cannot be reached. */
char *file_canonical(const char *path, struct str *message);
/* Looks without opening: closing any descriptor of a file would drop this process's locks on it. */
enum file_nature file_look(const char *path, struct file_seen *seen, struct str *message);
/* True when the magic number of a file system is one of a network's. */
bool file_system_is_remote(uint64_t magic);
/* The process that holds SQLite's lock on the file; 0 when it cannot be told. */
pid_t file_holder(const char *path);
/* The same of a file that this process surely has not open itself: no descriptor stays. */
pid_t file_other_holder(const char *path);
/* Makes descriptors 0 to 2 exist, so that no file of ours can become standard output. */
void file_guard_descriptors(void);
/* An empty file for our eyes only, or our group's too, which must not exist yet.  0, or -1 with a
 * message. */
int file_make(const char *path, bool shared, struct str *message);
/* Gives a finished file its name, which must be free, durably.  0, or -1 with a message. */
int file_publish(const char *from, const char *to, struct str *message);
/* Gives a file a name that must be free, in a folder (a descriptor).  0, or -1 with errno. */
int file_name_new(int folder, const char *from, const char *to);
/* A nameless file of this size on the same disk: its descriptor, or -1. */
int file_reserve(const char *path, int64_t size);
/* Copies bytes; 0, or -1 with a message.  An absent source copies nothing when that is allowed. */
int file_copy(const char *from, const char *to, bool may_be_absent, struct str *message);

#endif
