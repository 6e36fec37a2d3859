/*
 * tui/queues.c - messages on their way, in AWS's words: buses and their rules, topics and who hears
 * them, queues and who sends to them and receives.
 */
#include "tui/queues.h"

#include <stdlib.h>

#include "base/mem.h"
#include "tui/queues_rows.h"

static const char *same_word(const char *ours)
{
    return ours;
}

static const struct queues_skin aws_skin = {
    .queue = "queue, standard",
    .queue_fifo = "queue, FIFO",
    .queue_dead = "queue, dead letters",
    .visible = "visible",
    .in_flight = "in flight",
    .delayed = "delayed",
    .sent = "sent",
    .received = "received",
    .deleted = "deleted",
    .expired = "grew too old",
    .waiting = "waiting for a message",
    .too_often = "received more than",
    .too_often_to = "to",
    .flight_mark = "\xe2\x96\xaf",
    .back_in = "back in",
    .seen_in = "seen in",
    .topic = "topic, standard",
    .topic_fifo = "topic, FIFO",
    .nobody = "nobody listens",
    .published = "published",
    .delivered = "delivered",
    .filtered = "filtered out",
    .duplicates = "duplicates",
    .unheard = "heard by nobody",
    .unheard_line = "gone, nobody listened",
    .unconfirmed = "waits for confirmation",
    .reached = "delivered to",
    .retrying = "tried again",
    .dead = "dead-lettered",
    .lost = "lost",
    .bus = "event bus",
    .matched = "matched",
    .triggered = "triggered",
    .given = "delivered",
    .disabled = "disabled",
    .no_target = "no target",
    .unwanted = "gone, no rule wants it",
    .shop = "coffee shop, cashiers call the baristas",
    .shop_over = "coffee shop over a",
    .asked = "asked",
    .taken = "taken",
    .dropped = "dropped",
    .held = "held by cashiers",
    .made = "made",
    .in_hand = "in hand",
    .face_down = "in flight, nobody has it",
    .on_way = "on the way",
    .again = "made again",
    .wasted = "wasted",
    .others = "for others",
    .word = same_word,
};

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

/* What the signs mean that are shown. */
static void write_legend(struct sheet *sheet, const struct queues_scene *scene, int cols)
{
    if (scene->topics.count + scene->buses.count > 0)
        sheet_wrap(sheet, (struct sheet_wrap){THEME_DIM, cols, 0},
                   "\xe2\x97\x86 just now, \xe2\x97\x87 before; the latest: \xe2\x9c\x93 "
                   "delivered, \xe2\x97\x8b filtered out, \xe2\x97\x90 tried again, "
                   "\xe2\x9c\x97 dead-lettered or lost");
    if (scene->queues.count > 0)
        sheet_wrap(sheet, (struct sheet_wrap){THEME_DIM, cols, 0},
                   "\xe2\x96\xae visible: can be received, \xe2\x96\xaf in flight: received, not "
                   "deleted, \xc2\xb7 delayed");
}

static void queues_rows(const void *at, const struct view_frame *frame, struct sheet *sheet)
{
    const struct queues_scene *scene = at;

    if (queues_scene_is_empty(scene)) {
        sheet_wrap(sheet, (struct sheet_wrap){THEME_DIM, frame->cols, 0},
                   "There is no queue, no topic and no rule in this Region. These make one:");
        sheet_line(sheet, THEME_TEXT, "");
        sheet_line(sheet, THEME_COMMAND, "  aws sqs create-queue --queue-name orders");
        sheet_line(sheet, THEME_COMMAND, "  aws sns create-topic --name ready");
        sheet_line(sheet, THEME_COMMAND, "  aws events put-rule help");
        return;
    }
    if (queues_write(sheet, scene, frame, &aws_skin) == 0)
        sheet_line(sheet, THEME_DIM, "none that match");
    else
        write_legend(sheet, scene, frame->cols);
}

static void queues_command(const void *at, const char *id, struct str *command)
{
    queues_command_add(at, id, command);
}

const struct view_ops view_queues = {
    .name = "queues",
    .title = "queues, topics, buses (Alt-6: the order board)",
    .doc = "Queues, topics and event buses: who sends, what waits, who hears, what is lost.",
    .open = queues_open,
    .refresh = queues_refresh,
    .rows = queues_rows,
    .command = queues_command,
    .close = queues_close,
    .lists = true,
};
