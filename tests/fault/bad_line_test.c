/*
 * fault/bad_line_test.c - if this fails, a line that nobody meant changes a session, stops the
 * program, or sends bytes to the terminal that it obeys.
 *
 * Each line is given to `exec` on standard input, on a session that must be the same afterwards.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "program.h"

#include "base/mem.h"

/* CPU time; the sanitisers and a busy machine cost more than the 50 ms that are promised. */
enum { CPU_MAX_US = 50000, CPU_SLACK = 10, LONG_BYTES = 1 << 20 };

/* A line: `head`, `unit` so many times, `tail`.  A part's zero bytes are written as `bytes`. */
struct bad_line {
    const char *name;
    const char *head;
    const char *unit;
    size_t count;
    const char *tail;
    int status;
    const char *says; /* in what is printed on standard error */
};

#define LBS "aws elbv2 describe-load-balancers "
#define ID "aws sts get-caller-identity "
#define NEWGROUP "aws elbv2 create-target-group --name t "
#define TAGS NEWGROUP "--tags "

static const struct bad_line words_lines[] = {
    {"a word of a megabyte", "", "a", LONG_BYTES, "", 127, "aaa...: command not found"},
    {"an argument of a megabyte", ID, "a", LONG_BYTES, "", 252, "Unknown options: aaa"},
    {"a hundred thousand arguments", ID, "a ", 100000, "", 252, "Unknown options: a, a"},
    {"an open double quote", "aws \"x", NULL, 0, NULL, 252, "this quote \" is not closed"},
    {"an open single quote", "aws 'x", NULL, 0, NULL, 252, "this quote ' is not closed"},
    {"an open substitution", "aws $(x", NULL, 0, NULL, 252, "this $( is not closed"},
    {"five thousand substitutions", "echo ", "$(", 5000, "a", 252, "nested too deeply"},
    {"no UTF-8", "aws sts \xff\xfe", NULL, 0, NULL, 252, "column 9: this byte is not UTF-8"},
    {"a long form", "aws sts \xc0\xaf", NULL, 0, NULL, 252, "column 9: this byte is not UTF-8"},
    {"a lone surrogate", "aws \xed\xa0\x80", NULL, 0, NULL, 252, "this byte is not UTF-8"},
    {"a loop", "for i in 1 2; do echo; done", NULL, 0, NULL, 252, "loops are not modelled"},
    {"a function", "f() { echo; }", NULL, 0, NULL, 252, "functions"},
    {"the background", "sleep 1 &", NULL, 0, NULL, 252, "in the background"},
    {"backticks", "echo `x`", NULL, 0, NULL, 252, "use $(...)"},
    {"a here-document", "cat <<E\nx\nE", NULL, 0, NULL, 252, "here-documents"},
    {"a pipe to nobody", NEWGROUP "--protocol HTTP --port 80 | nosuchprogram", NULL, 0, NULL, 127,
     "nosuchprogram: command not found"},
    {"a pipe to a megabyte", "echo x | ", "a", LONG_BYTES, NULL, 127, "aaa...: command not found"},
    {"a pipe with a megabyte", "echo x | cat ", "a", LONG_BYTES, NULL, 126,
     "Argument list too long"},
    {"a pipe to the real CLI", "echo x | aws s3 ls", NULL, 0, NULL, 252, "nothing of this cloud"},
    {"a pipe to a folder", "echo x | /", NULL, 0, NULL, 127, "/: command not found"},
    {"a folder to be written", NEWGROUP "> ./", NULL, 0, NULL, 255, "./: Is a directory"},
    {"a full disk", NEWGROUP "> /dev/full", NULL, 0, NULL, 255, "/dev/full: no regular file"},
    {"a path of a megabyte", "echo x > ./", "a", LONG_BYTES, NULL, 255, "File name too long"},
    {"no such word", "branchs", NULL, 0, NULL, 127, "did you mean `branches`?"},
    {"a service alone", "elbv2 describe-load-balancers", NULL, 0, NULL, 127, "`aws elbv2`"},
    {"no variable's name", "export 1x=2", NULL, 0, NULL, 1, "not a valid identifier"},
    {"an empty variable's name", "export =2", NULL, 0, NULL, 1, "not a valid identifier"},
    {"no such row", "rewind 99999999999999999999", NULL, 0, NULL, 255, "there is no row"},
    {"no such branch", "switch 99", NULL, 0, NULL, 255, "there is no branch 99"},
    {"a century's sleep", "sleep 3153600000", NULL, 0, NULL, 252, "up to a year"},
    {"sleep backwards", "sleep -1", NULL, 0, NULL, 252, "usage: sleep"},
};

static const struct bad_line option_lines[] = {
    {"no operation", "aws elbv2", NULL, 0, NULL, 252, "arguments are required: operation"},
    {"no service", "aws", NULL, 0, NULL, 252, "arguments are required: command"},
    {"an operation misspelt", "aws sts get-caller-identit", NULL, 0, NULL, 252,
     "Maybe you meant:\n\n  * get-caller-identity\n"},
    {"an option misspelt", LBS "--namse x", NULL, 0, NULL, 252, "Unknown options: --namse, x"},
    {"two dashes", LBS "-- x", NULL, 0, NULL, 252, "Unknown options: --, x"},
    {"--no- of a list", LBS "--no-names", NULL, 0, NULL, 252, "Unknown options: --no-names"},
    {"a global option without its value", LBS "--query", NULL, 0, NULL, 252, "--query: expected"},
    {"too many items", LBS "--max-items 9223372036854775808", NULL, 0, NULL, 252,
     "argument --max-items: invalid int value: '9223372036854775808'"},
    {"items in hexadecimal", LBS "--max-items 0x10", NULL, 0, NULL, 252, "'0x10'"},
    {"items without end", LBS "--max-items 1e309", NULL, 0, NULL, 252, "'1e309'"},
    {"no such output", ID "--output xml", NULL, 0, NULL, 252, "invalid choice 'xml'"},
    {"no output", ID "--output ''", NULL, 0, NULL, 252, "invalid choice ''"},
    {"no such profile", ID "--profile nobody", NULL, 0, NULL, 255,
     "The config profile (nobody) could not be found"},
    {"no such Region", ID "--region mars-1", NULL, 0, NULL, 255, "The Regions here are: us-east-1"},
    {"an escape in a value", LBS "--names '\x1b]52;c;aGk=\x07'", NULL, 0, NULL, 254,
     "'\\x1b]52;c;aGk=\\x07' not found"},
    {"a carriage return", LBS "--names 'a\rb'", NULL, 0, NULL, 254, "'a\\x0db' not found"},
    {"letters that turn the line around", LBS "--names 'a\xe2\x80\xae" "b\xe2\x80\x8b'", NULL, 0,
     NULL, 254,
     "'a\\u{202e}b\\u{200b}' not found"},
    {"a name over two lines", "aws ec2 create-security-group --description d --group-name 'a\nb'",
     NULL, 0, NULL, 254, "for parameter groupName is invalid"},
    {"a size of less than nothing",
     "aws ec2 create-volume --availability-zone us-east-1a --size -0", NULL, 0, NULL, 254,
     "Value (0) for parameter size is invalid"},
    {"a port of twenty digits", NEWGROUP "--port 12345678901234567890", NULL, 0, NULL, 255,
     "invalid literal for int()"},
    {"a port that is no number", NEWGROUP "--port http", NULL, 0, NULL, 255,
     "invalid literal for int()"},
    {"a negative port", NEWGROUP "--port -1", NULL, 0, NULL, 252, "ort"},
    {"time without end", "lab advance --seconds 9223372036854775807", NULL, 0, NULL, 254,
     "InvalidParameterValue"},
    {"time backwards", "lab advance --seconds -5", NULL, 0, NULL, 252, "valid min value: 0"},
};

static const struct bad_line value_lines[] = {
    {"ten thousand shorthand objects", TAGS "'", "a={", 10000, "'", 252,
     "More than 200 lists and objects"},
    {"ten thousand JSON lists", TAGS "'", "[", 10000, "'", 252, "Error parsing parameter '--tags'"},
    {"ten thousand JSON objects", TAGS "'", "{\"a\":", 10000, "'", 252,
     "Error parsing parameter '--tags'"},
    {"a key twice", TAGS "Key=a,Key=b", NULL, 0, NULL, 252, "Second instance of key \"Key\""},
    {"a comma at the end", TAGS "'[{\"Key\":\"a\",}]'", NULL, 0, NULL, 252, "Invalid JSON"},
    {"a bracket for a value", TAGS "'Key[='", NULL, 0, NULL, 252, "Expected: '='"},
    {"a number beyond all", TAGS "'[{\"Key\":1e400}]'", NULL, 0, NULL, 252, "Invalid JSON"},
    {"twenty digits", TAGS "'[{\"Key\":12345678901234567890}]'", NULL, 0, NULL, 252,
     "Invalid JSON"},
    {"half a surrogate", TAGS "'[{\"Key\":\"\\ud800\"}]'", NULL, 0, NULL, 252, "Invalid JSON"},
    {"a key of another world", TAGS "'{\"__proto__\":1}'", NULL, 0, NULL, 252,
     "Unknown parameter in Tags[0]: \"__proto__\", must be one of: Key, Value"},
    {"a comment in JSON", TAGS "'[/* c */]'", NULL, 0, NULL, 252, "Invalid JSON"},
    {"a pipe as a file", NEWGROUP "--tags file://pipe", NULL, 0, NULL, 252,
     "'pipe' is no regular file"},
    {"a folder as a file", NEWGROUP "--tags file://folder", NULL, 0, NULL, 252, "Is a directory"},
    {"endless zeros", NEWGROUP "--tags file:///dev/zero", NULL, 0, NULL, 252, "is no regular file"},
    {"the memory itself", NEWGROUP "--tags file:///proc/self/mem", NULL, 0, NULL, 252,
     "Input/output error"},
    {"links in a circle", NEWGROUP "--tags file://circle", NULL, 0, NULL, 252, "Too many levels"},
    {"a file of two gigabytes", NEWGROUP "--tags file://sparse", NULL, 0, NULL, 252,
     "larger than 1 MiB"},
    {"no file", NEWGROUP "--tags file://../none", NULL, 0, NULL, 252,
     "[Errno 2] No such file or directory"},
    {"a byte order mark", NEWGROUP "--cli-input-json file://bom", NULL, 0, NULL, 252,
     "Invalid JSON"},
    {"UTF-16", NEWGROUP "--cli-input-json file://utf16", NULL, 0, NULL, 252, "Invalid JSON"},
};

static const struct bad_line query_lines[] = {
    {"five thousand brackets", ID "--query '", "[", 5000, "'", 252, "Bad value for --query"},
    {"five thousand parentheses", ID "--query '", "(", 5000, "'", 252, "Bad value for --query"},
    {"a hundred thousand nots", ID "--query '", "!", 100000, "a'", 252, "Bad value for --query"},
    {"an answer that doubles", ID "--query '@", "|[@,@]", 40, "'", 255, "too large"},
    {"a text that doubles", ID "--query '@", "|to_string([@,@])", 40, "'", 255, "too much work"},
    {"a step of nothing", LBS "--query 'LoadBalancers[::0]'", NULL, 0, NULL, 255,
     "slice step cannot be zero"},
    {"two arguments for one", ID "--query 'length(@,@)'", NULL, 0, NULL, 255, "received 2"},
    {"the length of a number", ID "--query 'length(`1`)'", NULL, 0, NULL, 255,
     "received: \"number\""},
    {"no such function", ID "--query 'foo(@)'", NULL, 0, NULL, 255, "Unknown function: foo()"},
    {"half a surrogate in a name", ID "--query '\"\\ud800\"'", NULL, 0, NULL, 252,
     "Bad value for --query"},
    {"half a surrogate in a literal", ID "--query '`\"\\ud800\"`'", NULL, 0, NULL, 252,
     "Bad value for --query"},
    {"an open bracket", ID "--query 'Account['", NULL, 0, NULL, 252, "Incomplete expression"},
};

/* Lines that are long and mean something: an answer is due, in time. */
static const struct bad_line long_lines[] = {
    {"a query of ten thousand names", ID "--query '", "a.", 5000, "a'", 0, ""},
    {"ten thousand alternatives", ID "--query 'a", "||a", 10000, "'", 0, ""},
    {"a hundred thousand empty lines", "", "\n", 100000, "", 0, ""},
    {"nothing", "", NULL, 0, NULL, 0, ""},
    {"a comment of a megabyte", "# ", "x", LONG_BYTES, "", 0, ""},
};

static char *folder;

static char *line_text(const struct bad_line *line)
{
    struct str text = STR_INIT;

    str_add(&text, line->head);
    for (size_t i = 0; i < line->count; i++)
        str_add(&text, line->unit);
    if (line->tail != NULL)
        str_add(&text, line->tail);
    str_addc(&text, '\n');
    return str_take(&text);
}

static bool line_is_met(const struct bad_line *line, const char *text, size_t size)
{
    struct program_run run = {
        .words = PROGRAM_WORDS("exec", "--session", "session", "-f", "-"),
        .folder = folder,
        .input = text,
        .input_size = size,
        .timeout_ms = 30000,
    };
    bool met;

    program_run(&run);
    met = run.status == line->status && strstr(str_text(&run.err), line->says) != NULL &&
          program_is_plain(&run.out) && program_is_plain(&run.err) &&
          run.cpu_us < CPU_MAX_US * CPU_SLACK && (line->status == 0 || run.out.length == 0);
    if (!met)
        printf("# %s: status %d, wanted %d; %lld us; %zu bytes out; says %.400s\n", line->name,
               run.status, line->status, (long long)run.cpu_us, run.out.length,
               str_text(&run.err));
    program_run_release(&run);
    return met;
}

static void check_lines(const struct bad_line *lines, size_t count)
{
    char before[65];
    char after[65];
    int64_t first;
    int64_t last;
    bool all = true;

    assert_true(program_state(folder, "session", before, &first));
    for (size_t i = 0; i < count; i++) {
        char *text = line_text(&lines[i]);

        all = line_is_met(&lines[i], text, strlen(text)) && all;
        free(text);
        assert_true(program_state(folder, "session", after, &last));
        if (strcmp(before, after) != 0 || first != last) {
            printf("# %s: the session was changed, rows %lld to %lld\n", lines[i].name,
                   (long long)first, (long long)last);
            all = false;
            memcpy(before, after, sizeof(before));
            first = last;
        }
    }
    assert_true(all);
}

#define CHECK(lines) check_lines(lines, sizeof(lines) / sizeof((lines)[0]))

static void lines_that_are_no_commands_are_refused(void **state)
{
    (void)state;
    CHECK(words_lines);
}

static void options_that_do_not_exist_are_refused(void **state)
{
    (void)state;
    CHECK(option_lines);
}

static void values_that_cannot_be_read_are_refused(void **state)
{
    (void)state;
    CHECK(value_lines);
}

static void queries_without_end_are_refused(void **state)
{
    (void)state;
    CHECK(query_lines);
}

static void long_lines_are_answered_in_time(void **state)
{
    (void)state;
    CHECK(long_lines);
}

static void a_zero_byte_hides_nothing(void **state)
{
    static const char script[] = "true\necho a\0; X=1\n";
    static const struct bad_line line = {.name = "a zero byte", .status = 255,
                                         .says = "line 2: a zero byte is no text"};

    (void)state;
    assert_true(line_is_met(&line, script, sizeof(script) - 1));
}

/* Another program writes the file over and over; its contents are right, or cut off, or gone. */
static void a_file_that_changes_is_read_or_refused(void **state)
{
    static const char *const contents[] = {
        "[{\"Key\":\"a\"}]",
        "[{\"Key\":\"a\",\"Value\":\"a longer value than before\"}]",
        "[{\"Ke",
        "",
    };
    pid_t writer = fork();
    bool all = true;

    (void)state;
    if (writer == 0) {
        for (size_t i = 0;; i = (i + 1) % 4) /* until it is killed */
            program_file(folder, "changing", contents[i], strlen(contents[i]));
    }
    for (int i = 0; i < 20; i++) {
        struct program_run run = {
            .words = PROGRAM_WORDS("params", "--", "aws", "ec2", "create-tags", "--resources",
                                   "i-1", "--tags", "file://changing"),
            .folder = folder,
        };

        program_run(&run);
        all = all && (run.status == 0 || run.status == 252) && program_is_plain(&run.err);
        program_run_release(&run);
    }
    kill(writer, SIGKILL);
    waitpid(writer, NULL, 0);
    assert_true(all);
}

/* What cannot be typed on standard input: the words of the program itself. */
static void the_programs_own_words_are_checked(void **state)
{
    static const struct {
        const char *words[7];
        int status;
        const char *says;
    } cases[] = {
        {{"exec"}, 252, "exec takes a command"},
        {{"exec", "-f", "x", "true"}, 252, "exec takes a command, or -f FILE"},
        {{"exec", "--sesion", "x", "true"}, 252, "unrecognized option '--sesion'"},
        {{"exec", "--seed", "-3", "true"}, 252, "--seed takes a whole number"},
        {{"exec", "--seed", "0x1", "true"}, 252, "--seed takes a whole number"},
        {{"exec", "--seed", "99999999999999999999", "true"}, 252, "--seed takes"},
        {{"exec", "--seed"}, 252, "requires an argument"},
        {{"exec", "--session", "session", "--seed", "7", "true"}, 252,
         "--seed is for new sessions"},
        {{"exec", "-f", "none"}, 255, "none: No such file or directory"},
        {{"exec", "-f", "folder"}, 255, "folder: Is a directory"},
        {{"exec", "-f", "/dev/zero"}, 255, "longer than 16 MiB"},
        {{"jp", "[[", "json"}, 252, "Incomplete expression"},
        {{"jp", "[::-1] | [0]", "long"}, 0, ""},
        {{"shorthand", "a={b"}, 252, ""},
        {{"params", "--", "aws"}, 252, "arguments are required: command"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct program_run run = {.words = cases[i].words, .folder = folder};

        program_run(&run);
        if (run.status != cases[i].status || strstr(str_text(&run.err), cases[i].says) == NULL)
            printf("# case %zu: status %d, wanted %d: %s\n", i, run.status, cases[i].status,
                   str_text(&run.err));
        assert_int_equal(run.status, cases[i].status);
        assert_non_null(strstr(str_text(&run.err), cases[i].says));
        program_run_release(&run);
    }
}

static int set_up(void **state)
{
    struct str numbers = STR_INIT;
    char *path;

    (void)state;
    folder = program_folder();
    for (int i = 0; i < 1000000; i++)
        str_addf(&numbers, "%c%d", i == 0 ? '[' : ',', i);
    str_addc(&numbers, ']');
    program_file(folder, "long", str_text(&numbers), numbers.length);
    str_release(&numbers);
    path = xasprintf("%s/sparse", folder);
    program_file(folder, "sparse", "", 0);
    program_file(folder, "json", "{}", 2);
    program_file(folder, "bom", "\xef\xbb\xbf{}", 5);
    program_file(folder, "utf16", "\xff\xfe{\0}\0", 6);
    if (truncate(path, 2LL << 30) != 0 || program_exec(folder, "X=0", NULL, NULL) != 0)
        return -1;
    free(path);
    path = xasprintf("cd %s && mkfifo pipe && mkdir folder && ln -s circle circle", folder);
    if (system(path) != 0)
        return -1;
    free(path);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    program_folder_remove(folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_that_are_no_commands_are_refused),
        cmocka_unit_test(options_that_do_not_exist_are_refused),
        cmocka_unit_test(values_that_cannot_be_read_are_refused),
        cmocka_unit_test(queries_without_end_are_refused),
        cmocka_unit_test(long_lines_are_answered_in_time),
        cmocka_unit_test(a_zero_byte_hides_nothing),
        cmocka_unit_test(a_file_that_changes_is_read_or_refused),
        cmocka_unit_test(the_programs_own_words_are_checked),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
