/*
 * cloud/guest_curl.c - the word curl inside a guest: a request like any other, that its job waits
 * for.
 *
 * What its words mean and how its answer is printed is cloud/curl_line's.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/curl_line.h"
#include "cloud/guest_inside.h"
#include "sim/clock.h"

/* ---- asking ---- */

static bool read_line(const struct guest_command *command, struct curl_line *curl)
{
    if (!curl_line_read(curl, command->words, command->count, command->arena, command->err))
        return false;
    if (curl->jar_in == NULL && curl->jar_out == NULL)
        return true;
    str_addf(command->err, "curl: option %s: cookie files are not modelled inside an instance\n",
             curl->jar_in != NULL ? "-b" : "-c");
    return false;
}

static uint64_t begin(const struct guest_command *command, const struct curl_line *curl,
                      const char *url, struct guest_reply *reply)
{
    const struct guest_calls *calls = &command->guests->calls;
    const struct guest_ask ask = {
        .instance = command->guest->key,
        .url = url,
        .method = curl_line_method(curl),
        .headers = curl->headers,
        .insecure = curl->insecure,
        .connect_limit_ns = curl->connect_ms * MILLISECOND_NS,
        .limit_ns = curl->limit_ms * MILLISECOND_NS,
    };

    if (calls->ask == NULL) {
        *reply = (struct guest_reply){
            .url = url, .exit = 7, .error = "curl: (7) Failed to connect"};
        return 0;
    }
    return calls->ask(calls->context, &ask, command->arena, reply);
}

/* The wait before curl runs: nothing is printed yet. */
static uint64_t ask_curl(struct guest_command *command)
{
    struct str nowhere = STR_INIT;
    struct guest_command silent = *command;
    struct curl_line curl = {0};
    struct guest_reply reply = {0};
    uint64_t exchange = 0;

    silent.err = &nowhere;
    if (read_line(&silent, &curl))
        exchange = begin(command, &curl, curl.url, &reply);
    str_release(&nowhere);
    return exchange;
}

/* ---- printing ---- */

/* Curl's exit: 0, or 23 when the file cannot be written. */
static int text_keep(struct guest_command *command, const char *name, const struct str *text)
{
    const char *path = command_path(command, name);
    enum files_error error;

    if (strcmp(path, "/dev/null") == 0)
        return 0;
    error = files_write(&command->files, path,
                        (struct blob){.bytes = text->text, .size = text->length}, false);
    guest_dirty(command->guests, command->guest);
    if (error == FILES_OK)
        return 0;
    str_addf(command->err,
             "Warning: Failed to open the file %s: %s\n"
             "curl: (23) Failure writing output to destination\n",
             name, files_error_text(error));
    return CURL_WRITE;
}

static struct curl_outcome outcome_of(const struct guest_command *command,
                                      const struct guest_reply *reply)
{
    return (struct curl_outcome){
        .url = reply->url,
        .address = reply->address,
        .headers = reply->headers,
        .error = reply->error,
        .body = reply->body,
        .took_ns = reply->took_ns,
        .redirects = (uint32_t)command->turn,
        .status = reply->status,
        .exit = reply->exit,
        .port = reply->port,
    };
}

static int reply_print(struct guest_command *command, const struct curl_line *curl,
                       const struct guest_reply *reply)
{
    struct curl_outcome outcome = outcome_of(command, reply);
    const char *name = curl_line_file(curl, command->arena);
    struct str text = STR_INIT;

    outcome.exit = curl_line_print(curl, &outcome, &text, command->err);
    if (name == NULL) {
        str_addn(command->out, str_text(&text), text.length);
    } else if (outcome.exit == 0 && *name == '\0') {
        str_add(command->err, "curl: (23) Remote file name has no length\n");
        outcome.exit = CURL_WRITE;
    } else if (outcome.exit == 0) {
        outcome.exit = text_keep(command, name, &text);
    }
    str_release(&text);
    curl_line_write_out(curl, &outcome, command->out, command->err);
    return outcome.exit;
}

static const char *next_url(const struct guest_command *command, const struct curl_line *curl,
                            const struct guest_reply *reply)
{
    const struct curl_outcome outcome = outcome_of(command, reply);

    return curl_line_redirect(curl, &outcome, command->arena);
}

/* With -i the headers of every answer on the way are shown. */
static void print_turn(const struct guest_command *command, const struct curl_line *curl,
                       const struct guest_reply *reply)
{
    struct curl_outcome outcome = outcome_of(command, reply);

    outcome.body.size = 0;
    curl_line_print(curl, &outcome, command->out, command->err);
}

static int run_curl(struct guest_command *command)
{
    const struct guest_calls *calls = &command->guests->calls;
    struct curl_line curl = {0};
    struct guest_reply reply = {0};
    uint64_t next_exchange = 0;
    const char *next;

    if (!read_line(command, &curl))
        return CURL_BAD_OPTION;
    if (command->exchange != 0)
        calls->reply(calls->context, command->exchange, command->arena, &reply);
    else
        next_exchange = begin(command, &curl, curl.url, &reply);
    command->exchange = next_exchange;
    if (next_exchange != 0)
        return 0; /* comes here again with the answer */
    next = next_url(command, &curl, &reply);
    while (next != NULL) {
        if (command->turn >= CURL_REDIRECTS_MAX) {
            str_addf(command->err, "curl: (47) Maximum (%d) redirects followed\n",
                     CURL_REDIRECTS_MAX);
            return CURL_REDIRECTS;
        }
        print_turn(command, &curl, &reply);
        command->exchange = begin(command, &curl, next, &reply);
        if (command->exchange != 0)
            return 0;
        command->turn++;
        next = next_url(command, &curl, &reply);
    }
    return reply_print(command, &curl, &reply);
}

const struct guest_word guest_curl_words[] = {
    {.name = "curl", .run = run_curl, .ask = ask_curl},
    {.name = NULL},
};
