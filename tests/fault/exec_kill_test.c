/*
 * fault/exec_kill_test.c - if this fails, a learner whose terminal dies loses a command that was
 * answered, or finds one half done.
 *
 * A script is killed with SIGKILL at random moments, in the middle of long waits too, and gone on
 * with where its session stands, until it is through.  After each kill the state must be exactly
 * that of a run that nobody disturbed, after the same number of rows.  NEPHOSCOPE_KILLS says how
 * often (150 unless told).
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "program.h"

#include "base/mem.h"
#include "sim/chance.h"

#define NEWEST                                                                                     \
    "$(aws ec2 describe-images --owners amazon --filters "                                         \
    "'Name=name,Values=al2023-ami-2023*-x86_64' "                                                  \
    "--query 'sort_by(Images,&CreationDate)[-1].ImageId' --output text)"
#define FIRST                                                                                      \
    "$(aws ec2 describe-instances --query 'Reservations[0].Instances[0].InstanceId' "              \
    "--output text)"
#define MINE "$(aws ec2 describe-images --owners self --query 'Images[0].ImageId' --output text)"
#define GROUP                                                                                      \
    "$(aws elbv2 describe-target-groups --query 'TargetGroups[0].TargetGroupArn' --output text)"
#define BALANCER                                                                                   \
    "$(aws elbv2 describe-load-balancers --query 'LoadBalancers[0].LoadBalancerArn' "              \
    "--output text)"
#define TAG(value) "aws ec2 create-tags --resources " FIRST " --tags Key=mark,Value=" value

/* Each line makes at most one row, so that a session stands between two lines or at neither. */
static const char *const script[] = {
    "aws ec2 create-security-group --group-name web --description web",
    "aws ec2 authorize-security-group-ingress --group-name web --protocol tcp --port 80 "
    "--cidr 0.0.0.0/0",
    "aws ec2 run-instances --image-id " NEWEST " --instance-type t3.micro --security-groups web "
    "--user-data file://data.sh --count 2",
    "sleep 5",
    TAG("one"),
    "aws ec2 wait instance-status-ok --instance-ids " FIRST,
    "aws ec2 create-image --instance-id " FIRST " --name site",
    "sleep 17",
    TAG("two"),
    "aws ec2 wait image-available --image-ids " MINE,
    "aws ec2 run-instances --image-id " MINE " --instance-type t3.micro --count 40",
    TAG("three"),
    "sleep 100",
    "aws ec2 create-volume --size 4 --availability-zone us-east-1a",
    "aws ec2 stop-instances --instance-ids " FIRST,
    "sleep 60",
    "aws ec2 start-instances --instance-ids " FIRST,
    "sleep 200",
    "echo kept > note",
    "aws elbv2 create-target-group --name tg --protocol HTTP --port 80 --vpc-id "
    "$(aws ec2 describe-vpcs --query 'Vpcs[0].VpcId' --output text)",
    "aws elbv2 register-targets --target-group-arn " GROUP " --targets Id=" FIRST,
    "aws elbv2 create-load-balancer --name lb --subnets "
    "$(aws ec2 describe-subnets --query 'Subnets[].SubnetId' --output text) --security-groups "
    "$(aws ec2 describe-security-groups --group-names web --query 'SecurityGroups[0].GroupId' "
    "--output text)",
    "aws elbv2 create-listener --load-balancer-arn " BALANCER " --protocol HTTP --port 80 "
    "--default-actions Type=forward,TargetGroupArn=" GROUP,
    "aws elbv2 wait load-balancer-available --load-balancer-arns " BALANCER,
    "aws elbv2 wait target-in-service --target-group-arn " GROUP,
    "sleep 30000",
    TAG("four"),
    "aws ec2 terminate-instances --instance-ids " FIRST,
    "sleep 86400",
    "aws ec2 delete-security-group --group-name none",
    "sleep 1",
};

enum {
    LINES = sizeof(script) / sizeof(script[0]),
    KILLS = 150,
    IN_WORK_MIN = 20,
    WAIT_MAX_US = 40000,
    WAIT_END_US = 4000000,
};

static const char look[] = "aws ec2 describe-instances; aws ec2 describe-volumes;"
                           "aws ec2 describe-snapshots --owner-ids self; lab describe-clock;"
                           "aws ec2 describe-tags; lab describe-hosts; cat note;"
                           "aws elbv2 describe-target-health --target-group-arn " GROUP ";"
                           "aws elbv2 describe-load-balancers";

/* A run that nobody disturbed: where it stood after each line (index 0: before the first). */
struct reference {
    int64_t seq[LINES + 1];
    char hash[LINES + 1][65];
    struct str end; /* what `look` printed */
};

static const char data[] = "#!/bin/bash\ndnf install -y httpd\nsystemctl enable --now httpd\n";

static char *fresh_folder(void)
{
    char *folder = program_folder();

    program_file(folder, "data.sh", data, sizeof(data) - 1);
    assert_int_equal(program_exec(folder, "true", NULL, NULL), 0);
    return folder;
}

static void make_reference(struct reference *reference)
{
    char *folder = fresh_folder();

    assert_true(program_state(folder, "session", reference->hash[0], &reference->seq[0]));
    for (size_t i = 0; i < LINES; i++) {
        program_exec(folder, script[i], NULL, NULL);
        assert_true(
            program_state(folder, "session", reference->hash[i + 1], &reference->seq[i + 1]));
        assert_in_range(reference->seq[i + 1], reference->seq[i], reference->seq[i] + 1);
    }
    program_exec(folder, look, &reference->end, NULL);
    assert_true(reference->end.length > 10000);
    program_folder_remove(folder);
}

/* Writes what is left of the script; after each line `echo` says that it was answered. */
static void write_rest(const char *folder, size_t first)
{
    struct str rest = STR_INIT;

    for (size_t i = first; i < LINES; i++)
        str_addf(&rest, "%s\necho @%zu@\n", script[i], i + 1);
    program_file(folder, "rest", str_text(&rest), rest.length);
    str_release(&rest);
}

/* Runs the rest for a while; returns how many lines were answered, of all. */
static size_t run_and_kill(const char *folder, size_t first, useconds_t wait_us, bool *killed)
{
    const char *const words[] = {"exec", "--session", "session", "-k", "-f", "rest", NULL};
    struct str out = STR_INIT;
    size_t answered = first;
    char chunk[65536];
    ssize_t got;
    int status;
    int fd;
    pid_t pid;

    write_rest(folder, first);
    pid = program_start(words, folder, &fd);
    usleep(wait_us);
    kill(pid, SIGKILL);
    while ((got = read(fd, chunk, sizeof(chunk))) > 0)
        str_addn(&out, chunk, (size_t)got);
    close(fd);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    *killed = WIFSIGNALED(status);
    for (const char *at = str_text(&out); (at = strstr(at, "\n@")) != NULL; at++)
        answered = strtoul(at + 2, NULL, 10);
    if (str_starts(str_text(&out), "@") && answered == first)
        answered = strtoul(str_text(&out) + 1, NULL, 10);
    str_release(&out);
    return answered;
}

/* The line before which a session of so many rows stands; of several, the last. */
static size_t place_of(const struct reference *reference, int64_t seq, const char *hash)
{
    size_t place = 0;

    for (size_t i = 0; i <= LINES; i++) {
        if (reference->seq[i] == seq && strcmp(reference->hash[i], hash) == 0)
            place = i + 1;
    }
    if (place == 0) {
        printf("# after row %lld the state is none that was seen\n", (long long)seq);
        fail();
    }
    return place - 1;
}

/* One script, killed until it is through.  Returns how often it was killed. */
static int live_through(const struct reference *reference, struct chance *chance, int *in_work)
{
    char *folder = fresh_folder();
    struct str end = STR_INIT;
    uint64_t wait_max_us = WAIT_MAX_US;
    bool killed = true;
    size_t place = 0;
    int kills = 0;

    while (killed) {
        useconds_t wait_us = (useconds_t)chance_below(chance, wait_max_us);
        size_t answered = run_and_kill(folder, place, wait_us, &killed);
        char hash[65];
        int64_t seq;

        assert_true(program_state(folder, "session", hash, &seq));
        *in_work += killed && answered > place;
        /* A slow program (the sanitisers) would never come to its first line. */
        if (answered > place)
            wait_max_us = WAIT_MAX_US;
        else if (wait_max_us < WAIT_END_US)
            wait_max_us += wait_max_us / 2;
        place = place_of(reference, seq, hash);
        if (place < answered)
            printf("# line %zu was answered, the session stands after %zu: %s\n", answered, place,
                   script[place]);
        assert_true(place >= answered);
        kills += killed;
    }
    program_exec(folder, look, &end, NULL);
    assert_string_equal(str_text(&end), str_text(&reference->end));
    str_release(&end);
    program_folder_remove(folder);
    return kills;
}

static void killed_scripts_go_on_as_if_nothing_had_happened(void **state)
{
    const char *wanted = getenv("NEPHOSCOPE_KILLS");
    int kills_wanted = wanted == NULL ? KILLS : (int)strtol(wanted, NULL, 10);
    struct chance chance = chance_stream(20260105, "exec kill", 1);
    struct reference *reference = xcalloc(1, sizeof(*reference));
    int in_work = 0;
    int kills = 0;
    int through = 0;

    (void)state;
    make_reference(reference);
    /* On a busy machine many kills come before the first answer: go on until enough came after one.
     */
    while ((kills < kills_wanted || in_work < IN_WORK_MIN) && kills < 10 * kills_wanted) {
        kills += live_through(reference, &chance, &in_work);
        through++;
    }
    printf("# %d kills, %d of them after some answer; %d scripts came through\n", kills, in_work,
           through);
    assert_true(in_work >= IN_WORK_MIN);
    str_release(&reference->end);
    free(reference);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_scripts_go_on_as_if_nothing_had_happened),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
