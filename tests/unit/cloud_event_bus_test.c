/*
 * tests/unit/cloud_event_bus_test.c - events by rules to targets that come and go, over many seeds.
 *
 * If this fails, a rule hears an event that it does not want, or an event is lost, or given twice,
 * that AWS would keep (RELIABILITY Q7).
 */
#include "cloud_property.h"

#include "base/str.h"
#include "cloud/event_archive.h"

enum { SEEDS = 8, RULES = 8, QUEUES = 4, EVENTS = 60, OUTCOMES_MAX = 4096 };

/* How a queue of the test is. */
enum mood { WELL, BUSY, REFUSING };

/* What is expected of one event, one rule and one target; and what came of it. */
struct outcome {
    char event[40];
    uint64_t rule;
    char target[8];
    unsigned delivered;
    unsigned dead;
};

struct ledger {
    struct property property;
    enum mood moods[QUEUES];
    struct outcome outcomes[OUTCOMES_MAX];
    unsigned count;
    unsigned retried;
};

/* What each rule wants, as the test itself knows it. */
struct wish {
    const char *bus;
    const char *pattern;
    bool (*wants)(unsigned shop, int cups);
};

static bool wants_shop_0(unsigned shop, int cups)
{
    (void)cups;
    return shop == 0;
}

static bool wants_many(unsigned shop, int cups)
{
    (void)shop;
    return cups > 5;
}

static bool wants_other(unsigned shop, int cups)
{
    return shop != 1 && cups <= 5;
}

static bool wants_all(unsigned shop, int cups)
{
    (void)shop;
    (void)cups;
    return true;
}

static const struct wish wishes[] = {
    {"default", "{\"source\":[\"shop.0\"]}", wants_shop_0},
    {"default", "{\"detail\":{\"cups\":[{\"numeric\":[\">\",5]}]}}", wants_many},
    {"own",
     "{\"source\":[{\"anything-but\":\"shop.1\"}],\"detail\":{\"cups\":[{\"numeric\":[\"<=\","
     "5]}]}}",
     wants_other},
    {"own", "{\"source\":[{\"prefix\":\"shop.\"}]}", wants_all},
};

enum { WISHES = sizeof(wishes) / sizeof(wishes[0]) };

static struct outcome *outcome_of(struct ledger *ledger, const struct event_attempt *attempt,
                                  const char *body)
{
    const char *id = strstr(body, "\"id\":\"") + strlen("\"id\":\"");

    for (unsigned i = 0; i < ledger->count; i++) {
        struct outcome *outcome = &ledger->outcomes[i];

        if (outcome->rule == attempt->rule->id && str_equal(outcome->target, attempt->target->id) &&
            strncmp(outcome->event, id, strlen(outcome->event)) == 0)
            return outcome;
    }
    fail_msg("seed %u: %s hears what it does not want", (unsigned)ledger->property.seed,
             attempt->rule->name);
    return NULL;
}

static enum event_outcome take(void *context, struct event_attempt *attempt,
                               const struct event_message *message)
{
    struct ledger *ledger = context;
    struct outcome *outcome = outcome_of(ledger, attempt, message->body);
    bool dead = message->attribute_count > 0;
    unsigned queue = (unsigned)(message->queue[strlen(message->queue) - 1] - '0');

    if (dead) {
        outcome->dead++;
        return EVENT_DELIVERED;
    }
    attempt->error = EVENT_ERROR_PERMISSIONS;
    attempt->why = "the test says so";
    ledger->retried += ledger->moods[queue] == BUSY;
    if (ledger->moods[queue] == BUSY)
        return EVENT_AGAIN;
    if (ledger->moods[queue] == REFUSING)
        return EVENT_FAILED;
    outcome->delivered++;
    return EVENT_DELIVERED;
}

static void wire(struct ledger *ledger)
{
    ledger->property.world->buses.hooks.queue = take;
    ledger->property.world->buses.hooks.topic = NULL;
    ledger->property.world->buses.hooks.context = ledger;
    ledger->property.world->buses.hooks.region_lost = NULL;
}

static void add_rule(struct ledger *ledger, unsigned number)
{
    struct property *property = &ledger->property;
    struct event_buses *buses = &property->world->buses;
    const struct wish *wish = &wishes[number % WISHES];
    char *name = xasprintf("rule-%u", number);
    struct event_rule *rule = event_rule_add(buses, ACCOUNT_LEARNER, 0, wish->bus, name);
    unsigned targets = 1 + (unsigned)property_draw(property, 3);

    free(name);
    rule->pattern = xstrdup(wish->pattern);
    for (unsigned i = 0; i < targets; i++) {
        char *id = xasprintf("t%u", i);
        char *arn = xasprintf("arn:aws:sqs:us-east-1:111122223333:q%u",
                              (unsigned)property_draw(property, QUEUES));
        struct event_target target = {.id = id, .arn = arn};

        if (property_draw(property, 2) == 0)
            target.dead_letter = (char *)(uintptr_t) "arn:aws:sqs:us-east-1:111122223333:q9";
        if (property_draw(property, 3) == 0)
            target.tries = OPT_INT((int64_t)property_draw(property, 5));
        if (property_draw(property, 3) == 0)
            target.age_s = OPT_INT(60 + (int64_t)property_draw(property, 600));
        event_target_put(rule, &target);
        free(id);
        free(arn);
    }
    event_rule_changed(buses, rule);
}

static void send(struct ledger *ledger)
{
    struct property *property = &ledger->property;
    struct event_buses *buses = &property->world->buses;
    const char *bus = property_draw(property, 2) == 0 ? "default" : "own";
    unsigned shop = (unsigned)property_draw(property, 3);
    int cups = (int)property_draw(property, 12);
    char source[16];
    char detail[32];
    struct arena arena = ARENA_INIT;
    const char *id;

    snprintf(source, sizeof(source), "shop.%u", shop);
    snprintf(detail, sizeof(detail), "{\"cups\":%d}", cups);
    id = event_send(buses, &arena,
                    &(struct event_entry){
                        .account = ACCOUNT_LEARNER,
                        .bus = bus,
                        .source = source,
                        .type = "Order Placed",
                        .detail = detail,
                    });
    for (uint32_t i = 0; i < table_count(&buses->rules); i++) {
        const struct event_rule *rule = table_at(&buses->rules, i);
        const struct wish *wish = &wishes[i % WISHES];

        if (!str_equal(wish->bus, bus) || !wish->wants(shop, cups))
            continue;
        for (uint32_t k = 0; k < rule->targets.count; k++) {
            struct outcome *outcome = &ledger->outcomes[ledger->count++];

            assert_true(ledger->count < OUTCOMES_MAX);
            *outcome = (struct outcome){.rule = rule->id};
            snprintf(outcome->event, sizeof(outcome->event), "%s", id);
            snprintf(outcome->target, sizeof(outcome->target), "%s", rule->targets.items[k].id);
        }
    }
    arena_release(&arena);
}

/* Each expected delivery ended once: at its target, in the dead-letter queue, or, without one,
 * lost; and the rule has counted it. */
static void settle(struct ledger *ledger)
{
    struct property *property = &ledger->property;
    struct event_buses *buses = &property->world->buses;

    HOLDS(property, table_count(&buses->deliveries) == 0);
    for (uint32_t i = 0; i < table_count(&buses->rules); i++) {
        const struct event_rule *rule = table_at(&buses->rules, i);
        int64_t delivered = 0;
        int64_t dead = 0;
        int64_t lost = 0;

        for (unsigned k = 0; k < ledger->count; k++) {
            const struct outcome *outcome = &ledger->outcomes[k];
            const struct event_target *target;

            if (outcome->rule != rule->id)
                continue;
            target = event_target_find(rule, outcome->target);
            HOLDS(property, outcome->delivered + outcome->dead <= 1);
            HOLDS(property, target->dead_letter == NULL || outcome->delivered + outcome->dead == 1);
            delivered += outcome->delivered;
            dead += outcome->dead;
            lost += outcome->delivered + outcome->dead == 0;
        }
        HOLDS(property, rule->all.dead == dead);
        HOLDS(property, rule->all.lost == lost);
        HOLDS(property, rule->all.failed == dead + lost);
        HOLDS(property, rule->all.invoked == delivered + dead + lost);
        HOLDS(property, rule->all.triggered == rule->all.matched);
    }
}

static void live(struct ledger *ledger, uint64_t seed)
{
    struct property *property = &ledger->property;

    property_open(property, seed, "event-buses");
    wire(ledger);
    event_bus_add(&property->world->buses, ACCOUNT_LEARNER, 0, "own");
    for (unsigned i = 0; i < RULES; i++)
        add_rule(ledger, i);
    for (property->step = 0; property->step < EVENTS; property->step++) {
        int64_t pause = (int64_t)property_draw(property, 90) * SECOND_NS / 10;

        send(ledger);
        world_advance(property->world, property->world->sim.now + pause, SIM_UNLIMITED);
        if (property_draw(property, 6) == 0)
            ledger->moods[property_draw(property, QUEUES)] = (enum mood)property_draw(property, 3);
        if (property->step % 20 == 7) {
            property_save(property);
            wire(ledger);
        }
    }
    world_advance(property->world, property->world->sim.now + 26 * HOUR_NS, SIM_UNLIMITED);
    settle(ledger);
    property_close(property);
}

static void nothing_is_lost(void **state)
{
    static struct ledger ledger;
    unsigned delivered = 0;
    unsigned dead = 0;

    (void)state;
    for (int seed = 1; seed <= property_seeds(SEEDS); seed++) {
        unsigned retried = ledger.retried;

        memset(&ledger, 0, sizeof(ledger));
        ledger.retried = retried;
        live(&ledger, (uint64_t)seed);
        for (unsigned i = 0; i < ledger.count; i++) {
            delivered += ledger.outcomes[i].delivered;
            dead += ledger.outcomes[i].dead;
        }
    }
    print_message("delivered %u, dead letters %u, tries that failed %u\n", delivered, dead,
                  ledger.retried);
    assert_true(delivered > 0 && dead > 0 && ledger.retried > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
