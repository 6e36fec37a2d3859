/*
 * sim/same_test.c - if this fails, two learners with the same seed and the same lines see two
 * different clouds.
 *
 * A journey is run line by line, each line in a process of its own; what it prints and the state
 * after it must not depend on the time zone, the language, where memory lies, or how the lines are
 * handed over (RELIABILITY I1, I2, I8).
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "program.h"

#include "base/mem.h"

#define SUBNETS "$(aws ec2 describe-subnets --query 'Subnets[].SubnetId' --output text)"
#define FIRST "--query 'Instances[0].InstanceId' --output text)"

/* The Highway lab with some of everything else. */
static const char *const journey[] = {
    "aws ec2 create-security-group --group-name web --description 'web servers'",
    "aws ec2 authorize-security-group-ingress --group-name web --protocol tcp --port 80 "
    "--cidr 0.0.0.0/0",
    "aws ec2 create-key-pair --key-name k",
    "AMI=$(aws ec2 describe-images --owners amazon --filters "
    "'Name=name,Values=al2023-ami-2023*-x86_64' "
    "--query 'sort_by(Images,&CreationDate)[-1].ImageId' --output text)",
    "I1=$(aws ec2 run-instances --image-id $AMI --instance-type t3.micro --security-groups web "
    "--user-data file://highway.sh " FIRST,
    "aws ec2 run-instances --image-id ami-00000000000000000 --instance-type t3.micro",
    "sleep 7",
    "aws ec2 describe-instances",
    "aws ec2 wait instance-status-ok --instance-ids $I1",
    "aws ec2 get-console-output --instance-id $I1 --output text",
    "HW=$(aws ec2 create-image --instance-id $I1 --name Highway --query ImageId --output text)",
    "sleep 20",
    "aws ec2 describe-snapshots --owner-ids self",
    "aws ec2 wait image-available --image-ids $HW",
    "aws ec2 run-instances --image-id $HW --instance-type t3.micro --security-groups web --count 2",
    "ALL=$(aws ec2 describe-instances --query 'Reservations[].Instances[].InstanceId' "
    "--output text)",
    "aws ec2 wait instance-running --instance-ids $ALL",
    "aws ec2 wait instance-status-ok --instance-ids $ALL",
    "VPC=$(aws ec2 describe-vpcs --query 'Vpcs[0].VpcId' --output text)",
    "TG=$(aws elbv2 create-target-group --name tg --protocol HTTP --port 80 --vpc-id $VPC "
    "--query 'TargetGroups[0].TargetGroupArn' --output text)",
    "aws elbv2 register-targets --target-group-arn $TG --targets $(aws ec2 describe-instances "
    "--query 'Reservations[].Instances[].join(``,[`Id=`,InstanceId])' --output text)",
    "LB=$(aws elbv2 create-load-balancer --name lb --subnets " SUBNETS " --security-groups "
    "$(aws ec2 describe-security-groups --group-names web --query 'SecurityGroups[0].GroupId' "
    "--output text) --query 'LoadBalancers[0].LoadBalancerArn' --output text)",
    "aws elbv2 create-listener --load-balancer-arn $LB --protocol HTTP --port 80 "
    "--default-actions Type=forward,TargetGroupArn=$TG",
    "aws elbv2 wait load-balancer-available --load-balancer-arns $LB",
    "aws elbv2 wait target-in-service --target-group-arn $TG",
    "DNS=$(aws elbv2 describe-load-balancers --query 'LoadBalancers[0].DNSName' --output text)",
    "curl -s -i http://$DNS/",
    "curl -s -i http://$DNS/",
    "lab start-traffic --url http://$DNS/ --rate 40 --work-ms 30 --clients 7 --timeout 2 --retry 1 "
    "--distribution burst",
    "sleep 100",
    "lab describe-traffic",
    "lab list-requests",
    "lab describe-hosts",
    "aws ec2 stop-instances --instance-ids $I1",
    "sleep 90",
    "aws elbv2 describe-target-health --target-group-arn $TG",
    "curl -s -o /dev/null -w '%{http_code}' http://$DNS/",
    "lab describe-traffic",
    "lab stop-traffic",
    "aws ec2 start-instances --instance-ids $I1",
    "aws ec2 wait instance-running --instance-ids $I1",
    "aws ec2 describe-instances --output yaml",
    "aws ec2 describe-volumes --output table",
    "aws ec2 terminate-instances --instance-ids $ALL",
    "sleep 4000",
    "aws ec2 describe-instances",
    "lab describe-clock",
};

enum { STEPS = sizeof(journey) / sizeof(journey[0]) };

static const char user_data[] = "#!/bin/bash\n"
                                "dnf install -y httpd\n"
                                "cp -r /opt/sites/highway/. /var/www/html/\n"
                                "systemctl enable --now httpd\n";

struct trace {
    struct str out;
    char hash[STEPS][65];
};

struct place {
    const char *const *env;
    bool fixed_addresses;
    const char *seed;
};

static void run_line(const struct place *place, const char *folder, size_t step, struct str *out)
{
    const char *const begin[] = {"exec", "--session", "session", "--seed", place->seed,
                                 journey[step], NULL};
    const char *const go_on[] = {"exec", "--session", "session", journey[step], NULL};
    struct program_run run = {
        .words = step == 0 ? begin : go_on,
        .env = place->env,
        .folder = folder,
        .fixed_addresses = place->fixed_addresses,
    };

    program_run(&run);
    str_addf(out, "$ %s\n", journey[step]);
    str_addn(out, str_text(&run.out), run.out.length);
    str_addn(out, str_text(&run.err), run.err.length);
    str_addf(out, "? %d\n", run.status);
    program_run_release(&run);
}

static void trace_journey(const struct place *place, struct trace *trace)
{
    char *folder = program_folder();
    int64_t seq;

    program_file(folder, "highway.sh", user_data, sizeof(user_data) - 1);
    for (size_t step = 0; step < STEPS; step++) {
        run_line(place, folder, step, &trace->out);
        assert_true(program_state(folder, "session", trace->hash[step], &seq));
    }
    program_folder_remove(folder);
}

/* Says where two texts part, line by line. */
static void say_difference(const char *a, const char *b)
{
    size_t same = 0;
    size_t line = 0;

    while (a[same] != '\0' && a[same] == b[same]) {
        if (a[same] == '\n')
            line = same + 1;
        same++;
    }
    printf("# one says:   %.*s\n", (int)strcspn(a + line, "\n"), a + line);
    printf("# other says: %.*s\n", (int)strcspn(b + line, "\n"), b + line);
}

static void assert_same(const struct trace *a, const struct trace *b)
{
    for (size_t step = 0; step < STEPS; step++) {
        if (strcmp(a->hash[step], b->hash[step]) != 0)
            printf("# the state differs after: %s\n", journey[step]);
        assert_string_equal(a->hash[step], b->hash[step]);
    }
    if (strcmp(str_text(&a->out), str_text(&b->out)) != 0)
        say_difference(str_text(&a->out), str_text(&b->out));
    assert_true(strcmp(str_text(&a->out), str_text(&b->out)) == 0);
}

static void the_environment_decides_nothing(void **state)
{
    static const char *const nepal[] = {"TZ=Asia/Kathmandu", "LC_ALL=C", "HOME=/nonexistent", NULL};
    static const char *const turkey[] = {"TZ=America/St_Johns", "LC_ALL=tr_TR.UTF-8",
                                         "LANG=de_DE.UTF-8", "COLUMNS=40", "TERM=xterm",
                                         "MALLOC_PERTURB_=165", NULL};
    static const struct place places[] = {
        {.seed = "1"},
        {.seed = "1", .env = nepal, .fixed_addresses = true},
        {.seed = "1", .env = turkey},
    };
    struct trace traces[3] = {0};

    (void)state;
    for (size_t i = 0; i < 3; i++)
        trace_journey(&places[i], &traces[i]);
    assert_same(&traces[0], &traces[1]);
    assert_same(&traces[0], &traces[2]);
    assert_non_null(strstr(str_text(&traces[0].out), "X-Served-By"));
    for (size_t i = 0; i < 3; i++)
        str_release(&traces[i].out);
}

static void seeds_and_regions_are_told_apart_and_kept(void **state)
{
    static const char *const ireland[] = {"AWS_DEFAULT_REGION=eu-west-1", NULL};
    static const char *const oregon[] = {"AWS_REGION=us-west-2", "TZ=Asia/Tokyo", NULL};
    const struct place a = {.seed = "18446744073709551615", .env = ireland};
    const struct place b = {.seed = "42", .env = oregon};
    struct trace traces[4] = {0};

    (void)state;
    trace_journey(&a, &traces[0]);
    trace_journey(&a, &traces[1]);
    trace_journey(&b, &traces[2]);
    trace_journey(&b, &traces[3]);
    assert_same(&traces[0], &traces[1]);
    assert_same(&traces[2], &traces[3]);
    assert_non_null(strstr(str_text(&traces[0].out), "eu-west-1b"));
    assert_non_null(strstr(str_text(&traces[2].out), "us-west-2"));
    for (size_t i = 0; i < 4; i++)
        str_release(&traces[i].out);
}

/* All lines as one script, in a file or in memory only: the same answers, the same end. */
static void one_script_is_its_lines(void **state)
{
    const struct place place = {.seed = "1"};
    struct str script = STR_INIT;
    struct str lines = STR_INIT;
    struct program_run run = {
        .words = PROGRAM_WORDS("exec", "--session", "session", "--seed", "1", "-k", "-f", "-")};
    struct program_run memory = {.words = PROGRAM_WORDS("exec", "-k", "-f", "-")};
    char *one = program_folder();
    char *many = program_folder();
    char hashes[2][65];
    int64_t seq;

    (void)state;
    program_file(one, "highway.sh", user_data, sizeof(user_data) - 1);
    program_file(many, "highway.sh", user_data, sizeof(user_data) - 1);
    for (size_t step = 0; step < STEPS; step++) {
        run_line(&place, many, step, &lines);
        str_addf(&script, "%s\n", journey[step]);
    }
    run.input = memory.input = str_text(&script);
    run.folder = memory.folder = one;
    program_run(&run);
    program_run(&memory);
    assert_string_equal(str_text(&run.out), str_text(&memory.out));
    assert_string_equal(str_text(&run.err), str_text(&memory.err));
    assert_true(program_state(one, "session", hashes[0], &seq));
    assert_true(program_state(many, "session", hashes[1], &seq));
    assert_string_equal(hashes[0], hashes[1]);
    str_release(&script);
    str_release(&lines);
    program_run_release(&run);
    program_run_release(&memory);
    program_folder_remove(one);
    program_folder_remove(many);
}

/* Ten minutes at once, in seconds, and in uneven pieces. */
static void time_may_be_cut_anywhere(void **state)
{
    static const int pieces[][4] = {{600, 600, 600, 600}, {1, 1, 1, 1}, {7, 13, 1, 29}};
    char hashes[3][65];
    int64_t seq;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct program_run run = {.words = PROGRAM_WORDS("exec", "--session", "session", "-f",
         "-")};
        struct str script = STR_INIT;
        char *folder = program_folder();
        int left = 600;

        program_file(folder, "highway.sh", user_data, sizeof(user_data) - 1);
        for (size_t step = 0; step < 5; step++)
            str_addf(&script, "%s\n", journey[step]);
        for (size_t k = 0; left > 0; k++) {
            int piece = pieces[i][k % 4] < left ? pieces[i][k % 4] : left;

            str_addf(&script, k % 2 == 0 ? "sleep %d\n" : "lab advance --seconds %d\n", piece);
            left -= piece;
        }
        run.input = str_text(&script);
        run.folder = folder;
        program_run(&run);
        assert_int_equal(run.status, 0);
        assert_true(program_state(folder, "session", hashes[i], &seq));
        str_release(&script);
        program_run_release(&run);
        program_folder_remove(folder);
    }
    assert_string_equal(hashes[0], hashes[1]);
    assert_string_equal(hashes[0], hashes[2]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_environment_decides_nothing),
        cmocka_unit_test(seeds_and_regions_are_told_apart_and_kept),
        cmocka_unit_test(one_script_is_its_lines),
        cmocka_unit_test(time_may_be_cut_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
