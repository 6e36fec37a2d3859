/*
 * cloud/event_bus_parts.h - what the files of the room cloud/event_bus share.
 */
#ifndef CLOUD_EVENT_BUS_PARTS_H
#define CLOUD_EVENT_BUS_PARTS_H

#include "base/event_pattern.h"
#include "cloud/event_bus.h"

/* The rules of one bus that wait for events, with their patterns read. */
struct bus_rules {
    uint64_t account;
    uint8_t region;
    char *bus;
    struct event_index *index;
    LIST(struct event_pattern *) patterns; /* owned */
};

struct event_cache {
    LIST(struct bus_rules) buses;
    struct event_fields *fields; /* of the event at hand */
    bool fresh;                  /* it is that of the rules as they are */
};

/* The rules of a bus; NULL when none waits there for events.  Ids are positions in the rules'
 * table. */
struct bus_rules *event_rules_of(struct event_buses *buses, uint64_t account, uint8_t region,
                                 const char *bus);
/* Forgets what was read. */
void event_rules_stale(struct event_buses *buses);

/* The events of all rooms of buses. */
extern const struct event_kind event_firing_kind, event_delivery_kind;
/* Plans the rule's next firing, if it has a schedule and is enabled. */
void event_rule_plan(struct event_buses *buses, struct event_rule *rule);
void event_delivery_drop(struct event_buses *buses, struct event_delivery *delivery);

/* What becomes of an event (its id), in the trail and in the log of messages. */
void event_trail(const struct event_buses *buses, const struct event_rule *rule, const char *event,
                 const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
