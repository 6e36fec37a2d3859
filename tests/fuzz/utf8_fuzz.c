/*
 * tests/fuzz/utf8_fuzz.c - if this aborts, control characters from anyone reach the screen.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/str.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str out = STR_INIT;

    utf8_add_safe(&out, (const char *)data, size, UTF8_KEEP_NOTHING);
    for (size_t at = 0; at < out.length;) {
        uint32_t code;

        at += utf8_decode(out.text + at, out.length - at, &code);
        if (code == UTF8_INVALID || utf8_is_unsafe(code))
            abort();
    }
    str_release(&out);
    return 0;
}
