/*
 * tui/queues_scene.h - queues, topics, buses and the coffee shops between them: one scene for the
 * view in AWS's words and for the order board, so that their numbers are the same.
 *
 *   bus -> rule -> target          topic -> subscription
 *                     \                      /
 *                      +-> queue <----------+   <- cashiers and others
 *                            |
 *                            +-> baristas and others; after too many tries: the dead letters
 *
 * What happened within the last QUEUES_LIT_S simulated seconds is lit.
 */
#ifndef TUI_QUEUES_SCENE_H
#define TUI_QUEUES_SCENE_H

#include <stdbool.h>

#include "tui/view.h"

enum { QUEUES_LIT_S = 5 };

#define QUEUES_SHOP_ROW "shop " /* and its name: the id of a shop's row */

struct queues_message {
    const char *id;
    const char *state; /* "visible", "in flight", "delayed" */
    const char *body;  /* one line; of a notification or an event, what it is about */
    const char *via;   /* a topic, or what an event is from; "" when somebody sent it */
    const char *via_kind; /* "topic", "event of"; "" */
    const char *group; /* "" when it has none */
    const char *maker; /* the barista who has it in hand; "" when none has */
    int64_t receives;
    int64_t age_s;
    int64_t seconds; /* until it is visible, again or at last; -1: it is */
};

/* Where messages of a queue come from. */
struct queues_link {
    const char *kind; /* "topic", "rule", "dead letters of" */
    const char *name;
    int64_t count;
    bool lit;
};

struct queues_queue {
    const char *url;
    const char *arn;
    const char *name;
    const char *dead_letter; /* a queue's name, or "" */
    bool fifo;
    bool takes_dead; /* another queue's dead letters come here */
    int64_t visible;
    int64_t in_flight;
    int64_t delayed;
    int64_t oldest_s;
    int64_t receives_max; /* before a message goes to the dead letters */
    int64_t waiting;      /* long polls */
    int64_t sent;
    int64_t received;
    int64_t deleted;
    int64_t moved;
    int64_t expired;
    LIST(struct queues_message) messages; /* the oldest; in the arena, as are all lists */
    LIST(struct queues_link) links;
    int64_t others; /* sent by nobody of these */
};

/* One who hears a topic, or the target of a rule. */
struct queues_hearer {
    const char *id;       /* of its row */
    const char *kind;     /* "queue", "email", "topic", "log" */
    const char *name;     /* "orders", "ann@example.com" */
    const char *arn;      /* where to; "" when it is no ARN */
    const char *filter;   /* "" when it hears all */
    const char *dead_arn; /* "" when it has no dead-letter queue */
    const char *reason;   /* why the latest did not come there; "" when it did */
    const char *fate;     /* of the latest: "heard", "filtered out"...; "" when there was none */
    bool confirmed;
    bool lit;             /* the latest came to its fate a moment ago */
    bool latest;          /* `fate` is of the topic's latest message */
    int64_t heard;
    int64_t filtered;
    int64_t failed; /* given up: `dead` and `lost` */
    int64_t dead;
    int64_t lost;
    int64_t retrying;
};

struct queues_published {
    const char *id;
    const char *body;
    int64_t age_s;
    int64_t listeners; /* 0: nobody heard it */
};

struct queues_topic {
    const char *arn;
    const char *name;
    bool fifo;
    int64_t published;
    int64_t heard;
    int64_t filtered;
    int64_t failed; /* given up, of these `dead`; else lost */
    int64_t dead;
    int64_t unheard;
    int64_t duplicates;
    LIST(struct queues_hearer) hearers;
    LIST(struct queues_published) messages; /* the newest first */
};

struct queues_rule {
    const char *arn;
    const char *name;
    const char *pattern;  /* "" when it has none */
    const char *schedule; /* as well */
    bool enabled;
    bool lit;
    int64_t next_s; /* until its schedule fires; -1: it does not */
    int64_t last_s; /* since it was triggered; -1: it never was */
    int64_t matched;
    int64_t triggered;
    int64_t failed; /* given up, of these `dead`; else lost */
    int64_t dead;
    LIST(struct queues_hearer) targets;
};

struct queues_event {
    const char *id;
    const char *source;
    const char *type;
    const char *detail;
    int64_t age_s;
    int64_t matched; /* rules; 0: nobody hears of it */
};

struct queues_bus {
    const char *arn;
    const char *name;
    LIST(struct queues_rule) rules;
    LIST(struct queues_event) events; /* the newest first */
};

/* A cashier or a barista of a coffee shop: a program in an instance. */
struct queues_worker {
    const char *id; /* the instance */
    const char *name;
    const char *doing;   /* "makes order 311" */
    const char *message; /* the slip in hand; "" when there is none */
    const char *trouble; /* "" when there is none */
    bool open;           /* it works: not on a break, closed or off */
    int64_t busy;        /* drinks or customers in its hands */
    int64_t line;        /* orders in a barista's own line */
    int64_t percent;     /* of the drink in hand; -1: none */
    int64_t asked;       /* a cashier's, as the next two */
    int64_t taken;
    int64_t dropped;
    int64_t made;        /* a barista's, as the next one */
    int64_t again;
};

struct queues_drop {
    const char *reason;
    int64_t orders;
};

struct queues_shop {
    const char *name;
    const char *coupling; /* "direct", "queue", "topic", "bus" */
    const char *queue;    /* names; "" when there is none */
    const char *topic;
    const char *bus;
    int64_t asked; /* = taken + dropped + held */
    int64_t taken; /* = made + waiting + in_hand + face_down + on_way + dead + lost */
    int64_t dropped;
    int64_t held;
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
    LIST(struct queues_drop) drops;
    LIST(struct queues_worker) cashiers;
    LIST(struct queues_worker) baristas;
};

struct queues_scene {
    struct arena arena;
    bool many; /* so many queues that few messages of each are asked for */
    LIST(struct queues_shop) shops;
    LIST(struct queues_queue) queues;
    LIST(struct queues_topic) topics;
    LIST(struct queues_bus) buses; /* default only when it has rules, or heard events */
};

/* Builds it anew from answers. */
void queues_scene_read(struct queues_scene *scene, const struct view_source *source);
bool queues_scene_is_empty(const struct queues_scene *scene);
/* Adds what Enter on a row types; false when the row is none of these. */
bool queues_command_add(const struct queues_scene *scene, const char *id, struct str *command);

/* "0:07", "1:02:03" */
void queues_time(char *text, size_t size, int64_t seconds);

#endif
