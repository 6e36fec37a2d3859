/*
 * cloud/world.h - one whole cloud.
 *
 * A world owns every room of the cloud and the clock; several live in one process without knowing
 * each other. It is the only place that knows all rooms: world_new() wires them, and nothing below
 * it may include this door. All that is saved lies in tables described by shapes, so saving,
 * restoring and hashing are generic.
 */
#ifndef CLOUD_WORLD_H
#define CLOUD_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pack.h"
#include "base/str.h"
#include "cloud/account.h"
#include "cloud/alarm.h"
#include "cloud/balancer.h"
#include "cloud/bill.h"
#include "cloud/block.h"
#include "cloud/catalog.h"
#include "cloud/dedicated_host.h"
#include "cloud/event_bus.h"
#include "cloud/firewall.h"
#include "cloud/guest.h"
#include "cloud/host.h"
#include "cloud/hypervisor.h"
#include "cloud/id.h"
#include "cloud/image.h"
#include "cloud/imaging.h"
#include "cloud/injection.h"
#include "cloud/instance.h"
#include "cloud/key_pair.h"
#include "cloud/launch_template.h"
#include "cloud/launch_wish.h"
#include "cloud/message_log.h"
#include "cloud/metering.h"
#include "cloud/metric.h"
#include "cloud/network.h"
#include "cloud/placement_group.h"
#include "cloud/queue.h"
#include "cloud/replica.h"
#include "cloud/request.h"
#include "cloud/scaling.h"
#include "cloud/scaling_policy.h"
#include "cloud/shop.h"
#include "cloud/snapshot.h"
#include "cloud/spot_request.h"
#include "cloud/stream.h"
#include "cloud/target_group.h"
#include "cloud/token.h"
#include "cloud/topic.h"
#include "cloud/traffic.h"
#include "cloud/trail.h"
#include "cloud/volume.h"
#include "cloud/vpc.h"
#include "cloud/web_acl.h"
#include "cloud/workload.h"
#include "sim/event.h"

struct world {
    struct sim sim;
    const struct catalog *catalog; /* borrowed */
    uint64_t seed;
    uint8_t region; /* where the session began */
    struct ids ids;
    struct trail trail;
    struct accounts accounts;
    struct tokens tokens;
    struct replica replica;
    struct network network;
    struct firewall firewall;
    struct hosts hosts;
    struct placement_groups placement;
    struct dedicated_hosts dedicated;
    struct key_pairs keys;
    struct blocks blocks;
    struct volumes volumes;
    struct snapshots snapshots;
    struct images images;
    struct guests guests;
    struct instances instances;
    struct launcher launcher;
    struct launch_templates templates;
    struct spot_requests spots;
    struct scaling scaling;
    struct imaging imaging;
    struct injections injections;
    struct requests requests;
    struct hypervisor hypervisor;
    struct workloads workloads;
    struct target_groups targets;
    struct web_acls acls;
    struct balancers balancers;
    struct traffic traffic;
    struct streams streams;
    struct message_log messages;
    struct queues queues;
    struct topics topics;
    struct metrics metrics;
    struct metering metering;
    struct alarms alarms;
    struct event_buses buses;
    struct shops shops;
    struct bill bill;
    bool bill_opens; /* while what is there already is told to a new bill */
};

/* A world at SIM_BEGIN_NS: accounts, default VPCs in all Regions, hosts with their neighbours,
 * public images.  The catalog must outlive it; the caller frees it. */
struct world *world_new(const struct catalog *catalog, uint64_t seed, uint8_t region);
void world_free(struct world *world);

/*
 * Adds an account that a person may act as, with its default VPCs in all Regions, under a profile's
 * name of which the caller has checked the form.  NULL and a fault when the name is taken or there
 * are too many.
 */
const struct account *world_add_account(struct world *world, const char *name,
                                        struct fault *fault);

/* Lets simulated time pass up to `until`, but runs at most max_events; returns the time reached.
 * Ends early also after an event that asked for it (sim_stop). */
int64_t world_advance(struct world *world, int64_t until, uint64_t max_events);

/* The same for one who goes on and has only looked since (sim_resume). */
int64_t world_resume(struct world *world, int64_t until, uint64_t max_events);

/* Appends the whole state. */
void world_pack(const struct world *world, struct str *out);
/* A world from its state; NULL and a constant sentence in *error when the bytes are no such state.
 */
struct world *world_unpack(const struct catalog *catalog, const void *bytes, size_t size,
                           const char **error);
/* Equal for equal states, whatever way they were reached. */
void world_hash(const struct world *world, unsigned char hash[PACK_HASH_SIZE]);

#endif
