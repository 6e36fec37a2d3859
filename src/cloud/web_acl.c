/*
 * cloud/web_acl.c - AWS WAF: web ACLs, whose rules filter the requests of a load balancer, and IP
 * sets.
 *
 * Owns    struct web_acl, struct ip_set; struct web_rate for the judge.
 * True to the WAFV2 API reference; capacity units to the developer guide: IP set match 1, string
 *         match 2, or 10 where it looks for what is contained, and 10 for each text transformation
 *         but NONE; a rate-based statement 2 and what its scope costs; logic costs nothing.
 */
#include "cloud/web_acl.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/pack.h"
#include "base/str.h"
#include "cloud/network.h"
#include "cloud/token.h"

const char *const web_action_words[] = {"ALLOW", "BLOCK", "COUNT", NULL};
const char *const web_constraint_words[] = {"EXACTLY",  "STARTS_WITH",   "ENDS_WITH",
                                            "CONTAINS", "CONTAINS_WORD", NULL};
const char *const web_change_words[] = {"NONE", "LOWERCASE", NULL};

static const struct shape web_node_shape;

/* ---- words ---- */

const char *web_uuid(const struct web_acls *acls, struct arena *arena, uint64_t number)
{
    char text[TOKEN_TEXT_SIZE];

    token_invent(acls->seed, number, text);
    return arena_strdup(arena, text);
}

static const char *arn_of(const struct web_acls *acls, struct arena *arena, const char *kind,
                          const struct web_acl *named)
{
    return arena_printf(arena, "arn:aws:wafv2:%s:%012" PRIu64 ":regional/%s/%s/%s",
                        acls->catalog->regions[named->region].name, named->account, kind,
                        named->name, web_uuid(acls, arena, named->id));
}

const char *web_acl_arn(const struct web_acls *acls, struct arena *arena,
                        const struct web_acl *acl)
{
    return arn_of(acls, arena, "webacl", acl);
}

const char *ip_set_arn(const struct web_acls *acls, struct arena *arena,
                       const struct ip_set *set)
{
    const struct web_acl named = {
        .id = set->id,
        .account = set->account,
        .name = set->name,
        .region = set->region,
    };

    return arn_of(acls, arena, "ipset", &named);
}

static void tell(struct web_acls *acls, const struct web_acl *acl, const char *what)
{
    char *text = xasprintf("web ACL %s %s", acl->name, what);

    trail_add(acls->trail, (struct trail_entry){
                               .account = acl->account,
                               .subject = acl->id,
                               .topic = TRAIL_BALANCER,
                               .region = acl->region,
                               .text = text,
                           });
    free(text);
}

/* ---- capacity ---- */

static int64_t node_capacity(const struct web_node *node)
{
    int64_t units;

    if (node->kind == WEB_RATE)
        return 2;
    if (node->kind == WEB_IP_SET)
        return 1;
    if (node->kind != WEB_BYTE_MATCH)
        return 0;
    units = node->constraint == WEB_CONTAINS || node->constraint == WEB_CONTAINS_WORD ? 10 : 2;
    for (uint32_t i = 0; i < node->transforms.count; i++)
        units += node->transforms.items[i].change == WEB_NONE ? 0 : 10;
    return units;
}

int64_t web_rule_capacity(const struct web_rule *rule)
{
    int64_t units = 0;

    for (uint32_t i = 0; i < rule->nodes.count; i++)
        units += node_capacity(&rule->nodes.items[i]);
    return units;
}

int64_t web_acl_capacity(const struct web_acl *acl)
{
    int64_t units = 0;

    for (uint32_t i = 0; i < acl->rules.count; i++)
        units += web_rule_capacity(&acl->rules.items[i]);
    return units;
}

/* ---- web ACLs ---- */

struct web_acl *web_acl_find(const struct web_acls *acls, uint64_t account, uint8_t region,
                             uint64_t id)
{
    struct web_acl *acl = id == 0 ? NULL : table_find(&acls->acls, id);

    return acl != NULL && acl->account == account && acl->region == region ? acl : NULL;
}

const struct web_rule *web_rule_find(const struct web_acls *acls, uint64_t id)
{
    for (uint32_t i = 0; i < table_count(&acls->acls); i++) {
        const struct web_acl *acl = table_at(&acls->acls, i);

        for (uint32_t k = 0; k < acl->rules.count; k++)
            if (acl->rules.items[k].id == id)
                return &acl->rules.items[k];
    }
    return NULL;
}

static struct web_rule *rule_named(struct web_acl *acl, const char *name)
{
    for (uint32_t i = 0; i < acl->rules.count; i++)
        if (str_equal(acl->rules.items[i].name, name))
            return &acl->rules.items[i];
    return NULL;
}

/* The first node of a rule is the only one that counts clients. */
static struct web_node *rate_node(const struct web_rule *rule)
{
    struct web_node *node = rule->nodes.items;

    return rule->nodes.count > 0 && node->kind == WEB_RATE ? node : NULL;
}

static bool is_number_taken(const struct web_acls *acls, uint64_t number)
{
    for (uint32_t i = 0; i < table_count(&acls->acls); i++) {
        const struct web_acl *acl = table_at(&acls->acls, i);

        for (uint32_t k = 0; k < acl->rules.count; k++) {
            const struct web_node *node = rate_node(&acl->rules.items[k]);

            if (node != NULL && node->number == number)
                return true;
        }
    }
    return false;
}

static void nodes_pack(const struct web_rule *rule, struct str *out)
{
    for (uint32_t i = 0; i < rule->nodes.count; i++) {
        struct web_node node = rule->nodes.items[i];

        node.number = 0;
        node.swept = 0;
        pack_object(out, &web_node_shape, &node);
    }
}

/* Do both look for the same? */
static bool same_statement(const struct web_rule *a, const struct web_rule *b)
{
    struct str one = STR_INIT;
    struct str other = STR_INIT;
    bool same;

    nodes_pack(a, &one);
    nodes_pack(b, &other);
    same = one.length == other.length &&
           memcmp(str_text(&one), str_text(&other), one.length) == 0;
    str_release(&one);
    str_release(&other);
    return same;
}

/* A rule that had that name stays itself: what it has met, and whom it counts. */
static void rule_begin(struct web_acls *acls, struct web_acl *before, struct web_rule *rule)
{
    struct web_rule *old = before == NULL ? NULL : rule_named(before, rule->name);
    struct web_node *node = rate_node(rule);
    struct web_node *counted = old == NULL ? NULL : rate_node(old);

    rule->id = old == NULL ? ids_new(acls->ids) : old->id;
    rule->matched = old == NULL ? 0 : old->matched;
    if (old != NULL) {
        rule->sight.samples.items = old->sight.samples.items;
        rule->sight.samples.count = old->sight.samples.count;
        rule->sight.samples.size = old->sight.samples.size;
        old->sight.samples.items = NULL;
        old->sight.samples.count = old->sight.samples.size = 0;
        rule->sight.allowed = old->sight.allowed;
        rule->sight.blocked = old->sight.blocked;
        rule->sight.counted = old->sight.counted;
    }
    if (node == NULL)
        return;
    if (counted != NULL && same_statement(old, rule)) {
        node->number = counted->number;
        node->swept = counted->swept;
        counted->number = 0; /* goes on */
        return;
    }
    do
        node->number = ids_new(acls->ids) & UINT32_MAX;
    while (node->number == 0 || is_number_taken(acls, node->number));
}

static void rules_drop(struct web_acls *acls, struct web_acl *acl)
{
    for (uint32_t i = 0; i < acl->rules.count; i++) {
        const struct web_node *node = rate_node(&acl->rules.items[i]);

        if (node != NULL && node->number != 0)
            web_rate_forget(acls, node);
        shape_release(&web_rule_shape, &acl->rules.items[i]);
    }
    LIST_RELEASE(&acl->rules);
}

static void replace_text(char **at, const char *text)
{
    free(*at);
    *at = text == NULL ? NULL : xstrdup(text);
}

static void acl_fill(struct web_acls *acls, struct web_acl *acl, const struct web_acl_wish *wish)
{
    struct web_acl rules = {0};

    for (uint32_t i = 0; i < wish->rule_count; i++) {
        struct web_rule rule = {0};
        uint32_t at = rules.rules.count;

        shape_copy(&web_rule_shape, &rule, &wish->rules[i]);
        rule_begin(acls, acl, &rule);
        LIST_PUSH(&rules.rules);
        for (; at > 0 && rules.rules.items[at - 1].priority > rule.priority; at--)
            rules.rules.items[at] = rules.rules.items[at - 1];
        rules.rules.items[at] = rule;
    }
    rules_drop(acls, acl);
    acl->rules.items = rules.rules.items;
    acl->rules.count = rules.rules.count;
    acl->rules.size = rules.rules.size;
    acl->action = wish->action;
    acl->sight.metered = acl->all.metered = wish->metered;
    acl->sight.sampled = wish->sampled;
    replace_text(&acl->sight.metric, wish->metric);
    replace_text(&acl->description, wish->description);
    acl->version = ids_new(acls->ids);
}

static void announce(const struct web_acls *acls, const struct web_acl *acl, bool there)
{
    if (acls->changed != NULL)
        acls->changed(acls->changed_context, acl, there);
}

struct web_acl *web_acl_add(struct web_acls *acls, const struct web_acl_wish *wish)
{
    struct web_acl *acl = table_add(&acls->acls, ids_new(acls->ids));

    acl->account = wish->account;
    acl->region = wish->region;
    acl->created = acls->sim->now;
    acl->name = xstrdup(wish->name);
    acl_fill(acls, acl, wish);
    tell(acls, acl, "created");
    announce(acls, acl, true);
    return acl;
}

void web_acl_change(struct web_acls *acls, struct web_acl *acl, const struct web_acl_wish *wish)
{
    acl_fill(acls, acl, wish);
    tell(acls, acl, "changed");
    announce(acls, acl, true);
}

void web_acl_remove(struct web_acls *acls, struct web_acl *acl)
{
    tell(acls, acl, "deleted");
    announce(acls, acl, false);
    rules_drop(acls, acl);
    table_remove(&acls->acls, acl->id);
}

/* ---- IP sets ---- */

static void ranges_drop(struct ip_set *set)
{
    for (uint32_t i = 0; i < set->ranges.count; i++)
        free(set->ranges.items[i].text);
    LIST_RELEASE(&set->ranges);
}

void ip_set_change(struct web_acls *acls, struct ip_set *set, const struct ip_set_wish *wish)
{
    ranges_drop(set);
    for (uint32_t i = 0; i < wish->range_count; i++) {
        struct web_range *range = LIST_PUSH(&set->ranges);

        *range = wish->ranges[i];
        range->text = xstrdup(wish->ranges[i].text);
    }
    replace_text(&set->description, wish->description);
    set->version = ids_new(acls->ids);
}

struct ip_set *ip_set_add(struct web_acls *acls, const struct ip_set_wish *wish)
{
    struct ip_set *set = table_add(&acls->ip_sets, ids_new(acls->ids));

    set->account = wish->account;
    set->region = wish->region;
    set->name = xstrdup(wish->name);
    ip_set_change(acls, set, wish);
    return set;
}

void ip_set_remove(struct web_acls *acls, struct ip_set *set)
{
    table_remove(&acls->ip_sets, set->id);
}

const struct web_acl *ip_set_user(const struct web_acls *acls, const struct ip_set *set)
{
    for (uint32_t i = 0; i < table_count(&acls->acls); i++) {
        const struct web_acl *acl = table_at(&acls->acls, i);

        for (uint32_t k = 0; k < acl->rules.count; k++) {
            const struct web_rule *rule = &acl->rules.items[k];

            for (uint32_t n = 0; n < rule->nodes.count; n++)
                if (rule->nodes.items[n].ip_set == set->id)
                    return acl;
        }
    }
    return NULL;
}

/* ---- the room ---- */

void web_acls_init(struct web_acls *acls)
{
    table_init(&acls->acls, &web_acl_shape);
    table_init(&acls->ip_sets, &ip_set_shape);
    table_init(&acls->rates, &web_rate_shape);
}

void web_acls_release(struct web_acls *acls)
{
    table_release(&acls->acls);
    table_release(&acls->ip_sets);
    table_release(&acls->rates);
}

static bool is_node_sound(const struct web_acls *acls, const struct web_node *node, uint32_t left)
{
    uint32_t below = 1;
    uint32_t parts = 0;

    if (node->size == 0 || node->size > left || node->kind < WEB_BYTE_MATCH ||
        node->kind > WEB_NOT)
        return false;
    switch (node->kind) {
    case WEB_BYTE_MATCH:
        return node->size == 1 && node->field >= WEB_URI_PATH && node->field <= WEB_HEADER &&
               (node->field != WEB_HEADER || node->header != NULL) && node->text.bytes != NULL &&
               node->constraint >= WEB_EXACTLY && node->constraint <= WEB_CONTAINS_WORD;
    case WEB_IP_SET:
        return node->size == 1 && table_find(&acls->ip_sets, node->ip_set) != NULL;
    case WEB_RATE:
        if (node->limit <= 0 || node->window_s < 60 || node->window_s > 600 ||
            node->number == 0 || node->number > UINT32_MAX)
            return false;
        break;
    default:
        break;
    }
    while (below < node->size) {
        const struct web_node *next = node + below;

        if (next->kind == WEB_RATE || !is_node_sound(acls, next, node->size - below))
            return false;
        below += next->size;
        parts++;
    }
    return node->kind == WEB_RATE ? parts <= 1 : node->kind == WEB_NOT ? parts == 1 : parts >= 2;
}

static bool is_acl_sound(const struct web_acls *acls, const struct web_acl *acl)
{
    if (acl->name == NULL || acl->sight.metric == NULL ||
        acl->region >= acls->catalog->region_count ||
        (acl->action != WEB_ALLOW && acl->action != WEB_BLOCK))
        return false;
    for (uint32_t i = 0; i < acl->rules.count; i++) {
        const struct web_rule *rule = &acl->rules.items[i];

        if (rule->name == NULL || rule->sight.metric == NULL || rule->nodes.count == 0 ||
            rule->nodes.count > WEB_NODES_MAX || rule->action < WEB_ALLOW ||
            rule->action > WEB_COUNT || rule->nodes.items[0].size != rule->nodes.count ||
            !is_node_sound(acls, rule->nodes.items, rule->nodes.count))
            return false;
    }
    return true;
}

bool web_acls_restore(const struct web_acls *acls)
{
    for (uint32_t i = 0; i < table_count(&acls->ip_sets); i++) {
        const struct ip_set *set = table_at(&acls->ip_sets, i);

        if (set->name == NULL || set->region >= acls->catalog->region_count)
            return false;
        for (uint32_t k = 0; k < set->ranges.count; k++)
            if (set->ranges.items[k].text == NULL || set->ranges.items[k].bits > 32)
                return false;
    }
    for (uint32_t i = 0; i < table_count(&acls->acls); i++)
        if (!is_acl_sound(acls, table_at(&acls->acls, i)))
            return false;
    for (uint32_t i = 0; i < table_count(&acls->rates); i++) {
        const struct web_rate *rate = table_at(&acls->rates, i);

        if (rate->counts.count == 0 || rate->counts.count % 2 != 0)
            return false;
    }
    return true;
}

/* ---- tables ---- */

static const struct field transform_fields[] = {
    F_INT(struct web_transform, priority, "Priority", "Its turn."),
    F_INT(struct web_transform, change, "Change", "What it does."),
};
static const struct shape transform_shape =
    SHAPE("WebTransform", struct web_transform, transform_fields);

static const struct field node_fields[] = {
    F_INT(struct web_node, kind, "Kind", "What it is."),
    F_INT(struct web_node, field, "Field", "Where it looks."),
    F_INT(struct web_node, constraint, "Constraint", "How it looks."),
    F_INT(struct web_node, size, "Size", "How many nodes it is."),
    F_STRING(struct web_node, header, "Header", "In which header."),
    F_BLOB(struct web_node, text, "Text", "For what."),
    F_LIST(struct web_node, transforms, struct web_transform, &transform_shape, "Transforms",
           "What is done to the request's text before."),
    F_INT(struct web_node, ip_set, "IpSet", "The set of addresses."),
    F_INT(struct web_node, limit, "Limit", "Requests that a client may send in a window."),
    F_INT(struct web_node, window_s, "Window", "How long that is."),
    F_INT(struct web_node, number, "Number", "Under which its clients are counted."),
    F_INT(struct web_node, swept, "Swept", "When clients were forgotten."),
};
static const struct shape web_node_shape = SHAPE("WebNode", struct web_node, node_fields);

static const struct field sample_fields[] = {
    F_TIME(struct web_sample, time, "Time", "When."),
    F_INT(struct web_sample, weight, "Weight", "For how many it stands."),
    F_INT(struct web_sample, address, "Address", "Whose."),
    F_INT(struct web_sample, action, "Action", "What was done."),
    F_STRING(struct web_sample, method, "Method", "Its method."),
    F_STRING(struct web_sample, uri, "Uri", "Its path."),
    F_STRING(struct web_sample, host, "Host", "Its host."),
};
static const struct shape sample_shape = SHAPE("WebSample", struct web_sample, sample_fields);

static const struct field sight_fields[] = {
    F_STRING(struct web_sight, metric, "Metric", "Its name at CloudWatch."),
    F_BOOL(struct web_sight, metered, "Metered", "Whether CloudWatch is told."),
    F_BOOL(struct web_sight, sampled, "Sampled", "Whether requests are kept."),
    F_INT(struct web_sight, allowed, "Allowed", "Requests."),
    F_INT(struct web_sight, blocked, "Blocked", "Requests."),
    F_INT(struct web_sight, counted, "Counted", "Requests."),
    F_LIST(struct web_sight, samples, struct web_sample, &sample_shape, "Samples", "Some."),
};
static const struct shape sight_shape = SHAPE("WebSight", struct web_sight, sight_fields);

static const struct field rule_fields[] = {
    F_INT(struct web_rule, id, "Id", "Its number."),
    F_STRING(struct web_rule, name, "Name", "Its name."),
    F_INT(struct web_rule, priority, "Priority", "Its turn."),
    F_INT(struct web_rule, action, "Action", "What it does."),
    F_LIST(struct web_rule, nodes, struct web_node, &web_node_shape, "Nodes", "Its statement."),
    F_EMBED(struct web_rule, sight, struct web_sight, &sight_shape, "Sight", "What it met."),
    F_INT(struct web_rule, matched, "Matched", "How many it met."),
};
const struct shape web_rule_shape = SHAPE("WebRule", struct web_rule, rule_fields);

static const struct field acl_fields[] = {
    F_INT(struct web_acl, id, "Id", "Its id."),
    F_INT(struct web_acl, account, "Account", "Whose."),
    F_TIME(struct web_acl, created, "Created", "When it was made."),
    F_INT(struct web_acl, version, "Version", "Of its lock token."),
    F_STRING(struct web_acl, name, "Name", "Its name."),
    F_STRING(struct web_acl, description, "Description", "What it is for."),
    F_INT(struct web_acl, region, "Region", "Where."),
    F_INT(struct web_acl, action, "Action", "What is done by default."),
    F_LIST(struct web_acl, rules, struct web_rule, &web_rule_shape, "Rules", "Its rules."),
    F_EMBED(struct web_acl, sight, struct web_sight, &sight_shape, "Sight", "The default's."),
    F_EMBED(struct web_acl, all, struct web_sight, &sight_shape, "All", "Of all."),
};
const struct shape web_acl_shape = SHAPE("WebAcl", struct web_acl, acl_fields);

static const struct field range_fields[] = {
    F_STRING(struct web_range, text, "Text", "As it was given."),
    F_INT(struct web_range, base, "Base", "The first address."),
    F_INT(struct web_range, bits, "Bits", "How many bits count."),
};
static const struct shape range_shape = SHAPE("WebRange", struct web_range, range_fields);

static const struct field ip_set_fields[] = {
    F_INT(struct ip_set, id, "Id", "Its id."),
    F_INT(struct ip_set, account, "Account", "Whose."),
    F_INT(struct ip_set, version, "Version", "Of its lock token."),
    F_STRING(struct ip_set, name, "Name", "Its name."),
    F_STRING(struct ip_set, description, "Description", "What it is for."),
    F_INT(struct ip_set, region, "Region", "Where."),
    F_LIST(struct ip_set, ranges, struct web_range, &range_shape, "Ranges", "What it holds."),
};
const struct shape ip_set_shape = SHAPE("IpSet", struct ip_set, ip_set_fields);

static const struct field rate_fields[] = {
    F_INT(struct web_rate, key, "Key", "The statement's number, and the address."),
    F_INTS(struct web_rate, counts, "Counts", "Spans, and the requests in each."),
};
const struct shape web_rate_shape = SHAPE("WebRate", struct web_rate, rate_fields);
