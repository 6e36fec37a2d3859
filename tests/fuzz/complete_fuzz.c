/*
 * tests/fuzz/complete_fuzz.c - Tab after any text, at any place in it.
 *
 * If this fails, Tab ends the program or puts a word in the wrong place.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"
#include "api/api_words.h"
#include "cloud/catalog.h"
#include "shell/complete.h"
#include "shell/run.h"
#include "shell/session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One session for all inputs: completion changes nothing. */
static struct shell *shell_get(void)
{
    static struct shell shell;
    struct session_options options = {0};
    struct session *session;
    struct str notice = STR_INIT;
    struct str why = STR_INIT;

    if (shell.session == NULL) {
        if (session_open(catalog_new(), &options, &session, &notice, &why) != 0)
            abort();
        shell_init(&shell, session);
        shell_add_words(&shell, shell_words, &shell);
        shell_add_words(&shell, api_words, NULL);
    }
    return &shell;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = size == 0 ? xstrdup("") : xstrndup((const char *)data + 1, size - 1);
    size_t length = 0;
    size_t cursor;
    struct line_candidates candidates = {0};

    while (text[length] != '\0')
        length++;
    cursor = size == 0 || data[0] > length ? length : data[0];
    complete_line(shell_get(), text, cursor, &candidates);
    if (candidates.start > cursor)
        abort();
    line_candidates_release(&candidates);
    free(text);
    return 0;
}
