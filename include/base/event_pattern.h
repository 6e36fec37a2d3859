/*
 * base/event_pattern.h - event patterns: which events does a rule, or a subscription, want?
 *
 * A pattern is JSON in the form of the events that it wants, with lists of what may stand at the
 * leaves:
 *
 *   {"source": ["aws.ec2"], "detail": {"state": [{"anything-but": "pending"}]}}
 *
 * All of its fields must be right, each by any item of its list; "$or" takes any of several
 * objects.  An event's field that is a list is right when any of its items is; two fields that both
 * stand inside a list of objects must be right in the same one of them.
 *
 * True to AWS's own engine (aws/event-ruler) and to AWS's recorded answers.  Numbers are compared
 * as decimals of up to 17 digits, where AWS compares them as doubles.
 */
#ifndef BASE_EVENT_PATTERN_H
#define BASE_EVENT_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str;
struct event_pattern;

/* What limits are about. */
struct event_pattern_size {
    unsigned keys;         /* names of the leaves and of all objects over them */
    uint64_t combinations; /* the product of the lengths of all lists; UINT64_MAX: too many */
    unsigned depth;        /* of objects: 1 for a flat pattern */
};

/* Reads a pattern.  NULL when it is none, with the reason in AWS's words (behind "Event pattern is
 * not valid. Reason: ") in `why`, and in further lines of it where that was seen.  The answer is
 * independent of the text, and freed with event_pattern_free(). */
struct event_pattern *event_pattern_compile(const char *text, size_t length, struct str *why);
void event_pattern_free(struct event_pattern *pattern); /* NULL is fine */
struct event_pattern_size event_pattern_size(const struct event_pattern *pattern);

/* ---- events ---- */

/* An event as its fields: "detail.state" and its values.  Used for many events, one after another.
 */
struct event_fields;

struct event_fields *event_fields_new(void);
void event_fields_free(struct event_fields *fields);
/* Takes the fields of this event, instead of those of the one before.  False, with a sentence in
 * `why` if that is not NULL, when the text is no JSON object. */
bool event_fields_read(struct event_fields *fields, const char *text, size_t length,
                       struct str *why);

bool event_pattern_matches(const struct event_pattern *pattern, struct event_fields *fields);

/* ---- many patterns ---- */

/* Which of many patterns want an event?  Each waits for the rarest thing that it asks for: a value,
 * an end of a text, a range.  An event finds those by what it has, and only they are tried. */
struct event_index;

struct event_index *event_index_new(void);
void event_index_free(struct event_index *index);
/* The pattern is borrowed until event_index_free(); `id` is the caller's name for it. */
void event_index_add(struct event_index *index, const struct event_pattern *pattern, uint32_t id);
/* The ids of the patterns that want the event, in the order of their adding.  Borrowed until the
 * next call. */
const uint32_t *event_index_match(struct event_index *index, struct event_fields *fields,
                                  size_t *count);

#endif
