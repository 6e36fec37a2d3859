/*
 * cloud/curl_line.c - the grammar of curl: its options, and how it prints an answer.
 *
 * Left out: the progress meter, TLS, more than one URL.
 */
#include "cloud/curl_line.h"

#include <ctype.h>
#include <string.h>

#include "cloud/header.h"
#include "sim/clock.h"

/* What is read, and where complaints go. */
struct curl_words {
    struct curl_line *line;
    const char *const *words;
    size_t count;
    struct arena *arena;
    struct str *err;
};

/* ---- options ---- */

static bool refuse(const struct curl_words *words, const char *option, const char *why)
{
    str_addf(words->err, "curl: option %s: %s\n", option, why);
    return false;
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

/* The options that take a value; `letter` is '\0' for those that have none. */
enum value_option {
    VALUE_HEADER,
    VALUE_MAX,
    VALUE_CONNECT,
    VALUE_OUTPUT,
    VALUE_URL,
    VALUE_WRITE,
    VALUE_METHOD,
    VALUE_AGENT,
    VALUE_COOKIE,
    VALUE_JAR,
};

static const struct {
    const char *name;
    char letter;
} value_options[] = {
    [VALUE_HEADER] = {"--header", 'H'},
    [VALUE_MAX] = {"--max-time", 'm'},
    [VALUE_CONNECT] = {"--connect-timeout", '\0'},
    [VALUE_OUTPUT] = {"--output", 'o'},
    [VALUE_URL] = {"--url", '\0'},
    [VALUE_WRITE] = {"--write-out", 'w'},
    [VALUE_METHOD] = {"--request", 'X'},
    [VALUE_AGENT] = {"--user-agent", 'A'},
    [VALUE_COOKIE] = {"--cookie", 'b'},
    [VALUE_JAR] = {"--cookie-jar", 'c'},
};

static int value_option_find(const char *name)
{
    for (size_t i = 0; i < sizeof(value_options) / sizeof(value_options[0]); i++) {
        if (strcmp(name, value_options[i].name) == 0 ||
            (name[1] != '-' && name[1] == value_options[i].letter && name[2] == '\0'))
            return (int)i;
    }
    return -1;
}

static void add_header(const struct curl_words *words, const char *name, const char *value)
{
    struct curl_line *line = words->line;

    line->headers = arena_printf(words->arena, "%s%s%.*s\r\n",
                                 line->headers == NULL ? "" : line->headers, name,
                                 (int)strcspn(value, "\r\n"), value);
}

static bool take_value(const struct curl_words *words, const char *name, const char *value)
{
    struct curl_line *line = words->line;
    int option = value_option_find(name);

    if (option < 0)
        return refuse(words, name,
                      "is not modelled here; there are -s -S -i -I -k -L -f -H -A -b -c -X "
                      "-m -o -O -w --connect-timeout");
    if (value == NULL)
        return refuse(words, name, "requires parameter");
    switch ((enum value_option)option) {
    case VALUE_HEADER:
        add_header(words, "", value);
        break;
    case VALUE_AGENT:
        add_header(words, "User-Agent: ", value);
        break;
    case VALUE_COOKIE:
        if (strchr(value, '=') == NULL)
            line->jar_in = value;
        else
            add_header(words, "Cookie: ", value);
        break;
    case VALUE_JAR:
        line->jar_out = value;
        break;
    case VALUE_MAX:
        line->limit_ms = milliseconds(value);
        break;
    case VALUE_CONNECT:
        line->connect_ms = milliseconds(value);
        break;
    case VALUE_OUTPUT:
        line->output = value;
        break;
    case VALUE_URL:
        line->url = value;
        break;
    case VALUE_WRITE:
        line->write_out = value;
        break;
    case VALUE_METHOD:
        line->method = value;
        break;
    }
    if (line->limit_ms < 0 || line->connect_ms < 0)
        return refuse(words, name, "expected a proper numerical parameter");
    return true;
}

static bool take_flag(struct curl_line *line, const char *name)
{
    static const struct {
        const char *letter;
        const char *name;
        size_t offset;
    } flags[] = {
        {"-s", "--silent", offsetof(struct curl_line, silent)},
        {"-S", "--show-error", offsetof(struct curl_line, show_error)},
        {"-i", "--include", offsetof(struct curl_line, include)},
        {"-I", "--head", offsetof(struct curl_line, head)},
        {"-k", "--insecure", offsetof(struct curl_line, insecure)},
        {"-L", "--location", offsetof(struct curl_line, follow)},
        {"-f", "--fail", offsetof(struct curl_line, fail)},
        {"-O", "--remote-name", offsetof(struct curl_line, remote_name)},
    };

    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        if (strcmp(name, flags[i].letter) == 0 || strcmp(name, flags[i].name) == 0) {
            *(bool *)(void *)((char *)line + flags[i].offset) = true;
            return true;
        }
    }
    return false;
}

/* "-sSf", "-X PUT", "-XPUT": letters in one word; the last may take a value. */
static bool take_letters(const struct curl_words *words, size_t *at)
{
    const char *word = words->words[*at];

    for (const char *c = word + 1; *c != '\0'; c++) {
        char name[3] = {'-', *c, '\0'};
        const char *value = c[1] != '\0' ? c + 1 : NULL;

        if (take_flag(words->line, name))
            continue;
        if (value == NULL && value_option_find(name) >= 0 && *at + 1 < words->count)
            value = words->words[++*at];
        return take_value(words, name, value);
    }
    return true;
}

static bool take_words(const struct curl_words *words)
{
    for (size_t i = 1; i < words->count; i++) {
        const char *word = words->words[i];

        if (word[0] != '-' || word[1] == '\0') {
            if (words->line->url != NULL)
                return refuse(words, word, "one URL at a time here");
            words->line->url = word;
        } else if (word[1] != '-') {
            if (!take_letters(words, &i))
                return false;
        } else if (!take_flag(words->line, word)) {
            if (!take_value(words, word, i + 1 < words->count ? words->words[i + 1] : NULL))
                return false;
            i++;
        }
    }
    return true;
}

bool curl_line_read(struct curl_line *line, const char *const *words, size_t count,
                    struct arena *arena, struct str *err)
{
    const struct curl_words all = {
        .line = line,
        .words = words,
        .count = count,
        .arena = arena,
        .err = err,
    };

    *line = (struct curl_line){0};
    if (!take_words(&all))
        return false;
    if (line->url == NULL)
        str_add(err, "curl: (2) no URL specified\n"
                     "curl: try 'curl --help' for more information\n");
    return line->url != NULL;
}

const char *curl_line_method(const struct curl_line *line)
{
    return line->method != NULL ? line->method : line->head ? "HEAD" : "GET";
}

/* ---- answers ---- */

/* A Location is a whole URL, or a path on the same host. */
const char *curl_line_redirect(const struct curl_line *line, const struct curl_outcome *outcome,
                               struct arena *arena)
{
    const char *location =
        line->follow && outcome->exit == 0 && outcome->status >= 300 && outcome->status < 400
            ? header_find(arena, outcome->headers, "Location")
            : NULL;
    const char *host = strstr(outcome->url, "://");

    if (location == NULL || strstr(location, "://") != NULL)
        return location;
    host = host == NULL ? outcome->url : host + 3;
    return arena_printf(arena, "%.*s%s%s",
                        (int)(host - outcome->url + (ptrdiff_t)strcspn(host, "/?#")), outcome->url,
                        location[0] == '/' ? "" : "/", location);
}

/* Headers come with CRLF, and so do some pages; on a screen a plain newline is the same thing. */
static void add_lines(struct str *out, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != '\r' || i + 1 == size || bytes[i + 1] != '\n')
            str_addc(out, bytes[i]);
    }
}

int curl_line_print(const struct curl_line *line, const struct curl_outcome *outcome,
                    struct str *text, struct str *err)
{
    bool failed = line->fail && outcome->exit == 0 && outcome->status >= 400;
    bool loud = !line->silent || line->show_error;

    if (outcome->exit != 0 && loud)
        str_addf(err, "%s\n", outcome->error);
    if (failed && loud)
        str_addf(err, "curl: (22) The requested URL returned error: %d\n", outcome->status);
    if ((line->include || line->head) && !failed && outcome->headers != NULL)
        add_lines(text, outcome->headers, strlen(outcome->headers));
    if (outcome->body.size > 0 && !line->head && !failed) {
        if (line->output != NULL || line->remote_name)
            str_addn(text, outcome->body.bytes, outcome->body.size);
        else
            add_lines(text, outcome->body.bytes, outcome->body.size);
    }
    return failed ? CURL_HTTP : outcome->exit;
}

const char *curl_line_file(const struct curl_line *line, struct arena *arena)
{
    const char *host = strstr(line->url, "://");
    const char *path = strchr(host == NULL ? line->url : host + 3, '/');
    size_t length = path == NULL ? 0 : strcspn(path, "?#");

    if (!line->remote_name)
        return line->output;
    while (path != NULL && memchr(path, '/', length) != NULL) {
        const char *next = (const char *)memchr(path, '/', length) + 1;

        length -= (size_t)(next - path);
        path = next;
    }
    return path == NULL ? "" : arena_strndup(arena, path, length);
}

static bool is_variable(const char *name, size_t length, const char *known)
{
    return strlen(known) == length && strncmp(name, known, length) == 0;
}

static bool write_variable(struct str *out, const char *name, size_t length,
                           const struct curl_outcome *outcome)
{
    long long took = (long long)(outcome->took_ns / MICROSECOND_NS);

    if (is_variable(name, length, "http_code") || is_variable(name, length, "response_code"))
        str_addf(out, "%03d", outcome->status);
    else if (is_variable(name, length, "time_total"))
        str_addf(out, "%lld.%06lld", took / 1000000, took % 1000000);
    else if (is_variable(name, length, "size_download"))
        str_addf(out, "%zu", outcome->body.size);
    else if (is_variable(name, length, "remote_ip"))
        str_add(out, outcome->address == NULL ? "" : outcome->address);
    else if (is_variable(name, length, "remote_port"))
        str_addf(out, "%u", (unsigned)outcome->port);
    else if (is_variable(name, length, "url_effective") || is_variable(name, length, "url"))
        str_add(out, outcome->url);
    else if (is_variable(name, length, "num_redirects"))
        str_addf(out, "%u", (unsigned)outcome->redirects);
    else if (is_variable(name, length, "exitcode"))
        str_addf(out, "%d", outcome->exit);
    else
        return false;
    return true;
}

static char escape_of(char c)
{
    return (char)(c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c);
}

void curl_line_write_out(const struct curl_line *line, const struct curl_outcome *outcome,
                         struct str *out, struct str *err)
{
    for (const char *c = line->write_out; c != NULL && *c != '\0'; c++) {
        const char *end = c[0] == '%' && c[1] == '{' ? strchr(c, '}') : NULL;

        if (end != NULL) {
            size_t length = (size_t)(end - c) - 2;

            if (!write_variable(out, c + 2, length, outcome))
                str_addf(err, "curl: unknown --write-out variable: '%.*s'\n", (int)length, c + 2);
            c = end;
        } else if (c[0] == '%' && c[1] == '%') {
            str_addc(out, *c++);
        } else if (c[0] == '\\' && c[1] != '\0') {
            str_addc(out, escape_of(*++c));
        } else {
            str_addc(out, *c);
        }
    }
}
