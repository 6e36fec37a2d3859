/*
 * api/arguments.h - the words of an `aws` or `lab` command, as the AWS CLI understands them.
 *
 * In go the words after `aws`; out come the operation, its parameters as checked JSON, and the
 * options that belong to the CLI itself.  Nothing is run.  All problems of a line that the CLI
 * reports together are reported together.
 *
 * True to aws-cli 2.36: argparse's abbreviations, the last of a repeated option wins, list options
 *         take all that follows, --no- pairs, global options anywhere (ECOSYSTEM part 1, measured).
 */
#ifndef API_ARGUMENTS_H
#define API_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "api/option_value.h"
#include "api/output.h"
#include "api/service.h"

struct arguments {
    const struct service *service; /* NULL for `aws help` and --version */
    const struct op *op;           /* NULL for the help of a service */
    const struct shape *in;        /* all that op takes at AWS (api/declared.h) */
    const struct waiter *waiter;   /* `wait NAME`: op is what it asks */
    bool help;
    bool version;
    json_t *params;      /* owned; checked against in */
    int output;          /* enum output_format, or -1: not said */
    bool color;          /* --color on */
    const char *query;   /* NULL: none; syntax checked */
    const char *region;  /* NULL: the session's */
    const char *profile; /* NULL: the session's */
    /* --generate-cli-skeleton: "input", "yaml-input", "output"; NULL: not asked */
    const char *skeleton;
    const char *error_format; /* NULL: not said */
    bool no_paginate;
    bool raw_binary; /* --cli-binary-format raw-in-base64-out */
    struct opt_int max_items;
    struct opt_int page_size;
    const char *starting_token;
    /* when the words were refused: */
    int exit_code;      /* 0: fine */
    struct str error;   /* what stands after "aws: [ERROR]: " */
    struct arena arena; /* owns the strings */
};

/*
 * Reads `count` words that came after `program` ("aws" or "lab").  Returns the exit code, 0 when
 * fine. `files` may be NULL: then every file:// is refused. Whatever it returns, call
 * arguments_release() after.
 */
int arguments_parse(struct arguments *arguments, const char *program, const char *const *words,
                    size_t count, const struct file_source *files);
/*
 * Is what a read line asks for modelled here: the operation, and every parameter?  0, or the exit
 * code with the refusal in arguments->error.
 */
int arguments_check_modelled(struct arguments *arguments);
void arguments_release(struct arguments *arguments);

/* The words that an option of the CLI itself takes ("output": json, text...), NULL-terminated; NULL
 * when it takes any, or is none. */
const char *const *arguments_global_words(const char *name);

/* The usage that ends some refusals, always the same: of "aws" or of "lab". */
const char *arguments_usage(const char *program);

/* What stands before an error text: "\naws: [ERROR]: " or "\nlab: [ERROR]: ". */
const char *arguments_error_prefix(const char *program);

#endif
