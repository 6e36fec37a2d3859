/*
 * cloud/request_reach.c - whom a packet meets at an address, and what a server says, each looked up
 * once.
 *
 * Owns    struct request_memory: two tables in which a place is given to the last who came.
 *
 * A stream asks the same thing a million times while nothing else happens.  The answers follow from
 * rooms that only other events and commands change, so they are kept for as long as sim->epoch
 * stays the same, and not saved: tests advance one event at a time, which keeps nothing, and
 * compare the states.
 */
#include "cloud/request_parts.h"

#include <stdlib.h>

#include "base/mem.h"

enum { REACHES = 2048, SERVES = 256 };

struct reach_kept {
    uint64_t epoch; /* 0: nothing is kept here */
    uint64_t from_id;
    uint32_t from_address;
    uint32_t address;
    uint16_t port;
    uint8_t from_kind;
    struct reach reach;
};

struct serve_kept {
    uint64_t epoch;
    uint64_t origin_id;
    uint64_t instance;
    uint16_t port;
    struct request_answer answer; /* without texts */
};

struct request_memory {
    struct reach_kept reaches[REACHES];
    struct serve_kept serves[SERVES];
};

static struct request_memory *memory_of(struct requests *requests)
{
    if (requests->memory == NULL)
        requests->memory = xcalloc(1, sizeof(*requests->memory));
    return requests->memory;
}

static void look(const struct requests *requests, struct reach_ask ask, struct reach *reach)
{
    const struct request_world *world = &requests->world;

    *reach = (struct reach){
        .to = world->locate(world->context, ask.from, ask.address),
    };
    if (reach->to.kind == PLACE_NOWHERE)
        return;
    reach->door = world->admits(world->context, ask.from, &reach->to, ask.port);
    if (reach->to.kind == PLACE_NODE)
        reach->listener =
            requests->balancing.listens(requests->balancing.context, reach->to.id, ask.port);
    else
        reach->power = world->listens(world->context, reach->to.id, ask.port);
}

const struct reach *request_reach(struct requests *requests, struct reach_ask ask)
{
    uint32_t mixed =
        ask.address * UINT32_C(0x9e3779b1) ^ (ask.from->address + ask.port) * UINT32_C(0x85ebca6b);
    struct reach_kept *kept = &memory_of(requests)->reaches[mixed >> 16 & (REACHES - 1)];

    if (kept->epoch == requests->sim->epoch && kept->address == ask.address &&
        kept->from_address == ask.from->address && kept->port == ask.port &&
        kept->from_id == ask.from->id && kept->from_kind == ask.from->kind)
        return &kept->reach;
    kept->epoch = requests->sim->epoch;
    kept->address = ask.address;
    kept->from_address = ask.from->address;
    kept->port = ask.port;
    kept->from_id = ask.from->id;
    kept->from_kind = ask.from->kind;
    look(requests, ask, &kept->reach);
    return &kept->reach;
}

void request_serve(struct requests *requests, const struct request *request,
                   struct request_answer *answer)
{
    uint16_t port = request->target != 0 ? request->target_port : request->port;
    uint64_t mixed = (request->server ^ request->origin_id) * UINT64_C(0x9e3779b97f4a7c15);
    struct serve_kept *kept = &memory_of(requests)->serves[mixed >> 56];

    if (request->origin != REQUEST_STREAM || request->wants_text) {
        requests->world.serve(requests->world.context, request, answer);
        return;
    }
    if (kept->epoch != requests->sim->epoch || kept->origin_id != request->origin_id ||
        kept->instance != request->server || kept->port != port) {
        *kept = (struct serve_kept){
            .epoch = requests->sim->epoch,
            .origin_id = request->origin_id,
            .instance = request->server,
            .port = port,
        };
        requests->world.serve(requests->world.context, request, &kept->answer);
    }
    *answer = kept->answer;
}
