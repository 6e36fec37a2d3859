/*
 * tests/unit/cloud_spot_request_test.c - spot instances over weeks: what they pay, how they end.
 *
 * If this fails, one pays more than it offered, or is taken without its two minutes.
 */
#include "cloud_property.h"

#include "base/str.h"

enum { SEEDS = 12, DAYS = 4, OF_EACH = 6, SAVE_STEPS = 2000 };

static void launch(struct world *world, const char *type, const struct spot_terms *terms)
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
        .max_count = 1,
        .spot = terms,
        .disks = &disk,
        .disk_count = 1,
    };
    struct fault fault = FAULT_INIT;
    uint64_t reservation;

    if (instances_launch(&world->instances, &wish, &reservation, &fault) != 0)
        fault_release(&fault);
}

/* What the bill says of an hour of it now; 0: nothing. */
static int64_t hourly_nano(const struct world *world, uint64_t instance)
{
    const struct bill_item *item = table_find(&world->bill.items, instance);

    const struct bill_line *line;

    for (uint32_t i = 0; item != NULL && (line = bill_line_at(item, i)) != NULL; i++) {
        if (line->usage == BILL_SPOT && line->units > 0)
            return line->rate;
    }
    return 0;
}

static void look(struct property *property, int *taken)
{
    const struct world *world = property->world;

    for (uint32_t i = 0; i < table_count(&world->spots.table); i++) {
        const struct spot_request *request = table_at(&world->spots.table, i);
        const struct instance *instance = instance_any(&world->instances, request->instance);
        int64_t rate;

        if (instance == NULL)
            continue;
        rate = hourly_nano(world, instance->id);
        HOLDS(property, rate <= request->most_nano ||
                            request->ends != 0); /* between the price's rise and the end */
        if (instance->state == INSTANCE_RUNNING && request->ends == 0)
            HOLDS(property, rate == spot_price_now(&world->spots, request->type, request->zone,
                                                   request->is_windows));
        if (request->ends == 0 || !instance_was_reclaimed(instance))
            continue;
        (*taken)++;
        HOLDS(property, instance_rare(instance)->reason_time >= request->ends);
    }
}

/* Six with little room above the price of now, six with all: both kinds of end happen. */
static void none_pays_more_and_none_goes_early(void **state)
{
    int taken = 0;

    (void)state;
    for (int seed = 1; seed <= property_seeds(SEEDS); seed++) {
        struct property property;
        int64_t end;

        property_open(&property, (uint64_t)seed, "spot");
        for (int i = 0; i < OF_EACH; i++) {
            launch(property.world, "m5.large",
                   &(struct spot_terms){ .most_nano = 40000000 + 5000000 * i });
            launch(property.world, "c5.large", &(struct spot_terms){0});
        }
        end = property.world->sim.now + DAYS * DAY_NS;
        while (property.world->sim.now < end) {
            world_advance(property.world, end, 1);
            if (sim_next_time(&property.world->sim) > property.world->sim.now)
                look(&property, &taken); /* all that belongs to this instant has happened */
            property.step++;
            if (property.step % SAVE_STEPS == 0)
                property_save(&property);
        }
        property_close(&property);
    }
    assert_true(taken > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(none_pays_more_and_none_goes_early),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
