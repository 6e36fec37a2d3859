/*
 * store/sql_function.c - what a query may call: SQLite's functions that take a bounded time, and
 * our own in the place of those that do not.
 *
 * Not on the list: what makes long texts of short ones (printf, hex, replace, randomblob,
 * zeroblob), what takes the product of its arguments' lengths (instr, trim with a set), what
 * reaches outside (load_extension, readfile), and chance.
 */
#include "store/sql_parts.h"

#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

enum { BYTES_A_STEP = 16, COMPILE_STEPS = 2000 };

static const char *const allowed[] = {
    "->",          "->>",          "abs",          "avg",           "ceil",
    "ceiling",     "coalesce",     "count",        "cume_dist",     "current_date",
    "current_time", "current_timestamp",           "date",          "datetime",
    "dense_rank",  "first_value",  "floor",        "glob",          "group_concat",
    "ifnull",      "iif",          "json",         "json_array",    "json_array_length",
    "json_each",   "json_extract", "json_group_array", "json_group_object", "json_object",
    "json_quote",  "json_tree",    "json_type",    "json_valid",    "julianday",
    "lag",         "last_value",   "lead",         "length",        "like",
    "lower",       "max",          "min",          "nth_value",     "ntile",
    "nullif",      "percent_rank", "rank",         "regexp",        "round",
    "row_number",  "sign",         "strftime",     "string_agg",    "substr",
    "substring",   "sum",          "time",         "total",         "trunc",
    "typeof",      "unixepoch",    "upper",
};

bool sql_function_allowed(const char *name)
{
    for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
        if (sqlite3_stricmp(allowed[i], name) == 0)
            return true;
    }
    return false;
}

static struct sql_text text_of(sqlite3_value *value)
{
    const char *bytes = (const char *)sqlite3_value_text(value);

    return (struct sql_text){
        .bytes = bytes == NULL ? "" : bytes,
        .length = bytes == NULL ? 0 : (size_t)sqlite3_value_bytes(value),
    };
}

/* Counts the work on so many bytes; false, with the query interrupted, when it was too much. */
static bool spend(sqlite3_context *context, size_t bytes)
{
    struct sql_work *work = sqlite3_user_data(context);

    if (sql_spend(work, (int64_t)(bytes / BYTES_A_STEP)))
        return true;
    sqlite3_result_error_code(context, SQLITE_INTERRUPT);
    return false;
}

static bool any_null(int count, sqlite3_value **values)
{
    for (int i = 0; i < count; i++) {
        if (sqlite3_value_type(values[i]) == SQLITE_NULL)
            return true;
    }
    return false;
}

/* like(PATTERN, TEXT [, ESCAPE]), which is what TEXT LIKE PATTERN calls. */
static void do_like(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct sql_text pattern;
    struct sql_text text;
    char escape = '\0';

    if (any_null(count, values))
        return;
    pattern = text_of(values[0]);
    text = text_of(values[1]);
    if (count == 3) {
        struct sql_text letter = text_of(values[2]);

        if (letter.length != 1) {
            sqlite3_result_error(context, "ESCAPE takes one character of ASCII", -1);
            return;
        }
        escape = letter.bytes[0];
    }
    if (pattern.length > SQL_PATTERN_MAX)
        sqlite3_result_error(context, "the pattern of LIKE is longer than 50 bytes", -1);
    else if (spend(context, text.length * 4))
        sqlite3_result_int(context, sql_like(pattern, text, escape));
}

static void do_glob(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct sql_text pattern;
    struct sql_text text;

    if (any_null(count, values))
        return;
    pattern = text_of(values[0]);
    text = text_of(values[1]);
    if (pattern.length > SQL_PATTERN_MAX)
        sqlite3_result_error(context, "the pattern of GLOB is longer than 50 bytes", -1);
    else if (spend(context, text.length * 4))
        sqlite3_result_int(context, sql_glob(pattern, text));
}

/* regexp(PATTERN, TEXT), which is what TEXT REGEXP PATTERN calls. */
static void do_regexp(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct sql_work *work = sqlite3_user_data(context);
    struct sql_regexp *regexp = sqlite3_get_auxdata(context, 0);
    const char *why;
    bool found;

    if (any_null(count, values))
        return;
    if (regexp == NULL) {
        regexp = sql_regexp_new(text_of(values[0]), &why);
        if (regexp == NULL || !sql_spend(work, COMPILE_STEPS)) {
            struct str problem = STR_INIT;

            str_addf(&problem, "this regular expression cannot be used: %s",
                     regexp == NULL ? why : "the query took too many steps");
            sqlite3_result_error(context, str_text(&problem), -1);
            str_release(&problem);
            free(regexp);
            return;
        }
        found = sql_regexp_match(regexp, text_of(values[1]));
        sqlite3_set_auxdata(context, 0, regexp, free); /* may free it at once */
    } else {
        found = sql_regexp_match(regexp, text_of(values[1]));
    }
    if (spend(context, text_of(values[1]).length * 4))
        sqlite3_result_int(context, found);
}

/* ---- group_concat ---- */

/* SQLite zeroes it before the first row; freed with the last. */
struct joined {
    struct str text;
    bool begun;
    bool too_long;
};

static void join_step(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct joined *joined = sqlite3_aggregate_context(context, sizeof(*joined));
    struct sql_text text;

    if (joined == NULL || any_null(1, values))
        return;
    text = text_of(values[0]);
    if (joined->begun && count == 1)
        str_addc(&joined->text, ',');
    else if (joined->begun)
        str_addn(&joined->text, text_of(values[1]).bytes, text_of(values[1]).length);
    str_addn(&joined->text, text.bytes, text.length);
    joined->begun = true;
    if (joined->text.length > SQL_TEXT_MAX) {
        str_clear(&joined->text);
        joined->too_long = true;
    }
    spend(context, text.length);
}

static void join_end(sqlite3_context *context)
{
    struct joined *joined = sqlite3_aggregate_context(context, 0);

    if (joined == NULL)
        return;
    if (joined->too_long)
        sqlite3_result_error_toobig(context);
    else if (joined->begun)
        sqlite3_result_text(context, str_text(&joined->text), (int)joined->text.length,
                            SQLITE_TRANSIENT);
    str_release(&joined->text);
}

int sql_function_register(sqlite3 *db, struct sql_work *work)
{
    static const struct {
        const char *name;
        int count;
        void (*call)(sqlite3_context *, int, sqlite3_value **);
        void (*step)(sqlite3_context *, int, sqlite3_value **);
        void (*end)(sqlite3_context *);
    } functions[] = {
        {"like", 2, do_like, NULL, NULL},
        {"like", 3, do_like, NULL, NULL},
        {"glob", 2, do_glob, NULL, NULL},
        {"regexp", 2, do_regexp, NULL, NULL},
        {"group_concat", 1, NULL, join_step, join_end},
        {"group_concat", 2, NULL, join_step, join_end},
        {"string_agg", 2, NULL, join_step, join_end},
    };
    int code = SQLITE_OK;

    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]) && code == SQLITE_OK; i++)
        code = sqlite3_create_function_v2(
            db, functions[i].name, functions[i].count,
            SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, work, functions[i].call,
            functions[i].step, functions[i].end, NULL);
    return code;
}
