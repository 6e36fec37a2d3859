/*
 * tests/unit/tui_editor_test.c - a text in the person's editor, and what was changed there.
 *
 * If this fails, .edit offers commands that were run already, or loses those that are new.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "tui/editor.h"

static void check_changed(const char *before, const char *after, const char *wanted)
{
    struct str changed = STR_INIT;

    editor_changed(before, after, &changed);
    assert_string_equal(str_text(&changed), wanted);
    str_release(&changed);
}

static void test_changed(void **state)
{
    (void)state;
    check_changed("a\nb\n", "a\nb\n", "");
    check_changed("a\nb\n", "# a remark\n\nb\n", "");
    check_changed("a\nb\nc\n", "a\nx\nc\ny\n", "x\ny\n");
    check_changed("a\nb\nc\n", "x\nb\ny\n", "x\ny\n");
    check_changed("a\n", "a\na\n", "a\n");
    check_changed("a\nb\n", "b\na\n", "a\n");
    check_changed("", "echo 'two\nlines'\nb", "echo 'two\nlines'\nb\n");
    check_changed("a \\\n b\nc\n", "a \\\n x\nc\n", "a \\\n x\n");
}

/* A long session would take the memory of the machine. */
static void test_many(void **state)
{
    struct str before = STR_INIT;
    struct str after = STR_INIT;
    struct str changed = STR_INIT;

    (void)state;
    for (int i = 0; i < 5000; i++)
        str_addf(&before, "echo %d\n", i);
    str_addf(&after, "first\n%slast\n", str_text(&before));
    editor_changed(str_text(&before), str_text(&after), &changed);
    assert_true(str_starts(str_text(&changed), "first\n"));
    assert_true(str_ends(str_text(&changed), "last\n"));
    str_clear(&changed);
    str_cut(&before, before.length - strlen("echo 4999\n"));
    str_clear(&after);
    str_addf(&after, "%secho x\n", str_text(&before));
    editor_changed(str_text(&before), str_text(&after), &changed);
    assert_string_equal(str_text(&changed), "echo x\n");
    str_release(&before);
    str_release(&after);
    str_release(&changed);
}

static int edit(const char *editor, struct str *text, struct str *why)
{
    setenv("VISUAL", editor, 1);
    str_clear(text);
    str_add(text, "one\n");
    str_clear(why);
    return editor_edit(&(struct editor_terminal){0}, ".sh", text, why);
}

/* An editor that is not there, or fails, would leave half a script to be run. */
static void test_editor(void **state)
{
    struct str text = STR_INIT;
    struct str why = STR_INIT;

    (void)state;
    assert_int_equal(edit("sed -i s/one/two/", &text, &why), 0);
    assert_string_equal(str_text(&text), "two\n");
    assert_int_equal(edit("false", &text, &why), -1);
    assert_string_equal(str_text(&text), "one\n");
    assert_non_null(strstr(str_text(&why), "ended with 1"));
    assert_int_equal(edit("nosuchprogram 2>/dev/null", &text, &why), -1);
    assert_int_equal(edit("rm", &text, &why), -1);
    assert_non_null(strstr(str_text(&why), "No such file"));
    assert_int_equal(edit("truncate -s 1k", &text, &why), -1);
    assert_non_null(strstr(str_text(&why), "zero byte"));
    assert_int_equal(edit("truncate -s 20m", &text, &why), -1);
    assert_non_null(strstr(str_text(&why), "longer than 16 MiB"));
    str_release(&text);
    str_release(&why);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changed),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_editor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
