/*
 * cloud/guest_tree.c - the file system's tree as the blocks say it, and the trees that were read
 * last.
 *
 * Owns    struct files_cache.  All volumes that share a map share one tree; a map's stamp tells
 * when it is old. Uses    cloud/block.
 */
#include "cloud/guest_tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
    TREES_KEPT = 128,
    RECORD_SIZE = 38, /* before the name */
};

static const char files_magic[8] = "NEPHFS1";

struct files_cache {
    struct files_tree *trees[TREES_KEPT]; /* the one used last first; owned */
    uint32_t count;
};

/* ---- records in inode blocks ---- */

static void put_number(struct str *out, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        str_addc(out, (char)(value >> (8 * i) & 0xff));
}

static uint64_t get_number(const char **at, unsigned bytes)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < bytes; i++)
        value |= (uint64_t)(unsigned char)(*at)[i] << (8 * i);
    *at += bytes;
    return value;
}

void tree_put_node(struct str *out, const struct file_node *node)
{
    size_t length = strlen(node->name);

    put_number(out, node->number, 4);
    put_number(out, node->parent, 4);
    put_number(out, node->kind, 1);
    put_number(out, node->mode, 2);
    put_number(out, node->owner, 2);
    put_number(out, (uint64_t)node->time, 8);
    put_number(out, node->size, 8);
    put_number(out, node->page, 4);
    put_number(out, node->pages, 4);
    put_number(out, length, 1);
    str_addn(out, node->name, length);
}

/* Reads the record at *at, which must end before `end`; false when it is none of ours. */
static bool get_node(struct files_tree *tree, const char **at, const char *end)
{
    struct file_node node = {0};
    size_t length;

    if (end - *at < RECORD_SIZE)
        return false;
    node.number = (uint32_t)get_number(at, 4);
    node.parent = (uint32_t)get_number(at, 4);
    node.kind = (uint8_t)get_number(at, 1);
    node.mode = (uint16_t)get_number(at, 2);
    node.owner = (uint16_t)get_number(at, 2);
    node.time = (int64_t)get_number(at, 8);
    node.size = get_number(at, 8);
    node.page = (uint32_t)get_number(at, 4);
    node.pages = (uint32_t)get_number(at, 4);
    length = (size_t)get_number(at, 1);
    if (length > (size_t)(end - *at) || node.number == 0 || node.number >= tree->node_count)
        return false;
    node.name = arena_strndup(&tree->memory, *at, length);
    *at += length;
    tree->nodes[node.number] = node;
    return true;
}

/* ---- trees ---- */

int tree_compare(const struct file_node *node, uint32_t parent, const char *name)
{
    if (node->parent != parent)
        return node->parent < parent ? -1 : 1;
    return strcmp(node->name, name);
}

static int compare_order(const void *a, const void *b, void *context)
{
    const struct files_tree *tree = context;
    const struct file_node *y = &tree->nodes[*(const uint32_t *)b];

    return tree_compare(&tree->nodes[*(const uint32_t *)a], y->parent, y->name);
}

static void tree_free(struct files_tree *tree)
{
    arena_release(&tree->memory);
    free(tree);
}

/* Heap sort would do as well as qsort_r here; the C library's is stable enough: no two keys are
 * equal. */
static void tree_sort(struct files_tree *tree)
{
    qsort_r(tree->order, tree->order_count, sizeof(*tree->order), compare_order, tree);
}

static void tree_read_group(struct files_tree *tree, const struct blocks *blocks, uint32_t group,
                            char *buffer)
{
    uint64_t block = GROUP_FIRST_BLOCK + group;
    char head[4];
    const char *at = head;
    size_t size;

    blocks_read(blocks, tree->map, block * BLOCK_BYTES,
                (struct blob){.bytes = head, .size = sizeof(head)});
    size = (size_t)get_number(&at, 4);
    if (size > BLOCK_BYTES - sizeof(head))
        return;
    blocks_read(blocks, tree->map, block * BLOCK_BYTES + sizeof(head),
                (struct blob){.bytes = buffer, .size = size});
    at = buffer;
    while (at < buffer + size && get_node(tree, &at, buffer + size))
        continue;
}

/* NULL when there is no file system of ours. */
static struct files_tree *tree_read(const struct blocks *blocks, uint64_t map)
{
    struct files_tree *tree;
    char head[80] = {0};
    const char *at = head + sizeof(files_magic);
    char *buffer;
    uint32_t last = 0;

    blocks_read(blocks, map, 0, (struct blob){.bytes = head, .size = sizeof(head) - 1});
    if (memcmp(head, files_magic, sizeof(files_magic)) != 0)
        return NULL;
    tree = xcalloc(1, sizeof(*tree));
    tree->map = map;
    tree->stamp = blocks_stamp(blocks, map);
    tree->fresh = (uint32_t)get_number(&at, 4);
    tree->label = arena_strdup(&tree->memory, at);
    for (uint32_t group = 0; group < GROUPS; group++)
        last = blocks_at(blocks, map, GROUP_FIRST_BLOCK + group) == 0 ? last : group + 1;
    tree->node_count = last * GROUP_NODES + 1;
    tree->nodes = arena_alloc(&tree->memory, tree->node_count * sizeof(*tree->nodes));
    buffer = xmalloc(BLOCK_BYTES);
    for (uint32_t group = 0; group < last; group++)
        tree_read_group(tree, blocks, group, buffer);
    free(buffer);
    tree->order = arena_alloc(&tree->memory, tree->node_count * sizeof(*tree->order));
    for (uint32_t i = 1; i < tree->node_count; i++) {
        if (tree->nodes[i].kind != FILE_NONE)
            tree->order[tree->order_count++] = i;
    }
    tree_sort(tree);
    return tree;
}

struct files_cache *files_cache_new(void)
{
    return xcalloc(1, sizeof(struct files_cache));
}

void files_cache_free(struct files_cache *cache)
{
    for (uint32_t i = 0; i < cache->count; i++)
        tree_free(cache->trees[i]);
    free(cache);
}

/* Puts a tree in front; the last one makes room. */
static void cache_add(struct files_cache *cache, struct files_tree *tree)
{
    if (cache->count == TREES_KEPT)
        tree_free(cache->trees[--cache->count]);
    memmove(&cache->trees[1], &cache->trees[0], cache->count * sizeof(cache->trees[0]));
    cache->trees[0] = tree;
    cache->count++;
}

static struct files_tree *cache_find(struct files_cache *cache, uint64_t map)
{
    for (uint32_t i = 0; i < cache->count; i++) {
        struct files_tree *tree = cache->trees[i];

        if (tree->map != map)
            continue;
        memmove(&cache->trees[1], &cache->trees[0], i * sizeof(cache->trees[0]));
        cache->trees[0] = tree;
        return tree;
    }
    return NULL;
}

bool files_mount(struct files *files)
{
    struct files_tree *tree = cache_find(files->cache, *files->map);

    if (tree == NULL || tree->stamp != blocks_stamp(files->blocks, *files->map)) {
        if (tree != NULL) {
            files->cache->count--;
            memmove(&files->cache->trees[0], &files->cache->trees[1],
                    files->cache->count * sizeof(files->cache->trees[0]));
            tree_free(tree);
        }
        tree = tree_read(files->blocks, *files->map);
        if (tree != NULL)
            cache_add(files->cache, tree);
    }
    files->tree = tree;
    return tree != NULL;
}

const char *files_label(const struct files *files)
{
    return files->tree->label;
}

void tree_write_head(struct blocks *blocks, uint64_t *map, const char *label, uint32_t fresh)
{
    struct str text = STR_INIT;

    str_addn(&text, files_magic, sizeof(files_magic));
    put_number(&text, fresh, 4);
    str_add(&text, label);
    blocks_replace(blocks, map, 0, (struct blob){.bytes = text.text, .size = text.length});
    str_release(&text);
}

void tree_write_group(struct blocks *blocks, uint64_t *map, uint32_t group, const struct str *text)
{
    struct str block = STR_INIT;

    put_number(&block, text->length, 4);
    str_addn(&block, str_text(text), text->length);
    blocks_replace(blocks, map, GROUP_FIRST_BLOCK + group,
                   (struct blob){.bytes = block.text, .size = block.length});
    str_release(&block);
}

void files_format(struct blocks *blocks, uint64_t *map, const char *label, int64_t now)
{
    struct file_node root = {
        .number = FILE_ROOT,
        .kind = FILE_FOLDER,
        .mode = 0755,
        .time = now,
        .name = (char[]){""},
    };
    struct str text = STR_INIT;

    tree_write_head(blocks, map, label, DATA_FIRST_PAGE);
    tree_put_node(&text, &root);
    tree_write_group(blocks, map, 0, &text);
    str_release(&text);
}
