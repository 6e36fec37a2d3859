/*
 * base/jmespath_node.c - the nodes of a JMESPath tree, which know how far they may reach.
 *
 * Each node is told of its children as they come and keeps three bounds on itself: its height, how
 * many levels it can add to the depth of its input, and how many copies of its input its answer can
 * hold.  The parser refuses what is too high or grows too deep; a search measures its answer when
 * there may be many copies.
 */
#include "base/jmespath_parts.h"

enum {
    LITERAL_COPY_BYTES = 256, /* so much of a literal weighs as much as one copy of the input */
};

struct jmespath_node *jmespath_node_new(struct jmespath *path, enum jmespath_node_kind kind)
{
    struct jmespath_node *node = arena_alloc(&path->arena, sizeof(*node));

    node->kind = kind;
    node->height = 1;
    node->growth = kind == NODE_LIST || kind == NODE_HASH || kind == NODE_CALL ? 1 : 0;
    node->spread = kind == NODE_LIST || kind == NODE_HASH || kind == NODE_CALL ? 0 : 1;
    return node;
}

static uint32_t at_most(uint64_t value, uint32_t most)
{
    return value < most ? (uint32_t)value : most;
}

void jmespath_node_adopt(struct jmespath *path, struct jmespath_node *node,
                         struct jmespath_node *child)
{
    uint64_t growth = node->growth;
    uint64_t spread = node->spread;

    LIST_PUSH_IN(&path->arena, &node->children)->node = child;
    if (node->height <= child->height)
        node->height = child->height + 1;
    switch (node->kind) {
    case NODE_SEQUENCE:
    case NODE_PROJECTION:
    case NODE_VALUE_PROJECTION:
    case NODE_FILTER_PROJECTION:
        growth += child->growth;
        spread *= child->spread;
        break;
    case NODE_LIST:
    case NODE_HASH:
        growth = growth > child->growth + 1 ? growth : child->growth + 1;
        spread += child->spread;
        break;
    case NODE_CALL:
        /* A function may add its arguments up, or apply one to each item of the other. */
        growth += child->growth;
        spread = (spread + 1) * (child->spread + 1);
        break;
    default:
        growth = growth > child->growth ? growth : child->growth;
        spread = spread > child->spread ? spread : child->spread;
        break;
    }
    node->growth = at_most(growth, JMESPATH_GROWTH_MAX + 1);
    node->spread = at_most(spread, JMESPATH_SPREAD_MAX);
}

struct jmespath_node *jmespath_node_literal(struct jmespath *path, json_t *literal)
{
    struct jmespath_node *node = jmespath_node_new(path, NODE_LITERAL);
    size_t bytes = json_dumpb(literal, NULL, 0, JSON_ENCODE_ANY);

    node->literal = literal;
    node->spread = at_most(1 + bytes / LITERAL_COPY_BYTES, JMESPATH_SPREAD_MAX);
    return node;
}
