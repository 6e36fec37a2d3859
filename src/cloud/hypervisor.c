/*
 * cloud/hypervisor.c - who gets the CPU of a host, and who waits for it.
 *
 * Owns    struct cpu_guest, a row for each instance from its launch to its end; struct cpu_host, a
 * row for each host while somebody's instance runs there.
 * Uses    cloud/host for who is where, cloud/neighbour for what others want, cloud/server for the
 *         requests, cloud/credit for what burstable instances may use; hypervisor_divide.
 *
 * A server is watched when what its requests are given depends on more than the instance: its host
 * is tight, it shares its vCPUs with a load that is held, or its credits are low.  Else it counts
 * by itself, and its CPU time is taken over once a minute.
 */
#include "cloud/hypervisor.h"

#include "base/bug.h"
#include "base/mem.h"
#include "cloud/event_kinds.h"
#include "cloud/neighbour.h"

enum { PERCENT_PPM = 10000 };

/* Credits are low when they could run out before the minute after the next is over. */
#define LOW_WITHIN_NS (2 * MINUTE_NS)
/* Less of a minute says little about it. */
#define MEAN_LEAST_NS (10 * SECOND_NS)

__extension__ typedef __int128 wide;

static const struct cpu_time nothing;

/* ---- small things ---- */

static struct credit_terms terms_of(const struct hypervisor *hypervisor,
                                    const struct cpu_guest *guest)
{
    return credit_terms_of(&hypervisor->catalog->types[guest->type]);
}

const struct cpu_work *hypervisor_work_of(const struct cpu_guest *guest)
{
    static const struct cpu_work none;

    return guest->work == NULL ? &none : guest->work;
}

/* To be changed. */
static struct cpu_work *work_of(struct cpu_guest *guest)
{
    if (guest->work == NULL)
        guest->work = xcalloc(1, sizeof(*guest->work));
    return guest->work;
}

/* What its programs want all the time: the held load, and its workload. */
static int64_t steady_ppm(const struct hypervisor *hypervisor, const struct cpu_guest *guest)
{
    const struct cpu_work *work = hypervisor_work_of(guest);

    return (int64_t)hypervisor->catalog->types[guest->type].vcpus * work->held_percent *
               PERCENT_PPM +
           work->job_wants_ppm;
}

static bool is_steady(const struct cpu_guest *guest)
{
    return hypervisor_work_of(guest)->held_percent > 0 ||
           hypervisor_work_of(guest)->job_wants_ppm > 0;
}

static struct server *server_of(const struct hypervisor *hypervisor, const struct cpu_guest *guest)
{
    return server_find(hypervisor->servers, guest->instance);
}

/* vCPUs that requests would use if they had them all. */
static int64_t asks_ppm(const struct hypervisor *hypervisor, const struct cpu_guest *guest)
{
    const struct server *server = server_of(hypervisor, guest);
    int64_t vcpus = hypervisor->catalog->types[guest->type].vcpus;
    int64_t at_work = server == NULL ? 0 : server_at_work(server);

    return (at_work < vcpus ? at_work : vcpus) * CPU_ONE;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static struct cpu_host *host_row(const struct hypervisor *hypervisor, uint32_t host)
{
    return table_find(&hypervisor->hosts, (uint64_t)host + 1);
}

/* ---- what time does ---- */

/* What a guest did since it was settled. */
struct passage {
    int64_t elapsed;
    struct cpu_time ran;
    struct cpu_time stolen;
    struct cpu_time asked;
    struct cpu_time job;
    struct cpu_time seen; /* the server's CPU time now */
};

static struct passage passage_of(const struct hypervisor *hypervisor,
                                 const struct cpu_guest *guest)
{
    const struct cpu_work *work = hypervisor_work_of(guest);
    const struct server *server = server_of(hypervisor, guest);
    int64_t now = hypervisor->sim->now;
    int64_t elapsed = now - guest->settled;
    struct passage passage = {.elapsed = elapsed, .seen = work->seen};

    if (!guest->runs)
        return passage;
    if (server != NULL)
        passage.seen = server_busy(server, now);
    passage.asked = cpu_time_less(passage.seen, work->seen);
    passage.ran = cpu_time_add(cpu_time_of(work->load_ppm, elapsed), passage.asked);
    passage.stolen = cpu_time_of(work->wants_ppm - work->given_ppm, elapsed);
    passage.job = cpu_time_of(work->job_ppm, elapsed);
    return passage;
}

/* Its credits after that. */
static struct credits credits_after(const struct hypervisor *hypervisor,
                                    const struct cpu_guest *guest, const struct passage *passage)
{
    const struct credit_terms terms = terms_of(hypervisor, guest);
    struct credits credits = credits_of(&guest->credits);

    if (guest->runs)
        credits_pass(&credits, &terms, passage->elapsed, passage->ran);
    return credits;
}

static void work_add(struct cpu_work *work, const struct passage *passage)
{
    work->seen = passage->seen;
    work->job = cpu_time_add(work->job, passage->job);
    work->ran = cpu_time_add(work->ran, passage->ran);
    work->asked = cpu_time_add(work->asked, passage->asked);
    work->stolen = cpu_time_add(work->stolen, passage->stolen);
}

static void guest_settle(struct hypervisor *hypervisor, struct cpu_guest *guest)
{
    struct cpu_host *host = guest->runs ? host_row(hypervisor, guest->host) : NULL;
    const struct passage passage = passage_of(hypervisor, guest);
    const struct credits credits = credits_after(hypervisor, guest, &passage);

    guest->settled = hypervisor->sim->now;
    if (!guest->runs)
        return;
    guest->lived += passage.elapsed;
    credits_keep(&guest->credits, &credits);
    if (!cpu_time_is_zero(passage.ran) || !cpu_time_is_zero(passage.stolen) ||
        guest->work != NULL)
        work_add(work_of(guest), &passage);
    if (host == NULL)
        return;
    host->ran = cpu_time_add(host->ran, passage.ran);
    host->stolen = cpu_time_add(host->stolen, passage.stolen);
}

/* The neighbours on it. */
static void host_pass(struct cpu_host *host, int64_t now)
{
    int64_t elapsed = now - host->settled;

    host->settled = now;
    host->ran = cpu_time_add(host->ran, cpu_time_of(host->others_given_ppm, elapsed));
    host->stolen = cpu_time_add(
        host->stolen, cpu_time_of(host->others_wants_ppm - host->others_given_ppm, elapsed));
}

/* ---- sharing ---- */

/* A weight for everybody: the baseline; of fixed-performance types, which never wait, all. */
static int64_t weight_of(const struct credit_terms *terms)
{
    return terms->earn_ppm > 0 ? terms->earn_ppm : terms->all_ppm;
}

static struct cpu_claim claim_of(const struct hypervisor *hypervisor,
                                 const struct host_guest *seat)
{
    const struct cpu_guest *guest = hypervisor_guest(hypervisor, seat->id);
    const struct credit_terms terms =
        credit_terms_of(&hypervisor->catalog->types[seat->type]);
    struct cpu_claim claim = {
        .instance = seat->id,
        .weight = weight_of(&terms),
        .most_ppm = terms.all_ppm,
    };

    if (guest == NULL) {
        claim.wants_ppm = neighbour_wants_ppm(hypervisor->all, seat, hypervisor->sim->now);
    } else if (guest->runs) {
        const struct passage passage = passage_of(hypervisor, guest);
        const struct credits credits = credits_after(hypervisor, guest, &passage);

        claim.most_ppm = credits_limit(&credits, &terms);
        claim.wants_ppm = smaller(terms.all_ppm, steady_ppm(hypervisor, guest));
        if (guest->watched)
            claim.wants_ppm = smaller(terms.all_ppm,
                                      claim.wants_ppm + asks_ppm(hypervisor, guest));
    }
    return claim;
}

static void claims_divide(const struct host *host, struct cpu_claims *claims)
{
    int64_t wanted = 0;
    int64_t capacity = (int64_t)host->threads * CPU_ONE;

    for (uint32_t i = 0; i < claims->count; i++) {
        struct cpu_claim *claim = &claims->items[i];

        claim->given_ppm = smaller(claim->wants_ppm, claim->most_ppm);
        wanted += claim->given_ppm;
    }
    if (wanted > capacity)
        hypervisor_divide(claims, capacity);
}

static void claims_gather(const struct hypervisor *hypervisor, const struct host *host,
                          struct cpu_claims *claims)
{
    *claims = (struct cpu_claims){0};
    for (uint32_t i = 0; i < host->guests.count; i++)
        *LIST_PUSH(claims) =
            claim_of(hypervisor, hosts_guest(hypervisor->all, host->guests.items[i]));
}

void hypervisor_claims(const struct hypervisor *hypervisor, const struct host *host,
                       struct cpu_claims *claims)
{
    claims_gather(hypervisor, host, claims);
    claims_divide(host, claims);
}

/* ---- what an instance makes of it ---- */

/* Its requests and the load that is held share what it is given, as threads of one kernel: n of
 * them, and as many as the load needs. */
static int64_t share_of(int64_t given, int64_t held, int64_t asks, uint32_t at_work)
{
    int64_t threads = (held + CPU_ONE - 1) / CPU_ONE;
    int64_t fair;

    if (at_work == 0)
        return 0;
    if (held + asks <= given)
        return asks;
    fair = (int64_t)((wide)given * at_work / (at_work + threads));
    if (given - held > fair)
        fair = given - held;
    return fair < 1 ? 1 : smaller(fair, asks);
}

static void step_cancel(struct hypervisor *hypervisor, struct cpu_guest *guest)
{
    if (guest->work == NULL)
        return;
    sim_cancel(hypervisor->sim, guest->work->step);
    guest->work->step = 0;
}

static void step_plan(struct hypervisor *hypervisor, struct cpu_guest *guest)
{
    const struct credit_terms terms = terms_of(hypervisor, guest);
    const struct credits credits = credits_of(&guest->credits);
    int64_t given = hypervisor_work_of(guest)->given_ppm;
    int64_t due = guest->runs ? credits_due_ns(&credits, &terms, given) : INT64_MAX;

    step_cancel(hypervisor, guest);
    if (due != INT64_MAX)
        work_of(guest)->step =
            sim_schedule(hypervisor->sim, due, EVENT_CPU_STEP, guest->instance, 0);
}

static void guest_apply(struct hypervisor *hypervisor, struct cpu_guest *guest,
                        const struct cpu_claim *claim)
{
    const struct server *server = server_of(hypervisor, guest);
    uint32_t at_work = server == NULL || !guest->watched ? 0 : server_at_work(server);
    int64_t steady = steady_ppm(hypervisor, guest);
    int64_t share =
        share_of(claim->given_ppm, steady, asks_ppm(hypervisor, guest), at_work);

    if (claim->wants_ppm > 0 || guest->work != NULL) {
        struct cpu_work *work = work_of(guest);

        work->limited = claim->most_ppm < claim->wants_ppm;
        work->wants_ppm = claim->wants_ppm;
        work->given_ppm = claim->given_ppm;
        work->load_ppm = claim->given_ppm - share;
        work->job_ppm =
            steady == 0 ? 0 : (int64_t)((wide)work->load_ppm * work->job_wants_ppm / steady);
    }
    if (server != NULL && hypervisor->share != NULL)
        hypervisor->share(hypervisor->context, guest->instance, share, guest->watched);
    step_plan(hypervisor, guest);
    if (hypervisor_work_of(guest)->job_wants_ppm > 0 && hypervisor->worked != NULL)
        hypervisor->worked(hypervisor->context, guest->instance);
}

/* The most it might want at any moment, until it is looked at again. */
static int64_t might_want_ppm(const struct hypervisor *hypervisor, const struct cpu_claim *claim)
{
    const struct cpu_guest *guest = hypervisor_guest(hypervisor, claim->instance);

    if (guest == NULL || !guest->runs || server_of(hypervisor, guest) == NULL)
        return smaller(claim->wants_ppm, claim->most_ppm);
    return claim->most_ppm;
}

static bool is_to_watch(const struct hypervisor *hypervisor, const struct cpu_guest *guest,
                        bool tight)
{
    const struct credit_terms terms = terms_of(hypervisor, guest);
    const struct credits credits = credits_of(&guest->credits);

    return guest->runs && server_of(hypervisor, guest) != NULL &&
           (tight || is_steady(guest) || credits_are_low(&credits, &terms, LOW_WITHIN_NS));
}

/* Whose requests are to be watched, now that all are settled. */
static void watch(struct hypervisor *hypervisor, struct cpu_host *row,
                  const struct cpu_claims *claims, int64_t capacity)
{
    int64_t might = 0;

    for (uint32_t i = 0; i < claims->count; i++)
        might += might_want_ppm(hypervisor, &claims->items[i]);
    row->tight = might > capacity;
    for (uint32_t i = 0; i < claims->count; i++) {
        struct cpu_guest *guest = table_find(&hypervisor->guests, claims->items[i].instance);

        if (guest != NULL)
            guest->watched = is_to_watch(hypervisor, guest, row->tight);
    }
}

static void others_apply(struct cpu_host *row, const struct cpu_claim *claim)
{
    row->others_wants_ppm += claim->wants_ppm;
    row->others_given_ppm += claim->given_ppm;
}

/* All who are there are settled, and share anew. */
static void host_share(struct hypervisor *hypervisor, struct cpu_host *row)
{
    const struct host *host = &hypervisor->all->items[row->key - 1];
    struct cpu_claims claims;

    host_pass(row, hypervisor->sim->now);
    for (uint32_t i = 0; i < host->guests.count; i++) {
        struct cpu_guest *guest = table_find(&hypervisor->guests, host->guests.items[i]);

        if (guest != NULL)
            guest_settle(hypervisor, guest);
    }
    claims_gather(hypervisor, host, &claims);
    watch(hypervisor, row, &claims, (int64_t)host->threads * CPU_ONE);
    LIST_RELEASE(&claims);
    hypervisor_claims(hypervisor, host, &claims);
    row->others_wants_ppm = 0;
    row->others_given_ppm = 0;
    for (uint32_t i = 0; i < claims.count; i++) {
        struct cpu_guest *guest = table_find(&hypervisor->guests, claims.items[i].instance);

        if (guest == NULL)
            others_apply(row, &claims.items[i]);
        else if (guest->runs)
            guest_apply(hypervisor, guest, &claims.items[i]);
    }
    LIST_RELEASE(&claims);
}

void hypervisor_host_changed(struct hypervisor *hypervisor, uint32_t host)
{
    struct cpu_host *row = host_row(hypervisor, host);

    if (row != NULL)
        host_share(hypervisor, row);
}

/* One that shares its host with nobody who would notice. */
static void guest_alone(struct hypervisor *hypervisor, struct cpu_guest *guest)
{
    struct cpu_claim claim;

    guest_settle(hypervisor, guest);
    claim = claim_of(hypervisor, hosts_guest(hypervisor->all, guest->instance));
    claim.given_ppm = smaller(claim.wants_ppm, claim.most_ppm);
    guest_apply(hypervisor, guest, &claim);
}

/* ---- hosts on which somebody's instances run ---- */

static void neighbours_plan(struct hypervisor *hypervisor, struct cpu_host *row)
{
    int64_t left = NEIGHBOUR_SPAN_NS - hypervisor->sim->now % NEIGHBOUR_SPAN_NS;

    row->step = sim_schedule(hypervisor->sim, left, EVENT_NEIGHBOUR_STEP, row->key, 0);
}

static void run_neighbours(void *context, const struct event *event)
{
    struct hypervisor *hypervisor = context;
    struct cpu_host *row = table_find(&hypervisor->hosts, event->subject);

    if (row == NULL || row->step != event->sequence)
        return;
    neighbours_change(hypervisor->all, &hypervisor->all->items[row->key - 1], event->time);
    host_share(hypervisor, row);
    neighbours_plan(hypervisor, row);
}

static void run_step(void *context, const struct event *event)
{
    struct hypervisor *hypervisor = context;
    struct cpu_guest *guest = table_find(&hypervisor->guests, event->subject);

    if (guest == NULL || !guest->runs || hypervisor_work_of(guest)->step != event->sequence)
        return;
    guest->work->step = 0;
    hypervisor_host_changed(hypervisor, guest->host);
}

static void host_begin(struct hypervisor *hypervisor, uint32_t host)
{
    struct cpu_host *row = host_row(hypervisor, host);

    if (row == NULL) {
        row = table_add(&hypervisor->hosts, (uint64_t)host + 1);
        row->since = hypervisor->sim->now;
        row->settled = hypervisor->sim->now;
        neighbours_plan(hypervisor, row);
    }
    row->guests++;
    host_share(hypervisor, row);
}

static void host_end(struct hypervisor *hypervisor, uint32_t host)
{
    struct cpu_host *row = table_get(&hypervisor->hosts, (uint64_t)host + 1);

    if (--row->guests > 0) {
        host_share(hypervisor, row);
        return;
    }
    sim_cancel(hypervisor->sim, row->step);
    table_remove(&hypervisor->hosts, row->key);
}

/* ---- what happens to instances ---- */

static struct cpu_guest *guest_get(struct hypervisor *hypervisor, uint64_t instance)
{
    return table_get(&hypervisor->guests, instance);
}

void hypervisor_add(struct hypervisor *hypervisor, uint64_t instance, uint16_t type, uint8_t mode)
{
    const struct catalog_type *what = &hypervisor->catalog->types[type];
    struct cpu_guest *guest = table_add(&hypervisor->guests, instance);

    guest->type = type;
    guest->host = HOST_NONE;
    guest->settled = hypervisor->sim->now;
    guest->credits.mode = mode == CREDIT_NONE || !what->burstable ? credit_mode_usual(what) : mode;
}

void hypervisor_forget(struct hypervisor *hypervisor, uint64_t instance)
{
    if (table_find(&hypervisor->guests, instance) == NULL)
        return;
    hypervisor_power_off(hypervisor, instance);
    table_remove(&hypervisor->guests, instance);
}

/* What is left of the credits after a stop. */
static void stop_ends(struct cpu_guest *guest, const struct credit_terms *terms, int64_t now)
{
    int64_t stopped = hypervisor_work_of(guest)->stopped;

    if (stopped == 0)
        return;
    if (terms->is_t2 || now - stopped > CREDIT_KEPT_DAYS * DAY_NS)
        guest->credits.balance = nothing;
    guest->work->stopped = 0;
}

/* One more launch with launch credits, if the account has not had as many as it may. */
static bool launch_counts(struct hypervisor *hypervisor, uint64_t account, uint8_t zone)
{
    uint64_t key = account * CATALOG_REGIONS_MAX + zone / ZONES_PER_REGION + 1;
    struct credit_launches *row = table_find(&hypervisor->launches, key);

    if (row == NULL)
        row = table_add(&hypervisor->launches, key);
    while (row->times.count > 0 && row->times.items[0] <= hypervisor->sim->now - DAY_NS)
        LIST_REMOVE(&row->times, 0);
    if (row->times.count >= CREDIT_LAUNCHES_MAX)
        return false;
    *LIST_PUSH(&row->times) = hypervisor->sim->now;
    return true;
}

void hypervisor_power_on(struct hypervisor *hypervisor, uint64_t instance, uint16_t type,
                         uint64_t account)
{
    struct cpu_guest *guest = guest_get(hypervisor, instance);
    const struct catalog_type *what = &hypervisor->catalog->types[type];
    const struct host_guest *seat = hosts_guest(hypervisor->all, instance);
    struct credit_terms terms;
    struct credits credits;

    if (guest->runs || seat == NULL)
        BUG("a guest is turned on that runs, or is on no host");
    if (guest->type != type) {
        guest->type = type;
        credits_keep(&guest->credits, &(struct credits){.mode = credit_mode_usual(what)});
    }
    terms = terms_of(hypervisor, guest);
    stop_ends(guest, &terms, hypervisor->sim->now);
    credits = credits_of(&guest->credits);
    if (account != 0 && terms.is_t2 && credits.mode == CREDIT_STANDARD &&
        launch_counts(hypervisor, account, hypervisor->all->items[seat->host].zone))
        credits_grant(&credits, &terms);
    credits.used = nothing;
    credits_keep(&guest->credits, &credits);
    if (guest->work != NULL)
        guest->work->ran = guest->work->stolen = guest->work->asked = guest->work->job =
            guest->work->seen = nothing;
    guest->lived = 0;
    guest->runs = true;
    guest->host = seat->host;
    guest->settled = hypervisor->sim->now;
    host_begin(hypervisor, guest->host);
}

void hypervisor_power_off(struct hypervisor *hypervisor, uint64_t instance)
{
    struct cpu_guest *guest = table_find(&hypervisor->guests, instance);
    uint32_t host;

    if (guest == NULL || !guest->runs)
        return;
    host = guest->host;
    guest_settle(hypervisor, guest);
    step_cancel(hypervisor, guest);
    guest->runs = false;
    guest->watched = false;
    guest->host = HOST_NONE;
    if (guest->work != NULL) {
        struct cpu_work *work = guest->work;

        work->wants_ppm = work->given_ppm = work->load_ppm = 0;
        work->job_wants_ppm = work->job_ppm = work->marked = 0;
    }
    host_end(hypervisor, host);
}

void hypervisor_stopped(struct hypervisor *hypervisor, uint64_t instance)
{
    struct cpu_guest *guest = table_find(&hypervisor->guests, instance);
    struct credits credits;

    if (guest == NULL)
        return;
    work_of(guest)->stopped = hypervisor->sim->now;
    credits = credits_of(&guest->credits);
    credits.launch = nothing;
    credits_settle_surplus(&credits);
    credits_keep(&guest->credits, &credits);
}

void hypervisor_hold(struct hypervisor *hypervisor, uint64_t instance, uint8_t percent)
{
    struct cpu_guest *guest = guest_get(hypervisor, instance);

    guest_settle(hypervisor, guest);
    work_of(guest)->held_percent = percent;
    if (guest->runs)
        hypervisor_host_changed(hypervisor, guest->host);
}

void hypervisor_work(struct hypervisor *hypervisor, uint64_t instance, int64_t wants_ppm)
{
    struct cpu_guest *guest = table_find(&hypervisor->guests, instance);

    if (guest == NULL || !guest->runs || hypervisor_work_of(guest)->job_wants_ppm == wants_ppm)
        return;
    guest_settle(hypervisor, guest);
    work_of(guest)->job_wants_ppm = wants_ppm;
    hypervisor_host_changed(hypervisor, guest->host);
}

void hypervisor_set_mode(struct hypervisor *hypervisor, uint64_t instance, uint8_t mode)
{
    struct cpu_guest *guest = guest_get(hypervisor, instance);
    struct credits credits;

    if (guest->credits.mode == CREDIT_NONE || mode == CREDIT_NONE)
        BUG("credits of an instance that has none");
    guest_settle(hypervisor, guest);
    credits = credits_of(&guest->credits);
    if (credits.mode != mode)
        credits_set_mode(&credits, mode);
    credits_keep(&guest->credits, &credits);
    if (guest->runs)
        hypervisor_host_changed(hypervisor, guest->host);
}

/* ---- servers ---- */

static void mark(struct hypervisor *hypervisor, struct cpu_guest *guest)
{
    struct cpu_work *work = work_of(guest);

    work->marked = hypervisor->sim->now;
    work->asked_then = work->asked;
    work->stolen_then = work->stolen;
}

void hypervisor_server_changed(struct hypervisor *hypervisor, uint64_t instance)
{
    struct cpu_guest *guest = table_find(&hypervisor->guests, instance);
    const struct cpu_host *row;

    if (guest == NULL || !guest->runs)
        return;
    row = host_row(hypervisor, guest->host);
    if (guest->watched && !row->tight) {
        guest_alone(hypervisor, guest);
        return;
    }
    if (hypervisor_work_of(guest)->marked == 0) {
        guest_settle(hypervisor, guest);
        mark(hypervisor, guest);
    }
    hypervisor_host_changed(hypervisor, guest->host);
}

void hypervisor_server_closing(struct hypervisor *hypervisor, uint64_t instance)
{
    struct cpu_guest *guest = table_find(&hypervisor->guests, instance);

    if (guest == NULL)
        return;
    guest_settle(hypervisor, guest);
    if (guest->work == NULL)
        return;
    guest->work->seen = nothing;
    guest->work->marked = 0;
}

static int64_t mean_ppm(struct cpu_time now, struct cpu_time then, int64_t elapsed)
{
    struct cpu_time passed = cpu_time_less(now, then);

    return elapsed <= 0 ? 0 : (int64_t)((wide)passed.ns * CPU_ONE / elapsed);
}

static void guest_hour(struct hypervisor *hypervisor, struct cpu_guest *guest)
{
    const struct credit_terms terms = terms_of(hypervisor, guest);
    struct credits credits = credits_of(&guest->credits);

    credits_hour(&credits, &terms);
    credits_keep(&guest->credits, &credits);
}

static void guest_minute(struct hypervisor *hypervisor, struct cpu_guest *guest, bool is_hour)
{
    bool serves = server_of(hypervisor, guest) != NULL;

    if (!guest->runs || (!serves && !(is_hour && guest->credits.mode == CREDIT_UNLIMITED)))
        return;
    guest_settle(hypervisor, guest);
    if (is_hour && guest->credits.mode == CREDIT_UNLIMITED)
        guest_hour(hypervisor, guest);
    if (!serves)
        return;
    if (hypervisor_work_of(guest)->marked != 0) {
        struct cpu_work *work = guest->work;
        int64_t elapsed = hypervisor->sim->now - work->marked;

        work->asked_ppm = mean_ppm(work->asked, work->asked_then, elapsed);
        work->stolen_ppm = mean_ppm(work->stolen, work->stolen_then, elapsed);
    }
    mark(hypervisor, guest);
    if (guest->watched !=
        is_to_watch(hypervisor, guest, host_row(hypervisor, guest->host)->tight))
        hypervisor_host_changed(hypervisor, guest->host);
}

void hypervisor_minute(struct hypervisor *hypervisor)
{
    bool is_hour = hypervisor->sim->now % HOUR_NS == 0;

    for (uint32_t i = 0; i < table_count(&hypervisor->guests); i++)
        guest_minute(hypervisor, table_at(&hypervisor->guests, i), is_hour);
}

/* ---- asking ---- */

const struct cpu_guest *hypervisor_guest(const struct hypervisor *hypervisor, uint64_t instance)
{
    return table_find(&hypervisor->guests, instance);
}

struct cpu_now hypervisor_now(const struct hypervisor *hypervisor, uint64_t instance)
{
    const struct cpu_guest *guest = table_get(&hypervisor->guests, instance);
    const struct passage passage = passage_of(hypervisor, guest);
    struct cpu_now now = {
        .runs = guest->runs,
        .lived = guest->lived + (guest->runs ? passage.elapsed : 0),
        .credits = credits_after(hypervisor, guest, &passage),
        .work = *hypervisor_work_of(guest),
    };

    work_add(&now.work, &passage);
    return now;
}

/* Is it told by what is in force, and not by the minute? */
static bool is_by_rate(const struct hypervisor *hypervisor, const struct cpu_guest *guest)
{
    return server_of(hypervisor, guest) == NULL || hypervisor_work_of(guest)->marked == 0 ||
           is_steady(guest);
}

int64_t hypervisor_used_ppm(const struct hypervisor *hypervisor, uint64_t instance)
{
    const struct cpu_guest *guest = table_get(&hypervisor->guests, instance);
    struct cpu_now now;
    int64_t elapsed;

    if (!guest->runs)
        return 0;
    if (is_by_rate(hypervisor, guest))
        return hypervisor_work_of(guest)->given_ppm;
    now = hypervisor_now(hypervisor, instance);
    elapsed = hypervisor->sim->now - now.work.marked;
    return elapsed < MEAN_LEAST_NS ? now.work.asked_ppm
                                   : mean_ppm(now.work.asked, now.work.asked_then, elapsed);
}

int64_t hypervisor_stolen_ppm(const struct hypervisor *hypervisor, uint64_t instance)
{
    const struct cpu_guest *guest = table_get(&hypervisor->guests, instance);
    struct cpu_now now;
    int64_t elapsed;

    if (!guest->runs)
        return 0;
    if (is_by_rate(hypervisor, guest))
        return hypervisor_work_of(guest)->wants_ppm - hypervisor_work_of(guest)->given_ppm;
    now = hypervisor_now(hypervisor, instance);
    elapsed = hypervisor->sim->now - now.work.marked;
    return elapsed < MEAN_LEAST_NS ? now.work.stolen_ppm
                                   : mean_ppm(now.work.stolen, now.work.stolen_then, elapsed);
}

struct cpu_account hypervisor_account(const struct hypervisor *hypervisor, const struct host *host)
{
    const struct cpu_host *row = host_row(hypervisor, host->number);
    struct cpu_account account = {0};
    struct cpu_host sum;

    if (row == NULL)
        return account;
    sum = *row;
    host_pass(&sum, hypervisor->sim->now);
    for (uint32_t i = 0; i < host->guests.count; i++) {
        const struct cpu_guest *guest = hypervisor_guest(hypervisor, host->guests.items[i]);
        struct passage passage;

        if (guest == NULL)
            continue;
        passage = passage_of(hypervisor, guest);
        sum.ran = cpu_time_add(sum.ran, passage.ran);
        sum.stolen = cpu_time_add(sum.stolen, passage.stolen);
    }
    account.since = row->since;
    account.elapsed_ns = hypervisor->sim->now - row->since;
    account.ran = sum.ran;
    account.stolen = sum.stolen;
    account.idle = cpu_time_less(
        cpu_time_of((int64_t)host->threads * CPU_ONE, account.elapsed_ns), sum.ran);
    return account;
}

/* ---- the room ---- */

static const struct event_kind step_kind = {
    .name = "cpu-step",
    .run = run_step,
    .quiet = true,
};
static const struct event_kind neighbour_kind = {
    .name = "neighbour-step",
    .run = run_neighbours,
    .quiet = true,
};

void hypervisor_init(struct hypervisor *hypervisor)
{
    table_init(&hypervisor->guests, &cpu_guest_shape);
    table_init(&hypervisor->hosts, &cpu_host_shape);
    table_init(&hypervisor->launches, &credit_launches_shape);
    sim_handle(hypervisor->sim, EVENT_CPU_STEP, &step_kind, hypervisor);
    sim_handle(hypervisor->sim, EVENT_NEIGHBOUR_STEP, &neighbour_kind, hypervisor);
}

void hypervisor_release(struct hypervisor *hypervisor)
{
    table_release(&hypervisor->guests);
    table_release(&hypervisor->hosts);
    table_release(&hypervisor->launches);
}
