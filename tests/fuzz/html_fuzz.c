/*
 * tests/fuzz/html_fuzz.c - any bytes as a page: some text comes of it, valid wherever they were.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"
#include "tui/html.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *html = xstrndup((const char *)data, size);
    struct str text = STR_INIT;
    struct str title = STR_INIT;

    html_to_text(html, &text, &title);
    if (text.length > 16 * size + 64)
        abort();
    str_release(&text);
    str_release(&title);
    free(html);
    return 0;
}
