/*
 * api/answer.h - what an operation answered: the object itself, and JSON for who looks into it.
 *
 * Most answers are printed once, straight from the object (api/output.h); a tree of JSON is made
 * when somebody asks for one.
 */
#ifndef API_ANSWER_H
#define API_ANSWER_H

#include <jansson.h>

#include "base/mem.h"
#include "base/shape.h"

struct call;
struct jmespath;

struct answer {
    const struct shape *shape; /* borrowed, or in the arena */
    /* In the arena, but it may borrow from the world: good until that changes.  NULL: JSON only. */
    const void *object;
    struct arena arena;
    json_t *json; /* owned; NULL: nobody asked yet */
};

#define ANSWER_INIT ((struct answer){0})

/* The object that a call gave, with the call's arena.  `answer` holds nothing before. */
void answer_take(struct answer *answer, struct call *call, const void *object);
/* Of JSON only; takes the reference. */
void answer_take_json(struct answer *answer, json_t *json);
/* The answer as JSON, borrowed; NULL when there is none. */
json_t *answer_json(struct answer *answer);
/* As JSON, with no more in it than the expression looks at; a new reference. */
json_t *answer_json_for(struct answer *answer, const struct jmespath *path);
/* Makes it JSON only: before the world changes. */
void answer_settle(struct answer *answer);
void answer_release(struct answer *answer);

#endif
