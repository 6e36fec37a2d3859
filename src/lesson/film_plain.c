/*
 * lesson/film_plain.c - a film as text.
 *
 *   == Highway, step 1 of 7: One server ==
 *   -- 2 min 10 s later --
 *   $ aws ec2 run-instances ...
 *   ...
 */
#include "lesson/film_plain.h"

#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "base/utf8.h"
#include "api/option_value.h"
#include "shell/exec.h"

struct stopping {
    lesson_stopped *stopped;
};

static void add_safe(struct str *out, const char *text)
{
    utf8_add_safe(out, text, strlen(text), UTF8_KEEP_LINES);
}

static void print(struct str *text)
{
    exec_print(STDOUT_FILENO, str_text(text), text->length);
    str_clear(text);
}

static void on_chapter(void *context, const char *title)
{
    struct str *text = context;

    str_add(text, "\n== ");
    add_safe(text, title);
    str_add(text, " ==\n");
    print(text);
}

static void on_line(void *context, const char *line)
{
    struct str *text = context;

    str_add(text, "$ ");
    for (; *line != '\0'; line += *line != '\0') {
        size_t length = strcspn(line, "\n");

        utf8_add_safe(text, line, length, UTF8_KEEP_NOTHING);
        line += length;
        str_add(text, *line == '\n' ? "\n> " : "");
    }
    str_addc(text, '\n');
    print(text);
}

static void on_answer(void *context, const char *out, const char *err, int status)
{
    struct str *text = context;

    add_safe(text, out);
    add_safe(text, err);
    if (status != 0)
        str_addf(text, "(exit code %d)\n", status);
    print(text);
}

static void on_remark(void *context, const char *remark)
{
    struct str *text = context;

    str_add(text, "-- ");
    add_safe(text, remark);
    str_add(text, " --\n");
    print(text);
}

/* struct session_hooks' waiting. */
static int is_stopped(void *context, const char *what, int64_t until)
{
    (void)what;
    (void)until;
    return ((const struct stopping *)context)->stopped();
}

int film_print(struct film *film, lesson_stopped *stopped)
{
    struct stopping stopping = {.stopped = stopped};
    struct str text = STR_INIT;
    const struct film_sink sink = {
        .context = &text,
        .chapter = on_chapter,
        .line = on_line,
        .answer = on_answer,
        .remark = on_remark,
    };
    int status = EXIT_FINE;

    film_set_sink(film, &sink);
    if (stopped != NULL)
        film_session(film)->hooks =
            (struct session_hooks){.context = &stopping, .waiting = is_stopped};
    while (!film_has_ended(film) && status == EXIT_FINE) {
        film_step(film);
        if (stopped != NULL && stopped())
            status = EXIT_INTERRUPTED;
    }
    film_session(film)->hooks = (struct session_hooks){0};
    str_release(&text);
    return status;
}
