/*
 * base/json_reader.c - JSON text, token by token.
 *
 * A name and the first token of its value are read in one step, as Jackson does: so the place of a
 * mistake that concerns a name lies behind that token.  Strings count as read to their opening
 * quote until somebody asks for their text.
 *
 * True to the places and sentences in AWS's answers to PutRule and TestEventPattern.
 */
#include "base/json_reader.h"

#include <string.h>

#include "base/bug.h"
#include "base/utf8.h"

enum { SOURCE_SHOWN = 500 };

void json_reader_init(struct json_reader *reader, const char *text, size_t length)
{
    *reader = (struct json_reader){.text = text, .length = length, .first = true};
}

void json_reader_release(struct json_reader *reader)
{
    str_release(&reader->name);
    str_release(&reader->value);
    str_release(&reader->problem);
}

static bool in_object(const struct json_reader *reader)
{
    return reader->depth > 0 &&
           (reader->objects[(reader->depth - 1) / 8] >> ((reader->depth - 1) % 8) & 1) != 0;
}

static enum json_token wrong(struct json_reader *reader)
{
    reader->token = JSON_TOKEN_WRONG;
    reader->place = reader->at;
    return JSON_TOKEN_WRONG;
}

static void skip_blanks(struct json_reader *reader)
{
    while (reader->at < reader->length && strchr(" \t\r\n", reader->text[reader->at]) != NULL &&
           reader->text[reader->at] != '\0')
        reader->at++;
}

static enum json_token unexpected(struct json_reader *reader, const char *wanted)
{
    uint32_t code;

    if (reader->at >= reader->length) {
        str_addf(&reader->problem, "Unexpected end-of-input%s",
                 reader->depth == 0  ? ""
                 : in_object(reader) ? " within/between Object entries"
                                     : " within/between Array entries");
        return wrong(reader);
    }
    utf8_decode(reader->text + reader->at, reader->length - reader->at, &code);
    if (code < ' ')
        str_addf(&reader->problem, "Illegal character ((CTRL-CHAR, code %u)): %s", code, wanted);
    else if (code < 0x7f)
        str_addf(&reader->problem, "Unexpected character ('%c' (code %u)): %s", (int)code, code,
                 wanted);
    else
        str_addf(&reader->problem, "Unexpected character (code %u): %s", code, wanted);
    return wrong(reader);
}

/* ---- values ---- */

static bool four_digits(struct json_reader *reader, uint32_t *code)
{
    *code = 0;
    for (unsigned i = 0; i < 4; i++) {
        char c = reader->at < reader->length ? reader->text[reader->at] : '\0';
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a') + 10
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A') + 10
                                                : 16;

        if (digit == 16) {
            unexpected(reader, "expected a hex-digit for character escape sequence");
            return false;
        }
        *code = *code << 4 | digit;
        reader->at++;
    }
    return true;
}

/* \u and four digits; two of them for what lies above U+FFFF.  A half alone becomes U+FFFD. */
static bool read_unicode(struct json_reader *reader, struct str *out)
{
    uint32_t code;
    uint32_t low;
    char bytes[4];

    if (!four_digits(reader, &code))
        return false;
    if (code >= 0xd800 && code < 0xdc00 && reader->length - reader->at >= 6 &&
        memcmp(reader->text + reader->at, "\\u", 2) == 0) {
        size_t back = reader->at;

        reader->at += 2;
        if (!four_digits(reader, &low))
            return false;
        if (low >= 0xdc00 && low < 0xe000)
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        else
            reader->at = back;
    }
    if (code >= 0xd800 && code < 0xe000)
        code = 0xfffd;
    str_addn(out, bytes, utf8_encode(code, bytes));
    return true;
}

static bool read_escape(struct json_reader *reader, struct str *out)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char meant[] = "\"\\/\b\f\n\r\t";
    const char *found;

    if (reader->at >= reader->length) {
        str_add(&reader->problem, "Unexpected end-of-input in character escape sequence");
        wrong(reader);
        return false;
    }
    if (reader->text[reader->at] == 'u') {
        reader->at++;
        return read_unicode(reader, out);
    }
    found = reader->text[reader->at] == '\0' ? NULL : strchr(letters, reader->text[reader->at]);
    if (found == NULL) {
        str_add(&reader->problem, "Unrecognized character escape");
        wrong(reader);
        return false;
    }
    str_addc(out, meant[found - letters]);
    reader->at++;
    return true;
}

/* From behind the opening quote to behind the closing one. */
static bool read_string(struct json_reader *reader, struct str *out)
{
    str_clear(out);
    while (reader->at < reader->length) {
        size_t start = reader->at;
        unsigned char c = (unsigned char)reader->text[start];

        while (c >= ' ' && c != '"' && c != '\\') {
            c = ++reader->at < reader->length ? (unsigned char)reader->text[reader->at] : 0;
            if (reader->at == reader->length)
                break;
        }
        if (reader->at > start)
            str_addn(out, reader->text + start, reader->at - start);
        if (reader->at == reader->length)
            break;
        if (c < ' ') {
            unexpected(reader, "has to be escaped using backslash to be included in string value");
            return false;
        }
        reader->at++;
        if (c == '"')
            return true;
        if (!read_escape(reader, out))
            return false;
    }
    str_add(&reader->problem, "Unexpected end-of-input in VALUE_STRING");
    wrong(reader);
    return false;
}

static size_t digits(const struct json_reader *reader, size_t at)
{
    size_t start = at;

    while (at < reader->length && reader->text[at] >= '0' && reader->text[at] <= '9')
        at++;
    return at - start;
}

static char char_at(const struct json_reader *reader, size_t at)
{
    return at < reader->length ? reader->text[at] : '\0';
}

static enum json_token read_number(struct json_reader *reader)
{
    size_t start = reader->at;
    size_t at = start + (reader->text[start] == '-');
    size_t count = digits(reader, at);

    if (count == 0 || (count > 1 && reader->text[at] == '0')) {
        str_add(&reader->problem,
                count == 0 ? "Unexpected character after a minus sign: expected digit (0-9) to "
                             "follow minus sign, for valid numeric value"
                           : "Invalid numeric value: Leading zeroes not allowed");
        return wrong(reader);
    }
    at += count;
    if (char_at(reader, at) == '.') {
        count = digits(reader, at + 1);
        if (count == 0) {
            str_add(&reader->problem, "Decimal point not followed by a digit");
            return wrong(reader);
        }
        at += 1 + count;
    }
    if (char_at(reader, at) == 'e' || char_at(reader, at) == 'E') {
        at++;
        at += char_at(reader, at) == '+' || char_at(reader, at) == '-';
        count = digits(reader, at);
        if (count == 0) {
            str_add(&reader->problem, "Exponent indicator not followed by a digit");
            return wrong(reader);
        }
        at += count;
    }
    reader->at = at;
    str_clear(&reader->value);
    str_addn(&reader->value, reader->text + start, at - start);
    return JSON_TOKEN_NUMBER;
}

static enum json_token read_word(struct json_reader *reader)
{
    static const struct {
        const char *word;
        enum json_token token;
    } words[] = {
        {"true", JSON_TOKEN_TRUE},
        {"false", JSON_TOKEN_FALSE},
        {"null", JSON_TOKEN_NULL},
    };
    size_t start = reader->at;
    size_t end = start;

    while (end < reader->length &&
           ((reader->text[end] >= 'a' && reader->text[end] <= 'z') ||
            (reader->text[end] >= 'A' && reader->text[end] <= 'Z') || reader->text[end] == '_' ||
            reader->text[end] == '$' || digits(reader, end) > 0))
        end++;
    if (end == start)
        return unexpected(reader, "expected a valid value (JSON String, Number, Array, Object or "
                                  "token 'null', 'true' or 'false')");
    reader->at = end;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strlen(words[i].word) == end - start &&
            memcmp(words[i].word, reader->text + start, end - start) == 0)
            return words[i].token;
    }
    str_addf(&reader->problem,
             "Unrecognized token '%.*s': was expecting (JSON String, Number, Array, Object or "
             "token 'null', 'true' or 'false')",
             (int)(end - start < 256 ? end - start : 256), reader->text + start);
    return wrong(reader);
}

/* Goes into an object or an array. */
static enum json_token enter(struct json_reader *reader, enum json_token token)
{
    if (reader->depth == JSON_READER_DEPTH_MAX) {
        str_addf(&reader->problem,
                 "Document nesting depth (%d) exceeds the maximum allowed (%d, from "
                 "`StreamReadConstraints.getMaxNestingDepth()`)",
                 JSON_READER_DEPTH_MAX + 1, JSON_READER_DEPTH_MAX);
        return wrong(reader);
    }
    if (token == JSON_TOKEN_OBJECT)
        reader->objects[reader->depth / 8] |= (uint8_t)(1u << (reader->depth % 8));
    else
        reader->objects[reader->depth / 8] &= (uint8_t) ~(1u << (reader->depth % 8));
    reader->depth++;
    reader->first = true;
    return token;
}

/* The first token of a value; `place` tells what of it counts as read. */
static enum json_token read_value(struct json_reader *reader, size_t *place)
{
    enum json_token token;
    char c;

    skip_blanks(reader);
    if (reader->at >= reader->length)
        return unexpected(reader, "");
    c = reader->text[reader->at];
    if (c == '{' || c == '[') {
        reader->at++;
        token = enter(reader, c == '{' ? JSON_TOKEN_OBJECT : JSON_TOKEN_ARRAY);
    } else if (c == '"') {
        *place = ++reader->at;
        if (!read_string(reader, &reader->value))
            return JSON_TOKEN_WRONG;
        reader->value_end = reader->at;
        reader->first = false;
        return JSON_TOKEN_STRING;
    } else {
        token = c == '-' || (c >= '0' && c <= '9') ? read_number(reader) : read_word(reader);
        reader->first = false;
    }
    *place = reader->at;
    return token;
}

/* ---- tokens ---- */

static enum json_token tell(struct json_reader *reader, enum json_token token, size_t place)
{
    if (token == JSON_TOKEN_WRONG)
        return JSON_TOKEN_WRONG;
    reader->token = token;
    reader->place = place;
    return token;
}

static enum json_token leave(struct json_reader *reader)
{
    enum json_token token = in_object(reader) ? JSON_TOKEN_OBJECT_END : JSON_TOKEN_ARRAY_END;

    reader->at++;
    reader->depth--;
    reader->first = false;
    return tell(reader, token, reader->at);
}

static enum json_token read_name(struct json_reader *reader)
{
    if (char_at(reader, reader->at) != '"' || reader->at >= reader->length)
        return unexpected(reader, "was expecting double-quote to start field name");
    reader->at++;
    if (!read_string(reader, &reader->name))
        return JSON_TOKEN_WRONG;
    skip_blanks(reader);
    if (char_at(reader, reader->at) != ':')
        return unexpected(reader, "was expecting a colon to separate field name and value");
    reader->at++;
    reader->ahead = read_value(reader, &reader->place_ahead);
    if (reader->ahead == JSON_TOKEN_WRONG)
        return JSON_TOKEN_WRONG;
    reader->has_ahead = true;
    return tell(reader, JSON_TOKEN_NAME, reader->place_ahead);
}

enum json_token json_reader_next(struct json_reader *reader)
{
    size_t place = 0;
    enum json_token token;
    char c;

    if (reader->token == JSON_TOKEN_WRONG)
        return JSON_TOKEN_WRONG;
    if (reader->has_ahead) {
        reader->has_ahead = false;
        return tell(reader, reader->ahead, reader->place_ahead);
    }
    skip_blanks(reader);
    if (reader->depth == 0) {
        if (reader->has_value && reader->at == reader->length)
            return tell(reader, JSON_TOKEN_END, reader->at);
        if (reader->has_value)
            return unexpected(reader, "expected the end of the text");
        reader->has_value = true;
        token = read_value(reader, &place);
        return tell(reader, token, place);
    }
    c = char_at(reader, reader->at);
    if (c == (in_object(reader) ? '}' : ']'))
        return leave(reader);
    if (!reader->first) {
        if (c != ',')
            return unexpected(reader, in_object(reader)
                                          ? "was expecting comma to separate Object entries"
                                          : "was expecting comma to separate Array entries");
        reader->at++;
        skip_blanks(reader);
    }
    if (in_object(reader))
        return read_name(reader);
    token = read_value(reader, &place);
    return tell(reader, token, place);
}

const char *json_reader_text(struct json_reader *reader)
{
    static const char *const words[] = {
        [JSON_TOKEN_OBJECT] = "{",    [JSON_TOKEN_OBJECT_END] = "}", [JSON_TOKEN_ARRAY] = "[",
        [JSON_TOKEN_ARRAY_END] = "]", [JSON_TOKEN_TRUE] = "true",    [JSON_TOKEN_FALSE] = "false",
        [JSON_TOKEN_NULL] = "null",
    };

    switch (reader->token) {
    case JSON_TOKEN_NAME:
        return str_text(&reader->name);
    case JSON_TOKEN_STRING:
        reader->place = reader->value_end;
        return str_text(&reader->value);
    case JSON_TOKEN_NUMBER:
        return str_text(&reader->value);
    case JSON_TOKEN_END:
    case JSON_TOKEN_WRONG:
        return "";
    default:
        return words[reader->token];
    }
}

bool json_reader_skip(struct json_reader *reader)
{
    unsigned depth = 0;

    for (;;) {
        switch (reader->token) {
        case JSON_TOKEN_OBJECT:
        case JSON_TOKEN_ARRAY:
            depth++;
            break;
        case JSON_TOKEN_OBJECT_END:
        case JSON_TOKEN_ARRAY_END:
            depth--;
            break;
        case JSON_TOKEN_WRONG:
        case JSON_TOKEN_END:
            return false;
        default:
            break;
        }
        if (depth == 0)
            return true;
        json_reader_next(reader);
    }
}

void json_reader_add_place(const struct json_reader *reader, struct str *out)
{
    size_t shown = reader->length < SOURCE_SHOWN ? reader->length : SOURCE_SHOWN;
    size_t line = 1;
    size_t start = 0;
    size_t column = 1;

    for (size_t i = 0; i < reader->place && i < reader->length; i++) {
        if (reader->text[i] == '\n') {
            line++;
            start = i + 1;
        }
    }
    for (size_t i = start; i < reader->place && i < reader->length; i++)
        column += ((unsigned char)reader->text[i] & 0xc0) != 0x80;
    while (shown < reader->length && ((unsigned char)reader->text[shown] & 0xc0) == 0x80)
        shown--;
    str_add(out, "\n at [Source: (String)\"");
    str_addn(out, reader->text, shown);
    if (shown < reader->length)
        str_addf(out, "\"[truncated %zu chars]", reader->length - shown);
    else
        str_addc(out, '"');
    str_addf(out, "; line: %zu, column: %zu]", line, column);
}
