/*
 * store/foreign.c - a session file of somebody else: copied first, then read; never written.
 *
 * FILE is copied before FILE-wal.  That is one moment when FILE stayed as it was meanwhile and
 * FILE-wal, if it grew, is of the same generation (its header holds the salts): what was committed
 * in between then stands behind what was copied, and SQLite reads as far as whole transactions go.
 * Else it is tried again.  A copy that was torn all the same, within one tick of the clock of the
 * file system, does not pass the proof.
 *
 * True to RELIABILITY part 1, "Opening a file from someone else".
 */
#include "store/foreign.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/inside.h"
#include "store/rescue.h"
#include "store/session_file.h"

enum {
    TRIES = 20,
    PAUSE_NS = 10 * 1000000, /* between two of them */
    WAL_HEADER_BYTES = 32,
};

/* A file as it is at one moment. */
struct look {
    bool there;
    struct stat status;
    unsigned char header[WAL_HEADER_BYTES]; /* of FILE-wal */
};

/* The names of one opening. */
struct names {
    const char *path; /* as it was given */
    char *wal;
    char *folder; /* of ours; NULL: it could not be made */
    char *copy;
    char *copy_wal;
};

static enum store_status tell(struct str *message, enum store_status status, const char *path,
                              const char *what)
{
    str_addf(message, "'%s' %s", path, what);
    return status;
}

static const char *unfit(const struct stat *status)
{
    if (S_ISDIR(status->st_mode))
        return "is a folder, not a session";
    if (S_ISLNK(status->st_mode))
        return "is a symbolic link, not a session";
    if (!S_ISREG(status->st_mode))
        return "is no file, and no session";
    if (status->st_size > STORE_FOREIGN_BYTES_MAX)
        return "is larger than a session from somebody else may be (256 MiB)";
    return NULL;
}

static void read_header(const char *path, unsigned char header[WAL_HEADER_BYTES])
{
    int file = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);

    memset(header, 0, WAL_HEADER_BYTES);
    if (file < 0)
        return;
    if (pread(file, header, WAL_HEADER_BYTES, 0) < 0)
        memset(header, 0, WAL_HEADER_BYTES);
    close(file);
}

/* STORE_OK also when FILE-wal is not there. */
static enum store_status look_at(const char *path, bool is_wal, struct look *look,
                                 struct str *message)
{
    const char *problem;

    *look = (struct look){ 0 };
    if (lstat(path, &look->status) != 0) {
        if (errno == ENOENT && is_wal)
            return STORE_OK;
        if (errno == ENOENT || errno == ENOTDIR)
            return tell(message, STORE_ABSENT, path, "is not there");
        str_addf(message, "'%s' cannot be read: %s", path, strerror(errno));
        return STORE_REFUSED;
    }
    problem = unfit(&look->status);
    if (problem != NULL)
        return tell(message, STORE_REFUSED, path, problem);
    look->there = true;
    if (is_wal)
        read_header(path, look->header);
    return STORE_OK;
}

static bool same_moment(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool is_unchanged(const struct look *before, const struct look *after)
{
    return before->status.st_ino == after->status.st_ino
           && before->status.st_size == after->status.st_size
           && same_moment(&before->status.st_mtim, &after->status.st_mtim);
}

/* A FILE-wal may have grown. */
static bool is_same_wal(const struct look *before, const struct look *after)
{
    if (!before->there || !after->there)
        return before->there == after->there;
    return before->status.st_ino == after->status.st_ino
           && before->status.st_size <= after->status.st_size
           && memcmp(before->header, after->header, WAL_HEADER_BYTES) == 0;
}

static bool names_make(struct names *names, const char *path, struct str *message)
{
    const char *place = getenv("TMPDIR");

    *names = (struct names){
        .path = path,
        .wal = xasprintf("%s-wal", path),
        .folder = xasprintf("%s/nephoscope-copy-XXXXXX",
                            place == NULL || place[0] == '\0' ? "/tmp" : place),
    };
    if (mkdtemp(names->folder) == NULL) {
        str_addf(message, "there is no place for a copy ('%s': %s)", names->folder,
                 strerror(errno));
        free(names->folder);
        names->folder = NULL;
        return false;
    }
    names->copy = xasprintf("%s/session", names->folder);
    names->copy_wal = xasprintf("%s/session-wal", names->folder);
    return true;
}

static void remove_copy(const struct names *names)
{
    unlink(names->copy);
    unlink(names->copy_wal);
}

static void names_release(struct names *names)
{
    if (names->folder != NULL) {
        remove_copy(names);
        rmdir(names->folder);
    }
    free(names->wal);
    free(names->folder);
    free(names->copy);
    free(names->copy_wal);
}

/* Copies one moment; STORE_BUSY when there was none. */
static enum store_status copy_once(const struct names *names, struct store_foreign *found,
                                   struct str *message)
{
    struct look file;
    struct look wal;
    struct look file_after;
    struct look wal_after;
    enum store_status status;

    remove_copy(names);
    status = look_at(names->path, false, &file, message);
    if (status == STORE_OK)
        status = look_at(names->wal, true, &wal, message);
    if (status != STORE_OK)
        return status;
    if (file_copy(names->path, names->copy, false, message) != 0
        || file_copy(names->wal, names->copy_wal, true, message) != 0)
        return STORE_REFUSED;
    if (look_at(names->path, false, &file_after, message) != STORE_OK
        || look_at(names->wal, true, &wal_after, message) != STORE_OK
        || !is_unchanged(&file, &file_after) || !is_same_wal(&wal, &wal_after)) {
        str_clear(message);
        return tell(message, STORE_BUSY, names->path, "changes all the time: no whole copy of it "
                                                      "could be taken");
    }
    found->bytes = (int64_t)file.status.st_size + (int64_t)wal_after.status.st_size;
    return STORE_OK;
}

/* What is said of the copy is said of the file. */
static void rename_in(struct str *message, const struct names *names)
{
    struct str named = STR_INIT;
    char *real = realpath(names->folder, NULL);
    char *copy = xasprintf("%s/session", real == NULL ? names->folder : real);
    const char *at = str_text(message);
    const char *hit;

    while ((hit = strstr(at, copy)) != NULL) {
        str_addn(&named, at, (size_t)(hit - at));
        str_add(&named, names->path);
        at = hit + strlen(copy);
    }
    str_add(&named, at);
    str_clear(message);
    str_add(message, str_text(&named));
    str_release(&named);
    free(copy);
    free(real);
}

/* Opens the copy and proves it whole; its messages name the file from then on. */
static enum store_status open_copy(const struct names *names, struct store **opened,
                                   struct str *message)
{
    struct store_options options = { .create = false };
    struct str why = STR_INIT;
    struct store *store = NULL;
    enum store_status status = store_open(names->copy, &options, &store, &why);

    if (status == STORE_OK) {
        free(store->path);
        store->path = xstrdup(names->path);
        status = store_is_read_only(store)
                     ? store_say(store, STORE_NEWER,
                                 "a newer nephoscope wrote '%s': only that one can read it",
                                 names->path)
                     : store_verify(store);
        str_add(&why, store_message(store));
        store->read_only = true;
    } else {
        rename_in(&why, names);
    }
    if (status != STORE_OK) {
        str_addn(message, str_text(&why), why.length);
        store_close(store);
        store = NULL;
    }
    str_release(&why);
    *opened = store;
    return status;
}

enum store_status store_foreign_open(const char *path, struct store **store,
                                     struct store_foreign *found, struct str *message)
{
    const struct timespec pause = { .tv_nsec = PAUSE_NS };
    struct str why = STR_INIT;
    struct names names;
    enum store_status status = STORE_REFUSED;

    *store = NULL;
    *found = (struct store_foreign){ 0 };
    if (names_make(&names, path, &why)) {
        for (int i = 0; i < TRIES; i++) {
            str_clear(&why);
            status = copy_once(&names, found, &why);
            if (status == STORE_OK) {
                found->holder = file_holder(path);
                status = open_copy(&names, store, &why);
                if (status != STORE_DAMAGED || found->holder == 0)
                    break; /* what is damaged while somebody writes may have been torn */
            } else if (status != STORE_BUSY) {
                break;
            }
            nanosleep(&pause, NULL);
        }
    }
    names_release(&names);
    str_addn(message, str_text(&why), why.length);
    str_release(&why);
    return status;
}
