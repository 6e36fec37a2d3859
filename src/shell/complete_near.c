/*
 * shell/complete_near.c - how near a word is to the letters that were typed: rinst, run-instances.
 */
#include "shell/complete_parts.h"

#include <ctype.h>
#include <string.h>

enum {
    LETTERS_MAX = 64, /* of a name; longer ones are not looked at */
    FOR_BEGINNING = 8,
    FOR_FIRST = 4,
    FOR_NEXT = 5,
    FOR_LETTER = 1,
};

static bool is_same(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static int worth(const char *text, size_t at)
{
    if (at == 0)
        return FOR_LETTER + FOR_BEGINNING + FOR_FIRST;
    return text[at - 1] == '-' ? FOR_LETTER + FOR_BEGINNING : FOR_LETTER;
}

/*
 * Row by row: ending[at] is the best way to find the letters so far with the last of them at `at`,
 * upto[at] the best that ends anywhere before.
 */
int complete_score(const char *typed, const char *text)
{
    int ending[LETTERS_MAX];
    size_t length = strlen(text);
    int best = 0;

    if (length > LETTERS_MAX || strlen(typed) > length)
        return -1;
    for (size_t row = 0; typed[row] != '\0'; row++) {
        int before = row == 0 ? 0 : -1; /* the best that ends before `at` */
        int left = -1;                  /* the last row's at the letter to the left */

        best = -1;
        for (size_t at = 0; at < length; at++) {
            int above = row == 0 ? -1 : ending[at];
            int score = left >= 0 && left + FOR_NEXT > before ? left + FOR_NEXT : before;

            ending[at] = score >= 0 && is_same(typed[row], text[at]) ? score + worth(text, at) : -1;
            if (ending[at] > best)
                best = ending[at];
            if (above > before)
                before = above;
            left = above;
        }
        if (best < 0)
            return -1;
    }
    return best * LETTERS_MAX + (int)(LETTERS_MAX - length);
}
