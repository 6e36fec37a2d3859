/*
 * tui/words.c - the words that the screen fulfils: view, browse, speed, history.
 */
#include "tui/words.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "shell/line.h"
#include "tui/html.h"
#include "tui/view.h"

enum { SPEED_MAX = 3600 };

static int usage(const struct word_call *call, const char *how)
{
    str_addf(call->io.err, "usage: %s\n", how);
    return EXIT_USAGE;
}

static int word_view(struct word_call *call)
{
    struct words_screen *screen = call->owner;

    if (call->count < 2 || call->count > 3) {
        str_add(call->io.err, "usage: view NAME [KIND]\n");
        for (size_t i = 0; views[i] != NULL; i++)
            str_addf(call->io.err, "  %-10s %s\n", views[i]->name, views[i]->doc);
        return EXIT_USAGE;
    }
    if (screen->view(call, call->words[1], call->count == 3 ? call->words[2] : NULL) == 0)
        return 0;
    str_addf(call->io.err, "view: there is no view `%s`; `view` alone lists them\n",
             call->words[1]);
    return EXIT_USAGE;
}

/* browse URL: what curl fetches, as a page. */
static int word_browse(struct word_call *call)
{
    struct words_screen *screen = call->owner;
    struct str page = STR_INIT;
    struct str text = STR_INIT;
    struct str title = STR_INIT;
    const char *words[] = {"curl", "-s", "-S", "-L", NULL};
    struct word_call fetch = *call;
    const struct word *curl;
    int status;

    if (call->count != 2)
        return usage(call, "browse URL");
    curl = shell_word_find(screen->shell, "curl", &fetch.owner);
    if (curl == NULL)
        return EXIT_NOT_FOUND;
    words[4] = call->words[1];
    fetch.words = words;
    fetch.count = 5;
    fetch.io.out = &page;
    status = curl->run(&fetch);
    if (status == 0) {
        html_to_text(str_text(&page), &text, &title);
        if (screen->text != NULL)
            screen->text(call, title.length > 0 ? str_text(&title) : call->words[1],
                         str_text(&text));
        else
            str_add(call->io.out, str_text(&text));
    }
    str_release(&page);
    str_release(&text);
    str_release(&title);
    return status;
}

static int word_speed(struct word_call *call)
{
    struct words_screen *screen = call->owner;
    const char *wish = call->count == 2 ? call->words[1] : "";
    const char *digits = wish[0] == 'x' ? wish + 1 : wish;
    char *end;
    long speed = strtol(digits, &end, 10);

    if (strcmp(wish, "pause") == 0)
        speed = 0;
    else if (strcmp(wish, "run") == 0)
        speed = 1;
    else if (strcmp(wish, "step") == 0)
        speed = -1;
    else if (*digits < '0' || *digits > '9' || *end != '\0' || speed > SPEED_MAX)
        return usage(call, "speed pause | run | step | 1 to 3600 (simulated seconds a second)");
    screen->speed(screen->context, speed);
    return 0;
}

static int word_history(struct word_call *call)
{
    const struct words_screen *screen = call->owner;
    bool script = call->count == 2 && strcmp(call->words[1], "--script") == 0;

    if (call->count > 2 || (call->count == 2 && !script))
        return usage(call, "history [--script]");
    if (script)
        str_add(call->io.out, "#!/bin/sh\n# What this session asked of AWS.\n");
    for (size_t i = 0; i < line_history_count(); i++) {
        const char *line = line_history_find(i);

        if (!script)
            str_addf(call->io.out, "%5zu  %s\n", i + 1, line);
        else if (shell_is_short(screen->shell, line))
            str_addf(call->io.out, "aws %s\n", line + strspn(line, " \t"));
        else if (strstr(line, "aws ") != NULL)
            str_addf(call->io.out, "%s\n", line);
    }
    return 0;
}

#define WORD_BROWSE \
    {"browse", "browse URL", "Shows a page as text: what curl fetches.", word_browse}

const struct word browse_words[] = {
    WORD_BROWSE,
    {NULL, NULL, NULL, NULL},
};

const struct word screen_words[] = {
    {"view", "view NAME [KIND]",
     "Shows a view: map, hosts, storage, balancing, list KIND, events, help.", word_view},
    WORD_BROWSE,
    {"speed", "speed pause | run | step | N",
     "How fast simulated time runs: N simulated seconds a second, up to 3600.", word_speed},
    {"history", "history [--script]",
     "Lists what was typed; with --script as lines that would run at AWS.", word_history},
    {NULL, NULL, NULL, NULL},
};
