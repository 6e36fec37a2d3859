/*
 * tui/console_line.c - the prompt of the console: what is typed, pasted, completed, and run.
 *
 * Readline's hooks only put lines into a queue.  The queue is run by the loop, so that a command
 * never runs within another: keys that arrive while one runs reach the screen, and lines wait.
 */
#include "tui/console_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "api/arguments.h"
#include "shell/complete.h"
#include "tui/aside.h"
#include "tui/last_id.h"

static const char prompt_more[] = "> ";

/* Within a guest, the guest's. */
static const char *own_prompt(const struct console *console)
{
    const struct shell_guest *guest = &console->shell->guest;

    return guest->instance != 0 && guest->prompt != NULL ? guest->prompt : "$ ";
}

void console_line_prompt(struct console *console)
{
    line_offer(!console->asks && console->typed.length == 0);
    if (console->asks) {
        line_set_prompt(str_text(&console->question));
    } else if (console->typed.length > 0) {
        line_set_prompt(prompt_more);
    } else {
        line_set_prompt(own_prompt(console));
    }
    console->dirty = true;
}

static void enqueue(struct console *console, const char *text)
{
    if (console->queue.count >= CONSOLE_QUEUE_MAX)
        console_say(console, "too many lines wait already; this one was left out");
    else
        *LIST_PUSH(&console->queue) = xstrdup(text);
}

/* The answer to "run these commands?". */
static void answer_paste(struct console *console, const char *text)
{
    bool yes = strcmp(text, "y") == 0 || strcmp(text, "Y") == 0 || strcmp(text, "yes") == 0;

    console->asks = false;
    if (yes)
        enqueue(console, str_text(&console->pasted));
    else
        transcript_add(&console->transcript, THEME_DIM, "That was not run.");
    str_clear(&console->pasted);
    console_line_prompt(console);
}

static void on_accept(void *context, const char *text)
{
    struct console *console = context;

    transcript_follow(&console->transcript);
    console->dirty = true;
    if (console->asks) {
        answer_paste(console, text);
        return;
    }
    if (console->typed.length > 0)
        str_addc(&console->typed, '\n');
    str_add(&console->typed, text);
    if (shell_form(str_text(&console->typed)) == SHELL_MORE) {
        console_line_prompt(console);
        return;
    }
    if (console->typed.length > 0)
        enqueue(console, str_text(&console->typed));
    str_clear(&console->typed);
    console_line_prompt(console);
}

void console_offer_lines(struct console *console, const char *how, const char *text)
{
    struct str title = STR_INIT;

    str_clear(&console->pasted);
    str_add(&console->pasted, text);
    while (console->pasted.length > 0 && console->pasted.text[console->pasted.length - 1] == '\n')
        str_cut(&console->pasted, console->pasted.length - 1);
    str_addf(&title, "%s:", how);
    transcript_begin_answer(&console->transcript);
    transcript_add(&console->transcript, THEME_DIM, str_text(&title));
    transcript_add(&console->transcript, THEME_COMMAND, str_text(&console->pasted));
    str_clear(&console->question);
    console->asks = shell_question(console->shell, str_text(&console->pasted), &console->question);
    if (!console->asks)
        transcript_add(&console->transcript, THEME_BAD, str_text(&console->question));
    console_line_prompt(console);
    str_release(&title);
}

static void on_paste(void *context, const char *text)
{
    console_offer_lines(context, "pasted", text);
}

static void on_complete(void *context, const char *text, size_t cursor,
                        struct line_candidates *candidates)
{
    struct console *console = context;

    if (!console->asks)
        complete_line(console->shell, text, cursor, candidates);
}

static void on_show(void *context, const struct line_candidates *candidates)
{
    struct console *console = context;

    line_candidates_release(&console->candidates);
    for (uint32_t i = 0; i < candidates->items.count; i++) {
        const struct line_candidate *item = &candidates->items.items[i];

        line_candidates_add(&console->candidates, item->text, item->doc, item->suffix);
    }
    console->dirty = true;
}

/* The line's keys are the terminal's by another name. */
static struct term_key key_of(enum line_key key)
{
    if (key >= LINE_KEY_F1 && key <= LINE_KEY_F12)
        return (struct term_key){
            .code = (enum term_key_code)(TERM_KEY_F1 + (int)key - (int)LINE_KEY_F1)};
    if (key >= LINE_KEY_ALT_0 && key <= LINE_KEY_ALT_9)
        return (struct term_key){.code = TERM_KEY_CHAR,
                                 .character = '0' + (uint32_t)(key - LINE_KEY_ALT_0),
                                 .alt = true};
    switch (key) {
    case LINE_KEY_ALT_E:
        return (struct term_key){.code = TERM_KEY_CHAR, .character = 'e', .alt = true};
    case LINE_KEY_ALT_I:
        return (struct term_key){.code = TERM_KEY_CHAR, .character = 'i', .alt = true};
    case LINE_KEY_ALT_W:
        return (struct term_key){.code = TERM_KEY_CHAR, .character = 'w', .alt = true};
    case LINE_KEY_ALT_C:
        return (struct term_key){.code = TERM_KEY_CHAR, .character = 'c', .alt = true};
    case LINE_KEY_ALT_Q:
        return (struct term_key){.code = TERM_KEY_CHAR, .character = 'q', .alt = true};
    case LINE_KEY_ALT_T:
        return (struct term_key){.code = TERM_KEY_CHAR, .character = 't', .alt = true};
    case LINE_KEY_ALT_P:
        return (struct term_key){.code = TERM_KEY_CHAR, .character = 'p', .alt = true};
    case LINE_KEY_PAGE_UP:
        return (struct term_key){.code = TERM_KEY_PAGE_UP};
    case LINE_KEY_PAGE_DOWN:
        return (struct term_key){.code = TERM_KEY_PAGE_DOWN};
    case LINE_KEY_BACKTAB:
        return (struct term_key){.code = TERM_KEY_BACKTAB};
    case LINE_KEY_REDRAW:
        return (struct term_key){.code = TERM_KEY_CHAR, .character = 'L' & 0x1f};
    default:
        return (struct term_key){.code = TERM_KEY_ESCAPE};
    }
}

static void on_key(void *context, enum line_key key)
{
    struct term_key pressed = key_of(key);

    console_key(context, &pressed);
}

static void on_mouse(void *context, const struct line_mouse *mouse)
{
    struct term_key key = {
        .code = mouse->kind == LINE_MOUSE_CLICK      ? TERM_KEY_CLICK
                : mouse->kind == LINE_MOUSE_WHEEL_UP ? TERM_KEY_WHEEL_UP
                                                     : TERM_KEY_WHEEL_DOWN,
        .row = mouse->row,
        .col = mouse->col,
    };

    console_key(context, &key);
}

static void on_interrupt(void *context)
{
    struct console *console = context;

    str_clear(&console->typed);
    console->asks = false;
    console_line_prompt(console);
}

static void on_end(void *context, bool gone)
{
    struct console *console = context;

    console->ended = true;
    console->gone = gone;
}

void console_line_init(struct console *console)
{
    const struct line_hooks hooks = {
        .context = console,
        .accept = on_accept,
        .paste = on_paste,
        .complete = on_complete,
        .show = on_show,
        .key = on_key,
        .mouse = on_mouse,
        .interrupt = on_interrupt,
        .end = on_end,
    };
    struct str problem = STR_INIT;

    line_init(LINE_CAGED, &hooks);
    if (console->options->history != NULL &&
        !line_history_open(console->options->history, &problem))
        transcript_add(&console->transcript, THEME_WARN, str_text(&problem));
    str_release(&problem);
    console_line_prompt(console);
}

void console_type(struct console *console, const char *command, bool submit)
{
    struct line_state state;
    char *half;

    if (console->asks)
        return;
    line_state(&state);
    half = xstrdup(state.text);
    line_set_text(command);
    if (submit) {
        line_submit();
        line_set_text(half); /* what was being typed is not lost */
    } else {
        line_history_add(half);
        console_focus_prompt(console);
    }
    free(half);
    console->dirty = true;
}

/* What cannot be seen is not typed: in a window that is too small the line gets no keys. */
static bool line_has_keys(const struct console *console)
{
    return console->focus == CONSOLE_PROMPT && !console->searching && !console->layout.too_small;
}

void console_read(struct console *console)
{
    struct term_key key;

    console->dirty = true;
    if (line_has_keys(console)) {
        line_candidates_release(&console->candidates);
        str_clear(&console->message);
        while (line_has_keys(console) && line_read_ready())
            continue;
        return;
    }
    while (!line_has_keys(console) && term_key(&key)) {
        str_clear(&console->message);
        console_key(console, &key);
    }
}

/* ---- running ---- */

/* Takes the usage out: on the screen it would push the refusal itself away; `aws help` has it. */
static void cut_usage(struct str *text, const char *program)
{
    char *whole = xasprintf("\n\n%s", arguments_usage(program));
    const char *found = strstr(str_text(text), whole);
    struct str rest = STR_INIT;

    if (found != NULL) {
        str_add(&rest, found + strlen(whole));
        str_cut(text, (size_t)(found - text->text));
        str_add(text, str_text(&rest));
    }
    str_release(&rest);
    free(whole);
}

/* A refusal as the screen shows it, its lines of a bearable length. */
static void add_refusal(struct console *console, const char *text)
{
    struct str shown = STR_INIT;

    utf8_add_short_lines(&shown, text, CONSOLE_REFUSAL_MAX);
    cut_usage(&shown, "aws");
    cut_usage(&shown, "lab");
    transcript_add(&console->transcript, THEME_BAD, str_text(&shown));
    str_release(&shown);
}

void console_show_answer(struct console *console, const char *out, const char *err)
{
    transcript_add(&console->transcript, THEME_TEXT, out);
    add_refusal(console, err);
}

/* Where the transcript is not shown a refusal is told in the foot, by its first line. */
static void tell_refusal(struct console *console, const char *err)
{
    char *line;

    err += strspn(err, "\n");
    line = xstrndup(err, strcspn(err, "\n"));
    if (line[0] != '\0')
        console_say(console, line);
    free(line);
}

/* The shell's `printed`: what was printed so far goes to the transcript; before that, the time
 * that has passed meanwhile is made durable, so that nothing that was seen can be lost. */
static void show_printed(void *context, struct command_io *io)
{
    struct console *console = context;

    console_time_save(console);
    if (console->presents)
        tell_refusal(console, str_text(io->err));
    if (console->line != NULL)
        last_id_find(console->line, str_text(io->out), &console->last_id);
    console_show_answer(console, str_text(io->out), str_text(io->err));
    str_clear(io->out);
    str_clear(io->err);
    console->dirty = true;
}

/* `explained`: the line was refused in a way that explain knows of. */
void console_show_status(struct console *console, int status, bool explained)
{
    struct str text = STR_INIT;

    str_addf(&text, "exit code %d%s", status, explained ? "; explain (Alt-E) says why" : "");
    transcript_add(&console->transcript, THEME_DIM, str_text(&text));
    str_release(&text);
}

void console_show_command(struct console *console, const char *text)
{
    struct str whole = STR_INIT;
    struct str shown = STR_INIT;

    utf8_add_short_lines(&whole, text, CONSOLE_ECHO_MAX);
    str_add(&shown, own_prompt(console));
    for (text = str_text(&whole); *text != '\0'; text++) {
        str_addc(&shown, *text);
        if (*text == '\n')
            str_add(&shown, prompt_more);
    }
    if (strchr(str_text(&shown), '\n') == NULL)
        transcript_begin_answer(&console->transcript);
    transcript_add(&console->transcript, THEME_COMMAND, str_text(&shown));
    if (strchr(str_text(&shown), '\n') != NULL) /* a script was read already: its answers count */
        transcript_begin_answer(&console->transcript);
    str_release(&whole);
    str_release(&shown);
}

void console_lesson_news(struct console *console)
{
    const struct console_lesson *lesson = console->options->lesson;
    struct str text = STR_INIT;

    if (lesson != NULL && lesson->news(lesson->context, &text)) {
        while (text.length > 0 && text.text[text.length - 1] == '\n')
            str_cut(&text, text.length - 1);
        transcript_add(&console->transcript, THEME_GOOD, str_text(&text));
    }
    str_release(&text);
}

/* `I=$(aws ec2 run-instances ...)` prints nothing: the variable holds the id. */
static void remember_assigned(struct console *console)
{
    size_t length = strcspn(console->line, "= \t\n");
    char *name = xstrndup(console->line, length);
    const char *value = console->line[length] == '=' && length > 0
                            ? session_variable(console->session, name)
                            : NULL;

    if (value != NULL)
        last_id_find(console->line, value, &console->last_id);
    free(name);
}

/* What is run while a film is watched has happened in no world: it is put back. */
static int run_in_film(struct console *console, const char *line, struct command_io *io)
{
    const struct console_film *film = console->options->film;
    int status;

    film->keep(film->context);
    status = shell_run_typed(console->shell, line, io);
    if (film->put_back(film->context))
        console_focus(console, CONSOLE_VIEW); /* its keys are wanted now */
    return status;
}

static void run_line(struct console *console, const char *typed)
{
    const size_t before = line_history_count();
    const char *last = before == 0 ? NULL : line_history_find(before - 1);
    struct str line = STR_INIT;
    struct str out = STR_INIT;
    struct str err = STR_INIT;
    struct command_io io = {.out = &out, .err = &err};
    uint64_t refusals;
    uint64_t tray = console->session->tray.changes;
    int status = shell_read_typed(console->shell, typed, last, &line, &err);

    line_history_add(str_text(&line));
    console_show_command(console, str_text(&line));
    console->session->commander.width =
        console->layout.too_small ? 80 : (unsigned)console->layout.transcript.cols;
    console->shell->printed = show_printed;
    console->shell->context = console;
    refusals = console->session->refusals;
    console->line = str_text(&line);
    console->running = true;
    console->interrupted = false;
    if (status == 0 && console->options->film != NULL)
        status = run_in_film(console, str_text(&line), &io);
    else if (status == 0)
        status = shell_run_typed(console->shell, str_text(&line), &io);
    console->running = false;
    console->shell->printed = NULL;
    console->waiting = NULL;
    show_printed(console, &io);
    remember_assigned(console);
    console->line = NULL;
    if (status == EXIT_INTERRUPTED)
        transcript_add(&console->transcript, THEME_WARN, "interrupted (exit code 130)");
    else if (status != 0)
        console_show_status(console, status, console->session->refusals != refusals);
    if (console->session->tray.changes != tray)
        console_say(console, "Alt-W shows these worlds side by side");
    str_release(&line);
    str_release(&out);
    str_release(&err);
    ask_forget(&console->ask);
    if (console->options->lesson != NULL)
        console->options->lesson->second(console->options->lesson->context);
    console_lesson_news(console);
    session_acknowledge(console->session);
    console_time_anchor(console);
    console_refresh(console, true);
    console_line_prompt(console);
    if (console->shell->quit)
        console->ended = true;
}

static void run_aside(struct console *console, const char *line)
{
    struct str out = STR_INIT;
    struct str err = STR_INIT;
    struct command_io io = {.out = &out, .err = &err};

    line_history_add(line);
    console_show_command(console, line);
    aside_run(console->shell, line, &io);
    console_show_answer(console, str_text(&out), str_text(&err));
    str_release(&out);
    str_release(&err);
}

void console_run_asides(struct console *console)
{
    for (uint32_t i = 0; i < console->queue.count;) {
        char *text = console->queue.items[i];

        if (!aside_is(console->shell, text)) {
            i++;
            continue;
        }
        LIST_REMOVE(&console->queue, i);
        run_aside(console, text);
        free(text);
    }
}

void console_run_queue(struct console *console)
{
    while (console->queue.count > 0 && !console->running && !console->ended) {
        char *text = console->queue.items[0];

        LIST_REMOVE(&console->queue, 0);
        run_line(console, text);
        free(text);
    }
}
