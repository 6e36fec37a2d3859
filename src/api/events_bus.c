/*
 * api/events_bus.c - events: event buses.
 */
#include "api/events_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

struct dead_letter {
    const char *arn;
};

static const struct field dead_letter_fields[] = {
    F_STRING(struct dead_letter, arn, "Arn", "The ARN of a queue.", .min = 1, .max = 1600),
};
static const struct shape dead_letter_shape =
    SHAPE("DeadLetterConfig", struct dead_letter, dead_letter_fields);

/* ---- create, update ---- */

struct bus_in {
    const char *name;
    const char *description;
    struct dead_letter *dead_letter;
    struct tag_views tags;
};

struct bus_out {
    const char *arn;
    const char *name;
    const char *description;
    struct dead_letter *dead_letter;
};

#define F_BUS_DESCRIPTION(T) F_STRING(T, description, "Description", "What it is for.", .max = 512)
#define F_BUS_DEAD_LETTER(T)                                                                       \
    F_STRUCT(T, dead_letter, struct dead_letter, &dead_letter_shape, "DeadLetterConfig",           \
             "A queue for events that cannot be encrypted; kept, and never used here.")

static const struct field create_in_fields[] = {
    F_STRING(struct bus_in, name, "Name", "Its name: letters, digits, and / . - _.",
             .flags = FIELD_REQUIRED, .min = 1, .max = 256),
    F_BUS_DESCRIPTION(struct bus_in),
    F_BUS_DEAD_LETTER(struct bus_in),
    F_LIST(struct bus_in, tags, struct tag_view, &event_tag_shape, "Tags", "Tags for it."),
};
static const struct field create_out_fields[] = {
    F_STRING(struct bus_out, arn, "EventBusArn", "Its ARN."),
    F_BUS_DESCRIPTION(struct bus_out),
    F_BUS_DEAD_LETTER(struct bus_out),
};
static const struct field update_in_fields[] = {
    F_STRING(struct bus_in, name, "Name", "The bus; default unless you say so.", .min = 1,
             .max = 256),
    F_BUS_DESCRIPTION(struct bus_in),
    F_BUS_DEAD_LETTER(struct bus_in),
};
static const struct field update_out_fields[] = {
    F_STRING(struct bus_out, arn, "Arn", "Its ARN."),
    F_STRING(struct bus_out, name, "Name", "Its name."),
    F_BUS_DESCRIPTION(struct bus_out),
    F_BUS_DEAD_LETTER(struct bus_out),
};
static const struct shape create_in_shape =
    SHAPE("CreateEventBusRequest", struct bus_in, create_in_fields);
static const struct shape create_out_shape =
    SHAPE("CreateEventBusResponse", struct bus_out, create_out_fields);
static const struct shape update_in_shape =
    SHAPE("UpdateEventBusRequest", struct bus_in, update_in_fields);
static const struct shape update_out_shape =
    SHAPE("UpdateEventBusResponse", struct bus_out, update_out_fields);

static char *copied(const char *text)
{
    return text == NULL || text[0] == '\0' ? NULL : xstrdup(text);
}

static struct dead_letter *view_dead_letter(struct call *call, const struct event_bus *bus)
{
    struct dead_letter *view;

    if (bus == NULL || bus->dead_letter == NULL)
        return NULL;
    view = arena_alloc(&call->arena, sizeof(*view));
    view->arn = arena_strdup(&call->arena, bus->dead_letter);
    return view;
}

static void fill(struct call *call, const struct event_bus *bus, struct bus_out *answer)
{
    answer->arn =
        event_bus_arn(&call->world->buses, &call->arena, bus->account, bus->region, bus->name);
    answer->name = arena_strdup(&call->arena, bus->name);
    answer->description = arena_strdup(&call->arena, bus->description);
    answer->dead_letter = view_dead_letter(call, bus);
}

static uint32_t count_own(const struct call *call)
{
    const struct table *table = &call->world->buses.table;
    uint32_t count = 0;

    for (uint32_t i = 0; i < table_count(table); i++) {
        const struct event_bus *bus = table_at(table, i);

        count += bus->account == call->account && bus->region == call->region;
    }
    return count;
}

static const struct fault_kind *const create_faults[] = {
    &fault_events_exists,
    &fault_events_invalid,
    &fault_events_limit,
    NULL,
};

static int create_event_bus(struct call *call, const void *in, void *out)
{
    const struct bus_in *wish = in;
    struct event_buses *buses = &call->world->buses;
    struct event_bus *bus;

    if (events_name_check(call, wish->name, "name", true) != 0 ||
        tag_views_check(call, &wish->tags) != 0)
        return -1;
    if (strchr(wish->name, '/') != NULL || str_starts(wish->name, "aws."))
        return call_fault(call, &fault_events_invalid, "Event bus name is invalid.");
    if (event_bus_exists(buses, call->account, call->region, wish->name))
        return call_fault(call, &fault_events_exists,
                          arena_printf(&call->arena, "Event bus %s", wish->name));
    if (count_own(call) >= EVENT_BUSES_MAX)
        return call_fault(call, &fault_events_limit);
    bus = event_bus_add(buses, call->account, call->region, wish->name);
    bus->description = copied(wish->description);
    if (wish->dead_letter != NULL)
        bus->dead_letter = copied(wish->dead_letter->arn);
    for (uint32_t i = 0; i < wish->tags.count; i++)
        tags_set(&bus->tags, wish->tags.items[i].key, wish->tags.items[i].value);
    fill(call, bus, out);
    return 0;
}

const struct op op_create_event_bus = {
    .name = "CreateEventBus",
    .doc = "Makes a bus of your own for events of your own programs.",
    .example = "aws events create-event-bus --name orders",
    .in = &create_in_shape,
    .out = &create_out_shape,
    .faults = create_faults,
    .flags = OP_WRITE,
    .run = create_event_bus,
};

static const struct fault_kind *const no_bus_faults[] = {&fault_events_no_bus, NULL};

static int update_event_bus(struct call *call, const void *in, void *out)
{
    const struct bus_in *wish = in;
    const char *name = events_bus_name(call, wish->name);
    struct event_bus *bus;

    if (name == NULL)
        return -1;
    bus = event_bus_add(&call->world->buses, call->account, call->region, name);
    free(bus->description);
    free(bus->dead_letter);
    bus->description = copied(wish->description);
    bus->dead_letter = wish->dead_letter == NULL ? NULL : copied(wish->dead_letter->arn);
    bus->modified = call->world->sim.now;
    fill(call, bus, out);
    return 0;
}

const struct op op_update_event_bus = {
    .name = "UpdateEventBus",
    .doc =
        "Gives a bus another description and another dead-letter queue; what you leave out goes.",
    .example = "aws events update-event-bus --name orders --description 'Orders of the shop'",
    .needs = EVENTS_NEEDS_BUS,
    .in = &update_in_shape,
    .out = &update_out_shape,
    .faults = no_bus_faults,
    .flags = OP_WRITE,
    .run = update_event_bus,
};

/* ---- describe, list ---- */

struct bus_view {
    const char *name;
    const char *arn;
    const char *description;
    struct dead_letter *dead_letter;
    const char *policy;
    int64_t created;
    int64_t modified;
};

struct name_in {
    const char *name;
};

static const struct field describe_in_fields[] = {
    F_STRING(struct name_in, name, "Name", "The bus, by name or ARN; default unless you say so.",
             .min = 1, .max = 1600),
};
static const struct field describe_out_fields[] = {
    F_STRING(struct bus_view, name, "Name", "Its name."),
    F_STRING(struct bus_view, arn, "Arn", "Its ARN."),
    F_STRING(struct bus_view, description, "Description", "What it is for."),
    F_BUS_DEAD_LETTER(struct bus_view),
    F_STRING(struct bus_view, policy, "Policy", "Who else may put events on it, as JSON."),
    F_TIME(struct bus_view, created, "CreationTime", "When it was made."),
    F_TIME(struct bus_view, modified, "LastModifiedTime", "When it was changed last."),
};
static const struct field bus_fields[] = {
    F_STRING(struct bus_view, name, "Name", "Its name.", .flags = FIELD_COLUMN),
    F_STRING(struct bus_view, arn, "Arn", "Its ARN."),
    F_STRING(struct bus_view, description, "Description", "What it is for.", .flags = FIELD_COLUMN),
    F_STRING(struct bus_view, policy, "Policy", "Who else may put events on it, as JSON."),
    F_TIME(struct bus_view, created, "CreationTime", "When it was made.", .flags = FIELD_COLUMN),
    F_TIME(struct bus_view, modified, "LastModifiedTime", "When it was changed last."),
};
static const struct shape bus_shape = SHAPE("EventBus", struct bus_view, bus_fields);
static const struct shape describe_in_shape =
    SHAPE("DescribeEventBusRequest", struct name_in, describe_in_fields);
static const struct shape describe_out_shape =
    SHAPE("DescribeEventBusResponse", struct bus_view, describe_out_fields);

/* A bus as answers show it; default may have no row. */
static void view_bus(struct call *call, const char *name, struct bus_view *view)
{
    const struct event_buses *buses = &call->world->buses;
    const struct event_bus *bus = event_bus_find(buses, call->account, call->region, name);

    *view = (struct bus_view){
        .name = arena_strdup(&call->arena, name),
        .arn = event_bus_arn(buses, &call->arena, call->account, call->region, name),
        .policy = event_bus_policy(&call->arena, bus),
        .dead_letter = view_dead_letter(call, bus),
        .created = SIM_BEGIN_NS,
        .modified = SIM_BEGIN_NS,
    };
    if (bus == NULL)
        return;
    view->description = arena_strdup(&call->arena, bus->description);
    view->created = bus->created;
    view->modified = bus->modified;
}

static int describe_event_bus(struct call *call, const void *in, void *out)
{
    const struct name_in *wish = in;
    const char *name = events_bus_name(call, wish->name);

    if (name == NULL)
        return -1;
    view_bus(call, name, out);
    return 0;
}

const struct op op_describe_event_bus = {
    .name = "DescribeEventBus",
    .doc = "Shows a bus: its ARN, and who else may put events on it.",
    .example = "aws events describe-event-bus",
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = no_bus_faults,
    .run = describe_event_bus,
};

struct list_in {
    const char *prefix;
    const char *token;
    struct opt_int limit;
};

struct list_out {
    LIST(struct bus_view) buses;
    const char *next;
};

static const struct field list_in_fields[] = {
    F_STRING(struct list_in, prefix, "NamePrefix", "How their names begin.", .min = 1, .max = 256),
    F_NEXT_TOKEN(struct list_in, token),
    F_EVENT_LIMIT(struct list_in, limit),
};
static const struct field list_out_fields[] = {
    F_LIST(struct list_out, buses, struct bus_view, &bus_shape, "EventBuses", "The buses."),
    F_NEXT_TOKEN_OUT(struct list_out, next),
};
static const struct shape list_in_shape =
    SHAPE("ListEventBusesRequest", struct list_in, list_in_fields);
static const struct shape list_out_shape =
    SHAPE("ListEventBusesResponse", struct list_out, list_out_fields);

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct bus_view *)a)->name, ((const struct bus_view *)b)->name);
}

static int list_event_buses(struct call *call, const void *in, void *out)
{
    const struct list_in *wish = in;
    const struct table *table = &call->world->buses.table;
    const char *prefix = wish->prefix == NULL ? "" : wish->prefix;
    struct list_out *answer = out;
    struct page page;

    if (str_starts("default", prefix))
        view_bus(call, "default", LIST_PUSH_IN(&call->arena, &answer->buses));
    for (uint32_t i = 0; i < table_count(table); i++) {
        const struct event_bus *bus = table_at(table, i);

        if (bus->account == call->account && bus->region == call->region &&
            str_starts(bus->name, prefix) && !str_equal(bus->name, "default"))
            view_bus(call, bus->name, LIST_PUSH_IN(&call->arena, &answer->buses));
    }
    if (answer->buses.count > 1)
        qsort(answer->buses.items, answer->buses.count, sizeof(*answer->buses.items), by_name);
    if (page_find(call, wish->limit, wish->token, answer->buses.count, &page) != 0)
        return -1;
    PAGE_CUT(&answer->buses, page);
    answer->next = page.next;
    return 0;
}

const struct op op_list_event_buses = {
    .name = "ListEventBuses",
    .doc = "Lists the buses of the account in this Region.",
    .example = "aws events list-event-buses",
    .in = &list_in_shape,
    .out = &list_out_shape,
    .run = list_event_buses,
};

/* ---- delete ---- */

static const struct field delete_in_fields[] = {
    F_STRING(struct name_in, name, "Name", "The bus.", .flags = FIELD_REQUIRED, .min = 1,
             .max = 256),
};
static const struct shape delete_in_shape =
    SHAPE("DeleteEventBusRequest", struct name_in, delete_in_fields);

static const struct fault_kind *const delete_faults[] = {&fault_events_no_bus,
                                                         &fault_events_invalid, NULL};

static int delete_event_bus(struct call *call, const void *in, void *out)
{
    const struct name_in *wish = in;
    struct event_buses *buses = &call->world->buses;
    struct event_bus *bus;

    (void)out;
    if (str_equal(wish->name, "default"))
        return call_fault(call, &fault_events_invalid, "Cannot delete event bus default.");
    bus = event_bus_find(buses, call->account, call->region, wish->name);
    if (bus == NULL)
        return call_fault(call, &fault_events_no_bus, wish->name);
    for (uint32_t i = 0; i < table_count(&buses->rules); i++) {
        const struct event_rule *rule = table_at(&buses->rules, i);

        if (rule->account == bus->account && rule->region == bus->region &&
            str_equal(rule->bus, bus->name))
            return call_fault(call, &fault_events_invalid,
                              "EventBus can't be deleted since it has rules.");
    }
    event_bus_remove(buses, bus);
    return 0;
}

const struct op op_delete_event_bus = {
    .name = "DeleteEventBus",
    .doc = "Deletes a bus that has no rules any more.",
    .example = "aws events delete-event-bus --name orders",
    .needs = EVENTS_NEEDS_BUS,
    .in = &delete_in_shape,
    .out = &shape_empty,
    .faults = delete_faults,
    .flags = OP_WRITE,
    .run = delete_event_bus,
};
