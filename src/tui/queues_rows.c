/*
 * tui/queues_rows.c - rows of queues: who sends, what waits, who receives; in AWS's words or those
 * of the coffee shop.
 *
 * Where there are many queues, each has fewer of its messages shown, and at last one row; the
 * filter (/) brings those that are wanted back in full.
 */
#include "tui/queues_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"

enum {
    NARROW = 78,
    ONE_LINE = 100,
    STRIP_MOST = 60,
    QUEUES_IN_FULL = 8,  /* more queues than that: few messages of each */
    QUEUES_IN_PART = 24, /* more than that: a row for each */
    MESSAGES_IN_PART = 3,
    MESSAGES_LISTED = 100, /* the most that lab describe-queues lists */
};

#define VISIBLE_MARK "\xe2\x96\xae"
#define DELAYED_MARK "\xc2\xb7"

void queues_number(const struct queues_pen *pen, enum theme_role role, const char *word,
                   int64_t number)
{
    struct sheet *sheet = pen->sheet;
    char digits[24];
    int columns = snprintf(digits, sizeof(digits), "%lld", (long long)number) +
                  (int)utf8_columns(word, strlen(word)) + 3;

    if (number <= 0)
        return;
    if ((int)sheet->rows.items[sheet->used - 1].columns + columns > pen->cols) {
        sheet_row(sheet, NULL);
        sheet_add(sheet, THEME_DIM, pen->indent);
    }
    sheet_addf(sheet, role, "  %s %s", word, digits);
}

void queues_rest(struct sheet *sheet, enum theme_role role, int cols, const char *text)
{
    int left = cols - (int)sheet->rows.items[sheet->used - 1].columns;

    if (left >= 4)
        sheet_cell(sheet, role, left, text);
}

static void write_time(struct sheet *sheet, enum theme_role role, int64_t seconds)
{
    char text[32];

    queues_time(text, sizeof(text), seconds);
    sheet_add(sheet, role, text);
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
static void write_strip(struct sheet *sheet, const struct queues_queue *queue, int cols,
                        const struct queues_skin *skin)
{
    int64_t most = (cols - 24) / 3 < STRIP_MOST ? (cols - 24) / 3 : STRIP_MOST;

    if (queue->visible + queue->in_flight + queue->delayed == 0)
        return;
    sheet_row(sheet, NULL);
    sheet_add(sheet, THEME_TEXT, "    ");
    write_marks(sheet, THEME_GOOD, VISIBLE_MARK, queue->visible, most);
    sheet_add(sheet, THEME_TEXT, queue->visible > 0 ? " " : "");
    write_marks(sheet, THEME_WARN, skin->flight_mark, queue->in_flight, most);
    sheet_add(sheet, THEME_TEXT, queue->in_flight > 0 ? " " : "");
    write_marks(sheet, THEME_DIM, DELAYED_MARK, queue->delayed, most);
}

/* What it says, and who makes it, or through whom it came, as far as there is room. */
static void write_body(struct sheet *sheet, const struct queues_message *message, int cols,
                       const struct queues_skin *skin)
{
    int left = cols - (int)sheet->rows.items[sheet->used - 1].columns - 1;
    int body = (int)utf8_columns(message->body, strlen(message->body));
    bool made = message->maker[0] != '\0';
    char *beside = made ? xasprintf("  (%s makes it)", message->maker)
                        : xasprintf("  (%s %s)", skin->word(message->via_kind), message->via);
    int columns =
        made || message->via[0] != '\0' ? (int)utf8_columns(beside, strlen(beside)) : 0;

    if (body + columns > left && left - columns < 40)
        columns = 0;
    if (body + columns > left)
        body = left - columns;
    sheet_cell(sheet, THEME_TEXT, body > 3 ? body : 3, message->body);
    if (columns > 0)
        sheet_add(sheet, made ? THEME_GOOD : THEME_DIM, beside);
    free(beside);
}

static void write_message(struct sheet *sheet, const struct queues_message *message, int cols,
                          const struct queues_skin *skin)
{
    bool visible = strcmp(message->state, "visible") == 0;
    bool flight = strcmp(message->state, "in flight") == 0;
    enum theme_role role = visible ? THEME_GOOD : flight ? THEME_WARN : THEME_DIM;
    bool narrow = cols < NARROW; /* then the mark says the state alone */

    sheet_row(sheet, message->id);
    sheet_addf(sheet, role, "    %s ", visible  ? VISIBLE_MARK
                                       : flight ? skin->flight_mark
                                                : DELAYED_MARK);
    sheet_cell(sheet, THEME_DIM, 9, message->id);
    sheet_addf(sheet, THEME_TEXT, " ");
    if (!narrow)
        sheet_cell(sheet, role, 11, visible  ? skin->visible
                                    : flight ? skin->in_flight
                                             : skin->delayed);
    if (message->seconds >= 0) {
        sheet_addf(sheet, THEME_TEXT, "%s ", flight ? skin->back_in : skin->seen_in);
        write_time(sheet, THEME_TEXT, message->seconds);
    } else {
        sheet_add(sheet, THEME_TEXT, "waits ");
        write_time(sheet, THEME_TEXT, message->age_s);
    }
    sheet_to(sheet, narrow ? 30 : 43);
    if (message->receives > 0) {
        if (!narrow)
            sheet_addf(sheet, THEME_DIM, "%s ", skin->received);
        sheet_addf(sheet, message->receives > 1 ? THEME_WARN : THEME_DIM, "%lldx ",
                   (long long)message->receives);
    }
    if (message->group[0] != '\0') {
        sheet_addf(sheet, THEME_DIM, "[");
        sheet_add(sheet, THEME_DIM, message->group);
        sheet_addf(sheet, THEME_DIM, "] ");
    }
    sheet_to(sheet, narrow ? 34 : 57);
    write_body(sheet, message, cols, skin);
}

/* Behind a colon or a comma, in a row of its own where this one is full. */
static void add_link(struct sheet *sheet, enum theme_role role, int cols, const char *text,
                     bool first)
{
    int columns = (int)utf8_columns(text, strlen(text)) + 3;

    sheet_add(sheet, THEME_DIM, first ? ":" : ",");
    if ((int)sheet->rows.items[sheet->used - 1].columns + columns > cols) {
        sheet_row(sheet, NULL);
        sheet_add(sheet, THEME_DIM, "        ");
    }
    sheet_add(sheet, THEME_DIM, " ");
    sheet_add(sheet, role, text);
}

/* Who sends: topics, rules, dead letters, and others. */
static void write_senders(struct sheet *sheet, const struct queues_queue *queue, int cols,
                          const struct queues_skin *skin)
{
    sheet_row(sheet, NULL);
    sheet_addf(sheet, THEME_DIM, "    in   %s %lld", skin->sent, (long long)queue->sent);
    for (uint32_t i = 0; i < queue->links.count; i++) {
        const struct queues_link *link = &queue->links.items[i];
        char *text = xasprintf("%s %s %lld%s", skin->word(link->kind), link->name,
                               (long long)link->count, link->lit ? " \xe2\x97\x86" : "");

        add_link(sheet, link->lit ? THEME_NEW : THEME_DIM, cols, text, i == 0);
        free(text);
    }
    if (queue->links.count > 0 && queue->others > 0) {
        char *text = xasprintf("others %lld", (long long)queue->others);

        add_link(sheet, THEME_DIM, cols, text, false);
        free(text);
    }
}

/* Who receives, and where messages go that were received too often. */
static void write_receivers(struct sheet *sheet, const struct queues_queue *queue, int cols,
                            const struct queues_skin *skin)
{
    const struct queues_pen pen = {sheet, cols, "       "};

    sheet_row(sheet, NULL);
    sheet_addf(sheet, THEME_DIM, "    out  %s %lld  %s %lld", skin->received,
               (long long)queue->received, skin->deleted, (long long)queue->deleted);
    queues_number(&pen, THEME_BAD, skin->expired, queue->expired);
    if (queue->waiting > 0)
        sheet_addf(sheet, THEME_TEXT, "  %lld %s", (long long)queue->waiting, skin->waiting);
    if (queue->dead_letter[0] == '\0')
        return;
    sheet_row(sheet, NULL);
    if (queue->receives_max == 1)
        sheet_addf(sheet, THEME_DIM, "    %s once: %s ", skin->too_often, skin->too_often_to);
    else
        sheet_addf(sheet, THEME_DIM, "    %s %lld times: %s ", skin->too_often,
                   (long long)queue->receives_max, skin->too_often_to);
    sheet_add(sheet, THEME_TEXT, queue->dead_letter);
    queues_number(&pen, THEME_BAD, "\xe2\x9c\x97 went", queue->moved);
}

/* A row for one of many. */
static void write_short(struct sheet *sheet, const struct queues_queue *queue, int cols,
                        const struct queues_skin *skin)
{
    sheet_row(sheet, queue->url);
    sheet_cell(sheet, THEME_TITLE, cols >= ONE_LINE ? 42 : 28, queue->name);
    sheet_addf(sheet, queue->visible > 0 ? THEME_GOOD : THEME_DIM, " " VISIBLE_MARK " %-5lld",
               (long long)queue->visible);
    sheet_addf(sheet, queue->in_flight > 0 ? THEME_WARN : THEME_DIM, " %s %-5lld",
               skin->flight_mark, (long long)queue->in_flight);
    sheet_addf(sheet, THEME_DIM, " " DELAYED_MARK " %-4lld", (long long)queue->delayed);
    if (queue->oldest_s > 0) {
        sheet_add(sheet, THEME_DIM, " oldest ");
        write_time(sheet, THEME_DIM, queue->oldest_s);
    }
    if (queue->waiting > 0)
        sheet_addf(sheet, THEME_TEXT, "  %lld waiting", (long long)queue->waiting);
}

/* What it is, and how many are in it. */
static void write_title(struct sheet *sheet, const struct queues_queue *queue, int cols,
                        const struct queues_skin *skin)
{
    sheet_row(sheet, queue->url);
    sheet_add(sheet, THEME_TITLE, queue->name);
    sheet_addf(sheet, THEME_DIM, "  %s", queue->takes_dead ? skin->queue_dead
                                         : queue->fifo     ? skin->queue_fifo
                                                           : skin->queue);
    if (cols < ONE_LINE) {
        sheet_row(sheet, NULL);
        sheet_add(sheet, THEME_TEXT, "    ");
    } else {
        sheet_to(sheet, 43);
    }
    sheet_addf(sheet, queue->visible > 0 ? THEME_STRONG : THEME_TEXT, "%s %lld", skin->visible,
               (long long)queue->visible);
    sheet_addf(sheet, THEME_TEXT, "  %s %lld  %s %lld", skin->in_flight,
               (long long)queue->in_flight, skin->delayed, (long long)queue->delayed);
    if (queue->oldest_s > 0) {
        sheet_add(sheet, THEME_DIM, "  oldest ");
        write_time(sheet, THEME_DIM, queue->oldest_s);
    }
}

/* How many are not shown, and what shows them. */
static void write_more(struct sheet *sheet, const struct queues_queue *queue, uint32_t shown,
                       int cols)
{
    int64_t all = queue->visible + queue->in_flight + queue->delayed;
    bool too_many = all > MESSAGES_LISTED;
    char *more = shown < queue->messages.count
                     ? xasprintf("      and %lld more: / and %s shows them",
                                 (long long)(all - shown), queue->name)
                     : xasprintf("      and %lld more: lab describe-queues --max-results %lld%s",
                                 (long long)(all - shown),
                                 (long long)(too_many ? MESSAGES_LISTED : all),
                                 too_many ? " lists the oldest" : "");

    sheet_wrap(sheet, (struct sheet_wrap){THEME_DIM, cols, 8}, more);
    free(more);
}

static void write_queue(struct sheet *sheet, const struct queues_queue *queue, uint32_t most,
                        int cols, const struct queues_skin *skin)
{
    uint32_t shown = queue->messages.count < most ? queue->messages.count : most;
    int64_t all = queue->visible + queue->in_flight + queue->delayed;

    write_title(sheet, queue, cols, skin);
    if (queue->sent + queue->received + queue->waiting == 0 && queue->links.count == 0 &&
        queue->dead_letter[0] == '\0') { /* nothing has happened here yet */
        sheet_line(sheet, THEME_TEXT, "");
        return;
    }
    write_senders(sheet, queue, cols, skin);
    write_strip(sheet, queue, cols, skin);
    for (uint32_t i = 0; i < shown; i++)
        write_message(sheet, &queue->messages.items[i], cols, skin);
    if (all > shown && shown > 0)
        write_more(sheet, queue, shown, cols);
    write_receivers(sheet, queue, cols, skin);
    sheet_line(sheet, THEME_TEXT, "");
}

static bool queue_holds(const struct queues_queue *queue, const char *filter)
{
    bool holds = sheet_contains(queue->name, filter);

    for (uint32_t i = 0; i < queue->messages.count && !holds; i++)
        holds = sheet_contains(queue->messages.items[i].body, filter) ||
                sheet_contains(queue->messages.items[i].id, filter);
    return holds;
}

static uint32_t write_queues(struct sheet *sheet, const struct queues_scene *scene,
                             const struct view_frame *frame, const struct queues_skin *skin)
{
    uint32_t wanted = 0;

    for (uint32_t i = 0; i < scene->queues.count; i++)
        wanted += queue_holds(&scene->queues.items[i], frame->filter);
    for (uint32_t i = 0; i < scene->queues.count; i++) {
        const struct queues_queue *queue = &scene->queues.items[i];

        if (!queue_holds(queue, frame->filter))
            continue;
        if (wanted > QUEUES_IN_PART)
            write_short(sheet, queue, frame->cols, skin);
        else
            write_queue(sheet, queue, wanted > QUEUES_IN_FULL ? MESSAGES_IN_PART : UINT32_MAX,
                        frame->cols, skin);
    }
    if (wanted > QUEUES_IN_PART)
        sheet_line(sheet, THEME_TEXT, "");
    return wanted;
}

uint32_t queues_write(struct sheet *sheet, const struct queues_scene *scene,
                      const struct view_frame *frame, const struct queues_skin *skin)
{
    uint32_t shown = crew_write(sheet, scene, frame, skin);

    shown += fanout_write(sheet, scene, frame, skin);
    return shown + write_queues(sheet, scene, frame, skin);
}
