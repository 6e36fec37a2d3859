/*
 * tests/unit/base_utf8_test.c - characters, their width, and the sanitiser over every code point.
 */
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"

static void assert_safe(const char *text, size_t length, unsigned keep, const char *expected)
{
    struct str out = STR_INIT;

    utf8_add_safe(&out, text, length, keep);
    assert_string_equal(str_text(&out), expected);
    str_release(&out);
}

/* A name written in one place would come out as another name elsewhere. */
static void test_round_trip(void **state)
{
    (void)state;
    for (uint32_t code = 0; code < 0x110010; code++) {
        char bytes[4];
        uint32_t back = 0;
        size_t length = utf8_encode(code, bytes);

        if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
            assert_int_equal(length, 0);
            continue;
        }
        assert_int_equal(utf8_decode(bytes, length, &back), length);
        assert_int_equal(back, code);
        assert_true(utf8_valid(bytes, length));
        if (length > 1)
            assert_false(utf8_valid(bytes, length - 1));
    }
}

/* A crafted byte sequence would be read as a character that it is not, past every check. */
static void test_ill_formed(void **state)
{
    static const char *const bad[] = {
        "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\x80", "\xff", "\xe2\x82", "\xe2(\xa1",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        uint32_t code = 0;

        assert_false(utf8_valid(bad[i], strlen(bad[i])));
        assert_int_equal(utf8_decode(bad[i], strlen(bad[i]), &code), 1);
        assert_true(code == UTF8_INVALID);
    }
    assert_safe("a\xff" "b", 3, UTF8_KEEP_NOTHING, "a\\xffb");
}

/* What must never reach a terminal as it is (the list of the reliability rules). */
static bool forbidden(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code <= 0x9f) || (code >= 0x200b && code <= 0x200f) ||
           (code >= 0x202a && code <= 0x202e) || (code >= 0x2060 && code <= 0x2069) ||
               code == 0xfeff ||
           (code >= 0xfff9 && code <= 0xfffb) || (code >= 0xe0000 && code <= 0xe007f) ||
           (code & 0xfffe) == 0xfffe || (code >= 0xfdd0 && code <= 0xfdef);
}

/* A tag could clear the screen, turn an ARN around, or hide half of it. */
static void test_every_code_point(void **state)
{
    (void)state;
    for (uint32_t code = 0; code < 0x110000; code++) {
        struct utf8_cell cell;
        char bytes[5] = {'x'};
        size_t length = utf8_encode(code, bytes + 1);

        if (length == 0)
            continue;
        assert_true(utf8_next_cell(bytes, length + 1, UTF8_KEEP_NOTHING, &cell));
        assert_int_equal(cell.columns, 1);
        if (cell.source == length + 1) { /* a mark: drawn over the x */
            assert_false(forbidden(code));
            assert_int_equal(utf8_width(code), 0);
            continue;
        }
        assert_true(utf8_next_cell(bytes + 1, length, UTF8_KEEP_NOTHING, &cell));
        assert_int_equal(cell.source, length);
        if (forbidden(code))
            assert_true(utf8_is_unsafe(code));
        if (utf8_is_unsafe(code)) {
            assert_int_equal(cell.bytes[0], '\\');
            assert_int_equal(cell.columns, cell.length);
        } else {
            assert_true(cell.bytes == bytes + 1);
            assert_int_equal(cell.columns, utf8_width(code));
            assert_in_range(cell.columns, 1, 2);
        }
    }
}

/* An attack would be shown in a form that nobody recognises, or a newline would break a table. */
static void test_escapes(void **state)
{
    (void)state;
    assert_safe("\x1b]52;c;x\a", 9, UTF8_KEEP_LINES, "\\x1b]52;c;x\\x07");
    assert_safe("a\xe2\x80\xae" "b", 5, UTF8_KEEP_NOTHING, "a\\u{202e}b");
    assert_safe("\xc2\x9b", 2, UTF8_KEEP_NOTHING, "\\u{9b}");
    assert_safe("a\n\tb\r", 5, UTF8_KEEP_LINES, "a\n\tb\\x0d");
    assert_safe("a\n\tb", 4, UTF8_KEEP_NOTHING, "a\\x0a\\x09b");
    assert_safe("a\0b", 3, UTF8_KEEP_NOTHING, "a\\x00b");
    assert_safe("\xc3\xa9 \xe6\x97\xa5 \xf0\x9f\x98\x80", 11, UTF8_KEEP_NOTHING,
                "\xc3\xa9 \xe6\x97\xa5 \xf0\x9f\x98\x80");
}

/*
 * A heap of accents would climb over the lines above, or one at the start over a neighbour's text.
 */
static void test_marks(void **state)
{
    (void)state;
    assert_safe("e\xcc\x81", 3, UTF8_KEEP_NOTHING, "e\xcc\x81");
    assert_safe("\xcc\x81" "e", 3, UTF8_KEEP_NOTHING, "\\u{301}e");
    assert_safe("e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81", 11, UTF8_KEEP_NOTHING,
                "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\\u{301}");
    assert_int_equal(utf8_columns("e\xcc\x81", 3), 1);
}

/* The cursor would stand beside the letter that is typed; a cut would leave half a character. */
static void test_columns(void **state)
{
    /* an accented e and two wide characters */
    const char *text = "\xc3\xa9\xe6\x97\xa5\xe6\x9c\xac";

    (void)state;
    assert_int_equal(utf8_columns(text, 8), 5);
    assert_int_equal(utf8_fit(text, 8, 0), 0);
    assert_int_equal(utf8_fit(text, 8, 1), 2);
    assert_int_equal(utf8_fit(text, 8, 2), 2);
    assert_int_equal(utf8_fit(text, 8, 3), 5);
    assert_int_equal(utf8_fit(text, 8, 99), 8);
    assert_int_equal(utf8_columns("\x1b", 1), 4);
    assert_int_equal(utf8_fit("a\x1b", 2, 4), 1);
    assert_int_equal(utf8_fit("e\xcc\x81x", 4, 1), 3);
}

/* A refusal that tells a megabyte back would fill the screen, or be cut within a letter. */
static void test_short_lines(void **state)
{
    struct str out = STR_INIT;

    (void)state;
    utf8_add_short_lines(&out, "short\n\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\n"
                               "end", 8);
    assert_string_equal(str_text(&out),
                        "short\n\xc3\xa9\xc3\xa9\xc3\xa9 ... (4 bytes left out) ... \xc3\xa9\nend");
    str_release(&out);
}

/* Texts are looked at in blocks: a bad byte would pass where no one-byte test has it. */
static void test_every_place(void **state)
{
    char text[100];

    (void)state;
    for (int c = 0; c < 256; c++) {
        for (size_t at = 0; at < sizeof(text); at++) {
            bool plain = (c >= ' ' && c < 0x7f) || c == '\n';
            size_t before = c >= 0x80 && at > 0 ? at - 1 : at;

            memset(text, 'x', sizeof(text));
            text[at] = (char)c;
            assert_int_equal(utf8_plain(text, sizeof(text), UTF8_KEEP_NEWLINE),
                             plain ? sizeof(text) : before);
            assert_int_equal(utf8_valid(text, sizeof(text)), c < 0x80);
        }
    }
    memset(text, '\t', sizeof(text));
    assert_int_equal(utf8_plain(text, sizeof(text), UTF8_KEEP_TAB), sizeof(text));
    assert_int_equal(utf8_plain(text, sizeof(text), UTF8_KEEP_NEWLINE), 0);
    memset(text, '\0', sizeof(text));
    assert_int_equal(utf8_plain(text, sizeof(text), UTF8_KEEP_NOTHING), 0);
}

/* A table's headings, and a pattern whose case does not count, would take a letter for another. */
static void test_cases(void **state)
{
    static const struct {
        uint32_t code;
        const char *upper;
        const char *lower;
    } cases[] = {
        {'a', "A", "a"},
        {0xe9, "\xc3\x89", "\xc3\xa9"},
        {0xdf, "SS", "\xc3\x9f"},
        {0xfb03, "FFI", "\xef\xac\x83"},
        {0x130, "\xc4\xb0", "i\xcc\x87"},
        {0x10ffff, "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"},
    };
    char text[UTF8_CASE_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(utf8_upper(cases[i].code, text), strlen(cases[i].upper));
        assert_memory_equal(text, cases[i].upper, strlen(cases[i].upper));
        assert_int_equal(utf8_lower(cases[i].code, text), strlen(cases[i].lower));
        assert_memory_equal(text, cases[i].lower, strlen(cases[i].lower));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_ill_formed),
        cmocka_unit_test(test_every_code_point),
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_short_lines),
        cmocka_unit_test(test_every_place),
        cmocka_unit_test(test_cases),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
