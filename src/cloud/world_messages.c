/*
 * cloud/world_messages.c - queues and the rest of the cloud: what one asks of the other.
 */
#include "cloud/world_parts.h"

/* Of a queue whose storage is broken on purpose, always the same server. */
static int server_out(void *context, const struct queue *queue)
{
    const struct world *world = context;

    return injection_is_there(&world->injections, queue->id, INJECT_STORAGE)
               ? (int)(queue->id % QUEUE_SERVERS)
               : -1;
}

static void storage_changed(void *context, uint64_t id)
{
    struct world *world = context;
    struct queue *queue = queue_find(&world->queues, id);

    if (queue != NULL)
        queue_storage_changed(&world->queues, queue);
}

static bool queue_of(void *context, uint64_t id, const char **name, uint8_t *region)
{
    const struct world *world = context;
    const struct queue *queue = queue_find(&world->queues, id);

    if (queue == NULL)
        return false;
    *name = queue->name;
    *region = queue->region;
    return true;
}

static void removed(void *context, uint64_t queue)
{
    struct world *world = context;

    injections_end(&world->injections, queue, "ended: the queue was deleted");
}

void world_wire_messages(struct world *world)
{
    world->queues.server_out = server_out;
    world->queues.removed = removed;
    world->injections.hooks.storage_changed = storage_changed;
    world->injections.hooks.queue_of = queue_of;
}
