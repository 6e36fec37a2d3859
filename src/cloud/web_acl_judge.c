/*
 * cloud/web_acl_judge.c - what a web ACL says to a request, and whom its rate-based rules limit.
 *
 * Owns    nothing: struct web_rate lies in the room's table.  Clients that sent nothing in the
 *         longest window are forgotten once a minute.
 */
#include "cloud/web_acl.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cloud/header.h"
#include "cloud/network.h"
#include "sim/clock.h"

enum {
    SWEEP_SPANS = 6,
    WINDOW_SPANS_MAX = 600 / WEB_SPAN_S,
    SAMPLE_TEXT = 300, /* characters kept of a text */
};

static const int64_t sample_gap = 100 * MILLISECOND_NS;

struct judging {
    struct web_acls *acls;
    const struct request *request;
    struct request_words words;
    struct arena arena;
    int64_t rate; /* what the last rate-based statement counted */
};

/* ---- rates ---- */

static int64_t span_of(int64_t now)
{
    return now / (WEB_SPAN_S * SECOND_NS);
}

static uint64_t rate_key(const struct web_node *node, uint32_t address)
{
    return node->number << 32 | address;
}

/* What the client sent within the window that is looked at in this span. */
static int64_t rate_in_window(const struct web_rate *rate, const struct web_node *node,
                              int64_t span)
{
    int64_t first = span - 1 - node->window_s / WEB_SPAN_S;
    int64_t sum = 0;

    for (uint32_t i = 0; i + 1 < rate->counts.count; i += 2)
        if (rate->counts.items[i] >= first && rate->counts.items[i] <= span - 2)
            sum += rate->counts.items[i + 1];
    return sum;
}

static void rate_count(struct web_rate *rate, int64_t span)
{
    int64_t *items = rate->counts.items;
    uint32_t over = 0;

    if (rate->counts.count > 0 && items[rate->counts.count - 2] == span) {
        items[rate->counts.count - 1]++;
        return;
    }
    while (over < rate->counts.count && items[over] < span - 1 - WINDOW_SPANS_MAX)
        over += 2;
    for (uint32_t i = over; i < rate->counts.count; i++)
        items[i - over] = items[i];
    rate->counts.count -= over;
    *LIST_PUSH(&rate->counts) = span;
    *LIST_PUSH(&rate->counts) = 1;
}

/* Keeps the rows of other statements, and of this one those from that span on. */
static void rates_sweep(struct web_acls *acls, const struct web_node *node, int64_t from)
{
    struct table kept;

    table_init(&kept, acls->rates.shape);
    for (uint32_t i = 0; i < table_count(&acls->rates); i++) {
        struct web_rate *rate = table_at(&acls->rates, i);
        struct web_rate *moved;

        if (rate->key >> 32 == node->number && rate->counts.items[rate->counts.count - 2] < from)
            continue;
        moved = table_add(&kept, rate->key);
        *moved = *rate;
        rate->counts.items = NULL;
        rate->counts.count = rate->counts.size = 0;
    }
    table_release(&acls->rates);
    acls->rates = kept;
}

void web_rate_forget(struct web_acls *acls, const struct web_node *node)
{
    rates_sweep(acls, node, INT64_MAX);
}

/* Counts the request; is its client limited now? */
static bool is_limited(struct judging *judging, struct web_node *node)
{
    struct web_acls *acls = judging->acls;
    int64_t span = span_of(acls->sim->now);
    uint64_t key = rate_key(node, judging->request->from.address);
    struct web_rate *rate;

    if (span >= node->swept + SWEEP_SPANS) {
        rates_sweep(acls, node, span - 1 - WINDOW_SPANS_MAX);
        node->swept = span;
    }
    rate = table_find(&acls->rates, key);
    if (rate == NULL)
        rate = table_add(&acls->rates, key);
    judging->rate = rate_in_window(rate, node, span);
    rate_count(rate, span);
    return judging->rate > node->limit;
}

void web_rate_limited(const struct web_acls *acls, const struct web_node *node,
                      web_limited_visit *visit, void *context)
{
    int64_t span = span_of(acls->sim->now);

    for (uint32_t i = 0; i < table_count(&acls->rates); i++) {
        const struct web_rate *rate = table_at(&acls->rates, i);

        if (rate->key >> 32 == node->number && rate_in_window(rate, node, span) > node->limit)
            visit(context, (uint32_t)rate->key);
    }
}

/* ---- statements ---- */

/* What the request says there; NULL: it has no such part. */
static const char *part_of(struct judging *judging, const struct web_node *node)
{
    const char *query = strchr(judging->words.path, '?');
    size_t length = query == NULL ? strlen(judging->words.path)
                                  : (size_t)(query - judging->words.path);

    switch (node->field) {
    case WEB_URI_PATH:
        return arena_strndup(&judging->arena, judging->words.path, length);
    case WEB_QUERY_STRING:
        return query == NULL ? "" : query + 1;
    case WEB_METHOD:
        return judging->words.method;
    default:
        if (strcasecmp(node->header, "host") == 0)
            return judging->words.host;
        return header_find(&judging->arena, judging->words.headers, node->header);
    }
}

static bool is_of_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* With no letter, digit or underscore beside it. */
static bool contains_word(const char *text, size_t length, const struct blob *wanted)
{
    for (size_t at = 0; at + wanted->size <= length; at++) {
        if (memcmp(text + at, wanted->bytes, wanted->size) == 0 &&
            (at == 0 || !is_of_word(text[at - 1])) &&
            (at + wanted->size == length || !is_of_word(text[at + wanted->size])))
            return true;
    }
    return false;
}

static bool bytes_match(struct judging *judging, const struct web_node *node)
{
    const char *part = part_of(judging, node);
    size_t length = part == NULL ? 0 : strlen(part);
    const struct blob *wanted = &node->text;
    char *text;

    if (part == NULL || wanted->size > length)
        return false;
    text = arena_strdup(&judging->arena, part);
    for (uint32_t i = 0; i < node->transforms.count; i++)
        for (size_t k = 0; node->transforms.items[i].change == WEB_LOWERCASE && k < length; k++)
            text[k] = (char)tolower((unsigned char)text[k]);
    switch (node->constraint) {
    case WEB_EXACTLY:
        return length == wanted->size && memcmp(text, wanted->bytes, length) == 0;
    case WEB_STARTS_WITH:
        return memcmp(text, wanted->bytes, wanted->size) == 0;
    case WEB_ENDS_WITH:
        return memcmp(text + length - wanted->size, wanted->bytes, wanted->size) == 0;
    case WEB_CONTAINS:
        return memmem(text, length, wanted->bytes, wanted->size) != NULL;
    default:
        return contains_word(text, length, wanted);
    }
}

static bool is_in_set(const struct judging *judging, const struct web_node *node)
{
    const struct ip_set *set = table_get(&judging->acls->ip_sets, node->ip_set);

    for (uint32_t i = 0; i < set->ranges.count; i++)
        if (cidr_holds(set->ranges.items[i].base, set->ranges.items[i].bits,
                       judging->request->from.address))
            return true;
    return false;
}

static bool holds(struct judging *judging, struct web_node *node)
{
    struct web_node *end = node + node->size;

    switch (node->kind) {
    case WEB_BYTE_MATCH:
        return bytes_match(judging, node);
    case WEB_IP_SET:
        return is_in_set(judging, node);
    case WEB_RATE:
        return (node->size == 1 || holds(judging, node + 1)) && is_limited(judging, node);
    case WEB_NOT:
        return !holds(judging, node + 1);
    case WEB_AND:
        for (struct web_node *part = node + 1; part < end; part += part->size)
            if (!holds(judging, part))
                return false;
        return true;
    default:
        for (struct web_node *part = node + 1; part < end; part += part->size)
            if (holds(judging, part))
                return true;
        return false;
    }
}

/* ---- what is kept of it ---- */

static void sight_count(struct web_sight *sight, uint8_t action)
{
    (*(action == WEB_ALLOW   ? &sight->allowed
       : action == WEB_BLOCK ? &sight->blocked
                             : &sight->counted))++;
}

static void sample_release(struct web_sample *sample)
{
    free(sample->method);
    free(sample->uri);
    free(sample->host);
}

/* One stands for those that follow within a tenth of a second. */
static void sight_sample(const struct judging *judging, struct web_sight *sight, uint8_t action)
{
    int64_t now = judging->acls->sim->now;
    uint32_t count = sight->samples.count;
    struct web_sample *last = count == 0 ? NULL : &sight->samples.items[count - 1];

    if (!sight->sampled)
        return;
    if (last != NULL && now - last->time < sample_gap && last->action == action) {
        last->weight++;
        return;
    }
    if (count >= WEB_SAMPLES) {
        sample_release(&sight->samples.items[0]);
        list_close_gap(sight->samples.items, &sight->samples.count, 0,
                       sizeof(*sight->samples.items));
    }
    *LIST_PUSH(&sight->samples) = (struct web_sample){
        .time = now,
        .weight = 1,
        .address = judging->request->from.address,
        .action = action,
        .method = xstrndup(judging->words.method, SAMPLE_TEXT),
        .uri = xstrndup(judging->words.path, SAMPLE_TEXT),
        .host = xstrndup(judging->words.host, SAMPLE_TEXT),
    };
}

static void tell_rule(const struct judging *judging, const struct web_rule *rule, uint8_t action)
{
    const struct web_node *node = rule->nodes.items;
    struct hop hop = {.place = rule->id};

    if (action == WEB_COUNT) {
        hop.why = WHY_WEB_COUNTED;
    } else if (action == WEB_ALLOW) {
        hop.why = WHY_WEB_ALLOWED;
    } else if (node->kind == WEB_RATE) {
        hop.why = WHY_WEB_LIMITED;
        hop.number = judging->rate;
        hop.other = (uint64_t)node->window_s;
    } else {
        hop.why = WHY_WEB_BLOCKED;
    }
    request_tell(judging->acls->requests, judging->request, hop);
}

static void meet(struct judging *judging, struct web_rule *rule)
{
    rule->matched++;
    sight_count(&rule->sight, rule->action);
    sight_sample(judging, &rule->sight, rule->action);
    tell_rule(judging, rule, rule->action);
}

bool web_acl_judge(struct web_acls *acls, uint64_t id, const struct request *request)
{
    struct web_acl *acl = table_get(&acls->acls, id);
    struct judging judging = {
        .acls = acls,
        .request = request,
        .words = request_words(acls->requests, request),
        .arena = ARENA_INIT,
    };
    uint8_t action = 0;

    for (uint32_t i = 0; i < acl->rules.count && action == 0; i++) {
        struct web_rule *rule = &acl->rules.items[i];

        if (!holds(&judging, rule->nodes.items))
            continue;
        meet(&judging, rule);
        if (rule->action == WEB_COUNT)
            acl->all.counted++;
        else
            action = rule->action;
    }
    if (action == 0) {
        action = acl->action;
        sight_count(&acl->sight, action);
        sight_sample(&judging, &acl->sight, action);
        request_tell(acls->requests, request,
                     (struct hop){.why = action == WEB_ALLOW ? WHY_WEB_PASSES : WHY_WEB_DEFAULT,
                                  .place = acl->id});
    }
    sight_count(&acl->all, action);
    arena_release(&judging.arena);
    return action == WEB_ALLOW;
}
