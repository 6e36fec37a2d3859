/*
 * cloud/scaling_activity.h - what Auto Scaling did, and why: one activity for each launch and each
 * end, with its cause in AWS's words.
 */
#ifndef CLOUD_SCALING_ACTIVITY_H
#define CLOUD_SCALING_ACTIVITY_H

#include "cloud/scaling_group.h"

/* What activities say first of an instance: "Launching a new EC2 instance: i-0...". */
enum activity_kind {
    ACTIVITY_OF_LAUNCH,
    ACTIVITY_OF_END,
    ACTIVITY_OF_DETACHING,
    ACTIVITY_OF_ATTACHING,
    ACTIVITY_OF_STANDBY,
    ACTIVITY_OF_RETURN,
};

/* "At 2026-01-05T08:00:00Z " and the printf text, in the arena. */
const char *scaling_sentence(const struct scaling *scaling, struct arena *arena,
                             const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Adds a sentence (as scaling_sentence() gives it) to what changed the group's wishes. */
void scaling_why_add(struct scaling_group *group, const char *sentence);
/* All that changed the group's wishes, and then the sentence; in the arena. */
const char *scaling_why(const struct scaling_group *group, struct arena *arena,
                        const char *sentence);

/* Begins one; instance 0: none came of it yet.  The cause is copied. */
struct scaling_activity *activity_begin(struct scaling *scaling, const struct scaling_group *group,
                                        enum activity_kind kind, uint64_t instance,
                                        const char *cause);
/* Moves it on; 0 is no activity and does nothing. */
void activity_move(struct scaling *scaling, uint64_t id, enum activity_status status,
                   int64_t progress);
/* Ends it: with 100 % when it was successful.  message: what went wrong, or NULL. */
void activity_end(struct scaling *scaling, uint64_t id, enum activity_status status,
                  const char *message);
/* The first of the group's that is still under way; NULL. */
const struct scaling_activity *activity_under_way(const struct scaling *scaling,
                                                  const struct scaling_group *group);
/* The group is gone: its activities stay, as those of a deleted group. */
void activities_orphan(struct scaling *scaling, uint64_t group);

#endif
