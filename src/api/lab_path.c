/*
 * api/lab_path.c - lab: explain-path, why one cannot reach another.
 *
 * A first packet walks the way of any request (cloud/path), without being sent; each step is told,
 * and the first one that stops it with what to do about it.
 */
#include "api/lab_parts.h"

#include <string.h>

#include "api/ec2_parts.h"
#include "api/path_advice.h"
#include "cloud/path.h"
#include "cloud/world.h"

static const struct fault_kind fault_end = {
    .code = "InvalidEnd",
    .text = "'{}' is no instance, load balancer or address of yours, and not the internet",
    .hint = "Give an instance's id, a load balancer's name, ARN or DNS name, an address, or the "
            "word internet.",
};

static const struct fault_kind fault_outside = {
    .code = "InvalidEnd",
    .text = "'{}' and '{}' are both outside of your cloud",
    .hint = "One of the two must be an instance or a load balancer.",
};

struct path_in {
    const char *from;
    const char *to;
    struct opt_int port;
    const char *protocol;
};

struct step_view {
    const char *direction;
    const char *component;
    const char *id;
    const char *decision;
    const char *why;
};

struct path_out {
    bool reachable;
    const char *from;
    const char *to;
    const char *protocol;
    struct opt_int port;
    const char *stop;
    const char *next;
    LIST(struct step_view) steps;
};

static const char *const protocol_words[] = {"tcp", "udp", "icmp", NULL};

static const struct field in_fields[] = {
    F_STRING(struct path_in, from, "From",
             "Who sends: an instance's id, a load balancer's name, an address, or internet.",
             .flags = FIELD_REQUIRED, .ref = &kind_instance),
    F_STRING(struct path_in, to, "To", "Who is to be reached: the same.", .flags = FIELD_REQUIRED,
             .ref = &kind_instance),
    F_OPT_INT(struct path_in, port, "Port", "The port; 80 unless told. ICMP has none.", .min = 1,
              .max = 65535),
    F_STRING(struct path_in, protocol, "Protocol", "tcp unless told; icmp is what ping sends.",
             .words = protocol_words),
};
static const struct shape in_shape = SHAPE("ExplainPathRequest", struct path_in, in_fields);

static const struct field step_fields[] = {
    F_STRING(struct step_view, direction, "Direction", "there, or back: the answer's way."),
    F_STRING(struct step_view, component, "Component", "What decides here.",
             .flags = FIELD_COLUMN),
    F_STRING(struct step_view, id, "Id", "The id of what decides.", .flags = FIELD_COLUMN),
    F_STRING(struct step_view, decision, "Decision", "passes, refuses or drops.",
             .flags = FIELD_COLUMN),
    F_STRING(struct step_view, why, "Why", "The rule or route that decided.",
             .flags = FIELD_COLUMN),
};
static const struct shape step_shape = SHAPE("PathHop", struct step_view, step_fields);

static const struct field out_fields[] = {
    F_BOOL(struct path_out, reachable, "Reachable", "Whether a connection would be made now."),
    F_STRING(struct path_out, from, "From", "The address that sends."),
    F_STRING(struct path_out, to, "To", "The address that is asked for."),
    F_STRING(struct path_out, protocol, "Protocol", "The protocol."),
    F_OPT_INT(struct path_out, port, "Port", "The port, where there are ports."),
    F_STRING(struct path_out, stop, "Stop", "Who stops it first, and why."),
    F_STRING(struct path_out, next, "Next", "What to do about it."),
    F_LIST(struct path_out, steps, struct step_view, &step_shape, "Hops",
           "The whole way, as far as it goes."),
};
static const struct shape out_shape = SHAPE("ExplainPathResult", struct path_out, out_fields);

/* ---- the ends ---- */

enum end_kind { END_INTERNET = 1, END_INSTANCE, END_BALANCER };

struct end {
    enum end_kind kind;
    uint64_t id;
    uint32_t address; /* of END_INTERNET; or that was written */
};

static const struct balancer *balancer_named(struct call *call, const char *text)
{
    struct balancers *balancers = &call->world->balancers;
    const struct balancer *balancer = balancer_of_name(balancers, text);

    for (uint32_t i = 0; balancer == NULL && i < table_count(&balancers->balancers); i++) {
        const struct balancer *one = table_at(&balancers->balancers, i);

        if (strcmp(one->name, text) == 0 ||
            strcmp(balancer_arn(balancers, &call->arena, one), text) == 0)
            balancer = one;
        if (balancer != NULL &&
            (balancer->account != call->account || balancer->region != call->region))
            balancer = NULL;
    }
    return balancer;
}

/* Whose interface has the address, public or private, of those that the caller may see. */
static const struct interface *interface_at(struct call *call, uint32_t address)
{
    const struct network *network = &call->world->network;
    const struct interface *interface = network_public_holder(network, address);

    for (uint32_t i = 0; interface == NULL && i < table_count(&network->vpcs); i++) {
        const struct vpc *vpc = table_at(&network->vpcs, i);

        if (vpc->account == call->account && vpc->region == call->region)
            interface = network_private_holder(network, vpc->id, address);
    }
    return interface != NULL && interface->account == call->account ? interface : NULL;
}

/* 0, or -1 after a fault. */
static int end_read(struct call *call, const char *text, struct end *end)
{
    const struct instance *instance;
    const struct balancer *balancer;
    const struct interface *interface;

    *end = (struct end){0};
    if (strcmp(text, "internet") == 0) {
        *end = (struct end){.kind = END_INTERNET, .address = TRAFFIC_CLIENT_ADDRESS};
        return 0;
    }
    if (id_parse(&kind_instance, text, &end->id)) {
        instance = instance_find(&call->world->instances, call->account, call->region, end->id);
        end->kind = END_INSTANCE;
        return instance == NULL || instance_interface(&call->world->instances, instance) == NULL
                   ? call_fault(call, &fault_end, text)
                   : 0;
    }
    if (address_parse(text, &end->address)) {
        interface = interface_at(call, end->address);
        end->kind = interface == NULL                           ? END_INTERNET
                    : interface->owner_kind == OWNER_INSTANCE ? END_INSTANCE
                                                              : END_BALANCER;
        end->id = interface == NULL ? 0 : interface->owner;
        return 0;
    }
    balancer = balancer_named(call, text);
    if (balancer == NULL)
        return call_fault(call, &fault_end, text);
    *end = (struct end){.kind = END_BALANCER, .id = balancer->id};
    return 0;
}

static const struct interface *interface_of(const struct call *call, const struct end *end,
                                            uint32_t node)
{
    const struct network *network = &call->world->network;
    const struct balancer *balancer;
    const struct instance *instance;

    if (end->kind == END_INSTANCE) {
        instance = instance_any(&call->world->instances, end->id);
        return instance == NULL ? NULL : instance_interface(&call->world->instances, instance);
    }
    if (end->kind == END_INTERNET)
        return NULL;
    balancer = table_get(&call->world->balancers.balancers, end->id);
    return interface_find(network, balancer->nodes.items[node].interface);
}

static uint32_t nodes_of(const struct call *call, const struct end *end)
{
    const struct balancer *balancer;

    if (end->kind != END_BALANCER)
        return 1;
    balancer = table_get(&call->world->balancers.balancers, end->id);
    return balancer->nodes.count;
}

static struct place place_of(const struct call *call, const struct end *end, uint32_t node)
{
    const struct interface *interface = interface_of(call, end, node);

    if (end->kind == END_INTERNET || interface == NULL)
        return (struct place){.kind = PLACE_INTERNET, .address = end->address};
    return (struct place){
        .kind = end->kind == END_INSTANCE ? PLACE_INSTANCE : PLACE_NODE,
        .id = end->id,
        .address = interface->address,
        .zone = interface->zone,
    };
}

/* ---- one way ---- */

/* A walk from one place to one address. */
struct attempt {
    struct request_knock knock;
    struct place from;
    int16_t protocol;
    struct path path;
    struct hop end; /* how it ends, when the network carries it; its why 0: the network does not */
    bool reached;
};

/* The address by which `from` would ask for it: the private one inside the VPC. */
static uint32_t address_for(struct call *call, const struct interface *from, const struct end *to,
                            uint32_t node)
{
    const struct interface *goal = interface_of(call, to, node);
    const struct network *network = &call->world->network;

    if (to->address != 0 || goal == NULL)
        return to->address;
    if (from != NULL &&
        network_private_holder(
            network, ((struct subnet *)table_get(&network->subnets, from->subnet))->vpc,
            goal->address) == goal)
        return goal->address;
    return goal->public_address;
}

/* Who would take it, of what the network brings. */
static void attempt_end(struct call *call, const struct end *to, struct attempt *attempt)
{
    struct place place = {0};

    attempt->end = request_try(&call->world->requests, &attempt->knock, &place);
    if (attempt->protocol == PROTOCOL_ICMP && place.kind == PLACE_NOWHERE)
        attempt->end = (struct hop){.why = WHY_NOBODY, .number = attempt->knock.address};
    else if (attempt->protocol == PROTOCOL_ICMP)
        attempt->end = (struct hop){.why = WHY_PINGED, .place = to->id};
    else if (attempt->protocol == PROTOCOL_UDP && attempt->end.why == WHY_PORT_CLOSED)
        attempt->end.why = WHY_DATAGRAM_UNREACHABLE;
    else if (attempt->protocol == PROTOCOL_UDP && attempt->end.why == WHY_NO_LISTENER)
        attempt->end.why = WHY_DATAGRAM_UNHEARD;
    attempt->reached = attempt->end.why == WHY_CONNECTED || attempt->end.why == WHY_PINGED;
}

/* Nobody outside of its VPC has an address to ask for. */
static struct hop unknown_outside(struct call *call, const struct end *to,
                                  const struct interface *goal)
{
    const struct instance *instance =
        to->kind == END_INSTANCE ? instance_any(&call->world->instances, to->id) : NULL;

    if (instance != NULL && instance->state != INSTANCE_RUNNING)
        return (struct hop){.why = WHY_NOBODY, .number = goal->address};
    return (struct hop){.why = WHY_UNKNOWN_OUTSIDE, .place = to->id};
}

static void attempt_make(struct call *call, const struct end ends[2], const uint32_t nodes[2],
                         struct attempt *attempt)
{
    const struct interface *from = interface_of(call, &ends[0], nodes[0]);
    const struct interface *goal = interface_of(call, &ends[1], nodes[1]);

    attempt->from = place_of(call, &ends[0], nodes[0]);
    attempt->knock.from = &attempt->from;
    attempt->knock.address = address_for(call, from, &ends[1], nodes[1]);
    attempt->path = (struct path){0};
    attempt->end = (struct hop){0};
    attempt->reached = false;
    if (attempt->knock.address == 0) {
        attempt->knock.address = goal->address;
        attempt->end = unknown_outside(call, &ends[1], goal);
        return;
    }
    traffic_path(&call->world->traffic, &attempt->knock, attempt->protocol, &attempt->path);
    if (attempt->path.through && ends[1].kind == END_INTERNET && goal == NULL)
        attempt->reached = true;
    else if (attempt->path.through)
        attempt_end(call, &ends[1], attempt);
}

/* ---- the answer ---- */

static const char *address_in(struct call *call, uint32_t address)
{
    char text[ADDRESS_TEXT_SIZE];

    return arena_strdup(&call->arena, address_text(address, text));
}

static struct path_facts facts_of(const struct attempt *attempt)
{
    return (struct path_facts){
        .from = attempt->from.address,
        .to = attempt->knock.address,
        .port = attempt->knock.port.number,
        .protocol = attempt->protocol,
    };
}

static void step_add(struct call *call, const struct attempt *attempt, const struct hop *hop,
                     struct path_out *out)
{
    const struct path_words *words = path_words_of(hop->why);
    struct request_names names = traffic_names(&call->world->traffic);
    struct request_way way = {
        .source = attempt->from.address,
        .address = attempt->knock.address,
        .port = attempt->knock.port.number,
    };

    *LIST_PUSH_IN(&call->arena, &out->steps) = (struct step_view){
        .direction = words->back ? "back" : "there",
        .component = path_component(call->world, hop),
        .id = path_id(call->world, &call->arena, hop),
        .decision = "passes",
        .why = way_hop_text(&way, hop, &names, &call->arena),
    };
}

/* The step that was added last stops it. */
static void stop_show(struct call *call, const struct attempt *attempt, const struct hop *hop,
                      struct path_out *out)
{
    struct step_view *last = &out->steps.items[out->steps.count - 1];
    struct path_facts facts = facts_of(attempt);

    last->decision = hop->why == WHY_PORT_CLOSED || hop->why == WHY_NO_LISTENER ||
                             hop->why == WHY_DATAGRAM_UNREACHABLE
                         ? "refuses"
                         : "drops";
    out->stop = last->why;
    out->next = path_next(&call->arena, &facts, hop);
}

/* The steps of one direction; the last of all says who stopped it. */
static void steps_add(struct call *call, const struct attempt *attempt, bool back,
                      struct path_out *out)
{
    const struct path *path = &attempt->path;

    for (uint32_t i = 0; i < path->count; i++) {
        if (path_words_of(path->hops[i].why)->back != back)
            continue;
        step_add(call, attempt, &path->hops[i], out);
        if (i + 1 == path->count && !path->through)
            stop_show(call, attempt, &path->hops[i], out);
    }
}

static void attempt_show(struct call *call, const struct attempt *attempt, struct path_out *out)
{
    out->reachable = attempt->reached;
    out->from = address_in(call, attempt->from.address);
    out->to = address_in(call, attempt->knock.address);
    steps_add(call, attempt, false, out);
    if (attempt->end.why != 0) {
        step_add(call, attempt, &attempt->end, out);
        if (!attempt->reached)
            stop_show(call, attempt, &attempt->end, out);
    }
    steps_add(call, attempt, true, out);
}

static int ends_read(struct call *call, const struct path_in *in, struct end ends[2])
{
    if (end_read(call, in->from, &ends[0]) != 0 || end_read(call, in->to, &ends[1]) != 0)
        return -1;
    if (ends[0].kind == END_INTERNET && ends[1].kind == END_INTERNET)
        return call_fault(call, &fault_outside, in->from, in->to);
    return 0;
}

static int explain_path(struct call *call, const void *input, void *output)
{
    const struct path_in *in = input;
    struct path_out *out = output;
    struct attempt attempt = {.protocol = PROTOCOL_TCP};
    struct end ends[2];
    uint32_t nodes[2];
    bool done = false;

    if (ends_read(call, in, ends) != 0)
        return -1;
    out->protocol = in->protocol == NULL ? protocol_words[0] : in->protocol;
    protocol_parse(out->protocol, &attempt.protocol);
    attempt.knock.port = (struct request_port){
        .number = (uint16_t)(in->port.set ? in->port.value : 80),
        .datagrams = attempt.protocol == PROTOCOL_UDP,
    };
    if (attempt.protocol != PROTOCOL_ICMP)
        out->port = OPT_INT(attempt.knock.port.number);
    /* Of a balancer's nodes the first one that is stopped tells most. */
    for (nodes[0] = 0; nodes[0] < nodes_of(call, &ends[0]) && !done; nodes[0]++) {
        for (nodes[1] = 0; nodes[1] < nodes_of(call, &ends[1]) && !done; nodes[1]++) {
            attempt_make(call, ends, nodes, &attempt);
            done = !attempt.reached;
        }
    }
    attempt_show(call, &attempt, out);
    return 0;
}

static const struct fault_kind *const faults[] = {&fault_end, &fault_outside, NULL};

const struct op op_lab_explain_path = {
    .name = "ExplainPath",
    .doc = "Says whether one can reach another now, step by step, and who stops it.",
    .example = "lab explain-path --from internet --to $I --port 80",
    .needs = EC2_EXAMPLE_INSTANCE "\naws ec2 wait instance-running --instance-ids $I",
    .in = &in_shape,
    .out = &out_shape,
    .faults = faults,
    .run = explain_path,
};
