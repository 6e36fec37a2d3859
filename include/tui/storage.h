/*
 * tui/storage.h - volumes, snapshots and images: which blocks each holds, and which they share.
 */
#ifndef TUI_STORAGE_H
#define TUI_STORAGE_H

#include "tui/view.h"

/* Blocks that lie together: on the disk from `at` on, and numbered from `first` on.  Two that have
 * a number in common share that block. */
struct storage_run {
    int64_t at;
    int64_t count;
    int64_t first;
    bool absent; /* still in S3 only */
};

struct storage_blocks {
    LIST(struct storage_run) runs; /* in the arena */
    bool absent;                   /* some of them are */
};

struct storage_volume {
    const char *id;
    const char *what; /* "webserver01 /dev/xvda", or its name, or "not attached" */
    const char *type;
    const char *state;
    const char *snapshot; /* that it was made from; "" when from none */
    int64_t size_gib;
    int64_t used_bytes; /* ever written */
    int64_t loaded_percent; /* of its snapshot; 100 when all is there */
    struct storage_blocks blocks;
};

struct storage_snapshot {
    const char *id;
    char letter;      /* by which its blocks are known wherever they are */
    const char *what; /* its name, description, or volume */
    const char *state;
    const char *progress;     /* "62%" */
    int64_t progress_permille;
    int64_t refers_bytes; /* blocks that it holds */
    int64_t stores_bytes; /* of these, held by no older one */
    int64_t size_gib;
    struct storage_blocks blocks;
};

struct storage_image {
    const char *id;
    const char *name;
    const char *state;
    const char *snapshot;
};

/* A snapshot keeps its letter as long as it is there, whatever goes before it. */
struct storage_letter {
    char *id; /* owned */
    char letter;
    bool is_here;
};

struct storage_scene {
    struct arena arena;
    LIST(struct storage_letter) letters; /* kept from one look to the next */
    LIST(struct storage_volume) volumes; /* in the arena, as are all lists */
    LIST(struct storage_snapshot) snapshots;
    LIST(struct storage_image) images;
    int64_t total_bytes; /* that all snapshots store together */
    int64_t disk_end;    /* the last block that is used on any disk: the scale of all strips */
};

extern const struct view_ops view_storage;

#endif
