/*
 * lesson/reckon.c - what a learner achieved in a lesson, reckoned anew from the journal.
 *
 * Order   The lines of the logbook say on which branch the learner went on, and how far.  Without a
 *         logbook (an older file) the branches are taken one after the other.
 * Looks   After each row, each line and at each whole second, as the learner's console did.  Where
 *         it noted a check between two rows (the stop came before the clock was saved) it is looked
 *         at there too: never is a note believed.
 * Claims  The rows of progress that the file has.  Being achieved without cause, or before there
 *         was one, is refuted; being achieved later, or not, is nobody's advantage.
 *
 * A lesson that was begun anew counts from there: older branches are left out.  Where a jump or an
 * instructor began it anew, the best of before stays.
 */
#include "lesson/reckon.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/catalog.h"
#include "lesson/class_post.h"
#include "lesson/progress.h"
#include "lesson/reckon_parts.h"
#include "shell/again.h"
#include "shell/journal.h"
#include "sim/clock.h"

enum {
    /* So far beyond the last row a note may lie: a stop can come before the clock was saved. */
    BEYOND_NS_MAX_S = 3600,
    ROWS_LOOK = 32, /* between two looks at the keyboard, where no time passes */
};

struct walk {
    const struct reckon_task *task;
    struct reckoning *out;
    struct again again;
    struct progress progress; /* as it comes out; in memory */
    struct progress claimed;  /* what the file says */
    int64_t root;             /* the first branch that counts */
    LIST(struct reckon_step) kept; /* the best of before each jump; as long as the steps */
    LIST(struct logbook_place) played; /* how far each branch was */
    LIST(bool) used;          /* entries of the logbook that were taken */
    const struct logbook_entry *line; /* that is played; NULL: none */
    int64_t wall_ms;          /* the last that is known */
    LIST(int64_t) began_ms;   /* of each step, on the wall; 0: not known */
    int64_t rows_done;
    int64_t rows_all;
    bool given;   /* the present line noted itself that it gives a step */
    bool quiet;   /* what was passed before is passed again: nothing is looked at */
    bool boxed;   /* a time box is over */
    bool begins;  /* the present root's beginning was judged */
    struct str first; /* its world as the lesson makes it; empty: not built yet */
    bool stopped; /* by the person */
    bool broken;  /* a row cannot be done again */
};

static void tell(struct reckoning *out, bool is_refuted, struct str *text)
{
    if (is_refuted)
        *LIST_PUSH(&out->refuted) = str_take(text);
    else
        *LIST_PUSH(&out->remarks) = str_take(text);
}

static int64_t now_of(const struct walk *walk)
{
    return walk->again.session->world->sim.now;
}

/* Does the branch count? */
static bool is_ours(const struct walk *walk, int64_t id)
{
    const struct store_branch *branch = store_branch_find(walk->task->store, id);

    return branch != NULL && id >= walk->root &&
           strcmp(branch->lesson, walk->task->lesson->id) == 0;
}

static uint32_t step_at(const struct lesson *lesson, const char *id)
{
    uint32_t at = 0;

    while (at < lesson->steps.count && strcmp(lesson->steps.items[at].id, id) != 0)
        at++;
    return at;
}

/* The step that the learner is in; NULL before the first. */
static struct reckon_step *present_step(const struct walk *walk)
{
    return walk->progress.step == NULL
               ? NULL
               : &walk->out->steps.items[walk->progress.step - walk->task->lesson->steps.items];
}

/* ---- looking ---- */

static void look(struct walk *walk)
{
    struct reckon_step *step = present_step(walk);

    if (walk->quiet || step == NULL || walk->progress.complete)
        return;
    progress_look(&walk->progress, walk->again.session);
    if (!walk->progress.complete)
        return;
    step->done = true;
    step->took_ns = now_of(walk) - step->began_at;
    if (walk->began_ms.items[step - walk->out->steps.items] > 0)
        step->took_ms =
            walk->wall_ms - walk->began_ms.items[step - walk->out->steps.items];
}

static void on_second(void *context)
{
    look(context);
}

static int on_waiting(void *context, const char *what, int64_t until)
{
    struct walk *walk = context;

    (void)what;
    (void)until;
    if (walk->task->progress != NULL && !walk->stopped)
        walk->stopped = walk->task->progress(walk->task->context, walk->rows_done,
                                             walk->rows_all) != 0;
    return walk->stopped;
}

static bool is_first_world(struct walk *walk)
{
    return reckon_begins_so(walk->task, reckon_root_of(walk->task, walk->again.branch),
                            walk->again.session, &walk->first);
}

/* Nothing was done yet: the world is the lesson's, or somebody made it. */
static void judge_first_world(struct walk *walk, uint32_t number)
{
    struct str text = STR_INIT;

    if (walk->begins || walk->broken)
        return;
    walk->begins = true;
    if ((number == 0 && is_first_world(walk)) || walk->stopped)
        return;
    str_add(&text, "it does not begin as the lesson begins: its first world is another one");
    tell(walk->out, true, &text);
}

static void enter(struct walk *walk, uint32_t number, int64_t time)
{
    const struct lesson_step *step = &walk->task->lesson->steps.items[number];
    struct reckon_step *known = &walk->out->steps.items[number];

    judge_first_world(walk, number);
    walk->quiet = false;
    if (!known->begun) {
        known->begun = true;
        known->began_at = time;
        walk->began_ms.items[number] = walk->wall_ms;
    }
    progress_enter(&walk->progress, step, time);
    look(walk);
}

/* ---- what the logbook says of the present row ---- */

static int64_t time_limit(struct walk *walk)
{
    struct str why = STR_INIT;
    const struct store_entry *next = again_next(&walk->again, &why);
    int64_t limit = next != NULL ? next->sim_time : now_of(walk) + BEYOND_NS_MAX_S * SECOND_NS;

    str_release(&why);
    return limit;
}

/* Lets time pass to a moment that lies before the next row; false when it does not. */
static bool pass_to(struct walk *walk, int64_t time)
{
    if (time < now_of(walk) || time > time_limit(walk))
        return false;
    return session_advance(walk->again.session, time, "") == 0;
}

static void take_note(struct walk *walk, const struct logbook_entry *note)
{
    uint32_t number = step_at(walk->task->lesson, note->step);
    int64_t time = note->value == NULL ? -1 : strtoll(note->value, NULL, 10);

    if (note->value == NULL)
        return; /* a promise that is whole again, or a lesson begun anew */
    if (number < walk->task->lesson->steps.count && strcmp(note->key, progress_key_begun) == 0) {
        if (pass_to(walk, time))
            enter(walk, number, time);
    } else if (number < walk->task->lesson->steps.count &&
               strcmp(note->key, progress_key_hints) == 0) {
        walk->out->steps.items[number].hints = (uint32_t)strtoul(note->value, NULL, 10);
    } else if (number < walk->task->lesson->steps.count &&
               strcmp(note->key, progress_key_given) == 0) {
        walk->given = walk->out->steps.items[number].given = true;
    } else if ((note->key[0] != '+' && time > now_of(walk) && pass_to(walk, time)) ||
               time == now_of(walk)) {
        look(walk); /* the learner's console looked here, too */
    }
}

static void take_notes(struct walk *walk)
{
    const struct logbook *logbook = walk->task->logbook;

    for (uint32_t i = 0; i < logbook->entries.count && !walk->stopped; i++) {
        const struct logbook_entry *entry = &logbook->entries.items[i];

        if (entry->line != NULL || walk->used.items[i] ||
            entry->before.branch != walk->again.branch || entry->before.seq != walk->again.seq ||
            strcmp(entry->lesson, walk->task->lesson->id) != 0)
            continue;
        walk->used.items[i] = true;
        take_note(walk, entry);
    }
}

/* Without a logbook: the steps that the file says were begun before the next row's time. */
static void take_claims(struct walk *walk)
{
    const struct lesson *lesson = walk->task->lesson;
    const struct reckon_step *step = present_step(walk);
    uint32_t number = step == NULL ? 0 : (uint32_t)(step - walk->out->steps.items) + 1;
    const char *first = progress_note(&walk->claimed, lesson->steps.items[0].id,
                                      progress_key_begun);

    /* At which of the rows of that moment it began is not known. */
    if (!walk->begins && first != NULL && strtoll(first, NULL, 10) == now_of(walk))
        walk->begins = is_first_world(walk);
    for (; number < lesson->steps.count && !walk->stopped; number++) {
        const char *begun = progress_note(&walk->claimed, lesson->steps.items[number].id,
                                          progress_key_begun);
        int64_t time = begun == NULL ? -1 : strtoll(begun, NULL, 10);

        if (begun == NULL || time >= time_limit(walk) ||
            (walk->progress.step != NULL && !walk->progress.complete))
            return;
        if (time > now_of(walk))
            pass_to(walk, time);
        enter(walk, number, time);
    }
}

static void take_present(struct walk *walk)
{
    if (walk->out->logged)
        take_notes(walk);
    else
        take_claims(walk);
}

/* ---- playing ---- */

static void cannot_go_on(struct walk *walk, const char *why)
{
    struct str text = STR_INIT;

    if (walk->stopped || walk->broken)
        return;
    walk->broken = true;
    str_addf(&text, "the journal says what cannot have happened: %s",
             *why == '\0' ? "it ends before its end" : why);
    tell(walk->out, true, &text);
}

static int64_t *played_find(struct walk *walk, int64_t branch)
{
    for (uint32_t i = 0; i < walk->played.count; i++) {
        if (walk->played.items[i].branch == branch)
            return &walk->played.items[i].seq;
    }
    *LIST_PUSH(&walk->played) = (struct logbook_place){
        .branch = branch,
        .seq = store_branch_find(walk->task->store, branch)->parent_seq,
    };
    return &walk->played.items[walk->played.count - 1].seq;
}

/* A row that the learner made, or the lesson for them: it tells runs apart. */
static void count_row(struct walk *walk, const struct store_entry *entry)
{
    struct reckon_step *step = present_step(walk);
    struct str bytes = STR_INIT;

    walk->rows_done++;
    if (entry->kind != JOURNAL_CALL || step == NULL)
        return;
    if (!walk->out->logged)
        step->commands++;
    str_addf(&bytes, "%llu %lld ",
             (unsigned long long)store_branch_find(walk->task->store, walk->root)->seed,
             (long long)entry->sim_time);
    str_addn(&bytes, entry->bytes, entry->size);
    pack_hash(str_text(&bytes), bytes.length, LIST_PUSH(&walk->out->rows)->hash);
    str_release(&bytes);
}

/* An assignment is a call and a variable: nobody looked in between. */
static bool is_half(struct walk *walk, uint32_t kind, struct str *why)
{
    const struct store_entry *next = again_next(&walk->again, why);

    return kind == JOURNAL_CALL && next != NULL && next->kind == JOURNAL_VARIABLE &&
           next->sim_time == now_of(walk);
}

/* What the checks of a step are worth now; how long it took, if it is not done. */
static void settle_step(struct walk *walk, struct reckon_step *step)
{
    if (step->begun && !step->done)
        step->took_ns = now_of(walk) - step->began_at;
    for (uint32_t i = 0; i < step->checks.count; i++) {
        struct reckon_check *check = &step->checks.items[i];
        int64_t when;

        check->achieved = progress_is_achieved(&walk->progress, step->step, check->check, &when);
        check->late = walk->boxed && check->achieved &&
                      !progress_was_counted(&walk->progress, step->step, check->check);
        check->after_ns = check->achieved ? when - step->began_at : 0;
    }
}

/* The lesson was begun anew: what was achieved before counts no more, unless a jump began it. */
static void forget_before(struct walk *walk, bool jumped)
{
    for (uint32_t i = 0; i < walk->out->steps.count; i++) {
        struct reckon_step *step = &walk->out->steps.items[i];

        if (jumped) {
            settle_step(walk, step);
            reckon_better(&walk->kept.items[i], step);
        } else {
            reckon_step_clear(&walk->kept.items[i]);
        }
        reckon_step_clear(step);
        walk->began_ms.items[i] = 0;
    }
    progress_forget(&walk->progress);
    walk->begins = false;
    str_clear(&walk->first);
    if (!jumped)
        walk->out->rows.count = 0;
}

/* A time box that is over: what is achieved now is in time, the rest will be late.  Another box, or
 * none, and it counts again. */
static void take_arrival(struct walk *walk, const struct store_entry *entry)
{
    struct class_message message;

    if (entry->kind != JOURNAL_ARRIVAL ||
        class_message_read(entry->bytes, entry->size, &message) != 0)
        return;
    if (message.verb == CLASS_BOX || message.verb == CLASS_BOX_END)
        walk->boxed = message.verb == CLASS_BOX_END;
    if (message.verb == CLASS_BOX_END)
        progress_end_counting(&walk->progress);
    class_message_release(&message);
}

/* A box that ended while the learner was elsewhere, in the sandbox or before the lesson was begun
 * anew, is over here too. */
static void pass_by(struct walk *walk, const struct logbook_place *place)
{
    const struct store_branch *branch = store_branch_find(walk->task->store, place->branch);
    struct store_journal *rows;
    struct store_entry entry;
    int64_t *seen;

    if (branch == NULL || is_ours(walk, place->branch) || place->seq > branch->head_seq)
        return;
    seen = played_find(walk, place->branch);
    if (*seen >= place->seq)
        return;
    rows = store_journal_open(walk->task->store, place->branch, *seen + 1, place->seq);
    while (rows != NULL && store_journal_next(rows, &entry))
        take_arrival(walk, &entry);
    if (rows != NULL)
        store_journal_close(rows);
    *seen = place->seq;
}

/* Does the rows of a branch as far as that one. */
static void play(struct walk *walk, int64_t branch, int64_t seq)
{
    struct str why = STR_INIT;
    int64_t *played = played_find(walk, branch);
    int status = 0;

    if (walk->again.branch != branch || walk->again.seq != *played) {
        if (*played == 0 && walk->again.branch != 0 && reckon_root_of(walk->task, branch) == branch)
            forget_before(walk, reckon_jumped_from(walk->task, branch) != 0);
        walk->quiet = true;
        status = again_go(&walk->again, branch, *played, &why);
        walk->quiet = false;
    }
    if (status == 0)
        take_present(walk);
    while (status == 0 && walk->again.seq < seq && !walk->stopped) {
        const struct store_entry *entry = again_next(&walk->again, &why);
        uint32_t kind;

        if (entry == NULL) {
            status = -1;
            break;
        }
        kind = entry->kind;
        count_row(walk, entry);
        if (walk->rows_done % ROWS_LOOK == 0 && on_waiting(walk, "", 0) != 0)
            break;
        take_arrival(walk, entry);
        status = again_step(&walk->again, &why);
        if (status == 0 && !is_half(walk, kind, &why))
            look(walk);
        if (status == 0)
            take_present(walk);
    }
    *played = walk->again.seq;
    if (status != 0)
        cannot_go_on(walk, str_text(&why));
    str_release(&why);
}

/* ---- the lines ---- */

static void count_line(struct walk *walk, const struct logbook_entry *line)
{
    struct reckon_step *step = present_step(walk);

    if (step == NULL || line->instructed || !reckon_is_command(line->line))
        return;
    step->commands++;
    step->failed += line->status != 0;
}

/* What became done by a line that does it for the learner is given, not earned: of files older than
 * the note that says so. */
static void mark_given(struct walk *walk, uint64_t done_before)
{
    for (uint32_t i = 0; i < walk->out->steps.count && i < 64; i++) {
        struct reckon_step *step = &walk->out->steps.items[i];

        if (step->done && step->checks.count > 0 && (done_before >> i & 1) == 0)
            step->given = true;
    }
}

static uint64_t done_steps(const struct walk *walk)
{
    uint64_t done = 0;

    for (uint32_t i = 0; i < walk->out->steps.count && i < 64; i++)
        done |= (uint64_t)walk->out->steps.items[i].done << i;
    return done;
}

static bool is_known(const struct walk *walk, const struct logbook_place *place)
{
    return is_ours(walk, place->branch) &&
           place->seq <= store_branch_find(walk->task->store, place->branch)->head_seq;
}

static void play_line(struct walk *walk, const struct logbook_entry *line)
{
    uint64_t done;

    walk->given = false;
    pass_by(walk, &line->before);
    if (is_known(walk, &line->before)) {
        play(walk, line->before.branch, line->before.seq);
        if (!walk->broken && walk->again.seq == line->before.seq)
            pass_to(walk, line->before.time);
        count_line(walk, line);
    }
    if (line->wall_ms > 0)
        walk->wall_ms = line->wall_ms;
    done = done_steps(walk);
    pass_by(walk, &line->after);
    if (!walk->broken && is_known(walk, &line->after)) {
        play(walk, line->after.branch, line->after.seq);
        if (!walk->broken && !walk->stopped && pass_to(walk, line->after.time))
            look(walk); /* as it was after each line */
        if (!walk->given && reckon_line_begins(line->line, "solve"))
            mark_given(walk, done);
    }
}

static void play_lines(struct walk *walk)
{
    const struct logbook *logbook = walk->task->logbook;

    for (uint32_t i = 0; i < logbook->entries.count && !walk->stopped && !walk->broken; i++) {
        if (logbook->entries.items[i].line != NULL)
            play_line(walk, &logbook->entries.items[i]);
    }
}

/* What came behind the last line that is known. */
static void play_rest(struct walk *walk)
{
    struct store *store = walk->task->store;
    const struct store_branch *current = store_branch_current(store);

    if (walk->out->logged) {
        if (walk->again.branch != 0 && !walk->broken)
            play(walk, walk->again.branch,
                 store_branch_find(store, walk->again.branch)->head_seq);
        if (current != NULL && is_ours(walk, current->id) && !walk->broken && !walk->stopped)
            play(walk, current->id, current->head_seq);
        return;
    }
    for (size_t i = 0; i < store_branch_count(store) && !walk->broken && !walk->stopped; i++) {
        const struct store_branch *branch = store_branch_at(store, i);

        if (is_ours(walk, branch->id))
            play(walk, branch->id, branch->head_seq);
    }
}

/* ---- holding the claims against it ---- */

static void refute_check(struct walk *walk, const struct lesson_step *step,
                         const struct reckon_check *check, const int64_t times[2])
{
    struct str text = STR_INIT;
    char time[CLOCK_TEXT_SIZE];

    str_addf(&text, "step %s, check %s: the file says achieved at %s, ", step->id,
             check->check->id, clock_format(times[0], CLOCK_MILLI_Z, time));
    if (check->achieved)
        str_addf(&text, "the journal at %s", clock_format(times[1], CLOCK_MILLI_Z, time));
    else
        str_add(&text, "the journal never");
    tell(walk->out, true, &text);
}

static void judge_check(struct walk *walk, const struct reckon_step *step,
                        struct reckon_check *check)
{
    int64_t times[2];

    check->claimed = progress_is_achieved(&walk->claimed, step->step, check->check, &times[0]);
    progress_is_achieved(&walk->progress, step->step, check->check, &times[1]);
    check->refuted =
        !walk->broken && check->claimed && (!check->achieved || times[0] < times[1]);
    if (check->refuted)
        refute_check(walk, step->step, check, times);
}

static void judge_step(struct walk *walk, struct reckon_step *step, const struct reckon_step *kept)
{
    const char *hints = progress_note(&walk->claimed, step->step->id, progress_key_hints);
    uint32_t claimed = hints == NULL ? 0 : (uint32_t)strtoul(hints, NULL, 10);
    struct str text = STR_INIT;

    settle_step(walk, step);
    for (uint32_t i = 0; i < step->checks.count; i++)
        judge_check(walk, step, &step->checks.items[i]);
    if (claimed < step->hints) {
        str_addf(&text, "step %s: the file says %u hints, its logbook %u", step->step->id, claimed,
                 step->hints);
        tell(walk->out, true, &text);
    }
    if (claimed > step->hints)
        step->hints = claimed;
    reckon_better(step, kept);
    for (uint32_t i = 0; i < step->checks.count; i++) {
        walk->out->checks++;
        walk->out->late += step->checks.items[i].late;
        walk->out->achieved += step->checks.items[i].achieved && !step->checks.items[i].late;
    }
    str_release(&text);
}

static void tell_late(struct walk *walk)
{
    struct str text = STR_INIT;

    if (walk->out->late == 0)
        return;
    str_addf(&text, "%u check%s achieved after the time box, and not counted", walk->out->late,
             walk->out->late == 1 ? " was" : "s were");
    tell(walk->out, false, &text);
}

/* The world must be the lesson's, and the text the one that was begun. */
static void judge_beginning(struct walk *walk)
{
    const struct reckon_task *task = walk->task;
    const struct store_branch *root = store_branch_find(task->store, walk->root);
    const char *claimed = progress_note(&walk->claimed, "", progress_key_lesson);
    char mark[LESSON_MARK_SIZE];
    struct str text = STR_INIT;

    for (size_t i = 0; i < store_branch_count(task->store) && root->seed == task->seed; i++) {
        const struct store_branch *branch = store_branch_at(task->store, i);

        if (branch->parent == 0 && is_ours(walk, branch->id))
            root = branch;
    }
    if (root->seed != task->seed) {
        str_addf(&text, "its world has the seed %llu; this learner's has %llu",
                 (unsigned long long)root->seed, (unsigned long long)task->seed);
        tell(walk->out, true, &text);
    }
    lesson_mark(task->lesson, mark);
    if (claimed != NULL && strcmp(claimed, mark) != 0) {
        str_addf(&text, "another text of the lesson was begun (%.16s) than this program has (%s)",
                 claimed, mark);
        tell(walk->out, true, &text);
    }
    str_release(&text);
}

/* A state that was saved at the end is what the rows made. */
static void judge_saved(struct walk *walk)
{
    const struct store_branch *branch = store_branch_find(walk->task->store, walk->again.branch);
    struct str saved = STR_INIT;
    struct str made = STR_INIT;
    struct str text = STR_INIT;
    int64_t now = now_of(walk);

    if (walk->again.seq == branch->head_seq &&
        store_checkpoint_read(walk->task->store, branch->id, branch->head_seq, &saved) ==
            branch->head_seq) {
        session_keep(walk->again.session, &made);
        /* Read and written again, as a newer program would have it. */
        if (session_return(walk->again.session, &saved, &text) == 0) {
            str_clear(&saved);
            session_keep(walk->again.session, &saved);
        }
        str_clear(&text);
        if (now_of(walk) == now && (made.length != saved.length ||
                                    memcmp(made.text, saved.text, made.length) != 0)) {
            str_addf(&text, "the state saved at row %lld is not what the rows make",
                     (long long)branch->head_seq);
            tell(walk->out, true, &text);
        }
    }
    str_release(&saved);
    str_release(&made);
    str_release(&text);
}

/* ---- the door ---- */

/* A lesson that an older program began has no such note, though lines may follow. */
static bool notes_first_step(const struct reckon_task *task, const struct logbook_entry *entry)
{
    return entry->line == NULL && entry->value != NULL &&
           strcmp(entry->lesson, task->lesson->id) == 0 &&
           strcmp(entry->key, progress_key_begun) == 0 &&
           strcmp(entry->step, task->lesson->steps.items[0].id) == 0;
}

static void walk_init(struct walk *walk, const struct reckon_task *task,
                      struct reckoning *reckoning)
{
    *walk = (struct walk){.task = task, .out = reckoning, .root = reckon_find_root(task)};
    progress_open(&walk->progress, NULL, task->lesson);
    progress_open(&walk->claimed, task->store, task->lesson);
    for (uint32_t i = 0; i < task->logbook->entries.count; i++) {
        const struct logbook_entry *entry = &task->logbook->entries.items[i];

        *LIST_PUSH(&walk->used) = false;
        reckoning->logged |= entry->before.branch >= walk->root && notes_first_step(task, entry);
    }
    for (size_t i = 0; i < store_branch_count(task->store); i++) {
        const struct store_branch *branch = store_branch_at(task->store, i);

        if (is_ours(walk, branch->id))
            walk->rows_all += branch->head_seq - branch->parent_seq;
    }
    for (uint32_t i = 0; i < task->lesson->steps.count; i++) {
        *LIST_PUSH(&walk->began_ms) = 0;
        reckon_step_init(LIST_PUSH(&reckoning->steps), &task->lesson->steps.items[i]);
        reckon_step_init(LIST_PUSH(&walk->kept), &task->lesson->steps.items[i]);
    }
}

static void walk_release(struct walk *walk)
{
    again_release(&walk->again);
    progress_close(&walk->progress);
    progress_close(&walk->claimed);
    str_release(&walk->first);
    LIST_RELEASE(&walk->played);
    LIST_RELEASE(&walk->used);
    for (uint32_t i = 0; i < walk->kept.count; i++)
        LIST_RELEASE(&walk->kept.items[i].checks);
    LIST_RELEASE(&walk->kept);
    LIST_RELEASE(&walk->began_ms);
}

static void walk_all(struct walk *walk)
{
    struct session *session = walk->again.session;

    session->watched = true;
    session->hooks = (struct session_hooks){
        .context = walk,
        .waiting = on_waiting,
        .second = on_second,
    };
    if (walk->out->logged)
        play_lines(walk);
    if (!walk->broken && !walk->stopped)
        play_rest(walk);
    session->hooks = (struct session_hooks){0};
    if (walk->stopped)
        return;
    for (uint32_t i = 0; i < walk->out->steps.count; i++)
        judge_step(walk, &walk->out->steps.items[i], &walk->kept.items[i]);
    tell_late(walk);
    judge_beginning(walk);
    if (!walk->broken && walk->again.branch != 0)
        judge_saved(walk);
}

int reckon_run(const struct reckon_task *task, struct reckoning *reckoning)
{
    struct str why = STR_INIT;
    struct walk walk;
    int status;

    *reckoning = (struct reckoning){.lesson = task->lesson};
    walk_init(&walk, task, reckoning);
    if (again_open(&walk.again, task->catalog, task->store, &why) == 0)
        walk_all(&walk);
    else
        tell(reckoning, true, &why);
    status = walk.stopped ? -1 : 0;
    walk_release(&walk);
    str_release(&why);
    return status;
}

static void release_texts(char **items, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        free(items[i]);
}

void reckon_release(struct reckoning *reckoning)
{
    for (uint32_t i = 0; i < reckoning->steps.count; i++)
        LIST_RELEASE(&reckoning->steps.items[i].checks);
    LIST_RELEASE(&reckoning->steps);
    LIST_RELEASE(&reckoning->rows);
    release_texts(reckoning->refuted.items, reckoning->refuted.count);
    release_texts(reckoning->remarks.items, reckoning->remarks.count);
    LIST_RELEASE(&reckoning->refuted);
    LIST_RELEASE(&reckoning->remarks);
}

struct strings reckon_lessons(const struct store *store)
{
    struct strings found = {0};

    for (size_t i = 0; i < store_branch_count(store); i++) {
        const struct store_branch *branch = store_branch_at(store, i);
        bool known = branch->lesson[0] == '\0';

        for (uint32_t k = 0; k < found.count && !known; k++)
            known = strcmp(found.items[k], branch->lesson) == 0;
        if (!known)
            *LIST_PUSH(&found) = branch->lesson;
    }
    return found;
}

uint32_t reckon_same_rows(const struct reckoning *a, const struct reckoning *b)
{
    uint32_t same = 0;

    while (same < a->rows.count && same < b->rows.count &&
           memcmp(a->rows.items[same].hash, b->rows.items[same].hash, PACK_HASH_SIZE) == 0)
        same++;
    return same;
}
