/*
 * cloud/listener.h - listeners of load balancers, and what they do by default.
 */
#ifndef CLOUD_LISTENER_H
#define CLOUD_LISTENER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/mem.h"
#include "base/shape.h"
#include "cloud/balancer.h"

struct listener_new {
    const char *protocol;
    struct opt_int port;
    const struct listener_action *actions; /* groups already found; copied */
    uint32_t action_count;
    const char *const *certificates; /* ARNs; of HTTPS and TLS: one */
    uint32_t certificate_count;
    const char *policy; /* NULL: the default one */
};

/*
 * NULL and a fault (DuplicateListener, ValidationError, UnsupportedProtocol,
 * CertificateNotFound, SSLPolicyNotFound, TooManyCertificates, TooManyListeners, and those of
 * action_check).
 */
struct listener *listener_add(struct balancers *balancers, struct balancer *balancer,
                              const struct listener_new *wish, struct fault *fault);
/* What the wish leaves away (NULL, not set, 0) stays as it is. */
int listener_change(struct balancers *balancers, struct listener *listener,
                    const struct listener_new *wish, struct fault *fault);
int listener_remove(struct balancers *balancers, struct listener *listener, struct fault *fault);
struct listener *listener_find(const struct balancers *balancers, uint64_t id);
/* By ARN; NULL and a fault: ValidationError, ListenerNotFound. */
struct listener *listener_find_arn(const struct balancers *balancers, uint64_t account,
                                   uint8_t region, const char *arn, struct fault *fault);
/* "arn:aws:elasticloadbalancing:REGION:ACCOUNT:listener/app/NAME/16hex/16hex" */
const char *listener_arn(const struct balancers *balancers, struct arena *arena,
                         const struct listener *listener);
/* The sum of all that ended and is in flight: equals counts->arrived. */
int64_t listener_accounted(const struct listener_counts *counts);

/* HTTPS or TLS: its connections are encrypted up to the node. */
bool listener_is_secure(const struct listener *listener);
/* UDP and TCP_UDP take datagrams; all but UDP take connections. */
bool listener_takes(const struct listener *listener, bool datagrams);
/* The listener of that port, or NULL. */
struct listener *listener_of_port(const struct balancers *balancers, uint64_t balancer,
                                  uint16_t port);

extern const struct fault_kind fault_listener_not_found;

#endif
