/*
 * base/str.h - a string that grows.
 *
 * Invariant: `text` is never NULL after the first addition and always ends in NUL; `length` does
 * not count it. Before the first addition use str_text(), which gives "" for an empty one.
 *
 *   struct str s = STR_INIT;
 *   str_add(&s, "a"); str_addf(&s, "%d", 1);
 *   use(str_text(&s));
 *   str_release(&s);
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>

struct str {
    char *text; /* owned */
    size_t length;
    size_t size;
};

#define STR_INIT ((struct str){0})

void str_add(struct str *str, const char *text);
void str_addn(struct str *str, const char *bytes, size_t length);
void str_addc(struct str *str, char c);
void str_fill(struct str *str, char c, size_t count);
/* Makes the text so many bytes longer; the caller writes all of them, before the next change. */
char *str_extend(struct str *str, size_t length);
/* Adds the text of `from` and leaves that empty; nothing is copied when `str` was empty. */
void str_move(struct str *str, struct str *from);
void str_addf(struct str *str, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The text so far; "" when nothing was added.  Borrowed until the next change. */
const char *str_text(const struct str *str);
/* Shortens to `length` bytes; BUG when longer than the text. */
void str_cut(struct str *str, size_t length);
/* Empties but keeps the memory. */
void str_clear(struct str *str);
/* Gives the text away (the caller frees it) and leaves the str empty. */
char *str_take(struct str *str);
void str_release(struct str *str);

/* Small questions about plain strings. */
bool str_equal(const char *a, const char *b); /* NULL equals only NULL */
bool str_starts(const char *text, const char *prefix);
bool str_ends(const char *text, const char *suffix);
/* Does the whole text match a pattern: * is any text, ? one byte, \ takes the next as it is? */
bool str_matches(const char *pattern, const char *text);

#endif
