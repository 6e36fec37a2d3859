/*
 * api/ec2_instance_wish.h - what a run-instances call asks for, checked and put into the words of
 * the cloud.
 */
#ifndef API_EC2_INSTANCE_WISH_H
#define API_EC2_INSTANCE_WISH_H

#include "api/ec2_parts.h"

struct ebs_wish {
    struct opt_bool delete_on_termination;
    struct opt_int iops;
    const char *snapshot;
    struct opt_int size;
    const char *type;
    struct opt_int throughput;
    struct opt_bool encrypted;
};

struct disk_wish {
    struct ebs_wish *ebs;
    const char *no_device;
    const char *device;
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
};

struct monitoring_wish {
    bool enabled;
};

struct run_in {
    LIST(struct disk_wish) disks;
    const char *image;
    const char *type;
    const char *key;
    int64_t most;
    int64_t least;
    struct monitoring_wish *monitoring;
    struct place_wish *placement;
    struct strings group_ids;
    struct strings group_names;
    const char *subnet;
    const char *user_data;
    struct tag_specifications tags;
    bool no_stop;
    bool dry_run;
    bool no_termination;
    const char *shutdown;
    const char *address;
    const char *token;
    LIST(struct card_wish) cards;
    bool ebs_optimized;
};

/* Fills the launch; what it points to lives in the call's arena or in the world.  0, or -1 after a
 * fault; changes nothing. */
int wish_read(struct call *call, const struct run_in *in, struct instance_launch *launch);

/* The faults of wish_read() that are its own, NULL-terminated. */
extern const struct fault_kind *const wish_faults[];

#endif
