/*
 * api/events_tag.c - events: tags of rules and buses.
 */
#include "api/events_parts.h"

#include <string.h>

#include "base/str.h"

static const struct field tag_fields[] = {
    F_STRING(struct tag_view, key, "Key", "The name of the tag.", .flags = FIELD_REQUIRED, .min = 1,
             .max = 128),
    F_STRING(struct tag_view, value, "Value", "What it says; may be empty.",
             .flags = FIELD_REQUIRED, .max = 256),
};
const struct shape event_tag_shape = SHAPE("Tag", struct tag_view, tag_fields);

struct tag_in {
    const char *arn;
    struct tag_views tags;
    struct strings keys;
};

struct list_out {
    struct tag_views tags;
};

#define F_RESOURCE(T)                                                                              \
    F_STRING(T, arn, "ResourceARN", "The ARN of a rule or a bus.", .flags = FIELD_REQUIRED,        \
             .min = 1, .max = 1600)

static const struct field tag_in_fields[] = {
    F_RESOURCE(struct tag_in),
    F_LIST(struct tag_in, tags, struct tag_view, &event_tag_shape, "Tags", "The tags to set.",
           .flags = FIELD_REQUIRED),
};
static const struct field untag_in_fields[] = {
    F_RESOURCE(struct tag_in),
    F_STRINGS(struct tag_in, keys, "TagKeys", "The names of the tags to remove.",
              .flags = FIELD_REQUIRED, .item_min = 1),
};
static const struct field list_in_fields[] = {
    F_RESOURCE(struct tag_in),
};
static const struct field list_out_fields[] = {
    F_LIST(struct list_out, tags, struct tag_view, &event_tag_shape, "Tags",
           "The tags that hang on it."),
};
static const struct shape tag_in_shape = SHAPE("TagResourceRequest", struct tag_in, tag_in_fields);
static const struct shape untag_in_shape =
    SHAPE("UntagResourceRequest", struct tag_in, untag_in_fields);
static const struct shape list_in_shape =
    SHAPE("ListTagsForResourceRequest", struct tag_in, list_in_fields);
static const struct shape list_out_shape =
    SHAPE("ListTagsForResourceResponse", struct list_out, list_out_fields);

static const struct fault_kind *const list_faults[] = {&fault_events_no_bus, NULL};

/* The tags of what the ARN names, to be changed or only read: then NULL without a fault means that
 * there are none.  NULL and a fault. */
static struct tags *tags_of(struct call *call, const char *arn, bool write)
{
    struct event_buses *buses = &call->world->buses;
    const char *bus_arn = event_bus_arn(buses, &call->arena, call->account, call->region, "");
    char *prefix = arena_strndup(&call->arena, bus_arn, strlen(bus_arn) - strlen("event-bus/"));
    const char *rest = str_starts(arn, prefix) ? arn + strlen(prefix) : "";
    const char *slash;
    struct event_rule *rule;

    if (str_starts(rest, "event-bus/")) {
        const char *name = events_bus_name(call, rest + strlen("event-bus/"));
        struct event_bus *bus = NULL;

        if (name != NULL)
            bus = write ? event_bus_add(buses, call->account, call->region, name)
                        : event_bus_find(buses, call->account, call->region, name);
        return bus == NULL ? NULL : &bus->tags;
    }
    if (!str_starts(rest, "rule/")) {
        call_fault(call, &fault_events_no_bus, arn);
        return NULL;
    }
    rest += strlen("rule/");
    slash = strrchr(rest, '/');
    rule = events_rule_named(
        call, slash == NULL ? NULL : arena_strndup(&call->arena, rest, (size_t)(slash - rest)),
        slash == NULL ? rest : slash + 1);
    return rule == NULL ? NULL : &rule->tags;
}

static int tag_resource(struct call *call, const void *in, void *out)
{
    const struct tag_in *wish = in;
    struct tags *tags;

    (void)out;
    if (tag_views_check(call, &wish->tags) != 0)
        return -1;
    tags = tags_of(call, wish->arn, true);
    if (tags == NULL)
        return -1;
    for (uint32_t i = 0; i < wish->tags.count; i++)
        tags_set(tags, wish->tags.items[i].key, wish->tags.items[i].value);
    return 0;
}

const struct op op_tag_event_resource = {
    .name = "TagResource",
    .doc = "Hangs tags on a rule or a bus.",
    .example = "aws events tag-resource --resource-arn "
               "arn:aws:events:us-east-1:111122223333:rule/started --tags Key=team,Value=shop",
    .needs = EVENTS_NEEDS_RULE,
    .in = &tag_in_shape,
    .out = &shape_empty,
    .faults = list_faults,
    .flags = OP_WRITE,
    .run = tag_resource,
};

static int untag_resource(struct call *call, const void *in, void *out)
{
    const struct tag_in *wish = in;
    struct tags *tags = tags_of(call, wish->arn, true);

    (void)out;
    if (tags == NULL)
        return -1;
    for (uint32_t i = 0; i < wish->keys.count; i++)
        tags_remove(tags, wish->keys.items[i], NULL);
    return 0;
}

const struct op op_untag_event_resource = {
    .name = "UntagResource",
    .doc = "Takes tags off a rule or a bus.",
    .example = "aws events untag-resource --resource-arn "
               "arn:aws:events:us-east-1:111122223333:rule/started --tag-keys team",
    .needs = EVENTS_NEEDS_RULE,
    .in = &untag_in_shape,
    .out = &shape_empty,
    .faults = list_faults,
    .flags = OP_WRITE,
    .run = untag_resource,
};

static int list_tags_for_resource(struct call *call, const void *in, void *out)
{
    const struct tag_in *wish = in;
    struct list_out *answer = out;
    const struct tags *tags = tags_of(call, wish->arn, false);

    if (call->fault.kind != NULL)
        return -1;
    if (tags != NULL)
        tag_views_fill(call, &answer->tags, tags);
    return 0;
}

const struct op op_list_event_tags = {
    .name = "ListTagsForResource",
    .doc = "Lists the tags of a rule or a bus.",
    .example = "aws events list-tags-for-resource --resource-arn "
               "arn:aws:events:us-east-1:111122223333:rule/started",
    .needs = EVENTS_NEEDS_RULE,
    .in = &list_in_shape,
    .out = &list_out_shape,
    .faults = list_faults,
    .run = list_tags_for_resource,
};
