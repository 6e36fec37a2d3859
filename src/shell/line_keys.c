/*
 * shell/line_keys.c - the parts of the line that need no readline: keys that are the screen's, and
 * lists of candidates.
 */
#include "shell/line_parts.h"

#include <stdlib.h>

#include "base/mem.h"

void line_candidates_add(struct line_candidates *candidates, const char *text, const char *doc,
                         char suffix)
{
    *LIST_PUSH(&candidates->items) =
        (struct line_candidate){.text = xstrdup(text), .doc = xstrdup(doc), .suffix = suffix};
}

void line_candidates_release(struct line_candidates *candidates)
{
    for (uint32_t i = 0; i < candidates->items.count; i++) {
        free(candidates->items.items[i].text);
        free(candidates->items.items[i].doc);
    }
    LIST_RELEASE(&candidates->items);
    candidates->start = 0;
}

size_t line_shared_length(const char *a, const char *b)
{
    size_t length = 0;

    while (a[length] != '\0' && a[length] == b[length])
        length++;
    while (length > 0 && ((unsigned char)a[length] & 0xc0) == 0x80)
        length--;
    return length;
}

#define FUNCTION_KEY(number) (LINE_KEY_F1 + (number)-1)

/* In vi mode Escape and a letter are two keys: what is Alt elsewhere is not bound there. */
const struct line_sequence line_sequences[LINE_SEQUENCES] = {
    {"\x1bOP", FUNCTION_KEY(1), true},
    {"\x1bOQ", FUNCTION_KEY(2), true},
    {"\x1bOR", FUNCTION_KEY(3), true},
    {"\x1bOS", FUNCTION_KEY(4), true},
    {"\x1b[11~", FUNCTION_KEY(1), true},
    {"\x1b[12~", FUNCTION_KEY(2), true},
    {"\x1b[13~", FUNCTION_KEY(3), true},
    {"\x1b[14~", FUNCTION_KEY(4), true},
    {"\x1b[15~", FUNCTION_KEY(5), true},
    {"\x1b[17~", FUNCTION_KEY(6), true},
    {"\x1b[18~", FUNCTION_KEY(7), true},
    {"\x1b[19~", FUNCTION_KEY(8), true},
    {"\x1b[20~", FUNCTION_KEY(9), true},
    {"\x1b[21~", FUNCTION_KEY(10), true},
    {"\x1b[23~", FUNCTION_KEY(11), true},
    {"\x1b[24~", FUNCTION_KEY(12), true},
    {"\x1b[[A", FUNCTION_KEY(1), true},
    {"\x1b[[B", FUNCTION_KEY(2), true},
    {"\x1b[[C", FUNCTION_KEY(3), true},
    {"\x1b[[D", FUNCTION_KEY(4), true},
    {"\x1b[[E", FUNCTION_KEY(5), true},
    {"\x1b" "0", LINE_KEY_ALT_0 + 0, false},
    {"\x1b" "1", LINE_KEY_ALT_0 + 1, false},
    {"\x1b" "2", LINE_KEY_ALT_0 + 2, false},
    {"\x1b" "3", LINE_KEY_ALT_0 + 3, false},
    {"\x1b" "4", LINE_KEY_ALT_0 + 4, false},
    {"\x1b" "5", LINE_KEY_ALT_0 + 5, false},
    {"\x1b" "6", LINE_KEY_ALT_0 + 6, false},
    {"\x1b" "7", LINE_KEY_ALT_0 + 7, false},
    {"\x1b" "8", LINE_KEY_ALT_0 + 8, false},
    {"\x1b" "9", LINE_KEY_ALT_0 + 9, false},
    {"\x1b[5~", LINE_KEY_PAGE_UP, true},
    {"\x1b[6~", LINE_KEY_PAGE_DOWN, true},
    {"\x1b[Z", LINE_KEY_BACKTAB, true},
    {"\x0c", LINE_KEY_REDRAW, true},
    {"\x1b" "e", LINE_KEY_ALT_E, false},
    {"\x1b" "i", LINE_KEY_ALT_I, false},
    {"\x1b" "w", LINE_KEY_ALT_W, false},
    {"\x1b" "c", LINE_KEY_ALT_C, false},
    {"\x1b" "q", LINE_KEY_ALT_Q, false},
    {"\x1b" "t", LINE_KEY_ALT_T, false},
    {"\x1b" "p", LINE_KEY_ALT_P, false},
};
