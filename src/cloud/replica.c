/*
 * cloud/replica.c - the copy that reads are answered from, and how far it lags behind.
 *
 * A request's ids are drawn one after the other, so the state of their source before and after it
 * says all that it made: drawn once more, from a copy, they are the same.
 */
#include "cloud/replica.h"

#include "sim/clock.h"

void replica_init(struct replica *replica, const int64_t *now, uint64_t seed)
{
    replica->now = now;
    replica->seed = seed;
    table_init(&replica->unheard, &replica_row_shape);
}

void replica_release(struct replica *replica)
{
    table_release(&replica->unheard);
}

/* Forgets what is known by now. */
static void sweep(struct replica *replica)
{
    for (uint32_t i = table_count(&replica->unheard); i-- > 0;) {
        const struct replica_row *row = table_at(&replica->unheard, i);

        if (replica->lag_s == 0 || row->reads <= *replica->now)
            table_remove(&replica->unheard, row->key);
    }
}

void replica_set_lag(struct replica *replica, int64_t lag_s)
{
    replica->lag_s = lag_s;
    sweep(replica);
}

void replica_tell(struct replica *replica, const struct ids *before, const struct ids *after)
{
    struct chance chance = chance_stream(replica->seed, "replica", before->stream.counter);
    struct ids drawn = *before;
    int64_t reads;

    if (replica->lag_s == 0 || before->stream.counter == after->stream.counter)
        return;
    sweep(replica);
    reads = *replica->now + chance_between_ns(&chance, SECOND_NS, replica->lag_s * SECOND_NS);
    while (drawn.stream.counter < after->stream.counter) {
        struct replica_row *row = table_add(&replica->unheard, ids_new(&drawn));

        row->reads = reads;
    }
}

bool replica_knows(const struct replica *replica, uint64_t id)
{
    const struct replica_row *row =
        table_count(&replica->unheard) == 0 ? NULL : table_find(&replica->unheard, id);

    return row == NULL || row->reads <= *replica->now;
}

static const struct field replica_row_fields[] = {
    F_INT(struct replica_row, key, "Key", "The id of what was made."),
    F_TIME(struct replica_row, reads, "Reads", "From when on reads know of it."),
};

const struct shape replica_row_shape = SHAPE("Unheard", struct replica_row, replica_row_fields);
