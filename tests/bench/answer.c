/*
 * bench/answer.c - what a typed read costs inside the program: parsing, running, printing.
 *
 * A world with 1,000 instances (one in ten is named web-N); each line is run again and again, in
 * CPU time.  Goal: under 1 ms for a line that asks for some of them; all of them are 7 MB of text.
 * With an argument, that line only.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"

#include "desk.h"
#include "meter.h"

enum { INSTANCES = 1000, ROUNDS = 200 };

static void must_run(struct desk *desk, const char *line)
{
    if (desk_run(desk, line) != 0) {
        printf("  %s\n%s", line, str_text(&desk->err));
        exit(1);
    }
}

static void fill(struct desk *desk)
{
    must_run(desk, "AMI=$(aws ec2 describe-images --owners amazon --filters "
                   "'Name=name,Values=al2023-ami-2023*-x86_64' --query 'Images[0].ImageId' "
                   "--output text)");
    for (int i = 0; i < INSTANCES / 10; i++) {
        struct str line = STR_INIT;

        str_addf(&line,
                 "aws ec2 run-instances --image-id $AMI --instance-type t3.micro --count 9\n"
                 "ID=$(aws ec2 run-instances --image-id $AMI --instance-type t3.micro "
                 "--tag-specifications 'ResourceType=instance,Tags=[{Key=Name,Value=web-%d}]' "
                 "--query 'Instances[0].InstanceId' --output text)",
                 i);
        must_run(desk, str_text(&line));
        str_release(&line);
    }
    must_run(desk, "lab advance --seconds 600");
}

static void measure(struct desk *desk, const char *line, bool has_goal)
{
    struct meter meter = {0};

    for (int i = 0; i < ROUNDS; i++) {
        int64_t begin = meter_cpu_ns();

        must_run(desk, line);
        meter_add(&meter, meter_cpu_ns() - begin);
    }
    printf("  %-88.88s %8zu bytes   p50 %7.3f ms   p95 %7.3f ms%s\n", line, desk->out.length,
           (double)meter_percent(&meter, 50) / 1e6, (double)meter_percent(&meter, 95) / 1e6,
           !has_goal                               ? ""
           : meter_percent(&meter, 50) < 1000000 ? "   under 1 ms"
                                                 : "   OVER 1 ms");
    meter_release(&meter);
}

int main(int count, char **words)
{
    struct desk desk;

    desk_open(&desk, NULL);
    fill(&desk);
    if (count > 1) {
        measure(&desk, words[1], true);
        desk_close(&desk);
        return 0;
    }
    printf("a typed read, with %d instances\n", INSTANCES);
    measure(&desk, "aws ec2 describe-instances --instance-ids $ID", true);
    measure(&desk, "aws ec2 describe-instances --instance-ids $ID --output table", true);
    measure(&desk,
            "aws ec2 describe-instances --instance-ids $ID --output text "
            "--query 'Reservations[].Instances[].State.Name'",
            true);
    measure(&desk, "aws ec2 describe-instances --filters Name=tag:Name,Values=web-50", true);
    measure(&desk, "aws ec2 describe-instances --filters 'Name=tag:Name,Values=web-9*'", true);
    measure(&desk, "aws ec2 describe-volumes --filters Name=attachment.instance-id,Values=$ID",
            true);
    measure(&desk, "aws ec2 describe-instances --filters Name=instance-state-name,Values=stopped",
            true);
    measure(&desk, "aws ec2 describe-vpcs", true);
    measure(&desk, "aws ec2 describe-instances --max-items 5", false);
    measure(&desk,
            "aws ec2 describe-instances --query "
            "'Reservations[].Instances[].[InstanceId,State.Name]' --output text",
            false);
    measure(&desk, "aws ec2 describe-instances", false);
    desk_close(&desk);
    return 0;
}
