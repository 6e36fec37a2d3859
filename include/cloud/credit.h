/*
 * cloud/credit.h - the CPU credits of a burstable instance.
 *
 * One credit is one vCPU at full speed for one minute; here credits are CPU time, so one is
 * CREDIT_NS.  An instance earns its baseline all the time it runs, and uses what its vCPUs run.
 *
 *   standard    uses what it has; while little is left it may do less and less above its baseline
 *   unlimited   goes on, and owes surplus credits, which later earning pays down; what it owes
 *               beyond a day's earning is charged at the end of the hour
 *
 * T2 instances in standard mode begin with launch credits, which are used first and do not count
 * against the most that may be kept: a day's earning.
 *
 * This room holds the arithmetic and knows neither instances nor the clock.
 */
#ifndef CLOUD_CREDIT_H
#define CLOUD_CREDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "cloud/catalog.h"
#include "cloud/cpu_time.h"
#include "sim/clock.h"

#define CREDIT_NS MINUTE_NS
/* Of a standard instance without credits: how often its limit falls, and how long it takes from
 * full speed to the baseline. */
#define CREDIT_STEP_NS MINUTE_NS
#define CREDIT_FALL_NS (15 * MINUTE_NS)

enum {
    CREDIT_LAUNCHES_MAX = 100, /* launches with launch credits: of an account, in a Region, a day */
    CREDIT_LAUNCH_PER_VCPU = 30,
    CREDIT_KEPT_DAYS = 7,      /* while stopped, unless it is a T2 */
};

/* Append only: the numbers are saved. */
enum credit_mode {
    CREDIT_NONE = 0, /* not burstable */
    CREDIT_STANDARD,
    CREDIT_UNLIMITED,
};

struct credits {
    struct cpu_time balance; /* earned and not used; below 0: surplus that it owes */
    struct cpu_time launch;  /* launch credits left */
    struct cpu_time used;    /* since it last started */
    struct cpu_time charged; /* surplus that was charged since it came to be */
    uint8_t mode;            /* enum credit_mode */
};

/* The same as it is kept: nearly all that most instances have is a balance. */
struct credits_rare {
    struct cpu_time launch;
    struct cpu_time used;
    struct cpu_time charged;
};

struct credits_kept {
    struct cpu_time balance;
    struct credits_rare *rare; /* NULL: all zero; owned */
    uint8_t mode;
};

extern const struct shape credits_shape; /* of struct credits_kept */
struct credits credits_of(const struct credits_kept *kept);
void credits_keep(struct credits_kept *kept, const struct credits *credits);

/* What an instance type is granted. */
struct credit_terms {
    int64_t earn_ppm; /* the baseline of all its vCPUs together */
    int64_t all_ppm;  /* all its vCPUs */
    bool is_t2;       /* launch credits; nothing is kept over a stop */
};
struct credit_terms credit_terms_of(const struct catalog_type *type);
/* The mode of a type when nobody says: NONE, T2 standard, all others unlimited. */
uint8_t credit_mode_usual(const struct catalog_type *type);
/* "standard", "unlimited", "" of CREDIT_NONE; and back, -1 for any other word. */
const char *credit_mode_name(uint8_t mode);
int credit_mode_find(const char *name);

/* Time has passed, in which `used` was used. */
void credits_pass(struct credits *credits, const struct credit_terms *terms, int64_t passed_ns,
                  struct cpu_time used);
/* Launch credits, as a T2 standard instance gets them at each start. */
void credits_grant(struct credits *credits, const struct credit_terms *terms);
/* A full hour: surplus beyond a day's earning is charged. */
void credits_hour(struct credits *credits, const struct credit_terms *terms);
/* All surplus is charged: it stops, or becomes standard. */
void credits_settle_surplus(struct credits *credits);
/* To another mode, as ModifyInstanceCreditSpecification does it. */
void credits_set_mode(struct credits *credits, uint8_t mode);

/* The most CPU that it may use now, in millionths of a vCPU; between baseline and all. */
int64_t credits_limit(const struct credits *credits, const struct credit_terms *terms);
/* When that is to be asked again, if it goes on at this rate: ns from now, INT64_MAX never. */
int64_t credits_due_ns(const struct credits *credits, const struct credit_terms *terms,
                       int64_t rate_ppm);
/* True when it could come to its limit within that time, whatever it does. */
bool credits_are_low(const struct credits *credits, const struct credit_terms *terms,
                     int64_t within_ns);

/* In credits, as CloudWatch shows them: thousandths. */
int64_t credits_balance_milli(const struct credits *credits); /* with launch credits */
int64_t credits_surplus_milli(const struct credits *credits);

#endif
