/*
 * api/explain.c - what went wrong, why AWS behaves so, and what to try: in plain words.
 *
 * The rows are in api/explain_codes*.c and api/explain_lines.c; here they are found and printed.
 */
#include "api/explain.h"

#include <string.h>
#include <strings.h>

#include "base/close_match.h"
#include "base/list.h"
#include "base/mem.h"
#include "api/explain_rows.h"
#include "api/lessons_about.h"

enum { EXPLAIN_COLUMNS = 80, EXPLAIN_NEAR_MAX = 8, EXPLAIN_LESSONS_MAX = 3 };

/* ---- finding ---- */

const struct explanation *explain_at(size_t index)
{
    static const struct explanation *const tables[] = {explain_codes, explain_codes_late,
                                                       explain_codes_network, explain_codes_spot,
                                                       explain_codes_wafv2, explain_codes_events,
                                                       explain_codes_sqs, explain_codes_sns,
                                                       explain_lines};

    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        size_t count = 0;

        while (count < index && tables[i][count].code != NULL)
            count++;
        if (tables[i][count].code != NULL)
            return &tables[i][count];
        index -= count;
    }
    return NULL;
}

const struct explanation *explain_find(const char *code)
{
    const struct explanation *row;

    for (size_t i = 0; (row = explain_at(i)) != NULL; i++) {
        if (strcasecmp(row->code, code) == 0)
            return row;
    }
    return NULL;
}

/* The message without the program's name before it. */
static const char *skip_prefix(const char *message)
{
    static const char *const prefixes[] = {"aws: [ERROR]: ", "lab: [ERROR]: ", "aws: ", "lab: "};

    message += strspn(message, "\n");
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        if (str_starts(message, prefixes[i]))
            return message + strlen(prefixes[i]);
    }
    return message;
}

const struct explanation *explain_message_find(const char *message)
{
    message = skip_prefix(message);
    for (const struct explanation *row = explain_lines; row->code != NULL; row++) {
        if ((row->starts != NULL && str_starts(message, row->starts)) ||
            (row->holds != NULL && strstr(message, row->holds) != NULL))
            return row;
    }
    return NULL;
}

/* ---- printing ---- */

void explain_paragraph(struct str *out, const char *text)
{
    size_t column = 0;

    while (*text != '\0') {
        size_t length = strcspn(text, " ");

        if (column > 0 && 2 + column + 1 + length > EXPLAIN_COLUMNS) {
            str_addc(out, '\n');
            column = 0;
        }
        str_add(out, column == 0 ? "  " : " ");
        str_addn(out, text, length);
        column += length + (column > 0);
        text += length;
        text += strspn(text, " ");
    }
    str_addc(out, '\n');
}

static void add_said(struct str *out, const char *label, const char *text)
{
    struct str paragraph = STR_INIT;

    str_addf(&paragraph, "%s%s", label, text);
    explain_paragraph(out, str_text(&paragraph));
    str_release(&paragraph);
}

/* ---- lessons ---- */

static void add_lesson(void *context, const char *id, const char *title)
{
    struct str line = STR_INIT;

    str_addf(&line, "Lesson: %s (`lesson %s`).", title, id);
    explain_paragraph(context, str_text(&line));
    str_release(&line);
}

static void add_row(struct str *out, const struct explanation *row, const char *hint)
{
    explain_paragraph(out, row->what);
    add_said(out, "Why: ", row->why);
    add_said(out, "Try: ", hint == NULL ? row->tries : hint);
    lessons_about(row->starts == NULL ? row->code : row->starts, EXPLAIN_LESSONS_MAX, add_lesson,
                  out);
}

/* ---- what is asked ---- */

/* The first line, and after a colon the one behind it; the usage that follows is left away. */
static void add_message(struct str *out, const char *message)
{
    size_t first = strcspn(message, "\n");
    struct str line = STR_INIT;

    str_addn(&line, message, first);
    explain_paragraph(out, str_text(&line));
    if (first > 0 && message[first - 1] == ':' && message[first] == '\n') {
        message += first + 1;
        str_clear(&line);
        str_addn(&line, message, strcspn(message, "\n"));
        explain_paragraph(out, str_text(&line));
    }
    str_release(&line);
}

static void explain_line(const char *message, struct str *out)
{
    const struct explanation *row = explain_message_find(message);

    message = skip_prefix(message);
    if (str_starts(message, "An error occurred (ParamValidation): "))
        message += strlen("An error occurred (ParamValidation): ");
    str_addf(out, "%s\n", row == NULL ? "The command failed" : row->code);
    add_message(out, message);
    if (row != NULL)
        add_row(out, row, NULL);
    else
        explain_paragraph(out, "The message says all that is known of it; `help` lists the words, "
                           "`aws help` the services.");
}

void explain_refusal(const struct fault_kind *kind, const char *message, struct str *out)
{
    const struct explanation *row = kind == NULL ? NULL : explain_find(kind->code);

    if (kind == NULL) {
        explain_line(message, out);
        return;
    }
    str_addf(out, "%s\n", kind->code);
    add_message(out, message);
    if (row != NULL)
        add_row(out, row, kind->hint);
    else
        add_said(out, "Try: ", kind->hint);
}

/* Codes that have the text within them, when none is close as a whole. */
static bool add_holding(const char *text, struct str *err)
{
    const struct explanation *row;
    unsigned found = 0;

    for (size_t i = 0; (row = explain_at(i)) != NULL && found < EXPLAIN_NEAR_MAX; i++) {
        if (*text == '\0' || strcasestr(row->code, text) == NULL)
            continue;
        str_addf(err, "%s\n  * %s", found == 0 ? " Maybe you meant:" : "", row->code);
        found++;
    }
    return found > 0;
}

static void add_near(const char *code, struct str *err)
{
    const char *near[CLOSE_MATCH_MAX];
    struct arena arena = ARENA_INIT;
    LIST(const char *) codes = {0};
    const struct explanation *row;
    size_t count;

    for (size_t i = 0; (row = explain_at(i)) != NULL; i++)
        *LIST_PUSH_IN(&arena, &codes) = row->code;
    count = close_match_find(code, codes.items, codes.count, near);
    for (size_t i = 0; i < count; i++)
        str_addf(err, "%s\n  * %s", i == 0 ? " Maybe you meant:" : "", near[i]);
    if (count == 0 && !add_holding(code, err))
        str_add(err, " Tab after `explain ` lists them.");
    arena_release(&arena);
}

bool explain_code(const char *code, struct str *out, struct str *err)
{
    const struct explanation *row = explain_find(code);

    if (row == NULL) {
        str_addf(err, "explain: the model gives no error '%s'.", code);
        add_near(code, err);
        str_addc(err, '\n');
        return false;
    }
    str_addf(out, "%s\n", row->code);
    add_row(out, row, NULL);
    return true;
}
