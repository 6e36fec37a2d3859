/*
 * unit/base_event_pattern_test.c - event patterns: what they want, what they refuse, how fast.
 */
#include "base/event_pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "sim/chance.h"

/* "match", "nomatch", or the reason why the pattern is none. */
static char *judge(const char *pattern_text, const char *event)
{
    struct str said = STR_INIT;
    struct event_pattern *pattern =
        event_pattern_compile(pattern_text, strlen(pattern_text), &said);
    struct event_fields *fields = event_fields_new();

    if (pattern != NULL) {
        assert_true(event_fields_read(fields, event, strlen(event), &said));
        str_add(&said, event_pattern_matches(pattern, fields) ? "match" : "nomatch");
    } else if (strchr(str_text(&said), '\n') != NULL) {
        str_cut(&said, (size_t)(strchr(str_text(&said), '\n') - str_text(&said)));
    }
    event_pattern_free(pattern);
    event_fields_free(fields);
    return str_take(&said);
}

static void says(const char *pattern, const char *event, const char *expected)
{
    char *said = judge(pattern, event);

    assert_string_equal(said, expected);
    free(said);
}

static void operators(void **state)
{
    /* If this fails, a rule or a subscription takes events that AWS would not give it. */
    static const char *const cases[][3] = {
        {"{'a':['x']}", "{'a':'x'}", "match"},
        {"{'a':['x']}", "{'a':['y','x']}", "match"},
        {"{'a':['x']}", "{'b':'x'}", "nomatch"},
        {"{'a':[1]}", "{'a':1.0}", "match"},
        {"{'a':['1']}", "{'a':1}", "nomatch"},
        {"{'a':[null]}", "{'a':null}", "match"},
        {"{'a':['']}", "{'a':''}", "match"},
        {"{'a':[{'prefix':{'equals-ignore-case':'\xc3\x84 b'}}]}", "{'a':'\xc3\xa4 BC'}", "match"},
        {"{'a':[{'suffix':{'equals-ignore-case':'.PNG'}}]}", "{'a':'x.pNg'}", "match"},
        {"{'a':[{'anything-but':['x','y']}]}", "{'a':'z'}", "match"},
        {"{'a':[{'anything-but':['x','y']}]}", "{'a':'y'}", "nomatch"},
        {"{'a':[{'anything-but':['x','y']}]}", "{'b':'y'}", "nomatch"},
        {"{'a':[{'anything-but':5}]}", "{'a':'5'}", "match"},
        {"{'a':[{'anything-but':{'wildcard':['*x','y*']}}]}", "{'a':'ax'}", "nomatch"},
        {"{'a':[{'numeric':['>',0,'<=',5]}]}", "{'a':5}", "match"},
        {"{'a':[{'numeric':['>',0,'<',5]}]}", "{'a':5}", "nomatch"},
        {"{'a':[{'numeric':['=',3.018e2]}]}", "{'a':301.8}", "match"},
        {"{'a':[{'numeric':['<',-0.5]}]}", "{'a':-1}", "match"},
        {"{'a':[{'cidr':'10.0.0.0/24'}]}", "{'a':'10.0.0.255'}", "match"},
        {"{'a':[{'cidr':'10.0.0.0/24'}]}", "{'a':'10.0.1.0'}", "nomatch"},
        {"{'a':[{'cidr':'2001:db8::/32'}]}", "{'a':'2001:DB8:1::1'}", "match"},
        {"{'a':[{'wildcard':'x*y*'}]}", "{'a':'x-y-'}", "match"},
        {"{'a':[{'wildcard':'x\\\\*y'}]}", "{'a':'xzy'}", "nomatch"},
        {"{'a':[{'exists':false}]}", "{'a':{}}", "match"},
        {"{'a':[{'exists':true}]}", "{'a':null}", "match"},
        {"{'$or':[{'a':[1]},{'b':[2]}],'c':[3]}", "{'b':2,'c':3}", "match"},
        {"{'$or':[{'a':[1]},{'b':[2]}],'c':[3]}", "{'b':2}", "nomatch"},
        {"{'a':{'b':[1],'c':[2]}}", "{'a':[{'b':1,'c':2}]}", "match"},
        {"{'a':{'b':[1],'c':[2]}}", "{'a':[{'b':1},{'c':2}]}", "nomatch"},
        {"{'a':{'b':[1],'c':[{'exists':false}]}}", "{'a':[{'b':1},{'c':2}]}", "match"},
        {"{'a':{'b':[1],'c':[{'exists':false}]}}", "{'a':[{'b':1,'c':2},{'c':2}]}", "nomatch"},
        {"{'a':[1,]}", "{}",
         "Unexpected character (']' (code 93)): expected a valid value (JSON "
         "String, Number, Array, Object or token 'null', 'true' or 'false')"},
        {"{'a':[]}", "{}", "Empty arrays are not allowed"},
        {"{'a':'x'}", "{}", "'a' must be an object or an array"},
        {"[]", "{}", "Filter is not an object"},
        {"{'$or':[{'a':[1]}]}", "{}", "There must have at least 2 Objects in $or relationship."},
        {"{'a':[{'wildcard':'a**'}]}", "{}", "Consecutive wildcard characters at pos 2"},
        {"{'a':[{'numeric':['>',5,'<',5]}]}", "{}", "Bottom must be less than top"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *texts[3];

        for (size_t j = 0; j < 3; j++) {
            texts[j] = xstrdup(cases[i][j]);
            for (char *at = strchr(texts[j], '\''); j < 2 && at != NULL; at = strchr(at, '\''))
                *at = '"';
        }
        if (strstr(texts[2], "must be") != NULL)
            for (char *at = strchr(texts[2], '\''); at != NULL; at = strchr(at, '\''))
                *at = '"';
        says(texts[0], texts[1], texts[2]);
        for (size_t j = 0; j < 3; j++)
            free(texts[j]);
    }
}

static void places(void **state)
{
    /* If this fails, a learner is shown another place of a mistake than at AWS. */
    static const char *const cases[][2] = {
        {"{\"resources\": []}", "line: 1, column: 17]"},
        {"{\"string\": \"my-value\"}", "line: 1, column: 13]"},
        {"{\"a\":\n [{\"NUMERIC\": [\"=\", 5]}]}", "line: 2, column: 16]"},
        {"{'bad': 1}", "line: 1, column: 2]"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct str why = STR_INIT;

        assert_null(event_pattern_compile(cases[i][0], strlen(cases[i][0]), &why));
        assert_true(str_ends(str_text(&why), cases[i][1]));
        str_release(&why);
    }
}

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

static int64_t cpu_ms(void)
{
    return (int64_t)clock() * 1000 / CLOCKS_PER_SEC;
}

static void bombs(void **state)
{
    /* If this fails, one rule, filter policy or event of a few thousand bytes stops the cloud. */
    char *bombs[] = {
        repeated("{\"a\":[{\"wildcard\":\"", "*a", 100, "\"}]}"),
        repeated("{\"a\":[{\"wildcard\":\"*", "abcdefgh*ab", 180, "\"}]}"),
        repeated("", "{\"a\":", 60000, "1"),
        repeated("{", "\"$or\":[{\"a\":[1]},{\"b\":[1]}],", 100, "\"c\":[1]}"),
        repeated("", "{\"$or\":[{\"a\":[1]},", 30000, ""),
        repeated("", "[", 60000, ""),
    };
    char *list = repeated("[", "{\"x\":1},", 8000, "{\"x\":1}]");
    char *event = xasprintf("{\"a\":%s,\"b\":%s,\"c\":%s}", list, list, list);
    int64_t begin;

    (void)state;
    for (size_t i = 0; i < sizeof(bombs) / sizeof(bombs[0]); i++) {
        struct str why = STR_INIT;

        begin = cpu_ms();
        assert_null(event_pattern_compile(bombs[i], strlen(bombs[i]), &why));
        assert_true(cpu_ms() - begin <= 50);
        assert_true(why.length > 0);
        str_release(&why);
        free(bombs[i]);
    }
    begin = cpu_ms();
    says("{\"a\":{\"x\":[1],\"y\":[{\"exists\":false}]},\"b\":{\"x\":[1]},\"c\":{\"x\":[1],\"z\":["
         "1]}}",
         event, "nomatch");
    says("{\"a\":{\"x\":[1],\"y\":[{\"exists\":false}]},\"b\":{\"x\":[1]},\"c\":{\"x\":[1,2]}}",
         event, "match");
    assert_true(cpu_ms() - begin <= 1000);
    free(list);
    free(event);
}

enum { PATTERNS = 400 };

/* What may stand in a list, of every operator. */
static const char *const lists[] = {
    "[\"a\"]",
    "[\"b\",\"c\"]",
    "[\"d\",true]",
    "[1]",
    "[2.50,\"a\"]",
    "[{\"prefix\":\"a\"}]",
    "[{\"anything-but\":\"b\"}]",
    "[{\"anything-but\":[\"a\",\"ab\"]}]",
    "[{\"anything-but\":[2,7]}]",
    "[{\"anything-but\":{\"prefix\":\"a\"}}]",
    "[{\"anything-but\":{\"suffix\":[\"b\",\"c\"]}}]",
    "[{\"anything-but\":{\"wildcard\":\"*bc*\"}}]",
    "[{\"anything-but\":{\"wildcard\":\"*\"}},\"c\"]",
    "[{\"anything-but\":{\"equals-ignore-case\":\"AB\"}}]",
    "[{\"exists\":false}]",
    "[{\"exists\":true}]",
    "[{\"exists\":false},\"a\"]",
    "[{\"numeric\":[\">\",1]}]",
    "[{\"numeric\":[\">=\",2,\"<\",7]}]",
    "[{\"numeric\":[\">\",2,\"<=\",7]}]",
    "[{\"numeric\":[\"<\",-1]}]",
    "[{\"numeric\":[\"=\",7]},\"b\"]",
    "[null,\"e\"]",
    "[{\"suffix\":\"b\"},\"a\"]",
    "[{\"prefix\":\"\"}]",
    "[{\"equals-ignore-case\":\"aB\"}]",
    "[{\"equals-ignore-case\":\"\xc3\x84\"}]",
    "[{\"prefix\":{\"equals-ignore-case\":\"A\"}}]",
    "[{\"suffix\":{\"equals-ignore-case\":\"C\"}}]",
    "[{\"wildcard\":\"a*c\"}]",
    "[{\"wildcard\":\"*bcd*\"}]",
    "[{\"wildcard\":\"*b*\"}]",
    "[{\"wildcard\":\"*a*b*\"}]",
    "[{\"wildcard\":\"*ab*c*\"}]",
    "[{\"cidr\":\"10.0.0.0/24\"}]",
    "[{\"cidr\":\"10.0.0.128/25\"},\"10.0.1.1\"]",
    "[{\"cidr\":\"0.0.0.0/0\"}]",
    "[{\"cidr\":\"2001:db8::/32\"}]",
    "[12345678901234567890123]",
};

/* Those with a point stand in an object, or in the objects of a list. */
static const char *const names[] = {"source", "state", "count", "a", "b"};

enum { LISTS = sizeof(lists) / sizeof(lists[0]), NAMES = 5, PLAIN = 3 };

static void draw_leaf(struct chance *chance, struct str *text)
{
    str_addf(text, "\"%s\":%s", names[chance_below(chance, PLAIN)],
             lists[chance_below(chance, LISTS)]);
}

/* A pattern over a few names and values, of any operators. */
static void draw_pattern(struct chance *chance, struct str *text)
{
    unsigned count = 1 + (unsigned)chance_below(chance, 3);

    str_clear(text);
    str_addc(text, '{');
    for (unsigned i = 0; i < count; i++) {
        if (i > 0)
            str_addc(text, ',');
        switch (chance_below(chance, 5)) {
        case 0:
            str_add(text, "\"$or\":[{");
            draw_leaf(chance, text);
            str_add(text, "},{");
            draw_leaf(chance, text);
            str_add(text, "}]");
            break;
        case 1:
            str_addf(text, "\"d\":{\"a\":%s,\"b\":%s}", lists[chance_below(chance, LISTS)],
                     lists[chance_below(chance, LISTS)]);
            break;
        case 2:
            str_addf(text, "\"d\":{\"a\":%s}", lists[chance_below(chance, LISTS)]);
            break;
        default:
            draw_leaf(chance, text);
        }
    }
    str_addc(text, '}');
}

/* Members of these names, or some of them, with values of any kind. */
static void draw_members(struct chance *chance, struct str *text, size_t from, size_t to)
{
    static const char *const values[] = {
        "\"a\"",
        "\"b\"",
        "\"c\"",
        "true",
        "2",
        "null",
        "[\"e\",1]",
        "\"ab\"",
        "\"aBC\"",
        "7.0",
        "-3e1",
        "\"abcd\"",
        "\"10.0.0.200\"",
        "5.0",
        "\"2001:DB8::1\"",
        "[\"a\",\"b\"]",
        "\"\xc3\xa4\"",
        "\"\"",
        "[2,[7]]",
        "12345678901234567890123",
        "\"10.0.1.1\"",
        "2.5",
        "[]",
        "\"AB\"",
        "{\"a\":\"a\"}",
    };
    bool first = true;

    str_addc(text, '{');
    for (size_t i = from; i < to; i++) {
        if (chance_below(chance, 4) == 0)
            continue;
        str_addf(text, "%s\"%s\":%s", first ? "" : ",", names[i],
                 values[chance_below(chance, sizeof(values) / sizeof(values[0]))]);
        first = false;
    }
}

static void draw_event(struct chance *chance, struct str *text)
{
    unsigned items = (unsigned)chance_below(chance, 4);

    str_clear(text);
    draw_members(chance, text, 0, PLAIN);
    str_addf(text, "%s\"d\":%s", text->length > 1 ? "," : "", items > 1 ? "[" : "");
    for (unsigned i = 0; i == 0 || i < items; i++) {
        if (i > 0)
            str_addc(text, ',');
        draw_members(chance, text, PLAIN, NAMES);
        str_addc(text, '}');
    }
    str_add(text, items > 1 ? "]}" : "}");
}

static void index_agrees(void **state)
{
    /* If this fails, a bus with many rules forgets one of them, or lights up a wrong one. */
    struct event_pattern *patterns[PATTERNS];
    struct event_index *index = event_index_new();
    struct event_fields *fields = event_fields_new();
    struct chance chance = chance_stream(7, "patterns", 0);
    struct str text = STR_INIT;
    unsigned hits = 0;

    (void)state;
    for (uint32_t i = 0; i < PATTERNS; i++) {
        draw_pattern(&chance, &text);
        patterns[i] = event_pattern_compile(str_text(&text), text.length, &text);
        assert_non_null(patterns[i]);
        event_index_add(index, patterns[i], i);
    }
    for (unsigned round = 0; round < 2000; round++) {
        const uint32_t *found;
        size_t count;
        size_t at = 0;

        draw_event(&chance, &text);
        assert_true(event_fields_read(fields, str_text(&text), text.length, NULL));
        found = event_index_match(index, fields, &count);
        for (uint32_t i = 0; i < PATTERNS; i++) {
            bool wanted = event_pattern_matches(patterns[i], fields);

            assert_int_equal(wanted, at < count && found[at] == i);
            at += wanted;
            hits += wanted;
        }
        assert_int_equal(at, count);
    }
    assert_true(hits > 100000);
    for (uint32_t i = 0; i < PATTERNS; i++)
        event_pattern_free(patterns[i]);
    event_index_free(index);
    event_fields_free(fields);
    str_release(&text);
}

static void sizes(void **state)
{
    /* If this fails, a filter policy of SNS is measured by other limits than at AWS. */
    static const char text[] = "{\"a\":{\"b\":[1,2,3],\"c\":[\"x\",\"y\"]},\"d\":[1]}";
    struct str why = STR_INIT;
    struct event_pattern *pattern = event_pattern_compile(text, strlen(text), &why);
    struct event_pattern_size size = event_pattern_size(pattern);

    (void)state;
    assert_int_equal(size.keys, 4);
    assert_int_equal(size.combinations, 6);
    assert_int_equal(size.depth, 2);
    event_pattern_free(pattern);
    str_release(&why);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operators),    cmocka_unit_test(places), cmocka_unit_test(bombs),
        cmocka_unit_test(index_agrees), cmocka_unit_test(sizes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
