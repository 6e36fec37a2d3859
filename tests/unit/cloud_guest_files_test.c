/*
 * tests/unit/cloud_guest_files_test.c - the file system in a volume's blocks.
 */
#include "cloud/guest_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cloud/catalog.h"
#include "cloud/guest_image.h"
#include "sim/chance.h"

struct disk {
    struct blocks blocks;
    struct files_cache *cache;
    struct files_pages pages;
    uint64_t map;
    struct files files;
};

static void disk_mount(struct disk *disk)
{
    disk->files = (struct files){
        .blocks = &disk->blocks,
        .cache = disk->cache,
        .pages = &disk->pages,
        .map = &disk->map,
        .disk_pages = 1 << 21,
        .now = 1000,
    };
    assert_true(files_mount(&disk->files));
}

static void disk_init(struct disk *disk)
{
    memset(disk, 0, sizeof(*disk));
    blocks_init(&disk->blocks);
    disk->cache = files_cache_new();
    disk->map = blocks_map_new(&disk->blocks);
    files_format(&disk->blocks, &disk->map, "test", 1);
    disk_mount(disk);
}

/* Forgets all but the blocks: the power went. */
static void disk_forget(struct disk *disk)
{
    shape_release(&files_pages_shape, &disk->pages);
    files_cache_free(disk->cache);
    disk->cache = files_cache_new();
    disk_mount(disk);
}

static void disk_release(struct disk *disk)
{
    shape_release(&files_pages_shape, &disk->pages);
    files_cache_free(disk->cache);
    blocks_drop(&disk->blocks, disk->map);
    blocks_check(&disk->blocks);
    assert_int_equal(table_count(&disk->blocks.data), 0);
    blocks_release(&disk->blocks);
}

static struct blob blob(const char *text)
{
    return (struct blob){.bytes = (char *)(uintptr_t)text, .size = strlen(text)};
}

static const char *content(struct disk *disk, const char *path, struct arena *arena)
{
    const struct file_node *node = files_find(&disk->files, path, NULL);

    return node == NULL ? NULL : files_read(&disk->files, node, arena).bytes;
}

static void test_flush(void **state)
{
    /* If this failed, a write would survive a power cut unflushed, or be lost after a sync. */
    struct disk disk;
    struct arena arena = ARENA_INIT;

    (void)state;
    disk_init(&disk);
    assert_int_equal(files_make_folder(&disk.files, "/a/b", true), FILES_OK);
    assert_int_equal(files_write(&disk.files, "/a/b/one", blob("first"), false), FILES_OK);
    files_flush(&disk.files);
    assert_int_equal(files_write(&disk.files, "/a/b/one", blob(", second"), true), FILES_OK);
    assert_int_equal(files_write(&disk.files, "/a/two", blob("2"), false), FILES_OK);
    assert_string_equal(content(&disk, "/a/b/one", &arena), "first, second");
    disk_forget(&disk);
    assert_string_equal(content(&disk, "/a/b/one", &arena), "first");
    assert_null(content(&disk, "/a/two", &arena));
    arena_release(&arena);
    disk_release(&disk);
}

static void test_paths(void **state)
{
    /* If this failed, links, dots, moves or permissions would lead to the wrong file. */
    struct disk disk;
    struct arena arena = ARENA_INIT;
    enum files_error error;

    (void)state;
    disk_init(&disk);
    assert_string_equal(files_path(&arena, "/a/b", "../c/./d//e"), "/a/c/d/e");
    assert_string_equal(files_path(&arena, "/a", "/../.."), "/");
    files_make_folder(&disk.files, "/usr/bin", true);
    files_write(&disk.files, "/usr/bin/x", blob("x"), false);
    assert_int_equal(files_make_link(&disk.files, "/bin", "usr/bin"), FILES_OK);
    assert_string_equal(content(&disk, "/bin/x", &arena), "x");
    files_make_link(&disk.files, "/loop", "/loop");
    assert_null(files_find(&disk.files, "/loop", &error));
    assert_int_equal(error, FILES_LOOP);
    assert_int_equal(files_write(&disk.files, "/none/x", blob(""), false), FILES_ABSENT);
    assert_int_equal(files_write(&disk.files, "/usr", blob(""), false), FILES_FOLDER);
    assert_int_equal(files_write(&disk.files, "/usr/bin/x/y", blob(""), false), FILES_NOT_FOLDER);
    assert_int_equal(files_remove(&disk.files, "/usr", false), FILES_NOT_EMPTY);
    assert_int_equal(files_move(&disk.files, "/usr", "/usr/bin/sub"), FILES_EXISTS);
    assert_int_equal(files_move(&disk.files, "/usr/bin/x", "/usr/y"), FILES_OK);
    assert_string_equal(content(&disk, "/usr/y", &arena), "x");
    disk.files.user = 1000;
    assert_int_equal(files_write(&disk.files, "/usr/y", blob("z"), false), FILES_DENIED);
    assert_int_equal(files_remove(&disk.files, "/usr/y", false), FILES_DENIED);
    disk.files.user = 0;
    assert_int_equal(files_remove(&disk.files, "/usr", true), FILES_OK);
    assert_null(files_find(&disk.files, "/usr/bin", NULL));
    assert_int_equal(files_fill(&disk.files, "/big", UINT64_C(2) << 30), FILES_FULL);
    assert_int_equal(files_fill(&disk.files, "/big", 900 << 20), FILES_OK);
    assert_int_equal(files_fill(&disk.files, "/big2", 900 << 20), FILES_FULL);
    arena_release(&arena);
    disk_release(&disk);
}

/* ---- against a naive model: what each path holds ---- */

enum { MODEL_FILES = 30, MODEL_SIZE = 40000 };

struct model {
    char *kept[MODEL_FILES]; /* NULL: absent */
    char *flushed[MODEL_FILES];
};

static void model_set(char **slot, const char *text)
{
    char *copy = text == NULL ? NULL : xstrdup(text);

    free(*slot);
    *slot = copy;
}

static const char *model_path(struct arena *arena, uint64_t file)
{
    return arena_printf(arena, "/d%u/f%u", (unsigned)(file % 3), (unsigned)file);
}

static void model_step(struct disk *disk, struct model *model, struct chance *chance,
                       struct arena *arena)
{
    uint64_t file = chance_below(chance, MODEL_FILES);
    uint64_t what = chance_below(chance, 20);
    const char *path = model_path(arena, file);

    if (what < 12) {
        size_t size = (size_t)chance_below(chance, chance_below(chance, 4) == 0 ? MODEL_SIZE : 900);
        char *text = arena_alloc(arena, size + 1);

        memset(text, 'a' + (int)chance_below(chance, 26), size);
        assert_int_equal(files_write(&disk->files, path, blob(text), false), FILES_OK);
        model_set(&model->kept[file], text);
    } else if (what < 15) {
        assert_int_equal(files_remove(&disk->files, path, false),
                         model->kept[file] == NULL ? FILES_ABSENT : FILES_OK);
        model_set(&model->kept[file], NULL);
    } else if (what < 17) {
        const char *filler = arena_printf(arena, "/filler%u", (unsigned)(file % 4));

        assert_int_equal(files_fill(&disk->files, filler, chance_below(chance, 64 << 20)),
                         FILES_OK);
    } else if (what < 19) {
        files_flush(&disk->files);
        for (uint32_t i = 0; i < MODEL_FILES; i++)
            model_set(&model->flushed[i], model->kept[i]);
    } else {
        disk_forget(disk);
        for (uint32_t i = 0; i < MODEL_FILES; i++)
            model_set(&model->kept[i], model->flushed[i]);
    }
}

static void test_model(void **state)
{
    /* If this failed, files would overwrite each other on the disk, or come back wrong after a
     * power cut. */
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct chance chance = chance_stream(seed, "files", 0);
        struct arena arena = ARENA_INIT;
        struct model model = {0};
        struct disk disk;

        disk_init(&disk);
        for (unsigned i = 0; i < 3; i++)
            files_make_folder(&disk.files, arena_printf(&arena, "/d%u", i), true);
        files_flush(&disk.files);
        for (int step = 0; step < 250; step++)
            model_step(&disk, &model, &chance, &arena);
        for (uint32_t i = 0; i < MODEL_FILES; i++) {
            const char *text = content(&disk, model_path(&arena, i), &arena);

            if (model.kept[i] == NULL)
                assert_null(text);
            else
                assert_string_equal(text, model.kept[i]);
            free(model.kept[i]);
            free(model.flushed[i]);
        }
        arena_release(&arena);
        disk_release(&disk);
    }
}

static void test_public_images(void **state)
{
    /* If this failed, a public image would lack the sites, or a small change in an instance would
     * copy much. */
    struct catalog *catalog = catalog_new();

    (void)state;
    for (uint32_t i = 0; i < catalog->image_count; i += 7) {
        struct arena arena = ARENA_INIT;
        struct disk disk = {0};
        uint64_t bytes = 0;
        uint64_t before;

        blocks_init(&disk.blocks);
        disk.cache = files_cache_new();
        disk.map = guest_image_make(&disk.blocks, &catalog->images[i]);
        disk_mount(&disk);
        assert_non_null(strstr(content(&disk, "/opt/sites/highway/index.html", &arena), "Highway"));
        assert_string_equal(files_label(&disk.files), catalog->images[i].distribution);
        blocks_hold(&disk.blocks, disk.map); /* the snapshot's */
        before = ((struct block_counters *)table_at(&disk.blocks.counters, 0))->next;
        disk.files.disk_pages = 1 << 26;
        assert_int_equal(files_write(&disk.files, "/opt/note", blob("hello"), false), FILES_OK);
        files_flush(&disk.files);
        for (uint32_t b = 0; b < table_count(&disk.blocks.data); b++) {
            const struct block_data *data = table_at(&disk.blocks.data, b);

            bytes += data->key >= before ? data->data.size : 0;
        }
        assert_true(bytes < 8192);
        blocks_drop(&disk.blocks, ((struct block_map *)table_at(&disk.blocks.maps, 0))->key);
        disk_release(&disk);
        arena_release(&arena);
    }
    catalog_free(catalog);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flush),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_model),
        cmocka_unit_test(test_public_images),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
