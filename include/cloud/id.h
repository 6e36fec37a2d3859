/*
 * cloud/id.h - the kinds of resource, and their identifiers.
 *
 * Inside, an identifier is a random uint64_t that is never 0 and never used again; outside it is
 * AWS's form: the kind's prefix, a zero and sixteen hexadecimal digits ("i-0123456789abcdef0" holds
 * 0x123456789abcdef0). Kinds without a prefix (a key pair's name, a target group's ARN) are parsed
 * by the rooms that own them.
 */
#ifndef CLOUD_ID_H
#define CLOUD_ID_H

#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/shape.h"
#include "sim/chance.h"

extern const struct kind kind_region, kind_zone, kind_account;
extern const struct kind kind_instance, kind_instance_type, kind_image, kind_volume, kind_snapshot,
    kind_key_pair;
extern const struct kind kind_reservation, kind_vpc, kind_subnet, kind_interface,
    kind_security_group;
extern const struct kind kind_security_group_rule, kind_host, kind_attachment;
extern const struct kind kind_balancer, kind_target_group, kind_listener, kind_rule;
extern const struct kind kind_request, kind_fault, kind_stream, kind_workload;
extern const struct kind kind_alarm, kind_metric;
extern const struct kind kind_launch_template, kind_elastic_ip, kind_association;
extern const struct kind kind_scaling_group, kind_placement_group, kind_spot_request;
extern const struct kind kind_route_table, kind_route_association, kind_internet_gateway;
extern const struct kind kind_network_acl, kind_acl_association;
extern const struct kind kind_dedicated_host, kind_queue, kind_topic, kind_event_bus;

/* "i-0..." in the arena; for kinds with a prefix. */
const char *id_text(struct arena *arena, const struct kind *kind, uint64_t id);
/* The 16 digits alone, as ARNs and DNS names use them. */
const char *id_digits(struct arena *arena, uint64_t id);
/* True when the text has the kind's form: prefix and 8 or 17 lower-case hexadecimal digits.  *id is
 * 0 for a form that is right but can name nothing here (8 digits, or a first digit other than 0).
 */
bool id_parse(const struct kind *kind, const char *text, uint64_t *id);

/* The source of new identifiers; one a world. */
struct ids {
    struct chance stream;
};

uint64_t ids_new(struct ids *ids);

#endif
