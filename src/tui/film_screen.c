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

static void attach(void *context, const struct console_film_sink *sink)
{
    const struct film_sink to = {
        .context = sink->context,
        .chapter = sink->chapter,
        .line = sink->line,
        .answer = sink->answer,
        .remark = sink->remark,
    };

    film_set_sink(context, &to);
}

static void pass(void *context, int64_t ns)
{
    film_pass(context, ns);
}

static void step(void *context)
{
    film_step(context);
}

static bool seek(void *context, int direction, bool lines)
{
    return film_seek(context, direction, lines);
}

static bool has_ended(void *context)
{
    return film_has_ended(context);
}

static void where(void *context, struct str *out)
{
    film_where(context, out);
}

static void keep(void *context)
{
    film_keep(context);
}

static void put_back(void *context)
{
    film_return(context);
}

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
    const struct console_film told = {
        .context = film,
        .attach = attach,
        .pass = pass,
        .step = step,
        .seek = seek,
        .has_ended = has_ended,
        .where = where,
        .keep = keep,
        .put_back = put_back,
    };
    struct lesson_source source = {.runner = film_runner(film)};
    struct console_lesson lesson = lesson_source_of(&source);
    struct console_options options = *looks;
    struct shell shell;
    int status;

    lesson.second = look_at_nothing;
    lesson.news = no_news;
    shell_init(&shell, film_session(film));
    shell_add_words(&shell, shell_words, &shell);
    shell_add_words(&shell, api_words, NULL);
    shell_add_words(&shell, sql_words, NULL);
    options.shell = &shell;
    options.lesson = &lesson;
    options.film = &told;
    options.notice = "A film: the world is as it was, and nothing that is typed here changes it. "
                     "Space stops and goes on, ] and [ go by chapters, ) and ( by lines, + and - "
                     "change the speed, F10 ends.";
    status = console_run(&options, why);
    lesson_source_release(&source);
    return status;
}
