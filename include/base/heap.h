/*
 * base/heap.h - what comes first: a pairing heap of nodes that lie in the things themselves.
 *
 * A node is a member of a struct; it is in one heap at most.  The order is (key, tie), so equal
 * contents come out in the same order whatever way they went in.  Adding takes constant time;
 * removing, of the first or of any other, does so for what was added in order, and takes
 * logarithmic time on the whole for the rest.
 *
 *   struct letter { struct heap_node due; ... };
 *   heap_add(&heap, &letter->due, when, number);
 *   struct letter *first = HEAP_OF(heap_first(&heap), struct letter, due);
 */
#ifndef BASE_HEAP_H
#define BASE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct heap_node {
    int64_t key;
    uint64_t tie;
    struct heap_node *child;
    struct heap_node *next;   /* of the same parent */
    struct heap_node *before; /* the one before, or the parent; NULL: of the root, or in none */
    uint8_t inside; /* 0: of none; else where in its heap it is */
};

/*
 * Zero is the empty heap.  What is added in order, as most things are that wait for their turn,
 * stands in a plain row, and costs the same at any depth; only what comes out of order goes into
 * the tree.
 */
struct heap {
    struct heap_node *root;  /* of the tree; borrowed, as are all below it */
    struct heap_node *first; /* of the row */
    struct heap_node *last;
};

/* The struct around a node; NULL of NULL. */
#define HEAP_OF(node, type, member) ((type *)heap_around((node), offsetof(type, member)))

static inline void *heap_around(const struct heap_node *node, size_t offset)
{
    return node == NULL ? NULL : (char *)(uintptr_t)node - offset;
}

static inline bool heap_has(const struct heap_node *node)
{
    return node->inside != 0;
}

static inline bool heap_is_before(const struct heap_node *a, const struct heap_node *b)
{
    return a->key != b->key ? a->key < b->key : a->tie < b->tie;
}

/* NULL when it is empty. */
static inline struct heap_node *heap_first(const struct heap *heap)
{
    if (heap->root == NULL || heap->first == NULL)
        return heap->root == NULL ? heap->first : heap->root;
    return heap_is_before(heap->root, heap->first) ? heap->root : heap->first;
}

/* The first nodes in their order, `most` at the most; returns how many.  They stay in it. */
uint32_t heap_least(const struct heap *heap, struct heap_node **out, uint32_t most);
/* BUG when the node is in a heap. */
void heap_add(struct heap *heap, struct heap_node *node, int64_t key, uint64_t tie);
/* BUG when it is in none. */
void heap_remove(struct heap *heap, struct heap_node *node);

#endif
