/*
 * cloud/shop.h - the coffee shop: cashiers that take orders, baristas that make them, both programs
 * in guests.
 *
 *      customer -- GET /order --> cashier --+-- direct: asks, while the customer waits
 *                200, 503, 504              +-- queue:  SendMessage, then 200
 *                                           +-- topic:  Publish, then 200
 *                                           +-- bus:    PutEvents, then 200
 *
 *      barista: asked directly, makes the drink and answers;
 *               at a board, receives (long polls), makes the drink, deletes;
 *               told by a topic (SNS over HTTP), makes it if a hand is free
 *
 * The packages coffee-cashier and coffee-barista bring a unit each; both read /etc/coffee-shop.conf
 * when they start (shop_settings.c).  So user data, an image, or a person by ssh makes them, and
 * whatever ends the unit, its guest, its instance or its host ends them: a barista's order then
 * comes back to the board when its visibility timeout is over, and nobody hears of one that was
 * asked for directly.
 *
 * A drink is CPU time on the barista's instance (cloud/server's jobs), so types, steal and credits
 * count.  A shop is all programs of an account and Region that say the same `shop`: its row counts.
 *
 *      asked = taken + dropped + held by cashiers
 *      taken = made + with somebody, on the board, on its way, a dead letter, or lost
 *
 * A unit that is stopped takes nothing more and finishes what is in hand, for up to 90 s as systemd
 * lets it; one that is killed drops it, and so does one whose instance shuts down, since that is
 * down sooner.  IAM is not modelled: a program acts as its instance's account.
 */
#ifndef CLOUD_SHOP_H
#define CLOUD_SHOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/shape.h"
#include "base/table.h"
#include "cloud/event_bus.h"
#include "cloud/guest.h"
#include "cloud/instance.h"
#include "cloud/queue.h"
#include "cloud/request.h"
#include "cloud/topic.h"
#include "cloud/traffic.h"
#include "sim/event.h"

enum { SHOP_CASHIER_PORT = 80, SHOP_BARISTA_PORT = 8080, SHOP_NAME_MAX = 40 };

/* The units of its programs. */
#define SHOP_CASHIER_UNIT "cashier"
#define SHOP_BARISTA_UNIT "barista"

/* How an order gets to a barista.  Saved: append only. */
enum shop_coupling { SHOP_DIRECT = 1, SHOP_QUEUE, SHOP_TOPIC, SHOP_BUS };
extern const char *const shop_coupling_words[]; /* in that order, NULL-terminated */

/* Why a customer was sent away.  Saved: append only. */
enum shop_drop {
    SHOP_ON_BREAK = 0, /* nobody listens where the barista should be */
    SHOP_BUSY,         /* the barista's line is full */
    SHOP_NO_ANSWER,    /* the cashier's patience was over */
    SHOP_CUT_OFF,      /* the connection to the barista broke */
    SHOP_NOT_ACCEPTED, /* AWS did not take it, or the cashier's settings say nothing of use */
    SHOP_LEFT,         /* the customer was gone when the answer came */
    SHOP_CASHIER_GONE,
    SHOP_DROPS,
};
extern const char *const shop_drop_words[SHOP_DROPS];

struct shop {
    uint64_t id; /* counted from 1 */
    uint64_t account;
    int64_t opened;
    uint64_t last_order; /* number of the latest */
    int64_t asked;
    int64_t taken;
    int64_t made;   /* of those taken, at least once */
    int64_t again;  /* drinks for orders that were made before */
    int64_t wasted; /* drinks for customers who had been sent away */
    int64_t others; /* drinks for slips that no cashier wrote */
    int64_t dropped[SHOP_DROPS];
    char *name;
    LIST(char *) undo; /* what ends that which create-shop made, as lines */
    uint8_t region;
    uint8_t coupling; /* of the cashier that opened last, or that create-shop was asked for */
};

struct shop_cashier {
    uint64_t instance;
    uint64_t shop;
    int64_t since; /* that it opened, or closed */
    int64_t asked;
    int64_t taken;
    int64_t dropped;
    int64_t patience_ns;
    uint64_t turn;  /* whom it asks next */
    char *baristas; /* "10.0.0.5:8080 10.0.0.6:8080" */
    char *target;   /* queue, topic or bus, as the settings say */
    char *trouble;  /* with its settings; NULL: none */
    uint8_t coupling;
    bool open;
};

struct shop_barista {
    uint64_t instance;
    uint64_t shop;
    int64_t since;
    int64_t made;
    int64_t again;
    int64_t work_ns; /* of a drink, on a vCPU of SERVER_SPEED_ONE */
    int64_t most;    /* drinks at once */
    int64_t line;    /* orders that may wait */
    uint64_t poll;   /* of the board; 0: none */
    uint64_t step;   /* sequence of the pending look; 0: none */
    char *queue;     /* the board, as the settings say; NULL: none */
    char *trouble;
    uint8_t coupling;
    bool open;
    bool leaving; /* closed, and still making what was in hand */
};

/* An order in a barista's hands, or in its line. */
struct shop_drink {
    uint64_t id;
    uint64_t instance; /* the barista's */
    uint64_t shop;     /* whose order it is */
    uint64_t order;    /* its number; 0: no cashier wrote it */
    uint64_t request;  /* that asked for it; 0: it comes from a board */
    uint64_t message;  /* its slip */
    uint64_t receipt;
    uint64_t queue;
    int64_t came;
    int64_t begun;   /* 0: it waits */
    int64_t work_ns; /* of it */
};

/* The key of an order is its shop's number and its own. */
#define SHOP_ORDER_KEY(shop, number) ((shop) << 40 | (number))
#define SHOP_OF_ORDER(key) ((key) >> 40)
#define SHOP_ORDER_NUMBER(key) ((key) & ((UINT64_C(1) << 40) - 1))

/* An order that was taken, and is not done with. */
struct shop_order {
    uint64_t key;     /* SHOP_ORDER_KEY() */
    uint64_t message; /* its slip; 0: nobody has seen it yet */
    int64_t taken;
    int64_t made; /* how often */
};

/* A cashier asks a barista. */
struct shop_ask {
    uint64_t exchange;
    uint64_t instance; /* the cashier's */
    uint64_t request;  /* the customer's */
    uint64_t order;
    int64_t since;
};

extern const struct shape shop_shape, shop_cashier_shape, shop_barista_shape, shop_drink_shape,
    shop_order_shape, shop_ask_shape;

struct shops {
    struct table table;    /* struct shop */
    struct table cashiers; /* struct shop_cashier */
    struct table baristas; /* struct shop_barista */
    struct table drinks;   /* struct shop_drink */
    struct table orders;   /* struct shop_order */
    struct table asks;     /* struct shop_ask */
    struct sim *sim;       /* borrowed, as are all below */
    struct ids *ids;
    const struct catalog *catalog;
    struct guests *guests;
    struct instances *instances;
    struct traffic *traffic;
    struct requests *requests;
    struct queues *queues;
    struct topics *topics;
    struct event_buses *buses;
    struct message_log *log;
    /* What an instance computes with. */
    struct server_power (*power)(void *context, uint64_t instance);
    void *context;
};

/* The caller fills in the borrowed members first. */
void shops_init(struct shops *shops);
void shops_release(struct shops *shops);
/* After all other rooms: false when the tables contradict themselves or them. */
bool shops_restore(const struct shops *shops);

/* NULL when there is none. */
struct shop *shop_find(const struct shops *shops, uint64_t account, uint8_t region,
                       const char *name);
/* A new one. */
struct shop *shop_add(struct shops *shops, uint64_t account, uint8_t region, const char *name);
/* 1 to SHOP_NAME_MAX letters, digits and dashes. */
bool shop_is_name(const char *text);
/* With its numbers; its programs, where there still are some, found it anew. */
void shop_remove(struct shops *shops, struct shop *shop);

/* ---- what the rooms of the world tell ---- */

/* Units of a guest were started or stopped; abrupt: nothing could be ended. */
void shop_units_changed(struct shops *shops, uint64_t instance, bool abrupt);
/* Does a program of the shop keep that port closed, though it runs? */
bool shop_is_closed(const struct shops *shops, uint64_t instance, uint16_t port);
/* Is there a barista, at work or on a break, who is asked over HTTP? */
bool shop_barista_serves(const struct shops *shops, uint64_t instance);
/* A request that such a program takes: an answer, or REQUEST_SERVE_HOLD. */
void shop_serve(struct shops *shops, const struct traffic_guest_ask *ask,
                struct request_answer *answer);
/* A job of an instance is done. */
void shop_worked(struct shops *shops, uint64_t job);
/* True when it was a cashier's: it is dropped. */
bool shop_exchange_ended(struct shops *shops, const struct exchange *exchange);
/* A barista's long poll has ended. */
void shop_arrived(struct shops *shops, const struct queue_poll *poll);

/* ---- what there is to tell (shop_count.c) ---- */

/* Where the orders are that were taken and not made. */
struct shop_whereabouts {
    int64_t waiting;   /* on the board */
    int64_t in_hand;   /* a barista makes it, or has it in its line */
    int64_t face_down; /* hidden from others, and in no barista's hands */
    int64_t on_way;    /* SNS or EventBridge still carry it */
    int64_t dead;      /* in a dead-letter queue */
    int64_t lost;
    int64_t held; /* by cashiers, not taken yet */
};
struct shop_whereabouts shop_whereabouts(const struct shops *shops, const struct shop *shop);
/* Customers that a cashier holds, and the order among them that it has held longest; 0: none. */
int64_t shop_holding(const struct shops *shops, const struct shop_cashier *cashier,
                     uint64_t *order);
/* A barista's drinks in the making, and its line; *first is the oldest in hand, NULL: none. */
struct shop_hands {
    const struct shop_drink *first;
    int64_t in_hand;
    int64_t in_line;
};
struct shop_hands shop_hands(const struct shops *shops, const struct shop_barista *barista);
/* How much of the first drink's work is done, in percent. */
int64_t shop_drink_percent(const struct shops *shops, const struct shop_drink *drink);
/* The queue that stands in a program's settings; NULL: there is none of that name. */
struct queue *shop_queue(const struct shops *shops, const struct shop *shop, const char *text);

#endif
