/*
 * api/curl.c - the word curl: one request, followed to its answer.
 *
 * True to curl's manual for the options it takes; every other option of curl is refused by name.  A
 * connection is given up after 130 s unless --connect-timeout says otherwise, and the exit codes
 * are curl's own.
 */
#include "api/curl.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "api/command.h"
#include "api/lab_parts.h"
#include "cloud/world.h"
#include "sim/clock.h"

enum {
    CURL_REDIRECTS_MAX = 50,
    CURL_BAD_OPTION = 2,
    CURL_BAD_URL = 3,
    CURL_TOO_MANY_REDIRECTS = 47,
};

struct curl_options {
    bool silent;
    bool show_error;
    bool include;
    bool head;
    bool follow;
    bool fail;
    const char *method;
    const char *output;
    const char *write_out;
    const char *url;
    int64_t connect_ms; /* 0: curl's own */
    int64_t limit_ms;   /* 0: none */
    json_t *headers;    /* array; owned */
};

/* The answer to one request; owned JSON. */
struct curl_answer {
    json_t *view; /* of describe-request */
    int64_t redirects;
    const char *url; /* the last one asked */
};

/* ---- options ---- */

static int refuse_option(struct word_call *call, const char *option)
{
    str_addf(call->io.err,
             "curl: option %s: is not modelled here; there are -s -S -i -I -L -f -H -X -m "
             "--connect-timeout -o -w\n",
             option);
    return CURL_BAD_OPTION;
}

/* "2.5" -> 2500; -1 when it is no number. */
static int64_t milliseconds(const char *text)
{
    int64_t whole = 0;
    int64_t part = 0;
    int64_t unit = 100;

    if (!isdigit((unsigned char)*text))
        return -1;
    while (isdigit((unsigned char)*text) && whole < 1000000)
        whole = whole * 10 + (*text++ - '0');
    if (*text == '.')
        text++;
    for (; isdigit((unsigned char)*text); text++, unit /= 10)
        part += (*text - '0') * unit;
    return *text == '\0' ? whole * 1000 + part : -1;
}

/* One option that takes a value.  0, or an exit code. */
static int take_value(struct word_call *call, struct curl_options *options, const char *name,
                      const char *value)
{
    if (value == NULL) {
        str_addf(call->io.err, "curl: option %s: requires parameter\n", name);
        return CURL_BAD_OPTION;
    }
    if (strcmp(name, "-H") == 0 || strcmp(name, "--header") == 0) {
        json_array_append_new(options->headers, json_string(value));
    } else if (strcmp(name, "-m") == 0 || strcmp(name, "--max-time") == 0) {
        options->limit_ms = milliseconds(value);
    } else if (strcmp(name, "--connect-timeout") == 0) {
        options->connect_ms = milliseconds(value);
    } else if (strcmp(name, "-o") == 0 || strcmp(name, "--output") == 0) {
        options->output = value;
    } else if (strcmp(name, "-w") == 0 || strcmp(name, "--write-out") == 0) {
        options->write_out = value;
    } else if (strcmp(name, "-X") == 0 || strcmp(name, "--request") == 0) {
        options->method = value;
    } else if (strcmp(name, "--url") == 0) {
        options->url = value;
    } else {
        return refuse_option(call, name);
    }
    if (options->limit_ms < 0 || options->connect_ms < 0) {
        str_addf(call->io.err, "curl: option %s: expected a proper numerical parameter\n", name);
        return CURL_BAD_OPTION;
    }
    return 0;
}

/* A flag without a value; false when it is none. */
static bool take_flag(struct curl_options *options, const char *name)
{
    static const struct {
        const char *letter;
        const char *name;
        size_t offset;
    } flags[] = {
        {"-s", "--silent", offsetof(struct curl_options, silent)},
        {"-S", "--show-error", offsetof(struct curl_options, show_error)},
        {"-i", "--include", offsetof(struct curl_options, include)},
        {"-I", "--head", offsetof(struct curl_options, head)},
        {"-L", "--location", offsetof(struct curl_options, follow)},
        {"-f", "--fail", offsetof(struct curl_options, fail)},
    };

    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        if (strcmp(name, flags[i].letter) == 0 || strcmp(name, flags[i].name) == 0) {
            *(bool *)(void *)((char *)options + flags[i].offset) = true;
            return true;
        }
    }
    return false;
}

/* "-sIL" is three flags; "-m5" a flag with its value. */
static int take_letters(struct word_call *call, struct curl_options *options, size_t *at)
{
    const char *word = call->words[*at];

    for (size_t i = 1; word[i] != '\0'; i++) {
        char letter[3] = {'-', word[i], '\0'};
        const char *value;

        if (take_flag(options, letter))
            continue;
        if (strchr("HmowX", word[i]) == NULL)
            return refuse_option(call, letter);
        value = word[i + 1] != '\0' ? word + i + 1 : NULL;
        if (value == NULL && *at + 1 < call->count)
            value = call->words[++*at];
        return take_value(call, options, letter, value);
    }
    return 0;
}

static int read_options(struct word_call *call, struct curl_options *options)
{
    int status = 0;

    for (size_t i = 1; i < call->count && status == 0; i++) {
        const char *word = call->words[i];

        if (word[0] != '-' || word[1] == '\0') {
            if (options->url != NULL) {
                str_add(call->io.err, "curl: one URL at a time here\n");
                return CURL_BAD_OPTION;
            }
            options->url = word;
        } else if (word[1] != '-') {
            status = take_letters(call, options, &i);
        } else if (!take_flag(options, word)) {
            status =
                take_value(call, options, word, i + 1 < call->count ? call->words[i + 1] : NULL);
            i++;
        }
    }
    if (status == 0 && options->url == NULL) {
        str_add(call->io.err,
                "curl: no URL specified!\ncurl: try 'help curl' for more information\n");
        status = CURL_BAD_OPTION;
    }
    return status;
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

static json_t *send_params(const struct curl_options *options, const char *url)
{
    json_t *params = json_object();
    const char *method = options->method != NULL ? options->method : options->head ? "HEAD" : "GET";

    json_object_set_new(params, "Url", json_string(url));
    json_object_set_new(params, "Method", json_string(method));
    if (json_array_size(options->headers) > 0)
        json_object_set(params, "Headers", options->headers);
    if (options->connect_ms > 0)
        json_object_set_new(params, "ConnectTimeoutMs", json_integer(options->connect_ms));
    if (options->limit_ms > 0)
        json_object_set_new(params, "TimeoutMs", json_integer(options->limit_ms));
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
static json_t *ask(struct word_call *call, const struct curl_options *options, const char *url,
                   int *exit_code)
{
    json_t *params = send_params(options, url);
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

/* ---- following redirects ---- */

/* The value of a header of the answer, in fresh memory; NULL when it is not there. */
static char *header_find(const json_t *view, const char *name)
{
    const char *line = json_string_value(json_object_get(view, "Headers"));
    size_t length = strlen(name);

    while (line != NULL && *line != '\0') {
        if (strncasecmp(line, name, length) == 0 && line[length] == ':') {
            line += length + 1;
            line += strspn(line, " \t");
            return xstrndup(line, strcspn(line, "\r\n"));
        }
        line = strchr(line, '\n');
        line = line == NULL ? NULL : line + 1;
    }
    return NULL;
}

/* A Location is a whole URL, or a path on the same host. */
static char *join_url(const char *url, char *location)
{
    const char *host = strstr(url, "://");
    char *joined;

    if (strstr(location, "://") != NULL)
        return location;
    host = host == NULL ? url : host + 3;
    joined = xasprintf("%.*s%s%s", (int)(host - url + (ptrdiff_t)strcspn(host, "/?#")), url,
                       location[0] == '/' ? "" : "/", location);
    free(location);
    return joined;
}

static json_int_t view_integer(const json_t *view, const char *name)
{
    return json_integer_value(json_object_get(view, name));
}

/* ---- printing ---- */

static void write_variable(struct str *out, const char *name, const struct curl_answer *answer,
                           int exit_code)
{
    json_int_t took_us = view_integer(answer->view, "TookMicroseconds");
    const char *address = json_string_value(json_object_get(answer->view, "Address"));

    if (strcmp(name, "http_code") == 0 || strcmp(name, "response_code") == 0)
        str_addf(out, "%03" JSON_INTEGER_FORMAT, view_integer(answer->view, "Status"));
    else if (strcmp(name, "time_total") == 0)
        str_addf(out, "%" JSON_INTEGER_FORMAT ".%06" JSON_INTEGER_FORMAT, took_us / 1000000,
                 took_us % 1000000);
    else if (strcmp(name, "size_download") == 0)
        str_addf(out, "%" JSON_INTEGER_FORMAT, view_integer(answer->view, "Bytes"));
    else if (strcmp(name, "remote_ip") == 0)
        str_add(out, address == NULL ? "" : address);
    else if (strcmp(name, "remote_port") == 0)
        str_addf(out, "%" JSON_INTEGER_FORMAT, view_integer(answer->view, "Port"));
    else if (strcmp(name, "url_effective") == 0 || strcmp(name, "url") == 0)
        str_add(out, answer->url);
    else if (strcmp(name, "num_redirects") == 0)
        str_addf(out, "%lld", (long long)answer->redirects);
    else if (strcmp(name, "exitcode") == 0)
        str_addf(out, "%d", exit_code);
    else
        str_addf(out, "%%{%s}", name);
}

static void write_out(struct str *out, const char *format, const struct curl_answer *answer,
                      int exit_code)
{
    for (; *format != '\0'; format++) {
        const char *end = format[0] == '%' && format[1] == '{' ? strchr(format, '}') : NULL;

        if (end != NULL) {
            char *name = xstrndup(format + 2, (size_t)(end - format) - 2);

            write_variable(out, name, answer, exit_code);
            free(name);
            format = end;
        } else if (format[0] == '%' && format[1] == '%') {
            str_addc(out, *format++);
        } else if (format[0] == '\\' && format[1] != '\0') {
            format++;
            str_addc(out, *format == 'n'   ? '\n'
                          : *format == 't' ? '\t'
                          : *format == 'r' ? '\r'
                                           : *format);
        } else {
            str_addc(out, *format);
        }
    }
}

/* Headers come with CRLF, and so do some pages; on a screen and in tests a plain newline is the
 * same thing. */
static void add_lines(struct str *out, const char *text)
{
    for (; text != NULL && *text != '\0'; text++) {
        if (text[0] != '\r' || text[1] != '\n')
            str_addc(out, *text);
    }
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
        status = 23;
    }
    str_release(&why);
    return status;
}

static int print_answer(struct word_call *call, const struct curl_options *options,
                        const struct curl_answer *answer)
{
    int exit_code = (int)view_integer(answer->view, "ExitCode");
    json_int_t status = view_integer(answer->view, "Status");
    bool failed = options->fail && exit_code == 0 && status >= 400;
    const char *body = json_string_value(json_object_get(answer->view, "Body"));
    struct str text = STR_INIT;

    if (exit_code != 0 && (!options->silent || options->show_error))
        str_addf(call->io.err, "%s\n", json_string_value(json_object_get(answer->view, "Error")));
    if (options->include || options->head)
        add_lines(&text, json_string_value(json_object_get(answer->view, "Headers")));
    if (body != NULL && !options->head && !failed && options->output != NULL)
        str_add(&text, body);
    else if (body != NULL && !options->head && !failed)
        add_lines(&text, body);
    if (failed) {
        exit_code = 22;
        if (!options->silent || options->show_error)
            str_addf(call->io.err,
                     "curl: (22) The requested URL returned error: %" JSON_INTEGER_FORMAT "\n",
                     status);
    }
    if (options->output != NULL) {
        int kept = keep_file(call, options->output, &text);

        exit_code = kept != 0 ? kept : exit_code;
    } else {
        str_addn(call->io.out, str_text(&text), text.length);
    }
    if (options->write_out != NULL)
        write_out(call->io.out, options->write_out, answer, exit_code);
    str_release(&text);
    return exit_code;
}

static int fetch(struct word_call *call, const struct curl_options *options)
{
    struct curl_answer answer = {0};
    char *url = xstrdup(options->url);
    int exit_code = 0;

    for (;;) {
        json_int_t status;
        char *location;

        answer.url = url;
        answer.view = ask(call, options, url, &exit_code);
        if (answer.view == NULL)
            break;
        status = view_integer(answer.view, "Status");
        location = options->follow && status >= 301 && status <= 308
                       ? header_find(answer.view, "Location")
                       : NULL;
        if (location == NULL) {
            exit_code = print_answer(call, options, &answer);
            break;
        }
        if (++answer.redirects > CURL_REDIRECTS_MAX) {
            str_addf(call->io.err, "curl: (47) Maximum (%d) redirects followed\n",
                     CURL_REDIRECTS_MAX);
            exit_code = CURL_TOO_MANY_REDIRECTS;
            free(location);
            break;
        }
        json_decref(answer.view);
        location = join_url(url, location);
        free(url);
        url = location;
    }
    json_decref(answer.view);
    free(url);
    return exit_code;
}

int curl_run(struct word_call *call)
{
    struct curl_options options = {.headers = json_array()};
    int exit_code = read_options(call, &options);

    if (exit_code == 0)
        exit_code = fetch(call, &options);
    json_decref(options.headers);
    return exit_code;
}
