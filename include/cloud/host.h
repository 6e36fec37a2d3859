/*
 * cloud/host.h - the machines that AWS hides: hosts in racks, their hypervisors, and who runs on
 * them.
 *
 * Each zone has a number of hosts of each instance family.  What a host is made of follows from the
 * catalog and is not saved; who runs where and what is broken is.  Memory is never shared; of
 * burstable families more vCPUs are sold than there are threads (HOST_OVERCOMMIT), of the others
 * none.
 *
 * Other tenants' instances are guests of hosts and nothing more: they have no addresses here and no
 * API shows them.
 */
#ifndef CLOUD_HOST_H
#define CLOUD_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/list.h"
#include "base/table.h"
#include "cloud/account.h"
#include "cloud/catalog.h"
#include "cloud/host_memory.h"
#include "cloud/id.h"
#include "cloud/trail.h"

/* How a host is chosen among those with room. Append only: the numbers are saved. */
enum host_policy {
    /* one of the first HOST_SPREAD of the family on which the account has nothing yet, as EC2
     * spreads your instances if it can; of these, or else of all, the fullest */
    HOST_POLICY_SPREAD = 0,
    HOST_POLICY_BEST_FIT,  /* the fullest: the one that it leaves least memory on */
    HOST_POLICY_FIRST_FIT, /* the first */
};
extern const char *const host_policy_words[]; /* by these numbers; NULL-terminated */

/* How the instances of a placement group stand. Append only: the numbers are saved. */
enum host_strategy {
    HOST_GROUP_CLUSTER = 1, /* all in one rack of one zone */
    HOST_GROUP_SPREAD,      /* each in a rack of its own, HOST_SPREAD_MOST of them in a zone */
    HOST_GROUP_PARTITION,   /* no rack belongs to two partitions */
};

/* Whose hardware an instance runs on. Append only: the numbers are saved. */
enum host_tenancy {
    HOST_TENANCY_DEFAULT = 0, /* hosts that are shared with other accounts */
    HOST_TENANCY_DEDICATED,   /* one on which nobody else's instances are */
    HOST_TENANCY_HOST,        /* a Dedicated Host, which the account has for itself */
};
extern const char *const host_tenancy_words[]; /* by these numbers, AWS's; NULL-terminated */

struct host_group {
    uint64_t id;        /* the placement group; 0: none */
    uint8_t strategy;   /* enum host_strategy */
    uint8_t partitions; /* how many a zone has */
    uint8_t partition;  /* the one that is asked for, from 1; 0: any */
};

enum {
    HOST_OVERCOMMIT = 8,
    HOST_RACKS = 12,          /* of a zone; each has hosts of all families */
    HOST_SPREAD_MOST = 7,
    HOST_PARTITIONS_MOST = 7,
    HOST_SPREAD = 8, /* hosts of a family and zone over which an account's instances are spread */
};

#define HOST_NONE UINT32_MAX
#define HOST_ANY_TYPE UINT16_MAX

/* What an instance asks of the hardware. */
struct host_terms {
    uint64_t account;
    uint64_t host;   /* tenancy host: this Dedicated Host; 0: any that places by itself */
    uint8_t tenancy; /* enum host_tenancy */
    struct host_group group;
};

/* Derived from the catalog and the seed, except the state; not saved. */
struct host {
    uint64_t id; /* h-... */
    uint32_t number; /* its place in hosts.items */
    uint16_t family; /* place in hosts.families */
    uint8_t zone;
    uint8_t rack;        /* from 1, in its zone */
    uint32_t cores;
    uint32_t threads;    /* hardware threads: what a vCPU of a fixed-performance type owns */
    uint32_t vcpus;      /* that may be sold */
    uint32_t memory_mib;
    uint32_t accelerators;
    uint32_t used_vcpus;
    uint32_t used_memory_mib;
    uint32_t used_accelerators;
    LIST(uint64_t) guests; /* instances, in order of arrival; owned */
    struct host_memory memory;
    uint64_t owner;        /* the account that has it for itself; 0: nobody has */
    uint32_t dedicated;    /* Dedicated Instances on it */
    uint16_t only_type;    /* a Dedicated Host for one type; else HOST_ANY_TYPE */
    bool allocated;        /* it is a Dedicated Host */
    bool places;           /* and takes instances that name no host */
    bool abandoned;        /* it was one, and is free when the last has left it */
    bool failed;
    bool retiring;         /* takes nobody any more: it will be taken away */
};

struct host_family {
    const char *name; /* borrowed from the catalog: "t3" */
    const char *hypervisor;
    const struct catalog_host *hardware; /* borrowed from the catalog; NULL: not told */
    bool burstable;
    uint32_t per_zone; /* hosts of it in each zone */
    uint32_t first;    /* number of its first host in zone 0 */
    uint32_t cores;    /* this and the next three: of each host */
    uint32_t threads;
    uint32_t memory_mib;
    uint32_t accelerators;
};

/* What few of them have. */
struct host_guest_rare {
    uint64_t cause;    /* the fault that brought it, or 0 */
    uint64_t group;    /* its placement group, or 0 */
    uint8_t partition; /* in which partition it stands, from 1; 0: in none */
};

/* One instance on a host: the learner's or another tenant's. */
struct host_guest {
    uint64_t id; /* the instance */
    uint64_t account;
    uint32_t host;
    uint16_t type; /* in the catalog */
    uint8_t load_percent; /* what a neighbour wants of its vCPUs all the time; 0: as it likes */
    uint8_t tenancy;      /* enum host_tenancy */
    struct host_guest_rare *rare; /* NULL: all zero; owned */
};

/* A host that is broken; gone when it is well again. */
struct host_failure {
    uint64_t key; /* host number + 1 */
    int64_t since;
};

struct hosts {
    struct table guests;   /* struct host_guest */
    struct table failures; /* struct host_failure */
    struct host *items;    /* by zone, then family; owned */
    uint32_t count;
    uint32_t per_zone;     /* hosts in one zone */
    struct host_family *families; /* owned */
    uint32_t family_count;
    uint16_t *type_family; /* by type; owned */
    const struct catalog *catalog; /* borrowed, as are all below */
    const struct accounts *accounts; /* NULL: there are no neighbours */
    struct trail *trail;
    const int64_t *now;
    uint64_t seed;
    uint8_t policy;                  /* enum host_policy */
};

extern const struct shape host_guest_shape, host_failure_shape;

/* The caller fills in the borrowed members and the seed first. All hosts, empty. */
void hosts_init(struct hosts *hosts);
void hosts_release(struct hosts *hosts);
/* The neighbours that are there when a world begins. */
void hosts_populate(struct hosts *hosts, struct ids *ids, const uint64_t *tenants,
                    uint32_t tenant_count);
/* After the saved tables were read: counts anew. False when a saved guest fits no host. */
bool hosts_restore(struct hosts *hosts);

/* How many more instances of the type fit in the zone, on these terms, but at most `limit`. */
struct host_ask {
    uint8_t zone;
    uint16_t type;
    struct host_terms terms;
};
uint32_t hosts_room(const struct hosts *hosts, const struct host_ask *ask, uint32_t limit);

struct host_wish {
    uint64_t instance;
    uint16_t type;
    uint8_t zone;
    uint32_t avoid; /* a host to leave alone if another has room, or HOST_NONE */
    struct host_terms terms;
};

/* One of the well hosts of the type's family in the zone that its tenancy and its placement group
 * allow, by the policy; of equals the lowest number.  Dedicated Instances fill the hosts that their
 * account has for itself already, then empty ones from the last.  HOST_NONE when it fits nowhere.
 */
uint32_t hosts_place(struct hosts *hosts, const struct host_wish *wish);
/* The instance leaves; BUG when it is on no host. */
void hosts_leave(struct hosts *hosts, uint64_t instance);
/* Where it runs, or NULL. */
const struct host *hosts_of(const struct hosts *hosts, uint64_t instance);
/* By "h-..." id; NULL when there is none. */
struct host *hosts_find(const struct hosts *hosts, uint64_t id);
/* Its placement group, or 0; and the partition in which it stands there, from 1; 0: in none. */
uint64_t host_guest_group(const struct host_guest *guest);
uint8_t host_guest_partition(const struct host_guest *guest);
/* Who an instance on a host is; NULL when it is on none. */
const struct host_guest *hosts_guest(const struct hosts *hosts, uint64_t instance);

/* ---- Dedicated Hosts (cloud/dedicated_host keeps who has which) ---- */

/* An empty, well host of the family that nobody has: the last; NULL when there is none.  One of
 * which `known` says that it was somebody's comes after all others; NULL: none was. */
struct host *hosts_empty(const struct hosts *hosts, uint8_t zone, uint16_t family,
                         bool (*known)(void *context, uint64_t id), void *context);
/* The host is that account's now, for one type or HOST_ANY_TYPE; with `places` instances that name
 * no host come there too. */
void host_allocate(struct host *host, uint64_t account, uint16_t only_type, bool places);
/* It is nobody's again; the caller has seen that it is empty. */
void host_release(struct host *host);
/* It broke, and was replaced: nobody's as soon as it is empty, and nobody comes until then. */
void host_abandon(struct host *host);
/* How many more of the type fit on it. */
uint32_t host_room(const struct host *host, const struct catalog_type *type);
/* How many would fit on it if it were empty. */
uint32_t host_room_whole(const struct host *host, const struct catalog_type *type);

/* ---- neighbours ---- */

/* Is it another tenant's, and nobody's who acts here? */
bool hosts_is_neighbour(const struct hosts *hosts, const struct host_guest *guest);
/* A neighbour goes, and another one of the same type, of the tenant that `luck` says, takes its
 * place. */
void hosts_replace(struct hosts *hosts, uint64_t neighbour, uint64_t luck);

/* A neighbour comes who wants all its vCPUs all the time, because of that fault.  Its type is the
 * one of the host's family that is loudest for the memory it takes.  Its vCPUs; 0 when it finds no
 * room. */
uint32_t hosts_crowd(struct hosts *hosts, struct host *host, uint64_t id, uint64_t cause);
/* Would it find room? */
bool hosts_has_room(const struct hosts *hosts, const struct host *host);
/* Those whom that fault brought go again. */
void hosts_uncrowd(struct hosts *hosts, uint64_t cause);

/* Breaks or mends a host. What happens to those on it is for the caller. */
void hosts_set_failed(struct hosts *hosts, struct host *host, bool failed);
/* True when every host of the zone is broken. */
bool hosts_zone_failed(const struct hosts *hosts, uint8_t zone);

#endif
