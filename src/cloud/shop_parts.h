/*
 * cloud/shop_parts.h - what the files of the room cloud/shop share.
 */
#ifndef CLOUD_SHOP_PARTS_H
#define CLOUD_SHOP_PARTS_H

#include "cloud/shop.h"

/* ---- shop_settings.c ---- */

/* What /etc/coffee-shop.conf says; strings in the arena. */
struct shop_settings {
    const char *shop;
    const char *baristas;
    const char *queue; /* NULL: not said, as the next two */
    const char *topic;
    const char *bus;
    int64_t patience_ns;
    int64_t work_ns;
    int64_t most;
    int64_t line;
    uint8_t coupling;
    bool subscribes;     /* topic: a barista subscribes itself when it comes to work */
    const char *trouble; /* the first thing that is wrong; NULL: nothing is */
};
void shop_settings_read(struct shops *shops, uint64_t instance, struct arena *arena,
                        struct shop_settings *settings);

/* ---- shop.c ---- */

/* The customer's words for a number: "latte". */
const char *shop_drink_name(uint64_t order);
/* A program comes to work. */
struct shop_opening {
    const struct instance *home;
    struct shop *shop; /* that its settings name: made when it is the first who says so */
    struct shop_settings settings;
    struct arena memory; /* of their strings; the caller releases it */
};
/* Its row of `programs`: new, or as it was left. */
void *shop_open(struct shops *shops, struct table *programs, uint64_t instance,
                struct shop_opening *opening);
struct shop_order *shop_order_find(const struct shops *shops, uint64_t shop, uint64_t number);
/* The text of a member of a body that is JSON; NULL: there is none. */
const char *shop_member(struct arena *arena, const char *body, const char *name);
/* Whose order a slip is: 0 when no cashier of the account and Region wrote it. */
uint64_t shop_slip_read(const struct shops *shops, const struct shop *home, const char *body,
                        uint64_t *shop);
/* An answer of a program, of so much work; the text only when it is wanted. */
void shop_say(const struct traffic_guest_ask *ask, uint16_t status, const char *text,
              struct request_answer *answer);
/* The same for one that was held. */
bool shop_reply(struct shops *shops, uint64_t request, uint16_t status, const char *text);
/* The row's text is another from now on; NULL: none. */
void shop_text_set(char **text, const char *value);

/* ---- shop_cashier.c ---- */

void shop_cashier_changed(struct shops *shops, uint64_t instance, bool abrupt);
/* Nobody counts it any more: what it asks is given up. */
void shop_cashier_forget(struct shops *shops, struct shop_cashier *cashier);
void shop_cashier_serve(struct shops *shops, struct shop_cashier *cashier,
                        const struct traffic_guest_ask *ask, struct request_answer *answer);

/* ---- shop_barista.c ---- */

void shop_barista_changed(struct shops *shops, uint64_t instance, bool abrupt);
/* The same: what it has in hand is dropped. */
void shop_barista_forget(struct shops *shops, struct shop_barista *barista);
void shop_barista_serve(struct shops *shops, struct shop_barista *barista,
                        const struct traffic_guest_ask *ask, struct request_answer *answer);
extern const struct event_kind shop_step_kind;

#endif
