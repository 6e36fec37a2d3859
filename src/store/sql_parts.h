/*
 * store/sql_parts.h - what the parts of store/sql share: tables, rows, values, the work of one
 * query.
 */
#ifndef STORE_SQL_PARTS_H
#define STORE_SQL_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "base/mem.h"
#include "base/shape.h"
#include "api/service.h"
#include "store/sql.h"

struct sqlite3;

/* ---- store/sql_schema.c: which tables there are, and what their columns are called ---- */

enum sql_type {
    SQL_TYPE_TEXT,
    SQL_TYPE_INTEGER,
    SQL_TYPE_REAL,
    SQL_TYPE_BOOLEAN,
    SQL_TYPE_TIMESTAMP,
    SQL_TYPE_JSON,
};

enum sql_source {
    SQL_FROM_MEMBER,    /* path[] from the item */
    SQL_FROM_OWNER,     /* the id of the item that this one lies in */
    SQL_FROM_KIND,      /* what that is: a word */
    SQL_FROM_GROUP,     /* what the listing was asked for: spec->each */
    SQL_FROM_ARN,
    SQL_FROM_TITLE,
    SQL_FROM_TAGS,
    SQL_FROM_AKAS,
    SQL_FROM_PARTITION,
    SQL_FROM_REGION,
    SQL_FROM_ACCOUNT,
    SQL_FROM_ASKING,    /* one more read operation, when the column is read */
    SQL_FROM_NOTHING,   /* AWS has it; nothing here has a value for it */
};

/* A column for which one more operation is asked, for each row. */
struct sql_asking {
    const char *table;
    const char *column;
    const char *service;
    const char *op;     /* the column is NULL while there is no such operation */
    const char *params; /* JSON, with $ where the row's id goes, $L its part behind the last /, $G
                         * what the row was listed for */
    const char *path;   /* JMESPath of the value in the answer: a text is taken as it is */
    enum sql_type type;
};

struct sql_column {
    const char *name; /* in the table's arena, or constant */
    const char *doc;
    enum sql_type type;
    enum sql_source source;
    const struct field *path[2]; /* path[1] is NULL for a member of the item itself */
    const struct sql_asking *asking;
};

/* Where the items of a table lie in an answer. */
struct sql_listing {
    const char *list;  /* "Reservations[].Instances[]" */
    const char *owner; /* the member of the outer item that names it, or NULL */
    const char *kind;  /* what the outer item is: "volume" */
};

/* A table as it is written down: what cannot be derived. */
struct sql_spec {
    const char *name;
    const char *doc;
    const struct kind *kind; /* listed as in resources[]; or, where that is NULL: */
    const char *service;
    const char *op;
    const char *params;      /* JSON; $ stands for an id of `each` */
    struct sql_listing lists[2];
    const struct kind *each; /* asked once for each of these; NULL: once a Region */
    const char *group;       /* the column of that id, or NULL */
    const char *owner;       /* the column of the outer item's id, or NULL */
    const char *arn;         /* with $R, $A, $I, $L: Region, account, id, its last part; or NULL */
    const char *arn_column;  /* the column that holds the ARN; NULL: only akas do */
    const char *id;          /* the member that names an item; NULL: what it was listed for */
    const char *title;       /* the member to show where no Name tag is; NULL: the id */
    const char *flat;        /* " Placement State ": structs whose members are columns */
    const char *names;       /* " State.Name=instance_state ": where Steampipe's name differs */
    const char *absent;      /* "kernel_id cores:i": AWS has them, nothing here does */
    bool once;               /* the same in every Region: asked in the caller's */
    bool lab;                /* ours: all structs flat, no titles and tags */
};

/* Ended by a NULL name. */
extern const struct sql_spec sql_specs[];
extern const struct sql_asking sql_askings[];

/* What a spec says, looked up: operation, where its items lie, columns. */
struct sql_schema {
    const struct sql_spec *spec;
    const struct op *op;
    const char *params;
    struct sql_listing lists[2];
    uint32_t list_count;
    const struct shape *item;
    const struct field *id;
    const struct field *title;
    const struct field *tags; /* NULL: the items have none */
    struct {
        struct sql_column *items;
        uint32_t count;
        uint32_t size;
    } columns;
};

const struct sql_spec *sql_spec_find(const char *name);
/* Everything in the arena. */
struct sql_schema *sql_schema_make(struct arena *arena, const struct sql_spec *spec);
const char *sql_type_name(enum sql_type type);

/* ---- the work of one query ---- */

struct sql_work {
    struct caller caller;
    struct arena arena; /* all that lives as long as the query */
    const char *account; /* the caller's, as text */
    int64_t steps_left;
    LIST(struct call) calls; /* whose answers the rows lie in */
    LIST(struct sql_table *) tables;
    bool connecting;    /* SQLite is told of a table: it says CREATE TABLE to itself */
    bool recursive;     /* it says WITH RECURSIVE */
    struct str refusal; /* what was not allowed */
};

/* Takes steps from what the query has; false when there are none left. */
bool sql_spend(struct sql_work *work, int64_t steps);

/* ---- store/sql_rows.c: the rows of a table, and their values ---- */

struct sql_row {
    const void *item;
    const char *owner; /* NULL: none */
    const char *kind;
    const char *group;
    uint8_t region;
};

struct sql_value {
    enum { SQL_IS_NULL, SQL_IS_INTEGER, SQL_IS_REAL, SQL_IS_TEXT } is;
    int64_t integer;
    double real;
    const char *text; /* lives as long as the query */
    size_t length;
};

/* A text and its row, for finding rows by the text of a column. */
struct sql_key {
    const char *text;
    uint32_t row;
};

/* The rows of a column in the order of their texts. */
struct sql_index {
    struct sql_key *keys;
    uint32_t count;
};

struct sql_table {
    struct sql_work *work; /* borrowed */
    struct sql_schema *schema;
    bool loaded;
    LIST(struct sql_row) rows; /* in the work's arena, as all below */
    /* for each column, its computed texts by row (sql_nothing: computed, and NULL); NULL: none yet
     */
    const char ***cells;
    struct sql_index **indexes; /* for each column; NULL: none yet */
};

struct sql_table *sql_table_make(struct sql_work *work, const struct sql_spec *spec);
/* Asks for the rows, once.  0, or -1 with a sentence appended to `why`. */
int sql_table_load(struct sql_table *table, struct str *why);
/* False when the query has no steps left. */
bool sql_table_value(struct sql_table *table, uint32_t row, uint32_t column,
                     struct sql_value *value);
/* The keys of the rows whose text in that column is `text`, and how many; false as above. */
bool sql_table_find(struct sql_table *table, uint32_t column, const char *text,
                    struct sql_index *found);

/* ---- store/sql_table.c ---- */

/* Makes the tables known to a connection; SQLite's result. */
int sql_table_register(struct sqlite3 *db, struct sql_work *work);

/* ---- store/sql_pattern.c: patterns that take a bounded time ---- */

enum { SQL_PATTERN_MAX = 50, SQL_REGEXP_MAX = 200, SQL_REGEXP_PLACES = 64 };

struct sql_text {
    const char *bytes;
    size_t length;
};

/* SQL's LIKE: % and _, letters of ASCII without their case; `escape` is 0 for none. */
bool sql_like(struct sql_text pattern, struct sql_text text, char escape);
/* SQL's GLOB: *, ? and [...]. */
bool sql_glob(struct sql_text pattern, struct sql_text text);

struct sql_regexp;
/* NULL with a reason in *why.  Freed with free(). */
struct sql_regexp *sql_regexp_new(struct sql_text pattern, const char **why);
/* Whether it is found anywhere in the text. */
bool sql_regexp_match(const struct sql_regexp *regexp, struct sql_text text);

/* ---- store/sql_function.c ---- */

/* Makes our own functions known; SQLite's result. */
int sql_function_register(struct sqlite3 *db, struct sql_work *work);
/* Whether a query may call it. */
bool sql_function_allowed(const char *name);

/* ---- store/sql_print.c ---- */

struct sql_answer {
    struct arena arena;
    uint32_t column_count;
    const char **heads;
    enum sql_type *types;
    LIST(struct sql_value *) rows; /* in the arena: column_count values each */
    size_t bytes;                  /* of all its texts */
};

void sql_print(const struct sql_answer *answer, const struct sql_request *request,
               struct str *out);

#endif
