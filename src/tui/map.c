/*
 * tui/map.c - the map: Regions, zones, and who runs where.
 *
 * Asks ec2 DescribeRegions, and in each Region DescribeAvailabilityZones, DescribeInstances and
 * elbv2 DescribeLoadBalancers.
 */
#include "tui/map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/answer.h"

enum { MAP_ZONE_INSTANCES = 200 }; /* of a zone that are drawn one by one */

static const char *row_id(struct arena *arena, const char *id, const struct map_region *region)
{
    return region->here ? view_keep(arena, id) : arena_printf(arena, "%s@%s", id, region->name);
}

static struct map_zone *zone_of(struct map_region *region, const char *name)
{
    for (uint32_t i = 0; i < region->zones.count; i++) {
        if (strcmp(region->zones.items[i].name, name) == 0)
            return &region->zones.items[i];
    }
    return NULL;
}

static void add_instance(struct map_scene *scene, struct map_region *region, json_t *instance)
{
    const char *state = answer_text(instance, "State.Name");
    struct map_zone *zone = zone_of(region, answer_text(instance, "Placement.AvailabilityZone"));

    if (strcmp(state, "running") == 0)
        region->running++;
    else if (strcmp(state, "terminated") != 0)
        region->others++;
    if (zone == NULL)
        return;
    *LIST_PUSH_IN(&scene->arena, &zone->instances) = (struct map_thing){
        .id = row_id(&scene->arena, answer_text(instance, "InstanceId"), region),
        .name = view_keep(&scene->arena, answer_name(instance, "InstanceId")),
        .detail = view_keep(&scene->arena, answer_text(instance, "InstanceType")),
        .state = view_keep(&scene->arena, state),
        .address = view_keep(&scene->arena, answer_text(instance, "PublicIpAddress")),
    };
}

static void add_instances(struct map_scene *scene, struct map_region *region, json_t *answer)
{
    json_t *reservation;
    json_t *instance;
    size_t i;
    size_t k;

    json_array_foreach(answer_list(answer, "Reservations"), i, reservation) {
        json_array_foreach(answer_list(reservation, "Instances"), k, instance)
            add_instance(scene, region, instance);
    }
}

static void add_balancers(struct map_scene *scene, struct map_region *region, json_t *answer)
{
    json_t *balancer;
    size_t i;

    json_array_foreach(answer_list(answer, "LoadBalancers"), i, balancer) {
        *LIST_PUSH_IN(&scene->arena, &region->balancers) = (struct map_thing){
            .id = row_id(&scene->arena, answer_text(balancer, "LoadBalancerArn"), region),
            .name = view_keep(&scene->arena, answer_text(balancer, "LoadBalancerName")),
            .detail = view_keep(&scene->arena, answer_text(balancer, "Type")),
            .state = view_keep(&scene->arena, answer_text(balancer, "State.Code")),
            .address = view_keep(&scene->arena, answer_text(balancer, "DNSName")),
        };
    }
}

static void add_region(struct map_scene *scene, const struct view_source *source, const char *name)
{
    struct map_region *region = LIST_PUSH_IN(&scene->arena, &scene->regions);
    json_t *zones = view_ask(source, "ec2", "DescribeAvailabilityZones", name);
    json_t *instances = view_ask(source, "ec2", "DescribeInstances", name);
    json_t *balancers = view_ask(source, "elbv2", "DescribeLoadBalancers", name);
    json_t *zone;
    size_t i;

    region->name = view_keep(&scene->arena, name);
    region->here = strcmp(name, source->region) == 0;
    json_array_foreach(answer_list(zones, "AvailabilityZones"), i, zone)
        LIST_PUSH_IN(&scene->arena, &region->zones)->name =
            view_keep(&scene->arena, answer_text(zone, "ZoneName"));
    add_instances(scene, region, instances);
    add_balancers(scene, region, balancers);
    json_decref(zones);
    json_decref(instances);
    json_decref(balancers);
}

static void *map_open(const char *argument)
{
    (void)argument;
    return xcalloc(1, sizeof(struct map_scene));
}

static void map_refresh(void *at, const struct view_source *source)
{
    struct map_scene *scene = at;
    json_t *regions = view_ask(source, "ec2", "DescribeRegions", NULL);
    json_t *region;
    size_t i;

    arena_release(&scene->arena);
    *scene = (struct map_scene){0};
    /* The session's own Region first: there is where things happen. */
    json_array_foreach(answer_list(regions, "Regions"), i, region) {
        if (strcmp(answer_text(region, "RegionName"), source->region) == 0)
            add_region(scene, source, source->region);
    }
    json_array_foreach(answer_list(regions, "Regions"), i, region) {
        if (strcmp(answer_text(region, "RegionName"), source->region) != 0)
            add_region(scene, source, answer_text(region, "RegionName"));
    }
    json_decref(regions);
}

static void write_thing(struct sheet *sheet, const struct map_thing *thing, const char *head,
                        int name_cols)
{
    struct answer_state state = answer_state(thing->state);

    sheet_row(sheet, thing->id);
    sheet_cell(sheet, THEME_DIM, 14, head);
    sheet_addf(sheet, state.role, "%s ", state.glyph);
    sheet_cell(sheet, THEME_TEXT, name_cols, thing->name);
    sheet_addf(sheet, THEME_TEXT, " ");
    sheet_cell(sheet, state.role, 14, thing->state);
    sheet_cell(sheet, THEME_DIM, 13, thing->detail);
    sheet_add(sheet, THEME_TEXT, thing->address);
}

static void write_zone(struct sheet *sheet, const struct map_zone *zone, int name_cols)
{
    char head[64];

    for (uint32_t i = 0; i < zone->instances.count && i < MAP_ZONE_INSTANCES; i++) {
        snprintf(head, sizeof(head), "  %s", i == 0 ? zone->name : "");
        write_thing(sheet, &zone->instances.items[i], head, name_cols);
    }
    if (zone->instances.count > MAP_ZONE_INSTANCES) {
        sheet_line(sheet, THEME_DIM, "");
        sheet_to(sheet, 14);
        sheet_addf(sheet, THEME_DIM, "and %u more: `view list instance` shows all",
                   zone->instances.count - MAP_ZONE_INSTANCES);
    }
    if (zone->instances.count > 0)
        return;
    sheet_line(sheet, THEME_DIM, "  ");
    sheet_add(sheet, THEME_DIM, zone->name);
    sheet_to(sheet, 14);
    sheet_add(sheet, THEME_DIM, "\xc2\xb7 nothing of yours");
}

static void write_region(struct sheet *sheet, const struct map_region *region, int name_cols)
{
    bool empty = region->running + region->others + region->balancers.count == 0;

    sheet_row(sheet, NULL);
    sheet_cell(sheet, region->here ? THEME_TITLE : THEME_TEXT, 14, region->name);
    view_count(sheet, THEME_DIM, region->zones.count, "zone");
    sheet_add(sheet, THEME_DIM, "   ");
    if (empty) {
        sheet_add(sheet, THEME_DIM, "nothing of yours");
    } else {
        sheet_addf(sheet, THEME_TEXT, "%u running", region->running);
        if (region->others > 0)
            sheet_addf(sheet, THEME_TEXT, ", %u not", region->others);
    }
    if (region->here)
        sheet_add(sheet, THEME_DIM, "   \xe2\x97\x80 commands go here");
    if (empty && !region->here)
        return;
    for (uint32_t i = 0; i < region->zones.count; i++)
        write_zone(sheet, &region->zones.items[i], name_cols);
    for (uint32_t i = 0; i < region->balancers.count; i++)
        write_thing(sheet, &region->balancers.items[i], i == 0 ? "  in front" : "", name_cols);
    sheet_line(sheet, THEME_TEXT, "");
}

static void map_rows(const void *at, const struct view_frame *frame, struct sheet *sheet)
{
    const struct map_scene *scene = at;
    int name_cols = frame->cols >= 100 ? 28 : frame->cols >= 70 ? 19 : 14;

    if (scene->regions.count == 0)
        sheet_line(sheet, THEME_DIM, "No Region answers.");
    for (uint32_t i = 0; i < scene->regions.count; i++)
        write_region(sheet, &scene->regions.items[i], name_cols);
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
