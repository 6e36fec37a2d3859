/*
 * cloud/imaging.c - making an image of an instance, or of snapshots.
 *
 * Moves   an image: pending (waiting for the reboot, then for its snapshots) -> available, or
 * failed when a volume went away or could not be copied. Uses    cloud/image, cloud/snapshot,
 * cloud/volume; the reboot is a callback.
 */
#include "cloud/imaging.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/event_kinds.h"
#include "cloud/imaging_parts.h"
#include "sim/clock.h"

#define REBOOT_LONGEST_NS (2 * MINUTE_NS)

const struct fault_kind fault_imaging_name_taken = {
    .code = "InvalidAMIName.Duplicate",
    .text = "AMI name {} is already in use by AMI {}",
    .hint = "Choose another name, or deregister that image.",
};
const struct fault_kind fault_imaging_name = {
    .code = "InvalidAMIName.Malformed",
    .text = "AMI names must be between 3 and 128 characters long, and may contain letters, "
            "numbers, '(', ')', '.', "
            "'-', '/' and '_'",
    .hint = "Choose another name.",
};
const struct fault_kind fault_imaging_no_root = {
    .code = "IncorrectState",
    .text = "Instance '{}' has no root volume attached.",
    .hint = "An image needs a root volume.",
};

const struct fault_kind fault_imaging_root_left_out = {
    .code = "InvalidBlockDeviceMapping",
    .text = "The root device {} may not be omitted",
    .hint = "An image needs its root volume; leave out others.",
};
const struct fault_kind fault_imaging_shrunk = {
    .code = "InvalidBlockDeviceMapping",
    .text = "Volume of size {}GB at {} is smaller than the volume there, expect size >= {}GB",
    .hint = "A disk of an image may be larger than the volume that it copies, never smaller.",
};

void imaging_say(const struct imaging *imaging, const struct image *image, const char *what)
{
    struct arena arena = ARENA_INIT;

    trail_add(
        imaging->images->trail,
        (struct trail_entry){
            .account = image->account,
            .subject = image->key,
            .other = image->instance,
            .topic = TRAIL_IMAGE,
            .region = image->region,
            .text = arena_printf(&arena, "%s %s", id_text(&arena, &kind_image, image->key), what),
        });
    arena_release(&arena);
}

/* ---- the snapshots ---- */

static void fail(struct imaging *imaging, struct image *image, const char *why)
{
    image->waiting = false;
    image->state = IMAGE_FAILED;
    imaging_say(imaging, image, why);
    image_moved(imaging->images, image, "failed");
}

/* All volumes at the same moment. */
static void take_snapshots(struct imaging *imaging, struct image *image)
{
    struct arena arena = ARENA_INIT;
    struct fault fault = FAULT_INIT;
    const char *description = arena_printf(&arena, "Created by CreateImage(%s) for %s",
                                           id_text(&arena, &kind_instance, image->instance),
                                           id_text(&arena, &kind_image, image->key));

    image->waiting = false;
    for (uint32_t i = 0; i < image->mappings.count && image->state == IMAGE_PENDING; i++) {
        struct image_mapping *mapping = &image->mappings.items[i];
        struct snapshot *snapshot;

        if (mapping->volume == 0) /* a disk that only the image has */
            continue;
        snapshot = snapshot_create(imaging->snapshots,
                                   (struct snapshot_new){
                                       .account = image->account,
                                       .volume = mapping->volume,
                                       .description = description,
                                   },
                                   &fault);
        if (snapshot == NULL) {
            fail(imaging, image, "pending -> failed: a volume could not be copied");
        } else {
            mapping->snapshot = snapshot->key;
            tags_copy(&snapshot->tags, &image->snapshot_tags);
        }
        mapping->volume = 0;
    }
    shape_release(&tags_shape, &image->snapshot_tags);
    fault_release(&fault);
    arena_release(&arena);
}

static bool is_complete(const struct imaging *imaging, const struct image *image)
{
    for (uint32_t i = 0; i < image->mappings.count; i++) {
        const struct snapshot *snapshot =
            table_find(&imaging->snapshots->table, image->mappings.items[i].snapshot);

        if (snapshot != NULL && snapshot->state != SNAPSHOT_COMPLETED)
            return false;
    }
    return true;
}

static bool has_snapshot(const struct image *image, uint64_t snapshot)
{
    for (uint32_t i = 0; i < image->mappings.count; i++) {
        if (image->mappings.items[i].snapshot == snapshot)
            return true;
    }
    return false;
}

static void snapshot_completed(void *context, uint64_t snapshot)
{
    struct imaging *imaging = context;

    for (uint32_t i = 0; i < table_count(&imaging->images->table); i++) {
        struct image *image = table_at(&imaging->images->table, i);

        if (image->state != IMAGE_PENDING || image->waiting || !has_snapshot(image, snapshot) ||
            !is_complete(imaging, image))
            continue;
        image->state = IMAGE_AVAILABLE;
        imaging_say(imaging, image, "pending -> available");
        image_moved(imaging->images, image, "available");
    }
}

/* The reboot has not come to its point in this time (a crashed kernel): the image is made all the
 * same. */
static void run_step(void *context, const struct event *event)
{
    struct imaging *imaging = context;
    struct image *image = table_find(&imaging->images->table, event->subject);

    if (image != NULL && image->waiting)
        take_snapshots(imaging, image);
}

static const struct event_kind image_step = {.name = "image-step", .run = run_step};

void imaging_init(struct imaging *imaging, struct images *images)
{
    *imaging = (struct imaging){
        .images = images,
        .snapshots = images->snapshots,
        .volumes = images->snapshots->volumes,
    };
    sim_handle(images->sim, EVENT_IMAGE_STEP, &image_step, imaging);
    images->snapshots->completed = snapshot_completed;
    images->snapshots->completed_context = imaging;
}

/* ---- the request ---- */

static bool name_valid(const char *name)
{
    size_t length = strlen(name);

    return length >= 3 && length <= 128 &&
           strspn(name,
                  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789()[] ./-'@_") ==
               length;
}

int imaging_name_check(const struct imaging *imaging, const struct imaging_new *wanted,
                       struct fault *fault)
{
    const struct image *other =
        image_named(imaging->images, wanted->account, wanted->region, wanted->name);
    struct arena arena = ARENA_INIT;
    int result = 0;

    if (!name_valid(wanted->name))
        result = fault_set(fault, &fault_imaging_name);
    else if (other != NULL)
        result = fault_set(fault, &fault_imaging_name_taken, wanted->name,
                           id_text(&arena, &kind_image, other->key));
    arena_release(&arena);
    return result;
}

/* What is wished for that device, or NULL. */
static const struct imaging_disk *disk_at(const struct imaging_new *wanted, const char *device)
{
    for (uint32_t i = 0; i < wanted->disk_count; i++) {
        if (str_equal(wanted->disks[i].device, device))
            return &wanted->disks[i];
    }
    return NULL;
}

/* The disk as a launch would make it; volume: what is attached there, or NULL. */
static struct volume_new disk_new(const struct imaging *imaging, const struct imaging_disk *disk,
                                  const struct volume *volume)
{
    const struct snapshot *snapshot = table_find(&imaging->snapshots->table, disk->snapshot);
    bool same = volume != NULL && (disk->type == 0 || disk->type == volume->type);

    return (struct volume_new){
        .type = disk->type == 0 && volume != NULL ? volume->type : disk->type,
        .size_gib = disk->size_gib != 0 || volume == NULL ? disk->size_gib : volume->size_gib,
        .iops = disk->iops == 0 && same && volume->type != VOLUME_GP2 ? volume->iops : disk->iops,
        .throughput_mibs =
            disk->throughput_mibs == 0 && same ? volume->throughput_mibs : disk->throughput_mibs,
        .encrypted = (volume != NULL && volume->encrypted) ||
                     (snapshot != NULL && snapshot->encrypted),
        .for_launch = true,
        .snapshot = disk->snapshot,
        .snapshot_gib = snapshot == NULL ? 0 : snapshot->size_gib,
    };
}

static int check_disk(const struct imaging *imaging, const struct imaging_new *wanted,
                      const struct imaging_disk *disk, struct fault *fault)
{
    const struct volume *volume =
        volume_at_device(imaging->volumes, wanted->instance, disk->device);
    struct volume_new made = disk_new(imaging, disk, volume);
    struct arena arena = ARENA_INIT;
    int result = 0;

    if (disk->left_out && str_equal(disk->device, wanted->root_device))
        result = fault_set(fault, &fault_imaging_root_left_out, disk->device);
    else if (!disk->left_out && volume != NULL && made.size_gib < volume->size_gib)
        result =
            fault_set(fault, &fault_imaging_shrunk, arena_printf(&arena, "%" PRIu32, made.size_gib),
                      disk->device, arena_printf(&arena, "%" PRIu32, volume->size_gib));
    else if (!disk->left_out)
        result = volume_new_check(&made, fault);
    arena_release(&arena);
    return result;
}

static int check_disks(const struct imaging *imaging, const struct imaging_new *wanted,
                       struct fault *fault)
{
    for (uint32_t i = 0; i < wanted->disk_count; i++) {
        if (check_disk(imaging, wanted, &wanted->disks[i], fault) != 0)
            return -1;
    }
    return 0;
}

static bool is_left_out(const struct imaging_new *wanted, struct volume *volume)
{
    const struct imaging_disk *disk =
        disk_at(wanted, volume_attachment_find(volume, wanted->instance)->device);

    return disk != NULL && disk->left_out;
}

/* Every attached volume can be copied now, and there is a root among them. */
static int check_volumes(const struct imaging *imaging, const struct imaging_new *wanted,
                         struct fault *fault)
{
    uint32_t count;
    const int64_t *ids = volumes_of(imaging->volumes, wanted->instance, &count);
    struct arena arena = ARENA_INIT;
    int result = 0;

    if (volume_at_device(imaging->volumes, wanted->instance, wanted->root_device) == NULL)
        result = fault_set(fault, &fault_imaging_no_root,
                           id_text(&arena, &kind_instance, wanted->instance));
    for (uint32_t i = 0; result == 0 && i < count; i++) {
        struct volume *volume = table_get(&imaging->volumes->table, (uint64_t)ids[i]);

        if (!is_left_out(wanted, volume) &&
            !snapshot_may_begin(imaging->snapshots, volume, fault))
            result = -1;
    }
    arena_release(&arena);
    return result;
}

/* A disk of the image; volume: what is copied to it, or NULL. */
static void add_disk(struct imaging *imaging, struct image *image, const struct imaging_disk *disk,
                     const struct volume *volume)
{
    struct volume_new made = disk_new(imaging, disk, volume);
    struct fault none = FAULT_INIT;

    if (volume_new_check(&made, &none) != 0)
        fault_release(&none); /* of an attached volume, which is as it is; others were checked */
    *LIST_PUSH(&image->mappings) = (struct image_mapping){
        .device = xstrdup(disk->device),
        .snapshot = disk->snapshot,
        .volume = volume == NULL ? 0 : volume->key,
        .size_gib = made.size_gib,
        .iops = made.iops,
        .throughput_mibs = made.throughput_mibs,
        .type = made.type,
        .delete_on_termination = disk->delete_on_termination.value,
        .encrypted = made.encrypted,
    };
}

static void add_mapping(struct imaging *imaging, struct image *image,
                        const struct imaging_new *wanted, uint64_t id)
{
    struct volume *volume = table_get(&imaging->volumes->table, id);
    const struct volume_attachment *attachment = volume_attachment_find(volume, image->instance);
    const struct imaging_disk *wish = disk_at(wanted, attachment->device);
    struct imaging_disk disk = wish == NULL ? (struct imaging_disk){0} : *wish;

    disk.device = attachment->device;
    if (!disk.delete_on_termination.set)
        disk.delete_on_termination = OPT_BOOL(attachment->delete_on_termination);
    disk.snapshot = 0; /* it gets its own */
    if (!disk.left_out)
        add_disk(imaging, image, &disk, volume);
}

/* The root's first, then the other volumes in the order of attaching, then disks of its own. */
static void add_mappings(struct imaging *imaging, struct image *image,
                         const struct imaging_new *wanted)
{
    uint32_t count;
    const int64_t *ids = volumes_of(imaging->volumes, wanted->instance, &count);
    uint64_t root =
        volume_at_device(imaging->volumes, wanted->instance, wanted->root_device)->key;

    add_mapping(imaging, image, wanted, root);
    for (uint32_t i = 0; i < count; i++) {
        if ((uint64_t)ids[i] != root)
            add_mapping(imaging, image, wanted, (uint64_t)ids[i]);
    }
    for (uint32_t i = 0; i < wanted->disk_count; i++) {
        struct imaging_disk disk = wanted->disks[i];

        if (disk.left_out ||
            volume_at_device(imaging->volumes, wanted->instance, disk.device) != NULL)
            continue;
        if (!disk.delete_on_termination.set)
            disk.delete_on_termination = OPT_BOOL(true);
        add_disk(imaging, image, &disk, NULL);
    }
}

struct image *imaging_begin(struct imaging *imaging, const struct imaging_new *wanted)
{
    struct image *image = table_add(&imaging->images->table, ids_new(imaging->images->ids));

    image->account = wanted->account;
    image->instance = wanted->instance;
    image->source = wanted->image;
    image->source_region = wanted->image_region;
    image->is_copy = wanted->image != 0 && wanted->instance == 0;
    image->created = imaging->images->sim->now;
    image->catalog = wanted->catalog;
    image->region = wanted->region;
    image->state = IMAGE_PENDING;
    image->architecture = wanted->architecture;
    image->paravirtual = wanted->paravirtual;
    image->no_ena = wanted->no_ena;
    image->name = xstrdup(wanted->name);
    image->description = wanted->description == NULL ? NULL : xstrdup(wanted->description);
    image->root_device = xstrdup(wanted->root_device);
    tags_copy(&image->tags, wanted->tags);
    tags_copy(&image->snapshot_tags, wanted->snapshot_tags);
    return image;
}

struct image *imaging_create(struct imaging *imaging, const struct imaging_new *wanted,
                             struct fault *fault)
{
    struct image *image;

    if (imaging_name_check(imaging, wanted, fault) != 0 ||
        check_volumes(imaging, wanted, fault) != 0 || check_disks(imaging, wanted, fault) != 0)
        return NULL;
    image = imaging_begin(imaging, wanted);
    add_mappings(imaging, image, wanted);
    if (wanted->running && !wanted->no_reboot && imaging->reboot != NULL) {
        image->waiting = true;
        imaging_say(imaging, image, "pending: the instance reboots first");
        sim_schedule(imaging->images->sim, REBOOT_LONGEST_NS, EVENT_IMAGE_STEP, image->key, 0);
        imaging->reboot(imaging->context, wanted->instance);
    } else {
        imaging_say(imaging, image,
            wanted->running ? "pending: without a reboot, what is buffered is not in it"
                            : "pending");
        take_snapshots(imaging, image);
    }
    return image;
}

struct image *imaging_register(struct imaging *imaging, const struct imaging_new *wanted,
                               struct fault *fault)
{
    struct image *image;

    if (imaging_name_check(imaging, wanted, fault) != 0 || check_disks(imaging, wanted, fault) != 0)
        return NULL;
    image = imaging_begin(imaging, wanted);
    /* The root's first, as everywhere. */
    for (int root = 1; root >= 0; root--) {
        for (uint32_t i = 0; i < wanted->disk_count; i++) {
            struct imaging_disk disk = wanted->disks[i];

            if (!disk.delete_on_termination.set)
                disk.delete_on_termination = OPT_BOOL(true);
            if (!disk.left_out &&
                str_equal(disk.device, wanted->root_device) == (root == 1))
                add_disk(imaging, image, &disk, NULL);
        }
    }
    image->state = IMAGE_AVAILABLE;
    imaging_say(imaging, image, "registered: available");
    image_moved(imaging->images, image, "available");
    return image;
}

void imaging_stopped(struct imaging *imaging, uint64_t instance)
{
    for (uint32_t i = 0; i < table_count(&imaging->images->table); i++) {
        struct image *image = table_at(&imaging->images->table, i);

        if (image->waiting && image->instance == instance)
            take_snapshots(imaging, image);
    }
}
