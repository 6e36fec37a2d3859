/*
 * cloud/spot_request_watch.c - a look at a spot request: is it fulfilled, may its instance stay?
 *
 * A request is looked at when something that it depends on may have changed: the price of its pool,
 * what is spare there, the room on the hosts; and each minute while it waits for capacity.
 *
 * True to the EC2 user guide, "Spot Instance interruptions": why, and how.  How long after capacity
 *         became scarce the notice comes is ours: AWS says only that the recommendation can be
 *         earlier.
 */
#include "cloud/spot_request_parts.h"

#include "base/str.h"

#define RETRY_NS MINUTE_NS
#define UNTIL_NOTICE_NS (2 * MINUTE_NS) /* after the recommendation */

enum { BOOT_RETRY_S = 5 };

static void tell(struct spot_requests *requests, const struct spot_request *request,
                 const char *what)
{
    struct arena arena = ARENA_INIT;

    trail_add(requests->trail, (struct trail_entry){
        .account = request->account,
        .subject = request->instance,
        .other = request->id,
        .topic = TRAIL_SPOT,
        .region = request->region,
        .text = arena_printf(&arena, "%s %s", id_text(&arena, &kind_instance, request->instance),
                             what),
    });
    arena_release(&arena);
}

static void warn(struct spot_requests *requests, struct spot_request *request)
{
    if (request->warned != 0)
        return;
    request->warned = requests->sim->now;
    tell(requests, request, "rebalance recommendation: it may soon be interrupted");
    if (requests->hooks.warned != NULL)
        requests->hooks.warned(requests->hooks.context, request);
}

/* The notice: in two minutes it is taken. */
static void interrupt(struct spot_requests *requests, struct spot_request *request, bool by_price)
{
    uint8_t status = request->stops ? SPOT_MARKED_FOR_STOP
                     : by_price   ? SPOT_MARKED_FOR_TERMINATION
                                    : SPOT_TERMINATED_NO_CAPACITY;
    uint8_t state = request->state;

    warn(requests, request);
    request->by_price = by_price;
    request->ends = requests->sim->now + SPOT_NOTICE_NS;
    tell(requests, request,
         request->stops ? by_price ? "interruption notice: stop in two minutes, the price is above "
                                     "its maximum price"
                                   : "interruption notice: stop in two minutes, others need the "
                                     "capacity"
         : by_price     ? "interruption notice: terminate in two minutes, the price is above its "
                          "maximum price"
                        : "interruption notice: terminate in two minutes, others need the "
                          "capacity");
    if (state == SPOT_ACTIVE && status == SPOT_TERMINATED_NO_CAPACITY)
        state = request->persistent ? SPOT_OPEN : SPOT_CLOSED;
    spot_status_set(requests, request, state, status);
    spot_look_plan(requests, request, SPOT_NOTICE_NS);
    if (requests->hooks.noticed != NULL)
        requests->hooks.noticed(requests->hooks.context, request);
}

/* Is another one of its pool on the way out, which makes room? */
static bool room_is_coming(const struct spot_requests *requests, const struct spot_request *request)
{
    const char *family = requests->catalog->types[request->type].family;

    for (uint32_t i = 0; i < table_count(&requests->table); i++) {
        const struct spot_request *other = table_at(&requests->table, i);

        if (other->ends != 0 && other->zone == request->zone &&
            str_equal(requests->catalog->types[other->type].family, family))
            return true;
    }
    return false;
}

/* Have those on demand filled the hosts, so that there is no room for the next of them? */
static bool is_crowded_out(struct spot_requests *requests, struct spot_request *request)
{
    const struct host_ask ask = { .zone = request->zone, .type = request->type };

    if (!request->pressed)
        return false;
    request->pressed = hosts_room(requests->hosts, &ask, 1) == 0;
    return request->pressed && !room_is_coming(requests, request);
}

static void look_running(struct spot_requests *requests, struct spot_request *request,
                         const struct instance *instance)
{
    int64_t now = requests->sim->now;
    int64_t next =
        spot_change_after(requests->seed, request->type, request->zone, now);
    enum spot_supply supply = spot_supply_now(requests, request->type, request->zone);

    if (spot_price_now(requests, request->type, request->zone, request->is_windows) >
        request->most_nano) {
        interrupt(requests, request, true);
        return;
    }
    if (requests->hooks.price_changed != NULL)
        requests->hooks.price_changed(requests->hooks.context, instance);
    if (is_crowded_out(requests, request)) {
        interrupt(requests, request, false);
        return;
    }
    if (supply == SPOT_PLENTY)
        request->warned = 0;
    else
        warn(requests, request);
    if (supply == SPOT_GONE) {
        int64_t notice = request->warned + UNTIL_NOTICE_NS;

        if (now >= notice) {
            interrupt(requests, request, false);
            return;
        }
        next = notice < next ? notice : next;
    }
    spot_look_plan(requests, request, next - now);
}

static void take(struct spot_requests *requests, struct spot_request *request,
                 const struct instance *instance)
{
    if (requests->sim->now < request->ends) {
        spot_look_plan(requests, request, request->ends - requests->sim->now);
    } else if (instance->state == INSTANCE_PENDING) {
        spot_look_plan(requests, request, BOOT_RETRY_S * SECOND_NS);
    } else {
        instance_reclaim(requests->instances, request->instance, request->stops);
    }
}

/* Why it was not launched; it goes on asking unless it can never be. */
static void refused(struct spot_requests *requests, struct spot_request *request,
                    const struct fault *fault)
{
    const char *code = fault->kind->code;

    if (str_equal(code, "SpotMaxPriceTooLow")) {
        spot_status_set(requests, request, SPOT_OPEN, SPOT_PRICE_TOO_LOW);
    } else if (str_equal(code, "InsufficientInstanceCapacity")) {
        spot_status_set(requests, request, SPOT_OPEN, SPOT_CAPACITY_NOT_AVAILABLE);
    } else if (str_equal(code, "MaxSpotInstanceCountExceeded")) {
        spot_status_set(requests, request, SPOT_OPEN, SPOT_LIMIT_EXCEEDED);
    } else {
        request->problem = xstrdup(fault->message);
        spot_request_end(requests, request, SPOT_FAILED, SPOT_BAD_PARAMETERS);
        return;
    }
    spot_look_plan(requests, request, RETRY_NS);
}

static void look_open(struct spot_requests *requests, struct spot_request *request)
{
    struct arena arena = ARENA_INIT;
    struct fault fault = FAULT_INIT;
    struct launch_wish wish = request->wish;
    struct spot_terms terms = {
        .most_nano = request->most_nano,
        .until = request->until,
        .persistent = request->persistent,
        .stops = request->stops,
    };
    struct launch_ask ask = {
        .launcher = requests->launcher,
        .account = request->account,
        .region = request->region,
        .least = 1,
        .most = 1,
        .arena = &arena,
        .fault = &fault,
    };
    struct instance_launch launch;
    uint64_t reservation;

    wish.subnet = request->subnet;
    if (request->until != 0 && requests->sim->now >= request->until) {
        spot_request_end(requests, request, SPOT_CANCELLED, SPOT_SCHEDULE_EXPIRED);
        return;
    }
    if (launch_wish_read(&ask, &wish, &launch) == 0) {
        launch.spot = &terms;
        launch.spot_request = request->id;
        if (instances_launch(requests->instances, &launch, &reservation, &fault) == 0) {
            arena_release(&arena);
            return;
        }
    }
    refused(requests, request, &fault);
    fault_release(&fault);
    arena_release(&arena);
}

/* EC2 stopped its instance: starts it when it may run again. */
static void look_stopped(struct spot_requests *requests, struct spot_request *request,
                         struct instance *instance)
{
    struct fault fault = FAULT_INIT;
    uint8_t status = request->status;

    request->status = SPOT_PENDING_EVALUATION;
    if (instances_start(requests->instances, (struct instance_set){ &instance, 1 }, &fault) != 0) {
        request->status = status;
        spot_look_plan(requests, request, RETRY_NS);
    }
    fault_release(&fault);
}

static void look(struct spot_requests *requests, struct spot_request *request,
                 struct instance *instance)
{
    bool runs = instance != NULL && (instance->state == INSTANCE_RUNNING ||
                                     instance->state == INSTANCE_PENDING);
    bool gone = instance == NULL || instance->state == INSTANCE_TERMINATED;

    if (runs && request->ends != 0)
        take(requests, request, instance);
    else if (runs)
        look_running(requests, request, instance);
    else if (!gone && request->state == SPOT_DISABLED)
        look_stopped(requests, request, instance);
    else if (gone && request->state == SPOT_OPEN)
        look_open(requests, request);
    else if (gone && request->state != SPOT_ACTIVE)
        table_remove(&requests->table, request->id);
}

static void run_look(void *context, const struct event *event)
{
    struct spot_requests *requests = context;
    struct spot_request *request = table_find(&requests->table, event->subject);

    if (request == NULL || request->look != event->sequence)
        return;
    request->look = 0;
    look(requests, request,
         request->instance == 0 ? NULL : instance_any(requests->instances, request->instance));
}

const struct event_kind spot_look_kind = { .name = "spot-look", .run = run_look };
