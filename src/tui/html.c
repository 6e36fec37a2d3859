/*
 * tui/html.c - a page as text: what `browse` shows.
 *
 * A small reader for the pages that instances serve here: headings, paragraphs, lists, rules,
 * links, preformatted text.  Scripts and styles are skipped.
 */
#include "tui/html.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/utf8.h"

struct reading {
    const char *at;
    struct str *text;
    struct str *title;  /* may be NULL */
    bool in_title;
    bool blank;         /* a blank is due */
    bool fresh;         /* at the beginning of a line */
    bool skipping;      /* a script or a style */
    bool as_it_is;      /* within pre */
    unsigned heading;   /* 1 to 6; 0: none */
    size_t line_start;  /* of the heading */
};

struct tag {
    char name[16];
    bool closes;
};

/* ---- writing ---- */

static void end_line(struct reading *reading)
{
    if (!reading->fresh)
        str_addc(reading->text, '\n');
    reading->fresh = true;
    reading->blank = false;
}

/* A blank line, but never two. */
static void part(struct reading *reading)
{
    size_t length;

    end_line(reading);
    length = reading->text->length;
    if (length > 1 && reading->text->text[length - 2] != '\n')
        str_addc(reading->text, '\n');
}

static void put(struct reading *reading, const char *bytes, size_t length)
{
    if (reading->skipping)
        return;
    if (reading->in_title) {
        if (reading->title != NULL)
            str_addn(reading->title, bytes, length);
        return;
    }
    if (reading->blank && !reading->fresh)
        str_addc(reading->text, ' ');
    str_addn(reading->text, bytes, length);
    reading->blank = false;
    reading->fresh = false;
}

/* ---- entities ---- */

struct entity {
    const char *name; /* with its semicolon */
    const char *text;
};
enum { ENTITIES = 12 };
static const struct entity entities[ENTITIES];

static void read_entity(struct reading *reading)
{
    const char *name = reading->at + 1;
    char *end;
    char bytes[4];
    size_t length = 0;

    for (size_t i = 0; i < ENTITIES && length == 0; i++) {
        if (str_starts(name, entities[i].name)) {
            put(reading, entities[i].text, strlen(entities[i].text));
            reading->at += 1 + strlen(entities[i].name);
            return;
        }
    }
    if (name[0] == '#') {
        bool hex = name[1] == 'x' || name[1] == 'X';
        unsigned long code = strtoul(name + 1 + hex, &end, hex ? 16 : 10);

        if (*end == ';' && code <= 0x10ffff)
            length = utf8_encode((uint32_t)code, bytes);
        if (length > 0) {
            put(reading, bytes, length);
            reading->at = end + 1;
            return;
        }
    }
    put(reading, "&", 1);
    reading->at++;
}

/* ---- tags ---- */

static bool tag_is(const struct tag *tag, const char *names)
{
    size_t length = strlen(tag->name);

    for (const char *at = names; *at != '\0';) {
        size_t word = strcspn(at, " ");

        if (word == length && strncmp(at, tag->name, word) == 0)
            return true;
        at += word + (at[word] == ' ');
    }
    return false;
}

static void end_heading(struct reading *reading)
{
    size_t columns;

    if (reading->heading == 0)
        return;
    columns = utf8_columns(str_text(reading->text) + reading->line_start,
                           reading->text->length - reading->line_start);
    end_line(reading);
    for (size_t i = 0; i < columns && reading->heading <= 2; i++)
        str_add(reading->text, reading->heading == 1 ? "=" : "-");
    reading->fresh = columns == 0 || reading->heading > 2;
    reading->heading = 0;
    part(reading);
}

static void act_on_tag(struct reading *reading, const struct tag *tag)
{
    if (tag_is(tag, "script style")) {
        reading->skipping = !tag->closes;
    } else if (tag_is(tag, "title")) {
        reading->in_title = !tag->closes;
    } else if (tag_is(tag, "h1 h2 h3 h4 h5 h6")) {
        end_heading(reading);
        part(reading);
        reading->heading = tag->closes ? 0 : (unsigned)(tag->name[1] - '0');
        reading->line_start = reading->text->length;
    } else if (tag_is(tag, "pre")) {
        part(reading);
        reading->as_it_is = !tag->closes;
    } else if (tag_is(tag, "li")) {
        end_line(reading);
        if (!tag->closes) {
            put(reading, "\xe2\x80\xa2 ", 4);
            reading->blank = false;
        }
    } else if (tag_is(tag, "br tr")) {
        end_line(reading);
    } else if (tag_is(tag, "td th")) {
        reading->blank = true;
    } else if (tag_is(tag, "hr")) {
        part(reading);
        put(reading, "----------------------------------------", 40);
        part(reading);
    } else if (tag_is(tag, "p div ul ol table section header footer main article nav blockquote")) {
        part(reading);
    }
}

static void read_tag(struct reading *reading)
{
    const char *at = reading->at + 1;
    struct tag tag = {0};
    size_t length = 0;

    if (str_starts(at, "!--")) {
        const char *end = strstr(at + 3, "-->");

        reading->at = end == NULL ? at + strlen(at) : end + 3;
        return;
    }
    tag.closes = *at == '/';
    at += tag.closes;
    while (length < sizeof(tag.name) - 1 &&
           ((*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || (*at >= '0' && *at <= '9')))
        tag.name[length++] = (char)(*at >= 'A' && *at <= 'Z' ? *at + ('a' - 'A') : *at), at++;
    if (length == 0 && *at != '!' && *at != '?') { /* a mere "<" */
        put(reading, "<", 1);
        reading->at++;
        return;
    }
    for (char quote = '\0'; *at != '\0' && (quote != '\0' || *at != '>'); at++) {
        if (quote == '\0' && (*at == '"' || *at == '\''))
            quote = *at;
        else if (*at == quote)
            quote = '\0';
    }
    reading->at = at + (*at == '>');
    act_on_tag(reading, &tag);
}

static void read_text(struct reading *reading)
{
    size_t length = strcspn(reading->at, "<& \t\r\n");

    if (length > 0) {
        put(reading, reading->at, length);
        reading->at += length;
        return;
    }
    if (reading->as_it_is && *reading->at != '\r') {
        put(reading, reading->at, 1);
        reading->fresh = *reading->at == '\n';
    } else if (reading->in_title) {
        put(reading, " ", 1);
    } else {
        reading->blank = true;
    }
    reading->at++;
}

void html_to_text(const char *html, struct str *text, struct str *title)
{
    struct reading reading = {.at = html, .text = text, .title = title, .fresh = true};

    while (*reading.at != '\0') {
        if (*reading.at == '<' && (!reading.skipping || reading.at[1] == '/'))
            read_tag(&reading);
        else if (*reading.at == '&')
            read_entity(&reading);
        else if (*reading.at == '<')
            reading.at++;
        else
            read_text(&reading);
    }
    end_heading(&reading);
    end_line(&reading);
    while (text->length > 1 && text->text[text->length - 2] == '\n')
        str_cut(text, text->length - 1);
}

static const struct entity entities[ENTITIES] = {
    {"amp;", "&"},
    {"lt;", "<"},
    {"gt;", ">"},
    {"quot;", "\""},
    {"apos;", "'"},
    {"nbsp;", " "},
    {"mdash;", "\xe2\x80\x94"},
    {"ndash;", "\xe2\x80\x93"},
    {"middot;", "\xc2\xb7"},
    {"copy;", "\xc2\xa9"},
    {"hellip;", "\xe2\x80\xa6"},
    {"rarr;", "\xe2\x86\x92"},
};
