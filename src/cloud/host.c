/*
 * cloud/host.c - the machines that AWS hides: hosts in racks, their hypervisors, and who runs on
 * them.
 *
 * Owns    the hosts, rebuilt from the catalog and the seed; the guests and the failures, which are
 * saved. True to nothing published: AWS says neither how large its hosts are nor how it chooses
 * them.  A host here is as
 *         large as the largest type of its family, so that a metal instance has one for itself.
 */
#include "cloud/host.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"
#include "sim/chance.h"

enum {
    HOSTS_PER_ZONE = 24,        /* of a family */
    HOSTS_PER_ZONE_LARGE = 60,  /* of the family that beginners use: 20,000 t3.micro fit */
    HOSTS_PER_RACK = 12,
    BURSTABLE_CORES = 48,
    BURSTABLE_THREADS = 96,
    BURSTABLE_MEMORY_MIB = 393216,
    NEIGHBOUR_HOSTS = 2,        /* hosts of a family in a zone that have neighbours at first */
    NEIGHBOURS_MAX = 4,
};

static const char large_family[] = "t3";

/* ---- what there is ---- */

static uint16_t family_find(const struct hosts *hosts, const char *name)
{
    for (uint32_t i = 0; i < hosts->family_count; i++) {
        if (str_equal(hosts->families[i].name, name))
            return (uint16_t)i;
    }
    return (uint16_t)hosts->family_count;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* Families in the order of the catalog, and which one each type belongs to. */
static void families_make(struct hosts *hosts)
{
    const struct catalog *catalog = hosts->catalog;

    hosts->type_family = xcalloc(catalog->type_count + 1, sizeof(*hosts->type_family));
    hosts->families = xcalloc(catalog->type_count + 1, sizeof(*hosts->families));
    for (uint32_t i = 0; i < catalog->type_count; i++) {
        const struct catalog_type *type = &catalog->types[i];
        uint16_t at = family_find(hosts, type->family);
        struct host_family *family = &hosts->families[at];

        hosts->type_family[i] = at;
        if (at == hosts->family_count) {
            hosts->family_count++;
            *family = (struct host_family){
                .name = type->family,
                .hypervisor = type->hypervisor,
                .burstable = type->burstable,
                .per_zone = str_equal(type->family, large_family) ? HOSTS_PER_ZONE_LARGE
                                                                  : HOSTS_PER_ZONE,
            };
        }
        family->cores = larger(family->cores, type->cores);
        family->threads = larger(family->threads, type->vcpus);
        family->memory_mib = larger(family->memory_mib, type->memory_mib);
        family->accelerators = larger(family->accelerators, type->accelerators);
    }
    for (uint32_t i = 0; i < hosts->family_count; i++) {
        struct host_family *family = &hosts->families[i];

        if (family->burstable) {
            family->cores = BURSTABLE_CORES;
            family->threads = BURSTABLE_THREADS;
            family->memory_mib = BURSTABLE_MEMORY_MIB;
        }
        family->first = hosts->per_zone;
        hosts->per_zone += family->per_zone;
    }
}

static void host_make(struct hosts *hosts, uint32_t number)
{
    struct chance luck = chance_stream(hosts->seed, "host", number);
    uint32_t place = number % hosts->per_zone; /* in its zone */
    uint16_t family = 0;
    const struct host_family *of;

    while (family + 1u < hosts->family_count && hosts->families[family + 1].first <= place)
        family++;
    of = &hosts->families[family];
    hosts->items[number] = (struct host){
        .id = chance_u64(&luck) | 1,
        .number = number,
        .family = family,
        .zone = (uint8_t)(number / hosts->per_zone),
        .rack = (uint8_t)(place / HOSTS_PER_RACK + 1),
        .cores = of->cores,
        .threads = of->threads,
        .vcpus = of->burstable ? of->threads * HOST_OVERCOMMIT : of->threads,
        .memory_mib = of->memory_mib,
        .accelerators = of->accelerators,
    };
}

void hosts_init(struct hosts *hosts)
{
    table_init(&hosts->guests, &host_guest_shape);
    table_init(&hosts->failures, &host_failure_shape);
    families_make(hosts);
    hosts->count = hosts->per_zone * hosts->catalog->region_count * ZONES_PER_REGION;
    hosts->items = xcalloc(hosts->count + 1, sizeof(*hosts->items));
    for (uint32_t i = 0; i < hosts->count; i++)
        host_make(hosts, i);
}

void hosts_release(struct hosts *hosts)
{
    for (uint32_t i = 0; i < hosts->count; i++)
        LIST_RELEASE(&hosts->items[i].guests);
    free(hosts->items);
    free(hosts->families);
    free(hosts->type_family);
    table_release(&hosts->guests);
    table_release(&hosts->failures);
}

/* ---- who runs where ---- */

static bool host_fits(const struct host *host, const struct catalog_type *type)
{
    return !host->failed && host->vcpus - host->used_vcpus >= type->vcpus &&
           host->memory_mib - host->used_memory_mib >= type->memory_mib &&
           host->accelerators - host->used_accelerators >= type->accelerators;
}

static void host_seat(struct host *host, const struct catalog_type *type, uint64_t instance)
{
    host->used_vcpus += type->vcpus;
    host->used_memory_mib += type->memory_mib;
    host->used_accelerators += type->accelerators;
    *LIST_PUSH(&host->guests) = instance;
}

static void guest_add(struct hosts *hosts, const struct host_wish *wish, struct host *host)
{
    struct host_guest *guest = table_add(&hosts->guests, wish->instance);

    guest->account = wish->account;
    guest->host = host->number;
    guest->type = wish->type;
    host_seat(host, &hosts->catalog->types[wish->type], wish->instance);
}

/* The hosts of a type in a zone. */
static struct host *hosts_range(const struct hosts *hosts, uint8_t zone, uint16_t type,
                                uint32_t *count)
{
    const struct host_family *family = &hosts->families[hosts->type_family[type]];

    *count = family->per_zone;
    return &hosts->items[zone * hosts->per_zone + family->first];
}

bool hosts_restore(struct hosts *hosts)
{
    for (uint32_t i = 0; i < table_count(&hosts->failures); i++) {
        const struct host_failure *failure = table_at(&hosts->failures, i);

        if (failure->key > hosts->count)
            return false;
        hosts->items[failure->key - 1].failed = true;
    }
    for (uint32_t i = 0; i < table_count(&hosts->guests); i++) {
        const struct host_guest *guest = table_at(&hosts->guests, i);
        struct host *host;
        struct host well;

        if (guest->host >= hosts->count || guest->type >= hosts->catalog->type_count)
            return false;
        host = &hosts->items[guest->host];
        well = *host;
        well.failed = false;
        if (hosts->type_family[guest->type] != host->family ||
            !host_fits(&well, &hosts->catalog->types[guest->type]))
            return false;
        host_seat(host, &hosts->catalog->types[guest->type], guest->id);
    }
    return true;
}

/* One neighbour on the host, if one of the smaller types of the family fits. */
static void neighbour_add(struct hosts *hosts, struct ids *ids, uint64_t tenant,
                          struct host *host, struct chance *luck)
{
    const struct catalog *catalog = hosts->catalog;
    uint32_t choices = 0;
    uint32_t chosen;

    for (uint32_t i = 0; i < catalog->type_count; i++) {
        choices += hosts->type_family[i] == host->family &&
                   catalog->types[i].memory_mib <= host->memory_mib / 8;
    }
    if (choices == 0)
        return;
    chosen = (uint32_t)chance_below(luck, choices);
    for (uint32_t i = 0; i < catalog->type_count; i++) {
        if (hosts->type_family[i] != host->family ||
            catalog->types[i].memory_mib > host->memory_mib / 8 || chosen-- != 0)
            continue;
        if (host_fits(host, &catalog->types[i])) {
            struct host_wish wish = {
                .instance = ids_new(ids),
                .account = tenant,
                .type = (uint16_t)i,
                .zone = host->zone,
            };

            guest_add(hosts, &wish, host);
        }
        return;
    }
}

void hosts_populate(struct hosts *hosts, struct ids *ids, const uint64_t *tenants,
                    uint32_t tenant_count)
{
    uint32_t zones = hosts->catalog->region_count * ZONES_PER_REGION;

    for (uint32_t zone = 0; zone < zones; zone++) {
        for (uint32_t f = 0; f < hosts->family_count; f++) {
            uint32_t first = zone * hosts->per_zone + hosts->families[f].first;

            for (uint32_t i = first; i < first + NEIGHBOUR_HOSTS; i++) {
                struct chance luck = chance_stream(hosts->seed, "neighbours", i);
                uint32_t count = 2 + (uint32_t)chance_below(&luck, NEIGHBOURS_MAX - 1);

                while (count-- > 0)
                    neighbour_add(hosts, ids, tenants[chance_below(&luck, tenant_count)],
                                  &hosts->items[i], &luck);
            }
        }
    }
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

uint32_t hosts_room(const struct hosts *hosts, uint8_t zone, uint16_t type, uint32_t limit)
{
    const struct catalog_type *what = &hosts->catalog->types[type];
    uint32_t count;
    const struct host *host = hosts_range(hosts, zone, type, &count);
    uint32_t room = 0;

    for (; count > 0 && room < limit; count--, host++) {
        uint32_t here = (host->vcpus - host->used_vcpus) / what->vcpus;

        if (host->failed)
            continue;
        here = smaller(here, (host->memory_mib - host->used_memory_mib) / what->memory_mib);
        if (what->accelerators > 0)
            here = smaller(here, (host->accelerators - host->used_accelerators) /
                                     what->accelerators);
        room += here;
    }
    return smaller(room, limit);
}

static bool host_has_account(const struct hosts *hosts, const struct host *host, uint64_t account)
{
    for (uint32_t i = 0; i < host->guests.count; i++) {
        const struct host_guest *guest = table_find(&hosts->guests, host->guests.items[i]);

        if (guest != NULL && guest->account == account)
            return true;
    }
    return false;
}

uint32_t hosts_place(struct hosts *hosts, const struct host_wish *wish)
{
    const struct catalog_type *type = &hosts->catalog->types[wish->type];
    uint32_t count;
    struct host *first = hosts_range(hosts, wish->zone, wish->type, &count);
    struct host *best = NULL;
    struct host *avoided = NULL;
    bool best_is_new = false;

    for (struct host *host = first; host < first + count; host++) {
        uint32_t left = host->memory_mib - host->used_memory_mib;
        bool is_new = false;

        if (!host_fits(host, type))
            continue;
        if (host->number == wish->avoid) {
            avoided = host;
            continue;
        }
        if (host < first + HOST_SPREAD)
            is_new = !host_has_account(hosts, host, wish->account);
        if (best == NULL || is_new > best_is_new ||
            (is_new == best_is_new && left < best->memory_mib - best->used_memory_mib)) {
            best = host;
            best_is_new = is_new;
        }
    }
    if (best == NULL)
        best = avoided;
    if (best == NULL)
        return HOST_NONE;
    guest_add(hosts, wish, best);
    return best->number;
}

static void guest_unlist(struct host *host, uint64_t instance)
{
    for (uint32_t i = 0; i < host->guests.count; i++) {
        if (host->guests.items[i] == instance) {
            LIST_REMOVE(&host->guests, i);
            return;
        }
    }
}

void hosts_leave(struct hosts *hosts, uint64_t instance)
{
    const struct host_guest *guest = table_get(&hosts->guests, instance);
    const struct catalog_type *type = &hosts->catalog->types[guest->type];
    struct host *host = &hosts->items[guest->host];

    host->used_vcpus -= type->vcpus;
    host->used_memory_mib -= type->memory_mib;
    host->used_accelerators -= type->accelerators;
    guest_unlist(host, instance);
    table_remove(&hosts->guests, instance);
}

const struct host *hosts_of(const struct hosts *hosts, uint64_t instance)
{
    const struct host_guest *guest = table_find(&hosts->guests, instance);

    return guest == NULL ? NULL : &hosts->items[guest->host];
}

struct host *hosts_find(const struct hosts *hosts, uint64_t id)
{
    for (uint32_t i = 0; i < hosts->count; i++) {
        if (hosts->items[i].id == id)
            return &hosts->items[i];
    }
    return NULL;
}

const struct host_guest *hosts_guest(const struct hosts *hosts, uint64_t instance)
{
    return table_find(&hosts->guests, instance);
}

/* ---- neighbours ---- */

bool hosts_is_neighbour(const struct hosts *hosts, const struct host_guest *guest)
{
    const struct account *account =
        hosts->accounts == NULL ? NULL : account_find(hosts->accounts, guest->account);

    return account != NULL && account->is_provider;
}

/* The n-th of the other tenants, counted around. */
static uint64_t tenant_at(const struct hosts *hosts, uint64_t n)
{
    const struct table *accounts = &hosts->accounts->table;
    uint64_t tenants[ACCOUNT_TENANTS] = {0};
    uint32_t count = 0;

    for (uint32_t i = 0; i < table_count(accounts); i++) {
        const struct account *account = table_at(accounts, i);

        if (account->is_provider && count < ACCOUNT_TENANTS)
            tenants[count++] = account->id;
    }
    return count == 0 ? 0 : tenants[n % count];
}

void hosts_replace(struct hosts *hosts, uint64_t neighbour, uint64_t luck)
{
    struct host_guest old = *(struct host_guest *)table_get(&hosts->guests, neighbour);
    struct host *host = &hosts->items[old.host];
    struct host_guest *guest;

    if (table_find(&hosts->guests, luck) != NULL)
        return;
    table_remove(&hosts->guests, neighbour);
    guest = table_add(&hosts->guests, luck);
    guest->account = tenant_at(hosts, luck);
    guest->host = old.host;
    guest->type = old.type;
    guest_unlist(host, neighbour);
    *LIST_PUSH(&host->guests) = luck;
}

/* What a type wants of a host for each MiB that it takes there. */
static bool is_louder(const struct catalog_type *a, const struct catalog_type *b)
{
    uint64_t weight_a = a->burstable ? a->credits_milli_hour : a->vcpus;
    uint64_t weight_b = b->burstable ? b->credits_milli_hour : b->vcpus;

    return weight_a * b->memory_mib >= weight_b * a->memory_mib;
}

static int loudest_type(const struct hosts *hosts, const struct host *host)
{
    const struct catalog_type *types = hosts->catalog->types;
    int best = -1;

    for (uint32_t i = 0; i < hosts->catalog->type_count; i++) {
        if (hosts->type_family[i] == host->family && !types[i].bare_metal &&
            types[i].memory_mib <= host->memory_mib / 8 && host_fits(host, &types[i]) &&
            (best < 0 || is_louder(&types[i], &types[best])))
            best = (int)i;
    }
    return best;
}

bool hosts_has_room(const struct hosts *hosts, const struct host *host)
{
    return loudest_type(hosts, host) >= 0;
}

uint32_t hosts_crowd(struct hosts *hosts, struct host *host, uint64_t id, uint64_t cause)
{
    int type = loudest_type(hosts, host);
    struct host_guest *guest;

    if (type < 0)
        return 0;
    guest_add(hosts,
              &(struct host_wish){
                  .instance = id,
                  .account = tenant_at(hosts, cause),
                  .type = (uint16_t)type,
              },
              host);
    guest = table_get(&hosts->guests, id);
    guest->load_percent = 100;
    guest->cause = cause;
    return hosts->catalog->types[type].vcpus;
}

void hosts_uncrowd(struct hosts *hosts, uint64_t cause)
{
    for (uint32_t i = table_count(&hosts->guests); i > 0; i--) {
        const struct host_guest *guest = table_at(&hosts->guests, i - 1);

        if (guest->cause == cause)
            hosts_leave(hosts, guest->id);
    }
}

/* ---- failures ---- */

void hosts_set_failed(struct hosts *hosts, struct host *host, bool failed)
{
    struct arena arena = ARENA_INIT;
    uint64_t key = (uint64_t)host->number + 1;

    if (host->failed == failed)
        return;
    host->failed = failed;
    if (failed) {
        struct host_failure *failure = table_add(&hosts->failures, key);

        failure->since = *hosts->now;
    } else {
        table_remove(&hosts->failures, key);
    }
    trail_add(hosts->trail, (struct trail_entry){
        .subject = host->id,
        .topic = TRAIL_HOST,
        .region = (uint8_t)(host->zone / ZONES_PER_REGION),
        .text = arena_printf(&arena, "host %s in %s %s", id_text(&arena, &kind_host, host->id),
                             catalog_zone_name(hosts->catalog, host->zone),
                             failed ? "has failed" : "is back"),
    });
    arena_release(&arena);
}

bool hosts_zone_failed(const struct hosts *hosts, uint8_t zone)
{
    const struct host *host = &hosts->items[zone * hosts->per_zone];

    for (uint32_t i = 0; i < hosts->per_zone; i++) {
        if (!host[i].failed)
            return false;
    }
    return true;
}

static const struct field guest_fields[] = {
    F_INT(struct host_guest, id, "InstanceId", "The instance.", .flags = FIELD_COLUMN),
    F_INT(struct host_guest, account, "OwnerId", "Whose."),
    F_INT(struct host_guest, host, "Host", "Number of the host."),
    F_INT(struct host_guest, type, "Type", "Place of its type in the catalog."),
    F_INT(struct host_guest, load_percent, "Load", "What a neighbour wants all the time."),
    F_INT(struct host_guest, cause, "Cause", "The fault that brought it."),
};

static const struct field failure_fields[] = {
    F_INT(struct host_failure, key, "Key", "Number of the host, plus one."),
    F_TIME(struct host_failure, since, "Since", "When it broke."),
};

const struct shape host_guest_shape = SHAPE("HostGuest", struct host_guest, guest_fields);
const struct shape host_failure_shape = SHAPE("HostFailure", struct host_failure, failure_fields);
