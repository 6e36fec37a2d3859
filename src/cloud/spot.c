/*
 * cloud/spot.c - what spare capacity costs: spot prices.
 *
 * True to the EC2 user guide, "Spot Instances": prices move gradually with supply and demand of a
 *         type in a zone, and are below those on demand.  How much is spare, and how often the
 *         price changes, are ours: AWS tells neither.
 */
#include "cloud/spot.h"

#include <string.h>

#include "sim/chance.h"
#include "sim/clock.h"

#define SPOT_EVERY_NS (8 * HOUR_NS)

enum {
    SLOTS_OF_WAVE = 15, /* five days from one draw of the slow wave to the next */
    SLOW_PARTS = 7,     /* of ten: the slow wave; the rest is the unrest of the moment */
    PARTS = 10,
    PERMILLE = 1000,
    LEAST_PERMILLE = 260, /* of the price on demand, when all is spare */
    RANGE_PERMILLE = 460, /* more when nothing is */
    STEP_NANO = 100000,
    SCARCE_PERMILLE = 100,
    GONE_PERMILLE = 40,
};

/* The first type of its family: they share their hosts. */
static uint16_t family_of(const struct catalog *catalog, uint16_t type)
{
    uint16_t first = type;

    while (first > 0 && strcmp(catalog->types[first - 1].family, catalog->types[type].family) == 0)
        first--;
    return first;
}

static int64_t draw(const struct chance *stream, uint64_t n)
{
    struct chance part = chance_part(stream, n);

    return (int64_t)chance_below(&part, PERMILLE + 1);
}

/* Prices do not all change at the same instant. */
static int64_t offset_of(uint64_t seed, uint16_t type, uint8_t zone)
{
    struct chance luck = chance_stream(seed, "spot-time", (uint64_t)type << 8 | zone);

    return chance_between_ns(&luck, 0, SPOT_EVERY_NS - SECOND_NS) / SECOND_NS * SECOND_NS;
}

static uint64_t slot_of(uint64_t seed, uint16_t type, uint8_t zone, int64_t at)
{
    int64_t since = at - offset_of(seed, type, zone);

    return since < 0 ? 0 : (uint64_t)(since / SPOT_EVERY_NS);
}

static int64_t spare_in(const struct catalog *catalog, uint64_t seed, uint16_t type, uint8_t zone,
                        uint64_t slot)
{
    struct chance slow =
        chance_stream(seed, "spot-spare", (uint64_t)family_of(catalog, type) << 8 | zone);
    struct chance fast = chance_stream(seed, "spot-unrest", (uint64_t)type << 8 | zone);
    uint64_t wave = slot / SLOTS_OF_WAVE;
    int64_t along = (int64_t)(slot % SLOTS_OF_WAVE);
    int64_t mean =
        (draw(&slow, wave) * (SLOTS_OF_WAVE - along) + draw(&slow, wave + 1) * along) /
        SLOTS_OF_WAVE;

    return (mean * SLOW_PARTS + draw(&fast, slot) * (PARTS - SLOW_PARTS)) / PARTS;
}

uint32_t spot_spare_permille(const struct catalog *catalog, uint64_t seed, uint16_t type,
                             uint8_t zone, int64_t at)
{
    return (uint32_t)spare_in(catalog, seed, type, zone, slot_of(seed, type, zone, at));
}

struct spot_price spot_price_at(const struct catalog *catalog, uint64_t seed, uint16_t type,
                                uint8_t zone, int64_t at)
{
    uint64_t slot = slot_of(seed, type, zone, at);
    int64_t spare = spare_in(catalog, seed, type, zone, slot);
    int64_t list =
        catalog_instance_price(catalog, type, (uint8_t)(zone / ZONES_PER_REGION), false);
    int64_t permille = LEAST_PERMILLE + (PERMILLE - spare) * RANGE_PERMILLE / PERMILLE;
    int64_t steps = list / PERMILLE * permille / STEP_NANO;

    return (struct spot_price){
        .since = offset_of(seed, type, zone) + (int64_t)slot * SPOT_EVERY_NS,
        .nano_usd = (steps < 1 ? 1 : steps) * STEP_NANO,
    };
}

enum spot_supply spot_supply_at(const struct catalog *catalog, uint64_t seed, uint16_t type,
                                uint8_t zone, int64_t at)
{
    uint32_t spare = spot_spare_permille(catalog, seed, type, zone, at);

    if (spare < GONE_PERMILLE)
        return SPOT_GONE;
    return spare < SCARCE_PERMILLE ? SPOT_SCARCE : SPOT_PLENTY;
}

int64_t spot_change_after(uint64_t seed, uint16_t type, uint8_t zone, int64_t at)
{
    return offset_of(seed, type, zone) +
           ((int64_t)slot_of(seed, type, zone, at) + 1) * SPOT_EVERY_NS;
}
