/*
 * cloud/request_saved.c - requests that are saved and read back, and the words that they are asked
 * and answered in.
 */
#include <stdlib.h>

#include "cloud/request_parts.h"

/* ---- saving ---- */

void requests_save(const struct requests *requests, struct table *rows, struct table *ways)
{
    request_pool_save(&requests->pool, rows);
    ways_save(&requests->ways, ways);
}

void requests_load(struct requests *requests, const struct table *rows, const struct table *ways,
                   uint64_t next)
{
    uint64_t *ids;

    request_pool_load(&requests->pool, rows);
    ways_load(&requests->ways, ways, next);
    ids = request_pool_ids(&requests->pool);
    for (uint32_t i = 0; i < requests->pool.count; i++) {
        struct request *request = request_find(requests, ids[i]);

        request->way = way_number(&requests->ways, request->id);
    }
    free(ids);
}

static bool server_is_sound(const struct requests *requests, const struct server *server)
{
    uint32_t count = 0;
    bool sound = server_restore(server, requests->sim->now);
    uint64_t *ids = sound ? server_everybody(server, &count) : NULL;
    uint32_t held = server->working.count - server->jobs + server->serving.count;

    for (uint32_t i = 0; i < count; i++) {
        const struct request *request = request_find(requests, ids[i]);
        uint8_t state = i < held ? REQUEST_SERVED : REQUEST_QUEUED;

        sound = sound && request != NULL && request->server == server->instance &&
                request->state == state;
        for (uint32_t j = 0; j < i; j++)
            sound = sound && ids[j] != ids[i];
    }
    free(ids);
    return sound;
}

bool requests_restore(struct requests *requests)
{
    uint32_t total = requests->pool.count;
    uint64_t *ids = request_pool_ids(&requests->pool);
    uint32_t at_servers = 0;
    uint32_t listed = 0;
    bool sound = true;

    for (uint32_t i = 0; i < total; i++) {
        const struct request *request = request_find(requests, ids[i]);

        sound = sound && request->origin > 0 && request->origin < REQUEST_ORIGIN_COUNT &&
                request->id < requests->ways.next && request->state >= REQUEST_RESOLVING &&
                request->state <= REQUEST_PAUSED && request->syns <= REQUEST_SYNS &&
                request->node_syns < 32 && request->latency >= 0 && request->target_latency >= 0 &&
                (request->target == 0 || request->idle > 0);
        at_servers += request->server != 0;
    }
    free(ids);
    for (uint32_t i = 0; sound && i < table_count(&requests->servers.table); i++) {
        const struct server *server = table_at(&requests->servers.table, i);

        sound = server_is_sound(requests, server);
        listed += server_count(server);
    }
    return sound && at_servers == listed && request_idles_restore(requests);
}

/* ---- words ---- */

static const struct {
    uint16_t status;
    const char *text;
} reasons[] = {
    {200, "OK"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {500, "Internal Server Error"},
    {502, "Bad Gateway"},
    {503, "Service Temporarily Unavailable"},
    {504, "Gateway Time-out"},
};

struct request_words request_words(const struct requests *requests, const struct request *request)
{
    const struct request_origin *origin = &requests->origins[request->origin];
    struct request_words words = {
        .method = "GET",
        .host = "",
        .path = "/",
    };

    if (origin->words != NULL)
        origin->words(requests->origin_contexts[request->origin], request, &words);
    return words;
}

const char *http_reason(uint16_t status)
{
    for (uint32_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
        if (reasons[i].status == status)
            return reasons[i].text;
    return status < 300   ? "OK"
           : status < 400 ? "Redirect"
           : status < 500 ? "Client Error"
                          : "Server Error";
}
