/*
 * tests/unit/cloud_bill_test.c - money: what is charged does not depend on who looks, and none is
 * lost.
 *
 * If this fails, two people with the same cloud get different bills, or small sums disappear.
 */
#include "cloud_property.h"

#include "cloud/bill.h"

enum { SEEDS = 12, STEPS = 40 };

/* ---- arithmetic ---- */

static const struct bill_subject thing = { .id = 7, .account = 1, .kind = BILL_INSTANCE };

static void bill_open(struct bill *bill, struct sim *sim, const struct catalog *catalog)
{
    sim_init(sim, SIM_BEGIN_NS);
    *bill = (struct bill){ .sim = sim, .catalog = catalog };
    bill_init(bill);
    bill_begin(bill);
}

static struct bill_use nano(const struct catalog *catalog)
{
    uint16_t type = (uint16_t)catalog_type_find(catalog, "t3.nano");

    return (struct bill_use){ .usage = BILL_BOX, .variant = type, .units = 1,
                              .rate = catalog_instance_price(catalog, type, 0, false) };
}

/* A t3.nano is 1.44 micro-dollars a second; 60 seconds at each start, and a second begun counts. */
static void seconds_and_their_least_number(void **state)
{
    struct catalog *catalog = catalog_new();
    struct bill_use use = nano(catalog);
    struct bill bill;
    struct sim sim;

    (void)state;
    bill_open(&bill, &sim, catalog);
    assert_int_equal(use.rate, 5200000);
    bill_uses(&bill, &thing, &use, 1);
    assert_int_equal(bill_micro_usd(bill_cost_of(&bill, 7)), 87);
    sim_advance(&sim, SIM_BEGIN_NS + 60 * SECOND_NS, 1);
    assert_int_equal(bill_micro_usd(bill_cost_of(&bill, 7)), 87);
    sim_advance(&sim, SIM_BEGIN_NS + 60 * SECOND_NS + 1, 1);
    assert_int_equal(bill_micro_usd(bill_cost_of(&bill, 7)), 88);
    bill_uses(&bill, &thing, NULL, 0);
    sim_advance(&sim, SIM_BEGIN_NS + HOUR_NS, 1);
    assert_int_equal(bill_micro_usd(bill_cost_of(&bill, 7)), 88);
    bill_uses(&bill, &thing, &use, 1);
    assert_int_equal(bill_micro_usd(bill_cost_of(&bill, 7)), 175); /* 121 seconds */
    bill_release(&bill);
    sim_release(&sim);
    catalog_free(catalog);
}

/* 1,000 instances for 61 seconds: 88,111 micro-dollars, not 1,000 times 88. */
static void many_small_sums_are_one_large(void **state)
{
    struct catalog *catalog = catalog_new();
    struct bill_use use = nano(catalog);
    struct bill_entries entries = {0};
    struct bill_subject one = thing;
    bill_wide sum = 0;
    struct bill bill;
    struct sim sim;

    (void)state;
    bill_open(&bill, &sim, catalog);
    for (one.id = 1; one.id <= 1000; one.id++)
        bill_uses(&bill, &one, &use, 1);
    sim_advance(&sim, SIM_BEGIN_NS + 61 * SECOND_NS, 1);
    bill_measure(&bill, 1, &entries);
    assert_int_equal(entries.count, 1000);
    for (uint32_t i = 0; i < entries.count; i++)
        sum += entries.items[i].cost;
    assert_int_equal(bill_micro_usd(sum), 88111);
    LIST_RELEASE(&entries);
    bill_release(&bill);
    sim_release(&sim);
    catalog_free(catalog);
}

/* A session of before lines were kept by what they cost beside their quantity: the same money. */
static void older_lines_cost_the_same(void **state)
{
    struct catalog *catalog = catalog_new();
    struct bill_use use = nano(catalog);
    struct bill bill;
    struct bill_item *item;
    struct bill_book *book;
    struct bill_past *past;
    bill_wide cost;
    struct sim sim;

    (void)state;
    bill_open(&bill, &sim, catalog);
    bill_uses(&bill, &thing, &use, 1);
    sim_advance(&sim, SIM_BEGIN_NS + HOUR_NS, 1);
    use.rate *= 3;
    bill_uses(&bill, &thing, &use, 1);
    sim_advance(&sim, SIM_BEGIN_NS + 2 * HOUR_NS, 1);
    cost = bill_cost_of(&bill, 7);
    assert_int_equal(bill_micro_usd(cost), 5200 * 4);
    bill_uses(&bill, &thing, &use, 1);
    item = table_get(&bill.items, 7);
    past = bill_line_at(item, 0)->past;
    *past = (struct bill_past){ .cost = { .high = (int64_t)(cost >> 64), .low = (uint64_t)cost } };
    book = table_at(&bill.books, 0);
    book->form = 0;
    assert_true(bill_restore(&bill));
    assert_true(bill_cost_of(&bill, 7) == cost);
    assert_true(bill_restore(&bill));
    assert_true(bill_cost_of(&bill, 7) == cost);
    bill_release(&bill);
    sim_release(&sim);
    catalog_free(catalog);
}

/* ---- on whole worlds ---- */

static bill_wide total(const struct world *world)
{
    struct bill_entries entries = {0};
    bill_wide sum = 0;

    bill_measure(&world->bill, ACCOUNT_LEARNER, &entries);
    for (uint32_t i = 0; i < entries.count; i++)
        sum += entries.items[i].cost;
    LIST_RELEASE(&entries);
    return sum;
}

static void launch(struct world *world, const char *type)
{
    const struct image *image = table_at(&world->images.table, 0);
    struct launch_disk disk = { .device = "/dev/xvda", .type = "gp3", .size_gib = 8,
                                .delete_on_termination = true };
    struct instance_launch wish = {
        .account = ACCOUNT_LEARNER,
        .zone = -1,
        .image = image->key,
        .type = (uint16_t)catalog_type_find(world->catalog, type),
        .architecture = ARCH_X86_64,
        .root_device = "/dev/xvda",
        .min_count = 1,
        .max_count = 3,
        .disks = &disk,
        .disk_count = 1,
    };
    struct fault fault = FAULT_INIT;
    uint64_t reservation;

    if (instances_launch(&world->instances, &wish, &reservation, &fault) != 0)
        fault_release(&fault);
}

/* Stops, starts or terminates one; whatever is refused is refused. */
static void disturb(struct world *world, uint64_t which, uint64_t what)
{
    uint32_t count = table_count(&world->instances.table);
    struct instance *instance;
    struct fault fault = FAULT_INIT;

    if (count == 0)
        return;
    instance = table_at(&world->instances.table, (uint32_t)(which % count));
    if (what == 0)
        instances_stop(&world->instances, (struct instance_set){ &instance, 1 }, false, &fault);
    else if (what == 1)
        instances_start(&world->instances, (struct instance_set){ &instance, 1 }, &fault);
    else if (what == 2)
        instances_terminate(&world->instances, (struct instance_set){ &instance, 1 }, &fault);
    else
        instances_reboot(&world->instances, (struct instance_set){ &instance, 1 }, &fault);
    fault_release(&fault);
}

static void command(struct world *world, struct chance *luck)
{
    uint64_t what = chance_below(luck, 6);
    uint64_t which = chance_below(luck, 1000);

    if (what < 4)
        disturb(world, which, what);
    else if (what == 4)
        launch(world, which % 2 == 0 ? "t3.nano" : "m5.large");
    else
        elastic_ip_allocate(&world->network, ACCOUNT_LEARNER, 0);
}

/* One of two worlds with the same commands goes at once, the other by many small steps, is looked
 * at all the time, and is saved and restored. */
static void looking_changes_nothing(void **state)
{
    (void)state;
    for (int seed = 1; seed <= property_seeds(SEEDS); seed++) {
        struct property one;
        struct property other;

        property_open(&one, (uint64_t)seed, "bill");
        property_open(&other, (uint64_t)seed, "bill");
        for (one.step = 0; one.step < STEPS; one.step++) {
            int64_t until = one.world->sim.now +
                            (int64_t)property_draw(&one, 400) * (SECOND_NS / 3 + 7);

            property_draw(&other, 400);
            command(one.world, &one.luck);
            command(other.world, &other.luck);
            while (one.world->sim.now < until)
                world_advance(one.world, until, 1000000);
            while (other.world->sim.now < until) {
                int64_t next = other.world->sim.now + 11 * SECOND_NS;

                world_advance(other.world, next < until ? next : until, 1000000);
                total(other.world);
            }
            HOLDS(&one, total(one.world) == total(other.world));
            if (one.step % 10 == 9)
                property_save(&other);
        }
        property_close(&one);
        property_close(&other);
    }
}

/* A session of before there was a bill opens, and is charged from then on, without new minutes. */
static void old_sessions_begin_now(void **state)
{
    struct property property;
    struct str bytes = STR_INIT;
    const char *error = NULL;
    struct world *world;

    (void)state;
    property_open(&property, 1, "old");
    launch(property.world, "t3.nano");
    world_advance(property.world, SIM_BEGIN_NS + HOUR_NS, 1000000);
    bill_release(&property.world->bill);
    bill_init(&property.world->bill);
    world_pack(property.world, &bytes);
    world = world_unpack(property.catalog, bytes.text, bytes.length, &error);
    assert_non_null(world);
    world_free(property.world);
    property.world = world;
    str_release(&bytes);
    assert_int_equal(bill_began(&property.world->bill), SIM_BEGIN_NS + HOUR_NS);
    assert_int_equal(bill_micro_usd(total(property.world)), 0);
    world_advance(property.world, SIM_BEGIN_NS + 2 * HOUR_NS, 1000000);
    /* Three of them: 3 x (5,200 + 5,000 + 8 x 80,000,000 / 720 / 1,000). */
    assert_int_equal(bill_micro_usd(total(property.world)), 33267);
    property_close(&property);
}

/* What is terminated and given back costs nothing more. */
static void all_that_ends_ends_its_cost(void **state)
{
    struct property property;
    bill_wide then;

    (void)state;
    property_open(&property, 3, "end");
    for (int i = 0; i < 10; i++) {
        launch(property.world, "t3.nano");
        world_advance(property.world, property.world->sim.now + 100 * SECOND_NS, 1000000);
    }
    for (uint32_t i = 0; i < table_count(&property.world->instances.table); i++)
        disturb(property.world, i, 2);
    world_advance(property.world, property.world->sim.now + 2 * HOUR_NS, 1000000);
    then = total(property.world);
    assert_true(then > 0);
    world_advance(property.world, property.world->sim.now + 100 * HOUR_NS, 1000000);
    assert_true(total(property.world) == then);
    property_close(&property);
}

/* ---- what is over ---- */

static bill_wide total_of_usage(const struct world *world, uint8_t usage)
{
    struct bill_entries entries = {0};
    bill_wide sum = 0;

    bill_measure(&world->bill, ACCOUNT_LEARNER, &entries);
    for (uint32_t i = 0; i < entries.count; i++)
        sum += entries.items[i].usage == usage ? entries.items[i].cost : 0;
    LIST_RELEASE(&entries);
    return sum;
}

/* Days of coming and going: whatever is folded together, no part of a nano-dollar is lost, and what
 * is gone does not keep lines for ever. */
static void folding_loses_nothing(void **state)
{
    (void)state;
    for (int seed = 1; seed <= property_seeds(SEEDS); seed++) {
        struct property run;
        bill_wide by_usage[BILL_USAGES_];
        bill_wide before;

        property_open(&run, (uint64_t)seed, "fold");
        for (run.step = 0; run.step < STEPS; run.step++) {
            command(run.world, &run.luck);
            world_advance(run.world,
                          run.world->sim.now + (int64_t)property_draw(&run, 6) * HOUR_NS,
                          1000000);
            before = total(run.world);
            for (uint8_t usage = 1; usage < BILL_USAGES_; usage++)
                by_usage[usage] = total_of_usage(run.world, usage);
            bill_fold(&run.world->bill);
            HOLDS(&run, total(run.world) == before);
            for (uint8_t usage = 1; usage < BILL_USAGES_; usage++)
                HOLDS(&run, total_of_usage(run.world, usage) == by_usage[usage]);
            if (run.step % 10 == 9)
                property_save(&run);
        }
        for (uint32_t i = 0; i < table_count(&run.world->instances.table); i++)
            disturb(run.world, i, 2);
        while (table_count(&run.world->network.elastics) > 0)
            elastic_ip_release(&run.world->network,
                               table_at(&run.world->network.elastics, 0));
        world_advance(run.world, run.world->sim.now + HOUR_NS, 1000000);
        before = total(run.world);
        world_advance(run.world, run.world->sim.now + 5 * DAY_NS, 100000000);
        HOLDS(&run, total(run.world) == before);
        HOLDS(&run, table_count(&run.world->bill.items) <= 1);
        property_close(&run);
    }
}

/* The hours that are written down never fall, and end at the total. */
static void hours_are_written_down(void **state)
{
    struct property run;
    int64_t last = 0;

    (void)state;
    property_open(&run, 5, "hours");
    launch(run.world, "m5.large");
    world_advance(run.world, run.world->sim.now + 50 * HOUR_NS, 100000000);
    assert_int_equal(table_count(&run.world->bill.points), 50);
    for (uint32_t i = 0; i < table_count(&run.world->bill.points); i++) {
        const struct bill_point *point = table_at(&run.world->bill.points, i);
        bill_wide sum = 0;

        for (uint32_t k = 0; k < point->parts.count; k++)
            sum += bill_sum_of(point->parts.items[k].cost);
        assert_true(bill_micro_usd(sum) > last);
        last = bill_micro_usd(sum);
    }
    assert_int_equal(last, bill_micro_usd(total(run.world)));
    property_close(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seconds_and_their_least_number),
        cmocka_unit_test(many_small_sums_are_one_large),
        cmocka_unit_test(older_lines_cost_the_same),
        cmocka_unit_test(looking_changes_nothing),
        cmocka_unit_test(old_sessions_begin_now),
        cmocka_unit_test(all_that_ends_ends_its_cost),
        cmocka_unit_test(folding_loses_nothing),
        cmocka_unit_test(hours_are_written_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
