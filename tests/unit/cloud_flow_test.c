/*
 * tests/unit/cloud_flow_test.c - flows through network balancers.
 *
 * If this fails, packets of one flow are taken for those of another, or a flow lives too long.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cloud/flow.h"
#include "sim/clock.h"

static struct request packet(void)
{
    return (struct request){
        .origin = 3,
        .origin_id = 7,
        .from = {.address = 0xc6120001},
        .address = 0x0a000001,
        .port = 53,
        .protocol = REQUEST_DATAGRAM,
    };
}

/* If this fails, two sockets, ports or nodes are one flow, or one socket is two. */
static void test_keys(void **state)
{
    struct request a = packet();
    struct request b = packet();

    (void)state;
    b.id = 99; /* the next datagram */
    assert_true(flow_key(&a) == flow_key(&b));
    b.from.address++;
    assert_false(flow_key(&a) == flow_key(&b));
    b = packet();
    b.port = 54;
    assert_false(flow_key(&a) == flow_key(&b));
    b = packet();
    b.address++;
    assert_false(flow_key(&a) == flow_key(&b));
    b = packet();
    b.origin_id++;
    assert_false(flow_key(&a) == flow_key(&b));
    b = packet();
    b.protocol = REQUEST_HTTP;
    assert_false(flow_key(&a) == flow_key(&b));
}

static struct flow_entry *add(struct table *flows, uint64_t key, uint64_t target)
{
    struct flow_entry *flow = flow_begin(flows, key);

    flow->balancer = 1;
    flow->target = target;
    flow->idle = 120 * SECOND_NS;
    flow->node_zone = (uint8_t)(key % 2);
    flow->protocol = FLOW_UDP;
    return flow;
}

/* If this fails, datagrams that come 119 s after the last go elsewhere, or 120 s after it do not
 * (SEMANTICS c3); or a flow to a target that is gone is still known. */
static void test_life(void **state)
{
    struct table flows;
    int64_t counts[FLOW_UDP + 1];
    const struct flow_entry *kept;

    (void)state;
    table_init(&flows, &flow_shape);
    for (uint64_t key = 1; key <= 1000; key++)
        add(&flows, key, key % 3);
    assert_non_null(flow_find(&flows, 8, 120 * SECOND_NS - 1));
    assert_null(flow_find(&flows, 8, 120 * SECOND_NS));
    ((struct flow_entry *)flow_find(&flows, 8, 0))->used = 100 * SECOND_NS;
    flows_cut(&flows, 1);
    flows_count(&flows, 1, 0, 0, counts);
    assert_int_equal(counts[FLOW_UDP], 333);
    assert_int_equal(counts[FLOW_TCP], 0);
    flows_sweep(&flows, 130 * SECOND_NS);
    assert_int_equal(table_count(&flows), 1);
    kept = flow_find(&flows, 8, 130 * SECOND_NS);
    assert_non_null(kept);
    assert_int_equal(kept->target, 2);
    assert_true(flows_restore(&flows, 130 * SECOND_NS));
    assert_false(flows_restore(&flows, 99 * SECOND_NS));
    assert_int_equal(add(&flows, 8, 5)->used, 0); /* begun anew */
    assert_int_equal(table_count(&flows), 1);
    table_release(&flows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_life),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
