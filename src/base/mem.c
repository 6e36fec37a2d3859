/*
 * base/mem.c - memory that never says no, and arenas.
 *
 * Owns    struct arena_block: chunks of memory, each twice as large as the one before up to a
 *         limit, from which small pieces are cut.  A piece larger than a chunk gets a chunk of its
 *         own.
 */
#include "base/mem.h"

#include <stdarg.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bug.h"

enum {
    ARENA_BLOCK_MIN = 960, /* with its head, what malloc() has at hand: most arenas need no more */
    ARENA_BLOCK_MAX = 1 << 20,
};

struct arena_block {
    struct arena_block *next; /* owned */
    size_t size;
    size_t used;
    alignas(max_align_t) char bytes[];
};

static void *checked(void *memory)
{
    if (memory == NULL)
        BUG("out of memory");
    return memory;
}

void *xmalloc(size_t size)
{
    return checked(malloc(size == 0 ? 1 : size));
}

void *xcalloc(size_t count, size_t size)
{
    return checked(calloc(count == 0 ? 1 : count, size == 0 ? 1 : size));
}

void *xrealloc(void *old, size_t size)
{
    return checked(realloc(old, size == 0 ? 1 : size));
}

char *xstrdup(const char *text)
{
    size_t size = strlen(text) + 1;

    return memcpy(xmalloc(size), text, size);
}

char *xstrndup(const char *text, size_t length)
{
    size_t kept = strnlen(text, length);
    char *copy = xmalloc(kept + 1);

    memcpy(copy, text, kept);
    copy[kept] = '\0';
    return copy;
}

char *xasprintf(const char *format, ...)
{
    va_list args;
    char *text;
    int length;

    va_start(args, format);
    length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0)
        BUG("bad format: %s", format);
    text = xmalloc((size_t)length + 1);
    va_start(args, format);
    vsnprintf(text, (size_t)length + 1, format, args);
    va_end(args);
    return text;
}

static struct arena_block *arena_grow(struct arena *arena, size_t need)
{
    size_t size = arena->blocks == NULL ? ARENA_BLOCK_MIN : arena->blocks->size * 2;
    struct arena_block *block;

    if (size > ARENA_BLOCK_MAX)
        size = ARENA_BLOCK_MAX;
    if (size < need)
        size = need;
    block = xmalloc(sizeof(*block) + size);
    block->next = arena->blocks;
    block->size = size;
    block->used = 0;
    arena->blocks = block;
    return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    size_t need = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    struct arena_block *block = arena->blocks;
    void *piece;

    if (size > SIZE_MAX / 2)
        BUG("arena_alloc of %zu bytes", size);
    if (block == NULL || block->size - block->used < need)
        block = arena_grow(arena, need);
    piece = block->bytes + block->used;
    block->used += need;
    return memset(piece, 0, size);
}

char *arena_strdup(struct arena *arena, const char *text)
{
    size_t length = text == NULL ? 0 : strlen(text);

    return text == NULL ? NULL : memcpy(arena_alloc(arena, length + 1), text, length);
}

char *arena_strndup(struct arena *arena, const char *text, size_t length)
{
    size_t kept = strnlen(text, length);

    return memcpy(arena_alloc(arena, kept + 1), text, kept);
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    char most[128]; /* nearly all texts are this short, and formatted once only */
    va_list args;
    char *text;
    int length;

    va_start(args, format);
    length = vsnprintf(most, sizeof(most), format, args);
    va_end(args);
    if (length < 0)
        BUG("bad format: %s", format);
    text = arena_alloc(arena, (size_t)length + 1);
    if ((size_t)length < sizeof(most))
        return memcpy(text, most, (size_t)length);
    va_start(args, format);
    vsnprintf(text, (size_t)length + 1, format, args);
    va_end(args);
    return text;
}

struct arena_mark arena_mark(const struct arena *arena)
{
    return (struct arena_mark){
        .block = arena->blocks,
        .used = arena->blocks == NULL ? 0 : arena->blocks->used,
    };
}

void arena_back(struct arena *arena, struct arena_mark mark)
{
    while (arena->blocks != mark.block) {
        struct arena_block *newest = arena->blocks;

        if (newest == NULL)
            BUG("a mark of another arena");
        arena->blocks = newest->next;
        free(newest);
    }
    if (mark.block != NULL)
        mark.block->used = mark.used;
}

void arena_release(struct arena *arena)
{
    struct arena_block *block = arena->blocks;

    while (block != NULL) {
        struct arena_block *next = block->next;

        free(block);
        block = next;
    }
    arena->blocks = NULL;
}
