/*
 * api/arguments_parts.h - what the two rooms that read a command's words share: the words, and
 * refusing.
 */
#ifndef API_ARGUMENTS_PARTS_H
#define API_ARGUMENTS_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "api/arguments.h"

/* The words that are still to be read, in order. */
struct words {
    const char **items;
    size_t count;
};

/* One reading of a command's words. */
struct arguments_reading {
    struct arguments *arguments;
    const char *program;
    const struct file_source *files;
    struct words words;
};

/* argparse's idea of an option that it does not know: begins with "-", is no negative number, has
 * no blank in it. */
bool words_is_option(const char *word);
/* The name in "--name=value" is up to the '='; the whole without it. */
size_t words_option_length(const char *word);

/* Keeps the exit code; always -1. */
int arguments_refuse(struct arguments *arguments, int code);
/* Begins the text of a refusal: "An error occurred (ParamValidation): ". */
void arguments_error_begin(struct arguments *arguments);
/* Ends it with the usage, as argparse's errors end. */
int arguments_refuse_usage(struct arguments *arguments, const char *program);
/* A word that is none of the choices of `what` ("--output"); the nearest of them are named. */
int arguments_refuse_choice(struct arguments *arguments, const char *what, const char *word,
                            const char *const *choices, const char *program);
int arguments_refuse_no_value(struct arguments *arguments, const char *option, const char *program);

/*
 * Takes the options of the CLI itself out of the words, wherever they stand.  0, or -1 when
 * refused.
 */
int arguments_take_globals(struct arguments *arguments, struct words *words, const char *program);

/* Is the JMESPath after --query one?  0, or -1 when refused. */
int arguments_check_query(struct arguments *arguments);

/*
 * The operation's own options: what is left of the words becomes arguments->params, checked.  0, or
 * -1 when refused.
 */
int arguments_read_options(struct arguments_reading *reading);

#endif
