/*
 * base/jmespath_parse.c - the tree of a JMESPath expression.
 *
 * A top-down operator-precedence parser: every token binds with a power; parse_expression(power)
 * takes a prefix and then every infix that binds tighter than `power`.  What follows a projection
 * is done to each item until a token too weak for that: the powers below PROJECTION_STOP.
 *
 * Uses    jmespath_lex's tokens.
 * True to jmespath.py also where it is more lenient than the grammar (f(a b) has two arguments).
 */
#include "base/jmespath_parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
    PROJECTION_STOP = 10,
};

struct parser {
    struct jmespath *path;
    struct jmespath_error *error;
    uint32_t at;
    uint32_t depth;
};

static const unsigned char power_of[TOKEN_KINDS];

static struct jmespath_node *parse_expression(struct parser *parser, int power);

/* --- tokens and refusals --- */

static const struct jmespath_token *token_at(const struct parser *parser, uint32_t ahead)
{
    uint32_t last = parser->path->tokens.count - 1;
    uint32_t at = parser->at + ahead;

    return &parser->path->tokens.items[at < last ? at : last];
}

static enum jmespath_token_kind peek(const struct parser *parser)
{
    return token_at(parser, 0)->kind;
}

static struct jmespath_node *refuse_depth(struct parser *parser)
{
    jmespath_refuse(parser->error, JMESPATH_TOO_LARGE,
                    "Invalid jmespath expression: nested deeper than %d levels",
                    JMESPATH_DEPTH_MAX);
    return NULL;
}

static struct jmespath_node *refuse_end(struct parser *parser)
{
    const char *expression = parser->path->expression;
    struct str indent = STR_INIT;

    str_fill(&indent, ' ', jmespath_column(expression, strlen(expression)) + 1);
    jmespath_refuse(parser->error, JMESPATH_SYNTAX,
                    "Invalid jmespath expression: Incomplete expression:\n\"%s\"\n%s^", expression,
                    str_text(&indent));
    str_release(&indent);
    return NULL;
}

/* REASON, where, the token, the expression and a caret below it. */
static struct jmespath_node *refuse_at(struct parser *parser, const struct jmespath_token *token,
                                       size_t start, const char *reason)
{
    const char *expression = parser->path->expression;
    size_t column = jmespath_column(expression, start);
    struct str message = STR_INIT;

    str_addf(&message, "%s: Parse error at column %zu, token \"", reason, column);
    jmespath_token_quote(&message, token);
    str_add(&message, "\" (");
    for (const char *p = jmespath_token_name(token->kind); *p != '\0'; p++)
        str_addc(&message, (char)toupper((unsigned char)*p));
    str_addf(&message, "), for expression:\n\"%s\"\n", expression);
    str_fill(&message, ' ', column + 1);
    jmespath_refuse(parser->error, JMESPATH_SYNTAX, "%s^", str_text(&message));
    str_release(&message);
    return NULL;
}

static struct jmespath_node *refuse_here(struct parser *parser, const char *reason)
{
    const struct jmespath_token *token = token_at(parser, 0);

    return refuse_at(parser, token, token->start, reason);
}

/* A reason that names something: WORDS, then what the token says. */
static struct jmespath_node *refuse_naming(struct parser *parser,
                                           const struct jmespath_token *token, const char *before,
                                           const char *after)
{
    struct str reason = STR_INIT;

    str_add(&reason, before);
    jmespath_token_quote(&reason, token);
    str_add(&reason, after);
    refuse_at(parser, token, token->start, str_text(&reason));
    str_release(&reason);
    return NULL;
}

static struct jmespath_node *refuse_expecting(struct parser *parser, const char *expected)
{
    char *reason = xasprintf("Expecting: %s, got: %s", expected, jmespath_token_name(peek(parser)));

    refuse_here(parser, reason);
    free(reason);
    return NULL;
}

/* Steps over a token of this kind, or refuses. */
static bool match(struct parser *parser, enum jmespath_token_kind kind)
{
    if (peek(parser) == kind) {
        parser->at++;
        return true;
    }
    if (peek(parser) == TOKEN_EOF)
        refuse_end(parser);
    else
        refuse_expecting(parser, jmespath_token_name(kind));
    return false;
}

/* --- nodes --- */

static struct jmespath_node *checked(struct parser *parser, struct jmespath_node *node)
{
    if (node->height > JMESPATH_DEPTH_MAX || node->growth > JMESPATH_GROWTH_MAX)
        return refuse_depth(parser);
    return node;
}

/* A node of two; NULL when the second could not be parsed. */
static struct jmespath_node *node_pair(struct parser *parser, enum jmespath_node_kind kind,
                                       struct jmespath_node *left, struct jmespath_node *right)
{
    struct jmespath_node *node;

    if (right == NULL)
        return NULL;
    node = jmespath_node_new(parser->path, kind);
    jmespath_node_adopt(parser->path, node, left);
    jmespath_node_adopt(parser->path, node, right);
    return checked(parser, node);
}

/* Lengthens a chain when `left` is one already, so that a||b||c is one node of three. */
static struct jmespath_node *node_chain(struct parser *parser, enum jmespath_node_kind kind,
                                        struct jmespath_node *left, struct jmespath_node *right)
{
    if (right == NULL)
        return NULL;
    if (left->kind != kind || left->indexing)
        return node_pair(parser, kind, left, right);
    jmespath_node_adopt(parser->path, left, right);
    return checked(parser, left);
}

static struct jmespath_node *node_current(struct parser *parser)
{
    return jmespath_node_new(parser->path, NODE_CURRENT);
}

static struct jmespath_node *node_named(struct parser *parser, enum jmespath_node_kind kind,
                                        const char *name)
{
    struct jmespath_node *node = jmespath_node_new(parser->path, kind);

    node->name = name;
    return node;
}

/* --- parts of expressions --- */

static struct jmespath_node *parse_list(struct parser *parser)
{
    struct jmespath_node *node = jmespath_node_new(parser->path, NODE_LIST);

    for (;;) {
        struct jmespath_node *item = parse_expression(parser, 0);

        if (item == NULL)
            return NULL;
        jmespath_node_adopt(parser->path, node, item);
        if (peek(parser) == TOKEN_RBRACKET)
            break;
        if (!match(parser, TOKEN_COMMA))
            return NULL;
    }
    parser->at++;
    return checked(parser, node);
}

static struct jmespath_node *parse_hash(struct parser *parser)
{
    struct jmespath_node *node = jmespath_node_new(parser->path, NODE_HASH);

    do {
        const struct jmespath_token *key = token_at(parser, 0);
        struct jmespath_node *value;

        if (key->kind == TOKEN_EOF)
            return refuse_end(parser);
        if (key->kind != TOKEN_NAME && key->kind != TOKEN_QUOTED_NAME)
            return refuse_expecting(parser, "['quoted_identifier', 'unquoted_identifier']");
        parser->at++;
        if (!match(parser, TOKEN_COLON))
            return NULL;
        value = parse_expression(parser, 0);
        if (value == NULL)
            return NULL;
        jmespath_node_adopt(parser->path, node, value);
        node->children.items[node->children.count - 1].key = key->text;
        if (peek(parser) == TOKEN_COMMA)
            parser->at++;
        else if (peek(parser) == TOKEN_RBRACE)
            break;
    } while (true);
    parser->at++;
    return checked(parser, node);
}

/* What may follow a dot. */
static struct jmespath_node *parse_after_dot(struct parser *parser, int power)
{
    switch (peek(parser)) {
    case TOKEN_NAME:
    case TOKEN_QUOTED_NAME:
    case TOKEN_STAR:
        return parse_expression(parser, power);
    case TOKEN_LBRACKET:
        parser->at++;
        return parse_list(parser);
    case TOKEN_LBRACE:
        parser->at++;
        return parse_hash(parser);
    default:
        return refuse_expecting(
            parser, "['quoted_identifier', 'unquoted_identifier', 'lbracket', 'lbrace']");
    }
}

/* What is done to each item of a projection; the item itself when nothing follows. */
static struct jmespath_node *parse_each(struct parser *parser, int power)
{
    if (power_of[peek(parser)] < PROJECTION_STOP)
        return node_current(parser);
    switch (peek(parser)) {
    case TOKEN_LBRACKET:
    case TOKEN_FILTER:
        return parse_expression(parser, power);
    case TOKEN_DOT:
        parser->at++;
        return parse_after_dot(parser, power);
    default:
        return refuse_here(parser, "syntax error");
    }
}

static struct jmespath_node *parse_slice(struct parser *parser)
{
    struct jmespath_node *node = jmespath_node_new(parser->path, NODE_SLICE);
    int part = 0;

    while (peek(parser) != TOKEN_RBRACKET) {
        const struct jmespath_token *token = token_at(parser, 0);

        if (token->kind == TOKEN_NUMBER) {
            node->numbers[part] = token->number;
            node->given[part] = true;
        } else if (token->kind != TOKEN_COLON || ++part == 3) {
            return refuse_here(parser, "syntax error");
        }
        parser->at++;
    }
    parser->at++;
    return node;
}

/* A number or a colon after a bracket: [0], [1:2]. */
static struct jmespath_node *parse_index(struct parser *parser)
{
    struct jmespath_node *node;

    if (peek(parser) == TOKEN_COLON || token_at(parser, 1)->kind == TOKEN_COLON)
        return parse_slice(parser);
    node = jmespath_node_new(parser->path, NODE_INDEX);
    node->numbers[0] = token_at(parser, 0)->number;
    parser->at++;
    return match(parser, TOKEN_RBRACKET) ? node : NULL;
}

/* An index is looked up; a slice is looked up and projected. */
static struct jmespath_node *node_indexed(struct parser *parser, struct jmespath_node *left,
                                          struct jmespath_node *index)
{
    struct jmespath_node *node;

    if (index == NULL)
        return NULL;
    node = node_pair(parser, NODE_SEQUENCE, left, index);
    if (node == NULL)
        return NULL;
    node->indexing = true;
    if (index->kind != NODE_SLICE)
        return node;
    return node_pair(parser, NODE_PROJECTION, node, parse_each(parser, power_of[TOKEN_STAR]));
}

static struct jmespath_node *parse_flatten(struct parser *parser, struct jmespath_node *left)
{
    struct jmespath_node *flat = jmespath_node_new(parser->path, NODE_FLATTEN);

    jmespath_node_adopt(parser->path, flat, left);
    return node_pair(parser, NODE_PROJECTION, flat, parse_each(parser, power_of[TOKEN_FLATTEN]));
}

static struct jmespath_node *parse_filter(struct parser *parser, struct jmespath_node *left)
{
    struct jmespath_node *condition = parse_expression(parser, 0);
    struct jmespath_node *each;
    struct jmespath_node *node;

    if (condition == NULL || !match(parser, TOKEN_RBRACKET))
        return NULL;
    each = peek(parser) == TOKEN_FLATTEN ? node_current(parser)
                                         : parse_each(parser, power_of[TOKEN_FILTER]);
    node = node_pair(parser, NODE_FILTER_PROJECTION, left, each);
    if (node == NULL)
        return NULL;
    jmespath_node_adopt(parser->path, node, condition);
    return checked(parser, node);
}

static struct jmespath_node *parse_call(struct parser *parser, const struct jmespath_node *left)
{
    struct jmespath_node *node;

    if (left->kind != NODE_FIELD) {
        /* The token before the parenthesis, which is stepped over already. */
        const struct jmespath_token *before = &parser->path->tokens.items[parser->at - 2];

        return refuse_naming(parser, before, "Invalid function name '", "'");
    }
    node = node_named(parser, NODE_CALL, left->name);
    node->function = jmespath_function_find(left->name);
    while (peek(parser) != TOKEN_RPAREN) {
        struct jmespath_node *argument = parse_expression(parser, 0);

        if (argument == NULL)
            return NULL;
        if (peek(parser) == TOKEN_COMMA)
            parser->at++;
        jmespath_node_adopt(parser->path, node, argument);
    }
    parser->at++;
    return checked(parser, node);
}

/* --- prefixes --- */

static struct jmespath_node *prefix_quoted_name(struct parser *parser,
                                                const struct jmespath_token *token)
{
    if (peek(parser) != TOKEN_LPAREN)
        return node_named(parser, NODE_FIELD, token->text);
    return refuse_at(parser, token_at(parser, 0), 0,
                     "Quoted identifier not allowed for function names.");
}

static struct jmespath_node *prefix_star(struct parser *parser)
{
    struct jmespath_node *each = peek(parser) == TOKEN_RBRACKET
                                     ? node_current(parser)
                                     : parse_each(parser, power_of[TOKEN_STAR]);

    return node_pair(parser, NODE_VALUE_PROJECTION, node_current(parser), each);
}

static struct jmespath_node *prefix_bracket(struct parser *parser)
{
    if (peek(parser) == TOKEN_NUMBER || peek(parser) == TOKEN_COLON)
        return node_indexed(parser, node_current(parser), parse_index(parser));
    if (peek(parser) == TOKEN_STAR && token_at(parser, 1)->kind == TOKEN_RBRACKET) {
        parser->at += 2;
        return node_pair(parser, NODE_PROJECTION, node_current(parser),
                         parse_each(parser, power_of[TOKEN_STAR]));
    }
    return parse_list(parser);
}

/* A node of one: !a, &a. */
static struct jmespath_node *prefix_one(struct parser *parser, enum jmespath_node_kind kind,
                                        int power)
{
    struct jmespath_node *operand = parse_expression(parser, power);
    struct jmespath_node *node;

    if (operand == NULL)
        return NULL;
    node = jmespath_node_new(parser->path, kind);
    jmespath_node_adopt(parser->path, node, operand);
    return checked(parser, node);
}

static struct jmespath_node *parse_prefix(struct parser *parser)
{
    const struct jmespath_token *token = token_at(parser, 0);
    struct jmespath_node *node;

    parser->at++;
    switch (token->kind) {
    case TOKEN_NAME:
        return node_named(parser, NODE_FIELD, token->text);
    case TOKEN_QUOTED_NAME:
        return prefix_quoted_name(parser, token);
    case TOKEN_LITERAL:
        return jmespath_node_literal(parser->path, token->literal);
    case TOKEN_CURRENT:
        return node_current(parser);
    case TOKEN_STAR:
        return prefix_star(parser);
    case TOKEN_FILTER:
        return parse_filter(parser, node_current(parser));
    case TOKEN_FLATTEN:
        return parse_flatten(parser, node_current(parser));
    case TOKEN_LBRACKET:
        return prefix_bracket(parser);
    case TOKEN_LBRACE:
        return parse_hash(parser);
    case TOKEN_LPAREN:
        node = parse_expression(parser, 0);
        return node != NULL && match(parser, TOKEN_RPAREN) ? node : NULL;
    case TOKEN_NOT:
        return prefix_one(parser, NODE_NOT, power_of[TOKEN_NOT]);
    case TOKEN_EXPREF:
        return prefix_one(parser, NODE_EXPREF, power_of[TOKEN_EXPREF]);
    case TOKEN_EOF:
        return refuse_end(parser);
    default:
        return refuse_at(parser, token, token->start, "invalid token");
    }
}

/* --- infixes --- */

static struct jmespath_node *infix_dot(struct parser *parser, struct jmespath_node *left)
{
    if (peek(parser) != TOKEN_STAR)
        return node_chain(parser, NODE_SEQUENCE, left,
                          parse_after_dot(parser, power_of[TOKEN_DOT]));
    parser->at++;
    return node_pair(parser, NODE_VALUE_PROJECTION, left, parse_each(parser, power_of[TOKEN_DOT]));
}

/* A second index joins the first, and a slice there is not projected: a[0][1:2] is one lookup. */
static struct jmespath_node *infix_bracket(struct parser *parser, struct jmespath_node *left)
{
    if (peek(parser) == TOKEN_NUMBER || peek(parser) == TOKEN_COLON) {
        struct jmespath_node *index = parse_index(parser);

        if (index == NULL || !left->indexing)
            return node_indexed(parser, left, index);
        jmespath_node_adopt(parser->path, left, index);
        return left;
    }
    if (!match(parser, TOKEN_STAR) || !match(parser, TOKEN_RBRACKET))
        return NULL;
    return node_pair(parser, NODE_PROJECTION, left, parse_each(parser, power_of[TOKEN_STAR]));
}

static struct jmespath_node *infix_compare(struct parser *parser, struct jmespath_node *left,
                                           enum jmespath_token_kind kind)
{
    struct jmespath_node *node =
        node_pair(parser, NODE_COMPARE, left, parse_expression(parser, power_of[kind]));

    if (node != NULL)
        node->compare = kind;
    return node;
}

static struct jmespath_node *parse_infix(struct parser *parser, struct jmespath_node *left)
{
    const struct jmespath_token *token = token_at(parser, 0);

    parser->at++;
    switch (token->kind) {
    case TOKEN_DOT:
        return infix_dot(parser, left);
    case TOKEN_PIPE:
        return node_chain(parser, NODE_SEQUENCE, left,
                          parse_expression(parser, power_of[TOKEN_PIPE]));
    case TOKEN_OR:
        return node_chain(parser, NODE_OR, left, parse_expression(parser, power_of[TOKEN_OR]));
    case TOKEN_AND:
        return node_chain(parser, NODE_AND, left, parse_expression(parser, power_of[TOKEN_AND]));
    case TOKEN_EQ:
    case TOKEN_NE:
    case TOKEN_LT:
    case TOKEN_LTE:
    case TOKEN_GT:
    case TOKEN_GTE:
        return infix_compare(parser, left, token->kind);
    case TOKEN_FLATTEN:
        return parse_flatten(parser, left);
    case TOKEN_FILTER:
        return parse_filter(parser, left);
    case TOKEN_LBRACKET:
        return infix_bracket(parser, left);
    case TOKEN_LPAREN:
        return parse_call(parser, left);
    default:
        return refuse_at(parser, token, token->start, "invalid token");
    }
}

static struct jmespath_node *parse_expression(struct parser *parser, int power)
{
    struct jmespath_node *left;

    if (parser->depth == JMESPATH_DEPTH_MAX)
        return refuse_depth(parser);
    parser->depth++;
    left = parse_prefix(parser);
    while (left != NULL && power < power_of[peek(parser)])
        left = parse_infix(parser, left);
    parser->depth--;
    return left;
}

bool jmespath_parse(struct jmespath *path, struct jmespath_error *error)
{
    struct parser parser = {
        .path = path,
        .error = error,
    };
    struct jmespath_node *root = parse_expression(&parser, 0);

    if (root == NULL)
        return false;
    if (peek(&parser) != TOKEN_EOF) {
        refuse_naming(&parser, token_at(&parser, 0), "Unexpected token: ", "");
        return false;
    }
    path->root = root;
    return true;
}

/* Tokens that are not here end an expression. */
static const unsigned char power_of[TOKEN_KINDS] = {
    [TOKEN_PIPE] = 1,    [TOKEN_OR] = 2,      [TOKEN_AND] = 3,     [TOKEN_EQ] = 5,
    [TOKEN_GT] = 5,      [TOKEN_LT] = 5,      [TOKEN_GTE] = 5,     [TOKEN_LTE] = 5,
    [TOKEN_NE] = 5,      [TOKEN_FLATTEN] = 9, [TOKEN_STAR] = 20,   [TOKEN_FILTER] = 21,
    [TOKEN_DOT] = 40,    [TOKEN_NOT] = 45,    [TOKEN_LBRACE] = 50, [TOKEN_LBRACKET] = 55,
    [TOKEN_LPAREN] = 60,
};
