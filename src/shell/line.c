/*
 * shell/line.c - the line that is being typed (the cage of GNU readline).
 *
 * Owns    the one line of the process (`cage` below, and readline's own globals): mutable state
 *         that the house allows here only.
 *
 * How readline is kept from the screen (each of these was needed):
 *   - It reads descriptor 0 itself, byte by byte through take_byte(): fed with curses' keys, a
 *     search for a letter like e-acute breaks.
 *   - It may not prepare the terminal, catch signals, or set LINES and COLUMNS.
 *   - Its redisplay does nothing, its output is /dev/null, and its lists of matches go to a hook.
 *   - Its line handler only takes the line; commands run after rl_callback_read_char() has
 *     returned.
 *
 * Pasted text comes between ESC [200~ and ESC [201~, where the terminal was asked for that.  It is
 * read here whole, so that a newline in it is not the Enter key.
 */
#include "shell/line.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "base/bug.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "shell/history_file.h"
#include "shell/line_parts.h"

enum {
    ESCAPE_WAIT_MS = 25,  /* how long a lone Escape waits for the rest of a key */
    PASTE_WAIT_MS = 1000, /* how long a paste may pause before it counts as over */
    PASTE_MAX = 4 << 20,  /* bytes; more is dropped */
    NO_BYTE = -1,
};

/* States in which readline waits for the rest of something. */
#define BUSY_STATES                                                                                \
    (RL_STATE_ISEARCH | RL_STATE_NSEARCH | RL_STATE_MULTIKEY | RL_STATE_NUMERICARG |               \
     RL_STATE_CHARSEARCH | RL_STATE_VIMOTION | RL_STATE_METANEXT | RL_STATE_MOREINPUT)

/* The same while a key is obeyed that is itself of several bytes. */
#define KEY_STATES (BUSY_STATES & ~(unsigned long)RL_STATE_MULTIKEY)

static struct {
    bool open;
    bool gone;      /* the input has ended */
    bool installed; /* readline's handler is */
    bool ended;     /* Ctrl-D on an empty line, not yet told */
    bool interrupted;
    bool telling; /* a hook runs */
    bool offers;  /* see line_offer() */
    enum line_mode mode;
    struct line_hooks hooks;
    FILE *nowhere;  /* owned */
    char *prompt;   /* owned */
    char *accepted; /* owned; not yet given to the hook, as the next two */
    char *pasted;   /* owned */
    bool moused;    /* `mouse` holds one that is not yet told */
    struct line_mouse mouse;
    int key;         /* of enum line_key, or -1 */
    int pushed;      /* a byte read too early, or NO_BYTE */
    struct str feed; /* LINE_PIPE: read, not yet given */
    struct line_candidates candidates;
    char *history_path; /* owned; NULL for memory only */
} cage;

/* The text as it may stand in a line; the caller frees it. */
static char *cleaned(const char *text, size_t length)
{
    struct str out = STR_INIT;

    str_add(&out, "");
    utf8_add_typed(&out, text, length);
    return str_take(&out);
}

/* Input. */

static bool input_within(int timeout_ms)
{
    struct pollfd wait = {.fd = STDIN_FILENO, .events = POLLIN};

    return cage.pushed != NO_BYTE || poll(&wait, 1, timeout_ms) > 0;
}

/* The next byte, waiting for it; EOF when the input is gone for good. */
static int take_byte(FILE *unused)
{
    unsigned char byte;

    (void)unused;
    if (cage.pushed != NO_BYTE) {
        int pushed = cage.pushed;

        cage.pushed = NO_BYTE;
        return pushed;
    }
    while (!cage.gone) {
        ssize_t got = read(STDIN_FILENO, &byte, 1);

        if (got == 1)
            return byte;
        if (got < 0 && errno == EAGAIN)
            input_within(-1);
        else if (got == 0 || errno != EINTR)
            cage.gone = true;
    }
    return EOF;
}

/* Readline's functions. */

static void draw_nothing(void)
{
}

static void take_line(char *line)
{
    if (line == NULL) {
        cage.ended = true;
        /* at the end of the input readline gives the unfinished line: nobody entered it */
    } else if (!cage.gone) {
        free(cage.accepted);
        cage.accepted = cleaned(line, strlen(line));
    }
    free(line);
    if (cage.mode == LINE_TTY) { /* else the next prompt would stand before the command's output */
        rl_callback_handler_remove();
        cage.installed = false;
    }
}

static void install(void)
{
    if (cage.installed)
        return;
    rl_callback_handler_install(cage.prompt, take_line);
    cage.installed = true;
}

static int on_key(int count, int key)
{
    (void)count;
    (void)key;
    for (size_t i = 0; i < LINE_SEQUENCES; i++) {
        if (strcmp(line_sequences[i].bytes, rl_executing_keyseq) == 0)
            cage.key = line_sequences[i].key;
    }
    return 0;
}

/* A number of a mouse report, and the byte after it in *end; EOF when the rest does not come. */
static int mouse_number(int *end)
{
    int number = 0;

    for (*end = EOF; input_within(ESCAPE_WAIT_MS);) {
        *end = take_byte(NULL);
        if (*end < '0' || *end > '9')
            break;
        number = number < 100000 ? number * 10 + (*end - '0') : number;
    }
    return number;
}

/*
 * A mouse report, in the form that is newer (`ESC [ < button ; column ; row M`) or older (three
 * bytes above 32 after `ESC [ M`).  Releases and other buttons are read and forgotten.
 */
static int on_mouse(int count, int key)
{
    int values[3] = {0};
    int end = 'M';

    (void)count;
    (void)key;
    for (int i = 0; i < 3; i++) {
        if (strcmp(rl_executing_keyseq, "\x1b[<") == 0)
            values[i] = mouse_number(&end);
        else
            values[i] = input_within(ESCAPE_WAIT_MS) ? take_byte(NULL) - 32 : -1;
    }
    if (end != 'M' || (values[0] != 0 && values[0] != 64 && values[0] != 65))
        return 0;
    cage.moused = true;
    cage.mouse.kind = values[0] == 0    ? LINE_MOUSE_CLICK
                      : values[0] == 64 ? LINE_MOUSE_WHEEL_UP
                                        : LINE_MOUSE_WHEEL_DOWN;
    cage.mouse.col = values[1] - 1;
    cage.mouse.row = values[2] - 1;
    return 0;
}

static int on_interrupt(int count, int key)
{
    (void)count;
    (void)key;
    cage.interrupted = true;
    return 0;
}

/* The pasted bytes, up to and without the closing sequence. */
static void read_paste(struct str *out)
{
    static const char closing[] = "\x1b[201~";
    const size_t length = sizeof(closing) - 1;

    while (input_within(PASTE_WAIT_MS)) {
        int byte = take_byte(NULL);

        if (byte == EOF)
            return;
        if (out->length < PASTE_MAX || byte == 0x1b ||
            (out->length > 0 && out->text[out->length - 1] != '~'))
            str_addc(out, (char)byte);
        if (out->length >= length &&
            memcmp(out->text + out->length - length, closing, length) == 0) {
            str_cut(out, out->length - length);
            return;
        }
        if (out->length > PASTE_MAX + length)
            str_cut(out, PASTE_MAX);
    }
}

/*
 * Readline keeps the line that was left for the history, with its list of undoings.  Kept beyond
 * the end of that line it would come back, and its list, freed meanwhile, be freed again.
 */
static void forget_kept_line(void)
{
    rl_maybe_save_line(); /* there is one for sure: else the next rings the bell */
    rl_maybe_unsave_line();
}

/*
 * Lists of undoings that nobody may follow any more.  Readline lets the line, the kept line and the
 * lines of the history share records, and frees them under each other: a list is forgotten, and not
 * freed, for which of its records are still there cannot be known.  It is a few bytes a key.
 */
static LIST(void *) forgotten;

static void give_up(void *undoings)
{
    if (undoings != NULL)
        *LIST_PUSH(&forgotten) = undoings;
}

static void give_up_own(void)
{
    give_up(rl_undo_list);
    rl_undo_list = NULL;
}

/* A line that is replaced from outside cannot be undone into: forgets every list readline knows. */
static void forget_undoings(void)
{
    HIST_ENTRY **entries = history_list();

    give_up_own();
    forget_kept_line();
    give_up_own();
    for (int i = 0; entries != NULL && entries[i] != NULL; i++) {
        give_up(entries[i]->data);
        entries[i]->data = NULL;
    }
}

static void leave_states(void)
{
    rl_callback_sigcleanup();
    rl_clear_message();
    forget_undoings();
    using_history();
}

/* Puts another text in the line's place; nothing of the old one is remembered. */
static void replace_line(const char *text)
{
    leave_states();
    rl_replace_line(text, 0);
}

/*
 * One line is typed in; several are given whole, with the line around them, when readline has
 * returned.
 */
static int on_paste(int count, int key)
{
    struct str bytes = STR_INIT;
    char *text;
    size_t length;

    (void)count;
    (void)key;
    read_paste(&bytes);
    text = cleaned(str_text(&bytes), bytes.length);
    str_release(&bytes);
    length = strlen(text);
    if (length > 0 && text[length - 1] == '\n')
        text[--length] = '\0';
    if (strchr(text, '\n') == NULL) {
        rl_insert_text(text);
        free(text);
        return 0;
    }
    free(cage.pasted);
    cage.pasted = xasprintf("%.*s%s%s", rl_point, rl_line_buffer, text, rl_line_buffer + rl_point);
    replace_line("");
    free(text);
    return 0;
}

/* Completion. */

/* The candidate as readline wants it: in the place of the word that begins at `word_start`. */
static char *as_match(const char *candidate, size_t word_start)
{
    size_t start = cage.candidates.start;

    if (start >= word_start)
        return xasprintf("%.*s%s", (int)(start - word_start), rl_line_buffer + word_start,
                         candidate);
    /*
     * The candidate begins before readline's word (there is a blank in quotes): leave out what
     * stands there.
     */
    if (strncmp(candidate, rl_line_buffer + start, word_start - start) != 0)
        return NULL;
    return xstrdup(candidate + (word_start - start));
}

/* Readline's array: first what all have in common, then each; or the only one alone. */
static char **match_list(size_t word_start, const char *word)
{
    uint32_t count = cage.candidates.items.count;
    char **matches = xcalloc((size_t)count + 2, sizeof(*matches));
    size_t used = 1;

    for (uint32_t i = 0; i < count; i++) {
        char *match = as_match(cage.candidates.items.items[i].text, word_start);

        if (match != NULL)
            matches[used++] = match;
    }
    if (used == 1) {
        free(matches);
        return NULL;
    }
    if (used == 2) {
        matches[0] = matches[1];
        matches[1] = NULL;
        return matches;
    }
    matches[0] = xstrdup(matches[1]);
    for (size_t i = 2; i < used; i++)
        matches[0][line_shared_length(matches[0], matches[i])] = '\0';
    if (!str_starts(matches[0], word)) { /* they do not share what was typed: leave it as it is */
        free(matches[0]);
        matches[0] = xstrdup(word);
    }
    return matches;
}

static char **complete(const char *word, int start, int end)
{
    size_t cursor = (size_t)end;

    rl_attempted_completion_over = 1;
    rl_sort_completion_matches = 0;
    rl_ignore_completion_duplicates = 0;
    line_candidates_release(&cage.candidates);
    cage.candidates.start = cursor;
    if (cage.hooks.complete != NULL)
        cage.hooks.complete(cage.hooks.context, rl_line_buffer, cursor, &cage.candidates);
    if (cage.candidates.items.count == 0)
        return NULL;
    if (cage.candidates.start > cursor)
        BUG("completion begins at %zu, after the cursor at %zu", cage.candidates.start, cursor);
    rl_completion_append_character = cage.candidates.items.items[0].suffix;
    for (uint32_t i = 1; i < cage.candidates.items.count; i++) {
        if (cage.candidates.items.items[i].suffix != cage.candidates.items.items[0].suffix)
            rl_completion_append_character = '\0';
    }
    rl_completion_suppress_append = rl_completion_append_character == '\0';
    return match_list((size_t)start, word);
}

static void show_matches(char **matches, int count, int longest)
{
    (void)matches;
    (void)count;
    (void)longest;
    if (cage.mode == LINE_TTY)
        line_pause();
    if (cage.hooks.show != NULL)
        cage.hooks.show(cage.hooks.context, &cage.candidates);
    if (cage.mode == LINE_TTY)
        line_resume();
}

/* Offers. */

/* What the newest command of the history that begins as the line does has behind that; "".  Not in
 * the states `busy`. */
static const char *offered(unsigned long busy)
{
    HIST_ENTRY **entries = history_list();
    bool inserts = rl_editing_mode == 1 || rl_get_keymap() == vi_insertion_keymap;

    if (!cage.offers || cage.mode != LINE_CAGED || rl_end == 0 || rl_point != rl_end || !inserts ||
        (rl_readline_state & busy) != 0 || entries == NULL)
        return "";
    for (int i = history_length - 1; i >= 0; i--) {
        if (strncmp(entries[i]->line, rl_line_buffer, (size_t)rl_end) == 0 &&
            entries[i]->line[rl_end] != '\0')
            return entries[i]->line + rl_end;
    }
    return "";
}

/* Types so many bytes of the offer. */
static int take_offer(const char *offer, size_t length)
{
    char *text = xstrndup(offer, length);

    rl_insert_text(text);
    free(text);
    return 0;
}

static int forward_char(int count, int key)
{
    const char *offer = offered(KEY_STATES);

    return offer[0] != '\0' ? take_offer(offer, strlen(offer)) : rl_forward_char(count, key);
}

static int end_of_line(int count, int key)
{
    const char *offer = offered(KEY_STATES);

    return offer[0] != '\0' ? take_offer(offer, strlen(offer)) : rl_end_of_line(count, key);
}

static int forward_word(int count, int key)
{
    static const char blanks[] = " \t\n-,=:/'\"[](){}|;&";
    const char *offer = offered(KEY_STATES);
    size_t length = strspn(offer, blanks);

    length += strcspn(offer + length, blanks);
    return offer[0] != '\0' ? take_offer(offer, length) : rl_forward_word(count, key);
}

/* Wherever a person has a function of readline's bound, ours stands in its place. */
static void replace_function(Keymap map, rl_command_func_t *old, rl_command_func_t *ours)
{
    for (int i = 0; i < KEYMAP_SIZE; i++) {
        union {
            rl_command_func_t *function;
            Keymap map;
        } entry = {.function = map[i].function};

        if (map[i].type == ISKMAP)
            replace_function(entry.map, old, ours);
        else if (map[i].type == ISFUNC && map[i].function == old)
            map[i].function = ours;
    }
}

static void bind_offers(void)
{
    const Keymap maps[] = {emacs_standard_keymap, vi_insertion_keymap};

    for (size_t m = 0; m < sizeof(maps) / sizeof(maps[0]); m++) {
        replace_function(maps[m], rl_forward_char, forward_char);
        replace_function(maps[m], rl_end_of_line, end_of_line);
        replace_function(maps[m], rl_forward_word, forward_word);
    }
}

/* Life. */

static void bind_keys(void)
{
    const Keymap maps[] = {emacs_standard_keymap, vi_insertion_keymap, vi_movement_keymap};

    for (size_t m = 0; m < sizeof(maps) / sizeof(maps[0]); m++) {
        rl_bind_keyseq_in_map("\\e[200~", on_paste, maps[m]);
        rl_bind_keyseq_in_map("\\C-c", on_interrupt, maps[m]);
        if (cage.mode != LINE_CAGED)
            continue;
        rl_bind_keyseq_in_map("\\e[<", on_mouse, maps[m]);
        rl_bind_keyseq_in_map("\\e[M", on_mouse, maps[m]);
        for (const struct line_sequence *entry = line_sequences;
             entry < line_sequences + LINE_SEQUENCES; entry++) {
            struct str name = STR_INIT;

            for (const char *c = entry->bytes; *c != '\0'; c++) {
                if (*c == 0x1b)
                    str_add(&name, "\\e");
                else if (*c < ' ')
                    str_addf(&name, "\\C-%c", *c + '`');
                else
                    str_addc(&name, *c);
            }
            if (m == 0 || entry->in_vi)
                rl_bind_keyseq_in_map(str_text(&name), on_key, maps[m]);
            str_release(&name);
        }
    }
}

static void set_up_readline(void)
{
    rl_readline_name = "nephoscope";
    rl_catch_signals = 0;
    rl_catch_sigwinch = 0;
    rl_change_environment = 0;
    rl_getc_function = take_byte;
    rl_attempted_completion_function = complete;
    rl_completion_display_matches_hook = show_matches;
    rl_completer_word_break_characters = " \t\n";
    rl_basic_quote_characters = "";
    /* Before ~/.inputrc is read, so that it may say otherwise. */
    rl_variable_bind("show-all-if-ambiguous", "on");
    rl_variable_bind("keyseq-timeout", "50");
    if (cage.mode == LINE_CAGED) {
        cage.nowhere = fopen("/dev/null", "we");
        rl_outstream = cage.nowhere;
        rl_prep_term_function = NULL;
        rl_deprep_term_function = NULL;
        rl_redisplay_function = draw_nothing;
    }
    using_history();
    stifle_history(HISTORY_FILE_COMMANDS);
    rl_initialize();
    if (cage.mode == LINE_CAGED)
        rl_variable_bind("bell-style", "none");
    bind_keys();
    if (cage.mode == LINE_CAGED)
        bind_offers();
    if (cage.mode == LINE_CAGED) /* else the first prompt brings it */
        install();
}

void line_init(enum line_mode mode, const struct line_hooks *hooks)
{
    if (cage.open)
        BUG("line_init() twice");
    cage.open = true;
    cage.gone = cage.installed = cage.ended = cage.interrupted = cage.moused = false;
    cage.mode = mode;
    cage.hooks = *hooks;
    cage.prompt = xstrdup("");
    cage.key = -1;
    cage.pushed = NO_BYTE;
    if (mode != LINE_PIPE)
        set_up_readline();
}

void line_release(void)
{
    if (!cage.open)
        return;
    cage.open = false;
    if (cage.installed)
        rl_callback_handler_remove();
    cage.installed = false;
    if (cage.mode != LINE_PIPE)
        clear_history();
    if (cage.nowhere != NULL) {
        rl_outstream = stdout;
        fclose(cage.nowhere);
        cage.nowhere = NULL;
    }
    free(cage.prompt);
    free(cage.accepted);
    free(cage.pasted);
    free(cage.history_path);
    cage.prompt = cage.accepted = cage.pasted = cage.history_path = NULL;
    str_release(&cage.feed);
    line_candidates_release(&cage.candidates);
}

/* Reading. */

/*
 * True when the next byte is an Escape that belongs to no key, and that no editing mode waits for;
 * takes it.  A key that is more than an Escape ends a search here, because readline would take the
 * Escape for the end and lose the rest.
 */
static bool take_lone_escape(void)
{
    bool vi_inserts = rl_editing_mode == 0 && rl_get_keymap() != vi_movement_keymap;
    bool searches = RL_ISSTATE(RL_STATE_ISEARCH) != 0;

    if (cage.mode != LINE_CAGED || (!searches && (vi_inserts || RL_ISSTATE(BUSY_STATES))))
        return false;
    if (cage.pushed == NO_BYTE) {
        int byte = take_byte(NULL);

        if (byte == EOF)
            return false;
        cage.pushed = byte;
    }
    if (cage.pushed != 0x1b)
        return false;
    cage.pushed = NO_BYTE;
    if (!input_within(ESCAPE_WAIT_MS) && !searches)
        return true;
    if (searches && input_within(0))
        rl_callback_sigcleanup();
    cage.pushed = 0x1b;
    return false;
}

/*
 * Tells the caller what happened; false when nothing did.  Each thing is forgotten before its hook
 * runs, because hooks may call back.
 */
static bool tell(void)
{
    char *accepted = cage.accepted;
    char *pasted = cage.pasted;
    int key = cage.key;
    bool ended = cage.ended;
    bool interrupted = cage.interrupted;
    bool moused = cage.moused;
    const struct line_mouse mouse = cage.mouse;
    const struct line_hooks hooks = cage.hooks;

    if (accepted == NULL && pasted == NULL && key < 0 && !ended && !interrupted && !moused &&
        !cage.gone)
        return false;
    cage.telling = true;
    cage.accepted = cage.pasted = NULL;
    cage.key = -1;
    cage.ended = cage.interrupted = cage.moused = false;
    if (interrupted)
        line_interrupt();
    if (interrupted && hooks.interrupt != NULL)
        hooks.interrupt(hooks.context);
    if (key >= 0 && hooks.key != NULL)
        hooks.key(hooks.context, (enum line_key)key);
    if (moused && hooks.mouse != NULL)
        hooks.mouse(hooks.context, &mouse);
    if (accepted != NULL)
        hooks.accept(hooks.context, accepted);
    if (pasted != NULL)
        hooks.paste(hooks.context, pasted);
    if ((ended || cage.gone) && cage.open)
        hooks.end(hooks.context, cage.gone);
    free(accepted);
    free(pasted);
    cage.telling = false;
    return true;
}

static bool feed_has_line(void)
{
    return cage.feed.length > 0 &&
           (cage.gone || memchr(cage.feed.text, '\n', cage.feed.length) != NULL);
}

/* LINE_PIPE: one line a call, so that a line that ends the program keeps the rest from running. */
static bool read_feed(void)
{
    char bytes[4096];

    if (!feed_has_line() && !cage.gone) {
        ssize_t got = read(STDIN_FILENO, bytes, sizeof(bytes));

        if (got > 0)
            str_addn(&cage.feed, bytes, (size_t)got);
        else if (got == 0 || (errno != EINTR && errno != EAGAIN))
            cage.gone = true;
    }
    if (feed_has_line()) {
        const char *end = memchr(cage.feed.text, '\n', cage.feed.length);
        size_t length = end == NULL ? cage.feed.length : (size_t)(end - cage.feed.text);
        size_t taken = length + (end != NULL);
        char *text; /* not the cage's: the hook may call line_release() */

        for (size_t i = 0; i < length; i++) {
            if (cage.feed.text[i] == '\0')
                cage.feed.text[i] = (char)0xff; /* no UTF-8: refused; a NUL would hide the rest */
        }
        text = xstrndup(cage.feed.text, length);
        memmove(cage.feed.text, cage.feed.text + taken, cage.feed.length - taken);
        str_cut(&cage.feed, cage.feed.length - taken);
        cage.hooks.accept(cage.hooks.context, text);
        free(text);
    } else if (cage.gone) {
        cage.hooks.end(cage.hooks.context, true);
    }
    return cage.open && (feed_has_line() || cage.gone);
}

bool line_read_ready(void)
{
    if (!cage.open)
        return false;
    if (cage.mode == LINE_PIPE)
        return read_feed();
    install();
    do {
        if (take_lone_escape())
            cage.key = LINE_KEY_ESCAPE;
        else if (!cage.gone)
            rl_callback_read_char();
        /*
         * After an event the rest of the input may be for somebody else (a view): the caller
         * decides.
         */
    } while (!tell() && input_within(0));
    if (cage.open && !cage.gone)
        install();
    return false;
}

/* Changing and showing. */

void line_set_prompt(const char *prompt)
{
    if (str_equal(prompt, cage.prompt))
        return;
    free(cage.prompt);
    cage.prompt = xstrdup(prompt);
    if (cage.mode == LINE_PIPE || cage.gone)
        return;
    if (!cage.installed && !cage.telling) {
        install();
    } else if (cage.installed) {
        rl_set_prompt(prompt);
        if (cage.mode == LINE_TTY)
            rl_forced_update_display();
    }
}

void line_set_text(const char *text)
{
    if (cage.mode == LINE_PIPE)
        return;
    replace_line(text);
    rl_point = rl_end;
    if (cage.mode == LINE_TTY)
        rl_redisplay();
}

void line_submit(void)
{
    char *text;

    if (cage.mode == LINE_PIPE)
        return;
    text = cleaned(rl_line_buffer, (size_t)rl_end);
    line_set_text("");
    cage.hooks.accept(cage.hooks.context, text);
    free(text);
}

void line_interrupt(void)
{
    if (cage.mode == LINE_PIPE)
        return;
    replace_line("");
    rl_point = 0;
    if (cage.mode == LINE_TTY && cage.installed) {
        rl_crlf();
        rl_on_new_line();
        rl_redisplay();
    }
}

void line_offer(bool on)
{
    cage.offers = on;
}

void line_state(struct line_state *state)
{
    bool editing = cage.mode != LINE_PIPE;
    bool vi = editing && rl_editing_mode == 0;

    state->prompt = editing && rl_display_prompt != NULL ? rl_display_prompt : cage.prompt;
    state->text = editing ? rl_line_buffer : "";
    state->offer = editing ? offered(BUSY_STATES) : "";
    state->editing = !vi                                         ? LINE_EMACS
                     : rl_get_keymap() == vi_movement_keymap ? LINE_VI_COMMAND
                                                                 : LINE_VI_INSERT;
    state->cursor = editing ? (size_t)rl_point : 0;
    state->cursor_column = utf8_columns(state->prompt, strlen(state->prompt)) +
                           utf8_columns(state->text, state->cursor);
}

void line_pause(void)
{
    if (cage.mode != LINE_TTY || !cage.installed)
        return;
    rl_clear_visible_line();
    rl_deprep_terminal();
    fflush(stdout);
}

void line_resume(void)
{
    if (cage.mode != LINE_TTY || !cage.installed)
        return;
    rl_prep_terminal(1);
    rl_on_new_line();
    rl_redisplay();
}

void line_resize(int rows, int cols)
{
    if (cage.mode != LINE_PIPE)
        rl_set_screen_size(rows, cols);
}

/* History. */

static bool is_new(const char *text)
{
    const HIST_ENTRY *last = NULL;

    if (history_length > 0)
        last = history_get(history_base + history_length - 1);
    return text[0] != '\0' && (last == NULL || strcmp(last->line, text) != 0);
}

static void remember(const char *text)
{
    if (is_new(text))
        add_history(text);
    using_history(); /* searches and the up key begin at the newest */
}

bool line_history_open(const char *path, struct str *problem)
{
    if (cage.mode == LINE_PIPE)
        return true;
    if (!history_file_load(path, remember, problem))
        return false;
    free(cage.history_path);
    cage.history_path = xstrdup(path);
    return true;
}

void line_history_add(const char *text)
{
    char *clean = cleaned(text, strlen(text));

    if (cage.mode != LINE_PIPE && is_new(clean)) {
        remember(clean);
        if (cage.history_path != NULL)
            history_file_append(cage.history_path, clean);
    }
    free(clean);
}

size_t line_history_count(void)
{
    return cage.mode == LINE_PIPE ? 0 : (size_t)history_length;
}

const char *line_history_find(size_t number)
{
    const HIST_ENTRY *entry = NULL;

    if (number < line_history_count())
        entry = history_get(history_base + (int)number);
    return entry == NULL ? NULL : entry->line;
}
