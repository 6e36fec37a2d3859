/*
 * tui/class_program.h - `nephoscope class`: the wall of a class, and words to its learners.
 */
#ifndef TUI_CLASS_PROGRAM_H
#define TUI_CLASS_PROGRAM_H

#include <stdint.h>

struct class_doors {
    int64_t (*clock)(void); /* the clock of the wall, ns since 1970 */
    int64_t (*now)(void);   /* one that never goes back, ns */
};

/* argv[0] is "class"; prints; returns the exit code. */
int class_program(const struct class_doors *doors, int argc, char **argv);

#endif
