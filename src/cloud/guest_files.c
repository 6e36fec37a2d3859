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

struct file_node *files_pages_find(const struct files *files, uint32_t number)
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
const struct file_node *files_node_find(const struct files *files, uint32_t number)
{
    const struct file_node *node = files_pages_find(files, number);

    if (node == NULL)
        node = number < files->tree->node_count ? &files->tree->nodes[number] : NULL;
    return node == NULL || node->kind == FILE_NONE ? NULL : node;
}

/* The node in the pages, copied there when it is only in the tree (or nowhere yet). */
static struct file_node *node_own(struct files *files, uint32_t number)
{
    struct file_node *node = files_pages_find(files, number);
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
        if (files_node_find(files, number) == NULL)
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

const struct file_node *files_child_find(const struct files *files, uint32_t parent,
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

        if (tree_compare(node, parent, name) == 0 && files_pages_find(files, node->number) == NULL)
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
        if (files_pages_find(files, node->number) == NULL)
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
        if (files_node_place(files, node, whole.length)) {
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
    if (!files_node_place(files, node, size)) {
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
    if (!files_node_place(files, node, strlen(target))) {
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
    const struct file_node *node = files_node_find(files, number);
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
                                               : files_node_find(files, folder->parent);
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
        there = files_child_find(files, there->number, after.name);
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
