/*
 * tests/unit/cloud_isolation_test.c - tenants on one host share its CPU, and nothing else (C2, C4,
 * C5, C6).
 *
 * If this fails, a learner sees another's names, feels another who does nothing to him, or loses
 * room that nobody holds.
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
#include "cloud/world.h"

#include "desk.h"

static void run(struct desk *desk, const char *line)
{
    if (desk_run(desk, line) != 0)
        fail_msg("%s: %s", line, str_text(&desk->err));
}

static const char *const image =
    "AMI=$(aws ec2 describe-images --owners amazon --filters "
    "'Name=name,Values=al2023-ami-2023*-x86_64' --query 'Images[0].ImageId' --output text)";

/* Two tenants: the first has two instances at work. */
static void two_tenants(struct desk *desk, uint64_t seed)
{
    desk_open_seed(desk, NULL, seed);
    run(desk, "lab create-account --name other");
    run(desk, image);
    run(desk, "A=$(aws ec2 run-instances --image-id $AMI --instance-type t3.micro --count 2 "
              "--placement AvailabilityZone=us-east-1a --query 'Instances[].InstanceId' "
              "--output text)");
    run(desk, "aws ec2 wait instance-running --instance-ids $A");
    run(desk, "lab set-load --instance-id $(aws ec2 describe-instances --query "
              "'Reservations[0].Instances[0].InstanceId' --output text) --percent 40");
    run(desk, "sleep 300");
}

/* The second one comes, onto the same hosts, and works as hard as they can bear. */
static void other_comes(struct desk *desk)
{
    run(desk, "export AWS_PROFILE=other");
    run(desk, "B=$(aws ec2 run-instances --image-id $AMI --instance-type t3.large --count 30 "
              "--placement AvailabilityZone=us-east-1a --tag-specifications "
              "'ResourceType=instance,Tags=[{Key=Name,Value=secretname}]' "
              "--query 'Instances[].InstanceId' --output text)");
    run(desk, "lab set-load --instance-id $(aws ec2 describe-instances --query "
              "'Reservations[0].Instances[0].InstanceId' --output text) --percent 100");
    run(desk, "export AWS_PROFILE=default");
}

static const char *const asked[] = {
    "aws ec2 describe-instances",
    "aws ec2 describe-instance-status",
    "aws ec2 describe-volumes",
    "aws ec2 describe-network-interfaces || true",
    "aws ec2 describe-security-groups",
    "aws ec2 describe-instance-credit-specifications",
    "aws cloudwatch list-metrics",
    "aws cloudwatch get-metric-statistics --namespace AWS/EC2 --metric-name CPUUtilization "
    "--start-time 2026-01-05T08:00:00Z --end-time 2026-01-05T09:00:00Z --period 300 "
    "--statistics Average Maximum --dimensions Name=InstanceId,Value=$(aws ec2 "
    "describe-instances --query 'Reservations[0].Instances[0].InstanceId' --output text)",
    "lab describe-instances --query 'Instances[].[CpuPercent,StealPercent,CreditBalance]'",
    "lab describe-servers",
    "lab describe-traffic",
    "lab describe-storage",
    "lab describe-faults",
    "lab describe-quotas",
};

static char *all_answers(struct desk *desk)
{
    struct str all = STR_INIT;

    for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
        desk_run(desk, asked[i]);
        str_addf(&all, "$ %s\n%s%s", asked[i], str_text(&desk->out), str_text(&desk->err));
    }
    return str_take(&all);
}

/* C4: whatever another tenant does, as long as the host can bear it, every answer is the same. */
static void another_is_not_felt(void **state)
{
    struct desk alone;
    struct desk together;
    char *one;
    char *two;

    (void)state;
    two_tenants(&alone, 3);
    run(&alone, "sleep 1500");
    one = all_answers(&alone);
    two_tenants(&together, 3);
    other_comes(&together);
    run(&together, "sleep 1500");
    two = all_answers(&together);
    assert_string_equal(one, two);
    free(one);
    free(two);
    desk_close(&alone);
    desk_close(&together);
}

/* ---- the same at random ---- */

enum { SEEDS = 6, STEPS = 8 };

/* What the first tenant does: nothing that makes a new thing, for the ids of all come from one
 * stream. */
static void first_acts(struct desk *desk, struct chance *luck)
{
    static const char *const lines[] = {
        "aws ec2 reboot-instances --instance-ids $A",
        "aws ec2 stop-instances --instance-ids $A; aws ec2 wait instance-stopped --instance-ids $A",
        "aws ec2 start-instances --instance-ids $A",
    };

    desk_run(desk, lines[chance_below(luck, 3)]);
    desk_run(desk, chance_below(luck, 2) == 0 ? "sleep 400" : "sleep 45");
}

/* What the other does meanwhile: anything, on any hardware. */
static bool second_acts(struct desk *desk, struct chance *luck)
{
    static const char *const lines[] = {
        "aws ec2 run-instances --profile other --image-id $AMI --instance-type m5.large --count 9 "
        "--placement AvailabilityZone=us-east-1a,Tenancy=dedicated",
        "aws ec2 run-instances --profile other --image-id $AMI --instance-type t3.nano --count 20",
        "aws ec2 allocate-hosts --profile other --instance-family t3 --quantity 1 "
        "--availability-zone us-east-1a --auto-placement on",
        "aws ec2 run-instances --profile other --image-id $AMI --instance-type t3.micro --count 3 "
        "--placement Tenancy=host",
        "aws ec2 terminate-instances --profile other --instance-ids $(aws ec2 describe-instances "
        "--profile other --query 'Reservations[0].Instances[].InstanceId' --output text)",
        "aws ec2 create-placement-group --profile other --group-name g --strategy spread",
        "aws ec2 run-instances --profile other --image-id $AMI --instance-type t3.small --count 4 "
        "--placement GroupName=g",
        "aws ec2 create-volume --profile other --size 10 --availability-zone us-east-1a",
    };

    return desk_run(desk, lines[chance_below(luck, sizeof(lines) / sizeof(lines[0]))]) == 0;
}

/* All that the first can ask, after the same life with or without the other beside him, who acts if
 * somebody counts. */
static char *life(uint64_t seed, uint32_t *acted)
{
    struct chance first = chance_stream(seed, "first", 0);
    struct chance second = chance_stream(seed, "second", 0);
    struct desk desk;
    char *answers;

    two_tenants(&desk, seed);
    for (int i = 0; i < STEPS; i++) {
        if (acted != NULL)
            *acted += second_acts(&desk, &second);
        first_acts(&desk, &first);
    }
    answers = all_answers(&desk);
    desk_close(&desk);
    return answers;
}

/* C4, whatever both do: with NEPHOSCOPE_SEEDS=N more lives. */
static void another_is_never_felt(void **state)
{
    const char *text = getenv("NEPHOSCOPE_SEEDS");
    uint64_t seeds = text == NULL ? SEEDS : 1 + strtoull(text, NULL, 10) / 20;

    uint32_t acted = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= seeds; seed++) {
        char *alone = life(seed, NULL);
        char *together = life(seed, &acted);

        if (strcmp(alone, together) != 0)
            print_message("seed %u\n", (unsigned)seed);
        assert_string_equal(alone, together);
        free(alone);
        free(together);
    }
    print_message("%u acts of the other\n", acted);
    assert_true(acted > seeds * STEPS / 4); /* not vacuous */
}

enum { ID_COLUMNS = 19 /* "i-" and 17 digits */ };

static void scan_guest(struct desk *desk, const char *id, const char *what)
{
    char line[160];

    snprintf(line, sizeof(line), "lab scan-guest --instance-id %.*s --what %s", ID_COLUMNS, id,
             what);
    run(desk, line);
    assert_non_null(strstr(str_text(&desk->out), "\"ForeignBytes\": 0"));
}

/* C4, C5: what an instance reads, in memory and on disks, is its own; what others left is gone. */
static void nothing_is_left(void **state)
{
    struct desk desk;
    char *ids;

    (void)state;
    two_tenants(&desk, 9);
    other_comes(&desk);
    run(&desk, "export AWS_PROFILE=other");
    run(&desk, "aws ec2 wait instance-running --instance-ids $B");
    run(&desk, "lab write-volume --volume-id $(aws ec2 describe-volumes --query "
               "'Volumes[0].VolumeId' --output text) --offset-mib 0 --size-mib 500");
    run(&desk, "aws ec2 terminate-instances --instance-ids $B");
    run(&desk, "aws ec2 wait instance-terminated --instance-ids $B");
    run(&desk, "export AWS_PROFILE=default");
    run(&desk, "C=$(aws ec2 run-instances --image-id $AMI --instance-type t3.2xlarge --count 9 "
               "--placement AvailabilityZone=us-east-1a --block-device-mappings "
               "'DeviceName=/dev/sdf,Ebs={VolumeSize=50}' --query 'Instances[].InstanceId' "
               "--output text)");
    run(&desk, "aws ec2 wait instance-running --instance-ids $C");
    run(&desk, "aws ec2 describe-instances --query 'Reservations[].Instances[].[InstanceId]' "
               "--output text");
    ids = xstrdup(str_text(&desk.out));
    for (const char *id = ids; *id != '\0'; id += ID_COLUMNS + 1) {
        scan_guest(&desk, id, "memory");
        scan_guest(&desk, id, "disk");
    }
    free(ids);
    desk_close(&desk);
}

/* No id of the other, and no name, anywhere that the first may look. */
static void scan(struct desk *desk, const char *line, const struct str *ids)
{
    desk_run(desk, line);
    for (const char *at = str_text(ids); *at != '\0';) {
        size_t length = strcspn(at, "\t\n");
        char id[64];

        snprintf(id, sizeof(id), "%.*s", (int)length, at);
        if (length > 3 && (strstr(str_text(&desk->out), id) != NULL ||
                           strstr(str_text(&desk->err), id) != NULL))
            fail_msg("%s shows %s", line, id);
        at += length + (at[length] != '\0');
    }
    assert_null(strstr(str_text(&desk->out), "secretname"));
}

/* C5. */
static void another_has_no_name(void **state)
{
    static const char *const lines[] = {
        "lab describe-hosts --all",
        "lab describe-hosts --all --output text",
        "lab describe-events",
        "lab describe-fleet",
        "aws ec2 describe-images --owners self amazon",
        "aws ec2 describe-tags",
        "sql 'select * from aws_ec2_instance'",
    };
    struct desk desk;
    struct str ids = STR_INIT;

    (void)state;
    two_tenants(&desk, 3);
    other_comes(&desk);
    run(&desk, "sleep 300");
    run(&desk, "aws ec2 describe-instances --profile other --query "
               "'Reservations[].Instances[].[InstanceId,NetworkInterfaces[0].NetworkInterfaceId,"
               "BlockDeviceMappings[0].Ebs.VolumeId]' --output text");
    str_add(&ids, str_text(&desk.out));
    assert_true(ids.length > 30 * 50);
    for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++)
        scan(&desk, asked[i], &ids);
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        scan(&desk, lines[i], &ids);
    run(&desk, "lab describe-hosts --query "
               "\"Hosts[].Guests[?AccountId!='111122223333'][].AccountId\"");
    assert_non_null(strstr(str_text(&desk.out), "tenant"));
    str_release(&ids);
    desk_close(&desk);
}

static void rooms_of(const struct world *world, struct str *out)
{
    for (uint32_t i = 0; i < world->hosts.count; i++) {
        const struct host *host = &world->hosts.items[i];

        str_addf(out, "%u %u %u %u\n", i, host->used_vcpus, host->used_memory_mib,
                 host->guests.count);
    }
    str_addf(out, "%u %u\n", table_count(&world->hypervisor.guests),
             table_count(&world->hypervisor.hosts));
}

/* C2: everything terminated, every counter is where it began. */
static void room_comes_back(void **state)
{
    struct desk desk;
    struct str before = STR_INIT;
    struct str after = STR_INIT;

    (void)state;
    desk_open_seed(&desk, NULL, 4);
    rooms_of(desk.session->world, &before);
    run(&desk, image);
    run(&desk, "aws ec2 create-placement-group --group-name g --strategy spread");
    run(&desk, "aws ec2 run-instances --image-id $AMI --instance-type t3.micro --count 5 "
               "--placement AvailabilityZone=us-east-1a,GroupName=g");
    run(&desk, "aws ec2 run-instances --image-id $AMI --instance-type m5.large --count 9");
    run(&desk, "I=$(aws ec2 describe-instances --query 'Reservations[0].Instances[0].InstanceId' "
               "--output text)");
    run(&desk, "aws ec2 wait instance-running --instance-ids $I");
    run(&desk, "lab set-load --instance-id $I --percent 100");
    run(&desk, "lab inject-fault --kind noisy-neighbour --instance-id $I");
    run(&desk, "sleep 7200");
    run(&desk, "aws ec2 stop-instances --instance-ids $I");
    run(&desk, "lab clear-fault --all");
    run(&desk, "aws ec2 terminate-instances --instance-ids $(aws ec2 describe-instances --query "
               "'Reservations[].Instances[].InstanceId' --output text)");
    run(&desk, "sleep 7200");
    rooms_of(desk.session->world, &after);
    assert_string_equal(str_text(&before), str_text(&after));
    run(&desk, "aws ec2 delete-placement-group --group-name g");
    str_release(&before);
    str_release(&after);
    desk_close(&desk);
}

/* C6: up to the quota and not one more; what is given back can be had again. */
static void a_quota_holds(void **state)
{
    struct desk desk;

    (void)state;
    desk_open_seed(&desk, NULL, 5);
    run(&desk, image);
    run(&desk, "lab set-quota --quota standard-vcpus --value 8");
    run(&desk, "I=$(aws ec2 run-instances --image-id $AMI --instance-type t3.micro --count 4 "
               "--query 'Instances[0].InstanceId' --output text)");
    assert_int_not_equal(desk_run(&desk, "aws ec2 run-instances --image-id $AMI --instance-type "
                                         "t3.micro"),
                         0);
    assert_non_null(strstr(str_text(&desk.err), "VcpuLimitExceeded"));
    run(&desk, "aws ec2 terminate-instances --instance-ids $I");
    run(&desk, "aws ec2 wait instance-terminated --instance-ids $I");
    run(&desk, "aws ec2 run-instances --image-id $AMI --instance-type t3.micro");
    assert_int_not_equal(desk_run(&desk, "aws ec2 run-instances --image-id $AMI --instance-type "
                                         "t3.micro"),
                         0);
    desk_close(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_is_not_felt),
        cmocka_unit_test(another_is_never_felt),
        cmocka_unit_test(nothing_is_left),
        cmocka_unit_test(another_has_no_name),
        cmocka_unit_test(room_comes_back),
        cmocka_unit_test(a_quota_holds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
