/*
 * tests/unit/api_fault_test.c - every error that an operation says it may answer with is provoked
 * by some transcript.
 *
 * If this fails, help promises an error of AWS that nobody has ever seen here: no transcript shows
 * when it comes, what it says, and that it has AWS's form.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glob.h>

#include "base/mem.h"
#include "base/str.h"
#include "api/service.h"

/* What no transcript provokes, and why. */
static const struct {
    const char *op;
    const char *code;
    const char *why;
} exceptions[] = {
    {"AttachLoadBalancerTargetGroups", "LimitExceeded", "50 target groups, each of a balancer"},
    {"CreateAutoScalingGroup", "LimitExceeded", "500 groups"},
    {"CreateOrUpdateTags", "LimitExceeded", "shares its list; 50 tags are the rule of a group"},
    {"DeleteTags", "LimitExceeded", "shares its list with CreateOrUpdateTags"},
    {"PutMetricAlarm", "LimitExceeded", "5,000 alarms"},
    {"CreateEventBus", "LimitExceededException", "100 buses"},
    {"StartReplay", "LimitExceededException", "ten replays under way"},
    {"AttachVolume", "AttachmentLimitExceeded", "as many volumes as the type takes"},
    {"CreateImage", "IncorrectState", "an instance that has lost its root volume"},
    {"CreateImage", "ConcurrentSnapshotLimitExceeded", "many snapshots under way of a volume"},
    {"CreateSecurityGroup", "VPCIdNotSpecified", "default VPCs are never deleted"},
    {"DeleteVolume", "IncorrectState", "a volume in use says VolumeInUse before"},
    {"DetachVolume", "MissingParameter", "only where a volume has several instances"},
    {"GetConsoleOutput", "UnsupportedOperation", "--latest of types of before Nitro"},
    {"RebootInstances", "IncorrectInstanceState", "those that do not run say IncorrectState"},
    {"DeleteListener", "LoadBalancerNotFound", "shares its list with DescribeListeners"},
    {"Subscribe", "FilterPolicyLimitExceeded", "200 filter policies of a topic"},
    {"SetSubscriptionAttributes", "FilterPolicyLimitExceeded", "200 filter policies of a topic"},
    {"RegisterImage", "InvalidAMIName.Malformed", "the same check as CreateImage's"},
    {"SendMessageBatch", "AWS.SimpleQueueService.BatchRequestTooLong", "ten messages of 105 KB"},
    {"ReceiveMessage", "OverLimit", "120,000 messages in flight"},
    {"DescribeLoadBalancerAttributes", "InvalidConfigurationRequest", "shares its list"},
};

enum { EXCEPTIONS = sizeof(exceptions) / sizeof(exceptions[0]) };

static void file_add(struct str *out, const char *path)
{
    FILE *file = fopen(path, "r");
    char buffer[4096];
    size_t length;

    assert_non_null(file);
    while ((length = fread(buffer, 1, sizeof(buffer), file)) > 0)
        str_addn(out, buffer, length);
    fclose(file);
}

static bool is_provoked(const char *transcripts, const char *op, const char *code)
{
    char *sentence = xasprintf("An error occurred (%s) when calling the %s operation", code, op);
    bool found = strstr(transcripts, sentence) != NULL;

    free(sentence);
    return found;
}

/* The number of the exception; -1: it is none. */
static int exception_of(const char *op, const char *code)
{
    for (int i = 0; i < EXCEPTIONS; i++)
        if (strcmp(exceptions[i].op, op) == 0 && strcmp(exceptions[i].code, code) == 0)
            return i;
    return -1;
}

static void test_provoked(void **state)
{
    struct str transcripts = STR_INIT;
    bool used[EXCEPTIONS] = {0};
    int problems = 0;
    glob_t files;

    (void)state;
    assert_int_equal(glob("tests/shell/*.test", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++)
        file_add(&transcripts, files.gl_pathv[i]);
    globfree(&files);
    for (size_t s = 0; services[s] != NULL; s++) {
        for (size_t i = 0; services[s]->style != STYLE_LAB && services[s]->ops[i] != NULL; i++) {
            const struct op *op = services[s]->ops[i];

            for (size_t k = 0; op->faults != NULL && op->faults[k] != NULL; k++) {
                const char *code = op->faults[k]->code;
                int exception = exception_of(op->name, code);
                bool provoked = is_provoked(str_text(&transcripts), op->name, code);

                if (exception >= 0)
                    used[exception] = true;
                if (provoked != (exception >= 0))
                    continue;
                problems++;
                print_error("%s %s: %s\n", op->name, code,
                            provoked ? "provoked, and yet an exception"
                                     : "no transcript provokes it");
            }
        }
    }
    for (int i = 0; i < EXCEPTIONS; i++) {
        problems += !used[i];
        if (!used[i])
            print_error("%s %s: an exception of nothing\n", exceptions[i].op, exceptions[i].code);
    }
    str_release(&transcripts);
    assert_int_equal(problems, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_provoked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
