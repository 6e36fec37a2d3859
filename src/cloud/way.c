/*
 * cloud/way.c - the way of a request: each hop, and why.
 *
 * Owns    the ring.  A slot is given to the next request that falls on it; its list of hops keeps
 * its memory.
 *
 * The sentences are data (way_texts[]): marks in braces stand for the hop's place, other and
 * number.
 */
#include "cloud/way.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/str.h"
#include "cloud/network.h"

struct way_text {
    enum name_kind place;
    enum name_kind other;
    const char *text;
};

enum { SKIPPED_WORDS = 8, SHOP_TOLD_WORDS = 8, SHOP_HANDED_WORDS = 5 };

static const struct way_text way_texts[WHY_COUNT];
static const char *const skipped_because[SKIPPED_WORDS];
static const char *const shop_told[SHOP_TOLD_WORDS];
static const char *const shop_handed[SHOP_HANDED_WORDS];

void ways_init(struct ways *ways)
{
    *ways = (struct ways){
        .next = 1,
    };
}

void ways_release(struct ways *ways)
{
    for (uint32_t i = 0; ways->ring != NULL && i < WAYS_KEPT; i++)
        LIST_RELEASE(&ways->ring[i].hops);
    free(ways->ring);
    ways_init(ways);
}

uint64_t ways_new_id(struct ways *ways)
{
    return ways->next++;
}

uint64_t ways_first(const struct ways *ways)
{
    return ways->begun > WAYS_KEPT ? ways->begun - WAYS_KEPT + 1 : 1;
}

struct request_way *way_at(const struct ways *ways, uint64_t number)
{
    if (number < ways_first(ways) || number > ways->begun)
        return NULL;
    return &ways->ring[number % WAYS_KEPT];
}

struct request_way *way_begin(struct ways *ways, uint64_t id)
{
    const struct request_way *last = way_at(ways, ways->begun);
    struct request_way *way;

    if (last != NULL && id <= last->id)
        BUG("request %llu comes after %llu", (unsigned long long)id, (unsigned long long)last->id);
    if (ways->ring == NULL)
        ways->ring = xcalloc(WAYS_KEPT, sizeof(*ways->ring));
    way = &ways->ring[++ways->begun % WAYS_KEPT];
    way->hops.count = 0;
    way->id = id;
    way->started = way->ended = 0;
    way->origin_id = way->balancer = way->target = 0;
    way->source = way->address = way->untold = 0;
    way->port = way->status = 0;
    way->origin = way->exit = 0;
    return way;
}

void way_tell(struct request_way *way, struct hop hop)
{
    if (way->hops.count >= WAY_HOPS)
        way->untold++;
    else
        *LIST_PUSH(&way->hops) = hop;
}

uint64_t way_number(const struct ways *ways, uint64_t id)
{
    uint64_t low = ways_first(ways);
    uint64_t high = ways->begun + 1;

    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        const struct request_way *way = &ways->ring[middle % WAYS_KEPT];

        if (way->id == id)
            return middle;
        if (way->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

struct request_way *way_find(const struct ways *ways, uint64_t id)
{
    return way_at(ways, way_number(ways, id));
}

static void way_copy(struct request_way *to, const struct request_way *from)
{
    *to = *from;
    to->hops.items = NULL;
    to->hops.count = to->hops.size = 0;
    for (uint32_t i = 0; i < from->hops.count && i < WAY_HOPS; i++)
        *LIST_PUSH(&to->hops) = from->hops.items[i];
}

void ways_save(const struct ways *ways, struct table *table)
{
    for (uint64_t number = ways_first(ways); number <= ways->begun; number++) {
        const struct request_way *way = way_at(ways, number);

        way_copy(table_add(table, way->id), way);
    }
}

void ways_load(struct ways *ways, const struct table *table, uint64_t next)
{
    for (uint32_t i = 0; i < table_count(table); i++) {
        const struct request_way *row = table_at(table, i);
        const struct request_way *last = way_at(ways, ways->begun);

        if (row->id >= next || (last != NULL && row->id <= last->id))
            continue;
        way_copy(way_begin(ways, row->id), row);
    }
    ways->next = next;
}

/* ---- words ---- */

static const char *name_of(const struct request_names *names, struct arena *arena,
                           enum name_kind kind, uint64_t id)
{
    if (kind == NAME_NOTHING)
        return "";
    if (id == 0)
        return "the target";
    return names->name(names->context, arena, kind, id);
}

enum { RULE_TEXT_SIZE = 24, RULE_LAST = 32767 /* of a network ACL: no rule matched */ };

/* The rule of a network ACL in a hop's number; see way_acl_number(). */
static const char *acl_rule_text(int64_t number, char buffer[RULE_TEXT_SIZE])
{
    int rule = way_acl_rule(number);

    if (rule == RULE_LAST)
        return "the last rule (*)";
    snprintf(buffer, RULE_TEXT_SIZE, "rule %d", rule);
    return buffer;
}

/* " to port 80", " with ICMP". */
static void add_port(struct str *out, const char *before, int64_t port)
{
    if (port < 0)
        str_add(out, "with ICMP");
    else
        str_addf(out, "%s port %lld", before, (long long)port);
}

static void add_mark(struct str *out, const char *mark, const struct hop *hop,
                     const struct request_way *way)
{
    char address[ADDRESS_TEXT_SIZE];
    char buffer[RULE_TEXT_SIZE];

    if (str_starts(mark, "{n}"))
        str_addf(out, "%lld", (long long)hop->number);
    else if (str_starts(mark, "{ms}"))
        str_addf(out, "%lld.%lld ms", (long long)(hop->number / 1000),
                 (long long)(hop->number / 100 % 10));
    else if (str_starts(mark, "{of}"))
        str_addf(out, "%llu", (unsigned long long)hop->other);
    else if (str_starts(mark, "{rule}"))
        str_add(out, acl_rule_text(hop->number, buffer));
    else if (str_starts(mark, "{to its port}"))
        add_port(out, "to", way_acl_port(hop->number));
    else if (str_starts(mark, "{to port}"))
        add_port(out, "to", hop->number);
    else if (str_starts(mark, "{on port}"))
        add_port(out, "on", hop->number);
    else if (str_starts(mark, "{address}"))
        str_add(out, address_text((uint32_t)hop->number, address));
    else if (str_starts(mark, "{to}"))
        str_add(out, address_text(way->address, address));
    else if (str_starts(mark, "{from}"))
        str_add(out, address_text(way->source, address));
    else if (str_starts(mark, "{port}"))
        str_addf(out, "%u", (unsigned)way->port);
    else if (str_starts(mark, "{weight}"))
        str_addf(out, "%lld of %llu", (long long)hop->number, (unsigned long long)hop->other);
    else if (str_starts(mark, "{beside}")) {
        if (hop->other > 0)
            str_addf(out, ", which %llu other%s share", (unsigned long long)hop->other,
                     hop->other == 1 ? "" : "s");
    } else if (str_starts(mark, "{told}"))
        str_add(out, shop_told[hop->other < SHOP_TOLD_WORDS ? hop->other : 0]);
    else if (str_starts(mark, "{handed}"))
        str_add(out, shop_handed[hop->other < SHOP_HANDED_WORDS ? hop->other : 0]);
    else if (str_starts(mark, "{because}"))
        str_add(out,
                skipped_because[hop->number > 0 && hop->number < SKIPPED_WORDS ? hop->number : 0]);
    else
        BUG("no such mark in the sentences of ways: %s", mark);
}

const char *way_hop_text(const struct request_way *way, const struct hop *hop,
                         const struct request_names *names, struct arena *arena)
{
    const struct way_text *known = &way_texts[hop->why < WHY_COUNT ? hop->why : 0];
    const char *rest = known->text;
    const char *mark;
    struct str out = STR_INIT;
    const char *text;

    if (hop->why == WHY_ROUND_ROBIN && hop->other == 0)
        rest = "round robin chose {place}: it is the next in turn";
    if (hop->why == WHY_DENIED && hop->place == 0)
        rest = "no security group there has a rule that lets this client in {on port}: the "
               "packet was dropped";
    if (hop->why == WHY_ADMITTED && hop->place == 0)
        rest = "no security group stands before port {n}";
    if (hop->why == WHY_LET_OUT && hop->place == 0)
        rest = "no security group stands around the sender";
    if (hop->why == WHY_NO_EGRESS && hop->place == 0)
        rest = "no security group of the sender has a rule that lets it out {to port}: the "
               "packet was dropped";
    if (rest == NULL)
        BUG("hop %u has no sentence", (unsigned)hop->why);
    while ((mark = strchr(rest, '{')) != NULL) {
        str_addn(&out, rest, (size_t)(mark - rest));
        if (str_starts(mark, "{place}"))
            str_add(&out, name_of(names, arena, known->place, hop->place));
        else if (str_starts(mark, "{other}"))
            str_add(&out, name_of(names, arena, known->other, hop->other));
        else
            add_mark(&out, mark, hop, way);
        rest = strchr(mark, '}') + 1;
    }
    str_add(&out, rest);
    text = arena_strdup(arena, str_text(&out));
    str_release(&out);
    return text;
}

void way_explain(const struct request_way *way, const struct request_names *names,
                 struct arena *arena, struct way_story *story)
{
    for (uint32_t i = 0; i < way->hops.count; i++) {
        const struct hop *hop = &way->hops.items[i];

        *LIST_PUSH_IN(arena, &story->steps) = (struct way_step){
            .time = hop->time,
            .text = way_hop_text(way, hop, names, arena),
        };
    }
    if (way->untold > 0)
        *LIST_PUSH_IN(arena, &story->steps) = (struct way_step){
            .time = way->ended,
            .text = arena_printf(arena, "and %u more steps, which were not kept", way->untold),
        };
}

/* A request is told of them only when they stop it. */
static bool is_of_network(uint8_t why)
{
    return why >= WHY_LET_OUT && why <= WHY_BACK_BLACK_HOLE;
}

/* What went wrong tells more than what was chosen; the last of it tells most. */
static int weight_of(uint8_t why)
{
    switch (why) {
    case WHY_NO_NAME:
    case WHY_NOBODY:
    case WHY_DENIED:
    case WHY_PORT_CLOSED:
    case WHY_BACKLOG_FULL:
    case WHY_NO_LISTENER:
    case WHY_NO_TARGETS:
    case WHY_CLIENT_CLOSED:
    case WHY_FLOW_REFUSED:
    case WHY_FLOW_CLOSED:
    case WHY_FLOW_NOBODY:
    case WHY_DATAGRAM_UNREACHABLE:
    case WHY_DATAGRAM_DEAF:
    case WHY_DATAGRAM_UNHEARD:
    case WHY_DATAGRAM_FULL:
    case WHY_DATAGRAM_NOBODY:
    case WHY_NO_TLS:
    case WHY_PLAIN_TO_TLS:
    case WHY_CERTIFICATE:
    case WHY_NO_TARGETS_IN_ZONE:
    case WHY_TARGET_REFUSED:
    case WHY_TARGET_CLOSED:
    case WHY_TARGET_NO_CONNECT:
    case WHY_TARGET_IDLE:
    case WHY_TARGET_DRAINED:
    case WHY_SILENCE:
    case WHY_BALANCER_GONE:
    case WHY_PAGE_FAILS:
    case WHY_HANGS:
    case WHY_HALF_OPEN:
    case WHY_SYN_DROPPED:
    case WHY_SYN_ABSORBED:
    case WHY_WEB_DEFAULT:
    case WHY_WEB_BLOCKED:
    case WHY_WEB_LIMITED:
    case WHY_NODE_FULL:
    case WHY_FORWARDED_TOO_OFTEN:
    case WHY_FLOW_RESET:
    case WHY_SHOP_TOLD:
    case WHY_SHOP_BUSY:
        return 3;
    case WHY_FAIL_OPEN:
    case WHY_FAIL_OPEN_BELOW:
        return 2;
    case WHY_ROUND_ROBIN:
    case WHY_ONLY_TARGET:
    case WHY_LEAST_OUTSTANDING:
    case WHY_RANDOM:
    case WHY_FIXED_RESPONSE:
    case WHY_REDIRECT:
    case WHY_RULE_ANSWERS:
    case WHY_RULE_REDIRECTS:
    case WHY_SOURCE_HASH:
    case WHY_FLOW_HASH:
    case WHY_DATAGRAM_HASH:
    case WHY_FLOW_STAYS:
    case WHY_LEAST_TIME:
    case WHY_STICKY:
    case WHY_SHOP_HANDS:
    case WHY_SHOP_MAKES:
        return 1;
    default:
        return is_of_network(why) ? 3 : 0;
    }
}

const char *way_reason(const struct request_way *way, const struct request_names *names,
                       struct arena *arena)
{
    const struct hop *best = NULL;

    for (uint32_t i = 0; i < way->hops.count; i++) {
        const struct hop *hop = &way->hops.items[i];

        if (weight_of(hop->why) > 0 &&
            (best == NULL || weight_of(hop->why) >= weight_of(best->why)))
            best = hop;
    }
    return best == NULL ? "" : way_hop_text(way, best, names, arena);
}

/* ---- tables ---- */

/* By enum shop_drop; the last: it went well. */
static const char *const shop_told[SHOP_TOLD_WORDS] = {
    "nobody listens at the barista's, who is on a break",
    "the barista is busy",
    "its patience is over, and there is no answer",
    "the connection to the barista broke",
    "AWS did not take it",
    "the customer is gone",
    "the cashier is gone",
    "the barista has made it",
};

/* By enum shop_coupling. */
static const char *const shop_handed[SHOP_HANDED_WORDS] = {
    "hands it on", "hands it on", "pins it to the board", "calls it out", "tells the bus",
};

/* By enum target_state. */
static const char *const skipped_because[SKIPPED_WORDS] = {
    "it is not healthy", "it is unused",    "its first health checks are not done",
    "it is healthy",     "it is unhealthy", "it is draining",
    "nobody is left to check it", "it is unhealthy, and its connections are draining",
};

static const struct way_text way_texts[WHY_COUNT] = {
    [0] = {0, 0, "something happened that this version cannot tell"},
    [WHY_RESOLVED] = {0, 0, "DNS: the name stands for {address}"},
    [WHY_NO_NAME] = {0, 0, "DNS: there is no such name"},
    [WHY_SYN] = {0, 0, "{from} sends SYN number {n} to {to}, port {port}"},
    [WHY_NOBODY] = {0, 0, "nothing runs at {address}: the packet vanished"},
    [WHY_DENIED] = {NAME_SECURITY_GROUP, 0,
                    "security group {place} has no rule that lets this client in {on port}: "
                    "the packet was dropped"},
    [WHY_ADMITTED] = {NAME_SECURITY_GROUP, 0, "security group {place} lets it in {on port}"},
    [WHY_PORT_CLOSED] = {NAME_INSTANCE, 0,
                         "nothing listens on port {n} of {place}: connection refused"},
    [WHY_BACKLOG_FULL] = {NAME_INSTANCE, 0,
                          "{place} has {n} requests waiting already: connection refused"},
    [WHY_CONNECTED] = {NAME_ANY, 0, "connected to {place}"},
    [WHY_NO_LISTENER] = {NAME_BALANCER, 0,
                         "{place} has no listener on port {n}: connection refused"},
    [WHY_LISTENER] = {NAME_LISTENER, 0, "the listener {place} takes it"},
    [WHY_FIXED_RESPONSE] = {NAME_LISTENER, 0,
                            "the default action of {place} answers {n} by itself"},
    [WHY_REDIRECT] = {NAME_LISTENER, 0, "the default action of {place} redirects ({n})"},
    [WHY_DEFAULT_ACTION] = {NAME_TARGET_GROUP, 0, "the default action forwards to {place}"},
    [WHY_WEIGHTED_GROUP] = {NAME_TARGET_GROUP, 0,
                            "the default action forwards to {place}: drawn with weight {weight}"},
    [WHY_SKIPPED] = {NAME_INSTANCE, 0, "skipped {place}: {because}"},
    [WHY_SKIPPED_MORE] = {0, 0, "skipped {n} more targets that may not be sent requests"},
    [WHY_ROUND_ROBIN] = {NAME_INSTANCE, NAME_INSTANCE,
                         "round robin chose {place}: next after {other}"},
    [WHY_ONLY_TARGET] = {NAME_INSTANCE, 0, "chose {place}: no other target can be used now"},
    [WHY_FAIL_OPEN] =
        {NAME_TARGET_GROUP, 0,
         "none of the {n} targets of {place} is healthy, so all are used (fail open)"},
    [WHY_NO_TARGETS] = {NAME_TARGET_GROUP, 0,
                        "{place} has no registered target that could be used: 503"},
    [WHY_NODE_TO_TARGET] = {NAME_INSTANCE, 0, "the node connects to {place}, port {n}"},
    [WHY_TARGET_REFUSED] = {NAME_INSTANCE, 0, "{place} refused the connection: 502"},
    [WHY_TARGET_CLOSED] = {NAME_INSTANCE, 0,
                           "{place} closed the connection before it answered: 502"},
    [WHY_TARGET_NO_CONNECT] = {NAME_INSTANCE, 0, "no connection to {place} within {n} s: 504"},
    [WHY_TARGET_IDLE] = {NAME_INSTANCE, 0,
                         "no answer of {place} within the idle timeout of {n} s: 504"},
    [WHY_TARGET_DRAINED] =
        {NAME_INSTANCE, 0,
         "the deregistration delay of {place}, {n} s, was over before it answered: 502"},
    [WHY_QUEUED] = {NAME_INSTANCE, 0, "waits at {place}, {n} before it"},
    [WHY_SERVING] = {NAME_INSTANCE, 0, "{place} works on it: {ms} of CPU{beside}"},
    [WHY_SERVED] = {NAME_INSTANCE, 0, "{place} answers {n}"},
    [WHY_BALANCER_ANSWER] = {NAME_BALANCER, 0, "{place} answers {n} by itself"},
    [WHY_RESET] = {NAME_ANY, 0, "{place} closed the connection without an answer"},
    [WHY_SILENCE] = {NAME_INSTANCE, 0, "{place} fell silent: nothing comes back"},
    [WHY_GAVE_UP] = {0, 0, "the client gave up after {ms}"},
    [WHY_ABORTED] = {0, 0, "the client went away"},
    [WHY_DONE] = {0, 0, "the client has the answer: {n}"},
    [WHY_BALANCER_GONE] = {NAME_BALANCER, 0, "the load balancer was deleted"},
    [WHY_LEAST_OUTSTANDING] =
        {NAME_INSTANCE, 0,
         "least outstanding requests chose {place}: {n} in flight, no healthy "
         "target has fewer"},
    [WHY_RANDOM] = {NAME_INSTANCE, 0, "drew {place} at random, one of {n}"},
    [WHY_KEPT] = {NAME_ANY, 0, "a connection to {place} is open already: no handshake"},
    [WHY_SLOW_START] = {NAME_INSTANCE, 0,
                        "passed over {place}: in slow start, at {n} % of its share"},
    [WHY_SOURCE_HASH] = {NAME_INSTANCE, 0, "the client's address hashes to {place}"},
    [WHY_FLOW_HASH] = {NAME_INSTANCE, 0, "the connection hashes to {place}"},
    [WHY_LEAST_TIME] = {NAME_INSTANCE, 0,
                        "least response time chose {place}: its answers take {ms}"},
    [WHY_STICKY] = {NAME_INSTANCE, 0, "the client's cookie names {place}: it stays there"},
    [WHY_STICKY_LOST] = {NAME_INSTANCE, 0,
                         "the client's cookie names {place}, but {because}: another is chosen"},
    [WHY_STICKY_GROUP] = {NAME_TARGET_GROUP, 0,
                          "the client's cookie names the group {place}: it stays there"},
    [WHY_NO_TARGETS_IN_ZONE] =
        {NAME_TARGET_GROUP, 0,
         "{place} has no target in the node's zone, and zones are not crossed: 503"},
    [WHY_FAIL_OPEN_BELOW] =
        {NAME_TARGET_GROUP, 0,
         "{n} of {of} targets of {place} are healthy, fewer than its threshold, so all are used "
         "(fail open)"},
    [WHY_FLOW_REFUSED] = {NAME_INSTANCE, 0, "{place} refused the connection: so is the client"},
    [WHY_FLOW_CLOSED] = {NAME_INSTANCE, 0, "the connection to {place} was closed"},
    [WHY_FLOW_NOBODY] = {NAME_TARGET_GROUP, 0,
                         "{place} has no target that could be used: the connection is refused"},
    [WHY_NO_TLS] = {NAME_ANY, 0, "{place} speaks no TLS there"},
    [WHY_PLAIN_TO_TLS] = {NAME_LISTENER, 0,
                          "the client speaks plain HTTP, {place} expects TLS: 400"},
    [WHY_CERTIFICATE] = {NAME_LISTENER, 0,
                         "the certificate of {place} is not for the name that was asked"},
    [WHY_TLS] = {NAME_LISTENER, 0, "TLS ends at {place}: the node does its work"},
    [WHY_CLIENT_CLOSED] =
        {NAME_BALANCER, 0,
         "{place} notes 460: the client closed the connection before the answer"},
    [WHY_DATAGRAM] = {0, 0, "{from} sends a datagram to {to}, port {port}"},
    [WHY_DATAGRAM_UNREACHABLE] = {NAME_INSTANCE, 0,
                                  "nothing on {place} takes datagrams on port {n}: ICMP says so"},
    [WHY_DATAGRAM_DEAF] =
        {NAME_INSTANCE, 0,
         "nothing on {place} takes datagrams on port {n}, and the node passes no ICMP on"},
    [WHY_DATAGRAM_UNHEARD] = {NAME_BALANCER, 0,
                              "{place} has no listener for datagrams on port {n}: dropped"},
    [WHY_DATAGRAM_FULL] = {NAME_INSTANCE, 0,
                           "{place} has {n} datagrams waiting already: dropped"},
    [WHY_DATAGRAM_PASSED] = {NAME_INSTANCE, 0, "the node passes it on to {place}, port {n}"},
    [WHY_DATAGRAM_NOBODY] = {NAME_TARGET_GROUP, 0,
                             "{place} has no target that could be used: dropped"},
    [WHY_DATAGRAM_ANSWERED] = {NAME_INSTANCE, 0, "{place} answers"},
    [WHY_DATAGRAM_DONE] = {0, 0, "the client has the answer"},
    [WHY_DATAGRAM_HASH] = {NAME_INSTANCE, 0, "the flow hashes to {place}"},
    [WHY_FLOW_STAYS] = {NAME_INSTANCE, 0, "the flow is known: it stays with {place}"},
    [WHY_RULE] = {NAME_RULE, 0, "rule {n} takes it: {place}"},
    [WHY_RULE_FORWARDS] = {NAME_TARGET_GROUP, 0, "the rule forwards to {place}"},
    [WHY_RULE_WEIGHS] = {NAME_TARGET_GROUP, 0,
                         "the rule forwards to {place}: drawn with weight {weight}"},
    [WHY_RULE_ANSWERS] = {NAME_LISTENER, 0, "a rule of {place} answers {n} by itself"},
    [WHY_RULE_REDIRECTS] = {NAME_LISTENER, 0, "a rule of {place} redirects ({n})"},
    [WHY_LOST] = {0, 0, "a packet was lost on the way (a fault that was injected)"},
    [WHY_PAGE_FAILS] = {NAME_INSTANCE, 0, "the page of {place} fails (a fault that was injected)"},
    [WHY_HANGS] = {NAME_INSTANCE, 0, "{place} never answers it (a fault that was injected)"},
    [WHY_HALF_OPEN] = {NAME_INSTANCE, 0,
                       "{place} answers, and nobody goes on: the half-open handshake holds one of "
                       "511 places for 63 s ({n} are held)"},
    [WHY_SYN_DROPPED] = {NAME_INSTANCE, 0,
                         "{place} dropped the SYN: {n} half-open handshakes hold its places"},
    [WHY_SYN_ABSORBED] = {NAME_BALANCER, 0,
                          "{place} answers, and nobody goes on: Shield Standard absorbs the SYN, "
                          "nothing of it reaches a target"},
    [WHY_WEB_PASSES] = {NAME_WEB_ACL, 0, "no rule of the web ACL {place} is against it"},
    [WHY_WEB_DEFAULT] = {NAME_WEB_ACL, 0,
                         "no rule of the web ACL {place} is for it, and its default action is to "
                         "block: 403"},
    [WHY_WEB_ALLOWED] = {NAME_WEB_RULE, 0, "the web ACL's rule {place} allows it"},
    [WHY_WEB_COUNTED] = {NAME_WEB_RULE, 0, "the web ACL's rule {place} counts it"},
    [WHY_WEB_BLOCKED] = {NAME_WEB_RULE, 0, "the web ACL's rule {place} blocks it: 403"},
    [WHY_WEB_LIMITED] = {NAME_WEB_RULE, 0,
                         "the web ACL's rule {place} blocks it: {from} sent {n} requests in {of} "
                         "s, more than its limit: 403"},
    [WHY_LET_OUT] = {NAME_SECURITY_GROUP, 0, "security group {place} lets it out {to port}"},
    [WHY_NO_EGRESS] = {NAME_SECURITY_GROUP, 0,
                       "security group {place} of the sender has no rule that lets it out {to "
                       "port}: the packet was dropped"},
    [WHY_ACL_OUT] = {NAME_ACL, NAME_SUBNET,
                     "{rule} of network ACL {place} lets it out of {other}"},
    [WHY_ACL_OUT_DENIES] = {NAME_ACL, NAME_SUBNET,
                            "{rule} of network ACL {place} lets nothing {to its port} out of "
                            "{other}: the packet was dropped"},
    [WHY_ACL_IN] = {NAME_ACL, NAME_SUBNET, "{rule} of network ACL {place} lets it into {other}"},
    [WHY_ACL_IN_DENIES] = {NAME_ACL, NAME_SUBNET,
                           "{rule} of network ACL {place} lets nothing {to its port} into "
                           "{other}: the packet was dropped"},
    [WHY_ROUTE_LOCAL] = {NAME_ROUTE_TABLE, 0,
                         "route table {place} keeps {address} within the VPC (local)"},
    [WHY_ROUTE_GATEWAY] = {NAME_ROUTE_TABLE, NAME_GATEWAY,
                           "route table {place} leads to {address} through {other}"},
    [WHY_NO_ROUTE] = {NAME_ROUTE_TABLE, 0,
                      "route table {place} has no route to {address}: the packet was dropped"},
    [WHY_BLACK_HOLE] = {NAME_ROUTE_TABLE, NAME_GATEWAY,
                        "the route of {place} to {address} leads to {other}, which is not attached "
                        "to the VPC (a black hole): the packet was dropped"},
    [WHY_SAME_SUBNET] = {NAME_SUBNET, 0,
                         "both are in {place}: no network ACL and no route between them"},
    [WHY_GATEWAY_OUT] = {NAME_GATEWAY, NAME_ANY,
                         "{place} changes the address of {other} for {address}"},
    [WHY_NO_PUBLIC] = {NAME_GATEWAY, NAME_ANY,
                       "{other} has no public address, which {place} needs: the packet was "
                       "dropped"},
    [WHY_GATEWAY_IN] = {NAME_GATEWAY, 0, "{place} takes it in, for {address}"},
    [WHY_NO_GATEWAY] = {NAME_VPC, 0,
                        "no internet gateway is attached to {place}: the packet never came in"},
    [WHY_BACK_ACL_OUT] = {NAME_ACL, NAME_SUBNET,
                          "{rule} of network ACL {place} lets the answer out of {other}"},
    [WHY_BACK_ACL_OUT_DENIES] =
        {NAME_ACL, NAME_SUBNET,
         "{rule} of network ACL {place} lets no answer {to its port} out of {other}: the "
         "answer was dropped"},
    [WHY_BACK_ACL_IN] = {NAME_ACL, NAME_SUBNET,
                         "{rule} of network ACL {place} lets the answer into {other}"},
    [WHY_BACK_ACL_IN_DENIES] =
        {NAME_ACL, NAME_SUBNET,
         "{rule} of network ACL {place} lets no answer {to its port} into {other}: the "
         "answer was dropped"},
    [WHY_BACK_LOCAL] = {NAME_ROUTE_TABLE, 0,
                        "route table {place} keeps the answer to {address} within the VPC (local)"},
    [WHY_BACK_GATEWAY] = {NAME_ROUTE_TABLE, NAME_GATEWAY,
                          "route table {place} leads the answer to {address} through {other}"},
    [WHY_BACK_NO_ROUTE] = {NAME_ROUTE_TABLE, 0,
                           "it arrived, but route table {place} has no route back to {address}: "
                           "the answer was dropped"},
    [WHY_BACK_BLACK_HOLE] =
        {NAME_ROUTE_TABLE, NAME_GATEWAY,
         "it arrived, but the route of {place} back to {address} leads to {other}, which is not "
         "attached to the VPC (a black hole): the answer was dropped"},
    [WHY_UNKNOWN_OUTSIDE] = {NAME_ANY, 0,
                             "{place} has no public address: nobody outside of its VPC can ask "
                             "for it"},
    [WHY_PINGED] = {NAME_ANY, 0, "{place} answers"},
    [WHY_NODE_FULL] = {NAME_BALANCER, 0,
                       "{place}'s node in this zone takes {n} requests a second now, and more "
                       "came: it grows within minutes"},
    [WHY_FORWARDED_TOO_OFTEN] = {NAME_BALANCER, 0,
                                 "X-Forwarded-For names {n} addresses, and {place} takes 30: 463"},
    [WHY_FLOW_RESET] = {NAME_INSTANCE, 0,
                        "{place} became unhealthy: its connections are reset"},
    [WHY_SHOP_ASKS] = {NAME_INSTANCE, 0,
                       "the cashier in {place} takes it as order {n}, asks a barista (request "
                       "{of}), and keeps the customer waiting"},
    [WHY_SHOP_TOLD] = {NAME_INSTANCE, 0, "after {ms} the cashier knows: {told}"},
    [WHY_SHOP_HANDS] = {NAME_INSTANCE, 0,
                        "the cashier in {place} takes it as order {n}, {handed}, and waits for "
                        "nobody"},
    [WHY_SHOP_BUSY] = {NAME_INSTANCE, 0,
                       "the barista in {place} has {n} of them already, and no room in its line: "
                       "503"},
    [WHY_SHOP_MAKES] = {NAME_INSTANCE, 0, "the barista in {place} makes it: {ms} of work"},
    [WHY_SHOP_LINE] = {NAME_INSTANCE, 0,
                       "the barista in {place} is at work: it waits in its line behind {n}"},
    [WHY_NODE_SYN] = {NAME_INSTANCE, 0, "the node knocks at {place} once more (SYN number {n})"},
};

static const struct field hop_fields[] = {
    F_TIME(struct hop, time, "Time", "When."),
    F_INT(struct hop, why, "Why", "What happened, and why."),
    F_INT(struct hop, place, "Place", "What it speaks of."),
    F_INT(struct hop, other, "Other", "What else it speaks of."),
    F_INT(struct hop, number, "Number", "A number that belongs to it."),
};
static const struct shape hop_shape = SHAPE("Hop", struct hop, hop_fields);

static const struct field request_way_fields[] = {
    F_INT(struct request_way, id, "Id", "Number of the request."),
    F_INT(struct request_way, origin_id, "OriginId", "Who asked."),
    F_TIME(struct request_way, started, "Started", "When it began."),
    F_TIME(struct request_way, ended, "Ended", "When it ended."),
    F_INT(struct request_way, balancer, "Balancer", "The load balancer that it went through."),
    F_INT(struct request_way, target, "Target", "The instance that it went to."),
    F_INT(struct request_way, source, "Source", "The client's address."),
    F_INT(struct request_way, address, "Address", "The address that it went to."),
    F_INT(struct request_way, port, "Port", "The port that it went to."),
    F_INT(struct request_way, status, "Status", "The answer's status."),
    F_INT(struct request_way, origin, "Origin", "What kind of client asked."),
    F_INT(struct request_way, exit, "Exit", "How it ended, as curl numbers it."),
    F_INT(struct request_way, untold, "Untold", "Hops that were not kept."),
    F_LIST(struct request_way, hops, struct hop, &hop_shape, "Hops", "What happened to it."),
};
const struct shape request_way_shape = SHAPE("RequestWay", struct request_way, request_way_fields);
