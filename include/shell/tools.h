/*
 * shell/tools.h - the parts of the AWS command line as programs on their own, for pipes.
 *
 * Each takes the words after its name and returns the exit code.  They read and write bytes as they
 * are, like any Unix filter, but for a terminal: what goes to one passes the sanitiser.
 */
#ifndef SHELL_TOOLS_H
#define SHELL_TOOLS_H

#include <stddef.h>

/* nephoscope params -- aws SERVICE OPERATION ...: what a command line means, as JSON; nothing is
 * run.  error_format: how a wrong line is told, where it does not say (api/error_text); may be
 * NULL. */
int tool_params(const char *const *words, size_t count, const char *error_format);
/* nephoscope format [--output F] [--query Q] [--title T] [FILE]: AWS-shaped JSON as the AWS CLI
 * prints it. */
int tool_format(const char *const *words, size_t count);
/* nephoscope jp EXPRESSION [FILE]: JMESPath over JSON. */
int tool_jp(const char *const *words, size_t count);
/* nephoscope shorthand [--] VALUE: AWS shorthand as JSON. */
int tool_shorthand(const char *const *words, size_t count);
/* nephoscope pattern PATTERN [FILE]: prints "match" or "nomatch" for the event in FILE, which is
 * any JSON object; a wrong pattern is refused as by aws events test-event-pattern. */
int tool_pattern(const char *const *words, size_t count);

/* The value of the option at words[*at], `--title T` or `--title=T`; NULL: it is another word.  *at
 * goes to the last word that was taken. */
const char *tools_option(const char *const *words, size_t count, size_t *at, const char *name);

#endif
