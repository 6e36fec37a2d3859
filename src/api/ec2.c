/*
 * api/ec2.c - the service ec2: its operations and waiters.
 *
 * True to botocore's waiters for these operations.
 */
#include "api/ec2.h"

#include "api/ec2_parts.h"

static const struct op *const ec2_ops[] = {
    &op_allocate_address,
    &op_allocate_hosts,
    &op_associate_address,
    &op_associate_route_table,
    &op_attach_internet_gateway,
    &op_attach_volume,
    &op_authorize_security_group_egress,
    &op_authorize_security_group_ingress,
    &op_cancel_spot_instance_requests,
    &op_copy_image,
    &op_copy_snapshot,
    &op_create_default_vpc,
    &op_create_image,
    &op_create_internet_gateway,
    &op_create_key_pair,
    &op_create_launch_template,
    &op_create_launch_template_version,
    &op_create_network_acl,
    &op_create_network_acl_entry,
    &op_create_placement_group,
    &op_create_route,
    &op_create_route_table,
    &op_create_security_group,
    &op_create_snapshot,
    &op_create_snapshots,
    &op_create_subnet,
    &op_create_tags,
    &op_create_volume,
    &op_create_vpc,
    &op_delete_internet_gateway,
    &op_delete_key_pair,
    &op_delete_launch_template,
    &op_delete_launch_template_versions,
    &op_delete_network_acl,
    &op_delete_network_acl_entry,
    &op_delete_placement_group,
    &op_delete_route,
    &op_delete_route_table,
    &op_delete_security_group,
    &op_delete_snapshot,
    &op_delete_subnet,
    &op_delete_tags,
    &op_delete_volume,
    &op_delete_vpc,
    &op_deregister_image,
    &op_describe_account_attributes,
    &op_describe_addresses,
    &op_describe_availability_zones,
    &op_describe_fast_snapshot_restores,
    &op_describe_hosts,
    &op_describe_image_attribute,
    &op_describe_images,
    &op_describe_instance_attribute,
    &op_describe_instance_credit_specifications,
    &op_describe_instance_status,
    &op_describe_instance_type_offerings,
    &op_describe_instance_types,
    &op_describe_instances,
    &op_describe_internet_gateways,
    &op_describe_key_pairs,
    &op_describe_launch_template_versions,
    &op_describe_launch_templates,
    &op_describe_network_acls,
    &op_describe_network_interfaces,
    &op_describe_placement_groups,
    &op_describe_regions,
    &op_describe_route_tables,
    &op_describe_security_group_rules,
    &op_describe_security_groups,
    &op_describe_snapshot_attribute,
    &op_describe_snapshots,
    &op_describe_spot_instance_requests,
    &op_describe_spot_price_history,
    &op_describe_subnets,
    &op_describe_tags,
    &op_describe_volume_status,
    &op_describe_volumes,
    &op_describe_volumes_modifications,
    &op_describe_vpcs,
    &op_detach_internet_gateway,
    &op_detach_volume,
    &op_disable_fast_snapshot_restores,
    &op_disassociate_address,
    &op_disassociate_route_table,
    &op_enable_fast_snapshot_restores,
    &op_enable_image_deprecation,
    &op_get_console_output,
    &op_modify_hosts,
    &op_modify_image_attribute,
    &op_modify_instance_attribute,
    &op_modify_instance_credit_specification,
    &op_modify_instance_placement,
    &op_modify_launch_template,
    &op_modify_snapshot_attribute,
    &op_modify_subnet_attribute,
    &op_modify_volume,
    &op_monitor_instances,
    &op_reboot_instances,
    &op_register_image,
    &op_release_address,
    &op_release_hosts,
    &op_replace_network_acl_association,
    &op_replace_network_acl_entry,
    &op_replace_route,
    &op_replace_route_table_association,
    &op_request_spot_instances,
    &op_reset_image_attribute,
    &op_reset_snapshot_attribute,
    &op_revoke_security_group_egress,
    &op_revoke_security_group_ingress,
    &op_run_instances,
    &op_start_instances,
    &op_stop_instances,
    &op_terminate_instances,
    &op_unmonitor_instances,
    NULL,
};

/* ---- waiters ---- */

static const struct acceptor image_available[] = {
    {"success", MATCH_PATH_ALL, "Images[].State", "available"},
    {"failure", MATCH_PATH_ANY, "Images[].State", "failed"},
    {0},
};

static const struct acceptor image_exists[] = {
    {"success", MATCH_PATH, "length(Images[]) > `0`", "true"},
    {"retry", MATCH_ERROR, NULL, "InvalidAMIID.NotFound"},
    {0},
};

static const struct acceptor instance_exists[] = {
    {"success", MATCH_PATH, "length(Reservations[]) > `0`", "true"},
    {"retry", MATCH_ERROR, NULL, "InvalidInstanceID.NotFound"},
    {0},
};

static const struct acceptor instance_running[] = {
    {"success", MATCH_PATH_ALL, "Reservations[].Instances[].State.Name", "running"},
    {"failure", MATCH_PATH_ANY, "Reservations[].Instances[].State.Name", "shutting-down"},
    {"failure", MATCH_PATH_ANY, "Reservations[].Instances[].State.Name", "terminated"},
    {"failure", MATCH_PATH_ANY, "Reservations[].Instances[].State.Name", "stopping"},
    {"retry", MATCH_ERROR, NULL, "InvalidInstanceID.NotFound"},
    {0},
};

static const struct acceptor instance_status_ok[] = {
    {"success", MATCH_PATH_ALL, "InstanceStatuses[].InstanceStatus.Status", "ok"},
    {"retry", MATCH_ERROR, NULL, "InvalidInstanceID.NotFound"},
    {0},
};

static const struct acceptor instance_stopped[] = {
    {"success", MATCH_PATH_ALL, "Reservations[].Instances[].State.Name", "stopped"},
    {"failure", MATCH_PATH_ANY, "Reservations[].Instances[].State.Name", "pending"},
    {"failure", MATCH_PATH_ANY, "Reservations[].Instances[].State.Name", "terminated"},
    {0},
};

static const struct acceptor instance_terminated[] = {
    {"success", MATCH_PATH_ALL, "Reservations[].Instances[].State.Name", "terminated"},
    {"failure", MATCH_PATH_ANY, "Reservations[].Instances[].State.Name", "pending"},
    {"failure", MATCH_PATH_ANY, "Reservations[].Instances[].State.Name", "stopping"},
    {0},
};

static const struct acceptor internet_gateway_exists[] = {
    {"success", MATCH_PATH, "length(InternetGateways[].InternetGatewayId) > `0`", "true"},
    {"retry", MATCH_ERROR, NULL, "InvalidInternetGateway.NotFound"},
    {0},
};

static const struct acceptor key_pair_exists[] = {
    {"success", MATCH_PATH, "length(KeyPairs[].KeyName) > `0`", "true"},
    {"retry", MATCH_ERROR, NULL, "InvalidKeyPair.NotFound"},
    {0},
};

static const struct acceptor network_interface_available[] = {
    {"success", MATCH_PATH_ALL, "NetworkInterfaces[].Status", "available"},
    {"failure", MATCH_ERROR, NULL, "InvalidNetworkInterfaceID.NotFound"},
    {0},
};

static const struct acceptor security_group_exists[] = {
    {"success", MATCH_PATH, "length(SecurityGroups[].GroupId) > `0`", "true"},
    {"retry", MATCH_ERROR, NULL, "InvalidGroup.NotFound"},
    {0},
};

static const struct acceptor snapshot_completed[] = {
    {"success", MATCH_PATH_ALL, "Snapshots[].State", "completed"},
    {"failure", MATCH_PATH_ANY, "Snapshots[].State", "error"},
    {0},
};

static const struct acceptor spot_instance_request_fulfilled[] = {
    {"success", MATCH_PATH_ALL, "SpotInstanceRequests[].Status.Code", "fulfilled"},
    {"success", MATCH_PATH_ALL, "SpotInstanceRequests[].Status.Code",
     "request-canceled-and-instance-running"},
    {"failure", MATCH_PATH_ANY, "SpotInstanceRequests[].Status.Code", "schedule-expired"},
    {"failure", MATCH_PATH_ANY, "SpotInstanceRequests[].Status.Code",
     "canceled-before-fulfillment"},
    {"failure", MATCH_PATH_ANY, "SpotInstanceRequests[].Status.Code", "bad-parameters"},
    {"failure", MATCH_PATH_ANY, "SpotInstanceRequests[].Status.Code", "system-error"},
    {"retry", MATCH_ERROR, NULL, "InvalidSpotInstanceRequestID.NotFound"},
    {0},
};

static const struct acceptor subnet_available[] = {
    {"success", MATCH_PATH_ALL, "Subnets[].State", "available"},
    {0},
};

static const struct acceptor system_status_ok[] = {
    {"success", MATCH_PATH_ALL, "InstanceStatuses[].SystemStatus.Status", "ok"},
    {0},
};

static const struct acceptor volume_available[] = {
    {"success", MATCH_PATH_ALL, "Volumes[].State", "available"},
    {"failure", MATCH_PATH_ANY, "Volumes[].State", "deleted"},
    {0},
};

static const struct acceptor volume_deleted[] = {
    {"success", MATCH_PATH_ALL, "Volumes[].State", "deleted"},
    {"success", MATCH_ERROR, NULL, "InvalidVolume.NotFound"},
    {0},
};

static const struct acceptor volume_in_use[] = {
    {"success", MATCH_PATH_ALL, "Volumes[].State", "in-use"},
    {"failure", MATCH_PATH_ANY, "Volumes[].State", "deleted"},
    {0},
};

static const struct acceptor vpc_available[] = {
    {"success", MATCH_PATH_ALL, "Vpcs[].State", "available"},
    {0},
};

static const struct acceptor vpc_exists[] = {
    {"success", MATCH_STATUS, NULL, "200"},
    {"retry", MATCH_ERROR, NULL, "InvalidVpcID.NotFound"},
    {0},
};

static const struct waiter ec2_waiters[] = {
    {"ImageAvailable", "DescribeImages", 15, 40, image_available},
    {"ImageExists", "DescribeImages", 15, 40, image_exists},
    {"InstanceExists", "DescribeInstances", 5, 40, instance_exists},
    {"InstanceRunning", "DescribeInstances", 15, 40, instance_running},
    {"InstanceStatusOk", "DescribeInstanceStatus", 15, 40, instance_status_ok},
    {"InstanceStopped", "DescribeInstances", 15, 40, instance_stopped},
    {"InstanceTerminated", "DescribeInstances", 15, 40, instance_terminated},
    {"InternetGatewayExists", "DescribeInternetGateways", 5, 6, internet_gateway_exists},
    {"KeyPairExists", "DescribeKeyPairs", 5, 6, key_pair_exists},
    {"NetworkInterfaceAvailable", "DescribeNetworkInterfaces", 20, 10,
     network_interface_available},
    {"SecurityGroupExists", "DescribeSecurityGroups", 5, 6, security_group_exists},
    {"SnapshotCompleted", "DescribeSnapshots", 15, 40, snapshot_completed},
    {"SpotInstanceRequestFulfilled", "DescribeSpotInstanceRequests", 15, 40,
     spot_instance_request_fulfilled},
    {"SubnetAvailable", "DescribeSubnets", 15, 40, subnet_available},
    {"SystemStatusOk", "DescribeInstanceStatus", 15, 40, system_status_ok},
    {"VolumeAvailable", "DescribeVolumes", 15, 40, volume_available},
    {"VolumeDeleted", "DescribeVolumes", 15, 40, volume_deleted},
    {"VolumeInUse", "DescribeVolumes", 15, 40, volume_in_use},
    {"VpcAvailable", "DescribeVpcs", 15, 40, vpc_available},
    {"VpcExists", "DescribeVpcs", 1, 5, vpc_exists},
    {0},
};

const struct service service_ec2 = {
    .name = "ec2",
    .doc = "Elastic Compute Cloud: instances, their volumes and images, and the network around "
           "them.",
    .style = STYLE_EC2,
    .ops = ec2_ops,
    .waiters = ec2_waiters,
};
