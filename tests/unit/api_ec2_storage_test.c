/*
 * tests/unit/api_ec2_storage_test.c - volumes, snapshots and images as the API asks for them: what
 * is refused changes nothing, what is shown adds up, and nobody sees another's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "sim/chance.h"
#include "sim/clock.h"
#include "cloud/world.h"
#include "api/ec2.h"
#include "api/invoke.h"
#include "api/lab.h"
#include "api/service.h"

enum { SEEDS = 12, STEPS = 60 };

#define STRANGER UINT64_C(444455556666)

static struct catalog *catalog;

static int setup(void **state)
{
    (void)state;
    catalog = catalog_new();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    catalog_free(catalog);
    return 0;
}

/* ---- asking ---- */

struct asker {
    struct world *world;
    uint64_t account;
};

static struct asker asker_new(uint64_t seed)
{
    return (struct asker){.world = world_new(catalog, seed, 0), .account = ACCOUNT_LEARNER};
}

static void pass(struct asker *asker, int64_t seconds)
{
    world_advance(asker->world, asker->world->sim.now + seconds * SECOND_NS, SIM_UNLIMITED);
}

/* The answer, or NULL with the fault's code in `code` (which may be NULL). */
static json_t *ask(struct asker *asker, const char *name, json_t *params, char code[64])
{
    struct caller caller = {.world = asker->world, .account = asker->account};
    const struct op *op = service_op_find(&service_ec2, name);
    struct call call;
    json_t *answer;

    if (op == NULL)
        op = service_op_find(&service_lab, name);
    assert_non_null(op);
    assert_non_null(params);
    if (invoke_json(&call, &caller, op, params, &answer) != 0 && code != NULL)
        snprintf(code, 64, "%s", call.fault.kind->code);
    call_release(&call);
    json_decref(params);
    return answer;
}

static char *ask_id(struct asker *asker, const char *name, json_t *params, const char *member)
{
    json_t *answer = ask(asker, name, params, NULL);
    char *id;

    assert_non_null(answer);
    id = xstrdup(json_string_value(json_object_get(answer, member)));
    json_decref(answer);
    return id;
}

static char *new_volume(struct asker *asker, int size_gib)
{
    return ask_id(asker, "CreateVolume",
                  json_pack("{s:s, s:i}", "AvailabilityZone", "us-east-1a", "Size", size_gib),
                  "VolumeId");
}

static char *new_snapshot(struct asker *asker, const char *volume)
{
    return ask_id(asker, "CreateSnapshot", json_pack("{s:s}", "VolumeId", volume), "SnapshotId");
}

static void write_mib(struct asker *asker, const char *volume, int64_t from, int64_t count)
{
    json_decref(ask(asker, "WriteVolume",
                    json_pack("{s:s, s:I, s:I}", "VolumeId", volume, "OffsetMiB", (json_int_t)from,
                              "SizeMiB", (json_int_t)count),
                    NULL));
}

static int64_t number(const json_t *object, const char *member)
{
    const json_t *value = json_object_get(object, member);

    assert_true(json_is_integer(value));
    return json_integer_value(value);
}

/* ---- what is refused ---- */

static const struct {
    const char *op;
    const char *params;
    const char *code;
} refusals[] = {
    {"CreateVolume", "{\"Size\":1}", "MissingParameter"},
    {"CreateVolume", "{\"AvailabilityZone\":\"us-east-1a\"}", "MissingParameter"},
    {"CreateVolume", "{\"AvailabilityZone\":\"mars\",\"Size\":1}", "InvalidZone.NotFound"},
    {"CreateVolume", "{\"AvailabilityZone\":\"use1-az1\",\"Size\":1}", "InvalidZone.NotFound"},
    {"CreateVolume", "{\"AvailabilityZone\":\"us-east-1a\",\"Size\":-1}", "InvalidParameterValue"},
    {"CreateVolume", "{\"AvailabilityZone\":\"us-east-1a\",\"Size\":4294967297}",
     "InvalidParameterValue"},
    {"CreateVolume", "{\"AvailabilityZone\":\"us-east-1a\",\"SnapshotId\":\"$SNAP\"}",
     "IncorrectState"},
    {"CreateVolume",
     "{\"AvailabilityZone\":\"us-east-1a\",\"Size\":1,\"SnapshotId\":\"$PUBLIC\"}",
     "InvalidParameterValue"},
    {"CreateVolume",
     "{\"AvailabilityZone\":\"us-east-1a\",\"Size\":9,\"TagSpecifications\":[{\"ResourceType\":"
     "\"volume\",\"Tags\":[{\"Key\":\"aws:x\",\"Value\":\"y\"}]}]}",
     "InvalidParameterValue"},
    {"CreateVolume", "{\"AvailabilityZone\":\"us-east-1a\",\"Size\":1,\"DryRun\":true}",
     "DryRunOperation"},
    {"AttachVolume", "{\"VolumeId\":\"$VOL\",\"InstanceId\":\"i-1\",\"Device\":\"/dev/sdf\"}",
     "InvalidInstanceID.Malformed"},
    {"AttachVolume", "{\"VolumeId\":\"\",\"InstanceId\":\"i-1\",\"Device\":\"/dev/sdf\"}",
     "InvalidVolumeID.Malformed"},
    {"DetachVolume", "{\"VolumeId\":\"$VOL\"}", "IncorrectState"},
    {"DeleteVolume", "{\"VolumeId\":\"vol-0ffffffffffffffff\"}", "InvalidVolume.NotFound"},
    {"CreateSnapshot", "{\"VolumeId\":\"vol-0ffffffffffffffff\"}", "InvalidVolume.NotFound"},
    {"CreateSnapshot",
     "{\"VolumeId\":\"$VOL\",\"TagSpecifications\":[{\"ResourceType\":\"volume\"}]}",
     "InvalidParameterValue"},
    {"DeleteSnapshot", "{\"SnapshotId\":\"snap-0ffffffffffffffff\"}", "InvalidSnapshot.NotFound"},
    {"DeleteSnapshot", "{\"SnapshotId\":\"$PUBLIC\"}", "AuthFailure"},
    {"CreateImage", "{\"InstanceId\":\"i-0ffffffffffffffff\",\"Name\":\"abc\"}",
     "InvalidInstanceID.NotFound"},
    {"DeregisterImage", "{\"ImageId\":\"ami-0ffffffffffffffff\"}", "InvalidAMIID.NotFound"},
    {"DeregisterImage", "{\"ImageId\":\"ami-\"}", "InvalidAMIID.Malformed"},
    {"DescribeImages", "{\"Owners\":[\"me\"]}", "InvalidUserID.Malformed"},
    {"WriteVolume", "{\"VolumeId\":\"$VOL\",\"OffsetMiB\":-1,\"SizeMiB\":1}",
     "InvalidParameterValue"},
    {"WriteVolume", "{\"VolumeId\":\"$VOL\",\"OffsetMiB\":9223372036854775807,\"SizeMiB\":1}",
     "InvalidParameterValue"},
};

static char *replaced(char *text, const char *name, const char *value)
{
    struct str out = STR_INIT;
    const char *at = strstr(text, name);
    char *result;

    if (at == NULL)
        return text;
    str_addf(&out, "%.*s%s%s", (int)(at - text), text, value, at + strlen(name));
    result = xstrdup(str_text(&out));
    str_release(&out);
    free(text);
    return result;
}

static char *public_snapshot(struct asker *asker)
{
    json_t *answer = ask(asker, "DescribeSnapshots", json_pack("{s:[s]}", "OwnerIds", "amazon"),
                         NULL);
    const json_t *first = json_array_get(json_object_get(answer, "Snapshots"), 0);
    char *id = xstrdup(json_string_value(json_object_get(first, "SnapshotId")));

    json_decref(answer);
    return id;
}

/* A request that AWS refuses would leave something behind, or be refused in other words. */
static void test_refusals(void **state)
{
    struct asker asker = asker_new(1);
    char *volume = new_volume(&asker, 8);
    char *common = public_snapshot(&asker);
    char *snapshot;

    (void)state;
    pass(&asker, 30);
    write_mib(&asker, volume, 0, 1000);
    snapshot = new_snapshot(&asker, volume);
    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        unsigned char before[PACK_HASH_SIZE];
        unsigned char after[PACK_HASH_SIZE];
        char *params = xstrdup(refusals[i].params);
        char code[64] = "";

        params = replaced(params, "$VOL", volume);
        params = replaced(params, "$SNAP", snapshot);
        params = replaced(params, "$PUBLIC", common);
        world_hash(asker.world, before);
        if (ask(&asker, refusals[i].op, json_loads(params, 0, NULL), code) != NULL)
            fail_msg("not refused: %s %s", refusals[i].op, params);
        world_hash(asker.world, after);
        if (strcmp(code, refusals[i].code) != 0)
            fail_msg("%s %s: %s, not %s", refusals[i].op, params, code, refusals[i].code);
        assert_memory_equal(before, after, sizeof(before));
        free(params);
    }
    free(volume);
    free(snapshot);
    free(common);
    world_free(asker.world);
}

/* ---- what is shown ---- */

struct numbers {
    LIST(uint64_t) items;
};

static int by_value(const void *a, const void *b)
{
    uint64_t one = *(const uint64_t *)a;
    uint64_t two = *(const uint64_t *)b;

    return one < two ? -1 : one > two;
}

/* Adds the blocks of a disk's runs; gives how many there are. */
static int64_t add_runs(const json_t *disk, struct numbers *numbers)
{
    const json_t *runs = json_object_get(disk, "Runs");
    int64_t count = 0;
    int64_t end = 0;

    for (size_t i = 0; i < json_array_size(runs); i++) {
        const json_t *run = json_array_get(runs, i);

        assert_true(json_is_false(json_object_get(run, "Merged")));
        assert_true(number(run, "At") >= end);
        end = number(run, "At") + number(run, "Count");
        count += number(run, "Count");
        for (int64_t k = 0; k < number(run, "Count"); k++)
            *LIST_PUSH(&numbers->items) = (uint64_t)(number(run, "First") + k);
    }
    return count;
}

static int64_t distinct(struct numbers *numbers)
{
    int64_t count = 0;

    if (numbers->items.count > 0)
        qsort(numbers->items.items, numbers->items.count, sizeof(uint64_t), by_value);
    for (uint32_t i = 0; i < numbers->items.count; i++)
        count += i == 0 || numbers->items.items[i] != numbers->items.items[i - 1];
    return count;
}

/* Every number of describe-storage follows from the runs that it shows.  Bytes that are shared. */
static int64_t check_storage(struct asker *asker)
{
    json_t *answer = ask(asker, "DescribeStorage", json_pack("{s:i}", "MaxRuns", 100000), NULL);
    const json_t *volumes = json_object_get(answer, "Volumes");
    const json_t *snapshots = json_object_get(answer, "Snapshots");
    struct numbers own = {0};
    struct numbers kept = {0};
    int64_t stored = 0;
    int64_t referenced = 0;

    for (size_t i = 0; i < json_array_size(volumes); i++) {
        const json_t *volume = json_array_get(volumes, i);

        assert_int_equal(add_runs(volume, &own), number(volume, "UsedBlocks"));
        assert_int_equal(number(volume, "UsedBytes"), number(volume, "UsedBlocks") * BLOCK_BYTES);
    }
    for (size_t i = 0; i < json_array_size(snapshots); i++) {
        const json_t *snapshot = json_array_get(snapshots, i);
        int64_t before = distinct(&kept);

        assert_int_equal(add_runs(snapshot, &kept) * BLOCK_BYTES,
                         number(snapshot, "ReferencedBytes"));
        assert_int_equal((distinct(&kept) - before) * BLOCK_BYTES,
                         number(snapshot, "StoredBytes"));
        stored += number(snapshot, "StoredBytes");
        referenced += number(snapshot, "ReferencedBytes");
    }
    assert_int_equal(stored, number(answer, "TotalStoredBytes"));
    LIST_RELEASE(&own.items);
    LIST_RELEASE(&kept.items);
    json_decref(answer);
    return referenced - stored;
}

/* One of the ids that an answer lists, or NULL. */
static char *any_id(struct asker *asker, const char *op, const char *list, struct chance *chance)
{
    json_t *params = strcmp(list, "Snapshots") == 0 ? json_pack("{s:[s]}", "OwnerIds", "self")
                                                    : json_object();
    json_t *answer = ask(asker, op, params, NULL);
    const json_t *items = json_object_get(answer, list);
    char *id = NULL;

    if (json_array_size(items) > 0) {
        const json_t *item = json_array_get(
            items, chance_below(chance, (uint32_t)json_array_size(items)));

        id = xstrdup(json_string_value(
            json_object_get(item, strcmp(list, "Volumes") == 0 ? "VolumeId" : "SnapshotId")));
    }
    json_decref(answer);
    return id;
}

static void step(struct asker *asker, struct chance *chance)
{
    char *volume = any_id(asker, "DescribeVolumes", "Volumes", chance);
    char *snapshot = any_id(asker, "DescribeSnapshots", "Snapshots", chance);
    json_t *params = NULL;
    const char *op = NULL;

    switch (chance_below(chance, 8)) {
    case 0:
    case 1:
    case 2:
        if (volume != NULL)
            write_mib(asker, volume, (int64_t)chance_below(chance, 1000),
                      1 + (int64_t)chance_below(chance, 24));
        break;
    case 3:
    case 4:
        op = "CreateSnapshot";
        params = json_pack("{s:s*}", "VolumeId", volume);
        break;
    case 5:
        op = "DeleteSnapshot";
        params = json_pack("{s:s*}", "SnapshotId", snapshot);
        break;
    case 6:
        op = "CreateVolume";
        params = json_pack("{s:s, s:s*, s:i}", "AvailabilityZone", "us-east-1b", "SnapshotId",
                           snapshot, "Size", 1);
        break;
    default:
        op = "DeleteVolume";
        params = json_pack("{s:s*}", "VolumeId", volume);
        break;
    }
    if (op != NULL)
        json_decref(ask(asker, op, params, NULL)); /* refused or not */
    pass(asker, (int64_t)chance_below(chance, 40));
    free(volume);
    free(snapshot);
}

/* Somebody would pay for a block twice, or see on a disk what is not there. */
static void test_adds_up(void **state)
{
    int64_t shared = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct asker asker = asker_new(seed);
        struct chance chance = chance_stream(seed, "storage-test", 0);

        for (int i = 0; i < STEPS; i++) {
            step(&asker, &chance);
            if (i % 6 == 0)
                shared += check_storage(&asker);
        }
        shared += check_storage(&asker);
        blocks_check(&asker.world->blocks);
        world_free(asker.world);
    }
    assert_true(shared > 0);
}

/* A disk in very many pieces could not be drawn, or would look changed where it is not. */
static void test_many_runs(void **state)
{
    struct asker asker = asker_new(3);
    char *volume = new_volume(&asker, 8);
    char *snapshot;
    json_t *answer;
    const json_t *disk;
    const json_t *copy;
    size_t differ = 0;

    (void)state;
    pass(&asker, 30);
    for (int i = 0; i < 1500; i++)
        write_mib(&asker, volume, i * 5, 1);
    snapshot = new_snapshot(&asker, volume);
    write_mib(&asker, volume, 3000, 1);
    answer = ask(&asker, "DescribeStorage", json_object(), NULL);
    disk = json_object_get(json_array_get(json_object_get(answer, "Volumes"), 0), "Runs");
    copy = json_object_get(json_array_get(json_object_get(answer, "Snapshots"), 0), "Runs");
    assert_true(json_array_size(disk) > 50 && json_array_size(disk) <= 200);
    assert_int_equal(json_array_size(copy), json_array_size(disk));
    assert_true(number(answer, "MergedWithin") > 1);
    for (size_t i = 0; i < json_array_size(disk); i++)
        differ += !json_equal(json_array_get(disk, i), json_array_get(copy, i));
    assert_int_equal(differ, 1);
    json_decref(answer);
    free(volume);
    free(snapshot);
    world_free(asker.world);
}

static size_t listed(struct asker *asker, const char *op, const char *list)
{
    json_t *answer = ask(asker, op, json_object(), NULL);
    size_t count = json_array_size(json_object_get(answer, list));

    json_decref(answer);
    return count;
}

/* One account would see, or could delete, what another has. */
static void test_strangers(void **state)
{
    struct asker asker = asker_new(4);
    char *volume = new_volume(&asker, 1);
    size_t common = listed(&asker, "DescribeSnapshots", "Snapshots");
    char code[64] = "";
    char *snapshot;

    (void)state;
    pass(&asker, 30);
    snapshot = new_snapshot(&asker, volume);
    asker.account = STRANGER;
    assert_int_equal(listed(&asker, "DescribeVolumes", "Volumes"), 0);
    assert_int_equal(listed(&asker, "DescribeStorage", "Volumes"), 0);
    assert_int_equal(listed(&asker, "DescribeStorage", "Snapshots"), 0);
    assert_int_equal(listed(&asker, "DescribeSnapshots", "Snapshots"), common);
    assert_null(ask(&asker, "DeleteVolume", json_pack("{s:s}", "VolumeId", volume), code));
    assert_string_equal(code, "InvalidVolume.NotFound");
    assert_null(ask(&asker, "DeleteSnapshot", json_pack("{s:s}", "SnapshotId", snapshot), code));
    assert_string_equal(code, "InvalidSnapshot.NotFound");
    asker.account = ACCOUNT_LEARNER;
    assert_int_equal(listed(&asker, "DescribeStorage", "Snapshots"), 1);
    free(volume);
    free(snapshot);
    world_free(asker.world);
}

/* Somebody who reads page after page would miss a volume, or see one twice. */
static void test_pages(void **state)
{
    struct asker asker = asker_new(5);
    json_t *token = NULL;
    json_t *seen = json_object();
    int pages = 0;

    (void)state;
    for (int i = 0; i < 12; i++)
        free(new_volume(&asker, 1));
    do {
        json_t *params = json_pack("{s:i, s:O*}", "MaxResults", 5, "NextToken", token);
        json_t *answer = ask(&asker, "DescribeVolumes", params, NULL);
        const json_t *items = json_object_get(answer, "Volumes");

        for (size_t i = 0; i < json_array_size(items); i++)
            json_object_set_new(
                seen, json_string_value(json_object_get(json_array_get(items, i), "VolumeId")),
                json_true());
        json_decref(token);
        token = json_incref(json_object_get(answer, "NextToken"));
        json_decref(answer);
        pages++;
    } while (token != NULL && pages < 10);
    assert_int_equal(pages, 3);
    assert_int_equal(json_object_size(seen), 12);
    json_decref(seen);
    world_free(asker.world);
}

static struct volume *volume_row(struct asker *asker, const char *text)
{
    uint64_t id = 0;

    assert_true(id_parse(&kind_volume, text, &id));
    return table_get(&asker->world->volumes.table, id);
}

static void write_text(struct asker *asker, const char *volume, const char *text)
{
    blocks_write(&asker->world->blocks, &volume_row(asker, volume)->map,
                 (struct block_write){.offset = 0, .length = strlen(text), .bytes = text});
}

/* A volume made from a snapshot would show what was written after the snapshot's moment. */
static void test_point_in_time(void **state)
{
    struct asker asker = asker_new(6);
    char *volume = new_volume(&asker, 1);
    char bytes[4] = "";
    char *snapshot;
    char *copy;

    (void)state;
    pass(&asker, 30);
    write_text(&asker, volume, "old");
    snapshot = new_snapshot(&asker, volume);
    write_text(&asker, volume, "new");
    pass(&asker, 3600);
    copy = ask_id(&asker, "CreateVolume",
                  json_pack("{s:s, s:s}", "AvailabilityZone", "us-east-1c", "SnapshotId", snapshot),
                  "VolumeId");
    blocks_read(&asker.world->blocks, volume_row(&asker, copy)->map, 0,
                (struct blob){.bytes = bytes, .size = 3});
    assert_string_equal(bytes, "old");
    write_text(&asker, copy, "own");
    blocks_read(&asker.world->blocks, volume_row(&asker, volume)->map, 0,
                (struct blob){.bytes = bytes, .size = 3});
    assert_string_equal(bytes, "new");
    free(volume);
    free(snapshot);
    free(copy);
    world_free(asker.world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refusals),  cmocka_unit_test(test_adds_up),
        cmocka_unit_test(test_many_runs), cmocka_unit_test(test_strangers),
        cmocka_unit_test(test_pages),     cmocka_unit_test(test_point_in_time),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
