/*
 * cloud/path.h - the way of a packet through the network: who lets it pass, who stops it.
 *
 * One place decides for all: requests, health checks, ssh, and `lab explain-path`.  Out of the
 * sender's security groups, over the edge of its subnet (network ACL), where its route table leads,
 * through an internet gateway when it goes out of the VPC or comes in, over the edge of the
 * receiver's subnet, into its security groups; and then the answer back, which security groups let
 * pass without asking and ACLs do not.  Each step is a hop of cloud/way, with its reason.
 */
#ifndef CLOUD_PATH_H
#define CLOUD_PATH_H

#include <stdbool.h>
#include <stdint.h>

#include "cloud/firewall.h"
#include "cloud/network.h"
#include "cloud/way.h"

enum {
    PATH_HOPS = 16,
    /* Where answers go: ports of clients, as Linux draws them; and those of load balancers. */
    PATH_PORT_FIRST = 32768,
    PATH_PORT_LAST = 60999,
    PATH_NODE_PORT_FIRST = 1024,
    PATH_NODE_PORT_LAST = 65535,
    ICMP_ECHO = 8,
    ICMP_ECHO_REPLY = 0,
};

struct path_ask {
    const struct interface *from; /* NULL: somebody on the internet */
    const struct interface *to;   /* NULL: somebody on the internet, or nobody */
    uint32_t from_address;        /* of the sender, when it is on the internet */
    uint32_t to_address;          /* that is asked for: private or public */
    /* As whom the packet comes, when it is not `from` itself: through a network balancer that keeps
     * the client's address. */
    bool comes_as;
    const struct interface *sender; /* NULL: somebody on the internet */
    uint32_t sender_address;
    int16_t protocol; /* enum protocol: TCP, UDP, ICMP */
    int32_t port;     /* of ICMP: ICMP_ECHO */
};

struct path {
    bool through; /* there and back */
    uint32_t count;
    struct hop hops[PATH_HOPS]; /* without times; when it is stopped, the last one says why */
};

void path_walk(const struct firewall *firewall, const struct path_ask *ask, struct path *path);

#endif
