/*
 * tui/plain.c - the console as lines of text: --plain, and wherever there is no screen.
 */
#include "tui/plain.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "shell/complete.h"
#include "shell/exec.h"
#include "shell/line.h"
#include "sim/clock.h"
#include "tui/answer.h"
#include "tui/aside.h"
#include "tui/ask.h"
#include "tui/words.h"

enum { PLAIN_COLS = 80, PLAIN_TICK_MS = 250 };

struct plain {
    const struct console_options *options; /* borrowed */
    struct shell *shell;
    struct ask ask;
    struct words_screen words;
    struct str typed;
    struct str pasted;
    struct str question; /* whether to run that */
    struct str lesson; /* the lesson and step whose text was printed last */
    unsigned part;     /* and the part of it */
    bool asks;
    bool tty;
    bool ended;
    sigset_t held;  /* signals that are held back */
    int signals;    /* readable when one waits; -1: the system has no such thing */
    int end_signal; /* that asked to end; 0: none did */
    int64_t speed; /* 0: time stands still */
    int64_t wall;
    int64_t simulated;
    int64_t saved_wall;
    uint64_t trail; /* events up to here were told */
    bool frozen;    /* an instructor has stopped time */
    struct str note; /* of the class that was printed last */
    struct aside_later later; /* what was typed while a command waited */
    bool deaf; /* the terminal gives nothing more */
};

/*
 * Ctrl-C, and what asks to end, are held back for good: the loop waits for them beside the input,
 * and a command that lasts looks for them between slices.
 */
static void hold_signals(struct plain *plain)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction old;

    sigemptyset(&plain->held);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        bool nohup = sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler == SIG_IGN &&
                     numbers[i] != SIGINT;

        if (!nohup)
            sigaddset(&plain->held, numbers[i]);
    }
    sigprocmask(SIG_BLOCK, &plain->held, NULL);
    plain->signals = signalfd(-1, &plain->held, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void release_signals(struct plain *plain)
{
    if (plain->signals >= 0)
        close(plain->signals);
    sigprocmask(SIG_UNBLOCK, &plain->held, NULL);
}

/* Takes a held signal; false when there is none. */
static bool take_signal(struct plain *plain)
{
    int number = sigtimedwait(&plain->held, NULL, &(struct timespec){0});

    if (number > 0 && number != SIGINT) {
        plain->ended = true;
        plain->end_signal = number;
    }
    return number > 0;
}

/* Waits for input: 1 when there is some, 0 when the time is over, -1 for a signal. */
static int wait_for_input(const struct plain *plain, int timeout_ms)
{
    struct pollfd waits[2] = {
        {.fd = plain->signals, .events = POLLIN},
        {.fd = STDIN_FILENO, .events = POLLIN},
    };
    int ready = poll(waits, 2, timeout_ms);

    return ready > 0 && waits[0].revents != 0 ? -1 : ready > 0;
}

static void print(const struct plain *plain, const char *text)
{
    (void)plain;
    if (text[0] != '\0')
        exec_print(STDOUT_FILENO, text, strlen(text));
}

/* A row without the blanks at its end. */
static void add_row(struct str *out, const struct sheet_row *row)
{
    size_t length = row->text.length;

    while (length > 0 && row->text.text[length - 1] == ' ')
        length--;
    str_addn(out, str_text(&row->text), length);
    str_addc(out, '\n');
}

/* ---- what is told by itself ---- */

/* "-- i-0abc is running --": what has happened since the last look. */
static void tell_events(struct plain *plain)
{
    const struct trail *trail = &plain->shell->session->world->trail;
    const struct view_source *source = ask_source(&plain->ask);
    struct str text = STR_INIT;
    json_t *params;
    json_t *answer;
    json_t *event;
    size_t i;

    if (trail_next(trail) == plain->trail)
        return;
    params = json_pack("{s:I,s:i}", "After", (json_int_t)(plain->trail == 0 ? 0 : plain->trail - 1),
                       "MaxResults", 20);
    plain->trail = trail_next(trail);
    answer = source->ask(source->context, &(struct view_question){
                                              .service = "lab",
                                              .op = "DescribeEvents",
                                              .params = params,
                                          });
    json_array_foreach(answer_list(answer, "Events"), i, event) {
        const char *topic = answer_text(event, "Topic");

        if (strcmp(topic, "probe") != 0 && strcmp(topic, "request") != 0)
            str_addf(&text, "-- %s --\n", answer_text(event, "Text"));
    }
    json_decref(answer);
    json_decref(params);
    if (text.length > 0) {
        line_pause();
        print(plain, str_text(&text));
        line_resume();
    }
    str_release(&text);
}

/* What the lesson has to say: a check achieved, a step done. */
static void tell_news(struct plain *plain)
{
    const struct console_lesson *lesson = plain->options->lesson;
    struct str text = STR_INIT;

    if (lesson->news(lesson->context, &text)) {
        line_pause();
        print(plain, str_text(&text));
        line_resume();
    }
    str_release(&text);
}

/* The lesson's text, when another step has begun. */
static void tell_lesson(struct plain *plain)
{
    const struct console_lesson *lesson = plain->options->lesson;
    struct lesson_pane pane = {0};
    struct sheet sheet = SHEET_INIT;
    struct str text = STR_INIT;

    if (lesson == NULL || !lesson->fill(lesson->context, &pane)) {
        lesson_pane_clear(&pane);
        lesson_pane_welcome(&pane);
    }
    str_addf(&text, "== %s%s%s ==\n", str_text(&pane.where), pane.where.length > 0 ? "  " : "",
             str_text(&pane.title));
    for (uint32_t i = 0; i < pane.paragraphs.count; i++) { /* there is no F9 here */
        if (pane.paragraphs.items[i].kind == LESSON_PANE_NEXT)
            pane.paragraphs.items[i].kind = LESSON_PANE_COMMAND;
    }
    lesson_pane_rows(&pane, PLAIN_COLS, &sheet);
    for (uint32_t i = 0; i < sheet.used; i++)
        add_row(&text, &sheet.rows.items[i]);
    if (plain->lesson.text == NULL || plain->part != pane.part ||
        strcmp(str_text(&pane.where), str_text(&plain->lesson)) != 0) {
        line_pause();
        print(plain, str_text(&text));
        line_resume();
        str_clear(&plain->lesson);
        str_add(&plain->lesson, str_text(&pane.where));
        plain->part = pane.part;
    }
    lesson_pane_clear(&pane);
    sheet_release(&sheet);
    str_release(&text);
}

/* ---- the words of the prompt ---- */

static int word_view(struct word_call *call, const char *name, const char *argument)
{
    struct plain *plain = ((struct words_screen *)call->owner)->context;
    const struct view_ops *ops = view_find(name);
    struct view_frame frame = {
        .cols = PLAIN_COLS,
        .rows = 1000,
        .plain = true,
        .mono = true,
        .filter = "",
    };
    struct view view;

    if (ops == NULL)
        return -1;
    view_open(&view, ops, argument);
    view_refresh(&view, ask_source(&plain->ask));
    view_write(&view, &frame);
    for (uint32_t i = 0; i < view.sheet.used; i++)
        add_row(call->io.out, &view.sheet.rows.items[i]);
    view_close(&view);
    return 0;
}

static void word_text(struct word_call *call, const char *title, const char *text)
{
    str_addf(call->io.out, "== %s ==\n%s", title, text);
}

static void anchor(struct plain *plain)
{
    plain->wall = plain->options->now();
    plain->simulated = plain->shell->session->world->sim.now;
}

static void word_speed(void *context, int64_t speed)
{
    struct plain *plain = context;

    if (speed < 0)
        session_advance(plain->shell->session,
                        plain->shell->session->world->sim.now + SECOND_NS, "speed");
    plain->speed = speed < 0 ? 0 : speed;
    anchor(plain);
}

/* ---- lines ---- */

static void set_prompt(struct plain *plain)
{
    if (plain->asks)
        line_set_prompt(str_text(&plain->question));
    else if (plain->typed.length > 0)
        line_set_prompt("> ");
    else
        line_set_prompt(plain->shell->guest.instance != 0 && plain->shell->guest.prompt != NULL
                            ? plain->shell->guest.prompt
                            : "$ ");
}

/* The time that has passed is made durable before anything is printed. */
static void show_printed(void *context, struct command_io *io)
{
    const struct plain *plain = context;
    struct str err = STR_INIT;

    session_save_time(plain->shell->session, io->err);
    if (io->out->length > 0)
        exec_print(STDOUT_FILENO, io->out->text, io->out->length);
    utf8_add_short_lines(&err, str_text(io->err), plain->tty ? CONSOLE_REFUSAL_MAX : SIZE_MAX);
    exec_print(STDERR_FILENO, str_text(&err), err.length);
    str_release(&err);
    str_clear(io->out);
    str_clear(io->err);
}

/* A person's line: `!!` in it is shown as what it stands for. */
static void run_typed(struct plain *plain, const char *typed, struct command_io *io)
{
    const size_t before = line_history_count();
    const char *last = before == 0 ? NULL : line_history_find(before - 1);
    struct str line = STR_INIT;
    int status = shell_read_typed(plain->shell, typed, last, &line, io->err);

    line_history_add(str_text(&line));
    if (status == 0 && strcmp(str_text(&line), typed) != 0) {
        print(plain, str_text(&line));
        print(plain, "\n");
    }
    if (status == 0)
        shell_run_typed(plain->shell, str_text(&line), io);
    str_release(&line);
}

static void run(struct plain *plain, const char *text)
{
    struct str out = STR_INIT;
    struct str err = STR_INIT;
    struct command_io io = {.out = &out, .err = &err};

    line_pause();
    take_signal(plain); /* one from before is not for this */
    if (plain->tty)
        run_typed(plain, text, &io);
    else
        shell_run(plain->shell, text, false, &io);
    if (plain->tty && plain->shell->status == EXIT_INTERRUPTED)
        str_addc(&out, '\n'); /* behind the ^C that the terminal shows */
    show_printed(plain, &io);
    session_acknowledge(plain->shell->session);
    ask_forget(&plain->ask);
    if (plain->options->lesson != NULL) {
        plain->options->lesson->second(plain->options->lesson->context);
        tell_news(plain);
        tell_lesson(plain);
    }
    anchor(plain);
    plain->ended = plain->ended || plain->shell->quit;
    str_release(&out);
    str_release(&err);
    if (!plain->ended) {
        tell_events(plain);
        if (plain->tty || plain->options->lesson != NULL)
            tell_lesson(plain);
    }
    line_resume();
}

static void on_accept(void *context, const char *text)
{
    struct plain *plain = context;

    if (plain->asks) {
        plain->asks = false;
        set_prompt(plain);
        if (strcmp(text, "y") == 0 || strcmp(text, "yes") == 0)
            run(plain, str_text(&plain->pasted));
        return;
    }
    if (plain->typed.length > 0)
        str_addc(&plain->typed, '\n');
    str_add(&plain->typed, text);
    if (plain->typed.length > 0 && shell_form(str_text(&plain->typed)) != SHELL_MORE) {
        char *line = str_take(&plain->typed);

        set_prompt(plain);
        run(plain, line);
        free(line);
    }
    set_prompt(plain);
}

static void offer_lines(void *context, const char *how, const char *text)
{
    struct plain *plain = context;

    (void)how; /* who pasted or edited knows */
    str_clear(&plain->pasted);
    str_add(&plain->pasted, text);
    line_pause();
    print(plain, text);
    print(plain, str_ends(text, "\n") ? "" : "\n");
    str_clear(&plain->question);
    plain->asks = shell_question(plain->shell, text, &plain->question);
    if (!plain->asks) {
        print(plain, str_text(&plain->question));
        print(plain, "\n");
    }
    line_resume();
    set_prompt(plain);
}

static void on_paste(void *context, const char *text)
{
    offer_lines(context, "pasted", text);
}

static void on_complete(void *context, const char *text, size_t cursor,
                        struct line_candidates *candidates)
{
    complete_line(((struct plain *)context)->shell, text, cursor, candidates);
}

static void on_show(void *context, const struct line_candidates *candidates)
{
    struct plain *plain = context;
    struct str text = STR_INIT;

    for (uint32_t i = 0; i < candidates->items.count; i++) {
        const struct line_candidate *item = &candidates->items.items[i];

        str_addf(&text, "  %-28s %s\n", item->text, item->doc);
    }
    line_pause();
    print(plain, str_text(&text));
    line_resume();
    str_release(&text);
}

static void on_end(void *context, bool gone)
{
    (void)gone;
    ((struct plain *)context)->ended = true;
}

/* ---- the class ---- */

/* What the class's folder brings; what was sent is done between commands only. */
static void attend(struct plain *plain, bool between)
{
    struct seat *seat = plain->options->seat;
    struct str text = STR_INIT;

    if (seat == NULL)
        return;
    seat_look(seat);
    if (between && seat_take(seat)) {
        ask_forget(&plain->ask);
        anchor(plain);
    }
    if (!between)
        seat_hear(seat);
    if (seat_is_frozen(seat) != plain->frozen) {
        plain->frozen = !plain->frozen;
        anchor(plain);
    }
    seat_take_news(seat, &text);
    if (strcmp(seat_note(seat), str_text(&plain->note)) != 0) {
        str_clear(&plain->note);
        str_add(&plain->note, seat_note(seat));
        if (plain->note.length > 0)
            str_addf(&text, "-- %s --\n", str_text(&plain->note));
    }
    if (text.length > 0) {
        if (between) /* within a command the line is put away already */
            line_pause();
        print(plain, str_text(&text));
        if (between)
            line_resume();
    }
    str_release(&text);
}

/* A learner whose command waits for time that stands still can ask all the same. */
static void listen(struct plain *plain)
{
    struct str out = STR_INIT;
    struct str err = STR_INIT;
    struct command_io io = {.out = &out, .err = &err};

    if (plain->tty && !plain->deaf)
        plain->deaf = !aside_listen(&plain->later, STDIN_FILENO, plain->shell, &io);
    print(plain, str_text(&out));
    exec_print(STDERR_FILENO, str_text(&err), err.length);
    str_release(&out);
    str_release(&err);
}

static void run_later(struct plain *plain)
{
    char *line;

    while (!plain->ended && (line = aside_next(&plain->later)) != NULL) {
        line_pause();
        print(plain, "$ ");
        print(plain, line);
        print(plain, "\n");
        line_resume();
        on_accept(plain, line);
        free(line);
    }
}

/* ---- the loop ---- */

static void pass_time(struct plain *plain)
{
    struct session *session = plain->shell->session;
    int64_t wall = plain->options->now();
    struct str why = STR_INIT;

    if (!plain->tty || plain->speed == 0 || plain->frozen)
        return;
    session_advance(session, plain->simulated + (wall - plain->wall) * plain->speed, NULL);
    if (wall - plain->saved_wall >= SECOND_NS) {
        if (session_save_time(session, &why) != 0)
            print(plain, str_text(&why));
        session_acknowledge(session);
        plain->saved_wall = wall;
    }
    str_release(&why);
    tell_events(plain);
    if (plain->options->lesson != NULL) {
        tell_news(plain);
        tell_lesson(plain);
    }
}

static int waiting(void *context, const char *what, int64_t until)
{
    struct plain *plain = context;
    struct seat *seat = plain->options->seat;
    bool stands;

    (void)what;
    attend(plain, false);
    stands = plain->frozen && until > plain->shell->session->world->sim.now;
    while (stands && plain->frozen && !seat_calls_away(seat) && !take_signal(plain)) {
        seat_wait(seat); /* the command waits too */
        attend(plain, false);
        listen(plain);
        poll(NULL, 0, PLAIN_TICK_MS);
        attend(plain, false);
    }
    return (stands && plain->frozen) || take_signal(plain);
}

static void second(void *context)
{
    const struct console_lesson *lesson = ((struct plain *)context)->options->lesson;

    if (lesson != NULL)
        lesson->second(lesson->context);
}

static void loop(struct plain *plain)
{
    while (!plain->ended) {
        bool ticks = (plain->tty && plain->speed > 0) || plain->options->seat != NULL;
        int ready = wait_for_input(plain, ticks ? PLAIN_TICK_MS : -1);

        attend(plain, true);
        if (ready < 0)
            take_signal(plain);
        if (ready < 0 && !plain->ended) {
            str_clear(&plain->typed);
            plain->asks = false;
            line_pause();
            line_interrupt();
            set_prompt(plain);
            print(plain, "\n");
            line_resume();
        }
        pass_time(plain);
        run_later(plain);
        if (ready > 0 && !plain->ended) {
            while (line_read_ready() && !plain->ended)
                continue;
        }
        if (ready == 0)
            session_idle(plain->shell->session);
    }
}

int plain_run(const struct console_options *options)
{
    struct plain plain = {
        .options = options,
        .shell = options->shell,
        .tty = isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0,
        .speed = options->speed,
    };
    const struct line_hooks hooks = {
        .context = &plain,
        .accept = on_accept,
        .paste = on_paste,
        .complete = on_complete,
        .show = on_show,
        .end = on_end,
    };
    struct str problem = STR_INIT;

    plain.words = (struct words_screen){
        .context = &plain,
        .shell = options->shell,
        .view = word_view,
        .text = word_text,
        .speed = word_speed,
        .offer = offer_lines,
        .edits = plain.tty,
    };
    shell_add_words(plain.shell, screen_words, &plain.words);
    plain.shell->short_aws = plain.tty;
    plain.shell->typed = plain.tty ? plain.shell->typed : NULL;
    ask_init(&plain.ask, plain.shell->session);
    plain.shell->printed = show_printed;
    plain.shell->context = &plain;
    plain.shell->session->hooks =
        (struct session_hooks){.context = &plain, .waiting = waiting, .second = second};
    plain.trail = trail_next(&plain.shell->session->world->trail);
    hold_signals(&plain);
    line_init(plain.tty ? LINE_TTY : LINE_PIPE, &hooks);
    if (plain.tty && options->history != NULL && !line_history_open(options->history, &problem))
        print(&plain, str_text(&problem));
    plain.words.first = line_history_count();
    if (options->notice != NULL)
        print(&plain, options->notice);
    set_prompt(&plain);
    if (options->first == NULL && (plain.tty || options->lesson != NULL))
        tell_lesson(&plain);
    anchor(&plain);
    plain.saved_wall = plain.wall;
    if (options->first != NULL)
        run(&plain, options->first);
    loop(&plain);
    line_release();
    release_signals(&plain);
    plain.shell->session->hooks = (struct session_hooks){0};
    ask_release(&plain.ask);
    str_release(&plain.typed);
    str_release(&plain.pasted);
    str_release(&plain.question);
    str_release(&plain.lesson);
    str_release(&plain.note);
    aside_release(&plain.later);
    str_release(&problem);
    if (plain.end_signal != 0)
        return 128 + plain.end_signal;
    return plain.tty ? 0 : plain.shell->status;
}
