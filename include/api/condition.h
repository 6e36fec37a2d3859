/*
 * api/condition.h - a condition: what a read command answers, compared with a value.
 *
 *   COMMAND OP [VALUE]      aws sqs list-queues --query 'length(QueueUrls)' >= 2
 *
 * COMMAND is a read operation as a person would type it, with --query.  $NAME is filled in when it
 * is looked at, and so is $(another read operation).  Nothing here can change the cloud: an
 * operation that writes, lasts or waits is refused when the condition is read, and again when it is
 * looked at.  A condition of which the command is refused (no such group...) does not hold.
 *
 * Lessons' checks are conditions, and so is what a fault waits for.
 */
#ifndef API_CONDITION_H
#define API_CONDITION_H

#include <stdbool.h>

#include <jansson.h>

#include "api/invoke.h"
#include "base/list.h"
#include "base/words.h"

struct arena;
struct op;
struct str;
struct world;

enum condition_test {
    CONDITION_EQUAL,
    CONDITION_UNEQUAL,
    CONDITION_LESS,
    CONDITION_AT_MOST,
    CONDITION_GREATER,
    CONDITION_AT_LEAST,
    CONDITION_IN,      /* the value is a list that has it */
    CONDITION_MATCHES, /* a text, with * and ? in the value */
    CONDITION_HAS,     /* a list with the value, or a text with it inside */
    CONDITION_EXISTS,  /* not null, not false, not empty */
};

enum {
    CONDITION_ROWS_MAX = 1000, /* an answer of more rows does not hold */
    CONDITION_DEPTH_MAX = 4,   /* $( ) within $( ) */
};

struct condition {
    const char *command;      /* as written */
    struct words_list parsed; /* the command's words */
    enum condition_test test;
    json_t *value;        /* owned; NULL when it is a variable, or none is needed */
    const char *variable; /* the value is what this one holds; NULL: `value` */
};

/* Reads a text, which is cut up and must live as long as the condition; so must the arena.  0 with
 * *condition to be released, or -1 with a sentence. */
int condition_parse(char *text, struct arena *arena, struct condition *condition, struct str *why);
void condition_release(struct condition *condition);

/* A condition that is looked at again and again: its command is parsed anew only when a variable in
 * it has changed.  The condition is borrowed. */
struct condition_watch;
struct condition_watch *condition_watch_new(const struct condition *condition);
void condition_watch_free(struct condition_watch *watch);

/* What was answered at one moment: conditions that ask the same share it.  Zero is none yet. */
struct condition_answer {
    const struct op *op;
    json_t *params; /* owned, as is the next */
    json_t *answer; /* NULL: it was refused */
    uint64_t account;
    uint8_t region;
};

struct condition_moment {
    struct caller caller; /* who asks, where, in which world */
    /* The value of a variable, borrowed until the next call, or NULL; NULL: there are none. */
    const char *(*variable)(void *context, const char *name);
    void *context;
    LIST(struct condition_answer) answers;
};

void condition_moment_release(struct condition_moment *moment);

/* Whether it holds at this moment.  Changes nothing. */
bool condition_holds(struct condition_watch *watch, struct condition_moment *moment);

/* 0 when the text is a condition without variables, else -1 with a sentence: what a fault may wait
 * for (lab inject-fault --when). */
int condition_check(const char *text, struct str *why);

/* Joins a world to its conditions, so that what waits for one (cloud/injection_plan.h) can look.
 * Every world in which time is to pass needs it, after it was made or read. */
void condition_wire(struct world *world);

#endif
