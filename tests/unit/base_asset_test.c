/*
 * tests/unit/base_asset_test.c - the files inside the program.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/asset.h"

/* If this fails, a lesson or a web page that is in the repository is missing in the program. */
static void test_every_asset_is_found_by_its_path(void **state)
{
    (void)state;
    assert_true(asset_count() > 0);
    for (uint32_t i = 0; i < asset_count(); i++) {
        const struct asset *asset = asset_at(i);

        assert_ptr_equal(asset_find(asset->path), asset);
        assert_int_equal(asset->bytes[asset->size], 0);
        if (i > 0)
            assert_true(strcmp(asset_at(i - 1)->path, asset->path) < 0);
    }
    assert_null(asset_find("catalog"));
    assert_null(asset_find(""));
    assert_null(asset_find("zzz"));
}

/* If this fails, a file in the program differs from the file in the repository. */
static void test_bytes_are_the_files(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < asset_count(); i++) {
        const struct asset *asset = asset_at(i);
        char path[512];
        FILE *file;

        snprintf(path, sizeof(path), "%s%s",
                 strncmp(asset->path, "lessons/", 8) == 0 ? "" : "assets/", asset->path);
        file = fopen(path, "rb");
        if (file == NULL)
            continue; /* run from another folder */
        for (size_t at = 0; at < asset->size; at++)
            assert_int_equal(fgetc(file), asset->bytes[at]);
        assert_int_equal(fgetc(file), EOF);
        fclose(file);
    }
}

/* If this fails, an instance would serve only some pages of its site. */
static void test_a_folder_is_walked_whole(void **state)
{
    uint32_t walked = 0;
    uint32_t counted = 0;

    (void)state;
    for (const struct asset *a = asset_next(NULL, "catalog/"); a != NULL;
         a = asset_next(a, "catalog/"))
        walked++;
    for (uint32_t i = 0; i < asset_count(); i++)
        counted += strncmp(asset_at(i)->path, "catalog/", 8) == 0;
    assert_int_equal(walked, counted);
    assert_true(walked > 0);
    assert_null(asset_next(NULL, "no-such-folder/"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_asset_is_found_by_its_path),
        cmocka_unit_test(test_bytes_are_the_files),
        cmocka_unit_test(test_a_folder_is_walked_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
