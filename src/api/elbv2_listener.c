/*
 * api/elbv2_listener.c - elbv2: listeners, and what they do with a request.
 */
#include "api/elbv2_action.h"
#include "api/elbv2_parts.h"
#include "cloud/listener.h"

static const char *const protocol_words[] = {"HTTP",    "HTTPS",  "TCP",  "TLS",      "UDP",
                                             "TCP_UDP", "GENEVE", "QUIC", "TCP_QUIC", NULL};

/* ---- what a listener looks like ---- */

struct certificate_view {
    const char *arn;
};

struct certificate_views {
    struct certificate_view *items;
    uint32_t count;
    uint32_t size;
};

struct listener_view {
    const char *arn;
    const char *balancer;
    int64_t port;
    const char *protocol;
    struct certificate_views certificates;
    const char *policy;
    struct action_views actions;
};

struct listeners_out {
    LIST(struct listener_view) listeners;
};

static const struct field certificate_fields[] = {
    F_STRING(struct certificate_view, arn, "CertificateArn",
             "Its ARN: arn:aws:acm:REGION:ACCOUNT:certificate/ID."),
};

static const struct shape certificate_shape =
    SHAPE("Certificate", struct certificate_view, certificate_fields);

static const struct field listener_fields[] = {
    F_STRING(struct listener_view, arn, "ListenerArn", "Its ARN.", .ref = &kind_listener),
    F_STRING(struct listener_view, balancer, "LoadBalancerArn", "Its balancer.",
             .ref = &kind_balancer),
    F_INT(struct listener_view, port, "Port", "The port it listens on.", .flags = FIELD_COLUMN),
    F_STRING(struct listener_view, protocol, "Protocol", "What it speaks.", .words = protocol_words,
             .flags = FIELD_COLUMN),
    F_LIST(struct listener_view, certificates, struct certificate_view, &certificate_shape,
           "Certificates", "Its certificate, when it is secure.", .flags = FIELD_OMIT_EMPTY),
    F_STRING(struct listener_view, policy, "SslPolicy", "Which TLS it speaks, when it is secure."),
    F_LIST(struct listener_view, actions, struct action_view, &elbv2_action_shape, "DefaultActions",
           "What it does with a request."),
};

static const struct shape listener_view_shape =
    SHAPE("Listener", struct listener_view, listener_fields);

static const struct field listeners_out_fields[] = {
    F_LIST(struct listeners_out, listeners, struct listener_view, &listener_view_shape, "Listeners",
           "The listeners."),
};

static const struct shape listeners_out_shape =
    SHAPE("CreateListenerOutput", struct listeners_out, listeners_out_fields);

static void view_listener(struct call *call, const struct listener *listener,
                          struct listener_view *view)
{
    const struct balancers *balancers = &call->world->balancers;

    *view = (struct listener_view){
        .arn = listener_arn(balancers, &call->arena, listener),
        .balancer = balancer_arn(balancers, &call->arena,
                                 table_get(&balancers->balancers, listener->balancer)),
        .port = listener->port,
        .protocol = listener->protocol,
        .policy = listener->policy,
    };
    if (listener->certificate != NULL)
        LIST_PUSH_IN(&call->arena, &view->certificates)->arn = listener->certificate;
    action_view(call, &listener->action, LIST_PUSH_IN(&call->arena, &view->actions));
}

/* ---- create, modify ---- */

/* What both take. */
struct wish_in {
    const char *protocol;
    struct opt_int port;
    const char *policy;
    struct certificate_views certificates;
    struct action_views actions;
};

struct create_in {
    const char *balancer;
    struct wish_in wish;
    struct tag_views tags;
};

struct modify_in {
    const char *arn;
    struct wish_in wish;
};

#define F_WISH(T)                                                                                  \
    F_STRING(T, wish.protocol, "Protocol",                                                         \
             "What it speaks: HTTP or HTTPS; of a network balancer TCP, TLS, UDP or TCP_UDP.",     \
             .words = protocol_words),                                                             \
        F_OPT_INT(T, wish.port, "Port", "The port it listens on.", .min = 1, .max = 65535),        \
        F_STRING(T, wish.policy, "SslPolicy", "Which TLS a secure one speaks."),                   \
        F_LIST(T, wish.certificates, struct certificate_view, &certificate_shape, "Certificates",  \
               "The certificate of a secure one: CertificateArn=ARN.")

static const struct field create_in_fields[] = {
    F_STRING(struct create_in, balancer, "LoadBalancerArn", "The balancer that listens.",
             .flags = FIELD_REQUIRED, .ref = &kind_balancer),
    F_WISH(struct create_in),
    F_LIST(struct create_in, wish.actions, struct action_view, &elbv2_action_shape,
           "DefaultActions", "What it does with a request: Type=forward,TargetGroupArn=ARN.",
           .flags = FIELD_REQUIRED),
    F_ELBV2_TAGS(struct create_in, tags),
};

static const struct field modify_in_fields[] = {
    F_STRING(struct modify_in, arn, "ListenerArn", "The listener.", .flags = FIELD_REQUIRED,
             .ref = &kind_listener),
    F_WISH(struct modify_in),
    F_LIST(struct modify_in, wish.actions, struct action_view, &elbv2_action_shape,
           "DefaultActions", "What it does with a request: Type=forward,TargetGroupArn=ARN."),
};

static const struct shape create_in_shape =
    SHAPE("CreateListenerInput", struct create_in, create_in_fields);
static const struct shape modify_in_shape =
    SHAPE("ModifyListenerInput", struct modify_in, modify_in_fields);

static const struct fault_kind *const create_faults[] = {
    &fault_balancer_not_found, &fault_target_group_not_found, &fault_action_not_modelled,
    &fault_action_needs,       &fault_elb_validation,         NULL,
};
static const struct fault_kind *const modify_faults[] = {
    &fault_listener_not_found, &fault_target_group_not_found, &fault_action_not_modelled,
    &fault_action_needs,       &fault_elb_validation,         NULL,
};

/* The wish in the words of the cloud; false after a fault. */
static bool read_wish(struct call *call, const struct wish_in *wish, struct listener_new *wanted)
{
    const char **arns = arena_alloc(&call->arena, (wish->certificates.count + 1) * sizeof(*arns));

    for (uint32_t i = 0; i < wish->certificates.count; i++)
        arns[i] = wish->certificates.items[i].arn;
    *wanted = (struct listener_new){
        .protocol = wish->protocol,
        .port = wish->port,
        .actions = actions_read(call, &wish->actions),
        .action_count = wish->actions.count,
        .certificates = arns,
        .certificate_count = wish->certificates.count,
        .policy = wish->policy,
    };
    return wanted->actions != NULL;
}

static int create_listener(struct call *call, const void *in, void *out)
{
    const struct create_in *wish = in;
    struct balancers *balancers = &call->world->balancers;
    struct balancer *balancer =
        balancer_find_arn(balancers, call->account, call->region, wish->balancer, &call->fault);
    struct listener_new wanted;
    struct listeners_out *answer = out;
    struct listener *listener;

    if (balancer == NULL || elbv2_tags_check(call, NULL, &wish->tags) != 0 ||
        !read_wish(call, &wish->wish, &wanted))
        return -1;
    listener = listener_add(balancers, balancer, &wanted, &call->fault);
    if (listener == NULL)
        return -1;
    for (uint32_t i = 0; i < wish->tags.count; i++)
        tags_set(&listener->tags, wish->tags.items[i].key, wish->tags.items[i].value);
    view_listener(call, listener, LIST_PUSH_IN(&call->arena, &answer->listeners));
    return 0;
}

static int modify_listener(struct call *call, const void *in, void *out)
{
    const struct modify_in *wish = in;
    struct balancers *balancers = &call->world->balancers;
    struct listener *listener =
        listener_find_arn(balancers, call->account, call->region, wish->arn, &call->fault);
    struct listener_new wanted;
    struct listeners_out *answer = out;

    if (listener == NULL || !read_wish(call, &wish->wish, &wanted) ||
        listener_change(balancers, listener, &wanted, &call->fault) != 0)
        return -1;
    view_listener(call, listener, LIST_PUSH_IN(&call->arena, &answer->listeners));
    return 0;
}

const struct op op_create_listener = {
    .name = "CreateListener",
    .doc = "Makes a balancer listen on a port, and says what it does with a request.",
    .example = "aws elbv2 create-listener --load-balancer-arn $LB --protocol HTTP --port 80 "
               "--default-actions "
               "Type=forward,TargetGroupArn=$TG",
    .needs = NEEDS_BALANCER " ; " NEEDS_TARGET_GROUP,
    .in = &create_in_shape,
    .out = &listeners_out_shape,
    .faults = create_faults,
    .flags = OP_WRITE,
    .run = create_listener,
};

const struct op op_modify_listener = {
    .name = "ModifyListener",
    .doc = "Changes a listener's port, protocol, certificate or default action; what is left away "
           "stays.",
    .example = "aws elbv2 modify-listener --listener-arn $L --port 8080",
    .needs = NEEDS_LISTENER,
    .in = &modify_in_shape,
    .out = &listeners_out_shape,
    .faults = modify_faults,
    .flags = OP_WRITE,
    .run = modify_listener,
};

/* ---- describe, delete ---- */

struct describe_in {
    const char *balancer;
    struct strings arns;
    const char *marker;
    struct opt_int page_size;
};

struct describe_out {
    struct listeners_out found;
    const char *next;
};

static const struct field describe_in_fields[] = {
    F_STRING(struct describe_in, balancer, "LoadBalancerArn", "Those of this balancer.",
             .ref = &kind_balancer),
    F_STRINGS(struct describe_in, arns, "ListenerArns", "Only these.", .ref = &kind_listener),
    F_MARKER(struct describe_in, marker),
    F_PAGE_SIZE(struct describe_in, page_size),
};

static const struct shape describe_in_shape =
    SHAPE("DescribeListenersInput", struct describe_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_LIST(struct describe_out, found.listeners, struct listener_view, &listener_view_shape,
           "Listeners", "The listeners."),
    F_NEXT_MARKER(struct describe_out, next),
};

static const struct shape describe_out_shape =
    SHAPE("DescribeListenersOutput", struct describe_out, describe_out_fields);

static const struct paging paging = ELBV2_PAGING("Listeners");

static const struct fault_kind fault_listener_which = {
    .code = "ValidationError",
    .text = "You must specify either listener ARNs or a load balancer ARN",
    .hint = "Give --load-balancer-arn, or --listener-arns.",
};

static const struct fault_kind *const listener_faults[] = {
    &fault_listener_which,
    &fault_listener_not_found,
    &fault_balancer_not_found,
    &fault_elb_validation,
    NULL,
};

static int describe_wished(struct call *call, const struct describe_in *wish,
                           struct listeners_out *answer)
{
    struct balancers *balancers = &call->world->balancers;
    const struct balancer *balancer;

    if ((wish->balancer == NULL) == (wish->arns.count == 0))
        return call_fault(call, &fault_listener_which);
    for (uint32_t i = 0; i < wish->arns.count; i++) {
        const struct listener *listener = listener_find_arn(balancers, call->account, call->region,
                                                            wish->arns.items[i], &call->fault);

        if (listener == NULL)
            return -1;
        view_listener(call, listener, LIST_PUSH_IN(&call->arena, &answer->listeners));
    }
    if (wish->balancer == NULL)
        return 0;
    balancer =
        balancer_find_arn(balancers, call->account, call->region, wish->balancer, &call->fault);
    if (balancer == NULL)
        return -1;
    for (uint32_t i = 0; i < table_count(&balancers->listeners); i++) {
        const struct listener *listener = table_at(&balancers->listeners, i);

        if (listener->balancer == balancer->id)
            view_listener(call, listener, LIST_PUSH_IN(&call->arena, &answer->listeners));
    }
    return 0;
}

static int describe_listeners(struct call *call, const void *in, void *out)
{
    const struct describe_in *wish = in;
    struct describe_out *answer = out;
    struct page page;

    if (describe_wished(call, wish, &answer->found) != 0 ||
        page_find(call, wish->page_size, wish->marker, answer->found.listeners.count, &page) != 0)
        return -1;
    PAGE_CUT(&answer->found.listeners, page);
    answer->next = page.next;
    return 0;
}

const struct op op_describe_listeners = {
    .name = "DescribeListeners",
    .doc = "Lists the listeners of a balancer.",
    .example = "aws elbv2 describe-listeners --load-balancer-arn $LB",
    .needs = NEEDS_BALANCER,
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = listener_faults,
    .paging = &paging,
    .run = describe_listeners,
};

struct which_in {
    const char *arn;
};

static const struct field which_in_fields[] = {
    F_STRING(struct which_in, arn, "ListenerArn", "The listener.", .flags = FIELD_REQUIRED,
             .ref = &kind_listener),
};

static const struct shape delete_in_shape =
    SHAPE("DeleteListenerInput", struct which_in, which_in_fields);

static int delete_listener(struct call *call, const void *in, void *out)
{
    const struct which_in *wish = in;
    struct balancers *balancers = &call->world->balancers;
    struct listener *listener =
        listener_find_arn(balancers, call->account, call->region, wish->arn, &call->fault);

    (void)out;
    return listener == NULL ? -1 : listener_remove(balancers, listener, &call->fault);
}

const struct op op_delete_listener = {
    .name = "DeleteListener",
    .doc = "Makes a balancer stop listening on a port.",
    .example = "aws elbv2 delete-listener --listener-arn $L",
    .needs = NEEDS_LISTENER,
    .in = &delete_in_shape,
    .out = &shape_empty,
    .faults = listener_faults,
    .flags = OP_WRITE,
    .run = delete_listener,
};
