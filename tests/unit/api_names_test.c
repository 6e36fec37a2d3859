/*
 * tests/unit/api_names_test.c - AWS's names as words of the command line.
 *
 * If this fails, an operation or option is spelled otherwise here than at AWS.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/asset.h"
#include "base/mem.h"
#include "api/names.h"
#include "api/service.h"

/* Names that AWS's own tables spell by hand, and the next rule would not. */
static void test_names(void **state)
{
    static const char *const names[][2] = {
        {"RunInstances", "run-instances"},
        {"InstanceType", "instance-type"},
        {"DescribeDBInstances", "describe-db-instances"},
        {"TargetGroupARNs", "target-group-arns"},
        {"VPCZoneIdentifier", "vpc-zone-identifier"},
        {"HTTPCode", "http-code"},
        {"Ipv6AddressCount", "ipv6-address-count"},
        {"PrivateIpAddress", "private-ip-address"},
        {"Ec2ClassicName", "ec2-classic-name"},
        {"CreateStoreImageTask", "create-store-image-task"},
        {"URL", "url"},
        {"A", "a"},
        {"", ""},
    };
    struct arena arena = ARENA_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        assert_string_equal(name_cli(&arena, names[i][0]), names[i][1]);
    assert_string_equal(name_column(&arena, "InstanceType"), "instance_type");
    arena_release(&arena);
}

/* Every operation of the services that the catalog lists, ours or not, keeps its name. */
static void test_catalog(void **state)
{
    const struct asset *asset = asset_find("catalog/aws-operations.txt");
    const char *line = asset_text(asset);
    struct arena arena = ARENA_INIT;
    char service[64];
    char cli[128];
    char name[128];
    size_t count = 0;
    size_t wrong = 0;

    (void)state;
    for (; line != NULL && *line != '\0'; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (*line == '#' || sscanf(line, "%63s %127s %127s", service, cli, name) != 3)
            continue;
        count++;
        if (strcmp(name_cli(&arena, name), cli) != 0) {
            print_error("%s %s: %s, not %s\n", service, name, name_cli(&arena, name), cli);
            wrong++;
        }
    }
    arena_release(&arena);
    assert_true(count > 1000);
    assert_int_equal(wrong, 0);
}

/* No option of ours is hidden behind an option of the CLI itself, or behind another. */
static void test_options_differ(void **state)
{
    static const char *const globals[] = {
        "debug",        "endpoint-url",      "no-verify-ssl",       "no-paginate",
        "output",       "query",             "profile",             "region",
        "version",      "color",             "no-sign-request",     "ca-bundle",
        "no-cli-pager", "cli-read-timeout",  "cli-connect-timeout", "cli-binary-format",
        "cli-auto-prompt", "no-cli-auto-prompt", "cli-error-format",
    };
    struct arena arena = ARENA_INIT;
    size_t wrong = 0;

    (void)state;
    for (size_t s = 0; services[s] != NULL; s++) {
        for (size_t o = 0; services[s]->ops[o] != NULL; o++) {
            const struct shape *in = services[s]->ops[o]->in;

            for (size_t f = 0; f < in->count; f++) {
                const char *name = name_option(&arena, &in->fields[f]);

                for (size_t g = 0; g < sizeof(globals) / sizeof(globals[0]); g++)
                    wrong += strncmp(globals[g], name, strlen(name)) == 0;
                for (size_t k = 0; k < f; k++)
                    wrong += strcmp(name, name_option(&arena, &in->fields[k])) == 0;
            }
        }
    }
    arena_release(&arena);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_catalog),
        cmocka_unit_test(test_options_differ),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
