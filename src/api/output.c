/*
 * api/output.c - which format, by name, and when nothing is printed at all.
 *
 * Uses    api/output_parts (the formats).
 */
#include "api/output.h"

#include "api/output_parts.h"

#include "base/bug.h"
#include "base/str.h"

static const char *const output_names[OUTPUT_FORMATS];

int output_parse_name(const char *name, enum output_format *format)
{
    for (int i = 0; i < OUTPUT_FORMATS; i++) {
        if (str_equal(name, output_names[i])) {
            *format = (enum output_format)i;
            return 0;
        }
    }
    return -1;
}

const char *output_name(enum output_format format)
{
    if ((unsigned)format >= OUTPUT_FORMATS)
        BUG("no output format %d", (int)format);
    return output_names[format];
}

/* The stream of YAML documents is one list for each page; an answer without output has no page. */
static void output_add_yaml_stream(struct str *out, json_t *value)
{
    json_t *pages = json_array();

    json_array_append(pages, value);
    output_add_yaml(out, pages);
    json_decref(pages);
}

int output_add(struct str *out, const struct output_request *request, struct str *error)
{
    struct output_request plain = *request;

    if (plain.value == NULL)
        plain.value = json_null();
    if (plain.width == 0)
        plain.width = OUTPUT_WIDTH_DEFAULT;
    switch (plain.format) {
    case OUTPUT_TEXT:
        return output_add_text(out, plain.value, error);
    case OUTPUT_TABLE:
        return output_add_table(out, &plain, error);
    case OUTPUT_JSON:
        if (output_is_empty_object(plain.value))
            return 0;
        output_add_json(out, plain.value, OUTPUT_JSON_INDENT);
        str_addc(out, '\n');
        return 0;
    case OUTPUT_YAML:
        if (!output_is_empty_object(plain.value))
            output_add_yaml(out, plain.value);
        return 0;
    case OUTPUT_YAML_STREAM:
        if (plain.paged || !output_is_empty_object(plain.value))
            output_add_yaml_stream(out, plain.value);
        return 0;
    case OUTPUT_OFF:
        return 0;
    }
    BUG("no output format %d", (int)plain.format);
}

static const char *const output_names[OUTPUT_FORMATS] = {
    [OUTPUT_JSON] = "json",
    [OUTPUT_TEXT] = "text",
    [OUTPUT_TABLE] = "table",
    [OUTPUT_YAML] = "yaml",
    [OUTPUT_YAML_STREAM] = "yaml-stream",
    [OUTPUT_OFF] = "off",
};
