/*
 * api/lab_shops.c - lab: coffee shops at a glance: who asked, what became of the orders, who makes
 * what.
 *
 *      Asked = Taken + Dropped + AtCashiers
 *      Taken = Made + Waiting + InHand + FaceDown + OnTheWay + DeadLettered + Lost
 */
#include "api/lab_parts.h"

#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "cloud/world.h"
#include "sim/clock.h"

struct shops_in {
    struct strings names;
};

struct drop_view {
    const char *reason;
    int64_t orders;
};

struct cashier_view {
    const char *id;
    const char *name;
    const char *state;
    const char *address;
    bool open;
    const char *doing;
    int64_t since;
    struct opt_int order;
    int64_t holding;
    int64_t asked;
    int64_t taken;
    int64_t dropped;
    const char *trouble;
};

struct barista_view {
    const char *id;
    const char *name;
    const char *state;
    bool open;
    const char *doing;
    int64_t since;
    struct opt_int order;
    const char *message;
    struct opt_int percent;
    int64_t in_hand;
    int64_t in_line;
    int64_t made;
    int64_t again;
    const char *trouble;
};

struct shop_view {
    const char *name;
    const char *coupling;
    int64_t opened;
    int64_t asked;
    int64_t taken;
    int64_t dropped;
    int64_t held;
    LIST(struct drop_view) drops;
    int64_t made;
    int64_t waiting;
    int64_t in_hand;
    int64_t face_down;
    int64_t on_way;
    int64_t dead;
    int64_t lost;
    int64_t again;
    int64_t wasted;
    int64_t others;
    const char *queue;
    const char *dead_letter;
    const char *topic;
    const char *bus;
    LIST(struct cashier_view) cashiers;
    LIST(struct barista_view) baristas;
};

struct shops_out {
    LIST(struct shop_view) shops;
};

static const struct field shops_in_fields[] = {
    F_STRINGS(struct shops_in, names, "ShopNames", "Only these; all of yours unless told."),
};
static const struct shape shops_in_shape =
    SHAPE("DescribeShopsRequest", struct shops_in, shops_in_fields);

static const struct field drop_fields[] = {
    F_STRING(struct drop_view, reason, "Reason", "Why they were dropped.", .flags = FIELD_COLUMN),
    F_INT(struct drop_view, orders, "Orders", "How many.", .flags = FIELD_COLUMN),
};
static const struct shape drop_shape = SHAPE("DroppedOrders", struct drop_view, drop_fields);

static const struct field cashier_fields[] = {
    F_STRING(struct cashier_view, id, "InstanceId", "Where it runs.", .ref = &kind_instance,
             .flags = FIELD_COLUMN),
    F_STRING(struct cashier_view, name, "Name", "The instance's Name tag; absent without one."),
    F_STRING(struct cashier_view, state, "InstanceState", "The state of the instance."),
    F_STRING(struct cashier_view, address, "PublicIpAddress",
             "Where customers find it; absent when it has no public address."),
    F_BOOL(struct cashier_view, open, "Open", "Its program runs."),
    F_STRING(struct cashier_view, doing, "Doing", "What it does now.", .flags = FIELD_COLUMN),
    F_TIME(struct cashier_view, since, "Since", "Since when."),
    F_OPT_INT(struct cashier_view, order, "Order",
              "The order that it has held longest; absent when it holds none."),
    F_INT(struct cashier_view, holding, "Holding", "Customers that it keeps waiting."),
    F_INT(struct cashier_view, asked, "Asked", "Customers who asked it."),
    F_INT(struct cashier_view, taken, "Taken", "Orders that it took.", .flags = FIELD_COLUMN),
    F_INT(struct cashier_view, dropped, "Dropped", "Customers whom it sent away.",
          .flags = FIELD_COLUMN),
    F_STRING(struct cashier_view, trouble, "Trouble",
             "What is wrong with its settings; absent when nothing is."),
};
static const struct shape cashier_shape =
    SHAPE("CashierGlance", struct cashier_view, cashier_fields);

static const struct field barista_fields[] = {
    F_STRING(struct barista_view, id, "InstanceId", "Where it runs.", .ref = &kind_instance,
             .flags = FIELD_COLUMN),
    F_STRING(struct barista_view, name, "Name", "The instance's Name tag; absent without one."),
    F_STRING(struct barista_view, state, "InstanceState", "The state of the instance."),
    F_BOOL(struct barista_view, open, "Open", "Its program runs."),
    F_STRING(struct barista_view, doing, "Doing", "What it does now.", .flags = FIELD_COLUMN),
    F_TIME(struct barista_view, since, "Since", "Since when."),
    F_OPT_INT(struct barista_view, order, "Order",
              "The order that it makes, 0 for a slip that no cashier wrote; absent when it makes "
              "none."),
    F_STRING(struct barista_view, message, "MessageId", "Its slip; absent when there is none."),
    F_OPT_INT(struct barista_view, percent, "Percent", "How much of that drink's work is done."),
    F_INT(struct barista_view, in_hand, "InHand", "Drinks that it makes now."),
    F_INT(struct barista_view, in_line, "InLine", "Orders in its own line, of those who asked it."),
    F_INT(struct barista_view, made, "Made", "Drinks that it made.", .flags = FIELD_COLUMN),
    F_INT(struct barista_view, again, "MadeAgain", "Of these, of orders that were made before."),
    F_STRING(struct barista_view, trouble, "Trouble",
             "What is wrong with its settings; absent when nothing is."),
};
static const struct shape barista_shape =
    SHAPE("BaristaGlance", struct barista_view, barista_fields);

static const struct field shop_fields[] = {
    F_STRING(struct shop_view, name, "ShopName", "Its name.", .flags = FIELD_COLUMN),
    F_STRING(struct shop_view, coupling, "Coupling", "How an order gets to a barista.",
             .words = shop_coupling_words, .flags = FIELD_COLUMN),
    F_TIME(struct shop_view, opened, "Opened", "When it was made, or its first program started."),
    F_INT(struct shop_view, asked, "Asked", "Customers who asked for a drink.",
          .flags = FIELD_COLUMN),
    F_INT(struct shop_view, taken, "Taken", "Orders that were taken: the customer was told 200.",
          .flags = FIELD_COLUMN),
    F_INT(struct shop_view, dropped, "Dropped", "Customers who were sent away, or left.",
          .flags = FIELD_COLUMN),
    F_INT(struct shop_view, held, "AtCashiers", "Customers whom cashiers keep waiting."),
    F_LIST(struct shop_view, drops, struct drop_view, &drop_shape, "DroppedBecause",
           "Why orders were dropped."),
    F_INT(struct shop_view, made, "Made", "Orders taken that were made, at least once.",
          .flags = FIELD_COLUMN),
    F_INT(struct shop_view, waiting, "Waiting", "Orders on the board, face up.",
          .flags = FIELD_COLUMN),
    F_INT(struct shop_view, in_hand, "InHand", "Orders that a barista makes."),
    F_INT(struct shop_view, face_down, "FaceDown",
          "Orders hidden on the board, in no barista's hands: they come back."),
    F_INT(struct shop_view, on_way, "OnTheWay", "Orders that SNS or EventBridge still carry."),
    F_INT(struct shop_view, dead, "DeadLettered", "Orders in a dead-letter queue."),
    F_INT(struct shop_view, lost, "Lost", "Orders that nobody has any more.",
          .flags = FIELD_COLUMN),
    F_INT(struct shop_view, again, "MadeAgain", "Drinks made of orders that were made before."),
    F_INT(struct shop_view, wasted, "Wasted", "Drinks made for customers who were gone."),
    F_INT(struct shop_view, others, "Others", "Drinks made of slips that no cashier wrote."),
    F_STRING(struct shop_view, queue, "QueueName", "The board; absent when there is none."),
    F_STRING(struct shop_view, dead_letter, "DeadLetterQueue",
             "Where its spoiled orders go; absent when there is no such queue."),
    F_STRING(struct shop_view, topic, "TopicArn", "On which orders are called out."),
    F_STRING(struct shop_view, bus, "EventBusName", "Which is told of orders."),
    F_LIST(struct shop_view, cashiers, struct cashier_view, &cashier_shape, "Cashiers",
           "Who takes orders."),
    F_LIST(struct shop_view, baristas, struct barista_view, &barista_shape, "Baristas",
           "Who makes them."),
};
static const struct shape shop_view_shape = SHAPE("ShopGlance", struct shop_view, shop_fields);

static const struct field shops_out_fields[] = {
    F_LIST(struct shops_out, shops, struct shop_view, &shop_view_shape, "Shops",
           "Your shops in the Region, in the order of their making."),
};
static const struct shape shops_out_shape =
    SHAPE("DescribeShopsResult", struct shops_out, shops_out_fields);

/* ---- programs ---- */

/* The instance of a program that is still there; NULL when it is gone. */
static const struct instance *home_of(const struct call *call, uint64_t id)
{
    const struct instance *instance = instance_any(&call->world->instances, id);

    return instance == NULL || instance->state == INSTANCE_TERMINATED ? NULL : instance;
}

static const char *name_of(struct call *call, const struct instance *instance)
{
    const char *name = tags_name(&instance->tags);

    return name[0] == '\0' ? NULL : arena_strdup(&call->arena, name);
}

static const char *address_of(struct call *call, const struct instance *instance)
{
    const struct interface *interface = instance_interface(&call->world->instances, instance);
    char text[ADDRESS_TEXT_SIZE];

    return interface == NULL || interface->public_address == 0
               ? NULL
               : arena_strdup(&call->arena, address_text(interface->public_address, text));
}

static void cashier_see(struct call *call, const struct shop_cashier *cashier,
                        const struct instance *home, struct cashier_view *view)
{
    uint64_t order;
    int64_t holding = shop_holding(&call->world->shops, cashier, &order);

    *view = (struct cashier_view){
        .id = id_text(&call->arena, &kind_instance, home->id),
        .name = name_of(call, home),
        .state = instance_state_name(home->state),
        .address = address_of(call, home),
        .open = cashier->open,
        .since = cashier->since,
        .holding = holding,
        .asked = cashier->asked,
        .taken = cashier->taken,
        .dropped = cashier->dropped,
        .trouble = arena_strdup(&call->arena, cashier->trouble),
        .doing = "waits for customers",
    };
    if (holding > 0) {
        view->order = OPT_INT((int64_t)order);
        view->doing =
            arena_printf(&call->arena, "waits for the barista (order %" PRIu64 ")", order);
    } else if (home->state != INSTANCE_RUNNING) {
        view->doing = "is off";
    } else if (!cashier->open) {
        view->doing = "closed";
    }
}

static const char *barista_doing(struct call *call, const struct shop_barista *barista,
                                 const struct shop_drink *drink, const struct instance *home)
{
    const char *what = drink == NULL ? NULL
                       : drink->order == 0
                           ? "an order without a number"
                           : arena_printf(&call->arena, "order %" PRIu64, drink->order);

    if (drink != NULL && barista->leaving)
        return arena_printf(&call->arena, "finishes %s, then has a break", what);
    if (drink != NULL)
        return arena_printf(&call->arena, "makes %s", what);
    if (home->state != INSTANCE_RUNNING)
        return "is off";
    return barista->open ? "waits for an order" : "on a break";
}

static void barista_see(struct call *call, const struct shop_barista *barista,
                        const struct instance *home, struct barista_view *view)
{
    const struct shops *shops = &call->world->shops;
    struct shop_hands hands = shop_hands(shops, barista);
    char message[MESSAGE_UUID];

    *view = (struct barista_view){
        .id = id_text(&call->arena, &kind_instance, home->id),
        .name = name_of(call, home),
        .state = instance_state_name(home->state),
        .open = barista->open,
        .doing = barista_doing(call, barista, hands.first, home),
        .since = hands.first == NULL ? barista->since : hands.first->begun,
        .in_hand = hands.in_hand,
        .in_line = hands.in_line,
        .made = barista->made,
        .again = barista->again,
        .trouble = arena_strdup(&call->arena, barista->trouble),
    };
    if (hands.first == NULL)
        return;
    view->order = OPT_INT((int64_t)hands.first->order);
    view->percent = OPT_INT(shop_drink_percent(shops, hands.first));
    if (hands.first->message != 0) {
        message_uuid(&call->world->messages, hands.first->message, message);
        view->message = arena_strdup(&call->arena, message);
    }
}

static void programs_see(struct call *call, const struct shop *shop, struct shop_view *view)
{
    const struct shops *shops = &call->world->shops;
    const struct instance *home;

    for (uint32_t i = 0; i < table_count(&shops->cashiers); i++) {
        const struct shop_cashier *cashier = table_at(&shops->cashiers, i);

        if (cashier->shop == shop->id && (home = home_of(call, cashier->instance)) != NULL)
            cashier_see(call, cashier, home, LIST_PUSH_IN(&call->arena, &view->cashiers));
    }
    for (uint32_t i = 0; i < table_count(&shops->baristas); i++) {
        const struct shop_barista *barista = table_at(&shops->baristas, i);

        if (barista->shop == shop->id && (home = home_of(call, barista->instance)) != NULL)
            barista_see(call, barista, home, LIST_PUSH_IN(&call->arena, &view->baristas));
    }
}

/* ---- the shop ---- */

/* Where its orders go: what its programs' settings say. */
static void places_see(struct call *call, const struct shop *shop, struct shop_view *view)
{
    const struct shops *shops = &call->world->shops;
    const struct queue *queue = NULL;
    const struct queue *dead;

    for (uint32_t i = 0; i < table_count(&shops->cashiers); i++) {
        const struct shop_cashier *cashier = table_at(&shops->cashiers, i);

        if (cashier->shop != shop->id)
            continue;
        if (cashier->coupling == SHOP_QUEUE)
            queue = shop_queue(shops, shop, cashier->target);
        else if (cashier->coupling == SHOP_TOPIC)
            view->topic = arena_strdup(&call->arena, cashier->target);
        else if (cashier->coupling == SHOP_BUS)
            view->bus = arena_strdup(&call->arena, cashier->target);
    }
    for (uint32_t i = 0; i < table_count(&shops->baristas); i++) {
        const struct shop_barista *barista = table_at(&shops->baristas, i);

        if (barista->shop == shop->id && queue == NULL)
            queue = shop_queue(shops, shop, barista->queue);
    }
    if (queue == NULL)
        return;
    view->queue = arena_strdup(&call->arena, queue->name);
    dead = queue->dead_letter == NULL ? NULL
                                      : queue_find_arn(&call->world->queues, queue->dead_letter);
    view->dead_letter = dead == NULL ? NULL : arena_strdup(&call->arena, dead->name);
}

static void shop_see(struct call *call, const struct shop *shop, struct shop_view *view)
{
    struct shop_whereabouts where = shop_whereabouts(&call->world->shops, shop);

    *view = (struct shop_view){
        .name = arena_strdup(&call->arena, shop->name),
        .coupling = shop_coupling_words[shop->coupling - SHOP_DIRECT],
        .opened = shop->opened,
        .asked = shop->asked,
        .taken = shop->taken,
        .held = where.held,
        .made = shop->made,
        .waiting = where.waiting,
        .in_hand = where.in_hand,
        .face_down = where.face_down,
        .on_way = where.on_way,
        .dead = where.dead,
        .lost = where.lost,
        .again = shop->again,
        .wasted = shop->wasted,
        .others = shop->others,
    };
    for (int why = 0; why < SHOP_DROPS; why++) {
        view->dropped += shop->dropped[why];
        if (shop->dropped[why] > 0)
            *LIST_PUSH_IN(&call->arena, &view->drops) = (struct drop_view){
                .reason = shop_drop_words[why],
                .orders = shop->dropped[why],
            };
    }
    places_see(call, shop, view);
    programs_see(call, shop, view);
}

const struct fault_kind fault_no_shop = {
    .code = "NoSuchShop",
    .text = "There is no shop '{}' in this Region",
    .hint = "`lab describe-shops` lists them; `lab create-shop` makes one.",
};
static const struct fault_kind *const describe_faults[] = {&fault_no_shop, NULL};

static bool is_wanted(const struct strings *names, const char *name)
{
    for (uint32_t i = 0; i < names->count; i++)
        if (str_equal(names->items[i], name))
            return true;
    return names->count == 0;
}

static int describe_shops(struct call *call, const void *input, void *output)
{
    const struct shops_in *in = input;
    struct shops_out *out = output;
    const struct shops *shops = &call->world->shops;

    for (uint32_t i = 0; i < in->names.count; i++)
        if (shop_find(shops, call->account, call->region, in->names.items[i]) == NULL)
            return call_fault(call, &fault_no_shop, in->names.items[i]);
    for (uint32_t i = 0; i < table_count(&shops->table); i++) {
        const struct shop *shop = table_at(&shops->table, i);

        if (shop->account == call->account && shop->region == call->region &&
            is_wanted(&in->names, shop->name))
            shop_see(call, shop, LIST_PUSH_IN(&call->arena, &out->shops));
    }
    return 0;
}

const struct op op_lab_describe_shops = {
    .name = "DescribeShops",
    .doc = "Shows coffee shops: who asked, what became of each order, who makes what.",
    .example = "lab describe-shops",
    .in = &shops_in_shape,
    .out = &shops_out_shape,
    .faults = describe_faults,
    .run = describe_shops,
};
