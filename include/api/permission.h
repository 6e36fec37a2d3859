/*
 * api/permission.h - AddPermission and RemovePermission: labelled statements in a resource's
 * policy, as SQS and SNS write them.
 */
#ifndef API_PERMISSION_H
#define API_PERMISSION_H

#include <stddef.h>

#include <jansson.h>

#include "base/list.h"

/* What a statement allows. */
struct permission {
    const char *label;
    const struct strings *accounts;
    const struct strings *actions; /* without the service: "SendMessage" */
    const char *service;           /* "SQS" */
    const char *resource;          /* an ARN */
};

/* The statements of a policy as a list, which it then holds; borrowed. */
json_t *permission_statements(json_t *policy);
/* Where the statement with that label stands; -1: nowhere. */
int permission_find(const json_t *statements, const char *label);
/* The statement, as a new reference: one account or action alone as a text, several as a list. */
json_t *permission_statement(const struct permission *permission);
/* The first that is no account of twelve digits; NULL: all are. */
const char *permission_bad_account(const struct strings *accounts);
/* The first that is none of the words (a list that ends with NULL); NULL: all are. */
const char *permission_bad_action(const struct strings *actions, const char *const *words);

#endif
