/*
 * base/list.c - typed growing arrays.
 */
#include "base/list.h"

#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/mem.h"

/* Of large items there is often one: a bill's line, a disk, a network interface. */
static uint32_t next_size(uint32_t size, size_t item_size)
{
    if (size > UINT32_MAX / 2)
        BUG("a list of more than %u items", size);
    if (size == 0)
        return item_size >= 64 ? 1 : 4;
    return size * 2;
}

void *list_grow(void *items, uint32_t *size, size_t item_size)
{
    *size = next_size(*size, item_size);
    return xrealloc(items, *size * item_size);
}

void *list_reserve_in(struct arena *arena, void *items, uint32_t *size, uint32_t count,
                      size_t item_size)
{
    void *moved;

    if (count < *size)
        return items;
    *size = next_size(*size, item_size);
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
