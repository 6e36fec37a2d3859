/*
 * unit/sim_event_test.c - the order of events, cancelling, slices, saving.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/event.h"

#include "base/mem.h"
#include "sim/chance.h"
#include "sim/clock.h"

enum {
    TICK = 1,
    STOP = 2,
    MODEL_SIZE = 20000,
    LOG_SIZE = 20000,
};

/* What ran; and a source of further events. */
struct diary {
    struct sim sim;
    struct chance chance;
    size_t count;
    struct event log[LOG_SIZE];
    int children; /* how many more events the handlers may plan */
};

static void note(void *context, const struct event *event)
{
    struct diary *diary = context;

    assert_int_equal(event->time, diary->sim.now);
    assert_true(diary->count < LOG_SIZE);
    diary->log[diary->count++] = *event;
    while (diary->children > 0 && chance_below(&diary->chance, 3) > 0) {
        diary->children--;
        sim_schedule(&diary->sim, (int64_t)chance_below(&diary->chance, 50), TICK, diary->count, 0);
    }
}

static void note_and_stop(void *context, const struct event *event)
{
    struct diary *diary = context;

    diary->log[diary->count++] = *event;
    sim_stop(&diary->sim);
}

static const struct event_kind tick = { .name = "tick", .run = note };
static const struct event_kind stop = { .name = "stop", .run = note_and_stop };

static struct diary *diary_new(uint64_t seed)
{
    struct diary *diary = xcalloc(1, sizeof(*diary));

    sim_init(&diary->sim, SIM_BEGIN_NS);
    sim_handle(&diary->sim, TICK, &tick, diary);
    sim_handle(&diary->sim, STOP, &stop, diary);
    diary->chance = chance_stream(seed, "diary", 0);
    return diary;
}

static void diary_free(struct diary *diary)
{
    sim_release(&diary->sim);
    free(diary);
}

static void assert_events_equal(const struct event *a, const struct event *b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(a[i].time, b[i].time);
        assert_int_equal(a[i].sequence, b[i].sequence);
        assert_int_equal(a[i].subject, b[i].subject);
        assert_int_equal(a[i].detail, b[i].detail);
        assert_int_equal(a[i].kind, b[i].kind);
    }
}

static void equal_times_keep_order(void **state)
{
    /* Two events at one instant would swap between runs, and no run could be repeated. */
    struct diary *diary = diary_new(1);

    (void)state;
    for (uint64_t i = 0; i < 1000; i++)
        sim_schedule(&diary->sim, (int64_t)(i % 3), TICK, i, 0);
    assert_int_equal(sim_advance(&diary->sim, SIM_BEGIN_NS + 10, SIM_UNLIMITED), SIM_BEGIN_NS + 10);
    assert_int_equal(diary->count, 1000);
    for (size_t i = 1; i < diary->count; i++) {
        const struct event *a = &diary->log[i - 1];
        const struct event *b = &diary->log[i];

        assert_true(a->time < b->time || (a->time == b->time && a->sequence < b->sequence));
    }
    diary_free(diary);
}

static void world_begins_in_january(void **state)
{
    /* Every first answer that shows a date would be wrong. */
    int64_t begin;

    (void)state;
    assert_true(clock_parse("2026-01-05T08:00:00Z", &begin));
    assert_int_equal(begin, SIM_BEGIN_NS);
}

/* A model as naive as possible: an array, searched from end to end. */
struct model {
    struct event events[MODEL_SIZE];
    size_t count;
};

static size_t model_first(const struct model *model)
{
    size_t first = 0;

    for (size_t i = 1; i < model->count; i++) {
        const struct event *a = &model->events[i];
        const struct event *b = &model->events[first];

        if (a->time < b->time || (a->time == b->time && a->sequence < b->sequence))
            first = i;
    }
    return first;
}

static bool model_cancel(struct model *model, uint64_t sequence)
{
    for (size_t i = 0; i < model->count; i++) {
        if (model->events[i].sequence == sequence) {
            model->events[i] = model->events[--model->count];
            return true;
        }
    }
    return false;
}

static void model_push(struct model *model, struct pending *pending, const struct event *event)
{
    assert_true(model->count < MODEL_SIZE);
    model->events[model->count++] = *event;
    pending_push(pending, event->time, event->sequence, event->kind, event->subject,
                 event->detail);
}

static void model_pop(struct model *model, struct pending *pending)
{
    struct event event;
    size_t first;

    assert_int_equal(pending_pop(pending, INT64_MAX, &event), model->count > 0);
    if (model->count == 0)
        return;
    first = model_first(model);
    assert_int_equal(event.sequence, model->events[first].sequence);
    assert_int_equal(event.time, model->events[first].time);
    assert_int_equal(event.subject, model->events[first].subject);
    assert_int_equal(event.detail, model->events[first].detail);
    assert_int_equal(event.kind, model->events[first].kind);
    model->events[first] = model->events[--model->count];
}

static void one_run_against_model(uint64_t seed, struct model *model)
{
    struct chance chance = chance_stream(seed, "model", 0);
    uint64_t grows = chance_below(&chance, 4);
    uint64_t jumps = chance_below(&chance, 2) * 100000;
    struct pending pending;
    uint64_t next = 1;

    model->count = 0;
    pending_init(&pending);
    for (int step = 0; step < 1500; step++) {
        uint64_t what = chance_below(&chance, 8 + grows);

        if (what < 3) {
            model_pop(model, &pending);
        } else if (what < 5) {
            uint64_t sequence = chance_below(&chance, next + 3);

            bool was_there = model_cancel(model, sequence);

            assert_int_equal(pending_has(&pending, sequence), was_there);
            assert_int_equal(pending_cancel(&pending, sequence), was_there);
            assert_false(pending_cancel(&pending, sequence));
        } else {
            struct event event = { 0 };

            event.time = (int64_t)chance_below(&chance, 200);
            event.sequence = next;
            event.subject = chance_u64(&chance);
            event.detail = chance_u64(&chance);
            event.kind = (uint16_t)chance_below(&chance, 9);
            next += 1 + (jumps > 0 ? chance_below(&chance, jumps) : 0);
            model_push(model, &pending, &event);
        }
        assert_int_equal(pending_count(&pending), model->count);
        if (chance_below(&chance, 2) == 0)
            continue; /* the next push may fill the place of what was taken out */
        pending_settle(&pending);
        assert_int_equal(pending_first_time(&pending),
                         model->count == 0 ? INT64_MAX : model->events[model_first(model)].time);
    }
    while (model->count > 0)
        model_pop(model, &pending);
    model_pop(model, &pending);
    pending_release(&pending);
}

static void queue_equals_naive_model(void **state)
{
    /* A cancelled timeout would fire, or an event would be lost or come early. */
    struct model *model = xcalloc(1, sizeof(*model));

    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++)
        one_run_against_model(seed, model);
    free(model);
}

static void mostly_cancelled_timeouts(void **state)
{
    /* Ten thousand requests a second with a minute's timeout each would fill the memory with dead
     * timeouts. */
    struct pending pending;
    struct event event;

    (void)state;
    pending_init(&pending);
    for (uint64_t i = 1; i <= 300000; i++) {
        pending_push(&pending, (int64_t)(i + 600000), i, 0, 0, 0);
        if (i > 10)
            assert_true(pending_cancel(&pending, i - 10));
        assert_true(pending.size <= 1024);
        assert_true(pending.page_size <= 1024);
    }
    for (uint64_t i = 300000 - 9; i <= 300000; i++) {
        assert_true(pending_pop(&pending, INT64_MAX, &event));
        assert_int_equal(event.sequence, i);
    }
    assert_false(pending_pop(&pending, INT64_MAX, &event));
    pending_release(&pending);
}

static struct diary *played(uint64_t seed, int slices)
{
    struct diary *diary = diary_new(seed);
    struct chance cuts = chance_stream(seed, "cuts", (uint64_t)slices);
    int64_t end = SIM_BEGIN_NS + 1000;

    diary->children = 3000;
    for (uint64_t i = 0; i < 200; i++)
        sim_schedule(&diary->sim, (int64_t)chance_below(&diary->chance, 900), TICK, i, i * i);
    while (sim_is_due(&diary->sim, end)) {
        int64_t until = end;
        uint64_t limit = SIM_UNLIMITED;

        if (slices > 0 && diary->sim.now < end)
            until = chance_between_ns(&cuts, diary->sim.now + 1, end);
        if (slices > 1)
            limit = 1 + chance_below(&cuts, 20);
        sim_advance(&diary->sim, until, limit);
    }
    assert_int_equal(diary->sim.now, end);
    return diary;
}

static void slices_change_nothing(void **state)
{
    /* What a learner sees would depend on how often the screen is drawn (I8). */
    (void)state;
    for (uint64_t seed = 0; seed < 50; seed++) {
        struct diary *whole = played(seed, 0);

        for (int slices = 1; slices <= 2; slices++) {
            struct diary *cut = played(seed, slices);

            assert_int_equal(cut->count, whole->count);
            assert_events_equal(cut->log, whole->log, whole->count);
            diary_free(cut);
        }
        assert_true(whole->count > 200);
        diary_free(whole);
    }
}

static void stop_ends_the_advance(void **state)
{
    /* "Run until" would run past the moment it was asked to show. */
    struct diary *diary = diary_new(1);
    int64_t end = SIM_BEGIN_NS + 100;

    (void)state;
    sim_schedule(&diary->sim, 10, TICK, 1, 0);
    sim_schedule(&diary->sim, 20, STOP, 2, 0);
    sim_schedule(&diary->sim, 20, TICK, 3, 0);
    assert_int_equal(sim_advance(&diary->sim, end, SIM_UNLIMITED), SIM_BEGIN_NS + 20);
    assert_int_equal(diary->count, 2);
    assert_true(sim_is_due(&diary->sim, end));
    assert_int_equal(sim_advance(&diary->sim, end, SIM_UNLIMITED), end);
    assert_int_equal(diary->count, 3);
    assert_false(sim_is_due(&diary->sim, end));
    assert_int_equal(sim_next_time(&diary->sim), SIM_NEVER);
    diary_free(diary);
}

static void far_delays_mean_never(void **state)
{
    /* A huge delay would wrap round and fire at once. */
    struct diary *diary = diary_new(1);
    uint64_t far = sim_schedule(&diary->sim, INT64_MAX, TICK, 1, 0);

    (void)state;
    sim_advance(&diary->sim, INT64_MAX - 1, SIM_UNLIMITED);
    assert_int_equal(diary->count, 0);
    assert_true(sim_is_pending(&diary->sim, far));
    assert_true(sim_cancel(&diary->sim, far));
    assert_false(sim_cancel(&diary->sim, far));
    assert_false(sim_cancel(&diary->sim, 0));
    diary_free(diary);
}

static void saved_events_go_on_the_same(void **state)
{
    /* A session opened again would go another way than the one that was left. */
    struct diary *first = diary_new(7);
    struct diary *second = diary_new(7);
    struct event *events;
    size_t count;
    size_t before;

    (void)state;
    first->children = 2000;
    for (uint64_t i = 0; i < 300; i++)
        sim_schedule(&first->sim, (int64_t)chance_below(&first->chance, 900), TICK, i, 0);
    sim_cancel(&first->sim, 17);
    sim_advance(&first->sim, SIM_BEGIN_NS + 300, SIM_UNLIMITED);
    before = first->count;
    events = sim_pending_events(&first->sim, &count);
    assert_int_equal(count, sim_pending_count(&first->sim));

    assert_true(sim_restore(&second->sim, first->sim.now, first->sim.next_sequence));
    second->chance = first->chance;
    second->children = first->children;
    for (size_t i = count; i-- > 0;)
        assert_true(sim_restore_event(&second->sim, &events[i]));
    assert_false(sim_restore_event(&second->sim, &events[0]));
    sim_advance(&first->sim, SIM_BEGIN_NS + 5000, SIM_UNLIMITED);
    sim_advance(&second->sim, SIM_BEGIN_NS + 5000, SIM_UNLIMITED);
    assert_true(second->count >= count);
    assert_int_equal(second->count, first->count - before);
    assert_events_equal(second->log, first->log + before, second->count);
    free(events);
    diary_free(first);
    diary_free(second);
}

static void impossible_saves_are_refused(void **state)
{
    /* A damaged file would bring the program down. */
    struct diary *diary = diary_new(1);
    const struct event good = { .time = 100, .sequence = 5, .kind = TICK };
    struct event bad;

    (void)state;
    assert_false(sim_restore(&diary->sim, -1, 10));
    assert_false(sim_restore(&diary->sim, 50, 0));
    assert_false(sim_restore(&diary->sim, 50, UINT64_MAX));
    assert_true(sim_restore(&diary->sim, 50, 10));
    bad = good;
    bad.time = 49;
    assert_false(sim_restore_event(&diary->sim, &bad));
    bad = good;
    bad.sequence = 10;
    assert_false(sim_restore_event(&diary->sim, &bad));
    bad = good;
    bad.sequence = 0;
    assert_false(sim_restore_event(&diary->sim, &bad));
    bad = good;
    bad.kind = 99;
    assert_false(sim_restore_event(&diary->sim, &bad));
    assert_true(sim_restore_event(&diary->sim, &good));
    diary_free(diary);
}

/* After a crowd the queue gives its room back; those who still wait, cancelled ones among them, are
 * none the wiser, and neither are those who come then. */
static void a_crowd_leaves_no_trace(void **state)
{
    struct diary *diary = diary_new(3);
    int64_t begin = diary->sim.now;
    uint64_t late[300];

    (void)state;
    for (uint64_t i = 0; i < 300; i++) {
        uint64_t place = i * 7919 % 300;

        late[i] = sim_schedule(&diary->sim, HOUR_NS + (int64_t)place, TICK, place, 1);
    }
    for (uint64_t i = 0; i < 18000; i++)
        sim_schedule(&diary->sim, (int64_t)i, TICK, i, 0);
    for (size_t i = 0; i < 300; i += 3)
        sim_cancel(&diary->sim, late[i]);
    sim_advance(&diary->sim, begin + MINUTE_NS, SIM_UNLIMITED);
    assert_int_equal(diary->count, 18000);
    assert_int_equal(sim_pending_count(&diary->sim), 200);
    for (size_t i = 1; i < 300; i += 3)
        assert_true(sim_cancel(&diary->sim, late[i]));
    for (uint64_t i = 0; i < 300; i++)
        sim_schedule(&diary->sim, 2 * HOUR_NS, TICK, i, 2);
    sim_advance(&diary->sim, begin + 3 * HOUR_NS, SIM_UNLIMITED);
    assert_int_equal(diary->count, 18000 + 100 + 300);
    for (size_t at = 18000; at < 18100; at++)
        assert_int_equal(diary->log[at].time, begin + HOUR_NS + (int64_t)diary->log[at].subject);
    for (uint64_t i = 0; i < 300; i++)
        assert_int_equal(diary->log[18100 + i].subject, i);
    diary_free(diary);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_times_keep_order),
        cmocka_unit_test(world_begins_in_january),
        cmocka_unit_test(queue_equals_naive_model),
        cmocka_unit_test(mostly_cancelled_timeouts),
        cmocka_unit_test(slices_change_nothing),
        cmocka_unit_test(stop_ends_the_advance),
        cmocka_unit_test(far_delays_mean_never),
        cmocka_unit_test(saved_events_go_on_the_same),
        cmocka_unit_test(impossible_saves_are_refused),
        cmocka_unit_test(a_crowd_leaves_no_trace),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
