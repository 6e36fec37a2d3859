/*
 * tui/events.c - the trail: what happened, the newest first.
 *
 * Asks lab DescribeEvents.
 */
#include "tui/events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "sim/clock.h"
#include "tui/answer.h"

enum { EVENTS_SHOWN = 300 };

static void events_refresh(void *at, const struct view_source *source)
{
    struct events_scene *scene = at;
    json_t *params = json_pack("{s:i}", "MaxResults", EVENTS_SHOWN);
    json_t *answer = source->ask(source->context, &(struct view_question){
                                                      .service = "lab",
                                                      .op = "DescribeEvents",
                                                      .params = params,
                                                  });
    json_t *event;
    size_t i;

    arena_release(&scene->arena);
    *scene = (struct events_scene){0};
    json_array_foreach(answer_list(answer, "Events"), i, event) {
        char text[CLOCK_TEXT_SIZE];
        int64_t time;

        if (!clock_parse(answer_text(event, "Time"), &time))
            continue;
        *LIST_PUSH_IN(&scene->arena, &scene->events) = (struct events_event){
            .sequence = answer_int(event, "Sequence"),
            .time = view_keep(&scene->arena, clock_format(time, CLOCK_TIME, text)),
            .topic = view_keep(&scene->arena, answer_text(event, "Topic")),
            .region = view_keep(&scene->arena, answer_text(event, "Region")),
            .text = view_keep(&scene->arena, answer_text(event, "Text")),
        };
    }
    json_decref(answer);
    json_decref(params);
}

/* A text that does not fit goes on below. */
static void write_text(struct sheet *sheet, const struct events_event *event, int cols)
{
    enum theme_role role = strcmp(event->topic, "fault") == 0 ? THEME_BAD : THEME_TEXT;
    int begin = cols >= 100 ? 34 : 23;
    size_t length = strlen(event->text);
    size_t fits = utf8_fit(event->text, length, (size_t)(cols > begin ? cols - begin : 1));
    char *first;

    while (fits > 0 && fits < length && event->text[fits] != ' ')
        fits--;
    if (fits == 0)
        fits = length;
    first = xstrndup(event->text, fits);
    sheet_add(sheet, role, first);
    free(first);
    if (fits < length) {
        sheet_row(sheet, NULL);
        sheet_addf(sheet, role, "%*s%s", begin - 1, "", event->text + fits);
    }
}

static void events_rows(const void *at, const struct view_frame *frame, struct sheet *sheet)
{
    const struct events_scene *scene = at;
    uint32_t shown = 0;

    for (uint32_t i = scene->events.count; i > 0; i--) {
        const struct events_event *event = &scene->events.items[i - 1];
        char id[32];

        if (!sheet_contains(event->text, frame->filter) &&
            !sheet_contains(event->topic, frame->filter))
            continue;
        shown++;
        snprintf(id, sizeof(id), "event-%lld", (long long)event->sequence);
        sheet_row(sheet, id);
        sheet_cell(sheet, THEME_DIM, 9, event->time);
        sheet_cell(sheet, THEME_COMMAND, 14, event->topic);
        if (frame->cols >= 100)
            sheet_cell(sheet, THEME_DIM, 11, event->region);
        write_text(sheet, event, frame->cols);
    }
    if (shown == 0)
        sheet_line(sheet, THEME_DIM,
                   scene->events.count == 0 ? "Nothing has happened yet." : "none that match");
}

static void *events_open(const char *argument)
{
    (void)argument;
    return xcalloc(1, sizeof(struct events_scene));
}

static void events_close(void *at)
{
    arena_release(&((struct events_scene *)at)->arena);
    free(at);
}

/* The first of those after the one before it. */
static void events_command(const void *at, const char *id, struct str *command)
{
    (void)at;
    str_addf(command, "lab describe-events --after %lld --max-results 1000 --query Events[0]",
             strtoll(id + strlen("event-"), NULL, 10) - 1);
}

const struct view_ops view_events = {
    .name = "events",
    .title = "events",
    .doc = "What happened, the newest first.",
    .open = events_open,
    .refresh = events_refresh,
    .rows = events_rows,
    .command = events_command,
    .close = events_close,
    .lists = true,
};
