/*
 * tests/fuzz/table_fuzz.c - `--output table` of any answer, at any width.
 *
 * If this fails, an answer ends the program when it is shown as a table.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/str.h"
#include "api/output.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct output_request request = {.title = "DescribeThings", .format = OUTPUT_TABLE};
    struct str out = STR_INIT;
    struct str error = STR_INIT;

    if (size < 2)
        return 0;
    request.width = data[0];
    request.color = data[1] % 2 != 0;
    request.value = json_loadb((const char *)data + 2, size - 2, JSON_DECODE_ANY | JSON_ALLOW_NUL,
                               NULL);
    if (request.value != NULL && output_add(&out, &request, &error) != 0 && error.length == 0)
        abort();
    json_decref(request.value);
    str_release(&out);
    str_release(&error);
    return 0;
}
