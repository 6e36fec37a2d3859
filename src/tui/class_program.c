/*
 * tui/class_program.c - `nephoscope class`: the wall of a class, and words to its learners.
 */
#include "tui/class_program.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sim/clock.h"
#include "api/command.h"
#include "shell/exec.h"
#include "lesson/class_words.h"
#include "tui/term.h"
#include "tui/theme.h"
#include "tui/wall.h"


static int refuse(const char *problem)
{
    exec_print(STDERR_FILENO, "nephoscope: ", strlen("nephoscope: "));
    exec_print(STDERR_FILENO, problem, strlen(problem));
    exec_print(STDERR_FILENO, "\n", 1);
    return EXIT_USAGE;
}

static int say_help(void)
{
    struct str text = STR_INIT;

    str_add(&text, "nephoscope class DIR WORDS: what a class can be told\n");
    for (const struct class_word *word = class_words; word->name != NULL; word++)
        str_addf(&text, "  %-22s %s\n", word->synopsis, word->doc);
    exec_print(STDOUT_FILENO, str_text(&text), text.length);
    str_release(&text);
    return 0;
}

static int run_words(const struct class_doors *doors, const char *path, char **words, int count)
{
    struct class_folder folder;
    struct str out = STR_INIT;
    struct str err = STR_INIT;
    int status = EXIT_OTHER;

    if (strcmp(words[0], "help") == 0)
        return say_help();
    if (class_folder_open(&folder, path, &err) == 0) {
        const struct class_call call = {
            .folder = &folder,
            .now = doors->clock() / SECOND_NS,
            .words = (const char *const *)words,
            .count = (size_t)count,
            .out = &out,
            .err = &err,
        };

        status = class_words_run(&call);
        class_folder_close(&folder);
        exec_print(STDOUT_FILENO, str_text(&out), out.length);
    }
    if (err.length > 0) {
        if (err.text[err.length - 1] == '\n')
            str_cut(&err, err.length - 1);
        refuse(str_text(&err));
    }
    str_release(&out);
    str_release(&err);
    return status;
}

/* 0, or an exit code. */
static int read_option(int option, struct wall_options *wall)
{
    switch (option) {
    case 'p':
        wall->plain = true;
        return 0;
    case 'f':
        wall->follow = true;
        return 0;
    case 'a':
        wall->ascii = true;
        return 0;
    case 'c':
        wall->no_color = true;
        return 0;
    case 't':
        wall->theme = optarg;
        return theme_find(optarg) != NULL
                   ? 0
                   : refuse("--theme takes default, mono or high-contrast");
    default:
        return refuse("class takes DIR, then --plain, --follow, --theme T, --ascii, --no-color, "
                      "or words");
    }
}

static int run_wall(struct wall_options *wall)
{
    struct str why = STR_INIT;
    int status;

    wall->plain = wall->plain || wall->follow || term_unusable() != NULL;
    status = wall_run(wall, &why);
    if (why.length > 0)
        refuse(str_text(&why));
    str_release(&why);
    return status;
}

int class_program(const struct class_doors *doors, int argc, char **argv)
{
    static const struct option options[] = {
        {"plain", no_argument, NULL, 'p'},    {"follow", no_argument, NULL, 'f'},
        {"theme", required_argument, NULL, 't'}, {"ascii", no_argument, NULL, 'a'},
        {"no-color", no_argument, NULL, 'c'}, {NULL, 0, NULL, 0},
    };
    struct wall_options wall = {.clock = doors->clock, .now = doors->now};
    int status = 0;
    int option;

    /* Options may stand before DIR or behind it; what follows are words. */
    while (status == 0 && optind <= argc) {
        option = getopt_long(argc, argv, "+", options, NULL);
        if (option != -1)
            status = read_option(option, &wall);
        else if (wall.folder == NULL && optind < argc)
            wall.folder = argv[optind++];
        else
            break;
    }
    if (status == 0 && wall.folder == NULL)
        return refuse("class takes the class's folder: nephoscope class DIR");
    if (status != 0)
        return status;
    if (optind < argc)
        return run_words(doors, wall.folder, argv + optind, argc - optind);
    return run_wall(&wall);
}
