/*
 * base/pool.c - many things that come and go, found by key in constant time.
 *
 * Open addressing with linear probing and backward-shift deletion, as base/table has; the order of
 * the index is never visible outside.
 */
#include "base/pool.h"

#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/mem.h"
#include "base/pack.h"

enum { SLOTS_FIRST = 16 };

static uint64_t row_key(const void *row)
{
    uint64_t key;

    memcpy(&key, row, sizeof(key));
    return key;
}

static uint32_t slot_wanted(const struct pool *pool, uint64_t key)
{
    key ^= key >> 32;
    key *= UINT64_C(0x9e3779b97f4a7c15);
    return (uint32_t)(key >> 32) & (pool->slot_count - 1);
}

/* The slot that holds the key, or the empty one where it would go. */
static uint32_t slot_of(const struct pool *pool, uint64_t key)
{
    uint32_t slot = slot_wanted(pool, key);

    while (pool->slots[slot].key != 0 && pool->slots[slot].key != key)
        slot = (slot + 1) & (pool->slot_count - 1);
    return slot;
}

static void grow(struct pool *pool)
{
    struct pool_slot *old = pool->slots;
    uint32_t old_count = pool->slot_count;

    pool->slot_count = old_count == 0 ? SLOTS_FIRST : old_count * 2;
    pool->slots = xcalloc(pool->slot_count, sizeof(*pool->slots));
    for (uint32_t i = 0; i < old_count; i++)
        if (old[i].key != 0)
            pool->slots[slot_of(pool, old[i].key)] = old[i];
    free(old);
}

void pool_init(struct pool *pool, const struct shape *shape)
{
    *pool = (struct pool){.shape = shape};
}

static void row_free(struct pool *pool, void *row)
{
    shape_release(pool->shape, row);
    free(row);
}

void pool_release(struct pool *pool)
{
    for (uint32_t i = 0; i < pool->slot_count; i++)
        if (pool->slots[i].key != 0)
            row_free(pool, pool->slots[i].row);
    free(pool->slots);
    pool_init(pool, pool->shape);
}

void *pool_add(struct pool *pool, uint64_t key)
{
    void *row;
    uint32_t slot;

    if ((pool->count + 1) * 2 > pool->slot_count)
        grow(pool);
    slot = slot_of(pool, key);
    if (key == 0 || pool->slots[slot].key != 0)
        BUG("%s: key %llx is zero or taken", pool->shape->name, (unsigned long long)key);
    row = xcalloc(1, pool->shape->size);
    memcpy(row, &key, sizeof(key));
    pool->slots[slot] = (struct pool_slot){.key = key, .row = row};
    pool->count++;
    return row;
}

void *pool_find(const struct pool *pool, uint64_t key)
{
    return pool->slot_count == 0 || key == 0 ? NULL : pool->slots[slot_of(pool, key)].row;
}

void pool_remove(struct pool *pool, void *row)
{
    uint32_t mask = pool->slot_count - 1;
    uint32_t hole = slot_of(pool, row_key(row));
    uint32_t next = (hole + 1) & mask;

    if (pool->slots[hole].row != row)
        BUG("%s: a row that is not there", pool->shape->name);
    while (pool->slots[next].key != 0) {
        uint32_t wanted = slot_wanted(pool, pool->slots[next].key);

        if (((next - wanted) & mask) >= ((next - hole) & mask)) {
            pool->slots[hole] = pool->slots[next];
            hole = next;
        }
        next = (next + 1) & mask;
    }
    pool->slots[hole] = (struct pool_slot){0};
    pool->count--;
    row_free(pool, row);
}

static int by_key(const void *a, const void *b)
{
    uint64_t x = row_key(*(void *const *)a);
    uint64_t y = row_key(*(void *const *)b);

    return x < y ? -1 : x > y;
}

void **pool_rows(const struct pool *pool)
{
    void **rows = pool->count == 0 ? NULL : xmalloc(pool->count * sizeof(*rows));
    uint32_t count = 0;

    for (uint32_t i = 0; i < pool->slot_count; i++)
        if (pool->slots[i].key != 0)
            rows[count++] = pool->slots[i].row;
    if (count > 1)
        qsort(rows, count, sizeof(*rows), by_key);
    return rows;
}

static const void *nth_row(const void *context, uint64_t n)
{
    return ((void *const *)context)[n];
}

void pool_pack(const struct pool *pool, struct str *out, const char *name)
{
    void **rows = pool_rows(pool);

    pack_rows(out, name, &(struct pack_rows){
                             .shape = pool->shape,
                             .count = pool->count,
                             .row = nth_row,
                             .context = rows,
                         });
    free(rows);
}

void pool_load(struct pool *pool, const struct table *table)
{
    for (uint32_t i = 0; i < table_count(table); i++) {
        const void *from = table_at(table, i);

        shape_copy(pool->shape, pool_add(pool, row_key(from)), from);
    }
}
