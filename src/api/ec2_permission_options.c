/*
 * api/ec2_permission_options.c - --protocol, --port, --cidr, --source-group, --group-owner.
 *
 * The AWS CLI adds them to the operations on rules, so that one simple rule needs no
 * --ip-permissions; it makes IpPermissions of them before anything is sent.  True to the AWS CLI's
 * behaviour as measured, its refusals included.
 */
#include "api/ec2_permission.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/str.h"
#include "api/option_value.h"

/* No struct lies behind it: the values are read as JSON. */
struct permission_words {
    const char *protocol;
    const char *port;
    const char *cidr;
    const char *source_group;
    const char *group_owner;
};

static const struct field option_fields[] = {
    F_STRING(struct permission_words, protocol, "Protocol",
             "tcp, udp, icmp, all, or a protocol's number.", .flags = FIELD_CLI_ONLY),
    F_STRING(struct permission_words, port, "Port", "A port, or a range of ports: 22, 8000-8080.",
             .flags = FIELD_CLI_ONLY),
    F_STRING(struct permission_words, cidr, "Cidr", "The addresses that it is about: 0.0.0.0/0.",
             .flags = FIELD_CLI_ONLY),
    F_STRING(struct permission_words, source_group, "SourceGroup",
             "The security group that it is about: its id, or its name in the default VPC.",
             .flags = FIELD_CLI_ONLY, .ref = &kind_security_group),
    F_STRING(struct permission_words, group_owner, "GroupOwner",
             "The account of that security group.", .flags = FIELD_CLI_ONLY),
};

static const struct shape option_shape =
    SHAPE("SecurityGroupRuleOptions", struct permission_words, option_fields);

/* The one permission that the simple options describe, made when it is not there. */
static json_t *simple_permission(json_t *params)
{
    json_t *list = json_object_get(params, "IpPermissions");

    if (list == NULL) {
        list = json_array();
        json_array_append_new(list, json_object());
        json_object_set_new(params, "IpPermissions", list);
    }
    return json_array_get(list, 0);
}

static json_t *simple_pair(json_t *params)
{
    json_t *permission = simple_permission(params);
    json_t *list = json_object_get(permission, "UserIdGroupPairs");

    if (list == NULL) {
        list = json_array();
        json_array_append_new(list, json_object());
        json_object_set_new(permission, "UserIdGroupPairs", list);
    }
    return json_array_get(list, 0);
}

static int put_protocol(json_t *params, const char *text, struct str *message)
{
    int64_t number;

    if (option_value_integer(text, &number)) {
        if (number < -1 || number > 255) {
            str_add(message, "protocol numbers must be in the range 0-255 or -1 to specify "
                             "all protocols");
            return -1;
        }
    } else if (strcmp(text, "tcp") != 0 && strcmp(text, "udp") != 0 && strcmp(text, "icmp") != 0 &&
               strcmp(text, "all") != 0) {
        str_add(message, "protocol parameter should be one of: tcp|udp|icmp|all or any valid "
                         "protocol number.");
        return -1;
    }
    json_object_set_new(simple_permission(params), "IpProtocol",
                        json_string(strcmp(text, "all") == 0 ? "-1" : text));
    return 0;
}

static int put_port(json_t *params, const char *text, struct str *message)
{
    char *first = xstrdup(text);
    char *dash = strchr(first, '-');
    const char *last = first;
    int64_t from = -1;
    int64_t to = -1;
    bool fine = true;

    if (strcmp(text, "-1") != 0 && strcmp(text, "all") != 0) {
        if (dash != NULL) {
            *dash = '\0';
            last = dash + 1;
        }
        fine = option_value_integer(first, &from) && option_value_integer(last, &to);
    }
    free(first);
    if (!fine) {
        str_add(message,
                "port parameter should be of the form <from[-to]> (e.g. 22 or 22-25)");
        return -1;
    }
    json_object_set_new(simple_permission(params), "FromPort", json_integer(from));
    json_object_set_new(simple_permission(params), "ToPort", json_integer(to));
    return 0;
}

static const char *given_text(const json_t *given, const char *name)
{
    const char *text = json_string_value(json_object_get(given, name));

    return text == NULL || text[0] == '\0' ? NULL : text;
}

/* The simple options do not go together with --ip-permissions. */
static int refuse_mixture(const json_t *given, struct str *message)
{
    static const char *const names[][2] = {
        {"Protocol", "protocol"},         {"Port", "port"},
        {"Cidr", "cidr"},                 {"SourceGroup", "source_group"},
        {"GroupOwner", "group_owner"},
    };

    if (json_object_get(given, "IpPermissions") == NULL)
        return 0;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (given_text(given, names[i][0]) == NULL)
            continue;
        str_addf(message, "The --%s option is not compatible with the --ip-permissions option",
                 names[i][1]);
        return -1;
    }
    return 0;
}

static int apply_options(const json_t *given, json_t *params, struct str *message)
{
    const char *protocol = given_text(given, "Protocol");
    const char *port = given_text(given, "Port");
    const char *cidr = given_text(given, "Cidr");
    const char *group = given_text(given, "SourceGroup");
    const char *owner = given_text(given, "GroupOwner");

    if (protocol != NULL && put_protocol(params, protocol, message) != 0)
        return -1;
    if (port != NULL && put_port(params, port, message) != 0)
        return -1;
    if (cidr != NULL)
        json_object_set_new(simple_permission(params), "IpRanges",
                            json_pack("[{s:s}]", "CidrIp", cidr));
    if (group != NULL)
        json_object_set_new(simple_pair(params), str_starts(group, "sg-") ? "GroupId" : "GroupName",
                            json_string(group));
    if (owner != NULL)
        json_object_set_new(simple_pair(params), "UserId", json_string(owner));
    return 0;
}

const struct cli_extra permission_options = {
    .options = &option_shape,
    .check = refuse_mixture,
    .apply = apply_options,
};
