/*
 * cloud/guest_curl.c - the word curl inside a guest: a request like any other, that its job waits
 * for.
 *
 * True to curl's manual for the options it takes, and to its exits and sentences; every other
 * option is refused by name.  Left out: the progress meter, TLS, more than one URL.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/guest_inside.h"
#include "sim/clock.h"

enum { CURL_BAD_OPTION = 2, CURL_HTTP = 22, CURL_WRITE = 23, CURL_REDIRECTS = 47, TURNS_MAX = 50 };

/* What the words say. */
struct curl {
    bool silent;
    bool show_error;
    bool include;
    bool head;
    bool follow;
    bool fail;
    bool remote_name; /* -O */
    const char *method;
    const char *output;
    const char *write_out;
    const char *url;
    const char *headers; /* lines ending in \r\n */
    int64_t connect_ms;  /* 0: curl's own */
    int64_t limit_ms;    /* 0: none */
};

/* ---- options ---- */

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

static bool refuse(const struct guest_command *command, const char *option, const char *why)
{
    str_addf(command->err, "curl: option %s: %s\n", option, why);
    return false;
}

static bool take_value(const struct guest_command *command, struct curl *curl, const char *name,
                       const char *value)
{
    static const char *const names[][2] = {
        {"--header", "-H"}, {"--max-time", "-m"},  {"--connect-timeout", "-c"}, {"--output", "-o"},
        {"--url", "-u"},    {"--write-out", "-w"}, {"--request", "-X"}};
    char letter = name[1] == '-' || name[1] == 'c' || name[1] == 'u' ? '\0' : name[1];

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && letter == '\0'; i++)
        letter = strcmp(name, names[i][0]) == 0 ? names[i][1][1] : '\0';
    if (letter == '\0' || strchr("HmcouwX", letter) == NULL)
        return refuse(command, name,
                      "is not modelled here; there are -s -S -i -I -L -f -H -X -m -o -O -w "
                      "--connect-timeout");
    if (value == NULL)
        return refuse(command, name, "requires parameter");
    if (letter == 'H')
        curl->headers = arena_printf(command->arena, "%s%.*s\r\n",
                                     curl->headers == NULL ? "" : curl->headers,
                                     (int)strcspn(value, "\r\n"), value);
    else if (letter == 'm')
        curl->limit_ms = milliseconds(value);
    else if (letter == 'c')
        curl->connect_ms = milliseconds(value);
    else if (letter == 'o')
        curl->output = value;
    else if (letter == 'w')
        curl->write_out = value;
    else if (letter == 'X')
        curl->method = value;
    else
        curl->url = value;
    if (curl->limit_ms < 0 || curl->connect_ms < 0)
        return refuse(command, name, "expected a proper numerical parameter");
    return true;
}

static bool take_flag(struct curl *curl, const char *name)
{
    static const struct {
        const char *letter;
        const char *name;
        size_t offset;
    } flags[] = {
        {"-s", "--silent", offsetof(struct curl, silent)},
        {"-S", "--show-error", offsetof(struct curl, show_error)},
        {"-i", "--include", offsetof(struct curl, include)},
        {"-I", "--head", offsetof(struct curl, head)},
        {"-L", "--location", offsetof(struct curl, follow)},
        {"-f", "--fail", offsetof(struct curl, fail)},
        {"-O", "--remote-name", offsetof(struct curl, remote_name)},
    };

    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        if (strcmp(name, flags[i].letter) == 0 || strcmp(name, flags[i].name) == 0) {
            *(bool *)(void *)((char *)curl + flags[i].offset) = true;
            return true;
        }
    }
    return false;
}

/* "-sSf", "-X PUT", "-XPUT": letters in one word; the last may take a value. */
static bool take_letters(const struct guest_command *command, struct curl *curl, uint32_t *at)
{
    const char *word = command->words[*at];

    for (const char *c = word + 1; *c != '\0'; c++) {
        char name[3] = {'-', *c, '\0'};
        const char *value = c[1] != '\0' ? c + 1 : NULL;

        if (take_flag(curl, name))
            continue;
        if (value == NULL && *at + 1 < command->count)
            value = command->words[++*at];
        return take_value(command, curl, name, value);
    }
    return true;
}

static bool take_words(const struct guest_command *command, struct curl *curl)
{
    for (uint32_t i = 1; i < command->count; i++) {
        const char *word = command->words[i];

        if (word[0] != '-' || word[1] == '\0') {
            if (curl->url != NULL)
                return refuse(command, word, "one URL at a time here");
            curl->url = word;
        } else if (word[1] != '-') {
            if (!take_letters(command, curl, &i))
                return false;
        } else if (!take_flag(curl, word)) {
            if (!take_value(command, curl, word,
                            i + 1 < command->count ? command->words[i + 1] : NULL))
                return false;
            i++;
        }
    }
    if (curl->url == NULL)
        str_add(command->err,
                "curl: (2) no URL specified\ncurl: try 'curl --help' for more information\n");
    return curl->url != NULL;
}

/* ---- asking ---- */

static uint64_t begin(const struct guest_command *command, const struct curl *curl,
                      const char *url, struct guest_reply *reply)
{
    const struct guest_calls *calls = &command->guests->calls;
    const struct guest_ask ask = {
        .instance = command->guest->key,
        .url = url,
        .method = curl->method != NULL ? curl->method : curl->head ? "HEAD" : "GET",
        .headers = curl->headers,
        .connect_limit_ns = curl->connect_ms * MILLISECOND_NS,
        .limit_ns = curl->limit_ms * MILLISECOND_NS,
    };

    if (calls->ask == NULL) {
        *reply = (struct guest_reply){.exit = 7, .error = "curl: (7) Failed to connect"};
        return 0;
    }
    return calls->ask(calls->context, &ask, command->arena, reply);
}

/* The wait before curl runs: nothing is printed yet. */
static uint64_t ask_curl(struct guest_command *command)
{
    struct str nowhere = STR_INIT;
    struct guest_command silent = *command;
    struct curl curl = {0};
    struct guest_reply reply = {0};
    uint64_t exchange = 0;

    silent.err = &nowhere;
    if (take_words(&silent, &curl))
        exchange = begin(command, &curl, curl.url, &reply);
    str_release(&nowhere);
    return exchange;
}

/* The value of a header of the answer, in the arena; NULL when it is not there. */
static const char *header_find(struct arena *arena, const char *line, const char *name)
{
    size_t length = strlen(name);

    while (line != NULL && *line != '\0') {
        if (strncasecmp(line, name, length) == 0 && line[length] == ':') {
            line += length + 1;
            line += strspn(line, " \t");
            return arena_strndup(arena, line, strcspn(line, "\r\n"));
        }
        line = strchr(line, '\n');
        line = line == NULL ? NULL : line + 1;
    }
    return NULL;
}

/* Where the answer sends to; NULL: nowhere.  A Location is a whole URL, or a path on the same host.
 */
static const char *redirect_url(struct arena *arena, const struct guest_reply *reply)
{
    const char *location = reply->status >= 300 && reply->status < 400
                               ? header_find(arena, reply->headers, "Location")
                               : NULL;
    const char *host = strstr(reply->url, "://");

    if (location == NULL || strstr(location, "://") != NULL)
        return location;
    host = host == NULL ? reply->url : host + 3;
    return arena_printf(arena, "%.*s%s%s",
                        (int)(host - reply->url + (ptrdiff_t)strcspn(host, "/?#")), reply->url,
                        location[0] == '/' ? "" : "/", location);
}

/* ---- printing ---- */

static void write_variable(const struct guest_command *command, const char *name,
                           const struct guest_reply *reply, int exit_code)
{
    struct str *out = command->out;
    long long took = (long long)(reply->took_ns / MICROSECOND_NS);

    if (strcmp(name, "http_code") == 0 || strcmp(name, "response_code") == 0)
        str_addf(out, "%03d", reply->status);
    else if (strcmp(name, "time_total") == 0)
        str_addf(out, "%lld.%06lld", took / 1000000, took % 1000000);
    else if (strcmp(name, "size_download") == 0)
        str_addf(out, "%llu", (unsigned long long)reply->body.size);
    else if (strcmp(name, "remote_ip") == 0)
        str_add(out, reply->address == NULL ? "" : reply->address);
    else if (strcmp(name, "remote_port") == 0)
        str_addf(out, "%u", (unsigned)reply->port);
    else if (strcmp(name, "url_effective") == 0 || strcmp(name, "url") == 0)
        str_add(out, reply->url);
    else if (strcmp(name, "num_redirects") == 0)
        str_addf(out, "%u", (unsigned)command->turn);
    else if (strcmp(name, "exitcode") == 0)
        str_addf(out, "%d", exit_code);
    else
        str_addf(command->err, "curl: unknown --write-out variable: '%s'\n", name);
}

static void write_out(const struct guest_command *command, const char *format,
                      const struct guest_reply *reply, int exit_code)
{
    for (; *format != '\0'; format++) {
        const char *end = format[0] == '%' && format[1] == '{' ? strchr(format, '}') : NULL;

        if (end != NULL) {
            write_variable(command,
                           arena_strndup(command->arena, format + 2, (size_t)(end - format) - 2),
                           reply, exit_code);
            format = end;
        } else if (format[0] == '%' && format[1] == '%') {
            str_addc(command->out, *format++);
        } else if (format[0] == '\\' && format[1] != '\0') {
            format++;
            str_addc(command->out, *format == 'n'   ? '\n'
                                   : *format == 't' ? '\t'
                                   : *format == 'r' ? '\r'
                                                    : *format);
        } else {
            str_addc(command->out, *format);
        }
    }
}

static void headers_print(struct str *out, const char *headers)
{
    for (; headers != NULL && *headers != '\0'; headers++) {
        if (*headers != '\r')
            str_addc(out, *headers);
    }
}

/* The last part of the URL's path: -O. */
static const char *remote_name(struct arena *arena, const char *url)
{
    const char *host = strstr(url, "://");
    const char *path = strchr(host == NULL ? url : host + 3, '/');
    size_t length = path == NULL ? 0 : strcspn(path, "?#");

    while (path != NULL && memchr(path, '/', length) != NULL) {
        const char *next = (const char *)memchr(path, '/', length) + 1;

        length -= (size_t)(next - path);
        path = next;
    }
    return path == NULL ? "" : arena_strndup(arena, path, length);
}

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

static int reply_print(struct guest_command *command, const struct curl *curl,
                       const struct guest_reply *reply)
{
    bool failed = curl->fail && reply->exit == 0 && reply->status >= 400;
    const char *name = curl->remote_name ? remote_name(command->arena, curl->url) : curl->output;
    bool loud = !curl->silent || curl->show_error;
    int exit_code = failed ? CURL_HTTP : reply->exit;
    struct str text = STR_INIT;

    if (reply->exit != 0 && loud)
        str_addf(command->err, "%s\n", reply->error);
    if (failed && loud)
        str_addf(command->err, "curl: (22) The requested URL returned error: %d\n",
                 reply->status);
    if ((curl->include || curl->head) && !failed)
        headers_print(&text, reply->headers);
    if (reply->body.size > 0 && !curl->head && !failed)
        str_addn(&text, reply->body.bytes, reply->body.size);
    if (name == NULL) {
        str_addn(command->out, str_text(&text), text.length);
    } else if (exit_code == 0 && *name == '\0') {
        str_add(command->err, "curl: (23) Remote file name has no length\n");
        exit_code = CURL_WRITE;
    } else if (exit_code == 0) {
        exit_code = text_keep(command, name, &text);
    }
    str_release(&text);
    if (curl->write_out != NULL)
        write_out(command, curl->write_out, reply, exit_code);
    return exit_code;
}

static int run_curl(struct guest_command *command)
{
    const struct guest_calls *calls = &command->guests->calls;
    struct curl curl = {0};
    struct guest_reply reply = {0};
    uint64_t next_exchange = 0;
    const char *next;

    if (!take_words(command, &curl))
        return CURL_BAD_OPTION;
    if (command->exchange != 0)
        calls->reply(calls->context, command->exchange, command->arena, &reply);
    else
        next_exchange = begin(command, &curl, curl.url, &reply);
    command->exchange = next_exchange;
    if (next_exchange != 0)
        return 0; /* comes here again with the answer */
    next = curl.follow && reply.exit == 0 ? redirect_url(command->arena, &reply) : NULL;
    while (next != NULL) {
        if (command->turn >= TURNS_MAX) {
            str_addf(command->err, "curl: (47) Maximum (%d) redirects followed\n", TURNS_MAX);
            return CURL_REDIRECTS;
        }
        if (curl.include || curl.head)
            headers_print(command->out, reply.headers);
        command->exchange = begin(command, &curl, next, &reply);
        if (command->exchange != 0)
            return 0;
        command->turn++;
        next = reply.exit == 0 ? redirect_url(command->arena, &reply) : NULL;
    }
    return reply_print(command, &curl, &reply);
}

const struct guest_word guest_curl_words[] = {
    {.name = "curl", .run = run_curl, .ask = ask_curl},
    {.name = NULL},
};
