/*
 * base/list.h - typed growing arrays.
 *
 *   LIST(struct tag) tags;                     a member; zero is the empty list
 *   *LIST_PUSH(&tags) = (struct tag){...};     heap memory (state): LIST_RELEASE or shape_release
 *                                              frees it
 *   *LIST_PUSH_IN(arena, &tags) = ...;         an arena (a call's input and output): never freed
 *                                              one by one
 *
 * A list belongs to the heap or to an arena for its whole life; never push both ways onto one list.
 * Every LIST has the layout of struct list_any, which is how base/shape walks lists of any type.
 */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct arena;

#define LIST(type) \
    struct { \
        type *items; \
        uint32_t count; \
        uint32_t size; \
    }

/* A list of strings that functions take and give; who owns them is as for any list. */
struct strings {
    const char **items;
    uint32_t count;
    uint32_t size;
};

struct list_any {
    void *items;
    uint32_t count;
    uint32_t size;
};

/* A pointer to a fresh zeroed last item. */
#define LIST_PUSH(list) \
    ((list)->items = list_reserve((list)->items, &(list)->size, (list)->count, \
                                  sizeof(*(list)->items)), \
     (list)->items + (list)->count++)
#define LIST_PUSH_IN(arena, list) \
    ((list)->items = list_reserve_in((arena), (list)->items, &(list)->size, (list)->count, \
                                     sizeof(*(list)->items)), \
     (list)->items + (list)->count++)
/* Removes item `at`, keeping the order of the rest. */
#define LIST_REMOVE(list, at) \
    list_close_gap((list)->items, &(list)->count, (at), sizeof(*(list)->items))
#define LIST_RELEASE(list) \
    (list_free((list)->items), (list)->items = NULL, (list)->count = (list)->size = 0)

/* Parts of the macros above; not for other use. */
void *list_grow(void *items, uint32_t *size, size_t item_size);
static inline void *list_reserve(void *items, uint32_t *size, uint32_t count, size_t item_size)
{
    if (count == *size)
        items = list_grow(items, size, item_size);
    memset((char *)items + count * item_size, 0, item_size);
    return items;
}
void *list_reserve_in(struct arena *arena, void *items, uint32_t *size, uint32_t count,
                      size_t item_size);
void list_close_gap(void *items, uint32_t *count, uint32_t at, size_t item_size);
void list_free(void *items);

#endif
