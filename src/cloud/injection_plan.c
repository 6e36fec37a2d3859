/*
 * cloud/injection_plan.c - when things break: at once, at a time, or once a condition holds; and
 * how long they stay broken.
 *
 * Owns    the list of what waits.
 * Moves   waiting -> (its time, or its condition) -> broken -> (its duration) -> well.
 */
#include "cloud/injection_plan.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/bug.h"
#include "base/mem.h"
#include "base/str.h"
#include "cloud/event_kinds.h"
#include "sim/clock.h"

static const struct event_kind due_kind, end_kind;
static const struct fault_kind fault_name_taken, fault_too_many;

void injection_plans_init(struct injections *injections)
{
    table_init(&injections->plans, &injection_plan_shape);
    sim_handle(injections->sim, EVENT_FAULT_DUE, &due_kind, injections);
    sim_handle(injections->sim, EVENT_FAULT_END, &end_kind, injections);
}

void injection_plans_release(struct injections *injections)
{
    table_release(&injections->plans);
}

/* Is the place there that a plan is about? */
static bool place_sound(const struct injections *injections, const struct injection_plan *plan)
{
    uint64_t regions = injections->catalog->region_count;

    if (injection_is_of_zone(plan->kind))
        return plan->subject > 0 && plan->subject <= regions * ZONES_PER_REGION;
    return !injection_is_of_region(plan->kind) || (plan->subject > 0 && plan->subject <= regions);
}

bool injection_plans_restore(struct injections *injections)
{
    for (uint32_t i = 0; i < table_count(&injections->plans); i++) {
        const struct injection_plan *plan = table_at(&injections->plans, i);
        struct injection_range range = injection_range(plan->kind);

        if (injection_kind_name(plan->kind) == NULL || plan->name == NULL ||
            (plan->at == 0) == (plan->condition == NULL) || plan->duration < 0 ||
            (plan->amount != 0 && (plan->amount < range.least || plan->amount > range.most)) ||
            plan->region >= injections->catalog->region_count || !place_sound(injections, plan) ||
            table_find(&injections->table, plan->id) != NULL)
            return false;
    }
    return true;
}

struct injection_plan *injection_plan_find(const struct injections *injections, uint64_t id)
{
    return table_find(&injections->plans, id);
}

/* ---- names ---- */

uint64_t injection_named(const struct injections *injections, uint64_t account, const char *name)
{
    for (uint32_t i = 0; i < table_count(&injections->table); i++) {
        const struct injection *row = table_at(&injections->table, i);

        if (row->account == account && row->name != NULL && str_equal(row->name, name))
            return row->id;
    }
    for (uint32_t i = 0; i < table_count(&injections->plans); i++) {
        const struct injection_plan *plan = table_at(&injections->plans, i);

        if (plan->account == account && str_equal(plan->name, name))
            return plan->id;
    }
    return 0;
}

/* Its own, or one after its kind that nobody has; in fresh memory. NULL and a fault: it is taken.
 */
static char *choose_name(const struct injections *injections, const struct injection_new *wish,
                         struct fault *fault)
{
    const char *kind = injection_kind_name(wish->kind);
    char *name;

    if (wish->name != NULL) {
        if (injection_named(injections, wish->account, wish->name) == 0)
            return xstrdup(wish->name);
        fault_set(fault, &fault_name_taken, wish->name);
        return NULL;
    }
    name = xstrdup(kind);
    for (unsigned i = 2; injection_named(injections, wish->account, name) != 0; i++) {
        free(name);
        name = xasprintf("%s-%u", kind, i);
    }
    return name;
}

/* ---- the trail ---- */

struct injection injection_of_plan(const struct injections *injections,
                                   const struct injection_plan *plan)
{
    struct injection as = {
        .id = plan->id,
        .account = plan->account,
        .subject = plan->subject,
        .amount = plan->amount != 0 ? plan->amount : injection_range(plan->kind).usual,
        .kind = plan->kind,
        .name = plan->name,
    };

    if (injection_is_of_zone(plan->kind))
        as.zone = (uint8_t)(plan->subject - 1);
    else if (injection_is_of_region(plan->kind))
        as.zone = (uint8_t)((plan->subject - 1) * ZONES_PER_REGION);
    else if (injection_is_of_pool(plan->kind) ||
             (injection_is_of_host(plan->kind) &&
              hosts_find(injections->hosts, plan->subject) == NULL))
        as.kind = INJECT_INSTANCE;
    return as;
}

static void tell(struct injections *injections, const struct injection_plan *plan,
                 const char *what, const char *detail)
{
    struct arena arena = ARENA_INIT;
    struct injection as = injection_of_plan(injections, plan);

    trail_add(injections->trail,
              (struct trail_entry){
                  .account = plan->account,
                  .subject = plan->id,
                  .topic = TRAIL_FAULT,
                  .region = plan->region,
                  .text = arena_printf(&arena, "%s of %s %s%s",
                                       injection_kind_name(plan->kind),
                                       injection_subject_text(injections, &as, &arena), what,
                                       detail),
              });
    arena_release(&arena);
}

/* ---- beginning ---- */

static uint64_t begin_now(struct injections *injections, const struct injection_new *wish,
                          int64_t duration, struct fault *fault)
{
    struct injection *injection = injection_add(injections, wish, fault);

    if (injection == NULL)
        return 0;
    if (duration > 0) {
        injection->until = injections->sim->now + duration;
        sim_schedule(injections->sim, duration, EVENT_FAULT_END, injection->id, 0);
    }
    return injection->id;
}

/* To its time, or to the next whole second. */
static void schedule(const struct injections *injections, const struct injection_plan *plan)
{
    int64_t now = injections->sim->now;
    int64_t next = plan->condition == NULL ? plan->at : (now / SECOND_NS + 1) * SECOND_NS;

    sim_schedule(injections->sim, next > now ? next - now : 0, EVENT_FAULT_DUE, plan->id, 0);
}

static uint64_t begin_later(struct injections *injections, const struct injection_new *wish,
                            const struct injection_when *when)
{
    struct injection_plan *plan = table_add(&injections->plans, ids_new(injections->ids));
    char time[CLOCK_TEXT_SIZE];

    plan->account = wish->account;
    plan->subject = wish->subject;
    plan->asked = injections->sim->now;
    plan->amount = wish->amount;
    plan->at = when->condition == NULL ? when->at : 0;
    plan->duration = when->duration;
    plan->condition = when->condition == NULL ? NULL : xstrdup(when->condition);
    plan->name = xstrdup(wish->name);
    plan->kind = (uint8_t)wish->kind;
    plan->region = when->region;
    if (plan->condition != NULL)
        tell(injections, plan, "is planned, when ", plan->condition);
    else
        tell(injections, plan, "is planned for ", clock_format(plan->at, CLOCK_Z, time));
    schedule(injections, plan);
    return plan->id;
}

uint64_t injection_begin(struct injections *injections, const struct injection_new *wish,
                         const struct injection_when *when, struct fault *fault)
{
    struct injection_new named = *wish;
    char *name = choose_name(injections, wish, fault);
    bool later = when->condition != NULL || when->at > injections->sim->now;
    uint64_t id = 0;

    if (name == NULL)
        return 0;
    named.name = name;
    if (!later)
        id = begin_now(injections, &named, when->duration, fault);
    else if (table_count(&injections->plans) >= INJECTION_PLANS_MAX)
        fault_set(fault, &fault_too_many);
    else
        id = begin_later(injections, &named, when);
    free(name);
    return id;
}

/* ---- what happens by itself ---- */

/* It begins; or it cannot, which is told. */
static void fire(struct injections *injections, uint64_t id)
{
    struct injection_plan *plan = table_get(&injections->plans, id);
    char *name = xstrdup(plan->name);
    struct injection_new wish = {
        .account = plan->account,
        .kind = plan->kind,
        .subject = plan->subject,
        .amount = plan->amount,
        .name = name,
        .id = id,
    };
    struct fault fault = FAULT_INIT;

    sim_disturb(injections->sim);
    if (begin_now(injections, &wish, plan->duration, &fault) == 0)
        tell(injections, plan, "was not injected: ", fault.message);
    table_remove(&injections->plans, id);
    fault_release(&fault);
    free(name);
}

static void run_due(void *context, const struct event *event)
{
    struct injections *injections = context;
    const struct injection_plan *plan = injection_plan_find(injections, event->subject);

    if (plan == NULL) /* cleared */
        return;
    if (plan->condition != NULL && injections->holds == NULL)
        BUG("a fault waits for a condition in a world where nobody looks at conditions");
    if (plan->condition == NULL || injections->holds(injections->holds_context, plan))
        fire(injections, plan->id);
    else
        schedule(injections, plan);
}

static void run_end(void *context, const struct event *event)
{
    struct injections *injections = context;

    if (injection_find(injections, event->subject) != NULL)
        injection_clear(injections, event->subject, "ended: its time is over");
}

/* That nothing but a condition was looked at changes nothing. */
static const struct event_kind due_kind = { .name = "fault-due", .run = run_due, .quiet = true };
static const struct event_kind end_kind = { .name = "fault-end", .run = run_end };

void injection_plan_clear(struct injections *injections, uint64_t id)
{
    tell(injections, table_get(&injections->plans, id), "is not planned any more", "");
    table_remove(&injections->plans, id);
}

/* ---- shapes and faults ---- */

static const struct field injection_plan_fields[] = {
    F_INT(struct injection_plan, id, "FaultId", "Its id.", .flags = FIELD_COLUMN),
    F_INT(struct injection_plan, account, "OwnerId", "Who planned it."),
    F_INT(struct injection_plan, subject, "Subject", "What it will break."),
    F_TIME(struct injection_plan, asked, "Asked", "Since when it waits."),
    F_INT(struct injection_plan, amount, "Amount", "How much."),
    F_TIME(struct injection_plan, at, "At", "When it begins."),
    F_INT(struct injection_plan, duration, "Duration", "How long it lasts."),
    F_STRING(struct injection_plan, condition, "Condition", "What it waits for."),
    F_STRING(struct injection_plan, name, "Name", "What it is called."),
    F_INT(struct injection_plan, kind, "Kind", "How it breaks it."),
    F_INT(struct injection_plan, region, "Region", "Where the condition is asked."),
};

const struct shape injection_plan_shape =
    SHAPE("FaultPlan", struct injection_plan, injection_plan_fields);

static const struct fault_kind fault_name_taken = {
    "FaultAlreadyInjected",
    "There is a fault of the name '{}' already.",
    "`lab describe-faults` lists those that are there and those that wait.",
};
static const struct fault_kind fault_too_many = {
    "LimitExceeded",
    "So many faults wait already: 200 at most.",
    "`lab clear-fault --all` takes them back.",
};
