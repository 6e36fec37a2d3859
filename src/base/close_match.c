/*
 * base/close_match.c - which known words a mistyped word may have meant.
 *
 * Two words are as alike as the characters that they share in order: take the longest run that both
 * have, then do the same with what is before it in both and with what is after it in both.  With M
 * characters in such runs and T in both words together the likeness is 2M/T.  It is kept as a
 * fraction, so that no rounding decides which words are offered.
 */
#include "base/close_match.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

enum {
    CUTOFF_NUMERATOR = 4, /* 0.8 */
    CUTOFF_DENOMINATOR = 5,
};

struct word {
    uint32_t codes[CLOSE_MATCH_LENGTH_MAX];
    size_t length;
};

/* Parts of two words, from the first up to before the second position. */
struct part {
    size_t a;
    size_t a_end;
    size_t b;
    size_t b_end;
};

struct candidate {
    const char *word;
    size_t shared; /* characters, in both words: 2M */
    size_t total;  /* T */
};

/* False when the word is too long. */
static bool word_read(struct word *word, const char *text)
{
    size_t left = strlen(text);

    word->length = 0;
    while (left > 0) {
        size_t used;

        if (word->length == CLOSE_MATCH_LENGTH_MAX)
            return false;
        used = utf8_decode(text, left, &word->codes[word->length++]);
        text += used;
        left -= used;
    }
    return true;
}

/* The longest run in both; of equally long ones the first in a, and then the first in b. */
static struct part longest_run(const struct word *a, const struct word *b, const struct part *in)
{
    uint8_t runs[2][CLOSE_MATCH_LENGTH_MAX + 1] = {
        0}; /* ending before each b, for this a and the last */
    struct part best = {in->a, in->a, in->b, in->b};

    for (size_t i = in->a; i < in->a_end; i++) {
        uint8_t *now = runs[i % 2];
        const uint8_t *before = runs[(i + 1) % 2];

        for (size_t j = in->b; j < in->b_end; j++) {
            now[j + 1] = a->codes[i] == b->codes[j] ? (uint8_t)(before[j] + 1) : 0;
            if (now[j + 1] > best.a_end - best.a) {
                best.a = i + 1 - now[j + 1];
                best.a_end = i + 1;
                best.b = j + 1 - now[j + 1];
                best.b_end = j + 1;
            }
        }
    }
    return best;
}

/* Recurses at most once for each character of the shorter word. */
static size_t shared_characters(const struct word *a, const struct word *b, const struct part *in)
{
    struct part run = longest_run(a, b, in);
    struct part before = {in->a, run.a, in->b, run.b};
    struct part after = {run.a_end, in->a_end, run.b_end, in->b_end};

    if (run.a == run.a_end)
        return 0;
    return run.a_end - run.a + shared_characters(a, b, &before) + shared_characters(a, b, &after);
}

static bool is_close(const struct candidate *candidate)
{
    return candidate->shared * CUTOFF_DENOMINATOR >= candidate->total * CUTOFF_NUMERATOR;
}

static bool is_better(const struct candidate *a, const struct candidate *b)
{
    size_t left = a->shared * b->total;
    size_t right = b->shared * a->total;

    return left != right ? left > right : strcmp(a->word, b->word) > 0;
}

/* Measures how close the candidate's word is; false when it is not close enough. */
static bool measure(struct candidate *candidate, const struct word *wanted)
{
    struct word word;
    struct part whole = {0};

    if (!word_read(&word, candidate->word))
        return false;
    candidate->total = word.length + wanted->length;
    /* Words of too different lengths cannot be close; most are told apart here. */
    candidate->shared = 2 * (word.length < wanted->length ? word.length : wanted->length);
    if (candidate->total == 0 || !is_close(candidate))
        return candidate->total == 0;
    whole.a_end = word.length;
    whole.b_end = wanted->length;
    candidate->shared = 2 * shared_characters(&word, wanted, &whole);
    return is_close(candidate);
}

size_t close_match_find(const char *word, const char *const *words, size_t count,
                        const char *found[CLOSE_MATCH_MAX])
{
    struct candidate best[CLOSE_MATCH_MAX + 1];
    struct word wanted;
    size_t kept = 0;

    if (!word_read(&wanted, word))
        return 0;
    for (size_t i = 0; i < count; i++) {
        struct candidate candidate = {.word = words[i]};
        size_t at = kept;

        if (!measure(&candidate, &wanted))
            continue;
        for (; at > 0 && is_better(&candidate, &best[at - 1]); at--)
            best[at] = best[at - 1];
        best[at] = candidate;
        kept += kept < CLOSE_MATCH_MAX;
    }
    for (size_t i = 0; i < kept; i++)
        found[i] = best[i].word;
    return kept;
}
