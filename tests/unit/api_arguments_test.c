/*
 * tests/unit/api_arguments_test.c - the words of a command, as argparse and the AWS CLI read them.
 *
 * If this fails, a line that works at AWS is refused here, or means something else, or a mistake in
 * it is told in other words or in another order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "api/arguments.h"

static const char usage[] =
    "\n\nusage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]\n"
    "To see help text, you can run:\n\n  aws help\n  aws <command> help\n"
    "  aws <command> <subcommand> help";

static char *read_file(void *context, const char *path, size_t *size, struct str *reason)
{
    (void)context;
    if (strcmp(path, "tags.json") != 0) {
        str_addf(reason, "[Errno 2] No such file or directory: '%s'", path);
        return NULL;
    }
    *size = strlen("[{\"Key\":\"a\",\"Value\":\"b\"}]\n");
    return xstrdup("[{\"Key\":\"a\",\"Value\":\"b\"}]\n");
}

static const struct file_source files = {.read = read_file};

/* Words are separated by one | (values have blanks). */
static int parse(struct arguments *arguments, const char *line)
{
    const char *words[64];
    char *copy = xstrdup(line);
    size_t count = 0;
    int status;

    for (char *word = copy; word != NULL; count++) {
        char *bar = strchr(word, '|');

        words[count] = word;
        if (bar != NULL)
            *bar++ = '\0';
        word = bar;
    }
    status = arguments_parse(arguments, "aws", words, count, &files);
    free(copy);
    return status;
}

static bool means(const char *line, const char *params)
{
    struct arguments arguments;
    json_t *wanted = json_loads(params, 0, NULL);
    int status = parse(&arguments, line);
    char *got = json_dumps(arguments.params, JSON_COMPACT);
    bool good = status == 0 && json_equal(wanted, arguments.params);

    if (!good)
        print_error("%s\n  wanted %s\n  got %d %s %s\n", line, params, status, got,
                    str_text(&arguments.error));
    free(got);
    json_decref(wanted);
    arguments_release(&arguments);
    return good;
}

/* `error` is what stands after ParamValidation; a + at its end is the usage. */
static bool fails(const char *line, int code, const char *error)
{
    struct arguments arguments;
    struct str wanted = STR_INIT;
    int status = parse(&arguments, line);
    bool good;

    if (code == EXIT_USAGE)
        str_add(&wanted, "An error occurred (ParamValidation): ");
    str_add(&wanted, error);
    if (str_ends(error, "+")) {
        str_cut(&wanted, wanted.length - 1);
        str_add(&wanted, usage);
    }
    good = status == code && strcmp(str_text(&wanted), str_text(&arguments.error)) == 0;
    if (!good)
        print_error("%s\n  wanted %d %s\n  got %d %s\n", line, code, str_text(&wanted), status,
                    str_text(&arguments.error));
    str_release(&wanted);
    arguments_release(&arguments);
    return good;
}

#define DESCRIBE "ec2|describe-instances"

static void test_options(void **state)
{
    (void)state;
    assert_true(means(DESCRIBE "|--instance-ids|i-1|i-2", "{\"InstanceIds\":[\"i-1\",\"i-2\"]}"));
    assert_true(means(DESCRIBE "|--instance-ids=i-1", "{\"InstanceIds\":[\"i-1\"]}"));
    assert_true(means(DESCRIBE "|--instance-id|i-1", "{\"InstanceIds\":[\"i-1\"]}"));
    assert_true(means(DESCRIBE "|--instance-ids", "{\"InstanceIds\":[]}"));
    assert_true(means(DESCRIBE "|--instance-ids|i-1|--instance-ids|i-2",
                      "{\"InstanceIds\":[\"i-2\"]}"));
    assert_true(means(DESCRIBE "|--dry-run|--no-dry-run", "{\"DryRun\":false}"));
    assert_true(means(DESCRIBE "|--no-dry-run|--dry-run", "{\"DryRun\":true}"));
    assert_true(means("--region|us-west-2|ec2|--output=text|describe-instances|--no-paginate",
                      "{}"));
    assert_true(means("ec2|create-security-group|--group-name|x|--description|-5",
                      "{\"GroupName\":\"x\",\"Description\":\"-5\"}"));
    assert_true(means("ec2|create-security-group|--group-name|x|--description|-a b",
                      "{\"GroupName\":\"x\",\"Description\":\"-a b\"}"));
    assert_true(means("ec2|create-security-group|--description=--a b|--group-name|x",
                      "{\"GroupName\":\"x\",\"Description\":\"--a b\"}"));
}

/* Told before anything that is wrong inside a value. */
static void test_order_of_refusals(void **state)
{
    (void)state;
    assert_true(fails("ec2|create-tags|--tags|=", EXIT_USAGE,
                      "the following arguments are required: --resources+"));
    assert_true(fails("ec2|create-tags", EXIT_USAGE,
                      "the following arguments are required: --resources, --tags+"));
    assert_true(fails(DESCRIBE "|--bogus|x|--filters|=", EXIT_USAGE,
                      "Unknown options: --bogus, x+"));
    assert_true(fails(DESCRIBE "|one|--bogus|two", EXIT_USAGE,
                      "Unknown options: --bogus, two, one+"));
    assert_true(fails(DESCRIBE "|--dry-run|true", EXIT_USAGE, "Unknown options: true+"));
    assert_true(fails(DESCRIBE "|--dry-run=true", EXIT_USAGE,
                      "argument --dry-run: ignored explicit argument 'true'+"));
    assert_true(fails(DESCRIBE "|--max", EXIT_USAGE,
                      "ambiguous option: --max could match --max-results, --max-items+"));
    assert_true(fails(DESCRIBE "|--cli", EXIT_USAGE,
                      "ambiguous option: --cli could match --cli-read-timeout, "
                      "--cli-connect-timeout, --cli-binary-format, --cli-auto-prompt, "
                      "--cli-error-format+"));
    assert_true(fails(DESCRIBE "|--output", EXIT_USAGE,
                      "argument --output: expected one argument+"));
    assert_true(fails(DESCRIBE "|--output|xml", EXIT_USAGE,
                      "argument --output: Found invalid choice 'xml'\n+"));
    assert_true(fails("ec2|create-security-group|--group-name|--description|x", EXIT_USAGE,
                      "argument --group-name: expected one argument+"));
    assert_true(fails("ec2", EXIT_USAGE, "the following arguments are required: operation+"));
    assert_true(fails("ec2|wait", EXIT_USAGE, "the following arguments are required: subcommand+"));
    assert_true(fails(DESCRIBE "|--no-paginate|--page-size|5|--max-items|3", EXIT_USAGE,
                      "Cannot specify --no-paginate along with pagination arguments: --page-size, "
                      "--max-items"));
}

static void test_values(void **state)
{
    (void)state;
    assert_true(means("ec2|create-tags|--resources|i-1|--tags|Key=a,Value=b|Key=c,Value=",
                      "{\"Resources\":[\"i-1\"],\"Tags\":[{\"Key\":\"a\",\"Value\":\"b\"},"
                      "{\"Key\":\"c\",\"Value\":\"\"}]}"));
    assert_true(means("ec2|create-tags|--resources|i-1|--tags|file://tags.json",
                      "{\"Resources\":[\"i-1\"],\"Tags\":[{\"Key\":\"a\",\"Value\":\"b\"}]}"));
    assert_true(means(DESCRIBE "|--filters|Name=a,Values=b,c",
                      "{\"Filters\":[{\"Name\":\"a\",\"Values\":[\"b\",\"c\"]}]}"));
    assert_true(means(DESCRIBE "|--instance-ids|[\"i-1\", \"i-2\"]",
                      "{\"InstanceIds\":[\"i-1\",\"i-2\"]}"));
    assert_true(means(DESCRIBE "|--max-results| 5 ", "{\"MaxResults\":5}"));
    assert_true(fails(DESCRIBE "|--max-results|five", EXIT_OTHER,
                      "invalid literal for int() with base 10: 'five'"));
    assert_true(fails(DESCRIBE "|--filters|{\"Name\":}", EXIT_USAGE,
                      "Error parsing parameter '--filters': Invalid JSON: Expecting value: line 1 "
                      "column 9 (char 8)\nJSON received: {\"Name\":}"));
    assert_true(fails("ec2|create-tags|--resources|i-1|--tags|file://gone", EXIT_USAGE,
                      "Error parsing parameter '--tags': Unable to load paramfile file://gone: "
                      "[Errno 2] No such file or directory: 'gone'"));
    assert_true(fails("ec2|create-tags|--resources|i-1|--tags|Key=a,Foo=b|Key=c,Value=[d]",
                      EXIT_USAGE,
                      "Parameter validation failed:\nUnknown parameter in Tags[0]: \"Foo\", must "
                      "be one of: Key, Value\nInvalid type for parameter Tags[1].Value, value: "
                      "['d'], type: <class 'list'>, valid types: <class 'str'>"));
}

static void test_whole_input(void **state)
{
    (void)state;
    assert_true(means(DESCRIBE "|--cli-input-json|{\"InstanceIds\":[\"i-1\"],\"DryRun\":true}|"
                               "--instance-ids|i-2",
                      "{\"InstanceIds\":[\"i-2\"],\"DryRun\":true}"));
    assert_true(means("ec2|create-tags|--cli-input-json|{\"Resources\":[\"i-1\"],\"Tags\":[]}",
                      "{\"Resources\":[\"i-1\"],\"Tags\":[]}"));
    assert_true(fails("ec2|create-tags|--cli-input-json|{\"Resources\":[\"i-1\"]}", EXIT_USAGE,
                      "Parameter validation failed:\nMissing required parameter in input: "
                      "\"Tags\""));
    assert_true(fails(DESCRIBE "|--cli-input-json|[1]", EXIT_USAGE,
                      "Error parsing parameter '--cli-input-json': Invalid type: expecting map, "
                      "received <class 'list'>"));
}

/* What the CLI adds to the API's own options. */
static void test_extras(void **state)
{
    (void)state;
    assert_true(means("ec2|authorize-security-group-ingress|--group-id|sg-1|--protocol|tcp|--port|"
                      "22-25|--cidr|10.0.0.0/8",
                      "{\"GroupId\":\"sg-1\",\"IpPermissions\":[{\"IpProtocol\":\"tcp\","
                      "\"FromPort\":22,\"ToPort\":25,"
                      "\"IpRanges\":[{\"CidrIp\":\"10.0.0.0/8\"}]}]}"));
    assert_true(fails("ec2|authorize-security-group-ingress|--group-id|sg-1|--port|1|"
                      "--ip-permissions|[{", EXIT_USAGE,
                      "The --port option is not compatible with the --ip-permissions option"));
    assert_true(means("ec2|run-instances|--image-id|ami-1|--count|2:5",
                      "{\"ImageId\":\"ami-1\",\"MinCount\":2,\"MaxCount\":5}"));
}

static void test_query(void **state)
{
    struct arguments arguments;

    (void)state;
    assert_int_equal(parse(&arguments, DESCRIBE "|--query=Reservations[].[A, B]"), 0);
    assert_string_equal(arguments.query, "Reservations[].[A, B]");
    arguments_release(&arguments);
    assert_true(fails("elbv|x|--query|[", EXIT_USAGE,
                      "argument command: Found invalid choice 'elbv'\n\nMaybe you meant:\n\n"
                      "  * elbv2\n  * elb+"));
    assert_int_equal(parse(&arguments, DESCRIBE "|--query|[|--bogus"), EXIT_USAGE);
    assert_non_null(strstr(str_text(&arguments.error), "Bad value for --query [: "));
    arguments_release(&arguments);
}

/* A list that is far too long or deep ends in a refusal, not in the end of the program. */
static void test_large(void **state)
{
    struct arguments arguments;
    struct str line = STR_INIT;

    (void)state;
    str_add(&line, DESCRIBE "|--filters|");
    for (int i = 0; i < 20000; i++)
        str_addc(&line, '[');
    assert_int_equal(parse(&arguments, str_text(&line)), EXIT_USAGE);
    arguments_release(&arguments);
    str_release(&line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options),     cmocka_unit_test(test_order_of_refusals),
        cmocka_unit_test(test_values),      cmocka_unit_test(test_whole_input),
        cmocka_unit_test(test_extras),      cmocka_unit_test(test_query),
        cmocka_unit_test(test_large),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
