/*
 * cloud/resource_policy.c - the policies that stand at a resource: who may do what with it.
 *
 * Owns    struct resource_policy: the JSON of its statements, checked once, so that judging needs
 *         no second look.
 * True to the IAM user guide, "IAM JSON policy elements reference" and "Policy evaluation logic":
 *         an explicit Deny wins; several conditions must all hold, one of several values is enough;
 *         a key that the request does not have fails each operator but the negated ones.
 */
#include "cloud/resource_policy.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <jansson.h>

#include "base/str.h"

struct resource_policy {
    json_t *statements; /* an array of objects, all of which check_statement() passed */
};

/* ---- words ---- */

struct operator {
    const char *name;
    bool negated;
    bool wild; /* * and ? stand for others */
    bool folds;
};

/* ArnEquals and ArnLike mean the same (IAM reference, "Amazon Resource Name (ARN) condition
 * operators"). */
static const struct operator operators[] = {
    {"ArnEquals", false, true, false},       {"ArnLike", false, true, false},
    {"ArnNotEquals", true, true, false},     {"ArnNotLike", true, true, false},
    {"StringEquals", false, false, false},   {"StringNotEquals", true, false, false},
    {"StringLike", false, true, false},      {"StringNotLike", true, true, false},
    {"StringEqualsIgnoreCase", false, false, true},
    {"StringNotEqualsIgnoreCase", true, false, true},
};

static const struct operator *operator_find(const char *name)
{
    for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
        if (strcmp(operators[i].name, name) == 0)
            return &operators[i];
    return NULL;
}

enum { ACCOUNT_TEXT = 21 };

/* The value of a condition's key in the request; NULL when it has none.  Keys do not mind case. */
static const char *key_value(const struct resource_ask *ask, const char *key,
                             char account[ACCOUNT_TEXT])
{
    if (strcasecmp(key, "aws:SourceArn") == 0)
        return ask->source_arn;
    snprintf(account, ACCOUNT_TEXT, "%012" PRIu64,
             strcasecmp(key, "aws:SourceAccount") == 0 ? ask->source_account : ask->account);
    /* aws:SourceOwner, of topics, is the account that asks; AWS's services have none. */
    return strcmp(account, "000000000000") == 0 ? NULL : account;
}

static bool key_is_known(const char *key)
{
    return strcasecmp(key, "aws:SourceArn") == 0 || strcasecmp(key, "aws:SourceAccount") == 0 ||
           strcasecmp(key, "aws:PrincipalAccount") == 0 ||
           strcasecmp(key, "aws:SourceOwner") == 0;
}

/* ---- judging ---- */

/* Text alone, or one of a list. */
static bool any_of(const json_t *texts, bool (*holds)(const void *context, const char *text),
                   const void *context)
{
    size_t i;
    const json_t *one;

    if (json_is_string(texts))
        return holds(context, json_string_value(texts));
    json_array_foreach (texts, i, one) {
        if (holds(context, json_string_value(one)))
            return true;
    }
    return false;
}

/* Actions do not mind case. */
static bool action_holds(const void *context, const char *pattern)
{
    struct str low = STR_INIT;
    struct str low_pattern = STR_INIT;
    bool holds;

    for (const char *at = context; *at != '\0'; at++)
        str_addc(&low, (char)(*at >= 'A' && *at <= 'Z' ? *at + 'a' - 'A' : *at));
    for (const char *at = pattern; *at != '\0'; at++)
        str_addc(&low_pattern, (char)(*at >= 'A' && *at <= 'Z' ? *at + 'a' - 'A' : *at));
    holds = str_matches(str_text(&low_pattern), str_text(&low));
    str_release(&low);
    str_release(&low_pattern);
    return holds;
}

static bool resource_holds(const void *context, const char *pattern)
{
    return str_matches(pattern, context);
}

static bool service_holds(const void *context, const char *name)
{
    return strcmp(name, context) == 0;
}

/* "*", "111122223333", "arn:aws:iam::111122223333:root". */
static bool account_holds(const void *context, const char *name)
{
    const struct resource_ask *ask = context;
    char account[ACCOUNT_TEXT];
    char root[ACCOUNT_TEXT + 32];

    snprintf(account, sizeof(account), "%012" PRIu64, ask->account);
    snprintf(root, sizeof(root), "arn:aws:iam::%s:root", account);
    return strcmp(name, "*") == 0 || strcmp(name, account) == 0 || strcmp(name, root) == 0;
}

static bool principal_holds(const json_t *principal, const struct resource_ask *ask)
{
    if (json_is_string(principal)) /* "*" */
        return true;
    if (ask->service != NULL)
        return any_of(json_object_get(principal, "Service"), service_holds, ask->service) ||
               any_of(json_object_get(principal, "AWS"), service_holds, "*");
    return any_of(json_object_get(principal, "AWS"), account_holds, ask);
}

struct comparison {
    const struct operator *operator;
    const char *value;
};

static bool value_holds(const void *context, const char *wanted)
{
    const struct comparison *comparison = context;

    return comparison->operator->wild    ? str_matches(wanted, comparison->value)
           : comparison->operator->folds ? strcasecmp(wanted, comparison->value) == 0
                                         : strcmp(wanted, comparison->value) == 0;
}

static bool conditions_hold(const json_t *conditions, const struct resource_ask *ask)
{
    const char *name;
    const char *key;
    json_t *keys;
    json_t *wanted;

    json_object_foreach ((json_t *)(uintptr_t)conditions, name, keys) {
        const struct operator *operator = operator_find(name);

        json_object_foreach (keys, key, wanted) {
            char account[ACCOUNT_TEXT];
            const char *value = key_value(ask, key, account);
            const struct comparison comparison = {.operator = operator, .value = value};

            if (value == NULL ? !operator->negated
                              : any_of(wanted, value_holds, &comparison) == operator->negated)
                return false;
        }
    }
    return true;
}

/* An element, or its negation under another name; neither is any. */
static bool element_holds(const json_t *statement, const char *name, const char *negation,
                          bool (*holds)(const void *context, const char *text),
                          const void *context)
{
    const json_t *texts = json_object_get(statement, name);
    const json_t *others = json_object_get(statement, negation);

    return (texts == NULL || any_of(texts, holds, context)) &&
           (others == NULL || !any_of(others, holds, context));
}

enum resource_verdict resource_policy_judge(const struct resource_policy *policy,
                                            const struct resource_ask *ask)
{
    enum resource_verdict verdict = POLICY_SILENT;
    size_t i;
    json_t *statement;

    if (policy == NULL)
        return verdict;
    json_array_foreach (policy->statements, i, statement) {
        if (!principal_holds(json_object_get(statement, "Principal"), ask) ||
            !element_holds(statement, "Action", "NotAction", action_holds, ask->action) ||
            !element_holds(statement, "Resource", "NotResource", resource_holds, ask->resource) ||
            !conditions_hold(json_object_get(statement, "Condition"), ask))
            continue;
        if (strcmp(json_string_value(json_object_get(statement, "Effect")), "Deny") == 0)
            return POLICY_DENIES;
        verdict = POLICY_ALLOWS;
    }
    return verdict;
}

/* ---- reading ---- */

struct reading {
    struct arena *arena;
    const char *what;
    enum resource_policy_fault fault;
};

static bool refuse(struct reading *reading, enum resource_policy_fault fault, const char *what)
{
    reading->fault = fault;
    reading->what = arena_strdup(reading->arena, what);
    return false;
}

static bool is_texts(const json_t *value)
{
    size_t i;
    const json_t *one;

    if (json_is_string(value))
        return true;
    json_array_foreach (value, i, one) {
        if (!json_is_string(one))
            return false;
    }
    return json_is_array(value) && json_array_size(value) > 0;
}

static bool check_principal(struct reading *reading, const json_t *principal)
{
    const char *kind;
    json_t *names;

    if (json_is_string(principal))
        return strcmp(json_string_value(principal), "*") == 0 ||
               refuse(reading, POLICY_MALFORMED, "Principal");
    if (!json_is_object(principal) || json_object_size(principal) == 0)
        return refuse(reading, POLICY_MALFORMED, "Principal");
    json_object_foreach ((json_t *)(uintptr_t)principal, kind, names) {
        if (strcmp(kind, "AWS") != 0 && strcmp(kind, "Service") != 0)
            return strcmp(kind, "Federated") == 0 || strcmp(kind, "CanonicalUser") == 0
                       ? refuse(reading, POLICY_NOT_MODELLED, kind)
                       : refuse(reading, POLICY_MALFORMED, "Principal");
        if (!is_texts(names))
            return refuse(reading, POLICY_MALFORMED, "Principal");
    }
    return true;
}

static bool check_condition(struct reading *reading, const json_t *conditions)
{
    const char *name;
    const char *key;
    json_t *keys;
    json_t *values;

    if (!json_is_object(conditions))
        return refuse(reading, POLICY_MALFORMED, "Condition");
    json_object_foreach ((json_t *)(uintptr_t)conditions, name, keys) {
        if (operator_find(name) == NULL)
            return refuse(reading, POLICY_NOT_MODELLED, name);
        if (!json_is_object(keys))
            return refuse(reading, POLICY_MALFORMED, "Condition");
        json_object_foreach (keys, key, values) {
            if (!is_texts(values))
                return refuse(reading, POLICY_MALFORMED, "Condition");
            if (!key_is_known(key))
                return refuse(reading, POLICY_NOT_MODELLED, key);
        }
    }
    return true;
}

static bool check_statement(struct reading *reading, const json_t *statement)
{
    const json_t *effect = json_object_get(statement, "Effect");
    const char *name;
    json_t *value;

    if (!json_is_object(statement) || !json_is_string(effect) ||
        (strcmp(json_string_value(effect), "Allow") != 0 &&
         strcmp(json_string_value(effect), "Deny") != 0))
        return refuse(reading, POLICY_MALFORMED, "Effect");
    json_object_foreach ((json_t *)(uintptr_t)statement, name, value) {
        if (strcmp(name, "NotPrincipal") == 0)
            return refuse(reading, POLICY_NOT_MODELLED, name);
        if (strcmp(name, "Action") == 0 || strcmp(name, "NotAction") == 0 ||
            strcmp(name, "Resource") == 0 || strcmp(name, "NotResource") == 0) {
            if (!is_texts(value))
                return refuse(reading, POLICY_MALFORMED, name);
        } else if (strcmp(name, "Principal") == 0) {
            if (!check_principal(reading, value))
                return false;
        } else if (strcmp(name, "Condition") == 0) {
            if (!check_condition(reading, value))
                return false;
        } else if (strcmp(name, "Sid") != 0 && strcmp(name, "Effect") != 0) {
            return refuse(reading, POLICY_MALFORMED, name);
        }
    }
    if (json_object_get(statement, "Principal") == NULL)
        return refuse(reading, POLICY_MALFORMED, "Principal");
    if (json_object_get(statement, "Action") == NULL &&
        json_object_get(statement, "NotAction") == NULL)
        return refuse(reading, POLICY_MALFORMED, "Action");
    return true;
}

static bool check_policy(struct reading *reading, const json_t *policy, json_t **statements)
{
    json_t *given = json_object_get(policy, "Statement");
    size_t i;
    json_t *one;

    if (!json_is_object(policy) || (!json_is_object(given) && !json_is_array(given)))
        return refuse(reading, POLICY_MALFORMED, "Statement");
    if (json_is_object(given)) {
        *statements = json_array();
        json_array_append(*statements, given);
    } else {
        *statements = json_incref(given);
    }
    json_array_foreach (*statements, i, one) {
        if (!check_statement(reading, one))
            return false;
    }
    return true;
}

enum resource_policy_fault resource_policy_read(const char *text, struct arena *arena,
                                                struct resource_policy **policy,
                                                const char **what)
{
    struct reading reading = {.arena = arena, .what = "Policy"};
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    json_t *statements = NULL;
    bool good = check_policy(&reading, json, &statements);

    *policy = NULL;
    *what = reading.what;
    json_decref(json);
    if (!good) {
        json_decref(statements);
        return reading.fault;
    }
    *policy = xcalloc(1, sizeof(**policy));
    (*policy)->statements = statements;
    return POLICY_READ;
}

void resource_policy_free(struct resource_policy *policy)
{
    if (policy == NULL)
        return;
    json_decref(policy->statements);
    free(policy);
}
