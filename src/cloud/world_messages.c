/*
 * cloud/world_messages.c - queues, topics and the rest of the cloud: what one asks of the other.
 */
#include <string.h>
#include <strings.h>

#include "base/bug.h"
#include "base/str.h"
#include "cloud/world_parts.h"

/* ---- topics over HTTP ---- */

uint64_t world_topic_post(void *context, const struct topic_post *post)
{
    struct world *world = context;
    struct arena arena = ARENA_INIT;
    struct url url;
    uint64_t exchange;

    if (!url_parse(&arena, post->url, &url))
        BUG("a subscription to what is no URL");
    exchange = traffic_start(&world->traffic, &(struct traffic_ask){
                                                  .method = "POST",
                                                  .host = url.host,
                                                  .path = url.path,
                                                  .headers = post->headers,
                                                  .body = post->body,
                                                  .delivery = post->delivery,
                                                  .limit_ns = post->limit_ns,
                                                  .port = url.port,
                                                  .region = post->region,
                                                  .tls = str_equal(url.scheme, "https"),
                                                  .service = true,
                                              });
    arena_release(&arena);
    return exchange;
}

void world_topic_drop(void *context, uint64_t exchange)
{
    struct world *world = context;

    exchange_drop(&world->traffic, exchange);
}

/* The links in SNS's messages lead here. */
bool world_service(void *context, const struct exchange *exchange, struct request_answer *answer)
{
    struct world *world = context;
    struct arena arena = ARENA_INIT;
    struct str body = STR_INIT;
    bool known = false;

    for (uint8_t i = 0; i < world->catalog->region_count && !known; i++)
        known = strcasecmp(exchange->host,
                           arena_printf(&arena, TOPIC_HOST, world->catalog->regions[i].name)) == 0;
    arena_release(&arena);
    if (!known || answer == NULL)
        return known;
    answer->status = (uint16_t)topic_visit(&world->topics, exchange->path, exchange->id, &body);
    answer->body.size = body.length;
    answer->headers = xasprintf("HTTP/1.1 %d %s\r\nContent-Type: text/xml\r\n"
                                "Content-Length: %zu\r\n\r\n",
                                (int)answer->status, http_reason(answer->status), body.length);
    answer->body.bytes = str_take(&body);
    return true;
}

/* ---- queues ---- */

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
