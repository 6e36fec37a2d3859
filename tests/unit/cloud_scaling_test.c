/*
 * tests/unit/cloud_scaling_test.c - Auto Scaling groups under random requests, faults and time.
 *
 * If this fails, a group wants more than its bounds allow (A1), never gets what it wants, grows and
 * shrinks at once (A2), or launches and ends without telling why (A3 of RELIABILITY); or a policy
 * asks for another number than AWS documents.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/world.h"
#include "sim/clock.h"
#include "sim/cron.h"

enum { SEEDS = 8, COMMANDS = 120, GROUPS = 3 };

struct run {
    struct world *world;
    struct catalog *catalog;
    struct chance luck;
    uint64_t seed;
    int step;
    uint64_t template;
    uint32_t refused;
    uint32_t settled;    /* groups that came to what they wanted */
    uint32_t explained;  /* members and activities that agree */
    uint32_t together;   /* activities that began in the same instant */
};

#define HOLDS(run, what) \
    do { \
        if (!(what)) \
            fail_msg("seed %u, command %d, %lld s: not %s", (unsigned)(run)->seed, (run)->step, \
                     (long long)(((run)->world->sim.now - SIM_BEGIN_NS) / SECOND_NS), #what); \
    } while (0)

/* ---- what must hold ---- */

/* A1: the wish lies within its bounds, at every event. */
static void bounds_check(struct run *run)
{
    const struct scaling *scaling = &run->world->scaling;

    for (uint32_t i = 0; i < table_count(&scaling->groups); i++) {
        const struct scaling_group *group = table_at(&scaling->groups, i);

        HOLDS(run, group->least <= group->desired && group->desired <= group->most);
    }
}

static bool is_about(const struct scaling_activity *activity, const char *words)
{
    return strncmp(activity->description, words, strlen(words)) == 0;
}

/* A3: every member came by one activity, every other instance of one went by one; all say why. */
static void activities_check(struct run *run)
{
    const struct scaling *scaling = &run->world->scaling;
    const struct table *activities = &scaling->activities;

    for (uint32_t i = 0; i < table_count(activities); i++) {
        const struct scaling_activity *activity = table_at(activities, i);
        bool comes = is_about(activity, "Launching") || is_about(activity, "Attaching");
        uint32_t came = 0;
        uint32_t went = 0;

        HOLDS(run, strncmp(activity->cause, "At 2026-", 8) == 0);
        HOLDS(run, (activity->end != 0) == (activity->status >= ACTIVITY_SUCCESSFUL));
        if (!comes || activity->instance == 0)
            continue;
        for (uint32_t k = 0; k < table_count(activities); k++) {
            const struct scaling_activity *other = table_at(activities, k);

            if (other->instance != activity->instance)
                continue;
            came += is_about(other, "Launching") || is_about(other, "Attaching");
            went += (is_about(other, "Terminating") || is_about(other, "Detaching")) &&
                    other->status == ACTIVITY_SUCCESSFUL;
        }
        HOLDS(run, came == went + (scaling_member_find(scaling, activity->instance) != NULL));
        run->explained++;
    }
    for (uint32_t i = 0; i < table_count(&scaling->members); i++) {
        const struct scaling_member *member = table_at(&scaling->members, i);
        uint32_t came = 0;

        for (uint32_t k = 0; k < table_count(activities); k++)
            came += ((const struct scaling_activity *)table_at(activities, k))->instance ==
                    member->instance;
        HOLDS(run, came > 0);
        HOLDS(run, member->activity == 0 || table_find(activities, member->activity) != NULL);
    }
}

/* A2: a group does not grow and shrink for the same difference in the same instant. */
static void contradiction_check(struct run *run)
{
    const struct table *activities = &run->world->scaling.activities;

    for (uint32_t i = 1; i < table_count(activities); i++) {
        const struct scaling_activity *one = table_at(activities, i - 1);
        const struct scaling_activity *two = table_at(activities, i);

        if (one->begin != two->begin || one->group != two->group)
            continue;
        run->together++;
        HOLDS(run, !(strstr(one->cause, "increasing") != NULL &&
                     strstr(two->cause, "selected for termination") != NULL));
        HOLDS(run, !(strstr(two->cause, "increasing") != NULL &&
                     strstr(one->cause, "selected for termination") != NULL));
    }
}

/* A1, liveness, and A2: all serve, as many as wanted, spread over the zones. */
static void settled_check(struct run *run)
{
    const struct scaling *scaling = &run->world->scaling;

    for (uint32_t i = 0; i < table_count(&scaling->groups); i++) {
        const struct scaling_group *group = table_at(&scaling->groups, i);
        int64_t zones[ZONES_PER_REGION] = {0};
        int64_t serving = 0;
        int64_t least = INT64_MAX;
        int64_t most = 0;

        for (uint32_t k = 0; k < table_count(&scaling->members); k++) {
            const struct scaling_member *member = table_at(&scaling->members, k);

            if (member->group != group->id || member->state != MEMBER_IN_SERVICE)
                continue;
            HOLDS(run, instance_any(&run->world->instances, member->instance)->state ==
                           INSTANCE_RUNNING);
            serving++;
            zones[member->zone % ZONES_PER_REGION]++;
        }
        for (uint32_t k = 0; k < group->zones.count; k++) {
            int64_t count = zones[group->zones.items[k] % ZONES_PER_REGION];

            least = count < least ? count : least;
            most = count > most ? count : most;
        }
        HOLDS(run, !group->deleting);
        HOLDS(run, serving == group->desired);
        HOLDS(run, most - least <= 1);
        run->settled++;
    }
}

/* I2, I7 */
static void saving_check(struct run *run)
{
    struct str bytes = STR_INIT;
    struct str again = STR_INIT;
    const char *error = NULL;
    struct world *copy;

    world_pack(run->world, &bytes);
    copy = world_unpack(run->catalog, bytes.text, bytes.length, &error);
    HOLDS(run, copy != NULL);
    world_pack(copy, &again);
    HOLDS(run, bytes.length == again.length);
    HOLDS(run, memcmp(bytes.text, again.text, bytes.length) == 0);
    world_free(run->world);
    run->world = copy;
    str_release(&bytes);
    str_release(&again);
}

/* ---- a world to scale in ---- */

static uint64_t template_make(struct world *world)
{
    struct arena arena = ARENA_INIT;
    struct fault fault = FAULT_INIT;
    const struct launch_template *template;
    struct launch_wish data = {.type = "t3.micro"};
    struct launch_template_new wish = {
        .account = ACCOUNT_LEARNER, .name = "web", .data = &data};

    for (uint32_t i = 0; i < table_count(&world->images.table); i++) {
        const struct image *image = table_at(&world->images.table, i);

        if (image->region == 0 && image->architecture == ARCH_X86_64 &&
            strcmp(image_origin(&world->images, image)->platform, "Windows") != 0)
            data.image = id_text(&arena, &kind_image, image->key);
    }
    template = launch_template_add(&world->templates, &wish, &fault);
    assert_non_null(template);
    arena_release(&arena);
    return template->id;
}

static struct scaling_group *group_make(struct world *world, uint64_t template, const char *name,
                                        int64_t least, int64_t most, struct fault *fault)
{
    const char *names[] = {"us-east-1a", "us-east-1b", "us-east-1c"};
    const struct strings zones = {names, 3, 3};
    const struct scaling_group_wish wish = {
        .account = ACCOUNT_LEARNER,
        .name = name,
        .template = table_get(&world->templates.table, template),
        .least = OPT_INT(least),
        .most = OPT_INT(most),
        .zones = &zones,
    };

    return scaling_group_add(&world->scaling, &wish, fault);
}

static uint64_t draw(struct run *run, uint64_t n)
{
    return chance_below(&run->luck, n);
}

static struct scaling_group *any_group(struct run *run)
{
    uint32_t count = table_count(&run->world->scaling.groups);

    return count == 0 ? NULL : table_at(&run->world->scaling.groups, (uint32_t)draw(run, count));
}

static struct scaling_member *any_member(struct run *run)
{
    uint32_t count = table_count(&run->world->scaling.members);

    return count == 0 ? NULL : table_at(&run->world->scaling.members, (uint32_t)draw(run, count));
}

/* ---- commands ---- */

static int hook_command(struct run *run, struct scaling_group *group, struct fault *fault)
{
    struct scaling *scaling = &run->world->scaling;
    const struct lifecycle_hook_new wish = {
        .group = group,
        .name = draw(run, 2) == 0 ? "one" : "two",
        .transition_set = draw(run, 4) != 0,
        .launching = draw(run, 2) == 0,
        .heartbeat_s = OPT_INT(30 + (int64_t)draw(run, 200)),
        .carries_on = OPT_BOOL(draw(run, 3) != 0),
    };
    const struct lifecycle_hook *hook = lifecycle_hook_find(scaling, group, wish.name);
    struct scaling_member *member = any_member(run);

    if (hook == NULL)
        return lifecycle_hook_put(scaling, &wish, fault);
    if (draw(run, 3) == 0) {
        lifecycle_hook_remove(scaling, hook);
        return 0;
    }
    return lifecycle_action_complete(scaling,
                                     &(struct lifecycle_result){
                                         .hook = hook,
                                         .instance = member == NULL ? 1 : member->instance,
                                         .instance_text = "i-",
                                         .carries_on = draw(run, 4) != 0,
                                     },
                                     fault);
}

static int policy_command(struct run *run, struct scaling_group *group, struct fault *fault)
{
    struct scaling *scaling = &run->world->scaling;
    struct scaling_step up = {.low = 0, .adjustment = 50, .has_low = true};
    struct scaling_policy wish = {
        .group = group->id,
        .name = (char *)(uintptr_t)"p",
        .cooldown_s = (int64_t)draw(run, 100),
        .warmup_s = (int64_t)draw(run, 100),
        .type = (uint8_t)(POLICY_SIMPLE + draw(run, 3)),
        .adjustment_type = (uint8_t)(ADJUST_CHANGE + draw(run, 3)),
        .adjustment = (int64_t)draw(run, 5) - 2,
        .metric = TRACK_CPU,
        .target = 50 * SCALING_MILLION,
        .steps = {&up, 1, 1},
    };
    struct scaling_policy *policy = scaling_policy_put(scaling, &wish, fault);
    const struct scaling_trigger trigger = {
        .alarm = draw(run, 2) == 0 ? "alarm" : NULL,
        .heed_cooldown = draw(run, 2) == 0,
        .has_metric = true,
        .metric = (int64_t)draw(run, 100) * SCALING_MILLION,
        .threshold = 50 * SCALING_MILLION,
        .is_low = draw(run, 2) == 0,
    };
    struct fault inner = FAULT_INIT;

    if (policy != NULL)
        scaling_policy_execute(scaling, policy, &trigger, &inner);
    fault_release(&inner);
    return policy == NULL ? -1 : 0;
}

static int member_command(struct run *run, struct fault *fault)
{
    struct scaling *scaling = &run->world->scaling;
    struct scaling_member *member = any_member(run);
    struct instance *instance;
    struct scaling_set set;
    uint64_t activity;

    if (member == NULL)
        return 0;
    set = (struct scaling_set){table_get(&scaling->groups, member->group), &member->instance, 1};
    instance = instance_any(&run->world->instances, member->instance);
    switch (draw(run, 8)) {
    case 0:
        return scaling_detach(scaling, set, draw(run, 2) == 0, &activity, fault);
    case 1:
        return scaling_enter_standby(scaling, set, draw(run, 2) == 0, &activity, fault);
    case 2:
        return scaling_exit_standby(scaling, set, &activity, fault);
    case 3:
        return scaling_end_instance(scaling, member, draw(run, 2) == 0, &activity, fault);
    case 4:
        scaling_set_health(scaling, member, draw(run, 4) == 0, false);
        return 0;
    case 5:
        return scaling_protect(scaling, set, draw(run, 2) == 0, fault);
    case 6:
        return instance == NULL ? 0
                                : instances_stop(&run->world->instances,
                                                 (struct instance_set){&instance, 1}, false,
                                                 fault);
    default:
        return instance == NULL ? 0
                                : instances_terminate(&run->world->instances,
                                                      (struct instance_set){&instance, 1}, fault);
    }
}

static int zone_command(struct run *run, struct fault *fault)
{
    struct injections *injections = &run->world->injections;

    if (table_count(&injections->table) > 0) {
        const struct injection *first = table_at(&injections->table, 0);

        injection_clear(injections, first->id);
        return 0;
    }
    return injection_add(injections,
                         &(struct injection_new){.account = ACCOUNT_LEARNER,
                                                 .kind = INJECT_ZONE,
                                                 .subject = 1 + draw(run, 3)},
                         fault) == NULL
               ? -1
               : 0;
}

static int group_command(struct run *run, struct scaling_group *group, struct fault *fault)
{
    struct scaling *scaling = &run->world->scaling;
    struct scaling_group_wish change = {.account = ACCOUNT_LEARNER};

    switch (draw(run, 6)) {
    case 0:
        change.least = OPT_INT((int64_t)draw(run, 4));
        change.most = OPT_INT((int64_t)draw(run, 6));
        return group->deleting ? 0 : scaling_group_change(scaling, group, &change, fault);
    case 1:
        scaling_suspend(scaling, group, 1u << (1 + draw(run, PROCESS_END_ - 1)));
        return 0;
    case 2:
        scaling_resume(scaling, group, 0);
        return 0;
    case 3:
        return scaling_group_delete(scaling, group, draw(run, 4) == 0, fault);
    default:
        return group->deleting ? 0
                               : scaling_set_desired(scaling, group, (int64_t)draw(run, 7),
                                                     draw(run, 3) == 0, fault);
    }
}

static int command(struct run *run, struct fault *fault)
{
    static const char *const names[GROUPS] = {"web", "app", "db"};
    struct scaling_group *group = any_group(run);
    uint64_t choice = draw(run, 12);

    if (group == NULL || choice == 0)
        return group_make(run->world, run->template, names[draw(run, GROUPS)],
                          (int64_t)draw(run, 4), 1 + (int64_t)draw(run, 5), fault) == NULL
                   ? -1
                   : 0;
    if (choice < 4)
        return group_command(run, group, fault);
    if (choice < 8)
        return member_command(run, fault);
    if (choice == 8)
        return hook_command(run, group, fault);
    if (choice < 11)
        return group->deleting ? 0 : policy_command(run, group, fault);
    return zone_command(run, fault);
}

static void command_run(struct run *run)
{
    unsigned char before[PACK_HASH_SIZE];
    unsigned char after[PACK_HASH_SIZE];
    struct fault fault = FAULT_INIT;

    world_hash(run->world, before);
    if (command(run, &fault) != 0) { /* I5 */
        world_hash(run->world, after);
        HOLDS(run, memcmp(before, after, sizeof(before)) == 0);
        HOLDS(run, fault.kind != NULL && fault.message != NULL);
        run->refused++;
    }
    fault_release(&fault);
    bounds_check(run);
}

static void time_pass(struct run *run, int64_t delay)
{
    int64_t until = run->world->sim.now + delay;

    while (sim_is_due(&run->world->sim, until)) {
        world_advance(run->world, until, SIM_EVENT_COST);
        bounds_check(run);
    }
}

/* The faults stop: nothing is suspended, broken, protected or waited for. */
static void calm(struct run *run)
{
    struct scaling *scaling = &run->world->scaling;

    while (table_count(&run->world->injections.table) > 0) {
        const struct injection *first = table_at(&run->world->injections.table, 0);

        injection_clear(&run->world->injections, first->id);
    }
    while (table_count(&scaling->hooks) > 0)
        lifecycle_hook_remove(scaling, table_at(&scaling->hooks, 0));
    for (uint32_t i = 0; i < table_count(&scaling->members); i++)
        ((struct scaling_member *)table_at(&scaling->members, i))->protected = false;
    for (uint32_t i = 0; i < table_count(&scaling->groups); i++)
        scaling_resume(scaling, table_at(&scaling->groups, i), 0);
}

static int seeds(void)
{
    const char *text = getenv("NEPHOSCOPE_SEEDS");

    return text == NULL ? SEEDS : (int)strtol(text, NULL, 10);
}

/* A1 to A3 of RELIABILITY, whatever is asked and whatever breaks. */
static void test_always(void **state)
{
    struct run sum = {0};

    (void)state;
    for (int seed = 1; seed <= seeds(); seed++) {
        struct catalog *catalog = catalog_new();
        struct run run = {
            .world = world_new(catalog, (uint64_t)seed, 0),
            .catalog = catalog,
            .luck = chance_stream((uint64_t)seed, "scaling-test", 0),
            .seed = (uint64_t)seed,
        };

        run.template = template_make(run.world);
        for (run.step = 0; run.step < COMMANDS; run.step++) {
            command_run(&run);
            time_pass(&run, chance_between_ns(&run.luck, 0, 90 * SECOND_NS));
            if (run.step % 16 == 0) {
                activities_check(&run);
                contradiction_check(&run);
                saving_check(&run);
            }
        }
        calm(&run);
        time_pass(&run, 2 * HOUR_NS);
        activities_check(&run);
        settled_check(&run);
        sum.refused += run.refused;
        sum.settled += run.settled;
        sum.explained += run.explained;
        sum.together += run.together;
        world_free(run.world);
        catalog_free(catalog);
    }
    print_message("%u refusals, %u groups settled, %u comings explained, %u beginnings together\n",
                  sum.refused, sum.settled, sum.explained, sum.together);
    assert_true(sum.refused > 50 && sum.settled > 5 && sum.explained > 500 && sum.together > 20);
}

/* ---- single rules ---- */

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
        cmocka_unit_test(test_always),   cmocka_unit_test(test_tracking),
        cmocka_unit_test(test_cooldown), cmocka_unit_test(test_zones),
        cmocka_unit_test(test_cron),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
