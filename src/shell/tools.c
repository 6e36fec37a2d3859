/*
 * shell/tools.c - the parts of the AWS command line as programs on their own, for pipes.
 */
#include "shell/tools.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "base/event_pattern.h"
#include "base/jmespath.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "api/arguments.h"
#include "api/error_text.h"
#include "api/json_text.h"
#include "api/output.h"
#include "api/sent.h"
#include "api/shorthand.h"
#include "shell/journal.h"

enum { INPUT_MAX = 64 << 20 };

static int print_bytes(int fd, const struct str *text)
{
    struct str clean = STR_INIT;
    const struct str *shown = text;
    size_t done = 0;

    if (isatty(fd)) {
        utf8_add_safe(&clean, str_text(text), text->length, UTF8_KEEP_LINES);
        shown = &clean;
    }
    while (done < shown->length) {
        ssize_t wrote = write(fd, shown->text + done, shown->length - done);

        if (wrote < 0 && errno != EINTR)
            break;
        done += wrote < 0 ? 0 : (size_t)wrote;
    }
    str_release(&clean);
    return done == shown->length ? 0 : EXIT_OTHER;
}

static int fail(int exit_code, const char *text)
{
    struct str error = STR_INIT;

    str_addf(&error, "%s%s\n", arguments_error_prefix("aws"), text);
    print_bytes(STDERR_FILENO, &error);
    str_release(&error);
    return exit_code;
}

/* What is wrong with a command line, in the format that the line itself asks for. */
static void fail_line(const char *program, const struct arguments *arguments,
                      const char *error_format)
{
    struct str error = STR_INIT;

    error_text_add_line(&error, &(struct error_text){
                                    .program = program,
                                    .format = arguments->service == NULL ||
                                                      arguments->error_format == NULL
                                                  ? error_format
                                                  : arguments->error_format,
                                    .message = str_text(&arguments->error),
                                });
    print_bytes(STDERR_FILENO, &error);
    str_release(&error);
}

static int usage(const char *how)
{
    struct str text = STR_INIT;

    str_addf(&text, "usage: nephoscope %s\n", how);
    print_bytes(STDERR_FILENO, &text);
    str_release(&text);
    return EXIT_USAGE;
}

/* All of a file, or of standard input; false with the reason. */
static bool read_input(const char *path, struct str *out, struct str *why)
{
    int fd = path == NULL || strcmp(path, "-") == 0 ? STDIN_FILENO
                                                    : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    char chunk[65536];
    ssize_t got = fd < 0 ? -1 : 1;

    while (got > 0 && out->length <= INPUT_MAX) {
        got = read(fd, chunk, sizeof(chunk));
        if (got < 0 && errno == EINTR)
            got = 1;
        else if (got > 0)
            str_addn(out, chunk, (size_t)got);
    }
    if (got < 0)
        str_addf(why, "%s: %s", path == NULL ? "standard input" : path, strerror(errno));
    else if (out->length > INPUT_MAX)
        str_addf(why, "the input is longer than 64 MiB");
    if (fd > STDIN_FILENO)
        close(fd);
    return why->length == 0;
}

/* The JSON of a file or of standard input; NULL after saying what is wrong. */
static json_t *read_json(const char *path)
{
    struct str text = STR_INIT;
    struct str why = STR_INIT;
    json_t *value = NULL;

    if (read_input(path, &text, &why))
        value = json_text_load(str_text(&text), text.length, &why);
    if (value == NULL)
        fail(EXIT_OTHER, str_text(&why));
    str_release(&text);
    str_release(&why);
    return value;
}

const char *tools_option(const char *const *words, size_t count, size_t *at, const char *name)
{
    size_t length = strlen(name);

    if (strncmp(words[*at], name, length) != 0)
        return NULL;
    if (words[*at][length] == '=')
        return words[*at] + length + 1;
    if (words[*at][length] == '\0' && *at + 1 < count)
        return words[++*at];
    return NULL;
}

static int bad_query(const char *query, const struct jmespath_error *error)
{
    struct str text = STR_INIT;
    int status;

    str_addf(&text, "An error occurred (ParamValidation): Bad value for --query %s: %s", query,
             error->message);
    status = fail(EXIT_USAGE, str_text(&text));
    str_release(&text);
    return status;
}

/* Replaces *value by what the query finds in it.  0, or an exit code after saying what is wrong. */
static int apply_query(const char *query, json_t **value)
{
    struct jmespath_error error = JMESPATH_ERROR_INIT;
    struct jmespath *path = jmespath_compile(query, &error);
    json_t *found = NULL;
    int status = 0;

    if (path == NULL) {
        status = bad_query(query, &error);
    } else {
        found = jmespath_search(path, *value, &error);
        if (found == NULL)
            status = fail(EXIT_OTHER, error.message);
    }
    json_decref(*value);
    *value = found;
    jmespath_free(path);
    jmespath_error_release(&error);
    return status;
}

static int print_value(struct output_request *request)
{
    struct str out = STR_INIT;
    struct str error = STR_INIT;
    int status = 0;

    if (output_add(&out, request, &error) != 0)
        status = EXIT_OTHER;
    if (print_bytes(STDOUT_FILENO, &out) != 0)
        status = EXIT_OTHER;
    if (error.length > 0)
        fail(EXIT_OTHER, str_text(&error));
    str_release(&out);
    str_release(&error);
    return status;
}

int tool_format(const char *const *words, size_t count)
{
    struct output_request request = {.title = "", .format = OUTPUT_JSON};
    const char *path = NULL;
    const char *query = NULL;
    json_t *value;
    int status = 0;

    for (size_t i = 0; i < count; i++) {
        const char *given;

        if ((given = tools_option(words, count, &i, "--output")) != NULL) {
            if (output_parse_name(given, &request.format) != 0)
                return usage("format [--output json|text|table|yaml|yaml-stream|off] [--query Q] "
                             "[--title T] [FILE]");
        } else if ((given = tools_option(words, count, &i, "--query")) != NULL) {
            query = given;
        } else if ((given = tools_option(words, count, &i, "--title")) != NULL) {
            request.title = given;
        } else if (words[i][0] == '-' && words[i][1] != '\0') {
            return usage("format [--output F] [--query Q] [--title T] [FILE]");
        } else {
            path = words[i];
        }
    }
    value = read_json(path);
    if (value == NULL)
        return EXIT_OTHER;
    if (query != NULL)
        status = apply_query(query, &value);
    request.value = value;
    if (status == 0)
        status = print_value(&request);
    json_decref(value);
    return status;
}

int tool_jp(const char *const *words, size_t count)
{
    struct output_request request = {.title = "", .format = OUTPUT_JSON};
    json_t *value;
    int status;

    if (count < 1 || count > 2)
        return usage("jp EXPRESSION [FILE]");
    value = read_json(count == 2 ? words[1] : NULL);
    if (value == NULL)
        return EXIT_OTHER;
    status = apply_query(words[0], &value);
    request.value = value;
    if (status == 0)
        status = print_value(&request);
    json_decref(value);
    return status;
}

static char *read_folder(void *context, const char *path, size_t *size, struct str *reason)
{
    (void)context;
    return journal_read_folder(path, size, reason);
}

/* key@=file://...: this is a person's own program, so the folder may be read. */
static json_t *shorthand_file(void *context, const char *uri, struct str *error)
{
    size_t size = 0;
    char *text = read_folder(context, strstr(uri, "://") + 3, &size, error);
    json_t *value = text == NULL ? NULL : json_stringn(text, size);

    if (text != NULL && value == NULL)
        str_addf(error, "%s is not valid UTF-8", uri);
    free(text);
    return value;
}

int tool_shorthand(const char *const *words, size_t count)
{
    struct shorthand_files files = {.read = shorthand_file};
    struct output_request request = {.title = "", .format = OUTPUT_JSON};
    struct str error = STR_INIT;
    json_t *value;
    int status;

    if (count > 1 && strcmp(words[0], "--") == 0) {
        words++;
        count--;
    }
    if (count != 1)
        return usage("shorthand [--] VALUE");
    value = shorthand_parse(words[0], &files, &error);
    if (value == NULL) {
        struct str text = STR_INIT;

        str_addf(&text, "An error occurred (ParamValidation): Error parsing parameter: %s",
                 str_text(&error));
        status = fail(EXIT_USAGE, str_text(&text));
        str_release(&text);
    } else {
        request.value = value;
        status = print_value(&request);
    }
    json_decref(value);
    str_release(&error);
    return status;
}

static int refuse_test(const char *code, const char *message)
{
    struct str error = STR_INIT;

    error_text_add(&error, &(struct error_text){
                               .program = "aws",
                               .code = code,
                               .op = "TestEventPattern",
                               .message = message,
                           });
    print_bytes(STDERR_FILENO, &error);
    str_release(&error);
    return EXIT_SERVICE;
}

/* Says whether the event matches, or what is wrong with it. */
static int print_match(const struct event_pattern *pattern, const struct str *text)
{
    struct event_fields *fields = event_fields_new();
    struct str out = STR_INIT;
    int status;

    if (event_fields_read(fields, str_text(text), text->length, NULL)) {
        str_add(&out, event_pattern_matches(pattern, fields) ? "match\n" : "nomatch\n");
        status = print_bytes(STDOUT_FILENO, &out);
    } else {
        status = refuse_test("ValidationException", "Parameter Event is not valid.");
    }
    event_fields_free(fields);
    str_release(&out);
    return status;
}

int tool_pattern(const char *const *words, size_t count)
{
    struct event_pattern *pattern;
    struct str text = STR_INIT;
    struct str why = STR_INIT;
    int status;

    if (count < 1 || count > 2)
        return usage("pattern PATTERN [FILE]");
    str_add(&why, "Event pattern is not valid. Reason: ");
    pattern = event_pattern_compile(words[0], strlen(words[0]), &why);
    if (pattern == NULL) {
        status = refuse_test("InvalidEventPatternException", str_text(&why));
    } else {
        str_clear(&why);
        status = read_input(count == 2 ? words[1] : NULL, &text, &why)
                     ? print_match(pattern, &text)
                     : fail(EXIT_OTHER, str_text(&why));
    }
    event_pattern_free(pattern);
    str_release(&text);
    str_release(&why);
    return status;
}

int tool_params(const char *const *words, size_t count, const char *error_format)
{
    struct file_source files = {.read = read_folder};
    struct output_request request = {.title = "", .format = OUTPUT_JSON};
    struct arguments arguments;
    json_t *value;
    int status;

    if (count > 0 && strcmp(words[0], "--") == 0) {
        words++;
        count--;
    }
    if (count < 1 || (strcmp(words[0], "aws") != 0 && strcmp(words[0], "lab") != 0))
        return usage("params -- aws SERVICE OPERATION ...");
    status = arguments_parse(&arguments, words[0], words + 1, count - 1, &files);
    if (status != 0) {
        fail_line(words[0], &arguments, error_format);
    } else if (arguments.op != NULL) {
        value = json_pack("{s:s, s:s, s:o}", "Service", arguments.service->name, "Operation",
                          arguments.op->name, "Parameters", sent_params(&arguments));
        request.value = value;
        status = print_value(&request);
        json_decref(value);
    }
    arguments_release(&arguments);
    return status;
}
