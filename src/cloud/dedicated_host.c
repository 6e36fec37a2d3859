/*
 * cloud/dedicated_host.c - Dedicated Hosts: whole machines that an account has for itself.
 *
 * Owns    struct dedicated_host.
 * True to the EC2 user guide, "Dedicated Hosts".  Left out: reservations, sharing between accounts,
 *         host resource groups, Outposts, host maintenance.
 */
#include "cloud/dedicated_host.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/mem.h"

/* ---- the room ---- */

void dedicated_hosts_init(struct dedicated_hosts *all)
{
    table_init(&all->table, &dedicated_host_shape);
}

void dedicated_hosts_release(struct dedicated_hosts *all)
{
    table_release(&all->table);
}

static struct host *machine_of(const struct dedicated_hosts *all, const struct dedicated_host *row)
{
    return &all->hosts->items[row->host];
}

void dedicated_host_apply(struct dedicated_hosts *all, const struct dedicated_host *row)
{
    host_allocate(machine_of(all, row), row->account, row->type, row->places);
}

/* Somebody is still on the way off a machine that was replaced. */
static bool has_guests(const struct dedicated_hosts *all, const struct dedicated_host *row)
{
    for (uint32_t i = 0; i < table_count(&all->hosts->guests); i++) {
        const struct host_guest *guest = table_at(&all->hosts->guests, i);

        if (guest->host == row->host && guest->tenancy == HOST_TENANCY_HOST)
            return true;
    }
    return false;
}

bool dedicated_hosts_restore(struct dedicated_hosts *all)
{
    for (uint32_t i = 0; i < table_count(&all->table); i++) {
        const struct dedicated_host *row = table_at(&all->table, i);
        const struct host *machine;

        if (row->host >= all->hosts->count ||
            (row->type != HOST_ANY_TYPE && row->type >= all->hosts->catalog->type_count))
            return false;
        machine = machine_of(all, row);
        if (machine->id != row->id || machine->zone / ZONES_PER_REGION != row->region ||
            (row->type != HOST_ANY_TYPE &&
             all->hosts->type_family[row->type] != machine->family))
            return false;
        if (row->released == 0 || (row->failed && has_guests(all, row)))
            dedicated_host_apply(all, row);
        if (row->released != 0 && machine->allocated)
            host_abandon(machine_of(all, row));
    }
    return true;
}

/* ---- finding ---- */

struct dedicated_host *dedicated_host_find(const struct dedicated_hosts *all, uint64_t account,
                                           uint8_t region, uint64_t id)
{
    struct dedicated_host *row = table_find(&all->table, id);

    return row != NULL && row->account == account && row->region == region ? row : NULL;
}

const struct host *dedicated_host_machine(const struct dedicated_hosts *all,
                                          const struct dedicated_host *row)
{
    return machine_of(all, row);
}

const char *dedicated_host_state(const struct dedicated_hosts *all,
                                 const struct dedicated_host *row)
{
    if (row->released != 0)
        return row->failed ? "released-permanent-failure" : "released";
    if (machine_of(all, row)->retiring)
        return "permanent-failure";
    return machine_of(all, row)->failed ? "under-assessment" : "available";
}

/* ---- having and giving back ---- */

static void tell(struct dedicated_hosts *all, const struct dedicated_host *row, const char *what)
{
    struct arena arena = ARENA_INIT;

    trail_add(all->trail, (struct trail_entry){
        .account = row->account,
        .subject = row->id,
        .topic = TRAIL_HOST,
        .region = row->region,
        .text = arena_printf(&arena, "Dedicated Host %s %s", id_text(&arena, &kind_host, row->id),
                             what),
    });
    arena_release(&arena);
    if (all->changed != NULL)
        all->changed(all->context, row);
}

/* How many of the family the account has in the Region. */
static uint32_t count_of(const struct dedicated_hosts *all, uint64_t account, uint8_t region,
                         uint16_t family)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < table_count(&all->table); i++) {
        const struct dedicated_host *row = table_at(&all->table, i);

        count += row->account == account && row->region == region && row->released == 0 &&
                 machine_of(all, row)->family == family;
    }
    return count;
}

static int limit_check(const struct dedicated_hosts *all, const struct dedicated_host_new *wish,
                       struct fault *fault)
{
    uint32_t have = count_of(all, wish->account, (uint8_t)(wish->zone / ZONES_PER_REGION),
                             wish->family);
    int64_t most = account_quota(all->accounts, wish->account, QUOTA_DEDICATED_HOSTS);
    char wanted[24];
    char total[24];
    char limit[24];

    if ((int64_t)have + wish->count <= most)
        return 0;
    snprintf(wanted, sizeof(wanted), "%" PRIu32, wish->count);
    snprintf(total, sizeof(total), "%" PRId64, (int64_t)have + wish->count);
    snprintf(limit, sizeof(limit), "%" PRId64, most);
    return fault_set(fault, &fault_host_limit, wanted, total,
                     all->hosts->families[wish->family].name, limit);
}

static bool was_somebodys(void *context, uint64_t id)
{
    const struct dedicated_hosts *all = context;

    return table_find(&all->table, id) != NULL;
}

static void row_make(struct dedicated_hosts *all, const struct dedicated_host_new *wish,
                     const struct host *machine)
{
    struct dedicated_host *row;

    if (table_find(&all->table, machine->id) != NULL)
        table_remove(&all->table, machine->id);
    row = table_add(&all->table, machine->id);
    row->account = wish->account;
    row->allocated = *all->now;
    row->host = machine->number;
    row->type = wish->type;
    row->region = (uint8_t)(wish->zone / ZONES_PER_REGION);
    row->places = wish->places;
    row->recovers = wish->recovers;
    if (wish->token != NULL)
        row->token = xstrdup(wish->token);
    tags_copy(&row->tags, wish->tags);
    tell(all, row, "allocated");
}

int dedicated_hosts_allocate(struct dedicated_hosts *all, const struct dedicated_host_new *wish,
                             struct fault *fault)
{
    LIST(struct host *) taken = {0};
    int result = limit_check(all, wish, fault);

    while (result == 0 && taken.count < wish->count) {
        struct host *machine =
            hosts_empty(all->hosts, wish->zone, wish->family, was_somebodys, all);

        if (machine == NULL) {
            result = fault_set(fault, &fault_host_no_capacity);
            break;
        }
        host_allocate(machine, wish->account, wish->type, wish->places);
        *LIST_PUSH(&taken) = machine;
    }
    for (uint32_t i = 0; i < taken.count; i++) {
        if (result == 0)
            row_make(all, wish, taken.items[i]);
        else
            host_release(taken.items[i]);
    }
    LIST_RELEASE(&taken);
    return result;
}

void dedicated_host_release(struct dedicated_hosts *all, struct dedicated_host *row)
{
    row->released = *all->now;
    host_release(machine_of(all, row));
    tell(all, row, "released");
}

uint64_t dedicated_host_replace(struct dedicated_hosts *all, uint64_t id)
{
    struct dedicated_host *row = table_find(&all->table, id);
    struct host *machine;
    uint64_t other;

    if (row == NULL || row->released != 0 || !row->recovers)
        return 0;
    machine = hosts_empty(all->hosts, machine_of(all, row)->zone, machine_of(all, row)->family,
                          was_somebodys, all);
    if (machine == NULL)
        return 0;
    other = machine->id;
    host_allocate(machine, row->account, row->type, row->places);
    row_make(all,
             &(struct dedicated_host_new){
                 .account = row->account,
                 .zone = machine->zone,
                 .type = row->type,
                 .places = row->places,
                 .recovers = row->recovers,
                 .tags = &row->tags,
             },
             machine);
    row->failed = true;
    row->released = *all->now;
    host_abandon(machine_of(all, row));
    tell(all, row, "released: another took its place");
    return other;
}

/* ---- faults and shape ---- */

const struct fault_kind fault_host_malformed = {
    "InvalidHostID.Malformed",
    "Invalid id: \"{}\" (expecting \"h-...\")",
    "A host's id is h- and 17 digits, as `aws ec2 describe-hosts` shows it.",
};
const struct fault_kind fault_host_missing = {
    "InvalidHostID.NotFound",
    "The Dedicated Host ID '{}' does not exist",
    "`aws ec2 describe-hosts` lists yours of this Region; allocate-hosts gets one.",
};
const struct fault_kind fault_host_state = {
    "InvalidHostState",
    "The Dedicated Host '{}' is {}. It must be in the available state to complete the operation.",
    "A released host is gone; one under assessment is broken: `aws ec2 describe-hosts`.",
};
const struct fault_kind fault_host_limit = {
    "HostLimitExceeded",
    "The number of Dedicated hosts you've requested ({}) would bring your total up to {} for the "
    "specified group of instance types ({}). This exceeds your current limit of {}.",
    "Release one that is empty, or raise the quota: `lab set-quota --quota dedicated-hosts`.",
};
const struct fault_kind fault_host_no_capacity = {
    "InsufficientHostCapacity",
    "Insufficient host capacity.",
    "No machine of that family stands empty in the zone: try another zone, or another family.",
};

static const struct field row_fields[] = {
    F_INT(struct dedicated_host, id, "HostId", "The machine.", .flags = FIELD_COLUMN),
    F_INT(struct dedicated_host, account, "OwnerId", "Whose."),
    F_TIME(struct dedicated_host, allocated, "Allocated", "Since when."),
    F_TIME(struct dedicated_host, released, "Released", "When it was given back."),
    F_INT(struct dedicated_host, host, "Host", "Number of the machine."),
    F_INT(struct dedicated_host, type, "Type", "The only type, by its place in the catalog."),
    F_INT(struct dedicated_host, region, "Region", "Where."),
    F_BOOL(struct dedicated_host, places, "Places", "Takes instances that name no host."),
    F_BOOL(struct dedicated_host, recovers, "Recovers", "Is replaced when it breaks."),
    F_BOOL(struct dedicated_host, failed, "Failed", "Was replaced because it broke."),
    F_STRING(struct dedicated_host, token, "ClientToken", "What makes a repetition known."),
    F_EMBED(struct dedicated_host, tags, struct tags, &tags_shape, "Tags", "Its tags."),
};
const struct shape dedicated_host_shape = SHAPE("DedicatedHost", struct dedicated_host, row_fields);
