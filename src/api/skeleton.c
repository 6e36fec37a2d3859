/*
 * api/skeleton.c - --generate-cli-skeleton: an empty input to fill in.
 *
 * Every member with an empty value of its type; words show the first that is allowed, as the AWS
 * CLI does.
 */
#include "api/skeleton.h"

#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "api/declared.h"
#include "api/output.h"

enum { SKELETON_DEPTH = 8 };

static json_t *skeleton_object(const struct shape *shape, int depth);

static json_t *skeleton_scalar(enum field_type type, const char *const *words)
{
    switch (type) {
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
    default:
        return json_string(words == NULL ? "" : words[0]);
    }
}

static json_t *skeleton_member(const struct field *field, int depth)
{
    const struct field item = field_item(field);

    switch (field->type) {
    case FIELD_STRUCT:
    case FIELD_EMBED:
        return skeleton_object(field->of, depth + 1);
    case FIELD_MAP:
        return json_pack("{s:o}", "KeyName", skeleton_member(&item, depth));
    case FIELD_LIST:
        return json_pack("[o]", skeleton_member(&item, depth));
    default:
        return skeleton_scalar(field->type, field->words);
    }
}

static json_t *skeleton_object(const struct shape *shape, int depth)
{
    json_t *object = json_object();

    for (size_t i = 0; i < shape->count && depth < SKELETON_DEPTH; i++) {
        const struct field *field = &shape->fields[i];

        if ((field->flags & FIELD_HIDDEN) == 0)
            json_object_set_new(object, field->name, skeleton_member(field, depth));
    }
    return object;
}

void skeleton_add(struct str *out, const struct arguments *arguments)
{
    bool output = strcmp(arguments->skeleton, "output") == 0;
    struct arena arena = ARENA_INIT;
    const struct shape *shape =
        output ? declared_output(&arena, arguments->service, arguments->op) : arguments->in;
    json_t *object = skeleton_object(shape, 0);
    struct output_request request = {
        .value = object,
        .title = arguments->op->name,
        .format = strcmp(arguments->skeleton, "yaml-input") == 0 ? OUTPUT_YAML : OUTPUT_JSON,
    };

    output_add(out, &request, out);
    json_decref(object);
    arena_release(&arena);
}
