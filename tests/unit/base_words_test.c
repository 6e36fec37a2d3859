/*
 * tests/unit/base_words_test.c - the grammar of the line that is typed, and what its words become.
 */
#include "base/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/expand.h"
#include "base/mem.h"
#include "base/str.h"

struct parsed {
    struct arena arena;
    struct words_list list;
    struct words_refusal why;
    enum words_status status;
};

static void parse_bytes(struct parsed *parsed, const char *text, size_t length, unsigned flags)
{
    const struct words_source source = {.text = text, .length = length, .flags = flags};

    *parsed = (struct parsed){0};
    parsed->status = words_parse(&source, &parsed->arena, &parsed->list, &parsed->why);
}

static void show_list(struct str *out, const struct words_list *list);

/* Literals in '' or "" by their quoting, variables as $x, substitutions as $(...). */
static void show_word(struct str *out, const struct words_word *word)
{
    for (size_t i = 0; i < word->count; i++) {
        const struct words_part *part = &word->parts[i];

        if (part->quoted)
            str_addc(out, '"');
        if (part->kind == WORDS_COMMAND) {
            str_add(out, "$(");
            show_list(out, part->commands);
            str_add(out, ")");
        } else {
            str_addf(out, "%s%s", part->kind == WORDS_VARIABLE ? "$" : "", part->text);
        }
        if (part->quoted)
            str_addc(out, '"');
    }
}

static void show_list(struct str *out, const struct words_list *list)
{
    static const char *const joins[] = {" ; ", " && ", " || ", " | "};

    for (uint32_t i = 0; i < list->commands.count; i++) {
        const struct words_command *command = &list->commands.items[i];
        const char *gap = "";

        if (i > 0)
            str_add(out, joins[command->join]);
        for (uint32_t k = 0; k < command->assigns.count; k++, gap = " ") {
            str_addf(out, "%s%s:=", gap, command->assigns.items[k].name);
            show_word(out, &command->assigns.items[k].value);
        }
        for (uint32_t k = 0; k < command->words.count; k++, gap = " ") {
            str_addf(out, "%s[", gap);
            show_word(out, &command->words.items[k]);
            str_addc(out, ']');
        }
        for (uint32_t k = 0; k < command->redirects.count; k++, gap = " ") {
            const struct words_redirect *redirect = &command->redirects.items[k];

            str_addf(out, "%s%d%s", gap, redirect->from, redirect->append ? ">>" : ">");
            if (redirect->to > 0)
                str_addf(out, "&%d", redirect->to);
            show_word(out, &redirect->target);
        }
    }
}

static void assert_tree(const char *text, const char *expected)
{
    struct parsed parsed;
    struct str out = STR_INIT;

    parse_bytes(&parsed, text, strlen(text), 0);
    assert_string_equal(parsed.why.message, "");
    assert_int_equal(parsed.status, WORDS_OK);
    show_list(&out, &parsed.list);
    assert_string_equal(str_text(&out), expected);
    str_release(&out);
    arena_release(&parsed.arena);
}

static void assert_stops(const char *text, enum words_status status, const char *message)
{
    struct parsed parsed;

    parse_bytes(&parsed, text, strlen(text), WORDS_REFUSE_GLOBS);
    assert_string_equal(parsed.why.message, message);
    assert_int_equal(parsed.status, status);
    assert_int_equal(parsed.list.commands.count, 0);
    arena_release(&parsed.arena);
}

/* A line copied from AWS's documentation would mean something else here. */
static void test_words(void **state)
{
    (void)state;
    assert_tree("", "");
    assert_tree(" \t\n # only a comment", "");
    assert_tree("aws ec2 describe-instances", "[aws] [ec2] [describe-instances]");
    assert_tree("a 'b c' \"d e\"f", "[a] [\"b c\"] [\"\"\"d e\"f]");
    assert_tree("a '' \"\"", "[a] [\"\"] [\"\"]");
    assert_tree("a b\\ c \\$x \"\\$x \\n\"", "[a] [b\" \"c] [\"$\"x] [\"\"\"$x \\n\"]");
    assert_tree("aws ec2 \\\n  run-instances", "[aws] [ec2] [run-instances]");
    assert_tree("a# b #c\nd", "[a#] [b] ; [d]");
    assert_tree("--query 'Reservations[0].Instances[?a==`b`]'",
                "[--query] [\"Reservations[0].Instances[?a==`b`]\"]");
    assert_tree("x Tags=[{Key=Name,Value=x}] [0:-1] ~ *",
                "[x] [Tags=[{Key=Name,Value=x}]] [[0:-1]] [~] [*]");
    assert_tree("\xe6\x97\xa5 \xc3\xa9", "[\xe6\x97\xa5] [\xc3\xa9]");
}

/* A learner's variables would be lost, or shown instead of what they hold. */
static void test_variables(void **state)
{
    (void)state;
    assert_tree("A=1", "A:=1");
    assert_tree("A= B='x y' c d=e", "A:= B:=\"x y\" [c] [d=e]");
    assert_tree("'A'=1", "[\"A\"=1]");
    assert_tree("echo $A ${B}c \"$D\" '$E' $ $? a$.",
                "[echo] [$A] [$Bc] [\"\"\"$D\"] [\"$E\"] [$] [$?] [a$.]");
    assert_tree("I=$(aws x --query 'a[0]' | b) y",
                "I:=$([aws] [x] [--query] [\"a[0]\"] | [b]) [y]");
    assert_tree("echo \"a$(b \"c$(d)\")\"", "[echo] [\"\"\"a\"\"$([b] [\"\"\"c\"\"$([d])\"])\"]");
    assert_tree("a $(b # ) not the end\n)", "[a] [$([b])]");
}

/* One command too many would run, or one too few. */
static void test_lists(void **state)
{
    (void)state;
    assert_tree("a;b && c||d\ne;\n", "[a] ; [b] && [c] || [d] ; [e]");
    assert_tree("a &&\n\n b", "[a] && [b]");
    assert_tree("a | b", "[a] | [b]");
    assert_tree("echo x > /f 2>&1", "[echo] [x] 1>/f 2>&1");
    assert_tree("echo x>>'a b'", "[echo] [x] 1>>\"a b\"");
    assert_tree("a 2>/dev/null &>b a2>c", "[a] [a2] 2>/dev/null 0>b 1>c");
    assert_tree("#!/bin/bash\nset -e\necho \"<h1>a</h1>\" > /var/www/html/index.html\n",
                "[set] [-e] ; [echo] [\"\"\"<h1>a</h1>\"] 1>/var/www/html/index.html");
    assert_true(words_should_run(WORDS_AND, 0));
    assert_false(words_should_run(WORDS_AND, 252));
    assert_true(words_should_run(WORDS_OR, 1));
    assert_false(words_should_run(WORDS_OR, 0));
    assert_true(words_should_run(WORDS_THEN, 1));
}

/* A half-typed line would be run, or refused while it is still being typed. */
static void test_more(void **state)
{
    (void)state;
    assert_stops("echo 'a\nb", WORDS_MORE, "line 1, column 6: this quote ' is not closed");
    assert_stops("echo \"a", WORDS_MORE, "line 1, column 6: this quote \" is not closed");
    assert_stops("echo a\\", WORDS_MORE,
                 "line 1, column 7: a line ends in a backslash, and no line follows");
    assert_stops("a \xc3\xa9 $(b", WORDS_MORE, "line 1, column 7: this $( is not closed");
    assert_stops("a ${b", WORDS_MORE, "line 1, column 3: this ${ is not closed");
    assert_stops("a &&", WORDS_MORE, "line 1, column 5: a command is missing at the end");
    assert_stops("a |\n", WORDS_MORE, "line 2, column 1: a command is missing at the end");
}

/* What a shell has and this has not would be passed on as if it were an argument. */
static void test_refusals(void **state)
{
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"for i in 1 2; do x; done", "line 1, column 1: loops are not modelled (`for`)"},
        {"a\n  if b; then c; fi", "line 2, column 3: conditions are not modelled (`if`)"},
        {"f() { a; }", "line 1, column 1: functions, NAME(), are not modelled"},
        {"{ a; }", "line 1, column 1: groups of commands are not modelled (`{`)"},
        {"(a)", "line 1, column 1: subshells, (...), are not modelled"},
        {"A=(1 2)", "line 1, column 3: arrays, NAME=(...), are not modelled"},
        {"a &",
         "line 1, column 3: commands in the background (`&`) are not modelled; "
         "quote an & in a word"},
        {"a `b`", "line 1, column 3: backticks are not modelled; use $(...)"},
        {"a \"`b`\"", "line 1, column 4: backticks are not modelled; use $(...)"},
        {"cat <<EOF\nx\nEOF", "line 1, column 5: here-documents (<<) are not modelled"},
        {"cat <<< x", "line 1, column 5: here-strings (<<<) are not modelled"},
        {"a < f", "line 1, column 3: input redirection (<) is not modelled"},
        {"a <(b)", "line 1, column 3: process substitution, <(...), is not modelled"},
        {"a 3>f", "line 1, column 3: only the outputs 1 and 2 can be redirected"},
        {"a >", "line 1, column 3: this redirection names no file"},
        {"echo $((1+1))", "line 1, column 6: arithmetic, $((...)), is not modelled"},
        {"echo ${A:-b}", "line 1, column 6: of the ${...} forms only ${NAME} is modelled"},
        {"echo $1", "line 1, column 6: a script's arguments ($0, $1...) are not modelled"},
        {"echo $@", "line 1, column 6: of the shell's own variables only $? is modelled"},
        {"echo $'a'",
         "line 1, column 6: $'...' and $\"...\" are not modelled; use '...' or \"...\""},
        {"rm a/*", "line 1, column 4: globs (an unquoted *) are not modelled"},
        {"; a", "line 1, column 1: no command stands before this `;`"},
        {"a && ; b", "line 1, column 6: no command stands before this `;`"},
        {"a ;; b", "line 1, column 3: `;;` has no meaning here"},
        {"a )", "line 1, column 3: this ) has no $("},
        {"a $(b &&)", "line 1, column 9: a command is missing before this )"},
        {"a \xff", "line 1, column 3: this byte is not UTF-8"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_stops(cases[i].text, WORDS_REFUSED, cases[i].message);
}

/* Input of any size or shape would crash or hang the console. */
static void test_bad_input(void **state)
{
    struct parsed parsed;
    struct str text = STR_INIT;

    (void)state;
    parse_bytes(&parsed, "a\0b", 3, 0);
    assert_string_equal(parsed.why.message,
                        "line 1, column 2: a NUL byte has no place in a command");
    arena_release(&parsed.arena);

    str_add(&text, "a ");
    str_fill(&text, 'x', 1 << 20);
    parse_bytes(&parsed, text.text, text.length, 0);
    assert_int_equal(parsed.list.commands.items[0].words.items[1].end, text.length);
    arena_release(&parsed.arena);

    str_clear(&text);
    for (int i = 0; i < 100000; i++)
        str_add(&text, "w ");
    parse_bytes(&parsed, text.text, text.length, 0);
    assert_int_equal(parsed.list.commands.items[0].words.count, 100000);
    arena_release(&parsed.arena);

    str_clear(&text);
    for (int i = 0; i < 100000; i++)
        str_add(&text, "$(a ");
    parse_bytes(&parsed, text.text, text.length, 0);
    assert_string_equal(parsed.why.message, "line 1, column 129: $(...) is nested too deeply");
    arena_release(&parsed.arena);
    str_release(&text);
}

/* No text whatever may make the parser read past its end (run under the sanitisers). */
static void test_any_bytes(void **state)
{
    static const char alphabet[] = "ab $(){}'\"\\\n;&|<>#=*`1?\xc3\xa9";
    uint32_t seed = 1;
    int counts[3] = {0};

    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct parsed parsed;
        size_t length = 1 + (size_t)round % 23;
        char *text = xmalloc(length);

        for (size_t i = 0; i < length; i++) {
            seed = seed * 1664525U + 1013904223U;
            text[i] = alphabet[(seed >> 16) % (sizeof(alphabet) - 1)];
        }
        parse_bytes(&parsed, text, length, 0);
        counts[parsed.status]++;
        assert_true((parsed.status == WORDS_OK) == (parsed.why.message[0] == '\0'));
        arena_release(&parsed.arena);
        free(text);
    }
    assert_true(counts[WORDS_OK] > 100 && counts[WORDS_MORE] > 100 && counts[WORDS_REFUSED] > 100);
}

static const char *lookup(void *context, const char *name)
{
    (void)context;
    if (strcmp(name, "IDS") == 0)
        return "i-1 i-2\ti-3\n";
    return strcmp(name, "E") == 0 ? "" : NULL;
}

/* `fail` fails; anything else prints its first word on two lines. */
static int run(void *context, const struct words_list *commands, struct str *output)
{
    const char *word = commands->commands.items[0].words.items[0].parts[0].text;

    (void)context;
    if (strcmp(word, "fail") == 0)
        return 7;
    str_addf(output, "%s\n%s\n\n", word, word);
    return 0;
}

static void assert_expands(const char *text, int status, const char *expected)
{
    const struct expand_host host = {.variable = lookup, .run = run};
    struct parsed parsed;
    struct expand_argv argv = {0};
    struct str out = STR_INIT;
    int got = 0;

    parse_bytes(&parsed, text, strlen(text), 0);
    assert_int_equal(parsed.status, WORDS_OK);
    argv.arena = &parsed.arena;
    for (uint32_t i = 0; i < parsed.list.commands.items[0].words.count && got == 0; i++)
        got = expand_word(&host, &parsed.list.commands.items[0].words.items[i], &argv);
    for (uint32_t i = 0; i < argv.items.count; i++)
        str_addf(&out, "[%s]", argv.items.items[i]);
    assert_int_equal(got, status);
    assert_string_equal(str_text(&out), expected);
    str_release(&out);
    arena_release(&parsed.arena);
}

/* `--instance-ids $IDS` would name one instance with blanks in it, and "$IDS" three. */
static void test_expansion(void **state)
{
    (void)state;
    assert_expands("x $IDS", 0, "[x][i-1][i-2][i-3]");
    assert_expands("x \"$IDS\" y", 0, "[x][i-1 i-2\ti-3\n][y]");
    assert_expands("x a$IDS\"b\"", 0, "[x][ai-1][i-2][i-3][b]");
    assert_expands("x a${IDS}", 0, "[x][ai-1][i-2][i-3]");
    assert_expands("x $NONE $E", 0, "[x]");
    assert_expands("x \"$NONE\" '' \"\"$E", 0, "[x][][][]");
    assert_expands("x $(foo) \"$(foo)\"", 0, "[x][foo][foo][foo\nfoo]");
    assert_expands("x $(fail) y", 7, "[x]");
}

/* A command that a key types would be read back as another one. */
static void test_quote(void **state)
{
    struct str out = STR_INIT;

    (void)state;
    expand_quote(&out, "--name=web-1");
    str_addc(&out, ' ');
    expand_quote(&out, "it's");
    str_addc(&out, ' ');
    expand_quote(&out, "");
    str_addc(&out, ' ');
    expand_quote(&out, "$x *");
    assert_string_equal(str_text(&out), "--name=web-1 'it'\\''s' '' '$x *'");
    str_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_variables),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_more),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_bad_input),
        cmocka_unit_test(test_any_bytes),
        cmocka_unit_test(test_expansion),
        cmocka_unit_test(test_quote),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
