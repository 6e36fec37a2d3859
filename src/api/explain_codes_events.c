/*
 * api/explain_codes_events.c - the error codes of EventBridge in plain words.
 *
 * Sorted by code.
 */
#include "api/explain_rows.h"

const struct explanation explain_codes_events[] = {
    {
        .code = "AccessDeniedException",
        .what = "The policy of the bus does not let your account put events there.",
        .why = "A bus is its owner's. Others may do with it what its policy allows them, and "
               "nothing while there is none; what it denies, nobody may do.",
        .tries = "Its owner writes the policy: `aws events put-permission --principal ACCOUNT "
                 "--action events:PutEvents --statement-id NAME`.",
    },
    {
        .code = "IllegalStatusException",
        .what = "The replay has ended, or is ending.",
        .why = "What was replayed has been heard; only what is still to come can be called off.",
        .tries = "`aws events describe-replay` shows how far it is.",
    },
    {
        .code = "InvalidEventPatternException",
        .what = "The event pattern is not one, or costs too much to compare.",
        .why = "A pattern is JSON in the form of the events that it wants, with a list at each "
               "leaf. The reason names what is wrong, and the column where AWS's reader noticed "
               "it, which may lie a little behind it.",
        .tries = "`nephoscope pattern PATTERN FILE` and `aws events test-event-pattern` try a "
                 "pattern on an event.",
    },
    {
        .code = "LOOP",
        .what = "An event went from bus to bus too often.",
        .why = "A bus can be a rule's target, so that rules can send an event round in a circle. "
               "After some buses it is not sent on: it goes to the dead-letter queue of the last "
               "rule, where there is one, or is lost.",
        .tries = "`lab describe-buses` shows which rule sends to which bus; let the pattern of one "
                 "of them leave out what comes back.",
    },
    {
        .code = "LimitExceededException",
        .what = "There are as many of these as AWS allows, or the pattern is too long.",
        .why = "A rule has five targets, a bus 300 rules, an account 100 buses in a Region; a "
               "pattern may have 2,048 characters.",
        .tries = "Give other targets to another rule with the same pattern; delete what nobody "
                 "needs.",
    },
    {
        .code = "NO_PERMISSIONS",
        .what = "A rule may not send there: nobody has allowed it.",
        .why = "A queue, a topic or a bus takes from a service what its resource policy allows, "
               "and nothing while it has none. Such a delivery is not tried again: it goes to the "
               "dead-letter queue, where there is one, or is lost.",
        .tries = "A policy that lets the service events.amazonaws.com do it; for a queue: "
                 "`aws sqs set-queue-attributes --queue-url URL --attributes "
                 "'{\"Policy\":\"...\"}'`.",
    },
    {
        .code = "NO_RESOURCE",
        .what = "What a rule sends to is not there.",
        .why = "A target is an ARN; nobody looks whether it exists until an event is to go there. "
               "Such a delivery is not tried again: it goes to the dead-letter queue, where there "
               "is one, or is lost.",
        .tries = "`aws events list-targets-by-rule --rule NAME` shows the ARNs; `aws events "
                 "put-targets` with the same Id puts another in its place.",
    },
    {
        .code = "PolicyLengthExceededException",
        .what = "The bus's policy would be too long.",
        .why = "All statements of a bus share 10,240 characters.",
        .tries = "`aws events remove-permission --statement-id ID` takes one away.",
    },
    {
        .code = "ResourceAlreadyExistsException",
        .what = "There is one of that name already.",
        .why = "Names of buses are unique in an account and Region; default is always there.",
        .tries = "`aws events list-event-buses` shows the names that are taken.",
    },
    {
        .code = "ResourceNotFoundException",
        .what = "There is no such bus, rule, archive or replay here; or no such queue or task.",
        .why = "Rules belong to one bus, and buses to one account and Region. Without "
               "--event-bus-name the default bus is meant. Move tasks name queues by ARNs, and "
               "those are of one Region and account as well.",
        .tries = "`aws events list-event-buses`, `aws events list-rules --event-bus-name BUS`; "
                 "`aws sqs get-queue-attributes --attribute-names QueueArn` shows a queue's ARN.",
    },
    {
        .code = "SDK_CLIENT_ERROR",
        .what = "What a rule sends to refused what it was given.",
        .why = "It is there, and the rule may use it; but the message is too long, or has no group "
               "where one is needed, or the instance is in no state for that. Such a delivery is "
               "not tried again: it goes to the dead-letter queue, where there is one, or is lost.",
        .tries = "The sentence beside the code (ERROR_MESSAGE, or LastReason in `lab "
                 "describe-buses`) is what the target said.",
    },
    {
        .code = "TIMEOUT",
        .what = "What a rule sends to did not answer.",
        .why = "It is there, but its services are out of reach, or busy. Such a delivery is tried "
               "again, for 24 hours or 185 times unless the target's retry policy says less; "
               "then it goes to the dead-letter queue, where there is one, or is lost.",
        .tries = "`lab describe-faults` shows what is broken; the RetryPolicy of `aws events "
                 "put-targets` says how long to go on.",
    },
    {.code = NULL},
};
