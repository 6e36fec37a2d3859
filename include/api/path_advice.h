/*
 * api/path_advice.h - the steps of a packet's way in words, and what to do where one stops.
 *
 * The sentences of the steps themselves are cloud/way's, which are those of explain-request too.
 */
#ifndef API_PATH_ADVICE_H
#define API_PATH_ADVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/way.h"
#include "cloud/world.h"

struct path_words {
    const char *component;   /* "security group"; NULL: an instance or a load balancer */
    const struct kind *kind; /* of the hop's place; NULL: as above */
    bool back;               /* of the answer */
    const char *next;        /* what to do when it stops here, with marks; NULL: it never does */
};

/* Never NULL. */
const struct path_words *path_words_of(uint8_t why);
/* "security group", "instance", "load balancer". */
const char *path_component(const struct world *world, const struct hop *hop);
/* The id of what decides; a load balancer's name; NULL when several do. */
const char *path_id(const struct world *world, struct arena *arena, const struct hop *hop);

struct path_facts {
    uint32_t from; /* 0: not known */
    uint32_t to;
    uint16_t port;
    int16_t protocol;
};

/* What to do about a hop that stops a packet: one sentence. */
const char *path_next(struct arena *arena, const struct path_facts *facts, const struct hop *hop);

/* Adds to an explanation why the last request of a client, if one is known, got no answer, and what
 * to do; nothing when the network let it pass. */
void path_advice_add(struct world *world, struct str *out);

#endif
