/*
 * cloud/shop_count.c - the coffee shop: where its orders are, and who has what in hand.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cloud/shop_parts.h"

int64_t shop_holding(const struct shops *shops, const struct shop_cashier *cashier, uint64_t *order)
{
    int64_t count = 0;

    *order = 0;
    for (uint32_t i = 0; i < table_count(&shops->asks); i++) {
        const struct shop_ask *ask = table_at(&shops->asks, i);

        if (ask->instance != cashier->instance)
            continue;
        if (count++ == 0)
            *order = ask->order;
    }
    return count;
}

struct shop_hands shop_hands(const struct shops *shops, const struct shop_barista *barista)
{
    struct shop_hands hands = {0};

    for (uint32_t i = 0; i < table_count(&shops->drinks); i++) {
        const struct shop_drink *drink = table_at(&shops->drinks, i);

        if (drink->instance != barista->instance)
            continue;
        if (drink->begun == 0)
            hands.in_line++;
        else if (hands.in_hand++ == 0)
            hands.first = drink;
    }
    return hands;
}

int64_t shop_drink_percent(const struct shops *shops, const struct shop_drink *drink)
{
    const struct server *server = server_find(&shops->requests->servers, drink->instance);
    int64_t left =
        server == NULL || drink->begun == 0
            ? 100
            : server_job_left(server, shops->sim->now, drink->id | SERVER_JOB, drink->work_ns);

    return left < 0 ? 0 : 100 - left;
}

/* Does a barista have this order, or a slip of it, in its hands? */
static bool in_hands(const struct shops *shops, uint64_t shop, uint64_t number)
{
    for (uint32_t i = 0; i < table_count(&shops->drinks); i++) {
        const struct shop_drink *drink = table_at(&shops->drinks, i);

        if (drink->shop == shop && drink->order == number && drink->request == 0)
            return true;
    }
    return false;
}

/* Where a slip is.  The greater counts, when there are several of one order. */
enum { NOWHERE = 0, ON_WAY, DEAD, FACE_DOWN, WAITING };

static uint8_t place_of(const struct queue_message *message)
{
    if (message->source != NULL)
        return DEAD;
    return message->state == MESSAGE_STATE_FLIGHT ? FACE_DOWN : WAITING;
}

struct search {
    const struct shops *shops;
    const struct shop *shop;
    uint8_t *places; /* by the order's number */
};

/* A text that may be a slip of the shop is there. */
static void note_slip(const struct search *search, const char *body, uint8_t place)
{
    uint64_t shop;
    uint64_t number = shop_slip_read(search->shops, search->shop, body, &shop);

    if (number != 0 && shop == search->shop->id && search->places[number] < place)
        search->places[number] = place;
}

/* Orders that went through a topic or a bus became messages of which their cashier never hears:
 * they are looked for among all.  By number; the caller frees it. */
static uint8_t *places_find(const struct shops *shops, const struct shop *shop)
{
    uint8_t *places = xcalloc(shop->last_order + 1, 1);
    const struct search search = {.shops = shops, .shop = shop, .places = places};
    void **messages = pool_rows(&shops->queues->messages);
    void **calls = pool_rows(&shops->topics->deliveries);

    for (uint32_t i = 0; i < shops->queues->messages.count; i++) {
        const struct queue_message *message = messages[i];

        if (message->state != MESSAGE_STATE_GHOST)
            note_slip(&search, message->body, place_of(message));
    }
    for (uint32_t i = 0; i < shops->topics->deliveries.count; i++)
        note_slip(&search, ((const struct topic_delivery *)calls[i])->body, ON_WAY);
    for (uint32_t i = 0; i < table_count(&shops->buses->deliveries); i++) {
        const struct event_delivery *delivery = table_at(&shops->buses->deliveries, i);

        note_slip(&search, delivery->payload == NULL ? delivery->source : delivery->payload,
                  ON_WAY);
    }
    free(messages);
    free(calls);
    return places;
}

static void count_place(struct shop_whereabouts *where, uint8_t place)
{
    where->waiting += place == WAITING;
    where->face_down += place == FACE_DOWN;
    where->dead += place == DEAD;
    where->on_way += place == ON_WAY;
    where->lost += place == NOWHERE;
}

/* One order that was taken and not made. */
static uint8_t order_place(const struct shops *shops, const struct shop *shop,
                           const struct shop_order *order, uint8_t **places)
{
    const struct queue_message *message;

    if (order->message != 0) {
        message = queue_message_find(shops->queues, order->message);
        return message == NULL ? NOWHERE : place_of(message);
    }
    if (*places == NULL)
        *places = places_find(shops, shop);
    return (*places)[SHOP_ORDER_NUMBER(order->key)];
}

struct shop_whereabouts shop_whereabouts(const struct shops *shops, const struct shop *shop)
{
    struct shop_whereabouts where = {0};
    uint8_t *places = NULL;

    for (uint32_t i = 0; i < table_count(&shops->asks); i++) {
        const struct shop_ask *ask = table_at(&shops->asks, i);
        const struct shop_cashier *cashier = table_get(&shops->cashiers, ask->instance);

        where.held += cashier->shop == shop->id;
    }
    for (uint32_t i = 0; i < table_count(&shops->orders); i++) {
        const struct shop_order *order = table_at(&shops->orders, i);

        if (SHOP_OF_ORDER(order->key) != shop->id || order->made > 0)
            continue;
        if (in_hands(shops, shop->id, SHOP_ORDER_NUMBER(order->key)))
            where.in_hand++;
        else
            count_place(&where, order_place(shops, shop, order, &places));
    }
    free(places);
    return where;
}
