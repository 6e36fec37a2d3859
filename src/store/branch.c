/*
 * store/branch.c - branches of a session, and reading their journals.
 *
 * Row k of a branch lies in the branch itself when k > parent_seq, else in its parent, and so on.
 * A reader walks down from the ancestor that holds the first row: it reads each branch on the way
 * as far as the fork to the next, with one chain that goes on across the forks.
 */
#include "store/branch.h"

#include <stdlib.h>
#include <string.h>

#include "store/inside.h"

#include "base/mem.h"

struct store_journal {
    struct store *store; /* borrowed from the caller */
    int64_t branch;      /* the one that is read */
    int64_t holder;      /* the branch or ancestor where it is now */
    int64_t fork_at;     /* its last row on the way; INT64_MAX when it is the branch itself */
    int64_t next;        /* seq */
    int64_t last;
    unsigned char chain[STORE_HASH_SIZE];
    sqlite3_stmt *rows; /* over the holder's rows; owned */
    bool damaged;
};

void branch_release(struct store_branch *branch)
{
    free(branch->name);
    free(branch->lesson);
    free(branch->region);
    *branch = (struct store_branch){ 0 };
}

/* Ids rise, and nearly always by one. */
struct store_branch *branch_find(const struct store *store, int64_t id)
{
    uint32_t low = 0;
    uint32_t high = store->branches.count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (store->branches.items[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < store->branches.count && store->branches.items[low].id == id)
        return &store->branches.items[low];
    return NULL;
}

size_t store_branch_count(const struct store *store)
{
    return store->branches.count;
}

const struct store_branch *store_branch_at(const struct store *store, size_t index)
{
    return index < store->branches.count ? &store->branches.items[index] : NULL;
}

const struct store_branch *store_branch_find(const struct store *store, int64_t id)
{
    return branch_find(store, id);
}

int64_t store_branch_root(const struct store *store, int64_t id)
{
    const struct store_branch *branch = branch_find(store, id);

    while (branch != NULL && branch->parent != 0) {
        id = branch->parent;
        branch = branch_find(store, id);
    }
    return id;
}

const struct store_branch *store_branch_current(const struct store *store)
{
    return branch_find(store, store->root.current);
}

const struct store_branch *branch_holding(const struct store *store,
                                          const struct store_branch *branch, int64_t seq)
{
    while (branch != NULL && branch->parent != 0 && seq <= branch->parent_seq)
        branch = branch_find(store, branch->parent);
    return branch;
}

bool branch_chain_begin(struct store *store, const struct store_branch *branch,
                        unsigned char chain[STORE_HASH_SIZE])
{
    unsigned char parent_chain[STORE_HASH_SIZE];
    const struct store_branch *parent;

    if (branch->parent == 0) {
        chain_begin(branch, NULL, chain);
        return true;
    }
    parent = branch_find(store, branch->parent);
    if (parent == NULL || !branch_chain_at(store, parent, branch->parent_seq, parent_chain))
        return false;
    chain_begin(branch, parent_chain, chain);
    return true;
}

/* A row's stored chain is taken at its word; whoever reads on from there finds out at the head. */
bool branch_chain_at(struct store *store, const struct store_branch *branch, int64_t seq,
                     unsigned char chain[STORE_HASH_SIZE])
{
    sqlite3_stmt *row;
    bool found;

    branch = branch_holding(store, branch, seq);
    if (branch == NULL)
        return false;
    if (seq == branch->parent_seq) {
        /* Before the first row of its own: only for a root, since a fork's parent holds that row.
         * */
        chain_begin(branch, NULL, chain);
        return true;
    }
    if (seq == branch->head_seq) {
        memcpy(chain, branch->head_chain, STORE_HASH_SIZE);
        return true;
    }
    row = statement_get(store, SQL_JOURNAL_READ);
    if (row == NULL)
        return false;
    sqlite3_bind_int64(row, 1, place_of(branch->id, seq));
    sqlite3_bind_int64(row, 2, place_of(branch->id, seq));
    found = sqlite3_step(row) == SQLITE_ROW && column_blob(row, 4, chain, STORE_HASH_SIZE);
    sqlite3_reset(row);
    return found;
}

/* The branch that goes on where the way leaves `holder`: of all below it on the way, the one that
 * was forked off earliest; of several forked off there, the one nearest to the branch that is read.
 * */
static const struct store_branch *next_on_the_way(const struct store_journal *journal)
{
    const struct store_branch *branch = branch_find(journal->store, journal->branch);
    const struct store_branch *next = branch;

    for (; branch->id != journal->holder; branch = branch_find(journal->store, branch->parent)) {
        if (branch->parent_seq < next->parent_seq)
            next = branch;
    }
    return next;
}

/* Goes to read the rows of a holder, from the next one to the fork or the end. */
static void enter(struct store_journal *journal, int64_t holder)
{
    int64_t last = journal->last;

    journal->holder = holder;
    journal->fork_at = INT64_MAX;
    if (holder != journal->branch)
        journal->fork_at = next_on_the_way(journal)->parent_seq;
    if (journal->fork_at < last)
        last = journal->fork_at;
    sqlite3_reset(journal->rows);
    sqlite3_bind_int64(journal->rows, 1, place_of(holder, journal->next));
    sqlite3_bind_int64(journal->rows, 2, place_of(holder, last));
}

struct store_journal *store_journal_open(struct store *store, int64_t id, int64_t first,
                                         int64_t last)
{
    const struct store_branch *branch = branch_find(store, id);
    struct store_journal *journal;

    if (branch == NULL || first < 1 || last > branch->head_seq) {
        store_say(store, STORE_WRONG, "there are no such rows");
        return NULL;
    }
    journal = xcalloc(1, sizeof(*journal));
    *journal = (struct store_journal){
        .store = store,
        .branch = id,
        .next = first,
        .last = last == 0 ? branch->head_seq : last,
    };
    if (first <= journal->last) {
        /* A statement of its own: several journals may be read at once. */
        if (!branch_chain_at(store, branch, first - 1, journal->chain)
            || sqlite3_prepare_v2(store->db,
                                  "SELECT place, sim_time, kind, payload, chain FROM journal "
                                  "WHERE place BETWEEN ? AND ? ORDER BY place",
                                  -1, &journal->rows, NULL)
                   != SQLITE_OK)
            journal->damaged = true;
        else
            enter(journal, branch_holding(store, branch, first)->id);
    }
    /* The first row of a fork goes on from the fork's own beginning, not from the parent's row. */
    if (!journal->damaged && journal->holder != 0) {
        const struct store_branch *holder = branch_find(store, journal->holder);

        if (holder->parent != 0 && first - 1 == holder->parent_seq
            && !branch_chain_begin(store, holder, journal->chain))
            journal->damaged = true;
    }
    return journal;
}

/* True at the end of the branch's chain unless it is not the one that the branch's row knows. */
static bool head_agrees(const struct store_journal *journal)
{
    const struct store_branch *branch = branch_find(journal->store, journal->branch);
    unsigned char chain[STORE_HASH_SIZE];

    if (journal->last != branch->head_seq)
        return true;
    if (branch->parent != 0 && branch->head_seq == branch->parent_seq)
        chain_begin(branch, journal->chain, chain); /* a fork without rows of its own yet */
    else
        memcpy(chain, journal->chain, sizeof(chain));
    return memcmp(chain, branch->head_chain, sizeof(chain)) == 0;
}

/* Goes on in the next branch on the way when this one is read as far as the fork. */
static void cross_forks(struct store_journal *journal)
{
    while (journal->next > journal->fork_at) {
        const struct store_branch *next = next_on_the_way(journal);
        unsigned char begin[STORE_HASH_SIZE];

        chain_begin(next, journal->chain, begin);
        memcpy(journal->chain, begin, STORE_HASH_SIZE);
        enter(journal, next->id);
    }
}

static bool read_row(struct store_journal *journal, struct store_entry *entry)
{
    sqlite3_stmt *row = journal->rows;
    unsigned char stored[STORE_HASH_SIZE];
    int64_t place;
    int64_t kind;

    if (sqlite3_step(row) != SQLITE_ROW || !column_int(row, 0, &place)
        || place != place_of(journal->holder, journal->next)
        || !column_int(row, 1, &entry->sim_time) || !column_int(row, 2, &kind) || kind < 0
        || kind > UINT32_MAX || sqlite3_column_type(row, 3) != SQLITE_BLOB
        || !column_blob(row, 4, stored, sizeof(stored)))
        return false;
    entry->seq = journal->next;
    entry->kind = (uint32_t)kind;
    entry->bytes = sqlite3_column_blob(row, 3);
    entry->size = (size_t)sqlite3_column_bytes(row, 3);
    chain_next(journal->chain, entry);
    return memcmp(journal->chain, stored, sizeof(stored)) == 0;
}

bool store_journal_next(struct store_journal *journal, struct store_entry *entry)
{
    if (journal->damaged || journal->next > journal->last)
        return false;
    cross_forks(journal);
    if (!read_row(journal, entry)) {
        journal->damaged = true;
        return false;
    }
    journal->next++;
    if (journal->next > journal->last && !head_agrees(journal)) {
        journal->damaged = true;
        return false;
    }
    return true;
}

enum store_status store_journal_close(struct store_journal *journal)
{
    struct store *store = journal->store;
    enum store_status status = STORE_OK;
    const struct store_branch *branch = branch_find(store, journal->branch);

    if (journal->damaged)
        status = store_say(store, STORE_DAMAGED,
                           "'%s' is damaged: row %lld of branch %lld (%s) is not what was written",
                           store->path, (long long)journal->next, (long long)journal->branch,
                           branch->name);
    sqlite3_finalize(journal->rows);
    free(journal);
    return status;
}
