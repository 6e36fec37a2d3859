/*
 * cloud/image.h - machine images: the record that says which snapshots an instance begins with.
 *
 * The public ones are made of the catalog, in every Region, with the same ids in every world; their
 * snapshots get their blocks (a file system with /etc, the packages' places and the sites of
 * assets/sites in /opt/sites) when somebody first uses them.  One's own are made by cloud/imaging.
 *
 *      pending -> available -> (deregistered: gone)        pending -> failed
 */
#ifndef CLOUD_IMAGE_H
#define CLOUD_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/list.h"
#include "base/shape.h"
#include "base/table.h"
#include "cloud/catalog.h"
#include "cloud/id.h"
#include "cloud/sharing.h"
#include "cloud/snapshot.h"
#include "cloud/tag.h"
#include "cloud/trail.h"

enum image_state {
    IMAGE_PENDING = 1,
    IMAGE_AVAILABLE,
    IMAGE_FAILED,
};

/* One disk that a launch makes. */
struct image_mapping {
    char *device;      /* owned */
    uint64_t snapshot; /* 0: an empty volume, or not yet made */
    uint64_t volume;   /* whose snapshot is still to be made; 0 afterwards */
    uint32_t size_gib;
    uint32_t iops;
    uint32_t throughput_mibs;
    uint8_t type; /* enum volume_type */
    bool delete_on_termination;
    bool encrypted;
};

struct image {
    uint64_t key;
    uint64_t account;  /* the owner */
    uint64_t instance; /* that it was made of, or 0 */
    uint64_t source; /* the image that it is a copy of, or that its instance was launched from; 0 */
    int64_t created;
    int64_t deprecated; /* from then on others do not see it in lists; 0: never */
    uint32_t catalog; /* image of the catalog that it descends from, + 1 */
    uint32_t generation;
    uint8_t region;
    uint8_t source_region; /* where `source` lies */
    uint8_t state;        /* enum image_state */
    uint8_t architecture; /* one bit of enum architecture */
    bool is_public; /* one of the catalog's, which everybody may launch */
    bool paravirtual;  /* registered as such; else hvm */
    bool no_ena;       /* it does not know the fast network card */
    bool is_copy;      /* `source` is what it is a copy of */
    bool waiting;      /* for its instance to be down, so that the snapshots can be made */
    char *name;        /* owned, as are the next two */
    char *description; /* NULL: none */
    char *root_device;
    LIST(struct image_mapping) mappings; /* the root's first */
    struct sharing sharing; /* of one's own: who else may launch it */
    struct tags tags;
    struct tags snapshot_tags; /* for the snapshots that are still to be made */
};

extern const struct shape image_shape, image_mapping_shape;

struct images {
    struct table table; /* struct image */
    struct sim *sim;    /* borrowed, as are the next four */
    struct snapshots *snapshots;
    const struct catalog *catalog;
    struct ids *ids;
    struct trail *trail;
    /* One is "available", "failed", "deregistered".  NULL: nobody wants to know. */
    void (*moved)(void *context, const struct image *image, const char *state);
    void *context;
};

struct image_links {
    struct sim *sim;
    struct snapshots *snapshots;
    const struct catalog *catalog;
    struct ids *ids;
    struct trail *trail;
};

/*
 * Makes the public images and their snapshots (rows only).  When a saved world is loaded, the
 * loader empties both tables first.
 */
void images_init(struct images *images, struct image_links links);
void images_release(struct images *images);
/* After the table was loaded: false when a row contradicts itself or the catalog. */
bool images_restore(const struct images *images);

/* May everybody launch it: the catalog's, or one's own that was shared with all? */
bool image_is_public(const struct image *image);
/* May the account see it in a list, and launch it? */
bool image_is_for(const struct image *image, uint64_t account);
/* From when on it is deprecated, 0: never.  Those of the catalog: as it says. */
int64_t image_deprecated(const struct images *images, const struct image *image);
/* NULL when it does not exist, or the account may not see it. */
struct image *image_find(const struct images *images, uint64_t account, uint8_t region,
                         uint64_t id);
/* Every check of a launch that the image can make: state (InvalidAMIID.Unavailable), architecture
 * (InvalidParameterValue), memory of the smallest kind is not modelled. */
int image_launch_check(const struct images *images, const struct image *image,
                       const struct catalog_type *type, struct fault *fault);
/* The catalog's entry that the image descends from: platform, distribution, user.  Never NULL. */
const struct catalog_image *image_origin(const struct images *images, const struct image *image);

/*
 * deregister-image: the row goes, the snapshots stay (delete them afterwards where that was asked
 * for).  AuthFailure when it is another account's.
 */
int image_deregister(struct images *images, uint64_t account, struct image *image,
                     struct fault *fault);

/* Tells whoever wants to know. */
void image_moved(const struct images *images, const struct image *image, const char *state);
/* "Names must be unique in the account and Region": NULL or the image of that name. */
const struct image *image_named(const struct images *images, uint64_t account, uint8_t region,
                                const char *name);

/* AuthFailure, of image_deregister(). */
extern const struct fault_kind fault_image_foreign;
/* All take the id as it was written. */
extern const struct fault_kind fault_image_malformed, fault_image_missing,
    fault_image_unavailable;

const char *image_state_name(uint8_t state);
extern const char *const image_state_words[];
const char *architecture_name(uint32_t architecture); /* "x86_64" */

#endif
