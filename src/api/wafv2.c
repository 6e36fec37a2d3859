/*
 * api/wafv2.c - the service wafv2: its operations.
 *
 * True to the WAFV2 API reference for names, faults and their texts.  Of AWS WAF only what a lesson
 * on filters needs is modelled: see cloud/web_acl.h.
 */
#include "api/wafv2.h"

#include <ctype.h>

#include "api/wafv2_parts.h"
#include "base/str.h"

const char *const waf_scope_words[] = {"CLOUDFRONT", "REGIONAL", NULL};

const struct fault_kind fault_waf_parameter = {
    .code = "WAFInvalidParameterException",
    .text = "Error reason: {}, field: {}, parameter: {}",
    .hint = "The field is named in AWS's way: look at the member of that name in your line.",
};
const struct fault_kind fault_waf_missing = {
    .code = "WAFNonexistentItemException",
    .text = "AWS WAF couldn\xe2\x80\x99t perform the operation because your resource doesn\xe2"
            "\x80\x99t exist.",
    .hint = "`aws wafv2 list-web-acls --scope REGIONAL` and `list-ip-sets` show those that there "
            "are; name and id must be of the same one.",
};
const struct fault_kind fault_waf_duplicate = {
    .code = "WAFDuplicateItemException",
    .text = "AWS WAF couldn\xe2\x80\x99t perform the operation because some resource in your "
            "request is a duplicate of an existing one.",
    .hint = "Names are unique in a Region, and names and priorities in a web ACL.",
};
const struct fault_kind fault_waf_lock = {
    .code = "WAFOptimisticLockException",
    .text = "AWS WAF couldn\xe2\x80\x99t save your changes because someone changed the resource "
            "after you started to edit it. Reapply your changes.",
    .hint = "Each change gives a new LockToken: get the resource again, and use the new one.",
};
const struct fault_kind fault_waf_associated = {
    .code = "WAFAssociatedItemException",
    .text = "AWS WAF couldn\xe2\x80\x99t perform the operation because your resource is being "
            "used by another resource or it\xe2\x80\x99s associated with another resource.",
    .hint = "Take a web ACL off its load balancers with disassociate-web-acl; take an IP set out "
            "of the rules with update-web-acl.",
};
const struct fault_kind fault_waf_unavailable = {
    .code = "WAFUnavailableEntityException",
    .text = "AWS WAF couldn\xe2\x80\x99t retrieve the resource that you requested. Retry your "
            "request.",
    .hint = "The load balancer must exist, in this Region, and be active: `aws elbv2 wait "
            "load-balancer-available` waits for it.",
};
const struct fault_kind fault_waf_limit = {
    .code = "WAFLimitsExceededException",
    .text = "AWS WAF couldn\xe2\x80\x99t perform the operation because you exceeded your resource "
            "limit.",
    .hint = "The rules of a web ACL may cost 5,000 capacity units.",
};
const struct fault_kind fault_waf_not_modelled = {
    .code = "NotModelled",
    .text = "{} is possible at AWS, but not modelled here",
    .hint = "Modelled are web ACLs of load balancers (REGIONAL), with IPv4 addresses.",
};
const struct fault_kind fault_waf_name = {
    .code = "ValidationException",
    .text = "1 validation error detected: Value '{}' at 'name' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: ^[\\w\\-]+$",
    .hint = "Take letters, digits, hyphens and underscores.",
};

int waf_refuse(struct call *call, const char *reason, const char *field, const char *parameter)
{
    return call_fault(call, &fault_waf_parameter, reason, field, parameter);
}

int waf_scope_check(struct call *call, const char *scope)
{
    return str_equal(scope, "REGIONAL") ? 0
        : call_fault(call, &fault_waf_not_modelled, "The scope CLOUDFRONT");
}

int waf_name_check(struct call *call, const char *name)
{
    for (const char *at = name; *at != '\0'; at++)
        if (!isalnum((unsigned char)*at) && *at != '_' && *at != '-')
            return call_fault(call, &fault_waf_name, name);
    return 0;
}

int waf_lock_check(struct call *call, const char *token, uint64_t version)
{
    return str_equal(token, web_uuid(&call->world->acls, &call->arena, version))
        ? 0 : call_fault(call, &fault_waf_lock);
}

const struct field waf_summary_fields[5] = {
    F_STRING(struct waf_summary, name, "Name", "Its name.", .flags = FIELD_COLUMN),
    F_STRING(struct waf_summary, id, "Id", "Its identifier.", .flags = FIELD_COLUMN),
    F_STRING(struct waf_summary, description, "Description", "What it is for."),
    F_STRING(struct waf_summary, lock, "LockToken", "What update and delete take."),
    F_STRING(struct waf_summary, arn, "ARN", "Its ARN."),
};

const struct field waf_list_in_fields[3] = {
    F_WAF_SCOPE(struct waf_list_in, scope),
    F_STRING(struct waf_list_in, marker, "NextMarker", "Where to go on: of the answer before."),
    F_OPT_INT(struct waf_list_in, limit, "Limit", "The most items that one answer gives.",
              .min = 1, .max = 100),
};

const struct field waf_next_fields[1] = {
    F_STRING(struct waf_next, lock, "NextLockToken", "The token of the new state."),
};

static const struct op *const wafv2_ops[] = {
    &op_associate_web_acl,
    &op_check_capacity,
    &op_create_ip_set,
    &op_create_web_acl,
    &op_delete_ip_set,
    &op_delete_web_acl,
    &op_disassociate_web_acl,
    &op_get_ip_set,
    &op_get_managed_keys,
    &op_get_sampled_requests,
    &op_get_web_acl,
    &op_get_web_acl_for_resource,
    &op_list_ip_sets,
    &op_list_resources_for_web_acl,
    &op_list_web_acls,
    &op_update_ip_set,
    &op_update_web_acl,
    NULL,
};

const struct service service_wafv2 = {
    .name = "wafv2",
    .doc = "AWS WAF: web ACLs, whose rules filter the requests of a load balancer, and IP sets.",
    .style = STYLE_QUERY,
    .ops = wafv2_ops,
};
