/*
 * api/fault_form.c - each kind of fault as a form: what it is about, how much of it there may be,
 * and the options that say so.
 */
#include "api/fault_form.h"

#include "base/str.h"

const struct fault_form *fault_form_of(int kind)
{
    for (const struct fault_form *form = fault_forms; form->kind != 0; form++) {
        if (form->kind == kind)
            return form;
    }
    return NULL;
}

bool fault_form_takes(const struct fault_form *form, const char *option)
{
    return str_equal(form->subject, option) ||
           (form->other != NULL && str_equal(form->other, option));
}

static const char instance[] = "--instance-id";
static const char host[] = "--host-id";
static const char zone[] = "--availability-zone";
static const char region[] = "--region-name";
static const char queue[] = "--queue-url";
static const char percent[] = "--percent";

/* kind, doc, subject, other, amount, unit */
const struct fault_form fault_forms[] = {
    {INJECT_WEB_SERVER, "its web server stops", instance, NULL, NULL, NULL},
    {INJECT_INSTANCE, "its kernel stops; the host is well", instance, NULL, NULL, NULL},
    {INJECT_HOST, "the host breaks, with all that runs on it", instance, host, NULL, NULL},
    {INJECT_ZONE, "every host of the zone breaks", zone, NULL, NULL, NULL},
    {INJECT_SLOW, "its server computes more slowly", instance, NULL, "--factor",
     "times as slow"},
    {INJECT_PAGES, "its web server answers 500", instance, NULL, percent,
     "percent of the answers"},
    {INJECT_HANG, "its web server never answers", instance, NULL, percent,
     "percent of the requests"},
    {INJECT_PORT, "its web server listens on another port", instance, NULL, "--port", "the port"},
    {INJECT_LATENCY, "packets between this zone and others take longer", zone, NULL,
     "--milliseconds", "ms more, each way"},
    {INJECT_LOSS, "packets into and out of the zone are lost", zone, NULL, percent,
     "percent of the packets"},
    {INJECT_NEIGHBOUR, "others come to the host, who want much CPU", instance, host, percent,
     "percent of its threads"},
    {INJECT_STOP, "it hangs on its way down: only force stops it", instance, NULL, NULL, NULL},
    {INJECT_REGION, "the Region is lost: hosts and services", region, NULL, NULL, NULL},
    {INJECT_RETIRE, "the host's hardware degrades: it is taken away", instance, host, "--hours",
     "hours from then"},
    {INJECT_SPOT, "others want the spare capacity it runs on", instance, NULL, NULL, NULL},
    {INJECT_STORAGE, "one of the servers that the queue lies on is out", queue, NULL, NULL, NULL},
    {.kind = 0},
};

_Static_assert(sizeof(fault_forms) / sizeof(fault_forms[0]) == INJECT_LAST_ + 1,
               "a form for each kind");
