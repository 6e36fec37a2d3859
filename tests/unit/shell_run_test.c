/*
 * tests/unit/shell_run_test.c - a typed line runs: variables, $(...), joins, redirects.
 *
 * If this fails, a line that a learner would paste into a real shell does something else here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "desk.h"

static struct desk desk;

static int setup(void **state)
{
    (void)state;
    desk_open(&desk, NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    desk_close(&desk);
    return 0;
}

static bool prints(const char *text, int status, const char *out, const char *err)
{
    int got = desk_run(&desk, text);
    bool good = got == status && strcmp(str_text(&desk.out), out) == 0 &&
                (err == NULL || strcmp(str_text(&desk.err), err) == 0);

    if (!good)
        print_error("%s\n  wanted %d \"%s\" \"%s\"\n  got %d \"%s\" \"%s\"\n", text, status, out,
                    err == NULL ? "*" : err, got, str_text(&desk.out), str_text(&desk.err));
    return good;
}

static void test_variables(void **state)
{
    (void)state;
    assert_true(prints("A=1; B='two  words'; echo $A \"$B\" $B '$A' ${A}x", 0,
                       "1 two  words two words $A 1x\n", ""));
    assert_true(prints("echo $NOBODY; echo \"$NOBODY\" end", 0, "\n end\n", ""));
    assert_true(prints("A=2 echo $A; echo $A", 0, "1\n1\n", ""));
    assert_true(prints("C=5 true; echo \"[$C]\"", 0, "[]\n", ""));
    assert_true(prints("A=x\\ y; unset A; echo \"[$A]\"", 0, "[]\n", ""));
    assert_true(prints("export D='a=b'; echo $D", 0, "a=b\n", ""));
}

static void test_substitution(void **state)
{
    (void)state;
    assert_true(prints("echo a$(echo b c)d \"$(echo 'e  f')\"", 0, "ab cd e  f\n", ""));
    assert_true(prints("X=$(echo one; echo two); echo \"$X\"", 0, "one\ntwo\n", ""));
    assert_true(prints("echo $(echo $(echo deep))", 0, "deep\n", ""));
    assert_true(prints("X=$(false); echo $?", 0, "1\n", ""));
    assert_true(prints("V=$(aws ec2 describe-vpcs --query 'Vpcs[0].IsDefault' --output text); "
                       "echo $V", 0, "True\n", ""));
    /* what fails inside says so, and the line goes on, as in a shell */
    assert_int_equal(desk_run(&desk, "echo $(aws ec2 describe-vpcs --vpc-ids vpc-1) on"), 0);
    assert_string_equal(str_text(&desk.out), "on\n");
    assert_non_null(strstr(str_text(&desk.err), "InvalidVpcID"));
}

static void test_joins(void **state)
{
    (void)state;
    assert_true(prints("true && echo a; false && echo b; false || echo c; true || echo d", 0,
                       "a\nc\n", ""));
    assert_true(prints("false && echo a || echo b", 0, "b\n", ""));
    assert_true(prints("false; echo $?; echo $?", 0, "1\n0\n", ""));
    assert_true(prints("echo a # && echo b", 0, "a\n", ""));
    assert_true(prints("echo a \\\n b\n\necho c", 0, "a b\nc\n", ""));
    assert_int_equal(desk_run(&desk, "nosuch; echo $?"), 0);
    assert_string_equal(str_text(&desk.out), "127\n");
    assert_int_equal(desk_run(&desk, "aws ec2 nosuch"), 252);
    assert_int_equal(desk_run(&desk, "aws ec2 describe-vpcs --vpc-ids vpc-1"), 254);
}

static void test_redirects(void **state)
{
    (void)state;
    assert_true(prints("echo one > f; echo two >> f; cat f", 0, "one\ntwo\n", ""));
    assert_true(prints("echo three > f; cat f", 0, "three\n", ""));
    assert_true(prints("aws ec2 nosuch 2>/dev/null", 252, "", ""));
    assert_true(prints("aws ec2 nosuch >/dev/null 2>&1 || echo no", 0, "no\n", ""));
    assert_int_equal(desk_run(&desk, "aws ec2 nosuch 2> problems; cat problems"), 0);
    assert_non_null(strstr(str_text(&desk.out), "nosuch"));
    assert_string_equal(str_text(&desk.err), "");
    assert_true(prints("N=g; echo x > $N.txt; cat g.txt; echo $(cat g.txt)y", 0, "x\nxy\n", ""));
    assert_true(prints("aws ec2 create-tags --generate-cli-skeleton > s.json; "
                       "aws ec2 describe-vpcs --cli-input-json file://gone 2>/dev/null; "
                       "cat s.json", 0,
                       "{\n    \"DryRun\": true,\n    \"Resources\": [\n        \"\"\n    ],\n    "
                       "\"Tags\": [\n        {\n            \"Key\": \"\",\n            \"Value\": "
                       "\"\"\n        }\n    ]\n}\n",
                       ""));
}

/* Refused by name, and nothing of the line runs. */
static void test_refusals(void **state)
{
    static const char *const lines[] = {
        "echo a; for i in 1 2; do echo $i; done",
        "echo a & echo b",
        "if true; then echo a; fi",
        "echo `echo a`",
        "echo a; (echo b)",
        "while true; do echo a; done",
        "f() { echo a; }",
        "echo 'open",
        "echo \"open",
        "echo $(open",
        "echo a >",
        "; echo a",
        "echo a && ",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        int status = desk_run(&desk, lines[i]);

        if (status != EXIT_USAGE || desk.out.length > 0 || desk.err.length == 0)
            print_error("%s: %d \"%s\" \"%s\"\n", lines[i], status, str_text(&desk.out),
                        str_text(&desk.err));
        assert_int_equal(status, EXIT_USAGE);
        assert_string_equal(str_text(&desk.out), "");
        assert_true(desk.err.length > 0);
    }
    assert_int_equal(shell_form("echo 'open"), SHELL_MORE);
    assert_int_equal(shell_form("echo $(open"), SHELL_MORE);
    assert_int_equal(shell_form("echo a"), SHELL_COMPLETE);
    assert_int_equal(shell_form("echo )"), SHELL_BAD);
    assert_int_equal(shell_count("a; b && c\nd"), 4);
    assert_int_equal(shell_count("a | b | c; d"), 2);
    assert_int_equal(shell_count("a; )"), 0);
}

/* A lesson's line, or a file that came with a session, would run programs of this machine, or write
 * over its files. */
static void test_outside(void **state)
{
    static const char *const lines[] = {
        "echo a | cat",
        "echo $(echo a | cat)",
        "echo a > /tmp/nephoscope-must-not-be",
        "echo a 2>> ./nephoscope-must-not-be",
    };

    (void)state;
    assert_true(prints("echo a b | tr a-b x-y | cat", 0, "x y\n", ""));
    assert_true(prints("X=$(echo a | tr a z); echo $X", 0, "z\n", ""));
    /* a program that stops reading does not end ours */
    assert_true(prints("aws ec2 describe-instance-types | sh -c 'exec 0<&-; echo gone'", 0,
                       "gone\n", ""));
    assert_true(prints("P=cat; echo a | $P", EXIT_USAGE, "",
                       "nephoscope: |: after it stands a program's name, typed, without a "
                       "variable\n"));
    for (int who = 0; who < 2; who++) {
        desk.session->person = who != 0;
        desk.session->brought = who == 0 ? 0 : 1;
        for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
            desk_run(&desk, lines[i]);
            assert_null(strstr(str_text(&desk.out), "a"));
            assert_true(desk.err.length > 0);
        }
        assert_int_not_equal(access("/tmp/nephoscope-must-not-be", F_OK), 0);
        assert_int_not_equal(access("./nephoscope-must-not-be", F_OK), 0);
        assert_true(prints("echo kept > f; cat f", 0, "kept\n", ""));
    }
    desk.session->person = true;
    desk.session->brought = 0;
}

/* A line that grows without end stops with a sentence. */
static void test_too_long(void **state)
{
    int status = 0;

    (void)state;
    assert_int_equal(desk_run(&desk, "A=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), 0);
    for (int i = 0; i < 40 && status == 0; i++)
        status = desk_run(&desk, "A=$A$A$A$A");
    assert_int_equal(status, EXIT_USAGE);
    assert_non_null(strstr(str_text(&desk.err), "too long"));
}

/* What a line says about where and who: for that line only. */
static void test_settings(void **state)
{
    static const char zone[] = "aws ec2 describe-availability-zones "
                               "--query 'AvailabilityZones[0].RegionName' --output text";
    struct str line = STR_INIT;

    (void)state;
    str_addf(&line, "AWS_REGION=us-west-2 %s; %s --region eu-west-1; %s", zone, zone, zone);
    assert_true(prints(str_text(&line), 0, "us-west-2\neu-west-1\nus-east-1\n", ""));
    str_clear(&line);
    str_addf(&line, "AWS_DEFAULT_REGION=us-west-2; %s; AWS_REGION=eu-west-1; %s; unset AWS_REGION "
                    "AWS_DEFAULT_REGION; %s", zone, zone, zone);
    assert_true(prints(str_text(&line), 0, "us-west-2\neu-west-1\nus-east-1\n", ""));
    assert_true(prints("AWS_DEFAULT_OUTPUT=text aws ec2 describe-vpcs --query 'Vpcs[].IsDefault'",
                       0, "True\n", ""));
    assert_true(prints("AWS_PROFILE=nope aws sts get-caller-identity", 255, "",
                       "\naws: [ERROR]: The config profile (nope) could not be found\n"));
    assert_true(prints("aws sts get-caller-identity --profile nope", 255, "",
                       "\naws: [ERROR]: The config profile (nope) could not be found\n"));
    assert_true(prints("AWS_PROFILE=nope aws sts get-caller-identity --profile default "
                       "--query Account", 0, "\"111122223333\"\n", ""));
    assert_int_equal(desk_run(&desk, "AWS_REGION=moon-1 aws ec2 describe-vpcs"), 255);
    assert_non_null(strstr(str_text(&desk.err), "https://ec2.moon-1.amazonaws.com/"));
    str_release(&line);
}

static int run_nothing(struct word_call *call)
{
    (void)call;
    return 0;
}

/* If this fails, one who says `pause` to the clock, or pastes what cannot be run, is left alone. */
static void test_help_with_wrong_lines(void **state)
{
    static const struct word clock_words[] = {{"speed", "", "", run_nothing},
                                               {NULL, NULL, NULL, NULL}};
    struct str question = STR_INIT;

    (void)state;
    assert_true(prints("pause", EXIT_NOT_FOUND, "",
                       "nephoscope: pause: command not found; `help` lists what is\n"));
    shell_add_words(&desk.shell, clock_words, NULL);
    assert_true(prints("pause", EXIT_NOT_FOUND, "",
                       "nephoscope: pause: command not found; did you mean `speed pause`?\n"));
    assert_true(prints("play", EXIT_NOT_FOUND, "",
                       "nephoscope: play: command not found; did you mean `speed run`?\n"));
    assert_false(shell_question(&desk.shell, "echo a; for i in 1 2\n", &question));
    assert_int_equal(desk_run(&desk, "explain"), 0);
    assert_true(str_starts(str_text(&desk.out), "bad-line\n  not run: line 1, column 9: loops"));
    str_release(&question);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_variables), cmocka_unit_test(test_substitution),
        cmocka_unit_test(test_joins),     cmocka_unit_test(test_redirects),
        cmocka_unit_test(test_refusals), cmocka_unit_test(test_help_with_wrong_lines),
        cmocka_unit_test(test_outside),  cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_settings),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
