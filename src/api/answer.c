/*
 * api/answer.c - what an operation answered: the object itself, and JSON for who looks into it.
 */
#include "api/answer.h"

#include <string.h>

#include "base/jmespath.h"
#include "api/service.h"
#include "api/value.h"

void answer_take(struct answer *answer, struct call *call, const void *object)
{
    *answer = (struct answer){
        .shape = call->op->out,
        .object = object,
        .arena = call->arena,
    };
    call->arena = ARENA_INIT;
}

void answer_take_json(struct answer *answer, json_t *json)
{
    *answer = (struct answer){.json = json};
}

json_t *answer_json(struct answer *answer)
{
    if (answer->json == NULL && answer->object != NULL)
        answer->json = value_to_json(answer->shape, answer->object);
    return answer->json;
}

/* The shape with the members alone that are needed. */
static const struct shape *narrow(struct arena *arena, const struct shape *shape,
                                  const struct jmespath_need *need)
{
    struct field *fields;
    struct shape *narrowed;

    if (need->whole)
        return shape;
    fields = arena_alloc(arena, shape->count * sizeof(*fields));
    narrowed = arena_alloc(arena, sizeof(*narrowed));
    *narrowed = (struct shape){.name = shape->name, .size = shape->size, .fields = fields};
    for (size_t i = 0; i < shape->count; i++) {
        for (uint32_t k = 0; k < need->members.count; k++) {
            const struct jmespath_need *member = need->members.items[k];
            struct field *field = &fields[narrowed->count];

            if (strcmp(shape->fields[i].name, member->name) != 0)
                continue;
            *field = shape->fields[i];
            /* Behind a map, the names of the expression are its keys, and no members. */
            if (field->of != NULL && (field->flags & FIELD_KEYED) == 0)
                field->of = narrow(arena, field->of, member);
            narrowed->count++;
        }
    }
    return narrowed;
}

json_t *answer_json_for(struct answer *answer, const struct jmespath *path)
{
    struct arena *arena = &answer->arena;

    if (answer->json != NULL || answer->object == NULL)
        return json_incref(answer_json(answer));
    return value_to_json(narrow(arena, answer->shape, jmespath_needs(path, arena)),
                         answer->object);
}

void answer_settle(struct answer *answer)
{
    answer_json(answer);
    answer->object = NULL;
}

void answer_release(struct answer *answer)
{
    json_decref(answer->json);
    arena_release(&answer->arena);
    *answer = ANSWER_INIT;
}
