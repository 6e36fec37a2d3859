/*
 * tests/unit/cloud_catalog_files_test.c - the files of assets/catalog, as the program reads them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cloud/catalog.h"

static struct catalog *catalog;

static int setup(void **state)
{
    (void)state;
    catalog = catalog_new();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    catalog_free(catalog);
    return 0;
}

/* If this fails, a Region of the course does not exist. */
static void test_three_regions(void **state)
{
    (void)state;
    assert_int_equal(catalog->region_count, 3);
    assert_int_equal(catalog_region_find(catalog, "us-east-1"), 0);
    assert_int_equal(catalog_region_find(catalog, "us-west-2"), 1);
    assert_int_equal(catalog_region_find(catalog, "eu-west-1"), 2);
}

/* If this fails, a size of a family that the course promises cannot be launched, or is wrong. */
static void test_whole_families(void **state)
{
    static const struct {
        const char *name;
        uint32_t vcpus, memory_mib;
        int64_t price;
    } known[] = {
        {"t2.micro", 1, 1024, 11600000},         {"t3.micro", 2, 1024, 10400000},
        {"t3a.medium", 2, 4096, 37600000},       {"t4g.nano", 2, 512, 4200000},
        {"m5.large", 2, 8192, 96000000},         {"m7i.metal-48xl", 192, 786432, 9676800000},
        {"m7a.medium", 1, 4096, 57960000},       {"c5.18xlarge", 72, 147456, 3060000000},
        {"c7i.large", 2, 4096, 89250000},        {"c7a.48xlarge", 192, 393216, 9853440000},
        {"r5.24xlarge", 96, 786432, 6048000000}, {"r7i.xlarge", 4, 32768, 264600000},
        {"i4i.metal", 128, 1048576, 10982000000}, {"g5.48xlarge", 192, 786432, 16288000000},
    };

    (void)state;
    assert_int_equal(catalog->type_count, 130);
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        int position = catalog_type_find(catalog, known[i].name);
        const struct catalog_type *type;

        assert_true(position >= 0);
        type = &catalog->types[position];
        assert_int_equal(type->vcpus, known[i].vcpus);
        assert_int_equal(type->memory_mib, known[i].memory_mib);
        assert_int_equal(type->price_nano_usd_hour, known[i].price);
    }
}

/*
 * If this fails, describe-images does not find what people look for, or shows images of the future.
 */
static void test_images(void **state)
{
    static const char *const prefixes[] = {
        "al2023-ami-2023.9.20251208.0-kernel-6.1-x86_64",
        "al2023-ami-2023.9.20251208.0-kernel-6.1-arm64",
        "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-",
        "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-",
        "debian-12-amd64-",
        "debian-12-arm64-",
        "Windows_Server-2022-English-Full-Base-",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        bool found = false;

        for (uint32_t k = 0; k < catalog->image_count; k++)
            found |= strncmp(catalog->images[k].name, prefixes[i], strlen(prefixes[i])) == 0;
        assert_true(found);
    }
    for (uint32_t k = 0; k < catalog->image_count; k++) {
        /* 2026-01-05T08:00:00Z, when a world begins */
        assert_true(catalog->images[k].created < 1767600000 * INT64_C(1000000000));
        assert_true(catalog->images[k].size_gib >= 8);
    }
}

/* If this fails, the web server of a distribution is not where its package puts it. */
static void test_packages(void **state)
{
    const struct catalog_package *httpd = catalog_package_find(catalog, "al2023", "httpd");
    const struct catalog_package *apache = catalog_package_find(catalog, "debian12", "apache2");
    const struct catalog_package *iis = catalog_package_find(catalog, "windows2022", "Web-Server");

    (void)state;
    assert_non_null(httpd);
    assert_string_equal(httpd->root, "/var/www/html");
    assert_int_equal(httpd->port, 80);
    assert_false(httpd->starts);
    assert_non_null(apache);
    assert_true(apache->starts);
    assert_non_null(iis);
    assert_string_equal(iis->root, "C:\\inetpub\\wwwroot");
    assert_null(catalog_package_find(catalog, "al2023", "apache2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_three_regions),
        cmocka_unit_test(test_whole_families),
        cmocka_unit_test(test_images),
        cmocka_unit_test(test_packages),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
