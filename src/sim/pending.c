/*
 * sim/pending.c - the events that have not happened yet.
 *
 * A heap with four children to a node, whose keys are single 128-bit numbers: time, sequence, slot.
 * The four children of a node share one cache line, so a step down costs one line and three
 * comparisons:
 *
 *     line 0   .  .  .  0        node n has the children 4n+1 .. 4n+4;
 *     line 1   1  2  3  4        the array begins three keys into a line
 *     line 2   5  6  7  8
 *
 * What an event means lies in a slot of its own and never moves.  To cancel an event is to clear
 * its bit in a bitmap of living sequences; the dead key leaves the heap when it comes to the top,
 * or when half of the heap is dead and all of it is swept.  So a cancel costs a bit, and timeouts
 * that are nearly always cancelled cost no search.  The bitmap is kept in pages, found by a hash of
 * their number, because a single far event must not keep bits for all sequences since.
 *
 * An event that runs nearly always plans the next one.  So taking the first event out leaves a hole
 * at the top, which the next push fills: one way down instead of one down and one up.
 *
 * Owns    the heap, the slots, the pages.
 * True    after pending_settle(): the top of the heap is alive.  Between a push into the hole and
 *         the next look it may be dead, and whoever takes it out finds that.
 */
#include "sim/pending.h"

#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/mem.h"

enum {
    KEYS_PER_LINE = 4,
    LINE_BYTES = 64,
    PAGE_BITS = 4096,
    PAGE_WORDS = PAGE_BITS / 64,
    SWEEP_MIN = 64,
    SHRINK_MIN = 4096,
    NO_SLOT = (1 << PENDING_SLOT_BITS) - 1,
};

struct pending_what {
    uint64_t subject;
    uint64_t detail;
    uint32_t next_free;
    uint16_t kind;
};

struct pending_page {
    uint64_t number;
    uint32_t alive;
    struct pending_page *next_spare; /* owned when on the chain of spares */
    uint64_t bits[PAGE_WORDS];
};

static pending_key key_make(int64_t time, uint64_t sequence, uint32_t slot)
{
    return (pending_key)(uint64_t)time << 64 | sequence << PENDING_SLOT_BITS | slot;
}

static int64_t key_time(pending_key key)
{
    return (int64_t)(uint64_t)(key >> 64);
}

static uint64_t key_sequence(pending_key key)
{
    return (uint64_t)key >> PENDING_SLOT_BITS;
}

static uint32_t key_slot(pending_key key)
{
    return (uint32_t)key & NO_SLOT;
}

/* ---- which sequences are alive ---- */

static size_t page_home(const struct pending *pending, uint64_t number)
{
    return (size_t)(number * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (pending->page_size - 1);
}

/* Where the page is, or the empty place where it would be. */
static size_t page_place(const struct pending *pending, uint64_t number)
{
    size_t at = page_home(pending, number);

    while (pending->pages[at] != NULL && pending->pages[at]->number != number)
        at = (at + 1) & (pending->page_size - 1);
    return at;
}

/* Most questions are about the newest page. */
static struct pending_page *page_find(const struct pending *pending, uint64_t sequence)
{
    struct pending_page *newest = pending->newest;

    if (newest != NULL && newest->number == sequence / PAGE_BITS)
        return newest;
    return pending->pages[page_place(pending, sequence / PAGE_BITS)];
}

static void pages_grow(struct pending *pending)
{
    struct pending_page **old = pending->pages;
    size_t old_size = pending->page_size;

    pending->page_size = old_size * 2;
    pending->pages = xcalloc(pending->page_size, sizeof(struct pending_page *));
    for (size_t i = 0; i < old_size; i++) {
        if (old[i] != NULL)
            pending->pages[page_place(pending, old[i]->number)] = old[i];
    }
    free(old);
}

static struct pending_page *page_make(struct pending *pending, uint64_t number)
{
    struct pending_page *page = pending->spare_pages;

    if (page == NULL) {
        page = xcalloc(1, sizeof(*page));
    } else {
        pending->spare_pages = page->next_spare;
        memset(page, 0, sizeof(*page));
    }
    page->number = number;
    if (pending->page_count * 2 >= pending->page_size)
        pages_grow(pending);
    pending->pages[page_place(pending, number)] = page;
    pending->page_count++;
    if (pending->newest == NULL || pending->newest->number < number)
        pending->newest = page;
    return page;
}

/* Takes the page at this place out and moves later ones of the same run up, so that no search ends
 * early. */
static void page_drop(struct pending *pending, size_t at)
{
    size_t mask = pending->page_size - 1;
    struct pending_page *page = pending->pages[at];
    size_t hole = at;

    for (size_t i = (at + 1) & mask; pending->pages[i] != NULL; i = (i + 1) & mask) {
        size_t home = page_home(pending, pending->pages[i]->number);

        if (((i - home) & mask) >= ((i - hole) & mask)) {
            pending->pages[hole] = pending->pages[i];
            hole = i;
        }
    }
    pending->pages[hole] = NULL;
    pending->page_count--;
    if (pending->newest == page)
        pending->newest = NULL;
    page->next_spare = pending->spare_pages;
    pending->spare_pages = page;
}

static void alive_set(struct pending *pending, uint64_t sequence)
{
    struct pending_page *page = page_find(pending, sequence);
    uint64_t bit = UINT64_C(1) << sequence % 64;
    uint64_t *word;

    if (page == NULL)
        page = page_make(pending, sequence / PAGE_BITS);
    word = &page->bits[sequence % PAGE_BITS / 64];
    if ((*word & bit) != 0)
        BUG("event %llu is pending twice", (unsigned long long)sequence);
    *word |= bit;
    page->alive++;
}

/* False when it was not alive. */
static inline __attribute__((always_inline)) bool
alive_clear(struct pending *pending, uint64_t sequence)
{
    struct pending_page *page = page_find(pending, sequence);
    uint64_t bit = UINT64_C(1) << sequence % 64;
    uint64_t *word;

    if (page == NULL)
        return false;
    word = &page->bits[sequence % PAGE_BITS / 64];
    if ((*word & bit) == 0)
        return false;
    *word &= ~bit;
    if (--page->alive == 0)
        page_drop(pending, page_place(pending, page->number));
    return true;
}

bool pending_has(const struct pending *pending, uint64_t sequence)
{
    const struct pending_page *page = page_find(pending, sequence);

    return page != NULL && (page->bits[sequence % PAGE_BITS / 64] >> sequence % 64 & 1) != 0;
}

/* ---- the heap ---- */

static void sift_up(pending_key *keys, size_t at, pending_key key)
{
    while (at > 0) {
        size_t parent = (at - 1) / KEYS_PER_LINE;

        if (keys[parent] <= key)
            break;
        keys[at] = keys[parent];
        at = parent;
    }
    keys[at] = key;
}

/* The index of the least of a full set of four children, without branches to mispredict. */
static inline __attribute__((always_inline)) size_t
least_of_four(const pending_key *keys, size_t first)
{
    size_t a = first + (keys[first + 1] < keys[first]);
    size_t b = first + 2 + (keys[first + 3] < keys[first + 2]);

    return keys[b] < keys[a] ? b : a;
}

static size_t least_of_few(const pending_key *keys, size_t first, size_t count)
{
    size_t least = first;

    for (size_t i = first + 1; i < count; i++) {
        if (keys[i] < keys[least])
            least = i;
    }
    return least;
}

/* Fills the hole at `at` from below down to a leaf, then lets the key rise from there: a key that
 * comes from the end of the heap nearly always belongs near the end. */
static void sink(pending_key *keys, size_t count, size_t at, pending_key key)
{
    size_t top = at;
    size_t first = at * KEYS_PER_LINE + 1;

    while (first + KEYS_PER_LINE <= count) {
        size_t least = least_of_four(keys, first);

        keys[at] = keys[least];
        at = least;
        first = at * KEYS_PER_LINE + 1;
    }
    if (first < count) {
        size_t least = least_of_few(keys, first, count);

        keys[at] = keys[least];
        at = least;
    }
    while (at > top) {
        size_t parent = (at - 1) / KEYS_PER_LINE;

        if (keys[parent] <= key)
            break;
        keys[at] = keys[parent];
        at = parent;
    }
    keys[at] = key;
}

/* Lets a fresh key sink from the top, and stops where it belongs: a new event comes soon nearly
 * always, so that is near the top. */
static void sink_new(pending_key *keys, size_t count, pending_key key)
{
    size_t at = 0;
    size_t first = 1;

    while (first < count) {
        size_t least = first + KEYS_PER_LINE <= count ? least_of_four(keys, first)
                                                      : least_of_few(keys, first, count);

        if (key <= keys[least])
            break;
        keys[at] = keys[least];
        at = least;
        first = at * KEYS_PER_LINE + 1;
    }
    keys[at] = key;
}

static void slot_free(struct pending *pending, uint32_t slot)
{
    pending->what[slot].next_free = pending->free_slot;
    pending->free_slot = slot;
}

static uint32_t slot_take(struct pending *pending)
{
    uint32_t slot = pending->free_slot;

    if (slot == NO_SLOT)
        return pending->slots_used++;
    pending->free_slot = pending->what[slot].next_free;
    return slot;
}

static void fill_hole(struct pending *pending)
{
    size_t count = --pending->count;

    pending->hole = false;
    if (count > 0)
        sink(pending->keys, count, 0, pending->keys[count]);
}

static void bury_dead_top(struct pending *pending)
{
    while (pending->cancelled > 0 && pending->count > 0
           && !pending_has(pending, key_sequence(pending->keys[0]))) {
        slot_free(pending, key_slot(pending->keys[0]));
        fill_hole(pending);
        pending->cancelled--;
    }
}

/* Drops all dead keys and makes a heap of the rest. */
static void sweep(struct pending *pending)
{
    pending_key *keys = pending->keys;
    size_t kept = 0;

    for (size_t i = 0; i < pending->count; i++) {
        if (pending_has(pending, key_sequence(keys[i])))
            keys[kept++] = keys[i];
        else
            slot_free(pending, key_slot(keys[i]));
    }
    pending->count = kept;
    pending->cancelled = 0;
    for (size_t i = (kept + 2) / KEYS_PER_LINE; i-- > 0;)
        sink(keys, kept, i, keys[i]);
}

static pending_key *keys_new(size_t size)
{
    size_t bytes = (size + KEYS_PER_LINE) * sizeof(pending_key);
    size_t lines = (bytes + LINE_BYTES - 1) / LINE_BYTES;
    pending_key *line = aligned_alloc(LINE_BYTES, lines * LINE_BYTES);

    if (line == NULL)
        BUG("out of memory");
    return line + KEYS_PER_LINE - 1;
}

static void keys_free(pending_key *keys)
{
    if (keys != NULL)
        free(keys - (KEYS_PER_LINE - 1));
}

static void keys_move(struct pending *pending, size_t size)
{
    pending_key *keys = keys_new(size);

    memcpy(keys, pending->keys, pending->count * sizeof(pending_key));
    keys_free(pending->keys);
    pending->keys = keys;
    pending->size = size;
}

static void grow(struct pending *pending)
{
    size_t size = pending->size + pending->size / 2;

    if (pending->size == NO_SLOT)
        BUG("more than %d events pending", NO_SLOT);
    if (size > NO_SLOT)
        size = NO_SLOT;
    keys_move(pending, size);
    pending->what = xrealloc(pending->what, size * sizeof(struct pending_what));
}

/* Many events were pending, and few are: what they mean moves together.  A key's place in the order
 * does not depend on its slot. */
static void shrink(struct pending *pending)
{
    size_t size = pending->count + pending->count / 4;
    struct pending_what *what;

    keys_move(pending, size < SHRINK_MIN ? SHRINK_MIN : size);
    what = xcalloc(pending->size, sizeof(*what));
    for (size_t i = 0; i < pending->count; i++) {
        what[i] = pending->what[key_slot(pending->keys[i])];
        pending->keys[i] =
            key_make(key_time(pending->keys[i]), key_sequence(pending->keys[i]), (uint32_t)i);
    }
    free(pending->what);
    pending->what = what;
    pending->slots_used = (uint32_t)pending->count;
    pending->free_slot = NO_SLOT;
}

/* ---- the door ---- */

void pending_init(struct pending *pending)
{
    *pending = (struct pending){
        .size = 64,
        .page_size = 16,
        .free_slot = NO_SLOT,
    };
    pending->keys = keys_new(pending->size);
    pending->what = xcalloc(pending->size, sizeof(struct pending_what));
    pending->pages = xcalloc(pending->page_size, sizeof(struct pending_page *));
}

static void pages_spare_all(struct pending *pending)
{
    for (size_t i = 0; i < pending->page_size; i++) {
        struct pending_page *page = pending->pages[i];

        if (page == NULL)
            continue;
        page->next_spare = pending->spare_pages;
        pending->spare_pages = page;
        pending->pages[i] = NULL;
    }
    pending->page_count = 0;
    pending->newest = NULL;
}

void pending_clear(struct pending *pending)
{
    pages_spare_all(pending);
    pending->count = 0;
    pending->cancelled = 0;
    pending->hole = false;
    pending->slots_used = 0;
    pending->free_slot = NO_SLOT;
}

void pending_release(struct pending *pending)
{
    pages_spare_all(pending);
    while (pending->spare_pages != NULL) {
        struct pending_page *page = pending->spare_pages;

        pending->spare_pages = page->next_spare;
        free(page);
    }
    free(pending->pages);
    free(pending->what);
    keys_free(pending->keys);
    *pending = (struct pending){0};
}

void pending_push(struct pending *pending, int64_t time, uint64_t sequence, uint16_t kind,
                  uint64_t subject, uint64_t detail)
{
    pending_key key;
    uint32_t slot;

    if (time < 0 || sequence == 0 || sequence > PENDING_SEQUENCE_MAX)
        BUG("an event at %lld with sequence %llu", (long long)time, (unsigned long long)sequence);
    alive_set(pending, sequence);
    if (pending->count == pending->size && !pending->hole)
        grow(pending);
    slot = slot_take(pending);
    key = key_make(time, sequence, slot);
    pending->what[slot] =
        (struct pending_what){.subject = subject, .detail = detail, .kind = kind};
    if (pending->hole)
        sink_new(pending->keys, pending->count, key);
    else
        sift_up(pending->keys, pending->count++, key);
    pending->hole = false;
}

static struct event event_of(const struct pending *pending, pending_key key)
{
    const struct pending_what *what = &pending->what[key_slot(key)];

    return (struct event){
        .time = key_time(key),
        .sequence = key_sequence(key),
        .subject = what->subject,
        .detail = what->detail,
        .kind = what->kind,
    };
}

bool pending_pop(struct pending *pending, int64_t until, struct event *event)
{
    for (;;) {
        pending_key top;

        if (pending->hole)
            fill_hole(pending);
        if (pending->count == 0)
            return false;
        top = pending->keys[0];
        if (key_time(top) > until)
            return false;
        *event = event_of(pending, top);
        slot_free(pending, key_slot(top));
        pending->hole = true;
        if (alive_clear(pending, key_sequence(top)))
            return true;
        pending->cancelled--;
    }
}

void pending_settle(struct pending *pending)
{
    if (pending->hole)
        fill_hole(pending);
    bury_dead_top(pending);
    if (pending->size > SHRINK_MIN && pending->count < pending->size / 2)
        shrink(pending);
}

bool pending_cancel(struct pending *pending, uint64_t sequence)
{
    if (!alive_clear(pending, sequence))
        return false;
    pending->cancelled++;
    if (pending->hole)
        return true; /* looked at when it comes to the top */
    if (pending->cancelled > SWEEP_MIN && pending->cancelled > pending->count / 2)
        sweep(pending);
    else
        bury_dead_top(pending);
    return true;
}

size_t pending_count(const struct pending *pending)
{
    return pending->count - pending->cancelled - pending->hole;
}

void pending_list(const struct pending *pending, struct event *events)
{
    size_t count = 0;

    for (size_t i = pending->hole; i < pending->count; i++) {
        if (pending_has(pending, key_sequence(pending->keys[i])))
            events[count++] = event_of(pending, pending->keys[i]);
    }
}
