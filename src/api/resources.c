/*
 * api/resources.c - every kind of resource that can be listed: the one visible list.
 *
 * Completion offers their ids, list views show them, references find them.
 */
#include "api/service.h"

#include "cloud/id.h"

#define NAME_TAG "Tags[?Key=='Name'].Value | [0]"

const struct resource resources[] = {
    {
        .kind = &kind_instance,
        .service = "ec2",
        .op = "DescribeInstances",
        .list = "Reservations[].Instances[]",
        .id = "InstanceId",
        .name = NAME_TAG,
    },
    {
        .kind = &kind_image,
        .service = "ec2",
        .op = "DescribeImages",
        .params = "{\"Owners\":[\"self\",\"amazon\"]}",
        .list = "Images[]",
        .id = "ImageId",
        .name = "Name",
    },
    {
        .kind = &kind_volume,
        .service = "ec2",
        .op = "DescribeVolumes",
        .list = "Volumes[]",
        .id = "VolumeId",
        .name = NAME_TAG,
    },
    {
        .kind = &kind_snapshot,
        .service = "ec2",
        .op = "DescribeSnapshots",
        .params = "{\"OwnerIds\":[\"self\"]}",
        .list = "Snapshots[]",
        .id = "SnapshotId",
        .name = "Description",
    },
    {
        .kind = &kind_security_group,
        .service = "ec2",
        .op = "DescribeSecurityGroups",
        .list = "SecurityGroups[]",
        .id = "GroupId",
        .name = "GroupName",
    },
    {
        .kind = &kind_key_pair,
        .service = "ec2",
        .op = "DescribeKeyPairs",
        .list = "KeyPairs[]",
        .id = "KeyName",
        .name = "KeyType",
    },
    {
        .kind = &kind_vpc,
        .service = "ec2",
        .op = "DescribeVpcs",
        .list = "Vpcs[]",
        .id = "VpcId",
        .name = "CidrBlock",
    },
    {
        .kind = &kind_subnet,
        .service = "ec2",
        .op = "DescribeSubnets",
        .list = "Subnets[]",
        .id = "SubnetId",
        .name = "AvailabilityZone",
    },
    {
        .kind = &kind_balancer,
        .service = "elbv2",
        .op = "DescribeLoadBalancers",
        .list = "LoadBalancers[]",
        .id = "LoadBalancerArn",
        .name = "LoadBalancerName",
    },
    {
        .kind = &kind_target_group,
        .service = "elbv2",
        .op = "DescribeTargetGroups",
        .list = "TargetGroups[]",
        .id = "TargetGroupArn",
        .name = "TargetGroupName",
    },
    {
        .kind = &kind_instance_type,
        .service = "ec2",
        .op = "DescribeInstanceTypes",
        .list = "InstanceTypes[]",
        .id = "InstanceType",
        .name = "join(' ', [to_string(VCpuInfo.DefaultVCpus), 'vCPU,', "
                "to_string(MemoryInfo.SizeInMiB), 'MiB'])",
    },
    {
        .kind = &kind_region,
        .service = "ec2",
        .op = "DescribeRegions",
        .list = "Regions[]",
        .id = "RegionName",
        .name = "Endpoint",
    },
    {
        .kind = &kind_zone,
        .service = "ec2",
        .op = "DescribeAvailabilityZones",
        .list = "AvailabilityZones[]",
        .id = "ZoneName",
        .name = "ZoneId",
    },
    {
        .kind = &kind_host,
        .service = "lab",
        .op = "DescribeHosts",
        .list = "Hosts[]",
        .id = "HostId",
        .name = "AvailabilityZone",
    },
    {
        .kind = &kind_fault,
        .service = "lab",
        .op = "DescribeFaults",
        .list = "Faults[]",
        .id = "FaultId",
        .name = "Kind",
    },
    {
        .kind = NULL,
    },
};
