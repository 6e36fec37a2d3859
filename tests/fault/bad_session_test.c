/*
 * fault/bad_session_test.c - if this fails, a file that is no whole session is misread,
  written to, or
 * refused without a word on what to do; or the surroundings of the program change what it does.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "program.h"

#include "base/mem.h"

static char *folder;

/* Reads a file of the folder whole. */
static void slurp(const char *name, struct str *bytes)
{
    char *path = xasprintf("%s/%s", folder, name);
    FILE *file = fopen(path, "r");
    char chunk[65536];
    size_t got;

    assert_non_null(file);
    while ((got = fread(chunk, 1, sizeof(chunk), file)) > 0)
        str_addn(bytes, chunk, got);
    fclose(file);
    free(path);
}

/* Runs a line on a session file of the folder. */
static int exec_on(const char *name, const char *line, struct str *out, struct str *err)
{
    const char *const words[] = {"exec", "--session", name, line, NULL};
    struct program_run run = {.words = words, .folder = folder};

    program_run(&run);
    str_addn(out, str_text(&run.out), run.out.length);
    str_addn(err, str_text(&run.err), run.err.length);
    program_run_release(&run);
    return run.status;
}

/* Refused with 255 and these words, nothing printed, and the file as it was. */
static void assert_refused(const char *name, const char *says)
{
    struct str before = STR_INIT;
    struct str after = STR_INIT;
    struct str out = STR_INIT;
    struct str err = STR_INIT;
    int status;

    slurp(name, &before);
    status = exec_on(name, "X=changed", &out, &err);
    slurp(name, &after);
    if (status != 255 || strstr(str_text(&err), says) == NULL)
        printf("# %s: status %d: %s\n", name, status, str_text(&err));
    assert_int_equal(status, 255);
    assert_non_null(strstr(str_text(&err), says));
    assert_int_equal(out.length, 0);
    assert_true(program_is_plain(&err));
    assert_int_equal(before.length, after.length);
    assert_memory_equal(str_text(&before), str_text(&after), before.length);
    str_release(&before);
    str_release(&after);
    str_release(&out);
    str_release(&err);
}

/* A copy of the good session with some bytes put in. */
static void make_altered(const char *name, size_t at, const void *bytes, size_t size)
{
    struct str good = STR_INIT;

    slurp("good", &good);
    assert_true(at + size <= good.length);
    memcpy(good.text + at, bytes, size);
    program_file(folder, name, good.text, good.length);
    str_release(&good);
}

static void files_that_are_no_sessions_are_refused(void **state)
{
    struct str good = STR_INIT;
    struct str nothing = STR_INIT;

    (void)state;
    slurp("good", &good);
    program_file(folder, "empty", "", 0);
    assert_refused("empty", "it is empty, not a session");
    program_file(folder, "text", "hello\n", 6);
    assert_refused("text", "too short to be a session");
    str_fill(&nothing, '\0', 100000);
    program_file(folder, "zeros", str_text(&nothing), nothing.length);
    assert_refused("zeros", "is not a session");
    make_altered("stranger", 68, "\0\0\0\1", 4);
    assert_refused("stranger", "another program's database");
    program_file(folder, "header", good.text, 100);
    assert_refused("header", "open it with `nephoscope --session header`");
    program_file(folder, "cut", good.text, good.length - 4096);
    assert_refused("cut", "the file was left as it is: put a backup in its place");
    str_release(&good);
    str_release(&nothing);
}

static void damage_is_never_misread(void **state)
{
    struct str good = STR_INIT;
    struct str wanted = STR_INIT;
    int refused = 0;

    (void)state;
    slurp("good", &good);
    assert_int_equal(exec_on("good", "lab describe-clock; aws ec2 describe-instances", &wanted,
                             &wanted), 0);
    for (size_t at = 100; at + 1 < good.length; at += 1 + good.length / 60) {
        char other = (char)~good.text[at];
        struct str out = STR_INIT;
        struct str err = STR_INIT;
        int status;

        make_altered("altered", at, &other, 1);
        status = exec_on("altered", "lab describe-clock; aws ec2 describe-instances", &out, &err);
        if (status == 0)
            assert_string_equal(str_text(&out), str_text(&wanted));
        else
            assert_int_equal(status, 255);
        refused += status == 255;
        str_release(&out);
        str_release(&err);
    }
    printf("# %d of 61 files with a changed byte were refused\n", refused);
    assert_true(refused > 0);
    str_release(&good);
    str_release(&wanted);
}

static void a_newer_programs_session_is_only_read(void **state)
{
    struct str out = STR_INIT;
    struct str err = STR_INIT;

    (void)state;
    make_altered("newer", 60, "\0\0\1\0", 4);
    assert_int_equal(exec_on("newer", "aws ec2 describe-instances --query 'length(Reservations)'",
     &out,
                             &err), 0);
    assert_string_equal(str_text(&out), "1\n");
    assert_refused("newer", "a newer nephoscope wrote");
    str_release(&out);
    str_release(&err);
}

static void strange_files_are_refused(void **state)
{
    static const struct {
        const char *name;
        const char *says;
    } cases[] = {
        {"link", "is a symbolic link"}, {"twin", "has a second name"}, {"folder", "is a folder"},
        {"pipe", "is a pipe"}, {"/dev/null", "is a device"}, {"none/x", "cannot be used"},
        {"", "is not the name of a file"}, {"beside", "lies beside the session"},
    };
    char *command = xasprintf("cd %s && ln -s good link && cp good one && ln one twin && "
                              "mkdir folder && mkfifo pipe && cp good beside && "
                              "echo x >beside-journal", folder);

    (void)state;
    assert_int_equal(system(command), 0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct str out = STR_INIT;
        struct str err = STR_INIT;
        int status = exec_on(cases[i].name, "true", &out, &err);

        if (status != 255 || strstr(str_text(&err), cases[i].says) == NULL)
            printf("# %s: %d: %s\n", cases[i].name, status, str_text(&err));
        assert_int_equal(status, 255);
        assert_non_null(strstr(str_text(&err), cases[i].says));
        str_release(&out);
        str_release(&err);
    }
    free(command);
}

/* While one has it open, another is told who; nothing is lost on either side. */
static void two_programs_do_not_share_a_session(void **state)
{
    const char *const words[] = {"exec", "--session", "good", "-f", "script", NULL};
    static const char script[] = "echo in\nsleep 31000000\nsleep 31000000\nsleep 31000000\n"
                                 "sleep 31000000\nsleep 31000000\nsleep 31000000\n";
    char says[64];
    char said[3];
    int status;
    int fd;
    pid_t pid;

    (void)state;
    program_file(folder, "script", script, sizeof(script) - 1);
    pid = program_start(words, folder, &fd);
    assert_int_equal(read(fd, said, 3), 3);
    kill(pid, SIGSTOP);
    snprintf(says, sizeof(says), "process %ld has it open", (long)pid);
    {
        struct str out = STR_INIT;
        struct str err = STR_INIT;

        status = exec_on("good", "true", &out, &err);
        if (strstr(str_text(&err), says) == NULL)
            printf("# %d: %s\n", status, str_text(&err));
        assert_int_equal(status, 255);
        assert_non_null(strstr(str_text(&err), says));
        assert_non_null(strstr(strstr(str_text(&err), says), " (user ")); /* whom to ask */
        assert_non_null(strstr(strstr(str_text(&err), says), ", for 0 min)"));
        str_release(&out);
        str_release(&err);
    }
    kill(pid, SIGKILL);
    close(fd);
    assert_int_equal(waitpid(pid, &status, 0), pid);
}

static void the_surroundings_change_nothing(void **state)
{
    static const char *const places[][5] = {
        {"LC_ALL=C", NULL}, {"LC_ALL=xx_YY.nonsense", "LANG=", NULL}, {"TERM", NULL},
        {"TERM=../../../../etc/passwd", "TERMINFO=/dev/zero", "TERMCAP=/etc/passwd", NULL},
        {"HOME", "XDG_STATE_HOME=/proc/none", NULL}, {"HOME=/nonexistent", "HISTFILE=/etc/passwd",
         NULL},
        {"COLUMNS=-1", "LINES=99999999999", NULL}, {"PATH", "SHELL=/bin/false", NULL},
        {"AWS_ACCESS_KEY_ID=\x1b]52;c;x\x07", "AWS_CONFIG_FILE=/dev/zero",
         "AWS_SHARED_CREDENTIALS_FILE=/dev/zero", "AWS_PAGER=rm -rf /", NULL},
    };
    static const char line[] = "aws ec2 describe-vpcs; echo \xc3\xa9; lab describe-clock";
    struct program_run plain = {.words = PROGRAM_WORDS("exec", line), .folder = folder};

    (void)state;
    program_run(&plain);
    assert_int_equal(plain.status, 0);
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        struct program_run run = {.words = PROGRAM_WORDS("exec", line), .env = places[i],
                                  .folder = folder};

        program_run(&run);
        assert_int_equal(run.status, 0);
        assert_string_equal(str_text(&run.out), str_text(&plain.out));
        assert_string_equal(str_text(&run.err), "");
        program_run_release(&run);
    }
    program_run_release(&plain);
}

static void wrong_settings_are_said(void **state)
{
    static const struct {
        const char *env[2];
        int status;
        const char *says;
    } cases[] = {
        {{"AWS_REGION=mars-1"}, 255, "mars-1"},
        {{"AWS_DEFAULT_REGION=mars-1"}, 255, "mars-1"},
        {{"AWS_PROFILE=nobody"}, 255, "The config profile (nobody) could not be found"},
        {{"AWS_DEFAULT_OUTPUT=xml"}, 255, "xml"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct program_run run = {.words = PROGRAM_WORDS("exec", "aws ec2 describe-vpcs"),
                                  .env = cases[i].env, .folder = folder};

        program_run(&run);
        if (run.status != cases[i].status || strstr(str_text(&run.err), cases[i].says) == NULL)
            printf("# %s: status %d: %s%s\n", cases[i].env[0], run.status, str_text(&run.err),
                   run.status == 0 ? "(answered)" : "");
        assert_int_equal(run.status, cases[i].status);
        assert_non_null(strstr(str_text(&run.err), cases[i].says));
        program_run_release(&run);
    }
}

/* Standard descriptors that are closed or full (RELIABILITY F8, F12). */
static void closed_and_full_outputs_do_no_harm(void **state)
{
    static const char *const lines[] = {
        "\"$NEPHOSCOPE\" exec --session fds X=1 <&- >&- 2>&-",
        "\"$NEPHOSCOPE\" exec --session fds 'aws ec2 describe-vpcs' <&- >&- 2>&-",
        "\"$NEPHOSCOPE\" exec --session fds 'echo $X' | grep -qx 1",
        "\"$NEPHOSCOPE\" exec --session fds 'aws ec2 describe-vpcs' | true",
        "(ulimit -n 8; \"$NEPHOSCOPE\" exec --session fds 'echo $X' | grep -qx 1)",
        "! \"$NEPHOSCOPE\" exec --session fds 'aws ec2 describe-vpcs' >/dev/full",
        "(ulimit -f 8; \"$NEPHOSCOPE\" exec --session small X=2); test $? = 255",
        "\"$NEPHOSCOPE\" exec --session fds 'echo $X' | grep -qx 1",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        char *command = xasprintf("cd %s && { %s\n} 2>err", folder, lines[i]);
        int status = system(command);

        if (status != 0)
            printf("# %s: %d\n", lines[i], status);
        assert_int_equal(status, 0);
        free(command);
    }
}

static int set_up(void **state)
{
    struct str out = STR_INIT;
    int status;

    (void)state;
    folder = program_folder();
    status = exec_on("good",
                     "aws ec2 run-instances --instance-type t3.micro --image-id $(aws ec2 "
                     "describe-images --owners amazon --filters "
                     "'Name=name,Values=al2023-ami-2023*-x86_64' --query 'Images[0].ImageId' "
                     "--output text); sleep 30",
                     &out, &out);
    str_release(&out);
    return status;
}

static int tear_down(void **state)
{
    (void)state;
    program_folder_remove(folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_that_are_no_sessions_are_refused),
        cmocka_unit_test(damage_is_never_misread),
        cmocka_unit_test(a_newer_programs_session_is_only_read),
        cmocka_unit_test(strange_files_are_refused),
        cmocka_unit_test(two_programs_do_not_share_a_session),
        cmocka_unit_test(the_surroundings_change_nothing),
        cmocka_unit_test(wrong_settings_are_said),
        cmocka_unit_test(closed_and_full_outputs_do_no_harm),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
