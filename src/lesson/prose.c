/*
 * lesson/prose.c - Markdown becomes lines of styled text, for a screen of a given width.
 *
 * Uses    md4c, which calls back for each block, span and text.  The text of one block is gathered
 *         with a style for each byte (struct run), and laid out when the block ends.
 *
 * What stands before a line (bullets, numbers, quote marks) is a stack of margins: the innermost
 * one's mark is shown once, on the first line of its item, and is blank after that.
 */
#include "lesson/prose.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <md4c.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"

enum { ROOM_MIN = 4 /* columns for text, however deep it is nested */ };

/* Text with a style for each of its bytes. */
struct run {
    struct str text;
    struct str styles;
};

struct margin {
    char mark[16];    /* shown on the item's first line */
    unsigned columns; /* how far the item's text is moved */
    bool shown;
    bool quote;
};

struct cell {
    struct run run;
};

struct setter {
    struct prose *prose;
    struct str *why;
    unsigned width;
    struct run run;
    unsigned style;
    struct margin margins[PROSE_NESTING_MAX + 1];
    unsigned depth;
    unsigned number[PROSE_NESTING_MAX + 1]; /* of the next item of an ordered list; 0: bullets */
    unsigned list_depth;
    bool gap;  /* an empty line is due before the next block */
    bool tight;
    bool too_long;
    uint32_t first; /* the line of the prose where this text began */
    /* a table: its cells, row by row */
    struct cell *cells;
    uint32_t cell_count;
    unsigned columns;
};

/* ---- runs ---- */

static void run_add(struct run *run, const char *bytes, size_t length, unsigned style)
{
    size_t before = run->text.length;

    utf8_add_safe(&run->text, bytes, length, UTF8_KEEP_LINES);
    str_fill(&run->styles, (char)style, run->text.length - before);
}

static void run_release(struct run *run)
{
    str_release(&run->text);
    str_release(&run->styles);
}

static void run_clear(struct run *run)
{
    str_clear(&run->text);
    str_clear(&run->styles);
}

/* ---- lines ---- */

static struct prose_line *new_line(struct prose *prose)
{
    return LIST_PUSH_IN(prose->arena, &prose->lines);
}

static void span_add(struct prose *prose, struct prose_line *line, const char *text, size_t length,
                     unsigned style)
{
    if (length == 0)
        return;
    *LIST_PUSH_IN(prose->arena, &line->spans) = (struct prose_span){
        .text = arena_strndup(prose->arena, text, length),
        .style = style,
    };
}

/* The bytes [start, end) of a run, one span for each change of style. */
static void spans_add(struct prose *prose, struct prose_line *line, const struct run *run,
                      size_t start, size_t end)
{
    while (start < end) {
        size_t stop = start + 1;

        while (stop < end && run->styles.text[stop] == run->styles.text[start])
            stop++;
        span_add(prose, line, run->text.text + start, stop - start,
                 (unsigned char)run->styles.text[start]);
        start = stop;
    }
}

/* Where the line that begins at `start` ends, and where the next one begins.  A line is broken at
 * blanks where it has any, else where it is full. */
static size_t break_line(const struct run *run, size_t start, size_t columns, size_t *next)
{
    const char *text = str_text(&run->text) + start;
    size_t length = strcspn(text, "\n");
    size_t fits = utf8_fit(text, length, columns);
    size_t end = fits;

    if (fits == length) {
        *next = start + length + (text[length] == '\n');
        return start + length;
    }
    while (end > 0 && text[end] != ' ')
        end--;
    while (end > 0 && text[end - 1] == ' ')
        end--;
    if (end == 0)
        end = fits > 0 ? fits : 1;
    *next = start + end;
    while (run->text.text[*next] == ' ')
        (*next)++;
    return start + end;
}

static unsigned room(unsigned width, unsigned used)
{
    width = width < PROSE_WIDTH_MIN ? PROSE_WIDTH_MIN : width;
    return width < used + ROOM_MIN ? ROOM_MIN : width - used;
}

/* ---- a block's place among lists and quotes ---- */

static unsigned margin_columns(const struct setter *setter)
{
    unsigned columns = 0;

    for (unsigned i = 0; i < setter->depth; i++)
        columns += setter->margins[i].columns;
    return columns;
}

static void margin_add(struct setter *setter, struct prose_line *line)
{
    struct str text = STR_INIT;

    for (unsigned i = 0; i < setter->depth; i++) {
        struct margin *margin = &setter->margins[i];

        if (margin->quote)
            str_add(&text, "> ");
        else if (margin->shown)
            str_fill(&text, ' ', margin->columns);
        else
            str_add(&text, margin->mark);
        margin->shown = true;
    }
    span_add(setter->prose, line, str_text(&text), text.length, PROSE_PLAIN);
    str_release(&text);
}

static bool too_long(struct setter *setter)
{
    if (setter->prose->lines.count - setter->first < PROSE_LINES_MAX)
        return false;
    if (!setter->too_long)
        str_addf(setter->why, "a text of more than %d lines", PROSE_LINES_MAX);
    setter->too_long = true;
    return true;
}

static void begin_block(struct setter *setter)
{
    if (setter->gap && setter->prose->lines.count > setter->first)
        new_line(setter->prose);
    setter->gap = false;
}

/* Lays out what was gathered, and forgets it. */
static void set_run(struct setter *setter, unsigned indent)
{
    struct run *run = &setter->run;
    size_t at = 0;

    if (run->text.length == 0)
        return;
    begin_block(setter);
    while (at < run->text.length && !too_long(setter)) {
        struct prose_line *line = new_line(setter->prose);
        unsigned columns = room(setter->width, margin_columns(setter) + indent);
        size_t next;
        size_t end = break_line(run, at, columns, &next);

        margin_add(setter, line);
        if (end > at)
            span_add(setter->prose, line, "        ", indent, PROSE_PLAIN);
        spans_add(setter->prose, line, run, at, end);
        at = next;
    }
    run_clear(run);
}

/* ---- tables ---- */

static void release_cells(struct setter *setter)
{
    for (uint32_t i = 0; i < setter->cell_count; i++)
        run_release(&setter->cells[i].run);
    free(setter->cells);
    setter->cells = NULL;
    setter->cell_count = 0;
}

/* Gives each column what it needs, and takes from the widest until the table fits. */
static void column_widths(const struct setter *setter, unsigned *widths)
{
    unsigned wanted = room(setter->width, margin_columns(setter) + 2 * (setter->columns - 1));
    unsigned total = 0;

    for (uint32_t i = 0; i < setter->cell_count; i++) {
        const struct str *text = &setter->cells[i].run.text;
        size_t columns = utf8_columns(str_text(text), text->length);
        unsigned column = i % setter->columns;

        if (columns > widths[column])
            widths[column] = columns > 1000 ? 1000 : (unsigned)columns;
    }
    for (unsigned i = 0; i < setter->columns; i++)
        total += widths[i];
    while (total > wanted) {
        unsigned widest = 0;

        for (unsigned i = 1; i < setter->columns; i++)
            widest = widths[i] > widths[widest] ? i : widest;
        if (widths[widest] <= 3)
            return;
        widths[widest]--;
        total--;
    }
}

static void set_row(struct setter *setter, const struct cell *cells, const unsigned *widths)
{
    size_t at[PROSE_COLUMNS_MAX] = {0};
    bool more = true;

    while (more && !too_long(setter)) {
        struct prose_line *line = new_line(setter->prose);
        unsigned pad = 0;

        more = false;
        margin_add(setter, line);
        for (unsigned i = 0; i < setter->columns; i++) {
            const struct run *run = &cells[i].run;
            size_t next = at[i];
            size_t end = at[i] < run->text.length
                             ? break_line(run, at[i], widths[i], &next)
                             : at[i];
            struct str blanks = STR_INIT;

            str_fill(&blanks, ' ', pad);
            if (end > at[i])
                span_add(setter->prose, line, str_text(&blanks), blanks.length, PROSE_PLAIN);
            spans_add(setter->prose, line, run, at[i], end);
            pad = (end > at[i] ? 0 : pad) + 2 + widths[i] -
                  (unsigned)utf8_columns(str_text(&run->text) + at[i], end - at[i]);
            at[i] = next;
            more = more || at[i] < run->text.length;
            str_release(&blanks);
        }
    }
}

static void set_table(struct setter *setter)
{
    unsigned widths[PROSE_COLUMNS_MAX] = {0};

    if (setter->columns > 0) {
        begin_block(setter);
        column_widths(setter, widths);
        for (uint32_t i = 0; i + setter->columns <= setter->cell_count; i += setter->columns)
            set_row(setter, &setter->cells[i], widths);
    }
    release_cells(setter);
    setter->gap = true;
}

static void keep_cell(struct setter *setter)
{
    setter->cells = xrealloc(setter->cells, (setter->cell_count + 1) * sizeof(*setter->cells));
    setter->cells[setter->cell_count++].run = setter->run;
    setter->run = (struct run){0};
}

/* ---- md4c's callbacks ---- */

static int push_margin(struct setter *setter, const struct margin *margin)
{
    if (setter->depth >= PROSE_NESTING_MAX) {
        str_addf(setter->why, "lists and quotes are nested more than %d deep", PROSE_NESTING_MAX);
        return -1;
    }
    setter->margins[setter->depth++] = *margin;
    return 0;
}

static int enter_item(struct setter *setter)
{
    struct margin margin = {.mark = "- ", .columns = 2};
    unsigned *number = &setter->number[setter->list_depth];
    struct str mark = STR_INIT;

    if (*number > 0) {
        str_addf(&mark, "%u. ", (*number)++ % 100000);
        memcpy(margin.mark, str_text(&mark), mark.length + 1);
        margin.columns = (unsigned)mark.length;
        str_release(&mark);
    }
    return push_margin(setter, &margin);
}

static int enter_list(struct setter *setter, unsigned start, bool tight)
{
    if (setter->list_depth >= PROSE_NESTING_MAX) {
        str_addf(setter->why, "lists are nested more than %d deep", PROSE_NESTING_MAX);
        return -1;
    }
    set_run(setter, 0);
    setter->gap = setter->list_depth == 0 || setter->gap;
    setter->number[++setter->list_depth] = start;
    setter->tight = tight;
    return 0;
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *context)
{
    struct setter *setter = context;

    switch (type) {
    case MD_BLOCK_QUOTE:
        return push_margin(setter, &(struct margin){.columns = 2, .quote = true});
    case MD_BLOCK_UL:
        return enter_list(setter, 0, ((MD_BLOCK_UL_DETAIL *)detail)->is_tight != 0);
    case MD_BLOCK_OL:
        return enter_list(setter, ((MD_BLOCK_OL_DETAIL *)detail)->start,
                          ((MD_BLOCK_OL_DETAIL *)detail)->is_tight != 0);
    case MD_BLOCK_LI:
        return enter_item(setter);
    case MD_BLOCK_H:
        setter->style |= PROSE_HEADING;
        return 0;
    case MD_BLOCK_CODE:
        setter->style |= PROSE_CODE;
        return 0;
    case MD_BLOCK_TABLE:
        setter->columns = ((MD_BLOCK_TABLE_DETAIL *)detail)->col_count;
        if (setter->columns > PROSE_COLUMNS_MAX) {
            str_addf(setter->why, "a table of more than %d columns", PROSE_COLUMNS_MAX);
            return -1;
        }
        return 0;
    case MD_BLOCK_TH:
        setter->style |= PROSE_STRONG;
        return 0;
    default:
        return 0;
    }
}

/* An item's paragraphs in a tight list have no blocks of their own: they end with the item. */
static void leave_item(struct setter *setter)
{
    set_run(setter, 0);
    if (!setter->margins[setter->depth - 1].shown) { /* it was empty */
        begin_block(setter);
        margin_add(setter, new_line(setter->prose));
    }
    setter->depth--;
    setter->gap = !setter->tight;
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *context)
{
    struct setter *setter = context;

    (void)detail;
    switch (type) {
    case MD_BLOCK_P:
    case MD_BLOCK_H:
        set_run(setter, 0);
        setter->style &= ~(unsigned)PROSE_HEADING;
        setter->gap = true;
        break;
    case MD_BLOCK_CODE:
        setter->style &= ~(unsigned)PROSE_CODE;
        set_run(setter, 2);
        setter->gap = true;
        break;
    case MD_BLOCK_LI:
        leave_item(setter);
        break;
    case MD_BLOCK_UL:
    case MD_BLOCK_OL:
        setter->list_depth--;
        setter->gap = setter->gap || setter->list_depth == 0;
        break;
    case MD_BLOCK_QUOTE:
        setter->depth--;
        setter->gap = true;
        break;
    case MD_BLOCK_TH:
    case MD_BLOCK_TD:
        setter->style &= ~(unsigned)PROSE_STRONG;
        keep_cell(setter);
        break;
    case MD_BLOCK_TABLE:
        set_table(setter);
        break;
    case MD_BLOCK_HR:
        setter->gap = true;
        break;
    default:
        break;
    }
    return setter->too_long ? -1 : 0;
}

static unsigned span_style(MD_SPANTYPE type)
{
    switch (type) {
    case MD_SPAN_EM:
        return PROSE_EMPHASIS;
    case MD_SPAN_STRONG:
        return PROSE_STRONG;
    case MD_SPAN_CODE:
        return PROSE_CODE;
    case MD_SPAN_A:
        return PROSE_LINK;
    default:
        return 0;
    }
}

static int enter_span(MD_SPANTYPE type, void *detail, void *context)
{
    struct setter *setter = context;

    (void)detail;
    setter->style |= span_style(type);
    return 0;
}

static int leave_span(MD_SPANTYPE type, void *detail, void *context)
{
    struct setter *setter = context;

    (void)detail;
    setter->style &= ~span_style(type);
    return 0;
}

/* A character reference: numbers, and the names that people use. */
static void add_entity(struct setter *setter, const char *text, size_t size)
{
    static const struct {
        const char *name;
        const char *text;
    } known[] = {
        {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&nbsp;", " "},
    };
    char *name = xstrndup(text, size);
    char bytes[4];
    size_t length = 0;

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]) && length == 0; i++) {
        if (strcmp(name, known[i].name) == 0) {
            run_add(&setter->run, known[i].text, 1, setter->style);
            length = 1;
        }
    }
    if (length == 0 && name[1] == '#') {
        bool hex = name[2] == 'x' || name[2] == 'X';
        unsigned long code = strtoul(name + (hex ? 3 : 2), NULL, hex ? 16 : 10);

        length = code > 0x10ffff ? 0 : utf8_encode((uint32_t)code, bytes);
        if (length == 1 && bytes[0] == '\n')
            bytes[0] = ' ';
        run_add(&setter->run, bytes, length, setter->style);
    }
    if (length == 0)
        run_add(&setter->run, name, size, setter->style);
    free(name);
}

static int add_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE size, void *context)
{
    struct setter *setter = context;

    switch (type) {
    case MD_TEXT_NULLCHAR:
        run_add(&setter->run, "", 1, setter->style);
        break;
    case MD_TEXT_BR:
        run_add(&setter->run, "\n", 1, setter->style);
        break;
    case MD_TEXT_SOFTBR:
        run_add(&setter->run, " ", 1, setter->style);
        break;
    case MD_TEXT_ENTITY:
        add_entity(setter, text, size);
        break;
    default:
        run_add(&setter->run, text, size, setter->style);
        break;
    }
    return 0;
}

static const MD_PARSER parser = {
    .flags = MD_FLAG_TABLES | MD_FLAG_NOHTML | MD_FLAG_NOINDENTEDCODEBLOCKS,
    .enter_block = enter_block,
    .leave_block = leave_block,
    .enter_span = enter_span,
    .leave_span = leave_span,
    .text = add_text,
};

/* ---- the door ---- */

static int set_text(struct setter *setter, const char *markdown)
{
    int status = md_parse(markdown, (MD_SIZE)strlen(markdown), &parser, setter);

    run_release(&setter->run);
    release_cells(setter);
    return status == 0 ? 0 : -1;
}

int prose_add(struct prose *prose, const char *markdown, unsigned width, struct str *why)
{
    struct setter setter = {
        .prose = prose,
        .why = why,
        .width = width,
        .first = prose->lines.count,
    };

    return set_text(&setter, markdown);
}

int prose_add_item(struct prose *prose, const char *prefix, const char *markdown, unsigned width,
                   struct str *why)
{
    struct setter setter = {
        .prose = prose,
        .why = why,
        .width = width,
        .first = prose->lines.count,
        .depth = 1,
    };
    struct margin *margin = &setter.margins[0];
    size_t length = strlen(prefix);

    if (length >= sizeof(margin->mark))
        length = sizeof(margin->mark) - 1;
    memcpy(margin->mark, prefix, length);
    margin->columns = (unsigned)utf8_columns(margin->mark, length);
    return set_text(&setter, markdown);
}

void prose_add_plain(struct prose *prose, const char *prefix, const char *text, unsigned style,
                     unsigned width)
{
    struct str why = STR_INIT;
    struct setter setter = {
        .prose = prose,
        .why = &why,
        .width = width,
        .first = prose->lines.count,
        .depth = 1,
    };
    struct margin *margin = &setter.margins[0];
    size_t length = strlen(prefix);

    if (length >= sizeof(margin->mark))
        length = sizeof(margin->mark) - 1;
    memcpy(margin->mark, prefix, length);
    margin->columns = (unsigned)utf8_columns(margin->mark, length);
    run_add(&setter.run, text, strlen(text), style);
    set_run(&setter, 0);
    run_release(&setter.run);
    str_release(&why);
}

void prose_print(const struct prose *prose, const char *indent, struct str *out)
{
    for (uint32_t i = 0; i < prose->lines.count; i++) {
        const struct prose_line *line = &prose->lines.items[i];

        if (line->spans.count > 0)
            str_add(out, indent);
        for (uint32_t k = 0; k < line->spans.count; k++)
            str_add(out, line->spans.items[k].text);
        str_addc(out, '\n');
    }
}

/* ---- links ---- */

struct link_reader {
    void (*visit)(void *context, const char *target);
    void *context;
};

static int link_block(MD_BLOCKTYPE type, void *detail, void *context)
{
    (void)type;
    (void)detail;
    (void)context;
    return 0;
}

static int link_enter(MD_SPANTYPE type, void *detail, void *context)
{
    const struct link_reader *reader = context;
    const MD_ATTRIBUTE *target = type == MD_SPAN_A     ? &((MD_SPAN_A_DETAIL *)detail)->href
                                 : type == MD_SPAN_IMG ? &((MD_SPAN_IMG_DETAIL *)detail)->src
                                                       : NULL;

    if (target != NULL) {
        char *text = xstrndup(target->text, target->size);

        reader->visit(reader->context, text);
        free(text);
    }
    return 0;
}

static int link_leave(MD_SPANTYPE type, void *detail, void *context)
{
    (void)type;
    (void)detail;
    (void)context;
    return 0;
}

static int link_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE size, void *context)
{
    (void)type;
    (void)text;
    (void)size;
    (void)context;
    return 0;
}

static const MD_PARSER link_parser = {
    .flags = MD_FLAG_TABLES | MD_FLAG_NOHTML | MD_FLAG_NOINDENTEDCODEBLOCKS,
    .enter_block = link_block,
    .leave_block = link_block,
    .enter_span = link_enter,
    .leave_span = link_leave,
    .text = link_text,
};

void prose_each_link(const char *markdown, void (*visit)(void *context, const char *target),
                     void *context)
{
    struct link_reader reader = {.visit = visit, .context = context};

    md_parse(markdown, (MD_SIZE)strlen(markdown), &link_parser, &reader);
}
