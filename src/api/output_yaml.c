/*
 * api/output_yaml.c - the yaml format: block style, members sorted by key.
 *
 * The CLI writes YAML with a C emitter that decides, for each string, whether it can stand bare,
 * needs '...' or needs "..." - by what characters it holds, and by whether a reader would take it
 * for a number, a truth value, a date or null.  Long strings are folded at blanks beyond column 80.
 * Lists inside an object are not indented further than their key.  A bare scalar is written as
 * JSON.
 *
 * The pen keeps the emitter's two notions of place: `blank`, the last thing written allows no
 * further blank, and `fresh`, only indentation and the marks - ? : stand on this line, so that
 * another mark may follow on it.
 *
 * True to YAML 1.2 as awscli's library resolves it, measured; strings are compared with that
 *         library's output.
 */
#include "api/output_parts.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "api/output.h"

#include "base/str.h"
#include "base/utf8.h"

enum {
    YAML_WIDTH = 80,          /* strings are folded at the first blank after this column */
    YAML_INDENT = 2,
    YAML_SIMPLE_KEY_MAX = 128, /* bytes; a longer key is written after a question mark */
};

struct yaml_pen {
    struct str *out;
    struct arena arena;
    struct output_anchors *anchors; /* NULL for none */
    long column;
    long indent; /* -1 outside of everything */
    bool blank;
    bool fresh;
};

/* What a string's characters allow. */
struct yaml_look {
    bool plain;
    bool single;
    bool lines; /* has a line break */
};

/* What a reader would take a bare word for --------------------------------------------------------
 * */

static bool is_one_of(const char *text, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (strcmp(text, *words) == 0)
            return true;
    }
    return false;
}

static const char *skip_sign(const char *text)
{
    return *text == '-' || *text == '+' ? text + 1 : text;
}

static const char *skip(const char *text, const char *accept)
{
    return text + strspn(text, accept);
}

/* `e`, a sign, digits, end. */
static bool is_exponent(const char *text, bool needs_sign)
{
    const char *digits;

    if (*text != 'e' && *text != 'E')
        return false;
    digits = skip_sign(text + 1);
    if (needs_sign && digits == text + 1)
        return false;
    return *digits != '\0' && *skip(digits, "0123456789") == '\0';
}

static bool is_float(const char *text)
{
    static const char *const infinities[] = {".inf", ".Inf", ".INF", NULL};
    static const char *const no_numbers[] = {".nan", ".NaN", ".NAN", NULL};
    const char *number = skip_sign(text);
    const char *end;

    if (is_one_of(number, infinities) || is_one_of(text, no_numbers))
        return true;
    if (*number == '.') {
        end = skip(number + 1, "0123456789_");
        return end > number + 1 && (*end == '\0' || is_exponent(end, true));
    }
    if (*number < '0' || *number > '9')
        return false;
    end = skip(number, "0123456789_");
    if (*end != '.')
        return is_exponent(end, false);
    end = skip(end + 1, "0123456789_");
    return *end == '\0' || is_exponent(end, false);
}

static bool is_all(const char *text, const char *accept)
{
    return *text != '\0' && *skip(text, accept) == '\0';
}

static bool is_int(const char *text)
{
    const char *number = skip_sign(text);

    if (number == text && (*text < '0' || *text > '9'))
        return false;
    if (is_all(number, "0123456789_"))
        return true;
    if (*number != '0')
        return false;
    return (number[1] == 'b' && is_all(number + 2, "01_")) ||
           (number[1] == 'o' && is_all(number + 2, "01234567_")) ||
           (number[1] == 'x' && is_all(number + 2, "0123456789abcdefABCDEF_"));
}

/* Reads `least` to `most` digits; NULL when there are fewer. */
static const char *skip_digits(const char *text, int least, int most)
{
    int count = 0;

    if (text == NULL)
        return NULL;
    while (count < most && text[count] >= '0' && text[count] <= '9')
        count++;
    return count < least ? NULL : text + count;
}

static const char *skip_char(const char *text, char c)
{
    return text != NULL && *text == c ? text + 1 : NULL;
}

/* Nothing, or Z or an offset like +2 or +02:30 after any blanks. */
static bool is_zone(const char *text)
{
    if (*text == '\0')
        return true;
    text = skip(text, " \t");
    if (*text == 'Z')
        return text[1] == '\0';
    if (*text != '+' && *text != '-')
        return false;
    /* One digit is enough, so both lengths must be tried before a colon. */
    text = skip_digits(text + 1, 1, 2);
    if (text == NULL)
        return false;
    if (*text == '\0')
        return true;
    text = skip_digits(skip_char(text, ':'), 2, 2);
    return text != NULL && *text == '\0';
}

static bool is_timestamp(const char *text)
{
    const char *month = skip_char(skip_digits(text, 4, 4), '-');
    const char *day = skip_char(skip_digits(month, 1, 2), '-');
    const char *hour = skip_digits(day, 1, 2);

    if (hour == NULL)
        return false;
    if (*hour == '\0')
        return day - month == 3 && hour - day == 2;
    if (*hour == 'T' || *hour == 't')
        hour++;
    else if (*hour == ' ' || *hour == '\t')
        hour = skip(hour, " \t");
    else
        return false;
    const char *second = skip_char(skip_digits(skip_char(skip_digits(hour, 1, 2), ':'), 2, 2), ':');
    const char *rest = skip_digits(second, 2, 2);

    if (rest == NULL)
        return false;
    if (*rest == '.')
        rest = skip(rest + 1, "0123456789");
    return is_zone(rest);
}

/* True when a bare word would not be read as a string. */
static bool is_taken(const char *text)
{
    static const char *const words[] = {
        "", "~", "=", "<<", "null", "Null", "NULL", "true", "True", "TRUE",
        "false", "False", "FALSE", NULL,
    };

    return is_one_of(text, words) || is_int(text) || is_float(text) || is_timestamp(text);
}

/* What the characters allow -----------------------------------------------------------------------
 * */

static bool is_break(uint32_t code)
{
    return code == '\n' || code == '\r' || code == 0x85 || code == 0x2028 || code == 0x2029;
}

/* Characters that need no escape.  Those beyond U+FFFF do. */
static bool is_yaml_printable(uint32_t code)
{
    return code == '\n' || (code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code <= 0xd7ff) ||
           (code >= 0xe000 && code < 0xfffe && code != 0xfeff);
}

/* One character and its neighbours. */
struct yaml_place {
    uint32_t code;
    bool first;
    bool after_blank;
    bool before_blank;
};

/* Characters that would be read as marks when the string stood bare. */
static bool is_mark(const struct yaml_place *place)
{
    if (place->code > 0x7f || place->code == '\0')
        return false;
    if (place->code == '#')
        return place->after_blank;
    if (place->code == ':')
        return place->before_blank;
    if (!place->first)
        return false;
    if (place->code == '-' || place->code == '?')
        return place->before_blank;
    return strchr(",[]{}&*!|>'\"%@`", (int)place->code) != NULL;
}

static bool is_blank_at(const char *text, size_t length, size_t at)
{
    uint32_t code;

    if (at >= length)
        return true;
    utf8_decode(text + at, length - at, &code);
    return code == ' ' || code == '\t' || code == '\0' || is_break(code);
}

/* Ids, names, states: most of an answer needs no closer look. */
static bool is_simple(const char *text, size_t length)
{
    static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "0123456789_./-:";

    return length > 0 && strchr("./-:", text[0]) == NULL && text[length - 1] != ':' &&
           strspn(text, safe) == length;
}

static struct yaml_look yaml_look_at(const char *text, size_t length)
{
    struct yaml_look look = {.plain = true, .single = true};
    struct yaml_place place = {.after_blank = true};
    uint32_t previous = 0;

    if (is_simple(text, length))
        return look;
    if (strncmp(text, "---", 3) == 0 || strncmp(text, "...", 3) == 0)
        look.plain = false;
    for (size_t at = 0; at < length;) {
        size_t size = utf8_decode(text + at, length - at, &place.code);
        bool edge = at == 0 || at + size == length;

        place.first = at == 0;
        place.before_blank = is_blank_at(text, length, at + size);
        if (is_mark(&place))
            look.plain = false;
        if (!is_yaml_printable(place.code))
            look.plain = look.single = false;
        if (is_break(place.code)) {
            look.lines = true;
            look.plain = false;
            if (previous == ' ')
                look.single = false;
        } else if (place.code == ' ') {
            if (edge)
                look.plain = false;
            if (at > 0 && is_break(previous))
                look.plain = look.single = false;
        }
        previous = place.code;
        place.after_blank = is_blank_at(text, length, at);
        at += size;
    }
    return look;
}

/* Writing
 * ------------------------------------------------------------------------------------------ */

static void pen_put(struct yaml_pen *pen, const char *text, size_t length)
{
    str_addn(pen->out, text, length);
    pen->column++;
}

static void pen_char(struct yaml_pen *pen, char c)
{
    pen_put(pen, &c, 1);
}

static void pen_break(struct yaml_pen *pen)
{
    str_addc(pen->out, '\n');
    pen->column = 0;
}

static void pen_indent(struct yaml_pen *pen)
{
    long indent = pen->indent > 0 ? pen->indent : 0;

    if (!pen->fresh || pen->column > indent || (pen->column == indent && !pen->blank))
        pen_break(pen);
    while (pen->column < indent)
        pen_char(pen, ' ');
    pen->blank = true;
    pen->fresh = true;
}

/* A mark after which another one may stand on the line (- ?), or not (: and quotes). */
static void pen_mark(struct yaml_pen *pen, char mark, bool blank_before, bool stays_fresh)
{
    if (blank_before && !pen->blank)
        pen_char(pen, ' ');
    pen_char(pen, mark);
    pen->blank = false;
    pen->fresh = pen->fresh && stays_fresh;
}

/* A blank in a string; a line may end here.  Returns true when the blank became a line end. */
static bool pen_fold(struct yaml_pen *pen, bool may_fold, bool after_blank, bool before_blank)
{
    if (!may_fold || after_blank || before_blank || pen->column <= YAML_WIDTH)
        return false;
    pen_indent(pen);
    return true;
}

/* Text in which no line can end. */
static void pen_word(struct yaml_pen *pen, const char *text, size_t length)
{
    str_addn(pen->out, text, length);
    for (size_t i = 0; i < length; i++)
        pen->column += ((unsigned char)text[i] & 0xc0) != 0x80;
}

static void pen_plain(struct yaml_pen *pen, const char *text, size_t length, bool is_key)
{
    bool after_blank = false;

    if (!pen->blank)
        pen_char(pen, ' ');
    if (memchr(text, ' ', length) == NULL) {
        pen_word(pen, text, length);
        length = 0;
    }
    for (size_t at = 0; at < length;) {
        uint32_t code;
        size_t size = utf8_decode(text + at, length - at, &code);
        bool is_space = code == ' ';

        if (!is_space || !pen_fold(pen, !is_key, after_blank, text[at + 1] == ' '))
            pen_put(pen, text + at, size);
        after_blank = is_space;
        at += size;
    }
    pen->blank = false;
    pen->fresh = false;
}

static void pen_single(struct yaml_pen *pen, const char *text, size_t length, bool is_key)
{
    bool after_blank = false;
    bool after_break = false;

    pen_mark(pen, '\'', true, false);
    for (size_t at = 0; at < length;) {
        uint32_t code;
        size_t size = utf8_decode(text + at, length - at, &code);

        if (code == ' ') {
            bool inside = at > 0 && at + 1 < length;

            if (!pen_fold(pen, !is_key && inside, after_blank, text[at + 1] == ' '))
                pen_put(pen, text + at, size);
            after_blank = true;
        } else if (is_break(code)) {
            if (!after_break && code == '\n')
                pen_break(pen);
            str_addn(pen->out, text + at, size);
            pen->column = 0;
            pen->fresh = true;
            after_break = true;
        } else {
            if (after_break)
                pen_indent(pen);
            if (code == '\'')
                pen_char(pen, '\'');
            pen_put(pen, text + at, size);
            pen->fresh = false;
            after_blank = after_break = false;
        }
        at += size;
    }
    if (after_break)
        pen_indent(pen);
    pen_mark(pen, '\'', false, false);
    pen->blank = pen->fresh = false;
}

static void pen_escape(struct yaml_pen *pen, uint32_t code)
{
    static const char letters[] = "0\0a\7b\10t\11n\12v\13f\14r\15e\33\"\"\\\\N\x85_\xa0";
    char text[12];
    size_t length = 0;

    pen_char(pen, '\\');
    for (size_t i = 0; i < sizeof(letters) - 1; i += 2) {
        if (code == (unsigned char)letters[i + 1]) {
            pen_char(pen, letters[i]);
            return;
        }
    }
    if (code == 0x2028 || code == 0x2029) {
        pen_char(pen, code == 0x2028 ? 'L' : 'P');
        return;
    }
    char kind = code <= 0xff ? 'x' : code <= 0xffff ? 'u' : 'U';
    unsigned digits = kind == 'x' ? 2 : kind == 'u' ? 4 : 8;

    text[length++] = kind;
    for (unsigned shift = digits * 4; shift > 0; shift -= 4)
        text[length++] = "0123456789ABCDEF"[(code >> (shift - 4)) & 15];
    for (size_t i = 0; i < length; i++)
        pen_char(pen, text[i]);
}

static void pen_double(struct yaml_pen *pen, const char *text, size_t length, bool is_key)
{
    bool after_blank = false;

    pen_mark(pen, '"', true, false);
    for (size_t at = 0; at < length;) {
        uint32_t code;
        size_t size = utf8_decode(text + at, length - at, &code);

        if (code == ' ') {
            bool inside = at > 0 && at + 1 < length;

            if (!pen_fold(pen, !is_key && inside, after_blank, false))
                pen_put(pen, text + at, size);
            else if (text[at + 1] == ' ')
                pen_char(pen, '\\');
            after_blank = true;
        } else {
            if (!is_yaml_printable(code) || is_break(code) || code == '"' || code == '\\')
                pen_escape(pen, code);
            else
                pen_put(pen, text + at, size);
            after_blank = false;
        }
        at += size;
    }
    pen_mark(pen, '"', false, false);
    pen->blank = pen->fresh = false;
}

/* Sets the indent of what is inside, `outermost` when there is none yet; returns the one to go back
 * to. */
static long pen_deepen(struct yaml_pen *pen, long outermost)
{
    long before = pen->indent;

    pen->indent = before < 0 ? outermost : before + YAML_INDENT;
    return before;
}

/* The lines of a folded string go one level deeper than where it begins. */
static void pen_string(struct yaml_pen *pen, const char *text, size_t length, bool is_key)
{
    struct yaml_look look = yaml_look_at(text, length);
    long before = pen_deepen(pen, YAML_INDENT);

    if (look.lines && is_key)
        pen_double(pen, text, length, is_key);
    else if (look.plain && !is_taken(text))
        pen_plain(pen, text, length, is_key);
    else if (look.single)
        pen_single(pen, text, length, is_key);
    else
        pen_double(pen, text, length, is_key);
    pen->indent = before;
}

static void pen_value(struct yaml_pen *pen, json_t *value, bool in_object);

static void pen_array(struct yaml_pen *pen, json_t *array, bool in_object)
{
    bool same_indent = in_object && !pen->fresh;
    long before = same_indent ? pen->indent : pen_deepen(pen, 0);

    for (size_t i = 0; i < json_array_size(array); i++) {
        pen_indent(pen);
        pen_mark(pen, '-', true, true);
        pen_value(pen, json_array_get(array, i), false);
    }
    pen->indent = before;
}

static void pen_object(struct yaml_pen *pen, json_t *object)
{
    struct output_members members = output_sort_members(&pen->arena, object);
    long before = pen_deepen(pen, 0);

    for (size_t i = 0; i < members.count; i++) {
        const char *key = members.items[i].key;
        size_t length = strlen(key);
        bool simple = length <= YAML_SIMPLE_KEY_MAX && !yaml_look_at(key, length).lines;

        pen_indent(pen);
        if (simple) {
            pen_string(pen, key, length, true);
            pen_mark(pen, ':', false, false);
        } else {
            pen_mark(pen, '?', true, true);
            pen_string(pen, key, length, false);
            pen_indent(pen);
            pen_mark(pen, ':', true, true);
        }
        pen_value(pen, members.items[i].value, true);
    }
    pen->indent = before;
}

/* &id001 before what is written again later, *id001 instead of what was written already.  Returns
 * true when there is nothing more to write. */
static bool pen_anchor(struct yaml_pen *pen, json_t *value)
{
    bool first = true;
    unsigned id = output_anchors_take(pen->anchors, value, &first);
    char name[16];

    if (id == 0)
        return false;
    pen_mark(pen, first ? '&' : '*', true, false);
    snprintf(name, sizeof(name), "id%03u", id);
    for (size_t i = 0; name[i] != '\0'; i++)
        pen_char(pen, name[i]);
    return !first;
}

static void pen_value(struct yaml_pen *pen, json_t *value, bool in_object)
{
    struct str text = STR_INIT;

    if (pen_anchor(pen, value))
        return;
    if (json_is_string(value)) {
        pen_string(pen, json_string_value(value), json_string_length(value), false);
    } else if (json_is_array(value) && json_array_size(value) > 0) {
        pen_array(pen, value, in_object);
    } else if (json_is_object(value) && json_object_size(value) > 0) {
        pen_object(pen, value);
    } else {
        output_add_json(&text, value, OUTPUT_JSON_ONE_LINE);
        pen_plain(pen, str_text(&text), text.length, true);
        str_release(&text);
    }
}

void output_add_yaml(struct str *out, json_t *value)
{
    struct yaml_pen pen = {.out = out, .indent = -1, .blank = true, .fresh = true};

    if (output_is_scalar(value)) {
        output_add_json(out, value, OUTPUT_JSON_ONE_LINE);
        str_addc(out, '\n');
        return;
    }
    pen.anchors = output_anchors_find(value);
    pen_value(&pen, value, false);
    pen_indent(&pen);
    output_anchors_free(pen.anchors);
    arena_release(&pen.arena);
}
