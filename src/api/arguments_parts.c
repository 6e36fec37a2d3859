/*
 * api/arguments_parts.c - what the two rooms that read a command's words share: the words, and
 * refusing.
 */
#include "api/arguments_parts.h"

#include <string.h>

#include "base/close_match.h"

static const char usage[] =
    "usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]\n"
    "To see help text, you can run:\n"
    "\n"
    "  aws help\n"
    "  aws <command> help\n"
    "  aws <command> <subcommand> help";

static const char usage_lab[] =
    "usage: lab <operation> [parameters]\n"
    "To see help text, you can run:\n"
    "\n"
    "  lab help\n"
    "  lab <operation> help";

int arguments_refuse(struct arguments *arguments, int code)
{
    arguments->exit_code = code;
    return -1;
}

void arguments_error_begin(struct arguments *arguments)
{
    str_clear(&arguments->error);
    str_add(&arguments->error, "An error occurred (ParamValidation): ");
}

const char *arguments_usage(const char *program)
{
    return strcmp(program, "lab") == 0 ? usage_lab : usage;
}

/* Ends an error with the usage, as argparse's errors end. */
int arguments_refuse_usage(struct arguments *arguments, const char *program)
{
    str_addf(&arguments->error, "\n\n%s", arguments_usage(program));
    return arguments_refuse(arguments, EXIT_USAGE);
}

/* -5, -.5, -1.5: argparse's negative numbers. */
static bool looks_negative(const char *word)
{
    size_t whole = strspn(word + 1, "0123456789");
    const char *rest = word + 1 + whole;

    if (*rest == '.')
        return rest[1] != '\0' && strspn(rest + 1, "0123456789") == strlen(rest + 1);
    return whole > 0 && *rest == '\0';
}

bool words_is_option(const char *word)
{
    return word[0] == '-' && word[1] != '\0' && !looks_negative(word) && strchr(word, ' ') == NULL;
}

/* The name in "--name=value" is up to the '='; the whole without it. */
size_t words_option_length(const char *word)
{
    return strcspn(word, "=");
}

int arguments_refuse_no_value(struct arguments *arguments, const char *option, const char *program)
{
    arguments_error_begin(arguments);
    str_addf(&arguments->error, "argument --%s: expected one argument", option);
    return arguments_refuse_usage(arguments, program);
}

int arguments_refuse_choice(struct arguments *arguments, const char *what, const char *word,
                            const char *const *choices, const char *program)
{
    const char *near[CLOSE_MATCH_MAX];
    size_t count = 0;

    while (choices[count] != NULL)
        count++;
    count = close_match_find(word, choices, count, near);
    arguments_error_begin(arguments);
    str_addf(&arguments->error, "argument %s: Found invalid choice '%s'\n", what, word);
    for (size_t i = 0; i < count; i++)
        str_addf(&arguments->error, "%s\n  * %s", i == 0 ? "\nMaybe you meant:\n" : "", near[i]);
    return arguments_refuse_usage(arguments, program);
}
