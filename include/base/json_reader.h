/*
 * base/json_reader.h - JSON text, token by token, and where in the text each one stands.
 *
 * For readers that jansson cannot serve: those that must see a name that is written twice, a number
 * as it was typed, or the place of a mistake.  Strict JSON (RFC 8259), nested 1,000 deep at most.
 * The places and the words for broken JSON are those of the library that AWS reads patterns with.
 *
 *   struct json_reader reader;
 *   json_reader_init(&reader, text, length);
 *   while (json_reader_next(&reader) != JSON_TOKEN_END && reader.token != JSON_TOKEN_WRONG) ...
 *   json_reader_release(&reader);
 */
#ifndef BASE_JSON_READER_H
#define BASE_JSON_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum { JSON_READER_DEPTH_MAX = 1000 };

enum json_token {
    JSON_TOKEN_END,   /* the text is over */
    JSON_TOKEN_WRONG, /* it is no JSON: `problem` says why; it stays so */
    JSON_TOKEN_OBJECT,
    JSON_TOKEN_OBJECT_END,
    JSON_TOKEN_ARRAY,
    JSON_TOKEN_ARRAY_END,
    JSON_TOKEN_NAME,
    JSON_TOKEN_STRING,
    JSON_TOKEN_NUMBER,
    JSON_TOKEN_TRUE,
    JSON_TOKEN_FALSE,
    JSON_TOKEN_NULL,
};

struct json_reader {
    const char *text; /* borrowed from the caller of json_reader_init() */
    size_t length;
    size_t at;
    enum json_token token;
    size_t place;       /* so many bytes had been read when the token was told */
    struct str name;    /* of JSON_TOKEN_NAME */
    struct str value;   /* a string, unescaped; a number, as typed */
    struct str problem; /* one sentence, without its place */

    /* What follows is the room's own. */
    enum json_token ahead; /* the value behind a name, which is read together with it */
    bool has_ahead;
    size_t place_ahead;
    size_t value_end; /* behind the closing quote */
    unsigned depth;
    bool first;     /* nothing stands in this container yet */
    bool has_value; /* the one value of the whole text was read */
    uint8_t objects[JSON_READER_DEPTH_MAX / 8 + 1];
};

/* The text need not end in NUL; it must live as long as the reader. */
void json_reader_init(struct json_reader *reader, const char *text, size_t length);
void json_reader_release(struct json_reader *reader);
enum json_token json_reader_next(struct json_reader *reader);
/* The token as text: a string's or number's value, a name, "[", "true".  A string's place moves to
 * its end with this.  Borrowed until the next token. */
const char *json_reader_text(struct json_reader *reader);
/* Passes over what is left of the value whose first token was just read.  False: it is no JSON. */
bool json_reader_skip(struct json_reader *reader);
/* " at [Source: (String)"..."; line: 1, column: 17]" on a line of its own, for the present place.
 */
void json_reader_add_place(const struct json_reader *reader, struct str *out);

#endif
