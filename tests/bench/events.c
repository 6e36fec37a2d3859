/*
 * bench/events.c - event patterns: 1,000 rules on a bus, and how many events a second they judge.
 *
 * Rules with a source and detail-type of their own; with an exact value of the detail; with
 * prefixes; and, for the worst, with operators that no index helps.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/event_pattern.h"
#include "base/mem.h"
#include "base/str.h"

#include "meter.h"

enum { RULES = 1000, EVENTS = 100000 };

static const char *const sets[][2] = {
    {"by source and detail-type",
     "{\"source\":[\"shop.orders.%u\"],\"detail-type\":[\"Order %u Placed\"]}"},
    {"by a value of the detail",
     "{\"source\":[\"shop.orders\"],\"detail\":{\"order\":{\"id\":[\"order-%u\"]},\"total\":[{"
     "\"numeric\":[\">\",%u]}]}}"},
    {"by prefixes",
     "{\"source\":[{\"prefix\":\"shop\"}],\"detail-type\":[{\"prefix\":\"Order %u \"}]}"},
    {"by ranges of numbers", "{\"detail\":{\"total\":[{\"numeric\":[\"=\",%u]}]}}"},
};

static void run_set(const char *name, const char *form)
{
    struct event_pattern *patterns[RULES];
    struct event_index *index = event_index_new();
    struct event_fields *fields = event_fields_new();
    struct str text = STR_INIT;
    size_t hits = 0;
    size_t count;
    int64_t begin;
    int64_t spent;

    for (uint32_t i = 0; i < RULES; i++) {
        str_clear(&text);
        /* The forms are the ones above. */
        for (const char *at = form; *at != '\0'; at++) {
            if (at[0] == '%' && at[1] == 'u') {
                str_addf(&text, "%u", i);
                at++;
            } else {
                str_addc(&text, *at);
            }
        }
        patterns[i] = event_pattern_compile(str_text(&text), text.length, &text);
        event_index_add(index, patterns[i], i);
    }
    begin = meter_cpu_ns();
    for (uint32_t i = 0; i < EVENTS; i++) {
        str_clear(&text);
        str_addf(&text,
                 "{\"version\":\"0\",\"id\":\"6a7e8feb-b491-4cf7-a9f1-%012u\",\"detail-type\":"
                 "\"Order %u Placed\",\"source\":\"shop.orders%s\",\"account\":\"111122223333\","
                 "\"time\":\"2026-01-05T08:00:00Z\",\"region\":\"us-east-1\",\"resources\":[],"
                 "\"detail\":{\"order\":{\"id\":\"order-%u\",\"cups\":[1,2]},\"total\":%u}}",
                 i, i % RULES, form == sets[0][1] ? ".7" : "", i % RULES, i % 2000);
        event_fields_read(fields, str_text(&text), text.length, NULL);
        event_index_match(index, fields, &count);
        hits += count;
    }
    spent = meter_cpu_ns() - begin;
    printf("  %-26s %8" PRId64 " events/s, %zu matches\n", name,
           (int64_t)EVENTS * 1000000000 / spent, hits);
    for (uint32_t i = 0; i < RULES; i++)
        event_pattern_free(patterns[i]);
    event_index_free(index);
    event_fields_free(fields);
    str_release(&text);
}

int main(void)
{
    printf("events: %d rules on a bus, %d events, read and judged\n", RULES, EVENTS);
    for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
        run_set(sets[i][0], sets[i][1]);
    return 0;
}
