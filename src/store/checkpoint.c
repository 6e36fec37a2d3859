/*
 * store/checkpoint.c - states of a branch, saved whole.
 *
 * A state is cut into parts of STORE_SLICE bytes, each committed by itself; the row in
 * `checkpoints` comes with the last.  Parts without a row are what a stop left behind; the next
 * checkpoint begins by removing them.  The row's hash covers the chain at that place and the state,
 * so a state cannot be taken for that of another history.
 */
#include "store/branch.h"

#include <stdlib.h>
#include <string.h>

#include "store/inside.h"

enum { KEPT_ALWAYS = 4 };

static int64_t parts_of(int64_t size)
{
    return (size + STORE_SLICE - 1) / STORE_SLICE;
}

static void hash_state(const unsigned char chain[STORE_HASH_SIZE], const void *state, size_t size,
                       unsigned char hash[STORE_HASH_SIZE])
{
    struct digest digest;

    digest_begin(&digest, "state");
    digest_bytes(&digest, chain, STORE_HASH_SIZE);
    digest_bytes(&digest, state, size);
    digest_end(&digest, hash);
}

/* Removes what an unfinished checkpoint left, and finds where the next one's parts go. */
static int begin_parts(struct store *store, struct store_checkpoint *checkpoint)
{
    sqlite3_stmt *statement = statement_get(store, SQL_PART_NEXT);
    int code;

    if (statement == NULL)
        return SQLITE_CORRUPT;
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        checkpoint->first_part = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    if (code != SQLITE_ROW)
        return code;
    statement = statement_get(store, SQL_PART_LOOSE);
    return statement_run(statement);
}

static int write_part(struct store *store, const struct store_checkpoint *checkpoint, size_t size)
{
    sqlite3_stmt *statement = statement_get(store, SQL_PART_WRITE);
    const char *state = checkpoint->state;

    if (statement == NULL)
        return SQLITE_CORRUPT;
    sqlite3_bind_int64(statement, 1,
                       checkpoint->first_part + (int64_t)(checkpoint->written / STORE_SLICE));
    bind_bytes(statement, 2, state + checkpoint->written, size);
    return statement_run(statement);
}

/* The checkpoint row at a place, or before it down to `least`; SQLITE_DONE when there is none. */
static int find_row(struct store *store, int64_t least, int64_t place, struct checkpoint_row *row,
                    unsigned char hash[STORE_HASH_SIZE])
{
    sqlite3_stmt *statement = statement_get(store, SQL_CHECKPOINT_LAST);
    int code;

    if (statement == NULL)
        return SQLITE_CORRUPT;
    sqlite3_bind_int64(statement, 1, least);
    sqlite3_bind_int64(statement, 2, place);
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW && !checkpoint_row_read(statement, row, hash))
        code = SQLITE_CORRUPT;
    sqlite3_reset(statement);
    return code;
}

static int delete_row(struct store *store, struct store_root *root, int64_t place)
{
    struct checkpoint_row row;
    unsigned char hash[STORE_HASH_SIZE];
    sqlite3_stmt *statement;
    int code = find_row(store, place, place, &row, hash);

    if (code == SQLITE_DONE)
        return SQLITE_OK;
    if (code != SQLITE_ROW)
        return code;
    total_subtract(root->total, hash);
    statement = statement_get(store, SQL_PART_DELETE);
    if (statement == NULL)
        return SQLITE_CORRUPT;
    sqlite3_bind_int64(statement, 1, row.first_part);
    sqlite3_bind_int64(statement, 2, row.first_part + row.parts);
    code = statement_run(statement);
    if (code != SQLITE_OK)
        return code;
    statement = statement_get(store, SQL_CHECKPOINT_DELETE);
    sqlite3_bind_int64(statement, 1, place);
    return statement_run(statement);
}

static int write_row(struct store *store, const struct store_checkpoint *checkpoint,
                     struct store_root *root)
{
    const struct store_branch *branch = branch_find(store, checkpoint->branch);
    unsigned char chain[STORE_HASH_SIZE];
    unsigned char hash[STORE_HASH_SIZE];
    struct checkpoint_row row = {
        .place = place_of(checkpoint->branch, checkpoint->seq),
        .first_part = checkpoint->first_part,
        .parts = parts_of((int64_t)checkpoint->size),
        .size = (int64_t)checkpoint->size,
    };
    sqlite3_stmt *statement;
    int code = delete_row(store, root, row.place);

    if (code != SQLITE_OK)
        return code;
    if (!branch_chain_at(store, branch, checkpoint->seq, chain))
        return SQLITE_CORRUPT;
    hash_state(chain, checkpoint->state, checkpoint->size, row.state_hash);
    digest_of_checkpoint(&row, hash);
    total_add(root->total, hash);
    statement = statement_get(store, SQL_CHECKPOINT_WRITE);
    if (statement == NULL)
        return SQLITE_CORRUPT;
    sqlite3_bind_int64(statement, 1, row.place);
    sqlite3_bind_int64(statement, 2, row.first_part);
    sqlite3_bind_int64(statement, 3, row.parts);
    sqlite3_bind_int64(statement, 4, row.size);
    bind_hash(statement, 5, row.state_hash);
    bind_hash(statement, 6, hash);
    return statement_run(statement);
}

enum store_status store_checkpoint_step(struct store *store, struct store_checkpoint *checkpoint,
                                        bool *done)
{
    const struct store_branch *branch = branch_find(store, checkpoint->branch);
    size_t rest = checkpoint->size - checkpoint->written;
    size_t size = rest < STORE_SLICE ? rest : STORE_SLICE;
    struct store_root root;
    enum store_status status;
    int code = SQLITE_OK;

    *done = false;
    if (branch == NULL || checkpoint->seq < branch->parent_seq
        || checkpoint->seq > branch->head_seq)
        return store_say(store, STORE_WRONG, "there is no such row to save the state of");
    if (checkpoint->written == 0)
        checkpoint->serial = ++store->checkpoint_serial;
    if (checkpoint->serial != store->checkpoint_serial)
        return store_say(store, STORE_WRONG, "another checkpoint was begun");
    status = transaction_begin(store);
    if (status != STORE_OK)
        return status;
    root = store->root;
    mark_open(store, &root);
    if (checkpoint->written == 0)
        code = begin_parts(store, checkpoint);
    if (code == SQLITE_OK && size > 0)
        code = write_part(store, checkpoint, size);
    if (code == SQLITE_OK && size == rest)
        code = write_row(store, checkpoint, &root);
    if (code != SQLITE_OK)
        return transaction_undo(store, code);
    status = transaction_end(store, &root);
    if (status != STORE_OK)
        return status;
    checkpoint->written += size;
    *done = size == rest;
    return STORE_OK;
}

enum store_status store_checkpoint_write(struct store *store, int64_t branch, int64_t seq,
                                         const struct str *state)
{
    struct store_checkpoint checkpoint = {
        .branch = branch,
        .seq = seq,
        .state = str_text(state),
        .size = state->length,
    };
    enum store_status status = STORE_OK;
    bool done = false;

    while (status == STORE_OK && !done)
        status = store_checkpoint_step(store, &checkpoint, &done);
    return status;
}

static bool read_parts(struct store *store, const struct checkpoint_row *row, struct str *state)
{
    sqlite3_stmt *part = statement_get(store, SQL_PART_READ);
    int64_t count = 0;

    str_clear(state);
    if (part == NULL || row->parts != parts_of(row->size))
        return false;
    sqlite3_bind_int64(part, 1, row->first_part);
    sqlite3_bind_int64(part, 2, row->first_part + row->parts);
    while (sqlite3_step(part) == SQLITE_ROW && sqlite3_column_type(part, 1) == SQLITE_BLOB) {
        str_addn(state, sqlite3_column_blob(part, 1), (size_t)sqlite3_column_bytes(part, 1));
        count++;
    }
    sqlite3_reset(part);
    return count == row->parts && (int64_t)state->length == row->size;
}

/* The latest good one among a branch's own, from `place` down. */
int64_t checkpoint_read_own(struct store *store, const struct store_branch *branch, int64_t seq,
                            struct str *state)
{
    struct checkpoint_row row;
    unsigned char hash[STORE_HASH_SIZE];
    unsigned char chain[STORE_HASH_SIZE];

    while (seq >= branch->parent_seq
           && find_row(store, place_of(branch->id, 0), place_of(branch->id, seq), &row, hash)
                  == SQLITE_ROW) {
        seq = row.place & STORE_SEQ_MAX;
        if (branch_chain_at(store, branch, seq, chain) && read_parts(store, &row, state)) {
            hash_state(chain, str_text(state), state->length, hash);
            if (memcmp(hash, row.state_hash, sizeof(hash)) == 0)
                return seq;
        }
        seq--;
    }
    return -1;
}

int64_t store_checkpoint_read(struct store *store, int64_t id, int64_t seq, struct str *state)
{
    const struct store_branch *branch = branch_find(store, id);

    while (branch != NULL) {
        int64_t found = checkpoint_read_own(store, branch, seq, state);

        if (found >= 0)
            return found;
        if (seq > branch->parent_seq)
            seq = branch->parent_seq;
        branch = branch_find(store, branch->parent);
    }
    str_clear(state);
    return -1;
}

int64_t store_checkpoint_last(struct store *store, int64_t branch)
{
    struct checkpoint_row row;
    unsigned char hash[STORE_HASH_SIZE];

    if (find_row(store, place_of(branch, 0), place_of(branch, STORE_SEQ_MAX), &row, hash)
        != SQLITE_ROW)
        return -1;
    return row.place & STORE_SEQ_MAX;
}

static int doubling_of(int64_t distance)
{
    return distance <= 0 ? 0 : 64 - __builtin_clzll((unsigned long long)distance);
}

/* Places to drop, latest first: all but the last few and, older than those, the oldest in each
 * doubling of the distance, which is the one that grows into the next. */
static uint32_t list_surplus(struct store *store, const struct store_branch *branch,
                             int64_t *surplus, uint32_t size)
{
    struct checkpoint_row row;
    unsigned char hash[STORE_HASH_SIZE];
    int64_t place = place_of(branch->id, branch->head_seq);
    int64_t candidate = -1;
    int doubling = -1;
    uint32_t count = 0;

    for (int seen = 0; count < size
         && find_row(store, place_of(branch->id, 0), place, &row, hash) == SQLITE_ROW; seen++) {
        int now = doubling_of(branch->head_seq - (row.place & STORE_SEQ_MAX));

        place = row.place - 1;
        if (seen < KEPT_ALWAYS)
            continue;
        if (now == doubling)
            surplus[count++] = candidate;
        candidate = row.place;
        doubling = now;
    }
    return count;
}

enum store_status store_checkpoint_thin(struct store *store, int64_t id)
{
    const struct store_branch *branch = branch_find(store, id);
    int64_t surplus[16];
    struct store_root root = store->root;
    enum store_status status;
    uint32_t count;

    if (branch == NULL)
        return store_say(store, STORE_WRONG, "there is no such branch");
    count = list_surplus(store, branch, surplus, sizeof(surplus) / sizeof(surplus[0]));
    if (count == 0)
        return STORE_OK;
    status = transaction_begin(store);
    if (status != STORE_OK)
        return status;
    mark_open(store, &root);
    for (uint32_t i = 0; i < count; i++) {
        int code = delete_row(store, &root, surplus[i]);

        if (code != SQLITE_OK)
            return transaction_undo(store, code);
    }
    return transaction_end(store, &root);
}
