/*
 * api/elbv2_action.h - what listeners and rules do with a request, as elbv2 takes and shows it.
 */
#ifndef API_ELBV2_ACTION_H
#define API_ELBV2_ACTION_H

#include "api/elbv2_parts.h"
#include "cloud/action.h"

struct group_tuple {
    const char *arn;
    struct opt_int weight;
};

struct stickiness_view {
    struct opt_bool enabled;
    struct opt_int duration_s;
};

struct forward_view {
    LIST(struct group_tuple) groups;
    struct stickiness_view *stickiness;
};

struct fixed_view {
    const char *body;
    const char *status;
    const char *content_type;
};

struct redirect_view {
    const char *protocol;
    const char *port;
    const char *host;
    const char *path;
    const char *query;
    const char *status;
};

struct action_view {
    const char *type;
    const char *group;
    struct opt_int order;
    struct redirect_view *redirect;
    struct fixed_view *fixed;
    struct forward_view *forward;
};

struct action_views {
    struct action_view *items;
    uint32_t count;
    uint32_t size;
};

extern const struct shape elbv2_action_shape;

/* Fills the view of an action; in the call's arena. */
void action_view(struct call *call, const struct listener_action *action,
                 struct action_view *view);
/* Finds the groups that the actions name; as many actions in the call's arena, NULL after a fault.
 */
struct listener_action *actions_read(struct call *call, const struct action_views *wishes);

/* What actions_read() and action_check() refuse with. */
extern const struct fault_kind fault_action_not_modelled, fault_action_needs;

#endif
