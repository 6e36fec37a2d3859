/*
 * cloud/host.c - the machines that AWS hides: hosts in racks, their hypervisors, and who runs on
 * them.
 *
 * Owns    the hosts, rebuilt from the catalog and the seed; the guests and the failures, which are
 * saved. True to nothing published: AWS says neither how large its hosts are nor how it chooses
 * them.  A host here is
 *         as assets/catalog/hosts.txt says: as large as the largest type of its family, so that a
 *         metal instance has one for itself.
 */
#include "cloud/host.h"

#include <stdlib.h>

#include "base/bug.h"
#include "base/mem.h"
#include "base/str.h"
#include "sim/chance.h"

enum {
    HOSTS_PER_ZONE = 24,        /* of a family */
    HOSTS_PER_ZONE_LARGE = 60,  /* of the family that beginners use: 20,000 t3.micro fit */
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
        family->accelerators = larger(family->accelerators, type->accelerators);
    }
    for (uint32_t i = 0; i < hosts->family_count; i++) {
        struct host_family *family = &hosts->families[i];

        family->hardware = catalog_host_find(catalog, family->name);
        if (family->hardware == NULL)
            BUG("no hosts of the family %s", family->name);
        family->cores = family->hardware->cores;
        family->threads = family->hardware->threads;
        family->memory_mib = family->hardware->memory_mib;
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
        .rack = (uint8_t)((place - of->first) % HOST_RACKS + 1),
        .cores = of->cores,
        .threads = of->threads,
        .vcpus = of->burstable ? of->threads * HOST_OVERCOMMIT : of->threads,
        .memory_mib = of->memory_mib,
        .accelerators = of->accelerators,
        .only_type = HOST_ANY_TYPE,
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
    for (uint32_t i = 0; i < hosts->count; i++) {
        LIST_RELEASE(&hosts->items[i].guests);
        host_memory_release(&hosts->items[i].memory);
    }
    free(hosts->items);
    free(hosts->families);
    free(hosts->type_family);
    table_release(&hosts->guests);
    table_release(&hosts->failures);
}

/* ---- who runs where ---- */

static bool host_fits(const struct host *host, const struct catalog_type *type)
{
    return !host->failed && !host->retiring && host->vcpus - host->used_vcpus >= type->vcpus &&
           host->memory_mib - host->used_memory_mib >= type->memory_mib &&
           host->accelerators - host->used_accelerators >= type->accelerators;
}

static void host_seat(struct host *host, const struct catalog_type *type,
                      const struct host_guest *guest)
{
    host->used_vcpus += type->vcpus;
    host->used_memory_mib += type->memory_mib;
    host->used_accelerators += type->accelerators;
    *LIST_PUSH(&host->guests) = guest->id;
    host_memory_take(&host->memory, host->memory_mib, guest->id, type->memory_mib);
    if (guest->tenancy == HOST_TENANCY_DEDICATED) {
        host->dedicated++;
        host->owner = guest->account;
    }
}

const char *const host_tenancy_words[] = {"default", "dedicated", "host", NULL};

/* May an instance on these terms be on that host? */
static bool tenancy_allows(const struct host_terms *terms, const struct host *host, uint16_t type)
{
    switch (terms->tenancy) {
    case HOST_TENANCY_DEDICATED:
        return !host->allocated &&
               (host->owner == terms->account || (host->owner == 0 && host->guests.count == 0));
    case HOST_TENANCY_HOST:
        return host->allocated && !host->abandoned && host->owner == terms->account &&
               (terms->host != 0 ? host->id == terms->host : host->places) &&
               (host->only_type == HOST_ANY_TYPE || host->only_type == type);
    default:
        return host->owner == 0;
    }
}

/* The racks of a zone belong to the partitions of a group in turn. */
static uint8_t partition_of(const struct host *host, uint8_t partitions)
{
    return (uint8_t)((host->rack - 1) % partitions + 1);
}

static const struct host_guest_rare *rare_of(const struct host_guest *guest)
{
    static const struct host_guest_rare none;

    return guest->rare == NULL ? &none : guest->rare;
}

static struct host_guest_rare *rare_make(struct host_guest *guest)
{
    if (guest->rare == NULL)
        guest->rare = xcalloc(1, sizeof(*guest->rare));
    return guest->rare;
}

uint64_t host_guest_group(const struct host_guest *guest)
{
    return rare_of(guest)->group;
}

uint8_t host_guest_partition(const struct host_guest *guest)
{
    return rare_of(guest)->partition;
}

static void guest_add(struct hosts *hosts, const struct host_wish *wish, struct host *host)
{
    const struct host_group *group = &wish->terms.group;
    struct host_guest *guest = table_add(&hosts->guests, wish->instance);

    guest->account = wish->terms.account;
    guest->host = host->number;
    guest->type = wish->type;
    guest->tenancy = wish->terms.tenancy;
    if (group->id != 0)
        rare_make(guest)->group = group->id;
    if (group->strategy == HOST_GROUP_PARTITION)
        rare_make(guest)->partition = partition_of(host, group->partitions);
    host_seat(host, &hosts->catalog->types[wish->type], guest);
}

/* The hosts of a type in a zone. */
static struct host *hosts_range(const struct hosts *hosts, uint8_t zone, uint16_t type,
                                uint32_t *count)
{
    const struct host_family *family = &hosts->families[hosts->type_family[type]];

    *count = family->per_zone;
    return &hosts->items[zone * hosts->per_zone + family->first];
}

/* Nobody is where another account is alone. */
static bool tenancies_sound(const struct hosts *hosts)
{
    for (uint32_t i = 0; i < table_count(&hosts->guests); i++) {
        const struct host_guest *guest = table_at(&hosts->guests, i);
        const struct host *host = &hosts->items[guest->host];

        if (guest->tenancy > HOST_TENANCY_HOST ||
            (host->owner == 0) != (guest->tenancy == HOST_TENANCY_DEFAULT) ||
            host->allocated != (guest->tenancy == HOST_TENANCY_HOST) ||
            (host->owner != 0 && host->owner != guest->account))
            return false;
    }
    return true;
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
        well.failed = well.retiring = false;
        if (hosts->type_family[guest->type] != host->family ||
            !host_fits(&well, &hosts->catalog->types[guest->type]))
            return false;
        host_seat(host, &hosts->catalog->types[guest->type], guest);
    }
    return tenancies_sound(hosts);
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
                .type = (uint16_t)i,
                .zone = host->zone,
                .terms = {.account = tenant},
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

/* ---- placement groups ---- */

/* Where the instances of a group stand in a zone. */
struct group_state {
    bool elsewhere;                              /* some are in another zone */
    uint32_t racks;                              /* bits, by rack - 1: those with instances */
    uint32_t count;                              /* in the zone */
    uint32_t by_partition[HOST_PARTITIONS_MOST]; /* the same, by partition - 1 */
};

static struct group_state group_look(const struct hosts *hosts, const struct host_group *group,
                                     uint8_t zone)
{
    struct group_state state = {0};

    for (uint32_t i = 0; group->id != 0 && i < table_count(&hosts->guests); i++) {
        const struct host_guest *guest = table_at(&hosts->guests, i);
        const struct host *host = &hosts->items[guest->host];
        uint8_t partition = host_guest_partition(guest);

        if (host_guest_group(guest) != group->id)
            continue;
        if (host->zone != zone) {
            state.elsewhere = true;
            continue;
        }
        state.count++;
        state.racks |= 1u << (host->rack - 1);
        if (partition > 0 && partition <= HOST_PARTITIONS_MOST)
            state.by_partition[partition - 1]++;
    }
    return state;
}

/* May an instance of the group stand there, next to those who do? */
static bool group_allows(const struct host_group *group, const struct group_state *state,
                         const struct host *host)
{
    uint32_t rack = 1u << (host->rack - 1);

    switch (group->strategy) {
    case HOST_GROUP_CLUSTER:
        return !state->elsewhere && (state->racks == 0 || state->racks == rack);
    case HOST_GROUP_SPREAD:
        return state->count < HOST_SPREAD_MOST && (state->racks & rack) == 0;
    case HOST_GROUP_PARTITION:
        return group->partition == 0 || partition_of(host, group->partitions) == group->partition;
    default:
        return true;
    }
}

uint32_t host_room(const struct host *host, const struct catalog_type *what)
{
    uint32_t room = (host->vcpus - host->used_vcpus) / what->vcpus;

    if (host->failed || host->retiring)
        return 0;
    room = smaller(room, (host->memory_mib - host->used_memory_mib) / what->memory_mib);
    if (what->accelerators > 0)
        room = smaller(room,
                       (host->accelerators - host->used_accelerators) / what->accelerators);
    return room;
}

uint32_t host_room_whole(const struct host *host, const struct catalog_type *what)
{
    struct host empty = *host;

    empty.used_vcpus = empty.used_memory_mib = empty.used_accelerators = 0;
    empty.failed = empty.retiring = false;
    return host_room(&empty, what);
}

/* How many fit, rack by rack. */
static void racks_room(const struct hosts *hosts, const struct host_ask *ask,
                       uint32_t rooms[HOST_RACKS])
{
    const struct catalog_type *what = &hosts->catalog->types[ask->type];
    const struct host_group *group = &ask->terms.group;
    struct group_state state = group_look(hosts, group, ask->zone);
    uint32_t count;
    const struct host *host = hosts_range(hosts, ask->zone, ask->type, &count);

    for (; count > 0; count--, host++) {
        if (group_allows(group, &state, host) && tenancy_allows(&ask->terms, host, ask->type))
            rooms[host->rack - 1] += host_room(host, what);
    }
}

static uint32_t group_room(const struct hosts *hosts, const struct host_ask *ask)
{
    const struct host_group *group = &ask->terms.group;
    struct group_state state = group_look(hosts, group, ask->zone);
    uint32_t rooms[HOST_RACKS] = {0};
    uint32_t sum = 0;
    uint32_t racks = 0;
    uint32_t most = 0;

    racks_room(hosts, ask, rooms);
    for (uint32_t i = 0; i < HOST_RACKS; i++) {
        sum += rooms[i];
        racks += rooms[i] > 0;
        most = larger(most, rooms[i]);
    }
    if (group->strategy == HOST_GROUP_CLUSTER)
        return most;
    if (group->strategy == HOST_GROUP_SPREAD)
        return smaller(racks, HOST_SPREAD_MOST - smaller(state.count, HOST_SPREAD_MOST));
    return sum;
}

uint32_t hosts_room(const struct hosts *hosts, const struct host_ask *ask, uint32_t limit)
{
    const struct catalog_type *what = &hosts->catalog->types[ask->type];
    uint32_t count;
    const struct host *host = hosts_range(hosts, ask->zone, ask->type, &count);
    uint32_t room = 0;

    if (ask->terms.group.id != 0)
        return smaller(group_room(hosts, ask), limit);
    for (; count > 0 && room < limit; count--, host++) {
        if (tenancy_allows(&ask->terms, host, ask->type))
            room += host_room(host, what);
    }
    return smaller(room, limit);
}

/* Of a cluster that begins: the rack with most room.  Of partitions, if any will do: the emptiest
 * that has room. */
static void group_narrow(const struct hosts *hosts, const struct host_wish *wish,
                         struct host_group *group, struct group_state *state)
{
    const struct host_ask ask = {wish->zone, wish->type, wish->terms};
    uint32_t rooms[HOST_RACKS] = {0};
    uint32_t best = HOST_RACKS;

    *group = wish->terms.group;
    *state = group_look(hosts, group, wish->zone);
    if (group->strategy == HOST_GROUP_CLUSTER && state->count == 0) {
        racks_room(hosts, &ask, rooms);
        for (uint32_t i = 0; i < HOST_RACKS; i++) {
            if (rooms[i] > 0 && (best == HOST_RACKS || rooms[i] > rooms[best]))
                best = i;
        }
        if (best < HOST_RACKS)
            state->racks = 1u << best;
    }
    if (group->strategy == HOST_GROUP_PARTITION && group->partition == 0) {
        racks_room(hosts, &ask, rooms);
        for (uint32_t i = 0; i < HOST_RACKS; i++) {
            uint32_t at = i % group->partitions;

            if (rooms[i] > 0 &&
                (best == HOST_RACKS || state->by_partition[at] < state->by_partition[best]))
                best = at;
        }
        if (best < HOST_RACKS)
            group->partition = (uint8_t)(best + 1);
    }
}

/* ---- choosing ---- */

const char *const host_policy_words[] = {"spread", "best-fit", "first-fit", NULL};

static bool host_has_account(const struct hosts *hosts, const struct host *host, uint64_t account)
{
    for (uint32_t i = 0; i < host->guests.count; i++) {
        const struct host_guest *guest = table_find(&hosts->guests, host->guests.items[i]);

        if (guest != NULL && guest->account == account)
            return true;
    }
    return false;
}

/* The higher, the better: a shared host among the first on which the account has nothing yet, if
 * instances are spread; for Dedicated Instances one that is the account's, else the last. */
static uint32_t rank_of(const struct hosts *hosts, const struct host_terms *terms,
                        const struct host *host, uint32_t place)
{
    if (terms->tenancy == HOST_TENANCY_DEDICATED)
        return host->owner != 0 ? UINT32_MAX : place;
    return terms->tenancy == HOST_TENANCY_DEFAULT && hosts->policy == HOST_POLICY_SPREAD &&
           place < HOST_SPREAD && !host_has_account(hosts, host, terms->account);
}

/* Is `host` to be chosen instead of `best`? */
static bool is_better(const struct hosts *hosts, const struct host *host, uint32_t rank,
                      const struct host *best, uint32_t best_rank)
{
    uint32_t left = host->memory_mib - host->used_memory_mib;

    if (best == NULL || rank != best_rank)
        return best == NULL || rank > best_rank;
    return hosts->policy != HOST_POLICY_FIRST_FIT &&
           left < best->memory_mib - best->used_memory_mib;
}

uint32_t hosts_place(struct hosts *hosts, const struct host_wish *wish)
{
    const struct catalog_type *type = &hosts->catalog->types[wish->type];
    uint32_t count;
    struct host *first = hosts_range(hosts, wish->zone, wish->type, &count);
    struct host *best = NULL;
    struct host *avoided = NULL;
    uint32_t best_rank = 0;
    struct host_group group;
    struct group_state state;

    group_narrow(hosts, wish, &group, &state);
    for (struct host *host = first; host < first + count; host++) {
        uint32_t rank;

        if (!host_fits(host, type) || !tenancy_allows(&wish->terms, host, wish->type) ||
            !group_allows(&group, &state, host))
            continue;
        if (host->number == wish->avoid) {
            avoided = host;
            continue;
        }
        rank = rank_of(hosts, &wish->terms, host, (uint32_t)(host - first));
        if (is_better(hosts, host, rank, best, best_rank)) {
            best = host;
            best_rank = rank;
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
    if (guest->tenancy == HOST_TENANCY_DEDICATED && --host->dedicated == 0)
        host->owner = 0;
    guest_unlist(host, instance);
    host_memory_give(&host->memory, instance);
    table_remove(&hosts->guests, instance);
    if (host->abandoned && host->guests.count == 0)
        host_release(host);
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

/* ---- Dedicated Hosts ---- */

struct host *hosts_empty(const struct hosts *hosts, uint8_t zone, uint16_t family,
                         bool (*known)(void *context, uint64_t id), void *context)
{
    const struct host_family *of = &hosts->families[family];
    struct host *first = &hosts->items[zone * hosts->per_zone + of->first];
    struct host *second_best = NULL;

    for (struct host *host = first + of->per_zone; host-- > first;) {
        if (host->failed || host->retiring || host->owner != 0 || host->guests.count > 0)
            continue;
        if (known == NULL || !known(context, host->id))
            return host;
        if (second_best == NULL)
            second_best = host;
    }
    return second_best;
}

void host_allocate(struct host *host, uint64_t account, uint16_t only_type, bool places)
{
    host->owner = account;
    host->only_type = only_type;
    host->allocated = true;
    host->places = places;
}

void host_release(struct host *host)
{
    host->owner = 0;
    host->only_type = HOST_ANY_TYPE;
    host->allocated = false;
    host->places = false;
    host->abandoned = false;
}

void host_abandon(struct host *host)
{
    host->abandoned = true;
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
    host_memory_give(&host->memory, neighbour);
    *LIST_PUSH(&host->guests) = luck;
    host_memory_take(&host->memory, host->memory_mib, luck,
                     hosts->catalog->types[old.type].memory_mib);
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

    for (uint32_t i = 0; i < hosts->catalog->type_count && host->owner == 0; i++) {
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
                  .type = (uint16_t)type,
                  .terms = {.account = tenant_at(hosts, cause)},
              },
              host);
    guest = table_get(&hosts->guests, id);
    guest->load_percent = 100;
    rare_make(guest)->cause = cause;
    return hosts->catalog->types[type].vcpus;
}

void hosts_uncrowd(struct hosts *hosts, uint64_t cause)
{
    for (uint32_t i = table_count(&hosts->guests); i > 0; i--) {
        const struct host_guest *guest = table_at(&hosts->guests, i - 1);

        if (rare_of(guest)->cause == cause)
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

#define RARE .flags = FIELD_RARE

static const struct field guest_fields[] = {
    F_INT(struct host_guest, id, "InstanceId", "The instance.", .flags = FIELD_COLUMN),
    F_INT(struct host_guest, account, "OwnerId", "Whose."),
    F_INT(struct host_guest, host, "Host", "Number of the host."),
    F_INT(struct host_guest, type, "Type", "Place of its type in the catalog."),
    F_INT(struct host_guest, load_percent, "Load", "What a neighbour wants all the time."),
    F_INT(struct host_guest_rare, cause, "Cause", "The fault that brought it.", RARE),
    F_INT(struct host_guest_rare, group, "Group", "Its placement group.", RARE),
    F_INT(struct host_guest_rare, partition, "Partition", "Its partition there.", RARE),
    F_INT(struct host_guest, tenancy, "Tenancy", "Whose hardware it asked for."),
};

static const struct field failure_fields[] = {
    F_INT(struct host_failure, key, "Key", "Number of the host, plus one."),
    F_TIME(struct host_failure, since, "Since", "When it broke."),
};

const struct shape host_guest_shape =
    SHAPE_WITH_RARE("HostGuest", struct host_guest, rare, guest_fields);
const struct shape host_failure_shape = SHAPE("HostFailure", struct host_failure, failure_fields);
