/*
 * tests/fuzz/event_pattern_fuzz.c - event patterns, and events.
 *
 * If this fails, a rule's pattern or an event's detail ends the program, a pattern is refused
 * without a reason, or a bus finds another answer than the pattern alone.  The first line is the
 * pattern, the rest the event.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/event_pattern.h"
#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_event(const struct event_pattern *pattern, const char *event, size_t length)
{
    struct event_fields *fields = event_fields_new();
    struct event_index *index = event_index_new();
    size_t count;

    event_index_add(index, pattern, 3);
    event_fields_read(fields, event, length, NULL);
    event_index_match(index, fields, &count);
    if (event_pattern_matches(pattern, fields) != (count == 1))
        abort();
    event_index_free(index);
    event_fields_free(fields);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    const char *line = size == 0 ? NULL : memchr(text, '\n', size);
    size_t length = line == NULL ? size : (size_t)(line - text);
    struct str why = STR_INIT;
    struct event_pattern *pattern = event_pattern_compile(text, length, &why);

    if ((pattern == NULL) != (why.length > 0))
        abort();
    if (pattern != NULL && line != NULL)
        try_event(pattern, line + 1, size - length - 1);
    event_pattern_free(pattern);
    str_release(&why);
    return 0;
}
