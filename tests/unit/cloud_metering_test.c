/*
 * tests/unit/cloud_metering_test.c - what CloudWatch shows is what happened.
 *
 * If this fails, a balancer's metrics and the lab's own numbers tell two stories of one minute.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "cloud/world.h"

#include "farm.h"

static struct farm farm;

static struct world *world(void)
{
    return farm.desk.session->world;
}

static int set_up(void **state)
{
    (void)state;
    farm_open(&farm, &(struct farm_plan){
                         .seed = 5, .type = "m7a.medium", .algorithm = "round_robin",
                         .servers = 2});
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    farm_close(&farm);
    return 0;
}

/* The series of that name with so many dimensions. */
static const struct metric *series(const char *name, uint32_t dimensions)
{
    const struct table *table = &world()->metrics.table;

    for (uint32_t i = 0; i < table_count(table); i++) {
        const struct metric *metric = table_at(table, i);

        if (str_equal(metric->name, name) && metric->dimensions.count == dimensions)
            return metric;
    }
    fail_msg("no metric %s", name);
    return NULL;
}

static struct metric_total all_of(const struct metric *metric)
{
    struct metric_total total;

    assert_true(metric_total(metric, 0, INT64_MAX, &total));
    return total;
}

/* As lab describe-targets says. */
static int64_t sent_to_targets(void)
{
    const struct table *targets = &world()->targets.targets;
    int64_t sent = 0;

    for (uint32_t i = 0; i < table_count(targets); i++)
        sent += (int64_t)((const struct target *)table_at(targets, i))->requests;
    return sent;
}

static void times_are_those_of_the_stream(void **state)
{
    const struct stream *stream;
    struct metric_total total;

    (void)state;
    /* What was asked while the farm was set up is told in an earlier minute. */
    farm_run(&farm, "sleep 60");
    stream = farm_stream(&farm, 40, 20, 4000);
    farm_run(&farm, "sleep 120");
    assert_true(metric_total(series("TargetResponseTime", 1),
                             stream->started - stream->started % MINUTE_NS, INT64_MAX, &total));
    assert_int_equal(total.set.count, stream->target.tally.count);
    assert_int_equal(total.set.sum,
                     stream->target.tally.sum_high * 1000000000 + stream->target.tally.sum_low);
    assert_int_equal(total.set.min, stream->target.tally.min);
    assert_int_equal(total.set.max, stream->target.tally.max);
    for (int32_t ppm = 10000; ppm <= 1000000; ppm += 10000)
        assert_int_equal(histogram_percentile(&total.spread, ppm),
                         histogram_percentile(&stream->target, ppm));
    histogram_release(&total.spread);
    total = all_of(series("RequestCount", 1));
    assert_int_equal(total.set.sum, sent_to_targets());
    histogram_release(&total.spread);
}

/* The sum over the zones is the whole, and vCPU time is neither lost nor made up. */
static void parts_make_the_whole(void **state)
{
    const struct table *table = &world()->metrics.table;
    const struct table *servers = &world()->requests.servers.table;
    int64_t zones = 0;
    int64_t busy = 0;
    int64_t told = 0;
    struct metric_total whole;

    (void)state;
    farm_stream(&farm, 40, 20, 4000);
    farm_run(&farm, "sleep 600");
    for (uint32_t i = 0; i < table_count(table); i++) {
        const struct metric *metric = table_at(table, i);
        struct metric_total total = all_of(metric);

        if (str_equal(metric->name, "RequestCount") && metric->dimensions.count == 2 &&
            str_equal(metric->dimensions.items[0].name, "AvailabilityZone"))
            zones += total.set.sum;
        /* Percent of one vCPU, each sample for a minute. */
        if (str_equal(metric->name, "CPUUtilization"))
            told += total.set.sum / 100 * 60;
        histogram_release(&total.spread);
    }
    for (uint32_t i = 0; i < table_count(servers); i++)
        busy += server_busy(table_at(servers, i), world()->sim.now).ns;
    assert_true(zones > 3500);
    whole = all_of(series("RequestCount", 1));
    assert_int_equal(zones, whole.set.sum);
    histogram_release(&whole.spread);
    assert_true(busy > 30 * SECOND_NS);
    /* The first minute of an instance is shorter. */
    assert_true(told * 1000 > busy - busy / 50 && told * 1000 < busy + busy / 50);
}

/* A session that is closed in the middle of a minute would lose what was counted so far. */
static void half_a_minute_is_kept(void **state)
{
    unsigned char one[PACK_HASH_SIZE];
    unsigned char other[PACK_HASH_SIZE];
    struct str bytes = STR_INIT;
    const char *error = NULL;
    struct world *copy;
    int64_t until;

    (void)state;
    farm_run(&farm, "lab start-traffic --url http://$HOST/ --rate 30 --work-ms 20 > traffic.txt");
    farm_run(&farm, "sleep 95");
    world_pack(world(), &bytes);
    copy = world_unpack(world()->catalog, str_text(&bytes), bytes.length, &error);
    assert_non_null(copy);
    until = world()->sim.now + 200 * SECOND_NS;
    while (sim_is_due(&copy->sim, until))
        world_advance(copy, until, 100);
    world_advance(world(), until, SIM_UNLIMITED);
    world_hash(world(), one);
    world_hash(copy, other);
    assert_memory_equal(one, other, sizeof(one));
    world_free(copy);
    str_release(&bytes);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(times_are_those_of_the_stream),
        TEST(parts_make_the_whole),
        TEST(half_a_minute_is_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
