/*
 * base/fault.c - what the user did that cannot be done, in AWS's words.
 */
#include "base/fault.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

int fault_set(struct fault *fault, const struct fault_kind *kind, ...)
{
    struct str message = STR_INIT;
    const char *rest = kind->text;
    const char *gap;
    va_list args;

    va_start(args, kind);
    while ((gap = strstr(rest, "{}")) != NULL) {
        const char *value = va_arg(args, const char *);

        str_addn(&message, rest, (size_t)(gap - rest));
        str_add(&message, value == NULL ? "null" : value);
        rest = gap + 2;
    }
    va_end(args);
    str_add(&message, rest);
    fault_release(fault);
    fault->kind = kind;
    fault->message = str_take(&message);
    return -1;
}

void fault_release(struct fault *fault)
{
    free(fault->message);
    *fault = FAULT_INIT;
}
