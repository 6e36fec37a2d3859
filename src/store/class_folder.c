/*
 * store/class_folder.c - the folder of a class: its learners' names, and small files in it.
 *
 * What the instructor sends is believed because of who owns it: .class, and each file in it, must
 * belong to the owner of DIR or to the one who reads, have one name only, and .class must not be
 * writable by others.  So a learner who can write into DIR can send nothing to anybody else.
 */
#include "store/class_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/inside.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "sim/chance.h"

const char class_session_suffix[] = ".nephoscope";
const char class_status_suffix[] = ".status";
static const char sent_name[] = ".class";

enum { HEAD_SIZE = 100 };

/* ---- names ---- */

static bool is_name_code(uint32_t code, bool first)
{
    if (code >= 0x80)
        return code < UTF8_INVALID && !utf8_is_unsafe(code) && utf8_width(code) > 0 &&
               code != 0xa0 && code != 0x3000;
    if ((code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') ||
        (code >= '0' && code <= '9'))
        return true;
    return !first && (code == '.' || code == '_' || code == '-');
}

bool class_name_check(const char *name, struct str *why)
{
    size_t length = strlen(name);
    bool good = length > 0 && length <= CLASS_NAME_MAX && strcmp(name, "all") != 0;
    uint32_t code;

    for (size_t at = 0; good && at < length;) {
        size_t bytes = utf8_decode(name + at, length - at, &code);

        good = is_name_code(code, at == 0);
        at += bytes;
    }
    if (!good && why != NULL)
        str_addf(why,
                 "a learner's name has 1 to %d letters and digits, with . _ - between them; not "
                 "\"all\"",
                 CLASS_NAME_MAX);
    return good;
}

uint64_t class_seed(uint64_t seed, const char *name)
{
    char *label = xasprintf("learner %s", name);
    struct chance chance = chance_stream(seed, label, 0);

    free(label);
    return chance_u64(&chance) >> 1;
}

/* ---- the folder ---- */

static int open_folder(const char *path, uint32_t *owner)
{
    int dir = open(path, O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC);
    struct stat status;

    if (dir >= 0 && fstat(dir, &status) == 0)
        *owner = (uint32_t)status.st_uid;
    return dir;
}

int class_folder_open(struct class_folder *folder, const char *path, struct str *why)
{
    *folder = (struct class_folder){.dir = -1};
    folder->dir = open_folder(path, &folder->owner);
    if (folder->dir < 0) {
        str_addf(why, "the class's folder '%s' cannot be opened: %s", path, strerror(errno));
        return -1;
    }
    folder->path = xstrdup(path);
    return 0;
}

bool class_folder_find(struct class_folder *folder)
{
    struct stat named;
    struct stat opened;
    bool same = stat(folder->path, &named) == 0 && folder->dir >= 0 &&
                fstat(folder->dir, &opened) == 0 && named.st_dev == opened.st_dev &&
                named.st_ino == opened.st_ino;

    if (same)
        return true;
    if (folder->dir >= 0)
        close(folder->dir);
    folder->dir = open_folder(folder->path, &folder->owner);
    return folder->dir >= 0;
}

void class_folder_close(struct class_folder *folder)
{
    if (folder->path != NULL && folder->dir >= 0)
        close(folder->dir);
    free(folder->path);
    *folder = (struct class_folder){.dir = -1};
}

int class_folder_sent(const struct class_folder *folder, bool make, struct str *why)
{
    struct stat status;
    int sent;

    if (make && mkdirat(folder->dir, sent_name, 0755) != 0 && errno != EEXIST) {
        str_addf(why, "'%s/%s' cannot be made: %s", folder->path, sent_name, strerror(errno));
        return -1;
    }
    sent = openat(folder->dir, sent_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (sent < 0) {
        if (errno != ENOENT)
            str_addf(why, "'%s/%s' cannot be opened: %s; remove it: rm -r '%s/%s'", folder->path,
                     sent_name, strerror(errno), folder->path, sent_name);
        return -1;
    }
    if (fstat(sent, &status) == 0 && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0 &&
        (status.st_uid == folder->owner || status.st_uid == getuid()))
        return sent;
    str_addf(why,
             "'%s/%s' is not believed: others than the folder's owner can write there; remove it: "
             "rm -r '%s/%s'",
             folder->path, sent_name, folder->path, sent_name);
    close(sent);
    return -1;
}

char *class_session_path(const char *folder, const char *name)
{
    return xasprintf("%s/%s%s", folder, name, class_session_suffix);
}

/* ---- reading ---- */

static const char *kind_name(mode_t mode)
{
    return S_ISLNK(mode)    ? "a symbolic link"
           : S_ISDIR(mode)  ? "a folder"
           : S_ISFIFO(mode) ? "a pipe"
           : S_ISSOCK(mode) ? "a socket"
                            : "a device";
}

static enum class_found judge(const struct stat *status, struct class_file *seen, struct str *why)
{
    *seen = (struct class_file){
        .device = (uint64_t)status->st_dev,
        .inode = (uint64_t)status->st_ino,
        .size = (int64_t)status->st_size,
        .changed_ns = (int64_t)status->st_mtim.tv_sec * 1000000000 + status->st_mtim.tv_nsec,
        .owner = (uint32_t)status->st_uid,
    };
    if (!S_ISREG(status->st_mode)) {
        str_addf(why, "it is %s, not a file", kind_name(status->st_mode));
        return CLASS_UNFIT;
    }
    if (status->st_nlink > 1) {
        str_add(why, "it has a second name");
        return CLASS_UNFIT;
    }
    return CLASS_READ;
}

static enum class_found say_error(struct str *why)
{
    if (errno == ENOENT || errno == ENOTDIR)
        return CLASS_ABSENT;
    str_addf(why, "it cannot be read: %s", strerror(errno));
    return CLASS_UNFIT;
}

enum class_found class_file_look(int dir, const char *name, struct class_file *seen,
                                 struct str *why)
{
    struct stat status;

    if (fstatat(dir, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return say_error(why);
    return judge(&status, seen, why);
}

/* Reads up to one byte more than is allowed: a file that grows meanwhile is no danger. */
static enum class_found read_whole(int file, struct str *bytes, struct str *why)
{
    char part[4096];

    while (bytes->length <= CLASS_FILE_MAX) {
        ssize_t got = read(file, part, sizeof(part));

        if (got == 0)
            return CLASS_READ;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return say_error(why);
        str_addn(bytes, part, (size_t)got);
    }
    str_add(why, "it is larger than 64 KiB");
    return CLASS_UNFIT;
}

enum class_found class_file_read(int dir, const char *name, struct class_file *seen,
                                 struct str *bytes, struct str *why)
{
    enum class_found found = class_file_look(dir, name, seen, why);
    struct stat status;
    int file;

    str_clear(bytes);
    if (found != CLASS_READ)
        return found;
    file = openat(dir, name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
    if (file < 0)
        return say_error(why);
    /* Another file may have taken the place of the one that was looked at. */
    found = fstat(file, &status) != 0 ? say_error(why) : judge(&status, seen, why);
    if (found == CLASS_READ)
        found = read_whole(file, bytes, why);
    close(file);
    return found;
}

void class_each_entry(int dir, bool (*visit)(void *context, const char *name), void *context)
{
    int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = copy < 0 ? NULL : fdopendir(copy);
    unsigned left = CLASS_ENTRIES_MAX;
    struct dirent *entry;

    if (stream == NULL) {
        if (copy >= 0)
            close(copy);
        return;
    }
    while (left-- > 0 && (entry = readdir(stream)) != NULL && visit(context, entry->d_name))
        continue;
    closedir(stream);
}

/* ---- writing ---- */

static int write_bytes(int file, const struct str *bytes)
{
    size_t done = 0;

    while (done < bytes->length) {
        ssize_t wrote = write(file, bytes->text + done, bytes->length - done);

        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return -1;
        done += (size_t)wrote;
    }
    return 0;
}

int class_file_write(int dir, const char *name, const struct str *bytes, enum class_write how,
                     struct str *why)
{
    char *beside = xasprintf(".%s.%ld", name, (long)getpid());
    int file;
    int result = -1;
    int error;

    unlinkat(dir, beside, 0);
    file = openat(dir, beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (file >= 0) {
        result = write_bytes(file, bytes);
        if (close(file) != 0)
            result = -1;
    }
    if (result == 0)
        result = how == CLASS_NEW ? file_name_new(dir, beside, name)
                                  : renameat(dir, beside, dir, name);
    error = errno;
    if (result != 0) {
        str_addf(why, "'%s' cannot be written: %s", name, strerror(error));
        if (file >= 0)
            unlinkat(dir, beside, 0);
    }
    free(beside);
    errno = error;
    return result;
}

/* ---- sessions ---- */

char *class_status_name(const char *name)
{
    return xasprintf("%s%s", name, class_status_suffix);
}

static uint32_t number_at(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* Bytes that were not yet brought over from the file beside it. */
static bool has_wal(const struct class_folder *folder, const char *entry)
{
    char *wal = xasprintf("%s-wal", entry);
    struct stat status;
    bool found = fstatat(folder->dir, wal, &status, AT_SYMLINK_NOFOLLOW) == 0 && status.st_size > 0;

    free(wal);
    return found;
}

/* The head of a session file: SQLite's, with our number in it, and no more pages than are there. */
static enum class_found look_at_head(const struct class_folder *folder, const char *entry, int file,
                                     struct str *why)
{
    unsigned char head[HEAD_SIZE];
    struct stat status;
    int64_t page;
    int64_t whole;

    if (pread(file, head, sizeof(head), 0) != (ssize_t)sizeof(head) ||
        memcmp(head, "SQLite format 3", 16) != 0 || number_at(head + 68) != STORE_APPLICATION_ID ||
        fstat(file, &status) != 0) {
        str_add(why, "it is no session");
        return CLASS_UNFIT;
    }
    page = head[16] << 8 | head[17];
    whole = (page == 1 ? 65536 : page) * (int64_t)number_at(head + 28);
    if ((int64_t)status.st_size >= whole || has_wal(folder, entry))
        return CLASS_READ;
    str_addf(why, "it is damaged: %lld of its %lld bytes are there", (long long)status.st_size,
             (long long)whole);
    return CLASS_UNFIT;
}

enum class_found class_session_look(const struct class_folder *folder, const char *name,
                                    struct class_file *seen, struct str *why)
{
    char *entry = xasprintf("%s%s", name, class_session_suffix);
    enum class_found found = class_file_look(folder->dir, entry, seen, why);
    int file = -1;

    if (found == CLASS_READ) {
        file = openat(folder->dir, entry, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
        found = file < 0 ? say_error(why) : look_at_head(folder, entry, file, why);
    }
    if (file >= 0)
        close(file);
    free(entry);
    return found;
}

bool class_file_same(const struct class_file *a, const struct class_file *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->changed_ns == b->changed_ns && a->owner == b->owner;
}

int64_t class_session_saved(const struct class_folder *folder, const char *name)
{
    struct str why = STR_INIT;
    int64_t saved = 0;

    for (int i = 0; i < 2; i++) {
        char *entry = xasprintf("%s%s%s", name, class_session_suffix, i == 0 ? "" : "-wal");
        struct class_file seen;

        if (class_file_look(folder->dir, entry, &seen, &why) == CLASS_READ &&
            seen.changed_ns > saved)
            saved = seen.changed_ns;
        free(entry);
    }
    str_release(&why);
    return saved;
}

/* ---- who ---- */

pid_t class_holder(const struct class_folder *folder, const char *name)
{
    char *path = class_session_path(folder->path, name);
    pid_t holder = file_other_holder(path);

    free(path);
    return holder;
}

char *class_user(uint32_t number)
{
    const struct passwd *user = getpwuid((uid_t)number);

    return user == NULL ? xasprintf("%u", number) : xstrdup(user->pw_name);
}
