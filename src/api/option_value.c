/*
 * api/option_value.c - the words after one option, read by the option's type into JSON.
 *
 * Order, as in the AWS CLI: a word file:// or fileb:// is replaced by the file; a value of a
 * structured type that begins with { or [ is JSON, else shorthand; what shorthand gave is then
 * brought to the shape's types: numbers, booleans, and a single value where the shape has a list.
 */
#include "api/option_value.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "api/json_text.h"
#include "api/shorthand.h"
#include "api/value.h"
#include "api/yaml_text.h"

static json_t *refuse(struct option_reading *reading, int exit_code)
{
    reading->exit_code = exit_code;
    return NULL;
}

static void error_begin(struct option_reading *reading)
{
    str_clear(reading->error);
    str_add(reading->error, "An error occurred (ParamValidation): ");
}

bool option_value_integer(const char *text, int64_t *value)
{
    char digits[32];
    size_t count = 0;
    char *end;

    while (isspace((unsigned char)*text))
        text++;
    if (*text == '+' || *text == '-')
        digits[count++] = *text++;
    if (!isdigit((unsigned char)*text))
        return false;
    while (isdigit((unsigned char)*text) || (*text == '_' && isdigit((unsigned char)text[1]))) {
        if (*text != '_' && count < sizeof(digits) - 1)
            digits[count++] = *text;
        text++;
    }
    while (isspace((unsigned char)*text))
        text++;
    digits[count] = '\0';
    errno = 0;
    *value = strtoll(digits, &end, 10);
    return *text == '\0' && *end == '\0' && errno == 0;
}

static json_t *refuse_integer(struct option_reading *reading, const char *text)
{
    str_clear(reading->error);
    str_addf(reading->error, "invalid literal for int() with base 10: '%s'", text);
    return refuse(reading, EXIT_OTHER);
}

/* ---- files ---- */

/* The word, or the contents of the file that it names; in fresh memory.  NULL when refused. */
static char *load_word(const char *word, const char *name, const struct file_source *files,
                       struct str *error, size_t *size)
{
    bool binary = str_starts(word, "fileb://");
    const char *path = word + (binary ? 8 : 7);
    char *bytes = NULL;

    if (!binary && !str_starts(word, "file://")) {
        *size = strlen(word);
        return xstrdup(word);
    }
    str_clear(error);
    str_addf(error,
             "An error occurred (ParamValidation): Error parsing parameter '--%s': "
             "Unable to load paramfile %s: ",
             name, word);
    if (files == NULL)
        str_add(error, "no files can be read here");
    else
        bytes = files->read(files->context, path, size, error);
    if (bytes != NULL)
        str_clear(error);
    return bytes;
}

/* ---- shaping what shorthand gave ---- */

static json_t *coerce(struct option_reading *reading, const struct field *field, json_t *given);

static json_t *coerce_object(struct option_reading *reading, const struct shape *shape,
                             json_t *given)
{
    const char *key;
    json_t *value;
    json_t *object;

    if (!json_is_object(given))
        return json_incref(given);
    object = json_object();
    json_object_foreach(given, key, value)
    {
        const struct field *field = shape_field_find(shape, key);
        json_t *shaped = field == NULL ? json_incref(value) : coerce(reading, field, value);

        if (shaped == NULL) {
            json_decref(object);
            return NULL;
        }
        json_object_set_new(object, key, shaped);
    }
    return object;
}

static json_t *coerce_list(struct option_reading *reading, const struct field *field, json_t *given)
{
    const struct field item_field = field_item(field);
    json_t *array;

    if (!json_is_array(given)) { /* one value where the shape has a list */
        json_t *item = coerce(reading, &item_field, given);

        return item == NULL ? NULL : json_pack("[o]", item);
    }
    array = json_array();
    for (size_t i = 0; i < json_array_size(given); i++) {
        json_t *item = coerce(reading, &item_field, json_array_get(given, i));

        if (item == NULL) {
            json_decref(array);
            return NULL;
        }
        json_array_append_new(array, item);
    }
    return array;
}

static json_t *coerce(struct option_reading *reading, const struct field *field, json_t *given)
{
    const char *text = json_string_value(given);
    int64_t number;

    switch (field->type) {
    case FIELD_INT:
    case FIELD_OPT_INT:
        if (text == NULL)
            return json_incref(given);
        if (!option_value_integer(text, &number))
            return refuse_integer(reading, text);
        return json_integer(number);
    case FIELD_BOOL:
    case FIELD_OPT_BOOL:
        if (text == NULL)
            return json_incref(given);
        if (strcasecmp(text, "true") == 0 || strcasecmp(text, "false") == 0)
            return json_boolean(strcasecmp(text, "true") == 0);
        return json_incref(given); /* the check says what is wrong with it */
    case FIELD_REAL: {
        char *end;
        double real = text == NULL ? 0 : strtod(text, &end);

        return text == NULL || end == text || *end != '\0' ? json_incref(given) : json_real(real);
    }
    case FIELD_STRUCT:
    case FIELD_EMBED:
        return coerce_object(reading, field->of, given);
    case FIELD_LIST:
        return coerce_list(reading, field, given);
    default:
        return json_incref(given);
    }
}

/* ---- one structured value ---- */

static json_t *parse_json(struct option_reading *reading, const char *text, size_t size)
{
    struct str problem = STR_INIT;
    json_t *value = json_text_load(text, size, &problem);

    if (value == NULL) {
        error_begin(reading);
        str_addf(reading->error,
                 "Error parsing parameter '--%s': Invalid JSON: %s\nJSON received: %s",
                 reading->name, str_text(&problem), text);
        reading->exit_code = EXIT_USAGE;
    }
    str_release(&problem);
    return value;
}

/* key@=file://... inside shorthand. */
static json_t *shorthand_file(void *context, const char *uri, struct str *error)
{
    struct option_reading *reading = context;
    size_t size = 0;
    char *text = load_word(uri, reading->name, reading->files, error, &size);
    json_t *value = text == NULL ? NULL : json_stringn(text, size);

    if (text != NULL && value == NULL)
        str_addf(error, "%s is not valid UTF-8", uri);
    free(text);
    return value;
}

static json_t *parse_shorthand(struct option_reading *reading, const char *text)
{
    struct shorthand_files files = {.context = reading, .read = shorthand_file};
    struct str problem = STR_INIT;
    json_t *given = shorthand_parse(text, &files, &problem);
    json_t *shaped = NULL;

    if (given == NULL) {
        error_begin(reading);
        str_addf(reading->error, "Error parsing parameter '--%s': %s", reading->name,
                 str_text(&problem));
        reading->exit_code = EXIT_USAGE;
    } else {
        shaped = reading->field->type == FIELD_LIST
                     ? coerce_object(reading, reading->field->of, given)
                     : coerce(reading, reading->field, given);
        json_decref(given);
    }
    str_release(&problem);
    return shaped;
}

static bool looks_json(const char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    return *text == '{' || *text == '[';
}

/* A structure of one text, Value, may be given as that text. */
static bool is_bare_value(const struct field *field, const char *text)
{
    return field->type == FIELD_STRUCT && field->of->count == 1 &&
           strcmp(field->of->fields[0].name, "Value") == 0 &&
           field->of->fields[0].type == FIELD_STRING && strchr(text, '=') == NULL;
}

static json_t *read_structured(struct option_reading *reading, const char *word)
{
    size_t size = 0;
    char *text = load_word(word, reading->name, reading->files, reading->error, &size);
    json_t *value;

    if (text == NULL)
        return refuse(reading, EXIT_USAGE);
    if (looks_json(text))
        value = parse_json(reading, text, size);
    else if (is_bare_value(reading->field, text))
        value = json_pack("{s:s}", "Value", text);
    else
        value = parse_shorthand(reading, text);
    free(text);
    return value;
}

/* A list of the text's characters: what the AWS CLI makes of a file that is no JSON. */
static json_t *list_characters(struct option_reading *reading, const char *text, size_t size)
{
    const struct field item = field_item(reading->field);
    json_t *array = json_array();

    for (size_t at = 0; at < size;) {
        uint32_t code;
        size_t length = utf8_decode(text + at, size - at, &code);
        json_t *letter = json_stringn(text + at, length);
        json_t *value = letter == NULL ? json_string("\xef\xbf\xbd")
                                       : coerce(reading, &item, letter);

        json_decref(letter);
        if (value == NULL) {
            json_decref(array);
            return NULL;
        }
        json_array_append_new(array, value);
        at += length;
    }
    return array;
}

/* One word for the whole of a list of scalars: JSON, or a file. */
static json_t *read_list_word(struct option_reading *reading, const char *word)
{
    size_t size = 0;
    char *text = load_word(word, reading->name, reading->files, reading->error, &size);
    json_t *value;

    if (text == NULL)
        return refuse(reading, EXIT_USAGE);
    value = looks_json(text) ? parse_json(reading, text, size)
                             : list_characters(reading, text, size);
    free(text);
    if (value == NULL || json_is_array(value))
        return value;
    return json_pack("[o]", value);
}

static json_t *read_item(struct option_reading *reading, const char *word)
{
    const struct field item = field_item(reading->field);
    json_t *text;
    json_t *value;

    if (reading->field->of != NULL)
        return read_structured(reading, word);
    text = json_string(word);
    value = text == NULL ? json_string("\xef\xbf\xbd") : coerce(reading, &item, text);
    json_decref(text);
    return value;
}

/* A list: one word for all of it, or a word for each item. */
static json_t *read_list(struct option_reading *reading, const char *const *words, size_t count)
{
    json_t *array;

    if (count == 1 && reading->field->of == NULL &&
        (looks_json(words[0]) || str_starts(words[0], "file://")))
        return read_list_word(reading, words[0]);
    array = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *item = read_item(reading, words[i]);

        if (item == NULL || (count == 1 && json_is_array(item))) {
            json_decref(array);
            return item;
        }
        json_array_append_new(array, item);
    }
    return array;
}

static json_t *read_scalar(struct option_reading *reading, const char *word)
{
    size_t size = 0;
    char *text = load_word(word, reading->name, reading->files, reading->error, &size);
    json_t *given;
    json_t *value;

    if (text == NULL)
        return refuse(reading, EXIT_USAGE);
    given = json_stringn(text, size);
    if (given == NULL) {
        error_begin(reading);
        str_addf(reading->error, "Error parsing parameter '--%s': the value is not valid UTF-8",
                 reading->name);
        free(text);
        return refuse(reading, EXIT_USAGE);
    }
    free(text);
    value = coerce(reading, reading->field, given);
    json_decref(given);
    return value;
}

json_t *option_value_read(struct option_reading *reading, const char *const *words, size_t count)
{
    switch (reading->field->type) {
    case FIELD_LIST:
        return read_list(reading, words, count);
    case FIELD_STRUCT:
    case FIELD_EMBED:
    case FIELD_MAP:
        return read_structured(reading, words[0]);
    default:
        return read_scalar(reading, words[0]);
    }
}

json_t *option_value_object(const char *word, const char *name, const struct file_source *files,
                            struct str *error)
{
    bool yaml = strcmp(name, "cli-input-yaml") == 0;
    struct str problem = STR_INIT;
    size_t size = 0;
    char *text = load_word(word, name, files, error, &size);
    json_t *value;

    if (text == NULL)
        return NULL;
    value = yaml ? yaml_text_load(text, size, &problem) : json_text_load(text, size, &problem);
    if (value != NULL && !json_is_object(value)) {
        str_clear(error);
        str_addf(error,
                 "An error occurred (ParamValidation): Error parsing parameter '--%s': "
                 "Invalid type: expecting map, received %s",
                 name, value_python_type(value));
        json_decref(value);
        value = NULL;
    } else if (value == NULL) {
        str_clear(error);
        str_addf(error,
                 "An error occurred (ParamValidation): Error parsing parameter '%s': "
                 "Invalid %s received.",
                 name, yaml ? "YAML" : "JSON");
    }
    free(text);
    str_release(&problem);
    return value;
}
