/*
 * tests/unit/api_profiles_test.c - two accounts in one world.
 *
 * If this fails, one account is shown a thing of another's: an id, a name, a number.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/command.h"
#include "cloud/world.h"

#include "desk.h"

/* What the learner makes: some of everything that can be listed. */
static const char *const lines[] = {
    "AMI=$(aws ec2 describe-images --owners amazon --query 'Images[0].ImageId' --output text)",
    "aws ec2 create-key-pair --key-name secret-key",
    "SG=$(aws ec2 create-security-group --group-name secret-sg --description secret-d "
    "--query GroupId --output text)",
    "I=$(aws ec2 run-instances --image-id $AMI --instance-type t3.micro --tag-specifications "
    "'ResourceType=instance,Tags=[{Key=Name,Value=secret-i}]' --query Instances[0].InstanceId "
    "--output text)",
    "aws ec2 wait instance-running --instance-ids $I",
    "V=$(aws ec2 create-volume --availability-zone us-east-1a --size 1 --tag-specifications "
    "'ResourceType=volume,Tags=[{Key=Name,Value=secret-v}]' --query VolumeId --output text)",
    "aws ec2 wait volume-available --volume-ids $V",
    "aws ec2 create-snapshot --volume-id $V --description secret-s",
    "aws ec2 create-image --instance-id $I --name secret-ami",
    "SN=$(aws ec2 describe-subnets --query 'Subnets[:2].SubnetId' --output text)",
    "LB=$(aws elbv2 create-load-balancer --name secret-lb --subnets $SN "
    "--query 'LoadBalancers[0].LoadBalancerArn' --output text)",
    "VPC=$(aws ec2 describe-vpcs --query 'Vpcs[0].VpcId' --output text)",
    "TG=$(aws elbv2 create-target-group --name secret-tg --protocol HTTP --port 80 --vpc-id $VPC "
    "--query 'TargetGroups[0].TargetGroupArn' --output text)",
    "aws elbv2 register-targets --target-group-arn $TG --targets Id=$I",
    "aws elbv2 create-listener --load-balancer-arn $LB --protocol HTTP --port 80 "
    "--default-actions Type=forward,TargetGroupArn=$TG",
    "lab create-account --name bob",
};

static bool needs_nothing(const struct op *op)
{
    for (size_t i = 0; i < op->in->count; i++) {
        if ((op->in->fields[i].flags & FIELD_REQUIRED) != 0)
            return false;
    }
    return true;
}

static void check_answer(const struct service *service, const struct op *op, const char *text,
                         const char *const *secrets)
{
    for (; *secrets != NULL; secrets++) {
        if (strstr(text, *secrets) != NULL)
            fail_msg("%s %s tells bob of %s: %s", service->name, op->name, *secrets, text);
    }
}

static void test_nothing_of_others(void **state)
{
    struct desk desk;
    struct caller caller;
    const char *secrets[] = {"111122223333", "secret-", NULL, NULL, NULL, NULL};
    int asked = 0;

    (void)state;
    desk_open(&desk, NULL);
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        if (desk_run(&desk, lines[i]) != 0)
            fail_msg("%s: %s", lines[i], str_text(&desk.err));
    }
    secrets[2] = session_variable(desk.session, "I");
    secrets[3] = session_variable(desk.session, "V");
    secrets[4] = session_variable(desk.session, "VPC");
    caller = desk.session->commander.caller;
    assert_true(commander_profile(caller.world, "bob", &caller.account));
    for (size_t i = 0; services[i] != NULL; i++) {
        for (size_t k = 0; services[i]->ops[k] != NULL; k++) {
            const struct op *op = services[i]->ops[k];
            json_t *params = json_object();
            struct call call;
            json_t *answer = NULL;
            char *text;

            if ((op->flags & (OP_WRITE | OP_LASTS)) == 0 && needs_nothing(op) &&
                strcmp(op->name, "DescribeAccounts") != 0) {
                invoke_json(&call, &caller, op, params, &answer);
                text = json_dumps(answer, JSON_ENCODE_ANY);
                check_answer(services[i], op, text == NULL ? "" : text, secrets);
                free(text);
                json_decref(answer);
                call_release(&call);
                asked++;
            }
            json_decref(params);
        }
    }
    assert_true(asked > 20);
    desk_close(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_of_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
