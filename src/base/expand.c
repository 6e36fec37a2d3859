/*
 * base/expand.c - words become arguments: variables, $(commands), and splitting.
 *
 * True to POSIX.1-2017, Shell Command Language, 2.6, with the default IFS and without pathname
 *         expansion.
 */
#include "base/expand.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

/* The text of one part; adds nothing for a variable that is not set. */
static int part_text(const struct expand_host *host, const struct words_part *part, struct str *out)
{
    const char *value = part->text;
    int status = 0;

    if (part->kind == WORDS_COMMAND) {
        size_t before = out->length;

        status = host->run(host->context, part->commands, out);
        while (out->length > before && out->text[out->length - 1] == '\n')
            str_cut(out, out->length - 1);
        return status;
    }
    if (part->kind == WORDS_VARIABLE)
        value = host->variable(host->context, part->text);
    if (value != NULL)
        str_add(out, value);
    return status;
}

int expand_one(const struct expand_host *host, const struct words_word *word, struct str *out)
{
    size_t before = out->length;

    for (size_t i = 0; i < word->count; i++) {
        int status = part_text(host, &word->parts[i], out);

        if (status != 0)
            return status;
        if (out->length - before > EXPAND_BYTES_MAX)
            return EXPAND_TOO_LONG;
    }
    return 0;
}

static void push_argument(struct expand_argv *argv, struct str *field)
{
    *LIST_PUSH_IN(argv->arena, &argv->items) = arena_strdup(argv->arena, str_text(field));
    argv->bytes += field->length + 1;
    str_clear(field);
}

/* Adds the expansion of an unquoted part, giving a field away at each blank. */
static void split_text(struct expand_argv *argv, const struct str *text, struct str *field,
                       bool *open)
{
    for (size_t i = 0; i < text->length; i++) {
        char c = text->text[i];

        if (c == '\0') {
            continue; /* a shell drops these too */
        } else if (c != ' ' && c != '\t' && c != '\n') {
            str_addc(field, c);
            *open = true;
        } else if (*open) {
            push_argument(argv, field);
            *open = false;
        }
    }
}

int expand_word(const struct expand_host *host, const struct words_word *word,
                struct expand_argv *argv)
{
    struct str field = STR_INIT;
    struct str text = STR_INIT;
    bool open = false; /* the field exists, even if it is empty */
    int status = 0;

    for (size_t i = 0; i < word->count && status == 0; i++) {
        const struct words_part *part = &word->parts[i];

        str_clear(&text);
        status = part_text(host, part, &text);
        if (argv->bytes + field.length + text.length > EXPAND_BYTES_MAX)
            status = EXPAND_TOO_LONG;
        if (status != 0)
            break;
        if (part->kind == WORDS_LITERAL || part->quoted) {
            str_add(&field, str_text(&text));
            open = true;
        } else {
            split_text(argv, &text, &field, &open);
        }
    }
    if (status == 0 && open)
        push_argument(argv, &field);
    str_release(&field);
    str_release(&text);
    return status;
}

void expand_quote(struct str *out, const char *text)
{
    bool bare = text[0] != '\0';

    for (const char *c = text; *c != '\0' && bare; c++)
        bare = isalnum((unsigned char)*c) || strchr("-_./:,@%+=", *c) != NULL;
    if (bare) {
        str_add(out, text);
        return;
    }
    str_addc(out, '\'');
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '\'')
            str_add(out, "'\\''");
        else
            str_addc(out, *c);
    }
    str_addc(out, '\'');
}
