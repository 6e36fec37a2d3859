/*
 * api/help.c - `help` of the command line, from the tables.
 *
 * The form follows the AWS CLI's help pages (NAME, DESCRIPTION, OPTIONS, EXAMPLE); the
 * words are ours.
 */
#include "api/help.h"

#include <string.h>

#include "base/mem.h"
#include "api/declared.h"
#include "api/lessons_about.h"
#include "api/names.h"

static const char not_yet[] =
    "\nREAL AT AWS, NOT MODELLED HERE YET (lines are checked, then refused by name)\n";

enum { WRAP_COLUMNS = 78, NAME_COLUMNS = 34, HELP_LESSONS_MAX = 3 };

static const char *scalar_type(enum field_type type)
{
    switch (type) {
    case FIELD_INT:
    case FIELD_OPT_INT:
        return "integer";
    case FIELD_BOOL:
    case FIELD_OPT_BOOL:
        return "boolean";
    case FIELD_REAL:
        return "double";
    case FIELD_TIME:
        return "timestamp";
    case FIELD_BLOB:
        return "blob";
    default:
        return "string";
    }
}

const char *help_type(const struct field *field)
{
    switch (field->type) {
    case FIELD_LIST:
        return field->of != NULL ? "list of structures" : "list";
    case FIELD_STRUCT:
    case FIELD_EMBED:
        return "structure";
    case FIELD_MAP:
        return "map";
    default:
        return scalar_type(field->type);
    }
}

/* Adds text in lines of at most WRAP_COLUMNS, each indented; the first is at `column` already. */
static void add_wrapped_from(struct str *out, const char *text, size_t indent, size_t column)
{
    bool begun = false;

    while (*text != '\0') {
        size_t length = strcspn(text, " \n");

        if (begun && column + 1 + length > WRAP_COLUMNS) {
            str_addc(out, '\n');
            column = 0;
            begun = false;
        }
        if (!begun && column < indent) {
            str_fill(out, ' ', indent - column);
            column = indent;
        }
        if (begun)
            str_addc(out, ' ');
        str_addn(out, text, length);
        column += length + begun;
        begun = true;
        text += length;
        text += strspn(text, " \n");
    }
    str_addc(out, '\n');
}

static void add_wrapped(struct str *out, const char *text, size_t indent)
{
    add_wrapped_from(out, text, indent, 0);
}

static void add_item(struct str *out, const char *name, const char *doc)
{
    size_t length = strlen(name);

    str_addf(out, "  %s", name);
    if (length + 2 < NAME_COLUMNS) {
        add_wrapped_from(out, doc, NAME_COLUMNS, length + 2);
    } else {
        str_addc(out, '\n');
        add_wrapped(out, doc, NAME_COLUMNS);
    }
}

static void help_all(struct str *out)
{
    str_add(out, "NAME\n  aws - the AWS command line, driving the cloud inside this program\n\n"
                 "SERVICES\n");
    for (size_t i = 0; services[i] != NULL; i++) {
        if (services[i]->style != STYLE_LAB && service_is_modelled(services[i]))
            add_item(out, services[i]->name, services[i]->doc);
    }
    str_add(out, not_yet);
    for (size_t i = 0; services[i] != NULL; i++) {
        if (!service_is_modelled(services[i]))
            add_item(out, services[i]->name, services[i]->doc);
    }
    str_add(out, "\n  aws SERVICE help            the operations of a service\n"
                 "  aws SERVICE OPERATION help  one operation\n"
                 "  lab help                    what this console adds to AWS\n");
}

/* The operations of a service that are checked only. */
struct checked_only {
    const struct service *service;
    struct arena *arena;
    struct str names;
};

static void add_checked_only(void *context, const char *name)
{
    struct checked_only *only = context;

    if (service_op_find(only->service, name) == NULL)
        str_addf(&only->names, "%s%s", only->names.length == 0 ? "" : " ",
                 name_cli(only->arena, name));
}

static void help_checked_only(struct str *out, struct arena *arena, const struct service *service)
{
    struct checked_only only = {.service = service, .arena = arena};

    declared_each(service, add_checked_only, &only);
    if (only.names.length > 0) {
        str_add(out, not_yet);
        add_wrapped(out, str_text(&only.names), 2);
    }
    str_release(&only.names);
}

static void help_service(struct str *out, const char *program, const struct service *service)
{
    struct arena arena = ARENA_INIT;
    const char *prefix = service->style == STYLE_LAB ? ""
        : arena_printf(&arena, "%s ", service->name);

    str_addf(out, "NAME\n  %s\n\nDESCRIPTION\n", service->name);
    add_wrapped(out, service->doc, 2);
    if (service_is_modelled(service))
        str_add(out, "\nOPERATIONS\n");
    for (size_t i = 0; service->ops[i] != NULL; i++)
        add_item(out, name_cli(&arena, service->ops[i]->name), service->ops[i]->doc);
    if (service->waiters != NULL) {
        str_addf(out, "\nWAITERS (%s %swait NAME)\n", program, prefix);
        for (const struct waiter *waiter = service->waiters; waiter->name != NULL; waiter++)
            add_item(out, name_cli(&arena, waiter->name),
                     arena_printf(&arena, "asks %s every %d s, %d times",
                                  name_cli(&arena, waiter->op),
                                  waiter->delay_s, waiter->attempts));
    }
    help_checked_only(out, &arena, service);
    arena_release(&arena);
}

/* What is counted in the limits of a member. */
static const char *range_noun(const struct field *field)
{
    if (field->type == FIELD_STRING || field->type == FIELD_BLOB)
        return " characters";
    return field->type == FIELD_LIST ? " items" : "";
}

static const char *one_or_more(const char *noun, int64_t count)
{
    return count == 1 && noun[0] != '\0' ? (noun[1] == 'i' ? " item" : " character") : noun;
}

static void add_range(struct str *out, const struct field *field)
{
    const char *noun = range_noun(field);
    bool low = field->min > (noun[0] == '\0' ? INT64_MIN : 0);

    if (field->max != 0 && low)
        str_addf(out, "      From %lld to %lld%s.\n", (long long)field->min,
                 (long long)field->max, noun);
    else if (field->max != 0)
        str_addf(out, "      At most %lld%s.\n", (long long)field->max, noun);
    else if (low && field->min != 0)
        str_addf(out, "      At least %lld%s.\n", (long long)field->min,
                 one_or_more(noun, field->min));
}

static void add_option(struct str *out, struct arena *arena, const struct field *field)
{
    bool flag = field->type == FIELD_BOOL || field->type == FIELD_OPT_BOOL;
    const char *name = name_option(arena, field);

    if ((field->flags & (FIELD_UNMODELLED | FIELD_HIDDEN)) != 0)
        return;
    if (flag && field->cli_not != NULL)
        str_addf(out, "  --%s | --%s (boolean)", name, field->cli_not);
    else if (flag)
        str_addf(out, "  --%s | --no-%s (boolean)", name, name);
    else
        str_addf(out, "  --%s (%s)", name, help_type(field));
    str_add(out, (field->flags & FIELD_REQUIRED) != 0 ? " [required]\n" : "\n");
    if (field->doc[0] != '\0')
        add_wrapped(out, field->doc, 6);
    if (field->words != NULL) {
        str_add(out, "      One of:");
        for (size_t i = 0; field->words[i] != NULL; i++)
            str_addf(out, "%s %s", i == 0 ? "" : ",", field->words[i]);
        str_addc(out, '\n');
    }
    add_range(out, field);
    if (field->of != NULL && field->type != FIELD_MAP) {
        str_add(out, "      Shorthand:");
        for (size_t i = 0; i < field->of->count; i++) {
            if ((field->of->fields[i].flags & FIELD_UNMODELLED) == 0)
                str_addf(out, "%s%s=%s", i == 0 ? " " : ",", field->of->fields[i].name,
                         help_type(&field->of->fields[i]));
        }
        str_addc(out, '\n');
    }
}

static void add_unmodelled(struct str *out, struct arena *arena, const struct shape *shape)
{
    size_t count = 0;

    for (size_t i = 0; i < shape->count; i++)
        count += (shape->fields[i].flags & FIELD_UNMODELLED) != 0;
    if (count == 0)
        return;
    str_add(out, "\nREAL AT AWS, NOT MODELLED HERE (refused by name)\n");
    struct str names = STR_INIT;

    for (size_t i = 0; i < shape->count; i++) {
        if ((shape->fields[i].flags & FIELD_UNMODELLED) != 0)
            str_addf(&names, "%s--%s", names.length == 0 ? "" : " ",
                     name_option(arena, &shape->fields[i]));
    }
    add_wrapped(out, str_text(&names), 2);
    str_release(&names);
}

/* Each line as far in as the others. */
static void add_lines(struct str *out, const char *text)
{
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");

        str_addf(out, "  %.*s\n", (int)length, text);
        text += length + (text[length] == '\n');
    }
}

static void add_lesson(void *context, const char *id, const char *title)
{
    str_addf(context, "  %s (`lesson %s`)\n", title, id);
}

static void add_lessons(struct str *out, struct arena *arena, const char *program,
                        const struct service *service, const struct op *op)
{
    const char *command = arena_printf(arena, "%s %s", service->style == STYLE_LAB ? program
                                           : service->name, name_cli(arena, op->name));
    struct str lessons = STR_INIT;

    lessons_about(command, HELP_LESSONS_MAX, add_lesson, &lessons);
    if (lessons.length > 0)
        str_addf(out, "\nLESSONS\n%s", str_text(&lessons));
    str_release(&lessons);
}

static void help_operation(struct str *out, const char *program, const struct service *service,
                           const struct op *op)
{
    struct arena arena = ARENA_INIT;
    const struct shape *in = declared_input(&arena, service, op);

    str_addf(out, "NAME\n  %s %s%s%s\n\nDESCRIPTION\n", program,
             service->style == STYLE_LAB ? "" : service->name,
             service->style == STYLE_LAB ? "" : " ", name_cli(&arena, op->name));
    add_wrapped(out, op->doc, 2);
    if (in->count > 0)
        str_add(out, "\nOPTIONS\n");
    for (size_t i = 0; i < in->count; i++) {
        if ((in->fields[i].flags & FIELD_CLI_ONLY) == 0)
            add_option(out, &arena, &in->fields[i]);
    }
    for (size_t i = 0; op->extra != NULL && i < op->extra->options->count; i++)
        add_option(out, &arena, &op->extra->options->fields[i]);
    if (op->filters != NULL) {
        str_add(out, "\nFILTERS (--filters Name=NAME,Values=VALUE; also tag:KEY and tag-key)\n");
        for (const struct filter_name *filter = op->filters; filter->name != NULL; filter++)
            str_addf(out, "  %s%s\n", filter->name,
                     filter->path[0] == FILTER_REFUSED ? " (real at AWS, not modelled here)" : "");
    }
    add_unmodelled(out, &arena, in);
    if (op->faults != NULL) {
        str_add(out, "\nERRORS\n");
        for (size_t i = 0; op->faults[i] != NULL; i++)
            add_item(out, op->faults[i]->code, op->faults[i]->hint);
    }
    add_lessons(out, &arena, program, service, op);
    if (op->example != NULL) {
        str_add(out, "\nEXAMPLE\n");
        if (op->needs != NULL)
            add_lines(out, op->needs);
        add_lines(out, op->example);
    }
    arena_release(&arena);
}

void help_add(struct str *out, const char *program, const struct service *service,
              const struct op *op)
{
    if (service == NULL)
        help_all(out);
    else if (op == NULL)
        help_service(out, program, service);
    else
        help_operation(out, program, service, op);
}
