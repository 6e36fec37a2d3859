/*
 * bench/fleet.c - many instances: what launching, describing, finding and keeping them costs (P5 to
 * P8).
 *
 * Own VPCs of 12 subnets, in three Regions, filled a thousand instances at a time to 100,000, or as
 * many as an argument says: 288,000 at most, of two families, for which the hosts of the world have
 * room.  Volumes need no host: of them one is found among a million.  In CPU time; P5 in a session
 * that is kept in a file, so its commit waits for the disk, and on the clock of the wall too.
 * moto's server does the same where it is installed (python3-moto).
 */
#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"

#include "desk.h"
#include "meter.h"

enum {
    LAUNCH = 1000,
    ROUNDS = 5,
    SUBNETS = 12,            /* of a VPC, in three zones: 20,000 fit in each */
    LAUNCHES_PER_SUBNET = 4, /* 4,091 addresses */
    FLEET = 100000,
    LOOKUPS = 2000,
    MILLION = 1000000,
};

static void must_run(struct desk *desk, const char *line)
{
    if (desk_run(desk, line) != 0) {
        printf("  %s\n%s", line, str_text(&desk->err));
        exit(1);
    }
}

static __attribute__((format(printf, 2, 3))) void must_runf(struct desk *desk, const char *format,
                                                           ...)
{
    char line[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    must_run(desk, line);
}

static const char *const regions[] = {"us-east-1", "us-west-2", "eu-west-1"};
static const char *const types[] = {"t3.nano", "t2.nano"}; /* of a Region's first VPC, and second */

enum { REGIONS = sizeof(regions) / sizeof(regions[0]) };

static void find_image(struct desk *desk, const char *region)
{
    must_runf(desk, "export AWS_REGION=%s", region);
    must_run(desk, "AMI=$(aws ec2 describe-images --owners amazon --filters "
                   "'Name=name,Values=al2023-ami-2023*-x86_64' --query 'Images[0].ImageId' "
                   "--output text)");
}

/* ---- P5, P6: a thousand ---- */

/* Seconds of moto for the same: run-instances, describe-instances; 0 where it is not installed. */
static void ask_moto(double *ran, double *described)
{
    FILE *answer = popen("python3 tests/bench/moto_times.py 2>/dev/null", "r");
    double first;

    *ran = *described = 0;
    if (answer == NULL)
        return;
    if (fscanf(answer, "%lf %lf %lf", &first, ran, described) != 3)
        *ran = *described = 0;
    pclose(answer);
}

static void against_moto(const char *what, int64_t ours, double theirs, int goal)
{
    if (theirs > 0)
        printf("%s %.0f times as fast as moto's server (%.2f s; goal: %d)\n", what,
               theirs * 1e9 / (double)ours, theirs, goal);
    else
        printf("%s not compared: python3-moto is not installed\n", what);
}

static void a_thousand(void)
{
    char path[] = "/tmp/nephoscope-fleet-XXXXXX";
    struct desk desk;
    struct meter cpu = {0};
    struct meter wall = {0};
    struct meter read = {0};
    double ran;
    double described;

    ask_moto(&ran, &described);
    for (int i = 0; i < ROUNDS; i++) {
        char file[sizeof(path) + 16];
        int64_t cpu_begin;
        int64_t wall_begin;

        memcpy(path + sizeof(path) - 7, "XXXXXX", 7);
        if (mkdtemp(path) == NULL)
            exit(1);
        snprintf(file, sizeof(file), "%s/session", path);
        desk_open(&desk, file);
        find_image(&desk, regions[0]);
        cpu_begin = meter_cpu_ns();
        wall_begin = meter_wall_ns();
        must_run(&desk, "aws ec2 run-instances --image-id $AMI --instance-type t3.micro "
                        "--count 1000");
        meter_add(&cpu, meter_cpu_ns() - cpu_begin);
        meter_add(&wall, meter_wall_ns() - wall_begin);
        must_run(&desk, "lab advance --seconds 600");
        cpu_begin = meter_cpu_ns();
        must_run(&desk, "aws ec2 describe-instances");
        meter_add(&read, meter_cpu_ns() - cpu_begin);
        desk_close(&desk);
        snprintf(file, sizeof(file), "rm -rf %s", path);
        if (system(file) != 0)
            exit(1);
    }
    printf("P5  run-instances --count 1000, durable and rendered: %.1f ms CPU, %.1f ms wall\n",
           (double)meter_percent(&cpu, 50) / 1e6, (double)meter_percent(&wall, 50) / 1e6);
    against_moto("   ", meter_percent(&cpu, 50), ran, 300);
    printf("P6  describing 1,000 instances: %.1f ms CPU\n", (double)meter_percent(&read, 50) / 1e6);
    against_moto("   ", meter_percent(&read, 50), described, 100);
    meter_release(&cpu);
    meter_release(&wall);
    meter_release(&read);
}

/* ---- P7, P8: many ---- */

static const char one_instance[] = "aws ec2 describe-instances --instance-ids $ID";
static const char one_volume[] = "aws ec2 describe-volumes --volume-ids $VOLUME";

static int64_t one_of(struct desk *desk, const char *line)
{
    struct meter meter = {0};
    int64_t median;

    for (int i = 0; i < LOOKUPS; i++) {
        int64_t begin = meter_cpu_ns();

        must_run(desk, line);
        meter_add(&meter, meter_cpu_ns() - begin);
    }
    median = meter_percent(&meter, 50);
    meter_release(&meter);
    return median;
}

static void new_vpc(struct desk *desk, size_t number)
{
    if (number >= REGIONS * sizeof(types) / sizeof(types[0])) {
        printf("    there is not room enough on the hosts\n");
        exit(1);
    }
    find_image(desk, regions[number % REGIONS]);
    must_runf(desk, "VPC=$(aws ec2 create-vpc --cidr-block 10.%zu.0.0/16 --query Vpc.VpcId "
                    "--output text)", number);
}

static void new_subnet(struct desk *desk, size_t vpc, int subnet)
{
    must_runf(desk, "SUBNET=$(aws ec2 create-subnet --vpc-id $VPC --cidr-block 10.%zu.%d.0/20 "
                    "--availability-zone %s%c --query Subnet.SubnetId --output text)",
              vpc, subnet * 16, regions[vpc % REGIONS], 'a' + subnet % 3);
}

static size_t memory_used(void)
{
    return mallinfo2().uordblks + mallinfo2().hblkhd;
}

static void fill(struct desk *desk, int count, int64_t *few)
{
    for (int launches = 0; launches * LAUNCH < count; launches++) {
        size_t vpc = (size_t)(launches / (SUBNETS * LAUNCHES_PER_SUBNET));

        if (launches % (SUBNETS * LAUNCHES_PER_SUBNET) == 0)
            new_vpc(desk, vpc);
        if (launches % LAUNCHES_PER_SUBNET == 0)
            new_subnet(desk, vpc, launches / LAUNCHES_PER_SUBNET % SUBNETS);
        must_runf(desk, "ID=$(aws ec2 run-instances --image-id $AMI --instance-type %s "
                        "--subnet-id $SUBNET --count 1000 --query 'Instances[0].InstanceId' "
                        "--output text)",
                  types[vpc / REGIONS]);
        if (launches == 0)
            *few = one_of(desk, one_instance);
    }
}

static void tell_memory(struct desk *desk, const char *when, size_t before, int count)
{
    must_run(desk, "aws ec2 create-tags --resources $ID --tags Key=a,Value=b"); /* a small answer */
    printf("P8  %.0f bytes an instance %s, its volume, interface, CPU time and bill included\n",
           ((double)memory_used() - (double)before) / count, when);
}

static void many(int count)
{
    struct desk desk;
    int64_t few = 0;
    int64_t found;
    int64_t begin;
    size_t before;

    desk_open(&desk, NULL);
    find_image(&desk, regions[0]);
    before = memory_used();
    begin = meter_cpu_ns();
    fill(&desk, count, &few);
    printf("    %d instances over VPCs of our own: launched in %.1f s of CPU\n", count,
           (double)(meter_cpu_ns() - begin) / 1e9);
    begin = meter_cpu_ns();
    must_run(&desk, "lab advance --seconds 120");
    printf("    two minutes later, all running: %.1f s of CPU\n",
           (double)(meter_cpu_ns() - begin) / 1e9);
    tell_memory(&desk, "as it runs", before, count);
    must_run(&desk, "lab advance --seconds 3480");
    tell_memory(&desk, "after an hour, with the 20,000 metrics that a world keeps", before, count);
    printf("    (goal: 1,024)\n");
    found = one_of(&desk, one_instance);
    printf("P7  one id among %d: %.3f ms, among %d: %.3f ms: %.2f times (goal: 2)\n", count,
           (double)found / 1e6, LAUNCH, (double)few / 1e6, (double)found / (double)few);
    desk_close(&desk);
}

static void add_volumes(struct desk *desk, int count)
{
    struct volumes *volumes = &desk->session->world->volumes;
    uint64_t account = ((struct volume *)table_at(&volumes->table, 0))->account;
    struct fault fault = FAULT_INIT;

    for (int i = (int)table_count(&volumes->table); i < count; i++) {
        struct volume_new wanted = {.account = account, .size_gib = 1};

        if (volume_new_check(&wanted, &fault) != 0 ||
            volume_create(volumes, wanted, &fault) == NULL) {
            printf("    no volume: %s\n", fault.message);
            exit(1);
        }
    }
    must_run(desk, "lab advance --seconds 10");
}

static void among_a_million(void)
{
    struct desk desk;
    int64_t few;
    int64_t found;

    desk_open(&desk, NULL);
    must_run(&desk, "VOLUME=$(aws ec2 create-volume --availability-zone us-east-1a --size 1 "
                    "--query VolumeId --output text)");
    add_volumes(&desk, LAUNCH);
    few = one_of(&desk, one_volume);
    add_volumes(&desk, MILLION);
    found = one_of(&desk, one_volume);
    printf("P7  one volume among %d: %.3f ms, among %d: %.3f ms: %.2f times (goal: 2)\n", MILLION,
           (double)found / 1e6, LAUNCH, (double)few / 1e6, (double)found / (double)few);
    desk_close(&desk);
}

int main(int argc, char **argv)
{
    a_thousand();
    among_a_million();
    many(argc > 1 ? (int)strtol(argv[1], NULL, 10) : FLEET);
    return 0;
}
