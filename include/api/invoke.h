/*
 * api/invoke.h - running one operation: the same way for the prompt, the views, the lessons and the
 * journal.
 */
#ifndef API_INVOKE_H
#define API_INVOKE_H

#include <jansson.h>

#include "api/service.h"

/* Who asks and where; the rest of a call is filled in here. */
struct caller {
    struct world *world;
    uint64_t account;
    uint8_t region;
    struct time_passer passer; /* pass may be NULL: time passes at once */
    struct tray *tray;         /* borrowed; may be NULL */
};

/*
 * Runs an operation with parameters that value_check() found right.  What it answered, of shape
 * op->out, in the call's arena and borrowing from the world: good until call_release(), and until
 * the world changes.  NULL with call->fault set when it was refused.  Whatever it returns, call
 * call_release() after.
 */
const void *invoke_op(struct call *call, const struct caller *caller, const struct op *op,
                      const json_t *params);
/* The same.  0 with the answer as JSON (a new reference), or -1 and NULL. */
int invoke_json(struct call *call, const struct caller *caller, const struct op *op,
                const json_t *params, json_t **answer);

/* After time has passed: the answer as what was made is now (op->again); as of invoke_op(). */
const void *invoke_again(struct call *call);

/*
 * Runs a read operation with a typed input (NULL: an empty one), for views and other operations'
 * readers.  The answer lives until call_release(); NULL with call->fault set when it was refused.
 */
const void *invoke_read(struct call *call, const struct caller *caller, const struct op *op,
                        const void *in);

#endif
