/*
 * api/ec2_instance_view.h - an instance as EC2's answers show it.
 */
#ifndef API_EC2_INSTANCE_VIEW_H
#define API_EC2_INSTANCE_VIEW_H

#include "api/ec2_parts.h"

struct state_name {
    int32_t code;
    const char *name;
};

struct group_name {
    const char *id;
    const char *name;
};

struct group_names {
    struct group_name *items;
    uint32_t count;
    uint32_t size;
};

struct ebs_view {
    int64_t attached;
    bool delete_on_termination;
    const char *status;
    const char *volume;
    int32_t card;
};

struct disk_view {
    const char *device;
    struct ebs_view ebs;
};

struct disk_views {
    struct disk_view *items;
    uint32_t count;
    uint32_t size;
};

struct card_view;
struct product_view;

struct reason_view {
    const char *code;
    const char *message;
};

/* Members whose words AWS always shows, whether or not anything here changes them. */
struct cpu_view {
    uint32_t cores;
    uint32_t threads;
};

struct reservation_choice_view {
    const char *preference;
};

struct flag_view {
    bool on;
};

struct metadata_view {
    const char *state;
    const char *tokens;
    int32_t hops;
    const char *endpoint;
    const char *ipv6;
    const char *tags;
};

struct name_options_view {
    const char *type;
    bool a_record;
    bool aaaa_record;
};

struct maintenance_view {
    const char *recovery;
    const char *migration;
};

struct word_view {
    const char *word;
};

struct placement_view {
    const char *zone_id;
    const char *affinity;
    const char *group;
    struct opt_int partition;
    const char *host;
    const char *tenancy;
    const char *zone;
};

struct instance_view {
    const char *architecture;
    struct disk_views disks;
    const char *client_token;
    bool ebs_optimized;
    bool ena;
    const char *hypervisor;
    const char *lifecycle; /* "spot"; NULL: on demand */
    LIST(struct card_view) cards;
    const char *root_device;
    const char *root_type;
    struct group_names groups;
    bool source_check;
    const char *spot;
    struct reason_view *reason;
    struct tag_views tags;
    const char *virtualization;
    struct cpu_view cpu;
    struct reservation_choice_view capacity;
    struct flag_view hibernation;
    struct metadata_view metadata;
    struct flag_view enclave;
    const char *boot_mode;
    const char *platform_details;
    const char *usage;
    int64_t usage_time;
    struct name_options_view name_options;
    struct maintenance_view maintenance;
    const char *current_boot;
    struct word_view bandwidth;
    struct flag_view managed;
    const char *id;
    const char *image;
    struct state_name state;
    const char *private_name;
    const char *public_name;
    const char *transition;
    const char *key;
    int32_t launch_index;
    LIST(struct product_view) products;
    const char *type;
    int64_t launched;
    struct placement_view placement;
    const char *platform;
    struct word_view monitoring;
    const char *subnet;
    const char *vpc;
    const char *private_address;
    const char *public_address;
};

struct reservation_view {
    const char *id;
    const char *owner;
    struct group_names groups; /* EC2-Classic's: always empty */
    LIST(struct instance_view) instances;
};

extern const struct shape state_name_shape, instance_view_shape, reservation_view_shape;

/* `fresh`: as the answer of RunInstances shows it, before disks and public address are there. */
void instance_see(struct call *call, const struct instance *instance, bool fresh,
                  struct instance_view *view);
struct state_name state_see(uint8_t state);

/* RunInstances answers with a reservation itself. */
#define RESERVATION_FIELDS(T)                                                                      \
    F_STRING(T, id, "ReservationId", "The id of the launch that made them."),                      \
        F_STRING(T, owner, "OwnerId", "The account that they belong to.", .ref = &kind_account),   \
        F_LIST(T, groups, struct group_name, &group_name_shape, "Groups",                          \
               "Groups of the old EC2-Classic: none."),                                            \
        F_LIST(T, instances, struct instance_view, &instance_view_shape, "Instances",              \
               "The instances.")

extern const struct shape group_name_shape, disk_view_shape;

/* Its volumes, in the order of attaching. */
void instance_disks_see(struct call *call, const struct instance *instance,
                        struct disk_views *views);
void interface_groups_see(struct call *call, const struct interface *interface,
                          struct group_names *groups);

#endif
