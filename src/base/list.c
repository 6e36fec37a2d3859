/*
 * base/list.c - typed growing arrays.
 */
#include "base/list.h"

#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/mem.h"

/* What malloc gives at least, whatever is asked for. */
enum { LEAST_BYTES = 24 };

static uint32_t next_size(uint32_t size, uint32_t first)
{
    if (size > UINT32_MAX / 2)
        BUG("a list of more than %u items", size);
    return size == 0 ? first : size * 2;
}

void *list_grow(void *items, uint32_t *size, size_t item_size)
{
    /* Most lists of state are short: a bill's line, a disk, an interface, its groups. */
    *size = next_size(*size, item_size >= LEAST_BYTES ? 1 : (uint32_t)(LEAST_BYTES / item_size));
    return xrealloc(items, *size * item_size);
}

void *list_reserve_in(struct arena *arena, void *items, uint32_t *size, uint32_t count,
                      size_t item_size)
{
    void *moved;

    if (count < *size)
        return items;
    *size = next_size(*size, item_size >= 64 ? 1 : 4);
    moved = arena_alloc(arena, *size * item_size);
    if (count > 0)
        memcpy(moved, items, count * item_size);
    return moved;
}

void list_close_gap(void *items, uint32_t *count, uint32_t at, size_t item_size)
{
    char *gap = (char *)items + at * item_size;

    if (at >= *count)
        BUG("item %u of a list of %u", at, *count);
    memmove(gap, gap + item_size, (*count - at - 1) * item_size);
    --*count;
}

void list_free(void *items)
{
    free(items);
}
