/*
 * tui/wall.c - the wall of a class on the screen: the loop, the keys, the words.
 *
 * Moves   waits for keys or the next look; looks at the folder twice a second; draws when something
 *         has changed.  A key that sends something types a word, as in the console.
 */
#include "tui/wall.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "sim/clock.h"
#include "api/command.h"
#include "shell/exec.h"
#include "shell/line.h"
#include "lesson/class_words.h"
#include "tui/keys.h"
#include "tui/layout.h"
#include "tui/term.h"
#include "tui/wall_parts.h"

enum {
    LOOK_MS = 500,
    WORDS_MAX = 400,
    SAVED_LOOKS = 30,
    SAVED_LOOK_MS = 50,
    SAVED_QUIET = 3,
};
static const int64_t still_every_ns = 3000000000;

static void say(struct wall *wall, bool refused, const char *text)
{
    str_clear(&wall->message);
    str_addn(&wall->message, text, strcspn(text, "\n"));
    wall->refused = refused;
    wall->dirty = true;
}

static void look(struct wall *wall)
{
    int64_t now = wall->options->now();

    if (wall->looked != 0 && now - wall->looked < WALL_LOOK_NS)
        return;
    wall->looked = now;
    wall->dirty = class_wall_look(&wall->class) || wall->dirty;
}

/* ---- words ---- */

static void run_words(struct wall *wall, char *text)
{
    const char *words[WORDS_MAX];
    struct str out = STR_INIT;
    struct str err = STR_INIT;
    struct class_call call = {
        .folder = &wall->class.folder,
        .now = wall->options->clock() / SECOND_NS,
        .words = words,
        .out = &out,
        .err = &err,
    };

    for (char *at = text; *at != '\0' && call.count < WORDS_MAX;) {
        at += strspn(at, " \t\n");
        if (*at == '\0')
            break;
        words[call.count++] = at;
        at += strcspn(at, " \t\n");
        if (*at != '\0')
            *at++ = '\0';
    }
    if (call.count == 1 && (strcmp(words[0], "quit") == 0 || strcmp(words[0], "exit") == 0)) {
        wall->ended = true;
    } else if (call.count == 1 && strcmp(words[0], "help") == 0) {
        wall->helping = true;
    } else if (call.count > 0) {
        int status = class_words_run(&call);

        say(wall, status != 0, str_text(status != 0 ? &err : &out));
    }
    wall->looked = 0; /* what it did is seen at once */
    str_release(&out);
    str_release(&err);
}

/* ---- looking at a learner's world ---- */

struct still {
    const struct wall *wall;
    const char *name;
    int64_t told;
};

/* The learner's status line goes on saying it. */
static void still_looking(void *context)
{
    struct still *still = context;
    int64_t now = still->wall->options->now();

    if (now - still->told < still_every_ns)
        return;
    still->told = now;
    class_look_set(&still->wall->class.folder, still->name, true);
}

static void start_line(struct wall *wall);

static bool start_screen(struct wall *wall, struct str *why)
{
    const struct term_options screen = {
        .ascii = wall->options->ascii,
        .no_color = wall->options->no_color,
    };

    if (!term_start(&screen, why))
        return false;
    if (wall->options->theme != NULL)
        wall->theme = theme_find(wall->options->theme);
    else
        wall->theme = theme_find(term_is_mono() ? "mono" : "default");
    start_line(wall);
    return true;
}

static void stop_screen(void)
{
    line_release();
    term_stop();
}

/* What the learner typed last is saved when the word that somebody looks is, in a few writes: the
 * copy waits until they have come and are over, and not for ever. */
static void wait_for_lines(struct wall *wall, const char *name, int64_t before)
{
    const struct wall_row *row = class_wall_find(&wall->class, name);
    char *asked = xasprintf("%s's console is asked for its last lines ...", name);
    int64_t saved = before;
    int quiet = 0; /* looks since the last write */

    say(wall, false, asked);
    wall_draw(wall);
    free(asked);
    for (int i = 0; row != NULL && row->there && i < SAVED_LOOKS && quiet < SAVED_QUIET; i++) {
        int64_t now = class_session_saved(&wall->class.folder, name);

        quiet = now == before || now != saved ? 0 : quiet + 1;
        saved = now;
        poll(NULL, 0, SAVED_LOOK_MS);
    }
}

/* Told first, then looked at. */
static void look_at(struct wall *wall, const char *selected)
{
    char *name = xstrdup(selected);
    struct still still = {.wall = wall, .name = name, .told = wall->options->now()};
    struct class_message message = {
        .verb = CLASS_LOOKED,
        .at = wall->options->clock() / SECOND_NS,
        .text = xstrdup(""),
    };
    int64_t before = class_session_saved(&wall->class.folder, name);
    struct str why = STR_INIT;

    *LIST_PUSH(&message.to) = xstrdup(name);
    if (class_post_send(&wall->class.folder, &message, &why) == 0) {
        const struct wall_watch watch = {name, still_looking, &still};

        class_look_set(&wall->class.folder, name, true);
        wait_for_lines(wall, name, before);
        say(wall, false, "");
        stop_screen();
        wall_look(wall, &watch, &why);
        class_look_set(&wall->class.folder, name, false);
        wall->ended = term_end_signal() != 0 || !start_screen(wall, &why);
    }
    if (why.length > 0)
        say(wall, true, str_text(&why));
    wall->looked = 0;
    wall->dirty = true;
    class_message_release(&message);
    str_release(&why);
    free(name);
}

/* ---- keys ---- */

static void set_typing(struct wall *wall, bool typing)
{
    wall->typing = typing;
    wall->dirty = true;
}

/* Types a word into the prompt, `{}` being the learner; one that ends in a blank waits for more. */
static void type_word(struct wall *wall, const char *word)
{
    const char *name = sheet_selected(&wall->sheet);
    const char *hole = strstr(word, "{}");
    char *text = hole == NULL ? xstrdup(word)
                              : xasprintf("%.*s%s%s", (int)(hole - word), word,
                                          name == NULL ? "all" : name, hole + 2);

    if (str_ends(text, " ")) {
        line_set_text(text);
        set_typing(wall, true);
    } else {
        run_words(wall, text);
    }
    free(text);
}

static void walk(struct wall *wall, enum sheet_move move)
{
    sheet_move(wall->helping ? &wall->help : &wall->sheet, move);
}

static void act(struct wall *wall, const struct keys_key *key)
{
    const char *selected = sheet_selected(&wall->sheet);

    switch (key->action) {
    case KEYS_HELP:
        wall->helping = !wall->helping;
        break;
    case KEYS_TO_PROMPT:
        set_typing(wall, true);
        break;
    case KEYS_TO_VIEW:
        line_set_text(""); /* nothing half typed begins the next word */
        set_typing(wall, false);
        break;
    case KEYS_BACK:
        wall->helping = false;
        break;
    case KEYS_UP:
        walk(wall, SHEET_UP);
        break;
    case KEYS_DOWN:
        walk(wall, SHEET_DOWN);
        break;
    case KEYS_PAGE_UP:
        walk(wall, SHEET_PAGE_UP);
        break;
    case KEYS_PAGE_DOWN:
        walk(wall, SHEET_PAGE_DOWN);
        break;
    case KEYS_FIRST:
        walk(wall, SHEET_TOP);
        break;
    case KEYS_LAST:
        walk(wall, SHEET_BOTTOM);
        break;
    case KEYS_OPEN:
        if (selected != NULL && !wall->helping)
            look_at(wall, selected);
        break;
    case KEYS_TYPE:
        if ((key->where & KEYS_WALL) != 0)
            type_word(wall, key->argument);
        break;
    case KEYS_REDRAW:
        term_repaint();
        break;
    case KEYS_QUIT:
        wall->ended = true;
        break;
    default:
        break;
    }
}

/* In a window that is too small for the wall, only the end is for a key. */
static bool is_too_small(void)
{
    int rows;
    int cols;

    term_size(&rows, &cols);
    return rows < LAYOUT_ROWS_MIN || cols < LAYOUT_COLS_MIN;
}

static void press(struct wall *wall, const struct term_key *pressed)
{
    const struct keys_key *key = keys_find(wall->typing ? KEYS_PROMPT : KEYS_WALL, pressed);
    bool ends = (key != NULL && key->action == KEYS_QUIT) ||
                (pressed->code == TERM_KEY_CHAR && pressed->character == 'q');

    wall->dirty = true;
    if (is_too_small()) {
        wall->ended = ends;
        return;
    }
    str_clear(&wall->message);
    if (key != NULL)
        act(wall, key);
}

/* ---- the prompt ---- */

static void on_accept(void *context, const char *text)
{
    struct wall *wall = context;
    char *words = xstrdup(text);

    line_history_add(text);
    set_typing(wall, false);
    run_words(wall, words);
    free(words);
}

/* Several lines are one: a line that is sent has no ends of lines in it. */
static void on_paste(void *context, const char *text)
{
    char *line = xstrdup(text);

    for (char *at = line; *at != '\0'; at++)
        *at = *at == '\n' ? ' ' : *at;
    line_set_text(line);
    set_typing(context, true);
    free(line);
}

static void complete_from(struct line_candidates *candidates, const char *part, size_t length,
                          const char *word, const char *doc)
{
    if (strncmp(word, part, length) == 0)
        line_candidates_add(candidates, word, doc, ' ');
}

/* The first word is one of the class's, the second a learner. */
static void on_complete(void *context, const char *text, size_t cursor,
                        struct line_candidates *candidates)
{
    const struct wall *wall = context;
    size_t start = cursor;
    size_t word = 0;

    while (start > 0 && text[start - 1] != ' ' && text[start - 1] != ',')
        start--;
    for (size_t i = 0; i < start; i++)
        word += text[i] == ' ';
    candidates->start = start;
    if (word == 0) {
        for (const struct class_word *one = class_words; one->name != NULL; one++)
            complete_from(candidates, text + start, cursor - start, one->name, one->doc);
    } else if (word <= 2) {
        complete_from(candidates, text + start, cursor - start, "all", "everybody");
        for (uint32_t i = 0; i < wall->class.rows.count; i++)
            complete_from(candidates, text + start, cursor - start,
                          wall->class.rows.items[i].name, "");
    }
}

/* Several fit: their names go where answers do. */
static void on_show(void *context, const struct line_candidates *candidates)
{
    struct str text = STR_INIT;

    for (uint32_t i = 0; i < candidates->items.count; i++)
        str_addf(&text, "%s%s", i == 0 ? "" : "  ", candidates->items.items[i].text);
    say(context, false, str_text(&text));
    str_release(&text);
}

static void on_key(void *context, enum line_key key)
{
    struct term_key pressed = {.code = TERM_KEY_OTHER};

    if (key == LINE_KEY_ESCAPE)
        pressed.code = TERM_KEY_ESCAPE;
    else if (key >= LINE_KEY_F1 && key <= LINE_KEY_F12)
        pressed.code = (enum term_key_code)(TERM_KEY_F1 + (int)key - (int)LINE_KEY_F1);
    press(context, &pressed);
}

static void on_interrupt(void *context)
{
    set_typing(context, false);
}

static void on_end(void *context, bool gone)
{
    (void)gone;
    ((struct wall *)context)->ended = true;
}

static void start_line(struct wall *wall)
{
    const struct line_hooks hooks = {
        .context = wall,
        .accept = on_accept,
        .paste = on_paste,
        .complete = on_complete,
        .show = on_show,
        .key = on_key,
        .interrupt = on_interrupt,
        .end = on_end,
    };

    line_init(LINE_CAGED, &hooks);
    line_set_prompt(": ");
}

/* ---- the loop ---- */

static void read_keys(struct wall *wall)
{
    struct term_key key;

    wall->dirty = true;
    while (wall->typing && line_read_ready())
        continue;
    while (!wall->typing && !wall->ended && term_key(&key))
        press(wall, &key);
}

static void handle(struct wall *wall, unsigned events)
{
    int rows;
    int cols;

    if ((events & TERM_RESIZED) != 0) {
        term_size(&rows, &cols);
        line_resize(rows, cols);
        wall->dirty = true;
    }
    if ((events & TERM_INTERRUPT) != 0) {
        line_interrupt();
        wall->helping = false;
        set_typing(wall, false);
    }
    if ((events & TERM_END) != 0)
        wall->ended = true;
    if ((events & TERM_INPUT) != 0)
        read_keys(wall);
}

static int run_screen(struct wall *wall, struct str *why)
{
    if (!start_screen(wall, why))
        return EXIT_OTHER;
    while (!wall->ended) {
        look(wall);
        if (wall->dirty)
            wall_draw(wall);
        handle(wall, term_wait(LOOK_MS));
    }
    stop_screen();
    return term_end_signal() == 0 ? 0 : 128 + term_end_signal();
}

/* ---- lines of text ---- */

/* The rows that are others than before, by name. */
static void print_changes(const struct wall *wall, struct strings *before, struct str *out)
{
    struct strings after = {0};

    for (uint32_t i = 0; i < wall->class.rows.count; i++) {
        struct str row = STR_INIT;
        bool same = false;

        wall_print_row(wall, &wall->class.rows.items[i], &row);
        for (uint32_t k = 0; k < before->count && !same; k++)
            same = strcmp(before->items[k], str_text(&row)) == 0;
        if (!same)
            str_add(out, str_text(&row));
        *LIST_PUSH(&after) = str_take(&row);
    }
    for (uint32_t i = 0; i < before->count; i++)
        free((char *)(uintptr_t)before->items[i]);
    LIST_RELEASE(before);
    *before = after;
}

static int run_plain(struct wall *wall)
{
    struct strings rows = {0};
    struct str text = STR_INIT;
    struct str first = STR_INIT;
    int status = 0;

    wall->theme = theme_find("mono");
    class_wall_look(&wall->class);
    wall_print(wall, &text);
    print_changes(wall, &rows, &first);
    do {
        if (!exec_print(STDOUT_FILENO, str_text(&text), text.length))
            status = EXIT_OTHER;
        str_clear(&text);
        if (wall->options->follow && status == 0) {
            poll(NULL, 0, LOOK_MS);
            if (class_wall_look(&wall->class))
                print_changes(wall, &rows, &text);
        }
    } while (wall->options->follow && status == 0);
    for (uint32_t i = 0; i < rows.count; i++)
        free((char *)(uintptr_t)rows.items[i]);
    LIST_RELEASE(&rows);
    str_release(&text);
    str_release(&first);
    return status;
}

int wall_run(const struct wall_options *options, struct str *why)
{
    struct wall wall = {.options = options};
    int status = EXIT_OTHER;

    if (class_wall_open(&wall.class, options->folder, options->clock, why) != 0)
        return EXIT_OTHER;
    canvas_init(&wall.canvas, 1, 1);
    status = options->plain ? run_plain(&wall) : run_screen(&wall, why);
    canvas_release(&wall.canvas);
    sheet_release(&wall.sheet);
    sheet_release(&wall.help);
    str_release(&wall.message);
    class_wall_close(&wall.class);
    return status;
}
