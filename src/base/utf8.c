/*
 * base/utf8.c - characters: reading them, how wide they are, and the one sanitiser.
 *
 * Uses    utf8proc for categories and widths (its table is part of the program, the C library's is
 *         the host's).
 * True to Unicode's definition of well-formed UTF-8 (table 3-7 of the standard).
 */
#include "base/utf8.h"

#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

#include "base/str.h"

static bool continues(const char *text, size_t length, size_t at)
{
    return at < length && ((unsigned char)text[at] & 0xc0) == 0x80;
}

size_t utf8_decode(const char *text, size_t length, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t value;
    size_t bytes;

    if (length == 0)
        return 0;
    value = (unsigned char)text[0];
    *code = value;
    if (value < 0x80)
        return 1;
    bytes = value >= 0xf0 ? 4 : value >= 0xe0 ? 3 : 2;
    *code = UTF8_INVALID;
    if (value < 0xc2 || value > 0xf4)
        return 1;
    value &= 0x7fU >> bytes;
    for (size_t i = 1; i < bytes; i++) {
        if (!continues(text, length, i))
            return 1;
        value = value << 6 | ((unsigned char)text[i] & 0x3f);
    }
    if (value < least[bytes] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return 1;
    *code = value;
    return bytes;
}

size_t utf8_encode(uint32_t code, char out[4])
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xc0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code >= 0xd800 && code <= 0xdfff)
        return 0;
    if (code < 0x10000) {
        out[0] = (char)(0xe0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3f));
        out[2] = (char)(0x80 | (code & 0x3f));
        return 3;
    }
    if (code > 0x10ffff)
        return 0;
    out[0] = (char)(0xf0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3f));
    out[2] = (char)(0x80 | (code >> 6 & 0x3f));
    out[3] = (char)(0x80 | (code & 0x3f));
    return 4;
}

/* Characters whose capitals are several. */
static const char *upper_of_many(uint32_t code)
{
    switch (code) {
    case 0xdf:
        return "SS";
    case 0x149:
        return "\xca\xbcN";
    case 0x1f0:
        return "J\xcc\x8c";
    case 0xfb00:
        return "FF";
    case 0xfb01:
        return "FI";
    case 0xfb02:
        return "FL";
    case 0xfb03:
        return "FFI";
    case 0xfb04:
        return "FFL";
    case 0xfb05:
    case 0xfb06:
        return "ST";
    default:
        return NULL;
    }
}

size_t utf8_upper(uint32_t code, char out[UTF8_CASE_MAX])
{
    const char *many = upper_of_many(code);

    if (many == NULL)
        return utf8_encode((uint32_t)utf8proc_toupper((utf8proc_int32_t)code), out);
    memcpy(out, many, strlen(many));
    return strlen(many);
}

size_t utf8_lower(uint32_t code, char out[UTF8_CASE_MAX])
{
    if (code == 0x130) {
        memcpy(out, "i\xcc\x87", 3);
        return 3;
    }
    return utf8_encode((uint32_t)utf8proc_tolower((utf8proc_int32_t)code), out);
}

/* Nearly all names and values are, and short. */
static bool is_ascii(const char *text, size_t length)
{
    uint64_t bits = 0;
    uint64_t word;
    size_t at = 0;

    for (; at + sizeof(word) <= length; at += sizeof(word)) {
        memcpy(&word, text + at, sizeof(word));
        bits |= word;
    }
    for (; at < length; at++)
        bits |= (unsigned char)text[at];
    return (bits & UINT64_C(0x8080808080808080)) == 0;
}

bool utf8_valid(const char *text, size_t length)
{
    uint32_t code;
    size_t at = 0;

    if (is_ascii(text, length))
        return true;
    while (at < length) {
        at += utf8_decode(text + at, length - at, &code);
        if (code == UTF8_INVALID)
            return false;
    }
    return true;
}

/* A mark that is drawn over the character before it. */
static bool is_mark(uint32_t code)
{
    utf8proc_category_t category;

    if (code < 0x300)
        return false;
    category = utf8proc_category((utf8proc_int32_t)code);
    return (category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC ||
            category == UTF8PROC_CATEGORY_ME) &&
           utf8proc_charwidth((utf8proc_int32_t)code) == 0;
}

unsigned utf8_width(uint32_t code)
{
    int width;

    if (code >= 0x20 && code < 0x7f)
        return 1;
    width = code > 0x10ffff ? 0 : utf8proc_charwidth((utf8proc_int32_t)code);
    return width <= 0 ? 0 : (unsigned)width;
}

bool utf8_is_unsafe(uint32_t code)
{
    if (code < 0x7f)
        return code < 0x20;
    if (code <= 0x9f || code > 0x10ffff)
        return true;
    if ((code & 0xfffe) == 0xfffe || (code >= 0xfdd0 && code <= 0xfdef))
        return true; /* non-characters */
    if ((code >= 0x2060 && code <= 0x2069) || (code >= 0xfff9 && code <= 0xfffb) ||
        (code >= 0xe0000 && code <= 0xe007f))
        return true; /* some are unassigned, and would count as visible below */
    /*
     * What has no width and is no mark is invisible: zero-width spaces and joiners, marks of
     * direction, line and paragraph separators, the byte order mark, surrogates.
     */
    return utf8_width(code) == 0 && !is_mark(code);
}

static void set_escape(struct utf8_cell *cell, uint32_t code, unsigned char byte)
{
    int length;

    if (code == UTF8_INVALID)
        length = snprintf(cell->escape, sizeof(cell->escape), "\\x%02x", (unsigned)byte);
    else if (code < 0x80)
        length = snprintf(cell->escape, sizeof(cell->escape), "\\x%02x", (unsigned)code);
    else
        length = snprintf(cell->escape, sizeof(cell->escape), "\\u{%x}", (unsigned)code);
    cell->bytes = cell->escape;
    cell->length = (size_t)length;
    cell->columns = (unsigned)length;
}

/* The bytes of the marks at the start of the text, as many as one cell may carry. */
static size_t marks_length(const char *text, size_t length)
{
    size_t at = 0;

    for (unsigned count = 0; count < UTF8_MARKS_MAX && at < length; count++) {
        uint32_t code;
        size_t bytes = utf8_decode(text + at, length - at, &code);

        if (code == UTF8_INVALID || !is_mark(code) || utf8_is_unsafe(code))
            break;
        at += bytes;
    }
    return at;
}

bool utf8_next_cell(const char *text, size_t length, unsigned keep, struct utf8_cell *cell)
{
    uint32_t code;

    if (length == 0)
        return false;
    cell->source = utf8_decode(text, length, &code);
    cell->bytes = text;
    if ((code == '\n' && keep & UTF8_KEEP_NEWLINE) || (code == '\t' && keep & UTF8_KEEP_TAB)) {
        cell->length = 1;
        cell->columns = 0;
        return true;
    }
    /* A mark that has no character before it in its cell would be drawn over a neighbour's. */
    if (code == UTF8_INVALID || utf8_is_unsafe(code) || is_mark(code)) {
        set_escape(cell, code, (unsigned char)text[0]);
        return true;
    }
    cell->source += marks_length(text + cell->source, length - cell->source);
    cell->length = cell->source;
    cell->columns = utf8_width(code);
    return true;
}

/* Most texts are long runs of ASCII: so many bytes are looked at together, with the machine's wide
 * registers where the compiler knows them. */
enum { BLOCK = 32 };

/* Are the bytes of a block printable ASCII, or kept? */
static bool is_plain(const char *block, unsigned keep)
{
    const unsigned char newline = keep & UTF8_KEEP_NEWLINE ? '\n' : ' ';
    const unsigned char tab = keep & UTF8_KEEP_TAB ? '\t' : ' ';
    unsigned char bad = 0;

    for (size_t i = 0; i < BLOCK; i++) {
        unsigned char c = (unsigned char)block[i];

        bad |= (unsigned char)((c < ' ' || c >= 0x7f) & (c != newline) & (c != tab));
    }
    return bad == 0;
}

size_t utf8_plain(const char *text, size_t length, unsigned keep)
{
    size_t at = 0;

    while (at + BLOCK <= length && is_plain(text + at, keep))
        at += BLOCK;
    while (at < length && ((text[at] >= ' ' && text[at] < 0x7f) ||
                           (text[at] == '\n' && keep & UTF8_KEEP_NEWLINE) ||
                           (text[at] == '\t' && keep & UTF8_KEEP_TAB)))
        at++;
    /* A mark may follow: then the last one's cell has more than it. */
    return at > 0 && at < length && (text[at] & 0x80) != 0 ? at - 1 : at;
}

void utf8_add_safe(struct str *out, const char *text, size_t length, unsigned keep)
{
    struct utf8_cell cell;
    size_t at = 0;

    while (at < length) {
        size_t plain = utf8_plain(text + at, length - at, keep);

        str_addn(out, text + at, plain);
        at += plain;
        if (!utf8_next_cell(text + at, length - at, keep, &cell))
            break;
        str_addn(out, cell.bytes, cell.length);
        at += cell.source;
    }
}

void utf8_add_typed(struct str *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char c = text[i];

        if (c == '\r' && i + 1 < length && text[i + 1] == '\n')
            continue;
        if (c == '\r')
            c = '\n';
        if (c == '\t')
            c = ' ';
        if (c == '\n' || ((unsigned char)c >= 0x20 && c != 0x7f))
            str_addc(out, c);
    }
}

/* The last place up to `at` where a character begins. */
static size_t character_at(const char *text, size_t at)
{
    while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80)
        at--;
    return at;
}

void utf8_add_short_lines(struct str *out, const char *text, size_t bytes_max)
{
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");

        if (length > bytes_max) {
            size_t head = character_at(text, bytes_max * 3 / 4);
            size_t tail = character_at(text, length - bytes_max / 4);

            str_addn(out, text, head);
            str_addf(out, " ... (%zu bytes left out) ... ", tail - head);
            str_addn(out, text + tail, length - tail);
        } else {
            str_addn(out, text, length);
        }
        text += length;
        if (*text == '\n')
            str_addc(out, *text++);
    }
}

size_t utf8_columns(const char *text, size_t length)
{
    struct utf8_cell cell;
    size_t columns = 0;

    for (size_t at = 0; utf8_next_cell(text + at, length - at, UTF8_KEEP_NOTHING, &cell);
         at += cell.source)
        columns += cell.columns;
    return columns;
}

size_t utf8_fit(const char *text, size_t length, size_t columns)
{
    struct utf8_cell cell;
    size_t used = 0;
    size_t at = 0;

    while (utf8_next_cell(text + at, length - at, UTF8_KEEP_NOTHING, &cell)) {
        if (used + cell.columns > columns)
            break;
        used += cell.columns;
        at += cell.source;
    }
    return at;
}
