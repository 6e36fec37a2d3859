/*
 * cloud/neighbour.c - other tenants on the hosts: what they do, and how they come and go.
 *
 * True to nothing published: what a provider's tenants do is theirs to know.
 */
#include "cloud/neighbour.h"

#include "sim/chance.h"

enum {
    PERCENT_PPM = 10000, /* a percent of a vCPU */
    USUAL_MIN = 2,       /* percent that a neighbour uses on the whole */
    USUAL_MAX = 18,
    WAVE_MAX = 12,       /* and more, from span to span */
    CHANGE_PPM = 250000, /* how likely one of a host's goes in a span */
};

static uint64_t span_of(int64_t now)
{
    return (uint64_t)(now / NEIGHBOUR_SPAN_NS);
}

int64_t neighbour_wants_ppm(const struct hosts *hosts, const struct host_guest *guest, int64_t now)
{
    int64_t vcpus = hosts->catalog->types[guest->type].vcpus;
    struct chance own;
    struct chance wave;
    int64_t percent;

    if (hosts->items[guest->host].failed)
        return 0;
    if (guest->load_percent > 0)
        return vcpus * guest->load_percent * PERCENT_PPM;
    own = chance_stream(hosts->seed, "neighbour-load", guest->id);
    wave = chance_part(&own, span_of(now));
    percent = USUAL_MIN + (int64_t)chance_below(&own, USUAL_MAX - USUAL_MIN + 1);
    percent += (int64_t)chance_below(&wave, WAVE_MAX + 1);
    return vcpus * percent * PERCENT_PPM;
}

static bool is_usual(const struct hosts *hosts, const struct host_guest *guest)
{
    return hosts_is_neighbour(hosts, guest) && guest->load_percent == 0;
}

void neighbours_change(struct hosts *hosts, const struct host *host, int64_t now)
{
    struct chance all = chance_stream(hosts->seed, "neighbour-change", host->number);
    struct chance luck = chance_part(&all, span_of(now));
    uint32_t count = 0;
    uint32_t goes;

    for (uint32_t i = 0; i < host->guests.count; i++)
        count += is_usual(hosts, hosts_guest(hosts, host->guests.items[i]));
    if (count == 0 || host->failed || !chance_happens(&luck, CHANGE_PPM))
        return;
    goes = (uint32_t)chance_below(&luck, count);
    for (uint32_t i = 0; i < host->guests.count; i++) {
        const struct host_guest *guest = hosts_guest(hosts, host->guests.items[i]);

        if (!is_usual(hosts, guest) || goes-- != 0)
            continue;
        hosts_replace(hosts, guest->id, chance_u64(&luck) | 1);
        return;
    }
}
