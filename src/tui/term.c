/*
 * tui/term.c - the terminal (the cage of curses): screen, keys, signals, and giving it all back.
 *
 * Owns    the terminal of the process (`term` below, and curses' own globals): mutable state that
 *         the house allows here only.
 * Moves   closed -> open by term_start(); open -> closed by term_stop(), a signal that kills, or a
 *         BUG.
 *
 * Signal handlers only set flags and write a byte into a pipe that term_wait() also polls, so that
 * no signal is missed between looking and waiting.  The handler of a crash may call almost nothing:
 * the bytes that restore the screen are made at the start and only written there.
 *
 * Widths are base/utf8's.  Curses lays out by the C library's: where the two differ, the
 * replacement character is painted instead, which both count as one column.
 */
#define NCURSES_WIDECHAR 1

#include "tui/term.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "base/bug.h"
#include "base/str.h"
#include "base/utf8.h"

/* <term.h> makes common words into macros. */
#undef columns
#undef lines

enum {
    ROWS_MAX = 500, /* a larger screen is used in part */
    COLS_MAX = 1000,
    PASTE_BEGIN = KEY_MAX + 1, /* our own key codes for curses */
    PASTE_END = KEY_MAX + 2,
    PASTE_WAIT_MS = 500,
    RESTORE_MAX = 512,
    COPY_MAX = 4096,
    CRASH_STACK = 64 << 10,
    LAST_SIGNAL = 65,
};

#define PASTE_ON "\x1b[?2004h"
#define PASTE_OFF "\x1b[?2004l"

static struct {
    bool open;
    bool ascii;
    bool mono;
    bool mouse;
    bool registered; /* with atexit() */
    SCREEN *screen;  /* owned */
    struct canvas painted;
    int pairs[CANVAS_COLORS][CANVAS_COLORS]; /* curses' number for a pair of colours; 0: not yet */
    int pair_count;
    int stderr_kept; /* the real standard error, or -1 */
    int stderr_file; /* what stands in for it, or -1 */
    int wake[2];     /* the pipe of the signal handlers */
    int rows;
    int cols;
    struct termios before;
    struct sigaction old[LAST_SIGNAL];
    char restore[RESTORE_MAX];
    size_t restore_length;
    char crash_stack[CRASH_STACK]; /* for a crash that has used up the other one */
} term = {.stderr_kept = -1, .stderr_file = -1, .wake = {-1, -1}};

static volatile sig_atomic_t got_resize;
static volatile sig_atomic_t got_interrupt;
static volatile sig_atomic_t got_stop;
static volatile sig_atomic_t got_end;
static volatile sig_atomic_t is_raw; /* the terminal is not as it was */

static const int fatal_signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGQUIT, SIGSYS};
static const int event_signals[] = {SIGWINCH, SIGINT, SIGTSTP, SIGTERM, SIGHUP, SIGCONT};
enum { FATAL_SIGNALS = 7, EVENT_SIGNALS = 6 };

/* Writes all of it, or gives up: there is nobody to tell. */
static void write_all(int descriptor, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t done = write(descriptor, bytes, length);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return;
        bytes += done;
        length -= (size_t)done;
    }
}

/* Crashing.  Only what is safe in a signal handler. */

/* What was meant for standard error, without its control characters (there is no memory for the
 * sanitiser). */
static void print_kept_stderr_raw(void)
{
    char bytes[256];
    ssize_t got;

    if (term.stderr_kept < 0)
        return;
    lseek(term.stderr_file, 0, SEEK_SET);
    while ((got = read(term.stderr_file, bytes, sizeof(bytes))) > 0) {
        for (ssize_t i = 0; i < got; i++) {
            if ((unsigned char)bytes[i] < ' ' && bytes[i] != '\n' && bytes[i] != '\t')
                bytes[i] = '?';
        }
        write_all(term.stderr_kept, bytes, (size_t)got);
    }
    dup2(term.stderr_kept, STDERR_FILENO);
}

static void restore_in_crash(void)
{
    if (!is_raw)
        return;
    is_raw = 0;
    write_all(STDOUT_FILENO, term.restore, term.restore_length);
    tcsetattr(STDIN_FILENO, TCSANOW, &term.before);
    print_kept_stderr_raw();
}

static void on_fatal(int number)
{
    restore_in_crash();
    signal(number, SIG_DFL);
    raise(number);
}

static void on_event(int number)
{
    int saved = errno;

    if (number == SIGWINCH || number == SIGCONT)
        got_resize = 1;
    else if (number == SIGINT)
        got_interrupt = 1;
    else if (number == SIGTSTP)
        got_stop = 1;
    else
        got_end = number;
    if (write(term.wake[1], "!", 1) < 0)
        errno = 0; /* full: it wakes all the same */
    errno = saved;
}

static void put_handlers(const int *numbers, int count, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};

    sigfillset(&action.sa_mask);
    for (int i = 0; i < count; i++)
        sigaction(numbers[i], &action, NULL);
}

static void set_handlers(const int *numbers, int count, void (*handler)(int))
{
    for (int i = 0; i < count; i++)
        sigaction(numbers[i], NULL, &term.old[numbers[i]]);
    put_handlers(numbers, count, handler);
}

static void reset_handlers(const int *numbers, int count)
{
    for (int i = 0; i < count; i++)
        sigaction(numbers[i], &term.old[numbers[i]], NULL);
}

/* Standard error. */

static void keep_stderr(void)
{
    if (!isatty(STDERR_FILENO))
        return; /* it goes somewhere else, and does no harm there */
    term.stderr_file = memfd_create("stderr", MFD_CLOEXEC);
    if (term.stderr_file < 0)
        return;
    fflush(stderr);
    term.stderr_kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (term.stderr_kept >= 0)
        dup2(term.stderr_file, STDERR_FILENO);
}

static void give_stderr_back(void)
{
    struct str text = STR_INIT;
    struct str safe = STR_INIT;
    char bytes[4096];
    ssize_t got;

    if (term.stderr_kept >= 0) {
        fflush(stderr);
        dup2(term.stderr_kept, STDERR_FILENO);
        close(term.stderr_kept);
        lseek(term.stderr_file, 0, SEEK_SET);
        while ((got = read(term.stderr_file, bytes, sizeof(bytes))) > 0)
            str_addn(&text, bytes, (size_t)got);
        utf8_add_safe(&safe, str_text(&text), text.length, UTF8_KEEP_LINES);
        write_all(STDERR_FILENO, str_text(&safe), safe.length);
    }
    if (term.stderr_file >= 0)
        close(term.stderr_file);
    term.stderr_kept = term.stderr_file = -1;
    str_release(&text);
    str_release(&safe);
}

/* Starting and stopping. */

const char *term_unusable(void)
{
    const char *type = getenv("TERM");
    int status = 0;
    const char *moves;

    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return "standard input and output are not both a terminal";
    if (type == NULL || type[0] == '\0')
        return "TERM is not set";
    if (strcmp(type, "dumb") == 0)
        return "TERM is dumb";
    if (setupterm(NULL, STDOUT_FILENO, &status) != OK)
        return "the type of this terminal (TERM) is unknown";
    moves = tigetstr("cup");
    if (moves == NULL || moves == (const char *)-1) {
        del_curterm(cur_term);
        return "this terminal (TERM) cannot move its cursor";
    }
    del_curterm(cur_term);
    return NULL;
}

static int add_restore(int c)
{
    if (term.restore_length < RESTORE_MAX)
        term.restore[term.restore_length++] = (char)c;
    return c;
}

/* The bytes that bring the screen back, made now because a crash can make nothing. */
static void prepare_restore(void)
{
    static const char *const names[] = {"sgr0", "cnorm", "rmkx", "rmcup"};

    term.restore_length = 0;
    for (const char *c = PASTE_OFF; *c != '\0'; c++)
        add_restore(*c);
    for (const char *c = term.mouse ? "\x1b[?1000l\x1b[?1006l" : ""; *c != '\0'; c++)
        add_restore(*c);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *text = tigetstr(names[i]);

        if (text != NULL && text != (const char *)-1)
            tputs(text, 1, add_restore);
    }
}

/* How large the terminal is now; keeps the last answer when it does not say. */
static void ask_size(void)
{
    struct winsize size;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0) {
        term.rows = size.ws_row < ROWS_MAX ? size.ws_row : ROWS_MAX;
        term.cols = size.ws_col < COLS_MAX ? size.ws_col : COLS_MAX;
    }
    if (term.rows != LINES || term.cols != COLS)
        resize_term(term.rows, term.cols);
}

static void set_modes(void)
{
    struct termios modes;

    cbreak();
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    scrollok(stdscr, FALSE);
    if (getenv("ESCDELAY") == NULL)
        set_escdelay(25);
    define_key("\x1b[200~", PASTE_BEGIN);
    define_key("\x1b[201~", PASTE_END);
    /* Ctrl-S searches, Ctrl-V quotes, Ctrl-O is free: all bytes but Ctrl-C, Ctrl-Z and Ctrl-\ are
     * for us. */
    if (tcgetattr(STDIN_FILENO, &modes) == 0) {
        modes.c_iflag &= ~(tcflag_t)(IXON | IXOFF | ICRNL | INLCR | ISTRIP);
        modes.c_lflag &= ~(tcflag_t)IEXTEN;
        tcsetattr(STDIN_FILENO, TCSANOW, &modes);
    }
    def_prog_mode();
    if (term.mouse)
        mousemask(BUTTON1_PRESSED | BUTTON1_CLICKED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
    if (!term.mono) {
        start_color();
        use_default_colors();
    }
}

static void choose_colors(const struct term_options *options)
{
    const char *no_color = getenv("NO_COLOR");

    term.mono = options->no_color || (no_color != NULL && no_color[0] != '\0') || !has_colors() ||
                tigetnum("colors") < 8;
    term.pair_count = 0;
    memset(term.pairs, 0, sizeof(term.pairs));
}

bool term_start(const struct term_options *options, struct str *problem)
{
    const char *reason = term_unusable();

    if (term.open)
        BUG("term_start() twice");
    if (reason == NULL && (tcgetattr(STDIN_FILENO, &term.before) != 0 ||
                           pipe2(term.wake, O_NONBLOCK | O_CLOEXEC) != 0))
        reason = strerror(errno);
    if (reason != NULL) {
        str_add(problem, reason);
        return false;
    }
    got_resize = got_interrupt = got_stop = got_end = 0;
    /* Before curses, which leaves these alone then. */
    set_handlers(event_signals, EVENT_SIGNALS, on_event);
    use_env(FALSE); /* LINES and COLUMNS are no news from the terminal */
    term.screen = newterm(NULL, stdout, stdin);
    if (term.screen == NULL) {
        reset_handlers(event_signals, EVENT_SIGNALS);
        str_add(problem, "curses cannot use this terminal");
        return false;
    }
    term.open = true;
    term.ascii = options->ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
    term.mouse = options->mouse;
    term.rows = LINES;
    term.cols = COLS;
    choose_colors(options);
    prepare_restore();
    set_modes();
    ask_size();
    keep_stderr();
    sigaltstack(&(stack_t){.ss_sp = term.crash_stack, .ss_size = CRASH_STACK}, NULL);
    set_handlers(fatal_signals, FATAL_SIGNALS, on_fatal);
    bug_set_hook(restore_in_crash);
    if (!term.registered && atexit(term_stop) == 0)
        term.registered = true;
    is_raw = 1;
    refresh();
    write_all(STDOUT_FILENO, PASTE_ON, sizeof(PASTE_ON) - 1);
    return true;
}

void term_stop(void)
{
    if (!term.open)
        return;
    term.open = false;
    write_all(STDOUT_FILENO, PASTE_OFF, sizeof(PASTE_OFF) - 1);
    endwin();
    delscreen(term.screen);
    term.screen = NULL;
    tcsetattr(STDIN_FILENO, TCSANOW, &term.before);
    is_raw = 0;
    bug_set_hook(NULL);
    reset_handlers(fatal_signals, FATAL_SIGNALS);
    reset_handlers(event_signals, EVENT_SIGNALS);
    close(term.wake[0]);
    close(term.wake[1]);
    term.wake[0] = term.wake[1] = -1;
    canvas_release(&term.painted);
    give_stderr_back();
}

static void give_up_screen(void)
{
    write_all(STDOUT_FILENO, PASTE_OFF, sizeof(PASTE_OFF) - 1);
    endwin();
    tcsetattr(STDIN_FILENO, TCSANOW, &term.before);
    is_raw = 0;
}

static void take_screen(void)
{
    is_raw = 1;
    reset_prog_mode();
    ask_size();
    term_repaint();
    refresh();
    write_all(STDOUT_FILENO, PASTE_ON, sizeof(PASTE_ON) - 1);
    got_resize = 1;
}

/* Ctrl-Z: the shell gets its terminal; goes on when the shell says so. */
static void suspend(void)
{
    give_up_screen();
    raise(SIGSTOP);
    take_screen();
}

/* What is typed to stop the other program is not for this one. */
static const int keyboard_signals[] = {SIGINT, SIGQUIT};

void term_leave(void)
{
    if (!term.open)
        return;
    give_up_screen();
    reset_handlers(event_signals, EVENT_SIGNALS);
    put_handlers(keyboard_signals, 2, SIG_IGN);
}

void term_return(void)
{
    if (!term.open)
        return;
    put_handlers(event_signals, EVENT_SIGNALS, on_event);
    put_handlers(fatal_signals, FATAL_SIGNALS, on_fatal);
    take_screen();
}

bool term_is_ascii(void)
{
    return term.ascii;
}

bool term_is_mono(void)
{
    return term.mono;
}

void term_size(int *rows, int *cols)
{
    *rows = term.rows;
    *cols = term.cols;
}

/* Painting. */

/* Curses' number of a colour, -1 for the terminal's own; sets *bold where bright can be had in no
 * other way. */
static short color_number(uint8_t color, bool *bold)
{
    if (color == CANVAS_DEFAULT)
        return -1;
    if (color >= CANVAS_BRIGHT_BLACK && COLORS < 16) {
        *bold = true;
        return (short)(color - CANVAS_BRIGHT_BLACK);
    }
    return (short)(color - CANVAS_BLACK);
}

static short pair_of(const struct canvas_style *style, bool *bold)
{
    bool bold_back = false; /* would make the text bold: a background goes without */
    short fg;
    short bg;
    int *pair;

    if (term.mono || (style->fg == CANVAS_DEFAULT && style->bg == CANVAS_DEFAULT))
        return 0;
    fg = color_number(style->fg, bold);
    bg = color_number(style->bg, &bold_back);
    pair = &term.pairs[style->fg][style->bg];
    if (*pair == 0 && term.pair_count + 1 < COLOR_PAIRS && term.pair_count < 32000) {
        init_pair((short)(term.pair_count + 1), fg, bg);
        *pair = ++term.pair_count;
    }
    return (short)*pair;
}

static attr_t attributes_of(const struct canvas_style *style, bool bold)
{
    attr_t attributes = A_NORMAL;

    if (bold || style->attributes & CANVAS_BOLD)
        attributes |= A_BOLD;
    if (style->attributes & CANVAS_DIM)
        attributes |= A_DIM;
    if (style->attributes & CANVAS_REVERSE)
        attributes |= A_REVERSE;
    if (style->attributes & CANVAS_UNDERLINE)
        attributes |= A_UNDERLINE;
    return attributes;
}

/* The wide string of a cell, of exactly the cell's columns as curses counts them, or false. */
static bool cell_text(const struct canvas_cell *cell, wchar_t text[2 + UTF8_MARKS_MAX])
{
    int used = 0;

    if (wcwidth((wchar_t)cell->codes[0]) != cell->columns)
        return false;
    text[used++] = (wchar_t)cell->codes[0];
    for (int i = 1; i <= UTF8_MARKS_MAX && cell->codes[i] != 0; i++) {
        if (wcwidth((wchar_t)cell->codes[i]) == 0)
            text[used++] = (wchar_t)cell->codes[i];
    }
    text[used] = L'\0';
    return true;
}

static void paint_cell(int row, int col, const struct canvas_cell *cell)
{
    wchar_t text[2 + UTF8_MARKS_MAX];
    bool bold = false;
    short pair = pair_of(&cell->style, &bold);
    attr_t attributes = attributes_of(&cell->style, bold);
    cchar_t out;

    if (cell_text(cell, text)) {
        setcchar(&out, text, attributes, pair, NULL);
        mvadd_wch(row, col, &out);
        return;
    }
    setcchar(&out, term.ascii ? L"?" : L"\xfffd", attributes, pair, NULL);
    for (int i = 0; i < cell->columns; i++)
        mvadd_wch(row, col + i, &out);
}

static void paint_run(void *context, int row, int col, int cols)
{
    const struct canvas *canvas = context;
    const struct canvas_cell *cells = canvas->cells + (size_t)row * (size_t)canvas->cols;

    if (row >= term.rows)
        return;
    for (int i = col; i < col + cols && i < term.cols; i++) {
        if (cells[i].columns > 0)
            paint_cell(row, i, &cells[i]);
    }
}

void term_paint(const struct canvas *canvas)
{
    if (!term.open)
        return;
    canvas_diff(&term.painted, canvas, paint_run, (void *)(uintptr_t)canvas);
    canvas_copy(&term.painted, canvas);
    curs_set(canvas->cursor_shown ? 1 : 0);
    if (canvas->cursor_shown)
        move(canvas->cursor_row, canvas->cursor_col);
    refresh();
}

void term_repaint(void)
{
    canvas_release(&term.painted);
    if (term.open)
        clearok(stdscr, TRUE);
}

/* Copying. */

void term_copy(const char *text)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const size_t length = strlen(text);
    struct str out = STR_INIT;

    if (!term.open || length > COPY_MAX)
        return;
    str_add(&out, "\x1b]52;c;");
    for (size_t i = 0; i < length; i += 3) {
        size_t left = length - i;
        uint32_t bits = (uint32_t)(unsigned char)text[i] << 16;

        bits |= left > 1 ? (uint32_t)(unsigned char)text[i + 1] << 8 : 0;
        bits |= left > 2 ? (uint32_t)(unsigned char)text[i + 2] : 0;
        str_addc(&out, letters[bits >> 18 & 63]);
        str_addc(&out, letters[bits >> 12 & 63]);
        str_addc(&out, left > 1 ? letters[bits >> 6 & 63] : '=');
        str_addc(&out, left > 2 ? letters[bits & 63] : '=');
    }
    str_addc(&out, '\a');
    write_all(STDOUT_FILENO, str_text(&out), out.length);
    str_release(&out);
}

int term_end_signal(void)
{
    return got_end;
}

/* Waiting. */

static unsigned take_events(void)
{
    unsigned events = 0;
    char bytes[64];

    while (read(term.wake[0], bytes, sizeof(bytes)) > 0)
        continue;
    if (got_stop) {
        got_stop = 0;
        suspend();
    }
    if (got_resize) {
        got_resize = 0;
        ask_size();
        term_repaint();
        events |= TERM_RESIZED;
    }
    if (got_interrupt)
        events |= TERM_INTERRUPT;
    got_interrupt = 0;
    if (got_end) /* stays: whoever overlooks it is told again */
        events |= TERM_END;
    return events;
}

unsigned term_wait(int timeout_ms)
{
    struct pollfd waits[2] = {
        {.fd = STDIN_FILENO, .events = POLLIN},
        {.fd = term.wake[0], .events = POLLIN},
    };
    unsigned events = take_events();

    if (events != 0)
        timeout_ms = 0;
    if (poll(waits, 2, timeout_ms) > 0) {
        if (waits[0].revents & POLLIN)
            events |= TERM_INPUT;
        if (waits[0].revents & (POLLHUP | POLLERR | POLLNVAL))
            events |= TERM_END;
        if ((events & TERM_END) != 0 && !got_end)
            got_end = SIGHUP; /* as whoever has a terminal of his own would be told */
    }
    return events | take_events();
}

/* Keys. */

/* Throws away the keys up to the end of a paste. */
static void skip_paste(void)
{
    wint_t code;
    int status;

    timeout(PASTE_WAIT_MS);
    do
        status = get_wch(&code);
    while (status != ERR && !(status == KEY_CODE_YES && code == PASTE_END));
    nodelay(stdscr, TRUE);
}

static void read_mouse(struct term_key *key)
{
    MEVENT event;

    key->code = TERM_KEY_OTHER;
    if (getmouse(&event) != OK)
        return;
    key->row = event.y;
    key->col = event.x;
    if (event.bstate & BUTTON4_PRESSED)
        key->code = TERM_KEY_WHEEL_UP;
    else if (event.bstate & BUTTON5_PRESSED)
        key->code = TERM_KEY_WHEEL_DOWN;
    else if (event.bstate & (BUTTON1_PRESSED | BUTTON1_CLICKED))
        key->code = TERM_KEY_CLICK;
}

static enum term_key_code function_key(wint_t code)
{
    static const struct {
        int code;
        enum term_key_code key;
    } keys[] = {
        {KEY_UP, TERM_KEY_UP},
        {KEY_DOWN, TERM_KEY_DOWN},
        {KEY_LEFT, TERM_KEY_LEFT},
        {KEY_RIGHT, TERM_KEY_RIGHT},
        {KEY_HOME, TERM_KEY_HOME},
        {KEY_END, TERM_KEY_END},
        {KEY_PPAGE, TERM_KEY_PAGE_UP},
        {KEY_NPAGE, TERM_KEY_PAGE_DOWN},
        {KEY_BTAB, TERM_KEY_BACKTAB},
        {KEY_ENTER, TERM_KEY_ENTER},
        {KEY_BACKSPACE, TERM_KEY_BACKSPACE},
        {KEY_DC, TERM_KEY_DELETE},
    };

    if (code >= (wint_t)KEY_F(1) && code <= (wint_t)KEY_F(12))
        return (enum term_key_code)(TERM_KEY_F1 + (int)(code - (wint_t)KEY_F(1)));
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if ((wint_t)keys[i].code == code)
            return keys[i].key;
    }
    return TERM_KEY_OTHER;
}

static void character_key(struct term_key *key, wint_t code)
{
    key->character = (uint32_t)code;
    key->code = code == '\r' || code == '\n' ? TERM_KEY_ENTER
                : code == '\t'               ? TERM_KEY_TAB
                : code == 0x7f || code == 8  ? TERM_KEY_BACKSPACE
                                             : TERM_KEY_CHAR;
}

bool term_key(struct term_key *key)
{
    wint_t code;
    int status = get_wch(&code);

    *key = (struct term_key){.code = TERM_KEY_OTHER};
    if (status == ERR)
        return false;
    if (status == OK && code == 0x1b) {
        status = get_wch(&code);
        if (status == ERR) {
            key->code = TERM_KEY_ESCAPE;
            return true;
        }
        key->alt = true;
    }
    if (status == OK)
        character_key(key, code);
    else if (code == PASTE_BEGIN)
        key->code = TERM_KEY_PASTE;
    else if (code == KEY_MOUSE)
        read_mouse(key);
    else
        key->code = function_key(code);
    if (key->code == TERM_KEY_PASTE)
        skip_paste();
    return true;
}
