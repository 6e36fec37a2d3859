/*
 * tui/ask.c - views' questions, answered by the operations; each once for each state of the world.
 *
 * Several views and the status line ask the same: with thousands of instances an answer is worth
 * keeping until something happens.
 */
#include "tui/ask.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sim/clock.h"

static void drop_kept(struct ask *ask)
{
    for (uint32_t i = 0; i < ask->kept.count; i++) {
        free(ask->kept.items[i].question);
        json_decref(ask->kept.items[i].answer);
    }
    ask->kept.count = 0;
}

struct ask_stamp ask_stamp(const struct ask *ask)
{
    const struct world *world = ask->session->world;

    return (struct ask_stamp){
        .trail = trail_next(&world->trail),
        .seconds = world->sim.now / SECOND_NS,
        .row = session_seq(ask->session),
        .tray = ask->session->tray.changes,
        .asked = ask->asked,
    };
}

static bool same_stamp(const struct ask_stamp *a, const struct ask_stamp *b)
{
    return a->trail == b->trail && a->seconds == b->seconds && a->row == b->row &&
           a->tray == b->tray && a->asked == b->asked;
}

static char *question_text(const struct ask *ask, const struct view_question *question)
{
    char *params = question->params == NULL
                       ? xstrdup("")
                       : json_dumps(question->params, JSON_COMPACT | JSON_SORT_KEYS);
    char *text = xasprintf("%s %s %s %s", question->service, question->op,
                           question->region == NULL ? ask->source.region : question->region,
                           params);

    free(params);
    return text;
}

/* The answer to a question that the tables allow. */
static json_t *invoke(struct ask *ask, const struct view_question *question)
{
    const struct service *service = service_find(question->service);
    const struct op *op = service == NULL ? NULL : service_op_find(service, question->op);
    struct caller caller = ask->session->commander.caller;
    json_t *nothing = json_object();
    json_t *answer = NULL;
    struct call call;

    if (question->region != NULL) {
        int region = catalog_region_find(ask->session->catalog, question->region);

        caller.region = region < 0 ? caller.region : (uint8_t)region;
    }
    if (op != NULL && (op->flags & OP_WRITE) == 0) {
        if (invoke_json(&call, &caller, op,
                        question->params == NULL ? nothing : question->params, &answer) != 0) {
            json_decref(answer);
            answer = NULL;
        }
        call_release(&call);
    }
    json_decref(nothing);
    return answer;
}

static json_t *ask_question(void *context, const struct view_question *question)
{
    struct ask *ask = context;
    struct ask_stamp stamp = ask_stamp(ask);
    char *text = question_text(ask, question);

    if (!same_stamp(&stamp, &ask->stamp)) {
        drop_kept(ask);
        ask->stamp = stamp;
    }
    for (uint32_t i = 0; i < ask->kept.count; i++) {
        if (strcmp(ask->kept.items[i].question, text) == 0) {
            free(text);
            return json_incref(ask->kept.items[i].answer);
        }
    }
    *LIST_PUSH(&ask->kept) = (struct ask_kept){
        .question = text,
        .answer = invoke(ask, question),
    };
    return json_incref(ask->kept.items[ask->kept.count - 1].answer);
}

void ask_init(struct ask *ask, struct session *session)
{
    *ask = (struct ask){
        .session = session,
        .source = {.context = ask, .ask = ask_question},
    };
    ask_source(ask);
}

void ask_release(struct ask *ask)
{
    drop_kept(ask);
    LIST_RELEASE(&ask->kept);
}

const struct view_source *ask_source(struct ask *ask)
{
    const struct session *session = ask->session;

    ask->source.region = session->catalog->regions[session->commander.caller.region].name;
    return &ask->source;
}

void ask_forget(struct ask *ask)
{
    ask->asked++;
}
