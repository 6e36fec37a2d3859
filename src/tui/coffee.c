/*
 * tui/coffee.c - the same moment as in a coffee shop: the door, the host, the counters.
 *
 * A skin over the scene of the balancing view, never a thing of its own: the host at the door is
 * the load balancer, a counter is a target, its line the requests in flight, its break that it is
 * unhealthy; every number is that view's.  Where nobody balances there is no host, and customers go
 * straight to a counter.
 */
#include "tui/coffee.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/answer.h"
#include "tui/balancing_scene.h"
#include "tui/queues.h"

enum { COFFEE_LINE = 12 }; /* customers that are drawn in a line; then their number is enough */

/* AWS's word, and what it is in the shop. */
static const struct {
    const char *state;
    const char *shop;
} states[] = {
    {"healthy", "serving"},        {"initial", "setting up"},
    {"unhealthy", "on break"},     {"draining", "last customers"},
    {"unused", "no host leads here"}, {"unavailable", "not looked after"},
    {"unhealthy.draining", "break soon"}, /* those at the counter are still served */
};

static const struct {
    const char *algorithm;
    const char *shop;
} manners[] = {
    {"round_robin", "each counter in turn"},
    {"least_outstanding_requests", "to the shortest line"},
    {"weighted_random", "to a counter by chance"},
    {"ip-hash", "each to their own counter"},
    {"least-response-time", "to the quickest counter"},
    {"flow hash", "each to their own counter"},
};

const char *coffee_state(const char *state)
{
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        if (strcmp(states[i].state, state) == 0)
            return states[i].shop;
    }
    return state;
}

const char *coffee_manner(const char *algorithm)
{
    for (size_t i = 0; i < sizeof(manners) / sizeof(manners[0]); i++) {
        if (strcmp(manners[i].algorithm, algorithm) == 0)
            return manners[i].shop;
    }
    return algorithm;
}

/* The door, and the order board. */
struct coffee_scene {
    struct balancing_scene door;
    struct queues_scene board;
};

/* ---- the street ---- */

static void write_streams(struct sheet *sheet, const struct balancing_scene *scene, int cols)
{
    for (uint32_t i = 0; i < scene->streams.count; i++) {
        const struct balancing_stream *stream = &scene->streams.items[i];

        if (strcmp(stream->state, "running") != 0)
            continue;
        sheet_row(sheet, stream->id);
        if (stream->is_syn) {
            sheet_addf(sheet, THEME_STRONG, "%g a second ring the bell and walk away",
                       stream->rate);
            if (cols < 100)
                sheet_row(sheet, NULL);
            sheet_addf(sheet, stream->half_open > 0 ? THEME_BAD : THEME_TEXT,
                       "  at a counter %lld", (long long)stream->half_open);
            sheet_addf(sheet, THEME_TEXT, "  at the door %lld", (long long)stream->absorbed);
            continue;
        }
        sheet_addf(sheet, THEME_STRONG, "\xe2\x98\xba %g customers a second", stream->rate);
        sheet_addf(sheet, THEME_TEXT, "  in the shop %lld", (long long)stream->in_flight);
        if (cols < 100)
            sheet_row(sheet, NULL);
        sheet_addf(sheet, THEME_TEXT, "  served %lld",
                   (long long)(stream->completed - stream->errors));
        sheet_addf(sheet, stream->failed > 0 ? THEME_BAD : THEME_TEXT, "  walked out %lld",
                   (long long)stream->failed);
        if (stream->errors > 0)
            sheet_addf(sheet, THEME_BAD, "  sent away %lld", (long long)stream->errors);
        if (cols < 80)
            sheet_row(sheet, NULL);
        sheet_addf(sheet, THEME_DIM, "  wait: half %.0f ms, 99 in 100 %.0f ms", stream->p50_ms,
                   stream->p99_ms);
    }
}

/* ---- the counters ---- */

void coffee_line(struct sheet *sheet, int64_t customers, int64_t most)
{
    for (int64_t i = 0; i < customers && i < most; i++)
        sheet_add(sheet, THEME_TEXT, "\xe2\x98\xba");
}

/* How many stand there, and their faces. */
static void write_line(struct sheet *sheet, int64_t customers)
{
    if (customers > 0)
        sheet_addf(sheet, THEME_STRONG, " %lld in line ", (long long)customers);
    coffee_line(sheet, customers, COFFEE_LINE);
}

static void write_counter(struct sheet *sheet, const struct balancing_target *target,
                          unsigned number, int cols)
{
    struct answer_state state = answer_state(target->state);
    char shop[48];

    snprintf(shop, sizeof(shop), "%s", coffee_state(target->state));
    if (target->slow_start >= 0 && strcmp(target->state, "healthy") == 0) {
        state = (struct answer_state){"\xe2\x97\x90", THEME_WARN};
        snprintf(shop, sizeof(shop), "in training %lld %%", (long long)target->slow_start);
    }
    sheet_row(sheet, target->id);
    sheet_addf(sheet, THEME_DIM, "    %s %2u ",
               strcmp(target->state, "healthy") == 0 ? "\xe2\x86\x92" : " ", number);
    sheet_cell(sheet, THEME_TEXT, cols >= 130 ? 24 : cols >= 70 ? 13 : 11, target->name);
    sheet_add(sheet, THEME_TEXT, " ");
    sheet_addf(sheet, state.role, "%s ", state.glyph);
    sheet_cell(sheet, state.role, cols >= 70 ? 19 : 17, shop);
    sheet_addf(sheet, THEME_TEXT, "%6lld served", (long long)target->requests);
    if (target->rate >= 0)
        sheet_addf(sheet, THEME_TEXT, "%5.0f/s", target->rate);
    if (cols < 70 && target->in_flight > 0) {
        sheet_row(sheet, NULL);
        sheet_add(sheet, THEME_DIM, "        ");
    }
    write_line(sheet, target->in_flight);
    if (target->reason[0] == '\0')
        return;
    sheet_row(sheet, NULL);
    sheet_add(sheet, THEME_DIM, "         because: ");
    sheet_add(sheet, THEME_WARN, target->reason);
    if (target->draining_s >= 0)
        sheet_addf(sheet, THEME_WARN, "; home in %lld s", (long long)target->draining_s);
    if (target->next_check[0] != '\0')
        sheet_addf(sheet, THEME_DIM, "  (the host looks again at %s)", target->next_check);
}

static void write_group(struct sheet *sheet, const struct balancing_group *group, bool led,
                        int cols)
{
    sheet_row(sheet, group->arn);
    sheet_add(sheet, THEME_DIM, led ? "    " : "  ");
    sheet_add(sheet, THEME_STRONG, group->name);
    if (group->weight >= 0)
        sheet_addf(sheet, THEME_TEXT, "  weight %lld", (long long)group->weight);
    if (group->targets.count == 0)
        sheet_add(sheet, THEME_WARN, "  no counter is set up");
    else
        sheet_addf(sheet, THEME_DIM, "  %s", led ? coffee_manner(group->algorithm)
                                                 : "no host leads anybody here");
    if (group->stickiness[0] != '\0')
        sheet_add(sheet, THEME_DIM, "; regulars keep their counter");
    for (uint32_t i = 0; i < group->targets.count; i++)
        write_counter(sheet, &group->targets.items[i], i + 1, cols);
}

/* What the host does with those of whom the rule book speaks. */
static void write_rules(struct sheet *sheet, const struct balancing_listener *listener, int cols)
{
    for (uint32_t i = 0; i < listener->groups.count; i++) {
        const struct balancing_group *group = &listener->groups.items[i];

        if (listener->groups.count > 1 && (i == 0 || strcmp(group->route, group[-1].route) != 0)) {
            sheet_row(sheet, NULL);
            sheet_addf(sheet, THEME_DIM, "    %s",
                       strcmp(group->route, "default") == 0 ? "everybody else" : group->route);
        }
        write_group(sheet, group, true, cols);
    }
    for (uint32_t i = 0; i < listener->routes.count; i++) {
        sheet_row(sheet, NULL);
        sheet_addf(sheet, THEME_DIM, "    %s: the host %s", listener->routes.items[i].name,
                   listener->routes.items[i].what);
    }
}

static void write_host(struct sheet *sheet, const struct balancing_balancer *balancer, int cols)
{
    struct answer_state state = answer_state(balancer->state);

    sheet_row(sheet, balancer->arn);
    sheet_add(sheet, THEME_TITLE, balancer->name);
    sheet_add(sheet, THEME_DIM, "  the host at the door  ");
    sheet_addf(sheet, state.role, "%s %s", state.glyph,
               strcmp(balancer->state, "active") == 0 ? "at the door"
               : strcmp(balancer->state, "provisioning") == 0 ? "on the way to work"
                                                              : balancer->state);
    if (balancer->web_acl != NULL && *balancer->web_acl != '\0') {
        if (cols < 100)
            sheet_row(sheet, NULL);
        sheet_addf(sheet, THEME_TEXT, "  and %s, the doorman with a list", balancer->web_acl);
    }
    if (balancer->takes > 0) {
        sheet_row(sheet, NULL);
        sheet_addf(sheet, balancer->rejected > 0 ? THEME_WARN : THEME_TEXT,
                   "  greets %lld a second at each door now, turned away %lld",
                   (long long)balancer->takes, (long long)balancer->rejected);
    }
    if (balancer->listeners.count == 0)
        sheet_line(sheet, THEME_WARN, "  every door is locked: nobody is let in");
    for (uint32_t i = 0; i < balancer->listeners.count; i++) {
        const struct balancing_listener *listener = &balancer->listeners.items[i];

        sheet_row(sheet, listener->arn);
        sheet_addf(sheet, THEME_TEXT, "  door %s:%lld", listener->protocol,
                   (long long)listener->port);
        write_rules(sheet, listener, cols);
    }
}

/* Those who work over a board stand there. */
static bool is_crew(const struct queues_scene *board, const char *id)
{
    for (uint32_t i = 0; i < board->shops.count; i++) {
        const struct queues_shop *shop = &board->shops.items[i];

        for (uint32_t k = 0; k < shop->cashiers.count; k++)
            if (strcmp(shop->cashiers.items[k].id, id) == 0)
                return true;
        for (uint32_t k = 0; k < shop->baristas.count; k++)
            if (strcmp(shop->baristas.items[k].id, id) == 0)
                return true;
    }
    return false;
}

/* A shop without a host: who comes chooses a counter, and stays with it. */
static void write_servers(struct sheet *sheet, const struct coffee_scene *coffee, int cols)
{
    const struct balancing_scene *scene = &coffee->door;
    uint32_t open = 0;
    uint32_t counters = 0;

    for (uint32_t i = 0; i < scene->servers.count; i++) {
        bool counter = !is_crew(&coffee->board, scene->servers.items[i].id);

        open += counter && scene->servers.items[i].listens;
        counters += counter;
    }
    if (counters == 0)
        return;
    counters = 0;
    sheet_line(sheet, THEME_TITLE, open == 1 ? "one counter, and no host at the door"
                                             : "counters, and no host at the door");
    for (uint32_t i = 0; i < scene->servers.count; i++) {
        const struct balancing_server *server = &scene->servers.items[i];

        if (is_crew(&coffee->board, server->id))
            continue;
        sheet_row(sheet, server->id);
        sheet_addf(sheet, THEME_DIM, "    %2u ", ++counters);
        sheet_cell(sheet, THEME_TEXT, 20, server->name);
        sheet_cell(sheet, server->listens ? THEME_GOOD : THEME_WARN, 21,
                   server->listens ? "\xe2\x97\x8f serving" : "\xe2\x97\x8b nobody behind it");
        sheet_addf(sheet, THEME_TEXT, "%5lld served ", (long long)server->requests);
        if (cols < 70 && server->in_flight > 0) {
            sheet_row(sheet, NULL);
            sheet_add(sheet, THEME_DIM, "      ");
        }
        write_line(sheet, server->in_flight);
    }
}

/* ---- who went where ---- */

/* The newest that was led to a counter; while none was, the newest; NULL: nobody came.  What a
 * topic delivers and what a cashier asks of a barista are no customers. */
static const struct balancing_request *last_led(const struct balancing_scene *scene)
{
    const struct balancing_request *newest = NULL;

    for (uint32_t i = 0; i < scene->requests.count; i++) {
        const struct balancing_request *request = &scene->requests.items[i];

        if (request->by_service)
            continue;
        if (request->to[0] != '\0')
            return request;
        newest = newest == NULL ? request : newest;
    }
    return newest;
}

static void write_last(struct sheet *sheet, const struct balancing_scene *scene, int cols)
{
    const struct balancing_request *request = last_led(scene);
    char *why;

    if (request == NULL)
        return;
    sheet_line(sheet, THEME_TEXT, "");
    sheet_row(sheet, request->id);
    sheet_addf(sheet, THEME_TITLE, "the last customer");
    sheet_addf(sheet, THEME_TEXT, "  %s", request->from);
    if (request->to[0] != '\0' || scene->balancers.count > 0)
        sheet_addf(sheet, THEME_TEXT, " \xe2\x86\x92 %s",
                   balancing_target_name(scene, request->to));
    if (request->took_us == 0)
        sheet_add(sheet, THEME_WARN, "  is being served");
    else if (request->status == 0)
        sheet_add(sheet, THEME_BAD, "  left without an answer");
    else if (request->status >= 500)
        sheet_addf(sheet, THEME_BAD, "  was sent away (%lld)", (long long)request->status);
    if (request->why[0] == '\0')
        return;
    why = xasprintf("  why: %s", request->why);
    sheet_wrap(sheet, (struct sheet_wrap){THEME_DIM, cols, 7}, why);
    free(why);
}

static void *coffee_open(const char *argument)
{
    (void)argument;
    return xcalloc(1, sizeof(struct coffee_scene));
}

static void coffee_refresh(void *at, const struct view_source *source)
{
    struct coffee_scene *scene = at;

    balancing_refresh(&scene->door, source);
    queues_scene_read(&scene->board, source);
}

static void coffee_close(void *at)
{
    struct coffee_scene *scene = at;

    arena_release(&scene->door.arena);
    arena_release(&scene->board.arena);
    free(scene);
}

static void coffee_command(const void *at, const char *id, struct str *command)
{
    const struct coffee_scene *scene = at;

    if (!queues_command_add(&scene->board, id, command))
        balancing_command(&scene->door, id, command);
}

static void write_door(struct sheet *sheet, const struct coffee_scene *coffee, int cols)
{
    const struct balancing_scene *scene = &coffee->door;

    write_streams(sheet, scene, cols);
    for (uint32_t i = 0; i < scene->balancers.count; i++)
        write_host(sheet, &scene->balancers.items[i], cols);
    write_servers(sheet, coffee, cols);
    if (scene->loose.count > 0)
        sheet_line(sheet, THEME_TITLE, "counters without a host");
    for (uint32_t i = 0; i < scene->loose.count; i++)
        write_group(sheet, &scene->loose.items[i], false, cols);
    write_last(sheet, scene, cols);
}

static void coffee_rows(const void *at, const struct view_frame *frame, struct sheet *sheet)
{
    const struct coffee_scene *scene = at;
    const struct balancing_scene *door = &scene->door;
    bool has_door = door->balancers.count + door->loose.count + door->servers.count > 0;
    int cols = frame->cols;

    write_door(sheet, scene, cols);
    board_write(sheet, &scene->board, frame);
    if (!has_door && queues_scene_is_empty(&scene->board))
        sheet_wrap(sheet, (struct sheet_wrap){THEME_DIM, cols, 0},
                   "The shop is empty: no counter, no host at the door, no order board. An "
                   "instance with a web server is a counter; a load balancer is the host; a queue "
                   "is the board, a topic a shout, an event bus the rule book.");
    if (!has_door && !queues_scene_is_empty(&scene->board))
        return;
    sheet_line(sheet, THEME_TEXT, "");
    sheet_wrap(sheet, (struct sheet_wrap){THEME_DIM, cols, 0},
               "host = load balancer \xc2\xb7 counter = target \xc2\xb7 line = requests in flight "
               "\xc2\xb7 on break = unhealthy \xc2\xb7 in training = slow start");
}

const struct view_ops view_coffee = {
    .name = "coffee",
    .title = "coffee shop (Alt-4, Alt-Q: in AWS's words)",
    .doc = "The same moment as a coffee shop: the host at the door, the counters, the order board.",
    .open = coffee_open,
    .refresh = coffee_refresh,
    .rows = coffee_rows,
    .command = coffee_command,
    .close = coffee_close,
};
