/*
 * cloud/web_acl.h - AWS WAF: web ACLs, whose rules filter the requests of a load balancer, and IP
 * sets.
 *
 * A web ACL is a list of rules by priority and a default action.  Each rule has a statement; the
 * first whose statement holds and whose action is not Count decides.  A statement is kept flat: its
 * nodes in the order in which they are written, each followed by those below it.
 *
 * Rate-based statements count the requests of each client address in spans of 10 s of simulated
 * time.  In each span a client is limited when it sent more than the limit within the evaluation
 * window that ended one span before: so it takes effect 10 to 20 s after the limit was passed, and
 * ends as late.  True to "WAF checks the rate about every 10 seconds" (API reference,
 * RateBasedStatement) and "usually, this delay is below 30 seconds" (developer guide, "Rate-based
 * rule caveats").  AWS estimates, with more weight on what is recent; here requests are counted,
 * limited ones as well.  A change of what is counted begins anew.
 *
 * Left out, refused upstairs: rule groups, managed or not; other statements, keys, fields, actions
 * and transformations; labels; logging; scopes other than REGIONAL; IPv6.
 */
#ifndef CLOUD_WEB_ACL_H
#define CLOUD_WEB_ACL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/mem.h"
#include "base/shape.h"
#include "base/table.h"
#include "cloud/catalog.h"
#include "cloud/id.h"
#include "cloud/request.h"
#include "cloud/trail.h"

enum {
    WEB_SPAN_S = 10,         /* how often the rate is looked at */
    WEB_SAMPLES = 100,       /* kept of each rule */
    WEB_CAPACITY_MAX = 5000, /* web ACL capacity units of one web ACL */
    WEB_NODES_MAX = 500, /* of one rule */
};

/* All saved: append only. */
enum web_kind {
    WEB_BYTE_MATCH = 1,
    WEB_IP_SET,
    WEB_RATE, /* the scope, if it has one, lies below */
    WEB_AND,
    WEB_OR,
    WEB_NOT,
};
enum web_action { WEB_ALLOW = 1, WEB_BLOCK, WEB_COUNT };
enum web_field { WEB_URI_PATH = 1, WEB_QUERY_STRING, WEB_METHOD, WEB_HEADER };
enum web_constraint {
    WEB_EXACTLY = 1,
    WEB_STARTS_WITH,
    WEB_ENDS_WITH,
    WEB_CONTAINS,
    WEB_CONTAINS_WORD,
};
enum web_change { WEB_NONE = 1, WEB_LOWERCASE };

/* By number, from 1 on at index 0: AWS's words; NULL-terminated. */
extern const char *const web_action_words[], *const web_constraint_words[],
    *const web_change_words[];

struct web_transform {
    int64_t priority;
    uint8_t change; /* enum web_change */
};

struct web_node {
    uint8_t kind;       /* enum web_kind */
    uint8_t field;      /* of WEB_BYTE_MATCH: enum web_field */
    uint8_t constraint; /* enum web_constraint */
    uint32_t size;      /* nodes: itself and all below it */
    char *header;       /* of WEB_HEADER: its name */
    struct blob text;   /* that is looked for */
    LIST(struct web_transform) transforms;
    uint64_t ip_set;   /* of WEB_IP_SET */
    int64_t limit;     /* of WEB_RATE: requests in a window */
    int64_t window_s;  /* 60, 120, 300 or 600 */
    uint64_t number;   /* under which its clients are counted: 1 .. 2^32 - 1 */
    int64_t swept;     /* the span in which clients of long ago were forgotten */
};

/* One request that stands for `weight` of them. */
struct web_sample {
    int64_t time;
    int64_t weight;
    uint32_t address;
    uint8_t action; /* enum web_action */
    char *method;
    char *uri;
    char *host;
};

/* What the visibility of a rule, or of the whole, gives. */
struct web_sight {
    char *metric; /* its name at CloudWatch */
    bool metered;
    bool sampled;
    int64_t allowed; /* requests; since CloudWatch last looked */
    int64_t blocked;
    int64_t counted;
    LIST(struct web_sample) samples; /* the oldest first */
};

struct web_rule {
    uint64_t id; /* the same as long as there is a rule of its name */
    char *name;
    int64_t priority;
    uint8_t action;
    LIST(struct web_node) nodes;
    struct web_sight sight;
    int64_t matched; /* requests so far */
};

struct web_acl {
    uint64_t id;
    uint64_t account;
    int64_t created;
    uint64_t version; /* of its lock token */
    char *name;
    char *description; /* NULL: none */
    uint8_t region;
    uint8_t action; /* the default one: WEB_ALLOW or WEB_BLOCK */
    LIST(struct web_rule) rules; /* by priority */
    struct web_sight sight; /* of what the default action met */
    struct web_sight all;   /* only the counts: of all requests */
};

struct web_range {
    char *text; /* "203.0.113.0/24" */
    uint32_t base;
    uint8_t bits;
};

struct ip_set {
    uint64_t id;
    uint64_t account;
    uint64_t version;
    char *name;
    char *description;
    uint8_t region;
    LIST(struct web_range) ranges;
};

/* A client, and when it sent how much. */
struct web_rate {
    uint64_t key;         /* the statement's number, then the address */
    LIST(int64_t) counts; /* in turn: a span, counted from the epoch, and the requests in it */
};

struct web_acls {
    struct table acls;
    struct table ip_sets;
    struct table rates;
    struct sim *sim; /* borrowed, as are all below */
    const struct catalog *catalog;
    struct ids *ids;
    struct trail *trail;
    struct requests *requests;
    uint64_t seed;
    /* One was made, changed, or goes (then it is not there).  NULL: nobody wants to know. */
    void (*changed)(void *context, const struct web_acl *acl, bool there);
    void *changed_context;
};

extern const struct shape web_rule_shape;

/* The caller fills in the borrowed members and the seed first. */
void web_acls_init(struct web_acls *acls);
void web_acls_release(struct web_acls *acls);
/* After the tables were read: false when they contradict themselves. */
bool web_acls_restore(const struct web_acls *acls);

/* ---- resources; what is asked for has been checked upstairs, names and all ---- */

struct web_acl_wish {
    uint64_t account;
    const char *name;        /* of a new one */
    const char *description; /* NULL: none */
    const char *metric;
    const struct web_rule *rules; /* copied; ids, numbers and counts are given here */
    uint32_t rule_count;
    uint8_t region;
    uint8_t action;
    bool metered;
    bool sampled;
};

struct web_acl *web_acl_add(struct web_acls *acls, const struct web_acl_wish *wish);
/* In the place of all it said. */
void web_acl_change(struct web_acls *acls, struct web_acl *acl, const struct web_acl_wish *wish);
void web_acl_remove(struct web_acls *acls, struct web_acl *acl);
/* NULL when there is none that this account may see in that Region. */
struct web_acl *web_acl_find(const struct web_acls *acls, uint64_t account, uint8_t region,
                             uint64_t id);

struct ip_set_wish {
    uint64_t account;
    const char *name;
    const char *description;
    const struct web_range *ranges; /* copied */
    uint32_t range_count;
    uint8_t region;
};

struct ip_set *ip_set_add(struct web_acls *acls, const struct ip_set_wish *wish);
void ip_set_change(struct web_acls *acls, struct ip_set *set, const struct ip_set_wish *wish);
void ip_set_remove(struct web_acls *acls, struct ip_set *set);
/* A web ACL with a rule that refers to it, or NULL. */
const struct web_acl *ip_set_user(const struct web_acls *acls, const struct ip_set *set);

/* A UUID: of an id, or of a version's lock token. */
const char *web_uuid(const struct web_acls *acls, struct arena *arena, uint64_t number);
/* "arn:aws:wafv2:REGION:ACCOUNT:regional/webacl/NAME/UUID" */
const char *web_acl_arn(const struct web_acls *acls, struct arena *arena,
                        const struct web_acl *acl);
const char *ip_set_arn(const struct web_acls *acls, struct arena *arena,
                       const struct ip_set *set);
/* Web ACL capacity units, by the developer guide's table. */
int64_t web_rule_capacity(const struct web_rule *rule);
int64_t web_acl_capacity(const struct web_acl *acl);
/* The rule of that id in any web ACL, or NULL. */
const struct web_rule *web_rule_find(const struct web_acls *acls, uint64_t id);

/* ---- requests (web_acl_judge.c) ---- */

/* A node of a balancer that it is associated with asks: may the request pass?  Counts it, and tells
 * its way why. */
bool web_acl_judge(struct web_acls *acls, uint64_t acl, const struct request *request);

/* A client that a rate-based statement limits now. */
typedef void web_limited_visit(void *context, uint32_t address);
void web_rate_limited(const struct web_acls *acls, const struct web_node *node,
                      web_limited_visit *visit, void *context);
/* The statement begins to count anew. */
void web_rate_forget(struct web_acls *acls, const struct web_node *node);

extern const struct shape web_acl_shape, ip_set_shape, web_rate_shape;

#endif
