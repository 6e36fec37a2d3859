/*
 * cloud/scaling_launch.c - a group launches an instance, the same way as run-instances does.
 *
 * True to the Auto Scaling user guide: where a zone has no room, another of the group's is tried;
 *         each try is an activity.
 */
#include <string.h>

#include "base/str.h"
#include "cloud/scaling_parts.h"

/* The group's subnet in a zone; 0: the zone's default one. */
static uint64_t subnet_of(const struct scaling *scaling, const struct scaling_group *group,
                          uint8_t zone)
{
    const struct subnet *best = NULL;

    for (uint32_t i = 0; i < group->subnets.count; i++) {
        const struct subnet *subnet =
            table_find(&scaling->network->subnets, (uint64_t)group->subnets.items[i]);

        if (subnet != NULL && subnet->zone == zone &&
            (best == NULL || subnet_free(subnet) > subnet_free(best)))
            best = subnet;
    }
    if (best == NULL)
        best = subnet_default(scaling->network, group->account, zone);
    return best == NULL ? 0 : best->id;
}

/* The wish of the template with the group's own place; the arena holds what is changed. */
static void place(struct arena *arena, struct launch_wish *wish, uint64_t subnet)
{
    wish->placement = NULL;
    wish->subnet = wish->cards.count == 0 ? id_text(arena, &kind_subnet, subnet) : NULL;
    if (wish->cards.count > 0) {
        struct card_wish *card = arena_alloc(arena, sizeof(*card));

        *card = wish->cards.items[0];
        card->subnet = id_text(arena, &kind_subnet, subnet);
        wish->cards.items = card;
    }
    /* groups of the default VPC are named without a subnet only; their VPC is this one's */
}

/* The tags of the instances: the template's, and those that the group hands on. */
static const struct tags *tags_of(struct arena *arena, const struct scaling_group *group,
                                  const struct tags *have)
{
    struct tags *tags = arena_alloc(arena, sizeof(*tags));

    for (uint32_t i = 0; have != NULL && i < tags_count(have); i++)
        tags_push_in(arena, tags, *tags_at(have, i));
    tags_push_in(arena, tags, (struct pair){"aws:autoscaling:groupName", group->name});
    for (uint32_t i = 0; i < group->tags.count; i++) {
        if (group->tags.items[i].propagate)
            tags_push_in(arena, tags,
                         (struct pair){group->tags.items[i].key, group->tags.items[i].value});
    }
    return tags;
}

int scaling_launch_read(const struct scaling *scaling, const struct scaling_group *group,
                        uint64_t subnet, struct scaling_launch_plan *plan, struct fault *fault)
{
    struct arena *arena = &plan->arena;
    const struct launch_template *template =
        table_find(&scaling->templates->table, group->template);
    const struct launch_template_version *version;
    struct launch_ask ask = {
        .launcher = scaling->launcher,
        .account = group->account,
        .region = group->region,
        .least = 1,
        .most = 1,
        .arena = arena,
        .fault = fault,
    };
    struct launch_wish wish;

    if (template == NULL)
        return fault_set(fault, &fault_launch_template_missing,
                         id_text(arena, &kind_launch_template, group->template));
    version =
        launch_template_version_find(scaling->templates, template, group->template_version, fault);
    if (version == NULL)
        return -1;
    wish = version->data;
    if (subnet != 0)
        place(arena, &wish, subnet);
    ask.origin = (struct launch_origin){.template = template->id, .version = version->number};
    plan->version = version->number;
    if (launch_wish_read(&ask, &wish, &plan->launch) != 0)
        return -1;
    plan->launch.tags = tags_of(arena, group, plan->launch.tags);
    return 0;
}

/* One try, in one zone; an activity tells of it. */
static int try_zone(struct scaling *scaling, struct scaling_group *group, uint8_t zone,
                    const char *cause, bool *elsewhere)
{
    struct scaling_launch_plan plan = {.arena = ARENA_INIT};
    struct fault fault = FAULT_INIT;
    uint64_t reservation = 0;
    int result =
        scaling_launch_read(scaling, group, subnet_of(scaling, group, zone), &plan, &fault);

    if (result == 0)
        result = instances_launch(scaling->instances, &plan.launch, &reservation, &fault);
    if (result == 0) {
        const struct table *table = &scaling->instances->table;
        const struct instance *instance = table_at(table, table_count(table) - 1);
        struct scaling_member *member =
            member_add(scaling, group, instance,
                       activity_begin(scaling, group, ACTIVITY_OF_LAUNCH, instance->id, cause)->id);

        member->template = group->template;
        member->version = plan.version;
    } else {
        const struct scaling_activity *activity =
            activity_begin(scaling, group, ACTIVITY_OF_LAUNCH, 0, cause);

        *elsewhere = strcmp(fault.kind->code, "InsufficientInstanceCapacity") == 0 ||
                     strcmp(fault.kind->code, "InsufficientFreeAddressesInSubnet") == 0;
        activity_end(scaling, activity->id, ACTIVITY_FAILED,
                     arena_printf(&plan.arena, "%s%s Launching EC2 instance failed.", fault.message,
                                  str_ends(fault.message, ".") ? "" : "."));
    }
    fault_release(&fault);
    arena_release(&plan.arena);
    return result;
}

int scaling_launch(struct scaling *scaling, struct scaling_group *group, int only_zone,
                   const char *cause)
{
    uint8_t zones[ZONES_PER_REGION];
    uint32_t count = scaling_zones_sorted(scaling, group, zones);
    bool elsewhere = true;

    for (uint32_t i = 0; i < count && elsewhere; i++) {
        if (only_zone >= 0 && zones[i] != only_zone)
            continue;
        elsewhere = false;
        if (try_zone(scaling, group, zones[i], cause, &elsewhere) == 0)
            return 0;
    }
    return -1;
}
