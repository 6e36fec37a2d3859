/*
 * cloud/topic_visit.c - SNS: somebody visits one of the links that its messages and mails bear.
 *
 * Whoever has the link may: it asks for no password.  Only a subscription that was confirmed with
 * AuthenticateOnUnsubscribe wants its owner.
 *
 * True to the API reference, "ConfirmSubscription", "Unsubscribe", for requests without a
 * signature.
 */
#include "cloud/topic_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "sim/chance.h"

#define NAMESPACE "http://sns.amazonaws.com/doc/2010-03-31/"

struct visit {
    struct topics *topics;
    const char *path;
    struct arena *arena;
    struct str *body;
    uint64_t number;
};

static int hex(char c)
{
    const char *digits = "0123456789abcdef";
    const char *at = strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);

    return c == '\0' || at == NULL ? -1 : (int)(at - digits);
}

/* A parameter of the query, %XX decoded; "" when it is not there. */
static const char *parameter(const struct visit *visit, const char *name)
{
    const char *at = strchr(visit->path, '?');
    size_t length = strlen(name);

    while (at != NULL) {
        char *out;
        char *to;

        at++;
        if (strncmp(at, name, length) != 0 || at[length] != '=') {
            at = strchr(at, '&');
            continue;
        }
        at += length + 1;
        out = to = arena_strndup(visit->arena, at, strcspn(at, "&"));
        for (const char *from = out; *from != '\0'; from++) {
            bool coded = *from == '%' && hex(from[1]) >= 0 && hex(from[2]) > 0;

            *to++ = coded ? (char)(hex(from[1]) * 16 + hex(from[2])) : *from;
            from += coded ? 2 : 0;
        }
        *to = '\0';
        return out;
    }
    return "";
}

static const char *request_id(const struct visit *visit)
{
    struct chance chance = chance_stream(visit->topics->seed, "topic-visit", visit->number);
    char uuid[MESSAGE_UUID];

    message_uuid(visit->topics->log, chance_u64(&chance) | 1, uuid);
    return arena_strdup(visit->arena, uuid);
}

static int refuse(const struct visit *visit, int status, const char *code, const char *text)
{
    str_addf(visit->body,
             "<ErrorResponse xmlns=\"" NAMESPACE "\">\n  <Error>\n    <Type>Sender</Type>\n"
             "    <Code>%s</Code>\n    <Message>%s</Message>\n  </Error>\n"
             "  <RequestId>%s</RequestId>\n</ErrorResponse>\n",
             code, text, request_id(visit));
    return status;
}

static int answer(const struct visit *visit, const char *action, const char *arn)
{
    struct str *body = visit->body;

    str_addf(body, "<%sResponse xmlns=\"" NAMESPACE "\">\n", action);
    if (arn != NULL)
        str_addf(body, "  <%sResult>\n    <SubscriptionArn>%s</SubscriptionArn>\n  </%sResult>\n",
                 action, arn, action);
    str_addf(body,
             "  <ResponseMetadata>\n    <RequestId>%s</RequestId>\n  </ResponseMetadata>\n"
             "</%sResponse>\n",
             request_id(visit), action);
    return 200;
}

static int confirm(const struct visit *visit)
{
    struct topic *topic = topic_find_arn(visit->topics, parameter(visit, "TopicArn"));
    struct topic_subscription *subscription =
        topic == NULL ? NULL : topic_token_find(visit->topics, topic, parameter(visit, "Token"));

    if (subscription == NULL)
        return refuse(visit, 400, "InvalidParameter", "Invalid parameter: Token");
    topic_confirm(visit->topics, subscription,
                  strcmp(parameter(visit, "AuthenticateOnUnsubscribe"), "true") == 0);
    return answer(visit, "ConfirmSubscription",
                  topic_subscription_arn(visit->topics, visit->arena, subscription));
}

static int leave(const struct visit *visit)
{
    struct topic_subscription *subscription =
        topic_subscription_find_arn(visit->topics, parameter(visit, "SubscriptionArn"));

    if (subscription != NULL && subscription->authenticated)
        return refuse(visit, 403, "AuthorizationError",
                      "User is not authorized to perform: SNS:Unsubscribe on this resource");
    if (subscription != NULL)
        topic_unsubscribe(visit->topics, subscription);
    return answer(visit, "Unsubscribe", NULL);
}

int topic_visit(struct topics *topics, const char *path, uint64_t number, struct str *body)
{
    struct arena arena = ARENA_INIT;
    const struct visit visit = {
        .topics = topics,
        .path = path,
        .arena = &arena,
        .body = body,
        .number = number,
    };
    const char *action = parameter(&visit, "Action");
    int status;

    if (strcmp(action, "ConfirmSubscription") == 0 || str_starts(path, "/confirmation.html?"))
        status = confirm(&visit);
    else if (strcmp(action, "Unsubscribe") == 0 || str_starts(path, "/unsubscribe.html?"))
        status = leave(&visit);
    else if (action[0] == '\0')
        status = refuse(&visit, 400, "MissingAction", "Action is required");
    else
        status = refuse(&visit, 403, "MissingAuthenticationToken",
                        "Request is missing Authentication Token");
    arena_release(&arena);
    return status;
}
