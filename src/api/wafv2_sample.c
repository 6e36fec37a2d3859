/*
 * api/wafv2_sample.c - wafv2: what rules have met: samples of requests, and clients that send too
 * much.
 *
 * True to the WAFV2 API reference for the window: the last three hours.  How AWS draws samples it
 * does not say; here one request stands for those that the same rule met within a tenth of a
 * second, and the last 100 of each rule are kept.
 */
#include "api/wafv2_parts.h"

#include "base/str.h"
#include "cloud/network.h"
#include "sim/clock.h"

static const int64_t window_max = 3 * HOUR_NS;

/* ---- get-sampled-requests ---- */

struct window_view {
    int64_t start;
    int64_t end;
};

struct sampled_in {
    const char *arn;
    const char *metric;
    const char *scope;
    struct window_view *window;
    int64_t most;
};

struct header_view {
    const char *name;
    const char *value;
};

struct http_view {
    const char *address;
    const char *uri;
    const char *method;
    const char *version;
    LIST(struct header_view) headers;
};

struct sample_view {
    struct http_view request;
    int64_t weight;
    int64_t time;
    const char *action;
    struct opt_int code;
};

struct sampled_out {
    LIST(struct sample_view) samples;
    int64_t population;
    struct window_view window;
};

static const struct field window_fields[] = {
    F_TIME(struct window_view, start, "StartTime", "From when; three hours ago at the earliest.",
           .flags = FIELD_REQUIRED),
    F_TIME(struct window_view, end, "EndTime", "Until when.", .flags = FIELD_REQUIRED),
};
static const struct shape window_shape = SHAPE("TimeWindow", struct window_view, window_fields);

static const struct field sampled_in_fields[] = {
    F_STRING(struct sampled_in, arn, "WebAclArn", "The web ACL.", .flags = FIELD_REQUIRED,
             .min = 20, .max = 2048),
    F_STRING(struct sampled_in, metric, "RuleMetricName",
             "The metric name of a rule, or the web ACL's own: of what its default action met.",
             .flags = FIELD_REQUIRED, .min = 1, .max = 255),
    F_WAF_SCOPE(struct sampled_in, scope),
    F_STRUCT(struct sampled_in, window, struct window_view, &window_shape, "TimeWindow",
             "When they came.", .flags = FIELD_REQUIRED),
    F_INT(struct sampled_in, most, "MaxItems", "The most that one answer gives.",
          .flags = FIELD_REQUIRED, .min = 1, .max = 500),
};
static const struct field header_fields[] = {
    F_STRING(struct header_view, name, "Name", "Its name."),
    F_STRING(struct header_view, value, "Value", "What it says."),
};
static const struct shape header_shape = SHAPE("HTTPHeader", struct header_view, header_fields);

static const struct field http_fields[] = {
    F_STRING(struct http_view, address, "ClientIP", "The client's address."),
    F_STRING(struct http_view, uri, "URI", "What it asked for."),
    F_STRING(struct http_view, method, "Method", "Its method, as GET."),
    F_STRING(struct http_view, version, "HTTPVersion", "HTTP/1.1."),
    F_LIST(struct http_view, headers, struct header_view, &header_shape, "Headers",
           "The Host header."),
};
static const struct shape http_shape = SHAPE("HTTPRequest", struct http_view, http_fields);

static const struct field sample_fields[] = {
    F_EMBED(struct sample_view, request, struct http_view, &http_shape, "Request",
            "The request."),
    F_INT(struct sample_view, weight, "Weight", "For how many it stands."),
    F_TIME(struct sample_view, time, "Timestamp", "When it came."),
    F_STRING(struct sample_view, action, "Action", "What became of it."),
    F_OPT_INT(struct sample_view, code, "ResponseCodeSent", "What AWS WAF answered."),
};
static const struct shape sample_shape =
    SHAPE("SampledHTTPRequest", struct sample_view, sample_fields);

static const struct field sampled_out_fields[] = {
    F_LIST(struct sampled_out, samples, struct sample_view, &sample_shape, "SampledRequests",
           "The samples, oldest first."),
    F_INT(struct sampled_out, population, "PopulationSize", "For how many all of them stand."),
    F_EMBED(struct sampled_out, window, struct window_view, &window_shape, "TimeWindow",
            "What was looked at."),
};
static const struct shape sampled_in_shape =
    SHAPE("GetSampledRequestsRequest", struct sampled_in, sampled_in_fields);
static const struct shape sampled_out_shape =
    SHAPE("GetSampledRequestsResponse", struct sampled_out, sampled_out_fields);

static const struct fault_kind *const sampled_faults[] = {
    &fault_waf_parameter, &fault_waf_missing, &fault_waf_not_modelled, NULL};

static const struct web_sight *sight_named(const struct web_acl *acl, const char *metric)
{
    for (uint32_t i = 0; i < acl->rules.count; i++)
        if (str_equal(acl->rules.items[i].sight.metric, metric))
            return &acl->rules.items[i].sight;
    return str_equal(acl->sight.metric, metric) ? &acl->sight : NULL;
}

static void view_sample(struct call *call, const struct web_sample *sample,
                        struct sample_view *view)
{
    struct arena *arena = &call->arena;
    char text[ADDRESS_TEXT_SIZE];

    *view = (struct sample_view){
        .request = {.address = arena_strdup(arena, address_text(sample->address, text)),
                    .uri = arena_strdup(arena, sample->uri),
                    .method = arena_strdup(arena, sample->method),
                    .version = "HTTP/1.1"},
        .weight = sample->weight,
        .time = sample->time,
        .action = web_action_words[sample->action - 1],
    };
    *LIST_PUSH_IN(arena, &view->request.headers) = (struct header_view){
        .name = "Host",
        .value = arena_strdup(arena, sample->host),
    };
    if (sample->action == WEB_BLOCK)
        view->code = OPT_INT(403);
}

static int get_sampled_requests(struct call *call, const void *in, void *out)
{
    const struct sampled_in *wish = in;
    struct sampled_out *answer = out;
    const struct web_acl *acl;
    const struct web_sight *sight;
    int64_t first = call->world->sim.now - window_max;

    if (waf_scope_check(call, wish->scope) != 0)
        return -1;
    acl = waf_find_arn(call, wish->arn);
    if (acl == NULL)
        return -1;
    sight = sight_named(acl, wish->metric);
    if (sight == NULL)
        return call_fault(call, &fault_waf_missing);
    if (wish->window->end <= wish->window->start)
        return waf_refuse(call, WAF_FORM, "EXPIRE_TIMESTAMP", "EndTime");
    answer->window = *wish->window;
    if (answer->window.start < first)
        answer->window.start = first;
    for (uint32_t i = 0; i < sight->samples.count; i++) {
        const struct web_sample *sample = &sight->samples.items[i];

        if (sample->time < answer->window.start || sample->time > answer->window.end)
            continue;
        answer->population += sample->weight;
        if (answer->samples.count < (uint32_t)wish->most)
            view_sample(call, sample, LIST_PUSH_IN(&call->arena, &answer->samples));
    }
    return 0;
}

const struct op op_get_sampled_requests = {
    .name = "GetSampledRequests",
    .doc = "Shows some of the requests that a rule has met in the last three hours.",
    .example = "aws wafv2 get-sampled-requests --web-acl-arn $ACL --rule-metric-name door --scope "
               "REGIONAL --max-items 10 --time-window "
               "StartTime=2026-01-05T08:00:00Z,EndTime=2026-01-05T11:00:00Z",
    .needs = NEEDS_WEB_ACL,
    .in = &sampled_in_shape,
    .out = &sampled_out_shape,
    .faults = sampled_faults,
    .run = get_sampled_requests,
};

/* ---- get-rate-based-statement-managed-keys ---- */

struct keys_in {
    const char *scope;
    const char *name;
    const char *id;
    const char *rule;
};

struct keys_view {
    const char *version;
    struct strings addresses;
};

struct keys_out {
    struct keys_view v4;
    struct keys_view v6;
};

static const struct field keys_in_fields[] = {
    F_WAF_SCOPE(struct keys_in, scope),
    F_STRING(struct keys_in, name, "WebACLName", "The web ACL.", .flags = FIELD_REQUIRED,
             .min = 1, .max = 128),
    F_STRING(struct keys_in, id, "WebACLId", "Its identifier.", .flags = FIELD_REQUIRED, .min = 1,
             .max = 36),
    F_STRING(struct keys_in, rule, "RuleName", "The rate-based rule.", .flags = FIELD_REQUIRED,
             .min = 1, .max = 128),
};
static const struct field keys_fields[] = {
    F_STRING(struct keys_view, version, "IPAddressVersion", "IPV4 or IPV6."),
    F_STRINGS(struct keys_view, addresses, "Addresses", "The clients."),
};
static const struct shape keys_shape =
    SHAPE("RateBasedStatementManagedKeysIPSet", struct keys_view, keys_fields);
static const struct field keys_out_fields[] = {
    F_EMBED(struct keys_out, v4, struct keys_view, &keys_shape, "ManagedKeysIPV4",
            "Clients that are limited now."),
    F_EMBED(struct keys_out, v6, struct keys_view, &keys_shape, "ManagedKeysIPV6",
            "None here: no client has IPv6."),
};
static const struct shape keys_in_shape =
    SHAPE("GetRateBasedStatementManagedKeysRequest", struct keys_in, keys_in_fields);
static const struct shape keys_out_shape =
    SHAPE("GetRateBasedStatementManagedKeysResponse", struct keys_out, keys_out_fields);

static const struct fault_kind *const keys_faults[] = {
    &fault_waf_parameter, &fault_waf_missing, &fault_waf_not_modelled, NULL};

struct keys_found {
    struct call *call;
    struct strings *addresses;
};

static void add_key(void *context, uint32_t address)
{
    struct keys_found *found = context;
    char text[ADDRESS_TEXT_SIZE];

    *LIST_PUSH_IN(&found->call->arena, found->addresses) =
        arena_printf(&found->call->arena, "%s/32", address_text(address, text));
}

static int get_managed_keys(struct call *call, const void *in, void *out)
{
    const struct keys_in *wish = in;
    struct keys_out *answer = out;
    struct keys_found found = {call, &answer->v4.addresses};
    const struct web_rule *rule = NULL;
    const struct web_acl *acl;

    if (waf_scope_check(call, wish->scope) != 0)
        return -1;
    acl = waf_find_acl(call, wish->name, wish->id);
    if (acl == NULL)
        return -1;
    for (uint32_t i = 0; i < acl->rules.count; i++)
        if (str_equal(acl->rules.items[i].name, wish->rule))
            rule = &acl->rules.items[i];
    if (rule == NULL)
        return call_fault(call, &fault_waf_missing);
    if (rule->nodes.items[0].kind != WEB_RATE)
        return waf_refuse(call, WAF_REFERENCE, "RATE_BASED_STATEMENT", wish->rule);
    answer->v4.version = "IPV4";
    answer->v6.version = "IPV6";
    web_rate_limited(&call->world->acls, rule->nodes.items, add_key, &found);
    return 0;
}

const struct op op_get_managed_keys = {
    .name = "GetRateBasedStatementManagedKeys",
    .doc = "Shows the addresses that a rate-based rule limits now.",
    .example = "aws wafv2 get-rate-based-statement-managed-keys --scope REGIONAL --web-acl-name "
               "door --web-acl-id $ID --rule-name rate",
    .needs =
        "ID=$(aws wafv2 create-web-acl --name door --scope REGIONAL --default-action Allow={} "
        "--visibility-config "
        "SampledRequestsEnabled=true,CloudWatchMetricsEnabled=true,MetricName=door --rules "
        "'[{\"Name\":\"rate\",\"Priority\":1,\"Statement\":{\"RateBasedStatement\":{\"Limit\":100,"
        "\"AggregateKeyType\":\"IP\"}},\"Action\":{\"Block\":{}},\"VisibilityConfig\":{"
        "\"SampledRequestsEnabled\":true,\"CloudWatchMetricsEnabled\":true,\"MetricName\":"
        "\"rate\"}}]' --query Summary.Id --output text)",
    .in = &keys_in_shape,
    .out = &keys_out_shape,
    .faults = keys_faults,
    .run = get_managed_keys,
};
