/*
 * tui/storage.c - volumes, snapshots and images: which blocks each holds, and which they share.
 *
 * Asks ec2 DescribeSnapshots and DescribeImages (of the learner's own) and lab DescribeStorage for
 * the blocks.  Each snapshot has a letter, and a block shows that of the snapshot that stores it,
 * wherever it is seen: so sharing can be read, and who takes over when one is deleted.
 */
#include "tui/storage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/answer.h"

enum {
    STORAGE_VOLUMES = 60, /* that are drawn */
    LETTERS = 26,
};

#define GLYPH_ONLY "\xe2\x96\x88"   /* only this disk has it */
#define GLYPH_SHARED "\xe2\x96\x92" /* others have it too, and no snapshot of yours stores it */
#define GLYPH_EMPTY "\xc2\xb7"
#define GLYPH_NOT_YET "-"

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

    json_array_foreach (list, i, item) {
        if (strcmp(answer_text(item, member), text) == 0)
            return item;
    }
    return NULL;
}

/* "/dev/xvda" is long: the root of an instance is told by that word. */
static const char *device_name(const char *device)
{
    bool root = strcmp(device, "/dev/xvda") == 0 || strcmp(device, "/dev/sda1") == 0;

    return root ? "root" : device;
}

static void add_runs(struct storage_scene *scene, struct storage_blocks *blocks, json_t *known)
{
    json_t *run;
    size_t i;

    json_array_foreach (answer_list(known, "Runs"), i, run) {
        struct storage_run *added = LIST_PUSH_IN(&scene->arena, &blocks->runs);

        *added = (struct storage_run){
            .at = answer_int(run, "At"),
            .count = answer_int(run, "Count"),
            .first = answer_int(run, "First"),
            .absent = answer_bool(run, "Absent"),
        };
        blocks->absent = blocks->absent || added->absent;
        if (added->at + added->count > scene->disk_end)
            scene->disk_end = added->at + added->count;
    }
}

static void add_volume(struct storage_scene *scene, json_t *volume)
{
    const char *instance = answer_text(volume, "InstanceId");
    const char *name = answer_text(volume, "InstanceName");
    const char *what = answer_text(volume, "Name");
    struct storage_volume *added;

    if (instance[0] != '\0')
        what = arena_printf(&scene->arena, "%s %s", name[0] == '\0' ? instance : name,
                            device_name(answer_text(volume, "Device")));
    added = LIST_PUSH_IN(&scene->arena, &scene->volumes);
    *added = (struct storage_volume){
        .id = view_keep(&scene->arena, answer_text(volume, "VolumeId")),
        .what = view_keep(&scene->arena, what[0] == '\0' ? "not attached" : what),
        .type = view_keep(&scene->arena, answer_text(volume, "VolumeType")),
        .state = view_keep(&scene->arena, answer_text(volume, "State")),
        .snapshot = view_keep(&scene->arena, answer_text(volume, "SnapshotId")),
        .size_gib = answer_int(volume, "SizeGiB"),
        .used_bytes = answer_int(volume, "UsedBytes"),
        .loaded_percent = 100,
    };
    add_runs(scene, &added->blocks, volume);
    if (added->blocks.absent)
        added->loaded_percent = answer_int(volume, "LoadedPercent");
}

/* What a snapshot is for: its name, its image, its description, or its volume. */
static const char *snapshot_name(struct storage_scene *scene, json_t *snapshot, json_t *images)
{
    const char *id = answer_text(snapshot, "SnapshotId");
    const char *name = answer_tag(snapshot, "Name");
    json_t *image;
    size_t i;

    if (name[0] != '\0')
        return name;
    json_array_foreach (answer_list(images, "Images"), i, image) {
        json_t *mapping = json_array_get(answer_list(image, "BlockDeviceMappings"), 0);

        if (strcmp(answer_text(mapping, "Ebs.SnapshotId"), id) == 0)
            return arena_printf(&scene->arena, "of image %s", answer_text(image, "Name"));
    }
    name = answer_text(snapshot, "Description");
    return name[0] != '\0'
               ? name
               : arena_printf(&scene->arena, "of %s", answer_text(snapshot, "VolumeId"));
}

/* The letter of a snapshot: the one that it had, or the first that nobody has; '?' when all are
 * taken. */
static char letter_of(struct storage_scene *scene, const char *id)
{
    char letter = 'A';
    struct storage_letter *added;

    for (uint32_t i = 0; i < scene->letters.count; i++) {
        if (strcmp(scene->letters.items[i].id, id) == 0) {
            scene->letters.items[i].is_here = true;
            return scene->letters.items[i].letter;
        }
    }
    for (uint32_t i = 0; i < scene->letters.count && letter < 'A' + LETTERS; i++) {
        if (scene->letters.items[i].letter == letter) {
            letter++;
            i = UINT32_MAX;
        }
    }
    if (letter == 'A' + LETTERS)
        return '?';
    added = LIST_PUSH(&scene->letters);
    *added = (struct storage_letter){.id = xstrdup(id), .letter = letter, .is_here = true};
    return letter;
}

/* Letters of snapshots that are gone can be given again. */
static void drop_letters(struct storage_scene *scene)
{
    for (uint32_t i = scene->letters.count; i-- > 0;) {
        if (!scene->letters.items[i].is_here) {
            free(scene->letters.items[i].id);
            LIST_REMOVE(&scene->letters, i);
        } else {
            scene->letters.items[i].is_here = false;
        }
    }
}

static void add_snapshot(struct storage_scene *scene, json_t *snapshot, json_t *images,
                         json_t *blocks)
{
    const char *id = answer_text(snapshot, "SnapshotId");
    json_t *known = find_by(answer_list(blocks, "Snapshots"), "SnapshotId", id);
    const char *progress = answer_text(snapshot, "Progress");
    struct storage_snapshot *added = LIST_PUSH_IN(&scene->arena, &scene->snapshots);

    *added = (struct storage_snapshot){
        .id = view_keep(&scene->arena, id),
        .letter = letter_of(scene, id),
        .what = view_keep(&scene->arena, snapshot_name(scene, snapshot, images)),
        .state = view_keep(&scene->arena, answer_text(snapshot, "State")),
        .progress = view_keep(&scene->arena, progress),
        .progress_permille = strtol(progress, NULL, 10) * 10,
        .refers_bytes = answer_int(known, "ReferencedBytes"),
        .stores_bytes = answer_int(known, "StoredBytes"),
        .size_gib = answer_int(snapshot, "VolumeSize"),
    };
    add_runs(scene, &added->blocks, known);
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

static void storage_refresh(void *at, const struct view_source *source)
{
    struct storage_scene *scene = at;
    struct storage_scene before = *scene;
    const struct view_question question = {
        .service = "lab",
        .op = "DescribeStorage",
        .params = json_pack("{s:i}", "MaxVolumes", STORAGE_VOLUMES),
    };
    json_t *snapshots = ask_own(source, "DescribeSnapshots", "OwnerIds");
    json_t *images = ask_own(source, "DescribeImages", "Owners");
    json_t *blocks = source->ask(source->context, &question);
    json_t *item;
    size_t i;

    arena_release(&scene->arena);
    *scene = (struct storage_scene){.total_bytes = answer_int(blocks, "TotalStoredBytes")};
    scene->letters.items = before.letters.items;
    scene->letters.count = before.letters.count;
    scene->letters.size = before.letters.size;
    json_array_foreach (answer_list(blocks, "Volumes"), i, item)
        add_volume(scene, item);
    json_array_foreach (answer_list(snapshots, "Snapshots"), i, item)
        add_snapshot(scene, item, images, blocks);
    json_array_foreach (answer_list(images, "Images"), i, item)
        add_image(scene, item);
    drop_letters(scene);
    json_decref(snapshots);
    json_decref(images);
    json_decref(blocks);
    json_decref(question.params);
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

static bool runs_hold(const struct storage_blocks *blocks, int64_t first, int64_t end)
{
    for (uint32_t i = 0; i < blocks->runs.count; i++) {
        const struct storage_run *run = &blocks->runs.items[i];

        if (run->first < end && first < run->first + run->count)
            return true;
    }
    return false;
}

/* Whether another volume or snapshot holds a block of these numbers. */
static bool held_elsewhere(const struct storage_scene *scene, const struct storage_blocks *but,
                           int64_t first, int64_t end)
{
    for (uint32_t i = 0; i < scene->volumes.count; i++) {
        const struct storage_blocks *blocks = &scene->volumes.items[i].blocks;

        if (blocks != but && runs_hold(blocks, first, end))
            return true;
    }
    for (uint32_t i = 0; i < scene->snapshots.count; i++) {
        const struct storage_blocks *blocks = &scene->snapshots.items[i].blocks;

        if (blocks != but && runs_hold(blocks, first, end))
            return true;
    }
    return false;
}

/* The oldest snapshot of these that holds a block of these numbers stores it; NULL: none does. */
static const struct storage_snapshot *storer_of(const struct storage_scene *scene, int64_t first,
                                                int64_t end)
{
    for (uint32_t i = 0; i < scene->snapshots.count; i++) {
        if (runs_hold(&scene->snapshots.items[i].blocks, first, end))
            return &scene->snapshots.items[i];
    }
    return NULL;
}

/* What lies in a part of a disk. */
struct strip_cell {
    const struct storage_snapshot *storer; /* the newest of those that store something there */
    bool only;   /* something that only this disk has */
    bool shared; /* something that others have, and no snapshot stores */
    bool there;  /* something that is not in S3 only */
};

static struct strip_cell strip_at(const struct storage_scene *scene,
                                  const struct storage_blocks *blocks, int64_t from, int64_t to)
{
    struct strip_cell cell = {0};

    for (uint32_t i = 0; i < blocks->runs.count; i++) {
        const struct storage_run *run = &blocks->runs.items[i];
        int64_t begin = run->at > from ? run->at : from;
        int64_t end = run->at + run->count < to ? run->at + run->count : to;
        const struct storage_snapshot *storer;

        if (begin >= end)
            continue;
        storer = storer_of(scene, run->first + begin - run->at, run->first + end - run->at);
        cell.there = cell.there || !run->absent;
        if (storer != NULL && (cell.storer == NULL || storer > cell.storer))
            cell.storer = storer;
        else if (storer == NULL && held_elsewhere(scene, blocks, run->first + begin - run->at,
                                                  run->first + end - run->at))
            cell.shared = true;
        else if (storer == NULL)
            cell.only = true;
    }
    return cell;
}

/* The disk from its beginning on the left; the same place stands in the same column everywhere.
 * `own`: of a snapshot, itself; what it stores is there as far as it has been copied. */
static void add_strip(struct sheet *sheet, const struct storage_scene *scene,
                      const struct storage_blocks *blocks, const struct storage_snapshot *own,
                      int columns)
{
    for (int i = 0; i < columns; i++) {
        int64_t from = scene->disk_end * i / columns;
        int64_t to = scene->disk_end * (i + 1) / columns;
        struct strip_cell cell = strip_at(scene, blocks, from, to > from ? to : from + 1);
        bool copied = own == NULL || cell.storer != own ||
                      strcmp(own->state, "pending") != 0 ||
                      1000 * (i + 1) <= own->progress_permille * columns;

        if (!cell.only && !cell.shared && cell.storer == NULL)
            sheet_add(sheet, THEME_DIM, GLYPH_EMPTY);
        else if (!cell.there || !copied)
            sheet_add(sheet, THEME_DIM, GLYPH_NOT_YET);
        else if (cell.only)
            sheet_add(sheet, THEME_GOOD, GLYPH_ONLY);
        else if (cell.storer != NULL)
            sheet_addf(sheet, cell.storer == own ? THEME_GOOD : THEME_WARN, "%c",
                       cell.storer->letter);
        else
            sheet_add(sheet, THEME_WARN, GLYPH_SHARED);
    }
}

static void write_head(struct sheet *sheet, char letter, const char *id, const char *what, int cols)
{
    sheet_row(sheet, id);
    sheet_addf(sheet, THEME_TITLE, "%c ", letter);
    sheet_cell(sheet, THEME_DIM, cols >= 96 ? 23 : 13, id);
    sheet_add(sheet, THEME_TEXT, " ");
    sheet_cell(sheet, THEME_TEXT,
               cols >= 150   ? 28
               : cols >= 130 ? 22
               : cols >= 96  ? 15
               : cols >= 70  ? 16
                             : 12,
               what);
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
    return cols >= 150 ? 32 : cols >= 130 ? 24 : cols >= 96 ? 18 : cols >= 70 ? 16 : 10;
}

static void write_volume(struct sheet *sheet, const struct storage_scene *scene,
                         const struct storage_volume *volume, int cols)
{
    char size[32];

    write_head(sheet, ' ', volume->id, volume->what, cols);
    write_state(sheet, volume->state, 10);
    snprintf(size, sizeof(size), "%lld GiB", (long long)volume->size_gib);
    if (cols >= 96)
        snprintf(size, sizeof(size), "%lld GiB %.8s", (long long)volume->size_gib, volume->type);
    sheet_cell(sheet, THEME_TEXT, cols >= 96 ? 12 : cols >= 70 ? 7 : 0, cols >= 70 ? size : "");
    add_strip(sheet, scene, &volume->blocks, NULL, strip_columns(cols));
    if (volume->blocks.absent && cols < 96) {
        sheet_addf(sheet, THEME_WARN, " %lld%% here", (long long)volume->loaded_percent);
        return;
    }
    sheet_add(sheet, THEME_DIM, cols >= 96 ? " holds " : " ");
    add_size(sheet, volume->used_bytes);
    if (volume->blocks.absent)
        sheet_addf(sheet, THEME_WARN, ", %lld%% loaded", (long long)volume->loaded_percent);
}

static void write_snapshot(struct sheet *sheet, const struct storage_scene *scene,
                           const struct storage_snapshot *snapshot, int cols)
{
    bool pending = strcmp(snapshot->state, "pending") == 0;

    write_head(sheet, snapshot->letter, snapshot->id, snapshot->what, cols);
    write_state(sheet, snapshot->state, 10);
    if (cols >= 70)
        sheet_cell(sheet, pending ? THEME_WARN : THEME_DIM, cols >= 96 ? 12 : 7,
                   snapshot->progress);
    add_strip(sheet, scene, &snapshot->blocks, snapshot, strip_columns(cols));
    if (pending && cols < 130) {
        sheet_addf(sheet, THEME_WARN, " %s", cols >= 70 ? "copying" : snapshot->progress);
        return;
    }
    sheet_add(sheet, THEME_DIM, cols >= 96 ? " holds " : " ");
    add_size(sheet, snapshot->refers_bytes);
    if (cols >= 130) {
        sheet_add(sheet, THEME_DIM, ", stores ");
        add_size(sheet, snapshot->stores_bytes);
    }
}

static void write_image(struct sheet *sheet, const struct storage_image *image, int cols)
{
    write_head(sheet, ' ', image->id, image->name, cols);
    write_state(sheet, image->state, 10);
    if (image->snapshot[0] != '\0')
        sheet_addf(sheet, THEME_DIM, "\xe2\x96\xb8 %s", image->snapshot);
}

/* A glyph and what it means; on a new row when the words would not fit. */
static void legend_add(struct sheet *sheet, int *column, int cols, const char *glyph,
                       const char *words)
{
    int wide = (int)strlen(words) + 4;

    if (*column == 0 || *column + wide > cols) {
        sheet_row(sheet, NULL);
        *column = 0;
    }
    sheet_add(sheet, THEME_TITLE, glyph);
    sheet_addf(sheet, THEME_DIM, " %s  ", words);
    *column += wide;
}

static void write_legend(struct sheet *sheet, const struct storage_scene *scene, int cols)
{
    int column = 0;

    if (scene->snapshots.count > 0) {
        sheet_row(sheet, NULL);
        sheet_add(sheet, THEME_DIM, "all snapshots store ");
        add_size(sheet, scene->total_bytes);
        legend_add(sheet, &column, cols, "A", "stored by snapshot A");
    }
    legend_add(sheet, &column, cols, GLYPH_ONLY, "only here");
    legend_add(sheet, &column, cols, GLYPH_SHARED, "shared otherwise");
    legend_add(sheet, &column, cols, GLYPH_NOT_YET, "not there yet");
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
        sheet_line(sheet, THEME_TITLE, cols >= 70 ? "volumes, each in its zone" : "volumes");
    for (uint32_t i = 0; i < scene->volumes.count; i++)
        write_volume(sheet, scene, &scene->volumes.items[i], cols);
    if (scene->snapshots.count > 0)
        sheet_line(sheet, THEME_TITLE,
                   cols >= 70 ? "snapshots, in S3, of the whole Region" : "snapshots");
    for (uint32_t i = 0; i < scene->snapshots.count; i++)
        write_snapshot(sheet, scene, &scene->snapshots.items[i], cols);
    if (scene->images.count > 0)
        sheet_line(sheet, THEME_TITLE, "images");
    for (uint32_t i = 0; i < scene->images.count; i++)
        write_image(sheet, &scene->images.items[i], cols);
    if (scene->disk_end > 0)
        write_legend(sheet, scene, cols);
}

static void *storage_open(const char *argument)
{
    (void)argument;
    return xcalloc(1, sizeof(struct storage_scene));
}

static void storage_close(void *at)
{
    struct storage_scene *scene = at;

    for (uint32_t i = 0; i < scene->letters.count; i++)
        free(scene->letters.items[i].id);
    LIST_RELEASE(&scene->letters);
    arena_release(&scene->arena);
    free(scene);
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
