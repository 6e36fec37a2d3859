/*
 * cloud/balancer.h - load balancers, their nodes and their listeners.
 *
 *   provisioning -> active
 *
 * A balancer has a node in each of its zones: an interface with a private address and, when it
 * faces the internet, a public one.  Its name is in DNS once it is active.  The nodes share one
 * routing state (SEMANTICS c1): one turn, one view of health.  Type is "application" for now; the
 * others are refused upstairs.
 *
 * What it does with a request: the listener of the port, its default action, a group by weight, a
 * target by turn; 502, 503 and 504 with their documented causes (SEMANTICS c3), each told on the
 * request's way.
 */
#ifndef CLOUD_BALANCER_H
#define CLOUD_BALANCER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/table.h"
#include "cloud/attribute.h"
#include "cloud/catalog.h"
#include "cloud/id.h"
#include "cloud/meter.h"
#include "cloud/node_capacity.h"
#include "cloud/request.h"
#include "cloud/tag.h"
#include "cloud/target.h"
#include "cloud/target_group.h"
#include "cloud/trail.h"

struct accounts;
struct firewall;
struct network;
struct web_acls;

/* Saved: append only. */
enum balancer_state {
    BALANCER_PROVISIONING = 1,
    BALANCER_ACTIVE,
};

struct balancer_node {
    uint64_t interface;
    uint64_t subnet;
    uint64_t requests;       /* that arrived at it */
    uint32_t address;        /* private */
    uint32_t public_address; /* 0: internal */
    uint8_t zone;
    struct node_meter meter; /* since CloudWatch last looked */
    struct node_capacity capacity; /* of an application balancer's */
};

struct balancer {
    uint64_t id; /* the 16 digits of its ARN */
    uint64_t account;
    uint64_t vpc;
    int64_t created;
    uint64_t number; /* of its DNS name */
    uint64_t in_flight;
    uint64_t lookups;   /* of its name: which node comes first */
    uint64_t web_acl;   /* that filters its requests; 0: none */
    struct chance luck; /* groups by weight */
    char *name;
    char *type;   /* "application" */
    char *scheme; /* "internet-facing" "internal" */
    LIST(struct balancer_node) nodes;
    LIST(int64_t) groups; /* security groups */
    struct attributes attributes;
    struct tags tags;
    uint32_t idle_timeout_s;
    uint8_t region;
    uint8_t state;  /* enum balancer_state */
    bool protected; /* deletion_protection.enabled */
    bool crosses;   /* of a network balancer: load_balancing.cross_zone.enabled */
};

/* One group of a forward action. */
struct action_group {
    uint64_t group;
    uint32_t weight; /* 0 to 999 */
};

/* Saved: append only. */
enum action_type { ACTION_FORWARD = 1, ACTION_FIXED_RESPONSE, ACTION_REDIRECT };

struct listener_action {
    uint8_t type;
    uint16_t status; /* fixed-response; redirect: 301 or 302 */
    LIST(struct action_group) groups;
    char *content_type; /* NULL: text/plain */
    char *body;         /* NULL: none */
    char *protocol;     /* redirect; NULL: "#{protocol}" */
    char *port;
    char *host;
    char *path;
    char *query;
    struct opt_bool stickiness;
    struct opt_int stickiness_s;
};

/* What a rule looks at.  Saved: append only. */
enum rule_field {
    RULE_PATH = 1,
    RULE_HOST,
    RULE_HEADER,
    RULE_METHOD,
    RULE_QUERY,
    RULE_SOURCE,
};

/* Holds when one of its values does. */
struct rule_condition {
    uint8_t field; /* enum rule_field */
    char *header;  /* of RULE_HEADER: its name */
    LIST(struct pair) values; /* the value; its key is "" but in RULE_QUERY, "" there: any key */
};

/* Takes a request when all its conditions hold and no rule of a lower number takes it. */
struct rule {
    uint64_t id; /* the last 16 digits of its ARN */
    uint64_t listener;
    int64_t created;
    uint64_t taken; /* requests so far */
    uint32_t priority;
    LIST(struct rule_condition) conditions;
    struct listener_action action;
    struct tags tags;
};

/* What has become of the requests of a listener; L1:
 * arrived == target_2xx + .. + target_5xx + balancer_4xx + balancer_5xx + other + aborted +
 * in_flight. */
struct listener_counts {
    int64_t arrived;
    int64_t in_flight;
    int64_t aborted; /* the client went away before the answer */
    int64_t target_2xx;
    int64_t target_3xx;
    int64_t target_4xx;
    int64_t target_5xx;
    int64_t elb_2xx; /* answered by the balancer itself: fixed response */
    int64_t elb_3xx;
    int64_t elb_4xx;
    int64_t elb_500; /* 5xx other than the three below */
    int64_t elb_502;
    int64_t elb_503;
    int64_t elb_504;
};

struct listener {
    uint64_t id; /* the last 16 digits of its ARN */
    uint64_t balancer;
    int64_t created;
    char *protocol;    /* "HTTP" "HTTPS"; of a network balancer "TCP" "TLS" "UDP" "TCP_UDP" */
    char *certificate; /* its ARN; NULL: none */
    char *policy;      /* "ELBSecurityPolicy-2016-08"; NULL: none */
    uint16_t port;
    struct listener_action action; /* the default one */
    struct listener_counts counts;
    struct tags tags;
    struct attributes attributes;
    uint32_t idle_timeout_s; /* of TCP, when it was set; 0: its balancer's */
};

struct balancers {
    struct table balancers;
    struct table listeners;
    struct table rules;
    struct sim *sim; /* borrowed, as are all below */
    uint64_t seed;
    const struct catalog *catalog;
    const struct accounts *accounts;
    struct ids *ids;
    struct trail *trail;
    struct network *network;
    struct firewall *firewall;
    struct requests *requests;
    struct target_groups *groups;
    struct web_acls *acls;
    /* Has everything in that zone failed?  Nodes there do not answer, and leave DNS.  NULL: never.
     * */
    bool (*zone_failed)(void *context, uint8_t zone);
    void *zone_context;
    /* It has been made, has other nodes, or is no longer `there`.  NULL: nobody wants to know. */
    void (*changed)(void *context, const struct balancer *balancer, bool there);
    void *changed_context;
};

extern const struct shape balancer_shape, listener_shape, listener_action_shape,
    listener_rule_shape;

/* The caller fills in the borrowed members and the seed first.   */
void balancers_init(struct balancers *balancers);
void balancers_release(struct balancers *balancers);

/* After the saved tables, those of target groups too, were read: false when they contradict
 * themselves. */
bool balancers_restore(const struct balancers *balancers);

/* ---- balancers ---- */

struct balancer_new {
    uint64_t account;
    const char *name;
    const char *type;        /* NULL: application */
    const char *scheme;      /* NULL: internet-facing */
    const uint64_t *subnets; /* already found; at least two, of different zones */
    uint32_t subnet_count;
    const uint64_t *groups; /* security groups, already found; none: the VPC's default group */
    uint32_t group_count;
    uint8_t region;
};

/*
 * NULL and a fault (DuplicateLoadBalancerName, InvalidConfigurationRequest, ValidationError,
 * InvalidSubnet, TooManyLoadBalancers).  The same wish for a name that exists gives the existing
 * one, as AWS does.
 */
struct balancer *balancer_add(struct balancers *balancers, const struct balancer_new *wish,
                              struct fault *fault);
/*
 * With its listeners; its clients' connections are closed.  OperationNotPermitted when protected.
 */
int balancer_remove(struct balancers *balancers, struct balancer *balancer, struct fault *fault);

/* NULL when there is none that this account may see in that Region. */
struct balancer *balancer_find(const struct balancers *balancers, uint64_t account, uint8_t region,
                               uint64_t id);
struct balancer *balancer_find_name(const struct balancers *balancers, uint64_t account,
                                    uint8_t region, const char *name);
/* By ARN; NULL and a fault: ValidationError when it is no balancer's ARN, LoadBalancerNotFound. */
struct balancer *balancer_find_arn(const struct balancers *balancers, uint64_t account,
                                   uint8_t region, const char *arn, struct fault *fault);
/* "arn:aws:elasticloadbalancing:REGION:ACCOUNT:loadbalancer/app/NAME/16hex" */
const char *balancer_arn(const struct balancers *balancers, struct arena *arena,
                         const struct balancer *balancer);
/* "highway-alb-1234567890.us-east-1.elb.amazonaws.com"; internal ones begin with "internal-". */
const char *balancer_dns_name(const struct balancers *balancers, struct arena *arena,
                              const struct balancer *balancer);
/* "Z35SXDOTRQ7X7K": the Region's hosted zone for balancers. */
const char *balancer_hosted_zone(const struct balancers *balancers,
                                 const struct balancer *balancer);
const char *balancer_state_name(uint8_t state);
/* Takes the place of all it had; nodes in subnets that stay, stay.  Faults as balancer_add(). */
int balancer_set_subnets(struct balancers *balancers, struct balancer *balancer,
                         const uint64_t *subnets, uint32_t count, struct fault *fault);
/* InvalidConfigurationRequest. */
int balancer_set_groups(struct balancers *balancers, struct balancer *balancer,
                        const uint64_t *groups, uint32_t count, struct fault *fault);
/* Which attributes a listener has: by its type of balancer, and its protocol. */
const struct attribute_table *listener_attribute_table(const struct listener *listener);
/* As target_group_set_attributes(). */
int listener_set_attributes(struct balancers *balancers, struct listener *listener,
                            const struct pair *attributes, uint32_t count, struct fault *fault);
int64_t listener_idle_ns(const struct balancer *balancer, const struct listener *listener);
/* As target_group_set_attributes(). */
int balancer_set_attributes(struct balancers *balancers, struct balancer *balancer,
                            const struct pair *attributes, uint32_t count, struct fault *fault);
/* A balancer that the web ACL is associated with, the first behind `after` (NULL: of all); NULL:
 * none. */
struct balancer *balancer_of_web_acl(const struct balancers *balancers, uint64_t web_acl,
                                     const struct balancer *after);
/* The keys that there are for one of its type. */
const struct attribute_table *balancer_attribute_table(const struct balancer *balancer);
/* The node that has that address (private or public), or NULL. */
const struct balancer_node *balancer_node_find(const struct balancer *balancer, uint32_t address);
/* The balancer whose DNS name this is (case does not matter), whatever its state; NULL. */
struct balancer *balancer_of_name(const struct balancers *balancers, const char *name);
/* The node of one zone: "us-east-1a." before the name of a network balancer; 0: it is no such name.
 */
uint32_t balancer_zonal_address(const struct balancers *balancers, const char *name);
/* Is the node there in DNS?  Not when its zone has failed, or has fewer healthy targets than a
 * group's dns_failover asks for. */
bool balancer_zone_is_healthy(const struct balancers *balancers, const struct balancer *balancer,
                              uint8_t zone);
/* An address for one lookup of its name: nodes take turns.  0 while it is not active. */
uint32_t balancer_resolve(struct balancers *balancers, struct balancer *balancer,
                          bool from_internet);

/* True when the node's zone has failed: packets to it vanish. */
bool balancer_node_failed(const struct balancers *balancers, uint8_t zone);

/* ---- for the rooms of listeners and of routing ---- */

/* Tells who wants to know that it is another one now, or is no longer `there`. */
void balancer_changed(const struct balancers *balancers, const struct balancer *balancer,
                      bool there);
/* A listener is about to go: its rules go with it. */
void listener_drop_rules(struct balancers *balancers, uint64_t listener);
/* Does it forward to that group? */
bool action_uses(const struct listener_action *action, uint64_t group);
/* The target groups that the balancer's listeners use, or no longer use, learn so. */
void balancer_review_uses(struct balancers *balancers, uint64_t balancer);
/* Of type "network"; else it is "application". */
bool balancer_is_network(const struct balancer *balancer);
/* Do its nodes send to targets of other zones, unless a group says otherwise? */
bool balancer_crosses_zones(const struct balancer *balancer);
/* "app" or "net", as ARNs have it. */
const char *balancer_kind(const struct balancer *balancer);

extern const struct fault_kind fault_balancer_not_found, fault_balancer_missing;

#endif
