/*
 * api/explain_codes_sqs.c - the error codes of SQS in plain words.
 *
 * Sorted by code.  They are the older codes, which the AWS CLI shows.
 */
#include "api/explain_rows.h"

const struct explanation explain_codes_sqs[] = {
    {
        .code = "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
        .what = "Two entries of a batch have the same id.",
        .why = "The answer names entries by their ids, so each needs its own.",
        .tries = "Number them: Id=1, Id=2, Id=3.",
    },
    {
        .code = "AWS.SimpleQueueService.BatchRequestTooLong",
        .what = "The messages of the batch are too large together.",
        .why = "A batch may weigh 1 MiB, bodies and attributes counted, as a single message may.",
        .tries = "Send fewer messages in each batch.",
    },
    {
        .code = "AWS.SimpleQueueService.EmptyBatchRequest",
        .what = "The batch has no entry.",
        .why = "A batch is one to ten entries in one request.",
        .tries = "Give at least one: `--entries Id=1,MessageBody=latte`.",
    },
    {
        .code = "AWS.SimpleQueueService.InvalidBatchEntryId",
        .what = "An entry's id has a form that SQS does not take.",
        .why = "Ids only tell the entries of one batch apart, and are kept short and plain.",
        .tries = "Letters, digits, - and _, up to 80 of them.",
    },
    {
        .code = "AWS.SimpleQueueService.MessageNotInflight",
        .what = "The message is not in flight, so there is nothing to prolong.",
        .why = "Its visibility timeout was over before the request came, and somebody else has "
               "received it since.",
        .tries = "Receive it again; and choose a timeout that is longer than the work takes.",
    },
    {
        .code = "AWS.SimpleQueueService.NonExistentQueue",
        .what = "There is no such queue in this account and Region.",
        .why = "A queue belongs to one Region, and its name minds case. Newer programs show this "
               "code as QueueDoesNotExist.",
        .tries = "`aws sqs list-queues` shows what there is; look at `--region`, too.",
    },
    {
        .code = "AWS.SimpleQueueService.PurgeQueueInProgress",
        .what = "The queue is being purged already.",
        .why = "A purge takes up to a minute, and SQS takes one in a minute.",
        .tries = "`sleep 60`, then once more, if there is anything left.",
    },
    {
        .code = "AWS.SimpleQueueService.QueueDeletedRecently",
        .what = "A queue of that name was deleted less than a minute ago.",
        .why = "The storage servers forget a queue one by one, and a new one of that name would "
               "meet the old one's messages.",
        .tries = "`sleep 60`, or another name. To empty a queue, `aws sqs purge-queue` is enough.",
    },
    {
        .code = "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
        .what = "The batch has more than ten entries.",
        .why = "Ten is the most that one request may hold.",
        .tries = "Send several batches.",
    },
    {
        .code = "AccessDenied",
        .what = "The queue belongs to another account, which does not let yours use it.",
        .why = "Across accounts, a queue's policy must allow the account, the action and the "
               "queue.",
        .tries = "Its owner can write that: `aws sqs add-permission`, or set-queue-attributes "
                 "with Policy.",
    },
    {
        .code = "InvalidAddress",
        .what = "The URL is none of a queue in this Region.",
        .why = "A queue is asked at the endpoint of its Region, by the whole URL.",
        .tries = "Take the URL that create-queue or get-queue-url gave, not the name or the ARN.",
    },
    {
        .code = "InvalidAttributeName",
        .what = "The queue has no attribute of that name.",
        .why = "Some attributes are of FIFO queues only, and some can only be read.",
        .tries = "`aws sqs set-queue-attributes help` lists them.",
    },
    {
        .code = "InvalidAttributeValue",
        .what = "The attribute cannot have that value.",
        .why = "Each attribute has a range: a visibility timeout 0 to 43200 seconds, a retention "
               "60 to 1209600.",
        .tries = "Give seconds as plain numbers, without a unit; policies as JSON in a text.",
    },
    {
        .code = "InvalidMessageContents",
        .what = "The message has characters that SQS does not carry.",
        .why = "Messages are texts that fit into XML: of the control characters only tab, line "
               "feed and carriage return do.",
        .tries = "Encode bytes in base64, or send them as an attribute of type Binary.",
    },
    {
        .code = "InvalidMessageID.NotFound",
        .what = "No message of that id is remembered.",
        .why = "The last steps of all messages are kept, and make room for newer ones.",
        .tries = "Take the MessageId of a message that is there, or of one sent lately.",
    },
    {
        .code = "OverLimit",
        .what = "There is more of something than SQS allows at once.",
        .why = "A standard queue may have about 120,000 messages in flight; a policy 20 "
               "statements.",
        .tries = "Delete what is done, so that it is no longer in flight; or shorten the "
                 "visibility timeout.",
    },
    {
        .code = "QueueAlreadyExists",
        .what = "A queue of that name is there, and is not what you asked for.",
        .why = "create-queue may be repeated, and then gives the same URL, as long as all "
               "attributes are the same. Newer programs show this code as QueueNameExists.",
        .tries = "Look at it with `aws sqs get-queue-attributes`, and change it with "
                 "set-queue-attributes.",
    },
    {
        .code = "ReceiptHandleIsInvalid",
        .what = "That text is no receipt handle of this queue.",
        .why = "A handle is given with each receive, and belongs to that receive and that queue.",
        .tries = "Take the ReceiptHandle of the last answer, whole and in quotes.",
    },
    {.code = NULL},
};
