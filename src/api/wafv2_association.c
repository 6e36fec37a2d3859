/*
 * api/wafv2_association.c - wafv2: which web ACL stands before which load balancer.
 *
 * True to the WAFV2 API reference: a load balancer has one web ACL at most, a new one takes the old
 * one's place.  Other resources that AWS WAF can protect are not modelled.
 */
#include "api/wafv2_parts.h"

#include <string.h>

#include "base/str.h"
#include "cloud/balancer.h"

static const char *const type_words[] = {
    "APPLICATION_LOAD_BALANCER",
    "API_GATEWAY",
    "APPSYNC",
    "COGNITO_USER_POOL",
    "APP_RUNNER_SERVICE",
    "VERIFIED_ACCESS_INSTANCE",
    NULL,
};

struct association_in {
    const char *acl;
    const char *resource;
    const char *type;
};

#define F_RESOURCE(T) \
    F_STRING(T, resource, "ResourceArn", "The Application Load Balancer.", \
             .flags = FIELD_REQUIRED, .ref = &kind_balancer, .min = 20, .max = 2048)

static const struct field associate_in_fields[] = {
    F_STRING(struct association_in, acl, "WebACLArn", "The web ACL.", .flags = FIELD_REQUIRED,
             .min = 20, .max = 2048),
    F_RESOURCE(struct association_in),
};
static const struct field resource_in_fields[] = {
    F_RESOURCE(struct association_in),
};
static const struct shape associate_in_shape =
    SHAPE("AssociateWebACLRequest", struct association_in, associate_in_fields);
static const struct shape disassociate_in_shape =
    SHAPE("DisassociateWebACLRequest", struct association_in, resource_in_fields);
static const struct shape get_in_shape =
    SHAPE("GetWebACLForResourceRequest", struct association_in, resource_in_fields);

static const struct fault_kind *const associate_faults[] = {
    &fault_waf_parameter, &fault_waf_missing, &fault_waf_unavailable, NULL};
static const struct fault_kind *const resource_faults[] = {&fault_waf_parameter,
                                                           &fault_waf_unavailable, NULL};

/* The load balancer that the ARN names; NULL after a fault. */
static struct balancer *find_resource(struct call *call, const char *arn)
{
    struct fault fault = FAULT_INIT;
    struct balancer *balancer;

    if (strstr(arn, ":loadbalancer/app/") == NULL) {
        waf_refuse(call, WAF_ARN, "RESOURCE_ARN", arn);
        return NULL;
    }
    balancer = balancer_find_arn(&call->world->balancers, call->account, call->region, arn, &fault);
    fault_release(&fault);
    if (balancer == NULL)
        call_fault(call, &fault_waf_unavailable);
    return balancer;
}

static int associate_web_acl(struct call *call, const void *in, void *out)
{
    const struct association_in *wish = in;
    const struct web_acl *acl = waf_find_arn(call, wish->acl);
    struct balancer *balancer = acl == NULL ? NULL : find_resource(call, wish->resource);

    (void)out;
    if (balancer == NULL)
        return -1;
    if (balancer->state != BALANCER_ACTIVE)
        return call_fault(call, &fault_waf_unavailable);
    balancer->web_acl = acl->id;
    return 0;
}

const struct op op_associate_web_acl = {
    .name = "AssociateWebACL",
    .doc = "Puts a web ACL before a load balancer, in the place of the one it had.",
    .example = "aws wafv2 associate-web-acl --web-acl-arn $ACL --resource-arn $LB",
    .needs = NEEDS_WEB_ACL
    " ; LB=$(aws elbv2 create-load-balancer --name web --subnets $(aws ec2 describe-subnets "
    "--query 'Subnets[].SubnetId' --output text) --query 'LoadBalancers[0].LoadBalancerArn' "
    "--output text) ; aws elbv2 wait load-balancer-available --load-balancer-arns $LB",
    .in = &associate_in_shape,
    .out = &shape_empty,
    .faults = associate_faults,
    .flags = OP_WRITE,
    .run = associate_web_acl,
};

#define NEEDS_LB \
    "LB=$(aws elbv2 create-load-balancer --name web --subnets $(aws ec2 describe-subnets --query " \
    "'Subnets[].SubnetId' --output text) --query 'LoadBalancers[0].LoadBalancerArn' --output text)"

static int disassociate_web_acl(struct call *call, const void *in, void *out)
{
    const struct association_in *wish = in;
    struct balancer *balancer = find_resource(call, wish->resource);

    (void)out;
    if (balancer == NULL)
        return -1;
    balancer->web_acl = 0;
    return 0;
}

const struct op op_disassociate_web_acl = {
    .name = "DisassociateWebACL",
    .doc = "Takes the web ACL away from a load balancer.",
    .example = "aws wafv2 disassociate-web-acl --resource-arn $LB",
    .needs = NEEDS_LB,
    .in = &disassociate_in_shape,
    .out = &shape_empty,
    .faults = resource_faults,
    .flags = OP_WRITE,
    .run = disassociate_web_acl,
};

struct get_out {
    struct web_acl_view *acl;
};

static const struct field get_out_fields[] = {
    F_STRUCT(struct get_out, acl, struct web_acl_view, &waf_web_acl_shape, "WebACL",
             "Its web ACL; absent when it has none."),
};
static const struct shape get_out_shape =
    SHAPE("GetWebACLForResourceResponse", struct get_out, get_out_fields);

static int get_web_acl_for_resource(struct call *call, const void *in, void *out)
{
    const struct association_in *wish = in;
    const struct balancer *balancer = find_resource(call, wish->resource);
    struct get_out *answer = out;

    if (balancer == NULL)
        return -1;
    if (balancer->web_acl != 0)
        answer->acl = waf_view_acl(call, table_get(&call->world->acls.acls, balancer->web_acl));
    return 0;
}

const struct op op_get_web_acl_for_resource = {
    .name = "GetWebACLForResource",
    .doc = "Shows the web ACL that stands before a load balancer.",
    .example = "aws wafv2 get-web-acl-for-resource --resource-arn $LB",
    .needs = NEEDS_LB,
    .in = &get_in_shape,
    .out = &get_out_shape,
    .faults = resource_faults,
    .run = get_web_acl_for_resource,
};

/* ---- list-resources-for-web-acl ---- */

struct resources_out {
    struct strings arns;
};

static const struct field list_in_fields[] = {
    F_STRING(struct association_in, acl, "WebACLArn", "The web ACL.", .flags = FIELD_REQUIRED,
             .min = 20, .max = 2048),
    F_STRING(struct association_in, type, "ResourceType",
             "Of which kind; APPLICATION_LOAD_BALANCER unless told.", .words = type_words),
};
static const struct field resources_out_fields[] = {
    F_STRINGS(struct resources_out, arns, "ResourceArns", "What it stands before."),
};
static const struct shape list_in_shape =
    SHAPE("ListResourcesForWebACLRequest", struct association_in, list_in_fields);
static const struct shape resources_out_shape =
    SHAPE("ListResourcesForWebACLResponse", struct resources_out, resources_out_fields);

static const struct fault_kind *const list_faults[] = {&fault_waf_parameter, &fault_waf_missing,
                                                       NULL};

static int list_resources(struct call *call, const void *in, void *out)
{
    const struct association_in *wish = in;
    const struct web_acl *acl = waf_find_arn(call, wish->acl);
    const struct balancers *balancers = &call->world->balancers;
    const struct balancer *balancer = NULL;
    struct resources_out *answer = out;

    if (acl == NULL)
        return -1;
    if (wish->type != NULL && !str_equal(wish->type, type_words[0]))
        return 0;
    while ((balancer = balancer_of_web_acl(balancers, acl->id, balancer)) != NULL)
        *LIST_PUSH_IN(&call->arena, &answer->arns) =
            balancer_arn(balancers, &call->arena, balancer);
    return 0;
}

const struct op op_list_resources_for_web_acl = {
    .name = "ListResourcesForWebACL",
    .doc = "Lists the load balancers that a web ACL stands before.",
    .example = "aws wafv2 list-resources-for-web-acl --web-acl-arn $ACL",
    .needs = NEEDS_WEB_ACL,
    .in = &list_in_shape,
    .out = &resources_out_shape,
    .faults = list_faults,
    .run = list_resources,
};
