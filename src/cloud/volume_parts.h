/*
 * cloud/volume_parts.h - what the files of the room `volume` share.
 */
#ifndef CLOUD_VOLUME_PARTS_H
#define CLOUD_VOLUME_PARTS_H

#include "cloud/volume.h"

/* ---- volume.c ---- */

const char *volume_number(struct arena *arena, uint64_t value);
/* Adds to the trail, with the volume's id before it. */
void volume_say(struct volumes *volumes, const struct volume *volume, uint64_t other,
                const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Tells who wants to know that it is another one now. */
void volume_changed(struct volumes *volumes, const struct volume *volume);
/* What EBS tells of it. */
void volume_tell(const struct volumes *volumes, const struct volume *volume, const char *event,
                 const char *result);
void volume_change_state(struct volumes *volumes, struct volume *volume, uint8_t state);
/* It goes, with its blocks. */
void volume_gone(struct volumes *volumes, struct volume *volume);
/* Makes what was checked. */
struct volume *volume_make(struct volumes *volumes, const struct volume_new *wanted);

/* Size, IOPS, throughput and multi-attach, as the type allows; 0, or -1 and a fault. */
int volume_ranges_check(const struct volume_new *wanted, struct fault *fault);
/* What a gp2 volume has by its size. */
uint32_t volume_gp2_iops(uint32_t size_gib);

/* ---- volume_speed.c ---- */

/* A volume's queue, made when it is the first time that one is needed. */
struct volume_queue *volume_queue_of(struct volumes *volumes, const struct volume *volume);

/* ---- volume_load.c ---- */

/* What a volume that is being made from a snapshot has to load. */
void volume_load_begin(const struct volumes *volumes, struct volume *volume);

/* ---- volume_modify.c ---- */

void volume_modifications_init(struct volumes *volumes);
bool volume_modification_sound(const struct volumes *volumes,
                               const struct volume_modification *modification);
/* The volume goes. */
void volume_modification_forget(struct volumes *volumes, uint64_t volume);

/* ---- volume_attachment.c ---- */

extern const struct shape volume_attachment_shape;

/* The index and the event; volumes->sim is set. */
void volume_attachments_init(struct volumes *volumes);
void volume_index_add(struct volumes *volumes, uint64_t instance, uint64_t id);

#endif
