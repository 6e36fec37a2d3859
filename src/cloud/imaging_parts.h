/*
 * cloud/imaging_parts.h - what the files of the room `imaging` share.
 */
#ifndef CLOUD_IMAGING_PARTS_H
#define CLOUD_IMAGING_PARTS_H

#include "cloud/imaging.h"

/* Writes a line about the image into the trail. */
void imaging_say(const struct imaging *imaging, const struct image *image, const char *what);
/* The name's form, and that no other image of the account there has it.  0, or -1 and a fault. */
int imaging_name_check(const struct imaging *imaging, const struct imaging_new *wanted,
                       struct fault *fault);
/* The record of a pending image, without disks. */
struct image *imaging_begin(struct imaging *imaging, const struct imaging_new *wanted);

#endif
