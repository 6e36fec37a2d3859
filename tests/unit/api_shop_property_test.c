/*
 * tests/unit/api_shop_property_test.c - coffee shops whose baristas and cashiers have breaks, are
 * killed, crash, reboot, stop and are replaced, while customers keep coming.
 *
 * If this fails, an order for which a customer was told 200 is gone, one that was asked for
 * directly was never made, the numbers of a shop do not add up, or a shop that was saved in the
 * middle of anything goes on otherwise.
 *
 * `NEPHOSCOPE_SEEDS=N` for more seeds; the seed is printed on failure.
 */
#include "cloud_property.h"

#include <jansson.h>

#include "api/arguments.h"
#include "api/invoke.h"

enum { SEEDS = 24, STEPS = 60, CUSTOMERS = 400 };

struct run {
    struct property property;
    uint64_t exchanges[CUSTOMERS];
    uint32_t customers;
    int64_t told_200;
    char cashiers[4][24];
    uint32_t cashier_count;
    bool board;
    bool called; /* the orders are called out: whoever is not there does not hear */
};

/* ---- commands ---- */

/* Runs a line without quotes; the answer (a new reference), or NULL when it was refused. */
static json_t *ask(struct run *run, const char *line)
{
    const struct caller caller = {
        .world = run->property.world,
        .account = ACCOUNT_LEARNER,
    };
    struct arena arena = ARENA_INIT;
    const char *words[32];
    size_t count = 0;
    struct arguments arguments;
    struct call call;
    json_t *answer = NULL;

    for (const char *at = line; *at != '\0' && count < 32;) {
        size_t length = strcspn(at, " ");

        words[count++] = arena_strndup(&arena, at, length);
        at += length + strspn(at + length, " ");
    }
    if (arguments_parse(&arguments, words[0], words + 1, count - 1, NULL) != 0)
        fail_msg("%s: %s", line, str_text(&arguments.error));
    invoke_json(&call, &caller, arguments.op, arguments.params, &answer);
    call_release(&call);
    arguments_release(&arguments);
    arena_release(&arena);
    return answer;
}

static void tell(struct run *run, const char *line)
{
    json_decref(ask(run, line));
}

static void pass(struct run *run, int64_t seconds)
{
    struct world *world = run->property.world;

    world_advance(world, world->sim.now + seconds * SECOND_NS, SIM_UNLIMITED);
}

/* ---- customers ---- */

static void address_of(struct run *run, const char *instance, char text[24])
{
    char line[128];
    json_t *answer;
    const char *address;

    snprintf(line, sizeof(line), "aws ec2 describe-instances --instance-ids %s", instance);
    answer = ask(run, line);
    address = json_string_value(json_object_get(
        json_array_get(json_object_get(json_array_get(json_object_get(answer, "Reservations"), 0),
                                       "Instances"),
                       0),
        "PublicIpAddress"));
    snprintf(text, 24, "%s", address == NULL ? "" : address);
    json_decref(answer);
}

static void customer_comes(struct run *run)
{
    char address[24];

    if (run->customers == CUSTOMERS)
        return;
    address_of(run, run->cashiers[property_draw(&run->property, run->cashier_count)], address);
    if (address[0] == '\0')
        return;
    run->exchanges[run->customers++] =
        traffic_start(&run->property.world->traffic,
                      &(struct traffic_ask){
                          .host = address,
                          .path = "/order",
                          .port = 80,
                          .limit_ns = (1 + (int64_t)property_draw(&run->property, 30)) * SECOND_NS,
                      });
}

static void customers_count(struct run *run)
{
    run->told_200 = 0;
    for (uint32_t i = 0; i < run->customers; i++) {
        const struct exchange *exchange =
            exchange_find(&run->property.world->traffic, run->exchanges[i]);

        run->told_200 += exchange->ended != 0 && exchange->status == 200;
    }
}

/* ---- what goes wrong ---- */

static const char *some_instance(struct run *run, const json_t *shop, const char *list)
{
    const json_t *rows = json_object_get(shop, list);
    size_t count = json_array_size(rows);

    if (count == 0)
        return NULL;
    return json_string_value(
        json_object_get(json_array_get(rows, property_draw(&run->property, count)), "InstanceId"));
}

static void something_happens(struct run *run)
{
    static const char *const lines[] = {
        "lab inject-fault --kind fail-instance --instance-id",
        "aws ec2 stop-instances --instance-ids",
        "aws ec2 stop-instances --force --instance-ids",
        "aws ec2 start-instances --instance-ids",
        "aws ec2 start-instances --instance-ids",
        "aws ec2 reboot-instances --instance-ids",
        "aws ec2 terminate-instances --instance-ids",
    };
    struct world *world = run->property.world;
    uint64_t what = property_draw(&run->property, 12);
    bool barista = property_draw(&run->property, 3) > 0;
    json_t *answer = ask(run, "lab describe-shops");
    const json_t *shop = json_array_get(json_object_get(answer, "Shops"), 0);
    const char *instance = some_instance(run, shop, barista ? "Baristas" : "Cashiers");
    uint64_t id = 0;
    char line[160];

    if (instance != NULL && id_parse(&kind_instance, instance, &id)) {
        const char *unit = barista ? "barista" : "cashier";

        if (what < 7 && !(what == 6 && (!barista || !run->board))) {
            snprintf(line, sizeof(line), "%s %s", lines[what], instance);
            tell(run, line);
        } else if (what < 9) {
            guest_unit_set(&world->guests, id, unit, false);
        } else if (what == 9) {
            guest_job_start(&world->guests, id, "root",
                            barista ? "systemctl kill barista" : "systemctl kill cashier", 0);
        } else {
            guest_unit_set(&world->guests, id, unit, true);
        }
    }
    json_decref(answer);
}

/* ---- what must hold ---- */

static int64_t number(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static void look(struct run *run)
{
    json_t *answer = ask(run, "lab describe-shops");
    const json_t *shop = json_array_get(json_object_get(answer, "Shops"), 0);
    int64_t taken = number(shop, "Taken");
    int64_t dropped = 0;
    const json_t *reason;
    size_t i;

    customers_count(run);
    json_array_foreach (json_object_get(shop, "DroppedBecause"), i, reason)
        dropped += number(reason, "Orders");
    HOLDS(&run->property, dropped == number(shop, "Dropped"));
    HOLDS(&run->property,
          number(shop, "Asked") == taken + number(shop, "Dropped") + number(shop, "AtCashiers"));
    HOLDS(&run->property, taken == number(shop, "Made") + number(shop, "Waiting") +
                                       number(shop, "InHand") + number(shop, "FaceDown") +
                                       number(shop, "OnTheWay") + number(shop, "DeadLettered") +
                                       number(shop, "Lost"));
    HOLDS(&run->property, run->called || number(shop, "Lost") == 0);
    HOLDS(&run->property, run->told_200 <= taken);
    if (!run->board && !run->called)
        HOLDS(&run->property, taken == number(shop, "Made"));
    json_decref(answer);
}

/* Saved and read back, it is the same, and goes on the same. */
static void save_and_go_on(struct run *run)
{
    struct str bytes = STR_INIT;
    const char *error = NULL;
    struct world *copy;
    unsigned char one[PACK_HASH_SIZE];
    unsigned char other[PACK_HASH_SIZE];

    world_pack(run->property.world, &bytes);
    copy = world_unpack(run->property.catalog, str_text(&bytes), bytes.length, &error);
    if (copy == NULL)
        fail_msg("seed %u, command %d: %s", (unsigned)run->property.seed, run->property.step,
                 error);
    pass(run, 20);
    world_advance(copy, copy->sim.now + 20 * SECOND_NS, SIM_UNLIMITED);
    world_hash(run->property.world, one);
    world_hash(copy, other);
    HOLDS(&run->property, memcmp(one, other, sizeof(one)) == 0);
    world_free(copy);
    str_release(&bytes);
}

/* At last nobody breaks anything: all that is left is made, or spoils. */
static void come_to_rest(struct run *run)
{
    json_t *answer;
    const json_t *shop;

    for (int round = 0; round < 3; round++) {
        const json_t *barista;
        char line[128];
        size_t i;

        answer = ask(run, "lab describe-shops");
        shop = json_array_get(json_object_get(answer, "Shops"), 0);
        json_array_foreach (json_object_get(shop, "Baristas"), i, barista) {
            const char *instance = json_string_value(json_object_get(barista, "InstanceId"));
            uint64_t id = 0;

            id_parse(&kind_instance, instance, &id);
            if (str_equal(json_string_value(json_object_get(barista, "InstanceState")),
                          "stopped")) {
                snprintf(line, sizeof(line), "aws ec2 start-instances --instance-ids %s", instance);
                tell(run, line);
            } else {
                guest_unit_set(&run->property.world->guests, id, "barista", true);
            }
        }
        json_decref(answer);
        pass(run, 300);
    }
    pass(run, 1200);
    look(run);
    answer = ask(run, "lab describe-shops");
    shop = json_array_get(json_object_get(answer, "Shops"), 0);
    HOLDS(&run->property, number(shop, "AtCashiers") == 0);
    if (run->board)
        HOLDS(&run->property,
              number(shop, "Taken") == number(shop, "Made") + number(shop, "DeadLettered"));
    if (run->called)
        HOLDS(&run->property, number(shop, "Taken") == number(shop, "Made") + number(shop, "Lost"));
    json_decref(answer);
}

/* ---- the runs ---- */

static void open_shop(struct run *run, const char *coupling)
{
    char line[256];
    const json_t *id;
    json_t *answer;
    size_t i;

    snprintf(line, sizeof(line),
             "lab create-shop --coupling %s --cashiers 2 --baristas 2 --seconds-per-drink %d "
             "--visibility-timeout %d --max-receive-count 5",
             coupling, 1 + (int)property_draw(&run->property, 6),
             1 + (int)property_draw(&run->property, 15));
    answer = ask(run, line);
    assert_non_null(answer);
    json_array_foreach (json_object_get(answer, "CashierInstanceIds"), i, id)
        snprintf(run->cashiers[run->cashier_count++], 24, "%s", json_string_value(id));
    json_decref(answer);
    pass(run, 70);
}

static void run_seed(uint64_t seed, const char *coupling)
{
    struct run run = {
        .board = strcmp(coupling, "queue") == 0 || strcmp(coupling, "bus") == 0,
        .called = strcmp(coupling, "topic") == 0,
    };

    property_open(&run.property, seed, coupling);
    open_shop(&run, coupling);
    for (run.property.step = 1; run.property.step <= STEPS; run.property.step++) {
        for (uint64_t n = property_draw(&run.property, 4); n > 0; n--)
            customer_comes(&run);
        if (property_draw(&run.property, 4) == 0)
            something_happens(&run);
        pass(&run, 1 + (int64_t)property_draw(&run.property, 15));
        look(&run);
        if (run.property.step % 20 == 0)
            save_and_go_on(&run);
    }
    come_to_rest(&run);
    property_close(&run.property);
}

static void run_seeds(const char *coupling)
{
    int seeds = property_seeds(SEEDS);

    for (int seed = 1; seed <= seeds; seed++)
        run_seed((uint64_t)seed, coupling);
}

/* If this fails, a customer paid for a drink that was not made, or was sent away and not counted.
 */
static void test_direct(void **state)
{
    (void)state;
    run_seeds("direct");
}

/* If this fails, an order that was taken over a queue is lost. */
static void test_queue(void **state)
{
    (void)state;
    run_seeds("queue");
}

/* If this fails, an order that a rule wrote on the board is lost. */
static void test_bus(void **state)
{
    (void)state;
    run_seeds("bus");
}

/* If this fails, an order that was called out is counted as made or lost when it is neither, or is
 * counted twice. */
static void test_topic(void **state)
{
    (void)state;
    run_seeds("topic");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_direct),
        cmocka_unit_test(test_queue),
        cmocka_unit_test(test_bus),
        cmocka_unit_test(test_topic),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
