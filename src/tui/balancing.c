/*
 * tui/balancing.c - load balancing: balancer, listener, target group, targets, and who got the last
 * requests, with the reason.
 */
#include "tui/balancing.h"

#include <stdlib.h>
#include <string.h>

#include "tui/answer.h"
#include "tui/balancing_scene.h"

/* How long it took of late, on the scale of its group. */
static void write_took(struct sheet *sheet, const struct balancing_group *group,
                       const struct balancing_target *target, int cells)
{
    char latest[32];

    for (int i = BALANCING_SPANS - cells; i < BALANCING_SPANS; i++)
        sheet_curve(sheet, THEME_GOOD, &(struct sheet_level){
                                           .value = target->took_ms[i],
                                           .most = group->most_ms,
                                           .height = 1,
                                       });
    balancing_latest(target, latest, sizeof(latest));
    if (cells == BALANCING_SPANS)
        sheet_cell(sheet, THEME_DIM, -8, latest);
}

static void write_figures(struct sheet *sheet, const struct balancing_group *group,
                          const struct balancing_target *target, int cols)
{
    sheet_addf(sheet, THEME_TEXT, "%6lld req", (long long)target->requests);
    if (cols >= 70)
        sheet_addf(sheet, THEME_TEXT, " %3lld %%", (long long)(target->share_permille + 5) / 10);
    if (cols >= 100) {
        sheet_add(sheet, THEME_TEXT, " ");
        sheet_bar(sheet, THEME_GOOD, 10, target->share_permille);
    }
    if (target->rate >= 0)
        sheet_addf(sheet, THEME_TEXT, "%5.0f/s ", target->rate);
    if (cols >= 78)
        write_took(sheet, group, target, cols >= 100 ? BALANCING_SPANS : 5);
    if (target->in_flight > 0)
        sheet_addf(sheet, THEME_STRONG, " %lld in flight", (long long)target->in_flight);
}

/* Slow start, why it is not healthy, how long it drains. */
static void write_reasons(struct sheet *sheet, const struct balancing_target *target,
                          const char *before)
{
    struct answer_state state = answer_state(target->state);

    if (target->slow_start >= 0) {
        sheet_row(sheet, NULL);
        sheet_add(sheet, THEME_DIM, before);
        sheet_addf(sheet, THEME_WARN, "slow start: %lld %% of a full share ",
                   (long long)target->slow_start);
        sheet_bar(sheet, THEME_WARN, 10, target->slow_start * 10);
    }
    if (target->reason[0] == '\0')
        return;
    sheet_row(sheet, NULL);
    sheet_add(sheet, THEME_DIM, before);
    sheet_addf(sheet, state.role == THEME_BAD ? THEME_BAD : THEME_WARN, "%s", target->reason);
    if (target->draining_s >= 0)
        sheet_addf(sheet, THEME_WARN, " (%lld s left)", (long long)target->draining_s);
    if (target->next_check[0] != '\0')
        sheet_addf(sheet, THEME_DIM, " (next check %s)", target->next_check);
    if (target->description[0] != '\0')
        sheet_addf(sheet, THEME_DIM, ": %s", target->description);
}

static void write_target(struct sheet *sheet, const struct balancing_group *group, uint32_t at,
                         int cols)
{
    const struct balancing_target *target = &group->targets.items[at];
    struct answer_state state = answer_state(target->state);
    bool last = at + 1 == group->targets.count;
    const char *zone = strrchr(target->zone, '-');

    sheet_row(sheet, target->id);
    sheet_add(sheet, THEME_DIM,
              last ? "    \xe2\x94\x94\xe2\x94\x80 " : "    \xe2\x94\x9c\xe2\x94\x80 ");
    sheet_cell(sheet, THEME_TEXT, cols >= 140 ? 24 : cols >= 100 ? 18 : cols >= 70 ? 13 : 11,
               target->name);
    sheet_add(sheet, THEME_TEXT, " ");
    if (cols >= 100)
        sheet_cell(sheet, THEME_DIM, 11, target->zone);
    else if (cols >= 70) /* "1a" of us-east-1a */
        sheet_cell(sheet, THEME_DIM, 3, zone == NULL ? "" : zone + 1);
    sheet_addf(sheet, state.role, "%s ", state.glyph);
    sheet_cell(sheet, state.role, 10, target->state);
    write_figures(sheet, group, target, cols);
    if (target->reason[0] == '\0' && target->next_check[0] != '\0' && cols >= 130)
        sheet_addf(sheet, THEME_DIM, "  check %s", target->next_check);
    write_reasons(sheet, target, last ? "          " : "    \xe2\x94\x82     ");
}

static void write_group(struct sheet *sheet, const struct balancing_group *group, bool loose,
                        int cols)
{
    uint32_t healthy = 0;

    for (uint32_t i = 0; i < group->targets.count; i++)
        healthy += strcmp(group->targets.items[i].state, "healthy") == 0;
    sheet_row(sheet, group->arn);
    if (loose)
        sheet_add(sheet, THEME_DIM, "  ");
    else if (strcmp(group->route, "default") == 0)
        sheet_add(sheet, THEME_DIM, "    default \xe2\x86\x92 ");
    else
        sheet_add(sheet, THEME_DIM, "    \xe2\x86\x92 ");
    sheet_add(sheet, THEME_STRONG, group->name);
    if (group->weight >= 0)
        sheet_addf(sheet, THEME_TEXT, "  weight %lld", (long long)group->weight);
    if (group->targets.count == 0)
        sheet_add(sheet, THEME_WARN, "  no targets are registered");
    else
        sheet_addf(sheet, healthy > 0 ? THEME_TEXT : THEME_WARN, "  %u of %u healthy", healthy,
                   group->targets.count);
    if (group->algorithm[0] != '\0')
        sheet_addf(sheet, THEME_DIM, "  %s", group->algorithm);
    if (group->stickiness[0] != '\0')
        sheet_addf(sheet, THEME_DIM, cols >= 70 ? "  sticky: %s" : "  %s", group->stickiness);
    if (cols >= 78)
        sheet_addf(sheet, THEME_DIM, "  %s:%lld", group->protocol, (long long)group->port);
    for (uint32_t i = 0; i < group->targets.count; i++)
        write_target(sheet, group, i, cols);
}

static void write_balancer(struct sheet *sheet, const struct balancing_balancer *balancer, int cols)
{
    struct answer_state state = answer_state(balancer->state);

    sheet_row(sheet, balancer->arn);
    sheet_add(sheet, THEME_TITLE, balancer->name);
    sheet_addf(sheet, THEME_DIM, "  %s  ", balancer->type);
    sheet_addf(sheet, state.role, "%s %s", state.glyph, balancer->state);
    if (cols >= 100)
        sheet_addf(sheet, THEME_DIM, "  http://%s/", balancer->dns);
    if (balancer->web_acl != NULL && *balancer->web_acl != '\0')
        sheet_addf(sheet, THEME_TEXT, "  web ACL %s", balancer->web_acl);
    if (balancer->takes > 0) {
        sheet_row(sheet, NULL);
        sheet_addf(sheet, balancer->rejected > 0 ? THEME_WARN : THEME_TEXT,
                   "  takes %lld requests a second in a zone now, rejected %lld",
                   (long long)balancer->takes, (long long)balancer->rejected);
    }
    if (balancer->listeners.count == 0)
        sheet_line(sheet, THEME_WARN, "  no listener: nothing is answered");
    for (uint32_t i = 0; i < balancer->listeners.count; i++) {
        const struct balancing_listener *listener = &balancer->listeners.items[i];

        sheet_row(sheet, listener->arn);
        sheet_addf(sheet, THEME_TEXT, "  listener %s:%lld", listener->protocol,
                   (long long)listener->port);
        for (uint32_t k = 0; k < listener->groups.count; k++) {
            const struct balancing_group *group = &listener->groups.items[k];

            /* A rule says much: it has a row of its own, once. */
            if (strcmp(group->route, "default") != 0 &&
                (k == 0 || strcmp(group->route, group[-1].route) != 0)) {
                sheet_row(sheet, NULL);
                sheet_addf(sheet, THEME_DIM, "    %s", group->route);
            }
            write_group(sheet, group, false, cols);
        }
        for (uint32_t k = 0; k < listener->routes.count; k++) {
            sheet_row(sheet, NULL);
            sheet_addf(sheet, THEME_DIM, "    %s \xe2\x86\x92 %s", listener->routes.items[k].name,
                       listener->routes.items[k].what);
        }
    }
    sheet_line(sheet, THEME_TEXT, "");
}

static void write_requests(struct sheet *sheet, const struct balancing_scene *scene, int cols)
{
    if (scene->requests.count == 0)
        return;
    sheet_line(sheet, THEME_TITLE, "last requests");
    for (uint32_t i = 0; i < scene->requests.count; i++) {
        const struct balancing_request *request = &scene->requests.items[i];

        sheet_row(sheet, request->id);
        sheet_add(sheet, THEME_TEXT, "  ");
        sheet_cell(sheet, THEME_DIM, 10, request->time);
        if (request->took_us == 0)
            sheet_cell(sheet, THEME_WARN, 5, "...");
        else
            sheet_addf(sheet,
                       request->status >= 500 || request->status == 0 ? THEME_BAD : THEME_GOOD,
                       request->status == 0 ? "none " : "%-5lld", (long long)request->status);
        sheet_cell(sheet, THEME_DIM, 17, request->from);
        if (request->to[0] != '\0' || request->took_us > 0)
            sheet_addf(sheet, THEME_TEXT, "\xe2\x86\x92 %s",
                       balancing_target_name(scene, request->to));
        if (request->took_us > 0)
            sheet_addf(sheet, THEME_DIM, "  %lld.%lld ms", (long long)(request->took_us / 1000),
                       (long long)(request->took_us % 1000 / 100));
        if (request->why[0] != '\0') {
            char *why = xasprintf("    why: %s", request->why);

            sheet_wrap(sheet, (struct sheet_wrap){THEME_DIM, cols, 9}, why);
            free(why);
        }
    }
}

/* The streams that run: who asks, and how they are served. */
static void write_streams(struct sheet *sheet, const struct balancing_scene *scene, int cols)
{
    for (uint32_t i = 0; i < scene->streams.count; i++) {
        const struct balancing_stream *stream = &scene->streams.items[i];

        if (strcmp(stream->state, "running") != 0)
            continue;
        sheet_row(sheet, stream->id);
        if (stream->is_syn) {
            sheet_addf(sheet, THEME_STRONG, "%s  SYN flood, %g/s", stream->id, stream->rate);
            if (cols < 100)
                sheet_row(sheet, NULL);
            sheet_addf(sheet, stream->half_open > 0 ? THEME_BAD : THEME_TEXT, "  half open %lld",
                       (long long)stream->half_open);
            sheet_addf(sheet, THEME_TEXT, "  absorbed by Shield %lld", (long long)stream->absorbed);
            continue;
        }
        sheet_addf(sheet, THEME_STRONG, "%s  %g requests/s", stream->id, stream->rate);
        sheet_addf(sheet, THEME_TEXT, "  in flight %lld", (long long)stream->in_flight);
        if (cols < 100)
            sheet_row(sheet, NULL);
        sheet_addf(sheet, THEME_TEXT, "  completed %lld", (long long)stream->completed);
        if (stream->errors > 0)
            sheet_addf(sheet, THEME_BAD, " (5xx %lld)", (long long)stream->errors);
        sheet_addf(sheet, stream->failed > 0 ? THEME_BAD : THEME_TEXT, "  failed %lld",
                   (long long)stream->failed);
        sheet_addf(sheet, THEME_DIM, "  p50 %.0f ms  p99 %.0f ms", stream->p50_ms, stream->p99_ms);
    }
}

/* Without a load balancer: the instances that are asked themselves. */
static void write_servers(struct sheet *sheet, const struct balancing_scene *scene)
{
    if (scene->servers.count == 0)
        return;
    sheet_line(sheet, THEME_TITLE, "instances, each asked by its own address");
    for (uint32_t i = 0; i < scene->servers.count; i++) {
        const struct balancing_server *server = &scene->servers.items[i];

        sheet_row(sheet, server->id);
        sheet_add(sheet, THEME_TEXT, "  ");
        sheet_cell(sheet, THEME_TEXT, 20, server->name);
        sheet_cell(sheet, server->listens ? THEME_GOOD : THEME_WARN, 17,
                   server->listens ? "\xe2\x97\x8f listens" : "\xe2\x97\x8b nobody listens");
        sheet_addf(sheet, THEME_TEXT, "%6lld req", (long long)server->requests);
        if (server->in_flight > 0)
            sheet_addf(sheet, THEME_STRONG, "  %lld in flight", (long long)server->in_flight);
    }
    sheet_line(sheet, THEME_TEXT, "");
}

static void balancing_rows(const void *at, const struct view_frame *frame, struct sheet *sheet)
{
    const struct balancing_scene *scene = at;
    int cols = frame->cols;

    write_streams(sheet, scene, cols);
    write_servers(sheet, scene);
    if (scene->balancers.count + scene->loose.count == 0) {
        sheet_wrap(sheet, (struct sheet_wrap){THEME_DIM, cols, 0},
                   "No load balancer and no target group here yet. These say how to make them:");
        sheet_line(sheet, THEME_TEXT, "");
        sheet_line(sheet, THEME_COMMAND, "  aws elbv2 create-target-group help");
        sheet_line(sheet, THEME_COMMAND, "  aws elbv2 create-load-balancer help");
        sheet_line(sheet, THEME_TEXT, "");
    }
    for (uint32_t i = 0; i < scene->balancers.count; i++)
        write_balancer(sheet, &scene->balancers.items[i], cols);
    if (scene->loose.count > 0)
        sheet_line(sheet, THEME_TITLE, "target groups behind no load balancer");
    for (uint32_t i = 0; i < scene->loose.count; i++)
        write_group(sheet, &scene->loose.items[i], true, cols);
    if (scene->loose.count > 0)
        sheet_line(sheet, THEME_TEXT, "");
    write_requests(sheet, scene, cols);
}

const struct view_ops view_balancing = {
    .name = "balancing",
    .title = "load balancing (Alt-6: as a coffee shop)",
    .doc = "Balancer, listener, target group, targets, and who got the last requests, and why.",
    .open = balancing_open,
    .refresh = balancing_refresh,
    .rows = balancing_rows,
    .command = balancing_command,
    .close = balancing_close,
};
