/*
 * api/lab_faults.c - lab: breaking things on purpose, and mending them.
 */
#include "api/lab_parts.h"

#include "base/str.h"
#include "cloud/world.h"

struct fault_in {
    const char *kind;
    const char *instance;
    const char *host;
    const char *zone;
    const char *region;
    const char *queue;
    struct opt_int factor;
    struct opt_int percent;
    struct opt_int port;
    struct opt_int milliseconds;
    struct opt_int hours;
};

struct fault_view {
    const char *id;
    const char *kind;
    const char *subject;
    struct opt_int amount;
    int64_t since;
};

struct faults_out {
    LIST(struct fault_view) faults;
};

struct clear_in {
    const char *id;
    bool all;
};

static const struct fault_kind fault_needs_subject = {
    .code = "MissingParameter",
    .text = "The fault {} needs {}",
    .hint = "Say what is to break: --instance-id, --host-id, --availability-zone, --region-name, "
            "--queue-url.",
};

static const struct fault_kind fault_no_subject = {
    .code = "InvalidParameterValue",
    .text = "There is no {} '{}' that you could break",
    .hint = "aws ec2 describe-instances and lab describe-hosts list what is there.",
};

static const struct fault_kind fault_amount = {
    .code = "InvalidParameterValue",
    .text = "The fault {} takes {} from {} to {}",
    .hint = "lab inject-fault help says which option belongs to which kind.",
};

static const struct fault_kind fault_no_amount = {
    .code = "InvalidParameterCombination",
    .text = "The fault {} does not take the option {}",
    .hint = "lab inject-fault help says which option belongs to which kind.",
};

static const struct fault_kind fault_no_fault = {
    .code = "InvalidFaultID.NotFound",
    .text = "The fault '{}' does not exist",
    .hint = "lab describe-faults lists what is broken; clear-fault --all mends everything.",
};

static const struct fault_kind fault_clear_which = {
    .code = "MissingParameter",
    .text = "Say which fault is to be mended: --fault-id ID, or --all",
    .hint = "lab describe-faults lists what is broken.",
};

static const struct fault_kind *const inject_faults[] = {
    &fault_needs_subject, &fault_no_subject, &fault_amount, &fault_no_amount, NULL,
};
static const struct fault_kind *const clear_faults[] = {&fault_clear_which, &fault_no_fault, NULL};

static const struct field fault_in_fields[] = {
    F_STRING(struct fault_in, kind, "Kind", "What is to go wrong.", .flags = FIELD_REQUIRED,
             .words = injection_kind_words),
    F_STRING(struct fault_in, instance, "InstanceId",
             "The instance that it happens to, or whose host it is.", .ref = &kind_instance),
    F_STRING(struct fault_in, host, "HostId",
             "The host, for fail-host, retire-host and noisy-neighbour.", .ref = &kind_host),
    F_STRING(struct fault_in, zone, "AvailabilityZone",
             "The zone, for fail-zone, zone-latency and packet-loss.", .ref = &kind_zone),
    F_STRING(struct fault_in, region, "RegionName", "The Region, for fail-region.",
             .ref = &kind_region),
    F_STRING(struct fault_in, queue, "QueueUrl",
             "The queue, for queue-storage: one of the servers that it lies on is out of service.",
             .ref = &kind_queue),
    F_OPT_INT(struct fault_in, factor, "Factor",
              "slow-server: how many times as slow its web server computes; 5 unless told."),
    F_OPT_INT(struct fault_in, percent, "Percent",
              "failing-pages (answers 500), hanging-server (answers never), both 100 unless told; "
              "packet-loss, 10: of how many in a hundred; noisy-neighbour, 200: how much CPU the "
              "newcomers want, in percent of the host's threads."),
    F_OPT_INT(struct fault_in, port, "Port",
              "wrong-port: where its web server listens instead of on 80; 8080 unless told."),
    F_OPT_INT(struct fault_in, milliseconds, "Milliseconds",
              "zone-latency: how much longer each way between that zone and others takes; 50 "
              "unless told."),
    F_OPT_INT(struct fault_in, hours, "Hours",
              "retire-host: in how many hours the host is taken away; 336, two weeks, unless "
              "told."),
};

static const struct field fault_fields[] = {
    F_STRING(struct fault_view, id, "FaultId", "Its id, for clear-fault.", .ref = &kind_fault,
             .flags = FIELD_COLUMN),
    F_STRING(struct fault_view, kind, "Kind", "What is wrong.", .words = injection_kind_words,
             .flags = FIELD_COLUMN),
    F_STRING(struct fault_view, subject, "Subject", "What it happened to.", .flags = FIELD_COLUMN),
    F_OPT_INT(struct fault_view, amount, "Amount",
              "How much: times, percent, a port, milliseconds or hours, as the kind says.",
              .flags = FIELD_COLUMN),
    F_TIME(struct fault_view, since, "Since", "Since when.", .flags = FIELD_COLUMN),
};

static const struct field clear_in_fields[] = {
    F_STRING(struct clear_in, id, "FaultId", "The fault to mend.", .ref = &kind_fault),
    F_BOOL(struct clear_in, all, "All", "Mend everything."),
};

static const struct shape fault_in_shape =
    SHAPE("InjectFaultRequest", struct fault_in, fault_in_fields);
static const struct shape fault_shape = SHAPE("Fault", struct fault_view, fault_fields);
static const struct shape clear_in_shape =
    SHAPE("ClearFaultRequest", struct clear_in, clear_in_fields);

static const struct field faults_out_fields[] = {
    F_LIST(struct faults_out, faults, struct fault_view, &fault_shape, "Faults",
           "What is broken on purpose."),
};

static const struct shape faults_out_shape =
    SHAPE("DescribeFaultsResult", struct faults_out, faults_out_fields);

static const char *subject_text(struct call *call, const struct injection *injection)
{
    if (injection_is_of_zone(injection->kind))
        return catalog_zone_name(call->world->catalog, injection->zone);
    if (injection_is_of_region(injection->kind))
        return call->world->catalog->regions[injection->zone / ZONES_PER_REGION].name;
    if (injection_is_of_pool(injection->kind))
        return arena_printf(&call->arena, "%s in %s",
                            call->world->catalog->types[injection->subject - 1].family,
                            catalog_zone_name(call->world->catalog, injection->zone));
    if (injection_is_of_queue(injection->kind)) {
        const struct queue *queue = queue_find(&call->world->queues, injection->subject);

        return queue == NULL ? "" : queue_url(&call->world->queues, &call->arena, queue);
    }
    if (hosts_find(&call->world->hosts, injection->subject) != NULL)
        return id_text(&call->arena, &kind_host, injection->subject);
    return id_text(&call->arena, &kind_instance, injection->subject);
}

static struct fault_view view_fault(struct call *call, const struct injection *injection)
{
    return (struct fault_view){
        .id = id_text(&call->arena, &kind_fault, injection->id),
        .kind = injection_kind_name(injection->kind),
        .subject = subject_text(call, injection),
        .amount = injection->amount == 0 ? (struct opt_int){0} : OPT_INT(injection->amount),
        .since = injection->since,
    };
}

static int find_instance(struct call *call, const char *text, uint64_t *subject)
{
    uint64_t id = 0;

    if (!id_parse(&kind_instance, text, &id) ||
        instance_find(&call->world->instances, call->account, call->region, id) == NULL)
        return call_fault(call, &fault_no_subject, "instance", text);
    *subject = id;
    return 0;
}

static const struct queue *own_queue(struct call *call, const char *url)
{
    const struct queues *queues = &call->world->queues;

    for (uint32_t i = 0; i < table_count(&queues->table); i++) {
        const struct queue *queue = table_at(&queues->table, i);

        if (queue->account == call->account && queue->region == call->region &&
            str_equal(queue_url(queues, &call->arena, queue), url))
            return queue;
    }
    return NULL;
}

static int find_subject(struct call *call, const struct fault_in *wish, int kind, uint64_t *subject)
{
    const struct world *world = call->world;
    uint64_t id;

    if (injection_is_of_zone(kind)) {
        int zone = wish->zone == NULL ? -1 : catalog_zone_find(world->catalog, wish->zone);

        if (wish->zone == NULL)
            return call_fault(call, &fault_needs_subject, wish->kind, "--availability-zone");
        if (zone < 0)
            return call_fault(call, &fault_no_subject, "zone", wish->zone);
        *subject = (uint64_t)zone + 1;
        return 0;
    }
    if (injection_is_of_region(kind)) {
        int region = wish->region == NULL ? -1 : catalog_region_find(world->catalog, wish->region);

        if (wish->region == NULL)
            return call_fault(call, &fault_needs_subject, wish->kind, "--region-name");
        if (region < 0)
            return call_fault(call, &fault_no_subject, "Region", wish->region);
        *subject = (uint64_t)region + 1;
        return 0;
    }
    if (injection_is_of_queue(kind)) {
        const struct queue *queue = wish->queue == NULL ? NULL : own_queue(call, wish->queue);

        if (wish->queue == NULL)
            return call_fault(call, &fault_needs_subject, wish->kind, "--queue-url");
        if (queue == NULL || queue->fifo)
            return call_fault(call, &fault_no_subject, "standard queue", wish->queue);
        *subject = queue->id;
        return 0;
    }
    if (injection_is_of_host(kind) && wish->host != NULL) {
        if (!id_parse(&kind_host, wish->host, &id) || hosts_find(&world->hosts, id) == NULL)
            return call_fault(call, &fault_no_subject, "host", wish->host);
        *subject = id;
        return 0;
    }
    if (wish->instance == NULL)
        return call_fault(call, &fault_needs_subject, wish->kind,
                          injection_is_of_host(kind) ? "--instance-id or --host-id"
                                                     : "--instance-id");
    return find_instance(call, wish->instance, subject);
}

/* Which option says how much of a kind. */
static const struct {
    const char *option;
    size_t at;
    int kinds[4];
} amounts[] = {
    {"--factor", offsetof(struct fault_in, factor), {INJECT_SLOW}},
    {"--percent",
     offsetof(struct fault_in, percent),
     {INJECT_PAGES, INJECT_HANG, INJECT_LOSS, INJECT_NEIGHBOUR}},
    {"--port", offsetof(struct fault_in, port), {INJECT_PORT}},
    {"--milliseconds", offsetof(struct fault_in, milliseconds), {INJECT_LATENCY}},
    {"--hours", offsetof(struct fault_in, hours), {INJECT_RETIRE}},
};

static bool is_among(const int *kinds, int kind)
{
    return kinds[0] == kind || kinds[1] == kind || kinds[2] == kind || kinds[3] == kind;
}

static int find_amount(struct call *call, const struct fault_in *wish, int kind, int64_t *amount)
{
    const struct injection_range range = injection_range(kind);

    for (size_t i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++) {
        const struct opt_int *given =
            (const struct opt_int *)(const void *)((const char *)wish + amounts[i].at);

        if (!given->set)
            continue;
        if (!is_among(amounts[i].kinds, kind))
            return call_fault(call, &fault_no_amount, wish->kind, amounts[i].option);
        if (given->value < range.least || given->value > range.most)
            return call_fault(call, &fault_amount, wish->kind, amounts[i].option,
                              arena_printf(&call->arena, "%lld", (long long)range.least),
                              arena_printf(&call->arena, "%lld", (long long)range.most));
        *amount = given->value;
    }
    return 0;
}

static int inject_fault(struct call *call, const void *in, void *out)
{
    const struct fault_in *wish = in;
    struct injection_new wanted = {
        .account = call->account,
        .kind = injection_kind_find(wish->kind),
    };
    const struct injection *injection;

    if (find_subject(call, wish, wanted.kind, &wanted.subject) != 0 ||
        find_amount(call, wish, wanted.kind, &wanted.amount) != 0)
        return -1;
    injection = injection_add(&call->world->injections, &wanted, &call->fault);
    if (injection == NULL)
        return -1;
    *(struct fault_view *)out = view_fault(call, injection);
    return 0;
}

static int describe_faults(struct call *call, const void *in, void *out)
{
    const struct table *injections = &call->world->injections.table;
    struct faults_out *answer = out;

    (void)in;
    for (uint32_t i = 0; i < table_count(injections); i++) {
        const struct injection *injection = table_at(injections, i);

        if (injection->account == call->account)
            *LIST_PUSH_IN(&call->arena, &answer->faults) = view_fault(call, injection);
    }
    return 0;
}

static void clear_all(struct call *call, struct faults_out *answer)
{
    struct injections *injections = &call->world->injections;
    uint32_t at = 0;

    while (at < table_count(&injections->table)) {
        const struct injection *injection = table_at(&injections->table, at);

        if (injection->account != call->account) {
            at++;
            continue;
        }
        *LIST_PUSH_IN(&call->arena, &answer->faults) = view_fault(call, injection);
        injection_clear(injections, injection->id);
    }
}

static int clear_fault(struct call *call, const void *in, void *out)
{
    const struct clear_in *wish = in;
    struct faults_out *answer = out;
    const struct injection *injection;
    uint64_t id = 0;

    if (wish->all) {
        clear_all(call, answer);
        return 0;
    }
    if (wish->id == NULL)
        return call_fault(call, &fault_clear_which);
    if (!id_parse(&kind_fault, wish->id, &id))
        return call_fault(call, &fault_no_fault, wish->id);
    injection = injection_find(&call->world->injections, id);
    if (injection == NULL || injection->account != call->account)
        return call_fault(call, &fault_no_fault, wish->id);
    *LIST_PUSH_IN(&call->arena, &answer->faults) = view_fault(call, injection);
    injection_clear(&call->world->injections, id);
    return 0;
}

const struct op op_lab_inject_fault = {
    .name = "InjectFault",
    .doc = "Breaks something on purpose; all that follows, follows from that.",
    .example = "lab inject-fault --kind fail-zone --availability-zone us-east-1a",
    .in = &fault_in_shape,
    .out = &fault_shape,
    .faults = inject_faults,
    .flags = OP_WRITE,
    .run = inject_fault,
};

const struct op op_lab_describe_faults = {
    .name = "DescribeFaults",
    .doc = "Lists what is broken on purpose.",
    .example = "lab describe-faults",
    .in = &shape_empty,
    .out = &faults_out_shape,
    .run = describe_faults,
};

const struct op op_lab_clear_fault = {
    .name = "ClearFault",
    .doc = "Mends what was broken on purpose.",
    .example = "lab clear-fault --all",
    .in = &clear_in_shape,
    .out = &faults_out_shape,
    .faults = clear_faults,
    .flags = OP_WRITE,
    .run = clear_fault,
};
