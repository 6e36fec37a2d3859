/*
 * store/sql_table.c - the tables as SQLite sees them: virtual, read-only, there without being made.
 *
 * Each table is a module that can only be connected to: naming it in a query connects it.  Its rows
 * are asked for when the first cursor is opened on it.  "column = text" is answered from an index
 * made for the query, so that joins over ids do not compare every row with every row; SQLite still
 * checks each row that is found.
 */
#include "store/sql_parts.h"

#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

enum {
    NEXT_STEPS = 5, /* for a row, besides SQLite's own */
    CELL_STEPS = 4, /* for a value */
    BYTES_A_STEP = 32,
    COST_ALL = 1000000,
    COST_FOUND = 10,
};

/* What a module knows: handed to SQLite when it is registered, in the work's arena. */
struct module {
    struct sql_work *work;
    const struct sql_spec *spec;
};

struct vtab {
    sqlite3_vtab base; /* first: SQLite's own part */
    struct sql_table *table;
};

struct cursor {
    sqlite3_vtab_cursor base;
    struct sql_index found; /* keys NULL: all rows */
    uint32_t at;
    uint32_t end;
};

static struct sql_table *table_of(const sqlite3_vtab_cursor *cursor)
{
    return ((struct vtab *)cursor->pVtab)->table;
}

static int vtab_connect(sqlite3 *db, void *context, int argc, const char *const *argv,
                        sqlite3_vtab **made, char **error)
{
    const struct module *module = context;
    struct sql_table *table = sql_table_make(module->work, module->spec);
    struct str text = STR_INIT;
    struct vtab *vtab;
    int code;

    (void)argc;
    (void)argv;
    (void)error;
    str_add(&text, "CREATE TABLE x(");
    for (uint32_t i = 0; i < table->schema->columns.count; i++) {
        const struct sql_column *column = &table->schema->columns.items[i];

        str_addf(&text, "%s\"%s\" %s", i == 0 ? "" : ", ", column->name,
                 sql_type_name(column->type));
    }
    str_addc(&text, ')');
    module->work->connecting = true;
    code = sqlite3_declare_vtab(db, str_text(&text));
    module->work->connecting = false;
    str_release(&text);
    if (code != SQLITE_OK)
        return code;
    vtab = sqlite3_malloc(sizeof(*vtab));
    if (vtab == NULL)
        return SQLITE_NOMEM;
    *vtab = (struct vtab){.table = table};
    *made = &vtab->base;
    return SQLITE_OK;
}

static int vtab_disconnect(sqlite3_vtab *vtab)
{
    sqlite3_free(vtab);
    return SQLITE_OK;
}

static bool is_text(enum sql_type type)
{
    return type == SQL_TYPE_TEXT;
}

/* Takes the first "column = value" that an index could answer: idxNum is its column, or -1. */
static int vtab_best_index(sqlite3_vtab *base, sqlite3_index_info *info)
{
    const struct sql_schema *schema = ((struct vtab *)base)->table->schema;

    info->idxNum = -1;
    info->estimatedCost = COST_ALL;
    info->estimatedRows = COST_ALL;
    for (int i = 0; i < info->nConstraint; i++) {
        const struct sqlite3_index_constraint *constraint = &info->aConstraint[i];

        if (!constraint->usable || constraint->op != SQLITE_INDEX_CONSTRAINT_EQ ||
            constraint->iColumn < 0 || !is_text(schema->columns.items[constraint->iColumn].type) ||
            strcmp(sqlite3_vtab_collation(info, i), "BINARY") != 0)
            continue;
        info->idxNum = constraint->iColumn;
        info->aConstraintUsage[i].argvIndex = 1;
        info->estimatedCost = COST_FOUND;
        info->estimatedRows = COST_FOUND;
        break;
    }
    return SQLITE_OK;
}

static int vtab_open(sqlite3_vtab *vtab, sqlite3_vtab_cursor **made)
{
    struct cursor *cursor = sqlite3_malloc(sizeof(*cursor));

    (void)vtab;
    if (cursor == NULL)
        return SQLITE_NOMEM;
    *cursor = (struct cursor){0};
    *made = &cursor->base;
    return SQLITE_OK;
}

static int vtab_close(sqlite3_vtab_cursor *cursor)
{
    sqlite3_free(cursor);
    return SQLITE_OK;
}

static int load(sqlite3_vtab *vtab, struct sql_table *table)
{
    struct str why = STR_INIT;
    int code = SQLITE_OK;

    if (sql_table_load(table, &why) != 0) {
        sqlite3_free(vtab->zErrMsg);
        vtab->zErrMsg = sqlite3_mprintf("%s", str_text(&why));
        code = SQLITE_ERROR;
    }
    str_release(&why);
    return code;
}

static int vtab_filter(sqlite3_vtab_cursor *base, int column, const char *unused, int argc,
                       sqlite3_value **argv)
{
    struct cursor *cursor = (struct cursor *)base;
    struct sql_table *table = table_of(base);
    int code = load(base->pVtab, table);
    const char *text;

    (void)unused;
    if (code != SQLITE_OK)
        return code;
    cursor->at = 0;
    cursor->end = table->rows.count;
    cursor->found = (struct sql_index){0};
    /* A number may equal a text in SQL's eyes: then all rows are shown to it. */
    if (column < 0 || argc == 0 || sqlite3_value_type(argv[0]) != SQLITE_TEXT)
        return SQLITE_OK;
    text = (const char *)sqlite3_value_text(argv[0]);
    if (text == NULL)
        return SQLITE_NOMEM;
    if (!sql_table_find(table, (uint32_t)column, text, &cursor->found))
        return SQLITE_INTERRUPT;
    cursor->end = cursor->found.count;
    return SQLITE_OK;
}

static int vtab_next(sqlite3_vtab_cursor *base)
{
    ((struct cursor *)base)->at++;
    return sql_spend(table_of(base)->work, NEXT_STEPS) ? SQLITE_OK : SQLITE_INTERRUPT;
}

static int vtab_eof(sqlite3_vtab_cursor *base)
{
    const struct cursor *cursor = (const struct cursor *)base;

    return cursor->at >= cursor->end;
}

static uint32_t row_of(const struct cursor *cursor)
{
    return cursor->found.keys == NULL ? cursor->at : cursor->found.keys[cursor->at].row;
}

static int vtab_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column)
{
    struct sql_table *table = table_of(base);
    struct sql_value value;

    if (!sql_table_value(table, row_of((struct cursor *)base), (uint32_t)column, &value) ||
        !sql_spend(table->work, CELL_STEPS + (int64_t)(value.length / BYTES_A_STEP)))
        return SQLITE_INTERRUPT;
    switch (value.is) {
    case SQL_IS_NULL:
        sqlite3_result_null(context);
        break;
    case SQL_IS_INTEGER:
        sqlite3_result_int64(context, value.integer);
        break;
    case SQL_IS_REAL:
        sqlite3_result_double(context, value.real);
        break;
    case SQL_IS_TEXT:
        if (value.length > SQL_TEXT_MAX)
            sqlite3_result_error_toobig(context);
        else
            sqlite3_result_text(context, value.text, (int)value.length, SQLITE_STATIC);
        break;
    }
    return SQLITE_OK;
}

static int vtab_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *rowid)
{
    *rowid = row_of((struct cursor *)base) + 1;
    return SQLITE_OK;
}

static const sqlite3_module methods = {
    .iVersion = 0,
    .xConnect = vtab_connect,
    .xBestIndex = vtab_best_index,
    .xDisconnect = vtab_disconnect,
    .xOpen = vtab_open,
    .xClose = vtab_close,
    .xFilter = vtab_filter,
    .xNext = vtab_next,
    .xEof = vtab_eof,
    .xColumn = vtab_column,
    .xRowid = vtab_rowid,
};

int sql_table_register(sqlite3 *db, struct sql_work *work)
{
    int code = SQLITE_OK;

    for (const struct sql_spec *spec = sql_specs; spec->name != NULL && code == SQLITE_OK; spec++) {
        struct module *module = arena_alloc(&work->arena, sizeof(*module));

        *module = (struct module){.work = work, .spec = spec};
        code = sqlite3_create_module_v2(db, spec->name, &methods, module, NULL);
    }
    return code;
}
