/*
 * store/sql.c - SQL over the cloud: a connection of its own for one SELECT, and what it may do.
 *
 * The connection is made for the query and thrown away after it: an empty database in memory, in
 * which only our tables exist.  Three guards stand before the statement (RELIABILITY 4.3):
 *
 *     authorizer    refuses whatever is not on a list, when the statement is prepared
 *     limits        of lengths, depth, width and memory
 *     steps         SQLite's own are counted by the thousand, ours as they are done; when they are
 *                   used up the query is interrupted
 *
 * Time is the world's: the connection's VFS is the machine's but for its clock.
 */
#include "store/sql_parts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sqlite3.h>

#include "base/close_match.h"
#include "base/utf8.h"
#include "cloud/world.h"
#include "sim/clock.h"

enum {
    STEPS_A_LOOK = 1000,     /* of SQLite's machine, between two looks at what is left */
    RECURSIVE_TIMES = 5,     /* its steps are the dear ones: each row goes through a queue */
    HEAP_MAX = 16 << 20,     /* of SQLite's memory */
    ANSWER_MAX = 16 << 20,   /* bytes of the values of an answer */
    VALUE_BYTES = 24,        /* counted for each value besides its text */
    JULIAN_UNIX_MS_DAYS = 2440587, /* and a half: the Julian day of 1970-01-01 */
};

/* ---- time ---- */

/* The machine's VFS with another clock; SQLite keeps a pointer to it while it is registered. */
struct clock_vfs {
    sqlite3_vfs base;
    int64_t now; /* simulated, ns */
};

static int vfs_time(sqlite3_vfs *vfs, sqlite3_int64 *time)
{
    const struct clock_vfs *clock = (const struct clock_vfs *)vfs;
    const int64_t day_ms = DAY_NS / MILLISECOND_NS;

    *time = JULIAN_UNIX_MS_DAYS * day_ms + day_ms / 2 + clock->now / MILLISECOND_NS;
    return SQLITE_OK;
}

/* ---- what a query may do ---- */

static int refuse(struct sql_work *work, const char *what, const char *name)
{
    if (work->refusal.length == 0)
        str_addf(&work->refusal, "%s%s%s", what, name == NULL ? "" : " ",
                 name == NULL ? "" : name);
    return SQLITE_DENY;
}

static const char *action_name(int action)
{
    switch (action) {
    case SQLITE_ATTACH:
    case SQLITE_DETACH:
        return "ATTACH";
    case SQLITE_PRAGMA:
        return "PRAGMA";
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
    case SQLITE_DELETE:
        return "changing a table";
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT:
        return "a transaction";
    default:
        return "changing what tables there are";
    }
}

/* Our tables and SQLite's two of JSON.  The name of a WITH comes here when none of its columns is
 * read; of SQLite's own tables none is a name like any other. */
static bool may_read(const char *table, const char *column)
{
    if (sql_spec_find(table) != NULL || strcmp(table, "json_each") == 0 ||
        strcmp(table, "json_tree") == 0)
        return true;
    return column[0] == '\0' && sqlite3_strnicmp(table, "sqlite_", 7) != 0 &&
           sqlite3_strnicmp(table, "pragma_", 7) != 0;
}

static int authorize(void *context, int action, const char *one, const char *two,
                     const char *database, const char *trigger)
{
    struct sql_work *work = context;

    (void)database;
    (void)trigger;
    if (work->connecting)
        return SQLITE_OK;
    switch (action) {
    case SQLITE_RECURSIVE:
        work->recursive = true;
        return SQLITE_OK;
    case SQLITE_SELECT:
        return SQLITE_OK;
    case SQLITE_READ:
        return may_read(one, two) ? SQLITE_OK : refuse(work, "the table", one);
    case SQLITE_FUNCTION:
        return sql_function_allowed(two) ? SQLITE_OK : refuse(work, "the function", two);
    default:
        return refuse(work, action_name(action), NULL);
    }
}

static int look(void *context)
{
    struct sql_work *work = context;

    return !sql_spend(work, (int64_t)STEPS_A_LOOK * (work->recursive ? RECURSIVE_TIMES : 1));
}

static void set_limits(sqlite3 *db)
{
    static const struct {
        int id;
        int value;
    } limits[] = {
        {SQLITE_LIMIT_LENGTH, SQL_TEXT_MAX},
        {SQLITE_LIMIT_SQL_LENGTH, SQL_STATEMENT_MAX},
        {SQLITE_LIMIT_EXPR_DEPTH, 20},
        {SQLITE_LIMIT_COMPOUND_SELECT, 3},
        {SQLITE_LIMIT_VDBE_OP, 25000},
        {SQLITE_LIMIT_COLUMN, 100},
        {SQLITE_LIMIT_ATTACHED, 0},
        {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, SQL_PATTERN_MAX},
        {SQLITE_LIMIT_VARIABLE_NUMBER, 10},
        {SQLITE_LIMIT_FUNCTION_ARG, 100},
        {SQLITE_LIMIT_TRIGGER_DEPTH, 1},
        {SQLITE_LIMIT_WORKER_THREADS, 0},
    };

    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
        sqlite3_limit(db, limits[i].id, limits[i].value);
}

/* SQLite's result. */
static int guard(sqlite3 *db, struct sql_work *work)
{
    int code;

    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    /* json_each and json_tree connect here: that would not be allowed later. */
    code = sqlite3_exec(db,
                        "PRAGMA temp_store = MEMORY;"
                        "SELECT 1 FROM json_each('[]'), json_tree('[]')",
                        NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sql_table_register(db, work);
    if (code == SQLITE_OK)
        code = sql_function_register(db, work);
    set_limits(db);
    sqlite3_set_authorizer(db, authorize, work);
    sqlite3_progress_handler(db, STEPS_A_LOOK, look, work);
    return code;
}

/* ---- what went wrong, in one line ---- */

struct names_found {
    const char *items[256];
    size_t count;
};

static void add_name(void *context, const char *name, const char *type, const char *doc)
{
    struct names_found *found = context;

    (void)type;
    (void)doc;
    if (found->count < sizeof(found->items) / sizeof(found->items[0]))
        found->items[found->count++] = name;
}

static void say_nearest(const char *wrong, const struct names_found *names, struct str *error)
{
    const char *near[CLOSE_MATCH_MAX];
    size_t count = close_match_find(wrong, names->items, names->count, near);

    for (size_t i = 0; i < count; i++)
        str_addf(error, "%s%s", i == 0 ? "; maybe you meant " : ", ", near[i]);
}

static void say_no_table(const char *wrong, struct str *error)
{
    struct names_found names = {.count = 0};
    size_t before;

    str_addf(error, "no such table: %s", wrong);
    before = error->length;
    sql_tables(add_name, &names);
    say_nearest(wrong, &names, error);
    if (error->length == before)
        str_add(error, "; `sql .tables` lists them");
}

static void say_no_column(const struct sql_work *work, const char *wrong, struct str *error)
{
    struct names_found names = {.count = 0};
    const char *dot = strrchr(wrong, '.');
    size_t before;

    str_addf(error, "no such column: %s", wrong);
    before = error->length;
    for (uint32_t i = 0; i < work->tables.count; i++) {
        const struct sql_schema *schema = work->tables.items[i]->schema;

        for (uint32_t k = 0; k < schema->columns.count; k++)
            add_name(&names, schema->columns.items[k].name, NULL, NULL);
    }
    say_nearest(dot == NULL ? wrong : dot + 1, &names, error);
    if (error->length == before)
        str_add(error, "; `sql .columns TABLE` lists them (a text stands between ' and ')");
}

/* SQLite's message; exit code. */
static int say(sqlite3 *db, const struct sql_work *work, struct str *error)
{
    static const char no_table[] = "no such table: ";
    static const char no_column[] = "no such column: ";
    const char *message = sqlite3_errmsg(db);

    switch (sqlite3_errcode(db) & 0xff) {
    case SQLITE_INTERRUPT:
        str_addf(error,
                 "the query was stopped after %d steps: ask for less, with WHERE, or join over ids",
                 (int)SQL_STEPS);
        return EXIT_OTHER;
    case SQLITE_NOMEM:
        str_add(error, "the query needs more than 16 MiB: ask for less, or sort fewer rows");
        return EXIT_OTHER;
    case SQLITE_TOOBIG:
        str_addf(error, "a text of the query would be longer than %d bytes", (int)SQL_TEXT_MAX);
        return EXIT_OTHER;
    default:
        break;
    }
    if (work->refusal.length > 0)
        str_addf(error, "not allowed: %s; only SELECT over the tables that `sql .tables` lists",
                 str_text(&work->refusal));
    else if (str_starts(message, no_table))
        say_no_table(message + strlen(no_table), error);
    else if (str_starts(message, no_column))
        say_no_column(work, message + strlen(no_column), error);
    else
        str_add(error, message);
    return EXIT_USAGE;
}

/* ---- running ---- */

static enum sql_type type_of(const char *declared)
{
    for (int type = SQL_TYPE_TEXT; declared != NULL && type <= SQL_TYPE_JSON; type++) {
        if (strcmp(declared, sql_type_name((enum sql_type)type)) == 0)
            return (enum sql_type)type;
    }
    return SQL_TYPE_TEXT;
}

static void begin_answer(sqlite3_stmt *statement, struct sql_answer *answer)
{
    uint32_t count = (uint32_t)sqlite3_column_count(statement);

    answer->column_count = count;
    answer->heads = arena_alloc(&answer->arena, (count + 1) * sizeof(*answer->heads));
    answer->types = arena_alloc(&answer->arena, (count + 1) * sizeof(*answer->types));
    for (uint32_t i = 0; i < count; i++) {
        answer->heads[i] =
            arena_strdup(&answer->arena, sqlite3_column_name(statement, (int)i));
        answer->types[i] = type_of(sqlite3_column_decltype(statement, (int)i));
    }
}

/* False when the answer has become too long. */
static bool take_row(sqlite3_stmt *statement, struct sql_answer *answer)
{
    struct sql_value *row =
        arena_alloc(&answer->arena, (answer->column_count + 1) * sizeof(*row));

    *LIST_PUSH_IN(&answer->arena, &answer->rows) = row;
    for (uint32_t i = 0; i < answer->column_count; i++) {
        int at = (int)i;

        switch (sqlite3_column_type(statement, at)) {
        case SQLITE_INTEGER:
            row[i].is = SQL_IS_INTEGER;
            row[i].integer = sqlite3_column_int64(statement, at);
            break;
        case SQLITE_FLOAT:
            row[i].is = SQL_IS_REAL;
            row[i].real = sqlite3_column_double(statement, at);
            break;
        case SQLITE_NULL:
            break;
        default: {
            const char *text = (const char *)sqlite3_column_text(statement, at);

            row[i].is = SQL_IS_TEXT;
            row[i].length = text == NULL ? 0 : (size_t)sqlite3_column_bytes(statement, at);
            row[i].text = arena_strndup(&answer->arena, text == NULL ? "" : text, row[i].length);
        }
        }
        answer->bytes += row[i].length + VALUE_BYTES;
    }
    return answer->bytes <= ANSWER_MAX;
}

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t\r\n;")] == '\0';
}

/* The one statement; NULL with an exit code in *status. */
static sqlite3_stmt *prepare(sqlite3 *db, const struct sql_work *work, const char *text,
                             int *status, struct str *error)
{
    sqlite3_stmt *statement = NULL;
    sqlite3_stmt *second = NULL;
    const char *rest = NULL;

    *status = EXIT_USAGE;
    if (sqlite3_prepare_v2(db, text, -1, &statement, &rest) != SQLITE_OK) {
        *status = say(db, work, error);
        return NULL;
    }
    if (statement == NULL) {
        str_add(error, "there is no statement: sql 'SELECT instance_id FROM aws_ec2_instance'");
        return NULL;
    }
    /* A comment may follow, a statement may not. */
    if (!is_blank(rest) &&
        (sqlite3_prepare_v2(db, rest, -1, &second, NULL) != SQLITE_OK || second != NULL))
        str_add(error, "one statement at a time");
    else if (sqlite3_column_count(statement) == 0 || !sqlite3_stmt_readonly(statement) ||
             sqlite3_stmt_isexplain(statement) != 0)
        str_add(error, "not allowed: EXPLAIN, or what gives no rows; only SELECT");
    else
        return statement;
    sqlite3_finalize(second);
    sqlite3_finalize(statement);
    return NULL;
}

static int run(sqlite3 *db, struct sql_work *work, const char *text, struct sql_answer *answer,
               struct str *error)
{
    int status;
    sqlite3_stmt *statement = prepare(db, work, text, &status, error);
    int code;

    if (statement == NULL)
        return status;
    status = EXIT_FINE;
    begin_answer(statement, answer);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW && status == EXIT_FINE) {
        if (!take_row(statement, answer)) {
            str_add(error, "the answer is longer than 16 MiB: ask for less, with LIMIT or WHERE");
            status = EXIT_OTHER;
        }
    }
    if (code != SQLITE_DONE && status == EXIT_FINE)
        status = say(db, work, error);
    sqlite3_finalize(statement);
    return status;
}

/* What can be said before there is a connection; 0 when it is fine. */
static int check_text(const char *text, struct str *error)
{
    if (strlen(text) > SQL_STATEMENT_MAX)
        str_addf(error, "the statement is longer than %d bytes", (int)SQL_STATEMENT_MAX);
    else if (strcasestr(text, "localtime") != NULL)
        str_add(error, "not allowed: localtime; all times here are UTC");
    return error->length == 0 ? EXIT_FINE : EXIT_USAGE;
}

static void work_release(struct sql_work *work)
{
    for (uint32_t i = 0; i < work->calls.count; i++)
        call_release(&work->calls.items[i]);
    LIST_RELEASE(&work->calls);
    LIST_RELEASE(&work->tables);
    str_release(&work->refusal);
    arena_release(&work->arena);
}

/* One line whatever stands in it: a name between quotes may hold anything. */
static void make_line(struct str *error)
{
    struct str safe = STR_INIT;

    utf8_add_safe(&safe, str_text(error), error->length, UTF8_KEEP_NOTHING);
    str_release(error);
    *error = safe;
}

int sql_run(const struct sql_request *request, struct str *out, struct str *error)
{
    struct sql_work work = {.caller = request->caller, .steps_left = SQL_STEPS};
    struct sql_answer answer = {0};
    struct clock_vfs vfs = {.now = request->caller.world->sim.now};
    sqlite3 *db = NULL;
    int status = check_text(request->statement, error);
    int64_t heap_before;

    if (status != EXIT_FINE)
        return status;
    sqlite3_initialize();
    vfs.base = *sqlite3_vfs_find(NULL);
    vfs.base.zName = "nephoscope-sql";
    vfs.base.pNext = NULL;
    vfs.base.xCurrentTimeInt64 = vfs_time;
    sqlite3_vfs_register(&vfs.base, 0);
    heap_before = sqlite3_hard_heap_limit64(sqlite3_memory_used() + HEAP_MAX);
    work.account = account_text(&work.arena, request->caller.account);
    if (sqlite3_open_v2(":memory:", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                        "nephoscope-sql") != SQLITE_OK ||
        guard(db, &work) != SQLITE_OK) {
        str_add(error, "there is no memory for a query");
        status = EXIT_OTHER;
    } else {
        status = run(db, &work, request->statement, &answer, error);
    }
    sqlite3_close(db);
    sqlite3_hard_heap_limit64(heap_before);
    sqlite3_vfs_unregister(&vfs.base);
    if (status == EXIT_FINE)
        sql_print(&answer, request, out);
    else
        make_line(error);
    arena_release(&answer.arena);
    work_release(&work);
    return status;
}
