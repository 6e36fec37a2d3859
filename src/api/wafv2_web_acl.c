/*
 * api/wafv2_web_acl.c - wafv2: web ACLs.
 */
#include "api/wafv2_parts.h"

#include "base/str.h"
#include "cloud/balancer.h"

/* ---- what one looks like ---- */

static const struct field web_acl_fields[] = {
    F_STRING(struct web_acl_view, name, "Name", "Its name."),
    F_STRING(struct web_acl_view, id, "Id", "Its identifier."),
    F_STRING(struct web_acl_view, arn, "ARN", "Its ARN."),
    F_STRUCT(struct web_acl_view, action, struct action_view, &waf_default_action_shape,
             "DefaultAction", "What becomes of a request that no rule decides on."),
    F_STRING(struct web_acl_view, description, "Description", "What it is for."),
    F_LIST(struct web_acl_view, rules, struct rule_view, &waf_rule_shape, "Rules",
           "Its rules, by priority."),
    F_STRUCT(struct web_acl_view, visibility, struct visibility_view, &waf_visibility_shape,
             "VisibilityConfig", "What is to be seen of it."),
    F_INT(struct web_acl_view, capacity, "Capacity", "Capacity units that its rules cost."),
    F_BOOL(struct web_acl_view, managed, "ManagedByFirewallManager", "Never here."),
    F_STRING(struct web_acl_view, label_space, "LabelNamespace",
             "What the labels of its rules would begin with."),
    F_BOOL(struct web_acl_view, retrofitted, "RetrofittedByFirewallManager", "Never here."),
};
const struct shape waf_web_acl_shape = SHAPE("WebACL", struct web_acl_view, web_acl_fields);

struct web_acl_view *waf_view_acl(struct call *call, const struct web_acl *acl)
{
    const struct web_acls *acls = &call->world->acls;
    struct arena *arena = &call->arena;
    struct web_acl_view *view = arena_alloc(arena, sizeof(*view));
    struct none_view *nothing = arena_alloc(arena, sizeof(*nothing));

    *view = (struct web_acl_view){
        .name = arena_strdup(arena, acl->name),
        .id = web_uuid(acls, arena, acl->id),
        .arn = web_acl_arn(acls, arena, acl),
        .action = arena_alloc(arena, sizeof(*view->action)),
        .description = acl->description == NULL ? "" : arena_strdup(arena, acl->description),
        .visibility = waf_view_visibility(call, &acl->sight),
        .capacity = web_acl_capacity(acl),
        .label_space = arena_printf(arena, "awswaf:%012llu:webacl:%s:",
                                    (unsigned long long)acl->account, acl->name),
    };
    *(acl->action == WEB_BLOCK ? &view->action->block : &view->action->allow) = nothing;
    for (uint32_t i = 0; i < acl->rules.count; i++)
        waf_view_rule(call, &acl->rules.items[i], LIST_PUSH_IN(arena, &view->rules));
    return view;
}

void waf_summary_fill(struct call *call, const struct web_acl *acl, struct waf_summary *view)
{
    const struct web_acls *acls = &call->world->acls;

    *view = (struct waf_summary){
        .name = arena_strdup(&call->arena, acl->name),
        .id = web_uuid(acls, &call->arena, acl->id),
        .description = acl->description == NULL ? ""
                                                : arena_strdup(&call->arena, acl->description),
        .lock = web_uuid(acls, &call->arena, acl->version),
        .arn = web_acl_arn(acls, &call->arena, acl),
    };
}

/* ---- which is meant ---- */

static bool is_ours(const struct call *call, const struct web_acl *acl)
{
    return acl->account == call->account && acl->region == call->region;
}

struct web_acl *waf_find_arn(struct call *call, const char *arn)
{
    const struct web_acls *acls = &call->world->acls;

    if (!str_starts(arn, "arn:")) {
        waf_refuse(call, WAF_ARN, "RESOURCE_ARN", arn);
        return NULL;
    }
    for (uint32_t i = 0; i < table_count(&acls->acls); i++) {
        struct web_acl *acl = table_at(&acls->acls, i);

        if (is_ours(call, acl) && str_equal(web_acl_arn(acls, &call->arena, acl), arn))
            return acl;
    }
    call_fault(call, &fault_waf_missing);
    return NULL;
}

static struct web_acl *find_name(const struct call *call, const char *name)
{
    const struct web_acls *acls = &call->world->acls;

    for (uint32_t i = 0; i < table_count(&acls->acls); i++) {
        struct web_acl *acl = table_at(&acls->acls, i);

        if (is_ours(call, acl) && str_equal(acl->name, name))
            return acl;
    }
    return NULL;
}

struct web_acl *waf_find_acl(struct call *call, const char *name, const char *id)
{
    struct web_acl *acl = find_name(call, name);

    if (acl != NULL && str_equal(web_uuid(&call->world->acls, &call->arena, acl->id), id))
        return acl;
    call_fault(call, &fault_waf_missing);
    return NULL;
}

/* ---- create, update ---- */

struct update_in {
    const char *name;
    const char *scope;
    const char *id;
    struct action_view *action;
    const char *description;
    struct rule_views rules;
    struct visibility_view *visibility;
    const char *lock;
};

struct create_out {
    struct waf_summary summary;
};

#define F_SAID(T) \
    F_STRUCT(T, action, struct action_view, &waf_default_action_shape, "DefaultAction", \
             "What becomes of a request that no rule decides on: Allow={} or Block={}.", \
             .flags = FIELD_REQUIRED), \
    F_STRING(T, description, "Description", "What it is for.", .min = 1, .max = 256), \
    F_LIST(T, rules, struct rule_view, &waf_rule_shape, "Rules", \
           "Its rules; best in a file, as file://rules.json."), \
    F_STRUCT(T, visibility, struct visibility_view, &waf_visibility_shape, "VisibilityConfig", \
             "What is to be seen of it.", .flags = FIELD_REQUIRED)

static const struct field create_in_fields[] = {
    F_WAF_NAME(struct update_in, name),
    F_WAF_SCOPE(struct update_in, scope),
    F_SAID(struct update_in),
};
static const struct field update_in_fields[] = {
    F_WAF_NAME(struct update_in, name),
    F_WAF_SCOPE(struct update_in, scope),
    F_WAF_ID(struct update_in, id),
    F_SAID(struct update_in),
    F_WAF_LOCK(struct update_in, lock),
};
static const struct shape summary_shape =
    SHAPE("WebACLSummary", struct waf_summary, waf_summary_fields);
static const struct field create_out_fields[] = {
    F_EMBED(struct create_out, summary, struct waf_summary, &summary_shape, "Summary",
            "What there is now."),
};

static const struct shape create_in_shape =
    SHAPE("CreateWebACLRequest", struct update_in, create_in_fields);
static const struct shape create_out_shape =
    SHAPE("CreateWebACLResponse", struct create_out, create_out_fields);
static const struct shape update_in_shape =
    SHAPE("UpdateWebACLRequest", struct update_in, update_in_fields);
static const struct shape update_out_shape =
    SHAPE("UpdateWebACLResponse", struct waf_next, waf_next_fields);

static const struct fault_kind *const create_faults[] = {
    &fault_waf_parameter, &fault_waf_duplicate, &fault_waf_limit, &fault_waf_not_modelled,
    &fault_waf_name,      NULL,
};
static const struct fault_kind *const update_faults[] = {
    &fault_waf_parameter, &fault_waf_missing,      &fault_waf_duplicate, &fault_waf_lock,
    &fault_waf_limit,     &fault_waf_not_modelled, &fault_waf_name,      NULL,
};

/* What both say. */
static int read_wish(struct call *call, const struct update_in *in, struct web_acl_wish *wish)
{
    struct waf_rules rules = {0};

    *wish = (struct web_acl_wish){
        .account = call->account,
        .name = in->name,
        .description = in->description,
        .metric = in->visibility->metric,
        .region = call->region,
        .action = waf_read_default(call, in->action),
        .metered = in->visibility->metered,
        .sampled = in->visibility->sampled,
    };
    if (wish->action == 0 || waf_read_rules(call, &in->rules, &rules) != 0)
        return -1;
    wish->rules = rules.items.items;
    wish->rule_count = rules.items.count;
    return 0;
}

static int create_web_acl(struct call *call, const void *in, void *out)
{
    const struct update_in *given = in;
    struct create_out *answer = out;
    struct web_acl_wish wish;

    if (waf_scope_check(call, given->scope) != 0 || waf_name_check(call, given->name) != 0 ||
        read_wish(call, given, &wish) != 0)
        return -1;
    if (find_name(call, given->name) != NULL)
        return call_fault(call, &fault_waf_duplicate);
    waf_summary_fill(call, web_acl_add(&call->world->acls, &wish), &answer->summary);
    return 0;
}

const struct op op_create_web_acl = {
    .name = "CreateWebACL",
    .doc = "Makes a web ACL; associate-web-acl puts it before a load balancer.",
    .example = "aws wafv2 create-web-acl --name door --scope REGIONAL --default-action Allow={} "
               "--visibility-config "
               "SampledRequestsEnabled=true,CloudWatchMetricsEnabled=true,MetricName=door",
    .in = &create_in_shape,
    .out = &create_out_shape,
    .faults = create_faults,
    .flags = OP_WRITE,
    .run = create_web_acl,
};

static int update_web_acl(struct call *call, const void *in, void *out)
{
    const struct update_in *given = in;
    struct waf_next *answer = out;
    struct web_acl_wish wish;
    struct web_acl *acl;

    if (waf_scope_check(call, given->scope) != 0)
        return -1;
    acl = waf_find_acl(call, given->name, given->id);
    if (acl == NULL || waf_lock_check(call, given->lock, acl->version) != 0 ||
        read_wish(call, given, &wish) != 0)
        return -1;
    web_acl_change(&call->world->acls, acl, &wish);
    answer->lock = web_uuid(&call->world->acls, &call->arena, acl->version);
    return 0;
}

const struct op op_update_web_acl = {
    .name = "UpdateWebACL",
    .doc = "Puts rules, default action and visibility in the place of all that a web ACL had.",
    .example = "aws wafv2 update-web-acl --name door --scope REGIONAL --id $ID --lock-token $LOCK "
               "--default-action Block={} --visibility-config "
               "SampledRequestsEnabled=true,CloudWatchMetricsEnabled=true,MetricName=door",
    .needs = NEEDS_WEB_ACL,
    .in = &update_in_shape,
    .out = &update_out_shape,
    .faults = update_faults,
    .flags = OP_WRITE,
    .run = update_web_acl,
};

/* ---- get ---- */

struct get_in {
    const char *name;
    const char *scope;
    const char *id;
    const char *arn;
};

struct get_out {
    struct web_acl_view *acl;
    const char *lock;
};

static const struct field get_in_fields[] = {
    F_STRING(struct get_in, name, "Name", "Its name; with Scope and Id.", .min = 1, .max = 128),
    F_STRING(struct get_in, scope, "Scope", "REGIONAL.", .words = waf_scope_words),
    F_STRING(struct get_in, id, "Id", "Its identifier.", .min = 1, .max = 36),
    F_STRING(struct get_in, arn, "ARN", "Or its ARN alone.", .min = 20, .max = 2048),
};
static const struct field get_out_fields[] = {
    F_STRUCT(struct get_out, acl, struct web_acl_view, &waf_web_acl_shape, "WebACL",
             "The web ACL."),
    F_STRING(struct get_out, lock, "LockToken", "What update and delete take."),
};
static const struct shape get_in_shape = SHAPE("GetWebACLRequest", struct get_in, get_in_fields);
static const struct shape get_out_shape =
    SHAPE("GetWebACLResponse", struct get_out, get_out_fields);

static const struct fault_kind *const get_faults[] = {&fault_waf_parameter, &fault_waf_missing,
                                                      &fault_waf_not_modelled, NULL};

static int get_web_acl(struct call *call, const void *in, void *out)
{
    const struct get_in *wish = in;
    struct get_out *answer = out;
    const struct web_acl *acl;

    if (wish->arn == NULL && (wish->name == NULL || wish->scope == NULL || wish->id == NULL))
        return waf_refuse(call, WAF_ONE_VALUE, "WEB_ACL", "ARN");
    if (wish->arn == NULL && waf_scope_check(call, wish->scope) != 0)
        return -1;
    acl = wish->arn != NULL ? waf_find_arn(call, wish->arn)
                            : waf_find_acl(call, wish->name, wish->id);
    if (acl == NULL)
        return -1;
    answer->acl = waf_view_acl(call, acl);
    answer->lock = web_uuid(&call->world->acls, &call->arena, acl->version);
    return 0;
}

const struct op op_get_web_acl = {
    .name = "GetWebACL",
    .doc = "Shows a web ACL: its rules, and the token of its state.",
    .example = "aws wafv2 get-web-acl --arn $ACL",
    .needs = NEEDS_WEB_ACL,
    .in = &get_in_shape,
    .out = &get_out_shape,
    .faults = get_faults,
    .run = get_web_acl,
};

/* ---- list ---- */

struct list_out {
    const char *next;
    LIST(struct waf_summary) found;
};

static const struct field list_out_fields[] = {
    F_STRING(struct list_out, next, "NextMarker", "Give it to go on; absent when nothing is left."),
    F_LIST(struct list_out, found, struct waf_summary, &summary_shape, "WebACLs",
           "The web ACLs."),
};
static const struct shape list_in_shape =
    SHAPE("ListWebACLsRequest", struct waf_list_in, waf_list_in_fields);
static const struct shape list_out_shape =
    SHAPE("ListWebACLsResponse", struct list_out, list_out_fields);

static const struct fault_kind *const list_faults[] = {&fault_waf_not_modelled, NULL};

static int list_web_acls(struct call *call, const void *in, void *out)
{
    const struct waf_list_in *wish = in;
    const struct table *acls = &call->world->acls.acls;
    struct list_out *answer = out;
    struct page page;

    if (waf_scope_check(call, wish->scope) != 0)
        return -1;
    for (uint32_t i = 0; i < table_count(acls); i++)
        if (is_ours(call, table_at(acls, i)))
            waf_summary_fill(call, table_at(acls, i), LIST_PUSH_IN(&call->arena, &answer->found));
    if (page_find(call, wish->limit, wish->marker, answer->found.count, &page) != 0)
        return -1;
    PAGE_CUT(&answer->found, page);
    answer->next = page.next;
    return 0;
}

const struct op op_list_web_acls = {
    .name = "ListWebACLs",
    .doc = "Lists web ACLs: name, id, ARN and the token of their state.",
    .example = "aws wafv2 list-web-acls --scope REGIONAL",
    .in = &list_in_shape,
    .out = &list_out_shape,
    .faults = list_faults,
    .run = list_web_acls,
};

/* ---- delete ---- */

struct delete_in {
    const char *name;
    const char *scope;
    const char *id;
    const char *lock;
};

static const struct field delete_in_fields[] = {
    F_WAF_NAME(struct delete_in, name),
    F_WAF_SCOPE(struct delete_in, scope),
    F_WAF_ID(struct delete_in, id),
    F_WAF_LOCK(struct delete_in, lock),
};
static const struct shape delete_in_shape =
    SHAPE("DeleteWebACLRequest", struct delete_in, delete_in_fields);

static const struct fault_kind *const delete_faults[] = {
    &fault_waf_missing, &fault_waf_lock, &fault_waf_associated, &fault_waf_not_modelled, NULL};

static int delete_web_acl(struct call *call, const void *in, void *out)
{
    const struct delete_in *wish = in;
    struct web_acl *acl;

    (void)out;
    if (waf_scope_check(call, wish->scope) != 0)
        return -1;
    acl = waf_find_acl(call, wish->name, wish->id);
    if (acl == NULL || waf_lock_check(call, wish->lock, acl->version) != 0)
        return -1;
    if (balancer_of_web_acl(&call->world->balancers, acl->id, NULL) != NULL)
        return call_fault(call, &fault_waf_associated);
    web_acl_remove(&call->world->acls, acl);
    return 0;
}

const struct op op_delete_web_acl = {
    .name = "DeleteWebACL",
    .doc = "Deletes a web ACL that is associated with nothing.",
    .example = "aws wafv2 delete-web-acl --name door --scope REGIONAL --id $ID --lock-token $LOCK",
    .needs = NEEDS_WEB_ACL,
    .in = &delete_in_shape,
    .out = &shape_empty,
    .faults = delete_faults,
    .flags = OP_WRITE,
    .run = delete_web_acl,
};

/* ---- check-capacity ---- */

struct capacity_in {
    const char *scope;
    struct rule_views rules;
};

struct capacity_out {
    int64_t capacity;
};

static const struct field capacity_in_fields[] = {
    F_WAF_SCOPE(struct capacity_in, scope),
    F_LIST(struct capacity_in, rules, struct rule_view, &waf_rule_shape, "Rules",
           "The rules; best in a file, as file://rules.json.", .flags = FIELD_REQUIRED),
};
static const struct field capacity_out_fields[] = {
    F_INT(struct capacity_out, capacity, "Capacity", "Capacity units that they would cost."),
};
static const struct shape capacity_in_shape =
    SHAPE("CheckCapacityRequest", struct capacity_in, capacity_in_fields);
static const struct shape capacity_out_shape =
    SHAPE("CheckCapacityResponse", struct capacity_out, capacity_out_fields);

static int check_capacity(struct call *call, const void *in, void *out)
{
    const struct capacity_in *wish = in;
    struct capacity_out *answer = out;
    struct waf_rules rules = {0};

    if (waf_scope_check(call, wish->scope) != 0 ||
        waf_read_rules(call, &wish->rules, &rules) != 0)
        return -1;
    for (uint32_t i = 0; i < rules.items.count; i++)
        answer->capacity += web_rule_capacity(&rules.items.items[i]);
    return 0;
}

const struct op op_check_capacity = {
    .name = "CheckCapacity",
    .doc = "Says how many capacity units rules would cost; a web ACL may have 5,000.",
    .example =
        "aws wafv2 check-capacity --scope REGIONAL --rules "
        "'[{\"Name\":\"rate\",\"Priority\":1,\"Statement\":{\"RateBasedStatement\":{\"Limit\":100,"
        "\"AggregateKeyType\":\"IP\"}},\"Action\":{\"Block\":{}},\"VisibilityConfig\":{"
        "\"SampledRequestsEnabled\":true,\"CloudWatchMetricsEnabled\":true,\"MetricName\":"
        "\"rate\"}}]'",
    .in = &capacity_in_shape,
    .out = &capacity_out_shape,
    .faults = create_faults,
    .run = check_capacity,
};
