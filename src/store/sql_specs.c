/*
 * store/sql_specs.c - the tables of SQL, written down: one entry each, with what cannot be derived.
 *
 * Things to do to add a table: its entry here; its name in tests/conformance/steampipe.c, which
 * says what is missing when Steampipe has it too.
 *
 * True to the columns that Steampipe documents for its plugin aws.
 */
#include "store/sql_parts.h"

#include "cloud/id.h"

#define EC2_ARN(word) "arn:aws:ec2:$R:$A:" word "/$I"

const struct sql_spec sql_specs[] = {
    {
        .name = "aws_ec2_instance",
        .doc = "Instances.",
        .kind = &kind_instance,
        .arn = EC2_ARN("instance"),
        .arn_column = "arn",
        .flat = " Placement State Monitoring CpuOptions ",
        .names = " State.Name=instance_state Placement.GroupName=placement_group_name ",
        .absent = "ipv6_address capacity_reservation_id iam_instance_profile_arn "
                  "iam_instance_profile_id instance_initiated_shutdown_behavior "
                  "kernel_id outpost_arn placement_affinity "
                  "placement_group_id placement_host_id placement_host_resource_group_arn "
                  "placement_partition_number:i ram_disk_id "
                  "sriov_net_support state_transition_time:t tpm_support user_data "
                  "elastic_gpu_associations:j elastic_inference_accelerator_associations:j "
                  "licenses:j",
    },
    {
        .name = "aws_ec2_ami",
        .doc = "Images: yours, and Amazon's public ones.",
        .kind = &kind_image,
        .arn = EC2_ARN("image"),
        .title = "Name",
        .absent = "tpm_support free_tier_eligible:b image_allowed:b kernel_id "
                  "last_launched_time:t ramdisk_id source_image_id source_image_region "
                  "product_codes:j state_reason:j launch_permissions:j",
    },
    {
        .name = "aws_ebs_volume",
        .doc = "Volumes.",
        .kind = &kind_volume,
        .arn = EC2_ARN("volume"),
        .arn_column = "arn",
        .absent = "auto_enable_io:b fast_restored:b kms_key_id outpost_arn product_codes:j",
    },
    {
        .name = "aws_ebs_snapshot",
        .doc = "Snapshots of yours.",
        .kind = &kind_snapshot,
        .arn = EC2_ARN("snapshot"),
        .arn_column = "arn",
        .absent = "restore_expiry_time:t outpost_arn kms_key_id data_encryption_key_id "
                  "state_message create_volume_permissions:j",
    },
    {
        .name = "aws_ec2_instance_type",
        .doc = "What sizes of instance there are.",
        .kind = &kind_instance_type,
        .once = true,
        .absent = "instance_type_pattern auto_recovery_supported:b dedicated_hosts_supported:b "
                  "nitro_enclaves_support nitro_tpm_support hibernation_supported:b "
                  "location_type fpga_info:j inference_accelerator_info:j "
                  "media_accelerator_info:j neuron_info:j nitro_tpm_info:j",
    },
    {
        .name = "aws_ec2_key_pair",
        .doc = "Key pairs.",
        .kind = &kind_key_pair,
        .arn = EC2_ARN("key-pair"),
        .absent = "public_key",
    },
    {
        .name = "aws_ec2_launch_template",
        .doc = "Launch templates.",
        .kind = &kind_launch_template,
        .arn = EC2_ARN("launch-template"),
        .title = "LaunchTemplateName",
    },
    {
        .name = "aws_ec2_autoscaling_group",
        .doc = "Auto Scaling groups.",
        .kind = &kind_scaling_group,
        .arn = "arn:aws:autoscaling:$R:$A:autoScalingGroup::autoScalingGroupName/$I",
        .flat = " LaunchTemplate ",
        .names = " AutoScalingGroupName=name AutoScalingGroupARN=autoscaling_group_arn "
                 "VPCZoneIdentifier=vpc_zone_identifier "
                 "LaunchTemplate.LaunchTemplateName=launch_template_name "
                 "LaunchTemplate.LaunchTemplateId=launch_template_id "
                 "LaunchTemplate.Version=launch_template_version ",
        .absent = "capacity_rebalance:b warm_pool_size:i desired_capacity_type "
                  "launch_configuration_name max_instance_lifetime:i placement_group "
                  "on_demand_allocation_strategy on_demand_base_capacity:i "
                  "on_demand_percentage_above_base_capacity:i spot_allocation_strategy "
                  "spot_instance_pools:i spot_max_price "
                  "mixed_instances_policy_launch_template_name "
                  "mixed_instances_policy_launch_template_id "
                  "mixed_instances_policy_launch_template_version "
                  "mixed_instances_policy_launch_template_overrides:j "
                  "warm_pool_configuration:j instance_maintenance_policy:j policies:j",
    },
    {
        .name = "aws_vpc_eip",
        .doc = "Elastic IP addresses.",
        .kind = &kind_elastic_ip,
        .arn = EC2_ARN("eip"),
        .arn_column = "arn",
        .title = "PublicIp",
    },
    {
        .name = "aws_ec2_application_load_balancer",
        .doc = "Load balancers.",
        .kind = &kind_balancer,
        .arn = "$I",
        .title = "LoadBalancerName",
        .flat = " State ",
        .names = " LoadBalancerArn=arn LoadBalancerName=name ",
        .absent = "customer_owned_ipv4_pool",
    },
    {
        .name = "aws_ec2_load_balancer_listener",
        .doc = "Listeners of load balancers.",
        .service = "elbv2",
        .op = "DescribeListeners",
        .params = "{\"LoadBalancerArn\":\"$\"}",
        .lists = {{.list = "Listeners[]"}},
        .each = &kind_balancer,
        .id = "ListenerArn",
        .arn = "$I",
        .names = " ListenerArn=arn ",
        .absent = "ssl_policy alpn_policy:j certificates:j mutual_authentication:j",
    },
    {
        .name = "aws_ec2_target_group",
        .doc = "Target groups.",
        .kind = &kind_target_group,
        .arn = "$I",
        .title = "TargetGroupName",
        .flat = " Matcher ",
        .absent = "matcher_grpc_code",
    },
    {
        .name = "aws_vpc",
        .doc = "VPCs.",
        .kind = &kind_vpc,
        .arn = EC2_ARN("vpc"),
        .arn_column = "arn",
        .absent = "ipv6_cidr_block_association_set:j",
    },
    {
        .name = "aws_vpc_subnet",
        .doc = "Subnets.",
        .kind = &kind_subnet,
        .arn = EC2_ARN("subnet"),
        .absent = "customer_owned_ipv4_pool outpost_arn",
    },
    {
        .name = "aws_vpc_security_group",
        .doc = "Security groups.",
        .kind = &kind_security_group,
        .arn = EC2_ARN("security-group"),
        .title = "GroupName",
        .names = " SecurityGroupArn=arn ",
    },
    {
        .name = "aws_vpc_security_group_rule",
        .doc = "Rules of security groups, one by one.",
        .kind = &kind_security_group_rule,
        .arn = EC2_ARN("security-group-rule"),
        .flat = " ReferencedGroupInfo ",
        .names = " ReferencedGroupInfo.GroupId=referenced_group_id "
                 "ReferencedGroupInfo.UserId=referenced_user_id "
                 "ReferencedGroupInfo.VpcId=referenced_vpc_id ",
        .absent = "referenced_peering_status referenced_vpc_peering_connection_id prefix_list_id",
    },
    {
        .name = "aws_vpc_route_table",
        .doc = "Route tables, with their routes and who uses them.",
        .kind = &kind_route_table,
        .arn = EC2_ARN("route-table"),
    },
    {
        .name = "aws_vpc_internet_gateway",
        .doc = "Internet gateways.",
        .kind = &kind_internet_gateway,
        .arn = EC2_ARN("internet-gateway"),
    },
    {
        .name = "aws_vpc_network_acl",
        .doc = "Network ACLs, with their rules and who has them.",
        .kind = &kind_network_acl,
        .arn = EC2_ARN("network-acl"),
    },
    {
        .name = "aws_ec2_network_interface",
        .doc = "Network interfaces.",
        .kind = &kind_interface,
        .arn = EC2_ARN("network-interface"),
        .names = " TagSet=tags_src ",
    },
    {
        .name = "aws_region",
        .doc = "The Regions of AWS.",
        .kind = &kind_region,
        .arn = "arn:aws::$I:$A",
        .names = " RegionName=name ",
        .once = true,
        .absent = "steampipe_available:b steampipe_default:b",
    },
    {
        .name = "aws_availability_zone",
        .doc = "The Availability Zones of all Regions.",
        .kind = &kind_zone,
        .arn = "arn:aws::$R:$A:availability-zone/$I",
        .names = " ZoneName=name ",
        .absent = "parent_zone_name parent_zone_id",
    },
    {
        .name = "aws_account",
        .doc = "Your account, and as whom you ask.",
        .service = "sts",
        .op = "GetCallerIdentity",
        .lists = {{.list = ""}},
        .id = "Account",
        .arn = "arn:aws:::$A",
        .arn_column = "arn",
        .names = " Arn=user_arn ",
        .once = true,
        .absent = "account_aliases:j organization_id organization_arn organization_feature_set "
                  "organization_master_account_arn organization_master_account_email "
                  "organization_master_account_id organization_available_policy_types:j",
    },
    {
        .name = "aws_sqs_queue",
        .doc = "Queues.",
        .service = "sqs",
        .op = "GetQueueAttributes",
        .params = "{\"QueueUrl\":\"$\",\"AttributeNames\":[\"All\"]}",
        .lists = {{.list = ""}},
        .each = &kind_queue,
        .group = "queue_url",
        .arn = "arn:aws:sqs:$R:$A:$L",
        .absent = "policy_std:j",
    },
    {
        .name = "aws_sns_topic",
        .doc = "Topics.",
        .kind = &kind_topic,
        .arn = "$I",
        .absent = "application_failure_feedback_role_arn application_success_feedback_role_arn "
                  "application_success_feedback_sample_rate firehose_failure_feedback_role_arn "
                  "firehose_success_feedback_role_arn firehose_success_feedback_sample_rate "
                  "http_failure_feedback_role_arn http_success_feedback_role_arn "
                  "http_success_feedback_sample_rate lambda_failure_feedback_role_arn "
                  "lambda_success_feedback_role_arn lambda_success_feedback_sample_rate "
                  "sqs_failure_feedback_role_arn sqs_success_feedback_role_arn "
                  "sqs_success_feedback_sample_rate policy_std:j",
    },
    {
        .name = "aws_sns_topic_subscription",
        .doc = "Who hears which topic.",
        .service = "sns",
        .op = "ListSubscriptions",
        .lists = {{.list = "Subscriptions[]"}},
        .id = "SubscriptionArn",
        .arn = "$I",
    },
    {
        .name = "aws_eventbridge_bus",
        .doc = "Event buses.",
        .kind = &kind_event_bus,
        .arn = "$I",
        .title = "Name",
        .absent = "policy_std:j",
    },
    {
        .name = "aws_eventbridge_rule",
        .doc = "Rules of event buses.",
        .service = "events",
        .op = "ListRules",
        .params = "{\"EventBusName\":\"$\"}",
        .lists = {{.list = "Rules[]"}},
        .each = &kind_event_bus,
        .id = "Arn",
        .arn = "$I",
        .title = "Name",
        .absent = "managed_by name_prefix",
    },
    {
        .name = "lab_hosts",
        .doc = "The hosts under your instances: lab describe-hosts.",
        .kind = &kind_host,
        .names = " MemoryMiB=memory_mib UsedMemoryMiB=used_memory_mib ",
        .lab = true,
    },
    {
        .name = "lab_servers",
        .doc = "Your running instances as web servers: lab describe-servers.",
        .service = "lab",
        .op = "DescribeServers",
        .lists = {{.list = "Servers[]"}},
        .lab = true,
    },
    {
        .name = "lab_requests",
        .doc = "The latest 1,000 requests, and why each went where it went: lab list-requests.",
        .service = "lab",
        .op = "ListRequests",
        .params = "{\"MaxResults\":1000,\"Probes\":true}",
        .lists = {{.list = "Requests[]"}},
        .lab = true,
        .once = true,
    },
    {
        .name = "lab_targets",
        .doc = "Targets as the balancer sees them: lab describe-targets.",
        .service = "lab",
        .op = "DescribeTargets",
        .params = "{\"TargetGroupArn\":\"$\"}",
        .lists = {{.list = "Targets[]"}},
        .each = &kind_target_group,
        .group = "target_group_arn",
        .lab = true,
    },
    {
        .name = "lab_probes",
        .doc = "The latest health checks of each target: lab describe-targets.",
        .service = "lab",
        .op = "DescribeTargets",
        .params = "{\"TargetGroupArn\":\"$\"}",
        .lists = {{.list = "Targets[].Probes[]", .owner = "Id", .kind = "target"}},
        .each = &kind_target_group,
        .group = "target_group_arn",
        .owner = "target_id",
        .lab = true,
    },
    {
        .name = "lab_events",
        .doc = "The latest 1,000 of what happened: lab describe-events.",
        .service = "lab",
        .op = "DescribeEvents",
        .params = "{\"MaxResults\":1000}",
        .lists = {{.list = "Events[]"}},
        .lab = true,
        .once = true,
    },
    {
        .name = "lab_bill",
        .doc = "What your account has cost so far, line by line: lab describe-bill.",
        .service = "lab",
        .op = "DescribeBill",
        .lists = {{.list = "Lines[]"}},
        .lab = true,
        .once = true,
    },
    {
        .name = "lab_blocks",
        .doc = "Which blocks each volume and snapshot holds, run by run: lab describe-storage.",
        .service = "lab",
        .op = "DescribeStorage",
        .lists = {{.list = "Volumes[].Runs[]", .owner = "VolumeId", .kind = "volume"},
                  {.list = "Snapshots[].Runs[]", .owner = "SnapshotId", .kind = "snapshot"}},
        .owner = "resource_id",
        .lab = true,
    },
    {
        .name = "lab_faults",
        .doc = "What is broken on purpose: lab describe-faults.",
        .kind = &kind_fault,
        .lab = true,
        .once = true,
    },
    {
        .name = "lab_traffic",
        .doc = "Streams of traffic, and what their clients felt: lab describe-traffic.",
        .kind = &kind_stream,
        .lab = true,
        .once = true,
    },
    {
        .name = NULL,
    },
};

/* Columns that lie among the attributes of a queue, a topic, a subscription. */
#define ATTRIBUTE(TABLE, SERVICE, OP, PARAMS, COLUMN, NAME, TYPE) \
    { \
        .table = (TABLE), .column = (COLUMN), .service = (SERVICE), .op = (OP), \
        .params = (PARAMS), .path = "Attributes." NAME, .type = (TYPE), \
    }
#define QUEUE(COLUMN, NAME, TYPE) \
    ATTRIBUTE("aws_sqs_queue", "sqs", "GetQueueAttributes", \
              "{\"QueueUrl\":\"$\",\"AttributeNames\":[\"All\"]}", COLUMN, NAME, TYPE)
#define TOPIC(COLUMN, NAME, TYPE) \
    ATTRIBUTE("aws_sns_topic", "sns", "GetTopicAttributes", "{\"TopicArn\":\"$\"}", COLUMN, \
              NAME, TYPE)
#define SUBSCRIPTION(COLUMN, NAME, TYPE) \
    ATTRIBUTE("aws_sns_topic_subscription", "sns", "GetSubscriptionAttributes", \
              "{\"SubscriptionArn\":\"$\"}", COLUMN, NAME, TYPE)
#define EVENTS_TAGS(TABLE) \
    { \
        .table = (TABLE), .column = "tags_src", .service = "events", \
        .op = "ListTagsForResource", .params = "{\"ResourceARN\":\"$\"}", .path = "Tags", \
        .type = SQL_TYPE_JSON, \
    }

const struct sql_asking sql_askings[] = {
    {
        .table = "aws_ec2_instance",
        .column = "instance_status",
        .service = "ec2",
        .op = "DescribeInstanceStatus",
        .params = "{\"InstanceIds\":[\"$\"],\"IncludeAllInstances\":true}",
        .path = "InstanceStatuses[0]",
        .type = SQL_TYPE_JSON,
    },
    {
        .table = "aws_ec2_target_group",
        .column = "target_health_descriptions",
        .service = "elbv2",
        .op = "DescribeTargetHealth",
        .params = "{\"TargetGroupArn\":\"$\"}",
        .path = "TargetHealthDescriptions",
        .type = SQL_TYPE_JSON,
    },
    {
        .table = "aws_ec2_target_group",
        .column = "attributes",
        .service = "elbv2",
        .op = "DescribeTargetGroupAttributes",
        .params = "{\"TargetGroupArn\":\"$\"}",
        .path = "Attributes",
        .type = SQL_TYPE_JSON,
    },
    {
        .table = "aws_ec2_target_group",
        .column = "tags_src",
        .service = "elbv2",
        .op = "DescribeTags",
        .params = "{\"ResourceArns\":[\"$\"]}",
        .path = "TagDescriptions[0].Tags",
        .type = SQL_TYPE_JSON,
    },
    {
        .table = "aws_ec2_application_load_balancer",
        .column = "load_balancer_attributes",
        .service = "elbv2",
        .op = "DescribeLoadBalancerAttributes",
        .params = "{\"LoadBalancerArn\":\"$\"}",
        .path = "Attributes",
        .type = SQL_TYPE_JSON,
    },
    {
        .table = "aws_ec2_application_load_balancer",
        .column = "tags_src",
        .service = "elbv2",
        .op = "DescribeTags",
        .params = "{\"ResourceArns\":[\"$\"]}",
        .path = "TagDescriptions[0].Tags",
        .type = SQL_TYPE_JSON,
    },
    QUEUE("queue_arn", "QueueArn", SQL_TYPE_TEXT),
    QUEUE("fifo_queue", "FifoQueue || 'false'", SQL_TYPE_BOOLEAN),
    QUEUE("fifo_throughput_limit", "FifoThroughputLimit", SQL_TYPE_TEXT),
    QUEUE("delay_seconds", "DelaySeconds", SQL_TYPE_TEXT),
    QUEUE("max_message_size", "MaximumMessageSize", SQL_TYPE_TEXT),
    QUEUE("message_retention_seconds", "MessageRetentionPeriod", SQL_TYPE_TEXT),
    QUEUE("receive_wait_time_seconds", "ReceiveMessageWaitTimeSeconds", SQL_TYPE_TEXT),
    QUEUE("sqs_managed_sse_enabled", "SqsManagedSseEnabled", SQL_TYPE_BOOLEAN),
    QUEUE("visibility_timeout_seconds", "VisibilityTimeout", SQL_TYPE_TEXT),
    QUEUE("policy", "Policy", SQL_TYPE_JSON),
    QUEUE("redrive_policy", "RedrivePolicy", SQL_TYPE_JSON),
    QUEUE("content_based_deduplication", "ContentBasedDeduplication", SQL_TYPE_TEXT),
    QUEUE("deduplication_scope", "DeduplicationScope", SQL_TYPE_TEXT),
    QUEUE("kms_master_key_id", "KmsMasterKeyId", SQL_TYPE_TEXT),
    {
        .table = "aws_sqs_queue",
        .column = "tags_src",
        .service = "sqs",
        .op = "ListQueueTags",
        .params = "{\"QueueUrl\":\"$\"}",
        .path = "Tags",
        .type = SQL_TYPE_JSON,
    },
    TOPIC("display_name", "DisplayName", SQL_TYPE_TEXT),
    TOPIC("owner", "Owner", SQL_TYPE_TEXT),
    TOPIC("subscriptions_confirmed", "SubscriptionsConfirmed", SQL_TYPE_INTEGER),
    TOPIC("subscriptions_deleted", "SubscriptionsDeleted", SQL_TYPE_INTEGER),
    TOPIC("subscriptions_pending", "SubscriptionsPending", SQL_TYPE_INTEGER),
    TOPIC("kms_master_key_id", "KmsMasterKeyId", SQL_TYPE_TEXT),
    TOPIC("policy", "Policy", SQL_TYPE_JSON),
    TOPIC("delivery_policy", "DeliveryPolicy", SQL_TYPE_JSON),
    TOPIC("effective_delivery_policy", "EffectiveDeliveryPolicy", SQL_TYPE_JSON),
    {
        .table = "aws_sns_topic",
        .column = "tags_src",
        .service = "sns",
        .op = "ListTagsForResource",
        .params = "{\"ResourceArn\":\"$\"}",
        .path = "Tags",
        .type = SQL_TYPE_JSON,
    },
    SUBSCRIPTION("confirmation_was_authenticated", "ConfirmationWasAuthenticated",
                 SQL_TYPE_BOOLEAN),
    SUBSCRIPTION("pending_confirmation", "PendingConfirmation", SQL_TYPE_BOOLEAN),
    SUBSCRIPTION("raw_message_delivery", "RawMessageDelivery", SQL_TYPE_BOOLEAN),
    SUBSCRIPTION("delivery_policy", "DeliveryPolicy", SQL_TYPE_JSON),
    SUBSCRIPTION("effective_delivery_policy", "EffectiveDeliveryPolicy", SQL_TYPE_JSON),
    SUBSCRIPTION("redrive_policy", "RedrivePolicy", SQL_TYPE_JSON),
    SUBSCRIPTION("filter_policy", "FilterPolicy", SQL_TYPE_JSON),
    {
        .table = "aws_eventbridge_rule",
        .column = "created_by",
        .service = "events",
        .op = "DescribeRule",
        .params = "{\"Name\":\"$L\",\"EventBusName\":\"$G\"}",
        .path = "CreatedBy",
    },
    {
        .table = "aws_eventbridge_rule",
        .column = "targets",
        .service = "events",
        .op = "ListTargetsByRule",
        .params = "{\"Rule\":\"$L\",\"EventBusName\":\"$G\"}",
        .path = "Targets",
        .type = SQL_TYPE_JSON,
    },
    EVENTS_TAGS("aws_eventbridge_rule"),
    EVENTS_TAGS("aws_eventbridge_bus"),
    {
        .table = NULL,
    },
};
