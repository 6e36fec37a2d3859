/*
 * cloud/neighbour.h - other tenants on the hosts: what they do, and how they come and go.
 *
 * A neighbour is a guest of a host and nothing more.  What it wants of the CPU is a function of the
 * seed, of who it is, and of which ten minutes it is.  On hosts where somebody's instance runs one
 * goes now and then, and another one, of the same type, takes its place: so the room that is left
 * on the hosts is the same whatever neighbours do.
 */
#ifndef CLOUD_NEIGHBOUR_H
#define CLOUD_NEIGHBOUR_H

#include <stdint.h>

#include "cloud/host.h"
#include "sim/clock.h"

#define NEIGHBOUR_SPAN_NS (10 * MINUTE_NS)

/* What it wants at that instant, in millionths of a vCPU, of all its vCPUs together. */
int64_t neighbour_wants_ppm(const struct hosts *hosts, const struct host_guest *guest, int64_t now);
/* Ten minutes are over on that host: perhaps one of the neighbours goes, and another one comes. */
void neighbours_change(struct hosts *hosts, const struct host *host, int64_t now);

#endif
