/*
 * cloud/guest_difference.c - in which files two guests differ.
 *
 * Walks both trees side by side: the children of a folder come sorted by name.
 */
#include "cloud/guest_inside.h"

#include <string.h>

#include "base/str.h"

struct walk {
    struct files files[2];
    struct arena arena;
    guest_difference_visit *visit;
    void *context;
};

/* Where cloud-init, or EC2Launch, notes what it did for this instance. */
static const char *const own_folders[] = {
    "/var/lib/cloud/instances",
    "/ProgramData/Amazon/EC2Launch/state",
};

static bool is_own(const char *path)
{
    for (size_t i = 0; i < sizeof(own_folders) / sizeof(own_folders[0]); i++) {
        if (strcmp(path, own_folders[i]) == 0)
            return true;
    }
    return false;
}

static bool open_side(struct guests *guests, struct guest_side side, struct files *files)
{
    struct guest *guest = table_find(&guests->table, side.instance);
    struct volume *volume = table_find(&guests->volumes->table, side.volume);

    if (guest != NULL && guest->root_volume != 0)
        return guest_look(guests, guest, 0, files);
    if (volume == NULL)
        return false;
    *files = (struct files){
        .blocks = guests->volumes->blocks,
        .cache = guests->cache,
        .map = &volume->map,
        .disk_pages = (uint64_t)volume->size_gib * BLOCKS_PER_GIB * (BLOCK_BYTES / FILE_PAGE),
        .now = guests->sim->now,
    };
    return files_mount(files);
}

static bool same_content(struct walk *walk, const struct file_node *a, const struct file_node *b)
{
    struct arena arena = ARENA_INIT;
    struct blob first;
    struct blob second;
    bool same;

    if (a->kind != b->kind || a->mode != b->mode || a->owner != b->owner)
        return false;
    if (a->kind == FILE_FOLDER)
        return true;
    if (a->size != b->size)
        return false;
    if (a->kind == FILE_FILLER)
        return true; /* only sizes are kept */
    first = files_read(&walk->files[0], a, &arena);
    second = files_read(&walk->files[1], b, &arena);
    same = first.size == second.size &&
           (first.size == 0 || memcmp(first.bytes, second.bytes, first.size) == 0);
    arena_release(&arena);
    return same;
}

static void compare_folders(struct walk *walk, const char *path, const struct file_node *a,
                            const struct file_node *b);

static void compare_nodes(struct walk *walk, const char *path, const struct file_node *a,
                          const struct file_node *b)
{
    if (!same_content(walk, a, b))
        walk->visit(walk->context, path, GUEST_DIFFERENT);
    if (a->kind == FILE_FOLDER && b->kind == FILE_FOLDER && !is_own(path))
        compare_folders(walk, path, a, b);
}

static void compare_folders(struct walk *walk, const char *path, const struct file_node *a,
                            const struct file_node *b)
{
    struct file_entries ours = {0};
    struct file_entries theirs = {0};
    uint32_t i = 0;
    uint32_t j = 0;

    files_list(&walk->files[0], a, &walk->arena, &ours);
    files_list(&walk->files[1], b, &walk->arena, &theirs);
    while (i < ours.items.count || j < theirs.items.count) {
        const struct file_node *left = i < ours.items.count ? ours.items.items[i] : NULL;
        const struct file_node *right = j < theirs.items.count ? theirs.items.items[j] : NULL;
        int order = left == NULL ? 1 : right == NULL ? -1 : strcmp(left->name, right->name);
        const char *at = arena_printf(&walk->arena, "%s/%s", strcmp(path, "/") == 0 ? "" : path,
                                      order <= 0 ? left->name : right->name);

        if (order == 0)
            compare_nodes(walk, at, left, right);
        else
            walk->visit(walk->context, at, order < 0 ? GUEST_ONLY_FIRST : GUEST_ONLY_SECOND);
        i += order <= 0;
        j += order >= 0;
    }
}

bool guest_differences(struct guests *guests, struct guest_side first, struct guest_side second,
                       guest_difference_visit *visit, void *context)
{
    struct walk walk = {.arena = ARENA_INIT, .visit = visit, .context = context};

    if (!open_side(guests, first, &walk.files[0]) || !open_side(guests, second, &walk.files[1]))
        return false;
    compare_folders(&walk, "/", files_find(&walk.files[0], "/", NULL),
                    files_find(&walk.files[1], "/", NULL));
    arena_release(&walk.arena);
    return true;
}
