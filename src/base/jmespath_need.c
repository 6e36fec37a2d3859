/*
 * base/jmespath_need.c - which members of its input an expression can look at.
 *
 * The expression is walked as it would be run, with a place in the tree of names where it would
 * have a value.  Of what is tested, compared, given to a function or put into the answer, all is
 * needed; what was made of such values (a place that is NULL) needs nothing more.
 */
#include "base/jmespath_parts.h"

#include <string.h>

static struct jmespath_need *member(struct arena *arena, struct jmespath_need *place,
                                    const char *name)
{
    struct jmespath_need *found;

    for (uint32_t i = 0; i < place->members.count; i++) {
        if (strcmp(place->members.items[i]->name, name) == 0)
            return place->members.items[i];
    }
    found = arena_alloc(arena, sizeof(*found));
    found->name = name;
    *LIST_PUSH_IN(arena, &place->members) = found;
    return found;
}

static struct jmespath_need *walk(struct arena *arena, const struct jmespath_node *node,
                                  struct jmespath_need *place);

/* All of what the node finds is needed. */
static void walk_whole(struct arena *arena, const struct jmespath_node *node,
                       struct jmespath_need *place)
{
    struct jmespath_need *found = walk(arena, node, place);

    if (found != NULL)
        found->whole = true;
}

static struct jmespath_need *walk_all_whole(struct arena *arena, const struct jmespath_node *node,
                                            struct jmespath_need *place)
{
    for (uint32_t i = 0; i < node->children.count; i++)
        walk_whole(arena, node->children.items[i].node, place);
    return NULL;
}

/* Where the values lie that the node finds at a place; lists lie where their items do. */
static struct jmespath_need *walk(struct arena *arena, const struct jmespath_node *node,
                                  struct jmespath_need *place)
{
    const struct jmespath_child *children = node->children.items;

    switch (node->kind) {
    case NODE_CURRENT:
    case NODE_INDEX:
    case NODE_SLICE:
        return place;
    case NODE_FIELD:
        return place == NULL ? NULL : member(arena, place, node->name);
    case NODE_SEQUENCE:
        for (uint32_t i = 0; i < node->children.count; i++)
            place = walk(arena, children[i].node, place);
        return place;
    case NODE_FLATTEN:
        return walk(arena, children[0].node, place);
    case NODE_FILTER_PROJECTION:
        place = walk(arena, children[0].node, place);
        walk_whole(arena, children[2].node, place);
        return walk(arena, children[1].node, place);
    case NODE_PROJECTION:
        return walk(arena, children[1].node, walk(arena, children[0].node, place));
    case NODE_VALUE_PROJECTION: /* of any name */
        walk_whole(arena, children[0].node, place);
        return NULL;
    case NODE_LITERAL:
    case NODE_EXPREF: /* it is run on what another argument gives */
        return NULL;
    case NODE_OR:
    case NODE_AND:
    case NODE_NOT:
    case NODE_COMPARE:
    case NODE_LIST:
    case NODE_HASH:
    case NODE_CALL:
        return walk_all_whole(arena, node, place);
    }
    return NULL;
}

const struct jmespath_need *jmespath_needs(const struct jmespath *path, struct arena *arena)
{
    struct jmespath_need *all = arena_alloc(arena, sizeof(*all));

    walk_whole(arena, path->root, all);
    return all;
}
