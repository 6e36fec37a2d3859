/*
 * api/answer.c - what an operation answered: the object itself, and JSON for who looks into it.
 */
#include "api/answer.h"

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
