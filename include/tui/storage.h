/*
 * tui/storage.h - volumes, snapshots and images: which blocks each holds, and which they share.
 */
#ifndef TUI_STORAGE_H
#define TUI_STORAGE_H

#include "tui/view.h"

struct storage_volume {
    const char *id;
    const char *what; /* "webserver01 /dev/xvda", or its name, or "not attached" */
    const char *type;
    const char *state;
    const char *snapshot; /* that it was made from; "" when from none */
    int64_t size_gib;
    int64_t written_bytes;
    int64_t shared_bytes; /* of these, with snapshots */
};

struct storage_snapshot {
    const char *id;
    const char *what; /* its name, description, or volume */
    const char *state;
    const char *progress;     /* "62%" */
    int64_t progress_permille;
    int64_t refers_bytes; /* blocks that it holds */
    int64_t stores_bytes; /* of these, held by no other */
    int64_t size_gib;
};

struct storage_image {
    const char *id;
    const char *name;
    const char *state;
    const char *snapshot;
};

struct storage_scene {
    struct arena arena;
    LIST(struct storage_volume) volumes; /* in the arena, as are all lists */
    LIST(struct storage_snapshot) snapshots;
    LIST(struct storage_image) images;
    int64_t largest_bytes; /* the scale of all strips */
    bool measured;         /* blocks are known */
};

extern const struct view_ops view_storage;

#endif
