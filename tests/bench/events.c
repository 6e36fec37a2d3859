/*
 * bench/events.c - event patterns: 1,000 rules on a bus, and how many events a second they judge.
 *
 * Each shape of rule for itself: exact values, ends of texts, ranges, addresses, what must not be
 * there.  Where every event is wanted by most of the rules, their number stands beside.
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
    {"source and detail-type",
     "{\"source\":[\"shop.orders.%u\"],\"detail-type\":[\"Order %u Placed\"]}"},
    {"a value, and a range",
     "{\"source\":[\"shop.orders\"],\"detail\":{\"order\":{\"id\":[\"order-%u\"]},\"total\":[{"
     "\"numeric\":[\">\",%u]}]}}"},
    {"prefix", "{\"source\":[{\"prefix\":\"shop\"}],\"detail-type\":[{\"prefix\":\"Order %u \"}]}"},
    {"suffix", "{\"detail\":{\"order\":{\"id\":[{\"suffix\":\"-%u\"}]}}}"},
    {"wildcard, its end", "{\"detail\":{\"order\":{\"id\":[{\"wildcard\":\"o*-%u\"}]}}}"},
    {"wildcard, within", "{\"detail-type\":[{\"wildcard\":\"*der %u Pl*\"}]}"},
    {"wildcard, few bytes", "{\"detail-type\":[{\"wildcard\":\"*0*%u*0*\"}]}"},
    {"wildcard, single bytes", "{\"detail-type\":[{\"wildcard\":\"*r*%s*l*\"}]}"},
    {"equals-ignore-case", "{\"detail-type\":[{\"equals-ignore-case\":\"ORDER %u PLACED\"}]}"},
    {"a number", "{\"detail\":{\"total\":[%u]}}"},
    {"numeric =", "{\"detail\":{\"total\":[{\"numeric\":[\"=\",%u]}]}}"},
    {"numeric > (many want it)", "{\"detail\":{\"total\":[{\"numeric\":[\">\",%u]}]}}"},
    {"source, numeric > (many)",
     "{\"source\":[\"shop.orders\"],\"detail\":{\"total\":[{\"numeric\":[\">\",%u]}]}}"},
    {"numeric > < (many)", "{\"detail\":{\"total\":[{\"numeric\":[\">\",%u,\"<\",1%u]}]}}"},
    {"cidr", "{\"detail\":{\"ip\":[{\"cidr\":\"10.%h.0/24\"}]}}"},
    {"anything-but (all but one)",
     "{\"detail\":{\"order\":{\"id\":[{\"anything-but\":\"order-%u\"}]}}}"},
    {"anything-but prefix (most)",
     "{\"detail-type\":[{\"anything-but\":{\"prefix\":\"Order %u\"}}]}"},
    {"exists: true (all)", "{\"detail\":{\"total\":[{\"exists\":true}]}}"},
    {"exists: true, of 1,000", "{\"detail\":{\"total%u\":[{\"exists\":true}]}}"},
    {"exists: false", "{\"detail\":{\"total\":[{\"exists\":false}]}}"},
    {"exists: false, of 1,000", "{\"detail\":{\"total%u\":[{\"exists\":false}]}}"},
    {"$or of two values",
     "{\"$or\":[{\"source\":[\"shop.%u\"]},{\"detail\":{\"order\":{\"id\":[\"order-%u\"]}}}]}"},
    {"$or, value or range",
     "{\"$or\":[{\"source\":[\"shop.%u\"]},{\"detail\":{\"total\":[{\"numeric\":[\"<\",%u]}]}}]}"},
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
            if (at[0] == '%') {
                if (at[1] == 'u')
                    str_addf(&text, "%u", i);
                else if (at[1] == 's') /* a star between each two digits */
                    str_addf(&text, "%u*%u*%u", i / 100, i / 10 % 10, i % 10);
                else
                    str_addf(&text, "%u.%u", i / 250, i % 250);
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
                 "\"detail\":{\"order\":{\"id\":\"order-%u\",\"cups\":[1,2]},\"total\":%u,"
                 "\"ip\":\"10.%u.%u.7\"}}",
                 i, i % RULES, form == sets[0][1] ? ".7" : "", i % RULES, i % 2000, i % 7, i % 250);
        event_fields_read(fields, str_text(&text), text.length, NULL);
        event_index_match(index, fields, &count);
        hits += count;
    }
    spent = meter_cpu_ns() - begin;
    printf("  %-26s %8" PRId64 " events/s, %7.2f rules want one\n", name,
           (int64_t)EVENTS * 1000000000 / spent, (double)hits / EVENTS);
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
