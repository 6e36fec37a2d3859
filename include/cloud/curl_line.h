/*
 * cloud/curl_line.h - the grammar of curl: its options, and how it prints an answer.
 *
 * One definition for curl typed at the prompt (api/curl) and inside a guest (cloud/guest_curl).
 * True to curl's manual for the options it takes, to its exits and its sentences; every other
 * option is refused by name.
 */
#ifndef CLOUD_CURL_LINE_H
#define CLOUD_CURL_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/shape.h"
#include "base/str.h"

enum {
    CURL_BAD_SCHEME = 1,
    CURL_BAD_OPTION = 2,
    CURL_BAD_URL = 3,
    CURL_HTTP = 22,
    CURL_WRITE = 23,
    CURL_REDIRECTS = 47,
    CURL_REDIRECTS_MAX = 50,
};

/* What the words say; strings borrowed from them, or in the arena. */
struct curl_line {
    bool silent;
    bool show_error;
    bool include;
    bool head;
    bool follow;
    bool fail;
    bool remote_name; /* -O */
    bool insecure;    /* -k */
    const char *method;
    const char *output;
    const char *write_out;
    const char *url;
    const char *headers; /* lines ending in \r\n; NULL: none */
    const char *jar_in;  /* -b FILE; a -b NAME=VALUE is among the headers */
    const char *jar_out; /* -c FILE; "-": standard output */
    int64_t connect_ms;  /* 0: curl's own, 130 s */
    int64_t limit_ms;    /* 0: none */
};

/* One answer, or the lack of one. */
struct curl_outcome {
    const char *url;
    const char *address; /* NULL: the name stands for none */
    const char *headers; /* with the status line; NULL: no answer */
    const char *error;   /* curl's sentence when exit is not 0 */
    struct blob body;
    int64_t took_ns;
    uint32_t redirects; /* followed before it */
    int status;
    int exit; /* of the transfer; curl_line_print() may give another for the whole */
    uint16_t port;
};

/* Reads words[1..count); false with curl's sentence in `err`: the exit is CURL_BAD_OPTION. */
bool curl_line_read(struct curl_line *line, const char *const *words, size_t count,
                    struct arena *arena, struct str *err);
/* "GET", "HEAD", or what -X says. */
const char *curl_line_method(const struct curl_line *line);
/* Where the answer sends to, in the arena; NULL when -L is not given or it sends nowhere. */
const char *curl_line_redirect(const struct curl_line *line, const struct curl_outcome *outcome,
                               struct arena *arena);
/* What is printed of an answer: headers and body to `text`, complaints to `err`.  The exit. */
int curl_line_print(const struct curl_line *line, const struct curl_outcome *outcome,
                    struct str *text, struct str *err);
/* The file that -o or -O names, in the arena ("" when -O finds no name); NULL: standard output. */
const char *curl_line_file(const struct curl_line *line, struct arena *arena);
/* What -w asks for, after everything else. */
void curl_line_write_out(const struct curl_line *line, const struct curl_outcome *outcome,
                         struct str *out, struct str *err);

#endif
