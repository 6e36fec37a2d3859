/*
 * tests/fuzz/yaml_text_fuzz.c - YAML as people write it.
 *
 * If this fails, a file given to --cli-input-yaml ends the program.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/str.h"
#include "api/yaml_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = STR_INIT;
    struct str problem = STR_INIT;
    json_t *value;

    str_addn(&text, (const char *)data, size);
    value = yaml_text_load(str_text(&text), text.length, &problem);
    if ((value == NULL) != (problem.length > 0))
        abort();
    json_decref(value);
    str_release(&text);
    str_release(&problem);
    return 0;
}
