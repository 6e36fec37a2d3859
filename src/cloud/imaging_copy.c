/*
 * cloud/imaging_copy.c - images that are copied, in a Region or from one to another.
 *
 * True to the EC2 user guide, "Copy an Amazon EC2 AMI": the copy has snapshots of its own, so the
 * end of the source, or of its Region, does not touch it; who may launch the source is not copied.
 * Left out: keys of one's own, Outposts, Local Zones, copies that must be ready in a given time.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/bug.h"
#include "base/mem.h"
#include "base/str.h"
#include "cloud/imaging_parts.h"
#include "sim/clock.h"

enum { GROUPED_SIZE = 32 };

const struct fault_kind fault_imaging_storage = {
    .code = "InvalidRequest",
    .text = "You do not have permission to access the storage of this ami",
    .hint = "Its owner shares the image, but not its snapshots: "
            "aws ec2 modify-snapshot-attribute does that.",
};
const struct fault_kind fault_imaging_copies = {
    .code = "ResourceLimitExceeded",
    .text = "Too many image copies in progress. The limit is {} for this destination region.",
    .hint = "Wait until one of them is available: aws ec2 wait image-available.",
};

static int64_t copies_under_way(const struct imaging *imaging, const struct imaging_new *wanted)
{
    int64_t count = 0;

    for (uint32_t i = 0; i < table_count(&imaging->images->table); i++) {
        const struct image *image = table_at(&imaging->images->table, i);

        count += image->is_copy && image->state == IMAGE_PENDING &&
                 image->account == wanted->account && image->region == wanted->region;
    }
    return count;
}

/* Can the account read each snapshot that the image names, and are they complete? */
static int check_snapshots(const struct imaging *imaging, const struct image *source,
                           uint64_t account, struct fault *fault)
{
    for (uint32_t i = 0; i < source->mappings.count; i++) {
        uint64_t id = source->mappings.items[i].snapshot;
        const struct snapshot *snapshot = table_find(&imaging->snapshots->table, id);

        if (id == 0)
            continue; /* an empty disk */
        if (snapshot == NULL || !snapshot_is_visible(snapshot, account))
            return fault_set(fault, &fault_imaging_storage);
        if (snapshot->state != SNAPSHOT_COMPLETED)
            return fault_set(fault, &fault_snapshot_pending,
                             snapshot_state_name(snapshot->state));
    }
    return 0;
}

static int check_copy(const struct imaging *imaging, const struct imaging_new *wanted,
                      const struct imaging_copy *copy, struct fault *fault)
{
    const struct image *source = table_get(&imaging->images->table, copy->source);
    struct arena arena = ARENA_INIT;
    int result = 0;

    if (imaging_name_check(imaging, wanted, fault) != 0)
        result = -1;
    else if (source->state != IMAGE_AVAILABLE)
        result = fault_set(fault, &fault_image_unavailable,
                           id_text(&arena, &kind_image, source->key));
    else if (copies_under_way(imaging, wanted) >= copy->most)
        result = fault_set(fault, &fault_imaging_copies,
                           arena_printf(&arena, "%" PRId64, copy->most));
    else
        result = check_snapshots(imaging, source, wanted->account, fault);
    arena_release(&arena);
    return result;
}

/* "1,767,600,000,000": milliseconds since 1970, as AWS writes them there. */
static void grouped(int64_t number, char text[GROUPED_SIZE])
{
    char digits[GROUPED_SIZE];
    size_t length = (size_t)snprintf(digits, sizeof(digits), "%" PRId64, number);
    size_t at = 0;

    for (size_t i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            text[at++] = ',';
        text[at++] = digits[i];
    }
    text[at] = '\0';
}

/* One disk of the copy; its snapshot is on its way, or it has none.  `image` is there already, so
 * that the copies count as an image's. */
static void copy_disk(struct imaging *imaging, struct image *image,
                      const struct image_mapping *disk, const struct imaging_copy *copy)
{
    struct image_mapping *made = LIST_PUSH(&image->mappings);
    struct arena arena = ARENA_INIT;
    struct fault none = FAULT_INIT;
    struct snapshot *snapshot;
    char task[GROUPED_SIZE];

    *made = *disk;
    made->device = xstrdup(disk->device);
    made->encrypted = disk->encrypted || (copy->encrypted && disk->snapshot != 0);
    if (disk->snapshot != 0) {
        grouped(imaging->images->sim->now / MILLISECOND_NS, task);
        snapshot = snapshot_copy(
            imaging->snapshots,
            &(struct snapshot_copy){
                .account = image->account,
                .source = disk->snapshot,
                .region = image->region,
                .encrypted = copy->encrypted,
                .description = arena_printf(
                    &arena,
                    "Copied for DestinationAmi %s from SourceAmi %s for SourceSnapshot %s. "
                    "Task created on %s.",
                    id_text(&arena, &kind_image, image->key),
                    id_text(&arena, &kind_image, copy->source),
                    id_text(&arena, &kind_snapshot, disk->snapshot), task),
                .from = copy->from,
                .for_image = true,
            },
            &none);
        if (snapshot == NULL)
            BUG("a snapshot that was checked cannot be copied");
        made->snapshot = snapshot->key;
        tags_copy(&snapshot->tags, &image->snapshot_tags);
    }
    arena_release(&arena);
}

struct image *imaging_copy(struct imaging *imaging, const struct imaging_new *wanted,
                           const struct imaging_copy *copy, struct fault *fault)
{
    struct imaging_new whole = *wanted;
    const struct image *source = table_get(&imaging->images->table, copy->source);
    struct image *image;
    struct arena arena = ARENA_INIT;

    if (check_copy(imaging, wanted, copy, fault) != 0)
        return NULL;
    whole.instance = 0;
    whole.image = source->key;
    whole.image_region = source->region;
    whole.catalog = source->catalog;
    whole.architecture = source->architecture;
    whole.root_device = source->root_device;
    whole.paravirtual = source->paravirtual;
    whole.no_ena = source->no_ena;
    image = imaging_begin(imaging, &whole);
    for (uint32_t i = 0; i < source->mappings.count; i++)
        copy_disk(imaging, image, &source->mappings.items[i], copy);
    shape_release(&tags_shape, &image->snapshot_tags);
    imaging_say(imaging, image,
                arena_printf(&arena, "pending: a copy of %s from %s",
                             id_text(&arena, &kind_image, copy->source), copy->from));
    arena_release(&arena);
    return image;
}
