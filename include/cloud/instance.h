/*
 * cloud/instance.h - instances, and what happens to them.
 *
 *   pending -> running -> stopping -> stopped -> pending ...
 *   pending, running, stopping, stopped -> shutting-down -> terminated (shown for an hour, then
 * forgotten)
 *
 * This room moves states, places instances on hosts and gives them addresses.  Volumes and the
 * guest's inside are the business of other rooms, told through struct instance_hooks, which
 * world_init() fills.
 *
 * Each start is a new launch with a number; events carry it, so that those of an earlier one are
 * recognised.
 */
#ifndef CLOUD_INSTANCE_H
#define CLOUD_INSTANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/mem.h"
#include "base/table.h"
#include "cloud/account.h"
#include "cloud/catalog.h"
#include "cloud/firewall.h"
#include "cloud/host.h"
#include "cloud/id.h"
#include "cloud/network.h"
#include "cloud/placement_group.h"
#include "cloud/tag.h"
#include "cloud/trail.h"
#include "sim/event.h"

/* AWS's own codes. */
enum instance_state {
    INSTANCE_PENDING = 0,
    INSTANCE_RUNNING = 16,
    INSTANCE_SHUTTING_DOWN = 32,
    INSTANCE_TERMINATED = 48,
    INSTANCE_STOPPING = 64,
    INSTANCE_STOPPED = 80,
};

/* Why it is in its state. Append only: the numbers are saved. */
enum instance_reason {
    INSTANCE_REASON_NONE = 0,
    INSTANCE_REASON_USER,    /* Client.UserInitiatedShutdown */
    INSTANCE_REASON_GUEST,   /* Client.InstanceInitiatedShutdown: someone inside said shutdown */
    INSTANCE_REASON_INTERNAL,   /* Server.InternalError */
    INSTANCE_REASON_PENDING,          /* "pending": AWS says so while it starts */
    INSTANCE_REASON_SCHEDULED,  /* Server.ScheduledStop: its host was taken away */
    INSTANCE_REASON_SPOT_TERMINATION, /* Server.SpotInstanceTermination: EC2 took it back */
    INSTANCE_REASON_SPOT_SHUTDOWN,    /* Server.SpotInstanceShutdown: the same, and it stops */
};

/* What a status check has found. Append only: the numbers are saved. */
enum check_status {
    CHECK_NOT_APPLICABLE = 0, /* not running */
    CHECK_INITIALIZING,
    CHECK_OK,
    CHECK_IMPAIRED,
    CHECK_INSUFFICIENT_DATA,
};

/* What one RunInstances asked for, shared by its instances. */
struct reservation {
    uint64_t id; /* r-... */
    uint64_t account;
    uint64_t image;
    uint32_t count;        /* instances that are not forgotten yet */
    uint32_t alive;        /* of these, not terminated; derived, not saved */
    uint8_t region;
    char *key_name;        /* NULL: none */
    char *client_token;    /* NULL: none */
    struct blob token_hash; /* only in sessions of before cloud/token */
    struct blob user_data;
};

/* What few instances have. */
struct instance_rare {
    int64_t reason_time;     /* for "User initiated (2026-01-05 08:00:00 GMT)"; 0: none */
    uint64_t group;          /* its placement group, or 0 */
    uint64_t spot;           /* the spot request that it fulfils; 0: it is on demand */
    uint64_t dedicated_host; /* tenancy host: the Dedicated Host that it is on, was on last, or is
                              * to start on; 0: none yet */
    struct blob user_data;   /* only when it was changed after the launch */
    uint8_t partition;       /* the partition that was asked for, from 1; 0: any */
    bool own_user_data;      /* it was changed, be it to nothing */
    bool affine;             /* starts on its Dedicated Host, or not at all */
    bool no_recovery;        /* AutoRecovery=disabled: stays on a host that broke */
    bool spot_persistent;    /* of a spot request that goes on: it may be stopped */
};

struct instance {
    uint64_t id;
    uint64_t account;
    uint64_t reservation;
    uint64_t interface;      /* 0 once terminated */
    int64_t launched;        /* LaunchTime: of the latest start */
    int64_t created;         /* of the first */
    int64_t state_since;
    int64_t system_since;    /* when system_status came to be what it is */
    int64_t checks_since;    /* the same of instance_status */
    uint64_t subnet;
    uint32_t launch;         /* number of the present launch, from 1 */
    uint32_t host;           /* number of its host, HOST_NONE when on none */
    uint32_t last_host;      /* where it ran before, HOST_NONE */
    uint16_t type;           /* in the catalog */
    uint16_t launch_index;   /* AmiLaunchIndex */
    uint8_t zone;
    uint8_t state;           /* enum instance_state */
    uint8_t reason;          /* enum instance_reason */
    uint8_t architecture;    /* one of enum architecture */
    uint8_t system_status;   /* enum check_status: as the last check found it */
    uint8_t instance_status;
    bool is_windows;
    bool public_address;     /* gets one at each start */
    bool monitored;          /* detailed monitoring */
    bool ends_on_shutdown;   /* a shutdown from inside terminates it */
    bool no_termination;     /* DisableApiTermination */
    bool no_stop;            /* DisableApiStop */
    bool powered;            /* the hypervisor runs it now: false when its host is broken */
    bool ebs_optimized;
    uint8_t credit_mode;     /* enum credit_mode, as the launch asked; cpu_guest has it now */
    uint8_t tenancy;         /* enum host_tenancy */
    const char *root_device; /* "/dev/xvda"; the table's */
    struct tags tags;
    struct instance_rare *rare; /* NULL: all zero; owned; see instance_rare() */
};

/* Of an instance, when there is something to tell. */
static inline const struct instance_rare *instance_rare(const struct instance *instance)
{
    static const struct instance_rare none;

    return instance->rare == NULL ? &none : instance->rare;
}

/* To be changed. */
struct instance_rare *instance_rare_make(struct instance *instance);

/* One volume that a launch asks for: an entry of its block device mapping, already completed from
 * the image's. */
struct launch_disk {
    const char *device;   /* "/dev/xvda" */
    const char *type;     /* "gp3" */
    uint64_t snapshot;    /* 0: empty */
    uint32_t size_gib;
    uint32_t iops;        /* 0: the type's own */
    uint32_t throughput;
    bool delete_on_termination;
    bool encrypted;
};

/* What a launch of spot instances is bound to. */
struct spot_terms {
    int64_t most_nano; /* of an hour, in nano-dollars; 0: up to the price on demand */
    int64_t until;     /* when the request ends; 0: never */
    bool persistent;   /* asks again when its instance is gone */
    bool stops;        /* is stopped when EC2 takes it back, not terminated */
};

struct launch_wish;

struct instance_launch {
    uint64_t account;
    uint8_t region;
    int zone;               /* -1: any */
    uint64_t subnet;        /* 0: a default subnet of the zone */
    uint64_t image;
    uint16_t type;
    uint8_t architecture;   /* the image's, one of enum architecture */
    bool is_windows;        /* the image's platform */
    const char *root_device;
    uint32_t min_count;
    uint32_t max_count;
    const uint64_t *groups; /* security groups; none: the VPC's default */
    uint32_t group_count;
    uint32_t address;       /* a certain private address, or 0; with max_count 1 only */
    struct opt_bool public_address; /* not set: as the subnet says */
    const char *key_name;   /* checked by the caller; NULL: none */
    struct blob user_data;  /* borrowed; copied */
    const char *client_token;
    bool monitored;
    bool ends_on_shutdown;
    bool no_termination;
    bool no_stop;
    bool ebs_optimized;
    uint8_t credit_mode;    /* enum credit_mode; CREDIT_NONE: the type's usual one */
    uint64_t group;         /* placement group, or 0 */
    uint8_t partition;      /* of it, from 1; 0: any */
    uint8_t tenancy;        /* enum host_tenancy */
    bool affine;            /* tenancy host: stays on its Dedicated Host */
    bool no_recovery;
    uint64_t dedicated_host; /* tenancy host: this one; 0: any that places by itself */
    const struct spot_terms *spot;  /* NULL: on demand */
    uint64_t spot_request;          /* the request that it is for; 0: each makes its own */
    const struct launch_wish *wish; /* what was asked for, in AWS's words; NULL: nobody keeps it */
    const struct launch_disk *disks; /* the first is the root's */
    uint32_t disk_count;
    const struct tags *tags;        /* of the instances; NULL: none */
    const struct tags *volume_tags; /* NULL: none */
    const struct tags *spot_tags;   /* of spot requests that it makes; NULL: none */
};

/* What other rooms do for this one. A NULL member does nothing (answers: true), so that tests need
 * no neighbours. */
struct instance_hooks {
    void *context;
    /* May this launch have its volumes, count times? 0, or -1 and a fault (quotas, snapshots that
     * are gone). */
    int (*disks_check)(void *context, const struct instance_launch *launch, uint32_t count,
                       struct fault *fault);
    /* Makes and attaches them. */
    void (*disks_make)(void *context, const struct instance *instance,
                       const struct instance_launch *launch);
    /* The instance has terminated: detach all, delete those with DeleteOnTermination. */
    void (*disks_release)(void *context, const struct instance *instance);
    /* May it start: its root volume is there? IncorrectInstanceConfiguration otherwise. */
    int (*start_check)(void *context, const struct instance *instance, struct fault *fault);
    /* The hypervisor turns it on: the guest boots. */
    void (*power_on)(void *context, const struct instance *instance);
    /* The button: the guest shuts down in order; the power goes off when the state moves on. */
    void (*shut_down)(void *context, const struct instance *instance);
    /* The power is off, whatever the guest was doing. */
    void (*power_off)(void *context, const struct instance *instance);
    /* The guest shuts down in order and boots again; the power stays on. */
    void (*reboot)(void *context, const struct instance *instance);
    /* Does its system hang on the way down, so that only force stops it? */
    bool (*hangs)(void *context, uint64_t instance);
    /* Does the guest's network stack answer? What the instance status check asks. */
    bool (*answers)(void *context, uint64_t instance);
    /* After every change of state; `before` is an enum instance_state, -1 for a new one. */
    void (*changed)(void *context, const struct instance *instance, int before);
    /* Another Dedicated Host in place of this one, which broke: its id; 0: there is none. */
    uint64_t (*replace_host)(void *context, uint64_t dedicated_host);
    /* May spot instances be launched in that zone, at that price?  0, or -1 and a fault.  The zone
     * of the launch says which one was wanted, -1 that any will do. */
    int (*spot_check)(void *context, const struct instance_launch *launch, uint8_t zone,
                      struct fault *fault);
    /* The request that the new spot instance fulfils. */
    uint64_t (*spot_made)(void *context, const struct instance *instance,
                          const struct instance_launch *launch);
    /* After a status check found something else than the one before. */
    void (*checked)(void *context, const struct instance *instance);
    /* Detailed monitoring was switched on or off. */
    void (*monitored)(void *context, const struct instance *instance);
};

struct instances {
    struct table table;        /* struct instance */
    struct table reservations; /* struct reservation */
    struct instance_hooks hooks;
    struct sim *sim; /* borrowed, as are all below */
    const struct catalog *catalog;
    const struct accounts *accounts;
    struct network *network;
    struct firewall *firewall;
    struct hosts *hosts;
    const struct placement_groups *groups; /* NULL: there are none */
    struct ids *ids;
    struct trail *trail;
    uint64_t seed;
};

extern const struct shape instance_shape, reservation_shape;

/* The caller fills in the borrowed members, hooks and the seed first. Registers the events of this
 * room. */
void instances_init(struct instances *instances);
void instances_release(struct instances *instances);
/* After the saved tables were read. False when they contradict each other. */
bool instances_restore(struct instances *instances);

/* ---- finding ---- */
/* NULL when there is none that this account may see in that Region. Terminated ones are found until
 * forgotten. */
struct instance *instance_find(const struct instances *instances, uint64_t account, uint8_t region,
                               uint64_t id);
/* Any account's; NULL when there is none. */
struct instance *instance_any(const struct instances *instances, uint64_t id);
const struct reservation *instance_reservation(const struct instances *instances,
                                               const struct instance *instance);
/* Its primary interface; NULL once it is terminated. */
struct interface *instance_interface(const struct instances *instances,
                                     const struct instance *instance);
/* User data as the guest sees it: the instance's own, or the reservation's. */
struct blob instance_user_data(const struct instances *instances, const struct instance *instance);

/* ---- operations; all or nothing, and a refusal changes nothing ---- */
/* Launches between min_count and max_count instances, as many as fit; *reservation is theirs.
 * Faults: InvalidParameterValue (architecture), Unsupported, VcpuLimitExceeded,
 * InstanceLimitExceeded, InsufficientInstanceCapacity, InsufficientFreeAddressesInSubnet,
 * VPCIdNotSpecified, and the hooks' own. */
int instances_launch(struct instances *instances, const struct instance_launch *launch,
                     uint64_t *reservation, struct fault *fault);

/* A list of instances of one account and Region, all found by the caller before. */
struct instance_set {
    struct instance *const *items;
    uint32_t count;
};

/* Stopped ones begin to start; running and pending ones stay. IncorrectInstanceState,
 * InsufficientInstanceCapacity... */
int instances_start(struct instances *instances, struct instance_set set, struct fault *fault);
/* Running ones begin to stop, without the guest's help when forced; stopped ones stay.
 * IncorrectInstanceState, OperationNotPermitted. */
int instances_stop(struct instances *instances, struct instance_set set, bool force,
                   struct fault *fault);
/* Terminated ones stay. OperationNotPermitted (protection): then nothing happens in the zones of
 * the protected ones, but those elsewhere are terminated, as at AWS. */
int instances_terminate(struct instances *instances, struct instance_set set, struct fault *fault);
/* IncorrectState when one is not running; terminated ones are ignored. */
int instances_reboot(struct instances *instances, struct instance_set set, struct fault *fault);

/* EC2 takes a running spot instance back: it is stopped, or terminated.  One that is not running is
 * left as it is. */
void instance_reclaim(struct instances *instances, uint64_t id, bool stop);

/* One whose host is broken boots on another host, with all that is its own (instance_recovery.c).
 * IncorrectInstanceState when the host is well, InsufficientInstanceCapacity. */
int instances_recover(struct instances *instances, struct instance *instance,
                      struct fault *fault);

/* ---- changes after the launch (instance_change.c) ---- */
/* Its type from the next start on.  IncorrectInstanceState when it is not stopped,
 * InvalidInstanceAttributeValue when its system is for other processors. */
int instance_set_type(struct instances *instances, struct instance *instance, uint16_t type,
                      struct fault *fault);
/* Copied; size 0: none.  IncorrectInstanceState when it is not stopped. */
int instance_set_user_data(struct instance *instance, struct blob data, struct fault *fault);
/* Detailed monitoring, on or off; false when it was so already. */
bool instance_monitor(struct instances *instances, struct instance *instance, bool detailed);
struct instance_groups {
    uint64_t account;
    uint64_t subnet;
    const uint64_t *ids;
    uint32_t count;
};
/* May an interface in that subnet have these security groups?
 * SecurityGroupsPerInterfaceLimitExceeded, or a group of another VPC. */
int instances_groups_check(const struct instances *instances,
                           const struct instance_groups *groups, struct fault *fault);

/* What a stopped instance's next start will ask for (instance_placement.c); the caller has checked
 * that it may. */
struct instance_placement {
    uint8_t tenancy;
    bool affine;
    uint64_t dedicated_host;
    uint64_t group;
    uint8_t partition;
};
void instance_place(struct instance *instance, const struct instance_placement *placement);
struct instance_placement instance_placement(const struct instance *instance);

/* ---- what comes from below and beside ---- */
/* The guest has shut down by itself: "shutdown -h" was typed in it. */
void instance_guest_halted(struct instances *instances, uint64_t id);
/* Something that a status check looks at has changed (the guest answers or no longer does): look
 * again at the next check but one. */
void instance_recheck(struct instances *instances, uint64_t id);
/* Its host broke: the power is gone.  Its host is back: it boots again. */
void instance_host_failed(struct instances *instances, uint64_t id);
void instance_host_mended(struct instances *instances, uint64_t id);
/* Its host is taken away: a running one begins to stop. */
void instance_host_retired(struct instances *instances, uint64_t id);
/* True when something could answer at its addresses: the hypervisor runs it. */
bool instance_is_powered(const struct instances *instances, uint64_t id);

/* ---- words ---- */
const char *instance_state_name(uint8_t state); /* "shutting-down" */
/* Did EC2 take it back: a spot instance that was interrupted? */
bool instance_was_reclaimed(const struct instance *instance);
/* "User initiated (2026-01-05 08:00:00 GMT)", "Service initiated (...)", or "". */
const char *instance_transition_reason(const struct instance *instance, struct arena *arena);
/* Code and message of StateReason; false when it has none. */
bool instance_state_reason(const struct instance *instance, const char **code,
                           const char **message);
const char *check_status_name(uint8_t status); /* "insufficient-data" */
/* "passed", "failed", "initializing", "insufficient-data", or "" when not applicable. */
const char *check_detail_name(uint8_t status);
/* vCPUs of the account's instances in a Region that count against one of the quotas of vCPUs, on
 * demand or spot. */
int64_t instances_vcpus(const struct instances *instances, uint64_t account, uint8_t region,
                        int quota);

extern const struct fault_kind fault_spot_capacity; /* InsufficientInstanceCapacity */
extern const struct fault_kind fault_no_termination; /* takes the instance's id */
extern const struct fault_kind fault_instance_not_found, fault_instance_malformed,
    fault_incorrect_state, fault_instance_not_stopped, fault_type_change,
    fault_group_limit_of_interface;

#endif
