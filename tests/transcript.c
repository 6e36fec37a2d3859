/*
 * tests/transcript.c - runs a transcript (NAME.test) and compares every answer.
 *
 * A transcript reads like a terminal; tests/README.md has the grammar.  Every `$` line is one run
 * of `nephoscope exec --session FILE LINE`, with standard error joined to standard output, in a
 * fresh folder of its own, so that a test can neither see nor leave anything.  Prints `ok NAME` or
 * `not ok NAME` for the file.
 *
 *   transcript [--bless OUT | --answers OUT] FILE
 */
#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OPTIONS_MAX = 16, ENVS_MAX = 16 };

struct text {
    char *bytes;
    size_t length;
    size_t size;
};

struct lines {
    char **items; /* borrowed from the text they were cut from */
    size_t count;
};

struct run {
    const char *program;         /* the absolute path of nephoscope */
    char folder[64];             /* the fresh working directory */
    const char *options[OPTIONS_MAX + 1]; /* more options of the first exec, such as --seed 7 */
    int option_count;
    const char *envs[ENVS_MAX + 1];
    int env_count;
    bool opened;                 /* the session file exists */
    FILE *blessed;               /* the transcript as it should be, or NULL */
    FILE *answers;               /* the raw answers, or NULL */
    int failures;
};

static _Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void die(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    printf("not ok transcript: ");
    vprintf(format, args);
    printf("\n");
    va_end(args);
    exit(2);
}

static void *must(void *memory)
{
    if (memory == NULL)
        die("out of memory");
    return memory;
}

static void text_read(struct text *text, int fd)
{
    for (;;) {
        ssize_t got;

        if (text->length + 65536 > text->size) {
            text->size = text->size * 2 + 131072;
            text->bytes = must(realloc(text->bytes, text->size));
        }
        got = read(fd, text->bytes + text->length, 65535);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        text->length += (size_t)got;
    }
    text->bytes[text->length] = '\0';
}

/*
 * Cuts at each newline; a last line without one counts.  A zero byte becomes `?` so that it shows.
 */
static struct lines text_lines(struct text *text)
{
    struct lines lines = {0};
    size_t start = 0;

    lines.items = must(calloc(text->length + 2, sizeof(char *)));
    for (size_t i = 0; i < text->length; i++) {
        if (text->bytes[i] == '\0')
            text->bytes[i] = '?';
        if (text->bytes[i] == '\n') {
            text->bytes[i] = '\0';
            lines.items[lines.count++] = text->bytes + start;
            start = i + 1;
        }
    }
    if (start < text->length)
        lines.items[lines.count++] = text->bytes + start;
    return lines;
}

/*
 * The extended regular expression of an expected line: `...` is anything, {{RE}} is RE, the rest is
 * itself.
 */
static char *pattern_of(const char *line)
{
    char *pattern = must(malloc(strlen(line) * 4 + 3));
    char *out = pattern;

    *out++ = '^';
    while (*line != '\0') {
        const char *end;

        if (strncmp(line, "...", 3) == 0) {
            memcpy(out, ".*", 2);
            out += 2;
            line += 3;
        } else if (strncmp(line, "{{", 2) == 0 && (end = strstr(line, "}}")) != NULL) {
            while (end[2] == '}')
                end++;
            *out++ = '(';
            memcpy(out, line + 2, (size_t)(end - line - 2));
            out += end - line - 2;
            *out++ = ')';
            line = end + 2;
        } else {
            if (strchr("\\^$.[]|()*+?{}", *line) != NULL)
                *out++ = '\\';
            *out++ = *line++;
        }
    }
    memcpy(out, "$", 2);
    return pattern;
}

static bool line_matches(const char *expected, const char *got)
{
    regex_t regex;
    char *pattern;
    bool matches;

    if (strcmp(expected, got) == 0)
        return true;
    if (strstr(expected, "...") == NULL && strstr(expected, "{{") == NULL)
        return false;
    pattern = pattern_of(expected);
    if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
        die("not a regular expression: %s", expected);
    matches = regexec(&regex, got, 0, NULL, 0) == 0;
    regfree(&regex);
    free(pattern);
    return matches;
}

/*
 * A line that is just `...` stands for any number of lines.  Iterative: back to the last such line
 * on a miss.
 */
static bool answer_matches(struct lines expected, struct lines got)
{
    size_t e = 0;
    size_t g = 0;
    size_t star = SIZE_MAX;
    size_t star_got = 0;

    while (g < got.count) {
        if (e < expected.count && strcmp(expected.items[e], "...") == 0) {
            star = e++;
            star_got = g;
        } else if (e < expected.count && line_matches(expected.items[e], got.items[g])) {
            e++;
            g++;
        } else if (star != SIZE_MAX) {
            e = star + 1;
            g = ++star_got;
        } else {
            return false;
        }
    }
    while (e < expected.count && strcmp(expected.items[e], "...") == 0)
        e++;
    return e == expected.count;
}

static _Noreturn void child(struct run *run, const char *line, bool shell)
{
    const char *argv[OPTIONS_MAX + 8];
    int n = 0;

    if (chdir(run->folder) != 0 || dup2(1, 2) < 0)
        _exit(126);
    for (int i = 0; i < run->env_count; i++)
        putenv((char *)run->envs[i]);
    if (shell) {
        execl("/bin/sh", "sh", "-c", line, (char *)NULL);
        _exit(126);
    }
    argv[n++] = "nephoscope";
    argv[n++] = "exec";
    argv[n++] = "--session";
    argv[n++] = "session";
    for (int i = 0; i < run->option_count && !run->opened; i++)
        argv[n++] = run->options[i];
    argv[n++] = line;
    argv[n] = NULL;
    execv(run->program, (char *const *)argv);
    _exit(126);
}

/* Runs one line, and returns its exit status, or 128 and the signal. */
static int run_line(struct run *run, const char *line, bool shell, struct text *output)
{
    int pipe_fds[2];
    int status;
    pid_t pid;

    fflush(NULL);
    if (pipe(pipe_fds) != 0 || (pid = fork()) < 0)
        die("cannot start a process");
    if (pid == 0) {
        int null = open("/dev/null", O_RDONLY);

        dup2(null, 0);
        dup2(pipe_fds[1], 1);
        close(pipe_fds[0]);
        close(pipe_fds[1]);
        child(run, line, shell);
    }
    close(pipe_fds[1]);
    text_read(output, pipe_fds[0]);
    close(pipe_fds[0]);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (!shell)
        run->opened = true;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/*
 * Does this line of the script begin something new (and is no line of an answer)?  A backslash
 * hides it.
 */
static bool begins_step(const char *line)
{
    return line[0] != '\0' && strchr("$!%#", line[0]) != NULL;
}

static bool is_status(const char *line)
{
    return line[0] == '?' && line[1] == ' ' && line[2] >= '0' && line[2] <= '9';
}

/* An answer's line that would be read as something else, and so is written with a backslash. */
static bool is_hidden(const char *line)
{
    return begins_step(line) || is_status(line) || line[0] == '\\';
}

/*
 * Trailing empty lines are only for the eye; a backslash before what would begin a step is taken
 * away.
 */
static void trim(struct lines *lines, bool script)
{
    while (lines->count > 0 && lines->items[lines->count - 1][0] == '\0')
        lines->count--;
    for (size_t i = 0; script && i < lines->count; i++)
        if (lines->items[i][0] == '\\' && is_hidden(lines->items[i] + 1))
            lines->items[i]++;
}

static void print_lines(FILE *file, const char *before, struct lines lines)
{
    for (size_t i = 0; i < lines.count; i++)
        fprintf(file, "%s%s\n", before, lines.items[i]);
}

static void bless_step(FILE *file, const char *command, struct lines answer, int status)
{
    fprintf(file, "%s\n", command);
    for (size_t i = 0; i < answer.count; i++) {
        fprintf(file, "%s%s\n", is_hidden(answer.items[i]) ? "\\" : "", answer.items[i]);
    }
    if (status != 0)
        fprintf(file, "? %d\n", status);
}

static void report_step(size_t at, const char *command, struct lines expected, struct lines got)
{
    printf("# line %zu: %s\n", at + 1, command);
    print_lines(stdout, "#   wanted | ", expected);
    print_lines(stdout, "#   got    | ", got);
}

/*
 * Runs the command of lines.items[at]; the expected answer reaches from there to the next command,
 * comment or directive, and a last `? STATUS` line says with what it ends (0 otherwise).  Returns
 * the index after it.
 */
static size_t run_step(struct run *run, struct lines lines, size_t at)
{
    const char *command = lines.items[at];
    struct lines expected = {.items = lines.items + at + 1};
    struct text output = {0};
    struct lines got;
    int wanted = 0;
    int status;
    size_t next = at + 1;

    while (next < lines.count && !begins_step(lines.items[next]) && !is_status(lines.items[next]))
        next++;
    expected.count = next - at - 1;
    if (next < lines.count && is_status(lines.items[next]))
        wanted = (int)strtol(lines.items[next++] + 1, NULL, 10);
    trim(&expected, true);

    status = run_line(run, command + 1 + (command[1] == ' '), command[0] == '!', &output);
    if (run->answers != NULL) {
        fprintf(run->answers, "%s\n", command);
        fwrite(output.bytes, 1, output.length, run->answers);
        fprintf(run->answers, "? %d\n", status);
    }
    got = text_lines(&output);
    trim(&got, false);
    if (run->blessed != NULL)
        bless_step(run->blessed, command, answer_matches(expected, got) ? expected : got, status);
    if (status != wanted || !answer_matches(expected, got)) {
        run->failures++;
        report_step(at, command, expected, got);
        if (status != wanted)
            printf("#   wanted status %d, got %d\n", wanted, status);
    }
    if (run->blessed != NULL && next > 0 && next < lines.count && lines.items[next - 1][0] == '\0')
        fprintf(run->blessed, "\n");
    free(got.items);
    free(output.bytes);
    return next;
}

/* `% file NAME` ... `% end`: the lines between become a file in the working directory. */
static size_t write_file(struct run *run, struct lines lines, size_t at)
{
    char path[256];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", run->folder, lines.items[at] + strlen("% file "));
    file = must(fopen(path, "w"));
    while (++at < lines.count && strcmp(lines.items[at], "% end") != 0) {
        fprintf(file, "%s\n", lines.items[at]);
        if (run->blessed != NULL)
            fprintf(run->blessed, "%s\n", lines.items[at]);
    }
    fclose(file);
    if (at == lines.count)
        die("%% file without %% end");
    if (run->blessed != NULL)
        fprintf(run->blessed, "%s\n", lines.items[at]);
    return at + 1;
}

static size_t run_directive(struct run *run, struct lines lines, size_t at)
{
    char *line = lines.items[at];

    if (run->blessed != NULL)
        fprintf(run->blessed, "%s\n", line);
    if (strncmp(line, "% file ", 7) == 0)
        return write_file(run, lines, at);
    if (strncmp(line, "% env ", 6) == 0 && run->env_count < ENVS_MAX) {
        run->envs[run->env_count++] = line + 6;
    } else if (strncmp(line, "% options ", 10) == 0) {
        for (char *rest = line + 10, *word; (word = strsep(&rest, " ")) != NULL;)
            if (*word != '\0' && run->option_count < OPTIONS_MAX)
                run->options[run->option_count++] = word;
    } else {
        die("line %zu: unknown directive: %s", at + 1, line);
    }
    return at + 1;
}

static void run_lines(struct run *run, struct lines lines)
{
    size_t at = 0;

    while (at < lines.count) {
        char *line = lines.items[at];

        if (line[0] == '$' || line[0] == '!') {
            at = run_step(run, lines, at);
        } else if (line[0] == '%') {
            at = run_directive(run, lines, at);
        } else if (line[0] == '#' || line[0] == '\0') {
            if (run->blessed != NULL)
                fprintf(run->blessed, "%s\n", line);
            at++;
        } else {
            die("line %zu is no command, comment or directive: %s", at + 1, line);
        }
    }
}

/* The environment of a test: nothing of the person who runs it. */
static void set_environment(const char *program, const char *folder)
{
    static const char *const unwanted[] = {
        "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_DEFAULT_OUTPUT", "XDG_STATE_HOME",
        "XDG_CONFIG_HOME", "COLUMNS", "LINES", "NO_COLOR",
    };
    const char *slash = strrchr(program, '/');
    const char *old_path = getenv("PATH");
    size_t size = strlen(program) + strlen(old_path != NULL ? old_path : "") + 2;
    char *path = must(malloc(size));

    for (size_t i = 0; i < sizeof(unwanted) / sizeof(unwanted[0]); i++)
        unsetenv(unwanted[i]);
    snprintf(path, size, "%.*s:%s", (int)(slash - program), program,
             old_path != NULL ? old_path : "");
    setenv("PATH", path, 1);
    setenv("HOME", folder, 1);
    setenv("TERM", "dumb", 1);
    free(path);
}

static void remove_folder(const char *folder)
{
    pid_t pid = fork();

    if (pid == 0) {
        execlp("rm", "rm", "-rf", folder, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
}

static int run_file(struct run *run, const char *name)
{
    struct text script = {0};
    struct lines lines;
    int fd = open(name, O_RDONLY);

    if (fd < 0)
        die("cannot read %s", name);
    text_read(&script, fd);
    close(fd);
    lines = text_lines(&script);
    if (lines.count == 0 || strncmp(lines.items[0], "# ", 2) != 0)
        die("%s: the first line must say what would be wrong in the world if it failed", name);
    if (mkdtemp(run->folder) == NULL)
        die("cannot make a folder in /tmp");
    set_environment(run->program, run->folder);
    run_lines(run, lines);
    remove_folder(run->folder);
    if (run->failures > 0)
        printf("# if this fails: %s\n", lines.items[0] + 2);
    printf("%s %s\n", run->failures > 0 ? "not ok" : "ok", name);
    free(lines.items);
    free(script.bytes);
    return run->failures > 0;
}

int main(int argc, char **argv)
{
    struct run run = {.program = getenv("NEPHOSCOPE"), .folder = "/tmp/nephoscope-test-XXXXXX"};
    int failed;

    if (argc == 4 && strcmp(argv[1], "--bless") == 0)
        run.blessed = must(fopen(argv[2], "w"));
    else if (argc == 4 && strcmp(argv[1], "--answers") == 0)
        run.answers = must(fopen(argv[2], "w"));
    else if (argc != 2)
        die("usage: transcript [--bless OUT | --answers OUT] FILE");
    if (run.program == NULL || run.program[0] != '/' || access(run.program, X_OK) != 0)
        die("NEPHOSCOPE must name the program by its whole path");
    failed = run_file(&run, argv[argc - 1]);
    if (run.blessed != NULL)
        fclose(run.blessed);
    if (run.answers != NULL)
        fclose(run.answers);
    return failed;
}
