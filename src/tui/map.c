/*
 * tui/map.c - the map: Regions, zones, and who runs where.
 *
 * Asks lab DescribeFleet, whose first Region is the session's.
 */
#include "tui/map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/answer.h"

static const char *row_id(struct arena *arena, const char *id, const struct map_region *region)
{
    return region->here ? view_keep(arena, id) : arena_printf(arena, "%s@%s", id, region->name);
}

static void add_zone(struct map_scene *scene, struct map_region *region, json_t *answer)
{
    struct map_zone *zone = LIST_PUSH_IN(&scene->arena, &region->zones);
    json_t *instance;
    size_t i;

    zone->name = view_keep(&scene->arena, answer_text(answer, "ZoneName"));
    zone->total = answer_int(answer, "Total");
    zone->failed = answer_bool(answer, "Failed");
    json_array_foreach(answer_list(answer, "Instances"), i, instance) {
        const char *name = answer_text(instance, "Name");

        *LIST_PUSH_IN(&scene->arena, &zone->instances) = (struct map_thing){
            .id = row_id(&scene->arena, answer_text(instance, "InstanceId"), region),
            .name = view_keep(&scene->arena,
                              name[0] != '\0' ? name : answer_text(instance, "InstanceId")),
            .detail = view_keep(&scene->arena, answer_text(instance, "InstanceType")),
            .state = view_keep(&scene->arena, answer_text(instance, "State")),
            .checks = view_keep(&scene->arena, answer_text(instance, "Status")),
            .address = view_keep(&scene->arena, answer_text(instance, "PublicIpAddress")),
        };
    }
}

static void add_balancer(struct map_scene *scene, struct map_region *region, json_t *balancer)
{
    *LIST_PUSH_IN(&scene->arena, &region->balancers) = (struct map_thing){
        .id = row_id(&scene->arena, answer_text(balancer, "LoadBalancerArn"), region),
        .name = view_keep(&scene->arena, answer_text(balancer, "LoadBalancerName")),
        .detail = view_keep(&scene->arena, answer_text(balancer, "Type")),
        .state = view_keep(&scene->arena, answer_text(balancer, "State")),
        .checks = "",
        .address = view_keep(&scene->arena, answer_text(balancer, "DNSName")),
    };
}

static void add_region(struct map_scene *scene, const struct view_source *source, json_t *answer)
{
    struct map_region *region = LIST_PUSH_IN(&scene->arena, &scene->regions);
    json_t *item;
    size_t i;

    region->name = view_keep(&scene->arena, answer_text(answer, "RegionName"));
    region->here = strcmp(region->name, source->region) == 0;
    region->failed = answer_bool(answer, "Failed");
    region->running = (uint32_t)answer_int(answer, "Running");
    region->others = (uint32_t)answer_int(answer, "Others");
    json_array_foreach(answer_list(answer, "Zones"), i, item)
        add_zone(scene, region, item);
    json_array_foreach(answer_list(answer, "LoadBalancers"), i, item)
        add_balancer(scene, region, item);
}

static void map_refresh(void *at, const struct view_source *source)
{
    struct map_scene *scene = at;
    json_t *answer = view_ask(source, "lab", "DescribeFleet", NULL);
    json_t *region;
    size_t i;

    arena_release(&scene->arena);
    *scene = (struct map_scene){0};
    json_array_foreach(answer_list(answer, "Regions"), i, region)
        add_region(scene, source, region);
    json_decref(answer);
}

static void *map_open(const char *argument)
{
    (void)argument;
    return xcalloc(1, sizeof(struct map_scene));
}

/* ---- its rows ---- */

enum {
    COLS_TYPED = 76, /* below that there is room for the address only, not for the type */
    COLS_NAMED = 64, /* and below that not even for an id */
};

static void write_thing(struct sheet *sheet, const struct map_thing *thing, const char *head,
                        int cols)
{
    int name_cols = cols >= 100 ? 28 : cols >= COLS_NAMED ? 19 : 14;
    struct answer_state state = answer_state(thing->state);

    sheet_row(sheet, thing->id);
    sheet_cell(sheet, THEME_DIM, 14, head);
    sheet_addf(sheet, state.role, "%s ", state.glyph);
    sheet_cell(sheet, THEME_TEXT, name_cols, thing->name);
    sheet_addf(sheet, THEME_TEXT, " ");
    sheet_cell(sheet, state.role, 13, thing->state);
    if (cols >= COLS_TYPED || thing->address[0] == '\0')
        sheet_cell(sheet, THEME_DIM, 12, thing->detail);
    if (thing->checks[0] != '\0' && strcmp(thing->checks, "ok") != 0) {
        struct answer_state checks = answer_state(thing->checks);

        sheet_addf(sheet, checks.role, "%s checks %s  ", checks.glyph, thing->checks);
    }
    sheet_add(sheet, THEME_TEXT, thing->address);
}

/* The zone alone, with what there is to say of it. */
static void write_zone_name(struct sheet *sheet, const struct map_zone *zone)
{
    struct answer_state failed = answer_state("failed");

    sheet_line(sheet, THEME_DIM, "  ");
    sheet_add(sheet, THEME_DIM, zone->name);
    sheet_to(sheet, 14);
    if (zone->failed)
        sheet_addf(sheet, failed.role, "%s failed: nothing in it answers", failed.glyph);
    else
        sheet_add(sheet, THEME_DIM, "\xc2\xb7 nothing of yours");
}

static void write_zone(struct sheet *sheet, const struct map_zone *zone, int cols)
{
    int64_t unsaid = zone->total - (int64_t)zone->instances.count;
    char head[64];

    if (zone->failed || zone->total == 0)
        write_zone_name(sheet, zone);
    for (uint32_t i = 0; i < zone->instances.count; i++) {
        snprintf(head, sizeof(head), "  %s", i == 0 && !zone->failed ? zone->name : "");
        write_thing(sheet, &zone->instances.items[i], head, cols);
    }
    if (unsaid > 0) {
        sheet_line(sheet, THEME_DIM, "");
        sheet_to(sheet, 14);
        sheet_addf(sheet, THEME_DIM, "and %lld more: `view list instance` shows all",
                   (long long)unsaid);
    }
}

static bool has_failed_zone(const struct map_region *region)
{
    for (uint32_t i = 0; i < region->zones.count; i++)
        if (region->zones.items[i].failed)
            return true;
    return false;
}

static void write_region(struct sheet *sheet, const struct map_region *region, int cols)
{
    bool empty = region->running + region->others + region->balancers.count == 0;

    sheet_row(sheet, NULL);
    sheet_cell(sheet, region->here ? THEME_TITLE : THEME_TEXT, 14, region->name);
    view_count(sheet, THEME_DIM, region->zones.count, "zone");
    sheet_add(sheet, THEME_DIM, "   ");
    if (region->failed) {
        struct answer_state failed = answer_state("failed");

        sheet_addf(sheet, failed.role, "%s failed: nothing in it answers   ", failed.glyph);
    }
    if (empty) {
        sheet_add(sheet, THEME_DIM, "nothing of yours");
    } else {
        sheet_addf(sheet, THEME_TEXT, "%u running", region->running);
        if (region->others > 0)
            sheet_addf(sheet, THEME_TEXT, ", %u not", region->others);
    }
    if (region->here)
        sheet_add(sheet, THEME_DIM, "   \xe2\x97\x80 commands go here");
    if (empty && !region->here && !has_failed_zone(region))
        return;
    for (uint32_t i = 0; i < region->zones.count; i++)
        write_zone(sheet, &region->zones.items[i], cols);
    for (uint32_t i = 0; i < region->balancers.count; i++)
        write_thing(sheet, &region->balancers.items[i], i == 0 ? "  in front" : "", cols);
    sheet_line(sheet, THEME_TEXT, "");
}

static void map_rows(const void *at, const struct view_frame *frame, struct sheet *sheet)
{
    const struct map_scene *scene = at;

    if (scene->regions.count == 0)
        sheet_line(sheet, THEME_DIM, "No Region answers.");
    for (uint32_t i = 0; i < scene->regions.count; i++)
        write_region(sheet, &scene->regions.items[i], frame->cols);
}

static void map_close(void *at)
{
    arena_release(&((struct map_scene *)at)->arena);
    free(at);
}

const struct view_ops view_map = {
    .name = "map",
    .title = "map",
    .doc = "Regions, zones, and who runs where.",
    .open = map_open,
    .refresh = map_refresh,
    .rows = map_rows,
    .close = map_close,
};
