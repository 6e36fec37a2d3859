/*
 * shell/again.c - the rows of a session file, done again one by one, in a session in memory.
 *
 * Row k of a branch lies in the branch or in an ancestor (store/branch.h), and so does the state
 * after it: a mark is known by the branch that holds its row.  Marks are made where branches fork
 * off, and where one is left, so that going back there does nothing twice.
 */
#include "shell/again.h"

#include <string.h>

#include "base/bug.h"
#include "base/mem.h"

enum { MARKS_SIZE_MAX = 512 << 20 /* bytes of all marks */ };

int again_open(struct again *again, const struct catalog *catalog, struct store *store,
               struct str *why)
{
    struct session_options options = {0};
    struct str notice = STR_INIT;
    int status;

    *again = (struct again){.store = store};
    status = session_open(catalog, &options, &again->session, &notice, why);
    str_release(&notice);
    return status == 0 ? 0 : -1;
}

static void close_rows(struct again *again)
{
    if (again->rows != NULL)
        store_journal_close(again->rows);
    again->rows = NULL;
    again->next.seq = 0;
}

void again_release(struct again *again)
{
    struct str why = STR_INIT;

    close_rows(again);
    for (uint32_t i = 0; i < again->marks.count; i++)
        str_release(&again->marks.items[i].state);
    LIST_RELEASE(&again->marks);
    str_release(&again->bytes);
    if (again->session != NULL)
        session_close(again->session, &why);
    str_release(&why);
    *again = (struct again){0};
}

/* ---- marks ---- */

/* The branch or ancestor that holds that row; 0 for a root's beginning. */
static int64_t holder_of(const struct store *store, int64_t id, int64_t seq)
{
    const struct store_branch *branch = store_branch_find(store, id);

    while (branch != NULL && branch->parent != 0 && seq <= branch->parent_seq)
        branch = store_branch_find(store, branch->parent);
    return branch == NULL ? -1 : branch->id;
}

static const struct again_mark *mark_find(const struct again *again, int64_t branch, int64_t seq)
{
    const struct again_mark *best = NULL;

    for (uint32_t i = 0; i < again->marks.count; i++) {
        const struct again_mark *mark = &again->marks.items[i];

        if (mark->seq <= seq && (best == NULL || mark->seq > best->seq) &&
            holder_of(again->store, branch, mark->seq) == mark->branch)
            best = mark;
    }
    return best;
}

void again_mark(struct again *again)
{
    const struct again_mark *known;
    struct again_mark *mark;

    if (again->branch == 0)
        return;
    known = mark_find(again, again->branch, again->seq);
    if ((known != NULL && known->seq == again->seq) || again->marks_size > MARKS_SIZE_MAX)
        return;
    mark = LIST_PUSH(&again->marks);
    mark->branch = holder_of(again->store, again->branch, again->seq);
    mark->seq = again->seq;
    session_keep(again->session, &mark->state);
    again->marks_size += mark->state.length;
}

/* Does a branch fork off here? */
static bool is_fork(const struct again *again)
{
    int64_t here = holder_of(again->store, again->branch, again->seq);

    for (size_t i = 0; i < store_branch_count(again->store); i++) {
        const struct store_branch *branch = store_branch_at(again->store, i);

        if (branch->parent != 0 && branch->parent_seq == again->seq &&
            holder_of(again->store, branch->parent, branch->parent_seq) == here)
            return true;
    }
    return false;
}

/* ---- going ---- */

static int begin_root(struct again *again, const struct store_branch *root, struct str *why)
{
    struct store_begin begin = {
        .name = root->name,
        .lesson = root->lesson,
        .region = root->region,
        .seed = root->seed,
        .created = root->created,
    };

    return session_begin(again->session, &begin, why);
}

/* Stands where the mark is, or at the beginning of the branch's root. */
static int begin_at(struct again *again, int64_t branch, const struct again_mark *mark,
                    struct str *why)
{
    close_rows(again);
    again->branch = branch;
    again->seq = mark == NULL ? 0 : mark->seq;
    if (mark != NULL)
        return session_return(again->session, &mark->state, why);
    return begin_root(again, store_branch_find(again->store, holder_of(again->store, branch, 0)),
                      why);
}

int again_go(struct again *again, int64_t branch, int64_t seq, struct str *why)
{
    const struct store_branch *wanted = store_branch_find(again->store, branch);
    const struct again_mark *mark;

    if (wanted == NULL || seq < 0 || seq > wanted->head_seq) {
        str_addf(why, "there is no row %lld of branch %lld", (long long)seq, (long long)branch);
        return -1;
    }
    if (again->branch != 0 && again->branch != branch)
        again_mark(again);
    if (again->branch != branch || again->seq > seq) {
        mark = mark_find(again, branch, seq);
        if (begin_at(again, branch, mark, why) != 0)
            return -1;
        if (is_fork(again))
            again_mark(again);
    }
    while (again->seq < seq) {
        if (again_next(again, why) == NULL || again_step(again, why) != 0)
            return -1;
    }
    return 0;
}

const struct store_entry *again_next(struct again *again, struct str *why)
{
    struct store_entry entry;

    if (again->next.seq != 0)
        return &again->next;
    if (again->branch == 0)
        BUG("again_next() before again_go()");
    if (again->seq >= store_branch_find(again->store, again->branch)->head_seq)
        return NULL;
    if (again->rows == NULL)
        again->rows = store_journal_open(again->store, again->branch, again->seq + 1, 0);
    if (again->rows == NULL || !store_journal_next(again->rows, &entry)) {
        close_rows(again);
        str_add(why, store_message(again->store));
        return NULL;
    }
    str_clear(&again->bytes);
    str_addn(&again->bytes, entry.bytes, entry.size);
    again->next = entry;
    again->next.bytes = str_text(&again->bytes);
    return &again->next;
}

int again_step(struct again *again, struct str *why)
{
    const struct store_entry *entry = again_next(again, why);

    if (entry == NULL || session_redo(again->session, entry, why) != 0)
        return -1;
    again->seq = entry->seq;
    again->next.seq = 0;
    if (is_fork(again))
        again_mark(again);
    return 0;
}

int again_session(const struct catalog *catalog, struct store *store, int64_t branch, int64_t seq,
                  struct session **session, struct str *why)
{
    struct session_options options = {0};
    struct str notice = STR_INIT;
    int status = session_open(catalog, &options, session, &notice, why);

    str_release(&notice);
    if (status == 0 && session_load(*session, store, branch, seq, why) == 0)
        return 0;
    if (status == 0)
        session_close(*session, &notice);
    str_release(&notice);
    *session = NULL;
    return -1;
}
