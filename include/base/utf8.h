/*
 * base/utf8.h - characters: reading them, how wide they are, and the one sanitiser.
 *
 * Text that came from anyone (a tag, a message, a lesson, a file) passes the sanitiser at every
 * sink: screen, standard output and error, CSV, logs.  What could move the cursor, reorder or hide
 * text is shown as a visible escape: `\x1b` (a control character), `\u{202e}` (any other code
 * point), `\xff` (a byte that is no UTF-8).
 *
 * "Columns" are always those that the text takes after the sanitiser, by utf8proc's table and never
 * by the C library's, so that every machine agrees.  No function here allocates but through struct
 * str; none fails.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str;

enum {
    /* utf8_decode() of bytes that are no UTF-8: one above the last code point */
    UTF8_INVALID = 0x110000,
    UTF8_MARKS_MAX = 4,        /* combining marks in one cell; further ones are escaped */
    UTF8_ESCAPE_MAX = 12,      /* bytes of the longest escape, `\u{10ffff}`, and its NUL */
    UTF8_CASE_MAX = 8,         /* bytes of a character in its other case, at most */
};

/* What the sanitiser may let through besides printable characters. */
enum utf8_keep {
    UTF8_KEEP_NOTHING = 0, /* one line of plain text */
    UTF8_KEEP_NEWLINE = 1,
    UTF8_KEEP_TAB = 2,
    UTF8_KEEP_LINES = 3,   /* both */
};

/*
 * Reads one code point.  Returns the bytes it takes (0 only when length is 0).  Overlong forms,
 * surrogates, cut sequences and stray bytes give UTF8_INVALID and take one byte.
 */
size_t utf8_decode(const char *text, size_t length, uint32_t *code);
/*
 * Writes one code point (no NUL).  Returns its bytes, or 0 for a surrogate or a number above
 * U+10FFFF.
 */
size_t utf8_encode(uint32_t code, char out[4]);
/*
 * Writes a character in capitals, or in small letters (no NUL).  One character may become several:
 * those of Unicode's SpecialCasing that are in use, such as the sharp s and the ligatures.  Returns
 * the bytes, at least 1 for what utf8_encode() can write.
 */
size_t utf8_upper(uint32_t code, char out[UTF8_CASE_MAX]);
size_t utf8_lower(uint32_t code, char out[UTF8_CASE_MAX]);
/* True when all of it is UTF-8.  NUL bytes are valid here. */
bool utf8_valid(const char *text, size_t length);
/* Columns of one code point that is shown as it is: 0 for a combining mark, 1 or 2. */
unsigned utf8_width(uint32_t code);
/* True when the sanitiser shows this code point as an escape (with UTF8_KEEP_NOTHING). */
bool utf8_is_unsafe(uint32_t code);

/* One piece of sanitised text: a character with its marks, or an escape. */
struct utf8_cell {
    const char *bytes;            /* what to show: into the source, or `escape` */
    size_t length;                /* bytes to show */
    size_t source;                /* bytes of the source that it stands for */
    /* 1 or 2, or the length of the escape; 0 for a kept newline or tab */
    unsigned columns;
    char escape[UTF8_ESCAPE_MAX];
};

/*
 * Reads the next cell of text[0..length).  Returns false at the end.  `keep` is of enum utf8_keep.
 */
bool utf8_next_cell(const char *text, size_t length, unsigned keep, struct utf8_cell *cell);

/*
 * How many of the first bytes are whole cells of plain ASCII, which the sanitiser lets through as
 * they are: nearly all of most texts.
 */
size_t utf8_plain(const char *text, size_t length, unsigned keep);
/* Adds the text, sanitised. */
void utf8_add_safe(struct str *out, const char *text, size_t length, unsigned keep);
/*
 * Adds the text as if a person had typed it: line ends of any kind become newlines, tabs blanks,
 * and other control characters are dropped.  For what is pasted, and what was kept of what was
 * typed.
 */
void utf8_add_typed(struct str *out, const char *text, size_t length);
/* Adds the text; what is in the middle of a line that is longer than so many bytes is left out, and
 * said to be. */
void utf8_add_short_lines(struct str *out, const char *text, size_t bytes_max);
/* Columns of one line of text. */
size_t utf8_columns(const char *text, size_t length);
/* How many bytes of the text fit into so many columns; never splits a character or an escape. */
size_t utf8_fit(const char *text, size_t length, size_t columns);

#endif
