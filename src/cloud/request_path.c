/*
 * cloud/request_path.c - the ways of packets: how long they take, and whether they arrive.
 *
 * Owns    nothing.  Latencies are ours, of the order that people measure.
 */
#include "cloud/request_parts.h"

#include "sim/clock.h"

/* One way, in nanoseconds. */
static const int64_t internet_low = 8 * MILLISECOND_NS, internet_high = 35 * MILLISECOND_NS;
static const int64_t region_low = 30 * MILLISECOND_NS, region_high = 70 * MILLISECOND_NS;
static const int64_t zone_low = 400 * MICROSECOND_NS, zone_high = 900 * MICROSECOND_NS;
static const int64_t near_low = 80 * MICROSECOND_NS, near_high = 200 * MICROSECOND_NS;

static bool is_in_zone(const struct place *place)
{
    return place->kind != PLACE_NOWHERE && place->kind != PLACE_INTERNET;
}

/* What is rough on purpose adds between two zones. */
int64_t request_late_between(const struct requests *requests, const struct place *a,
                             const struct place *b)
{
    if (!requests->is_rough || !is_in_zone(a) || !is_in_zone(b) || a->zone == b->zone)
        return 0;
    return requests->rough[a->zone].late_ns + requests->rough[b->zone].late_ns;
}

/* Is a packet lost between the two places, on purpose? */
bool request_is_lost(const struct requests *requests, struct request *request,
                     const struct place *a, const struct place *b)
{
    uint32_t ppm;

    if (!requests->is_rough)
        return false;
    ppm = (is_in_zone(a) ? requests->rough[a->zone].lost_ppm : 0) +
          (is_in_zone(b) && (!is_in_zone(a) || a->zone != b->zone)
               ? requests->rough[b->zone].lost_ppm : 0);
    return ppm > 0 && chance_happens(&request->luck, ppm < 1000000 ? ppm : 1000000);
}

/* A lost packet of an open connection comes again after TCP's least pause, then twice that... */
int64_t request_resent_after(const struct requests *requests, struct request *request,
                            const struct place *a, const struct place *b)
{
    int64_t pause = 200 * MILLISECOND_NS;
    int64_t late = 0;

    while (pause < REQUEST_DEAD_AFTER_NS / 16 && request_is_lost(requests, request, a, b)) {
        late += pause;
        pause *= 2;
    }
    return late;
}

int64_t request_latency_between(struct request *request, const struct place *a,
                                const struct place *b)
{
    if (a->kind == PLACE_NOWHERE || a->kind == PLACE_INTERNET || b->kind == PLACE_NOWHERE ||
        b->kind == PLACE_INTERNET)
        return chance_between_ns(&request->luck, internet_low, internet_high);
    if (a->zone == b->zone)
        return chance_between_ns(&request->luck, near_low, near_high);
    if (a->zone / ZONES_PER_REGION == b->zone / ZONES_PER_REGION)
        return chance_between_ns(&request->luck, zone_low, zone_high);
    return chance_between_ns(&request->luck, region_low, region_high);
}

void request_set_rough(struct requests *requests, uint8_t zone, struct request_rough rough)
{
    requests->rough[zone] = rough;
    requests->is_rough = false;
    for (int i = 0; i < REQUEST_ZONES; i++)
        requests->is_rough = requests->is_rough || requests->rough[i].late_ns > 0 ||
                             requests->rough[i].lost_ppm > 0;
}
