/*
 * api/shorthand.h - the AWS CLI's shorthand: Name=tag:Env,Values=a,b and what it means as JSON.
 *
 *   parameter = keyval *("," keyval)
 *   keyval    = key "=" values  /  key "@=" values     "@=": file:// and fileb:// name files
 *   key       = *(letter / digit / "-" "_" "." "#" "/" ":")
 *   values    = value *("," value)  /  "[" list "]"  /  "{" keyval *("," keyval) "}"
 *   value     = bare  /  'single quoted'  /  "double quoted"
 *
 * In a bare value \, is a comma; in quotes \' \" and \\ are one character.  a=b,c,d=e gives a the
 * values b and c: where a word turns out to be the next key, the parser goes back to the comma.
 *
 * The parser knows no model: every leaf is a string.  Making numbers, truth values and one-element
 * lists of them is the business of whoever knows the shape, and so is telling shorthand from JSON
 * (a value that begins with [ or {) and reading file:// for the whole value.
 *
 * Source: awscli 2.36.7 as measured; positions in messages count characters, not bytes.
 */
#ifndef API_SHORTHAND_H
#define API_SHORTHAND_H

#include <jansson.h>

struct str;

enum {
    SHORTHAND_DEPTH_MAX = 200, /* lists and objects in each other; deeper is an error */
};

/* Reads what `@=` points to.  `uri` begins with file:// or fileb://.  Returns a new reference,
 * normally a string; or NULL with a message added to `error`, which ends the parse. */
typedef json_t *shorthand_reader(void *context, const char *uri, struct str *error);

/* How files are read.  A NULL reader leaves `file://...` as it stands. */
struct shorthand_files {
    shorthand_reader *read;
    void *context; /* handed to read; borrowed */
};

/* The object that the text stands for, as a new reference; keys in the order of the text.
 * Returns NULL with the CLI's message, caret line included and no newline at its end, added to
 * `error`.  `files` may be NULL. */
json_t *shorthand_parse(const char *text, const struct shorthand_files *files, struct str *error);

#endif
