/*
 * cloud/shop.c - the coffee shop: shops, and what the programs of cashiers and baristas have in
 * common.
 *
 * Owns    struct shop, and the tables of all others.
 * Uses    cloud/guest: which units run, what the settings say; cloud/request: answers, jobs.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cloud/event_kinds.h"
#include "cloud/shop_parts.h"
#include "sim/clock.h"

#define ANSWER_WORK_NS (2 * MILLISECOND_NS)

const char *const shop_drop_words[SHOP_DROPS] = {
    [SHOP_ON_BREAK] = "on a break",       [SHOP_BUSY] = "busy",
    [SHOP_NO_ANSWER] = "no answer",       [SHOP_CUT_OFF] = "cut off",
    [SHOP_NOT_ACCEPTED] = "not accepted", [SHOP_LEFT] = "customer left",
    [SHOP_CASHIER_GONE] = "cashier gone",
};

/* ---- shops ---- */

struct shop *shop_find(const struct shops *shops, uint64_t account, uint8_t region,
                       const char *name)
{
    for (uint32_t i = 0; i < table_count(&shops->table); i++) {
        struct shop *shop = table_at(&shops->table, i);

        if (shop->account == account && shop->region == region && str_equal(shop->name, name))
            return shop;
    }
    return NULL;
}

struct shop *shop_add(struct shops *shops, uint64_t account, uint8_t region, const char *name)
{
    uint32_t count = table_count(&shops->table);
    const struct shop *last = count == 0 ? NULL : table_at(&shops->table, count - 1);
    struct shop *shop = table_add(&shops->table, last == NULL ? 1 : last->id + 1);

    shop->account = account;
    shop->region = region;
    shop->name = xstrdup(name);
    shop->opened = shops->sim->now;
    shop->coupling = SHOP_DIRECT;
    return shop;
}

/* Rows of instances that are gone make room. */
static void sweep(const struct shops *shops, struct table *programs)
{
    for (uint32_t i = table_count(programs); i-- > 0;) {
        const uint64_t *instance = table_at(programs, i);

        if (instance_any(shops->instances, *instance) == NULL)
            table_remove(programs, *instance);
    }
}

void *shop_open(struct shops *shops, struct table *programs, uint64_t instance,
                struct shop_opening *opening)
{
    const struct instance *home = instance_any(shops->instances, instance);
    uint8_t region = ZONE_REGION(home->zone);
    void *row;

    sweep(shops, programs);
    *opening = (struct shop_opening){.home = home, .memory = ARENA_INIT};
    shop_settings_read(shops, instance, &opening->memory, &opening->settings);
    opening->shop = shop_find(shops, home->account, region, opening->settings.shop);
    if (opening->shop == NULL)
        opening->shop = shop_add(shops, home->account, region, opening->settings.shop);
    row = table_find(programs, instance);
    return row != NULL ? row : table_add(programs, instance);
}

void shop_remove(struct shops *shops, struct shop *shop)
{
    uint64_t id = shop->id;

    for (uint32_t i = table_count(&shops->cashiers); i-- > 0;) {
        struct shop_cashier *cashier = table_at(&shops->cashiers, i);

        if (cashier->shop == id) {
            shop_cashier_forget(shops, cashier);
            table_remove(&shops->cashiers, cashier->instance);
        }
    }
    for (uint32_t i = table_count(&shops->baristas); i-- > 0;) {
        struct shop_barista *barista = table_at(&shops->baristas, i);

        if (barista->shop == id) {
            shop_barista_forget(shops, barista);
            table_remove(&shops->baristas, barista->instance);
        }
    }
    for (uint32_t i = table_count(&shops->orders); i-- > 0;) {
        const struct shop_order *order = table_at(&shops->orders, i);

        if (SHOP_OF_ORDER(order->key) == id)
            table_remove(&shops->orders, order->key);
    }
    for (uint32_t i = 0; i < table_count(&shops->drinks); i++) {
        struct shop_drink *drink = table_at(&shops->drinks, i);

        if (drink->shop == id)
            drink->shop = drink->order = 0;
    }
    table_remove(&shops->table, id);
}

struct shop_order *shop_order_find(const struct shops *shops, uint64_t shop, uint64_t number)
{
    return number == 0 ? NULL : table_find(&shops->orders, SHOP_ORDER_KEY(shop, number));
}

const char *shop_drink_name(uint64_t order)
{
    static const char *const names[] = {"latte", "espresso",   "cappuccino", "mocha",
                                        "tea",   "flat white", "americano",  "cold brew"};

    return names[order % (sizeof(names) / sizeof(names[0]))];
}

/* ---- slips ---- */

/* What stands after a member's name, be the JSON quoted within JSON or not; NULL: nothing. */
static const char *member_of(const char *body, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = strstr(body, name); at != NULL; at = strstr(at + 1, name)) {
        const char *end = at + length;

        if (at > body && at[-1] == '"' && end[strspn(end, "\\\" ")] == ':' && end[0] != ':')
            return end + strspn(end, "\\\": ");
    }
    return NULL;
}

const char *shop_member(struct arena *arena, const char *body, const char *name)
{
    const char *text = member_of(body, name);

    return text == NULL ? NULL : arena_strndup(arena, text, strcspn(text, "\\\""));
}

uint64_t shop_slip_read(const struct shops *shops, const struct shop *home, const char *body,
                        uint64_t *shop)
{
    const char *name = member_of(body, "shop");
    const char *order = member_of(body, "order");
    uint64_t number = order == NULL ? 0 : (uint64_t)strtoull(order, NULL, 10);
    const struct shop *whose = NULL;
    struct arena arena = ARENA_INIT;

    if (name != NULL)
        whose = shop_find(shops, home->account, home->region,
                          arena_strndup(&arena, name, strcspn(name, "\\\"")));
    arena_release(&arena);
    if (whose == NULL || number == 0 || number > whose->last_order) {
        *shop = home->id;
        return 0;
    }
    *shop = whose->id;
    return number;
}

struct queue *shop_queue(const struct shops *shops, const struct shop *shop, const char *text)
{
    const char *slash = text == NULL ? NULL : strrchr(text, '/');
    const char *colon = text == NULL ? NULL : strrchr(text, ':');
    const char *name = slash != NULL ? slash + 1 : colon != NULL ? colon + 1 : text;

    return name == NULL ? NULL : queue_find_name(shops->queues, shop->account, shop->region, name);
}

/* ---- answers ---- */

void shop_say(const struct traffic_guest_ask *ask, uint16_t status, const char *text,
              struct request_answer *answer)
{
    struct str headers = STR_INIT;
    bool head = str_equal(ask->method, "HEAD");

    *answer = (struct request_answer){
        .service_ns = ANSWER_WORK_NS,
        .bytes = strlen(text),
        .status = status,
        .how = REQUEST_SERVE_ANSWER,
    };
    if (!ask->wants_text)
        return;
    str_addf(&headers,
             "HTTP/1.1 %u %s\r\nServer: coffee-shop\r\nContent-Length: %zu\r\n"
             "Content-Type: text/plain\r\n",
             (unsigned)status, http_reason(status), strlen(text));
    answer->headers = str_take(&headers);
    if (!head) {
        answer->body.bytes = xstrdup(text);
        answer->body.size = strlen(text);
    }
}

bool shop_reply(struct shops *shops, uint64_t request, uint16_t status, const char *text)
{
    struct request_answer answer;

    if (!request_is_held(shops->requests, request))
        return false;
    shop_say(&(struct traffic_guest_ask){.method = "GET", .wants_text = true}, status, text,
             &answer);
    return request_reply(shops->requests, request, &answer);
}

void shop_text_set(char **text, const char *value)
{
    char *kept = value == NULL ? NULL : xstrdup(value);

    free(*text);
    *text = kept;
}

/* ---- what the rooms of the world tell ---- */

void shop_units_changed(struct shops *shops, uint64_t instance, bool abrupt)
{
    shop_cashier_changed(shops, instance, abrupt);
    shop_barista_changed(shops, instance, abrupt);
}

static bool hears_http(const struct shop_barista *barista)
{
    return barista->coupling == SHOP_DIRECT || barista->coupling == SHOP_TOPIC;
}

static struct shop_cashier *cashier_at(const struct shops *shops, uint64_t instance, uint16_t port)
{
    struct shop_cashier *cashier =
        port != SHOP_CASHIER_PORT ? NULL : table_find(&shops->cashiers, instance);

    return cashier != NULL && cashier->open ? cashier : NULL;
}

static struct shop_barista *barista_at(const struct shops *shops, uint64_t instance, uint16_t port)
{
    struct shop_barista *barista =
        port != SHOP_BARISTA_PORT ? NULL : table_find(&shops->baristas, instance);

    return barista != NULL && barista->open ? barista : NULL;
}

bool shop_is_closed(const struct shops *shops, uint64_t instance, uint16_t port)
{
    const struct shop_barista *barista = barista_at(shops, instance, port);

    return barista != NULL && !hears_http(barista);
}

bool shop_barista_serves(const struct shops *shops, uint64_t instance)
{
    const struct shop_barista *barista = table_find(&shops->baristas, instance);

    return barista != NULL && hears_http(barista);
}

void shop_serve(struct shops *shops, const struct traffic_guest_ask *ask,
                struct request_answer *answer)
{
    struct shop_cashier *cashier = cashier_at(shops, ask->instance, ask->port);
    struct shop_barista *barista = barista_at(shops, ask->instance, ask->port);

    if (cashier != NULL)
        shop_cashier_serve(shops, cashier, ask, answer);
    else if (barista != NULL)
        shop_barista_serve(shops, barista, ask, answer);
    else
        *answer = (struct request_answer){.how = REQUEST_SERVE_CLOSE};
}

/* ---- the room ---- */

void shops_init(struct shops *shops)
{
    table_init(&shops->table, &shop_shape);
    table_init(&shops->cashiers, &shop_cashier_shape);
    table_init(&shops->baristas, &shop_barista_shape);
    table_init(&shops->drinks, &shop_drink_shape);
    table_init(&shops->orders, &shop_order_shape);
    table_init(&shops->asks, &shop_ask_shape);
    sim_handle(shops->sim, EVENT_SHOP_STEP, &shop_step_kind, shops);
}

void shops_release(struct shops *shops)
{
    table_release(&shops->table);
    table_release(&shops->cashiers);
    table_release(&shops->baristas);
    table_release(&shops->drinks);
    table_release(&shops->orders);
    table_release(&shops->asks);
}

static bool shop_exists(const struct shops *shops, uint64_t id)
{
    return id != 0 && table_find(&shops->table, id) != NULL;
}

static bool programs_sound(const struct shops *shops)
{
    for (uint32_t i = 0; i < table_count(&shops->cashiers); i++) {
        const struct shop_cashier *cashier = table_at(&shops->cashiers, i);

        if (!shop_exists(shops, cashier->shop) || cashier->coupling < SHOP_DIRECT ||
            cashier->coupling > SHOP_BUS || cashier->baristas == NULL ||
            cashier->patience_ns <= 0 ||
            cashier->open != guest_unit_runs(shops->guests, cashier->instance, SHOP_CASHIER_UNIT))
            return false;
    }
    for (uint32_t i = 0; i < table_count(&shops->baristas); i++) {
        const struct shop_barista *barista = table_at(&shops->baristas, i);

        if (!shop_exists(shops, barista->shop) || barista->coupling < SHOP_DIRECT ||
            barista->coupling > SHOP_BUS || barista->most < 1 || barista->most > QUEUE_BATCH ||
            barista->line < 0 || barista->work_ns <= 0 ||
            barista->open != guest_unit_runs(shops->guests, barista->instance, SHOP_BARISTA_UNIT))
            return false;
    }
    return true;
}

static bool drinks_sound(const struct shops *shops)
{
    for (uint32_t i = 0; i < table_count(&shops->drinks); i++) {
        const struct shop_drink *drink = table_at(&shops->drinks, i);
        const struct server *server = server_find(&shops->requests->servers, drink->instance);

        if ((drink->shop != 0 && !shop_exists(shops, drink->shop)) || drink->work_ns <= 0 ||
            (drink->begun != 0 &&
             (server == NULL || server_job_left(server, shops->sim->now, drink->id | SERVER_JOB,
                                                drink->work_ns) < 0)) ||
            (drink->begun == 0 && drink->request == 0))
            return false;
    }
    for (uint32_t i = 0; i < table_count(&shops->asks); i++) {
        const struct shop_ask *ask = table_at(&shops->asks, i);
        const struct exchange *exchange = exchange_find(shops->traffic, ask->exchange);
        const struct shop_cashier *cashier = table_find(&shops->cashiers, ask->instance);

        if (exchange == NULL || exchange->ended != 0 || cashier == NULL)
            return false;
    }
    return true;
}

bool shops_restore(const struct shops *shops)
{
    for (uint32_t i = 0; i < table_count(&shops->table); i++) {
        const struct shop *shop = table_at(&shops->table, i);

        if (shop->name == NULL || shop->coupling < SHOP_DIRECT || shop->coupling > SHOP_BUS ||
            shop->region >= shops->catalog->region_count || shop->last_order >> 32 != 0)
            return false;
    }
    for (uint32_t i = 0; i < table_count(&shops->orders); i++) {
        const struct shop_order *order = table_at(&shops->orders, i);

        if (!shop_exists(shops, SHOP_OF_ORDER(order->key)))
            return false;
    }
    return programs_sound(shops) && drinks_sound(shops);
}

/* ---- tables ---- */

static const struct field shop_fields[] = {
    F_INT(struct shop, id, "Shop", "Its number."),
    F_INT(struct shop, account, "Account", "Whose."),
    F_TIME(struct shop, opened, "Opened", "When its first program started."),
    F_INT(struct shop, last_order, "LastOrder", "Number of the latest order."),
    F_INT(struct shop, asked, "Asked", "Customers who asked."),
    F_INT(struct shop, taken, "Taken", "Orders taken."),
    F_INT(struct shop, made, "Made", "Of these, made."),
    F_INT(struct shop, again, "Again", "Drinks made once more."),
    F_INT(struct shop, wasted, "Wasted", "Drinks that nobody took."),
    F_INT(struct shop, others, "Others", "Drinks for slips that no cashier wrote."),
    F_INT(struct shop, dropped[SHOP_ON_BREAK], "OnBreak", "Dropped: nobody listened."),
    F_INT(struct shop, dropped[SHOP_BUSY], "Busy", "Dropped: the line was full."),
    F_INT(struct shop, dropped[SHOP_NO_ANSWER], "NoAnswer", "Dropped: it took too long."),
    F_INT(struct shop, dropped[SHOP_CUT_OFF], "CutOff", "Dropped: the connection broke."),
    F_INT(struct shop, dropped[SHOP_NOT_ACCEPTED], "NotAccepted", "Dropped: AWS did not take it."),
    F_INT(struct shop, dropped[SHOP_LEFT], "Left", "Dropped: the customer was gone."),
    F_INT(struct shop, dropped[SHOP_CASHIER_GONE], "CashierGone", "Dropped: the cashier was gone."),
    F_STRING(struct shop, name, "Name", "Its name."),
    F_STRINGS(struct shop, undo, "Undo", "What ends what was made for it."),
    F_INT(struct shop, region, "Region", "Place of the Region in the catalog."),
    F_INT(struct shop, coupling, "Coupling", "How its orders get to baristas."),
};
const struct shape shop_shape = SHAPE("Shop", struct shop, shop_fields);

static const struct field cashier_fields[] = {
    F_INT(struct shop_cashier, instance, "Instance", "Where it runs."),
    F_INT(struct shop_cashier, shop, "Shop", "Its shop."),
    F_TIME(struct shop_cashier, since, "Since", "When it opened or closed."),
    F_INT(struct shop_cashier, asked, "Asked", "Customers who asked."),
    F_INT(struct shop_cashier, taken, "Taken", "Orders taken."),
    F_INT(struct shop_cashier, dropped, "Dropped", "Customers sent away."),
    F_INT(struct shop_cashier, patience_ns, "Patience", "How long it waits for a barista."),
    F_INT(struct shop_cashier, turn, "Turn", "Whom it asks next."),
    F_STRING(struct shop_cashier, baristas, "Baristas", "Whom it asks."),
    F_STRING(struct shop_cashier, target, "Target", "Queue, topic or bus."),
    F_STRING(struct shop_cashier, trouble, "Trouble", "What is wrong with its settings."),
    F_INT(struct shop_cashier, coupling, "Coupling", "How it hands on orders."),
    F_BOOL(struct shop_cashier, open, "Open", "Whether it runs."),
};
const struct shape shop_cashier_shape = SHAPE("Cashier", struct shop_cashier, cashier_fields);

static const struct field barista_fields[] = {
    F_INT(struct shop_barista, instance, "Instance", "Where it runs."),
    F_INT(struct shop_barista, shop, "Shop", "Its shop."),
    F_TIME(struct shop_barista, since, "Since", "When it opened or closed."),
    F_INT(struct shop_barista, made, "Made", "Drinks made."),
    F_INT(struct shop_barista, again, "Again", "Of these, once more."),
    F_INT(struct shop_barista, work_ns, "Work", "CPU time of a drink."),
    F_INT(struct shop_barista, most, "Most", "Drinks at once."),
    F_INT(struct shop_barista, line, "Line", "Orders that may wait."),
    F_INT(struct shop_barista, poll, "Poll", "Its long poll."),
    F_INT(struct shop_barista, step, "Step", "The pending look."),
    F_STRING(struct shop_barista, queue, "Queue", "The board."),
    F_STRING(struct shop_barista, trouble, "Trouble", "What is wrong with its settings."),
    F_INT(struct shop_barista, coupling, "Coupling", "How orders come to it."),
    F_BOOL(struct shop_barista, open, "Open", "Whether it runs."),
    F_BOOL(struct shop_barista, leaving, "Leaving", "Whether it finishes what is in hand."),
};
const struct shape shop_barista_shape = SHAPE("Barista", struct shop_barista, barista_fields);

static const struct field drink_fields[] = {
    F_INT(struct shop_drink, id, "Drink", "Its number."),
    F_INT(struct shop_drink, instance, "Instance", "The barista's."),
    F_INT(struct shop_drink, shop, "Shop", "Whose order it is."),
    F_INT(struct shop_drink, order, "Order", "Its number."),
    F_INT(struct shop_drink, request, "Request", "That asked for it."),
    F_INT(struct shop_drink, message, "Message", "Its slip."),
    F_INT(struct shop_drink, receipt, "Receipt", "With which it was received."),
    F_INT(struct shop_drink, queue, "Queue", "From where."),
    F_TIME(struct shop_drink, came, "Came", "When."),
    F_TIME(struct shop_drink, begun, "Begun", "When it was begun."),
    F_INT(struct shop_drink, work_ns, "Work", "CPU time of it."),
};
const struct shape shop_drink_shape = SHAPE("Drink", struct shop_drink, drink_fields);

static const struct field order_fields[] = {
    F_INT(struct shop_order, key, "Key", "Of shop and number."),
    F_INT(struct shop_order, message, "Message", "Its slip."),
    F_TIME(struct shop_order, taken, "Taken", "When it was taken."),
    F_INT(struct shop_order, made, "Made", "How often it was made."),
};
const struct shape shop_order_shape = SHAPE("Order", struct shop_order, order_fields);

static const struct field ask_fields[] = {
    F_INT(struct shop_ask, exchange, "Exchange", "By which it asks."),
    F_INT(struct shop_ask, instance, "Instance", "The cashier's."),
    F_INT(struct shop_ask, request, "Request", "The customer's."),
    F_INT(struct shop_ask, order, "Order", "Number of the order."),
    F_TIME(struct shop_ask, since, "Since", "When."),
};
const struct shape shop_ask_shape = SHAPE("Ask", struct shop_ask, ask_fields);
