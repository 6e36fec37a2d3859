/*
 * base/bug.c - our own mistakes: stop at once, say where.
 *
 * Owns    the die hook, one of the three mutable globals that the house allows.
 */
#include "base/bug.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void (*die_hook)(void);

void bug_set_hook(void (*hook)(void))
{
    die_hook = hook;
}

_Noreturn void bug_at(const char *file, int line, const char *format, ...)
{
    void (*hook)(void) = die_hook;
    va_list args;

    die_hook = NULL; /* a bug within the hook must not come back here */
    if (hook != NULL)
        hook();
    fprintf(stderr, "BUG %s:%d: ", file, line);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    abort();
}
