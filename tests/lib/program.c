/*
 * tests/lib/program.c - the program, run to its end inside a test.
 */
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "cloud/world.h"
#include "shell/session.h"

static const char *const unwanted[] = {
    "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_DEFAULT_OUTPUT", "XDG_STATE_HOME",
    "XDG_CONFIG_HOME", "COLUMNS", "LINES", "NO_COLOR", "TZ", "LANG", NULL,
};

const char *program_path(void)
{
    const char *path = getenv("NEPHOSCOPE");

    if (path == NULL || path[0] != '/' || access(path, X_OK) != 0) {
        printf("not ok NEPHOSCOPE must name the program by its whole path\n");
        exit(2);
    }
    return path;
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void child_environment(const char *const *env)
{
    for (size_t i = 0; unwanted[i] != NULL; i++)
        unsetenv(unwanted[i]);
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("TERM", "dumb", 1);
    for (size_t i = 0; env != NULL && env[i] != NULL; i++) {
        size_t length = strcspn(env[i], "=");
        char *name = xstrndup(env[i], length);

        if (env[i][length] == '=')
            setenv(name, env[i] + length + 1, 1);
        else
            unsetenv(name);
        free(name);
    }
}

static _Noreturn void child(const char *const *words, const char *folder)
{
    const char *path = program_path();
    size_t count = 0;
    char **argv;

    while (words[count] != NULL)
        count++;
    argv = xcalloc(count + 2, sizeof(*argv));
    argv[0] = xstrdup(path);
    for (size_t i = 0; i < count; i++)
        argv[i + 1] = xstrdup(words[i]);
    if (folder == NULL || chdir(folder) == 0)
        execv(path, argv);
    _exit(errno == E2BIG ? 125 : 126);
}

/* Feeds the input and keeps the output until both ends are closed, or until the time is over. */
static bool converse(struct program_run *run, int in, const int outs[2])
{
    int64_t end = now_ms() + (run->timeout_ms == 0 ? 60000 : run->timeout_ms);
    size_t size = run->input == NULL       ? 0
                  : run->input_size == 0 ? strlen(run->input)
                                         : run->input_size;
    struct pollfd polls[3] = {{in, POLLOUT, 0}, {outs[0], POLLIN, 0}, {outs[1], POLLIN, 0}};
    struct str *texts[2] = {&run->out, &run->err};
    size_t fed = 0;
    char chunk[65536];

    while (polls[1].fd >= 0 || polls[2].fd >= 0) {
        int64_t left = end - now_ms();

        if (left <= 0)
            return false;
        if (polls[0].fd >= 0 && fed == size) {
            close(in);
            polls[0].fd = -1;
        }
        if (poll(polls, 3, (int)left) <= 0)
            continue;
        if (polls[0].fd >= 0 && polls[0].revents != 0) {
            ssize_t wrote = write(in, run->input + fed, size - fed);

            fed = wrote < 0 ? size : fed + (size_t)wrote;
        }
        for (int i = 0; i < 2; i++) {
            ssize_t got = polls[i + 1].fd >= 0 && polls[i + 1].revents != 0
                              ? read(outs[i], chunk, sizeof(chunk)) : -2;

            if (got > 0)
                str_addn(texts[i], chunk, (size_t)got);
            else if (got != -2)
                polls[i + 1].fd = -1;
        }
    }
    if (polls[0].fd >= 0)
        close(in);
    return true;
}

static void pipe_or_die(int ends[2])
{
    if (pipe2(ends, O_CLOEXEC) != 0) {
        printf("not ok no pipe: %s\n", strerror(errno));
        exit(2);
    }
}

void program_run(struct program_run *run)
{
    int in[2];
    int out[2];
    int err[2];
    int status = 0;
    struct rusage used;
    pid_t pid;
    bool ended;

    signal(SIGPIPE, SIG_IGN);
    pipe_or_die(in);
    pipe_or_die(out);
    pipe_or_die(err);
    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        dup2(err[1], STDERR_FILENO);
        child_environment(run->env);
        if (run->fixed_addresses)
            personality(ADDR_NO_RANDOMIZE);
        child(run->words, run->folder);
    }
    close(in[0]);
    close(out[1]);
    close(err[1]);
    ended = converse(run, in[1], (const int[2]){out[0], err[0]});
    if (!ended)
        kill(pid, SIGKILL);
    while (wait4(pid, &status, 0, &used) < 0 && errno == EINTR)
        continue;
    close(out[0]);
    close(err[0]);
    run->status = !ended ? -1 : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    run->cpu_us = ((int64_t)used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 +
                  used.ru_utime.tv_usec + used.ru_stime.tv_usec;
}

void program_run_release(struct program_run *run)
{
    str_release(&run->out);
    str_release(&run->err);
}

pid_t program_start(const char *const *words, const char *folder, int *out)
{
    int ends[2];
    pid_t pid;

    pipe_or_die(ends);
    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

        dup2(nothing, STDIN_FILENO);
        dup2(ends[1], STDOUT_FILENO);
        dup2(nothing, STDERR_FILENO);
        child_environment(NULL);
        child(words, folder);
    }
    close(ends[1]);
    *out = ends[0];
    return pid;
}

int program_exec(const char *folder, const char *line, struct str *out, struct str *err)
{
    struct program_run run = {
        .words = PROGRAM_WORDS("exec", "--session", "session", line),
        .folder = folder,
    };

    program_run(&run);
    if (out != NULL)
        str_addn(out, str_text(&run.out), run.out.length);
    if (err != NULL)
        str_addn(err, str_text(&run.err), run.err.length);
    program_run_release(&run);
    return run.status;
}

char *program_folder(void)
{
    char *folder = xstrdup("/tmp/nephoscope-test-XXXXXX");

    if (mkdtemp(folder) == NULL) {
        printf("not ok no folder in /tmp: %s\n", strerror(errno));
        exit(2);
    }
    return folder;
}

void program_folder_remove(char *folder)
{
    pid_t pid = fork();

    if (pid == 0) {
        execlp("rm", "rm", "-rf", folder, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
    free(folder);
}

void program_file(const char *folder, const char *name, const void *bytes, size_t size)
{
    char *path = xasprintf("%s/%s", folder, name);
    FILE *file = fopen(path, "w");

    if (file == NULL || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) {
        printf("not ok cannot write %s: %s\n", path, strerror(errno));
        exit(2);
    }
    free(path);
}

bool program_state(const char *folder, const char *name, char hash[65], int64_t *seq)
{
    char *path = xasprintf("%s/%s", folder, name);
    struct session_options options = {.path = path};
    struct catalog *catalog = catalog_new();
    struct str notice = STR_INIT;
    struct str why = STR_INIT;
    unsigned char bytes[PACK_HASH_SIZE];
    struct session *session;
    bool opened = session_open(catalog, &options, &session, &notice, &why) == 0;

    if (opened) {
        world_hash(session->world, bytes);
        for (size_t i = 0; i < 32; i++)
            snprintf(hash + 2 * i, 3, "%02x", bytes[i % PACK_HASH_SIZE]);
        *seq = session_seq(session);
        session_close(session, &why);
    } else {
        printf("# %s: %s\n", path, str_text(&why));
    }
    catalog_free(catalog);
    str_release(&notice);
    str_release(&why);
    free(path);
    return opened;
}

bool program_is_plain(const struct str *text)
{
    const unsigned char *bytes = (const unsigned char *)str_text(text);

    for (size_t i = 0; i < text->length; i++) {
        if ((bytes[i] < 0x20 && bytes[i] != '\n' && bytes[i] != '\t') || bytes[i] == 0x7f)
            return false;
        if (bytes[i] == 0xc2 && bytes[i + 1] >= 0x80 && bytes[i + 1] < 0xa0)
            return false; /* C1 */
        if (bytes[i] == 0xe2 && bytes[i + 1] == 0x80 && bytes[i + 2] >= 0x8b &&
            (bytes[i + 2] <= 0x8f || (bytes[i + 2] >= 0xaa && bytes[i + 2] <= 0xae)))
            return false; /* zero-width, bidi */
    }
    return true;
}
