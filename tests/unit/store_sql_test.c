/*
 * tests/unit/store_sql_test.c - SQL over the cloud: what it answers, and what it does not let
 * happen.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/world.h"
#include "api/api_words.h"
#include "store/sql.h"
#include "shell/run.h"
#include "shell/session.h"

struct bench {
    struct catalog *catalog;
    struct session *session;
    struct shell shell;
    struct str out;
    struct str error;
};

static void run_lines(struct bench *bench, const char *lines)
{
    struct str out = STR_INIT;
    struct str err = STR_INIT;
    struct command_io io = {.out = &out, .err = &err};

    if (shell_run(&bench->shell, lines, true, &io) != 0)
        fail_msg("%s", str_text(&err));
    str_release(&out);
    str_release(&err);
}

#define AMI_LINE \
    "AMI=$(aws ec2 describe-images --owners amazon --filters " \
    "'Name=name,Values=al2023-ami-2023*-x86_64' --query 'Images[0].ImageId' --output text)\n"
#define LAUNCH "aws ec2 run-instances --image-id $AMI --instance-type t3.micro "

static struct bench *bench_new(const char *lines)
{
    struct bench *bench = xcalloc(1, sizeof(*bench));
    struct session_options options = {0};
    struct str notice = STR_INIT;

    bench->catalog = catalog_new();
    assert_int_equal(
        session_open(bench->catalog, &options, &bench->session, &notice, &bench->error), 0);
    str_release(&notice);
    shell_init(&bench->shell, bench->session);
    shell_add_words(&bench->shell, shell_words, &bench->shell);
    shell_add_words(&bench->shell, api_words, NULL);
    shell_add_words(&bench->shell, sql_words, NULL);
    run_lines(bench, lines);
    return bench;
}

static void bench_free(struct bench *bench)
{
    struct str why = STR_INIT;

    session_close(bench->session, &why);
    catalog_free(bench->catalog);
    str_release(&why);
    str_release(&bench->out);
    str_release(&bench->error);
    free(bench);
}

static int make_small(void **state)
{
    *state = bench_new(
        AMI_LINE LAUNCH
        "--tag-specifications 'ResourceType=instance,Tags=[{Key=Name,Value=web1},"
        "{Key=team,Value=red}]'\n" LAUNCH
        "--tag-specifications 'ResourceType=instance,Tags=[{Key=Name,Value=web2}]'\n" LAUNCH
        "--tag-specifications 'ResourceType=instance,Tags=[{Key=Name,Value=db}]'\n"
        "I=$(aws ec2 describe-instances --filters Name=tag:Name,Values=db "
        "--query 'Reservations[0].Instances[0].InstanceId' --output text)\n"
        "sleep 60\n"
        "aws ec2 stop-instances --instance-ids $I\n"
        "aws ec2 create-volume --availability-zone us-west-2a --size 7 --region us-west-2\n"
        "sleep 60\n");
    return 0;
}

static int drop(void **state)
{
    bench_free(*state);
    return 0;
}

static int ask_in(struct bench *bench, const char *statement, enum sql_form form)
{
    struct sql_request request = {
        .caller = bench->session->commander.caller,
        .statement = statement,
        .form = form,
    };

    str_clear(&bench->out);
    str_clear(&bench->error);
    return sql_run(&request, &bench->out, &bench->error);
}

static void expect(struct bench *bench, const char *statement, const char *answer)
{
    if (ask_in(bench, statement, SQL_LINES) != 0)
        fail_msg("%s: %s", statement, str_text(&bench->error));
    assert_string_equal(str_text(&bench->out), answer);
}

static void expect_refusal(struct bench *bench, const char *statement, const char *part)
{
    assert_int_not_equal(ask_in(bench, statement, SQL_LINES), 0);
    assert_int_equal(bench->out.length, 0);
    assert_null(strchr(str_text(&bench->error), '\n'));
    if (strstr(str_text(&bench->error), part) == NULL)
        fail_msg("%.80s: %s", statement, str_text(&bench->error));
}

/* If this fails, a query does not say what the cloud holds. */
static void test_answers(void **state)
{
    struct bench *bench = *state;

    expect(bench, "SELECT count(*) FROM aws_ec2_instance", "3\n");
    expect(bench,
           "SELECT instance_state, count(*) FROM aws_ec2_instance GROUP BY instance_state "
           "ORDER BY 2 DESC",
           "running\t2\nstopped\t1\n");
    expect(bench,
           "SELECT tags_src -> 0 ->> 'Key', json_array_length(tags_src) FROM aws_ec2_instance "
           "WHERE title = 'web1'",
           "Name\t2\n");
    expect(bench,
           "SELECT tags ->> 'Name', json_extract(tags, '$.team') FROM aws_ec2_instance "
           "WHERE tags ->> 'team' = 'red'",
           "web1\tred\n");
    expect(bench, "SELECT title FROM aws_ec2_instance WHERE title REGEXP '^web[0-9]$' ORDER BY 1",
           "web1\nweb2\n");
    expect(bench, "SELECT title FROM aws_ec2_instance WHERE title LIKE 'WEB%' ORDER BY 1 DESC",
           "web2\nweb1\n");
    expect(bench, "SELECT DISTINCT placement_tenancy, state_code FROM aws_ec2_instance "
                  "WHERE instance_state = 'stopped'",
           "default\t80\n");
    expect(bench, "SELECT title, account_id, partition FROM aws_ec2_instance LIMIT 1",
           "web1\t111122223333\taws\n");
    expect(bench, "SELECT arn = 'arn:aws:ec2:' || region || ':' || account_id || ':instance/' || "
                  "instance_id, akas ->> 0 = arn FROM aws_ec2_instance LIMIT 1",
           "1\t1\n");
    expect(bench, "SELECT group_concat(DISTINCT region) FROM aws_ec2_instance", "us-east-1\n");
}

/* If this fails, joins miss rows, or compare every row with every row. */
static void test_joins(void **state)
{
    struct bench *bench = *state;

    expect(bench,
           "SELECT i.title, v.size, v.state FROM aws_ec2_instance i "
           "JOIN aws_ebs_volume v ON v.volume_id = "
           "json_extract(i.block_device_mappings, '$[0].Ebs.VolumeId') ORDER BY 1",
           "db\t8\tin-use\nweb1\t8\tin-use\nweb2\t8\tin-use\n");
    expect(bench,
           "SELECT count(*) FROM aws_ebs_volume v, json_each(v.attachments) a "
           "JOIN aws_ec2_instance i ON i.instance_id = a.value ->> 'InstanceId'",
           "3\n");
    expect(bench,
           "SELECT i.title, s.cidr_block = v.cidr_block, v.is_default FROM aws_ec2_instance i "
           "JOIN aws_vpc_subnet s USING (subnet_id) JOIN aws_vpc v ON v.vpc_id = s.vpc_id "
           "WHERE i.title = 'db'",
           "db\t0\ttrue\n");
    expect(bench, "SELECT count(*) FROM aws_ec2_instance WHERE instance_id = 5", "0\n");
    expect(bench, "SELECT count(*) FROM aws_ec2_instance WHERE instance_id IS NULL", "0\n");
}

/* If this fails, what lies in another Region is not there, or another tenant's is. */
static void test_regions_and_tenants(void **state)
{
    struct bench *bench = *state;
    struct sql_request request = {
        .caller = bench->session->commander.caller,
        .statement = "SELECT count(*) FROM aws_ec2_instance",
        .form = SQL_LINES,
    };
    const struct table *accounts = &bench->session->world->accounts.table;

    expect(bench, "SELECT region, size FROM aws_ebs_volume WHERE region <> 'us-east-1'",
           "us-west-2\t7\n");
    expect(bench, "SELECT count(*) = (SELECT count(*) FROM aws_region) FROM aws_vpc", "1\n");
    for (uint32_t i = 0; i < table_count(accounts); i++) {
        const struct account *account = table_at(accounts, i);

        request.caller.account = account->id;
        str_clear(&bench->out);
        assert_int_equal(sql_run(&request, &bench->out, &bench->error), 0);
        if (account->id == ACCOUNT_LEARNER)
            assert_string_equal(str_text(&bench->out), "3\n");
    }
    expect(bench, "SELECT count(*) FROM aws_ec2_instance WHERE account_id <> '111122223333'",
           "0\n");
}

struct names {
    char *items[512];
    size_t count;
};

static void keep_name(void *context, const char *name, const char *type, const char *doc)
{
    struct names *names = context;

    assert_true(type[0] != '\0' && doc[0] != '\0');
    names->items[names->count++] = xstrdup(name);
}

/* If this fails, a table cannot be read, or says that it has columns which it has not. */
static void test_every_column(void **state)
{
    struct bench *bench = *state;
    struct names tables = {.count = 0};

    sql_tables(keep_name, &tables);
    assert_true(tables.count > 20);
    for (size_t i = 0; i < tables.count; i++) {
        struct names columns = {.count = 0};
        struct str text = STR_INIT;

        assert_true(sql_columns(tables.items[i], keep_name, &columns));
        for (size_t k = 0; k < columns.count; k++) {
            str_clear(&text);
            str_addf(&text, "SELECT \"%s\" FROM %s LIMIT 3", columns.items[k], tables.items[i]);
            if (ask_in(bench, str_text(&text), SQL_JSON) != 0)
                fail_msg("%s: %s", str_text(&text), str_text(&bench->error));
            free(columns.items[k]);
        }
        str_clear(&text);
        str_addf(&text, "SELECT * FROM %s LIMIT 3", tables.items[i]);
        assert_int_equal(ask_in(bench, str_text(&text), SQL_CSV), 0);
        str_release(&text);
        free(tables.items[i]);
    }
    assert_false(sql_columns("aws_nothing", keep_name, &tables));
}

/* If this fails, a query that Steampipe's users know is refused.  The forms are theirs, the words
 * ours. */
static void test_known_queries(void **state)
{
    static const char *const queries[] = {
        "select instance_type, count(instance_type) as count from aws_ec2_instance "
        "group by instance_type",
        "select instance_id, instance_type, launch_time from aws_ec2_instance "
        "where launch_time <= datetime('now', '-30 day')",
        "select instance_id, monitoring_state from aws_ec2_instance "
        "where monitoring_state = 'disabled'",
        "select instance_id, instance_state, julianday('now') - "
        "julianday(state_transition_time) as days from aws_ec2_instance "
        "where instance_state = 'stopped'",
        "select instance_id, json_extract(g.value, '$.GroupId') as group_id from "
        "aws_ec2_instance, json_each(security_groups) as g",
        "select i.instance_id, v.volume_id from aws_ec2_instance as i, "
        "json_each(i.block_device_mappings) as b "
        "left join aws_ebs_volume as v on v.volume_id = json_extract(b.value, '$.Ebs.VolumeId')",
        "select instance_id, tags from aws_ec2_instance "
        "where json_extract(tags, '$.application') is null",
        "select name, image_id, state, image_location from aws_ec2_ami where not public "
        "or root_device_type = 'ebs'",
        "select volume_id, volume_type, encrypted, region from aws_ebs_volume where not encrypted",
        "select volume_type, count(*), sum(size) from aws_ebs_volume group by 1",
        "select snapshot_id, encrypted, owner_id from aws_ebs_snapshot order by start_time",
        "select group_name, json_extract(p.value, '$.FromPort') as port from "
        "aws_vpc_security_group, json_each(ip_permissions) as p, "
        "json_each(json_extract(p.value, '$.IpRanges')) as r "
        "where json_extract(r.value, '$.CidrIp') = '0.0.0.0/0'",
        "select vpc_id, is_default, json_extract(a.value, '$.CidrBlock') from aws_vpc, "
        "json_each(cidr_block_association_set) as a",
        "select subnet_id, available_ip_address_count, map_public_ip_on_launch from "
        "aws_vpc_subnet order by 2 desc",
        "select key_name, key_pair_id, region from aws_ec2_key_pair where key_name like '%prod%'",
        "select name, dns_name, scheme, state_code from aws_ec2_application_load_balancer "
        "where scheme = 'internet-facing'",
        "select target_group_name, json_extract(t.value, '$.TargetHealth.State') as health from "
        "aws_ec2_target_group, json_each(target_health_descriptions) as t",
        "select arn, port, protocol, json_extract(a.value, '$.Type') from "
        "aws_ec2_load_balancer_listener, json_each(default_actions) as a",
        "select instance_type, v_cpu_info ->> 'DefaultVCpus' as vcpus from "
        "aws_ec2_instance_type where not burstable_performance_supported",
        "select name, opt_in_status from aws_region where opt_in_status = 'not-opted-in'",
        "select name, zone_id, region_name from aws_availability_zone where zone_type = "
        "'availability-zone'",
        "select account_id, account_aliases ->> 0 as alias, arn from aws_account",
        "with busy as (select vpc_id, count(*) as n from aws_ec2_instance group by vpc_id) "
        "select v.vpc_id, coalesce(b.n, 0) as n from aws_vpc v left join busy b using (vpc_id)",
        "select target_id, result, count(*) from lab_probes group by 1, 2",
        "select kind, status, reason from lab_requests order by started desc limit 5",
        "select resource_id, sum(count) * 512 as kib from lab_blocks group by 1",
        "select host_id, availability_zone, guests from lab_hosts",
        "select topic, count(*) from lab_events group by topic having count(*) > 0",
    };
    struct bench *bench = *state;

    for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
        if (ask_in(bench, queries[i], SQL_TABLE) != 0)
            fail_msg("%s: %s", queries[i], str_text(&bench->error));
    }
}

/* If this fails, a regular expression finds what it should not, or misses what it should find. */
static void test_patterns(void **state)
{
    static const struct {
        const char *expression;
        const char *answer;
    } cases[] = {
        {"'abc' REGEXP 'b'", "1"},
        {"'abc' REGEXP '^b'", "0"},
        {"'abc' REGEXP 'c$'", "1"},
        {"'' REGEXP '^$'", "1"},
        {"'x' REGEXP '^$'", "0"},
        {"'aXXXb' REGEXP '^aX{3}b$'", "1"},
        {"'aXXXb' REGEXP '^aX{2}b$'", "0"},
        {"'aXXXb' REGEXP '^aX{2,}b$'", "1"},
        {"'aXXXb' REGEXP '^aX{1,2}b$'", "0"},
        {"'ab' REGEXP '^aX{0,2}b$'", "1"},
        {"'us-east-1a' REGEXP '^(us|eu)-(east|west)-\\d[a-c]$'", "1"},
        {"'ap-east-1a' REGEXP '^(us|eu)-'", "0"},
        {"'WEB' REGEXP 'web'", "0"},
        {"'WEB' REGEXP '(?i)web'", "1"},
        {"regexp('b', 'abc')", "1"},
        {"regexp('^b', 'abc')", "0"},
        {"'a.b' REGEXP 'a\\.b'", "1"},
        {"'axb' REGEXP 'a\\.b'", "0"},
        {"'foo bar' REGEXP '^\\w+\\s\\w+$'", "1"},
        {"'a]b' REGEXP 'a[]]b'", "1"},
        {"'a-b' REGEXP 'a[^0-9a-z]b'", "1"},
        {"'caf\xc3\xa9' REGEXP '^caf.$'", "1"},
        {"'caf\xc3\xa9' REGEXP '\xc3\xa9$'", "1"},
        {"'caf\xc3\xa9' REGEXP '\xc3\xa8$'", "0"},
        {"NULL REGEXP 'a'", "None"},
        {"'100%' LIKE '100!%' ESCAPE '!'", "1"},
        {"'1000' LIKE '100!%' ESCAPE '!'", "0"},
        {"'abcabd' LIKE '%abd'", "1"},
        {"'abc' LIKE 'a_c'", "1"},
        {"'\xc3\xa9' LIKE '_'", "1"},
        {"'abc' LIKE ''", "0"},
        {"'web12' GLOB 'web[0-9]*'", "1"},
        {"'web' GLOB 'WEB'", "0"},
        {"'a^' GLOB 'a[^a-z]'", "1"},
    };
    struct bench *bench = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *statement = xasprintf("SELECT %s", cases[i].expression);
        char *answer = xasprintf("%s\n", cases[i].answer);

        if (ask_in(bench, statement, SQL_LINES) != 0 ||
            strcmp(str_text(&bench->out), answer) != 0)
            fail_msg("%s: %s%s", statement, str_text(&bench->out), str_text(&bench->error));
        free(statement);
        free(answer);
    }
    expect_refusal(bench, "SELECT 'a' REGEXP '(a'", "a ( without its )");
    expect_refusal(bench, "SELECT 'a' REGEXP 'a)'", "a ) without its (");
    expect_refusal(bench, "SELECT 'a' REGEXP '[a'", "a [ without its ]");
    expect_refusal(bench, "SELECT 'a' REGEXP '*'", "nothing to repeat");
    expect_refusal(bench, "SELECT 'a' REGEXP 'a{99}'", "repeats too much");
    expect_refusal(bench, "SELECT 'a' REGEXP '((((){60}){60}){60}){60}'", "repeats too much");
    expect_refusal(bench, "SELECT 'a' REGEXP '\\'", "are known");
}

/* If this fails, an answer cannot be read by what reads it next. */
static void test_forms(void **state)
{
    struct bench *bench = *state;

    assert_int_equal(ask_in(bench,
                            "SELECT title, ebs_optimized, tags, kernel_id FROM aws_ec2_instance "
                            "WHERE title = 'web1'",
                            SQL_JSON),
                     0);
    assert_string_equal(str_text(&bench->out),
                        "[\n    {\n        \"title\": \"web1\",\n"
                        "        \"ebs_optimized\": false,\n"
                        "        \"tags\": {\n            \"Name\": \"web1\",\n"
                        "            \"team\": \"red\"\n        },\n"
                        "        \"kernel_id\": null\n    }\n]\n");
    assert_int_equal(ask_in(bench, "SELECT 'a,b' AS x, '=1+1' y, 1.5 z, -1 w, NULL v, 'a\"b' u",
                            SQL_CSV),
                     0);
    assert_string_equal(str_text(&bench->out),
                        "x,y,z,w,v,u\n\"a,b\",'=1+1,1.5,-1,,\"a\"\"b\"\n");
    assert_int_equal(ask_in(bench, "SELECT 1 AS one, 'two' AS second", SQL_TABLE), 0);
    assert_string_equal(str_text(&bench->out), "+------+----------+\n"
                                               "|  one | second   |\n"
                                               "+------+----------+\n"
                                               "|  1   |  two     |\n"
                                               "+------+----------+\n");
    assert_int_equal(ask_in(bench, "SELECT x'00ff41' AS x", SQL_JSON), 0);
    expect(bench, "SELECT 1 WHERE 0", "");
    expect(bench, "SELECT strftime('%Y', 'now')", "2026\n");
}

static double cpu_ms(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

/* Far above what is meant (50 ms), so that a slow machine or a sanitiser does not fail it. */
enum { HOSTILE_MS = 2000 };

static const char *const hostile[][2] = {
    {"ATTACH '/tmp/x.db' AS x", "not allowed: ATTACH"},
    {"ATTACH ':memory:' AS x", "not allowed: ATTACH"},
    {"DETACH main", "not allowed"},
    {"PRAGMA user_version", "not allowed: PRAGMA"},
    {"PRAGMA writable_schema = 1", "not allowed: PRAGMA"},
    {"SELECT * FROM pragma_database_list", "not allowed"},
    {"SELECT count(*) FROM pragma_compile_options", "not allowed"},
    {"SELECT * FROM sqlite_master", "not allowed"},
    {"SELECT count(*) FROM sqlite_schema", "not allowed"},
    {"SELECT * FROM dbstat", "not allowed"},
    {"SELECT load_extension('x.so')", "not allowed: the function load_extension"},
    {"SELECT writefile('/tmp/x', 'y')", "no such function"},
    {"SELECT readfile('/etc/passwd')", "no such function"},
    {"SELECT randomblob(1000000000)", "not allowed: the function randomblob"},
    {"SELECT zeroblob(1000000000)", "not allowed: the function zeroblob"},
    {"SELECT printf('%1000000000d', 1)", "not allowed: the function printf"},
    {"SELECT format('%1000000000d', 1)", "not allowed: the function format"},
    {"SELECT hex('a')", "not allowed: the function hex"},
    {"SELECT instr('aaa', 'a')", "not allowed: the function instr"},
    {"SELECT replace('aaa', 'a', 'bb')", "not allowed: the function replace"},
    {"SELECT random()", "not allowed: the function random"},
    {"SELECT trim('a', 'b')", "not allowed: the function trim"},
    {"SELECT sqlite_version()", "not allowed: the function sqlite_version"},
    {"SELECT datetime('now', 'localtime')", "not allowed: localtime"},
    {"CREATE TABLE x(a)", "not allowed"},
    {"CREATE TEMP VIEW v AS SELECT 1", "not allowed"},
    {"CREATE VIRTUAL TABLE t USING fts5(a)", "not allowed"},
    {"DROP TABLE aws_ec2_instance", ""},
    {"DELETE FROM aws_ec2_instance", ""},
    {"UPDATE aws_ec2_instance SET title = 'x'", ""},
    {"INSERT INTO aws_ec2_instance(title) VALUES('x')", ""},
    {"UPDATE sqlite_master SET sql = ''", ""},
    {"BEGIN", "not allowed"},
    {"SAVEPOINT x", "not allowed"},
    {"VACUUM INTO '/tmp/x.db'", ""},
    {"VACUUM", "not allowed"},
    {"ANALYZE", "not allowed"},
    {"REINDEX", "not allowed"},
    {"EXPLAIN SELECT 1", "not allowed: EXPLAIN"},
    {"EXPLAIN QUERY PLAN SELECT 1", "not allowed: EXPLAIN"},
    {"SELECT 1; DROP TABLE x", "one statement at a time"},
    {"SELECT 1; SELECT 2", "one statement at a time"},
    {"", "there is no statement"},
    {" ; -- nothing", "there is no statement"},
    {"SELEC 1", "syntax error"},
    {"SELECT (", "incomplete input"},
    {"SELECT 'a", "unrecognized token"},
    {"SELECT * FROM aws_ec2_instanc", "maybe you meant aws_ec2_instance"},
    {"SELECT * FROM \"a\nb\x1b[2J\"", "no such table: a"},
    {"SELECT * FROM nowhere", "`sql .tables` lists them"},
    {"SELECT instanceid FROM aws_ec2_instance", "maybe you meant instance_id"},
    {"SELECT \"running\" FROM aws_vpc", "no such column: running"},
    {"SELECT 'a' LIKE '0123456789012345678901234567890123456789012345678901'",
     "longer than 50 bytes"},
    {"WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c",
     "stopped after"},
    {"WITH RECURSIVE c(x) AS (SELECT 1 UNION SELECT x + 1 FROM c) SELECT max(x) FROM c",
     "stopped after"},
    {"WITH RECURSIVE c(x) AS (SELECT 'a' UNION ALL SELECT x || x FROM c) SELECT length(x) "
     "FROM c",
     "longer than"},
    {"WITH RECURSIVE c(x, n) AS (SELECT 'abcdefgh', 1 UNION ALL SELECT x || x, n + 1 FROM c "
     "WHERE n < 12), d(y) AS (SELECT 1 UNION ALL SELECT y + 1 FROM d) "
     "SELECT sum(x REGEXP '(a|b|c|d)*(e|f)*z') FROM c, d",
     "stopped after"},
    {"WITH RECURSIVE c(x, n) AS (SELECT 'aaaaaaaa', 1 UNION ALL SELECT x || x, n + 1 FROM c "
     "WHERE n < 13), d(y) AS (SELECT 1 UNION ALL SELECT y + 1 FROM d) "
     "SELECT sum(x LIKE '%a%a%a%a%a%a%a%b') FROM c, d",
     "stopped after"},
    {"SELECT count(*) FROM aws_ec2_instance_type a, aws_ec2_instance_type b, "
     "aws_ec2_instance_type c, aws_ec2_instance_type d",
     "stopped after"},
    {"SELECT sum(length(a.network_info || b.ebs_info)) FROM aws_ec2_instance_type a, "
     "aws_ec2_instance_type b, aws_ec2_instance_type c, aws_ec2_instance_type d",
     "stopped after"},
    {"SELECT group_concat(a.name || b.name || c.name) FROM aws_ec2_ami a, aws_ec2_ami b, "
     "aws_ec2_ami c",
     ""},
    {"SELECT json_group_array(a.name || b.name || c.name) FROM aws_ec2_ami a, aws_ec2_ami b, "
     "aws_ec2_ami c",
     ""},
    {"SELECT a.name || b.name || c.name FROM aws_ec2_ami a, aws_ec2_ami b, aws_ec2_ami c "
     "ORDER BY 1",
     ""},
    {"SELECT a.name, b.name, c.name FROM aws_ec2_ami a, aws_ec2_ami b, aws_ec2_ami c", ""},
    {"SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4", "compound"},
};

/* If this fails, a query reaches outside, changes something, or never ends. */
static void test_hostile(void **state)
{
    struct bench *bench = *state;
    unsigned char before[PACK_HASH_SIZE];
    unsigned char after[PACK_HASH_SIZE];

    world_hash(bench->session->world, before);
    for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
        double begin = cpu_ms();
        double took;

        expect_refusal(bench, hostile[i][0], hostile[i][1]);
        took = cpu_ms() - begin;
        if (took > 50)
            print_message("# %.0f ms: %s\n", took, hostile[i][0]);
        assert_true(took < HOSTILE_MS);
    }
    world_hash(bench->session->world, after);
    assert_memory_equal(before, after, sizeof(before));
    expect(bench, "SELECT count(*) FROM aws_ec2_instance", "3\n");
}

/* If this fails, a long or deep statement takes the program down. */
static void test_long_statements(void **state)
{
    struct bench *bench = *state;
    struct str text = STR_INIT;

    str_add(&text, "SELECT '");
    str_fill(&text, 'x', 9000);
    str_add(&text, "'");
    expect_refusal(bench, str_text(&text), "longer than 8192 bytes");
    str_clear(&text);
    str_add(&text, "SELECT ");
    str_fill(&text, '(', 100);
    str_addc(&text, '1');
    str_fill(&text, ')', 100);
    if (ask_in(bench, str_text(&text), SQL_LINES) == 0) /* brackets alone are no depth to SQLite */
        assert_string_equal(str_text(&bench->out), "1\n");
    str_clear(&text);
    str_add(&text, "SELECT ");
    for (int i = 0; i < 100; i++)
        str_add(&text, "abs(");
    str_addc(&text, '1');
    str_fill(&text, ')', 100);
    expect_refusal(bench, str_text(&text), "");
    str_clear(&text);
    str_add(&text, "SELECT 1 FROM ");
    for (int i = 0; i < 100; i++)
        str_add(&text, "(SELECT 1 FROM ");
    str_add(&text, "aws_vpc");
    str_fill(&text, ')', 100);
    ask_in(bench, str_text(&text), SQL_LINES);
    str_clear(&text);
    str_add(&text, "SELECT ");
    for (int i = 0; i < 101; i++)
        str_addf(&text, "%s1", i == 0 ? "" : ",");
    expect_refusal(bench, str_text(&text), "too many columns");
    str_release(&text);
}

/* Texts of 32 KiB and more, and what may be called with them. */
static const char *const long_seeds[] = {
    "'abcdefgh'", "'%_%_%_%_'", "'[[[[[[[['", "'{\"a\":1}'", "'[1,1,1,1'", "'%Y-%m-%d'",
    "'\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9'",
};

static const char *const long_calls[] = {
    "upper(x)", "lower(x)", "length(x)", "abs(x)", "round(x)", "substr(x, 30000)",
    "substr(x, -30000, 1000)", "typeof(x)", "json_valid(x)", "json_array(x, x)",
    "json_object(x, x)", "json_quote(x)", "iif(json_valid(x), json_type(x, '$.a'), 0)",
    "date(x)", "datetime(x, x)", "strftime(x, 'now')", "julianday('now', x)", "unixepoch(x)",
    "coalesce(NULL, x)", "nullif(x, x || 'a')", "max(x, x || 'a')", "x LIKE '%a%b%c%a%b%c%a%z'",
    "x LIKE '%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%!'", "'a' LIKE x", "x LIKE x",
    "x GLOB '*a*b*c*a*b*c*z'", "x GLOB '*[a-z]*[a-z]*[a-z]*[a-z]*[!]'", "'a' GLOB x",
    "x REGEXP '(a|b|ab|abc|.)*(a|b)*(.*)*z$'", "x REGEXP '(a?){30}a{30}$'", "'a' REGEXP x",
    "x REGEXP '(\xc3\xa9|a|.)*\xc3\xa8'", "json_extract('{}', x)", "'{}' -> x", "x = x || 'a'",
    "count(DISTINCT x)", "group_concat(x)", "json_group_array(x)", "json_group_object(x, x)",
};

/* If this fails, one call of a function holds the console up, where no step is counted. */
static void test_long_texts(void **state)
{
    struct bench *bench = *state;
    double worst = 0;

    for (size_t i = 0; i < sizeof(long_seeds) / sizeof(long_seeds[0]); i++) {
        for (size_t k = 0; k < sizeof(long_calls) / sizeof(long_calls[0]); k++) {
            char *statement = xasprintf(
                "WITH RECURSIVE c(x, n) AS (SELECT %s, 0 UNION ALL SELECT x || x, n + 1 FROM c "
                "WHERE n < 12), t(x) AS (SELECT x FROM c WHERE n = 12) "
                "SELECT length(%s) FROM t",
                long_seeds[i], long_calls[k]);
            double begin = cpu_ms();
            double took;

            ask_in(bench, statement, SQL_LINES);
            took = cpu_ms() - begin;
            if (took > 10)
                print_message("# %.1f ms: %s of %s\n", took, long_calls[k], long_seeds[i]);
            if (took > worst)
                worst = took;
            free(statement);
        }
    }
    assert_true(worst < HOSTILE_MS / 4);
}

/* If this fails, a word at the prompt does not do what the program `nephoscope sql` does. */
static void test_word(void **state)
{
    struct bench *bench = *state;
    struct str out = STR_INIT;
    struct str err = STR_INIT;
    struct command_io io = {.out = &out, .err = &err};

    assert_int_equal(shell_run(&bench->shell,
                               "sql --output text \"SELECT count(*) FROM aws_ec2_instance\"; "
                               "sql .csv SELECT title AS t FROM aws_ec2_instance LIMIT 1",
                               true, &io),
                     0);
    assert_string_equal(str_text(&out), "3\nt\nweb1\n");
    assert_int_equal(shell_run(&bench->shell, "sql", true, &io), EXIT_USAGE);
    assert_int_equal(shell_run(&bench->shell, "sql --output xml 'SELECT 1'", true, &io),
                     EXIT_USAGE);
    assert_int_equal(shell_run(&bench->shell, "sql .columns nothing", true, &io), EXIT_USAGE);
    assert_int_equal(shell_run(&bench->shell, "sql .tables; sql .columns lab_hosts", true, &io),
                     0);
    str_clear(&err);
    assert_int_equal(shell_run(&bench->shell, "sql 'SELECT * FROM x'", true, &io), EXIT_USAGE);
    assert_string_equal(str_text(&err),
                        "sql: no such table: x; `sql .tables` lists them\n");
    str_release(&out);
    str_release(&err);
}

/* If this fails, a query over a large fleet is not answered at once. */
static void test_large(void **state)
{
    static const char *const queries[] = {
        "SELECT count(*) FROM aws_ec2_instance",
        "SELECT instance_state, count(*) FROM aws_ec2_instance GROUP BY 1",
        "SELECT count(*) FROM aws_ec2_instance WHERE tags ->> 'team' = 'red'",
        ("SELECT count(*) FROM aws_ec2_instance i JOIN aws_ebs_volume v ON v.volume_id = "
         "i.block_device_mappings -> 0 -> 'Ebs' ->> 'VolumeId'"),
    };
    struct bench *bench = bench_new(
        AMI_LINE LAUNCH "--count 1000\n" LAUNCH "--count 1000\n" LAUNCH "--count 1000\n" LAUNCH
        "--count 1000 --tag-specifications 'ResourceType=instance,Tags=[{Key=team,Value=red}]'\n"
        "sleep 60\n");

    (void)state;
    for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
        double begin = cpu_ms();

        assert_int_equal(ask_in(bench, queries[i], SQL_LINES), 0);
        print_message("# %.1f ms: %s\n", cpu_ms() - begin, queries[i]);
    }
    expect(bench, queries[0], "4000\n");
    expect(bench, queries[1], "running\t4000\n");
    expect(bench, queries[2], "1000\n");
    expect(bench, queries[3], "4000\n");
    bench_free(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_joins),
        cmocka_unit_test(test_regions_and_tenants),
        cmocka_unit_test(test_every_column),
        cmocka_unit_test(test_known_queries),
        cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_long_statements),
        cmocka_unit_test(test_long_texts),
        cmocka_unit_test(test_word),
        cmocka_unit_test(test_large),
    };

    return cmocka_run_group_tests(tests, make_small, drop);
}
