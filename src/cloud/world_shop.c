/*
 * cloud/world_shop.c - the coffee shop's programs joined with the guests in which they run, the
 * requests that they take, and the queues from which they receive.
 */
#include "cloud/world_parts.h"

static void units(void *context, uint64_t instance, bool abrupt)
{
    struct world *world = context;

    shop_units_changed(&world->shops, instance, abrupt);
}

static void worked(void *context, uint64_t instance, uint64_t job)
{
    struct world *world = context;

    (void)instance;
    shop_worked(&world->shops, job);
}

static void arrived(void *context, const struct queue_poll *poll)
{
    struct world *world = context;

    shop_arrived(&world->shops, poll);
}

static struct server_power power(void *context, uint64_t id)
{
    const struct world *world = context;

    return world_power_of(world, instance_any(&world->instances, id));
}

void world_wire_shop(struct world *world)
{
    world->shops = (struct shops){
        .sim = &world->sim,
        .ids = &world->ids,
        .catalog = world->catalog,
        .guests = &world->guests,
        .instances = &world->instances,
        .traffic = &world->traffic,
        .requests = &world->requests,
        .queues = &world->queues,
        .topics = &world->topics,
        .buses = &world->buses,
        .log = &world->messages,
        .power = power,
        .context = world,
    };
    shops_init(&world->shops);
    world->guests.calls.units = units;
    world->traffic.world.worked = worked;
    world->queues.arrived = arrived;
}
