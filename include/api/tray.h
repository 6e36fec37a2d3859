/*
 * api/tray.h - what operations leave on a tray for the person who asked: the last comparison.
 *
 * It is not of the cloud: no command of AWS sees it, no undo takes it back, no session file keeps
 * it.  The comparison can be looked at while it is still being made.
 */
#ifndef API_TRAY_H
#define API_TRAY_H

#include <stdint.h>

struct comparison; /* see lab describe-comparison */

struct tray {
    struct comparison *comparison; /* owned; NULL: nothing was compared yet */
    uint64_t changes;              /* goes up with each thing that is new to see */
};

/* Zero is the empty tray. */
void tray_release(struct tray *tray);

#endif
