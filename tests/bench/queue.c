/*
 * bench/queue.c - SQS: send, receive and delete, with an empty queue and behind 100,000 messages
 * (P11).
 *
 * Through the operations, as a command reaches them once its line is read.  In CPU time.  moto
 * does the same where it is installed (python3-moto): as a server, and in one process.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "cloud/world.h"
#include "api/invoke.h"
#include "api/sqs.h"

#include "meter.h"

enum { DEPTH = 100000, CYCLES = 50000, ROUNDS = 3 };

struct bench {
    struct caller caller;
    char *url;
    json_t *send; /* lines that have been read */
    json_t *receive;
};

static json_t *ask(struct bench *bench, const char *name, json_t *params)
{
    struct call call;
    json_t *answer = NULL;

    if (invoke_json(&call, &bench->caller, service_op_find(&service_sqs, name), params, &answer) !=
        0) {
        printf("  %s: %s\n", name, call.fault.message);
        exit(1);
    }
    call_release(&call);
    json_decref(params);
    return answer;
}

static void send_one(struct bench *bench)
{
    json_decref(ask(bench, "SendMessage", json_incref(bench->send)));
}

/* Nanoseconds that a cycle takes, in the best of some rounds. */
static int64_t cycle_ns(struct bench *bench)
{
    int64_t best = INT64_MAX;

    for (int round = 0; round < ROUNDS; round++) {
        int64_t begin = meter_cpu_ns();
        int64_t spent;

        for (int i = 0; i < CYCLES; i++) {
            json_t *got;
            const char *handle;

            send_one(bench);
            got = ask(bench, "ReceiveMessage", json_incref(bench->receive));
            handle = json_string_value(json_object_get(
                json_array_get(json_object_get(got, "Messages"), 0), "ReceiptHandle"));
            json_decref(
                ask(bench, "DeleteMessage",
                    json_pack("{s:s, s:s}", "QueueUrl", bench->url, "ReceiptHandle", handle)));
            json_decref(got);
        }
        spent = (meter_cpu_ns() - begin) / CYCLES;
        best = spent < best ? spent : best;
    }
    return best;
}

/* Cycles a second; 0: it is not there. */
struct moto {
    double server;
    double inside; /* in one process, through boto3 */
};

static struct moto moto_cycles(void)
{
    FILE *answer = popen("python3 tests/bench/moto_queue.py 2>/dev/null", "r");
    struct moto moto = {0};

    if (answer == NULL)
        return moto;
    if (fscanf(answer, "%lf %lf", &moto.server, &moto.inside) != 2)
        moto = (struct moto){0};
    pclose(answer);
    return moto;
}

static void compare(int64_t cycle, double moto, const char *what)
{
    if (moto > 0)
        printf("    %.0f times as fast as moto %s (%.0f a second; goal: 1,000)\n",
               1e9 / (double)cycle / moto, what, moto);
    else
        printf("    moto %s is not there to be compared with (python3-moto)\n", what);
}

int main(void)
{
    struct catalog *catalog = catalog_new();
    struct world *world = world_new(catalog, 1, 0);
    struct bench bench = {.caller = {.world = world, .account = ACCOUNT_LEARNER}};
    json_t *made = ask(&bench, "CreateQueue", json_pack("{s:s}", "QueueName", "orders"));
    struct moto moto = moto_cycles();
    int64_t empty;
    int64_t deep;

    bench.url = xstrdup(json_string_value(json_object_get(made, "QueueUrl")));
    json_decref(made);
    bench.send = json_pack("{s:s, s:s}", "QueueUrl", bench.url, "MessageBody", "one latte");
    bench.receive = json_pack("{s:s}", "QueueUrl", bench.url);
    empty = cycle_ns(&bench);
    for (int i = 0; i < DEPTH; i++)
        send_one(&bench);
    deep = cycle_ns(&bench);
    printf("P11 SQS send, receive, delete: %.2f us, %.0f a second\n", (double)empty / 1e3,
           1e9 / (double)empty);
    compare(empty, moto.server, "behind HTTP");
    compare(empty, moto.inside, "in one process, through boto3");
    printf("    behind %d messages: %.2f us, %.2f times as long (goal: 2)\n", DEPTH,
           (double)deep / 1e3, (double)deep / (double)empty);
    json_decref(bench.send);
    json_decref(bench.receive);
    free(bench.url);
    world_free(world);
    catalog_free(catalog);
    return 0;
}
