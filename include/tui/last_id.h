/*
 * tui/last_id.h - which identifier an answer is about: what a key copies.
 */
#ifndef TUI_LAST_ID_H
#define TUI_LAST_ID_H

#include <stdbool.h>

struct str;

/*
 * Looks through what a command printed for the first id of the kind that its operation's name
 * tells of (run-instances: an instance's; create-target-group: an ARN of a target group), else for
 * the first id or ARN of any kind.  True with it in `id`; else `id` is as before.
 */
bool last_id_find(const char *command, const char *printed, struct str *id);

#endif
