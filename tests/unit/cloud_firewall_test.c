/*
 * tests/unit/cloud_firewall_test.c - security groups, addresses, key pairs, ids, tags, the trail.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/world.h"

static struct catalog *catalog;

static int setup(void **state)
{
    (void)state;
    catalog = catalog_new();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    catalog_free(catalog);
    return 0;
}

static struct security_group *group_new(struct world *world, const char *name)
{
    struct fault fault = FAULT_INIT;
    struct security_group_new wish = {
        .account = ACCOUNT_LEARNER,
        .vpc = vpc_default(&world->network, ACCOUNT_LEARNER, 0)->id,
        .name = name,
        .description = "of a test",
    };
    struct security_group *group = security_group_add(&world->firewall, &wish, &fault);

    assert_non_null(group);
    return group;
}

static struct interface *interface_new(struct world *world, uint64_t group)
{
    struct fault fault = FAULT_INIT;
    struct interface_new wish = {
        .account = ACCOUNT_LEARNER,
        .subnet = subnet_default(&world->network, ACCOUNT_LEARNER, 0)->id,
        .groups = &group,
        .group_count = 1,
    };

    return interface_add(&world->network, &wish, &fault);
}

static void allow(struct world *world, struct security_group *group, struct firewall_rule rule)
{
    struct fault fault = FAULT_INIT;
    struct firewall_rules rules = { &rule, 1 };

    assert_int_equal(security_group_authorize(&world->firewall, group, &rules, &fault), 0);
}

static bool passes(const struct world *world, const struct interface *from,
                   const struct interface *to, int32_t port)
{
    struct flow flow = {
        .from = from,
        .to = to,
        .from_address = from == NULL ? 0xc6336407 : from->address,
        .to_address = to->address,
        .protocol = PROTOCOL_TCP,
        .port = port,
    };

    return (from == NULL || firewall_emits(&world->firewall, &flow).allowed) &&
           firewall_admits(&world->firewall, &flow).allowed;
}

/* If this failed, a closed port would be open, or an open one closed. */
static void test_packets(void **state)
{
    struct world *world = world_new(catalog, 1, 0);
    struct security_group *web = group_new(world, "web");
    struct security_group *door = group_new(world, "door");
    struct interface *server = interface_new(world, web->id);
    struct interface *balancer = interface_new(world, door->id);
    struct firewall_rule http = { .protocol = PROTOCOL_TCP, .from_port = 80, .to_port = 81 };

    (void)state;
    assert_false(passes(world, NULL, server, 80));
    http.peer = door->id;
    allow(world, web, http);
    assert_false(passes(world, NULL, server, 80));
    assert_true(passes(world, balancer, server, 80));
    assert_true(passes(world, balancer, server, 81));
    assert_false(passes(world, balancer, server, 82));
    assert_false(passes(world, server, balancer, 80));
    http.peer = 0;
    http.base = 0xc6336400;
    http.bits = 24;
    allow(world, web, http);
    assert_true(passes(world, NULL, server, 80));
    http.base = 0;
    http.bits = 0;
    http.protocol = PROTOCOL_UDP;
    allow(world, door, http);
    assert_false(passes(world, NULL, balancer, 80));
    assert_int_equal(door->rules.items[0].is_egress, true);
    {
        struct firewall_rule out = { .is_egress = true, .protocol = PROTOCOL_ALL,
                                     .from_port = -1, .to_port = -1 };
        struct firewall_rules rules = { &out, 1 };
        struct fault fault = FAULT_INIT;

        assert_int_equal(security_group_revoke(&world->firewall, door, &rules, &fault), 0);
        assert_false(passes(world, balancer, server, 80));
        assert_int_equal(security_group_revoke(&world->firewall, door, &rules, &fault), -1);
        assert_string_equal(fault.kind->code, "InvalidPermission.NotFound");
        fault_release(&fault);
    }
    world_free(world);
}

/* If this failed, wrong rules would be taken, or refused in other words than AWS's. */
static void test_rules_refused(void **state)
{
    struct world *world = world_new(catalog, 1, 0);
    struct security_group *web = group_new(world, "web");
    struct firewall_rule ssh = { .protocol = PROTOCOL_TCP, .from_port = 22, .to_port = 22 };
    struct firewall_rules rules = { &ssh, 1 };
    struct fault fault = FAULT_INIT;

    (void)state;
    allow(world, web, ssh);
    assert_int_equal(security_group_authorize(&world->firewall, web, &rules, &fault), -1);
    assert_string_equal(fault.kind->code, "InvalidPermission.Duplicate");
    assert_string_equal(fault.message,
                        "the specified rule \"peer: 0.0.0.0/0, TCP, from port: 22, to port: 22, "
                        "ALLOW\" already exists");
    ssh.to_port = 21;
    assert_int_equal(security_group_authorize(&world->firewall, web, &rules, &fault), -1);
    assert_string_equal(fault.kind->code, "InvalidParameterValue");
    ssh.to_port = 65536;
    assert_int_equal(security_group_authorize(&world->firewall, web, &rules, &fault), -1);
    interface_new(world, web->id);
    assert_int_equal(security_group_remove(&world->firewall, web, &fault), -1);
    assert_string_equal(fault.kind->code, "DependencyViolation");
    fault_release(&fault);
    world_free(world);
}

/* If this failed, addresses and names would be read or written wrongly. */
static void test_addresses(void **state)
{
    struct world *world = world_new(catalog, 1, 0);
    struct arena arena = ARENA_INIT;
    uint32_t address = 0;
    uint8_t bits = 0;
    bool is_public = false;

    (void)state;
    assert_true(cidr_parse("10.1.2.0/24", &address, &bits));
    assert_int_equal(address, 0x0a010200);
    assert_int_equal(bits, 24);
    assert_true(cidr_parse("0.0.0.0/0", &address, &bits));
    assert_true(cidr_holds(address, bits, 0xffffffff));
    assert_false(cidr_parse("10.1.2.0/33", &address, &bits));
    assert_false(cidr_parse("10.1.2.0/", &address, &bits));
    assert_false(cidr_parse("10.1.2/24", &address, &bits));
    assert_false(address_parse("1.2.3.256", &address));
    assert_false(address_parse("1.2.3.04", &address));
    assert_false(address_parse("1.2.3.4.", &address));
    assert_string_equal(address_public_name(&world->network, &arena, 0, 0x03500102),
                        "ec2-3-80-1-2.compute-1.amazonaws.com");
    assert_string_equal(address_public_name(&world->network, &arena, 1, 0x22d00102),
                        "ec2-34-208-1-2.us-west-2.compute.amazonaws.com");
    assert_string_equal(address_private_name(&world->network, &arena, 0, 0xac1f0509),
                        "ip-172-31-5-9.ec2.internal");
    assert_true(address_of_name("ec2-34-208-1-2.us-west-2.compute.amazonaws.com", &is_public,
                                &address));
    assert_int_equal(address, 0x22d00102);
    assert_true(is_public);
    assert_false(address_of_name("ec2-34-208-1.compute-1.amazonaws.com", &is_public, &address));
    arena_release(&arena);
    world_free(world);
}

/* If this failed, somebody could log in with another's key, or not with one's own. */
static void test_keys(void **state)
{
    struct world *world = world_new(catalog, 1, 0);
    struct key_pair_new wish = { .account = ACCOUNT_LEARNER, .name = "one" };
    struct fault fault = FAULT_INIT;
    struct key_pair *one = key_pair_add(&world->keys, &wish, &fault);
    struct arena arena = ARENA_INIT;
    const char *text;
    struct key_pair *two;

    (void)state;
    assert_null(key_pair_add(&world->keys, &wish, &fault));
    assert_string_equal(fault.kind->code, "InvalidKeyPair.Duplicate");
    fault_release(&fault);
    wish.name = "two";
    wish.is_ed25519 = true;
    two = key_pair_add(&world->keys, &wish, &fault);
    text = key_pair_material(&world->keys, one, &arena);
    assert_true(str_starts(text, "-----BEGIN RSA PRIVATE KEY-----\n"));
    assert_true(key_pair_matches(&world->keys, one, arena_printf(&arena, "%s\n\n", text)));
    assert_false(key_pair_matches(&world->keys, two, text));
    assert_int_equal(strlen(key_pair_fingerprint(&world->keys, one, &arena)), 59);
    arena_release(&arena);
    world_free(world);
}

/* If this failed, ids would be shown or read in another form than AWS's. */
static void test_ids(void **state)
{
    struct arena arena = ARENA_INIT;
    uint64_t id;

    (void)state;
    assert_string_equal(id_text(&arena, &kind_instance, UINT64_C(0x123456789abcdef0)),
                        "i-0123456789abcdef0");
    assert_true(id_parse(&kind_instance, "i-0123456789abcdef0", &id));
    assert_true(id == UINT64_C(0x123456789abcdef0));
    assert_true(id_parse(&kind_instance, "i-12345678", &id));
    assert_int_equal(id, 0);
    assert_false(id_parse(&kind_instance, "i-1234567", &id));
    assert_false(id_parse(&kind_instance, "i-0123456789ABCDEF0", &id));
    assert_false(id_parse(&kind_instance, "vol-0123456789abcdef0", &id));
    arena_release(&arena);
}

/* If this failed, old entries of the trail would be lost too early or shown as something else. */
static void test_trail(void **state)
{
    int64_t now = 5;
    struct trail trail;

    (void)state;
    trail_init(&trail, &now);
    for (int i = 0; i < TRAIL_KEPT + 10; i++)
        trail_add(&trail, (struct trail_entry){ .subject = (uint64_t)i + 1 });
    assert_int_equal(trail_first(&trail), 11);
    assert_null(trail_find(&trail, 10));
    assert_int_equal(trail_find(&trail, 11)->subject, 11);
    assert_int_equal(trail_find(&trail, TRAIL_KEPT + 10)->subject, TRAIL_KEPT + 10);
    assert_null(trail_find(&trail, TRAIL_KEPT + 11));
    trail_release(&trail);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_packets),
        cmocka_unit_test(test_rules_refused),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_trail),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
