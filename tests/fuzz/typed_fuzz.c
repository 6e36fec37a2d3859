/*
 * tests/fuzz/typed_fuzz.c - if this crashes, an alias or `!!` in a line ends the console; if it
 * lasts, aliases that name each other do.
 *
 * The first lines are aliases, NAME=WORDS; what follows an empty line is typed.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "shell/typed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = xstrndup((const char *)data, size);
    char *at = text;
    struct typed typed;
    struct str out = STR_INIT;
    struct str why = STR_INIT;

    typed_init(&typed, NULL, &why);
    while (*at != '\0' && *at != '\n') {
        char *end = at + strcspn(at, "\n");
        char *equals = at + strcspn(at, "=\n");
        bool ends = *end == '\n';

        *end = '\0';
        if (*equals == '=') {
            *equals = '\0';
            typed_set(&typed, at, equals + 1, &why);
        }
        at = end + ends;
    }
    typed_repeat(at, typed_find(&typed, "a"), &out);
    str_clear(&out);
    typed_expand(&typed, at, &out, &why);
    typed_release(&typed);
    str_release(&out);
    str_release(&why);
    free(text);
    return 0;
}
