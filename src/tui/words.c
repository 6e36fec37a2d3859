/*
 * tui/words.c - the words that the screen fulfils: view, browse, speed, history, edit.
 */
#include "tui/words.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "shell/line.h"
#include "shell/typed.h"
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
        str_add(call->io.err, "usage: view NAME [KIND | SECOND]\n");
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

/* A command that was typed, as a script has to say it: without aliases, and with `aws`.  With
 * `only_aws`, nothing for a line that asks nothing of AWS. */
static void add_script_line(const struct words_screen *screen, const char *line, bool only_aws,
                            struct str *out)
{
    struct str whole = STR_INIT;
    struct str why = STR_INIT;
    bool is_short;

    if (screen->shell->typed == NULL ||
        typed_expand(screen->shell->typed, line, &whole, &why) != 0) {
        str_clear(&whole);
        str_add(&whole, line);
    }
    line = str_text(&whole);
    is_short = shell_is_short(screen->shell, line);
    if (is_short)
        str_addf(out, "aws %s\n", line + strspn(line, " \t"));
    else if (!only_aws || strstr(line, "aws ") != NULL)
        str_addf(out, "%s\n", line);
    str_release(&whole);
    str_release(&why);
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
        else
            add_script_line(screen, line, true, call->io.out);
    }
    return 0;
}

/* ---- in the person's editor ---- */

static int say(const struct word_call *call, const char *problem)
{
    str_addf(call->io.err, "%s: %s\n", call->words[0], problem);
    return EXIT_OTHER;
}

/* 0 with the text as it was left, or an exit code. */
static int edit_text(struct word_call *call, const char *suffix, struct str *text)
{
    const struct words_screen *screen = call->owner;
    struct str why = STR_INIT;
    int status = 0;

    if (!screen->edits)
        status = say(call, "there is no terminal for an editor here");
    else if (editor_edit(&screen->terminal, suffix, text, &why) != 0)
        status = say(call, str_text(&why));
    str_release(&why);
    return status;
}

/* .edit: what was typed in this run, as a script; what is changed there is offered to be run. */
static int word_edit_commands(struct word_call *call)
{
    const struct words_screen *screen = call->owner;
    struct str before = STR_INIT;
    struct str after = STR_INIT;
    struct str changed = STR_INIT;
    int status;

    if (call->count != 1)
        return usage(call, ".edit");
    str_add(&before, "# What was typed.  Commands that you change or add here are offered to run "
                     "when you leave.\n");
    for (size_t i = screen->first; i + 1 < line_history_count(); i++)
        add_script_line(screen, line_history_find(i), false, &before);
    str_add(&after, str_text(&before));
    status = edit_text(call, ".sh", &after);
    if (status == 0)
        editor_changed(str_text(&before), str_text(&after), &changed);
    if (changed.length > 0)
        screen->offer(screen->context, "edited", str_text(&changed));
    else if (status == 0)
        str_add(call->io.out, "Nothing was changed; nothing is run.\n");
    str_release(&before);
    str_release(&after);
    str_release(&changed);
    return status;
}

/* What the name of a file ends in, for the editor's colours: ".json", or nothing. */
static const char *suffix_of(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    const char *dot = strrchr(name, '.');

    return dot == NULL || dot[1 + strspn(dot + 1, letters)] != '\0' || strlen(dot) > 8 ? "" : dot;
}

/* edit FILE: a file of the branch, which need not be there yet. */
static int word_edit(struct word_call *call)
{
    const struct words_screen *screen = call->owner;
    struct session *session = screen->shell->session;
    const struct branch_file *file;
    struct str text = STR_INIT;
    struct str why = STR_INIT;
    struct str before = STR_INIT;
    int status;

    if (call->count != 2 || call->words[1][0] == '\0')
        return usage(call, "edit FILE");
    file = variables_file_find(&session->variables, call->words[1]);
    if (file != NULL)
        str_addn(&text, file->bytes.bytes, file->bytes.size);
    str_addn(&before, str_text(&text), text.length);
    status = edit_text(call, suffix_of(call->words[1]), &text);
    if (status == 0 && text.length > BRANCH_FILE_MAX)
        status = say(call, "a file of the branch has at most 1 MiB; it is as it was");
    else if (status == 0 && (file == NULL || strcmp(str_text(&before), str_text(&text)) != 0) &&
             session_set_file(session, call->words[1], str_text(&text), text.length, &why) != 0)
        status = say(call, str_text(&why));
    str_release(&before);
    str_release(&text);
    str_release(&why);
    return status;
}

#define WORD_BROWSE \
    {"browse", "browse URL", "Shows a page as text: what curl fetches.", word_browse}

const struct word browse_words[] = {
    WORD_BROWSE,
    {NULL, NULL, NULL, NULL},
};

const struct word screen_words[] = {
    {"view", "view NAME [KIND | SECOND]",
     "Shows a view: map, hosts, storage, balancing, coffee, compare SECOND, cafes SECOND, charts, "
     "list KIND, events, help.",
     word_view},
    WORD_BROWSE,
    {"speed", "speed pause | run | step | N",
     "How fast simulated time runs: N simulated seconds a second, up to 3600.", word_speed},
    {"history", "history [--script]",
     "Lists what was typed; with --script as lines that would run at AWS.", word_history},
    {"edit", "edit FILE", "Opens a file of this branch in your editor ($VISUAL, $EDITOR, or vi).",
     word_edit},
    {".edit", ".edit", "Opens what was typed as a script; what you change is offered to run.",
     word_edit_commands},
    {NULL, NULL, NULL, NULL},
};
