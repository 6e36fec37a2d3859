/*
 * tests/fuzz/replay.c - gives a fuzz target the inputs that are kept for it, without libFuzzer.
 *
 * If this fails, something that once ended the program, or may have, ends it.
 *
 * Linked with one target, NAME_fuzz; reads tests/fuzz/corpus/NAME_fuzz, or the files that are
 * named.  Each file is said before it is tried, so that the last one said is the one.
 */
#include <dirent.h>
#include <libgen.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void replay(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct str bytes = STR_INIT;
    char chunk[4096];
    size_t got;
    char *exact; /* to the byte, so that reading past its end is seen */

    printf("# %s\n", path);
    fflush(stdout);
    if (file == NULL)
        abort();
    while ((got = fread(chunk, 1, sizeof(chunk), file)) > 0)
        str_addn(&bytes, chunk, got);
    fclose(file);
    exact = xmalloc(bytes.length > 0 ? bytes.length : 1);
    memcpy(exact, str_text(&bytes), bytes.length);
    LLVMFuzzerTestOneInput((const uint8_t *)exact, bytes.length);
    free(exact);
    str_release(&bytes);
}

static int is_input(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

int main(int count, char **words)
{
    char *folder = xasprintf("tests/fuzz/corpus/%s", basename(words[0]));
    struct dirent **entries = NULL;
    int inputs = count > 1 ? count - 1 : scandir(folder, &entries, is_input, alphasort);

    for (int i = 0; i < inputs; i++) {
        char *path = count > 1 ? xstrdup(words[i + 1])
                               : xasprintf("%s/%s", folder, entries[i]->d_name);

        replay(path);
        free(path);
        if (entries != NULL)
            free(entries[i]);
    }
    printf("%sok replay: %d inputs\n", inputs > 0 ? "" : "not ", inputs);
    free(entries);
    free(folder);
    return inputs > 0 ? 0 : 1;
}
