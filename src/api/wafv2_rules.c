/*
 * api/wafv2_rules.c - wafv2: rules and their statements, as they are written and as they are kept.
 *
 * A statement holds statements; what is kept is flat (cloud/web_acl.h).  A search string is bytes:
 * the AWS CLI takes and shows them in base64.
 */
#include "api/wafv2_parts.h"

#include <string.h>

#include <nettle/base64.h>

#include "base/str.h"

enum { NESTED_MAX = 20, TEXT_MAX = 200 };

struct transform_view {
    int64_t priority;
    const char *type;
};

struct single_view {
    const char *name;
};

struct field_view {
    struct single_view *header;
    struct none_view *uri;
    struct none_view *query;
    struct none_view *method;
};

struct bytes_view {
    struct blob text; /* in base64 */
    struct field_view *field;
    LIST(struct transform_view) transforms;
    const char *constraint;
};

struct set_view {
    const char *arn;
};

struct rate_view {
    int64_t limit;
    struct opt_int window;
    const char *key;
    struct statement_view *scope;
};

struct parts_view {
    LIST(struct statement_view) parts;
};

struct not_view {
    struct statement_view *part;
};

struct statement_view {
    struct bytes_view *bytes;
    struct set_view *set;
    struct rate_view *rate;
    struct parts_view *all;
    struct parts_view *any;
    struct not_view *none;
};

static const struct shape statement_shape;

static const char *const key_words[] = {"IP", "FORWARDED_IP", "CUSTOM_KEYS", "CONSTANT", NULL};

static const char *const change_words[] = {
    "NONE", "COMPRESS_WHITE_SPACE", "HTML_ENTITY_DECODE", "LOWERCASE", "CMD_LINE", "URL_DECODE",
    "BASE64_DECODE", "HEX_DECODE", "MD5", "REPLACE_COMMENTS", "ESCAPE_SEQ_DECODE",
    "SQL_HEX_DECODE", "CSS_DECODE", "JS_DECODE", "NORMALIZE_PATH", "NORMALIZE_PATH_WIN",
    "REMOVE_NULLS", "REPLACE_NULLS", "BASE64_DECODE_EXT", "URL_DECODE_UNI", "UTF8_TO_UNICODE",
    "REMOVE_WHITESPACE", "TRIM", "TRIM_LEFT", "TRIM_RIGHT", "REMOVE_COMMENTS_CHAR", "UPPERCASE",
    "CMD_LINE_WIN", "CMD_LINE_UNIX", "JS_DECODE_EXT", "SHA256", NULL,
};

/* ---- what is written becomes what is kept ---- */

struct reading {
    struct call *call;
    LIST(struct web_node) nodes; /* in the arena */
};

static int read_statement(struct reading *reading, const struct statement_view *view, int depth);

static uint8_t word_number(const char *const *words, const char *word)
{
    for (uint8_t i = 0; words[i] != NULL; i++)
        if (strcmp(words[i], word) == 0)
            return (uint8_t)(i + 1);
    return 0;
}

/* The bytes of a search string. */
static int read_text(struct call *call, const struct blob *given, struct blob *text)
{
    struct base64_decode_ctx context;
    size_t size = BASE64_DECODE_LENGTH(given->size) + 1;
    uint8_t *bytes = arena_alloc(&call->arena, size);

    base64_decode_init(&context);
    if (!base64_decode_update(&context, &size, bytes, given->size, given->bytes) ||
        !base64_decode_final(&context) || size == 0 || size > TEXT_MAX)
        return waf_refuse(call, WAF_FORM, "BYTE_MATCH_STATEMENT", "SearchString");
    *text = (struct blob){.bytes = (char *)bytes, .size = size};
    return 0;
}

static int read_field(struct call *call, const struct field_view *view, struct web_node *node)
{
    int given = (view->header != NULL) + (view->uri != NULL) + (view->query != NULL) +
                (view->method != NULL);

    if (given != 1)
        return waf_refuse(call, WAF_ONE_VALUE, "FIELD_TO_MATCH", "FieldToMatch");
    node->field = view->header != NULL  ? WEB_HEADER
                  : view->uri != NULL   ? WEB_URI_PATH
                  : view->query != NULL ? WEB_QUERY_STRING
                                        : WEB_METHOD;
    if (view->header != NULL)
        node->header = arena_strdup(&call->arena, view->header->name);
    return 0;
}

static int read_bytes(struct call *call, const struct bytes_view *view, struct web_node *node)
{
    node->kind = WEB_BYTE_MATCH;
    node->constraint = word_number(web_constraint_words, view->constraint);
    if (read_text(call, &view->text, &node->text) != 0 ||
        read_field(call, view->field, node) != 0)
        return -1;
    for (uint32_t i = 0; i < view->transforms.count; i++) {
        const struct transform_view *given = &view->transforms.items[i];
        uint8_t change = word_number(web_change_words, given->type);

        if (change == 0)
            return call_fault(call, &fault_waf_not_modelled,
                              arena_printf(&call->arena, "The text transformation %s",
                                           given->type));
        *LIST_PUSH_IN(&call->arena, &node->transforms) = (struct web_transform){
            .priority = given->priority,
            .change = change,
        };
    }
    return 0;
}

static int read_set(struct call *call, const struct set_view *view, struct web_node *node)
{
    const struct web_acls *acls = &call->world->acls;

    node->kind = WEB_IP_SET;
    for (uint32_t i = 0; i < table_count(&acls->ip_sets); i++) {
        const struct ip_set *set = table_at(&acls->ip_sets, i);

        if (set->account == call->account && set->region == call->region &&
            str_equal(ip_set_arn(acls, &call->arena, set), view->arn))
            node->ip_set = set->id;
    }
    return node->ip_set != 0 ? 0
                             : waf_refuse(call, WAF_REFERENCE, "IP_SET_REFERENCE_STATEMENT",
                                          view->arn);
}

static int read_rate(struct reading *reading, const struct rate_view *view, int depth)
{
    struct call *call = reading->call;
    int64_t window = view->window.set ? view->window.value : 300;
    struct web_node *node = &reading->nodes.items[reading->nodes.count - 1];

    if (depth > 0)
        return waf_refuse(call, WAF_REFERENCE, "RATE_BASED_STATEMENT", "RateBasedStatement");
    if (!str_equal(view->key, "IP"))
        return call_fault(call, &fault_waf_not_modelled,
                          arena_printf(&call->arena, "AggregateKeyType %s", view->key));
    if (window != 60 && window != 120 && window != 300 && window != 600)
        return waf_refuse(call, WAF_FORM, "RATE_BASED_STATEMENT",
                          arena_printf(&call->arena, "%lld", (long long)window));
    node->kind = WEB_RATE;
    node->limit = view->limit;
    node->window_s = window;
    return view->scope == NULL ? 0 : read_statement(reading, view->scope, depth + 1);
}

static int read_parts(struct reading *reading, const struct parts_view *view, int depth,
                      const char *field)
{
    if (view->parts.count < 2)
        return waf_refuse(reading->call, WAF_FORM, field, "Statements");
    for (uint32_t i = 0; i < view->parts.count; i++)
        if (read_statement(reading, &view->parts.items[i], depth + 1) != 0)
            return -1;
    return 0;
}

static int read_inside(struct reading *reading, const struct statement_view *view, int depth)
{
    struct web_node *node = &reading->nodes.items[reading->nodes.count - 1];

    if (view->bytes != NULL)
        return read_bytes(reading->call, view->bytes, node);
    if (view->set != NULL)
        return read_set(reading->call, view->set, node);
    if (view->rate != NULL)
        return read_rate(reading, view->rate, depth);
    if (view->none != NULL) {
        node->kind = WEB_NOT;
        return read_statement(reading, view->none->part, depth + 1);
    }
    node->kind = view->all != NULL ? WEB_AND : WEB_OR;
    return view->all != NULL ? read_parts(reading, view->all, depth, "AND_STATEMENT")
                             : read_parts(reading, view->any, depth, "OR_STATEMENT");
}

static int read_statement(struct reading *reading, const struct statement_view *view, int depth)
{
    uint32_t at = reading->nodes.count;
    int given = (view->bytes != NULL) + (view->set != NULL) + (view->rate != NULL) +
                (view->all != NULL) + (view->any != NULL) + (view->none != NULL);

    if (given != 1)
        return waf_refuse(reading->call, WAF_ONE_VALUE, "STATEMENT", "Statement");
    if (depth > NESTED_MAX || at >= WEB_NODES_MAX)
        return call_fault(reading->call, &fault_waf_limit);
    LIST_PUSH_IN(&reading->call->arena, &reading->nodes);
    if (read_inside(reading, view, depth) != 0)
        return -1;
    reading->nodes.items[at].size = reading->nodes.count - at;
    return 0;
}

static int read_rule(struct call *call, const struct rule_view *view, struct web_rule *rule)
{
    struct reading reading = {.call = call};
    const struct action_view none = {0};
    const struct action_view *action = view->action == NULL ? &none : view->action;

    if (waf_name_check(call, view->name) != 0 ||
        read_statement(&reading, view->statement, 0) != 0)
        return -1;
    if ((action->block != NULL) + (action->allow != NULL) + (action->count != NULL) != 1)
        return waf_refuse(call, WAF_ONE_VALUE, "RULE_ACTION", "RuleAction");
    /* A client that sends too much is not let in for it. */
    if (action->allow != NULL && reading.nodes.items[0].kind == WEB_RATE)
        return waf_refuse(call, WAF_FORM, "RULE_ACTION", "Allow");
    *rule = (struct web_rule){
        .name = arena_strdup(&call->arena, view->name),
        .priority = view->priority,
        .action = action->block != NULL   ? WEB_BLOCK
                  : action->allow != NULL ? WEB_ALLOW
                                          : WEB_COUNT,
        .sight = {.metric = arena_strdup(&call->arena, view->visibility->metric),
                  .metered = view->visibility->metered,
                  .sampled = view->visibility->sampled},
    };
    rule->nodes.items = reading.nodes.items;
    rule->nodes.count = rule->nodes.size = reading.nodes.count;
    return 0;
}

int waf_read_rules(struct call *call, const struct rule_views *views, struct waf_rules *rules)
{
    int64_t capacity = 0;

    for (uint32_t i = 0; i < views->count; i++) {
        struct web_rule *rule = LIST_PUSH_IN(&call->arena, &rules->items);

        if (read_rule(call, &views->items[i], rule) != 0)
            return -1;
        for (uint32_t k = 0; k < i; k++)
            if (rules->items.items[k].priority == rule->priority ||
                str_equal(rules->items.items[k].name, rule->name))
                return call_fault(call, &fault_waf_duplicate);
        capacity += web_rule_capacity(rule);
    }
    return capacity <= WEB_CAPACITY_MAX ? 0 : call_fault(call, &fault_waf_limit);
}

uint8_t waf_read_default(struct call *call, const struct action_view *view)
{
    if ((view->block != NULL) + (view->allow != NULL) == 1)
        return view->block != NULL ? WEB_BLOCK : WEB_ALLOW;
    waf_refuse(call, WAF_ONE_VALUE, "DEFAULT_ACTION", "DefaultAction");
    return 0;
}

/* ---- and back ---- */

static void *made(struct call *call, size_t size)
{
    return arena_alloc(&call->arena, size);
}

static struct none_view *nothing(struct call *call)
{
    return made(call, sizeof(struct none_view));
}

static struct bytes_view *view_bytes(struct call *call, const struct web_node *node)
{
    struct bytes_view *view = made(call, sizeof(*view));
    size_t length = BASE64_ENCODE_RAW_LENGTH(node->text.size);
    char *text = made(call, length + 1);

    base64_encode_raw(text, node->text.size, (const uint8_t *)node->text.bytes);
    view->text = (struct blob){.bytes = text, .size = length};
    view->constraint = web_constraint_words[node->constraint - 1];
    view->field = made(call, sizeof(*view->field));
    if (node->field == WEB_HEADER) {
        view->field->header = made(call, sizeof(*view->field->header));
        view->field->header->name = arena_strdup(&call->arena, node->header);
    } else {
        *(node->field == WEB_URI_PATH       ? &view->field->uri
          : node->field == WEB_QUERY_STRING ? &view->field->query
                                            : &view->field->method) = nothing(call);
    }
    for (uint32_t i = 0; i < node->transforms.count; i++)
        *LIST_PUSH_IN(&call->arena, &view->transforms) = (struct transform_view){
            .priority = node->transforms.items[i].priority,
            .type = web_change_words[node->transforms.items[i].change - 1],
        };
    return view;
}

static void view_statement(struct call *call, const struct web_node *node,
                           struct statement_view *view);

static struct statement_view *view_below(struct call *call, const struct web_node *node)
{
    struct statement_view *view = made(call, sizeof(*view));

    view_statement(call, node + 1, view);
    return view;
}

static struct parts_view *view_parts(struct call *call, const struct web_node *node)
{
    struct parts_view *view = made(call, sizeof(*view));

    for (uint32_t at = 1; at < node->size; at += node[at].size)
        view_statement(call, &node[at], LIST_PUSH_IN(&call->arena, &view->parts));
    return view;
}

static struct rate_view *view_rate(struct call *call, const struct web_node *node)
{
    struct rate_view *view = made(call, sizeof(*view));

    view->limit = node->limit;
    view->window = OPT_INT(node->window_s);
    view->key = "IP";
    view->scope = node->size > 1 ? view_below(call, node) : NULL;
    return view;
}

static void view_statement(struct call *call, const struct web_node *node,
                           struct statement_view *view)
{
    const struct web_acls *acls = &call->world->acls;

    switch (node->kind) {
    case WEB_BYTE_MATCH:
        view->bytes = view_bytes(call, node);
        break;
    case WEB_IP_SET:
        view->set = made(call, sizeof(*view->set));
        view->set->arn = ip_set_arn(acls, &call->arena, table_get(&acls->ip_sets, node->ip_set));
        break;
    case WEB_RATE:
        view->rate = view_rate(call, node);
        break;
    case WEB_AND:
        view->all = view_parts(call, node);
        break;
    case WEB_OR:
        view->any = view_parts(call, node);
        break;
    default:
        view->none = made(call, sizeof(*view->none));
        view->none->part = view_below(call, node);
        break;
    }
}

struct visibility_view *waf_view_visibility(struct call *call, const struct web_sight *sight)
{
    struct visibility_view *view = made(call, sizeof(*view));

    view->sampled = sight->sampled;
    view->metered = sight->metered;
    view->metric = arena_strdup(&call->arena, sight->metric);
    return view;
}

void waf_view_rule(struct call *call, const struct web_rule *rule, struct rule_view *view)
{
    *view = (struct rule_view){
        .name = arena_strdup(&call->arena, rule->name),
        .priority = rule->priority,
        .statement = made(call, sizeof(*view->statement)),
        .action = made(call, sizeof(*view->action)),
        .visibility = waf_view_visibility(call, &rule->sight),
    };
    view_statement(call, rule->nodes.items, view->statement);
    *(rule->action == WEB_BLOCK   ? &view->action->block
      : rule->action == WEB_ALLOW ? &view->action->allow
                                  : &view->action->count) = nothing(call);
}

/* ---- shapes ---- */

#define NOTHING(NAME) {.name = (NAME), .size = sizeof(struct none_view)}
static const struct shape uri_shape = NOTHING("UriPath");
static const struct shape query_shape = NOTHING("QueryString");
static const struct shape method_shape = NOTHING("Method");
static const struct shape block_shape = NOTHING("BlockAction");
static const struct shape allow_shape = NOTHING("AllowAction");
static const struct shape count_shape = NOTHING("CountAction");

static const struct field transform_fields[] = {
    F_INT(struct transform_view, priority, "Priority", "Its turn, the lowest first.",
          .flags = FIELD_REQUIRED),
    F_STRING(struct transform_view, type, "Type", "NONE or LOWERCASE; others are not modelled.",
             .flags = FIELD_REQUIRED, .words = change_words),
};
static const struct shape transform_shape =
    SHAPE("TextTransformation", struct transform_view, transform_fields);

static const struct field single_fields[] = {
    F_STRING(struct single_view, name, "Name", "The header; case does not matter.",
             .flags = FIELD_REQUIRED),
};
static const struct shape single_shape =
    SHAPE("SingleHeader", struct single_view, single_fields);

static const struct field field_fields[] = {
    F_STRUCT(struct field_view, header, struct single_view, &single_shape, "SingleHeader",
             "One header."),
    F_STRUCT(struct field_view, uri, struct none_view, &uri_shape, "UriPath",
             "The path, without the query."),
    F_STRUCT(struct field_view, query, struct none_view, &query_shape, "QueryString",
             "What stands behind the question mark."),
    F_STRUCT(struct field_view, method, struct none_view, &method_shape, "Method",
             "GET, POST and so on."),
};
static const struct shape field_shape = SHAPE("FieldToMatch", struct field_view, field_fields);

static const struct field bytes_fields[] = {
    F_BLOB(struct bytes_view, text, "SearchString", "What is looked for, in base64.",
           .flags = FIELD_REQUIRED),
    F_STRUCT(struct bytes_view, field, struct field_view, &field_shape, "FieldToMatch",
             "Where it is looked for.", .flags = FIELD_REQUIRED),
    F_LIST(struct bytes_view, transforms, struct transform_view, &transform_shape,
           "TextTransformations", "What is done to the request's text before.",
           .flags = FIELD_REQUIRED, .min = 1),
    F_STRING(struct bytes_view, constraint, "PositionalConstraint", "How it must stand there.",
             .flags = FIELD_REQUIRED, .words = web_constraint_words),
};
static const struct shape bytes_shape =
    SHAPE("ByteMatchStatement", struct bytes_view, bytes_fields);

static const struct field set_fields[] = {
    F_STRING(struct set_view, arn, "ARN", "The IP set.", .flags = FIELD_REQUIRED, .min = 20,
             .max = 2048),
};
static const struct shape set_shape =
    SHAPE("IPSetReferenceStatement", struct set_view, set_fields);

static const struct field rate_fields[] = {
    F_INT(struct rate_view, limit, "Limit", "Requests that a client may send in a window.",
          .flags = FIELD_REQUIRED, .min = 10, .max = 2000000000),
    F_OPT_INT(struct rate_view, window, "EvaluationWindowSec",
              "How long a window is: 60, 120, 300 (unless told) or 600 s."),
    F_STRING(struct rate_view, key, "AggregateKeyType",
             "What makes a client: IP, its address; others are not modelled.",
             .flags = FIELD_REQUIRED, .words = key_words),
    F_STRUCT(struct rate_view, scope, struct statement_view, &statement_shape,
             "ScopeDownStatement", "Which requests are counted, and limited; all unless told."),
};
static const struct shape rate_shape = SHAPE("RateBasedStatement", struct rate_view, rate_fields);

static const struct field parts_fields[] = {
    F_LIST(struct parts_view, parts, struct statement_view, &statement_shape, "Statements",
           "At least two.", .flags = FIELD_REQUIRED),
};
static const struct shape and_shape = SHAPE("AndStatement", struct parts_view, parts_fields);
static const struct shape or_shape = SHAPE("OrStatement", struct parts_view, parts_fields);

static const struct field not_fields[] = {
    F_STRUCT(struct not_view, part, struct statement_view, &statement_shape, "Statement",
             "What must not hold.", .flags = FIELD_REQUIRED),
};
static const struct shape not_shape = SHAPE("NotStatement", struct not_view, not_fields);

static const struct field statement_fields[] = {
    F_STRUCT(struct statement_view, bytes, struct bytes_view, &bytes_shape, "ByteMatchStatement",
             "Holds when a part of the request has a text."),
    F_STRUCT(struct statement_view, set, struct set_view, &set_shape, "IPSetReferenceStatement",
             "Holds when the client's address is in an IP set."),
    F_STRUCT(struct statement_view, rate, struct rate_view, &rate_shape, "RateBasedStatement",
             "Holds when the client sends too many requests."),
    F_STRUCT(struct statement_view, all, struct parts_view, &and_shape, "AndStatement",
             "Holds when all of its statements do."),
    F_STRUCT(struct statement_view, any, struct parts_view, &or_shape, "OrStatement",
             "Holds when one of its statements does."),
    F_STRUCT(struct statement_view, none, struct not_view, &not_shape, "NotStatement",
             "Holds when its statement does not."),
};
static const struct shape statement_shape =
    SHAPE("Statement", struct statement_view, statement_fields);

static const struct field visibility_fields[] = {
    F_BOOL(struct visibility_view, sampled, "SampledRequestsEnabled",
           "Whether get-sampled-requests shows some.", .flags = FIELD_REQUIRED),
    F_BOOL(struct visibility_view, metered, "CloudWatchMetricsEnabled",
           "Whether CloudWatch is told.", .flags = FIELD_REQUIRED),
    F_STRING(struct visibility_view, metric, "MetricName", "Its name there.",
             .flags = FIELD_REQUIRED, .min = 1, .max = 255),
};
const struct shape waf_visibility_shape =
    SHAPE("VisibilityConfig", struct visibility_view, visibility_fields);

static const struct field default_action_fields[] = {
    F_STRUCT(struct action_view, block, struct none_view, &block_shape, "Block",
             "Answer 403."),
    F_STRUCT(struct action_view, allow, struct none_view, &allow_shape, "Allow",
             "Let it pass."),
};
const struct shape waf_default_action_shape =
    SHAPE("DefaultAction", struct action_view, default_action_fields);

static const struct field action_fields[] = {
    F_STRUCT(struct action_view, block, struct none_view, &block_shape, "Block",
             "Answer 403."),
    F_STRUCT(struct action_view, allow, struct none_view, &allow_shape, "Allow",
             "Let it pass, whatever other rules say."),
    F_STRUCT(struct action_view, count, struct none_view, &count_shape, "Count",
             "Count it, and ask the next rule."),
};
static const struct shape action_shape = SHAPE("RuleAction", struct action_view, action_fields);

static const struct field rule_fields[] = {
    F_STRING(struct rule_view, name, "Name", "Its name: letters, digits, hyphens, underscores.",
             .flags = FIELD_REQUIRED, .min = 1, .max = 128),
    F_INT(struct rule_view, priority, "Priority", "Its turn, the lowest first.",
          .flags = FIELD_REQUIRED, .min = 0),
    F_STRUCT(struct rule_view, statement, struct statement_view, &statement_shape, "Statement",
             "Which requests it means.", .flags = FIELD_REQUIRED),
    F_STRUCT(struct rule_view, action, struct action_view, &action_shape, "Action",
             "What becomes of them."),
    F_STRUCT(struct rule_view, visibility, struct visibility_view, &waf_visibility_shape,
             "VisibilityConfig", "What is to be seen of it.", .flags = FIELD_REQUIRED),
};
const struct shape waf_rule_shape = SHAPE("Rule", struct rule_view, rule_fields);
