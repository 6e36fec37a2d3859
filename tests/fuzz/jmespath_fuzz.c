/*
 * tests/fuzz/jmespath_fuzz.c - if this crashes, a --query that someone types ends the console.
 */
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/jmespath.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *expression = xstrndup((const char *)data, size);
    struct jmespath_error error = JMESPATH_ERROR_INIT;
    struct jmespath *path = jmespath_compile(expression, &error);

    if (path != NULL) {
        json_t *input = json_pack("{s:[{s:s,s:i},{s:s,s:i}],s:{s:n,s:b}}", "a", "b", "x", "c", 1,
                                  "b", "y", "c", 2, "d", "e", "f", 1);

        json_decref(jmespath_search(path, input, &error));
        json_decref(input);
        jmespath_free(path);
    }
    jmespath_error_release(&error);
    free(expression);
    return 0;
}
