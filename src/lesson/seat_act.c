/*
 * lesson/seat_act.c - what comes of the messages that an instructor sent to a learner.
 */
#include "lesson/seat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sim/clock.h"
#include "shell/fault_plan.h"
#include "shell/run.h"
#include "lesson/runner.h"
#include "lesson/seat_parts.h"

static const char setting_doing[] = "class.doing"; /* "NUMBER ROW" while a long one is being done */

/* The news end in one end of a line. */
static void end_line(struct seat *seat)
{
    while (seat->news.length > 0 && seat->news.text[seat->news.length - 1] == '\n')
        str_cut(&seat->news, seat->news.length - 1);
    str_addc(&seat->news, '\n');
}

/* A line is run, and `before` with what it says goes to the news; or `refused`, with why not. */
static void run_line(struct seat *seat, const char *line, const char *before, const char *refused)
{
    struct str out = STR_INIT;
    struct str err = STR_INIT;
    struct command_io io = {.out = &out, .err = &err};
    void (*printed)(void *context, struct command_io *io) = seat->shell->printed;
    int status;

    seat->shell->printed = NULL; /* the text is wanted here */
    status = shell_run(seat->shell, line, false, &io);
    seat->shell->printed = printed;
    str_add(&seat->news, status == 0 ? before : refused);
    str_add(&seat->news, str_text(status == 0 ? &out : &err));
    end_line(seat);
    str_release(&out);
    str_release(&err);
}

/* The lesson's next one. */
static void give_hint(struct seat *seat, const char *told)
{
    run_line(seat, "hint", told, told);
}

/* To a step, on a branch: what was done stays on the other one. */
static void reset(struct seat *seat, const char *told, const char *step)
{
    char *line = xasprintf("jump %s", step);
    char *first = xasprintf("%s\n", told);

    if (!class_step_check(step))
        str_add(&seat->news, "class: your instructor sent you to a step that has no such name\n");
    else
        run_line(seat, line, first, "class: your instructor could not take you to another step: ");
    free(first);
    free(line);
}

static void break_things(struct seat *seat, const char *told, const char *plan)
{
    struct str out = STR_INIT;
    struct str err = STR_INIT;
    struct command_io io = {.out = &out, .err = &err};
    int commands = fault_plan_check(plan, strlen(plan), &err);
    int refused = commands < 0 ? 0 : fault_plan_run(seat->shell, plan, &io);

    if (commands < 0)
        str_addf(&seat->news, "class: your instructor sent a fault plan that is none: %s\n",
                 str_text(&err));
    else if (refused > 0)
        str_addf(&seat->news, "instructor: a fault plan of %d, %d of them refused here:\n%s",
                 commands, refused, str_text(&err));
    else
        str_addf(&seat->news, "%s (a fault plan of %d)\n", told, commands);
    end_line(seat);
    str_release(&out);
    str_release(&err);
}

static void act(struct seat *seat, const struct class_message *message)
{
    struct str text = STR_INIT;
    const char *told;

    class_message_tell(message, &text);
    told = str_text(&text);
    if (message->verb == CLASS_LOWER) {
        seat->status.hand = 0;
        seat_set_text(&seat->status.question, "");
    }
    if (message->verb == CLASS_HINT && message->text[0] == '\0')
        give_hint(seat, told);
    else if (message->verb == CLASS_FAULTS)
        break_things(seat, told, message->text);
    else if (message->verb == CLASS_RESET)
        reset(seat, told, message->text);
    else if (message->verb != CLASS_BOX_END)
        str_addf(&seat->news, "%s\n", told);
    str_release(&text);
}

/* More than one row comes of it: a kill may come in between. */
bool seat_changes_world(const struct class_message *message)
{
    return message->verb == CLASS_FAULTS || message->verb == CLASS_RESET;
}

/* Journals a message.  False: not yet, the disk does not take it. */
bool seat_journal(struct seat *seat, const struct class_message *message, const char *key,
                    int64_t number)
{
    struct str text = STR_INIT;
    struct str why = STR_INIT;
    char value[24];
    char doing[48];
    const struct session_setting settings[] = {{key, value}, {setting_doing, doing}};
    bool good;

    snprintf(value, sizeof(value), "%lld", (long long)number);
    snprintf(doing, sizeof(doing), "%lld %lld", (long long)number,
             (long long)session_seq(seat->shell->session) + 1);
    class_message_journal(message, &text);
    good = session_add_arrival(seat->shell->session, str_text(&text), settings,
                               seat_changes_world(message) ? 2 : 1, &why) == 0;
    if (!good) {
        if (seat->retry_ns == 0)
            str_addf(&seat->news, "class: what your instructor sent waits: %s\n", str_text(&why));
        seat->retry_ns = seat->clock() + 5 * SECOND_NS;
    } else {
        seat->retry_ns = 0;
    }
    str_release(&text);
    str_release(&why);
    return good;
}

void seat_act(struct seat *seat, const struct class_message *message)
{
    const struct session_setting none = {setting_doing, NULL};
    struct str why = STR_INIT;

    seat->shell->session->instructed = true;
    act(seat, message);
    seat->shell->session->instructed = false;
    if (seat_changes_world(message))
        session_set_settings(seat->shell->session, &none, 1, &why);
    str_release(&why);
}

/* A kill came while a message was done: it is done again from the row at which it arrived. */
void seat_do_again(struct seat *seat)
{
    struct session *session = seat->shell->session;
    struct class_messages found = {0};
    struct str why = STR_INIT;
    struct str doing = STR_INIT;
    char *end = NULL;
    int64_t number = 0;

    if (session->store != NULL && store_setting_find(session->store, setting_doing, &doing))
        number = strtoll(str_text(&doing), &end, 10);
    if (number > 0)
        class_post_read(&seat->folder, number - 1, &found);
    if (found.items.count > 0 && found.items.items[0].number == number) {
        const struct class_message *message = &found.items.items[0];
        int64_t row = strtoll(end, NULL, 10);

        if (message->verb == CLASS_FAULTS && session_seq(session) > row)
            session_fork(session, "faults", row, &why);
        seat_act(seat, message);
    }
    class_messages_release(&found);
    str_release(&doing);
    str_release(&why);
}

/* The box is over: rows after this one were made after it. */
void seat_end_box(struct seat *seat)
{
    struct class_message end = {
        .verb = CLASS_BOX_END,
        .at = seat->status.box,
        .text = xstrdup(""),
    };

    if (seat->runner->lesson != NULL)
        progress_end_counting(&seat->runner->progress);
    if (seat_journal(seat, &end, seat_setting_box, seat->status.box)) {
        seat->box_over = true;
        class_message_tell(&end, &seat->news);
        str_addc(&seat->news, '\n');
    }
    class_message_release(&end);
}
