/*
 * tests/unit/api_bad_input_test.c - the examples of all operations, with something wrong in them.
 *
 * If this fails, an operation that is refused has changed something all the same, or is refused
 * without an error in the AWS CLI's form (RELIABILITY I5).  Each operation's example is tried again
 * and again with a word left away, doubled or changed; the seed is printed on failure.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "api/service.h"
#include "sim/chance.h"

#include "desk.h"

enum { TRIES = 24, WORDS = 64 };

static const char *const wrong[] = {
    "''",
    "x",
    "0",
    "-1",
    "1.5",
    "true",
    "2147483648",
    "99999999999999999999",
    "'[]'",
    "'{}'",
    "'[{}]'",
    "'[{\"Key\":1}]'",
    "Key=a,Value=",
    "Type=forward",
    "'a b'",
    "us-east-9z",
    "file:///nowhere",
    "i-0123456789abcdef0",
    "lt-0123456789abcdef0",
    "subnet-0123456789abcdef0",
    "sg-0123456789abcdef0",
    "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/none/0123456789abcdef",
    "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/none/0123456789abcdef",
    "2026-01-05T08:00:00Z",
    "--no-such-option",
};

struct line {
    char *text; /* owned; the words point into it */
    char *words[WORDS];
    size_t count;
};

/* Cuts at blanks outside of quotes and parentheses. */
static void line_cut(struct line *line, const char *text)
{
    int depth = 0;
    char quote = '\0';
    bool inside = false;

    *line = (struct line){.text = xstrdup(text)};
    for (char *at = line->text; *at != '\0'; at++) {
        if (quote != '\0' ? *at == quote : *at == '\'' || *at == '"')
            quote = quote != '\0' ? '\0' : *at;
        depth += quote == '\0' ? (*at == '(') - (*at == ')') : 0;
        if (quote == '\0' && depth == 0 && (*at == ' ' || *at == '\n')) {
            *at = '\0';
            inside = false;
        } else if (!inside) {
            assert_true(line->count < WORDS);
            line->words[line->count++] = at;
            inside = true;
        }
    }
}

/* One of the words behind service and operation is left away, doubled, or another one. */
static char *spoilt(const struct line *line, struct chance *luck)
{
    size_t at = 3 + (size_t)chance_below(luck, line->count > 3 ? line->count - 3 : 1);
    uint64_t how = chance_below(luck, 8);
    struct str out = STR_INIT;

    for (size_t i = 0; i < line->count; i++) {
        if (i == at && how == 0)
            continue;
        str_addf(&out, "%s%s", i == 0 ? "" : " ",
                 i == at && how > 1 ? wrong[chance_below(luck, sizeof(wrong) / sizeof(wrong[0]))]
                                    : line->words[i]);
        if (i == at && how == 1)
            str_addf(&out, " %s", line->words[i]);
    }
    if (at >= line->count)
        str_add(&out, " x");
    return str_take(&out);
}

struct sum {
    uint32_t tried;
    uint32_t refused;
    int problems;
};

static void try_line(struct desk *desk, const char *line, struct sum *sum)
{
    unsigned char before[PACK_HASH_SIZE];
    unsigned char after[PACK_HASH_SIZE];

    desk_hash(desk, before);
    sum->tried++;
    if (desk_run(desk, line) == 0)
        return;
    sum->refused++;
    desk_hash(desk, after);
    if (memcmp(before, after, sizeof(before)) != 0) {
        sum->problems++;
        print_error("refused, and yet something has changed: %s\n%s\n", line,
                    str_text(&desk->err));
    }
    if (strstr(str_text(&desk->err), "[ERROR]") == NULL) {
        sum->problems++;
        print_error("refused without an error: %s\n%s\n", line, str_text(&desk->err));
    }
}

static void try_op(const struct op *op, uint64_t seed, struct sum *sum)
{
    struct chance luck = chance_stream(seed, op->name, 0);
    struct desk desk;
    struct line line;

    desk_open_seed(&desk, NULL, seed);
    if (op->needs != NULL)
        desk_run(&desk, op->needs);
    line_cut(&line, op->example);
    for (int i = 0; i < TRIES; i++) {
        char *text = spoilt(&line, &luck);

        try_line(&desk, text, sum);
        free(text);
    }
    free(line.text);
    desk_close(&desk);
}

static bool is_meant(const struct service *service, const struct op *op)
{
    return op->example != NULL && strchr(op->example, '|') == NULL &&
           (strcmp(service->name, "elbv2") == 0 || strcmp(service->name, "autoscaling") == 0 ||
            strcmp(service->name, "cloudwatch") == 0 ||
            (strcmp(service->name, "ec2") == 0 && strstr(op->name, "LaunchTemplate") != NULL));
}

static void test_refused(void **state)
{
    struct sum sum = {0};

    (void)state;
    for (size_t s = 0; services[s] != NULL; s++)
        for (size_t i = 0; services[s]->ops[i] != NULL; i++)
            if (is_meant(services[s], services[s]->ops[i]))
                try_op(services[s]->ops[i], 1, &sum);
    print_message("%u lines, %u refused\n", sum.tried, sum.refused);
    assert_true(sum.refused > 500); /* not vacuous */
    assert_int_equal(sum.problems, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
