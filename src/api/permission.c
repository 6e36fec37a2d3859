/*
 * api/permission.c - labelled statements in the policies of queues and topics.
 */
#include "api/permission.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

/* As a list, which the policy then holds; borrowed. */
static json_t *statements_of(json_t *policy)
{
    json_t *statements = json_object_get(policy, "Statement");

    if (!json_is_object(statements))
        return statements;
    json_object_set_new(policy, "Statement", json_pack("[O]", statements));
    return json_object_get(policy, "Statement");
}

/* Where it stands; -1: nowhere. */
static int find(const json_t *statements, const char *label)
{
    for (size_t i = 0; i < json_array_size(statements); i++)
        if (str_equal(json_string_value(
                          json_object_get(json_array_get(statements, i), "Sid")), label))
            return (int)i;
    return -1;
}

static json_t *one_or_list(const struct strings *texts, const char *before, const char *behind)
{
    json_t *list = json_array();
    json_t *one;

    for (uint32_t i = 0; i < texts->count; i++) {
        char *text = xasprintf("%s%s%s", before, texts->items[i], behind);

        json_array_append_new(list, json_string(text));
        free(text);
    }
    if (texts->count != 1)
        return list;
    one = json_incref(json_array_get(list, 0));
    json_decref(list);
    return one;
}

bool permission_add(json_t *policy, const struct permission_in *wish, const char *service,
                    const char *arn)
{
    json_t *statements = statements_of(policy);
    char *before;

    if (find(statements, wish->label) >= 0)
        return false;
    before = xasprintf("%s:", service);
    json_array_append_new(
        statements,
        json_pack("{s:s, s:s, s:{s:o}, s:o, s:s}", "Sid", wish->label, "Effect", "Allow",
                  "Principal", "AWS", one_or_list(&wish->accounts, "arn:aws:iam::", ":root"),
                  "Action", one_or_list(&wish->actions, before, ""), "Resource", arn));
    free(before);
    return true;
}

bool permission_remove(json_t *policy, const char *label)
{
    json_t *statements = statements_of(policy);
    int at = find(statements, label);

    return at >= 0 && json_array_remove(statements, (size_t)at) == 0;
}

size_t permission_count(json_t *policy)
{
    return json_array_size(statements_of(policy));
}

const char *permission_bad_account(const struct strings *accounts)
{
    for (uint32_t i = 0; i < accounts->count; i++)
        if (strlen(accounts->items[i]) != 12 || strspn(accounts->items[i], "0123456789") != 12)
            return accounts->items[i];
    return NULL;
}

const char *permission_bad_action(const struct strings *actions, const char *const *words)
{
    for (uint32_t i = 0; i < actions->count; i++) {
        const char *const *word = words;

        while (*word != NULL && strcmp(*word, actions->items[i]) != 0)
            word++;
        if (*word == NULL)
            return actions->items[i];
    }
    return NULL;
}
