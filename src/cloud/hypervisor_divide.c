/*
 * cloud/hypervisor_divide.c - the CPU of a host that is too small for all, divided by weight.
 *
 * Whoever wants no more than their part gets it, and the others divide what is left, until each of
 * them wants more than their part.
 */
#include "cloud/hypervisor.h"

__extension__ typedef __int128 wide;

/* Those who want no more than their part of what is left get it.  False when there are none. */
static bool close_modest(struct cpu_claims *claims, int64_t *left, int64_t *weights)
{
    int64_t given = 0;
    int64_t gone = 0;
    bool some = false;

    for (uint32_t i = 0; i < claims->count; i++) {
        struct cpu_claim *claim = &claims->items[i];
        int64_t most = claim->wants_ppm < claim->most_ppm ? claim->wants_ppm : claim->most_ppm;

        if (!claim->open || (wide)most * *weights > (wide)*left * claim->weight)
            continue;
        claim->open = false;
        claim->given_ppm = most;
        given += most;
        gone += claim->weight;
        some = true;
    }
    *left -= given;
    *weights -= gone;
    return some;
}

void hypervisor_divide(struct cpu_claims *claims, int64_t capacity_ppm)
{
    int64_t left = capacity_ppm;
    int64_t weights = 0;
    int64_t rest;

    for (uint32_t i = 0; i < claims->count; i++) {
        claims->items[i].open = true;
        claims->items[i].given_ppm = 0;
        weights += claims->items[i].weight;
    }
    while (weights > 0 && close_modest(claims, &left, &weights))
        continue;
    rest = left;
    for (uint32_t i = 0; i < claims->count; i++) {
        struct cpu_claim *claim = &claims->items[i];

        if (!claim->open || weights == 0)
            continue;
        claim->given_ppm = (int64_t)((wide)left * claim->weight / weights);
        rest -= claim->given_ppm;
    }
    /* What rounding left over, a millionth to each of the first; each of them wants more. */
    for (uint32_t i = 0; i < claims->count && rest > 0; i++) {
        if (claims->items[i].open && weights > 0) {
            claims->items[i].given_ppm++;
            rest--;
        }
    }
}
