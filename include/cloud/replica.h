/*
 * cloud/replica.h - the copy that reads are answered from, and how far it lags behind.
 *
 * EC2 answers reads from copies of what was written; a copy that has not heard of a new thing yet
 * says that there is none.  Here there is one copy.  What one request makes reaches it together,
 * after a time that is drawn for that request.  The lag is 0 (off) unless `lab set-consistency`
 * says otherwise, and then it is up to so many seconds.
 *
 * True to the EC2 developer guide, "Eventual consistency": a read soon after a write may not find
 *         what was made.  Left out: changes and deletions lag as well there; here only what is new,
 *         of the kinds that api/lab_consistency names.
 */
#ifndef CLOUD_REPLICA_H
#define CLOUD_REPLICA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/table.h"
#include "cloud/id.h"

struct replica_row {
    uint64_t key;  /* the id of what was made */
    int64_t reads; /* from when on reads know of it */
};

struct replica {
    struct table unheard; /* struct replica_row: what it may not have heard of yet */
    int64_t lag_s;        /* at most; 0: it never lags */
    const int64_t *now;   /* borrowed */
    uint64_t seed;
};

extern const struct shape replica_row_shape;

void replica_init(struct replica *replica, const int64_t *now, uint64_t seed);
void replica_release(struct replica *replica);
/* How far it may lag, from now on; what it had not heard of it hears at once when that is 0. */
void replica_set_lag(struct replica *replica, int64_t lag_s);
/* A request has drawn ids: from `before` to `after` it made things. */
void replica_tell(struct replica *replica, const struct ids *before, const struct ids *after);
/* Do reads know of it? */
bool replica_knows(const struct replica *replica, uint64_t id);

#endif
