/*
 * tests/lib/pty.c - a program on a terminal of its own, inside a test.
 */
#include "pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <vterm.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"

struct pty {
    int master;
    pid_t child; /* 0 when it has ended */
    int status;  /* of waitpid() */
    int rows;
    int cols;
    size_t bytes;
    VTerm *terminal;
    VTermScreen *screen;
    struct str row;
    struct str all;
    struct str recent; /* the last bytes that came */
    struct str told; /* what libvterm is about to be told */
    struct str held; /* the numbers of a sequence whose end has not come */
    int sequence;    /* how much of ESC [ has just come: 0, 1 (ESC), 2 (within the sequence) */
};

static long long now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void set_environment(const char *const *env)
{
    const char *path = getenv("PATH");
    char *kept = xasprintf("PATH=%s", path == NULL ? "/usr/bin:/bin" : path);

    clearenv();
    putenv(kept);
    setenv("TERM", "xterm-256color", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("HOME", "/nonexistent", 1);
    setenv("INPUTRC", "/dev/null", 1);
    for (; env != NULL && *env != NULL; env++)
        putenv(xstrdup(*env)); /* without a `=` it unsets, says the C library's manual */
}

/* The child's side: its own session, with the terminal as its standard files. */
static void become(const char *path, const char *const *argv, const char *const *env)
{
    int terminal;

    setsid();
    terminal = open(path, O_RDWR); /* the first terminal a session opens becomes its own */
    ioctl(terminal, TIOCSCTTY, 0);
    for (int i = 0; i < 3; i++)
        dup2(terminal, i);
    if (terminal > 2)
        close(terminal);
    set_environment(env);
    execv(argv[0], (char *const *)(uintptr_t)argv);
    perror(argv[0]);
    _exit(127);
}

struct pty *pty_start(const char *const *argv, struct pty_options options)
{
    struct winsize size = {.ws_row = (unsigned short)options.rows,
                           .ws_col = (unsigned short)options.cols};
    struct pty *pty = xcalloc(1, sizeof(*pty));

    pty->rows = options.rows;
    pty->cols = options.cols;
    pty->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (pty->master < 0 || grantpt(pty->master) != 0 || unlockpt(pty->master) != 0 ||
        ioctl(pty->master, TIOCSWINSZ, &size) != 0 || (pty->child = fork()) < 0) {
        perror("a pseudo-terminal");
        abort();
    }
    if (pty->child == 0)
        become(ptsname(pty->master), argv, options.env);
    fcntl(pty->master, F_SETFL, O_NONBLOCK);
    pty->terminal = vterm_new(options.rows, options.cols);
    vterm_set_utf8(pty->terminal, 1);
    pty->screen = vterm_obtain_screen(pty->terminal);
    vterm_screen_enable_altscreen(pty->screen, 1);
    vterm_screen_reset(pty->screen, 1);
    return pty;
}

/* Adds the parameters of a sequence that styles text, with dim, 2, made italic, 3. */
static void add_style(struct str *told, const char *numbers)
{
    bool in_colors = false; /* behind 38 or 48 numbers are colours */

    while (*numbers != '\0') {
        size_t length = strcspn(numbers, ";");

        if (length == 1 && *numbers == '2' && !in_colors)
            str_addc(told, '3');
        else
            str_addn(told, numbers, length);
        in_colors =
            in_colors ||
            (length == 2 && (strncmp(numbers, "38", 2) == 0 || strncmp(numbers, "48", 2) == 0));
        numbers += length;
        if (*numbers == ';')
            str_addc(told, *numbers++);
    }
}

/* Tells libvterm what the program wrote, with every "dim" made "italic": libvterm 0.1 knows no dim,
 * and the house uses no italic.  read() may cut a sequence anywhere, so its numbers are held back
 * until its end is seen. */
static void tell(struct pty *pty, const char *bytes, size_t length)
{
    str_clear(&pty->told);
    for (size_t i = 0; i < length; i++) {
        char c = bytes[i];

        if (pty->sequence == 2 && ((c >= '0' && c <= '9') || c == ';')) {
            str_addc(&pty->held, c);
            continue;
        }
        if (pty->sequence == 2) {
            if (c == 'm')
                add_style(&pty->told, str_text(&pty->held));
            else
                str_add(&pty->told, str_text(&pty->held));
            str_clear(&pty->held);
            pty->sequence = 0;
        } else if (pty->sequence == 1 && c == '[') {
            pty->sequence = 2;
        } else {
            pty->sequence = c == '\x1b';
        }
        str_addc(&pty->told, c);
    }
    vterm_input_write(pty->terminal, str_text(&pty->told), pty->told.length);
}

static void write_keys(struct pty *pty, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t done = write(pty->master, bytes, length);
        struct pollfd wait = {.fd = pty->master, .events = POLLIN | POLLOUT};

        if (done > 0) {
            bytes += done;
            length -= (size_t)done;
        } else if (errno != EAGAIN && errno != EINTR) {
            return; /* the program has gone; the test will see that it shows nothing more */
        } else {
            char output[4096];
            ssize_t got;

            poll(&wait, 1, 100);
            got = read(pty->master, output, sizeof(output)); /* it may be waiting to write */
            if (got > 0)
                tell(pty, output, (size_t)got);
        }
    }
}

/* Reads what comes within the time.  False when nothing did. */
static bool pump(struct pty *pty, int timeout_ms)
{
    struct pollfd wait = {.fd = pty->master, .events = POLLIN};
    char bytes[8192];
    ssize_t got;
    size_t length;

    if (poll(&wait, 1, timeout_ms) <= 0)
        return false;
    got = read(pty->master, bytes, sizeof(bytes));
    if (got <= 0) {
        poll(NULL, 0, timeout_ms < 10 ? timeout_ms : 10); /* closed: do not spin */
        return false;
    }
    pty->bytes += (size_t)got;
    str_addn(&pty->recent, bytes, (size_t)got);
    tell(pty, bytes, (size_t)got);
    vterm_screen_flush_damage(pty->screen);
    while ((length = vterm_output_read(pty->terminal, bytes, sizeof(bytes))) > 0)
        write_keys(pty, bytes, length); /* the terminal's answers to questions */
    return true;
}

bool pty_wait_bytes(struct pty *pty, const char *wanted, int timeout_ms)
{
    long long end = now_ms() + timeout_ms;

    while (pty->recent.length < strlen(wanted) ||
           memmem(pty->recent.text, pty->recent.length, wanted, strlen(wanted)) == NULL) {
        if (now_ms() >= end)
            return false;
        pump(pty, 20);
    }
    str_clear(&pty->recent);
    return true;
}

void pty_watch(struct pty *pty, int time_ms)
{
    long long end = now_ms() + time_ms;

    while (now_ms() < end) {
        pump(pty, 20);
        str_clear(&pty->recent);
    }
}

int64_t pty_cpu_ns(const struct pty *pty)
{
    clockid_t clock;
    struct timespec used;

    if (clock_getcpuclockid(pty->child, &clock) != 0 || clock_gettime(clock, &used) != 0)
        return -1;
    return (int64_t)used.tv_sec * 1000000000 + used.tv_nsec;
}

void pty_send(struct pty *pty, const char *keys)
{
    write_keys(pty, keys, strlen(keys));
}

static void add_row(struct pty *pty, int row, struct str *out)
{
    size_t start = out->length;
    size_t end = start;

    str_add(out, "");
    for (int col = 0; col < pty->cols;) {
        VTermScreenCell cell;

        if (!vterm_screen_get_cell(pty->screen, (VTermPos){.row = row, .col = col}, &cell))
            break;
        if (cell.chars[0] == 0)
            str_addc(out, ' ');
        for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i] != 0; i++) {
            char bytes[4];

            str_addn(out, bytes, utf8_encode(cell.chars[i], bytes));
        }
        if (cell.chars[0] != 0 && cell.chars[0] != ' ')
            end = out->length;
        col += cell.width > 1 ? cell.width : 1;
    }
    str_cut(out, end);
}

const char *pty_row(struct pty *pty, int row)
{
    str_clear(&pty->row);
    add_row(pty, row, &pty->row);
    return str_text(&pty->row);
}

const char *pty_screen(struct pty *pty)
{
    str_clear(&pty->all);
    for (int row = 0; row < pty->rows; row++) {
        add_row(pty, row, &pty->all);
        str_addc(&pty->all, '\n');
    }
    return str_text(&pty->all);
}

int pty_find_row(struct pty *pty, const char *text)
{
    for (int row = 0; row < pty->rows; row++) {
        if (strstr(pty_row(pty, row), text) != NULL)
            return row;
    }
    return -1;
}

static bool wait_for(struct pty *pty, const char *text, bool present, int timeout_ms)
{
    long long end = now_ms() + timeout_ms;

    while ((pty_find_row(pty, text) >= 0) != present) {
        long long left = end - now_ms();

        if (left <= 0) {
            fprintf(stderr, "%s \"%s\" on this screen:\n%s", present ? "no" : "still", text,
                    pty_screen(pty));
            return false;
        }
        pump(pty, left > 50 ? 50 : (int)left);
    }
    return true;
}

bool pty_wait_text(struct pty *pty, const char *text, int timeout_ms)
{
    return wait_for(pty, text, true, timeout_ms);
}

bool pty_wait_gone(struct pty *pty, const char *text, int timeout_ms)
{
    return wait_for(pty, text, false, timeout_ms);
}

void pty_settle(struct pty *pty, int quiet_ms)
{
    while (pump(pty, quiet_ms))
        continue;
}

void pty_cursor(struct pty *pty, int *row, int *col)
{
    VTermPos position;

    vterm_state_get_cursorpos(vterm_obtain_state(pty->terminal), &position);
    *row = position.row;
    *col = position.col;
}

bool pty_is_reverse(struct pty *pty, int row, int col)
{
    VTermScreenCell cell;

    vterm_screen_get_cell(pty->screen, (VTermPos){.row = row, .col = col}, &cell);
    return cell.attrs.reverse;
}

int pty_color(struct pty *pty, int row, int col)
{
    VTermScreenCell cell;

    vterm_screen_get_cell(pty->screen, (VTermPos){.row = row, .col = col}, &cell);
    return VTERM_COLOR_IS_INDEXED(&cell.fg) ? cell.fg.indexed.idx : -1;
}

static int palette_index(const VTermColor *color)
{
    return VTERM_COLOR_IS_INDEXED(color) ? color->indexed.idx : -1;
}

void pty_cell(struct pty *pty, int row, int col, struct pty_cell *cell)
{
    VTermScreenCell seen;
    size_t length = 0;

    memset(cell, 0, sizeof(*cell));
    cell->fg = cell->bg = -1;
    if (!vterm_screen_get_cell(pty->screen, (VTermPos){.row = row, .col = col}, &seen))
        return;
    cell->cols = seen.chars[0] == UINT32_MAX ? 0 : seen.width;
    for (int i = 0; cell->cols > 0 && i < VTERM_MAX_CHARS_PER_CELL && seen.chars[i] != 0; i++) {
        char bytes[4];
        size_t count = utf8_encode(seen.chars[i], bytes);

        if (length + count < sizeof(cell->text)) {
            memcpy(cell->text + length, bytes, count);
            length += count;
        }
    }
    if (length == 0 && cell->cols > 0)
        cell->text[0] = ' ';
    cell->fg = palette_index(&seen.fg);
    cell->bg = palette_index(&seen.bg);
    cell->bold = seen.attrs.bold;
    cell->dim = seen.attrs.italic;
    cell->underline = seen.attrs.underline != 0;
    cell->reverse = seen.attrs.reverse;
}

size_t pty_bytes(const struct pty *pty)
{
    return pty->bytes;
}

void pty_resize(struct pty *pty, int rows, int cols)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};

    pty->rows = rows;
    pty->cols = cols;
    vterm_set_size(pty->terminal, rows, cols);
    ioctl(pty->master, TIOCSWINSZ, &size); /* the kernel sends SIGWINCH */
}

void pty_signal(struct pty *pty, int number)
{
    if (pty->child > 0)
        kill(pty->child, number);
}

bool pty_wait_stop(struct pty *pty, int timeout_ms)
{
    long long end = now_ms() + timeout_ms;
    int status = 0;

    while (waitpid(pty->child, &status, WNOHANG | WUNTRACED) == 0 && now_ms() < end)
        pump(pty, 10);
    return WIFSTOPPED(status);
}

void pty_hang_up(struct pty *pty)
{
    close(pty->master);
    pty->master = -1;
}

int pty_wait_exit(struct pty *pty, int timeout_ms)
{
    long long end = now_ms() + timeout_ms;

    while (pty->child > 0 && waitpid(pty->child, &pty->status, WNOHANG) == 0) {
        if (now_ms() >= end)
            return -1;
        pump(pty, 10);
    }
    pty->child = 0;
    pty_settle(pty, 20);
    return WIFEXITED(pty->status) ? WEXITSTATUS(pty->status) : 128 + WTERMSIG(pty->status);
}

void pty_free(struct pty *pty)
{
    pty_signal(pty, SIGKILL);
    if (pty->child > 0)
        waitpid(pty->child, &pty->status, 0);
    if (pty->master >= 0)
        close(pty->master);
    vterm_free(pty->terminal);
    str_release(&pty->row);
    str_release(&pty->all);
    str_release(&pty->told);
    str_release(&pty->recent);
    str_release(&pty->held);
    free(pty);
}
