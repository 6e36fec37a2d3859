/*
 * base/csv.c - cells of CSV, after RFC 4180 with plain newlines.
 */
#include "base/csv.h"

#include <string.h>

void csv_add(struct str *out, const char *bytes, size_t length, bool is_text)
{
    bool formula = is_text && length > 0 && strchr("=+-@\t\r", bytes[0]) != NULL;
    bool quoted = false;

    for (size_t i = 0; i < length; i++)
        quoted |= strchr(",\"\r\n", bytes[i]) != NULL;
    if (quoted)
        str_addc(out, '"');
    if (formula)
        str_addc(out, '\'');
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == '"')
            str_addc(out, '"');
        str_addc(out, bytes[i]);
    }
    if (quoted)
        str_addc(out, '"');
}
