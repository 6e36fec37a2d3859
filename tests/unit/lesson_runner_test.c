/*
 * tests/unit/lesson_runner_test.c - a lesson at work: checks as time passes, and what survives.
 */
#include "lesson/runner.h"

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
#include "base/pack.h"
#include "sim/clock.h"
#include "cloud/catalog.h"
#include "cloud/world.h"
#include "api/api_words.h"
#include "shell/run.h"
#include "shell/session.h"
#include "lesson/pane.h"
#include "lesson/words.h"

#define KEYS "aws ec2 describe-key-pairs --query 'length(KeyPairs)'"
#define HELP "```hint\nfirst hint\n```\n```hint\nsecond\n```\n```solution\ntrue\n```\n"

static const char lesson_text[] =
    "# Keys\n\n```lesson\nformat: 1\nid: keys\nseed: 9\n```\nIntro.\n"
    "```file note.txt\nhello\n```\n"
    "```world\nMARK=made\n```\n"
    "## One {#one}\nDo it.\n"
    "```run\naws ec2 create-key-pair --key-name k\naws ec2 describe-key-pairs\n```\n"
    "```quiz\nQ?\n* yes\n- no\nwhy: because\n```\n"
    "```check\na-key : " KEYS " >= 1 else \"make a key\"\n```\n" HELP
    "## Two {#two}\n"
    "```setup\naws ec2 create-key-pair --key-name setup\n```\n"
    "```check\nstill now : " KEYS " == 2 else \"two keys\"\n"
    "held hold 10s : " KEYS " == 2 else \"hold two keys\"\n"
    "few never : " KEYS " > 3 else \"too many\"\n"
    "soon within 60s after a-key : " KEYS " >= 2 else \"be quick\"\n```\n"
    "```wrong expect=few\ntrue\n```\n" HELP
    "## Three {#three}\nThe end.\n";

/* A lesson whose later lines name what an earlier one made. */
#define MAKE "K=$(aws ec2 create-key-pair --key-name k --query KeyPairId --output text)\n"
static const char names_text[] =
    "# Names\n\n```lesson\nformat: 1\nid: names\n```\n## One {#one}\nDo it.\n"
    "```run\n" MAKE "aws ec2 describe-key-pairs --key-pair-ids $K\n```\n"
    "```check\ntwo-keys : " KEYS " >= 2 else \"make two keys\"\n```\n"
    "```hint\nhint\n```\n"
    "```solution\n" MAKE
    "L=$(aws ec2 create-key-pair --key-name second --query KeyPairId --output text)\n```\n"
    "## Two {#two}\nThe end.\n";

/* Its solutions take their time. */
static const char slow_text[] =
    "# Slow\n\n```lesson\nformat: 1\nid: slow\n```\n"
    "```world\nsleep 60\n```\n## One {#one}\nDo it.\n"
    "```check\na-key : " KEYS " >= 1 else \"make a key\"\n```\n"
    "```hint\nhint\n```\n"
    "```solution\nsleep 90\naws ec2 create-key-pair --key-name k\nsleep 90\n```\n"
    "## Two {#two}\n"
    "```setup\nREADY=yes\nsleep 60\n```\n"
    "```check\ntwo-keys : " KEYS " >= 2 else \"make two\"\n```\n"
    "```hint\nhint\n```\n"
    "```solution\naws ec2 create-key-pair --key-name l\n```\n"
    "## Three {#three}\nThe end.\n";

struct rig {
    struct catalog *catalog;
    struct session *session;
    struct shell shell;
    struct runner runner;
    struct lesson_list lessons;
    struct str out;
};

static void on_second(void *context)
{
    runner_look(&((struct rig *)context)->runner);
}

static void rig_open(struct rig *rig, const char *path)
{
    struct session_options options = {.path = path};
    struct str notice = STR_INIT;
    struct str why = STR_INIT;

    *rig = (struct rig){0};
    rig->catalog = catalog_new();
    assert_int_equal(session_open(rig->catalog, &options, &rig->session, &notice, &why), 0);
    *LIST_PUSH(&rig->lessons.items) =
        lesson_parse("keys.md", lesson_text, strlen(lesson_text), &why);
    assert_string_equal(str_text(&why), "");
    *LIST_PUSH(&rig->lessons.items) =
        lesson_parse("names.md", names_text, strlen(names_text), &why);
    assert_string_equal(str_text(&why), "");
    *LIST_PUSH(&rig->lessons.items) =
        lesson_parse("slow.md", slow_text, strlen(slow_text), &why);
    assert_string_equal(str_text(&why), "");
    shell_init(&rig->shell, rig->session);
    shell_add_words(&rig->shell, shell_words, &rig->shell);
    shell_add_words(&rig->shell, api_words, NULL);
    shell_add_words(&rig->shell, lesson_words, &rig->runner);
    runner_init(&rig->runner, &rig->shell, &rig->lessons);
    rig->session->hooks.context = rig;
    rig->session->hooks.second = on_second;
    str_release(&notice);
    str_release(&why);
}

static void rig_close(struct rig *rig)
{
    struct str why = STR_INIT;

    runner_release(&rig->runner);
    lesson_list_release(&rig->lessons);
    session_close(rig->session, &why);
    catalog_free(rig->catalog);
    str_release(&rig->out);
    str_release(&why);
}

static int run(struct rig *rig, const char *line)
{
    struct command_io io = {.out = &rig->out, .err = &rig->out};

    str_clear(&rig->out);
    return shell_run(&rig->shell, line, false, &io);
}

static bool achieved(const struct rig *rig, const char *id)
{
    const struct progress *progress = &rig->runner.progress;

    for (uint32_t i = 0; i < progress->checks.count; i++) {
        if (strcmp(progress->checks.items[i].check->id, id) == 0)
            return progress->checks.items[i].achieved;
    }
    fail_msg("no check %s", id);
    return false;
}

static char *temporary(void)
{
    char folder[] = "/tmp/neph-lesson-XXXXXX";

    assert_non_null(mkdtemp(folder));
    return xasprintf("%s/session", folder);
}

static void remove_temporary(char *path)
{
    char *wal = xasprintf("%s-wal", path);
    char *slash;

    unlink(path);
    unlink(wal);
    slash = strrchr(path, '/');
    *slash = '\0';
    rmdir(path);
    free(wal);
    free(path);
}

/* If this fails, a lesson begins in a world that its author did not describe. */
static void test_begin(void **state)
{
    struct rig rig;

    (void)state;
    rig_open(&rig, NULL);
    assert_int_equal(run(&rig, "lesson keys"), 0);
    assert_non_null(strstr(str_text(&rig.out), "step 1 of 3: One"));
    assert_int_equal(rig.session->world->seed, 9);
    assert_string_equal(session_variable(rig.session, "MARK"), "made");
    assert_true(str_starts(session_variable(rig.session, "VPC"), "vpc-"));
    assert_true(str_starts(session_variable(rig.session, "SUBNETS"), "subnet-"));
    assert_true(str_starts(session_variable(rig.session, "AMI"), "ami-"));
    assert_int_equal(run(&rig, "cat note.txt"), 0);
    assert_string_equal(str_text(&rig.out), "hello\n");
    rig_close(&rig);
}

/* If this fails, lines of a lesson read files of the machine. */
static void test_files_stay_inside(void **state)
{
    struct rig rig;

    (void)state;
    rig_open(&rig, NULL);
    assert_true(rig.session->person);
    assert_int_equal(run(&rig, "lesson keys"), 0);
    assert_false(rig.session->person);
    assert_int_not_equal(
        run(&rig, "aws ec2 describe-key-pairs --cli-input-json file:///etc/passwd"), 0);
    assert_null(strstr(str_text(&rig.out), "root:"));
    assert_int_equal(run(&rig, "lesson leave"), 0);
    assert_true(rig.session->person);
    rig_close(&rig);
}

/* If this fails, a learner who did right is told that it is wrong, or goes on without doing it. */
static void test_steps(void **state)
{
    struct rig rig;
    struct str line = STR_INIT;
    struct str news = STR_INIT;

    (void)state;
    rig_open(&rig, NULL);
    assert_int_equal(run(&rig, "lesson keys"), 0);
    assert_int_not_equal(run(&rig, "next"), 0);
    assert_non_null(strstr(str_text(&rig.out), "make a key"));
    assert_true(runner_line(&rig.runner, &line));
    assert_string_equal(str_text(&line), "aws ec2 create-key-pair --key-name k");
    assert_int_equal(run(&rig, "M=$(aws ec2 create-key-pair --key-name mine)"), 0);
    assert_true(achieved(&rig, "a-key"));
    assert_true(runner_take_news(&rig.runner, &news));
    assert_non_null(strstr(str_text(&news), "[x] a key\n"));
    assert_true(runner_line(&rig.runner, &line));
    assert_string_equal(str_text(&line), "aws ec2 describe-key-pairs");
    assert_int_equal(run(&rig, "run"), 0);
    assert_true(runner_line(&rig.runner, &line));
    assert_string_equal(str_text(&line), "next");
    assert_int_equal(run(&rig, "aws ec2 delete-key-pair --key-name mine"), 0);
    assert_true(achieved(&rig, "a-key")); /* what was achieved stays achieved */
    assert_int_equal(run(&rig, "aws ec2 create-key-pair --key-name again"), 0);
    assert_int_equal(run(&rig, "next"), 0);
    assert_true(achieved(&rig, "still"));
    assert_true(achieved(&rig, "soon"));
    assert_false(achieved(&rig, "held"));
    assert_int_equal(run(&rig, "sleep 9"), 0);
    assert_false(achieved(&rig, "held"));
    assert_int_equal(run(&rig, "sleep 1"), 0);
    assert_true(achieved(&rig, "held"));
    assert_int_equal(run(&rig, "next"), 0);
    assert_string_equal(runner_step(&rig.runner)->id, "three");
    assert_int_equal(run(&rig, "next"), 0);
    assert_true(rig.runner.finished);
    str_release(&line);
    str_release(&news);
    rig_close(&rig);
}

/* If this fails, who does a step in their own words has done it for nothing: later lines name a
 * variable that nobody set. */
static void test_variables(void **state)
{
    static const char *const ways[] = {
        "aws ec2 create-key-pair --key-name mine",
        "ec2 create-key-pair --key-name mine",
        "MINE=$(aws ec2 create-key-pair --key-name mine --query KeyPairId --output text)",
    };
    struct str news = STR_INIT;
    struct rig rig;
    char *id;

    (void)state;
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        rig_open(&rig, NULL);
        rig.shell.short_aws = true;
        assert_int_equal(run(&rig, "lesson names"), 0);
        assert_int_equal(run(&rig, ways[i]), 0);
        assert_true(str_starts(session_variable(rig.session, "K"), "key-"));
        str_clear(&news);
        assert_true(runner_take_news(&rig.runner, &news));
        assert_non_null(strstr(str_text(&news), "lesson: $K holds it now"));
        assert_null(session_variable(rig.session, "L")); /* it is one key, not two */
        assert_int_equal(run(&rig, "aws ec2 describe-key-pairs --key-pair-ids $K"), 0);
        assert_non_null(strstr(str_text(&rig.out), "mine"));
        assert_int_equal(run(&rig, "aws ec2 describe-key-pairs --query 'length(KeyPairs)'"), 0);
        assert_string_equal(str_text(&rig.out), "1\n"); /* nothing was done twice */
        rig_close(&rig);
    }
    /* done once, a line that is refused the second time takes nothing away */
    rig_open(&rig, NULL);
    assert_int_equal(run(&rig, "lesson names"), 0);
    assert_int_equal(run(&rig, "run"), 0);
    assert_null(session_variable(rig.session, "L")); /* the lesson's own line, under its name */
    id = xstrdup(session_variable(rig.session, "K"));
    assert_int_equal(run(&rig, "solve"), 0);
    assert_non_null(strstr(str_text(&rig.out), "InvalidKeyPair.Duplicate"));
    assert_string_equal(session_variable(rig.session, "K"), id);
    /* and a variable that was lost comes back with `solve`, if it can */
    assert_int_equal(run(&rig, "unset K; aws ec2 delete-key-pair --key-name k; solve"), 0);
    assert_true(str_starts(session_variable(rig.session, "K"), "key-"));
    free(id);
    str_release(&news);
    rig_close(&rig);
}

/* If this fails, `undo` at a lesson's beginning takes its own preparation away, and nothing
 * that the text says is so any more. */
static void test_undo_ends_at_the_preparation(void **state)
{
    char *path = temporary();
    struct rig rig;

    (void)state;
    rig_open(&rig, path);
    assert_int_equal(run(&rig, "lesson keys"), 0);
    assert_int_not_equal(run(&rig, "undo"), 0);
    assert_non_null(strstr(str_text(&rig.out), "since the lesson prepared this"));
    assert_string_equal(session_variable(rig.session, "MARK"), "made");
    assert_int_equal(run(&rig, "aws ec2 create-key-pair --key-name k"), 0);
    assert_int_equal(run(&rig, "undo"), 0);
    assert_int_equal(run(&rig, KEYS), 0);
    assert_string_equal(str_text(&rig.out), "0\n");
    assert_int_not_equal(run(&rig, "undo"), 0);
    rig_close(&rig);
    rig_open(&rig, path); /* another day */
    assert_int_not_equal(run(&rig, "undo"), 0);
    assert_string_equal(session_variable(rig.session, "MARK"), "made");
    assert_int_equal(run(&rig, "lesson leave; aws ec2 create-key-pair --key-name k; undo"), 0);
    rig_close(&rig);
    remove_temporary(path);
}

/* If this fails, `never` and `within` are words without a meaning. */
static void test_promises(void **state)
{
    struct rig rig;
    struct str news = STR_INIT;

    (void)state;
    rig_open(&rig, NULL);
    assert_int_equal(run(&rig, "lesson keys"), 0);
    assert_int_equal(run(&rig, "aws ec2 create-key-pair --key-name a"), 0);
    assert_int_equal(run(&rig, "aws ec2 delete-key-pair --key-name a; sleep 61"), 0);
    assert_int_equal(run(&rig, "next; aws ec2 create-key-pair --key-name b"), 0);
    assert_false(achieved(&rig, "soon")); /* two keys, but too late */
    assert_true(achieved(&rig, "few"));
    assert_int_equal(run(&rig, "aws ec2 create-key-pair --key-name c; "
                               "aws ec2 create-key-pair --key-name d; "
                               "aws ec2 delete-key-pair --key-name c; "
                               "aws ec2 delete-key-pair --key-name d; sleep 20"), 0);
    assert_false(achieved(&rig, "few"));
    assert_true(runner_take_news(&rig.runner, &news)); /* told when it breaks, and once */
    assert_non_null(strstr(str_text(&news), "lesson: [!] broken: few\nlesson: too many\n"));
    assert_null(strstr(strstr(str_text(&news), "broken") + 1, "broken"));
    str_release(&news);
    assert_true(achieved(&rig, "held"));
    assert_int_not_equal(run(&rig, "next"), 0);
    rig_close(&rig);
}

static void print_pane(struct rig *rig)
{
    struct pane pane;

    pane_build(&pane, &rig->runner, 70, PANE_WHOLE);
    pane_print(&pane, &rig->out);
    pane_release(&pane);
}

/* If this fails, hints, answers and coffee are lost or come in the wrong order. */
static void test_help(void **state)
{
    struct rig rig;

    (void)state;
    rig_open(&rig, NULL);
    assert_int_not_equal(run(&rig, "hint"), 0); /* no lesson yet */
    assert_int_equal(run(&rig, "lesson keys"), 0);
    assert_int_equal(run(&rig, "hint"), 0);
    assert_string_equal(str_text(&rig.out), "first hint\n");
    assert_int_equal(run(&rig, "hint; hint"), 0);
    assert_non_null(strstr(str_text(&rig.out), "last hint"));
    assert_int_equal(runner_hints(&rig.runner), 2);
    assert_int_not_equal(run(&rig, "answer 3"), 0);
    assert_int_equal(run(&rig, "answer 2"), 0);
    assert_string_equal(str_text(&rig.out), "Not quite. Try another one.\n");
    str_clear(&rig.out);
    print_pane(&rig);
    assert_non_null(strstr(str_text(&rig.out), "x2) no"));
    assert_non_null(strstr(str_text(&rig.out), " 1) yes")); /* it is still to be found */
    assert_int_equal(run(&rig, "answer 1"), 0);
    assert_string_equal(str_text(&rig.out), "Right. because\n");
    assert_int_not_equal(run(&rig, "answer 1"), 0); /* it was answered */
    assert_int_not_equal(run(&rig, "check"), 0);
    assert_string_equal(str_text(&rig.out), "[ ] a-key: make a key\n");
    assert_int_not_equal(run(&rig, "lesson nothing"), 0);
    rig_close(&rig);
}

/* If this fails, whoever closes the console begins the lesson again. */
static void test_survives(void **state)
{
    char *path = temporary();
    struct rig rig;
    int64_t before;

    (void)state;
    rig_open(&rig, path);
    assert_int_equal(run(&rig, "lesson keys"), 0);
    before = session_seq(rig.session);
    assert_int_equal(run(&rig, "aws ec2 create-key-pair --key-name k; hint; next"), 0);
    rig_close(&rig);

    rig_open(&rig, path);
    assert_non_null(rig.runner.lesson);
    assert_string_equal(runner_step(&rig.runner)->id, "two");
    assert_false(rig.session->person);
    assert_non_null(progress_note(&rig.runner.progress, "one", "a-key"));

    /* Rewound to before the key: the world goes back, what was achieved does not. */
    str_clear(&rig.out);
    str_addf(&rig.out, "rewind %lld", (long long)before);
    {
        char *line = xstrdup(str_text(&rig.out));

        assert_int_equal(run(&rig, line), 0);
        free(line);
    }
    assert_string_equal(runner_step(&rig.runner)->id, "two");
    assert_non_null(progress_note(&rig.runner.progress, "one", "a-key"));

    /* Away and back; and anew, on another branch. */
    assert_int_equal(run(&rig, "lesson leave"), 0);
    assert_null(rig.runner.lesson);
    assert_int_equal(run(&rig, "lesson keys"), 0);
    assert_string_equal(runner_step(&rig.runner)->id, "two");
    assert_int_equal(run(&rig, "lesson again"), 0);
    assert_string_equal(runner_step(&rig.runner)->id, "one");
    assert_null(progress_note(&rig.runner.progress, "one", "a-key"));
    rig_close(&rig);

    rig_open(&rig, path);
    assert_string_equal(runner_step(&rig.runner)->id, "one");
    rig_close(&rig);
    remove_temporary(path);
}

/* If this fails, the pane is empty, or hides what is missing. */
static void test_pane(void **state)
{
    struct rig rig;
    struct pane pane;
    struct str text = STR_INIT;

    (void)state;
    rig_open(&rig, NULL);
    pane_build(&pane, &rig.runner, 40, PANE_PART);
    pane_print(&pane, &text);
    assert_string_equal(pane.line, "lesson keys");
    assert_non_null(strstr(str_text(&text), "> lesson keys"));
    pane_release(&pane);
    assert_int_equal(run(&rig, "lesson keys"), 0);
    for (unsigned width = 0; width < 200; width += 7) {
        str_clear(&text);
        pane_build(&pane, &rig.runner, width, PANE_WHOLE);
        pane_print(&pane, &text);
        assert_int_equal(pane.number, 1);
        assert_int_equal(pane.steps, 3);
        pane_release(&pane);
    }
    assert_non_null(strstr(str_text(&text), "Intro."));
    assert_non_null(strstr(str_text(&text), "> aws ec2 create-key-pair --key-name k\n"));
    assert_non_null(strstr(str_text(&text), "  aws ec2 describe-key-pairs\n"));
    assert_non_null(strstr(str_text(&text), "[ ] a key\n"));
    assert_non_null(strstr(str_text(&text), "1) yes"));
    str_release(&text);
    rig_close(&rig);
}

/* A lesson of the program could not be begun, or the list were empty, because nobody read it. */
static void test_offered(void **state)
{
    struct lesson_list all = {0};
    struct lesson_list offered = {0};
    struct str problems = STR_INIT;
    struct str printed = STR_INIT;
    struct str wanted = STR_INIT;

    (void)state;
    assert_int_equal(lesson_list_add_built_in(&all, &problems), 0);
    lesson_list_print(&all, &wanted);
    lesson_list_offer_built_in(&offered);
    assert_int_equal(offered.items.count, 0); /* nobody asked yet */
    assert_non_null(lesson_list_find(&offered, all.items.items[all.items.count - 1]->id));
    assert_null(lesson_list_find(&offered, "no-such-lesson"));
    lesson_list_print(&offered, &printed);
    assert_string_equal(str_text(&printed), str_text(&wanted));
    lesson_list_release(&all);
    lesson_list_release(&offered);
    str_release(&problems);
    str_release(&printed);
    str_release(&wanted);
}

/* A jump does what comes before, elsewhere; one that fails has never been. */
static void test_jump(void **state)
{
    char *path = temporary();
    struct rig rig;
    int64_t branch;

    (void)state;
    rig_open(&rig, path);
    assert_int_equal(run(&rig, "lesson names; jump two"), 0);
    assert_string_equal(runner_step(&rig.runner)->id, "two");
    assert_non_null(progress_note(&rig.runner.progress, "one", "two-keys"));
    assert_string_equal(progress_note(&rig.runner.progress, "one", "+given"), "1");
    assert_int_not_equal(run(&rig, "undo"), 0); /* nothing of it was the person's */
    assert_int_equal(run(&rig, KEYS " --output text"), 0);
    assert_string_equal(str_text(&rig.out), "2\n");
    assert_int_equal(run(&rig, "jump 1"), 0);
    assert_string_equal(runner_step(&rig.runner)->id, "one");
    assert_int_equal(run(&rig, KEYS " --output text"), 0);
    assert_string_equal(str_text(&rig.out), "0\n");

    /* The lesson keys has a solution that solves nothing: there is no way to its third step. */
    assert_int_equal(run(&rig, "lesson keys; aws ec2 create-key-pair --key-name mine; next"), 0);
    branch = store_branch_current(rig.session->store)->id;
    assert_int_equal(run(&rig, "jump three"), 1);
    assert_int_equal(store_branch_current(rig.session->store)->id, branch);
    assert_string_equal(runner_step(&rig.runner)->id, "two");
    assert_non_null(progress_note(&rig.runner.progress, "one", "a-key"));
    assert_null(progress_note(&rig.runner.progress, "one", "+given"));
    assert_int_equal(run(&rig, "aws ec2 describe-key-pairs --key-names mine"), 0);
    assert_int_equal(run(&rig, "jump 4; jump; jump x"), 1);
    rig_close(&rig);
    unlink(path);
    free(path);
}

struct stopping {
    unsigned slices; /* of simulated time until Ctrl-C comes */
    unsigned seen;
};

static int stop_after(void *context, const char *what, int64_t until)
{
    struct stopping *stopping = context;

    (void)what;
    (void)until;
    return stopping->seen++ >= stopping->slices;
}

/* A jump that Ctrl-C stops, wherever it is, leaves the world, the step and the branch as they were,
 * and the prompt answers. */
static void test_jump_stopped(void **state)
{
    unsigned char before[PACK_HASH_SIZE];
    unsigned char after[PACK_HASH_SIZE];
    struct session_hooks hooks;
    struct stopping stopping = {0};
    char *path = temporary();
    struct str why = STR_INIT;
    unsigned stopped = 0;
    struct rig rig;
    int64_t branch;

    (void)state;
    rig_open(&rig, path);
    assert_int_equal(run(&rig, "lesson slow; aws ec2 create-key-pair --key-name mine; sleep 40"),
                     0);
    assert_non_null(progress_note(&rig.runner.progress, "one", "a-key"));
    hooks = rig.session->hooks;
    branch = store_branch_current(rig.session->store)->id;
    world_hash(rig.session->world, before);
    for (;; stopping.slices++) {
        stopping.seen = 0;
        rig.session->hooks = (struct session_hooks){.context = &stopping, .waiting = stop_after};
        if (runner_jump(&rig.runner, 2, &why) == 0)
            break;
        stopped++;
        rig.session->hooks = hooks;
        world_hash(rig.session->world, after);
        assert_memory_equal(before, after, sizeof(before));
        assert_int_equal(store_branch_current(rig.session->store)->id, branch);
        assert_string_equal(runner_step(&rig.runner)->id, "one");
        assert_non_null(progress_note(&rig.runner.progress, "one", "a-key"));
        assert_null(progress_note(&rig.runner.progress, "one", "+given"));
        assert_int_equal(run(&rig, "aws ec2 describe-key-pairs --key-names mine"), 0);
    }
    rig.session->hooks = hooks;
    assert_true(stopped > 10);
    assert_string_equal(runner_step(&rig.runner)->id, "three");
    assert_int_equal(run(&rig, KEYS " --output text"), 0);
    assert_string_equal(str_text(&rig.out), "2\n");
    rig_close(&rig);
    unlink(path);
    free(path);
    str_release(&why);
}

static void copy_file(const char *from, const char *to)
{
    char *command = xasprintf("cp %s %s; cp %s-wal %s-wal 2>/dev/null; true", from, to, from, to);

    assert_int_equal(system(command), 0);
    free(command);
}

struct killing {
    const char *path;
    const char *copy;
    unsigned seen;
};

/* The file as a kill in the middle of the wait would leave it. */
static int keep_copy(void *context, const char *what, int64_t until)
{
    struct killing *killing = context;

    (void)what;
    (void)until;
    if (killing->seen++ == 0)
        copy_file(killing->path, killing->copy);
    return 0;
}

/* Whoever is killed, or presses Ctrl-C, while a lesson prepares its world stands in half a world
 * afterwards, for good. */
static void test_begin_killed(void **state)
{
    unsigned char whole[PACK_HASH_SIZE];
    unsigned char again[PACK_HASH_SIZE];
    struct stopping stopping = {0};
    char *path = temporary();
    char *copy = temporary();
    struct killing killing = {.path = path, .copy = copy};
    struct str news = STR_INIT;
    struct rig rig;

    (void)state;
    rig_open(&rig, path);
    assert_int_equal(run(&rig, "aws ec2 create-key-pair --key-name mine"), 0);
    rig.session->hooks = (struct session_hooks){.context = &stopping, .waiting = stop_after};
    assert_int_not_equal(run(&rig, "lesson slow"), 0);
    assert_null(rig.runner.lesson);
    assert_int_equal(run(&rig, "aws ec2 describe-key-pairs --key-names mine"), 0);

    rig.session->hooks = (struct session_hooks){.context = &killing, .waiting = keep_copy};
    assert_int_equal(run(&rig, "lesson slow"), 0);
    assert_true(killing.seen > 0);
    world_hash(rig.session->world, whole);
    rig.session->hooks = (struct session_hooks){0};
    rig_close(&rig);

    rig_open(&rig, copy);
    assert_null(rig.runner.lesson);
    assert_true(runner_take_news(&rig.runner, &news));
    assert_non_null(strstr(str_text(&news), "slow was not ready"));
    assert_int_equal(run(&rig, "aws ec2 describe-key-pairs --key-names mine"), 0);
    assert_int_equal(run(&rig, "lesson slow"), 0);
    world_hash(rig.session->world, again);
    assert_memory_equal(whole, again, sizeof(whole));
    assert_false(runner_take_news(&rig.runner, &news));
    assert_int_equal(run(&rig, "lesson leave; lesson slow"), 0); /* what is whole is gone on with */
    world_hash(rig.session->world, again);
    assert_memory_equal(whole, again, sizeof(whole));
    rig_close(&rig);
    unlink(path);
    unlink(copy);
    free(path);
    free(copy);
    str_release(&news);
}

/* The same while a later step is set up: it would be entered with half of what it needs. */
static void test_setup_killed(void **state)
{
    unsigned char whole[PACK_HASH_SIZE];
    unsigned char again[PACK_HASH_SIZE];
    struct stopping stopping = {0};
    char *path = temporary();
    char *copy = temporary();
    struct killing killing = {.path = path, .copy = copy};
    int64_t branch;
    struct rig rig;

    (void)state;
    rig_open(&rig, path);
    assert_int_equal(run(&rig, "lesson slow; aws ec2 create-key-pair --key-name k; sleep 10"), 0);
    branch = store_branch_current(rig.session->store)->id;
    rig.session->hooks = (struct session_hooks){.context = &stopping, .waiting = stop_after};
    assert_int_not_equal(run(&rig, "next"), 0);
    rig.session->hooks = (struct session_hooks){.context = &killing, .waiting = keep_copy};
    assert_string_equal(runner_step(&rig.runner)->id, "one");
    assert_int_not_equal(store_branch_current(rig.session->store)->id, branch);
    assert_int_equal(run(&rig, "echo it is \"$READY\""), 0);
    assert_string_equal(str_text(&rig.out), "it is \n");
    assert_int_equal(run(&rig, "next"), 0);
    assert_true(killing.seen > 0);
    assert_string_equal(runner_step(&rig.runner)->id, "two");
    world_hash(rig.session->world, whole);
    rig.session->hooks = (struct session_hooks){0};
    rig_close(&rig);

    rig_open(&rig, copy);
    assert_string_equal(runner_step(&rig.runner)->id, "one");
    assert_int_equal(run(&rig, "echo it is \"$READY\""), 0);
    assert_string_equal(str_text(&rig.out), "it is \n");
    assert_int_equal(run(&rig, "next; echo it is \"$READY\""), 0);
    assert_non_null(strstr(str_text(&rig.out), "it is yes\n"));
    world_hash(rig.session->world, again);
    assert_memory_equal(whole, again, sizeof(whole));
    branch = store_branch_current(rig.session->store)->id;
    rig_close(&rig);

    rig_open(&rig, copy); /* what is set up is gone on with */
    assert_string_equal(runner_step(&rig.runner)->id, "two");
    assert_int_equal(store_branch_current(rig.session->store)->id, branch);
    rig_close(&rig);
    unlink(path);
    unlink(copy);
    free(path);
    free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_begin_killed),
        cmocka_unit_test(test_setup_killed),
        cmocka_unit_test(test_begin),    cmocka_unit_test(test_files_stay_inside),
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_jump),
        cmocka_unit_test(test_jump_stopped),
        cmocka_unit_test(test_undo_ends_at_the_preparation),
        cmocka_unit_test(test_variables),    cmocka_unit_test(test_promises),
        cmocka_unit_test(test_help),     cmocka_unit_test(test_survives),
        cmocka_unit_test(test_pane),     cmocka_unit_test(test_offered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
