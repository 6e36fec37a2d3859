/*
 * cloud/server.c - an instance as a server: who is being served, and who waits.
 *
 * Owns    struct server, a row for each instance that was ever asked something since it started.
 */
#include "cloud/server.h"

#include "base/bug.h"
#include "base/mem.h"

void servers_init(struct servers *servers)
{
    table_init(&servers->table, &server_shape);
}

void servers_release(struct servers *servers)
{
    table_release(&servers->table);
}

struct server *server_find(const struct servers *servers, uint64_t instance)
{
    return table_find(&servers->table, instance);
}

struct server *server_open(struct servers *servers, uint64_t instance, uint32_t workers)
{
    struct server *server = server_find(servers, instance);

    if (server == NULL)
        server = table_add(&servers->table, instance);
    server->workers = workers;
    return server;
}

bool server_enter(struct server *server, uint64_t request)
{
    if (server->serving.count < server->workers) {
        *LIST_PUSH(&server->serving) = (int64_t)request;
        return true;
    }
    *LIST_PUSH(&server->waiting) = (int64_t)request;
    return false;
}

static bool taken_out(struct list_any *list, uint64_t request)
{
    const int64_t *items = list->items;

    for (uint32_t i = 0; i < list->count; i++) {
        if ((uint64_t)items[i] == request) {
            list_close_gap(list->items, &list->count, i, sizeof(*items));
            return true;
        }
    }
    return false;
}

void server_leave(struct server *server, uint64_t request)
{
    struct list_any serving = {server->serving.items, server->serving.count, server->serving.size};
    struct list_any waiting = {server->waiting.items, server->waiting.count, server->waiting.size};

    if (!taken_out(&serving, request) && !taken_out(&waiting, request))
        BUG("request %llu is not at its server", (unsigned long long)request);
    server->serving.count = serving.count;
    server->waiting.count = waiting.count;
}

uint64_t server_next(struct server *server)
{
    uint64_t request;

    if (server->waiting.count == 0 || server->serving.count >= server->workers)
        return 0;
    request = (uint64_t)server->waiting.items[0];
    LIST_REMOVE(&server->waiting, 0);
    *LIST_PUSH(&server->serving) = (int64_t)request;
    return request;
}

bool server_is_full(const struct server *server)
{
    return server->waiting.count >= SERVER_BACKLOG;
}

uint64_t *server_everybody(const struct server *server, uint32_t *count)
{
    uint64_t *ids;

    *count = server->serving.count + server->waiting.count;
    if (*count == 0)
        return NULL;
    ids = xcalloc(*count, sizeof(*ids));
    for (uint32_t i = 0; i < server->serving.count; i++)
        ids[i] = (uint64_t)server->serving.items[i];
    for (uint32_t i = 0; i < server->waiting.count; i++)
        ids[server->serving.count + i] = (uint64_t)server->waiting.items[i];
    return ids;
}

void server_close(struct servers *servers, uint64_t instance)
{
    const struct server *server = table_get(&servers->table, instance);

    if (server->serving.count + server->waiting.count > 0)
        BUG("a server closes with requests in it");
    table_remove(&servers->table, instance);
}

static const struct field server_fields[] = {
    F_INT(struct server, instance, "Instance", "The instance."),
    F_INT(struct server, served, "Served", "Answers that it gave."),
    F_INT(struct server, workers, "Workers", "Requests that it works on at a time."),
    F_INTS(struct server, serving, "Serving", "Requests that it works on."),
    F_INTS(struct server, waiting, "Waiting", "Requests that wait."),
};
const struct shape server_shape = SHAPE("Server", struct server, server_fields);
