/*
 * tests/conformance/steampipe.c - the columns of SQL's tables against those that Steampipe
 * documents.
 *
 * If this fails, a query that works on a real account with Steampipe does not work here.
 *
 * Usage: steampipe [-v] FOLDER.  Reads FOLDER/steampipe-columns/columns.json; -v shows what is
 * missing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "base/str.h"
#include "store/sql.h"

/* The tables that are modelled, and what Steampipe has at the end of each. */
static const char *const tables[] = {
    "aws_ec2_instance",
    "aws_ec2_ami",
    "aws_ebs_volume",
    "aws_ebs_snapshot",
    "aws_vpc",
    "aws_vpc_subnet",
    "aws_vpc_security_group",
    "aws_ec2_key_pair",
    "aws_ec2_application_load_balancer",
    "aws_ec2_target_group",
    "aws_ec2_load_balancer_listener",
    "aws_region",
    "aws_availability_zone",
    "aws_ec2_instance_type",
    "aws_account",
    "aws_ec2_launch_template",
    "aws_ec2_autoscaling_group",
    "aws_sqs_queue",
    "aws_sns_topic",
    "aws_sns_topic_subscription",
    "aws_eventbridge_bus",
    "aws_eventbridge_rule",
};

static const char *const standard[] = {"title", "akas", "partition", "region", "account_id"};

struct wanted {
    const char *name;
    const char *type; /* "" for any */
    bool found;
    bool typed;
};

/* Steampipe's types in our words. */
static const char *type_here(const char *type)
{
    static const char *const pairs[][2] = {
        {"INT", "integer"}, {"BOOL", "boolean"}, {"JSON", "json"}, {"DOUBLE", "real"},
        {"TIMESTAMP", "timestamp"},
    };

    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        if (strcmp(type, pairs[i][0]) == 0)
            return pairs[i][1];
    }
    return "text";
}

static void compare(void *context, const char *name, const char *type, const char *doc)
{
    struct wanted *wanted = context;

    (void)doc;
    if (strcmp(name, wanted->name) != 0)
        return;
    wanted->found = true;
    wanted->typed = wanted->type[0] == '\0' || strcmp(type, type_here(wanted->type)) == 0;
}

static bool has(const char *table, struct wanted wanted, bool verbose)
{
    sql_columns(table, compare, &wanted);
    if (verbose && !wanted.found)
        printf("# missing: %s.%s\n", table, wanted.name);
    else if (verbose && !wanted.typed)
        printf("# of another type than %s: %s.%s\n", wanted.type, table, wanted.name);
    return wanted.found;
}

int main(int argc, char **argv)
{
    bool verbose = argc > 2 && strcmp(argv[1], "-v") == 0;
    char *path = xasprintf("%s/steampipe-columns/columns.json", argc > 1 ? argv[argc - 1] : ".");
    json_t *all = json_load_file(path, 0, NULL);
    size_t total = 0;
    size_t passed = 0;

    free(path);
    if (all == NULL) {
        printf("steampipe columns  skipped: there is no list of them\n");
        return 0;
    }
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        json_t *columns = json_object_get(json_object_get(all, tables[i]), "columns");
        size_t at;
        json_t *column;

        json_array_foreach(columns, at, column) {
            struct wanted wanted = {
                .name = json_string_value(json_object_get(column, "name")),
                .type = json_string_value(json_object_get(column, "type")),
            };

            total++;
            passed += has(tables[i], wanted, verbose);
        }
        for (size_t k = 0; k < sizeof(standard) / sizeof(standard[0]); k++) {
            total++;
            passed += has(tables[i], (struct wanted){.name = standard[k], .type = ""}, verbose);
        }
    }
    json_decref(all);
    printf("%sok steampipe columns  %zu of %zu\n", passed == total ? "" : "not ", passed, total);
    return passed == total ? 0 : 1;
}
