/*
 * api/ec2_instance_options.c - the options that the AWS CLI adds to run-instances.
 *
 * True to the AWS CLI's behaviour as measured: --count becomes MinCount and MaxCount (1 unless
 * said), the options on addresses become a NetworkInterfaces of one item, into which the subnet and
 * the groups then move; UserData is encoded in base 64.
 */
#include "api/ec2_instance_options.h"

#include <stdlib.h>
#include <string.h>

#include <nettle/base64.h>

#include "base/mem.h"
#include "base/str.h"
#include "api/ec2_parts.h"
#include "api/option_value.h"

/* No struct lies behind it: the values are read as JSON. */
struct run_words {
    const char *count;
    bool public_address;
    struct strings addresses;
    int32_t address_count;
};

static const struct field option_fields[] = {
    F_STRING(struct run_words, count, "Count",
             "How many to launch: a number, or LEAST:MOST; 1 unless you say so.",
             .flags = FIELD_CLI_ONLY),
    F_STRINGS(struct run_words, addresses, "SecondaryPrivateIpAddresses",
              "More private addresses; not modelled.", .flags = FIELD_CLI_ONLY),
    F_INT(struct run_words, address_count, "SecondaryPrivateIpAddressCount",
          "How many more private addresses; not modelled.", .flags = FIELD_CLI_ONLY),
    F_BOOL(struct run_words, public_address, "AssociatePublicIpAddress",
           "Whether they get a public address; else the subnet decides.", .flags = FIELD_CLI_ONLY),
};

static const struct shape option_shape =
    SHAPE("RunInstancesOptions", struct run_words, option_fields);

static int put_count(const json_t *given, json_t *params, struct str *message)
{
    const char *text = json_string_value(json_object_get(given, "Count"));
    int64_t least = 1;
    int64_t most = 1;

    if (text != NULL) {
        const char *colon = strchr(text, ':');
        char *first = colon == NULL ? xstrdup(text) : xstrndup(text, (size_t)(colon - text));
        bool fine = option_value_integer(first, &least) &&
                    option_value_integer(colon == NULL ? first : colon + 1, &most);

        free(first);
        if (!fine) {
            str_add(message, "count parameter should be of form <min>[:max] (e.g. 1 or 1:10)");
            return -1;
        }
    }
    if (text != NULL || json_object_get(params, "MinCount") == NULL)
        json_object_set_new(params, "MinCount", json_integer(least));
    if (text != NULL || json_object_get(params, "MaxCount") == NULL)
        json_object_set_new(params, "MaxCount", json_integer(most));
    return 0;
}

/* The interface that the simple options describe, made when it is not there. */
static json_t *simple_card(json_t *params)
{
    json_t *list = json_object_get(params, "NetworkInterfaces");

    if (list == NULL) {
        list = json_pack("[{s:i}]", "DeviceIndex", 0);
        json_object_set_new(params, "NetworkInterfaces", list);
    }
    return json_array_get(list, 0);
}

static int put_addresses(const json_t *given, json_t *params, struct str *message)
{
    json_t *is_public = json_object_get(given, "AssociatePublicIpAddress");
    json_t *count = json_object_get(given, "SecondaryPrivateIpAddressCount");
    json_t *addresses = json_object_get(given, "SecondaryPrivateIpAddresses");
    bool any = json_is_true(is_public) || count != NULL || json_array_size(addresses) > 0;

    if (any && json_array_size(json_object_get(params, "NetworkInterfaces")) > 0) {
        str_add(message, "Mixing the --network-interfaces option with the simple, scalar options "
                         "is not supported.");
        return -1;
    }
    if (json_array_size(addresses) > 0) {
        json_t *list = json_array();

        for (size_t i = 0; i < json_array_size(addresses); i++)
            json_array_append_new(list, json_pack("{s:O,s:b}", "PrivateIpAddress",
                                                  json_array_get(addresses, i), "Primary", 0));
        json_object_set_new(simple_card(params), "PrivateIpAddresses", list);
    }
    if (count != NULL)
        json_object_set(simple_card(params), "SecondaryPrivateIpAddressCount", count);
    if (is_public != NULL)
        json_object_set(simple_card(params), "AssociatePublicIpAddress", is_public);
    return 0;
}

static void move_member(json_t *params, const char *from, json_t *card, const char *to)
{
    json_t *value = json_object_get(params, from);

    if (value == NULL)
        return;
    json_object_set(card, to, value);
    json_object_del(params, from);
}

/* Where an interface says such things, subnet and groups must stand in it too. */
static void move_into_card(json_t *params)
{
    json_t *card = json_array_get(json_object_get(params, "NetworkInterfaces"), 0);
    json_t *address = json_object_get(params, "PrivateIpAddress");

    if (json_object_get(card, "PrivateIpAddresses") == NULL &&
        json_object_get(card, "SecondaryPrivateIpAddressCount") == NULL &&
        json_object_get(card, "AssociatePublicIpAddress") == NULL)
        return;
    move_member(params, "SubnetId", card, "SubnetId");
    move_member(params, "SecurityGroupIds", card, "Groups");
    if (address != NULL) {
        json_object_set_new(card, "PrivateIpAddresses",
                            json_pack("[{s:O,s:b}]", "PrivateIpAddress", address, "Primary", 1));
        json_object_del(params, "PrivateIpAddress");
    }
    move_member(params, "Ipv6AddressCount", card, "Ipv6AddressCount");
    move_member(params, "Ipv6Addresses", card, "Ipv6Addresses");
    move_member(params, "EnablePrimaryIpv6", card, "PrimaryIpv6");
}

static void encode_user_data(json_t *params)
{
    json_t *data = json_object_get(params, "UserData");
    size_t length = json_string_length(data);
    char *text;

    if (!json_is_string(data))
        return;
    text = xcalloc(BASE64_ENCODE_RAW_LENGTH(length) + 1, 1);
    base64_encode_raw(text, length, (const uint8_t *)json_string_value(data));
    json_object_set_new(params, "UserData", json_string(text));
    free(text);
}

static int apply_options(const json_t *given, json_t *params, struct str *message)
{
    if (put_count(given, params, message) != 0 || put_addresses(given, params, message) != 0)
        return -1;
    move_into_card(params);
    encode_user_data(params);
    return 0;
}

const struct cli_extra run_instances_options = {
    .options = &option_shape,
    .apply = apply_options,
};
