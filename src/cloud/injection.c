/*
 * cloud/injection.c - what is broken on purpose: `lab inject-fault`.
 *
 * Owns    the list of what is broken.
 * Uses    cloud/host for hosts and zones, cloud/instance for what it means to those on them; the
 * guest by hooks.
 *
 * A host that several faults break (its own, its zone's) is mended when the last of them is
 * cleared.
 */
#include "cloud/injection.h"

#include "base/mem.h"
#include "base/str.h"
#include "cloud/event_kinds.h"
#include "sim/clock.h"

static const struct event_kind retirement_kind;
static void retirement_settle(struct injections *injections, const struct injection *injection);
static const struct fault_kind fault_on_demand, fault_not_running, fault_no_web_server,
    fault_no_http, fault_no_host, fault_no_queue, fault_broken_already, fault_host_down,
    fault_host_full;

const char *const injection_kind_words[] = {
    "stop-web-server",
    "fail-instance",
    "fail-host",
    "fail-zone",
    "slow-server",
    "failing-pages",
    "hanging-server",
    "wrong-port",
    "zone-latency",
    "packet-loss",
    "noisy-neighbour",
    "hanging-stop",
    "fail-region",
    "retire-host",
    "spot-interruption",
    "queue-storage",
    NULL,
};

_Static_assert(sizeof(injection_kind_words) / sizeof(injection_kind_words[0]) ==
                   INJECT_LAST_ + 1,
               "a word for each kind");

void injections_init(struct injections *injections)
{
    table_init(&injections->table, &injection_shape);
    sim_handle(injections->sim, EVENT_HOST_RETIREMENT, &retirement_kind, injections);
}

void injections_release(struct injections *injections)
{
    table_release(&injections->table);
}

const char *injection_kind_name(int kind)
{
    return kind >= INJECT_WEB_SERVER && kind <= INJECT_LAST_ ? injection_kind_words[kind - 1]
                                                             : NULL;
}

int injection_kind_find(const char *name)
{
    for (int i = 0; injection_kind_words[i] != NULL; i++) {
        if (str_equal(injection_kind_words[i], name))
            return i + 1;
    }
    return -1;
}

bool injections_restore(struct injections *injections)
{
    for (uint32_t i = 0; i < table_count(&injections->table); i++) {
        const struct injection *row = table_at(&injections->table, i);
        struct injection_range range = injection_range(row->kind);

        if (injection_kind_name(row->kind) == NULL || row->amount < range.least ||
            row->amount > range.most ||
            row->zone >= injections->catalog->region_count * ZONES_PER_REGION ||
            (row->kind == INJECT_SPOT &&
             (row->subject == 0 || row->subject > injections->catalog->type_count)))
            return false;
        if (row->kind == INJECT_RETIRE)
            retirement_settle(injections, row);
    }
    return true;
}

struct injection_range injection_range(int kind)
{
    static const struct injection_range ranges[INJECT_LAST_ + 1] = {
        [INJECT_SLOW] = {.usual = 5, .least = 2, .most = 1000},
        [INJECT_PAGES] = {.usual = 100, .least = 1, .most = 100},
        [INJECT_HANG] = {.usual = 100, .least = 1, .most = 100},
        [INJECT_PORT] = {.usual = 8080, .least = 1, .most = 65535},
        [INJECT_LATENCY] = {.usual = 50, .least = 1, .most = 10000},
        [INJECT_LOSS] = {.usual = 10, .least = 1, .most = 100},
        [INJECT_NEIGHBOUR] = {.usual = 200, .least = 1, .most = 100 * HOST_OVERCOMMIT},
        [INJECT_STOP] = {0},
        [INJECT_RETIRE] = {.usual = 14 * 24, .least = 1, .most = 365 * 24},
    };

    return kind > INJECT_ZONE && kind <= INJECT_LAST_ ? ranges[kind] : (struct injection_range){0};
}

bool injection_is_of_http(int kind, bool web)
{
    return kind == INJECT_WEB_SERVER || kind == INJECT_PORT ||
           (!web && (kind == INJECT_PAGES || kind == INJECT_HANG));
}

bool injection_is_of_zone(int kind)
{
    return kind == INJECT_ZONE || kind == INJECT_LATENCY || kind == INJECT_LOSS;
}

bool injection_is_of_host(int kind)
{
    return kind == INJECT_HOST || kind == INJECT_NEIGHBOUR || kind == INJECT_RETIRE;
}

bool injection_is_of_region(int kind)
{
    return kind == INJECT_REGION;
}

bool injection_is_of_pool(int kind)
{
    return kind == INJECT_SPOT;
}

bool injection_is_of_queue(int kind)
{
    return kind == INJECT_STORAGE;
}

static const char *queue_name(const struct injections *injections, uint64_t queue,
                              uint8_t *region)
{
    const char *name = NULL;

    return injections->hooks.queue_of != NULL &&
                   injections->hooks.queue_of(injections->hooks.context, queue, &name, region)
               ? name
               : NULL;
}

static const char *family_of(const struct injections *injections, uint64_t type)
{
    return injections->catalog->types[type].family;
}

bool injections_spot_taken(const struct injections *injections, uint16_t type, uint8_t zone)
{
    for (uint32_t i = 0; i < table_count(&injections->table); i++) {
        const struct injection *row = table_at(&injections->table, i);

        if (row->kind == INJECT_SPOT && row->zone == zone &&
            str_equal(family_of(injections, row->subject - 1), family_of(injections, type)))
            return true;
    }
    return false;
}

/* Does it happen to a place? */
static bool is_of_place(int kind)
{
    return injection_is_of_zone(kind) || injection_is_of_region(kind);
}

bool injections_region_lost(const struct injections *injections, uint8_t region)
{
    for (uint32_t i = 0; i < table_count(&injections->table); i++) {
        const struct injection *row = table_at(&injections->table, i);

        if (row->kind == INJECT_REGION && row->zone / ZONES_PER_REGION == region)
            return true;
    }
    return false;
}

bool injection_is_there(const struct injections *injections, uint64_t instance, int kind)
{
    for (uint32_t i = 0; i < table_count(&injections->table); i++) {
        const struct injection *row = table_at(&injections->table, i);

        if (row->kind == kind && row->subject == instance)
            return true;
    }
    return false;
}

int64_t injection_amount(const struct injections *injections, uint64_t instance, int kind)
{
    for (uint32_t i = 0; i < table_count(&injections->table); i++) {
        const struct injection *row = table_at(&injections->table, i);

        if (row->kind == kind && row->subject == instance)
            return row->amount;
    }
    return 0;
}

struct injection *injection_find(const struct injections *injections, uint64_t id)
{
    return table_find(&injections->table, id);
}

/* ---- what it is about, in words ---- */

const char *injection_subject_text(const struct injections *injections,
                                   const struct injection *injection, struct arena *arena)
{
    switch (injection->kind) {
    case INJECT_HOST:
    case INJECT_NEIGHBOUR:
    case INJECT_RETIRE:
        return id_text(arena, &kind_host, injection->subject);
    case INJECT_ZONE:
    case INJECT_LATENCY:
    case INJECT_LOSS:
        return catalog_zone_name(injections->catalog, injection->zone);
    case INJECT_REGION:
        return injections->catalog->regions[injection->zone / ZONES_PER_REGION].name;
    case INJECT_SPOT:
        return arena_printf(arena, "%s in %s", family_of(injections, injection->subject - 1),
                            catalog_zone_name(injections->catalog, injection->zone));
    case INJECT_STORAGE: {
        uint8_t region;
        const char *name = queue_name(injections, injection->subject, &region);

        return name == NULL ? "a queue that is gone" : arena_printf(arena, "the queue %s", name);
    }
    default:
        return id_text(arena, &kind_instance, injection->subject);
    }
}

/* Did a person name it, or was it called after its kind? */
static bool own_name(const struct injection *injection)
{
    return injection->name != NULL &&
           !str_starts(injection->name, injection_kind_name(injection->kind));
}

static void tell(struct injections *injections, const struct injection *injection,
                 const char *what)
{
    struct arena arena = ARENA_INIT;

    trail_add(injections->trail, (struct trail_entry){
        .account = injection->account,
        .subject = injection->id,
        .other = is_of_place(injection->kind) || injection_is_of_pool(injection->kind)
                     ? 0
                     : injection->subject,
        .topic = TRAIL_FAULT,
        .region = (uint8_t)(injection->zone / ZONES_PER_REGION),
        .text = arena_printf(&arena, "%s of %s%s%s%s %s", injection_kind_name(injection->kind),
                             injection_subject_text(injections, injection, &arena),
                             own_name(injection) ? " (" : "",
                             own_name(injection) ? injection->name : "",
                             own_name(injection) ? ")" : "", what),
    });
    arena_release(&arena);
}

/* ---- hosts ---- */

/* Does any fault that is still there break this host? */
static bool host_is_broken(const struct injections *injections, const struct host *host)
{
    for (uint32_t i = 0; i < table_count(&injections->table); i++) {
        const struct injection *row = table_at(&injections->table, i);

        if ((row->kind == INJECT_HOST && row->subject == host->id) ||
            (row->kind == INJECT_ZONE && row->zone == host->zone) ||
            (row->kind == INJECT_REGION &&
             row->zone / ZONES_PER_REGION == host->zone / ZONES_PER_REGION))
            return true;
    }
    return false;
}

/* Brings a host into the state that the faults say, and what runs on it along. */
static void host_settle(struct injections *injections, struct host *host)
{
    bool broken = host_is_broken(injections, host);

    if (broken == host->failed)
        return;
    hosts_set_failed(injections->hosts, host, broken);
    for (uint32_t i = 0; i < host->guests.count; i++) {
        if (broken)
            instance_host_failed(injections->instances, host->guests.items[i]);
        else
            instance_host_mended(injections->instances, host->guests.items[i]);
    }
}

static void hosts_settle(struct injections *injections, const struct injection *injection)
{
    struct hosts *hosts = injections->hosts;

    if (injection->kind == INJECT_HOST) {
        struct host *host = hosts_find(hosts, injection->subject);

        if (host != NULL)
            host_settle(injections, host);
    }
    if (injection->kind == INJECT_ZONE || injection->kind == INJECT_REGION) {
        uint32_t zones = injection->kind == INJECT_REGION ? ZONES_PER_REGION : 1;

        for (uint32_t i = 0; i < hosts->per_zone * zones; i++)
            host_settle(injections, &hosts->items[injection->zone * hosts->per_zone + i]);
    }
}

/* ---- retirement ---- */

const struct injection *injection_retirement(const struct injections *injections, uint64_t host)
{
    for (uint32_t i = 0; i < table_count(&injections->table); i++) {
        const struct injection *row = table_at(&injections->table, i);

        if (row->kind == INJECT_RETIRE && row->subject == host)
            return row;
    }
    return NULL;
}

int64_t injection_retires(const struct injection *injection)
{
    return injection->since + injection->amount * HOUR_NS;
}

static void retirement_settle(struct injections *injections, const struct injection *injection)
{
    struct host *host = hosts_find(injections->hosts, injection->subject);

    if (host != NULL)
        host->retiring = injection_retirement(injections, host->id) != NULL;
}

/* The day has come: all that runs there is stopped.  Looks again until nobody's is left: one that
 * was starting runs by then. */
static void run_retirement(void *context, const struct event *event)
{
    struct injections *injections = context;
    const struct injection *row = table_find(&injections->table, event->subject);
    const struct host *host;
    bool waits = false;

    if (row == NULL)
        return;
    host = hosts_find(injections->hosts, row->subject);
    for (uint32_t i = 0; i < host->guests.count; i++) {
        const struct instance *instance =
            instance_any(injections->instances, host->guests.items[i]);

        waits = waits || (instance != NULL && instance->state == INSTANCE_PENDING);
        instance_host_retired(injections->instances, host->guests.items[i]);
    }
    if (waits)
        sim_schedule(injections->sim, MINUTE_NS, EVENT_HOST_RETIREMENT, row->id, 0);
}

static const struct event_kind retirement_kind = { .name = "host-retirement",
                                                   .run = run_retirement };

/* ---- neighbours ---- */

static void host_changed(const struct injections *injections, const struct host *host)
{
    if (injections->hooks.host_changed != NULL)
        injections->hooks.host_changed(injections->hooks.context, host->number);
}

/* As many come as want so much together, or as find room. */
static void neighbours_come(struct injections *injections, const struct injection *injection)
{
    struct host *host = hosts_find(injections->hosts, injection->subject);
    int64_t wanted = injection->amount * host->threads;
    int64_t come = 0;

    while (come * 100 < wanted) {
        uint32_t vcpus =
            hosts_crowd(injections->hosts, host, ids_new(injections->ids), injection->id);

        if (vcpus == 0)
            break;
        come += vcpus;
    }
    host_changed(injections, host);
}

static void neighbours_go(struct injections *injections, const struct injection *injection)
{
    struct host *host = hosts_find(injections->hosts, injection->subject);

    hosts_uncrowd(injections->hosts, injection->id);
    if (host != NULL)
        host_changed(injections, host);
}

/* ---- adding ---- */

static bool web_server_set(const struct injections *injections, uint64_t instance, bool run)
{
    return injections->hooks.web_server != NULL &&
           injections->hooks.web_server(injections->hooks.context, instance, run);
}

/* Such a fault breaks answers: without a server nothing would follow. */
static int http_check(const struct injections *injections, const struct injection_new *wish,
                      struct fault *fault)
{
    const struct injection_hooks *hooks = &injections->hooks;
    bool web = injection_is_of_http(wish->kind, true);
    struct arena arena = ARENA_INIT;

    if (!injection_is_of_http(wish->kind, false) || wish->kind == INJECT_WEB_SERVER ||
        hooks->serves == NULL || hooks->serves(hooks->context, wish->subject, web))
        return 0;
    fault_set(fault, &fault_no_http, injection_kind_name(wish->kind),
              web ? "a web server on port 80" : "a server that answers HTTP",
              id_text(&arena, &kind_instance, wish->subject));
    arena_release(&arena);
    return -1;
}

/* Finds what the wish is about, and whether it can be broken. */
static int subject_resolve(const struct injections *injections, const struct injection_new *wish,
                           struct injection *injection, struct fault *fault)
{
    const struct instance *instance;
    const struct host *host;
    struct arena arena = ARENA_INIT;
    int result = 0;

    if (injection_is_of_zone(wish->kind)) {
        injection->zone = (uint8_t)(wish->subject - 1);
        return 0;
    }
    if (injection_is_of_region(wish->kind)) {
        injection->zone = (uint8_t)((wish->subject - 1) * ZONES_PER_REGION);
        return 0;
    }
    if (injection_is_of_queue(wish->kind)) {
        uint8_t region = 0;

        if (queue_name(injections, wish->subject, &region) == NULL)
            return fault_set(fault, &fault_no_queue);
        injection->zone = (uint8_t)(region * ZONES_PER_REGION);
        return 0;
    }
    instance = instance_any(injections->instances, wish->subject);
    host = instance != NULL ? hosts_of(injections->hosts, instance->id)
                            : hosts_find(injections->hosts, wish->subject);
    if (injection_is_of_host(wish->kind)) {
        if (host == NULL)
            result = fault_set(fault, &fault_no_host,
                               id_text(&arena, &kind_instance, wish->subject));
        else if (wish->kind == INJECT_NEIGHBOUR && !hosts_has_room(injections->hosts, host))
            result = fault_set(fault, &fault_host_full, id_text(&arena, &kind_host, host->id));
        else
            injection->subject = host->id;
    } else if (instance == NULL || instance->state != INSTANCE_RUNNING) {
        result = fault_set(fault, &fault_not_running,
                           id_text(&arena, &kind_instance, wish->subject));
    } else if (!instance->powered) {
        result = fault_set(fault, &fault_host_down,
                           id_text(&arena, &kind_instance, wish->subject));
    }
    if (result == 0 && injection_is_of_pool(wish->kind)) {
        if (instance_rare(instance)->spot == 0)
            result = fault_set(fault, &fault_on_demand,
                               id_text(&arena, &kind_instance, wish->subject));
        injection->subject = (uint64_t)instance->type + 1;
    }
    if (host != NULL)
        injection->zone = host->zone;
    arena_release(&arena);
    return result;
}

static int duplicate_check(const struct injections *injections, const struct injection *wanted,
                           struct fault *fault)
{
    for (uint32_t i = 0; i < table_count(&injections->table); i++) {
        const struct injection *row = table_at(&injections->table, i);
        struct arena arena = ARENA_INIT;

        if (row->kind != wanted->kind || row->subject != wanted->subject ||
            (injection_is_of_pool(row->kind) && row->zone != wanted->zone))
            continue;
        fault_set(fault, &fault_broken_already, injection_subject_text(injections, row, &arena),
                  id_text(&arena, &kind_fault, row->id));
        arena_release(&arena);
        return -1;
    }
    return 0;
}

/* To those who ask how slow, failing, hanging or rough something is. */
static void tell_changed(const struct injections *injections, const struct injection *injection)
{
    if (injection->amount != 0 && !injection_is_of_host(injection->kind) &&
        injections->hooks.changed != NULL)
        injections->hooks.changed(injections->hooks.context,
                                  is_of_place(injection->kind) ? 0 : injection->subject);
    if (injection_is_of_pool(injection->kind) && injections->hooks.spot_changed != NULL)
        injections->hooks.spot_changed(injections->hooks.context);
    if (injection_is_of_queue(injection->kind) && injections->hooks.storage_changed != NULL)
        injections->hooks.storage_changed(injections->hooks.context, injection->subject);
}

struct injection *injection_add(struct injections *injections, const struct injection_new *wish,
                                struct fault *fault)
{
    struct injection wanted = {
        .account = wish->account,
        .subject = wish->subject,
        .since = injections->sim->now,
        .amount = wish->amount != 0 ? wish->amount : injection_range(wish->kind).usual,
        .kind = (uint8_t)wish->kind,
    };
    struct injection *injection;

    if (subject_resolve(injections, wish, &wanted, fault) != 0 ||
        http_check(injections, wish, fault) != 0 ||
        duplicate_check(injections, &wanted, fault) != 0)
        return NULL;
    if (wish->kind == INJECT_WEB_SERVER && !web_server_set(injections, wish->subject, false)) {
        struct arena arena = ARENA_INIT;

        fault_set(fault, &fault_no_web_server, id_text(&arena, &kind_instance, wish->subject));
        arena_release(&arena);
        return NULL;
    }
    injection = table_add(&injections->table, wish->id != 0 ? wish->id : ids_new(injections->ids));
    wanted.id = injection->id;
    wanted.name = wish->name == NULL ? NULL : xstrdup(wish->name);
    *injection = wanted;
    tell(injections, injection, "injected");
    if (wish->kind == INJECT_INSTANCE) {
        if (injections->hooks.crash != NULL)
            injections->hooks.crash(injections->hooks.context, wish->subject);
        instance_recheck(injections->instances, wish->subject);
    }
    if (wish->kind == INJECT_NEIGHBOUR)
        neighbours_come(injections, injection);
    if (wish->kind == INJECT_RETIRE) {
        retirement_settle(injections, injection);
        sim_schedule(injections->sim, injection->amount * HOUR_NS, EVENT_HOST_RETIREMENT,
                     injection->id, 0);
        if (injections->hooks.retires != NULL)
            injections->hooks.retires(injections->hooks.context, injection);
    }
    hosts_settle(injections, injection);
    tell_changed(injections, injection);
    return injection;
}

void injection_clear(struct injections *injections, uint64_t id, const char *why)
{
    struct injection injection = *(struct injection *)table_get(&injections->table, id);
    struct instance *instance;
    struct fault ignored = FAULT_INIT;

    tell(injections, &injection, why);
    injection.name = NULL; /* the row's, which goes */
    table_remove(&injections->table, id);
    if (injection.kind == INJECT_NEIGHBOUR)
        neighbours_go(injections, &injection);
    if (injection.kind == INJECT_RETIRE)
        retirement_settle(injections, &injection);
    hosts_settle(injections, &injection);
    tell_changed(injections, &injection);
    if (injection.kind == INJECT_WEB_SERVER)
        web_server_set(injections, injection.subject, true);
    if (injection.kind != INJECT_INSTANCE)
        return;
    instance = instance_any(injections->instances, injection.subject);
    if (instance != NULL && instance->state == INSTANCE_RUNNING)
        instances_reboot(injections->instances, (struct instance_set){ &instance, 1 }, &ignored);
    fault_release(&ignored);
}

void injections_end(struct injections *injections, uint64_t instance, const char *why)
{
    for (uint32_t i = table_count(&injections->table); i > 0; i--) {
        const struct injection *row = table_at(&injections->table, i - 1);

        if (row->subject != instance || injection_is_of_host(row->kind) ||
            injection_is_of_pool(row->kind) || is_of_place(row->kind))
            continue;
        tell(injections, row, why);
        table_remove(&injections->table, row->id);
    }
}

/* ---- shapes and faults ---- */

static const struct field injection_fields[] = {
    F_INT(struct injection, id, "FaultId", "Its id.", .flags = FIELD_COLUMN),
    F_INT(struct injection, account, "OwnerId", "Who injected it."),
    F_INT(struct injection, subject, "Subject", "What it breaks."),
    F_TIME(struct injection, since, "Since", "When it began."),
    F_INT(struct injection, amount, "Amount", "How much."),
    F_INT(struct injection, kind, "Kind", "How it breaks it."),
    F_INT(struct injection, zone, "Zone", "Where."),
    F_STRING(struct injection, name, "Name", "What it is called."),
    F_TIME(struct injection, until, "Until", "When it ends by itself."),
};

const struct shape injection_shape = SHAPE("Fault", struct injection, injection_fields);

static const struct fault_kind fault_not_running = {
    "IncorrectInstanceState",
    "The instance '{}' is not running.",
    "Only what runs can be broken in this way: start it first.",
};
static const struct fault_kind fault_host_down = {
    "IncorrectInstanceState",
    "The host of the instance '{}' is broken already.",
    "`lab describe-faults` says by which fault; `lab clear-fault` mends it.",
};
static const struct fault_kind fault_on_demand = {
    "IncorrectInstanceState",
    "The instance '{}' is no spot instance: nobody takes it back.",
    "A spot instance is launched with --instance-market-options MarketType=spot.",
};
static const struct fault_kind fault_no_web_server = {
    "IncorrectInstanceState",
    "No web server runs in the instance '{}'.",
    "Install and start one first, or wait until its user data has run.  Another program is stopped "
    "inside: `lab run-command --instance-id ID --command 'sudo systemctl stop UNIT'`.",
};
static const struct fault_kind fault_no_http = {
    "IncorrectInstanceState",
    "The fault {} needs {}, and the instance '{}' has none.",
    "Install one, or wait until its user data has run.  slow-server and fail-instance need none; a "
    "program is stopped inside: `lab run-command --instance-id ID --command 'sudo systemctl stop "
    "UNIT'` (a barista's UNIT is barista).",
};
static const struct fault_kind fault_host_full = {
    "InsufficientHostCapacity",
    "The host '{}' has no room for another tenant.",
    "It is full, broken, or dedicated to an account: `lab describe-hosts` shows it.",
};
static const struct fault_kind fault_no_host = {
    "IncorrectInstanceState",
    "'{}' is on no host.",
    "A stopped instance has no host; `lab describe-hosts` lists hosts.",
};
static const struct fault_kind fault_no_queue = {
    "InvalidParameterValue",
    "There is no such queue.",
    "`aws sqs list-queues` shows the queues of this Region.",
};
static const struct fault_kind fault_broken_already = {
    "FaultAlreadyInjected",
    "{} is broken in this way already, by {}.",
    "`lab clear-fault` mends it.",
};
