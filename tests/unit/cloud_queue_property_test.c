/*
 * tests/unit/cloud_queue_property_test.c - random senders, consumers that crash, storage servers
 * that fail, and time; what must always hold of queues (RELIABILITY Q1 to Q5 and Q8).
 *
 * If this fails, some order of commands makes a queue lose a message, give it out while it is
 * hidden, delete it by an old handle, break the order of a group, or keep a long poll waiting.
 *
 * Beside the room stands a second model that is naive on purpose: one array, no heap, each question
 * answered by looking at all messages.  `NEPHOSCOPE_SEEDS=N` for more seeds; the seed is printed on
 * failure.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "cloud/account.h"
#include "cloud/queue.h"
#include "sim/chance.h"
#include "sim/clock.h"

enum { SEEDS = 400, COMMANDS = 120, QUEUES = 4, RECEIVES_MAX = 3, RETENTION_S = 400, POLLS = 3 };

/* A message in the naive model. */
struct copy {
    uint64_t id;
    uint64_t sequence;
    uint64_t receipt;
    uint64_t taken_by; /* the poll that has it */
    int64_t sent;
    int64_t since;
    int64_t due;
    int64_t received;
    int64_t receives;
    int queue;
    char group; /* 0: none */
    uint8_t state;
    uint8_t missed;
    bool there;
};

struct sending {
    int queue;
    char id;
    int64_t time;
};

struct handle {
    int queue;
    struct queue_receipt receipt;
};

struct waiting {
    uint64_t poll;
    int queue;
    int64_t until;
    int64_t visibility_s;
};

struct run {
    struct sim sim;
    struct ids ids;
    struct trail trail;
    struct message_log log;
    struct queues queues;
    struct chance luck;
    uint64_t seed;
    uint32_t command;
    int out; /* the storage server of queue 0 that is out of service; -1: none */
    struct queue *queue[QUEUES]; /* standard, its dead letters, FIFO, its dead letters */
    LIST(struct copy) copies;
    LIST(struct sending) sendings;
    LIST(struct handle) handles;
    LIST(struct waiting) waiting;
    int64_t purge_due[QUEUES];
    uint64_t purge_before[QUEUES];
    struct queue_counts counts[QUEUES];
};

static struct catalog *catalog;
static int64_t said[6]; /* how often each invariant had something to say */

#define HOLDS(run, what) \
    do { \
        if (!(what)) \
            fail_msg("seed %llu, command %u: %s", (unsigned long long)(run)->seed, \
                     (run)->command, #what); \
    } while (0)

static uint64_t draw(struct run *run, uint64_t n)
{
    return chance_below(&run->luck, n);
}

static bool is_fifo(int queue)
{
    return queue >= 2;
}

static int server_out(void *context, const struct queue *queue)
{
    const struct run *run = context;

    return queue == run->queue[0] ? run->out : -1;
}

/* ---- the naive model ---- */

static struct copy *copy_find(struct run *run, uint64_t id)
{
    for (uint32_t i = 0; i < run->copies.count; i++)
        if (run->copies.items[i].id == id)
            return &run->copies.items[i];
    return NULL;
}

static int64_t count_in(const struct run *run, int queue, uint8_t state)
{
    int64_t count = 0;

    for (uint32_t i = 0; i < run->copies.count; i++) {
        const struct copy *copy = &run->copies.items[i];

        count += copy->there && copy->queue == queue && copy->state == state;
    }
    return count;
}

/* Is there an earlier one of its group that somebody else has, or that waits? */
static bool is_overtaking(const struct run *run, const struct copy *copy, uint64_t poll)
{
    for (uint32_t i = 0; i < run->copies.count; i++) {
        const struct copy *other = &run->copies.items[i];

        if (other->there && other->queue == copy->queue && other->group == copy->group &&
            other->sequence < copy->sequence &&
            (other->state != MESSAGE_STATE_FLIGHT || other->taken_by != poll))
            return true;
    }
    return false;
}

/* Is anything to be had there? */
static bool is_offered(const struct run *run, int queue)
{
    for (uint32_t i = 0; i < run->copies.count; i++) {
        const struct copy *copy = &run->copies.items[i];

        if (copy->there && copy->queue == queue && copy->state == MESSAGE_STATE_VISIBLE &&
            (!is_fifo(queue) || !is_overtaking(run, copy, UINT64_MAX)))
            return true;
    }
    return false;
}

/* What time does by itself. */
static void model_settle(struct run *run)
{
    int64_t now = run->sim.now;

    for (uint32_t i = 0; i < run->copies.count; i++) {
        struct copy *copy = &run->copies.items[i];

        if (!copy->there || copy->state == MESSAGE_STATE_GHOST)
            continue;
        if (copy->state != MESSAGE_STATE_VISIBLE && copy->due <= now) {
            copy->state = MESSAGE_STATE_VISIBLE;
            copy->due = 0;
            said[2]++;
        }
        if (copy->since + RETENTION_S * SECOND_NS <= now) {
            copy->there = false;
            run->counts[copy->queue].expired++;
        }
    }
    for (int q = 0; q < QUEUES; q++) {
        if (run->purge_due[q] == 0 || run->purge_due[q] > now)
            continue;
        run->purge_due[q] = 0;
        for (uint32_t i = 0; i < run->copies.count; i++) {
            struct copy *copy = &run->copies.items[i];

            if (copy->there && copy->queue == q && copy->state != MESSAGE_STATE_GHOST &&
                copy->sequence < run->purge_before[q]) {
                copy->there = false;
                run->counts[q].purged++;
            }
        }
    }
}

/* Those that were received too often and have gone to the dead letters: only they may, and they
 * keep their id and the time of their sending. */
static void model_bury(struct run *run, int queue)
{
    for (uint32_t i = 0; i < run->copies.count; i++) {
        struct copy *copy = &run->copies.items[i];
        const struct queue_message *row;

        if (!copy->there || copy->queue != queue || copy->receives < RECEIVES_MAX ||
            copy->state != MESSAGE_STATE_VISIBLE || (queue != 0 && queue != 2))
            continue;
        row = queue_message_find(&run->queues, copy->id);
        if (row == NULL || row->queue != run->queue[queue + 1]->id)
            continue;
        HOLDS(run, row->sent == copy->sent);
        copy->queue = queue + 1;
        copy->sequence = row->sequence;
        copy->missed = 0;
        if (is_fifo(queue))
            copy->since = run->sim.now;
        run->counts[queue].moved++;
        run->counts[queue + 1].sent++;
        said[4]++;
    }
}

/* Somebody got these. */
static void model_take(struct run *run, int queue, const struct queue_poll *poll)
{
    model_bury(run, queue);
    for (uint32_t i = 0; i < poll->found.count; i++) {
        const struct queue_receipt *receipt = &poll->found.items[i];
        const struct queue_message *row = queue_message_find(&run->queues, receipt->message);
        struct copy *copy = copy_find(run, receipt->message);

        HOLDS(run, copy != NULL && copy->there && copy->queue == queue);
        HOLDS(run, copy->state == MESSAGE_STATE_VISIBLE);
        HOLDS(run, queue == 1 || queue == 3 || copy->receives < RECEIVES_MAX);
        if (is_fifo(queue)) {
            HOLDS(run, !is_overtaking(run, copy, poll->id));
            said[3]++;
        }
        HOLDS(run, receipt->receipt > copy->receipt);
        copy->receipt = receipt->receipt;
        copy->taken_by = poll->id;
        copy->receives++;
        copy->received = run->sim.now;
        copy->state = MESSAGE_STATE_FLIGHT;
        copy->due = run->sim.now + poll->visibility_s * SECOND_NS;
        copy->missed = (uint8_t)(queue == 0 && run->out >= 0 ? row->copies & 1u << run->out : 0u);
        run->counts[queue].received++;
        *LIST_PUSH(&run->handles) = (struct handle){queue, *receipt};
    }
    for (uint32_t i = 0; i < poll->found.count && poll->visibility_s == 0; i++) {
        struct copy *copy = copy_find(run, poll->found.items[i].message);

        copy->state = MESSAGE_STATE_VISIBLE;
        copy->due = 0;
    }
}

/* ---- comparing ---- */

static void polls_check(struct run *run)
{
    model_bury(run, 0);
    model_bury(run, 2);
    for (uint32_t i = 0; i < run->waiting.count;) {
        struct waiting wait = run->waiting.items[i];
        const struct queue_poll *poll = queue_poll_find(&run->queues, wait.poll);

        HOLDS(run, poll != NULL);
        if (poll->ended == 0) {
            HOLDS(run, run->sim.now < wait.until);
            i++;
            continue;
        }
        said[5]++;
        HOLDS(run, poll->ended == run->sim.now);
        HOLDS(run, poll->found.count > 0 || run->sim.now == wait.until);
        model_take(run, wait.queue, poll);
        queue_poll_drop(&run->queues, wait.poll);
        LIST_REMOVE(&run->waiting, i);
    }
    model_bury(run, 0);
    model_bury(run, 2);
    for (uint32_t i = 0; i < run->waiting.count; i++)
        HOLDS(run, !is_offered(run, run->waiting.items[i].queue));
}

static void copies_check(struct run *run)
{
    uint32_t there = 0;

    for (uint32_t i = 0; i < run->copies.count; i++) {
        const struct copy *copy = &run->copies.items[i];
        const struct queue_message *row = pool_find(&run->queues.messages, copy->id);

        if (!copy->there) {
            HOLDS(run, row == NULL);
            continue;
        }
        there++;
        HOLDS(run, row != NULL && row->queue == run->queue[copy->queue]->id);
        HOLDS(run, row->state == copy->state && row->due == copy->due);
        HOLDS(run, row->receives == copy->receives && row->receipt == copy->receipt);
        HOLDS(run, row->sent == copy->sent && row->since == copy->since);
        HOLDS(run, row->missed == copy->missed);
        said[1]++;
    }
    HOLDS(run, there == run->queues.messages.count);
}

static void check(struct run *run)
{
    polls_check(run);
    copies_check(run);
    for (int q = 0; q < QUEUES; q++) {
        const struct queue *queue = run->queue[q];
        const struct queue_counts *counts = &queue->counts;
        int64_t held = 0;

        for (uint8_t state = MESSAGE_STATE_DELAYED; state < MESSAGE_STATE_GHOST; state++) {
            HOLDS(run, queue_count(queue, state) == count_in(run, q, state));
            held += queue_count(queue, state);
        }
        HOLDS(run, counts->sent + counts->again == counts->deleted + counts->expired +
                                                       counts->moved + counts->purged + held);
        HOLDS(run, counts->expired == run->counts[q].expired &&
                       counts->purged == run->counts[q].purged &&
                       counts->moved == run->counts[q].moved &&
                       counts->received == run->counts[q].received &&
                       counts->deleted == run->counts[q].deleted);
        said[0]++;
    }
}

static void time_pass(struct run *run, int64_t ns)
{
    int64_t until = run->sim.now + ns;

    while (run->sim.now < until || sim_is_due(&run->sim, until)) {
        int64_t next = sim_next_time(&run->sim);

        sim_advance(&run->sim, next < until ? next : until, SIM_UNLIMITED);
        model_settle(run);
        check(run);
    }
}

/* ---- commands ---- */

static bool was_sent(struct run *run, int queue, char id)
{
    for (uint32_t i = 0; i < run->sendings.count; i++) {
        const struct sending *sending = &run->sendings.items[i];

        if (sending->queue == queue && sending->id == id &&
            run->sim.now - sending->time < QUEUE_DEDUP_S * SECOND_NS)
            return true;
    }
    return false;
}

static void send(struct run *run)
{
    int q = draw(run, 2) == 0 ? 0 : 2;
    char group[2] = {(char)('a' + draw(run, 3)), '\0'};
    char id[2] = {(char)('a' + draw(run, 8)), '\0'};
    bool grouped = is_fifo(q) || draw(run, 3) == 0;
    bool delayed = !is_fifo(q) && draw(run, 4) == 0;
    bool before = is_fifo(q) && was_sent(run, q, id[0]);
    const struct queue_send wish = {
        .body = "latte",
        .delay_s = delayed ? OPT_INT((int64_t)draw(run, 30)) : (struct opt_int){0},
        .group = grouped ? group : NULL,
        .dedup = is_fifo(q) ? id : NULL,
        .sender = ACCOUNT_LEARNER,
    };
    struct fault fault = FAULT_INIT;
    struct queue_sent sent;
    const struct queue_message *row;

    HOLDS(run, queue_send(&run->queues, run->queue[q], &wish, &sent, &fault) == 0);
    HOLDS(run, sent.duplicate == before);
    if (before)
        return;
    row = queue_message_find(&run->queues, sent.message);
    *LIST_PUSH(&run->copies) = (struct copy){
        .id = sent.message,
        .sequence = row->sequence,
        .sent = run->sim.now,
        .since = run->sim.now,
        .due = wish.delay_s.value > 0 ? run->sim.now + wish.delay_s.value * SECOND_NS : 0,
        .queue = q,
        .group = grouped ? group[0] : 0,
        .state = wish.delay_s.value > 0 ? MESSAGE_STATE_DELAYED : MESSAGE_STATE_VISIBLE,
        .there = true,
    };
    if (is_fifo(q))
        *LIST_PUSH(&run->sendings) = (struct sending){q, id[0], run->sim.now};
}

static void receive(struct run *run)
{
    int q = (int)draw(run, QUEUES);
    const struct queue_receive wish = {
        .account = ACCOUNT_LEARNER,
        .most = (uint32_t)(1 + draw(run, QUEUE_BATCH)),
        .visibility_s = OPT_INT((int64_t)draw(run, 40)),
        .wait_s = run->waiting.count < POLLS && draw(run, 2) == 0 ? (int64_t)draw(run, 21) : 0,
    };
    int64_t visible = count_in(run, q, MESSAGE_STATE_VISIBLE);
    bool offered = is_offered(run, q);
    struct fault fault = FAULT_INIT;
    uint64_t id = queue_receive(&run->queues, run->queue[q], &wish, &fault);
    const struct queue_poll *poll = queue_poll_find(&run->queues, id);
    int64_t moved = run->counts[q].moved;

    HOLDS(run, poll != NULL);
    if (poll->ended == 0) {
        model_bury(run, q);
        HOLDS(run, wish.wait_s > 0);
        *LIST_PUSH(&run->waiting) = (struct waiting){
            .poll = id,
            .queue = q,
            .until = run->sim.now + wish.wait_s * SECOND_NS,
            .visibility_s = wish.visibility_s.value,
        };
        return;
    }
    model_take(run, q, poll);
    visible -= run->counts[q].moved - moved;
    /* All that is asked for is given; a short poll may miss some while a server is out. */
    if (!is_fifo(q) && (q != 0 || run->out < 0 || wish.wait_s > 0))
        HOLDS(run, poll->found.count == (visible < wish.most ? visible : wish.most));
    if (is_fifo(q) && offered)
        HOLDS(run, poll->found.count > 0 || run->counts[q].moved > moved);
    queue_poll_drop(&run->queues, id);
}

static void delete(struct run *run)
{
    const struct handle *handle;
    struct copy *copy;
    struct fault fault = FAULT_INIT;
    bool lives;
    bool works;
    int result;

    if (run->handles.count == 0)
        return;
    handle = &run->handles.items[draw(run, run->handles.count)];
    copy = copy_find(run, handle->receipt.message);
    lives = copy->there && copy->queue == handle->queue && copy->state != MESSAGE_STATE_GHOST;
    works = lives && copy->receipt == handle->receipt.receipt &&
            (!is_fifo(handle->queue) || copy->state == MESSAGE_STATE_FLIGHT);
    result = queue_delete(&run->queues, run->queue[handle->queue], &handle->receipt, &fault);
    fault_release(&fault);
    HOLDS(run, result == (lives && !works && is_fifo(handle->queue) ? -1 : 0));
    if (!works)
        return;
    run->counts[handle->queue].deleted++;
    if (handle->queue == 0 && run->out >= 0 &&
        pool_find(&run->queues.messages, copy->id) != NULL) {
        const struct queue_message *row = pool_find(&run->queues.messages, copy->id);

        copy->state = MESSAGE_STATE_GHOST;
        copy->due = 0;
        copy->missed = (uint8_t)(row->copies & 1u << run->out);
        HOLDS(run, copy->missed != 0);
    } else {
        copy->there = false;
    }
}

static void hide(struct run *run)
{
    const struct handle *handle;
    struct copy *copy;
    struct fault fault = FAULT_INIT;
    int64_t seconds = (int64_t)draw(run, 50);
    int result;
    bool works;

    if (run->handles.count == 0)
        return;
    handle = &run->handles.items[draw(run, run->handles.count)];
    copy = copy_find(run, handle->receipt.message);
    works = copy->there && copy->queue == handle->queue && copy->state == MESSAGE_STATE_FLIGHT &&
            copy->receipt == handle->receipt.receipt;
    result =
        queue_hide(&run->queues, run->queue[handle->queue], &handle->receipt, seconds, &fault);
    fault_release(&fault);
    HOLDS(run, result == (works ? 0 : -1));
    if (!works)
        return;
    copy->state = seconds > 0 ? MESSAGE_STATE_FLIGHT : MESSAGE_STATE_VISIBLE;
    copy->due = seconds > 0 ? run->sim.now + seconds * SECOND_NS : 0;
    if (seconds > 0)
        copy->taken_by = 0;
}

static void purge(struct run *run)
{
    int q = (int)draw(run, QUEUES);
    struct fault fault = FAULT_INIT;

    if (queue_purge(&run->queues, run->queue[q], &fault) == 0) {
        run->purge_due[q] = run->queue[q]->purge_due;
        run->purge_before[q] = run->queue[q]->sequence;
    }
    fault_release(&fault);
}

/* A storage server goes, or is back with what it has not heard of. */
static void storage(struct run *run)
{
    run->out = run->out >= 0 ? -1 : (int)draw(run, QUEUE_SERVERS);
    for (uint32_t i = 0; i < run->copies.count && run->out < 0; i++) {
        struct copy *copy = &run->copies.items[i];

        if (!copy->there || copy->missed == 0)
            continue;
        copy->missed = 0;
        copy->there = copy->state != MESSAGE_STATE_GHOST ||
                      copy->since + RETENTION_S * SECOND_NS > run->sim.now;
        copy->state = MESSAGE_STATE_VISIBLE;
        copy->due = 0;
    }
    queue_storage_changed(&run->queues, run->queue[0]);
}

static void command(struct run *run)
{
    uint64_t what = draw(run, 100);

    if (what < 34)
        send(run);
    else if (what < 62)
        receive(run);
    else if (what < 76)
        delete(run);
    else if (what < 84)
        hide(run);
    else if (what < 85)
        purge(run);
    else if (what < 90)
        storage(run);
    else
        time_pass(run, (int64_t)(1 + draw(run, 40)) * SECOND_NS);
    model_settle(run);
    check(run);
}

/* ---- a seed ---- */

static void queue_make(struct run *run, int q, const char *name)
{
    struct queue_wish wish = {.fifo = OPT_BOOL(is_fifo(q))};
    struct fault fault = FAULT_INIT;
    struct arena arena = ARENA_INIT;

    wish.numbers[QUEUE_RETENTION] = OPT_INT(RETENTION_S);
    if (q == 0 || q == 2) {
        wish.dead_letter = queue_arn(&run->queues, &arena, run->queue[q + 1]);
        wish.receives_max = RECEIVES_MAX;
    }
    run->queue[q] = queue_add(&run->queues,
                              &(struct queue_new){
                                  .account = ACCOUNT_LEARNER,
                                  .name = name,
                                  .wish = &wish,
                              },
                              &fault);
    arena_release(&arena);
}

static void run_begin(struct run *run, uint64_t seed)
{
    *run = (struct run){.seed = seed, .luck = chance_stream(seed, "commands", 0), .out = -1};
    sim_init(&run->sim, SIM_BEGIN_NS);
    run->ids.stream = chance_stream(seed, "ids", 0);
    trail_init(&run->trail, &run->sim.now);
    message_log_init(&run->log, &run->sim.now, seed);
    run->queues = (struct queues){
        .sim = &run->sim,
        .catalog = catalog,
        .ids = &run->ids,
        .trail = &run->trail,
        .log = &run->log,
        .seed = seed,
        .server_out = server_out,
        .context = run,
    };
    queues_init(&run->queues);
    queue_make(run, 1, "spoiled");
    queue_make(run, 0, "orders");
    queue_make(run, 3, "spoiled.fifo");
    queue_make(run, 2, "orders.fifo");
}

static void run_end(struct run *run)
{
    queues_release(&run->queues);
    message_log_release(&run->log);
    trail_release(&run->trail);
    sim_release(&run->sim);
    LIST_RELEASE(&run->copies);
    LIST_RELEASE(&run->sendings);
    LIST_RELEASE(&run->handles);
    LIST_RELEASE(&run->waiting);
}

static void test_queues(void **state)
{
    static const char *const names[] = {"Q1 conservation", "Q2 nothing lost", "Q3 visibility",
                                        "Q4 order",        "Q5 dead letters", "Q8 long polls"};
    const char *wanted = getenv("NEPHOSCOPE_SEEDS");
    uint64_t seeds = wanted == NULL ? SEEDS : strtoull(wanted, NULL, 10);

    (void)state;
    for (uint64_t seed = 1; seed <= seeds; seed++) {
        struct run run;

        run_begin(&run, seed);
        for (run.command = 0; run.command < COMMANDS; run.command++)
            command(&run);
        run_end(&run);
    }
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        print_message("# %s: %lld\n", names[i], (long long)said[i]);
        assert_true(said[i] > 0);
    }
}

/* ---- fairness ---- */

static uint64_t take_one(struct run *run)
{
    struct fault fault = FAULT_INIT;
    uint64_t id = queue_receive(&run->queues, run->queue[0],
                                &(struct queue_receive){.most = 1, .wait_s = 1}, &fault);
    uint64_t message = queue_poll_find(&run->queues, id)->found.items[0].message;

    queue_poll_drop(&run->queues, id);
    return message;
}

/* A tenant with many messages in flight does not keep others waiting. */
static void test_fair(void **state)
{
    struct run run;
    struct queue_sent sent;
    struct fault fault = FAULT_INIT;
    struct queue_send wish = {.body = "b", .group = "noisy"};

    (void)state;
    run_begin(&run, 1);
    for (int i = 0; i < 100; i++)
        assert_int_equal(queue_send(&run.queues, run.queue[0], &wish, &sent, &fault), 0);
    for (int i = 0; i < 40; i++)
        take_one(&run);
    wish.group = "quiet";
    assert_int_equal(queue_send(&run.queues, run.queue[0], &wish, &sent, &fault), 0);
    assert_true(take_one(&run) == sent.message);
    run_end(&run);
}

static int setup(void **state)
{
    (void)state;
    catalog = catalog_new();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    catalog_free(catalog);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_queues),
        cmocka_unit_test(test_fair),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
