/*
 * tests/unit/cloud_credit_test.c - CPU credits, line by line of SEMANTICS c5.
 *
 * If this fails, a learner who counts credits as AWS's documents do comes to another number.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cloud/catalog.h"
#include "cloud/credit.h"

static struct catalog *catalog;

static int set_up(void **state)
{
    (void)state;
    catalog = catalog_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    catalog_free(catalog);
    return 0;
}

static const struct catalog_type *type_of(const char *name)
{
    return &catalog->types[catalog_type_find(catalog, name)];
}

/* So long at that part of all its vCPUs. */
static void use(struct credits *credits, const struct credit_terms *terms, int percent, int64_t ns)
{
    credits_pass(credits, terms, ns, cpu_time_of(terms->all_ppm * percent / 100, ns));
}

/* c5, the table: what each size earns in an hour, and the most it keeps. */
static void each_size_earns_and_keeps(void **state)
{
    static const struct {
        const char *name;
        int64_t hour_milli;
        int64_t cap_milli;
    } sizes[] = {
        {"t3.nano", 6000, 144000},     {"t3a.micro", 12000, 288000},
        {"t4g.small", 24000, 576000},  {"t3.medium", 24000, 576000},
        {"t3.large", 36000, 864000},   {"t3.xlarge", 96000, 2304000},
        {"t3.2xlarge", 192000, 4608000}, {"t2.nano", 3000, 72000},
        {"t2.micro", 6000, 144000},    {"t2.small", 12000, 288000},
        {"t2.medium", 24000, 576000},  {"t2.large", 36000, 864000},
        {"t2.xlarge", 54000, 1296000}, {"t2.2xlarge", 81600, 1958400},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        const struct credit_terms terms = credit_terms_of(type_of(sizes[i].name));
        struct credits credits = {.mode = CREDIT_STANDARD};

        use(&credits, &terms, 0, HOUR_NS);
        assert_int_equal(credits_balance_milli(&credits), sizes[i].hour_milli);
        use(&credits, &terms, 0, 30 * DAY_NS);
        assert_int_equal(credits_balance_milli(&credits), sizes[i].cap_milli);
    }
}

/* c5, the self-check: 6 earned, 2 vCPUs at 2 % for an hour use 2.4. */
static void a_nano_at_two_percent_accrues_3_6(void **state)
{
    const struct credit_terms terms = credit_terms_of(type_of("t3.nano"));
    struct credits credits = {.mode = CREDIT_UNLIMITED};

    (void)state;
    use(&credits, &terms, 2, HOUR_NS);
    assert_int_equal(credits_balance_milli(&credits), 3600);
    assert_int_equal(credits.used.ns, 2400 * CREDIT_NS / 1000);
}

/* c5: at the baseline the balance stays as it is. */
static void at_the_baseline_nothing_changes(void **state)
{
    const struct credit_terms terms = credit_terms_of(type_of("t3.micro"));
    struct credits credits = {.mode = CREDIT_STANDARD};

    (void)state;
    use(&credits, &terms, 0, HOUR_NS);
    use(&credits, &terms, 10, 5 * HOUR_NS);
    assert_int_equal(credits_balance_milli(&credits), 12000);
}

/* c5: T3, T3a, T4g are unlimited by default, T2 is standard; others have no credits. */
static void usual_modes(void **state)
{
    (void)state;
    assert_int_equal(credit_mode_usual(type_of("t3.nano")), CREDIT_UNLIMITED);
    assert_int_equal(credit_mode_usual(type_of("t3a.nano")), CREDIT_UNLIMITED);
    assert_int_equal(credit_mode_usual(type_of("t4g.nano")), CREDIT_UNLIMITED);
    assert_int_equal(credit_mode_usual(type_of("t2.micro")), CREDIT_STANDARD);
    assert_int_equal(credit_mode_usual(type_of("m5.large")), CREDIT_NONE);
}

/* c5: 30 launch credits a vCPU, spent first, above the cap. */
static void launch_credits_are_spent_first(void **state)
{
    const struct credit_terms terms = credit_terms_of(type_of("t2.medium"));
    struct credits credits = {.mode = CREDIT_STANDARD};

    (void)state;
    credits_grant(&credits, &terms);
    assert_int_equal(credits_balance_milli(&credits), 60000);
    use(&credits, &terms, 100, 10 * MINUTE_NS);
    assert_int_equal(credits.launch.ns, 40 * CREDIT_NS);
    assert_int_equal(credits.balance.ns, 4 * CREDIT_NS);
    use(&credits, &terms, 0, 30 * DAY_NS);
    assert_int_equal(credits_balance_milli(&credits), 576000 + 40000);
}

/* c5: standard with none left falls gradually to the baseline: within about 15 minutes of full
 * speed, never rising, and no credit is used that is not there. */
static void without_credits_it_falls_gradually(void **state)
{
    const struct credit_terms terms = credit_terms_of(type_of("t3.nano"));
    struct credits credits = {.mode = CREDIT_STANDARD};
    int64_t before = terms.all_ppm;
    int64_t falling = 0;
    int minutes = 0;

    (void)state;
    use(&credits, &terms, 0, 6 * HOUR_NS);
    for (int steps = 0; steps < 200 && before > terms.earn_ppm; steps++) {
        int64_t limit = credits_limit(&credits, &terms);
        int64_t due = credits_due_ns(&credits, &terms, limit);

        assert_true(limit <= before && limit >= terms.earn_ppm);
        if (due == INT64_MAX)
            break;
        if (limit < terms.all_ppm) {
            falling += due;
            minutes++;
        }
        credits_pass(&credits, &terms, due, cpu_time_of(limit, due));
        assert_true(credits.balance.ns >= 0);
        before = limit;
    }
    assert_int_equal(credits_limit(&credits, &terms), terms.earn_ppm);
    assert_int_equal(credits_balance_milli(&credits), 0);
    assert_in_range(falling, 10 * MINUTE_NS, 25 * MINUTE_NS);
    assert_in_range(minutes, 8, 25);
}

/* c5: unlimited goes on and owes; earning pays it down; beyond a day's earning it is charged at the
 * end of the hour. */
static void surplus_is_paid_down_or_charged(void **state)
{
    const struct credit_terms terms = credit_terms_of(type_of("t3.nano"));
    struct credits credits = {.mode = CREDIT_UNLIMITED};

    (void)state;
    use(&credits, &terms, 100, HOUR_NS);
    assert_int_equal(credits_limit(&credits, &terms), terms.all_ppm);
    assert_int_equal(credits_balance_milli(&credits), 0);
    assert_int_equal(credits_surplus_milli(&credits), 114000);
    credits_hour(&credits, &terms);
    assert_int_equal(credits.charged.ns, 0);
    use(&credits, &terms, 0, HOUR_NS);
    assert_int_equal(credits_surplus_milli(&credits), 108000);
    use(&credits, &terms, 100, HOUR_NS);
    credits_hour(&credits, &terms);
    assert_int_equal(credits_surplus_milli(&credits), 144000);
    assert_int_equal(credits.charged.ns, 78 * CREDIT_NS);
}

/* c5: surplus is charged on a switch to standard; launch credits go with one to unlimited. */
static void a_switch_settles(void **state)
{
    const struct credit_terms terms = credit_terms_of(type_of("t2.micro"));
    struct credits credits = {.mode = CREDIT_STANDARD};

    (void)state;
    credits_grant(&credits, &terms);
    use(&credits, &terms, 0, HOUR_NS);
    credits_set_mode(&credits, CREDIT_UNLIMITED);
    assert_int_equal(credits_balance_milli(&credits), 6000);
    use(&credits, &terms, 100, HOUR_NS);
    assert_int_equal(credits_surplus_milli(&credits), 48000);
    credits_set_mode(&credits, CREDIT_STANDARD);
    assert_int_equal(credits_surplus_milli(&credits), 0);
    assert_int_equal(credits.charged.ns, 48 * CREDIT_NS);
}

/* None is lost: earned, less used, is what is left, to the millionth of a nanosecond, however time
 * is cut into pieces. */
static void pieces_make_the_whole(void **state)
{
    const struct credit_terms terms = credit_terms_of(type_of("t2.2xlarge"));
    struct credits whole = {.mode = CREDIT_UNLIMITED};
    struct credits parts = {.mode = CREDIT_UNLIMITED};

    (void)state;
    credits_pass(&whole, &terms, 7654321, cpu_time_of(333333, 7654321));
    for (int64_t left = 7654321; left > 0;) {
        int64_t piece = left > 777 ? 777 : left;

        credits_pass(&parts, &terms, piece, cpu_time_of(333333, piece));
        left -= piece;
    }
    assert_memory_equal(&whole, &parts, sizeof(whole));
}

/* c5: t3.large against m5.large.  With AWS's $0.0835, $0.096 and $0.05 they cost the same at
 * 42.5 %; at more the fixed one is cheaper. */
static void break_even_is_as_documented(void **state)
{
    static const struct catalog_type large = {
        .name = "t3.large", .family = "t3", .vcpus = 2, .credits_milli_hour = 36000,
        .burstable = true};
    struct credit_terms terms = credit_terms_of(&large);

    (void)state;
    for (int permille = 400; permille <= 450; permille += 25) {
        struct credits credits = {.mode = CREDIT_UNLIMITED};
        int64_t burstable_micro;
        int64_t fixed_micro = INT64_C(96000) * 1000;

        for (int hour = 0; hour < 1000; hour++) {
            credits_pass(&credits, &terms, HOUR_NS,
                         cpu_time_of(terms.all_ppm * permille / 1000, HOUR_NS));
            credits_hour(&credits, &terms);
        }
        credits_settle_surplus(&credits);
        burstable_micro = INT64_C(83500) * 1000 + credits.charged.ns / (HOUR_NS / 50000);
        if (permille == 425)
            assert_int_equal(burstable_micro, fixed_micro);
        else
            assert_true((burstable_micro < fixed_micro) == (permille < 425));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_size_earns_and_keeps),
        cmocka_unit_test(a_nano_at_two_percent_accrues_3_6),
        cmocka_unit_test(at_the_baseline_nothing_changes),
        cmocka_unit_test(usual_modes),
        cmocka_unit_test(launch_credits_are_spent_first),
        cmocka_unit_test(break_even_is_as_documented),
        cmocka_unit_test(without_credits_it_falls_gradually),
        cmocka_unit_test(surplus_is_paid_down_or_charged),
        cmocka_unit_test(a_switch_settles),
        cmocka_unit_test(pieces_make_the_whole),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
