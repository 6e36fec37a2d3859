/*
 * lesson/class_words.c - what an instructor can say to a class.
 */
#include "lesson/class_words.h"

#include <stdlib.h>
#include <string.h>

#include "api/command.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "shell/fault_plan.h"
#include "shell/outside.h"
#include "lesson/class_post.h"
#include "lesson/class_status.h"

enum { TEXT_MAX = 2000, BOX_MAX = 24 * 60 };

const struct class_word class_words[] = {
    {"say", "say WHO TEXT", "Shows them a line.  WHO is a name, several with commas, or all."},
    {"hint", "hint WHO [TEXT]", "Gives them a hint: yours, or the lesson's next one."},
    {"freeze", "freeze [WHO]", "Stops simulated time, for all unless you say whose."},
    {"release", "release [WHO]", "Lets it run again."},
    {"box", "box MINUTES [WHO]",
     "A time box: after so many minutes the counting ends, never the work; 0 takes it away."},
    {"reset", "reset WHO STEP",
     "Takes them to a step, by its number or id, on a new branch: nothing is lost."},
    {"faults", "faults WHO FILE", "Breaks what a fault plan says, in their worlds."},
    {"lower", "lower WHO", "Takes a raised hand down, when you have seen to it."},
    {NULL, NULL, NULL},
};

/* One of the words while it is run. */
struct said {
    const struct class_call *call;
    const struct class_word *word;
    struct class_message message;
};

static int usage(const struct said *said)
{
    str_addf(said->call->err, "usage: %s\n", said->word->synopsis);
    return EXIT_USAGE;
}

/* Is there such a learner? */
static bool is_there(const struct said *said, const char *name)
{
    struct str why = STR_INIT;
    struct class_file seen;
    char *entry = xasprintf("%s%s", name, class_session_suffix);
    bool found = class_name_check(name, NULL) &&
                 class_file_look(said->call->folder->dir, entry, &seen, &why) == CLASS_READ;

    if (!found) {
        str_add(said->call->err, "there is no learner ");
        utf8_add_safe(said->call->err, name, strlen(name), UTF8_KEEP_NOTHING);
        str_add(said->call->err, " in this class\n");
    }
    free(entry);
    str_release(&why);
    return found;
}

/* "anna,bob", or "all".  0, or an exit code. */
static int read_who(struct said *said, const char *text)
{
    if (strcmp(text, "all") == 0)
        return 0;
    while (*text != '\0') {
        size_t length = strcspn(text, ",");
        char *name = xstrndup(text, length);

        if (!is_there(said, name)) {
            free(name);
            return EXIT_USAGE;
        }
        *LIST_PUSH(&said->message.to) = name;
        text += length;
        text += *text == ',';
    }
    return said->message.to.count > 0 ? 0 : usage(said);
}

/* The words from one on, with blanks between. */
static char *text_from(const struct said *said, size_t first)
{
    struct str text = STR_INIT;

    for (size_t i = first; i < said->call->count; i++) {
        if (i > first)
            str_addc(&text, ' ');
        str_add(&text, said->call->words[i]);
    }
    return text.length == 0 ? xstrdup("") : str_take(&text);
}

/* Sends it, and says to whom. */
static int send(struct said *said)
{
    const struct class_call *call = said->call;
    struct str why = STR_INIT;
    int status = 0;

    if (said->message.verb != CLASS_FAULTS && strlen(said->message.text) > TEXT_MAX)
        str_addf(&why, "that is longer than %d bytes", TEXT_MAX);
    else if (!utf8_valid(said->message.text, strlen(said->message.text)))
        str_add(&why, "that is no UTF-8 text");
    else
        class_post_send(call->folder, &said->message, &why);
    if (why.length > 0) {
        str_addf(call->err, "%s\n", str_text(&why));
        status = EXIT_OTHER;
    } else {
        str_addf(call->out, "%s: sent to ", said->word->name);
        for (uint32_t i = 0; i < said->message.to.count; i++)
            str_addf(call->out, "%s%s", i == 0 ? "" : ", ", said->message.to.items[i]);
        str_add(call->out, said->message.to.count == 0 ? "all\n" : "\n");
    }
    str_release(&why);
    return status;
}

static int run_box(struct said *said)
{
    const struct class_call *call = said->call;
    char *end = NULL;
    long minutes = strtol(call->words[1], &end, 10);
    int status;

    if (minutes < 0 || minutes > BOX_MAX || end == call->words[1] || *end != '\0')
        return usage(said);
    status = read_who(said, call->count == 3 ? call->words[2] : "all");
    said->message.text = xasprintf("%ld", minutes);
    return status != 0 ? status : send(said);
}

/* freeze, release: perhaps who, and no text. */
static int run_all(struct said *said)
{
    const struct class_call *call = said->call;
    int status = read_who(said, call->count == 2 ? call->words[1] : "all");

    said->message.text = xstrdup("");
    return status != 0 ? status : send(said);
}

/* say, hint, lower: who, and perhaps a text. */
static int run_text(struct said *said)
{
    int status = read_who(said, said->call->words[1]);

    said->message.text = text_from(said, 2);
    return status != 0 ? status : send(said);
}

/* A step's number that the learner's lesson does not have, as far as their status tells. */
static bool has_step(const struct said *said, const char *learner, long number)
{
    char *entry = class_status_name(learner);
    struct class_status status = {0};
    struct class_file seen;
    struct str bytes = STR_INIT;
    struct str why = STR_INIT;
    bool good = true;

    if (class_file_read(said->call->folder->dir, entry, &seen, &bytes, &why) == CLASS_READ &&
        class_status_read(&bytes, &status, &why) == 0) {
        good = status.steps == 0 || (number >= 1 && number <= (long)status.steps);
        if (!good)
            str_addf(said->call->err, "%s's lesson has %u steps\n", learner, status.steps);
        class_status_release(&status);
    }
    free(entry);
    str_release(&bytes);
    str_release(&why);
    return good;
}

static int run_reset(struct said *said)
{
    const char *step = said->call->words[2];
    char *end;
    long number = strtol(step, &end, 10);
    int status = class_step_check(step) ? read_who(said, said->call->words[1]) : usage(said);

    for (uint32_t i = 0; status == 0 && *end == '\0' && i < said->message.to.count; i++)
        status = has_step(said, said->message.to.items[i], number) ? 0 : EXIT_USAGE;
    said->message.text = xstrdup(step);
    return status != 0 ? status : send(said);
}

/* A plan that is none is not even sent. */
static int run_faults(struct said *said)
{
    const struct class_call *call = said->call;
    struct str why = STR_INIT;
    int status = read_who(said, call->words[1]);
    char *plan = status == 0 ? outside_script(call->words[2], false, &why) : NULL;

    if (plan != NULL && fault_plan_check(plan, strlen(plan), &why) >= 0) {
        said->message.text = plan;
        plan = NULL;
        status = send(said);
    } else if (status == 0) {
        utf8_add_safe(call->err, str_text(&why), why.length, UTF8_KEEP_NOTHING);
        str_addc(call->err, '\n');
        status = EXIT_USAGE;
    }
    free(plan);
    str_release(&why);
    return status;
}

/* What each of class_words does, in the same order. */
static const struct act {
    enum class_verb verb;
    int (*run)(struct said *said);
    size_t words_min; /* the word itself counts */
    size_t words_max;
} acts[] = {
    {CLASS_SAY, run_text, 3, SIZE_MAX}, {CLASS_HINT, run_text, 2, SIZE_MAX},
    {CLASS_FREEZE, run_all, 1, 2},      {CLASS_RELEASE, run_all, 1, 2},
    {CLASS_BOX, run_box, 2, 3},         {CLASS_RESET, run_reset, 3, 3},
    {CLASS_FAULTS, run_faults, 3, 3},   {CLASS_LOWER, run_text, 2, 2},
};
_Static_assert(sizeof(acts) / sizeof(acts[0]) + 1 == sizeof(class_words) / sizeof(class_words[0]),
               "each word does something");

int class_words_run(const struct class_call *call)
{
    struct said said = {.call = call, .word = class_words, .message = {.at = call->now}};
    const struct act *act;
    int status;

    while (said.word->name != NULL && strcmp(said.word->name, call->words[0]) != 0)
        said.word++;
    if (said.word->name == NULL) {
        str_add(call->err, "a class is not told to ");
        utf8_add_safe(call->err, call->words[0], strlen(call->words[0]), UTF8_KEEP_NOTHING);
        str_add(call->err, "; `help` lists what it can be told\n");
        return EXIT_USAGE;
    }
    if (call->folder->dir < 0) {
        str_addf(call->err, "the class's folder '%s' is gone\n", call->folder->path);
        return EXIT_OTHER;
    }
    act = &acts[said.word - class_words];
    said.message.verb = act->verb;
    status = call->count < act->words_min || call->count > act->words_max ? usage(&said)
                                                                          : act->run(&said);
    class_message_release(&said.message);
    return status;
}
