/*
 * tests/unit/api_shorthand_test.c - shorthand: what it means, what is refused, and in which words.
 */
#include "api/shorthand.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/output.h"

#include "base/mem.h"
#include "base/str.h"

/* An answer is JSON on one line, or "!" and the message. */
struct example {
    const char *text;
    const char *answer;
};

#define CHECK(files, examples) \
    check_examples((files), (examples), sizeof(examples) / sizeof((examples)[0]))

static void check_examples(const struct shorthand_files *files, const struct example *examples,
                           size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct str answer = STR_INIT;
        struct str error = STR_INIT;
        json_t *value = shorthand_parse(examples[i].text, files, &error);

        if (value != NULL) {
            output_add_json(&answer, value, OUTPUT_JSON_ONE_LINE);
            assert_string_equal(str_text(&error), "");
        } else {
            str_addf(&answer, "!%s", str_text(&error));
        }
        assert_string_equal(str_text(&answer), examples[i].answer);
        json_decref(value);
        str_release(&answer);
        str_release(&error);
    }
}

static void test_pairs(void **state)
{
    /* If this fails, --filters Name=tag:Env,Values=dev,test filters by something else. */
    static const struct example examples[] = {
        {"a=b", "{\"a\": \"b\"}"},
        {"a=", "{\"a\": \"\"}"},
        {"a=,b=", "{\"a\": \"\", \"b\": \"\"}"},
        {"=x", "{\"\": \"x\"}"},
        {"Name=tag:Env,Values=dev,test",
         "{\"Name\": \"tag:Env\", \"Values\": [\"dev\", \"test\"]}"},
        {"Values=a,b,Name=n", "{\"Values\": [\"a\", \"b\"], \"Name\": \"n\"}"},
        {"a=b,c=d,e=f", "{\"a\": \"b\", \"c\": \"d\", \"e\": \"f\"}"},
        {"a=b,c,d=e,f", "{\"a\": [\"b\", \"c\"], \"d\": [\"e\", \"f\"]}"},
        {"a.b/c#d-e_f:1=x", "{\"a.b/c#d-e_f:1\": \"x\"}"},
        {"a = b , c = d ", "{\"a\": \"b\", \"c\": \"d\"}"},
        {"a=b c,\n  d=e", "{\"a\": \"b c\", \"d\": \"e\"}"},
        {"a=b=c", "{\"a\": \"b=c\"}"},
        {"a=x[1]", "!Expected: ',', received: ']' for input:\n a=x[1]\n     ^"},
        {"a=1,b=true", "{\"a\": \"1\", \"b\": \"true\"}"},
        {"a=\xc3\xa9,\xe6\x97\xa5", "{\"a\": [\"\xc3\xa9\", \"\xe6\x97\xa5\"]}"},
        {"a=-1,*", "{\"a\": [\"-1\", \"*\"]}"},
        {"a=b\xc2\xa0", "{\"a\": \"b\"}"},
    };

    (void)state;
    CHECK(NULL, examples);
}

static void test_quotes(void **state)
{
    /* If this fails, a description with a comma becomes a list. */
    static const struct example examples[] = {
        {"a='x, y'", "{\"a\": \"x, y\"}"},
        {"a=\"x, y\",b=z", "{\"a\": \"x, y\", \"b\": \"z\"}"},
        {"a='it\\'s'", "{\"a\": \"it's\"}"},
        {"a=\"say \\\"hi\\\"\"", "{\"a\": \"say \\\"hi\\\"\"}"},
        {"a='back\\\\slash'", "{\"a\": \"back\\\\slash\"}"},
        {"a='end\\'", "{\"a\": \"end\\\\\"}"},
        {"a=''", "{\"a\": \"\"}"},
        {"a='b','c'", "{\"a\": [\"b\", \"c\"]}"},
        {"a=b\\,c", "{\"a\": \"b,c\"}"},
        {"a=b\\,c,d\\,e", "{\"a\": [\"b,c\", \"d,e\"]}"},
        {"a=b\\c", "{\"a\": \"b\\\\c\"}"},
        {"a=b,c\\,d=e", "{\"a\": \"b\", \"d\": \"e\"}"},
        {"a='\xf0\x9f\x98\x80'", "{\"a\": \"\xf0\x9f\x98\x80\"}"},
    };

    (void)state;
    CHECK(NULL, examples);
}

static void test_lists_and_objects(void **state)
{
    /* If this fails, --tag-specifications tags nothing. */
    static const struct example examples[] = {
        {"a=[]", "{\"a\": []}"},
        {"a={}", "{\"a\": {}}"},
        {"a=[b]", "{\"a\": [\"b\"]}"},
        {"a=[b, c ,d]", "{\"a\": [\"b\", \"c\", \"d\"]}"},
        {"a=[,]", "{\"a\": [\"\"]}"},
        {"a=[b,]", "{\"a\": [\"b\"]}"},
        {"ResourceType=instance,Tags=[{Key=Name,Value=web}]",
         "{\"ResourceType\": \"instance\", \"Tags\": [{\"Key\": \"Name\", \"Value\": \"web\"}]}"},
        {"Ebs={VolumeSize=8,Tags=[{Key=a,Value='b,c'}]},DeviceName=/dev/sda1",
         "{\"Ebs\": {\"VolumeSize\": \"8\", \"Tags\": [{\"Key\": \"a\", \"Value\": \"b,c\"}]}, "
         "\"DeviceName\": \"/dev/sda1\"}"},
        {"a=[[b,c],[d]]", "{\"a\": [[\"b\", \"c\"], [\"d\"]]}"},
        {"a={b=1,b=2}", "{\"a\": {\"b\": \"2\"}}"},
        {"a={b=,c=}}", "{\"a\": {\"b\": \"\", \"c\": \"}\"}}"},
        {"a={b={c=[d]}}", "{\"a\": {\"b\": {\"c\": [\"d\"]}}}"},
    };

    (void)state;
    CHECK(NULL, examples);
}

static void test_messages(void **state)
{
    /* If this fails, the caret points at the wrong character. */
    static const struct example examples[] = {
        {"", "!Expected: '=', received: 'EOF' for input:\n \n^"},
        {"foo", "!Expected: '=', received: 'EOF' for input:\n foo\n   ^"},
        {"foo,bar=1", "!Expected: '=', received: ',' for input:\n foo,bar=1\n   ^"},
        {"foo=bar,", "!Expected: '<second>', received: '<none>' for input:\n foo=bar,\n        ^"},
        {"foo==bar", "!Expected: ',', received: '=' for input:\n foo==bar\n    ^"},
        {"foo=[a,b", "!Expected: ',', received: 'EOF' for input:\n foo=[a,b\n        ^"},
        {"foo={a=b", "!Expected: ',', received: 'EOF' for input:\n foo={a=b\n        ^"},
        {"foo={a}", "!Expected: '=', received: '}' for input:\n foo={a}\n      ^"},
        {"foo='bar",
         "!Expected: '<singled quoted>', received: '<none>' for input:\n foo='bar\n    ^"},
        {"foo=\"bar",
         "!Expected: '<double quoted>', received: '<none>' for input:\n foo=\"bar\n    ^"},
        {"a=\xc3\xa9,\xc3\xa9""b=c", "!Expected: '=', received: '\xc3\xa9' for input:\n"
                                     " a=\xc3\xa9,\xc3\xa9""b=c\n    ^"},
        {"a=b,\nc==d", "!Expected: ',', received: '=' for input:\n a=b,\nc==d\n  ^"},
        {"a==b,\nc=d", "!Expected: ',', received: '=' for input:\n a==b,\n  ^\nc=d"},
        {"a=1,a=2", "!Second instance of key \"a\" encountered for input:\na=1,a=2\n    ^\n"
                    "This is often because there is a preceding \",\" instead of a space."},
        {"a=\xf0\x9f\x98\x80", "!Expected: ',', received: '\xf0\x9f\x98\x80' for input:\n"
                               " a=\xf0\x9f\x98\x80\n  ^"},
        {"a=\xff", "!The value is not valid UTF-8"},
    };

    (void)state;
    CHECK(NULL, examples);
}

/* Answers with what it was asked for, and counts. */
static json_t *read_file(void *context, const char *uri, struct str *error)
{
    int *asked = context;

    ++*asked;
    if (str_ends(uri, "missing")) {
        str_addf(error, "Unable to load paramfile %s", uri);
        return NULL;
    }
    return json_sprintf("<%s>", uri);
}

static void test_files(void **state)
{
    /* If this fails, user data is the name of a file instead of what is in it - or files are read
     * that nobody named. */
    static const struct example examples[] = {
        {"a@=file://x", "{\"a\": \"<file://x>\"}"},
        {"a @= fileb://x,y", "{\"a\": [\"<fileb://x>\", \"y\"]}"},
        {"a@='file://x y',b=file://z", "{\"a\": \"<file://x y>\", \"b\": \"file://z\"}"},
        {"a@=b", "{\"a\": \"b\"}"},
        {"a@=[file://x,{b@=file://y,c=file://z}]",
         "{\"a\": [\"<file://x>\", {\"b\": \"<file://y>\", \"c\": \"file://z\"}]}"},
        {"a=file://x", "{\"a\": \"file://x\"}"},
        {"a@=file://missing", "!Unable to load paramfile file://missing"},
        {"a@=b,file://missing,c=d", "!Unable to load paramfile file://missing"},
    };
    static const struct example unread[] = {{"a@=file://x", "{\"a\": \"file://x\"}"}};
    int asked = 0;
    const struct shorthand_files files = {.read = read_file, .context = &asked};

    (void)state;
    CHECK(&files, examples);
    assert_int_equal(asked, 7);
    CHECK(NULL, unread);
}

static void check_nested(size_t depth, bool good)
{
    struct str text = STR_INIT;
    struct str error = STR_INIT;
    json_t *value;

    str_add(&text, "a=");
    str_fill(&text, '[', depth);
    str_fill(&text, ']', depth);
    value = shorthand_parse(str_text(&text), NULL, &error);
    assert_int_equal(value != NULL, good);
    assert_int_equal(error.length > 0, !good);
    json_decref(value);
    str_clear(&text);
    str_add(&text, "a=");
    for (size_t i = 0; i < depth; i++)
        str_add(&text, "{b=");
    str_add(&text, "x");
    str_fill(&text, '}', depth);
    str_clear(&error);
    value = shorthand_parse(str_text(&text), NULL, &error);
    assert_int_equal(value != NULL, good);
    json_decref(value);
    str_release(&text);
    str_release(&error);
}

static void test_depth(void **state)
{
    /* If this fails, a line of brackets ends the program. */
    (void)state;
    check_nested(SHORTHAND_DEPTH_MAX, true);
    check_nested(SHORTHAND_DEPTH_MAX + 1, false);
    check_nested(10000, false);
}

static void test_long(void **state)
{
    /* If this fails, a pasted line of a megabyte hangs the session. */
    struct str text = STR_INIT;
    struct str error = STR_INIT;
    json_t *value;

    (void)state;
    for (int i = 0; i < 50000; i++)
        str_addf(&text, "%sk%d=v", i > 0 ? "," : "", i);
    value = shorthand_parse(str_text(&text), NULL, &error);
    assert_int_equal(json_object_size(value), 50000);
    json_decref(value);
    str_addc(&text, ',');
    assert_null(shorthand_parse(str_text(&text), NULL, &error));
    str_release(&text);
    str_release(&error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_lists_and_objects),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_long),
    };

    return cmocka_run_group_tests_name("shorthand", tests, NULL, NULL);
}
