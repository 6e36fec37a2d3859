/*
 * base/bug.h - our own mistakes: stop at once, say where.
 *
 * A BUG is a fault of this program, never of its user (user faults: base/fault.h) and never of the
 * world (files, terminals: enum status).  The terminal is put back by the hook before anything is
 * printed.
 */
#ifndef BASE_BUG_H
#define BASE_BUG_H

/*
 * Sets what runs first when the program dies of a bug; NULL for nothing.  The cage of the terminal
 * uses it.
 */
void bug_set_hook(void (*hook)(void));

/* Prints "BUG file:line: message" on standard error and aborts.  Use the macro. */
_Noreturn void bug_at(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define BUG(...) bug_at(__FILE__, __LINE__, __VA_ARGS__)

#endif
