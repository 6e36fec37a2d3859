/*
 * api/names.c - from AWS's names to the words of the command line.
 *
 * True to botocore's xform_name(name, '-'): a separator goes before a capital that begins a word
 * ("RunInstances"), and between a small letter or digit and a capital ("HTTPCode2XX" has none
 * before digits); a trailing plural of an acronym keeps together ("TargetGroupARNs" ->
 * "target-group-arns").
 */
#include "api/names.h"

#include <ctype.h>
#include <string.h>

#include "base/str.h"

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/*
 * Where a run of three or more capitals and a final "s" begins ("ARNs"), or the length when there
 * is none.
 */
static size_t plural_acronym(const char *name, size_t length)
{
    size_t at = length;

    if (length < 3 || name[length - 1] != 's')
        return length;
    at = length - 1;
    while (at > 0 && is_upper(name[at - 1]))
        at--;
    return length - 1 - at >= 3 ? at : length;
}

/* True when a new word begins at `at`. */
static bool word_begins(const char *name, size_t at)
{
    if (at == 0 || !is_upper(name[at]))
        return false;
    if (is_lower(name[at - 1]) || is_digit(name[at - 1]))
        return true;
    if (name[at - 1] == 'O' && strncmp(name + at, "Tel", 3) == 0)
        return false; /* OpenTelemetry's OTel: one of botocore's exceptions */
    return is_lower(name[at + 1]);
}

static const char *transform(struct arena *arena, const char *name, char separator)
{
    size_t length = strlen(name);
    size_t acronym = plural_acronym(name, length);
    struct str out = STR_INIT;
    const char *kept;

    for (size_t i = 0; i < length; i++) {
        bool begins = i < acronym ? word_begins(name, i) : i == acronym && i > 0;

        if (begins && out.length > 0)
            str_addc(&out, separator);
        str_addc(&out, (char)tolower((unsigned char)name[i]));
    }
    kept = arena_strdup(arena, str_text(&out));
    str_release(&out);
    return kept;
}

const char *name_cli(struct arena *arena, const char *aws_name)
{
    return transform(arena, aws_name, '-');
}

const char *name_option(struct arena *arena, const struct field *field)
{
    return field->cli != NULL ? field->cli : name_cli(arena, field->name);
}

const char *name_column(struct arena *arena, const char *aws_name)
{
    return transform(arena, aws_name, '_');
}
