/*
 * base/heap.c - what comes first: a pairing heap of nodes that lie in the things themselves.
 *
 * True to Fredman, Sedgewick, Sleator, Tarjan, "The pairing heap" (1986), with two passes.
 */
#include "base/heap.h"

#include "base/bug.h"

static bool is_before(const struct heap_node *a, const struct heap_node *b)
{
    return a->key != b->key ? a->key < b->key : a->tie < b->tie;
}

/* Two trees become one; either may be NULL. */
static struct heap_node *meld(struct heap_node *a, struct heap_node *b)
{
    if (a == NULL || b == NULL)
        return a == NULL ? b : a;
    if (is_before(b, a)) {
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
    if (node->inside)
        BUG("a node is in a heap already");
    *node = (struct heap_node){.key = key, .tie = tie, .inside = true};
    heap->root = meld(heap->root, node);
}

void heap_remove(struct heap *heap, struct heap_node *node)
{
    struct heap_node *below;

    if (!node->inside)
        BUG("a node is in no heap");
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

/* What lies below a node comes after it: a whole tree is passed over when its root is too late.  So
 * no deeper than `most` nodes either. */
static void gather(struct least *least, struct heap_node *node)
{
    for (; node != NULL; node = node->next) {
        uint32_t at = least->count;

        if (at == least->most && !is_before(node, least->items[at - 1]))
            continue;
        at -= at == least->most;
        for (; at > 0 && is_before(node, least->items[at - 1]); at--)
            least->items[at] = least->items[at - 1];
        least->items[at] = node;
        least->count += least->count < least->most;
        gather(least, node->child);
    }
}

uint32_t heap_least(const struct heap *heap, struct heap_node **out, uint32_t most)
{
    struct least least = {.items = out, .most = most};

    if (most > 0)
        gather(&least, heap->root);
    return least.count;
}
