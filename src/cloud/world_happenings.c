/*
 * cloud/world_happenings.c - what is told to the event buses of disks, images, spot instances,
 * lifecycle hooks and hosts that will be taken away.
 *
 * True to the events in the EBS, EC2, Auto Scaling and AWS Health user guides: their names, members
 *         and order.  Told are those things for which the model has a cause.  Attachments are not
 *         told: attachVolume and reattachVolume were sent of those that fail, and by today's guide
 *         of all, but it shows only those that failed for their key; detachVolume it shows as
 *         CloudTrail's.
 */
#include <string.h>

#include <jansson.h>

#include "base/str.h"
#include "cloud/world_parts.h"
#include "sim/chance.h"
#include "sim/clock.h"

static const char *region_name(const struct world *world, uint8_t region)
{
    return world->catalog->regions[region].name;
}

/* A number of AWS's for what was asked, or for a message: it follows from the seed. */
static const char *request_id(const struct world *world, struct arena *arena, uint64_t subject,
                              uint64_t salt)
{
    struct chance chance = chance_stream(world->seed ^ salt, "request-id", subject);
    char text[MESSAGE_UUID];

    message_uuid(&world->messages, chance_u64(&chance) | 1, text);
    return arena_strdup(arena, text);
}

/* ---- volumes ---- */

static void volume_told(void *context, const struct volume *volume, const char *event,
                        const char *result)
{
    struct world *world = context;
    struct arena arena = ARENA_INIT;
    struct happening happening = {
        .account = volume->account,
        .region = ZONE_REGION(volume->zone),
        .source = "aws.ec2",
        .type = "EBS Volume Notification",
    };

    if (event_is_heard(&world->buses, happening.account, happening.region)) {
        *LIST_PUSH_IN(&arena, &happening.resources) = arena_printf(
            &arena, "arn:aws:ec2:%s:%s:volume/%s", region_name(world, happening.region),
            account_text(&arena, volume->account), id_text(&arena, &kind_volume, volume->key));
        happening.detail = json_pack(
            "{s:s, s:s, s:s, s:s}", "result", result, "cause", "", "event", event, "request-id",
            request_id(world, &arena, volume->key, (uint64_t)world->sim.now));
        world_tell(world, &happening);
    }
    arena_release(&arena);
}

/* ---- snapshots ---- */

static void snapshot_made(void *context, const struct snapshot *snapshot)
{
    struct world *world = context;
    struct arena arena = ARENA_INIT;
    const char *region = region_name(world, snapshot->region);
    const char *arn = arena_printf(&arena, "arn:aws:ec2::%s:snapshot/%s", region,
                                   id_text(&arena, &kind_snapshot, snapshot->key));
    bool copy = snapshot->copy_of != 0;
    const char *source = copy ? arena_printf(&arena, "arn:aws:ec2::%s:snapshot/%s",
                                             region_name(world, (uint8_t)(snapshot->copy_from - 1)),
                                             id_text(&arena, &kind_snapshot, snapshot->copy_of))
                              : arena_printf(&arena, "arn:aws:ec2::%s:volume/%s", region,
                                             id_text(&arena, &kind_volume, snapshot->volume));
    char start[CLOCK_TEXT_SIZE];
    char end[CLOCK_TEXT_SIZE];
    struct happening happening = {
        .account = snapshot->account,
        .region = snapshot->region,
        .source = "aws.ec2",
        .type = "EBS Snapshot Notification",
    };

    if (event_is_heard(&world->buses, snapshot->account, snapshot->region)) {
        *LIST_PUSH_IN(&arena, &happening.resources) = arn;
        happening.detail =
            json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "event",
                      copy ? "copySnapshot" : "createSnapshot", "result", "succeeded", "cause", "",
                      "request-id", "", "snapshot_id", arn, "source", source, "startTime",
                      clock_format(snapshot->started, CLOCK_Z, start), "endTime",
                      clock_format(snapshot->completed, CLOCK_Z, end));
        if (copy && snapshot->incremental)
            json_object_set_new(happening.detail, "Incremental", json_string("true"));
        world_tell(world, &happening);
    }
    arena_release(&arena);
}

static void fast_moved(void *context, const struct fast_restore *restore)
{
    struct world *world = context;
    struct arena arena = ARENA_INIT;
    const char *id = id_text(&arena, &kind_snapshot, restore->snapshot);
    struct happening happening = {
        .account = restore->account,
        .region = ZONE_REGION(restore->zone),
        .source = "aws.ec2",
        .type = "EBS Fast Snapshot Restore State-change Notification",
    };

    if (event_is_heard(&world->buses, happening.account, happening.region)) {
        *LIST_PUSH_IN(&arena, &happening.resources) = arena_printf(
            &arena, "arn:aws:ec2:%s::snapshot/%s", region_name(world, happening.region), id);
        happening.detail = json_pack("{s:s, s:s, s:s, s:s}", "snapshot-id", id, "state",
                                     fast_restore_state_name(restore->state), "zone",
                                     catalog_zone_name(world->catalog, restore->zone), "message",
                                     fast_restore_reason(restore->state));
        world_tell(world, &happening);
    }
    arena_release(&arena);
}

/* ---- images ---- */

static void image_told(void *context, const struct image *image, const char *state)
{
    struct world *world = context;
    struct arena arena = ARENA_INIT;
    const char *id = id_text(&arena, &kind_image, image->key);
    bool failed = str_equal(state, "failed");
    struct happening happening = {
        .account = image->account,
        .region = image->region,
        .source = "aws.ec2",
        .type = "EC2 AMI State Change",
    };

    if (event_is_heard(&world->buses, image->account, image->region)) {
        *LIST_PUSH_IN(&arena, &happening.resources) =
            arena_printf(&arena, "arn:aws:ec2:%s::image/%s", region_name(world, image->region), id);
        happening.detail =
            json_pack("{s:s, s:s, s:s, s:s}", "RequestId",
                      request_id(world, &arena, image->key, (uint64_t)world->sim.now), "ImageId",
                      id, "State", state, "ErrorMessage",
                      failed ? "A snapshot of one of its volumes could not be made." : "");
        world_tell(world, &happening);
    }
    arena_release(&arena);
}

/* ---- spot instances ---- */

/* One of a spot request's instance: the members before "instance-id" and behind it, if any. */
static void tell_spot(struct world *world, const struct spot_request *request, const char *type,
                      json_t *detail)
{
    struct arena arena = ARENA_INIT;
    struct happening happening = {
        .account = request->account,
        .region = request->region,
        .source = "aws.ec2",
        .type = type,
        .detail = detail,
    };

    *LIST_PUSH_IN(&arena, &happening.resources) =
        world_instance_arn(world, &arena, request->account, request->region, request->instance);
    if (event_is_heard(&world->buses, request->account, request->region))
        world_tell(world, &happening);
    else
        json_decref(detail);
    arena_release(&arena);
}

static void spot_noticed(void *context, const struct spot_request *request)
{
    struct arena arena = ARENA_INIT;

    tell_spot(context, request, "EC2 Spot Instance Interruption Warning",
              json_pack("{s:s, s:s}", "instance-id",
                        id_text(&arena, &kind_instance, request->instance), "instance-action",
                        request->stops ? "stop" : "terminate"));
    arena_release(&arena);
}

static void spot_warned(void *context, const struct spot_request *request)
{
    struct arena arena = ARENA_INIT;

    tell_spot(
        context, request, "EC2 Instance Rebalance Recommendation",
        json_pack("{s:s}", "instance-id", id_text(&arena, &kind_instance, request->instance)));
    arena_release(&arena);
}

static void spot_fulfilled(void *context, const struct spot_request *request)
{
    struct arena arena = ARENA_INIT;

    tell_spot(context, request, "EC2 Spot Instance Request Fulfillment",
              json_pack("{s:s, s:s}", "spot-instance-request-id",
                        id_text(&arena, &kind_spot_request, request->id), "instance-id",
                        id_text(&arena, &kind_instance, request->instance)));
    arena_release(&arena);
}

/* ---- lifecycle hooks ---- */

static void member_is_held(void *context, const struct lifecycle_hook *hook, uint64_t instance,
                           uint64_t token)
{
    struct world *world = context;
    const struct scaling_group *group = table_get(&world->scaling.groups, hook->group);
    struct arena arena = ARENA_INIT;
    struct happening happening = {
        .account = group->account,
        .region = group->region,
        .source = "aws.autoscaling",
        .type = hook->launching ? "EC2 Instance-launch Lifecycle Action"
                                : "EC2 Instance-terminate Lifecycle Action",
    };

    if (event_is_heard(&world->buses, group->account, group->region)) {
        *LIST_PUSH_IN(&arena, &happening.resources) =
            scaling_group_arn(&world->scaling, &arena, group);
        happening.detail =
            json_pack("{s:s, s:s, s:s, s:s, s:s}", "LifecycleActionToken",
                      scaling_uuid(&world->scaling, &arena, token), "AutoScalingGroupName",
                      group->name, "LifecycleHookName", hook->name, "EC2InstanceId",
                      id_text(&arena, &kind_instance, instance), "LifecycleTransition",
                      hook->launching ? "autoscaling:EC2_INSTANCE_LAUNCHING"
                                      : "autoscaling:EC2_INSTANCE_TERMINATING");
        if (hook->metadata != NULL)
            json_object_set_new(happening.detail, "NotificationMetadata",
                                json_string(hook->metadata));
        json_object_set_new(happening.detail, "Origin",
                            json_string(hook->launching ? "EC2" : "AutoScalingGroup"));
        json_object_set_new(happening.detail, "Destination",
                            json_string(hook->launching ? "AutoScalingGroup" : "EC2"));
        world_tell(world, &happening);
    }
    arena_release(&arena);
}

/* ---- hosts that will be taken away ---- */

static const char retirement[] = "AWS_EC2_PERSISTENT_INSTANCE_RETIREMENT_SCHEDULED";

/* The detail of AWS Health, for an account whose instances run there. */
static json_t *health_detail(const struct world *world, struct arena *arena,
                             const struct injection *injection, const struct happening *happening)
{
    char start[CLOCK_TEXT_SIZE];
    const char *region = region_name(world, happening->region);

    return json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:[{s:s, s:s}], s:[]}", "eventArn",
        arena_printf(arena, "arn:aws:health:%s::event/EC2/%s/%s_%s", region, retirement, retirement,
                     request_id(world, arena, injection->id, happening->account)),
        "service", "EC2", "eventTypeCode", retirement, "eventTypeCategory", "scheduledChange",
        "startTime", clock_format(injection_retires(injection), CLOCK_HTTP, start), "endTime",
        start, "statusCode", "upcoming", "eventDescription", "language", "en_US",
        "latestDescription",
        "EC2 has detected degradation of the underlying hardware hosting your instances. They are "
        "scheduled to be stopped; start them again, and they run on other hardware.",
        "affectedEntities");
}

/* Tells one account of its instances there, unless one before `at` was of the same account. */
static void tell_retirement(struct world *world, const struct injection *injection,
                            const struct host *host, uint32_t at)
{
    const struct instance *first = instance_any(&world->instances, host->guests.items[at]);
    struct arena arena = ARENA_INIT;
    struct happening happening = {.source = "aws.health", .type = "AWS Health Event"};

    happening.account = first->account;
    happening.region = ZONE_REGION(first->zone);
    if (event_is_heard(&world->buses, happening.account, happening.region)) {
        happening.detail = health_detail(world, &arena, injection, &happening);
        for (uint32_t i = at; i < host->guests.count; i++) {
            const struct instance *guest = instance_any(&world->instances, host->guests.items[i]);
            const char *id = id_text(&arena, &kind_instance, host->guests.items[i]);

            if (guest == NULL || guest->account != first->account)
                continue;
            *LIST_PUSH_IN(&arena, &happening.resources) = id;
            json_array_append_new(json_object_get(happening.detail, "affectedEntities"),
                                  json_pack("{s:s}", "entityValue", id));
        }
        world_tell(world, &happening);
    }
    arena_release(&arena);
}

static void host_retires(void *context, const struct injection *injection)
{
    struct world *world = context;
    const struct host *host = hosts_find(&world->hosts, injection->subject);

    for (uint32_t i = 0; host != NULL && i < host->guests.count; i++) {
        const struct instance *guest = instance_any(&world->instances, host->guests.items[i]);
        bool told = guest == NULL;

        for (uint32_t k = 0; k < i && !told; k++) {
            const struct instance *other = instance_any(&world->instances, host->guests.items[k]);

            told = other != NULL && other->account == guest->account;
        }
        if (!told)
            tell_retirement(world, injection, host, i);
    }
}

void world_wire_happenings(struct world *world)
{
    world->volumes.told = volume_told;
    world->volumes.context = world;
    world->snapshots.made = snapshot_made;
    world->snapshots.made_context = world;
    world->snapshots.fast_moved = fast_moved;
    world->images.moved = image_told;
    world->images.context = world;
    world->spots.hooks.noticed = spot_noticed;
    world->spots.hooks.warned = spot_warned;
    world->spots.hooks.fulfilled = spot_fulfilled;
    world->scaling.held = member_is_held;
    world->injections.hooks.retires = host_retires;
}
