/*
 * tests/unit/cloud_topic_filter_test.c - filter policies that are made to cost much.
 *
 * If this fails, one subscription of a few kilobytes stops the cloud, or gets in by an overflow.
 */
#include "cloud/topic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"

/* A text that repeats a piece. */
static char *repeated(const char *before, const char *piece, unsigned count, const char *after)
{
    struct str text = STR_INIT;

    str_add(&text, before);
    for (unsigned i = 0; i < count; i++)
        str_add(&text, piece);
    str_add(&text, after);
    return str_take(&text);
}

static void bombs(void **state)
{
    char *texts[] = {
        repeated("", "{\"a\":", 40000, "1"),
        repeated("", "{\"a\":", 2000, "[1]") /* not closed */,
        repeated("{\"a\":[", "1,", 20000, "1]}"),
        repeated("{\"a\":[", "{\"prefix\":\"abcdefgh\"},", 9000, "1]}"),
        repeated("", "{\"$or\":[{\"a\":[1,2]},", 8000, ""),
        repeated("{\"k\":[{\"anything-but\":[", "\"x\",", 15000, "1]}]}"),
    };
    char *or_products = repeated(
        "{", "\"$or\":[{\"a\":[1,2,3,4]},{\"b\":[1,2,3,4]},{\"c\":[1,2,3,4]}],", 64, "\"d\":[1]}");
    struct str deep = STR_INIT;

    (void)state;
    /* Each "$or" three times as many: after 41 of them, 64 bits have run over. */
    str_add(&deep, "{\"d\":[1]}");
    for (unsigned i = 0; i < 64; i++) {
        struct str outer = STR_INIT;

        str_addf(&outer, "{\"$or\":[%s,{\"a%u\":[1,2,3,4]}]}", str_text(&deep), i);
        str_release(&deep);
        deep = outer;
    }
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]) + 2; i++) {
        const char *text = i < sizeof(texts) / sizeof(texts[0])    ? texts[i]
                           : i == sizeof(texts) / sizeof(texts[0]) ? or_products
                                                                   : str_text(&deep);
        clock_t begin = clock();
        struct str why = STR_INIT;

        assert_int_not_equal(topic_filter_check(text, true, &why), 0);
        assert_true(why.length > 0);
        assert_true((int64_t)(clock() - begin) * 1000 / CLOCKS_PER_SEC <= 50);
        str_release(&why);
    }
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        free(texts[i]);
    free(or_products);
    str_release(&deep);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(bombs)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
