/*
 * bench/process.c - a whole command beside the AWS CLI doing nothing (P10).
 *
 * `nephoscope exec 'aws ec2 describe-instances'` makes a world, runs the line and ends;
 * `aws --version` (version 2) only starts.  In turn, in CPU time of the whole process, and on the
 * wall.  A program in C beside one in Python is what a learner waits for, and no comparison of
 * engines.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

#include "meter.h"

enum { ROUNDS = 15 };

static int is_version_2(const char *path)
{
    char *line = xasprintf("'%s' --version 2>/dev/null", path);
    FILE *pipe = popen(line, "r");
    char answer[64] = "";
    bool is;

    is = pipe != NULL && fgets(answer, sizeof(answer), pipe) != NULL &&
         str_starts(answer, "aws-cli/2.");
    if (pipe != NULL)
        pclose(pipe);
    free(line);
    return is;
}

struct side {
    struct meter cpu;
    struct meter wall;
};

static void run(struct side *side, const char *const *words)
{
    int64_t begin = meter_wall_ns();
    int64_t cpu = meter_run(words);

    if (cpu < 0) {
        printf("  %s failed\n", words[0]);
        exit(1);
    }
    meter_add(&side->cpu, cpu);
    meter_add(&side->wall, meter_wall_ns() - begin);
}

static void report(const char *name, struct side *side)
{
    printf("  %-48s %8.2f ms CPU %8.2f ms wall\n", name,
           (double)meter_percent(&side->cpu, 50) / 1e6,
           (double)meter_percent(&side->wall, 50) / 1e6);
}

int main(void)
{
    char *aws = meter_find("aws", is_version_2);
    const char *const ours_words[] = {getenv("NEPHOSCOPE"), "exec", "aws ec2 describe-instances",
                                      NULL};
    const char *const aws_words[] = {aws, "--version", NULL};
    struct side ours = {0};
    struct side theirs = {0};

    for (int i = 0; i < ROUNDS; i++) {
        run(&ours, ours_words);
        if (aws != NULL)
            run(&theirs, aws_words);
    }
    printf("a whole process\n");
    report("nephoscope exec 'aws ec2 describe-instances'", &ours);
    if (aws == NULL) {
        printf("  aws --version: skipped, version 2 is not installed\n");
    } else {
        report("aws --version", &theirs);
        printf("  times as fast (goal: 25)                       %8.0f CPU    %8.0f wall\n",
               (double)meter_percent(&theirs.cpu, 50) / (double)meter_percent(&ours.cpu, 50),
               (double)meter_percent(&theirs.wall, 50) / (double)meter_percent(&ours.wall, 50));
    }
    meter_release(&ours.cpu);
    meter_release(&ours.wall);
    meter_release(&theirs.cpu);
    meter_release(&theirs.wall);
    free(aws);
    return 0;
}
