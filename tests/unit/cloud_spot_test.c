/*
 * tests/unit/cloud_spot_test.c - spot prices: below those on demand, gradual, the same whenever
 * they are asked.
 *
 * If this fails, spare capacity costs more than any, or the past changes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cloud/spot.h"
#include "sim/clock.h"
#include "sim/event.h"

enum { DAYS = 90, HOURS = 24 };

static void prices_are_below_those_on_demand(void **state)
{
    struct catalog *catalog = catalog_new();

    (void)state;
    for (uint16_t type = 0; type < catalog->type_count; type++) {
        for (uint8_t zone = 0; zone < catalog->region_count * ZONES_PER_REGION; zone++) {
            int64_t list = catalog_instance_price(catalog, type, zone / ZONES_PER_REGION, false);
            struct spot_price price = spot_price_at(catalog, 7, type, zone, SIM_BEGIN_NS);

            assert_true(price.since <= SIM_BEGIN_NS);
            assert_true(price.since > SIM_BEGIN_NS - 8 * HOUR_NS);
            assert_true(price.nano_usd > list / 10 && price.nano_usd < list * 9 / 10);
            assert_int_equal(price.nano_usd % 100000, 0);
        }
    }
    catalog_free(catalog);
}

/* Hour by hour: it changes at its own instants only, three times a day, and the less is spare the
 * dearer it is. */
static void the_less_is_spare_the_dearer(void **state)
{
    struct catalog *catalog = catalog_new();
    uint16_t type = (uint16_t)catalog_type_find(catalog, "c5.4xlarge");
    struct spot_price before = spot_price_at(catalog, 1, type, 0, SIM_BEGIN_NS);
    uint32_t spare = spot_spare_permille(catalog, 1, type, 0, SIM_BEGIN_NS);
    int changes = 0;

    (void)state;
    for (int hour = 1; hour <= DAYS * HOURS; hour++) {
        int64_t at = SIM_BEGIN_NS + hour * HOUR_NS;
        struct spot_price price = spot_price_at(catalog, 1, type, 0, at);
        uint32_t now = spot_spare_permille(catalog, 1, type, 0, at);

        changes += price.since != before.since;
        if (price.since == before.since)
            assert_int_equal(price.nano_usd, before.nano_usd);
        assert_true(now >= spare ? price.nano_usd <= before.nano_usd
                                 : price.nano_usd >= before.nano_usd);
        assert_int_equal(spot_price_at(catalog, 1, type, 0, price.since).nano_usd,
                         price.nano_usd);
        before = price;
        spare = now;
    }
    assert_int_equal(changes, DAYS * 3);
    catalog_free(catalog);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prices_are_below_those_on_demand),
        cmocka_unit_test(the_less_is_spare_the_dearer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
