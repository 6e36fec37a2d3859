/*
 * tests/fuzz/words_fuzz.c - if this crashes, a line that someone pastes ends the console.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = ARENA_INIT;
    struct words_source source = {.text = (const char *)data, .length = size};
    struct words_list list = {0};
    struct words_refusal refusal = {0};

    words_parse(&source, &arena, &list, &refusal);
    arena_release(&arena);
    return 0;
}
