/*
 * cloud/credit.c - the CPU credits of a burstable instance.
 *
 * True to the EC2 User Guide, "Key concepts and definitions for burstable performance instances",
 *         "Unlimited mode", "Standard mode".  AWS says that an instance without credits comes down
 *         to its baseline gradually, "over a 15-minute interval", and not by which curve: here in a
 *         straight line, minute by minute.
 *
 * The straight line as a function of what is left, so that nothing else need be remembered: falling
 * from the full excess r over the baseline to 0 in the time T uses r T / 2, and when B of it is
 * left, the excess is sqrt(2 B r / T).
 */
#include "cloud/credit.h"

#include "base/mem.h"
#include "base/str.h"

__extension__ typedef __int128 wide;

static const struct cpu_time nothing;

struct credit_terms credit_terms_of(const struct catalog_type *type)
{
    return (struct credit_terms){
        /* milli-credits an hour are 60 000 000 000 / 1000 / 3600 000 000 000 vCPUs each */
        .earn_ppm = (int64_t)type->credits_milli_hour * 50 / 3,
        .all_ppm = (int64_t)type->vcpus * CPU_ONE,
        .is_t2 = str_equal(type->family, "t2"),
    };
}

uint8_t credit_mode_usual(const struct catalog_type *type)
{
    if (!type->burstable)
        return CREDIT_NONE;
    return str_equal(type->family, "t2") ? CREDIT_STANDARD : CREDIT_UNLIMITED;
}

static const char *const mode_names[] = {"", "standard", "unlimited"};

const char *credit_mode_name(uint8_t mode)
{
    return mode <= CREDIT_UNLIMITED ? mode_names[mode] : "";
}

int credit_mode_find(const char *name)
{
    for (int mode = CREDIT_STANDARD; mode <= CREDIT_UNLIMITED; mode++) {
        if (str_equal(mode_names[mode], name))
            return mode;
    }
    return -1;
}

/* A day's earning: the most that is kept, and the most that is owed. */
static struct cpu_time day_of(const struct credit_terms *terms)
{
    return cpu_time_of(terms->earn_ppm, DAY_NS);
}

static struct cpu_time negative(struct cpu_time a)
{
    return cpu_time_less(nothing, a);
}

static bool owes(const struct credits *credits)
{
    return cpu_time_compare(credits->balance, nothing) < 0;
}

/* What a standard instance can still use above its baseline. */
static struct cpu_time left_of(const struct credits *credits)
{
    return owes(credits) ? credits->launch : cpu_time_add(credits->launch, credits->balance);
}

void credits_pass(struct credits *credits, const struct credit_terms *terms, int64_t passed_ns,
                  struct cpu_time used)
{
    struct cpu_time first;

    if (credits->mode == CREDIT_NONE)
        return;
    credits->used = cpu_time_add(credits->used, used);
    first = cpu_time_smaller(credits->launch, used);
    credits->launch = cpu_time_less(credits->launch, first);
    credits->balance = cpu_time_add(credits->balance, cpu_time_of(terms->earn_ppm, passed_ns));
    credits->balance = cpu_time_less(credits->balance, cpu_time_less(used, first));
    credits->balance = cpu_time_smaller(credits->balance, day_of(terms));
    if (credits->mode == CREDIT_STANDARD && owes(credits))
        credits->balance = nothing;
}

void credits_grant(struct credits *credits, const struct credit_terms *terms)
{
    credits->launch = cpu_time_of(terms->all_ppm, CREDIT_LAUNCH_PER_VCPU * CREDIT_NS);
}

static void charge(struct credits *credits, struct cpu_time surplus)
{
    credits->charged = cpu_time_add(credits->charged, surplus);
    credits->balance = cpu_time_add(credits->balance, surplus);
}

void credits_hour(struct credits *credits, const struct credit_terms *terms)
{
    struct cpu_time beyond = cpu_time_less(negative(credits->balance), day_of(terms));

    if (cpu_time_compare(beyond, nothing) > 0)
        charge(credits, beyond);
}

void credits_settle_surplus(struct credits *credits)
{
    if (owes(credits))
        charge(credits, negative(credits->balance));
}

void credits_set_mode(struct credits *credits, uint8_t mode)
{
    if (mode == CREDIT_STANDARD)
        credits_settle_surplus(credits);
    else
        credits->launch = nothing;
    credits->mode = mode;
}

/* ---- the limit ---- */

/* Rounded down. */
static wide root(wide of)
{
    wide low = 0;
    wide high = (wide)1 << 62;

    while (low < high) {
        wide middle = (low + high + 1) / 2;

        if (middle * middle <= of)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

static struct cpu_time fall_begins(const struct credit_terms *terms)
{
    return cpu_time_of(terms->all_ppm - terms->earn_ppm, CREDIT_FALL_NS / 2);
}

int64_t credits_limit(const struct credits *credits, const struct credit_terms *terms)
{
    struct cpu_time left = left_of(credits);
    int64_t excess = terms->all_ppm - terms->earn_ppm;
    wide slope;
    wide most;

    if (credits->mode != CREDIT_STANDARD ||
        cpu_time_compare(left, fall_begins(terms)) >= 0)
        return terms->all_ppm;
    slope = root((wide)2 * left.ns * excess * CPU_ONE / CREDIT_FALL_NS);
    most = (wide)left.ns * CPU_ONE / CREDIT_STEP_NS; /* no more than it has, until the next step */
    return terms->earn_ppm + (int64_t)(slope < most ? slope : most);
}

int64_t credits_due_ns(const struct credits *credits, const struct credit_terms *terms,
                       int64_t rate_ppm)
{
    struct cpu_time left = left_of(credits);

    if (credits->mode != CREDIT_STANDARD || rate_ppm <= terms->earn_ppm)
        return INT64_MAX;
    if (cpu_time_compare(left, fall_begins(terms)) <= 0)
        return CREDIT_STEP_NS;
    return cpu_time_lasts_ns(cpu_time_less(left, fall_begins(terms)), rate_ppm - terms->earn_ppm);
}

bool credits_are_low(const struct credits *credits, const struct credit_terms *terms,
                     int64_t within_ns)
{
    struct cpu_time most = cpu_time_of(terms->all_ppm - terms->earn_ppm, within_ns);

    return credits->mode == CREDIT_STANDARD &&
           cpu_time_compare(left_of(credits), cpu_time_add(fall_begins(terms), most)) < 0;
}

/* ---- shown ---- */

static int64_t milli_of(struct cpu_time amount)
{
    return (int64_t)(((wide)amount.ns * 1000 + CREDIT_NS / 2) / CREDIT_NS);
}

int64_t credits_balance_milli(const struct credits *credits)
{
    return milli_of(left_of(credits));
}

int64_t credits_surplus_milli(const struct credits *credits)
{
    return owes(credits) ? milli_of(negative(credits->balance)) : 0;
}

/* ---- kept ---- */

struct credits credits_of(const struct credits_kept *kept)
{
    static const struct credits_rare none;
    const struct credits_rare *rare = kept->rare == NULL ? &none : kept->rare;

    return (struct credits){
        .balance = kept->balance,
        .launch = rare->launch,
        .used = rare->used,
        .charged = rare->charged,
        .mode = kept->mode,
    };
}

void credits_keep(struct credits_kept *kept, const struct credits *credits)
{
    kept->balance = credits->balance;
    kept->mode = credits->mode;
    if (kept->rare == NULL && cpu_time_is_zero(credits->launch) &&
        cpu_time_is_zero(credits->used) && cpu_time_is_zero(credits->charged))
        return;
    if (kept->rare == NULL)
        kept->rare = xcalloc(1, sizeof(*kept->rare));
    *kept->rare = (struct credits_rare){
        .launch = credits->launch,
        .used = credits->used,
        .charged = credits->charged,
    };
}

#define F_CPU(T, m, NAME, ...) F_EMBED(T, m, struct cpu_time, &cpu_time_shape, NAME, __VA_ARGS__)

static const struct field credits_fields[] = {
    F_CPU(struct credits_kept, balance, "Balance", "Earned and not used; below 0: owed."),
    F_CPU(struct credits_rare, launch, "Launch", "Launch credits left.", .flags = FIELD_RARE),
    F_CPU(struct credits_rare, used, "Used", "Used so far.", .flags = FIELD_RARE),
    F_CPU(struct credits_rare, charged, "Charged", "Surplus that was charged.",
          .flags = FIELD_RARE),
    F_INT(struct credits_kept, mode, "Mode", "Standard or unlimited."),
};
const struct shape credits_shape =
    SHAPE_WITH_RARE("Credits", struct credits_kept, rare, credits_fields);
