/*
 * base/event_operator.c - the items of a pattern's lists: values, and operators on them.
 *
 * Each operator reads its own tokens.  Which token is asked for first, and in which words it is
 * missed, is AWS's; so are the places told, and that some are told twice.
 */
#include "base/event_pattern_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

/* What reading one item needs. */
struct item {
    struct json_reader *reader;
    struct arena *arena;
    struct event_test *test;
    struct str *why;
};

static bool refuse(struct item *item, const char *reason)
{
    if (item->reader->token == JSON_TOKEN_WRONG)
        reason = str_text(&item->reader->problem);
    str_add(item->why, reason);
    json_reader_add_place(item->reader, item->why);
    return false;
}

static bool refuse_named(struct item *item, const char *reason, const char *name)
{
    if (item->reader->token == JSON_TOKEN_WRONG)
        return refuse(item, "");
    str_addf(item->why, "%s%s", reason, name);
    json_reader_add_place(item->reader, item->why);
    return false;
}

static enum json_token next(struct item *item)
{
    return json_reader_next(item->reader);
}

static bool end_object(struct item *item, const char *otherwise)
{
    return next(item) == JSON_TOKEN_OBJECT_END || refuse(item, otherwise);
}

static const char one_key[] = "Only one key allowed in match expression";
static const char too_many[] = "Too many elements in numeric expression";

/* The string or number that the reader has, as one more text of the test. */
static struct event_text *add_text(struct item *item)
{
    struct event_text *text = LIST_PUSH_IN(item->arena, &item->test->texts);

    text->length = item->reader->value.length;
    text->text = arena_strndup(item->arena, json_reader_text(item->reader), text->length);
    return text;
}

static struct event_text *add_number(struct item *item)
{
    struct event_text *text = add_text(item);

    text->comparable = event_number_read(text->text, text->length, &text->number);
    return text;
}

/* ---- values ---- */

static void read_string(struct item *item)
{
    struct event_text *text = add_text(item);
    struct event_test *test = item->test;

    test->kind = EVENT_TEST_EXACT;
    test->token = JSON_TOKEN_STRING;
    test->ip_size = event_ip_read(text->text, text->length, test->ip_low);
    if (test->ip_size > 0) {
        memcpy(test->ip_high, test->ip_low, test->ip_size);
        test->kind = EVENT_TEST_IP;
    }
}

/* ---- operators on one string ---- */

static bool read_exactly(struct item *item)
{
    if (next(item) != JSON_TOKEN_STRING)
        return refuse(item, "exact match pattern must be a string");
    add_text(item);
    item->test->kind = EVENT_TEST_EXACT;
    item->test->token = JSON_TOKEN_STRING;
    return end_object(item, one_key);
}

/* {"prefix": {"equals-ignore-case": "..."}}, from behind the second brace. */
static bool read_end_fold(struct item *item, bool prefix)
{
    if (next(item) != JSON_TOKEN_NAME)
        return refuse(item, prefix ? "Prefix expression name not found"
                                   : "Suffix expression name not found");
    if (!str_equal(json_reader_text(item->reader), "equals-ignore-case"))
        return refuse_named(
            item, prefix ? "Unsupported prefix pattern: " : "Unsupported suffix pattern: ",
            json_reader_text(item->reader));
    if (next(item) != JSON_TOKEN_STRING)
        return refuse(item, "equals-ignore-case match pattern must be a string");
    event_text_fold(item->arena, add_text(item));
    item->test->kind = prefix ? EVENT_TEST_PREFIX_FOLD : EVENT_TEST_SUFFIX_FOLD;
    return end_object(item, one_key) && end_object(item, one_key);
}

static bool read_end(struct item *item, bool prefix)
{
    enum json_token token = next(item);

    if (token == JSON_TOKEN_OBJECT)
        return read_end_fold(item, prefix);
    if (token != JSON_TOKEN_STRING)
        return refuse(item, prefix ? "prefix match pattern must be a string"
                                   : "suffix match pattern must be a string");
    add_text(item);
    item->test->kind = prefix ? EVENT_TEST_PREFIX : EVENT_TEST_SUFFIX;
    return end_object(item, one_key);
}

static bool read_prefix(struct item *item)
{
    return read_end(item, true);
}

static bool read_suffix(struct item *item)
{
    return read_end(item, false);
}

static bool read_fold(struct item *item)
{
    if (next(item) != JSON_TOKEN_STRING)
        return refuse(item, "equals-ignore-case match pattern must be a string");
    event_text_fold(item->arena, add_text(item));
    item->test->kind = EVENT_TEST_FOLD;
    return end_object(item, one_key);
}

/* The wildcard that the reader has.  The quote before it counts as its first place. */
static bool add_glob(struct item *item)
{
    struct str why = STR_INIT;
    bool right = event_text_glob(item->arena, add_text(item), &why);

    /* That a rule is too complex is found when it is used, not when it is read: it has no place. */
    if (!right && str_starts(str_text(&why), "Rule"))
        str_add(item->why, str_text(&why));
    else if (!right)
        refuse(item, str_text(&why));
    str_release(&why);
    return right;
}

static bool read_wildcard(struct item *item)
{
    if (next(item) != JSON_TOKEN_STRING)
        return refuse(item, "wildcard match pattern must be a string");
    item->test->kind = EVENT_TEST_WILDCARD;
    return add_glob(item) && end_object(item, one_key);
}

static bool read_exists(struct item *item)
{
    enum json_token token = next(item);

    if (token != JSON_TOKEN_TRUE && token != JSON_TOKEN_FALSE)
        return refuse(item, "exists match pattern must be either true or false.");
    item->test->kind = token == JSON_TOKEN_TRUE ? EVENT_TEST_EXISTS : EVENT_TEST_ABSENT;
    return end_object(item, one_key);
}

/* ---- addresses ---- */

static bool refuse_cidr(struct item *item, const char *reason)
{
    str_add(item->why, reason); /* AWS tells no place here */
    return false;
}

/* The text behind the slash; -1: no number. */
static long mask_bits(const char *text)
{
    bool digit = false;
    bool negative = *text == '-';
    long bits = 0;

    for (const char *at = text + (*text == '-' || *text == '+'); *at != '\0'; at++) {
        if (*at < '0' || *at > '9' || bits > INT32_MAX / 10)
            return -1;
        bits = bits * 10 + (*at - '0');
        digit = true;
    }
    if (!digit)
        return -1;
    return negative && bits > 0 ? -2 : bits;
}

/* All addresses that begin with the same bits. */
static void set_range(struct event_test *test, long bits)
{
    for (size_t i = 0; i < test->ip_size; i++) {
        long fixed = bits - (long)i * 8;
        unsigned mask = fixed >= 8 ? 0xff : fixed <= 0 ? 0 : 0xffu << (8 - fixed) & 0xff;

        test->ip_high[i] = (uint8_t)(test->ip_low[i] | (~mask & 0xff));
        test->ip_low[i] = (uint8_t)(test->ip_low[i] & mask);
    }
}

static bool read_cidr(struct item *item)
{
    struct event_test *test = item->test;
    const char *text;
    const char *slash;
    long bits;

    if (next(item) != JSON_TOKEN_STRING)
        return refuse(item, "prefix match pattern must be a string");
    text = json_reader_text(item->reader);
    slash = strchr(text, '/');
    if (slash == NULL || strchr(slash + 1, '/') != NULL || slash[1] == '\0')
        return refuse_cidr(item, "Malformed CIDR, one '/' required");
    bits = mask_bits(slash + 1);
    if (bits == -1)
        return refuse_cidr(item, "Malformed CIDR, mask bits must be an integer");
    if (bits < 0)
        return refuse_cidr(item, "Malformed CIDR, mask bits must not be negative");
    test->ip_size = event_ip_read(text, (size_t)(slash - text), test->ip_low);
    if (test->ip_size == 0) {
        str_addf(item->why, "Nonstandard IP address: %.*s", (int)(slash - text), text);
        return false;
    }
    if (bits > (long)test->ip_size * 8 - 1)
        return refuse_cidr(item, test->ip_size == 4 ? "IPv4 mask bits must be < 32"
                                                    : "IPv6 mask bits must be < 128");
    test->kind = EVENT_TEST_IP;
    set_range(test, bits);
    return end_object(item, one_key);
}

/* ---- numbers ---- */

/* The number that the reader has, as a bound. */
static bool read_bound(struct item *item, struct event_number *bound)
{
    const char *text = json_reader_text(item->reader);

    if (event_number_read(text, item->reader->value.length, bound))
        return true;
    return refuse_named(item, "Cannot compare number : ", text);
}

/* What may follow a lower bound: nothing, or an upper one. */
static bool read_upper(struct item *item)
{
    struct event_test *test = item->test;
    char operator[3] = "";

    if (next(item) == JSON_TOKEN_ARRAY_END)
        return true;
    if (item->reader->token != JSON_TOKEN_STRING)
        return refuse_named(item, "Bad value in numeric range: ", json_reader_text(item->reader));
    if (!str_equal(json_reader_text(item->reader), "<") &&
        !str_equal(json_reader_text(item->reader), "<="))
        return refuse_named(item, "Bad numeric range operator: ", json_reader_text(item->reader));
    memcpy(operator, json_reader_text(item->reader), item->reader->value.length + 1);
    if (next(item) != JSON_TOKEN_NUMBER) {
        char *reason = xasprintf("Value of %s must be numeric", operator);

        refuse(item, reason);
        free(reason);
        return false;
    }
    test->has_high = true;
    test->high_open = operator[1] == '\0';
    if (!read_bound(item, &test->high))
        return false;
    if (next(item) != JSON_TOKEN_ARRAY_END)
        return refuse(item, "Too many terms in numeric range expression");
    return event_number_compare(&test->low, &test->high) < 0 ||
           refuse(item, "Bottom must be less than top");
}

/* ["=", 5], ["<", 5], [">", 0, "<=", 5]: from behind the operator. */
static bool read_comparison(struct item *item, const char *operator)
{
    struct event_test *test = item->test;
    bool lower = operator[0] == '>';

    if (next(item) != JSON_TOKEN_NUMBER) {
        char *reason =
            xasprintf("Value of %s must be numeric", operator[0] == '=' ? "equals" : operator);

        refuse(item, reason);
        free(reason);
        return false;
    }
    if (!read_bound(item, lower ? &test->low : &test->high))
        return false;
    test->has_low = lower || operator[0] == '=';
    test->has_high = !lower;
    if (operator[0] == '=')
        test->low = test->high;
    else if (lower)
        test->low_open = operator[1] == '\0';
    else
        test->high_open = operator[1] == '\0';
    if (lower)
        return read_upper(item);
    return next(item) == JSON_TOKEN_ARRAY_END || refuse(item, too_many);
}

static bool read_numeric(struct item *item)
{
    static const char *const operators[] = {"=", ">=", ">", "<=", "<"};
    const char *found = NULL;

    if (next(item) != JSON_TOKEN_ARRAY)
        return refuse(item, "Value of numeric must be an array.");
    if (next(item) != JSON_TOKEN_STRING)
        return refuse_named(item,
                            "Invalid member in numeric match: ", json_reader_text(item->reader));
    for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
        if (str_equal(json_reader_text(item->reader), operators[i]))
            found = operators[i];
    }
    if (found == NULL)
        return refuse_named(
            item, "Unrecognized numeric range operator: ", json_reader_text(item->reader));
    item->test->kind = EVENT_TEST_RANGE;
    return read_comparison(item, found) && end_object(item, too_many);
}

/* ---- anything but ---- */

/* A list is read by a part of AWS's reader that tells the place a second time. */
static bool place_again(struct item *item)
{
    json_reader_add_place(item->reader, item->why);
    return false;
}

static bool read_but_list(struct item *item)
{
    struct event_test *test = item->test;
    enum json_token token;
    bool numbers = false;
    bool strings = false;

    while ((token = next(item)) != JSON_TOKEN_ARRAY_END) {
        if (token == JSON_TOKEN_STRING) {
            add_text(item);
            strings = true;
        } else if (token == JSON_TOKEN_NUMBER) {
            if (!add_number(item)->comparable) {
                refuse_named(item, "Cannot compare number : ", json_reader_text(item->reader));
                return false;
            }
            numbers = true;
        } else {
            refuse(item, "Inside anything but list, start|null|boolean is not supported.");
            return place_again(item);
        }
    }
    if (numbers == strings)
        return refuse(item, "Inside anything but list, either all values are number or string, "
                            "mixed type is not supported");
    test->kind = numbers ? EVENT_TEST_NUMBER : EVENT_TEST_EXACT;
    test->token = JSON_TOKEN_STRING;
    return true;
}

/* One value of {"anything-but": {"prefix": ...}} and the like. */
static bool read_but_value(struct item *item)
{
    struct event_test *test = item->test;
    bool end = test->kind == EVENT_TEST_PREFIX || test->kind == EVENT_TEST_SUFFIX;

    if (item->reader->token != JSON_TOKEN_STRING) {
        if (test->kind == EVENT_TEST_FOLD)
            return refuse(item, "Inside anything-but/equals-ignore-case list, "
                                "number|start|null|boolean is not supported.");
        return refuse(item, end ? "prefix/suffix match pattern must be a string"
                                : "wildcard match pattern must be a string");
    }
    if (test->kind == EVENT_TEST_WILDCARD)
        return add_glob(item);
    if (json_reader_text(item->reader)[0] == '\0' && end)
        return refuse(item, "Null prefix/suffix not allowed");
    if (test->kind == EVENT_TEST_FOLD)
        event_text_fold(item->arena, add_text(item));
    else
        add_text(item);
    return true;
}

static bool read_but_values(struct item *item)
{
    if (item->reader->token != JSON_TOKEN_ARRAY)
        return read_but_value(item);
    while (next(item) != JSON_TOKEN_ARRAY_END) {
        if (!read_but_value(item))
            return item->test->kind == EVENT_TEST_WILDCARD &&
                           item->reader->token == JSON_TOKEN_STRING
                       ? false
                       : place_again(item);
    }
    return true;
}

static bool is_but_value(enum json_token token)
{
    return token == JSON_TOKEN_ARRAY || token == JSON_TOKEN_STRING || token == JSON_TOKEN_NUMBER;
}

/* {"anything-but": {"prefix": ...}}, from behind the second brace. */
static bool read_but_object(struct item *item)
{
    static const struct {
        const char *name;
        enum event_test_kind kind;
    } kinds[] = {
        {"equals-ignore-case", EVENT_TEST_FOLD},
        {"prefix", EVENT_TEST_PREFIX},
        {"suffix", EVENT_TEST_SUFFIX},
        {"wildcard", EVENT_TEST_WILDCARD},
    };
    size_t i = 0;

    if (next(item) != JSON_TOKEN_NAME)
        return refuse(item, "Anything-But expression name not found");
    while (i < sizeof(kinds) / sizeof(kinds[0]) &&
           !str_equal(json_reader_text(item->reader), kinds[i].name))
        i++;
    if (i == sizeof(kinds) / sizeof(kinds[0]))
        return refuse_named(item,
                            "Unsupported anything-but pattern: ", json_reader_text(item->reader));
    item->test->kind = kinds[i].kind;
    if (!is_but_value(next(item)))
        return refuse(item,
                      "Value of anything-but must be an array or single string/number value.");
    return read_but_values(item) && end_object(item, too_many) && end_object(item, too_many);
}

static bool read_anything_but(struct item *item)
{
    enum json_token token = next(item);

    item->test->but = true;
    if (token == JSON_TOKEN_OBJECT)
        return read_but_object(item);
    if (!is_but_value(token))
        return refuse(item,
                      "Value of anything-but must be an array or single string/number value.");
    if (token == JSON_TOKEN_ARRAY)
        return read_but_list(item) && end_object(item, too_many);
    item->test->kind = token == JSON_TOKEN_NUMBER ? EVENT_TEST_NUMBER : EVENT_TEST_EXACT;
    item->test->token = JSON_TOKEN_STRING;
    if (token == JSON_TOKEN_STRING)
        add_text(item);
    else if (!add_number(item)->comparable) {
        str_addf(item->why, "Cannot compare number : %s", json_reader_text(item->reader));
        return false;
    }
    return end_object(item, too_many);
}

static const struct {
    const char *name;
    bool (*read)(struct item *item);
} operators[] = {
    {"exactly", read_exactly},
    {"prefix", read_prefix},
    {"suffix", read_suffix},
    {"numeric", read_numeric},
    {"anything-but", read_anything_but},
    {"exists", read_exists},
    {"cidr", read_cidr},
    {"equals-ignore-case", read_fold},
    {"wildcard", read_wildcard},
};

static bool read_operator(struct item *item)
{
    if (next(item) != JSON_TOKEN_NAME)
        return refuse(item, "Match expression name not found");
    for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
        if (str_equal(json_reader_text(item->reader), operators[i].name))
            return operators[i].read(item);
    }
    return refuse_named(item, "Unrecognized match type ", json_reader_text(item->reader));
}

bool event_operator_read(struct json_reader *reader, struct arena *arena, struct event_test *test,
                         struct str *why)
{
    struct item item = {.reader = reader, .arena = arena, .test = test, .why = why};

    switch (reader->token) {
    case JSON_TOKEN_OBJECT:
        return read_operator(&item);
    case JSON_TOKEN_STRING:
        read_string(&item);
        return true;
    case JSON_TOKEN_NUMBER:
        add_number(&item);
        test->kind = EVENT_TEST_NUMBER;
        return true;
    default:
        test->kind = EVENT_TEST_EXACT;
        test->token = reader->token;
        return true;
    }
}
