/*
 * api/wafv2_parts.h - what the rooms of the service wafv2 share, and their operations.
 */
#ifndef API_WAFV2_PARTS_H
#define API_WAFV2_PARTS_H

#include "api/ec2_parts.h"
#include "api/service.h"
#include "cloud/web_acl.h"
#include "cloud/world.h"

/* wafv2_web_acl.c */
extern const struct op op_create_web_acl, op_get_web_acl, op_list_web_acls, op_update_web_acl,
    op_delete_web_acl, op_check_capacity;
/* wafv2_ip_set.c */
extern const struct op op_create_ip_set, op_get_ip_set, op_list_ip_sets, op_update_ip_set,
    op_delete_ip_set;
/* wafv2_association.c */
extern const struct op op_associate_web_acl, op_disassociate_web_acl, op_get_web_acl_for_resource,
    op_list_resources_for_web_acl;
/* wafv2_sample.c */
extern const struct op op_get_sampled_requests, op_get_managed_keys;

/* ---- faults, in AWS's words ---- */

extern const struct fault_kind fault_waf_parameter, fault_waf_missing, fault_waf_duplicate,
    fault_waf_lock, fault_waf_associated, fault_waf_unavailable, fault_waf_limit,
    fault_waf_not_modelled, fault_waf_name;

/* WAFInvalidParameterException: why, which field, and what stood there.  -1. */
int waf_refuse(struct call *call, const char *reason, const char *field, const char *parameter);
#define WAF_ONE_VALUE \
    "You have used none or multiple values for a field that requires exactly one value."
#define WAF_FORM "The parameter contains formatting that is not valid."
#define WAF_REFERENCE "A reference in your rule statement is not valid."
#define WAF_ARN \
    "The ARN isn't valid. A valid ARN begins with arn: and includes other information separated " \
    "by colons or slashes."

/* REGIONAL alone is modelled; -1 otherwise. */
int waf_scope_check(struct call *call, const char *scope);
/* Letters, digits, hyphens and underscores. */
int waf_name_check(struct call *call, const char *name);
/* What a caller says it has seen. */
int waf_lock_check(struct call *call, const char *token, uint64_t version);

extern const char *const waf_scope_words[];

#define F_WAF_SCOPE(T, m) \
    F_STRING(T, m, "Scope", "REGIONAL, for load balancers; CLOUDFRONT is not modelled.", \
             .flags = FIELD_REQUIRED, .words = waf_scope_words)
#define F_WAF_NAME(T, m) \
    F_STRING(T, m, "Name", "Its name: letters, digits, hyphens and underscores.", \
             .flags = FIELD_REQUIRED, .min = 1, .max = 128)
#define F_WAF_ID(T, m) \
    F_STRING(T, m, "Id", "Its id, as the list shows it.", .flags = FIELD_REQUIRED, .min = 1, \
             .max = 36)
#define F_WAF_LOCK(T, m) \
    F_STRING(T, m, "LockToken", "The token of the state that you have seen; get gives it.", \
             .flags = FIELD_REQUIRED, .min = 1, .max = 36)

/* ---- one line of a list ---- */

struct waf_summary {
    const char *name;
    const char *id;
    const char *description;
    const char *lock;
    const char *arn;
};

extern const struct field waf_summary_fields[5];
void waf_summary_fill(struct call *call, const struct web_acl *acl, struct waf_summary *view);

struct waf_list_in {
    const char *scope;
    const char *marker;
    struct opt_int limit;
};

extern const struct field waf_list_in_fields[3];

struct waf_next {
    const char *lock;
};

extern const struct field waf_next_fields[1];

/* ---- rules (wafv2_rules.c) ---- */

struct none_view {
    char nothing;
};

struct visibility_view {
    bool sampled;
    bool metered;
    const char *metric;
};

struct action_view {
    struct none_view *block;
    struct none_view *allow;
    struct none_view *count;
};

struct statement_view;

struct rule_view {
    const char *name;
    int64_t priority;
    struct statement_view *statement;
    struct action_view *action;
    struct visibility_view *visibility;
};

struct rule_views {
    struct rule_view *items;
    uint32_t count;
    uint32_t size;
};

extern const struct shape waf_rule_shape, waf_visibility_shape, waf_default_action_shape;

struct waf_rules {
    LIST(struct web_rule) items; /* in the arena */
};

/* All, checked; -1 after a fault. */
int waf_read_rules(struct call *call, const struct rule_views *views, struct waf_rules *rules);
void waf_view_rule(struct call *call, const struct web_rule *rule, struct rule_view *view);
/* WEB_ALLOW or WEB_BLOCK; 0 after a fault. */
uint8_t waf_read_default(struct call *call, const struct action_view *view);
struct visibility_view *waf_view_visibility(struct call *call, const struct web_sight *sight);

/* ---- web ACLs ---- */

struct web_acl_view {
    const char *name;
    const char *id;
    const char *arn;
    struct action_view *action;
    const char *description;
    struct rule_views rules;
    struct visibility_view *visibility;
    int64_t capacity;
    bool managed;
    const char *label_space;
    bool retrofitted;
};

extern const struct shape waf_web_acl_shape;
struct web_acl_view *waf_view_acl(struct call *call, const struct web_acl *acl);
/* By ARN; NULL after a fault: WAFInvalidParameterException, WAFNonexistentItemException. */
struct web_acl *waf_find_arn(struct call *call, const char *arn);
/* By the words of get, update and delete; NULL after a fault. */
struct web_acl *waf_find_acl(struct call *call, const char *name, const char *id);

/* Lines for examples: a web ACL, ARN in $ACL, id in $ID; an IP set, id in $SET. */
#define NEEDS_WEB_ACL \
    "ACL=$(aws wafv2 create-web-acl --name door --scope REGIONAL --default-action Allow={} " \
    "--visibility-config " \
    "SampledRequestsEnabled=true,CloudWatchMetricsEnabled=true,MetricName=door " \
    "--query Summary.ARN --output text) ; ID=$(aws wafv2 list-web-acls --scope REGIONAL --query " \
    "'WebACLs[0].Id' --output text) ; LOCK=$(aws wafv2 list-web-acls --scope REGIONAL --query " \
    "'WebACLs[0].LockToken' --output text)"
#define NEEDS_IP_SET \
    "SET=$(aws wafv2 create-ip-set --name list --scope REGIONAL --ip-address-version IPV4 " \
    "--addresses 203.0.113.0/24 --query Summary.Id --output text) ; SETLOCK=$(aws wafv2 " \
    "list-ip-sets --scope REGIONAL --query 'IPSets[0].LockToken' --output text)"

#endif
