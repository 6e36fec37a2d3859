/*
 * cloud/header.h - the lines of an HTTP head: "Name: value", each ending in \r\n.
 */
#ifndef CLOUD_HEADER_H
#define CLOUD_HEADER_H

#include <stddef.h>

#include "base/mem.h"

/* A value inside a head; borrowed from it. */
struct header_value {
    const char *text; /* NULL: there is none */
    size_t length;
};

/* The first value of that name (case does not matter); `headers` may be NULL. */
struct header_value header_first(const char *headers, const char *name);
/* The next of the same name, behind one that was found. */
struct header_value header_next(struct header_value value, const char *name);
/* The first as a string in the arena; NULL when there is none. */
const char *header_find(struct arena *arena, const char *headers, const char *name);
/* The value of a cookie in the Cookie headers. */
struct header_value header_cookie(const char *headers, const char *name);

#endif
