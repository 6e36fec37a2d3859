/*
 * cloud/guest_paths.c - from a path to a file: folders, links, who may pass, and reading what is
 * there.
 */
#include <string.h>

#include "base/str.h"
#include "cloud/guest_tree.h"

enum {
    LINKS_MAX = 8,
    READ_FILLER_MAX = 64 * 1024,
};

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
    const struct file_node *node = files_node_find(files, FILE_ROOT);
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
        node = files_child_find(files, node->number, name);
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
