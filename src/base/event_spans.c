/*
 * base/event_spans.c - many ranges of numbers, or of addresses: in which of them does a value lie?
 *
 * All ends of all ranges in order, with the gaps between them, are places in a row: gap, end, gap,
 * end, ..., gap.  A tree over the row has for each of its nodes the ranges that cover all below it,
 * and no more of it; a range stands at few nodes.  A value is at one place, and the ranges it lies
 * in are those of the nodes from there to the root: as many steps as the row has doublings, and one
 * for each range found.
 */
#include "base/event_pattern_parts.h"

#include <stdlib.h>
#include <string.h>

struct event_spans {
    size_t ip_size; /* bytes of addresses; 0: these are numbers */
    LIST(struct event_span) spans;
    LIST(union event_point) ends; /* in order, each once */
    uint32_t places;              /* two for each end, and one */
    uint32_t *first;              /* of each node: where its ranges begin in `ids` */
    uint32_t *ids;
};

struct event_spans *event_spans_new(size_t ip_size)
{
    struct event_spans *spans = xcalloc(1, sizeof(*spans));

    spans->ip_size = ip_size;
    return spans;
}

void event_spans_free(struct event_spans *spans)
{
    if (spans == NULL)
        return;
    LIST_RELEASE(&spans->spans);
    LIST_RELEASE(&spans->ends);
    free(spans->first);
    free(spans->ids);
    free(spans);
}

void event_spans_add(struct event_spans *spans, const struct event_span *span)
{
    *LIST_PUSH(&spans->spans) = *span;
    if (span->has_low)
        *LIST_PUSH(&spans->ends) = span->low;
    if (span->has_high)
        *LIST_PUSH(&spans->ends) = span->high;
}

static int by_number(const void *a, const void *b)
{
    return event_number_compare(a, b);
}

static int by_ip4(const void *a, const void *b)
{
    return memcmp(a, b, 4);
}

static int by_ip6(const void *a, const void *b)
{
    return memcmp(a, b, 16);
}

static int compare(const struct event_spans *spans, const union event_point *a,
                   const union event_point *b)
{
    return spans->ip_size == 0 ? event_number_compare(&a->number, &b->number)
                               : memcmp(a->ip, b->ip, spans->ip_size);
}

static void sort_ends(struct event_spans *spans)
{
    uint32_t kept = 0;

    if (spans->ends.count > 1)
        qsort(spans->ends.items, spans->ends.count, sizeof(*spans->ends.items),
              spans->ip_size == 0   ? by_number
              : spans->ip_size == 4 ? by_ip4
                                    : by_ip6);
    for (uint32_t i = 0; i < spans->ends.count; i++) {
        if (kept == 0 || compare(spans, &spans->ends.items[kept - 1], &spans->ends.items[i]) != 0)
            spans->ends.items[kept++] = spans->ends.items[i];
    }
    spans->ends.count = kept;
    spans->places = kept * 2 + 1;
}

/* Where the value stands in the row. */
static uint32_t place_of(const struct event_spans *spans, const union event_point *point)
{
    uint32_t low = 0;
    uint32_t high = spans->ends.count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = compare(spans, &spans->ends.items[middle], point);

        if (order == 0)
            return middle * 2 + 1;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low * 2;
}

/* Counts the range at each of its nodes, or, with `ids`, writes it there. */
static void put_span(struct event_spans *spans, const struct event_span *span, bool write)
{
    uint32_t from = span->has_low ? place_of(spans, &span->low) + span->low_open : 0;
    uint32_t to =
        span->has_high ? place_of(spans, &span->high) - span->high_open : spans->places - 1;

    /* From the ends of the row upwards: a node that begins or ends the rest is taken whole. */
    for (from += spans->places, to += spans->places + 1; from < to; from /= 2, to /= 2) {
        uint32_t taken[2] = {from % 2 == 1 ? from++ : 0, to % 2 == 1 ? --to : 0};

        for (size_t i = 0; i < 2; i++) {
            if (taken[i] != 0 && write)
                spans->ids[spans->first[taken[i]]++] = span->id;
            else if (taken[i] != 0)
                spans->first[taken[i] + 1]++;
        }
    }
}

void event_spans_ready(struct event_spans *spans)
{
    uint32_t nodes;

    sort_ends(spans);
    nodes = spans->places * 2;
    free(spans->first);
    free(spans->ids);
    spans->first = xcalloc(nodes + 1, sizeof(*spans->first));
    for (uint32_t i = 0; i < spans->spans.count; i++)
        put_span(spans, &spans->spans.items[i], false);
    for (uint32_t i = 0; i < nodes; i++)
        spans->first[i + 1] += spans->first[i];
    spans->ids = xcalloc(spans->first[nodes] + 1, sizeof(*spans->ids));
    for (uint32_t i = 0; i < spans->spans.count; i++)
        put_span(spans, &spans->spans.items[i], true);
    /* Writing moved each beginning to the next one. */
    memmove(spans->first + 1, spans->first, nodes * sizeof(*spans->first));
    spans->first[0] = 0;
}

void event_spans_find(const struct event_spans *spans, const union event_point *point,
                      struct event_ids *found)
{
    for (uint32_t node = place_of(spans, point) + spans->places; node > 0; node /= 2) {
        for (uint32_t i = spans->first[node]; i < spans->first[node + 1]; i++)
            *LIST_PUSH(found) = spans->ids[i];
    }
}

uint32_t event_spans_count(const struct event_spans *spans, const union event_point *point)
{
    uint32_t count = 0;

    for (uint32_t node = place_of(spans, point) + spans->places; node > 0; node /= 2)
        count += spans->first[node + 1] - spans->first[node];
    return count;
}
