/*
 * tests/fuzz/sql_fuzz.c - if this crashes, a query ends the console; if it is slow, it holds it up.
 *
 * The bytes are a statement.  Bytes from 0x80 on stand for words of SQL, so that it comes to mean
 * something.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cloud/world.h"
#include "store/sql.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const words[] = {
    "SELECT ", " FROM ", " WHERE ", " GROUP BY ", " ORDER BY ", " LIMIT ", " JOIN ", " ON ",
    " LEFT JOIN ", " USING (", "WITH RECURSIVE c(x) AS (", " UNION ALL ", " UNION ", " HAVING ",
    " AS ", " AND ", " OR ", " NOT ", " IS NULL", " IN (", " EXISTS (", " BETWEEN ", " LIKE ",
    " GLOB ", " REGEXP ", " ESCAPE ", " COLLATE NOCASE", " CASE WHEN ", " THEN ", " ELSE ", " END",
    " CAST(", " AS TEXT)", "count(*)", "count(", "sum(", "max(", "min(", "group_concat(",
    "json_each(", "json_tree(", "json_extract(", "json_group_array(", "json_object(", "substr(",
    "coalesce(", "datetime(", "strftime(", " OVER (", " PARTITION BY ", "row_number()", "*", ", ",
    ")", "(", "'$.a'", "'now'", "'(a|b)*c'", "'%a_'", "[", "]", " -> ", " ->> ", " || ", " = ",
    "aws_ec2_instance", "aws_ec2_instance_type", "aws_vpc", "aws_vpc_subnet", "aws_region",
    "aws_account", "aws_ec2_ami", "aws_ebs_volume", "lab_hosts", "lab_events", "lab_blocks",
    "instance_id", "tags", "title", "region", "vpc_id", "network_info", "instance_type",
    "subnet_id", "akas", "name", "c", "x", "ATTACH ", "PRAGMA ", "CREATE TABLE ", "EXPLAIN ",
    "sqlite_master", "printf(", "randomblob(", "VALUES(", "DISTINCT ", " INTERSECT ", " EXCEPT ",
    "NULL", "1", "-1", "9223372036854775807", "1e308", "x'00'", ";", "--", "/*", "*/", "\"",
};

static struct world *the_world(void)
{
    return world_new(catalog_new(), 1, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct world *world;
    struct sql_request request = {.form = SQL_LINES};
    struct str text = STR_INIT;
    struct str out = STR_INIT;
    struct str error = STR_INIT;
    int status;

    if (world == NULL)
        world = the_world();
    if (size > 0)
        request.form = (enum sql_form)(data[0] % 4);
    for (size_t i = 1; i < size; i++) {
        if (data[i] >= 0x80)
            str_add(&text, words[(data[i] - 0x80u) % (sizeof(words) / sizeof(words[0]))]);
        else
            str_addc(&text, data[i] == 0 ? ' ' : (char)data[i]);
    }
    request.caller = (struct caller){.world = world, .account = ACCOUNT_LEARNER};
    request.statement = str_text(&text);
    status = sql_run(&request, &out, &error);
    if ((status == 0) != (error.length == 0) || (status != 0 && out.length > 0) ||
        strchr(str_text(&error), '\n') != NULL)
        abort();
    str_release(&text);
    str_release(&out);
    str_release(&error);
    return 0;
}
