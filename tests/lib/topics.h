/*
 * tests/lib/topics.h - a topic and those who hear it, for property tests: they want messages of
 * one kind of drink or all, and what they do not take is buried or not.
 */
#ifndef TESTS_TOPICS_H
#define TESTS_TOPICS_H

#include "cloud/queue.h"
#include "cloud/topic.h"
#include "cloud/world.h"

enum { TOPICS_KINDS = 3, TOPICS_ALL = TOPICS_KINDS };
extern const char *const topics_kinds[TOPICS_KINDS];

/* The learner's topic `orders`, or orders.fifo. */
struct topic *topics_add(struct world *world, bool fifo);
/* A queue of the learner; open: its policy lets SNS in. */
struct queue *topics_queue(struct world *world, const char *name, bool fifo, bool open);

struct topics_hearer {
    struct topic *topic;
    const struct queue *queue; /* NULL: `url` hears it */
    const struct queue *dead;  /* its dead-letter queue; NULL: none */
    const char *url;
    int kind; /* that it wants, or TOPICS_ALL */
    bool raw;
};
struct topic_subscription *topics_hear(struct world *world, const struct topics_hearer *hearer);

/* Says the number, as six digits, of that kind.  False when the topic does not take it, or takes it
 * for one that it knows. */
bool topics_publish(struct world *world, struct topic *topic, int kind, int64_t number);

#endif
