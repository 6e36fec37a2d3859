/*
 * api/curl.c - the word curl: one request, followed to its answer.
 *
 * What its words mean and how its answer is printed is cloud/curl_line's; here the request is sent
 * with the operations of lab, and time passes until it is over.
 */
#include "api/curl.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "api/command.h"
#include "api/lab_parts.h"
#include "cloud/cookie_jar.h"
#include "cloud/curl_line.h"
#include "cloud/world.h"
#include "sim/clock.h"

/* A curl at work: what its line says, and its cookies. */
struct fetching {
    struct word_call *call;
    const struct curl_line *line;
    struct arena *arena;
    struct cookie_jar jar;
};

/* ---- cookies ---- */

/* A file that is not there is an empty jar, as for curl. */
static void jar_open(struct fetching *fetching)
{
    const struct file_source *files = fetching->call->commander->files;
    struct str why = STR_INIT;
    size_t size = 0;
    char *bytes;

    if (fetching->line->jar_in == NULL || files == NULL)
        return;
    bytes = files->read(files->context, fetching->line->jar_in, &size, &why);
    if (bytes != NULL)
        cookie_jar_read(&fetching->jar, fetching->arena, bytes);
    free(bytes);
    str_release(&why);
}

/* The header Cookie for a URL, or NULL. */
static const char *jar_header(const struct fetching *fetching, const char *text)
{
    struct url url;

    if (!url_parse(fetching->arena, text, &url))
        return NULL;
    return cookie_jar_find(&fetching->jar, fetching->arena,
                           (struct jar_ask){
                               .host = url.host,
                               .path = url.path,
                               .now = fetching->call->commander->caller.world->sim.now,
                               .secure = strcmp(url.scheme, "https") == 0,
                           });
}

static void jar_take(struct fetching *fetching, const char *text, const char *headers)
{
    struct url url;

    if (headers != NULL && url_parse(fetching->arena, text, &url))
        cookie_jar_take(&fetching->jar, fetching->arena, headers, url.host,
                        fetching->call->commander->caller.world->sim.now);
}

/* ---- one request ---- */

static json_t *describe(struct word_call *call, json_int_t exchange)
{
    json_t *params = json_pack("{s:I}", "ExchangeId", exchange);
    json_t *view = NULL;

    command_invoke(call->commander, &op_lab_describe_request, params, &view, &call->io);
    json_decref(params);
    return view;
}

static void forget(struct word_call *call, json_int_t exchange)
{
    json_t *params = json_pack("{s:I}", "ExchangeId", exchange);
    json_t *nothing = NULL;

    command_invoke(call->commander, &op_lab_forget_request, params, &nothing, &call->io);
    json_decref(nothing);
    json_decref(params);
}

/* "A: b\r\nC: d\r\n" as a list of lines. */
static json_t *header_list(const char *headers)
{
    json_t *list = json_array();

    for (; *headers != '\0'; headers += strcspn(headers, "\n") + 1)
        json_array_append_new(list, json_stringn(headers, strcspn(headers, "\r\n")));
    return list;
}

static json_t *send_params(const struct fetching *fetching, const char *url)
{
    const struct curl_line *line = fetching->line;
    const char *cookies = jar_header(fetching, url);
    json_t *params = json_object();
    json_t *headers;

    json_object_set_new(params, "Url", json_string(url));
    json_object_set_new(params, "Method", json_string(curl_line_method(line)));
    headers = header_list(line->headers == NULL ? "" : line->headers);
    if (cookies != NULL)
        json_array_append_new(headers, json_sprintf("Cookie: %s", cookies));
    if (json_array_size(headers) > 0)
        json_object_set(params, "Headers", headers);
    json_decref(headers);
    if (line->insecure)
        json_object_set_new(params, "Insecure", json_true());
    if (line->connect_ms > 0)
        json_object_set_new(params, "ConnectTimeoutMs", json_integer(line->connect_ms));
    if (line->limit_ms > 0)
        json_object_set_new(params, "TimeoutMs", json_integer(line->limit_ms));
    return params;
}

/* Lets time pass until the request is over, a stretch at a time: events end it, and nobody knows
 * when.  0, or -1 when interrupted. */
static int follow(struct word_call *call, json_int_t exchange, const char *url)
{
    struct world *world = call->commander->caller.world;
    struct str what = STR_INIT;
    int status = 0;

    str_addf(&what, "curl %s", url);
    while (status == 0) {
        const struct exchange *one = exchange_find(&world->traffic, (uint64_t)exchange);
        int64_t next = sim_next_time(&world->sim);

        if (one == NULL || one->ended != 0 || next == SIM_NEVER)
            break;
        status = commander_advance(call->commander, next, str_text(&what));
    }
    str_release(&what);
    return status;
}

/* The answer's view, or NULL with the exit code. */
static json_t *ask(const struct fetching *fetching, const char *url, int *exit_code)
{
    struct word_call *call = fetching->call;
    json_t *params = send_params(fetching, url);
    json_t *sent = NULL;
    json_t *view = NULL;
    json_int_t exchange;

    *exit_code = 0;
    if (json_object_get(params, "Url") == NULL ||
        command_invoke(call->commander, &op_lab_send_request, params, &sent, &call->io) != 0) {
        *exit_code = CURL_BAD_URL;
        str_clear(call->io.err);
        str_addf(call->io.err, "curl: (3) URL rejected: Malformed input to a URL function\n");
    } else {
        exchange = json_integer_value(json_object_get(sent, "ExchangeId"));
        if (follow(call, exchange, url) != 0)
            *exit_code = EXIT_INTERRUPTED;
        else
            view = describe(call, exchange);
        forget(call, exchange);
    }
    json_decref(params);
    json_decref(sent);
    return view;
}

/* ---- the answer ---- */

static json_int_t view_integer(const json_t *view, const char *name)
{
    return json_integer_value(json_object_get(view, name));
}

/* Borrows from the view, which must outlive it. */
static struct curl_outcome outcome_of(json_t *view, const char *url, uint32_t redirects)
{
    json_t *body = json_object_get(view, "Body");

    return (struct curl_outcome){
        .url = url,
        .address = json_string_value(json_object_get(view, "Address")),
        .headers = json_string_value(json_object_get(view, "Headers")),
        .error = json_string_value(json_object_get(view, "Error")),
        .body.bytes = (char *)(uintptr_t)json_string_value(body),
        .body.size = json_string_length(body),
        .took_ns = view_integer(view, "TookMicroseconds") * MICROSECOND_NS,
        .redirects = redirects,
        .status = (int)view_integer(view, "Status"),
        .exit = (int)view_integer(view, "ExitCode"),
        .port = (uint16_t)view_integer(view, "Port"),
    };
}

static int keep_file(struct word_call *call, const char *name, const struct str *text)
{
    struct str why = STR_INIT;
    int status = 0;

    if (strcmp(name, "/dev/null") == 0)
        return 0;
    if (call->commander->keep_file == NULL ||
        call->commander->keep_file(call->commander->context, name, str_text(text), text->length,
                                   &why) != 0) {
        str_addf(call->io.err, "curl: (23) Failure writing output to destination: %s\n",
                 str_text(&why));
        status = CURL_WRITE;
    }
    str_release(&why);
    return status;
}

static int print_answer(struct word_call *call, const struct curl_line *line,
                        struct curl_outcome *outcome, struct arena *arena)
{
    const char *name = curl_line_file(line, arena);
    struct str text = STR_INIT;

    outcome->exit = curl_line_print(line, outcome, &text, call->io.err);
    if (name == NULL) {
        str_addn(call->io.out, str_text(&text), text.length);
    } else if (outcome->exit == 0 && *name == '\0') {
        str_add(call->io.err, "curl: (23) Remote file name has no length\n");
        outcome->exit = CURL_WRITE;
    } else if (outcome->exit == 0) {
        outcome->exit = keep_file(call, name, &text);
    }
    curl_line_write_out(line, outcome, call->io.out, call->io.err);
    str_release(&text);
    return outcome->exit;
}

static int fetch_all(struct fetching *fetching)
{
    struct word_call *call = fetching->call;
    const char *url = fetching->line->url;

    for (uint32_t redirects = 0; redirects <= CURL_REDIRECTS_MAX; redirects++) {
        int exit_code = 0;
        json_t *view = ask(fetching, url, &exit_code);
        struct curl_outcome outcome;

        if (view == NULL)
            return exit_code;
        outcome = outcome_of(view, url, redirects);
        jar_take(fetching, url, outcome.headers);
        url = curl_line_redirect(fetching->line, &outcome, fetching->arena);
        if (url == NULL)
            exit_code = print_answer(call, fetching->line, &outcome, fetching->arena);
        json_decref(view);
        if (url == NULL)
            return exit_code;
    }
    str_addf(call->io.err, "curl: (47) Maximum (%d) redirects followed\n", CURL_REDIRECTS_MAX);
    return CURL_REDIRECTS;
}

static int fetch(struct word_call *call, const struct curl_line *line, struct arena *arena)
{
    struct fetching fetching = {.call = call, .line = line, .arena = arena};
    struct str text = STR_INIT;
    int exit_code;

    jar_open(&fetching);
    exit_code = fetch_all(&fetching);
    if (line->jar_out != NULL && exit_code != EXIT_INTERRUPTED) {
        cookie_jar_write(&fetching.jar, &text);
        if (strcmp(line->jar_out, "-") == 0)
            str_addn(call->io.out, str_text(&text), text.length);
        else
            keep_file(call, line->jar_out, &text);
    }
    str_release(&text);
    return exit_code;
}

/* With -s nothing was said: the number alone tells what went wrong. */
static void tell_failure(struct word_call *call, size_t before, int exit_code)
{
    const char *said = strstr(str_text(call->io.err) + before, "curl: (");
    struct arena arena = ARENA_INIT;

    commander_refused(call->commander, NULL,
                      said != NULL ? said : arena_printf(&arena, "curl: (%d)", exit_code));
    arena_release(&arena);
}

/* Of the schemes that there are, curl speaks one in two ways here. */
static bool is_spoken(struct word_call *call, const struct curl_line *line, struct arena *arena)
{
    struct url url;

    if (!url_parse(arena, line->url, &url) || strcmp(url.scheme, "http") == 0 ||
        strcmp(url.scheme, "https") == 0 || strcmp(url.scheme, "telnet") == 0)
        return true;
    str_addf(call->io.err, "curl: (1) Protocol \"%s\" not supported\n", url.scheme);
    return false;
}

int curl_run(struct word_call *call)
{
    struct arena arena = ARENA_INIT;
    size_t before = call->io.err->length;
    struct curl_line line;
    int exit_code = CURL_BAD_OPTION;

    if (curl_line_read(&line, call->words, call->count, &arena, call->io.err))
        exit_code = is_spoken(call, &line, &arena) ? fetch(call, &line, &arena)
                                                   : CURL_BAD_SCHEME;
    if (exit_code != 0 && exit_code != EXIT_INTERRUPTED)
        tell_failure(call, before < call->io.err->length ? before : 0, exit_code);
    arena_release(&arena);
    return exit_code;
}
