/*
 * api/resources.c - every kind of resource that can be listed: the one visible list.
 *
 * Completion offers their ids, list views show them, references find them.
 */
#include "api/service.h"

#include <string.h>

#include "cloud/acl.h"
#include "cloud/listener.h"
#include "cloud/route.h"
#include "cloud/rule.h"
#include "cloud/world.h"

#define NAME_TAG "Tags[?Key=='Name'].Value | [0]"

static bool is_here(const struct call *call, uint64_t account, uint8_t region)
{
    return account == call->account && region == call->region;
}

static struct resource_name said(const char *text)
{
    return (struct resource_name){.text = text};
}

static struct resource_name tagged(const struct tags *tags)
{
    return (struct resource_name){.tags = tags};
}

const char *resource_name_text(struct resource_name name)
{
    return name.tags != NULL ? tags_name(name.tags) : name.text;
}

static void each_instance(struct call *call, resource_visit *visit, void *context)
{
    const struct table *instances = &call->world->instances.table;

    for (uint32_t i = 0; i < table_count(instances); i++) {
        const struct instance *instance = table_at(instances, i);

        if (is_here(call, instance->account, ZONE_REGION(instance->zone)))
            visit(context, id_text(&call->arena, &kind_instance, instance->id),
                  tagged(&instance->tags));
    }
}

static void each_image(struct call *call, resource_visit *visit, void *context)
{
    const struct table *images = &call->world->images.table;

    for (uint32_t i = 0; i < table_count(images); i++) {
        const struct image *image = table_at(images, i);

        if (image->region == call->region && image_is_for(image, call->account))
            visit(context, id_text(&call->arena, &kind_image, image->key), said(image->name));
    }
}

static void each_volume(struct call *call, resource_visit *visit, void *context)
{
    const struct table *volumes = &call->world->volumes.table;

    for (uint32_t i = 0; i < table_count(volumes); i++) {
        const struct volume *volume = table_at(volumes, i);

        if (is_here(call, volume->account, volume_region(volume)))
            visit(context, id_text(&call->arena, &kind_volume, volume->key), tagged(&volume->tags));
    }
}

static void each_snapshot(struct call *call, resource_visit *visit, void *context)
{
    const struct table *snapshots = &call->world->snapshots.table;

    for (uint32_t i = 0; i < table_count(snapshots); i++) {
        const struct snapshot *snapshot = table_at(snapshots, i);

        if (is_here(call, snapshot->account, snapshot->region))
            visit(context, id_text(&call->arena, &kind_snapshot, snapshot->key),
                  said(snapshot->description == NULL ? "" : snapshot->description));
    }
}

static void each_security_group(struct call *call, resource_visit *visit, void *context)
{
    const struct table *groups = &call->world->firewall.table;

    for (uint32_t i = 0; i < table_count(groups); i++) {
        const struct security_group *group = table_at(groups, i);

        if (is_here(call, group->account, group->region))
            visit(context, id_text(&call->arena, &kind_security_group, group->id),
                  said(group->name));
    }
}

static void each_placement_group(struct call *call, resource_visit *visit, void *context)
{
    const struct table *groups = &call->world->placement.table;

    for (uint32_t i = 0; i < table_count(groups); i++) {
        const struct placement_group *group = table_at(groups, i);

        if (is_here(call, group->account, group->region))
            visit(context, id_text(&call->arena, &kind_placement_group, group->id),
                  said(group->name));
    }
}

static void each_key_pair(struct call *call, resource_visit *visit, void *context)
{
    const struct table *keys = &call->world->keys.table;

    for (uint32_t i = 0; i < table_count(keys); i++) {
        const struct key_pair *key = table_at(keys, i);

        if (is_here(call, key->account, key->region))
            visit(context, key->name, said(key->is_ed25519 ? "ed25519" : "rsa"));
    }
}

static void each_launch_template(struct call *call, resource_visit *visit, void *context)
{
    const struct table *templates = &call->world->templates.table;

    for (uint32_t i = 0; i < table_count(templates); i++) {
        const struct launch_template *template = table_at(templates, i);

        if (is_here(call, template->account, template->region))
            visit(context, id_text(&call->arena, &kind_launch_template, template->id),
                  said(template->name));
    }
}

static void each_spot_request(struct call *call, resource_visit *visit, void *context)
{
    const struct table *requests = &call->world->spots.table;

    for (uint32_t i = 0; i < table_count(requests); i++) {
        const struct spot_request *request = table_at(requests, i);

        if (is_here(call, request->account, request->region))
            visit(context, id_text(&call->arena, &kind_spot_request, request->id),
                  said(spot_state_name(request->state)));
    }
}

static void each_vpc(struct call *call, resource_visit *visit, void *context)
{
    const struct table *vpcs = &call->world->network.vpcs;

    for (uint32_t i = 0; i < table_count(vpcs); i++) {
        const struct vpc *vpc = table_at(vpcs, i);

        if (is_here(call, vpc->account, vpc->region))
            visit(context, id_text(&call->arena, &kind_vpc, vpc->id),
                  said(vpc->is_default ? "the default VPC" : tags_name(&vpc->tags)));
    }
}

static void each_subnet(struct call *call, resource_visit *visit, void *context)
{
    const struct table *subnets = &call->world->network.subnets;

    for (uint32_t i = 0; i < table_count(subnets); i++) {
        const struct subnet *subnet = table_at(subnets, i);

        if (is_here(call, subnet->account, ZONE_REGION(subnet->zone)))
            visit(context, id_text(&call->arena, &kind_subnet, subnet->id),
                  said(catalog_zone_name(call->world->catalog, subnet->zone)));
    }
}

static void each_balancer(struct call *call, resource_visit *visit, void *context)
{
    const struct balancers *balancers = &call->world->balancers;

    for (uint32_t i = 0; i < table_count(&balancers->balancers); i++) {
        const struct balancer *balancer = table_at(&balancers->balancers, i);

        if (is_here(call, balancer->account, balancer->region))
            visit(context, balancer_arn(balancers, &call->arena, balancer), said(balancer->name));
    }
}

static void each_target_group(struct call *call, resource_visit *visit, void *context)
{
    const struct target_groups *groups = &call->world->targets;

    for (uint32_t i = 0; i < table_count(&groups->groups); i++) {
        const struct target_group *group = table_at(&groups->groups, i);

        if (is_here(call, group->account, group->region))
            visit(context, target_group_arn(groups, &call->arena, group), said(group->name));
    }
}

/* Of which balancer, and which port. */
static void each_listener(struct call *call, resource_visit *visit, void *context)
{
    const struct balancers *balancers = &call->world->balancers;

    for (uint32_t i = 0; i < table_count(&balancers->listeners); i++) {
        const struct listener *listener = table_at(&balancers->listeners, i);
        const struct balancer *balancer = table_get(&balancers->balancers, listener->balancer);

        if (is_here(call, balancer->account, balancer->region))
            visit(context, listener_arn(balancers, &call->arena, listener),
                  said(arena_printf(&call->arena, "%s %s:%u", balancer->name, listener->protocol,
                                    (unsigned)listener->port)));
    }
}

/* All but the default ones, which can neither be changed nor deleted. */
static void each_rule(struct call *call, resource_visit *visit, void *context)
{
    const struct balancers *balancers = &call->world->balancers;

    for (uint32_t i = 0; i < table_count(&balancers->rules); i++) {
        const struct rule *rule = table_at(&balancers->rules, i);
        const struct listener *listener = listener_find(balancers, rule->listener);
        const struct balancer *balancer = table_get(&balancers->balancers, listener->balancer);

        if (is_here(call, balancer->account, balancer->region))
            visit(context, rule_arn(balancers, &call->arena, listener, rule),
                  said(rule_text(&call->arena, rule)));
    }
}

static void each_elastic_ip(struct call *call, resource_visit *visit, void *context)
{
    const struct table *elastics = &call->world->network.elastics;

    for (uint32_t i = 0; i < table_count(elastics); i++) {
        const struct elastic_ip *elastic = table_at(elastics, i);

        if (is_here(call, elastic->account, elastic->region))
            visit(context, id_text(&call->arena, &kind_elastic_ip, elastic->id),
                  tagged(&elastic->tags));
    }
}

static void each_dedicated_host(struct call *call, resource_visit *visit, void *context)
{
    const struct table *hosts = &call->world->dedicated.table;

    for (uint32_t i = 0; i < table_count(hosts); i++) {
        const struct dedicated_host *host = table_at(hosts, i);

        if (is_here(call, host->account, host->region))
            visit(context, id_text(&call->arena, &kind_dedicated_host, host->id),
                  tagged(&host->tags));
    }
}

static void each_route_table(struct call *call, resource_visit *visit, void *context)
{
    const struct table *tables = &call->world->network.route_tables;

    for (uint32_t i = 0; i < table_count(tables); i++) {
        const struct route_table *table = table_at(tables, i);

        if (is_here(call, table->account, table->region))
            visit(context, id_text(&call->arena, &kind_route_table, table->id),
                  tagged(&table->tags));
    }
}

static void each_gateway(struct call *call, resource_visit *visit, void *context)
{
    const struct table *gateways = &call->world->network.gateways;

    for (uint32_t i = 0; i < table_count(gateways); i++) {
        const struct internet_gateway *gateway = table_at(gateways, i);

        if (is_here(call, gateway->account, gateway->region))
            visit(context, id_text(&call->arena, &kind_internet_gateway, gateway->id),
                  said(gateway->vpc == 0 ? "detached"
                                         : id_text(&call->arena, &kind_vpc, gateway->vpc)));
    }
}

static void each_acl(struct call *call, resource_visit *visit, void *context)
{
    const struct table *acls = &call->world->network.acls;

    for (uint32_t i = 0; i < table_count(acls); i++) {
        const struct network_acl *acl = table_at(acls, i);

        if (is_here(call, acl->account, acl->region))
            visit(context, id_text(&call->arena, &kind_network_acl, acl->id),
                  said(acl->is_default ? "the default of its VPC" : tags_name(&acl->tags)));
    }
}

static void each_interface(struct call *call, resource_visit *visit, void *context)
{
    const struct table *interfaces = &call->world->network.interfaces;

    for (uint32_t i = 0; i < table_count(interfaces); i++) {
        const struct interface *interface = table_at(interfaces, i);
        char text[ADDRESS_TEXT_SIZE];

        if (is_here(call, interface->account, ZONE_REGION(interface->zone)))
            visit(context, id_text(&call->arena, &kind_interface, interface->id),
                  said(arena_strdup(&call->arena, address_text(interface->address, text))));
    }
}

static void each_group_rule(struct call *call, resource_visit *visit, void *context)
{
    const struct table *groups = &call->world->firewall.table;

    for (uint32_t i = 0; i < table_count(groups); i++) {
        const struct security_group *group = table_at(groups, i);

        for (uint32_t j = 0; j < group->rules.count; j++) {
            if (is_here(call, group->account, group->region))
                visit(context,
                      id_text(&call->arena, &kind_security_group_rule, group->rules.items[j].id),
                      said(group->name));
        }
    }
}

static void each_scaling_group(struct call *call, resource_visit *visit, void *context)
{
    const struct table *groups = &call->world->scaling.groups;

    for (uint32_t i = 0; i < table_count(groups); i++) {
        const struct scaling_group *group = table_at(groups, i);

        if (is_here(call, group->account, group->region))
            visit(context, group->name,
                  said(arena_printf(&call->arena, "%d to %d instances", (int)group->least,
                                    (int)group->most)));
    }
}

static void each_instance_type(struct call *call, resource_visit *visit, void *context)
{
    const struct catalog *catalog = call->world->catalog;

    for (uint32_t i = 0; i < catalog->type_count; i++) {
        const struct catalog_type *type = &catalog->types[i];

        visit(context, type->name,
              said(arena_printf(&call->arena, "%u vCPU, %u MiB", type->vcpus, type->memory_mib)));
    }
}

static void each_region(struct call *call, resource_visit *visit, void *context)
{
    const struct catalog *catalog = call->world->catalog;

    for (uint32_t i = 0; i < catalog->region_count; i++)
        visit(context, catalog->regions[i].name, said(catalog->regions[i].place));
}

static void each_zone(struct call *call, resource_visit *visit, void *context)
{
    for (uint8_t i = 0; i < ZONES_PER_REGION; i++)
        visit(
            context,
            catalog_zone_name(call->world->catalog, (uint8_t)(call->region * ZONES_PER_REGION + i)),
            said(""));
}

/* Hosts that run something of the account's. */
static void each_host(struct call *call, resource_visit *visit, void *context)
{
    const struct hosts *hosts = &call->world->hosts;

    for (uint32_t i = 0; i < hosts->count; i++) {
        const struct host *host = &hosts->items[i];
        bool yours = false;

        for (uint32_t k = 0; k < host->guests.count && !yours; k++)
            yours = hosts_guest(hosts, host->guests.items[k])->account == call->account;
        if (yours && ZONE_REGION(host->zone) == call->region)
            visit(context, id_text(&call->arena, &kind_host, host->id),
                  said(catalog_zone_name(call->world->catalog, host->zone)));
    }
}

static void each_workload(struct call *call, resource_visit *visit, void *context)
{
    const struct table *workloads = &call->world->workloads.table;

    for (uint32_t i = 0; i < table_count(workloads); i++) {
        const struct workload *workload = table_at(workloads, i);

        if (workload->account == call->account && workload->region == call->region)
            visit(context, id_text(&call->arena, &kind_workload, workload->id),
                  said(workload_job(workload->kind)->name));
    }
}

static void each_queue(struct call *call, resource_visit *visit, void *context)
{
    const struct queues *queues = &call->world->queues;

    for (uint32_t i = 0; i < table_count(&queues->table); i++) {
        const struct queue *queue = table_at(&queues->table, i);

        if (queue->account == call->account && queue->region == call->region)
            visit(context, queue_url(queues, &call->arena, queue), said(queue->name));
    }
}

static void each_topic(struct call *call, resource_visit *visit, void *context)
{
    const struct topics *topics = &call->world->topics;

    for (uint32_t i = 0; i < table_count(&topics->table); i++) {
        const struct topic *topic = table_at(&topics->table, i);

        if (topic->account == call->account && topic->region == call->region)
            visit(context, topic_arn(topics, &call->arena, topic), said(topic->name));
    }
}

static void each_bus(struct call *call, resource_visit *visit, void *context)
{
    const struct event_buses *buses = &call->world->buses;

    visit(context, event_bus_arn(buses, &call->arena, call->account, call->region, "default"),
          said("default"));
    for (uint32_t i = 0; i < table_count(&buses->table); i++) {
        const struct event_bus *bus = table_at(&buses->table, i);

        if (is_here(call, bus->account, bus->region) && strcmp(bus->name, "default") != 0)
            visit(context,
                  event_bus_arn(buses, &call->arena, bus->account, bus->region, bus->name),
                  said(bus->name));
    }
}

static void each_stream(struct call *call, resource_visit *visit, void *context)
{
    const struct table *streams = &call->world->streams.table;

    for (uint32_t i = 0; i < table_count(streams); i++) {
        const struct stream *stream = table_at(streams, i);

        if (stream->account == call->account)
            visit(context, id_text(&call->arena, &kind_stream, stream->id),
                  said(arena_strdup(&call->arena, stream->url)));
    }
}

static void each_fault(struct call *call, resource_visit *visit, void *context)
{
    const struct table *faults = &call->world->injections.table;

    for (uint32_t i = 0; i < table_count(faults); i++) {
        const struct injection *injection = table_at(faults, i);

        if (injection->account == call->account)
            visit(context, id_text(&call->arena, &kind_fault, injection->id),
                  said(injection_kind_name(injection->kind)));
    }
    faults = &call->world->injections.plans;
    for (uint32_t i = 0; i < table_count(faults); i++) {
        const struct injection_plan *plan = table_at(faults, i);

        if (plan->account == call->account)
            visit(context, id_text(&call->arena, &kind_fault, plan->id),
                  said(injection_kind_name(plan->kind)));
    }
}

static void each_alarm(struct call *call, resource_visit *visit, void *context)
{
    const struct table *alarms = &call->world->alarms.table;

    for (uint32_t i = 0; i < table_count(alarms); i++) {
        const struct alarm *alarm = table_at(alarms, i);

        if (is_here(call, alarm->account, alarm->region))
            visit(context, alarm->name, said(alarm_state_words[alarm->state - 1]));
    }
}

static void each_metric(struct call *call, resource_visit *visit, void *context)
{
    const struct table *metrics = &call->world->metrics.table;

    for (uint32_t i = 0; i < table_count(metrics); i++) {
        const struct metric *metric = table_at(metrics, i);

        if (is_here(call, metric->account, metric->region))
            visit(context, metric->name, said(metric->space));
    }
}

const struct resource resources[] = {
    {
        .kind = &kind_instance,
        .service = "ec2",
        .op = "DescribeInstances",
        .list = "Reservations[].Instances[]",
        .id = "InstanceId",
        .name = NAME_TAG,
        .each = each_instance,
    },
    {
        .kind = &kind_image,
        .service = "ec2",
        .op = "DescribeImages",
        .params = "{\"Owners\":[\"self\",\"amazon\"]}",
        .list = "Images[]",
        .id = "ImageId",
        .name = "Name",
        .each = each_image,
    },
    {
        .kind = &kind_volume,
        .service = "ec2",
        .op = "DescribeVolumes",
        .list = "Volumes[]",
        .id = "VolumeId",
        .name = NAME_TAG,
        .each = each_volume,
    },
    {
        .kind = &kind_snapshot,
        .service = "ec2",
        .op = "DescribeSnapshots",
        .params = "{\"OwnerIds\":[\"self\"]}",
        .list = "Snapshots[]",
        .id = "SnapshotId",
        .name = "Description",
        .each = each_snapshot,
    },
    {
        .kind = &kind_security_group,
        .service = "ec2",
        .op = "DescribeSecurityGroups",
        .list = "SecurityGroups[]",
        .id = "GroupId",
        .name = "GroupName",
        .each = each_security_group,
    },
    {
        .kind = &kind_placement_group,
        .service = "ec2",
        .op = "DescribePlacementGroups",
        .list = "PlacementGroups[]",
        .id = "GroupId",
        .name = "GroupName",
        .each = each_placement_group,
    },
    {
        .kind = &kind_key_pair,
        .service = "ec2",
        .op = "DescribeKeyPairs",
        .list = "KeyPairs[]",
        .id = "KeyName",
        .name = "KeyType",
        .each = each_key_pair,
    },
    {
        .kind = &kind_vpc,
        .service = "ec2",
        .op = "DescribeVpcs",
        .list = "Vpcs[]",
        .id = "VpcId",
        .name = "CidrBlock",
        .each = each_vpc,
    },
    {
        .kind = &kind_subnet,
        .service = "ec2",
        .op = "DescribeSubnets",
        .list = "Subnets[]",
        .id = "SubnetId",
        .name = "AvailabilityZone",
        .each = each_subnet,
    },
    {
        .kind = &kind_balancer,
        .service = "elbv2",
        .op = "DescribeLoadBalancers",
        .list = "LoadBalancers[]",
        .id = "LoadBalancerArn",
        .name = "LoadBalancerName",
        .each = each_balancer,
    },
    {
        .kind = &kind_target_group,
        .service = "elbv2",
        .op = "DescribeTargetGroups",
        .list = "TargetGroups[]",
        .id = "TargetGroupArn",
        .name = "TargetGroupName",
        .each = each_target_group,
    },
    {
        .kind = &kind_listener,
        .service = "elbv2",
        .op = "",
        .each = each_listener,
    },
    {
        .kind = &kind_rule,
        .service = "elbv2",
        .op = "",
        .each = each_rule,
    },
    {
        .kind = &kind_instance_type,
        .service = "ec2",
        .op = "DescribeInstanceTypes",
        .list = "InstanceTypes[]",
        .id = "InstanceType",
        .each = each_instance_type,
    },
    {
        .kind = &kind_region,
        .service = "ec2",
        .op = "DescribeRegions",
        .list = "Regions[]",
        .id = "RegionName",
        .name = "Endpoint",
        .each = each_region,
    },
    {
        .kind = &kind_zone,
        .service = "ec2",
        .op = "DescribeAvailabilityZones",
        .list = "AvailabilityZones[]",
        .id = "ZoneName",
        .name = "ZoneId",
        .each = each_zone,
    },
    {
        .kind = &kind_host,
        .service = "lab",
        .op = "DescribeHosts",
        .list = "Hosts[]",
        .id = "HostId",
        .name = "AvailabilityZone",
        .each = each_host,
    },
    {
        .kind = &kind_fault,
        .service = "lab",
        .op = "DescribeFaults",
        .list = "Faults[]",
        .id = "FaultId",
        .name = "Kind",
        .each = each_fault,
    },
    {
        .kind = &kind_stream,
        .service = "lab",
        .op = "DescribeTraffic",
        .list = "Streams[]",
        .id = "StreamId",
        .name = "Url",
        .each = each_stream,
    },
    {
        .kind = &kind_workload,
        .service = "lab",
        .op = "DescribeWorkloads",
        .list = "Workloads[]",
        .id = "WorkloadId",
        .each = each_workload,
    },
    {
        .kind = &kind_launch_template,
        .service = "ec2",
        .op = "DescribeLaunchTemplates",
        .list = "LaunchTemplates[]",
        .id = "LaunchTemplateId",
        .name = "LaunchTemplateName",
        .each = each_launch_template,
    },
    {
        .kind = &kind_spot_request,
        .service = "ec2",
        .op = "DescribeSpotInstanceRequests",
        .list = "SpotInstanceRequests[]",
        .id = "SpotInstanceRequestId",
        .name = "Status.Code",
        .each = each_spot_request,
    },
    {
        .kind = &kind_scaling_group,
        .service = "autoscaling",
        .op = "DescribeAutoScalingGroups",
        .list = "AutoScalingGroups[]",
        .id = "AutoScalingGroupName",
        .each = each_scaling_group,
    },
    {
        .kind = &kind_alarm,
        .service = "cloudwatch",
        .op = "DescribeAlarms",
        .list = "MetricAlarms[]",
        .id = "AlarmName",
        .name = "StateValue",
        .each = each_alarm,
    },
    {
        .kind = &kind_metric,
        .service = "cloudwatch",
        .op = "ListMetrics",
        .list = "Metrics[]",
        .id = "MetricName",
        .name = "Namespace",
        .each = each_metric,
    },
    {
        .kind = &kind_elastic_ip,
        .service = "ec2",
        .op = "DescribeAddresses",
        .list = "Addresses[]",
        .id = "AllocationId",
        .name = "PublicIp",
        .each = each_elastic_ip,
    },
    {
        .kind = &kind_dedicated_host,
        .service = "ec2",
        .op = "DescribeHosts",
        .list = "Hosts[]",
        .id = "HostId",
        .name = NAME_TAG,
        .each = each_dedicated_host,
    },
    {
        .kind = &kind_route_table,
        .service = "ec2",
        .op = "DescribeRouteTables",
        .list = "RouteTables[]",
        .id = "RouteTableId",
        .name = NAME_TAG,
        .each = each_route_table,
    },
    {
        .kind = &kind_internet_gateway,
        .service = "ec2",
        .op = "DescribeInternetGateways",
        .list = "InternetGateways[]",
        .id = "InternetGatewayId",
        .name = NAME_TAG,
        .each = each_gateway,
    },
    {
        .kind = &kind_network_acl,
        .service = "ec2",
        .op = "DescribeNetworkAcls",
        .list = "NetworkAcls[]",
        .id = "NetworkAclId",
        .name = NAME_TAG,
        .each = each_acl,
    },
    {
        .kind = &kind_interface,
        .service = "ec2",
        .op = "DescribeNetworkInterfaces",
        .list = "NetworkInterfaces[]",
        .id = "NetworkInterfaceId",
        .name = "PrivateIpAddress",
        .each = each_interface,
    },
    {
        .kind = &kind_security_group_rule,
        .service = "ec2",
        .op = "DescribeSecurityGroupRules",
        .list = "SecurityGroupRules[]",
        .id = "SecurityGroupRuleId",
        .name = "Description",
        .each = each_group_rule,
    },
    {
        .kind = &kind_queue,
        .service = "sqs",
        .op = "", /* list-queues gives URLs alone */
        .each = each_queue,
    },
    {
        .kind = &kind_topic,
        .service = "sns",
        .op = "ListTopics",
        .list = "Topics[]",
        .id = "TopicArn",
        .each = each_topic,
    },
    {
        .kind = &kind_event_bus,
        .service = "events",
        .op = "ListEventBuses",
        .list = "EventBuses[]",
        .id = "Arn",
        .each = each_bus,
    },
    {
        .kind = NULL,
    },
};
