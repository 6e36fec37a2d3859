/*
 * base/table.h - all resources of one kind: found by key, walked in the order of their making.
 *
 * Rows are structs described by one shape; the first member of every row is its key, a uint64_t
 * that is never 0. A row's address is stable until it is removed, but is never saved: other rows
 * hold keys, not pointers. Walking goes by position 0 .. table_count()-1 in the order of addition,
 * which removal keeps; never by hash.
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include <stdint.h>

#include "base/shape.h"

/* Where rows are found by their keys; base/table.c says how. */
struct table_index {
    void *last;       /* the row that was found last */
    uint32_t slots[]; /* open addressing */
};

struct table {
    const struct shape *shape; /* of one row; its members own heap memory */
    char **pages;              /* of rows, which never move; owned, as is all that follows */
    struct table_index *index; /* NULL: there has been no row yet */
    /* Of a table from which rows were removed: the places of its rows in the order of addition, and
     * by place the serial number of the row there.  NULL: that order is the places' own. */
    uint32_t *order;
    uint32_t *serials;
    uint32_t order_size;
    uint32_t next_serial;
    uint32_t count;
    uint32_t places;      /* so many were ever in use at once */
    uint32_t free_place;  /* the place that was left last, plus one, with the next in it; 0: none */
    uint32_t slot_count;  /* a power of two */
    uint32_t page_count;
    uint8_t page_bits;    /* a page has so many bits of places */
    uint32_t text_count;
    char **texts;         /* by strcmp; owned, as they are */
};

/* The shape must outlive the table. */
void table_init(struct table *table, const struct shape *shape);
void table_release(struct table *table);

/* A new zeroed row with its key set; BUG when the key is 0 or taken. */
void *table_add(struct table *table, uint64_t key);
/* The row, or NULL. */
static inline void *table_find(const struct table *table, uint64_t key);
/* The row; BUG when there is none. */
static inline void *table_get(const struct table *table, uint64_t key);
/* Frees the row and what it owns.  Positions after it move down by one.  BUG when there is none. */
void table_remove(struct table *table, uint64_t key);

/* A copy of the text that lives as long as the table, one for all rows in which it stands: of
 * members that are flagged FIELD_SHARED, for texts of which there are few.  NULL gives NULL. */
const char *table_text(struct table *table, const char *text);

uint32_t table_count(const struct table *table);
/* The row at a position; BUG when out of range. */
void *table_at(const struct table *table, uint32_t position);

/* The same for a row that is not the one found last. */
void *table_find_other(const struct table *table, uint64_t key);
void *table_get_other(const struct table *table, uint64_t key);

static inline void *table_find(const struct table *table, uint64_t key)
{
    uint64_t *row = table->index == NULL ? NULL : table->index->last;

    return row != NULL && *row == key ? row : table_find_other(table, key);
}

static inline void *table_get(const struct table *table, uint64_t key)
{
    uint64_t *row = table->index == NULL ? NULL : table->index->last;

    return row != NULL && *row == key ? row : table_get_other(table, key);
}

#endif
