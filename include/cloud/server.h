/*
 * cloud/server.h - an instance as a server: who is being served, and who waits.
 *
 * A server works on as many requests at a time as its guest says; the others wait, first come first
 * served.  This room holds the queue and nothing else: it knows requests by their numbers.
 */
#ifndef CLOUD_SERVER_H
#define CLOUD_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/shape.h"
#include "base/table.h"

enum { SERVER_BACKLOG = 511 /* requests that wait; one more is refused */ };

struct server {
    uint64_t instance;
    uint64_t served;       /* answers given since it came to be */
    uint32_t workers;      /* requests at a time */
    LIST(int64_t) serving; /* requests */
    LIST(int64_t) waiting; /* the longest first */
};

extern const struct shape server_shape;

struct servers {
    struct table table;
};

void servers_init(struct servers *servers);
void servers_release(struct servers *servers);
/* NULL when nobody ever asked it anything. */
struct server *server_find(const struct servers *servers, uint64_t instance);
/* The server, made when it is new. */
struct server *server_open(struct servers *servers, uint64_t instance, uint32_t workers);
/* True when a worker takes it up at once; else it waits. */
bool server_enter(struct server *server, uint64_t request);
/* Takes it out.  BUG when it is not there. */
void server_leave(struct server *server, uint64_t request);
/* The next of those who wait, when a worker is free: it is being served from now on.  0: none. */
uint64_t server_next(struct server *server);
bool server_is_full(const struct server *server);
/* Everybody in it, those being served first; the caller frees it. NULL when empty. */
uint64_t *server_everybody(const struct server *server, uint32_t *count);
/* BUG when somebody is in it. */
void server_close(struct servers *servers, uint64_t instance);

#endif
