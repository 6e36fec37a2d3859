/*
 * tests/unit/api_yaml_text_test.c - YAML given to --cli-input-yaml.
 *
 * If this fails, a file of parameters in YAML means something else here than at AWS.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/output.h"
#include "api/yaml_text.h"

static bool reads(const char *yaml, const char *json)
{
    struct str problem = STR_INIT;
    json_t *wanted = json_loads(json, JSON_DECODE_ANY, NULL);
    json_t *got = yaml_text_load(yaml, strlen(yaml), &problem);
    char *text = got == NULL ? NULL : json_dumps(got, JSON_ENCODE_ANY | JSON_COMPACT);
    bool good = got != NULL && json_equal(wanted, got) == 1;

    if (!good)
        print_error("%s\n  wanted %s\n  got %s %s\n", yaml, json, text == NULL ? "nothing" : text,
                    str_text(&problem));
    free(text);
    json_decref(wanted);
    json_decref(got);
    str_release(&problem);
    return good;
}

static bool refuses(const char *yaml, const char *why)
{
    struct str problem = STR_INIT;
    json_t *got = yaml_text_load(yaml, strlen(yaml), &problem);
    bool good = got == NULL && strcmp(str_text(&problem), why) == 0;

    if (!good)
        print_error("%s\n  wanted %s\n  got %s %s\n", yaml, why, got == NULL ? "" : "a value,",
                    str_text(&problem));
    json_decref(got);
    str_release(&problem);
    return good;
}

static void test_blocks(void **state)
{
    (void)state;
    assert_true(reads("InstanceIds:\n- i-1\n- i-2\n", "{\"InstanceIds\":[\"i-1\",\"i-2\"]}"));
    assert_true(reads("a:\n  b: 1\n  c:\n    - d: x\n      e: y\n    - - 1\n      - 2\nf: g",
                      "{\"a\":{\"b\":1,\"c\":[{\"d\":\"x\",\"e\":\"y\"},[1,2]]},\"f\":\"g\"}"));
    assert_true(reads("# first\n---\na: 1 # one\n\n# more\nb: x#y\nc:\nd: ''\n",
                      "{\"a\":1,\"b\":\"x#y\",\"c\":null,\"d\":\"\"}"));
    assert_true(reads("-\n  a: 1\n-   b: 2\n    c: 3\n- \n", "[{\"a\":1},{\"b\":2,\"c\":3},null]"));
    assert_true(reads("a: i-1:2\nurl: http://x/y\n", "{\"a\":\"i-1:2\",\"url\":\"http://x/y\"}"));
    assert_true(reads("", "null"));
}

static void test_scalars(void **state)
{
    (void)state;
    assert_true(reads("[true, False, yes, null, ~, 1, -2, 1.5, 1e3, 1.2.3, 10-20, '1', \"2\"]",
                      "[true,false,\"yes\",null,null,1,-2,1.5,1000.0,\"1.2.3\",\"10-20\",\"1\","
                      "\"2\"]"));
    assert_true(reads("a: 'it''s'\nb: \"x\\ty\\u00e9\\\\\"\n'c d': \"two\n  lines\"\n",
                      "{\"a\":\"it's\",\"b\":\"x\\ty\\u00e9\\\\\",\"c d\":\"two lines\"}"));
    assert_true(reads("a: |\n  one\n   two\n\n  three\nb: >-\n  x\n  y\nc: |+\n  z\n\nd: 1\n",
                      "{\"a\":\"one\\n two\\n\\nthree\\n\",\"b\":\"x y\",\"c\":\"z\\n\\n\","
                      "\"d\":1}"));
    assert_true(reads("{a: [b, {c: d}], \"e\": f g, h: }",
                      "{\"a\":[\"b\",{\"c\":\"d\"}],\"e\":\"f g\",\"h\":null}"));
    assert_true(reads("{\"a\":[1,{\"b\":null}]}", "{\"a\":[1,{\"b\":null}]}"));
}

static void test_refused(void **state)
{
    struct str deep = STR_INIT;
    struct str problem = STR_INIT;

    (void)state;
    assert_true(refuses("a: 1\na: 2\n", "a key that is there twice: line 2"));
    assert_true(refuses("a: b: c\n", "two keys on one line: line 1"));
    assert_true(refuses("a: [1, 2\n", "a bracket that is not closed: line 2"));
    assert_true(refuses("a: 'x\n", "a quote that is not closed: line 2"));
    assert_true(refuses("\"x\\", "an escape that is none: line 1"));
    assert_true(refuses("a: &x 1\n", "anchors, tags and directives are not read here: line 1"));
    assert_true(refuses("a: 1\n   b: 2\n", "it stands too far to the right: line 2"));
    assert_true(refuses("a:\n    b: 1\n  c: 2\n", "it stands too far to the right: line 3"));
    for (int i = 0; i < 100000; i++)
        str_add(&deep, "[");
    assert_null(yaml_text_load(str_text(&deep), deep.length, &problem));
    str_clear(&deep);
    for (int i = 0; i < 5000; i++)
        str_add(&deep, "- ");
    assert_null(yaml_text_load(str_text(&deep), deep.length, &problem));
    str_release(&deep);
    str_release(&problem);
}

/* What --output yaml writes is read back as it was. */
static void test_round_trip(void **state)
{
    static const char text[] =
        "{\"a\":[\"\",\"x: y\",\"- z\",\"#\",\"true\",\"1\",\" blank \",\"two\\nlines\",\"'\","
        "\"\\\"\",\"\\u00e9 \\u65e5\"],\"b\":{\"c\":[],\"d\":{},\"e\":[[1,[2]],{\"f\":null}]},"
        "\"g: h\":-1.5}";
    json_t *value = json_loads(text, 0, NULL);
    struct output_request request = {.title = "", .format = OUTPUT_YAML, .value = value};
    struct str out = STR_INIT;
    struct str error = STR_INIT;
    char *sorted;

    (void)state;
    assert_int_equal(output_add(&out, &request, &error), 0);
    sorted = json_dumps(value, JSON_COMPACT);
    assert_true(reads(str_text(&out), sorted));
    free(sorted);
    json_decref(value);
    str_release(&out);
    str_release(&error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_scalars),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_round_trip),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
