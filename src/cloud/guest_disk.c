/*
 * cloud/guest_disk.c - where files lie on the disk, and their way to the blocks.
 *
 * Every file is one run of pages, found first-fit when it grows; a filler begins at a block and
 * fills whole ones.
 */
#include <stdlib.h>

#include "base/bug.h"
#include "cloud/guest_tree.h"

/* ---- room on the disk ---- */

struct page_run {
    uint32_t page;
    uint32_t pages;
};

struct page_runs {
    LIST(struct page_run) items;
};

static int compare_runs(const void *a, const void *b)
{
    uint32_t x = ((const struct page_run *)a)->page;
    uint32_t y = ((const struct page_run *)b)->page;

    return x < y ? -1 : x > y;
}

/* All runs in use but those of one node. */
static void runs_collect(const struct files *files, uint32_t except, struct page_runs *runs)
{
    for (uint32_t i = 0; i < files->tree->order_count; i++) {
        const struct file_node *node = &files->tree->nodes[files->tree->order[i]];

        if (node->pages > 0 && node->number != except &&
            files_pages_find(files, node->number) == NULL)
            *LIST_PUSH(&runs->items) = (struct page_run){.page = node->page, .pages = node->pages};
    }
    for (uint32_t i = 0; files->pages != NULL && i < files->pages->nodes.count; i++) {
        const struct file_node *node = &files->pages->nodes.items[i];

        if (node->pages > 0 && node->number != except)
            *LIST_PUSH(&runs->items) = (struct page_run){.page = node->page, .pages = node->pages};
    }
    if (runs->items.count > 1)
        qsort(runs->items.items, runs->items.count, sizeof(*runs->items.items), compare_runs);
}

static uint64_t align(uint64_t page, uint32_t step)
{
    return (page + step - 1) / step * step;
}

/* Gives the node (in the pages) room for its size; false when there is none: then it has what it
 * had. */
bool files_node_place(struct files *files, struct file_node *node, uint64_t size)
{
    bool filler = node->kind == FILE_FILLER;
    uint32_t step = filler ? PAGES_PER_BLOCK : 1;
    uint64_t wanted = align((size + FILE_PAGE - 1) / FILE_PAGE, step);
    struct page_runs runs = {0};
    uint64_t at = filler ? DATA_FIRST_PAGE : files->tree->fresh;
    uint64_t disk_pages = files->disk_pages < UINT32_MAX ? files->disk_pages : UINT32_MAX;

    if (wanted <= node->pages && node->page % step == 0 && (wanted > 0 || size == 0)) {
        node->pages = (uint32_t)wanted;
        return true;
    }
    if (wanted > disk_pages)
        return false;
    runs_collect(files, node->number, &runs);
    for (uint32_t i = 0; i < runs.items.count; i++) {
        const struct page_run *run = &runs.items.items[i];

        if (run->page >= at + wanted)
            break;
        if ((uint64_t)run->page + run->pages > at)
            at = align((uint64_t)run->page + run->pages, step);
    }
    LIST_RELEASE(&runs.items);
    if (at + wanted > disk_pages)
        return false;
    node->page = (uint32_t)at;
    node->pages = (uint32_t)wanted;
    return true;
}

void files_seal(struct files *files)
{
    struct page_runs runs = {0};
    uint64_t end = DATA_FIRST_PAGE;

    files_flush(files);
    runs_collect(files, 0, &runs);
    for (uint32_t i = 0; i < runs.items.count; i++)
        end = (uint64_t)runs.items.items[i].page + runs.items.items[i].pages;
    LIST_RELEASE(&runs.items);
    tree_write_head(files->blocks, files->map,
                    arena_strdup(&files->tree->memory, files->tree->label),
                    (uint32_t)align(end, PAGES_PER_BLOCK));
    if (!files_mount(files))
        BUG("a file system was lost while it was sealed");
}

uint64_t files_used_pages(struct files *files)
{
    struct page_runs runs = {0};
    uint64_t used = DATA_FIRST_PAGE;

    runs_collect(files, 0, &runs);
    for (uint32_t i = 0; i < runs.items.count; i++)
        used += runs.items.items[i].pages;
    LIST_RELEASE(&runs.items);
    return used;
}

/* ---- to the blocks ---- */

static void flush_content(struct files *files, const struct file_node *node)
{
    if (!node->loaded || node->kind == FILE_NONE)
        return;
    if (node->kind == FILE_FILLER)
        blocks_touch(files->blocks, files->map, node->page / PAGES_PER_BLOCK,
                     node->pages / PAGES_PER_BLOCK);
    else
        blocks_write(files->blocks, files->map,
                     (struct block_write){
                         .offset = (uint64_t)node->page * FILE_PAGE,
                         .length = node->content.size,
                         .bytes = node->content.bytes,
                     });
}

static void flush_group(struct files *files, uint32_t group)
{
    struct str text = STR_INIT;

    for (uint32_t i = 0; i < GROUP_NODES; i++) {
        const struct file_node *node = files_node_find(files, group * GROUP_NODES + 1 + i);

        if (node != NULL)
            tree_put_node(&text, node);
    }
    tree_write_group(files->blocks, files->map, group, &text);
    str_release(&text);
}

void files_flush(struct files *files)
{
    struct files_pages *pages = files->pages;
    uint32_t flushed = UINT32_MAX;

    if (pages->nodes.count == 0)
        return;
    for (uint32_t i = 0; i < pages->nodes.count; i++)
        flush_content(files, &pages->nodes.items[i]);
    for (uint32_t i = 0; i < pages->nodes.count; i++) {
        uint32_t group = (pages->nodes.items[i].number - 1) / GROUP_NODES;

        if (group != flushed)
            flush_group(files, group);
        flushed = group;
    }
    shape_release(&files_pages_shape, pages);
    if (!files_mount(files))
        BUG("a file system was lost while it was written");
}
