/*
 * tests/fuzz/shorthand_fuzz.c - AWS shorthand.
 *
 * If this fails, a value in shorthand ends the program, or is refused without a sentence.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"
#include "api/shorthand.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = xstrndup((const char *)data, size);
    struct str error = STR_INIT;
    json_t *value = shorthand_parse(text, NULL, &error);

    if ((value == NULL) != (error.length > 0))
        abort();
    json_decref(value);
    str_release(&error);
    free(text);
    return 0;
}
