/*
 * api/permission.h - AddPermission and RemovePermission: labelled statements in a resource's
 * policy, as SQS and SNS write them.
 */
#ifndef API_PERMISSION_H
#define API_PERMISSION_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "base/list.h"
#include "base/shape.h"

/* What AddPermission is given; of RemovePermission the first two. */
struct permission_in {
    const char *resource; /* a queue's URL, a topic's ARN */
    const char *label;
    struct strings accounts;
    struct strings actions; /* without the service: "SendMessage" */
};

#define F_PERMISSION_LABEL \
    F_STRING(struct permission_in, label, "Label", "The name of the statement.", \
             .flags = FIELD_REQUIRED)
#define F_PERMISSION_ACCOUNTS(NAME) \
    F_STRINGS(struct permission_in, accounts, NAME, "Who may: accounts.", .flags = FIELD_REQUIRED)
#define F_PERMISSION_ACTIONS(NAME, DOC) \
    F_STRINGS(struct permission_in, actions, NAME, DOC, .flags = FIELD_REQUIRED)

/* Adds the statement of a service ("SQS") on a resource (an ARN) to the policy: one account or
 * action alone as a text, several as a list.  False when it has one with that label. */
bool permission_add(json_t *policy, const struct permission_in *wish, const char *service,
                    const char *arn);
/* Takes the statement with that label out of it; false when there is none. */
bool permission_remove(json_t *policy, const char *label);
/* How many statements it has. */
size_t permission_count(json_t *policy);
/* The first that is no account of twelve digits; NULL: all are. */
const char *permission_bad_account(const struct strings *accounts);
/* The first that is none of the words (a list that ends with NULL); NULL: all are. */
const char *permission_bad_action(const struct strings *actions, const char *const *words);

#endif
