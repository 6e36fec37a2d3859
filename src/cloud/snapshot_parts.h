/*
 * cloud/snapshot_parts.h - what the files of the room `snapshot` share.
 */
#ifndef CLOUD_SNAPSHOT_PARTS_H
#define CLOUD_SNAPSHOT_PARTS_H

#include "cloud/snapshot.h"

/* ---- snapshot.c ---- */

void snapshot_say(struct snapshots *snapshots, const struct snapshot *snapshot, const char *what);
/* The first step of a pending one whose blocks_to_copy and block_us are set. */
void snapshot_copying_begin(struct snapshots *snapshots, const struct snapshot *snapshot);

/* ---- snapshot_fast.c ---- */

void fast_restores_init(struct snapshots *snapshots);
bool fast_restores_sound(const struct snapshots *snapshots);
/* The snapshot goes. */
void fast_restores_forget(struct snapshots *snapshots, uint64_t snapshot);
/* The one that is enabled there and has a credit for a volume, or NULL. */
struct fast_restore *fast_restore_ready(const struct snapshots *snapshots, uint64_t account,
                                        uint64_t snapshot, uint8_t zone);

#endif
