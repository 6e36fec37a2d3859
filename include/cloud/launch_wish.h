/*
 * cloud/launch_wish.h - what a launch asks for, in AWS's words, and what that means here.
 *
 * One struct for all that launch: RunInstances fills it from its line, a launch template keeps it,
 * an Auto Scaling group launches with it later.  Ids and names are texts, as people wrote them, and
 * are looked up when the launch happens: what is gone by then is refused then, as at AWS.
 */
#ifndef CLOUD_LAUNCH_WISH_H
#define CLOUD_LAUNCH_WISH_H

#include "base/fault.h"
#include "base/mem.h"
#include "base/shape.h"
#include "cloud/catalog.h"
#include "cloud/dedicated_host.h"
#include "cloud/firewall.h"
#include "cloud/image.h"
#include "cloud/instance.h"
#include "cloud/key_pair.h"
#include "cloud/network.h"
#include "cloud/placement_group.h"
#include "cloud/snapshot.h"
#include "cloud/tag.h"

struct ebs_wish {
    struct opt_bool encrypted;
    struct opt_bool delete_on_termination;
    struct opt_int iops;
    const char *snapshot;
    struct opt_int size;
    const char *type;
    struct opt_int throughput;
};

struct disk_wish {
    const char *device;
    struct ebs_wish *ebs;
    const char *no_device;
};

struct address_wish {
    struct opt_bool primary;
    const char *address;
};

struct card_wish {
    struct opt_bool public_address;
    struct opt_bool delete_on_termination;
    struct opt_int device_index;
    struct strings groups;
    const char *address;
    LIST(struct address_wish) addresses;
    const char *subnet;
};

struct place_wish {
    const char *zone_id;
    const char *tenancy;
    const char *zone;
    const char *group;
    struct opt_int partition;
    const char *affinity; /* "host": stays on its Dedicated Host */
    const char *host;     /* "h-..." */
};

struct credit_wish {
    const char *mode; /* "standard" */
};

struct maintenance_wish {
    const char *recovery; /* "disabled": stays on a host that broke */
};

struct monitoring_wish {
    struct opt_bool enabled;
};

struct spot_wish {
    const char *most; /* "0.05" */
    const char *type;
    int64_t until;
    const char *behavior;
};

struct market_wish {
    const char *type; /* "spot" */
    struct spot_wish *spot;
};

struct launch_wish {
    struct opt_bool ebs_optimized;
    LIST(struct disk_wish) disks;
    LIST(struct card_wish) cards;
    const char *image;
    const char *type;
    const char *key;
    struct monitoring_wish *monitoring;
    struct place_wish *placement;
    struct credit_wish *credits;
    struct maintenance_wish *maintenance;
    struct opt_bool no_termination;
    const char *shutdown;
    const char *user_data; /* base 64 */
    struct tag_specifications tags;
    struct strings group_ids;
    struct strings group_names;
    struct opt_bool no_stop;
    struct market_wish *market;
    const char *subnet;  /* RunInstances only, as is the next */
    const char *address;
};

/* As launch templates have it: RequestLaunchTemplateData, without what only RunInstances takes. */
extern const struct shape launch_wish_shape;
/* Parts of it, for RunInstances. */
extern const struct shape disk_wish_shape, card_wish_shape, place_wish_shape, credit_wish_shape,
    maintenance_wish_shape, market_wish_shape;
extern const char *const spot_type_words[], *const spot_behavior_words[];

/* Every member that `wish` leaves out is taken from `base`, as a request says it over its template.
 * What it points to stays `base`'s. */
void launch_wish_complete(struct launch_wish *wish, const struct launch_wish *base);

/* The rooms that a launch looks into; all borrowed. */
struct launcher {
    const struct catalog *catalog;
    struct images *images;
    struct snapshots *snapshots;
    struct key_pairs *keys;
    struct network *network;
    struct firewall *firewall;
    const struct placement_groups *placement;
    const struct dedicated_hosts *dedicated;
    struct instances *instances;
};

/* The version of a launch template that a launch follows; all 0: none. */
struct launch_origin {
    uint64_t template;
    int64_t version;
};

/* Who asks, and for how many. */
struct launch_ask {
    const struct launcher *launcher;
    uint64_t account;
    uint8_t region;
    int64_t least;
    int64_t most;
    const char *token;   /* NULL: none */
    struct launch_origin origin; /* the instances are tagged with it, as at AWS */
    struct arena *arena; /* in which what the launch points to lives */
    struct fault *fault;
};

/* Fills the launch; what it points to lives in the arena, in the wish or in the world.  0, or -1
 * after a fault; changes nothing.  Tags are taken as they are: the caller has checked them. */
int launch_wish_read(const struct launch_ask *ask, const struct launch_wish *wish,
                     struct instance_launch *launch);

/* Who launches, and what type. */
struct launch_place {
    uint64_t account;
    uint8_t region;
    uint16_t type;
};
/* What the wish says of hardware (launch_place.c): the placement group and its partition, both 0
 * for none; tenancy and Dedicated Host, which is available and of the type's family.  0, or -1 and
 * a fault. */
int launch_place_read(const struct launcher *launcher, const struct launch_place *whose,
                      const struct place_wish *wish, struct instance_placement *place,
                      struct fault *fault);
/* The same for a launch, and the zone: a Dedicated Host says which.  `wish` may be NULL. */
int launch_place_zone(const struct launch_ask *ask, const struct place_wish *wish,
                      struct instance_launch *launch);
extern const struct fault_kind fault_launch_zone, fault_zone_of_host, fault_affinity;
extern const struct fault_kind fault_placement_of_type, fault_partition_number,
    fault_partition_without, fault_host_without, fault_placement_on_host, fault_host_type,
    fault_host_credits;

/* User data as the API has them, in base 64; the bytes lie in the arena.  0, or -1 and one of the
 * faults: no base 64, or too long. */
int launch_user_data(struct arena *arena, const char *text, struct blob *data,
                     struct fault *fault);
extern const struct fault_kind fault_user_data, fault_user_data_size;
/* Whether it asks for spot instances (launch_market.c).  0, or -1 and a fault. */
int launch_market_read(const struct launch_ask *ask, const struct launch_wish *wish,
                       struct instance_launch *launch);
/* What spot options mean; NULL: the usual ones. */
int launch_spot_terms(const struct spot_wish *wish, struct spot_terms *terms, struct fault *fault);
extern const struct fault_kind fault_spot_price_form, fault_spot_stop_once;

/* Its faults, NULL-terminated. */
extern const struct fault_kind *const launch_wish_faults[];

extern const struct fault_kind
    fault_missing_parameter; /* "The request must contain the parameter {}" */
extern const struct fault_kind fault_credit_mode; /* takes the word */
/* AWS has it, the console does not. */
extern const struct fault_kind fault_not_modelled_value;

#endif
