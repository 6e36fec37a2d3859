/*
 * tests/unit/cloud_property.h - a whole cloud under random commands and time, for property tests.
 *
 * A seed makes a world; the test gives it commands, of which many are refused, and lets time pass
 * event by event.
 */
#ifndef TESTS_CLOUD_PROPERTY_H
#define TESTS_CLOUD_PROPERTY_H

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

struct property {
    struct catalog *catalog;
    struct world *world;
    struct chance luck;
    uint64_t seed;
    int step;
    uint32_t refused;
};

#define HOLDS(property, what) \
    do { \
        if (!(what)) \
            fail_msg("seed %u, command %d, %lld s: not %s", (unsigned)(property)->seed, \
                     (property)->step, \
                     (long long)(((property)->world->sim.now - SIM_BEGIN_NS) / SECOND_NS), #what); \
    } while (0)

static inline void property_open(struct property *property, uint64_t seed, const char *stream)
{
    *property = (struct property){.catalog = catalog_new(), .seed = seed};
    property->world = world_new(property->catalog, seed, 0);
    property->luck = chance_stream(seed, stream, 0);
}

static inline void property_close(struct property *property)
{
    world_free(property->world);
    catalog_free(property->catalog);
}

static inline uint64_t property_draw(struct property *property, uint64_t n)
{
    return chance_below(&property->luck, n);
}

/* One command: 0, or -1 and a fault. */
typedef int property_command(void *context, struct fault *fault);

/* I5: what is refused changes nothing, and says why. */
static inline void property_ask(struct property *property, property_command *command, void *context)
{
    unsigned char before[PACK_HASH_SIZE];
    unsigned char after[PACK_HASH_SIZE];
    struct fault fault = FAULT_INIT;

    world_hash(property->world, before);
    if (command(context, &fault) != 0) {
        world_hash(property->world, after);
        HOLDS(property, memcmp(before, after, sizeof(before)) == 0);
        HOLDS(property, fault.kind != NULL && fault.message != NULL);
        property->refused++;
    }
    fault_release(&fault);
}

/* I2, I7: what is saved is what is restored, and saves as the same bytes; goes on with the copy. */
static inline void property_save(struct property *property)
{
    struct str bytes = STR_INIT;
    struct str again = STR_INIT;
    const char *error = NULL;
    struct world *copy;

    world_pack(property->world, &bytes);
    copy = world_unpack(property->catalog, bytes.text, bytes.length, &error);
    HOLDS(property, copy != NULL);
    world_pack(copy, &again);
    HOLDS(property, bytes.length == again.length);
    HOLDS(property, memcmp(bytes.text, again.text, bytes.length) == 0);
    world_free(property->world);
    property->world = copy;
    str_release(&bytes);
    str_release(&again);
}

/* NEPHOSCOPE_SEEDS, or as many as usual. */
static inline int property_seeds(int usual)
{
    const char *text = getenv("NEPHOSCOPE_SEEDS");

    return text == NULL ? usual : (int)strtol(text, NULL, 10);
}

#endif
