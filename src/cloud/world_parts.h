/*
 * cloud/world_parts.h - what the files of the room `world` share.
 */
#ifndef CLOUD_WORLD_PARTS_H
#define CLOUD_WORLD_PARTS_H

#include <jansson.h>

#include "cloud/world.h"

/* All rooms, wired and empty but for what every world has; the clock stands at the beginning. */
struct world *world_make(const struct catalog *catalog, uint64_t seed, uint8_t region);
/* Fills the callbacks by which rooms reach those that they do not know. */
void world_wire_guests(struct world *world);
void world_wire_traffic(struct world *world);
/* Tells those who serve and carry requests what is broken on purpose (struct injection_hooks). */
void world_faults_changed(void *context, uint64_t instance);
void world_wire_alarms(struct world *world);
/* What happens in the cloud is told to the buses, and what rules set off (world_events.c). */
void world_wire_events(struct world *world);
/* What one thing that happened says. */
struct happening {
    uint64_t account;
    uint8_t region;
    const char *source;
    const char *type;
    struct strings resources;
    json_t *detail; /* taken */
};
/* Tells the account's default bus. */
void world_tell(struct world *world, const struct happening *happening);
/* "arn:aws:ec2:us-east-1:111122223333:instance/i-0..." */
const char *world_instance_arn(const struct world *world, struct arena *arena, uint64_t account,
                               uint8_t region, uint64_t instance);
/* What is told of disks, images, spot instances, hooks and hosts (world_happenings.c). */
void world_wire_happenings(struct world *world);
/* An instance is in another state. */
void world_tell_instance(struct world *world, const struct instance *instance);
void world_wire_messages(struct world *world);
/* After all that its programs use. */
void world_wire_shop(struct world *world);
/* The port that the guest would know, when its web server listens elsewhere on purpose; 0: none. */
uint16_t world_port_inside(const struct world *world, uint64_t instance, uint16_t port);
/* What an instance computes with. */
struct server_power world_power_of(const struct world *world, const struct instance *instance);
void world_wire_bill(struct world *world);
/* An instance is in another state: what it costs. */
void world_bill_instance(struct world *world, const struct instance *instance);
/* What is charged by what was counted (world_charges.c); after the bill was wired. */
void world_wire_charges(struct world *world);
/* What there is already, told to a new bill. */
void world_charges_restore(struct world *world);
void world_charge_balancer(void *context, const struct balancer *balancer,
                           const struct node_meter *meter, const int64_t active[FLOW_UDP + 1]);
/* What detailed monitoring of an instance uses. */
struct bill_use world_monitoring_use(const struct world *world, const struct instance *instance);
/* After all else was restored; a session without a bill begins one now. */
bool world_bill_restore(struct world *world);
/* The calls of guests; a struct world is the context. */
uint64_t world_topic_post(void *context, const struct topic_post *post);
void world_topic_drop(void *context, uint64_t exchange);
bool world_service(void *context, const struct exchange *exchange, struct request_answer *answer);
uint64_t world_guest_ask(void *context, const struct guest_ask *ask, struct arena *arena,
                         struct guest_reply *reply);
void world_guest_reply(void *context, uint64_t exchange, struct arena *arena,
                       struct guest_reply *reply);
void world_guest_drop(void *context, uint64_t exchange);

#endif
