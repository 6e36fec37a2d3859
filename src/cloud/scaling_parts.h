/*
 * cloud/scaling_parts.h - what the rooms of Auto Scaling share among themselves.
 */
#ifndef CLOUD_SCALING_PARTS_H
#define CLOUD_SCALING_PARTS_H

#include "cloud/scaling.h"
#include "cloud/scaling_activity.h"
#include "cloud/scaling_group.h"

/* ---- scaling_member: one instance of a group ---- */

/* Registers the events of members. */
void scaling_members_init(struct scaling *scaling);
struct scaling_group *member_group(const struct scaling *scaling,
                                   const struct scaling_member *member);
/* A new row for an instance that was launched or attached; its activity is under way. */
struct scaling_member *member_add(struct scaling *scaling, const struct scaling_group *group,
                                  const struct instance *instance, uint64_t activity);
void member_state_set(struct scaling *scaling, struct scaling_member *member,
                      enum member_state state);
/* It runs: hooks are waited for, then it comes into service. */
void member_started(struct scaling *scaling, struct scaling_member *member);
/* Begins to end it: out of its target groups, hooks, terminated.  The cause is its activity's. */
void member_end(struct scaling *scaling, struct scaling_member *member, const char *cause);
/* Out of all the group's target groups; until when its requests are waited for, 0: none are. */
int64_t member_leave_targets(struct scaling *scaling, const struct scaling_member *member);
/* The same for the target groups that `group` names. */
int64_t member_leave_of(struct scaling *scaling, const struct scaling_group *group,
                        uint64_t instance);
void member_join_targets(struct scaling *scaling, const struct scaling_member *member);
/* Goes on with it after a time. */
void member_step_plan(struct scaling *scaling, struct scaling_member *member, int64_t delay);
/* Looks at its health after a time, unless that is planned already. */
void member_look_plan(struct scaling *scaling, struct scaling_member *member, int64_t delay);
/* It is none of the group's any more; its activity ends well. */
void member_forget(struct scaling *scaling, struct scaling_member *member);
/* Marks it unhealthy: "an ELB system health check failure." */
void member_mark_unhealthy(struct scaling *scaling, struct scaling_member *member,
                           const char *trouble);

/* ---- scaling_hold: lifecycle hooks ---- */

void scaling_holds_init(struct scaling *scaling);
/* Begins the actions of the group's hooks; false when there are none to wait for. */
bool member_hold(struct scaling *scaling, struct scaling_member *member, bool launching);
void member_holds_drop(struct scaling *scaling, struct scaling_member *member);
/* All hooks are through. */
void member_held(struct scaling *scaling, struct scaling_member *member);
/* A hook said ABANDON, and why. */
void member_abandoned(struct scaling *scaling, struct scaling_member *member, const char *why);

/* ---- scaling_choice: zones, and who goes ---- */

/* The members that count, by zone of the Region; a zone that is not the group's counts more than
 * any that is. */
struct zone_counts {
    int64_t counts[ZONES_PER_REGION];
};
struct zone_counts scaling_zone_counts(const struct scaling *scaling,
                                       const struct scaling_group *group);
/* The group's zones, those with the fewest members first; of equal ones chance says which. */
uint32_t scaling_zones_sorted(const struct scaling *scaling, struct scaling_group *group,
                              uint8_t zones[ZONES_PER_REGION]);
/* Who goes when the group shrinks: NULL when all that are left are protected. */
struct scaling_member *scaling_choose(const struct scaling *scaling, struct scaling_group *group);

/* ---- scaling_launch ---- */

/* Launches one in the zone where it fits and that has the fewest; only_zone >= 0: only there.  0,
 * or -1: its activities say why. */
int scaling_launch(struct scaling *scaling, struct scaling_group *group, int only_zone,
                   const char *cause);

/* ---- scaling_policy, scaling_policy_schedule ---- */

/* Registers the events, and makes the tables policies and schedules of struct scaling. */
void scaling_policies_init(struct scaling *scaling);
void scaling_policies_release(struct scaling *scaling);
bool scaling_policies_restore(const struct scaling *scaling);
/* Their group is gone. */
void scaling_policies_drop(struct scaling *scaling, uint64_t group);

/* ---- scaling: the loop ---- */

/* Looks at the group after that time, or earlier when that was planned. */
void scaling_wake(struct scaling *scaling, struct scaling_group *group, int64_t delay);
/* After a request: a time of AWS's own. */
void scaling_wake_soon(struct scaling *scaling, struct scaling_group *group);
/* Takes the group away with what belongs to it. */
void scaling_group_drop(struct scaling *scaling, struct scaling_group *group);

#endif
