/*
 * api/lessons_about.c - which lessons speak of a thing: a code, a command.
 *
 * Read from the lessons' files as they lie in the program: "# TITLE" is a lesson's first line, and
 * "id: ID" one of its head's (lessons/README.md).  What a lesson does is the lesson floor's; here
 * only its words count.
 */
#include "api/lessons_about.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/asset.h"
#include "base/mem.h"
#include "base/str.h"

static bool is_of_word(char c)
{
    return isalnum((unsigned char)c) != 0;
}

/* A part of a longer code or name does not count. */
static bool mentions(const char *text, const char *wanted)
{
    size_t length = strlen(wanted);

    for (const char *at = strstr(text, wanted); at != NULL; at = strstr(at + 1, wanted)) {
        char after = at[length];
        bool goes_on = is_of_word(after) ||
                       ((after == '.' || after == '-') && is_of_word(at[length + 1]));

        if ((at == text || !is_of_word(at[-1])) && !goes_on)
            return true;
    }
    return false;
}

static const char id_letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";

void lessons_about(const char *wanted, unsigned most, lessons_visit *visit, void *context)
{
    struct arena arena = ARENA_INIT;
    unsigned found = 0;

    for (const struct asset *asset = asset_next(NULL, "lessons/"); asset != NULL && found < most;
         asset = asset_next(asset, "lessons/")) {
        const char *text = asset_text(asset);
        const char *id = strstr(text, "\nid: ");

        if (id == NULL || !str_starts(text, "# ") || !mentions(text, wanted))
            continue;
        id += strlen("\nid: ");
        if (id[strspn(id, id_letters)] != '\n')
            continue; /* the guide to lessons, which shows what a head looks like */
        visit(context, arena_strndup(&arena, id, strcspn(id, "\n")),
              arena_strndup(&arena, text + 2, strcspn(text + 2, "\n")));
        found++;
    }
    arena_release(&arena);
}
