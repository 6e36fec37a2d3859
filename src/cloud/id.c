/*
 * cloud/id.c - the kinds of resource, and their identifiers.
 *
 * True to EC2's long form: a prefix and 17 hexadecimal digits, of which the first is 0 as on most
 * real ones.
 */
#include "cloud/id.h"

#include <string.h>

#include "base/str.h"

enum { SHORT_DIGITS = 8, ID_DIGITS = 16, LONG_DIGITS = 1 + ID_DIGITS };

/* Answers hold several identifiers for each resource: printf would be half their time. */
static void write_digits(char *to, uint64_t id)
{
    for (int i = ID_DIGITS - 1; i >= 0; i--, id >>= 4)
        to[i] = "0123456789abcdef"[id & 0xf];
}

const char *id_text(struct arena *arena, const struct kind *kind, uint64_t id)
{
    size_t prefix = strlen(kind->prefix);
    char *text = arena_alloc(arena, prefix + LONG_DIGITS + 1);

    memcpy(text, kind->prefix, prefix);
    text[prefix] = '0';
    write_digits(text + prefix + 1, id);
    return text;
}

const char *id_digits(struct arena *arena, uint64_t id)
{
    char *text = arena_alloc(arena, ID_DIGITS + 1);

    write_digits(text, id);
    return text;
}

/* The value of a lower-case hexadecimal digit, or -1. */
static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

bool id_parse(const struct kind *kind, const char *text, uint64_t *id)
{
    size_t length;

    *id = 0;
    if (!str_starts(text, kind->prefix))
        return false;
    text += strlen(kind->prefix);
    length = strlen(text);
    if (length != SHORT_DIGITS && length != LONG_DIGITS)
        return false;
    for (size_t i = 0; i < length; i++) {
        int value = digit_value(text[i]);

        if (value < 0)
            return false;
        *id = *id << 4 | (uint64_t)value;
    }
    if (length == SHORT_DIGITS || text[0] != '0')
        *id = 0;
    return true;
}

uint64_t ids_new(struct ids *ids)
{
    uint64_t id;

    do
        id = chance_u64(&ids->stream);
    while (id == 0);
    return id;
}

const struct kind kind_region = { "region", "", "Region" };
const struct kind kind_zone = { "zone", "", "Availability Zone" };
const struct kind kind_account = { "account", "", "account" };
const struct kind kind_instance = { "instance", "i-", "instance" };
const struct kind kind_instance_type = { "instance-type", "", "instance type" };
const struct kind kind_image = { "image", "ami-", "image" };
const struct kind kind_volume = { "volume", "vol-", "volume" };
const struct kind kind_snapshot = { "snapshot", "snap-", "snapshot" };
const struct kind kind_key_pair = { "key-pair", "key-", "key pair" };
const struct kind kind_reservation = { "reservation", "r-", "reservation" };
const struct kind kind_vpc = { "vpc", "vpc-", "VPC" };
const struct kind kind_subnet = { "subnet", "subnet-", "subnet" };
const struct kind kind_interface = { "network-interface", "eni-", "network interface" };
const struct kind kind_security_group = { "security-group", "sg-", "security group" };
const struct kind kind_security_group_rule = { "security-group-rule", "sgr-", "rule" };
const struct kind kind_host = { "host", "h-", "host" };
/* A Dedicated Host has the id of the machine that it is. */
const struct kind kind_dedicated_host = { "dedicated-host", "h-", "Dedicated Host" };
const struct kind kind_attachment = { "attachment", "eni-attach-", "attachment" };
const struct kind kind_balancer = { "load-balancer", "", "load balancer" };
const struct kind kind_target_group = { "target-group", "", "target group" };
const struct kind kind_listener = { "listener", "", "listener" };
const struct kind kind_rule = { "listener-rule", "", "rule" };
const struct kind kind_request = { "request", "req-", "request" };
const struct kind kind_fault = { "fault", "fault-", "fault" };
const struct kind kind_stream = { "stream", "stream-", "stream of traffic" };
const struct kind kind_queue = { "queue", "", "queue" };
const struct kind kind_topic = { "topic", "", "topic" };
const struct kind kind_event_bus = { "event-bus", "", "event bus" };
const struct kind kind_workload = { "workload", "workload-", "workload" };
const struct kind kind_launch_template = { "launch-template", "lt-", "launch template" };
const struct kind kind_elastic_ip = { "elastic-ip", "eipalloc-", "Elastic IP address" };
const struct kind kind_association = { "association", "eipassoc-", "association" };
const struct kind kind_placement_group = { "placement-group", "pg-", "placement group" };
const struct kind kind_spot_request = { "spot-instances-request", "sir-", "spot request" };
const struct kind kind_scaling_group = { "auto-scaling-group", "", "Auto Scaling group" };
const struct kind kind_alarm = { "alarm", "", "alarm" };
const struct kind kind_metric = { "metric", "", "metric" };
const struct kind kind_route_table = { "route-table", "rtb-", "route table" };
const struct kind kind_route_association = { "route-association", "rtbassoc-", "association" };
const struct kind kind_internet_gateway = { "internet-gateway", "igw-", "internet gateway" };
const struct kind kind_network_acl = { "network-acl", "acl-", "network ACL" };
const struct kind kind_acl_association = { "acl-association", "aclassoc-", "association" };
