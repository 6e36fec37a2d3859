/*
 * tests/unit/cloud_instance_test.c - instances: lifecycle, capacity, saving, splitting, limits.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/world.h"
#include "sim/clock.h"

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

/* ---- helpers ---- */

static struct instance_launch launch_of(const char *type, uint32_t count)
{
    return (struct instance_launch){
        .account = ACCOUNT_LEARNER,
        .zone = -1,
        .type = (uint16_t)catalog_type_find(catalog, type),
        .architecture = str_starts(type, "t4g") ? ARCH_ARM64 : ARCH_X86_64,
        .root_device = "/dev/xvda",
        .min_count = count,
        .max_count = count,
    };
}

/* The root volume of a public image of the launch's architecture and Region, so that a guest boots.
 * */
static struct launch_disk root_of(const struct world *world, const struct instance_launch *wish,
                                  uint64_t *id)
{
    for (uint32_t i = 0; i < table_count(&world->images.table); i++) {
        const struct image *image = table_at(&world->images.table, i);

        if (image->region == wish->region && image->architecture == wish->architecture &&
            str_starts(image->name, "al2023")) {
            *id = image->key;
            return (struct launch_disk){
                .device = image->root_device,
                .type = "gp3",
                .snapshot = image->mappings.items[0].snapshot,
                .size_gib = 8,
                .delete_on_termination = true,
            };
        }
    }
    fail_msg("no image");
    return (struct launch_disk){0};
}

/* The launch's first instance; the launch must succeed. */
static struct instance *launch(struct world *world, const struct instance_launch *without)
{
    struct instance_launch with = *without;
    struct launch_disk root = root_of(world, without, &with.image);
    const struct instance_launch *wish = &with;
    struct fault fault = FAULT_INIT;
    uint64_t reservation = 0;
    uint32_t before = table_count(&world->instances.table);

    with.disks = &root;
    with.disk_count = 1;
    if (instances_launch(&world->instances, wish, &reservation, &fault) != 0)
        fail_msg("refused: %s", fault.message);
    return table_at(&world->instances.table, before);
}

static const char *refusal(struct world *world, const struct instance_launch *wish)
{
    static char code[64];
    struct fault fault = FAULT_INIT;
    uint64_t reservation = 0;

    assert_int_equal(instances_launch(&world->instances, wish, &reservation, &fault), -1);
    snprintf(code, sizeof(code), "%s", fault.kind->code);
    fault_release(&fault);
    return code;
}

static void pass(struct world *world, int64_t seconds)
{
    int64_t until = world->sim.now + seconds * SECOND_NS;

    assert_true(world_advance(world, until, SIM_UNLIMITED) == until);
}

static struct instance_set one(struct instance **instance)
{
    return (struct instance_set){ instance, 1 };
}

static void hash_of(const struct world *world, unsigned char hash[PACK_HASH_SIZE])
{
    world_hash(world, hash);
}

/* ---- tests ---- */

/* If this failed, an instance would not go through the states that AWS documents. */
static void test_lifecycle(void **state)
{
    struct world *world = world_new(catalog, 1, 0);
    struct instance_launch wish = launch_of("t3.micro", 1);
    struct instance *instance = launch(world, &wish);
    struct fault fault = FAULT_INIT;
    uint64_t id = instance->id;
    uint32_t address;
    uint32_t public_address;
    uint32_t host;

    (void)state;
    assert_int_equal(instance->state, INSTANCE_PENDING);
    assert_int_equal(instances_stop(&world->instances, one(&instance), false, &fault), -1);
    assert_string_equal(fault.kind->code, "IncorrectInstanceState");
    fault_release(&fault);
    pass(world, 30);
    assert_int_equal(instance->state, INSTANCE_RUNNING);
    assert_int_equal(instance->instance_status, CHECK_INITIALIZING);
    pass(world, 300);
    assert_int_equal(instance->instance_status, CHECK_OK);
    assert_int_equal(instance->system_status, CHECK_OK);
    /* CloudWatch's next look, and the neighbours' next change. */
    assert_int_equal(sim_pending_count(&world->sim), 2);
    address = instance_interface(&world->instances, instance)->address;
    public_address = instance_interface(&world->instances, instance)->public_address;
    host = instance->host;
    assert_true(public_address != 0);
    assert_ptr_equal(network_public_holder(&world->network, public_address),
                     instance_interface(&world->instances, instance));

    assert_int_equal(instances_reboot(&world->instances, one(&instance), &fault), 0);
    assert_int_equal(instance->host, host);
    assert_int_equal(instances_stop(&world->instances, one(&instance), false, &fault), 0);
    assert_int_equal(instance->state, INSTANCE_STOPPING);
    pass(world, 60);
    assert_int_equal(instance->state, INSTANCE_STOPPED);
    assert_int_equal(instance->host, HOST_NONE);
    assert_int_equal(instance_interface(&world->instances, instance)->public_address, 0);
    assert_null(network_public_holder(&world->network, public_address));

    assert_int_equal(instances_start(&world->instances, one(&instance), &fault), 0);
    pass(world, 30);
    assert_int_equal(instance->state, INSTANCE_RUNNING);
    assert_int_not_equal(instance->host, host);
    assert_int_equal(instance_interface(&world->instances, instance)->address, address);
    assert_int_not_equal(instance_interface(&world->instances, instance)->public_address,
                         public_address);
    assert_int_not_equal(instance_interface(&world->instances, instance)->public_address, 0);

    assert_int_equal(instances_terminate(&world->instances, one(&instance), &fault), 0);
    assert_int_equal(instance->state, INSTANCE_SHUTTING_DOWN);
    pass(world, 60);
    assert_int_equal(instance->state, INSTANCE_TERMINATED);
    assert_int_equal(instances_terminate(&world->instances, one(&instance), &fault), 0);
    assert_null(instance_interface(&world->instances, instance));
    pass(world, 3500);
    assert_non_null(instance_any(&world->instances, id));
    pass(world, 300);
    assert_null(instance_any(&world->instances, id));
    assert_int_equal(table_count(&world->instances.reservations), 0);
    world_free(world);
}

/* If this failed, terminating everything would not give all capacity back (C1, C2). */
static void test_capacity_returns(void **state)
{
    struct world *world = world_new(catalog, 7, 0);
    struct instance_launch wish = launch_of("t3.micro", 4000);
    struct instance_launch big = launch_of("m5.large", 300);
    struct host *before = xcalloc(world->hosts.count, sizeof(*before));
    struct fault fault = FAULT_INIT;
    struct instance **all = xcalloc(4300, sizeof(*all));

    (void)state;
    memcpy(before, world->hosts.items, world->hosts.count * sizeof(*before));
    launch(world, &wish);
    launch(world, &big);
    pass(world, 600);
    for (uint32_t i = 0; i < world->hosts.count; i++) {
        const struct host *host = &world->hosts.items[i];

        assert_true(host->used_vcpus <= host->vcpus);
        assert_true(host->used_memory_mib <= host->memory_mib);
    }
    for (uint32_t i = 0; i < 4300; i++)
        all[i] = table_at(&world->instances.table, i);
    assert_int_equal(instances_terminate(&world->instances, (struct instance_set){ all, 4300 },
                                         &fault), 0);
    pass(world, 120);
    for (uint32_t i = 0; i < world->hosts.count; i++) {
        const struct host *host = &world->hosts.items[i];

        assert_int_equal(host->used_vcpus, before[i].used_vcpus);
        assert_int_equal(host->used_memory_mib, before[i].used_memory_mib);
        assert_int_equal(host->guests.count, before[i].guests.count);
    }
    for (uint32_t i = 0; i < table_count(&world->network.subnets); i++)
        assert_int_equal(subnet_free(table_at(&world->network.subnets, i)), 4091);
    assert_int_equal(table_count(&world->network.public_holders), 0);
    pass(world, 3700);
    assert_int_equal(table_count(&world->instances.table), 0);
    assert_int_equal(sim_pending_count(&world->sim), 1); /* CloudWatch's next look */
    free(all);
    free(before);
    world_free(world);
}

/* If this failed, a saved session would not be the session that was saved (I2, I7). */
static void test_saved_midway(void **state)
{
    struct world *world = world_new(catalog, 3, 1);
    struct instance_launch wish = launch_of("t3.micro", 5);
    struct world *copy;
    struct str bytes = STR_INIT;
    struct str again = STR_INIT;
    const char *error;
    unsigned char a[PACK_HASH_SIZE];
    unsigned char b[PACK_HASH_SIZE];

    (void)state;
    wish.region = 1;
    wish.user_data = (struct blob){ (char *)(uintptr_t)"#!/bin/bash\n", 12 };
    launch(world, &wish);
    pass(world, 12);
    world_pack(world, &bytes);
    copy = world_unpack(catalog, bytes.text, bytes.length, &error);
    assert_non_null(copy);
    world_pack(copy, &again);
    assert_int_equal(bytes.length, again.length);
    assert_memory_equal(bytes.text, again.text, bytes.length);
    launch(world, &wish);
    launch(copy, &wish);
    pass(world, 500);
    pass(copy, 500);
    hash_of(world, a);
    hash_of(copy, b);
    assert_memory_equal(a, b, sizeof(a));
    for (size_t cut = 0; cut < bytes.length; cut += 1 + bytes.length / 500) {
        struct world *part = world_unpack(catalog, bytes.text, cut, &error);

        if (part == NULL)
            assert_non_null(error);
        world_free(part);
    }
    str_release(&bytes);
    str_release(&again);
    world_free(copy);
    world_free(world);
}

/* If this failed, what happens would depend on how often the screen is drawn (I8). */
static void test_split(void **state)
{
    struct world *once = world_new(catalog, 5, 0);
    struct world *slices = world_new(catalog, 5, 0);
    struct instance_launch wish = launch_of("t3.small", 20);
    unsigned char a[PACK_HASH_SIZE];
    unsigned char b[PACK_HASH_SIZE];

    (void)state;
    launch(once, &wish);
    launch(slices, &wish);
    pass(once, 400);
    while (slices->sim.now < once->sim.now) {
        int64_t until = slices->sim.now + 377 * MILLISECOND_NS;

        world_advance(slices, until < once->sim.now ? until : once->sim.now, 3);
    }
    world_advance(slices, once->sim.now, SIM_UNLIMITED);
    hash_of(once, a);
    hash_of(slices, b);
    assert_memory_equal(a, b, sizeof(a));
    world_free(once);
    world_free(slices);
}

/* If this failed, limits would be met too early, too late, or in other words than AWS's; or a
 * refusal would change something (I5). */
static void test_limits(void **state)
{
    struct world *world = world_new(catalog, 1, 0);
    struct instance_launch wish = launch_of("t3.micro", 4091);
    struct instance_launch metal = launch_of("m5.metal", 1);
    struct instance_launch arm = launch_of("t3.micro", 1);
    unsigned char a[PACK_HASH_SIZE];
    unsigned char b[PACK_HASH_SIZE];

    (void)state;
    wish.zone = 0;
    wish.subnet = subnet_default(&world->network, ACCOUNT_LEARNER, 0)->id;
    launch(world, &wish);
    wish.min_count = wish.max_count = 1;
    hash_of(world, a);
    assert_string_equal(refusal(world, &wish), "InsufficientFreeAddressesInSubnet");
    arm.architecture = ARCH_ARM64;
    assert_string_equal(refusal(world, &arm), "InvalidParameterValue");
    wish.subnet = 0;
    wish.zone = -1;
    wish.min_count = wish.max_count = 4092;
    assert_string_equal(refusal(world, &wish), "InsufficientFreeAddressesInSubnet");
    metal.min_count = metal.max_count = 1000;
    metal.zone = 2;
    assert_string_equal(refusal(world, &metal), "InsufficientInstanceCapacity");
    hash_of(world, b);
    assert_memory_equal(a, b, sizeof(a));
    metal.min_count = 1;
    launch(world, &metal);
    assert_string_equal(refusal(world, &metal), "InsufficientInstanceCapacity");
    metal.zone = 1;
    account_set_quota(&world->accounts, ACCOUNT_LEARNER, QUOTA_STANDARD_VCPUS, 5);
    assert_string_equal(refusal(world, &metal), "VcpuLimitExceeded");
    world_free(world);
}

/* If this failed, a zone would not hold the 20,000 t3.micro that it is said to hold. */
static void test_zone_holds(void **state)
{
    struct world *world = world_new(catalog, 1, 0);
    uint16_t type = (uint16_t)catalog_type_find(catalog, "t3.micro");

    (void)state;
    for (uint8_t zone = 0; zone < 9; zone++)
        assert_int_equal(hosts_room(&world->hosts,
                                    &(struct host_ask){.zone = zone, .type = type}, 20000),
                         20000);
    world_free(world);
}

/* If this failed, a broken host would not be what makes its instances impaired, or mending it would
 * not heal them. */
static void test_host_failure(void **state)
{
    struct world *world = world_new(catalog, 9, 0);
    struct instance_launch wish = launch_of("t3.micro", 1);
    struct instance *instance = launch(world, &wish);
    struct injection_new bad = {
        .account = ACCOUNT_LEARNER,
        .kind = INJECT_HOST,
        .subject = instance->id,
    };
    struct injection *injection;
    struct fault fault = FAULT_INIT;

    (void)state;
    pass(world, 400);
    injection = injection_add(&world->injections, &bad, &fault);
    assert_non_null(injection);
    assert_false(instance_is_powered(&world->instances, instance->id));
    assert_int_equal(instance->system_status, CHECK_OK);
    pass(world, 121);
    assert_int_equal(instance->system_status, CHECK_IMPAIRED);
    assert_int_equal(instance->instance_status, CHECK_IMPAIRED);
    assert_null(injection_add(&world->injections, &bad, &fault));
    fault_release(&fault);
    injection_clear(&world->injections, injection->id, "cleared");
    pass(world, 121);
    assert_int_equal(instance->system_status, CHECK_OK);
    assert_int_equal(instance->instance_status, CHECK_OK);
    bad.kind = INJECT_ZONE;
    bad.subject = 1;
    injection = injection_add(&world->injections, &bad, &fault);
    assert_true(hosts_zone_failed(&world->hosts, 0));
    wish.zone = 0;
    assert_string_equal(refusal(world, &wish), "InsufficientInstanceCapacity");
    injection_clear(&world->injections, injection->id, "cleared");
    launch(world, &wish);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lifecycle),
        cmocka_unit_test(test_capacity_returns),
        cmocka_unit_test(test_saved_midway),
        cmocka_unit_test(test_split),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_zone_holds),
        cmocka_unit_test(test_host_failure),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
