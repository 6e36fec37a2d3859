/*
 * cloud/bill.h - what everything costs, to the second and without rounding.
 *
 * Each thing that costs has lines, one for each usage type of AWS's: how much of it is in force, at
 * what rate, and what has been charged until when.  A line is charged in whole steps (a second, an
 * hour of a balancer), with a least amount at each start (SEMANTICS c4: 60 seconds), so that what
 * it has cost is a function of the events alone: when somebody looks does not matter.
 *
 * Rates are in nano-dollars of a priced unit for an hour or a month of 30 days; amounts are 128
 * bits of BILL_ONE-ths of a nano-dollar, in which every rate of every unit is a whole number.
 * Rounding is the business of those who show them.
 *
 * This room does not know what the things are: cloud/world_bill tells it.
 */
#ifndef CLOUD_BILL_H
#define CLOUD_BILL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/mem.h"
#include "base/table.h"
#include "cloud/catalog.h"
#include "sim/clock.h"
#include "sim/event.h"

__extension__ typedef __int128 bill_wide;

#define BILL_MONTH_NS (30 * 24 * HOUR_NS)
/* Of a nano-dollar: the nanoseconds of a month times the blocks of a GiB. */
#define BILL_ONE ((bill_wide)BILL_MONTH_NS * 2048)

/* Saved: append only. */
enum bill_usage {
    BILL_BOX = 1,     /* variant: the instance type, as of the next two */
    BILL_SPOT,
    BILL_CREDITS,     /* surplus CPU credits */
    BILL_VOLUME,      /* variant: enum volume_type, as of the next two; units: GiB */
    BILL_IOPS,
    BILL_THROUGHPUT,  /* units: MiB/s */
    BILL_SNAPSHOT,    /* units: blocks */
    BILL_ADDRESS,     /* in use */
    BILL_IDLE,        /* an address that is not */
    BILL_BALANCER,    /* variant: 1 of a network balancer, as of the next */
    BILL_CAPACITY,    /* LCU, NLCU */
    BILL_IOPS_2,      /* io2: beyond 32,000 */
    BILL_IOPS_3,      /* and beyond 64,000 */
    BILL_DEDICATED,   /* a Dedicated Instance; variant: its type, as of the next */
    BILL_ON_HOST,     /* an instance on a Dedicated Host: nothing */
    BILL_HOST,        /* a Dedicated Host; variant: a type of its family */
    BILL_FEE,         /* that a Dedicated Instance runs in a Region */
    BILL_TRANSFER_OUT,    /* to the internet; units: four bytes */
    BILL_TRANSFER_REGION, /* to another Region; units: four bytes */
    BILL_MONITORING,      /* detailed monitoring; units: metrics */
    BILL_FAST_RESTORE,
    BILL_WEB_ACL,
    BILL_WEB_RULE,
    BILL_WEB_REQUEST,
    BILL_QUEUE_REQUEST,   /* of SQS; the next of FIFO queues */
    BILL_FIFO_REQUEST,
    BILL_PUBLISH,         /* of SNS; the next of FIFO topics */
    BILL_FIFO_PUBLISH,
    BILL_MAIL,            /* that a topic sent */
    BILL_EVENT,           /* put on a bus, by each 64 KiB */
    BILL_ARCHIVED,        /* events that an archive took; units: four bytes */
    BILL_ARCHIVE_KEPT,    /* and keeps; units: 64 bytes for an hour */
    BILL_POST,            /* to a URL, of a topic: each try */
    BILL_USAGES_,
};

/* What a thing is.  Saved: append only. */
enum bill_kind {
    BILL_INSTANCE = 1,
    BILL_DISK,
    BILL_COPY, /* a snapshot */
    BILL_INTERFACE,
    BILL_ELASTIC,
    BILL_LOAD_BALANCER,
    BILL_MACHINE, /* a Dedicated Host */
    BILL_REGION,  /* the account's use of a Region */
    BILL_WALL, /* a web ACL */
    BILL_FAST, /* fast restores of a snapshot in a zone */
    BILL_OVER, /* all that is gone for some days, of an account in a Region */
    BILL_LINE, /* a queue */
    BILL_SHOUT, /* a topic */
    BILL_BUS, /* an event bus */
    BILL_SHELF, /* an archive of events */
    BILL_KINDS_,
};

/* Of the units in which data that goes somewhere is counted; and data that is kept. */
enum { BILL_UNIT_BYTES = 4, BILL_KEPT_BYTES = 64 };

/* A bill_wide in two halves, as it is saved. */
struct bill_sum {
    int64_t high;
    uint64_t low;
};

/* What only a line has that began more than once, or whose rate has changed. */
struct bill_past {
    struct bill_sum beside;       /* what it cost beside its quantity at its present rate */
    struct bill_sum old_quantity; /* of before it last began, as is the next */
    struct bill_sum old_cost;
    struct bill_sum cost; /* only in what sessions of before `beside` have saved */
};

struct bill_line {
    struct bill_sum quantity; /* units times ns, so far */
    int64_t rate;    /* of a priced unit for its period */
    int64_t since;   /* charged until then */
    struct bill_past *past; /* NULL: all zero; owned */
    uint32_t units;  /* in force; 0: it has ended, or stands still */
    uint16_t variant;
    uint8_t usage; /* enum bill_usage */
};

/* What few things have. */
struct bill_more {
    char *name; /* where an id is not enough: an ARN; NULL */
    LIST(struct bill_line) lines;
};

/* A thing that costs, or has cost. */
struct bill_item {
    uint64_t key; /* its id */
    uint64_t account;
    struct bill_line first; /* nearly always the only one; its usage is 0 when there is none */
    struct bill_more *more; /* NULL: all zero; owned */
    uint8_t kind;           /* enum bill_kind */
    uint8_t region;
};

/* The lines of an item, from 0; NULL past the last. */
struct bill_line *bill_line_at(const struct bill_item *item, uint32_t n);
/* NULL: it has none but its id. */
const char *bill_item_name(const struct bill_item *item);

/* What one of AWS's services had cost at an hour. */
struct bill_part {
    struct bill_sum cost;
    uint8_t service; /* bill_service_name() */
};

/* What an account had paid at an hour; hours in which nothing changed are left out. */
struct bill_point {
    uint64_t key;
    uint64_t account;
    int64_t time;
    LIST(struct bill_part) parts;
};

/* The one row (key 1) of bill.books. */
struct bill_book {
    uint64_t key;
    int64_t began; /* what was before is not charged */
    uint8_t form;  /* 0: of before `beside` */
};

extern const struct shape bill_item_shape, bill_book_shape, bill_point_shape;

struct bill_grown;

struct bill {
    struct table items; /* struct bill_item */
    struct table books; /* struct bill_book */
    struct table points; /* struct bill_point, in the order of their times */
    struct sim *sim;    /* borrowed, as are all below */
    const struct catalog *catalog;
    /* What has grown of a thing without an event: false when nothing has.  NULL: nothing ever. */
    bool (*grown)(void *context, const struct bill_item *item, struct bill_grown *grown);
    /* Is the thing still there?  NULL: always. */
    bool (*there)(void *context, const struct bill_item *item);
    void *context;
};

/* The caller fills in the borrowed members first. */
void bill_init(struct bill *bill);
void bill_release(struct bill *bill);
/* After the tables were read; false when they contradict themselves. */
bool bill_restore(struct bill *bill);
/* Charges from now on; true when nothing was charged before: what there is begins now, without a
 * least amount.  bill_begun() ends that. */
bool bill_begin(struct bill *bill);

/* ---- what things use ---- */

struct bill_subject {
    uint64_t id;
    uint64_t account;
    const char *name; /* an ARN, or NULL; copied */
    uint8_t kind;     /* enum bill_kind */
    uint8_t region;
    bool went_on; /* it was there before the bill began: no least amount */
};

struct bill_use {
    uint64_t units;
    int64_t rate;
    uint16_t variant;
    uint8_t usage;
};

/* From now on it uses this and nothing else.  What begins is charged its least amount. */
void bill_uses(struct bill *bill, const struct bill_subject *subject, const struct bill_use *uses,
               uint32_t count);
/* What a usage of a thing has come to since it last began is not charged. */
void bill_waive(struct bill *bill, uint64_t id, uint8_t usage);
/* An amount at once: so many units times ns in all, since it came to be. */
struct bill_grown {
    struct bill_use use; /* its units are not looked at */
    int64_t quantity;    /* units times ns */
};
void bill_grows(struct bill *bill, const struct bill_subject *subject,
                const struct bill_grown *grown);

/* So much at once, on top of what was: units times ns, or units of a usage without time. */
void bill_adds(struct bill *bill, const struct bill_subject *subject, const struct bill_use *use,
               int64_t quantity);

/* ---- as time passes (bill_book.c) ---- */

/* A full hour: what each account has paid is written down; once a day what is over is summed. */
void bill_hour(struct bill *bill);
/* The lines of things that are gone, and cost nothing for BILL_KEPT_NS, become one for each usage;
 * what they come to stays the same to the last part. */
#define BILL_KEPT_NS (3 * 24 * HOUR_NS)
void bill_fold(struct bill *bill);
/* The services, from 0; NULL past the last. */
const char *bill_service_name(uint8_t service);
uint8_t bill_usage_service_number(uint8_t usage);
bill_wide bill_sum_of(struct bill_sum sum);

/* ---- what it comes to ---- */

struct bill_entry {
    const struct bill_item *item;
    bill_wide quantity; /* units times ns */
    bill_wide cost;     /* BILL_ONE-ths of a nano-dollar */
    bill_wide hourly;   /* the same, of an hour as things are now */
    uint16_t variant;
    uint8_t usage;
};
struct bill_entries {
    struct bill_entry *items;
    uint32_t count;
    uint32_t size;
};

/* All lines of an account (0: of nobody) up to now, in the order of the things' making;
 * LIST_RELEASE() is the caller's. */
void bill_measure(const struct bill *bill, uint64_t account, struct bill_entries *entries);
/* Of one thing; 0 of one that has no lines. */
bill_wide bill_cost_of(const struct bill *bill, uint64_t id);
/* When the account's lines begin. */
int64_t bill_began(const struct bill *bill);

/* To whole micro-dollars, to the nearest. */
int64_t bill_micro_usd(bill_wide cost);
bill_wide bill_of_micro_usd(int64_t micro);

/* ---- names ---- */

/* "BoxUsage:t3.nano", with the Region's prefix. */
const char *bill_usage_name(const struct bill *bill, struct arena *arena,
                            const struct bill_entry *entry);
/* "Hrs", "GB-Mo"... */
const char *bill_usage_unit(uint8_t usage);
/* "Amazon Elastic Compute Cloud", as bills name the service. */
const char *bill_usage_service(uint8_t usage);
/* Units times ns, in priced units. */
double bill_usage_amount(uint8_t usage, bill_wide quantity);
/* The name of the price of a usage in the catalog; for the next one. */
int64_t bill_rate(const struct bill *bill, struct bill_use use, uint8_t region);

#endif
