/*
 * main.c - reads the argument line and the wall clock, joins the floors, and picks a way to run;
 * nothing else.
 */
#include <errno.h>
#include <getopt.h>
#include <locale.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/catalog.h"
#include "api/api_words.h"
#include "store/foreign.h"
#include "store/rescue.h"
#include "store/session_file.h"
#include "store/sql.h"
#include "shell/exec.h"
#include "shell/run.h"
#include "shell/session.h"
#include "shell/tools.h"
#include "shell/typed.h"
#include "lesson/film_plain.h"
#include "lesson/program.h"
#include "lesson/seat.h"
#include "lesson/teaching.h"
#include "lesson/words.h"
#include "tui/class_program.h"
#include "tui/console.h"
#include "tui/film_screen.h"
#include "tui/lesson_source.h"
#include "tui/plain.h"
#include "tui/term.h"
#include "tui/theme.h"
#include "tui/words.h"

static const char help[] =
    "nephoscope - learn AWS by watching a cloud: real AWS CLI commands, a cloud inside the "
    "program\n"
    "\n"
    "usage:\n"
    "  nephoscope [--session FILE] [--plain] [--seed N] [--speed X] [--theme T] [LESSON]\n"
    "                                           the console; also --mouse --ascii --no-color\n"
    "  nephoscope --class DIR --name NAME [LESSON]\n"
    "                                           the console of a learner in a class\n"
    "  nephoscope class [--plain] [--follow] [--theme T] [--ascii] [--no-color] DIR [WORDS]\n"
    "                                           a class's wall; WORDS tell its learners things:\n"
    "                                           `nephoscope class DIR help` lists them\n"
    "  nephoscope --teach LESSON                the console of who teaches it\n"
    "  nephoscope exec [--session FILE] [--seed N] [-k] [-f FILE | COMMAND...]\n"
    "                                           commands, no screen; -k goes on after a failure\n"
    "                                           also --class DIR --name NAME\n"
    "  nephoscope sql [--session FILE] [--output table|json|csv|text] 'SELECT ...'\n"
    "                                           SQL over the cloud: `.tables` lists what there is\n"
    "  nephoscope lesson list | show ID | lint [PATH...] | play ID | report FILE...\n"
    "                                           lessons, no screen; who achieved what in them\n"
    "  nephoscope replay [--speed N] [--plain] [--theme T] [--mouse] [--ascii] [--no-color]\n"
    "                    [--from TIME] FILE     somebody's run, watched like a film\n"
    "  nephoscope params -- aws SERVICE OPERATION ...   what a command line means, as JSON\n"
    "  nephoscope format [--output F] [--query Q] [--title T] [FILE]\n"
    "                                           JSON as the AWS CLI prints it\n"
    "  nephoscope jp EXPRESSION [FILE]          JMESPath over JSON\n"
    "  nephoscope shorthand [--] VALUE          AWS shorthand as JSON\n"
    "  nephoscope pattern PATTERN [FILE]        does this event match this event pattern?\n"
    "  nephoscope --version | --help\n"
    "\n"
    "nephoscope is not affiliated with Amazon. No call ever leaves this program.\n";

static int usage(const char *problem)
{
    fprintf(stderr, "nephoscope: %s\nTry `nephoscope --help`.\n", problem);
    return EXIT_USAGE;
}

static const char *environment(const char *name)
{
    const char *value = getenv(name);

    return value == NULL || value[0] == '\0' ? NULL : value;
}

/* The place in a class that a command line names: both are there, or neither. */
struct class_line {
    const char *folder;
    const char *name;
};

static int check_class(const struct class_line *line)
{
    struct str why = STR_INIT;
    int status = 0;

    if ((line->folder == NULL) != (line->name == NULL))
        status = usage("--class DIR and --name NAME go together");
    else if (line->name != NULL && !class_name_check(line->name, &why))
        status = usage(str_text(&why));
    str_release(&why);
    return status;
}

/* The session is the learner's file in the class's folder; the path is for the caller to free. */
static char *class_session(const struct class_line *line, struct session_options *session)
{
    char *path;

    if (line->folder == NULL)
        return NULL;
    path = class_session_path(line->folder, line->name);
    session->path = path;
    session->learner = line->name;
    return path;
}

/* What `exec` was asked. */
struct exec_line {
    struct session_options session;
    struct exec_options exec;
    struct class_line class;
};

static bool read_number(const char *text, uint64_t *number)
{
    char *end;

    errno = 0;
    *number = strtoull(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0;
}

/* 0, or an exit code. */
static int read_exec(int argc, char **argv, struct exec_line *line)
{
    static const struct option options[] = {
        {"session", required_argument, NULL, 's'},
        {"seed", required_argument, NULL, 'n'},
        {"keep-going", no_argument, NULL, 'k'},
        {"file", required_argument, NULL, 'f'},
        {"class", required_argument, NULL, 'C'},
        {"name", required_argument, NULL, 'N'},
        {NULL, 0, NULL, 0},
    };
    int option;

    while ((option = getopt_long(argc, argv, "+kf:", options, NULL)) != -1) {
        switch (option) {
        case 'C':
            line->class.folder = optarg;
            break;
        case 'N':
            line->class.name = optarg;
            break;
        case 's':
            line->session.path = optarg;
            break;
        case 'n':
            line->session.seed_given = read_number(optarg, &line->session.seed);
            if (!line->session.seed_given)
                return usage("--seed takes a whole number");
            break;
        case 'k':
            line->exec.keep_going = true;
            break;
        case 'f':
            line->exec.script = optarg;
            break;
        default:
            return usage("exec takes --session FILE, --seed N, -k, and -f FILE or a command");
        }
    }
    line->exec.words = (const char *const *)argv + optind;
    line->exec.word_count = (size_t)(argc - optind);
    if ((line->exec.script == NULL) == (line->exec.word_count == 0))
        return usage("exec takes a command, or -f FILE");
    return check_class(&line->class);
}

/* The signal that asked to stop: Ctrl-C, SIGTERM, SIGHUP.  A second one ends the program as any
 * other. */
static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
    interrupted = number;
}

/* struct session_hooks' waiting. */
static int is_interrupted(void *context, const char *what, int64_t until)
{
    (void)context;
    (void)what;
    (void)until;
    return interrupted != 0;
}

/* Nanoseconds since 1970. */
static int64_t clock_on_the_wall(void)
{
    struct timespec time;

    clock_gettime(CLOCK_REALTIME, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static bool is_stopped(void)
{
    return interrupted != 0;
}

static void catch_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = interrupt, .sa_flags = (int)SA_RESETHAND};
    struct sigaction old;

    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        bool nohup = sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler == SIG_IGN &&
                     numbers[i] != SIGINT;

        if (!nohup)
            sigaction(numbers[i], &action, NULL);
    }
}

static void catch_interrupts(struct session *session)
{
    catch_signals();
    session->hooks.waiting = is_interrupted;
}

static int run_lesson(const char *const *words, size_t count)
{
    const struct lesson_host host = {
        .screen_words = screen_words,
        .report = {.stopped = is_stopped, .clock = clock_on_the_wall},
    };

    if (count > 0 && strcmp(words[0], "report") == 0)
        catch_signals();
    return lesson_program(&host, words, count);
}

/* struct session's wall. */
static int64_t wall_ms(void)
{
    return clock_on_the_wall() / 1000000;
}

/* What a run of exec has around it. */
struct exec_desk {
    struct runner runner;
    struct seat *seat; /* NULL: in no class */
};

static void look(void *context)
{
    runner_look(&((struct exec_desk *)context)->runner);
}

static void print_seat_news(struct seat *seat)
{
    struct str news = STR_INIT;

    if (seat_take_news(seat, &news))
        exec_print(STDERR_FILENO, str_text(&news), news.length);
    str_release(&news);
}

/* struct exec_options' answered: between two commands. */
static void attend(void *context)
{
    struct exec_desk *desk = context;

    seat_look(desk->seat);
    seat_take(desk->seat);
    print_seat_news(desk->seat);
}

/* struct session_hooks' waiting, in a class: where its instructor has stopped time, commands that
 * last wait too. */
static int attend_waiting(void *context, const char *what, int64_t until)
{
    const struct exec_desk *desk = context;
    struct seat *seat = desk->seat;
    bool stands;

    do {
        seat_look(seat);
        seat_hear(seat);
        stands = seat_is_frozen(seat) && until > desk->runner.shell->session->world->sim.now;
        if (stands)
            seat_wait(seat);
        print_seat_news(seat);
        if (stands && seat_calls_away(seat))
            return 1;
        if (stands)
            nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    } while (stands && interrupted == 0);
    return is_interrupted(context, what, until);
}

static struct seat_options seat_options_of(const struct class_line *line)
{
    return (struct seat_options){
        .folder = line->folder,
        .name = line->name,
        .clock = clock_on_the_wall,
    };
}

/* Says what the class knows of it, where the session could not be opened. */
static void add_reason(const struct class_line *line, struct str *why)
{
    const struct seat_options options = seat_options_of(line);

    if (line->folder != NULL)
        seat_add_reason(&options, why);
}

/* Takes the place in the class that the line names. 0, or -1 with a sentence. */
static int take_seat(struct seat *seat, const struct class_line *line, struct shell *shell,
                     struct runner *runner, struct str *why)
{
    const struct seat_options options = seat_options_of(line);

    if (seat_init(seat, &options, shell, runner, why) != 0)
        return -1;
    shell_add_words(shell, seat_words, seat);
    return 0;
}

/* Runs with the words of lessons: a session may be in one, and its checks count here too. */
static int run_script(struct shell *shell, struct exec_line *line, struct str *why)
{
    struct lesson_list lessons = {0};
    struct exec_desk desk = {.seat = NULL};
    struct seat seat;
    int status = EXIT_OTHER;

    lesson_list_offer_built_in(&lessons);
    shell_add_words(shell, lesson_words, &desk.runner);
    runner_init(&desk.runner, shell, &lessons);
    shell->session->hooks.context = &desk;
    shell->session->hooks.second = look;
    if (line->class.folder != NULL &&
        take_seat(&seat, &line->class, shell, &desk.runner, why) == 0) {
        desk.seat = &seat;
        shell->session->hooks.waiting = attend_waiting;
        line->exec.answered = attend;
        line->exec.context = &desk;
        attend(&desk);
    }
    if (line->class.folder == NULL || desk.seat != NULL)
        status = exec_run(shell, &line->exec);
    shell->session->hooks.second = NULL;
    shell->session->hooks.waiting = is_interrupted;
    if (desk.seat != NULL)
        seat_release(desk.seat);
    runner_release(&desk.runner);
    lesson_list_release(&lessons);
    return status;
}

/* `nephoscope sql ...` is the word sql in a session that is there already.  0, or an exit code. */
static int read_sql(int argc, char **argv, struct exec_line *line)
{
    int first = 1;

    if (argc > 2 && strcmp(argv[1], "--session") == 0) {
        line->session.path = argv[2];
        first = 3;
    } else if (argc > 1 && strncmp(argv[1], "--session=", strlen("--session=")) == 0) {
        line->session.path = argv[1] + strlen("--session=");
        first = 2;
    }
    if (line->session.path != NULL && access(line->session.path, F_OK) != 0)
        return usage("sql: there is no such session file");
    if (argc <= first)
        return usage("sql takes --session FILE, --output F, and a SELECT");
    argv[first - 1] = argv[0];
    line->exec.words = (const char *const *)argv + first - 1;
    line->exec.word_count = (size_t)(argc - first + 1);
    return 0;
}

static int run_exec(int argc, char **argv)
{
    struct exec_line line = {.session = {.environment = environment}};
    int status =
        strcmp(argv[0], "sql") == 0 ? read_sql(argc, argv, &line) : read_exec(argc, argv, &line);
    struct str notice = STR_INIT;
    struct str why = STR_INIT;
    struct catalog *catalog;
    struct session *session;
    struct shell shell;
    struct words_screen screen = {.shell = &shell};
    char *path;

    if (status != 0)
        return status;
    catalog = catalog_new();
    path = class_session(&line.class, &line.session);
    status = session_open(catalog, &line.session, &session, &notice, &why);
    if (status == 0) {
        if (notice.length > 0)
            fprintf(stderr, "nephoscope: %s\n", str_text(&notice));
        catch_interrupts(session);
        session->wall = wall_ms;
        shell_init(&shell, session);
        shell_add_words(&shell, shell_words, &shell);
        shell_add_words(&shell, api_words, NULL);
        shell_add_words(&shell, sql_words, NULL);
        shell_add_words(&shell, browse_words, &screen);
        status = run_script(&shell, &line, &why);
        if (interrupted != 0)
            status = 128 + interrupted;
        if (session_close(session, &why) != 0 && status == 0)
            status = EXIT_OTHER;
    } else {
        add_reason(&line.class, &why);
    }
    if (why.length > 0)
        fprintf(stderr, "nephoscope: %s\n", str_text(&why));
    str_release(&notice);
    str_release(&why);
    catalog_free(catalog);
    free(path);
    return status;
}

/* ---- the console ---- */

struct console_line {
    struct session_options session;
    struct console_options console;
    struct class_line class;
    bool plain;
    bool teaches;
    const char *from; /* of a film; NULL: its beginning */
    const char *lesson;
};

static int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static bool read_speed(const char *text, int64_t *speed)
{
    uint64_t number;

    if (!read_number(text[0] == 'x' ? text + 1 : text, &number) || number > 3600)
        return false;
    *speed = (int64_t)number;
    return true;
}

/* 0, or an exit code. */
static int read_console_option(int option, struct console_line *line)
{
    switch (option) {
    case 's':
        line->session.path = optarg;
        return 0;
    case 'n':
        line->session.seed_given = read_number(optarg, &line->session.seed);
        return line->session.seed_given ? 0 : usage("--seed takes a whole number");
    case 'x':
        return read_speed(optarg, &line->console.speed)
                   ? 0
                   : usage("--speed takes simulated seconds a second, 0 to 3600");
    case 't':
        line->console.theme = optarg;
        return theme_find(optarg) != NULL ? 0
                                          : usage("--theme takes default, mono or high-contrast");
    case 'C':
        line->class.folder = optarg;
        return 0;
    case 'N':
        line->class.name = optarg;
        return 0;
    case 'p':
        line->plain = true;
        return 0;
    case 'i':
        line->teaches = true;
        return 0;
    case 'f':
        line->from = optarg;
        return 0;
    case 'm':
        line->console.mouse = true;
        return 0;
    case 'a':
        line->console.ascii = true;
        return 0;
    case 'c':
        line->console.no_color = true;
        return 0;
    default:
        return usage("the console takes --session FILE, --plain, --seed N, --speed X, --theme T, "
                     "--mouse, --ascii, --no-color, --class DIR with --name NAME, --teach, and a "
                     "lesson");
    }
}

static int read_console(int argc, char **argv, struct console_line *line)
{
    static const struct option options[] = {
        {"session", required_argument, NULL, 's'},
        {"seed", required_argument, NULL, 'n'},
        {"speed", required_argument, NULL, 'x'},
        {"theme", required_argument, NULL, 't'},
        {"plain", no_argument, NULL, 'p'},
        {"teach", no_argument, NULL, 'i'},
        {"from", required_argument, NULL, 'f'}, /* of films only */
        {"mouse", no_argument, NULL, 'm'},
        {"ascii", no_argument, NULL, 'a'},
        {"no-color", no_argument, NULL, 'c'},
        {"class", required_argument, NULL, 'C'},
        {"name", required_argument, NULL, 'N'},
        {NULL, 0, NULL, 0},
    };
    int option;
    int status = 0;

    /* Options may stand before the lesson or behind it. */
    while (status == 0 && optind < argc) {
        option = getopt_long(argc, argv, "+", options, NULL);
        if (option != -1)
            status = read_console_option(option, line);
        else if (line->lesson == NULL && optind < argc)
            line->lesson = argv[optind++];
        else
            break;
    }
    if (status == 0 && optind < argc)
        return usage("one lesson at a time");
    if (status == 0 && line->teaches && line->class.folder != NULL)
        return usage("--teach and --class do not go together: who teaches is no learner there");
    if (status == 0 && line->teaches && line->lesson == NULL)
        return usage("--teach takes the lesson that is to be taught");
    return status != 0 ? status : check_class(&line->class);
}

/* The folder nephoscope in $NAME or, without that, in $HOME/FALLBACK; made when it is not there.
 * NULL when there is no place for it. */
static char *own_folder(const char *name, const char *fallback)
{
    const char *place = environment(name);
    const char *home = environment("HOME");
    char *folder;

    if (place == NULL && home == NULL)
        return NULL;
    folder = place != NULL ? xasprintf("%s/nephoscope", place)
                           : xasprintf("%s/%s/nephoscope", home, fallback);
    for (char *at = strchr(folder + 1, '/'); at != NULL; at = strchr(at + 1, '/')) {
        *at = '\0';
        mkdir(folder, 0700);
        *at = '/';
    }
    if (mkdir(folder, 0700) == 0 || errno == EEXIST)
        return folder;
    free(folder);
    return NULL;
}

/* The person's aliases; what is wrong with their file is added to the notice. */
static void open_typed(struct typed *typed, struct str *notice)
{
    char *folder = own_folder("XDG_CONFIG_HOME", ".config");
    char *path = folder == NULL ? NULL : xasprintf("%s/aliases", folder);

    typed_init(typed, path, notice);
    free(folder);
    free(path);
}

static void say_kept(const struct session *session, const struct class_line *class)
{
    const char *path = store_path(session->store);

    if (class->folder == NULL)
        printf("Everything is kept in %s; `nephoscope` goes on there.\n", path);
    else
        printf("Everything is kept in %s; `nephoscope --class %s --name %s` goes on there.\n",
               path, class->folder, class->name);
}

/* Runs the console in an open session. */
static int run_screen(struct session *session, struct console_line *line, struct str *notice)
{
    struct str why = STR_INIT;
    struct lesson_list lessons = {0};
    struct runner runner;
    struct lesson_source source = {.runner = &runner};
    struct console_lesson lesson = lesson_source_of(&source);
    struct shell shell;
    struct typed typed;
    struct seat seat;
    const struct lesson *wanted = NULL;
    char *first = NULL;
    bool plain = line->plain || term_unusable() != NULL;
    int status = EXIT_OTHER;

    lesson_list_offer_built_in(&lessons);
    if (line->lesson != NULL)
        wanted = lesson_list_want(&lessons, line->lesson, &why);
    if (line->lesson != NULL && wanted == NULL) {
        exec_print(STDERR_FILENO, str_text(&why), why.length);
        lesson_list_release(&lessons);
        str_release(&why);
        return EXIT_USAGE;
    }
    str_clear(&why);
    if (wanted != NULL)
        first = xasprintf("lesson %s", wanted->id);
    shell_init(&shell, session);
    shell_add_words(&shell, lesson_words,
                    &runner); /* first in `help`: a beginner needs them most */
    shell_add_words(&shell, shell_words, &shell);
    shell_add_words(&shell, api_words, NULL);
    shell_add_words(&shell, sql_words, NULL);
    runner_init(&runner, &shell, &lessons);
    runner.shown = true;
    runner.teaches = line->teaches;
    if (line->teaches)
        shell_add_words(&shell, teaching_words, &runner);
    line->console.lesson = &lesson;
    line->console.shell = &shell;
    open_typed(&typed, notice);
    shell.typed = &typed;
    line->console.notice = str_text(notice);
    line->console.first = first;
    if (line->class.folder != NULL && take_seat(&seat, &line->class, &shell, &runner, &why) == 0)
        line->console.seat = &seat;
    if (line->class.folder == NULL || line->console.seat != NULL)
        status = plain ? plain_run(&line->console) : console_run(&line->console, &why);
    if (line->console.seat != NULL)
        seat_release(&seat);
    if (!plain && status == 0 && session->store != NULL)
        say_kept(session, &line->class);
    if (why.length > 0)
        fprintf(stderr, "nephoscope: %s\n", str_text(&why));
    typed_release(&typed);
    runner_release(&runner);
    lesson_source_release(&source);
    lesson_list_release(&lessons);
    str_release(&why);
    free(first);
    return status;
}

/* ---- films ---- */

/* Somebody's run on the screen, or as text; what went wrong stands in `why`. */
static int show_film(struct film *film, struct console_line *line, struct str *why)
{
    int64_t time;

    if (line->from != NULL && !film_read(film, line->from, &time, why))
        return EXIT_USAGE;
    if (line->from != NULL)
        film_begin_at(film, time);
    if (line->plain || term_unusable() != NULL) {
        catch_signals();
        return film_print(film, is_stopped);
    }
    return film_screen_run(film, &line->console, why);
}

static int run_replay(int argc, char **argv)
{
    struct console_line line = {.console = {.now = now, .speed = 1}};
    int status = read_console(argc, argv, &line);
    struct lesson_list lessons = {0};
    struct store_foreign found;
    struct str why = STR_INIT;
    struct store *store = NULL;
    struct film *film = NULL;
    struct catalog *catalog;

    if (status == 0 && (line.lesson == NULL || line.session.path != NULL ||
                        line.session.seed_given || line.console.speed == 0))
        status = usage("replay takes --speed N from 1 on, --from TIME, --plain, --theme T and the "
                       "console's other looks, and one session file");
    if (status != 0)
        return status;
    catalog = catalog_new();
    lesson_list_offer_built_in(&lessons);
    status = EXIT_OTHER;
    if (store_foreign_open(line.lesson, &store, &found, &why) == STORE_OK)
        film = film_new(catalog, store, &lessons, &why);
    if (film != NULL)
        status = show_film(film, &line, &why);
    if (why.length > 0)
        str_addc(&why, '\n');
    exec_print(STDERR_FILENO, "nephoscope: ", why.length > 0 ? strlen("nephoscope: ") : 0);
    exec_print(STDERR_FILENO, str_text(&why), why.length);
    film_free(film);
    store_close(store);
    lesson_list_release(&lessons);
    catalog_free(catalog);
    str_release(&why);
    return status;
}

/* Whether a session file is there and cannot be read to its end. */
static bool is_damaged(const char *path)
{
    struct str message = STR_INIT;
    struct store *store = NULL;
    enum store_status status =
        store_open(path, &(struct store_options){.create = false}, &store, &message);

    if (status == STORE_OK)
        status = store_verify(store);
    store_close(store);
    str_release(&message);
    return status == STORE_DAMAGED;
}

/* A damaged session is never written to: its whole part may go to a new file. */
static char *offer_copy(const char *path, const char *why)
{
    char *copy = xasprintf("%s.whole", path);
    struct store_salvaged salvaged = {0};
    struct str message = STR_INIT;
    char answer[8] = "";

    printf("%s\nCopy what is whole, up to the last good command, to %s and go on there? [y/N] ",
           why, copy);
    fflush(stdout);
    if (fgets(answer, sizeof(answer), stdin) == NULL || (answer[0] != 'y' && answer[0] != 'Y')) {
        free(copy);
        return NULL;
    }
    if (store_salvage(path, copy, &salvaged, &message) != STORE_OK) {
        printf("%s\n", str_text(&message));
        free(copy);
        copy = NULL;
    }
    str_release(&message);
    return copy;
}

/* Opens the session, or what is left of it. */
static int open_console_session(const struct catalog *catalog, struct console_line *line,
                                struct session **session, struct str *notice)
{
    struct str why = STR_INIT;
    int status = session_open(catalog, &line->session, session, notice, &why);

    if (status == EXIT_OTHER && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) &&
        line->session.path != NULL && is_damaged(line->session.path)) {
        char *copy = offer_copy(line->session.path, str_text(&why));

        if (copy != NULL) {
            str_clear(&why);
            line->session.path = copy;
            status = session_open(catalog, &line->session, session, notice, &why);
            str_addf(notice, "This is the copy: next time, nephoscope --session %s\n", copy);
            free(copy);
            line->session.path = NULL;
        }
    }
    if (status != 0)
        add_reason(&line->class, &why);
    if (why.length > 0)
        fprintf(stderr, "nephoscope: %s\n", str_text(&why));
    str_release(&why);
    return status;
}

static int run_console(int argc, char **argv)
{
    struct console_line line = {
        .session.environment = NULL,
        .console = {.now = now, .speed = 1},
    };
    int status = read_console(argc, argv, &line);
    struct str notice = STR_INIT;
    struct str why = STR_INIT;
    struct catalog *catalog;
    struct session *session;
    char *folder;
    char *path = NULL;
    char *place;
    char *history = NULL;

    if (status == 0 && line.from != NULL)
        status = usage("--from is for `nephoscope replay`");
    if (status != 0)
        return status;
    place = class_session(&line.class, &line.session);
    folder = own_folder("XDG_STATE_HOME", ".local/state");
    if (folder != NULL) {
        path = xasprintf("%s/session", folder);
        history = xasprintf("%s/history", folder);
    } else if (line.session.path == NULL) {
        str_add(&notice, "There is no folder for the session: it is kept in memory only.\n");
    }
    line.console.history = history;
    if (line.session.path == NULL)
        line.session.path = path;
    catalog = catalog_new();
    status = open_console_session(catalog, &line, &session, &notice);
    if (status == 0) {
        session->wall = wall_ms;
        status = run_screen(session, &line, &notice);
        if (session_close(session, &why) != 0 && status == 0)
            status = EXIT_OTHER;
    }
    if (why.length > 0)
        fprintf(stderr, "nephoscope: %s\n", str_text(&why));
    str_release(&notice);
    str_release(&why);
    catalog_free(catalog);
    free(folder);
    free(path);
    free(place);
    free(history);
    return status;
}

/* The standard descriptors exist, so that no file of ours ever becomes one of them (RELIABILITY
 * F12). */
static void hold_standard_descriptors(void)
{
    int fd;

    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd > STDERR_FILENO)
        close(fd);
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "";
    const char *const *words = (const char *const *)argv + 2;
    size_t count = argc > 2 ? (size_t)argc - 2 : 0;

    hold_standard_descriptors();
#ifdef M_MXFAST
    /* glibc joins its small freed pieces at every larger request: a third of what a long answer
     * takes (measured).  Without them it need not. */
    mallopt(M_MXFAST, 0);
#endif
    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C");
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    if (argc == 3 && (strcmp(argv[2], "--help") == 0 || strcmp(argv[2], "-h") == 0))
        mode = "--help"; /* of any subcommand: one page says it all */
    if (strcmp(mode, "exec") == 0 || strcmp(mode, "sql") == 0)
        return run_exec(argc - 1, argv + 1);
    if (strcmp(mode, "class") == 0)
        return class_program(&(struct class_doors){.clock = clock_on_the_wall, .now = now},
                             argc - 1, argv + 1);
    if (strcmp(mode, "replay") == 0)
        return run_replay(argc - 1, argv + 1);
    if (strcmp(mode, "lesson") == 0)
        return run_lesson(words, count);
    if (strcmp(mode, "params") == 0)
        return tool_params(words, count, environment("AWS_CLI_ERROR_FORMAT"));
    if (strcmp(mode, "format") == 0)
        return tool_format(words, count);
    if (strcmp(mode, "jp") == 0)
        return tool_jp(words, count);
    if (strcmp(mode, "shorthand") == 0)
        return tool_shorthand(words, count);
    if (strcmp(mode, "pattern") == 0)
        return tool_pattern(words, count);
    if (strcmp(mode, "--version") == 0 || strcmp(mode, "-V") == 0)
        return printf("nephoscope " NEPHOSCOPE_VERSION "\n") < 0;
    if (strcmp(mode, "--help") == 0 || strcmp(mode, "-h") == 0)
        return fputs(help, stdout) < 0;
    return run_console(argc, argv);
}
