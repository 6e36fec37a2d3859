/*
 * cloud/server.c - an instance as a server: who is being served, and who waits.
 *
 * Owns    struct server, a row for each instance that was ever asked something since it started.
 *
 * Processor sharing in integers: while nobody comes or goes, each request at work is given the same
 * CPU, so all that must be kept is how much each has been given (`attained`, from any beginning),
 * and for each the value at which it will have enough:
 *
 *     attained  ----o--------o--------------o------->      rises by `rate` a nanosecond
 *                   finish   finish         finish         a heap; the least is done first
 *
 * A newcomer with work w has enough at attained + w.  When attained grows large, all of it is moved
 * back to 0, which changes nothing.
 */
#include "cloud/server.h"

#include "base/bug.h"
#include "base/mem.h"
#include "sim/clock.h"
#include "sim/event.h"

enum { UNIT_BITS = 20 };

__extension__ typedef __int128 wide;

static const int64_t work_max = 3600 * SECOND_NS; /* of one request */
static const int64_t attained_max = INT64_C(1) << 61;

void servers_init(struct servers *servers)
{
    table_init(&servers->table, &server_shape);
}

void servers_release(struct servers *servers)
{
    table_release(&servers->table);
}

struct server *server_find(const struct servers *servers, uint64_t instance)
{
    return table_find(&servers->table, instance);
}

uint32_t server_waiting(const struct server *server)
{
    return server->waiting.count - server->gone;
}

uint32_t server_at_work(const struct server *server)
{
    return server->working.count;
}

uint32_t server_count(const struct server *server)
{
    return server->working.count - server->jobs + server->serving.count + server_waiting(server);
}

bool server_is_full(const struct server *server)
{
    return server_waiting(server) >= SERVER_BACKLOG;
}

/* Equally long for all, so the first to come is the first to go. */
uint32_t server_half_open_count(const struct server *server, int64_t now)
{
    const int64_t *until = server->half_open.items;
    uint32_t low = 0;
    uint32_t high = server->half_open.count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (until[middle] <= now)
            low = middle + 1;
        else
            high = middle;
    }
    return server->half_open.count - low;
}

bool server_has_no_place(const struct server *server, int64_t now)
{
    return server->half_open.count > 0 &&
           server_waiting(server) + server_half_open_count(server, now) >= SERVER_BACKLOG;
}

bool server_half_open(struct server *server, int64_t now)
{
    uint32_t held = server_half_open_count(server, now);
    uint32_t over = server->half_open.count - held;

    if (server_waiting(server) + held >= SERVER_BACKLOG)
        return false;
    if (over >= SERVER_BACKLOG) {
        for (uint32_t i = 0; i < held; i++)
            server->half_open.items[i] = server->half_open.items[over + i];
        server->half_open.count = held;
    }
    *LIST_PUSH(&server->half_open) = now + SERVER_HALF_OPEN_S * SECOND_NS;
    return true;
}

void server_forget_half_open(struct server *server)
{
    server->half_open.count = 0;
}

int64_t server_service_ns(const struct server *server, int64_t work_ns)
{
    if (server->speed_ppm == SERVER_SPEED_ONE || server->speed_ppm == 0)
        return work_ns;
    if (work_ns <= INT64_MAX / SERVER_SPEED_ONE) /* nearly always: no wide division */
        return work_ns * SERVER_SPEED_ONE / (int64_t)server->speed_ppm;
    return (int64_t)((wide)work_ns * SERVER_SPEED_ONE / server->speed_ppm);
}

/* ---- the heap of those at work ---- */

static bool is_before(const struct server_job *a, const struct server_job *b)
{
    return a->finish != b->finish ? a->finish < b->finish : a->request < b->request;
}

static void sift_up(struct server_job *jobs, uint32_t at, struct server_job job)
{
    while (at > 0 && is_before(&job, &jobs[(at - 1) / 2])) {
        jobs[at] = jobs[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    jobs[at] = job;
}

static void sift_down(struct server_job *jobs, uint32_t count, uint32_t at, struct server_job job)
{
    uint32_t child;

    while ((child = 2 * at + 1) < count) {
        if (child + 1 < count)
            child += is_before(&jobs[child + 1], &jobs[child]);
        if (!is_before(&jobs[child], &job))
            break;
        jobs[at] = jobs[child];
        at = child;
    }
    jobs[at] = job;
}

static void job_remove(struct server *server, uint32_t at)
{
    struct server_job *jobs = server->working.items;
    uint32_t count = --server->working.count;
    struct server_job last = jobs[count];

    server->rate = 0;
    server->jobs -= (jobs[at].request & SERVER_JOB) != 0;
    if (at == count)
        return;
    if (at > 0 && is_before(&last, &jobs[(at - 1) / 2]))
        sift_up(jobs, at, last);
    else
        sift_down(jobs, count, at, last);
}

/* ---- what time does ---- */

/* 2^-20 ns of CPU that each request at work is given in a nanosecond. */
static int64_t rate_compute(const struct server *server)
{
    uint64_t speed = server->speed_ppm == 0 ? SERVER_SPEED_ONE : server->speed_ppm;
    uint64_t vcpus = server->vcpus == 0 ? 1 : server->vcpus;
    uint64_t full = (speed << UNIT_BITS) / SERVER_SPEED_ONE;
    uint32_t sharing = server->working.count;

    if (server->share_ppm > 0) {
        uint64_t each = full * (uint64_t)server->share_ppm / CPU_ONE / (sharing > 0 ? sharing : 1);

        return each > 0 ? (int64_t)each : 1;
    }
    return (int64_t)(sharing <= vcpus ? full : full * vcpus / sharing);
}

static int64_t rate_of(struct server *server)
{
    if (server->rate == 0)
        server->rate = rate_compute(server);
    return server->rate;
}

/* How much CPU those at work use together, in millionths of a vCPU. */
static int64_t used_ppm(const struct server *server)
{
    uint32_t vcpus = server->vcpus == 0 ? 1 : server->vcpus;

    if (server->share_ppm > 0 && server->working.count > 0)
        return server->share_ppm;
    return (int64_t)(server->working.count < vcpus ? server->working.count : vcpus) * CPU_ONE;
}

/* Whole vCPUs make whole nanoseconds: nearly always, and much cheaper. */
static void busy_pass(struct server *server, int64_t passed)
{
    uint32_t vcpus = server->vcpus == 0 ? 1 : server->vcpus;

    if (server->share_ppm > 0)
        server->busy = cpu_time_add(server->busy, cpu_time_of(used_ppm(server), passed));
    else
        server->busy.ns +=
            passed * (server->working.count < vcpus ? server->working.count : vcpus);
}

static void rebase(struct server *server)
{
    for (uint32_t i = 0; i < server->working.count; i++)
        server->working.items[i].finish -= server->attained;
    server->attained = 0;
}

static void catch_up(struct server *server, int64_t now)
{
    int64_t passed = now - server->looked;
    wide given;

    server->looked = now;
    if (passed == 0)
        return;
    area_add(&server->presence, server_count(server), passed);
    if (server->working.count == 0) {
        server->attained = 0;
        return;
    }
    busy_pass(server, passed);
    given = (wide)passed * rate_of(server);
    server->attained += given < attained_max ? (int64_t)given : attained_max;
    if (server->attained > attained_max)
        rebase(server);
}

int64_t server_due(struct server *server)
{
    int64_t lacking;
    int64_t rate;

    if (server->working.count == 0)
        return SIM_NEVER;
    lacking = server->working.items[0].finish - server->attained;
    if (lacking <= 0)
        return server->looked;
    rate = rate_of(server);
    return server->looked + (lacking + rate - 1) / rate;
}

/* ---- coming and going ---- */

struct server *server_open(struct servers *servers, uint64_t instance, struct server_power power,
                           int64_t now)
{
    struct server *server = server_find(servers, instance);

    if (server == NULL) {
        server = table_add(&servers->table, instance);
        server->looked = now;
    }
    if (server->vcpus != power.vcpus || server->speed_ppm != power.speed_ppm) {
        catch_up(server, now);
        server->vcpus = power.vcpus;
        server->speed_ppm = power.speed_ppm;
        server->rate = 0;
    }
    return server;
}

static bool worker_is_free(const struct server *server)
{
    return server->working.count - server->jobs + server->serving.count < SERVER_WORKERS;
}

bool server_enter(struct server *server, int64_t now, uint64_t request)
{
    catch_up(server, now);
    server->arrived++;
    if (worker_is_free(server))
        return true;
    *LIST_PUSH(&server->waiting) = (int64_t)request;
    return false;
}

void server_work(struct server *server, uint64_t request, int64_t work_ns)
{
    int64_t work = work_ns < work_max ? work_ns : work_max;

    LIST_PUSH(&server->working);
    server->rate = 0;
    sift_up(server->working.items, server->working.count - 1,
            (struct server_job){
                .finish = server->attained + (work << UNIT_BITS),
                .request = request,
            });
}

void server_begin_job(struct server *server, int64_t now, uint64_t job, int64_t work_ns)
{
    catch_up(server, now);
    server_work(server, job, work_ns);
    server->jobs++;
}

int64_t server_job_left(const struct server *server, int64_t now, uint64_t job, int64_t work_ns)
{
    wide given = (wide)(now - server->looked) * rate_compute(server);
    wide work = (wide)work_ns << UNIT_BITS;

    for (uint32_t i = 0; i < server->working.count; i++) {
        wide left = server->working.items[i].finish - server->attained - given;

        if (server->working.items[i].request == job)
            return left <= 0 ? 0 : (int64_t)((left * 100 + work - 1) / work);
    }
    return -1;
}

void server_hold(struct server *server, uint64_t request)
{
    *LIST_PUSH(&server->serving) = (int64_t)request;
}

uint64_t server_next(struct server *server)
{
    uint64_t request;

    if (server_waiting(server) == 0 || !worker_is_free(server))
        return 0;
    request = (uint64_t)server->waiting.items[server->gone++];
    if (server->gone == server->waiting.count)
        server->waiting.count = server->gone = 0;
    if (server->gone >= SERVER_BACKLOG) {
        uint32_t left = server_waiting(server);

        for (uint32_t i = 0; i < left; i++)
            server->waiting.items[i] = server->waiting.items[server->gone + i];
        server->waiting.count = left;
        server->gone = 0;
    }
    return request;
}

static bool taken_from(int64_t *items, uint32_t *count, uint32_t from, uint64_t request)
{
    for (uint32_t i = from; i < *count; i++) {
        if ((uint64_t)items[i] == request) {
            list_close_gap(items, count, i, sizeof(*items));
            return true;
        }
    }
    return false;
}

void server_leave(struct server *server, int64_t now, uint64_t request)
{
    catch_up(server, now);
    for (uint32_t i = 0; i < server->working.count; i++) {
        if (server->working.items[i].request == request) {
            job_remove(server, i);
            return;
        }
    }
    if (!taken_from(server->serving.items, &server->serving.count, 0, request) &&
        !taken_from(server->waiting.items, &server->waiting.count, server->gone, request))
        BUG("request %llu is not at its server", (unsigned long long)request);
}

struct cpu_time server_busy(const struct server *server, int64_t now)
{
    return cpu_time_add(server->busy, cpu_time_of(used_ppm(server), now - server->looked));
}

void server_set_share(struct server *server, int64_t now, int64_t share_ppm)
{
    if (server->share_ppm == share_ppm)
        return;
    catch_up(server, now);
    server->share_ppm = share_ppm;
    server->rate = 0;
}

uint64_t server_done(struct server *server, int64_t now)
{
    uint64_t request;

    catch_up(server, now);
    if (server->working.count == 0 || server->working.items[0].finish > server->attained)
        return 0;
    request = server->working.items[0].request;
    job_remove(server, 0);
    return request;
}

uint64_t *server_everybody(const struct server *server, uint32_t *count)
{
    uint64_t *ids;
    uint32_t at = 0;

    *count = server_count(server);
    if (*count == 0)
        return NULL;
    ids = xcalloc(*count, sizeof(*ids));
    for (uint32_t i = 0; i < server->working.count; i++)
        if ((server->working.items[i].request & SERVER_JOB) == 0)
            ids[at++] = server->working.items[i].request;
    for (uint32_t i = 0; i < server->serving.count; i++)
        ids[at++] = (uint64_t)server->serving.items[i];
    for (uint32_t i = server->gone; i < server->waiting.count; i++)
        ids[at++] = (uint64_t)server->waiting.items[i];
    return ids;
}

void server_close(struct servers *servers, uint64_t instance)
{
    const struct server *server = table_get(&servers->table, instance);

    if (server_count(server) > 0 || server->jobs > 0)
        BUG("a server closes with requests in it");
    table_remove(&servers->table, instance);
}

bool server_restore(const struct server *server, int64_t now)
{
    const struct server_job *jobs = server->working.items;
    uint32_t programs = 0;

    if (server->looked < 0 || server->looked > now || server->busy.ns < 0 ||
        !cpu_time_sound(server->busy) || server->share_ppm < 0 ||
        server->share_ppm > (int64_t)UINT16_MAX * CPU_ONE)
        return false;
    if (server->gone > server->waiting.count || server->attained < 0 ||
        server->attained > attained_max ||
        server->working.count - server->jobs + server->serving.count > SERVER_WORKERS ||
        server->jobs > server->working.count ||
        server->waiting.count > 2 * SERVER_BACKLOG || server->vcpus > UINT16_MAX)
        return false;
    if (server->half_open.count > 2 * SERVER_BACKLOG)
        return false;
    for (uint32_t i = 0; i < server->half_open.count; i++) {
        const int64_t *until = &server->half_open.items[i];

        if (*until > now + SERVER_HALF_OPEN_S * SECOND_NS || (i > 0 && *until < until[-1]))
            return false;
    }
    for (uint32_t i = 0; i < server->working.count; i++) {
        programs += (jobs[i].request & SERVER_JOB) != 0;
        if (jobs[i].finish < -attained_max ||
            jobs[i].finish - server->attained > work_max << UNIT_BITS ||
            (i > 0 && is_before(&jobs[i], &jobs[(i - 1) / 2])))
            return false;
    }
    return programs == server->jobs;
}

/* ---- tables ---- */

static const struct field job_fields[] = {
    F_INT(struct server_job, finish, "Finish", "What it must have been given."),
    F_INT(struct server_job, request, "Request", "Which."),
};
static const struct shape job_shape = SHAPE("ServerJob", struct server_job, job_fields);

/* "Workers" is what sessions call the vCPUs: there was a time when each had one worker, and when
 * "Serving" held all who were worked on, each with an event of its own for its end.  They are read
 * as requests that hold a worker. */
static const struct field server_fields[] = {
    F_INT(struct server, instance, "Instance", "The instance."),
    F_INT(struct server, served, "Served", "Answers that it gave."),
    F_INT(struct server, arrived, "Arrived", "Requests that entered."),
    F_EMBED(struct server, traffic, struct meter_traffic, &meter_traffic_shape, "Traffic",
            "Bytes and packets of those it answered."),
    F_INT(struct server, vcpus, "Workers", "Its vCPUs."),
    F_INT(struct server, speed_ppm, "Speed", "Of each vCPU, in millionths of 2.5 GHz."),
    F_INT(struct server, attained, "Attained", "CPU given to each, in 2^-20 ns."),
    F_TIME(struct server, looked, "Looked", "When that was."),
    F_INT(struct server, step, "Step", "The pending look."),
    F_TIME(struct server, due, "Due", "When it is."),
    F_TIME(struct server, next, "Next", "When the next one is done."),
    F_EMBED(struct server, presence, struct area, &area_shape, "Presence",
            "Requests in it, times nanoseconds."),
    F_INT(struct server, busy.ns, "Busy", "vCPUs at work, times nanoseconds."),
    F_INT(struct server, busy.parts, "BusyParts", "And millionths of one."),
    F_INT(struct server, share_ppm, "Share", "CPU that requests share; 0: all they want."),
    F_BOOL(struct server, watched, "Watched", "Who comes or goes is told to the hypervisor."),
    F_LIST(struct server, working, struct server_job, &job_shape, "Working",
           "Requests that share the CPU."),
    F_INTS(struct server, serving, "Serving", "Requests that hold a worker and ask for no CPU."),
    F_INTS(struct server, waiting, "Waiting", "Requests that wait."),
    F_INTS(struct server, half_open, "HalfOpen", "When each half-open handshake is given up."),
    F_INT(struct server, gone, "Gone", "Of these, at the head, that wait no more."),
    F_INT(struct server, jobs, "Jobs", "Of those who share the CPU, that are programs' own."),
};
const struct shape server_shape = SHAPE("Server", struct server, server_fields);
