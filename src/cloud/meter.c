/*
 * cloud/meter.c - what balancers count between two looks of CloudWatch.
 *
 * Owns    nothing: the counts lie in the rows of balancers and target groups.
 */
#include "cloud/meter.h"

#include <string.h>

#include "cloud/way.h"

static __attribute__((noinline)) struct zone_meter *meter_new(struct zone_meters *meters,
                                                              uint8_t zone)
{
    struct zone_meter *meter = LIST_PUSH(meters);

    meter->zone = zone;
    return meter;
}

struct zone_meter *zone_meter_of(struct zone_meters *meters, uint8_t zone)
{
    for (uint32_t i = 0; i < meters->count; i++) {
        if (meters->items[i].zone == zone)
            return &meters->items[i];
    }
    return meter_new(meters, zone);
}

void meter_arrived(struct node_meter *node, const struct request *request)
{
    node->connections += !request->kept;
}

void meter_forwarded(struct node_meter *node, struct zone_meter *zone)
{
    node->forwarded++;
    zone->requests++;
}

void meter_acted(struct node_meter *node, bool redirect)
{
    node->redirects += redirect;
    node->fixed += !redirect;
}

void meter_flow(struct node_meter *node, uint8_t protocol)
{
    node->new_tcp += protocol == FLOW_TCP;
    node->new_tls += protocol == FLOW_TLS;
    node->new_udp += protocol == FLOW_UDP;
}

struct meter_traffic meter_traffic_of(const struct request *request)
{
    int64_t body = (int64_t)request->bytes;
    int64_t packets = (METER_ANSWER_BYTES + body - 1) / METER_SEGMENT_BYTES + 1;
    bool datagram = request->protocol == REQUEST_DATAGRAM;
    struct meter_traffic traffic = {
        .bytes_in = datagram ? METER_DATAGRAM_BYTES + METER_UDP_HEAD
                             : METER_ASK_BYTES + METER_TCP_HEAD,
        .bytes_out = datagram ? body + METER_UDP_HEAD
                              : METER_ANSWER_BYTES + body + packets * METER_TCP_HEAD,
        .packets_in = 1,
        .packets_out = datagram ? 1 : packets,
    };

    if (request->from.kind == PLACE_INTERNET && request->balancer == 0)
        traffic.internet_out = traffic.bytes_out;
    return traffic;
}

void meter_traffic_add(struct meter_traffic *to, const struct meter_traffic *more)
{
    to->bytes_in += more->bytes_in;
    to->bytes_out += more->bytes_out;
    to->packets_in += more->packets_in;
    to->packets_out += more->packets_out;
    to->internet_out += more->internet_out;
}

static void count_resets(struct node_meter *node, const struct request *request)
{
    switch (request->exit) {
    case EXIT_REFUSED:
        node->resets_target += request->target != 0;
        node->resets_elb += request->target == 0;
        break;
    case EXIT_RESET:
        node->resets_elb++;
        break;
    case EXIT_TIMEOUT:
    case EXIT_ABORTED:
        node->resets_client++;
        break;
    default:
        break;
    }
}

void meter_flow_ended(struct node_meter *node, const struct request *request)
{
    bool datagram = request->protocol == REQUEST_DATAGRAM;
    struct meter_traffic traffic = meter_traffic_of(request);

    if (request->exit != EXIT_ANSWERED) {
        traffic.bytes_out = traffic.packets_out = 0;
        if (!datagram)
            count_resets(node, request);
    }
    *(datagram       ? &node->bytes_udp
      : request->tls ? &node->bytes_tls
                     : &node->bytes_tcp) += traffic.bytes_in + traffic.bytes_out;
    node->packets += traffic.packets_in + traffic.packets_out;
    if (request->from.kind == PLACE_INTERNET)
        node->internet_out += traffic.bytes_out;
}

void meter_request_ended(struct node_meter *node, const struct request *request)
{
    node->bytes += METER_ASK_BYTES;
    if (request->exit != EXIT_ANSWERED)
        return;
    node->bytes += METER_ANSWER_BYTES + (int64_t)request->bytes;
    if (request->from.kind == PLACE_INTERNET)
        node->internet_out += METER_ANSWER_BYTES + (int64_t)request->bytes;
}

static void target_answered(struct zone_meter *zone, const struct request *request)
{
    if (request->status < 300)
        zone->code_2xx++;
    else if (request->status < 400)
        zone->code_3xx++;
    else if (request->status < 500)
        zone->code_4xx++;
    else
        zone->code_5xx++;
    if (request->answered >= request->arrived && request->arrived != 0)
        histogram_add(&zone->response, request->answered - request->arrived);
}

static void node_answered(struct node_meter *node, uint16_t status)
{
    node->elb_3xx += status >= 300 && status < 400;
    node->elb_4xx += status >= 400 && status < 500;
    node->elb_5xx += status >= 500;
    node->elb_500 += status == 500;
    node->elb_502 += status == 502;
    node->elb_503 += status == 503;
    node->elb_504 += status == 504;
}

void meter_answered(struct node_meter *node, struct zone_meter *zone,
                    const struct request *request)
{
    if (request->answered_by != PLACE_INSTANCE)
        node_answered(node, request->status);
    else if (zone != NULL)
        target_answered(zone, request);
}

void node_meter_clear(struct node_meter *meter)
{
    *meter = (struct node_meter){0};
}

void zone_meter_clear(struct zone_meter *meter)
{
    struct zone_meter clear = {.zone = meter->zone};

    clear.response.steps.items = meter->response.steps.items;
    clear.response.steps.size = meter->response.steps.size;
    *meter = clear;
}

/* ---- tables ---- */

static const struct field traffic_fields[] = {
    F_INT(struct meter_traffic, bytes_in, "BytesIn", "Bytes to the server."),
    F_INT(struct meter_traffic, bytes_out, "BytesOut", "Bytes from it."),
    F_INT(struct meter_traffic, packets_in, "PacketsIn", "Packets to the server."),
    F_INT(struct meter_traffic, packets_out, "PacketsOut", "Packets from it."),
    F_INT(struct meter_traffic, internet_out, "InternetOut", "Bytes straight to the internet."),
};
const struct shape meter_traffic_shape =
    SHAPE("MeterTraffic", struct meter_traffic, traffic_fields);

static const struct field node_fields[] = {
    F_INT(struct node_meter, connections, "Connections", "Connections of clients."),
    F_INT(struct node_meter, rejected, "Rejected", "Those for which there was no room."),
    F_INT(struct node_meter, forwarded, "Forwarded", "Requests for which a target was found."),
    F_INT(struct node_meter, fixed, "Fixed", "Fixed responses."),
    F_INT(struct node_meter, redirects, "Redirects", "Redirects."),
    F_INT(struct node_meter, elb_3xx, "ELB3XX", "Answers of the load balancer."),
    F_INT(struct node_meter, elb_4xx, "ELB4XX", "Answers of the load balancer."),
    F_INT(struct node_meter, elb_5xx, "ELB5XX", "Answers of the load balancer."),
    F_INT(struct node_meter, elb_500, "ELB500", "Of these, 500."),
    F_INT(struct node_meter, elb_502, "ELB502", "Of these, 502."),
    F_INT(struct node_meter, elb_503, "ELB503", "Of these, 503."),
    F_INT(struct node_meter, elb_504, "ELB504", "Of these, 504."),
    F_INT(struct node_meter, new_tcp, "NewTCP", "New flows of TCP."),
    F_INT(struct node_meter, new_tls, "NewTLS", "New flows of TLS."),
    F_INT(struct node_meter, new_udp, "NewUDP", "New flows of UDP."),
    F_INT(struct node_meter, bytes_tcp, "BytesTCP", "Bytes of TCP."),
    F_INT(struct node_meter, bytes_tls, "BytesTLS", "Bytes of TLS."),
    F_INT(struct node_meter, bytes_udp, "BytesUDP", "Bytes of UDP."),
    F_INT(struct node_meter, packets, "Packets", "Packets."),
    F_INT(struct node_meter, resets_client, "ResetsClient", "Resets of clients."),
    F_INT(struct node_meter, resets_target, "ResetsTarget", "Resets of targets."),
    F_INT(struct node_meter, resets_elb, "ResetsELB", "Resets of the load balancer."),
    F_INT(struct node_meter, bytes, "Bytes", "Bytes of requests and answers."),
    F_INT(struct node_meter, internet_out, "InternetOut", "Bytes to the internet."),
};
const struct shape node_meter_shape = SHAPE("NodeMeter", struct node_meter, node_fields);

static const struct field zone_fields[] = {
    F_INT(struct zone_meter, requests, "Requests", "Requests sent to targets of the zone."),
    F_INT(struct zone_meter, code_2xx, "Code2XX", "Answers of targets."),
    F_INT(struct zone_meter, code_3xx, "Code3XX", "Answers of targets."),
    F_INT(struct zone_meter, code_4xx, "Code4XX", "Answers of targets."),
    F_INT(struct zone_meter, code_5xx, "Code5XX", "Answers of targets."),
    F_EMBED(struct zone_meter, response, struct histogram, &histogram_shape, "Response",
            "How long the targets took."),
    F_INT(struct zone_meter, zone, "Zone", "The Availability Zone."),
};
const struct shape zone_meter_shape = SHAPE("ZoneMeter", struct zone_meter, zone_fields);
