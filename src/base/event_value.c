/*
 * base/event_value.c - one value of an event, and one test of a pattern.
 *
 * A string passes the tests of strings, a number those of numbers; what is neither passes only an
 * exact test.  "Anything but" is passed by every value that its list does not name, of any type.
 */
#include "base/event_pattern_parts.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/str.h"
#include "base/utf8.h"

enum {
    EXPONENT_MAX = 309, /* of a double */
    EXPONENT_MIN = -324,
    /* Looking for a wildcard's worst value ends after so many steps: it is refused then. */
    GLOB_SETS_MAX = 5000,
    GLOB_SLOTS = 16384,
};

/* ---- numbers ---- */

/* The digits of the text into the number, without leading zeros; how many places lie before the
 * point.  False when there are too many. */
static bool read_digits(const char **at, const char *end, struct event_number *number, long *point)
{
    bool seen_point = false;
    unsigned zeros = 0; /* read, and kept only when a digit follows */

    for (; *at < end && (**at == '.' || (**at >= '0' && **at <= '9')); ++*at) {
        if (**at == '.') {
            seen_point = true;
            continue;
        }
        if (!seen_point)
            ++*point;
        if (**at == '0' && number->count == 0) {
            --*point;
        } else if (**at == '0') {
            zeros++;
        } else {
            if (number->count + zeros >= EVENT_DIGITS_MAX)
                return false;
            memset(number->digits + number->count, '0', zeros);
            number->count = (uint8_t)(number->count + zeros);
            number->digits[number->count++] = **at;
            zeros = 0;
        }
    }
    return true;
}

bool event_number_read(const char *text, size_t length, struct event_number *number)
{
    const char *at = text;
    const char *end = text + length;
    long point = 0;
    long exponent = 0;
    bool negative;

    *number = (struct event_number){.negative = length > 0 && *text == '-'};
    at += number->negative;
    if (!read_digits(&at, end, number, &point))
        return false;
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        negative = at < end && *at == '-';
        at += at < end && (*at == '-' || *at == '+');
        for (; at < end; at++)
            exponent = exponent > 100000 ? exponent : exponent * 10 + (*at - '0');
        if (negative)
            exponent = -exponent;
    }
    if (number->count == 0) {
        *number = (struct event_number){0};
        return true;
    }
    number->exponent = (int32_t)(point + exponent);
    return point + exponent <= EXPONENT_MAX && point + exponent >= EXPONENT_MIN;
}

int event_number_compare(const struct event_number *a, const struct event_number *b)
{
    unsigned count = a->count < b->count ? a->count : b->count;
    int order;

    if (a->count == 0 || b->count == 0)
        order = (a->count != 0) - (b->count != 0);
    else if (a->negative != b->negative)
        return a->negative ? -1 : 1;
    else if (a->exponent != b->exponent)
        order = a->exponent < b->exponent ? -1 : 1;
    else if ((order = memcmp(a->digits, b->digits, count)) == 0)
        order = (a->count > b->count) - (a->count < b->count);
    return (a->count != 0 ? a->negative : b->negative) ? -order : order;
}

/* ---- addresses ---- */

/* Four numbers of any length up to 255: Java takes leading zeros, inet_pton() does not. */
static bool read_ip4(const char *text, size_t length, uint8_t ip[16])
{
    unsigned part = 0;
    unsigned value = 0;
    bool digit = false;

    for (size_t i = 0; i <= length; i++) {
        if (i == length || text[i] == '.') {
            if (!digit || part > 3)
                return false;
            ip[part++] = (uint8_t)value;
            value = 0;
            digit = false;
        } else {
            if (text[i] < '0' || text[i] > '9')
                return false;
            value = value * 10 + (unsigned)(text[i] - '0');
            digit = true;
            if (value > 255)
                return false;
        }
    }
    return part == 4;
}

size_t event_ip_read(const char *text, size_t length, uint8_t ip[16])
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    char copy[48];

    if (length < 2 || length >= sizeof(copy))
        return 0;
    if (read_ip4(text, length, ip))
        return 4;
    if (memchr(text, ':', length) == NULL || memchr(text, '.', length) != NULL ||
        memchr(text, '\0', length) != NULL)
        return 0;
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (inet_pton(AF_INET6, copy, ip) != 1)
        return 0;
    if (memcmp(ip, mapped, sizeof(mapped)) != 0)
        return 16;
    memmove(ip, ip + 12, 4);
    return 4;
}

/* ---- texts whose case does not count ---- */

static void fold_one(uint32_t code, struct event_fold *fold)
{
    fold->lower_length = (uint8_t)utf8_lower(code, fold->lower);
    fold->upper_length = (uint8_t)utf8_upper(code, fold->upper);
}

void event_text_fold(struct arena *arena, struct event_text *text)
{
    text->folds = arena_alloc(arena, (text->length + 1) * sizeof(*text->folds));
    for (size_t at = 0; at < text->length;) {
        uint32_t code;

        at += utf8_decode(text->text + at, text->length - at, &code);
        fold_one(code == UTF8_INVALID ? 0xfffd : code, &text->folds[text->fold_count++]);
    }
}

/* How many bytes at `at` are the character, in one of its cases; 0: it is another. */
static size_t fold_length(const struct event_fold *fold, const char *at, size_t left)
{
    if (left >= fold->lower_length && memcmp(at, fold->lower, fold->lower_length) == 0)
        return fold->lower_length;
    if (left >= fold->upper_length && memcmp(at, fold->upper, fold->upper_length) == 0)
        return fold->upper_length;
    return 0;
}

static bool fold_starts(const struct event_text *text, const struct event_value *value, bool whole)
{
    size_t at = 0;

    for (size_t i = 0; i < text->fold_count; i++) {
        size_t length = fold_length(&text->folds[i], value->text + at, value->length - at);

        if (length == 0)
            return false;
        at += length;
    }
    return !whole || at == value->length;
}

static bool fold_ends(const struct event_text *text, const struct event_value *value)
{
    size_t left = value->length;

    for (size_t i = text->fold_count; i-- > 0;) {
        const struct event_fold *fold = &text->folds[i];
        const char *end = value->text + left;

        if (left >= fold->lower_length &&
            memcmp(end - fold->lower_length, fold->lower, fold->lower_length) == 0)
            left -= fold->lower_length;
        else if (left >= fold->upper_length &&
                 memcmp(end - fold->upper_length, fold->upper, fold->upper_length) == 0)
            left -= fold->upper_length;
        else
            return false;
    }
    return true;
}

/* ---- wildcards ---- */

static bool glob_parse(struct arena *arena, struct event_text *text, struct str *why)
{
    text->globs = arena_alloc(arena, (text->length + 1) * sizeof(*text->globs));
    for (size_t i = 0; i < text->length; i++) {
        char c = text->text[i];
        char next = i + 1 < text->length ? text->text[i + 1] : '"';

        if (c == '*' && next == '*') {
            str_addf(why, "Consecutive wildcard characters at pos %zu", i + 1);
            return false;
        }
        if (c == '\\' && next != '*' && next != '\\') {
            str_addf(why, "Invalid escape character at pos %zu", i + 1);
            return false;
        }
        if (c == '\\')
            c = text->text[++i];
        else if (c == '*') {
            text->globs[text->glob_count++] = -1;
            continue;
        }
        text->globs[text->glob_count++] = (unsigned char)c;
    }
    return true;
}

/*
 * Where a value can stand in a wildcard at once: behind the byte `at`, or, with the lowest bit set,
 * inside the star there.  In ascending order, counted from 1; 0 is before the first.
 */
struct glob_set {
    uint16_t at[EVENT_WILDCARD_PLACES];
    unsigned count;
};

static void set_add(struct glob_set *set, unsigned at)
{
    unsigned i = set->count;

    while (i > 0 && set->at[i - 1] > at)
        i--;
    if ((i > 0 && set->at[i - 1] == at) || set->count == EVENT_WILDCARD_PLACES)
        return;
    memmove(&set->at[i + 1], &set->at[i], (set->count - i) * sizeof(set->at[0]));
    set->at[i] = (uint16_t)at;
    set->count++;
}

/* Where a value stands after one more byte; the last byte of all is a quote. */
static struct glob_set set_after(const struct event_text *text, const struct glob_set *set,
                                 int16_t byte)
{
    struct glob_set after = {.count = 0};

    for (unsigned i = 0; i < set->count; i++) {
        size_t next = set->at[i] / 2u; /* of the wildcard, from 0 */

        if (set->at[i] % 2 == 1) {
            set_add(&after, set->at[i]);
        } else if (next < text->glob_count && text->globs[next] == -1) {
            set_add(&after, (unsigned)(next + 1) * 2 + 1);
            next++;
        }
        if ((next < text->glob_count ? text->globs[next] : '"') == byte && next <= text->glob_count)
            set_add(&after, (unsigned)(next + 1) * 2);
    }
    return after;
}

/* The sets met so far, found by their contents. */
struct glob_seen {
    struct glob_set *sets;
    uint16_t *slots; /* one above a set's number; 0: empty */
    unsigned count;
};

/* Adds the set if it is new.  False when there is no room for it. */
static bool see(struct glob_seen *seen, const struct glob_set *set)
{
    uint64_t hash = event_hash_name((const char *)set->at, sizeof(set->at));
    unsigned at = (unsigned)(hash ^ hash >> 32) % GLOB_SLOTS;

    for (; seen->slots[at] != 0; at = (at + 1) % GLOB_SLOTS) {
        if (memcmp(&seen->sets[seen->slots[at] - 1], set, sizeof(*set)) == 0)
            return true;
    }
    if (seen->count == GLOB_SETS_MAX)
        return false;
    seen->sets[seen->count++] = *set;
    seen->slots[at] = (uint16_t)seen->count;
    return true;
}

/*
 * A value stands at several places of a wildcard at once when its stars leave open which of them
 * took what.  The worst value is looked for by going through all sets of places that any value can
 * reach.  AWS measures in the same way.  From which cost on it refuses is not known: it takes a
 * star before /dir five times (7), and refuses five stars with a colon behind each (11).
 */
static bool glob_is_cheap(const struct event_text *text)
{
    struct glob_seen seen = {.count = 0};
    bool bytes[256] = {['"'] = true};
    bool cheap = true;

    if (memchr(text->text, '*', text->length) == NULL)
        return true;
    if (text->glob_count > GLOB_SETS_MAX)
        return false;
    for (size_t i = 0; i < text->glob_count; i++) {
        if (text->globs[i] >= 0)
            bytes[text->globs[i]] = true;
    }
    seen.sets = xcalloc(GLOB_SETS_MAX, sizeof(*seen.sets));
    seen.slots = xcalloc(GLOB_SLOTS, sizeof(*seen.slots));
    see(&seen, &(struct glob_set){.at = {0}, .count = 1});
    for (unsigned done = 0; done < seen.count && cheap; done++) {
        for (unsigned byte = 0; byte < 256 && cheap; byte++) {
            struct glob_set after;

            if (!bytes[byte])
                continue;
            after = set_after(text, &seen.sets[done], (int16_t)byte);
            cheap = after.count < EVENT_WILDCARD_PLACES && see(&seen, &after);
        }
    }
    free(seen.sets);
    free(seen.slots);
    return cheap;
}

bool event_text_glob(struct arena *arena, struct event_text *text, struct str *why)
{
    if (!glob_parse(arena, text, why))
        return false;
    if (glob_is_cheap(text))
        return true;
    str_add(why, "Rule is too complex - try using fewer wildcard characters or fewer repeating "
                 "character sequences after a wildcard character");
    return false;
}

static bool glob_matches(const struct event_text *text, const struct event_value *value)
{
    size_t at = 0;
    size_t glob = 0;
    size_t star = SIZE_MAX; /* behind the last star met */
    size_t star_at = 0;     /* what it has taken, so far, ends here */

    while (at < value->length) {
        if (glob < text->glob_count && text->globs[glob] == -1) {
            star = ++glob;
            star_at = at;
        } else if (glob < text->glob_count && text->globs[glob] == (unsigned char)value->text[at]) {
            glob++;
            at++;
        } else if (star != SIZE_MAX) {
            glob = star;
            at = ++star_at;
        } else {
            return false;
        }
    }
    while (glob < text->glob_count && text->globs[glob] == -1)
        glob++;
    return glob == text->glob_count;
}

/* ---- tests ---- */

static bool same_bytes(const struct event_text *text, const struct event_value *value)
{
    return text->length == value->length && memcmp(text->text, value->text, text->length) == 0;
}

/* Whether the string is what this one text of the test means. */
static bool string_is(const struct event_test *test, const struct event_text *text,
                      const struct event_value *value)
{
    switch (test->kind) {
    case EVENT_TEST_EXACT:
        return same_bytes(text, value);
    case EVENT_TEST_PREFIX:
        return text->length <= value->length && memcmp(text->text, value->text, text->length) == 0;
    case EVENT_TEST_SUFFIX:
        return text->length <= value->length &&
               memcmp(text->text, value->text + value->length - text->length, text->length) == 0;
    case EVENT_TEST_FOLD:
        return fold_starts(text, value, true);
    case EVENT_TEST_PREFIX_FOLD:
        return fold_starts(text, value, false);
    case EVENT_TEST_SUFFIX_FOLD:
        return fold_ends(text, value);
    case EVENT_TEST_WILDCARD:
        return glob_matches(text, value);
    default:
        return false;
    }
}

static bool number_is(const struct event_text *text, const struct event_value *value)
{
    struct event_number number;

    if (text->comparable && event_number_read(value->text, value->length, &number))
        return event_number_compare(&text->number, &number) == 0;
    return same_bytes(text, value);
}

static bool is_any_of(const struct event_test *test, const struct event_value *value)
{
    for (uint32_t i = 0; i < test->texts.count; i++) {
        if (test->kind == EVENT_TEST_NUMBER
                ? value->token == JSON_TOKEN_NUMBER && number_is(&test->texts.items[i], value)
                : value->token == JSON_TOKEN_STRING &&
                      string_is(test, &test->texts.items[i], value))
            return true;
    }
    return false;
}

static bool in_range(const struct event_test *test, const struct event_value *value)
{
    struct event_number number;
    int order;

    if (value->token != JSON_TOKEN_NUMBER ||
        !event_number_read(value->text, value->length, &number))
        return false;
    if (test->has_low) {
        order = event_number_compare(&number, &test->low);
        if (order < 0 || (order == 0 && test->low_open))
            return false;
    }
    if (test->has_high) {
        order = event_number_compare(&number, &test->high);
        if (order > 0 || (order == 0 && test->high_open))
            return false;
    }
    return true;
}

/* Digit `at` of an address in hexadecimal. */
static char ip_digit(const uint8_t *ip, size_t at)
{
    return "0123456789ABCDEF"[at % 2 == 0 ? ip[at / 2] >> 4 : ip[at / 2] & 15];
}

/*
 * AWS's engine compares addresses as hexadecimal digits from the first to the last, and it takes a
 * number's digits for such ones: 5.0 is in 0.0.0.0/0.  Not if the field's list asks for numbers
 * too.
 */
static bool digits_in_range(const struct event_test *test, const struct event_value *value)
{
    bool low = true; /* the digits so far are those of the lowest address */
    bool high = true;
    struct event_number number;

    if (test->beside_numbers && event_number_read(value->text, value->length, &number))
        return false;
    for (size_t i = 0; i < value->length && i < test->ip_size * 2; i++) {
        char digit = value->text[i];
        char lowest = low ? ip_digit(test->ip_low, i) : '0';
        char highest = high ? ip_digit(test->ip_high, i) : 'F';

        if (!((digit >= '0' && digit <= '9') || digit == 'E') || digit < lowest || digit > highest)
            return false;
        low = low && digit == lowest;
        high = high && digit == highest;
        if ((!low && !high) || i + 1 == test->ip_size * 2)
            return true;
    }
    return false;
}

bool event_test_passes(const struct event_test *test, const struct event_value *value)
{
    uint8_t ip[16];

    switch (test->kind) {
    case EVENT_TEST_EXISTS:
        return true;
    case EVENT_TEST_ABSENT:
        return false;
    case EVENT_TEST_RANGE:
        return in_range(test, value);
    case EVENT_TEST_IP:
        if (value->token == JSON_TOKEN_NUMBER)
            return digits_in_range(test, value);
        return value->token == JSON_TOKEN_STRING &&
               event_ip_read(value->text, value->length, ip) == test->ip_size &&
               memcmp(ip, test->ip_low, test->ip_size) >= 0 &&
               memcmp(ip, test->ip_high, test->ip_size) <= 0;
    case EVENT_TEST_EXACT:
        if (test->token != JSON_TOKEN_STRING)
            return value->token == test->token;
        return is_any_of(test, value) != test->but;
    default:
        return is_any_of(test, value) != test->but;
    }
}
