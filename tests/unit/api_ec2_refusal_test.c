/*
 * tests/unit/api_ec2_refusal_test.c - refused calls of ec2, and very large ones.
 *
 * If this fails, a command that was refused has changed the cloud all the same, and the journal
 * does not know of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "cloud/world.h"
#include "api/api_words.h"
#include "shell/run.h"
#include "shell/session.h"

static const char prologue[] =
    "AMI=$(aws ec2 describe-images --owners amazon --filters "
    "'Name=name,Values=al2023-ami-2023*-x86_64' --query 'Images[0].ImageId' --output text)\n"
    "I=$(aws ec2 run-instances --image-id $AMI --instance-type t3.micro --client-token t "
    "--query 'Instances[0].InstanceId' --output text)\n"
    "P=$(aws ec2 run-instances --image-id $AMI --instance-type t3.micro "
    "--disable-api-termination --query 'Instances[0].InstanceId' --output text)\n"
    "aws ec2 wait instance-running --instance-ids $I $P\n"
    "aws ec2 create-security-group --group-name web --description web\n"
    "aws ec2 authorize-security-group-ingress --group-name web --protocol tcp --port 80 "
    "--cidr 0.0.0.0/0\n";

#define LAUNCH "aws ec2 run-instances --image-id $AMI --instance-type t3.micro "
#define GHOST "i-0123456789abcdef0"

/* Each is refused by the service. */
static const char *const refused[] = {
    "aws ec2 stop-instances --instance-ids $I " GHOST,
    "aws ec2 terminate-instances --instance-ids $I " GHOST,
    "aws ec2 terminate-instances --instance-ids $P", /* those of other zones would end */
    "aws ec2 reboot-instances --instance-ids $I not-an-id",
    "aws ec2 create-tags --resources $I " GHOST " --tags Key=a,Value=b",
    "aws ec2 create-tags --resources $I --tags Key=a,Value=b Key=aws:c,Value=d",
    "aws ec2 delete-tags --resources $I foo",
    "aws ec2 authorize-security-group-ingress --group-name web --ip-permissions "
    "'IpProtocol=tcp,FromPort=22,ToPort=22,IpRanges=[{CidrIp=0.0.0.0/0}]' "
    "'IpProtocol=tcp,FromPort=80,ToPort=80,IpRanges=[{CidrIp=0.0.0.0/0}]'",
    "aws ec2 revoke-security-group-ingress --group-name web --ip-permissions "
    "'IpProtocol=tcp,FromPort=80,ToPort=80,IpRanges=[{CidrIp=0.0.0.0/0}]' "
    "'IpProtocol=tcp,FromPort=81,ToPort=81,IpRanges=[{CidrIp=0.0.0.0/0}]'",
    "aws ec2 delete-security-group --group-name default",
    "aws ec2 create-security-group --group-name web --description again",
    LAUNCH "--client-token t --count 2",
    LAUNCH "--count 5000:5000 --placement AvailabilityZone=us-east-1a",
    LAUNCH "--block-device-mappings 'DeviceName=/dev/xvda,Ebs={VolumeSize=1}'",
    LAUNCH "--block-device-mappings 'DeviceName=/dev/sdf,Ebs={VolumeSize=9,VolumeType=io1}'",
    LAUNCH "--tag-specifications 'ResourceType=instance,Tags=[{Key=aws:x,Value=y}]'",
    LAUNCH "--user-data x --key-name nobody",
    LAUNCH "--security-groups web nobody",
    LAUNCH "--dry-run",
    "aws ec2 create-key-pair --key-name k --key-format ppk",
};

struct bench {
    struct catalog *catalog;
    struct session *session;
    struct shell shell;
};

static void bench_open(struct bench *bench)
{
    struct session_options options = {0};
    struct str notice = STR_INIT;
    struct str why = STR_INIT;

    bench->catalog = catalog_new();
    assert_int_equal(session_open(bench->catalog, &options, &bench->session, &notice, &why), 0);
    shell_init(&bench->shell, bench->session);
    shell_add_words(&bench->shell, shell_words, &bench->shell);
    shell_add_words(&bench->shell, api_words, NULL);
    str_release(&notice);
    str_release(&why);
}

static void bench_close(struct bench *bench)
{
    struct str why = STR_INIT;

    assert_int_equal(session_close(bench->session, &why), 0);
    catalog_free(bench->catalog);
    str_release(&why);
}

static int bench_run(struct bench *bench, const char *lines, struct str *err)
{
    struct str out = STR_INIT;
    struct command_io io = {.out = &out, .err = err};
    int status = shell_run(&bench->shell, lines, true, &io);

    str_release(&out);
    return status;
}

/* The hash of the whole world is the same before and after each refusal. */
static void test_refusals(void **state)
{
    struct bench bench;
    struct str err = STR_INIT;
    int changed = 0;

    (void)state;
    bench_open(&bench);
    assert_int_equal(bench_run(&bench, prologue, &err), 0);
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        unsigned char before[PACK_HASH_SIZE];
        unsigned char after[PACK_HASH_SIZE];
        int status;

        str_clear(&err);
        world_hash(bench.session->world, before);
        status = bench_run(&bench, refused[i], &err);
        world_hash(bench.session->world, after);
        if (status != EXIT_SERVICE || memcmp(before, after, sizeof(before)) != 0) {
            print_error("%s: status %d: %s\n", refused[i], status, str_text(&err));
            changed++;
        }
    }
    str_release(&err);
    bench_close(&bench);
    assert_int_equal(changed, 0);
}

/* Four thousand at once, and each still found by its id. */
static void test_many(void **state)
{
    static const char lines[] =
        "AMI=$(aws ec2 describe-images --owners amazon --filters "
        "'Name=name,Values=al2023-ami-2023*-x86_64' --query 'Images[0].ImageId' --output text)\n"
        "ALL=$(aws ec2 run-instances --image-id $AMI --instance-type t3.micro --count 4000 "
        "--query 'Instances[].InstanceId' --output text)\n"
        "aws ec2 describe-instances --instance-ids $ALL\n"
        "aws ec2 terminate-instances --instance-ids $ALL\n";
    struct bench bench;
    struct str err = STR_INIT;

    (void)state;
    bench_open(&bench);
    assert_int_equal(bench_run(&bench, lines, &err), 0);
    assert_int_equal(table_count(&bench.session->world->instances.table), 4000);
    assert_string_equal(str_text(&err), "");
    str_release(&err);
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
