/*
 * tests/tty/console_test.c - the console, on a real terminal's other end.
 *
 * Runs $NEPHOSCOPE (build/nephoscope) with a session file of its own.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "place.h"

enum { WAIT_MS = 8000 };

#define ESC "\x1b"
#define CTRL_C "\x03"

/* A cloud in which something happens every few seconds: health checks. */
#define BUSY_CLOUD                                                                                 \
    "AMI=$(aws ec2 describe-images --owners amazon --filters 'Name=name,Values=al2023-ami-2023*-x" \
    "86_64' --query 'Images[0].ImageId' --output text)\n"                                          \
    "I=$(aws ec2 run-instances --image-id $AMI --instance-type t3.micro --query "                  \
    "'Instances[0].InstanceId' --output text)\n"                                                   \
    "VPC=$(aws ec2 describe-vpcs --query 'Vpcs[0].VpcId' --output text)\n"                         \
    "TG=$(aws elbv2 create-target-group --name g --protocol HTTP --port 80 --vpc-id $VPC "         \
    "--health-check-interval-seconds 5 --health-check-timeout-seconds 2 --query "                  \
    "'TargetGroups[0].TargetGroupArn' --output text)\n"                                            \
    "aws ec2 wait instance-running --instance-ids $I\n"                                            \
    "aws elbv2 register-targets --target-group-arn $TG --targets Id=$I,Port=81 Id=$I,Port=82 "     \
    "Id=$I,Port=83 Id=$I,Port=84 Id=$I,Port=85 Id=$I,Port=86 Id=$I,Port=87 Id=$I,Port=88\n"        \
    "LB=$(aws elbv2 create-load-balancer --name b --subnets $(aws ec2 describe-subnets --query "   \
    "'Subnets[].SubnetId' --output text) --query 'LoadBalancers[0].LoadBalancerArn' --output "     \
    "text)\n"                                                                                      \
    "aws elbv2 create-listener --load-balancer-arn $LB --protocol HTTP --port 80 "                 \
    "--default-actions Type=forward,TargetGroupArn=$TG --query 'length(Listeners)'\n"              \
    "echo busy at last\n"

static struct pty *start_with(const struct place *place, int rows, int cols, const char *option)
{
    const char *words[] = {"--session", place->session, "--speed", "0", option, NULL};

    return place_start(place, words, rows, cols);
}

static struct pty *start(const struct place *place)
{
    struct pty *pty = start_with(place, 24, 80, NULL);

    assert_true(pty_wait_text(pty, "[prompt]", WAIT_MS));
    return pty;
}

/* What was typed would not be answered, or be gone from the screen. */
static void test_command(void **state)
{
    struct place place;
    struct pty *pty;
    int row;
    int col;

    (void)state;
    place_make(&place);
    pty = start(&place);
    pty_send(pty, "aws sts get-caller-identity --query Account\r");
    assert_true(pty_wait_text(pty, "\"111122223333\"", WAIT_MS));
    assert_true(pty_find_row(pty, "$ aws sts get-caller-identity") >= 0);
    pty_send(pty, "false\r");
    assert_true(pty_wait_text(pty, "exit code 1", WAIT_MS));
    pty_send(pty, "aws ec2 nope\r");
    assert_true(pty_wait_text(pty, "exit code 252", WAIT_MS));
    assert_true(pty_find_row(pty, "invalid choice 'nope'") >= 0); /* not pushed away by the usage */
    pty_send(pty, "aws ec2 describe-vpcs\r");
    assert_true(pty_wait_text(pty, "more: Page Down", WAIT_MS));
    pty_send(pty, "\x1b[6~\x1b[6~\x1b[6~");
    assert_true(pty_wait_text(pty, " ]", WAIT_MS));
    pty_send(pty, "echo 'one\r");
    assert_true(pty_wait_text(pty, "not complete", WAIT_MS));
    pty_send(pty, "two'\r");
    assert_true(pty_wait_text(pty, "two", WAIT_MS));
    pty_settle(pty, 150);
    pty_cursor(pty, &row, &col);
    assert_int_equal(row, 22);
    assert_int_equal(col, 3);
    pty_send(pty, "quit\r");
    assert_int_equal(pty_wait_exit(pty, WAIT_MS), 0);
    pty_free(pty);
    place_drop(&place);
}

/* A line that Ctrl-C threw away would come back from the history, its memory freed twice. */
static void test_thrown_away(void **state)
{
    struct place place;
    struct pty *pty;

    (void)state;
    place_make(&place);
    pty = start(&place);
    pty_send(pty, "echo first\r");
    assert_true(pty_wait_text(pty, "$ echo first", WAIT_MS));
    pty_send(pty, "thrown" PTY_UP);
    pty_settle(pty, 200);
    pty_send(pty, CTRL_C);
    assert_true(pty_wait_gone(pty, "thrown", WAIT_MS));
    pty_settle(pty, 200);
    pty_send(pty, PTY_UP PTY_DOWN);
    pty_settle(pty, 200);
    assert_true(pty_find_row(pty, "thrown") < 0);
    pty_send(pty, CTRL_C "quit\r");
    assert_int_equal(pty_wait_exit(pty, WAIT_MS), 0);
    pty_free(pty);
    place_drop(&place);
}

/* Keys would go to the wrong place, or Escape would end the program. */
static void test_focus(void **state)
{
    struct place place;
    struct pty *pty;

    (void)state;
    place_make(&place);
    pty = start(&place);
    pty_send(pty, PTY_F2);
    assert_true(pty_wait_text(pty, " hosts ", WAIT_MS));
    pty_settle(pty, 100);
    pty_send(pty, ESC);
    assert_true(pty_wait_text(pty, "[hosts]", WAIT_MS));
    pty_send(pty, "?");
    assert_true(pty_wait_text(pty, "[help]", WAIT_MS));
    pty_send(pty, ESC);
    assert_true(pty_wait_text(pty, "[hosts]", WAIT_MS));
    pty_settle(pty, 100);
    pty_send(pty, ESC);
    assert_true(pty_wait_text(pty, "[prompt]", WAIT_MS));
    pty_send(pty, ESC "5");
    assert_true(pty_wait_text(pty, " resources ", WAIT_MS));
    pty_settle(pty, 100);
    pty_send(pty, ESC);
    assert_true(pty_wait_text(pty, "[resources]", WAIT_MS));
    pty_send(pty, "/region");
    assert_true(pty_wait_gone(pty, "DescribeVolumes", WAIT_MS));
    pty_send(pty, "\r\r");
    assert_true(pty_wait_text(pty, "$ view list region", WAIT_MS));
    assert_true(pty_wait_text(pty, "eu-west-1", WAIT_MS));
    pty_send(pty, "i");
    assert_true(pty_wait_text(pty, "[prompt]", WAIT_MS));
    pty_send(pty, "\x1b[21~");
    assert_int_equal(pty_wait_exit(pty, WAIT_MS), 0);
    pty_free(pty);
    place_drop(&place);
}

/* Enter on a row of a zoomed view would be answered where nobody can see it. */
static void test_zoomed_enter(void **state)
{
    struct place place;
    struct pty *pty;

    (void)state;
    place_make(&place);
    pty = start(&place);
    pty_send(pty, "aws sqs create-queue --queue-name orders\r");
    assert_true(pty_wait_text(pty, "QueueUrl", WAIT_MS));
    pty_send(pty, ESC "q");
    assert_true(pty_wait_text(pty, "orders  queue, standard", WAIT_MS));
    pty_settle(pty, 100);
    pty_send(pty, ESC);
    assert_true(pty_wait_text(pty, "[queues", WAIT_MS));
    pty_send(pty, "z\r");
    assert_true(pty_wait_text(pty, "\"Attributes\": {", WAIT_MS));
    pty_send(pty, PTY_F10);
    assert_int_equal(pty_wait_exit(pty, WAIT_MS), 0);
    pty_free(pty);
    place_drop(&place);
}

/* A window that is drawn larger and smaller would crash the console, or leave it garbled. */
static void test_resize_storm(void **state)
{
    struct place place;
    struct pty *pty;

    (void)state;
    place_make(&place);
    pty = start(&place);
    pty_send(pty, "half a li");
    for (int i = 0; i < 60; i++)
        pty_resize(pty, 1 + i * 7 % 60, 1 + i * 37 % 220);
    pty_resize(pty, 1, 1);
    pty_settle(pty, 50);
    pty_resize(pty, 10, 60);
    assert_true(pty_wait_text(pty, "need 80x24, have 60x10: terminal too small", WAIT_MS));
    pty_resize(pty, 5, 22); /* what is needed is told first */
    assert_true(pty_wait_text(pty, "need 80x24, have 22x5", WAIT_MS));
    pty_send(pty, "unseen\r");
    pty_settle(pty, 100);
    pty_resize(pty, 30, 100);
    assert_true(pty_wait_text(pty, "$ half a li", WAIT_MS));
    assert_true(pty_wait_text(pty, "nephoscope  us-east-1", WAIT_MS));
    assert_true(pty_wait_text(pty, "[prompt]", WAIT_MS));
    pty_send(pty, "\x15" "echo still here\r");
    assert_true(pty_wait_text(pty, " still here", WAIT_MS));
    assert_int_equal(pty_find_row(pty, "unseen"), -1);
    pty_resize(pty, 20, 70);
    assert_true(pty_wait_text(pty, "terminal too small", WAIT_MS));
    pty_send(pty, "q");
    assert_int_equal(pty_wait_exit(pty, WAIT_MS), 0);
    pty_free(pty);
    place_drop(&place);
}

/* Lines from a web page would run before anyone had read them. */
static void test_paste(void **state)
{
    struct place place;
    struct pty *pty;

    (void)state;
    place_make(&place);
    pty = start(&place);
    pty_send(pty, PTY_PASTE("echo one-$((1\r\necho two\n"));
    pty_send(pty, CTRL_C);
    pty_settle(pty, 100);
    pty_send(pty, PTY_PASTE("A=alpha\r\necho got-$A\n"));
    assert_true(pty_wait_text(pty, "run these 2 commands? [y/N]", WAIT_MS));
    assert_int_equal(pty_find_row(pty, "got-alpha"), -1);
    pty_send(pty, "n\r");
    assert_true(pty_wait_text(pty, "was not run", WAIT_MS));
    pty_send(pty, PTY_PASTE("for i in 1 2\r\ndo echo $i; done\n"));
    assert_true(pty_wait_text(pty, "not run: line 1, column 1: loops are not", WAIT_MS));
    pty_send(pty, PTY_PASTE("A=alpha\r\necho got-$A\n"));
    assert_true(pty_wait_text(pty, "run these 2 commands? [y/N]", WAIT_MS));
    pty_send(pty, "y\r");
    assert_true(pty_wait_text(pty, "got-alpha", WAIT_MS));
    pty_free(pty);
    place_drop(&place);
}

/* A wait could not be left, or Ctrl-C at the prompt would end the program. */
static void test_interrupt(void **state)
{
    struct place place;
    struct pty *pty;

    (void)state;
    place_make(&place);
    pty = start(&place);
    pty_send(pty, "some words");
    assert_true(pty_wait_text(pty, "$ some words", WAIT_MS));
    pty_send(pty, CTRL_C);
    assert_true(pty_wait_gone(pty, "$ some words", WAIT_MS));
    pty_send(pty, PTY_PASTE(BUSY_CLOUD));
    assert_true(pty_wait_text(pty, "run these", WAIT_MS));
    pty_send(pty, "y\r");
    assert_true(pty_wait_text(pty, "busy at last", WAIT_MS));
    pty_send(pty, "sleep 31000000\r");
    assert_true(pty_wait_text(pty, "\xe2\x96\xb6\xe2\x96\xb6 sleep", WAIT_MS));
    pty_send(pty, CTRL_C);
    assert_true(pty_wait_text(pty, "interrupted (exit code 130)", WAIT_MS));
    pty_send(pty, "echo alive-$?\r");
    assert_true(pty_wait_text(pty, "alive-130", WAIT_MS));
    pty_free(pty);
    place_drop(&place);
}

/* A power cut would take away what was already answered. */
static void test_kill_and_restart(void **state)
{
    struct place place;
    struct pty *pty;
    char time[32];

    (void)state;
    place_make(&place);
    pty = start(&place);
    pty_send(pty, "aws ec2 create-security-group --group-name kept --description x\r");
    assert_true(pty_wait_text(pty, "sg-", WAIT_MS));
    pty_send(pty, "sleep 75\r");
    assert_true(pty_wait_text(pty, "08:01:15", WAIT_MS));
    snprintf(time, sizeof(time), "08:01:15");
    pty_signal(pty, SIGKILL);
    assert_int_equal(pty_wait_exit(pty, WAIT_MS), 128 + SIGKILL);
    pty_free(pty);
    pty = start(&place);
    assert_true(pty_wait_text(pty, time, WAIT_MS));
    assert_true(pty_wait_text(pty, "08:01:15Z", WAIT_MS)); /* the notice */
    pty_send(pty, "aws ec2 describe-security-groups --group-names kept --query "
                  "'SecurityGroups[0].GroupName'\r");
    assert_true(pty_wait_text(pty, "\"kept\"", WAIT_MS));
    pty_send(pty, PTY_UP PTY_UP);
    assert_true(pty_wait_text(pty, "$ sleep 75", WAIT_MS));
    pty_signal(pty, SIGTERM);
    assert_int_equal(pty_wait_exit(pty, WAIT_MS), 128 + SIGTERM);
    pty_free(pty);
    place_drop(&place);
}

/* A console at rest would keep the machine, and the line to it, busy. */
static void test_silence(void **state)
{
    struct place place;
    struct pty *pty;
    size_t before;

    (void)state;
    place_make(&place);
    pty = start(&place);
    pty_settle(pty, 400);
    before = pty_bytes(pty);
    pty_settle(pty, 1500);
    assert_int_equal(pty_bytes(pty), before);
    assert_true(pty_wait_text(pty, "paused", WAIT_MS));
    pty_send(pty, "speed 60\r");
    assert_true(pty_wait_text(pty, "08:00:3", WAIT_MS));
    pty_send(pty, "speed pause\r");
    assert_true(pty_wait_text(pty, "paused", WAIT_MS));
    pty_free(pty);
    place_drop(&place);
}

/* Candidates would be written over the views, or stay on the screen. */
static void test_candidates(void **state)
{
    struct place place;
    struct pty *pty;

    (void)state;
    place_make(&place);
    pty = start(&place);
    pty_send(pty, "lab describe-\t\t");
    assert_true(pty_wait_text(pty, "describe-clock", WAIT_MS));
    assert_true(pty_wait_text(pty, " fit", WAIT_MS));
    assert_int_equal(pty_find_row(pty, "F1 help"), 23);
    pty_send(pty, "c");
    assert_true(pty_wait_gone(pty, " fit", WAIT_MS));
    pty_free(pty);
    place_drop(&place);
}

/* A terminal without Unicode or colour would show garbage. */
static void test_ascii(void **state)
{
    struct place place;
    struct pty *pty;

    (void)state;
    place_make(&place);
    pty = start_with(&place, 24, 80, "--ascii");
    assert_true(pty_wait_text(pty, "[prompt]", WAIT_MS));
    pty_send(pty, PTY_F2);
    assert_true(pty_wait_text(pty, "- hosts ----", WAIT_MS));
    for (const char *at = pty_screen(pty); *at != '\0'; at++)
        assert_true((unsigned char)*at < 0x80);
    pty_free(pty);
    place_drop(&place);
}

/* Someone who cannot use a full screen would be shut out. */
static void test_plain(void **state)
{
    struct place place;
    struct pty *pty;

    (void)state;
    place_make(&place);
    pty = start_with(&place, 200, 80, "--plain"); /* all lessons, and then the prompt */
    assert_true(pty_wait_text(pty, "== lessons", WAIT_MS));
    pty_send(pty, "aws sts get-caller-identity --query Account\r");
    assert_true(pty_wait_text(pty, "\"111122223333\"", WAIT_MS));
    pty_send(pty, "view map\r");
    assert_true(pty_wait_text(pty, "commands go here", WAIT_MS));
    pty_send(pty, PTY_PASTE(BUSY_CLOUD));
    assert_true(pty_wait_text(pty, "run these 9 commands? [y/N]", WAIT_MS));
    pty_send(pty, "y\r");
    assert_true(pty_wait_text(pty, "listener HTTP:80 created", WAIT_MS));
    pty_send(pty, "sleep 31000000\r");
    pty_settle(pty, 300);
    pty_send(pty, CTRL_C);
    pty_send(pty, "echo alive-$?\r");
    assert_true(pty_wait_text(pty, "alive-130", WAIT_MS));
    pty_send(pty, "quit\r");
    assert_int_equal(pty_wait_exit(pty, WAIT_MS), 0);
    pty_free(pty);
    place_drop(&place);
}

/* What the history offers would look typed, or could not be taken. */
static void test_offer(void **state)
{
    struct place place;
    struct pty *pty;

    (void)state;
    place_make(&place);
    pty = start(&place);
    pty_send(pty, "echo one-two three\r");
    assert_true(pty_wait_text(pty, " one-two three", WAIT_MS));
    pty_send(pty, "ec");
    assert_true(pty_wait_text(pty, "$ ec\xe2\x80\xb9ho one-two three\xe2\x80\xba", WAIT_MS));
    pty_send(pty, ESC "f" ESC "f");
    assert_true(pty_wait_text(pty, "$ echo one\xe2\x80\xb9-two three\xe2\x80\xba", WAIT_MS));
    pty_send(pty, PTY_RIGHT);
    assert_true(pty_wait_gone(pty, "\xe2\x80\xb9", WAIT_MS));
    pty_send(pty, "x\r");
    assert_true(pty_wait_text(pty, " one-two threex", WAIT_MS));
    pty_send(pty, "!! again; alias say='echo said'\r");
    assert_true(pty_wait_text(pty, "$ echo one-two threex again;", WAIT_MS));
    pty_send(pty, "say it\r");
    assert_true(pty_wait_text(pty, " said it", WAIT_MS));
    pty_send(pty, PTY_F10);
    assert_int_equal(pty_wait_exit(pty, WAIT_MS), 0);
    pty_free(pty);
    pty = start(&place);
    pty_send(pty, "say more\r");
    assert_true(pty_wait_text(pty, " said more", WAIT_MS));
    pty_free(pty);
    place_drop(&place);
}

/* A program after | would hang the screen, or write over it. */
static void test_program(void **state)
{
    struct place place;
    struct pty *pty;

    (void)state;
    place_make(&place);
    pty = start(&place);
    pty_send(pty, "ec2 describe-vpcs | grep -c VpcId\r");
    assert_true(pty_wait_text(pty, " 1", WAIT_MS));
    pty_send(pty, "echo x | sh -c 'printf \"\\033[2Jleft-$(tty </dev/tty || echo no)\"'\r");
    assert_true(pty_wait_text(pty, "left-no", WAIT_MS));
    assert_true(pty_find_row(pty, "$ ec2 describe-vpcs | grep") >= 0);
    pty_send(pty, "echo x | sleep 1000\r");
    assert_true(pty_wait_text(pty, "\xe2\x96\xb6\xe2\x96\xb6 program", WAIT_MS));
    pty_send(pty, CTRL_C);
    assert_true(pty_wait_text(pty, "interrupted (exit code 130)", WAIT_MS));
    pty_free(pty);
    place_drop(&place);
}

/* An id would have to be typed off the screen, or an error stay unexplained. */
static void test_keys(void **state)
{
    struct place place;
    struct pty *pty;

    (void)state;
    place_make(&place);
    pty = start(&place);
    pty_send(pty, ESC "i");
    assert_true(pty_wait_text(pty, "no answer had an id yet", WAIT_MS));
    pty_send(pty, "echo ami-0123456789abcdef0 sg-0123456789abcdef0\r");
    assert_true(pty_wait_text(pty, "$ echo ami", WAIT_MS));
    pty_send(pty, "half" ESC "i");
    assert_true(pty_wait_text(pty, "copied: ami-0123456789abcdef0", WAIT_MS));
    assert_true(pty_wait_bytes(pty, "\x1b]52;c;YW1pLTAxMjM0NTY3ODlhYmNkZWYw\x07", WAIT_MS));
    pty_send(pty, "\x15" "aws ec2 describe-vpcs --vpc-ids vpc-1\r");
    assert_true(pty_wait_text(pty, "exit code 254", WAIT_MS));
    pty_send(pty, ESC "e");
    assert_true(pty_wait_text(pty, "$ explain", WAIT_MS));
    pty_send(pty, "view list security-group\r" ESC);
    assert_true(pty_wait_text(pty, "[resources", WAIT_MS));
    pty_send(pty, "y");
    assert_true(pty_wait_text(pty, "copied: sg-", WAIT_MS));
    pty_free(pty);
    place_drop(&place);
}

/* A comparison could be read as a table only, and not be walked through. */
static void test_compare(void **state)
{
    struct place place;
    struct pty *pty;

    (void)state;
    place_make(&place);
    pty = start(&place);
    pty_send(pty, ESC "w");
    assert_true(pty_wait_text(pty, "Nothing was compared", WAIT_MS));
    pty_send(pty, "compare --url http://example.com/ --rate 5 --variants Name=now Name=then\r");
    assert_true(pty_wait_text(pty, "second 60 of 60", WAIT_MS));
    assert_true(pty_wait_text(pty, "in flight", WAIT_MS));
    pty_send(pty, ESC "w");
    assert_true(pty_wait_text(pty, "in the shop", WAIT_MS));
    pty_send(pty, ESC);
    assert_true(pty_wait_text(pty, "[the same rush", WAIT_MS));
    pty_send(pty, "<" PTY_LEFT);
    assert_true(pty_wait_text(pty, "second 49 of 60", WAIT_MS));
    pty_send(pty, ESC "w");
    assert_true(pty_wait_text(pty, "[compare", WAIT_MS));
    assert_true(pty_wait_text(pty, "second 49 of 60", WAIT_MS));
    pty_send(pty, "iview cafes 7\r");
    assert_true(pty_wait_text(pty, "second 7 of 60", WAIT_MS));
    pty_free(pty);
    place_drop(&place);
}

/* Help would run past, or leave the person somewhere else than at the prompt. */
static void test_help(void **state)
{
    struct place place;
    struct pty *pty;

    (void)state;
    place_make(&place);
    pty = start(&place);
    pty_send(pty, "aws ec2 run-instances help\r");
    assert_true(pty_wait_text(pty, "[aws ec2 run-instances]", WAIT_MS));
    assert_int_equal(pty_find_row(pty, "EXAMPLE"), -1);
    pty_send(pty, "/example\r");
    assert_true(pty_wait_text(pty, "EXAMPLE", WAIT_MS));
    pty_send(pty, "qq");
    assert_true(pty_wait_text(pty, "[prompt]", WAIT_MS));
    pty_send(pty, "aws ec2 help | head -1; lab help > h\r");
    assert_true(pty_wait_text(pty, " NAME", WAIT_MS));
    pty_free(pty);
    place_drop(&place);
}

/* What was changed in the editor would run unasked, or the screen be lost to the editor. */
static void test_edit(void **state)
{
    struct place place;
    struct pty *pty;

    (void)state;
    place_make(&place);
    place.more = "EDITOR=sed -i 's/one/two/; $a echo again'";
    pty = start(&place);
    pty_send(pty, "echo one\recho three\r.edit\r");
    assert_true(pty_wait_text(pty, "run these 2 commands? [y/N]", WAIT_MS));
    assert_true(pty_find_row(pty, " edited:") >= 0);
    assert_int_equal(pty_find_row(pty, "$ echo two"), -1);
    pty_send(pty, "y\r");
    assert_true(pty_wait_text(pty, "> echo again", WAIT_MS));
    pty_send(pty, "echo one > f; edit f; cat f; echo x | sleep 1000\r");
    assert_true(pty_wait_text(pty, "\xe2\x96\xb6\xe2\x96\xb6 program", WAIT_MS));
    pty_send(pty, CTRL_C);
    assert_true(pty_wait_text(pty, "interrupted (exit code 130)", WAIT_MS));
    assert_true(pty_find_row(pty, " two") >= 0);
    pty_free(pty);
    place_drop(&place);
}

/* Who has vi in ~/.inputrc would not know whether a letter is typed or obeyed. */
static void test_vi(void **state)
{
    struct place place;
    struct pty *pty;
    FILE *file;

    (void)state;
    place_make(&place);
    file = fopen(place.inputrc + strlen("INPUTRC="), "w");
    assert_non_null(file);
    fputs("set editing-mode vi\n$if nephoscope\n\"\\C-t\": \"own macro\"\n$endif\n", file);
    assert_int_equal(fclose(file), 0);
    pty = start_with(&place, 24, 80, NULL);
    assert_true(pty_wait_text(pty, "[prompt: vi insert]", WAIT_MS));
    pty_send(pty, "echo \x14");
    assert_true(pty_wait_text(pty, "$ echo own macro", WAIT_MS));
    pty_send(pty, ESC);
    assert_true(pty_wait_text(pty, "[prompt: vi command]", WAIT_MS));
    pty_send(pty, "bbiyour \r");
    assert_true(pty_wait_text(pty, " your own macro", WAIT_MS));
    pty_send(pty, "ec");
    assert_true(pty_wait_text(pty, "\xe2\x80\xb9ho your own macro\xe2\x80\xba", WAIT_MS));
    pty_send(pty, PTY_RIGHT "s\r");
    assert_true(pty_wait_text(pty, " your own macros", WAIT_MS));
    pty_free(pty);
    place_drop(&place);
}

/* In a small window a learner would not see what to type next, nor that there is something. */
static void test_next_line(void **state)
{
    struct place place;
    struct pty *pty;

    (void)state;
    place_make(&place);
    pty = start(&place);
    pty_send(pty, "lesson highway\r");
    assert_true(pty_wait_text(pty, "more: Alt-9", WAIT_MS)); /* the text is longer than its place */
    assert_true(pty_wait_text(pty, "F9 aws ec2 create-security-group", WAIT_MS));
    pty_send(pty, "quit\r");
    assert_int_equal(pty_wait_exit(pty, WAIT_MS), 0);
    pty_free(pty);
    place_drop(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_thrown_away),
        cmocka_unit_test(test_command),     cmocka_unit_test(test_focus),
        cmocka_unit_test(test_zoomed_enter),
        cmocka_unit_test(test_resize_storm), cmocka_unit_test(test_paste),
        cmocka_unit_test(test_interrupt),   cmocka_unit_test(test_kill_and_restart),
        cmocka_unit_test(test_silence),     cmocka_unit_test(test_candidates),
        cmocka_unit_test(test_ascii),       cmocka_unit_test(test_plain),
        cmocka_unit_test(test_offer),       cmocka_unit_test(test_program),
        cmocka_unit_test(test_keys),        cmocka_unit_test(test_help),
        cmocka_unit_test(test_compare),
        cmocka_unit_test(test_vi),          cmocka_unit_test(test_edit),
        cmocka_unit_test(test_next_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
