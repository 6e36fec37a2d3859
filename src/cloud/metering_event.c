/*
 * cloud/metering_event.c - what rules of event buses tell CloudWatch: AWS/Events.
 *
 * True to "Monitoring Amazon EventBridge": MatchedEvents, TriggeredRules, Invocations,
 * FailedInvocations, RetryInvocationAttempts, InvocationsSentToDlq and
 * InvocationsFailedToBeSentToDlq, by the rule's name, and by the bus's too where it is not default.
 */
#include "cloud/metering_parts.h"

#include "base/str.h"
#include "cloud/event_bus.h"

static void look_rule(struct metering *metering, struct event_rule *rule, int64_t minute)
{
    struct teller like = {
        .metering = metering,
        .name = {.account = rule->account, .region = rule->region, .space = "AWS/Events"},
        .time = minute,
        .span_s = METERING_SPAN_S,
    };
    struct teller teller = teller_of(&like);

    if (!str_equal(rule->bus, "default"))
        teller_dimension(&teller, "EventBusName", rule->bus);
    teller_dimension(&teller, "RuleName", rule->name);
    teller_count(&teller, "MatchedEvents", rule->counts.matched, false);
    teller_count(&teller, "TriggeredRules", rule->counts.triggered, false);
    teller_count(&teller, "Invocations", rule->counts.invoked, false);
    teller_count(&teller, "FailedInvocations", rule->counts.failed, false);
    teller_count(&teller, "RetryInvocationAttempts", rule->counts.retried, false);
    teller_count(&teller, "InvocationsSentToDlq", rule->counts.dead, false);
    teller_count(&teller, "InvocationsFailedToBeSentToDlq", rule->counts.lost, false);
    rule->counts = (struct event_counts){0};
}

void metering_events(struct metering *metering, int64_t minute)
{
    for (uint32_t i = 0; metering->buses != NULL && i < table_count(&metering->buses->rules); i++)
        look_rule(metering, table_at(&metering->buses->rules, i), minute);
}
