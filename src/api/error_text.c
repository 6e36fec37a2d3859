/*
 * api/error_text.c - an error as the AWS CLI prints it, in the format that --cli-error-format asks
 * for.
 */
#include "api/error_text.h"

#include <string.h>

#include <jansson.h>

#include "base/utf8.h"
#include "api/arguments.h"
#include "api/output.h"

static const char line_code[] = "ParamValidation";
static const char line_begin[] = "An error occurred (ParamValidation): ";
static const char unknown_options[] = "Unknown options: ";
static const char usage_begin[] = "\n\nusage: ";

/* The format of an answer that the error is printed in; false when it is a sentence. */
static bool is_structured(const char *format, enum output_format *output)
{
    static const char *const words[] = {"json", "yaml", "text", "table"};

    for (size_t i = 0; format != NULL && i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(format, words[i]) == 0)
            return output_parse_name(format, output) == 0;
    }
    return false;
}

/* The message, whose words somebody typed: they need not be UTF-8.  A new reference. */
static json_t *message_json(const struct error_text *error)
{
    json_t *json = json_string(error->message);
    struct str clean = STR_INIT;

    if (json != NULL)
        return json;
    utf8_add_safe(&clean, error->message, strlen(error->message), UTF8_KEEP_LINES);
    json = json_string(str_text(&clean));
    str_release(&clean);
    return json;
}

static void add_structured(struct str *err, const struct error_text *error,
                           enum output_format format)
{
    struct str problem = STR_INIT;
    struct output_request request = {
        .value = json_pack("{s:s, s:o}", "Code", error->code, "Message", message_json(error)),
        .title = "error",
        .format = format,
    };

    output_add(err, &request, &problem);
    str_release(&problem);
    json_decref(request.value);
}

void error_text_add(struct str *err, const struct error_text *error)
{
    enum output_format format;

    if (is_structured(error->format, &format))
        add_structured(err, error, format);
    else
        str_addf(err, "%sAn error occurred (%s) when calling the %s operation: %s\n",
                 arguments_error_prefix(error->program), error->code, error->op, error->message);
}

/* The CLI tells how it is used before it names the options that it does not know. */
static void add_unknown_options(struct str *err, const char *program, const char *message)
{
    const char *usage = strstr(message, usage_begin);
    size_t length = usage == NULL ? strlen(message) : (size_t)(usage - message);

    if (usage != NULL)
        str_addf(err, "\n%s\n\n", usage + 2);
    str_add(err, arguments_error_prefix(program));
    str_addn(err, message, length);
    str_addc(err, '\n');
}

/* The usage ends with a line end of its own, which a sentence is printed without. */
static void add_line_structured(struct str *err, const char *message, enum output_format format)
{
    struct str whole = STR_INIT;

    str_add(&whole, message);
    if (strstr(message, usage_begin) != NULL)
        str_addc(&whole, '\n');
    add_structured(err, &(struct error_text){.code = line_code, .message = str_text(&whole)},
                   format);
    str_release(&whole);
}

void error_text_add_line(struct str *err, const struct error_text *error)
{
    bool coded = str_starts(error->message, line_begin);
    const char *message = error->message + (coded ? strlen(line_begin) : 0);
    const char *prefix = arguments_error_prefix(error->program);
    enum output_format format;

    if (coded && str_starts(message, unknown_options))
        add_unknown_options(err, error->program, message);
    else if (coded && is_structured(error->format, &format))
        add_line_structured(err, message, format);
    else if (coded && str_equal(error->format, "legacy"))
        str_addf(err, "%s%s\n", prefix, message);
    else
        str_addf(err, "%s%s\n", prefix, error->message);
}
