/*
 * bench/store_commit.c - what a durable command costs, against a bare WAL FULL commit (P9).
 *
 * One row of the same size each, A B A B ... in the same folder (the first argument, else /tmp).
 * Wall time, since what is measured waits for the disk.  And: how soon a long session is open.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "store/session_file.h"

#include "base/mem.h"
#include "base/str.h"
#include "store/branch.h"

#include "meter.h"

enum {
    ROUNDS = 2000,
    LONG = 100000,
};

static const char command[] = "aws ec2 run-instances --image-id ami-0abcdef1234567890 "
                              "--instance-type t3.micro --count 1 --security-groups web "
                              "--query Instances[0].InstanceId --output text";

static sqlite3_stmt *bare_open(const char *path, sqlite3 **db)
{
    sqlite3_stmt *insert = NULL;

    if (sqlite3_open(path, db) != SQLITE_OK
        || sqlite3_exec(*db,
                        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                        "CREATE TABLE j(seq INTEGER PRIMARY KEY, command TEXT)",
                        NULL, NULL, NULL)
               != SQLITE_OK
        || sqlite3_prepare_v2(*db, "INSERT INTO j(command) VALUES(?)", -1, &insert, NULL)
               != SQLITE_OK)
        abort();
    return insert;
}

static struct store *store_begin_at(const char *path)
{
    struct store_options options = { .create = true };
    struct store_begin begin = { .name = "b", .lesson = "", .region = "r" };
    struct store_row row = { .type = STORE_BRANCH, .begun = &begin };
    struct str message = STR_INIT;
    struct store *store = NULL;

    if (store_open(path, &options, &store, &message) != STORE_OK
        || store_commit(store, &row, 1) != STORE_OK)
        abort();
    str_release(&message);
    return store;
}

static void report(const char *what, struct meter *meter)
{
    printf("%-28s p50 %7.1f us   p99 %7.1f us\n", what, (double)meter_percent(meter, 50) / 1e3,
           (double)meter_percent(meter, 99) / 1e3);
}

static void compare_commits(const char *folder)
{
    struct meter bare_times = {0};
    struct meter store_times = {0};
    char *bare_path = xasprintf("%s/bare.db", folder);
    char *store_path = xasprintf("%s/store.neph", folder);
    sqlite3 *db = NULL;
    sqlite3_stmt *insert = bare_open(bare_path, &db);
    struct store *store = store_begin_at(store_path);
    struct store_row row = { .type = STORE_JOURNAL, .bytes = command, .size = sizeof(command) };

    for (int i = 0; i < ROUNDS; i++) {
        int64_t begin = meter_wall_ns();

        sqlite3_bind_text(insert, 1, command, sizeof(command) - 1, SQLITE_STATIC);
        sqlite3_step(insert);
        sqlite3_reset(insert);
        meter_add(&bare_times, meter_wall_ns() - begin);
        begin = meter_wall_ns();
        row.branch = 0;
        if (store_commit(store, &row, 1) != STORE_OK)
            abort();
        meter_add(&store_times, meter_wall_ns() - begin);
    }
    report("bare WAL FULL commit", &bare_times);
    report("store_commit", &store_times);
    printf("ratio of p50                 %.2f\n",
           (double)meter_percent(&store_times, 50) / (double)meter_percent(&bare_times, 50));
    meter_release(&bare_times);
    meter_release(&store_times);
    sqlite3_finalize(insert);
    sqlite3_close(db);
    store_close(store);
    free(bare_path);
    free(store_path);
}

/* How long a session of 100,000 commands takes to open, and to read whole. */
static void open_long(const char *folder)
{
    static struct store_row rows[1000];
    struct store_options options = { 0 };
    char *path = xasprintf("%s/long.neph", folder);
    struct store *store = store_begin_at(path);
    struct store_journal *journal;
    struct store_entry entry;
    struct str message = STR_INIT;
    int64_t begin;
    int64_t count = 0;

    for (int i = 0; i < LONG / 1000; i++) {
        for (int k = 0; k < 1000; k++)
            rows[k] = (struct store_row){
                .type = STORE_JOURNAL,
                .bytes = command,
                .size = sizeof(command),
            };
        if (store_commit(store, rows, 1000) != STORE_OK)
            abort();
    }
    store_close(store);
    begin = meter_wall_ns();
    if (store_open(path, &options, &store, &message) != STORE_OK)
        abort();
    printf("open, %d rows            %7.1f ms\n", LONG, (double)(meter_wall_ns() - begin) / 1e6);
    begin = meter_wall_ns();
    journal = store_journal_open(store, 1, 1, 0);
    while (store_journal_next(journal, &entry))
        count++;
    if (store_journal_close(journal) != STORE_OK || count != LONG)
        abort();
    printf("read and check them all      %7.1f ms\n", (double)(meter_wall_ns() - begin) / 1e6);
    store_close(store);
    str_release(&message);
    free(path);
}

int main(int count, char **words)
{
    char *folder = xasprintf("%s/neph-bench-XXXXXX", count > 1 ? words[1] : "/tmp");
    char *command_line;
    int result;

    if (mkdtemp(folder) == NULL)
        return 1;
    compare_commits(folder);
    open_long(folder);
    command_line = xasprintf("rm -rf '%s'", folder);
    result = system(command_line);
    free(command_line);
    free(folder);
    return result;
}
