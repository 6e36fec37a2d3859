/*
 * cloud/guest_tree.h - what the blocks of one map say about files: for cloud/guest_files,
 * guest_disk and guest_paths only.
 */
#ifndef CLOUD_GUEST_TREE_H
#define CLOUD_GUEST_TREE_H

#include <stdint.h>

#include "base/str.h"
#include "cloud/guest_files.h"

enum {
    GROUP_NODES = 64,
    GROUPS = FILES_MAX / GROUP_NODES,
    GROUP_FIRST_BLOCK = 1,
    DATA_FIRST_BLOCK = 72,
    PAGES_PER_BLOCK = BLOCK_BYTES / FILE_PAGE,
    DATA_FIRST_PAGE = DATA_FIRST_BLOCK * PAGES_PER_BLOCK,
};

/* What the blocks of one map hold. */
struct files_tree {
    uint64_t map;
    uint64_t stamp;          /* of the map when it was read */
    struct file_node *nodes; /* by number; [0] is unused; in the memory below, names too */
    uint32_t node_count;
    uint32_t *order; /* numbers of those in use, by (parent, name) */
    uint32_t order_count;
    uint32_t fresh; /* files with contents begin at this page or after */
    char *label;
    struct arena memory;
};

/* Negative, zero or positive, as the node comes before, at or after (parent, name). */
int tree_compare(const struct file_node *node, uint32_t parent, const char *name);
/* One inode block: its records with their length before them.  `text` holds records of
 * tree_put_node(). */
void tree_put_node(struct str *text, const struct file_node *node);
void tree_write_group(struct blocks *blocks, uint64_t *map, uint32_t group, const struct str *text);
void tree_write_head(struct blocks *blocks, uint64_t *map, const char *label, uint32_t fresh);

/* ---- guest_files.c ---- */

/* The node in the pages, or NULL. */
struct file_node *files_pages_find(const struct files *files, uint32_t number);
/* NULL for a number that is free. */
const struct file_node *files_node_find(const struct files *files, uint32_t number);

/* The file of that name in a folder, or NULL. */
const struct file_node *files_child_find(const struct files *files, uint32_t parent,
                                         const char *name);

/* ---- guest_disk.c ---- */

/* Gives the node (in the pages) room for its size; false when there is none: then it has what it
 * had. */
bool files_node_place(struct files *files, struct file_node *node, uint64_t size);

#endif
