/*
 * api/lab_race.c - the same workload on several instance types, side by side.
 *
 * Each type gets a copy of this world, in which one instance of it is launched from the newest
 * Amazon Linux 2023, with a root volume that has room for a data set.  When all of them run, the
 * workload begins in each, and the copies go on together; then they are thrown away.
 */
#include "api/lab_race.h"

#include <string.h>

#include "api/ec2_parts.h"
#include "api/invoke.h"
#include "api/lab_parts.h"
#include "sim/clock.h"

enum { ROOT_GIB = 64, MOMENTS_A_DOUBLING = 24 };

#define LAUNCH_MOST_NS (10 * MINUTE_NS)
#define RACE_MOST_NS DAY_NS

const struct fault_kind fault_racers = {
    .code = "InvalidParameterValue",
    .text = "There are {} instance types; give up to 8, each once",
    .hint = "One more lab compare compares others.",
};

const struct fault_kind fault_racer = {
    .code = "InvalidVariant",
    .text = "An instance of the type '{}' cannot be launched: {}",
    .hint = "aws ec2 run-instances would be refused as well: leave that type out, or raise the "
            "quota with lab set-quota.",
};

/* One of each family, all with four vCPUs. */
static const char *const families[] = {"m7i.xlarge", "c7a.xlarge", "r7i.xlarge", "g5.xlarge",
                                       "i4i.xlarge"};

struct lane {
    struct world *world; /* owned */
    const char *instance;
    uint64_t workload;
    int64_t started;
};

struct lanes {
    struct call *call;
    struct world *original;
    struct lane items[RACERS_MAX];
    uint32_t count;
};

/* ---- launching ---- */

uint64_t lab_newest_image(const struct call *call, const struct catalog_type *type)
{
    const struct images *images = &call->world->images;
    const struct image *newest = NULL;

    for (uint32_t i = 0; i < table_count(&images->table); i++) {
        const struct image *image = table_at(&images->table, i);

        if (image->is_public && image->region == call->region &&
            (image->architecture & type->architectures) != 0 &&
            strcmp(image_origin(images, image)->distribution, "al2023") == 0 &&
            (newest == NULL || image->created > newest->created))
            newest = image;
    }
    return newest == NULL ? 0 : newest->key;
}

static json_t *launch_params(struct call *call, const struct catalog_type *type)
{
    uint64_t image = lab_newest_image(call, type);

    return json_pack("{s:s, s:s, s:i, s:i, s:[{s:s, s:{s:i}}]}", "ImageId",
                     id_text(&call->arena, &kind_image, image), "InstanceType", type->name,
                     "MinCount", 1, "MaxCount", 1, "BlockDeviceMappings", "DeviceName", "/dev/xvda",
                     "Ebs", "VolumeSize", ROOT_GIB);
}

/* Lets its world go on until the instance runs.  0, or -1 after a fault or an interruption. */
static int lane_wait(struct call *call, const struct lane *lane, const char *type)
{
    int64_t until = lane->world->sim.now + LAUNCH_MOST_NS;
    const struct instance *instance;
    uint64_t id = 0;

    id_parse(&kind_instance, lane->instance, &id);
    while ((instance = instance_any(&lane->world->instances, id)) != NULL &&
           instance->state != INSTANCE_RUNNING) {
        int64_t next = sim_next_time(&lane->world->sim);

        if (next > until || instance->state != INSTANCE_PENDING)
            return call_fault(call, &fault_racer, type, "it does not come to run");
        if (call_pass(call, lane->world, next) != 0)
            return -1;
    }
    return 0;
}

static int lane_launch(struct lanes *lanes, struct lane *lane, const char *name)
{
    struct call *outer = lanes->call;
    const struct catalog *catalog = outer->world->catalog;
    const struct catalog_type *type = &catalog->types[catalog_type_find(catalog, name)];
    const struct caller caller = {
        .world = call_copy_world(outer),
        .account = outer->account,
        .region = outer->region,
        .passer = outer->passer,
    };
    json_t *params = launch_params(outer, type);
    json_t *answer = NULL;
    struct call call;
    int status = 0;

    lane->world = caller.world;
    if (invoke_json(&call, &caller, &op_run_instances, params, &answer) == 0)
        lane->instance = arena_strdup(
            &outer->arena,
            json_string_value(json_object_get(
                json_array_get(json_object_get(answer, "Instances"), 0), "InstanceId")));
    else
        status = call_fault(outer, &fault_racer, name, call.fault.message);
    json_decref(params);
    json_decref(answer);
    call_release(&call);
    return status == 0 ? lane_wait(outer, lane, name) : -1;
}

/* The workload begins.  0, or -1 after a fault. */
static int lane_begin(struct lanes *lanes, struct lane *lane, const struct workload_order *order)
{
    const struct workload *workload;

    lanes->call->world = lane->world;
    workload = workload_order_start(lanes->call, order, lane->instance, NULL);
    lanes->call->world = lanes->original;
    if (workload == NULL)
        return -1;
    lane->workload = workload->id;
    lane->started = workload->started;
    return 0;
}

/* ---- the race ---- */

static const struct workload *workload_of(const struct lane *lane)
{
    return table_get(&lane->world->workloads.table, lane->workload);
}

static void lane_look(const struct lane *lane, struct arena *arena, struct workload_view *view)
{
    workload_view_fill(lane->world, arena, workload_of(lane), view);
    view->id = NULL; /* of a copy: nobody finds it here */
    view->instance = NULL;
    view->volume = NULL;
}

/* All who still run go on until so long after their start.  0, or -1 when interrupted. */
static int lanes_pass(struct lanes *lanes, int64_t elapsed, struct comparison *comparison)
{
    struct call *call = lanes->call;

    call->doing = arena_printf(&call->arena, "compare: %lld s", (long long)(elapsed / SECOND_NS));
    for (uint32_t i = 0; i < lanes->count; i++) {
        struct lane *lane = &lanes->items[i];

        if (workload_of(lane)->ended == 0 &&
            call_pass(call, lane->world, lane->started + elapsed) != 0)
            return -1;
        lane_look(lane, comparison->memory, &comparison->racers.items[i]);
    }
    if (call->tray != NULL)
        call->tray->changes++;
    return 0;
}

static bool somebody_runs(const struct lanes *lanes)
{
    for (uint32_t i = 0; i < lanes->count; i++) {
        if (workload_of(&lanes->items[i])->ended == 0)
            return true;
    }
    return false;
}

/* Who was the fastest, and who the cheapest, of those that completed. */
static void lanes_judge(const struct lanes *lanes, struct comparison *comparison)
{
    int64_t least_ns = INT64_MAX;
    int64_t least_cost = INT64_MAX;

    for (uint32_t i = 0; i < lanes->count; i++) {
        const struct workloads *workloads = &lanes->items[i].world->workloads;
        const struct workload *workload = workload_of(&lanes->items[i]);
        const char *type = comparison->racers.items[i].type;

        if (workload->state != WORKLOAD_COMPLETED)
            continue;
        if (workload_ns(workloads, workload) < least_ns) {
            least_ns = workload_ns(workloads, workload);
            comparison->fastest = type;
        }
        if (workload_cost_nano_usd(workloads, workload) < least_cost) {
            least_cost = workload_cost_nano_usd(workloads, workload);
            comparison->cheapest = type;
        }
    }
}

static int lanes_race(struct lanes *lanes, struct comparison *comparison)
{
    int64_t elapsed = 0;
    int status = 0;

    for (uint32_t i = 0; i < lanes->count; i++)
        lane_look(&lanes->items[i], comparison->memory,
                  LIST_PUSH_IN(comparison->memory, &comparison->racers));
    while (status == 0 && somebody_runs(lanes) && elapsed < RACE_MOST_NS) {
        elapsed += elapsed / MOMENTS_A_DOUBLING > SECOND_NS ? elapsed / MOMENTS_A_DOUBLING
                                                            : SECOND_NS;
        status = lanes_pass(lanes, elapsed, comparison);
    }
    lanes_judge(lanes, comparison);
    comparison->state = status == 0 ? "completed" : "interrupted";
    if (lanes->call->tray != NULL)
        lanes->call->tray->changes++;
    return status;
}

/* 0, or -1 when there are too many, one twice, or one that there is not. */
static int types_check(struct call *call, const char *const *types, uint32_t count)
{
    bool good = count <= RACERS_MAX;

    for (uint32_t i = 0; i < count; i++) {
        if (catalog_type_find(call->world->catalog, types[i]) < 0)
            return call_fault(call, &fault_instance_types, types[i]);
        for (uint32_t k = 0; k < i; k++)
            good = good && strcmp(types[i], types[k]) != 0;
    }
    return good ? 0
                : call_fault(call, &fault_racers, arena_printf(&call->arena, "%u", count));
}

int race_of_types(struct call *call, const struct race_wish *wish,
                  struct comparison **comparison)
{
    bool told = wish->types.count > 0;
    const char *const *types = told ? (const char *const *)wish->types.items : families;
    uint32_t count = told ? wish->types.count : sizeof(families) / sizeof(families[0]);
    struct lanes lanes = {.call = call, .original = call->world, .count = count};
    int status = types_check(call, types, count);

    for (uint32_t i = 0; i < count && status == 0; i++)
        status = lane_launch(&lanes, &lanes.items[i], types[i]);
    for (uint32_t i = 0; i < count && status == 0; i++)
        status = lane_begin(&lanes, &lanes.items[i], &wish->order);
    if (status == 0) {
        *comparison = comparison_new(call);
        (*comparison)->workload = arena_strdup((*comparison)->memory, wish->order.kind);
        status = lanes_race(&lanes, *comparison);
    }
    for (uint32_t i = 0; i < count && i < RACERS_MAX; i++) {
        if (lanes.items[i].world != NULL)
            world_free(lanes.items[i].world);
    }
    return status;
}
