/*
 * tests/unit/shell_fault_plan_test.c - faults that wait are part of the world: the journal, undo
 * and rewind know them.
 *
 * If this fails, a replay, a rewind or the next start of the console breaks other things than the
 * class saw breaking, or at another moment; or a plan from elsewhere does more than break things.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "cloud/injection_plan.h"
#include "shell/fault_plan.h"

#include "desk.h"

static char folder[] = "/tmp/nephoscope-plan-XXXXXX";
static char path[64];

static int setup(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof(path), "%s/s.neph", folder);
    return chdir(folder);
}

static int teardown(void **state)
{
    char *command = xasprintf("rm -rf '%s'", folder);
    int status = chdir("/") != 0 || system(command) != 0;

    (void)state;
    free(command);
    return status;
}

static void do_lines(struct desk *desk, const char *const *lines)
{
    for (; *lines != NULL; lines++) {
        if (desk_run(desk, *lines) != 0)
            fail_msg("%s: %s", *lines, str_text(&desk->err));
    }
}

static const char *const run_up[] = {
    "Q=$(aws sqs create-queue --queue-name orders --query QueueUrl --output text)",
    "lab inject-fault --kind zone-latency --availability-zone us-east-1a --after 7 --duration 40",
    "lab inject-fault --kind queue-storage --queue-url $Q --fault-name lost --duration 90 "
    "--when \"aws sqs get-queue-attributes --queue-url $Q --attribute-names All "
    "--query 'Attributes.ApproximateNumberOfMessages' == 1\"",
    "lab inject-fault --kind fail-zone --availability-zone us-east-1b --at 2026-01-05T08:02:00Z",
    "sleep 20",
    "aws sqs send-message --queue-url $Q --message-body a",
    "sleep 33",
    NULL,
};

static const char *const after[] = {
    "lab clear-fault --fault-name zone-latency || true",
    "sleep 100",
    NULL,
};

/* RELIABILITY P5: an instructor's fault is a row of the journal, and what follows from it is the
 * world's own: done again, the same happens at the same moments. */
static void test_done_again(void **state)
{
    unsigned char hash[2][PACK_HASH_SIZE];
    struct str why = STR_INIT;
    struct desk desk;
    char line[64];

    (void)state;
    desk_open(&desk, path);
    do_lines(&desk, run_up);
    assert_int_equal(table_count(&desk.session->world->injections.table), 1);
    assert_int_equal(table_count(&desk.session->world->injections.plans), 1);
    assert_true(injection_named(&desk.session->world->injections,
                                desk.session->commander.caller.account, "lost") != 0);
    assert_int_equal(session_save_time(desk.session, &why), 0);
    desk_hash(&desk, hash[0]);
    snprintf(line, sizeof(line), "rewind %lld", (long long)session_seq(desk.session));
    assert_int_equal(desk_run(&desk, line), 0); /* every row is done again, from the beginning */
    desk_hash(&desk, hash[1]);
    assert_memory_equal(hash[0], hash[1], PACK_HASH_SIZE);
    do_lines(&desk, after);
    assert_int_equal(session_save_time(desk.session, &why), 0);
    desk_hash(&desk, hash[0]);
    desk_close(&desk);
    str_release(&why);

    desk_open(&desk, path); /* from the state that was saved */
    desk_hash(&desk, hash[1]);
    assert_memory_equal(hash[0], hash[1], PACK_HASH_SIZE);
    assert_int_equal(table_count(&desk.session->world->injections.table), 1);
    assert_int_equal(table_count(&desk.session->world->injections.plans), 0);
    desk_close(&desk);
    unlink(path);
}

/* It stops between the planning and the beginning: what waited goes on waiting. */
static void test_stopped_between(void **state)
{
    struct desk desk;

    (void)state;
    desk_open(&desk, path);
    assert_int_equal(desk_run(&desk, "lab inject-fault --kind fail-zone --availability-zone "
                                     "us-east-1b --after 30 --fault-name dark"),
                     0);
    desk_close(&desk);
    desk_open(&desk, path);
    assert_int_equal(desk_run(&desk, "sleep 29"), 0);
    assert_int_equal(table_count(&desk.session->world->injections.table), 0);
    assert_int_equal(desk_run(&desk, "sleep 1"), 0);
    assert_int_equal(table_count(&desk.session->world->injections.table), 1);
    assert_int_equal(desk_run(&desk, "undo"), 0); /* the planning was the last change */
    assert_int_equal(table_count(&desk.session->world->injections.table), 0);
    assert_int_equal(desk_run(&desk, "sleep 60"), 0);
    assert_int_equal(table_count(&desk.session->world->injections.table), 0);
    desk_close(&desk);
    unlink(path);
}

/* Whatever a plan holds, it breaks and mends, and nothing else. */
static void test_hostile(void **state)
{
    static const char *const plans[] = {
        "aws ec2 delete-vpc --vpc-id x",
        "lab clear-fault --all; aws sts get-caller-identity",
        "lab clear-fault --all && echo x",
        "lab clear-fault --all | cat",
        "lab clear-fault --all > notes",
        "X=1",
        "X=1 lab clear-fault --all",
        "lab clear-fault --fault-name $(echo x)",
        "lab clear-fault --fault-name $(lab clear-fault --all)",
        "lab clear-fault --fault-name $(lab describe-clock > x)",
        "lab clear-fault --fault-name $(lab describe-clock; lab describe-clock)",
        "lab clear-fault --fault-name $(aws ec2 wait instance-running)",
        "$X",
        "lab $X --all",
        "'lab' inject-fault --kind fail-zone --availability-zone",
        "lab inject-fault --kind fail-zone --when 'aws ec2 create-vpc --cidr-block x == 1'",
        "lab inject-fault --kind no-such-thing",
        "lab inject-fault help",
        "lab clear-fault --all file://x\n\x1b[2J",
        "lab advance --seconds 5",
        "lab clear-fault 'open",
        "\xff\xfe",
    };
    struct str why = STR_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++) {
        str_clear(&why);
        if (fault_plan_check(plans[i], strlen(plans[i]), &why) >= 0)
            fail_msg("taken as a plan: %s", plans[i]);
        assert_true(why.length > 0);
        assert_null(strchr(str_text(&why), '\x1b'));
    }
    str_clear(&why);
    assert_int_equal(fault_plan_check("", 0, &why), 0);
    assert_int_equal(fault_plan_check("# x\n\nlab clear-fault --all\n", 25, &why), 1);
    assert_int_equal(fault_plan_check("lab clear-fault --all\0x", 23, &why), -1);
    str_release(&why);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_done_again),
        cmocka_unit_test(test_stopped_between),
        cmocka_unit_test(test_hostile),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
