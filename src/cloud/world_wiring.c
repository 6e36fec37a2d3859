/*
 * cloud/world_wiring.c - the few calls that must go up or sideways, joined.
 *
 * Each room names what it needs of others as callbacks; here, and only here, they are filled.
 */
#include "cloud/world_parts.h"

void world_wire(struct world *world)
{
    (void)world;
}
