/*
 * api/commander.c - who runs commands: the session's settings, and what only the floors above can
 * do.
 */
#include "api/commander.h"

#include "cloud/world.h"

bool commander_profile(const struct world *world, const char *profile, uint64_t *account)
{
    const struct account *found = account_find_profile(&world->accounts, profile);

    if (found == NULL)
        return false;
    *account = found->id;
    return true;
}

int commander_invoke(struct commander *commander, struct call *call, const struct caller *caller,
                     const struct op *op, const json_t *params, struct answer *answer)
{
    const void *object;
    json_t *json = NULL;

    *answer = ANSWER_INIT;
    if (commander->invoke != NULL) {
        *call = (struct call){.world = caller->world, .op = op};
        if (commander->invoke(commander->context, call, op, params, &json) != 0)
            return -1;
        answer_take_json(answer, json);
        return 0;
    }
    object = invoke_op(call, caller, op, params);
    if (object == NULL)
        return -1;
    answer_take(answer, call, object);
    return 0;
}

int commander_advance(struct commander *commander, int64_t until, const char *what)
{
    if (commander->advance != NULL)
        return commander->advance(commander->context, until, what);
    while (world_advance(commander->caller.world, until, UINT64_MAX) < until ||
           sim_is_due(&commander->caller.world->sim, until))
        continue;
    return 0;
}

void commander_page(struct commander *commander, const char *title, const struct str *text,
                    struct str *out)
{
    if (commander->page != NULL)
        commander->page(commander->page_context, title, str_text(text));
    else
        str_addn(out, str_text(text), text->length);
}

void commander_refused(struct commander *commander, const struct fault_kind *kind,
                       const char *message)
{
    if (commander->refused != NULL)
        commander->refused(commander->context, kind, message);
}
