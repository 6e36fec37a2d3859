/*
 * lesson/progress.c - how far a learner is in a lesson: which checks were achieved, and when.
 *
 * Rows    step id, check id    the simulated time at which it was achieved (`never`: broken)
 *         step id, "+begun"    when the step began
 *         step id, "+done"     when it was complete
 *         other keys are the runner's; "+" keeps them apart from checks.
 */
#include "lesson/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "shell/logbook.h"
#include "shell/session.h"
#include "store/branch.h"
#include "store/session_file.h"

const char progress_key_begun[] = "+begun";
const char progress_key_done[] = "+done";
const char progress_key_hints[] = "+hints";
const char progress_key_lesson[] = "+lesson";
const char progress_key_given[] = "+given";
const char progress_key_jumped[] = "+jumped";
const char progress_key_counted[] = "+counted";

/* ---- rows ---- */

static struct progress_row *row_find(const struct progress *progress, const char *step,
                                     const char *key)
{
    for (uint32_t i = 0; i < progress->rows.count; i++) {
        struct progress_row *row = &progress->rows.items[i];

        if (strcmp(row->step, step) == 0 && strcmp(row->key, key) == 0)
            return row;
    }
    return NULL;
}

static void row_release(struct progress_row *row)
{
    free(row->step);
    free(row->key);
    free(row->value);
}

static void rows_release(struct progress *progress)
{
    for (uint32_t i = 0; i < progress->rows.count; i++)
        row_release(&progress->rows.items[i]);
    LIST_RELEASE(&progress->rows);
}

/* The same for the logbook, with the row of the journal at which it is noted. */
static void write_note(const struct progress *progress, const struct store_row *row,
                       struct str *out)
{
    const struct store_branch *branch = store_branch_current(progress->store);
    struct logbook_entry entry = {
        .lesson = (char *)(uintptr_t)row->lesson, /* these are only read */
        .step = (char *)(uintptr_t)row->step,
        .key = (char *)(uintptr_t)row->key,
        .value = (char *)(uintptr_t)row->bytes,
    };

    if (branch != NULL)
        entry.before = (struct logbook_place){.branch = branch->id, .seq = branch->head_seq};
    logbook_write_note(out, &entry);
}

/* A file that takes no more rows is no reason to stop learning: then it is remembered until the
 * end. */
static void commit(struct progress *progress, const char *step, const char *key, const char *value)
{
    struct str entry = STR_INIT;
    struct store_row rows[2] = {
        {
            .type = STORE_PROGRESS,
            .lesson = progress->lesson->id,
            .step = step,
            .key = key,
            .bytes = value,
            .size = value == NULL ? 0 : strlen(value),
        },
        {.type = STORE_HISTORY},
    };

    if (progress->store == NULL || store_is_read_only(progress->store))
        return;
    write_note(progress, rows, &entry);
    rows[1].bytes = str_text(&entry);
    rows[1].size = entry.length;
    if (progress->session != NULL)
        session_commit(progress->session, rows, 2);
    else
        store_commit(progress->store, rows, 2);
    str_release(&entry);
}

const char *progress_note(const struct progress *progress, const char *step, const char *key)
{
    const struct progress_row *row = row_find(progress, step, key);

    return row == NULL ? NULL : row->value;
}

void progress_set_note(struct progress *progress, const char *step, const char *key,
                       const char *value)
{
    struct progress_row *row = row_find(progress, step, key);

    if (row != NULL && str_equal(row->value, value))
        return;
    commit(progress, step, key, value);
    if (row == NULL && value != NULL) {
        row = LIST_PUSH(&progress->rows);
        row->step = xstrdup(step);
        row->key = xstrdup(key);
    } else if (row != NULL) {
        free(row->value);
    }
    if (row != NULL && value == NULL) {
        row->value = NULL;
        row_release(row);
        LIST_REMOVE(&progress->rows, (uint32_t)(row - progress->rows.items));
    } else if (row != NULL) {
        row->value = xstrdup(value);
    }
}

static void set_time(struct progress *progress, const char *key, int64_t time)
{
    char text[32];

    snprintf(text, sizeof(text), "%lld", (long long)time);
    progress_set_note(progress, progress->step->id, key, text);
}

static bool read_time(const char *text, int64_t *time)
{
    *time = text == NULL ? 0 : strtoll(text, NULL, 10);
    return text != NULL;
}

static void visit_row(void *context, const struct store_progress *found)
{
    struct progress *progress = context;
    struct progress_row *row = LIST_PUSH(&progress->rows);

    row->step = xstrdup(found->step);
    row->key = xstrdup(found->key);
    row->value = xstrndup(found->bytes, found->size);
}

void progress_open(struct progress *progress, struct store *store, const struct lesson *lesson)
{
    *progress = (struct progress){.store = store, .lesson = lesson};
    if (store != NULL)
        store_progress_each(store, lesson->id, visit_row, progress);
}

static void leave_step(struct progress *progress)
{
    for (uint32_t i = 0; i < progress->checks.count; i++)
        condition_watch_free(progress->checks.items[i].watch);
    LIST_RELEASE(&progress->checks);
    progress->step = NULL;
}

void progress_close(struct progress *progress)
{
    leave_step(progress);
    rows_release(progress);
    *progress = (struct progress){0};
}

void progress_forget(struct progress *progress)
{
    leave_step(progress);
    for (uint32_t i = 0; i < progress->rows.count; i++)
        commit(progress, progress->rows.items[i].step, progress->rows.items[i].key, NULL);
    rows_release(progress);
}

void progress_enter(struct progress *progress, const struct lesson_step *step, int64_t now)
{
    leave_step(progress);
    progress->step = step;
    progress->complete = progress_note(progress, step->id, progress_key_done) != NULL;
    if (progress_note(progress, step->id, progress_key_begun) == NULL)
        set_time(progress, progress_key_begun, now);
    for (uint32_t i = 0; i < step->checks.count; i++) {
        const struct check *check = &step->checks.items[i];
        bool noted = progress_note(progress, step->id, check->id) != NULL;

        *LIST_PUSH(&progress->checks) = (struct progress_check){
            .check = check,
            .watch = condition_watch_new(&check->condition),
            .achieved = noted != (check->mode == CHECK_NEVER),
            .broken = noted && check->mode == CHECK_NEVER,
            .since = -1,
        };
    }
}

/* ---- looking ---- */

/* When the time of a `within` began; false when it has not. */
static bool within_start(const struct progress *progress, const struct check *check, int64_t *start)
{
    if (check->after == NULL)
        return read_time(progress_note(progress, progress->step->id, progress_key_begun), start);
    for (uint32_t i = 0; i < progress->lesson->steps.count; i++) {
        const char *text =
            progress_note(progress, progress->lesson->steps.items[i].id, check->after);

        if (text != NULL)
            return read_time(text, start);
    }
    return false;
}

static bool in_time(const struct progress *progress, const struct check *check, int64_t now)
{
    int64_t start;

    return within_start(progress, check, &start) && now - start <= check->duration;
}

static void look_never(struct progress *progress, struct progress_check *state, bool holds,
                       int64_t now)
{
    int64_t broken_at;

    if (state->broken &&
        read_time(progress_note(progress, progress->step->id, state->check->id), &broken_at) &&
        now < broken_at) {
        state->broken = false;
        progress_set_note(progress, progress->step->id, state->check->id, NULL);
    }
    if (holds && !state->broken) {
        state->broken = true;
        set_time(progress, state->check->id, now);
    }
    state->achieved = !state->broken;
}

static void look_hold(struct progress_check *state, bool holds, int64_t now)
{
    if (!holds)
        state->since = -1;
    else if (state->since < 0 || state->since > now)
        state->since = now;
    state->achieved = holds && now - state->since >= state->check->duration;
}

/* Returns whether it was achieved just now. */
static bool look(struct progress *progress, struct progress_check *state,
                 struct condition_moment *moment)
{
    int64_t now = moment->caller.world->sim.now;
    bool before = state->achieved;
    bool holds;

    if (before && (state->check->mode == CHECK_EVER || state->check->mode == CHECK_WITHIN))
        return false;
    holds = condition_holds(state->watch, moment);
    switch (state->check->mode) {
    case CHECK_EVER:
        state->achieved = holds;
        break;
    case CHECK_WITHIN:
        state->achieved = holds && in_time(progress, state->check, now);
        break;
    case CHECK_NOW:
        state->achieved = holds;
        return false;
    case CHECK_HOLD:
        look_hold(state, holds, now);
        return false;
    case CHECK_NEVER:
        look_never(progress, state, holds, now);
        return false;
    }
    if (state->achieved)
        set_time(progress, state->check->id, now);
    return state->achieved;
}

unsigned progress_look(struct progress *progress, const struct session *session)
{
    struct condition_moment moment = check_moment(session);
    unsigned news = 0;

    if (progress->step == NULL || progress->complete)
        return 0;
    for (uint32_t i = 0; i < progress->checks.count; i++)
        news += look(progress, &progress->checks.items[i], &moment);
    condition_moment_release(&moment);
    if (progress_missing(progress) == NULL) {
        progress->complete = true;
        set_time(progress, progress_key_done, session->world->sim.now);
        news = news == 0 ? 1 : news;
    }
    return news;
}

const struct progress_check *progress_missing(const struct progress *progress)
{
    for (uint32_t i = 0; i < progress->checks.count; i++) {
        if (!progress->complete && !progress->checks.items[i].achieved)
            return &progress->checks.items[i];
    }
    return NULL;
}

/* ---- what counts ---- */

bool progress_is_achieved(const struct progress *progress, const struct lesson_step *step,
                        const struct check *check, int64_t *when)
{
    const char *done = progress_note(progress, step->id, progress_key_done);
    const char *note = check->mode == CHECK_EVER || check->mode == CHECK_WITHIN
                           ? progress_note(progress, step->id, check->id)
                           : NULL;

    if (note == NULL)
        note = done;
    *when = note == NULL ? 0 : strtoll(note, NULL, 10);
    return note != NULL;
}

void progress_end_counting(struct progress *progress)
{
    struct str text = STR_INIT;
    int64_t when;

    for (uint32_t i = 0; i < progress->lesson->steps.count; i++) {
        const struct lesson_step *step = &progress->lesson->steps.items[i];

        for (uint32_t k = 0; k < step->checks.count; k++) {
            if (progress_is_achieved(progress, step, &step->checks.items[k], &when))
                str_addf(&text, " %s/%s", step->id, step->checks.items[k].id);
        }
    }
    str_addc(&text, ' ');
    progress_set_note(progress, "", progress_key_counted, str_text(&text));
    str_release(&text);
}

bool progress_was_counted(const struct progress *progress, const struct lesson_step *step,
                          const struct check *check)
{
    const char *counted = progress_note(progress, "", progress_key_counted);
    struct str text = STR_INIT;
    bool found;

    str_addf(&text, " %s/%s ", step->id, check->id);
    found = counted != NULL && strstr(counted, str_text(&text)) != NULL;
    str_release(&text);
    return found;
}
