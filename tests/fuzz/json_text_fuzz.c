/*
 * tests/fuzz/json_text_fuzz.c - JSON as people type it.
 *
 * If this fails, JSON ends the program, is refused without a sentence, or is taken although it is
 * none.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/str.h"
#include "api/json_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = STR_INIT;
    struct str problem = STR_INIT;
    json_t *value;
    json_t *other;

    str_addn(&text, (const char *)data, size);
    value = json_text_load(str_text(&text), text.length, &problem);
    other = json_loadb(str_text(&text), text.length, JSON_DECODE_ANY, NULL);
    if ((value == NULL) != (problem.length > 0) || (value != NULL && other == NULL))
        abort();
    if (value != NULL && json_equal(value, other) != 1)
        abort();
    json_decref(value);
    json_decref(other);
    str_release(&text);
    str_release(&problem);
    return 0;
}
