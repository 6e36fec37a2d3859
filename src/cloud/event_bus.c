/*
 * cloud/event_bus.c - EventBridge: buses and rules.
 *
 * Owns    struct event_bus, struct event_rule with its targets.
 * Moves   a rule with a schedule fires by events of its own (event_send.c).
 * True to the EventBridge API reference.
 */
#include "cloud/event_bus.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cloud/account.h"
#include "cloud/event_bus_parts.h"
#include "cloud/event_kinds.h"
#include "sim/schedule.h"

const char *const event_rule_state_words[] = {
    "ENABLED",
    "DISABLED",
    "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
    NULL,
};

void event_buses_init(struct event_buses *buses)
{
    table_init(&buses->table, &event_bus_shape);
    table_init(&buses->rules, &event_rule_shape);
    table_init(&buses->deliveries, &event_delivery_shape);
    table_init(&buses->counter, &event_counter_shape);
    buses->cache = xcalloc(1, sizeof(*buses->cache));
    buses->cache->fields = event_fields_new();
    sim_handle(buses->sim, EVENT_RULE_FIRING, &event_firing_kind, buses);
    sim_handle(buses->sim, EVENT_BUS_DELIVERY, &event_delivery_kind, buses);
}

void event_rules_stale(struct event_buses *buses)
{
    struct event_cache *cache = buses->cache;

    for (uint32_t i = 0; i < cache->buses.count; i++) {
        struct bus_rules *rules = &cache->buses.items[i];

        event_index_free(rules->index);
        for (uint32_t k = 0; k < rules->patterns.count; k++)
            event_pattern_free(rules->patterns.items[k]);
        LIST_RELEASE(&rules->patterns);
        free(rules->bus);
    }
    LIST_RELEASE(&cache->buses);
    cache->fresh = false;
}

void event_buses_release(struct event_buses *buses)
{
    event_rules_stale(buses);
    event_fields_free(buses->cache->fields);
    free(buses->cache);
    table_release(&buses->counter);
    table_release(&buses->deliveries);
    table_release(&buses->rules);
    table_release(&buses->table);
}

/* ---- the patterns of rules, read ---- */

static struct bus_rules *find_rules(struct event_cache *cache, const struct event_rule *rule)
{
    for (uint32_t i = 0; i < cache->buses.count; i++) {
        struct bus_rules *rules = &cache->buses.items[i];

        if (rules->account == rule->account && rules->region == rule->region &&
            str_equal(rules->bus, rule->bus))
            return rules;
    }
    return NULL;
}

static void add_pattern(struct event_cache *cache, const struct event_rule *rule, uint32_t position)
{
    struct bus_rules *rules = find_rules(cache, rule);
    struct str why = STR_INIT;
    struct event_pattern *pattern =
        event_pattern_compile(rule->pattern, strlen(rule->pattern), &why);

    str_release(&why);
    if (pattern == NULL)
        return; /* event_buses_restore() has seen that there is none such */
    if (rules == NULL) {
        rules = LIST_PUSH(&cache->buses);
        *rules = (struct bus_rules){
            .account = rule->account,
            .region = rule->region,
            .bus = xstrdup(rule->bus),
            .index = event_index_new(),
        };
    }
    *LIST_PUSH(&rules->patterns) = pattern;
    event_index_add(rules->index, pattern, position);
}

struct bus_rules *event_rules_of(struct event_buses *buses, uint64_t account, uint8_t region,
                                 const char *bus)
{
    struct event_cache *cache = buses->cache;
    struct event_rule like = {.account = account, .region = region};
    struct bus_rules *rules;

    for (uint32_t i = 0; !cache->fresh && i < table_count(&buses->rules); i++) {
        const struct event_rule *rule = table_at(&buses->rules, i);

        if (rule->pattern != NULL && rule->state != EVENT_RULE_DISABLED)
            add_pattern(cache, rule, i);
    }
    cache->fresh = true;
    like.bus = xstrdup(bus);
    rules = find_rules(cache, &like);
    free(like.bus);
    return rules;
}

/* ---- buses ---- */

struct event_bus *event_bus_find(const struct event_buses *buses, uint64_t account, uint8_t region,
                                 const char *name)
{
    for (uint32_t i = 0; i < table_count(&buses->table); i++) {
        struct event_bus *bus = table_at(&buses->table, i);

        if (bus->account == account && bus->region == region && str_equal(bus->name, name))
            return bus;
    }
    return NULL;
}

bool event_bus_exists(const struct event_buses *buses, uint64_t account, uint8_t region,
                      const char *name)
{
    return str_equal(name, "default") || event_bus_find(buses, account, region, name) != NULL;
}

struct event_bus *event_bus_add(struct event_buses *buses, uint64_t account, uint8_t region,
                                const char *name)
{
    struct event_bus *bus = event_bus_find(buses, account, region, name);

    if (bus != NULL)
        return bus;
    bus = table_add(&buses->table, ids_new(buses->ids));
    bus->account = account;
    bus->region = region;
    bus->name = xstrdup(name);
    bus->created = bus->modified = str_equal(name, "default") ? SIM_BEGIN_NS : buses->sim->now;
    return bus;
}

void event_bus_remove(struct event_buses *buses, struct event_bus *bus)
{
    for (uint32_t i = table_count(&buses->rules); i-- > 0;) {
        struct event_rule *rule = table_at(&buses->rules, i);

        if (rule->account == bus->account && rule->region == bus->region &&
            str_equal(rule->bus, bus->name))
            event_rule_remove(buses, rule);
    }
    table_remove(&buses->table, bus->id);
}

const char *event_bus_arn(const struct event_buses *buses, struct arena *arena, uint64_t account,
                          uint8_t region, const char *name)
{
    return arena_printf(arena, "arn:aws:events:%s:%s:event-bus/%s",
                        buses->catalog->regions[region].name, account_text(arena, account), name);
}

enum resource_verdict event_bus_judge(const struct event_buses *buses, uint64_t owner,
                                      uint8_t region, const char *name, uint64_t account)
{
    const struct event_bus *bus = event_bus_find(buses, owner, region, name);
    struct arena arena = ARENA_INIT;
    struct resource_policy *policy = NULL;
    struct resource_ask ask = {.account = account, .action = "events:PutEvents"};
    const char *text = event_bus_policy(&arena, bus);
    const char *what;
    enum resource_verdict verdict;

    ask.resource = event_bus_arn(buses, &arena, owner, region, name);
    if (text != NULL)
        resource_policy_read(text, &arena, &policy, &what); /* what it cannot read allows nobody */
    verdict = resource_policy_judge(policy, &ask);
    resource_policy_free(policy);
    arena_release(&arena);
    return account == owner && verdict == POLICY_SILENT ? POLICY_ALLOWS : verdict;
}

const char *event_bus_policy(struct arena *arena, const struct event_bus *bus)
{
    struct str text = STR_INIT;
    const char *policy;

    if (bus == NULL || bus->grants.count == 0)
        return NULL;
    str_add(&text, "{\"Version\":\"2012-10-17\",\"Statement\":[");
    for (uint32_t i = 0; i < bus->grants.count; i++)
        str_addf(&text, "%s%s", i == 0 ? "" : ",", bus->grants.items[i].text);
    str_add(&text, "]}");
    policy = arena_strdup(arena, str_text(&text));
    str_release(&text);
    return policy;
}

/* ---- rules ---- */

struct event_rule *event_rule_find(const struct event_buses *buses, uint64_t account,
                                   uint8_t region, const char *bus, const char *name)
{
    for (uint32_t i = 0; i < table_count(&buses->rules); i++) {
        struct event_rule *rule = table_at(&buses->rules, i);

        if (rule->account == account && rule->region == region && str_equal(rule->name, name) &&
            str_equal(rule->bus, bus))
            return rule;
    }
    return NULL;
}

struct event_rule *event_rule_add(struct event_buses *buses, uint64_t account, uint8_t region,
                                  const char *bus, const char *name)
{
    struct event_rule *rule = table_add(&buses->rules, ids_new(buses->ids));

    rule->account = account;
    rule->region = region;
    rule->bus = xstrdup(bus);
    rule->name = xstrdup(name);
    rule->created = rule->begin = buses->sim->now;
    rule->state = EVENT_RULE_ENABLED;
    return rule;
}

void event_rule_changed(struct event_buses *buses, struct event_rule *rule)
{
    event_rules_stale(buses);
    event_rule_plan(buses, rule);
}

void event_rule_remove(struct event_buses *buses, struct event_rule *rule)
{
    for (uint32_t i = table_count(&buses->deliveries); i-- > 0;) {
        struct event_delivery *delivery = table_at(&buses->deliveries, i);

        if (delivery->rule == rule->id)
            event_delivery_drop(buses, delivery);
    }
    sim_cancel(buses->sim, rule->step);
    table_remove(&buses->rules, rule->id);
    event_rules_stale(buses);
}

const char *event_rule_arn(const struct event_buses *buses, struct arena *arena,
                           const struct event_rule *rule)
{
    bool custom = !str_equal(rule->bus, "default");

    return arena_printf(
        arena, "arn:aws:events:%s:%s:rule/%s%s%s", buses->catalog->regions[rule->region].name,
        account_text(arena, rule->account), custom ? rule->bus : "", custom ? "/" : "", rule->name);
}

struct event_target *event_target_find(const struct event_rule *rule, const char *id)
{
    for (uint32_t i = 0; i < rule->targets.count; i++) {
        if (str_equal(rule->targets.items[i].id, id))
            return &rule->targets.items[i];
    }
    return NULL;
}

static char *copied(const char *text)
{
    return text == NULL ? NULL : xstrdup(text);
}

static void target_release(struct event_target *target)
{
    free(target->id);
    free(target->arn);
    free(target->role);
    free(target->input);
    free(target->input_path);
    free(target->template);
    free(target->group);
    free(target->dead_letter);
    free(target->reason);
    for (uint32_t i = 0; i < target->paths.count; i++) {
        free((char *)(uintptr_t)target->paths.items[i].key);
        free((char *)(uintptr_t)target->paths.items[i].value);
    }
    LIST_RELEASE(&target->paths);
}

void event_target_put(struct event_rule *rule, const struct event_target *from)
{
    struct event_target *target = event_target_find(rule, from->id);
    struct event_target same = {0}; /* of the same place the counts stay */

    if (target == NULL) {
        target = LIST_PUSH(&rule->targets);
    } else {
        if (str_equal(target->arn, from->arn)) {
            same = *target;
            target->reason = NULL;
        }
        target_release(target);
    }
    *target = (struct event_target){
        .id = copied(from->id),
        .arn = copied(from->arn),
        .role = copied(from->role),
        .input = copied(from->input),
        .input_path = copied(from->input_path),
        .template = copied(from->template),
        .group = copied(from->group),
        .dead_letter = copied(from->dead_letter),
        .age_s = from->age_s,
        .tries = from->tries,
        .all = same.all,
        .last = same.last,
        .fate = same.fate,
        .reason = same.reason,
    };
    for (uint32_t i = 0; i < from->paths.count; i++)
        *LIST_PUSH(&target->paths) = (struct pair){
            .key = xstrdup(from->paths.items[i].key),
            .value = xstrdup(from->paths.items[i].value),
        };
}

void event_target_remove(struct event_rule *rule, const char *id)
{
    struct event_target *target = event_target_find(rule, id);

    if (target == NULL)
        return;
    target_release(target);
    LIST_REMOVE(&rule->targets, (uint32_t)(target - rule->targets.items));
}

void event_trail(const struct event_buses *buses, const struct event_rule *rule, const char *event,
                 const char *format, ...)
{
    char text[2048]; /* more is cut, as a line that is read */
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    trail_add(buses->trail, (struct trail_entry){
                                .account = rule->account,
                                .subject = rule->id,
                                .topic = TRAIL_EVENT,
                                .region = rule->region,
                                .text = text,
                            });
    message_log_tell(buses->log, rule->account, rule->region, message_uuid_read(buses->log, event),
                     "%s", text);
}

/* ---- saved ---- */

static bool rule_is_whole(const struct event_buses *buses, const struct event_rule *rule)
{
    struct schedule schedule;
    struct str why = STR_INIT;
    struct event_pattern *pattern = NULL;
    bool right = rule->region < buses->catalog->region_count && rule->name != NULL &&
                 rule->bus != NULL && rule->state >= EVENT_RULE_ENABLED &&
                 rule->state <= EVENT_RULE_ENABLED_ALL &&
                 (rule->schedule == NULL || schedule_parse(rule->schedule, &schedule)) &&
                 (rule->step == 0 || rule->schedule != NULL);

    if (right && rule->pattern != NULL) {
        pattern = event_pattern_compile(rule->pattern, strlen(rule->pattern), &why);
        right = pattern != NULL;
    }
    for (uint32_t i = 0; right && i < rule->targets.count; i++)
        right = rule->targets.items[i].id != NULL && rule->targets.items[i].arn != NULL &&
                rule->targets.items[i].fate <= EVENT_FATE_LOST;
    event_pattern_free(pattern);
    str_release(&why);
    return right;
}

bool event_buses_restore(struct event_buses *buses)
{
    for (uint32_t i = 0; i < table_count(&buses->table); i++) {
        const struct event_bus *bus = table_at(&buses->table, i);

        if (bus->region >= buses->catalog->region_count || bus->name == NULL)
            return false;
        for (uint32_t k = 0; k < bus->grants.count; k++)
            if (bus->grants.items[k].text == NULL)
                return false;
    }
    for (uint32_t i = 0; i < table_count(&buses->rules); i++) {
        if (!rule_is_whole(buses, table_at(&buses->rules, i)))
            return false;
    }
    for (uint32_t i = 0; i < table_count(&buses->deliveries); i++) {
        const struct event_delivery *delivery = table_at(&buses->deliveries, i);

        if (table_find(&buses->rules, delivery->rule) == NULL || delivery->target == NULL ||
            delivery->event == NULL || delivery->source == NULL || delivery->payload == NULL ||
            !sim_is_pending(buses->sim, delivery->step))
            return false;
    }
    event_rules_stale(buses);
    return true;
}

static const struct field grant_fields[] = {
    F_STRING(struct event_grant, sid, "Sid", ""),
    F_STRING(struct event_grant, text, "Text", ""),
};
static const struct shape grant_shape = SHAPE("EventGrant", struct event_grant, grant_fields);

static const struct field bus_fields[] = {
    F_INT(struct event_bus, id, "Id", ""),
    F_INT(struct event_bus, account, "Account", ""),
    F_TIME(struct event_bus, created, "Created", ""),
    F_TIME(struct event_bus, modified, "Modified", ""),
    F_STRING(struct event_bus, name, "Name", ""),
    F_STRING(struct event_bus, description, "Description", ""),
    F_STRING(struct event_bus, dead_letter, "DeadLetter", ""),
    F_LIST(struct event_bus, grants, struct event_grant, &grant_shape, "Grants", ""),
    F_EMBED(struct event_bus, tags, struct tags, &tags_shape, "Tags", ""),
    F_INT(struct event_bus, region, "Region", ""),
};
const struct shape event_bus_shape = SHAPE("EventBusRow", struct event_bus, bus_fields);

static const struct field counts_fields[] = {
    F_INT(struct event_counts, matched, "Matched", ""),
    F_INT(struct event_counts, triggered, "Triggered", ""),
    F_INT(struct event_counts, invoked, "Invoked", ""),
    F_INT(struct event_counts, failed, "Failed", ""),
    F_INT(struct event_counts, retried, "Retried", ""),
    F_INT(struct event_counts, dead, "Dead", ""),
    F_INT(struct event_counts, lost, "Lost", ""),
};
static const struct shape counts_shape = SHAPE("EventCounts", struct event_counts, counts_fields);

static const struct field target_fields[] = {
    F_STRING(struct event_target, id, "Id", ""),
    F_STRING(struct event_target, arn, "Arn", ""),
    F_STRING(struct event_target, role, "Role", ""),
    F_STRING(struct event_target, input, "Input", ""),
    F_STRING(struct event_target, input_path, "InputPath", ""),
    F_STRING(struct event_target, template, "Template", ""),
    F_MAP(struct event_target, paths, "Paths", ""),
    F_STRING(struct event_target, group, "Group", ""),
    F_STRING(struct event_target, dead_letter, "DeadLetter", ""),
    F_OPT_INT(struct event_target, age_s, "Age", ""),
    F_OPT_INT(struct event_target, tries, "Tries", ""),
    F_EMBED(struct event_target, all, struct event_counts, &counts_shape, "All", ""),
    F_TIME(struct event_target, last, "Last", ""),
    F_INT(struct event_target, fate, "Fate", ""),
    F_STRING(struct event_target, reason, "Reason", ""),
};
static const struct shape target_shape = SHAPE("EventTarget", struct event_target, target_fields);

static const struct field rule_fields[] = {
    F_INT(struct event_rule, id, "Id", ""),
    F_INT(struct event_rule, account, "Account", ""),
    F_INT(struct event_rule, step, "Step", ""),
    F_TIME(struct event_rule, begin, "Begin", ""),
    F_TIME(struct event_rule, created, "Created", ""),
    F_STRING(struct event_rule, name, "Name", ""),
    F_STRING(struct event_rule, bus, "Bus", ""),
    F_STRING(struct event_rule, pattern, "Pattern", ""),
    F_STRING(struct event_rule, schedule, "Schedule", ""),
    F_STRING(struct event_rule, description, "Description", ""),
    F_STRING(struct event_rule, role, "Role", ""),
    F_LIST(struct event_rule, targets, struct event_target, &target_shape, "Targets", ""),
    F_EMBED(struct event_rule, tags, struct tags, &tags_shape, "Tags", ""),
    F_EMBED(struct event_rule, counts, struct event_counts, &counts_shape, "Counts", ""),
    F_EMBED(struct event_rule, all, struct event_counts, &counts_shape, "All", ""),
    F_INT(struct event_rule, region, "Region", ""),
    F_INT(struct event_rule, state, "State", ""),
    F_TIME(struct event_rule, last, "Last", ""),
    F_INT(struct event_rule, latest, "Latest", ""),
};
const struct shape event_rule_shape = SHAPE("EventRuleRow", struct event_rule, rule_fields);

static const struct field delivery_fields[] = {
    F_INT(struct event_delivery, id, "Id", ""),
    F_INT(struct event_delivery, rule, "Rule", ""),
    F_INT(struct event_delivery, step, "Step", ""),
    F_TIME(struct event_delivery, begun, "Begun", ""),
    F_INT(struct event_delivery, tries, "Tries", ""),
    F_INT(struct event_delivery, hops, "Hops", ""),
    F_STRING(struct event_delivery, target, "Target", ""),
    F_STRING(struct event_delivery, event, "Event", ""),
    F_STRING(struct event_delivery, source, "Source", ""),
    F_STRING(struct event_delivery, payload, "Payload", ""),
};
const struct shape event_delivery_shape =
    SHAPE("EventDelivery", struct event_delivery, delivery_fields);

static const struct field counter_fields[] = {
    F_INT(struct event_counter, key, "Key", ""),
    F_INT(struct event_counter, next, "Next", ""),
};
const struct shape event_counter_shape =
    SHAPE("EventCounter", struct event_counter, counter_fields);
