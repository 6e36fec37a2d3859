/*
 * store/sql_pattern.c - LIKE, GLOB and regular expressions, each in a bounded time.
 *
 * LIKE and GLOB remember only the last % or *, which is enough: an earlier one could not do better.
 * So they take at most (text x pattern), and the pattern is short.
 *
 * A regular expression becomes Glushkov's automaton: each letter of the expression is a place, at
 * most 64 of them, so that "where can we be" is one integer.  One step for each character of the
 * text, whatever the expression; there is nothing to go back to.  The ends of the text are
 * characters as well, which ^ and $ match.
 *
 *     a(b|c)*d      places 1:a 2:b 3:c 4:d    first {1}   last {4}
 *                   follow 1:{2,3,4} 2:{2,3,4} 3:{2,3,4} 4:{}
 */
#include "store/sql_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

/* ---- LIKE and GLOB ---- */

static char small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Bytes of the character at text[at]. */
static size_t step(struct sql_text text, size_t at)
{
    uint32_t code;

    return utf8_decode(text.bytes + at, text.length - at, &code);
}

bool sql_like(struct sql_text pattern, struct sql_text text, char escape)
{
    size_t p = 0;
    size_t t = 0;
    size_t star = SIZE_MAX; /* after the last % */
    size_t retry = 0;

    while (t < text.length) {
        bool plain = p + 1 < pattern.length && escape != 0 && pattern.bytes[p] == escape;
        size_t q = p + plain;

        if (!plain && p < pattern.length && pattern.bytes[p] == '%') {
            star = ++p;
            retry = t;
        } else if (!plain && p < pattern.length && pattern.bytes[p] == '_') {
            t += step(text, t);
            p++;
        } else if (q < pattern.length && small(pattern.bytes[q]) == small(text.bytes[t])) {
            t++;
            p = q + 1;
        } else if (star != SIZE_MAX) {
            t = ++retry;
            p = star;
        } else {
            return false;
        }
    }
    while (p < pattern.length && pattern.bytes[p] == '%')
        p++;
    return p == pattern.length;
}

/* Does the class at pattern[*p] ("[a-z]", "[^0]") have c?  Moves past it. */
static bool class_has(struct sql_text pattern, size_t *p, char c)
{
    size_t at = *p + 1;
    bool invert = at < pattern.length && pattern.bytes[at] == '^';
    bool has = false;
    size_t first;

    at += invert;
    first = at;
    for (; at < pattern.length && (pattern.bytes[at] != ']' || at == first); at++) {
        if (at + 2 < pattern.length && pattern.bytes[at + 1] == '-' &&
            pattern.bytes[at + 2] != ']') {
            has |= c >= pattern.bytes[at] && c <= pattern.bytes[at + 2];
            at += 2;
        } else {
            has |= c == pattern.bytes[at];
        }
    }
    *p = at < pattern.length ? at + 1 : at;
    return has != invert;
}

bool sql_glob(struct sql_text pattern, struct sql_text text)
{
    size_t p = 0;
    size_t t = 0;
    size_t star = SIZE_MAX;
    size_t retry = 0;

    while (t < text.length) {
        char c = p < pattern.length ? pattern.bytes[p] : '\0';
        size_t q = p;

        if (c == '*') {
            star = ++p;
            retry = t;
        } else if (c == '?') {
            t += step(text, t);
            p++;
        } else if (c == '[' && class_has(pattern, &q, text.bytes[t])) {
            t++;
            p = q;
        } else if (c != '[' && p < pattern.length && c == text.bytes[t]) {
            t++;
            p++;
        } else if (star != SIZE_MAX) {
            t = ++retry;
            p = star;
        } else {
            return false;
        }
    }
    while (p < pattern.length && pattern.bytes[p] == '*')
        p++;
    return p == pattern.length;
}

/* ---- regular expressions: the automaton ---- */

enum {
    ASCII = 128,
    TEXT_BEGINS = ASCII, /* the two characters that ^ and $ match */
    TEXT_ENDS,
    SYMBOLS,
    DEPTH_MAX = 16,
    WORK_MAX = 4000, /* of reading one expression */
    REPEATS_MAX = SQL_REGEXP_PLACES,
};

struct sql_regexp {
    uint64_t first; /* where a match may begin */
    uint64_t last;  /* where it may end */
    bool nullable;
    bool fold;                         /* letters without their case */
    uint64_t matches[SYMBOLS];         /* the places that each character fits */
    uint64_t wide;                     /* the places that any character above ASCII fits */
    uint32_t codes[SQL_REGEXP_PLACES]; /* a character above ASCII that a place wants; 0: none */
    uint64_t wants;                    /* the places that have one */
    uint64_t follow[SQL_REGEXP_PLACES];
    uint64_t next[8][256]; /* the same for eight places at once */
};

/* A part of the expression. */
struct part {
    uint64_t first;
    uint64_t last;
    bool nullable;
};

struct reader {
    struct sql_text pattern;
    size_t at;
    struct sql_regexp *regexp;
    unsigned places;
    unsigned depth;
    unsigned work;
    const char *why;
};

static const struct part nothing = {.nullable = true};

static bool ends(const struct reader *reader)
{
    return reader->at >= reader->pattern.length;
}

static char peek(const struct reader *reader)
{
    return ends(reader) ? '\0' : reader->pattern.bytes[reader->at];
}

static struct part fail(struct reader *reader, const char *why)
{
    if (reader->why == NULL)
        reader->why = why;
    return nothing;
}

/* A new place, of which the caller says what fits. */
static struct part add_place(struct reader *reader, uint64_t *place)
{
    *place = 0;
    if (reader->places == SQL_REGEXP_PLACES)
        return fail(reader, "it has more than 64 characters to match");
    *place = UINT64_C(1) << reader->places++;
    return (struct part){.first = *place, .last = *place};
}

static void fit(struct sql_regexp *regexp, unsigned char c, uint64_t place)
{
    regexp->matches[c] |= place;
    if (regexp->fold && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
        regexp->matches[c ^ 0x20] |= place;
}

static bool in_shorthand(char name, unsigned char c)
{
    bool digit = c >= '0' && c <= '9';

    switch (name) {
    case 'd':
        return digit;
    case 'w':
        return digit || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    default:
        return c == ' ' || (c >= '\t' && c <= '\r');
    }
}

/* \d \w \s and their opposites; false when `name` is none of them. */
static bool fit_shorthand(struct sql_regexp *regexp, char name, uint64_t place)
{
    bool invert = name >= 'A' && name <= 'Z';

    if (name == '\0' || strchr("dwsDWS", name) == NULL)
        return false;
    for (unsigned c = 0; c < ASCII; c++) {
        if (in_shorthand(small(name), (unsigned char)c) != invert)
            regexp->matches[c] |= place;
    }
    if (invert)
        regexp->wide |= place;
    return true;
}

/* The character after a backslash that stands for itself or for a control; 0: unknown. */
static unsigned char escaped(char name)
{
    if (name == 'n')
        return '\n';
    if (name == 't')
        return '\t';
    if (name == 'r')
        return '\r';
    if ((name >= 'a' && name <= 'z') || (name >= 'A' && name <= 'Z') ||
        (name >= '0' && name <= '9') || (unsigned char)name >= ASCII)
        return 0;
    return (unsigned char)name;
}

static struct part read_escape(struct reader *reader)
{
    uint64_t place;
    struct part part = add_place(reader, &place);
    char name;

    reader->at++;
    name = peek(reader);
    reader->at++;
    if (!fit_shorthand(reader->regexp, name, place)) {
        if (escaped(name) == 0)
            return fail(reader, "of \\X only \\d \\w \\s \\n \\t \\r, their capitals, and "
                                "punctuation are known");
        fit(reader->regexp, escaped(name), place);
    }
    return part;
}

/* One member of a class, or its first half; false when it was \d and its like, or wrong. */
static bool read_member(struct reader *reader, uint64_t place, unsigned char *c)
{
    *c = (unsigned char)peek(reader);
    reader->at++;
    if (*c >= ASCII) {
        fail(reader, "a class takes only characters of ASCII");
        return false;
    }
    if (*c != '\\')
        return true;
    if (fit_shorthand(reader->regexp, peek(reader), place)) {
        reader->at++;
        return false;
    }
    *c = escaped(peek(reader));
    reader->at++;
    if (*c == 0)
        fail(reader, "a class knows \\d, \\w, \\s and escaped punctuation only");
    return *c != 0;
}

static struct part read_class(struct reader *reader)
{
    uint64_t place;
    struct part part = add_place(reader, &place);
    struct sql_regexp *regexp = reader->regexp;
    size_t begin;
    bool invert;

    reader->at++;
    invert = peek(reader) == '^';
    reader->at += invert;
    begin = reader->at;
    while (reader->why == NULL && !ends(reader) &&
           (peek(reader) != ']' || reader->at == begin)) {
        unsigned char low;
        unsigned char high;

        if (!read_member(reader, place, &low))
            continue;
        high = low;
        if (peek(reader) == '-' && reader->at + 1 < reader->pattern.length &&
            reader->pattern.bytes[reader->at + 1] != ']') {
            reader->at++;
            if (!read_member(reader, place, &high))
                high = low;
        }
        for (unsigned c = low; c <= high; c++)
            fit(regexp, (unsigned char)c, place);
    }
    if (ends(reader))
        return fail(reader, "a [ without its ]");
    reader->at++;
    if (invert) {
        for (unsigned c = 0; c < ASCII; c++)
            regexp->matches[c] ^= place;
        regexp->wide ^= place;
    }
    return part;
}

static struct part read_character(struct reader *reader)
{
    uint64_t place;
    struct part part = add_place(reader, &place);
    uint32_t code;
    char c = peek(reader);

    reader->at += utf8_decode(reader->pattern.bytes + reader->at,
                              reader->pattern.length - reader->at, &code);
    if (place == 0)
        return part;
    if (c == '.') {
        for (unsigned i = 0; i < ASCII; i++) {
            if (i != '\n')
                reader->regexp->matches[i] |= place;
        }
        reader->regexp->wide |= place;
    } else if (c == '^' || c == '$') {
        reader->regexp->matches[c == '^' ? TEXT_BEGINS : TEXT_ENDS] |= place;
    } else if (code < ASCII) {
        fit(reader->regexp, (unsigned char)code, place);
    } else {
        reader->regexp->codes[reader->places - 1] = code;
        reader->regexp->wants |= place;
    }
    return part;
}

static struct part read_choice(struct reader *reader);

static struct part read_group(struct reader *reader)
{
    struct part part;

    reader->at++;
    if (peek(reader) == '?') {
        if (reader->at + 1 >= reader->pattern.length ||
            reader->pattern.bytes[reader->at + 1] != ':')
            return fail(reader, "of (?...) only (?:...) is known, and (?i) at the beginning");
        reader->at += 2;
    }
    if (++reader->depth > DEPTH_MAX)
        return fail(reader, "it is nested too deep");
    part = read_choice(reader);
    reader->depth--;
    if (peek(reader) != ')')
        return fail(reader, "a ( without its )");
    reader->at++;
    return part;
}

static struct part read_atom(struct reader *reader)
{
    char c = peek(reader);

    if (++reader->work > WORK_MAX)
        return fail(reader, "it repeats too much");
    if (c == '(')
        return read_group(reader);
    if (c == '[')
        return read_class(reader);
    if (c == '\\')
        return read_escape(reader);
    if (c == '*' || c == '+' || c == '?')
        return fail(reader, "there is nothing to repeat");
    return read_character(reader);
}

static void connect(struct sql_regexp *regexp, uint64_t from, uint64_t to)
{
    for (unsigned i = 0; i < SQL_REGEXP_PLACES; i++) {
        if ((from >> i & 1) != 0)
            regexp->follow[i] |= to;
    }
}

static struct part join(struct sql_regexp *regexp, struct part a, struct part b)
{
    connect(regexp, a.last, b.first);
    return (struct part){
        .first = a.first | (a.nullable ? b.first : 0),
        .last = b.last | (b.nullable ? a.last : 0),
        .nullable = a.nullable && b.nullable,
    };
}

struct bounds {
    unsigned least;
    unsigned most; /* 0: no limit */
};

static bool read_number(struct reader *reader, unsigned *number)
{
    size_t begin = reader->at;

    *number = 0;
    while (peek(reader) >= '0' && peek(reader) <= '9' && *number <= REPEATS_MAX)
        *number = *number * 10 + (unsigned)(reader->pattern.bytes[reader->at++] - '0');
    return reader->at > begin;
}

/* "{2}", "{2,}", "{2,5}"; false when it is none, and then nothing was read. */
static bool read_braces(struct reader *reader, struct bounds *bounds)
{
    size_t begin = reader->at++;

    if (!read_number(reader, &bounds->least)) {
        reader->at = begin;
        return false;
    }
    bounds->most = bounds->least;
    if (peek(reader) == ',') {
        reader->at++;
        if (!read_number(reader, &bounds->most))
            bounds->most = 0;
        else if (bounds->most < bounds->least || bounds->most == 0)
            fail(reader, "{m,n} wants n not below m, and above 0");
    } else if (bounds->least == 0) {
        fail(reader, "{0} matches nothing");
    }
    if (peek(reader) != '}')
        fail(reader, "a { without its }");
    reader->at++;
    if (bounds->least > REPEATS_MAX || bounds->most > REPEATS_MAX)
        fail(reader, "it repeats too much");
    return true;
}

static bool read_bounds(struct reader *reader, struct bounds *bounds)
{
    switch (peek(reader)) {
    case '*':
        *bounds = (struct bounds){0, 0};
        break;
    case '+':
        *bounds = (struct bounds){1, 0};
        break;
    case '?':
        *bounds = (struct bounds){0, 1};
        break;
    case '{':
        if (!read_braces(reader, bounds))
            return false;
        reader->at--;
        break;
    default:
        return false;
    }
    reader->at++;
    if (peek(reader) == '?') /* as few as possible: the same for a yes or no */
        reader->at++;
    return true;
}

/* An atom as often as is said: its text is read anew for each time. */
static struct part read_repeated(struct reader *reader)
{
    size_t begin = reader->at;
    struct part one = read_atom(reader);
    struct bounds bounds;
    struct part all = nothing;
    unsigned count;
    size_t after;

    if (reader->why != NULL || !read_bounds(reader, &bounds))
        return one;
    after = reader->at;
    count = bounds.most > bounds.least ? bounds.most : bounds.least > 0 ? bounds.least : 1;
    for (unsigned i = 0; i < count && reader->why == NULL; i++) {
        if (i > 0) {
            reader->at = begin;
            one = read_atom(reader);
        }
        if (bounds.most == 0 && i + 1 == count)
            connect(reader->regexp, one.last, one.first);
        if (i >= bounds.least)
            one.nullable = true;
        all = join(reader->regexp, all, one);
    }
    reader->at = after;
    return all;
}

static struct part read_choice(struct reader *reader)
{
    struct part all = {0};

    for (bool more = true; more && reader->why == NULL;) {
        struct part one = nothing;

        while (reader->why == NULL && !ends(reader) && peek(reader) != '|' &&
               peek(reader) != ')')
            one = join(reader->regexp, one, read_repeated(reader));
        all.first |= one.first;
        all.last |= one.last;
        all.nullable = all.nullable || one.nullable;
        more = peek(reader) == '|' && ++reader->work <= WORK_MAX;
        reader->at += more;
    }
    return all;
}

struct sql_regexp *sql_regexp_new(struct sql_text pattern, const char **why)
{
    struct sql_regexp *regexp = xcalloc(1, sizeof(*regexp));
    struct reader reader = {.pattern = pattern, .regexp = regexp};
    struct part all;

    if (pattern.length > SQL_REGEXP_MAX)
        fail(&reader, "it is longer than 200 bytes");
    if (pattern.length >= 4 && memcmp(pattern.bytes, "(?i)", 4) == 0) {
        regexp->fold = true;
        reader.at = 4;
    }
    all = reader.why == NULL ? read_choice(&reader) : nothing;
    if (reader.why == NULL && !ends(&reader))
        fail(&reader, "a ) without its (");
    *why = reader.why;
    if (reader.why != NULL) {
        free(regexp);
        return NULL;
    }
    regexp->first = all.first;
    regexp->last = all.last;
    regexp->nullable = all.nullable;
    for (unsigned block = 0; block < 8; block++) {
        for (unsigned set = 0; set < 256; set++) {
            for (unsigned i = 0; i < 8; i++) {
                if ((set >> i & 1) != 0)
                    regexp->next[block][set] |= regexp->follow[block * 8 + i];
            }
        }
    }
    return regexp;
}

static uint64_t after(const struct sql_regexp *regexp, uint64_t places)
{
    uint64_t next = 0;

    for (unsigned block = 0; places != 0; block++, places >>= 8)
        next |= regexp->next[block][places & 0xff];
    return next;
}

/* The places that a character fits. */
static uint64_t fitting(const struct sql_regexp *regexp, uint32_t code)
{
    uint64_t places;

    if (code < SYMBOLS)
        return code < ASCII ? regexp->matches[code] : regexp->wide;
    places = regexp->wide;
    if (regexp->wants == 0)
        return places;
    for (unsigned i = 0; i < SQL_REGEXP_PLACES; i++)
        places |= (uint64_t)(regexp->codes[i] == code) << i;
    return places;
}

bool sql_regexp_match(const struct sql_regexp *regexp, struct sql_text text)
{
    uint64_t places = regexp->first & regexp->matches[TEXT_BEGINS];

    if (regexp->nullable || (places & regexp->last) != 0)
        return true;
    for (size_t at = 0; at < text.length;) {
        uint32_t code;

        at += utf8_decode(text.bytes + at, text.length - at, &code);
        places = (after(regexp, places) | regexp->first) & fitting(regexp, code);
        if ((places & regexp->last) != 0)
            return true;
    }
    places = (after(regexp, places) | regexp->first) & regexp->matches[TEXT_ENDS];
    return (places & regexp->last) != 0;
}
