/*
 * tests/unit/api_paging_test.c - --max-items, --starting-token, --page-size.
 *
 * If this fails, a script that walks through a long list loses items, sees some twice, or never
 * ends.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>

#include "base/mem.h"

#include "desk.h"

static json_t *ask(struct desk *desk, const char *options)
{
    struct arena arena = ARENA_INIT;
    int status = desk_run(desk, arena_printf(&arena, "aws ec2 describe-regions --output json; "
                                                     "aws ec2 describe-subnets %s", options));
    const char *at = strstr(str_text(&desk->out), "\"Subnets\"");

    arena_release(&arena);
    if (status != 0 || at == NULL)
        print_error("%s: %d %s\n", options, status, str_text(&desk->err));
    assert_int_equal(status, 0);
    while (*at != '{')
        at--;
    return json_loads(at, 0, NULL);
}

/* Page after page, everything comes once. */
static void test_walk(void **state)
{
    struct desk desk;
    struct arena arena = ARENA_INIT;
    const char *options = "--max-items 1";
    json_t *whole;
    json_t *seen = json_array();

    (void)state;
    desk_open(&desk, NULL);
    whole = ask(&desk, "");
    for (int page = 0; page < 100; page++) {
        json_t *answer = ask(&desk, options);
        const char *token = json_string_value(json_object_get(answer, "NextToken"));

        assert_int_equal(json_array_size(json_object_get(answer, "Subnets")), 1);
        json_array_extend(seen, json_object_get(answer, "Subnets"));
        if (token != NULL)
            options = arena_printf(&arena, "--max-items 1 --starting-token %s", token);
        json_decref(answer);
        if (token == NULL)
            break;
    }
    assert_true(json_array_size(seen) > 1);
    assert_int_equal(json_equal(seen, json_object_get(whole, "Subnets")), 1);
    json_decref(seen);
    json_decref(whole);
    arena_release(&arena);
    desk_close(&desk);
}

static void test_limits(void **state)
{
    struct desk desk;
    json_t *whole;
    json_t *answer;

    (void)state;
    desk_open(&desk, NULL);
    whole = ask(&desk, "");
    answer = ask(&desk, "--page-size 5");
    assert_int_equal(json_equal(whole, answer), 1);
    json_decref(answer);
    answer = ask(&desk, "--max-items 1000");
    assert_int_equal(json_equal(whole, answer), 1);
    json_decref(answer);
    answer = ask(&desk, "--max-items 0");
    assert_int_equal(json_array_size(json_object_get(answer, "Subnets")), 0);
    json_decref(answer);
    json_decref(whole);
    assert_int_equal(desk_run(&desk, "aws ec2 describe-subnets --starting-token nonsense"), 254);
    assert_int_equal(desk_run(&desk, "aws ec2 describe-subnets --starting-token a___b___c"), 255);
    assert_string_equal(str_text(&desk.err),
                        "\naws: [ERROR]: Bad starting token: a___b___c\n");
    assert_int_equal(desk_run(&desk, "aws ec2 describe-subnets --max-items x"), 252);
    assert_non_null(strstr(str_text(&desk.err), "argument --max-items: invalid int value: 'x'\n"));
    desk_close(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_walk),
        cmocka_unit_test(test_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
