/*
 * tests/unit/api_declared_test.c - AWS's own shapes, and ours beside them.
 *
 * If this fails, a line that AWS takes is refused as misspelt, or what we model has another name or
 * type than at AWS.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "api/arguments.h"
#include "api/declared.h"

static int problems;

#define PROBLEM(...) (problems++, print_error(__VA_ARGS__))

/* Types that look the same on a command line and in an answer. */
static enum field_type kind_of(enum field_type type)
{
    switch (type) {
    case FIELD_OPT_INT:
        return FIELD_INT;
    case FIELD_OPT_BOOL:
        return FIELD_BOOL;
    case FIELD_EMBED:
        return FIELD_STRUCT;
    default:
        return type;
    }
}

static void compare_words(const char *where, const struct field *ours, const struct field *aws)
{
    for (size_t i = 0; ours->words != NULL && aws->words != NULL && ours->words[i] != NULL; i++) {
        bool found = false;

        for (size_t k = 0; aws->words[k] != NULL && !found; k++)
            found = strcmp(ours->words[i], aws->words[k]) == 0;
        if (!found)
            PROBLEM("%s.%s: AWS has no word %s\n", where, ours->name, ours->words[i]);
    }
}

/* A list with keys is a map at AWS. */
static enum field_type type_of(const struct field *field)
{
    return (field->flags & FIELD_KEYED) != 0 ? FIELD_MAP : field->type;
}

/* All that is ours must be AWS's; `aws` is what the catalogue alone declares. */
static void compare_at(const char *where, const struct shape *ours, const struct shape *aws,
                       const int at[2])
{
    bool in = at[0] != 0;
    const int below[2] = {in, at[1] + 1};
    size_t last = 0;

    for (size_t i = 0; i < ours->count; i++) {
        const struct field *field = &ours->fields[i];
        const struct field *theirs = shape_field_find(aws, field->name);
        unsigned differ;

        if (theirs == NULL) {
            PROBLEM("%s: AWS has no member %s\n", where, field->name);
            continue;
        }
        differ = (field->flags ^ theirs->flags) & FIELD_REQUIRED;
        if (in && differ != 0)
            PROBLEM("%s.%s: required here or at AWS only\n", where, field->name);
        if (!in && (size_t)(theirs - aws->fields) < last)
            PROBLEM("%s.%s: stands earlier at AWS\n", where, field->name);
        last = (size_t)(theirs - aws->fields);
        if (kind_of(type_of(field)) != kind_of(theirs->type) ||
            (type_of(field) == FIELD_LIST && (field->of == NULL) != (theirs->of == NULL))) {
            PROBLEM("%s.%s: of another type at AWS\n", where, field->name);
            continue;
        }
        compare_words(where, field, theirs);
        /* Deeper only a structure within itself goes. */
        if (field->of != NULL && theirs->of != NULL && at[1] < 8)
            compare_at(field->of->name, field->of, theirs->of, below);
    }
}

static void compare(const char *where, const struct shape *ours, const struct shape *aws, bool in)
{
    compare_at(where, ours, aws, (const int[2]){in, 0});
}

static void compare_paging(const struct op *ours, const struct op *aws)
{
    const struct paging *a = ours->paging;
    const struct paging *b = aws->paging;

    if ((a == NULL) != (b == NULL)) {
        PROBLEM("%s: paged here or at AWS only\n", ours->name);
    } else if (a != NULL && (!str_equal(a->in_token, b->in_token) ||
                             !str_equal(a->out_token, b->out_token) ||
                             !str_equal(a->limit, b->limit) || !str_equal(a->result, b->result))) {
        PROBLEM("%s: is paged otherwise at AWS\n", ours->name);
    }
}

static void found_one(void *context, const char *name)
{
    (void)name;
    *(bool *)context = true;
}

/* Neither lab nor the AWS CLI's own commands have one. */
static bool has_file(const struct service *service)
{
    bool found = false;

    declared_each(service, found_one, &found);
    return found;
}

static void test_ours_are_awss(void **state)
{
    (void)state;
    problems = 0;
    for (size_t s = 0; services[s] != NULL; s++) {
        for (size_t i = 0; services[s]->ops[i] != NULL; i++) {
            const struct op *ours = services[s]->ops[i];
            struct arena arena = ARENA_INIT;
            const struct op *aws = declared_op(&arena, services[s], ours->name);

            if (aws != NULL) {
                compare(ours->name, ours->in, aws->in, true);
                compare(ours->name, ours->out, aws->out, false);
                compare_paging(ours, aws);
            } else if (has_file(services[s])) {
                PROBLEM("%s: the catalogue does not declare it\n", ours->name);
            }
            arena_release(&arena);
        }
    }
    assert_int_equal(problems, 0);
}

struct count {
    const struct service *service;
    size_t ops;
    const char *last;
};

/* Reads the operation whole: what cannot be read is a BUG. */
static void read_one(void *context, const char *name)
{
    struct count *count = context;
    struct arena arena = ARENA_INIT;
    const struct op *op = declared_op(&arena, count->service, name);

    if (op == NULL || op->in == NULL || op->out == NULL)
        PROBLEM("%s: cannot be read\n", name);
    else if (op->run != NULL)
        PROBLEM("%s: does something\n", name);
    count->ops++;
    arena_release(&arena);
}

static void test_all_can_be_read(void **state)
{
    static const struct {
        const char *service;
        size_t ops;
    } expected[] = {
        {"autoscaling", 45}, {"cloudwatch", 9}, {"ec2", 119}, {"elbv2", 31},
        {"events", 31},      {"sns", 19},       {"sqs", 23}, {"sts", 3}, {"wafv2", 17},
    };

    (void)state;
    problems = 0;
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        struct count count = {.service = service_find(expected[i].service)};

        declared_each(count.service, read_one, &count);
        assert_int_equal(count.ops, expected[i].ops);
    }
    assert_int_equal(problems, 0);
}

/* A line of an operation without behaviour: is it read, and then refused by name? */
static void check_line(const char *const *words, size_t count, const char *refusal)
{
    struct arguments arguments;

    if (arguments_parse(&arguments, "aws", words, count, NULL) != 0)
        print_error("%s\n", str_text(&arguments.error));
    assert_int_equal(arguments.exit_code, 0);
    assert_int_equal(arguments_check_modelled(&arguments), 252);
    if (strstr(str_text(&arguments.error), refusal) == NULL)
        print_error("wanted %s\ngot %s\n", refusal, str_text(&arguments.error));
    assert_non_null(strstr(str_text(&arguments.error), refusal));
    arguments_release(&arguments);
}

#define LINE(refusal, ...) \
    check_line((const char *[]){__VA_ARGS__}, \
               sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *), refusal)

static void test_refused_by_name(void **state)
{
    (void)state;
    LINE("aws ec2 import-key-pair is a real AWS operation that is not modelled here.", "ec2",
         "import-key-pair", "--key-name", "k", "--public-key-material", "eA==");
    LINE("--metadata-options of ec2 run-instances exists at AWS but is not modelled here", "ec2",
         "run-instances", "--metadata-options", "HttpTokens=required,HttpEndpoint=enabled");
    LINE("NetworkInterfaces[1].InterfaceType of ec2 run-instances exists at AWS", "ec2",
         "run-instances", "--network-interfaces", "DeviceIndex=0",
         "DeviceIndex=1,InterfaceType=efa");
}

/* All problems of a value in a member that is not modelled are AWS's. */
static void test_checked_first(void **state)
{
    static const char *const words[] = {"autoscaling", "put-scaling-policy",
                                        "--auto-scaling-group-name", "g", "--policy-name", "p",
                                        "--step-adjustments", "ScalingAdjustment=x"};
    struct arguments arguments;

    (void)state;
    assert_int_equal(
        arguments_parse(&arguments, "aws", words, sizeof(words) / sizeof(words[0]), NULL), 255);
    assert_string_equal(str_text(&arguments.error),
                        "invalid literal for int() with base 10: 'x'");
    arguments_release(&arguments);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ours_are_awss),
        cmocka_unit_test(test_all_can_be_read),
        cmocka_unit_test(test_refused_by_name),
        cmocka_unit_test(test_checked_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
