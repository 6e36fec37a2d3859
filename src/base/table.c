/*
 * base/table.c - all resources of one kind: found by key, walked in the order of their making.
 *
 * Owns    pages of rows.  A row has a place, counted over the pages, for as long as it lives:
 *
 *     pages   [0 1 2 3] [4 5 6 7] [8 . . .]        places of removed rows are given out again
 *
 * The index is open addressing with linear probing and backward-shift deletion: no tombstones.  A
 * slot is 0 when it is empty; else its low bits are the place plus one, and the bits above, which a
 * place never needs, are those of the key's hash that do not say where to look: so a row is only
 * looked at when it is very likely the one.  The order of the index is never visible outside.
 *
 * As long as nothing is removed the order of addition is that of the places, and is not written
 * down.  After that it is a list of places, sorted by the serial numbers of their rows, by which a
 * position is found again.
 */
#include "base/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/mem.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#endif

enum {
    PAGE_BYTES = 4096, /* of rows that are smaller than that */
    SLOTS_BEGIN = 16,
};

/* ---- places ---- */

static void *row_at(const struct table *table, uint32_t place)
{
    uint32_t in_page = place & ((1u << table->page_bits) - 1);

    return table->pages[place >> table->page_bits] + in_page * table->shape->size;
}

static uint64_t key_at(const struct table *table, uint32_t place)
{
    uint64_t key;

    memcpy(&key, row_at(table, place), sizeof(key));
    return key;
}

static void page_add(struct table *table)
{
    size_t bytes = table->shape->size << table->page_bits;

    if ((table->page_count & (table->page_count - 1)) == 0)
        table->pages = xrealloc(table->pages, (table->page_count == 0 ? 1 : table->page_count * 2) *
                                                  sizeof(*table->pages));
    table->pages[table->page_count] = xcalloc(1, bytes);
    ASAN_POISON_MEMORY_REGION(table->pages[table->page_count], bytes);
    table->page_count++;
}

/* A zeroed row. */
static uint32_t place_take(struct table *table)
{
    uint32_t place = table->free_place - 1;
    void *row;

    if (table->free_place == 0) {
        place = table->places++;
        if (place >> table->page_bits == table->page_count)
            page_add(table);
    }
    row = row_at(table, place);
    ASAN_UNPOISON_MEMORY_REGION(row, table->shape->size);
    if (table->free_place != 0) {
        memcpy(&table->free_place, row, sizeof(table->free_place));
        memset(row, 0, sizeof(table->free_place));
    }
    return place;
}

static void place_give(struct table *table, uint32_t place)
{
    void *row = row_at(table, place);

    shape_release(table->shape, row);
    memcpy(row, &table->free_place, sizeof(table->free_place));
    table->free_place = place + 1;
    ASAN_POISON_MEMORY_REGION(row, table->shape->size);
}

/* ---- the index ---- */

static uint32_t hash_of(uint64_t key)
{
    key ^= key >> 32;
    key *= 0x9e3779b97f4a7c15u;
    return (uint32_t)(key >> 32);
}

static uint32_t slot_empty(const struct table *table, uint32_t hash)
{
    uint32_t mask = table->slot_count - 1;
    uint32_t slot = hash & mask;

    while (table->index->slots[slot] != 0)
        slot = (slot + 1) & mask;
    return slot;
}

/* The slot of a place that is in the index. */
static uint32_t slot_of(const struct table *table, uint32_t place)
{
    uint32_t mask = table->slot_count - 1;
    uint32_t slot = hash_of(key_at(table, place)) & mask;

    while ((table->index->slots[slot] & mask) != place + 1)
        slot = (slot + 1) & mask;
    return slot;
}

static void index_put(struct table *table, uint32_t place)
{
    uint32_t mask = table->slot_count - 1;
    uint32_t hash = hash_of(key_at(table, place));

    table->index->slots[slot_empty(table, hash)] = (hash & ~mask) | (place + 1);
}

static uint32_t place_at(const struct table *table, uint32_t position)
{
    return table->order == NULL ? position : table->order[position];
}

static void index_grow(struct table *table)
{
    if (table->slot_count > UINT32_MAX / 2)
        BUG("%s: more than %u rows", table->shape->name, table->count);
    free(table->index);
    table->slot_count = table->slot_count == 0 ? SLOTS_BEGIN : table->slot_count * 2;
    table->index = xcalloc(1, sizeof(*table->index) +
                                  (size_t)table->slot_count * sizeof(table->index->slots[0]));
    for (uint32_t i = 0; i < table->count; i++)
        index_put(table, place_at(table, i));
}

static void index_remove(struct table *table, uint32_t place)
{
    uint32_t *slots = table->index->slots;
    uint32_t mask = table->slot_count - 1;
    uint32_t hole = slot_of(table, place);

    for (uint32_t next = (hole + 1) & mask; slots[next] != 0; next = (next + 1) & mask) {
        uint32_t wanted = hash_of(key_at(table, (slots[next] & mask) - 1)) & mask;

        if (((next - wanted) & mask) >= ((next - hole) & mask)) {
            slots[hole] = slots[next];
            hole = next;
        }
    }
    slots[hole] = 0;
    table->index->last = NULL;
}

/* ---- the order ---- */

static void serials_renumber(struct table *table)
{
    for (uint32_t i = 0; i < table->count; i++)
        table->serials[table->order[i]] = i;
    table->next_serial = table->count;
}

static void order_reserve(struct table *table, uint32_t size)
{
    if (size <= table->order_size)
        return;
    table->order_size = size > table->order_size * 2 ? size : table->order_size * 2;
    table->order = xrealloc(table->order, table->order_size * sizeof(*table->order));
    table->serials = xrealloc(table->serials, table->order_size * sizeof(*table->serials));
}

/* From now on it is written down. */
static void order_begin(struct table *table)
{
    order_reserve(table, table->count);
    for (uint32_t i = 0; i < table->count; i++)
        table->order[i] = i;
    serials_renumber(table);
}

/* The row at that place is the last now. */
static void order_append(struct table *table, uint32_t place)
{
    if (table->order == NULL)
        return;
    order_reserve(table, table->places);
    if (table->next_serial == UINT32_MAX)
        serials_renumber(table);
    table->order[table->count] = place;
    table->serials[place] = table->next_serial++;
}

static uint32_t position_of(const struct table *table, uint32_t place)
{
    uint32_t serial = table->serials[place];
    uint32_t low = 0;
    uint32_t high = table->count;

    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (table->serials[table->order[middle]] <= serial)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* ---- the door ---- */

void table_init(struct table *table, const struct shape *shape)
{
    *table = (struct table){
        .shape = shape,
    };
    while (shape->size << (table->page_bits + 1) <= PAGE_BYTES)
        table->page_bits++;
}

/* All pages but the first so many; their rows are released already. */
static void pages_free(struct table *table, uint32_t kept)
{
    while (table->page_count > kept) {
        char *page = table->pages[--table->page_count];

        ASAN_UNPOISON_MEMORY_REGION(page, table->shape->size << table->page_bits);
        free(page);
    }
}

void table_release(struct table *table)
{
    for (uint32_t i = 0; i < table->count; i++)
        shape_release(table->shape, row_at(table, place_at(table, i)));
    pages_free(table, 0);
    free(table->pages);
    free(table->index);
    free(table->order);
    free(table->serials);
    for (uint32_t i = 0; i < table->text_count; i++)
        free(table->texts[i]);
    free(table->texts);
    table_init(table, table->shape);
}

void *table_add(struct table *table, uint64_t key)
{
    uint32_t place;
    void *row;

    if (key == 0 || table_find(table, key) != NULL)
        BUG("%s: key %llx is zero or taken", table->shape->name, (unsigned long long)key);
    place = place_take(table);
    row = row_at(table, place);
    memcpy(row, &key, sizeof(key));
    order_append(table, place);
    table->count++;
    /* Four fifths of the slots at most are taken. */
    if ((uint64_t)table->count * 5 > (uint64_t)table->slot_count * 4)
        index_grow(table);
    else
        index_put(table, place);
    return row;
}

/* The place of the row with that key; UINT32_MAX when there is none. */
static inline uint32_t place_find(const struct table *table, uint64_t key)
{
    uint32_t mask = table->slot_count - 1;
    uint32_t hash = hash_of(key);
    uint32_t slot;

    if (table->index == NULL)
        return UINT32_MAX;
    for (uint32_t at = hash & mask; (slot = table->index->slots[at]) != 0; at = (at + 1) & mask) {
        uint32_t place = (slot & mask) - 1;

        if (((slot ^ hash) & ~mask) == 0 && key_at(table, place) == key)
            return place;
    }
    return UINT32_MAX;
}

void *table_find_other(const struct table *table, uint64_t key)
{
    uint32_t place = place_find(table, key);

    if (place == UINT32_MAX)
        return NULL;
    return table->index->last = row_at(table, place);
}

void *table_get_other(const struct table *table, uint64_t key)
{
    void *row = table_find(table, key);

    if (row == NULL)
        BUG("%s: no row %llx", table->shape->name, (unsigned long long)key);
    return row;
}

/* Gives back all but a page to go on with. */
static void all_removed(struct table *table)
{
    size_t bytes = table->shape->size << table->page_bits;

    pages_free(table, 1);
    ASAN_UNPOISON_MEMORY_REGION(table->pages[0], bytes);
    memset(table->pages[0], 0, bytes);
    ASAN_POISON_MEMORY_REGION(table->pages[0], bytes);
    table->places = 0;
    table->free_place = 0;
}

void table_remove(struct table *table, uint64_t key)
{
    uint32_t place = place_find(table, key);
    uint32_t at;

    if (place == UINT32_MAX)
        BUG("%s: no row %llx", table->shape->name, (unsigned long long)key);
    if (table->order == NULL)
        order_begin(table);
    at = position_of(table, place);
    index_remove(table, place);
    memmove(&table->order[at], &table->order[at + 1],
            (table->count - at - 1) * sizeof(*table->order));
    table->count--;
    place_give(table, place);
    if (table->count == 0 && table->page_count > 1)
        all_removed(table);
}

const char *table_text(struct table *table, const char *text)
{
    uint32_t low = 0;
    uint32_t high = table->text_count;

    if (text == NULL)
        return NULL;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = strcmp(table->texts[middle], text);

        if (order == 0)
            return table->texts[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if ((table->text_count & (table->text_count - 1)) == 0)
        table->texts = xrealloc(table->texts, (table->text_count == 0 ? 1 : table->text_count * 2) *
                                                  sizeof(*table->texts));
    memmove(&table->texts[low + 1], &table->texts[low],
            (table->text_count - low) * sizeof(*table->texts));
    table->text_count++;
    return table->texts[low] = xstrdup(text);
}

uint32_t table_count(const struct table *table)
{
    return table->count;
}

void *table_at(const struct table *table, uint32_t position)
{
    if (position >= table->count)
        BUG("%s: row %u of %u", table->shape->name, position, table->count);
    return row_at(table, place_at(table, position));
}
