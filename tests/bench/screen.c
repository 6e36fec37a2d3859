/*
 * bench/screen.c - 10,000 requests a second through a balancer, with the console watching (P4).
 *
 * The console itself, on a terminal of 120 columns and 40 rows, with the balancing view open and
 * the speed at its highest.  Goal: 100 simulated seconds for each second of CPU that the whole
 * program uses, drawing and the saving of the clock included.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "farm.h"
#include "meter.h"
#include "pty.h"

#include "sim/clock.h"

enum { SERVERS = 16, WATCH_MS = 10000, KEYS = 60 };

/* What the clock in the status line says, in seconds of its day; -1: it is not there. */
static int clock_shown(struct pty *pty)
{
    const char *row = pty_row(pty, 0);
    int hour;
    int minute;
    int second;

    for (; *row != '\0'; row++)
        if (sscanf(row, " %2d:%2d:%2d", &hour, &minute, &second) == 3)
            return (hour * 60 + minute) * 60 + second;
    return -1;
}

static void set_up(const char *path)
{
    struct farm farm;

    farm_open(&farm, &(struct farm_plan){.seed = 1,
                                         .type = "m7a.medium",
                                         .algorithm = "round_robin",
                                         .servers = SERVERS,
                                         .path = path});
    farm_run(&farm, "lab start-traffic --url http://$HOST/ --rate 10000 --work-ms %.3f",
             0.9 * SERVERS * 3700 / 2500 / 10);
    farm_run(&farm, "sleep 300"); /* its nodes grow */
    farm_close(&farm);
}

/* Types digits, and waits for each on the screen: how long that took. */
static void echo(struct pty *pty)
{
    char typed[KEYS + 1] = "";
    struct meter meter = {0};

    for (int i = 0; i < KEYS; i++) {
        int64_t begin;

        typed[i] = (char)('0' + i % 10);
        pty_watch(pty, 37 + i * 13 % 100);
        begin = meter_wall_ns();
        pty_send(pty, (const char[]){typed[i], '\0'});
        if (!pty_wait_text(pty, typed, 2000))
            break;
        meter_add(&meter, meter_wall_ns() - begin);
    }
    printf("    a key's echo meanwhile: half of them in %.0f ms, 95 of 100 in %.0f, all in %.0f\n",
           (double)meter_percent(&meter, 50) / 1e6, (double)meter_percent(&meter, 95) / 1e6,
           (double)meter_percent(&meter, 100) / 1e6);
    meter_release(&meter);
}

static void clean_up(const char *folder, const char *path)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    char file[80];

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        snprintf(file, sizeof(file), "%s%s", path, ends[i]);
        unlink(file);
    }
    rmdir(folder);
}

int main(void)
{
    char folder[] = "/tmp/nephoscope-screen-XXXXXX";
    char path[64];
    const char *program = getenv("NEPHOSCOPE");
    struct pty *pty;
    double cpu;
    int began;
    int passed;

    if (program == NULL || mkdtemp(folder) == NULL)
        return 1;
    snprintf(path, sizeof(path), "%s/farm", folder);
    set_up(path);
    pty = pty_start((const char *const[]){program, "--session", path, "--speed", "3600", NULL},
                    (struct pty_options){.rows = 40, .cols = 120});
    pty_wait_text(pty, "Tab complete", 5000);
    pty_send(pty, "view balancing\r");
    pty_watch(pty, 1000);
    began = clock_shown(pty);
    cpu = (double)pty_cpu_ns(pty);
    pty_watch(pty, WATCH_MS);
    cpu = ((double)pty_cpu_ns(pty) - cpu) / 1e9;
    passed = clock_shown(pty) - began;
    printf("P4  10,000 requests/s, the screen on: %.0f simulated seconds a CPU second, "
           "%.0f a second of the wall\n",
           passed / cpu, passed / (WATCH_MS / 1000.0));
    echo(pty);
    pty_free(pty);
    clean_up(folder, path);
    return 0;
}
