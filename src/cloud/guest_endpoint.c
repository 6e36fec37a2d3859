/*
 * cloud/guest_endpoint.c - the program sns-endpoint in guests: it hears what SNS posts to them.
 *
 * Each POST becomes a line of its log: when, what kind, with which status it was answered, and the
 * body on one line.  It confirms subscriptions by itself when its settings say so, as programs at
 * AWS have to: it fetches the SubscribeURL.
 *
 * The program is this console's own; AWS has none such.  What the header lines and the envelope say
 * is true to the SNS developer guide, "Parsing Amazon SNS message formats".
 */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/guest_inside.h"
#include "cloud/header.h"
#include "sim/clock.h"

#define SETTINGS "/etc/sns-endpoint.conf"
#define LOG "/var/log/sns-endpoint.log"
#define WORK_NOTICE_NS (2 * MILLISECOND_NS)

enum { LOG_MAX = 512 * 1024 }; /* bytes; then its older half goes */

/* ---- what SNS sent ---- */

static const char *member(const json_t *json, const char *name, struct arena *arena)
{
    return arena_strdup(arena, json_string_value(json_object_get(json, name)));
}

bool guest_notice_read(const struct guest_request *request, struct arena *arena,
                       struct guest_notice *notice)
{
    json_t *json;

    *notice = (struct guest_notice){
        .type = header_find(arena, request->headers, "x-amz-sns-message-type"),
        .message_id = header_find(arena, request->headers, "x-amz-sns-message-id"),
        .topic = header_find(arena, request->headers, "x-amz-sns-topic-arn"),
        .subscription = header_find(arena, request->headers, "x-amz-sns-subscription-arn"),
        .raw = str_equal(header_find(arena, request->headers, "x-amz-sns-rawdelivery"), "true"),
        .message = request->body,
    };
    if (notice->type == NULL || request->body == NULL || !str_equal(request->method, "POST"))
        return false;
    if (notice->raw)
        return true;
    json = json_loads(request->body, 0, NULL);
    notice->message = member(json, "Message", arena);
    notice->subject = member(json, "Subject", arena);
    notice->subscribe_url = member(json, "SubscribeURL", arena);
    json_decref(json);
    return notice->message != NULL;
}

const char *guest_notice_confirm(struct guests *guests, const struct guest *guest,
                                 const struct guest_notice *notice, struct arena *arena)
{
    const struct guest_calls *calls = &guests->calls;
    struct guest_reply reply = {0};
    uint64_t exchange;

    if (notice->subscribe_url == NULL || calls->ask == NULL)
        return "there is no SubscribeURL";
    exchange = calls->ask(calls->context,
                          &(struct guest_ask){
                              .instance = guest->key,
                              .url = notice->subscribe_url,
                              .method = "GET",
                          },
                          arena, &reply);
    if (exchange != 0) { /* no endpoint of AWS answers at once: the network does not lead there */
        calls->drop(calls->context, exchange);
        return "the SubscribeURL could not be reached from here";
    }
    if (reply.exit != 0)
        return reply.error;
    return reply.status == 200 ? NULL
                               : arena_printf(arena, "the SubscribeURL answered %d", reply.status);
}

/* ---- its settings and its log ---- */

/* "KEY = VALUE" in a line of its own; `otherwise` when there is none. */
static const char *setting(struct files *files, const char *key, const char *otherwise,
                           struct arena *arena)
{
    const struct file_node *node = files_find(files, SETTINGS, NULL);
    struct blob content = node == NULL ? (struct blob){0} : files_read(files, node, arena);
    const char *line =
        arena_strndup(arena, content.bytes == NULL ? "" : content.bytes, content.size);
    size_t length = strlen(key);

    for (; *line != '\0'; line += strcspn(line, "\n") + (line[strcspn(line, "\n")] == '\n')) {
        const char *at = line + strspn(line, " \t");

        if (strncmp(at, key, length) != 0)
            continue;
        at += length + strspn(at + length, " \t");
        if (*at != '=')
            continue;
        at += 1 + strspn(at + 1, " \t");
        return arena_strndup(arena, at, strcspn(at, " \t\r\n#"));
    }
    return otherwise;
}

/* On one line: JSON without its blanks; of other texts, a blank for each line's end. */
static const char *on_one_line(const char *body, struct arena *arena)
{
    json_t *json = json_loads(body, 0, NULL);
    char *text = json == NULL ? xstrdup(body) : json_dumps(json, JSON_COMPACT);
    const char *kept;

    for (char *at = text; *at != '\0'; at++)
        if ((unsigned char)*at < ' ')
            *at = ' ';
    kept = arena_strdup(arena, text);
    free(text);
    json_decref(json);
    return kept;
}

static void log_line(struct files *files, const char *line, struct arena *arena)
{
    struct blob text = {.bytes = (char *)(uintptr_t)line, .size = strlen(line)};
    const struct file_node *node = files_find(files, LOG, NULL);

    if (node != NULL && node->size + text.size > LOG_MAX) {
        struct blob old = files_read(files, node, arena);
        size_t from = old.size / 2;

        while (from < old.size && old.bytes[from - 1] != '\n')
            from++;
        files_write(files, LOG, (struct blob){.bytes = old.bytes + from, .size = old.size - from},
                    false);
    }
    files_write(files, LOG, text, true);
}

/* ---- serving ---- */

static void say(struct guest_answer *answer, int status, const char *text, struct arena *arena)
{
    answer->status = status;
    answer->reason = guest_reason(status);
    answer->body = (struct blob){.bytes = arena_strdup(arena, text), .size = strlen(text)};
    *LIST_PUSH_IN(arena, &answer->headers) =
        (struct pair){.key = "Content-Type", .value = "text/plain; charset=UTF-8"};
    *LIST_PUSH_IN(arena, &answer->headers) = (struct pair){
        .key = "Content-Length",
        .value = arena_printf(arena, "%zu", answer->body.size),
    };
}

static void hear(struct guests *guests, struct guest *guest, struct files *files,
                 const struct guest_request *request, struct arena *arena,
                 struct guest_answer *answer)
{
    int status = (int)strtol(setting(files, "answer", "200", arena), NULL, 10);
    bool confirms = str_equal(setting(files, "confirm", "yes", arena), "yes");
    const char *end = "";
    struct guest_notice notice;
    char time[CLOCK_TEXT_SIZE];

    if (status < 100 || status > 599)
        status = 500;
    if (!guest_notice_read(request, arena, &notice))
        notice.type = "POST";
    else if (str_equal(notice.type, "SubscriptionConfirmation") && confirms && status < 300) {
        const char *why = guest_notice_confirm(guests, guest, &notice, arena);

        end = why == NULL ? " confirmed"
                          : arena_printf(arena, " not confirmed: %s", on_one_line(why, arena));
    }
    log_line(files,
             arena_printf(arena, "%s %s %d %s%s\n", clock_format(files->now, CLOCK_MILLI_Z, time),
                          notice.type, status,
                          on_one_line(request->body == NULL ? "" : request->body, arena), end),
             arena);
    guest_dirty(guests, guest);
    answer->work_ns = WORK_NOTICE_NS;
    say(answer, status, "", arena);
}

void guest_endpoint_serve(struct guests *guests, struct guest *guest,
                          const struct guest_request *request, struct arena *arena,
                          struct guest_answer *answer)
{
    struct files files;

    if (!guest_mount(guests, guest, 0, &files))
        return;
    *answer = (struct guest_answer){.work_ns = WORK_REQUEST_NS};
    if (str_equal(request->method, "POST"))
        hear(guests, guest, &files, request, arena, answer);
    else if (str_equal(request->method, "GET") || str_equal(request->method, "HEAD"))
        say(answer, 200, "sns-endpoint: POST is heard here, and kept in " LOG "\n", arena);
    else
        say(answer, 405, "", arena);
    if (str_equal(request->method, "HEAD"))
        answer->body = (struct blob){0};
}
