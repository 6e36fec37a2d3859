/*
 * tui/console.c - the full-screen console: the loop.
 *
 * Owns    struct console, for as long as console_run() lasts.
 * Moves   waits for keys, signals or the next moment; reads keys; runs the lines that were typed;
 *         lets time pass for at most 10 ms; asks the operations when something has changed; draws.
 *
 * When time stands still and nothing is to be done, the loop sleeps until a key comes.
 */
#include "tui/console_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sim/clock.h"

enum { WAITING_LOOK_NS = 3 * 1000000 }; /* how often a running command looks at the keyboard */

/* ---- the words of the prompt ---- */

static int word_view(struct word_call *call, const char *name, const char *argument)
{
    struct console *console = ((struct words_screen *)call->owner)->context;

    if (view_find(name) == NULL)
        return -1;
    console_show(console, name, argument);
    return 0;
}

static void word_text(struct word_call *call, const char *title, const char *text)
{
    console_text(((struct words_screen *)call->owner)->context, title, text);
}

/* struct commander's page: over everything, as `less` would. */
static void page(void *context, const char *title, const char *text)
{
    console_page(context, title, text);
}

static void offer_lines(void *context, const char *how, const char *lines)
{
    console_offer_lines(context, how, lines);
}

static void leave_terminal(void *context)
{
    (void)context;
    term_leave();
}

static void return_to_terminal(void *context)
{
    term_return();
    ((struct console *)context)->dirty = true;
}

static void word_speed(void *context, int64_t speed)
{
    struct console *console = context;

    if (speed < 0)
        console_time_step(console);
    else if (speed == 0)
        console_time_pause(console, true);
    else
        console_time_speed(console, speed);
}

/* ---- events of the terminal ---- */

/* Returns true when the running command is to be interrupted. */
static bool handle_events(struct console *console, unsigned events)
{
    bool stop = false;

    if ((events & TERM_RESIZED) != 0) {
        int rows;
        int cols;

        term_size(&rows, &cols);
        line_resize(rows, cols);
        console->dirty = true;
    }
    if ((events & TERM_END) != 0) {
        console->ended = true;
        stop = true;
    }
    if ((events & TERM_INTERRUPT) != 0) {
        if (console->running) {
            console->interrupted = true;
            stop = true;
        } else {
            line_interrupt();
            str_clear(&console->typed);
            console->asks = false;
            line_candidates_release(&console->candidates);
            console_focus_prompt(console);
            console_line_prompt(console);
        }
    }
    if ((events & TERM_INPUT) != 0)
        console_read(console);
    return stop || console->ended;
}

/* ---- the class ---- */

enum { SEAT_LOOK_MS = 250 };

/* What was sent may last as a command does (a reset): the screen lives, and Ctrl-C ends it. */
static bool take(struct console *console)
{
    bool taken;

    console->running = true;
    console->interrupted = false;
    taken = seat_take(console->options->seat);
    console->running = false;
    console->waiting = NULL;
    return taken;
}

/* What the class's folder brings; what was sent is done between commands only. */
static void attend(struct console *console)
{
    struct seat *seat = console->options->seat;
    struct str news = STR_INIT;
    bool taken;

    if (console->options->tick != NULL)
        console->options->tick(console->options->tick_context);
    if (seat == NULL)
        return;
    seat_look(seat);
    taken = !console->running && take(console);
    if (console->running)
        seat_hear(seat);
    if (seat_take_news(seat, &news)) {
        str_cut(&news, news.length - 1);
        if (console->focus == CONSOLE_TRANSCRIPT) /* who reads is not led away */
            transcript_add(&console->transcript, THEME_STRONG, str_text(&news));
        else
            transcript_add_news(&console->transcript, THEME_STRONG, str_text(&news));
        console->dirty = true;
    }
    str_release(&news);
    if (seat_is_frozen(seat) != console->time.frozen)
        console_time_freeze(console, seat_is_frozen(seat));
    if (strcmp(seat_note(seat), str_text(&console->note)) != 0) {
        str_clear(&console->note);
        str_add(&console->note, seat_note(seat));
        console->dirty = true;
    }
    if (taken) {
        ask_forget(&console->ask);
        console_time_anchor(console);
        console_refresh(console, true);
    }
}

/* The session's hook, called between slices of simulated time. */
static int waiting(void *context, const char *what, int64_t until)
{
    struct console *console = context;
    struct seat *seat = console->options->seat;
    int64_t wall = console->options->now();
    bool stands;

    if (!console->running)
        return wall > console->time.slice_end;
    if (!console->time.frozen && wall - console->time.wall < WAITING_LOOK_NS)
        return console->interrupted || console->ended;
    console->time.wall = wall; /* while a command runs, the time of the last look */
    console->waiting = what;
    console->dirty = true;
    do { /* while an instructor has stopped time, the command waits too */
        if (handle_events(console, term_wait(console->time.frozen ? SEAT_LOOK_MS : 0)))
            return 1;
        attend(console);
        stands = console->time.frozen && until > console->session->world->sim.now;
        if (stands) {
            seat_wait(seat);
            console_run_asides(console);
        }
        console_refresh(console, false);
        console_draw(console);
        if (stands && seat_calls_away(seat))
            return 1;
    } while (stands);
    return 0;
}

/* ---- the loop ---- */

static int shortest(int a, int b)
{
    return a < 0 ? b : b < 0 ? a : a < b ? a : b;
}

static void loop(struct console *console)
{
    while (!console->ended) {
        struct ask_stamp stamp;
        int timeout;

        attend(console);
        console_time_pass(console);
        console_lesson_news(console);
        console_refresh(console, false);
        stamp = ask_stamp(&console->ask);
        timeout = shortest(console_draw(console), console_time_wait(console));
        if (memcmp(&stamp, &console->refreshed, sizeof(stamp)) != 0)
            timeout = shortest(timeout, 50); /* what happened is to be asked for soon */
        if (console->options->seat != NULL || console->options->tick != NULL)
            timeout = shortest(timeout, SEAT_LOOK_MS);
        if (session_idle(console->session))
            timeout = 0;
        handle_events(console, term_wait(timeout));
        console_run_queue(console);
    }
}

static void console_init(struct console *console, const struct console_options *options)
{
    *console = (struct console){
        .options = options,
        .shell = options->shell,
        .session = options->shell->session,
        .show_lesson = true,
        .words = {
            .context = console,
            .shell = options->shell,
            .view = word_view,
            .text = word_text,
            .speed = word_speed,
            .offer = offer_lines,
            .edits = true,
            .terminal = {console, leave_terminal, return_to_terminal},
        },
    };
    transcript_init(&console->transcript);
    ask_init(&console->ask, console->session);
    view_open(&console->view, view_find("map"), NULL);
    shell_add_words(console->shell, screen_words, &console->words);
    console->shell->short_aws = true;
    console->theme = options->theme == NULL ? NULL : theme_find(options->theme);
    if (console->theme == NULL)
        console->theme = theme_find(term_is_mono() ? "mono" : "default");
    canvas_init(&console->canvas, 1, 1);
    console->session->hooks.context = console;
    console->session->hooks.waiting = waiting;
    console->session->commander.page = page;
    console->session->commander.page_context = console;
}

enum {
    EARLIER_LINES = 20,
    EARLIER_ANSWERS = 5, /* of the last of them; asking again takes time */
};

static void show_answer(struct console *console, const struct logbook_entry *entry)
{
    const struct console_answers *answers = console->options->answers;
    struct str out = STR_INIT;
    struct str err = STR_INIT;
    struct command_io io = {.out = &out, .err = &err};

    if (answers != NULL && !entry->instructed && answers->find(answers->context, entry, &io))
        console_show_answer(console, str_text(&out), str_text(&err));
    str_release(&out);
    str_release(&err);
}

/* What was typed there, and what was refused, with the last answers where they are known. */
static void show_earlier(struct console *console, const struct logbook *logbook)
{
    uint32_t first = logbook->entries.count;
    uint32_t lines = 0;

    for (; first > 0 && lines < EARLIER_LINES; first--)
        lines += logbook->entries.items[first - 1].line != NULL;
    for (uint32_t i = first; i < logbook->entries.count; i++) {
        const struct logbook_entry *entry = &logbook->entries.items[i];

        if (entry->line == NULL)
            continue;
        console_show_command(console, entry->line);
        if (lines-- <= EARLIER_ANSWERS)
            show_answer(console, entry);
        if (entry->status != 0)
            console_show_status(console, entry->status, false);
    }
}

static void begin(struct console *console)
{
    const struct console_options *options = console->options;

    if (options->earlier != NULL)
        show_earlier(console, options->earlier);
    if (options->notice != NULL && options->notice[0] != '\0')
        transcript_add(&console->transcript, THEME_WARN, options->notice);
    str_add(&console->note, options->note == NULL ? "" : options->note);
    console_time_init(console);
    console_line_init(console);
    console->words.first = line_history_count();
    console_refresh(console, true);
    attend(console);
    if (options->film != NULL)
        console_film_begin(console);
    if (options->first != NULL)
        console_type(console, options->first, true);
    console_run_queue(console);
}

static void console_release(struct console *console)
{
    console->session->hooks.waiting = NULL;
    console->session->commander.page = NULL;
    view_close(&console->view);
    view_close(&console->over);
    ask_release(&console->ask);
    transcript_release(&console->transcript);
    sheet_release(&console->lesson_sheet);
    lesson_pane_clear(&console->pane);
    line_candidates_release(&console->candidates);
    for (uint32_t i = 0; i < console->queue.count; i++)
        free(console->queue.items[i]);
    LIST_RELEASE(&console->queue);
    str_release(&console->over_title);
    str_release(&console->last_id);
    str_release(&console->typed);
    str_release(&console->pasted);
    str_release(&console->question);
    str_release(&console->message);
    str_release(&console->note);
    free(console->status_counts);
    free(console->status_cost);
    free(console->lesson_step);
    canvas_release(&console->canvas);
}

/* The session's hook: a whole simulated second has passed. */
static void second(void *context)
{
    struct console *console = context;
    const struct console_lesson *lesson = console->options->lesson;

    lesson->second(lesson->context);
}

int console_run(const struct console_options *options, struct str *why)
{
    const struct term_options screen = {
        .ascii = options->ascii,
        .no_color = options->no_color,
        .mouse = options->mouse,
    };
    struct console console;

    if (!term_start(&screen, why))
        return EXIT_OTHER;
    console_init(&console, options);
    if (options->lesson != NULL)
        console.session->hooks.second = second;
    begin(&console);
    loop(&console);
    console_time_save(&console);
    console.session->hooks.second = NULL;
    line_release();
    term_stop();
    console_release(&console);
    return term_end_signal() == 0 ? 0 : 128 + term_end_signal();
}
