/*
 * api/condition_wire.c - conditions for the floor below: a fault that waits until one holds.
 *
 * What a fault waits for was filled in when it was typed: it has no variables, so that it means the
 * same wherever the journal is done again.
 */
#include "api/condition.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/world.h"

/* 0 with both to be released, or -1 with a sentence and only the arena to be released. */
static int read_text(const char *text, struct arena *arena, struct condition *condition,
                     struct str *why)
{
    if (condition_parse(arena_strdup(arena, text), arena, condition, why) != 0)
        return -1;
    if (condition->variable == NULL && strchr(condition->command, '$') == NULL)
        return 0;
    str_add(why, "a fault waits for a condition without $: in \"double quotes\" it is filled in "
                 "as it is typed");
    condition_release(condition);
    return -1;
}

int condition_check(const char *text, struct str *why)
{
    struct arena arena = ARENA_INIT;
    struct condition condition;
    int status = read_text(text, &arena, &condition, why);

    if (status == 0)
        condition_release(&condition);
    arena_release(&arena);
    return status;
}

static bool holds(void *context, const struct injection_plan *plan)
{
    struct condition_moment moment = {
        .caller = {.world = context, .account = plan->account, .region = plan->region},
    };
    struct arena arena = ARENA_INIT;
    struct str why = STR_INIT;
    struct condition condition;
    bool it_holds = false;

    if (read_text(plan->condition, &arena, &condition, &why) == 0) {
        struct condition_watch *watch = condition_watch_new(&condition);

        it_holds = condition_holds(watch, &moment);
        condition_watch_free(watch);
        condition_release(&condition);
    }
    condition_moment_release(&moment);
    str_release(&why);
    arena_release(&arena);
    return it_holds;
}

void condition_wire(struct world *world)
{
    world->injections.holds = holds;
    world->injections.holds_context = world;
}
