/*
 * cloud/shop_barista.c - the coffee shop's baristas: orders become drinks.
 *
 * Owns    struct shop_barista, struct shop_drink.
 * Moves   a drink: in the line -> in the making -> done.  What is in the making is a job of the
 *         instance (cloud/server).
 *
 * At a board it holds one long poll while it has a hand free; what comes is in its hands some
 * milliseconds later.  When the drink is made the slip is deleted, with the handle of its receive:
 * if that took longer than the visibility timeout, somebody else may be making the same drink.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cloud/event_kinds.h"
#include "cloud/header.h"
#include "cloud/shop_parts.h"
#include "sim/clock.h"

/* What an event is about: its detail, else a poll.  Saved: append only. */
enum step {
    STEP_ASK = 1, /* it asks its board again */
    STEP_KILL,    /* systemd waits no longer: TimeoutStopSec */
};

enum { POLL_S = 20 };

#define ANSWER_NS (8 * MILLISECOND_NS) /* SQS's answer on its way */
#define RETRY_NS (5 * SECOND_NS)       /* after an error of SQS */
#define STOP_LIMIT_NS (90 * SECOND_NS) /* as systemd has it */

static struct shop *shop_of(const struct shops *shops, const struct shop_barista *barista)
{
    return table_get(&shops->table, barista->shop);
}

static bool has_board(const struct shop_barista *barista)
{
    return barista->coupling == SHOP_QUEUE || barista->coupling == SHOP_BUS;
}

static bool is_at_work(const struct shops *shops, const struct shop_barista *barista)
{
    return shop_hands(shops, barista).in_hand > 0;
}

/* What is told of the slip's message. */
static void tell(struct shops *shops, const struct shop_drink *drink, const char *what)
{
    const struct shop *shop = table_find(&shops->table, drink->shop);
    struct arena arena = ARENA_INIT;

    if (drink->message != 0 && shop != NULL)
        message_log_tell(shops->log, shop->account, shop->region, drink->message,
                         "the barista in %s %s", id_text(&arena, &kind_instance, drink->instance),
                         what);
    arena_release(&arena);
}

/* ---- the board ---- */

static void look_later(struct shops *shops, struct shop_barista *barista)
{
    if (barista->step == 0)
        barista->step =
            sim_schedule(shops->sim, RETRY_NS, EVENT_SHOP_STEP, barista->instance, STEP_ASK);
}

/* A long poll, when it has a hand free and none waits already. */
static void ask_board(struct shops *shops, struct shop_barista *barista)
{
    struct shop_hands hands = shop_hands(shops, barista);
    struct queue *queue;
    struct fault fault = FAULT_INIT;

    if (!barista->open || !has_board(barista) || barista->trouble != NULL || barista->poll != 0 ||
        hands.in_hand >= barista->most)
        return;
    queue = shop_queue(shops, shop_of(shops, barista), barista->queue);
    if (queue == NULL || shops->queues->region_lost(shops->queues->context, queue->region)) {
        look_later(shops, barista);
        return;
    }
    barista->poll = queue_receive(shops->queues, queue,
                                  &(struct queue_receive){
                                      .account = shop_of(shops, barista)->account,
                                      .most = (uint32_t)(barista->most - hands.in_hand),
                                      .wait_s = POLL_S,
                                      .consumer = barista->instance,
                                  },
                                  &fault);
    queue->counts.requests++;
    fault_release(&fault);
}

void shop_arrived(struct shops *shops, const struct queue_poll *poll)
{
    if (table_find(&shops->baristas, poll->consumer) != NULL)
        sim_schedule(shops->sim, ANSWER_NS, EVENT_SHOP_STEP, poll->consumer, poll->id);
}

/* ---- drinks ---- */

static void begin(struct shops *shops, struct shop_drink *drink)
{
    drink->begun = shops->sim->now;
    request_job_start(shops->requests, drink->instance,
                      shops->power(shops->context, drink->instance), drink->id | SERVER_JOB,
                      drink->work_ns);
}

static struct shop_drink *drink_add(struct shops *shops, const struct shop_barista *barista)
{
    struct shop_drink *drink = table_add(&shops->drinks, ids_new(shops->ids) & ~SERVER_JOB);

    drink->instance = barista->instance;
    drink->came = shops->sim->now;
    drink->work_ns = barista->work_ns;
    return drink;
}

/* What a poll brought is in its hands. */
static void take_slips(struct shops *shops, struct shop_barista *barista,
                       const struct queue_poll *poll)
{
    for (uint32_t i = 0; i < poll->found.count; i++) {
        const struct queue_receipt *receipt = &poll->found.items[i];
        const struct queue_message *message = queue_message_find(shops->queues, receipt->message);
        struct shop_order *order;
        struct shop_drink *drink;

        if (message == NULL)
            continue;
        drink = drink_add(shops, barista);
        drink->message = receipt->message;
        drink->receipt = receipt->receipt;
        drink->queue = poll->queue;
        drink->order = shop_slip_read(shops, shop_of(shops, barista), message->body, &drink->shop);
        order = shop_order_find(shops, drink->shop, drink->order);
        if (order != NULL && order->message == 0)
            order->message = drink->message;
        tell(shops, drink, "takes it");
        begin(shops, drink);
    }
}

/* The one that waits longest, and for which somebody still waits. */
static void begin_next(struct shops *shops, const struct shop_barista *barista)
{
    for (uint32_t i = 0; i < table_count(&shops->drinks);) {
        struct shop_drink *drink = table_at(&shops->drinks, i);

        if (drink->instance != barista->instance || drink->begun != 0) {
            i++;
        } else if (request_is_held(shops->requests, drink->request)) {
            begin(shops, drink);
            return;
        } else {
            table_remove(&shops->drinks, drink->id);
        }
    }
}

/* Was it the first of its order? */
static void count_made(struct shops *shops, struct shop_barista *barista,
                       const struct shop_drink *drink)
{
    struct shop *whose = table_find(&shops->table, drink->shop);
    struct shop_order *order = shop_order_find(shops, drink->shop, drink->order);

    barista->made++;
    if (whose == NULL)
        return;
    if (drink->order == 0) {
        whose->others++;
    } else if (order != NULL && order->made++ == 0) {
        whose->made++;
    } else {
        whose->again++;
        barista->again++;
    }
}

/* The slip goes; and what is known of the order, once it is made and no slip of it is left. */
static void slip_done(struct shops *shops, const struct shop_drink *drink)
{
    struct queue *queue = queue_find(shops->queues, drink->queue);
    const struct queue_receipt receipt = {.message = drink->message, .receipt = drink->receipt};
    const struct shop_order *order = shop_order_find(shops, drink->shop, drink->order);
    struct fault fault = FAULT_INIT;

    tell(shops, drink, "has made it");
    if (queue != NULL) {
        queue_delete(shops->queues, queue, &receipt, &fault);
        queue->counts.requests++;
        fault_release(&fault);
    }
    if (order != NULL && queue_message_find(shops->queues, order->message) == NULL)
        table_remove(&shops->orders, order->key);
}

static void hand_out(struct shops *shops, struct shop_barista *barista,
                     const struct shop_drink *drink)
{
    struct shop *whose = table_find(&shops->table, drink->shop);
    struct arena arena = ARENA_INIT;

    barista->made++;
    if (!shop_reply(shops, drink->request, 200,
                    arena_printf(&arena, "one %s\n", shop_drink_name(drink->order))) &&
        whose != NULL)
        whose->wasted++;
    else if (drink->order == 0 && whose != NULL)
        whose->others++;
    arena_release(&arena);
}

void shop_worked(struct shops *shops, uint64_t job)
{
    struct shop_drink *found = table_find(&shops->drinks, job & ~SERVER_JOB);
    struct shop_barista *barista;
    struct shop_drink drink;

    if (found == NULL)
        return;
    drink = *found;
    table_remove(&shops->drinks, drink.id);
    barista = table_find(&shops->baristas, drink.instance);
    if (barista == NULL)
        return;
    if (drink.request != 0) {
        hand_out(shops, barista, &drink);
    } else {
        count_made(shops, barista, &drink);
        if (drink.message != 0)
            slip_done(shops, &drink);
    }
    if (barista->open)
        begin_next(shops, barista);
    ask_board(shops, barista);
    if (barista->leaving && !is_at_work(shops, barista)) {
        barista->leaving = false;
        sim_cancel(shops->sim, barista->step);
        barista->step = 0;
    }
}

/* All of its drinks; or those alone that are not begun. */
static void drinks_drop(struct shops *shops, const struct shop_barista *barista, bool line_only)
{
    for (uint32_t i = table_count(&shops->drinks); i-- > 0;) {
        const struct shop_drink *drink = table_at(&shops->drinks, i);
        uint64_t request = drink->request;

        if (drink->instance != barista->instance || (line_only && drink->begun != 0))
            continue;
        if (drink->begun != 0)
            request_job_stop(shops->requests, drink->instance, drink->id | SERVER_JOB);
        if (!line_only)
            tell(shops, drink, "is gone: it has not made it");
        table_remove(&shops->drinks, drink->id);
        if (line_only)
            shop_reply(shops, request, 503, "The barista closes.\n");
    }
}

/* ---- opening and closing ---- */

static const char *trouble_of(const struct shop_settings *settings)
{
    if (settings->trouble != NULL)
        return settings->trouble;
    if ((settings->coupling == SHOP_QUEUE || settings->coupling == SHOP_BUS) &&
        settings->queue == NULL)
        return "it knows no board: queue = is not set";
    if (settings->coupling == SHOP_TOPIC && settings->subscribes && settings->topic == NULL)
        return "it knows no topic: topic = is not set";
    return NULL;
}

/* Its port at its public address hears the topic from now on, once it has confirmed.  Another
 * address, as after a stop, is another subscriber: the topic goes on calling the old one. */
static void subscribe(struct shops *shops, const struct instance *home,
                      const struct shop_settings *settings)
{
    const struct interface *interface = instance_interface(shops->instances, home);
    struct topic *topic =
        settings->topic == NULL ? NULL : topic_find_arn(shops->topics, settings->topic);
    struct arena arena = ARENA_INIT;
    char address[ADDRESS_TEXT_SIZE];
    const char *endpoint;

    if (topic == NULL || interface == NULL || interface->public_address == 0)
        return;
    endpoint = arena_printf(&arena, "http://%s:%d/shout",
                            address_text(interface->public_address, address), SHOP_BARISTA_PORT);
    if (topic_subscription_find(topic, TOPIC_HTTP, endpoint) == NULL)
        topic_subscribe(shops->topics, &(struct topic_subscription_new){
                                           .account = home->account,
                                           .topic = topic,
                                           .endpoint = endpoint,
                                           .wish = &(struct topic_subscription_wish){0},
                                           .protocol = TOPIC_HTTP,
                                       });
    arena_release(&arena);
}

static void open_barista(struct shops *shops, uint64_t instance)
{
    struct shop_opening opening;
    const struct shop_settings *settings = &opening.settings;
    struct shop_barista *barista = shop_open(shops, &shops->baristas, instance, &opening);

    sim_cancel(shops->sim, barista->step);
    barista->step = 0;
    barista->shop = opening.shop->id;
    barista->since = shops->sim->now;
    barista->open = true;
    barista->leaving = false;
    barista->coupling = settings->coupling;
    barista->work_ns = settings->work_ns;
    barista->most = settings->most;
    barista->line = settings->line;
    shop_text_set(&barista->queue, settings->queue);
    shop_text_set(&barista->trouble, trouble_of(settings));
    if (settings->coupling == SHOP_TOPIC && settings->subscribes)
        subscribe(shops, opening.home, settings);
    arena_release(&opening.memory);
    ask_board(shops, barista);
}

static void close_barista(struct shops *shops, struct shop_barista *barista)
{
    uint64_t poll = barista->poll;

    barista->open = false;
    barista->since = shops->sim->now;
    barista->poll = 0;
    queue_poll_drop(shops->queues, poll);
    sim_cancel(shops->sim, barista->step);
    barista->step = 0;
    drinks_drop(shops, barista, true);
    barista->leaving = is_at_work(shops, barista);
    if (barista->leaving)
        barista->step =
            sim_schedule(shops->sim, STOP_LIMIT_NS, EVENT_SHOP_STEP, barista->instance, STEP_KILL);
}

/* It ends as it stands. */
static void kill_barista(struct shops *shops, struct shop_barista *barista)
{
    sim_cancel(shops->sim, barista->step);
    barista->step = 0;
    barista->leaving = false;
    drinks_drop(shops, barista, false);
    if (guest_is_reachable(shops->guests, barista->instance)) /* else the whole instance goes */
        request_server_gone(shops->requests, barista->instance, SHOP_BARISTA_PORT, false);
}

void shop_barista_forget(struct shops *shops, struct shop_barista *barista)
{
    uint64_t poll = barista->poll;

    barista->open = false;
    barista->poll = 0;
    queue_poll_drop(shops->queues, poll);
    kill_barista(shops, barista);
}

void shop_barista_changed(struct shops *shops, uint64_t instance, bool abrupt)
{
    struct shop_barista *barista = table_find(&shops->baristas, instance);
    bool runs = guest_unit_runs(shops->guests, instance, SHOP_BARISTA_UNIT);

    if (runs && (barista == NULL || !barista->open))
        open_barista(shops, instance);
    if (runs || barista == NULL)
        return;
    if (abrupt) {
        if (barista->open)
            barista->since = shops->sim->now;
        shop_barista_forget(shops, barista);
    } else if (barista->open) {
        close_barista(shops, barista);
    }
}

static void run_step(void *context, const struct event *event)
{
    struct shops *shops = context;
    struct shop_barista *barista = table_find(&shops->baristas, event->subject);
    const struct queue_poll *poll;

    if (barista == NULL)
        return;
    if (event->sequence == barista->step) {
        barista->step = 0;
        if (event->detail == STEP_KILL)
            kill_barista(shops, barista);
        else
            ask_board(shops, barista);
        return;
    }
    if (event->detail != barista->poll)
        return;
    poll = queue_poll_find(shops->queues, event->detail);
    barista->poll = 0;
    if (poll != NULL) {
        bool gone = queue_find(shops->queues, poll->queue) == NULL;

        take_slips(shops, barista, poll);
        queue_poll_drop(shops->queues, event->detail);
        if (gone) {
            look_later(shops, barista);
            return;
        }
    }
    ask_board(shops, barista);
}

/* ---- called out ---- */

/* The topic's question whether it is to be told: yes, if this is how it knows the instance. */
static bool confirm(struct shops *shops, const char *body)
{
    struct arena arena = ARENA_INIT;
    const char *arn = shop_member(&arena, body, "TopicArn");
    const char *token = shop_member(&arena, body, "Token");
    const struct topic *topic = arn == NULL ? NULL : topic_find_arn(shops->topics, arn);
    struct topic_subscription *subscription =
        topic == NULL || token == NULL ? NULL : topic_token_find(shops->topics, topic, token);

    if (subscription != NULL)
        topic_confirm(shops->topics, subscription, false);
    arena_release(&arena);
    return subscription != NULL;
}

/* What SNS posts: an order is taken when a hand is free, else SNS may try again. */
static void hear(struct shops *shops, struct shop_barista *barista,
                 const struct traffic_guest_ask *ask, struct request_answer *answer)
{
    struct arena arena = ARENA_INIT;
    struct header_value kind = header_first(ask->headers, "x-amz-sns-message-type");
    const char *type = kind.text == NULL ? "" : arena_strndup(&arena, kind.text, kind.length);
    const char *body = ask->body == NULL ? "" : ask->body;
    struct shop_drink *drink;

    if (strcmp(type, "SubscriptionConfirmation") == 0) {
        shop_say(ask, confirm(shops, body) ? 200 : 403, "", answer);
    } else if (strcmp(type, "Notification") != 0) {
        shop_say(ask, 404, "The barista listens to its topic only.\n", answer);
    } else if (shop_hands(shops, barista).in_hand >= barista->most) {
        shop_say(ask, 503, "The barista is busy.\n", answer);
    } else {
        drink = drink_add(shops, barista);
        drink->order = shop_slip_read(shops, shop_of(shops, barista), body, &drink->shop);
        begin(shops, drink);
        shop_say(ask, 200, "", answer);
    }
    arena_release(&arena);
}

/* ---- asked directly ---- */

void shop_barista_serve(struct shops *shops, struct shop_barista *barista,
                        const struct traffic_guest_ask *ask, struct request_answer *answer)
{
    struct shop_hands hands = shop_hands(shops, barista);
    struct request *request = request_find(shops->requests, ask->request);
    const char *number = strstr(ask->path, "order=");
    struct shop_drink *drink;
    struct hop hop = {.place = barista->instance};

    if (barista->coupling == SHOP_TOPIC) {
        hear(shops, barista, ask, answer);
        return;
    }
    if (!str_starts(ask->path, "/drink")) {
        shop_say(ask, 404, "The barista knows /drink only.\n", answer);
        return;
    }
    if (hands.in_hand >= barista->most && hands.in_line >= barista->line) {
        hop.why = WHY_SHOP_BUSY;
        hop.number = hands.in_hand + hands.in_line;
        request_tell(shops->requests, request, hop);
        shop_say(ask, 503, "The barista is busy.\n", answer);
        return;
    }
    drink = drink_add(shops, barista);
    drink->request = ask->request;
    drink->shop = barista->shop;
    drink->order = number == NULL ? 0 : (uint64_t)strtoull(number + 6, NULL, 10);
    if (drink->order > shop_of(shops, barista)->last_order)
        drink->order = 0;
    hop.why = hands.in_hand < barista->most ? WHY_SHOP_MAKES : WHY_SHOP_LINE;
    hop.number = hands.in_hand < barista->most ? drink->work_ns / MICROSECOND_NS : hands.in_line;
    hop.other = drink->order;
    request_tell(shops->requests, request, hop);
    if (hands.in_hand < barista->most)
        begin(shops, drink);
    *answer = (struct request_answer){.how = REQUEST_SERVE_HOLD};
}

const struct event_kind shop_step_kind = {
    .name = "shop-step",
    .run = run_step,
};
