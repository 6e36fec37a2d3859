/*
 * base/heap.c - what comes first: a pairing heap of nodes that lie in the things themselves.
 *
 * True to Fredman, Sedgewick, Sleator, Tarjan, "The pairing heap" (1986), with two passes.
 */
#include "base/heap.h"

#include "base/bug.h"

/* Where a node is. */
enum { IN_TREE = 1, IN_ROW };

/* Two trees become one; either may be NULL. */
static struct heap_node *meld(struct heap_node *a, struct heap_node *b)
{
    if (a == NULL || b == NULL)
        return a == NULL ? b : a;
    if (heap_is_before(b, a)) {
        struct heap_node *other = a;

        a = b;
        b = other;
    }
    b->before = a;
    b->next = a->child;
    if (a->child != NULL)
        a->child->before = b;
    a->child = b;
    a->next = NULL;
    a->before = NULL;
    return a;
}

/* The children of a tree whose root goes become one: in pairs, then from the last pair on. */
static struct heap_node *meld_all(struct heap_node *first)
{
    struct heap_node *pairs = NULL; /* the last one first, through next */
    struct heap_node *whole = NULL;

    while (first != NULL) {
        struct heap_node *a = first;
        struct heap_node *b = a->next;
        struct heap_node *pair;

        first = b == NULL ? NULL : b->next;
        a->next = NULL;
        if (b != NULL)
            b->next = NULL;
        pair = meld(a, b);
        pair->next = pairs;
        pairs = pair;
    }
    while (pairs != NULL) {
        struct heap_node *pair = pairs;

        pairs = pair->next;
        pair->next = NULL;
        pair->before = NULL;
        whole = meld(whole, pair);
    }
    return whole;
}

void heap_add(struct heap *heap, struct heap_node *node, int64_t key, uint64_t tie)
{
    if (node->inside != 0)
        BUG("a node is in a heap already");
    *node = (struct heap_node){.key = key, .tie = tie, .inside = IN_TREE};
    if (heap->last != NULL && heap_is_before(node, heap->last)) {
        heap->root = meld(heap->root, node);
        return;
    }
    node->inside = IN_ROW;
    node->before = heap->last;
    if (heap->last == NULL)
        heap->first = node;
    else
        heap->last->next = node;
    heap->last = node;
}

static void row_remove(struct heap *heap, struct heap_node *node)
{
    if (node->before == NULL)
        heap->first = node->next;
    else
        node->before->next = node->next;
    if (node->next == NULL)
        heap->last = node->before;
    else
        node->next->before = node->before;
    *node = (struct heap_node){0};
}

void heap_remove(struct heap *heap, struct heap_node *node)
{
    struct heap_node *below;

    if (node->inside == 0)
        BUG("a node is in no heap");
    if (node->inside == IN_ROW) {
        row_remove(heap, node);
        return;
    }
    below = meld_all(node->child);
    if (node == heap->root) {
        heap->root = below;
    } else {
        if (node->before->child == node)
            node->before->child = node->next;
        else
            node->before->next = node->next;
        if (node->next != NULL)
            node->next->before = node->before;
        heap->root = meld(heap->root, below);
    }
    *node = (struct heap_node){0};
}

/* ---- the first of them ---- */

struct least {
    struct heap_node **items; /* in their order */
    uint32_t count;
    uint32_t most;
};

/* Finds a place for a node among the first ones; false when it is too late for one. */
static bool place(struct least *least, struct heap_node *node)
{
    uint32_t at = least->count;

    if (at == least->most && !heap_is_before(node, least->items[at - 1]))
        return false;
    at -= at == least->most;
    for (; at > 0 && heap_is_before(node, least->items[at - 1]); at--)
        least->items[at] = least->items[at - 1];
    least->items[at] = node;
    least->count += least->count < least->most;
    return true;
}

/* What lies below a node comes after it: a whole tree is passed over when its root is too late.  So
 * no deeper than `most` nodes either. */
static void gather(struct least *least, struct heap_node *node)
{
    for (; node != NULL; node = node->next)
        if (place(least, node))
            gather(least, node->child);
}

uint32_t heap_least(const struct heap *heap, struct heap_node **out, uint32_t most)
{
    struct least least = {.items = out, .most = most};

    if (most == 0)
        return 0;
    gather(&least, heap->root);
    for (struct heap_node *node = heap->first; node != NULL && place(&least, node);)
        node = node->next;
    return least.count;
}
