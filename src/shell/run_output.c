/*
 * shell/run_output.c - where a command's output goes: files, and programs after `|`.
 *
 * `> NAME` keeps a file among the branch's own: durable, undone by undo, found by file://NAME, the
 * same for every line.  What lies outside of the cloud is for a person's own lines only, and must
 * be typed: a path is one whose slashes all stand in the line, and a program's name stands there
 * whole.  So nothing that a lesson or a session file brings, a variable included, can choose them.
 */
#include "shell/run_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "shell/outside.h"
#include "store/session_file.h"

/* Where the text of one descriptor goes. */
struct sink {
    struct str text;
    const char *file; /* NULL: the caller's out or err; "/dev/null" is nowhere */
    bool append;
    int fd; /* of a file outside; -1: among the branch's own */
};

/* The descriptors of one command.  0 is what both say (&>), 1 and 2 as in any shell. */
struct sinks {
    LIST(struct sink) list; /* in the arena: out and err, then one for each file named */
    uint32_t of[3];         /* by descriptor: the place in the list */
};

/* ---- files ---- */

static size_t count_slashes(const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; text++)
        count += *text == '/';
    return count;
}

static bool is_typed_path(const struct words_word *word, const char *name)
{
    size_t typed = 0;

    for (size_t i = 0; i < word->count; i++)
        typed += word->parts[i].kind == WORDS_LITERAL ? count_slashes(word->parts[i].text) : 0;
    return typed == count_slashes(name);
}

/* Opens a file outside, where the name is a path.  0, or an exit code and the reason told. */
static int open_outside(struct running *running, const struct words_word *word, struct sink *sink)
{
    const struct session *session = running->shell->session;
    const char *own = session->store == NULL ? NULL : store_path(session->store);
    struct str why = STR_INIT;
    int status = EXIT_USAGE;

    if (strchr(sink->file, '/') == NULL || strcmp(sink->file, "/dev/null") == 0)
        return 0;
    if (!session_is_person(session)) {
        str_addf(&why, "%s: a lesson, or a file of the branch, writes to no path; a name without "
                       "/ is kept in the branch",
                 sink->file);
    } else if (!is_typed_path(word, sink->file)) {
        str_addf(&why, "%s: the / of a path must be typed, not come out of a variable",
                 sink->file);
    } else {
        sink->fd = outside_open(sink->file, sink->append, own, &why);
        status = sink->fd < 0 ? EXIT_OTHER : 0;
    }
    if (status != 0)
        str_addf(running->io->err, "nephoscope: %s\n", str_text(&why));
    str_release(&why);
    return status;
}

/* Points the descriptors where the redirections say, in their order.  0, or an exit code and the
 * reason told. */
static int open_sinks(struct running *running, const struct words_command *command,
                      struct arena *arena, struct sinks *sinks)
{
    const struct expand_host host = run_host(running);
    int status = 0;

    *LIST_PUSH_IN(arena, &sinks->list) = (struct sink){.fd = -1};
    *LIST_PUSH_IN(arena, &sinks->list) = (struct sink){.fd = -1};
    sinks->of[1] = 0;
    sinks->of[2] = 1;
    for (uint32_t i = 0; i < command->redirects.count && status == 0; i++) {
        const struct words_redirect *to = &command->redirects.items[i];
        struct str name = STR_INIT;
        struct sink *sink;
        uint32_t place;

        if (to->to != 0) {
            sinks->of[to->from] = sinks->of[to->to];
            continue;
        }
        status = expand_one(&host, &to->target, &name);
        place = sinks->list.count;
        sink = LIST_PUSH_IN(arena, &sinks->list);
        *sink = (struct sink){
            .file = arena_strdup(arena, str_text(&name)),
            .append = to->append,
            .fd = -1,
        };
        str_release(&name);
        status = status != 0 ? run_expansion_failed(running, status)
                             : open_outside(running, &to->target, sink);
        if (to->from != 2)
            sinks->of[1] = place;
        if (to->from != 1)
            sinks->of[2] = place;
    }
    return status;
}

/* Keeps what goes to a file among the branch's own. */
static int keep_sink(struct session *session, const struct sink *sink, struct str *why)
{
    const struct branch_file *old =
        sink->append ? variables_file_find(&session->variables, sink->file) : NULL;
    struct str bytes = STR_INIT;
    int status;

    if (old != NULL)
        str_addn(&bytes, old->bytes.bytes, old->bytes.size);
    str_addn(&bytes, str_text(&sink->text), sink->text.length);
    status = session_set_file(session, sink->file, str_text(&bytes), bytes.length, why);
    if (status != 0) {
        struct str problem = STR_INIT;

        str_addf(&problem, "%s: %s", sink->file, str_text(why));
        str_clear(why);
        str_add(why, str_text(&problem));
        str_release(&problem);
    }
    str_release(&bytes);
    return status;
}

/* Writes a sink that is a file.  0, or an exit code and the reason told. */
static int drain_file(struct running *running, const struct sink *sink, bool interrupted)
{
    struct str why = STR_INIT;
    int status = 0;

    if (sink->fd >= 0)
        status = outside_write(sink->fd, sink->file, str_text(&sink->text),
                               interrupted ? 0 : sink->text.length, &why);
    else if (strcmp(sink->file, "/dev/null") != 0 && !interrupted)
        status = keep_sink(running->shell->session, sink, &why);
    if (status != 0)
        str_addf(running->io->err, "nephoscope: %s\n", str_text(&why));
    str_release(&why);
    return status != 0 ? EXIT_OTHER : 0;
}

/* Gives each sink its text: to the caller's out and err, or into a file. */
static int drain_sinks(struct running *running, struct sinks *sinks, int status)
{
    struct command_io *io = running->io;

    str_move(io->out, &sinks->list.items[0].text);
    str_move(io->err, &sinks->list.items[1].text);
    for (uint32_t i = 0; i < sinks->list.count; i++) {
        struct sink *sink = &sinks->list.items[i];
        int kept = sink->file == NULL ? 0
                                      : drain_file(running, sink, status == EXIT_INTERRUPTED);

        status = kept != 0 ? kept : status;
        str_release(&sink->text);
    }
    return status;
}

/* What was opened is closed, and nothing written. */
static void close_sinks(struct sinks *sinks)
{
    struct str why = STR_INIT;

    for (uint32_t i = 0; i < sinks->list.count; i++) {
        if (sinks->list.items[i].fd >= 0)
            outside_write(sinks->list.items[i].fd, "", "", 0, &why);
    }
    str_release(&why);
}

/* ---- one command ---- */

/* What a command runs as, once its output is caught. */
typedef int (*caught_run)(struct running *running, const void *what);

/* Runs something with its output caught, and lets that go where the command's redirections say. */
static int run_caught(struct running *running, const struct words_command *command, caught_run run,
                      const void *what)
{
    struct command_io *io = running->io;
    struct arena arena = ARENA_INIT;
    struct sinks sinks = {0};
    int status = open_sinks(running, command, &arena, &sinks);

    if (status != 0) {
        close_sinks(&sinks);
    } else {
        struct commander *commander = &running->shell->session->commander;
        void (*printed)(void *, struct command_io *) = running->shell->printed;
        void (*page)(void *, const char *, const char *) = commander->page;
        struct str out = STR_INIT;
        struct str err = STR_INIT;
        struct command_io held = {.out = &out, .err = &err};

        /* A word that runs lines of its own shows them as they go, unless they go elsewhere. */
        if (running->held || command->redirects.count > 0) {
            running->shell->printed = NULL;
            commander->page = NULL;
        }
        running->io = &held;
        status = run(running, what);
        running->io = io;
        running->shell->printed = printed;
        commander->page = page;
        str_move(&sinks.list.items[sinks.of[1]].text, &out);
        str_move(&sinks.list.items[sinks.of[2]].text, &err);
        str_release(&out);
        str_release(&err);
        status = drain_sinks(running, &sinks, status);
    }
    arena_release(&arena);
    return status;
}

static int run_words(struct running *running, const void *what)
{
    return run_dispatch(running, what);
}

int run_redirected(struct running *running, const struct words_command *command,
                   const struct expand_argv *argv)
{
    return run_caught(running, command, run_words, argv);
}

/* ---- programs ---- */

/* A pipeline's programs, ready to be run. */
struct programs {
    struct outside_chain chain;
    char *paths[OUTSIDE_PROGRAMS_MAX];       /* owned, each */
    char *const *argv[OUTSIDE_PROGRAMS_MAX]; /* in the arena */
    struct arena arena;
};

static int refuse(struct running *running, int status, const char *name, const char *reason)
{
    str_add(running->io->err, "nephoscope: ");
    run_add_shortened(running->io->err, name);
    str_addf(running->io->err, "%s\n", reason);
    return status;
}

/* A program's name, where it stands in the line whole; NULL when it does not. */
static const char *typed_name(const struct words_command *command, struct arena *arena)
{
    const char *name = "";

    if (command->words.count == 0)
        return NULL;
    for (size_t i = 0; i < command->words.items[0].count; i++) {
        const struct words_part *part = &command->words.items[0].parts[i];

        if (part->kind != WORDS_LITERAL)
            return NULL;
        name = arena_printf(arena, "%s%s", name, part->text);
    }
    return name;
}

/* Would the program start the real AWS CLI?  `xargs aws ...` is what people know. */
static bool starts_aws(const struct words_command *command, const char *name)
{
    static const char *const starters[] = {"xargs", "parallel", "env", "sudo", "timeout"};
    bool starts = false;

    for (size_t i = 0; i < sizeof(starters) / sizeof(starters[0]); i++)
        starts = starts || strcmp(name, starters[i]) == 0;
    for (uint32_t i = 0; i < command->words.count; i++) {
        const struct words_word *word = &command->words.items[i];

        if ((i == 0 || starts) && word->count == 1 && word->parts[0].kind == WORDS_LITERAL &&
            (strcmp(word->parts[0].text, "aws") == 0 || strcmp(word->parts[0].text, "lab") == 0))
            return true;
    }
    return false;
}

/* Finds one program, before anything runs.  0, or an exit code and the reason told. */
static int find_program(struct running *running, const struct words_command *command, bool last,
                        struct programs *programs)
{
    const char *name = typed_name(command, &programs->arena);
    size_t number = programs->chain.count;

    if (name == NULL || command->assigns.count > 0)
        return refuse(running, EXIT_USAGE, "|",
                      ": after it stands a program's name, typed, without a variable");
    if (starts_aws(command, name))
        return refuse(running, EXIT_USAGE, name,
                      ": after | programs of this machine run, and its `aws` knows nothing of this "
                      "cloud; `aws ... $(aws ...)` hands an answer on");
    if (!last && command->redirects.count > 0)
        return refuse(running, EXIT_USAGE, name,
                      ": only the first and the last command of a pipeline are redirected here");
    if (number == OUTSIDE_PROGRAMS_MAX)
        return refuse(running, EXIT_USAGE, "|", ": a pipeline of more than 16 programs");
    programs->paths[number] = outside_find(name);
    if (programs->paths[number] == NULL)
        return refuse(running, EXIT_NOT_FOUND, name,
                      ": command not found (after | stand programs of this machine)");
    programs->chain.count++;
    return 0;
}

/* Fills in a program's arguments.  0, or an exit code. */
static int fill_program(struct running *running, const struct words_command *command,
                        struct programs *programs, size_t number)
{
    const struct expand_host host = run_host(running);
    struct expand_argv argv = {.arena = &programs->arena};
    char **list;
    int status = 0;

    for (uint32_t i = 0; i < command->words.count && status == 0; i++)
        status = expand_word(&host, &command->words.items[i], &argv);
    if (status != 0)
        return run_expansion_failed(running, status);
    list = arena_alloc(&programs->arena, (argv.items.count + 1) * sizeof(*list));
    for (uint32_t i = 0; i < argv.items.count; i++)
        list[i] = arena_strdup(&programs->arena, argv.items.items[i]);
    programs->argv[number] = list;
    return 0;
}

/* struct outside_chain's stop. */
static bool is_stopped(void *context)
{
    const struct session *session = context;
    const struct session_hooks *hooks = &session->hooks;

    return hooks->waiting != NULL &&
           hooks->waiting(hooks->context, "program", session->world->sim.now) != 0;
}

static int run_programs(struct running *running, const void *what)
{
    const struct programs *programs = what;

    return outside_run(&programs->chain, running->io->out, running->io->err);
}

/* The first command, what it prints being kept for the programs. */
static int run_first(struct running *running, const struct words_command *command,
                     struct str *printed)
{
    struct command_io *io = running->io;
    struct command_io feed = {.out = printed, .err = io->err};
    bool held = running->held;
    int status;

    running->io = &feed;
    running->held = true;
    status = run_command(running, command);
    running->held = held;
    running->io = io;
    return status;
}

int run_pipeline(struct running *running, const struct words_command *commands, uint32_t count)
{
    struct programs programs = {
        .chain = {.context = running->shell->session, .stop = is_stopped},
    };
    struct str printed = STR_INIT;
    int status = 0;

    if (!session_is_person(running->shell->session))
        return refuse(running, EXIT_USAGE, "|",
                      " runs programs of this machine, for lines that you type outside of "
                      "lessons; --query and --output cut an answer too");
    for (uint32_t i = 1; i < count && status == 0; i++)
        status = find_program(running, &commands[i], i + 1 == count, &programs);
    if (status == 0 && run_first(running, &commands[0], &printed) == EXIT_INTERRUPTED)
        status = EXIT_INTERRUPTED;
    for (uint32_t i = 1; i < count && status == 0; i++)
        status = fill_program(running, &commands[i], &programs, i - 1);
    if (status == 0) {
        programs.chain.argv = programs.argv;
        programs.chain.paths = (const char *const *)programs.paths;
        programs.chain.input = str_text(&printed);
        programs.chain.input_size = printed.length;
        status = run_caught(running, &commands[count - 1], run_programs, &programs);
    }
    for (size_t i = 0; i < programs.chain.count; i++)
        free(programs.paths[i]);
    arena_release(&programs.arena);
    str_release(&printed);
    return status;
}
