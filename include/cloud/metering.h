/*
 * cloud/metering.h - what AWS's services tell CloudWatch by themselves.
 *
 * Once a minute, at its end, everything that counts is looked at: instances (AWS/EC2) and load
 * balancers with their target groups (AWS/ApplicationELB, AWS/NetworkELB), and Auto Scaling groups
 * (AWS/AutoScaling).  A point bears the time
 * at which its span began.
 */
#ifndef CLOUD_METERING_H
#define CLOUD_METERING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/table.h"
#include "cloud/balancer.h"
#include "cloud/catalog.h"
#include "cloud/hypervisor.h"
#include "cloud/instance.h"
#include "cloud/metric.h"
#include "cloud/scaling.h"
#include "cloud/server.h"
#include "sim/event.h"

struct queues;
struct web_acls;
struct web_acl;
struct event_buses;
struct topics;

/* What was seen of an instance that is not idle all the time. */
struct instance_seen {
    int64_t busy;          /* vCPU time at the last look */
    struct meter_traffic total;   /* of its server, at the last look */
    struct meter_traffic traffic; /* not yet told */
    LIST(int64_t) samples; /* of CPUUtilization, minute by minute, not yet told, and not 0 */
    int64_t credits_used;    /* CPU time that credits were used for, when it was last told */
    int64_t credits_charged; /* the same of surplus that was charged */
};

struct instance_meter {
    uint64_t instance;
    struct instance_seen *seen; /* NULL: all zero; owned */
    uint8_t idle;               /* samples that are 0, not yet told */
};

extern const struct shape instance_meter_shape;

/* What is charged by what was counted.  NULL members: nobody asks. */
struct metering_charges {
    void *context;
    /* A balancer's minute: what was counted, and flows that were active at its end. */
    void (*balancer)(void *context, const struct balancer *balancer, const struct node_meter *meter,
                     const int64_t active[FLOW_UDP + 1]);
    /* Bytes that went straight from an instance to the internet. */
    void (*instance)(void *context, const struct instance *instance, int64_t bytes);
    void (*web_acl)(void *context, const struct web_acl *acl, int64_t requests);
    /* After all else of a full hour. */
    void (*hour)(void *context);
};

struct metering {
    struct table instances; /* struct instance_meter */
    struct sim *sim;        /* borrowed, as are all below */
    const struct catalog *catalog;
    struct metrics *metrics;
    const struct instances *all;
    struct hypervisor *hypervisor;
    const struct servers *servers;
    struct balancers *balancers;
    struct target_groups *groups;
    struct web_acls *acls; /* NULL: none */
    struct event_buses *buses; /* NULL: there are none */
    struct queues *queues; /* NULL: none */
    struct topics *topics; /* NULL: none */
    const struct scaling *scaling; /* NULL: there are no Auto Scaling groups */
    /* The Auto Scaling group of an instance, NULL: of none.  NULL: there are no groups. */
    const char *(*group_of)(void *context, uint64_t instance);
    void *context;
    struct metering_charges charges;
};

/* The caller fills in the borrowed members first.  The first look is at the next full minute. */
void metering_init(struct metering *metering);
void metering_release(struct metering *metering);
/* After tables and events were read: a session from before there was metering gets its look. */
bool metering_restore(struct metering *metering);

/* An instance's power goes: what its server has sent since the last look is counted now. */
void metering_instance_ends(struct metering *metering, const struct instance *instance);

/* The value of the dimension LoadBalancer ("app/NAME/0123456789abcdef"), or TargetGroup
 * ("targetgroup/NAME/0123456789abcdef"), of an ARN: its end, borrowed. */
const char *metering_balancer_name(const char *arn);
const char *metering_group_name(const char *arn);

#endif
