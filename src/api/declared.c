/*
 * api/declared.c - AWS's own shapes of the operations in assets/catalog/shapes, modelled here or
 * not.
 *
 * A file's head says how it is written.  Its operations are few and are walked through; its
 * structures and lists of words are sorted, and are found by halving, so that nothing need be read
 * but what one command line asks for.  The files are our own: what is wrong in them is a bug.
 *
 * A structure may hold itself (a Statement of wafv2): within itself it is the same shape again.
 */
#include "api/declared.h"

#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/bug.h"
#include "base/list.h"
#include "base/mem.h"
#include "api/names.h"

/* A structure that is being read. */
struct open_shape {
    const struct shape *shape;
    const struct shape *known;
    const struct open_shape *outer;
};

struct reading {
    struct arena *arena;
    const struct open_shape *open; /* the innermost */
    const char *ops;    /* the first line of an operation */
    const char *blocks; /* the first line of a structure or list of words */
    const char *end;
};

/* ---- lines and words ---- */

static const char *line_after(const char *line)
{
    line += strcspn(line, "\n");
    return *line == '\n' ? line + 1 : line;
}

static size_t word_length(const char *text)
{
    return strcspn(text, " \n");
}

static bool word_is(const char *text, const char *word)
{
    size_t length = strlen(word);

    return word_length(text) == length && strncmp(text, word, length) == 0;
}

/* Takes a word and the blank after it; NULL at the end of the line. */
static const char *take_word(struct reading *reading, const char **at)
{
    size_t length = word_length(*at);
    const char *word = length == 0 ? NULL : arena_strndup(reading->arena, *at, length);

    *at += length;
    *at += strspn(*at, " ");
    return word;
}

/* False when the catalogue has no file for the service. */
static bool reading_begin(struct reading *reading, struct arena *arena,
                          const struct service *service)
{
    const struct asset *asset =
        asset_find(arena_printf(arena, "catalog/shapes/%s.txt", service->name));
    const char *line = asset == NULL ? NULL : asset_text(asset);

    if (line == NULL)
        return false;
    while (*line == '#')
        line = line_after(line);
    *reading = (struct reading){
        .arena = arena,
        .ops = line,
        .blocks = strstr(line, "\n\n"),
        .end = asset_text(asset) + asset->size,
    };
    if (reading->blocks == NULL)
        BUG("%s: no structures", asset->path);
    reading->blocks += 2;
    return true;
}

/* ---- structures and lists of words ---- */

/* The line that begins a block, at or before `at`. */
static const char *block_begin(const struct reading *reading, const char *at)
{
    for (;;) {
        while (at > reading->blocks && at[-1] != '\n')
            at--;
        if (at == reading->blocks || *at != ' ')
            return at;
        at--;
    }
}

static const char *block_after(const struct reading *reading, const char *block)
{
    do
        block = line_after(block);
    while (block < reading->end && *block == ' ');
    return block;
}

/* As strcmp of the block's name and `name`. */
static int block_order(const char *block, const char *name)
{
    size_t length = word_length(block);
    int order = strncmp(block, name, length);

    return order != 0 ? order : -(name[length] != '\0');
}

static const char *block_find(const struct reading *reading, const char *name)
{
    const char *low = reading->blocks;
    const char *high = reading->end;

    while (low < high) {
        const char *middle = block_begin(reading, low + (high - low) / 2);
        int order = block_order(middle, name);

        if (order == 0)
            return middle;
        if (order < 0)
            low = block_after(reading, middle);
        else
            high = middle;
    }
    BUG("catalog/shapes: no %s", name);
}

/* "NAME =", then the words on the lines below. */
static bool is_words(const char *block)
{
    return strncmp(block + word_length(block), " =", 2) == 0;
}

static const char *const *read_words(struct reading *reading, const char *block)
{
    LIST(const char *) words = {0};
    const char *at = line_after(block);

    while (*at == ' ') {
        at += strspn(at, " ");
        for (const char *word = take_word(reading, &at); word != NULL;
             word = take_word(reading, &at)) {
            if (strcmp(word, "...") != 0)
                *LIST_PUSH_IN(reading->arena, &words) = word;
        }
        at = line_after(at);
    }
    *LIST_PUSH_IN(reading->arena, &words) = NULL;
    return words.items;
}

static const struct shape *read_shape(struct reading *reading, const char *name,
                                      const struct shape *known);

/* ---- members ---- */

static const struct {
    const char *name;
    enum field_type type;
} scalars[] = {
    {"string", FIELD_STRING},  {"integer", FIELD_INT}, {"long", FIELD_INT},
    {"boolean", FIELD_BOOL},   {"double", FIELD_REAL}, {"float", FIELD_REAL},
    {"timestamp", FIELD_TIME}, {"blob", FIELD_BLOB},
};

/* "(1..5)", either side may be missing. */
static const char *read_range(const char *at, int64_t *min, int64_t *max)
{
    char *rest;

    if (*at != '(')
        return at;
    *min = at[1] == '.' ? INT64_MIN : strtoll(at + 1, &rest, 10);
    at = strstr(at, "..") + 2;
    *max = *at == ')' ? 0 : strtoll(at, &rest, 10);
    return strchr(at, ')') + 1;
}

static void set_scalar(struct field *field, const char *name)
{
    for (size_t i = 0; i < sizeof(scalars) / sizeof(scalars[0]); i++) {
        if (strcmp(scalars[i].name, name) == 0)
            field->type = scalars[i].type;
    }
    if (field->type == 0)
        BUG("catalog/shapes: no type %s", name);
}

/* Reads a type into the field; `known` is the shape of ours behind it, or NULL. */
static const char *read_type(struct reading *reading, const char *at, struct field *field,
                             const struct shape *known)
{
    struct field item = {0};
    size_t length = strcspn(at, " (]}:\n");
    const char *name;

    if (*at == '[' || *at == '{') {
        field->type = *at == '[' ? FIELD_LIST : FIELD_MAP;
        if (*at == '{')
            at = read_type(reading, at + 1, &(struct field){0}, NULL);
        at = read_type(reading, at + 1, &item, known);
        field->item = item.of == NULL ? item.type : 0;
        field->of = item.of;
        field->words = item.words;
        field->item_min = item.min;
        return read_range(at + 1, &field->min, &field->max);
    }
    name = arena_strndup(reading->arena, at, length);
    if (*at >= 'A' && *at <= 'Z') {
        const char *block = block_find(reading, name);

        field->type = is_words(block) ? FIELD_STRING : FIELD_STRUCT;
        if (is_words(block))
            field->words = read_words(reading, block);
        else
            field->of = read_shape(reading, name, known);
    } else {
        set_scalar(field, name);
    }
    return read_range(at + length, &field->min, &field->max);
}

static void read_mark(struct field *field, const char *mark)
{
    if (strcmp(mark, "token") == 0)
        field->flags |= FIELD_TOKEN;
    else if (strcmp(mark, "secret") == 0)
        field->flags |= FIELD_SECRET;
    else if (strncmp(mark, "--", 2) == 0)
        field->cli = mark + 2;
    else
        BUG("catalog/shapes: %s: what is %s?", field->name, mark);
}

/* What we say of a member, and what AWS has within it. */
static struct field join(const struct field *aws, const struct field *ours)
{
    struct field joined = *ours;

    joined.of = aws->of;
    if ((joined.flags & FIELD_KEYED) != 0)
        joined.type = FIELD_MAP; /* as which it is written */
    joined.item_min = aws->item_min;
    if (ours->min == 0)
        joined.min = aws->min;
    return joined;
}

/* "  Name! type mark mark"; `known` is the structure of ours, or NULL when none of it is ours. */
static struct field read_member(struct reading *reading, const char *at, const struct shape *known)
{
    size_t length = strcspn(at, "! ");
    struct field field = {.name = arena_strndup(reading->arena, at, length), .doc = ""};
    const struct field *ours = known == NULL ? NULL : shape_field_find(known, field.name);

    if (at[length] == '!')
        field.flags |= FIELD_REQUIRED;
    at += length + (at[length] == '!') + 1;
    at = read_type(reading, at, &field, ours == NULL ? NULL : ours->of);
    at += strspn(at, " ");
    for (const char *mark = take_word(reading, &at); mark != NULL; mark = take_word(reading, &at))
        read_mark(&field, mark);
    if (ours != NULL)
        return join(&field, ours);
    if (known != NULL)
        field.flags |= FIELD_UNMODELLED;
    return field;
}

/* The structure of that name as AWS has it; `known` is ours of the same, or NULL. */
static const struct shape *read_shape(struct reading *reading, const char *name,
                                      const struct shape *known)
{
    LIST(struct field) fields = {0};
    struct shape *shape = arena_alloc(reading->arena, sizeof(*shape));
    const struct open_shape open = {shape, known, reading->open};

    for (const struct open_shape *outer = reading->open; outer != NULL; outer = outer->outer)
        if (outer->known == known && strcmp(outer->shape->name, name) == 0)
            return outer->shape;
    shape->name = name;
    reading->open = &open;
    for (const char *at = line_after(block_find(reading, name)); *at == ' '; at = line_after(at))
        *LIST_PUSH_IN(reading->arena, &fields) = read_member(reading, at + 2, known);
    reading->open = open.outer;
    *shape = (struct shape){
        .name = name,
        .size = known == NULL ? 0 : known->size,
        .fields = fields.items,
        .count = fields.count,
    };
    return shape;
}

/* ---- operations ---- */

/* The three names at the front of an operation's line. */
struct op_line {
    const char *name;
    const char *in;
    const char *out;
    const char *rest;
};

static struct op_line read_op_line(struct reading *reading, const char *at)
{
    struct op_line line;

    line.name = take_word(reading, &at);
    line.in = take_word(reading, &at);
    line.out = take_word(reading, &at);
    line.rest = at;
    return line;
}

static const char *op_line_find(const struct reading *reading, const char *name)
{
    for (const char *line = reading->ops; line < reading->blocks; line = line_after(line)) {
        if (word_is(line, name))
            return line;
    }
    return NULL;
}

static const struct shape *shape_named(struct reading *reading, const char *name,
                                       const struct shape *known)
{
    return strcmp(name, "-") == 0 ? &shape_empty : read_shape(reading, name, known);
}

/* "| IN OUT LIMIT RESULT" */
static const struct paging *read_paging(struct reading *reading, const char *at)
{
    struct paging *paging = arena_alloc(reading->arena, sizeof(*paging));

    if (*at != '|')
        return NULL;
    take_word(reading, &at);
    paging->in_token = take_word(reading, &at);
    paging->out_token = take_word(reading, &at);
    paging->limit = take_word(reading, &at);
    paging->result = take_word(reading, &at);
    if (strcmp(paging->limit, "-") == 0)
        paging->limit = NULL;
    return paging;
}

static const struct cli_extra *extra_of(const struct service *service, const char *name)
{
    for (const struct op_extra *extra = service->extras; extra != NULL && extra->op != NULL;
         extra++) {
        if (strcmp(extra->op, name) == 0)
            return extra->extra;
    }
    return NULL;
}

const struct op *declared_op(struct arena *arena, const struct service *service, const char *name)
{
    struct reading reading;
    const char *found =
        reading_begin(&reading, arena, service) ? op_line_find(&reading, name) : NULL;
    struct op_line line;
    struct op *op;

    if (found == NULL)
        return NULL;
    line = read_op_line(&reading, found);
    op = arena_alloc(arena, sizeof(*op));
    *op = (struct op){
        .name = line.name,
        .doc = "Real at AWS, not modelled here yet: the line is checked, then refused.",
        .in = shape_named(&reading, line.in, NULL),
        .out = shape_named(&reading, line.out, NULL),
        .paging = read_paging(&reading, line.rest),
        .extra = extra_of(service, line.name),
    };
    return op;
}

const struct op *declared_op_by_word(struct arena *arena, const struct service *service,
                                     const char *word)
{
    struct reading reading;

    if (!reading_begin(&reading, arena, service))
        return NULL;
    for (const char *line = reading.ops; *line != '\n'; line = line_after(line)) {
        const char *name = arena_strndup(arena, line, word_length(line));

        if (strcmp(name_cli(arena, name), word) == 0)
            return declared_op(arena, service, name);
    }
    return NULL;
}

const struct shape *declared_input(struct arena *arena, const struct service *service,
                                   const struct op *op)
{
    struct reading reading;
    const char *line = op->run != NULL && reading_begin(&reading, arena, service)
                           ? op_line_find(&reading, op->name) : NULL;

    return line == NULL ? op->in
                        : shape_named(&reading, read_op_line(&reading, line).in, op->in);
}

const struct shape *declared_output(struct arena *arena, const struct service *service,
                                    const struct op *op)
{
    struct reading reading;
    const char *line = op->run != NULL && reading_begin(&reading, arena, service)
                           ? op_line_find(&reading, op->name) : NULL;

    return line == NULL ? op->out
                        : shape_named(&reading, read_op_line(&reading, line).out, op->out);
}

void declared_each(const struct service *service, declared_visit *visit, void *context)
{
    struct arena arena = ARENA_INIT;
    struct reading reading;

    if (reading_begin(&reading, &arena, service)) {
        for (const char *line = reading.ops; *line != '\n'; line = line_after(line))
            visit(context, arena_strndup(&arena, line, word_length(line)));
    }
    arena_release(&arena);
}
