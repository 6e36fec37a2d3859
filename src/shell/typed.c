/*
 * shell/typed.c - a line as a person types it: what `!!` and aliases in it stand for.
 *
 * An alias is put in by its place in the text, as POSIX has it, so that its words may hold quotes,
 * joins and pipes.  base/words tells where commands begin.
 */
#include "shell/typed.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/expand.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "base/words.h"
#include "shell/outside.h"

enum { NAME_MAX_BYTES = 64, WORDS_MAX_BYTES = 64 << 10 };

/* ---- the table ---- */

/* The place of a name, or where it would be put in. */
static uint32_t place_of(const struct typed *typed, const char *name, bool *found)
{
    uint32_t place = 0;

    while (place < typed->aliases.count &&
           strcmp(typed->aliases.items[place].name, name) < 0)
        place++;
    *found = place < typed->aliases.count &&
             strcmp(typed->aliases.items[place].name, name) == 0;
    return place;
}

const char *typed_find(const struct typed *typed, const char *name)
{
    bool found;
    uint32_t place = place_of(typed, name, &found);

    return found ? typed->aliases.items[place].words : NULL;
}

/* Why it cannot be an alias, or NULL. */
static const char *wrong(const struct typed *typed, const char *name, const char *words)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:+@%-";
    static const char *const fixed[] = {"aws", "lab", "alias", "unalias"};

    if (name[0] == '\0' || name[0] == '-' || name[strspn(name, letters)] != '\0' ||
        strlen(name) > NAME_MAX_BYTES)
        return "a name is made of at most 64 letters, digits and _ . : + @ % -";
    for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
        if (strcmp(name, fixed[i]) == 0)
            return "this word means the same for everybody";
    }
    if (words[strcspn(words, "\n")] != '\0' || strlen(words) > WORDS_MAX_BYTES)
        return "an alias is one line, of at most 64 KiB";
    return typed->aliases.count >= TYPED_ALIASES_MAX ? "there are 1,000 aliases already" : NULL;
}

static void put(struct typed *typed, const char *name, const char *words)
{
    bool found;
    uint32_t place = place_of(typed, name, &found);
    struct typed_alias *alias;

    if (!found) {
        LIST_PUSH(&typed->aliases);
        memmove(typed->aliases.items + place + 1, typed->aliases.items + place,
                (typed->aliases.count - 1 - place) * sizeof(*typed->aliases.items));
        typed->aliases.items[place] = (struct typed_alias){.name = xstrdup(name)};
    }
    alias = &typed->aliases.items[place];
    free(alias->words);
    alias->words = xstrdup(words);
}

static void forget(struct typed *typed, const char *name)
{
    bool found;
    uint32_t place = place_of(typed, name, &found);

    if (!found)
        return;
    free(typed->aliases.items[place].name);
    free(typed->aliases.items[place].words);
    LIST_REMOVE(&typed->aliases, place);
}

/* ---- the file ---- */

static void read_line(struct typed *typed, const char *line, size_t length)
{
    struct str clean = STR_INIT;
    char *equals;

    utf8_add_typed(&clean, line, length);
    equals = clean.length > 0 ? strchr(clean.text, '=') : NULL;
    if (equals != NULL && clean.text[0] != '#') {
        *equals = '\0';
        if (wrong(typed, clean.text, equals + 1) == NULL)
            put(typed, clean.text, equals + 1);
    }
    str_release(&clean);
}

void typed_init(struct typed *typed, const char *path, struct str *problem)
{
    struct str why = STR_INIT;
    char *text = NULL;

    *typed = (struct typed){0};
    if (path != NULL && access(path, F_OK) == 0) {
        text = outside_script(path, false, &why);
        if (text == NULL)
            str_addf(problem, "aliases are not kept: %s\n", str_text(&why));
    }
    for (const char *at = text; at != NULL && *at != '\0'; at += at[0] == '\n') {
        read_line(typed, at, strcspn(at, "\n"));
        at += strcspn(at, "\n");
    }
    if (path != NULL && why.length == 0)
        typed->path = xstrdup(path);
    free(text);
    str_release(&why);
}

void typed_release(struct typed *typed)
{
    for (uint32_t i = 0; i < typed->aliases.count; i++) {
        free(typed->aliases.items[i].name);
        free(typed->aliases.items[i].words);
    }
    LIST_RELEASE(&typed->aliases);
    free(typed->path);
    *typed = (struct typed){0};
}

/* Replaces the file, wholly or not at all. */
static int save(const struct typed *typed, struct str *why)
{
    char *beside = xasprintf("%s.new", typed->path);
    struct str text = STR_INIT;
    int status = -1;
    int fd;

    str_add(&text, "# Aliases of nephoscope's prompt: NAME=WORDS\n");
    for (uint32_t i = 0; i < typed->aliases.count; i++)
        str_addf(&text, "%s=%s\n", typed->aliases.items[i].name, typed->aliases.items[i].words);
    unlink(beside);
    fd = outside_open(beside, false, NULL, why);
    if (fd >= 0)
        status = outside_write(fd, beside, str_text(&text), text.length, why);
    if (status == 0 && rename(beside, typed->path) != 0) {
        str_addf(why, "%s: %s", typed->path, strerror(errno));
        status = -1;
    }
    if (status != 0)
        unlink(beside);
    free(beside);
    str_release(&text);
    return status;
}

int typed_set(struct typed *typed, const char *name, const char *words, struct str *why)
{
    const char *problem = words == NULL ? NULL : wrong(typed, name, words);

    if (problem != NULL) {
        str_add(why, problem);
        return -1;
    }
    if (words == NULL)
        forget(typed, name);
    else
        put(typed, name, words);
    return typed->path == NULL ? 0 : save(typed, why);
}

/* ---- !! ---- */

static bool is_edge(char c)
{
    return c == '\0' || strchr(" \t\n;|&()<>", c) != NULL;
}

bool typed_repeat(const char *text, const char *last, struct str *out)
{
    bool found = false;
    char quote = '\0';

    for (size_t i = 0; text[i] != '\0'; i++) {
        bool edge = i == 0 || is_edge(text[i - 1]);

        if (quote == '\0' && edge && text[i] == '!' && text[i + 1] == '!' && is_edge(text[i + 2])) {
            str_add(out, last == NULL ? "" : last);
            found = true;
            i++;
            continue;
        }
        str_addc(out, text[i]);
        if (text[i] == '\\' && quote != '\'' && text[i + 1] != '\0')
            str_addc(out, text[++i]);
        else if (quote == '\0' && edge && text[i] == '#')
            quote = '#';
        else if (quote == '\0' && (text[i] == '\'' || text[i] == '"'))
            quote = text[i];
        else if (quote == text[i] || (quote == '#' && text[i] == '\n'))
            quote = '\0';
    }
    return found;
}

/* ---- aliases in a text ---- */

/* The aliases within whose words the place lies. */
struct within {
    const struct within *outer;
    const char *name;
};

/* A command's first word that is an alias: bytes of the text. */
struct use {
    size_t start;
    size_t end;
    const char *name;
};

struct uses {
    const struct typed *typed;
    const struct within *within;
    const char *text;
    struct arena *arena;
    LIST(struct use) items; /* in the arena, in the order of the text */
};

static bool is_within(const struct within *within, const char *name)
{
    for (; within != NULL; within = within->outer) {
        if (strcmp(within->name, name) == 0)
            return true;
    }
    return false;
}

static void find_in_list(struct uses *uses, const struct words_list *list);

static void find_in_word(struct uses *uses, const struct words_word *word)
{
    for (size_t i = 0; i < word->count; i++) {
        if (word->parts[i].kind == WORDS_COMMAND)
            find_in_list(uses, word->parts[i].commands);
    }
}

static void find_first(struct uses *uses, const struct words_word *word)
{
    const struct words_part *part = word->parts;

    if (word->count == 1 && part->kind == WORDS_LITERAL && !part->quoted &&
        strlen(part->text) == word->end - word->start &&
        typed_find(uses->typed, part->text) != NULL && !is_within(uses->within, part->text))
        *LIST_PUSH_IN(uses->arena, &uses->items) =
            (struct use){.start = word->start, .end = word->end, .name = part->text};
}

static void find_in_list(struct uses *uses, const struct words_list *list)
{
    for (uint32_t i = 0; i < list->commands.count; i++) {
        const struct words_command *command = &list->commands.items[i];

        for (uint32_t k = 0; k < command->assigns.count; k++)
            find_in_word(uses, &command->assigns.items[k].value);
        if (command->words.count > 0 && command->join != WORDS_PIPE)
            find_first(uses, &command->words.items[0]);
        for (uint32_t k = 0; k < command->words.count; k++)
            find_in_word(uses, &command->words.items[k]);
    }
}

static void add_expanded(const struct typed *typed, const struct within *within, const char *text,
                         struct str *out)
{
    struct arena arena = ARENA_INIT;
    struct uses uses = {.typed = typed, .within = within, .text = text, .arena = &arena};
    struct words_source source = {.text = text, .length = strlen(text)};
    struct words_refusal refusal;
    struct words_list list;
    size_t at = 0;

    if (words_parse(&source, &arena, &list, &refusal) == WORDS_OK)
        find_in_list(&uses, &list);
    for (uint32_t i = 0; i < uses.items.count && out->length <= TYPED_BYTES_MAX; i++) {
        const struct use *use = &uses.items.items[i];

        str_addn(out, text + at, use->start - at);
        add_expanded(typed, &(struct within){.outer = within, .name = use->name},
                     typed_find(typed, use->name), out);
        at = use->end;
    }
    str_add(out, text + at);
    arena_release(&arena);
}

int typed_expand(const struct typed *typed, const char *text, struct str *out, struct str *why)
{
    if (typed->aliases.count == 0) {
        str_add(out, text);
        return 0;
    }
    add_expanded(typed, NULL, text, out);
    if (out->length <= TYPED_BYTES_MAX || out->length == strlen(text))
        return 0;
    str_add(why, "the line becomes too long when its aliases are filled in");
    return -1;
}
