/*
 * tui/console_time.c - how simulated time follows the wall clock while a person watches.
 *
 * The wall clock only says how far to go; what happens on the way is the simulator's, so that a
 * slow machine sees the same events later, never others.  When a slice does not suffice, time is
 * not owed: the speed that was really reached is shown instead.
 */
#include "tui/console_parts.h"

#include "base/str.h"
#include "sim/clock.h"

enum {
    SAVE_NS = 1000000000,
    SPEEDS = 11,
};
static const int64_t speeds[SPEEDS] = {1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600};

static int64_t wall_of(const struct console *console)
{
    return console->options->now();
}

bool console_time_runs(const struct console *console)
{
    return !console->time.paused && !console->time.frozen;
}

void console_time_anchor(struct console *console)
{
    struct console_time *time = &console->time;

    time->wall = wall_of(console);
    time->simulated = console->session->world->sim.now;
    time->measured_wall = time->wall;
    time->measured_simulated = time->simulated;
    time->real = 0;
}

void console_time_init(struct console *console)
{
    console->time.speed = console->options->speed > 0 ? console->options->speed : 1;
    console->time.paused = console->options->speed == 0;
    console->time.saved_wall = wall_of(console);
    console_time_anchor(console);
}

void console_time_save(struct console *console)
{
    struct str why = STR_INIT;

    if (session_save_time(console->session, &why) == 0) {
        session_acknowledge(console->session);
    } else { /* what cannot be kept is not let happen */
        transcript_add(&console->transcript, THEME_BAD, str_text(&why));
        transcript_add(&console->transcript, THEME_WARN, "Time stands still (F7 tries again).");
        console->time.paused = true;
        console_time_anchor(console);
        console->dirty = true;
    }
    console->time.saved_wall = wall_of(console);
    str_release(&why);
}

/* Once a second: how fast did it really go? */
static void measure(struct console *console, int64_t wall)
{
    struct console_time *time = &console->time;
    int64_t passed = wall - time->measured_wall;
    int64_t simulated = console->session->world->sim.now - time->measured_simulated;

    if (passed < SAVE_NS)
        return;
    time->real = simulated / (passed / 1000);
    time->measured_wall = wall;
    time->measured_simulated = console->session->world->sim.now;
    console->dirty = true;
}

/* A slice does not make what is to be drawn late: a key's echo, most of all. */
static int64_t slice_end(const struct console *console, int64_t wall)
{
    int64_t due = console->drawn_wall + CONSOLE_FRAME_NS;
    int64_t end = wall + CONSOLE_SLICE_NS;

    if (!console->dirty || due >= end)
        return end;
    return due > wall + MILLISECOND_NS ? due : wall + MILLISECOND_NS;
}

void console_time_pass(struct console *console)
{
    struct console_time *time = &console->time;
    int64_t wall = wall_of(console);
    int64_t now = console->session->world->sim.now;
    int64_t passed = wall - time->wall;
    int64_t target;

    time->behind = false;
    if (!console_time_runs(console))
        return;
    if (console->options->film != NULL) {
        console_film_pass(console);
        return;
    }
    if (passed > INT64_MAX / 4 / time->speed)
        passed = 0;
    target = time->simulated + passed * time->speed;
    if (target > now) {
        time->slice_end = slice_end(console, wall);
        if (session_advance(console->session, target, NULL) != 0 ||
            wall_of(console) > time->slice_end) {
            /* It cannot keep up: what was not reached is not owed. */
            time->wall = wall_of(console);
            time->simulated = console->session->world->sim.now;
            time->behind = true;
        }
        time->slice_end = 0;
        if (now / SECOND_NS != console->session->world->sim.now / SECOND_NS)
            console->dirty = true;
    }
    measure(console, wall);
    if (wall - time->saved_wall >= SAVE_NS)
        console_time_save(console);
}

void console_time_pause(struct console *console, bool paused)
{
    console_time_pass(console);
    console_time_save(console);
    console->time.paused = paused;
    console_time_anchor(console);
    console->dirty = true;
}

void console_time_freeze(struct console *console, bool frozen)
{
    if (!console->running) {
        console_time_pass(console);
        console_time_save(console);
    }
    console->time.frozen = frozen;
    if (!console->running)
        console_time_anchor(console);
    console->dirty = true;
}

void console_time_speed(struct console *console, int64_t speed)
{
    console_time_pass(console);
    console_time_save(console);
    console->time.speed = speed;
    console->time.paused = false;
    console_time_anchor(console);
    console->dirty = true;
}

void console_time_faster(struct console *console, int direction)
{
    int64_t speed = console->time.speed;

    if (direction > 0) {
        for (int i = 0; i < SPEEDS && speed == console->time.speed; i++)
            speed = speeds[i] > speed ? speeds[i] : speed;
    } else {
        for (int i = SPEEDS; i > 0 && speed == console->time.speed; i--)
            speed = speeds[i - 1] < speed ? speeds[i - 1] : speed;
    }
    if (speed == console->time.speed && console_time_runs(console))
        console_say(console, direction > 0 ? "this is the fastest" : "this is the slowest");
    console_time_speed(console, speed);
}

void console_time_step(struct console *console)
{
    if (console->time.frozen)
        return;
    console_time_pause(console, true);
    if (console->options->film != NULL) {
        console_film_step(console);
        return;
    }
    session_advance(console->session, console->session->world->sim.now + SECOND_NS, NULL);
    console_time_save(console);
    console->dirty = true;
}

int console_time_wait(const struct console *console)
{
    if (!console_time_runs(console))
        return -1;
    if (console->time.behind)
        return 0;
    return console->time.speed == 1 ? 100 : 33;
}
