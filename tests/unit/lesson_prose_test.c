/*
 * tests/unit/lesson_prose_test.c - Markdown becomes lines of styled text.
 */
#include "lesson/prose.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"

static void assert_prints(const char *markdown, unsigned width, const char *expected)
{
    struct arena arena = ARENA_INIT;
    struct prose prose = {.arena = &arena};
    struct str why = STR_INIT;
    struct str out = STR_INIT;

    assert_int_equal(prose_add(&prose, markdown, width, &why), 0);
    prose_print(&prose, "", &out);
    assert_string_equal(str_text(&out), expected);
    str_release(&out);
    str_release(&why);
    arena_release(&arena);
}

/* 0 or -1, with the sentence in `why`. */
static int try_text(const char *markdown, unsigned width, struct str *why, struct str *out)
{
    struct arena arena = ARENA_INIT;
    struct prose prose = {.arena = &arena};
    int status = prose_add(&prose, markdown, width, why);

    prose_print(&prose, "", out);
    arena_release(&arena);
    return status;
}

/* If this fails, paragraphs, lists and code run together or over the edge of the pane. */
static void test_blocks(void **state)
{
    (void)state;
    assert_prints("One two three four five six\nseven.\n\nEight.", 20,
                  "One two three four\nfive six seven.\n\nEight.\n");
    assert_prints("* a b c d e f g\n* b\n\nafter", 12, "- a b c d e\n  f g\n- b\n\nafter\n");
    assert_prints("3. three\n4. four\n   * in\n", 40, "3. three\n4. four\n   - in\n");
    assert_prints("> said\n> twice", 40, "> said twice\n");
    assert_prints("```\n  kept   as is\nx\n```\n", 40, "    kept   as is\n  x\n");
    assert_prints("### Head\ntext", 40, "Head\n\ntext\n");
    assert_prints("", 40, "");
}

/* If this fails, a table is no table. */
static void test_tables(void **state)
{
    (void)state;
    assert_prints("| a | bb |\n| --- | --- |\n| long | x |\n", 40, "a     bb\nlong  x\n");
    assert_prints("| word | text |\n|---|---|\n| a | one two three four |\n", 18,
                  "word  text\na     one two\n      three four\n");
}

/* If this fails, bold looks plain, or a command in a sentence does. */
static void test_styles(void **state)
{
    struct arena arena = ARENA_INIT;
    struct prose prose = {.arena = &arena};
    struct str why = STR_INIT;
    const struct prose_line *line;

    (void)state;
    assert_int_equal(prose_add(&prose, "a **b** `c` *d* [e](http://f)", 80, &why), 0);
    line = &prose.lines.items[0];
    assert_int_equal(line->spans.count, 8);
    assert_int_equal(line->spans.items[1].style, PROSE_STRONG);
    assert_string_equal(line->spans.items[1].text, "b");
    assert_int_equal(line->spans.items[3].style, PROSE_CODE);
    assert_int_equal(line->spans.items[5].style, PROSE_EMPHASIS);
    assert_int_equal(line->spans.items[7].style, PROSE_LINK);
    str_release(&why);
    arena_release(&arena);
}

/* If this fails, a lesson's author can write to the terminal behind the program's back. */
static void test_hostile(void **state)
{
    struct str why = STR_INIT;
    struct str out = STR_INIT;

    (void)state;
    assert_prints("a\x1b]52;c;x\ab", 80, "a\\x1b]52;c;x\\x07b\n");
    assert_prints("a&#27;[31mb &#x202e;c &#0;", 80, "a\\x1b[31mb \\u{202e}c \\x00\n");
    assert_prints("<b onclick=x>hi</b>", 80, "<b onclick=x>hi</b>\n");
    assert_prints("[x](javascript:alert) ![pic](file:///etc/passwd)", 80, "x pic\n");
    assert_prints("\xe2\x80\xae" "abc", 80, "\\u{202e}abc\n");
    try_text("&#1114112; &#55296; &bogus; &#x;", 80, &why, &out);
    assert_true(utf8_valid(str_text(&out), out.length));
    str_release(&why);
    str_release(&out);
}

static char *many(const char *text, size_t count)
{
    struct str out = STR_INIT;

    for (size_t i = 0; i < count; i++)
        str_add(&out, text);
    return str_take(&out);
}

/* If this fails, a lesson of stars, brackets or one endless word stops the console. */
static void test_large(void **state)
{
    static const char *const pieces[] = {"*", "> ", "- ", "[", "**a ", "| a ", "`", "&amp;", "xx",
                                         "![[", "1. ", "# ", "\n- "};

    (void)state;
    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        char *text = many(pieces[i], 20000);
        struct str why = STR_INIT;
        struct str out = STR_INIT;

        if (try_text(text, 34, &why, &out) != 0)
            assert_true(why.length > 0);
        str_release(&why);
        str_release(&out);
        free(text);
    }
}

/* If this fails, a list within a list within a list... is accepted without end. */
static void test_limits(void **state)
{
    struct str why = STR_INIT;
    struct str out = STR_INIT;
    char *deep = many("> ", PROSE_NESTING_MAX + 1);
    char *row = many("| a ", PROSE_COLUMNS_MAX + 1);
    char *rule = many("|---", PROSE_COLUMNS_MAX + 1);
    char *table = xasprintf("%s\n%s\n", row, rule);

    (void)state;
    assert_int_equal(try_text(deep, 40, &why, &out), -1);
    assert_non_null(strstr(str_text(&why), "nested"));
    str_clear(&why);
    assert_int_equal(try_text(table, 40, &why, &out), -1);
    assert_non_null(strstr(str_text(&why), "columns"));
    free(deep);
    free(row);
    free(rule);
    free(table);
    str_release(&why);
    str_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks), cmocka_unit_test(test_tables),
        cmocka_unit_test(test_styles), cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_large),  cmocka_unit_test(test_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
