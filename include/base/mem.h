/*
 * base/mem.h - memory that never says no, and arenas.
 *
 * The x-allocators never return NULL: a console that has no memory left can only stop (STYLE part
 * B). An arena owns many small things that die together: everything that one call allocates lives
 * in the call's arena.  Arena memory is zeroed.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t size);
char *xstrdup(const char *text);
char *xstrndup(const char *text, size_t length);
/* Like sprintf into fresh memory of the right size; the caller frees it. */
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

struct arena {
    struct arena_block *blocks; /* newest first; owned */
};

#define ARENA_INIT ((struct arena){0})

/* Zeroed memory, aligned for any type, that lives until arena_release(). */
void *arena_alloc(struct arena *arena, size_t size);
char *arena_strdup(struct arena *arena, const char *text); /* NULL gives NULL */
char *arena_strndup(struct arena *arena, const char *text, size_t length);
char *arena_printf(struct arena *arena, const char *format,
                   ...) __attribute__((format(printf, 2, 3)));
/* A place to come back to: arena_back() gives up what was allocated since, to use it again. */
struct arena_mark {
    struct arena_block *block;
    size_t used;
};

struct arena_mark arena_mark(const struct arena *arena);
void arena_back(struct arena *arena, struct arena_mark mark);
/* Frees everything; the arena is empty and usable again. */
void arena_release(struct arena *arena);

#endif
