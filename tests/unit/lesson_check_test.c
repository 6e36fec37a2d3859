/*
 * tests/unit/lesson_check_test.c - what a check compares, and what it must not do.
 */
#include "lesson/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/catalog.h"
#include "shell/session.h"

struct rig {
    struct catalog *catalog;
    struct session *session;
};

static int open_rig(void **state)
{
    struct rig *rig = xcalloc(1, sizeof(*rig));
    struct session_options options = {0};
    struct str text = STR_INIT;

    rig->catalog = catalog_new();
    assert_int_equal(session_open(rig->catalog, &options, &rig->session, &text, &text), 0);
    str_release(&text);
    *state = rig;
    return 0;
}

static int close_rig(void **state)
{
    struct rig *rig = *state;
    struct str text = STR_INIT;

    session_close(rig->session, &text);
    catalog_free(rig->catalog);
    str_release(&text);
    free(rig);
    return 0;
}

/* What stands between the colon and else. */
static bool holds(const struct rig *rig, const char *condition)
{
    struct arena arena = ARENA_INIT;
    struct str why = STR_INIT;
    char *text = xasprintf("c : %s else \"no\"", condition);
    struct condition_moment moment = check_moment(rig->session);
    struct condition_watch *watch;
    struct check check;
    bool answer;

    if (check_parse(text, &arena, &check, &why) != 0)
        fail_msg("%s: %s", condition, str_text(&why));
    watch = condition_watch_new(&check.condition);
    answer = condition_holds(watch, &moment);
    assert_int_equal(condition_holds(watch, &moment), answer);
    condition_moment_release(&moment);
    condition_watch_free(watch);
    check_release(&check);
    str_release(&why);
    free(text);
    arena_release(&arena);
    return answer;
}

#define ME "aws sts get-caller-identity --query "
#define REGIONS "aws ec2 describe-regions --query "

/* If this fails, a right answer is refused or a wrong one accepted. */
static void test_comparisons(void **state)
{
    const struct rig *rig = *state;

    assert_true(holds(rig, ME "Account == \"111122223333\""));
    assert_true(holds(rig, ME "Account == '111122223333'"));
    assert_true(holds(rig, ME "Account == 111122223333")); /* it is a text of digits */
    assert_false(holds(rig, ME "Account == 111122223334"));
    assert_true(holds(rig, ME "Account != x"));
    assert_true(holds(rig, ME "Account ~ 1111*33"));
    assert_true(holds(rig, ME "Account ~ \"?1*\""));
    assert_false(holds(rig, ME "Account ~ 1*2"));
    assert_true(holds(rig, ME "Account has 2222"));
    assert_true(holds(rig, ME "Account exists"));
    assert_false(holds(rig, ME "Nothing exists"));
    assert_true(holds(rig, ME "Nothing == null"));
    assert_true(holds(rig, ME "Account in [\"a\", \"111122223333\"]"));
    assert_true(holds(rig, REGIONS "'length(Regions)' == 3"));
    assert_true(holds(rig, REGIONS "'length(Regions)' >= 3"));
    assert_true(holds(rig, REGIONS "'length(Regions)' <= 3.0"));
    assert_false(holds(rig, REGIONS "'length(Regions)' < 3"));
    assert_false(holds(rig, REGIONS "'length(Regions)' > 3"));
    assert_true(holds(rig, REGIONS "'Regions[].RegionName' has us-west-2"));
    assert_false(holds(rig, REGIONS "'Regions[].RegionName' has us-west"));
    assert_false(holds(rig, REGIONS "'Regions[?RegionName==`x`]' exists"));
    assert_false(holds(rig, REGIONS "'Regions' > 1"));
    assert_true(holds(rig, REGIONS "'Regions[?RegionName > `us`] | length(@)' >= 0"));
}

/* If this fails, a check cannot follow what the learner chose. */
static void test_variables(void **state)
{
    const struct rig *rig = *state;
    struct str why = STR_INIT;

    assert_int_equal(session_set_variable(rig->session, "WHO", "111122223333", &why), 0);
    assert_int_equal(session_set_variable(rig->session, "KEY", "Account", &why), 0);
    assert_int_equal(session_set_variable(rig->session, "N", "3", &why), 0);
    assert_true(holds(rig, ME "$KEY == $WHO"));
    assert_true(holds(rig, ME "$KEY ~ 1111*"));
    assert_true(holds(rig, REGIONS "'length(Regions)' == $N"));
    assert_false(holds(rig, REGIONS "'length(Regions)' == $UNSET"));
    assert_true(holds(rig, REGIONS "\"length(Regions[?RegionName=='$(aws ec2 describe-regions "
                                   "--query Regions[0].RegionName --output text)'])\" == 1"));
    str_release(&why);
}

/* If this fails, a refused question counts as an answer. */
static void test_refused(void **state)
{
    const struct rig *rig = *state;

    assert_false(holds(rig, "aws ec2 describe-vpcs --vpc-ids vpc-00000000000000000 exists"));
    assert_false(holds(rig, "aws ec2 describe-vpcs --vpc-ids vpc-00000000000000000 != 1"));
    assert_false(holds(rig, "aws ec2 describe-vpcs --region nowhere-1 exists"));
    assert_true(holds(rig, "aws ec2 describe-vpcs --region eu-west-1 exists"));
    assert_null(rig->session->last_fault); /* `explain` still speaks of the learner's own error */
}

/* If this fails, "two minutes" are something else. */
static void test_durations(void **state)
{
    (void)state;
    assert_int_equal(check_duration("30s"), 30000000000);
    assert_int_equal(check_duration("2m"), 120000000000);
    assert_int_equal(check_duration("1h"), 3600000000000);
    assert_int_equal(check_duration(""), -1);
    assert_int_equal(check_duration("0s"), -1);
    assert_int_equal(check_duration("-1s"), -1);
    assert_int_equal(check_duration("30"), -1);
    assert_int_equal(check_duration("30d"), -1);
    assert_int_equal(check_duration("99999999999999999999s"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_comparisons, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(test_variables, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(test_refused, open_rig, close_rig),
        cmocka_unit_test(test_durations),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
