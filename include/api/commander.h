/*
 * api/commander.h - who runs commands: the session's settings, and what only the floors above can
 * do.
 */
#ifndef API_COMMANDER_H
#define API_COMMANDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "api/answer.h"
#include "api/invoke.h"
#include "api/option_value.h"
#include "api/output.h"
#include "base/str.h"

/* Where a command prints; also what words of the prompt are given. */
struct command_io {
    struct str *out;
    struct str *err;
};

/* What an acknowledged command was: enough to do it again. */
struct command_record {
    const struct op *op;
    uint64_t account;
    uint8_t region;
    const json_t *params;
    bool refused; /* of an OP_PARTIAL: it refused, and did a part all the same */
};

/* Who runs commands: the session's settings, and what only the floors above can do. */
struct commander {
    struct caller caller;
    enum output_format output;
    const char *output_wrong; /* an AWS_DEFAULT_OUTPUT that names no format; NULL: none */
    const char *profile; /* the session's AWS_PROFILE, where --profile does not say; may be NULL */
    const char *region;  /* the same for AWS_REGION; NULL: the caller's */
    /* the session's AWS_CLI_ERROR_FORMAT, where --cli-error-format does not say; may be NULL */
    const char *error_format;
    unsigned width;      /* columns, for tables */
    bool color;
    const struct file_source *files; /* may be NULL */
    void *context;                   /* for the functions below */
    /*
     * Makes a write operation durable, after it was applied and before it is answered.  0, or -1
     * with a sentence appended to `why`; then the caller has put the world back.  NULL: nothing is
     * kept.
     */
    int (*commit)(void *context, const struct command_record *record, struct str *why);
    /*
     * Lets simulated time pass to `until` (ns), showing `what` is waited for.  0, or -1 when
     * interrupted (Ctrl-C). NULL: time passes at once.
     */
    int (*advance)(void *context, int64_t until, const char *what);
    /* The same in a copy of the world. */
    int (*pass)(void *context, struct world *world, int64_t until, const char *what);
    /* Keeps a file among the branch's own (curl -o, >).  0, or -1 with a sentence.  NULL: none can
     * be kept. */
    int (*keep_file)(void *context, const char *name, const char *bytes, size_t size,
                     struct str *why);
    /* Answers in the world's place, as invoke_json() would: recorded answers.  NULL: the world. */
    int (*invoke)(void *context, struct call *call, const struct op *op, const json_t *params,
                  json_t **answer);
    /*
     * Shows a long text to be read and searched, under its title; NULL: it is printed.  Whoever
     * runs lines takes it away while what is printed goes elsewhere than to a person.
     */
    void (*page)(void *page_context, const char *title, const char *text);
    void *page_context;
    /* The last refusal, for `explain`; kind is NULL when the line itself was wrong.  NULL: nobody
     * wants it. */
    void (*refused)(void *context, const struct fault_kind *kind, const char *message);
    /* What a write operation answered, before --query. NULL: nobody wants it. */
    void (*answered)(void *context, const struct op *op, struct answer *answer);
};

/*
 * The session's account of a profile name; false when there is no such profile.  "default" is the
 * learner's.
 */
bool commander_profile(const struct world *world, const char *profile, uint64_t *account);

/* invoke_op(), or what stands in its place.  0 with an answer to be released; or -1 and none. */
int commander_invoke(struct commander *commander, struct call *call, const struct caller *caller,
                     const struct op *op, const json_t *params, struct answer *answer);

/* Moves simulated time through the commander; 0, or -1 when interrupted. */
int commander_advance(struct commander *commander, int64_t until, const char *what);

/* Pages the text, or else adds it to `out`. */
void commander_page(struct commander *commander, const char *title, const struct str *text,
                    struct str *out);

/* Tells `refused`, if somebody wants it; kind is NULL when no service refused. */
void commander_refused(struct commander *commander, const struct fault_kind *kind,
                       const char *message);

#endif
