/*
 * api/output.h - an answer as the AWS CLI prints it: json, text, table, yaml.
 *
 * In goes a JSON value (after --query, when there is one) or an object with its shape, out come the
 * very bytes of `aws --output ...` (version 2).  Nothing is printed here: the caller owns the str
 * and sends it through the sanitiser at its sink, for texts from anyone are in it unchanged,
 * control characters too.
 *
 * Numbers: a real is printed by its shortest form that reads back to the same double, as Python
 * does, so that going through jansson changes nothing that the CLI would have kept.  Integers are
 * those of 64 bits; a longer one is refused by jansson when it is read, before it comes here.
 *
 * Some values make the CLI itself fail in text and table (a list that mixes objects with others,
 * rows of unequal length under one heading).  Then these functions fail too, with its message.
 *
 * Source: awscli 2.36.7 as measured.
 */
#ifndef API_OUTPUT_H
#define API_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

struct str;
struct shape;

enum output_format {
    OUTPUT_JSON,
    OUTPUT_TEXT,
    OUTPUT_TABLE,
    OUTPUT_YAML,
    OUTPUT_YAML_STREAM,
    OUTPUT_OFF,
};

/* An operation with pages: json, table and yaml get all pages as one value; text and yaml-stream
 * are called for each page.  A page in text is made of the operation's result keys (null where one
 * is absent, which prints None) and its non-aggregate keys, and --query applies to each page; in
 * yaml-stream it is the whole response. */

enum {
    OUTPUT_FORMATS = OUTPUT_OFF + 1,
    OUTPUT_WIDTH_DEFAULT = 80, /* columns, where there is no terminal */
    OUTPUT_JSON_INDENT = 4,
    OUTPUT_JSON_ONE_LINE = 0,
};

/* The format of that name ("yaml-stream").  Returns 0, or -1 when there is none. */
int output_parse_name(const char *name, enum output_format *format);
/* The name, for choices and help. */
const char *output_name(enum output_format format);

struct output_request {
    json_t *value;       /* borrowed, never changed; NULL is JSON null */
    const char *title;   /* the operation, "DescribeInstances": heads a table; borrowed */
    unsigned width;      /* columns of the terminal, for tables; 0 for OUTPUT_WIDTH_DEFAULT */
    bool color;          /* tables only */
    bool paged;          /* a page of an operation with pages: then yaml-stream prints {} too */
    enum output_format format;
};

/* Adds the formatted answer, which ends in a newline unless it is empty ({} and, in a table, every
 * empty value print nothing).  Returns 0; or -1 with the CLI's message added to `error`.  After a
 * failure `out` holds what the CLI would have printed before it failed. */
int output_add(struct str *out, const struct output_request *request, struct str *error);

/* Adds an object in OUTPUT_JSON: to the byte what output_add() makes of its value_to_json(). */
void output_add_object(struct str *out, const struct shape *shape, const void *object);

/* Adds the value as Python's json.dumps would, without a newline at the end: each level indented by
 * `indent`, or with OUTPUT_JSON_ONE_LINE all in one line as `{"a": 1, "b": [2, 3]}`. */
void output_add_json(struct str *out, json_t *value, unsigned indent);
/* Adds a string with its quotes. */
void output_add_json_string(struct str *out, const char *text, size_t length);
/* Adds the shortest text that reads back to the same double: 3.14, 1e+20, 5.0. */
void output_add_real(struct str *out, double value);

#endif
