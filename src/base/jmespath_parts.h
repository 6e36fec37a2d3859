/*
 * base/jmespath_parts.h - what the rooms of base/jmespath share; no door for anyone else.
 *
 *   expression --lex--> tokens --parse--> tree of nodes --eval--> value
 *
 * and besides: node (the tree's parts), function and order (the built-in functions), text (values
 * as text, and text as numbers).
 *
 * Limits, since an expression comes from outside.  The parser counts its own depth, and each node
 * knows its height, so that neither parsing nor evaluating recurses further than
 * JMESPATH_DEPTH_MAX.  Chains (a||b||c, a|b|c, a.b.c) are one node with many children and may be
 * long.  A search pays for every value that it looks at or makes; see jmespath_pay().
 */
#ifndef BASE_JMESPATH_PARTS_H
#define BASE_JMESPATH_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/jmespath.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/str.h"

enum {
    JMESPATH_DEPTH_MAX = 500,          /* levels of nesting in an expression */
    JMESPATH_GROWTH_MAX = 1000,        /* levels that an expression may add to its input */
    JMESPATH_SPREAD_FREE = 4,          /* copies of the input that are not worth counting */
    JMESPATH_SPREAD_MAX = 1 << 20,     /* where counting them stops */
    JMESPATH_WORK_MAX = 1000000,       /* values; more for large inputs */
    JMESPATH_ANSWER_MAX = 1024 * 1024, /* bytes as JSON; more for large inputs */
    JMESPATH_PER_INPUT_BYTE = 4,       /* how much more, for each byte of the input */
    JMESPATH_QUOTE_MAX = 64 * 1024,    /* bytes of a value quoted in an error message */
};

/* The order is that of token_names[] in jmespath_lex.c. */
enum jmespath_token_kind {
    TOKEN_EOF,
    TOKEN_NAME,
    TOKEN_QUOTED_NAME,
    TOKEN_LITERAL,
    TOKEN_NUMBER,
    TOKEN_RBRACKET,
    TOKEN_RPAREN,
    TOKEN_COMMA,
    TOKEN_RBRACE,
    TOKEN_CURRENT,
    TOKEN_EXPREF,
    TOKEN_COLON,
    TOKEN_PIPE,
    TOKEN_OR,
    TOKEN_AND,
    TOKEN_EQ,
    TOKEN_GT,
    TOKEN_LT,
    TOKEN_GTE,
    TOKEN_LTE,
    TOKEN_NE,
    TOKEN_FLATTEN,
    TOKEN_STAR,
    TOKEN_FILTER,
    TOKEN_DOT,
    TOKEN_NOT,
    TOKEN_LBRACE,
    TOKEN_LBRACKET,
    TOKEN_LPAREN,
    TOKEN_KINDS,
};

struct jmespath_token {
    enum jmespath_token_kind kind;
    size_t start;     /* bytes from the start of the expression */
    const char *text; /* names: decoded; numbers: the digits; in the arena of the expression */
    int64_t number;   /* TOKEN_NUMBER; the nearest that fits */
    json_t *literal;  /* TOKEN_LITERAL; borrowed from the expression */
};

enum jmespath_node_kind {
    NODE_CURRENT,
    NODE_FIELD,
    NODE_INDEX,
    NODE_SLICE,
    NODE_LITERAL,
    NODE_SEQUENCE, /* each child on the result of the one before */
    NODE_OR,
    NODE_AND,
    NODE_NOT,
    NODE_COMPARE,
    NODE_FLATTEN,
    NODE_PROJECTION,        /* base, then what is done to each item */
    NODE_VALUE_PROJECTION,  /* the same for the values of an object */
    NODE_FILTER_PROJECTION, /* base, what is done to each item, condition */
    NODE_LIST,
    NODE_HASH,
    NODE_CALL,
    NODE_EXPREF,
};

struct jmespath_child {
    const char *key; /* NODE_HASH only; in the arena */
    struct jmespath_node *node;
};

struct jmespath_node {
    enum jmespath_node_kind kind;
    enum jmespath_token_kind compare; /* NODE_COMPARE: TOKEN_EQ ... TOKEN_NE */
    bool indexing;                    /* NODE_SEQUENCE made by brackets: a[0] */
    bool given[3];                    /* NODE_SLICE: which of start, stop, step were written */
    int64_t numbers[3];               /* NODE_SLICE; NODE_INDEX uses the first */
    const char *name;                 /* NODE_FIELD, NODE_CALL; in the arena */
    json_t *literal;                  /* NODE_LITERAL; borrowed from the expression */
    const struct jmespath_function *function; /* NODE_CALL; NULL for a name that is no function */
    LIST(struct jmespath_child) children;     /* in the arena */
    uint32_t height;                          /* 1 for a leaf */
    uint32_t growth; /* levels that it can add to the depth of its input, at most */
    uint32_t spread; /* copies of its input that its answer can hold, at most */
};

struct jmespath {
    struct arena arena; /* the nodes and their names */
    char *expression;
    LIST(json_t *) literals; /* a reference each */
    LIST(struct jmespath_token) tokens;
    const struct jmespath_node *root;
};

/* One search. */
struct jmespath_run {
    json_t *input; /* borrowed from the caller */
    struct jmespath_error *error;
    uint64_t work;
    uint64_t work_max;
    bool work_max_final; /* the size of the input is in it already */
};

/* An argument of a function: a value, or the expression after an &. */
struct jmespath_argument {
    json_t *value; /* a reference; NULL for an expression */
    const struct jmespath_node *expression;
};

enum {
    TYPE_NUMBER = 1 << 0,
    TYPE_STRING = 1 << 1,
    TYPE_BOOLEAN = 1 << 2,
    TYPE_NULL = 1 << 3,
    TYPE_OBJECT = 1 << 4,
    TYPE_ARRAY = 1 << 5,
    TYPE_EXPRESSION = 1 << 6,
    TYPE_ANY = TYPE_NUMBER | TYPE_STRING | TYPE_BOOLEAN | TYPE_NULL | TYPE_OBJECT | TYPE_ARRAY,
};

struct jmespath_parameter {
    unsigned types;    /* 0 after the last one */
    unsigned items;    /* of an array: all of the same one of these; 0 for anything */
    const char *words; /* the types as error messages list them */
};

struct jmespath_call;

struct jmespath_function {
    const char *name;
    json_t *(*call)(struct jmespath_run *run, const struct jmespath_call *call);
    struct jmespath_parameter parameters[2];
    bool variadic; /* the last parameter may be repeated */
};

struct jmespath_call {
    const struct jmespath_function *function;
    struct jmespath_argument *arguments;
    uint32_t count;
};

/* jmespath.c */

/* Sets the error, unless `error` is NULL. */
void jmespath_refuse(struct jmespath_error *error, enum jmespath_error_kind kind,
                     const char *format, ...) __attribute__((format(printf, 3, 4)));

/* jmespath_lex.c: both return false after an error. */
bool jmespath_lex(struct jmespath *path, struct jmespath_error *error);
/* The token's name in error messages: "rbracket". */
const char *jmespath_token_name(enum jmespath_token_kind kind);
/* The token as error messages quote it. */
void jmespath_token_quote(struct str *out, const struct jmespath_token *token);
/* The bytes before `start` counted as characters. */
size_t jmespath_column(const char *expression, size_t start);

/* jmespath_parse.c */
bool jmespath_parse(struct jmespath *path, struct jmespath_error *error);

/* jmespath_node.c: nodes live in the arena of the path. */
struct jmespath_node *jmespath_node_new(struct jmespath *path, enum jmespath_node_kind kind);
struct jmespath_node *jmespath_node_literal(struct jmespath *path, json_t *literal);
/* Adds a child and brings the bounds of the node up to date. */
void jmespath_node_adopt(struct jmespath *path, struct jmespath_node *node,
                         struct jmespath_node *child);

/* jmespath_eval.c */

/* A new reference, or NULL after an error. */
json_t *jmespath_eval(struct jmespath_run *run, const struct jmespath_node *node, json_t *value);
/* Counts work; false, with the error set, when the search has done too much. */
bool jmespath_pay(struct jmespath_run *run, uint64_t work);
/* Whether the answer is short enough to be handed out. */
bool jmespath_fits(struct jmespath_run *run, json_t *answer);
/* Null, false and what is empty. */
bool jmespath_is_false(const json_t *value);
/* Deep equality, numbers by value: 1 for equal, 0 for not, -1 after an error. */
int jmespath_equal(struct jmespath_run *run, json_t *a, json_t *b);
/* Below, equal or above zero; both numbers, or both strings. */
int jmespath_order(const json_t *a, const json_t *b);

/* jmespath_function.c */
const struct jmespath_function *jmespath_function_find(const char *name);
json_t *jmespath_function_call(struct jmespath_run *run, const struct jmespath_call *call);
unsigned jmespath_type_bit(const json_t *value);
/* `value` NULL stands for an expression. */
void jmespath_refuse_type(struct jmespath_run *run, const char *function, json_t *value,
                          const char *words, const char *received);

/* jmespath_order.c: entries of the table of functions. */
json_t *jmespath_call_max(struct jmespath_run *run, const struct jmespath_call *call);
json_t *jmespath_call_max_by(struct jmespath_run *run, const struct jmespath_call *call);
json_t *jmespath_call_min(struct jmespath_run *run, const struct jmespath_call *call);
json_t *jmespath_call_min_by(struct jmespath_run *run, const struct jmespath_call *call);
json_t *jmespath_call_sort(struct jmespath_run *run, const struct jmespath_call *call);
json_t *jmespath_call_sort_by(struct jmespath_run *run, const struct jmespath_call *call);

/* jmespath_text.c */

/* The shortest text that reads back as the same number, in Python's form: 1.0, 1e-05, 1e+16. */
void jmespath_add_real(struct str *out, double value);
/* Compact JSON in ASCII; false after an error. */
bool jmespath_add_json(struct jmespath_run *run, struct str *out, json_t *value);
/* The value as a Python program prints it, which is how the AWS CLI quotes it; cut when very long.
 */
void jmespath_add_quoted(struct str *out, json_t *value);
/* The number that a string spells, or JSON null. */
json_t *jmespath_number_of(const char *text, size_t length);
/* The type's name in JMESPath ("number"), and in Python ("int"). */
const char *jmespath_type(const json_t *value);
const char *jmespath_python_type(const json_t *value);

#endif
