/*
 * cloud/node_capacity.c - how many requests a second a node of an Application Load Balancer takes.
 *
 * Minutes are closed when somebody comes or looks, not by events: what they add up to is a function
 * of the requests alone.
 */
#include "cloud/node_capacity.h"

#include "sim/clock.h"

enum {
    SECONDS = 60,
    GROWS_PERCENT = 15,
    SHRINKS_PERCENT = 2,
    MOMENT_PERCENT = 150, /* of what it takes, in one second */
};

static const int64_t most = 1000000000;

static int64_t after_minute(int64_t per_second, int64_t requests)
{
    int64_t rate = requests / SECONDS;

    if (rate * 2 > per_second && per_second < most)
        return per_second + per_second * GROWS_PERCENT / 100;
    if (rate * 4 < per_second)
        per_second -= per_second * SHRINKS_PERCENT / 100;
    return per_second > NODE_CAPACITY_LEAST ? per_second : NODE_CAPACITY_LEAST;
}

int64_t node_capacity_at(const struct node_capacity *capacity, int64_t now)
{
    int64_t minute = now / MINUTE_NS;
    int64_t per_second = capacity->per_second == 0 ? NODE_CAPACITY_LEAST : capacity->per_second;

    if (minute == capacity->minute)
        return per_second;
    per_second = after_minute(per_second, capacity->in_minute);
    for (int64_t i = capacity->minute + 1; i < minute && per_second > NODE_CAPACITY_LEAST; i++)
        per_second = after_minute(per_second, 0);
    return per_second;
}

static void minute_close(struct node_capacity *capacity, int64_t now)
{
    capacity->per_second = node_capacity_at(capacity, now);
    capacity->minute = now / MINUTE_NS;
    capacity->in_minute = 0;
}

bool node_capacity_take(struct node_capacity *capacity, int64_t now)
{
    int64_t second = now / SECOND_NS;

    if (second != capacity->second) {
        if (second / SECONDS != capacity->minute)
            minute_close(capacity, now);
        capacity->second = second;
        capacity->in_second = 0;
    }
    capacity->in_minute++;
    if (++capacity->in_second <= capacity->per_second * MOMENT_PERCENT / 100)
        return true;
    capacity->rejected++;
    return false;
}

static const struct field capacity_fields[] = {
    F_INT(struct node_capacity, per_second, "PerSecond", "Requests a second that it takes."),
    F_INT(struct node_capacity, minute, "Minute", "Which is counted."),
    F_INT(struct node_capacity, second, "Second", "Which is counted."),
    F_INT(struct node_capacity, in_minute, "InMinute", "Requests of that minute."),
    F_INT(struct node_capacity, in_second, "InSecond", "Requests of that second."),
    F_INT(struct node_capacity, rejected, "Rejected", "Requests for which there was no room."),
};
const struct shape node_capacity_shape =
    SHAPE("NodeCapacity", struct node_capacity, capacity_fields);
