/*
 * api/ec2_parts.h - what the operations of ec2 have in common: tags, ids, pages, dry runs.
 *
 * One definition each of the shapes that many operations show ({Key,Value}, TagSpecifications), of
 * the members that many take (DryRun, MaxResults, NextToken), and of the ways in which ids are
 * found or refused.  The rooms api/ec2_*.c use it, and export their operations here for the one
 * list in api/ec2.c.
 */
#ifndef API_EC2_PARTS_H
#define API_EC2_PARTS_H

#include "api/filter.h"
#include "api/service.h"
#include "cloud/id.h"
#include "cloud/tag.h"
#include "cloud/world.h"
#include "sim/clock.h"

/* ---- DryRun; the operation needs the flag OP_DRY_RUN ---- */

#define F_DRY_RUN(T, m) \
    F_BOOL(T, m, "DryRun", "Checks whether you could do this, and does nothing.")

/* ---- ClientToken, where the AWS CLI makes one up (api/idempotency); needs op->again ---- */

#define F_CLIENT_TOKEN(T, m) \
    F_STRING(T, m, "ClientToken", \
             "Any text; the same request with the same token is not done twice.", .max = 64, \
             .flags = FIELD_TOKEN)

/* ---- pages ---- */

/* least: botocore's own lower bound (5), or 0 where it has none and the service refuses. */
#define F_MAX_RESULTS(T, m, least) \
    F_OPT_INT(T, m, "MaxResults", \
              "The most items that one answer gives; the rest follows with NextToken.", \
              .min = (least), .max = 1000)
#define F_NEXT_TOKEN(T, m) \
    F_STRING(T, m, "NextToken", "Where to go on: the NextToken of the answer before.")
#define F_NEXT_TOKEN_OUT(T, m) \
    F_STRING(T, m, "NextToken", "Give it with the next call to go on; absent when nothing is left.")

/* The paging of every describe operation that has MaxResults: only the name of the list differs. */
#define EC2_PAGING(LIST_NAME) \
    { \
        .in_token = "NextToken", .out_token = "NextToken", .limit = "MaxResults", \
        .result = (LIST_NAME), \
    }

struct page {
    uint32_t first;
    uint32_t count;
    const char *next; /* in the call's arena; NULL: nothing is left */
};

/* Which of `total` items this call is to give.  0, or -1: a limit below 5, or a token that is none
 * of ours. */
int page_find(struct call *call, struct opt_int limit, const char *token, uint32_t total,
              struct page *page);
/* Cuts a list that lives in an arena down to the page. */
#define PAGE_CUT(list, page) \
    ((list)->items = (list)->items == NULL ? NULL : (list)->items + (page).first, \
     (list)->count = (page).count)

/* ---- tags ---- */

/* In answers: left out when there are none, as where AWS's own answer has no tagSet. */
#define F_TAGS(T, m) \
    F_LIST(T, m, struct tag_view, &tag_view_shape, "Tags", "The tags that hang on it.", \
           .flags = FIELD_OMIT_EMPTY)
/* In answers where AWS shows an empty list too (create-volume, describe-key-pairs...). */
#define F_TAGS_SHOWN(T, m) \
    F_LIST(T, m, struct tag_view, &tag_view_shape, "Tags", "The tags that hang on it.")

/* The tags of a resource for an answer; keys and values are borrowed. */
void tag_views_fill(struct call *call, struct tag_views *views, const struct tags *tags);

#define F_TAG_SPECIFICATIONS(T, m) \
    F_LIST(T, m, struct tag_specification, &tag_specification_shape, "TagSpecifications", \
           "Tags for what is made: ResourceType=TYPE,Tags=[{Key=KEY,Value=VALUE}].")

/* Checks form and number of the tags, and that each is for one of the kinds ("instance", "volume";
 * ended by NULL).  0, or -1 after a fault. */
int tag_specifications_check(struct call *call, const struct tag_specifications *specifications,
                             const char *const *kinds);
/* The form of tags that are to be set: lengths, "aws:", keys given twice.  0, or -1 after a fault.
 */
int tag_views_check(struct call *call, const struct tag_views *tags);
/* Would the resource have too many tags with these as well?  0, or -1 after a fault. */
int tag_views_check_room(struct call *call, const struct tags *have, const struct tag_views *more);

/* ---- ids ---- */

/* How the ids of one kind are found, and refused. */
struct id_words {
    const struct kind *kind;
    const struct fault_kind *malformed; /* takes the text */
    const struct fault_kind *missing;   /* takes the text */
    const struct fault_kind
        *missing_many; /* takes "a, b"; NULL: the first of them with `missing` */
    void *(*find)(const struct call *call, uint64_t id); /* NULL when there is none */
};

/* Do reads know of it yet?  True for all but EC2's reads (cloud/replica). */
bool ec2_shows(const struct call *call, uint64_t id);

extern const struct id_words id_words_instance, id_words_image, id_words_volume, id_words_snapshot;
extern const struct id_words id_words_vpc, id_words_subnet, id_words_security_group;
extern const struct id_words id_words_elastic_ip, id_words_dedicated_host, id_words_spot_request;

extern const struct fault_kind fault_volume_malformed, fault_volume_missing;
/* What nothing can be read from: the volume's zone is lost. */
extern const struct fault_kind fault_volume_unreachable;
/* 0, or -1 after that fault. */
int ec2_volume_reachable(struct call *call, const struct volume *volume);

/* The Region that something is to be copied from.  0, or -1 after one of the faults. */
int ec2_source_region(struct call *call, const char *name, uint8_t *region);
extern const struct fault_kind fault_source_region, fault_source_region_lost;

/* Ids and a limit, where EC2 takes only one of them; takes its name for the ids: "volumeSet". */
extern const struct fault_kind fault_ids_and_limit;

/* What an id names; NULL after a fault.  A text that is absent is refused as malformed. */
void *id_find(struct call *call, const struct id_words *words, const char *text);

struct found {
    void **items; /* in the order of the ids, each once; in the call's arena */
    uint32_t count;
};

/* What all of them name; one bad id fails all.  0, or -1 after a fault. */
int ids_find(struct call *call, const struct id_words *words, const struct strings *texts,
             struct found *found);

/* ---- small helpers ---- */

/* "arn:aws:ec2:us-east-1:111122223333:instance/i-0..." */
const char *ec2_arn(struct call *call, const char *kind, const char *id);
const char *ec2_region_name(const struct call *call);
const char *ec2_number(struct call *call, int64_t number);
/* EC2 tells most times in whole seconds. */
#define WHOLE_SECOND(time) ((time) / SECOND_NS * SECOND_NS)
/* Those of volumes and snapshots in milliseconds. */
#define WHOLE_MILLISECOND(time) ((time) / MILLISECOND_NS * MILLISECOND_NS)


/* Lines that an example may need before it: an instance, its id in $I. */
#define EC2_EXAMPLE_IMAGE \
    "AMI=$(aws ec2 describe-images --owners amazon --filters " \
    "'Name=name,Values=al2023-ami-2023*-x86_64' --query 'Images[0].ImageId' --output text)"
#define EC2_EXAMPLE_INSTANCE \
    EC2_EXAMPLE_IMAGE "\n" \
    "I=$(aws ec2 run-instances --image-id $AMI --instance-type t3.micro " \
    "--query 'Instances[0].InstanceId' --output text)"
/* An image of one's own, its id in $IMG, made of a running instance. */
#define EC2_EXAMPLE_OWN_IMAGE \
    EC2_EXAMPLE_INSTANCE "\naws ec2 wait instance-running --instance-ids $I\n" \
    "IMG=$(aws ec2 create-image --instance-id $I --name my-server --query ImageId " \
    "--output text)\naws ec2 wait image-available --image-ids $IMG"
/* An empty volume, its id in $VOL. */
#define EC2_EXAMPLE_VOLUME \
    "VOL=$(aws ec2 create-volume --availability-zone us-east-1a --size 10 --query VolumeId " \
    "--output text)\naws ec2 wait volume-available --volume-ids $VOL"

/* Types that there are not. */
extern const struct fault_kind fault_instance_types;

/* ---- the operations, for api/ec2.c ---- */

extern const struct op op_run_instances, op_describe_instances, op_start_instances,
    op_stop_instances, op_reboot_instances, op_terminate_instances, op_describe_instance_status,
    op_describe_instance_types, op_get_console_output;
extern const struct op op_modify_instance_attribute, op_describe_instance_attribute,
    op_monitor_instances, op_unmonitor_instances;
extern const struct op op_create_placement_group, op_describe_placement_groups,
    op_delete_placement_group, op_modify_instance_placement;
extern const struct op op_allocate_hosts, op_describe_hosts, op_modify_hosts, op_release_hosts;
extern const struct op op_describe_instance_credit_specifications,
    op_modify_instance_credit_specification;
extern const struct op op_create_tags, op_delete_tags, op_describe_tags;
extern const struct op op_describe_regions, op_describe_availability_zones, op_describe_vpcs,
    op_describe_subnets;
extern const struct op op_create_key_pair, op_describe_key_pairs, op_delete_key_pair;
extern const struct op op_create_security_group, op_describe_security_groups,
    op_delete_security_group, op_authorize_security_group_ingress, op_revoke_security_group_ingress;
extern const struct op op_create_volume, op_describe_volumes, op_attach_volume, op_detach_volume,
    op_delete_volume;
extern const struct op op_describe_spot_price_history, op_request_spot_instances,
    op_describe_spot_instance_requests, op_cancel_spot_instance_requests;
extern const struct op op_modify_volume, op_describe_volumes_modifications,
    op_describe_volume_status;
extern const struct op op_create_snapshot, op_describe_snapshots, op_delete_snapshot;
extern const struct op op_copy_snapshot, op_create_snapshots;
extern const struct op op_modify_snapshot_attribute, op_describe_snapshot_attribute,
    op_reset_snapshot_attribute;
extern const struct op op_enable_fast_snapshot_restores, op_describe_fast_snapshot_restores,
    op_disable_fast_snapshot_restores;
extern const struct op op_copy_image, op_create_image, op_describe_images, op_deregister_image;
extern const struct op op_modify_image_attribute, op_describe_image_attribute;
extern const struct op op_reset_image_attribute, op_enable_image_deprecation, op_register_image;
extern const struct op op_allocate_address, op_associate_address, op_describe_addresses,
    op_disassociate_address, op_release_address;
extern const struct op op_create_vpc, op_create_default_vpc, op_delete_vpc, op_create_subnet,
    op_delete_subnet, op_modify_subnet_attribute;
extern const struct op op_create_route_table, op_describe_route_tables, op_delete_route_table,
    op_associate_route_table, op_disassociate_route_table, op_replace_route_table_association,
    op_create_route, op_replace_route, op_delete_route;
extern const struct op op_create_internet_gateway, op_attach_internet_gateway,
    op_describe_internet_gateways, op_detach_internet_gateway, op_delete_internet_gateway;
extern const struct op op_create_network_acl, op_describe_network_acls, op_delete_network_acl,
    op_replace_network_acl_association, op_create_network_acl_entry, op_replace_network_acl_entry,
    op_delete_network_acl_entry;
extern const struct op op_describe_network_interfaces, op_describe_security_group_rules,
    op_authorize_security_group_egress, op_revoke_security_group_egress;
extern const struct op op_describe_account_attributes, op_describe_instance_type_offerings;
extern const struct op op_create_launch_template, op_describe_launch_templates,
    op_modify_launch_template, op_delete_launch_template, op_create_launch_template_version,
    op_describe_launch_template_versions, op_delete_launch_template_versions;

#endif
