/*
 * tests/unit/shell_complete_test.c - Tab: what could stand at the cursor.
 *
 * If this fails, Tab offers what cannot stand there, hides what can, or writes over the wrong part
 * of the line.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "shell/complete.h"
#include "shell/typed.h"

#include "desk.h"

static struct desk desk;

static int setup(void **state)
{
    (void)state;
    desk_open(&desk, NULL);
    return desk_run(&desk,
                    "AMI=$(aws ec2 describe-images --owners amazon --filters "
                    "'Name=name,Values=al2023-ami-2023*-x86_64' --query 'Images[0].ImageId' "
                    "--output text)\n"
                    "I=$(aws ec2 run-instances --image-id $AMI --instance-type t3.micro "
                    "--tag-specifications 'ResourceType=instance,Tags=[{Key=Name,Value=web}]' "
                    "--query 'Instances[0].InstanceId' --output text)\n"
                    "aws ec2 create-key-pair --key-name mine > key\n"
                    "echo '{}' > site.json");
}

static int teardown(void **state)
{
    (void)state;
    desk_close(&desk);
    return 0;
}

static void complete(const char *text, struct line_candidates *candidates)
{
    *candidates = (struct line_candidates){0};
    complete_line(&desk.shell, text, strlen(text), candidates);
    assert_true(candidates->start <= strlen(text));
}

static const struct line_candidate *find(const struct line_candidates *candidates, const char *text)
{
    for (uint32_t i = 0; i < candidates->items.count; i++) {
        if (strcmp(candidates->items.items[i].text, text) == 0)
            return &candidates->items.items[i];
    }
    return NULL;
}

/* Is `text` offered, in the place of what stands after the mark ^ ? */
static bool offers(const char *marked, const char *text)
{
    const char *mark = strchr(marked, '^');
    char *line = xstrdup(marked);
    struct line_candidates candidates;
    size_t start = (size_t)(mark - marked);
    bool good;

    memmove(line + start, mark + 1, strlen(mark + 1) + 1);
    complete(line, &candidates);
    good = find(&candidates, text) != NULL && candidates.start == start;
    if (!good)
        print_error("%s: start %zu of %zu, %u candidates, no %s\n", line, candidates.start, start,
                    candidates.items.count, text);
    line_candidates_release(&candidates);
    free(line);
    return good;
}

static bool lacks(const char *line, const char *text)
{
    struct line_candidates candidates;
    bool good;

    complete(line, &candidates);
    good = find(&candidates, text) == NULL;
    line_candidates_release(&candidates);
    return good;
}

static uint32_t count(const char *line)
{
    struct line_candidates candidates;
    uint32_t found;

    complete(line, &candidates);
    found = candidates.items.count;
    line_candidates_release(&candidates);
    return found;
}

static void test_names(void **state)
{
    (void)state;
    assert_true(offers("^", "aws"));
    assert_true(offers("^a", "aws"));
    assert_true(offers("^ec", "echo"));
    assert_true(offers("aws ^", "ec2"));
    assert_true(offers("aws ^el", "elbv2"));
    assert_true(lacks("aws ", "lab"));
    assert_true(offers("aws ec2 ^desc", "describe-instances"));
    assert_true(offers("aws ec2 ^w", "wait"));
    assert_true(offers("aws ec2 wait ^instance-r", "instance-running"));
    assert_true(offers("lab ^adv", "advance"));
    assert_true(offers("aws --region us-west-2 ec2 ^desc", "describe-instances"));
    assert_true(offers("A=1 B=2 aws ^", "ec2"));
    assert_true(offers("explain ^InvalidAMIID.N", "InvalidAMIID.NotFound"));
    assert_true(offers("explain ^curl-2", "curl-28"));
    assert_int_equal(count("explain VolumeInUse V"), 0);
    assert_int_equal(count("aws nosuch x"), 0);
    assert_int_equal(count("aws ec2 nosuch --"), 0);
    assert_int_equal(count("aws nosuch wait "), 0);
}

static void test_options(void **state)
{
    (void)state;
    assert_true(offers("aws ec2 describe-instances ^--inst", "--instance-ids"));
    assert_true(offers("aws ec2 describe-instances ^", "--instance-ids"));
    assert_true(lacks("aws ec2 describe-instances --instance-ids i-1 --", "--instance-ids"));
    assert_true(offers("aws ec2 run-instances ^--cou", "--count"));
    assert_true(lacks("aws ec2 run-instances --", "--min-count"));
    assert_true(offers("aws ec2 describe-vpcs --output ^", "json"));
    assert_true(offers("aws ec2 describe-vpcs --output=^t", "text"));
    assert_true(offers("aws --output ^", "json"));
    assert_true(offers("aws ec2 describe-vpcs --region ^us-w", "us-west-2"));
    assert_true(offers("aws ec2 wait instance-running ^--inst", "--instance-ids"));
    assert_true(offers("aws ec2 describe-vpcs --dry-run ^", "--vpc-ids"));
}

static void test_live(void **state)
{
    const char *id = session_variable(desk.session, "I");
    struct line_candidates candidates;
    struct arena arena = ARENA_INIT;

    (void)state;
    assert_true(offers("aws ec2 run-instances --key-name ^m", "mine"));
    assert_true(offers("aws ec2 stop-instances --instance-ids ^", id));
    assert_true(offers("aws ec2 stop-instances --instance-ids ^i-0", id));
    assert_true(offers("aws ec2 stop-instances --instance-ids i-1 ^", id));
    assert_true(offers("aws ec2 stop-instances --instance-ids=^", id));
    assert_true(lacks("aws ec2 describe-vpcs --vpc-ids ", id));
    assert_true(offers("X=$(aws ec2 stop-instances --instance-ids ^", id));
    assert_true(offers("echo \"$(aws ec2 stop-instances --instance-ids ^i-", id));
    assert_true(offers("echo $(echo a; aws ec2 stop-instances --instance-ids ^", id));
    complete("aws ec2 stop-instances --instance-ids ", &candidates);
    assert_non_null(strstr(find(&candidates, id)->doc, "web"));
    line_candidates_release(&candidates);
    /* after a $( ) that is closed the outer command goes on */
    assert_true(offers("aws ec2 stop-instances --instance-ids $(echo a) ^--dry", "--dry-run"));
    assert_true(
        offers("aws ec2 stop-instances --instance-ids \"$(echo ')' a)\" ^--dry", "--dry-run"));
    assert_true(offers("aws ec2 stop-instances --instance-ids \"$(echo a)\" ^i-", id));
    arena_release(&arena);
}

static void test_values(void **state)
{
    (void)state;
    assert_true(offers("aws ec2 describe-instances --filters ^", "Name=instance-type,Values="));
    assert_true(offers("aws ec2 describe-instances --filters ^Name=tag", "Name=tag:Name,Values="));
    assert_true(offers("aws ec2 create-tags --tags ^", "Key="));
    assert_true(offers("aws ec2 create-tags --tags ^Key=a,Va", "Key=a,Value="));
    assert_true(offers("aws ec2 run-instances --tag-specifications ^ResourceType=",
                       "ResourceType=instance") ||
                offers("aws ec2 run-instances --tag-specifications ^Res", "ResourceType="));
    assert_true(offers("aws ec2 create-tags --tags ^file://s", "file://site.json"));
    assert_true(offers("echo ^$", "$AMI"));
    assert_true(offers("aws ec2 run-instances --image-id ^$A", "$AMI"));
    assert_true(offers("cat ^", "site.json"));
    assert_true(offers("echo a > ^si", "site.json"));
    assert_true(offers("aws ec2 describe-vpcs 2>/dev/null ^--vp", "--vpc-ids"));
    assert_true(offers("aws ec2 describe-vpcs 2>&1 ^--vp", "--vpc-ids"));
}

/* The accounts that there are, and the words of the CLI's own options. */
static void test_global_values(void **state)
{
    (void)state;
    assert_int_equal(desk_run(&desk, "lab create-account --name bob"), 0);
    assert_true(offers("aws sts get-caller-identity --profile ^", "bob"));
    assert_true(offers("aws sts get-caller-identity --profile ^", "default"));
    assert_false(offers("aws sts get-caller-identity --profile ^", "tenant B"));
    assert_true(offers("aws sts get-caller-identity --cli-error-format ^en", "enhanced"));
    assert_true(offers("aws sts get-caller-identity --output ^yaml-", "yaml-stream"));
}

static void test_quotes(void **state)
{
    const char *id = session_variable(desk.session, "I");

    (void)state;
    assert_true(offers("aws ec2 stop-instances --instance-ids ^'i-0", id));
    assert_true(offers("aws ec2 stop-instances --instance-ids ^\"i-0", id));
    assert_true(offers("echo 'a b' ; aws ^e", "ec2"));
    assert_true(offers("echo \"a ; b\" && aws ^e", "ec2"));
    assert_true(offers("echo a\\ b\\; ; aws ec2 ^describe-v", "describe-vpcs"));
    assert_true(lacks("echo 'aws ", "ec2"));
}

/* The first that is offered; the caller frees it. */
static char *best(const char *line)
{
    struct line_candidates candidates;
    char *text;

    complete(line, &candidates);
    text = xstrdup(candidates.items.count == 0 ? "" : candidates.items.items[0].text);
    line_candidates_release(&candidates);
    return text;
}

static bool is_best(const char *line, const char *text)
{
    char *first = best(line);
    bool good = strcmp(first, text) == 0;

    if (!good)
        print_error("%s: first is %s, not %s\n", line, first, text);
    free(first);
    return good;
}

/* A few letters find a name, but never hide one that begins as typed. */
static void test_letters(void **state)
{
    (void)state;
    assert_true(is_best("aws ec2 rinst", "run-instances"));
    assert_true(is_best("aws ec2 run-ins", "run-instances"));
    assert_true(offers("aws ec2 ^drio", "describe-regions"));
    assert_true(offers("aws ec2 ^tinst", "terminate-instances"));
    assert_true(offers("aws ^lb", "elbv2"));
    assert_true(offers("aws ec2 describe-instances ^--iids", "--instance-ids"));
    assert_true(offers("lab ^dhost", "describe-hosts"));
    assert_true(lacks("aws ec2 describe-in", "describe-snapshots"));
    assert_int_equal(count("aws ec2 zzzz"), 0);
    assert_int_equal(count("ztx"), 0);
}

/* People know an instance by its name. */
static void test_names_of_ids(void **state)
{
    const char *id = session_variable(desk.session, "I");

    (void)state;
    assert_true(offers("aws ec2 stop-instances --instance-ids ^we", id));
    assert_true(offers("aws ec2 stop-instances --instance-ids ^WEB", id));
    assert_true(offers("aws ec2 stop-instances --instance-ids=^web", id));
    assert_true(lacks("aws ec2 stop-instances --instance-ids nosuch", id));
    assert_int_equal(count("aws ec2 run-instances --subnet-id us-east-1a"), 1);
    assert_int_equal(count("aws ec2 run-instances --instance-type vCPU"), 0);
}

/* The members of the answer, wherever a name may stand. */
static void test_query(void **state)
{
    (void)state;
    assert_true(offers("aws ec2 describe-instances --query '^", "Reservations"));
    assert_true(offers("aws ec2 describe-instances --query ^", "Reservations"));
    assert_true(offers("aws ec2 describe-instances --query 'Reservations[].^", "Instances"));
    assert_true(
        offers("aws ec2 describe-instances --query 'Reservations[].Instances[].^St", "State"));
    assert_true(
        offers("aws ec2 describe-instances --query Reservations[*].Instances[0].^St", "State"));
    assert_true(
        offers("aws ec2 describe-instances --query \"Reservations[].Instances[].State.^N", "Name"));
    assert_true(
        offers("aws ec2 describe-instances --query='Reservations[].Instances[].^st", "State"));
    assert_true(offers("aws ec2 describe-vpcs --query 'Vpcs[0].^Vp", "VpcId"));
    assert_true(offers("aws ec2 describe-vpcs --query 'Vpcs[?^Is", "IsDefault"));
    assert_true(offers("aws ec2 describe-vpcs --query 'Vpcs[?IsDefault==`true`].^Vp", "VpcId"));
    assert_true(offers("aws ec2 describe-vpcs --query 'Vpcs[].{A:VpcId,B:^Ci", "CidrBlock"));
    assert_true(offers("aws ec2 describe-vpcs --query 'Vpcs[].[VpcId,^Ci", "CidrBlock"));
    assert_true(offers("aws ec2 describe-vpcs --query 'sort_by(Vpcs,&^Ci", "CidrBlock"));
    assert_true(offers("aws ec2 describe-vpcs --query 'sort_by(Vpcs,&VpcId)[].^Ci", "CidrBlock"));
    assert_true(offers("aws ec2 describe-vpcs --query 'Vpcs[] | [0].^Ci", "CidrBlock"));
    assert_true(offers("aws ec2 describe-vpcs --query 'length(^V", "Vpcs"));
    assert_true(lacks("aws ec2 describe-vpcs --query 'Vpcs[?VpcId==`V", "VpcId"));
    assert_int_equal(count("aws ec2 describe-vpcs --query 'Vpcs[].{V"), 0);
    assert_int_equal(count("aws ec2 describe-vpcs --query 'Vpcs[].VpcId.V"), 0);
    assert_int_equal(count("aws ec2 describe-vpcs --query 'Vpcs[?VpcId==`V."), 0);
    assert_int_equal(count("aws ec2 describe-vpcs --query 'Vpcs[V"), 0);
    assert_true(count("lab describe-hosts --query '") > 0);
}

/* A person may leave out `aws`; a script may not. */
static void test_left_out(void **state)
{
    const char *id = session_variable(desk.session, "I");

    (void)state;
    assert_int_equal(count("ec2 desc"), 0);
    assert_int_equal(desk_run(&desk, "ec2 describe-vpcs"), EXIT_NOT_FOUND);
    desk.shell.short_aws = true;
    assert_true(offers("^ec", "ec2"));
    assert_true(offers("^ec", "echo"));
    assert_true(offers("ec2 ^desc", "describe-instances"));
    assert_true(offers(" ec2 stop-instances --instance-ids ^we", id));
    assert_true(lacks("echo; ec", "ec2"));
    assert_int_equal(count("echo $(ec2 desc"), 0);
    assert_int_equal(desk_run(&desk, "ec2 describe-vpcs --query 'Vpcs[0].State' --output text"), 0);
    assert_string_equal(str_text(&desk.out), "available\n");
    assert_int_equal(desk_run(&desk, "echo; ec2 describe-vpcs"), EXIT_NOT_FOUND);
    assert_int_equal(desk_run(&desk, "ec2 describe-vpcs; ec2 describe-vpcs"), EXIT_NOT_FOUND);
    assert_int_equal(desk_run(&desk, "nosuch describe-vpcs"), EXIT_NOT_FOUND);
    assert_true(shell_is_short(&desk.shell, " ec2 describe-vpcs"));
    assert_false(shell_is_short(&desk.shell, "ec2=1"));
    assert_false(shell_is_short(&desk.shell, "lab advance"));
    desk.shell.short_aws = false;
}

/* A filter's values are what there is. */
static void test_filter_values(void **state)
{
    const char *id = session_variable(desk.session, "I");

    (void)state;
    assert_true(offers("aws ec2 describe-instances --filters "
                       "Name=instance-state-name,Values=^r",
                       "running"));
    assert_true(offers("aws ec2 describe-instances --filters "
                       "'Name=instance-state-name,Values=running,^st",
                       "stopped"));
    assert_true(offers("aws ec2 describe-instances --filters Name=vpc-id,Values=vpc-1 "
                       "Name=availability-zone,Values=^",
                       "us-east-1a"));
    assert_true(offers("aws ec2 describe-instances --filters Name=instance-type,Values=^t3.mi",
                       "t3.micro"));
    assert_true(offers("aws ec2 describe-instances --filters Name=instance-id,Values=^", id));
    assert_true(offers("aws ec2 describe-instances --filters Name=tag:Name,Values=^w", "web"));
    assert_true(offers("aws ec2 describe-volumes --filters Name=volume-type,Values=^gp", "gp3"));
    assert_true(offers("aws ec2 describe-vpcs --filters Name=is-default,Values=^t", "true"));
    assert_int_equal(count("aws ec2 describe-vpcs --filters Name=nosuch,Values="), 0);
}

/* Whatever stands before the cursor, wherever that is. */
static void test_never_beyond(void **state)
{
    static const char alphabet[] = "aws ec2 $()\"'\\;&|>=-,{}[]#\n~*i0";
    char text[41] = "";
    uint32_t seed = 1;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct line_candidates candidates = {0};
        size_t length;

        seed = seed * 1664525 + 1013904223;
        length = (seed >> 16) % 40;
        for (size_t i = 0; i < length; i++) {
            seed = seed * 1664525 + 1013904223;
            text[i] = alphabet[(seed >> 16) % (sizeof(alphabet) - 1)];
        }
        text[length] = '\0';
        complete_line(&desk.shell, text, length / 2, &candidates);
        assert_true(candidates.start <= length / 2);
        line_candidates_release(&candidates);
    }
}

/* Who has an alias would have to complete by hand. */
static void test_aliases(void **state)
{
    struct typed typed;
    struct str why = STR_INIT;

    (void)state;
    typed_init(&typed, NULL, &why);
    assert_int_equal(typed_set(&typed, "servers", "aws ec2 describe-instances", &why), 0);
    assert_int_equal(typed_set(&typed, "half", "aws ec2 describe-in", &why), 0);
    desk.shell.typed = &typed;
    assert_true(offers("^ser", "servers"));
    assert_true(offers("unalias ^se", "servers"));
    assert_true(offers("  servers --instance-ids i-1 ^--outp", "--output"));
    assert_true(offers("servers --output ^t", "table"));
    assert_true(lacks("half", "aws"));
    assert_true(offers("source ^", "site.json"));
    desk.shell.typed = NULL;
    typed_release(&typed);
    str_release(&why);
}

/* What is said of the one whose text has that part; "" when there is none. */
static const char *doc_of(const struct line_candidates *candidates, const char *part)
{
    for (uint32_t i = 0; i < candidates->items.count; i++) {
        if (strstr(candidates->items.items[i].text, part) != NULL)
            return candidates->items.items[i].doc;
    }
    return "";
}

/* If this fails, Tab does not know the ARNs of listeners and rules. */
static void test_listeners_and_rules(void **state)
{
    struct line_candidates candidates;

    (void)state;
    assert_int_equal(
        desk_run(&desk,
                 "LB=$(aws elbv2 create-load-balancer --name door --subnets $(aws ec2 "
                 "describe-subnets --query 'Subnets[].SubnetId' --output text) --query "
                 "'LoadBalancers[0].LoadBalancerArn' --output text)\n"
                 "L=$(aws elbv2 create-listener --load-balancer-arn $LB --protocol HTTP --port 80 "
                 "--default-actions 'Type=fixed-response,FixedResponseConfig={StatusCode=200}' "
                 "--query 'Listeners[0].ListenerArn' --output text)\n"
                 "aws elbv2 create-rule --listener-arn $L --priority 5 --conditions "
                 "Field=path-pattern,Values=/img --actions "
                 "'Type=fixed-response,FixedResponseConfig={StatusCode=404}'"),
        0);
    complete("aws elbv2 delete-listener --listener-arn ", &candidates);
    assert_string_equal(doc_of(&candidates, ":listener/app/door/"), "door HTTP:80");
    line_candidates_release(&candidates);
    complete("aws elbv2 delete-rule --rule-arn ", &candidates);
    assert_string_equal(doc_of(&candidates, ":listener-rule/app/door/"), "path-pattern /img");
    line_candidates_release(&candidates);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),        cmocka_unit_test(test_options),
        cmocka_unit_test(test_live),         cmocka_unit_test(test_values),
        cmocka_unit_test(test_global_values),
        cmocka_unit_test(test_quotes),       cmocka_unit_test(test_letters),
        cmocka_unit_test(test_names_of_ids), cmocka_unit_test(test_left_out),
        cmocka_unit_test(test_query),        cmocka_unit_test(test_filter_values),
        cmocka_unit_test(test_never_beyond),
        cmocka_unit_test(test_listeners_and_rules),
        cmocka_unit_test(test_aliases),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
