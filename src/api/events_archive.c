/*
 * api/events_archive.c - events: archives.
 */
#include "api/events_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/event_pattern.h"
#include "base/str.h"
#include "cloud/event_archive.h"

const char *const event_archive_state_words[] = {
    "ENABLED", "DISABLED", "CREATING", "UPDATING", "CREATE_FAILED", "UPDATE_FAILED", NULL,
};

const char *events_archive_arn(struct call *call, const char *name)
{
    const char *bus =
        event_bus_arn(&call->world->buses, &call->arena, call->account, call->region, "");

    return arena_printf(&call->arena, "%.*sarchive/%s", (int)(strlen(bus) - strlen("event-bus/")),
                        bus, name);
}

struct archive_in {
    const char *name;
    const char *source;
    const char *description;
    const char *pattern;
    struct opt_int days;
};

struct archive_out {
    const char *arn;
    const char *state;
    int64_t created;
};

#define F_ARCHIVE_NAME(T)                                                                          \
    F_STRING(T, name, "ArchiveName", "Its name, unique in the Region.", .flags = FIELD_REQUIRED,   \
             .min = 1, .max = 48)
#define F_ARCHIVE_WISH(T)                                                                          \
    F_STRING(T, description, "Description", "What it is for.", .max = 512),                        \
        F_STRING(T, pattern, "EventPattern", "Which events it keeps, as JSON; all without it.",    \
                 .max = 4096),                                                                     \
        F_OPT_INT(T, days, "RetentionDays", "For how long; 0, for ever, unless you say so.",       \
                  .min = 0, .max = INT32_MAX)

static const struct field create_in_fields[] = {
    F_ARCHIVE_NAME(struct archive_in),
    F_STRING(struct archive_in, source, "EventSourceArn", "The ARN of a bus.",
             .flags = FIELD_REQUIRED, .min = 1, .max = 1600),
    F_ARCHIVE_WISH(struct archive_in),
};
static const struct field update_in_fields[] = {
    F_ARCHIVE_NAME(struct archive_in),
    F_ARCHIVE_WISH(struct archive_in),
};
static const struct field archive_out_fields[] = {
    F_STRING(struct archive_out, arn, "ArchiveArn", "Its ARN, for replays."),
    F_STRING(struct archive_out, state, "State", "Whether it keeps events.",
             .words = event_archive_state_words),
    F_TIME(struct archive_out, created, "CreationTime", "When it was made."),
};
static const struct shape create_in_shape =
    SHAPE("CreateArchiveRequest", struct archive_in, create_in_fields);
static const struct shape create_out_shape =
    SHAPE("CreateArchiveResponse", struct archive_out, archive_out_fields);
static const struct shape update_in_shape =
    SHAPE("UpdateArchiveRequest", struct archive_in, update_in_fields);
static const struct shape update_out_shape =
    SHAPE("UpdateArchiveResponse", struct archive_out, archive_out_fields);

static const struct fault_kind *const create_faults[] = {
    &fault_events_no_bus, &fault_events_exists, &fault_events_invalid, &fault_events_pattern, NULL,
};
static const struct fault_kind *const update_faults[] = {
    &fault_events_no_archive,
    &fault_events_invalid,
    &fault_events_pattern,
    NULL,
};
static const struct fault_kind *const no_archive_faults[] = {&fault_events_no_archive, NULL};

static int check_pattern(struct call *call, const char *text)
{
    struct str why = STR_INIT;
    struct event_pattern *pattern =
        text == NULL || text[0] == '\0' ? NULL : event_pattern_compile(text, strlen(text), &why);
    int status = why.length == 0 ? 0 : call_fault(call, &fault_events_pattern, str_text(&why));

    event_pattern_free(pattern);
    str_release(&why);
    return status;
}

static void fill(struct call *call, const struct event_archive *archive, struct archive_out *answer)
{
    answer->arn = events_archive_arn(call, archive->name);
    answer->state = event_archive_state_words[0];
    answer->created = archive->created;
}

static char *copied(const char *text)
{
    return text == NULL || text[0] == '\0' ? NULL : xstrdup(text);
}

static int create_archive(struct call *call, const void *in, void *out)
{
    const struct archive_in *wish = in;
    struct event_buses *buses = &call->world->buses;
    struct event_archive *archive;
    const char *bus;

    if (events_name_check(call, wish->name, "archiveName", false) != 0 ||
        check_pattern(call, wish->pattern) != 0)
        return -1;
    bus = events_bus_name(call, wish->source);
    if (bus == NULL)
        return -1;
    if (event_archive_find(buses, call->account, call->region, wish->name) != NULL)
        return call_fault(call, &fault_events_exists,
                          arena_printf(&call->arena, "Archive %s", wish->name));
    archive = table_add(&buses->archives, ids_new(buses->ids));
    archive->account = call->account;
    archive->region = call->region;
    archive->created = call->world->sim.now;
    archive->name = xstrdup(wish->name);
    archive->bus = xstrdup(bus);
    archive->description = copied(wish->description);
    archive->pattern = copied(wish->pattern);
    archive->retention_days = wish->days.set ? wish->days.value : 0;
    fill(call, archive, out);
    return 0;
}

const struct op op_create_archive = {
    .name = "CreateArchive",
    .doc = "Keeps the events of a bus from now on, to replay them later.",
    .example = EVENTS_NEEDS_ARCHIVE,
    .in = &create_in_shape,
    .out = &create_out_shape,
    .faults = create_faults,
    .flags = OP_WRITE,
    .run = create_archive,
};

static struct event_archive *named(struct call *call, const char *name)
{
    struct event_archive *archive =
        event_archive_find(&call->world->buses, call->account, call->region, name);

    if (archive == NULL)
        call_fault(call, &fault_events_no_archive, name);
    return archive;
}

static int update_archive(struct call *call, const void *in, void *out)
{
    const struct archive_in *wish = in;
    struct event_archive *archive;

    if (wish->description == NULL && wish->pattern == NULL && !wish->days.set)
        return call_fault(
            call, &fault_events_invalid,
            "At least one of EventPattern, RetentionDays or Description must be provided.");
    archive = named(call, wish->name);
    if (archive == NULL || check_pattern(call, wish->pattern) != 0)
        return -1;
    if (wish->description != NULL) {
        free(archive->description);
        archive->description = copied(wish->description);
    }
    if (wish->pattern != NULL) {
        free(archive->pattern);
        archive->pattern = copied(wish->pattern);
    }
    if (wish->days.set)
        archive->retention_days = wish->days.value;
    fill(call, archive, out);
    return 0;
}

const struct op op_update_archive = {
    .name = "UpdateArchive",
    .doc = "Gives an archive another pattern, another retention or another description.",
    .example = "aws events update-archive --archive-name all --retention-days 7",
    .needs = EVENTS_NEEDS_ARCHIVE,
    .in = &update_in_shape,
    .out = &update_out_shape,
    .faults = update_faults,
    .flags = OP_WRITE,
    .run = update_archive,
};

/* ---- describe, list ---- */

struct archive_view {
    const char *arn;
    const char *name;
    const char *source;
    const char *description;
    const char *pattern;
    const char *state;
    int64_t days;
    int64_t bytes;
    int64_t events;
    int64_t created;
};

struct name_in {
    const char *name;
};

static const struct field name_in_fields[] = {
    F_ARCHIVE_NAME(struct name_in),
};
static const struct field describe_out_fields[] = {
    F_STRING(struct archive_view, arn, "ArchiveArn", "Its ARN, for replays."),
    F_STRING(struct archive_view, name, "ArchiveName", "Its name."),
    F_STRING(struct archive_view, source, "EventSourceArn", "The bus."),
    F_STRING(struct archive_view, description, "Description", "What it is for."),
    F_STRING(struct archive_view, pattern, "EventPattern", "Which events it keeps."),
    F_STRING(struct archive_view, state, "State", "Whether it keeps events.",
             .words = event_archive_state_words),
    F_INT(struct archive_view, days, "RetentionDays", "For how long; 0 is for ever."),
    F_INT(struct archive_view, bytes, "SizeBytes", "How large they are."),
    F_INT(struct archive_view, events, "EventCount", "How many it has."),
    F_TIME(struct archive_view, created, "CreationTime", "When it was made."),
};
static const struct field archive_fields[] = {
    F_STRING(struct archive_view, name, "ArchiveName", "Its name.", .flags = FIELD_COLUMN),
    F_STRING(struct archive_view, source, "EventSourceArn", "The bus."),
    F_STRING(struct archive_view, state, "State", "Whether it keeps events.",
             .words = event_archive_state_words, .flags = FIELD_COLUMN),
    F_INT(struct archive_view, days, "RetentionDays", "For how long; 0 is for ever."),
    F_INT(struct archive_view, bytes, "SizeBytes", "How large they are."),
    F_INT(struct archive_view, events, "EventCount", "How many it has.", .flags = FIELD_COLUMN),
    F_TIME(struct archive_view, created, "CreationTime", "When it was made."),
};
static const struct shape archive_shape = SHAPE("Archive", struct archive_view, archive_fields);
static const struct shape describe_in_shape =
    SHAPE("DescribeArchiveRequest", struct name_in, name_in_fields);
static const struct shape describe_out_shape =
    SHAPE("DescribeArchiveResponse", struct archive_view, describe_out_fields);
static const struct shape delete_in_shape =
    SHAPE("DeleteArchiveRequest", struct name_in, name_in_fields);

static void view(struct call *call, const struct event_archive *archive, struct archive_view *to)
{
    const struct event_buses *buses = &call->world->buses;
    struct archive_size size = event_archive_size(buses, archive);
    struct arena *arena = &call->arena;

    *to = (struct archive_view){
        .arn = events_archive_arn(call, archive->name),
        .name = arena_strdup(arena, archive->name),
        .source = event_bus_arn(buses, arena, archive->account, archive->region, archive->bus),
        .description = arena_strdup(arena, archive->description),
        .pattern = arena_strdup(arena, archive->pattern),
        .state = event_archive_state_words[0],
        .days = archive->retention_days,
        .bytes = size.bytes,
        .events = size.events,
        .created = archive->created,
    };
}

static int describe_archive(struct call *call, const void *in, void *out)
{
    const struct name_in *wish = in;
    const struct event_archive *archive = named(call, wish->name);

    if (archive == NULL)
        return -1;
    view(call, archive, out);
    return 0;
}

const struct op op_describe_archive = {
    .name = "DescribeArchive",
    .doc = "Shows an archive: which events it keeps, and how many it has.",
    .example = "aws events describe-archive --archive-name all",
    .needs = EVENTS_NEEDS_ARCHIVE,
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = no_archive_faults,
    .run = describe_archive,
};

struct list_in {
    const char *prefix;
    const char *source;
    const char *state;
    const char *token;
    struct opt_int limit;
};

struct list_out {
    LIST(struct archive_view) archives;
    const char *next;
};

static const struct field list_in_fields[] = {
    F_STRING(struct list_in, prefix, "NamePrefix", "How their names begin.", .min = 1, .max = 48),
    F_STRING(struct list_in, source, "EventSourceArn", "The ARN of their bus.", .min = 1,
             .max = 1600),
    F_STRING(struct list_in, state, "State", "Only those in this state.",
             .words = event_archive_state_words),
    F_NEXT_TOKEN(struct list_in, token),
    F_EVENT_LIMIT(struct list_in, limit),
};
static const struct field list_out_fields[] = {
    F_LIST(struct list_out, archives, struct archive_view, &archive_shape, "Archives",
           "The archives."),
    F_NEXT_TOKEN_OUT(struct list_out, next),
};
static const struct shape list_in_shape =
    SHAPE("ListArchivesRequest", struct list_in, list_in_fields);
static const struct shape list_out_shape =
    SHAPE("ListArchivesResponse", struct list_out, list_out_fields);

static const struct fault_kind *const list_faults[] = {&fault_events_no_bus, &fault_events_invalid,
                                                       NULL};

static bool is_listed(const struct call *call, const struct event_archive *archive,
                      const struct list_in *wish, const char *bus)
{
    return archive->account == call->account && archive->region == call->region &&
           str_starts(archive->name, wish->prefix == NULL ? "" : wish->prefix) &&
           (wish->source == NULL || str_equal(archive->bus, bus)) &&
           (wish->state == NULL || str_equal(wish->state, event_archive_state_words[0]));
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct archive_view *)a)->name, ((const struct archive_view *)b)->name);
}

static int list_archives(struct call *call, const void *in, void *out)
{
    const struct list_in *wish = in;
    const struct table *archives = &call->world->buses.archives;
    const char *bus = wish->source == NULL ? "" : events_bus_name(call, wish->source);
    struct list_out *answer = out;
    struct page page;

    if (bus == NULL)
        return -1;
    if ((wish->prefix != NULL) + (wish->source != NULL) + (wish->state != NULL) > 1)
        return call_fault(call, &fault_events_invalid,
                          "At most one filter is allowed for ListArchives. Use either : State, "
                          "EventSourceArn, or NamePrefix.");
    for (uint32_t i = 0; i < table_count(archives); i++) {
        const struct event_archive *archive = table_at(archives, i);

        if (is_listed(call, archive, wish, bus))
            view(call, archive, LIST_PUSH_IN(&call->arena, &answer->archives));
    }
    if (answer->archives.count > 1)
        qsort(answer->archives.items, answer->archives.count, sizeof(*answer->archives.items),
              by_name);
    if (page_find(call, wish->limit, wish->token, answer->archives.count, &page) != 0)
        return -1;
    PAGE_CUT(&answer->archives, page);
    answer->next = page.next;
    return 0;
}

const struct op op_list_archives = {
    .name = "ListArchives",
    .doc = "Lists the archives of the account in this Region.",
    .example = "aws events list-archives",
    .in = &list_in_shape,
    .out = &list_out_shape,
    .faults = list_faults,
    .run = list_archives,
};

static int delete_archive(struct call *call, const void *in, void *out)
{
    const struct name_in *wish = in;
    struct event_archive *archive = named(call, wish->name);

    (void)out;
    if (archive == NULL)
        return -1;
    event_archive_remove(&call->world->buses, archive);
    return 0;
}

const struct op op_delete_archive = {
    .name = "DeleteArchive",
    .doc = "Deletes an archive, with all events that it keeps.",
    .example = "aws events delete-archive --archive-name all",
    .needs = EVENTS_NEEDS_ARCHIVE,
    .in = &delete_in_shape,
    .out = &shape_empty,
    .faults = no_archive_faults,
    .flags = OP_WRITE,
    .run = delete_archive,
};
