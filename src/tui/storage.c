/*
 * tui/storage.c - volumes, snapshots and images: which blocks each holds, and which they share.
 *
 * Asks ec2 DescribeVolumes, DescribeSnapshots and DescribeImages (of the learner's own), ec2
 * DescribeInstances for names, and lab DescribeStorage for the blocks.
 */
#include "tui/storage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/answer.h"

/* ---- the scene ---- */

static json_t *ask_own(const struct view_source *source, const char *op, const char *member)
{
    json_t *params = json_pack("{s:[s]}", member, "self");
    json_t *answer = source->ask(source->context, &(struct view_question){
                                                      .service = "ec2",
                                                      .op = op,
                                                      .params = params,
                                                  });

    json_decref(params);
    return answer;
}

/* The item of a list whose member is that text. */
static json_t *find_by(json_t *list, const char *member, const char *text)
{
    json_t *item;
    size_t i;

    json_array_foreach(list, i, item) {
        if (strcmp(answer_text(item, member), text) == 0)
            return item;
    }
    return NULL;
}

static const char *instance_name(json_t *answer, const char *id)
{
    json_t *reservation;
    json_t *instance;
    size_t i;

    json_array_foreach(answer_list(answer, "Reservations"), i, reservation) {
        instance = find_by(answer_list(reservation, "Instances"), "InstanceId", id);
        if (instance != NULL)
            return answer_name(instance, "InstanceId");
    }
    return id;
}

static void add_volume(struct storage_scene *scene, json_t *volume, json_t *instances,
                       json_t *blocks)
{
    json_t *attachment = json_array_get(answer_list(volume, "Attachments"), 0);
    json_t *known = find_by(answer_list(blocks, "Volumes"), "VolumeId",
                            answer_text(volume, "VolumeId"));
    const char *what = answer_tag(volume, "Name");

    if (attachment != NULL)
        what = arena_printf(&scene->arena, "%s %s",
                            instance_name(instances, answer_text(attachment, "InstanceId")),
                            answer_text(attachment, "Device"));
    *LIST_PUSH_IN(&scene->arena, &scene->volumes) = (struct storage_volume){
        .id = view_keep(&scene->arena, answer_text(volume, "VolumeId")),
        .what = view_keep(&scene->arena, what[0] == '\0' ? "not attached" : what),
        .type = view_keep(&scene->arena, answer_text(volume, "VolumeType")),
        .state = view_keep(&scene->arena, answer_text(volume, "State")),
        .snapshot = view_keep(&scene->arena, answer_text(volume, "SnapshotId")),
        .size_gib = answer_int(volume, "Size"),
        .written_bytes = answer_int(known, "WrittenBytes"),
        .shared_bytes = answer_int(known, "SharedBytes"),
    };
}

static void add_snapshot(struct storage_scene *scene, json_t *snapshot, json_t *blocks)
{
    const char *id = answer_text(snapshot, "SnapshotId");
    json_t *known = find_by(answer_list(blocks, "Snapshots"), "SnapshotId", id);
    const char *what = answer_tag(snapshot, "Name");
    const char *progress = answer_text(snapshot, "Progress");

    if (what[0] == '\0')
        what = answer_text(snapshot, "Description");
    if (what[0] == '\0')
        what = answer_text(snapshot, "VolumeId");
    *LIST_PUSH_IN(&scene->arena, &scene->snapshots) = (struct storage_snapshot){
        .id = view_keep(&scene->arena, id),
        .what = view_keep(&scene->arena, what),
        .state = view_keep(&scene->arena, answer_text(snapshot, "State")),
        .progress = view_keep(&scene->arena, progress),
        .progress_permille = strtol(progress, NULL, 10) * 10,
        .refers_bytes = answer_int(known, "ReferencedBytes"),
        .stores_bytes = answer_int(known, "StoredBytes"),
        .size_gib = answer_int(snapshot, "VolumeSize"),
    };
}

static void add_image(struct storage_scene *scene, json_t *image)
{
    json_t *mapping = json_array_get(answer_list(image, "BlockDeviceMappings"), 0);

    *LIST_PUSH_IN(&scene->arena, &scene->images) = (struct storage_image){
        .id = view_keep(&scene->arena, answer_text(image, "ImageId")),
        .name = view_keep(&scene->arena, answer_text(image, "Name")),
        .state = view_keep(&scene->arena, answer_text(image, "State")),
        .snapshot = view_keep(&scene->arena, answer_text(mapping, "Ebs.SnapshotId")),
    };
}

/* One scale for all strips, so that they can be compared by eye. */
static void measure(struct storage_scene *scene)
{
    for (uint32_t i = 0; i < scene->volumes.count; i++) {
        int64_t bytes = scene->volumes.items[i].written_bytes;

        scene->largest_bytes = bytes > scene->largest_bytes ? bytes : scene->largest_bytes;
    }
    for (uint32_t i = 0; i < scene->snapshots.count; i++) {
        int64_t bytes = scene->snapshots.items[i].refers_bytes;

        scene->largest_bytes = bytes > scene->largest_bytes ? bytes : scene->largest_bytes;
    }
}

static void storage_refresh(void *at, const struct view_source *source)
{
    struct storage_scene *scene = at;
    json_t *volumes = view_ask(source, "ec2", "DescribeVolumes", NULL);
    json_t *snapshots = ask_own(source, "DescribeSnapshots", "OwnerIds");
    json_t *images = ask_own(source, "DescribeImages", "Owners");
    json_t *instances = view_ask(source, "ec2", "DescribeInstances", NULL);
    json_t *blocks = view_ask(source, "lab", "DescribeStorage", NULL);
    json_t *item;
    size_t i;

    arena_release(&scene->arena);
    *scene = (struct storage_scene){.measured = blocks != NULL};
    json_array_foreach(answer_list(volumes, "Volumes"), i, item)
        add_volume(scene, item, instances, blocks);
    json_array_foreach(answer_list(snapshots, "Snapshots"), i, item)
        add_snapshot(scene, item, blocks);
    json_array_foreach(answer_list(images, "Images"), i, item)
        add_image(scene, item);
    measure(scene);
    json_decref(volumes);
    json_decref(snapshots);
    json_decref(images);
    json_decref(instances);
    json_decref(blocks);
}

/* ---- its rows ---- */

static void add_size(struct sheet *sheet, int64_t bytes)
{
    const int64_t gib = (int64_t)1 << 30;
    const int64_t mib = (int64_t)1 << 20;

    if (bytes >= gib)
        sheet_addf(sheet, THEME_TEXT, "%lld.%02lld GiB", (long long)(bytes / gib),
                   (long long)(bytes % gib * 100 / gib));
    else
        sheet_addf(sheet, THEME_TEXT, "%lld.%lld MiB", (long long)(bytes / mib),
                   (long long)(bytes % mib * 10 / mib));
}

/* A strip: first what is its own, then what it shares, then blanks up to `columns`. */
static void add_strip(struct sheet *sheet, const struct storage_scene *scene, int columns,
                      const int64_t bytes[2])
{
    int64_t scale = scene->largest_bytes == 0 ? 1 : scene->largest_bytes;
    int whole = (int)((bytes[0] * columns + scale - 1) / scale);
    int own = (int)((bytes[1] * columns + scale - 1) / scale);

    for (int i = 0; i < columns; i++) {
        if (i < own && i < whole)
            sheet_add(sheet, THEME_GOOD, "\xe2\x96\x88");
        else if (i < whole)
            sheet_add(sheet, THEME_WARN, "\xe2\x96\x92");
        else
            sheet_add(sheet, THEME_DIM, "\xc2\xb7");
    }
}

static void write_head(struct sheet *sheet, const char *id, const char *what, int cols)
{
    sheet_row(sheet, id);
    sheet_cell(sheet, THEME_DIM, cols >= 100 ? 23 : 14, id);
    sheet_cell(sheet, THEME_TEXT, cols >= 130 ? 36 : cols >= 96 ? 23 : 17, what);
    sheet_add(sheet, THEME_TEXT, " ");
}

static void write_state(struct sheet *sheet, const char *word, int columns)
{
    struct answer_state state = answer_state(word);

    sheet_addf(sheet, state.role, "%s ", state.glyph);
    sheet_cell(sheet, state.role, columns, word);
}

static int strip_columns(int cols)
{
    return cols >= 130 ? 40 : cols >= 96 ? 20 : cols >= 70 ? 12 : 6;
}

static void write_volume(struct sheet *sheet, const struct storage_scene *scene,
                         const struct storage_volume *volume, int cols)
{
    const int64_t bytes[2] = {volume->written_bytes, volume->written_bytes - volume->shared_bytes};
    char size[32];

    write_head(sheet, volume->id, volume->what, cols);
    write_state(sheet, volume->state, 10);
    snprintf(size, sizeof(size), "%lld GiB", (long long)volume->size_gib);
    if (cols >= 96)
        snprintf(size, sizeof(size), "%lld GiB %.8s", (long long)volume->size_gib, volume->type);
    sheet_cell(sheet, THEME_TEXT, cols >= 96 ? 13 : 8, size);
    if (!scene->measured)
        return;
    add_strip(sheet, scene, strip_columns(cols), bytes);
    sheet_add(sheet, THEME_DIM, cols >= 96 ? " written " : " ");
    add_size(sheet, volume->written_bytes);
}

static void write_snapshot(struct sheet *sheet, const struct storage_scene *scene,
                           const struct storage_snapshot *snapshot, int cols)
{
    const int64_t bytes[2] = {snapshot->refers_bytes, snapshot->stores_bytes};
    bool pending = strcmp(snapshot->state, "pending") == 0;

    write_head(sheet, snapshot->id, snapshot->what, cols);
    write_state(sheet, snapshot->state, 10);
    sheet_cell(sheet, pending ? THEME_WARN : THEME_DIM, cols >= 96 ? 13 : 8, snapshot->progress);
    if (pending) {
        sheet_bar(sheet, THEME_WARN, strip_columns(cols), snapshot->progress_permille);
        return;
    }
    if (!scene->measured)
        return;
    add_strip(sheet, scene, strip_columns(cols), bytes);
    sheet_add(sheet, THEME_DIM, cols >= 96 ? " refers " : " ");
    add_size(sheet, snapshot->refers_bytes);
    if (cols >= 96) {
        sheet_add(sheet, THEME_DIM, " stores ");
        add_size(sheet, snapshot->stores_bytes);
    }
}

static void write_image(struct sheet *sheet, const struct storage_image *image, int cols)
{
    write_head(sheet, image->id, image->name, cols);
    write_state(sheet, image->state, 10);
    if (image->snapshot[0] != '\0')
        sheet_addf(sheet, THEME_DIM, "\xe2\x96\xb8 %s", image->snapshot);
}

static void storage_rows(const void *at, const struct view_frame *frame, struct sheet *sheet)
{
    const struct storage_scene *scene = at;
    int cols = frame->cols;

    if (scene->volumes.count + scene->snapshots.count + scene->images.count == 0) {
        sheet_wrap(sheet, (struct sheet_wrap){THEME_DIM, cols, 0},
                   "No volume, snapshot or image of yours here yet. An instance that is launched "
                   "brings its root volume.");
        return;
    }
    if (scene->volumes.count > 0)
        sheet_line(sheet, THEME_TITLE, "volumes");
    for (uint32_t i = 0; i < scene->volumes.count; i++)
        write_volume(sheet, scene, &scene->volumes.items[i], cols);
    if (scene->snapshots.count > 0)
        sheet_line(sheet, THEME_TITLE, "snapshots");
    for (uint32_t i = 0; i < scene->snapshots.count; i++)
        write_snapshot(sheet, scene, &scene->snapshots.items[i], cols);
    if (scene->images.count > 0)
        sheet_line(sheet, THEME_TITLE, "images");
    for (uint32_t i = 0; i < scene->images.count; i++)
        write_image(sheet, &scene->images.items[i], cols);
    if (scene->measured && scene->largest_bytes > 0) {
        sheet_row(sheet, NULL);
        sheet_add(sheet, THEME_GOOD, "\xe2\x96\x88");
        sheet_add(sheet, THEME_DIM, " its own   ");
        sheet_add(sheet, THEME_WARN, "\xe2\x96\x92");
        sheet_add(sheet, THEME_DIM, " shared with another");
    }
}

static void *storage_open(const char *argument)
{
    (void)argument;
    return xcalloc(1, sizeof(struct storage_scene));
}

static void storage_close(void *at)
{
    arena_release(&((struct storage_scene *)at)->arena);
    free(at);
}

const struct view_ops view_storage = {
    .name = "storage",
    .title = "storage",
    .doc = "Volumes, snapshots and images: which blocks each holds, and which they share.",
    .open = storage_open,
    .refresh = storage_refresh,
    .rows = storage_rows,
    .close = storage_close,
};
