/*
 * api/elbv2_tags.c - elbv2: tags of load balancers, target groups, listeners and rules.
 */
#include "api/elbv2_parts.h"

#include <string.h>

#include "base/str.h"
#include "cloud/listener.h"
#include "cloud/rule.h"

enum { TAGS_MAX = 50, RESOURCES_MAX = 20 };

const struct fault_kind fault_tag_keys_twice = {
    .code = "DuplicateTagKeys",
    .text = "Tag key '{}' was specified more than once",
    .hint = "Give each key once.",
};

const struct fault_kind fault_too_many_tags = {
    .code = "TooManyTags",
    .text = "A resource can have up to '50' tags",
    .hint = "Remove some with `aws elbv2 remove-tags`.",
};

static const struct fault_kind fault_too_many_resources = {
    .code = "ValidationError",
    .text = "You can specify up to '20' resources",
    .hint = "Ask in several calls.",
};

static const struct fault_kind fault_no_resource = {
    .code = "ValidationError",
    .text = "'{}' is not a valid load balancer, target group, listener or rule ARN",
    .hint = "`aws elbv2 describe-load-balancers` and its siblings show ARNs.",
};

int elbv2_tags_check(struct call *call, const struct tags *have, const struct tag_views *more)
{
    uint32_t total = have == NULL ? 0 : tags_count(have);

    for (uint32_t i = 0; i < more->count; i++) {
        for (uint32_t j = 0; j < i; j++)
            if (str_equal(more->items[i].key, more->items[j].key))
                return call_fault(call, &fault_tag_keys_twice, more->items[i].key);
        total += have == NULL || tags_find(have, more->items[i].key) == NULL;
    }
    if (total > TAGS_MAX)
        return call_fault(call, &fault_too_many_tags);
    return tag_views_check(call, more);
}

/* The tags of what an ARN names; NULL after a fault. */
static struct tags *find_tags(struct call *call, const char *arn)
{
    struct balancers *balancers = &call->world->balancers;
    struct rule_named named;

    if (strstr(arn, ":loadbalancer/") != NULL) {
        struct balancer *balancer =
            balancer_find_arn(balancers, call->account, call->region, arn, &call->fault);

        return balancer == NULL ? NULL : &balancer->tags;
    }
    if (strstr(arn, ":targetgroup/") != NULL) {
        struct target_group *group = target_group_find_arn(&call->world->targets, call->account,
                                                           call->region, arn, &call->fault);

        return group == NULL ? NULL : &group->tags;
    }
    if (strstr(arn, ":listener/") != NULL) {
        struct listener *listener =
            listener_find_arn(balancers, call->account, call->region, arn, &call->fault);

        return listener == NULL ? NULL : &listener->tags;
    }
    if (strstr(arn, ":listener-rule/") == NULL) {
        call_fault(call, &fault_no_resource, arn);
        return NULL;
    }
    if (rule_find_arn(balancers, call->account, call->region, arn, &named, &call->fault) != 0)
        return NULL;
    if (named.rule == NULL)
        call_fault(call, &fault_rule_not_found); /* the default rule has none */
    return named.rule == NULL ? NULL : &named.rule->tags;
}

/* As many in the call's arena; NULL after a fault. */
static struct tags **find_all(struct call *call, const struct strings *arns)
{
    struct tags **all = arena_alloc(&call->arena, (arns->count + 1) * sizeof(struct tags *));

    if (arns->count > RESOURCES_MAX) {
        call_fault(call, &fault_too_many_resources);
        return NULL;
    }
    for (uint32_t i = 0; i < arns->count; i++) {
        all[i] = find_tags(call, arns->items[i]);
        if (all[i] == NULL)
            return NULL;
    }
    return all;
}

static const struct fault_kind *const find_faults[] = {
    &fault_balancer_not_found, &fault_target_group_not_found, &fault_listener_not_found,
    &fault_rule_not_found,     &fault_no_resource,            &fault_too_many_resources,
    &fault_elb_validation,     NULL,
};

static const struct fault_kind *const add_faults[] = {
    &fault_balancer_not_found, &fault_target_group_not_found, &fault_listener_not_found,
    &fault_rule_not_found,     &fault_no_resource,            &fault_too_many_resources,
    &fault_tag_keys_twice,     &fault_too_many_tags,          &fault_elb_validation,
    NULL,
};

/* ---- add, remove ---- */

struct add_in {
    struct strings arns;
    struct tag_views tags;
};

static const struct field add_in_fields[] = {
    F_STRINGS(struct add_in, arns, "ResourceArns", "What they are to hang on.",
              .flags = FIELD_REQUIRED, .ref = &kind_balancer),
    F_LIST(struct add_in, tags, struct tag_view, &elbv2_tag_shape, "Tags",
           "The tags: Key=KEY,Value=VALUE.", .flags = FIELD_REQUIRED, .min = 1),
};
static const struct shape add_in_shape = SHAPE("AddTagsInput", struct add_in, add_in_fields);

static int add_tags(struct call *call, const void *in, void *out)
{
    const struct add_in *wish = in;
    struct tags **all = find_all(call, &wish->arns);

    (void)out;
    if (all == NULL)
        return -1;
    for (uint32_t i = 0; i < wish->arns.count; i++) {
        if (elbv2_tags_check(call, all[i], &wish->tags) != 0)
            return -1;
    }
    for (uint32_t i = 0; i < wish->arns.count; i++)
        for (uint32_t k = 0; k < wish->tags.count; k++)
            tags_set(all[i], wish->tags.items[k].key, wish->tags.items[k].value);
    return 0;
}

const struct op op_elbv2_add_tags = {
    .name = "AddTags",
    .doc = "Hangs tags on load balancers, target groups, listeners or rules.",
    .example = "aws elbv2 add-tags --resource-arns $LB --tags Key=team,Value=web",
    .needs = NEEDS_BALANCER,
    .in = &add_in_shape,
    .out = &shape_empty,
    .faults = add_faults,
    .flags = OP_WRITE,
    .run = add_tags,
};

struct remove_in {
    struct strings arns;
    struct strings keys;
};

static const struct field remove_in_fields[] = {
    F_STRINGS(struct remove_in, arns, "ResourceArns", "What they hang on.", .flags = FIELD_REQUIRED,
              .ref = &kind_balancer),
    F_STRINGS(struct remove_in, keys, "TagKeys", "The keys of the tags.", .flags = FIELD_REQUIRED,
              .item_min = 1),
};
static const struct shape remove_in_shape =
    SHAPE("RemoveTagsInput", struct remove_in, remove_in_fields);

static int remove_tags(struct call *call, const void *in, void *out)
{
    const struct remove_in *wish = in;
    struct tags **all = find_all(call, &wish->arns);

    (void)out;
    if (all == NULL)
        return -1;
    for (uint32_t i = 0; i < wish->arns.count; i++)
        for (uint32_t k = 0; k < wish->keys.count; k++)
            tags_remove(all[i], wish->keys.items[k], NULL);
    return 0;
}

const struct op op_elbv2_remove_tags = {
    .name = "RemoveTags",
    .doc = "Takes tags off load balancers, target groups, listeners or rules.",
    .example = "aws elbv2 remove-tags --resource-arns $LB --tag-keys team",
    .needs = NEEDS_BALANCER,
    .in = &remove_in_shape,
    .out = &shape_empty,
    .faults = find_faults,
    .flags = OP_WRITE,
    .run = remove_tags,
};

/* ---- describe ---- */

struct describe_in {
    struct strings arns;
};

struct tags_view {
    const char *arn;
    struct tag_views tags;
};

struct describe_out {
    LIST(struct tags_view) descriptions;
};

static const struct field describe_in_fields[] = {
    F_STRINGS(struct describe_in, arns, "ResourceArns", "What they hang on; 20 at most.",
              .flags = FIELD_REQUIRED, .ref = &kind_balancer),
};
static const struct shape describe_in_shape =
    SHAPE("DescribeTagsInput", struct describe_in, describe_in_fields);

static const struct field tags_view_fields[] = {
    F_STRING(struct tags_view, arn, "ResourceArn", "What they hang on."),
    F_LIST(struct tags_view, tags, struct tag_view, &elbv2_tag_shape, "Tags", "Its tags."),
};
static const struct shape tags_view_shape =
    SHAPE("TagDescription", struct tags_view, tags_view_fields);

static const struct field describe_out_fields[] = {
    F_LIST(struct describe_out, descriptions, struct tags_view, &tags_view_shape,
           "TagDescriptions", "The tags of each."),
};
static const struct shape describe_out_shape =
    SHAPE("DescribeTagsOutput", struct describe_out, describe_out_fields);

static int describe_tags(struct call *call, const void *in, void *out)
{
    const struct describe_in *wish = in;
    struct tags **all = find_all(call, &wish->arns);
    struct describe_out *answer = out;

    if (all == NULL)
        return -1;
    for (uint32_t i = 0; i < wish->arns.count; i++) {
        struct tags_view *view = LIST_PUSH_IN(&call->arena, &answer->descriptions);

        view->arn = wish->arns.items[i];
        tag_views_fill(call, &view->tags, all[i]);
    }
    return 0;
}

const struct op op_elbv2_describe_tags = {
    .name = "DescribeTags",
    .doc = "Shows the tags of load balancers, target groups, listeners or rules.",
    .example = "aws elbv2 describe-tags --resource-arns $LB",
    .needs = NEEDS_BALANCER,
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = find_faults,
    .run = describe_tags,
};
