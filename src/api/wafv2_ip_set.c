/*
 * api/wafv2_ip_set.c - wafv2: IP sets, lists of address ranges to which rules refer.
 */
#include "api/wafv2_parts.h"

#include <string.h>

#include "base/str.h"
#include "cloud/network.h"

static const char *const version_words[] = {"IPV4", "IPV6", NULL};

/* ---- parts ---- */

static bool is_ours(const struct call *call, const struct ip_set *set)
{
    return set->account == call->account && set->region == call->region;
}

static struct ip_set *find_name(const struct call *call, const char *name)
{
    const struct web_acls *acls = &call->world->acls;

    for (uint32_t i = 0; i < table_count(&acls->ip_sets); i++) {
        struct ip_set *set = table_at(&acls->ip_sets, i);

        if (is_ours(call, set) && str_equal(set->name, name))
            return set;
    }
    return NULL;
}

static struct ip_set *find_set(struct call *call, const char *name, const char *id)
{
    struct ip_set *set = find_name(call, name);

    if (set != NULL && str_equal(web_uuid(&call->world->acls, &call->arena, set->id), id))
        return set;
    call_fault(call, &fault_waf_missing);
    return NULL;
}

static void fill_summary(struct call *call, const struct ip_set *set, struct waf_summary *view)
{
    const struct web_acls *acls = &call->world->acls;

    *view = (struct waf_summary){
        .name = arena_strdup(&call->arena, set->name),
        .id = web_uuid(acls, &call->arena, set->id),
        .description = set->description == NULL ? ""
                                                : arena_strdup(&call->arena, set->description),
        .lock = web_uuid(acls, &call->arena, set->version),
        .arn = ip_set_arn(acls, &call->arena, set),
    };
}

/* "203.0.113.0/24" each, as AWS wants them. */
static int read_ranges(struct call *call, const struct strings *texts, struct ip_set_wish *wish)
{
    struct web_range *ranges = arena_alloc(&call->arena, (texts->count + 1) * sizeof(*ranges));

    for (uint32_t i = 0; i < texts->count; i++) {
        const char *text = texts->items[i];

        if (strchr(text, '/') == NULL || !cidr_parse(text, &ranges[i].base, &ranges[i].bits) ||
            ranges[i].bits == 0)
            return waf_refuse(call, WAF_FORM, "IP_ADDRESS", text);
        ranges[i].text = arena_strdup(&call->arena, text);
    }
    wish->ranges = ranges;
    wish->range_count = texts->count;
    return 0;
}

/* ---- create, update ---- */

struct set_in {
    const char *name;
    const char *scope;
    const char *id;
    const char *description;
    const char *version;
    struct strings addresses;
    const char *lock;
};

struct set_out {
    struct waf_summary summary;
};

#define F_ADDRESSES(T) \
    F_STRINGS(T, addresses, "Addresses", "Ranges of IPv4 addresses, as 203.0.113.0/24.", \
              .flags = FIELD_REQUIRED)

static const struct field create_in_fields[] = {
    F_WAF_NAME(struct set_in, name),
    F_WAF_SCOPE(struct set_in, scope),
    F_STRING(struct set_in, description, "Description", "What it is for.", .min = 1, .max = 256),
    F_STRING(struct set_in, version, "IPAddressVersion", "IPV4; IPV6 is not modelled.",
             .flags = FIELD_REQUIRED, .words = version_words),
    F_ADDRESSES(struct set_in),
};
static const struct field update_in_fields[] = {
    F_WAF_NAME(struct set_in, name),
    F_WAF_SCOPE(struct set_in, scope),
    F_WAF_ID(struct set_in, id),
    F_STRING(struct set_in, description, "Description", "What it is for.", .min = 1, .max = 256),
    F_ADDRESSES(struct set_in),
    F_WAF_LOCK(struct set_in, lock),
};
static const struct shape summary_shape =
    SHAPE("IPSetSummary", struct waf_summary, waf_summary_fields);
static const struct field create_out_fields[] = {
    F_EMBED(struct set_out, summary, struct waf_summary, &summary_shape, "Summary",
            "What there is now."),
};
static const struct shape create_in_shape =
    SHAPE("CreateIPSetRequest", struct set_in, create_in_fields);
static const struct shape create_out_shape =
    SHAPE("CreateIPSetResponse", struct set_out, create_out_fields);
static const struct shape update_in_shape =
    SHAPE("UpdateIPSetRequest", struct set_in, update_in_fields);
static const struct shape update_out_shape =
    SHAPE("UpdateIPSetResponse", struct waf_next, waf_next_fields);

static const struct fault_kind *const create_faults[] = {
    &fault_waf_parameter, &fault_waf_duplicate, &fault_waf_not_modelled, &fault_waf_name, NULL,
};
static const struct fault_kind *const update_faults[] = {
    &fault_waf_parameter, &fault_waf_missing, &fault_waf_lock, &fault_waf_not_modelled, NULL,
};

static int create_ip_set(struct call *call, const void *in, void *out)
{
    const struct set_in *given = in;
    struct set_out *answer = out;
    struct ip_set_wish wish = {
        .account = call->account,
        .name = given->name,
        .description = given->description,
        .region = call->region,
    };

    if (waf_scope_check(call, given->scope) != 0 || waf_name_check(call, given->name) != 0)
        return -1;
    if (!str_equal(given->version, "IPV4"))
        return call_fault(call, &fault_waf_not_modelled, "An IP set of version IPV6");
    if (read_ranges(call, &given->addresses, &wish) != 0)
        return -1;
    if (find_name(call, given->name) != NULL)
        return call_fault(call, &fault_waf_duplicate);
    fill_summary(call, ip_set_add(&call->world->acls, &wish), &answer->summary);
    return 0;
}

const struct op op_create_ip_set = {
    .name = "CreateIPSet",
    .doc = "Makes a list of address ranges to which rules of web ACLs can refer.",
    .example = "aws wafv2 create-ip-set --name list --scope REGIONAL --ip-address-version IPV4 "
               "--addresses 203.0.113.0/24",
    .in = &create_in_shape,
    .out = &create_out_shape,
    .faults = create_faults,
    .flags = OP_WRITE,
    .run = create_ip_set,
};

static int update_ip_set(struct call *call, const void *in, void *out)
{
    const struct set_in *given = in;
    struct waf_next *answer = out;
    struct ip_set_wish wish = {.description = given->description};
    struct ip_set *set;

    if (waf_scope_check(call, given->scope) != 0)
        return -1;
    set = find_set(call, given->name, given->id);
    if (set == NULL || waf_lock_check(call, given->lock, set->version) != 0 ||
        read_ranges(call, &given->addresses, &wish) != 0)
        return -1;
    ip_set_change(&call->world->acls, set, &wish);
    answer->lock = web_uuid(&call->world->acls, &call->arena, set->version);
    return 0;
}

const struct op op_update_ip_set = {
    .name = "UpdateIPSet",
    .doc = "Puts other ranges in the place of all that an IP set had.",
    .example = "aws wafv2 update-ip-set --name list --scope REGIONAL --id $SET --lock-token "
               "$SETLOCK --addresses 198.51.100.7/32",
    .needs = NEEDS_IP_SET,
    .in = &update_in_shape,
    .out = &update_out_shape,
    .faults = update_faults,
    .flags = OP_WRITE,
    .run = update_ip_set,
};

/* ---- get ---- */

struct set_view {
    const char *name;
    const char *id;
    const char *arn;
    const char *description;
    const char *version;
    struct strings addresses;
};

struct get_out {
    struct set_view set;
    const char *lock;
};

static const struct field get_in_fields[] = {
    F_WAF_NAME(struct set_in, name),
    F_WAF_SCOPE(struct set_in, scope),
    F_WAF_ID(struct set_in, id),
};
static const struct field set_fields[] = {
    F_STRING(struct set_view, name, "Name", "Its name."),
    F_STRING(struct set_view, id, "Id", "Its identifier."),
    F_STRING(struct set_view, arn, "ARN", "Its ARN, for rules."),
    F_STRING(struct set_view, description, "Description", "What it is for."),
    F_STRING(struct set_view, version, "IPAddressVersion", "Always IPV4.", .words = version_words),
    F_STRINGS(struct set_view, addresses, "Addresses", "Its ranges."),
};
static const struct shape set_shape = SHAPE("IPSet", struct set_view, set_fields);
static const struct field get_out_fields[] = {
    F_EMBED(struct get_out, set, struct set_view, &set_shape, "IPSet", "The IP set."),
    F_STRING(struct get_out, lock, "LockToken", "What update and delete take."),
};
static const struct shape get_in_shape = SHAPE("GetIPSetRequest", struct set_in, get_in_fields);
static const struct shape get_out_shape =
    SHAPE("GetIPSetResponse", struct get_out, get_out_fields);

static const struct fault_kind *const get_faults[] = {&fault_waf_missing, &fault_waf_not_modelled,
                                                      NULL};

static int get_ip_set(struct call *call, const void *in, void *out)
{
    const struct set_in *wish = in;
    struct get_out *answer = out;
    struct waf_summary summary;
    const struct ip_set *set;

    if (waf_scope_check(call, wish->scope) != 0)
        return -1;
    set = find_set(call, wish->name, wish->id);
    if (set == NULL)
        return -1;
    fill_summary(call, set, &summary);
    answer->set = (struct set_view){
        .name = summary.name,
        .id = summary.id,
        .arn = summary.arn,
        .description = summary.description,
        .version = "IPV4",
    };
    for (uint32_t i = 0; i < set->ranges.count; i++)
        *LIST_PUSH_IN(&call->arena, &answer->set.addresses) =
            arena_strdup(&call->arena, set->ranges.items[i].text);
    answer->lock = summary.lock;
    return 0;
}

const struct op op_get_ip_set = {
    .name = "GetIPSet",
    .doc = "Shows an IP set: its ranges, and the token of its state.",
    .example = "aws wafv2 get-ip-set --name list --scope REGIONAL --id $SET",
    .needs = NEEDS_IP_SET,
    .in = &get_in_shape,
    .out = &get_out_shape,
    .faults = get_faults,
    .run = get_ip_set,
};

/* ---- list ---- */

struct list_out {
    const char *next;
    LIST(struct waf_summary) found;
};

static const struct field list_out_fields[] = {
    F_STRING(struct list_out, next, "NextMarker", "Give it to go on; absent when nothing is left."),
    F_LIST(struct list_out, found, struct waf_summary, &summary_shape, "IPSets", "The IP sets."),
};
static const struct shape list_in_shape =
    SHAPE("ListIPSetsRequest", struct waf_list_in, waf_list_in_fields);
static const struct shape list_out_shape =
    SHAPE("ListIPSetsResponse", struct list_out, list_out_fields);

static const struct fault_kind *const list_faults[] = {&fault_waf_not_modelled, NULL};

static int list_ip_sets(struct call *call, const void *in, void *out)
{
    const struct waf_list_in *wish = in;
    const struct table *sets = &call->world->acls.ip_sets;
    struct list_out *answer = out;
    struct page page;

    if (waf_scope_check(call, wish->scope) != 0)
        return -1;
    for (uint32_t i = 0; i < table_count(sets); i++)
        if (is_ours(call, table_at(sets, i)))
            fill_summary(call, table_at(sets, i), LIST_PUSH_IN(&call->arena, &answer->found));
    if (page_find(call, wish->limit, wish->marker, answer->found.count, &page) != 0)
        return -1;
    PAGE_CUT(&answer->found, page);
    answer->next = page.next;
    return 0;
}

const struct op op_list_ip_sets = {
    .name = "ListIPSets",
    .doc = "Lists IP sets: name, id, ARN and the token of their state.",
    .example = "aws wafv2 list-ip-sets --scope REGIONAL",
    .in = &list_in_shape,
    .out = &list_out_shape,
    .faults = list_faults,
    .run = list_ip_sets,
};

/* ---- delete ---- */

static const struct field delete_in_fields[] = {
    F_WAF_NAME(struct set_in, name),
    F_WAF_SCOPE(struct set_in, scope),
    F_WAF_ID(struct set_in, id),
    F_WAF_LOCK(struct set_in, lock),
};
static const struct shape delete_in_shape =
    SHAPE("DeleteIPSetRequest", struct set_in, delete_in_fields);

static const struct fault_kind *const delete_faults[] = {
    &fault_waf_missing, &fault_waf_lock, &fault_waf_associated, &fault_waf_not_modelled, NULL};

static int delete_ip_set(struct call *call, const void *in, void *out)
{
    const struct set_in *wish = in;
    struct ip_set *set;

    (void)out;
    if (waf_scope_check(call, wish->scope) != 0)
        return -1;
    set = find_set(call, wish->name, wish->id);
    if (set == NULL || waf_lock_check(call, wish->lock, set->version) != 0)
        return -1;
    if (ip_set_user(&call->world->acls, set) != NULL)
        return call_fault(call, &fault_waf_associated);
    ip_set_remove(&call->world->acls, set);
    return 0;
}

const struct op op_delete_ip_set = {
    .name = "DeleteIPSet",
    .doc = "Deletes an IP set to which no rule refers.",
    .example =
        "aws wafv2 delete-ip-set --name list --scope REGIONAL --id $SET --lock-token $SETLOCK",
    .needs = NEEDS_IP_SET,
    .in = &delete_in_shape,
    .out = &shape_empty,
    .faults = delete_faults,
    .flags = OP_WRITE,
    .run = delete_ip_set,
};
