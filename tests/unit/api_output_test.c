/*
 * tests/unit/api_output_test.c - answers in json, text, table and yaml, to the byte.
 */
#include "api/output.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/eaw.h"
#include "base/mem.h"
#include "base/str.h"

/* The document is JSON with ' for ", for legibility. */
struct example {
    const char *document;
    const char *printed; /* after a failure: "!" and the message */
};

#define CHECK(format, examples) \
    check_examples((format), (examples), sizeof(examples) / sizeof((examples)[0]))

static json_t *load(const char *document)
{
    char *text = xstrdup(document);
    json_error_t error;
    json_t *value;

    for (char *c = text; *c != '\0'; c++) {
        if (*c == '\'')
            *c = '"';
    }
    value = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    if (value == NULL)
        fail_msg("%s: %s", document, error.text);
    free(text);
    return value;
}

static void check_examples(enum output_format format, const struct example *examples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct str out = STR_INIT;
        struct str error = STR_INIT;
        struct output_request request = {
            .value = load(examples[i].document),
            .title = "Describe",
            .format = format,
        };

        if (output_add(&out, &request, &error) != 0) {
            assert_string_equal(examples[i].printed[0] == '!' ? examples[i].printed + 1 : "",
                                str_text(&error));
        } else {
            assert_string_equal(str_text(&out), examples[i].printed);
            assert_string_equal(str_text(&error), "");
        }
        json_decref(request.value);
        str_release(&out);
        str_release(&error);
    }
}

static void test_json(void **state)
{
    /* If this fails, jq and every script that reads the answer gets something else than at AWS. */
    static const struct example examples[] = {
        {"{}", ""},
        {"[]", "[]\n"},
        {"null", "null\n"},
        {"'a'", "\"a\"\n"},
        {"true", "true\n"},
        {"{'Reservations':[]}", "{\n    \"Reservations\": []\n}\n"},
        {"{'b':1,'a':{'c':[1,[2]],'d':{}}}",
         "{\n    \"b\": 1,\n    \"a\": {\n        \"c\": [\n            1,\n            [\n"
         "                2\n            ]\n        ],\n        \"d\": {}\n    }\n}\n"},
        /* DEL would be obeyed by a terminal: it is spelt. */
        {"'\\u0022\\\\/\\b\\f\\n\\r\\t\\u0001\\u007f'",
         "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u007f\"\n"},
        {"'\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80'", "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"\n"},
        {"'a\\u0000b'", "\"a\\u0000b\"\n"},
    };

    (void)state;
    CHECK(OUTPUT_JSON, examples);
}

static void test_numbers(void **state)
{
    /* If this fails, a price of 3.14 is printed as 3.1400000000000001. */
    static const struct example examples[] = {
        {"3.14", "3.14\n"},
        {"0.1", "0.1\n"},
        {"1.0", "1.0\n"},
        {"-0.0", "-0.0\n"},
        {"100.0", "100.0\n"},
        {"0.0001", "0.0001\n"},
        {"0.00001", "1e-05\n"},
        {"1e15", "1000000000000000.0\n"},
        {"1e16", "1e+16\n"},
        {"1.5e300", "1.5e+300\n"},
        {"5e-324", "5e-324\n"},
        {"2.2250738585072014e-308", "2.2250738585072014e-308\n"},
        {"1.7976931348623157e308", "1.7976931348623157e+308\n"},
        {"0.30000000000000004", "0.30000000000000004\n"},
        {"123456789.123456789", "123456789.12345679\n"},
        {"9223372036854775807", "9223372036854775807\n"},
        {"-9223372036854775808", "-9223372036854775808\n"},
    };

    (void)state;
    CHECK(OUTPUT_JSON, examples);
}

static void test_text(void **state)
{
    /* If this fails, cut -f and while read pick the wrong column. */
    static const struct example examples[] = {
        {"{}", ""},
        {"[]", ""},
        {"null", "None\n"},
        {"true", "True\n"},
        {"1.50", "1.5\n"},
        {"'a b'", "a b\n"},
        {"['a','b',1,null]", "a\tb\t1\tNone\n"},
        {"[['a','b'],['c']]", "a\tb\nc\n"},
        {"{'b':'2','a':'1'}", "1\t2\n"},
        {"{'Tags':[{'Value':'v','Key':'k'}]}", "TAGS\tk\tv\n"},
        {"{'Names':['x','y'],'Id':7}", "7\nNAMES\tx\nNAMES\ty\n"},
        {"{'State':{'Name':'up','Code':16}}", "STATE\t16\tup\n"},
        {"{'L':[{'a':1},{'b':2}]}", "L\t1\t\nL\t\t2\n"},
        {"{'L':[{'a':1,'m':[3]},{'a':2}]}", "L\t1\nM\t3\nL\t2\n"},
        {"{'L':[{'a':1},{'a':['x',null]}]}", "L\t1\nL\t['x', None]\n"},
        {"{'\xc3\xbc""ber':['x']}", "\xc3\x9c""BER\tx\n"},
        {"{'stra\xc3\x9f""e':['x']}", "STRASSE\tx\n"},
        {"['a',['b'],'c']", "a\tc\nb\n"},
        {"[{'a':1},'b']", "!'str' object has no attribute 'items'"},
        {"[{'a':1},[]]", "!'list' object has no attribute 'items'"},
        {"[null,{'a':1}]", "!'NoneType' object has no attribute 'items'"},
    };

    (void)state;
    CHECK(OUTPUT_TEXT, examples);
}

static void test_table(void **state)
{
    /* If this fails, tables do not look like those in AWS's guides. */
    static const struct example examples[] = {
        {"{}", ""},
        {"[]", ""},
        {"0", ""},
        {"''", ""},
        {"null", ""},
        {"'x'", "----------\n|Describe|\n+--------+\n"},
        {"{'Id':'i-1'}",
         "---------------\n|  Describe   |\n+-----+-------+\n|  Id |  i-1  |\n+-----+-------+\n"},
        {"{'L':[{'a':1,'b':true},{'a':2}]}",
         "-----------------\n|   Describe    |\n+---------------+\n||      L      ||\n"
         "|+----+--------+|\n||  a |   b    ||\n|+----+--------+|\n||  1 |  True  ||\n"
         "||  2 |        ||\n|+----+--------+|\n"},
        {"['a','bcd']", "----------\n|Describe|\n+--------+\n|  a     |\n|  bcd   |\n+--------+\n"},
        {"[['a',1],['b',2]]",
         "------------\n| Describe |\n+----+-----+\n|  a |  1  |\n|  b |  2  |\n+----+-----+\n"},
        {"['\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9']",
         "----------------\n|   Describe   |\n+--------------+\n"
         "|  \xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9  |\n+--------------+\n"},
        {"[['a'],['b','c']]", "!Row should have 1 elements, instead it has 2"},
        {"[{'a':1},'b']", "!string indices must be integers, not 'str'"},
        {"[{'a':1},5]", "!'int' object is not iterable"},
        {"[{'a':1},['b']]", "!list indices must be integers or slices, not str"},
        {"[{'a':1},[]]", "!'list' object has no attribute 'get'"},
    };

    (void)state;
    CHECK(OUTPUT_TABLE, examples);
}

static void test_table_turns(void **state)
{
    /* If this fails, one instance with forty columns is a line four screens wide. */
    struct str out = STR_INIT;
    struct str error = STR_INIT;
    struct output_request request = {
        .value = load("{'Alpha':'aaaaaaaaaa','Beta':'bbbbbbbbbb','Gamma':'c'}"),
        .title = "T",
        .format = OUTPUT_TABLE,
        .width = 30,
    };

    (void)state;
    assert_int_equal(output_add(&out, &request, &error), 0);
    assert_string_equal(str_text(&out), "-------------------------\n"
                                        "|           T           |\n"
                                        "+--------+--------------+\n"
                                        "|  Alpha |  aaaaaaaaaa  |\n"
                                        "|  Beta  |  bbbbbbbbbb  |\n"
                                        "|  Gamma |  c           |\n"
                                        "+--------+--------------+\n");
    json_decref(request.value);
    str_release(&out);
    str_release(&error);
}

static void test_table_color(void **state)
{
    /* If this fails, --color on shows nothing, or colours the rules. */
    struct str out = STR_INIT;
    struct str error = STR_INIT;
    struct output_request request = {
        .value = load("{'L':['x']}"),
        .title = "T",
        .format = OUTPUT_TABLE,
        .color = true,
    };

    (void)state;
    assert_int_equal(output_add(&out, &request, &error), 0);
    assert_non_null(strstr(str_text(&out), "\x1b[1m\x1b[34mx\x1b[0m"));
    assert_non_null(strstr(str_text(&out), "\x1b[2m\x1b[33m|\x1b[0m+"));
    json_decref(request.value);
    str_release(&out);
    str_release(&error);
}

static void test_yaml(void **state)
{
    /* If this fails, another program reads something else than what was answered. */
    static const struct example examples[] = {
        {"{}", ""},
        {"[]", "[]\n"},
        {"'a: b'", "\"a: b\"\n"},
        {"1e20", "1e+20\n"},
        {"{'b':1,'a':null}", "a: null\nb: 1\n"},
        {"{'L':[{'b':[],'a':{}},2]}", "L:\n- a: {}\n  b: []\n- 2\n"},
        {"[[1,[2]],3]", "- - 1\n  - - 2\n- 3\n"},
        {"['yes','no','on']", "- yes\n- no\n- on\n"},
        {"['true','Null','~','','=','<<']",
         "- 'true'\n- 'Null'\n- '~'\n- ''\n- '='\n- '<<'\n"},
        {"['12','+1','0x1f','0o17','1_0','1.5','.5','1e3','.inf','-.INF','.nan']",
         "- '12'\n- '+1'\n- '0x1f'\n- '0o17'\n- '1_0'\n- '1.5'\n- '.5'\n- '1e3'\n- '.inf'\n"
         "- '-.INF'\n- '.nan'\n"},
        {"['1:2','0b2','1.2.3.4','12a','-','--','.e1']",
         "- 1:2\n- 0b2\n- 1.2.3.4\n- 12a\n- '-'\n- --\n- .e1\n"},
        {"['2026-11-21','2026-11-21T23:20:17+00:00','2026-1-2','2026-1-2 3:04:05 Z']",
         "- '2026-11-21'\n- '2026-11-21T23:20:17+00:00'\n- 2026-1-2\n- '2026-1-2 3:04:05 Z'\n"},
        {"['a:','a: b','a:b',' a','a ','a #b','a#b','#a','- a','-a','?a','*a','%a','@a','`a']",
         "- 'a:'\n- 'a: b'\n- a:b\n- ' a'\n- 'a '\n- 'a #b'\n- a#b\n- '#a'\n- '- a'\n- -a\n- ?a\n"
         "- '*a'\n- '%a'\n- '@a'\n- '`a'\n"},
        {"['it\\u0027s','\\u0027q\\u0027','say \\u0022hi\\u0022']",
         "- it's\n- '''q'''\n- say \"hi\"\n"},
        {"{'k':'a\\nb'}", "k: 'a\n\n  b'\n"},
        {"['a\\tb','a \\nb','\\u0007\\u0085\\u00a0','\xf0\x9f\x98\x80']",
         "- \"a\\tb\"\n- \"a \\nb\"\n- \"\\a\\N\xc2\xa0\"\n- \"\\U0001F600\"\n"},
        {"{'k':'aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee fffffffff ggggggggg "
         "hhhhhhhhh i j'}",
         "k: aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee fffffffff ggggggggg hhhhhhhhh\n"
         "  i j\n"},
        {"{'a: b':1,'':2,'1':3}", "'': 2\n'1': 3\n'a: b': 1\n"},
        {"{'a\\nb':[1]}", "? 'a\n\n  b'\n: - 1\n"},
    };
    static const struct example stream[] = {
        {"{}", ""},
        {"{'a':[1]}", "- a:\n  - 1\n"},
        {"5", "- 5\n"},
    };

    (void)state;
    CHECK(OUTPUT_YAML, examples);
    CHECK(OUTPUT_YAML_STREAM, stream);
}

static void test_yaml_twice(void **state)
{
    /* If this fails, --query '[Tags, Tags]' prints something else than AWS. */
    json_t *tags = load("[{'Key':'a'}]");
    json_t *both = json_pack("[O, O, O]", tags, tags, json_array_get(tags, 0));
    struct output_request request = {.value = both, .format = OUTPUT_YAML};
    struct str out = STR_INIT;

    (void)state;
    assert_int_equal(output_add(&out, &request, NULL), 0);
    assert_string_equal(str_text(&out), "- &id001\n  - &id002\n    Key: a\n- *id001\n- *id002\n");
    json_decref(both);
    json_decref(tags);
    str_release(&out);
}

static void test_off_and_pages(void **state)
{
    /* If this fails, --output off prints, or an empty page vanishes from a stream. */
    static const struct example off[] = {{"{'a':1}", ""}, {"5", ""}};
    struct output_request request = {.format = OUTPUT_YAML_STREAM, .paged = true};
    struct str out = STR_INIT;

    (void)state;
    CHECK(OUTPUT_OFF, off);
    request.value = json_object();
    assert_int_equal(output_add(&out, &request, NULL), 0);
    assert_string_equal(str_text(&out), "- {}\n");
    json_decref(request.value);
    str_release(&out);
}

static void test_names(void **state)
{
    /* If this fails, --output yaml-stream is refused or jsn accepted. */
    enum output_format format;

    (void)state;
    for (int i = 0; i < OUTPUT_FORMATS; i++) {
        assert_int_equal(output_parse_name(output_name((enum output_format)i), &format), 0);
        assert_int_equal(format, i);
    }
    assert_int_equal(output_parse_name("yaml-stream", &format), 0);
    assert_int_equal(format, OUTPUT_YAML_STREAM);
    assert_int_equal(output_parse_name("jsn", &format), -1);
    assert_int_equal(output_parse_name("JSON", &format), -1);
}

static void test_one_line(void **state)
{
    /* If this fails, a message to a queue is not the text that AWS would send. */
    json_t *value = load("{'a':[1,2.0,'x'],'b':{},'c':null}");
    struct str out = STR_INIT;

    (void)state;
    output_add_json(&out, value, OUTPUT_JSON_ONE_LINE);
    assert_string_equal(str_text(&out), "{\"a\": [1, 2.0, \"x\"], \"b\": {}, \"c\": null}");
    json_decref(value);
    str_release(&out);
}

static void test_many_instances(void **state)
{
    /* If this fails, describe-instances of a thousand is quadratic or loses some. */
    static const char instance[] = "{'InstanceId':'i-0abc','State':{'Code':16,'Name':'running'},"
                                   "'Tags':[{'Key':'Name','Value':'web'}],'EbsOptimized':false}";
    json_t *list = json_array();
    struct output_request request = {.title = "DescribeInstances"};

    (void)state;
    for (int i = 0; i < 1000; i++)
        json_array_append_new(list, load(instance));
    request.value = json_pack("{s:o}", "Instances", list);
    for (int format = 0; format < OUTPUT_FORMATS; format++) {
        struct str out = STR_INIT;
        struct str error = STR_INIT;
        size_t found = 0;

        request.format = (enum output_format)format;
        assert_int_equal(output_add(&out, &request, &error), 0);
        for (const char *at = str_text(&out); (at = strstr(at, "i-0abc")) != NULL; at++)
            found++;
        assert_int_equal(found, format == OUTPUT_OFF ? 0 : 1000);
        str_release(&out);
        str_release(&error);
    }
    json_decref(request.value);
}

static void test_widths(void **state)
{
    /* If this fails, rules and columns of a table do not meet where the CLI draws them. */
    (void)state;
    assert_int_equal(eaw_width('a'), 1);
    assert_int_equal(eaw_width(0xa0), 1);
    assert_int_equal(eaw_width(0xa1), 2);
    assert_int_equal(eaw_width(0xe9), 2);
    assert_int_equal(eaw_width(0xeb), 1);
    assert_int_equal(eaw_width(0x65e5), 2);
    assert_int_equal(eaw_width(0x300), 2);
    assert_int_equal(eaw_width(0x1f600), 2);
    assert_int_equal(eaw_width(0x10fffd), 2);
    assert_int_equal(eaw_width(0x10ffff), 1);
    assert_int_equal(eaw_columns("a\xc3\xa9\xff", 4), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_table_turns),
        cmocka_unit_test(test_table_color),
        cmocka_unit_test(test_yaml),
        cmocka_unit_test(test_yaml_twice),
        cmocka_unit_test(test_off_and_pages),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_one_line),
        cmocka_unit_test(test_many_instances),
        cmocka_unit_test(test_widths),
    };

    return cmocka_run_group_tests_name("output", tests, NULL, NULL);
}
