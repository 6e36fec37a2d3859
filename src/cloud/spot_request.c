/*
 * cloud/spot_request.c - spot requests: who asks for spare capacity, at what price, and what
 * became of it.
 *
 * Owns    struct spot_request.
 * Uses    cloud/spot for prices and what is spare, cloud/instance to launch, stop and terminate.
 * True to the EC2 user guide, "Spot request status" (states and codes); the sentences are those
 *         that EC2 is known to give.  Left out: hibernation, launch groups, zone groups, fleets,
 *         requests that begin later.
 */
#include "cloud/spot_request.h"

#include <inttypes.h>

#include "base/str.h"
#include "cloud/event_kinds.h"
#include "cloud/spot_request_parts.h"

#define FORGET_NS (48 * HOUR_NS) /* how long those that are over are shown */

enum { FIRST_LOOK_S = 3 };

/* ---- small things ---- */

void spot_look_cancel(struct spot_requests *requests, struct spot_request *request)
{
    if (request->look != 0)
        sim_cancel(requests->sim, request->look);
    request->look = 0;
}

void spot_look_plan(struct spot_requests *requests, struct spot_request *request, int64_t delay_ns)
{
    spot_look_cancel(requests, request);
    request->look =
        sim_schedule(requests->sim, delay_ns < 0 ? 0 : delay_ns, EVENT_SPOT_LOOK, request->id, 0);
}

static void tell(struct spot_requests *requests, const struct spot_request *request)
{
    struct arena arena = ARENA_INIT;

    trail_add(requests->trail, (struct trail_entry){
        .account = request->account,
        .subject = request->id,
        .other = request->instance,
        .topic = TRAIL_SPOT,
        .region = request->region,
        .text = arena_printf(&arena, "%s %s: %s", id_text(&arena, &kind_spot_request, request->id),
                             spot_state_name(request->state), spot_status_code(request->status)),
    });
    arena_release(&arena);
}

void spot_status_set(struct spot_requests *requests, struct spot_request *request, uint8_t state,
                     uint8_t status)
{
    if (request->state == state && request->status == status)
        return;
    request->state = state;
    request->status = status;
    request->status_since = requests->sim->now;
    tell(requests, request);
}

void spot_request_end(struct spot_requests *requests, struct spot_request *request, uint8_t state,
                      uint8_t status)
{
    spot_status_set(requests, request, state, status);
    spot_look_plan(requests, request, FORGET_NS);
}

enum spot_supply spot_supply_now(const struct spot_requests *requests, uint16_t type, uint8_t zone)
{
    if (requests->hooks.taken != NULL &&
        requests->hooks.taken(requests->hooks.context, type, zone))
        return SPOT_GONE;
    return spot_supply_at(requests->catalog, requests->seed, type, zone, requests->sim->now);
}

int64_t spot_price_now(const struct spot_requests *requests, uint16_t type, uint8_t zone,
                       bool is_windows)
{
    const struct catalog *catalog = requests->catalog;
    uint8_t region = ZONE_REGION(zone);
    int64_t licence = is_windows ? catalog_instance_price(catalog, type, region, true) -
                                       catalog_instance_price(catalog, type, region, false)
                                 : 0;

    return spot_price_at(catalog, requests->seed, type, zone, requests->sim->now).nano_usd +
           licence;
}

const char *spot_price_text(struct arena *arena, int64_t nano)
{
    char *text = arena_printf(arena, "%" PRId64 ".%09" PRId64, nano / 1000000000,
                              nano % 1000000000);
    size_t length = strlen(text);

    while (text[length - 1] == '0' && text[length - 2] != '.')
        text[--length] = '\0';
    return text;
}

/* ---- finding ---- */

struct spot_request *spot_request_find(const struct spot_requests *requests, uint64_t account,
                                       uint8_t region, uint64_t id)
{
    struct spot_request *request = table_find(&requests->table, id);

    return request != NULL && request->account == account && request->region == region ? request
                                                                                        : NULL;
}

const struct spot_request *spot_request_of(const struct spot_requests *requests,
                                           const struct instance *instance)
{
    uint64_t id = instance_rare(instance)->spot;

    return id == 0 ? NULL : table_find(&requests->table, id);
}

/* ---- asking ---- */

static int64_t most_of(const struct spot_requests *requests, const struct instance_launch *launch)
{
    return launch->spot->most_nano != 0
               ? launch->spot->most_nano
               : catalog_instance_price(requests->catalog, launch->type, launch->region,
                                        launch->is_windows);
}

struct spot_request *spot_request_add(struct spot_requests *requests,
                                      const struct instance_launch *launch)
{
    struct spot_request *request = table_add(&requests->table, ids_new(requests->ids));

    request->account = launch->account;
    request->region = launch->region;
    request->zone = SPOT_NO_ZONE;
    request->created = requests->sim->now;
    request->until = launch->spot->until;
    request->most_nano = most_of(requests, launch);
    request->type = launch->type;
    request->is_windows = launch->is_windows;
    request->persistent = launch->spot->persistent;
    request->stops = launch->spot->stops;
    tags_copy(&request->tags, launch->spot_tags);
    if (launch->wish != NULL) {
        shape_copy(&launch_wish_shape, &request->wish, launch->wish);
        request->wish.subnet = request->wish.address = NULL;
        if (launch->wish->subnet != NULL)
            request->subnet = xstrdup(launch->wish->subnet);
    }
    spot_status_set(requests, request, SPOT_OPEN, SPOT_PENDING_EVALUATION);
    spot_look_plan(requests, request, FIRST_LOOK_S * SECOND_NS);
    return request;
}

void spot_request_cancel(struct spot_requests *requests, struct spot_request *request)
{
    struct instance *instance =
        request->instance == 0 ? NULL : instance_any(requests->instances, request->instance);
    struct fault ignored = FAULT_INIT;

    if (request->state == SPOT_CANCELLED || request->state == SPOT_CLOSED ||
        request->state == SPOT_FAILED)
        return;
    if (request->state == SPOT_DISABLED && instance != NULL) {
        spot_status_set(requests, request, SPOT_CANCELLED, SPOT_TERMINATED_BY_SERVICE);
        instances_terminate(requests->instances, (struct instance_set){ &instance, 1 }, &ignored);
        fault_release(&ignored);
    } else if (request->instance != 0 && instance != NULL &&
               instance->state != INSTANCE_TERMINATED) {
        spot_status_set(requests, request, SPOT_CANCELLED,
                        request->ends != 0 ? request->status : SPOT_CANCELED_RUNNING);
    } else {
        spot_request_end(requests, request, SPOT_CANCELLED, SPOT_CANCELED_BEFORE);
    }
}

/* ---- hooks of instances ---- */

/* The cheapest zone of the Region, when any will do. */
static int64_t price_wanted(const struct spot_requests *requests,
                            const struct instance_launch *launch, uint8_t zone)
{
    int64_t least = spot_price_now(requests, launch->type, zone, launch->is_windows);

    if (launch->zone >= 0 || launch->subnet != 0)
        return least;
    for (uint8_t i = 0; i < ZONES_PER_REGION; i++) {
        int64_t price =
            spot_price_now(requests, launch->type,
                           (uint8_t)(launch->region * ZONES_PER_REGION + i), launch->is_windows);

        least = price < least ? price : least;
    }
    return least;
}

static int price_refuse(int64_t most, int64_t price, struct fault *fault)
{
    struct arena arena = ARENA_INIT;

    fault_set(fault, &fault_spot_price, spot_price_text(&arena, most),
              spot_price_text(&arena, price));
    arena_release(&arena);
    return -1;
}

int spot_launch_check(const struct spot_requests *requests, const struct instance_launch *launch,
                      uint8_t zone, struct fault *fault)
{
    int64_t most = most_of(requests, launch);

    if (spot_price_now(requests, launch->type, zone, launch->is_windows) > most)
        return price_refuse(most, price_wanted(requests, launch, zone), fault);
    if (spot_supply_now(requests, launch->type, zone) == SPOT_GONE)
        return fault_set(fault, &fault_spot_capacity);
    return 0;
}

uint64_t spot_launch_made(struct spot_requests *requests, const struct instance *instance,
                          const struct instance_launch *launch)
{
    struct spot_request *request = launch->spot_request != 0
                                       ? table_get(&requests->table, launch->spot_request)
                                       : spot_request_add(requests, launch);

    request->instance = instance->id;
    request->zone = instance->zone;
    request->warned = request->ends = 0;
    request->pressed = false;
    spot_status_set(requests, request, SPOT_ACTIVE, SPOT_FULFILLED);
    spot_look_plan(requests, request, 0);
    if (requests->hooks.fulfilled != NULL)
        requests->hooks.fulfilled(requests->hooks.context, request);
    return request->id;
}

int spot_start_check(const struct spot_requests *requests, const struct instance *instance,
                     struct fault *fault)
{
    const struct spot_request *request = spot_request_of(requests, instance);
    struct arena arena = ARENA_INIT;
    int64_t price;

    if (request == NULL)
        return 0;
    if (request->status == SPOT_STOPPED_BY_PRICE || request->status == SPOT_STOPPED_NO_CAPACITY ||
        request->state == SPOT_CANCELLED) {
        fault_set(fault, &fault_spot_stopped, id_text(&arena, &kind_instance, instance->id));
        arena_release(&arena);
        return -1;
    }
    price = spot_price_now(requests, instance->type, instance->zone, instance->is_windows);
    if (price > request->most_nano)
        return price_refuse(request->most_nano, price, fault);
    if (spot_supply_now(requests, instance->type, instance->zone) == SPOT_GONE)
        return fault_set(fault, &fault_spot_capacity);
    return 0;
}

/* ---- the life of its instance ---- */

static void instance_ended(struct spot_requests *requests, struct spot_request *request,
                           const struct instance *instance)
{
    bool was_reclaimed = instance_was_reclaimed(instance);
    uint8_t status = !was_reclaimed        ? SPOT_TERMINATED_BY_USER
                     : request->by_price ? SPOT_TERMINATED_BY_PRICE
                                           : SPOT_TERMINATED_NO_CAPACITY;

    request->ends = 0;
    if (request->status == SPOT_TERMINATED_BY_SERVICE) {
        spot_request_end(requests, request, SPOT_CANCELLED, SPOT_TERMINATED_BY_SERVICE);
    } else if (request->state == SPOT_CANCELLED) {
        spot_request_end(requests, request, SPOT_CANCELLED, status);
    } else if (!request->persistent) {
        spot_request_end(requests, request, SPOT_CLOSED, status);
    } else {
        request->instance = 0;
        spot_status_set(requests, request, SPOT_OPEN, SPOT_PENDING_EVALUATION);
        spot_look_plan(requests, request, FIRST_LOOK_S * SECOND_NS);
    }
}

static void instance_stopped(struct spot_requests *requests, struct spot_request *request,
                             const struct instance *instance)
{
    uint8_t status = !instance_was_reclaimed(instance) ? SPOT_STOPPED_BY_USER
                     : request->by_price             ? SPOT_STOPPED_BY_PRICE
                                                       : SPOT_STOPPED_NO_CAPACITY;

    request->ends = request->warned = 0;
    if (request->state == SPOT_CANCELLED)
        return;
    spot_status_set(requests, request, SPOT_DISABLED, status);
    if (status == SPOT_STOPPED_BY_USER)
        spot_look_cancel(requests, request);
    else
        spot_look_plan(requests, request, MINUTE_NS);
}

/* Those of its family in its zone may have lost their room to one on demand. */
static void press(struct spot_requests *requests, const struct instance *instance)
{
    const char *family = requests->catalog->types[instance->type].family;

    for (uint32_t i = 0; i < table_count(&requests->table); i++) {
        struct spot_request *request = table_at(&requests->table, i);

        if (request->zone != instance->zone || request->instance == 0 || request->ends != 0 ||
            request->pressed || request->state == SPOT_DISABLED ||
            !str_equal(requests->catalog->types[request->type].family, family))
            continue;
        request->pressed = true;
        if (request->state == SPOT_ACTIVE || request->status == SPOT_CANCELED_RUNNING)
            spot_look_plan(requests, request, 0);
    }
}

void spot_instance_changed(struct spot_requests *requests, const struct instance *instance,
                           int before)
{
    struct spot_request *request;

    if (instance_rare(instance)->spot == 0) {
        if (instance->state == INSTANCE_PENDING && table_count(&requests->table) > 0)
            press(requests, instance);
        return;
    }
    request = table_find(&requests->table, instance_rare(instance)->spot);
    if (request == NULL || request->instance != instance->id || before < 0)
        return;
    if (instance->state == INSTANCE_PENDING) {
        spot_status_set(requests, request, SPOT_ACTIVE, SPOT_FULFILLED);
        spot_look_plan(requests, request, 0);
    } else if (instance->state == INSTANCE_STOPPING && request->state == SPOT_ACTIVE) {
        spot_status_set(requests, request, SPOT_ACTIVE, SPOT_MARKED_FOR_STOP);
    } else if (instance->state == INSTANCE_STOPPED) {
        instance_stopped(requests, request, instance);
    } else if (instance->state == INSTANCE_TERMINATED) {
        instance_ended(requests, request, instance);
    }
}

void spot_pools_changed(struct spot_requests *requests)
{
    for (uint32_t i = 0; i < table_count(&requests->table); i++) {
        struct spot_request *request = table_at(&requests->table, i);

        if (request->ends == 0 &&
            (request->state == SPOT_ACTIVE || request->status == SPOT_CANCELED_RUNNING))
            spot_look_plan(requests, request, 0);
    }
}

/* ---- words ---- */

static const char *const state_names[SPOT_STATES_] = {
    [SPOT_OPEN] = "open",
    [SPOT_ACTIVE] = "active",
    [SPOT_CLOSED] = "closed",
    [SPOT_CANCELLED] = "cancelled",
    [SPOT_FAILED] = "failed",
    [SPOT_DISABLED] = "disabled",
};

static const struct {
    const char *code;
    const char *message;
} statuses[SPOT_STATUSES_] = {
    [SPOT_PENDING_EVALUATION] = {"pending-evaluation", "Your Spot request has been submitted for "
                                                       "review, and is pending evaluation."},
    [SPOT_CAPACITY_NOT_AVAILABLE] = {"capacity-not-available", "There is no Spot capacity "
                                                               "available that matches your "
                                                               "request."},
    [SPOT_PRICE_TOO_LOW] = {"price-too-low", NULL},
    [SPOT_FULFILLED] = {"fulfilled", "Your spot request is fulfilled."},
    [SPOT_BAD_PARAMETERS] = {"bad-parameters", NULL},
    [SPOT_SCHEDULE_EXPIRED] = {"schedule-expired", "Your Spot request has expired before it was "
                                                   "fulfilled."},
    [SPOT_CANCELED_BEFORE] = {"canceled-before-fulfillment", "Your Spot request is canceled "
                                                             "before it was fulfilled."},
    [SPOT_CANCELED_RUNNING] = {"request-canceled-and-instance-running",
                               "Your Spot request is canceled, but your instance is still "
                               "running."},
    [SPOT_MARKED_FOR_STOP] = {"marked-for-stop", "Your Spot instance is marked for stopping."},
    [SPOT_MARKED_FOR_TERMINATION] = {"marked-for-termination",
                                     "Your Spot instance is marked for termination."},
    [SPOT_STOPPED_BY_PRICE] = {"instance-stopped-by-price",
                               "Your Spot instance was stopped because the Spot price exceeded "
                               "your maximum price."},
    [SPOT_STOPPED_BY_USER] = {"instance-stopped-by-user",
                              "Your Spot instance was stopped by a user."},
    [SPOT_STOPPED_NO_CAPACITY] = {"instance-stopped-no-capacity",
                                  "Your Spot instance was stopped because there is no Spot "
                                  "capacity available that matches your request."},
    [SPOT_TERMINATED_BY_PRICE] = {"instance-terminated-by-price",
                                  "Your Spot instance was terminated because the Spot price "
                                  "exceeded your maximum price."},
    [SPOT_TERMINATED_BY_SERVICE] = {"instance-terminated-by-service",
                                    "Your Spot instance was terminated from a stopped state."},
    [SPOT_TERMINATED_BY_USER] = {"instance-terminated-by-user",
                                 "Spot Instance terminated due to user-initiated termination."},
    [SPOT_TERMINATED_NO_CAPACITY] = {"instance-terminated-no-capacity",
                                     "Your Spot instance was terminated because there is no Spot "
                                     "capacity available that matches your request."},
    [SPOT_LIMIT_EXCEEDED] = {"limit-exceeded", "Max spot instance count exceeded"},
};

const char *spot_state_name(uint8_t state)
{
    return state < SPOT_STATES_ && state > 0 ? state_names[state] : "";
}

const char *spot_status_code(uint8_t status)
{
    return status < SPOT_STATUSES_ && status > 0 ? statuses[status].code : "";
}

/* The least that would be enough now. */
static int64_t price_least(const struct spot_requests *requests, const struct spot_request *request)
{
    const struct instance_launch launch = {
        .region = request->region,
        .zone = -1,
        .type = request->type,
        .is_windows = request->is_windows,
    };

    if (request->zone != SPOT_NO_ZONE)
        return spot_price_now(requests, request->type, request->zone, request->is_windows);
    return price_wanted(requests, &launch, (uint8_t)(request->region * ZONES_PER_REGION));
}

const char *spot_status_message(const struct spot_requests *requests,
                                const struct spot_request *request, struct arena *arena)
{
    if (request->status == SPOT_PRICE_TOO_LOW)
        return arena_printf(arena,
                            "Your Spot request price of %s is lower than the minimum required "
                            "Spot request fulfillment price of %s.",
                            spot_price_text(arena, request->most_nano),
                            spot_price_text(arena, price_least(requests, request)));
    if (request->status == SPOT_BAD_PARAMETERS)
        return request->problem == NULL ? "" : request->problem;
    return statuses[request->status].message;
}

/* ---- the room ---- */

void spot_requests_init(struct spot_requests *requests)
{
    table_init(&requests->table, &spot_request_shape);
    sim_handle(requests->sim, EVENT_SPOT_LOOK, &spot_look_kind, requests);
}

void spot_requests_release(struct spot_requests *requests)
{
    table_release(&requests->table);
}

bool spot_requests_restore(struct spot_requests *requests)
{
    for (uint32_t i = 0; i < table_count(&requests->table); i++) {
        const struct spot_request *request = table_at(&requests->table, i);
        uint32_t zones = requests->catalog->region_count * ZONES_PER_REGION;

        if (request->state == 0 || request->state >= SPOT_STATES_ || request->status == 0 ||
            request->status >= SPOT_STATUSES_ || request->type >= requests->catalog->type_count ||
            request->region >= requests->catalog->region_count ||
            (request->zone != SPOT_NO_ZONE && request->zone >= zones) ||
            (request->instance != 0 && request->zone == SPOT_NO_ZONE) || request->most_nano < 0)
            return false;
    }
    return true;
}

/* ---- tables ---- */

static const struct field request_fields[] = {
    F_INT(struct spot_request, id, "SpotInstanceRequestId", "Its id."),
    F_INT(struct spot_request, account, "Account", "Whose."),
    F_INT(struct spot_request, instance, "InstanceId", "The instance that fulfils it."),
    F_INT(struct spot_request, look, "Look", "The next look at it."),
    F_TIME(struct spot_request, created, "CreateTime", "When it was made."),
    F_TIME(struct spot_request, status_since, "UpdateTime", "Since when its status holds."),
    F_TIME(struct spot_request, until, "ValidUntil", "How long it asks."),
    F_INT(struct spot_request, most_nano, "Most", "The most that it pays for an hour."),
    F_TIME(struct spot_request, warned, "Warned", "When rebalancing was recommended."),
    F_TIME(struct spot_request, ends, "Ends", "When its instance is taken."),
    F_INT(struct spot_request, type, "InstanceType", "The type."),
    F_INT(struct spot_request, region, "Region", "Where."),
    F_INT(struct spot_request, zone, "Zone", "Where its instance is."),
    F_INT(struct spot_request, state, "State", "Its state."),
    F_INT(struct spot_request, status, "Status", "Its status."),
    F_BOOL(struct spot_request, is_windows, "IsWindows", "The platform."),
    F_BOOL(struct spot_request, persistent, "Persistent", "It asks again."),
    F_BOOL(struct spot_request, stops, "Stops", "Its instance is stopped, not terminated."),
    F_BOOL(struct spot_request, by_price, "ByPrice", "Why its instance is taken."),
    F_BOOL(struct spot_request, pressed, "Pressed", "Somebody launched beside it."),
    F_STRING(struct spot_request, subnet, "SubnetId", "The subnet."),
    F_STRING(struct spot_request, problem, "Problem", "What is wrong with it."),
    F_EMBED(struct spot_request, wish, struct launch_wish, &launch_wish_shape,
            "LaunchSpecification", "What it launches."),
    F_EMBED(struct spot_request, tags, struct tags, &tags_shape, "Tags", "Its tags."),
};
const struct shape spot_request_shape =
    SHAPE("SpotInstanceRequest", struct spot_request, request_fields);

const struct fault_kind fault_spot_price = {
    .code = "SpotMaxPriceTooLow",
    .text = "Your Spot request price of {} is lower than the minimum required Spot request "
            "fulfillment price of {}.",
    .hint = "Without a MaxPrice the price on demand is the most that you pay; "
            "`aws ec2 describe-spot-price-history` shows the prices.",
};

const struct fault_kind fault_spot_stopped = {
    .code = "IncorrectSpotRequestState",
    .text = "You can't start the Spot Instance '{}' because the associated Spot Instance request "
            "is not in an appropriate state to support start.",
    .hint = "EC2 stopped it, and starts it again when there is capacity at your price.",
};

const struct fault_kind fault_spot_missing = {
    .code = "InvalidSpotInstanceRequestID.NotFound",
    .text = "The spot instance request ID '{}' does not exist",
    .hint = "`aws ec2 describe-spot-instance-requests` lists those of this Region.",
};

const struct fault_kind fault_spot_malformed = {
    .code = "InvalidSpotInstanceRequestID.Malformed",
    .text = "Invalid id: \"{}\" (expecting \"sir-...\")",
    .hint = "`aws ec2 describe-spot-instance-requests` shows the ids.",
};
