/*
 * tests/fuzz/topic_filter_fuzz.c - filter policies of SNS.
 *
 * If this fails, a subscription's filter policy ends the program, or is refused without a reason.
 * The first byte says whether the policy asks the body.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/topic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str why = STR_INIT;
    char *text;

    if (size == 0)
        return 0;
    text = xstrndup((const char *)data + 1, size - 1);
    if (topic_filter_check(text, data[0] == 'b', &why) != 0 && why.length == 0)
        abort();
    free(text);
    str_release(&why);
    return 0;
}
