/*
 * base/table.c - all resources of one kind: found by key, walked in the order of their making.
 *
 * Owns    the rows.  Each has a hidden serial number before it, by which its position is found
 *         again (rows[] is sorted by serial), so the hash index need not know positions.
 *
 * The index is open addressing with linear probing and backward-shift deletion: no tombstones.  The
 * order of the index is never visible outside.
 */
#include "base/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/mem.h"

struct row_header {
    uint64_t serial;
    uint64_t spare; /* keeps the row aligned for any type */
};

static uint64_t row_key(const void *row)
{
    uint64_t key;

    memcpy(&key, row, sizeof(key));
    return key;
}

static struct row_header *row_header(const void *row)
{
    return (struct row_header *)(uintptr_t)row - 1;
}

static uint32_t slot_wanted(const struct table *table, uint64_t key)
{
    key ^= key >> 32;
    key *= 0x9e3779b97f4a7c15u;
    return (uint32_t)(key >> 32) & (table->slot_count - 1);
}

/* The slot that holds the key, or the empty slot where it would go. */
static uint32_t slot_of(const struct table *table, uint64_t key)
{
    uint32_t slot = slot_wanted(table, key);

    while (table->slots[slot] != NULL && row_key(table->slots[slot]) != key)
        slot = (slot + 1) & (table->slot_count - 1);
    return slot;
}

static void index_grow(struct table *table)
{
    free(table->slots);
    table->slot_count = table->slot_count == 0 ? 16 : table->slot_count * 2;
    table->slots = xcalloc((size_t)table->slot_count + 1, sizeof(*table->slots));
    for (uint32_t i = 0; i < table->count; i++)
        table->slots[slot_of(table, row_key(table->rows[i]))] = table->rows[i];
}

static void index_remove(struct table *table, uint64_t key)
{
    uint32_t mask = table->slot_count - 1;
    uint32_t hole = slot_of(table, key);
    uint32_t next = (hole + 1) & mask;

    while (table->slots[next] != NULL) {
        uint32_t wanted = slot_wanted(table, row_key(table->slots[next]));

        if (((next - wanted) & mask) >= ((next - hole) & mask)) {
            table->slots[hole] = table->slots[next];
            hole = next;
        }
        next = (next + 1) & mask;
    }
    table->slots[hole] = NULL;
}

/* rows[] is sorted by serial. */
static uint32_t position_of(const struct table *table, const void *row)
{
    uint64_t serial = row_header(row)->serial;
    uint32_t low = 0;
    uint32_t high = table->count;

    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (row_header(table->rows[middle])->serial <= serial)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void row_free(struct table *table, void *row)
{
    shape_release(table->shape, row);
    free(row_header(row));
}

void table_init(struct table *table, const struct shape *shape)
{
    *table = (struct table){
        .shape = shape,
    };
}

void table_release(struct table *table)
{
    for (uint32_t i = 0; i < table->count; i++)
        row_free(table, table->rows[i]);
    free(table->rows);
    free(table->slots);
    table_init(table, table->shape);
}

void *table_add(struct table *table, uint64_t key)
{
    struct row_header *header;
    void *row;

    if (key == 0 || table_find(table, key) != NULL)
        BUG("%s: key %llx is zero or taken", table->shape->name, (unsigned long long)key);
    header = xcalloc(1, sizeof(*header) + table->shape->size);
    header->serial = table->next_serial++;
    row = header + 1;
    memcpy(row, &key, sizeof(key));
    if (table->count == table->size) {
        table->size = table->size == 0 ? 16 : table->size * 2;
        table->rows = xrealloc(table->rows, table->size * sizeof(*table->rows));
    }
    table->rows[table->count++] = row;
    if (table->count * 2 > table->slot_count)
        index_grow(table);
    else
        table->slots[slot_of(table, key)] = row;
    return row;
}

void *table_find_other(const struct table *table, uint64_t key)
{
    void *row;

    if (table->slot_count == 0)
        return NULL;
    row = table->slots[slot_of(table, key)];
    if (row != NULL)
        table->slots[table->slot_count] = row;
    return row;
}

void *table_get_other(const struct table *table, uint64_t key)
{
    void *row = table_find(table, key);

    if (row == NULL)
        BUG("%s: no row %llx", table->shape->name, (unsigned long long)key);
    return row;
}

void table_remove(struct table *table, uint64_t key)
{
    void *row = table_get(table, key);
    uint32_t at = position_of(table, row);

    index_remove(table, key);
    table->slots[table->slot_count] = NULL;
    memmove(&table->rows[at], &table->rows[at + 1], (table->count - at - 1) * sizeof(*table->rows));
    table->count--;
    row_free(table, row);
}

uint32_t table_count(const struct table *table)
{
    return table->count;
}

void *table_at(const struct table *table, uint32_t position)
{
    if (position >= table->count)
        BUG("%s: row %u of %u", table->shape->name, position, table->count);
    return table->rows[position];
}
