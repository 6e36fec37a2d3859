/*
 * store/sql.h - SQL over the cloud: SELECT and nothing else.
 *
 * One read-only table for each kind of resource, made from the tables of the api floor: its rows
 * are what the read operation of that kind answers in every Region, to the caller and nobody else.
 * Names are Steampipe's: aws_ec2_instance, columns in snake_case, lists and maps as JSON; what only
 * this console has lies in lab_hosts, lab_requests and their like.
 *
 * A query runs in a database of its own, in memory, that holds nothing but these tables: it cannot
 * reach the session.  What it may do is on a list (SELECT, the tables, some functions), and it is
 * stopped after SQL_STEPS steps, counted and not timed, so that it ends alike on every machine
 * (RELIABILITY 4.3).  'now' is the simulated time.
 */
#ifndef STORE_SQL_H
#define STORE_SQL_H

#include <stdbool.h>
#include <stddef.h>

#include "api/invoke.h"
#include "api/word.h"
#include "base/str.h"

enum {
    SQL_STEPS = 5000000,      /* of SQLite's machine, and what else costs time */
    SQL_STATEMENT_MAX = 8192, /* bytes */
    SQL_TEXT_MAX = 65536,     /* bytes of one value */
};

enum sql_form {
    SQL_TABLE, /* heads, and cells cut at 200 characters with "..." */
    SQL_JSON,  /* a list of objects; JSON columns as JSON, not as text */
    /* RFC 4180 with plain newlines; a text that a spreadsheet would take for a formula gets a '
     * before it */
    SQL_CSV,
    SQL_LINES, /* tabs between cells, no heads, None for NULL: as `--output text` */
};

struct sql_request {
    struct caller caller;
    const char *statement;
    enum sql_form form;
    unsigned width; /* columns of the terminal, for SQL_TABLE; 0: 80 */
};

/*
 * Runs one SELECT.  0 with the answer appended to `out`; EXIT_USAGE when the statement is wrong or
 * does what is not allowed, EXIT_OTHER when it asks too much, both with one safe line (no newline)
 * in `error`, which was empty, and nothing in `out`.  Changes nothing.  Texts of the answer are as
 * they are: sanitise at the sink.
 */
int sql_run(const struct sql_request *request, struct str *out, struct str *error);

/* The form of that name ("table", "json", "csv", "text"); false when there is none. */
bool sql_form_parse(const char *name, enum sql_form *form);

/* Visits the tables in their order, and the columns of one; the type is "text", "integer", "real",
 * "boolean", "timestamp" or "json".  sql_columns() is false when there is no such table. */
typedef void sql_visit(void *context, const char *name, const char *type, const char *doc);

void sql_tables(sql_visit *visit, void *context);
bool sql_columns(const char *table, sql_visit *visit, void *context);

/* The word `sql`; it needs no owner. */
extern const struct word sql_words[];

#endif
