/*
 * cloud/request_reach.c - whom a packet meets at an address, and what a server says, each looked up
 * once.
 *
 * Owns    struct request_memory: three tables; a place is given to the last who came.
 *
 * A stream asks the same thing a million times while nothing else happens, as health checks do. The
 * answers follow from rooms that only other events and commands change, so they are kept for as
 * long as sim->epoch stays the same, and not saved: tests advance one event at a time, which keeps
 * nothing, and compare the states.
 */
#include "cloud/request_parts.h"

#include <stdlib.h>

#include "base/mem.h"

enum { REACHES = 4096, FOUNDS = 2048, SERVES = 1024 };

/* Half a cache line: thousands of clients come, and all meet the same few. */
struct reach_kept {
    uint64_t epoch : 48; /* 0: nothing is kept here */
    uint64_t found : 16; /* which of the founds */
    uint64_t from_id;
    uint32_t from_address;
    uint32_t address;
    uint32_t seen; /* the address as whom it comes; 0: as it is */
    uint16_t port;
    bool datagrams;
    uint8_t from_kind;
};

struct reach_found {
    uint64_t epoch; /* 0: nothing is kept here */
    struct reach reach;
};

struct serve_kept {
    uint64_t epoch;
    uint64_t origin_id;
    uint64_t instance;
    uint64_t target;
    uint16_t port;
    struct request_answer answer; /* without texts */
};

struct request_memory {
    struct reach_kept reaches[REACHES];
    struct reach_found founds[FOUNDS];
    struct reach passing; /* what the last one met, where there was no place to keep it */
    struct serve_kept serves[SERVES];
};

static struct request_memory *memory_of(struct requests *requests)
{
    if (requests->memory == NULL)
        requests->memory = xcalloc(1, sizeof(*requests->memory));
    return requests->memory;
}

static void look(const struct requests *requests, const struct request_knock *knock,
                 struct reach *reach)
{
    const struct request_world *world = &requests->world;

    *reach = (struct reach){
        .to = world->locate(world->context, knock->from, knock->address),
        .door = world->admits(world->context, knock),
    };
    if (reach->to.kind == PLACE_NODE)
        reach->listener =
            requests->balancing.listens(requests->balancing.context, reach->to.id, knock->port);
    else if (reach->to.kind == PLACE_INSTANCE)
        reach->power = world->listens(world->context, reach->to.id, knock->port);
}

struct hop request_arrival(const struct reach *reach, uint32_t address)
{
    const struct request_door *door = &reach->door;

    if (door->admitted && reach->to.kind == PLACE_NOWHERE)
        return (struct hop){.why = WHY_NOBODY, .number = address};
    return (struct hop){
        .why = door->why, .place = door->place, .other = door->other, .number = door->number};
}

struct hop request_refusal(const struct reach *reach, uint16_t port)
{
    return (struct hop){
        .why = reach->to.kind == PLACE_NODE ? WHY_NO_LISTENER : WHY_PORT_CLOSED,
        .place = reach->to.id,
        .number = port,
    };
}

struct hop request_try(struct requests *requests, const struct request_knock *knock,
                       struct place *to)
{
    struct reach reach;

    look(requests, knock, &reach);
    *to = reach.to;
    if (!request_arrives(&reach))
        return request_arrival(&reach, knock->address);
    if (!request_is_taken(&reach))
        return request_refusal(&reach, knock->port.number);
    return (struct hop){.why = WHY_CONNECTED, .place = reach.to.id};
}

/* Each lies in one of WAYS places, in the first that was free when it came. */
enum { WAYS = 8 };

#define EPOCH_MASK ((UINT64_C(1) << 48) - 1) /* a constant for gcc -O0 too */

/* As whom it comes; 0: as it is. */
static uint32_t seen_of(struct reach_ask ask)
{
    return ask.seen == NULL ? 0 : ask.seen->address;
}

static bool is_reach(const struct reach_kept *kept, struct reach_ask ask)
{
    return kept->address == ask.address && kept->from_address == ask.from->address &&
           kept->port == ask.port.number && kept->datagrams == ask.port.datagrams &&
           kept->from_id == ask.from->id && kept->from_kind == ask.from->kind &&
           kept->seen == seen_of(ask);
}

static bool is_same(const struct reach *a, const struct reach *b)
{
    return a->to.id == b->to.id && a->to.address == b->to.address && a->to.kind == b->to.kind &&
           a->to.zone == b->to.zone && a->to.by_public == b->to.by_public &&
           a->door.place == b->door.place && a->door.other == b->door.other &&
           a->door.number == b->door.number && a->door.why == b->door.why &&
           a->door.admitted == b->door.admitted && a->power.vcpus == b->power.vcpus &&
           a->power.speed_ppm == b->power.speed_ppm && a->listener == b->listener;
}

/* Where this is kept, once for all who meet it; NULL: there is no place for it. */
static struct reach_found *found_place(struct request_memory *memory, uint64_t epoch,
                                       const struct reach *reach)
{
    uint64_t mixed = (reach->to.id + reach->door.why) * UINT64_C(0x9e3779b97f4a7c15);
    struct reach_found *set = &memory->founds[mixed >> 40 & (FOUNDS - WAYS)];

    for (uint32_t i = 0; i < WAYS; i++) {
        if (set[i].epoch != epoch) {
            set[i] = (struct reach_found){.epoch = epoch, .reach = *reach};
            return &set[i];
        }
        if (is_same(&set[i].reach, reach))
            return &set[i];
    }
    return NULL;
}

/* Somebody new comes: looked up, and kept in this place. */
static __attribute__((noinline)) const struct reach *
reach_anew(struct requests *requests, struct reach_ask ask, struct reach_kept *place)
{
    struct request_memory *memory = requests->memory;
    uint64_t epoch = requests->sim->epoch;
    struct reach_found *found;

    look(requests,
         &(struct request_knock){
             .from = ask.from, .seen = ask.seen, .address = ask.address, .port = ask.port},
         &memory->passing);
    found = found_place(memory, epoch, &memory->passing);
    if (found == NULL)
        return &memory->passing;
    *place = (struct reach_kept){
        .epoch = epoch & EPOCH_MASK,
        .found = (uint64_t)(found - memory->founds) & (FOUNDS - 1),
        .address = ask.address,
        .from_address = ask.from->address,
        .port = ask.port.number,
        .datagrams = ask.port.datagrams,
        .from_id = ask.from->id,
        .from_kind = ask.from->kind,
        .seen = seen_of(ask),
    };
    return &found->reach;
}

const struct reach *request_reach(struct requests *requests, struct reach_ask ask)
{
    uint64_t mixed = (uint64_t)ask.address << 32 | (ask.from->address + ask.port.number);
    uint32_t home = (uint32_t)(mixed * UINT64_C(0x9e3779b97f4a7c15) >> 32);
    struct request_memory *memory = memory_of(requests);
    struct reach_kept *set = &memory->reaches[home & (REACHES - WAYS)];

    for (uint32_t i = 0; i < WAYS; i++) {
        struct reach_kept *kept = &set[((home >> 16) + i) & (WAYS - 1)];

        if (kept->epoch != (requests->sim->epoch & EPOCH_MASK))
            return reach_anew(requests, ask, kept);
        if (is_reach(kept, ask))
            return &memory->founds[kept->found].reach;
    }
    return reach_anew(requests, ask, &set[home >> 16 & (WAYS - 1)]);
}

static struct serve_kept *serve_find(struct requests *requests, const struct request *request,
                                     uint16_t port)
{
    uint64_t mixed =
        (request->server + 3 * request->origin_id + port) * UINT64_C(0x9e3779b97f4a7c15);
    struct serve_kept *set = &memory_of(requests)->serves[mixed >> 40 & (SERVES - WAYS)];
    struct serve_kept *free_one = &set[mixed >> 60 & (WAYS - 1)];

    for (uint32_t i = 0; i < WAYS; i++) {
        struct serve_kept *kept = &set[((mixed >> 60) + i) & (WAYS - 1)];

        if (kept->epoch != requests->sim->epoch) {
            free_one = kept;
            break;
        }
        if (kept->instance == request->server && kept->origin_id == request->origin_id &&
            kept->port == port && kept->target == request->target)
            return kept;
    }
    *free_one = (struct serve_kept){
        .epoch = requests->sim->epoch,
        .origin_id = request->origin_id,
        .instance = request->server,
        .target = request->target,
        .port = port,
    };
    requests->world.serve(requests->world.context, request, &free_one->answer);
    return free_one;
}

void request_serve(struct requests *requests, const struct request *request,
                   struct request_answer *answer)
{
    /* Streams and health checks say the same each time. */
    if (!requests->origins[request->origin].quiet || request->wants_text)
        requests->world.serve(requests->world.context, request, answer);
    else
        *answer = serve_find(requests, request,
                             request->target != 0 ? request->target_port : request->port)
                      ->answer;
}

struct request_mood request_mood(struct requests *requests, const struct request *request)
{
    const struct request_world *world = &requests->world;

    return world->mood == NULL ? (struct request_mood){0}
                               : world->mood(world->context, request->server);
}
