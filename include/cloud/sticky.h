/*
 * cloud/sticky.h - the cookies by which clients stay with a target or a group.
 *
 *   AWSALB, AWSALBCORS       a target, by the balancer's own choice of duration
 *   AWSALBAPP-0              a target, for as long as the application's own cookie says
 *   AWSALBTG, AWSALBTGCORS   a group of a forward action
 *
 * What a cookie holds is for the balancer's eyes only: a number and when it was given, mixed with
 * the balancer's stream of chance, so that one that somebody changed is no cookie.  Clients that
 * are only counted (streams) keep numbers instead of texts.
 */
#ifndef CLOUD_STICKY_H
#define CLOUD_STICKY_H

#include <stdint.h>

#include "base/str.h"
#include "cloud/balancer.h"
#include "cloud/request.h"

/* What a client's cookies say; 0: nothing, or nothing that still holds. */
struct sticky {
    uint64_t group;
    uint64_t target;
};

/* The group that the client had, if it holds for `duration_s` from when it was given. */
uint64_t sticky_group(const struct balancers *balancers, const struct balancer *balancer,
                      const struct request_words *words, int64_t duration_s);
/* The same for a target of that group. */
uint64_t sticky_target(const struct balancers *balancers, const struct balancer *balancer,
                       const struct target_group *group, const struct request_words *words);
/* The Set-Cookie lines that go with a target's answer; `headers` are the answer's own. */
void sticky_answer(const struct balancers *balancers, const struct request *request,
                   const char *headers, struct str *out);

#endif
