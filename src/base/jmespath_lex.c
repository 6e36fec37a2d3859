/*
 * base/jmespath_lex.c - a JMESPath expression cut into tokens.
 *
 * Literals and quoted names are decoded here, once, so that a search never parses text.
 */
#include "base/jmespath_parts.h"

#include <stdlib.h>
#include <string.h>

struct lexer {
    struct jmespath *path;
    struct jmespath_error *error;
    const char *text; /* borrowed from path */
    size_t at;
};

static const struct token_name {
    const char *name;
    const char *text; /* NULL where it varies */
} token_names[TOKEN_KINDS];

static const char simple_tokens[11];
static const unsigned char simple_kinds[10];

size_t jmespath_column(const char *expression, size_t start)
{
    size_t column = 0;

    for (size_t i = 0; i < start; i++)
        column += ((unsigned char)expression[i] & 0xc0) != 0x80;
    return column;
}

/* "Bad jmespath expression: MESSAGE:", the expression, and a caret under the place. */
static bool lex_refuse(struct lexer *lexer, size_t start, const char *message)
{
    size_t column = jmespath_column(lexer->text, start);
    struct str indent = STR_INIT;

    str_fill(&indent, ' ', column);
    jmespath_refuse(lexer->error, JMESPATH_SYNTAX, "Bad jmespath expression: %s:\n%s\n%s^", message,
                    lexer->text, str_text(&indent));
    str_release(&indent);
    return false;
}

static bool lex_refuse_word(struct lexer *lexer, size_t start, const char *before, struct str *word)
{
    char *message = xasprintf("%s%s", before, str_text(word));

    lex_refuse(lexer, start, message);
    free(message);
    str_release(word);
    return false;
}

static struct jmespath_token *add_token(struct lexer *lexer, enum jmespath_token_kind kind,
                                        size_t start)
{
    struct jmespath_token *token = LIST_PUSH(&lexer->path->tokens);

    token->kind = kind;
    token->start = start;
    return token;
}

static bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool lex_name(struct lexer *lexer)
{
    size_t start = lexer->at;

    while (is_name_start(lexer->text[lexer->at]) || is_digit(lexer->text[lexer->at]))
        lexer->at++;
    add_token(lexer, TOKEN_NAME, start)->text =
        arena_strndup(&lexer->path->arena, lexer->text + start, lexer->at - start);
    return true;
}

/* Keeps the digits as they would be printed, since errors quote them: no leading zeros, no -0. */
static bool lex_number(struct lexer *lexer)
{
    size_t start = lexer->at;
    size_t digits = start + (lexer->text[start] == '-');
    struct jmespath_token *token;
    const char *sign;

    lexer->at = digits;
    while (is_digit(lexer->text[lexer->at]))
        lexer->at++;
    if (lexer->at == digits)
        return lex_refuse(lexer, start, "Unknown token '-'");
    while (digits + 1 < lexer->at && lexer->text[digits] == '0')
        digits++;
    token = add_token(lexer, TOKEN_NUMBER, start);
    sign = lexer->text[start] == '-' && lexer->text[digits] != '0' ? "-" : "";
    token->text = arena_printf(&lexer->path->arena, "%s%.*s", sign, (int)(lexer->at - digits),
                               lexer->text + digits);
    token->number = strtoll(token->text, NULL, 10);
    return true;
}

/* The bytes up to `delimiter`, which a backslash protects; backslashes stay, except before the
 * delimiter when `unescape` is set. */
static bool lex_until(struct lexer *lexer, char delimiter, bool unescape, struct str *out)
{
    size_t start = lexer->at++;
    char message[] = "Unclosed ? delimiter";

    while (lexer->text[lexer->at] != delimiter) {
        char c = lexer->text[lexer->at];

        if (c == '\\') {
            lexer->at++;
            if (!unescape || lexer->text[lexer->at] != delimiter)
                str_addc(out, c);
            c = lexer->text[lexer->at];
        }
        if (c == '\0') {
            *strchr(message, '?') = delimiter;
            str_release(out);
            return lex_refuse(lexer, start, message);
        }
        str_addc(out, c);
        lexer->at++;
    }
    lexer->at++;
    return true;
}

/* Why a quoted name is no JSON string. */
static const char *quoted_fault(const char *text)
{
    for (const char *p = text; *p != '\0'; p++) {
        if ((unsigned char)*p < 0x20)
            return "Invalid control character at";
        if (*p != '\\')
            continue;
        p++;
        if (*p == 'u' && strspn(p + 1, "0123456789abcdefABCDEF") < 4)
            break;
        if (*p != 'u' && strchr("\"\\/bfnrt", *p) == NULL)
            return "Invalid \\escape";
    }
    return "Invalid \\uXXXX escape";
}

static bool lex_quoted_name(struct lexer *lexer)
{
    size_t start = lexer->at;
    struct str raw = STR_INIT;
    json_t *name;
    bool fine;

    str_addc(&raw, '"');
    if (!lex_until(lexer, '"', false, &raw))
        return false;
    str_addc(&raw, '"');
    /* No object has a name with a NUL in it, so jansson's refusal of them costs nothing. */
    name = json_loadb(raw.text, raw.length, JSON_DECODE_ANY, NULL);
    if (name == NULL) {
        str_cut(&raw, raw.length - 1);
        fine = lex_refuse(lexer, start, quoted_fault(raw.text + 1));
    } else {
        add_token(lexer, TOKEN_QUOTED_NAME, start)->text =
            arena_strdup(&lexer->path->arena, json_string_value(name));
        fine = true;
    }
    json_decref(name);
    str_release(&raw);
    return fine;
}

static bool add_literal(struct lexer *lexer, size_t start, json_t *literal)
{
    *LIST_PUSH(&lexer->path->literals) = literal;
    add_token(lexer, TOKEN_LITERAL, start)->literal = literal;
    return true;
}

static bool lex_raw_string(struct lexer *lexer)
{
    size_t start = lexer->at;
    struct str text = STR_INIT;
    json_t *literal;

    if (!lex_until(lexer, '\'', true, &text))
        return false;
    literal = json_stringn_nocheck(str_text(&text), text.length);
    str_release(&text);
    return add_literal(lexer, start, literal);
}

/* Not JSON: the text itself, still with JSON's escapes.  NULL when it is not even that. */
static json_t *bare_text(const struct str *text)
{
    const char *from = str_text(text) + strspn(str_text(text), " \t\n\r\v\f");
    char *quoted = xasprintf("\"%s\"", from);
    json_t *literal = json_loads(quoted, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);

    free(quoted);
    return literal;
}

static bool lex_literal(struct lexer *lexer)
{
    size_t start = lexer->at;
    struct str text = STR_INIT;
    json_error_t why;
    json_t *literal;

    if (!lex_until(lexer, '`', true, &text))
        return false;
    literal = json_loadb(str_text(&text), text.length, JSON_DECODE_ANY | JSON_ALLOW_NUL, &why);
    if (literal == NULL && json_error_code(&why) == json_error_numeric_overflow) {
        literal = json_loadb(str_text(&text), text.length,
                             JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &why);
    }
    if (literal == NULL && json_error_code(&why) == json_error_stack_overflow) {
        str_release(&text);
        jmespath_refuse(lexer->error, JMESPATH_TOO_LARGE,
                        "Invalid jmespath expression: a literal is nested too deeply");
        return false;
    }
    if (literal == NULL)
        literal = bare_text(&text);
    if (literal == NULL)
        return lex_refuse_word(lexer, start, "Bad token ", &text);
    str_release(&text);
    return add_literal(lexer, start, literal);
}

/* A token that may be two characters long: `longer` when `second` follows. */
static bool lex_pair(struct lexer *lexer, char second, enum jmespath_token_kind longer,
                     enum jmespath_token_kind alone)
{
    size_t start = lexer->at++;

    if (lexer->text[lexer->at] == second) {
        lexer->at++;
        add_token(lexer, longer, start);
    } else {
        add_token(lexer, alone, start);
    }
    return true;
}

static bool lex_unknown(struct lexer *lexer)
{
    struct str word = STR_INIT;
    size_t end = lexer->at + 1;

    while (((unsigned char)lexer->text[end] & 0xc0) == 0x80)
        end++;
    str_addn(&word, lexer->text + lexer->at, end - lexer->at);
    return lex_refuse_word(lexer, lexer->at, "Unknown token ", &word);
}

static bool lex_bracket(struct lexer *lexer)
{
    if (lexer->text[lexer->at + 1] == '?')
        return lex_pair(lexer, '?', TOKEN_FILTER, TOKEN_LBRACKET);
    return lex_pair(lexer, ']', TOKEN_FLATTEN, TOKEN_LBRACKET);
}

static bool lex_one(struct lexer *lexer)
{
    char c = lexer->text[lexer->at];
    const char *simple = strchr(simple_tokens, c);

    if (simple != NULL) {
        add_token(lexer, (enum jmespath_token_kind)simple_kinds[simple - simple_tokens],
                  lexer->at++);
        return true;
    }
    if (is_name_start(c))
        return lex_name(lexer);
    if (is_digit(c))
        return lex_number(lexer);
    switch (c) {
    case ' ':
    case '\t':
    case '\n':
    case '\r':
        lexer->at++;
        return true;
    case '-':
        return lex_number(lexer);
    case '[':
        return lex_bracket(lexer);
    case '\'':
        return lex_raw_string(lexer);
    case '`':
        return lex_literal(lexer);
    case '"':
        return lex_quoted_name(lexer);
    case '|':
        return lex_pair(lexer, '|', TOKEN_OR, TOKEN_PIPE);
    case '&':
        return lex_pair(lexer, '&', TOKEN_AND, TOKEN_EXPREF);
    case '<':
        return lex_pair(lexer, '=', TOKEN_LTE, TOKEN_LT);
    case '>':
        return lex_pair(lexer, '=', TOKEN_GTE, TOKEN_GT);
    case '!':
        return lex_pair(lexer, '=', TOKEN_NE, TOKEN_NOT);
    case '=':
        if (lexer->text[lexer->at + 1] != '=')
            return lex_refuse(lexer, lexer->at, "Unknown token '='");
        return lex_pair(lexer, '=', TOKEN_EQ, TOKEN_EQ);
    default:
        return lex_unknown(lexer);
    }
}

bool jmespath_lex(struct jmespath *path, struct jmespath_error *error)
{
    struct lexer lexer = {
        .path = path,
        .error = error,
        .text = path->expression,
    };
    json_t *checked = json_string(path->expression);

    if (checked == NULL) {
        jmespath_refuse(error, JMESPATH_SYNTAX, "Invalid jmespath expression: not UTF-8 text");
        return false;
    }
    json_decref(checked);
    if (path->expression[0] == '\0') {
        jmespath_refuse(error, JMESPATH_SYNTAX, "Invalid JMESPath expression: cannot be empty.");
        return false;
    }
    while (lexer.text[lexer.at] != '\0')
        if (!lex_one(&lexer))
            return false;
    add_token(&lexer, TOKEN_EOF, lexer.at);
    return true;
}

const char *jmespath_token_name(enum jmespath_token_kind kind)
{
    return token_names[kind].name;
}

void jmespath_token_quote(struct str *out, const struct jmespath_token *token)
{
    if (token->kind == TOKEN_LITERAL && json_is_string(token->literal))
        str_addn(out, json_string_value(token->literal), json_string_length(token->literal));
    else if (token->kind == TOKEN_LITERAL)
        jmespath_add_quoted(out, token->literal);
    else if (token->text != NULL)
        str_add(out, token->text);
    else
        str_add(out, token_names[token->kind].text);
}

static const char simple_tokens[11] = ".*],:@(){}";
static const unsigned char simple_kinds[10] = {
    TOKEN_DOT,     TOKEN_STAR,   TOKEN_RBRACKET, TOKEN_COMMA,  TOKEN_COLON,
    TOKEN_CURRENT, TOKEN_LPAREN, TOKEN_RPAREN,   TOKEN_LBRACE, TOKEN_RBRACE,
};

static const struct token_name token_names[TOKEN_KINDS] = {
    [TOKEN_EOF] = {"eof", ""},
    [TOKEN_NAME] = {"unquoted_identifier", NULL},
    [TOKEN_QUOTED_NAME] = {"quoted_identifier", NULL},
    [TOKEN_LITERAL] = {"literal", NULL},
    [TOKEN_NUMBER] = {"number", NULL},
    [TOKEN_RBRACKET] = {"rbracket", "]"},
    [TOKEN_RPAREN] = {"rparen", ")"},
    [TOKEN_COMMA] = {"comma", ","},
    [TOKEN_RBRACE] = {"rbrace", "}"},
    [TOKEN_CURRENT] = {"current", "@"},
    [TOKEN_EXPREF] = {"expref", "&"},
    [TOKEN_COLON] = {"colon", ":"},
    [TOKEN_PIPE] = {"pipe", "|"},
    [TOKEN_OR] = {"or", "||"},
    [TOKEN_AND] = {"and", "&&"},
    [TOKEN_EQ] = {"eq", "=="},
    [TOKEN_GT] = {"gt", ">"},
    [TOKEN_LT] = {"lt", "<"},
    [TOKEN_GTE] = {"gte", ">="},
    [TOKEN_LTE] = {"lte", "<="},
    [TOKEN_NE] = {"ne", "!="},
    [TOKEN_FLATTEN] = {"flatten", "[]"},
    [TOKEN_STAR] = {"star", "*"},
    [TOKEN_FILTER] = {"filter", "[?"},
    [TOKEN_DOT] = {"dot", "."},
    [TOKEN_NOT] = {"not", "!"},
    [TOKEN_LBRACE] = {"lbrace", "{"},
    [TOKEN_LBRACKET] = {"lbracket", "["},
    [TOKEN_LPAREN] = {"lparen", "("},
};
