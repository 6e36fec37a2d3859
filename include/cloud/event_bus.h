/*
 * cloud/event_bus.h - EventBridge: buses, rules, and what becomes of an event.
 *
 *   put-events, AWS's own services, schedules
 *        |
 *        v                  +-> archive
 *      the bus --- rules ---+-> target: a queue, another bus, an action of EC2, a log
 *                                  |
 *                                  +-> again, with growing pauses -> the dead-letter queue
 *
 * Each account has a bus called default in each Region, to which AWS's services tell what happens,
 * and makes others.  A rule has a pattern, a schedule (on the default bus), or both.  All rules
 * whose pattern the event has are triggered, each once; each target of a rule gets the event, or
 * what the target makes of it, a moment later.
 *
 * A delivery that fails for a passing reason is tried again until it is too old or was tried too
 * often; one that no try can mend goes to the dead-letter queue at once, or is lost.
 *
 * True to the EventBridge user guide and API reference (SEMANTICS c10), and AWS's recorded answers.
 * Left out: partner event sources, endpoints, pipes, API destinations, encryption, CloudTrail's
 * events.
 */
#ifndef CLOUD_EVENT_BUS_H
#define CLOUD_EVENT_BUS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/shape.h"
#include "base/table.h"
#include "cloud/catalog.h"
#include "cloud/id.h"
#include "cloud/message_log.h"
#include "cloud/resource_policy.h"
#include "cloud/tag.h"
#include "cloud/trail.h"
#include "sim/event.h"

enum {
    EVENT_BUSES_MAX = 100,   /* of an account in a Region */
    EVENT_RULES_MAX = 300,   /* of a bus */
    EVENT_TARGETS_MAX = 5,   /* of a rule */
    EVENT_SIZE_MAX = 262144, /* bytes of all entries of one PutEvents */
    EVENT_PATTERN_MAX = 2048,
    EVENT_POLICY_MAX = 10240,
    EVENT_AGE_MAX_S = 86400,
    EVENT_TRIES_MAX = 185,
    EVENT_HOPS_MAX = 8, /* from bus to bus */
};

/* One statement of a bus's policy, as JSON. */
struct event_grant {
    char *sid; /* NULL: it has none */
    char *text;
};

struct event_bus {
    uint64_t id;
    uint64_t account;
    int64_t created;
    int64_t modified;
    char *name;        /* "default" has a row once it has a policy, tags, a description */
    char *description; /* NULL: none */
    char *dead_letter; /* ARN; NULL */
    LIST(struct event_grant) grants;
    struct tags tags;
    uint8_t region;
};

/* What CloudWatch is told of a rule, since it was told last. */
struct event_counts {
    int64_t matched;   /* events that its pattern has */
    int64_t triggered; /* times that it was triggered, by a schedule as well */
    int64_t invoked;   /* deliveries that came to an end, or failed for good */
    int64_t failed;    /* those that failed for good */
    int64_t retried;
    int64_t dead; /* that went to a dead-letter queue */
    int64_t lost; /* that could not even go there */
};

/* What became of the latest delivery to a target.  Saved: append only. */
enum event_fate {
    EVENT_FATE_NONE = 0,
    EVENT_FATE_GIVEN,
    EVENT_FATE_AGAIN, /* it is to be tried again */
    EVENT_FATE_DEAD,  /* it failed for good, and went to the dead-letter queue */
    EVENT_FATE_LOST,  /* it failed for good */
};

struct event_target {
    char *id;
    char *arn;
    char *role;              /* NULL, as all that is not set below */
    char *input;             /* this text instead of the event */
    char *input_path;        /* this part of the event */
    char *template;          /* a text with <names> */
    LIST(struct pair) paths; /* what the names mean */
    char *group;             /* message group, for FIFO queues */
    char *dead_letter;       /* ARN of a queue */
    struct opt_int age_s;
    struct opt_int tries;
    struct event_counts all; /* of its deliveries; nothing is matched or triggered here */
    int64_t last;            /* when one came to its fate; 0: none did */
    uint8_t fate;            /* its enum event_fate */
    char *reason;            /* why the latest was not given; NULL when it was */
};

/* Saved: append only. */
enum event_rule_state {
    EVENT_RULE_ENABLED = 1,
    EVENT_RULE_DISABLED,
    EVENT_RULE_ENABLED_ALL, /* with management events */
};
extern const char *const event_rule_state_words[];

struct event_rule {
    uint64_t id;
    uint64_t account;
    uint64_t step; /* sequence of its next firing; 0: it has no schedule, or none any more */
    int64_t begin; /* its rate counts from here */
    int64_t created;
    char *name;
    char *bus;     /* its name */
    char *pattern; /* NULL, as those below */
    char *schedule;
    char *description;
    char *role;
    LIST(struct event_target) targets;
    struct tags tags;
    struct event_counts counts; /* in this minute */
    struct event_counts all;
    uint8_t region;
    uint8_t state; /* enum event_rule_state */
    int64_t last;  /* when it was triggered; 0: never */
    uint64_t latest; /* the event that did it, as message_uuid_read() has it; 0 */
};

/* What is on its way to a target. */
struct event_delivery {
    uint64_t id;
    uint64_t rule;
    uint64_t step; /* sequence of its next try */
    int64_t begun;
    uint32_t tries; /* that failed so far */
    uint32_t hops;  /* buses that the event was on */
    char *target;   /* its id */
    char *event;    /* the event's id */
    char *source;   /* the event as JSON: for another bus */
    char *payload;  /* what the target gets */
};

/* One row: the numbers of events. */
struct event_counter {
    uint64_t key; /* 1 */
    uint64_t next;
};

/* What was put, or what a service tells. */
struct event_entry {
    uint64_t account;
    uint8_t region;
    const char *bus; /* its name; NULL: default */
    const char *source;
    const char *type;   /* detail-type */
    const char *detail; /* a JSON object */
    struct strings resources;
    int64_t time;   /* 0: now */
    uint64_t owner; /* of the bus; 0: the account's own */
};

/* Why a try to deliver failed, and AWS's words for it, as dead letters bear them (ERROR_CODE). */
enum event_error {
    EVENT_ERROR_NONE,
    EVENT_ERROR_RESOURCE,
    EVENT_ERROR_PERMISSIONS,
    EVENT_ERROR_LOOP,
    EVENT_ERROR_TIMEOUT,
    EVENT_ERROR_CLIENT,
};
extern const char *const event_error_words[]; /* by number, from 1; NULL after the last */

/* How a try to deliver ended. */
enum event_outcome {
    EVENT_DELIVERED = 1,
    EVENT_AGAIN,  /* it may go well later */
    EVENT_FAILED, /* it never will */
};

struct event_attempt {
    const struct event_rule *rule;
    const struct event_target *target;
    const char *payload;
    const char *rule_arn;
    enum event_error error; /* when it was not delivered, as is the next */
    const char *why;        /* one sentence, the arena's */
    struct arena *arena;
};

/* A message for a queue: of a target, or dead letters with what is said about them. */
struct event_message {
    const char *queue; /* ARN */
    const char *body;
    const char *group; /* NULL: none */
    const struct pair *attributes;
    uint32_t attribute_count;
};

/* What is charged: events put on a bus, by each 64 KiB, or bytes that an archive took. */
struct event_charge {
    uint64_t account; /* that pays */
    uint8_t region;
    const char *bus;
    const struct event_archive *archive; /* NULL: events on the bus */
    int64_t amount;
};

struct event_hooks {
    void *context;
    /* Gives a message to a queue on behalf of a rule.  NULL: there are no queues. */
    enum event_outcome (*queue)(void *context, struct event_attempt *attempt,
                                const struct event_message *message);
    /* The same for a topic.  NULL: there are none. */
    enum event_outcome (*topic)(void *context, struct event_attempt *attempt);
    /* "target/stop-instance" and the like.  NULL: there are no instances. */
    enum event_outcome (*action)(void *context, struct event_attempt *attempt);
    /* Do the Region's services not answer? NULL: they always do. */
    bool (*region_lost)(void *context, uint8_t region);
};

struct event_buses {
    struct table table;      /* struct event_bus */
    struct table rules;      /* struct event_rule */
    struct table deliveries; /* struct event_delivery */
    struct table counter;    /* struct event_counter */
    struct table archives;   /* struct event_archive (event_archive.h), as the next two */
    struct table archived;
    struct table replays;
    struct sim *sim; /* borrowed, as are all below */
    const struct catalog *catalog;
    struct ids *ids;
    struct trail *trail;
    struct message_log *log;
    uint64_t seed;
    struct event_hooks hooks;
    /* NULL: nobody asks. */
    void (*charge)(void *context, const struct event_charge *charge);
    void *charge_context;
    struct event_cache *cache; /* the patterns of rules, read; owned, not saved */
};

extern const struct shape event_bus_shape, event_rule_shape, event_delivery_shape,
    event_counter_shape;

/* The caller fills in the borrowed members first; the hooks may come later. */
void event_buses_init(struct event_buses *buses);
void event_buses_release(struct event_buses *buses);
/* After tables were read: false when they contradict themselves. */
bool event_buses_restore(struct event_buses *buses);

/* ---- buses (event_bus.c) ---- */

/* NULL when there is none; default has a row only when it needs one. */
struct event_bus *event_bus_find(const struct event_buses *buses, uint64_t account, uint8_t region,
                                 const char *name);
/* Is there a bus of that name?  default always is. */
bool event_bus_exists(const struct event_buses *buses, uint64_t account, uint8_t region,
                      const char *name);
/* A new one, or the row of default. */
struct event_bus *event_bus_add(struct event_buses *buses, uint64_t account, uint8_t region,
                                const char *name);
/* With its rules and their targets; archives stay. */
void event_bus_remove(struct event_buses *buses, struct event_bus *bus);
/* "arn:aws:events:us-east-1:111122223333:event-bus/NAME" */
const char *event_bus_arn(const struct event_buses *buses, struct arena *arena, uint64_t account,
                          uint8_t region, const char *name);
/* May that account put events there?  POLICY_ALLOWS for its owner too, unless the policy denies it
 * that; POLICY_SILENT means no. */
enum resource_verdict event_bus_judge(const struct event_buses *buses, uint64_t owner,
                                      uint8_t region, const char *name, uint64_t account);
/* The policy as JSON; NULL when there are no statements. */
const char *event_bus_policy(struct arena *arena, const struct event_bus *bus);

/* ---- rules (event_bus.c) ---- */

struct event_rule *event_rule_find(const struct event_buses *buses, uint64_t account,
                                   uint8_t region, const char *bus, const char *name);
struct event_rule *event_rule_add(struct event_buses *buses, uint64_t account, uint8_t region,
                                  const char *bus, const char *name);
/* It was given another pattern, schedule or state. */
void event_rule_changed(struct event_buses *buses, struct event_rule *rule);
void event_rule_remove(struct event_buses *buses, struct event_rule *rule);
/* "arn:aws:events:us-east-1:111122223333:rule/NAME", with the bus before the name if it is not
 * default. */
const char *event_rule_arn(const struct event_buses *buses, struct arena *arena,
                           const struct event_rule *rule);
struct event_target *event_target_find(const struct event_rule *rule, const char *id);
/* Whether targets of this ARN are modelled. */
bool event_target_is_modelled(const char *arn);
/* Copies what `from` says over the target of that id, or adds it. */
void event_target_put(struct event_rule *rule, const struct event_target *from);
void event_target_remove(struct event_rule *rule, const char *id);

/* ---- events (event_send.c) ---- */

/* The event's id, in the arena.  The bus exists. */
const char *event_send(struct event_buses *buses, struct arena *arena,
                       const struct event_entry *entry);
/* What a service of AWS tells the default bus; nothing is made of it when nobody listens there. */
void event_tell(struct event_buses *buses, const struct event_entry *entry);
/* Does anybody listen on the account's default bus? */
bool event_is_heard(const struct event_buses *buses, uint64_t account, uint8_t region);
/* An event as JSON comes to a bus: from another bus, or a replay, to these rules alone (ARNs; none:
 * to all). */
struct event_arrival {
    uint64_t account;
    uint8_t region;
    const char *bus;
    const char *event; /* JSON, whole */
    const char *id;
    const struct event_entry *entry; /* of which it was made; NULL: it is read from the JSON */
    uint32_t hops;
    struct strings rules;
    bool replayed; /* it is not archived again */
};
void event_arrive(struct event_buses *buses, const struct event_arrival *arrival);
/* Charges one event of that length, which somebody put, a rule gave on or a replay brought back. */
void event_charge_one(const struct event_buses *buses, const struct event_arrival *arrival,
                      uint64_t account);
/* A number that no other event, delivery or archived event has. */
uint64_t event_number(struct event_buses *buses);

/* ---- what targets get (event_input.c) ---- */

/* The target's text for the event, which is JSON; NULL when its template does not give JSON. */
char *event_input(const struct event_target *target, const char *event, const char *rule_arn,
                  const char *rule_name, int64_t now);
/* The first name of a template that means nothing; NULL when all do.  In the arena. */
const char *event_template_check(struct arena *arena, const struct event_target *target);

#endif
