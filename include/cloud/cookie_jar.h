/*
 * cloud/cookie_jar.h - the cookies that curl keeps (-c) and sends back (-b).
 *
 * The file is Netscape's, as curl writes it: domain, subdomains too, path, secure, expiry in
 * seconds, name and value, with tabs between.
 */
#ifndef CLOUD_COOKIE_JAR_H
#define CLOUD_COOKIE_JAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "base/mem.h"
#include "base/str.h"

struct jar_cookie {
    const char *domain;
    const char *path;
    const char *name;
    const char *value;
    int64_t expires; /* ns; 0: with the session */
    bool secure;     /* over https only */
};

struct cookie_jar {
    LIST(struct jar_cookie) items; /* in the arena, as are the strings */
};

/* Adds the cookies of a file; lines that are none are passed over. */
void cookie_jar_read(struct cookie_jar *jar, struct arena *arena, const char *text);
/* Adds the Set-Cookie headers of an answer of that host; one of the past is forgotten. */
void cookie_jar_take(struct cookie_jar *jar, struct arena *arena, const char *headers,
                     const char *host, int64_t now);

struct jar_ask {
    const char *host;
    const char *path;
    int64_t now;
    bool secure; /* the URL is https */
};
/* "a=b; c=d" of those that go to that URL, in the arena; NULL: none. */
const char *cookie_jar_find(const struct cookie_jar *jar, struct arena *arena, struct jar_ask ask);
void cookie_jar_write(const struct cookie_jar *jar, struct str *out);

#endif
