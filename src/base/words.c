/*
 * base/words.c - the grammar of the line that is typed, and of guests' scripts.
 *
 * Owns    struct parser: a place in the source, and the parts of the words that are being read.
 *         Words nest ("a$(b "c$(d)")"), so their unfinished parts lie on one stack; a finished word
 *         takes its own off the top.
 * Uses    recursion only for $(...), counted against WORDS_DEPTH_MAX.
 * True to POSIX.1-2017, Shell Command Language, 2.2 to 2.10, for what is kept of it.
 */
#include "base/words.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"

struct parser {
    const struct words_source *source; /* borrowed */
    size_t at;
    unsigned depth;
    struct arena *arena; /* borrowed */
    LIST(struct words_part) parts;
    struct words_refusal *refusal; /* borrowed */
    enum words_status status;
};

/* Words that begin what a shell knows and this grammar does not. */
struct reserved {
    const char *word;
    const char *what;
};
enum { RESERVED_COUNT = 19 };
static const struct reserved reserved[RESERVED_COUNT];

static bool parse_list(struct parser *parser, struct words_list *list, bool nested);

/*
 * The character `ahead` of the place, or NUL at the end (a NUL in the source was refused before).
 */
static char peek(const struct parser *parser, size_t ahead)
{
    size_t at = parser->at + ahead;

    return at < parser->source->length ? parser->source->text[at] : '\0';
}

static bool at_end(const struct parser *parser)
{
    return parser->at >= parser->source->length;
}

/* Records why the source ends here.  Always returns false, so that `return stop(...)` goes up. */
static bool stop(struct parser *parser, enum words_status status, size_t at, const char *message)
{
    struct words_refusal *why = parser->refusal;
    uint32_t code;

    why->at = at;
    why->line = 1;
    why->column = 1;
    for (size_t i = 0; i < at;) {
        i += utf8_decode(parser->source->text + i, parser->source->length - i, &code);
        why->column++;
        if (code == '\n') {
            why->line++;
            why->column = 1;
        }
    }
    why->message = arena_printf(parser->arena, "line %u, column %u: %s", why->line, why->column,
                                message);
    parser->status = status;
    return false;
}

static bool refuse(struct parser *parser, size_t at, const char *message)
{
    return stop(parser, WORDS_REFUSED, at, message);
}

static bool is_name_start(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

static bool is_name(char c)
{
    return is_name_start(c) || (c >= '0' && c <= '9');
}

/*
 * Skips blanks, joined lines and comments; newlines remain.  A comment begins where a word could.
 */
static void skip_blanks(struct parser *parser)
{
    for (;;) {
        char c = peek(parser, 0);

        if (c == ' ' || c == '\t')
            parser->at++;
        else if (c == '\\' && peek(parser, 1) == '\n')
            parser->at += 2;
        else if (c == '#')
            while (!at_end(parser) && peek(parser, 0) != '\n')
                parser->at++;
        else
            return;
    }
}

/* Words. */

static struct words_part *push_part(struct parser *parser, enum words_part_kind kind, bool quoted)
{
    struct words_part *part = LIST_PUSH(&parser->parts);

    *part = (struct words_part){.kind = kind, .quoted = quoted, .text = ""};
    return part;
}

static void push_literal(struct parser *parser, struct str *text, bool quoted)
{
    if (text->length == 0)
        return;
    push_part(parser, WORDS_LITERAL, quoted)->text = arena_strndup(parser->arena, text->text,
                                                                   text->length);
    str_clear(text);
}

/* $(...), from the dollar sign. */
static bool parse_substitution(struct parser *parser, bool quoted)
{
    struct words_list *list = arena_alloc(parser->arena, sizeof(*list));
    size_t start = parser->at;
    bool complete;

    if (peek(parser, 2) == '(')
        return refuse(parser, start, "arithmetic, $((...)), is not modelled");
    if (parser->depth == WORDS_DEPTH_MAX)
        return refuse(parser, start, "$(...) is nested too deeply");
    parser->at += 2;
    parser->depth++;
    complete = parse_list(parser, list, true);
    parser->depth--;
    if (complete)
        push_part(parser, WORDS_COMMAND, quoted)->commands = list;
    return complete;
}

/* ${NAME}, from the dollar sign. */
static bool parse_braces(struct parser *parser, bool quoted)
{
    size_t length = 0;
    const char *name = parser->source->text + parser->at + 2;

    if (is_name_start(peek(parser, 2)) || peek(parser, 2) == '?')
        length = 1;
    while (length > 0 && name[0] != '?' && is_name(peek(parser, 2 + length)))
        length++;
    if (parser->at + 2 + length >= parser->source->length)
        return stop(parser, WORDS_MORE, parser->at, "this ${ is not closed");
    if (length == 0 || peek(parser, 2 + length) != '}')
        return refuse(parser, parser->at, "of the ${...} forms only ${NAME} is modelled");
    push_part(parser, WORDS_VARIABLE, quoted)->text = arena_strndup(parser->arena, name, length);
    parser->at += 3 + length;
    return true;
}

/* Anything that begins with a dollar sign; a lone one stands for itself. */
static bool parse_dollar(struct parser *parser, struct str *literal, bool quoted)
{
    char c = peek(parser, 1);
    size_t length = 1;

    if (c == '\0' || strchr("({_?@*#$!-'\"", c) == NULL) {
        if (isdigit((unsigned char)c))
            return refuse(parser, parser->at, "a script's arguments ($0, $1...) are not modelled");
        if (!is_name_start(c)) {
            str_addc(literal, '$');
            parser->at++;
            return true;
        }
    }
    if (strchr("@*#$!-", c) != NULL)
        return refuse(parser, parser->at, "of the shell's own variables only $? is modelled");
    if (c == '\'' || c == '"') {
        if (!quoted)
            return refuse(parser, parser->at,
                          "$'...' and $\"...\" are not modelled; use '...' or \"...\"");
        str_addc(literal, '$');
        parser->at++;
        return true;
    }
    push_literal(parser, literal, quoted);
    if (c == '(')
        return parse_substitution(parser, quoted);
    if (c == '{')
        return parse_braces(parser, quoted);
    while (c != '?' && is_name(peek(parser, 1 + length)))
        length++;
    push_part(parser, WORDS_VARIABLE, quoted)->text =
        arena_strndup(parser->arena, parser->source->text + parser->at + 1, length);
    parser->at += 1 + length;
    return true;
}

static bool parse_single_quotes(struct parser *parser)
{
    const char *text = parser->source->text + parser->at + 1;
    size_t length = parser->source->length - parser->at - 1;
    const char *end = memchr(text, '\'', length);

    if (end == NULL)
        return stop(parser, WORDS_MORE, parser->at, "this quote ' is not closed");
    length = (size_t)(end - text);
    push_part(parser, WORDS_LITERAL, true)->text = arena_strndup(parser->arena, text, length);
    parser->at += length + 2;
    return true;
}

static bool parse_double_quotes(struct parser *parser, struct str *literal)
{
    size_t start = parser->at++;

    /* The empty part makes "" a word, and costs nothing otherwise. */
    push_part(parser, WORDS_LITERAL, true);
    for (;;) {
        char c = peek(parser, 0);

        if (at_end(parser))
            return stop(parser, WORDS_MORE, start, "this quote \" is not closed");
        if (c == '"') {
            parser->at++;
            push_literal(parser, literal, true);
            return true;
        }
        if (c == '`')
            return refuse(parser, parser->at, "backticks are not modelled; use $(...)");
        if (c == '$') {
            if (!parse_dollar(parser, literal, true))
                return false;
            continue;
        }
        if (c == '\\' && peek(parser, 1) == '\n') {
            parser->at += 2;
            continue;
        }
        if (c == '\\' && peek(parser, 1) != '\0' && strchr("$`\"\\", peek(parser, 1)) != NULL)
            c = peek(parser, 1), parser->at++;
        str_addc(literal, c);
        parser->at++;
    }
}

static bool parse_backslash(struct parser *parser, struct str *literal)
{
    if (parser->at + 1 >= parser->source->length)
        return stop(parser, WORDS_MORE, parser->at,
                    "a line ends in a backslash, and no line follows");
    if (peek(parser, 1) != '\n') {
        push_literal(parser, literal, false);
        str_addc(literal, peek(parser, 1));
        push_literal(parser, literal, true);
    }
    parser->at += 2;
    return true;
}

/* One character or quoted stretch of a word. */
static bool parse_piece(struct parser *parser, struct str *literal)
{
    char c = peek(parser, 0);

    if (c == '\\')
        return parse_backslash(parser, literal);
    if (c == '`')
        return refuse(parser, parser->at, "backticks are not modelled; use $(...)");
    if (c == '$')
        return parse_dollar(parser, literal, false);
    if (c == '\'' || c == '"') {
        push_literal(parser, literal, false);
        return c == '"' ? parse_double_quotes(parser, literal) : parse_single_quotes(parser);
    }
    str_addc(literal, c);
    parser->at++;
    return true;
}

static bool ends_word(const struct parser *parser)
{
    char c = peek(parser, 0);

    return c == '\0' || strchr(" \t\n;&|()<>", c) != NULL;
}

static bool parse_word(struct parser *parser, struct words_word *word)
{
    uint32_t base = parser->parts.count;
    struct str literal = STR_INIT;
    struct words_part *parts;
    bool complete = true;

    word->start = parser->at;
    while (complete && !ends_word(parser))
        complete = parse_piece(parser, &literal);
    push_literal(parser, &literal, false);
    str_release(&literal);
    word->end = parser->at;
    word->count = parser->parts.count - base;
    parts = arena_alloc(parser->arena, word->count * sizeof(*parts));
    if (word->count > 0)
        memcpy(parts, parser->parts.items + base, word->count * sizeof(*parts));
    word->parts = parts;
    parser->parts.count = base;
    return complete;
}

/* Commands. */

/* Length of the NAME of `NAME=`, or 0. */
static size_t assign_length(const struct words_word *word)
{
    const char *text;
    size_t length = 0;

    if (word->count == 0 || word->parts[0].kind != WORDS_LITERAL || word->parts[0].quoted)
        return 0;
    text = word->parts[0].text;
    if (!is_name_start(text[0]))
        return 0;
    while (is_name(text[length]))
        length++;
    return text[length] == '=' ? length : 0;
}

static void push_assign(struct parser *parser, struct words_command *command,
                        const struct words_word *word)
{
    size_t length = assign_length(word);
    struct words_assign *assign = LIST_PUSH_IN(parser->arena, &command->assigns);
    struct words_part *parts = arena_alloc(parser->arena, word->count * sizeof(*parts));

    memcpy(parts, word->parts, word->count * sizeof(*parts));
    parts[0].text += length + 1;
    assign->name = arena_strndup(parser->arena, word->parts[0].text, length);
    assign->value = *word;
    assign->value.parts = parts;
    assign->value.start += length + 1;
}

/* A first word that a shell would not run but read on from. */
static bool check_reserved(struct parser *parser, const struct words_word *word)
{
    if (word->count != 1 || word->parts[0].kind != WORDS_LITERAL || word->parts[0].quoted)
        return true;
    for (const struct reserved *entry = reserved; entry < reserved + RESERVED_COUNT; entry++) {
        if (strcmp(entry->word, word->parts[0].text) == 0)
            return refuse(parser, word->start,
                          arena_printf(parser->arena, "%s are not modelled (`%s`)", entry->what,
                                       entry->word));
    }
    return true;
}

static bool check_globs(struct parser *parser, const struct words_word *word)
{
    if (!(parser->source->flags & WORDS_REFUSE_GLOBS))
        return true;
    for (size_t i = 0; i < word->count; i++) {
        const struct words_part *part = &word->parts[i];

        if (part->kind == WORDS_LITERAL && !part->quoted && strchr(part->text, '*') != NULL)
            return refuse(parser, word->start, "globs (an unquoted *) are not modelled");
    }
    return true;
}

/*
 * Where a redirection begins: its first byte is > or <, digits before one, or `&>`.  Returns the
 * bytes before the > or <, or SIZE_MAX when this is no redirection.
 */
static size_t redirect_prefix(const struct parser *parser)
{
    size_t digits = 0;

    while (isdigit((unsigned char)peek(parser, digits)))
        digits++;
    if (digits == 0 && peek(parser, 0) == '&' && peek(parser, 1) == '>')
        return 1;
    return peek(parser, digits) == '>' || peek(parser, digits) == '<' ? digits : SIZE_MAX;
}

static bool refuse_input(struct parser *parser, size_t start)
{
    if (peek(parser, 1) == '(')
        return refuse(parser, start, "process substitution, <(...), is not modelled");
    if (peek(parser, 1) == '<' && peek(parser, 2) == '<')
        return refuse(parser, start, "here-strings (<<<) are not modelled");
    if (peek(parser, 1) == '<')
        return refuse(parser, start, "here-documents (<<) are not modelled");
    return refuse(parser, start, "input redirection (<) is not modelled");
}

static bool parse_redirect(struct parser *parser, struct words_command *command, size_t prefix)
{
    size_t start = parser->at;
    struct words_redirect redirect = {.from = 1};
    bool both = peek(parser, 0) == '&';

    if (prefix > 0)
        redirect.from = both ? 0 : peek(parser, 0) - '0';
    parser->at += prefix;
    if (peek(parser, 0) == '<')
        return refuse_input(parser, start);
    if (!both && (prefix > 1 || redirect.from < 1 || redirect.from > 2))
        return refuse(parser, start, "only the outputs 1 and 2 can be redirected");
    if (peek(parser, 1) == '(')
        return refuse(parser, start, "process substitution, >(...), is not modelled");
    redirect.append = peek(parser, 1) == '>';
    parser->at += redirect.append ? 2 : 1;
    if (peek(parser, 0) == '|')
        return refuse(parser, start, "the redirection >| is not modelled");
    if (peek(parser, 0) == '&') {
        if (both || redirect.append || (peek(parser, 1) != '1' && peek(parser, 1) != '2'))
            return refuse(parser, start,
                          "of the redirections to an output only >&1 and >&2 are modelled");
        redirect.to = peek(parser, 1) - '0';
        parser->at += 2;
    } else {
        skip_blanks(parser);
        if (ends_word(parser))
            return refuse(parser, start, "this redirection names no file");
        if (!parse_word(parser, &redirect.target) || !check_globs(parser, &redirect.target))
            return false;
    }
    *LIST_PUSH_IN(parser->arena, &command->redirects) = redirect;
    return true;
}

static bool refuse_parenthesis(struct parser *parser, const struct words_command *command)
{
    if (command->words.count == 0 && command->assigns.count > 0)
        return refuse(parser, parser->at, "arrays, NAME=(...), are not modelled");
    if (command->words.count == 1)
        return refuse(parser, command->start, "functions, NAME(), are not modelled");
    if (command->words.count == 0)
        return refuse(parser, parser->at, "subshells, (...), are not modelled");
    return refuse(parser, parser->at, "this ( has no meaning here; quote it");
}

/* One command, up to what ends it. */
static bool parse_command(struct parser *parser, struct words_command *command)
{
    command->start = parser->at;
    for (;;) {
        struct words_word word;
        size_t prefix;

        command->end = parser->at;
        skip_blanks(parser);
        prefix = redirect_prefix(parser);
        if (prefix != SIZE_MAX) {
            if (!parse_redirect(parser, command, prefix))
                return false;
            continue;
        }
        if (peek(parser, 0) == '(')
            return refuse_parenthesis(parser, command);
        if (ends_word(parser))
            return true;
        if (!parse_word(parser, &word))
            return false;
        if (command->words.count == 0 && assign_length(&word) > 0) {
            push_assign(parser, command, &word);
            continue;
        }
        if (command->words.count == 0 && !check_reserved(parser, &word))
            return false;
        if (!check_globs(parser, &word))
            return false;
        if (word.count > 0) /* nothing but joined lines makes no word */
            *LIST_PUSH_IN(parser->arena, &command->words) = word;
    }
}

/* What stands between two commands: sets how the next follows, and whether there must be one. */
static bool parse_join(struct parser *parser, enum words_join *join, bool *needed)
{
    char c = peek(parser, 0);
    bool twice = c != '\0' && peek(parser, 1) == c;

    *join = WORDS_THEN;
    *needed = false;
    if (c == ';' && twice)
        return refuse(parser, parser->at, "`;;` has no meaning here");
    if (c == '\n' || c == ';') {
        parser->at++;
    } else if (c == '&' && !twice) {
        return refuse(parser, parser->at,
                      "commands in the background (`&`) are not modelled; quote an & in a word");
    } else if (c == '&' || c == '|') {
        if (c == '|' && peek(parser, 1) == '&')
            return refuse(parser, parser->at, "the pipe `|&` is not modelled");
        *join = c == '&' ? WORDS_AND : twice ? WORDS_OR : WORDS_PIPE;
        *needed = true;
        parser->at += twice ? 2 : 1;
    }
    return true;
}

/* Commands up to the end, or up to and with the closing parenthesis. */
static bool parse_list(struct parser *parser, struct words_list *list, bool nested)
{
    size_t start = parser->at;
    enum words_join join = WORDS_THEN;
    bool needed = false;

    *list = (struct words_list){0};
    for (;;) {
        char c;

        skip_blanks(parser);
        c = peek(parser, 0);
        if (at_end(parser)) {
            if (needed)
                return stop(parser, WORDS_MORE, parser->at, "a command is missing at the end");
            return !nested || stop(parser, WORDS_MORE, start, "this $( is not closed");
        }
        if (c == '\n') {
            parser->at++;
        } else if (c == ')' && nested && !needed) {
            parser->at++;
            return true;
        } else if (c == ')') {
            return refuse(parser, parser->at,
                          nested ? "a command is missing before this )" : "this ) has no $(");
        } else if (c == ';' || (c == '&' && peek(parser, 1) != '>') || c == '|') {
            return refuse(parser, parser->at,
                          arena_printf(parser->arena, "no command stands before this `%c`", c));
        } else {
            struct words_command command = {.join = join};

            if (!parse_command(parser, &command))
                return false;
            *LIST_PUSH_IN(parser->arena, &list->commands) = command;
            if (!parse_join(parser, &join, &needed))
                return false;
        }
    }
}

static bool check_source(struct parser *parser)
{
    const struct words_source *source = parser->source;
    const char *zero = source->length > 0 ? memchr(source->text, '\0', source->length) : NULL;
    uint32_t code;

    if (source->length > WORDS_SOURCE_MAX)
        return refuse(parser, 0, "this text is too long");
    if (zero != NULL)
        return refuse(parser, (size_t)(zero - source->text),
                      "a NUL byte has no place in a command");
    for (size_t at = 0; at < source->length;) {
        size_t bytes = utf8_decode(source->text + at, source->length - at, &code);

        if (code == UTF8_INVALID)
            return refuse(parser, at, "this byte is not UTF-8");
        at += bytes;
    }
    return true;
}

enum words_status words_parse(const struct words_source *source, struct arena *arena,
                              struct words_list *list, struct words_refusal *refusal)
{
    struct parser parser = {.source = source, .arena = arena, .refusal = refusal,
                            .status = WORDS_OK};

    *refusal = (struct words_refusal){.message = ""};
    *list = (struct words_list){0};
    if (check_source(&parser))
        parse_list(&parser, list, false);
    if (parser.status != WORDS_OK)
        *list = (struct words_list){0};
    LIST_RELEASE(&parser.parts);
    return parser.status;
}

bool words_should_run(enum words_join join, int status)
{
    if (join == WORDS_AND)
        return status == 0;
    return join == WORDS_OR ? status != 0 : true;
}

static const struct reserved reserved[RESERVED_COUNT] = {
    {.word = "if", .what = "conditions"},
    {.word = "then", .what = "conditions"},
    {.word = "elif", .what = "conditions"},
    {.word = "else", .what = "conditions"},
    {.word = "fi", .what = "conditions"},
    {.word = "case", .what = "conditions"},
    {.word = "esac", .what = "conditions"},
    {.word = "[[", .what = "conditions"},
    {.word = "!", .what = "negated commands"},
    {.word = "for", .what = "loops"},
    {.word = "while", .what = "loops"},
    {.word = "until", .what = "loops"},
    {.word = "select", .what = "loops"},
    {.word = "do", .what = "loops"},
    {.word = "done", .what = "loops"},
    {.word = "function", .what = "functions"},
    {.word = "coproc", .what = "coprocesses"},
    {.word = "{", .what = "groups of commands"},
    {.word = "}", .what = "groups of commands"},
};
