/*
 * cloud/listener.c - listeners of load balancers, and what they do by default.
 *
 * Owns    nothing: the rows are cloud/balancer's.
 * True to CreateListener and ModifyListener.  A certificate is known by its ARN alone: nobody looks
 * for which names it is good.  Left out: certificates of several names, mutual TLS, ALPN, QUIC.
 */
#include "cloud/listener.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cloud/account.h"
#include "cloud/action.h"

#define POLICY_PRESET "ELBSecurityPolicy-2016-08"

static const struct fault_kind port_taken, too_many, no_certificate, too_many_certificates,
    no_policy;

/* The policies that DescribeSSLPolicies names. */
static const char *const policies[] = {
    POLICY_PRESET,
    "ELBSecurityPolicy-TLS-1-0-2015-04",
    "ELBSecurityPolicy-TLS-1-1-2017-01",
    "ELBSecurityPolicy-TLS-1-2-2017-01",
    "ELBSecurityPolicy-TLS-1-2-Ext-2018-06",
    "ELBSecurityPolicy-FS-2018-06",
    "ELBSecurityPolicy-FS-1-1-2019-08",
    "ELBSecurityPolicy-FS-1-2-2019-08",
    "ELBSecurityPolicy-FS-1-2-Res-2019-08",
    "ELBSecurityPolicy-FS-1-2-Res-2020-10",
    "ELBSecurityPolicy-TLS13-1-0-2021-06",
    "ELBSecurityPolicy-TLS13-1-1-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-Ext1-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06",
    "ELBSecurityPolicy-TLS13-1-3-2021-06",
};

/* ---- checking wishes ---- */

/* Of the protocols that there are, HTTPS and TLS end in an S; each request asks. */
static bool is_secure(const char *protocol)
{
    return *protocol != '\0' && protocol[strlen(protocol) - 1] == 'S';
}

bool listener_is_secure(const struct listener *listener)
{
    return is_secure(listener->protocol);
}

bool listener_takes(const struct listener *listener, bool datagrams)
{
    if (str_equal(listener->protocol, "TCP_UDP"))
        return true;
    return datagrams == str_equal(listener->protocol, "UDP");
}

static bool is_one_of(const char *text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(words[i], text))
            return true;
    return false;
}

static bool is_quic(const char *protocol)
{
    return str_equal(protocol, "QUIC") || str_equal(protocol, "TCP_QUIC");
}

static int protocol_check(const struct balancer *balancer, const char *protocol,
                          struct fault *fault)
{
    static const char *const application[] = {"HTTPS", "HTTP"};
    static const char *const network[] = {"TCP", "TLS", "UDP", "TCP_UDP"};

    if (protocol == NULL)
        return elb_refusef(fault, "A listener protocol must be specified");
    if (!balancer_is_network(balancer) && !is_one_of(protocol, application, 2))
        return elb_refusef(fault, "Listener protocol '%.40s' must be one of 'HTTPS, HTTP'",
                           protocol);
    if (balancer_is_network(balancer) && is_quic(protocol))
        return elb_refusef(fault,
                           "Listener protocol '%.40s' is real at AWS, but not modelled here: no "
                           "client speaks QUIC; use 'UDP, TCP, TCP_UDP, TLS'",
                           protocol);
    if (balancer_is_network(balancer) && !is_one_of(protocol, network, 4))
        return elb_refusef(fault,
                           "Listener protocol '%.40s' must be one of 'UDP, TCP, TCP_UDP, TLS'",
                           protocol);
    return 0;
}

static int port_check(struct opt_int port, struct fault *fault)
{
    if (!port.set)
        return elb_refusef(fault, "A listener port must be specified");
    if (port.value < 1 || port.value > 65535)
        return elb_refusef(fault, "Listener port '%lld' must be between '1-65535' inclusive",
                           (long long)port.value);
    return 0;
}

/* ACM's or IAM's form; which one it is nobody can know here. */
static bool is_certificate(const char *arn)
{
    if (arn == NULL)
        return false;
    return (str_starts(arn, "arn:aws:acm:") && strstr(arn, ":certificate/") != NULL) ||
           (str_starts(arn, "arn:aws:iam:") && strstr(arn, ":server-certificate/") != NULL);
}

/* `has`: one is there already and stays. */
static int certificate_check(const char *protocol, const struct listener_new *wish, bool has,
                             struct fault *fault)
{
    if (!is_secure(protocol)) {
        if (wish->certificate_count > 0)
            return elb_refusef(fault, "Certificates cannot be specified for %s listeners",
                               protocol);
        if (wish->policy != NULL)
            return elb_refusef(fault, "An SSL policy cannot be specified for %s listeners",
                               protocol);
        return 0;
    }
    if (wish->certificate_count == 0 && !has)
        return elb_refusef(fault, "A certificate must be specified for %s listeners", protocol);
    if (wish->certificate_count > 1)
        return fault_set(fault, &too_many_certificates);
    if (wish->certificate_count == 1 && !is_certificate(wish->certificates[0]))
        return fault_set(fault, &no_certificate, wish->certificates[0]);
    if (wish->policy != NULL &&
        !is_one_of(wish->policy, policies, sizeof(policies) / sizeof(policies[0])))
        return fault_set(fault, &no_policy, wish->policy);
    return 0;
}

/* ---- making and ending ---- */

static void tell_trail(const struct balancers *balancers, const struct listener *listener,
                       const char *what)
{
    struct arena arena = ARENA_INIT;
    const struct balancer *balancer = table_get(&balancers->balancers, listener->balancer);

    trail_add(
        balancers->trail,
        (struct trail_entry){
            .account = balancer->account,
            .region = balancer->region,
            .subject = balancer->id,
            .other = listener->id,
            .topic = TRAIL_BALANCER,
            .text = arena_printf(&arena, "load balancer %s: listener %s:%u %s", balancer->name,
                                 listener->protocol, (unsigned)listener->port, what),
        });
    arena_release(&arena);
}

static int64_t listener_count(const struct balancers *balancers, uint64_t balancer)
{
    int64_t count = 0;

    for (uint32_t i = 0; i < table_count(&balancers->listeners); i++) {
        const struct listener *listener = table_at(&balancers->listeners, i);

        count += listener->balancer == balancer;
    }
    return count;
}

static void text_set(char **to, const char *text)
{
    char *copy = text == NULL ? NULL : xstrdup(text);

    free(*to);
    *to = copy;
}

/* What its TLS is, by its protocol and the wish. */
static void security_set(struct listener *listener, const struct listener_new *wish)
{
    if (!listener_is_secure(listener)) {
        text_set(&listener->certificate, NULL);
        text_set(&listener->policy, NULL);
        return;
    }
    if (wish->certificate_count > 0)
        text_set(&listener->certificate, wish->certificates[0]);
    if (wish->policy != NULL || listener->policy == NULL)
        text_set(&listener->policy, wish->policy == NULL ? POLICY_PRESET : wish->policy);
}

static int refuse_with_arn(const struct balancers *balancers, const struct balancer *balancer,
                           const struct fault_kind *kind, struct fault *fault)
{
    struct arena arena = ARENA_INIT;

    fault_set(fault, kind, balancer_arn(balancers, &arena, balancer));
    arena_release(&arena);
    return -1;
}

struct listener *listener_add(struct balancers *balancers, struct balancer *balancer,
                              const struct listener_new *wish, struct fault *fault)
{
    struct action_wish actions = {balancer, wish->actions, wish->action_count, "listener default",
                                  wish->protocol};
    struct listener *listener;

    if (protocol_check(balancer, wish->protocol, fault) != 0 ||
        port_check(wish->port, fault) != 0 ||
        certificate_check(wish->protocol, wish, false, fault) != 0 ||
        action_check(balancers, &actions, fault) != 0)
        return NULL;
    listener = listener_of_port(balancers, balancer->id, (uint16_t)wish->port.value);
    if (listener != NULL && str_equal(listener->protocol, wish->protocol) &&
        action_is_same(&listener->action, &wish->actions[0]))
        return listener;
    if (listener != NULL) {
        refuse_with_arn(balancers, balancer, &port_taken, fault);
        return NULL;
    }
    if (listener_count(balancers, balancer->id) >=
        account_quota(balancers->accounts, balancer->account, QUOTA_LISTENERS_PER_BALANCER)) {
        refuse_with_arn(balancers, balancer, &too_many, fault);
        return NULL;
    }
    listener = table_add(&balancers->listeners, ids_new(balancers->ids));
    listener->balancer = balancer->id;
    listener->created = balancers->sim->now;
    listener->protocol = xstrdup(wish->protocol);
    listener->port = (uint16_t)wish->port.value;
    security_set(listener, wish);
    action_set(&listener->action, &wish->actions[0]);
    tell_trail(balancers, listener, "created");
    balancer_review_uses(balancers, balancer->id);
    return listener;
}

int listener_change(struct balancers *balancers, struct listener *listener,
                    const struct listener_new *wish, struct fault *fault)
{
    const struct balancer *balancer = table_get(&balancers->balancers, listener->balancer);
    const char *protocol = wish->protocol == NULL ? listener->protocol : wish->protocol;
    struct action_wish actions = {balancer, wish->actions, wish->action_count, "listener default",
                                  protocol};
    const struct listener *other;

    if (protocol_check(balancer, protocol, fault) != 0 ||
        (wish->port.set && port_check(wish->port, fault) != 0) ||
        certificate_check(protocol, wish, listener->certificate != NULL, fault) != 0 ||
        (wish->action_count > 0 && action_check(balancers, &actions, fault) != 0))
        return -1;
    other = wish->port.set
                ? listener_of_port(balancers, balancer->id, (uint16_t)wish->port.value)
                : NULL;
    if (other != NULL && other != listener)
        return refuse_with_arn(balancers, balancer, &port_taken, fault);
    if (wish->port.set)
        listener->port = (uint16_t)wish->port.value;
    if (wish->protocol != NULL && !str_equal(wish->protocol, listener->protocol))
        text_set(&listener->protocol, wish->protocol);
    security_set(listener, wish);
    if (wish->action_count > 0)
        action_set(&listener->action, &wish->actions[0]);
    tell_trail(balancers, listener, "changed");
    balancer_review_uses(balancers, balancer->id);
    return 0;
}

int listener_remove(struct balancers *balancers, struct listener *listener, struct fault *fault)
{
    uint64_t balancer = listener->balancer;

    (void)fault;
    tell_trail(balancers, listener, "deleted");
    listener_drop_rules(balancers, listener->id);
    table_remove(&balancers->listeners, listener->id);
    balancer_review_uses(balancers, balancer);
    return 0;
}

/* ---- finding ---- */

struct listener *listener_find(const struct balancers *balancers, uint64_t id)
{
    return table_find(&balancers->listeners, id);
}

struct listener *listener_of_port(const struct balancers *balancers, uint64_t balancer,
                                  uint16_t port)
{
    for (uint32_t i = 0; i < table_count(&balancers->listeners); i++) {
        struct listener *listener = table_at(&balancers->listeners, i);

        if (listener->balancer == balancer && listener->port == port)
            return listener;
    }
    return NULL;
}

struct listener *listener_find_arn(const struct balancers *balancers, uint64_t account,
                                   uint8_t region, const char *arn, struct fault *fault)
{
    struct arena arena = ARENA_INIT;
    struct listener *found = NULL;
    const char *digits = strrchr(arn, '/');

    if (!str_starts(arn, "arn:aws:elasticloadbalancing:") || strstr(arn, ":listener/") == NULL) {
        elb_refusef(fault, "'%.300s' is not a valid listener ARN", arn);
        return NULL;
    }
    if (digits != NULL && strlen(digits) == 17)
        found = listener_find(balancers, strtoull(digits + 1, NULL, 16));
    if (found != NULL && (balancer_find(balancers, account, region, found->balancer) == NULL ||
                          !str_equal(listener_arn(balancers, &arena, found), arn)))
        found = NULL;
    arena_release(&arena);
    if (found == NULL)
        fault_set(fault, &fault_listener_not_found);
    return found;
}

const char *listener_arn(const struct balancers *balancers, struct arena *arena,
                         const struct listener *listener)
{
    const struct balancer *balancer = table_get(&balancers->balancers, listener->balancer);

    return arena_printf(
        arena, "arn:aws:elasticloadbalancing:%s:%012llu:listener/%s/%s/%016llx/%016llx",
        balancers->catalog->regions[balancer->region].name, (unsigned long long)balancer->account,
        balancer_kind(balancer), balancer->name, (unsigned long long)balancer->id,
        (unsigned long long)listener->id);
}

int64_t listener_accounted(const struct listener_counts *counts)
{
    return counts->in_flight + counts->aborted + counts->target_2xx + counts->target_3xx +
           counts->target_4xx + counts->target_5xx + counts->elb_2xx + counts->elb_3xx +
           counts->elb_4xx + counts->elb_500 + counts->elb_502 + counts->elb_503 + counts->elb_504;
}

/* ---- tables ---- */

const struct fault_kind fault_listener_not_found = {
    .code = "ListenerNotFound",
    .text = "One or more listeners not found",
    .hint = "`aws elbv2 describe-listeners --load-balancer-arn` lists those that there are.",
};
static const struct fault_kind port_taken = {
    .code = "DuplicateListener",
    .text = "A listener already exists on this port for this load balancer '{}'",
    .hint = "Choose another port, or delete the old listener.",
};
static const struct fault_kind too_many = {
    .code = "TooManyListeners",
    .text = "The maximum number of listeners has been reached on load balancer '{}'",
    .hint = "Delete one, or raise the quota with `lab set-quota`.",
};
static const struct fault_kind no_certificate = {
    .code = "CertificateNotFound",
    .text = "Certificate ARN '{}' is not valid",
    .hint = "A certificate of ACM is arn:aws:acm:REGION:ACCOUNT:certificate/ID; here any ID is "
            "taken as a name.",
};
static const struct fault_kind too_many_certificates = {
    .code = "TooManyCertificates",
    .text = "You can specify only one certificate",
    .hint = "A listener has one default certificate; more are added to it at AWS, not here.",
};
static const struct fault_kind no_policy = {
    .code = "SSLPolicyNotFound",
    .text = "SSL policy '{}' not found",
    .hint = "The default is ELBSecurityPolicy-2016-08; ELBSecurityPolicy-TLS13-1-2-2021-06 has "
            "TLS 1.3 and 1.2.",
};
