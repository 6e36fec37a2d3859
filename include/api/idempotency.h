/*
 * api/idempotency.h - a request that is repeated with its client token is answered, and not done
 * again.
 *
 * For every operation whose input has a ClientToken: api/invoke asks before it runs one, and
 * tells after.  The operation itself only says what it made (call->made), and how to answer again
 * (op->again).
 */
#ifndef API_IDEMPOTENCY_H
#define API_IDEMPOTENCY_H

#include <jansson.h>

#include "api/service.h"
#include "cloud/token.h"

/* One request's token; lives in the call's arena. */
struct idempotency {
    struct token token; /* .text NULL: the operation takes none */
};

/*
 * Reads the token from the input, or makes one up in its place where the AWS CLI does.  1 when the
 * request was done before and `out` is filled with its answer, 0 when it is to be done, -1 after a
 * fault.
 */
int idempotency_begin(struct call *call, const json_t *params, void *in, void *out,
                      struct idempotency *request);
/* The request was done: keeps its token. */
void idempotency_end(struct call *call, const struct idempotency *request);

extern const struct fault_kind fault_token_mismatch;

#endif
