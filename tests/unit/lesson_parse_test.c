/*
 * tests/unit/lesson_parse_test.c - lessons read, and lessons refused.
 */
#include "lesson/parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"

#define HEAD "# Title\n\n```lesson\nformat: 1\nid: x\n```\n\n"
#define STEP "## Step {#s}\n\n"
#define ASK "aws sts get-caller-identity --query Account"
#define HELP "```hint\nh\n```\n```solution\ntrue\n```\n"

static struct lesson *parse(const char *text, struct str *why)
{
    return lesson_parse("l.md", text, strlen(text), why);
}

static void assert_refused(const char *text, const char *expected)
{
    struct str why = STR_INIT;
    struct lesson *lesson = parse(text, &why);

    if (lesson != NULL || strstr(str_text(&why), expected) == NULL)
        print_error("expected: %s\nsaid:     %s\n", expected, str_text(&why));
    assert_null(lesson);
    assert_non_null(strstr(str_text(&why), expected));
    assert_null(strchr(str_text(&why), '\n'));
    assert_null(strchr(str_text(&why), '\x1b'));
    assert_true(str_starts(str_text(&why), "l.md:"));
    str_release(&why);
}

static struct lesson *assert_accepted(const char *text)
{
    struct str why = STR_INIT;
    struct lesson *lesson = parse(text, &why);

    if (lesson == NULL)
        print_error("%s\n", str_text(&why));
    assert_non_null(lesson);
    str_release(&why);
    return lesson;
}

/* If this fails, a lesson says something else than what its author wrote. */
static void test_whole(void **state)
{
    struct lesson *lesson = assert_accepted(
        "# A title\n\n```lesson\nformat: 1\nid: two-lines\nneeds: a, b\nminutes: 7\nseed: 41\n"
        "names: ana\nview: balancing\norder: 3\ncovers: seed:a clf:3.3\n```\nHello **you**.\n\n"
        "```file till.sh\n#!/bin/bash\n```\n```world\necho hi\n```\n"
        "## See it {#see}\nText.\n```text\n# not a title\n```\n```run\none\ntwo\n```\n"
        "```predict\nWhich?\n* a\n- b\nwhy: c\n```\n"
        "```check\nfirst : " ASK " == \"1\" else \"no\"\nsecond hold 30s : " ASK "\n"
        "  exists else \"say \\\"no\\\"\"\n```\n"
        "```wrong expect=second\nfalse\n```\n```solution alt\ntrue\n```\n" HELP
        "## More {#more}\n```view\nmap\n```\n");
    const struct lesson_step *step = &lesson->steps.items[0];

    (void)state;
    assert_string_equal(lesson->title, "A title");
    assert_string_equal(lesson->intro, "Hello **you**.");
    assert_int_equal(lesson->needs.list.count, 2);
    assert_int_equal(lesson->seed, 41);
    assert_int_equal(lesson->order, 3);
    assert_string_equal(lesson->files.items[0].bytes, "#!/bin/bash\n");
    assert_string_equal(lesson->world, "echo hi\n");
    assert_int_equal(lesson->steps.count, 2);
    assert_string_equal(step->title, "See it");
    assert_string_equal(step->id, "see");
    assert_string_equal(step->blocks.items[0].text, "Text.\n```text\n# not a title\n```");
    assert_int_equal(step->checks.count, 2);
    assert_int_equal(step->checks.items[1].mode, CHECK_HOLD);
    assert_int_equal(step->checks.items[1].duration, 30000000000);
    assert_string_equal(step->checks.items[1].otherwise, "say \"no\"");
    assert_string_equal(lesson_block_find(step, LESSON_WRONG, 0)->detail, "second");
    assert_true(lesson_block_find(step, LESSON_PREDICT, 0)->question->options.items[0].right);
    assert_string_equal(lesson->steps.items[1].view, "map");
    lesson_free(lesson);
}

/* If this fails, an author searches for a mistake that the program could have named. */
static void test_refusals(void **state)
{
    (void)state;
    assert_refused("", "`# Title`");
    assert_refused("# T\n## S {#s}\n", "no block `lesson`");
    assert_refused(HEAD, "at least one step");
    assert_refused("# T\n```lesson\nformat: 2\nid: x\n```\n" STEP, "l.md:3: this program reads");
    assert_refused("# T\n```lesson\nformat: 1\n```\n" STEP, "at least `format: 1` and `id:`");
    assert_refused("# T\n```lesson\nformat: 1\nid: X y\n```\n" STEP, "l.md:4: an id is");
    assert_refused("# T\n```lesson\nformat: 1\nid: x\ncolour: red\n```\n", "not: colour");
    assert_refused("# T\n```lesson\nnonsense\n```\n", "`key: value`");
    assert_refused(HEAD "# Again\n" STEP, "a second title");
    assert_refused(HEAD "## Step\n", "l.md:8: a step is");
    assert_refused(HEAD "## Step {#A b}\n", "a step is");
    assert_refused(HEAD STEP STEP, "a second step of this id: s");
    assert_refused(HEAD STEP "```run\nno end\n", "never closed");
    assert_refused(HEAD STEP "```soluton\nx\n```\n", "not a block that a lesson knows: soluton");
    assert_refused(HEAD "```run\nx\n```\n" STEP, "belongs into a step: run");
    assert_refused(HEAD STEP "```world\nx\n```\n", "`world` stands once");
    assert_refused(HEAD "```file ../x\ny\n```\n" STEP, "not a name for a file");
    assert_refused(HEAD "```file .x\ny\n```\n" STEP, "not a name for a file");
    assert_refused(HEAD "```file a\ny\n```\n```file a\nz\n```\n" STEP, "second file");
    assert_refused(HEAD STEP "```quiz\nq\n- a\n- b\n```\n", "two to nine options");
    assert_refused(HEAD STEP "```wrong\nx\n```\n", "wrong expect=ID");
    assert_refused(HEAD STEP "```wrong expect=c\nx\n```\n", "this step has no check: c");
    assert_refused("# T\n\x1b[31m```\n## \x1b {#", "l.md:");
}

/* If this fails, a lesson's check may change the world, or nobody knows what it asks. */
static void test_checks(void **state)
{
    (void)state;
    assert_refused(HEAD STEP "```check\nc " ASK " == 1 else \"x\"\n```\n", "` : `");
    assert_refused(HEAD STEP "```check\nC : " ASK " == 1 else \"x\"\n```\n", "begins with its id");
    assert_refused(HEAD STEP "```check\nc soon : " ASK " == 1 else \"x\"\n```\n",
                   "ever, now, hold");
    assert_refused(HEAD STEP "```check\nc hold 9 : " ASK " == 1 else \"x\"\n```\n", "take a time");
    assert_refused(HEAD STEP "```check\nc : " ASK " == 1\n```\n", "ends with else");
    assert_refused(HEAD STEP "```check\nc : " ASK " else \"x\"\n```\n", "no comparison");
    assert_refused(HEAD STEP "```check\nc : " ASK " == else \"x\"\n```\n", "has no value");
    assert_refused(HEAD STEP "```check\nc : " ASK " in 3 else \"x\"\n```\n", "takes a list");
    assert_refused(HEAD STEP "```check\nc : echo 1 == 1 else \"x\"\n```\n", "`aws` or a `lab`");
    assert_refused(HEAD STEP "```check\nc : aws nope do == 1 else \"x\"\n```\n", "l.md:11: ");
    assert_refused(HEAD STEP "```check\nc : aws ec2 create-key-pair --key-name k == 1 else \"x\"\n"
                             "```\n", "may only look");
    assert_refused(HEAD STEP "```check\nc : lab advance --seconds 3 == 1 else \"x\"\n```\n",
                   "may only look");
    assert_refused(HEAD STEP "```check\nc : aws ec2 wait instance-running == 1 else \"x\"\n```\n",
                   "may only look");
    assert_refused(HEAD STEP "```check\nc : aws ec2 describe-vpcs --vpc-ids $(aws ec2 "
                             "create-key-pair --key-name k) == 1 else \"x\"\n```\n",
                   "may only look");
    assert_refused(HEAD STEP "```check\nc : " ASK " --query '[' == 1 else \"x\"\n```\n", "query");
    assert_refused(HEAD STEP "```check\nc : " ASK "; true == 1 else \"x\"\n```\n", "one command");
    assert_refused(HEAD STEP "```check\nc : " ASK " > f == 1 else \"x\"\n```\n", "redirection");
    assert_refused(HEAD STEP "```check\nc within 2m after d : " ASK " == 1 else \"x\"\n```\n",
                   "no check before this one is called: d");
    assert_refused(HEAD STEP "```check\nc : " ASK " == 1 else \"x\"\nc : " ASK
                             " == 1 else \"x\"\n```\n", "a second check of this id");
    assert_refused(HEAD STEP "```check\nc : " ASK " == 1 else \"x\"\n```\n", "no solution");
}

static char *many(const char *text, size_t count)
{
    struct str out = STR_INIT;

    for (size_t i = 0; i < count; i++)
        str_add(&out, text);
    return str_take(&out);
}

/* If this fails, a lesson made to hurt stops the program instead of being refused. */
static void test_limits(void **state)
{
    char *body = many("words and words and words\n", 3000);
    struct str text = STR_INIT;
    struct str why = STR_INIT;

    (void)state;
    str_addf(&text, "%s%s%s", HEAD, STEP, body);
    assert_refused(str_text(&text), "longer than 64 KiB");
    str_clear(&text);
    str_add(&text, HEAD);
    for (int i = 0; i <= LESSON_STEPS_MAX; i++)
        str_addf(&text, "## S {#s%d}\n", i);
    assert_refused(str_text(&text), "too many steps");
    str_clear(&text);
    str_add(&text, HEAD STEP HELP "```check\n");
    for (int i = 0; i <= LESSON_CHECKS_MAX; i++)
        str_addf(&text, "c%d : " ASK " == 1 else \"x\"\n", i);
    str_add(&text, "```\n");
    assert_refused(str_text(&text), "too many checks");
    str_clear(&text);
    str_fill(&text, 'x', LESSON_BYTES_MAX + 1);
    assert_refused(str_text(&text), "longer than 4 MiB");
    assert_refused(HEAD STEP "\xff\xfe", "not UTF-8");
    assert_null(lesson_parse("l.md", "# T\0", 4, &why));
    free(body);
    body = many("> ", 40);
    str_clear(&text);
    str_addf(&text, "%s%s%sx\n", HEAD, STEP, body);
    assert_refused(str_text(&text), "nested");
    free(body);
    str_release(&text);
    str_release(&why);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_checks),
        cmocka_unit_test(test_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
