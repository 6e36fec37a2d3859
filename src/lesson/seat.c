/*
 * lesson/seat.c - a learner's place in a class.
 *
 * Moves   a message: seen (freeze and release act at once) -> journalled, and noted as taken in
 *         the same transaction -> done (seat_act.c).  After a kill in between it is done again
 *         from the row at which it arrived, so that it is done once and wholly.
 */
#include "lesson/seat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "sim/clock.h"
#include "shell/run.h"
#include "lesson/runner.h"
#include "lesson/seat_parts.h"

enum { MINUTE_S = 60 };
static const int64_t look_ns = 250000000;

const char seat_setting_taken[] = "class.taken";
const char seat_setting_box[] = "class.box";

static struct session *session_of(const struct seat *seat)
{
    return seat->shell->session;
}

/* ---- what the wall is told ---- */

void seat_set_text(char **text, const char *value)
{
    if (str_equal(*text, value))
        return;
    free(*text);
    *text = xstrdup(value);
}

/* As `nephoscope lesson report` reckons it. */
static void count_checks(struct seat *seat)
{
    const struct progress *progress = &seat->runner->progress;
    const struct lesson_step *step = runner_step(seat->runner);
    struct class_status *status = &seat->status;
    bool over = status->box > 0 && seat->box_over;
    int64_t when;

    status->checks = 0;
    status->late = 0;
    status->checks_all = step == NULL ? 0 : step->checks.count;
    for (uint32_t i = 0; i < status->checks_all; i++) {
        const struct check *check = &step->checks.items[i];

        if (!progress_is_achieved(progress, step, check, &when))
            continue;
        if (over && !progress_was_counted(progress, step, check))
            status->late++;
        else
            status->checks++;
    }
}

static void describe_lesson(struct seat *seat)
{
    struct class_status *status = &seat->status;
    const struct runner *runner = seat->runner;
    const struct lesson_step *step = runner_step(runner);

    seat_set_text(&status->lesson, runner->lesson == NULL ? "" : runner->lesson->id);
    seat_set_text(&status->title, step == NULL ? "" : step->title);
    status->step = step == NULL ? 0 : runner->step + 1;
    status->steps = step == NULL ? 0 : runner->lesson->steps.count;
    status->complete = runner_step_complete(runner);
    status->finished = runner->finished;
    count_checks(seat);
}

/* More than before is progress, whatever it is more of. */
static uint64_t done_of(const struct seat *seat)
{
    const struct class_status *status = &seat->status;
    uint64_t hold = 0;

    for (uint32_t i = 0; status->step > 0 && i < seat->runner->progress.checks.count; i++)
        hold += seat->runner->progress.checks.items[i].achieved;
    return ((uint64_t)status->step << 32) + (hold << 16) +
           ((uint64_t)status->finished << 9) + ((uint64_t)status->complete << 8) +
           (status->step == 0 ? 0 : runner_lines_taken(seat->runner));
}

static bool counts(const struct seat *seat, int64_t now_s)
{
    return seat->status.box == 0 || now_s < seat->status.box;
}

/* Fills the status in as things are now. */
static void describe(struct seat *seat, int64_t now_s)
{
    struct class_status *status = &seat->status;
    const struct session *session = session_of(seat);
    char *lesson = xstrdup(status->lesson);
    uint64_t done;

    describe_lesson(seat);
    if (strcmp(lesson, status->lesson) != 0) {
        seat->lesson_since = now_s;
        seat->minutes = 0;
        seat->done = 0;
    }
    free(lesson);
    done = done_of(seat);
    if (done > seat->done)
        status->progress = now_s;
    seat->done = done;
    if (counts(seat, now_s)) {
        int64_t passed = now_s - seat->lesson_since;

        status->minutes = seat->minutes + (passed < 0 ? 0 : (uint32_t)(passed / MINUTE_S));
        status->hints = runner_hints_all(seat->runner);
    } else if (status->box_step == 0 && status->step > 0) {
        status->box_step = status->step;
        status->box_checks = status->checks;
    }
    status->refusals = session->refusals > 99999 ? 99999 : (uint32_t)session->refusals;
    seat_set_text(&status->error, session->last_fault == NULL ? "" : session->last_fault->code);
}

static void say_broken(struct seat *seat, const char *why)
{
    if (!seat->broken)
        str_addf(&seat->news,
                 "class: the class's folder takes nothing now (%s); go on, your work is not in "
                 "danger.\n",
                 why);
    seat->broken = true;
}

/* Tells the wall, when something has changed and the last time is a second ago. */
static void publish(struct seat *seat, int64_t now, bool at_once)
{
    struct str bytes = STR_INIT;
    struct str why = STR_INIT;
    char *name;

    if (!at_once && now - seat->written_ns < SECOND_NS && now >= seat->written_ns)
        return;
    describe(seat, now / SECOND_NS);
    class_status_write(&seat->status, &bytes);
    if (seat->written.length == bytes.length &&
        memcmp(seat->written.text, bytes.text, bytes.length) == 0) {
        str_release(&bytes);
        return;
    }
    name = class_status_name(seat->name);
    seat->written_ns = now;
    if (!class_folder_find(&seat->folder)) {
        say_broken(seat, "it is gone");
    } else if (class_file_write(seat->folder.dir, name, &bytes, CLASS_REPLACE, &why) != 0) {
        say_broken(seat, str_text(&why));
    } else {
        seat->broken = false;
        str_clear(&seat->written);
        str_move(&seat->written, &bytes);
    }
    free(name);
    str_release(&bytes);
    str_release(&why);
}

/* ---- what comes ---- */

static void set_box(struct seat *seat, const struct class_message *message)
{
    seat->status.box = class_box_end(message);
    seat->status.box_step = 0;
    seat->status.box_checks = 0;
    seat->box_over = false;
}

/* What is so from the moment at which a message is seen, journalled or not. */
static void heed(struct seat *seat, const struct class_message *message)
{
    if (message->verb == CLASS_FREEZE)
        seat->status.frozen = true;
    else if (message->verb == CLASS_RELEASE)
        seat->status.frozen = false;
    else if (message->verb == CLASS_BOX)
        set_box(seat, message);
}

/* New messages for this learner go to those that have arrived. */
static void receive(struct seat *seat)
{
    struct class_messages found = {0};

    class_post_read(&seat->folder, seat->post.last, &found);
    for (uint32_t i = 0; i < found.items.count; i++) {
        struct class_message *message = &found.items.items[i];

        seat->post.last = message->number;
        if (!class_message_is_for(message, seat->name)) {
            class_message_release(message);
            continue;
        }
        heed(seat, message);
        *LIST_PUSH(&seat->arrived.items) = *message;
    }
    LIST_RELEASE(&found.items);
}

void seat_look(struct seat *seat)
{
    int64_t now = seat->clock();

    if (now - seat->looked_ns < look_ns && now >= seat->looked_ns)
        return;
    seat->looked_ns = now;
    if (class_folder_find(&seat->folder)) {
        if (class_post_is_new(&seat->post, &seat->folder))
            receive(seat);
        seat->watched = class_look_is_on(&seat->folder, seat->name, now);
    }
    publish(seat, now, false);
}

bool seat_take(struct seat *seat)
{
    bool some = false;
    int64_t now = seat->clock();

    if (now < seat->retry_ns || seat->busy)
        return false;
    seat->busy = true;
    seat->waits = false;
    if (!seat->began) {
        seat->began = true;
        seat_do_again(seat);
    }
    while (seat->arrived.items.count > 0) {
        struct class_message message = seat->arrived.items.items[0];

        if (!seat_journal(seat, &message, seat_setting_taken, message.number))
            break;
        LIST_REMOVE(&seat->arrived.items, 0);
        seat->status.taken = message.number;
        if (!message.shown)
            seat_act(seat, &message);
        class_message_release(&message);
        some = true;
    }
    if (seat->status.box > 0 && !seat->box_over && now / SECOND_NS >= seat->status.box)
        seat_end_box(seat);
    seat->busy = false;
    return some;
}

void seat_hear(struct seat *seat)
{
    if (seat->busy)
        return;
    for (uint32_t i = 0; i < seat->arrived.items.count; i++) {
        struct class_message *message = &seat->arrived.items.items[i];

        if (message->shown || seat_changes_world(message))
            continue;
        message->shown = true;
        seat_act(seat, message);
    }
}

void seat_wait(struct seat *seat)
{
    if (!seat->waits)
        str_add(&seat->news,
                "class: this waits: your instructor stopped time; Ctrl-C gives it up\n");
    seat->waits = true;
}

bool seat_calls_away(const struct seat *seat)
{
    bool called = false;

    for (uint32_t i = 0; i < seat->arrived.items.count; i++)
        called = called || seat->arrived.items.items[i].verb == CLASS_RESET;
    return called && seat_is_frozen(seat);
}

bool seat_take_news(struct seat *seat, struct str *out)
{
    bool some = seat->news.length > 0;

    str_addn(out, str_text(&seat->news), seat->news.length);
    str_clear(&seat->news);
    return some;
}

bool seat_is_frozen(const struct seat *seat)
{
    return seat->status.frozen && !seat->busy; /* what the instructor sent is done all the same */
}

const char *seat_note(struct seat *seat)
{
    int64_t left = seat->status.box - seat->clock() / SECOND_NS;

    str_clear(&seat->note);
    if (seat->watched)
        str_add(&seat->note, "your instructor looks at a copy of your world");
    else if (seat->status.frozen)
        str_add(&seat->note, "your instructor stopped time");
    else if (seat->status.hand > 0)
        str_add(&seat->note, "your hand is up");
    else if (seat->status.box > 0 && left > 0)
        str_addf(&seat->note, "%lld min left", (long long)((left + MINUTE_S - 1) / MINUTE_S));
    else if (seat->status.box > 0)
        str_add(&seat->note, "time is up; go on as you like");
    return str_text(&seat->note);
}

/* ---- beginning and end ---- */

static int64_t number_setting(const struct seat *seat, const char *key, int64_t otherwise)
{
    struct store *store = session_of(seat)->store;
    struct str value = STR_INIT;
    int64_t number = otherwise;

    if (store != NULL && store_setting_find(store, key, &value))
        number = strtoll(str_text(&value), NULL, 10);
    str_release(&value);
    return number;
}

/* What the learner's own status said when they left: it goes on. */
static void go_on(struct seat *seat)
{
    char *name = class_status_name(seat->name);
    struct class_status before;
    struct class_file seen;
    struct str bytes = STR_INIT;
    struct str why = STR_INIT;

    if (class_file_read(seat->folder.dir, name, &seen, &bytes, &why) == CLASS_READ &&
        class_status_read(&bytes, &before, &why) == 0) {
        if (strcmp(before.lesson, seat->status.lesson) == 0)
            seat->minutes = before.minutes;
        seat->status.hand = before.hand;
        seat_set_text(&seat->status.question, before.question);
        if (before.box == seat->status.box) {
            seat->status.box_step = before.box_step;
            seat->status.box_checks = before.box_checks;
        }
        class_status_release(&before);
    }
    free(name);
    str_release(&bytes);
    str_release(&why);
}

/* From now on everything that is sent is for this learner too, whether they are here or not. */
static void join(struct seat *seat)
{
    char value[24];
    const struct session_setting taken = {seat_setting_taken, value};
    struct str why = STR_INIT;

    snprintf(value, sizeof(value), "%lld", (long long)seat->post.last);
    session_set_settings(session_of(seat), &taken, 1, &why);
    str_release(&why);
}

/* Everything that was sent before: what it made so is so; who joins late hears only what was for
 * them by name. */
static void catch_up(struct seat *seat)
{
    int64_t taken = number_setting(seat, seat_setting_taken, -1);
    struct class_messages found = {0};

    class_post_is_new(&seat->post, &seat->folder);
    class_post_read(&seat->folder, 0, &found);
    for (uint32_t i = 0; i < found.items.count; i++) {
        struct class_message *message = &found.items.items[i];
        bool hears = taken < 0 ? message->to.count > 0 : message->number > taken;
        bool mine = class_message_is_for(message, seat->name);

        seat->post.last = message->number;
        if (mine)
            heed(seat, message);
        if (mine && hears)
            *LIST_PUSH(&seat->arrived.items) = *message;
        else
            class_message_release(message);
    }
    LIST_RELEASE(&found.items);
    if (taken < 0)
        join(seat);
    seat->status.taken = taken < 0 ? 0 : taken;
    seat->box_over = number_setting(seat, seat_setting_box, 0) == seat->status.box;
}

int seat_init(struct seat *seat, const struct seat_options *options, struct shell *shell,
              struct runner *runner, struct str *why)
{
    int64_t now_s = options->clock() / SECOND_NS;

    *seat = (struct seat){.shell = shell, .runner = runner, .clock = options->clock};
    if (class_folder_open(&seat->folder, options->folder, why) != 0)
        return -1;
    seat->name = xstrdup(options->name);
    seat->status = (struct class_status){
        .pid = getpid(),
        .began = now_s,
        .lesson = xstrdup(""),
        .title = xstrdup(""),
        .question = xstrdup(""),
        .error = xstrdup(""),
        .engine = xstrdup(NEPHOSCOPE_VERSION),
        .name = xstrdup(options->name),
    };
    describe_lesson(seat);
    seat->lesson_since = now_s;
    seat->status.progress = now_s;
    seat->done = done_of(seat);
    catch_up(seat);
    go_on(seat);
    publish(seat, options->clock(), true);
    return 0;
}

/* A file of somebody else's has the learner's name. */
static void add_owner(const struct class_folder *folder, const char *learner, struct str *why)
{
    char *entry = xasprintf("%s%s", learner, class_session_suffix);
    struct class_file seen = {.owner = (uint32_t)getuid()};
    struct str problem = STR_INIT;

    class_file_look(folder->dir, entry, &seen, &problem);
    if (seen.owner != (uint32_t)getuid()) {
        char *user = class_user(seen.owner);

        str_addf(why, "; the name is taken by %s: choose another, or ask your instructor", user);
        free(user);
    }
    free(entry);
    str_release(&problem);
}

void seat_add_reason(const struct seat_options *options, struct str *why)
{
    struct class_folder folder;
    struct str problem = STR_INIT;

    if (class_folder_open(&folder, options->folder, &problem) == 0) {
        add_owner(&folder, options->name, why);
        class_folder_close(&folder);
    } else if (access(options->folder, F_OK) != 0) {
        str_add(why, "; your instructor makes it");
    }
    str_release(&problem);
}

void seat_release(struct seat *seat)
{
    int64_t now = seat->clock();

    seat->status.left = now / SECOND_NS;
    publish(seat, now, true);
    class_folder_close(&seat->folder);
    class_status_release(&seat->status);
    class_messages_release(&seat->arrived);
    str_release(&seat->written);
    str_release(&seat->news);
    str_release(&seat->note);
    free(seat->name);
}

/* ---- the word ---- */

static int word_hand(struct word_call *call)
{
    struct seat *seat = call->owner;
    bool up = seat->status.hand > 0;

    if (call->count > 2) {
        str_add(call->io.err, "usage: hand [\"QUESTION\"]\n");
        return EXIT_USAGE;
    }
    if (up && call->count == 1) {
        seat->status.hand = 0;
        seat_set_text(&seat->status.question, "");
        str_add(call->io.out, "Your hand is down.\n");
    } else {
        if (!up)
            seat->status.hand = seat->clock() / SECOND_NS;
        seat_set_text(&seat->status.question, call->count == 2 ? call->words[1] : "");
        str_add(call->io.out,
                seat->broken
                    ? "Your hand is up, but nobody sees it: the class's folder takes nothing now.\n"
                    : "Your hand is up: your instructor sees it. `hand` takes it down again.\n");
    }
    return 0;
}

const struct word seat_words[] = {
    {"hand", "hand [\"QUESTION\"]",
     "Raises your hand in the class, with a question if you like; again: takes it down.",
     word_hand},
    {NULL, NULL, NULL, NULL},
};
