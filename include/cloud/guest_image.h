/*
 * cloud/guest_image.h - what a fresh public image has on its disk.
 *
 * The files that people look at have contents (/etc, /opt/sites, home folders); programs and
 * libraries have only their sizes, which together are what `df` shows on such a system.
 */
#ifndef CLOUD_GUEST_IMAGE_H
#define CLOUD_GUEST_IMAGE_H

#include <stdint.h>

#include "cloud/block.h"
#include "cloud/catalog.h"

/* A new map, held by the caller, with the system of that image of the catalog. */
uint64_t guest_image_make(struct blocks *blocks, const struct catalog_image *image);

/*
 * Which system lies on a disk, as its file system's label says: the first image of the catalog like
 * it, of that architecture, + 1; 0: none that is known.
 */
uint32_t guest_image_on_disk(struct blocks *blocks, const struct catalog *catalog, uint64_t map,
                             uint32_t size_gib, uint32_t architecture);

#endif
