/*
 * cloud/header.c - the lines of an HTTP head.
 *
 * True to RFC 9110 for names and the blanks around values, to RFC 6265 for the header Cookie.
 */
#include "cloud/header.h"

#include <string.h>
#include <strings.h>

static struct header_value find_from(const char *line, const char *name)
{
    size_t length = strlen(name);

    while (line != NULL && *line != '\0') {
        if (strncasecmp(line, name, length) == 0 && line[length] == ':') {
            line += length + 1;
            line += strspn(line, " \t");
            length = strcspn(line, "\r\n");
            while (length > 0 && (line[length - 1] == ' ' || line[length - 1] == '\t'))
                length--;
            return (struct header_value){.text = line, .length = length};
        }
        line = strchr(line, '\n');
        line = line == NULL ? NULL : line + 1;
    }
    return (struct header_value){0};
}

struct header_value header_first(const char *headers, const char *name)
{
    return find_from(headers, name);
}

struct header_value header_next(struct header_value value, const char *name)
{
    const char *line = value.text == NULL ? NULL : strchr(value.text, '\n');

    return find_from(line == NULL ? NULL : line + 1, name);
}

const char *header_find(struct arena *arena, const char *headers, const char *name)
{
    struct header_value value = header_first(headers, name);

    return value.text == NULL ? NULL : arena_strndup(arena, value.text, value.length);
}

static struct header_value cookie_in(struct header_value line, const char *name)
{
    const char *at = line.text;
    const char *end = line.text + line.length;
    size_t length = strlen(name);

    while (at < end) {
        size_t rest = (size_t)(end - at);
        const char *semicolon = memchr(at, ';', rest);
        size_t whole = semicolon == NULL ? rest : (size_t)(semicolon - at);

        if (whole > length && at[length] == '=' && strncmp(at, name, length) == 0)
            return (struct header_value){.text = at + length + 1, .length = whole - length - 1};
        at += whole;
        while (at < end && (*at == ';' || *at == ' '))
            at++;
    }
    return (struct header_value){0};
}

struct header_value header_cookie(const char *headers, const char *name)
{
    struct header_value line = header_first(headers, "Cookie");
    struct header_value found = {0};

    while (line.text != NULL && found.text == NULL) {
        found = cookie_in(line, name);
        line = header_next(line, "Cookie");
    }
    return found;
}
