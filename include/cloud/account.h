/*
 * cloud/account.h - who owns things: accounts, and how much each may have.
 *
 * The learner is 111122223333, and may have more accounts made, each with a profile's name; the
 * other tenants share the hosts and are never named to anybody.  Quotas are so high that a lesson
 * meets one only when it lowers it (`lab set-quota`).  A quota that was never set has its default
 * and costs no memory.
 */
#ifndef CLOUD_ACCOUNT_H
#define CLOUD_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/mem.h"
#include "base/table.h"

#define ACCOUNT_LEARNER UINT64_C(111122223333)

enum {
    ACCOUNT_TENANTS = 6, /* the others, from the start */
    ACCOUNTS_MAX = 100,
};

/* What is counted. Append only: the numbers are saved. */
enum quota {
    /* running On-Demand vCPUs of families a c d h i m r t z, in a Region */
    QUOTA_STANDARD_VCPUS = 1,
    QUOTA_ACCELERATED_VCPUS,  /* of families g and vt */
    QUOTA_INSTANCES,          /* instances not terminated, in a Region */
    QUOTA_SECURITY_GROUPS,    /* in a Region */
    QUOTA_RULES_PER_GROUP,    /* ingress, and egress alike */
    QUOTA_GROUPS_PER_INTERFACE,
    QUOTA_KEY_PAIRS,
    QUOTA_TARGET_GROUPS,
    QUOTA_TARGETS_PER_GROUP,
    QUOTA_BALANCERS,
    QUOTA_LISTENERS_PER_BALANCER,
    QUOTA_RULES_PER_BALANCER, /* the default rules do not count */
    QUOTA_GROUPS_PER_BALANCER,
    QUOTA_TARGETS_PER_BALANCER,
    QUOTA_NETWORK_BALANCERS,
    QUOTA_ELASTIC_IPS, /* in a Region */
    QUOTA_PLACEMENT_GROUPS, /* in a Region */
    QUOTA_VPCS,        /* in a Region, the default one among them; as many internet gateways */
    QUOTA_SUBNETS_PER_VPC,
    QUOTA_ROUTE_TABLES_PER_VPC,
    QUOTA_ROUTES_PER_TABLE, /* the local one does not count */
    QUOTA_ACLS_PER_VPC,
    QUOTA_RULES_PER_ACL, /* ingress, and egress alike */
    QUOTA_IMAGE_COPIES, /* under way at once into a Region */
    QUOTA_DEDICATED_HOSTS, /* of an instance family, in a Region */
    QUOTA_SPOT_VCPUS,             /* of spot instances, as the first two are of those on demand */
    QUOTA_SPOT_ACCELERATED_VCPUS,
    QUOTA_NETWORK_TARGETS_PER_ZONE, /* of a Network Load Balancer, as the next */
    QUOTA_NETWORK_TARGETS,
    QUOTA_COUNT_, /* one past the last */
};

struct account {
    uint64_t id;      /* twelve digits; the key */
    char *name;       /* the profile: "default" */
    bool is_provider; /* never shown to the learner: another tenant */
};

struct account_quota {
    uint64_t key; /* account * 256 + enum quota: twelve digits leave room */
    int64_t value;
};

struct accounts {
    struct table table;  /* struct account */
    struct table quotas; /* struct account_quota: those that were set */
};

extern const struct shape account_shape, account_quota_shape;

/* With the learner and the other tenants. */
void accounts_init(struct accounts *accounts);
void accounts_release(struct accounts *accounts);
/* NULL when there is none. */
const struct account *account_find(const struct accounts *accounts, uint64_t id);
const struct account *account_find_profile(const struct accounts *accounts, const char *name);
/*
 * Adds an account under that profile name, which is copied; its number comes from the seed.  NULL
 * and a fault when the name is taken, or there are too many.
 */
const struct account *account_create(struct accounts *accounts, uint64_t seed, const char *name,
                                     struct fault *fault);
extern const struct fault_kind fault_profile_taken, fault_too_many_accounts;
/* "111122223333" in the arena. */
const char *account_text(struct arena *arena, uint64_t id);

/* "standard-vcpus", as `lab set-quota` names it; NULL past the last. */
const char *quota_name(int quota);
/* AWS's own sentence for it: "Running On-Demand Standard instances (vCPUs)". */
const char *quota_doc(int quota);
/* -1 when there is none of that name. */
int quota_find(const char *name);
int64_t quota_default(int quota);
int64_t account_quota(const struct accounts *accounts, uint64_t account, int quota);
/* BUG when the value is negative or the quota unknown. */
void account_set_quota(struct accounts *accounts, uint64_t account, int quota, int64_t value);

#endif
