/*
 * api/explain_codes_sns.c - the error codes of SNS in plain words.
 *
 * Sorted by code.
 */
#include "api/explain_rows.h"

const struct explanation explain_codes_sns[] = {
    {
        .code = "AuthorizationError",
        .what = "The topic belongs to another account, and its policy does not let you.",
        .why = "A topic's own account may do all with it; others only what its policy says.",
        .tries = "Let the owner write a statement: `aws sns add-permission`.",
    },
    {
        .code = "BatchEntryIdsNotDistinct",
        .what = "Two entries of a batch have the same id.",
        .why = "The answer names entries by their ids, so each needs its own.",
        .tries = "Number them: Id=1, Id=2, Id=3.",
    },
    {
        .code = "BatchRequestTooLong",
        .what = "The messages of the batch are too large together.",
        .why = "A batch may have 262,144 bytes, as a single message may.",
        .tries = "Publish fewer messages in each batch.",
    },
    {
        .code = "EmptyBatchRequest",
        .what = "The batch has no entry.",
        .why = "A batch is one to ten entries in one request.",
        .tries = "Give at least one: `--publish-batch-request-entries Id=1,Message=latte`.",
    },
    {
        .code = "FilterPolicyLimitExceeded",
        .what = "The topic has as many filter policies as it may.",
        .why = "Each message is held against all of them, so SNS allows 200 for each topic.",
        .tries = "Filter in the consumer, or publish on several topics.",
    },
    {
        .code = "InvalidBatchEntryId",
        .what = "An entry's id has a form that SNS does not take.",
        .why = "Ids only tell the entries of one batch apart, and are kept short and plain.",
        .tries = "Use up to 80 letters, digits, hyphens and underscores.",
    },
    {
        .code = "NotFound",
        .what = "There is no such topic or subscription in this Region.",
        .why = "ARNs name Region and account; a deleted topic takes its subscriptions with it.",
        .tries = "Look with `aws sns list-topics` or `aws sns list-subscriptions`.",
    },
    {
        .code = "ParameterValueInvalid",
        .what = "A message attribute's name, type or value is not allowed.",
        .why = "Names are letters, digits, hyphens, underscores and single dots; a Binary has "
               "its value in BinaryValue, all others in StringValue.",
        .tries = "Write NAME={DataType=String,StringValue=latte}.",
    },
    {
        .code = "TooManyEntriesInBatchRequest",
        .what = "The batch has more than ten entries.",
        .why = "A batch is one to ten entries in one request.",
        .tries = "Publish several batches.",
    },
    {.code = NULL},
};
