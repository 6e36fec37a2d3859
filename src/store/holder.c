/*
 * store/holder.c - who has a session file open: the process's user, and since when it runs.
 *
 * A console opens its session when it begins, so that the process is as old as that.  Read from
 * /proc (proc(5): the 22nd field of PID/stat is the start, in ticks since the system's, and uptime
 * is in the same time); where there is none, nothing is told.
 */
#include "store/holder.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/class_folder.h"

enum {
    FIELDS_BEFORE = 19, /* between the process's name, in brackets, and its start */
    SECONDS_A_MINUTE = 60,
};

/* The beginning of a file of /proc as text; false when there is none. */
static bool read_text(const char *path, char *text, size_t size)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? -1 : read(file, text, size - 1);

    if (file >= 0)
        close(file);
    text[length < 0 ? 0 : length] = '\0';
    return length > 0;
}

/* How long the process has run, in seconds; -1: it cannot be told. */
static long long age_of(const char *folder)
{
    char *path = xasprintf("%s/stat", folder);
    long ticks = sysconf(_SC_CLK_TCK);
    long long age = -1;
    char uptime[64];
    char text[1024];
    const char *at;

    if (ticks > 0 && read_text(path, text, sizeof(text)) &&
        read_text("/proc/uptime", uptime, sizeof(uptime)) && (at = strrchr(text, ')')) != NULL) {
        at++;
        for (int i = 0; i < FIELDS_BEFORE; i++) {
            at += strspn(at, " ");
            at += strcspn(at, " ");
        }
        age = strtoll(uptime, NULL, 10) - strtoll(at, NULL, 10) / ticks;
    }
    free(path);
    return age;
}

void holder_tell(pid_t process, struct str *out)
{
    char *folder = xasprintf("/proc/%ld", (long)process);
    struct stat status;
    long long age;

    if (stat(folder, &status) == 0) {
        char *user = class_user(status.st_uid);

        age = age_of(folder);
        str_addf(out, " (user %s", user);
        if (age >= 0)
            str_addf(out, ", for %lld min", age / SECONDS_A_MINUTE);
        str_add(out, ")");
        free(user);
    }
    free(folder);
}
