/*
 * tests/unit/cloud_routing_oracle.h - a naive second opinion on load balancers: what RELIABILITY's
 * L1 to L5 say, counted again beside the rooms.
 *
 * The oracle stands between the rooms and sees each request that reaches a node, each that ends,
 * and each health check that ends.  It keeps its own counts in plain arrays, reads attributes as
 * they are written, and says where the rooms differ.
 */
#ifndef TESTS_CLOUD_ROUTING_ORACLE_H
#define TESTS_CLOUD_ROUTING_ORACLE_H

#include "cloud_rig.h"

#include "cloud/rule.h"

enum { SHADOWS = 64, BOOKS = 32, WINDOWS = 64, VISITS = 128, WINDOW_TARGETS = 16 };

/* What the oracle knows of a target. */
struct shadow {
    uint64_t id; /* 0: none */
    uint64_t group;
    int64_t since;      /* when its draining began */
    int64_t until;      /* when that ends */
    int64_t moved;      /* when it was last moved by something else than a check */
    int64_t sent;       /* its last check since */
    int64_t interval_s; /* as it was then */
    int64_t timeout_s;
    int64_t in_flight;
    uint32_t passed; /* checks in a row */
    uint32_t failed;
    uint8_t state;
};

/* The requests of a listener, counted again. */
struct book {
    uint64_t listener; /* 0: none */
    int64_t arrived;
    int64_t in_flight;
    int64_t aborted;
    int64_t by_target;
    int64_t by_node;
    int64_t codes[600];
};

/* Turns since the targets among which they go were last others. */
struct window {
    uint64_t group; /* 0: none */
    uint64_t members[WINDOW_TARGETS];
    int64_t turns[WINDOW_TARGETS];
    uint32_t count;
    uint8_t zone; /* ZONE_ANY: of all */
};

/* To whom a client's address went last. */
struct visit {
    uint64_t group; /* 0: none */
    uint64_t target;
    uint64_t members[WINDOW_TARGETS];
    uint32_t count;
    uint32_t address;
    uint8_t zone;
};

/* How often each invariant had something to say. */
struct oracle_counts {
    uint64_t events;
    uint64_t commands;
    uint64_t ended;    /* L1: requests that ended */
    uint64_t chosen;   /* L2: requests that were given to a target */
    uint64_t opened;   /* of these, while it failed open */
    uint64_t nobody;   /* no target: 503 or refused */
    uint64_t alone;    /* answered by the balancer itself */
    uint64_t ruled;    /* taken by a rule */
    uint64_t checks;   /* L3: health checks that ended */
    uint64_t flips;    /* and moved their target */
    uint64_t grid;     /* checks that came a whole interval after the one before */
    uint64_t drained;  /* L4: targets whose draining came to its end */
    uint64_t fallen;   /* targets of network groups that became unhealthy */
    uint64_t cut;      /* requests that were cut then */
    uint64_t turns;    /* L5: turns of round robin */
    uint64_t ramping;  /* of these, while somebody was in slow start */
    uint64_t least;    /* choices of least outstanding requests */
    uint64_t stuck;    /* requests that stayed with their target */
    uint64_t flows;    /* of a client that had been there before */
    uint64_t kept;     /* connections through a network balancer that stayed with their target */
    uint64_t lookups;  /* of a balancer's name, some zone being left out */
};

struct oracle {
    struct rig *rig;
    uint64_t seed;
    int step;
    bool stepping; /* looks after each event */
    struct request_balancing real;
    struct request_origin probe;
    void *probe_context;
    struct request_origin probe_spy;
    struct shadow shadows[SHADOWS];
    struct book books[BOOKS];
    struct window windows[WINDOWS];
    struct visit visits[VISITS];
    uint32_t next_visit;
    struct oracle_counts counts;
};

#define HOLDS(oracle, what) \
    do { \
        if (!(what)) \
            fail_msg("seed %u, command %d, %lld ns: not %s", (unsigned)(oracle)->seed, \
                     (oracle)->step, (long long)((oracle)->rig->sim.now - SIM_BEGIN_NS), #what); \
    } while (0)

/* ---- reading ---- */

static const char *attribute_of(const struct target_group *group, const char *key)
{
    const char *value =
        attributes_get(target_group_attribute_table(group), &group->attributes, key);

    return value == NULL ? "" : value;
}

/* "off" and what there is not are 0. */
static uint64_t number_of(const struct target_group *group, const char *key)
{
    return strtoull(attribute_of(group, key), NULL, 10);
}

static bool is_on(const struct target_group *group, const char *key)
{
    return str_equal(attribute_of(group, key), "true");
}

static bool crosses(const struct balancer *balancer, const struct target_group *group)
{
    const char *word = attribute_of(group, "load_balancing.cross_zone.enabled");

    if (str_equal(word, "use_load_balancer_configuration"))
        return str_equal(balancer->type, "application") || balancer->crosses;
    return str_equal(word, "true");
}

/* The targets of a group that a node may think of. */
struct party {
    const struct target *all[WINDOW_TARGETS]; /* registered, used and not draining */
    const struct target *fit[WINDOW_TARGETS]; /* of these, those that may get a request */
    uint32_t all_count;
    uint32_t fit_count;
    uint32_t healthy;
    bool open;
    uint8_t zone;
};

static bool is_few(uint32_t healthy, uint32_t all, uint64_t count, uint64_t percentage)
{
    return healthy < count || (percentage > 0 && (uint64_t)healthy * 100 < percentage * all);
}

static struct party party_of(const struct oracle *oracle, const struct target_group *group,
                             uint8_t zone)
{
    const struct table *targets = &oracle->rig->groups.targets;
    struct party party = {.zone = zone};

    for (uint32_t i = 0; i < table_count(targets); i++) {
        const struct target *target = table_at(targets, i);

        if (target->group != group->id || (zone != ZONE_ANY && target->zone != zone) ||
            target->state == TARGET_UNUSED || target->state == TARGET_DRAINING)
            continue;
        party.all[party.all_count++] = target;
        party.healthy += target->state == TARGET_HEALTHY;
    }
    party.open = is_few(party.healthy, party.all_count,
                        number_of(group, "target_group_health.unhealthy_state_routing."
                                         "minimum_healthy_targets.count"),
                        number_of(group, "target_group_health.unhealthy_state_routing."
                                         "minimum_healthy_targets.percentage"));
    for (uint32_t i = 0; i < party.all_count; i++)
        if (party.open || party.all[i]->state == TARGET_HEALTHY)
            party.fit[party.fit_count++] = party.all[i];
    return party;
}

static bool is_fit(const struct party *party, uint64_t target)
{
    for (uint32_t i = 0; i < party->fit_count; i++)
        if (party->fit[i]->id == target)
            return true;
    return false;
}

static bool is_same(const struct party *party, const uint64_t *members, uint32_t count)
{
    for (uint32_t i = 0; i < party->fit_count && count == party->fit_count; i++)
        if (party->fit[i]->id != members[i])
            return false;
    return count == party->fit_count;
}

static struct shadow *shadow_of(struct oracle *oracle, uint64_t id)
{
    struct shadow *spare = NULL;

    for (int i = 0; i < SHADOWS; i++) {
        if (oracle->shadows[i].id == id)
            return &oracle->shadows[i];
        if (spare == NULL && oracle->shadows[i].id == 0)
            spare = &oracle->shadows[i];
    }
    assert_non_null(spare);
    *spare = (struct shadow){.id = id};
    return spare;
}

static struct book *book_of(struct oracle *oracle, uint64_t listener)
{
    struct book *spare = NULL;

    for (int i = 0; i < BOOKS; i++) {
        if (oracle->books[i].listener == listener)
            return &oracle->books[i];
        if (spare == NULL && oracle->books[i].listener == 0)
            spare = &oracle->books[i];
    }
    assert_non_null(spare);
    *spare = (struct book){.listener = listener};
    return spare;
}

/* ---- L5: whose turn it is ---- */

static void turn_check(struct oracle *oracle, const struct target_group *group,
                       const struct party *party, const struct target *target)
{
    struct window *window = NULL;
    int64_t least = INT64_MAX;
    int64_t most = 0;
    int64_t ramping = 0;

    for (int i = WINDOWS; i-- > 0;)
        if (oracle->windows[i].group == 0 ||
            (oracle->windows[i].group == group->id && oracle->windows[i].zone == party->zone))
            window = &oracle->windows[i];
    assert_non_null(window);
    if (window->group == 0 || !is_same(party, window->members, window->count)) {
        *window = (struct window){
            .group = group->id, .count = party->fit_count, .zone = party->zone};
        for (uint32_t i = 0; i < party->fit_count; i++)
            window->members[i] = party->fit[i]->id;
    }
    for (uint32_t i = 0; i < window->count; i++)
        window->turns[i] += window->members[i] == target->id;
    for (uint32_t i = 0; i < window->count; i++) {
        int64_t turns = window->turns[i];

        if (party->fit[i]->warm != 0) {
            ramping = turns > ramping ? turns : ramping;
            continue;
        }
        least = turns < least ? turns : least;
        most = turns > most ? turns : most;
    }
    oracle->counts.turns++;
    oracle->counts.ramping += ramping > 0;
    HOLDS(oracle, least == INT64_MAX || most - least <= 1);
    HOLDS(oracle, least == INT64_MAX || ramping <= most + 1);
    for (uint32_t i = 0; i < window->count; i++)
        if (party->fit[i]->warm != 0) /* it has no whole turns to compare */
            window->group = 0;
}

/* The windows of a group are over: something else than its targets has changed. */
static void windows_forget(struct oracle *oracle, uint64_t group)
{
    for (int i = 0; i < WINDOWS; i++)
        if (oracle->windows[i].group == group)
            oracle->windows[i].count = UINT32_MAX;
}

/* Has nobody come since? */
static bool is_part(const struct party *party, const struct visit *visit)
{
    uint32_t found = 0;

    for (uint32_t i = 0; i < party->fit_count; i++)
        for (uint32_t k = 0; k < visit->count; k++)
            found += party->fit[i]->id == visit->members[k];
    return found == party->fit_count;
}

static void flow_check(struct oracle *oracle, const struct target_group *group,
                       const struct party *party, const struct request *request,
                       const struct target *target)
{
    struct visit *visit = NULL;

    for (int i = 0; i < VISITS; i++)
        if (oracle->visits[i].group == group->id && oracle->visits[i].zone == party->zone &&
            oracle->visits[i].address == request->from.address)
            visit = &oracle->visits[i];
    if (visit != NULL && is_same(party, visit->members, visit->count)) {
        HOLDS(oracle, visit->target == target->id);
        oracle->counts.flows++;
    } else if (visit != NULL && is_fit(party, visit->target) && is_part(party, visit)) {
        HOLDS(oracle, visit->target == target->id); /* only others have gone */
    }
    if (visit == NULL)
        visit = &oracle->visits[oracle->next_visit++ % VISITS];
    *visit = (struct visit){.group = group->id,
                          .target = target->id,
                          .count = party->fit_count,
                          .address = request->from.address,
                          .zone = party->zone};
    for (uint32_t i = 0; i < party->fit_count; i++)
        visit->members[i] = party->fit[i]->id;
}

/* Of all that follow the group's own method, and no cookie. */
static void method_check(struct oracle *oracle, const struct target_group *group,
                         const struct party *party, const struct request *request,
                         const struct target *target)
{
    bool network = target_group_is_network(group);

    if (group->algorithm == ALGORITHM_IP_HASH ||
        (network && is_on(group, "stickiness.enabled"))) {
        flow_check(oracle, group, party, request, target);
        return;
    }
    if (network)
        return;
    if (group->algorithm == ALGORITHM_ROUND_ROBIN)
        turn_check(oracle, group, party, target);
    if (group->algorithm != ALGORITHM_LEAST_OUTSTANDING)
        return;
    oracle->counts.least += party->fit_count > 1;
    for (uint32_t i = 0; i < party->fit_count; i++)
        HOLDS(oracle, target->in_flight - 1 <=
                          party->fit[i]->in_flight - (party->fit[i] == target));
}

/* ---- L2: who may get it ---- */

/* The target that the client's cookie names, if that still says anything. */
static uint64_t cookie_of(const struct oracle *oracle, const struct target_group *group,
                          const struct request *request, const struct party *party)
{
    struct request_words words = request_words(&oracle->rig->requests, request);
    int64_t past = oracle->rig->sim.now - words.sticky_since;

    if (target_group_is_network(group) || !is_on(group, "stickiness.enabled") ||
        !str_equal(attribute_of(group, "stickiness.type"), "lb_cookie") ||
        words.headers != NULL || words.sticky_target == 0 ||
        past / SECOND_NS >= (int64_t)number_of(group, "stickiness.lb_cookie.duration_seconds"))
        return 0;
    return is_fit(party, words.sticky_target) ? words.sticky_target : 0;
}

static void target_check(struct oracle *oracle, const struct balancer *balancer,
                         const struct request *request, uint64_t chosen)
{
    const struct target *target = target_get(&oracle->rig->groups, chosen);
    const struct target_group *group = table_get(&oracle->rig->groups.groups, target->group);
    struct party party = party_of(oracle, group,
                                  crosses(balancer, group) ? ZONE_ANY : request->to.zone);
    struct shadow *shadow = shadow_of(oracle, chosen);
    uint64_t stuck = cookie_of(oracle, group, request, &party);

    HOLDS(oracle, target->state != TARGET_DRAINING && target->state != TARGET_UNUSED);
    HOLDS(oracle, target->state == TARGET_HEALTHY || party.open);
    HOLDS(oracle, party.zone == ZONE_ANY || target->zone == party.zone);
    HOLDS(oracle, is_fit(&party, chosen));
    HOLDS(oracle, group->balancer == balancer->id);
    shadow->group = group->id;
    shadow->in_flight++;
    oracle->counts.chosen++;
    oracle->counts.opened += target->state != TARGET_HEALTHY;
    oracle->counts.stuck += stuck != 0;
    HOLDS(oracle, stuck == 0 || stuck == chosen);
    if (stuck == 0)
        method_check(oracle, group, &party, request, target);
}

/* ---- rules and weights ---- */

/* The rule of the lowest number whose one pattern, PREFIX*, fits. */
static const struct rule *rule_meant(const struct oracle *oracle, uint64_t listener,
                                     const char *path)
{
    const struct table *rules = &oracle->rig->balancers.rules;
    const struct rule *best = NULL;

    for (uint32_t i = 0; i < table_count(rules); i++) {
        const struct rule *rule = table_at(rules, i);
        const char *pattern = rule->conditions.items[0].values.items[0].value;

        if (rule->listener == listener && strncmp(path, pattern, strlen(pattern) - 1) == 0 &&
            (best == NULL || rule->priority < best->priority))
            best = rule;
    }
    return best;
}

static bool forwards_to(const struct listener_action *action, uint64_t group, uint64_t kept)
{
    for (uint32_t i = 0; i < action->groups.count; i++)
        if (action->groups.items[i].group == group)
            return action->groups.items[i].weight > 0 || action->groups.count == 1 ||
                   group == kept;
    return false;
}

/* 503 has a cause: a group that may be meant has nobody, or all weights are 0. */
static bool nobody_is_there(const struct oracle *oracle, const struct balancer *balancer,
                            const struct listener_action *action, const struct request *request)
{
    uint64_t weights = 0;

    for (uint32_t i = 0; i < action->groups.count; i++) {
        const struct target_group *group =
            table_get(&oracle->rig->groups.groups, action->groups.items[i].group);
        struct party party = party_of(oracle, group,
                                      crosses(balancer, group) ? ZONE_ANY : request->to.zone);

        weights += action->groups.items[i].weight;
        if (party.all_count == 0)
            return true;
    }
    return weights == 0;
}

static bool is_fallen(uint8_t state)
{
    return state == TARGET_UNHEALTHY || state == TARGET_UNHEALTHY_DRAINING;
}

/* The target that a connection which is open already must go to: not one that has become unused,
 * and even one that is unhealthy, or registered no more.  0: any. */
static uint64_t flow_meant(const struct oracle *oracle, const struct request *request)
{
    const struct target_groups *groups = &oracle->rig->groups;
    const struct balancer *balancer =
        table_get(&oracle->rig->balancers.balancers, request->balancer);
    const struct flow_entry *flow =
        !balancer_is_network(balancer) || !request->kept
            ? NULL
            : flow_find(&groups->flows, flow_key(request), oracle->rig->sim.now);
    const struct target *target = flow == NULL ? NULL : target_find(groups, flow->target);

    if (flow == NULL || (target != NULL && target->state != TARGET_HEALTHY &&
                         target->state != TARGET_DRAINING && !is_fallen(target->state)))
        return 0;
    return flow->target;
}

static void flow_stay_check(struct oracle *oracle, const struct request_choice *choice,
                            uint64_t meant)
{
    const struct target *target = target_find(&oracle->rig->groups, meant);

    HOLDS(oracle, choice->what == BALANCE_FORWARD && choice->target == meant);
    oracle->counts.kept++;
    if (target == NULL)
        return;
    HOLDS(oracle, choice->instance == target->instance && choice->port == target->port);
    shadow_of(oracle, meant)->group = target->group;
    shadow_of(oracle, meant)->in_flight++;
}

static void choice_check(struct oracle *oracle, const struct request *request,
                         const struct request_choice *choice)
{
    const struct rig *rig = oracle->rig;
    const struct balancer *balancer = table_get(&rig->balancers.balancers, request->balancer);
    const struct listener *listener =
        listener_of_port(&rig->balancers, balancer->id, request->port);
    struct request_words words = request_words(&rig->requests, request);
    const struct rule *rule = rule_meant(oracle, listener->id, words.path);
    const struct listener_action *action = rule == NULL ? &listener->action : &rule->action;
    const struct target *target;

    HOLDS(oracle, request->listener == listener->id);
    HOLDS(oracle, request->rule == (rule == NULL ? 0 : rule->id));
    oracle->counts.ruled += rule != NULL;
    if (choice->what == BALANCE_FORWARD) {
        HOLDS(oracle, action->type == ACTION_FORWARD);
        target_check(oracle, balancer, request, choice->target);
        target = target_get(&rig->groups, choice->target);
        HOLDS(oracle, forwards_to(action, target->group, words.sticky_group));
        HOLDS(oracle, choice->instance == target->instance && choice->port == target->port);
    } else if (action->type == ACTION_FORWARD) {
        oracle->counts.nobody++;
        HOLDS(oracle, nobody_is_there(oracle, balancer, action, request));
        HOLDS(oracle, balancer_is_network(balancer) || choice->status == 503);
    } else {
        oracle->counts.alone++;
        HOLDS(oracle, choice->status == action->status);
    }
}

/* ---- the spies ---- */

static bool spy_listens(void *context, uint64_t balancer, struct request_port port)
{
    struct oracle *oracle = context;

    return oracle->real.listens(oracle->real.context, balancer, port);
}

static void spy_choose(void *context, struct request *request, struct request_choice *choice)
{
    struct oracle *oracle = context;
    uint64_t flow = flow_meant(oracle, request);
    struct book *book;

    oracle->real.choose(oracle->real.context, request, choice);
    book = book_of(oracle, request->listener);
    book->arrived++;
    book->in_flight++;
    if (flow != 0)
        flow_stay_check(oracle, choice, flow);
    else
        choice_check(oracle, request, choice);
}

static void spy_ended(void *context, const struct request *request)
{
    struct oracle *oracle = context;
    struct book *book = book_of(oracle, request->listener);
    bool by_target = request->answered_by == PLACE_INSTANCE;
    struct shadow *shadow;

    oracle->real.ended(oracle->real.context, request);
    oracle->counts.ended++;
    book->in_flight--;
    book->aborted += request->exit != EXIT_ANSWERED;
    book->by_target += request->exit == EXIT_ANSWERED && by_target;
    book->by_node += request->exit == EXIT_ANSWERED && !by_target;
    if (request->exit == EXIT_ANSWERED && !by_target)
        book->codes[request->status]++;
    if (request->target != 0 && target_find(&oracle->rig->groups, request->target) != NULL) {
        shadow = shadow_of(oracle, request->target);
        shadow->in_flight--;
        oracle->counts.cut += shadow->state == TARGET_DRAINING && request->status == 502 &&
                              oracle->rig->sim.now == shadow->until;
    }
    /* Nobody answers for a balancer but with an error of its own, once a target was chosen. */
    HOLDS(oracle, request->exit != EXIT_ANSWERED || by_target || request->target == 0 ||
                      request->status == 502 || request->status == 504);
}

static void spy_answer(void *context, const struct request *request, struct request_answer *answer)
{
    struct oracle *oracle = context;

    oracle->real.answer(oracle->real.context, request, answer);
}

static void spy_words(void *context, const struct request *request, struct request_words *words)
{
    struct oracle *oracle = context;

    oracle->probe.words(oracle->probe_context, request, words);
}

/* Nothing is in flight to a target that has gone, but answers on their way back. */
static void cut_check(struct oracle *oracle, const struct shadow *shadow)
{
    uint64_t *ids = request_pool_ids(&oracle->rig->requests.pool);

    for (uint32_t i = 0; i < oracle->rig->requests.pool.count; i++) {
        const struct request *request = request_find(&oracle->rig->requests, ids[i]);

        HOLDS(oracle, request->target != shadow->id || request->state == REQUEST_RETURNING);
    }
    free(ids);
}

static bool is_checked(uint8_t state)
{
    return state == TARGET_INITIAL || state == TARGET_HEALTHY || is_fallen(state);
}

static bool ends_flows(const struct target_group *group)
{
    return is_on(group, "target_health_state.unhealthy.connection_termination.enabled");
}

static uint8_t fallen_state(const struct target_group *group)
{
    bool drains = target_group_is_network(group) && !ends_flows(group) &&
                  number_of(group, "target_health_state.unhealthy.draining_interval_seconds") > 0;

    return drains ? TARGET_UNHEALTHY_DRAINING : TARGET_UNHEALTHY;
}

/* Flows to a target that becomes unhealthy are reset, or go on for as long as the group says. */
static void fallen_check(struct oracle *oracle, struct shadow *shadow, const struct target *target)
{
    const struct target_group *group = table_get(&oracle->rig->groups.groups, target->group);

    if (!target_group_is_network(group))
        return;
    oracle->counts.fallen++;
    if (target->state == TARGET_UNHEALTHY_DRAINING)
        shadow->until =
            oracle->rig->sim.now +
            (int64_t)number_of(group, "target_health_state.unhealthy.draining_interval_seconds") *
                SECOND_NS;
    else if (ends_flows(group) && !party_of(oracle, group, ZONE_ANY).open)
        cut_check(oracle, shadow);
}

/* L3: a target that is checked moves after as many checks in a row as are asked for, and only so.
 */
static void spy_probe(void *context, const struct request *request)
{
    struct oracle *oracle = context;
    struct target *target = target_find(&oracle->rig->groups, request->origin_id);
    bool counts = target != NULL && target->probing == request->id;
    const struct target_group *group =
        target == NULL ? NULL : table_get(&oracle->rig->groups.groups, target->group);
    bool well = request->exit == EXIT_ANSWERED &&
                (request->protocol == REQUEST_CONNECT || request->status == 200);
    struct shadow *shadow;
    uint8_t next;

    if (!counts) {
        oracle->probe.done(oracle->probe_context, request);
        return;
    }
    shadow = shadow_of(oracle, target->id);
    HOLDS(oracle, is_checked(target->state));
    HOLDS(oracle, shadow->sent != target->probe_sent ||
                      oracle->rig->sim.now - shadow->sent <= shadow->timeout_s * SECOND_NS);
    shadow->passed = well ? shadow->passed + 1 : 0;
    shadow->failed = well ? 0 : shadow->failed + 1;
    next = target->state;
    if (well && (target->state == TARGET_INITIAL || shadow->passed >= group->healthy_threshold))
        next = TARGET_HEALTHY;
    if (!well && !is_fallen(target->state) && shadow->failed >= group->unhealthy_threshold)
        next = fallen_state(group);
    oracle->counts.checks++;
    oracle->counts.flips += next != target->state;
    oracle->probe.done(oracle->probe_context, request);
    HOLDS(oracle, target->state == next);
    if (is_fallen(next) && !is_fallen(shadow->state))
        fallen_check(oracle, shadow, target);
    shadow->state = next;
}

static void oracle_watch(struct oracle *oracle)
{
    struct requests *requests = &oracle->rig->requests;

    oracle->real = requests->balancing;
    requests->balancing = (struct request_balancing){
        .context = oracle,
        .listens = spy_listens,
        .choose = spy_choose,
        .ended = spy_ended,
        .answer = spy_answer,
    };
    oracle->probe = requests->origins[REQUEST_PROBE];
    oracle->probe_context = requests->origin_contexts[REQUEST_PROBE];
    oracle->probe_spy = oracle->probe;
    oracle->probe_spy.words = spy_words;
    oracle->probe_spy.done = spy_probe;
    requests_set_origin(requests, REQUEST_PROBE, &oracle->probe_spy, oracle);
}

/* ---- after every event ---- */

/* L1: every request that arrived is somewhere, and the room counted as the oracle did. */
static void books_check(struct oracle *oracle)
{
    const struct table *listeners = &oracle->rig->balancers.listeners;

    for (uint32_t i = 0; i < table_count(listeners); i++) {
        const struct listener *listener = table_at(listeners, i);
        const struct listener_counts *counts = &listener->counts;
        const struct book *book = book_of(oracle, listener->id);
        int64_t by_node = counts->elb_2xx + counts->elb_3xx + counts->elb_4xx + counts->elb_500 +
                          counts->elb_502 + counts->elb_503 + counts->elb_504;
        int64_t by_target = counts->target_2xx + counts->target_3xx + counts->target_4xx +
                            counts->target_5xx;

        HOLDS(oracle, counts->arrived ==
                          by_target + by_node + counts->in_flight + counts->aborted);
        HOLDS(oracle, counts->arrived == listener_accounted(counts));
        HOLDS(oracle, counts->in_flight >= 0);
        HOLDS(oracle, counts->arrived == book->arrived);
        HOLDS(oracle, counts->in_flight == book->in_flight);
        HOLDS(oracle, counts->aborted == book->aborted);
        HOLDS(oracle, by_target == book->by_target && by_node == book->by_node);
        HOLDS(oracle, counts->elb_502 == book->codes[502]);
        HOLDS(oracle, counts->elb_503 == book->codes[503]);
        HOLDS(oracle, counts->elb_504 == book->codes[504]);
    }
    for (uint32_t i = 0; i < table_count(&oracle->rig->streams.table); i++) {
        const struct stream *stream = table_at(&oracle->rig->streams.table, i);

        HOLDS(oracle, stream->sent == stream->completed + stream->failed + stream->in_flight);
    }
}

/* L4: gone when the delay has passed, not earlier, unless nobody uses the group any more. */
static void gone_check(struct oracle *oracle, struct shadow *shadow)
{
    const struct target_group *group = table_find(&oracle->rig->groups.groups, shadow->group);
    int64_t now = oracle->rig->sim.now;

    if (shadow->state == TARGET_DRAINING && group != NULL && group->balancer != 0) {
        HOLDS(oracle, now >= shadow->until);
        HOLDS(oracle, !oracle->stepping || now == shadow->until);
        oracle->counts.drained++;
        if (!target_group_is_network(group) ||
            is_on(group, "deregistration_delay.connection_termination.enabled"))
            cut_check(oracle, shadow);
    }
    *shadow = (struct shadow){0};
}

/* What a target has become since the oracle looked, other than by its checks. */
static void moved(struct oracle *oracle, struct shadow *shadow, const struct target *target)
{
    const struct target_group *group = table_get(&oracle->rig->groups.groups, target->group);

    if (shadow->state == TARGET_UNHEALTHY_DRAINING && target->state == TARGET_UNHEALTHY) {
        HOLDS(oracle, oracle->rig->sim.now >= shadow->until);
        HOLDS(oracle, !oracle->stepping || oracle->rig->sim.now == shadow->until);
        if (!party_of(oracle, group, ZONE_ANY).open)
            cut_check(oracle, shadow);
        shadow->state = target->state;
        return;
    }
    /* L3: only checks move it between these, and it begins as initial. */
    HOLDS(oracle, !(is_checked(shadow->state) && is_checked(target->state)) ||
                      target->state == TARGET_INITIAL || !oracle->stepping);
    HOLDS(oracle, !is_checked(target->state) || target->state == TARGET_INITIAL ||
                      !oracle->stepping);
    if (target->state == TARGET_DRAINING) {
        shadow->since = oracle->rig->sim.now;
        shadow->until = shadow->since +
                        (int64_t)number_of(group, "deregistration_delay.timeout_seconds") *
                            SECOND_NS;
    }
    shadow->state = target->state;
    shadow->passed = shadow->failed = 0;
    shadow->moved = oracle->rig->sim.now;
    shadow->sent = 0;
}

/* L3: checks come on a grid. */
static void grid_check(struct oracle *oracle, struct shadow *shadow, const struct target *target)
{
    const struct target_group *group = table_get(&oracle->rig->groups.groups, target->group);

    if (!is_checked(target->state) || target->probe_sent == shadow->sent ||
        target->probe_sent < shadow->moved)
        return;
    if (shadow->sent != 0 && oracle->stepping) {
        HOLDS(oracle, target->probe_sent == shadow->sent + shadow->interval_s * SECOND_NS);
        oracle->counts.grid++;
    }
    shadow->sent = target->probe_sent;
    shadow->interval_s = group->check_interval_s;
    shadow->timeout_s = group->check_timeout_s;
}

static void targets_check(struct oracle *oracle)
{
    const struct table *targets = &oracle->rig->groups.targets;

    for (uint32_t i = 0; i < table_count(targets); i++) {
        const struct target *target = table_at(targets, i);
        struct shadow *shadow = shadow_of(oracle, target->id);

        if (shadow->state != target->state)
            moved(oracle, shadow, target);
        shadow->group = target->group;
        HOLDS(oracle, target->state != TARGET_DRAINING ||
                          oracle->rig->sim.now <= shadow->until);
        HOLDS(oracle, (int64_t)target->in_flight == shadow->in_flight);
        HOLDS(oracle, target->warm == 0 || target->state == TARGET_HEALTHY);
        grid_check(oracle, shadow, target);
    }
    for (int i = 0; i < SHADOWS; i++)
        if (oracle->shadows[i].id != 0 &&
            target_find(&oracle->rig->groups, oracle->shadows[i].id) == NULL)
            gone_check(oracle, &oracle->shadows[i]);
}

static void oracle_look(struct oracle *oracle)
{
    books_check(oracle);
    targets_check(oracle);
}

/* ---- now and then ---- */

/* The counts in flight are the requests that are there. */
static void pool_check(struct oracle *oracle)
{
    const struct rig *rig = oracle->rig;
    uint64_t *ids = request_pool_ids(&rig->requests.pool);
    int64_t books[BOOKS] = {0};
    int64_t shadows[SHADOWS] = {0};

    for (uint32_t i = 0; i < rig->requests.pool.count; i++) {
        const struct request *request = request_find(&rig->requests, ids[i]);

        if (!request->counted)
            continue;
        books[book_of(oracle, request->listener) - oracle->books]++;
        if (request->target != 0 && target_find(&rig->groups, request->target) != NULL)
            shadows[shadow_of(oracle, request->target) - oracle->shadows]++;
    }
    free(ids);
    for (int i = 0; i < BOOKS; i++) {
        struct book *book = &oracle->books[i];

        HOLDS(oracle, book->listener == 0 || books[i] == book->in_flight);
        if (book->in_flight == 0 && listener_find(&rig->balancers, book->listener) == NULL)
            *book = (struct book){0};
    }
    for (int i = 0; i < SHADOWS; i++)
        HOLDS(oracle,
              oracle->shadows[i].id == 0 || shadows[i] == oracle->shadows[i].in_flight);
}

/* A name stands for a zone that is well, if any is. */
static bool zone_is_well(const struct oracle *oracle, const struct balancer *balancer,
                         uint8_t zone)
{
    const struct table *groups = &oracle->rig->groups.groups;

    if (balancer_node_failed(&oracle->rig->balancers, zone))
        return false;
    for (uint32_t i = 0; i < table_count(groups); i++) {
        const struct target_group *group = table_at(groups, i);
        struct party all = party_of(oracle, group, ZONE_ANY);
        struct party party =
            party_of(oracle, group, crosses(balancer, group) ? ZONE_ANY : zone);

        if (group->balancer == balancer->id && all.all_count > 0 &&
            is_few(party.healthy, party.all_count,
                   number_of(group,
                             "target_group_health.dns_failover.minimum_healthy_targets.count"),
                   number_of(group, "target_group_health.dns_failover.minimum_healthy_targets."
                                    "percentage")))
            return false;
    }
    return true;
}

static void lookup_check(struct oracle *oracle, struct balancer *balancer)
{
    uint32_t address = balancer_resolve(&oracle->rig->balancers, balancer, true);
    const struct balancer_node *node = balancer_node_find(balancer, address);
    uint32_t well = 0;

    if (address == 0)
        return;
    for (uint32_t i = 0; i < balancer->nodes.count; i++)
        well += zone_is_well(oracle, balancer, balancer->nodes.items[i].zone);
    oracle->counts.lookups += well > 0 && well < balancer->nodes.count;
    HOLDS(oracle, node != NULL);
    HOLDS(oracle, well == 0 || zone_is_well(oracle, balancer, node->zone));
}

#endif
