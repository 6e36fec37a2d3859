/*
 * tests/unit/cloud_scaling_test.c - Auto Scaling, rule by rule.
 *
 * If this fails, a policy asks for another number than AWS documents, a cooldown or a warm-up is
 * not heeded, zones are not balanced as they are to be, or a scheduled action comes at the wrong
 * time.
 */
#include "cloud_scaling_rig.h"

#include "sim/cron.h"

struct fixture {
    struct catalog *catalog;
    struct world *world;
    struct scaling_group *group;
};

static void fixture_open(struct fixture *fixture, int64_t size)
{
    struct fault fault = FAULT_INIT;

    fixture->catalog = catalog_new();
    fixture->world = world_new(fixture->catalog, 1, 0);
    fixture->group = group_make(fixture->world, template_make(fixture->world), "web", size, 10,
                                &fault);
    assert_non_null(fixture->group);
    world_advance(fixture->world, fixture->world->sim.now + 2 * MINUTE_NS, SIM_UNLIMITED);
}

static void fixture_close(struct fixture *fixture)
{
    world_free(fixture->world);
    catalog_free(fixture->catalog);
}

static int64_t alarm_goes(struct fixture *fixture, struct scaling_policy *policy, int64_t metric,
                          bool low)
{
    struct fault fault = FAULT_INIT;

    scaling_policy_execute(&fixture->world->scaling, policy,
                           &(struct scaling_trigger){.alarm = "a",
                                                     .has_metric = true,
                                                     .metric = metric * SCALING_MILLION,
                                                     .threshold = 50 * SCALING_MILLION,
                                                     .is_low = low},
                           &fault);
    fault_release(&fault);
    return fixture->group->desired;
}

static struct scaling_policy *tracking(struct fixture *fixture, const char *name)
{
    struct fault fault = FAULT_INIT;

    return scaling_policy_put(&fixture->world->scaling,
                              &(struct scaling_policy){.group = fixture->group->id,
                                                       .name = (char *)(uintptr_t)name,
                                                       .type = POLICY_TRACKING,
                                                       .metric = TRACK_CPU,
                                                       .cooldown_s = -1,
                                                       .warmup_s = 60,
                                                       .target = 50 * SCALING_MILLION},
                              &fault);
}

/* SEMANTICS c7: "Multiple policies: the largest capacity wins; scale in only if all agree.
 * Scale-in blocked while instances warm up." */
static void test_tracking(void **state)
{
    struct fixture fixture;
    struct scaling_policy *one;
    struct scaling_policy *two;
    struct arena arena = ARENA_INIT;
    struct scaling_alarm alarm;

    (void)state;
    fixture_open(&fixture, 2);
    fixture.group->least = 1;
    one = tracking(&fixture, "one");
    two = tracking(&fixture, "two");
    assert_true(scaling_policy_alarm(&fixture.world->scaling, one, false, &arena, &alarm));
    assert_int_equal(strncmp(alarm.name, "TargetTracking-web-AlarmHigh-", 29), 0);
    assert_string_equal(alarm.dimensions.items[0].value, "web");
    assert_int_equal(alarm_goes(&fixture, one, 75, false), 3); /* 2 x 75 / 50 */
    assert_int_equal(alarm_goes(&fixture, two, 60, false), 3); /* asks for 3 too: no more */
    world_advance(fixture.world, fixture.world->sim.now + 40 * SECOND_NS, SIM_UNLIMITED);
    assert_int_equal(alarm_goes(&fixture, one, 10, true), 3); /* one warms up */
    assert_int_equal(alarm_goes(&fixture, two, 10, true), 3);
    world_advance(fixture.world, fixture.world->sim.now + 2 * MINUTE_NS, SIM_UNLIMITED);
    scaling_policy_calm(one);
    assert_int_equal(alarm_goes(&fixture, two, 10, true), 3); /* one does not agree */
    assert_int_equal(alarm_goes(&fixture, one, 10, true), 1); /* now both do */
    arena_release(&arena);
    fixture_close(&fixture);
}

/* SEMANTICS c7: "DefaultCooldown: simple scaling only; starts when the last instance finishes." */
static void test_cooldown(void **state)
{
    struct fixture fixture;
    struct scaling_policy *policy;
    struct fault fault = FAULT_INIT;

    (void)state;
    fixture_open(&fixture, 1);
    policy = scaling_policy_put(&fixture.world->scaling,
                                &(struct scaling_policy){.group = fixture.group->id,
                                                         .name = (char *)(uintptr_t)"more",
                                                         .type = POLICY_SIMPLE,
                                                         .adjustment_type = ADJUST_CHANGE,
                                                         .adjustment = 1,
                                                         .cooldown_s = 60,
                                                         .warmup_s = -1},
                                &fault);
    assert_int_equal(alarm_goes(&fixture, policy, 0, false), 2);
    assert_int_equal(alarm_goes(&fixture, policy, 0, false), 2); /* it has just been executed */
    while (fixture.group->cooled == 0)
        world_advance(fixture.world, fixture.world->sim.now + SECOND_NS, SIM_UNLIMITED);
    assert_int_equal(scaling_group_size(&fixture.world->scaling, fixture.group), 2);
    world_advance(fixture.world, fixture.group->cooled - 1, SIM_UNLIMITED);
    assert_int_equal(alarm_goes(&fixture, policy, 0, false), 2);
    world_advance(fixture.world, fixture.group->cooled, SIM_UNLIMITED);
    assert_int_equal(alarm_goes(&fixture, policy, 0, false), 3);
    fixture_close(&fixture);
}

/* SEMANTICS c7: "AZ rebalance launches before terminating"; "Launch picks the AZ with fewest." */
static void test_zones(void **state)
{
    struct fixture fixture;
    struct scaling *scaling;
    int64_t least = INT64_MAX;
    uint32_t foreign = 0;
    const char *two[] = {"us-east-1b", "us-east-1c"};
    const struct strings zones = {two, 2, 2};
    struct fault fault = FAULT_INIT;

    (void)state;
    fixture_open(&fixture, 4);
    scaling = &fixture.world->scaling;
    assert_int_equal(scaling_group_change(scaling, fixture.group,
                                          &(struct scaling_group_wish){.account = ACCOUNT_LEARNER,
                                                                       .zones = &zones},
                                          &fault),
                     0);
    for (int i = 0; i < 1200; i++) {
        int64_t serving = 0;

        world_advance(fixture.world, fixture.world->sim.now + SECOND_NS, SIM_UNLIMITED);
        for (uint32_t k = 0; k < table_count(&scaling->members); k++)
            serving += ((const struct scaling_member *)table_at(&scaling->members, k))->state ==
                       MEMBER_IN_SERVICE;
        least = serving < least ? serving : least;
    }
    for (uint32_t k = 0; k < table_count(&scaling->members); k++)
        foreign += ((const struct scaling_member *)table_at(&scaling->members, k))->zone == 0;
    assert_int_equal(foreign, 0);
    assert_int_equal(least, 4); /* never fewer than wanted */
    assert_int_equal(table_count(&scaling->members), 4);
    fixture_close(&fixture);
}

static void next_is(const char *text, const char *after, const char *expected)
{
    struct cron cron;
    int64_t from;
    int64_t to;

    assert_true(cron_parse(text, &cron));
    assert_true(clock_parse(after, &from));
    assert_true(clock_parse(expected, &to));
    assert_int_equal(cron_next(&cron, from), to);
}

/* Scheduled actions would come at the wrong time. */
static void test_cron(void **state)
{
    static const char *const bad[] = {"",          "* * * *",     "* * * * * *", "60 * * * *",
                                      "* 24 * * *", "* * 0 * *",  "* * * 13 *",  "* * * * 8",
                                      "5-1 * * * *", "*/0 * * * *", "a * * * *",  "1, * * * *"};
    struct cron cron;

    (void)state;
    next_is("30 8 * * *", "2026-01-05T08:30:00Z", "2026-01-06T08:30:00Z");
    next_is("*/15 * * * *", "2026-01-05T08:31:00Z", "2026-01-05T08:45:00Z");
    next_is("0 9 * * MON-FRI", "2026-01-09T09:00:00Z", "2026-01-12T09:00:00Z");
    next_is("0 0 1,15 * *", "2026-01-02T00:00:00Z", "2026-01-15T00:00:00Z");
    next_is("0 0 29 2 *", "2026-01-05T00:00:00Z", "2028-02-29T00:00:00Z");
    next_is("0 0 13 * FRI", "2026-01-05T00:00:00Z", "2026-01-09T00:00:00Z");
    next_is("0 0 * * 7", "2026-01-05T00:00:00Z", "2026-01-11T00:00:00Z");
    assert_true(cron_parse("0 0 30 2 *", &cron));
    assert_true(cron_next(&cron, SIM_BEGIN_NS) == SIM_NEVER);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(cron_parse(bad[i], &cron));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tracking),
        cmocka_unit_test(test_cooldown),
        cmocka_unit_test(test_zones),
        cmocka_unit_test(test_cron),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
