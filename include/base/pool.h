/*
 * base/pool.h - many things that come and go, found by key in constant time.
 *
 * For what a table is too slow at: of a pool any row goes as quickly as the last, whatever their
 * number.  In exchange there is no position and no order but that of keys.  Rows are structs
 * described by a shape, whose first member is the key, a uint64_t that is never 0; a row's address
 * is stable until it is removed.
 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <stdint.h>

#include "base/shape.h"
#include "base/str.h"
#include "base/table.h"

/* The key stands beside its row: a search looks at no row but the one it finds. */
struct pool_slot {
    uint64_t key; /* 0: empty */
    void *row;    /* owned */
};

struct pool {
    const struct shape *shape; /* of one row; its members own heap memory */
    struct pool_slot *slots;   /* by key, open addressing; owned */
    uint32_t slot_count;       /* a power of two, at least twice the count; 0: none yet */
    uint32_t count;
};

/* The shape must outlive the pool. */
void pool_init(struct pool *pool, const struct shape *shape);
void pool_release(struct pool *pool);
/* A new zeroed row with its key set; BUG when the key is 0 or taken. */
void *pool_add(struct pool *pool, uint64_t key);
/* NULL when there is none. */
void *pool_find(const struct pool *pool, uint64_t key);
/* Frees the row and what its shape owns. */
void pool_remove(struct pool *pool, void *row);
/* All rows by key, pool->count of them, in fresh memory; NULL when there are none. */
void **pool_rows(const struct pool *pool);

/* Saving: by key, as a table of the shape would be; and back, into an empty pool. */
void pool_pack(const struct pool *pool, struct str *out, const char *name);
void pool_load(struct pool *pool, const struct table *table);

#endif
