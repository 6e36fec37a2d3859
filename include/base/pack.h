/*
 * base/pack.h - objects as bytes and back, by their shapes.
 *
 * The form describes itself: a pack begins with the names and types of the members, so that a newer
 * program reads an older pack (members it no longer has are skipped, new ones are zero).  Equal
 * objects give equal bytes, on every machine: integers are little-endian base 128, nothing depends
 * on C layout or addresses.
 */
#ifndef BASE_PACK_H
#define BASE_PACK_H

#include <stddef.h>
#include <stdint.h>

#include "base/shape.h"
#include "base/str.h"
#include "base/table.h"

/* Appends a table: its name, the members of its shape, its rows in their order. */
void pack_table(struct str *out, const char *name, const struct table *table);

/* The same for rows that lie elsewhere: `row` gives the n-th of `count`, each of the shape. */
struct pack_rows {
    const struct shape *shape;
    uint64_t count;
    const void *(*row)(const void *context, uint64_t n);
    const void *context;
};
void pack_rows(struct str *out, const char *name, const struct pack_rows *rows);

/* A reader over packed bytes; borrowed from the caller, who keeps them until done. */
struct pack_reader {
    const char *bytes;
    size_t size;
    size_t at;
    const char *error; /* NULL while all is well; a constant sentence after a failure */
    struct table *table; /* borrowed: whose rows are read; for base/pack alone */
};

/* The name of the next table, or NULL at the end or on error.  Valid until the bytes go. */
const char *pack_next(struct pack_reader *reader, size_t *length);
/*
 * Reads the table whose name pack_next() gave into an initialised, empty table. 0, or -1 with
 * reader->error.
 */
int pack_read_table(struct pack_reader *reader, struct table *table);
/* Passes over it. */
int pack_skip_table(struct pack_reader *reader);

/* One object without a table, for answers to be compared and for hashing. */
void pack_object(struct str *out, const struct shape *shape, const void *object);

enum { PACK_HASH_SIZE = 32 };
/* SHA-256. */
void pack_hash(const void *bytes, size_t size, unsigned char hash[PACK_HASH_SIZE]);

#endif
