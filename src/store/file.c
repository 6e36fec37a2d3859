/*
 * store/file.c - what kind of file lies at a path, before and while it is a session.
 *
 * True to SQLite's "How To Corrupt An SQLite Database File": links, second names, network file
 * systems, descriptors below 3, and POSIX locks that any close() of the file in this process drops.
 */
#include "store/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/vfs.h>
#endif

#include "base/mem.h"

enum {
    LOCK_BEGIN = 0x40000000, /* where SQLite locks, in the format of its files */
    LOCK_LENGTH = 512,
    COPY_BYTES = 1 << 16,
};

char *file_canonical(const char *path, struct str *message)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    char *folder = slash == NULL ? xstrdup(".") : xstrndup(path, (size_t)(slash - path) + 1);
    char *real = realpath(folder, NULL);
    char *whole = NULL;

    if (*name == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        str_addf(message, "'%s' is not the name of a file", path);
    else if (real == NULL)
        str_addf(message, "the folder '%s' cannot be used: %s", folder, strerror(errno));
    else
        whole = xasprintf("%s/%s", strcmp(real, "/") == 0 ? "" : real, name);
    free(real);
    free(folder);
    return whole;
}

static const char *nature_name(mode_t mode)
{
    if (S_ISLNK(mode))
        return "a symbolic link";
    if (S_ISDIR(mode))
        return "a folder";
    if (S_ISFIFO(mode))
        return "a pipe";
    if (S_ISSOCK(mode))
        return "a socket";
    return "a device";
}

bool file_system_is_remote(uint64_t magic)
{
    static const uint64_t remote[] = {
        0x6969,     /* NFS */
        0x517b,     /* SMB */
        0xfe534d42, /* SMB2 */
        0xff534d42, /* CIFS */
        0x73757245, /* Coda */
        0x5346414f, /* AFS */
        0x6b414653, /* kAFS */
        0x01021997, /* 9P */
        0x00c36400, /* Ceph */
        0x0bd00bd0, /* Lustre */
        0x564c,     /* NCP */
        0x01161970, /* GFS2 */
        0x7461636f, /* OCFS2 */
    };

    for (size_t i = 0; i < sizeof(remote) / sizeof(remote[0]); i++) {
        if (magic == remote[i])
            return true;
    }
    return false;
}

static bool is_on_network(const char *path)
{
#ifdef __linux__
    struct statfs system;

    return statfs(path, &system) == 0
           && file_system_is_remote((uint64_t)system.f_type & UINT32_MAX);
#else
    (void)path;
    return false;
#endif
}

/* The folder's file system, for a file that is not there yet. */
static bool folder_is_on_network(const char *path)
{
    char *folder = xstrndup(path, (size_t)(strrchr(path, '/') - path) + 1);
    bool remote = is_on_network(folder);

    free(folder);
    return remote;
}

enum file_nature file_look(const char *path, struct file_seen *seen, struct str *message)
{
    struct stat status;

    if (lstat(path, &status) != 0) {
        if (errno != ENOENT) {
            str_addf(message, "'%s' cannot be looked at: %s", path, strerror(errno));
            return FILE_UNFIT;
        }
        if (!folder_is_on_network(path))
            return FILE_ABSENT;
        str_addf(message, "'%s' would lie on a network file system, where sessions can be lost",
                 path);
        return FILE_UNFIT;
    }
    if (!S_ISREG(status.st_mode)) {
        str_addf(message, "'%s' is %s, not a file", path, nature_name(status.st_mode));
        return FILE_UNFIT;
    }
    if (status.st_nlink > 1) {
        str_addf(message, "'%s' has a second name (a hard link), which can damage a session", path);
        return FILE_UNFIT;
    }
    if (is_on_network(path)) {
        str_addf(message, "'%s' lies on a network file system, where sessions can be lost", path);
        return FILE_UNFIT;
    }
    *seen = (struct file_seen){
        .device = (uint64_t)status.st_dev,
        .inode = (uint64_t)status.st_ino,
        .size = (int64_t)status.st_size,
    };
    return FILE_PLAIN;
}

/* Looks who has the lock; gives the descriptor that it took to look, or -1. */
static int look_for_holder(const char *path, pid_t *holder)
{
    struct flock lock = {
        .l_type = F_WRLCK,
        .l_whence = SEEK_SET,
        .l_start = LOCK_BEGIN,
        .l_len = LOCK_LENGTH,
    };
    int file = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);

    *holder = 0;
    if (file >= 0 && fcntl(file, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK)
        *holder = lock.l_pid;
    return file;
}

pid_t file_holder(const char *path)
{
    pid_t holder;
    int file = look_for_holder(path, &holder);

    /* Perhaps the lock is this process's own: then close() would drop it, so the descriptor is left
     * open. */
    if (file >= 0 && holder != 0)
        close(file);
    return holder;
}

pid_t file_other_holder(const char *path)
{
    pid_t holder;
    int file = look_for_holder(path, &holder);

    if (file >= 0)
        close(file);
    return holder;
}

void file_guard_descriptors(void)
{
    for (int i = 0; i <= STDERR_FILENO; i++) {
        if (fcntl(i, F_GETFD) < 0 && errno == EBADF && open("/dev/null", O_RDWR) < 0)
            return;
    }
}

int file_make(const char *path, bool shared, struct str *message)
{
    int file = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, shared ? 0640 : 0600);

    if (file < 0) {
        str_addf(message, "'%s' cannot be made: %s", path, strerror(errno));
        return -1;
    }
    close(file);
    return 0;
}

int file_name_new(int folder, const char *from, const char *to)
{
#ifdef RENAME_NOREPLACE
    if (renameat2(folder, from, folder, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
#endif
    if (faccessat(folder, to, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
        errno = EEXIST;
        return -1;
    }
    return renameat(folder, from, folder, to);
}

int file_publish(const char *from, const char *to, struct str *message)
{
    char *folder = xstrndup(to, (size_t)(strrchr(to, '/') - to) + 1);
    int directory;
    int file = open(from, O_RDONLY | O_CLOEXEC);
    int result = file >= 0 ? fsync(file) : -1;

    if (file >= 0)
        close(file);
    if (result == 0)
        result = file_name_new(AT_FDCWD, from, to);
    if (result == 0 && (directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) >= 0) {
        result = fsync(directory) == 0 || errno == EINVAL ? 0 : -1;
        close(directory);
    }
    if (result != 0)
        str_addf(message, "'%s' cannot be made: %s", to, strerror(errno));
    free(folder);
    return result;
}

/* Makes the file really take its room on the disk; 0 when it does. */
static int fill(int file, int64_t size)
{
#ifdef __APPLE__
    char zeros[COPY_BYTES] = { 0 };

    for (int64_t at = 0; at < size; at += COPY_BYTES) {
        if (write(file, zeros, sizeof(zeros)) != (ssize_t)sizeof(zeros))
            return -1;
    }
    return 0;
#else
    return posix_fallocate(file, 0, (off_t)size);
#endif
}

int file_reserve(const char *path, int64_t size)
{
    char *name = xasprintf("%s-reserve.%ld", path, (long)getpid());
    int file = open(name, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);

    if (file >= 0) {
        unlink(name);
        if (fill(file, size) != 0) {
            close(file);
            file = -1;
        }
    }
    free(name);
    return file;
}

static int copy_bytes(int from, int to)
{
    char bytes[COPY_BYTES];
    ssize_t got;

    while ((got = read(from, bytes, sizeof(bytes))) > 0) {
        if (write(to, bytes, (size_t)got) != got)
            return -1;
    }
    return (int)got;
}

int file_copy(const char *from, const char *to, bool may_be_absent, struct str *message)
{
    int source = open(from, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
    int copy;
    int result = -1;

    if (source < 0) {
        if (may_be_absent && errno == ENOENT)
            return 0;
        str_addf(message, "'%s' cannot be read: %s", from, strerror(errno));
        return -1;
    }
    copy = open(to, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (copy >= 0) {
        result = copy_bytes(source, copy);
        if (close(copy) != 0)
            result = -1;
    }
    if (result != 0)
        str_addf(message, "'%s' cannot be copied to '%s': %s", from, to, strerror(errno));
    close(source);
    return result;
}
