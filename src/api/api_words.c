/*
 * api/api_words.c - the words of the prompt that stand for operations: curl and the aliases.
 */
#include "api/api_words.h"

#include "base/mem.h"
#include "api/curl.h"

/* Runs `lab OPERATION` with the words that follow. */
static int alias(struct word_call *call, const char *operation)
{
    const char **words = xcalloc(call->count, sizeof(*words));
    int exit_code;

    words[0] = operation;
    for (size_t i = 1; i < call->count; i++)
        words[i] = call->words[i];
    exit_code = command_run(call->commander, "lab", words, call->count, &call->io);
    list_free(words);
    return exit_code;
}

static int word_break(struct word_call *call)
{
    return alias(call, "inject-fault");
}

static int word_mend(struct word_call *call)
{
    return alias(call, "clear-fault");
}

static int word_time(struct word_call *call)
{
    return alias(call, "describe-clock");
}

static int word_traffic(struct word_call *call)
{
    return alias(call, "start-traffic");
}

static int word_compare(struct word_call *call)
{
    return alias(call, "compare");
}

const struct word api_words[] = {
    {"curl", "curl [-s] [-i] [-I] [-k] [-L] [-H LINE] [-b JAR] [-c JAR] [-m SECONDS] [-o FILE] URL",
     "Asks a web server and prints its answer: lab send-request, describe-request.", curl_run},
    {"time", "time", "Shows the simulated clock: lab describe-clock.", word_time},
    {"break", "break --kind KIND --instance-id ID",
     "Breaks something on purpose: lab inject-fault.", word_break},
    {"mend", "mend --all", "Mends what was broken on purpose: lab clear-fault.", word_mend},
    {"traffic", "traffic --url http://HOST/ --rate N",
     "Lets many clients ask for a URL: lab start-traffic.", word_traffic},
    {"compare", "compare --url URL --rate N --variants Name=A ...",
     "Sends the same traffic into copies of this cloud that differ: lab compare.", word_compare},
    {NULL, NULL, NULL, NULL},
};
