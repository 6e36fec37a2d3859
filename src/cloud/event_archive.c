/*
 * cloud/event_archive.c - archives of event buses, and replays.
 */
#include "cloud/event_archive.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/event_pattern.h"
#include "base/str.h"
#include "cloud/event_kinds.h"
#include "sim/clock.h"

const char *const event_replay_state_words[] = {
    "STARTING", "RUNNING", "CANCELLING", "COMPLETED", "CANCELLED", "FAILED", NULL,
};

static const int64_t until_running = 10 * SECOND_NS;
static const int64_t minute_takes = SECOND_NS;
static const int64_t until_cancelled = 5 * SECOND_NS;

static const struct event_kind replay_kind;

void event_archives_init(struct event_buses *buses)
{
    table_init(&buses->archives, &event_archive_shape);
    table_init(&buses->archived, &archived_event_shape);
    table_init(&buses->replays, &event_replay_shape);
    sim_handle(buses->sim, EVENT_REPLAY_STEP, &replay_kind, buses);
}

void event_archives_release(struct event_buses *buses)
{
    table_release(&buses->replays);
    table_release(&buses->archived);
    table_release(&buses->archives);
}

bool event_archives_restore(const struct event_buses *buses)
{
    for (uint32_t i = 0; i < table_count(&buses->archives); i++) {
        const struct event_archive *archive = table_at(&buses->archives, i);

        if (archive->name == NULL || archive->bus == NULL || archive->retention_days < 0 ||
            archive->region >= buses->catalog->region_count)
            return false;
    }
    for (uint32_t i = 0; i < table_count(&buses->archived); i++) {
        const struct archived_event *event = table_at(&buses->archived, i);

        if (event->event == NULL || event->name == NULL ||
            table_find(&buses->archives, event->archive) == NULL)
            return false;
    }
    for (uint32_t i = 0; i < table_count(&buses->replays); i++) {
        const struct event_replay *replay = table_at(&buses->replays, i);

        if (replay->name == NULL || replay->archive == NULL || replay->bus == NULL ||
            replay->state < REPLAY_STARTING || replay->state > REPLAY_FAILED ||
            replay->region >= buses->catalog->region_count ||
            (replay->step != 0 && !sim_is_pending(buses->sim, replay->step)))
            return false;
    }
    return true;
}

/* ---- archives ---- */

struct event_archive *event_archive_find(const struct event_buses *buses, uint64_t account,
                                         uint8_t region, const char *name)
{
    for (uint32_t i = 0; i < table_count(&buses->archives); i++) {
        struct event_archive *archive = table_at(&buses->archives, i);

        if (archive->account == account && archive->region == region &&
            str_equal(archive->name, name))
            return archive;
    }
    return NULL;
}

void event_archive_remove(struct event_buses *buses, struct event_archive *archive)
{
    for (uint32_t i = table_count(&buses->archived); i-- > 0;) {
        const struct archived_event *event = table_at(&buses->archived, i);

        if (event->archive == archive->id)
            table_remove(&buses->archived, event->id);
    }
    table_remove(&buses->archives, archive->id);
}

/* Is its time over? */
static bool is_old(const struct event_buses *buses, const struct event_archive *archive,
                   const struct archived_event *event)
{
    return archive->retention_days > 0 &&
           (buses->sim->now - event->time) / DAY_NS >= archive->retention_days;
}

struct archive_size event_archive_size(const struct event_buses *buses,
                                       const struct event_archive *archive)
{
    struct archive_size size = {0};

    for (uint32_t i = 0; i < table_count(&buses->archived); i++) {
        const struct archived_event *event = table_at(&buses->archived, i);

        if (event->archive == archive->id && !is_old(buses, archive, event)) {
            size.events++;
            size.bytes += (int64_t)strlen(event->event);
        }
    }
    return size;
}

static bool wants(const struct event_archive *archive, const char *event)
{
    struct str why = STR_INIT;
    struct event_pattern *pattern;
    struct event_fields *fields;
    bool wanted;

    if (archive->pattern == NULL)
        return true;
    pattern = event_pattern_compile(archive->pattern, strlen(archive->pattern), &why);
    fields = event_fields_new();
    wanted = pattern != NULL && event_fields_read(fields, event, strlen(event), NULL) &&
             event_pattern_matches(pattern, fields);
    event_fields_free(fields);
    event_pattern_free(pattern);
    str_release(&why);
    return wanted;
}

static bool is_of(const struct event_archive *archive, uint64_t account, uint8_t region,
                  const char *bus)
{
    return archive->account == account && archive->region == region && str_equal(archive->bus, bus);
}

bool event_archive_hears(const struct event_buses *buses, uint64_t account, uint8_t region,
                         const char *bus)
{
    for (uint32_t i = 0; i < table_count(&buses->archives); i++) {
        if (is_of(table_at(&buses->archives, i), account, region, bus))
            return true;
    }
    return false;
}

/* What is old goes, oldest first. */
static void forget_old(struct event_buses *buses)
{
    while (table_count(&buses->archived) > 0) {
        const struct archived_event *first = table_at(&buses->archived, 0);

        if (!is_old(buses, table_get(&buses->archives, first->archive), first))
            return;
        table_remove(&buses->archived, first->id);
    }
}

void event_archive_keep(struct event_buses *buses, const struct event_arrival *arrival)
{
    forget_old(buses);
    for (uint32_t i = 0; i < table_count(&buses->archives); i++) {
        const struct event_archive *archive = table_at(&buses->archives, i);
        struct archived_event *event;

        if (!is_of(archive, arrival->account, arrival->region, arrival->bus) ||
            !wants(archive, arrival->event))
            continue;
        event = table_add(&buses->archived, event_number(buses));
        event->archive = archive->id;
        event->time = buses->sim->now;
        event->event = xstrdup(arrival->event);
        event->name = xstrdup(arrival->id);
        if (buses->charge != NULL)
            buses->charge(buses->charge_context, &(struct event_charge){
                                                     .account = archive->account,
                                                     .region = archive->region,
                                                     .bus = archive->bus,
                                                     .archive = archive,
                                                     .amount = (int64_t)strlen(arrival->event),
                                                 });
    }
}

/* ---- replays ---- */

struct event_replay *event_replay_find(const struct event_buses *buses, uint64_t account,
                                       uint8_t region, const char *name)
{
    for (uint32_t i = 0; i < table_count(&buses->replays); i++) {
        struct event_replay *replay = table_at(&buses->replays, i);

        if (replay->account == account && replay->region == region && str_equal(replay->name, name))
            return replay;
    }
    return NULL;
}

static void plan(struct event_buses *buses, struct event_replay *replay, int64_t delay)
{
    sim_cancel(buses->sim, replay->step);
    replay->step = sim_schedule(buses->sim, delay, EVENT_REPLAY_STEP, replay->id, 0);
}

void event_replay_begin(struct event_buses *buses, struct event_replay *replay)
{
    replay->begun = buses->sim->now;
    replay->at = replay->from;
    replay->state = REPLAY_STARTING;
    plan(buses, replay, until_running);
}

bool event_replay_cancel(struct event_buses *buses, struct event_replay *replay)
{
    if (replay->state != REPLAY_STARTING && replay->state != REPLAY_RUNNING)
        return false;
    replay->state = REPLAY_CANCELLING;
    plan(buses, replay, until_cancelled);
    return true;
}

/* The event with the replay's name in it, before the resources, as AWS has it. */
static char *renamed(const struct event_replay *replay, const char *text)
{
    json_t *event = json_loads(text, 0, NULL);
    json_t *resources = json_incref(json_object_get(event, "resources"));
    json_t *detail = json_incref(json_object_get(event, "detail"));
    char *with;

    json_object_del(event, "resources");
    json_object_del(event, "detail");
    json_object_set_new(event, "replay-name", json_string(replay->name));
    json_object_set_new(event, "resources", resources);
    json_object_set_new(event, "detail", detail);
    with = json_dumps(event, JSON_COMPACT);
    json_decref(event);
    return with;
}

static void replay_one(struct event_buses *buses, struct event_replay *replay,
                       const struct archived_event *event)
{
    char *text = renamed(replay, event->event);
    struct event_arrival arrival = {
        .account = replay->account,
        .region = replay->region,
        .bus = replay->bus,
        .event = text,
        .id = event->name,
        .replayed = true,
    };

    arrival.rules.items = (const char **)replay->rules.items;
    arrival.rules.count = replay->rules.count;
    event_charge_one(buses, &arrival, replay->account);
    event_arrive(buses, &arrival);
    replay->last = event->time;
    free(text);
}

/* The first event at or after `at` and before the end; NULL when there is none. */
static const struct archived_event *next_event(const struct event_buses *buses,
                                               const struct event_replay *replay)
{
    const struct event_archive *archive =
        event_archive_find(buses, replay->account, replay->region, replay->archive);

    for (uint32_t i = 0; archive != NULL && i < table_count(&buses->archived); i++) {
        const struct archived_event *event = table_at(&buses->archived, i);

        if (event->archive == archive->id && event->time >= replay->at &&
            event->time < replay->until && !is_old(buses, archive, event))
            return event;
    }
    return NULL;
}

/* The events of the next minute that has any. */
static void replay_minute(struct event_buses *buses, struct event_replay *replay)
{
    const struct archived_event *first = next_event(buses, replay);
    int64_t end = first == NULL ? replay->until : (first->time / MINUTE_NS + 1) * MINUTE_NS;
    uint64_t archive = first == NULL ? 0 : first->archive;
    int64_t begin = replay->at;

    if (end > replay->until)
        end = replay->until;
    for (uint32_t i = 0; first != NULL && i < table_count(&buses->archived); i++) {
        const struct archived_event *event = table_at(&buses->archived, i);

        if (event->archive == archive && event->time >= begin && event->time < end)
            replay_one(buses, replay, event);
    }
    replay->at = end;
}

static void end(struct event_buses *buses, struct event_replay *replay, uint8_t state)
{
    replay->state = state;
    replay->ended = buses->sim->now;
}

static void step(void *context, const struct event *event)
{
    struct event_buses *buses = context;
    struct event_replay *replay = table_find(&buses->replays, event->subject);

    if (replay == NULL || replay->step != event->sequence)
        return;
    replay->step = 0;
    if (replay->state == REPLAY_CANCELLING) {
        end(buses, replay, REPLAY_CANCELLED);
        return;
    }
    replay->state = REPLAY_RUNNING;
    replay_minute(buses, replay);
    if (next_event(buses, replay) == NULL)
        end(buses, replay, REPLAY_COMPLETED);
    else
        plan(buses, replay, minute_takes);
}

static const struct event_kind replay_kind = {.name = "event-replay", .run = step};

static const struct field archive_fields[] = {
    F_INT(struct event_archive, id, "Id", ""),
    F_INT(struct event_archive, account, "Account", ""),
    F_TIME(struct event_archive, created, "Created", ""),
    F_INT(struct event_archive, retention_days, "RetentionDays", ""),
    F_STRING(struct event_archive, name, "Name", ""),
    F_STRING(struct event_archive, bus, "Bus", ""),
    F_STRING(struct event_archive, description, "Description", ""),
    F_STRING(struct event_archive, pattern, "Pattern", ""),
    F_INT(struct event_archive, region, "Region", ""),
};
const struct shape event_archive_shape =
    SHAPE("EventArchive", struct event_archive, archive_fields);

static const struct field archived_fields[] = {
    F_INT(struct archived_event, id, "Id", ""),
    F_INT(struct archived_event, archive, "Archive", ""),
    F_TIME(struct archived_event, time, "Time", ""),
    F_STRING(struct archived_event, event, "Event", ""),
    F_STRING(struct archived_event, name, "Name", ""),
};
const struct shape archived_event_shape =
    SHAPE("ArchivedEvent", struct archived_event, archived_fields);

static const struct field replay_fields[] = {
    F_INT(struct event_replay, id, "Id", ""),
    F_INT(struct event_replay, account, "Account", ""),
    F_INT(struct event_replay, step, "Step", ""),
    F_TIME(struct event_replay, begun, "Begun", ""),
    F_TIME(struct event_replay, ended, "Ended", ""),
    F_TIME(struct event_replay, from, "From", ""),
    F_TIME(struct event_replay, until, "Until", ""),
    F_TIME(struct event_replay, at, "At", ""),
    F_TIME(struct event_replay, last, "Last", ""),
    F_STRING(struct event_replay, name, "Name", ""),
    F_STRING(struct event_replay, archive, "Archive", ""),
    F_STRING(struct event_replay, bus, "Bus", ""),
    F_STRING(struct event_replay, description, "Description", ""),
    F_STRINGS(struct event_replay, rules, "Rules", ""),
    F_INT(struct event_replay, region, "Region", ""),
    F_INT(struct event_replay, state, "State", ""),
};
const struct shape event_replay_shape = SHAPE("EventReplay", struct event_replay, replay_fields);
