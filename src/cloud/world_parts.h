/*
 * cloud/world_parts.h - what the files of the room `world` share.
 */
#ifndef CLOUD_WORLD_PARTS_H
#define CLOUD_WORLD_PARTS_H

#include "cloud/world.h"

/* All rooms, wired and empty but for what every world has; the clock stands at the beginning. */
struct world *world_make(const struct catalog *catalog, uint64_t seed, uint8_t region);
/* Fills the callbacks by which rooms reach those that they do not know. */
void world_wire_guests(struct world *world);
void world_wire_traffic(struct world *world);
/* `curl` typed inside a guest; a struct world is the context. */
int world_guest_curl(void *context, const struct guest_curl *curl);

#endif
