/*
 * api/option_value.h - the words after one option, read by the option's type into JSON.
 */
#ifndef API_OPTION_VALUE_H
#define API_OPTION_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/shape.h"
#include "base/str.h"

/* Exit codes of the AWS CLI (DESIGN 5.1). */
enum exit_code {
    EXIT_FINE = 0,
    EXIT_INTERRUPTED = 130,
    EXIT_USAGE = 252,
    EXIT_CONFIGURATION = 253,
    EXIT_SERVICE = 254,
    EXIT_OTHER = 255,
};

/*
 * Where file:// and fileb:// are read: the branch's files first, then, for a person's line, the
 * folder.
 */
struct file_source {
    void *context;
    /*
     * The bytes of a file in fresh memory with a NUL after them; or NULL, with a reason as the CLI
     * words it ("[Errno 2] No such file or directory: 'x'") appended to `reason`.
     */
    char *(*read)(void *context, const char *path, size_t *size, struct str *reason);
};

struct option_reading {
    const struct field *field;
    const char *name;                /* the option without dashes, for messages */
    const struct file_source *files; /* for file:// and fileb://; NULL: none can be read */
    struct str *error;               /* empty; the refusal is put here */
    int exit_code;                   /* of the refusal: 252, or 255 where Python itself stumbles */
};

/*
 * The value as JSON, a new reference; NULL when it was refused.  Shorthand, JSON and files are
 * understood where the type allows, and words become numbers and booleans where the shape says so.
 */
json_t *option_value_read(struct option_reading *reading, const char *const *words, size_t count);

/*
 * The object that --cli-input-json or --cli-input-yaml (the `name`) gives, itself or as file://.  A
 * new reference; NULL when refused, with the text in `error`.
 */
json_t *option_value_object(const char *word, const char *name, const struct file_source *files,
                            struct str *error);

/* What Python's int() takes: blanks around, a sign, digits with single underscores between. */
bool option_value_integer(const char *text, int64_t *value);

#endif
