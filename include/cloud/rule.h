/*
 * cloud/rule.h - rules of listeners: which requests get another action than the default one.
 *
 * The lowest priority number is asked first; the first rule whose conditions all hold takes the
 * request (SEMANTICS c3).  A condition holds when one of its values does; * stands for any text and
 * ? for one character in hosts, paths, header values and queries.
 */
#ifndef CLOUD_RULE_H
#define CLOUD_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/mem.h"
#include "cloud/balancer.h"
#include "cloud/request.h"

struct rule_wish {
    const struct rule_condition *conditions; /* copied */
    const struct listener_action *actions;   /* groups already found; copied */
    uint32_t condition_count;
    uint32_t action_count;
    uint32_t priority; /* of a new rule */
    bool conditions_too; /* of a change: else they stay */
    bool actions_too;
};

/* NULL and a fault (PriorityInUse, TooManyRules, ValidationError, OperationNotPermitted, and those
 * of action_check). */
struct rule *rule_add(struct balancers *balancers, const struct listener *listener,
                      const struct rule_wish *wish, struct fault *fault);
int rule_change(struct balancers *balancers, struct rule *rule, const struct rule_wish *wish,
                struct fault *fault);
void rule_remove(struct balancers *balancers, const struct rule *rule);

struct rule_priority {
    uint64_t rule;
    uint32_t priority;
};
/* All or none; the rules are of one listener: PriorityInUse, InvalidConfigurationRequest. */
int rules_set_priorities(struct balancers *balancers, const struct rule_priority *wishes,
                         uint32_t count, struct fault *fault);

/* What an ARN names: a rule, or (rule == NULL) the default rule of a listener. */
struct rule_named {
    struct rule *rule;
    struct listener *listener;
};
/* -1 and a fault: ValidationError when it is no rule's ARN, RuleNotFound. */
int rule_find_arn(const struct balancers *balancers, uint64_t account, uint8_t region,
                  const char *arn, struct rule_named *named, struct fault *fault);
/* rule == NULL: of the listener's default rule. */
const char *rule_arn(const struct balancers *balancers, struct arena *arena,
                     const struct listener *listener, const struct rule *rule);
/* The rules of a listener, those asked first at the front; in the arena. */
struct rule_list {
    LIST(struct rule *) items;
};
void rules_of_listener(const struct balancers *balancers, uint64_t listener, struct arena *arena,
                       struct rule_list *out);
/* "path-pattern" */
const char *rule_field_name(uint8_t field);
/* 0 when there is none of that name. */
uint8_t rule_field_find(const char *name);
/* "path-pattern /img, host-header a.example or b.example", in the arena. */
const char *rule_text(struct arena *arena, const struct rule *rule);

/* The rule that takes a request which says that and comes from there; NULL: none, the default
 * action is meant. */
struct rule *rule_match(const struct balancers *balancers, uint64_t listener,
                        const struct request_words *words, uint32_t source);

extern const struct fault_kind fault_rule_not_found, fault_priority_in_use;

#endif
