/*
 * tests/view/queues_test.c - queues, topics and buses: in AWS's words, and as the order board with
 * the same numbers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "tui/view.h"

#include "shots.h"

static void rows_of(const char *name, int cols, struct view *view)
{
    struct view_frame frame;

    memset(&frame, 0, sizeof(frame));
    frame.cols = cols;
    frame.rows = 200;
    frame.filter = "";
    view_open(view, view_find(name), NULL);
    view_refresh(view, &shots_source);
    view_write(view, &frame);
}

/* The numbers of a row and of those under it that belong to it; false: there is no such row. */
static bool numbers_at(const struct sheet *sheet, const char *id, struct str *out)
{
    bool mine = false;
    bool found = false;

    for (uint32_t i = 0; i < sheet->used; i++) {
        const struct sheet_row *row = &sheet->rows.items[i];

        if (row->id != NULL || row->text.length == 0)
            mine = row->id != NULL && strcmp(row->id, id) == 0;
        if (mine)
            shots_numbers(str_text(&row->text), out);
        found = found || mine;
    }
    return found;
}

/* The order board would tell of other slips, shouts or rules than there are messages, topics and
 * rules in AWS's words; where a row has no room for all, of the same as far as it goes. */
static void test_queues_board(void **state)
{
    static const int cols[] = {60, 78, 100, 200};

    (void)state;
    for (size_t i = 0; i < sizeof(cols) / sizeof(cols[0]); i++) {
        struct view aws;
        struct view shop;
        unsigned compared = 0;

        rows_of("queues", cols[i], &aws);
        rows_of("coffee", cols[i], &shop);
        for (uint32_t row = 0; row < aws.sheet.used; row++) {
            const char *id = aws.sheet.rows.items[row].id;
            struct str here = STR_INIT;
            struct str there = STR_INIT;
            size_t length;

            if (id == NULL)
                continue;
            numbers_at(&aws.sheet, id, &here);
            assert_true(numbers_at(&shop.sheet, id, &there));
            length = here.length < there.length ? here.length : there.length;
            assert_memory_equal(str_text(&here), str_text(&there), length);
            if (cols[i] == 200)
                assert_string_equal(str_text(&here), str_text(&there));
            compared += length > 0;
            str_release(&here);
            str_release(&there);
        }
        assert_true(compared >= 20);
        view_close(&aws);
        view_close(&shop);
    }
}

/* The words of the shop would be missing, or a queue's producers miscounted. */
static void test_queues_words(void **state)
{
    static const int sizes[][2] = {{80, 150}, {100, 150}, {200, 150}};
    struct str queues = STR_INIT;
    struct str board = STR_INIT;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        shots_golden(&(struct shot){
            .view = "queues", .cols = sizes[i][0], .rows = sizes[i][1], .theme = "default"});
        shots_golden(&(struct shot){
            .view = "coffee", .cols = sizes[i][0], .rows = sizes[i][1], .theme = "default"});
    }
    shots_picture(&(struct shot){.view = "queues", .cols = 200, .rows = 150, .theme = "mono"},
                  &queues);
    shots_picture(&(struct shot){.view = "coffee", .cols = 200, .rows = 150, .theme = "mono"},
                  &board);
    assert_non_null(strstr(str_text(&queues), "visible 3  in flight 2  delayed 1"));
    assert_non_null(strstr(str_text(&board), "waiting 3  face down 2  not yet up 1"));
    assert_non_null(strstr(str_text(&queues), "latte for Ana  (barista-ben makes it)"));
    assert_non_null(strstr(str_text(&queues), "barista-cho              waits for an order"));
    assert_non_null(strstr(str_text(&queues), "sent 318: rule big-orders 4"));
    assert_non_null(strstr(str_text(&board), "written 318: rule big-orders 4"));
    assert_non_null(strstr(str_text(&queues), "delivered to 1 of 4"));
    assert_non_null(strstr(str_text(&board), "heard by 1 of 4"));
    assert_non_null(strstr(str_text(&board), "orders-dead  the spoiled tray"));
    str_release(&queues);
    str_release(&board);
}

/* Cashiers and baristas would stand at the door as counters where nobody serves, or an order would
 * be read as JSON. */
static void test_queues_crew(void **state)
{
    json_t *servers = json_pack("{s:[{s:s,s:s,s:b},{s:s,s:s,s:b}]}", "Servers", "InstanceId",
                                "i-00000000c0ffee001", "Name", "cashier-ana", "Listens", 0,
                                "InstanceId", "i-0aaaa000000000000", "Name", "blog", "Listens", 1);
    json_t *answers = json_copy(shots_answers);
    json_t *queue;
    struct str text = STR_INIT;

    (void)state;
    json_object_del(answers, "elbv2 DescribeLoadBalancers");
    json_object_set_new(answers, "lab DescribeServers", servers);
    queue = json_pack("{s:s,s:s,s:i,s:[{s:s,s:s,s:s}]}", "QueueName", "slips", "QueueUrl",
                      "https://sqs.us-east-1.amazonaws.com/111122223333/slips", "Sent", 1,
                      "Messages", "MessageId", "0b0e3f5a-0c1d-4e2f-8a3b-4c5d6e7f8091", "State",
                      "visible", "Body",
                      "{\"shop\":\"corner\",\"order\":12,\"drink\":\"tea\"}");
    json_object_set_new(answers, "lab DescribeQueues", json_pack("{s:[o]}", "Queues", queue));
    shots_source.context = answers;
    shots_picture(&(struct shot){.view = "coffee", .cols = 200, .rows = 150, .theme = "mono"},
                  &text);
    assert_non_null(strstr(str_text(&text), " 1 blog "));
    assert_null(strstr(str_text(&text), "cashier-ana         "
                                        "\xe2\x97\x8b nobody"));
    assert_non_null(strstr(str_text(&text), "order 12, tea"));
    shots_source.context = shots_answers;
    str_release(&text);
    json_decref(answers);
}

/* The picture of a view of the answers with other answers in their place. */
static void picture_with(const char *view, const char *question, json_t *answer, struct str *text)
{
    json_t *answers = json_copy(shots_answers);

    json_object_set_new(answers, question, answer);
    shots_source.context = answers;
    shots_picture(&(struct shot){.view = view, .cols = 200, .rows = 150, .theme = "mono"}, text);
    shots_source.context = shots_answers;
    json_decref(answers);
}

static json_t *queue_with(int64_t visible, const char *body)
{
    return json_pack("{s:[{s:s,s:s,s:i,s:I,s:s,s:i,s:[{s:s,s:s,s:s}]}]}", "Queues", "QueueName",
                     "slips", "QueueUrl",
                     "https://sqs.us-east-1.amazonaws.com/111122223333/slips", "Sent", 3000,
                     "Visible", (json_int_t)visible, "DeadLetterQueue", "spoiled",
                     "MaxReceiveCount", 1, "Messages", "MessageId",
                     "0b0e3f5a-0c1d-4e2f-8a3b-4c5d6e7f8091", "State", "visible", "Body", body);
}

/* Messages that are not listed could not be found, and the board would speak of topics. */
static void test_queues_rest(void **state)
{
    static const char told[] = "{\"Type\":\"Notification\",\"TopicArn\":"
                               "\"arn:aws:sns:us-east-1:111122223333:t\",\"Message\":\"large\"}";
    static const struct {
        const char *view;
        int64_t visible;
        const char *there[3];
    } cases[] = {
        {"queues", 35, {"and 34 more: lab describe-queues --max-results 35", "large  (topic t)",
                        "received more than once: to spoiled"}},
        {"queues", 3000, {"and 2999 more: lab describe-queues --max-results 100 lists the oldest",
                          "large  (topic t)", "received more than once: to spoiled"}},
        {"coffee", 35, {"and 34 more: lab describe-queues --max-results 35", "large  (shout t)",
                        "taken more than once: to the spoiled tray spoiled"}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct str text = STR_INIT;

        picture_with(cases[i].view, "lab DescribeQueues", queue_with(cases[i].visible, told),
                     &text);
        for (size_t k = 0; k < 3; k++)
            assert_non_null(strstr(str_text(&text), cases[i].there[k]));
        str_release(&text);
    }
}

/* A topic would call lost what its subscription calls failed, and nobody would say why. */
static void test_queues_losses(void **state)
{
    static const char *const words[][3] = {
        {"queues", "dead-lettered 1  lost 2", "lost 2"},
        {"coffee", "to the spoiled tray 1  gone 2", "gone 2"},
    };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        json_t *topic = json_pack(
            "{s:[{s:s,s:s,s:i,s:i,s:i,s:[{s:s,s:s,s:s,s:b,s:i,s:i,s:s,s:s}]}]}", "Topics",
            "TopicName", "calls", "TopicArn", "arn:aws:sns:us-east-1:111122223333:calls",
            "Published", 3, "Failed", 3, "DeadLettered", 1, "Subscriptions", "SubscriptionArn",
            "arn:aws:sns:us-east-1:111122223333:calls:1", "Protocol", "sqs", "Endpoint",
            "arn:aws:sqs:us-east-1:111122223333:work", "Confirmed", 1, "DeadLettered", 1, "Lost",
            2, "LastFate", "lost", "LastReason", "the queue work has no policy");
        struct str text = STR_INIT;
        const char *row;

        picture_with(words[i][0], "lab DescribeTopics", topic, &text);
        row = strstr(str_text(&text), words[i][1]);
        assert_non_null(row);
        row = strstr(row + 1, words[i][2]); /* the topic's own end of it */
        row = row == NULL ? NULL : strstr(row + 1, words[i][2]);
        assert_non_null(row);
        assert_non_null(strstr(row, "because the queue work has no policy"));
        str_release(&text);
    }
}

/* A filter would hide what it asks for, or show what it does not. */
static void test_queues_filter(void **state)
{
    static const struct {
        const char *filter;
        const char *there;
        const char *gone;
    } cases[] = {
        {"seats", "seats.fifo  topic", "ready  topic"},
        {"big-orders", "rule big-orders", "rule everything"},
        {"shop", "rule everything", "closing-time"}, /* the bus of that name, whole */
        {"mocha", "orders  queue", "seats.fifo"},
        {"barista-cho", "on a break", "kiosk"},
        {"no such thing", "none that match", "queue"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct view_frame frame;
        struct view view;
        struct str text = STR_INIT;

        memset(&frame, 0, sizeof(frame));
        frame.cols = 100;
        frame.rows = 60;
        view_open(&view, view_find("queues"), NULL);
        view_refresh(&view, &shots_source);
        str_add(&view.filter, cases[i].filter);
        view_write(&view, &frame);
        for (uint32_t row = 0; row < view.sheet.used; row++)
            str_addf(&text, "%s\n", str_text(&view.sheet.rows.items[row].text));
        assert_non_null(strstr(str_text(&text), cases[i].there));
        assert_null(strstr(str_text(&text), cases[i].gone));
        str_release(&text);
        view_close(&view);
    }
}

/* Enter on a row would type another row's command, or receive a message that is only looked at. */
static void test_queues_commands(void **state)
{
    static const char *const cases[][2] = {
        {"arn:aws:sns:us-east-1:111122223333:ready",
         "aws sns get-topic-attributes --topic-arn arn:aws:sns:us-east-1:111122223333:ready"},
        {"arn:aws:events:us-east-1:111122223333:rule/shop/big-orders",
         "aws events describe-rule --name big-orders --event-bus-name shop"},
        {"arn:aws:events:us-east-1:111122223333:rule/shop/big-orders#board",
         "aws events list-targets-by-rule --rule big-orders --event-bus-name shop"},
        {"arn:aws:events:us-east-1:111122223333:rule/closing-time",
         "aws events describe-rule --name closing-time"},
        {"arn:aws:events:us-east-1:111122223333:event-bus/shop",
         "aws events list-rules --event-bus-name shop"},
        {"shop corner", "lab describe-shops --shop-names corner"},
        {"1b0e3f5a-0c1d-4e2f-8a3b-4c5d6e7f8091",
         "lab describe-message --message-id 1b0e3f5a-0c1d-4e2f-8a3b-4c5d6e7f8091"},
        {"9d1c0b2a-3f40-4152-8a6b-7c8d9e0f1a2b",
         "lab explain-message --message-id 9d1c0b2a-3f40-4152-8a6b-7c8d9e0f1a2b"},
    };
    static const char *const names[] = {"queues", "coffee"};

    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct view view;

        rows_of(names[v], 100, &view);
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
            struct str command = STR_INIT;

            view.ops->command(view.scene, cases[i][0], &command);
            assert_string_equal(str_text(&command), cases[i][1]);
            str_release(&command);
        }
        view_close(&view);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_queues_board),
        cmocka_unit_test(test_queues_words),
        cmocka_unit_test(test_queues_crew),
        cmocka_unit_test(test_queues_rest),
        cmocka_unit_test(test_queues_losses),
        cmocka_unit_test(test_queues_filter),
        cmocka_unit_test(test_queues_commands),
    };

    return cmocka_run_group_tests(tests, shots_load, shots_drop);
}
