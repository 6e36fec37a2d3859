/*
 * lesson_class_test.c - if this fails, an instructor looks at the wrong learner first, or a file
 * that somebody put into the class's folder does something.
 */
#include <fcntl.h>
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

#include "lesson/class_post.h"
#include "lesson/class_status.h"
#include "lesson/class_wall.h"
#include "lesson/class_words.h"
#include "lesson/runner.h"
#include "lesson/seat.h"
#include "lesson/words.h"
#include "store/class_folder.h"

#include "base/mem.h"
#include "shell/logbook.h"

#include "desk.h"
#include "program.h"

static const int64_t now_s = 1800000000;

static int64_t clock_that_stands(void)
{
    return now_s * 1000000000;
}

static struct class_folder open_folder(const char *path)
{
    struct class_folder folder;
    struct str why = STR_INIT;

    assert_int_equal(class_folder_open(&folder, path, &why), 0);
    str_release(&why);
    return folder;
}

/* A head that says "session" and nothing behind it: what the wall looks at. */
static void put_session(const char *folder, const char *name)
{
    unsigned char head[100] = "SQLite format 3";
    char file[80];

    memcpy(head + 68, "neph", 4);
    snprintf(file, sizeof(file), "%s.nephoscope", name);
    program_file(folder, file, head, sizeof(head));
}

static void put_status(const char *folder, const char *name, const char *json)
{
    char file[80];

    snprintf(file, sizeof(file), "%s.status", name);
    program_file(folder, file, json, strlen(json));
}

static void saved_at(const char *folder, const char *name, int64_t moment)
{
    struct timespec times[2] = {{.tv_sec = moment}, {.tv_sec = moment}};
    char path[200];

    snprintf(path, sizeof(path), "%s/%s.nephoscope", folder, name);
    assert_int_equal(utimensat(-1, path, times, 0), 0);
}

/* A name could lead out of the folder, hide another, or obey nobody. */
static void test_names(void **state)
{
    static const char *const good[] = {"anna", "Anna-Lena.2", "Zo\xc3\xab", "\xe6\x84\x9b", "7"};
    static const char *const bad[] = {
        "", ".", "..", ".anna", "-r", "a/b", "a b", "a\nb", "a\x1b[31m", "all", "a*", "a'b", "\xff",
        "a\xe2\x80\xaez", "e\xcc\x81",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_true(class_name_check(good[i], NULL));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(class_name_check(bad[i], NULL));
    assert_int_equal(class_seed(7, "anna"), class_seed(7, "anna"));
    assert_true(class_seed(7, "anna") != class_seed(7, "bob"));
    assert_true(class_seed(7, "anna") != class_seed(8, "anna"));
}

/* What a learner's file says would reach the wall without bounds, or stop it. */
static void test_status(void **state)
{
    static const char *const bad[] = {"", "{", "[]", "7", "\"x\"", "{\"a\":1}{", "\xff\xfe"};
    struct class_status status;
    struct str bytes = STR_INIT;
    struct str why = STR_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        str_clear(&bytes);
        str_add(&bytes, bad[i]);
        assert_int_equal(class_status_read(&bytes, &status, &why), -1);
    }
    str_clear(&bytes);
    str_add(&bytes, "{\"step\":-3,\"steps\":1e300,\"minutes\":999999999999,\"hand\":\"up\","
                    "\"lesson\":\"");
    str_fill(&bytes, 'x', 5000);
    str_add(&bytes, "\",\"question\":[1],\"frozen\":1,\"unknown\":{}}");
    assert_int_equal(class_status_read(&bytes, &status, &why), 0);
    assert_int_equal(status.step, 0);
    assert_int_equal(status.steps, 0);
    assert_int_equal(status.minutes, 99999);
    assert_int_equal(status.hand, 0);
    assert_int_equal(strlen(status.lesson), CLASS_TEXT_MAX);
    assert_string_equal(status.question, "");
    assert_false(status.frozen);
    str_clear(&bytes);
    status.step = 3;
    status.box = now_s;
    class_status_write(&status, &bytes);
    class_status_release(&status);
    assert_int_equal(class_status_read(&bytes, &status, &why), 0);
    assert_int_equal(status.step, 3);
    assert_int_equal(status.box, now_s);
    class_status_release(&status);
    str_release(&bytes);
    str_release(&why);
}

/* A console that has the session open: another process, with SQLite's lock.  Killed at the end. */
static pid_t sit(const char *folder, const char *name)
{
    int ready[2];
    pid_t child;
    char byte;

    assert_int_equal(pipe(ready), 0);
    child = fork();
    if (child == 0) {
        struct flock lock = {
            .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0x40000000, .l_len = 512};
        char path[200];
        int file;

        snprintf(path, sizeof(path), "%s/%s.nephoscope", folder, name);
        file = open(path, O_RDWR);
        if (fcntl(file, F_SETLK, &lock) == 0 && write(ready[1], "", 1) == 1)
            pause();
        _exit(0);
    }
    assert_true(child > 0);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    close(ready[1]);
    return child;
}

static void assert_state(const struct class_wall *wall, const char *name, const char *wanted)
{
    const struct wall_row *row = class_wall_find(wall, name);
    struct str state = STR_INIT;

    assert_non_null(row);
    class_wall_state(wall, row, &state);
    assert_string_equal(str_text(&state), wanted);
    str_release(&state);
}

/* A raised hand would be overlooked, or a lesson that is done would count as stuck. */
static void test_need(void **state)
{
    static const struct {
        const char *name;
        const char *status;
        const char *state;
    } learners[] = {
        {"hand2", "{\"step\":1,\"hand\":1799999880,\"question\":\"why?\"}", "hand up 2 min: why?"},
        {"hand1", "{\"step\":1,\"hand\":1799999940}", "hand up 1 min"},
        {"stuck", "{\"step\":2,\"progress\":1799999400,\"error\":\"X\"}", "stuck 10 min: X"},
        {"free", "{\"step\":0,\"progress\":1799990000}", "in the sandbox"},
        {"ice", "{\"step\":2,\"progress\":1799999990,\"frozen\":true,\"box\":1800000060}",
         "frozen, 1 min left, at work"},
        {"new", NULL, "no status yet"},
        {"works", "{\"step\":2,\"progress\":1799999990}", "at work"},
        {"done", "{\"step\":2,\"finished\":true,\"progress\":1799990000}", "done with the lesson"},
    };
    enum { COUNT = sizeof(learners) / sizeof(learners[0]) };
    char *folder = program_folder();
    pid_t children[COUNT];
    struct class_wall wall;
    struct str why = STR_INIT;

    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        put_session(folder, learners[i].name);
        if (learners[i].status != NULL)
            put_status(folder, learners[i].name, learners[i].status);
        children[i] = sit(folder, learners[i].name);
    }
    assert_int_equal(class_wall_open(&wall, folder, clock_that_stands, &why), 0);
    class_wall_look(&wall);
    assert_int_equal(wall.rows.count, COUNT);
    for (uint32_t i = 0; i < COUNT; i++) {
        assert_string_equal(wall.rows.items[i].name, learners[i].name);
        str_clear(&why);
        class_wall_state(&wall, &wall.rows.items[i], &why);
        assert_string_equal(str_text(&why), learners[i].state);
    }
    for (size_t i = 0; i < COUNT; i++) {
        kill(children[i], SIGKILL);
        waitpid(children[i], NULL, 0);
    }
    assert_true(class_wall_look(&wall));
    assert_int_equal(wall.rows.items[0].state, WALL_GONE);
    assert_state(&wall, "new", "no status: it never began in this class");
    class_wall_close(&wall);
    str_release(&why);
    program_folder_remove(folder);
}

/* Those who need help would stand below those who do not. */
static void test_order(void **state)
{
    static const char *const wanted[] = {"gone2", "gone1", "bad", "done", "left"};
    char *folder = program_folder();
    struct class_wall wall;
    struct str why = STR_INIT;

    (void)state;
    put_session(folder, "gone1");
    put_session(folder, "gone2");
    put_session(folder, "done");
    put_session(folder, "left");
    put_status(folder, "gone1", "{\"step\":1}");
    put_status(folder, "gone2", "{\"step\":1}");
    put_status(folder, "done", "{\"step\":2,\"finished\":true,\"left\":1799999000}");
    put_status(folder, "left", "{\"step\":2,\"left\":1799999000}");
    put_status(folder, "bad", "{\"step\":2}");
    saved_at(folder, "gone1", now_s - 60);
    saved_at(folder, "gone2", now_s - 600);
    assert_int_equal(class_wall_open(&wall, folder, clock_that_stands, &why), 0);
    assert_true(class_wall_look(&wall));
    assert_false(class_wall_look(&wall));
    assert_int_equal(wall.rows.count, 5);
    for (uint32_t i = 0; i < wall.rows.count; i++)
        assert_string_equal(wall.rows.items[i].name, wanted[i]);
    class_wall_state(&wall, &wall.rows.items[0], &why);
    assert_string_equal(str_text(&why), "gone 10 min: it stopped without an end");
    class_wall_close(&wall);
    str_release(&why);
    program_folder_remove(folder);
}

/* Writes a file that belongs to another user than the one who runs the test. */
static void put_as(const char *folder, const char *file, uid_t user)
{
    char *path = xasprintf("%s/%s", folder, file);

    assert_int_equal(chown(path, user, (gid_t)-1), 0);
    free(path);
}

/* Another could speak for a learner, or a copy pass as somebody's own work. */
static void test_forged(void **state)
{
    char *folder = program_folder();
    struct class_wall wall;
    struct str why = STR_INIT;

    (void)state;
    put_session(folder, "eve");
    put_status(folder, "eve", "{\"step\":2,\"left\":1799999000,\"name\":\"dan\"}");
    put_session(folder, "bob");
    put_status(folder, "bob", "{\"step\":2,\"left\":1799999000,\"name\":\"bob\"}");
    if (getuid() == 0)
        put_as(folder, "bob.status", 12345);
    assert_int_equal(class_wall_open(&wall, folder, clock_that_stands, &why), 0);
    class_wall_look(&wall);
    assert_state(&wall, "eve", "status: it is dan's, not eve's");
    assert_false(class_wall_find(&wall, "eve")->has_status);
    if (getuid() == 0) {
        assert_state(&wall, "bob", "status: it belongs to 12345, not to its learner");
        assert_false(class_wall_find(&wall, "bob")->has_status);
        put_as(folder, "bob.status", 0);
        class_wall_look(&wall);
    }
    assert_state(&wall, "bob", "left 16 min ago");
    class_wall_close(&wall);
    str_release(&why);
    program_folder_remove(folder);
}

/* One learner's many files would hide the others. */
static void test_crowd(void **state)
{
    char *folder = program_folder();
    struct class_wall wall;
    struct str why = STR_INIT;
    char name[40];

    (void)state;
    if (getuid() != 0)
        skip();
    for (int i = 0; i < 600; i++) {
        snprintf(name, sizeof(name), "aa%d.%s", i, i < 500 ? "status" : "nephoscope");
        if (i < 500)
            program_file(folder, name, "{}", 2);
        else {
            snprintf(name, sizeof(name), "aa%d", i);
            put_session(folder, name);
            snprintf(name, sizeof(name), "aa%d.nephoscope", i);
        }
        put_as(folder, name, 12345);
    }
    for (int i = 0; i < 70; i++) {
        snprintf(name, sizeof(name), "learner%d", i);
        put_session(folder, name);
    }
    assert_int_equal(class_wall_open(&wall, folder, clock_that_stands, &why), 0);
    class_wall_look(&wall);
    class_wall_look(&wall);
    assert_int_equal(wall.rows.count, 70 + WALL_SESSIONS_MAX + WALL_WRONG_MAX);
    for (int i = 0; i < 70; i++) {
        snprintf(name, sizeof(name), "learner%d", i);
        assert_non_null(class_wall_find(&wall, name));
    }
    class_wall_summary(&wall, &why);
    assert_non_null(strstr(str_text(&why), "; 520 left out, most of them 12345's"));
    class_wall_close(&wall);
    str_release(&why);
    program_folder_remove(folder);
}

/* Files that are no sessions, or one user's many, would push learners off a wall that is full. */
static void test_full(void **state)
{
    char *folder = program_folder();
    struct class_wall wall;
    struct str why = STR_INIT;
    char name[40];

    (void)state;
    if (getuid() != 0)
        skip();
    for (int i = 0; i < 600; i++) { /* of thirty users, twenty each */
        snprintf(name, sizeof(name), "aa%d.status", i);
        program_file(folder, name, "{}", 2);
        put_as(folder, name, (uid_t)(2000 + i / 20));
    }
    assert_int_equal(class_wall_open(&wall, folder, clock_that_stands, &why), 0);
    class_wall_look(&wall);
    assert_int_equal(wall.rows.count, WALL_ROWS_MAX);
    for (int i = 0; i < 600; i++) {
        snprintf(name, sizeof(name), "owner%d", i);
        put_session(folder, name);
    }
    class_wall_look(&wall);
    class_wall_look(&wall);
    for (int i = 0; i < 40; i++) {
        snprintf(name, sizeof(name), "learner%d", i);
        put_session(folder, name);
        snprintf(name, sizeof(name), "learner%d.nephoscope", i);
        put_as(folder, name, (uid_t)(3000 + i));
    }
    class_wall_look(&wall);
    class_wall_look(&wall);
    assert_false(class_wall_look(&wall));
    assert_int_equal(wall.rows.count, WALL_ROWS_MAX);
    for (int i = 0; i < 40; i++) {
        snprintf(name, sizeof(name), "learner%d", i);
        assert_non_null(class_wall_find(&wall, name));
    }
    class_wall_summary(&wall, &why);
    assert_non_null(strstr(str_text(&why), "; 740 left out, most of them root's"));
    class_wall_close(&wall);
    str_release(&why);
    program_folder_remove(folder);
}

/* A session that was cut short would look like one that only stopped. */
static void test_cut(void **state)
{
    unsigned char head[4096] = "SQLite format 3";
    char *path = program_folder();
    struct class_folder folder = open_folder(path);
    struct class_file seen;
    struct str why = STR_INIT;

    (void)state;
    memcpy(head + 68, "neph", 4);
    head[16] = 0x10; /* pages of 4096 bytes; */
    head[31] = 3;    /* and three of them */
    program_file(path, "anna.nephoscope", head, sizeof(head));
    assert_int_equal(class_session_look(&folder, "anna", &seen, &why), CLASS_UNFIT);
    assert_string_equal(str_text(&why), "it is damaged: 4096 of its 12288 bytes are there");
    program_file(path, "anna.nephoscope-wal", "x", 1); /* the rest may be there */
    assert_int_equal(class_session_look(&folder, "anna", &seen, &why), CLASS_READ);
    class_folder_close(&folder);
    str_release(&why);
    program_folder_remove(path);
}

static int say(const struct class_folder *folder, const char *who, const char *text)
{
    const char *words[] = {"say", who, text};
    struct str out = STR_INIT;
    struct str err = STR_INIT;
    const struct class_call call = {
        .folder = folder, .now = now_s, .words = words, .count = 3, .out = &out, .err = &err};
    int status = class_words_run(&call);

    str_release(&out);
    str_release(&err);
    return status;
}

/* Who cannot begin, or speaks to a folder that is gone, would not be told what to do. */
static void test_taken(void **state)
{
    char *path = program_folder();
    struct class_folder folder = open_folder(path);
    const struct seat_options options = {path, "bob", clock_that_stands};
    const char *words[] = {"say", "all", "x"};
    struct str out = STR_INIT;
    struct str err = STR_INIT;
    struct str why = STR_INIT;
    const struct class_call call = {
        .folder = &folder, .now = now_s, .words = words, .count = 3, .out = &out, .err = &err};
    struct class_wall wall;

    (void)state;
    put_session(path, "bob");
    if (getuid() == 0) {
        put_as(path, "bob.nephoscope", 12345);
        seat_add_reason(&options, &why);
        assert_string_equal(str_text(&why), "; the name is taken by 12345: choose another, or ask "
                                            "your instructor");
        str_clear(&why);
    }
    assert_int_equal(class_wall_open(&wall, path, clock_that_stands, &why), 0);
    program_folder_remove(xstrdup(path));
    assert_false(class_folder_find(&folder));
    assert_int_equal(class_words_run(&call), 255);
    assert_non_null(strstr(str_text(&err), "is gone"));
    class_wall_look(&wall);
    assert_true(wall.gone);
    assert_int_equal(wall.rows.count, 0);
    seat_add_reason(&options, &why);
    assert_string_equal(str_text(&why), "; your instructor makes it");
    class_wall_close(&wall);
    class_folder_close(&folder);
    str_release(&out);
    str_release(&err);
    str_release(&why);
    free(path);
}

/* Messages would be lost, come out of order, or come from somebody else. */
static void test_post(void **state)
{
    char *path = program_folder();
    struct class_folder folder = open_folder(path);
    struct class_messages messages = {0};
    struct class_post post = {0};
    char file[200];

    (void)state;
    put_session(path, "anna");
    assert_false(class_post_is_new(&post, &folder));
    assert_int_equal(say(&folder, "all", "one"), 0);
    assert_int_equal(say(&folder, "anna", "two"), 0);
    assert_int_equal(say(&folder, "zoe", "nobody"), 252);
    assert_int_equal(say(&folder, "all", "\xff"), 255);
    assert_true(class_post_is_new(&post, &folder));
    assert_true(class_post_is_new(&post, &folder)); /* once more than it says */
    assert_false(class_post_is_new(&post, &folder));
    program_file(path, ".class/000003.msg", "{\"verb\":\"dance\",\"text\":\"\"}", 26);
    program_file(path, ".class/000004.msg", "{\"verb\":\"box-end\",\"text\":\"\"}", 28);
    program_file(path, ".class/000005.msg", "{\"verb\":\"say\",\"text\":\"x\",\"for\":[]}", 34);
    program_file(path, ".class/zzz.msg", "{\"verb\":\"say\",\"text\":\"x\"}", 25);
    snprintf(file, sizeof(file), "%s/.class/000006.msg", path);
    assert_int_equal(symlink("000001.msg", file), 0);
    snprintf(file, sizeof(file), "%s/.class/000007.msg", path);
    assert_int_equal(mkfifo(file, 0600), 0);
    class_post_read(&folder, 0, &messages);
    assert_int_equal(messages.items.count, 2);
    assert_string_equal(messages.items.items[0].text, "one");
    assert_string_equal(messages.items.items[1].text, "two");
    assert_true(class_message_is_for(&messages.items.items[0], "bob"));
    assert_true(class_message_is_for(&messages.items.items[1], "anna"));
    assert_false(class_message_is_for(&messages.items.items[1], "bob"));
    class_messages_release(&messages);
    assert_int_equal(say(&folder, "all", "three"), 0);
    class_post_read(&folder, 2, &messages);
    assert_int_equal(messages.items.count, 1);
    assert_int_equal(messages.items.items[0].number, 8);
    class_messages_release(&messages);
    if (getuid() == 0) { /* a folder that somebody else made first */
        snprintf(file, sizeof(file), "%s/.class", path);
        assert_int_equal(chown(file, 12345, (gid_t)-1), 0);
        class_post_read(&folder, 0, &messages);
        assert_int_equal(messages.items.count, 0);
        assert_int_equal(say(&folder, "all", "x"), 255);
    }
    class_folder_close(&folder);
    program_folder_remove(path);
}

/* A console of a learner, without a screen. */
struct sitting {
    struct desk desk;
    struct lesson_list lessons;
    struct runner runner;
    struct seat seat;
};

static void sit_down(struct sitting *sitting, const char *folder)
{
    const struct seat_options options = {folder, "anna", clock_that_stands};
    char *path = class_session_path(folder, "anna");
    struct str why = STR_INIT;

    memset(sitting, 0, sizeof(*sitting));
    desk_open(&sitting->desk, path);
    lesson_list_offer_built_in(&sitting->lessons);
    shell_add_words(&sitting->desk.shell, lesson_words, &sitting->runner);
    runner_init(&sitting->runner, &sitting->desk.shell, &sitting->lessons);
    assert_int_equal(
        seat_init(&sitting->seat, &options, &sitting->desk.shell, &sitting->runner, &why), 0);
    str_release(&why);
    free(path);
}

static void stand_up(struct sitting *sitting)
{
    seat_release(&sitting->seat);
    runner_release(&sitting->runner);
    lesson_list_release(&sitting->lessons);
    desk_close(&sitting->desk);
}

static void broken(struct sitting *sitting, const char *wanted)
{
    assert_int_equal(desk_run(&sitting->desk,
                              "lab describe-faults --query 'Faults[].FaultName' --output text"),
                     0);
    assert_string_equal(str_text(&sitting->desk.out), wanted);
}

/* A kill in the middle of a fault plan would leave half of it. */
static void test_half_a_plan(void **state)
{
    static const char plan[] = "lab inject-fault --kind fail-zone --availability-zone us-east-1a "
                               "--fault-name one\nlab inject-fault --kind fail-zone "
                               "--availability-zone us-east-1b --fault-name two\n";
    char *path = program_folder();
    struct class_message message = {.verb = CLASS_FAULTS, .text = xstrdup(plan)};
    struct class_folder folder = open_folder(path);
    struct sitting sitting;
    struct str why = STR_INIT;
    struct session_setting doing = {"class.doing", "1 1"};

    (void)state;
    sit_down(&sitting, path);
    assert_false(seat_take(&sitting.seat));
    assert_int_equal(class_post_send(&folder, &message, &why), 0);
    stand_up(&sitting);
    sit_down(&sitting, path);
    assert_true(seat_take(&sitting.seat));
    assert_false(seat_take(&sitting.seat));
    broken(&sitting, "one\ttwo\n");
    /* As a kill after the first of the two would have left it. */
    assert_int_equal(desk_run(&sitting.desk, "rewind 2"), 0);
    broken(&sitting, "one\n");
    assert_int_equal(session_set_settings(sitting.desk.session, &doing, 1, &why), 0);
    stand_up(&sitting);
    sit_down(&sitting, path);
    seat_take(&sitting.seat);
    broken(&sitting, "one\ttwo\n");
    stand_up(&sitting);
    sit_down(&sitting, path);
    assert_false(seat_take(&sitting.seat));
    broken(&sitting, "one\ttwo\n");
    stand_up(&sitting);
    class_message_release(&message);
    class_folder_close(&folder);
    str_release(&why);
    program_folder_remove(path);
}

/* If this fails, what an instructor broke passes for lines, and mistakes, of the learner's own. */
static void test_whose_line(void **state)
{
    char *path = program_folder();
    struct class_message message = {
        .verb = CLASS_FAULTS,
        .text = xstrdup("lab inject-fault --kind fail-zone --availability-zone us-east-1a\n"
                        "lab clear-fault --fault-id flt-1\n"),
    };
    struct class_folder folder = open_folder(path);
    struct logbook logbook;
    struct sitting sitting;
    struct str why = STR_INIT;

    (void)state;
    sit_down(&sitting, path);
    assert_int_equal(desk_run(&sitting.desk, "aws ec2 create-key-pair --key-name k"), 0);
    assert_int_equal(class_post_send(&folder, &message, &why), 0);
    stand_up(&sitting);
    sit_down(&sitting, path);
    assert_true(seat_take(&sitting.seat));
    assert_int_equal(desk_run(&sitting.desk, "aws ec2 delete-key-pair --key-name k"), 0);
    assert_true(logbook_read(&logbook, sitting.desk.session->store));
    assert_true(logbook.entries.count >= 3);
    for (uint32_t i = 0; i < logbook.entries.count; i++) {
        const struct logbook_entry *entry = &logbook.entries.items[i];

        assert_int_equal(entry->instructed, strncmp(entry->line, "lab ", 4) == 0);
    }
    logbook_release(&logbook);
    stand_up(&sitting);
    class_message_release(&message);
    class_folder_close(&folder);
    str_release(&why);
    program_folder_remove(path);
}

/* A learner would be told of a look that ended long ago, or not of one that goes on. */
static void test_look(void **state)
{
    char *path = program_folder();
    struct class_folder folder = open_folder(path);
    struct class_file seen;
    struct str why = STR_INIT;
    int sent;

    (void)state;
    class_look_set(&folder, "anna", true);
    sent = class_folder_sent(&folder, false, &why);
    assert_true(sent >= 0);
    assert_int_equal(class_file_look(sent, "anna.look", &seen, &why), CLASS_READ);
    assert_true(class_look_is_on(&folder, "anna", seen.changed_ns + 1000000000));
    assert_false(class_look_is_on(&folder, "bob", seen.changed_ns));
    assert_false(class_look_is_on(&folder, "anna",
                                  seen.changed_ns + (CLASS_LOOK_S + 1) * INT64_C(1000000000)));
    class_look_set(&folder, "anna", false);
    assert_false(class_look_is_on(&folder, "anna", seen.changed_ns));
    close(sent);
    str_release(&why);
    class_folder_close(&folder);
    program_folder_remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names), cmocka_unit_test(test_status), cmocka_unit_test(test_order),
        cmocka_unit_test(test_need),  cmocka_unit_test(test_forged), cmocka_unit_test(test_crowd),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_cut),   cmocka_unit_test(test_taken),
        cmocka_unit_test(test_half_a_plan),
        cmocka_unit_test(test_whose_line),
        cmocka_unit_test(test_post),  cmocka_unit_test(test_look),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
