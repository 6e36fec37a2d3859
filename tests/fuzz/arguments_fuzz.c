/*
 * tests/fuzz/arguments_fuzz.c - the words of a command, one a line.
 *
 * If this fails, something that can be typed after `aws` ends the program, or a line is refused
 * without a word or an exit code.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "api/arguments.h"
#include "api/sent.h"

enum { WORDS_MAX = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *read_file(void *context, const char *path, size_t *size, struct str *reason)
{
    (void)context;
    (void)reason;
    *size = strlen(path);
    return xstrdup(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct file_source files = {.read = read_file};
    char *text = xstrndup((const char *)data, size);
    const char *words[WORDS_MAX];
    size_t count = 0;
    struct arguments arguments;
    int status;

    for (char *word = text; word != NULL && count < WORDS_MAX; count++) {
        char *end = strchr(word, '\n');

        words[count] = word;
        if (end != NULL)
            *end++ = '\0';
        word = end;
    }
    status = arguments_parse(&arguments, size % 4 == 0 ? "lab" : "aws", words, count, &files);
    if (status != arguments.exit_code || (status != 0) != (arguments.error.length > 0))
        abort();
    if (status == 0 && arguments.op != NULL)
        json_decref(sent_params(&arguments));
    arguments_release(&arguments);
    free(text);
    return 0;
}
