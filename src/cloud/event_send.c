/*
 * cloud/event_send.c - an event on its way: from the bus by its rules to their targets.
 *
 * Moves   put -> (matched) -> a delivery for each target -> delivered
 *                                |
 *                                |  fails for now: again, after 1, 2, 4 ... s, at most 8 minutes
 *                                |  fails for good, is too old, was tried too often
 *                                v
 *                             the dead-letter queue, or lost
 * True to the EventBridge user guide, "How EventBridge retries delivering events" and "Using
 *         dead-letter queues".
 */
#include "cloud/event_bus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/str.h"
#include "cloud/account.h"
#include "cloud/event_archive.h"
#include "cloud/event_bus_parts.h"
#include "cloud/event_kinds.h"
#include "sim/chance.h"
#include "sim/clock.h"
#include "sim/schedule.h"

enum {
    DELIVERY_DIGITS = 6,
    PRICED_BYTES = 65536, /* of an event that count as one */
};

static const int64_t least_delay = 80 * MILLISECOND_NS; /* from the bus to a target */
static const int64_t most_delay = 350 * MILLISECOND_NS;
static const int64_t longest_pause = 8 * MINUTE_NS; /* between two tries */

uint64_t event_number(struct event_buses *buses)
{
    struct event_counter *counter = table_find(&buses->counter, 1);

    if (counter == NULL)
        counter = table_add(&buses->counter, 1);
    return ++counter->next;
}

/* An id as people see it; it follows from the seed, in a series of its own. */
static void new_id(struct event_buses *buses, char id[MESSAGE_UUID])
{
    struct chance chance = chance_stream(buses->seed, "event-id", event_number(buses));

    message_uuid(buses->log, chance_u64(&chance) | 1, id);
}

/* ---- the event as JSON ---- */

static json_t *envelope(const struct event_buses *buses, const struct event_entry *entry,
                        const char *id)
{
    struct arena arena = ARENA_INIT;
    char time[CLOCK_TEXT_SIZE];
    json_t *event = json_object();
    json_t *resources = json_array();
    json_t *detail = json_loads(entry->detail, 0, NULL);

    for (uint32_t i = 0; i < entry->resources.count; i++)
        json_array_append_new(resources, json_string(entry->resources.items[i]));
    json_object_set_new(event, "version", json_string("0"));
    json_object_set_new(event, "id", json_string(id));
    json_object_set_new(event, "detail-type", json_string(entry->type));
    json_object_set_new(event, "source", json_string(entry->source));
    json_object_set_new(event, "account", json_string(account_text(&arena, entry->account)));
    json_object_set_new(
        event, "time",
        json_string(clock_format(entry->time == 0 ? buses->sim->now : entry->time, CLOCK_Z, time)));
    json_object_set_new(event, "region", json_string(buses->catalog->regions[entry->region].name));
    json_object_set_new(event, "resources", resources);
    json_object_set_new(event, "detail", detail == NULL ? json_object() : detail);
    arena_release(&arena);
    return event;
}

/* ---- deliveries ---- */

void event_delivery_drop(struct event_buses *buses, struct event_delivery *delivery)
{
    sim_cancel(buses->sim, delivery->step);
    table_remove(&buses->deliveries, delivery->id);
}

static void deliver_later(struct event_buses *buses, const struct event_rule *rule,
                          const struct event_target *target, const struct event_arrival *arrival)
{
    struct arena arena = ARENA_INIT;
    char *payload = event_input(target, arrival->event, event_rule_arn(buses, &arena, rule),
                                rule->name, buses->sim->now);
    uint64_t number = event_number(buses);
    struct chance chance = chance_stream(buses->seed, "event-delivery", number);
    struct event_delivery *delivery;

    arena_release(&arena);
    if (payload == NULL) {
        event_trail(buses, rule, arrival->id,
                    "rule %s: the template of target %s gives no JSON for event %s: "
                    "it is dropped",
                    rule->name, target->id, arrival->id);
        return;
    }
    delivery = table_add(&buses->deliveries, number);
    delivery->rule = rule->id;
    delivery->target = xstrdup(target->id);
    delivery->event = xstrdup(arrival->id);
    delivery->source = xstrdup(arrival->event);
    delivery->payload = payload;
    delivery->hops = arrival->hops;
    delivery->begun = buses->sim->now;
    delivery->step = sim_schedule(buses->sim, chance_between_ns(&chance, least_delay, most_delay),
                                  EVENT_BUS_DELIVERY, number, 0);
}

static void trigger(struct event_buses *buses, struct event_rule *rule,
                    const struct event_arrival *arrival)
{
    rule->counts.triggered++;
    rule->all.triggered++;
    rule->last = buses->sim->now;
    rule->latest = message_uuid_read(buses->log, arrival->id);
    event_trail(buses, rule, arrival->id, "event %s triggers rule %s", arrival->id, rule->name);
    for (uint32_t i = 0; i < rule->targets.count; i++)
        deliver_later(buses, rule, &rule->targets.items[i], arrival);
}

static bool is_meant(const struct event_buses *buses, const struct event_rule *rule,
                     const struct strings *rules)
{
    struct arena arena = ARENA_INIT;
    bool meant = rules->count == 0;

    for (uint32_t i = 0; i < rules->count && !meant; i++)
        meant = str_equal(rules->items[i], event_rule_arn(buses, &arena, rule));
    arena_release(&arena);
    return meant;
}

/* That it came, and how many rules have it: where none has, nobody hears of it. */
static void note_arrival(struct event_buses *buses, const struct event_arrival *arrival,
                         size_t count)
{
    const struct event_entry *entry = arrival->entry;
    json_t *event = entry != NULL ? NULL : json_loads(arrival->event, 0, NULL);
    char *detail =
        entry != NULL ? NULL : json_dumps(json_object_get(event, "detail"), JSON_COMPACT);
    struct arena arena = ARENA_INIT;
    const char *source =
        entry != NULL ? entry->source : json_string_value(json_object_get(event, "source"));
    const char *type =
        entry != NULL ? entry->type : json_string_value(json_object_get(event, "detail-type"));
    const char *text = entry != NULL ? entry->detail : detail;

    message_log_add(buses->log,
                    (struct message_note){
                        .message = message_uuid_read(buses->log, arrival->id),
                        .account = arrival->account,
                        .region = arrival->region,
                        .step = MESSAGE_PUT,
                        .number = (int64_t)count,
                        .text = arena_printf(&arena, "%s\n%s\n%s\n%s", arrival->bus,
                                             source == NULL ? "" : message_text(&arena, source),
                                             type == NULL ? "" : message_text(&arena, type),
                                             text == NULL ? "" : message_text(&arena, text)),
                    });
    arena_release(&arena);
    free(detail);
    json_decref(event);
}

void event_charge_one(const struct event_buses *buses, const struct event_arrival *arrival,
                      uint64_t account)
{
    if (buses->charge != NULL)
        buses->charge(
            buses->charge_context,
            &(struct event_charge){
                .account = account,
                .region = arrival->region,
                .bus = arrival->bus,
                .amount = (int64_t)(strlen(arrival->event) + PRICED_BYTES - 1) / PRICED_BYTES,
            });
}

void event_arrive(struct event_buses *buses, const struct event_arrival *arrival)
{
    struct bus_rules *rules =
        event_rules_of(buses, arrival->account, arrival->region, arrival->bus);
    const uint32_t *found = NULL;
    size_t count = 0;

    if (!arrival->replayed)
        event_archive_keep(buses, arrival);
    if (rules != NULL &&
        event_fields_read(buses->cache->fields, arrival->event, strlen(arrival->event), NULL))
        found = event_index_match(rules->index, buses->cache->fields, &count);
    note_arrival(buses, arrival, count);
    for (size_t i = 0; i < count; i++) {
        struct event_rule *rule = table_at(&buses->rules, found[i]);

        if (!is_meant(buses, rule, &arrival->rules))
            continue;
        rule->counts.matched++;
        rule->all.matched++;
        trigger(buses, rule, arrival);
    }
}

const char *event_send(struct event_buses *buses, struct arena *arena,
                       const struct event_entry *entry)
{
    char id[MESSAGE_UUID];
    struct event_arrival arrival;
    json_t *event;
    char *text;

    new_id(buses, id);
    event = envelope(buses, entry, id);
    text = json_dumps(event, JSON_COMPACT);
    arrival = (struct event_arrival){
        .account = entry->owner == 0 ? entry->account : entry->owner,
        .region = entry->region,
        .bus = entry->bus == NULL ? "default" : entry->bus,
        .event = text,
        .id = id,
        .entry = entry,
    };
    /* AWS's own are free. */
    if (!str_starts(entry->source, "aws."))
        event_charge_one(buses, &arrival, entry->account);
    event_arrive(buses, &arrival);
    free(text);
    json_decref(event);
    return arena_strdup(arena, id);
}

bool event_is_heard(const struct event_buses *buses, uint64_t account, uint8_t region)
{
    for (uint32_t i = 0; i < table_count(&buses->rules); i++) {
        const struct event_rule *rule = table_at(&buses->rules, i);

        if (rule->account == account && rule->region == region && rule->pattern != NULL &&
            str_equal(rule->bus, "default"))
            return true;
    }
    return event_archive_hears(buses, account, region, "default");
}

void event_tell(struct event_buses *buses, const struct event_entry *entry)
{
    struct arena arena = ARENA_INIT;

    if (event_is_heard(buses, entry->account, entry->region))
        event_send(buses, &arena, entry);
    arena_release(&arena);
}

/* ---- schedules ---- */

void event_rule_plan(struct event_buses *buses, struct event_rule *rule)
{
    struct schedule schedule;
    int64_t next;

    sim_cancel(buses->sim, rule->step);
    rule->step = 0;
    if (rule->schedule == NULL || rule->state == EVENT_RULE_DISABLED ||
        !schedule_parse(rule->schedule, &schedule))
        return;
    next = schedule_next(&schedule, rule->begin, buses->sim->now);
    if (next != SIM_NEVER)
        rule->step =
            sim_schedule(buses->sim, next - buses->sim->now, EVENT_RULE_FIRING, rule->id, 0);
}

static void fire_rule(struct event_buses *buses, struct event_rule *rule)
{
    struct arena arena = ARENA_INIT;
    char id[MESSAGE_UUID];
    struct event_entry entry = {
        .account = rule->account,
        .region = rule->region,
        .source = "aws.events",
        .type = "Scheduled Event",
        .detail = "{}",
    };
    json_t *value;
    char *text;

    new_id(buses, id);
    *LIST_PUSH_IN(&arena, &entry.resources) = event_rule_arn(buses, &arena, rule);
    value = envelope(buses, &entry, id);
    text = json_dumps(value, JSON_COMPACT);
    trigger(buses, rule, &(struct event_arrival){.event = text, .id = id});
    free(text);
    json_decref(value);
    arena_release(&arena);
}

static void fire(void *context, const struct event *event)
{
    struct event_buses *buses = context;
    struct event_rule *rule = table_find(&buses->rules, event->subject);

    if (rule == NULL || rule->step != event->sequence)
        return;
    fire_rule(buses, rule);
    event_rule_plan(buses, rule);
}

const struct event_kind event_firing_kind = {.name = "event-rule-firing", .run = fire};

/* ---- targets ---- */

/* The part of an ARN behind so many colons; "" when it has fewer. */
static const char *arn_part(const char *arn, unsigned colons)
{
    while (colons-- > 0 && arn != NULL) {
        arn = strchr(arn, ':');
        arn = arn == NULL ? NULL : arn + 1;
    }
    return arn == NULL ? "" : arn;
}

static enum event_outcome give_queue(struct event_buses *buses, struct event_delivery *delivery,
                                     struct event_attempt *attempt)
{
    struct event_message message = {
        .queue = attempt->target->arn,
        .body = attempt->payload,
        .group = attempt->target->group,
    };

    (void)delivery;
    if (buses->hooks.queue == NULL) {
        attempt->error = EVENT_ERROR_RESOURCE;
        attempt->why = "there is no such queue";
        return EVENT_FAILED;
    }
    return buses->hooks.queue(buses->hooks.context, attempt, &message);
}

static enum event_outcome give_topic(struct event_buses *buses, struct event_delivery *delivery,
                                     struct event_attempt *attempt)
{
    (void)delivery;
    if (buses->hooks.topic == NULL) {
        attempt->error = EVENT_ERROR_RESOURCE;
        attempt->why = "there is no such topic";
        return EVENT_FAILED;
    }
    return buses->hooks.topic(buses->hooks.context, attempt);
}

/* The account that an event is of. */
static uint64_t account_of(const char *text)
{
    json_t *event = json_loads(text, 0, NULL);
    const char *account = json_string_value(json_object_get(event, "account"));
    uint64_t number = account == NULL ? 0 : strtoull(account, NULL, 10);

    json_decref(event);
    return number;
}

/* Whether the event may go to a bus, of another account perhaps: where that one lets it, and no
 * further than from its own account to one other. */
static bool may_go(const struct event_buses *buses, const struct event_delivery *delivery,
                   struct event_attempt *attempt, const struct event_arrival *to)
{
    uint64_t from = attempt->rule->account;
    enum resource_verdict verdict;

    attempt->error = EVENT_ERROR_PERMISSIONS;
    if (to->account != from && account_of(delivery->source) != from) {
        attempt->why = "an event of another account is not sent on to a third one";
        return false;
    }
    verdict = event_bus_judge(buses, to->account, to->region, to->bus, from);
    attempt->why = arena_printf(
        attempt->arena, "the event bus %s of account %s has %s events:PutEvents to account %s",
        to->bus, account_text(attempt->arena, to->account),
        verdict == POLICY_DENIES ? "a policy that denies" : "no policy that allows",
        account_text(attempt->arena, from));
    return verdict == POLICY_ALLOWS;
}

static enum event_outcome give_bus(struct event_buses *buses, struct event_delivery *delivery,
                                   struct event_attempt *attempt)
{
    const char *arn = attempt->target->arn;
    const char *name = strrchr(arn, '/') == NULL ? "" : strrchr(arn, '/') + 1;
    size_t length = strcspn(arn_part(arn, 3), ":");
    char *region_name = xstrndup(arn_part(arn, 3), length);
    int region = catalog_region_find(buses->catalog, region_name);
    uint64_t account = strtoull(arn_part(arn, 4), NULL, 10);
    struct event_arrival to;

    free(region_name);
    if (region < 0 || !event_bus_exists(buses, account, (uint8_t)region, name)) {
        attempt->error = EVENT_ERROR_RESOURCE;
        attempt->why = "there is no such event bus";
        return EVENT_FAILED;
    }
    to = (struct event_arrival){
        .account = account,
        .region = (uint8_t)region,
        .bus = name,
        .event = delivery->source,
        .id = delivery->event,
        .hops = delivery->hops + 1,
    };
    if (!may_go(buses, delivery, attempt, &to))
        return EVENT_FAILED;
    if (delivery->hops >= EVENT_HOPS_MAX) {
        attempt->error = EVENT_ERROR_LOOP;
        attempt->why = "the event went from bus to bus too often";
        return EVENT_FAILED;
    }
    event_charge_one(buses, &to, attempt->rule->account);
    event_arrive(buses, &to);
    return EVENT_DELIVERED;
}

static enum event_outcome give_action(struct event_buses *buses, struct event_delivery *delivery,
                                      struct event_attempt *attempt)
{
    (void)delivery;
    if (buses->hooks.action == NULL) {
        attempt->error = EVENT_ERROR_RESOURCE;
        attempt->why = "there is nothing to act on";
        return EVENT_FAILED;
    }
    return buses->hooks.action(buses->hooks.context, attempt);
}

/* What is written to a log group is read in the trail. */
static enum event_outcome give_log(struct event_buses *buses, struct event_delivery *delivery,
                                   struct event_attempt *attempt)
{
    (void)delivery;
    event_trail(buses, attempt->rule, delivery->event, "%s: %s", arn_part(attempt->target->arn, 5),
                attempt->payload);
    return EVENT_DELIVERED;
}

/* Kinds of target, by how their ARNs go on behind "arn:aws:SERVICE:REGION:ACCOUNT:". */
static const struct target_kind {
    const char *service;
    const char *resource;
    enum event_outcome (*give)(struct event_buses *buses, struct event_delivery *delivery,
                               struct event_attempt *attempt);
} target_kinds[] = {
    {"sqs:", "", give_queue},
    {"sns:", "", give_topic},
    {"logs:", "log-group:", give_log},
    {"events:", "event-bus/", give_bus},
    {"events:", "target/", give_action},
};

bool event_target_is_modelled(const char *arn)
{
    for (size_t i = 0; i < sizeof(target_kinds) / sizeof(target_kinds[0]); i++) {
        if (str_starts(arn_part(arn, 2), target_kinds[i].service) &&
            str_starts(arn_part(arn, 5), target_kinds[i].resource))
            return true;
    }
    return false;
}

static enum event_outcome give(struct event_buses *buses, struct event_delivery *delivery,
                               struct event_attempt *attempt)
{
    const char *arn = attempt->target->arn;

    if (buses->hooks.region_lost != NULL &&
        buses->hooks.region_lost(buses->hooks.context, attempt->rule->region)) {
        attempt->error = EVENT_ERROR_TIMEOUT;
        attempt->why = "the Region's services do not answer";
        return EVENT_AGAIN;
    }
    for (size_t i = 0; i < sizeof(target_kinds) / sizeof(target_kinds[0]); i++) {
        if (str_starts(arn_part(arn, 2), target_kinds[i].service) &&
            str_starts(arn_part(arn, 5), target_kinds[i].resource))
            return target_kinds[i].give(buses, delivery, attempt);
    }
    attempt->error = EVENT_ERROR_RESOURCE;
    attempt->why = "no such kind of target";
    return EVENT_FAILED;
}

/* ---- what becomes of a try ---- */

/* After so many tries that failed: 1 s, 2, 4 and so on, up to eight minutes; and up to a quarter
 * more. */
static int64_t pause_after(const struct event_buses *buses, const struct event_delivery *delivery)
{
    struct chance chance = chance_stream(buses->seed, "event-retry", delivery->id);
    int64_t pause = delivery->tries > 9 ? longest_pause : SECOND_NS << (delivery->tries - 1);

    chance.counter = delivery->tries;
    if (pause > longest_pause)
        pause = longest_pause;
    return chance_between_ns(&chance, pause, pause + pause / 4);
}

/* Why no further try is made; NULL: there is one, after a pause. */
static const char *exhausted(const struct event_buses *buses, const struct event_delivery *delivery,
                             const struct event_target *target, int64_t pause)
{
    int64_t age = (target->age_s.set ? target->age_s.value : EVENT_AGE_MAX_S) * SECOND_NS;
    int64_t tries = target->tries.set ? target->tries.value : EVENT_TRIES_MAX;

    if (delivery->tries > tries)
        return "MaximumRetryAttempts";
    if (buses->sim->now + pause - delivery->begun > age)
        return "MaximumEventAgeInSeconds";
    return NULL;
}

static void add_fate(struct event_counts *counts, enum event_fate fate)
{
    counts->invoked += fate != EVENT_FATE_AGAIN; /* CloudWatch's Invocations counts no tries */
    counts->retried += fate == EVENT_FATE_AGAIN;
    counts->failed += fate == EVENT_FATE_DEAD || fate == EVENT_FATE_LOST;
    counts->dead += fate == EVENT_FATE_DEAD;
    counts->lost += fate == EVENT_FATE_LOST;
}

/* A try has ended, with `why` when it failed: counted for the rule, and for its target. */
static void count_fate(struct event_buses *buses, struct event_rule *rule,
                       const struct event_delivery *delivery, enum event_fate fate,
                       const char *why)
{
    struct event_target *target = event_target_find(rule, delivery->target);

    add_fate(&rule->counts, fate);
    add_fate(&rule->all, fate);
    add_fate(&target->all, fate);
    target->fate = (uint8_t)fate;
    target->last = buses->sim->now;
    free(target->reason);
    target->reason = why == NULL ? NULL : xstrdup(why);
}

static void bury(struct event_buses *buses, struct event_delivery *delivery,
                 struct event_attempt *attempt, const char *condition)
{
    struct event_rule *rule = table_get(&buses->rules, delivery->rule);
    char tries[DELIVERY_DIGITS + 6];
    struct pair attributes[6] = {
        {"RULE_ARN", attempt->rule_arn},
        {"TARGET_ARN", attempt->target->arn},
        {"ERROR_CODE", event_error_words[attempt->error]},
        {"ERROR_MESSAGE", attempt->why},
        {"RETRY_ATTEMPTS", tries},
        {"EXHAUSTED_RETRY_CONDITION", condition},
    };
    struct event_message message = {
        .queue = attempt->target->dead_letter,
        .body = attempt->payload,
        .attributes = attributes,
        .attribute_count = condition == NULL ? 5 : 6,
    };
    const char *why = attempt->why;
    char *reason = NULL;
    bool kept = false;

    snprintf(tries, sizeof(tries), "%u", delivery->tries == 0 ? 0 : delivery->tries - 1);
    if (message.queue != NULL && buses->hooks.queue != NULL)
        kept = buses->hooks.queue(buses->hooks.context, attempt, &message) == EVENT_DELIVERED;
    if (!kept && message.queue != NULL && why != attempt->why)
        reason = xasprintf("%s; its dead-letter queue: %s", why, attempt->why);
    count_fate(buses, rule, delivery, kept ? EVENT_FATE_DEAD : EVENT_FATE_LOST,
               reason == NULL ? why : reason);
    free(reason);
    event_trail(buses, rule, delivery->event, "event %s, rule %s, target %s: %s; %s",
                delivery->event, rule->name, attempt->target->id, why,
                kept                    ? "it goes to the dead-letter queue"
                : message.queue == NULL ? "there is no dead-letter queue: it is lost"
                                        : "the dead-letter queue does not take it: it is lost");
}

/* A try that failed for now: again, or too often. */
static void try_again(struct event_buses *buses, struct event_delivery *delivery,
                      struct event_attempt *attempt)
{
    struct event_rule *rule = table_get(&buses->rules, delivery->rule);
    int64_t pause;
    const char *condition;

    delivery->tries++;
    pause = pause_after(buses, delivery);
    condition = exhausted(buses, delivery, attempt->target, pause);
    if (condition != NULL) {
        bury(buses, delivery, attempt, condition);
        event_delivery_drop(buses, delivery);
        return;
    }
    count_fate(buses, rule, delivery, EVENT_FATE_AGAIN, attempt->why);
    if (delivery->tries == 1)
        event_trail(buses, rule, delivery->event,
                    "event %s, rule %s, target %s: %s; it is tried again", delivery->event,
                    rule->name, attempt->target->id, attempt->why);
    delivery->step = sim_schedule(buses->sim, pause, EVENT_BUS_DELIVERY, delivery->id, 0);
}

/* A try, and what becomes of it. */
static void try_delivery(struct event_buses *buses, struct event_delivery *delivery,
                         struct event_attempt *attempt)
{
    struct event_rule *rule = table_get(&buses->rules, delivery->rule);
    enum event_outcome outcome = give(buses, delivery, attempt);

    if (outcome == EVENT_AGAIN) {
        try_again(buses, delivery, attempt);
        return;
    }
    if (outcome == EVENT_FAILED) {
        bury(buses, delivery, attempt, NULL);
    } else {
        count_fate(buses, rule, delivery, EVENT_FATE_GIVEN, NULL);
        event_trail(buses, rule, delivery->event, "event %s, rule %s: given to %s", delivery->event,
                    rule->name, attempt->target->arn);
    }
    event_delivery_drop(buses, delivery);
}

static void deliver(void *context, const struct event *event)
{
    struct event_buses *buses = context;
    struct event_delivery *delivery = table_find(&buses->deliveries, event->subject);
    struct arena arena = ARENA_INIT;
    struct event_attempt attempt = {.why = "", .arena = &arena};

    if (delivery == NULL || delivery->step != event->sequence)
        return;
    delivery->step = 0;
    attempt.rule = table_get(&buses->rules, delivery->rule);
    attempt.target = event_target_find(attempt.rule, delivery->target);
    attempt.payload = delivery->payload;
    attempt.rule_arn = event_rule_arn(buses, &arena, attempt.rule);
    if (attempt.target == NULL)
        event_delivery_drop(buses, delivery); /* it was removed meanwhile */
    else
        try_delivery(buses, delivery, &attempt);
    arena_release(&arena);
}

const struct event_kind event_delivery_kind = {.name = "event-delivery", .run = deliver};

const char *const event_error_words[] = {
    [EVENT_ERROR_NONE] = "",
    [EVENT_ERROR_RESOURCE] = "NO_RESOURCE",
    [EVENT_ERROR_PERMISSIONS] = "NO_PERMISSIONS",
    [EVENT_ERROR_LOOP] = "LOOP",
    [EVENT_ERROR_TIMEOUT] = "TIMEOUT",
    [EVENT_ERROR_CLIENT] = "SDK_CLIENT_ERROR",
    NULL,
};
