/*
 * shell/run.c - a typed line is run: words, variables, $(...), ; && ||, and who answers which word.
 *
 * The grammar is base/words, the expansion base/expand; here commands are run and variables are
 * set.  A substitution
 * $(...) runs in the same session: what it changes stays changed, as an AWS command's effects
 * would.
 */
#include "shell/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/close_match.h"
#include "base/mem.h"
#include "base/words.h"
#include "shell/run_parts.h"
#include "shell/typed.h"

static int run_list(struct running *running, const struct words_list *list, bool stop);

void shell_init(struct shell *shell, struct session *session)
{
    *shell = (struct shell){
        .session = session,
    };
}

void shell_add_words(struct shell *shell, const struct word *words, void *owner)
{
    if (shell->table_count == SHELL_TABLES_MAX)
        BUG("more than %d tables of words", SHELL_TABLES_MAX);
    shell->tables[shell->table_count++] = (struct word_table){.words = words, .owner = owner};
}

const struct word *shell_word_find(const struct shell *shell, const char *name, void **owner)
{
    for (size_t i = 0; i < shell->table_count; i++) {
        for (const struct word *word = shell->tables[i].words; word->name != NULL; word++) {
            if (strcmp(word->name, name) == 0) {
                *owner = shell->tables[i].owner;
                return word;
            }
        }
    }
    return NULL;
}

/* ---- expansion ---- */

static const char *expand_variable(void *context, const char *name)
{
    struct running *running = context;

    if (strcmp(name, "?") == 0) {
        snprintf(running->status_text, sizeof(running->status_text), "%d", running->shell->status);
        return running->status_text;
    }
    return session_variable(running->shell->session, name);
}

static int expand_run(void *context, const struct words_list *commands, struct str *output)
{
    struct running *outer = context;
    struct str held = STR_INIT;
    struct command_io io = {.out = &held, .err = outer->io->err};
    struct running inner = {
        .shell = outer->shell,
        .io = &io,
        .substitution = true,
        .held = true,
    };

    outer->shell->status = run_list(&inner, commands, false);
    outer->substituted = true;
    while (held.length > 0 && held.text[held.length - 1] == '\n')
        str_cut(&held, held.length - 1);
    str_addn(output, str_text(&held), held.length);
    str_release(&held);
    return outer->shell->status == EXIT_INTERRUPTED ? EXIT_INTERRUPTED : 0;
}

struct expand_host run_host(struct running *running)
{
    return (struct expand_host){
        .context = running,
        .variable = expand_variable,
        .run = expand_run,
    };
}

/* ---- one command ---- */

enum { NAME_SHOWN_MAX = 60 }; /* bytes of an unknown word that are told back */

/* The beginning of a word that may be a pasted book. */
void run_add_shortened(struct str *out, const char *name)
{
    size_t length = strlen(name);
    size_t shown = length;

    if (length > NAME_SHOWN_MAX) {
        shown = NAME_SHOWN_MAX;
        while (shown > 0 && ((unsigned char)name[shown] & 0xc0) == 0x80)
            shown--;
    }
    str_addn(out, name, shown);
    if (shown < length)
        str_add(out, "...");
}

/* What people say to the clock; NULL: something else, or there is no such word here. */
static const char *word_of_clock(const struct shell *shell, const char *name)
{
    static const char *const said[][2] = {
        {"pause", "speed pause"},
        {"resume", "speed run"},
        {"unpause", "speed run"},
        {"play", "speed run"},
    };
    void *owner;

    for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
        if (str_equal(said[i][0], name) && shell_word_find(shell, "speed", &owner) != NULL)
            return said[i][1];
    }
    return NULL;
}

static int say_unknown(struct running *running, const char *name)
{
    struct shell *shell = running->shell;
    const char *words[128] = {"aws", "lab"};
    const char *near[CLOSE_MATCH_MAX];
    const char *of_clock = word_of_clock(shell, name);
    struct str said = STR_INIT;
    size_t count = 2;

    for (size_t i = 0; i < shell->table_count; i++) {
        for (const struct word *word = shell->tables[i].words; word->name != NULL && count < 128;
             word++)
            words[count++] = word->name;
    }
    run_add_shortened(&said, name);
    str_add(&said, ": command not found");
    if (of_clock != NULL)
        str_addf(&said, "; did you mean `%s`?", of_clock);
    else if (service_find(name) != NULL)
        str_addf(&said, "; did you mean `aws %s`?", name);
    else if (close_match_find(name, words, count, near) > 0)
        str_addf(&said, "; did you mean `%s`?", near[0]);
    else
        str_add(&said, "; `help` lists what is");
    str_addf(running->io->err, "nephoscope: %s\n", str_text(&said));
    commander_refused(&shell->session->commander, NULL, str_text(&said));
    str_release(&said);
    return EXIT_NOT_FOUND;
}

const struct service *shell_short_service(const struct shell *shell, const char *text)
{
    const char *begin = text + strspn(text, " \t");
    size_t length = strspn(begin, "abcdefghijklmnopqrstuvwxyz0123456789-");
    const struct service *service = NULL;
    char name[32];
    void *owner;

    if (!shell->short_aws || length == 0 || length >= sizeof(name) ||
        strchr(" \t\n", begin[length]) == NULL)
        return NULL;
    memcpy(name, begin, length);
    name[length] = '\0';
    service = service_find(name);
    if (service == NULL || service->style == STYLE_LAB ||
        shell_word_find(shell, name, &owner) != NULL)
        return NULL;
    return service;
}

bool shell_is_short(const struct shell *shell, const char *text)
{
    return shell_short_service(shell, text) != NULL && shell_count(text) == 1;
}

int run_dispatch(struct running *running, const struct expand_argv *argv)
{
    struct shell *shell = running->shell;
    const char *const *words = (const char *const *)argv->items.items;
    size_t count = argv->items.count;
    const struct word *word;
    void *owner;

    if (strcmp(words[0], "aws") == 0 || strcmp(words[0], "lab") == 0)
        return command_run(&shell->session->commander, words[0], words + 1, count - 1, running->io);
    word = shell_word_find(shell, words[0], &owner);
    if (word == NULL && !running->substitution && shell->line != NULL &&
        shell_is_short(shell, shell->line) && service_find(words[0]) != NULL)
        return command_run(&shell->session->commander, "aws", words, count, running->io);
    if (word == NULL)
        return say_unknown(running, words[0]);
    return word->run(&(struct word_call){
        .owner = owner,
        .commander = &shell->session->commander,
        .words = words,
        .count = count,
        .io = *running->io,
    });
}

int run_expansion_failed(struct running *running, int failure)
{
    if (failure == EXPAND_TOO_LONG) {
        str_add(running->io->err,
                "nephoscope: the line becomes too long when its variables are filled in\n");
        return EXIT_USAGE;
    }
    return failure;
}

static int assign(struct running *running, const struct expand_host *host,
                  const struct words_assign *assignment)
{
    struct str value = STR_INIT;
    struct str why = STR_INIT;
    int status = expand_one(host, &assignment->value, &value);

    if (status != 0) {
        status = run_expansion_failed(running, status);
    } else if (session_set_variable(running->shell->session, assignment->name, str_text(&value),
                                    &why) != 0) {
        str_addf(running->io->err, "nephoscope: %s: %s\n", assignment->name, str_text(&why));
        status = EXIT_OTHER;
    }
    str_release(&value);
    str_release(&why);
    return status;
}

/* Variables set before a command hold for that command only: they are put back after it. */
struct kept_values {
    LIST(struct pair) items; /* in the arena */
};

static void keep_values(struct running *running, const struct words_command *command,
                        struct arena *arena, struct kept_values *kept)
{
    for (uint32_t i = 0; i < command->assigns.count; i++) {
        const char *name = command->assigns.items[i].name;

        *LIST_PUSH_IN(arena, &kept->items) = (struct pair){
            .key = name,
            .value = arena_strdup(arena, session_variable(running->shell->session, name)),
        };
    }
}

static void put_values_back(struct running *running, const struct kept_values *kept)
{
    struct str why = STR_INIT;

    for (uint32_t i = kept->items.count; i > 0; i--) {
        const struct pair *pair = &kept->items.items[i - 1];

        session_set_variable(running->shell->session, pair->key, pair->value, &why);
    }
    str_release(&why);
}

int run_command(struct running *running, const struct words_command *command)
{
    struct expand_host host = run_host(running);
    struct arena arena = ARENA_INIT;
    struct expand_argv argv = {.arena = &arena};
    struct kept_values kept = {0};
    int status = 0;

    running->substituted = false;
    for (uint32_t i = 0; i < command->words.count && status == 0; i++)
        status = expand_word(&host, &command->words.items[i], &argv);
    if (status != 0) {
        arena_release(&arena);
        return run_expansion_failed(running, status);
    }
    if (argv.items.count > 0)
        keep_values(running, command, &arena, &kept);
    for (uint32_t i = 0; i < command->assigns.count && status == 0; i++)
        status = assign(running, &host, &command->assigns.items[i]);
    if (status == 0 && argv.items.count > 0)
        status = run_redirected(running, command, &argv);
    else if (status == 0 && running->substituted)
        status = running->shell->status; /* NAME=$(...) has the status of what it ran */
    put_values_back(running, &kept);
    arena_release(&arena);
    return status;
}

/* How many commands from `first` on are joined by pipes; 1 is a command alone. */
static uint32_t pipeline_length(const struct words_list *list, uint32_t first)
{
    uint32_t next = first + 1;

    while (next < list->commands.count && list->commands.items[next].join == WORDS_PIPE)
        next++;
    return next - first;
}

/* A failure that the line itself provides for: `... || true`. */
static bool or_follows(const struct words_list *list, uint32_t at)
{
    for (uint32_t i = at + 1; i < list->commands.count; i++) {
        enum words_join join = list->commands.items[i].join;

        if (join == WORDS_THEN)
            return false;
        if (join == WORDS_OR)
            return true;
    }
    return false;
}

/* The line of a text, from 1, in which that byte stands. */
static unsigned line_of(const char *text, size_t byte)
{
    unsigned line = 1;

    for (size_t i = 0; i < byte && text[i] != '\0'; i++)
        line += text[i] == '\n';
    return line;
}

static void answered(struct shell *shell)
{
    const struct session_hooks *hooks = &shell->session->hooks;

    shell->answered++;
    if (hooks->second != NULL)
        hooks->second(hooks->context);
}

/* Notes the commands up to that one, which begins a line of its own, or is behind the last. */
static void note_commands(struct running *running, const struct words_list *list, uint32_t next)
{
    struct shell *shell = running->shell;
    const struct words_command *commands = list->commands.items;
    size_t start;
    size_t end;
    char *line;

    if (!running->notes || next == running->noted)
        return;
    start = commands[running->noted].start;
    end = commands[next - 1].end;
    line = xstrndup(shell->line + start, end - start);
    session_note_line(shell->session, line, &running->before, shell->status);
    running->noted = next;
    running->before = session_place(shell->session);
    free(line);
}

static int run_list(struct running *running, const struct words_list *list, bool stop)
{
    struct shell *shell = running->shell;
    int status = 0;
    uint32_t i = 0;
    uint32_t length;
    bool ends = false;

    for (; i < list->commands.count && !shell->quit && !ends; i += length) {
        const struct words_command *command = &list->commands.items[i];

        length = pipeline_length(list, i);
        if (command->join == WORDS_THEN)
            note_commands(running, list, i);
        if (!words_should_run(command->join, status))
            continue;
        status = length > 1 ? run_pipeline(running, command, length)
                            : run_command(running, command);
        shell->status = status;
        if (!running->substitution)
            answered(shell);
        if (!running->substitution && shell->printed != NULL)
            shell->printed(shell->context, running->io);
        ends = stop && status != 0 && !or_follows(list, i);
        if (ends)
            shell->stopped = line_of(shell->line, command->start);
        ends |= status == EXIT_INTERRUPTED;
    }
    note_commands(running, list, i);
    return status;
}

/* ---- whole texts ---- */

static enum words_status parse(const char *text, struct arena *arena, struct words_list *list,
                               struct words_refusal *refusal)
{
    struct words_source source = {.text = text, .length = strlen(text)};

    return words_parse(&source, arena, list, refusal);
}

enum shell_form shell_form(const char *text)
{
    struct arena arena = ARENA_INIT;
    struct words_refusal refusal;
    struct words_list list;
    enum words_status status = parse(text, &arena, &list, &refusal);

    arena_release(&arena);
    return status == WORDS_OK ? SHELL_COMPLETE : status == WORDS_MORE ? SHELL_MORE : SHELL_BAD;
}

static size_t count_commands(const struct words_list *list)
{
    size_t count = 0;

    for (uint32_t i = 0; i < list->commands.count; i++)
        count += list->commands.items[i].join != WORDS_PIPE;
    return count;
}

/* In a guest the lines are the guest's, whatever they mean here. */
static size_t count_lines(const char *text)
{
    size_t count = text[0] != '\0';

    for (; *text != '\0'; text++)
        count += *text == '\n' && text[1] != '\0';
    return count;
}

/* A text that cannot be run, remembered for `explain`. */
static void remember_unread(const struct shell *shell, const char *why)
{
    struct str said = STR_INIT;

    str_addf(&said, "not run: %s", why);
    commander_refused(&shell->session->commander, NULL, str_text(&said));
    str_release(&said);
}

bool shell_question(const struct shell *shell, const char *text, struct str *question)
{
    bool guest = shell->guest.instance != 0;
    const char *noun = guest ? "line" : "command";
    struct arena arena = ARENA_INIT;
    struct words_refusal refusal = {.message = "there is no command in it"};
    struct words_list list = {0};
    size_t count = guest ? count_lines(text) : 0;

    if (!guest && parse(text, &arena, &list, &refusal) == WORDS_OK)
        count = count_commands(&list);
    if (count == 0) {
        str_addf(question, "not run: %s", refusal.message);
        remember_unread(shell, refusal.message);
    } else if (count == 1) {
        str_addf(question, "run this %s? [y/N] ", noun);
    } else {
        str_addf(question, "run these %zu %ss? [y/N] ", count, noun);
    }
    arena_release(&arena);
    return count > 0;
}

size_t shell_count(const char *text)
{
    struct arena arena = ARENA_INIT;
    struct words_refusal refusal;
    struct words_list list = {0};
    size_t count;

    parse(text, &arena, &list, &refusal);
    count = count_commands(&list);
    arena_release(&arena);
    return count;
}

int shell_run(struct shell *shell, const char *text, bool stop, struct command_io *io)
{
    struct running running = {.shell = shell, .io = io};
    struct arena arena = ARENA_INIT;
    struct words_refusal refusal;
    const char *outer = shell->line;
    struct words_list list;
    int status;

    running.before = session_place(shell->session);
    running.notes = outer == NULL && shell->guest.instance == 0 && strchr(text, '\n') != NULL;
    shell->line = text;
    shell->stopped = 0;
    if (shell->guest.instance != 0) {
        status = shell->guest.line(shell, text, io);
        shell->status = status;
    } else if (parse(text, &arena, &list, &refusal) == WORDS_OK) {
        status = run_list(&running, &list, stop);
    } else {
        str_addf(io->err, "nephoscope: %s\n", refusal.message);
        remember_unread(shell, refusal.message);
        status = EXIT_USAGE;
        shell->status = status;
    }
    if (outer == NULL && !running.notes)
        session_note_line(shell->session, text, &running.before, status);
    if (shell->printed != NULL)
        shell->printed(shell->context, io);
    shell->line = outer;
    arena_release(&arena);
    return status;
}

int shell_read_typed(struct shell *shell, const char *text, const char *last, struct str *line,
                     struct str *err)
{
    struct str repeated = STR_INIT;
    bool repeats = shell->guest.instance == 0 && typed_repeat(text, last, &repeated);
    int status = 0;

    if (repeats && last == NULL) {
        str_add(err, "nephoscope: !!: nothing was typed before\n");
        status = 1;
        shell->status = status;
    }
    str_add(line, repeats && last != NULL ? str_text(&repeated) : text);
    str_release(&repeated);
    return status;
}

int shell_run_typed(struct shell *shell, const char *line, struct command_io *io)
{
    struct str filled = STR_INIT;
    struct str why = STR_INIT;
    int status = EXIT_USAGE;

    if (shell->typed == NULL || shell->guest.instance != 0)
        status = shell_run(shell, line, false, io);
    else if (typed_expand(shell->typed, line, &filled, &why) == 0)
        status = shell_run(shell, str_text(&filled), false, io);
    else
        str_addf(io->err, "nephoscope: %s\n", str_text(&why));
    str_release(&filled);
    str_release(&why);
    return status;
}
