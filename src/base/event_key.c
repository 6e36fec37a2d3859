/*
 * base/event_key.c - the keys under which tests of strings are looked for.
 *
 * A test that wants a value, a beginning or an end of one, or some bytes within, is found by a hash
 * of these and of the field's name: a value has few such keys, however many tests there are.  The
 * hash proves nothing; who is found so is tried.
 */
#include "base/event_pattern_parts.h"

#include <limits.h>
#include <string.h>

/* The hash of a key begins with its kind. */
static uint64_t key_begin(uint64_t name_hash, enum event_key_kind kind)
{
    char mark[2] = {'\1', (char)kind};

    return event_hash(name_hash, mark, sizeof(mark));
}

static char lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c);
}

static uint64_t add_byte(uint64_t hash, enum event_key_kind kind, char c)
{
    bool folds =
        kind == EVENT_KEY_FOLD || kind == EVENT_KEY_HEAD_FOLD || kind == EVENT_KEY_TAIL_FOLD;

    c = folds ? lower(c) : c;
    return event_hash(hash, &c, 1);
}

static bool is_tail(enum event_key_kind kind)
{
    return kind == EVENT_KEY_TAIL || kind == EVENT_KEY_TAIL_FOLD;
}

/* The key of a text; of an end, from its last byte backwards. */
static struct event_key key_of(uint64_t name_hash, enum event_key_kind kind, const char *text,
                               size_t length)
{
    uint64_t hash = key_begin(name_hash, kind);

    if (kind != EVENT_KEY_FOLD && length > EVENT_END_MAX) {
        text += is_tail(kind) ? length - EVENT_END_MAX : 0;
        length = EVENT_END_MAX;
    }
    for (size_t i = 0; i < length; i++)
        hash = add_byte(hash, kind, is_tail(kind) ? text[length - 1 - i] : text[i]);
    return (struct event_key){.kind = kind, .hash = hash, .length = (uint8_t)length};
}

/* Whether nothing but letters of ASCII can stand in another case: other characters may become
 * longer in it, or come from several. */
static bool folds_plainly(const struct event_text *text)
{
    for (size_t i = 0; i < text->fold_count; i++) {
        if (text->folds[i].lower_length != 1 || text->folds[i].upper_length != 1)
            return false;
    }
    return true;
}

/* The bytes of a wildcard between these two places, where no star stands. */
static struct event_key glob_key(uint64_t name_hash, enum event_key_kind kind,
                                 const struct event_text *text, size_t begin, size_t end)
{
    char piece[EVENT_END_MAX];
    size_t length = end - begin < sizeof(piece) ? end - begin : sizeof(piece);

    begin = is_tail(kind) ? end - length : begin;
    for (size_t i = 0; i < length; i++)
        piece[i] = (char)text->globs[begin + i];
    return key_of(name_hash, kind, piece, length);
}

/* How many bytes of a wildcard's longest piece are looked for together: 3, fewer, or none. */
static size_t gram_of(const struct event_text *text)
{
    size_t gram = 0;
    size_t run = 0; /* bytes since the last star */

    for (size_t at = 0; at < text->glob_count && gram < EVENT_GRAM; at++) {
        run = text->globs[at] == -1 ? 0 : run + 1;
        gram = run > gram ? run : gram;
    }
    return gram;
}

/* Some bytes that a value must have for its wildcard: those at its ends, and within. */
static unsigned glob_keys(uint64_t name_hash, const struct event_text *text,
                          struct event_key keys[EVENT_KEYS_MAX])
{
    unsigned count = 0;
    size_t head = 0;
    size_t tail = text->glob_count;
    size_t gram = gram_of(text);
    size_t run = 0;

    while (head < text->glob_count && text->globs[head] != -1)
        head++;
    while (tail > 0 && text->globs[tail - 1] != -1)
        tail--;
    if (head > 0)
        keys[count++] = glob_key(name_hash, EVENT_KEY_HEAD, text, 0, head);
    if (tail < text->glob_count)
        keys[count++] = glob_key(name_hash, EVENT_KEY_TAIL, text, tail, text->glob_count);
    for (size_t at = 0; at < text->glob_count && count < EVENT_KEYS_MAX; at++) {
        run = text->globs[at] == -1 ? 0 : run + 1;
        if (gram > 0 && run >= gram)
            keys[count++] = glob_key(name_hash, EVENT_KEY_GRAM, text, at + 1 - gram, at + 1);
    }
    return count;
}

unsigned event_text_keys(uint64_t name_hash, const struct event_test *test,
                         const struct event_text *text, struct event_key keys[EVENT_KEYS_MAX])
{
    static const enum event_key_kind kinds[] = {
        [EVENT_TEST_PREFIX] = EVENT_KEY_HEAD,
        [EVENT_TEST_SUFFIX] = EVENT_KEY_TAIL,
        [EVENT_TEST_FOLD] = EVENT_KEY_FOLD,
        [EVENT_TEST_PREFIX_FOLD] = EVENT_KEY_HEAD_FOLD,
        [EVENT_TEST_SUFFIX_FOLD] = EVENT_KEY_TAIL_FOLD,
    };

    switch (test->kind) {
    case EVENT_TEST_EXACT:
        keys[0] = (struct event_key){
            .kind = EVENT_KEY_VALUE,
            .hash = event_hash_value(name_hash, test->token, text == NULL ? "" : text->text,
                                     text == NULL ? 0 : text->length),
        };
        return 1;
    case EVENT_TEST_PREFIX:
    case EVENT_TEST_SUFFIX:
    case EVENT_TEST_PREFIX_FOLD:
    case EVENT_TEST_SUFFIX_FOLD:
    case EVENT_TEST_FOLD:
        if ((text->length == 0 && test->kind != EVENT_TEST_FOLD) || !folds_plainly(text))
            return 0;
        keys[0] = key_of(name_hash, kinds[test->kind], text->text, text->length);
        return 1;
    case EVENT_TEST_WILDCARD:
        return glob_keys(name_hash, text, keys);
    default:
        return 0;
    }
}

void event_keys_note(struct event_keys_wanted *wanted, const struct event_key *key)
{
    wanted->lengths[key->kind] |= UINT64_C(1) << key->length;
}

/* The keys of the beginnings, or ends, of so many bytes as anybody wants. */
static void visit_ends(const struct event_key_search *search, enum event_key_kind kind)
{
    const struct event_value *value = &search->field->value;
    uint64_t lengths = search->wanted->lengths[kind] >> 1;
    uint64_t hash = key_begin(search->field->name_hash, kind);

    for (size_t i = 0; lengths != 0 && i < value->length; i++, lengths >>= 1) {
        hash = add_byte(hash, kind, value->text[is_tail(kind) ? value->length - 1 - i : i]);
        if ((lengths & 1) != 0)
            search->visit(search->context, hash);
    }
}

/* The keys of so many bytes as anybody wants, wherever they stand; of single ones once each. */
static void visit_grams(const struct event_key_search *search)
{
    const struct event_value *value = &search->field->value;
    uint64_t begin = key_begin(search->field->name_hash, EVENT_KEY_GRAM);
    bool seen[UCHAR_MAX + 1] = {false};

    for (size_t gram = 1; gram <= EVENT_GRAM; gram++) {
        if ((search->wanted->lengths[EVENT_KEY_GRAM] >> gram & 1) == 0)
            continue;
        for (size_t i = 0; i + gram <= value->length; i++) {
            bool *again = &seen[(unsigned char)value->text[i]];

            if (gram > 1 || !*again)
                search->visit(search->context, event_hash(begin, value->text + i, gram));
            *again = true;
        }
    }
}

void event_keys_visit(const struct event_key_search *search)
{
    const struct event_value *value = &search->field->value;
    uint64_t hash;

    search->visit(search->context, search->field->hash);
    if (value->token != JSON_TOKEN_STRING)
        return;
    visit_ends(search, EVENT_KEY_HEAD);
    visit_ends(search, EVENT_KEY_TAIL);
    visit_ends(search, EVENT_KEY_HEAD_FOLD);
    visit_ends(search, EVENT_KEY_TAIL_FOLD);
    if (search->wanted->lengths[EVENT_KEY_FOLD] != 0) {
        hash = key_begin(search->field->name_hash, EVENT_KEY_FOLD);
        for (size_t i = 0; i < value->length; i++)
            hash = add_byte(hash, EVENT_KEY_FOLD, value->text[i]);
        search->visit(search->context, hash);
    }
    if (search->wanted->lengths[EVENT_KEY_GRAM] != 0)
        visit_grams(search);
}

/* ---- leaves that ask the same ---- */

static bool same_text(const struct event_text *a, const struct event_text *b)
{
    return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

static bool same_test(const struct event_test *a, const struct event_test *b)
{
    if (a->kind != b->kind || a->token != b->token || a->but != b->but ||
        a->has_low != b->has_low || a->has_high != b->has_high || a->low_open != b->low_open ||
        a->high_open != b->high_open || a->beside_numbers != b->beside_numbers ||
        a->ip_size != b->ip_size || a->texts.count != b->texts.count ||
        event_number_compare(&a->low, &b->low) != 0 ||
        event_number_compare(&a->high, &b->high) != 0 ||
        memcmp(a->ip_low, b->ip_low, a->ip_size) != 0 ||
        memcmp(a->ip_high, b->ip_high, a->ip_size) != 0)
        return false;
    for (uint32_t i = 0; i < a->texts.count; i++) {
        if (!same_text(&a->texts.items[i], &b->texts.items[i]))
            return false;
    }
    return true;
}

bool event_leaf_same(const struct event_leaf *a, const struct event_leaf *b)
{
    if (a->hash != b->hash || a->tests.count != b->tests.count || strcmp(a->name, b->name) != 0)
        return false;
    for (uint32_t i = 0; i < a->tests.count; i++) {
        if (!same_test(&a->tests.items[i], &b->tests.items[i]))
            return false;
    }
    return true;
}

uint64_t event_leaf_hash(const struct event_leaf *leaf)
{
    uint64_t hash = leaf->hash;

    for (uint32_t i = 0; i < leaf->tests.count; i++) {
        const struct event_test *test = &leaf->tests.items[i];
        char mark[3] = {(char)test->kind, (char)test->token, (char)test->but};

        hash = event_hash(hash, mark, sizeof(mark));
        for (uint32_t k = 0; k < test->texts.count; k++)
            hash = event_hash(hash, test->texts.items[k].text, test->texts.items[k].length);
        hash = event_hash(hash, test->low.digits, test->low.count);
        hash = event_hash(hash, test->high.digits, test->high.count);
        hash = event_hash(hash, (const char *)test->ip_low, test->ip_size);
    }
    return hash;
}
