/*
 * cloud/shop_cashier.c - the coffee shop's cashiers: each request for /order is an order.
 *
 * Owns    struct shop_cashier, struct shop_ask.
 * Moves   asked -> taken or dropped; directly, held between while the barista is asked.
 *
 * Directly, an order is two requests: the customer's holds a worker of the cashier until the
 * cashier's own has an answer, or its patience is over.  It asks one barista for an order, each in
 * turn, and tries no other.  A board, a topic or a bus takes the order at once, for whoever comes.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cloud/shop_parts.h"
#include "sim/clock.h"

/* ---- opening and closing ---- */

static const char *target_of(const struct shop_settings *settings)
{
    switch (settings->coupling) {
    case SHOP_QUEUE:
        return settings->queue;
    case SHOP_TOPIC:
        return settings->topic;
    case SHOP_BUS:
        return settings->bus == NULL ? "default" : settings->bus;
    default:
        return NULL;
    }
}

static const char *trouble_of(const struct shop_settings *settings)
{
    if (settings->trouble != NULL)
        return settings->trouble;
    if (settings->coupling == SHOP_DIRECT)
        return settings->baristas[0] == '\0' ? "it knows no barista: baristas = is not set" : NULL;
    if (target_of(settings) == NULL)
        return settings->coupling == SHOP_QUEUE ? "it knows no board: queue = is not set"
                                                : "it knows no topic: topic = is not set";
    return NULL;
}

static void open_cashier(struct shops *shops, uint64_t instance)
{
    struct shop_opening opening;
    const struct shop_settings *settings = &opening.settings;
    struct shop_cashier *cashier = shop_open(shops, &shops->cashiers, instance, &opening);

    cashier->shop = opening.shop->id;
    cashier->since = shops->sim->now;
    cashier->open = true;
    cashier->coupling = settings->coupling;
    cashier->patience_ns = settings->patience_ns;
    shop_text_set(&cashier->baristas, settings->baristas);
    shop_text_set(&cashier->target, target_of(settings));
    shop_text_set(&cashier->trouble, trouble_of(settings));
    opening.shop->coupling = settings->coupling;
    arena_release(&opening.memory);
}

static struct shop *shop_of(const struct shops *shops, const struct shop_cashier *cashier)
{
    return table_get(&shops->table, cashier->shop);
}

static void drop(const struct shops *shops, struct shop_cashier *cashier, enum shop_drop why)
{
    cashier->dropped++;
    shop_of(shops, cashier)->dropped[why]++;
}

void shop_cashier_forget(struct shops *shops, struct shop_cashier *cashier)
{
    for (uint32_t i = table_count(&shops->asks); i-- > 0;) {
        const struct shop_ask *ask = table_at(&shops->asks, i);
        uint64_t exchange = ask->exchange;

        if (ask->instance != cashier->instance)
            continue;
        table_remove(&shops->asks, exchange);
        drop(shops, cashier, SHOP_CASHIER_GONE);
        exchange_drop(shops->traffic, exchange);
    }
}

void shop_cashier_changed(struct shops *shops, uint64_t instance, bool abrupt)
{
    struct shop_cashier *cashier = table_find(&shops->cashiers, instance);
    bool runs = guest_unit_runs(shops->guests, instance, SHOP_CASHIER_UNIT);

    if (runs && (cashier == NULL || !cashier->open))
        open_cashier(shops, instance);
    if (runs || cashier == NULL)
        return;
    if (cashier->open) {
        cashier->open = false;
        cashier->since = shops->sim->now;
    }
    if (!abrupt)
        return;
    shop_cashier_forget(shops, cashier);
    if (guest_is_reachable(shops->guests, instance)) /* else the whole instance goes */
        request_server_gone(shops->requests, instance, SHOP_CASHIER_PORT, false);
}

/* ---- an order is asked for directly ---- */

/* The next in turn: host and port of it, in the arena; NULL when the settings give none. */
static const char *barista_next(struct shop_cashier *cashier, struct arena *arena, uint16_t *port)
{
    struct strings list = {0};
    const char *colon;
    const char *chosen;

    for (const char *at = cashier->baristas; *at != '\0';) {
        size_t length = strcspn(at, " ,\t");

        if (length > 0)
            *LIST_PUSH_IN(arena, &list) = arena_strndup(arena, at, length);
        at += length + strspn(at + length, " ,\t");
    }
    if (list.count == 0)
        return NULL;
    chosen = list.items[cashier->turn++ % list.count];
    colon = strchr(chosen, ':');
    *port = colon == NULL ? SHOP_BARISTA_PORT : (uint16_t)strtoul(colon + 1, NULL, 10);
    return colon == NULL ? chosen : arena_strndup(arena, chosen, (size_t)(colon - chosen));
}

static void ask_barista(struct shops *shops, struct shop_cashier *cashier,
                        const struct traffic_guest_ask *customer, uint64_t number)
{
    struct arena arena = ARENA_INIT;
    uint16_t port = 0;
    const char *host = barista_next(cashier, &arena, &port);
    const struct exchange *exchange;
    struct shop_ask *ask;
    uint64_t id;

    id = traffic_start(shops->traffic,
                       &(struct traffic_ask){
                           .method = "POST",
                           .host = host,
                           .path = arena_printf(&arena, "/drink?shop=%s&order=%" PRIu64,
                                                shop_of(shops, cashier)->name, number),
                           .headers = "User-Agent: coffee-cashier\r\n",
                           .instance = cashier->instance,
                           .service = true,
                           .limit_ns = cashier->patience_ns,
                           .port = port,
                       });
    arena_release(&arena);
    exchange = exchange_find(shops->traffic, id);
    ask = table_add(&shops->asks, id);
    ask->instance = cashier->instance;
    ask->request = customer->request;
    ask->order = number;
    ask->since = shops->sim->now;
    request_tell(shops->requests, request_find(shops->requests, customer->request),
                 (struct hop){.why = WHY_SHOP_ASKS,
                              .place = cashier->instance,
                              .other = exchange->request,
                              .number = (int64_t)number});
}

/* How the asking ended: SHOP_DROPS when the drink is there. */
static enum shop_drop outcome_of(const struct exchange *exchange)
{
    switch (exchange->exit) {
    case EXIT_ANSWERED:
        return exchange->status == 200 ? SHOP_DROPS : SHOP_BUSY;
    case EXIT_REFUSED:
        return SHOP_ON_BREAK;
    case EXIT_TIMEOUT:
    case EXIT_NO_NAME:
        return SHOP_NO_ANSWER;
    default:
        return SHOP_CUT_OFF;
    }
}

static const char *sorry(enum shop_drop why)
{
    return why == SHOP_ON_BREAK    ? "Sorry: the barista is on a break.\n"
           : why == SHOP_BUSY      ? "Sorry: the barista is busy.\n"
           : why == SHOP_NO_ANSWER ? "Sorry: the barista does not answer.\n"
                                   : "Sorry: that did not work.\n";
}

bool shop_exchange_ended(struct shops *shops, const struct exchange *exchange)
{
    const struct shop_ask *found = table_find(&shops->asks, exchange->id);
    struct shop_ask ask;
    struct shop_cashier *cashier;
    struct arena arena = ARENA_INIT;
    enum shop_drop why;
    struct shop *shop;

    if (found == NULL)
        return false;
    ask = *found;
    table_remove(&shops->asks, ask.exchange);
    cashier = table_get(&shops->cashiers, ask.instance);
    shop = shop_of(shops, cashier);
    why = outcome_of(exchange);
    if (request_is_held(shops->requests, ask.request))
        request_tell(shops->requests, request_find(shops->requests, ask.request),
                     (struct hop){.why = WHY_SHOP_TOLD,
                                  .place = ask.instance,
                                  .other = why,
                                  .number = (shops->sim->now - ask.since) / MICROSECOND_NS});
    if (why != SHOP_DROPS) {
        bool there = shop_reply(shops, ask.request, why == SHOP_NO_ANSWER ? 504 : 503, sorry(why));

        drop(shops, cashier, there ? why : SHOP_LEFT);
    } else if (shop_reply(shops, ask.request, 200,
                          arena_printf(&arena, "order %" PRIu64 ": your %s\n", ask.order,
                                       shop_drink_name(ask.order)))) {
        cashier->taken++;
        shop->taken++;
        shop->made++;
    } else {
        drop(shops, cashier, SHOP_LEFT);
        shop->wasted++;
    }
    arena_release(&arena);
    exchange_drop(shops->traffic, exchange->id);
    return true;
}

/* ---- an order is handed to AWS ---- */

/* The message's id; 0 and why it was not taken. */
static uint64_t to_board(struct shops *shops, const struct shop_cashier *cashier, const char *body,
                         uint64_t number, const char **why)
{
    const struct shop *shop = shop_of(shops, cashier);
    struct queue *queue = shop_queue(shops, shop, cashier->target);
    struct arena arena = ARENA_INIT;
    struct queue_send send = {.body = body, .sender = shop->account};
    struct queue_sent sent = {0};
    struct fault fault = FAULT_INIT;

    if (queue != NULL && queue->fifo) {
        send.group = "orders";
        send.dedup = arena_printf(&arena, "%s-%" PRIu64, shop->name, number);
    }
    if (queue == NULL)
        *why = "Sorry: there is no board.\n";
    else if (shops->queues->region_lost(shops->queues->context, shop->region))
        *why = "Sorry: SQS does not answer.\n";
    else if (queue_send(shops->queues, queue, &send, &sent, &fault) != 0)
        *why = "Sorry: SQS did not take it.\n";
    else
        queue->counts.requests += queue_requests_of(queue_send_bytes(&send));
    fault_release(&fault);
    arena_release(&arena);
    return sent.message;
}

static bool to_topic(struct shops *shops, const struct shop_cashier *cashier, const char *body,
                     uint64_t *message, const char **why)
{
    const struct shop *shop = shop_of(shops, cashier);
    struct topic *topic = topic_find_arn(shops->topics, cashier->target);
    const struct topic_message said = {.body = body, .subject = "order"};
    struct topic_published published = {0};
    struct fault fault = FAULT_INIT;

    if (topic == NULL || !topic_allows(shops->topics, topic,
                                       &(struct resource_ask){
                                           .account = shop->account,
                                           .action = "sns:Publish",
                                           .resource = cashier->target,
                                       }))
        *why = "Sorry: there is no such topic.\n";
    else if (shops->topics->region_lost(shops->topics->context, shop->region))
        *why = "Sorry: SNS does not answer.\n";
    else if (topic_message_check(topic, &said, &fault) != 0)
        *why = "Sorry: SNS did not take it.\n";
    else
        topic_publish(shops->topics, topic, &said, &published);
    fault_release(&fault);
    *message = 0; /* those who hear it get messages of their own */
    return published.message != 0;
}

static bool to_bus(struct shops *shops, const struct shop_cashier *cashier, const char *body,
                   const char **why)
{
    const struct shop *shop = shop_of(shops, cashier);
    struct arena arena = ARENA_INIT;

    if (shops->queues->region_lost(shops->queues->context, shop->region)) {
        *why = "Sorry: EventBridge does not answer.\n";
        return false;
    }
    event_send(shops->buses, &arena,
               &(struct event_entry){
                   .account = shop->account,
                   .region = shop->region,
                   .bus = cashier->target,
                   .source = "coffee.cashier",
                   .type = "Order Taken",
                   .detail = body,
               });
    arena_release(&arena);
    return true;
}

static void hand_over(struct shops *shops, struct shop_cashier *cashier,
                      const struct traffic_guest_ask *ask, struct request_answer *answer)
{
    struct shop *shop = shop_of(shops, cashier);
    uint64_t number = shop->last_order;
    struct arena arena = ARENA_INIT;
    const char *body =
        arena_printf(&arena, "{\"shop\":\"%s\",\"order\":%" PRIu64 ",\"drink\":\"%s\"}", shop->name,
                     number, shop_drink_name(number));
    uint64_t message = 0;
    const char *why = NULL;
    struct shop_order *order;
    bool taken;

    /* The row comes first: a barista may have the order before this returns. */
    order = table_add(&shops->orders, SHOP_ORDER_KEY(shop->id, number));
    order->taken = shops->sim->now;
    if (cashier->coupling == SHOP_QUEUE)
        taken = (message = to_board(shops, cashier, body, number, &why)) != 0;
    else
        taken = cashier->coupling == SHOP_TOPIC ? to_topic(shops, cashier, body, &message, &why)
                                                : to_bus(shops, cashier, body, &why);
    if (taken) {
        order->message = message;
        cashier->taken++;
        shop->taken++;
        request_tell(shops->requests, request_find(shops->requests, ask->request),
                     (struct hop){.why = WHY_SHOP_HANDS,
                                  .place = cashier->instance,
                                  .number = (int64_t)number,
                                  .other = cashier->coupling});
        shop_say(ask, 200,
                 arena_printf(&arena, "order %" PRIu64 ": your %s will be called out\n", number,
                              shop_drink_name(number)),
                 answer);
    } else {
        table_remove(&shops->orders, order->key);
        drop(shops, cashier, SHOP_NOT_ACCEPTED);
        shop_say(ask, 503, why, answer);
    }
    arena_release(&arena);
}

/* ---- a customer ---- */

static bool is_order(const char *path)
{
    return str_starts(path, "/order") && (path[6] == '\0' || path[6] == '?' || path[6] == '/');
}

void shop_cashier_serve(struct shops *shops, struct shop_cashier *cashier,
                        const struct traffic_guest_ask *ask, struct request_answer *answer)
{
    struct shop *shop = shop_of(shops, cashier);

    if (!is_order(ask->path)) {
        if (strcmp(ask->path, "/") == 0)
            shop_say(ask, 200, "The cashier is here: /order takes an order.\n", answer);
        else
            shop_say(ask, 404, "The cashier knows /order only.\n", answer);
        return;
    }
    shop->asked++;
    cashier->asked++;
    shop->last_order++;
    if (cashier->trouble != NULL) {
        drop(shops, cashier, SHOP_NOT_ACCEPTED);
        shop_say(ask, 503, "Sorry: the cashier's settings say nothing of use.\n", answer);
    } else if (cashier->coupling == SHOP_DIRECT) {
        ask_barista(shops, cashier, ask, shop->last_order);
        *answer = (struct request_answer){.how = REQUEST_SERVE_HOLD};
    } else {
        hand_over(shops, cashier, ask, answer);
    }
}
