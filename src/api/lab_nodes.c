/*
 * api/lab_nodes.c - lab: the nodes of load balancers, which AWS scales unseen.
 */
#include "api/lab_parts.h"

#include <string.h>

#include "cloud/world.h"

struct nodes_in {
    struct strings balancers;
};

struct node_view {
    const char *balancer;
    const char *arn;
    const char *zone;
    const char *address;
    int64_t requests;
    struct opt_int capacity;
    int64_t rejected;
};

struct nodes_out {
    LIST(struct node_view) nodes;
};

static const struct field nodes_in_fields[] = {
    F_STRINGS(struct nodes_in, balancers, "LoadBalancerArns", "Only the nodes of these.",
              .ref = &kind_balancer),
};

static const struct field node_fields[] = {
    F_STRING(struct node_view, balancer, "LoadBalancerName", "Whose node it is.",
             .flags = FIELD_COLUMN),
    F_STRING(struct node_view, arn, "LoadBalancerArn", "Whose node it is.",
             .ref = &kind_balancer),
    F_STRING(struct node_view, zone, "AvailabilityZone", "Where it stands.",
             .flags = FIELD_COLUMN),
    F_STRING(struct node_view, address, "PrivateIpAddress", "Its private address."),
    F_INT(struct node_view, requests, "Requests", "Requests that came to it so far.",
          .flags = FIELD_COLUMN),
    F_OPT_INT(struct node_view, capacity, "CapacityPerSecond",
              "Requests a second that it takes now: it grows with its traffic, and doubles within "
              "five minutes; absent of a Network Load Balancer, which has no such limit.",
              .flags = FIELD_COLUMN),
    F_INT(struct node_view, rejected, "Rejected", "Requests that it turned away: it was too small.",
          .flags = FIELD_COLUMN),
};
static const struct shape node_shape = SHAPE("BalancerNode", struct node_view, node_fields);

static const struct field nodes_out_fields[] = {
    F_LIST(struct nodes_out, nodes, struct node_view, &node_shape, "Nodes",
           "One for each zone of each load balancer."),
};

static const struct shape nodes_in_shape =
    SHAPE("DescribeNodesRequest", struct nodes_in, nodes_in_fields);
static const struct shape nodes_out_shape =
    SHAPE("DescribeNodesResult", struct nodes_out, nodes_out_fields);

static void nodes_list(struct call *call, const struct balancer *balancer, struct nodes_out *out)
{
    for (uint32_t i = 0; i < balancer->nodes.count; i++) {
        const struct balancer_node *node = &balancer->nodes.items[i];
        char text[ADDRESS_TEXT_SIZE];

        *LIST_PUSH_IN(&call->arena, &out->nodes) = (struct node_view){
            .balancer = balancer->name,
            .arn = balancer_arn(&call->world->balancers, &call->arena, balancer),
            .zone = catalog_zone_name(call->world->catalog, node->zone),
            .address = arena_strdup(&call->arena, address_text(node->address, text)),
            .requests = (int64_t)node->requests,
            .capacity = {.value = node_capacity_at(&node->capacity, call->world->sim.now),
                         .set = !balancer_is_network(balancer)},
            .rejected = node->capacity.rejected,
        };
    }
}

static int describe_nodes(struct call *call, const void *input, void *output)
{
    const struct nodes_in *in = input;
    const struct balancers *balancers = &call->world->balancers;

    for (uint32_t i = 0; i < in->balancers.count; i++) {
        const struct balancer *balancer = balancer_find_arn(
            balancers, call->account, call->region, in->balancers.items[i], &call->fault);

        if (balancer == NULL)
            return -1;
        nodes_list(call, balancer, output);
    }
    for (uint32_t i = 0; i < table_count(&balancers->balancers) && in->balancers.count == 0; i++) {
        const struct balancer *balancer = table_at(&balancers->balancers, i);

        if (balancer->account == call->account && balancer->region == call->region)
            nodes_list(call, balancer, output);
    }
    return 0;
}

static const struct fault_kind *const nodes_faults[] = {&fault_balancer_not_found, NULL};

const struct op op_lab_describe_nodes = {
    .name = "DescribeNodes",
    .doc = "Shows the nodes of your load balancers: where they stand, and how many requests a "
           "second each takes.",
    .example = "lab describe-nodes",
    .in = &nodes_in_shape,
    .out = &nodes_out_shape,
    .faults = nodes_faults,
    .run = describe_nodes,
};
