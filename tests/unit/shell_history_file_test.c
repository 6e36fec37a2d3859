/*
 * tests/unit/shell_history_file_test.c - what was typed, across sessions.
 */
#include "shell/history_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"

static struct str loaded;
static unsigned count;

static void add(const char *text)
{
    count++;
    if (count <= 10)
        str_addf(&loaded, "[%s]", text);
}

static void assert_loads(const char *path, const char *expected)
{
    struct str problem = STR_INIT;

    str_clear(&loaded);
    count = 0;
    assert_true(history_file_load(path, add, &problem));
    assert_string_equal(str_text(&loaded), expected);
    assert_string_equal(str_text(&problem), "");
    str_release(&problem);
}

static int in_folder(void **state)
{
    char folder[] = "/tmp/nephoscope-history-XXXXXX";

    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    *state = xstrdup(folder);
    return 0;
}

static int out_of_folder(void **state)
{
    char *command = xasprintf("rm -rf '%s'", (char *)*state);
    int status = system(command);

    free(command);
    free(*state);
    str_release(&loaded);
    return status;
}

/* Yesterday's commands would be lost, cut in pieces, or joined. */
static void test_round_trip(void **state)
{
    struct stat status;

    (void)state;
    assert_loads("kept", "");
    assert_int_equal(stat("kept", &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    history_file_append("kept", "aws ec2 describe-instances");
    history_file_append("kept", "echo 'a\nb' \\\n  n\xc3\xa9");
    history_file_append("kept", "ends in a backslash\\");
    history_file_append("kept", "last");
    assert_loads("kept", "[aws ec2 describe-instances][echo 'a\nb' \\\n  n\xc3\xa9][ends in a "
                         "backslash][last]");
}

/* A file that someone else wrote would bring control characters into the line. */
static void test_cleaned(void **state)
{
    FILE *file = fopen("foreign", "w");

    (void)state;
    assert_non_null(file);
    fputs("a\x1b[2Jb\tc\x07\r\n\n\nd", file);
    fclose(file);
    assert_loads("foreign", "[a[2Jb c][d]");
}

/* A link or a device in the history's place would be read, or written to. */
static void test_refused(void **state)
{
    static const char *const paths[] = {"link", "folder", "pipe", "/dev/zero", "none/kept"};

    (void)state;
    assert_int_equal(symlink("/etc/passwd", "link"), 0);
    assert_int_equal(mkdir("folder", 0700), 0);
    assert_int_equal(mkfifo("pipe", 0600), 0);
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        struct str problem = STR_INIT;

        assert_false(history_file_load(paths[i], add, &problem));
        assert_non_null(strstr(str_text(&problem), paths[i]));
        str_release(&problem);
    }
}

/* After years the file would be too large to read, and all of it lost at once. */
static void test_shortened(void **state)
{
    struct stat before;
    struct stat after;
    FILE *file = fopen("long", "w");

    (void)state;
    assert_non_null(file);
    for (int i = 0; i < 3 * HISTORY_FILE_COMMANDS; i++)
        fprintf(file, "command %d\n", i);
    fclose(file);
    assert_int_equal(stat("long", &before), 0);
    str_clear(&loaded);
    count = 0;
    assert_true(history_file_load("long", add, NULL));
    assert_int_equal(count, HISTORY_FILE_COMMANDS);
    assert_true(strncmp(str_text(&loaded), "[command 20000]", 15) == 0);
    assert_int_equal(stat("long", &after), 0);
    assert_true(after.st_size < before.st_size / 2);
    assert_int_not_equal(access("long.new", F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_cleaned),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_shortened),
    };

    return cmocka_run_group_tests(tests, in_folder, out_of_folder);
}
