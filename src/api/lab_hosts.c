/*
 * api/lab_hosts.c - lab: the hosts under the instances, which AWS never shows.
 *
 * Another tenant's instance is shown under an opaque name and as "tenant B": nothing here tells who
 * it is or what its id is (RELIABILITY C5).
 */
#include "api/lab_parts.h"

#include <string.h>

#include "cloud/world.h"

struct host_guest_view {
    const char *instance;
    const char *account;
    const char *type;
    int64_t vcpus;
    int64_t memory_mib;
    struct opt_real cpu;
    struct opt_real steal;
    bool yours;
    const char *name;
    const char *state;
};

/* Since an instance of somebody's account has run there. */
struct cpu_time_view {
    int64_t since;
    int64_t elapsed_ns; /* threads times time */
    int64_t ran_ns;
    int64_t idle_ns;
    int64_t stolen_ns;
};

struct host_disks_view {
    int64_t count;
    int64_t size_gb;
    const char *type;
};

struct host_cards_view {
    int64_t count;
    int64_t mbps;
};

struct host_view {
    const char *id;
    const char *zone;
    const char *family;
    const char *hypervisor;
    const char *state;
    int64_t rack;
    int64_t sockets;
    int64_t cores;
    int64_t threads;
    int64_t memory_mib;
    struct host_disks_view *disks;
    struct host_cards_view cards;
    const char *tenancy;
    int64_t sold_vcpus;
    int64_t used_vcpus;
    int64_t used_memory_mib;
    int64_t guest_count;
    struct opt_real cpu;
    int64_t run_queue;
    struct cpu_time_view *time;
    LIST(struct host_guest_view) guests;
};

/* Of all who are on a host. */
struct host_sum {
    int64_t used_ppm;
    int64_t waiting_ppm; /* wanted and allowed, and not given */
};

struct hosts_in {
    LIST(const char *) host_ids;
    LIST(const char *) instance_ids;
    const char *zone;
    bool all;
    struct opt_int hosts_most;
    struct opt_int guests_most;
};

struct hosts_out {
    LIST(struct host_view) hosts;
    int64_t matching;
    int64_t total;
    const char *policy;
};

struct policy_in {
    const char *policy;
};

static const struct field guest_fields[] = {
    F_STRING(struct host_guest_view, instance, "InstanceId",
             "Your instance; or an opaque name for another tenant's.", .ref = &kind_instance),
    F_STRING(struct host_guest_view, account, "AccountId",
             "Your account; or a letter for another tenant."),
    F_STRING(struct host_guest_view, type, "InstanceType", "Its type."),
    F_INT(struct host_guest_view, vcpus, "Vcpus", "The vCPUs it was sold."),
    F_INT(struct host_guest_view, memory_mib, "MemoryMiB", "The memory that is its own."),
    F_REAL(struct host_guest_view, cpu, "CpuPercent", "What it is given, in percent of its vCPUs."),
    F_REAL(struct host_guest_view, steal, "StealPercent",
           "What it wants and is not given, in percent of its vCPUs."),
    F_BOOL(struct host_guest_view, yours, "Yours", "Whether it is yours."),
    F_STRING(struct host_guest_view, name, "Name", "The Name tag, of yours; absent without one."),
    F_STRING(struct host_guest_view, state, "State", "Its state, of yours."),
};

static const struct shape guest_view_shape =
    SHAPE("HostGuest", struct host_guest_view, guest_fields);

static const struct field time_fields[] = {
    F_TIME(struct cpu_time_view, since, "Since", "Since when it is counted."),
    F_INT(struct cpu_time_view, elapsed_ns, "ThreadNs",
          "Threads times time: ran and idle together."),
    F_INT(struct cpu_time_view, ran_ns, "RanNs", "Time that guests were given."),
    F_INT(struct cpu_time_view, idle_ns, "IdleNs", "Time in which nobody wanted it."),
    F_INT(struct cpu_time_view, stolen_ns, "StolenNs",
          "Time of vCPUs that wanted to run and could not."),
};

static const struct shape time_shape = SHAPE("HostCpuTime", struct cpu_time_view, time_fields);

static const struct field disks_fields[] = {
    F_INT(struct host_disks_view, count, "Count", "How many."),
    F_INT(struct host_disks_view, size_gb, "SizeInGB", "The size of each."),
    F_STRING(struct host_disks_view, type, "Type", "What they are made of."),
};
static const struct shape disks_shape =
    SHAPE("HostDisks", struct host_disks_view, disks_fields);

static const struct field cards_fields[] = {
    F_INT(struct host_cards_view, count, "Count", "How many."),
    F_INT(struct host_cards_view, mbps, "Mbps", "Millions of bits that each carries a second."),
};
static const struct shape cards_shape =
    SHAPE("HostNetworkCards", struct host_cards_view, cards_fields);

static const struct field host_fields[] = {
    F_STRING(struct host_view, id, "HostId", "The host.", .ref = &kind_host, .flags = FIELD_COLUMN),
    F_STRING(struct host_view, zone, "AvailabilityZone", "Where it stands.", .ref = &kind_zone,
             .flags = FIELD_COLUMN),
    F_INT(struct host_view, rack, "Rack", "The rack it stands in, numbered in its zone."),
    F_STRING(struct host_view, family, "InstanceFamily", "What may run on it.",
             .flags = FIELD_COLUMN),
    F_STRING(struct host_view, hypervisor, "Hypervisor", "What shares it among its guests."),
    F_STRING(struct host_view, state, "State", "Whether it works: available, failed, or retiring.",
             .flags = FIELD_COLUMN),
    F_INT(struct host_view, sockets, "Sockets", "Its processors."),
    F_INT(struct host_view, cores, "Cores", "Its cores.", .flags = FIELD_COLUMN),
    F_INT(struct host_view, threads, "Threads", "Its hardware threads."),
    F_INT(struct host_view, memory_mib, "MemoryMiB", "Its memory.", .flags = FIELD_COLUMN),
    F_STRUCT(struct host_view, disks, struct host_disks_view, &disks_shape, "Disks",
             "Disks in the machine: the instance store; absent when it has none."),
    F_EMBED(struct host_view, cards, struct host_cards_view, &cards_shape, "NetworkCards",
            "What joins it to the network."),
    F_STRING(struct host_view, tenancy, "Tenancy",
             "default: shared; dedicated: one account's Dedicated Instances; host: a Dedicated "
             "Host.",
             .words = host_tenancy_words),
    F_INT(struct host_view, sold_vcpus, "Vcpus",
          "vCPUs that may be sold: of burstable families more than there are threads."),
    F_INT(struct host_view, used_vcpus, "UsedVcpus", "vCPUs that are sold.", .flags = FIELD_COLUMN),
    F_INT(struct host_view, used_memory_mib, "UsedMemoryMiB", "Memory that is taken.",
          .flags = FIELD_COLUMN),
    F_INT(struct host_view, guest_count, "GuestCount", "How many run on it, also those not shown."),
    F_REAL(struct host_view, cpu, "CpuPercent", "How much of its threads' time is given.",
           .flags = FIELD_COLUMN),
    F_INT(struct host_view, run_queue, "RunQueue",
          "vCPUs that want to run and wait, now, rounded up."),
    F_STRUCT(struct host_view, time, struct cpu_time_view, &time_shape, "CpuTime",
             "All its threads' time, since somebody's instance runs there; absent when none does."),
    F_LIST(struct host_view, guests, struct host_guest_view, &guest_view_shape, "Guests",
           "Who runs on it, in the order of arrival."),
};

static const struct shape host_view_shape = SHAPE("Host", struct host_view, host_fields);

static const struct field hosts_in_fields[] = {
    F_STRINGS(struct hosts_in, host_ids, "HostIds", "Only these hosts.", .ref = &kind_host),
    F_STRINGS(struct hosts_in, instance_ids, "InstanceIds", "Only the hosts of these instances.",
              .ref = &kind_instance),
    F_STRING(struct hosts_in, zone, "AvailabilityZone", "Only the hosts of this zone.",
             .ref = &kind_zone),
    F_BOOL(struct hosts_in, all, "All", "Every host, not only those that run your instances."),
    F_OPT_INT(struct hosts_in, hosts_most, "MaxHosts", "The most hosts to show; all unless told.",
              .min = 1, .max = INT32_MAX),
    F_OPT_INT(struct hosts_in, guests_most, "MaxGuests",
              "The most guests to show of one host; all unless told.", .min = 0, .max = INT32_MAX),
};

static const struct field hosts_out_fields[] = {
    F_LIST(struct hosts_out, hosts, struct host_view, &host_view_shape, "Hosts", "The hosts."),
    F_INT(struct hosts_out, matching, "MatchingHosts",
          "How many hosts are as asked, also those not shown."),
    F_INT(struct hosts_out, total, "TotalHosts", "How many hosts the Region has."),
    F_STRING(struct hosts_out, policy, "PlacementPolicy", "How a host is chosen for an instance.",
             .words = host_policy_words),
};

static const struct shape hosts_in_shape =
    SHAPE("DescribeHostsRequest", struct hosts_in, hosts_in_fields);
static const struct shape hosts_out_shape =
    SHAPE("DescribeHostsResult", struct hosts_out, hosts_out_fields);

/* "tenant B", "tenant C"...: by the order in which accounts were made. */
static const char *tenant_letter(struct call *call, uint64_t account)
{
    const struct table *accounts = &call->world->accounts.table;
    uint32_t number = 0;

    for (uint32_t i = 0; i < table_count(accounts); i++) {
        const struct account *other = table_at(accounts, i);

        number += other->id != call->account;
        if (other->id == account)
            break;
    }
    return arena_printf(&call->arena, "tenant %c", (char)('A' + number % 26));
}

static void view_yours(struct call *call, uint64_t id, struct host_guest_view *view)
{
    const struct instance *instance = instance_any(&call->world->instances, id);

    view->instance = id_text(&call->arena, &kind_instance, id);
    view->account = account_text(&call->arena, call->account);
    view->yours = true;
    if (instance != NULL) {
        view->name = tags_find(&instance->tags, "Name");
        view->state = instance_state_name(instance->state);
    }
}

/* Yours as `lab describe-instances` shows it: requests on average. */
static void view_cpu(const struct hypervisor *hypervisor, const struct cpu_claim *claim,
                     struct host_sum *sum, struct host_guest_view *view)
{
    bool is_own = hypervisor_guest(hypervisor, claim->instance) != NULL;
    int64_t used = is_own ? hypervisor_used_ppm(hypervisor, claim->instance) : claim->given_ppm;
    int64_t stolen = is_own ? hypervisor_stolen_ppm(hypervisor, claim->instance)
                            : claim->wants_ppm - claim->given_ppm;
    int64_t may = claim->wants_ppm < claim->most_ppm ? claim->wants_ppm : claim->most_ppm;

    sum->used_ppm += used;
    sum->waiting_ppm += may - claim->given_ppm;
    view->cpu = lab_percent(used, view->vcpus);
    view->steal = lab_percent(stolen, view->vcpus);
}

static void view_guest(struct call *call, const struct host_guest *guest, uint32_t number,
                       struct host_guest_view *view)
{
    const struct catalog_type *type = &call->world->catalog->types[guest->type];

    *view = (struct host_guest_view){
        .type = type->name,
        .vcpus = type->vcpus,
        .memory_mib = type->memory_mib,
    };
    if (guest->account == call->account) {
        view_yours(call, guest->id, view);
    } else {
        view->instance = arena_printf(&call->arena, "guest-%u", number);
        view->account = tenant_letter(call, guest->account);
    }
}

static void view_time(struct call *call, const struct host *host, struct host_view *view)
{
    const struct cpu_account account = hypervisor_account(&call->world->hypervisor, host);

    if (account.since == 0)
        return;
    view->time = arena_alloc(&call->arena, sizeof(*view->time));
    *view->time = (struct cpu_time_view){
        .since = account.since,
        .elapsed_ns = account.elapsed_ns * host->threads,
        .ran_ns = account.ran.ns,
        .idle_ns = account.elapsed_ns * host->threads - account.ran.ns,
        .stolen_ns = account.stolen.ns,
    };
}

/* Yours are averages of a minute, the others are of this moment: together they may be a little more
 * than there is. */
static struct opt_real host_percent(const struct host_sum *sum, const struct host *host)
{
    int64_t most = (int64_t)host->threads * CPU_ONE;

    return lab_percent(sum->used_ppm < most ? sum->used_ppm : most, host->threads);
}

static void view_guests(struct call *call, const struct host *host, int64_t most,
                        struct host_view *view)
{
    const struct world *world = call->world;
    struct cpu_claims claims;
    struct host_sum sum = {0};

    hypervisor_claims(&world->hypervisor, host, &claims);
    for (uint32_t i = 0; i < host->guests.count; i++) {
        const struct host_guest *guest = hosts_guest(&world->hosts, host->guests.items[i]);
        struct host_guest_view shown;

        view_guest(call, guest, i + 1, &shown);
        view_cpu(&world->hypervisor, &claims.items[i], &sum, &shown);
        if (i < most)
            *LIST_PUSH_IN(&call->arena, &view->guests) = shown;
    }
    LIST_RELEASE(&claims);
    view->guest_count = host->guests.count;
    view->cpu = host_percent(&sum, host);
    view->run_queue = (sum.waiting_ppm + CPU_ONE - 1) / CPU_ONE;
}

static void view_host(struct call *call, const struct host *host, int64_t guests_most,
                      struct host_view *view)
{
    const struct world *world = call->world;
    const struct host_family *family = &world->hosts.families[host->family];

    *view = (struct host_view){
        .id = id_text(&call->arena, &kind_host, host->id),
        .zone = catalog_zone_name(world->catalog, host->zone),
        .family = family->name,
        .hypervisor = family->hypervisor,
        .state = host->failed ? "failed" : host->retiring ? "retiring" : "available",
        .rack = host->rack,
        .sockets = family->hardware->sockets,
        .cores = host->cores,
        .threads = host->threads,
        .memory_mib = host->memory_mib,
        .cards = {.count = family->hardware->nics, .mbps = family->hardware->nic_mbps},
        .tenancy = host_tenancy_words[host->allocated   ? HOST_TENANCY_HOST
                                      : host->owner != 0 ? HOST_TENANCY_DEDICATED
                                                         : HOST_TENANCY_DEFAULT],
        .sold_vcpus = host->vcpus,
        .used_vcpus = host->used_vcpus,
        .used_memory_mib = host->used_memory_mib,
    };
    if (family->hardware->disks > 0) {
        view->disks = arena_alloc(&call->arena, sizeof(*view->disks));
        *view->disks = (struct host_disks_view){
            .count = family->hardware->disks,
            .size_gb = family->hardware->disk_gb,
            .type = family->hardware->disk_type,
        };
    }
    view_guests(call, host, guests_most, view);
    view_time(call, host, view);
}

static bool runs_yours(struct call *call, const struct host *host)
{
    for (uint32_t i = 0; i < host->guests.count; i++) {
        if (hosts_guest(&call->world->hosts, host->guests.items[i])->account == call->account)
            return true;
    }
    return false;
}

static bool runs_one_of(struct call *call, const struct host *host, const struct hosts_in *wish)
{
    for (uint32_t i = 0; i < wish->instance_ids.count; i++) {
        uint64_t id;

        if (!id_parse(&kind_instance, wish->instance_ids.items[i], &id))
            continue;
        for (uint32_t k = 0; k < host->guests.count; k++) {
            if (host->guests.items[k] == id &&
                hosts_guest(&call->world->hosts, id)->account == call->account)
                return true;
        }
    }
    return false;
}

static bool is_one_of(const struct host *host, const struct hosts_in *wish)
{
    for (uint32_t i = 0; i < wish->host_ids.count; i++) {
        uint64_t id;

        if (id_parse(&kind_host, wish->host_ids.items[i], &id) && id == host->id)
            return true;
    }
    return false;
}

static bool host_wanted(struct call *call, const struct host *host, const struct hosts_in *wish)
{
    if (wish->zone != NULL && catalog_zone_find(call->world->catalog, wish->zone) != host->zone)
        return false;
    if (wish->host_ids.count > 0)
        return is_one_of(host, wish);
    if (wish->instance_ids.count > 0)
        return runs_one_of(call, host, wish);
    return wish->all || runs_yours(call, host);
}

static int64_t most_of(struct opt_int most)
{
    return most.set ? most.value : INT32_MAX;
}

static int describe_hosts(struct call *call, const void *in, void *out)
{
    const struct hosts_in *wish = in;
    const struct hosts *hosts = &call->world->hosts;
    struct hosts_out *answer = out;

    answer->policy = host_policy_words[hosts->policy];
    for (uint32_t i = 0; i < hosts->count; i++) {
        const struct host *host = &hosts->items[i];

        if (ZONE_REGION(host->zone) != call->region)
            continue;
        answer->total++;
        if (host_wanted(call, host, wish) && answer->matching++ < most_of(wish->hosts_most))
            view_host(call, host, most_of(wish->guests_most),
                      LIST_PUSH_IN(&call->arena, &answer->hosts));
    }
    return 0;
}

const struct op op_lab_describe_hosts = {
    .name = "DescribeHosts",
    .doc = "Shows the hosts under your instances, and who else runs on them.",
    .example = "lab describe-hosts --all --query TotalHosts",
    .in = &hosts_in_shape,
    .out = &hosts_out_shape,
    .run = describe_hosts,
};

/* ---- how hosts are chosen ---- */

static const struct field policy_fields[] = {
    F_STRING(struct policy_in, policy, "Policy",
             "spread: apart from your others, then the fullest; best-fit: the fullest; first-fit: "
             "the first with room.",
             .flags = FIELD_REQUIRED, .words = host_policy_words),
};
static const struct shape policy_shape =
    SHAPE("SetPlacementPolicyRequest", struct policy_in, policy_fields);

static int set_policy(struct call *call, const void *in, void *out)
{
    const struct policy_in *wish = in;

    (void)out;
    for (uint8_t i = 0; host_policy_words[i] != NULL; i++) {
        if (strcmp(host_policy_words[i], wish->policy) == 0)
            call->world->hosts.policy = i;
    }
    return 0;
}

const struct op op_lab_set_placement_policy = {
    .name = "SetPlacementPolicy",
    .doc = "Says how a host is chosen for an instance that starts.",
    .example = "lab set-placement-policy --policy best-fit",
    .in = &policy_shape,
    .out = &shape_empty,
    .flags = OP_WRITE,
    .run = set_policy,
};
