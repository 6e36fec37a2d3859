/*
 * shell/outside.c - what lies outside of the cloud: programs of this machine, and files by their
 * paths.
 *
 * Each program of a chain has a session of its own, so that it has no terminal: Ctrl-C reaches this
 * program only, which then ends theirs.  All pipes are read and written without blocking, in one
 * loop.
 */
#include "shell/outside.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/list.h"
#include "base/mem.h"
#include "base/str.h"
#include "api/command.h"

enum { LOOK_MS = 20, GRACE_MS = 100 };

/* ---- finding ---- */

static bool can_run(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

char *outside_find(const char *name)
{
    const char *path = getenv("PATH");

    if (strchr(name, '/') != NULL)
        return can_run(name) ? xstrdup(name) : NULL;
    while (path != NULL && name[0] != '\0') {
        size_t length = strcspn(path, ":");
        char *found = path[0] == '/' ? xasprintf("%.*s/%s", (int)length, path, name) : NULL;

        if (found != NULL && can_run(found))
            return found;
        free(found);
        path = path[length] == ':' ? path + length + 1 : NULL;
    }
    return NULL;
}

/* ---- starting ---- */

struct running_chain {
    const struct outside_chain *chain; /* borrowed */
    pid_t pids[OUTSIDE_PROGRAMS_MAX];  /* 0: it has ended, or was never started */
    size_t started;
    int in; /* our ends of the pipes; -1: closed */
    int out;
    int err;
    size_t written; /* of the input */
    int status;     /* of the last program */
};

/* What a real AWS CLI would need to reach AWS is not there. */
static char **make_environment(void)
{
    static const char *const ours[] = {
        "TERM=dumb",
        "AWS_CONFIG_FILE=/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE=/dev/null",
        "AWS_EC2_METADATA_DISABLED=true",
        "AWS_ENDPOINT_URL=http://127.0.0.1:9",
    };
    LIST(char *) list = {0};

    for (char **at = environ; *at != NULL; at++) {
        if (!str_starts(*at, "AWS_") && !str_starts(*at, "TERM="))
            *LIST_PUSH(&list) = *at;
    }
    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
        *LIST_PUSH(&list) = (char *)(uintptr_t)ours[i];
    *LIST_PUSH(&list) = NULL;
    return list.items;
}

static void shut(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* Starts the program with that number between two descriptors.  0, or an errno. */
static int start_one(struct running_chain *running, size_t number, const int ends[3],
                     char *const *environment)
{
    const short flags = POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigset_t all;
    int error;

    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, flags);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    for (int i = 0; i < 3; i++)
        posix_spawn_file_actions_adddup2(&actions, ends[i], i);
    error = posix_spawn(&running->pids[number], running->chain->paths[number], &actions,
                        &attributes, running->chain->argv[number], environment);
    if (error != 0)
        running->pids[number] = 0;
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return error;
}

/* Starts all of them.  0, or an errno; `failed` is then the number of the one that did not. */
static int start_all(struct running_chain *running, size_t *failed)
{
    char **environment = make_environment();
    int in[2] = {-1, -1};
    int err[2] = {-1, -1};
    int error = 0;

    *failed = 0;
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0)
        error = errno;
    running->in = in[1];
    running->err = err[0];
    for (size_t i = 0; i < running->chain->count && error == 0; i++) {
        int out[2] = {-1, -1};

        *failed = i;
        error = pipe2(out, O_CLOEXEC) != 0 ? errno : 0;
        if (error == 0)
            error = start_one(running, i, (const int[]){in[0], out[1], err[1]}, environment);
        running->started += error == 0;
        shut(&in[0]);
        shut(&out[1]);
        in[0] = out[0];
    }
    running->out = in[0];
    shut(&err[1]);
    free(environment);
    return error;
}

/* ---- running ---- */

static void remember_end(struct running_chain *running, size_t number, int status)
{
    running->pids[number] = 0;
    if (number + 1 == running->chain->count)
        running->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Looks which have ended; true when none is left. */
static bool have_ended(struct running_chain *running)
{
    bool left = false;
    int status;

    for (size_t i = 0; i < running->started; i++) {
        if (running->pids[i] != 0 && waitpid(running->pids[i], &status, WNOHANG) != 0)
            remember_end(running, i, status);
        left = left || running->pids[i] != 0;
    }
    return !left;
}

static void send_all(const struct running_chain *running, int number)
{
    for (size_t i = 0; i < running->started; i++) {
        if (running->pids[i] != 0)
            kill(-running->pids[i], number);
    }
}

/* Ends them: asked first, then for certain. */
static void end_all(struct running_chain *running)
{
    send_all(running, SIGTERM);
    for (int waited = 0; waited < GRACE_MS && !have_ended(running); waited += LOOK_MS)
        poll(NULL, 0, LOOK_MS);
    send_all(running, SIGKILL);
    for (size_t i = 0; i < running->started; i++) {
        int status = 0;

        if (running->pids[i] != 0 && waitpid(running->pids[i], &status, 0) > 0)
            remember_end(running, i, status);
    }
}

static void give_input(struct running_chain *running)
{
    const struct outside_chain *chain = running->chain;
    ssize_t wrote = 0;

    while (running->written < chain->input_size && wrote >= 0) {
        wrote = write(running->in, chain->input + running->written,
                      chain->input_size - running->written);
        running->written += wrote < 0 ? 0 : (size_t)wrote;
    }
    if (running->written == chain->input_size || (wrote < 0 && errno != EAGAIN && errno != EINTR))
        shut(&running->in);
}

/* Takes what there is; closes the descriptor at its end. */
static void take_output(int *fd, struct str *text)
{
    char bytes[65536];
    ssize_t got = 1;

    while (got > 0 && text->length <= OUTSIDE_OUTPUT_MAX) {
        got = read(*fd, bytes, sizeof(bytes));
        if (got > 0)
            str_addn(text, bytes, (size_t)got);
    }
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
        shut(fd);
}

/* One look at all pipes. */
static void turn(struct running_chain *running, struct str *out, struct str *err)
{
    struct pollfd waits[3] = {
        {.fd = running->in, .events = POLLOUT},
        {.fd = running->out, .events = POLLIN},
        {.fd = running->err, .events = POLLIN},
    };

    if (poll(waits, 3, running->out < 0 && running->err < 0 ? 1 : LOOK_MS) <= 0)
        return;
    if (waits[0].revents != 0)
        give_input(running);
    if (waits[1].revents != 0)
        take_output(&running->out, out);
    if (waits[2].revents != 0)
        take_output(&running->err, err);
}

static int run_started(struct running_chain *running, struct str *out, struct str *err)
{
    const struct outside_chain *chain = running->chain;
    struct str said = STR_INIT;
    int status = -1;

    fcntl(running->in, F_SETFL, O_NONBLOCK);
    fcntl(running->out, F_SETFL, O_NONBLOCK);
    fcntl(running->err, F_SETFL, O_NONBLOCK);
    if (chain->input_size == 0)
        shut(&running->in);
    while (status < 0) {
        bool ended = have_ended(running); /* then all that they wrote is in the pipes */

        if (!ended)
            turn(running, out, &said);
        if (ended && running->out >= 0) /* a child of theirs may hold it open: nobody waits */
            take_output(&running->out, out);
        if (ended && running->err >= 0)
            take_output(&running->err, &said);
        if (ended)
            status = running->status;
        if (chain->stop != NULL && chain->stop(chain->context))
            status = EXIT_INTERRUPTED;
        if (out->length > OUTSIDE_OUTPUT_MAX || said.length > OUTSIDE_OUTPUT_MAX) {
            status = EXIT_OTHER;
            str_add(&said, "\nnephoscope: stopped, after more than 16 MiB were printed\n");
        }
    }
    end_all(running);
    str_addn(err, str_text(&said), said.length);
    str_release(&said);
    return status;
}

int outside_run(const struct outside_chain *chain, struct str *out, struct str *err)
{
    struct running_chain running = {.chain = chain, .in = -1, .out = -1, .err = -1};
    struct str answer = STR_INIT;
    size_t failed;
    /* A program may stop reading: that is no reason for us to end. */
    void (*before)(int) = signal(SIGPIPE, SIG_IGN);
    int error = start_all(&running, &failed);
    int status = EXIT_NOT_EXECUTABLE;

    if (error != 0) {
        str_addf(err, "nephoscope: %s: %s\n", chain->argv[failed][0], strerror(error));
        end_all(&running);
    } else {
        status = run_started(&running, &answer, err);
        str_addn(out, str_text(&answer), answer.length);
    }
    shut(&running.in);
    shut(&running.out);
    shut(&running.err);
    signal(SIGPIPE, before);
    str_release(&answer);
    return status;
}

/* ---- files ---- */

static int no_file(const char *path, const char *problem, int fd, struct str *why)
{
    str_addf(why, "%s: %s", path, problem);
    if (fd >= 0)
        close(fd);
    return -1;
}

int outside_open(const char *path, bool append, const char *not, struct str *why)
{
    int fd = open(path,
                  O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (append ? O_APPEND : 0),
                  0644);
    struct stat status;
    struct stat other;

    if (fd < 0 || fstat(fd, &status) != 0)
        return no_file(path, strerror(errno), fd, why);
    if (!S_ISREG(status.st_mode))
        return no_file(path, "no regular file", fd, why);
    if (not != NULL && stat(not, &other) == 0 && other.st_dev == status.st_dev &&
        other.st_ino == status.st_ino)
        return no_file(path, "this session is kept there", fd, why);
    if (!append && ftruncate(fd, 0) != 0)
        return no_file(path, strerror(errno), fd, why);
    return fd;
}

int outside_write(int fd, const char *path, const char *bytes, size_t size, struct str *why)
{
    while (size > 0) {
        ssize_t wrote = write(fd, bytes, size);

        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return no_file(path, strerror(errno), fd, why);
        bytes += wrote;
        size -= (size_t)wrote;
    }
    return close(fd) != 0 ? no_file(path, strerror(errno), -1, why) : 0;
}

/* A script is text: a zero byte would hide what follows it. */
static void check_text(const char *path, const struct str *text, struct str *why)
{
    const char *bytes = str_text(text);
    size_t line = 1;
    size_t clean = strlen(bytes);

    if (clean == text->length)
        return;
    for (size_t i = 0; i < clean; i++)
        line += bytes[i] == '\n';
    str_addf(why, "%s: line %zu: a zero byte is no text", path, line);
}

/* The descriptor, or -1 with a sentence. */
static int open_script(const char *path, bool any, struct str *why)
{
    int fd = any && strcmp(path, "-") == 0
                 ? STDIN_FILENO
                 : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | (any ? 0 : O_NONBLOCK));
    struct stat status;

    if (fd < 0)
        return no_file(path, strerror(errno), -1, why);
    if (!any && fstat(fd, &status) == 0 && !S_ISREG(status.st_mode))
        return no_file(path, S_ISDIR(status.st_mode) ? strerror(EISDIR) : "no regular file", fd,
                       why);
    return fd;
}

char *outside_script(const char *path, bool any, struct str *why)
{
    int fd = open_script(path, any, why);
    struct str text = STR_INIT;
    char chunk[65536];
    ssize_t got = 0;

    if (fd < 0)
        return NULL;
    while (text.length <= OUTSIDE_SCRIPT_MAX) {
        got = read(fd, chunk, sizeof(chunk));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        str_addn(&text, chunk, (size_t)got);
    }
    if (got < 0)
        str_addf(why, "%s: %s", path, strerror(errno));
    else if (text.length > OUTSIDE_SCRIPT_MAX)
        str_addf(why, "%s: longer than 16 MiB", path);
    else
        check_text(path, &text, why);
    if (fd > STDIN_FILENO)
        close(fd);
    if (why->length > 0) {
        str_release(&text);
        return NULL;
    }
    return str_take(&text);
}
