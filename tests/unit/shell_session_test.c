/*
 * tests/unit/shell_session_test.c - a session and its file: what was done is there again.
 *
 * If this fails, a learner who closes the console, loses power or goes back finds another world
 * than the one that was left.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "shell/journal.h"
#include "sim/clock.h"
#include "store/branch.h"

#include "desk.h"

static char folder[] = "/tmp/nephoscope-session-XXXXXX";
static char path[64];

static int setup(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof(path), "%s/s.neph", folder);
    return chdir(folder);
}

static void forget(void)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-journal", "-lock"};
    char name[80];

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        snprintf(name, sizeof(name), "%s%s", path, ends[i]);
        unlink(name);
    }
}

static int teardown(void **state)
{
    char *command = xasprintf("rm -rf '%s'", folder);
    int status = chdir("/") != 0 || system(command) != 0;

    (void)state;
    free(command);
    return status;
}

/* What a person might type, in any order; some are refused, which is fine. */
static const char *const lines[] = {
    "I=$(aws ec2 run-instances --image-id $AMI --instance-type t3.micro "
    "--query 'Instances[0].InstanceId' --output text)",
    "aws ec2 run-instances --image-id $AMI --instance-type t3.micro --count 3 "
    "--client-token same --subnet-id $S",
    "aws ec2 stop-instances --instance-ids $I",
    "aws ec2 start-instances --instance-ids $I",
    "aws ec2 reboot-instances --instance-ids $I",
    "aws ec2 terminate-instances --instance-ids $I",
    "aws ec2 create-tags --resources $I --tags Key=Name,Value=$N",
    "aws ec2 run-instances --image-id $AMI --instance-type t3.micro --dry-run",
    "aws ec2 create-security-group --group-name g$N --description x",
    "aws ec2 wait instance-running --instance-ids $I",
    "sleep 7",
    "sleep 100",
    "sleep 4000",
    "N=${N}1",
    "echo $N >> notes",
    "aws ec2 create-key-pair --key-name k$N --query KeyMaterial --output text > k$N.pem",
    "P=$(aws ec2 run-instances --image-id $AMI --instance-type t3.micro --subnet-id $S "
    "--disable-api-termination --query 'Instances[0].InstanceId' --output text)",
    "aws ec2 terminate-instances --instance-ids $I $P",
    "AWS_REGION=us-west-2 aws ec2 create-key-pair --key-name west",
    "lab inject-fault --bogus",
};

static void begin(struct desk *desk)
{
    assert_int_equal(
        desk_run(desk,
                 "AMI=$(aws ec2 describe-images --owners amazon --filters "
                 "'Name=name,Values=al2023-ami-2023*-x86_64' --query 'Images[0].ImageId' "
                 "--output text)\n"
                 "S=$(aws ec2 describe-subnets --query 'Subnets[1].SubnetId' --output text); N=0"),
        0);
}

static void wander(struct desk *desk, uint32_t seed, int steps)
{
    for (int i = 0; i < steps; i++) {
        seed = seed * 1664525 + 1013904223;
        desk_run(desk, lines[(seed >> 16) % (sizeof(lines) / sizeof(lines[0]))]);
    }
}

static void save_time(struct desk *desk)
{
    struct str why = STR_INIT;

    assert_int_equal(session_save_time(desk->session, &why), 0);
    str_release(&why);
}

static void same(const unsigned char *a, const unsigned char *b)
{
    assert_memory_equal(a, b, PACK_HASH_SIZE);
}

/* Doing the journal again, from nothing or from a checkpoint, gives the same bytes. */
static void test_restored(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 4; seed++) {
        unsigned char before[PACK_HASH_SIZE];
        unsigned char after[PACK_HASH_SIZE];
        struct journal_state again;
        struct str why = STR_INIT;
        struct desk desk;
        uint32_t redone;

        forget();
        desk_open(&desk, path);
        begin(&desk);
        wander(&desk, seed, 60);
        save_time(&desk);
        desk_hash(&desk, before);
        if (journal_restore(desk.catalog, desk.session->store, &again, &redone, &why) != 0)
            fail_msg("seed %u: %s", seed, str_text(&why));
        assert_true(redone > 10);
        journal_state_release(&again);
        desk_close(&desk);
        desk_open(&desk, path);
        desk_hash(&desk, after);
        same(before, after);
        desk_close(&desk);
        str_release(&why);
    }
}

/* In another process, which is killed without a word. */
static void test_killed(void **state)
{
    unsigned char before[PACK_HASH_SIZE] = {0};
    unsigned char after[PACK_HASH_SIZE];
    struct desk desk;
    int status;
    int ends[2];
    pid_t child;

    (void)state;
    forget();
    assert_int_equal(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        desk_open(&desk, path);
        begin(&desk);
        wander(&desk, 9, 40);
        save_time(&desk);
        desk_hash(&desk, before);
        if (write(ends[1], before, sizeof(before)) == (ssize_t)sizeof(before))
            kill(getpid(), SIGKILL);
        _exit(1);
    }
    assert_int_equal(read(ends[0], before, sizeof(before)), sizeof(before));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    close(ends[0]);
    close(ends[1]);
    desk_open(&desk, path);
    desk_hash(&desk, after);
    same(before, after);
    desk_close(&desk);
}

static void test_back_and_forth(void **state)
{
    unsigned char first[PACK_HASH_SIZE];
    unsigned char last[PACK_HASH_SIZE];
    unsigned char now[PACK_HASH_SIZE];
    struct desk desk;
    struct arena arena = ARENA_INIT;
    int64_t row;

    (void)state;
    forget();
    desk_open(&desk, path);
    begin(&desk);
    wander(&desk, 3, 10);
    save_time(&desk);
    desk_hash(&desk, first);
    row = session_seq(desk.session);
    wander(&desk, 4, 10);
    save_time(&desk);
    assert_int_equal(desk_run(&desk, "echo last > last"), 0);
    desk_hash(&desk, last);
    /* undo takes the last row back, on a branch of its own */
    assert_int_equal(desk_run(&desk, "undo; cat last"), 1);
    assert_int_equal(desk_run(&desk, arena_printf(&arena, "rewind %lld", (long long)row)), 0);
    desk_hash(&desk, now);
    same(first, now);
    assert_int_equal(desk_run(&desk, "echo other > last"), 0);
    assert_int_equal(desk_run(&desk, "switch 1; cat last"), 0);
    assert_string_equal(str_text(&desk.out), "last\n");
    desk_hash(&desk, now);
    same(last, now);
    assert_int_equal(desk_run(&desk, "fork again; cat last"), 0);
    desk_hash(&desk, now);
    same(last, now);
    assert_int_equal(desk_run(&desk, "rewind 100000"), EXIT_OTHER);
    assert_int_equal(desk_run(&desk, "switch 77"), EXIT_OTHER);
    desk_hash(&desk, now);
    same(last, now);
    desk_close(&desk);
    arena_release(&arena);
}

/* Undo after a wait would take back the clock and leave the change, and undo of I=$(...) only the
 * variable. */
static void test_undo_takes_back_the_change(void **state)
{
    static const char count[] = "aws ec2 describe-volumes --query 'length(Volumes)'";
    struct desk desk;

    (void)state;
    forget();
    desk_open(&desk, path);
    assert_int_equal(desk_run(&desk, "undo"), EXIT_OTHER);
    begin(&desk);
    assert_int_equal(
        desk_run(&desk, "V=$(aws ec2 create-volume --size 1 --availability-zone us-east-1a "
                        "--query VolumeId --output text); sleep 60"),
        0);
    assert_int_equal(desk_run(&desk, count), 0);
    assert_string_equal(str_text(&desk.out), "1\n");
    assert_int_equal(desk_run(&desk, "undo"), 0);
    assert_int_equal(desk_run(&desk, count), 0);
    assert_string_equal(str_text(&desk.out), "0\n");
    desk_close(&desk);
}

/* Refused, and yet those in another zone are gone: also after opening again. */
static void test_partly_done(void **state)
{
    static const char states[] =
        "for_one='Reservations[0].Instances[0].State.Name'\n"
        "aws ec2 describe-instances --instance-ids $I --query $for_one --output text\n"
        "aws ec2 describe-instances --instance-ids $P --query $for_one --output text";
    unsigned char before[PACK_HASH_SIZE];
    unsigned char after[PACK_HASH_SIZE];
    struct desk desk;

    (void)state;
    forget();
    desk_open(&desk, path);
    begin(&desk);
    assert_int_equal(
        desk_run(&desk,
                 "S0=$(aws ec2 describe-subnets --query 'Subnets[0].SubnetId' --output text)\n"
                 "I=$(aws ec2 run-instances --image-id $AMI --instance-type t3.micro --subnet-id "
                 "$S0 --query 'Instances[0].InstanceId' --output text)\n"
                 "P=$(aws ec2 run-instances --image-id $AMI --instance-type t3.micro --subnet-id "
                 "$S --disable-api-termination --query 'Instances[0].InstanceId' --output text)\n"
                 "aws ec2 wait instance-running --instance-ids $I $P"),
        0);
    assert_int_equal(desk_run(&desk, "aws ec2 terminate-instances --instance-ids $I $P"), 254);
    assert_non_null(strstr(str_text(&desk.err), "OperationNotPermitted"));
    assert_int_equal(desk_run(&desk, "sleep 600"), 0);
    assert_int_equal(desk_run(&desk, states), 0);
    assert_string_equal(str_text(&desk.out), "terminated\nrunning\n");
    save_time(&desk);
    desk_hash(&desk, before);
    assert_int_equal(desk_run(&desk, "fork here"), 0); /* reads everything back */
    desk_hash(&desk, after);
    same(before, after);
    desk_close(&desk);
    desk_open(&desk, path);
    assert_int_equal(desk_run(&desk, states), 0);
    assert_string_equal(str_text(&desk.out), "terminated\nrunning\n");
    desk_close(&desk);
}

/* A dry run, a refusal and a read leave no row. */
static void test_no_row(void **state)
{
    struct desk desk;
    int64_t row;

    (void)state;
    forget();
    desk_open(&desk, path);
    begin(&desk);
    row = session_seq(desk.session);
    assert_int_equal(desk_run(&desk, "aws ec2 run-instances --image-id $AMI --instance-type "
                                     "t3.micro --dry-run"), 254);
    assert_non_null(strstr(str_text(&desk.err), "(DryRunOperation)"));
    assert_int_equal(desk_run(&desk, "aws ec2 run-instances --image-id ami-0123456789abcdef0 "
                                     "--instance-type t3.micro --dry-run"), 254);
    assert_non_null(strstr(str_text(&desk.err), "(InvalidAMIID.NotFound)"));
    assert_int_equal(desk_run(&desk, "aws ec2 delete-key-pair --key-name nobody --dry-run"), 254);
    assert_int_equal(desk_run(&desk, "aws ec2 describe-instances; N=0"), 0);
    assert_int_equal(session_seq(desk.session), row);
    desk_close(&desk);
}

static int stop_at_once(void *context, const char *what, int64_t until)
{
    (void)what;
    (void)until;
    return ++*(int *)context > 2;
}

/* Ctrl-C while time passes: what had passed is kept. */
static void test_interrupted_time(void **state)
{
    struct desk desk;
    int calls = 0;
    int64_t now;

    (void)state;
    forget();
    desk_open(&desk, path);
    begin(&desk);
    desk.session->hooks.waiting = stop_at_once;
    desk.session->hooks.context = &calls;
    assert_int_equal(desk_run(&desk, "sleep 10; sleep 20; sleep 40; echo on"), 130);
    assert_string_equal(str_text(&desk.out), "");
    desk.session->hooks.waiting = NULL;
    now = desk.session->world->sim.now;
    assert_int_equal(now - SIM_BEGIN_NS, 30 * SECOND_NS);
    desk_close(&desk);
    desk_open(&desk, path);
    assert_int_equal(desk.session->world->sim.now, now);
    desk_close(&desk);
}

/* ---- file:// ---- */

static void write_file(const char *name, const char *text, size_t size)
{
    FILE *file = fopen(name, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

#define READ "aws ec2 describe-instances --filters file://"

/* A person's line reaches the folder, a lesson's only the branch; neither ever hangs. */
static void test_files(void **state)
{
    static const char filter[] = "[{\"Name\":\"instance-type\",\"Values\":[\"t3.micro\"]}]";
    char *large = xcalloc((1 << 20) + 2, 1);
    struct desk desk;

    (void)state;
    forget();
    desk_open(&desk, path);
    write_file("here.json", filter, strlen(filter));
    memset(large, ' ', (1 << 20) + 1);
    write_file("large.json", large, (1 << 20) + 1);
    assert_int_equal(mkfifo("fifo.json", 0600), 0);
    assert_int_equal(mkdir("folder.json", 0700), 0);
    assert_int_equal(desk_run(&desk, READ "here.json"), 0);
    assert_int_equal(desk_run(&desk, READ "./here.json"), 0);
    assert_int_equal(desk_run(&desk, READ "gone.json"), 252);
    assert_non_null(
        strstr(str_text(&desk.err), "[Errno 2] No such file or directory: 'gone.json'"));
    assert_int_equal(desk_run(&desk, READ "folder.json"), 252);
    assert_non_null(strstr(str_text(&desk.err), "[Errno 21] Is a directory: 'folder.json'"));
    assert_int_equal(desk_run(&desk, READ "fifo.json"), 252);
    assert_non_null(strstr(str_text(&desk.err), "no regular file"));
    assert_int_equal(desk_run(&desk, READ "/dev/zero"), 252);
    assert_non_null(strstr(str_text(&desk.err), "no regular file"));
    assert_int_equal(desk_run(&desk, READ "large.json"), 252);
    assert_non_null(strstr(str_text(&desk.err), "larger than 1 MiB"));
    assert_int_equal(desk_run(&desk, READ), 252);
    desk.session->person = false;
    assert_int_equal(desk_run(&desk, READ "here.json"), 252);
    assert_int_equal(desk_run(&desk, "echo '[]' > mine.json; " READ "mine.json"), 0);
    assert_int_equal(desk_run(&desk, READ "../mine.json"), 252);
    desk_close(&desk);
    free(large);
}

/* Variables, files and settings come back with the branch. */
static void test_variables_come_back(void **state)
{
    struct desk desk;

    (void)state;
    forget();
    desk_open(&desk, path);
    assert_int_equal(desk_run(&desk, "A=1; AWS_REGION=us-west-2; AWS_DEFAULT_OUTPUT=text; "
                                     "echo kept > f; B=2; unset B"), 0);
    desk_close(&desk);
    desk_open(&desk, path);
    assert_int_equal(desk_run(&desk, "echo $A$B; cat f; aws ec2 describe-availability-zones "
                                     "--query 'AvailabilityZones[0].RegionName'"), 0);
    assert_string_equal(str_text(&desk.out), "1\nkept\nus-west-2\n");
    desk_close(&desk);
}

/* Few rows can hold much: after a kill, days of health checks would be done again, for minutes. */
static void test_long_time_is_saved(void **state)
{
    struct desk desk;
    struct journal_state again;
    struct str why = STR_INIT;
    uint32_t redone;

    (void)state;
    forget();
    desk_open(&desk, path);
    begin(&desk);
    assert_int_equal(
        desk_run(&desk,
                 "V=$(aws ec2 describe-vpcs --query 'Vpcs[0].VpcId' --output text)\n"
                 "I=$(aws ec2 run-instances --image-id $AMI --instance-type t3.micro --count 20 "
                 "--query 'Instances[].join(`=`,[`Id`,InstanceId])' --output text)\n"
                 "G=$(aws elbv2 create-target-group --name g --protocol HTTP --port 80 --vpc-id $V "
                 "--health-check-interval-seconds 5 --health-check-timeout-seconds 2 "
                 "--query 'TargetGroups[0].TargetGroupArn' --output text)\n"
                 "sleep 60; aws elbv2 register-targets --target-group-arn $G --targets $I\n"
                 "L=$(aws elbv2 create-load-balancer --name b --subnets $(aws ec2 "
                 "describe-subnets --query 'Subnets[].SubnetId' --output text) "
                 "--query 'LoadBalancers[0].LoadBalancerArn' --output text)\n"
                 "X=$(aws elbv2 create-listener --load-balancer-arn $L --protocol HTTP --port 80 "
                 "--default-actions Type=forward,TargetGroupArn=$G)"),
        0);
    while (desk.session->world->sim.events_run < SESSION_CHECKPOINT_EVENTS)
        assert_int_equal(desk_run(&desk, "sleep 20000"), 0);
    while (session_idle(desk.session))
        continue;
    if (journal_restore(desk.catalog, desk.session->store, &again, &redone, &why) != 0)
        fail_msg("%s", str_text(&why));
    assert_int_equal(redone, 0);
    assert_int_equal(again.world->sim.now, desk.session->world->sim.now);
    journal_state_release(&again);
    desk_close(&desk);
    str_release(&why);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_restored),
        cmocka_unit_test(test_killed),
        cmocka_unit_test(test_back_and_forth),
        cmocka_unit_test(test_undo_takes_back_the_change),
        cmocka_unit_test(test_partly_done),
        cmocka_unit_test(test_no_row),
        cmocka_unit_test(test_interrupted_time),
        cmocka_unit_test(test_long_time_is_saved),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_variables_come_back),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
