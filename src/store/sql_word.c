/*
 * store/sql_word.c - the word `sql`: a query, or what there is to ask for.
 */
#include "store/sql_parts.h"

#include <string.h>

#include "cloud/world.h"

static const char usage[] = "sql [--output table|json|csv|text] 'SELECT ...' | .tables | "
                            ".columns TABLE";

bool sql_form_parse(const char *name, enum sql_form *form)
{
    static const char *const names[] = {
        [SQL_TABLE] = "table", [SQL_JSON] = "json", [SQL_CSV] = "csv", [SQL_LINES] = "text"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(name, names[i]) == 0) {
            *form = (enum sql_form)i;
            return true;
        }
    }
    return false;
}

void sql_tables(sql_visit *visit, void *context)
{
    for (const struct sql_spec *spec = sql_specs; spec->name != NULL; spec++)
        visit(context, spec->name, "table", spec->doc);
}

bool sql_columns(const char *table, sql_visit *visit, void *context)
{
    const struct sql_spec *spec = sql_spec_find(table);
    struct arena arena = ARENA_INIT;
    const struct sql_schema *schema;

    if (spec == NULL)
        return false;
    schema = sql_schema_make(&arena, spec);
    for (uint32_t i = 0; i < schema->columns.count; i++) {
        const struct sql_column *column = &schema->columns.items[i];

        visit(context, column->name, sql_type_name(column->type), column->doc);
    }
    arena_release(&arena);
    return true;
}

static void print_table_line(void *context, const char *name, const char *type, const char *doc)
{
    (void)type;
    str_addf(context, "%-34s %s\n", name, doc);
}

static void print_column_line(void *context, const char *name, const char *type, const char *doc)
{
    str_addf(context, "%-34s %-10s %s\n", name, type, doc);
}

static int usage_error(struct word_call *call)
{
    str_addf(call->io.err, "usage: %s\n", usage);
    return EXIT_USAGE;
}

static int list_columns(struct word_call *call, const char *table)
{
    if (sql_columns(table, print_column_line, call->io.out))
        return EXIT_FINE;
    str_addf(call->io.err, "sql: no such table: %s; `sql .tables` lists them\n", table);
    return EXIT_USAGE;
}

/* The words after the options, with blanks between: quotes may be left out. */
static void join_words(const struct word_call *call, size_t from, struct str *text)
{
    for (size_t i = from; i < call->count; i++)
        str_addf(text, "%s%s", i == from ? "" : " ", call->words[i]);
}

/* "--output json", "--output=json" or ".json"; how many words it took, 0: it is none. */
static size_t read_form(const struct word_call *call, size_t at, enum sql_form *form)
{
    const char *word = call->words[at];

    if (strcmp(word, "--output") == 0)
        return at + 1 < call->count && sql_form_parse(call->words[at + 1], form) ? 2 : 0;
    if (str_starts(word, "--output="))
        return sql_form_parse(word + strlen("--output="), form) ? 1 : 0;
    return word[0] == '.' && sql_form_parse(word + 1, form) ? 1 : 0;
}

/* The session's account and Region, as AWS_PROFILE and AWS_REGION say; false: no such profile. */
static bool choose_caller(const struct commander *commander, struct caller *caller)
{
    int region;

    *caller = commander->caller;
    if (commander->profile != NULL &&
        !commander_profile(caller->world, commander->profile, &caller->account))
        return false;
    region = commander->region == NULL
        ? -1 : catalog_region_find(caller->world->catalog, commander->region);
    if (region >= 0)
        caller->region = (uint8_t)region;
    return true;
}

static int word_sql(struct word_call *call)
{
    struct sql_request request = {.width = call->commander->width};
    struct str text = STR_INIT;
    struct str error = STR_INIT;
    size_t at = 1;
    size_t taken;
    int status;

    while (at < call->count && (taken = read_form(call, at, &request.form)) > 0)
        at += taken;
    if (at == call->count || call->words[at][0] == '-')
        return usage_error(call);
    if (strcmp(call->words[at], ".tables") == 0) {
        sql_tables(print_table_line, call->io.out);
        return EXIT_FINE;
    }
    if (strcmp(call->words[at], ".columns") == 0)
        return at + 2 == call->count ? list_columns(call, call->words[at + 1]) : usage_error(call);
    join_words(call, at, &text);
    request.statement = str_text(&text);
    if (!choose_caller(call->commander, &request.caller)) {
        str_addf(call->io.err, "sql: there is no profile %s\n", call->commander->profile);
        str_release(&text);
        return EXIT_OTHER;
    }
    status = sql_run(&request, call->io.out, &error);
    if (error.length > 0)
        str_addf(call->io.err, "sql: %s\n", str_text(&error));
    str_release(&text);
    str_release(&error);
    return status;
}

const struct word sql_words[] = {
    {"sql", usage,
     "Asks the cloud with SQL: a table for each kind of resource, read by its operation.",
     word_sql},
    {NULL, NULL, NULL, NULL},
};
