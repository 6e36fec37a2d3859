/*
 * tests/unit/cloud_scaling_property_test.c - Auto Scaling groups under random requests, policies,
 * alarms, schedules, hooks, target groups, faults and time (RELIABILITY A1 to A3).
 *
 * If this fails, a group wants more than its bounds allow or never gets what it wants (A1); heeds
 * no cooldown or warm-up, grows and shrinks at once, or leaves its zones unbalanced (A2); or
 * launches and ends without telling why, or not once (A3).
 *
 * A seed is more than a hundred commands and an hour, with features switched on and off.  After
 * every event a ledger is kept beside the room: who came and went, and by which activity.
 */
#include "cloud_scaling_rig.h"

#include "cloud/listener.h"
#include "cloud/scaling_activity.h"
#include "cloud/target.h"

enum { SEEDS = 80, COMMANDS = 120, GROUPS = 3, ENTRIES = 64, FULL_EVERY = 64 };

/* What a seed may use: a bit each. */
enum feature {
    WITH_HOOKS = 1 << 0,
    WITH_POLICIES = 1 << 1,
    WITH_ALARMS = 1 << 2,
    WITH_SCHEDULES = 1 << 3,
    WITH_TARGETS = 1 << 4, /* target groups, whose health counts */
    WITH_ZONE_FAULTS = 1 << 5,
    WITH_STANDBY = 1 << 6,
    WITH_SUSPENSION = 1 << 7,
    WITH_ENDS = 1 << 8, /* instances are stopped and terminated behind the group's back */
    WITH_PROTECTION = 1 << 9,
    WITH_WARMUP = 1 << 10,
};

/* Somebody in a group, as the ledger has it. */
struct entry {
    uint64_t instance; /* 0: none */
    uint64_t group;
    uint32_t came; /* activities since */
    uint32_t went;
    int64_t warm; /* until when it warms up, if its group says so */
    uint8_t state;
};

/* What the ledger knows of a group. */
struct watch {
    uint64_t group; /* 0: none */
    int64_t desired;
    int64_t cooling_s; /* a simple policy has changed it: its cooldown is to come */
    int64_t cooled;    /* until when it holds */
    char reason[256]; /* of the latest change that had one */
};

struct counts {
    uint64_t commands;
    uint64_t events;
    uint64_t refused;
    uint64_t settled;    /* A1: groups that came to what they wanted */
    uint64_t cooldowns;  /* A2: begun */
    uint64_t heeded;     /* simple policies that were refused because of one */
    uint64_t warmups;    /* times that an alarm's policy made a group smaller */
    uint64_t together;   /* activities that began in the same instant */
    uint64_t came;       /* A3: comings with their activity */
    uint64_t went;       /* and goings */
    uint64_t moves;      /* changes of a member's state */
    uint64_t replaced;   /* ended because they were unhealthy */
    uint64_t by_targets; /* of these, as a load balancer said */
    uint64_t scheduled;  /* sizes changed by schedules */
    uint64_t alarmed;    /* and by alarms */
};

struct run {
    struct property p;
    uint32_t with;
    uint64_t template;
    uint64_t listener_group; /* a target group with a load balancer before it */
    struct entry entries[ENTRIES];
    struct watch watches[GROUPS * 4];
    uint32_t seen;  /* activities that the ledger has read */
    struct counts counts;
};

static uint64_t draw(struct run *run, uint64_t n)
{
    return property_draw(&run->p, n);
}

static bool has(const struct run *run, enum feature feature)
{
    return (run->with & feature) != 0;
}

static struct scaling *scaling_of(struct run *run)
{
    return &run->p.world->scaling;
}

/* ---- A3: the ledger ---- */

static struct entry *entry_of(struct run *run, uint64_t instance)
{
    for (int i = 0; i < ENTRIES; i++)
        if (run->entries[i].instance == instance)
            return &run->entries[i];
    return NULL;
}

static bool is_about(const struct scaling_activity *activity, const char *words)
{
    return strncmp(activity->description, words, strlen(words)) == 0;
}

/* Writes one activity into the ledger. */
static void activity_read(struct run *run, const struct scaling_activity *activity)
{
    struct entry *entry = activity->instance == 0 ? NULL : entry_of(run, activity->instance);
    bool comes = is_about(activity, "Launching") || is_about(activity, "Attaching");
    bool goes = is_about(activity, "Terminating") || is_about(activity, "Detaching");

    HOLDS(&run->p, strncmp(activity->cause, "At 2026-", 8) == 0);
    HOLDS(&run->p, strlen(activity->cause) > 40);
    HOLDS(&run->p, activity->begin == run->p.world->sim.now);
    run->counts.replaced +=
        strstr(activity->cause, "taken out of service in response to a") != NULL &&
        strstr(activity->cause, "difference") == NULL;
    run->counts.by_targets += strstr(activity->cause, "an ELB system health check") != NULL;
    if (activity->instance == 0 || !(comes || goes))
        return;
    if (entry == NULL) {
        entry = entry_of(run, 0);
        assert_non_null(entry);
        *entry = (struct entry){.instance = activity->instance, .group = activity->group};
    }
    entry->came += comes;
    entry->went += goes;
}

/* Is it a step that AWS's lifecycle knows?  Steps that take no time may be passed over. */
static bool move_is_legal(uint8_t from, uint8_t to)
{
    bool leaves = to == MEMBER_TERMINATING || to == MEMBER_TERMINATING_WAIT;

    if (from == MEMBER_DETACHING)
        return false;
    if (from == MEMBER_STANDBY || from == MEMBER_ENTERING_STANDBY)
        return leaves || to == MEMBER_STANDBY || to == MEMBER_DETACHING || to < MEMBER_TERMINATING;
    if (from >= MEMBER_TERMINATING)
        return to > from && to <= MEMBER_TERMINATING_PROCEED;
    if (from == MEMBER_IN_SERVICE)
        return to > from;
    return (to > from && to <= MEMBER_IN_SERVICE) || leaves || to == MEMBER_DETACHING ||
           to == MEMBER_STANDBY || to == MEMBER_ENTERING_STANDBY;
}

static struct watch *watch_of(struct run *run, uint64_t group)
{
    struct watch *spare = NULL;

    for (int i = 0; i < GROUPS * 4; i++) {
        struct watch *watch = &run->watches[i];

        if (watch->group == group)
            return watch;
        if (spare == NULL &&
            (watch->group == 0 || table_find(&scaling_of(run)->groups, watch->group) == NULL))
            spare = watch;
    }
    assert_non_null(spare);
    *spare = (struct watch){.group = group, .desired = -1};
    return spare;
}

/* How long somebody of the group warms up who comes into service now. */
static int64_t warmup_of(struct run *run, uint64_t id)
{
    const struct scaling_group *group = table_get(&scaling_of(run)->groups, id);
    int64_t warm_s = group->warming_s != 0 ? group->warming_s : group->warmup_s;

    return warm_s > 0 ? warm_s * SECOND_NS : 0;
}

/* Whoever is in came by one activity; whoever is no longer in went by one, which has ended well. */
static void ledger_check(struct run *run)
{
    const struct scaling *scaling = scaling_of(run);

    for (; run->seen < table_count(&scaling->activities); run->seen++)
        activity_read(run, table_at(&scaling->activities, run->seen));
    for (uint32_t i = 0; i < table_count(&scaling->members); i++) {
        const struct scaling_member *member = table_at(&scaling->members, i);
        struct entry *entry = entry_of(run, member->instance);

        HOLDS(&run->p, entry != NULL);
        HOLDS(&run->p, entry->came == 1);
        HOLDS(&run->p, entry->went == (member->state == MEMBER_TERMINATING ||
                                       member->state == MEMBER_TERMINATING_WAIT ||
                                       member->state == MEMBER_TERMINATING_PROCEED ||
                                       member->state == MEMBER_DETACHING));
        HOLDS(&run->p, entry->group == member->group);
        HOLDS(&run->p, entry->state == 0 || entry->state == member->state ||
                           move_is_legal(entry->state, member->state));
        if (entry->state != member->state && member->state == MEMBER_IN_SERVICE)
            entry->warm = run->p.world->sim.now + warmup_of(run, member->group);
        run->counts.moves += entry->state != member->state;
        run->counts.came += entry->state == 0;
        entry->state = member->state;
    }
    for (int i = 0; i < ENTRIES; i++) {
        struct entry *entry = &run->entries[i];

        if (entry->instance == 0 || scaling_member_find(scaling, entry->instance) != NULL)
            continue;
        HOLDS(&run->p, entry->came == 1 && entry->went == 1);
        run->counts.went++;
        *entry = (struct entry){0};
    }
}

/* ---- A1 and A2, at every event ---- */

/* The last sentence of what changed its wish. */
static const char *reason_of(const struct scaling_group *group)
{
    const char *last = group->why == NULL ? "" : group->why;

    for (const char *at = last; (at = strstr(at, "At 2026-")) != NULL; at++)
        last = at;
    return last;
}

static int64_t cooldown_of(struct run *run, const struct scaling_group *group, const char *policy)
{
    const struct scaling_policy *found = scaling_policy_find(scaling_of(run), group, policy);

    return found == NULL || found->cooldown_s < 0 ? group->cooldown_s : found->cooldown_s;
}

/* Scale in by an alarm waits for those that are on their way or warm up. */
static void warm_check(struct run *run, const struct scaling_group *group)
{
    const struct table *members = &scaling_of(run)->members;

    run->counts.warmups++;
    for (uint32_t i = 0; i < table_count(members); i++) {
        const struct scaling_member *member = table_at(members, i);

        if (member->group != group->id)
            continue;
        HOLDS(&run->p, member->state > MEMBER_PENDING_PROCEED);
        HOLDS(&run->p, member->state != MEMBER_IN_SERVICE ||
                           run->p.world->sim.now >= entry_of(run, member->instance)->warm);
    }
}

static void desired_changed(struct run *run, const struct scaling_group *group,
                            struct watch *watch)
{
    const char *reason = reason_of(group);
    bool alarm = strstr(reason, "a monitor alarm") != NULL;
    bool smaller = group->desired < watch->desired;

    run->counts.alarmed += alarm;
    run->counts.scheduled += strstr(reason, "scheduled action") != NULL;
    if (strstr(reason, "policy simple ") != NULL) {
        HOLDS(&run->p, !alarm || watch->cooling_s == 0);
        HOLDS(&run->p, !alarm || run->p.world->sim.now >= watch->cooled);
        watch->cooling_s = cooldown_of(run, group, "simple");
        run->counts.cooldowns++;
    } else if (alarm && smaller) {
        warm_check(run, group);
    }
}

/* All that a simple policy set going is done: from now on the cooldown runs. */
static bool is_done(struct run *run, const struct scaling_group *group)
{
    return activity_under_way(scaling_of(run), group) == NULL &&
           scaling_group_size(scaling_of(run), group) == group->desired;
}

static void groups_check(struct run *run)
{
    const struct table *groups = &scaling_of(run)->groups;

    for (uint32_t i = 0; i < table_count(groups); i++) {
        const struct scaling_group *group = table_at(groups, i);
        struct watch *watch = watch_of(run, group->id);

        HOLDS(&run->p, group->least <= group->desired && group->desired <= group->most);
        /* Who leaves and takes his place along changes the number without a reason of its own. */
        if (watch->desired >= 0 && watch->desired != group->desired &&
            strcmp(reason_of(group), watch->reason) != 0)
            desired_changed(run, group, watch);
        snprintf(watch->reason, sizeof(watch->reason), "%s", reason_of(group));
        watch->desired = group->desired;
        if (watch->cooling_s > 0 && is_done(run, group)) {
            watch->cooled = run->p.world->sim.now + watch->cooling_s * SECOND_NS;
            watch->cooling_s = 0;
        }
    }
}

/* A2: a group does not grow and shrink for the same difference in the same instant. */
static void contradiction_check(struct run *run, uint32_t from)
{
    const struct table *activities = &scaling_of(run)->activities;

    for (uint32_t i = from > 0 ? from : 1; i < table_count(activities); i++) {
        const struct scaling_activity *two = table_at(activities, i);

        for (uint32_t k = i; k-- > 0;) {
            const struct scaling_activity *one = table_at(activities, k);

            if (one->begin != two->begin)
                break;
            if (one->group != two->group)
                continue;
            run->counts.together++;
            HOLDS(&run->p, !(strstr(one->cause, "increasing") != NULL &&
                             strstr(two->cause, "selected for termination") != NULL));
            HOLDS(&run->p, !(strstr(two->cause, "increasing") != NULL &&
                             strstr(one->cause, "selected for termination") != NULL));
        }
    }
}

static void look(struct run *run)
{
    uint32_t before = run->seen;

    ledger_check(run);
    contradiction_check(run, before);
    groups_check(run);
}

/* ---- now and then ---- */

/* All activities: those that have ended say so, and each member's is there. */
static void activities_check(struct run *run)
{
    const struct scaling *scaling = scaling_of(run);

    for (uint32_t i = 0; i < table_count(&scaling->activities); i++) {
        const struct scaling_activity *activity = table_at(&scaling->activities, i);

        HOLDS(&run->p, (activity->end != 0) == (activity->status >= ACTIVITY_SUCCESSFUL));
        HOLDS(&run->p, activity->end == 0 || activity->end >= activity->begin);
    }
    for (uint32_t i = 0; i < table_count(&scaling->members); i++) {
        const struct scaling_member *member = table_at(&scaling->members, i);

        HOLDS(&run->p, member->activity == 0 ||
                           table_find(&scaling->activities, member->activity) != NULL);
    }
}

/* A1, liveness, and A2: all serve, as many as wanted, spread over the zones. */
static void settled_check(struct run *run)
{
    const struct scaling *scaling = scaling_of(run);

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
            HOLDS(&run->p, instance_any(&run->p.world->instances, member->instance)->state ==
                               INSTANCE_RUNNING);
            serving++;
            zones[member->zone % ZONES_PER_REGION]++;
        }
        for (uint32_t k = 0; k < group->zones.count; k++) {
            int64_t count = zones[group->zones.items[k] % ZONES_PER_REGION];

            least = count < least ? count : least;
            most = count > most ? count : most;
        }
        HOLDS(&run->p, !group->deleting);
        HOLDS(&run->p, serving == group->desired);
        HOLDS(&run->p, most - least <= 1);
        run->counts.settled++;
    }
}

/* ---- commands ---- */

static struct scaling_group *any_group(struct run *run)
{
    uint32_t count = table_count(&scaling_of(run)->groups);

    return count == 0 ? NULL : table_at(&scaling_of(run)->groups, (uint32_t)draw(run, count));
}

static struct scaling_member *any_member(struct run *run)
{
    uint32_t count = table_count(&scaling_of(run)->members);

    return count == 0 ? NULL : table_at(&scaling_of(run)->members, (uint32_t)draw(run, count));
}

static int hook_command(struct run *run, struct scaling_group *group, struct fault *fault)
{
    struct scaling *scaling = scaling_of(run);
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

    if (!has(run, WITH_HOOKS))
        return 0;
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

/* The three types of policies have a name each. */
static struct scaling_policy *policy_make(struct run *run, struct scaling_group *group,
                                          struct fault *fault)
{
    static const char *const names[] = {"", "simple", "step", "tracking"};
    struct scaling_step steps[] = {
        {.low = 0, .adjustment = 50, .has_low = true},
        {.high = 0, .adjustment = -50, .has_high = true},
    };
    uint8_t type = (uint8_t)(POLICY_SIMPLE + draw(run, 3));
    struct scaling_policy wish = {
        .group = group->id,
        .name = (char *)(uintptr_t)names[type],
        .cooldown_s = draw(run, 3) == 0 ? -1 : (int64_t)draw(run, 100),
        .warmup_s = draw(run, 3) == 0 ? -1 : (int64_t)draw(run, 100),
        .type = type,
        .adjustment_type = (uint8_t)(ADJUST_CHANGE + draw(run, 3)),
        .adjustment = (int64_t)draw(run, 5) - 2,
        .metric = TRACK_CPU,
        .target = 50 * SCALING_MILLION,
        .steps = {steps, 2, 2},
    };

    return scaling_policy_put(scaling_of(run), &wish, fault);
}

static int policy_command(struct run *run, struct scaling_group *group, struct fault *fault)
{
    struct scaling_policy *policy = policy_make(run, group, fault);
    const struct scaling_trigger trigger = {
        .alarm = draw(run, 3) != 0 ? "alarm" : NULL,
        .heed_cooldown = draw(run, 2) == 0,
        .has_metric = true,
        .metric = (int64_t)draw(run, 100) * SCALING_MILLION,
        .threshold = 50 * SCALING_MILLION,
        .is_low = draw(run, 2) == 0,
    };
    struct fault inner = FAULT_INIT;

    if (policy != NULL && has(run, WITH_POLICIES)) {
        int status = scaling_policy_execute(scaling_of(run), policy, &trigger, &inner);

        run->counts.heeded += status != 0 && policy->type == POLICY_SIMPLE;
    }
    fault_release(&inner);
    return policy == NULL ? -1 : 0;
}

/* An alarm that executes one of the group's policies. */
static int alarm_command(struct run *run, struct scaling_group *group, struct fault *fault)
{
    struct alarms *alarms = &run->p.world->alarms;
    struct scaling_policy *policy = policy_make(run, group, fault);
    struct alarm *alarm = NULL;
    struct arena arena = ARENA_INIT;
    const char *action;
    int result = policy == NULL ? -1 : 0;

    if (policy != NULL && has(run, WITH_ALARMS) && policy->type != POLICY_TRACKING) {
        action = scaling_policy_arn(scaling_of(run), &arena, policy);
        alarm = alarm_put(alarms,
                          &(struct alarm_wish){
                              .account = ACCOUNT_LEARNER,
                              .name = draw(run, 2) == 0 ? "busy" : "idle",
                              .metric = {.space = "Shop", .name = "Orders"},
                              .statistic = "Sum",
                              .comparison = COMPARE_GREATER,
                              .missing = MISSING_IGNORE,
                              .period_s = 60,
                              .periods = 1,
                              .threshold = 10 * ALARM_SCALE,
                              .alarm_actions = &action,
                              .alarm_count = 1,
                          },
                          fault);
        result = alarm == NULL ? -1 : 0;
    }
    if (alarm != NULL)
        alarm_set_state(alarms, alarm,
                        draw(run, 3) == 0 ? ALARM_STATE_OK : ALARM_STATE_ALARM, "a test", NULL);
    arena_release(&arena);
    return result;
}

static int schedule_command(struct run *run, struct scaling_group *group, struct fault *fault)
{
    int64_t most = 1 + (int64_t)draw(run, 5);

    if (!has(run, WITH_SCHEDULES))
        return 0;
    return scaling_schedule_put(
        scaling_of(run),
        &(struct scaling_schedule){
            .group = group->id,
            .name = (char *)(uintptr_t)(draw(run, 2) == 0 ? "day" : "night"),
            .begin = run->p.world->sim.now + (int64_t)draw(run, 600) * SECOND_NS,
            .least = (int64_t)draw(run, 4) - 1,
            .most = draw(run, 3) == 0 ? -1 : most,
            .desired = draw(run, 3) == 0 ? -1 : (int64_t)draw(run, 6),
            .recurrence = draw(run, 2) == 0 ? (char *)(uintptr_t)"*/10 * * * *" : NULL,
        },
        fault);
}

/* The group's instances become targets, whose health counts or not. */
static int target_command(struct run *run, struct scaling_group *group, struct fault *fault)
{
    struct target_group *target =
        table_get(&run->p.world->targets.groups, run->listener_group);
    struct scaling_group_wish change = {
        .account = ACCOUNT_LEARNER,
        .health_type = draw(run, 3) != 0 ? "ELB" : "EC2",
        .grace_s = OPT_INT((int64_t)draw(run, 3) * 200),
    };

    if (!has(run, WITH_TARGETS))
        return 0;
    switch (draw(run, 4)) {
    case 0:
        return scaling_detach_targets(scaling_of(run), group, &target, 1, fault);
    case 1:
        return scaling_group_change(scaling_of(run), group, &change, fault);
    default:
        return scaling_attach_targets(scaling_of(run), group, &target, 1, fault);
    }
}

static int end_command(struct run *run, struct instance *instance, struct fault *fault)
{
    struct instance_set set = {&instance, 1};

    if (instance == NULL || !has(run, WITH_ENDS))
        return 0;
    return draw(run, 2) == 0 ? instances_stop(&run->p.world->instances, set, false, fault)
                             : instances_terminate(&run->p.world->instances, set, fault);
}

static int member_command(struct run *run, struct fault *fault)
{
    struct scaling *scaling = scaling_of(run);
    struct scaling_member *member = any_member(run);
    struct scaling_set set;
    uint64_t activity;

    if (member == NULL)
        return 0;
    set = (struct scaling_set){table_get(&scaling->groups, member->group), &member->instance, 1};
    switch (draw(run, 8)) {
    case 0:
        return scaling_detach(scaling, set, draw(run, 2) == 0, &activity, fault);
    case 1:
        return has(run, WITH_STANDBY)
                   ? scaling_enter_standby(scaling, set, draw(run, 2) == 0, &activity, fault)
                   : 0;
    case 2:
        return scaling_exit_standby(scaling, set, &activity, fault);
    case 3:
        return scaling_end_instance(scaling, member, draw(run, 2) == 0, &activity, fault);
    case 4:
        scaling_set_health(scaling, member, draw(run, 4) == 0, false);
        return 0;
    case 5:
        return has(run, WITH_PROTECTION) ? scaling_protect(scaling, set, draw(run, 2) == 0, fault)
                                         : 0;
    default:
        return end_command(run, instance_any(&run->p.world->instances, member->instance), fault);
    }
}

/* An instance that was detached comes back, perhaps into another group. */
static int attach_command(struct run *run, struct scaling_group *group, struct fault *fault)
{
    const struct table *instances = &run->p.world->instances.table;
    struct scaling_set set = {.group = group, .count = 1};

    for (uint32_t i = 0; i < table_count(instances); i++) {
        const struct instance *instance = table_at(instances, i);

        set.instances = &instance->id;
        if (instance->state == INSTANCE_RUNNING &&
            scaling_member_find(scaling_of(run), instance->id) == NULL)
            return scaling_attach(scaling_of(run), set, fault);
    }
    return 0;
}

static int zone_command(struct run *run, struct fault *fault)
{
    struct injections *injections = &run->p.world->injections;

    if (table_count(&injections->table) > 0) {
        const struct injection *first = table_at(&injections->table, 0);

        injection_clear(injections, first->id, "cleared");
        return 0;
    }
    if (!has(run, WITH_ZONE_FAULTS))
        return 0;
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
    struct scaling *scaling = scaling_of(run);
    struct scaling_group_wish change = {.account = ACCOUNT_LEARNER};

    switch (draw(run, 7)) {
    case 0:
        change.least = OPT_INT((int64_t)draw(run, 4));
        change.most = OPT_INT((int64_t)draw(run, 6));
        return scaling_group_change(scaling, group, &change, fault);
    case 1:
        if (has(run, WITH_SUSPENSION))
            scaling_suspend(scaling, group, 1u << (1 + draw(run, PROCESS_END_ - 1)));
        return 0;
    case 2:
        scaling_resume(scaling, group, 0);
        return 0;
    case 3:
        return scaling_group_delete(scaling, group, draw(run, 4) == 0, fault);
    case 4:
        change.cooldown_s = OPT_INT((int64_t)draw(run, 200));
        if (has(run, WITH_WARMUP))
            change.warmup_s = OPT_INT((int64_t)draw(run, 300));
        return scaling_group_change(scaling, group, &change, fault);
    default:
        return scaling_set_desired(scaling, group, (int64_t)draw(run, 7), draw(run, 3) == 0,
                                   fault);
    }
}

static int command(void *context, struct fault *fault)
{
    static const char *const names[GROUPS] = {"web", "app", "db"};
    struct run *run = context;
    struct scaling_group *group = any_group(run);
    uint64_t choice = draw(run, 16);

    if (group == NULL || choice == 0)
        return group_make(run->p.world, run->template, names[draw(run, GROUPS)],
                          (int64_t)draw(run, 4), 1 + (int64_t)draw(run, 5), fault) == NULL
                   ? -1
                   : 0;
    if (choice < 6)
        return member_command(run, fault);
    if (choice == 6)
        return zone_command(run, fault);
    if (group->deleting)
        return 0;
    if (choice < 9)
        return group_command(run, group, fault);
    if (choice < 11)
        return policy_command(run, group, fault);
    if (choice < 13)
        return alarm_command(run, group, fault);
    return choice == 13   ? hook_command(run, group, fault)
           : choice == 14 ? schedule_command(run, group, fault)
           : draw(run, 2) == 0 ? attach_command(run, group, fault)
                               : target_command(run, group, fault);
}

static void time_pass(struct run *run, int64_t delay)
{
    struct sim *sim = &run->p.world->sim;
    int64_t until = sim->now + delay;

    while (sim_is_due(sim, until)) {
        int64_t next = sim_next_time(sim);
        uint64_t before = sim->events_run;

        world_advance(run->p.world, next < until ? next : until, 1);
        run->counts.events += sim->events_run - before;
        look(run);
        if (before / FULL_EVERY != sim->events_run / FULL_EVERY)
            activities_check(run);
    }
}

/* The faults stop: nothing is suspended, broken, protected, asked for or waited for. */
static void calm(struct run *run)
{
    struct scaling *scaling = scaling_of(run);
    struct alarms *alarms = &run->p.world->alarms;
    struct fault fault = FAULT_INIT;

    while (table_count(&run->p.world->injections.table) > 0) {
        const struct injection *first = table_at(&run->p.world->injections.table, 0);

        injection_clear(&run->p.world->injections, first->id, "cleared");
    }
    while (table_count(&scaling->hooks) > 0)
        lifecycle_hook_remove(scaling, table_at(&scaling->hooks, 0));
    while (table_count(&scaling->policies) > 0)
        scaling_policy_remove(scaling, table_at(&scaling->policies, 0));
    while (table_count(&alarms->table) > 0)
        alarm_remove(alarms, table_at(&alarms->table, 0));
    for (uint32_t i = 0; i < table_count(&scaling->members); i++)
        ((struct scaling_member *)table_at(&scaling->members, i))->protected = false;
    for (uint32_t i = 0; i < table_count(&scaling->groups); i++) {
        struct scaling_group *group = table_at(&scaling->groups, i);

        scaling_resume(scaling, group, 0);
        if (!group->deleting)
            assert_int_equal(scaling_group_change(scaling, group,
                                                  &(struct scaling_group_wish){
                                                      .account = ACCOUNT_LEARNER,
                                                      .health_type = "EC2"},
                                                  &fault),
                             0);
    }
}

/* ---- a seed ---- */

/* A target group with a load balancer before it; its targets never answer. */
static uint64_t shop_make(struct world *world)
{
    struct fault fault = FAULT_INIT;
    uint64_t subnets[ZONES_PER_REGION];
    struct target_group *group = target_group_add(
        &world->targets,
        &(struct target_group_new){.account = ACCOUNT_LEARNER,
                                   .vpc = vpc_default(&world->network, ACCOUNT_LEARNER, 0)->id,
                                   .name = "shop",
                                   .protocol = "HTTP",
                                   .port = OPT_INT(80)},
        &fault);
    struct balancer *balancer;
    struct action_group item;
    struct listener_action action = {.type = ACTION_FORWARD, .groups = {&item, 1, 1}};

    assert_non_null(group);
    item = (struct action_group){group->id, 1};
    for (uint8_t zone = 0; zone < ZONES_PER_REGION; zone++)
        subnets[zone] = subnet_default(&world->network, ACCOUNT_LEARNER, zone)->id;
    balancer = balancer_add(&world->balancers,
                            &(struct balancer_new){.account = ACCOUNT_LEARNER,
                                                   .name = "shop",
                                                   .subnets = subnets,
                                                   .subnet_count = ZONES_PER_REGION},
                            &fault);
    assert_non_null(balancer);
    assert_non_null(listener_add(
        &world->balancers, balancer,
        &(struct listener_new){
            .protocol = "HTTP", .port = OPT_INT(80), .actions = &action, .action_count = 1},
        &fault));
    return group->id;
}

static void run_seed(struct run *run)
{
    run->with = (uint32_t)chance_u64(&run->p.luck) | (uint32_t)chance_u64(&run->p.luck);
    run->template = template_make(run->p.world);
    run->listener_group = shop_make(run->p.world);
    for (run->p.step = 0;
         run->p.step < COMMANDS || run->p.world->sim.now - SIM_BEGIN_NS < HOUR_NS;
         run->p.step++) {
        property_ask(&run->p, command, run);
        run->counts.commands++;
        look(run);
        time_pass(run, chance_between_ns(&run->p.luck, 0, 90 * SECOND_NS));
        if (run->p.step % 40 == 0)
            property_save(&run->p);
    }
    while (table_count(&scaling_of(run)->schedules) > 0) {
        const struct scaling_schedule *first = table_at(&scaling_of(run)->schedules, 0);

        table_remove(&scaling_of(run)->schedules, first->key);
    }
    calm(run);
    time_pass(run, 2 * HOUR_NS);
    activities_check(run);
    settled_check(run);
    run->counts.refused = run->p.refused;
}

/* A1 to A3, whatever is asked and whatever breaks. */
static void test_always(void **state)
{
    struct counts sum = {0};
    static struct run run;

    (void)state;
    for (int seed = 1; seed <= property_seeds(SEEDS); seed++) {
        memset(&run, 0, sizeof(run));
        property_open(&run.p, (uint64_t)seed, "scaling-property");
        run_seed(&run);
        for (size_t i = 0; i < sizeof(sum) / sizeof(uint64_t); i++)
            ((uint64_t *)&sum)[i] += ((const uint64_t *)&run.counts)[i];
        property_close(&run.p);
    }
    print_message("%d seeds: %llu commands, %llu events\n", property_seeds(SEEDS),
                  (unsigned long long)sum.commands, (unsigned long long)sum.events);
#define SHOW(what) print_message("  %-10s %llu\n", #what, (unsigned long long)sum.what)
    SHOW(refused);
    SHOW(settled);
    SHOW(cooldowns);
    SHOW(heeded);
    SHOW(warmups);
    SHOW(together);
    SHOW(came);
    SHOW(went);
    SHOW(moves);
    SHOW(replaced);
    SHOW(by_targets);
    SHOW(scheduled);
    SHOW(alarmed);
    for (size_t i = 0; i < sizeof(sum) / sizeof(uint64_t); i++)
        assert_true(((const uint64_t *)&sum)[i] >= 5); /* none was vacuous */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_always),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
