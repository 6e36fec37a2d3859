/*
 * cloud/token.h - the words by which repeated requests are known: client tokens.
 *
 * A token belongs to an account, a Region and, where the request names one, a zone.  With it is
 * kept a hash of what was asked and the id of what was made, so that the same request can be
 * answered again without doing anything.
 *
 * True to the EC2 developer guide, "Ensuring idempotency": Regional and zonal idempotency; a
 *         launch's token holds for 24 hours after its last instance was terminated.  AWS gives no
 *         time for other requests; here they hold for 24 hours.
 */
#ifndef CLOUD_TOKEN_H
#define CLOUD_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/table.h"

enum {
    TOKEN_NO_ZONE = 255,
    TOKEN_TEXT_SIZE = 37, /* a UUID and its end */
};

struct token {
    uint64_t key;
    uint64_t account;
    uint64_t made; /* the id of what the request made */
    int64_t since; /* the 24 hours count from here; INT64_MAX while what it made still lives */
    char *text;
    struct blob hash; /* of the request */
    uint8_t region;
    uint8_t zone; /* its number, or TOKEN_NO_ZONE */
};

struct tokens {
    struct table table;
    const int64_t *now; /* borrowed */
};

extern const struct shape token_shape;

void tokens_init(struct tokens *tokens, const int64_t *now);
void tokens_release(struct tokens *tokens);

/* The token of that text that was used by this account in this Region and zone and still holds;
 * NULL when there is none. */
const struct token *token_find(const struct tokens *tokens, const struct token *wanted);
/* Keeps a token that was used now; what it points to is copied, .key is not looked at. */
void token_keep(struct tokens *tokens, const struct token *token);
/* What was made has ended now: 24 hours from here. */
void token_made_ended(struct tokens *tokens, uint64_t made);

/* A UUID of version 4, as the AWS CLI invents one; of the seed and a number that does not come
 * again. */
void token_invent(uint64_t seed, uint64_t number, char text[TOKEN_TEXT_SIZE]);

#endif
