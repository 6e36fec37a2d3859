/*
 * api/lab_faults.c - lab: breaking things on purpose, and mending them.
 */
#include "api/lab_parts.h"

#include <string.h>

#include "base/str.h"
#include "cloud/injection_plan.h"
#include "cloud/world.h"
#include "sim/clock.h"
#include "api/condition.h"
#include "api/fault_form.h"

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
    const char *name;
    int64_t at;
    struct opt_int after;
    const char *when;
    struct opt_int duration;
};

struct fault_view {
    const char *id;
    const char *kind;
    const char *subject;
    struct opt_int amount;
    int64_t since;
    const char *name;
    const char *state;
    int64_t begins;
    const char *when;
    int64_t ends;
    struct opt_int duration;
};

struct faults_out {
    LIST(struct fault_view) faults;
};

struct clear_in {
    const char *id;
    bool all;
    const char *name;
};

static const char *const state_words[] = {"active", "pending", NULL};
static const char state_active[] = "active";
static const char state_pending[] = "pending";

enum { AFTER_MAX_S = 366 * 86400 };

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
    .text = "Say which fault is to be mended: --fault-id ID, --fault-name NAME, or --all",
    .hint = "lab describe-faults lists what is broken.",
};

static const struct fault_kind fault_which_moment = {
    .code = "InvalidParameterCombination",
    .text = "A fault begins at once, or --at a time, or --after so many seconds, or --when a "
            "condition holds",
    .hint = "Leave all but one of them out.",
};

static const struct fault_kind fault_past = {
    .code = "InvalidParameterValue",
    .text = "The time {} is over: it is {} now",
    .hint = "lab describe-clock tells the simulated time; --after counts seconds from now.",
};

static const struct fault_kind fault_condition = {
    .code = "InvalidParameterValue",
    .text = "The condition '{}' cannot be watched: {}",
    .hint = "A read command with --query, a comparison and a value, as in a lesson's check.",
};

static const struct fault_kind fault_name = {
    .code = "InvalidParameterValue",
    .text = "'{}' is no name for a fault: letters, digits, - and _, 64 at most",
    .hint = "Without --fault-name it is called after its kind.",
};

static const struct fault_kind fault_no_name = {
    .code = "InvalidFaultID.NotFound",
    .text = "There is no fault of the name '{}'",
    .hint = "lab describe-faults lists what is broken, and what waits.",
};

static const struct fault_kind *const inject_faults[] = {
    &fault_needs_subject, &fault_no_subject, &fault_amount,    &fault_no_amount,
    &fault_which_moment,  &fault_past,       &fault_condition, &fault_name,
    NULL,
};
static const struct fault_kind *const clear_faults[] = {
    &fault_clear_which, &fault_no_fault, &fault_no_name, NULL,
};

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
              "slow-server: how many times as slow its server computes; 5 unless told."),
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
    F_STRING(struct fault_in, name, "FaultName",
             "What to call it, for clear-fault; after its kind unless told."),
    F_TIME(struct fault_in, at, "At", "When it is to begin; at once unless told."),
    F_OPT_INT(struct fault_in, after, "After", "In how many simulated seconds it is to begin.",
              .min = 0, .max = AFTER_MAX_S),
    F_STRING(struct fault_in, when, "When",
             "What must hold before it begins: a read command, a comparison and a value, as in a "
             "lesson's check. It is looked at once a simulated second.",
             .max = 2000),
    F_OPT_INT(struct fault_in, duration, "Duration",
              "After how many seconds it is mended by itself; never unless told.", .min = 1,
              .max = AFTER_MAX_S),
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
    F_TIME(struct fault_view, since, "Since", "Since when; of one that waits: since when it does.",
           .flags = FIELD_COLUMN),
    F_STRING(struct fault_view, name, "FaultName", "What it is called, for clear-fault.",
             .flags = FIELD_COLUMN),
    F_STRING(struct fault_view, state, "State", "Whether it has begun.", .words = state_words,
             .flags = FIELD_COLUMN),
    F_TIME(struct fault_view, begins, "At", "When it will begin."),
    F_STRING(struct fault_view, when, "When", "What it waits for."),
    F_TIME(struct fault_view, ends, "Until", "When it is mended by itself."),
    F_OPT_INT(struct fault_view, duration, "Duration",
              "How many seconds it will last, once it has begun."),
};

static const struct field clear_in_fields[] = {
    F_STRING(struct clear_in, id, "FaultId", "The fault to mend.", .ref = &kind_fault),
    F_BOOL(struct clear_in, all, "All", "Mend everything, and let nothing begin that waits."),
    F_STRING(struct clear_in, name, "FaultName", "The fault to mend, by its name."),
};

static const struct shape fault_in_shape =
    SHAPE("InjectFaultRequest", struct fault_in, fault_in_fields);
static const struct shape fault_shape = SHAPE("Fault", struct fault_view, fault_fields);
static const struct shape clear_in_shape =
    SHAPE("ClearFaultRequest", struct clear_in, clear_in_fields);

static const struct field faults_out_fields[] = {
    F_LIST(struct faults_out, faults, struct fault_view, &fault_shape, "Faults",
           "What is broken on purpose, and what is going to be."),
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
        .name = injection->name != NULL ? injection->name : injection_kind_name(injection->kind),
        .state = state_active,
        .ends = injection->until,
    };
}

static struct fault_view view_plan(struct call *call, const struct injection_plan *plan)
{
    struct injection as = injection_of_plan(&call->world->injections, plan);
    struct fault_view view = view_fault(call, &as);

    view.kind = injection_kind_name(plan->kind);
    view.since = plan->asked;
    view.state = state_pending;
    view.begins = plan->at;
    view.when = plan->condition;
    if (plan->duration > 0)
        view.duration = OPT_INT(plan->duration / SECOND_NS);
    return view;
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

/* The options that say how much; which kind takes which is api/fault_form's. */
static const struct {
    const char *option;
    size_t at;
} amounts[] = {
    {"--factor", offsetof(struct fault_in, factor)},
    {"--percent", offsetof(struct fault_in, percent)},
    {"--port", offsetof(struct fault_in, port)},
    {"--milliseconds", offsetof(struct fault_in, milliseconds)},
    {"--hours", offsetof(struct fault_in, hours)},
};

static int find_amount(struct call *call, const struct fault_in *wish, int kind, int64_t *amount)
{
    const struct injection_range range = injection_range(kind);
    const char *option = fault_form_of(kind)->amount;

    for (size_t i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++) {
        const struct opt_int *given =
            (const struct opt_int *)(const void *)((const char *)wish + amounts[i].at);

        if (!given->set)
            continue;
        if (option == NULL || !str_equal(option, amounts[i].option))
            return call_fault(call, &fault_no_amount, wish->kind, amounts[i].option);
        if (given->value < range.least || given->value > range.most)
            return call_fault(call, &fault_amount, wish->kind, amounts[i].option,
                              arena_printf(&call->arena, "%lld", (long long)range.least),
                              arena_printf(&call->arena, "%lld", (long long)range.most));
        *amount = given->value;
    }
    return 0;
}

/* When it begins, and how long it lasts. */
static int find_moment(struct call *call, const struct fault_in *wish, struct injection_when *when)
{
    int64_t now = call->world->sim.now;
    struct str why = STR_INIT;
    char texts[2][CLOCK_TEXT_SIZE];
    int status = 0;

    *when = (struct injection_when){
        .at = wish->at != 0 ? wish->at : now + wish->after.value * SECOND_NS,
        .condition = wish->when,
        .duration = wish->duration.value * SECOND_NS,
        .region = call->region,
    };
    if ((wish->at != 0) + wish->after.set + (wish->when != NULL) > 1)
        return call_fault(call, &fault_which_moment);
    if (when->at < now)
        return call_fault(call, &fault_past, clock_format(when->at, CLOCK_Z, texts[0]),
                          clock_format(now, CLOCK_Z, texts[1]));
    if (wish->when != NULL && condition_check(wish->when, &why) != 0)
        status = call_fault(call, &fault_condition, wish->when, str_text(&why));
    str_release(&why);
    return status;
}

static bool is_name(const char *text)
{
    size_t length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789-_");

    return length > 0 && length <= INJECTION_NAME_MAX && text[length] == '\0';
}

/* The fault of that id, as it is now. */
static struct fault_view view_of(struct call *call, uint64_t id)
{
    const struct injections *injections = &call->world->injections;
    const struct injection *injection = injection_find(injections, id);

    return injection != NULL ? view_fault(call, injection)
                             : view_plan(call, injection_plan_find(injections, id));
}

static int inject_fault(struct call *call, const void *in, void *out)
{
    const struct fault_in *wish = in;
    struct injection_new wanted = {
        .account = call->account,
        .kind = injection_kind_find(wish->kind),
        .name = wish->name,
    };
    struct injection_when when;
    uint64_t id;

    if (wish->name != NULL && !is_name(wish->name))
        return call_fault(call, &fault_name, wish->name);
    if (find_subject(call, wish, wanted.kind, &wanted.subject) != 0 ||
        find_amount(call, wish, wanted.kind, &wanted.amount) != 0 ||
        find_moment(call, wish, &when) != 0)
        return -1;
    id = injection_begin(&call->world->injections, &wanted, &when, &call->fault);
    if (id == 0)
        return -1;
    *(struct fault_view *)out = view_of(call, id);
    return 0;
}

static bool is_own(const struct call *call, uint64_t id)
{
    const struct injection *injection = injection_find(&call->world->injections, id);
    const struct injection_plan *plan = injection_plan_find(&call->world->injections, id);

    return injection != NULL ? injection->account == call->account
                             : plan != NULL && plan->account == call->account;
}

static int describe_faults(struct call *call, const void *in, void *out)
{
    const struct injections *injections = &call->world->injections;
    struct faults_out *answer = out;

    (void)in;
    for (uint32_t i = 0; i < table_count(&injections->table); i++) {
        const struct injection *injection = table_at(&injections->table, i);

        if (injection->account == call->account)
            *LIST_PUSH_IN(&call->arena, &answer->faults) = view_fault(call, injection);
    }
    for (uint32_t i = 0; i < table_count(&injections->plans); i++) {
        const struct injection_plan *plan = table_at(&injections->plans, i);

        if (plan->account == call->account)
            *LIST_PUSH_IN(&call->arena, &answer->faults) = view_plan(call, plan);
    }
    return 0;
}

/* Texts of the view that the row owns go with it. */
static void clear_one(struct call *call, uint64_t id, struct faults_out *answer)
{
    struct injections *injections = &call->world->injections;
    struct fault_view view = view_of(call, id);

    view.name = arena_strdup(&call->arena, view.name);
    view.when = view.when == NULL ? NULL : arena_strdup(&call->arena, view.when);
    *LIST_PUSH_IN(&call->arena, &answer->faults) = view;
    if (injection_find(injections, id) != NULL)
        injection_clear(injections, id, "cleared");
    else
        injection_plan_clear(injections, id);
}

static void clear_all(struct call *call, struct faults_out *answer)
{
    struct injections *injections = &call->world->injections;
    struct table *tables[] = {&injections->table, &injections->plans};

    for (size_t i = 0; i < 2; i++) {
        uint32_t at = 0;

        while (at < table_count(tables[i])) {
            uint64_t id = *(uint64_t *)table_at(tables[i], at); /* a row begins with its key */

            if (is_own(call, id))
                clear_one(call, id, answer);
            else
                at++;
        }
    }
}

static int clear_fault(struct call *call, const void *in, void *out)
{
    const struct clear_in *wish = in;
    struct faults_out *answer = out;
    uint64_t id = 0;

    if (wish->all) {
        clear_all(call, answer);
        return 0;
    }
    if (wish->id == NULL && wish->name == NULL)
        return call_fault(call, &fault_clear_which);
    if (wish->id == NULL) {
        id = injection_named(&call->world->injections, call->account, wish->name);
        if (id == 0)
            return call_fault(call, &fault_no_name, wish->name);
    } else if (!id_parse(&kind_fault, wish->id, &id) || !is_own(call, id)) {
        return call_fault(call, &fault_no_fault, wish->id);
    }
    clear_one(call, id, answer);
    return 0;
}

const struct op op_lab_inject_fault = {
    .name = "InjectFault",
    .doc = "Breaks something on purpose, now or later; all that follows, follows from that.",
    .example = "lab inject-fault --kind fail-zone --availability-zone us-east-1a",
    .in = &fault_in_shape,
    .out = &fault_shape,
    .faults = inject_faults,
    .flags = OP_WRITE,
    .run = inject_fault,
};

const struct op op_lab_describe_faults = {
    .name = "DescribeFaults",
    .doc = "Lists what is broken on purpose, and what waits for its moment.",
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
