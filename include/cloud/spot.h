/*
 * cloud/spot.h - what spare capacity costs: spot prices.
 *
 * What nobody wants on demand is sold for less.  How much is spare of a family in a zone goes up
 * and down over days with what others want there; the price of a type follows, the less is spare
 * the higher, and changes three times a day.  All of it is a function of the seed and the instant:
 * nothing is kept, and the past can be asked as well as now.
 */
#ifndef CLOUD_SPOT_H
#define CLOUD_SPOT_H

#include <stdint.h>

#include "cloud/catalog.h"

struct spot_price {
    int64_t since;    /* when it came to be that */
    int64_t nano_usd; /* of an hour, Linux; whole ten-thousandths of a dollar */
};

/* How much is spare, in thousandths of the most there ever is. */
uint32_t spot_spare_permille(const struct catalog *catalog, uint64_t seed, uint16_t type,
                             uint8_t zone, int64_t at);
/* The price that was in force at an instant. */
struct spot_price spot_price_at(const struct catalog *catalog, uint64_t seed, uint16_t type,
                                uint8_t zone, int64_t at);

/* What is left for spot instances there. */
enum spot_supply {
    SPOT_PLENTY,
    SPOT_SCARCE, /* those that run are at a higher risk */
    SPOT_GONE,   /* others want all of it */
};
enum spot_supply spot_supply_at(const struct catalog *catalog, uint64_t seed, uint16_t type,
                                uint8_t zone, int64_t at);
/* When the price, and what is spare, change next: after `at`. */
int64_t spot_change_after(uint64_t seed, uint16_t type, uint8_t zone, int64_t at);

#endif
