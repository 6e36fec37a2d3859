/*
 * shell/complete_words.c - an unfinished line, cut into words up to the cursor.
 *
 * Unlike base/words the scanner does not mind what is unfinished: an open quote, an open $( (then
 * the command inside it is the one that counts).  Each $( opens a level; its ) goes back to the
 * word in which it stood.
 */
#include "shell/complete_words.h"

#include <ctype.h>
#include <string.h>

#include "base/str.h"

/* One level of $( ). */
struct level {
    LIST(const char *) words;
    struct str word;
    size_t word_start;
    bool in_word;
    bool in_quote; /* within "...": where a $( inside it goes back to */
    bool is_file;  /* the word stands after > */
};

struct scanner {
    struct arena *arena;
    const char *text;
    size_t cursor;
    size_t at;
    LIST(struct level) levels; /* in the arena; the last is the innermost */
};

static struct level *innermost(struct scanner *scanner)
{
    return &scanner->levels.items[scanner->levels.count - 1];
}

static void begin_word(struct scanner *scanner)
{
    struct level *level = innermost(scanner);

    if (!level->in_word)
        level->word_start = scanner->at;
    level->in_word = true;
}

static void drop_word(struct level *level)
{
    str_clear(&level->word);
    level->in_word = false;
    level->is_file = false;
}

static void end_word(struct scanner *scanner)
{
    struct level *level = innermost(scanner);

    if (!level->in_word)
        return;
    if (!level->is_file)
        *LIST_PUSH_IN(scanner->arena, &level->words) =
            arena_strdup(scanner->arena, str_text(&level->word));
    drop_word(level);
}

static void begin_command(struct scanner *scanner)
{
    struct level *level = innermost(scanner);

    drop_word(level);
    level->words.count = 0;
}

static void open_level(struct scanner *scanner)
{
    begin_word(scanner); /* what it gives is a part of a word */
    *LIST_PUSH_IN(scanner->arena, &scanner->levels) = (struct level){0};
    scanner->at++;
}

static void close_level(struct scanner *scanner)
{
    if (scanner->levels.count == 1) {
        begin_command(scanner);
        return;
    }
    str_release(&innermost(scanner)->word);
    scanner->levels.count--;
}

static bool opens(const struct scanner *scanner)
{
    return scanner->text[scanner->at] == '$' && scanner->at + 1 < scanner->cursor &&
           scanner->text[scanner->at + 1] == '(';
}

/* One character within "...". */
static void scan_quoted(struct scanner *scanner)
{
    struct level *level = innermost(scanner);
    char c = scanner->text[scanner->at];

    if (c == '"') {
        level->in_quote = false;
    } else if (opens(scanner)) {
        open_level(scanner);
    } else {
        if (c == '\\' && scanner->at + 1 < scanner->cursor)
            c = scanner->text[++scanner->at];
        str_addc(&level->word, c);
    }
}

static void scan_single(struct scanner *scanner)
{
    begin_word(scanner);
    for (scanner->at++; scanner->at < scanner->cursor && scanner->text[scanner->at] != '\'';
         scanner->at++)
        str_addc(&innermost(scanner)->word, scanner->text[scanner->at]);
}

/* > and its like: the word before it is a descriptor's number, or ends. */
static void scan_redirect(struct scanner *scanner)
{
    struct level *level = innermost(scanner);

    if (level->word.length == 1 && strchr("12", level->word.text[0]) != NULL)
        drop_word(level);
    end_word(scanner);
    level->is_file = true;
}

static bool is_redirecting(const struct scanner *scanner)
{
    return (scanner->at > 0 && scanner->text[scanner->at - 1] == '>') ||
           (scanner->at + 1 < scanner->cursor && scanner->text[scanner->at + 1] == '>');
}

static void scan_plain(struct scanner *scanner)
{
    char c = scanner->text[scanner->at];

    if (c == '\'') {
        scan_single(scanner);
    } else if (c == '"') {
        begin_word(scanner);
        innermost(scanner)->in_quote = true;
    } else if (opens(scanner)) {
        open_level(scanner);
    } else if (c == ')') {
        close_level(scanner);
    } else if (c == '>') {
        scan_redirect(scanner);
    } else if (c == '&' && is_redirecting(scanner)) {
        end_word(scanner);
    } else if (strchr(";|&\n(", c) != NULL) {
        begin_command(scanner);
    } else if (c == ' ' || c == '\t') {
        end_word(scanner);
    } else {
        begin_word(scanner);
        if (c == '\\' && scanner->at + 1 < scanner->cursor)
            c = scanner->text[++scanner->at];
        str_addc(&innermost(scanner)->word, c);
    }
}

/* NAME=value */
static bool is_setting(const char *word)
{
    const char *c = word;

    while (isalnum((unsigned char)*c) || *c == '_')
        c++;
    return c > word && *c == '=' && !isdigit((unsigned char)*word);
}

void complete_words_cut(struct arena *arena, const char *text, size_t cursor,
                        struct complete_words *cut)
{
    struct scanner scanner = {.arena = arena, .text = text, .cursor = cursor};
    struct level *level;

    *cut = (struct complete_words){0};
    *LIST_PUSH_IN(arena, &scanner.levels) = (struct level){0};
    for (; scanner.at < cursor; scanner.at++) {
        if (innermost(&scanner)->in_quote)
            scan_quoted(&scanner);
        else
            scan_plain(&scanner);
    }
    level = innermost(&scanner);
    cut->start = level->in_word ? level->word_start : cursor;
    cut->word = arena_strdup(arena, str_text(&level->word));
    cut->is_file = level->is_file;
    for (uint32_t i = 0; i < level->words.count; i++) {
        if (cut->words.count > 0 || !is_setting(level->words.items[i]))
            *LIST_PUSH_IN(arena, &cut->words) = level->words.items[i];
    }
    for (uint32_t i = 0; i < scanner.levels.count; i++)
        str_release(&scanner.levels.items[i].word);
}
