/*
 * api/autoscaling_parts.h - what the rooms of the service autoscaling share, and their operations.
 */
#ifndef API_AUTOSCALING_PARTS_H
#define API_AUTOSCALING_PARTS_H

#include "api/ec2_parts.h"
#include "api/service.h"
#include "cloud/scaling.h"
#include "cloud/scaling_activity.h"
#include "cloud/world.h"

/* autoscaling_group.c */
extern const struct op op_create_auto_scaling_group, op_update_auto_scaling_group,
    op_delete_auto_scaling_group, op_set_desired_capacity;
/* autoscaling_group_view.c */
extern const struct op op_describe_auto_scaling_groups, op_describe_auto_scaling_instances;
/* autoscaling_instance.c */
extern const struct op op_attach_instances, op_detach_instances, op_enter_standby,
    op_exit_standby, op_terminate_instance_in_auto_scaling_group, op_set_instance_health,
    op_set_instance_protection;
/* autoscaling_activity.c */
extern const struct op op_describe_scaling_activities;
/* autoscaling_hook.c */
extern const struct op op_put_lifecycle_hook, op_describe_lifecycle_hooks,
    op_delete_lifecycle_hook, op_complete_lifecycle_action;
/* autoscaling_policy.c */
extern const struct op op_put_scaling_policy, op_describe_policies, op_execute_policy,
    op_autoscaling_delete_policy;
/* autoscaling_schedule.c */
extern const struct op op_put_scheduled_update_group_action, op_describe_scheduled_actions;
/* autoscaling_process.c */
extern const struct op op_enable_metrics_collection, op_disable_metrics_collection,
    op_describe_metric_collection_types;
extern const struct op op_suspend_processes, op_resume_processes,
    op_autoscaling_describe_account_limits, op_describe_adjustment_types,
    op_describe_scaling_process_types, op_describe_termination_policy_types;
/* autoscaling_target.c */
extern const struct op op_attach_load_balancer_target_groups,
    op_detach_load_balancer_target_groups, op_describe_load_balancer_target_groups;
/* autoscaling_tag.c */
extern const struct op op_autoscaling_create_or_update_tags, op_autoscaling_delete_tags,
    op_autoscaling_describe_tags;

/* ---- members that many take ---- */

#define F_GROUP_NAME(T, m)                                                                         \
    F_STRING(T, m, "AutoScalingGroupName", "The name of the group.", .flags = FIELD_REQUIRED,      \
             .ref = &kind_scaling_group, .min = 1, .max = 255)
#define F_MEMBER_IDS(T, m, FLAGS)                                                                  \
    F_STRINGS(T, m, "InstanceIds", "The ids of the instances; up to 20.", .ref = &kind_instance,   \
              .max = 20, .flags = (FLAGS))
#define F_MAX_RECORDS(T, m)                                                                        \
    F_OPT_INT(T, m, "MaxRecords",                                                                  \
              "The most items that one answer gives; the rest follows with NextToken.")

#define AUTOSCALING_PAGING(LIST_NAME)                                                              \
    {                                                                                              \
        .in_token = "NextToken", .out_token = "NextToken", .limit = "MaxRecords",                  \
        .result = (LIST_NAME),                                                                     \
    }

/* The group of that name; NULL after a fault. */
struct scaling_group *group_named(struct call *call, const char *name);
/* The instance that a text names, of whatever group; 0 after a fault. */
uint64_t instance_named(struct call *call, const char *text);
/* The set of instances that a request names, in the call's arena.  0, or -1 after a fault. */
int set_read(struct call *call, struct scaling_group *group, const struct strings *texts,
             struct scaling_set *set);

/* ---- tags of groups ---- */

struct group_tag {
    const char *resource;
    const char *type;
    const char *key;
    const char *value;
    struct opt_bool propagate;
};

struct group_tags {
    struct group_tag *items;
    uint32_t count;
    uint32_t size;
};

extern const struct shape group_tag_shape, group_tag_view_shape;

int group_tags_check(struct call *call, const struct group_tags *tags);
void group_tags_set(struct scaling_group *group, const struct group_tag *tag);
void group_tags_see(struct call *call, const struct scaling_group *group,
                    struct group_tags *out);

/* ---- target groups, by their ARNs ---- */

struct target_groups_found {
    struct target_group **items; /* in the call's arena */
    uint32_t count;
};

int target_groups_read(struct call *call, const struct strings *arns,
                       struct target_groups_found *found);

/* ---- a launch template, as groups name it ---- */

struct template_spec {
    const char *id;
    const char *name;
    const char *version;
};

extern const struct shape template_spec_shape;

/* ---- activities ---- */

struct activity_view {
    const char *id;
    const char *group;
    const char *description;
    const char *cause;
    int64_t begin;
    int64_t end;
    const char *status;
    const char *message;
    int64_t progress;
    const char *details;
    const char *state;
    const char *arn;
};

struct activity_views {
    struct activity_view *items;
    uint32_t count;
    uint32_t size;
};

extern const struct shape activity_view_shape;

void activity_see(struct call *call, const struct scaling_activity *activity,
                  struct activity_view *view);
/* The activities of these ids, added to the views. */
void activities_see(struct call *call, const uint64_t *ids, uint32_t count,
                    struct activity_views *views);

/* ---- lines for examples: a group named web; and, with an instance in it, its id in $I ---- */

#define NEEDS_SCALING_GROUP                                                                        \
    EC2_EXAMPLE_IMAGE "\n"                                                                         \
    "aws ec2 create-launch-template --launch-template-name web --launch-template-data "            \
    "\"{\\\"ImageId\\\":\\\"$AMI\\\",\\\"InstanceType\\\":\\\"t3.micro\\\"}\"\n"                   \
    "aws autoscaling create-auto-scaling-group --auto-scaling-group-name web --launch-template "   \
    "LaunchTemplateName=web --min-size 0 --max-size 4 --desired-capacity 1 "                       \
    "--availability-zones us-east-1a us-east-1b"
#define NEEDS_SCALING_MEMBER                                                                       \
    NEEDS_SCALING_GROUP "\n"                                                                       \
    "sleep 90\n"                                                                                   \
    "I=$(aws autoscaling describe-auto-scaling-instances --query "                                 \
    "'AutoScalingInstances[0].InstanceId' --output text)"
#define NEEDS_SCALING_TARGETS                                                                      \
    NEEDS_SCALING_GROUP "\n"                                                                       \
    "VPC=$(aws ec2 describe-vpcs --query 'Vpcs[0].VpcId' --output text)\n"                         \
    "TG=$(aws elbv2 create-target-group --name web --protocol HTTP --port 80 --vpc-id $VPC "       \
    "--query 'TargetGroups[0].TargetGroupArn' --output text)"

#endif
