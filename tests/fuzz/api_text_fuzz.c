/*
 * tests/fuzz/api_text_fuzz.c - shorthand, or else JSON, and then every output format.
 *
 * If this fails, something that can be typed ends the program.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "api/output.h"
#include "api/shorthand.h"

#include "base/mem.h"
#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = xstrndup((const char *)data, size);
    struct str error = STR_INIT;
    json_t *value = shorthand_parse(text, NULL, &error);

    if (value == NULL)
        value = json_loadb((const char *)data, size, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    for (int format = 0; format < OUTPUT_FORMATS && value != NULL; format++) {
        struct output_request request = {
            .value = value,
            .title = "Describe",
            .format = (enum output_format)format,
            .width = 20,
        };
        struct str out = STR_INIT;

        output_add(&out, &request, &error);
        str_release(&out);
    }
    json_decref(value);
    str_release(&error);
    free(text);
    return 0;
}
