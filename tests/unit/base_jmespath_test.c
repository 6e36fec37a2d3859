/*
 * tests/unit/base_jmespath_test.c - --query: what it finds, what it refuses, and in which words.
 */
#include "base/jmespath.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"

/* An answer is written in JSON, or as the error's kind and message: "syntax: Bad ...". */
struct example {
    const char *expression;
    const char *input; /* NULL: the fleet */
    const char *answer;
};

#define EXAMPLES(table) (table), sizeof(table) / sizeof((table)[0])

static const char fleet[] =
    "{\"Reservations\":["
    "{\"OwnerId\":\"111122223333\",\"Instances\":["
    "{\"InstanceId\":\"i-1\",\"State\":{\"Code\":16,\"Name\":\"running\"},\"Cores\":2,"
    "\"Tags\":[{\"Key\":\"Env\",\"Value\":\"dev\"},{\"Key\":\"Name\",\"Value\":\"web\"}]},"
    "{\"InstanceId\":\"i-2\",\"State\":{\"Code\":80,\"Name\":\"stopped\"},\"Cores\":8}]},"
    "{\"OwnerId\":\"111122223333\",\"Instances\":["
    "{\"InstanceId\":\"i-3\",\"State\":{\"Code\":16,\"Name\":\"running\"},\"Cores\":2.5,"
    "\"Tags\":[]}]}],"
    "\"Regions\":{\"us-east-1\":{\"Zones\":3},\"eu-west-1\":{\"Zones\":2}},"
    "\"Zero\":0,\"Nothing\":null,\"Empty\":\"\"}";

static char *answer_of(const char *expression, json_t *input)
{
    struct jmespath_error error = JMESPATH_ERROR_INIT;
    struct jmespath *path = jmespath_compile(expression, &error);
    json_t *answer = path == NULL ? NULL : jmespath_search(path, input, &error);
    char *text;

    if (answer == NULL)
        text = xasprintf("%s: %s", jmespath_error_word(error.kind), error.message);
    else
        text = json_dumps(answer, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15));
    json_decref(answer);
    jmespath_free(path);
    jmespath_error_release(&error);
    return text;
}

/* No more of the value than is needed, a new reference. */
static json_t *narrow(json_t *value, const struct jmespath_need *need)
{
    json_t *narrowed = json_is_array(value) ? json_array() : json_object();

    if (need->whole || !(json_is_array(value) || json_is_object(value))) {
        json_decref(narrowed);
        return json_incref(value);
    }
    for (size_t i = 0; i < json_array_size(value); i++)
        json_array_append_new(narrowed, narrow(json_array_get(value, i), need));
    for (void *at = json_object_iter(value); at != NULL; at = json_object_iter_next(value, at)) {
        for (uint32_t i = 0; i < need->members.count; i++) {
            if (strcmp(need->members.items[i]->name, json_object_iter_key(at)) == 0)
                json_object_set_new(narrowed, json_object_iter_key(at),
                                    narrow(json_object_iter_value(at), need->members.items[i]));
        }
    }
    return narrowed;
}

static json_t *narrow_for(const char *expression, json_t *input)
{
    struct jmespath *path = jmespath_compile(expression, NULL);
    struct arena arena = ARENA_INIT;
    json_t *narrowed =
        path == NULL ? json_incref(input) : narrow(input, jmespath_needs(path, &arena));

    arena_release(&arena);
    jmespath_free(path);
    return narrowed;
}

/* Each is searched twice: in the input, and in no more of it than it is said to look at. */
static void check_examples(const struct example *examples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *given = examples[i].input == NULL ? fleet : examples[i].input;
        json_t *input = json_loads(given, JSON_DECODE_ANY, NULL);
        json_t *narrowed = narrow_for(examples[i].expression, input);
        char *answer = answer_of(examples[i].expression, input);
        char *again = answer_of(examples[i].expression, narrowed);

        assert_non_null(input);
        if (strcmp(answer, examples[i].answer) != 0 || strcmp(again, answer) != 0)
            print_error("%s\n", examples[i].expression);
        assert_string_equal(answer, examples[i].answer);
        assert_string_equal(again, answer);
        free(answer);
        free(again);
        json_decref(narrowed);
        json_decref(input);
    }
}

static void test_looking_up(void **state)
{
    /* A learner would ask for an id and be told that there is none. */
    static const struct example examples[] = {
        {"Zero", NULL, "0"},
        {"Missing", NULL, "null"},
        {"Missing.Deeper.Still", NULL, "null"},
        {"Zero.Deeper", NULL, "null"},
        {"(Regions || Reservations[0]).OwnerId", NULL, "null"},
        {"Reservations[0].OwnerId", NULL, "\"111122223333\""},
        {"Reservations[-1].Instances[0].InstanceId", NULL, "\"i-3\""},
        {"Reservations[2]", NULL, "null"},
        {"Reservations[-3]", NULL, "null"},
        {"Regions[0]", NULL, "null"},
        {"Regions.\"us-east-1\".Zones", NULL, "3"},
        {"\"a\\\"b\\u00e9\"", "{\"a\\\"bé\":1}", "1"},
        {"@", "7", "7"},
        {"[0]", "[5,6]", "5"},
        {"(Regions).\"eu-west-1\"", NULL, "{\"Zones\":2}"},
    };

    (void)state;
    check_examples(EXAMPLES(examples));
}

static void test_slices(void **state)
{
    /* "The first two" and "the last one" would be the wrong ones. */
    static const struct example examples[] = {
        {"[:2]", "[1,2,3,4]", "[1,2]"},
        {"[-2:]", "[1,2,3,4]", "[3,4]"},
        {"[1:-1]", "[1,2,3,4]", "[2,3]"},
        {"[::2]", "[1,2,3,4]", "[1,3]"},
        {"[::-1]", "[1,2,3,4]", "[4,3,2,1]"},
        {"[9:-9:-2]", "[1,2,3,4]", "[4,2]"},
        {"[::9223372036854775807]", "[1,2,3,4]", "[1]"},
        {"[-99999999999999999999:99999999999999999999]", "[1,2]", "[1,2]"},
        {"[:]", "{\"a\":1}", "null"},
        {"[:1].a", "[{\"a\":1},{\"a\":2}]", "[1]"},
    };

    (void)state;
    check_examples(EXAMPLES(examples));
}

static void test_projections(void **state)
{
    /* Lists of ids would come out nested, short, or with holes in them. */
    static const struct example examples[] = {
        {"Reservations[].Instances[].InstanceId", NULL, "[\"i-1\",\"i-2\",\"i-3\"]"},
        {"Reservations[*].Instances[*].InstanceId", NULL, "[[\"i-1\",\"i-2\"],[\"i-3\"]]"},
        {"Reservations[*].Instances[0].InstanceId", NULL, "[\"i-1\",\"i-3\"]"},
        {"Reservations[*].Instances[*].InstanceId | [0]", NULL, "[\"i-1\",\"i-2\"]"},
        {"Reservations[].Instances[].Tags[].Key", NULL, "[\"Env\",\"Name\"]"},
        {"Regions.*.Zones", NULL, "[3,2]"},
        {"*.*", "{\"a\":{\"b\":1},\"c\":2}", "[[1]]"},
        {"[*]", "{\"a\":1}", "null"},
        {"*", "[1]", "null"},
        {"[]", "[[1,[2]],3]", "[1,[2],3]"},
        {"[*]", "[null,1,false]", "[1,false]"},
        {"Missing[].a", NULL, "null"},
    };

    (void)state;
    check_examples(EXAMPLES(examples));
}

static void test_filters(void **state)
{
    /* "Only the running ones" would stop, or bill, the others. */
    static const struct example examples[] = {
        {"Reservations[].Instances[?State.Name=='running'].InstanceId[]", NULL,
         "[\"i-1\",\"i-3\"]"},
        {"Reservations[].Instances[?State.Name==`running`].InstanceId[]", NULL,
         "[\"i-1\",\"i-3\"]"},
        {"Reservations[].Instances[?Cores > `2`][].Cores", NULL, "[8,2.5]"},
        {"Reservations[].Instances[].[InstanceId,Tags[?Key==`Name`]|[0].Value]", NULL,
         "[[\"i-1\",\"web\"],[\"i-2\",null],[\"i-3\",null]]"},
        {"Reservations[].Instances[?!Tags].InstanceId[]", NULL, "[\"i-2\",\"i-3\"]"},
        {"[?a].a", "[{\"a\":0},{\"a\":\"\"},{\"a\":[]},{\"a\":true}]", "[0,true]"},
        {"[?a>=`2` && a<`4` || a==`9`].a", "[{\"a\":1},{\"a\":2},{\"a\":4},{\"a\":9}]", "[2,9]"},
        {"[?@ != `1` && @ <= `2`]", "[1,2,1.5,3]", "[2,1.5]"},
        {"[?a]", "{\"a\":1}", "null"},
    };

    (void)state;
    check_examples(EXAMPLES(examples));
}

static void test_comparing(void **state)
{
    /* Two values that look the same would be told apart, or two that differ would not. */
    static const struct example examples[] = {
        {"`1` == `1.0`", NULL, "true"},
        {"@ == `9007199254740993`", "9007199254740992.0", "false"},
        {"@ < `9007199254740993`", "9007199254740992.0", "true"},
        {"`{\"a\":[1,{\"b\":null}],\"c\":2}` == `{\"c\":2.0,\"a\":[1,{\"b\":null}]}`", NULL,
         "true"},
        {"`[1,2]` == `[2,1]`", NULL, "false"},
        {"`[1]` == `[1,2]`", NULL, "false"},
        {"`0` == `false`", NULL, "false"},
        {"'1' != `1`", NULL, "true"},
        {"'2024-02-01' > '2024-01-31'", NULL, "true"},
        {"`true` < `2`", NULL, "null"},
        {"Nothing == Missing", NULL, "true"},
        {"!Zero", NULL, "false"},
        {"!Empty", NULL, "true"},
        {"Empty || Nothing || Zero || `1`", NULL, "0"},
        {"Empty || Nothing", NULL, "null"},
        {"Zero && Empty && Zero", NULL, "\"\""},
        {"`true` || `false` && `false`", NULL, "true"},
        {"(`true` || `false`) && `false`", NULL, "false"},
    };

    (void)state;
    check_examples(EXAMPLES(examples));
}

static void test_building(void **state)
{
    /* Tables would have the columns of another order, or lose a row. */
    static const struct example examples[] = {
        {"Reservations[1].Instances[0].{Id:InstanceId,\"the state\":State.Name,B:No}", NULL,
         "{\"Id\":\"i-3\",\"the state\":\"running\",\"B\":null}"},
        {"Reservations[0].[OwnerId,Instances[].Cores]", NULL, "[\"111122223333\",[2,8]]"},
        {"Missing.[a,b]", NULL, "null"},
        {"Missing.{a:a}", NULL, "null"},
        {"{z:`1`,a:`2`,z:`3`}", "{}", "{\"z\":3,\"a\":2}"},
        {"[Zero, [Zero], {z: Zero}]", NULL, "[0,[0],{\"z\":0}]"},
    };

    (void)state;
    check_examples(EXAMPLES(examples));
}

static void test_literals(void **state)
{
    /* What the learner wrote would be compared as something else. */
    static const struct example examples[] = {
        {"`{\"a\": [1, 2.5, true]}`", NULL, "{\"a\":[1,2.5,true]}"},
        {"`plain text`", NULL, "\"plain text\""},
        {"` led by blanks`", NULL, "\"led by blanks\""},
        {"`a\\`b`", NULL, "\"a`b\""},
        {"`\"a\\u00e9\"`", NULL, "\"aé\""},
        {"'it\\'s \\n'", NULL, "\"it's \\\\n\""},
        {"'日本'", NULL, "\"日本\""},
        {"`12345678901234567890123`", NULL, "1.23456789012346e22"},
    };

    (void)state;
    check_examples(EXAMPLES(examples));
}

static void test_functions_of_numbers(void **state)
{
    /* Sums of money and sizes would be off. */
    static const struct example examples[] = {
        {"abs(`-3`)", NULL, "3"},
        {"abs(`-3.5`)", NULL, "3.5"},
        {"abs(@)", "-9223372036854775808", "9.22337203685478e18"},
        {"ceil(`1.2`)", NULL, "2"},
        {"ceil(`7`)", NULL, "7"},
        {"floor(`-1.2`)", NULL, "-2"},
        {"floor(`1e300`)", NULL, "1e300"},
        {"sum(`[1,2,3]`)", NULL, "6"},
        {"sum(`[1,0.5]`)", NULL, "1.5"},
        {"sum(`[]`)", NULL, "0"},
        {"sum(@)", "[9223372036854775807,1]", "9.22337203685478e18"},
        {"sum(@)", "[1e308,1e308]", "null"},
        {"avg(`[1,2]`)", NULL, "1.5"},
        {"avg(`[]`)", NULL, "null"},
        {"to_number('12')", NULL, "12"},
        {"to_number(' -1_000 ')", NULL, "-1000"},
        {"to_number('1.50')", NULL, "1.5"},
        {"to_number('.5e1')", NULL, "5.0"},
        {"to_number('99999999999999999999')", NULL, "1e20"},
        {"to_number('1e999')", NULL, "null"},
        {"to_number('0x10')", NULL, "null"},
        {"to_number('')", NULL, "null"},
        {"to_number('1e')", NULL, "null"},
        {"to_number(`[1]`)", NULL, "null"},
        {"to_number(`2`)", NULL, "2"},
    };

    (void)state;
    check_examples(EXAMPLES(examples));
}

static void test_functions_of_text(void **state)
{
    /* Names that hold or begin with a word would not be found. */
    static const struct example examples[] = {
        {"starts_with('webserver', 'web')", NULL, "true"},
        {"starts_with('web', 'webserver')", NULL, "false"},
        {"ends_with('server01', '01')", NULL, "true"},
        {"ends_with('1', '01')", NULL, "false"},
        {"contains('server01', 'ver')", NULL, "true"},
        {"contains('server01', '')", NULL, "true"},
        {"contains(`[1,\"a\",[2]]`, `[2.0]`)", NULL, "true"},
        {"contains(`[\"ab\"]`, 'a')", NULL, "false"},
        {"join(', ', Reservations[].Instances[].InstanceId)", NULL, "\"i-1, i-2, i-3\""},
        {"join('-', `[]`)", NULL, "\"\""},
        {"length('日本é')", NULL, "3"},
        {"length(Reservations)", NULL, "2"},
        {"length(Regions)", NULL, "2"},
        {"reverse('aé日')", NULL, "\"日éa\""},
        {"reverse(`[1,2,3]`)", NULL, "[3,2,1]"},
        {"to_string('as it is')", NULL, "\"as it is\""},
        {"to_string(`{\"k\": [1, 1.0, null, \"é\\n\", 1e-7, 1e16, 123.25]}`)", NULL,
         "\"{\\\"k\\\":[1,1.0,null,\\\"\\\\u00e9\\\\n\\\",1e-07,1e+16,123.25]}\""},
        {"to_string(`[\"𝄞\"]`)", NULL, "\"[\\\"\\\\ud834\\\\udd1e\\\"]\""},
    };

    (void)state;
    check_examples(EXAMPLES(examples));
}

static void test_functions_of_anything(void **state)
{
    /* Queries copied from a real shell would not do here what they do there. */
    static const struct example examples[] = {
        {"type(Zero)", NULL, "\"number\""},
        {"type(Nothing)", NULL, "\"null\""},
        {"type(Regions)", NULL, "\"object\""},
        {"type(Reservations)", NULL, "\"array\""},
        {"type(`false`)", NULL, "\"boolean\""},
        {"type('')", NULL, "\"string\""},
        {"to_array(Zero)", NULL, "[0]"},
        {"to_array(`[0]`)", NULL, "[0]"},
        {"not_null(Nothing, Missing, Zero, Empty)", NULL, "0"},
        {"not_null(Nothing)", NULL, "null"},
        {"keys(Regions)", NULL, "[\"us-east-1\",\"eu-west-1\"]"},
        {"values(Regions)[].Zones", NULL, "[3,2]"},
        {"merge(`{\"a\":1,\"b\":2}`, `{\"b\":3}`, `{\"c\":4}`)", NULL, "{\"a\":1,\"b\":3,\"c\":4}"},
        {"map(&State.Name, Reservations[].Instances[])", NULL,
         "[\"running\",\"stopped\",\"running\"]"},
        {"map(&Tags[0].Key, Reservations[].Instances[])", NULL, "[\"Env\",null,null]"},
    };

    (void)state;
    check_examples(EXAMPLES(examples));
}

static void test_order(void **state)
{
    /* "The newest image" would be some other image. */
    static const struct example examples[] = {
        {"sort(`[3,1.5,2]`)", NULL, "[1.5,2,3]"},
        {"sort(`[\"b\",\"é\",\"a\",\"Z\"]`)", NULL, "[\"Z\",\"a\",\"b\",\"é\"]"},
        {"sort(`[]`)", NULL, "[]"},
        {"max(`[1,3,2]`)", NULL, "3"},
        {"min(`[\"b\",\"a\"]`)", NULL, "\"a\""},
        {"max(`[]`)", NULL, "null"},
        {"max_by(Reservations[].Instances[], &Cores).InstanceId", NULL, "\"i-2\""},
        {"min_by(Reservations[].Instances[], &State.Code).InstanceId", NULL, "\"i-1\""},
        {"max_by(Reservations[].Instances[], &State.Name).InstanceId", NULL, "\"i-2\""},
        {"min_by(`[]`, &a)", NULL, "null"},
        {"sort_by(Reservations[].Instances[], &Cores)[].InstanceId", NULL,
         "[\"i-1\",\"i-3\",\"i-2\"]"},
        {"sort_by(@, &k)[].v",
         "[{\"k\":\"b\",\"v\":1},{\"k\":\"a\",\"v\":2},"
         "{\"k\":\"b\",\"v\":3},{\"k\":\"a\",\"v\":4}]",
         "[2,4,1,3]"},
        {"sort_by(`[]`, &a)", NULL, "[]"},
    };

    (void)state;
    check_examples(EXAMPLES(examples));
}

static void test_words_of_syntax_errors(void **state)
{
    /* A mistyped query would be explained in other words than the AWS CLI's. */
    static const struct example examples[] = {
        {"", NULL, "syntax: Invalid JMESPath expression: cannot be empty."},
        {"Reservations[", NULL,
         "syntax: Invalid jmespath expression: Incomplete expression:\n"
         "\"Reservations[\"\n"
         "              ^"},
        {"a b", NULL,
         "syntax: Unexpected token: b: Parse error at column 2, token \"b\" (UNQUOTED_IDENTIFIER), "
         "for expression:\n\"a b\"\n   ^"},
        {"é.x", NULL, "syntax: Bad jmespath expression: Unknown token é:\né.x\n^"},
        {"'é'.[a", NULL,
         "syntax: Invalid jmespath expression: Incomplete expression:\n\"'é'.[a\"\n       ^"},
        {"a = b", NULL, "syntax: Bad jmespath expression: Unknown token '=':\na = b\n  ^"},
        {"a[-]", NULL, "syntax: Bad jmespath expression: Unknown token '-':\na[-]\n  ^"},
        {"a[?b=='x]", NULL,
         "syntax: Bad jmespath expression: Unclosed ' delimiter:\na[?b=='x]\n      ^"},
        {"`a\"b`", NULL, "syntax: Bad jmespath expression: Bad token a\"b:\n`a\"b`\n^"},
        {"\"\\x\"", NULL, "syntax: Bad jmespath expression: Invalid \\escape:\n\"\\x\"\n^"},
        {"\"\\\\x\\u12\"", NULL,
         "syntax: Bad jmespath expression: Invalid \\uXXXX escape:\n\"\\\\x\\u12\"\n^"},
        {"a.`{\"k\": [1, null]}`", NULL,
         "syntax: Expecting: ['quoted_identifier', 'unquoted_identifier', 'lbracket', 'lbrace'], "
         "got: literal: Parse error at column 2, token \"{'k': [1, None]}\" (LITERAL), "
         "for expression:\n\"a.`{\"k\": [1, null]}`\"\n   ^"},
        {"a[b]", NULL,
         "syntax: Expecting: star, got: unquoted_identifier: Parse error at column 2, "
         "token \"b\" (UNQUOTED_IDENTIFIER), for expression:\n\"a[b]\"\n   ^"},
        {"{1: a}", NULL,
         "syntax: Expecting: ['quoted_identifier', 'unquoted_identifier'], got: number: "
         "Parse error at column 1, token \"1\" (NUMBER), for expression:\n\"{1: a}\"\n  ^"},
        {"a[1:2:3:4]", NULL,
         "syntax: syntax error: Parse error at column 7, token \":\" (COLON), "
         "for expression:\n\"a[1:2:3:4]\"\n        ^"},
        {"\"length\"(a)", NULL,
         "syntax: Quoted identifier not allowed for function names.: Parse error at column 0, "
         "token \"(\" (LPAREN), for expression:\n\"\"length\"(a)\"\n ^"},
        {"@(a)", NULL,
         "syntax: Invalid function name '@': Parse error at column 0, token \"@\" (CURRENT), "
         "for expression:\n\"@(a)\"\n ^"},
        {"a || ]", NULL,
         "syntax: invalid token: Parse error at column 5, token \"]\" (RBRACKET), "
         "for expression:\n\"a || ]\"\n      ^"},
    };

    (void)state;
    check_examples(EXAMPLES(examples));
}

static void test_words_of_other_errors(void **state)
{
    /* A query that does not suit its data would pass in silence, or be explained in other words. */
    static const struct example examples[] = {
        {"[::0]", "[1]", "invalid-value: slice step cannot be zero"},
        {"nope(Zero)", NULL, "unknown-function: Unknown function: nope()"},
        {"length()", NULL, "invalid-arity: Expected 1 argument for function length(), received 0"},
        {"join(',')", NULL, "invalid-arity: Expected 2 arguments for function join(), received 1"},
        {"not_null()", NULL,
         "invalid-arity: Expected at least 1 argument for function not_null(), received 0"},
        {"length(Zero)", NULL,
         "invalid-type: In function length(), invalid type for value: 0, expected one of: "
         "['string', 'array', 'object'], received: \"number\""},
        {"sort_by(Reservations, OwnerId)", NULL,
         "invalid-type: In function sort_by(), invalid type for value: None, expected one of: "
         "['expref'], received: \"null\""},
        {"max(`[1, \"a\"]`)", NULL,
         "invalid-type: In function max(), invalid type for value: a, expected one of: "
         "['array-number', 'array-string'], received: \"str\""},
        {"abs(`{\"it's\": [true, \"\\\"\", \"\\u200b\\t\", 1e22]}`)", NULL,
         "invalid-type: In function abs(), invalid type for value: "
         "{\"it's\": [True, '\"', '\\u200b\\t', 1e+22]}, expected one of: ['number'], "
         "received: \"object\""},
        {"sort_by(@, &a)", "[{\"a\":1},{\"a\":\"x\"}]",
         "invalid-type: In function sort_by(), invalid type for value: x, expected one of: "
         "['number'], received: \"string\""},
        {"sort_by(@, &b)", "[{\"a\":1}]",
         "invalid-type: In function sort_by(), invalid type for value: {'a': 1}, expected one of: "
         "['string', 'number'], received: \"null\""},
        {"max_by(@, &@)", "[1,\"x\"]",
         "invalid-type: '>' not supported between instances of 'str' and 'int'"},
        {"[?Cores > '2']", "[{\"Cores\":2.5}]",
         "invalid-type: '>' not supported between instances of 'float' and 'str'"},
        {"contains('abc', `1`)", NULL,
         "invalid-type: 'in <string>' requires string as left operand, not int"},
        {"merge(`{}`, Missing)", NULL, "invalid-type: 'NoneType' object is not iterable"},
        {"merge(Missing, `{}`)", NULL,
         "invalid-type: In function merge(), invalid type for value: None, expected one of: "
         "['object'], received: \"null\""},
        {"type(&a)", NULL,
         "invalid-type: In function type(), invalid type for value: "
         "<jmespath.visitor._Expression object>, expected one of: ['any'], "
         "received: \"expref\""},
        {"[&a]", NULL, "invalid-type: An expression after & is only an argument of a function"},
    };

    (void)state;
    check_examples(EXAMPLES(examples));
}

/* `part` so many times. */
static char *repeated(const char *part, size_t times)
{
    struct str text = STR_INIT;

    for (size_t i = 0; i < times; i++)
        str_add(&text, part);
    return str_take(&text);
}

static void check_repeated(const char *part, size_t times, const char *last, const char *answer)
{
    char *most = repeated(part, times);
    char *expression = xasprintf("%s%s", most, last);
    json_t *input = json_integer(1);
    char *text = answer_of(expression, input);

    assert_string_equal(text, answer);
    json_decref(input);
    free(text);
    free(expression);
    free(most);
}

static void test_limits(void **state)
{
    /* One line typed at the prompt would freeze or kill the console. */
    static const char deep[] =
        "too-large: Invalid jmespath expression: nested deeper than 500 levels";
    static const char work[] = "too-large: The expression takes too much work for its input";

    (void)state;
    check_repeated("[", 5000, "", deep);
    check_repeated("(", 5000, "a", deep);
    check_repeated("!", 5000, "a", deep);
    check_repeated("a[*].", 5000, "a", deep);
    check_repeated("[]", 5000, "", deep);
    check_repeated("[@] | ", 5000, "@", deep);
    check_repeated("a || ", 10000, "@", "1");
    check_repeated("@ | ", 10000, "@", "1");
    check_repeated("[@,@] | ", 40, "@", "too-large: The answer of the expression is too large");
    check_repeated("[@,@] | ", 40, "to_string(@)", work);
    check_repeated("[@,@][] | ", 40, "length(@)", work);
    check_repeated("[@,@] | ", 40, "length(@)", "2");
    check_repeated("to_array(@) | [@[0],@[0]] | ", 40, "length(@)", "2");
}

static void test_many_searches(void **state)
{
    /* A query that is compiled once would answer differently the second time. */
    struct jmespath *path = jmespath_compile("sort_by(@, &a)[0].{b: b, c: `[1]`}", NULL);
    json_t *input = json_loads("[{\"a\":2,\"b\":[5]},{\"a\":1,\"b\":[6]}]", 0, NULL);
    json_t *copy = json_deep_copy(input);

    (void)state;
    for (int i = 0; i < 3; i++) {
        json_t *answer = jmespath_search(path, input, NULL);
        char *text = json_dumps(answer, JSON_COMPACT);

        assert_string_equal(text, "{\"b\":[6],\"c\":[1]}");
        assert_ptr_equal(json_object_get(answer, "b"),
                         json_object_get(json_array_get(input, 1), "b"));
        free(text);
        json_decref(answer);
    }
    assert_true(json_equal(input, copy));
    json_decref(copy);
    json_decref(input);
    jmespath_free(path);
    assert_null(jmespath_compile("a[", NULL));
    jmespath_free(NULL);
}

static void test_needs(void **state)
{
    /* --query over a thousand instances would make all of each for its id alone. */
    static const struct {
        const char *expression;
        const char *left; /* of the fleet */
    } examples[] = {
        {"Zero", "{\"Zero\":0}"},
        {"Reservations[].OwnerId", "{\"Reservations\":[{\"OwnerId\":\"111122223333\"},"
                                   "{\"OwnerId\":\"111122223333\"}]}"},
        {"Reservations[1:].Instances[?State.Code==`16`].InstanceId | [0]",
         "{\"Reservations\":[{\"Instances\":[{\"InstanceId\":\"i-1\",\"State\":{\"Code\":16}},"
         "{\"InstanceId\":\"i-2\",\"State\":{\"Code\":80}}]},{\"Instances\":[{\"InstanceId\":"
         "\"i-3\",\"State\":{\"Code\":16}}]}]}"},
        {"{n: length(Regions.*), z: Zero || Empty}",
         "{\"Regions\":{\"us-east-1\":{\"Zones\":3},\"eu-west-1\":{\"Zones\":2}},\"Zero\":0,"
         "\"Empty\":\"\"}"},
        {"`1`", "{}"},
        {"@", fleet},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
        json_t *input = json_loads(fleet, 0, NULL);
        json_t *narrowed = narrow_for(examples[i].expression, input);
        char *left = json_dumps(narrowed, JSON_COMPACT);

        assert_string_equal(left, examples[i].left);
        free(left);
        json_decref(narrowed);
        json_decref(input);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_needs),
        cmocka_unit_test(test_looking_up),
        cmocka_unit_test(test_slices),
        cmocka_unit_test(test_projections),
        cmocka_unit_test(test_filters),
        cmocka_unit_test(test_comparing),
        cmocka_unit_test(test_building),
        cmocka_unit_test(test_literals),
        cmocka_unit_test(test_functions_of_numbers),
        cmocka_unit_test(test_functions_of_text),
        cmocka_unit_test(test_functions_of_anything),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_words_of_syntax_errors),
        cmocka_unit_test(test_words_of_other_errors),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_many_searches),
    };

    return cmocka_run_group_tests_name("jmespath", tests, NULL, NULL);
}
