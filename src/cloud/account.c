/*
 * cloud/account.c - who owns things: accounts, and how much each may have.
 *
 * True to the names of Service Quotas; the default values are ours, out of a lesson's way.
 */
#include "cloud/account.h"

#include "base/bug.h"
#include "base/str.h"
#include "sim/chance.h"

struct quota_row {
    const char *name;
    const char *doc;
    int64_t value;
};

static const struct quota_row quotas[QUOTA_COUNT_]; /* at the end of the file */

static const uint64_t tenant_ids[ACCOUNT_TENANTS] = {
    UINT64_C(204817365590), UINT64_C(319046528817), UINT64_C(457730192246),
    UINT64_C(580264913378), UINT64_C(736195084421), UINT64_C(892451730065),
};

static void account_add(struct accounts *accounts, uint64_t id, const char *name,
                        bool is_provider)
{
    struct account *account = table_add(&accounts->table, id);

    account->name = xstrdup(name);
    account->is_provider = is_provider;
}

void accounts_init(struct accounts *accounts)
{
    table_init(&accounts->table, &account_shape);
    table_init(&accounts->quotas, &account_quota_shape);
    account_add(accounts, ACCOUNT_LEARNER, "default", false);
    for (int i = 0; i < ACCOUNT_TENANTS; i++) {
        char name[] = "tenant B";

        name[7] = (char)('B' + i);
        account_add(accounts, tenant_ids[i], name, true);
    }
}

void accounts_release(struct accounts *accounts)
{
    table_release(&accounts->table);
    table_release(&accounts->quotas);
}

const struct account *account_find(const struct accounts *accounts, uint64_t id)
{
    return table_find(&accounts->table, id);
}

const struct account *account_find_profile(const struct accounts *accounts, const char *name)
{
    for (uint32_t i = 0; i < table_count(&accounts->table); i++) {
        const struct account *account = table_at(&accounts->table, i);

        if (!account->is_provider && str_equal(account->name, name))
            return account;
    }
    return NULL;
}

const struct fault_kind fault_profile_taken = {
    .code = "ProfileAlreadyExists",
    .text = "There is a profile '{}' already",
    .hint = "aws configure list-profiles lists them.",
};

const struct fault_kind fault_too_many_accounts = {
    .code = "AccountLimitExceeded",
    .text = "There can be no more accounts in one world",
    .hint = "Use one of those that there are: aws configure list-profiles.",
};

/* Twelve digits that nobody has yet. */
static uint64_t draw_id(const struct accounts *accounts, uint64_t seed)
{
    struct chance chance = chance_stream(seed, "accounts", table_count(&accounts->table));
    uint64_t id;

    do {
        id = UINT64_C(100000000000) + chance_below(&chance, UINT64_C(900000000000));
    } while (account_find(accounts, id) != NULL);
    return id;
}

const struct account *account_create(struct accounts *accounts, uint64_t seed, const char *name,
                                     struct fault *fault)
{
    uint64_t id;

    if (account_find_profile(accounts, name) != NULL) {
        fault_set(fault, &fault_profile_taken, name);
        return NULL;
    }
    if (table_count(&accounts->table) >= ACCOUNTS_MAX) {
        fault_set(fault, &fault_too_many_accounts);
        return NULL;
    }
    id = draw_id(accounts, seed);
    account_add(accounts, id, name, false);
    return account_find(accounts, id);
}

enum { ACCOUNT_DIGITS = 12 };

/* By hand, because answers name the account of each resource. */
const char *account_text(struct arena *arena, uint64_t id)
{
    char *text = arena_alloc(arena, ACCOUNT_DIGITS + 1);

    for (int i = ACCOUNT_DIGITS - 1; i >= 0; i--, id /= 10)
        text[i] = (char)('0' + id % 10);
    return text;
}

static const struct quota_row *quota_get(int quota)
{
    if (quota <= 0 || quota >= QUOTA_COUNT_)
        BUG("quota %d", quota);
    return &quotas[quota];
}

const char *quota_name(int quota)
{
    return quota > 0 && quota < QUOTA_COUNT_ ? quotas[quota].name : NULL;
}

const char *quota_doc(int quota)
{
    return quota_get(quota)->doc;
}

int quota_find(const char *name)
{
    for (int i = 1; i < QUOTA_COUNT_; i++) {
        if (str_equal(quotas[i].name, name))
            return i;
    }
    return -1;
}

int64_t quota_default(int quota)
{
    return quota_get(quota)->value;
}

static uint64_t quota_key(uint64_t account, int quota)
{
    return account * 256 + (uint64_t)quota;
}

int64_t account_quota(const struct accounts *accounts, uint64_t account, int quota)
{
    const struct account_quota *row = table_find(&accounts->quotas, quota_key(account, quota));

    return row == NULL ? quota_default(quota) : row->value;
}

void account_set_quota(struct accounts *accounts, uint64_t account, int quota, int64_t value)
{
    uint64_t key = quota_key(account, quota);
    struct account_quota *row = table_find(&accounts->quotas, key);

    if (value < 0 || quota_get(quota) == NULL)
        BUG("quota %d of %lld", quota, (long long)value);
    if (row == NULL)
        row = table_add(&accounts->quotas, key);
    row->value = value;
}

static const struct field account_fields[] = {
    F_INT(struct account, id, "AccountId", "Twelve digits.", .flags = FIELD_COLUMN),
    F_STRING(struct account, name, "Profile", "The profile that stands for it.",
             .flags = FIELD_COLUMN),
    F_BOOL(struct account, is_provider, "IsProvider", "Another tenant of the hosts."),
};

static const struct field account_quota_fields[] = {
    F_INT(struct account_quota, key, "Key", "Account and quota."),
    F_INT(struct account_quota, value, "Value", "The most that the account may have."),
};

const struct shape account_shape = SHAPE("Account", struct account, account_fields);
const struct shape account_quota_shape = SHAPE("Quota", struct account_quota,
                                               account_quota_fields);

static const struct quota_row quotas[QUOTA_COUNT_] = {
    [QUOTA_STANDARD_VCPUS] = {
        "standard-vcpus",
        "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances, in vCPUs.",
        1000000,
    },
    [QUOTA_ACCELERATED_VCPUS] = {
        "accelerated-vcpus",
        "Running On-Demand G and VT instances, in vCPUs.",
        100000,
    },
    [QUOTA_INSTANCES] = { "instances", "Instances in a Region.", 1000000 },
    [QUOTA_SECURITY_GROUPS] = { "security-groups", "Security groups in a Region.", 10000 },
    [QUOTA_RULES_PER_GROUP] = {
        "rules-per-security-group",
        "Inbound or outbound rules in a security group.",
        200,
    },
    [QUOTA_GROUPS_PER_INTERFACE] = {
        "security-groups-per-interface",
        "Security groups of a network interface.",
        16,
    },
    [QUOTA_KEY_PAIRS] = { "key-pairs", "Key pairs in a Region.", 5000 },
    [QUOTA_TARGET_GROUPS] = { "target-groups", "Target groups in a Region.", 3000 },
    [QUOTA_TARGETS_PER_GROUP] = {
        "targets-per-target-group",
        "Targets of a target group.",
        1000,
    },
    [QUOTA_BALANCERS] = { "load-balancers", "Application Load Balancers in a Region.", 50 },
    [QUOTA_LISTENERS_PER_BALANCER] = {
        "listeners-per-load-balancer",
        "Listeners of a load balancer.",
        50,
    },
    [QUOTA_RULES_PER_BALANCER] = {
        "rules-per-load-balancer",
        "Rules of an Application Load Balancer, without the default rules.",
        100,
    },
    [QUOTA_GROUPS_PER_BALANCER] = {
        "target-groups-per-load-balancer",
        "Target groups that an Application Load Balancer sends requests to.",
        100,
    },
    [QUOTA_TARGETS_PER_BALANCER] = {
        "targets-per-load-balancer",
        "Targets of an Application Load Balancer.",
        1000,
    },
    [QUOTA_NETWORK_BALANCERS] = {
        "network-load-balancers",
        "Network Load Balancers in a Region.",
        50,
    },
    [QUOTA_ELASTIC_IPS] = { "elastic-ips", "Elastic IP addresses in a Region.", 5 },
    [QUOTA_PLACEMENT_GROUPS] = { "placement-groups", "Placement groups in a Region.", 500 },
    [QUOTA_VPCS] = { "vpcs", "VPCs in a Region, and as many internet gateways.", 5 },
    [QUOTA_SUBNETS_PER_VPC] = { "subnets-per-vpc", "Subnets of a VPC.", 200 },
    [QUOTA_ROUTE_TABLES_PER_VPC] = { "route-tables-per-vpc", "Route tables of a VPC.", 200 },
    [QUOTA_ROUTES_PER_TABLE] = { "routes-per-table", "Routes of a route table.", 50 },
    [QUOTA_ACLS_PER_VPC] = { "network-acls-per-vpc", "Network ACLs of a VPC.", 200 },
    [QUOTA_RULES_PER_ACL] = { "rules-per-network-acl",
                              "Rules of a network ACL, in each direction.", 20 },
    [QUOTA_IMAGE_COPIES] = { "image-copies", "Images being copied into a Region at once.", 100 },
    [QUOTA_DEDICATED_HOSTS] = { "dedicated-hosts",
                                "Dedicated Hosts of one instance family in a Region.", 2 },
    [QUOTA_SPOT_VCPUS] = {
        "spot-vcpus",
        "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests, in vCPUs.",
        1000000,
    },
    [QUOTA_SPOT_ACCELERATED_VCPUS] = {
        "spot-accelerated-vcpus",
        "All G and VT Spot Instance Requests, in vCPUs.",
        100000,
    },
    [QUOTA_NETWORK_TARGETS_PER_ZONE] = {
        "targets-per-zone-per-network-load-balancer",
        "Targets of a Network Load Balancer in an Availability Zone.",
        500,
    },
    [QUOTA_NETWORK_TARGETS] = {
        "targets-per-network-load-balancer",
        "Targets of a Network Load Balancer.",
        3000,
    },
};
