/*
 * api/lab_mailbox.c - lab: the mails that topics sent, which at AWS leave for the world outside.
 */
#include "api/lab_parts.h"

#include <string.h>

#include "base/str.h"
#include "cloud/world.h"

struct mailbox_in {
    const char *address;
};

struct mail_view {
    int64_t time;
    const char *to;
    const char *from;
    const char *subject;
    const char *body;
    const char *token;
};

struct mailbox_out {
    LIST(struct mail_view) mails;
};

static const struct field mailbox_in_fields[] = {
    F_STRING(struct mailbox_in, address, "Address", "Only the mails to this address."),
};
static const struct field mail_fields[] = {
    F_TIME(struct mail_view, time, "Time", "When it came.", .flags = FIELD_COLUMN),
    F_STRING(struct mail_view, to, "To", "Whose mailbox.", .flags = FIELD_COLUMN),
    F_STRING(struct mail_view, from, "From", "Who mailed it."),
    F_STRING(struct mail_view, subject, "Subject", "Its subject.", .flags = FIELD_COLUMN),
    F_STRING(struct mail_view, body, "Body", "What it says."),
    F_STRING(struct mail_view, token, "Token",
             "Of a mail of confirmation: what confirm-subscription takes."),
};
static const struct shape mail_shape = SHAPE("Mail", struct mail_view, mail_fields);
static const struct field mailbox_out_fields[] = {
    F_LIST(struct mailbox_out, mails, struct mail_view, &mail_shape, "Mails",
           "The latest first; 200 are kept in all."),
};
static const struct shape mailbox_in_shape =
    SHAPE("DescribeMailboxRequest", struct mailbox_in, mailbox_in_fields);
static const struct shape mailbox_out_shape =
    SHAPE("DescribeMailboxResult", struct mailbox_out, mailbox_out_fields);

/* What stands behind Token= in a mail of SNS's own; NULL. */
static const char *token_of(struct call *call, const struct topic_mail *mail)
{
    const char *at = mail->message != 0 ? NULL : strstr(mail->body, "&Token=");

    return at == NULL ? NULL
                      : arena_strndup(&call->arena, at + strlen("&Token="), TOPIC_TOKEN - 1);
}

static int describe_mailbox(struct call *call, const void *in, void *out)
{
    const struct mailbox_in *wish = in;
    struct mailbox_out *answer = out;
    const struct table *mails = &call->world->topics.mails;

    for (uint32_t i = table_count(mails); i-- > 0;) {
        const struct topic_mail *mail = table_at(mails, i);

        if (mail->account != call->account || mail->region != call->region ||
            (wish->address != NULL && !str_equal(wish->address, mail->to)))
            continue;
        *LIST_PUSH_IN(&call->arena, &answer->mails) = (struct mail_view){
            .time = mail->time,
            .to = mail->to,
            .from = mail->from,
            .subject = mail->subject,
            .body = mail->body,
            .token = token_of(call, mail),
        };
    }
    return 0;
}

const struct op op_lab_describe_mailbox = {
    .name = "DescribeMailbox",
    .doc = "Shows the mails that your topics of this Region sent, and the tokens in them.",
    .example = "lab describe-mailbox --address ann@example.com",
    .in = &mailbox_in_shape,
    .out = &mailbox_out_shape,
    .run = describe_mailbox,
};
