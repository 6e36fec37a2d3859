/*
 * cloud/topic_mail.c - SNS: mailboxes, so that what is mailed can be read.
 *
 * Owns    struct topic_mail: the latest TOPIC_MAILS.
 */
#include "cloud/topic_parts.h"

#include "base/str.h"

void topic_mail(struct topics *topics, const struct topic *topic, const struct topic_mail *mail)
{
    struct topic_mail *row;

    if (table_count(&topics->mails) >= TOPIC_MAILS)
        table_remove(&topics->mails, ((struct topic_mail *)table_at(&topics->mails, 0))->id);
    row = table_add(&topics->mails, ids_new(topics->ids));
    row->account = topic->account;
    row->region = topic->region;
    row->message = mail->message;
    row->time = topics->sim->now;
    row->to = xstrdup(mail->to);
    row->from = xasprintf("%s <no-reply@sns.amazonaws.com>",
                          topic->display != NULL ? topic->display : "AWS Notifications");
    row->subject = xstrdup(mail->subject);
    row->body = xstrdup(mail->body);
}
