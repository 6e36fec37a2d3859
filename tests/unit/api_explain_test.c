/*
 * tests/unit/api_explain_test.c - what `explain` says, held against the faults that are given.
 *
 * If this fails, an error comes without a word of why, or `explain` speaks of one that never comes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "api/explain.h"
#include "api/service.h"
#include "cloud/event_bus.h"

enum { SENTENCES_LENGTH_MAX = 300 };

static int problems;

#define PROBLEM(...) (problems++, print_error(__VA_ARGS__))

/* If this fails, a learner meets an error about which `explain` knows nothing. */
static void test_every_fault_has_a_row(void **state)
{
    (void)state;
    problems = 0;
    for (size_t s = 0; services[s] != NULL; s++) {
        for (size_t i = 0; services[s]->ops[i] != NULL; i++) {
            const struct op *op = services[s]->ops[i];

            for (size_t k = 0; op->faults != NULL && op->faults[k] != NULL; k++) {
                const struct explanation *row = explain_find(op->faults[k]->code);

                if (row == NULL || strcmp(row->code, op->faults[k]->code) != 0)
                    PROBLEM("%s: no explanation of %s\n", op->name, op->faults[k]->code);
            }
        }
    }
    assert_int_equal(problems, 0);
}

/* If this fails, a dead letter bears an ERROR_CODE about which `explain` knows nothing. */
static void test_every_dead_letter_has_a_row(void **state)
{
    (void)state;
    problems = 0;
    for (int i = EVENT_ERROR_RESOURCE; event_error_words[i] != NULL; i++) {
        const struct explanation *row = explain_find(event_error_words[i]);

        if (row == NULL || strcmp(row->code, event_error_words[i]) != 0)
            PROBLEM("no explanation of %s\n", event_error_words[i]);
    }
    assert_null(event_error_words[EVENT_ERROR_CLIENT + 1]);
    assert_int_equal(problems, 0);
}

/* If this fails, one error is explained in two ways, or never (tests/tidy/explain.sh looks for the
 * codes that nobody gives). */
static void test_every_row_is_found(void **state)
{
    const struct explanation *row;
    const struct explanation *before = NULL;
    int parts = 0;

    (void)state;
    problems = 0;
    for (size_t i = 0; (row = explain_at(i)) != NULL; i++, before = row) {
        bool line = row->starts != NULL || row->holds != NULL;

        /* Those of networks, of spot instances, of EventBridge, queues and topics begin anew. */
        if (!line && before != NULL && strcmp(before->code, row->code) >= 0 && parts++ > 4)
            PROBLEM("%s: out of order\n", row->code);
        if (explain_find(row->code) != row)
            PROBLEM("%s: stands twice\n", row->code);
        if (line && explain_message_find(row->starts != NULL ? row->starts : row->holds) != row)
            PROBLEM("%s: an earlier row takes its message\n", row->code);
    }
    assert_int_equal(problems, 0);
}

static void check_text(const char *code, const char *text)
{
    size_t length = text == NULL ? 0 : strlen(text);

    if (length < 8 || text[length - 1] != '.')
        PROBLEM("%s: no whole sentence: %s\n", code, text == NULL ? "(none)" : text);
    if (length > SENTENCES_LENGTH_MAX)
        PROBLEM("%s: %zu characters are too many: %s\n", code, length, text);
    if (length > 0 && strstr(text, "  ") != NULL)
        PROBLEM("%s: two blanks in: %s\n", code, text);
}

/* If this fails, an explanation breaks off, or is too long to be read. */
static void test_sentences(void **state)
{
    const struct explanation *row;

    (void)state;
    problems = 0;
    for (size_t i = 0; (row = explain_at(i)) != NULL; i++) {
        check_text(row->code, row->what);
        check_text(row->code, row->why);
        check_text(row->code, row->tries);
    }
    assert_int_equal(problems, 0);
}

static void assert_line(const char *message, const char *code)
{
    const struct explanation *row = explain_message_find(message);

    assert_non_null(row);
    assert_string_equal(row->code, code);
}

/* If this fails, a failed line is explained as something else. */
static void test_lines(void **state)
{
    (void)state;
    assert_line("An error occurred (ParamValidation): Unknown options: --foo", "unknown-option");
    assert_line("An error occurred (ParamValidation): something new", "ParamValidation");
    assert_line("\naws: [ERROR]: Waiter VpcExists failed: Max attempts exceeded\n",
                "waiter-timeout");
    assert_line("\naws: [ERROR]: Waiter ImageAvailable failed: Waiter encountered a terminal "
                "failure state: For expression",
                "waiter-failed");
    assert_line("curl: (7)", "curl-7");
    assert_line("curl: (52) Empty reply from server", "curl-52");
    assert_line("curl: (56) Recv failure: Connection reset by peer", "curl-56");
    assert_line("ssh: connect to host 3.80.1.1 port 22: Connection refused", "ssh-refused");
    assert_line("me@3.80.1.1: Permission denied (publickey,gssapi-keyex,gssapi-with-mic).",
                "ssh-denied");
    assert_null(explain_message_find("nobody has ever said this"));
}

/* If this fails, a mistyped code leads nowhere. */
static void test_codes(void **state)
{
    struct str out = STR_INIT;
    struct str err = STR_INIT;

    (void)state;
    assert_true(explain_code("volumeinuse", &out, &err));
    assert_true(str_starts(str_text(&out), "VolumeInUse\n"));
    assert_false(explain_code("VolumeInUze", &out, &err));
    assert_non_null(strstr(str_text(&err), "VolumeInUse"));
    str_clear(&err);
    assert_false(explain_code("Permission", &out, &err));
    assert_non_null(strstr(str_text(&err), "InvalidPermission.Duplicate"));
    str_clear(&err);
    assert_false(explain_code("", &out, &err));
    assert_null(strstr(str_text(&err), "meant"));
    str_release(&out);
    str_release(&err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_fault_has_a_row),
        cmocka_unit_test(test_every_dead_letter_has_a_row),
        cmocka_unit_test(test_every_row_is_found),
        cmocka_unit_test(test_sentences),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_codes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
