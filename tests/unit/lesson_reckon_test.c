/*
 * tests/unit/lesson_reckon_test.c - a result is what the journal makes, whatever the file claims.
 *
 * If this fails, an honest learner is accused, or an edited file passes for honest work.
 */
#include "lesson/reckon.h"

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
#include "api/api_words.h"
#include "cloud/catalog.h"
#include "lesson/runner.h"
#include "lesson/words.h"
#include "shell/journal.h"
#include "shell/logbook.h"
#include "shell/run.h"
#include "sim/clock.h"
#include "store/branch.h"
#include "store/foreign.h"
#include "store/session_file.h"

#include "program.h"

#define KEYS "aws ec2 describe-key-pairs --query 'length(KeyPairs)'"
#define HELP "```hint\nfirst hint\n```\n```hint\nsecond\n```\n```solution\n"

static const char lesson_text[] =
    "# Keys\n\n```lesson\nformat: 1\nid: keys\nseed: 9\n```\nIntro.\n"
    "```world\nMARK=made\n```\n"
    "## One {#one}\nDo it.\n"
    "```run\naws ec2 create-key-pair --key-name k\n```\n"
    "```check\na-key : " KEYS " >= 1 else \"make a key\"\n"
    "a-server : aws ec2 describe-instances --query 'Reservations[0].Instances[0].State.Name' "
    "== running else \"launch one\"\n```\n" HELP
    "aws ec2 create-key-pair --key-name k\naws ec2 run-instances --image-id $AMI --instance-type "
    "t3.micro\n```\n"
    "## Two {#two}\n"
    "```setup\naws ec2 create-key-pair --key-name setup\n```\n"
    "```check\nstill now : " KEYS " == 2 else \"two keys\"\n"
    "held hold 10s : " KEYS " == 2 else \"hold two keys\"\n"
    "few never : " KEYS " > 3 else \"too many\"\n```\n" HELP "true\n```\n"
    "## Three {#three}\nThe end.\n";

static struct catalog *catalog;
static const char *played_text = lesson_text;
static char *folder;
static char path[] = "learner.neph";
static char forged[] = "forged.neph";

struct rig {
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

static void lessons_open(struct lesson_list *lessons, const char *text)
{
    struct str why = STR_INIT;

    *lessons = (struct lesson_list){0};
    *LIST_PUSH(&lessons->items) = lesson_parse("keys.md", text, strlen(text), &why);
    assert_string_equal(str_text(&why), "");
    str_release(&why);
}

static void rig_open(struct rig *rig)
{
    struct session_options options = {.path = path};
    struct str why = STR_INIT;

    *rig = (struct rig){0};
    assert_int_equal(session_open(catalog, &options, &rig->session, &why, &why), 0);
    lessons_open(&rig->lessons, played_text);
    shell_init(&rig->shell, rig->session);
    shell_add_words(&rig->shell, shell_words, &rig->shell);
    shell_add_words(&rig->shell, api_words, NULL);
    shell_add_words(&rig->shell, lesson_words, &rig->runner);
    runner_init(&rig->runner, &rig->shell, &rig->lessons);
    rig->session->hooks.context = rig;
    rig->session->hooks.second = on_second;
    str_release(&why);
}

static void rig_close(struct rig *rig)
{
    struct str why = STR_INIT;

    runner_release(&rig->runner);
    lesson_list_release(&rig->lessons);
    session_close(rig->session, &why);
    str_release(&rig->out);
    str_release(&why);
}

static int run(struct rig *rig, const char *line)
{
    struct command_io io = {.out = &rig->out, .err = &rig->out};
    struct str why = STR_INIT;
    int status;

    str_clear(&rig->out);
    status = shell_run(&rig->shell, line, false, &io);
    session_save_time(rig->session, &why);
    str_release(&why);
    return status;
}

/* Something of the instructor's arrives: a verb, as the journal has it. */
static void arrive(struct rig *rig, const char *verb)
{
    struct str text = STR_INIT;
    struct str why = STR_INIT;

    str_addf(&text, "{\"id\":1,\"verb\":\"%s\",\"text\":\"5\",\"at\":1767225600}", verb);
    assert_int_equal(session_add_arrival(rig->session, str_text(&text), NULL, 0, &why), 0);
    str_release(&text);
    str_release(&why);
}

/* Lines, one a row, in one sitting; those in brackets arrive. */
static void play(const char *const *lines)
{
    struct rig rig;

    rig_open(&rig);
    for (; *lines != NULL; lines++) {
        if (strcmp(*lines, "[box]") == 0)
            arrive(&rig, "box");
        else if (strcmp(*lines, "[box-end]") == 0)
            arrive(&rig, "box-end");
        else
            run(&rig, *lines);
    }
    rig_close(&rig);
}

static const char launch[] = "I=$(aws ec2 run-instances --image-id $AMI --instance-type t3.micro "
                             "--query 'Instances[0].InstanceId' --output text)";

/* What comes out of a file; the lesson's text may be another. */
struct result {
    struct reckoning of;
    struct lesson_list lessons;
    struct str refuted; /* a line each */
};

static void reckon_with(struct result *result, const char *file, const char *text)
{
    struct str why = STR_INIT;
    struct store_foreign found;
    struct logbook logbook;
    struct store *store;
    struct reckon_task task = {.catalog = catalog, .logbook = &logbook, .seed = 9};

    *result = (struct result){0};
    lessons_open(&result->lessons, text);
    if (store_foreign_open(file, &store, &found, &why) != STORE_OK)
        fail_msg("%s", str_text(&why));
    assert_true(logbook_read(&logbook, store));
    task.store = store;
    task.lesson = result->lessons.items.items[0];
    assert_int_equal(reckon_run(&task, &result->of), 0);
    for (uint32_t i = 0; i < result->of.refuted.count; i++)
        str_addf(&result->refuted, "%s\n", result->of.refuted.items[i]);
    logbook_release(&logbook);
    store_close(store);
    str_release(&why);
}

static void reckon(struct result *result, const char *file)
{
    reckon_with(result, file, lesson_text);
}

static void result_release(struct result *result)
{
    reckon_release(&result->of);
    lesson_list_release(&result->lessons);
    str_release(&result->refuted);
}

static void remove_files(void)
{
    unlink(path);
    unlink("learner.neph-wal");
    unlink(forged);
    unlink("forged.neph-wal");
}

/* ---- honest files ---- */

/* Each claim is what the replay gives, to the nanosecond, in whatever way it came about. */
static void assert_honest(const char *file, uint32_t points)
{
    struct result result;

    reckon(&result, file);
    assert_string_equal(str_text(&result.refuted), "");
    for (uint32_t i = 0; i < result.of.steps.count; i++) {
        const struct reckon_step *step = &result.of.steps.items[i];

        for (uint32_t k = 0; k < step->checks.count; k++) {
            if (step->checks.items[k].claimed != step->checks.items[k].achieved)
                fail_msg("%s: claimed %d, achieved %d", step->checks.items[k].check->id,
                         step->checks.items[k].claimed, step->checks.items[k].achieved);
        }
    }
    assert_int_equal(result.of.achieved, points);
    assert_int_equal(result.of.checks, 5);
    result_release(&result);
}

static void test_honest(void **state)
{
    struct result result;

    (void)state;
    remove_files();
    play((const char *const[]){"aws ec2 create-key-pair --key-name before", "lesson keys", "hint",
                               "aws ec2 create-key-pair --key-name k", "aws ec2 no-such-thing",
                               launch, "sleep 30", "next", "sleep 4", "check", "sleep 20", "next",
                               "lesson leave", NULL});
    assert_honest(path, 5);
    reckon(&result, path);
    assert_true(result.of.logged);
    assert_int_equal(result.of.steps.items[0].hints, 1);
    assert_int_equal(result.of.steps.items[0].commands, 4);
    assert_int_equal(result.of.steps.items[0].failed, 1);
    assert_true(result.of.steps.items[0].done);
    assert_false(result.of.steps.items[0].given);
    assert_true(result.of.steps.items[2].begun);
    result_release(&result);
}

/* Closed and opened again, gone back, begun anew: what was achieved on the way counts. */
static void test_detours(void **state)
{
    (void)state;
    remove_files();
    play((const char *const[]){"lesson keys", "aws ec2 create-key-pair --key-name k", launch,
                               "sleep 3", "undo", "undo", "sleep 5", NULL});
    assert_honest(path, 1);
    play((const char *const[]){"aws ec2 create-key-pair --key-name again", launch, "sleep 60",
                               "next", "sleep 3", NULL});
    assert_honest(path, 2);
    play((const char *const[]){"aws ec2 create-key-pair --key-name 3",
                               "sleep 1", "aws ec2 create-key-pair --key-name 4", "sleep 2", "undo",
                               "undo", "sleep 30", "next", NULL});
    assert_honest(path, 5);
    play((const char *const[]){"lesson again", "aws ec2 create-key-pair --key-name k", "sleep 1",
                               "lesson leave", "sleep 7", "lesson keys", "sleep 2", NULL});
    assert_honest(path, 1);
}

/* To a step, by what the lesson itself does before it: that is no achievement of the learner's. */
static void test_jump(void **state)
{
    struct result result;

    (void)state;
    remove_files();
    play((const char *const[]){"lesson keys", "aws ec2 create-key-pair --key-name k", "sleep 2",
                               "jump 2", "sleep 4", NULL});
    reckon(&result, path);
    assert_string_equal(str_text(&result.refuted), "");
    assert_true(result.of.steps.items[0].given);
    assert_true(result.of.steps.items[1].begun);
    assert_false(result.of.steps.items[1].given);
    result_release(&result);
}

/* If this fails, who is taken to a step by an instructor loses the result of before. */
static void test_best_of_before(void **state)
{
    struct result result;

    (void)state;
    remove_files();
    play((const char *const[]){"lesson keys", "aws ec2 create-key-pair --key-name k", launch,
                               "sleep 60", "hint", "help hint", "branches",
                               "hand", "lab", "next", "jump 2", "sleep 30", NULL});
    reckon(&result, path);
    assert_string_equal(str_text(&result.refuted), "");
    assert_false(result.of.steps.items[0].given);
    assert_true(result.of.steps.items[0].done);
    assert_int_equal(result.of.steps.items[0].hints, 1);
    assert_int_equal(result.of.steps.items[0].commands, 4);
    assert_true(result.of.achieved >= 2);
    result_release(&result);
    /* Back on the own way; and begun anew, where nothing of before counts. */
    play((const char *const[]){"switch 2", "sleep 1", NULL});
    reckon(&result, path);
    assert_string_equal(str_text(&result.refuted), "");
    assert_false(result.of.steps.items[0].given);
    assert_true(result.of.steps.items[0].done);
    result_release(&result);
    play((const char *const[]){"lesson again", "sleep 1", NULL});
    reckon(&result, path);
    assert_false(result.of.steps.items[0].done);
    assert_int_equal(result.of.achieved, 0);
    result_release(&result);
}

/* If this fails, `solve` behind another command passes for the learner's own work. */
static void test_solve(void **state)
{
    struct result result;

    (void)state;
    remove_files();
    play((const char *const[]){"lesson keys; solve; sleep 60; next", NULL});
    reckon(&result, path);
    assert_string_equal(str_text(&result.refuted), "");
    assert_true(result.of.steps.items[0].done);
    assert_true(result.of.steps.items[0].given);
    assert_false(result.of.steps.items[1].given);
    result_release(&result);
}

/* What an instructor breaks is a row like any other: P5. */
static void test_faults(void **state)
{
    struct result result;

    (void)state;
    remove_files();
    play((const char *const[]){"lesson keys", "aws ec2 create-key-pair --key-name k", launch,
                               "sleep 60",
                               "F=$(lab inject-fault --kind fail-instance --instance-id $I "
                               "--query FaultId --output text)",
                               "sleep 90", "lab clear-fault --fault-id $F", "next",
                               "sleep 30", NULL});
    assert_honest(path, 5);
    reckon(&result, path);
    assert_int_equal(result.of.steps.items[0].failed, 0);
    assert_int_equal(result.of.steps.items[0].commands, 6);
    result_release(&result);
}

/* If this fails, who went on working when the time was over is given points for it, or loses those
 * of before. */
static void test_time_box(void **state)
{
    struct result result;

    (void)state;
    remove_files();
    play((const char *const[]){"lesson keys", "aws ec2 create-key-pair --key-name k", "sleep 1",
                               "[box]", "sleep 1", "[box-end]", launch, "sleep 60", NULL});
    reckon(&result, path);
    assert_string_equal(str_text(&result.refuted), "");
    assert_int_equal(result.of.achieved, 1);
    assert_int_equal(result.of.late, 1);
    assert_true(result.of.steps.items[0].checks.items[1].achieved);
    assert_true(result.of.steps.items[0].checks.items[1].late);
    result_release(&result);
    play((const char *const[]){"[box]", "sleep 1", NULL}); /* another box: it counts again */
    reckon(&result, path);
    assert_int_equal(result.of.achieved, 2);
    assert_int_equal(result.of.late, 0);
    result_release(&result);
}

/* If this fails, a time box is got round by beginning anew, or by being elsewhere when it ends. */
static void test_elsewhere(void **state)
{
    struct result result;

    (void)state;
    remove_files();
    play((const char *const[]){"lesson keys", "aws ec2 create-key-pair --key-name k", "sleep 1",
                               "lesson leave", "[box]", "sleep 1", "[box-end]", "lesson keys",
                               launch, "sleep 60", NULL});
    reckon(&result, path);
    assert_string_equal(str_text(&result.refuted), "");
    assert_int_equal(result.of.achieved, 1);
    assert_int_equal(result.of.late, 1);
    result_release(&result);
    play((const char *const[]){"lesson again", "aws ec2 create-key-pair --key-name k", launch,
                               "sleep 60", NULL});
    reckon(&result, path);
    assert_int_equal(result.of.achieved, 0);
    assert_int_equal(result.of.late, 2);
    result_release(&result);
}

/* ---- forged files ---- */

struct forging {
    const char *drop_key;  /* rows of progress and notes with this key are left out */
    const char *step;      /* a row of progress is set */
    const char *key;
    const char *value;
    const char *row_has;   /* a row of the journal with this text has the other instead */
    const char *row_gets;
    uint64_t seed;         /* of the lesson's branches; 0: as it was */
    bool no_logbook;
};

/* All rows go into one commit: waiting for the disk is what takes time. */
struct copying {
    const struct forging *how;
    struct arena arena;
    LIST(struct store_row) rows;
};

static const void *kept(struct copying *copying, const void *bytes, size_t size)
{
    char *copy = arena_alloc(&copying->arena, size + 1);

    if (size > 0)
        memcpy(copy, bytes, size);
    copy[size] = '\0';
    return copy;
}

static void copy_progress(void *context, const struct store_progress *progress)
{
    struct copying *copying = context;

    if (copying->how->drop_key != NULL && strcmp(copying->how->drop_key, progress->key) == 0)
        return;
    *LIST_PUSH(&copying->rows) = (struct store_row){
        .type = STORE_PROGRESS,
        .lesson = arena_strdup(&copying->arena, progress->lesson),
        .step = arena_strdup(&copying->arena, progress->step),
        .key = arena_strdup(&copying->arena, progress->key),
        .bytes = kept(copying, progress->bytes, progress->size),
        .size = progress->size,
    };
}

static void copy_line(void *context, const char *line, size_t length)
{
    struct copying *copying = context;

    *LIST_PUSH(&copying->rows) = (struct store_row){
        .type = STORE_HISTORY,
        .bytes = kept(copying, line, length),
        .size = length,
    };
}

static char *replaced(const char *bytes, size_t size, const struct forging *how)
{
    char *text = xstrndup(bytes == NULL ? "" : bytes, size);
    char *hit = how->row_has == NULL ? NULL : strstr(text, how->row_has);
    char *changed;

    if (hit == NULL || strlen(text) != size) {
        free(text);
        return NULL;
    }
    changed = xasprintf("%.*s%s%s", (int)(hit - text), text, how->row_gets,
                        hit + strlen(how->row_has));
    free(text);
    return changed;
}

static void copy_rows(struct copying *copying, struct store *from,
                      const struct store_branch *branch)
{
    struct store_journal *journal =
        store_journal_open(from, branch->id, branch->parent_seq + 1, branch->head_seq);
    struct store_entry entry;

    while (store_journal_next(journal, &entry)) {
        char *other = replaced(entry.bytes, entry.size, copying->how);
        size_t size = other == NULL ? entry.size : strlen(other);

        *LIST_PUSH(&copying->rows) = (struct store_row){
            .type = STORE_JOURNAL,
            .kind = entry.kind,
            .branch = branch->id,
            .sim_time = entry.sim_time,
            .bytes = kept(copying, other == NULL ? entry.bytes : other, size),
            .size = size,
        };
        free(other);
    }
    store_journal_close(journal);
}

static void copy_branches(struct copying *copying, struct store *from)
{
    for (size_t i = 0; i < store_branch_count(from); i++) {
        const struct store_branch *branch = store_branch_at(from, i);
        struct store_begin *begin = arena_alloc(&copying->arena, sizeof(*begin));

        *begin = (struct store_begin){
            .name = branch->name,
            .lesson = branch->lesson,
            .region = branch->region,
            .seed = copying->how->seed != 0 && branch->lesson[0] != '\0' ? copying->how->seed
                                                                         : branch->seed,
            .parent = branch->parent,
            .parent_seq = branch->parent_seq,
            .created = branch->created,
        };
        *LIST_PUSH(&copying->rows) = (struct store_row){.type = STORE_BRANCH, .begun = begin};
        copy_rows(copying, from, branch);
    }
}

/* A file in which every hash is right, made out of the learner's by who knows how. */
static void forge(const struct forging *how)
{
    struct str why = STR_INIT;
    struct store_foreign found;
    struct copying copying = {.how = how, .arena = ARENA_INIT};
    struct store *from;
    struct store *to;

    unlink(forged);
    assert_int_equal(store_foreign_open(path, &from, &found, &why), STORE_OK);
    assert_int_equal(store_open(forged, &(struct store_options){.create = true}, &to, &why),
                     STORE_OK);
    copy_branches(&copying, from);
    store_progress_each(from, NULL, copy_progress, &copying);
    if (!how->no_logbook)
        store_history_each(from, INT64_MAX, copy_line, &copying);
    if (how->key != NULL)
        *LIST_PUSH(&copying.rows) = (struct store_row){
            .type = STORE_PROGRESS,
            .lesson = "keys",
            .step = how->step,
            .key = how->key,
            .bytes = how->value,
            .size = strlen(how->value),
        };
    assert_int_equal(store_commit(to, copying.rows.items, copying.rows.count), STORE_OK);
    LIST_RELEASE(&copying.rows);
    arena_release(&copying.arena);
    store_close(to);
    store_close(from);
    str_release(&why);
}

static void refutes(const struct forging *how, uint32_t points, const char *says)
{
    struct result result;

    forge(how);
    reckon(&result, forged);
    if (strstr(str_text(&result.refuted), says) == NULL)
        fail_msg("not refuted with '%s': %s", says, str_text(&result.refuted));
    assert_int_equal(result.of.achieved, points);
    result_release(&result);
}

static void play_half(void)
{
    remove_files();
    play((const char *const[]){"lesson keys", "hint", "hint", "sleep 10",
                               "aws ec2 create-key-pair --key-name k", "sleep 60", NULL});
}

/* Claims without cause. */
static void test_edited_progress(void **state)
{
    (void)state;
    play_half();
    assert_honest(path, 1);
    forge(&(struct forging){0});
    assert_honest(forged, 1); /* the copying itself forges nothing */
    refutes(&(struct forging){.step = "one", .key = "a-server", .value = "1767600020000000000"}, 1,
            "step one, check a-server: the file says achieved at 2026-01-05T08:00:20.000Z, the "
            "journal never");
    refutes(&(struct forging){.step = "one", .key = "a-key", .value = "1767600001000000000"}, 1,
            "step one, check a-key: the file says achieved at 2026-01-05T08:00:01.000Z, the "
            "journal at 2026-01-05T08:00:10.000Z");
    refutes(&(struct forging){.step = "two", .key = "+done", .value = "1767600020000000000"}, 1,
            "step two, check few: the file says achieved");
    refutes(&(struct forging){.step = "one", .key = "+hints", .value = "0"}, 1,
            "step one: the file says 0 hints, its logbook 2");
}

/* Rows that were changed, all hashes made anew. */
static void test_edited_journal(void **state)
{
    (void)state;
    remove_files();
    play((const char *const[]){"lesson keys", "sleep 10", "aws ec2 create-key-pair --key-name k",
                               launch, "aws ec2 create-tags --resources $I --tags Key=a,Value=b",
                               "sleep 60", NULL});
    assert_honest(path, 2);
    refutes(&(struct forging){.row_has = "CreateTags", .row_gets = "NoSuchThing"}, 1,
            "the journal says what cannot have happened: row");
    refutes(&(struct forging){.row_has = "CreateKeyPair", .row_gets = "DeleteKeyPair"}, 0,
            "the journal says what cannot have happened: row");
}

/* Another learner's world, another lesson's text. */
static void test_other_world(void **state)
{
    struct result result;
    char *other = xasprintf("%s\nOne line more.\n", lesson_text);

    (void)state;
    play_half();
    refutes(&(struct forging){.seed = 10}, 1,
            "its world has the seed 10; this learner's has 9");
    reckon_with(&result, path, other);
    assert_non_null(strstr(str_text(&result.refuted), "another text of the lesson was begun ("));
    result_release(&result);
    free(other);
}

/* If this fails, who uses what a line made in the same nanosecond is taken for a forger. */
static void test_same_moment(void **state)
{
    static const char text[] =
        "# Keys\n\n```lesson\nformat: 1\nid: keys\nseed: 9\n```\nIntro.\n"
        "## One {#one}\n```check\na-key : " KEYS " >= 1 else \"make a key\"\n"
        "b-key now : " KEYS " >= 1 else \"make a key\"\n```\n" HELP
        "aws ec2 create-key-pair --key-name k\n```\n## Two {#two}\nThe end.\n";
    struct result result;

    (void)state;
    remove_files();
    played_text = text;
    play((const char *const[]){"lesson keys; aws ec2 create-key-pair --key-name k; next; "
                               "V=$(aws ec2 describe-vpcs --query 'Vpcs[0].VpcId')", NULL});
    played_text = lesson_text;
    reckon_with(&result, path, text);
    assert_string_equal(str_text(&result.refuted), "");
    assert_int_equal(result.of.achieved, 2);
    result_release(&result);
}

/* The lesson's text with the answer in its world, played, and signed as the lesson's own. */
static void test_answer_in_the_world(void **state)
{
    static const char made[] = "MARK=made\n";
    const char *at = strstr(lesson_text, made);
    char *other = xasprintf("%.*saws ec2 create-key-pair --key-name k\n%s",
                            (int)(at - lesson_text), lesson_text, at);
    struct lesson_list lessons;
    char mark[LESSON_MARK_SIZE];

    (void)state;
    remove_files();
    played_text = other;
    play((const char *const[]){"lesson keys", launch, "sleep 60", "next", NULL});
    played_text = lesson_text;
    lessons_open(&lessons, lesson_text);
    lesson_mark(lessons.items.items[0], mark);
    lesson_list_release(&lessons);
    refutes(&(struct forging){.step = "", .key = "+lesson", .value = mark}, 2,
            "it does not begin as the lesson begins");
    refutes(&(struct forging){.step = "", .key = "+lesson", .value = mark, .no_logbook = true}, 2,
            "it does not begin as the lesson begins");
    free(other);
}

/* If this fails, who has AWS_REGION in the environment is taken for a forger. */
static const char *in_ireland(const char *name)
{
    return strcmp(name, "AWS_REGION") == 0 ? "eu-west-1" : NULL;
}

static void test_other_region(void **state)
{
    struct rig rig;

    (void)state;
    remove_files();
    rig_open(&rig);
    rig.session->environment = in_ireland;
    run(&rig, "lesson keys");
    run(&rig, "aws ec2 create-key-pair --key-name k");
    rig_close(&rig);
    assert_honest(path, 1);
}

/* A file from before there was a logbook is reckoned too. */
static void test_older(void **state)
{
    struct result result;

    (void)state;
    remove_files();
    play((const char *const[]){"lesson keys", "sleep 1", "aws ec2 create-key-pair --key-name k",
                               launch, "sleep 30", "next", "sleep 40", "next", NULL});
    forge(&(struct forging){.no_logbook = true, .drop_key = "+lesson"});
    assert_honest(forged, 5);
    reckon(&result, forged);
    assert_false(result.of.logged);
    assert_true(result.of.steps.items[0].commands >= 2);
    result_release(&result);
    /* In the moment in which it was begun, too. */
    remove_files();
    play((const char *const[]){"lesson keys", "aws ec2 create-key-pair --key-name k", "sleep 1",
                               NULL});
    forge(&(struct forging){.no_logbook = true, .drop_key = "+lesson"});
    reckon(&result, forged);
    assert_string_equal(str_text(&result.refuted), "");
    result_release(&result);
}

/* Two learners who did the same are no copies; a copy is told from its original by nothing. */
static void test_same(void **state)
{
    struct result a;
    struct result b;
    struct result c;

    (void)state;
    play_half();
    reckon(&a, path);
    forge(&(struct forging){0});
    reckon(&b, forged);
    remove_files();
    play((const char *const[]){"lesson keys", "sleep 11", "aws ec2 create-key-pair --key-name k",
                               "sleep 60", NULL});
    reckon(&c, path);
    assert_int_equal(a.of.rows.count, 1);
    assert_int_equal(reckon_same_rows(&a.of, &b.of), 1);
    assert_int_equal(reckon_same_rows(&a.of, &c.of), 0);
    result_release(&a);
    result_release(&b);
    result_release(&c);
}

static int stop_in_time(void *context, int64_t done, int64_t all)
{
    (void)context;
    return done > 40 && all > 60;
}

static int stop_now(void *context, int64_t done, int64_t all)
{
    (void)context;
    assert_true(done <= all);
    return 1;
}

/* More rows than one waits for, at one moment. */
static void play_many_in_no_time(void)
{
    struct str lines = STR_INIT;

    remove_files();
    str_add(&lines, "lesson keys");
    for (int i = 0; i < 80; i++)
        str_addf(&lines, "; M=%d", i);
    play((const char *const[]){str_text(&lines), NULL});
    str_release(&lines);
}

static void test_stopped(void **state)
{
    struct str why = STR_INIT;
    struct lesson_list lessons;
    struct store_foreign found;
    struct logbook logbook;
    struct reckoning reckoning;
    struct reckon_task task = {.catalog = catalog, .logbook = &logbook, .progress = stop_now};
    struct store *store;

    (void)state;
    play_half();
    lessons_open(&lessons, lesson_text);
    assert_int_equal(store_foreign_open(path, &store, &found, &why), STORE_OK);
    assert_true(logbook_read(&logbook, store));
    task.store = store;
    task.lesson = lessons.items.items[0];
    assert_int_equal(reckon_run(&task, &reckoning), -1);
    reckon_release(&reckoning);
    logbook_release(&logbook);
    store_close(store);
    play_many_in_no_time();
    assert_int_equal(store_foreign_open(path, &store, &found, &why), STORE_OK);
    assert_true(logbook_read(&logbook, store));
    task.store = store;
    task.progress = stop_in_time;
    assert_int_equal(reckon_run(&task, &reckoning), -1);
    reckon_release(&reckoning);
    logbook_release(&logbook);
    store_close(store);
    lesson_list_release(&lessons);
    str_release(&why);
}

static int setup(void **state)
{
    (void)state;
    catalog = catalog_new();
    folder = program_folder();
    return chdir(folder);
}

static int teardown(void **state)
{
    (void)state;
    catalog_free(catalog);
    program_folder_remove(folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_honest),          cmocka_unit_test(test_detours),
        cmocka_unit_test(test_jump),            cmocka_unit_test(test_time_box),
        cmocka_unit_test(test_faults),          cmocka_unit_test(test_edited_progress),
        cmocka_unit_test(test_edited_journal),  cmocka_unit_test(test_other_world),
        cmocka_unit_test(test_older),           cmocka_unit_test(test_same),
        cmocka_unit_test(test_stopped),         cmocka_unit_test(test_solve),
        cmocka_unit_test(test_best_of_before),  cmocka_unit_test(test_answer_in_the_world),
        cmocka_unit_test(test_other_region),    cmocka_unit_test(test_same_moment),
        cmocka_unit_test(test_elsewhere),
    };

    return cmocka_run_group_tests_name("results, reckoned", tests, setup, teardown);
}
