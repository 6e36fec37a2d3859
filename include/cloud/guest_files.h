/*
 * cloud/guest_files.h - a small file system that lies in a volume's blocks.
 *
 *      block 0        superblock: magic, the system's name ("al2023"), when it was made
 *      blocks 1..64   inodes, 64 a block: parent, name, mode, owner, time, size, first page, pages
 *      blocks 72..    contents: runs of pages of 512 bytes; what matters has bytes, the rest is
 * only touched
 *
 * What was read from blocks is a tree, which is a cache: all volumes that share a map share one
 * tree.  What was changed and not yet written is the pages: whole files with their contents, saved
 * as state, written to the blocks by files_flush().  So a map that is copied before a flush does
 * not have the change.
 */
#ifndef CLOUD_GUEST_FILES_H
#define CLOUD_GUEST_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "base/mem.h"
#include "base/shape.h"
#include "base/str.h"
#include "cloud/block.h"

enum file_kind {
    FILE_NONE = 0, /* a free inode */
    FILE_REGULAR,
    FILE_FOLDER,
    FILE_LINK,   /* symbolic: the content is where it leads */
    FILE_FILLER, /* regular, but only its size is kept: programs, `dd` */
};

enum {
    FILE_PAGE = 512,
    FILES_MAX = 4096,
    FILE_PATH_MAX = 4096,
    FILE_NAME_MAX = 255,
    FILE_ROOT = 1,
    FILE_CONTENT_MAX = 4 << 20 /* a larger file is a filler: only its size is kept */
};

struct file_node {
    uint32_t number; /* inode, from 1 */
    uint32_t parent;
    uint8_t kind;   /* enum file_kind */
    uint16_t mode;  /* 0755 */
    uint16_t owner; /* user number: 0 root */
    int64_t time;   /* modified, ns since the epoch */
    uint64_t size;
    uint32_t page; /* first, from the beginning of the disk; 0: none yet */
    uint32_t pages;
    char *name;  /* owned by the pages or by the tree */
    bool loaded; /* in pages only: `content` holds it, and it is to be written */
    struct blob content;
};

/* Changed and not flushed; part of a guest's state. */
struct files_pages {
    LIST(struct file_node) nodes; /* by number */
};

extern const struct shape file_node_shape, files_pages_shape;
/* After loading: false when they could not be ours. */
bool files_pages_sound(const struct files_pages *pages);

struct files_cache; /* trees by map; never state */
struct files_cache *files_cache_new(void);
void files_cache_free(struct files_cache *cache);

/* A mounted file system: borrowed pieces, made on the spot for each use and never kept. */
struct files {
    struct blocks *blocks;
    struct files_cache *cache;
    struct files_tree *tree;   /* of the map, from the cache */
    struct files_pages *pages; /* the guest's; NULL: read only */
    uint64_t *map;             /* the volume's */
    uint64_t disk_pages;       /* size of the volume in pages; at most UINT32_MAX counts */
    int64_t now;
    uint16_t user; /* number of who acts: 0 root */
};

enum files_error {
    FILES_OK = 0,
    FILES_ABSENT,     /* No such file or directory */
    FILES_DENIED,     /* Permission denied */
    FILES_NOT_FOLDER, /* Not a directory */
    FILES_FOLDER,     /* Is a directory */
    FILES_EXISTS,     /* File exists */
    FILES_NOT_EMPTY,  /* Directory not empty */
    FILES_FULL,       /* No space left on device */
    FILES_LONG,       /* File name too long */
    FILES_LOOP,       /* Too many levels of symbolic links */
};
const char *files_error_text(enum files_error error);

/* Makes an empty file system; `label` is the system's name. */
void files_format(struct blocks *blocks, uint64_t *map, const char *label, int64_t now);
/* Fills in files->tree; false when the map holds no file system of ours.  The other members are the
 * caller's. */
bool files_mount(struct files *files);
/* The system's name, as given to files_format(). */
const char *files_label(const struct files *files);

/* The node at an absolute path, links followed; NULL and *error (may be NULL) when there is none or
 * it may not be reached.  Valid until the next change. */
const struct file_node *files_find(struct files *files, const char *path, enum files_error *error);
/* The same, but a link at the end is not followed. */
const struct file_node *files_find_link(struct files *files, const char *path,
                                        enum files_error *error);
/* The children of a folder by name; fills the list in the arena. */
struct file_entries {
    LIST(const struct file_node *) items;
};
void files_list(struct files *files, const struct file_node *folder, struct arena *arena,
                struct file_entries *entries);
/* The content, in the arena; of a filler: zeros, at most 64 KiB of them. */
struct blob files_read(struct files *files, const struct file_node *node, struct arena *arena);
bool files_may(const struct files *files, const struct file_node *node,
               int mode); /* 4 read, 2 write, 1 enter */

/* Changes, in the pages.  `append` keeps what is there. */
enum files_error files_write(struct files *files, const char *path, struct blob content,
                             bool append);
enum files_error files_fill(struct files *files, const char *path, uint64_t size);
enum files_error files_make_folder(struct files *files, const char *path, bool parents);
enum files_error files_make_link(struct files *files, const char *path, const char *target);
/* A file or link, or an empty folder; `all`: a folder with everything in it. */
enum files_error files_remove(struct files *files, const char *path, bool all);
enum files_error files_move(struct files *files, const char *from, const char *to);
enum files_error files_set_mode(struct files *files, const char *path, uint16_t mode);
enum files_error files_set_owner(struct files *files, const char *path, uint16_t owner);

/* Writes the pages to the blocks and empties them. */
void files_flush(struct files *files);
/* Of a finished image: later files with contents begin in blocks of their own, so that writing one
 * in an instance copies little. */
void files_seal(struct files *files);
/* Pages in use. */
uint64_t files_used_pages(struct files *files);

/* "/a/./b/../c" from a folder: an absolute path without dots, in the arena. */
const char *files_path(struct arena *arena, const char *folder, const char *path);

#endif
