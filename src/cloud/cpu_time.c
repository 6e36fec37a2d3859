/*
 * cloud/cpu_time.c - amounts of CPU time, exact to the millionth of a nanosecond.
 */
#include "cloud/cpu_time.h"

__extension__ typedef __int128 wide;

static wide whole(struct cpu_time a)
{
    return (wide)a.ns * CPU_ONE + a.parts;
}

static struct cpu_time split(wide amount)
{
    wide ns = amount / CPU_ONE;
    wide parts = amount % CPU_ONE;

    if (parts < 0) {
        parts += CPU_ONE;
        ns--;
    }
    return (struct cpu_time){.ns = (int64_t)ns, .parts = (int64_t)parts};
}

struct cpu_time cpu_time_of(int64_t rate_ppm, int64_t passed_ns)
{
    return split((wide)rate_ppm * passed_ns);
}

struct cpu_time cpu_time_add(struct cpu_time a, struct cpu_time b)
{
    return split(whole(a) + whole(b));
}

struct cpu_time cpu_time_less(struct cpu_time a, struct cpu_time b)
{
    return split(whole(a) - whole(b));
}

int cpu_time_compare(struct cpu_time a, struct cpu_time b)
{
    wide difference = whole(a) - whole(b);

    return (difference > 0) - (difference < 0);
}

struct cpu_time cpu_time_smaller(struct cpu_time a, struct cpu_time b)
{
    return cpu_time_compare(a, b) <= 0 ? a : b;
}

bool cpu_time_is_zero(struct cpu_time a)
{
    return a.ns == 0 && a.parts == 0;
}

int64_t cpu_time_lasts_ns(struct cpu_time a, int64_t rate_ppm)
{
    wide lasts = (whole(a) + rate_ppm - 1) / rate_ppm;

    return lasts > INT64_MAX ? INT64_MAX : (int64_t)lasts;
}

bool cpu_time_sound(struct cpu_time a)
{
    return a.parts >= 0 && a.parts < CPU_ONE;
}

static const struct field cpu_time_fields[] = {
    F_INT(struct cpu_time, ns, "Ns", "Nanoseconds of a vCPU."),
    F_INT(struct cpu_time, parts, "Parts", "And millionths of one."),
};
const struct shape cpu_time_shape = SHAPE("CpuTime", struct cpu_time, cpu_time_fields);
