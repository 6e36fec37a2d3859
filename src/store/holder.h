/*
 * store/holder.h - who has a session file open: the process's user, and since when it runs.
 */
#ifndef STORE_HOLDER_H
#define STORE_HOLDER_H

#include <sys/types.h>

#include "base/str.h"

/* Appends " (user anna, for 12 min)": as much of it as this system tells, perhaps nothing. */
void holder_tell(pid_t process, struct str *out);

#endif
