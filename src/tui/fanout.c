/*
 * tui/fanout.c - rows of topics with those who hear them, and of buses with their rules.
 *
 *   ready  topic
 *     published 12  delivered 20  filtered out 9
 *     ◆ just now    311 is ready!
 *       ├─ ✓ queue orders     delivered 12
 *       ├─ ○ queue kitchen    delivered 8  filtered out 9
 *       │    only {"size":["large"]}
 *       └─ ✗ queue work       delivered 0  lost 4
 *            because the queue has no policy that allows sqs:SendMessage to sns.amazonaws.com
 *
 * What happened a moment ago has a full sign and says so; then the sign is empty and tells when.
 */
#include "tui/queues_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "tui/answer.h"

enum {
    WIDE = 110,
    MESSAGES_SHOWN = 3,
    TOPICS_IN_FULL = 6, /* more topics than that: the latest message of each */
    RULES_IN_FULL = 12, /* more rules than that: the targets of those that are lit */
    NAME_COLS = 14,
    WHEN_COLS = 12,
    HEARER_INDENT = 13,
};

#define LIT_SIGN "\xe2\x97\x86"
#define UNLIT_SIGN "\xe2\x97\x87"
#define CROSS "\xe2\x9c\x97"

static struct answer_state fate_of(const struct queues_hearer *hearer)
{
    static const struct {
        const char *fate;
        struct answer_state state;
    } fates[] = {
        {"heard", {"\xe2\x9c\x93", THEME_GOOD}},
        {"given", {"\xe2\x9c\x93", THEME_GOOD}},
        {"filtered out", {"\xe2\x97\x8b", THEME_DIM}},
        {"tried again", {"\xe2\x97\x90", THEME_WARN}},
        {"waits", {"\xe2\x97\x90", THEME_WARN}},
        {"dead-lettered", {CROSS, THEME_BAD}},
        {"lost", {CROSS, THEME_BAD}},
    };

    if (!hearer->confirmed)
        return (struct answer_state){"\xe2\x97\x8c", THEME_WARN};
    for (size_t i = 0; i < sizeof(fates) / sizeof(fates[0]); i++)
        if (strcmp(fates[i].fate, hearer->fate) == 0)
            return fates[i].state;
    return (struct answer_state){"\xc2\xb7", THEME_DIM};
}

static void write_when(struct sheet *sheet, int64_t seconds)
{
    bool lit = seconds >= 0 && seconds < QUEUES_LIT_S;
    enum theme_role role = lit ? THEME_NEW : THEME_DIM;
    char time[32];
    char text[40];

    queues_time(time, sizeof(time), seconds);
    snprintf(text, sizeof(text), "%s ago", time);
    sheet_addf(sheet, role, "%s ", lit ? LIT_SIGN : UNLIT_SIGN);
    sheet_cell(sheet, role, WHEN_COLS, seconds < 0 ? "not yet" : lit ? "just now" : text);
}

/* ---- who hears, and where it goes ---- */

struct hearer_place {
    const struct queues_skin *skin;
    const char *took; /* the skin's word for a message that it took */
    bool last;
    int cols;
};

/* How a row under one who hears begins: HEARER_INDENT columns. */
static const char *bar_of(const struct hearer_place *place)
{
    return place->last ? "             " : "      \xe2\x94\x82      ";
}

static void write_filter(struct sheet *sheet, const struct hearer_place *place, const char *filter)
{
    if (filter[0] == '\0')
        return;
    sheet_row(sheet, NULL);
    sheet_addf(sheet, THEME_DIM, "%sonly ", bar_of(place));
    queues_rest(sheet, THEME_DIM, place->cols, filter);
}

/* The whole of why the latest did not come there. */
static void write_reason(struct sheet *sheet, const struct hearer_place *place, const char *reason)
{
    struct sheet rows = SHEET_INIT;
    char *text = xasprintf("because %s", reason);
    int cols = place->cols - HEARER_INDENT;

    if (reason[0] != '\0')
        sheet_wrap(&rows, (struct sheet_wrap){THEME_DIM, cols, 2}, text);
    for (uint32_t i = 0; i < rows.used; i++) {
        sheet_line(sheet, THEME_DIM, bar_of(place));
        sheet_paste(sheet, &rows, i, (int)rows.rows.items[i].columns);
    }
    sheet_release(&rows);
    free(text);
}

static void write_hearer(struct sheet *sheet, const struct queues_hearer *hearer,
                         const struct hearer_place *place)
{
    const struct queues_skin *skin = place->skin;
    const struct queues_pen pen = {sheet, place->cols,
                                   place->last ? "           " : "      \xe2\x94\x82    "};
    struct answer_state state = fate_of(hearer);
    char name[160];

    sheet_row(sheet, hearer->id);
    sheet_add(sheet, THEME_DIM, place->last ? "      \xe2\x94\x94\xe2\x94\x80 "
                                            : "      \xe2\x94\x9c\xe2\x94\x80 ");
    sheet_addf(sheet, state.role, "%s ", state.glyph);
    snprintf(name, sizeof(name), "%s %s", skin->word(hearer->kind), hearer->name);
    sheet_cell(sheet, THEME_TEXT, place->cols >= WIDE ? 34 : place->cols >= 76 ? 26 : 20, name);
    if (!hearer->confirmed) {
        sheet_addf(sheet, THEME_WARN, "  %s", skin->unconfirmed);
        return;
    }
    sheet_addf(sheet, THEME_TEXT, "  %s %lld", place->took, (long long)hearer->heard);
    queues_number(&pen, THEME_DIM, skin->filtered, hearer->filtered);
    queues_number(&pen, THEME_WARN, skin->retrying, hearer->retrying);
    queues_number(&pen, THEME_BAD, skin->dead, hearer->dead);
    queues_number(&pen, THEME_BAD, skin->lost, hearer->lost);
    if (hearer->lit && hearer->latest && place->cols >= WIDE)
        sheet_addf(sheet, THEME_NEW, "  " LIT_SIGN " %s", skin->word(hearer->fate));
    write_reason(sheet, place, hearer->reason);
    write_filter(sheet, place, hearer->filter);
}

static void write_hearers(struct sheet *sheet, const struct queues_hearer *hearers, uint32_t count,
                          const struct hearer_place *like)
{
    struct hearer_place place = *like;

    for (uint32_t i = 0; i < count; i++) {
        place.last = i + 1 == count;
        write_hearer(sheet, &hearers[i], &place);
    }
}

/* ---- topics ---- */

static bool hearer_holds(const struct queues_hearer *hearer, const char *filter)
{
    return sheet_contains(hearer->name, filter) || sheet_contains(hearer->filter, filter);
}

static bool topic_holds(const struct queues_topic *topic, const char *filter)
{
    bool holds = sheet_contains(topic->name, filter);

    for (uint32_t i = 0; i < topic->hearers.count && !holds; i++)
        holds = hearer_holds(&topic->hearers.items[i], filter);
    for (uint32_t i = 0; i < topic->messages.count && !holds; i++)
        holds = sheet_contains(topic->messages.items[i].body, filter);
    return holds;
}

/* Of those who had subscribed, who got the latest message? */
static void write_reached(struct sheet *sheet, const struct queues_topic *topic, int cols,
                          const struct queues_skin *skin)
{
    static const char *const fates[] = {"heard", "filtered out", "tried again", "dead-lettered",
                                        "lost"};
    const struct queues_pen pen = {sheet, cols, "        "};
    int64_t counts[5] = {0};
    int64_t all = 0;

    for (uint32_t i = 0; i < topic->hearers.count; i++) {
        const struct queues_hearer *hearer = &topic->hearers.items[i];

        all += hearer->latest && hearer->confirmed;
        for (size_t f = 0; f < 5; f++)
            counts[f] += hearer->latest && strcmp(hearer->fate, fates[f]) == 0;
    }
    if (all == 0)
        return;
    sheet_row(sheet, NULL);
    sheet_addf(sheet, counts[0] == all ? THEME_DIM : THEME_TEXT, "      %s %lld of %lld",
               skin->reached, (long long)counts[0], (long long)all);
    queues_number(&pen, THEME_DIM, skin->filtered, counts[1]);
    queues_number(&pen, THEME_WARN, skin->retrying, counts[2]);
    queues_number(&pen, THEME_BAD, skin->dead, counts[3]);
    queues_number(&pen, THEME_BAD, skin->lost, counts[4]);
}

static void write_published(struct sheet *sheet, const struct queues_published *message, int cols,
                            const struct queues_skin *skin)
{
    sheet_row(sheet, message->id);
    sheet_add(sheet, THEME_TEXT, "    ");
    write_when(sheet, message->age_s);
    if (message->listeners == 0)
        sheet_addf(sheet, THEME_BAD, CROSS " %s: ", skin->unheard_line);
    queues_rest(sheet, THEME_TEXT, cols, message->body);
}

static void write_topic(struct sheet *sheet, const struct queues_topic *topic, uint32_t most,
                        const struct hearer_place *place)
{
    const struct queues_skin *skin = place->skin;
    const struct queues_pen pen = {sheet, place->cols, "      "};

    sheet_row(sheet, topic->arn);
    sheet_add(sheet, THEME_TITLE, topic->name);
    sheet_addf(sheet, THEME_DIM, "  %s", topic->fifo ? skin->topic_fifo : skin->topic);
    if (topic->hearers.count == 0)
        sheet_addf(sheet, THEME_WARN, "  %s", skin->nobody);
    sheet_row(sheet, NULL);
    sheet_addf(sheet, THEME_TEXT, "    %s %lld  %s %lld", skin->published,
               (long long)topic->published, skin->delivered, (long long)topic->heard);
    queues_number(&pen, THEME_TEXT, skin->filtered, topic->filtered);
    queues_number(&pen, THEME_BAD, skin->dead, topic->dead);
    queues_number(&pen, THEME_BAD, skin->lost, topic->failed - topic->dead);
    queues_number(&pen, THEME_DIM, skin->duplicates, topic->duplicates);
    queues_number(&pen, THEME_BAD, skin->unheard, topic->unheard);
    for (uint32_t i = 0; i < topic->messages.count && i < most; i++) {
        write_published(sheet, &topic->messages.items[i], place->cols, skin);
        if (i == 0)
            write_reached(sheet, topic, place->cols, skin);
    }
    write_hearers(sheet, topic->hearers.items, topic->hearers.count, place);
    sheet_line(sheet, THEME_TEXT, "");
}

static uint32_t write_topics(struct sheet *sheet, const struct queues_scene *scene,
                             const struct view_frame *frame, const struct queues_skin *skin)
{
    uint32_t shown = 0;
    uint32_t most = scene->topics.count > TOPICS_IN_FULL ? 1 : MESSAGES_SHOWN;
    const struct hearer_place place = {
        .skin = skin, .took = skin->delivered, .cols = frame->cols};

    for (uint32_t i = 0; i < scene->topics.count; i++) {
        if (!topic_holds(&scene->topics.items[i], frame->filter))
            continue;
        write_topic(sheet, &scene->topics.items[i], most, &place);
        shown++;
    }
    return shown;
}

/* ---- buses ---- */

static bool rule_holds(const struct queues_rule *rule, const char *filter)
{
    bool holds = sheet_contains(rule->name, filter) || sheet_contains(rule->pattern, filter) ||
                 sheet_contains(rule->schedule, filter);

    for (uint32_t i = 0; i < rule->targets.count && !holds; i++)
        holds = hearer_holds(&rule->targets.items[i], filter);
    return holds;
}

static bool event_holds(const struct queues_event *event, const char *filter)
{
    return sheet_contains(event->source, filter) || sheet_contains(event->type, filter) ||
           sheet_contains(event->detail, filter);
}

/* When it fires, or what it wants. */
static void write_wish(struct sheet *sheet, const struct queues_rule *rule, int cols)
{
    char next[40];

    sheet_add(sheet, THEME_DIM, "  ");
    if (rule->schedule[0] != '\0') {
        queues_time(next, sizeof(next), rule->next_s);
        if (rule->next_s >= 0)
            sheet_addf(sheet, THEME_TEXT, "next in %s  ", next);
        queues_rest(sheet, THEME_DIM, cols, rule->schedule);
    }
    queues_rest(sheet, THEME_DIM, cols, rule->pattern);
}

static void write_rule(struct sheet *sheet, const struct queues_rule *rule, bool full,
                       const struct hearer_place *place)
{
    const struct queues_skin *skin = place->skin;
    const struct queues_pen pen = {sheet, place->cols, "      "};

    sheet_row(sheet, rule->arn);
    sheet_add(sheet, THEME_TEXT, "    ");
    if (rule->enabled) {
        write_when(sheet, rule->last_s);
    } else {
        sheet_add(sheet, THEME_DIM, "\xe2\x97\x8b ");
        sheet_cell(sheet, THEME_WARN, WHEN_COLS, skin->disabled);
    }
    sheet_add(sheet, THEME_DIM, "rule ");
    sheet_cell(sheet, rule->lit ? THEME_NEW : THEME_STRONG, place->cols >= WIDE ? 24 : NAME_COLS,
               rule->name);
    if (rule->pattern[0] != '\0')
        sheet_addf(sheet, THEME_TEXT, " %s %lld", skin->matched, (long long)rule->matched);
    if (rule->schedule[0] != '\0')
        sheet_addf(sheet, THEME_TEXT, " %s %lld", skin->triggered, (long long)rule->triggered);
    if (rule->targets.count == 0)
        sheet_addf(sheet, THEME_WARN, "  %s", skin->no_target);
    else if (!full)
        sheet_addf(sheet, THEME_DIM, "  \xe2\x86\x92 %u", rule->targets.count);
    if (!full) {
        queues_number(&pen, THEME_BAD, skin->dead, rule->dead);
        queues_number(&pen, THEME_BAD, skin->lost, rule->failed - rule->dead);
    }
    write_wish(sheet, rule, place->cols);
    if (full)
        write_hearers(sheet, rule->targets.items, rule->targets.count, place);
}

static void write_event(struct sheet *sheet, const struct queues_event *event, int cols,
                        const struct queues_skin *skin)
{
    sheet_row(sheet, event->id);
    sheet_add(sheet, THEME_TEXT, "    ");
    write_when(sheet, event->age_s);
    if (event->matched == 0)
        sheet_addf(sheet, THEME_BAD, CROSS " %s: ", skin->unwanted);
    else
        sheet_addf(sheet, THEME_GOOD, "\xe2\x86\x92 %lld rule%s: ", (long long)event->matched,
                   event->matched == 1 ? "" : "s");
    sheet_addf(sheet, THEME_TEXT, "%s  ", event->type);
    sheet_addf(sheet, THEME_DIM, "%s  ", event->source);
    queues_rest(sheet, THEME_DIM, cols, event->detail);
}

static void write_bus_rows(struct sheet *sheet, const struct queues_bus *bus, const char *filter,
                           const struct hearer_place *place)
{
    uint32_t events = 0;
    uint32_t rules = 0;

    for (uint32_t i = 0; i < bus->events.count && events < MESSAGES_SHOWN; i++) {
        if (!event_holds(&bus->events.items[i], filter))
            continue;
        write_event(sheet, &bus->events.items[i], place->cols, place->skin);
        events++;
    }
    for (uint32_t i = 0; i < bus->rules.count; i++)
        rules += rule_holds(&bus->rules.items[i], filter);
    for (uint32_t i = 0; i < bus->rules.count; i++) {
        const struct queues_rule *rule = &bus->rules.items[i];

        if (rule_holds(rule, filter))
            write_rule(sheet, rule, rules <= RULES_IN_FULL || rule->lit, place);
    }
}

static bool bus_holds(const struct queues_bus *bus, const char *filter)
{
    bool holds = false;

    for (uint32_t i = 0; i < bus->rules.count && !holds; i++)
        holds = rule_holds(&bus->rules.items[i], filter);
    for (uint32_t i = 0; i < bus->events.count && !holds; i++)
        holds = event_holds(&bus->events.items[i], filter);
    return holds;
}

/* A bus that is named by the filter is shown whole. */
static bool write_bus(struct sheet *sheet, const struct queues_bus *bus,
                      const struct view_frame *frame, const struct queues_skin *skin)
{
    const char *filter = sheet_contains(bus->name, frame->filter) ? "" : frame->filter;
    const struct hearer_place place = {.skin = skin, .took = skin->given, .cols = frame->cols};

    if (filter[0] != '\0' && !bus_holds(bus, filter))
        return false;
    sheet_row(sheet, bus->arn);
    sheet_add(sheet, THEME_TITLE, bus->name);
    sheet_addf(sheet, THEME_DIM, "  %s  ", skin->bus);
    view_count(sheet, THEME_DIM, bus->rules.count, "rule");
    write_bus_rows(sheet, bus, filter, &place);
    sheet_line(sheet, THEME_TEXT, "");
    return true;
}

uint32_t fanout_write(struct sheet *sheet, const struct queues_scene *scene,
                      const struct view_frame *frame, const struct queues_skin *skin)
{
    uint32_t shown = 0;

    for (uint32_t i = 0; i < scene->buses.count; i++)
        shown += write_bus(sheet, &scene->buses.items[i], frame, skin);
    return shown + write_topics(sheet, scene, frame, skin);
}
