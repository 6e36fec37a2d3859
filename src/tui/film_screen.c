/*
 * tui/film_screen.c - a film in the console.
 *
 * The console's words are there, but for those of lessons: the lesson in the pane is the learner's.
 */
#include "tui/film_screen.h"

#include "api/api_words.h"
#include "store/sql.h"
#include "shell/run.h"
#include "tui/film.h"
#include "tui/lesson_source.h"

/* What is shown, and where it is to go once the line that says so has been put back. */
struct film_screen {
    struct film *film; /* borrowed */
    bool goes;
    int64_t time;
};

static struct film *film_of(void *context)
{
    return ((struct film_screen *)context)->film;
}

static void attach(void *context, const struct console_film_sink *sink)
{
    const struct film_sink to = {
        .context = sink->context,
        .chapter = sink->chapter,
        .line = sink->line,
        .answer = sink->answer,
        .remark = sink->remark,
    };

    film_set_sink(film_of(context), &to);
    film_pass(film_of(context), 0); /* where it is to begin */
}

static void pass(void *context, int64_t ns)
{
    film_pass(film_of(context), ns);
}

static void step(void *context)
{
    film_step(film_of(context));
}

static bool seek(void *context, int direction, bool lines)
{
    return film_seek(film_of(context), direction, lines);
}

static bool has_ended(void *context)
{
    return film_has_ended(film_of(context));
}

static void where(void *context, struct str *out)
{
    film_where(film_of(context), out);
}

static void keep(void *context)
{
    film_keep(film_of(context));
}

static bool put_back(void *context)
{
    struct film_screen *screen = context;
    bool went = screen->goes;

    film_return(screen->film);
    if (went)
        film_go(screen->film, screen->time);
    screen->goes = false;
    return went;
}

static int word_goto(struct word_call *call)
{
    struct film_screen *screen = call->owner;
    struct str why = STR_INIT;

    if (call->count != 2)
        str_add(&why, "usage: goto TIME, such as 12:30 or 2026-01-05T12:30:00Z");
    else
        screen->goes = film_read(screen->film, call->words[1], &screen->time, &why);
    if (why.length > 0)
        str_addf(call->io.err, "goto: %s\n", str_text(&why));
    str_release(&why);
    return screen->goes ? EXIT_FINE : EXIT_USAGE;
}

static const struct word film_words[] = {
    {"goto", "goto TIME", "A film: goes to a time of the clock, on or back.", word_goto},
    {NULL, NULL, NULL, NULL},
};

/* The learner's checks are as they were noted: nobody looks at them here. */
static void look_at_nothing(void *context)
{
    (void)context;
}

static bool no_news(void *context, struct str *out)
{
    (void)context;
    (void)out;
    return false;
}

int film_screen_run(struct film *film, const struct console_options *looks, struct str *why)
{
    struct film_screen screen = {.film = film};
    const struct console_film told = {
        .context = &screen,
        .attach = attach,
        .pass = pass,
        .step = step,
        .seek = seek,
        .has_ended = has_ended,
        .where = where,
        .keep = keep,
        .put_back = put_back,
    };
    struct lesson_source source = {.runner = film_runner(film), .watched = true};
    struct console_lesson lesson = lesson_source_of(&source);
    struct console_options options = *looks;
    struct shell shell;
    int status;

    lesson.second = look_at_nothing;
    lesson.news = no_news;
    shell_init(&shell, film_session(film));
    shell_add_words(&shell, film_words, &screen);
    shell_add_words(&shell, shell_words, &shell);
    shell_add_words(&shell, api_words, NULL);
    shell_add_words(&shell, sql_words, NULL);
    options.shell = &shell;
    options.lesson = &lesson;
    options.film = &told;
    options.notice = "A film: the world is as it was, and nothing that is typed here changes it. "
                     "Space stops and goes on, ] and [ go by chapters, ) and ( by lines, t to a "
                     "time, + and - change the speed, F10 quits.";
    status = console_run(&options, why);
    lesson_source_release(&source);
    return status;
}
