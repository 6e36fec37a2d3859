/*
 * cloud/guest_files.c - a small file system that lies in a volume's blocks.
 *
 * Uses    cloud/block.
 *
 *         pages (changed) ---over---> tree (as the blocks say) ---read from---> inode blocks of the
 * map
 *
 * A node in the pages hides the tree's node of that number; a node of kind FILE_NONE there means:
 * removed. Every file is one run of pages of the disk, found first-fit when it grows; a filler
 * begins at a block and fills whole ones, so that touching it never loses a neighbour's bytes.
 */
#include "cloud/guest_files.h"

#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "cloud/guest_tree.h"

enum {
    LINKS_MAX = 8,
    READ_FILLER_MAX = 64 * 1024,
};

static const struct field file_node_fields[] = {
    F_INT(struct file_node, number, "Number", "Its inode."),
    F_INT(struct file_node, parent, "Parent", "Its folder's inode."),
    F_INT(struct file_node, kind, "Kind", "What it is."),
    F_INT(struct file_node, mode, "Mode", "Who may do what."),
    F_INT(struct file_node, owner, "Owner", "The user whose it is."),
    F_TIME(struct file_node, time, "Time", "When it was changed."),
    F_INT(struct file_node, size, "Size", "Bytes."),
    F_INT(struct file_node, page, "Page", "Where it lies on the disk."),
    F_INT(struct file_node, pages, "Pages", "How many pages it has there."),
    F_STRING(struct file_node, name, "Name", "Its name in the folder."),
    F_BOOL(struct file_node, loaded, "Loaded", "Whether its content is to be written."),
    F_BLOB(struct file_node, content, "Content", "Its bytes."),
};

const struct shape file_node_shape = SHAPE("FileNode", struct file_node, file_node_fields);

static const struct field files_pages_fields[] = {
    F_LIST(struct files_pages, nodes, struct file_node, &file_node_shape, "Nodes",
           "Files not yet written."),
};

const struct shape files_pages_shape = SHAPE("FilesPages", struct files_pages, files_pages_fields);

bool files_pages_sound(const struct files_pages *pages)
{
    for (uint32_t i = 0; i < pages->nodes.count; i++) {
        const struct file_node *node = &pages->nodes.items[i];

        if (node->number == 0 || node->number >= FILES_MAX ||
            (i > 0 && node[-1].number >= node->number))
            return false;
        if (node->kind == FILE_NONE)
            continue;
        if (node->kind > FILE_FILLER || node->name == NULL || strlen(node->name) > FILE_NAME_MAX ||
            (node->loaded && node->kind != FILE_FILLER && node->content.size != node->size))
            return false;
    }
    return true;
}

const char *files_error_text(enum files_error error)
{
    static const char *const texts[] = {
        [FILES_OK] = "Success",
        [FILES_ABSENT] = "No such file or directory",
        [FILES_DENIED] = "Permission denied",
        [FILES_NOT_FOLDER] = "Not a directory",
        [FILES_FOLDER] = "Is a directory",
        [FILES_EXISTS] = "File exists",
        [FILES_NOT_EMPTY] = "Directory not empty",
        [FILES_FULL] = "No space left on device",
        [FILES_LONG] = "File name too long",
        [FILES_LOOP] = "Too many levels of symbolic links",
    };

    return texts[error];
}

/* ---- nodes: the pages over the tree ---- */

/* Position of the first of the pages whose number is at least this. */
static uint32_t pages_position(const struct files_pages *pages, uint32_t number)
{
    uint32_t low = 0;
    uint32_t high = pages->nodes.count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (pages->nodes.items[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct file_node *pages_find(const struct files *files, uint32_t number)
{
    uint32_t position;

    if (files->pages == NULL)
        return NULL;
    position = pages_position(files->pages, number);
    if (position == files->pages->nodes.count ||
        files->pages->nodes.items[position].number != number)
        return NULL;
    return &files->pages->nodes.items[position];
}

/* NULL for a number that is free. */
static const struct file_node *node_find(const struct files *files, uint32_t number)
{
    const struct file_node *node = pages_find(files, number);

    if (node == NULL)
        node = number < files->tree->node_count ? &files->tree->nodes[number] : NULL;
    return node == NULL || node->kind == FILE_NONE ? NULL : node;
}

/* The node in the pages, copied there when it is only in the tree (or nowhere yet). */
static struct file_node *node_own(struct files *files, uint32_t number)
{
    struct file_node *node = pages_find(files, number);
    uint32_t position;

    if (node != NULL)
        return node;
    position = pages_position(files->pages, number);
    (void)LIST_PUSH(&files->pages->nodes);
    node = &files->pages->nodes.items[position];
    memmove(node + 1, node, (files->pages->nodes.count - 1 - position) * sizeof(*node));
    *node = (struct file_node){.number = number};
    if (number < files->tree->node_count && files->tree->nodes[number].kind != FILE_NONE) {
        *node = files->tree->nodes[number];
        node->name = xstrdup(node->name);
    }
    return node;
}

static void node_free(struct files *files, uint32_t number)
{
    struct file_node *node = node_own(files, number);

    shape_release(&file_node_shape, node);
    node->number = number;
}

static uint32_t number_free(const struct files *files)
{
    for (uint32_t number = FILE_ROOT + 1; number < FILES_MAX; number++) {
        if (node_find(files, number) == NULL)
            return number;
    }
    return 0;
}

/* Position in the tree's order of the first node at or after (parent, name). */
static uint32_t order_position(const struct files_tree *tree, uint32_t parent, const char *name)
{
    uint32_t low = 0;
    uint32_t high = tree->order_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (tree_compare(&tree->nodes[tree->order[middle]], parent, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const struct file_node *child_find(const struct files *files, uint32_t parent,
                                          const char *name)
{
    const struct files_tree *tree = files->tree;
    uint32_t position = order_position(tree, parent, name);

    for (uint32_t i = 0; files->pages != NULL && i < files->pages->nodes.count; i++) {
        const struct file_node *node = &files->pages->nodes.items[i];

        if (node->kind != FILE_NONE && tree_compare(node, parent, name) == 0)
            return node;
    }
    if (position < tree->order_count) {
        const struct file_node *node = &tree->nodes[tree->order[position]];

        if (tree_compare(node, parent, name) == 0 && pages_find(files, node->number) == NULL)
            return node;
    }
    return NULL;
}

static int compare_entries(const void *a, const void *b)
{
    return strcmp((*(const struct file_node *const *)a)->name,
                  (*(const struct file_node *const *)b)->name);
}

void files_list(struct files *files, const struct file_node *folder, struct arena *arena,
                struct file_entries *entries)
{
    const struct files_tree *tree = files->tree;

    for (uint32_t i = order_position(tree, folder->number, ""); i < tree->order_count; i++) {
        const struct file_node *node = &tree->nodes[tree->order[i]];

        if (node->parent != folder->number)
            break;
        if (pages_find(files, node->number) == NULL)
            *LIST_PUSH_IN(arena, &entries->items) = node;
    }
    for (uint32_t i = 0; files->pages != NULL && i < files->pages->nodes.count; i++) {
        const struct file_node *node = &files->pages->nodes.items[i];

        if (node->kind != FILE_NONE && node->parent == folder->number)
            *LIST_PUSH_IN(arena, &entries->items) = node;
    }
    if (entries->items.count > 1)
        qsort(entries->items.items, entries->items.count, sizeof(*entries->items.items),
              compare_entries);
}

/* ---- paths ---- */

const char *files_path(struct arena *arena, const char *folder, const char *path)
{
    struct str out = STR_INIT;
    char *both =
        *path == '/' ? arena_strdup(arena, path) : arena_printf(arena, "%s/%s", folder, path);
    const char *rest = both;
    const char *result;

    while (*rest != '\0') {
        size_t length = strcspn(rest, "/");

        if (length == 2 && memcmp(rest, "..", 2) == 0) {
            const char *slash = out.length == 0 ? NULL : strrchr(str_text(&out), '/');

            if (slash != NULL)
                str_cut(&out, (size_t)(slash - str_text(&out)));
        } else if (length > 0 && !(length == 1 && *rest == '.')) {
            str_addc(&out, '/');
            str_addn(&out, rest, length);
        }
        rest += length + (rest[length] == '/');
    }
    result = arena_strdup(arena, out.length == 0 ? "/" : str_text(&out));
    str_release(&out);
    return result;
}

bool files_may(const struct files *files, const struct file_node *node, int mode)
{
    int granted = node->owner == files->user ? node->mode >> 6 & 7 : node->mode & 7;

    return files->user == 0 || (granted & mode) == mode;
}

static void set_error(enum files_error *to, enum files_error error)
{
    if (to != NULL)
        *to = error;
}

/* A walk along a path. */
struct files_walk {
    struct arena arena;
    int links; /* followed so far */
    bool follow_last;
    const char *failed; /* unused name of the last component, when only that is absent */
};

static const struct file_node *walk(struct files *files, struct files_walk *way, const char *path,
                                    enum files_error *error);

/* Where a link leads: seen from the folder it lies in. */
static const struct file_node *follow(struct files *files, struct files_walk *way,
                                      const struct file_node *link, const char *before,
                                      enum files_error *error)
{
    struct blob target = files_read(files, link, &way->arena);
    const char *text = arena_strndup(&way->arena, target.bytes, target.size);
    bool last = way->follow_last;
    const struct file_node *node;

    if (++way->links > LINKS_MAX) {
        set_error(error, FILES_LOOP);
        return NULL;
    }
    way->follow_last = true;
    node = walk(files, way, files_path(&way->arena, before, text), error);
    way->follow_last = last;
    return node;
}

static const struct file_node *walk(struct files *files, struct files_walk *way, const char *path,
                                    enum files_error *error)
{
    const struct file_node *node = node_find(files, FILE_ROOT);
    const char *rest = path;

    while (node != NULL && (rest += strspn(rest, "/"), *rest != '\0')) {
        size_t length = strcspn(rest, "/");
        const char *name = arena_strndup(&way->arena, rest, length);
        bool last = rest[length + strspn(rest + length, "/")] == '\0';

        if (node->kind != FILE_FOLDER || length > FILE_NAME_MAX || !files_may(files, node, 1)) {
            set_error(error, node->kind != FILE_FOLDER ? FILES_NOT_FOLDER
                             : length > FILE_NAME_MAX  ? FILES_LONG
                                                       : FILES_DENIED);
            return NULL;
        }
        node = child_find(files, node->number, name);
        if (node == NULL) {
            set_error(error, FILES_ABSENT);
            return NULL;
        }
        if (node->kind == FILE_LINK && (!last || way->follow_last))
            node = follow(files, way, node, arena_strndup(&way->arena, path, (size_t)(rest - path)),
                          error);
        rest += length;
    }
    return node;
}

static const struct file_node *find(struct files *files, const char *path, bool follow_last,
                                    enum files_error *error)
{
    struct files_walk way = {.follow_last = follow_last};
    const struct file_node *node;

    set_error(error, FILES_OK);
    if (strlen(path) > FILE_PATH_MAX) {
        set_error(error, FILES_LONG);
        return NULL;
    }
    node = walk(files, &way, path, error);
    arena_release(&way.arena);
    return node;
}

const struct file_node *files_find(struct files *files, const char *path, enum files_error *error)
{
    return find(files, path, true, error);
}

const struct file_node *files_find_link(struct files *files, const char *path,
                                        enum files_error *error)
{
    return find(files, path, false, error);
}

struct blob files_read(struct files *files, const struct file_node *node, struct arena *arena)
{
    struct blob content = {.size = (size_t)node->size};

    if (node->kind == FILE_FOLDER || node->kind == FILE_NONE)
        return (struct blob){0};
    if (node->kind == FILE_FILLER && content.size > READ_FILLER_MAX)
        content.size = READ_FILLER_MAX;
    content.bytes = arena_alloc(arena, content.size + 1);
    if (node->kind == FILE_FILLER || content.size == 0)
        return content;
    if (node->loaded)
        memcpy(content.bytes, node->content.bytes, content.size);
    else
        blocks_read(files->blocks, *files->map, (uint64_t)node->page * FILE_PAGE, content);
    return content;
}

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

        if (node->pages > 0 && node->number != except && pages_find(files, node->number) == NULL)
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
static bool node_place(struct files *files, struct file_node *node, uint64_t size)
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

/* ---- changes ---- */

/* The folder of a path and the last name in it. */
struct files_spot {
    const struct file_node *folder;
    char name[FILE_NAME_MAX + 1];
};

static enum files_error spot_find(struct files *files, const char *path, struct files_spot *spot)
{
    struct arena arena = ARENA_INIT;
    const char *whole = files_path(&arena, "/", path);
    const char *slash = strrchr(whole, '/');
    enum files_error error = FILES_OK;

    *spot = (struct files_spot){0};
    if (strlen(slash + 1) > FILE_NAME_MAX) {
        error = FILES_LONG;
    } else {
        memcpy(spot->name, slash + 1, strlen(slash + 1));
        spot->folder = files_find(
            files, slash == whole ? "/" : arena_strndup(&arena, whole, (size_t)(slash - whole)),
            &error);
        if (spot->folder != NULL && spot->folder->kind != FILE_FOLDER)
            error = FILES_NOT_FOLDER;
        else if (spot->folder != NULL && !files_may(files, spot->folder, 3))
            error = FILES_DENIED;
        else if (spot->folder != NULL && spot->name[0] == '\0')
            error = FILES_EXISTS;
    }
    arena_release(&arena);
    return error;
}

/* A new node in a folder; NULL when all inodes are in use. */
static struct file_node *node_make(struct files *files, const struct files_spot *spot, uint8_t kind,
                                   uint16_t mode)
{
    uint32_t parent = spot->folder->number;
    uint32_t number = number_free(files);
    struct file_node *node;

    if (number == 0)
        return NULL;
    node = node_own(files, number);
    node->parent = parent;
    node->kind = kind;
    node->mode = mode;
    node->owner = files->user;
    node->time = files->now;
    node->name = xstrdup(spot->name);
    return node;
}

/* The node that a write to this path changes, made when it is absent. */
static enum files_error node_open(struct files *files, const char *path, struct file_node **opened)
{
    enum files_error error;
    const struct file_node *node = files_find(files, path, &error);
    struct files_spot spot;

    if (node != NULL && node->kind == FILE_FOLDER)
        return FILES_FOLDER;
    if (node != NULL && !files_may(files, node, 2))
        return FILES_DENIED;
    if (node != NULL) {
        *opened = node_own(files, node->number);
        return FILES_OK;
    }
    if (error != FILES_ABSENT)
        return error;
    error = spot_find(files, path, &spot);
    if (error != FILES_OK)
        return error;
    *opened = node_make(files, &spot, FILE_REGULAR, 0644);
    return *opened == NULL ? FILES_FULL : FILES_OK;
}

static void content_set(struct file_node *node, const char *bytes, size_t size)
{
    char *copy = xmalloc(size + 1);

    if (size > 0)
        memcpy(copy, bytes, size);
    free(node->content.bytes);
    node->content = (struct blob){.bytes = copy, .size = size};
    node->size = size;
    node->loaded = true;
}

enum files_error files_write(struct files *files, const char *path, struct blob content,
                             bool append)
{
    struct arena arena = ARENA_INIT;
    struct str whole = STR_INIT;
    struct file_node *node = NULL;
    enum files_error error = node_open(files, path, &node);

    if (error == FILES_OK && append &&
        (node->kind == FILE_FILLER || node->size + content.size > FILE_CONTENT_MAX)) {
        error = files_fill(files, path, node->size + content.size);
    } else if (error == FILES_OK && content.size > FILE_CONTENT_MAX) {
        error = files_fill(files, path, content.size);
    } else if (error == FILES_OK) {
        uint8_t kind = node->kind;

        if (append && node->size > 0) {
            struct blob old = files_read(files, node, &arena);

            str_addn(&whole, old.bytes, old.size);
        }
        str_addn(&whole, content.bytes, content.size);
        node->kind = FILE_REGULAR;
        if (node_place(files, node, whole.length)) {
            content_set(node, str_text(&whole), whole.length);
            node->time = files->now;
        } else {
            node->kind = kind;
            error = FILES_FULL;
        }
    }
    str_release(&whole);
    arena_release(&arena);
    return error;
}

enum files_error files_fill(struct files *files, const char *path, uint64_t size)
{
    struct file_node *node = NULL;
    enum files_error error = node_open(files, path, &node);
    uint8_t kind;

    if (error != FILES_OK)
        return error;
    kind = node->kind;
    node->kind = FILE_FILLER;
    if (!node_place(files, node, size)) {
        node->kind = kind;
        return FILES_FULL;
    }
    free(node->content.bytes);
    node->content = (struct blob){0};
    node->size = size;
    node->loaded = true;
    node->time = files->now;
    return FILES_OK;
}

enum files_error files_make_folder(struct files *files, const char *path, bool parents)
{
    enum files_error error;
    const struct file_node *node = files_find(files, path, &error);
    struct files_spot spot;

    if (node != NULL)
        return parents && node->kind == FILE_FOLDER ? FILES_OK : FILES_EXISTS;
    if (error != FILES_ABSENT)
        return error;
    if (parents) {
        struct arena arena = ARENA_INIT;
        const char *whole = files_path(&arena, "/", path);
        const char *slash = strrchr(whole, '/');

        error = slash == whole
                    ? FILES_OK
                    : files_make_folder(
                          files, arena_strndup(&arena, whole, (size_t)(slash - whole)), true);
        arena_release(&arena);
        if (error != FILES_OK)
            return error;
    }
    error = spot_find(files, path, &spot);
    if (error != FILES_OK)
        return error;
    return node_make(files, &spot, FILE_FOLDER, 0755) == NULL ? FILES_FULL : FILES_OK;
}

enum files_error files_make_link(struct files *files, const char *path, const char *target)
{
    struct files_spot spot;
    struct file_node *node;
    enum files_error error;

    if (files_find_link(files, path, NULL) != NULL)
        return FILES_EXISTS;
    error = spot_find(files, path, &spot);
    if (error != FILES_OK)
        return error;
    node = node_make(files, &spot, FILE_LINK, 0777);
    if (node == NULL)
        return FILES_FULL;
    if (!node_place(files, node, strlen(target))) {
        node_free(files, node->number);
        return FILES_FULL;
    }
    content_set(node, target, strlen(target));
    return FILES_OK;
}

static enum files_error remove_node(struct files *files, uint32_t number, bool all)
{
    struct arena arena = ARENA_INIT;
    struct file_entries entries = {0};
    const struct file_node *node = node_find(files, number);
    enum files_error error = FILES_OK;

    if (node->kind == FILE_FOLDER)
        files_list(files, node, &arena, &entries);
    if (entries.items.count > 0 && !all)
        error = FILES_NOT_EMPTY;
    else if (entries.items.count > 0 && !files_may(files, node, 3))
        error = FILES_DENIED;
    for (uint32_t i = 0; i < entries.items.count; i++) /* numbers, as the pages move */
        entries.items.items[i] =
            (const struct file_node *)(uintptr_t)entries.items.items[i]->number;
    for (uint32_t i = 0; error == FILES_OK && i < entries.items.count; i++)
        error = remove_node(files, (uint32_t)(uintptr_t)entries.items.items[i], all);
    if (error == FILES_OK)
        node_free(files, number);
    arena_release(&arena);
    return error;
}

enum files_error files_remove(struct files *files, const char *path, bool all)
{
    enum files_error error;
    const struct file_node *node = files_find_link(files, path, &error);
    struct files_spot spot;

    if (node == NULL)
        return error;
    if (node->number == FILE_ROOT)
        return FILES_DENIED;
    error = spot_find(files, path, &spot);
    return error == FILES_OK ? remove_node(files, node->number, all) : error;
}

/* True when the folder lies in the node or is it. */
static bool lies_in(const struct files *files, const struct file_node *folder, uint32_t node)
{
    for (uint32_t steps = 0; folder != NULL && folder->number != node; steps++)
        folder = steps > FILES_MAX             ? NULL
                 : folder->number == FILE_ROOT ? NULL
                                               : node_find(files, folder->parent);
    return folder != NULL;
}

enum files_error files_move(struct files *files, const char *from, const char *to)
{
    enum files_error error;
    const struct file_node *source = files_find_link(files, from, &error);
    const struct file_node *there = files_find(files, to, NULL);
    struct files_spot before;
    struct files_spot after;
    struct file_node *node;
    uint32_t number;
    uint32_t parent;

    if (source == NULL)
        return error;
    error = spot_find(files, from, &before);
    if (error != FILES_OK)
        return error;
    number = source->number;
    if (there != NULL && there->kind == FILE_FOLDER) {
        after = (struct files_spot){.folder = there};
        memcpy(after.name, before.name, sizeof(after.name));
        if (!files_may(files, there, 3))
            return FILES_DENIED;
        there = child_find(files, there->number, after.name);
    } else {
        error = spot_find(files, to, &after);
        if (error != FILES_OK)
            return error;
    }
    if (lies_in(files, after.folder, number) || (there != NULL && there->number == number))
        return FILES_EXISTS;
    parent = after.folder->number;
    if (there != NULL) {
        error = remove_node(files, there->number, false);
        if (error != FILES_OK)
            return error;
    }
    node = node_own(files, number);
    free(node->name);
    node->name = xstrdup(after.name);
    node->parent = parent;
    return FILES_OK;
}

enum files_error files_set_mode(struct files *files, const char *path, uint16_t mode)
{
    enum files_error error;
    const struct file_node *node = files_find(files, path, &error);

    if (node == NULL)
        return error;
    if (files->user != 0 && files->user != node->owner)
        return FILES_DENIED;
    node_own(files, node->number)->mode = mode & 07777;
    return FILES_OK;
}

enum files_error files_set_owner(struct files *files, const char *path, uint16_t owner)
{
    enum files_error error;
    const struct file_node *node = files_find(files, path, &error);

    if (node == NULL)
        return error;
    if (files->user != 0)
        return FILES_DENIED;
    node_own(files, node->number)->owner = owner;
    return FILES_OK;
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
        const struct file_node *node = node_find(files, group * GROUP_NODES + 1 + i);

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
