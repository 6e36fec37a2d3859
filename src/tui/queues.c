/*
 * tui/queues.c - the queues in AWS's words: messages visible, in flight, delayed, and dead.
 *
 * Asks lab DescribeQueues.
 */
#include "tui/queues.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "tui/answer.h"

enum { NARROW = 78, ONE_LINE = 100, STRIP_MOST = 60, UUID_LENGTH = 36 };

#define VISIBLE_MARK "\xe2\x96\xae"
#define FLIGHT_MARK "\xe2\x96\xaf"
#define DELAYED_MARK "\xc2\xb7"

/* ---- the scene ---- */

static void add_message(struct arena *arena, struct queues_queue *queue, json_t *answer)
{
    *LIST_PUSH_IN(arena, &queue->messages) = (struct queues_message){
        .id = view_keep(arena, answer_text(answer, "MessageId")),
        .state = view_keep(arena, answer_text(answer, "State")),
        .body = view_keep(arena, answer_text(answer, "Body")),
        .group = view_keep(arena, answer_text(answer, "MessageGroupId")),
        .receives = answer_int(answer, "ReceiveCount"),
        .age_s = answer_int(answer, "AgeSeconds"),
        .seconds = answer_at(answer, "VisibleInSeconds") == NULL
                       ? -1
                       : answer_int(answer, "VisibleInSeconds"),
    };
}

static void add_queue(struct queues_scene *scene, json_t *answer)
{
    struct arena *arena = &scene->arena;
    struct queues_queue *queue = LIST_PUSH_IN(arena, &scene->queues);
    json_t *message;
    size_t i;

    *queue = (struct queues_queue){
        .url = view_keep(arena, answer_text(answer, "QueueUrl")),
        .name = view_keep(arena, answer_text(answer, "QueueName")),
        .dead_letter = view_keep(arena, answer_text(answer, "DeadLetterQueue")),
        .fifo = json_is_true(answer_at(answer, "FifoQueue")),
        .visible = answer_int(answer, "Visible"),
        .in_flight = answer_int(answer, "InFlight"),
        .delayed = answer_int(answer, "Delayed"),
        .oldest_s = answer_int(answer, "OldestSeconds"),
        .receives_max = answer_int(answer, "MaxReceiveCount"),
        .waiting = answer_int(answer, "WaitingReceivers"),
        .sent = answer_int(answer, "Sent"),
        .received = answer_int(answer, "Received"),
        .deleted = answer_int(answer, "Deleted"),
        .moved = answer_int(answer, "Moved"),
    };
    json_array_foreach(answer_list(answer, "Messages"), i, message)
        add_message(arena, queue, message);
}

void queues_scene_read(struct queues_scene *scene, const struct view_source *source)
{
    json_t *answer = view_ask(source, "lab", "DescribeQueues", NULL);
    json_t *queue;
    size_t i;

    arena_release(&scene->arena);
    *scene = (struct queues_scene){0};
    json_array_foreach(answer_list(answer, "Queues"), i, queue)
        add_queue(scene, queue);
    json_decref(answer);
    for (uint32_t k = 0; k < scene->queues.count; k++) {
        for (uint32_t n = 0; n < scene->queues.count; n++)
            if (strcmp(scene->queues.items[n].dead_letter, scene->queues.items[k].name) == 0)
                scene->queues.items[k].takes_dead = true;
    }
}

static void *queues_open(const char *argument)
{
    (void)argument;
    return xcalloc(1, sizeof(struct queues_scene));
}

static void queues_refresh(void *at, const struct view_source *source)
{
    queues_scene_read(at, source);
}

static void queues_close(void *at)
{
    arena_release(&((struct queues_scene *)at)->arena);
    free(at);
}

/* ---- its rows ---- */

static void write_time(struct sheet *sheet, enum theme_role role, int64_t seconds)
{
    if (seconds >= 3600)
        sheet_addf(sheet, role, "%lld:%02lld:%02lld", (long long)(seconds / 3600),
                   (long long)(seconds / 60 % 60), (long long)(seconds % 60));
    else
        sheet_addf(sheet, role, "%lld:%02lld", (long long)(seconds / 60),
                   (long long)(seconds % 60));
}

static void write_marks(struct sheet *sheet, enum theme_role role, const char *mark, int64_t count,
                        int64_t most)
{
    for (int64_t i = 0; i < count && i < most; i++)
        sheet_add(sheet, role, mark);
    if (count > most)
        sheet_addf(sheet, role, "+%lld", (long long)(count - most));
}

/* A mark for each message: those that can be received, in flight, delayed. */
static void write_strip(struct sheet *sheet, const struct queues_queue *queue, int cols)
{
    int64_t most = (cols - 24) / 3 < STRIP_MOST ? (cols - 24) / 3 : STRIP_MOST;

    if (queue->visible + queue->in_flight + queue->delayed == 0)
        return;
    sheet_row(sheet, NULL);
    sheet_add(sheet, THEME_TEXT, "    ");
    write_marks(sheet, THEME_GOOD, VISIBLE_MARK, queue->visible, most);
    sheet_add(sheet, THEME_TEXT, queue->visible > 0 ? " " : "");
    write_marks(sheet, THEME_WARN, FLIGHT_MARK, queue->in_flight, most);
    sheet_add(sheet, THEME_TEXT, queue->in_flight > 0 ? " " : "");
    write_marks(sheet, THEME_DIM, DELAYED_MARK, queue->delayed, most);
}

static void write_message(struct sheet *sheet, const struct queues_message *message, int cols)
{
    bool visible = strcmp(message->state, "visible") == 0;
    bool flight = strcmp(message->state, "in flight") == 0;
    enum theme_role role = visible ? THEME_GOOD : flight ? THEME_WARN : THEME_DIM;
    bool narrow = cols < NARROW; /* then the mark says the state alone */
    int body = narrow ? 34 : 56;

    sheet_row(sheet, message->id);
    sheet_addf(sheet, role, "    %s ", visible  ? VISIBLE_MARK
                                       : flight ? FLIGHT_MARK
                                                : DELAYED_MARK);
    sheet_cell(sheet, THEME_DIM, 9, message->id);
    sheet_addf(sheet, THEME_TEXT, " ");
    if (!narrow)
        sheet_cell(sheet, role, 10, message->state);
    if (message->seconds >= 0) {
        sheet_add(sheet, THEME_TEXT, flight ? "back in " : "seen in ");
        write_time(sheet, THEME_TEXT, message->seconds);
    } else {
        sheet_add(sheet, THEME_TEXT, "waits ");
        write_time(sheet, THEME_TEXT, message->age_s);
    }
    sheet_to(sheet, narrow ? 30 : 42);
    if (message->receives > 0)
        sheet_addf(sheet, message->receives > 1 ? THEME_WARN : THEME_DIM, "%s%lldx ",
                   narrow ? "" : "received ", (long long)message->receives);
    if (message->group[0] != '\0') {
        sheet_addf(sheet, THEME_DIM, "[");
        sheet_add(sheet, THEME_DIM, message->group);
        sheet_addf(sheet, THEME_DIM, "] ");
    }
    sheet_to(sheet, (uint32_t)body);
    sheet_cell(sheet, THEME_TEXT, cols > body + 4 ? cols - body - 1 : 3, message->body);
}

static void write_counts(struct sheet *sheet, const struct queues_queue *queue)
{
    sheet_row(sheet, NULL);
    sheet_addf(sheet, THEME_DIM, "    sent %lld  received %lld  deleted %lld",
               (long long)queue->sent, (long long)queue->received, (long long)queue->deleted);
    if (queue->waiting > 0)
        sheet_addf(sheet, THEME_TEXT, "  %lld waiting for a message", (long long)queue->waiting);
    if (queue->dead_letter[0] == '\0')
        return;
    sheet_row(sheet, NULL);
    sheet_addf(sheet, THEME_DIM, "    received more than %lld times: to ",
               (long long)queue->receives_max);
    sheet_add(sheet, THEME_TEXT, queue->dead_letter);
    if (queue->moved > 0)
        sheet_addf(sheet, THEME_BAD, "  \xe2\x9c\x97 %lld went", (long long)queue->moved);
}

static void write_queue(struct sheet *sheet, const struct queues_queue *queue, int cols)
{
    sheet_row(sheet, queue->url);
    sheet_add(sheet, THEME_TITLE, queue->name);
    sheet_addf(sheet, THEME_DIM, "  %s%s", queue->fifo ? "FIFO" : "standard",
               queue->takes_dead ? ", dead letters" : "");
    if (cols < ONE_LINE) {
        sheet_row(sheet, NULL);
        sheet_add(sheet, THEME_TEXT, "    ");
    } else {
        sheet_to(sheet, 42);
    }
    sheet_addf(sheet, queue->visible > 0 ? THEME_STRONG : THEME_TEXT, "visible %lld",
               (long long)queue->visible);
    sheet_addf(sheet, THEME_TEXT, "  in flight %lld  delayed %lld", (long long)queue->in_flight,
               (long long)queue->delayed);
    if (queue->oldest_s > 0) {
        sheet_add(sheet, THEME_DIM, "  oldest ");
        write_time(sheet, THEME_DIM, queue->oldest_s);
    }
    write_strip(sheet, queue, cols);
    for (uint32_t i = 0; i < queue->messages.count; i++)
        write_message(sheet, &queue->messages.items[i], cols);
    write_counts(sheet, queue);
    sheet_line(sheet, THEME_TEXT, "");
}

static void queues_rows(const void *at, const struct view_frame *frame, struct sheet *sheet)
{
    const struct queues_scene *scene = at;

    for (uint32_t i = 0; i < scene->queues.count; i++)
        write_queue(sheet, &scene->queues.items[i], frame->cols);
    if (scene->queues.count == 0)
        sheet_wrap(sheet, (struct sheet_wrap){THEME_DIM, frame->cols, 0},
                   "There is no queue in this Region. `aws sqs create-queue --queue-name orders` "
                   "makes one.");
    else
        sheet_wrap(sheet, (struct sheet_wrap){THEME_DIM, frame->cols, 0},
                   VISIBLE_MARK " visible: can be received, " FLIGHT_MARK
                                " in flight: received, not deleted, " DELAYED_MARK " delayed");
}

/* A message is opened; of a queue the attributes are shown. */
bool queues_command_add(const char *id, struct str *command)
{
    if (str_starts(id, "https://sqs."))
        str_addf(command, "aws sqs get-queue-attributes --attribute-names All --queue-url %s", id);
    else if (strlen(id) == UUID_LENGTH && id[8] == '-' && id[13] == '-')
        str_addf(command, "lab describe-message --message-id %s", id);
    else
        return false;
    return true;
}

static void queues_command(const void *at, const char *id, struct str *command)
{
    (void)at;
    queues_command_add(id, command);
}

const struct view_ops view_queues = {
    .name = "queues",
    .title = "queues (Alt-6: the order board)",
    .doc = "Queues and their messages: visible, in flight, delayed, dead-lettered.",
    .open = queues_open,
    .refresh = queues_refresh,
    .rows = queues_rows,
    .command = queues_command,
    .close = queues_close,
};
