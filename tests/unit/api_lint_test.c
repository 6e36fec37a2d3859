/*
 * tests/unit/api_lint_test.c - all tables of operations, read as their readers read them.
 *
 * If this fails, a table says something that its readers cannot use: help without a sentence, an
 * option that nobody can name, an example that does not run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/asset.h"
#include "base/jmespath.h"
#include "base/mem.h"
#include "base/str.h"
#include "api/api_words.h"
#include "api/declared.h"
#include "api/names.h"
#include "api/filter.h"
#include "api/service.h"
#include "api/value.h"
#include "shell/run.h"
#include "shell/session.h"

static int problems;

#define PROBLEM(...) (problems++, print_error(__VA_ARGS__))

static void check_sentence(const char *where, const char *name, const char *text)
{
    size_t length = text == NULL ? 0 : strlen(text);

    if (length < 8 || text[length - 1] != '.')
        PROBLEM("%s %s: no whole sentence: %s\n", where, name, text == NULL ? "(none)" : text);
    if (length > 0 && strstr(text, "  ") != NULL)
        PROBLEM("%s %s: two blanks in: %s\n", where, name, text);
}

/* A shape that holds itself is checked once. */
static void check_shape_at(const char *where, const struct shape *shape, int depth)
{
    if (shape->name == NULL)
        PROBLEM("%s: a shape without a name\n", where);
    for (size_t i = 0; i < shape->count; i++) {
        const struct field *field = &shape->fields[i];

        check_sentence(shape->name, field->name, field->doc);
        for (size_t k = 0; k < i; k++) {
            if (strcmp(shape->fields[k].name, field->name) == 0)
                PROBLEM("%s: two members %s\n", shape->name, field->name);
        }
        if (field->of != NULL && depth < 8)
            check_shape_at(shape->name, field->of, depth + 1);
    }
}

static void check_shape(const char *where, const struct shape *shape)
{
    check_shape_at(where, shape, 0);
}

static void check_options(const struct op *op)
{
    struct arena arena = ARENA_INIT;
    const struct shape *shapes[] = {op->in, op->extra == NULL ? &shape_empty : op->extra->options};
    LIST(const char *) seen = {0};

    for (size_t s = 0; s < 2; s++) {
        for (size_t i = 0; i < shapes[s]->count; i++) {
            const struct field *field = &shapes[s]->fields[i];
            const char *name = name_option(&arena, field);

            if (s == 0 && (field->flags & FIELD_CLI_ONLY) != 0)
                continue;
            for (uint32_t k = 0; k < seen.count; k++) {
                if (strcmp(seen.items[k], name) == 0)
                    PROBLEM("%s: two options --%s\n", op->name, name);
            }
            *LIST_PUSH_IN(&arena, &seen) = name;
        }
    }
    arena_release(&arena);
}

static void check_faults(const struct op *op)
{
    for (size_t i = 0; op->faults != NULL && op->faults[i] != NULL; i++) {
        const struct fault_kind *kind = op->faults[i];

        if (kind->code == NULL || kind->text == NULL)
            PROBLEM("%s: a fault without code or text\n", op->name);
        else
            check_sentence(op->name, kind->code, kind->hint);
    }
}

static void check_filters(const struct op *op)
{
    const struct field *field = shape_field_find(op->in, "Filters");
    bool takes;

    if (field == NULL) /* as some operations call it */
        field = shape_field_find(op->in, "Filter");
    takes = field != NULL && field->of == &filter_shape;

    if (takes != (op->filters != NULL))
        PROBLEM("%s: filters and their names do not go together\n", op->name);
    for (const struct filter_name *name = op->filters; name != NULL && name->name != NULL; name++) {
        for (const struct filter_name *other = op->filters; other != name; other++) {
            if (strcmp(other->name, name->name) == 0)
                PROBLEM("%s: two filters %s\n", op->name, name->name);
        }
    }
}

/* A name that leads nowhere would match nothing, and nobody would see why. */
static bool path_leads_somewhere(const char *path, const struct shape *shape, int depth)
{
    size_t length = strcspn(path, ".");

    for (size_t i = 0; i < shape->count; i++) {
        const struct field *field = &shape->fields[i];

        if (strlen(field->name) == length && strncmp(field->name, path, length) == 0 &&
            (path[length] == '\0' ||
             (field->of != NULL && path_leads_somewhere(path + length + 1, field->of, 0))))
            return true;
        if (field->of != NULL && depth > 0 && path_leads_somewhere(path, field->of, depth - 1))
            return true;
    }
    return false;
}

static void check_filter_paths(const struct op *op)
{
    for (const struct filter_name *name = op->filters; name != NULL && name->name != NULL; name++) {
        const char *path = name->path;

        /* instances are filtered with their reservation */
        path += str_starts(path, "Instance.") ? strlen("Instance.") : 0;
        if (path[0] != '\0' && path[0] != FILTER_CONSTANT && path[0] != FILTER_REFUSED &&
            !path_leads_somewhere(path, op->out, 2))
            PROBLEM("%s: the filter %s leads nowhere: %s\n", op->name, name->name, name->path);
    }
}

static void check_paging(const struct op *op)
{
    const struct paging *paging = op->paging;
    char *result;

    if (paging == NULL)
        return;
    /* The first list is the one that is cut; not all of the others need be modelled. */
    result = xstrndup(paging->result, strcspn(paging->result, ","));
    if (shape_field_find(op->in, paging->in_token) == NULL ||
        shape_field_find(op->out, result) == NULL ||
        (paging->limit != NULL && shape_field_find(op->in, paging->limit) == NULL))
        PROBLEM("%s: its paging names members that it does not have\n", op->name);
    free(result);
}

/* True when the catalogue of AWS's operations has the line "service operation Name". */
static bool is_real(const struct service *service, const struct op *op)
{
    const char *text = asset_text(asset_find("catalog/aws-operations.txt"));
    struct arena arena = ARENA_INIT;
    const char *line = arena_printf(&arena, "\n%s %s %s\n", service->name,
                                    name_cli(&arena, op->name), op->name);
    bool found = strstr(text, line) != NULL;

    arena_release(&arena);
    return found;
}

static void check_op(const struct service *service, const struct op *op)
{
    bool dry = shape_field_find(op->in, "DryRun") != NULL;
    const struct field *token = shape_field_find(op->in, "ClientToken");

    check_sentence(service->name, op->name, op->doc);
    check_shape(op->name, op->in);
    check_shape(op->name, op->out);
    check_options(op);
    check_faults(op);
    check_filters(op);
    check_filter_paths(op);
    check_paging(op);
    if (token != NULL && (token->flags & FIELD_UNMODELLED) == 0 && op->again == NULL)
        PROBLEM("%s: takes a ClientToken and cannot answer again\n", op->name);
    if (dry != ((op->flags & OP_DRY_RUN) != 0))
        PROBLEM("%s: DryRun and OP_DRY_RUN do not go together\n", op->name);
    if (op->run == NULL)
        PROBLEM("%s: does nothing\n", op->name);
    if (op->example == NULL)
        PROBLEM("%s: no example\n", op->name);
    if (service->style != STYLE_LAB && !is_real(service, op))
        PROBLEM("%s: AWS has no such operation\n", op->name);
}

/* Every operation has sentences, names of its own, and is AWS's. */
static void test_operations(void **state)
{
    (void)state;
    problems = 0;
    for (size_t s = 0; services[s] != NULL; s++) {
        const struct service *service = services[s];

        check_sentence("service", service->name, service->doc);
        for (size_t i = 0; service->ops[i] != NULL; i++) {
            check_op(service, service->ops[i]);
            if (i > 0 && strcmp(service->ops[i - 1]->name, service->ops[i]->name) >= 0)
                PROBLEM("%s: %s is out of order\n", service->name, service->ops[i]->name);
        }
    }
    assert_int_equal(problems, 0);
}

static void check_acceptors(const struct waiter *waiter)
{
    for (const struct acceptor *acceptor = waiter->acceptors; acceptor->state != NULL; acceptor++) {
        struct jmespath *path;

        if (acceptor->expected == NULL)
            PROBLEM("%s: expects nothing\n", waiter->name);
        if (acceptor->match == MATCH_ERROR || acceptor->match == MATCH_STATUS)
            continue;
        path = jmespath_compile(acceptor->argument, NULL);
        if (path == NULL)
            PROBLEM("%s: no JMESPath: %s\n", waiter->name, acceptor->argument);
        jmespath_free(path);
    }
}

/* Every waiter asks an operation that is there, and knows when to stop. */
static void test_waiters(void **state)
{
    struct arena arena = ARENA_INIT;

    (void)state;
    problems = 0;
    for (size_t s = 0; services[s] != NULL; s++) {
        const struct waiter *waiter = services[s]->waiters;

        for (; waiter != NULL && waiter->name != NULL; waiter++) {
            if (declared_op(&arena, services[s], waiter->op) == NULL)
                PROBLEM("%s: asks %s, which is not there\n", waiter->name, waiter->op);
            if (waiter->delay_s <= 0 || waiter->attempts <= 0)
                PROBLEM("%s: waits never or for ever\n", waiter->name);
            check_acceptors(waiter);
        }
    }
    arena_release(&arena);
    assert_int_equal(problems, 0);
}

/* Runs lines in a new world; the exit code. */
static int run_lines(const struct catalog *catalog, const char *lines, struct str *err)
{
    struct session_options options = {0};
    struct session *session;
    struct shell shell;
    struct str out = STR_INIT;
    struct str notice = STR_INIT;
    struct command_io io = {.out = &out, .err = err};
    int status;

    assert_int_equal(session_open(catalog, &options, &session, &notice, err), 0);
    shell_init(&shell, session);
    shell_add_words(&shell, shell_words, &shell);
    shell_add_words(&shell, api_words, NULL);
    status = shell_run(&shell, lines, false, &io);
    assert_int_equal(session_close(session, err), 0);
    str_release(&out);
    str_release(&notice);
    return status;
}

/* Every example runs in a new world, after what it says that it needs. */
static void test_examples(void **state)
{
    struct catalog *catalog = catalog_new();

    (void)state;
    problems = 0;
    for (size_t s = 0; services[s] != NULL; s++) {
        for (size_t i = 0; services[s]->ops[i] != NULL; i++) {
            const struct op *op = services[s]->ops[i];
            struct str lines = STR_INIT;
            struct str err = STR_INIT;

            str_addf(&lines, "%s%s%s", op->needs == NULL ? "" : op->needs,
                     op->needs == NULL ? "" : "\n", op->example);
            if (run_lines(catalog, str_text(&lines), &err) != 0)
                PROBLEM("%s: its example fails: %s%s\n", op->name, str_text(&lines),
                        str_text(&err));
            str_release(&lines);
            str_release(&err);
        }
    }
    catalog_free(catalog);
    assert_int_equal(problems, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_operations),
        cmocka_unit_test(test_waiters),
        cmocka_unit_test(test_examples),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
