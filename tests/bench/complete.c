/*
 * bench/complete.c - Tab, with 100,000 resources: services, operations, options, ids, names,
 * values of filters, members in --query.
 *
 * Goal: 95 of 100 Tabs under 10 ms, in CPU time.  With an argument, Tab after that line only.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "shell/complete.h"

#include "desk.h"
#include "meter.h"

enum {
    INSTANCES = 12000, /* each with a volume and a network interface */
    VOLUMES = 76000,
    CALL = 500, /* instances of one call: they share a name */
    ROUNDS = 100,
};

static const char *const zones[] = {"a", "b", "c"};

static void must_run(struct desk *desk, const char *line)
{
    if (desk_run(desk, line) != 0) {
        printf("  %s\n%s", line, str_text(&desk->err));
        exit(1);
    }
}

static void fill(struct desk *desk)
{
    struct str line = STR_INIT;

    must_run(desk, "AMI=$(aws ec2 describe-images --owners amazon --filters "
                   "'Name=name,Values=al2023-ami-2023*-x86_64' --query 'Images[0].ImageId' "
                   "--output text)");
    for (int i = 0; i < INSTANCES / CALL; i++) {
        str_clear(&line);
        str_addf(&line,
                 "aws ec2 run-instances --image-id $AMI --instance-type t3.micro --count %d "
                 "--placement AvailabilityZone=us-east-1%s --tag-specifications "
                 "'ResourceType=instance,Tags=[{Key=Name,Value=web-%d}]'",
                 CALL, zones[(size_t)i % (sizeof(zones) / sizeof(zones[0]))], i);
        must_run(desk, str_text(&line));
    }
    for (int i = 0; i < VOLUMES; i++) {
        str_clear(&line);
        str_addf(&line,
                 "aws ec2 create-volume --availability-zone us-east-1a --size 1 "
                 "--tag-specifications 'ResourceType=volume,Tags=[{Key=Name,Value=disk-%d}]'",
                 i);
        must_run(desk, str_text(&line));
    }
    str_release(&line);
}

static void tab(struct desk *desk, const char *text, size_t length, struct meter *meter)
{
    struct line_candidates candidates = {0};
    char *line = xstrndup(text, length);
    int64_t begin = meter_cpu_ns();

    complete_line(&desk->shell, line, length, &candidates);
    meter_add(meter, meter_cpu_ns() - begin);
    line_candidates_release(&candidates);
    free(line);
}

/* Tab after each of the last letters of the line, again and again. */
static void measure(struct desk *desk, const char *text, struct meter *all)
{
    struct meter meter = {0};
    size_t length = strlen(text);

    for (int round = 0; round < ROUNDS; round++) {
        for (size_t end = length < 3 ? 1 : length - 2; end <= length; end++)
            tab(desk, text, end, &meter);
    }
    printf("  %-76.76s p50 %7.3f ms   p95 %7.3f ms\n", text,
           (double)meter_percent(&meter, 50) / 1e6, (double)meter_percent(&meter, 95) / 1e6);
    for (uint32_t i = 0; i < meter.times.count; i++)
        meter_add(all, meter.times.items[i]);
    meter_release(&meter);
}

int main(int count, char **words)
{
    static const char *const lines[] = {
        "a",
        "aws el",
        "aws ec2 desc",
        "aws ec2 rinst",
        "aws ec2 run-instances --im",
        "aws ec2 run-instances --instance-type t3.",
        "aws ec2 run-instances --tag-specifications ResourceType=",
        "aws ec2 stop-instances --instance-ids ",
        "aws ec2 stop-instances --instance-ids i-0",
        "aws ec2 stop-instances --instance-ids i-0f0",
        "aws ec2 stop-instances --instance-ids web-39",
        "aws ec2 stop-instances --instance-ids nosuchname",
        "aws ec2 delete-volume --volume-id vol-0",
        "aws ec2 delete-volume --volume-id vol-0ab",
        "aws ec2 delete-volume --volume-id disk-39999",
        "aws ec2 delete-volume --volume-id k-2",
        "aws ec2 describe-instances --filters Name=inst",
        "aws ec2 describe-instances --filters Name=tag:Name,Values=web-3",
        "aws ec2 describe-volumes --filters Name=tag:Name,Values=disk-3999",
        "aws ec2 describe-instances --filters Name=instance-id,Values=i-0f",
        "aws ec2 describe-instances --query 'Reservations[].Instances[].St",
        "aws ec2 describe-volumes --query 'Volumes[?State==`available`].{Id: Vol",
        "echo $A",
        "explain Inv",
    };
    struct meter all = {0};
    struct desk desk;

    desk_open(&desk, NULL);
    fill(&desk);
    printf("Tab, with %d instances and %d volumes\n", INSTANCES, INSTANCES + VOLUMES);
    if (count > 1)
        measure(&desk, words[1], &all);
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]) && count == 1; i++)
        measure(&desk, lines[i], &all);
    printf("  all %u Tabs: p50 %.3f ms, p95 %.3f ms (goal: under 10 ms), the longest %.3f ms\n",
           all.times.count, (double)meter_percent(&all, 50) / 1e6,
           (double)meter_percent(&all, 95) / 1e6, (double)meter_percent(&all, 100) / 1e6);
    meter_release(&all);
    desk_close(&desk);
    return 0;
}
