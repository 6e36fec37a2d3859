/*
 * cloud/target_parts.h - what the files of the room `target` share.
 */
#ifndef CLOUD_TARGET_PARTS_H
#define CLOUD_TARGET_PARTS_H

#include "cloud/target.h"

struct target_group *target_group_of(const struct target_groups *groups,
                                     const struct target *target);
/* Adds to the trail that the target goes from one state to another (or keeps it). */
void target_tell(struct target_groups *groups, const struct target *target, const char *before,
                 const char *after);
/* Moves it, and tells; nothing when it is there already. */
void target_state_set(struct target_groups *groups, struct target *target,
                      enum target_state state, enum target_reason reason);
/* The next check comes after that long. */
void target_check_plan(struct target_groups *groups, struct target *target, int64_t delay);
/* What EVENT_TARGET_STEP is about: its detail.  Saved: append only. */
enum { STEP_REGISTERED = 1, STEP_DRAINED = 2, STEP_FALLEN = 3 };
/* What is next for the target, after that long, in place of what was. */
void target_step_plan(struct target_groups *groups, struct target *target, int64_t delay,
                      uint64_t step);
void target_step_stop(struct target_groups *groups, struct target *target);
/* It has failed its checks: unhealthy, or unhealthy.draining first. */
void target_fall(struct target_groups *groups, struct target *target, enum target_reason reason);
/* The interval of unhealthy.draining is over. */
void target_fallen(struct target_groups *groups, struct target *target);
void target_checks_init(struct target_groups *groups);

#endif
