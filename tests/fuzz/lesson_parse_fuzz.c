/*
 * tests/fuzz/lesson_parse_fuzz.c - any bytes as a lesson: refused in one line, or laid out.
 */
#include "lesson/parse.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "lesson/prose.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size)
{
    struct arena arena = ARENA_INIT;
    struct prose prose = {.arena = &arena};
    struct str why = STR_INIT;
    char *text = xstrndup((const char *)bytes, size);
    struct lesson *lesson = lesson_parse("fuzz.md", (const char *)bytes, size, &why);

    if (lesson == NULL && (why.length == 0 || strchr(str_text(&why), '\n') != NULL))
        abort();
    prose_add(&prose, text, size > 0 ? bytes[0] : 0, &why);
    lesson_free(lesson);
    str_release(&why);
    free(text);
    arena_release(&arena);
    return 0;
}
