/*
 * tests/unit/cloud_resource_policy_test.c - policies of resources, and what AWS's services deliver.
 *
 * If this fails, a service delivers to a queue whose policy does not let it, or is kept out of one
 * whose policy does; or a policy means something else here than at AWS.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/world.h"

#define QUEUE "arn:aws:sqs:us-east-1:111122223333:orders"
#define TOPIC "arn:aws:sns:us-east-1:111122223333:shout"
#define STATEMENT(effect, rest) \
    "{\"Statement\":[{\"Effect\":\"" effect "\"," \
    "\"Principal\":{\"Service\":\"sns.amazonaws.com\"}," \
    "\"Action\":\"sqs:SendMessage\",\"Resource\":\"" QUEUE "\"" rest "}]}"
#define SOURCE(operator, arn) \
    ",\"Condition\":{\"" operator "\":{\"aws:SourceArn\":\"" arn "\"}}"

static enum resource_verdict judge(const char *text, const char *service, const char *source)
{
    struct arena arena = ARENA_INIT;
    struct resource_policy *policy;
    const char *what;
    const struct resource_ask ask = {
        .service = service,
        .account = service == NULL ? 111122223333 : 0,
        .action = "sqs:SendMessage",
        .resource = QUEUE,
        .source_arn = source,
    };
    enum resource_verdict verdict;

    assert_int_equal(resource_policy_read(text, &arena, &policy, &what), POLICY_READ);
    verdict = resource_policy_judge(policy, &ask);
    resource_policy_free(policy);
    arena_release(&arena);
    return verdict;
}

static void test_judge(void **state)
{
    static const char sns[] = "sns.amazonaws.com";

    (void)state;
    assert_int_equal(judge(STATEMENT("Allow", ""), sns, TOPIC), POLICY_ALLOWS);
    assert_int_equal(judge(STATEMENT("Allow", ""), "events.amazonaws.com", TOPIC), POLICY_SILENT);
    assert_int_equal(judge(STATEMENT("Deny", ""), sns, TOPIC), POLICY_DENIES);
    assert_int_equal(judge(STATEMENT("Allow", ""), NULL, NULL), POLICY_SILENT);
    assert_int_equal(judge(STATEMENT("Allow", SOURCE("ArnEquals", TOPIC)), sns, TOPIC),
                     POLICY_ALLOWS);
    assert_int_equal(judge(STATEMENT("Allow", SOURCE("ArnLike", "arn:aws:sns:*:*:sh*t")), sns,
                           TOPIC),
                     POLICY_ALLOWS);
    assert_int_equal(judge(STATEMENT("Allow", SOURCE("StringEquals", "arn:aws:sns:*")), sns,
                           TOPIC),
                     POLICY_SILENT);
    assert_int_equal(judge(STATEMENT("Allow", SOURCE("StringLike", "arn:aws:sns:*")), sns, TOPIC),
                     POLICY_ALLOWS);
    assert_int_equal(judge(STATEMENT("Allow", SOURCE("ArnEquals", TOPIC)), sns, NULL),
                     POLICY_SILENT);
    assert_int_equal(judge(STATEMENT("Deny", SOURCE("ArnNotEquals", TOPIC)), sns, TOPIC "2"),
                     POLICY_DENIES);
    assert_int_equal(judge("{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":"
                           "[\"SQS:Send*\"]}}",
                           NULL, NULL),
                     POLICY_ALLOWS);
}

static enum resource_policy_fault fault_of(const char *text)
{
    struct arena arena = ARENA_INIT;
    struct resource_policy *policy;
    const char *what;
    enum resource_policy_fault fault = resource_policy_read(text, &arena, &policy, &what);

    assert_null(policy);
    arena_release(&arena);
    return fault;
}

static void test_refused(void **state)
{
    (void)state;
    assert_int_equal(fault_of(""), POLICY_MALFORMED);
    assert_int_equal(fault_of("[]"), POLICY_MALFORMED);
    assert_int_equal(fault_of("{\"Statement\":[{}]}"), POLICY_MALFORMED);
    assert_int_equal(fault_of(STATEMENT("Maybe", "")), POLICY_MALFORMED);
    assert_int_equal(fault_of(STATEMENT("Allow", ",\"Colour\":\"red\"")), POLICY_MALFORMED);
    assert_int_equal(fault_of(STATEMENT("Allow", SOURCE("IpAddress", "10.0.0.0/8"))),
                     POLICY_NOT_MODELLED);
    assert_int_equal(fault_of(STATEMENT("Allow", ",\"NotPrincipal\":\"*\"")), POLICY_NOT_MODELLED);
}

static enum queue_refusal deliver(struct world *world, const char *arn, const char *body)
{
    struct arena arena = ARENA_INIT;
    const char *why = NULL;
    struct queue_sent sent;
    enum queue_refusal refusal =
        queue_deliver(&world->queues,
                      &(struct queue_delivery){
                          .arn = arn,
                          .service = "sns.amazonaws.com",
                          .source_arn = TOPIC,
                          .send = {.body = body},
                      },
                      &sent, &arena, &why);

    assert_true((refusal == QUEUE_TOOK) == (why == NULL));
    arena_release(&arena);
    return refusal;
}

/* The queue of the cloud, saved and opened again in between. */
static void test_deliver(void **state)
{
    struct catalog *catalog = catalog_new();
    struct world *world = world_new(catalog, 1, 0);
    struct world *again;
    struct queue_wish wish = {0};
    struct fault fault = FAULT_INIT;
    struct str bytes = STR_INIT;
    struct queue *queue;
    const char *error;
    unsigned char before[PACK_HASH_SIZE];
    unsigned char after[PACK_HASH_SIZE];

    (void)state;
    queue = queue_add(&world->queues,
                      &(struct queue_new){
                          .account = ACCOUNT_LEARNER,
                          .name = "orders",
                          .wish = &wish,
                      },
                      &fault);
    assert_int_equal(deliver(world, QUEUE "2", "b"), QUEUE_NOT_THERE);
    assert_int_equal(deliver(world, QUEUE, "b"), QUEUE_NOT_ALLOWED);
    wish.policy = STATEMENT("Allow", SOURCE("ArnEquals", TOPIC));
    queue_change(&world->queues, queue, &wish);
    assert_int_equal(deliver(world, QUEUE, "b"), QUEUE_TOOK);
    assert_int_equal(deliver(world, QUEUE, ""), QUEUE_NOT_TAKEN);
    world_pack(world, &bytes);
    again = world_unpack(catalog, str_text(&bytes), bytes.length, &error);
    assert_non_null(again);
    world_hash(world, before);
    world_hash(again, after);
    assert_memory_equal(before, after, sizeof(before));
    assert_int_equal(deliver(again, QUEUE, "b"), QUEUE_TOOK);
    assert_int_equal(
        queue_count(queue_find_arn(&again->queues, QUEUE), MESSAGE_STATE_VISIBLE), 2);
    world_free(again);
    world_free(world);
    catalog_free(catalog);
    str_release(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_judge),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_deliver),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
