/*
 * cloud/resource_policy.h - the policies that stand at a resource: who may do what with it.
 *
 * A policy is JSON in IAM's language; here it is kept as it was written, and read once into a
 * struct resource_policy by the room that owns the resource.  Queues use it, and topics and buses
 * may.
 *
 * Modelled: Version, Id, Sid, Effect, Principal ("*", AWS, Service), Action, NotAction, Resource,
 * NotResource, and Condition with the operators and keys of resource_policy.c.  Everything else is
 * refused by name when a policy is read, so that no policy means something else here than at AWS.
 */
#ifndef CLOUD_RESOURCE_POLICY_H
#define CLOUD_RESOURCE_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"

struct resource_policy; /* a policy that was read; never changes */

/* Who wants to do what.  All borrowed. */
struct resource_ask {
    const char *service;     /* a service principal, "sns.amazonaws.com"; NULL: an account asks */
    uint64_t account;        /* of an account that asks; with a service: 0 */
    const char *action;      /* "sqs:SendMessage" */
    const char *resource;    /* the ARN of the resource */
    const char *source_arn;  /* aws:SourceArn: on whose behalf; NULL: the request has none */
    uint64_t source_account; /* aws:SourceAccount; 0: the request has none */
};

enum resource_verdict {
    POLICY_SILENT = 1, /* no statement applies: nobody but the owner may */
    POLICY_ALLOWS,
    POLICY_DENIES, /* a statement says Deny, whatever others say */
};

enum resource_policy_fault {
    POLICY_READ = 0,
    POLICY_MALFORMED,    /* AWS would refuse it */
    POLICY_NOT_MODELLED, /* AWS would take it */
};

/*
 * Reads a policy's text.  POLICY_READ and the policy, for resource_policy_free(); else *policy is
 * NULL and `what` (an arena's text) names the element that is wrong or not modelled.
 */
enum resource_policy_fault resource_policy_read(const char *text, struct arena *arena,
                                                struct resource_policy **policy,
                                                const char **what);
/* NULL is fine. */
void resource_policy_free(struct resource_policy *policy);

/* What a policy says; NULL is one without statements. */
enum resource_verdict resource_policy_judge(const struct resource_policy *policy,
                                            const struct resource_ask *ask);

#endif
