/*
 * tests/unit/cloud_event_input_test.c - what a target gets: parts of events, and templates.
 *
 * If this fails, a queue behind a rule gets another text than at AWS.
 */
#include "cloud/event_bus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"

static const char event[] =
    "{\"id\":\"1\",\"account\":\"\",\"detail-type\":\"Order "
    "\\\"Placed\\\"\",\"detail\":{\"cups\":2,"
    "\"who\":{\"id\":\"a-1\",\"vip\":true},\"one\":[\"HIGH\"],\"two\":[\"A\",\"B\"]}}";

static struct pair paths[] = {
    {"type", "$.detail-type"},     {"cups", "$.detail.cups"}, {"who", "$.detail.who"},
    {"id", "$.detail.who.id"},     {"one", "$.detail.one"},   {"two", "$.detail['two']"},
    {"second", "$.detail.two[1]"}, {"none", "$.detail.none"}, {"account", "$.account"},
};

static void gives(struct event_target target, const char *expected)
{
    char *text;

    target.paths.items = paths;
    target.paths.count = sizeof(paths) / sizeof(paths[0]);
    text = event_input(&target, event, "arn:rule", "rule", INT64_C(1767600000000000000));
    if (expected == NULL)
        assert_null(text);
    else
        assert_string_equal(text, expected);
    free(text);
}

static void template_gives(const char *template, const char *expected)
{
    gives((struct event_target){.template = (char *)(uintptr_t) template}, expected);
}

static void path_gives(const char *path, const char *expected)
{
    gives((struct event_target){.input_path = (char *)(uintptr_t)path}, expected);
}

static void templates(void **state)
{
    (void)state;
    template_gives("\"<id> ordered <cups>, says <aws.events.rule-name>\"",
                   "\"a-1 ordered 2, says rule\"");
    template_gives("\"<one> and <two>, <account> and <who>\"",
                   "\"[HIGH] and [A,B],  and {id:a-1,vip:true}\"");
    template_gives("{\"who\": <who>, \"path\": \"orders/<id>/<id>\", \"list\": [<id>, \"x\"]}",
                   "{\"who\":{\"id\":\"a-1\",\"vip\":true},\"path\":\"orders/a-1/a-1\",\"list\":["
                   "\"a-1\",\"x\"]}");
    template_gives("{\"one\": <one>, \"at\": <aws.events.event.ingestion-time>}",
                   "{\"one\":[\"HIGH\"],\"at\":\"2026-01-05T08:00:00Z\"}");
    template_gives("{\"one\": \"<one>\"}", NULL); /* its quotes spoil the object */
    template_gives("<one> is no JSON", NULL);
    template_gives("{\"type\": <type>}", "{\"type\":\"Order \\\"Placed\\\"\"}");
    template_gives("\"<second>: <none>\"", "\"B: \"");
    template_gives("\"{[/ <cups>\"", "\"{[/ 2\"");
}

static void parts(void **state)
{
    (void)state;
    path_gives("$.detail.who", "{\"id\":\"a-1\",\"vip\":true}");
    path_gives("$.detail.who.id", "\"a-1\"");
    path_gives("$.detail.two[0]", "\"A\"");
    gives((struct event_target){.input = (char *)(uintptr_t) "\"fixed\""}, "\"fixed\"");
    gives((struct event_target){.id = NULL}, event);
}

static void unknown_names(void **state)
{
    struct arena arena = ARENA_INIT;
    struct event_target target = {
        .template = (char *)(uintptr_t) "\"<id> <aws.events.event> 1 < 2 <what>\"",
    };

    (void)state;
    target.paths.items = paths;
    target.paths.count = sizeof(paths) / sizeof(paths[0]);
    assert_string_equal(event_template_check(&arena, &target), "what");
    target.template = (char *)(uintptr_t) "\"<id> <aws.events.event.json>\"";
    assert_null(event_template_check(&arena, &target));
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(templates),
        cmocka_unit_test(parts),
        cmocka_unit_test(unknown_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
