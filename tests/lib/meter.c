/*
 * tests/lib/meter.c - measuring for benchmarks: times of many tries, and what they say.
 */
#include "meter.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"

static int64_t clock_ns(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t meter_cpu_ns(void)
{
    return clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

int64_t meter_wall_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

void meter_add(struct meter *meter, int64_t ns)
{
    *LIST_PUSH(&meter->times) = ns;
}

static int compare(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;

    return (a > b) - (a < b);
}

int64_t meter_percent(struct meter *meter, unsigned percent)
{
    uint32_t count = meter->times.count;

    if (count == 0)
        return 0;
    qsort(meter->times.items, count, sizeof(*meter->times.items), compare);
    return meter->times.items[(uint64_t)(count - 1) * percent / 100];
}

void meter_release(struct meter *meter)
{
    LIST_RELEASE(&meter->times);
}

int64_t meter_run(const char *const *words)
{
    struct rusage used;
    int status;
    pid_t child = fork();

    if (child == 0) {
        int null = open("/dev/null", O_RDWR);

        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
        execv(words[0], (char *const *)(uintptr_t)words);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &used) < 0 || !WIFEXITED(status) ||
        WEXITSTATUS(status) != 0)
        return -1;
    return ((int64_t)used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000000 +
           ((int64_t)used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1000;
}

char *meter_find(const char *name, int (*is_right)(const char *path))
{
    const char *folder = getenv("PATH");

    while (folder != NULL && *folder != '\0') {
        size_t length = strcspn(folder, ":");
        char *path = xasprintf("%.*s/%s", (int)length, folder, name);

        if (access(path, X_OK) == 0 && (is_right == NULL || is_right(path)))
            return path;
        free(path);
        folder += length + (folder[length] == ':');
    }
    return NULL;
}
