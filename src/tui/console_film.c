/*
 * tui/console_film.c - a film in the console: its clock, its keys, what it shows.
 */
#include "tui/console_parts.h"

#include "base/str.h"
#include "sim/clock.h"

static void on_chapter(void *context, const char *title)
{
    struct console *console = context;
    struct str text = STR_INIT;

    str_addf(&text, "== %s ==", title);
    transcript_add(&console->transcript, THEME_GOOD, str_text(&text));
    str_release(&text);
    console->dirty = true;
}

static void on_line(void *context, const char *line)
{
    struct console *console = context;

    ask_forget(&console->ask);
    console_show_command(console, line);
    transcript_follow(&console->transcript);
    console->dirty = true;
}

static void on_answer(void *context, const char *out, const char *err, int status)
{
    struct console *console = context;

    ask_forget(&console->ask);
    console_show_answer(console, out, err);
    if (status != 0)
        console_show_status(console, status, false);
    console->dirty = true;
}

static void on_remark(void *context, const char *text)
{
    struct console *console = context;

    transcript_add(&console->transcript, THEME_DIM, text);
    console->dirty = true;
}

/* The views see that the world is another. */
static void look_again(struct console *console)
{
    ask_forget(&console->ask);
    console_refresh(console, true);
    console->dirty = true;
}

void console_film_pass(struct console *console)
{
    const struct console_film *film = console->options->film;
    struct console_time *time = &console->time;
    int64_t wall = console->options->now();
    int64_t passed = wall - time->wall;

    if (passed > SECOND_NS) /* the program itself was stopped */
        passed = SECOND_NS;
    time->wall = wall;
    time->slice_end = wall + CONSOLE_SLICE_NS;
    film->pass(film->context, passed * time->speed);
    time->slice_end = 0;
    time->behind = false;
    console->dirty = true;
    if (film->has_ended(film->context)) {
        time->paused = true;
        look_again(console);
    }
}

/* What may take long looks at the keyboard as a command does: Ctrl-C stops it. */
static void begin_long(struct console *console)
{
    console->running = true;
    console->interrupted = false;
}

static void end_long(struct console *console)
{
    console->running = false;
    console->waiting = NULL;
    console_time_anchor(console);
    look_again(console);
}

void console_film_begin(struct console *console)
{
    const struct console_film_sink sink = {
        .context = console,
        .chapter = on_chapter,
        .line = on_line,
        .answer = on_answer,
        .remark = on_remark,
    };

    console->focus = CONSOLE_VIEW;
    console->show_lesson = console->pane.where.length > 0;
    begin_long(console);
    console->options->film->attach(console->options->film->context, &sink);
    end_long(console);
}

void console_film_key(struct console *console, enum keys_action action)
{
    const struct console_film *film = console->options->film;
    bool lines = action == KEYS_LINE_NEXT || action == KEYS_LINE_BACK;
    int direction = action == KEYS_LINE_NEXT || action == KEYS_CHAPTER_NEXT ? 1 : -1;

    begin_long(console);
    if (!film->seek(film->context, direction, lines))
        console_say(console,
                    direction > 0 ? "nothing comes after this" : "nothing was before this");
    end_long(console);
}

void console_film_step(struct console *console)
{
    begin_long(console);
    console->options->film->step(console->options->film->context);
    end_long(console);
}

void console_film_where(const struct console *console, struct str *out)
{
    const struct console_film *film = console->options->film;

    if (film == NULL)
        return;
    film->where(film->context, out);
    str_add(out, "  ");
}

bool console_film_is_over(const struct console *console)
{
    const struct console_film *film = console->options->film;

    return film != NULL && film->has_ended(film->context);
}
