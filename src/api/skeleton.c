/*
 * api/skeleton.c - --generate-cli-skeleton: an empty input to fill in, or an answer to look at.
 *
 * Every member has an empty value of its type; a string with words the first that is allowed (the
 * AWS CLI takes any of them), a string of an answer its own name.  In YAML each member has its
 * sentence behind it.  True to aws-cli's generatecliskeleton and botocore's ArgumentGenerator.
 */
#include "api/skeleton.h"

#include <string.h>

#include "base/mem.h"
#include "api/declared.h"
#include "api/output.h"

/* The structures that are being written, the innermost first.  A structure within itself is empty,
 * as botocore has it. */
struct nest {
    const struct shape *shape;
    const struct nest *outer;
};

static bool is_open(const struct nest *nest, const struct shape *shape)
{
    for (; nest != NULL; nest = nest->outer)
        if (strcmp(nest->shape->name, shape->name) == 0)
            return true;
    return false;
}

/* ---- values ---- */

/* name: what a string of an answer says; NULL in an input. */
static json_t *skeleton_value(const struct field *field, const char *name,
                              const struct nest *nest);

static json_t *skeleton_object(const struct shape *shape, bool answer, const struct nest *outer)
{
    const struct nest nest = {shape, outer};
    json_t *object = json_object();

    for (size_t i = 0; i < shape->count && !is_open(outer, shape); i++) {
        const struct field *field = &shape->fields[i];

        json_object_set_new(object, field->name,
                            skeleton_value(field, answer ? field->name : NULL, &nest));
    }
    return object;
}

static json_t *skeleton_string(const struct field *field, const char *name)
{
    if (name != NULL)
        return json_string(name);
    return json_string(field->words == NULL ? "" : field->words[0]);
}

static json_t *skeleton_value(const struct field *field, const char *name,
                              const struct nest *nest)
{
    const struct field item = field_item(field);

    switch (field->type) {
    case FIELD_STRUCT:
    case FIELD_EMBED:
        return skeleton_object(field->of, name != NULL, nest);
    case FIELD_MAP:
        return json_pack("{s:o}", "KeyName",
                         skeleton_value(&item, name == NULL ? NULL : "", nest));
    case FIELD_LIST:
        return json_pack("[o]", skeleton_value(&item, name == NULL ? NULL : "String", nest));
    case FIELD_INT:
    case FIELD_OPT_INT:
        return json_integer(0);
    case FIELD_BOOL:
    case FIELD_OPT_BOOL:
        return json_true();
    case FIELD_REAL:
        return json_real(0.0);
    case FIELD_TIME:
        return json_string("1970-01-01T00:00:00");
    case FIELD_BLOB:
        return json_null();
    default:
        return skeleton_string(field, name);
    }
}

/* ---- YAML, with what each member is for ---- */

static void yaml_object(struct str *out, const struct shape *shape, size_t indent,
                        const struct nest *outer);

/* "[REQUIRED] What it is. Valid values are: a, b." */
static void yaml_comment(struct str *comment, const struct field *field)
{
    if ((field->flags & FIELD_REQUIRED) != 0)
        str_add(comment, " [REQUIRED]");
    if (field->doc[0] != '\0')
        str_addf(comment, " %s", field->doc);
    if ((field->flags & FIELD_UNMODELLED) != 0)
        str_add(comment, " Not modelled here.");
    if (field->type != FIELD_STRING || field->words == NULL)
        return;
    str_add(comment, " Valid values are:");
    for (size_t i = 0; field->words[i] != NULL; i++)
        str_addf(comment, "%s %s", i == 0 ? "" : ",", field->words[i]);
    str_addc(comment, '.');
}

/* A value without members of its own, as it stands behind "KEY:" or "-". */
static void yaml_scalar(struct str *out, const struct field *field, const struct nest *nest)
{
    json_t *holder;
    struct str text = STR_INIT;
    struct output_request request = {.format = OUTPUT_YAML};

    if (field->type == FIELD_BLOB) {
        str_add(out, " !!binary ''");
        return;
    }
    holder = json_pack("{s:o}", "k", skeleton_value(field, NULL, nest));
    request.value = holder;
    output_add(&text, &request, &text);
    str_addn(out, str_text(&text) + strlen("k:"), strcspn(str_text(&text), "\n") - strlen("k:"));
    json_decref(holder);
    str_release(&text);
}

static bool is_struct(const struct field *field)
{
    return field->type == FIELD_STRUCT || field->type == FIELD_EMBED;
}

/* What stands on the lines below "KEY:". */
static void yaml_inside(struct str *out, const struct field *field, size_t indent,
                        const struct nest *nest)
{
    const struct field item = field_item(field);

    if (is_struct(field)) {
        yaml_object(out, field->of, indent + 2, nest);
        return;
    }
    str_fill(out, ' ', field->type == FIELD_LIST ? indent : indent + 2);
    if (field->type == FIELD_MAP) {
        str_add(out, "KeyName:");
        if (item.of != NULL) {
            str_addc(out, '\n');
            yaml_object(out, item.of, indent + 4, nest);
            return;
        }
    } else {
        str_addc(out, '-');
        if (item.of != NULL && item.of->count > 0 && !is_open(nest, item.of)) {
            struct str members = STR_INIT;

            yaml_object(&members, item.of, indent + 2, nest);
            /* the first member stands on the line of the dash */
            str_add(out, str_text(&members) + indent + 1);
            str_release(&members);
            return;
        }
    }
    yaml_scalar(out, &item, nest);
    str_addc(out, '\n');
}

/* The first comment of an object stands two blanks off, as the AWS CLI's writer of YAML does. */
static void yaml_object(struct str *out, const struct shape *shape, size_t indent,
                        const struct nest *outer)
{
    const struct nest nest = {shape, outer};
    bool first = true;

    for (size_t i = 0; i < shape->count; i++) {
        const struct field *field = &shape->fields[i];
        bool inside = (is_struct(field) && field->of->count > 0 && !is_open(&nest, field->of)) ||
                      field->type == FIELD_LIST || field->type == FIELD_MAP;
        struct str comment = STR_INIT;

        str_fill(out, ' ', indent);
        str_addf(out, "%s:", field->name);
        if (!inside)
            yaml_scalar(out, field, &nest);
        yaml_comment(&comment, field);
        if (comment.length > 0) {
            str_addf(out, "%s #%s", first ? " " : "", str_text(&comment));
            first = false;
        }
        str_release(&comment);
        str_addc(out, '\n');
        if (inside)
            yaml_inside(out, field, indent, &nest);
    }
}

/* ---- the three skeletons ---- */

void skeleton_add(struct str *out, const struct arguments *arguments)
{
    struct output_request request = {.format = OUTPUT_JSON};
    json_t *object;

    if (strcmp(arguments->skeleton, "yaml-input") == 0) {
        if (arguments->in->count == 0)
            str_add(out, "{}\n");
        yaml_object(out, arguments->in, 0, NULL);
        return;
    }
    object = skeleton_object(arguments->in, false, NULL);
    request.value = object;
    if (json_object_size(object) == 0)
        str_add(out, "{}\n");
    else
        output_add(out, &request, out);
    json_decref(object);
}

json_t *skeleton_answer(const struct arguments *arguments)
{
    struct arena arena = ARENA_INIT;
    json_t *answer =
        skeleton_object(declared_output(&arena, arguments->service, arguments->op), true, NULL);

    arena_release(&arena);
    return answer;
}
